package io.pinna.acoustics;

import io.pinna.InvalidValueException;
import io.pinna.internal.Check;
import io.pinna.internal.RealTime;
import java.util.Arrays;

/**
 * A level over distance, drawn by points: what a {@link DistanceModel} of {@linkplain DistanceModel.Kind#CUSTOM its own curve} follows. For sounds that carry as a designer wants and not as physics has it: a siren that stays
 * loud for 100 m, a whisper that is gone at 3 m.
 *
 * <p>Between two points the level in dB is linear over the logarithm of the distance, so that a curve is what can be reckoned by hand: two points make −6 dB a doubling, or any other law of powers, exactly, and the
 * level never goes beyond those of its neighbours. (Its slope has corners at the points; a slope is not heard.) Nearer than the first point and farther than the last the level stays what it is there; to end in silence,
 * end at {@value #LEAST_DB} dB.
 *
 * <p>Immutable; any thread. {@link #gainLinear} takes O(log n) and allocates nothing.
 */
public final class DistanceCurve {
    /** The most points that a curve may have. */
    public static final int MAX_POINTS = 4096;
    /** The least level of a point: 40 dB below the 24 bits of a converter and its dither. */
    public static final double LEAST_DB = -200;
    /** The highest level of a point. */
    public static final double MOST_DB = 60;
    /** The least distance of a point (metres), for want of a logarithm of 0. */
    public static final double LEAST_METERS = 1e-3;
    /** The greatest distance of a point (metres). */
    public static final double MOST_METERS = 1e9;

    private static final double NEPERS_PER_DB = Math.log(10) / 20;

    private final double[] meters;
    private final double[] gainsDb;
    private final double[] logMeters;
    private final double[] nepers;
    /** Nepers per unit of the logarithm, from each point to the next. */
    private final double[] slope;

    private DistanceCurve(double[] meters, double[] gainsDb) {
        this.meters = meters;
        this.gainsDb = gainsDb;
        int n = meters.length;
        logMeters = new double[n];
        nepers = new double[n];
        slope = new double[n];
        for (int i = 0; i < n; i++) {
            logMeters[i] = Math.log(meters[i]);
            nepers[i] = gainsDb[i] * NEPERS_PER_DB;
        }
        for (int i = 0; i < n - 1; i++) {
            slope[i] = (nepers[i + 1] - nepers[i]) / (logMeters[i + 1] - logMeters[i]);
        }
    }

    /**
     * @param points 1 to {@value #MAX_POINTS} pairs of a distance (metres, {@value #LEAST_METERS} to {@value #MOST_METERS}, strictly increasing) and a gain (dB, {@value #LEAST_DB} to {@value #MOST_DB})
     * @throws InvalidValueException that names the point
     */
    public static DistanceCurve of(double[]... points) {
        Check.notNull(points, "points");
        if (points.length < 1 || points.length > MAX_POINTS) {
            throw new InvalidValueException(points.length + " points given; a distance curve has 1 to " + MAX_POINTS);
        }
        double[] meters = new double[points.length];
        double[] gains = new double[points.length];
        for (int i = 0; i < points.length; i++) {
            String name = "point " + i;
            Check.notNull(points[i], name);
            if (points[i].length != 2) {
                throw new InvalidValueException(name + " has " + points[i].length + " numbers; give two, the distance in metres and the gain in dB");
            }
            meters[i] = Check.inRange(points[i][0], LEAST_METERS, MOST_METERS, "distance of " + name);
            gains[i] = Check.inRange(points[i][1], LEAST_DB, MOST_DB, "gain in dB of " + name);
            if (i > 0 && !(meters[i] > meters[i - 1])) {
                throw new InvalidValueException("distance of " + name + " is " + meters[i] + "; it must be more than that of the point before (" + meters[i - 1] + ")");
            }
            // Two distances so close that their logarithms are one would make a slope that is none.
            if (i > 0 && !(Math.log(meters[i]) > Math.log(meters[i - 1]))) {
                throw new InvalidValueException("distance of " + name + " is " + meters[i] + ", too close to that of the point before (" + meters[i - 1] + "); leave one of them out");
            }
        }
        return new DistanceCurve(meters, gains);
    }

    /**
     * @param distanceMeters ≥ 0
     * @return the linear amplitude gain
     */
    @RealTime
    public double gainLinear(double distanceMeters) {
        int last = meters.length - 1;
        if (distanceMeters <= meters[0]) {
            return Math.exp(nepers[0]);
        }
        if (distanceMeters >= meters[last]) {
            return Math.exp(nepers[last]);
        }
        int low = 0;
        int high = last;
        while (high - low > 1) {
            int middle = (low + high) >>> 1;
            if (meters[middle] <= distanceMeters) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return Math.exp(nepers[low] + (Math.log(distanceMeters) - logMeters[low]) * slope[low]);
    }

    /** The distance of the first point (metres). */
    public double firstMeters() {
        return meters[0];
    }

    /** The distance of the last point (metres). */
    public double lastMeters() {
        return meters[meters.length - 1];
    }

    /** A copy of the points, as {@link #of} takes them. */
    public double[][] points() {
        double[][] points = new double[meters.length][];
        for (int i = 0; i < points.length; i++) {
            points[i] = new double[] {meters[i], gainsDb[i]};
        }
        return points;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof DistanceCurve curve && Arrays.equals(meters, curve.meters) && Arrays.equals(gainsDb, curve.gainsDb);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(meters) + Arrays.hashCode(gainsDb);
    }

    @Override
    public String toString() {
        return Arrays.deepToString(points());
    }
}
