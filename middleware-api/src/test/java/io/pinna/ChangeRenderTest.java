package io.pinna;

import static io.pinna.TestWorlds.RATE;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.acoustics.AcousticMaterial;
import io.pinna.acoustics.AcousticsSettings;
import io.pinna.acoustics.Bands;
import io.pinna.acoustics.TriangleMesh;
import io.pinna.hrtf.HrtfProfile;
import io.pinna.unit.Pose;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Doors that slam, emitters that appear behind walls, and teleports: none of them clicks, and nothing is heard that should not be. */
@Tag("property")
class ChangeRenderTest {
    private static final AcousticMaterial WALL = new AcousticMaterial("wall", Bands.of(0.1, 0.2, 0.3), Bands.of(0.01, 0.003, 0.001), 0.1);
    private static final AcousticMaterial DOOR = new AcousticMaterial("door", Bands.of(0.2, 0.1, 0.1), Bands.of(0.05, 0.01, 0.003), 0.1);
    private static final double HERTZ = 440;
    /** −60 dB of the sine. */
    private static final double DOOR_FACTOR = 1e-3;
    /** −50 dB: from one direction to another goes a straight cross-fade over one block, whose corners, 1/256 of the level a sample, leave −56 dB above 5 kHz for each full step of an ear. */
    private static final double LEAP_FACTOR = 3.2e-3;
    /** Between two updates of reflections and reverberation. */
    private static final double LEAP_SECONDS = 1.02;

    enum Settings {
        DIRECT(AcousticsSettings.DIRECT), EDGES(AcousticsSettings.DIRECT.withDiffraction(true)), REFLECTIONS(AcousticsSettings.DIRECT.withEarlyReflections(true)), REVERB(AcousticsSettings.DIRECT.withLateReverb(true)),
        ALL(AcousticsSettings.DEFAULT);

        final AcousticsSettings acoustics;

        Settings(AcousticsSettings acoustics) {
            this.acoustics = acoustics;
        }

        SoundWorldSettings world(int block) {
            return TestWorlds.bare().withAcoustics(acoustics).withBlockFrames(block).withCapacity(1, 8, 8);
        }
    }

    /** Two rooms of 6 x 3 x 5 m, on either side of a wall in the plane x = 0 with a doorway of 1 x 2.1 m. */
    private static List<TriangleMesh> rooms(boolean doorway) {
        List<TriangleMesh> all = new ArrayList<>();
        all.addAll(AcousticRoom.shoebox(new double[] {-6, 0, 0}, new double[] {6, 3, 5}, WALL, WALL, WALL, WALL, WALL, WALL));
        double thick = 0.1;
        if (!doorway) {
            all.add(box("partition", -thick, 0, 0, thick, 3, 5, WALL));
        } else {
            all.add(box("partition_1", -thick, 0, 0, thick, 3, 2, WALL));
            all.add(box("partition_2", -thick, 0, 3, thick, 3, 5, WALL));
            all.add(box("lintel", -thick, 2.1, 2, thick, 3, 3, WALL));
        }
        return all;
    }

    private static TriangleMesh box(String name, double x0, double y0, double z0, double x1, double y1, double z1, AcousticMaterial material) {
        return AcousticRoom.moved(TriangleMesh.box(name, (x1 - x0) / 2, (y1 - y0) / 2, (z1 - z0) / 2, material), (x0 + x1) / 2, (y0 + y1) / 2, (z0 + z1) / 2);
    }

    /** 511 taps of a high pass at 5 kHz, 90 dB down at 4 kHz: Blackman–Harris window. */
    private static float[] splatter(float[] x) {
        int n = 511;
        double[] h = new double[n];
        for (int i = 0; i < n; i++) {
            double t = i - (n - 1) / 2.0;
            double w = 0.35875 - 0.48829 * Math.cos(2 * Math.PI * (i + 0.5) / n) + 0.14128 * Math.cos(4 * Math.PI * (i + 0.5) / n) - 0.01168 * Math.cos(6 * Math.PI * (i + 0.5) / n);
            double low = t == 0 ? 2 * 5000.0 / RATE : Math.sin(2 * Math.PI * 5000 * t / RATE) / (Math.PI * t);
            h[i] = w * ((t == 0 ? 1 : 0) - low);
        }
        float[] y = new float[x.length];
        for (int i = n; i < x.length; i++) {
            double sum = 0;
            for (int k = 0; k < n; k++) {
                sum += h[k] * x[i - k];
            }
            y[i - n / 2] = (float) sum;
        }
        return y;
    }

    /** What a sine of 440 Hz, or noise, sounds like while something happens, after a second of standing still. */
    private static float[][] hear(boolean noise, Settings settings, int block, List<TriangleMesh> meshes, Pose listener, Pose emitter, double seconds, Change change) {
        try (AcousticRoom room = new AcousticRoom(settings.world(block), HrtfProfile.generic(), listener)) {
            room.build(meshes);
            Geometry door = room.world.addGeometry(box("door", -0.05, 0, 2, 0.05, 2.1, 3, DOOR));
            door.setPose(Pose.at(0, -100, 0));
            float[] sound = TestWorlds.noise(3, RATE);
            for (int i = 0; !noise && i < sound.length; i++) {
                sound[i] = (float) (0.5 * Math.sin(2 * Math.PI * HERTZ * i / RATE));
            }
            Emitter e = room.emitter(sound, EmitterSettings.named("sine").at(emitter).withLooping(true));
            e.play();
            room.render((int) (seconds * RATE / block), b -> change.at((double) b * block / RATE, room, e, door));
            return new float[][] {room.left(), room.right()};
        }
    }

