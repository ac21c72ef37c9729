package io.pinna;

import static io.pinna.TestWorlds.RATE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.acoustics.AcousticMaterial;
import io.pinna.acoustics.AcousticsQuality;
import io.pinna.acoustics.AcousticsSettings;
import io.pinna.acoustics.AirAbsorption;
import io.pinna.acoustics.Bands;
import io.pinna.acoustics.DistanceModel;
import io.pinna.hrtf.HrtfProfile;
import io.pinna.internal.inference.RemoteRenderer;
import io.pinna.unit.Pose;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Early reflections as they are heard, against the image sources of a shoebox (J. B. Allen, D. A. Berkley, J. Acoust. Soc. Am. 65, 1979). */
@Tag("analytic")
class ReflectionRenderTest {
    private static final double[] ROOM = {8, 3, 5};
    private static final double[] LISTENER = {2.63, 1.71, 1.87};
    private static final double[] EMITTER = {5.81, 1.12, 3.39};
    /** Walls that reflect all frequencies alike, each differently. */
    private static final double[] ABSORPTION = {0.05, 0.3, 0.5, 0.15, 0.2, 0.4};
    private static final AcousticsSettings REFLECTIONS = AcousticsSettings.OFF.withEarlyReflections(true).withQuality(AcousticsQuality.MEDIUM.withReflections(2, 1024, 24, 4));
    private static final double START_SECONDS = 0.3;
    /** Of the pulse, whose spectrum is 60 dB down at 12 kHz. */
    private static final double PULSE_HZ = 3200;

    /** An image source: where it is, by how many walls, and the amplitude that these leave of it. */
    private record Image(int order, double meters, double[] gain) {
        /** Behind the direct sound (s). */
        double lagSeconds(double direct) {
            return (meters - direct) / AcousticsSettings.SPEED_OF_SOUND;
        }
    }

    /** Their equations 7 to 10: images at (−1)^q·x + 2·n·L along each axis, by |n − q| reflections at the wall at 0 and |n| at the one at L. The first one is the direct sound. */
    private static List<Image> images(int maxOrder, AcousticMaterial[] walls) {
        List<Image> images = new ArrayList<>();
        for (int code = 0; code < 5 * 5 * 5 * 8; code++) {
            int order = 0;
            double squared = 0;
            double[] gain = {1, 1, 1};
            for (int a = 0, c = code; a < 3; a++) {
                int n = c % 5 - 2;
                c /= 5;
                int q = c % 2;
                c /= 2;
                int low = Math.abs(n - q);
                int high = Math.abs(n);
                order += low + high;
                double d = (q == 0 ? 1 : -1) * EMITTER[a] + 2 * n * ROOM[a] - LISTENER[a];
                squared += d * d;
                for (int b = 0; b < Bands.COUNT; b++) {
                    gain[b] *= Math.pow(reflected(walls[2 * a], b), low) * Math.pow(reflected(walls[2 * a + 1], b), high);
                }
            }
            if (order <= maxOrder) {
                double meters = Math.sqrt(squared);
                for (int b = 0; b < Bands.COUNT; b++) {
                    gain[b] /= meters;
                }
                images.add(order == 0 ? 0 : images.size(), new Image(order, meters, gain));
            }
        }
        return images;
    }

    private static double reflected(AcousticMaterial m, int band) {
        return Math.sqrt((1 - m.absorption().get(band)) * (1 - m.scattering()));
    }

    private static AcousticMaterial[] flatWalls() {
        AcousticMaterial[] walls = new AcousticMaterial[6];
        for (int w = 0; w < 6; w++) {
            walls[w] = AcousticRoom.absorbing("wall_" + w, ABSORPTION[w], ABSORPTION[w], ABSORPTION[w], 0.02 * w);
        }
        return walls;
    }

    /** A Gaussian pulse about a time: its value, or its slope per sample. */
    private static double pulse(double samples, int rate, boolean slope) {
        double s = 2 * Math.PI * PULSE_HZ / rate;
        double x = s * samples;
        return slope ? -s * x * Math.exp(-0.5 * x * x) : Math.exp(-0.5 * x * x);
    }

    private static SoundWorldSettings settings(int rate, int block, AcousticsSettings acoustics) {
        return TestWorlds.bare().withAcoustics(acoustics).withSampleRateHz(rate).withBlockFrames(block).withCapacity(1, 8, 8);
    }

