package io.pinna.internal.dsp;

import io.pinna.internal.Check;
import io.pinna.internal.RealTime;
import org.jtransforms.fft.FloatFFT_1D;

/**
 * The transform of a real signal of a power-of-two length N, with the spectrum as separate arrays of real and imaginary parts, bins 0 to N/2. Split arrays let the compiler
 * vectorise complex multiply–accumulates (half the time of the interleaved packing).
 *
 * <p>X[k] = Σ x[n]·exp(−2πi·k·n/N); the inverse carries the factor 1/N. One instance belongs to one thread (it owns a work array); it allocates only in its constructor. This one is JTransforms'; kernels may have
 * others that agree with it but for rounding.
 */
public class RealFft {
    private final int size;
    private final FloatFFT_1D transform;
    private final float[] packed;

    /** @param size N, a power of two from 4 to 2^20 */
    public RealFft(int size) {
        Check.inRange(size, 4, 1 << 20, "transform size");
        if (Integer.bitCount(size) != 1) {
            throw new io.pinna.InvalidValueException("transform size is " + size + "; it must be a power of two");
        }
        this.size = size;
        this.transform = new FloatFFT_1D(size);
        this.packed = new float[size];
    }

    public int size() {
        return size;
    }

    /** N/2 + 1. */
    public int bins() {
        return size / 2 + 1;
    }

    /**
     * @param x  N samples from {@code offset}; not changed
     * @param re N/2 + 1 real parts, written from {@code spectrumOffset}
     * @param im N/2 + 1 imaginary parts, likewise
     */
    @RealTime
    public void forward(float[] x, int offset, float[] re, float[] im, int spectrumOffset) {
        System.arraycopy(x, offset, packed, 0, size);
        // JTransforms packs Re[0], Re[N/2], then Re[k], Im[k] for k = 1 .. N/2−1, with the sign convention above.
        transform.realForward(packed);
        int half = size / 2;
        re[spectrumOffset] = packed[0];
        im[spectrumOffset] = 0;
        re[spectrumOffset + half] = packed[1];
        im[spectrumOffset + half] = 0;
        for (int k = 1; k < half; k++) {
            re[spectrumOffset + k] = packed[2 * k];
            im[spectrumOffset + k] = packed[2 * k + 1];
        }
    }

    /**
     * @param re N/2 + 1 real parts from {@code spectrumOffset}; not changed
     * @param im N/2 + 1 imaginary parts, likewise; those of bins 0 and N/2 are taken as zero
     * @param x  N samples, written from {@code offset}
     */
    @RealTime
    public void inverse(float[] re, float[] im, int spectrumOffset, float[] x, int offset) {
        int half = size / 2;
        packed[0] = re[spectrumOffset];
        packed[1] = re[spectrumOffset + half];
        for (int k = 1; k < half; k++) {
            packed[2 * k] = re[spectrumOffset + k];
            packed[2 * k + 1] = im[spectrumOffset + k];
        }
        transform.realInverse(packed, true);
        System.arraycopy(packed, 0, x, offset, size);
    }
}
