package io.pinna.internal.acoustics;

/**
 * The two functions of frequency by which the level of a diffracted sound is described: ln|H(f)| = base + slope·T1(f) + curve·T2(f). Both are smooth in log frequency, so that filters of them are short. Any thread.
 */
public final class DiffractionShape {
    private static final double LOWEST_HZ = 125;
    private static final double HIGHEST_HZ = 16000;

    private DiffractionShape() {
    }

    /** Octaves from the middle of 125 Hz to 16 kHz, in units of half that range: −1 to 1, and level outside. */
    public static double t1(double frequencyHz) {
        double half = Math.log(HIGHEST_HZ / LOWEST_HZ) / 2;
        double x = Math.log(Math.max(1e-3, frequencyHz) / Math.sqrt(LOWEST_HZ * HIGHEST_HZ)) / half;
        return x - (soft(x - 1) - soft(-x - 1));
    }

    /** 0 for negative and x for positive arguments, with a knee of a fifth about 0. */
    private static double soft(double x) {
        return Math.log1p(Math.exp(8 * Math.min(x, 80))) / 8;
    }

    /** The second Legendre polynomial of {@link #t1}. */
    public static double t2(double frequencyHz) {
        double x = t1(frequencyHz);
        return 1.5 * x * x - 0.5;
    }
}
