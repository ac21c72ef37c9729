package io.pinna.internal.reverb;

import io.pinna.acoustics.Bands;
import io.pinna.internal.Check;
import io.pinna.internal.RealTime;

/**
 * Late reverberation of a room of which the reverberation time of each band is known: sixteen delay lines that feed each other through an orthogonal matrix (Stautner and Puckette, "Designing multi-channel reverberators",
 * Computer Music Journal 6, 1982; Jot and Chaigne, "Digital delay networks for designing artificial reverberators", AES 90, 1991), with the {@linkplain LineAbsorption loss} of its length in each.
 *
 * <pre>
 *   s_j[t] = γ_j * v_j[t − d_j],   v = H/4·p·s + b·x,   o_k = 1/√K·Σ_j H_kj·q_j·s_j,   H the 16 × 16 Hadamard matrix of ±1, b_j = ±1/4, p_j and q_j = ±1
 * </pre>
 *
 * <p><b>Input.</b> One bus for each band ({@link BandJoin}): the caller adds each sound to the three buses with the gains of its bands, and filters nothing. A pre-delay and a {@link Diffuser} follow.
 *
 * <p><b>Output.</b> K blocks, equally loud and decorrelated, because the rows of the matrix are orthogonal: to be heard from K directions around the head.
 *
 * <p><b>Level.</b> An impulse of energy 1 leaves the energy 1 in all outputs together, in each band, whatever the reverberation time. Of an orthogonal matrix of equal squares every line gets the same energy
 * e = 1/16 + e·m, with m the mean of γ², and the lines give 16·e·m = m/(1 − m); so the buses are multiplied by √((1 − m)/m). That holds for what comes in; what is in the network when the times change goes on from where it is.
 *
 * <p><b>Delays.</b> From 9 ms on, distributed as c·S(t − t₀), with S the probability of a longer one: of all distributions this one makes the energy that leaves the network constant from t₀ on (it solves the renewal
 * equation u = p + p ∗ u for u = c), so that even the shortest decays are straight from their start; and no two delays have a common divisor. b, p and q are bent functions (Rothaus, "On bent functions", Journal of
 * Combinatorial Theory A 20, 1976), which the matrix spreads evenly over all lines.
 *
 * <p><b>Changes.</b> Reverberation times are approached in their logarithm, within about 0.3 s, and at once while nothing is heard; another pre-delay fades in within 50 ms. The filters never amplify and the matrix is
 * orthogonal, so that no sequence of changes makes it unstable.
 *
 * <p><b>Limits.</b> T30 of an octave in the middle of a band errs by less than 5 % from 0.15 s on at every rate (at 0.1 s by up to 11 % above 48 kHz, where the onset of 15 ms counts), if neighbouring bands differ by up to a
 * factor of 4; by up to 12 % at a factor of 5, and by more beyond, where the shelves are not steep enough: then the band that is to end sooner rings longer. A room has three modes
 * in the width of one, 1.4·T for each hertz; this network has 0.8, so that from 3 s on a tail is sparser than a real one over windows of a second. Nothing is modulated to hide that: a matrix that turns at 1 Hz makes the tail's spectrum
 * nearly that of noise (flatness over 1.4 s 0.51 instead of 0.31; noise has 0.56), but then the level of a held tone wavers by 2 dB, at 14 dB a second.
 *
 * <p>Audio thread; allocates only in its constructor. Blocks of any length up to the given one. Results do not depend on anything but the calls.
 */
