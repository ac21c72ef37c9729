package io.pinna.internal.sound;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.internal.dsp.SincResampler;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class PassRendererTest {
    private static float[] noise(int frames, long seed) {
        Random random = new Random(seed);
        float[] x = new float[frames];
        for (int i = 0; i < frames; i++) {
            x[i] = random.nextFloat() - 0.5f;
        }
        return x;
    }

    @Test
    @Tag("reference")
    void oncePlayedIsTheResampledSound() {
        float[] x = noise(9001, 1);
        float[] expected = new SincResampler(44100, 48000).resample(x);
        LoopedSamples samples = new LoopedSamples(x, 44100, 48000);
        assertEquals(9798, samples.frames(), "9001·160/147 = 9797.01, rounded up");
        float[] y = new float[expected.length + 20];
        samples.read(-10, y, 0, y.length, false);
        for (int i = 0; i < y.length; i++) {
            assertEquals(i < 10 || i >= expected.length + 10 ? 0 : expected[i - 10], y[i], 0f, "frame " + (i - 10));
        }
    }

    @Test
    @Tag("property")
    void memoryAndPiecewiseRenderingHaveTheSameBitsThroughTheLoops() {
        Random random = new Random(2);
        for (int[] c : new int[][] {{9001, 44100, 48000}, {5000, 96000, 44100}, {7000, 48000, 48000}, {40, 22050, 48000}, {1, 44100, 48000}, {3000, 192000, 8000}, {6001, 47999, 48000}}) {
            float[] x = noise(c[0], c[0]);
            LoopedSamples samples = new LoopedSamples(x, c[1], c[2]);
            int frames = samples.frames();
            int length = Math.min(4 * frames + 7, 60000);
            for (boolean looping : new boolean[] {false, true}) {
                float[] whole = new float[length];
                samples.read(0, whole, 0, length, looping);
                float[] pieces = new float[length];
                PassRenderer renderer = new PassRenderer(new ArrayInput(x), c[1], c[2]);
                for (int done = 0; done < length;) {
                    int n = Math.min(length - done, 1 + random.nextInt(3000));
                    renderer.render(done, pieces, done, n, looping);
                    done += n;
                }
                assertArrayEquals(whole, pieces, 0f, c[0] + " frames, " + c[1] + " to " + c[2] + ", looping " + looping);
            }
        }
    }

    @Test
    @Tag("analytic")
    void aLoopHasNoSeam() {
        // 100 periods of a sine in 10007 frames: seamless in the file. In the engine's frames a pass lasts 10892.0 (44.1 to 48) or a broken number; either way the sine goes on.
        for (int[] rates : new int[][] {{44100, 48000}, {48000, 44100}, {32000, 44100}, {96000, 48000}, {11025, 48000}}) {
            int frames = 10007;
            float[] x = new float[frames];
            double cycles = 300.0 / frames;
            for (int i = 0; i < frames; i++) {
                x[i] = (float) Math.sin(2 * Math.PI * cycles * i);
            }
            LoopedSamples samples = new LoopedSamples(x, rates[0], rates[1]);
            int pass = samples.frames();
            float[] y = new float[3 * pass];
            samples.read(0, y, 0, y.length, true);
            double step = (double) rates[0] / rates[1];
            double missing = frames - pass * step;
            assertTrue(missing <= 0 && missing > -step - 1e-9);
            for (int i = 200; i < y.length; i++) {
                int local = i % pass;
                int stretch = (int) Math.ceil(0.02 * rates[1]);
                double u = Math.max(0, (double) (local - (pass - stretch)) / stretch);
                double t = local * step + (missing == 0 ? 0 : (0.5 - 0.5 * Math.cos(Math.PI * u)) * missing);
                assertEquals(Math.sin(2 * Math.PI * cycles * t), y[i], 2e-4, rates[0] + " to " + rates[1] + ", frame " + i);
            }
            double largest = 0;
            for (int i = 201; i < y.length; i++) {
                largest = Math.max(largest, Math.abs(y[i] - y[i - 1]));
            }
            double ofTheSine = 2 * Math.sin(Math.PI * cycles * step);
            assertEquals(ofTheSine, largest, 0.02 * ofTheSine, "largest step from sample to sample");
        }
    }
}
