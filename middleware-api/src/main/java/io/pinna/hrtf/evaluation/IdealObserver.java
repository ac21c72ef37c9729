package io.pinna.hrtf.evaluation;

import io.pinna.internal.hrtf.DelaunaySphere;
import io.pinna.internal.hrtf.ErbBands;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** The model that {@link ObserverSettings} describes. One thread. */
final class IdealObserver {
    private static final int MOST_TARGETS = 2500;
    /** 10 242 directions share the sphere out: about 8 for each of CIPIC's. */
    private static final int GEODESIC_FREQUENCY = 32;

    private final ErbBands bands;
    private final double[] floorDb;
    private final ObserverSettings settings;

    /** @param highestHz bands above are left out: the sets have nothing there */
    IdealObserver(ObserverSettings settings, int rateHz, int fftSize, double highestHz) {
        this.settings = settings;
        bands = new ErbBands(rateHz, fftSize, highestHz);
        floorDb = new double[bands.count()];
        for (int i = 0; i < floorDb.length; i++) {
            double fc = ErbBands.centreHz(i);
            floorDb[i] = -settings.audibleRangeDb() + (fc <= 2000 ? 10 : fc >= 7000 ? 20 : 0);
        }
    }

    /**
     * What a sound is at the ears.
     *
     * @param itdSeconds right ear less left
     * @param leftDb     level of every band; not changed
     * @param rightDb    likewise
     */
    record Cues(double itdSeconds, double[] leftDb, double[] rightDb) {
    }

    /** @param leftPower |H|² at bins 0 to M/2, of a unit impulse at the source */
    Cues cues(double itdSeconds, double[] leftPower, double[] rightPower) {
        return new Cues(itdSeconds, bands.levelsDb(leftPower), bands.levelsDb(rightPower));
    }

    /**
     * Features of a whole set, [direction][1 + 2n], turned so that their noise is white and of variance 1: multiplied by Σ^(−1/2). That of (α·1 + σ²·11ᵀ) is
     * α^(−1/2)·( 1 − (1 − (1 + n·σ²/α)^(−1/2))·11ᵀ/n ).
     */
    float[][] features(List<Cues> set) {
        double greatest = greatestDb(set);
        return set.stream().map(c -> features(c, greatest)).toArray(float[][]::new);
    }

    /** The level that counts as 0 dB in a set. */
    double greatestDb(List<Cues> set) {
        double greatest = Double.NEGATIVE_INFINITY;
        for (Cues c : set) {
            for (int i = 0; i < floorDb.length; i++) {
                greatest = Math.max(greatest, Math.max(c.leftDb[i], c.rightDb[i]));
            }
        }
        return greatest;
    }

    /** Features of one sound, as of one in a set whose greatest level is {@code greatestDb}. */
    float[] features(Cues c, double greatestDb) {
        int n = floorDb.length;
        double alpha = 0.5 * settings.spectralNoiseDb() * settings.spectralNoiseDb() + settings.sourceSpectrumDb() * settings.sourceSpectrumDb();
        double common = 1 - 1 / Math.sqrt(1 + n * settings.sourceLevelDb() * settings.sourceLevelDb() / alpha);
        float[] features = new float[1 + 2 * n];
        double[] sum = new double[n];
        features[0] = (float) (ErbBands.delayScale(c.itdSeconds * 1e6) / settings.itdNoise());
        double mean = 0;
        for (int i = 0; i < n; i++) {
            double left = Math.max(c.leftDb[i] - greatestDb, floorDb[i]);
            double right = Math.max(c.rightDb[i] - greatestDb, floorDb[i]);
            features[1 + i] = (float) ((left - right) / (Math.sqrt(2) * settings.spectralNoiseDb()));
            sum[i] = 0.5 * (left + right);
            mean += sum[i] / n;
        }
        for (int i = 0; i < n; i++) {
            features[1 + n + i] = (float) ((sum[i] - common * mean) / Math.sqrt(alpha));
        }
        return features;
    }

    /**
     * Where one sound is heard: features in noise, and the decision.
     *
     * @param solidAngles of {@link #logSolidAngles}, or null for the maximum
     * @return number of a direction
     */
    int listen(float[] sound, float[][] templates, double[] solidAngles, Random random) {
        float[] x = new float[sound.length];
        for (int i = 0; i < x.length; i++) {
            x[i] = sound[i] + (float) random.nextGaussian();
        }
        return solidAngles == null ? nearest(x, templates, 0) : draw(x, templates, solidAngles, new double[templates.length], random.nextDouble());
    }

    /** Null where the decision does without. */
    double[] logPrior(double[] directions) {
        return settings.decision() == ObserverSettings.Decision.SAMPLE ? logSolidAngles(directions) : null;
    }

    /**
     * @param errors             over all directions
     * @param greatCircleDegrees mean error in each direction; NaN where no sound was played
     */
    record Answers(LocalizationErrors errors, double[] greatCircleDegrees) {
    }

    /** Sums over the sounds of one direction. */
    private static final class Tally {
        double circle;
        double lateral;
        double polarSquares;
        int local;
        int median;
    }

