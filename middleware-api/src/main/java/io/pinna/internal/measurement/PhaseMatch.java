package io.pinna.internal.measurement;

import io.pinna.internal.hrtf.MinimumPhase;

/** Finds the clock drift in the phase of one deconvolved response, see {@link SweepRecording#driftByPhase}. */
final class PhaseMatch {
    private static final double LOW_HZ = 700;
    private static final double HIGH_HZ = 12000;

    private final double[] cos;
    private final double[] sin;
    private final double[] dispersion;
    private final int firstBin;
    private final int size;

    /** @param spectrum packed */
    PhaseMatch(double[] spectrum, double rateHz, double lowestHz, double growthSeconds) {
        size = spectrum.length;
        MinimumPhase minimum = new MinimumPhase(size);
        double[] log = new double[size / 2 + 1];
        double greatest = 0;
        for (int k = 0; k < log.length; k++) {
            log[k] = Spectra.power(spectrum, k);
            greatest = Math.max(greatest, log[k]);
        }
        int top = (int) (18000 * size / rateHz);
        for (int k = log.length - 1; k >= 0; k--) {
            log[k] = 0.5 * Math.log(Math.max(log[Math.min(k, top)], 1e-10 * greatest));
        }
        double[] phase = new double[log.length];
        minimum.phase(log, phase);
        firstBin = (int) Math.ceil(LOW_HZ * size / rateHz);
        int last = (int) Math.floor(HIGH_HZ * size / rateHz);
        cos = new double[last - firstBin + 1];
        sin = new double[cos.length];
        dispersion = new double[cos.length];
        for (int i = 0; i < cos.length; i++) {
            int k = firstBin + i;
            double excess = Math.atan2(spectrum[2 * k + 1], spectrum[2 * k]) - phase[k];
            double f = k * rateHz / size;
            double weight = Spectra.ramp(Math.log(f), Math.log(LOW_HZ), Math.log(2 * LOW_HZ)) * Spectra.ramp(Math.log(f), Math.log(HIGH_HZ), Math.log(0.7 * HIGH_HZ)) / f;
            cos[i] = weight * Math.cos(excess);
            sin[i] = weight * Math.sin(excess);
            dispersion[i] = 2 * Math.PI * growthSeconds * f * (Math.log(f / lowestHz) - 1);
        }
    }

    /** @param mostPpm of the search, on either side */
    double driftPpm(double mostPpm) {
        double best = 0;
        double height = height(0);
        for (double e = -mostPpm; e <= mostPpm; e += 10) {
            double h = height(e);
            if (h > height) {
                height = h;
                best = e;
            }
        }
        for (double step = 5; step > 0.2; step /= 2) {
            double down = height(best - step);
            double up = height(best + step);
            if (down > height && down >= up) {
                height = down;
                best -= step;
            } else if (up > height) {
                height = up;
                best += step;
            }
        }
        return best;
    }

    private double height(double ppm) {
        double[] x = new double[size];
        for (int i = 0; i < cos.length; i++) {
            double angle = ppm * 1e-6 * dispersion[i];
            double c = Math.cos(angle);
            double s = Math.sin(angle);
            x[2 * (firstBin + i)] = cos[i] * c - sin[i] * s;
            x[2 * (firstBin + i) + 1] = cos[i] * s + sin[i] * c;
        }
        Spectra.inverse(x);
        double most = 0;
        for (double v : x) {
            most = Math.max(most, v);
        }
        return most;
    }
}
