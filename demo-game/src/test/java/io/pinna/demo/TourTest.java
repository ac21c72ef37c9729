package io.pinna.demo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.jme3.math.Vector3f;
import io.pinna.EmitterState;
import io.pinna.SignalGenerator;
import io.pinna.Sound;
import io.pinna.WorldReport;
import io.pinna.acoustics.AcousticMaterials;
import io.pinna.acoustics.AcousticsSettings;
import io.pinna.acoustics.Bands;
import io.pinna.device.MemoryDevice;
import io.pinna.device.OutputDevices;
import io.pinna.hrtf.HrtfProfile;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Listens to the tour in numbers. */
@Tag("integration")
class TourTest {
    private static final int RATE_HZ = StaticScene.RATE_HZ;

    private static HeadlessTour.Result tour;
    private static float[] left;
    private static float[] right;

    @BeforeAll
    static void render() {
        MemoryDevice memory = OutputDevices.memory();
        tour = HeadlessTour.run(memory, HrtfProfile.generic(), Tour.SECONDS, name -> true, progress -> { });
        left = memory.left();
        right = memory.right();
    }

    @Test
    void isAsLongAsItSaysAndFinite() {
        assertEquals(Tour.SECONDS * RATE_HZ, left.length, 512);
        for (int i = 0; i < left.length; i++) {
            assertTrue(Float.isFinite(left[i]) && Float.isFinite(right[i]), "frame " + i);
        }
        assertEquals(0, tour.levels().nonFiniteSamples());
        assertEquals(0, tour.last().nonFiniteBlocks());
    }

    @Test
    void isLoudEnoughAndNeverClips() {
        LevelMeter.Levels levels = tour.levels();
        assertEquals(0, levels.clippedSamples());
        // Straight it comes in at −34 dB; bare rooms of a reverberation time of 1.1 to 1.4 s add 12 dB to what twenty sources some metres away are, 6 dB of which are taken back.
        assertEquals(-25, levels.leftRmsDb(), 4);
        assertEquals(-25, levels.rightRmsDb(), 4);
        // The limiter's ceiling is at −0.3 dB; a balanced mix stays clear of it.
        assertEquals(-6, levels.leftPeakDb(), 4);
        assertEquals(-6, levels.rightPeakDb(), 4);
        assertEquals(0, tour.last().listeners().get(0).limitedBlocks());
    }

    @Test
    void isNeverSilent() {
        assertTrue(tour.levels().longestSilenceSeconds() < 0.05, tour.levels().longestSilenceSeconds() + " s");
        int tenth = RATE_HZ / 10;
        for (int at = tenth; at + 5 * tenth < left.length; at += tenth) {
            double level = Math.max(Signals.levelDb(left, at, at + 5 * tenth), Signals.levelDb(right, at, at + 5 * tenth));
            assertTrue(level > -58 && level < -12, level + " dB at " + (double) at / RATE_HZ + " s");
        }
    }

    @Test
    void hasNoClicks() {
        assertTrue(Signals.sharpestCorner(left, 0.003) < 13, "left " + Signals.sharpestCorner(left, 0.003));
        assertTrue(Signals.sharpestCorner(right, 0.003) < 13, "right " + Signals.sharpestCorner(right, 0.003));
    }

    /** A hum has no corners of its own, so nothing hides the ones that doors, turns and walls would make. */
    @Test
    void aHumStaysSmoothAllTheWay() {
        MemoryDevice memory = OutputDevices.memory();
        HeadlessTour.run(memory, HrtfProfile.generic(), Tour.SECONDS, "transformer"::equals, progress -> { });
        float[] l = memory.left();
        float[] r = memory.right();
        assertTrue(Signals.levelDb(l, 0, l.length) > -60);
        double worst = Math.max(Signals.sharpestCorner(l, 1e-4), Signals.sharpestCorner(r, 1e-4));
        assertTrue(worst > 1 && worst < 8, "" + worst);
    }

    @Test
    void reportsEveryEmitterAtEveryMoment() {
        Set<String> placed = new TreeSet<>();
        ClinicSounds.PLACEMENTS.forEach(p -> placed.add(p.name()));
        assertTrue(placed.size() >= 16);
        assertTrue(tour.snapshots().size() >= 6);
        Set<String> heard = new TreeSet<>();
        for (HeadlessTour.Snapshot snapshot : tour.snapshots()) {
            Set<String> reported = new TreeSet<>();
            for (WorldReport.EmitterReport emitter : snapshot.report().emitters()) {
                reported.add(emitter.name());
                WorldReport.PathReport path = emitter.paths().get(0);
                assertTrue(path.resolved(), emitter.name());
                assertTrue(path.distanceMeters() > 0.3 && path.distanceMeters() < 20, emitter.name() + ": " + path.distanceMeters());
                assertFalse(path.why().isBlank());
                if (emitter.state() == EmitterState.PLAYING) {
                    heard.add(emitter.name());
                    assertTrue(path.gainDb().get(0) > -130 && path.gainDb().get(0) < 12, emitter.name() + ": " + path.gainDb());
                }
            }
            assertEquals(placed, reported);
        }
        assertTrue(heard.size() >= 22, "only these were heard: " + heard);
        String text = TourReport.text(tour, "tour.wav");
        placed.forEach(name -> assertTrue(text.contains(name), name));
        assertTrue(text.contains(tour.last().renderer()) && text.contains(tour.last().listeners().get(0).model()));
        assertEquals(tour.last().latencyFrames(), tour.last().listeners().get(0).latencyFrames());
        assertEquals(List.of(), tour.last().notes());
    }

