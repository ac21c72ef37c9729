package io.pinna.internal.sound;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.InvalidValueException;
import io.pinna.SignalGenerator;
import java.util.Random;
import org.jtransforms.fft.DoubleFFT_1D;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class GeneratorSourceTest {
    private static float[] read(GeneratorSource source, long start, int count, boolean looping) {
        float[] x = new float[count];
        assertTrue(source.read(start, x, 0, count, looping));
        return x;
    }

    private static double rms(float[] x) {
        double sum = 0;
        for (float v : x) {
            sum += (double) v * v;
        }
        return Math.sqrt(sum / x.length);
    }

    /** Power in 20 segments of 2^15 frames, Hann window, averaged. */
    private static double[] power(float[] x) {
        int size = 1 << 15;
        double[] p = new double[size / 2];
        for (int s = 0; s + size <= x.length; s += size) {
            double[] y = new double[2 * size];
            for (int i = 0; i < size; i++) {
                y[2 * i] = x[s + i] * (0.5 - 0.5 * Math.cos(2 * Math.PI * i / size));
            }
            new DoubleFFT_1D(size).complexForward(y);
            for (int k = 0; k < p.length; k++) {
                p[k] += y[2 * k] * y[2 * k] + y[2 * k + 1] * y[2 * k + 1];
            }
        }
        return p;
    }

    /** Mean density from one frequency to another, in dB. */
    private static double densityDb(double[] power, double fromHz, double toHz, double rateHz) {
        int from = (int) Math.ceil(fromHz / rateHz * 2 * power.length);
        int to = Math.min(power.length, (int) Math.floor(toHz / rateHz * 2 * power.length));
        double sum = 0;
        for (int k = from; k < to; k++) {
            sum += power[k];
        }
        return 10 * Math.log10(sum / (to - from));
    }

    @Test
    @Tag("unit")
    void impulseIsOneFrameOfOne() {
        GeneratorSource source = GeneratorSource.of(SignalGenerator.impulse(), 48000);
        assertEquals(48000, source.frames());
        assertArrayEquals(new float[] {0, 0, 1, 0, 0}, read(source, -2, 5, false), 0f);
        assertArrayEquals(new float[] {0, 0, 0}, read(source, 47999, 3, false), 0f);
        assertArrayEquals(new float[] {0, 1, 0}, read(source, 47999, 3, true), 0f);
    }

    @Test
    @Tag("analytic")
    void sineHasItsFrequencyForHours() {
        GeneratorSource source = GeneratorSource.of(SignalGenerator.sine(997.25), 44100);
        assertEquals(Long.MAX_VALUE, source.frames());
        for (long start : new long[] {0, 44099, 44100L * 36000 * 4 + 17}) {
            float[] x = read(source, start, 500, false);
            for (int i = 0; i < x.length; i++) {
                // 997.25·n/44100 turns, in whole numbers: 3989·n mod 176400.
                double turns = (double) (3989 * (start + i) % 176400) / 176400;
                assertEquals(Math.sin(2 * Math.PI * turns), x[i], 1e-6, "frame " + (start + i));
            }
        }
    }

    @Test
    @Tag("analytic")
    void whiteNoiseIsFlatUniformAndOfItsLevel() {
        float[] x = read(GeneratorSource.of(SignalGenerator.white(7), 48000), 0, 1 << 20, false);
        assertEquals(0.1, rms(x), 0.0002);
        double mean = 0;
        float highest = 0;
        for (float v : x) {
            mean += v / x.length;
            highest = Math.max(highest, Math.abs(v));
        }
        assertEquals(0, mean, 4e-4);
        assertEquals(0.1 * Math.sqrt(3), highest, 1e-5);
        double[] p = power(x);
        double all = densityDb(p, 100, 24000, 48000);
        for (double f = 100; f < 20000; f *= 2) {
            assertEquals(all, densityDb(p, f, 2 * f, 48000), 0.5, "octave from " + f);
        }
        float[] other = read(GeneratorSource.of(SignalGenerator.white(8), 48000), 0, 1 << 20, false);
        double correlation = 0;
        for (int i = 0; i < x.length; i++) {
            correlation += x[i] * other[i] / 0.01 / x.length;
        }
        assertEquals(0, correlation, 0.005, "different seeds are independent");
    }

    @Test
    @Tag("analytic")
    void pinkNoiseFallsByThreeDecibelsAnOctave() {
        for (int rate : new int[] {44100, 48000}) {
            GeneratorSource source = GeneratorSource.of(SignalGenerator.pink(3), rate);
            float[] x = read(source, 0, 1 << 20, false);
            assertEquals(0.1, rms(x), 1e-5);
            double[] p = power(x);
            double reference = densityDb(p, 1000, 2000, rate);
            for (double f = 40; f < rate / 5.0; f *= 2) {
                double expected = reference - 10 * Math.log10(f / 1000);
                assertEquals(expected, densityDb(p, f, 2 * f, rate), 0.5, "octave from " + f);
            }
            assertArrayEquals(read(source, 5, 1000, false), read(source, (1 << 20) + 5, 1000, false), 0f);
            double largest = 0;
            for (int i = 1; i < x.length; i++) {
                largest = Math.max(largest, Math.abs(x[i] - x[i - 1]));
            }
            float[] seam = read(source, (1 << 20) - 50, 100, false);
            for (int i = 1; i < seam.length; i++) {
                assertTrue(Math.abs(seam[i] - seam[i - 1]) <= largest, "step at the seam");
            }
            assertTrue(largest > 0.05 && largest < 1, "largest step " + largest);
        }
        assertNotEquals(read(GeneratorSource.of(SignalGenerator.pink(3), 48000), 9, 1, false)[0], read(GeneratorSource.of(SignalGenerator.pink(4), 48000), 9, 1, false)[0]);
    }

    @Test
    @Tag("analytic")
    void sweepFollowsFarinasFormulaAndEndsInSilence() {
        GeneratorSource source = GeneratorSource.of(SignalGenerator.sweep(20, 20000, 2), 48000);
        assertEquals(96000, source.frames());
        float[] x = read(source, 0, 96010, false);
        double l = Math.log(1000);
        for (int n = 0; n < 96000; n++) {
            double t = n / 48000.0;
            assertEquals(Math.sin(2 * Math.PI * 20 * 2 / l * (Math.exp(t / 2 * l) - 1)), x[n], 1e-6, "frame " + n);
        }
        for (int n = 96000; n < 96010; n++) {
            assertEquals(0f, x[n]);
        }
        float[] falling = read(GeneratorSource.of(SignalGenerator.sweep(20000, 20, 1), 48000), 0, 48000, false);
        assertEquals(Math.sqrt(0.5), rms(falling), 0.02);
    }

    @Test
    @Tag("property")
    void anyPieceIsThePieceOfTheWhole() {
        Random random = new Random(9);
        for (SignalGenerator g : new SignalGenerator[] {SignalGenerator.impulse(), SignalGenerator.sine(123.4), SignalGenerator.white(1), SignalGenerator.pink(1), SignalGenerator.sweep(50, 60, 0.1)}) {
            for (boolean looping : new boolean[] {false, true}) {
                GeneratorSource source = GeneratorSource.of(g, 8000);
                float[] whole = read(source, -100, 20000, looping);
                for (int i = 0; i < 30; i++) {
                    int start = random.nextInt(19000);
                    int n = random.nextInt(1000);
                    assertArrayEquals(java.util.Arrays.copyOfRange(whole, start, start + n), read(source, start - 100, n, looping), 0f, g.toString());
                }
            }
        }
    }

    @Test
    @Tag("fault")
    void frequenciesAreValidated() {
        assertThrows(InvalidValueException.class, () -> SignalGenerator.sine(0));
        assertThrows(InvalidValueException.class, () -> SignalGenerator.sine(Double.NaN));
        assertThrows(InvalidValueException.class, () -> SignalGenerator.sweep(20, Double.POSITIVE_INFINITY, 1));
        assertThrows(InvalidValueException.class, () -> SignalGenerator.sweep(20, 20, 1));
        assertThrows(InvalidValueException.class, () -> SignalGenerator.sweep(20, 30, -1));
        assertThrows(InvalidValueException.class, () -> GeneratorSource.of(SignalGenerator.sine(22050), 44100));
        assertThrows(InvalidValueException.class, () -> GeneratorSource.of(SignalGenerator.sweep(20, 24001, 1), 48000));
        assertEquals(48000, GeneratorSource.of(SignalGenerator.sweep(20, 24000, 1), 48000).frames());
    }
}
