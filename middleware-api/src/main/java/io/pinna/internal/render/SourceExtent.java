package io.pinna.internal.render;

import io.pinna.internal.RealTime;

/**
 * What a source of some size is to a listener who is near it, or in it: a fire, a crowd, rain under a tree. Pure functions of the distance d between the listener and the source's centre and of its radius r. Any thread;
 * allocates nothing.
 *
 * <p>The source is a ball of radius r, filled evenly with small sources that know nothing of each other. At the listener each brings an energy of 1/s² from a distance s, and an intensity, a vector, of the same size. The mean energy E and
 * the mean intensity I over the ball, with x = d/r, are
 *
 * <pre>
 *   E = 3/(2r²)·(1 + (1 − x²)/(2x)·ln|(1 + x)/(1 − x)|)
 *   I = 1/d² outside, d/r³ inside
 * </pre>
 *
 * <p>(I as Newton has it for gravity, which falls off alike; E by integration over shells of radius ρ, whose mean of 1/s² is ln|(ρ + d)/(ρ − d)|/(2ρd).) What arrives with a direction is I/E of the energy; what is left, the <i>spread</i>
 * 1 − I/E, comes from all around: it is the diffuseness of directional audio coding (V. Pulkki, "Spatial sound reproduction with directional audio coding", JAES 55, 2007). It is r²/(5d²) far away, 1/3 at the surface, and goes to 1 at
 * the centre as 1 − d/(3r). It has no step, and no corner but at the surface, where it is as steep as a logarithm.
 *
 * <p>A radius up to {@value #POINT_METERS} m, which is that of emitters by default and says how they are occluded, leaves a source a point: no listener stands in a radio. From {@value #FULL_METERS} m on it is what it says; in between
 * the source's size grows from the one to the other without a step.
 */
@RealTime
public final class SourceExtent {
    /** Up to this radius a source is a point (metres). */
    public static final double POINT_METERS = 0.2;
    /** From this radius on, a ball that holds head and shoulders, a source is as large as its radius says (metres). */
    public static final double FULL_METERS = 0.5;

    /** Below it, series stand for formulas that would lose digits: four terms are exact to 1e-13 there. */
    private static final double SMALL = 1e-3;

    private SourceExtent() {
    }

    /**
     * The radius of the ball that a listener hears: 0 for a point.
     *
     * @param radiusMeters the emitter's (≥ 0)
     */
    public static double extentMeters(double radiusMeters) {
        if (radiusMeters >= FULL_METERS) {
            return radiusMeters;
        }
        // Radii cross threads as floats: one of 0.2 m is a little more then.
        return radiusMeters <= (float) POINT_METERS ? 0 : (radiusMeters - POINT_METERS) * (FULL_METERS / (FULL_METERS - POINT_METERS));
    }

    /**
     * The distance that the level follows: to the centre as ever, but no nearer than the surface, so that the level stays in the source what it is there.
     *
     * @param distanceMeters to the centre (≥ 0)
     * @param extentMeters   of {@link #extentMeters}
     */
    public static double levelMeters(double distanceMeters, double extentMeters) {
        return Math.max(distanceMeters, extentMeters);
    }

    /**
     * How much of the energy comes from all around.
     *
     * @param distanceMeters to the centre (≥ 0)
     * @param extentMeters   of {@link #extentMeters}
     * @return 0 (a point) to 1 (no direction at all)
     */
    public static double spread(double distanceMeters, double extentMeters) {
        if (extentMeters <= 0) {
            return 0;
        }
        double x = distanceMeters / extentMeters;
        return Math.max(0, x < 1 ? 1 - x / insideEnergy(x) : 1 - 1 / outsideEnergy(x));
    }

    /**
     * The distance that the near field of the ears follows: that of a point whose wave fronts, at the listener, are curved as the mean of those that arrive. Only what arrives with a direction has such a curvature, so that it is
     * (1 − spread)/d: near a point the distance itself, in a source no less than one and a half times its radius, and three times at the centre, where there is no direction left.
     *
     * @param distanceMeters to the centre (≥ 0)
     * @param extentMeters   of {@link #extentMeters}
     * @return metres, ≥ the distance
     */
    public static double curvatureMeters(double distanceMeters, double extentMeters) {
        if (extentMeters <= 0) {
            return distanceMeters;
        }
        double x = distanceMeters / extentMeters;
        return x < 1 ? extentMeters * insideEnergy(x) : distanceMeters * Math.max(1, outsideEnergy(x));
    }

    /** E·r² for x = d/r &lt; 1: 3/2·(1 + (1 − x²)·artanh(x)/x), from 3 to 3/2. */
    private static double insideEnergy(double x) {
        double u = x * x;
        if (u < SMALL) {
            return 3 * (1 - u * (1.0 / 3 + u * (1.0 / 15 + u * (1.0 / 35 + u / 63))));
        }
        return 1.5 * (1 + (1 - u) / (2 * x) * Math.log((1 + x) / (1 - x)));
    }

    /** E·d² for x = d/r ≥ 1: 3/2·x²·(1 − (x − 1/x)·arcoth(x)), from 3/2 to 1. */
    private static double outsideEnergy(double x) {
        double u = 1 / (x * x);
        if (u < SMALL) {
            return 1 + u * (1.0 / 5 + u * (3.0 / 35 + u / 21));
        }
        if (x == 1) {
            return 1.5;
        }
        return 1.5 / u * (1 - (x - 1 / x) / 2 * Math.log((x + 1) / (x - 1)));
    }
}
