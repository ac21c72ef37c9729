package io.pinna;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.acoustics.AcousticMaterial;
import io.pinna.acoustics.AcousticMaterials;
import io.pinna.acoustics.AcousticsSettings;
import io.pinna.acoustics.AirAbsorption;
import io.pinna.acoustics.Bands;
import io.pinna.acoustics.Directivity;
import io.pinna.acoustics.DistanceModel;
import io.pinna.acoustics.TriangleMesh;
import io.pinna.device.OutputDevices;
import io.pinna.effect.LimiterSettings;
import io.pinna.unit.Pose;
import io.pinna.unit.Rotation;
import io.pinna.unit.Vector3;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the engine says of how it sounds, against scenes in which a person can say it too. The listener stands at the origin and looks along −z. */
@Tag("integration")
final class ExplanationTest {
    private static final Sound NOISE = Sound.generator(SignalGenerator.white(3));
    private static final AcousticMaterial DEAD = new AcousticMaterial("dead", Bands.uniform(0.5), Bands.uniform(0), 0.1);

    private SoundWorld world;

    @AfterEach
    void close() {
        if (world != null) {
            world.close();
        }
    }

    private void open(AcousticsSettings acoustics, int voices) {
        world = SoundWorld.open(SoundWorldSettings.OFFLINE.withAcoustics(acoustics).withLimiter(LimiterSettings.OFF).withCapacity(1, 8, voices));
        TestWorlds.listener(world, OutputDevices.memory(20));
    }

    private Emitter play(EmitterSettings settings) {
        Emitter emitter = world.addEmitter(NOISE, settings.withLooping(true));
        emitter.play();
        return emitter;
    }

    private WorldReport.PathReport path(String emitter) {
        return world.report().emitters().stream().filter(e -> e.name().equals(emitter)).findFirst().orElseThrow().paths().get(0);
    }

    private String why(String emitter) {
        return path(emitter).why();
    }

    private void run(int blocks) {
        world.commit();
        world.advance(blocks);
    }

    private static void assertBands(double[] expected, Bands actual, double tolerance) {
        for (int b = 0; b < Bands.COUNT; b++) {
            assertEquals(expected[b], actual.get(b), tolerance, "band " + b);
        }
    }

    private static WorldReport.ArrivalReport of(WorldReport.PathReport path, WorldReport.ArrivalKind kind) {
        return path.arrivals().stream().filter(a -> a.kind() == kind).findFirst().orElseThrow(() -> new AssertionError("no " + kind + " in " + path));
    }

    private static TriangleMesh rectangle(String name, AcousticMaterial material, double... corners) {
        float[] vertices = new float[12];
        for (int i = 0; i < 12; i++) {
            vertices[i] = (float) corners[i];
        }
        return TriangleMesh.of(name, vertices, new int[] {0, 1, 2, 0, 2, 3}, material);
    }

    /** In the open, straight ahead: gain, distance law, directivity and air, and nothing else. */
    @Test
    void theStraightPathHasItsLevelByTheBook() {
        open(AcousticsSettings.DEFAULT, 8);
        Pose sideways = new Pose(new Vector3(0, 0, -20), Rotation.ofYawPitchRoll(Math.PI / 2, 0, 0));
        play(EmitterSettings.named("horn").at(sideways).withGainLinear(0.5).withDirectivity(new Directivity(0.5, 1)).withDistance(DistanceModel.inverse(1, 100)));
        run(30);
        WorldReport.PathReport path = path("horn");
        assertEquals(1, path.arrivals().size());
        WorldReport.ArrivalReport straight = path.arrivals().get(0);
        assertEquals(WorldReport.ArrivalKind.DIRECT, straight.kind());
        // −6.02 dB each of its gain and of a cardioid at 90°, −26.02 dB over 20 m.
        Bands air = AirAbsorption.of(20, 50).bandsDecibelsPerMeter();
        assertBands(new double[] {-38.06 - 20 * air.get(0), -38.06 - 20 * air.get(1), -38.06 - 20 * air.get(2)}, straight.gainDb(), 0.01);
        assertBands(path.gainDb().toArray(), straight.gainDb(), 0.05);
        assertEquals(0, straight.delaySeconds());
        assertEquals(0, straight.azimuthRadians(), 1e-9);
        assertEquals("in plain sight; 20.0 m away; heard directly, -38.1 dB; no reverberation in the open", path.why());
        assertBands(new double[] {-200, -200, -200}, path.reverbDb(), 0);
    }

