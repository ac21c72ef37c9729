package io.pinna.internal.personal;

import io.pinna.internal.hrtf.HarmonicField;
import io.pinna.internal.hrtf.SphericalHarmonics;
import java.util.List;

/**
 * What body measurements say about a person's HRTF (reference: {@code pinna_training/body.py}). With a_j the standardised measurements (of the logarithms of lengths), one ear's level is
 *
 * <pre>
 *   m(x, f) + s·( m(x, f·w) − m(x, f) ) + Σ_j a_j·F_j(x, f),   ln w = b₀ + Σ_j b_j·a_j
 * </pre>
 *
 * <p>m is the mean of all people, warped over frequency because a smaller ear has the same features higher (Middlebrooks 1999), s the share of that warp that pays, F_j a field for each measurement. The
 * interaural delay is the mean delay times a factor that is linear in head width and depth. Immutable; any thread.
 */
public final class BodyPrior {
    /** By CIPIC's names, in the order of the arrays: head width, height and depth, shoulder width; cavum concha height, cymba concha height, cavum concha width, fossa height, pinna height, pinna width,
     * intertragal incisure width; rotation angle. */
    public static final List<String> MEASUREMENTS = List.of("x1", "x2", "x3", "x12", "d1", "d2", "d3", "d4", "d5", "d6", "d7", "theta1");
    private static final int ANGLE = MEASUREMENTS.indexOf("theta1");
    /** The angle may be near zero, so it has no logarithm; any unit would do. */
    private static final double ANGLE_UNIT_DEGREES = 30;
    /** Standard deviations. The model is linear; beyond what the people it was made from spread over, it would only extrapolate. */
    private static final double MOST_DEVIATION = 3;
    private static final int BINS = HarmonicField.BINS;

    private final double[] meanDb;
    private final double[] delayMeanUs;
    private final double[] centre;
    private final double[] spread;
    private final double[] warp;
    private final double[] delay;
    private final double warpShare;
    private final double[] fieldsDb;

    /**
     * @param meanDb      [harmonic][bin]
     * @param delayMeanUs [harmonic]
     * @param centre      [measurement], of the predictors
     * @param spread      likewise, positive
     * @param warp        b₀ and b [measurement]
     * @param delay       the factor for an average head, and its slopes over head width and depth
     * @param warpShare   s
     * @param fieldsDb    F: [measurement][harmonic][bin], of at most as many harmonics as the mean
     */
    BodyPrior(double[] meanDb, double[] delayMeanUs, double[] centre, double[] spread, double[] warp, double[] delay, double warpShare, double[] fieldsDb) {
        this.meanDb = meanDb;
        this.delayMeanUs = delayMeanUs;
        this.centre = centre;
        this.spread = spread;
        this.warp = warp;
        this.delay = delay;
        this.warpShare = warpShare;
        this.fieldsDb = fieldsDb;
    }

    private double[] standardised(double[] measurements) {
        double[] a = new double[MEASUREMENTS.size()];
        for (int j = 0; j < a.length; j++) {
            double predictor = j == ANGLE ? measurements[j] / ANGLE_UNIT_DEGREES : Math.log(measurements[j]);
            a[j] = Math.max(-MOST_DEVIATION, Math.min(MOST_DEVIATION, (predictor - centre[j]) / spread[j]));
        }
        return a;
    }

    /** Coefficients of a left ear's level, [harmonic][bin]. */
    private double[] levels(double[] measurements) {
        double[] a = standardised(measurements);
        double exponent = warp[0];
        for (int j = 0; j < a.length; j++) {
            exponent += warp[j + 1] * a[j];
        }
        double factor = Math.exp(exponent);
        double[] out = new double[meanDb.length];
        for (int h = 0; h < meanDb.length; h += BINS) {
            for (int k = 0; k < BINS; k++) {
                double position = Math.min(k * factor, BINS - 1.0);
                int low = Math.min((int) position, BINS - 2);
                double warped = meanDb[h + low] + (position - low) * (meanDb[h + low + 1] - meanDb[h + low]);
                out[h + k] = meanDb[h + k] + warpShare * (warped - meanDb[h + k]);
            }
        }
        int field = fieldsDb.length / a.length;
        for (int j = 0; j < a.length; j++) {
            for (int i = 0; i < field; i++) {
                out[i] += a[j] * fieldsDb[j * field + i];
            }
        }
        return out;
    }

    private double delayFactor(double[] measurements) {
        double[] a = standardised(measurements);
        return delay[0] + delay[1] * a[0] + delay[2] * a[2];
    }

    /**
     * The most likely ears of a person of whom nothing else is known.
     *
     * @param left  the left ear's measurements by {@link #MEASUREMENTS} (cm; degrees)
     * @param right the right ear's; those of the head are the same
     */
    public HarmonicField field(double[] left, double[] right) {
        double[] leftDb = levels(left);
        double[] rightDb = levels(right);
        int count = meanDb.length / BINS;
        float[] levels = new float[2 * meanDb.length];
        for (int h = 0; h < count; h++) {
            // In the mirror the harmonics of sines change their sign; index l² + l + m.
            int degree = (int) Math.sqrt(h);
            double sign = h < degree * degree + degree ? -1 : 1;
            for (int k = 0; k < BINS; k++) {
                levels[2 * h * BINS + k] = (float) leftDb[h * BINS + k];
                levels[(2 * h + 1) * BINS + k] = (float) (sign * rightDb[h * BINS + k]);
            }
        }
        double factor = 0.5 * (delayFactor(left) + delayFactor(right));
        float[] delays = new float[delayMeanUs.length];
        for (int h = 0; h < delays.length; h++) {
            delays[h] = (float) (1e-6 * factor * delayMeanUs[h]);
        }
        return new HarmonicField(SphericalHarmonics.order(count), levels, SphericalHarmonics.order(delays.length), delays);
    }

    /**
     * What is expected of a person of whom more will be measured: the same for both ears.
     *
     * @param ear one ear's measurements, or the mean of both, by {@link #MEASUREMENTS}
     */
    public PriorMean mean(double[] ear) {
        return new HarmonicMean(levels(ear), delayMeanUs, delayFactor(ear));
    }
}
