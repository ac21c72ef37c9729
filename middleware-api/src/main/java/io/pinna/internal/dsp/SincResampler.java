package io.pinna.internal.dsp;

import io.pinna.internal.Check;

/**
 * Sample-rate conversion of whole signals by a windowed sinc: y(t) = Σ x[n]·h(t·f_in − n), with h a sinc cut at the lower of the two Nyquist frequencies under a Kaiser window
 * (J. O. Smith, "Digital Audio Resampling"; Kaiser 1974 for the window's length and shape). Images and aliases lie below −90 dB; the pass band is flat to 0.91 of the lower
 * Nyquist frequency. Sample 0 stays at time 0. Not for the audio thread.
 */
public final class SincResampler {
    /** Stop-band attenuation the window is designed for. */
    private static final double ATTENUATION_DB = 100;
    /** Kaiser: β = 0.1102·(A − 8.7) for A &gt; 50. */
    private static final double BETA = 0.1102 * (ATTENUATION_DB - 8.7);
    /** Width of the transition band as a fraction of the lower Nyquist frequency; the band ends at that frequency, so that nothing folds. */
    private static final double TRANSITION = 0.09;
    private static final int TABLE_STEPS = 512;

    private final double step;
    private final double cutoff;
    private final int halfWidth;
    private final double[] table;

    /**
     * @param fromHz rate of the input (&gt; 0)
     * @param toHz   rate of the output (&gt; 0); the ratio of the two may be any from 1/256 to 256
     */
    public SincResampler(double fromHz, double toHz) {
        Check.inRange(fromHz / toHz, 1.0 / 256, 256, "ratio of the sample rates");
        step = fromHz / toHz;
        double nyquist = Math.min(1, toHz / fromHz);
        // In units of the input's Nyquist frequency: the −6 dB point in the middle of the transition band.
        cutoff = nyquist * (1 - TRANSITION / 2);
        // Kaiser: N = (A − 7.95) / (2.285·Δω) taps, Δω = π·transition.
        halfWidth = (int) Math.ceil((ATTENUATION_DB - 7.95) / (2.285 * Math.PI * TRANSITION * nyquist) / 2);
        table = new double[halfWidth * TABLE_STEPS + 2];
        double norm = bessel0(BETA);
        for (int i = 0; i < table.length; i++) {
            double t = (double) i / TABLE_STEPS;
            double w = t >= halfWidth ? 0 : bessel0(BETA * Math.sqrt(1 - t / halfWidth * (t / halfWidth))) / norm;
            double a = Math.PI * cutoff * t;
            table[i] = cutoff * (i == 0 ? 1 : Math.sin(a) / a) * w;
        }
    }

    /** How many input samples before and after an instant its value depends on. */
    public int halfWidth() {
        return halfWidth;
    }

    /** The length of the output for an input of {@code inputFrames}: the last output instant is not after the end of the input. */
    public long outputFrames(long inputFrames) {
        return (long) Math.ceil(inputFrames / step - 1e-9);
    }

    public float[] resample(float[] x) {
        float[] y = new float[Math.toIntExact(outputFrames(x.length))];
        resample(x, 0, x.length, 0, y, 0, y.length);
        return y;
    }

    /**
     * Part of a longer signal: x holds input samples {@code firstInput} .. +length, and the output samples {@code firstOutput} .. +count are written. Input outside counts as silence.
     */
    public void resample(float[] x, long firstInput, int length, long firstOutput, float[] y, int offset, int count) {
        for (int i = 0; i < count; i++) {
            double t = (firstOutput + i) * step - firstInput;
            long centre = (long) Math.floor(t);
            int from = (int) Math.max(0, centre - halfWidth + 1);
            int to = (int) Math.min(length - 1L, centre + halfWidth);
            double sum = 0;
            for (int n = from; n <= to; n++) {
                double at = Math.abs(t - n) * TABLE_STEPS;
                int k = (int) at;
                if (k < table.length - 1) {
                    double f = at - k;
                    sum += x[n] * (table[k] + f * (table[k + 1] - table[k]));
                }
            }
            y[offset + i] = (float) sum;
        }
    }

    /** Modified Bessel function of the first kind and order 0, by its power series. */
    private static double bessel0(double x) {
        double sum = 1;
        double term = 1;
        for (int k = 1; k < 64; k++) {
            term *= x / 2 / k * (x / 2 / k);
            sum += term;
        }
        return sum;
    }
}
