package io.pinna.demo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.jme3.math.Vector3f;
import io.pinna.ResourceException;
import io.pinna.WorldReport;
import io.pinna.hrtf.CalibrationProbe;
import io.pinna.hrtf.CalibrationSettings;
import io.pinna.hrtf.HrtfCalibration;
import io.pinna.hrtf.HrtfProfile;
import io.pinna.hrtf.PersonalHrtf;
import io.pinna.hrtf.PersonalHrtfKind;
import io.pinna.unit.Pose;
import io.pinna.unit.Rotation;
import io.pinna.unit.Vector3;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A player goes through the listening test. */
class CalibrationSessionTest {
    private static final double STEP_SECONDS = 0.02;
    private static final Pose FRONT = new Pose(new Vector3(3, 1.68, 5), Rotation.ofYawPitchRoll(2.1, 0, 0));

    @TempDir
    Path folder;

    /** Remembers what is to be heard; a sound takes ten updates. */
    private static final class Tape implements CalibrationSession.ProbePlayer {
        final List<CalibrationProbe> played = new ArrayList<>();
        CalibrationProbe worn;
        int left;

        @Override
        public void wear(CalibrationProbe probe) {
            assertEquals(0, left, "ears are changed while a sound plays");
            worn = probe;
        }

        @Override
        public void play(CalibrationProbe probe) {
            assertEquals(worn, probe);
            played.add(probe);
            left = 10;
        }

        @Override
        public boolean isPlaying() {
            return left > 0;
        }

        @Override
        public void stop() {
            left = 0;
        }
    }

    private final Tape tape = new Tape();

    private CalibrationSession session(int mostProbes, Pose front) {
        return new CalibrationSession(CalibrationSettings.DEFAULT.withMostProbes(mostProbes), front, tape, Runnable::run);
    }

    /** @return how many updates it took until the player may point, or all is over */
    private int listen(CalibrationSession session) {
        int updates = 0;
        do {
            session.update(STEP_SECONDS);
            tape.left = Math.max(0, tape.left - 1);
            updates++;
            assertTrue(updates < 1000, "stuck in " + session.state());
        } while (session.state() != CalibrationSession.State.POINT && session.state() != CalibrationSession.State.DONE);
        return updates;
    }

    /** World axes: −z is the front of a pose that is not turned, and a yaw is counter-clockwise from above. */
    @Test
    @Tag("unit")
    void directionsGoFromTheHeadToTheWorldAndBack() {
        assertVector(-2, 0, 0, CalibrationSession.toWorld(Pose.ORIGIN, 90, 0, 2));
        assertVector(0, 0, 2, CalibrationSession.toWorld(Pose.ORIGIN, 180, 0, 2));
        assertVector(0, 2, 0, CalibrationSession.toWorld(Pose.ORIGIN, 0, 90, 2));
        assertVector(0, 1, 0, CalibrationSession.toHead(Pose.ORIGIN, new Vector3(-1, 0, 0)));
        // Turned to the left by a quarter, the head has in front what was left.
        Pose left = new Pose(new Vector3(7, 8, 9), Rotation.ofYawPitchRoll(Math.PI / 2, 0, 0));
        assertVector(1, 0, 0, CalibrationSession.toHead(left, new Vector3(-1, 0, 0)));
        assertVector(6, 8, 9, CalibrationSession.toWorld(left, 0, 0, 1));
        Random random = new Random(5);
        for (int i = 0; i < 100; i++) {
            double azimuth = random.nextDouble(-180, 180);
            double elevation = random.nextDouble(-90, 90);
            Vector3 head = CalibrationSession.toHead(FRONT, CalibrationSession.toWorld(FRONT, azimuth, elevation, 1.5).minus(FRONT.position()));
            assertEquals(azimuth, Math.toDegrees(Math.atan2(head.y(), head.x())), 1e-9);
            assertEquals(elevation, Math.toDegrees(Math.asin(head.z() / 1.5)), 1e-6);
        }
    }

    private static void assertVector(double x, double y, double z, Vector3 v) {
        assertArrayEquals(new double[] {x, y, z}, new double[] {v.x(), v.y(), v.z()}, 1e-12);
    }