    private static float[] room(SoundWorldSettings settings, HrtfProfile ears, AcousticMaterial[] walls, float[] sound, int frames, RemoteRenderer.Factory mixer) {
        try (AcousticRoom room = new AcousticRoom(settings, ears, Pose.at(LISTENER[0], LISTENER[1], LISTENER[2]), mixer)) {
            room.build(AcousticRoom.shoebox(new double[3], ROOM, walls));
            room.emitter(sound, EmitterSettings.named("e").at(EMITTER[0], EMITTER[1], EMITTER[2]).withDistance(DistanceModel.inverse(1, 1000))).play();
            room.renderFrames(frames);
            return room.left();
        }
    }

    @ParameterizedTest
    @CsvSource({"48000, 64", "48000, 256", "48000, 441", "48000, 1024", "44100, 256", "44100, 100"})
    void everyImageArrivesWhenAndAsLoudAsItShould(int rate, int block) {
        int start = (int) (START_SECONDS * rate);
        int frames = start + (int) (0.15 * rate);
        float[] sound = new float[start + 200];
        for (int i = -100; i < 100; i++) {
            sound[start + i] = (float) pulse(i, rate, false);
        }
        AcousticMaterial[] walls = flatWalls();
        float[] heard = room(settings(rate, block, REFLECTIONS), AcousticRoom.flat(), walls, sound, frames, null);
        List<Image> images = images(2, walls);
        assertEquals(25, images.size());
        double direct = images.get(0).meters();
        // Least squares: the output as a sum of pulses and of their slopes, at the places where they should be. The slope's part tells how much later one came.
        int n = 2 * images.size();
        double[][] base = new double[n][frames - start + 100];
        for (int i = 0; i < images.size(); i++) {
            double lag = images.get(i).lagSeconds(direct) * rate;
            for (int k = 0; k < base[0].length; k++) {
                base[2 * i][k] = pulse(k - 100 - lag, rate, false);
                base[2 * i + 1][k] = pulse(k - 100 - lag, rate, true);
            }
        }
        double[] y = new double[base[0].length];
        for (int k = 0; k < y.length && start - 100 + k < heard.length; k++) {
            y[k] = heard[start - 100 + k];
        }
        double[] part = leastSquares(base, y);
        for (int i = 0; i < images.size(); i++) {
            double late = -part[2 * i + 1] / part[2 * i];
            double db = 20 * Math.log10(part[2 * i] / images.get(i).gain()[0]);
            assertEquals(0, late, 0.01, "samples that image " + i + " of order " + images.get(i).order() + " is late");
            assertEquals(0, db, 0.02, "dB of image " + i + " of order " + images.get(i).order());
        }
        double error = 0;
        double power = 0;
        for (int k = 0; k < y.length; k++) {
            double expected = 0;
            for (int i = 0; i < images.size(); i++) {
                expected += images.get(i).gain()[0] * base[2 * i][k];
            }
            error += (y[k] - expected) * (y[k] - expected);
            power += expected * expected;
        }
        assertTrue(10 * Math.log10(error / power) < -65, "all that is heard, against all images: " + 10 * Math.log10(error / power) + " dB");
    }

    /** Only one wall reflects, and each band by another part. */
    @ParameterizedTest
    @ValueSource(ints = {64, 256, 1024})
    void aWallColoursWhatItReflects(int block) {
        AcousticMaterial mute = AcousticRoom.absorbing("mute", 1, 1, 1, 0);
        float[] sound = new float[RATE / 2];
        sound[RATE / 4] = 1;
        Bands[] absorptions = {Bands.of(0.02, 0.5, 0.9), Bands.of(0.6, 0.1, 0.05), Bands.of(0.1, 0.8, 0.1)};
        for (int w = 0; w < 3; w++) {
            AcousticMaterial[] walls = new AcousticMaterial[6];
            Arrays.fill(walls, mute);
            walls[2 * w] = new AcousticMaterial("wall", absorptions[w], Bands.uniform(0), 0.2);
            Image image = images(1, walls).stream().filter(i -> i.order() == 1 && i.gain()[1] > 0).findFirst().orElseThrow();
            float[] with = room(settings(RATE, block, REFLECTIONS), AcousticRoom.flat(), walls, sound, RATE / 2, null);
            float[] without = room(settings(RATE, block, AcousticsSettings.OFF), AcousticRoom.flat(), walls, sound, RATE / 2, null);
            for (int i = 0; i < with.length; i++) {
                with[i] -= without[i];
            }
            for (int b = 0; b < Bands.COUNT; b++) {
                double db = TestWorlds.levelDb(with, RATE / 4 - 200, RATE / 4 + 3000, AirAbsorption.bandFrequencyHz(b), RATE);
                assertEquals(20 * Math.log10(image.gain()[b]), db, 0.1, "wall " + w + ", band " + b);
            }
        }
    }

