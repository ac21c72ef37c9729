package io.pinna.internal.dsp;

import io.pinna.internal.Check;
import io.pinna.internal.RealTime;
import java.util.Arrays;

/**
 * Plays samples at a speed that varies: reads a window of input at fractional positions, for pitch, Doppler shift and changing delays.
 *
 * <p>Two stages. The input around the positions is first put on twice the sampling rate by a Kaiser-windowed half-band filter (speed ≤ 1.2) or by a low-pass for the speed (above);
 * these loops run along the samples, so that the compiler vectorises them. Ten taps at the doubled rate, picked by the fraction of the position from 512 phases with linear
 * interpolation, then give the value. One stage would need 28 interpolated taps for the same quality, in a loop that does not vectorise.
 *
 * <p>Up to a speed of 1.2, input below 0.4·fs passes flat (±0.01 dB) and everything that the conversion adds lies below −80 dB; at whole positions and speed 1 the output is the input, bit
 * for bit. Input between 0.4·fs and 0.5·fs is not fully separated from its images and folds, always to above 0.4·fs of the input or the output. At higher speeds one of a row of low-passes is used whose
 * stop band (−75 dB) begins at fs/(2·R), R the next of 2^(k/4)·1.2, and whose pass band ends at 0.4·fs/R; near the border of two of them their outputs are blended, so that a gliding speed
 * makes no step. Speeds above {@link #MAX_RATE} are played right in pitch but may alias.
 *
 * <p>Delay 0. One instance belongs to one thread (it owns work arrays) and allocates only in its constructor; the tables are shared.
 */
public final class FractionalReader {
    /** The highest speed with full alias suppression. */
    public static final double MAX_RATE = 8;
    /** Up to here the half-band filter does: what folds stays above 0.4·fs. */
    private static final double FIRST_RATE = 1.2;
    /** Width of the blend above each border, as a ratio. */
    private static final double BLEND = 1.03;

    private static final int PHASE_BITS = 9;
    private static final int PHASES = 1 << PHASE_BITS;
    /** 2^−44 frames: after the 256 steps of a chunk, rounding has moved a position by less than 2^−28 of a frame even with a slope. */
    private static final int FRACTION_BITS = 44;
    private static final double ONE = 1L << FRACTION_BITS;
    /** Of the second stage: at the doubled rate, audio to 0.4·fs ends at 0.2 and its images begin at 0.8 of that rate. The window was tuned on tones: what is added stays below −88 dB. */
    private static final int TAPS = 10;
    private static final int BEFORE = TAPS / 2 - 1;
    private static final double SHORT_BETA = 0.1102 * (94 - 8.7);
    /** (PHASES + 1) rows of TAPS. */
    private static final float[] SHORT = shortTable();

    /** Pairs of odd-phase coefficients of the half-band filter: 30 taps, pass band to 0.4·fs and stop band from 0.6·fs at 90 dB. */
    private static final int HALF_BAND_PAIRS = 15;
    private static final float[] HALF_BAND = halfBand();

    /** Speed R of each low-pass, ascending. */
    private static final double[] RATES = rates();
    /** Half length in input samples of each low-pass. */
    private static final int[] REACH = reach();
    /** For each low-pass: the 2·reach taps of the even phase (instants on input samples), then the 2·reach of the odd one; tap k is for input sample i + k − reach + 1. */
    private static final float[][] LOW_PASS = lowPass();

    /** Output samples worked on at a time; arbitrary, long enough for vector loops and short enough for the first-level cache. */
    private static final int CHUNK = 256;

    private final int most;
    private final float[] even;
    private final float[] odd;
    private final float[] blendEven;
    private final float[] blendOdd;
    private final float[] doubled;
    private final float[] shift0;
    private final float[] shift1;
    private final float[] shift2;
    private final float[] shift3;
    private final float[] shift4;
    private final float[] shift5;

    /** @param maxIncrement the highest speed that {@link #read} will be called with (input frames a output frame, 0 to 64); it sizes the work arrays */
    public FractionalReader(double maxIncrement) {
        Check.inRange(maxIncrement, 0, 64, "maxIncrement");
        most = (int) Math.ceil(Math.max(1, maxIncrement) * CHUNK) + TAPS + 4;
        even = new float[most];
        odd = new float[most];
        blendEven = new float[most];
        blendOdd = new float[most];
        doubled = new float[2 * most];
        shift0 = new float[most];
        shift1 = new float[most];
        shift2 = new float[most];
        shift3 = new float[most];
        shift4 = new float[most];
        shift5 = new float[most];
    }

