package io.pinna.internal.personal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * What the answers of a listening test say of the listener: samples of z ({@link ListenerSpace}) from its posterior. An answer y to a sound with the features x has the density
 *
 * <pre>
 *   p(y | x, z) = (1 − λ)·Σ_n q_n·v(y, n) + λ/4π,    q_n ∝ exp( −½·β·|x − t_n(z)|² ),    v(y, n) = κ/2π·exp( κ·(y·n − 1) )
 * </pre>
 *
 * <p>t_n are the listener's own templates, so an answer at the back to a sound from the front is as good a clue as any; v is the scatter of pointing (von Mises and Fisher, with κ large); β &lt; 1 makes allowance for
 * what neither z nor the model of hearing knows, and was chosen for the smallest error of listeners left out. λ is the part of answers that have nothing to do with the sound: unknown, one of a few values, so that answers
 * without sense move nothing.
 *
 * <p>The samples come from chains of Hamiltonian Monte Carlo, in which the Gaussian prior is followed exactly, on circles, and only the likelihood by steps (Neal, "MCMC using Hamiltonian dynamics", 2011; the splitting of
 * section 5.5.1). One thread; the chains of one call run in parallel, each with noise of its own, so that the outcome does not depend on the cores.
 */
final class ListenerPosterior {
    private static final double SHARPNESS = 0.2;
    /** Degrees: people's pointing, 7°, and half of the nodes' spacing. */
    private static final double SCATTER_DEGREES = 8;
    private static final double[] LAPSES = {0.04, 0.2, 0.9};
    private static final double[] LAPSE_PRIOR = {0.6, 0.3, 0.1};
    private static final double CHANCE = 1 / (4 * Math.PI);
    private static final double MOST_STEP = 0.8;
    private static final double LEAST_STEP = 0.03;

    private final ListenerSpace space;
    private final Settings settings;
    private final double concentration;
    private final int nodes;
    private final Worker[] workers;
    private final List<Answer> answers = new ArrayList<>();
    private State state;

    /**
     * @param chains       independent samples
     * @param trajectories of each chain after an answer
     * @param leaps        steps of a trajectory
     */
    record Settings(int chains, int trajectories, int leaps) {
    }

    /**
     * @param sound       features
     * @param density     of the answer if the sound is heard from each node, that of pointing
     * @param logEvidence logarithm of the density that was expected of the answer, over that of an answer by chance
     */
    record Answer(float[] sound, float[] density, double logEvidence) {
    }

    /** All that changes, so that it can be taken back. Its arrays are never written. */
    record State(float[][] z, double step, float[] mean) {
    }

    ListenerPosterior(ListenerSpace space, Settings settings, long seed) {
        this.space = space;
        this.settings = settings;
        nodes = space.nodes();
        double radians = Math.toRadians(SCATTER_DEGREES);
        concentration = 1 / (radians * radians);
        workers = new Worker[settings.chains];
        SplittableRandom seeds = new SplittableRandom(seed);
        float[][] z = new float[settings.chains][space.dimension()];
        for (int c = 0; c < z.length; c++) {
            Random random = new Random(seeds.nextLong());
            for (int i = 0; i < z[c].length; i++) {
                z[c][i] = (float) random.nextGaussian();
            }
            workers[c] = new Worker();
        }
        state = new State(z, 0.5, new float[space.dimension()]);
        renew();
    }

    /** Everything that one chain computes with. */
    private final class Worker {
        private final ListenerSpace.Templates templates = space.new Templates();
        private final float[] byFeature = new float[ListenerSpace.FEATURES * nodes];
        private final float[] byScore = new float[nodes];
        private final float[] weight = new float[nodes];
        private float[][] pull = new float[0][];
        private double[] seen = new double[0];

