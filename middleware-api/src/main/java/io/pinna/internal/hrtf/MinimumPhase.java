package io.pinna.internal.hrtf;

import io.pinna.InvalidValueException;
import io.pinna.internal.Check;
import org.jtransforms.fft.DoubleFFT_1D;

/**
 * The minimum phase that belongs to a magnitude: the discrete Hilbert transform of the log magnitude, by way of the real cepstrum (Oppenheim and Schafer, "Discrete-Time Signal Processing",
 * 3rd ed., section 13.5). With N the transform size:
 *
 * <pre>
 *   c[n] = IDFT( ln|H[k]| ),   ĉ[n] = c[n] for n = 0 and N/2, 2·c[n] for 0 &lt; n &lt; N/2, 0 beyond,   H_min = exp( DFT(ĉ) )
 * </pre>
 *
 * <p>The cepstrum of a filter is endless (it decays like rⁿ/n for a zero at radius r), and what does not fit into N wraps around. So N should be at least four times the length of the filter;
 * sharper notches need more. The magnitude on the grid is met exactly whatever N is; only the phase suffers.
 *
 * <p>One instance belongs to one thread (it owns work arrays) and allocates only in its constructor.
 */
public final class MinimumPhase {
    private final int size;
    private final DoubleFFT_1D transform;
    private final double[] work;

    /** @param fftSize N, a power of two from 16 to 2^20 */
    public MinimumPhase(int fftSize) {
        Check.inRange(fftSize, 16, 1 << 20, "transform size");
        if (Integer.bitCount(fftSize) != 1) {
            throw new InvalidValueException("transform size is " + fftSize + "; it must be a power of two");
        }
        size = fftSize;
        transform = new DoubleFFT_1D(fftSize);
        work = new double[fftSize];
    }

    public int fftSize() {
        return size;
    }

    /** N/2 + 1. */
    public int bins() {
        return size / 2 + 1;
    }

    /**
     * @param logMagnitudeNepers ln|H| at bins 0 to N/2, finite; not changed
     * @param phaseRadians       takes the minimum phase at bins 0 to N/2 (continuous, not wrapped; 0 at both ends); may be the same array
     */
    public void phase(double[] logMagnitudeNepers, double[] phaseRadians) {
        spectrum(logMagnitudeNepers);
        int half = size / 2;
        phaseRadians[0] = 0;
        phaseRadians[half] = 0;
        for (int k = 1; k < half; k++) {
            phaseRadians[k] = work[2 * k + 1];
        }
    }

    /**
     * The minimum-phase filter of a magnitude.
     *
     * @param logMagnitudeNepers ln|H| at bins 0 to N/2, finite; not changed
     * @param fir                takes {@code firLength} samples from index 0; sample 0 is the onset
     * @param firLength          1 to N; what follows in the response is cut off
     */
    public void design(float[] logMagnitudeNepers, float[] fir, int firLength) {
        design(logMagnitudeNepers, null, 0, fir, firLength);
    }

    /**
     * The minimum-phase filter of a magnitude, later and band-limited without phase: H = H_min(ln|H|)·taper·exp(−iω·leadTaps). With a magnitude that goes on smoothly to the Nyquist frequency
     * and a taper that takes it to zero there, the minimum phase is not disturbed by the band limit, and the filter can be delayed by fractions of a sample.
     *
     * @param logMagnitudeNepers ln|H| at bins 0 to N/2, finite; not changed
     * @param taper              N/2 + 1 real gains (linear), or null for none
     * @param leadTaps           delay in whole samples, 0 to {@code firLength − 1}
     * @param fir                takes {@code firLength} samples from index 0
     * @param firLength          1 to N; what follows in the response is cut off
     */
    public void design(float[] logMagnitudeNepers, float[] taper, int leadTaps, float[] fir, int firLength) {
        Check.inRange(firLength, 1, size, "filter length");
        Check.inRange(leadTaps, 0, firLength - 1, "lead");
        for (int k = 0; k <= size / 2; k++) {
            // Parked in the first half of the work array: spectrum() reads it before it overwrites anything.
            work[k] = logMagnitudeNepers[k];
        }
        spectrum(work);
        int half = size / 2;
        work[0] = Math.exp(work[0]) * (taper == null ? 1 : taper[0]);
        work[1] = Math.exp(work[1]) * (taper == null ? 1 : taper[half]);
        for (int k = 1; k < half; k++) {
            double magnitude = Math.exp(work[2 * k]) * (taper == null ? 1 : taper[k]);
            double phase = work[2 * k + 1];
            work[2 * k] = magnitude * Math.cos(phase);
            work[2 * k + 1] = magnitude * Math.sin(phase);
        }
        transform.realInverse(work, true);
        for (int n = 0; n < firLength; n++) {
            fir[n] = (float) work[n - leadTaps & size - 1];
        }
    }

    /** Leaves DFT(ĉ) in the work array in JTransforms' packing: Re[0], Re[N/2], then Re[k], Im[k]. */
    private void spectrum(double[] logMagnitudeNepers) {
        int half = size / 2;
        double nyquist = logMagnitudeNepers[half];
        // From the top, because the source may be the first half of the work array itself.
        for (int k = half - 1; k >= 1; k--) {
            double value = logMagnitudeNepers[k];
            work[2 * k] = value;
            work[2 * k + 1] = 0;
        }
        work[0] = logMagnitudeNepers[0];
        work[1] = nyquist;
        transform.realInverse(work, true);
        for (int n = 1; n < half; n++) {
            work[n] *= 2;
        }
        for (int n = half + 1; n < size; n++) {
            work[n] = 0;
        }
        transform.realForward(work);
    }
}