@RealTime
public final class FeedbackDelayNetwork {
    static final int LINES = 16;
    private static final int LOG_LINES = 4;
    /** Bent functions of four bits, a bit for each line: of 400 drawn triples one that is good in all that the tests measure: short decays, energy, spectrum of the late tail, correlation of the outputs. */
    private static final int IN = 0xb444;
    private static final int MIX = 0xbbb4;
    private static final int OUT = 0xa9fc;
    public static final double SHORTEST_RT60_SECONDS = 0.1;
    public static final double LONGEST_RT60_SECONDS = 20;
    public static final double MOST_PRE_DELAY_SECONDS = 0.1;
    /**
     * The place of each line's delay among all, ascending. In short reverberation the short lines are louder, and what leaves them must be of either sign equally often in each two outputs: of 200 000 drawn orders the
     * one with the least greatest correlation of two of eight outputs, for 0.2 s, 0.5 s and 1 s.
     */
    private static final int[] ORDER = {2, 11, 9, 0, 14, 7, 3, 8, 13, 4, 5, 15, 1, 10, 12, 6};
    /** Of all lines together 0.8 s: 0.8 modes a hertz, so that a window of a third of a second does not tell the tail from noise; with longer lines reverberation of 0.1 s would not be straight. */
    private static final double MEAN_DELAY_SECONDS = 0.055;
    private static final double SHORTEST_DELAY_SECONDS = 0.009;
    /** Frames between two changes of the filters: 2.7 ms at 48 kHz. */
    private static final int PART = 128;
    /** How many lines get other filters with each part, in turns, so that a change costs little at a time; all of them have in 11 ms, during which each goes from one to the next in a straight line. */
    private static final int LINES_A_PART = 4;
    private static final int SETTLING_PARTS = LineAbsorption.FROM_ANYWHERE * LINES / LINES_A_PART;
    /** Of each of two followers, so that a change has no kink where it begins: after 0.28 s a reverberation time has changed by 95 %. */
    private static final double APPROACH_SECONDS = 0.06;
    private static final double PRE_DELAY_FADE_SECONDS = 0.05;
    /** Of a logarithm: 0.01 %. */
    private static final double ARRIVED = 1e-4;
    /** −120 dB. */
    private static final float SILENCE = 1e-6f;

    private final double sampleRateHz;
    private final int outputs;
    private final int part;
    private final int longestDelay;
    private final float[][] line = new float[LINES][];
    private final int[] position = new int[LINES];
    private final float[] inputGain = new float[LINES];
    private final float[] outputGain = new float[LINES];
    private final float[] mixGain = new float[LINES];
    private final LineAbsorption absorption;
    private final BandJoin join;
    private final Diffuser diffuser;
    private final float[][] bus = new float[Bands.COUNT][];
    private final float[][] row = new float[LINES][];
    private final float[][] mix = new float[LINES][];

    private final float[] preDelay;
    private final int preDelayMask;
    private int preDelayAt;
    private int preDelayOld;
    private int preDelayNew;
    private int preDelayWanted;
    private final int preDelayFadeFrames;
    private int preDelayFaded;

    private final double[] logRt60 = new double[Bands.COUNT];
    private final double[] logFollower = new double[Bands.COUNT];
    private final double[] logTarget = new double[Bands.COUNT];
    private final double[] rt60 = new double[Bands.COUNT];
    private boolean moving;
    private int settling;
    private int nextLine;
    private final boolean hasHigh;
    private final float[] busGain = new float[Bands.COUNT];
    private final float[] busGainBefore = new float[Bands.COUNT];

    /** Frames since the input was last heard, and since any line was; both stop growing at {@link #longAgo}. */
    private int inputSilentFrames;
    private int silentFrames;
    private final int inputEndsFrames;
    private final int longAgo;

    /**
     * @param sampleRateHz 8000 to 192000
     * @param mostFrames   of a block, 1 to 8192
     * @param outputs      K: 1, 2, 4, 8 or 16
     */
    public FeedbackDelayNetwork(int sampleRateHz, int mostFrames, int outputs) {
        this.sampleRateHz = Check.inRange(sampleRateHz, 8000, 192000, "sampleRateHz");
        Check.inRange(mostFrames, 1, 8192, "mostFrames");
        this.outputs = Check.inRange(outputs, 1, LINES, "outputs");
        if (Integer.bitCount(outputs) != 1) {
            throw new io.pinna.InvalidValueException("outputs is " + outputs + "; allowed are 1, 2, 4, 8 and 16");
        }
        Primes primes = new Primes();
        diffuser = new Diffuser(sampleRateHz, primes);
        int[] delays = delays(sampleRateHz, primes);
        int longest = 0;
        int shortest = Integer.MAX_VALUE;
        for (int j = 0; j < LINES; j++) {
            shortest = Math.min(shortest, delays[j]);
            line[j] = new float[delays[j]];
            longest = Math.max(longest, delays[j]);
        }
        longestDelay = longest;
        // A part goes into a line where the one before it came out.
        part = Math.min(PART, shortest);
        absorption = new LineAbsorption(sampleRateHz, delays);
        join = new BandJoin(sampleRateHz);
        hasHigh = BandJoin.hasHigh(sampleRateHz);
        for (int j = 0; j < LINES; j++) {
            row[j] = new float[part];
            mix[j] = new float[part];
            inputGain[j] = sign(IN, j) / 4f;
            mixGain[j] = sign(MIX, j) / 4f;
            outputGain[j] = (float) (sign(OUT, j) / Math.sqrt(outputs));
        }
        for (int b = 0; b < Bands.COUNT; b++) {
            bus[b] = new float[part];
        }
        int most = (int) Math.ceil(MOST_PRE_DELAY_SECONDS * sampleRateHz);
        preDelay = new float[Integer.highestOneBit(most + part) * 2];
        preDelayMask = preDelay.length - 1;
        preDelayFadeFrames = (int) Math.ceil(PRE_DELAY_FADE_SECONDS * sampleRateHz);
        preDelayFaded = preDelayFadeFrames;
        inputEndsFrames = most + (int) Math.ceil(Diffuser.lastsSeconds() * sampleRateHz);
        longAgo = Math.max(inputEndsFrames, longestDelay) + mostFrames;
        inputSilentFrames = longAgo;
        silentFrames = longAgo;
        arrive();
    }

