package io.pinna.internal.dsp;

import io.pinna.internal.Check;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Sample-rate conversion by a windowed sinc: y(t) = Σ x[n]·h(t·f_in − n), with h a sinc cut at the lower of the two Nyquist frequencies under a Kaiser window
 * (J. O. Smith, "Digital Audio Resampling"; Kaiser 1974 for the window's length and shape). Images and aliases lie below −90 dB; the pass band is flat to 0.91 of the lower
 * Nyquist frequency. Sample 0 stays at time 0. Not for the audio thread; one instance may be used from several threads, it does not change.
 *
 * <p>When both rates are whole numbers with a ratio L/M of moderate L (44.1 to 48 kHz: 160/147), the L sub-filters are laid out once and a sample costs one dot product in single
 * precision (a table of 24-bit coefficients puts the noise near −140 dB); other ratios interpolate the prototype linearly in double precision. Either way an output sample depends
 * only on its own number and on the input, so that a signal converted in pieces has the same bits as one converted whole.
 */
public final class SincResampler {
    /** Stop-band attenuation the window is designed for. */
    private static final double ATTENUATION_DB = 100;
    /** Kaiser: β = 0.1102·(A − 8.7) for A &gt; 50. */
    private static final double BETA = 0.1102 * (ATTENUATION_DB - 8.7);
    private static final double BESSEL_OF_BETA = Kaiser.bessel0(BETA);
    /** Width of the transition band as a fraction of the lower Nyquist frequency; the band ends at that frequency, so that nothing folds. */
    private static final double TRANSITION = 0.09;
    /** Linear interpolation between 512 steps a sample errs by at most (1/512)²/8·max|h''| ≈ 1.6e-6, −116 dB. */
    private static final int TABLE_STEPS = 512;
    /** 4 MiB of coefficients; arbitrary, it holds every ratio of usual rates. */
    private static final int MOST_POLYPHASE_COEFFICIENTS = 1 << 20;

    /** Arbitrary; a game has a handful of rates. */
    private static final int MOST_SHARED = 16;
    private static final Map<List<Double>, SincResampler> SHARED = new ConcurrentHashMap<>();

    private final double step;
    private final double cutoff;
    private final int halfWidth;
    private final double[] table;
    /** L and M of the ratio L/M = to/from in lowest terms; 0 if the rates are no whole numbers. */
    private final long up;
    private final long down;
    /** L rows of {@link #taps} coefficients; row p is for instants p/L after an input sample, its first coefficient for the input sample halfWidth − 1 before that one. Or null. */
    private final float[] polyphase;
    /** 2·halfWidth, rounded up to a multiple of 4 with zeros. */
    private final int taps;

    /** As the constructor, but converters of usual rates are made once for all (their tables take tens of milliseconds). */
    public static SincResampler of(double fromHz, double toHz) {
        List<Double> key = List.of(fromHz, toHz);
        SincResampler shared = SHARED.get(key);
        if (shared == null) {
            shared = new SincResampler(fromHz, toHz);
            if (SHARED.size() < MOST_SHARED) {
                SHARED.put(key, shared);
            }
        }
        return shared;
    }

    /**
     * @param fromHz rate of the input (&gt; 0)
     * @param toHz   rate of the output (&gt; 0); the ratio of the two may be any from 1/256 to 256
     */
    public SincResampler(double fromHz, double toHz) {
        Check.inRange(fromHz / toHz, 1.0 / 256, 256, "ratio of the sample rates");
        step = fromHz / toHz;
        double nyquist = Math.min(1, toHz / fromHz);
        // In units of the input's Nyquist frequency: the −6 dB point in the middle of the transition band.
        cutoff = nyquist * (1 - TRANSITION / 2);
        // Kaiser: N = (A − 7.95) / (2.285·Δω) taps, Δω = π·transition.
        halfWidth = (int) Math.ceil((ATTENUATION_DB - 7.95) / (2.285 * Math.PI * TRANSITION * nyquist) / 2);
        table = new double[halfWidth * TABLE_STEPS + 2];
        for (int i = 0; i < table.length; i++) {
            table[i] = kernel((double) i / TABLE_STEPS);
        }
        boolean whole = fromHz == Math.rint(fromHz) && toHz == Math.rint(toHz) && fromHz < 1e9 && toHz < 1e9;
        long divisor = whole ? gcd((long) fromHz, (long) toHz) : 0;
        up = whole ? (long) toHz / divisor : 0;
        down = whole ? (long) fromHz / divisor : 0;
        taps = (2 * halfWidth + 3) & ~3;
        polyphase = whole && up * taps <= MOST_POLYPHASE_COEFFICIENTS ? polyphase((int) up) : null;
    }

    private float[] polyphase(int phases) {
        float[] rows = new float[phases * taps];
        for (int p = 0; p < phases; p++) {
            for (int k = 0; k < 2 * halfWidth; k++) {
                rows[p * taps + k] = (float) kernel(Math.abs((double) p / phases + halfWidth - 1 - k));
            }
        }
        return rows;
    }

    /** h at a distance of t ≥ 0 input samples. */
    private double kernel(double t) {
        if (t >= halfWidth) {
            return 0;
        }
        double a = Math.PI * cutoff * t;
        return cutoff * (t == 0 ? 1 : Math.sin(a) / a) * Kaiser.window(t / halfWidth, BETA, BESSEL_OF_BETA);
    }

    private static long gcd(long a, long b) {
        return b == 0 ? a : gcd(b, a % b);
    }

    /** How many input samples before and after an instant its value depends on. */
    public int halfWidth() {
        return halfWidth;
    }

    /** The length of the output for an input of {@code inputFrames}: every output instant before the end of the input. */
    public long outputFrames(long inputFrames) {
        if (up != 0 && inputFrames < Long.MAX_VALUE / up - down) {
            return (inputFrames * up + down - 1) / down;
        }
        return (long) Math.ceil(inputFrames / step - 1e-9);
    }

    /** The input sample at or before the instant of output sample {@code output}; it lies {@link #fraction} after it. */
    public long inputIndex(long output) {
        return up != 0 ? Math.floorDiv(output * down, up) : (long) Math.floor(output * step);
    }

    /** From 0 (inclusive) to 1: how far after {@link #inputIndex} the instant of output sample {@code output} lies, in input samples. */
    public double fraction(long output) {
        return up != 0 ? (double) Math.floorMod(output * down, up) / up : output * step - Math.floor(output * step);
    }

    public float[] resample(float[] x) {
        float[] y = new float[Math.toIntExact(outputFrames(x.length))];
        resample(x, 0, x.length, 0, y, 0, y.length);
        return y;
    }

    /**
     * Part of a longer signal: x holds input samples {@code firstInput} .. +length, and the output samples {@code firstOutput} .. +count are written. Input outside counts as silence.
     */
    public void resample(float[] x, long firstInput, int length, long firstOutput, float[] y, int offset, int count) {
        if (polyphase == null) {
            for (int i = 0; i < count; i++) {
                y[offset + i] = at(x, firstInput, length, inputIndex(firstOutput + i), fraction(firstOutput + i));
            }
            return;
        }
        float[] edge = null;
        long centre = inputIndex(firstOutput);
        long phase = Math.floorMod(firstOutput * down, up);
        long wholeStep = down / up;
        long phaseStep = down % up;
        for (int i = 0; i < count; i++) {
            long from = centre - halfWidth + 1 - firstInput;
            int row = (int) phase * taps;
            if (from >= 0 && from + taps <= length) {
                y[offset + i] = dot(x, (int) from, row);
            } else {
                // The same sum over a copy that silence surrounds, so that the bits do not depend on how the input was cut.
                edge = edge == null ? new float[taps] : edge;
                for (int k = 0; k < taps; k++) {
                    long n = from + k;
                    edge[k] = n >= 0 && n < length ? x[(int) n] : 0;
                }
                y[offset + i] = dot(edge, 0, row);
            }
            centre += wholeStep;
            phase += phaseStep;
            if (phase >= up) {
                phase -= up;
                centre++;
            }
        }
    }

    /** Four sums at a time: the additions of one sum wait for each other, those of four do not (0.55 ns a tap on a 2.5 GHz core shared with others). */
    private float dot(float[] x, int from, int row) {
        float a = 0;
        float b = 0;
        float c = 0;
        float d = 0;
        float[] h = polyphase;
        for (int k = 0; k < taps; k += 4) {
            a += x[from + k] * h[row + k];
            b += x[from + k + 1] * h[row + k + 1];
            c += x[from + k + 2] * h[row + k + 2];
            d += x[from + k + 3] * h[row + k + 3];
        }
        return a + b + (c + d);
    }

    /**
     * The value at an arbitrary instant, {@code fraction} (0 to 1) of an input sample after input sample {@code centre}; x holds input samples {@code firstInput} .. +length, silence is
     * around them.
     */
    public float at(float[] x, long firstInput, int length, long centre, double fraction) {
        long c = centre - firstInput;
        long from = Math.max(0, c - halfWidth + 1);
        long to = Math.min(length - 1L, c + halfWidth);
        double sum = 0;
        for (long n = from; n <= to; n++) {
            double distance = Math.abs(c - n + fraction) * TABLE_STEPS;
            int k = (int) distance;
            if (k < table.length - 1) {
                double f = distance - k;
                sum += x[(int) n] * (table[k] + f * (table[k + 1] - table[k]));
            }
        }
        return (float) sum;
    }
}
