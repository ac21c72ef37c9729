package io.pinna.internal.render;

import io.pinna.effect.LimiterSettings;
import io.pinna.internal.RealTime;
import io.pinna.unit.Decibels;

/**
 * Stereo-linked look-ahead peak limiter. The gain that a sample needs is r = min(1, ceiling/peak). It is held for the look-ahead L (a running minimum), recovers exponentially, and is averaged over
 * L samples; the signal is delayed by L − 1. Every value in the average that reaches a peak's delayed sample is at most that peak's r, so the output never exceeds the ceiling. What the average's own rounding
 * leaves of a peak that no sound has, of a model that went wrong, is clipped there.
 *
 * <p>Audio thread; allocates only in its constructor.
 */
@RealTime
final class Limiter {
    private static final float RECOVERED = 0.9999f;
    /** A millionth: some steps of a float. */
    private static final float ROUNDING = 1e-6f;

    private final int window;
    private final float ceiling;
    private final float clipped;
    private final double recovery;
    private final float[] delayedLeft;
    private final float[] delayedRight;
    private final float[] held;
    /** Monotone queue of the running minimum: values ascending from its head, with the time of each. */
    private final float[] queueValue;
    private final long[] queueTime;
    private int queueHead;
    private int queueSize;
    private long time;
    private int position;
    /** In double precision: the last steps of a slow recovery are smaller than what a float near 1 can tell apart, and it would never come back to 1. */
    private double envelope = 1;
    private float lastGain = 1;

    Limiter(LimiterSettings settings, int sampleRateHz) {
        window = Math.max(2, (int) Math.round(settings.lookAheadSeconds() * sampleRateHz));
        ceiling = (float) Decibels.toLinear(settings.ceilingDb());
        clipped = ceiling * (1 + ROUNDING);
        recovery = 1 - Math.exp(-1 / (settings.releaseSeconds() * sampleRateHz));
        delayedLeft = new float[window];
        delayedRight = new float[window];
        held = new float[window];
        java.util.Arrays.fill(held, 1);
        queueValue = new float[window + 1];
        queueTime = new long[window + 1];
    }

    int latencyFrames() {
        return window - 1;
    }

    /** The gain of the newest sample. */
    float gain() {
        return lastGain;
    }

    /** @return whether any sample of the block was turned down */
    boolean process(float[] left, float[] right, int frames) {
        // Summed afresh each block, so that rounding does not accumulate.
        double sum = 0;
        for (float g : held) {
            sum += g;
        }
        boolean acted = false;
        for (int i = 0; i < frames; i++) {
            float peak = Math.max(Math.abs(left[i]), Math.abs(right[i]));
            float needed = peak > ceiling ? ceiling / peak : 1;
            float lowest = runningMinimum(needed);
            envelope += recovery * (1 - envelope);
            // Recovered for all that can be heard: exactly 1 from here on, so that an idle limiter passes every bit.
            envelope = Math.min(envelope > RECOVERED ? 1 : envelope, lowest);
            float next = (float) envelope;
            // A difference of floats would be rounded; sums and differences of gains in double precision are exact.
            sum += (double) next - held[position];
            held[position] = next;
            delayedLeft[position] = left[i];
            delayedRight[position] = right[i];
            position = position + 1 == window ? 0 : position + 1;
            // The oldest entry of the ring is the sample of window − 1 frames ago.
            float gain = (float) Math.min(1, sum / window);
            acted |= gain < 1;
            left[i] = clip(delayedLeft[position] * gain);
            right[i] = clip(delayedRight[position] * gain);
            lastGain = gain;
        }
        return acted;
    }

    /** Sounds need none of it: rounding puts them above the ceiling by less than {@link #ROUNDING}. */
    private float clip(float value) {
        return Math.max(-clipped, Math.min(clipped, value));
    }

    private float runningMinimum(float value) {
        time++;
        while (queueSize > 0 && queueValue[(queueHead + queueSize - 1) % queueValue.length] >= value) {
            queueSize--;
        }
        int tail = (queueHead + queueSize) % queueValue.length;
        queueValue[tail] = value;
        queueTime[tail] = time;
        queueSize++;
        if (queueTime[queueHead] <= time - window) {
            queueHead = (queueHead + 1) % queueValue.length;
            queueSize--;
        }
        return queueValue[queueHead];
    }
}