        /** Logarithm of the likelihood of all answers, and its gradient. */
        double logLikelihood(float[] z, float[] gradient) {
            templates.of(z);
            int count = answers.size();
            if (pull.length < count) {
                pull = Arrays.copyOf(pull, count + 8);
                seen = new double[count + 8];
            }
            for (int j = 0; j < count; j++) {
                if (pull[j] == null) {
                    pull[j] = new float[nodes];
                }
                seen[j] = answer(answers.get(j), pull[j]);
            }
            double[] of = new double[LAPSES.length];
            double all = mixed(count, of);
            Arrays.fill(weight, 0);
            Arrays.fill(byFeature, 0);
            for (int j = 0; j < count; j++) {
                double share = 0;
                for (int l = 0; l < LAPSES.length; l++) {
                    double told = (1 - LAPSES[l]) * seen[j];
                    share += of[l] * told / (told + LAPSES[l] * CHANCE);
                }
                float[] sound = answers.get(j).sound;
                for (int n = 0; n < nodes; n++) {
                    byScore[n] = (float) (share * SHARPNESS) * pull[j][n];
                    weight[n] += byScore[n];
                }
                for (int f = 0; f < ListenerSpace.FEATURES; f++) {
                    float x = sound[f];
                    int row = f * nodes;
                    for (int n = 0; n < nodes; n++) {
                        byFeature[row + n] += x * byScore[n];
                    }
                }
            }
            for (int f = 0; f < ListenerSpace.FEATURES; f++) {
                int row = f * nodes;
                for (int n = 0; n < nodes; n++) {
                    byFeature[row + n] -= weight[n] * templates.features[row + n];
                }
            }
            templates.gradient(byFeature, gradient);
            return all;
        }

        /** Over the values of λ, whose posterior is written to {@code of}. */
        private double mixed(int count, double[] of) {
            double greatest = Double.NEGATIVE_INFINITY;
            for (int l = 0; l < of.length; l++) {
                of[l] = Math.log(LAPSE_PRIOR[l]);
                for (int j = 0; j < count; j++) {
                    of[l] += Math.log((1 - LAPSES[l]) * seen[j] + LAPSES[l] * CHANCE);
                }
                greatest = Math.max(greatest, of[l]);
            }
            double sum = 0;
            for (int l = 0; l < of.length; l++) {
                of[l] = Math.exp(of[l] - greatest);
                sum += of[l];
            }
            for (int l = 0; l < of.length; l++) {
                of[l] /= sum;
            }
            return greatest + Math.log(sum);
        }

        /** The answer's density without lapses; {@code pull} takes how it grows with each node's score. */
        private double answer(Answer a, float[] pull) {
            heard(a.sound, pull);
            double sum = 0;
            for (int n = 0; n < nodes; n++) {
                sum += pull[n] * a.density[n];
            }
            double density = Math.max(sum, 1e-30);
            for (int n = 0; n < nodes; n++) {
                pull[n] *= (float) (a.density[n] / density - 1);
            }
            return density;
        }

        /** Probability that a sound is heard from each node. */
        void heard(float[] sound, float[] out) {
            templates.scores(sound, out);
            float greatest = Float.NEGATIVE_INFINITY;
            for (int n = 0; n < nodes; n++) {
                greatest = Math.max(greatest, out[n]);
            }
            double sum = 0;
            for (int n = 0; n < nodes; n++) {
                out[n] = (float) Math.exp(SHARPNESS * (out[n] - greatest));
                sum += out[n];
            }
            float scale = (float) (1 / sum);
            for (int n = 0; n < nodes; n++) {
                out[n] *= scale;
            }
        }

        /** Some trajectories from z, which is overwritten; adds where each ended to {@code sum}. Returns the part of them that was accepted. */
        double move(float[] z, double step, int trajectories, Random random, double[] sum) {
            int d = z.length;
            float[] gradient = new float[d];
            double here = logLikelihood(z, gradient);
            float[] there = new float[d];
            float[] slope = new float[d];
            float[] v = new float[d];
            float half = (float) (0.5 * step);
            float cos = (float) Math.cos(step);
            float sin = (float) Math.sin(step);
            int accepted = 0;
            for (int t = 0; t < trajectories; t++) {
                for (int i = 0; i < d; i++) {
                    v[i] = (float) random.nextGaussian();
                }
                double before = here - 0.5 * (squares(z) + squares(v));
                System.arraycopy(z, 0, there, 0, d);
                System.arraycopy(gradient, 0, slope, 0, d);
                double likelihood = here;
                for (int leap = 0; leap < settings.leaps; leap++) {
                    for (int i = 0; i < d; i++) {
                        float kicked = v[i] + half * slope[i];
                        v[i] = cos * kicked - sin * there[i];
                        there[i] = cos * there[i] + sin * kicked;
                    }
                    likelihood = logLikelihood(there, slope);
                    for (int i = 0; i < d; i++) {
                        v[i] += half * slope[i];
                    }
                }
                double after = likelihood - 0.5 * (squares(there) + squares(v));
                if (Math.log(random.nextDouble()) < after - before) {
                    System.arraycopy(there, 0, z, 0, d);
                    System.arraycopy(slope, 0, gradient, 0, d);
                    here = likelihood;
                    accepted++;
                }
                for (int i = 0; i < d; i++) {
                    sum[i] += z[i];
                }
            }
            return (double) accepted / trajectories;
        }