    private static int sign(int function, int line) {
        return 1 - 2 * (function >> line & 1);
    }

    /** The quantiles (i + ½)/16 of the distribution of delays, in their order. */
    private static int[] delays(double sampleRateHz, Primes primes) {
        // In steps of 10 µs; t₀ is a whole number of them.
        double step = 1e-5;
        int first = (int) Math.round(SHORTEST_DELAY_SECONDS / step);
        double rate = step / MEAN_DELAY_SECONDS;
        double[] longer = new double[(int) (20 * MEAN_DELAY_SECONDS / step)];
        int[] delays = new int[LINES];
        int next = 0;
        for (int i = 0; i < longer.length; i++) {
            longer[i] = i < first ? 1 : longer[i - 1] - rate * longer[i - first];
            while (next < LINES && longer[i] <= 1 - (next + 0.5) / LINES) {
                delays[next++] = primes.next(i * step * sampleRateHz);
            }
        }
        int[] ordered = new int[LINES];
        for (int j = 0; j < LINES; j++) {
            ordered[j] = delays[ORDER[j]];
        }
        return ordered;
    }

    /** How long a sound stays in the network before any of it comes out, without the pre-delay. */
    public static double latencySeconds() {
        return SHORTEST_DELAY_SECONDS;
    }

    public int outputs() {
        return outputs;
    }

    /** @param rt60Seconds of each band; what is outside of {@value #SHORTEST_RT60_SECONDS} to {@value #LONGEST_RT60_SECONDS}, or not a number, is taken to the nearest end of it, or the shorter one */
    public void setReverberation(float[] rt60Seconds) {
        for (int b = 0; b < Bands.COUNT; b++) {
            double seconds = rt60Seconds[b] >= SHORTEST_RT60_SECONDS ? Math.min(LONGEST_RT60_SECONDS, rt60Seconds[b]) : SHORTEST_RT60_SECONDS;
            double target = Math.log(seconds);
            moving |= Math.abs(target - logTarget[b]) > ARRIVED;
            logTarget[b] = target;
        }
        if (moving && isSilent()) {
            arrive();
        }
    }

    /** @param seconds taken into the range of 0 to {@value #MOST_PRE_DELAY_SECONDS} */
    public void setPreDelay(double seconds) {
        preDelayWanted = seconds > 0 ? (int) Math.round(Math.min(seconds, MOST_PRE_DELAY_SECONDS) * sampleRateHz) : 0;
        if (isSilent()) {
            preDelayNew = preDelayWanted;
            preDelayFaded = preDelayFadeFrames;
        }
    }

    /** Whether all that is on its way has been below −120 dB of full scale for long enough: {@link #process} of silence is then silence, and costs next to nothing. */
    public boolean isSilent() {
        return silentFrames >= longestDelay && inputSilentFrames >= inputEndsFrames;
    }

    /** Forgets every sound; settings stay. */
    public void reset() {
        for (float[] ring : line) {
            java.util.Arrays.fill(ring, 0);
        }
        java.util.Arrays.fill(preDelay, 0);
        absorption.reset();
        join.reset();
        diffuser.reset();
        inputSilentFrames = longAgo;
        silentFrames = longAgo;
        arrive();
        preDelayNew = preDelayWanted;
        preDelayFaded = preDelayFadeFrames;
    }

