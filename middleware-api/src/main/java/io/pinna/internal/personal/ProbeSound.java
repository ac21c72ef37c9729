package io.pinna.internal.personal;

import io.pinna.Sound;
import java.util.SplittableRandom;

/** The sound of a listening test: five bursts of white noise of 100 ms, 60 ms apart, with ramps of 10 ms. The level varies by ±4 dB, so that it tells nothing of the direction. */
final class ProbeSound {
    private static final int RATE_HZ = 48000;
    private static final int BURSTS = 5;
    private static final int BURST_FRAMES = RATE_HZ / 10;
    private static final int GAP_FRAMES = RATE_HZ * 6 / 100;
    private static final int RAMP_FRAMES = RATE_HZ / 100;
    /** Room for the gain of an HRTF (20 dB) and the crest of noise (13 dB) up to full scale is left to the renderer's limiter for the loudest alone. */
    private static final double LEVEL_DB = -26;
    private static final double ROVING_DB = 4;

    private ProbeSound() {
    }

    static Sound of(int number, long seed) {
        return Sound.ofSamples("probe " + number, samples(seed), RATE_HZ);
    }

    static float[] samples(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        double rms = Math.pow(10, (LEVEL_DB + ROVING_DB * (2 * random.nextDouble() - 1)) / 20);
        float[] samples = new float[BURSTS * BURST_FRAMES + (BURSTS - 1) * GAP_FRAMES];
        for (int b = 0; b < BURSTS; b++) {
            for (int i = 0; i < BURST_FRAMES; i++) {
                int edge = Math.min(i, BURST_FRAMES - 1 - i);
                double ramp = edge >= RAMP_FRAMES ? 1 : 0.5 - 0.5 * Math.cos(Math.PI * (edge + 0.5) / RAMP_FRAMES);
                samples[b * (BURST_FRAMES + GAP_FRAMES) + i] = (float) (rms * ramp * random.nextGaussian());
            }
        }
        return samples;
    }
}
