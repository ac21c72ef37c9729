package io.pinna.internal.measurement;

import io.pinna.internal.hrtf.EarAnalysis;
import io.pinna.internal.hrtf.MinimumPhase;
import java.util.Arrays;
import java.util.List;

/**
 * Undoes loudspeaker and microphones. With R the response of loudspeaker and microphone, moved to arrive at time zero, and Y that of loudspeaker, head and microphone:
 *
 * <pre>
 *   H(f) = B(f)·Y(f)·R*(f) / ( |R(f)|² + β ),   β = med|R|² / ( 4·10^(G/10) )        (Tikhonov; Kirkeby, Nelson, Hamada and Orduna-Bustamante, IEEE Trans. Speech Audio Proc. 6, 1998)
 * </pre>
 *
 * <p>|R|/(|R|² + β) is at most 1/(2√β), so that no frequency is raised by more than G against the median of the band. B is 1 from 150 Hz to 18 kHz and falls to 0 at 100 Hz and 19.8 kHz.
 *
 * <p>The reference's delay is removed for each microphone by itself: the channels of one recorder are simultaneous, while a centimetre between the microphones at the reference would be 29 µs of interaural
 * delay. Both the take and the reference are windowed alike before they are divided, so that what the window does to the decay of the loudspeaker is the same above and below the line. One thread.
 */
final class Equalizer {
    static final double LOWEST_HZ = 150;
    static final double HIGHEST_HZ = 18000;
    /** The opening fade of windows: from this long before the arrival, and to this long. */
    static final double OPEN_SECONDS = 1.2e-3;
    static final double OPENED_SECONDS = 0.4e-3;

    private final int rateHz;
    private final int size;
    private final double gainDb;
    /** [ear] the reference and where it arrives; or null. */
    private final double[][] reference = new double[2][];
    private final double[] arrival = new double[2];
    private double longestReferenceWindow = Double.POSITIVE_INFINITY;
    /** [ear] the estimate; or null. */
    private final double[][] estimate = new double[2][];

    Equalizer(int rateHz, int size, double gainDb) {
        this.rateHz = rateHz;
        this.size = size;
        this.gainDb = gainDb;
    }

    /** @param response of a reference recording, its direct sound about {@code anchor} */
    void reference(int ear, double[] response, int anchor, EarAnalysis analysis) {
        double[] s = windowed(response, anchor, 5e-3);
        Spectra.forward(s);
        reference[ear] = response;
        // The loudspeaker may be the wrong way round, which the takes share.
        if (Polarity.sign(s, rateHz) < 0) {
            for (int i = 0; i < size; i++) {
                s[i] = -s[i];
            }
        }
        arrival[ear] = analysis.arrivalSamples(s);
    }

    double referenceArrival(int ear) {
        return arrival[ear];
    }

    /** The reference has reflections of its own. */
    void limitReferenceWindow(double seconds) {
        longestReferenceWindow = Math.min(longestReferenceWindow, seconds);
    }

    /** Where the closing half-Hann fade of a window starts that ends at {@code end} (seconds after the arrival). */
    static double fadeStart(double end) {
        return end - Math.max(0.5e-3, 0.25 * end);
    }

    /** Middle of the closing fade. */
    static double length(double end) {
        return 0.5 * (end + fadeStart(end));
    }

    /** @param arrivalSamples where time zero is, @param end of the window (seconds after it) */
    double[] windowed(double[] x, double arrivalSamples, double end) {
        double[] y = new double[size];
        for (int n = 0; n < size; n++) {
            double t = (n - arrivalSamples) / rateHz;
            y[n] = x[n] * window(t, end);
        }
        return y;
    }

    static double window(double t, double end) {
        return Spectra.ramp(t, -OPEN_SECONDS, -OPENED_SECONDS) * Spectra.ramp(t, end, fadeStart(end));
    }

    /** R, packed, at time zero, through the window that the take has. */
    double[] spectrum(int ear, double end) {
        if (estimate[ear] != null) {
            return estimate[ear];
        }
        double[] r = windowed(reference[ear], arrival[ear], Math.min(end, longestReferenceWindow));
        Spectra.forward(r);
        Spectra.delay(r, -arrival[ear]);
        return r;
    }

    /** |R|² in the middle of the band, and so what the gain limit refers to. */
    double medianPower(double[] r) {
        int first = (int) Math.ceil(500.0 * size / rateHz);
        int last = (int) Math.floor(12000.0 * size / rateHz);
        double[] p = new double[last - first + 1];
        for (int k = first; k <= last; k++) {
            p[k - first] = Spectra.power(r, k);
        }
        Arrays.sort(p);
        return p[p.length / 2];
    }