    /** The same answers, given to the engine directly, make the same ears. */
    @Test
    @Tag("integration")
    void thePlayersAnswersMakeTheResult() throws IOException {
        CalibrationSession session = session(3, Pose.ORIGIN);
        HrtfCalibration direct = HrtfCalibration.begin(CalibrationSettings.DEFAULT.withMostProbes(3));
        Random random = new Random(11);
        for (int i = 0; i < 3; i++) {
            int updates = listen(session);
            assertEquals((CalibrationSession.QUIET_SECONDS + CalibrationSession.TAIL_SECONDS) / STEP_SECONDS + 10, updates, 3, "updates to a silence, a sound and its tail");
            assertEquals(i, session.progress().orElseThrow().answers());
            CalibrationProbe expected = direct.nextProbe();
            CalibrationProbe probe = tape.played.get(i);
            assertEquals(expected.number(), probe.number());
            assertEquals(expected.azimuthDegrees(), probe.azimuthDegrees());
            assertEquals(expected.elevationDegrees(), probe.elevationDegrees());
            Vector3 heard = CalibrationSession.toWorld(Pose.ORIGIN, probe.azimuthDegrees(), probe.elevationDegrees(), 1)
                    .plus(new Vector3(random.nextGaussian(), random.nextGaussian(), random.nextGaussian()).times(0.1));
            direct.answer(-heard.z(), -heard.x(), heard.y());
            assertTrue(session.point(heard));
            assertFalse(session.point(heard), "one answer to a sound");
            assertEquals(CalibrationSession.State.THINKING, session.state());
        }
        listen(session);
        assertEquals(CalibrationSession.State.DONE, session.state());
        assertNull(session.failure());
        PersonalHrtf result = session.result().orElseThrow();
        assertEquals(PersonalHrtfKind.LISTENING_TEST, result.kind());
        assertEquals(direct.result(), result);
        savesBesideWhatIsThere(result);
    }

    private void savesBesideWhatIsThere(PersonalHrtf hrtf) throws IOException {
        Path wanted = folder.resolve("me.pinna");
        Files.writeString(wanted, "somebody else's");
        assertEquals(folder.resolve("me-2.pinna"), ProfileFile.save(hrtf, wanted));
        assertEquals(folder.resolve("me-3.pinna"), ProfileFile.save(hrtf, wanted));
        assertEquals("somebody else's", Files.readString(wanted));
        assertEquals(hrtf, PersonalHrtf.load(folder.resolve("me-2.pinna")));
        assertEquals(folder.resolve("you.pinna"), ProfileFile.save(hrtf, folder.resolve("you.pinna")));
        ResourceException e = assertThrows(ResourceException.class, () -> ProfileFile.save(hrtf, folder.resolve("none/me.pinna")));
        assertTrue(e.getMessage().contains("me.pinna") && e.getMessage().contains("--save-profile"), e.getMessage());
        try (var files = Files.list(folder)) {
            assertEquals(4, files.count());
        }
    }

    @Test
    @Tag("integration")
    void soundsAreRepeatedAndAnswersTakenBack() {
        CalibrationSession session = session(40, FRONT);
        assertEquals(CalibrationSession.State.THINKING, session.state());
        assertFalse(session.point(new Vector3(0, 0, -1)) || session.repeat() || session.undo(), "nothing was heard yet");
        listen(session);
        assertTrue(session.repeat());
        assertFalse(session.point(new Vector3(0, 0, -1)), "it plays again first");
        listen(session);
        assertEquals(tape.played.get(0), tape.played.get(1));
        assertFalse(session.undo(), "there is no answer");
        assertTrue(session.point(new Vector3(0, 0, -1)));
        listen(session);
        assertEquals(2, tape.played.get(2).number());
        assertTrue(session.undo());
        listen(session);
        assertEquals(0, session.progress().orElseThrow().answers());
        assertEquals(tape.played.get(0).azimuthDegrees(), tape.played.get(3).azimuthDegrees());
        assertEquals(tape.played.get(0).elevationDegrees(), tape.played.get(3).elevationDegrees());
        assertEquals(1, tape.played.get(3).number());
        assertTrue(session.point(new Vector3(1, 0, 0)));
        // In the middle of the next sound.
        while (tape.left == 0) {
            session.update(STEP_SECONDS);
        }
        session.end();
        assertEquals(0, tape.left);
        listen(session);
        assertEquals(CalibrationSession.State.DONE, session.state());
        assertTrue(session.result().orElseThrow().notes().get(0).contains("1 answer,"), session.result().get().notes()::toString);
    }