    /** How many input frames before the first and after the last position {@link #read} touches, for speeds up to {@code increment}. */
    @RealTime
    public static int margin(double increment) {
        int reach = HALF_BAND_PAIRS;
        for (int k = 0; k < RATES.length; k++) {
            if (k == 0 ? increment > FIRST_RATE : increment > RATES[k - 1]) {
                reach = REACH[k];
            }
        }
        return reach + TAPS / 4 + 3;
    }

    /** The highest input frequency (cycles a frame) that passes flat at a speed. */
    static double passBandEnd(double increment) {
        for (int k = RATES.length - 1; k >= 0; k--) {
            if (increment > (k == 0 ? FIRST_RATE : RATES[k - 1])) {
                return 0.4 / RATES[k];
            }
        }
        return 0.4;
    }

    /**
     * Output i is the input at position + i·increment + i·(i − 1)/2·incrementSlopePerFrame: the increment from output i to the next is increment + i·slope.
     *
     * @param window                 input samples; not changed. All of the positions, and {@link #margin} frames before the first and after the last, must lie in it
     * @param windowStart            index in {@code window} of the input frame at position 0
     * @param position               of the first output, in input frames (finite)
     * @param increment              speed at the first output, in input frames a output frame (≥ 0, at most what the constructor was told, also after the slope)
     * @param incrementSlopePerFrame change of the increment from one output to the next
     * @param out                    {@code count} samples are written from {@code offset}
     */
    @RealTime
    public void read(float[] window, int windowStart, double position, double increment, double incrementSlopePerFrame, float[] out, int offset, int count) {
        if (increment == 1 && incrementSlopePerFrame == 0 && position == Math.rint(position)) {
            System.arraycopy(window, windowStart + (int) position, out, offset, count);
            return;
        }
        for (int done = 0; done < count; done += CHUNK) {
            int n = Math.min(CHUNK, count - done);
            double at = position + done * increment + 0.5 * done * (done - 1.0) * incrementSlopePerFrame;
            double speed = increment + done * incrementSlopePerFrame;
            chunk(window, windowStart, at, speed, incrementSlopePerFrame, out, offset + done, n);
        }
    }

    @RealTime
    private void chunk(float[] window, int windowStart, double position, double increment, double slope, float[] out, int offset, int count) {
        double last = position + (count - 1) * increment + 0.5 * (count - 1) * (count - 2.0) * slope;
        int first = (int) Math.floor(Math.min(position, last)) - TAPS / 4 - 1;
        int frames = Math.min(most, (int) Math.floor(Math.max(position, last)) + TAPS / 4 + 3 - first);
        double speed = Math.max(increment, increment + (count - 1) * slope);
        doubleRate(window, windowStart + first, frames, speed);
        // Positions at the doubled rate in fixed point: two additions a sample, where conversions from double to int cost more than the taps.
        long at = (long) (2 * (position - first) * ONE);
        long step = (long) (2 * increment * ONE);
        long stepSlope = (long) (2 * slope * ONE);
        for (int i = 0; i < count; i++) {
            int whole = (int) (at >> FRACTION_BITS);
            int row = (int) (at >> FRACTION_BITS - PHASE_BITS) & PHASES - 1;
            float f = ((int) (at >> FRACTION_BITS - PHASE_BITS - 24) & 0xFFFFFF) * 0x1p-24f;
            out[offset + i] = interpolate(whole - BEFORE, row * TAPS, f);
            at += step;
            step += stepSlope;
        }
    }

