package io.pinna.hrtf.evaluation;

import io.pinna.internal.hrtf.DelaunaySphere;
import java.util.SplittableRandom;

/** The model that {@link ObserverSettings} describes. One thread. */
final class IdealObserver {
    private static final int BANDS = 30;
    private static final double LOWEST_HZ = 300;
    private static final double HIGHEST_HZ = 15000;
    private static final double A_MICROSECONDS = 32.5;
    private static final double B = 0.095;
    private static final int MOST_TARGETS = 1000;
    /** 10 242 directions share the sphere out: about 8 for each of CIPIC's. */
    private static final int GEODESIC_FREQUENCY = 32;
    private static final double SILENCE = 1e-18;

    private final double[][] gains;
    private final ObserverSettings settings;

    /** @param highestHz bands above are left out: the sets have nothing there */
    IdealObserver(ObserverSettings settings, int rateHz, int fftSize, double highestHz) {
        this.settings = settings;
        double low = erbNumber(LOWEST_HZ);
        double high = erbNumber(HIGHEST_HZ);
        int used = 0;
        while (used < BANDS && centre(low, high, used) <= highestHz) {
            used++;
        }
        gains = new double[used][fftSize / 2 + 1];
        for (int i = 0; i < used; i++) {
            double fc = centre(low, high, i);
            double b = 1.019 * 24.7 * (4.37e-3 * fc + 1);
            for (int k = 0; k <= fftSize / 2; k++) {
                double d = ((double) k * rateHz / fftSize - fc) / b;
                gains[i][k] = Math.pow(1 + d * d, -4);
            }
        }
    }

    private static double erbNumber(double hz) {
        return 21.4 * Math.log10(4.37e-3 * hz + 1);
    }

    private static double centre(double low, double high, int i) {
        return (Math.pow(10, (low + (high - low) * i / (BANDS - 1)) / 21.4) - 1) / 4.37e-3;
    }

    /** Features in units of their noise. */
    float[] features(double itdSeconds, double[] leftPower, double[] rightPower) {
        float[] f = new float[1 + 2 * gains.length];
        double magnitude = Math.abs(itdSeconds) * 1e6;
        f[0] = (float) (Math.signum(itdSeconds) * Math.log1p(B * magnitude / A_MICROSECONDS) / B / settings.itdNoise());
        for (int i = 0; i < gains.length; i++) {
            f[1 + i] = level(leftPower, gains[i]);
            f[1 + gains.length + i] = level(rightPower, gains[i]);
        }
        return f;
    }

    private float level(double[] power, double[] gain) {
        double sum = 0;
        for (int k = 0; k < gain.length; k++) {
            sum += power[k] * gain[k];
        }
        return (float) (10 * Math.log10(sum + SILENCE) / settings.spectralNoiseDb());
    }

    /**
     * @param directions unit vectors of all, flat
     * @param templates  features of the observer's own ears in each
     * @param heard      features of the sounds played
     */
    LocalizationErrors localize(double[] directions, float[][] templates, float[][] heard) {
        int count = templates.length;
        double[] logPrior = settings.decision() == ObserverSettings.Decision.SAMPLE ? logSolidAngles(directions) : null;
        double[] logPosterior = new double[count];
        int stride = (count + MOST_TARGETS - 1) / MOST_TARGETS;
        double circle = 0;
        double lateral = 0;
        double polarSquares = 0;
        int local = 0;
        int median = 0;
        int responses = 0;
        float[] x = new float[templates[0].length];
        SplittableRandom seeds = new SplittableRandom(settings.seed());
        for (int target = 0; target < count; target += stride) {
            java.util.Random random = new java.util.Random(seeds.nextLong());
            for (int r = 0; r < settings.repetitions(); r++) {
                for (int i = 0; i < x.length; i++) {
                    x[i] = heard[target][i] + (float) random.nextGaussian();
                }
                int answer = logPrior == null ? nearest(x, templates) : draw(x, templates, logPrior, logPosterior, random.nextDouble());
                responses++;
                circle += angle(directions, target, answer);
                double lateralTarget = lateral(directions, target);
                lateral += Math.abs(lateral(directions, answer) - lateralTarget);
                if (Math.abs(lateralTarget) <= 30.001) {
                    median++;
                    double polar = Math.IEEEremainder(polar(directions, answer) - polar(directions, target), 360);
                    if (Math.abs(polar) <= 90) {
                        polarSquares += polar * polar;
                        local++;
                    }
                }
            }
        }
        return new LocalizationErrors(circle / responses, lateral / responses, local == 0 ? null : Math.sqrt(polarSquares / local), median == 0 ? null : 100.0 * (median - local) / median, responses);
    }

    private static float squaredDistance(float[] x, float[] t, float limit) {
        float sum = 0;
        for (int i = 0; i < x.length && sum < limit; i++) {
            float d = x[i] - t[i];
            sum += d * d;
        }
        return sum;
    }

    private static int nearest(float[] x, float[][] templates) {
        float best = Float.POSITIVE_INFINITY;
        int answer = 0;
        for (int t = 0; t < templates.length; t++) {
            float d = squaredDistance(x, templates[t], best);
            if (d < best) {
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
