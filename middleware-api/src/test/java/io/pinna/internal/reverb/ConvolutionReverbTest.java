package io.pinna.internal.reverb;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.InvalidValueException;
import java.lang.management.ManagementFactory;
import org.jtransforms.fft.DoubleFFT_1D;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConvolutionReverbTest {
    private static final int RATE = 48000;

    /** h ∗ x, as long as x, term by term. */
    private static double[] direct(float[] h, float[] x) {
        double[] y = new double[x.length];
        for (int k = 0; k < h.length; k++) {
            if (h[k] != 0) {
                for (int i = k; i < x.length; i++) {
                    y[i] += h[k] * (double) x[i - k];
                }
            }
        }
        return y;
    }

    /** The same by one transform in double precision, which is 280 dB precise. */
    static double[] offline(float[] h, float[] x) {
        int size = Integer.highestOneBit(h.length + x.length) * 2;
        double[] a = new double[size];
        double[] b = new double[size];
        for (int i = 0; i < h.length; i++) {
            a[i] = h[i];
        }
        for (int i = 0; i < x.length; i++) {
            b[i] = x[i];
        }
        DoubleFFT_1D fft = new DoubleFFT_1D(size);
        fft.realForward(a);
        fft.realForward(b);
        a[0] *= b[0];
        a[1] *= b[1];
        for (int k = 1; k < size / 2; k++) {
            double re = a[2 * k] * b[2 * k] - a[2 * k + 1] * b[2 * k + 1];
            a[2 * k + 1] = a[2 * k] * b[2 * k + 1] + a[2 * k + 1] * b[2 * k];
            a[2 * k] = re;
        }
        fft.realInverse(a, true);
        return java.util.Arrays.copyOf(a, x.length);
    }

    static float[][] render(ConvolutionReverb reverb, float[] x, int block, int outputs) {
        float[][] result = new float[outputs][x.length];
        float[][] out = new float[outputs][block];
        float[] in = new float[block];
        for (int at = 0; at < x.length; at += block) {
            int n = Math.min(block, x.length - at);
            java.util.Arrays.fill(in, 0);
            System.arraycopy(x, at, in, 0, n);
            reverb.process(in, out);
            for (int c = 0; c < outputs; c++) {
                System.arraycopy(out[c], 0, result[c], at, n);
            }
        }
        return result;
    }

    /** The energy of the difference over that of what is expected, dB. */
    static double errorDb(double[] expected, float[] found) {
        double error = 0;
        double energy = 0;
        for (int i = 0; i < expected.length; i++) {
            error += (found[i] - expected[i]) * (found[i] - expected[i]);
            energy += expected[i] * expected[i];
        }
        assertTrue(energy > 0);
        return 10 * Math.log10(error / energy);
    }

    static float[][] convolve(float[][] h, float[] x, int block) {
        int longest = 0;
        for (float[] channel : h) {
            longest = Math.max(longest, channel.length);
        }
        ConvolutionReverb reverb = new ConvolutionReverb(RATE, block, h.length, longest);
        assertTrue(reverb.setResponse(new ResponseSpectra(h, block)));
        return render(reverb, x, block, h.length);
    }

    @ParameterizedTest
    @Tag("reference")
    @ValueSource(ints = {64, 100, 128, 255, 256, 441, 480, 512, 1000, 1024})
    void isTheDirectConvolutionWithoutLatency(int block) {
        float[][] h = {Decay.noise(3 * block + 17, 1, 0.1), Decay.noise(block, 2, 0.1), Decay.noise(1, 3, 1), Decay.noise(5000, 4, 0.1), new float[7 * block]};
        h[4][6 * block + 1] = 1;
        float[] x = Decay.noise(9000, 5, 0.2);
        float[][] y = convolve(h, x, block);
        for (int c = 0; c < h.length; c++) {
            assertTrue(errorDb(direct(h[c], x), y[c]) < -110, "channel " + c + ": " + errorDb(direct(h[c], x), y[c]) + " dB");
        }
    }

    /** Two halls: noise that decays by 60 dB in 2 s, and single echoes that become rarer. An impulse, noise, and a tone that starts and stops. */
    @ParameterizedTest
    @Tag("reference")
    @ValueSource(ints = {256, 441})
    void reproducesSyntheticHalls(int block) {
        float[] dense = Decay.noise(2 * RATE, 6, 0.05);
        for (int i = 0; i < dense.length; i++) {
            dense[i] *= (float) Math.pow(10, -3.0 * i / dense.length);
        }
        float[] sparse = new float[2 * RATE];
        for (int i = 0, at = 3; at < sparse.length; i++, at += 500 + 37 * i) {
            sparse[at] = (i % 3 == 0 ? -1f : 1f) / (1 + i);
        }
        float[][] halls = {dense, sparse};
        float[] impulse = new float[3 * RATE];
        impulse[100] = 1;
        float[] tone = new float[3 * RATE];
        for (int i = RATE / 2; i < RATE; i++) {
            tone[i] = (float) (0.5 * Math.sin(2 * Math.PI * 440 * i / RATE) + 0.2 * Math.sin(2 * Math.PI * 3111 * i / RATE));
        }
        for (float[] x : new float[][] {impulse, Decay.noise(3 * RATE, 7, 0.1), tone}) {
            float[][] y = convolve(halls, x, block);
            for (int c = 0; c < 2; c++) {
                double error = errorDb(offline(halls[c], x), y[c]);
                assertTrue(error < -100, "hall " + c + ": " + error + " dB");
            }
        }
    }

    @Test
    @Tag("property")
    void anotherResponseFadesIn() {
        int block = 256;
        float[][] a = {Decay.noise(4000, 1, 0.1), Decay.noise(4000, 2, 0.1)};
        float[][] b = {Decay.noise(9000, 3, 0.1)};
        ConvolutionReverb reverb = new ConvolutionReverb(RATE, block, 2, 9000);
        reverb.setResponse(new ResponseSpectra(a, block));
        float[] x = Decay.noise(200 * block, 4, 0.1);
        float[][] out = new float[2][block];
        float[] in = new float[block];
        double[][] ofA = {offline(a[0], x), offline(a[1], x)};
        double[] ofB = offline(b[0], x);
        // Given one after the other: the second waits for the first, and the last of those that wait wins.
        ResponseSpectra second = new ResponseSpectra(b, block);
        int fade = (int) Math.round(0.02 * RATE / block) * block;
        for (int at = 0; at < x.length; at += block) {
            if (at == 50 * block) {
                reverb.setResponse(second);
            } else if (at == 51 * block) {
                reverb.setResponse(second);
                reverb.setResponse(null);
            }
            System.arraycopy(x, at, in, 0, block);
            reverb.process(in, out);
            for (int i = 0; i < block; i++) {
                double g = Math.max(0, Math.min(1, (at + i - 50.0 * block) / fade));
                double gone = Math.max(0, Math.min(1, (at + i - 50.0 * block - fade) / fade));
                assertEquals(((1 - g) * ofA[0][at + i] + g * ofB[at + i]) * (1 - gone), out[0][i], 1e-5, "frame " + (at + i));
                assertEquals((1 - g) * ofA[1][at + i], out[1][i], 1e-5, "frame " + (at + i));
            }
        }
    }

    @Test
    @Tag("property")
    void endsInSilenceAndStartsAgain() {
        for (int block : new int[] {256, 441}) {
            float[][] h = {Decay.noise(5000, 1, 0.1)};
            ConvolutionReverb reverb = new ConvolutionReverb(RATE, block, 1, 8000);
            reverb.setResponse(new ResponseSpectra(h, block));
            assertTrue(reverb.isSilent());
            float[] x = new float[block * 200];
            // Before, after and within a pause that is longer than all that is remembered.
            for (int i = 0; i < 3 * block; i++) {
                x[5 * block + i] = (float) Math.sin(i);
                x[100 * block + 77 + i] = (float) Math.cos(i);
            }
            float[][] y = render(reverb, x, block, 1);
            double[] expected = direct(h[0], x);
            assertTrue(errorDb(expected, y[0]) < -110);
            for (int i = 60 * block; i < 100 * block; i++) {
                assertEquals(0f, y[0][i]);
            }
            assertTrue(reverb.isSilent());
            reverb.process(Decay.noise(block, 1, 1), new float[1][block]);
            assertFalse(reverb.isSilent());
            reverb.reset();
            float[][] again = render(reverb, x, block, 1);
            assertArrayEquals(y[0], again[0]);
        }
    }

    @Test
    @Tag("fault")
    void whatIsNotFiniteIsSilence() {
        int block = 128;
        float[][] h = {Decay.noise(1000, 1, 0.1)};
        float[] x = Decay.noise(block * 30, 2, 0.1);
        float[] bad = x.clone();
        for (int i = 0; i < block; i++) {
            x[3 * block + i] = 0;
            x[5 * block + i] = 0;
        }
        bad[3 * block + 5] = Float.NaN;
        bad[5 * block] = Float.NEGATIVE_INFINITY;
        assertArrayEquals(convolve(h, x, block)[0], convolve(h, bad, block)[0]);
        assertThrows(InvalidValueException.class, () -> new ResponseSpectra(new float[][] {{1, Float.NaN}}, block));
        assertThrows(InvalidValueException.class, () -> new ResponseSpectra(new float[0][], block));
        ConvolutionReverb reverb = new ConvolutionReverb(RATE, block, 2, 1000);
        for (ResponseSpectra wrong : new ResponseSpectra[] {new ResponseSpectra(new float[3][10], block), new ResponseSpectra(new float[2][1025], block), new ResponseSpectra(h, 256)}) {
            assertFalse(reverb.setResponse(wrong));
            assertTrue(assertThrows(InvalidValueException.class, () -> reverb.check(wrong)).getMessage().contains("at most 2 channels of 1024 frames"));
        }
        reverb.check(new ResponseSpectra(h, block));
    }

    @Test
    @Tag("realtime")
    void allocatesNothing() {
        int block = 256;
        ConvolutionReverb reverb = new ConvolutionReverb(RATE, block, 2, 20000);
        ResponseSpectra[] responses = {new ResponseSpectra(new float[][] {Decay.noise(20000, 1, 0.1), Decay.noise(9000, 2, 0.1)}, block), new ResponseSpectra(new float[][] {Decay.noise(20000, 3, 0.1)}, block), null};
        float[] in = Decay.noise(block, 1, 0.1);
        float[] nothing = new float[block];
        float[][] out = new float[2][block];
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long id = Thread.currentThread().getId();
        long allocated = -1;
        for (int round = 0; round < 20 && allocated != 0; round++) {
            long before = threads.getThreadAllocatedBytes(id);
            for (int i = 0; i < 300; i++) {
                reverb.setResponse(responses[i / 9 % 3]);
                reverb.process(i < 150 ? in : nothing, out);
            }
            allocated = threads.getThreadAllocatedBytes(id) - before;
        }
        assertEquals(0, allocated, "bytes in 300 blocks");
    }
}
