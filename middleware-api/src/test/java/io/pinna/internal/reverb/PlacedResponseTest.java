package io.pinna.internal.reverb;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.InvalidValueException;
import io.pinna.effect.ImpulseResponse;
import io.pinna.effect.ImpulseResponse.Layout;
import io.pinna.internal.sound.ByteSource;
import io.pinna.internal.sound.SoundDecoder;
import io.pinna.internal.sound.SoundFiles;
import io.pinna.testing.SharedData;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlacedResponseTest {
    private static final int RATE = 48000;

    /** A plane wave of pressure 1 from a direction, by the formulas of AmbiX (Nachbar et al. 2011). */
    private static float[][] wave(double[] d, int order) {
        double x = d[0];
        double y = d[1];
        double z = d[2];
        double[] sn3d = {1, y, z, x,
                Math.sqrt(3) * x * y, Math.sqrt(3) * y * z, (3 * z * z - 1) / 2, Math.sqrt(3) * x * z, Math.sqrt(3) / 2 * (x * x - y * y),
                Math.sqrt(5.0 / 8) * y * (3 * x * x - y * y), Math.sqrt(15) * x * y * z, Math.sqrt(3.0 / 8) * y * (5 * z * z - 1), z * (5 * z * z - 3) / 2, Math.sqrt(3.0 / 8) * x * (5 * z * z - 1),
                Math.sqrt(15) / 2 * z * (x * x - y * y), Math.sqrt(5.0 / 8) * x * (x * x - 3 * y * y)};
        float[][] channels = new float[(order + 1) * (order + 1)][1];
        for (int q = 0; q < channels.length; q++) {
            channels[q][0] = (float) sn3d[q];
        }
        return channels;
    }

    private static double[] random(Random random) {
        double[] d = {random.nextGaussian(), random.nextGaussian(), random.nextGaussian()};
        double length = Math.sqrt(d[0] * d[0] + d[1] * d[1] + d[2] * d[2]);
        return new double[] {d[0] / length, d[1] / length, d[2] / length};
    }

    @ParameterizedTest
    @Tag("analytic")
    @CsvSource({"1, 8", "2, 12", "3, 12"})
    void wavesKeepTheirEnergyAndDirection(int order, int directions) {
        Random random = new Random(order);
        for (int i = 0; i < 200; i++) {
            double[] from = random(random);
            PlacedResponse placed = PlacedResponse.of(ImpulseResponse.ofSamples("wave", wave(from, order), RATE, Layout.AMBISONICS_SN3D), RATE);
            assertEquals(directions, placed.channels().length);
            double energy = 0;
            double[] vector = new double[3];
            for (int k = 0; k < directions; k++) {
                double g = placed.channels()[k][0];
                energy += g * g;
                for (int axis = 0; axis < 3; axis++) {
                    vector[axis] += g * g * placed.directions()[k][axis];
                }
            }
            assertEquals(1, energy, 1e-5);
            double length = Math.sqrt(vector[0] * vector[0] + vector[1] * vector[1] + vector[2] * vector[2]);
            double cosine = (vector[0] * from[0] + vector[1] * from[1] + vector[2] * from[2]) / length;
            // Where the energy comes from.
            assertEquals(1, cosine, 1e-5, "from " + java.util.Arrays.toString(from));
            // By the decoder's g = Σ (2l + 1)·P_l(cos): 1/2 for order 1, 2/3 for order 2.
            assertEquals(order == 1 ? 1 / 2.0 : 2 / 3.0, length, 1e-5);
        }
    }

    @Test
    @Tag("analytic")
    void normalisationsAgree() {
        float[][] sn3d = wave(new double[] {0.6, -0.48, 0.64}, 1);
        float[][] n3d = new float[4][1];
        for (int q = 0; q < 4; q++) {
            n3d[q][0] = sn3d[q][0] * (q == 0 ? 1 : (float) Math.sqrt(3));
        }
        float[][] fuma = {{(float) Math.sqrt(0.5)}, {sn3d[3][0]}, {sn3d[1][0]}, {sn3d[2][0]}};
        float[][] expected = PlacedResponse.of(ImpulseResponse.ofSamples("a", sn3d, RATE, Layout.AMBISONICS_SN3D), RATE).channels();
        float[][] second = PlacedResponse.of(ImpulseResponse.ofSamples("b", n3d, RATE, Layout.AMBISONICS_N3D), RATE).channels();
        float[][] third = PlacedResponse.of(ImpulseResponse.ofSamples("c", fuma, RATE, Layout.AMBISONICS_FUMA), RATE).channels();
        for (int k = 0; k < 8; k++) {
            assertEquals(expected[k][0], second[k][0], 1e-6);
            assertEquals(expected[k][0], third[k][0], 1e-6);
        }
    }

    @Test
    @Tag("analytic")
    void monoIsTheSameInBothEarsAtFirstAndIndependentLater() {
        float[] h = Decay.noise(RATE, 4, 0.1);
        PlacedResponse placed = PlacedResponse.of(ImpulseResponse.ofSamples("mono", new float[][] {h}, RATE, Layout.MONO), RATE);
        assertTrue(placed.isBinaural());
        assertNull(placed.directions());
        float[] left = placed.channels()[0];
        float[] right = placed.channels()[1];
        for (int i = 0; i < 0.069 * RATE; i++) {
            assertEquals(h[i], left[i]);
            assertEquals(h[i], right[i]);
        }
        double ll = 0;
        double rr = 0;
        double lr = 0;
        double hh = 0;
        for (int i = (int) (0.12 * RATE); i < RATE; i++) {
            ll += left[i] * (double) left[i];
            rr += right[i] * (double) right[i];
            lr += left[i] * (double) right[i];
            hh += h[i] * (double) h[i];
        }
        assertEquals(0, lr / Math.sqrt(ll * rr), 0.2);
        assertEquals(0, 10 * Math.log10(ll / hh), 0.5);
        assertEquals(0, 10 * Math.log10(rr / hh), 0.5);
        float[][] ears = {h, Decay.noise(RATE, 5, 0.1)};
        assertArrayEquals(ears, PlacedResponse.of(ImpulseResponse.ofSamples("ears", ears, RATE, Layout.BINAURAL), RATE).channels());
    }

    @Test
    @Tag("unit")
    void directionsAreEven() {
        for (int count : new int[] {8, 12}) {
            double[] sum = new double[3];
            for (double[] d : Directions.of(count)) {
                assertEquals(1, d[0] * d[0] + d[1] * d[1] + d[2] * d[2], 1e-12);
                for (int axis = 0; axis < 3; axis++) {
                    sum[axis] += d[axis] / count;
                }
            }
            for (double s : sum) {
                assertEquals(0, s, 1e-12);
            }
        }
        assertThrows(InvalidValueException.class, () -> Directions.of(9));
    }

    /** Every channel of measured rooms, an impulse and noise through it, beside the convolution in double precision. */
    @ParameterizedTest
    @Tag("reference")
    @CsvSource({"frl_array_7mic_room.wav, 7", "room_1_bf_4ch.wav, 4", "room_2_hoa3_01-08ch.wav, 8", "room_2_hoa3_09-16ch.wav, 8"})
    void reproducesMeasuredRooms(String file, int channels) {
        float[][] h = decode(SharedData.require("data/rir/" + file));
        assertEquals(channels, h.length);
        reproduces(h, 256);
    }

    @Test
    @Tag("reference")
    void reproducesAMeasuredBinauralRoomAndAmbisonics() {
        Path sofa = SharedData.require("data/rir/3dti_brir_small_48k.sofa");
        for (int i = 0; i < 4; i++) {
            reproduces(PlacedResponse.of(ImpulseResponse.loadSofa(sofa, i), RATE).channels(), i == 0 ? 441 : 256);
        }
        ImpulseResponse room = ImpulseResponse.load(SharedData.require("data/rir/room_1_bf_4ch.wav"), Layout.AMBISONICS_FUMA);
        PlacedResponse placed = PlacedResponse.of(room, RATE);
        assertEquals(8, placed.channels().length);
        reproduces(placed.channels(), 512);
        // Energy: that of the omnidirectional channel, less what the field lacks of being diffuse.
        double all = 0;
        for (float[] x : placed.channels()) {
            all += energy(x);
        }
        assertEquals(0, 10 * Math.log10(all / (2 * energy(room.samples(RATE)[0]))), 3);
    }

    private static double energy(float[] x) {
        double sum = 0;
        for (float v : x) {
            sum += v * (double) v;
        }
        return sum;
    }

    private static void reproduces(float[][] h, int block) {
        float[] impulse = new float[h[0].length + 1000];
        impulse[77] = 1;
        float[] noise = Decay.noise(h[0].length + 20000, 9, 0.1);
        for (float[] x : new float[][] {impulse, noise}) {
            float[][] y = ConvolutionReverbTest.convolve(h, x, block);
            for (int c = 0; c < h.length; c++) {
                double error = ConvolutionReverbTest.errorDb(ConvolutionReverbTest.offline(h[c], x), y[c]);
                assertTrue(error < -100, "channel " + c + ": " + error + " dB");
            }
        }
    }

    private static float[][] decode(Path file) {
        try (SoundDecoder decoder = SoundFiles.open(ByteSource.open(file))) {
            int count = decoder.channels();
            int frames = (int) decoder.frames();
            float[] all = new float[count * frames];
            assertEquals(frames, decoder.read(all, 0, frames));
            float[][] channels = new float[count][frames];
            for (int i = 0; i < all.length; i++) {
                channels[i % count][i / count] = all[i];
            }
            return channels;
        }
    }
}
