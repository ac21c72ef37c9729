package io.pinna.internal.measurement;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jtransforms.fft.DoubleFFT_1D;

/** Arithmetic on the spectra of real signals as JTransforms packs them: Re[0], Re[M/2], then Re[k], Im[k] for k from 1 to M/2 − 1. Stateless. */
final class Spectra {
    /** Plans do not change and are shared; sizes are powers of two, so there are few. */
    private static final Map<Integer, DoubleFFT_1D> PLANS = new ConcurrentHashMap<>();

    private Spectra() {
    }

    static DoubleFFT_1D plan(int size) {
        return PLANS.computeIfAbsent(size, n -> new DoubleFFT_1D(n));
    }

    /** The smallest power of two that is not less. */
    static int powerOfTwo(int least) {
        return least <= 1 ? 1 : Integer.highestOneBit(least - 1) << 1;
    }

    static void forward(double[] x) {
        plan(x.length).realForward(x);
    }

    static void inverse(double[] spectrum) {
        plan(spectrum.length).realInverse(spectrum, true);
    }

    static double power(double[] s, int k) {
        if (k == 0) {
            return s[0] * s[0];
        }
        if (k == s.length / 2) {
            return s[1] * s[1];
        }
        return s[2 * k] * s[2 * k] + s[2 * k + 1] * s[2 * k + 1];
    }

    /** Multiplies bin k by re + i·im; at 0 and M/2 by the real part. */
    static void multiply(double[] s, int k, double re, double im) {
        if (k == 0) {
            s[0] *= re;
        } else if (k == s.length / 2) {
            s[1] *= re;
        } else {
            double a = s[2 * k];
            double b = s[2 * k + 1];
            s[2 * k] = a * re - b * im;
            s[2 * k + 1] = a * im + b * re;
        }
    }

    /** Moves a signal later, circularly. */
    static void delay(double[] s, double samples) {
        for (int k = 1; k < s.length / 2; k++) {
            double angle = -2 * Math.PI * k * samples / s.length;
            multiply(s, k, Math.cos(angle), Math.sin(angle));
        }
        s[1] *= Math.cos(Math.PI * samples);
    }

    /** 0 up to {@code from}, 1 from {@code to} on, half a Hann window between. With {@code from} above {@code to} it falls. */
    static double ramp(double x, double from, double to) {
        double u = (x - from) / (to - from);
        return u <= 0 ? 0 : u >= 1 ? 1 : 0.5 - 0.5 * Math.cos(Math.PI * u);
    }

    /** Sum over the bins of a band of |S|², each bin standing for both signs of frequency: the energy in it is this divided by M (Parseval). */
    static double bandPower(double[] s, double rateHz, double fromHz, double toHz) {
        int first = Math.max(1, (int) Math.ceil(fromHz * s.length / rateHz));
        int last = Math.min(s.length / 2 - 1, (int) Math.floor(toHz * s.length / rateHz));
        double sum = 0;
        for (int k = first; k <= last; k++) {
            sum += 2 * power(s, k);
        }
        return sum;
    }

    static double decibels(double powerRatio) {
        return 10 * Math.log10(Math.max(powerRatio, 1e-30));
    }
}