    private double beta(double[] r) {
        return medianPower(r) / (4 * Math.pow(10, gainDb / 10));
    }

    /**
     * @param take response of loudspeaker, head and microphone, in time
     * @param end  of the window for the reference (seconds after its arrival)
     * @return H, packed
     */
    double[] equalize(double[] take, int ear, double end) {
        double[] h = take.clone();
        Spectra.forward(h);
        double[] r = spectrum(ear, end);
        double beta = beta(r);
        for (int k = 0; k <= size / 2; k++) {
            double f = (double) k * rateHz / size;
            double band = Spectra.ramp(f, 100, LOWEST_HZ) * Spectra.ramp(f, 19800, HIGHEST_HZ) / (Spectra.power(r, k) + beta);
            if (k == 0 || k == size / 2) {
                Spectra.multiply(h, k, 0, 0);
            } else {
                Spectra.multiply(h, k, r[2 * k] * band, -r[2 * k + 1] * band);
            }
        }
        return h;
    }

    /** The lowest frequency from which on, up to 1 kHz, both microphones' R is well above β: what lies below is governed by the gain limit. */
    double trustedFromHz(double end) {
        double from = 0;
        for (int ear = 0; ear < 2; ear++) {
            double[] r = spectrum(ear, end);
            double beta = beta(r);
            int k = (int) (1000.0 * size / rateHz);
            // β a tenth of |R|²: 0.8 dB.
            while (k > 1 && Spectra.power(r, k) > 10 * beta) {
                k--;
            }
            from = Math.max(from, (k + 1.0) * rateHz / size);
        }
        return from;
    }

    /**
     * Without a reference: the mean over the takes of how the recordings differ from the generic listener in the same directions, in dB, smoothed over a third of an octave, with its minimum phase. It
     * holds what all directions have in common, of loudspeaker and microphones, and also, smoothed, of the person's deviation from the generic listener: an estimate.
     *
     * @param responses [take][ear] in time
     * @param starts    [take][ear] where the arrival is
     * @param ends      [take] of the window (seconds after it)
     * @param distances [take] in metres
     * @param generic   [take]
     */
    void estimate(List<double[][]> responses, List<double[]> starts, double[] ends, double[] distances, List<GenericListener.Cues> generic) {
        MinimumPhase minimum = new MinimumPhase(size);
        int bins = size / 2 + 1;
        for (int ear = 0; ear < 2; ear++) {
            double[] log = new double[bins];
            for (int i = 0; i < responses.size(); i++) {
                double[] y = windowed(responses.get(i)[ear], starts.get(i)[ear], ends[i]);
                Spectra.forward(y);
                double[] py = smoothed(y, null);
                double[] pg = smoothed(null, generic.get(i).power()[ear]);
                for (int k = 0; k < bins; k++) {
                    log[k] += 0.5 * Math.log(py[k] * distances[i] * distances[i] / pg[k]) / responses.size();
                }
            }
            double[] phase = new double[bins];
            int low = (int) Math.ceil(LOWEST_HZ * size / rateHz);
            int high = (int) Math.floor(HIGHEST_HZ * size / rateHz);
            for (int k = 0; k < bins; k++) {
                phase[k] = log[Math.max(low, Math.min(high, k))];
            }
            double[] r = new double[size];
            double[] held = phase.clone();
            minimum.phase(held, phase);
            r[0] = Math.exp(held[0]);
            r[1] = Math.exp(held[bins - 1]);
            for (int k = 1; k < size / 2; k++) {
                r[2 * k] = Math.exp(held[k]) * Math.cos(phase[k]);
                r[2 * k + 1] = Math.exp(held[k]) * Math.sin(phase[k]);
            }
            estimate[ear] = r;
        }
    }

    /** Mean power over a third of an octave around each bin. */
    private double[] smoothed(double[] spectrum, double[] power) {
        int bins = size / 2 + 1;
        double[] sum = new double[bins + 1];
        for (int k = 0; k < bins; k++) {
            sum[k + 1] = sum[k] + (power != null ? power[k] : Spectra.power(spectrum, k));
        }
        double half = Math.pow(2, 1 / 6.0);
        double[] result = new double[bins];
        for (int k = 0; k < bins; k++) {
            int from = (int) Math.floor(k / half);
            int to = Math.min(bins - 1, Math.max(k, (int) Math.ceil(k * half)));
            result[k] = Math.max(1e-30, (sum[to + 1] - sum[from]) / (to + 1 - from));
        }
        return result;
    }
}