    /**
     * One block. A block with a bus that is not finite everywhere is taken as silence.
     *
     * @param low    the buses: {@code frames} samples each, not changed; one array may be given for all
     * @param frames from 1 to the most of the constructor
     * @param out    {@link #outputs} blocks, overwritten
     */
    public void process(float[] low, float[] middle, float[] high, int frames, float[][] out) {
        float peak = Math.max(peak(low, frames), Math.max(peak(middle, frames), peak(high, frames)));
        boolean heard = peak > SILENCE && peak < Float.POSITIVE_INFINITY;
        if (!heard && isSilent()) {
            for (int k = 0; k < outputs; k++) {
                java.util.Arrays.fill(out[k], 0, frames, 0);
            }
            if (moving) {
                arrive();
            }
            return;
        }
        inputSilentFrames = heard ? 0 : Math.min(longAgo, inputSilentFrames + frames);
        boolean fed = inputSilentFrames < inputEndsFrames;
        for (int done = 0; done < frames;) {
            int n = Math.min(part, frames - done);
            approach(n);
            if (fed) {
                feed(low, heard, done, n, 0);
                feed(middle, heard, done, n, 1);
                feed(high, heard, done, n, 2);
                join.process(bus[0], bus[1], bus[2], n);
                delay(bus[0], n);
                diffuser.process(bus[0], n);
            }
            circulate(n, fed, !heard);
            output(out, done, n);
            done += n;
        }
    }

    /** NaN is larger than everything here. */
    private static float peak(float[] x, int frames) {
        float a = 0;
        float b = 0;
        int i = 0;
        for (; i + 1 < frames; i += 2) {
            a = Math.max(a, Math.abs(x[i]));
            b = Math.max(b, Math.abs(x[i + 1]));
        }
        for (; i < frames; i++) {
            a = Math.max(a, Math.abs(x[i]));
        }
        float most = Math.max(a, b);
        return most >= 0 ? most : Float.POSITIVE_INFINITY;
    }

    /** One step towards the reverberation times that are wanted. */
    private void approach(int frames) {
        if (!moving) {
            System.arraycopy(busGain, 0, busGainBefore, 0, Bands.COUNT);
            return;
        }
        double share = 1 - Math.exp(-frames / (APPROACH_SECONDS * sampleRateHz));
        moving = false;
        for (int b = 0; b < Bands.COUNT; b++) {
            logFollower[b] += share * (logTarget[b] - logFollower[b]);
            logRt60[b] += share * (logFollower[b] - logRt60[b]);
            if (Math.abs(logTarget[b] - logRt60[b]) + Math.abs(logTarget[b] - logFollower[b]) > ARRIVED) {
                moving = true;
            } else {
                logFollower[b] = logTarget[b];
                logRt60[b] = logTarget[b];
            }
        }
        describe();
        for (int i = 0; i < LINES_A_PART; i++) {
            absorption.design(nextLine, rt60, longestRt60(), 1, LINES / LINES_A_PART * part);
            nextLine = nextLine + 1 == LINES ? 0 : nextLine + 1;
        }
        // What is left of the fit when the times have arrived.
        settling = moving ? SETTLING_PARTS : settling - 1;
        moving = settling > 0;
    }

    private void arrive() {
        System.arraycopy(logTarget, 0, logFollower, 0, Bands.COUNT);
        System.arraycopy(logTarget, 0, logRt60, 0, Bands.COUNT);
        moving = false;
        settling = 0;
        describe();
        System.arraycopy(busGain, 0, busGainBefore, 0, Bands.COUNT);
        for (int j = 0; j < LINES; j++) {
            absorption.design(j, rt60, longestRt60(), LineAbsorption.FROM_ANYWHERE, 0);
        }
    }

    private double longestRt60() {
        double longest = Math.max(rt60[0], rt60[1]);
        return hasHigh ? Math.max(longest, rt60[2]) : longest;
    }

    private void describe() {
        for (int b = 0; b < Bands.COUNT; b++) {
            rt60[b] = Math.exp(logRt60[b]);
            busGainBefore[b] = busGain[b];
            double m = absorption.meanEnergyGain(rt60[b]);
            busGain[b] = (float) Math.sqrt((1 - m) / m);
        }
    }