        private static double squares(float[] a) {
            double sum = 0;
            for (float v : a) {
                sum += (double) v * v;
            }
            return sum;
        }
    }

    /** Brings the templates of all chains to where these are. */
    private void renew() {
        IntStream.range(0, workers.length).parallel().forEach(c -> workers[c].templates.of(state.z[c]));
    }

    int count() {
        return answers.size();
    }

    int chains() {
        return workers.length;
    }

    State state() {
        return state;
    }

    /** Where a chain is. Not to be changed. */
    float[] sample(int chain) {
        return state.z[chain];
    }

    /** Templates of the listener that a chain takes for possible. */
    ListenerSpace.Templates templates(int chain) {
        return workers[chain].templates;
    }

    /** Posterior mean of z after the last answer, roughly: over the ends of its trajectories. Not to be changed. */
    float[] mean() {
        return state.mean;
    }

    /** Probability by one chain that a sound is heard from each node. */
    void heard(int chain, float[] sound, float[] out) {
        workers[chain].heard(sound, out);
    }

    /** Density of pointing to a direction at each node's centre. */
    float[] density(double x, double y, double z) {
        float[] density = new float[nodes];
        for (int n = 0; n < nodes; n++) {
            density[n] = (float) (concentration / (2 * Math.PI) * Math.exp(concentration * (x * space.node(n, 0) + y * space.node(n, 1) + z * space.node(n, 2) - 1)));
        }
        return density;
    }

    /**
     * Takes an answer and moves the chains on.
     *
     * @param sound features of what was played
     * @param seed  of the moves
     */
    void add(float[] sound, double x, double y, double z, long seed) {
        float[] density = density(x, y, z);
        float[] heard = new float[nodes];
        double expected = 0;
        for (int c = 0; c < workers.length; c++) {
            heard(c, sound, heard);
            for (int n = 0; n < nodes; n++) {
                expected += heard[n] * density[n] / workers.length;
            }
        }
        double lapse = LAPSES[0];
        answers.add(new Answer(sound, density, Math.log(((1 - lapse) * expected + lapse * CHANCE) / CHANCE)));
        state = moved(state, settings.trajectories, seed);
        renew();
    }

    private State moved(State from, int trajectories, long seed) {
        int d = space.dimension();
        SplittableRandom seeds = new SplittableRandom(seed);
        long[] seedOf = new long[workers.length];
        Arrays.setAll(seedOf, c -> seeds.nextLong());
        float[][] z = new float[workers.length][];
        double[][] sum = new double[workers.length][d];
        double[] accepted = new double[workers.length];
        IntStream.range(0, workers.length).parallel().forEach(c -> {
            z[c] = from.z[c].clone();
            accepted[c] = workers[c].move(z[c], from.step, trajectories, new Random(seedOf[c]), sum[c]);
        });
        float[] mean = new float[d];
        for (double[] s : sum) {
            for (int i = 0; i < d; i++) {
                mean[i] += (float) (s[i] / (trajectories * workers.length));
            }
        }
        double rate = Arrays.stream(accepted).average().orElseThrow();
        return new State(z, Math.max(LEAST_STEP, Math.min(MOST_STEP, from.step * (rate > 0.75 ? 1.1 : 0.85))), mean);
    }

    /** The posterior mean of z from so many more trajectories, without moving on. */
    float[] mean(int trajectories, long seed) {
        if (answers.isEmpty()) {
            return new float[space.dimension()];
        }
        float[] mean = moved(state, trajectories, seed).mean;
        renew();
        return mean;
    }

    /** Takes the last answer back. */
    void undo(State before) {
        answers.remove(answers.size() - 1);
        state = before;
        renew();
    }

    /** How much more often than by chance the answers were what was expected of the listener: the mean over answers of the logarithm of the ratio; 0 if there is none. */
    double evidence() {
        return answers.stream().mapToDouble(Answer::logEvidence).average().orElse(0);
    }
}