    /** A floor makes one reflection, whose point, length, delay and level follow from the mirror image. */
    @Test
    void aReflectionIsToldWithItsPoint() {
        open(AcousticsSettings.DEFAULT.withAirAbsorption(false).withLateReverb(false), 8);
        AcousticMaterial floor = AcousticMaterials.named("concrete");
        world.addGeometry(rectangle("floor", floor, -30, -1.5, -30, -30, -1.5, 30, 30, -1.5, 30, 30, -1.5, -30));
        play(EmitterSettings.named("radio").at(0, 0, -4).withDistance(DistanceModel.inverse(1, 100)));
        run(60);
        WorldReport.PathReport path = path("radio");
        assertEquals(2, path.arrivals().size(), path.toString());
        WorldReport.ArrivalReport off = path.arrivals().get(1);
        assertEquals(WorldReport.ArrivalKind.REFLECTED, off.kind());
        assertEquals(5, off.lengthMeters(), 1e-5);
        assertEquals(1 / 343.0, off.delaySeconds(), 1e-7);
        assertEquals("reflection off floor (concrete) 3 ms later", off.what());
        assertEquals(Math.atan2(-3, 4), off.elevationRadians(), 1e-5);
        assertEquals(1, off.bends().size());
        assertEquals(0, off.bends().get(0).minus(new Vector3(0, -1.5, -2)).length(), 1e-3);
        for (int b = 0; b < Bands.COUNT; b++) {
            double reflected = (1 - floor.absorption().get(b)) * (1 - floor.scattering());
            assertEquals(-13.98 + 10 * Math.log10(reflected), off.gainDb().get(b), 1, "band " + b);
        }
        assertNull(world.report().listeners().get(0).reverb());
        assertEquals("in plain sight; 4.0 m away; heard directly, -12.0 dB", path.why());
    }

    /** A wall with a gap to the right: heard from the gap, at the distance where it is. */
    @Test
    void whatIsHeardAroundAnEdgeIsToldWithItsWay() {
        open(AcousticsSettings.DIRECT.withDiffraction(true).withAirAbsorption(false), 8);
        world.addGeometry(rectangle("ward/wall", DEAD, -40, -40, -2, 1, -40, -2, 1, 40, -2, -40, 40, -2));
        play(EmitterSettings.named("radio").at(0, 0, -4).withDistance(DistanceModel.inverse(1, 100)));
        run(40);
        WorldReport.PathReport path = path("radio");
        WorldReport.ArrivalReport around = path.arrivals().get(0);
        assertEquals(WorldReport.ArrivalKind.DIFFRACTED, around.kind());
        double leg = Math.hypot(1, 2);
        assertEquals(2 * leg, around.lengthMeters(), 1e-3);
        assertEquals((2 * leg - 4) / 343, around.delaySeconds(), 1e-5);
        assertEquals(-Math.atan2(1, 2), around.azimuthRadians(), 1e-3);
        assertEquals(1, around.bends().size());
        assertEquals(0, around.bends().get(0).minus(new Vector3(1, 0, -2)).length(), 0.01);
        assertTrue(around.gainDb().get(0) > around.gainDb().get(1) + 3 && around.gainDb().get(1) > around.gainDb().get(2) + 3, "low sound bends better: " + around);
        assertEquals(1, path.occlusion());
        assertBands(new double[] {-200, -200, -200}, of(path, WorldReport.ArrivalKind.DIRECT).gainDb(), 0);
        String expected = String.format(java.util.Locale.ROOT, "occluded 100 %% by ward/wall (dead); 4.0 m away; heard around the edge of ward/wall at 2.2 m, %.1f dB", around.loudestDb());
        assertEquals(expected, path.why());
    }

