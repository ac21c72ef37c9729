package io.pinna.acoustics;

import io.pinna.InvalidValueException;
import io.pinna.internal.Check;
import io.pinna.internal.RealTime;
import java.util.Arrays;

/**
 * A directional pattern drawn by points: gains in dB over the angle from an emitter's axis, one for all bands or one for each. For what radiates everywhere at low frequencies and to the front at high ones, as voices,
 * loudspeakers and brass do. Part of a {@link Directivity}.
 *
 * <p>Between two points the level in dB follows a monotone cubic (F. N. Fritsch, J. Butland, "A method for constructing local monotone piecewise cubic interpolants", SIAM J. Sci. Stat. Comput. 5, 1984): level and slope are continuous,
 * so that turning about a source makes no corner, and the level never goes beyond those of its neighbours. The slope is 0 at the first and the last point; beyond them the level stays. At 0 and 180 degrees it is 0 anyhow
 * in any pattern that is the same all around its axis.
 *
 * <p>Immutable; any thread. {@link #gainLinear} takes O(log n) and allocates nothing.
 */
public final class DirectivityCurve {
    /** The most points that a curve may have. */
    public static final int MAX_POINTS = 1024;
    /** The least gain of a point. */
    public static final double LEAST_DB = -200;
    /** The highest gain of a point. */
    public static final double MOST_DB = 60;

    private static final double NEPERS_PER_DB = Math.log(10) / 20;

    /** 0 dB everywhere. */
    public static final DirectivityCurve FLAT = of(new double[] {0, 0});

    private final double[] degrees;
    /** [band][point]. */
    private final double[][] gainsDb;
    private final double[] radians;
    /** [band][point], likewise the slopes per radian. */
    private final double[][] nepers;
    private final double[][] slope;
    private final boolean isFlat;

    private DirectivityCurve(double[] degrees, double[][] gainsDb) {
        this.degrees = degrees;
        this.gainsDb = gainsDb;
        int n = degrees.length;
        radians = new double[n];
        nepers = new double[Bands.COUNT][n];
        slope = new double[Bands.COUNT][n];
        boolean flat = true;
        for (int i = 0; i < n; i++) {
            radians[i] = Math.toRadians(degrees[i]);
            for (int b = 0; b < Bands.COUNT; b++) {
                nepers[b][i] = gainsDb[b][i] * NEPERS_PER_DB;
                flat &= gainsDb[b][i] == 0;
            }
        }
        isFlat = flat;
        for (int b = 0; b < Bands.COUNT; b++) {
            for (int i = 1; i < n - 1; i++) {
                double before = (nepers[b][i] - nepers[b][i - 1]) / (radians[i] - radians[i - 1]);
                double after = (nepers[b][i + 1] - nepers[b][i]) / (radians[i + 1] - radians[i]);
                if (before * after > 0) {
                    // The harmonic mean, with more weight for the shorter side.
                    double left = radians[i] - radians[i - 1];
                    double right = radians[i + 1] - radians[i];
                    slope[b][i] = 3 * (left + right) / ((2 * right + left) / before + (right + 2 * left) / after);
                }
            }
        }
    }

