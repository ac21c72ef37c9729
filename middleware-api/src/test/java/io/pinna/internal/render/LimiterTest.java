package io.pinna.internal.render;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.effect.LimiterSettings;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("property")
class LimiterTest {
    private static final int RATE = 48000;

    private static float[][] bursts(long seed, int frames) {
        Random random = new Random(seed);
        float[][] x = new float[2][frames];
        double level = 0.1;
        for (int i = 0; i < frames; i++) {
            if (random.nextInt(200) == 0) {
                level = Math.pow(10, 4 * random.nextDouble() - 2);
            }
            x[0][i] = (float) (level * random.nextGaussian());
            x[1][i] = (float) (0.5 * level * random.nextGaussian());
        }
        return x;
    }

    @Test
    void burstsNeverPassTheCeiling() {
        for (int seed = 0; seed < 20; seed++) {
            LimiterSettings settings = new LimiterSettings(true, -0.3 - seed, 0.0005 + 0.001 * seed, 0.01 + 0.1 * seed);
            Limiter limiter = new Limiter(settings, RATE);
            double ceiling = Math.pow(10, settings.ceilingDb() / 20);
            float[][] x = bursts(seed, 40_000);
            assertTrue(limiter.process(x[0], x[1], x[0].length));
            double most = 0;
            for (int i = 0; i < x[0].length; i++) {
                most = Math.max(most, Math.max(Math.abs(x[0][i]), Math.abs(x[1][i])));
            }
            assertTrue(most <= ceiling * (1 + 1e-6), "seed " + seed + ": " + most + " above the ceiling of " + ceiling);
            assertTrue(most > 0.9 * ceiling, "seed " + seed + ": loud bursts come up to the ceiling, " + most + " of " + ceiling);
        }
    }

    /** What a model that went wrong may say: so loud that the look-ahead's own rounding is above the ceiling. */
    @Test
    void whatNoSoundIsNeverPassesTheCeilingEither() {
        for (int decades : new int[] {8, 20, 30}) {
            Random random = new Random(decades);
            Limiter limiter = new Limiter(LimiterSettings.DEFAULT, RATE);
            double ceiling = Math.pow(10, LimiterSettings.DEFAULT.ceilingDb() / 20);
            double level = 0.1;
            double most = 0;
            for (int block = 0; block < 80; block++) {
                float[][] x = new float[2][256];
                for (int i = 0; i < 256; i++) {
                    if (random.nextInt(200) == 0) {
                        level = Math.pow(10, (decades + 1) * random.nextDouble() - 1);
                    }
                    x[0][i] = (float) (level * random.nextGaussian());
                    x[1][i] = (float) (level * random.nextGaussian());
                }
                limiter.process(x[0], x[1], 256);
                for (int i = 0; i < 256; i++) {
                    most = Math.max(most, Math.max(Math.abs(x[0][i]), Math.abs(x[1][i])));
                }
            }
            assertTrue(most <= ceiling * (1 + 2e-6) && most > 0.5 * ceiling, decades + " decades: " + most + " of " + ceiling);
        }
    }

    @Test
    void whatIsBelowPassesBitForBitAndLate() {
        Limiter limiter = new Limiter(LimiterSettings.DEFAULT, RATE);
        int late = limiter.latencyFrames();
        assertEquals(71, late, "1.5 ms at 48 kHz, less one");
        float[][] x = bursts(1, 5000);
        for (float[] ear : x) {
            for (int i = 0; i < ear.length; i++) {
                ear[i] = Math.max(-0.96f, Math.min(0.96f, ear[i]));
            }
        }
        float[][] y = {x[0].clone(), x[1].clone()};
        assertFalse(limiter.process(y[0], y[1], y[0].length));
        for (int i = 0; i < 5000 - late; i++) {
            assertEquals(x[0][i], y[0][i + late]);
            assertEquals(x[1][i], y[1][i + late]);
        }
        assertEquals(1, limiter.gain());
    }

    @Test
    void anySplitGivesTheSameSamples() {
        float[][] whole = bursts(7, 20_000);
        float[][] parts = {whole[0].clone(), whole[1].clone()};
        new Limiter(LimiterSettings.DEFAULT, RATE).process(whole[0], whole[1], 20_000);
        Limiter limiter = new Limiter(LimiterSettings.DEFAULT, RATE);
        Random random = new Random(2);
        float[][] joined = new float[2][20_000];
        for (int at = 0; at < 20_000;) {
            int n = Math.min(20_000 - at, 1 + random.nextInt(300));
            float[] l = java.util.Arrays.copyOfRange(parts[0], at, at + n);
            float[] r = java.util.Arrays.copyOfRange(parts[1], at, at + n);
            limiter.process(l, r, n);
            System.arraycopy(l, 0, joined[0], at, n);
            System.arraycopy(r, 0, joined[1], at, n);
            at += n;
        }
        assertArrayEquals(whole[0], joined[0]);
        assertArrayEquals(whole[1], joined[1]);
    }

    @Test
    void recoversAfterAPeak() {
        Limiter limiter = new Limiter(LimiterSettings.DEFAULT, RATE);
        float[] l = new float[RATE];
        java.util.Arrays.fill(l, 0.5f);
        l[100] = 4;
        limiter.process(l, l.clone(), l.length);
        double pressed = l[100 + limiter.latencyFrames() + 1] / 0.5;
        assertEquals(Math.pow(10, -0.3 / 20) / 4, pressed, 0.02);
        // One time constant after the peak, 1 − (1 − g)/e of the gain is back.
        double back = l[100 + limiter.latencyFrames() + (int) (0.08 * RATE)] / 0.5;
        assertEquals(1 - (1 - pressed) / Math.E, back, 0.03);
        assertEquals(0.5f, l[l.length - 1]);
    }
}
