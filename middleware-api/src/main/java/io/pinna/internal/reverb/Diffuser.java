package io.pinna.internal.reverb;

import io.pinna.internal.RealTime;

/**
 * Allpass filters one behind the other, y = −g·x + (1 − g²)·Σ g^(k−1)·x delayed by k·d (Schroeder, "Natural sounding artificial reverberation", JAES 10, 1962): an impulse becomes a burst of some ten milliseconds with the
 * same spectrum.
 *
 * <p>Audio thread; allocates only in its constructor.
 */
@RealTime
final class Diffuser {
    private static final float GAIN = 0.6f;
    /** Delays, seconds: arbitrary, of no simple ratios. A stage decays by 60 dB in 13.5 of its delays, so that the longest ends before the shortest reverberation does. */
    private static final double[] DELAYS = {0.00113, 0.00187, 0.00301, 0.00457};

    private final float[][] memory;
    private final int[] position;

    /** @param primes distinct primes are taken from it */
    Diffuser(double sampleRateHz, Primes primes) {
        memory = new float[DELAYS.length][];
        position = new int[DELAYS.length];
        for (int i = 0; i < DELAYS.length; i++) {
            memory[i] = new float[primes.next(DELAYS[i] * sampleRateHz)];
        }
    }

    /** After this time of silence nothing of 1e-13 of what came before is left. */
    static double lastsSeconds() {
        double longest = 0;
        for (double d : DELAYS) {
            longest += d * 13 / -Math.log10(GAIN);
        }
        return longest;
    }

    /** In place. */
    void process(float[] x, int frames) {
        for (int stage = 0; stage < memory.length; stage++) {
            float[] ring = memory[stage];
            int at = position[stage];
            for (int done = 0; done < frames;) {
                int n = Math.min(frames - done, ring.length - at);
                for (int i = 0; i < n; i++) {
                    float old = ring[at + i];
                    float y = old - GAIN * x[done + i];
                    ring[at + i] = x[done + i] + GAIN * y;
                    x[done + i] = y;
                }
                done += n;
                at = at + n == ring.length ? 0 : at + n;
            }
            position[stage] = at;
        }
    }

    void reset() {
        for (float[] ring : memory) {
            java.util.Arrays.fill(ring, 0);
        }
    }
}