    private void feed(float[] x, boolean heard, int from, int n, int band) {
        float[] y = bus[band];
        if (!heard) {
            java.util.Arrays.fill(y, 0, n, 0);
            return;
        }
        float gain = busGainBefore[band];
        float step = (busGain[band] - gain) / n;
        for (int i = 0; i < n; i++) {
            y[i] = x[from + i] * (gain + step * i);
        }
    }

    /** In place. */
    private void delay(float[] x, int n) {
        for (int i = 0; i < n; i++) {
            preDelay[preDelayAt + i & preDelayMask] = x[i];
        }
        int i = 0;
        while (i < n) {
            if (preDelayFaded == preDelayFadeFrames && preDelayWanted != preDelayNew) {
                preDelayOld = preDelayNew;
                preDelayNew = preDelayWanted;
                preDelayFaded = 0;
            }
            int at = preDelayAt + i;
            if (preDelayFaded == preDelayFadeFrames) {
                for (; i < n; i++, at++) {
                    x[i] = preDelay[at - preDelayNew & preDelayMask];
                }
            } else {
                int end = Math.min(n, i + preDelayFadeFrames - preDelayFaded);
                float step = 1f / preDelayFadeFrames;
                for (; i < end; i++, at++) {
                    float old = preDelay[at - preDelayOld & preDelayMask];
                    x[i] = old + ++preDelayFaded * step * (preDelay[at - preDelayNew & preDelayMask] - old);
                }
            }
        }
        preDelayAt = preDelayAt + n & preDelayMask;
    }

    /** What comes out of the lines is left in {@link #row}. */
    private void circulate(int n, boolean fed, boolean measured) {
        for (int j = 0; j < LINES; j++) {
            float[] ring = line[j];
            float[] x = row[j];
            int first = Math.min(n, ring.length - position[j]);
            System.arraycopy(ring, position[j], x, 0, first);
            System.arraycopy(ring, 0, x, first, n - first);
            absorption.process(j, x, n);
            scale(x, mixGain[j], mix[j], n);
        }
        if (measured) {
            boolean heard = false;
            for (int j = 0; j < LINES && !heard; j++) {
                heard = peak(row[j], n) > SILENCE;
            }
            silentFrames = heard ? 0 : Math.min(longAgo, silentFrames + n);
        } else {
            silentFrames = 0;
        }
        hadamard(mix, LOG_LINES, n);
        for (int j = 0; j < LINES; j++) {
            if (fed) {
                add(bus[0], inputGain[j], mix[j], n);
            }
            float[] ring = line[j];
            int first = Math.min(n, ring.length - position[j]);
            System.arraycopy(mix[j], 0, ring, position[j], first);
            System.arraycopy(mix[j], first, ring, 0, n - first);
            position[j] += position[j] + n >= ring.length ? n - ring.length : n;
        }
    }

    private void output(float[][] out, int from, int n) {
        for (int j = 0; j < LINES; j++) {
            scale(row[j], outputGain[j], mix[j], n);
        }
        // The first K rows of the matrix need no differences of what is K or more apart.
        int logOutputs = Integer.numberOfTrailingZeros(outputs);
        for (int half = LINES / 2; half >= outputs; half /= 2) {
            for (int j = 0; j < half; j++) {
                add(mix[j + half], 1, mix[j], n);
            }
        }
        hadamard(mix, logOutputs, n);
        for (int k = 0; k < outputs; k++) {
            System.arraycopy(mix[k], 0, out[k], from, n);
        }
    }

    /** The first 2^log rows become H times themselves. */
    private static void hadamard(float[][] x, int log, int n) {
        int size = 1 << log;
        for (int half = 1; half < size; half *= 2) {
            for (int j = 0; j < size; j += 2 * half) {
                for (int i = j; i < j + half; i++) {
                    butterfly(x[i], x[i + half], n);
                }
            }
        }
    }

    private static void butterfly(float[] a, float[] b, int n) {
        for (int i = 0; i < n; i++) {
            float s = a[i] + b[i];
            float t = a[i] - b[i];
            a[i] = s;
            b[i] = t;
        }
    }

    private static void scale(float[] x, float gain, float[] y, int n) {
        for (int i = 0; i < n; i++) {
            y[i] = gain * x[i];
        }
    }

    private static void add(float[] x, float gain, float[] y, int n) {
        for (int i = 0; i < n; i++) {
            y[i] += gain * x[i];
        }
    }
}
