package io.pinna.internal.hrtf;

import java.util.Arrays;
import org.jtransforms.fft.DoubleFFT_1D;

/**
 * The Fourier transform of responses at the bins of the grid of another rate, k·f_engine/N. For equal rates that is an FFT; else Bluestein's chirp transform (1970), which evaluates
 * X[k] = Σ x[n]·exp(−2πi·α·n·k) for any α, here α = f_engine / (N·f_file): n·k = (n² + k² − (k − n)²)/2 makes it a convolution. One instance belongs to one thread (it owns work arrays).
 */
public final class ResponseSpectrum {
    private final int taps;
    private final int size;
    private final int top;
    private final boolean sameRate;
    private final DoubleFFT_1D transform;
    private final double[] work;
    private int chirpSize;
    private double[] chirpRe;
    private double[] chirpIm;
    private double[] kernel;

    /**
     * @param taps         length of the responses
     * @param fileRateHz   their rate
     * @param size         N of the grid, a power of two; for equal rates at least {@code taps}
     * @param engineRateHz f_engine
     */
    public ResponseSpectrum(int taps, double fileRateHz, int size, double engineRateHz) {
        this.taps = taps;
        this.size = size;
        sameRate = fileRateHz == engineRateHz;
        top = Math.min(size / 2, (int) Math.floor(fileRateHz / 2 / (engineRateHz / size)));
        if (sameRate) {
            transform = new DoubleFFT_1D(size);
            work = new double[size];
            return;
        }
        int longest = Math.max(taps, top + 1);
        chirpSize = Integer.highestOneBit(taps + top) << 1;
        transform = new DoubleFFT_1D(chirpSize);
        work = new double[2 * chirpSize];
        double alpha = engineRateHz / (size * fileRateHz);
        chirpRe = new double[longest];
        chirpIm = new double[longest];
        for (int n = 0; n < longest; n++) {
            // exp(−πi·α·n²), the phase reduced before it is scaled.
            double turns = alpha * ((long) n * n) / 2;
            double angle = -2 * Math.PI * (turns - Math.rint(turns));
            chirpRe[n] = Math.cos(angle);
            chirpIm[n] = Math.sin(angle);
        }
        kernel = new double[2 * chirpSize];
        for (int n = -(taps - 1); n <= top; n++) {
            int at = Math.floorMod(n, chirpSize);
            kernel[2 * at] = chirpRe[Math.abs(n)];
            kernel[2 * at + 1] = -chirpIm[Math.abs(n)];
        }
        transform.complexForward(kernel);
    }

    /** The last bin within the file's band. */
    public int top() {
        return top;
    }

    /** @param re takes N/2 + 1 real parts, zero above the file's band; likewise {@code im} */
    public void of(float[] x, int from, double[] re, double[] im) {
        Arrays.fill(work, 0);
        if (sameRate) {
            for (int n = 0; n < taps; n++) {
                work[n] = x[from + n];
            }
            transform.realForward(work);
            re[0] = work[0];
            im[0] = 0;
            re[size / 2] = work[1];
            im[size / 2] = 0;
            for (int k = 1; k < size / 2; k++) {
                re[k] = work[2 * k];
                im[k] = work[2 * k + 1];
            }
            return;
        }
        for (int n = 0; n < taps; n++) {
            work[2 * n] = x[from + n] * chirpRe[n];
            work[2 * n + 1] = x[from + n] * chirpIm[n];
        }
        transform.complexForward(work);
        for (int i = 0; i < work.length; i += 2) {
            double a = work[i];
            double b = work[i + 1];
            work[i] = a * kernel[i] - b * kernel[i + 1];
            work[i + 1] = a * kernel[i + 1] + b * kernel[i];
        }
        transform.complexInverse(work, true);
        for (int k = 0; k <= top; k++) {
            re[k] = work[2 * k] * chirpRe[k] - work[2 * k + 1] * chirpIm[k];
            im[k] = work[2 * k] * chirpIm[k] + work[2 * k + 1] * chirpRe[k];
        }
        for (int k = top + 1; k < re.length; k++) {
            re[k] = 0;
            im[k] = 0;
        }
    }
}