    /** The ten taps written out: a loop of ten does not vectorise, and its bookkeeping costs more than the arithmetic. */
    @RealTime
    private float interpolate(int j, int r, float f) {
        float[] x = doubled;
        float[] h = SHORT;
        float a = x[j] * h[r] + x[j + 1] * h[r + 1] + x[j + 2] * h[r + 2] + x[j + 3] * h[r + 3] + x[j + 4] * h[r + 4];
        float b = x[j + 5] * h[r + 5] + x[j + 6] * h[r + 6] + x[j + 7] * h[r + 7] + x[j + 8] * h[r + 8] + x[j + 9] * h[r + 9];
        int s = r + TAPS;
        float c = x[j] * h[s] + x[j + 1] * h[s + 1] + x[j + 2] * h[s + 2] + x[j + 3] * h[s + 3] + x[j + 4] * h[s + 4];
        float d = x[j + 5] * h[s + 5] + x[j + 6] * h[s + 6] + x[j + 7] * h[s + 7] + x[j + 8] * h[s + 8] + x[j + 9] * h[s + 9];
        float low = a + b;
        return low + f * (c + d - low);
    }

    /** Fills {@link #doubled} with the input from window index {@code from} at twice its rate, low-passed for the speed. */
    @RealTime
    private void doubleRate(float[] window, int from, int frames, double speed) {
        int filter = -1;
        double border = FIRST_RATE;
        while (filter < RATES.length - 1 && speed > (filter < 0 ? FIRST_RATE : RATES[filter])) {
            border = filter < 0 ? FIRST_RATE : RATES[filter];
            filter++;
        }
        evenAndOdd(filter, window, from, frames, even, odd);
        if (filter >= 0 && speed < border * BLEND) {
            float g = (float) ((speed - border) / (border * (BLEND - 1)));
            evenAndOdd(filter - 1, window, from, frames, blendEven, blendOdd);
            for (int i = 0; i < frames; i++) {
                even[i] = blendEven[i] + g * (even[i] - blendEven[i]);
                odd[i] = blendOdd[i] + g * (odd[i] - blendOdd[i]);
            }
        }
        for (int i = 0; i < frames; i++) {
            doubled[2 * i] = even[i];
            doubled[2 * i + 1] = odd[i];
        }
    }

    /** @param filter −1 for the half-band filter, else the number of the low-pass */
    @RealTime
    private void evenAndOdd(int filter, float[] x, int from, int frames, float[] even, float[] odd) {
        if (filter < 0) {
            System.arraycopy(x, from, even, 0, frames);
            Arrays.fill(odd, 0, frames, 0);
            for (int p = 0; p < HALF_BAND_PAIRS; p += 3) {
                shiftedPairs(x, from - p, from + p + 1, frames);
                addPairs(odd, shift0, shift1, shift2, shift3, shift4, shift5, HALF_BAND[p], HALF_BAND[p + 1], HALF_BAND[p + 2], frames);
            }
            return;
        }
        float[] h = LOW_PASS[filter];
        int reach = REACH[filter];
        convolve(x, from - reach + 1, frames, h, 2 * reach, even, odd);
    }

    @RealTime
    private void shiftedPairs(float[] x, int left, int right, int frames) {
        System.arraycopy(x, left, shift0, 0, frames);
        System.arraycopy(x, right, shift1, 0, frames);
        System.arraycopy(x, left - 1, shift2, 0, frames);
        System.arraycopy(x, right + 1, shift3, 0, frames);
        System.arraycopy(x, left - 2, shift4, 0, frames);
        System.arraycopy(x, right + 2, shift5, 0, frames);
    }

    /**
     * The shifted copies are there because the compiler of JDK 17 vectorises a loop over floats only if all of its arrays are accessed at the same index: 0.2 instead of 0.55 ns a tap, with the
     * copying.
     */
    @RealTime
    private static void addPairs(float[] y, float[] a, float[] b, float[] c, float[] d, float[] e, float[] f, float ab, float cd, float ef, int frames) {
        for (int i = 0; i < frames; i++) {
            y[i] += ab * (a[i] + b[i]) + cd * (c[i] + d[i]) + ef * (e[i] + f[i]);
        }
    }

