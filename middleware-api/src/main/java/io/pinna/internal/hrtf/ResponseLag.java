package io.pinna.internal.hrtf;

import java.util.Arrays;
import org.jtransforms.fft.DoubleFFT_1D;

/**
 * Delays of responses by cross-correlation, all at one rate and of one transform size M. Spectra are packed as JTransforms does: Re[0], Re[M/2], then Re[k], Im[k]. One instance belongs to one thread (it
 * owns work arrays).
 */
public final class ResponseLag {
    /** Lags are looked for on a grid this many times finer than the samples, and refined by a parabola. */
    private static final int UPSAMPLING = 8;
    /** Log magnitudes end this much below the greatest (10⁻⁵: 100 dB): the logarithm of a spectral zero would go through the whole cepstrum. */
    private static final double FLOOR = 1e-5;

    private final int size;
    private final int heldFromBin;
    private final DoubleFFT_1D fine;
    private final MinimumPhase minimumPhase;
    private final double[] correlation;
    private final double[] log;
    private final double[] phase;

    /**
     * @param size        M, a power of two, at least the length of every response; four times it for the cepstrum of usual ones
     * @param heldFromBin from here on the log magnitude counts as constant, because the responses are band-limited above; M/2 if they are not
     */
    public ResponseLag(int size, int heldFromBin) {
        this.size = size;
        this.heldFromBin = Math.min(size / 2, heldFromBin);
        fine = new DoubleFFT_1D((long) UPSAMPLING * size);
        minimumPhase = new MinimumPhase(size);
        correlation = new double[UPSAMPLING * size];
        log = new double[size / 2 + 1];
        phase = new double[size / 2 + 1];
    }

    /**
     * The lag of the greatest cross-correlation of a response with its own minimum-phase version (Nam, Abel and Smith, "A method for estimating interaural time difference for binaural synthesis", AES
     * 125, 2008).
     *
     * @param from     smallest lag looked at (samples), from −M/2
     * @param to       largest one, to M/2 − 1
     * @return samples
     */
    public double own(double[] spectrum, double from, double to) {
        double greatest = 0;
        for (int k = 0; k <= size / 2; k++) {
            log[k] = power(spectrum, Math.min(k, heldFromBin));
            greatest = Math.max(greatest, power(spectrum, k));
        }
        double floor = Math.max(greatest * FLOOR * FLOOR, Double.MIN_NORMAL);
        for (int k = 0; k < log.length; k++) {
            log[k] = 0.5 * Math.log(Math.max(log[k], floor));
        }
        minimumPhase.phase(log, phase);
        Arrays.fill(correlation, 0);
        for (int k = 1; k < size / 2; k++) {
            double magnitude = Math.exp(log[k]);
            double c = magnitude * Math.cos(phase[k]);
            double s = magnitude * Math.sin(phase[k]);
            correlation[2 * k] = spectrum[2 * k] * c + spectrum[2 * k + 1] * s;
            correlation[2 * k + 1] = spectrum[2 * k + 1] * c - spectrum[2 * k] * s;
        }
        correlation[0] = spectrum[0] * Math.exp(log[0]);
        fine.realInverse(correlation, true);
        return greatest(from, to);
    }

    private double power(double[] spectrum, int k) {
        double re = k == 0 ? spectrum[0] : k == size / 2 ? spectrum[1] : spectrum[2 * k];
        double im = k == 0 || k == size / 2 ? 0 : spectrum[2 * k + 1];
        return re * re + im * im;
    }

    /** By how much later than another a response is (samples), by their cross-correlation; from −M/2 to M/2. */
    public double between(double[] earlier, double[] later) {
        Arrays.fill(correlation, 0);
        correlation[0] = earlier[0] * later[0];
        for (int k = 1; k < size / 2; k++) {
            correlation[2 * k] = earlier[2 * k] * later[2 * k] + earlier[2 * k + 1] * later[2 * k + 1];
            correlation[2 * k + 1] = earlier[2 * k] * later[2 * k + 1] - earlier[2 * k + 1] * later[2 * k];
        }
        fine.realInverse(correlation, true);
        return greatest(-0.5 * size, 0.5 * size - 1);
    }

    /** The lag of the greatest local maximum in a range (samples); where there is none, of the greatest value. */
    private double greatest(double from, double to) {
        int mask = correlation.length - 1;
        int best = Integer.MIN_VALUE;
        double value = Double.NEGATIVE_INFINITY;
        boolean peak = false;
        for (int n = (int) Math.ceil(from * UPSAMPLING); n <= (int) Math.floor(to * UPSAMPLING); n++) {
            double b = correlation[n & mask];
            boolean isPeak = b >= correlation[n - 1 & mask] && b >= correlation[n + 1 & mask];
            if (isPeak && !peak || isPeak == peak && b > value) {
                peak = isPeak;
                value = b;
                best = n;
            }
        }
        return (best + (peak ? parabola(correlation[best - 1 & mask], value, correlation[best + 1 & mask]) : 0)) / UPSAMPLING;
    }

    /** Where between −0.5 and 0.5 a parabola through values at −1, 0 and 1 has its extremum. */
    public static double parabola(double a, double b, double c) {
        double curvature = a - 2 * b + c;
        return curvature == 0 ? 0 : Math.max(-0.5, Math.min(0.5, 0.5 * (a - c) / curvature));
    }
}