    @Test
    void whatComesThroughAWallIsToldSo() {
        open(AcousticsSettings.DIRECT, 8);
        world.addGeometry(TriangleMesh.box("ward/door_3", 20, 20, 0.02, AcousticMaterials.named("metal_door"))).setPose(Pose.at(0, 0, -2));
        play(EmitterSettings.named("radio").at(0, 0, -4));
        run(10);
        double low = -12.04 + 10 * Math.log10(AcousticMaterials.named("metal_door").transmission().get(0));
        String expected = String.format(java.util.Locale.ROOT, "heard through ward/door_3 (metal_door), %.1f dB", low);
        assertTrue(why("radio").startsWith("occluded 100 % by ward/door_3 (metal_door); 4.0 m away; " + expected), why("radio") + " instead of " + expected);
        world.addGeometry(TriangleMesh.box("ward/door_4", 20, 20, 0.02, AcousticMaterials.named("metal_door"))).setPose(Pose.at(0, 0, -3));
        run(10);
        assertTrue(why("radio").contains(", 2 walls on the way; ") && why("radio").contains("; heard through 2 walls, "), why("radio"));
    }

    /** Behind a screen that lets nothing through, in a room that rings, with neither edges nor mirrors: the room alone is heard. */
    @Test
    void whatIsHeardAsReverberationOnlyIsToldSo() {
        open(AcousticsSettings.DEFAULT.withDiffraction(false).withEarlyReflections(false), 8);
        AcousticMaterial plaster = new AcousticMaterial("plaster", Bands.uniform(0.05), Bands.uniform(0), 0.2);
        double[][] faces = {{-4, -2, -3, -4, -2, 3, 4, -2, 3, 4, -2, -3}, {-4, 2, -3, 4, 2, -3, 4, 2, 3, -4, 2, 3}, {-4, -2, -3, 4, -2, -3, 4, 2, -3, -4, 2, -3}, {-4, -2, 3, -4, 2, 3, 4, 2, 3, 4, -2, 3},
            {-4, -2, -3, -4, 2, -3, -4, 2, 3, -4, -2, 3}, {4, -2, -3, 4, -2, 3, 4, 2, 3, 4, 2, -3}};
        for (int f = 0; f < faces.length; f++) {
            world.addGeometry(rectangle("room/" + f, plaster, faces[f]));
        }
        world.addGeometry(rectangle("screen", DEAD, -1, -2, -1, 1, -2, -1, 1, 2, -1, -1, 2, -1));
        play(EmitterSettings.named("radio").at(0, 0, -2));
        run(60);
        WorldReport report = world.report();
        WorldReport.ReverbReport reverb = report.listeners().get(0).reverb();
        assertNotNull(reverb);
        // Eyring for 8 × 4 × 6 m: 208 m² absorb 5 %, and the 16 m² of the screen's two sides 50 %.
        double eyring = 0.161 * 192 / (-224 * Math.log(1 - (0.05 * 208 + 0.5 * 16) / 224));
        assertEquals(eyring, reverb.rt60Seconds().get(0), 0.15 * eyring);
        assertEquals(0, reverb.openness(), 0.02);
        assertTrue(reverb.preDelaySeconds() >= 0 && reverb.preDelaySeconds() < 0.05, reverb.toString());
        assertEquals(4 * 192 / 224.0, reverb.meanFreePathMeters(), 0.5);
        WorldReport.PathReport path = path("radio");
        assertTrue(path.why().startsWith("occluded 100 % by screen (dead); 2.0 m away; heard only as reverberation, "), path.why());
        String time = String.format(java.util.Locale.ROOT, "; RT60 %.1f s", reverb.rt60Seconds().get(1));
        assertTrue(path.why().endsWith(time), path.why());
        // By Sabine's diffuse field the reverberation of a source of amplitude 1 at 1 m has an energy of 16 π / A, here with the same absorption; less, since a third of what the source radiates meets
        // the absorbing screen first, and the listener stands behind it.
        assertEquals(10 * Math.log10(16 * Math.PI / (0.05 * 208 + 0.5 * 16)) - 2, path.reverbDb().get(0), 2);
        WorldReport.AcousticsReport work = report.acoustics();
        assertEquals(7, work.geometries());
        assertEquals(14, work.triangles());
        assertEquals(0, work.skippedTriangles());
        assertEquals(0, work.postponedAnswers());
        assertTrue(work.updates() > 0 && work.usedCoreShare() >= 0, work.toString());
        assertEquals(0.5, work.allowedCoreShare());
    }

