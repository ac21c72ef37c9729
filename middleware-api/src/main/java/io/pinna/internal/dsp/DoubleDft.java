package io.pinna.internal.dsp;

import org.jtransforms.fft.DoubleFFT_1D;

/** Transforms in double precision for the design of filters. Allocates; not for the audio thread. */
public final class DoubleDft {
    private DoubleDft() {
    }

    /**
     * The real, even sequence of a real, even spectrum.
     *
     * @param spectrum bins 0 to n/2
     * @param n        an even length
     * @return n samples
     */
    public static double[] inverseReal(double[] spectrum, int n) {
        double[] packed = new double[n];
        packed[0] = spectrum[0];
        packed[1] = spectrum[n / 2];
        for (int k = 1; k < n / 2; k++) {
            packed[2 * k] = spectrum[k];
        }
        new DoubleFFT_1D(n).realInverse(packed, true);
        return packed;
    }

    /** Imaginary parts of bins 0 to n/2 of the transform of a real sequence of even length; the sequence is overwritten. */
    public static double[] forwardImaginary(double[] x) {
        int n = x.length;
        new DoubleFFT_1D(n).realForward(x);
        double[] im = new double[n / 2 + 1];
        for (int k = 1; k < n / 2; k++) {
            im[k] = x[2 * k + 1];
        }
        return im;
    }
}