    /** even[i] = Σ h[k]·x[from + i + k], odd[i] = Σ h[taps + k]·x[from + i + k]; the number of taps is a multiple of 4. */
    @RealTime
    private void convolve(float[] x, int from, int frames, float[] h, int taps, float[] even, float[] odd) {
        Arrays.fill(even, 0, frames, 0);
        Arrays.fill(odd, 0, frames, 0);
        for (int k = 0; k < taps; k += 4) {
            System.arraycopy(x, from + k, shift0, 0, frames);
            System.arraycopy(x, from + k + 1, shift1, 0, frames);
            System.arraycopy(x, from + k + 2, shift2, 0, frames);
            System.arraycopy(x, from + k + 3, shift3, 0, frames);
            addFour(even, shift0, shift1, shift2, shift3, h[k], h[k + 1], h[k + 2], h[k + 3], frames);
            addFour(odd, shift0, shift1, shift2, shift3, h[taps + k], h[taps + k + 1], h[taps + k + 2], h[taps + k + 3], frames);
        }
    }

    @RealTime
    private static void addFour(float[] y, float[] a, float[] b, float[] c, float[] d, float ha, float hb, float hc, float hd, int frames) {
        for (int i = 0; i < frames; i++) {
            y[i] += ha * a[i] + hb * b[i] + hc * c[i] + hd * d[i];
        }
    }

    private static float[] shortTable() {
        float[] table = new float[(PHASES + 1) * TAPS];
        double half = TAPS / 2.0;
        for (int p = 0; p <= PHASES; p++) {
            double sum = 0;
            double[] row = new double[TAPS];
            for (int k = 0; k < TAPS; k++) {
                double t = k - BEFORE - (double) p / PHASES;
                // The sinc of the doubled rate itself (−6 dB at its half), so that phase 0 is a pure pass-through.
                row[k] = (t == Math.rint(t) ? t == 0 ? 1 : 0 : Math.sin(Math.PI * t) / (Math.PI * t)) * Kaiser.window(t / half, SHORT_BETA);
                sum += row[k];
            }
            for (int k = 0; k < TAPS; k++) {
                table[p * TAPS + k] = (float) (row[k] / sum);
            }
        }
        return table;
    }

    private static float[] halfBand() {
        double beta = 0.1102 * (92 - 8.7);
        double[] h = new double[HALF_BAND_PAIRS];
        double sum = 0;
        for (int p = 0; p < HALF_BAND_PAIRS; p++) {
            double t = p + 0.5;
            h[p] = Math.sin(Math.PI * t) / (Math.PI * t) * Kaiser.window(t / HALF_BAND_PAIRS, beta);
            sum += 2 * h[p];
        }
        float[] rounded = new float[HALF_BAND_PAIRS];
        for (int p = 0; p < HALF_BAND_PAIRS; p++) {
            rounded[p] = (float) (h[p] / sum);
        }
        return rounded;
    }

    private static double[] rates() {
        int n = (int) Math.ceil(4 * Math.log(MAX_RATE / FIRST_RATE) / Math.log(2));
        double[] rates = new double[n];
        for (int k = 0; k < n; k++) {
            rates[k] = FIRST_RATE * Math.pow(2, (k + 1) / 4.0);
        }
        return rates;
    }

    private static int[] reach() {
        int[] reach = new int[RATES.length];
        for (int k = 0; k < reach.length; k++) {
            // Kaiser, 75 dB: N = (A − 7.95) / (2.285·Δω), Δω = 2π·0.1/R; an even half keeps the number of taps a multiple of 4.
            reach[k] = ((int) Math.ceil((75 - 7.95) / (2.285 * 2 * Math.PI * 0.1 / RATES[k]) / 2) + 1) & ~1;
        }
        return reach;
    }

    private static float[][] lowPass() {
        double beta = 0.1102 * (75 - 8.7);
        float[][] all = new float[RATES.length][];
        for (int f = 0; f < all.length; f++) {
            int taps = 2 * REACH[f];
            double cutoff = 2 * 0.45 / RATES[f];
            all[f] = new float[2 * taps];
            for (int phase = 0; phase < 2; phase++) {
                double[] h = new double[taps];
                double sum = 0;
                for (int k = 0; k < taps; k++) {
                    double t = k - REACH[f] + 1 - 0.5 * phase;
                    h[k] = cutoff * (t == 0 ? 1 : Math.sin(Math.PI * cutoff * t) / (Math.PI * cutoff * t)) * Kaiser.window(t / REACH[f], beta);
                    sum += h[k];
                }
                for (int k = 0; k < taps; k++) {
                    all[f][phase * taps + k] = (float) (h[k] / sum);
                }
            }
        }
        return all;
    }
}