    /**
     * @param points 1 to {@value #MAX_POINTS} rows of an angle from the axis (degrees, 0 to 180, strictly increasing) and then one gain (dB, {@value #LEAST_DB} to {@value #MOST_DB}), or one for each of the {@value Bands#COUNT} bands
     * @throws InvalidValueException that names the point
     */
    public static DirectivityCurve of(double[]... points) {
        Check.notNull(points, "points");
        if (points.length < 1 || points.length > MAX_POINTS) {
            throw new InvalidValueException(points.length + " points given; a directivity curve has 1 to " + MAX_POINTS);
        }
        double[] degrees = new double[points.length];
        double[][] gains = new double[Bands.COUNT][points.length];
        for (int i = 0; i < points.length; i++) {
            String name = "point " + i;
            double[] point = Check.notNull(points[i], name);
            if (point.length != 2 && point.length != 1 + Bands.COUNT) {
                throw new InvalidValueException(name + " has " + point.length + " numbers; give the angle in degrees and then one gain in dB, or " + Bands.COUNT + " (low, middle, high)");
            }
            degrees[i] = Check.inRange(point[0], 0, 180, "angle of " + name);
            if (i > 0 && !(degrees[i] > degrees[i - 1])) {
                throw new InvalidValueException("angle of " + name + " is " + degrees[i] + "; it must be more than that of the point before (" + degrees[i - 1] + ")");
            }
            if (i > 0 && degrees[i] - degrees[i - 1] < 1e-6) {
                throw new InvalidValueException("angle of " + name + " is " + degrees[i] + ", too close to that of the point before (" + degrees[i - 1] + "); leave one of them out");
            }
            for (int b = 0; b < Bands.COUNT; b++) {
                gains[b][i] = Check.inRange(point[point.length == 2 ? 1 : 1 + b], LEAST_DB, MOST_DB, "gain in dB of " + name + (point.length == 2 ? "" : ", band " + b));
            }
        }
        return new DirectivityCurve(degrees, gains);
    }

    /** Whether it is 0 dB everywhere. */
    @RealTime
    public boolean isFlat() {
        return isFlat;
    }

    /**
     * @param band   0 to {@value Bands#COUNT} − 1
     * @param cosine of the angle between the emitter's axis and the direction to the listener; what rounding takes beyond ±1 counts as ±1
     * @return the linear amplitude gain
     */
    @RealTime
    public double gainLinear(int band, double cosine) {
        if (isFlat) {
            return 1;
        }
        double angle = angle(cosine);
        double[] value = nepers[band];
        int last = radians.length - 1;
        if (angle <= radians[0]) {
            return Math.exp(value[0]);
        }
        if (angle >= radians[last]) {
            return Math.exp(value[last]);
        }
        int low = 0;
        int high = last;
        while (high - low > 1) {
            int middle = (low + high) >>> 1;
            if (radians[middle] <= angle) {
                low = middle;
            } else {
                high = middle;
            }
        }
        // Hermite's cubic: with t from 0 to 1, values weigh (1 + 2t)(1 − t)² and t²(3 − 2t), slopes h·t(1 − t)² and −h·t²(1 − t).
        double h = radians[high] - radians[low];
        double t = (angle - radians[low]) / h;
        double u = 1 - t;
        return Math.exp((1 + 2 * t) * u * u * value[low] + t * t * (3 - 2 * t) * value[high] + h * t * u * (u * slope[band][low] - t * slope[band][high]));
    }

    /**
     * The angle of a cosine to 2.2e-8 radians, some millionths of a dB (M. Abramowitz, I. A. Stegun, <i>Handbook of Mathematical Functions</i>, 1964, 4.4.46): the library's arc cosine, which is exact, takes most of what a gain takes.
     */
    @RealTime
    static double angle(double cosine) {
        double x = Math.min(1, Math.abs(cosine));
        double sum = 1.5707963050 + x * (-0.2145988016 + x * (0.0889789874 + x * (-0.0501743046 + x * (0.0308918810 + x * (-0.0170881256 + x * (0.0066700901 - x * 0.0012624911))))));
        double angle = Math.sqrt(1 - x) * sum;
        return cosine < 0 ? Math.PI - angle : angle;
    }

    /** A copy of the points, as {@link #of} takes them: an angle and the gains of all bands each. */
    public double[][] points() {
        double[][] points = new double[degrees.length][1 + Bands.COUNT];
        for (int i = 0; i < points.length; i++) {
            points[i][0] = degrees[i];
            for (int b = 0; b < Bands.COUNT; b++) {
                points[i][1 + b] = gainsDb[b][i];
            }
        }
        return points;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof DirectivityCurve curve && Arrays.equals(degrees, curve.degrees) && Arrays.deepEquals(gainsDb, curve.gainsDb);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(degrees) + Arrays.deepHashCode(gainsDb);
    }

    @Override
    public String toString() {
        return Arrays.deepToString(points());
    }
}