    /**
     * @param directions unit vectors of all, flat
     * @param templates  features of the observer's own ears in each
     * @param heard      features of the sounds played
     */
    Answers localize(double[] directions, float[][] templates, float[][] heard) {
        int count = templates.length;
        double[] logPrior = logPrior(directions);
        int stride = (count + MOST_TARGETS - 1) / MOST_TARGETS;
        SplittableRandom seeds = new SplittableRandom(settings.seed());
        long[] seed = new long[(count + stride - 1) / stride];
        Arrays.setAll(seed, i -> seeds.nextLong());
        Tally[] tallies = new Tally[seed.length];
        // Every direction has its own seed and its own sums: the same answer on any number of cores.
        IntStream.range(0, seed.length).parallel().forEach(i -> tallies[i] = listen(i * stride, seed[i], directions, templates, heard, logPrior));
        double[] perDirection = new double[count];
        Arrays.fill(perDirection, Double.NaN);
        Tally all = new Tally();
        for (int i = 0; i < tallies.length; i++) {
            Tally t = tallies[i];
            perDirection[i * stride] = t.circle / settings.repetitions();
            all.circle += t.circle;
            all.lateral += t.lateral;
            all.polarSquares += t.polarSquares;
            all.local += t.local;
            all.median += t.median;
        }
        int responses = tallies.length * settings.repetitions();
        return new Answers(new LocalizationErrors(all.circle / responses, all.lateral / responses, all.local == 0 ? null : Math.sqrt(all.polarSquares / all.local),
                all.median == 0 ? null : 100.0 * (all.median - all.local) / all.median, responses), perDirection);
    }

    private Tally listen(int target, long seed, double[] directions, float[][] templates, float[][] heard, double[] logPrior) {
        Random random = new Random(seed);
        float[] x = new float[templates[0].length];
        double[] logPosterior = logPrior == null ? null : new double[templates.length];
        Tally tally = new Tally();
        for (int r = 0; r < settings.repetitions(); r++) {
            for (int i = 0; i < x.length; i++) {
                x[i] = heard[target][i] + (float) random.nextGaussian();
            }
            int answer = logPrior == null ? nearest(x, templates, target) : draw(x, templates, logPrior, logPosterior, random.nextDouble());
            tally.circle += angle(directions, target, answer);
            double lateralTarget = lateral(directions, target);
            tally.lateral += Math.abs(lateral(directions, answer) - lateralTarget);
            if (Math.abs(lateralTarget) <= 30.001) {
                tally.median++;
                double polar = Math.IEEEremainder(polar(directions, answer) - polar(directions, target), 360);
                if (Math.abs(polar) <= 90) {
                    tally.polarSquares += polar * polar;
                    tally.local++;
                }
            }
        }
        return tally;
    }

    private static float squaredDistance(float[] x, float[] t, float limit) {
        float sum = 0;
        for (int i = 0; i < x.length && sum <= limit; i++) {
            float d = x[i] - t[i];
            sum += d * d;
        }
        return sum;
    }

    /** @param guess is looked at first: the better it is, the sooner others drop out */
    private static int nearest(float[] x, float[][] templates, int guess) {
        int answer = guess;
        float best = squaredDistance(x, templates[guess], Float.POSITIVE_INFINITY);
        for (int t = 0; t < templates.length; t++) {
            float d = squaredDistance(x, templates[t], best);
            // Of equals the first, wherever the search began.
            if (d < best || d == best && t < answer) {
                best = d;
                answer = t;
            }
        }
        return answer;
    }

    private static int draw(float[] x, float[][] templates, double[] logPrior, double[] logPosterior, double uniform) {
        double greatest = Double.NEGATIVE_INFINITY;
        for (int t = 0; t < templates.length; t++) {
            logPosterior[t] = logPrior[t] - 0.5 * squaredDistance(x, templates[t], Float.POSITIVE_INFINITY);
            greatest = Math.max(greatest, logPosterior[t]);
        }
        double sum = 0;
        for (int t = 0; t < templates.length; t++) {
            logPosterior[t] = Math.exp(logPosterior[t] - greatest);
            sum += logPosterior[t];
        }
        double left = uniform * sum;
        for (int t = 0; t < templates.length; t++) {
            left -= logPosterior[t];
            if (left < 0) {
                return t;
            }
        }
        return templates.length - 1;
    }

    private static double[] logSolidAngles(double[] directions) {
        DelaunaySphere sphere = DelaunaySphere.geodesic(GEODESIC_FREQUENCY);
        double[] share = new double[directions.length / 3];
        for (int v = 0; v < sphere.vertexCount(); v++) {
            int nearest = 0;
            double greatest = Double.NEGATIVE_INFINITY;
            for (int i = 0; i < share.length; i++) {
                double dot = sphere.coordinate(v, 0) * directions[3 * i] + sphere.coordinate(v, 1) * directions[3 * i + 1] + sphere.coordinate(v, 2) * directions[3 * i + 2];
                if (dot > greatest) {
                    greatest = dot;
                    nearest = i;
                }
            }
            share[nearest]++;
        }
        for (int i = 0; i < share.length; i++) {
            // In sets denser than the grid some directions are nobody's nearest: half a share.
            share[i] = Math.log(Math.max(0.5, share[i]) / sphere.vertexCount());
        }
        return share;
    }

    private static double angle(double[] d, int a, int b) {
        double dot = d[3 * a] * d[3 * b] + d[3 * a + 1] * d[3 * b + 1] + d[3 * a + 2] * d[3 * b + 2];
        return a == b ? 0 : Math.toDegrees(Math.acos(Math.max(-1, Math.min(1, dot))));
    }

    private static double lateral(double[] d, int i) {
        return Math.toDegrees(Math.asin(Math.max(-1, Math.min(1, d[3 * i + 1]))));
    }

    private static double polar(double[] d, int i) {
        return Math.toDegrees(Math.atan2(d[3 * i + 2], d[3 * i]));
    }
}