    private static final float[] NOISE = TestWorlds.noise(7, RATE);

    private static double errorDb(float[] reference, float[] x, int delay, int from, int to) {
        double error = 0;
        double power = 0;
        for (int i = from; i < to; i++) {
            error += Math.pow(x[i + delay] - (double) reference[i], 2);
            power += Math.pow(reference[i], 2);
        }
        assertTrue(power > 1e-3, "the reference is silent");
        return 10 * Math.log10(error / power + 1e-30);
    }

    /** Real ears, and all of it by reflections: which part of a delay is taken from the history, and which turns the filter, is not heard. */
    @ParameterizedTest
    @ValueSource(ints = {64, 100, 441, 480, 777, 1024})
    @Tag("property")
    void reflectionsDoNotDependOnTheBlockLength(int block) {
        float[] reference = room(settings(RATE, 256, REFLECTIONS), HrtfProfile.generic(), flatWalls(), NOISE, RATE, null);
        float[] other = room(settings(RATE, block, REFLECTIONS), HrtfProfile.generic(), flatWalls(), NOISE, RATE, null);
        double db = errorDb(reference, other, 0, RATE / 2, RATE * 9 / 10);
        assertTrue(db < -90, "blocks of " + block + " against blocks of 256: " + db + " dB");
    }

    /** Moving, so that every part of a reflection changes, is taken up and left. */
    private static float[] walk(SoundWorldSettings settings, HrtfProfile ears, RemoteRenderer.Factory mixer) {
        try (AcousticRoom room = new AcousticRoom(settings, ears, Pose.at(LISTENER[0], LISTENER[1], LISTENER[2]), mixer)) {
            room.build(AcousticRoom.shoebox(new double[3], ROOM, flatWalls()));
            Emitter e = room.emitter(NOISE, EmitterSettings.named("e").at(EMITTER[0], EMITTER[1], EMITTER[2]).withLooping(true));
            Emitter other = room.emitter(NOISE, EmitterSettings.named("other").at(1, 1, 1).withPitch(0.9).withLooping(true));
            e.play();
            room.render((int) (1.5 * RATE) / settings.blockFrames(), block -> {
                double t = (double) block * settings.blockFrames() / RATE;
                e.setPosition(4 + 3 * Math.cos(2 * t), 1.3, 2.5 + 1.5 * Math.sin(2 * t));
                if (block % 40 == 11) {
                    other.play();
                } else if (block % 40 == 33) {
                    other.stop();
                }
            });
            return room.left();
        }
    }

    @Test
    @Tag("property")
    void theSameCallsGiveTheSameBits() {
        SoundWorldSettings all = settings(RATE, 256, AcousticsSettings.DEFAULT);
        float[] first = walk(all, HrtfProfile.generic(), null);
        assertArrayEquals(first, walk(all, HrtfProfile.generic(), null));
        assertTrue(TestWorlds.rmsDb(first, RATE, first.length) > -50);
    }

    @ParameterizedTest
    @ValueSource(ints = {64, 256, 1024})
    @Tag("reference")
    void reflectionsThatAreHandedOverSoundTheSameOneBlockLater(int block) {
        SoundWorldSettings all = settings(RATE, block, AcousticsSettings.DEFAULT);
        float[] here = walk(all, HrtfProfile.generic(), null);
        // What is cut off as latency holds the block more.
        float[] there = walk(all, HrtfProfile.generic(), MixTest.cpu(all, b -> { }));
        double db = errorDb(here, there, 0, 4 * block, Math.min(here.length, there.length));
        assertTrue(db < -100, db + " dB");
    }

    /** The x that minimises |Σ x_i base_i − y|². */
    private static double[] leastSquares(double[][] base, double[] y) {
        int n = base.length;
        double[][] m = new double[n][n + 1];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                for (int k = 0; k < y.length; k++) {
                    m[i][j] += base[i][k] * base[j][k];
                }
            }
            for (int k = 0; k < y.length; k++) {
                m[i][n] += base[i][k] * y[k];
            }
        }
        // Symmetric and positive definite: no pivots.
        for (int p = 0; p < n; p++) {
            for (int i = 0; i < n; i++) {
                double f = i == p ? 0 : m[i][p] / m[p][p];
                for (int j = p; j <= n && f != 0; j++) {
                    m[i][j] -= f * m[p][j];
                }
            }
        }
        double[] x = new double[n];
        for (int i = 0; i < n; i++) {
            x[i] = m[i][n] / m[i][i];
        }
        return x;
    }
}