    @Test
    void everyReasonOfSilenceIsTold() {
        open(AcousticsSettings.DIRECT, 8);
        Emitter muted = play(EmitterSettings.named("muted").at(0, 0, -1).withGainLinear(0));
        Emitter far = play(EmitterSettings.named("far").at(0, 0, 60).withDistance(new DistanceModel(DistanceModel.Kind.LINEAR, 1, 50, 1)));
        play(EmitterSettings.named("faint").at(0, 1, -1).withGainLinear(1e-5));
        play(EmitterSettings.named("away").at(0, 0, -1).withDirectivity(new Directivity(0.5, 1)).at(new Pose(new Vector3(0, 0, -1), Rotation.IDENTITY)));
        world.addGeometry(TriangleMesh.box("vault", 20, 20, 0.1, DEAD)).setPose(Pose.at(0, 0, 5));
        play(EmitterSettings.named("buried").at(0, 0, 10));
        Emitter idle = world.addEmitter(NOISE, EmitterSettings.named("idle").at(1, 0, -1));
        Emitter late = world.addEmitter(NOISE, EmitterSettings.named("late").at(1, 0, -1));
        late.playIn(0.5);
        assertTrue(why("late").startsWith("not heard yet: waits for a commit"), why("late"));
        world.commit();
        assertTrue(why("late").startsWith("not heard yet: waits for the audio thread"), why("late"));
        world.advance(20);
        List<String> wrong = new ArrayList<>();
        String[][] expected = {{"muted", "not heard: its gain is 0; "}, {"far", "not heard: beyond the reach of its distance model (50 m); "}, {"faint", "not heard: its gain and its distance leave -103 dB; "},
            {"away", "not heard: it does not radiate in this direction; "}, {"buried", "not heard: behind vault (dead), which lets next to nothing through, and diffraction is off; occluded 100 % by vault (dead); "},
            {"idle", "not heard: it was not started, or was stopped; "}, {"late", "not heard yet: starts in 0.4 s; "}};
        for (String[] e : expected) {
            if (!why(e[0]).startsWith(e[1])) {
                wrong.add(e[0] + ": " + why(e[0]));
            }
        }
        assertEquals(List.of(), wrong);
        muted.setGainLinear(1);
        far.pause();
        idle.play();
        run(100);
        assertTrue(why("muted").startsWith("in plain sight; 1.0 m away; heard directly"), why("muted"));
        assertTrue(why("late").startsWith("in plain sight; 1.4 m away; heard directly"), why("late"));
        assertTrue(why("far").startsWith("not heard: paused; "), why("far"));
        assertTrue(why("idle").contains("heard directly"), why("idle"));
    }

    @Test
    void opaqueWallsByTheSettingsAreToldSo() {
        open(AcousticsSettings.DIRECT.withTransmission(false).withDiffraction(true), 8);
        double[][] faces = {{-1, -1, -5, -1, -1, -3, 1, -1, -3, 1, -1, -5}, {-1, 1, -5, 1, 1, -5, 1, 1, -3, -1, 1, -3}, {-1, -1, -5, 1, -1, -5, 1, 1, -5, -1, 1, -5}, {-1, -1, -3, -1, 1, -3, 1, 1, -3, 1, -1, -3},
            {-1, -1, -5, -1, 1, -5, -1, 1, -3, -1, -1, -3}, {1, -1, -5, 1, -1, -3, 1, 1, -3, 1, 1, -5}};
        for (int f = 0; f < faces.length; f++) {
            world.addGeometry(rectangle("safe/" + f, AcousticMaterials.named("brick"), faces[f]));
        }
        play(EmitterSettings.named("radio").at(0, 0, -4));
        run(40);
        assertTrue(why("radio").startsWith("not heard: behind safe/3 (brick), and walls are opaque because transmission is off, and no way around is known; "), why("radio"));
    }

    @Test
    void takenVoicesAreToldSo() {
        open(AcousticsSettings.DIRECT, 1);
        play(EmitterSettings.named("loud").at(0, 0, -1));
        play(EmitterSettings.named("soft").at(0, 0, -4));
        run(10);
        assertTrue(why("soft").startsWith("goes on silently: all 1 voices are taken by emitters of higher priority or level; in plain sight; 4.0 m away"), why("soft"));
    }
}
