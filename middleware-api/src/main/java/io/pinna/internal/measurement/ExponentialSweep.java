package io.pinna.internal.measurement;

import io.pinna.hrtf.measurement.SweepSettings;

/**
 * The sweep of {@link SweepSettings} at any rate and speed, and the deconvolution by it. Since the sweep is known in closed form, another sample rate of the recorder or a clock that runs differently is met by
 * computing the sweep as that recorder hears it; recordings themselves are never resampled. Stateless.
 */
public final class ExponentialSweep {
    private final SweepSettings settings;
    private final double rate;

    public ExponentialSweep(SweepSettings settings) {
        this.settings = settings;
        rate = settings.durationSeconds() / Math.log(settings.highestHz() / settings.lowestHz());
    }

    /** L, in which the frequency grows e-fold (seconds); the n-th harmonic appears L·ln(n) before the linear response. */
    double growthSeconds() {
        return rate;
    }

    /** The value at a time from its start (seconds); 0 outside. */
    double at(double t) {
        double end = settings.durationSeconds();
        if (t < 0 || t > end) {
            return 0;
        }
        double octave = rate * Math.log(2);
        double fade = Spectra.ramp(t, 0, octave / 3) * Spectra.ramp(t, end, end - octave / 24);
        return Math.pow(10, settings.levelDb() / 20) * fade * Math.sin(2 * Math.PI * settings.lowestHz() * rate * Math.expm1(t / rate));
    }

    /** The whole file: silence, sweeps, silence. One channel, full scale ±1. */
    public float[] file() {
        float[] x = new float[(int) Math.round(settings.totalSeconds() * settings.sampleRateHz())];
        for (int r = 0; r < settings.repeats(); r++) {
            double start = settings.silenceSeconds() + r * settings.periodSeconds();
            int first = (int) Math.ceil(start * settings.sampleRateHz());
            for (int n = first; n < x.length && n <= (start + settings.durationSeconds()) * settings.sampleRateHz(); n++) {
                x[n] = (float) at((double) n / settings.sampleRateHz() - start);
            }
        }
        return x;
    }

    /** Samples of one sweep as a recorder hears it whose clock counts {@code stretch} times as many samples as it should. */
    int length(double rateHz, double stretch) {
        return (int) Math.ceil(settings.durationSeconds() * stretch * rateHz) + 1;
    }

    /** The transform size at which nothing wraps around: responses take times from −(length of the sweep) to the end of the recording. */
    int transformSize(int recordedFrames, double rateHz, double stretch) {
        return Spectra.powerOfTwo(recordedFrames + length(rateHz, stretch));
    }

    /**
     * Linear deconvolution by division of spectra within the band of the sweep (S. Müller and P. Massarani, "Transfer-function measurement with sweeps", J. Audio Eng. Soc. 49, 2001):
     *
     * <pre>
     *   H(f) = B(f)·Y(f)·X*(f) / |X(f)|²,   B = 0 below f₁ and above 0.99·f₂, 1 from √2·f₁ to 0.93·f₂, half Hann windows over log f between
     * </pre>
     *
     * <p>In the band |X|² falls by 3 dB an octave and has no zeros, so that nothing further needs to be regularised. The responses of harmonics come out before the linear one (Farina 2000).
     *
     * @param recorded spectrum of the recording, of {@link #transformSize}; becomes the response, in time, with negative times at the end
     */
    void deconvolve(double[] recorded, double rateHz, double stretch) {
        double[] x = new double[recorded.length];
        int length = length(rateHz, stretch);
        for (int n = 0; n < length; n++) {
            x[n] = at(n / rateHz / stretch);
        }
        Spectra.forward(x);
        double low = Math.log(settings.lowestHz() / stretch);
        double high = Math.log(settings.highestHz() / stretch);
        for (int k = 0; k <= recorded.length / 2; k++) {
            double f = Math.log(Math.max(k, 0.5) * rateHz / recorded.length);
            double band = Spectra.ramp(f, low, low + 0.5 * Math.log(2)) * Spectra.ramp(f, high + Math.log(0.99), high + Math.log(0.93));
            if (band == 0 || k == 0 || k == recorded.length / 2) {
                Spectra.multiply(recorded, k, 0, 0);
            } else {
                double scale = band / Spectra.power(x, k);
                Spectra.multiply(recorded, k, x[2 * k] * scale, -x[2 * k + 1] * scale);
            }
        }
        Spectra.inverse(recorded);
    }
}