    @Test
    @Tag("integration")
    void withoutAnAnswerThereIsNoResult() {
        CalibrationSession session = session(40, FRONT);
        session.end();
        listen(session);
        assertEquals(CalibrationSession.State.DONE, session.state());
        assertTrue(session.result().isEmpty());
        assertNull(session.failure());
        assertTrue(tape.played.isEmpty());
    }

    @Test
    @Tag("fault")
    void whatCannotBeLoadedEndsTheTestWithItsReason() {
        CalibrationSession session = new CalibrationSession(CalibrationSettings.DEFAULT.withModel(folder.resolve("none.npz")), FRONT, tape, Runnable::run);
        listen(session);
        assertEquals(CalibrationSession.State.DONE, session.state());
        assertTrue(session.failure().contains("none.npz"), session.failure());
        assertTrue(session.result().isEmpty());
    }

    /** The clinic falls silent, a probe comes from where it should with nothing in its way, and the clinic goes on. */
    @Test
    @Tag("integration")
    void probesAreHeardInTheOpenAir() {
        try (StaticScene still = new StaticScene(new Vector3f(4.2f, 1.68f, 2.9f), new Vector3f(0, 0, -1))) {
            still.run(1);
            assertTrue(levelDb(still, still.run(0.5)) > -60);
            OpenAirPlayer player = new OpenAirPlayer(still.audio, still.scene.sounds(), still.camera);
            // Its rooms ring on while the first probe is chosen: not so loud that it would be heard, and not for long.
            still.run(1);
            double rest = levelDb(still, still.run(0.3));
            assertTrue(rest < -75, "the clinic is still heard: " + rest + " dB");
            still.run(2);
            rest = levelDb(still, still.run(0.3));
            assertTrue(rest < -120, "the clinic is still heard: " + rest + " dB");
            CalibrationProbe first = HrtfCalibration.begin(CalibrationSettings.DEFAULT).nextProbe();
            double[][] directions = {{90, 0}, {-90, 0}, {160, 40}, {-30, -45}};
            for (int i = 0; i < directions.length; i++) {
                HrtfProfile ears = i % 2 == 0 ? first.profile() : HrtfProfile.generic();
                CalibrationProbe probe = new CalibrationProbe(i + 1, directions[i][0], directions[i][1], ears, first.sound());
                player.wear(probe);
                double quiet = levelDb(still, still.run(CalibrationSession.QUIET_SECONDS));
                assertTrue(quiet < -120, "changing ears is heard: " + quiet + " dB");
                player.play(probe);
                int from = still.run(0.3);
                assertTrue(player.isPlaying());
                WorldReport.PathReport path = still.path("probe " + probe.number());
                assertEquals(probe.azimuthDegrees(), Math.toDegrees(path.azimuthRadians()), 0.01);
                assertEquals(probe.elevationDegrees(), Math.toDegrees(path.elevationRadians()), 0.01);
                assertEquals(0, path.occlusion());
                for (int b = 0; b < 3; b++) {
                    assertEquals(-0.2, path.gainDb().get(b), 0.21, "band " + b);
                }
                // A voice ends when its last reflection could have been heard.
                still.run(0.8);
                assertFalse(player.isPlaying());
                int to = (int) still.memory.frames();
                double leftOverRightDb = Signals.levelDb(still.memory.left(), from, to) - Signals.levelDb(still.memory.right(), from, to);
                double side = Math.signum(Math.sin(Math.toRadians(probe.azimuthDegrees())));
                assertTrue(side * leftOverRightDb > 1 && side * leftOverRightDb < 30, leftOverRightDb + " dB from " + probe.azimuthDegrees());
                still.run(CalibrationSession.TAIL_SECONDS);
            }
            player.close();
            still.run(0.3);
            assertTrue(levelDb(still, still.run(0.5)) > -60, "the clinic is not heard again");
        }
    }

    private static double levelDb(StaticScene still, int from) {
        int to = (int) still.memory.frames();
        return Math.max(Signals.levelDb(still.memory.left(), from, to), Signals.levelDb(still.memory.right(), from, to));
    }
}
