package io.pinna.internal.measurement;

import io.pinna.internal.dsp.SincResampler;
import io.pinna.internal.hrtf.MeasuredHrtf;
import io.pinna.internal.hrtf.MinimumPhase;

/**
 * Makes an equalised spectrum into an impulse response for a file: what was not measured is continued, the time reference is set, the rate converted. Between the trusted frequencies f_a and f_b magnitude and
 * phase are those measured. Below f_a the level in dB goes to 0 with the square of frequency, as that of a head that is small against the wave: |p| = |1 + 3/2·i·ka·cos θ| = 1 + O((ka)²) (R. Duda and W.
 * Martens, "Range dependence of the response of a spherical head model", JASA 104, 1998), like the training data of the built-in model. Above f_b the level at f_b is held, under a taper to the Nyquist
 * frequency. In both regions the phase is the minimum phase of the whole magnitude and the ear's delay, with the measured deviation from that at f_a and f_b fading out. One thread.
 */
final class ResponseFinisher {
    /** The earlier ear's arrival in the response. */
    static final double LEAD_SECONDS = 1.5e-3;
    private static final double LENGTH_SECONDS = 10e-3;
    private static final double FADE_SECONDS = 1e-3;

    private final int rateHz;
    private final int size;
    private final int outputRateHz;
    private final MinimumPhase minimum;
    private final double[] log;
    private final double[] phase;

    ResponseFinisher(int rateHz, int size, int outputRateHz) {
        this.rateHz = rateHz;
        this.size = size;
        this.outputRateHz = outputRateHz;
        minimum = new MinimumPhase(size);
        log = new double[size / 2 + 1];
        phase = new double[size / 2 + 1];
    }

    /**
     * @param spectrum       H, packed, of one ear
     * @param arrivalSamples of this ear
     * @param earlierSamples arrival of the earlier ear
     * @param gain           linear, sign included
     */
    float[] finish(double[] spectrum, double arrivalSamples, double earlierSamples, double gain, double fromHz, double toHz) {
        int bins = size / 2 + 1;
        int a = Math.max(2, (int) Math.round(fromHz * size / rateHz));
        int b = (int) Math.round(toHz * size / rateHz);
        double greatest = 0;
        for (int k = a; k <= b; k++) {
            greatest = Math.max(greatest, Spectra.power(spectrum, k));
        }
        double floor = 1e-10 * greatest;
        for (int k = a; k <= b; k++) {
            log[k] = 0.5 * Math.log(Math.max(Spectra.power(spectrum, k), floor) * gain * gain);
        }
        // A single bin may lie in a dip; the edges are means over a sixth of an octave.
        double low = mean(a, (int) Math.ceil(a * 1.12));
        double high = mean((int) (b / 1.12), b);
        for (int k = 0; k < a; k++) {
            log[k] = low * ((double) k / a) * ((double) k / a);
        }
        for (int k = b + 1; k < bins; k++) {
            log[k] = high;
        }
        minimum.phase(log, phase);
        double[] taper = MeasuredHrtf.taper(size, rateHz, Math.min(rateHz, outputRateHz));
        double deviationLow = deviation(spectrum, a, arrivalSamples, gain);
        double deviationHigh = deviation(spectrum, b, arrivalSamples, gain);
        double fadeBins = 2000.0 * size / rateHz;
        double[] h = new double[size];
        h[0] = 1;
        double lead = LEAD_SECONDS * rateHz - earlierSamples;
        for (int k = 1; k < size / 2; k++) {
            double magnitude = Math.exp(log[k]) * taper[k];
            double angle;
            if (k < a) {
                angle = phase[k] + deviationLow * k / a - 2 * Math.PI * k * arrivalSamples / size;
            } else if (k > b) {
                angle = phase[k] + deviationHigh * Math.max(0, 1 - (k - b) / fadeBins) - 2 * Math.PI * k * arrivalSamples / size;
            } else {
                angle = Math.atan2(spectrum[2 * k + 1], spectrum[2 * k]) + (gain < 0 ? Math.PI : 0);
            }
            angle -= 2 * Math.PI * k * lead / size;
            h[2 * k] = magnitude * Math.cos(angle);
            h[2 * k + 1] = magnitude * Math.sin(angle);
        }
        Spectra.inverse(h);
        return cut(h);
    }

    private double mean(int from, int to) {
        double sum = 0;
        for (int k = from; k <= to; k++) {
            sum += log[k];
        }
        return sum / (to - from + 1);
    }

    /** Measured phase less minimum phase and delay, from −π to π. */
    private double deviation(double[] s, int k, double arrivalSamples, double gain) {
        double d = Math.atan2(s[2 * k + 1], s[2 * k]) + (gain < 0 ? Math.PI : 0) - phase[k] + 2 * Math.PI * k * arrivalSamples / size;
        return Math.IEEEremainder(d, 2 * Math.PI);
    }

    private float[] cut(double[] h) {
        int length = (int) Math.round(LENGTH_SECONDS * rateHz);
        int guard = 128;
        // Some samples before time zero, so that the converter has something to work with.
        float[] x = new float[length + 2 * guard];
        for (int n = 0; n < x.length; n++) {
            double t = (double) (n - guard) / rateHz;
            x[n] = (float) (h[n - guard & size - 1] * Spectra.ramp(t, 0, 0.3e-3) * Spectra.ramp(t, LENGTH_SECONDS, LENGTH_SECONDS - FADE_SECONDS));
        }
        float[] y = new float[(int) Math.round(LENGTH_SECONDS * outputRateHz)];
        if (rateHz == outputRateHz) {
            System.arraycopy(x, guard, y, 0, y.length);
            return y;
        }
        SincResampler.of(rateHz, outputRateHz).resample(x, -guard, x.length, 0, y, 0, y.length);
        // A sample of the new rate stands for another length of time.
        for (int n = 0; n < y.length; n++) {
            y[n] *= (float) ((double) rateHz / outputRateHz);
        }
        return y;
    }
}
