package io.pinna.internal.sound;

import io.pinna.InvalidValueException;
import io.pinna.SignalGenerator;
import io.pinna.internal.RealTime;
import io.pinna.internal.dsp.RealFft;
import java.util.Arrays;
import java.util.SplittableRandom;

/** Test signals by frame number: any frame can be asked for, in any order, and is always the same. */
public final class GeneratorSource implements SampleSource {
    private static final int PINK_FRAMES = 1 << 20;
    private static final double NOISE_RMS = 0.1;
    private static final double PINK_FROM_HZ = 20;

    private enum Kind { TABLE, SINE, WHITE }

    private final Kind kind;
    private final long frames;
    /** For finite signals and pink noise: all of it up to trailing silence. */
    private final float[] table;
    private final int rateHz;
    private final double frequencyHz;
    private final long seed;

    private GeneratorSource(Kind kind, long frames, float[] table, int rateHz, double frequencyHz, long seed) {
        this.kind = kind;
        this.frames = frames;
        this.table = table;
        this.rateHz = rateHz;
        this.frequencyHz = frequencyHz;
        this.seed = seed;
    }

    /**
     * Off the audio thread; the tables of sweeps and pink noise are made here. A source has no state, so that any number of emitters may share one.
     *
     * @throws InvalidValueException if a frequency does not fit below half the rate
     */
    public static GeneratorSource of(SignalGenerator generator, int engineRateHz) {
        if (generator instanceof SignalGenerator.Impulse) {
            return new GeneratorSource(Kind.TABLE, engineRateHz, new float[] {1}, engineRateHz, 0, 0);
        } else if (generator instanceof SignalGenerator.Sine sine) {
            if (sine.frequencyHz() >= engineRateHz / 2.0) {
                throw new InvalidValueException("frequencyHz is " + sine.frequencyHz() + "; it must lie below half the engine's rate, " + engineRateHz / 2.0 + " Hz");
            }
            return new GeneratorSource(Kind.SINE, Long.MAX_VALUE, null, engineRateHz, sine.frequencyHz(), 0);
        } else if (generator instanceof SignalGenerator.White white) {
            return new GeneratorSource(Kind.WHITE, Long.MAX_VALUE, null, engineRateHz, 0, mix(white.seed()));
        } else if (generator instanceof SignalGenerator.Pink pink) {
            return new GeneratorSource(Kind.TABLE, Long.MAX_VALUE, pink(pink.seed(), engineRateHz), engineRateHz, 0, 0);
        }
        SignalGenerator.Sweep sweep = (SignalGenerator.Sweep) generator;
        double highest = Math.max(sweep.fromHz(), sweep.toHz());
        if (highest > engineRateHz / 2.0) {
            throw new InvalidValueException("the sweep reaches " + highest + " Hz; it must stay within half the engine's rate, " + engineRateHz / 2.0 + " Hz");
        }
        float[] x = sweep(sweep, engineRateHz);
        return new GeneratorSource(Kind.TABLE, x.length, x, engineRateHz, 0, 0);
    }

    private static float[] sweep(SignalGenerator.Sweep sweep, int rateHz) {
        float[] x = new float[(int) Math.max(1, Math.round(sweep.seconds() * rateHz))];
        double ratio = Math.log(sweep.toHz() / sweep.fromHz());
        double cycles = sweep.fromHz() * sweep.seconds() / ratio;
        for (int n = 0; n < x.length; n++) {
            double turns = cycles * Math.expm1(n / (sweep.seconds() * rateHz) * ratio);
            x[n] = (float) Math.sin(2 * Math.PI * (turns - Math.floor(turns)));
        }
        return x;
    }

    private static float[] pink(long seed, int rateHz) {
        RealFft fft = new RealFft(PINK_FRAMES);
        float[] re = new float[fft.bins()];
        float[] im = new float[fft.bins()];
        SplittableRandom random = new SplittableRandom(seed);
        // Parseval: the mean square of N samples is 2·Σ|X[k]|²/N² over the bins between 0 and N/2.
        double power = 0;
        for (int k = 1; k < fft.bins() - 1; k++) {
            power += 2 / Math.max(PINK_FROM_HZ, (double) k * rateHz / PINK_FRAMES);
        }
        double scale = NOISE_RMS * PINK_FRAMES / Math.sqrt(power);
        for (int k = 1; k < fft.bins() - 1; k++) {
            double magnitude = scale / Math.sqrt(Math.max(PINK_FROM_HZ, (double) k * rateHz / PINK_FRAMES));
            double phase = 2 * Math.PI * random.nextDouble();
            re[k] = (float) (magnitude * Math.cos(phase));
            im[k] = (float) (magnitude * Math.sin(phase));
        }
        float[] x = new float[PINK_FRAMES];
        fft.inverse(re, im, 0, x, 0);
        return x;
    }

    @Override
    public long frames() {
        return frames;
    }

    @Override
    @RealTime
    public boolean read(long start, float[] destination, int offset, int count, boolean looping) {
        int before = (int) Math.max(0, Math.min(count, -start));
        Arrays.fill(destination, offset, offset + before, 0);
        switch (kind) {
            case SINE -> sine(start + before, destination, offset + before, count - before);
            case WHITE -> white(start + before, destination, offset + before, count - before);
            default -> table(start + before, destination, offset + before, count - before, looping || frames == Long.MAX_VALUE);
        }
        return true;
    }

    @RealTime
    private void table(long start, float[] destination, int offset, int count, boolean looping) {
        long pass = frames == Long.MAX_VALUE ? table.length : frames;
        int done = 0;
        while (done < count) {
            long at = start + done;
            long local = looping ? at % pass : at;
            int n = count - done;
            if (local < table.length) {
                n = (int) Math.min(n, table.length - local);
                System.arraycopy(table, (int) local, destination, offset + done, n);
            } else {
                n = looping ? (int) Math.min(n, pass - local) : n;
                Arrays.fill(destination, offset + done, offset + done + n, 0);
            }
            done += n;
        }
    }

    @RealTime
    private void sine(long start, float[] destination, int offset, int count) {
        for (int i = 0; i < count; i++) {
            // Whole seconds apart, so that the phase keeps its precision however long the sound plays.
            long n = start + i;
            double turns = frequencyHz * (n / rateHz);
            turns = turns - Math.floor(turns) + frequencyHz * (n % rateHz) / rateHz;
            destination[offset + i] = (float) Math.sin(2 * Math.PI * (turns - Math.floor(turns)));
        }
    }

    @RealTime
    private void white(long start, float[] destination, int offset, int count) {
        // A uniform distribution in ±a has RMS a/√3.
        float scale = (float) (NOISE_RMS * Math.sqrt(3) * 0x1p-23);
        for (int i = 0; i < count; i++) {
            destination[offset + i] = scale * ((mix(seed + (start + i) * 0x9E3779B97F4A7C15L) >> 40) + 0.5f);
        }
    }

    /** The finalizer of SplitMix64. */
    @RealTime
    private static long mix(long v) {
        long z = (v ^ v >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }

    @Override
    public void close() {
        // Holds nothing.
    }
}
