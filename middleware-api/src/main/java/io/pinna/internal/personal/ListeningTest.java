package io.pinna.internal.personal;

import io.pinna.UsageException;
import io.pinna.hrtf.CalibrationProbe;
import io.pinna.hrtf.CalibrationProgress;
import io.pinna.hrtf.CalibrationSettings;
import io.pinna.hrtf.HrtfProfile;
import io.pinna.hrtf.PersonalHrtf;
import io.pinna.hrtf.PersonalHrtfKind;
import io.pinna.internal.Version;
import io.pinna.internal.hrtf.HarmonicField;
import io.pinna.internal.hrtf.PersonalHrtfs;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Chooses the sounds of a listening test and learns from the answers. A sound comes from one of the {@link ListenerSpace#nodes} through ears that are either the present estimate or one of the listeners that are still possible;
 * of some tens drawn at random, the one whose answer is expected to tell most about z is played: the one of the greatest mutual information
 *
 * <pre>
 *   I = H( mean over listeners of p(y | sound, z) ) − mean over listeners of H( p(y | sound, z) )
 * </pre>
 *
 * <p>One thread, and those that {@link ListenerPosterior} and the choice use within a call.
 */
public final class ListeningTest {
    /** Of the weights: more than the shared part of the completion's prior, since here it stands for the local process too. */
    private static final double VARIANCE = 0.6;
    private static final double CORRELATION = 0.7;
    private static final int CANDIDATES = 96;
    /** Of an answer that has nothing to do with the sound. */
    private static final double LAPSE = 0.05;
    /** A sound is not followed by one from about the same direction: cosine of 20°. */
    private static final double APART = Math.cos(Math.toRadians(20));
    private static final int REMEMBERED = 3;
    /** Pointing spreads an answer no farther than this (cosine of 30°). */
    private static final double SPREAD = Math.cos(Math.toRadians(30));
    private static final int RESULT_TRAJECTORIES = 12;
    /** Of the nodes, from how many of which the expected error is computed. */
    private static final int TARGET_STRIDE = 3;
    private static final long NOISE_SEED = 20141;

    private final ListenerSpace space;
    private final ListenerPosterior posterior;
    private final long seed;
    private final int nodes;
    private final int[][] near;
    private final float[][] nearWeight;
    private final List<Taken> taken = new ArrayList<>();
    private final List<Integer> recent = new ArrayList<>();
    private final double startErrorDegrees;
    private double errorDegrees;
    private int issued;

    /**
     * @param node  where the sound comes from
     * @param z     ears that it comes through
     * @param sound features
     * @param nats  information that its answer is expected to give
     */
    record Choice(int node, float[] z, float[] sound, double nats) {
    }

    private record Taken(Choice choice, ListenerPosterior.State before, double errorBefore) {
    }

    /** How much is computed. */
    public enum Effort {
        /** For people. */
        FULL(30, 8, 300, new ListenerPosterior.Settings(24, 3, 4)),
        /** For tests of what does not depend on accuracy. */
        SMALL(8, 3, 120, new ListenerPosterior.Settings(5, 2, 3));

        /** Leading basis functions: on people left out, 30 and 60 do equally well, and the time grows with them. */
        private final int functions;
        private final int delayFactors;
        private final int nodes;
        private final ListenerPosterior.Settings settings;

        Effort(int functions, int delayFactors, int nodes, ListenerPosterior.Settings settings) {
            this.functions = functions;
            this.delayFactors = delayFactors;
            this.nodes = nodes;
            this.settings = settings;
        }
    }

    /**
     * @param start what the listener is taken for first, or null for the mean of the people of the model
     * @param seed  of everything random
     */
    public ListeningTest(PersonalModel model, HarmonicField start, Effort effort, long seed) {
        this.seed = seed;
        nodes = effort.nodes;
        space = new ListenerSpace(model, start == null ? ListenerSpace.mean(model) : start, Math.min(effort.functions, model.basisCount()), Math.min(effort.delayFactors, model.delayFactorCount()), nodes, VARIANCE,
                CORRELATION);
        posterior = new ListenerPosterior(space, effort.settings, seed);
        near = new int[nodes][];
        nearWeight = new float[nodes][];
        for (int n = 0; n < nodes; n++) {
            neighbours(n);
        }
        startErrorDegrees = expectedError(new float[space.dimension()]);
        errorDegrees = startErrorDegrees;
    }

    /** To which nodes an answer at n is spread by pointing, and how much. */
    private void neighbours(int n) {
        float[] density = posterior.density(space.node(n, 0), space.node(n, 1), space.node(n, 2));
        near[n] = IntStream.range(0, nodes).filter(m -> cosine(n, m) > SPREAD).toArray();
        nearWeight[n] = new float[near[n].length];
        double sum = 0;
        for (int i = 0; i < near[n].length; i++) {
            sum += density[near[n][i]];
        }
        for (int i = 0; i < near[n].length; i++) {
            nearWeight[n][i] = (float) (density[near[n][i]] / sum);
        }
    }

    private double cosine(int n, int m) {
        return space.node(n, 0) * space.node(m, 0) + space.node(n, 1) * space.node(m, 1) + space.node(n, 2) * space.node(m, 2);
    }

    /** What is to be played next. */
    Choice choose() {
        SplittableRandom random = new SplittableRandom(mix(2L * issued));
        issued++;
        List<Choice> candidates = new ArrayList<>();
        ListenerSpace.Templates estimate = space.new Templates();
        estimate.of(posterior.mean());
        while (candidates.size() < CANDIDATES) {
            int node = random.nextInt(nodes);
            boolean own = random.nextBoolean();
            int chain = random.nextInt(posterior.chains());
            if (recent.stream().noneMatch(r -> cosine(r, node) > APART)) {
                candidates.add(new Choice(node, own ? posterior.mean() : posterior.sample(chain), (own ? estimate : posterior.templates(chain)).sound(node), 0));
            }
        }
        double[] nats = new double[CANDIDATES];
        IntStream.range(0, CANDIDATES).parallel().forEach(c -> nats[c] = information(candidates.get(c).sound));
        int best = 0;
        for (int c = 1; c < CANDIDATES; c++) {
            if (nats[c] > nats[best]) {
                best = c;
            }
        }
        Choice chosen = candidates.get(best);
        recent.add(chosen.node);
        if (recent.size() > REMEMBERED) {
            recent.remove(0);
        }
        return new Choice(chosen.node, chosen.z, chosen.sound, nats[best]);
    }

    /** Of one's answer to a sound, about who the listener is (nats). */
    private double information(float[] sound) {
        float[] heard = new float[nodes];
        float[] answered = new float[nodes];
        double[] mean = new double[nodes];
        double each = 0;
        int chains = posterior.chains();
        for (int c = 0; c < chains; c++) {
            posterior.heard(c, sound, heard);
            Arrays.fill(answered, (float) (LAPSE / nodes));
            for (int n = 0; n < nodes; n++) {
                float p = (float) (1 - LAPSE) * heard[n];
                if (p > 1e-6f) {
                    for (int i = 0; i < near[n].length; i++) {
                        answered[near[n][i]] += p * nearWeight[n][i];
                    }
                }
            }
            for (int n = 0; n < nodes; n++) {
                each -= answered[n] * Math.log(answered[n]) / chains;
                mean[n] += answered[n] / chains;
            }
        }
        double all = 0;
        for (double p : mean) {
            all -= p * Math.log(p);
        }
        return all - each;
    }

    /** Learns from an answer, a unit vector. */
    void answer(Choice choice, double x, double y, double z) {
        taken.add(new Taken(choice, posterior.state(), errorDegrees));
        posterior.add(choice.sound, x, y, z, mix(2L * taken.size() + 1));
        errorDegrees = expectedError(posterior.mean());
    }

    /** Takes the last answer back; returns what it was the answer to. */
    Choice undo() {
        Taken last = taken.remove(taken.size() - 1);
        posterior.undo(last.before);
        errorDegrees = last.errorBefore;
        return last.choice;
    }

    private long mix(long number) {
        return new SplittableRandom(seed ^ number * 0x9E3779B97F4A7C15L).nextLong();
    }

    int answers() {
        return taken.size();
    }

    /** Error before an answer, number from 0, or now. */
    double errorDegrees(int answer) {
        return answer < taken.size() ? taken.get(answer).errorBefore : errorDegrees;
    }

    double startErrorDegrees() {
        return startErrorDegrees;
    }

    double evidence() {
        return posterior.evidence();
    }

    HarmonicField field(float[] z) {
        return space.field(z);
    }

    double node(int node, int coordinate) {
        return space.node(node, coordinate);
    }

    /** The posterior mean of z, with more samples than the test itself uses; the same after the same answers. */
    float[] result() {
        return posterior.mean(RESULT_TRAJECTORIES, mix(-1 - taken.size()));
    }

    /** Mean great-circle error (degrees) of the listeners that are still possible, with ears z, in noise that is the same each time. */
    private double expectedError(float[] z) {
        ListenerSpace.Templates worn = space.new Templates();
        worn.of(z);
        double[] error = new double[posterior.chains()];
        IntStream.range(0, error.length).parallel().forEach(c -> {
            Random noise = new Random(NOISE_SEED + c);
            float[] scores = new float[nodes];
            int targets = 0;
            for (int m = c % TARGET_STRIDE; m < nodes; m += TARGET_STRIDE) {
                float[] x = worn.sound(m);
                for (int f = 0; f < x.length; f++) {
                    x[f] += (float) noise.nextGaussian();
                }
                posterior.templates(c).scores(x, scores);
                int answer = 0;
                for (int n = 1; n < nodes; n++) {
                    if (scores[n] > scores[answer]) {
                        answer = n;
                    }
                }
                error[c] += Math.toDegrees(Math.acos(Math.max(-1, Math.min(1, cosine(m, answer)))));
                targets++;
            }
            error[c] /= targets;
        });
        return Arrays.stream(error).average().orElseThrow();
    }

    /** A test as {@link io.pinna.hrtf.HrtfCalibration} offers it. Callers take turns. */
    public static final class Session {
        private static final int LEAST_FOR_CONSISTENCY = 8;
        /** Nats by which answers of listeners are more probable than those by chance; see the class's tests. */
        private static final double LEAST_EVIDENCE = 0.5;
        /** Before, it never ends early: on people left out, ends after 25 answers cost 4 % of the error. */
        private static final int LEAST_ANSWERS = 32;
        private static final int LOOKS_BACK = 10;

        private final CalibrationSettings settings;
        private final PersonalModel model;
        private final ListeningTest test;
        private Choice waiting;
        private CalibrationProbe probe;

        public Session(CalibrationSettings settings, Effort effort) {
            this.settings = settings;
            model = settings.model().map(PersonalModel::load).orElseGet(PersonalModel::builtIn);
            test = new ListeningTest(model, settings.start().map(PersonalHrtfs::field).orElse(null), effort, settings.seed());
        }

        public CalibrationProbe nextProbe() {
            if (waiting == null) {
                waiting = test.choose();
            }
            if (probe == null) {
                double x = test.node(waiting.node, 0);
                double y = test.node(waiting.node, 1);
                double z = test.node(waiting.node, 2);
                int number = test.answers() + 1;
                probe = new CalibrationProbe(number, Math.toDegrees(Math.atan2(y, x)), Math.toDegrees(Math.asin(z)), HrtfProfile.personal(hrtf(waiting.z, List.of("The ears of one probe of a listening test."))),
                        ProbeSound.of(number, test.mix(2L * test.issued + (1L << 32))));
            }
            return probe;
        }

        private PersonalHrtf hrtf(float[] z, List<String> notes) {
            return PersonalHrtfs.create(PersonalHrtfKind.LISTENING_TEST, "Pinna " + Version.text(), notes, test.field(z));
        }

        /** Of a unit vector. */
        public void answer(double x, double y, double z) {
            requireProbe("an answer was given");
            test.answer(waiting, x, y, z);
            drop();
        }

        public void skip() {
            requireProbe("a probe was skipped");
            drop();
        }

        private void requireProbe(String what) {
            if (probe == null) {
                throw new UsageException(UsageException.Rule.STATE, what + ", but no probe waits for an answer; call nextProbe first");
            }
        }

        private void drop() {
            waiting = null;
            probe = null;
        }

        public void undo() {
            if (test.answers() == 0) {
                throw new UsageException(UsageException.Rule.STATE, "there is no answer to take back");
            }
            drop();
            waiting = test.undo();
        }

        public CalibrationProgress progress() {
            int answers = test.answers();
            double now = test.errorDegrees(answers);
            boolean settled = answers >= LEAST_ANSWERS && now >= test.errorDegrees(answers - LOOKS_BACK);
            return new CalibrationProgress(answers, settings.mostProbes(), test.startErrorDegrees(), now, consistency(), answers >= settings.mostProbes() || settled);
        }

        private CalibrationProgress.Consistency consistency() {
            return test.answers() < LEAST_FOR_CONSISTENCY ? CalibrationProgress.Consistency.UNKNOWN
                    : test.evidence() >= LEAST_EVIDENCE ? CalibrationProgress.Consistency.CONSISTENT : CalibrationProgress.Consistency.INCONSISTENT;
        }

        public PersonalHrtf result() {
            List<String> notes = new ArrayList<>();
            notes.add("From a listening test with " + test.answers() + (test.answers() == 1 ? " answer" : " answers") + ", starting from "
                    + settings.start().map(s -> "a profile from " + s.kind().describe()).orElse("the mean of all people") + ".");
            notes.add(String.format(Locale.ROOT, "The model of hearing expects a mean localisation error of %.1f° with this profile; %.1f° were expected with the starting profile before the test.",
                    test.errorDegrees(test.answers()), test.startErrorDegrees()));
            if (consistency() == CalibrationProgress.Consistency.INCONSISTENT) {
                notes.add("The answers do not fit together: hardly better than pointing anywhere. Check that headphones are worn the right way round, and repeat the test.");
            }
            notes.add("Made with the model " + model.file() + ", SHA-256 " + model.sha256().substring(0, 12) + "….");
            settings.start().ifPresent(s -> s.notes().stream().map(n -> "Of the starting profile: " + n).filter(n -> n.length() <= 2000).limit(50).forEach(notes::add));
            return hrtf(test.result(), notes);
        }
    }
}
