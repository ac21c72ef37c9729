package io.pinna.internal.hrtf;

/**
 * The bands of the inner ear: 30 gammatone filters of order 4 at even steps on the ERB scale from 300 Hz to 15 kHz (Glasberg and Moore 1990; Patterson et al. 1992), as
 * {@link io.pinna.hrtf.evaluation.ObserverSettings} defines them, and the scale on which interaural delays are equally well told apart. Immutable; any thread.
 */
public final class ErbBands {
    public static final int COUNT = 30;
    private static final double LOWEST_HZ = 300;
    private static final double HIGHEST_HZ = 15000;
    private static final double A_MICROSECONDS = 32.5;
    private static final double B = 0.095;
    private static final double SILENCE = 1e-18;

    private final double[][] gains;

    /**
     * @param rateHz    of the transform
     * @param fftSize   its length
     * @param highestHz bands above are left out
     */
    public ErbBands(int rateHz, int fftSize, double highestHz) {
        int used = 0;
        while (used < COUNT && centreHz(used) <= highestHz) {
            used++;
        }
        gains = new double[used][fftSize / 2 + 1];
        for (int i = 0; i < used; i++) {
            double fc = centreHz(i);
            double b = 1.019 * 24.7 * (4.37e-3 * fc + 1);
            for (int k = 0; k <= fftSize / 2; k++) {
                double d = ((double) k * rateHz / fftSize - fc) / b;
                gains[i][k] = Math.pow(1 + d * d, -4);
            }
        }
    }

    /** Bands in use. */
    public int count() {
        return gains.length;
    }

    private static double erbNumber(double hz) {
        return 21.4 * Math.log10(4.37e-3 * hz + 1);
    }

    /** Of band 0 to 29 (hertz). */
    public static double centreHz(int band) {
        double low = erbNumber(LOWEST_HZ);
        double high = erbNumber(HIGHEST_HZ);
        return (Math.pow(10, (low + (high - low) * band / (COUNT - 1)) / 21.4) - 1) / 4.37e-3;
    }

    /** Power gain of a band at each bin. Not to be changed. */
    public double[] gain(int band) {
        return gains[band];
    }

    /**
     * @param power |H|² at bins 0 to fftSize/2
     * @return level of every band (dB)
     */
    public double[] levelsDb(double[] power) {
        double[] levels = new double[gains.length];
        for (int i = 0; i < levels.length; i++) {
            double sum = 0;
            for (int k = 0; k < power.length; k++) {
                sum += power[k] * gains[i][k];
            }
            levels[i] = 10 * Math.log10(sum + SILENCE);
        }
        return levels;
    }

    /** u of an interaural delay (microseconds): sgn·( ln(a + b·|ITD|) − ln a )/b. */
    public static double delayScale(double microseconds) {
        return Math.signum(microseconds) * Math.log1p(B * Math.abs(microseconds) / A_MICROSECONDS) / B;
    }

    /** du/dITD (per microsecond): 1/(a + b·|ITD|). */
    public static double delayScaleSlope(double microseconds) {
        return 1 / (A_MICROSECONDS + B * Math.abs(microseconds));
    }
}
