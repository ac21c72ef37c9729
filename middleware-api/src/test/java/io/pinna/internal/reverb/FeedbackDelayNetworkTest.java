package io.pinna.internal.reverb;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.InvalidValueException;
import io.pinna.acoustics.AirAbsorption;
import io.pinna.acoustics.Bands;
import java.lang.management.ManagementFactory;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FeedbackDelayNetworkTest {
    private static final int RATE = 48000;
    private static final int BLOCK = 256;

    private static FeedbackDelayNetwork network(int rate, int outputs, double... rt60) {
        FeedbackDelayNetwork network = new FeedbackDelayNetwork(rate, 1024, outputs);
        network.setReverberation(floats(rt60));
        return network;
    }

    private static float[] floats(double... x) {
        float[] y = new float[x.length];
        for (int i = 0; i < x.length; i++) {
            y[i] = (float) x[i];
        }
        return y;
    }

    private static double db(double energy) {
        return 10 * Math.log10(energy);
    }

    /** White noise of energy 1 has this much of it in the octave about a frequency. */
    private static double octaveShare(double centreHz, double rate) {
        return centreHz * Math.sqrt(0.5) * 2 / rate;
    }

    @ParameterizedTest
    @Tag("analytic")
    @CsvSource({"0.1, 0.1, 0.1", "0.3, 0.2, 0.1", "1.5, 1.5, 1.5", "4, 1.5, 0.4", "0.4, 1.5, 4", "1, 3, 1", "3, 0.6, 2", "8, 4, 0.8", "10, 10, 10"})
    void eachBandDecaysInItsTimeAndHasItsEnergy(double low, double middle, double high) {
        double[] wanted = {low, middle, high};
        double longest = Math.max(low, Math.max(middle, high));
        float[][] response = Decay.impulse(network(RATE, 4, wanted), (int) (RATE * (0.2 + 0.8 * longest)), BLOCK);
        for (int b = 0; b < Bands.COUNT; b++) {
            double centre = AirAbsorption.bandFrequencyHz(b);
            double[] curve = Decay.octaveDecay(response, RATE, centre);
            assertEquals(1, Decay.rt60(curve, RATE) / wanted[b], 0.05, "band " + b);
            assertEquals(0, db(curve[0] / octaveShare(centre, RATE)), 0.5, "energy of band " + b);
        }
    }

    @ParameterizedTest
    @Tag("analytic")
    @ValueSource(ints = {8000, 11025, 16000, 22050, 44100, 96000, 192000})
    void anySampleRate(int rate) {
        double[] wanted = {2, 1, 0.5};
        float[][] response = Decay.impulse(network(rate, 2, wanted), (int) (1.8 * rate), BLOCK);
        for (int b = 0; b < Bands.COUNT; b++) {
            double centre = AirAbsorption.bandFrequencyHz(b);
            if (centre * Math.sqrt(2) < 0.46 * rate) {
                double[] curve = Decay.octaveDecay(response, rate, centre);
                assertEquals(1, Decay.rt60(curve, rate) / wanted[b], 0.05, "band " + b);
                assertEquals(0, db(curve[0] / octaveShare(centre, rate)), 0.6, "energy of band " + b);
            }
        }
    }

    /** 20 ms windows: in the first ones in which more than the first echoes sound, and everywhere later. */
    @Test
    @Tag("analytic")
    void echoesAreDenseFromTheStart() {
        for (float[] x : Decay.impulse(network(RATE, 8, 1.5, 1.5, 1.5), RATE * 3 / 2, BLOCK)) {
            for (double at = 0.03; at < 1.4; at += 0.01) {
                assertEquals(1, Decay.echoDensity(x, (int) (at * RATE), RATE / 50), 0.16, "at " + at + " s");
            }
            double mean = 0;
            for (int i = 0; i < 10; i++) {
                mean += Decay.echoDensity(x, (int) ((0.03 + 0.007 * i) * RATE), RATE / 50) / 10;
            }
            assertEquals(1, mean, 0.1, "mean up to 100 ms");
        }
    }

    /** A third of a second of the tail, its decay undone, beside as much Gaussian noise: no mode stands out. */
    @ParameterizedTest
    @Tag("analytic")
    @ValueSource(doubles = {1.5, 6})
    void theTailSoundsLikeNoise(double rt60) {
        int length = 16384;
        float[][] response = Decay.impulse(network(RATE, 8, rt60, rt60, rt60), RATE / 2 + length, BLOCK);
        double flatness = 0;
        double ofNoise = 0;
        double peak = 0;
        double peakOfNoise = 0;
        for (int k = 0; k < response.length; k++) {
            double[] x = new double[length];
            double[] noise = new double[length];
            float[] gaussian = Decay.noise(length, k, 1);
            for (int i = 0; i < length; i++) {
                int t = RATE / 2 + i;
                x[i] = response[k][t] * Math.pow(10, 3.0 * t / RATE / rt60);
                noise[i] = gaussian[i];
            }
            Decay.Spectrum tail = Decay.Spectrum.of(x, 0, length, RATE, 100, 20000);
            Decay.Spectrum reference = Decay.Spectrum.of(noise, 0, length, RATE, 100, 20000);
            flatness += tail.flatness() / response.length;
            ofNoise += reference.flatness() / response.length;
            peak = Math.max(peak, tail.peakToMean());
            peakOfNoise = Math.max(peakOfNoise, reference.peakToMean());
        }
        // 10·lg of the ratio: the flatness within 0.4 dB, the strongest of 54000 bins within 1.5 dB.
        assertEquals(0, db(flatness / ofNoise), 0.4);
        assertEquals(0, db(peak / peakOfNoise), 1.5);
    }

    /** Levels of 20 ms of all outputs stay near the straight line: nothing flutters. */
    @Test
    @Tag("analytic")
    void theDecayIsSmooth() {
        float[][] response = Decay.impulse(network(RATE, 8, 1.5, 1.5, 1.5), RATE * 3 / 2, BLOCK);
        int window = RATE / 50;
        double offset = 0;
        int count = 0;
        double[] level = new double[70];
        for (int w = 2; w < 70; w++) {
            double energy = 0;
            for (float[] x : response) {
                for (int i = w * window; i < (w + 1) * window; i++) {
                    energy += x[i] * (double) x[i];
                }
            }
            level[w] = db(energy) + 60.0 * w * window / RATE / 1.5;
            offset += level[w];
            count++;
        }
        for (int w = 2; w < 70; w++) {
            assertEquals(offset / count, level[w], 1, "window " + w);
        }
    }

    @Test
    @Tag("property")
    void outputsAreEquallyLoudAndDecorrelated() {
        FeedbackDelayNetwork network = network(RATE, 8, 1, 1, 1);
        int frames = 4 * RATE;
        float[] in = Decay.noise(frames, 3, 0.1);
        float[][] out = render(network, in, BLOCK);
        double[] energy = new double[8];
        double total = 0;
        for (int k = 0; k < 8; k++) {
            energy[k] = product(out[k], out[k], RATE, frames);
            total += energy[k];
        }
        for (int k = 0; k < 8; k++) {
            assertEquals(0, db(8 * energy[k] / total), 0.6, "output " + k);
            for (int l = 0; l < k; l++) {
                assertEquals(0, product(out[k], out[l], RATE, frames) / Math.sqrt(energy[k] * energy[l]), 0.15, "outputs " + k + " and " + l);
            }
        }
        assertEquals(0, db(total / product(in, in, RATE, frames)), 0.5, "steady noise");
    }

    private static double product(float[] x, float[] y, int from, int to) {
        double sum = 0;
        for (int i = from; i < to; i++) {
            sum += x[i] * (double) y[i];
        }
        return sum;
    }

    private static float[][] render(FeedbackDelayNetwork network, float[] in, int block) {
        float[][] result = new float[network.outputs()][in.length];
        float[][] out = new float[network.outputs()][block];
        float[] x = new float[block];
        for (int at = 0; at < in.length; at += block) {
            int n = Math.min(block, in.length - at);
            System.arraycopy(in, at, x, 0, n);
            network.process(x, x, x, n, out);
            for (int k = 0; k < out.length; k++) {
                System.arraycopy(out[k], 0, result[k], at, n);
            }
        }
        return result;
    }

    @ParameterizedTest
    @Tag("property")
    @ValueSource(ints = {64, 100, 441, 512, 1000, 1024})
    void anyBlockLengthGivesTheSame(int block) {
        float[] in = Decay.noise(12000, 9, 0.3);
        float[][] reference = render(network(8000, 4, 1, 0.7, 0.5), in, BLOCK);
        float[][] other = render(network(8000, 4, 1, 0.7, 0.5), in, block);
        for (int k = 0; k < 4; k++) {
            assertArrayEquals(reference[k], other[k], 1e-7f);
        }
        reference = render(network(RATE, 4, 1, 0.7, 0.5), in, BLOCK);
        other = render(network(RATE, 4, 1, 0.7, 0.5), in, block);
        for (int k = 0; k < 4; k++) {
            assertArrayEquals(reference[k], other[k], 1e-7f);
        }
    }

    /** Each bus by itself: its own band at full level, the middles of the others silent. */
    @Test
    @Tag("analytic")
    void aBusIsHeardInItsBandOnly() {
        double[] wanted = {1, 1, 1};
        for (int b = 0; b < Bands.COUNT; b++) {
            FeedbackDelayNetwork network = network(RATE, 2, wanted);
            float[][] buses = new float[Bands.COUNT][RATE];
            buses[b][0] = 1;
            float[][] out = new float[2][RATE];
            float[][] part = new float[2][1000];
            for (int at = 0; at < RATE; at += 1000) {
                float[][] in = new float[Bands.COUNT][];
                for (int i = 0; i < in.length; i++) {
                    in[i] = java.util.Arrays.copyOfRange(buses[i], at, at + 1000);
                }
                network.process(in[0], in[1], in[2], 1000, part);
                for (int k = 0; k < 2; k++) {
                    System.arraycopy(part[k], 0, out[k], at, 1000);
                }
            }
            for (int heard = 0; heard < Bands.COUNT; heard++) {
                double centre = AirAbsorption.bandFrequencyHz(heard);
                double energy = 0;
                double share = centre * (Math.pow(2, 1 / 6.0) - Math.pow(2, -1 / 6.0)) * 2 / RATE;
                for (float[] x : out) {
                    energy += Decay.energy(Decay.band(x, RATE, centre * Math.pow(2, -1 / 6.0), centre * Math.pow(2, 1 / 6.0)));
                }
                if (heard == b) {
                    // In a third of an octave at 400 Hz there are some 75 modes, of random strengths.
                    assertEquals(0, db(energy / share), 1.5, "bus " + b);
                } else {
                    assertTrue(db(energy / share) < -28, "bus " + b + " in band " + heard + ": " + db(energy / share) + " dB");
                }
            }
        }
    }

    @ParameterizedTest
    @Tag("analytic")
    @ValueSource(ints = {8000, 22050, 48000, 192000})
    void equalBusesPassAsTheyAre(int rate) {
        BandJoin join = new BandJoin(rate);
        int n = 1 << 14;
        float[][] x = new float[3][n];
        for (float[] bus : x) {
            bus[0] = 1;
        }
        join.process(x[0], x[1], x[2], n);
        double[] z = new double[n];
        for (int i = 0; i < n; i++) {
            z[i] = x[0][i];
        }
        new org.jtransforms.fft.DoubleFFT_1D(n).realForward(z);
        for (int k = 1; k < n / 2; k++) {
            assertEquals(0, db(z[2 * k] * z[2 * k] + z[2 * k + 1] * z[2 * k + 1]), 0.01, "bin " + k);
        }
    }

    /** A tone, while the reverberation jumps about: what is not near the tone stays far below it. */
    @Test
    @Tag("property")
    void jumpsAreSmoothAndStable() {
        FeedbackDelayNetwork network = network(RATE, 8, 1, 1, 1);
        Random random = new Random(4);
        int frames = 12 * RATE / BLOCK * BLOCK;
        float[] in = new float[BLOCK];
        float[][] out = new float[8][BLOCK];
        float[] result = new float[frames];
        double most = 0;
        for (int at = 0; at < frames; at += BLOCK) {
            if (at / BLOCK % 20 == 0) {
                network.setReverberation(floats(time(random), time(random), time(random)));
            }
            if (at / BLOCK % 37 == 0) {
                network.setPreDelay(0.1 * random.nextDouble());
            }
            for (int i = 0; i < BLOCK; i++) {
                in[i] = (float) (0.1 * Math.sin(2 * Math.PI * 500 * (at + i) / RATE) * Math.min(1, (at + i) / 9600.0));
            }
            network.process(in, in, in, BLOCK, out);
            System.arraycopy(out[3], 0, result, at, BLOCK);
            for (float[] x : out) {
                for (float v : x) {
                    most = Math.max(most, Math.abs(v));
                }
            }
        }
        assertTrue(most > 0.01 && most < 0.5, "largest sample: " + most);
        // Its end faded out: a cut would sound louder than what is looked for.
        for (int i = 0; i < RATE / 2; i++) {
            result[frames - 1 - i] *= (float) (0.5 - 0.5 * Math.cos(2 * Math.PI * i / RATE));
        }
        double whole = Decay.energy(Decay.band(result, RATE, 20, 23000));
        double far = Decay.energy(Decay.band(result, RATE, 2500, 23000));
        assertTrue(db(far / whole) < -75, "beyond the tone: " + db(far / whole) + " dB");
    }

    private static double time(Random random) {
        return 0.1 * Math.pow(200, random.nextDouble());
    }

    /** Nothing put in, everything changed in every block: what is in the network only becomes less. */
    @Test
    @Tag("property")
    void noSequenceOfChangesAmplifies() {
        FeedbackDelayNetwork network = network(RATE, 8, 20, 20, 20);
        Random random = new Random(6);
        float[][] out = new float[8][BLOCK];
        float[] in = Decay.noise(BLOCK, 1, 1);
        float[] nothing = new float[BLOCK];
        double before = Double.POSITIVE_INFINITY;
        for (int second = 0; second < 12; second++) {
            double energy = 0;
            for (int i = 0; i < RATE / BLOCK; i++) {
                network.setReverberation(random.nextBoolean() ? floats(20, 0.05, 20) : floats(time(random), time(random), 20));
                network.process(second == 0 ? in : nothing, second == 0 ? in : nothing, nothing, BLOCK, out);
                for (float[] x : out) {
                    for (float v : x) {
                        energy += v * (double) v;
                    }
                }
            }
            assertTrue(second < 2 || energy < before, "second " + second + ": " + energy + " after " + before);
            assertTrue(Double.isFinite(energy));
            before = energy;
        }
    }

    @Test
    @Tag("analytic")
    void preDelayIsExactAndFadesIn() {
        FeedbackDelayNetwork without = network(RATE, 2, 1, 1, 1);
        FeedbackDelayNetwork with = network(RATE, 2, 1, 1, 1);
        with.setPreDelay(0.02);
        float[][] a = Decay.impulse(without, 20000, BLOCK);
        float[][] b = Decay.impulse(with, 20000, BLOCK);
        for (int i = 0; i < 19000; i++) {
            assertEquals(a[0][i], b[0][i + 960], 1e-7f);
        }
        // From 20 ms to 70 ms while noise is playing: after the fade it is as if it had always been so.
        float[] in = Decay.noise(4 * RATE / BLOCK * BLOCK, 2, 0.1);
        float[][] out = new float[2][BLOCK];
        FeedbackDelayNetwork always = network(RATE, 2, 0.2, 0.2, 0.2);
        always.setPreDelay(0.07);
        FeedbackDelayNetwork changed = network(RATE, 2, 0.2, 0.2, 0.2);
        changed.setPreDelay(0.02);
        float[][] expected = render(always, in, BLOCK);
        float[] x = new float[BLOCK];
        double error = 0;
        double energy = 0;
        for (int at = 0; at < in.length; at += BLOCK) {
            if (at == 100 * BLOCK) {
                changed.setPreDelay(0.07);
            }
            System.arraycopy(in, at, x, 0, BLOCK);
            changed.process(x, x, x, BLOCK, out);
            for (int i = 0; i < BLOCK && at > 3 * RATE; i++) {
                error += Math.pow(out[0][i] - expected[0][at + i], 2);
                energy += Math.pow(expected[0][at + i], 2);
            }
        }
        assertTrue(energy > 0 && db(error / energy) < -100, db(error / energy) + " dB");
    }

    @Test
    @Tag("property")
    void endsInSilenceAndStartsAgain() {
        FeedbackDelayNetwork network = network(RATE, 8, 0.5, 0.5, 0.5);
        assertTrue(network.isSilent());
        float[] in = Decay.noise(BLOCK, 8, 0.5);
        float[] nothing = new float[BLOCK];
        float[][] out = new float[8][BLOCK];
        network.process(in, in, in, BLOCK, out);
        assertFalse(network.isSilent());
        int blocks = 0;
        while (!network.isSilent()) {
            network.process(nothing, nothing, nothing, BLOCK, out);
            assertTrue(++blocks < 2 * RATE / BLOCK, "no end after 2 s");
        }
        // −120 dB of 0.5 after 1 s, and as long again as the longest line.
        assertEquals(1.1, (double) blocks * BLOCK / RATE, 0.25);
        network.process(nothing, nothing, nothing, BLOCK, out);
        for (float[] x : out) {
            assertArrayEquals(nothing, x);
        }
        // While it is silent, the next room is there at once.
        network.setReverberation(floats(1.2, 1.2, 1.2));
        float[][] fresh = Decay.impulse(network(RATE, 8, 1.2, 1.2, 1.2), RATE, BLOCK);
        float[][] again = Decay.impulse(network, RATE, BLOCK);
        for (int k = 0; k < 8; k++) {
            assertArrayEquals(fresh[k], again[k], 3e-6f);
        }
    }

    @Test
    @Tag("fault")
    void whatIsNotFiniteIsSilence() {
        for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
            FeedbackDelayNetwork network = network(RATE, 2, 1, 1, 1);
            float[] in = new float[BLOCK];
            in[17] = bad;
            float[] good = new float[BLOCK];
            float[][] out = new float[2][BLOCK];
            network.process(good, in, good, BLOCK, out);
            assertArrayEquals(good, out[0]);
            good[0] = 1;
            network.process(good, good, good, BLOCK, out);
            network.process(in, good, good, BLOCK, out);
            double energy = 0;
            for (int i = 0; i < 50; i++) {
                network.process(in, in, in, BLOCK, out);
                energy += product(out[0], out[0], 0, BLOCK);
            }
            assertTrue(energy > 0.01 && energy < 1, "energy " + energy);
        }
    }

    @Test
    @Tag("unit")
    void settingsAreChecked() {
        assertThrows(InvalidValueException.class, () -> new FeedbackDelayNetwork(7999, 256, 8));
        assertThrows(InvalidValueException.class, () -> new FeedbackDelayNetwork(48000, 0, 8));
        assertThrows(InvalidValueException.class, () -> new FeedbackDelayNetwork(48000, 256, 6));
        // Out of range on the audio thread is the nearest that is allowed.
        FeedbackDelayNetwork network = network(RATE, 1, Float.NaN, -1, 0);
        float[][] response = Decay.impulse(network, RATE, BLOCK);
        assertEquals(0.1, Decay.rt60(Decay.octaveDecay(response, RATE, 400), RATE), 0.03);
    }

    @Test
    @Tag("realtime")
    void allocatesNothing() {
        FeedbackDelayNetwork network = network(RATE, 8, 1, 1, 1);
        float[] in = Decay.noise(BLOCK, 1, 0.1);
        float[] nothing = new float[BLOCK];
        float[][] out = new float[8][BLOCK];
        float[][] times = {{1, 1, 1}, {2, 1, 0.5f}, {0.3f, 0.2f, 0.1f}};
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long id = Thread.currentThread().getId();
        long allocated = -1;
        for (int round = 0; round < 20 && allocated != 0; round++) {
            long before = threads.getThreadAllocatedBytes(id);
            for (int i = 0; i < 300; i++) {
                network.setReverberation(times[i / 7 % 3]);
                network.setPreDelay(0.01 * (i / 50));
                float[] x = i < 100 ? in : nothing;
                network.process(x, x, x, BLOCK, out);
            }
            allocated = threads.getThreadAllocatedBytes(id) - before;
        }
        assertEquals(0, allocated, "bytes in 300 blocks");
    }
}