    private interface Change {
        void at(double seconds, AcousticRoom room, Emitter emitter, Geometry door);
    }

    private static void assertNoClick(String what, double factor, float[] x, double from, double to) {
        float[] high = splatter(x);
        double loudest = TestWorlds.largest(x, (int) (0.5 * RATE), x.length);
        double click = TestWorlds.largest(high, (int) (from * RATE), (int) (to * RATE));
        assertTrue(click < factor * loudest, what + " splatters above 5 kHz by " + 20 * Math.log10(click / loudest) + " dB");
    }

    private static double bothDb(float[][] x, int from, int to) {
        return 10 * Math.log10((TestWorlds.energy(x[0], from, to) + TestWorlds.energy(x[1], from, to)) / (to - from) + 1e-30);
    }

    private static double peak(float[] x, double from, double to) {
        return TestWorlds.largest(x, (int) (from * RATE), Math.min(x.length, (int) (to * RATE)));
    }

    @ParameterizedTest
    @EnumSource(Settings.class)
    void aDoorThatSlamsDoesNotClick(Settings settings) {
        // It slides over the doorway.
        float[] x = hear(false, settings, 256, rooms(true), Pose.at(3, 1.6, 2.4), Pose.at(-3, 1.5, 2.6), 2.2, (t, room, e, door) -> door.setPose(Pose.at(0, 0, t < 1 ? 1.1 : t > 1.2 ? 0 : 1.1 * (1.2 - t) / 0.2)))[0];
        assertNoClick(settings + ", door", DOOR_FACTOR, x, 0.95, 1.6);
        assertTrue(TestWorlds.rmsDb(x, (int) (0.8 * RATE), (int) (0.95 * RATE)) > TestWorlds.rmsDb(x, 2 * RATE, x.length) + 3, "closed it is quieter");
    }

    @ParameterizedTest
    @EnumSource(Settings.class)
    void whatAppearsBehindAWallIsOccludedFromItsFirstSample(Settings settings) {
        for (int block : new int[] {64, 256, 1024}) {
            float[] x = hear(false, settings, block, rooms(false), Pose.at(0.8, 1.6, 2.4), Pose.at(-0.8, 1.5, 2.6), 1.2, (t, room, e, door) -> { })[0];
            double steady = peak(x, 0.8, 1.1);
            assertTrue(steady > 1e-3, "steady " + steady);
            assertTrue(peak(x, 0, 0.3) < 1.1 * steady, settings + " " + block + ": first " + peak(x, 0, 0.3) + " then " + steady);
        }
    }

    /** By who is where before and after; always a wall in between, or none. */
    @ParameterizedTest
    @EnumSource(value = Settings.class, names = {"DIRECT", "REFLECTIONS", "ALL"})
    void teleportsNeitherClickNorLeak(Settings settings) {
        Pose here = Pose.at(2.2, 1.6, 2.1);
        Pose there = Pose.at(-2.6, 1.5, 2.6);
        Pose mirrored = Pose.at(2.4, 1.5, 2.6);
        Pose far = Pose.at(-5.4, 1.4, 4.2);
        Pose[][] cases = {
                // The listener leaves the emitter's room, to where the emitter's image was, and comes back.
                {far, mirrored, there, there}, {mirrored, far, there, there},
                // The emitter leaves the listener's room, and comes back.
                {here, here, mirrored, there}, {here, here, there, mirrored},
                // Both stay in their rooms.
                {here, Pose.at(0.5, 1.2, 4.1), there, there}, {here, here, there, Pose.at(-0.6, 1.3, 1.1)},
        };
        for (int c = 0; c < cases.length; c++) {
            Pose[] p = cases[c];
            Change leap = (t, room, e, door) -> {
                room.listener.setPose(t < LEAP_SECONDS ? p[0] : p[1]);
                e.setPose(t < LEAP_SECONDS ? p[2] : p[3]);
            };
            String what = settings + ", case " + c;
            assertNoClick(what, LEAP_FACTOR, hear(false, settings, 256, rooms(false), p[0], p[2], 1.8, leap)[0], 0.95, 1.7);
            float[][] x = hear(true, settings, 256, rooms(false), p[0], p[2], 2.7, leap);
            double before = bothDb(x, (int) (0.8 * RATE), (int) (0.98 * RATE));
            double after = bothDb(x, (int) (2.5 * RATE), (int) (2.65 * RATE));
            double most = -200;
            int window = RATE / 100;
            for (int from = (int) (0.99 * RATE); from < 2 * RATE; from += window / 2) {
                most = Math.max(most, bothDb(x, from, from + window));
            }
            assertTrue(most < Math.max(before, after) + 2.5, what + ": " + before + ", then " + most + ", then " + after + " dB");
        }
    }
}
