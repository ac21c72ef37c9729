package io.pinna.internal.personal;

import io.pinna.internal.hrtf.ErbBands;
import io.pinna.internal.hrtf.HarmonicField;
import io.pinna.internal.hrtf.SphericalHarmonics;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The listeners among whom a listening test looks: a starting profile, and what people differ by most. A listener is a point z of independent standard normal values:
 *
 * <pre>
 *   level of a left ear    m_L + Σ_k w_kL·φ_k,   of a right one in the mirror,   w_kL,R = s·( √((1 + c)/2)·a_k ± √((1 − c)/2)·d_k )
 *   interaural delay       m_D + Σ_r v_r·δ_r
 *   z = [ a_1 … a_K, d_1 … d_K, v_1 … v_R ]
 * </pre>
 *
 * <p>φ are the leading basis functions of {@link PersonalModel}, δ the leading ones of its delays, c the correlation of the two ears. What an inner ear makes of a sound, its band levels, is taken as
 * linear in z: about the start, with the part that each frequency has in the power of a band there. Over people that is right to 0.1 dB.
 *
 * <p>Features are those of {@link io.pinna.hrtf.evaluation.ObserverSettings} in N directions ({@link #nodes}), white in a noise that is larger by what z does not describe of a person. Immutable; any thread.
 */
final class ListenerSpace {
    /** u(ITD), and difference and mean of the two ears in 30 bands. */
    static final int FEATURES = 1 + 2 * ErbBands.COUNT;
    private static final int BANDS = ErbBands.COUNT;
    private static final int BINS = HarmonicField.BINS;
    /** Bands are computed at four times the field's frequencies, its levels linear in dB between them. */
    private static final int FINE = 4;
    /** Below, no set that the model was made from has measurements. */
    private static final double LOWEST_Z = Math.sin(Math.toRadians(-48));

    // The simulated listener's noise (Reijniers et al. 2014), and what is unknown of a person beyond z.
    private static final double SPECTRAL_NOISE_DB = 3.5;
    private static final double SOURCE_SPECTRUM_DB = 3.5;
    private static final double SOURCE_LEVEL_DB = 5;
    private static final double ITD_NOISE = 0.569;
    private static final double UNKNOWN_DB = 2;
    private static final double UNKNOWN_ITD = 0.4;

    private static final double VARIANCE_DB = SPECTRAL_NOISE_DB * SPECTRAL_NOISE_DB + UNKNOWN_DB * UNKNOWN_DB;
    private static final double ALPHA = 0.5 * VARIANCE_DB + SOURCE_SPECTRUM_DB * SOURCE_SPECTRUM_DB;
    private static final float PER_DIFFERENCE = (float) (1 / Math.sqrt(2 * VARIANCE_DB));
    private static final float PER_MEAN = (float) (1 / Math.sqrt(ALPHA));
    private static final float COMMON = (float) (1 - 1 / Math.sqrt(1 + BANDS * SOURCE_LEVEL_DB * SOURCE_LEVEL_DB / ALPHA));
    private static final float PER_ITD = (float) (1 / Math.sqrt(ITD_NOISE * ITD_NOISE + UNKNOWN_ITD * UNKNOWN_ITD));

    private final HarmonicField start;
    private final int functions;
    private final int delayFactors;
    private final int nodes;
    private final double[] nodeXyz;
    private final float alike;
    private final float apart;
    /** [ear][band][node], flat, dB. */
    private final float[][] meanDb = new float[2][];
    /** [ear][function][band][node], the last two flat, dB. */
    private final float[][][] slopeDb;
    private final float[] meanDelayUs;
    /** [factor][node]. */
    private final float[][] delayUs;
    /** [function][harmonic][frequency], the last two flat. */
    private final double[][] levels;
    private final double[][] delays;

    /**
     * @param start        what is expected of the listener
     * @param functions    K
     * @param delayFactors R
     * @param nodes        N
     * @param variance     s², of the weights
     * @param correlation  c
     */
    ListenerSpace(PersonalModel model, HarmonicField start, int functions, int delayFactors, int nodes, double variance, double correlation) {
        this.start = start;
        this.functions = functions;
        this.delayFactors = delayFactors;
        this.nodes = nodes;
        alike = (float) Math.sqrt(variance * 0.5 * (1 + correlation));
        apart = (float) Math.sqrt(variance * 0.5 * (1 - correlation));
        nodeXyz = spiral(nodes);
        levels = new double[functions][];
        for (int k = 0; k < functions; k++) {
            levels[k] = model.basisLevelCoefficients(k);
        }
        delays = new double[delayFactors][];
        delayUs = new float[delayFactors][nodes];
        meanDelayUs = new float[nodes];
        slopeDb = new float[2][functions][BANDS * nodes];
        for (int r = 0; r < delayFactors; r++) {
            delays[r] = model.delayFactorCoefficients(r);
        }
        linearise();
    }

    /** The mean of the people that a model was made from. */
    static HarmonicField mean(PersonalModel model) {
        double[] left = model.meanLevelCoefficients();
        double[] delay = model.meanDelayCoefficients();
        int order = SphericalHarmonics.order(left.length / BINS);
        float[] both = new float[HarmonicField.levelCount(order)];
        add(left, 1, 1, order, both);
        float[] seconds = new float[delay.length];
        for (int h = 0; h < seconds.length; h++) {
            seconds[h] = (float) (1e-6 * delay[h]);
        }
        return new HarmonicField(order, both, SphericalHarmonics.order(delay.length), seconds);
    }

    /** Adds levels of a left ear to those of both: harmonics of negative order, which are odd in y, change their sign in the mirror. */
    private static void add(double[] levels, double left, double right, int order, float[] both) {
        for (int l = 0; l <= order; l++) {
            for (int m = -l; m <= l; m++) {
                int h = SphericalHarmonics.index(l, m);
                double mirrored = m < 0 ? -right : right;
                for (int f = 0; f < BINS; f++) {
                    both[2 * h * BINS + f] += (float) (left * levels[h * BINS + f]);
                    both[(2 * h + 1) * BINS + f] += (float) (mirrored * levels[h * BINS + f]);
                }
            }
        }
    }

    /** Evenly over the sphere but for its lower end: a generalised spiral of equal areas, turned by the golden angle from point to point. */
    private static double[] spiral(int count) {
        double[] xyz = new double[3 * count];
        double golden = Math.PI * (3 - Math.sqrt(5));
        for (int i = 0; i < count; i++) {
            double z = 1 - (1 - LOWEST_Z) * (i + 0.5) / count;
            double r = Math.sqrt(1 - z * z);
            xyz[3 * i] = r * Math.cos(golden * i);
            xyz[3 * i + 1] = r * Math.sin(golden * i);
            xyz[3 * i + 2] = z;
        }
        return xyz;
    }

    private void linearise() {
        int fine = FINE * (BINS - 1) + 1;
        ErbBands bands = new ErbBands(HarmonicField.SAMPLE_RATE_HZ, 2 * (fine - 1), 0.5 * HarmonicField.SAMPLE_RATE_HZ);
        SphericalHarmonics levelHarmonics = new SphericalHarmonics(functions == 0 ? 0 : SphericalHarmonics.order(levels[0].length / BINS));
        SphericalHarmonics delayHarmonics = new SphericalHarmonics(delayFactors == 0 ? 0 : SphericalHarmonics.order(delays[0].length));
        meanDb[0] = new float[BANDS * nodes];
        meanDb[1] = new float[BANDS * nodes];
        // Each node writes its own columns.
        IntStream.range(0, nodes).parallel().forEach(n -> {
            double[] y = new double[levelHarmonics.count()];
            double[] yDelay = new double[delayHarmonics.count()];
            float[] db = new float[2 * BINS];
            float[] itd = new float[1];
            double[] power = new double[fine];
            double[] part = new double[BANDS * BINS];
            double[] level = new double[BINS];
            double x1 = nodeXyz[3 * n];
            double y1 = nodeXyz[3 * n + 1];
            double z1 = nodeXyz[3 * n + 2];
            start.evaluate(new float[] {(float) x1, (float) y1, (float) z1}, 1, db, itd);
            meanDelayUs[n] = 1e6f * itd[0];
            delayHarmonics.evaluate(x1, y1, z1, yDelay, 0);
            for (int r = 0; r < delayFactors; r++) {
                double sum = 0;
                for (int h = 0; h < yDelay.length; h++) {
                    sum += yDelay[h] * delays[r][h];
                }
                delayUs[r][n] = (float) sum;
            }
            for (int ear = 0; ear < 2; ear++) {
                for (int i = 0; i < fine; i++) {
                    int k = Math.min(i / FINE, BINS - 2);
                    double t = (double) i / FINE - k;
                    power[i] = Math.pow(10, 0.1 * ((1 - t) * db[ear * BINS + k] + t * db[ear * BINS + k + 1]));
                }
                double[] mean = bands.levelsDb(power);
                parts(bands, power, part);
                for (int b = 0; b < BANDS; b++) {
                    meanDb[ear][b * nodes + n] = (float) mean[b];
                }
                levelHarmonics.evaluate(x1, ear == 0 ? y1 : -y1, z1, y, 0);
                for (int f = 0; f < functions; f++) {
                    Arrays.fill(level, 0);
                    for (int h = 0; h < y.length; h++) {
                        for (int k = 0; k < BINS; k++) {
                            level[k] += y[h] * levels[f][h * BINS + k];
                        }
                    }
                    for (int b = 0; b < BANDS; b++) {
                        double sum = 0;
                        for (int k = 0; k < BINS; k++) {
                            sum += part[b * BINS + k] * level[k];
                        }
                        slopeDb[ear][f][b * nodes + n] = (float) sum;
                    }
                }
            }
        });
    }

    /** The part that a decibel at each of the field's frequencies has in the level of each band: [band][frequency]. */
    private static void parts(ErbBands bands, double[] power, double[] part) {
        Arrays.fill(part, 0);
        for (int b = 0; b < BANDS; b++) {
            double[] gain = bands.gain(b);
            double all = 0;
            for (int i = 0; i < power.length; i++) {
                double p = gain[i] * power[i];
                int k = Math.min(i / FINE, BINS - 2);
                double t = (double) i / FINE - k;
                part[b * BINS + k] += (1 - t) * p;
                part[b * BINS + k + 1] += t * p;
                all += p;
            }
            for (int k = 0; k < BINS; k++) {
                part[b * BINS + k] /= all;
            }
        }
    }

    /** N. */
    int nodes() {
        return nodes;
    }

    /** Coordinate 0 to 2 of a node. */
    double node(int node, int coordinate) {
        return nodeXyz[3 * node + coordinate];
    }

    /** Values of z. */
    int dimension() {
        return 2 * functions + delayFactors;
    }

    HarmonicField start() {
        return start;
    }

    /** What a listener's own ears make of a sound from each node. */
    final class Templates {
        private final float[][] db = {new float[BANDS * nodes], new float[BANDS * nodes]};
        private final float[] delay = new float[nodes];
        private final float[] mean = new float[nodes];
        /** [feature][node], flat. */
        final float[] features = new float[FEATURES * nodes];
        /** Half of the squared length of each node's features. */
        final float[] half = new float[nodes];

        void of(float[] z) {
            for (int ear = 0; ear < 2; ear++) {
                System.arraycopy(meanDb[ear], 0, db[ear], 0, db[ear].length);
                for (int k = 0; k < functions; k++) {
                    addTo(db[ear], slopeDb[ear][k], weight(z, k, ear));
                }
            }
            System.arraycopy(meanDelayUs, 0, delay, 0, nodes);
            for (int r = 0; r < delayFactors; r++) {
                addTo(delay, delayUs[r], z[2 * functions + r]);
            }
            for (int n = 0; n < nodes; n++) {
                features[n] = PER_ITD * (float) ErbBands.delayScale(delay[n]);
            }
            Arrays.fill(mean, 0);
            for (int b = 0; b < BANDS; b++) {
                for (int n = 0; n < nodes; n++) {
                    float left = db[0][b * nodes + n];
                    float right = db[1][b * nodes + n];
                    features[(1 + b) * nodes + n] = PER_DIFFERENCE * (left - right);
                    features[(1 + BANDS + b) * nodes + n] = 0.5f * (left + right);
                    mean[n] += 0.5f / BANDS * (left + right);
                }
            }
            for (int b = 0; b < BANDS; b++) {
                int row = (1 + BANDS + b) * nodes;
                for (int n = 0; n < nodes; n++) {
                    features[row + n] = PER_MEAN * (features[row + n] - COMMON * mean[n]);
                }
            }
            Arrays.fill(half, 0);
            for (int f = 0; f < FEATURES; f++) {
                int row = f * nodes;
                for (int n = 0; n < nodes; n++) {
                    half[n] += 0.5f * features[row + n] * features[row + n];
                }
            }
        }

        /** Features of the sound from a node. */
        float[] sound(int node) {
            float[] x = new float[FEATURES];
            for (int f = 0; f < FEATURES; f++) {
                x[f] = features[f * nodes + node];
            }
            return x;
        }

        /** For each node x·t − ½·t·t, which is the logarithm of the likelihood but for a constant. */
        void scores(float[] x, float[] out) {
            for (int n = 0; n < nodes; n++) {
                out[n] = -half[n];
            }
            for (int f = 0; f < FEATURES; f++) {
                float v = x[f];
                int row = f * nodes;
                for (int n = 0; n < nodes; n++) {
                    out[n] += v * features[row + n];
                }
            }
        }

        /**
         * From the gradient by features to that by z.
         *
         * @param byFeature [feature][node], flat; is overwritten
         */
        void gradient(float[] byFeature, float[] byZ) {
            float[] sum = new float[nodes];
            for (int r = 0; r < delayFactors; r++) {
                double total = 0;
                for (int n = 0; n < nodes; n++) {
                    total += byFeature[n] * PER_ITD * ErbBands.delayScaleSlope(delay[n]) * delayUs[r][n];
                }
                byZ[2 * functions + r] = (float) total;
            }
            for (int b = 0; b < BANDS; b++) {
                int row = (1 + BANDS + b) * nodes;
                for (int n = 0; n < nodes; n++) {
                    sum[n] += byFeature[row + n];
                }
            }
            float[] left = new float[BANDS * nodes];
            float[] right = new float[BANDS * nodes];
            for (int b = 0; b < BANDS; b++) {
                int difference = (1 + b) * nodes;
                int mean = (1 + BANDS + b) * nodes;
                for (int n = 0; n < nodes; n++) {
                    float d = PER_DIFFERENCE * byFeature[difference + n];
                    float m = 0.5f * PER_MEAN * (byFeature[mean + n] - COMMON / BANDS * sum[n]);
                    left[b * nodes + n] = m + d;
                    right[b * nodes + n] = m - d;
                }
            }
            for (int k = 0; k < functions; k++) {
                float l = dot(slopeDb[0][k], left, sum);
                float r = dot(slopeDb[1][k], right, sum);
                byZ[k] = alike * (l + r);
                byZ[functions + k] = apart * (l - r);
            }
        }

        /** Summed node by node first: the compiler makes vectors of that, and not of a sum over everything. */
        private float dot(float[] a, float[] b, float[] lanes) {
            Arrays.fill(lanes, 0);
            for (int row = 0; row < a.length; row += nodes) {
                for (int n = 0; n < nodes; n++) {
                    lanes[n] += a[row + n] * b[row + n];
                }
            }
            float all = 0;
            for (float v : lanes) {
                all += v;
            }
            return all;
        }
    }

    private float weight(float[] z, int k, int ear) {
        return alike * z[k] + (ear == 0 ? apart : -apart) * z[functions + k];
    }

    private static void addTo(float[] sum, float[] values, float factor) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] += factor * values[i];
        }
    }

    /** Everything that z says of a listener. */
    HarmonicField field(float[] z) {
        int levelOrder = Math.max(start.order(), functions == 0 ? 0 : SphericalHarmonics.order(levels[0].length / BINS));
        float[] both = Arrays.copyOf(start.levelCoefficients(), HarmonicField.levelCount(levelOrder));
        for (int k = 0; k < functions; k++) {
            add(levels[k], weight(z, k, 0), weight(z, k, 1), SphericalHarmonics.order(levels[k].length / BINS), both);
        }
        int delayOrder = Math.max(start.delayOrder(), delayFactors == 0 ? 0 : SphericalHarmonics.order(delays[0].length));
        float[] seconds = Arrays.copyOf(start.delayCoefficients(), HarmonicField.delayCount(delayOrder));
        for (int r = 0; r < delayFactors; r++) {
            for (int h = 0; h < delays[r].length; h++) {
                seconds[h] += (float) (1e-6 * z[2 * functions + r] * delays[r][h]);
            }
        }
        return new HarmonicField(levelOrder, both, delayOrder, seconds);
    }
}