    @Test
    void theDoorOpensAndShutsWhenTheTourSaysSo() {
        for (HeadlessTour.Snapshot snapshot : tour.snapshots()) {
            double t = snapshot.timeSeconds();
            double expected = t < Tour.DOOR_OPENS_SECONDS || t > Tour.DOOR_CLOSES_SECONDS + Door.SWING_SECONDS ? 0 : 1;
            assertEquals(expected, snapshot.doorOpening(), 1e-6, t + " s");
        }
    }

    @Test
    void rendersTheSameBitsTwice() {
        MemoryDevice again = OutputDevices.memory();
        HeadlessTour.run(again, HrtfProfile.generic(), 3, name -> true, progress -> { });
        float[] l = again.left();
        assertEquals(3.0 * RATE_HZ, l.length, 512);
        assertArrayEquals(java.util.Arrays.copyOf(left, l.length), l);
        assertArrayEquals(java.util.Arrays.copyOf(right, l.length), again.right());
    }

    @Test
    void levelDifferencesFollowTheSideOfEachEmitter() {
        List<String> wrong = new ArrayList<>();
        int checked = 0;
        // What comes straight: rooms answer from all sides.
        try (StaticScene still = new StaticScene(new Vector3f(4.2f, 1.68f, 2.9f), new Vector3f(0, 0, -1), AcousticsSettings.DIRECT)) {
            still.solo("none");
            still.run(0.5);
            for (ClinicSounds.Placement p : ClinicSounds.PLACEMENTS) {
                still.solo(p.name());
                if (!p.looping()) {
                    still.scene.sounds().play(p.name());
                }
                // What was heard before has died away within a tenth of a second.
                still.run(0.1);
                int from = still.run(p.looping() ? 4 : 1.5);
                WorldReport.PathReport path = still.path(p.name());
                double side = Math.sin(path.azimuthRadians()) * Math.cos(path.elevationRadians());
                int to = (int) still.memory.frames();
                double l = Signals.levelDb(still.memory.left(), from, to);
                double r = Signals.levelDb(still.memory.right(), from, to);
                if (Math.abs(side) > 0.3 && Math.max(l, r) > -95) {
                    checked++;
                    double difference = Math.signum(side) * (l - r);
                    if (!(difference > 0.3 && difference < 30)) {
                        wrong.add(p.name() + ": side " + side + ", " + l + " dB left, " + r + " dB right");
                    }
                }
            }
        }
        assertEquals(List.of(), wrong);
        assertTrue(checked >= 14, "only " + checked + " emitters stand to a side and are heard");
    }

    @Test
    void theShutDoorLowersEachBandAsItsMaterialSays() {
        Bands steel = AcousticMaterials.named("metal_door").transmission();
        String emitter = "whisper";
        double[][] measured = new double[2][];
        double[][] reported = new double[2][];
        double[][] bandsHz = {{150, 500}, {1500, 5000}, {10500, 15000}};
        // What comes through the leaf, not what rooms and edges make of it.
        try (StaticScene still = new StaticScene(new Vector3f(5.95f, 1.5f, 1.8f), new Vector3f(0, 0, -1), AcousticsSettings.DIRECT)) {
            // Noise in all bands, straight behind the door.
            still.scene.sounds().control(emitter).setSound(Sound.generator(SignalGenerator.white(7)));
            still.scene.sounds().move(emitter, new Vector3f(5.95f, 1.5f, -1.5f));
            still.solo(emitter);
            still.scene.sounds().play(emitter);
            for (int shut = 0; shut < 2; shut++) {
                still.scene.level().door().setOpen(shut == 0);
                still.run(2);
                int from = still.run(2);
                int to = (int) still.memory.frames();
                float[] sound = still.memory.left();
                WorldReport.PathReport path = still.path(emitter);
                assertEquals(shut, path.occlusion(), 1e-9);
                measured[shut] = new double[Bands.COUNT];
                for (int b = 0; b < Bands.COUNT; b++) {
                    measured[shut][b] = Signals.bandDb(sound, from, to, bandsHz[b][0], bandsHz[b][1], RATE_HZ);
                }
                reported[shut] = path.gainDb().toArray();
            }
        }
        for (int b = 0; b < Bands.COUNT; b++) {
            double expected = 10 * Math.log10(steel.get(b));
            assertTrue(expected < -15, "band " + b);
            assertEquals(expected, reported[1][b] - reported[0][b], 0.1, "reported, band " + b);
            assertEquals(expected, measured[1][b] - measured[0][b], 1.5, "measured, band " + b);
        }
    }
}
