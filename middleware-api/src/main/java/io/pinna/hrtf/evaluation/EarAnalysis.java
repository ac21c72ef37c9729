package io.pinna.hrtf.evaluation;

import io.pinna.internal.hrtf.ResponseLag;
import java.util.Arrays;
import org.jtransforms.fft.DoubleFFT_1D;

/**
 * Measurements on single responses and pairs of them, all at one rate and of one transform size M. One instance belongs to one thread (it owns work arrays).
 *
 * <p>Spectra are packed as JTransforms does: Re[0], Re[M/2], then Re[k], Im[k].
 */
final class EarAnalysis {
    private final int rateHz;
    private final int size;
    private final DoubleFFT_1D fft;
    private final ResponseLag lag;
    private final double[] window;

    /**
     * @param size   M, a power of two, at least the length of every response
     * @param topHz  the responses are band-limited above
     */
    EarAnalysis(int rateHz, int size, double topHz) {
        this.rateHz = rateHz;
        this.size = size;
        fft = new DoubleFFT_1D(size);
        lag = new ResponseLag(size, (int) Math.floor(topHz * size / rateHz));
        window = new double[size];
    }

    int size() {
        return size;
    }

    double[] spectrum(float[] response) {
        double[] s = new double[size];
        for (int n = 0; n < response.length; n++) {
            s[n] = response[n];
        }
        fft.realForward(s);
        return s;
    }

    /** |H|² at bins 0 to M/2. */
    double[] power(double[] spectrum) {
        double[] p = new double[size / 2 + 1];
        p[0] = spectrum[0] * spectrum[0];
        p[size / 2] = spectrum[1] * spectrum[1];
        for (int k = 1; k < size / 2; k++) {
            p[k] = spectrum[2 * k] * spectrum[2 * k] + spectrum[2 * k + 1] * spectrum[2 * k + 1];
        }
        return p;
    }

    /** Mean over the bins of a band of |H|², weighted evenly; the band contains at least one bin. */
    double bandEnergy(double[] power, double fromHz, double toHz) {
        int first = (int) Math.ceil(fromHz * size / rateHz);
        int last = Math.min(size / 2, (int) Math.floor(toHz * size / rateHz));
        double sum = 0;
        for (int k = first; k <= last; k++) {
            sum += power[k];
        }
        return sum / Math.max(1, last - first + 1);
    }

    /**
     * The interaural time difference: for each ear the lag of the greatest cross-correlation of the response with its own minimum-phase version (Nam, Abel and Smith, "A method for estimating interaural
     * time difference for binaural synthesis", AES 125, 2008), right less left. The louder ear's lag is looked for freely; the other one's within {@code withinSeconds} of where the expected interaural
     * delay puts it, because behind the head several arrivals of nearly the same height compete.
     *
     * @return seconds; positive when the right ear comes later
     */
    double interauralDelaySeconds(double[] left, double[] right, double expectedSeconds, double withinSeconds) {
        boolean leftLouder = energy(left) >= energy(right);
        double louder = lag.own(leftLouder ? left : right, 0, 0.5 * size);
        double centre = louder + (leftLouder ? 1 : -1) * expectedSeconds * rateHz;
        double other = lag.own(leftLouder ? right : left, centre - withinSeconds * rateHz, centre + withinSeconds * rateHz);
        return (leftLouder ? other - louder : louder - other) / rateHz;
    }

    private static double energy(double[] spectrum) {
        double sum = 0;
        for (double x : spectrum) {
            sum += x * x;
        }
        return sum;
    }

    /** @param sdrDb signal-to-distortion ratio of the aligned responses, @param correlation their normalised cross-correlation */
    record Alignment(double sdrDb, double correlation) {
    }

