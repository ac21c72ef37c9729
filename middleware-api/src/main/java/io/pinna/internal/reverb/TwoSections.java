package io.pinna.internal.reverb;

import io.pinna.internal.RealTime;

/**
 * Two second-order sections one behind the other, in direct form I: y = b0·x + b1·x′ + b2·x″ − a1·y′ − a2·y″. This form remembers nothing but the signal itself, so that coefficients may change under it, and the
 * processor works on both sections at once, as the second waits for the first only once. In double precision: at 192 kHz the poles of an 800 Hz section lie so near to 1 that floats would bend its gain.
 *
 * <p>Pure functions of the arrays they are given; no allocation.
 */
final class TwoSections {
    /** b0, b1, b2, a1, a2 of the first section, then of the second. */
    static final int COEFFICIENTS = 10;
    /** The last two samples before, between and behind the sections. */
    static final int STATES = 6;
    /** −600 dB: what has decayed to this is set to nothing, long before numbers become denormal. */
    private static final double NOTHING = 1e-30;

    private TwoSections() {
    }

    /** In place, over x[from] .. x[from + count − 1], with the coefficients from c[at] and the states from s[state]. */
    @RealTime
    static void run(float[] x, int from, int count, double[] c, int at, double[] s, int state) {
        double b0 = c[at];
        double b1 = c[at + 1];
        double b2 = c[at + 2];
        double a1 = c[at + 3];
        double a2 = c[at + 4];
        double d0 = c[at + 5];
        double d1 = c[at + 6];
        double d2 = c[at + 7];
        double e1 = c[at + 8];
        double e2 = c[at + 9];
        double x1 = s[state];
        double x2 = s[state + 1];
        double u1 = s[state + 2];
        double u2 = s[state + 3];
        double y1 = s[state + 4];
        double y2 = s[state + 5];
        for (int i = from; i < from + count; i++) {
            double v = x[i];
            double u = b0 * v + b1 * x1 + b2 * x2 - a2 * u2 - a1 * u1;
            double y = d0 * u + d1 * u1 + d2 * u2 - e2 * y2 - e1 * y1;
            x2 = x1;
            x1 = v;
            u2 = u1;
            u1 = u;
            y2 = y1;
            y1 = y;
            x[i] = (float) y;
        }
        s[state] = settled(x1);
        s[state + 1] = settled(x2);
        s[state + 2] = settled(u1);
        s[state + 3] = settled(u2);
        s[state + 4] = settled(y1);
        s[state + 5] = settled(y2);
    }

    /**
     * As {@link #run}, while the coefficients change in straight lines. What lies between two stable sections is stable: what a1 and a2 may be is a triangle.
     *
     * @param step what is added to each coefficient with each sample, from step[at] on; c is left as it is after the last
     */
    @RealTime
    static void runMoving(float[] x, int from, int count, double[] c, double[] step, int at, double[] s, int state) {
        double x1 = s[state];
        double x2 = s[state + 1];
        double u1 = s[state + 2];
        double u2 = s[state + 3];
        double y1 = s[state + 4];
        double y2 = s[state + 5];
        for (int i = from; i < from + count; i++) {
            for (int k = at; k < at + COEFFICIENTS; k++) {
                c[k] += step[k];
            }
            double v = x[i];
            double u = c[at] * v + c[at + 1] * x1 + c[at + 2] * x2 - c[at + 4] * u2 - c[at + 3] * u1;
            double y = c[at + 5] * u + c[at + 6] * u1 + c[at + 7] * u2 - c[at + 9] * y2 - c[at + 8] * y1;
            x2 = x1;
            x1 = v;
            u2 = u1;
            u1 = u;
            y2 = y1;
            y1 = y;
            x[i] = (float) y;
        }
        s[state] = settled(x1);
        s[state + 1] = settled(x2);
        s[state + 2] = settled(u1);
        s[state + 3] = settled(u2);
        s[state + 4] = settled(y1);
        s[state + 5] = settled(y2);
    }

    @RealTime
    private static double settled(double value) {
        return Math.abs(value) < NOTHING ? 0 : value;
    }

    /**
     * The bilinear transform of (n2·s² + n1·s + n0)/(d2·s² + d1·s + d0), s in units of the frequency that becomes 2·atan(t) radians a sample: s = (1 − z⁻¹)/(t·(1 + z⁻¹)).
     *
     * @param c five coefficients are written from c[at]
     */
    @RealTime
    static void bilinear(double n2, double n1, double n0, double d2, double d1, double d0, double t, double[] c, int at) {
        double n1t = n1 * t;
        double n0t = n0 * t * t;
        double d1t = d1 * t;
        double d0t = d0 * t * t;
        double scale = 1 / (d2 + d1t + d0t);
        c[at] = (n2 + n1t + n0t) * scale;
        c[at + 1] = 2 * (n0t - n2) * scale;
        c[at + 2] = (n2 - n1t + n0t) * scale;
        c[at + 3] = 2 * (d0t - d2) * scale;
        c[at + 4] = (d2 - d1t + d0t) * scale;
    }

    /** A section that passes everything. */
    static void pass(double[] c, int at) {
        java.util.Arrays.fill(c, at, at + COEFFICIENTS / 2, 0);
        c[at] = 1;
    }
}