    /**
     * Shifts a candidate to where it correlates best with the reference, by fractions of a sample, and compares waveforms (see {@link HrtfComparison} for the formulas).
     *
     * @return null if one of them is silent
     */
    Alignment align(double[] reference, double[] candidate, double highestSdrDb) {
        double r2 = weightedEnergy(reference);
        double c2 = weightedEnergy(candidate);
        if (!(r2 > 0 && c2 > 0)) {
            return null;
        }
        double shift = lag.between(candidate, reference);
        double product = reference[0] * candidate[0];
        double distortion = (reference[0] - candidate[0]) * (reference[0] - candidate[0]);
        for (int k = 1; k < size / 2; k++) {
            double angle = -2 * Math.PI * k * shift / size;
            double c = Math.cos(angle);
            double s = Math.sin(angle);
            double re = candidate[2 * k] * c - candidate[2 * k + 1] * s;
            double im = candidate[2 * k] * s + candidate[2 * k + 1] * c;
            product += 2 * (reference[2 * k] * re + reference[2 * k + 1] * im);
            double dr = reference[2 * k] - re;
            double di = reference[2 * k + 1] - im;
            distortion += 2 * (dr * dr + di * di);
        }
        double sdr = distortion > 0 ? 10 * Math.log10(r2 / distortion) : highestSdrDb;
        return new Alignment(Math.min(highestSdrDb, sdr), product / Math.sqrt(r2 * c2));
    }

    /** M times the energy of a response, without what is at the Nyquist frequency, where the sources have nothing. */
    private double weightedEnergy(double[] s) {
        double sum = s[0] * s[0];
        for (int k = 1; k < size / 2; k++) {
            sum += 2 * (s[2 * k] * s[2 * k] + s[2 * k + 1] * s[2 * k + 1]);
        }
        return sum;
    }

    /**
     * The first pinna notch: the lowest local minimum between 4 and 12 kHz that stands out from the spectrum of the response's first 1.5 milliseconds by at least 5 dB on either side. The window (half a
     * Hann window after the greatest sample, which leaves out the reflections of torso and knees: Raykar, Duraiswami and Yegnanarayana, JASA 118, 2005, who use 1 ms) smooths the spectrum to about
     * 0.7 kHz; how far a minimum stands out is measured up to the next deeper one, from 2 to 16 kHz at most, so that ripples do not count.
     *
     * @return frequency in hertz, or NaN if there is no such minimum
     */
    double firstNotchHz(float[] response, double topHz) {
        int peak = 0;
        for (int n = 1; n < response.length; n++) {
            if (Math.abs(response[n]) > Math.abs(response[peak])) {
                peak = n;
            }
        }
        if (response[peak] == 0) {
            return Double.NaN;
        }
        Arrays.fill(window, 0);
        int before = (int) Math.round(0.25e-3 * rateHz);
        int after = (int) Math.round(1.5e-3 * rateHz);
        for (int n = Math.max(0, peak - before); n < Math.min(response.length, peak + after); n++) {
            double t = n < peak ? (double) (peak - n) / before : (double) (n - peak) / after;
            window[n] = response[n] * (0.5 + 0.5 * Math.cos(Math.PI * t));
        }
        fft.realForward(window);
        double[] db = power(window);
        for (int k = 0; k < db.length; k++) {
            db[k] = 10 * Math.log10(db[k] + 1e-18);
        }
        int low = (int) Math.ceil(2000.0 * size / rateHz);
        int high = (int) Math.floor(Math.min(16000, topHz) * size / rateHz);
        int first = (int) Math.ceil(4000.0 * size / rateHz);
        int last = Math.min(high - 1, (int) Math.floor(12000.0 * size / rateHz));
        for (int k = first; k <= last; k++) {
            if (db[k] < db[k - 1] && db[k] <= db[k + 1] && Math.min(rise(db, k, low, -1), rise(db, k, high, 1)) >= 5) {
                return (k + ResponseLag.parabola(db[k - 1], db[k], db[k + 1])) * rateHz / size;
            }
        }
        return Double.NaN;
    }

    private static double rise(double[] db, int k, int end, int step) {
        double greatest = db[k];
        for (int i = k + step; i != end + step && db[i] >= db[k]; i += step) {
            greatest = Math.max(greatest, db[i]);
        }
        return greatest - db[k];
    }
}
