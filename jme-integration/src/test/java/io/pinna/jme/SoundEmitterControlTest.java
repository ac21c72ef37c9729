package io.pinna.jme;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.jme3.export.binary.BinaryExporter;
import com.jme3.export.binary.BinaryImporter;
import com.jme3.scene.Node;
import io.pinna.EmitterSettings;
import io.pinna.EmitterState;
import io.pinna.InvalidValueException;
import io.pinna.Sound;
import io.pinna.acoustics.Directivity;
import io.pinna.acoustics.DirectivityCurve;
import io.pinna.acoustics.DistanceCurve;
import io.pinna.acoustics.DistanceModel;
import io.pinna.unit.Pose;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("integration")
class SoundEmitterControlTest {
    private static final EmitterSettings UNUSUAL = new EmitterSettings("radio", Pose.ORIGIN, 0.25, 1.5, true, 0.75, new Directivity(0.5, 2),
            new DistanceModel(DistanceModel.Kind.EXPONENTIAL, 2, 30, 1.25), -7);

    @Test
    void aSavedControlComesBackWhole() throws IOException {
        Node node = new Node("node");
        SoundEmitterControl control = new SoundEmitterControl("Sounds/radio.ogg", UNUSUAL);
        control.setAutoPlay(true);
        control.setEnabled(false);
        node.addControl(control);
        SoundEmitterControl back = OfflineScene.control(saved(node));
        assertEquals(UNUSUAL, back.settings());
        assertEquals(new PinnaSoundKey("Sounds/radio.ogg"), back.soundKey());
        assertEquals(PinnaSoundKey.LOADER_EXTENSION, back.soundKey().getExtension());
        assertTrue(back.isAutoPlay());
        assertFalse(back.isEnabled());
        assertNull(back.sound());
        assertEquals("radio", back.wantedName());
    }

    @Test
    void curvesAreSavedToo() throws IOException {
        Node node = new Node("node");
        EmitterSettings drawn = EmitterSettings.named("siren").withDistance(DistanceModel.custom(DistanceCurve.of(new double[][] {{1, 0}, {100, -3}, {400, -60}})))
                .withDirectivity(new Directivity(0.25, 1, DirectivityCurve.of(new double[][] {{0, 0, 0, 0}, {90, -3, -9, -15}, {180, -6, -18, -30}})));
        node.addControl(new SoundEmitterControl("Sounds/siren.ogg", drawn));
        assertEquals(drawn, OfflineScene.control(saved(node)).settings());
    }

    @Test
    void aControlWithoutSettingsIsNamedByItsSpatialAfterSavingToo() throws IOException {
        Node node = new Node("kettle");
        node.addControl(new SoundEmitterControl("Sounds/kettle.ogg"));
        SoundEmitterControl back = OfflineScene.control(saved(node));
        assertEquals("kettle", back.wantedName());
        assertEquals(EmitterSettings.named("emitter"), back.settings());
        assertFalse(back.isAutoPlay());
    }

    private static Node saved(Node node) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        BinaryExporter.getInstance().save(node, bytes);
        return (Node) BinaryImporter.getInstance().load(bytes.toByteArray());
    }

    @Test
    void aSoundWithoutAssetNameCannotBeSaved() {
        Node node = new Node("node");
        node.addControl(new SoundEmitterControl(OfflineScene.noise()));
        IOException e = assertThrows(IOException.class, () -> saved(node));
        assertTrue(e.getMessage().contains("PinnaSoundKey"), e.getMessage());
    }

    @Test
    void aCloneSoundsByItselfAndChangesAlone() {
        try (OfflineScene scene = new OfflineScene()) {
            Node fan = OfflineScene.humming("fan", 1, 0, 0);
            scene.root.attachChild(fan);
            scene.step(30);
            Node copy = (Node) fan.clone();
            SoundEmitterControl cloned = OfflineScene.control(copy);
            SoundEmitterControl original = OfflineScene.control(fan);
            assertNotSame(original, cloned);
            assertSame(copy, cloned.getSpatial());
            assertSame(original.sound(), cloned.sound());
            assertEquals(original.settings(), cloned.settings());
            assertFalse(cloned.isInWorld());
            assertTrue(original.isInWorld());
            scene.root.attachChild(copy);
            copy.setLocalTranslation(-4, 0, 0);
            cloned.setGainLinear(0.5);
            scene.step(30);
            assertEquals(2, scene.state.emitterCount());
            assertEquals(1, scene.path("fan").distanceMeters(), 1e-6);
            assertEquals(4, scene.path("fan #1").distanceMeters(), 1e-6);
            assertEquals(1, original.settings().gainLinear());
            assertEquals(EmitterState.PLAYING, cloned.state());
        }
    }

    @Test
    void settingsReachTheEmitterBeforeAndAfterItIsThere() {
        try (OfflineScene scene = new OfflineScene()) {
            Node fan = OfflineScene.humming("fan", 0, 0, -2);
            SoundEmitterControl control = OfflineScene.control(fan);
            control.setGainDb(-20);
            scene.root.attachChild(fan);
            scene.step(60);
            assertEquals(-20 - 6.02, scene.path("fan").gainDb().get(0), 0.1);
            control.setGainDb(-6);
            scene.step(60);
            assertEquals(-6 - 6.02, scene.path("fan").gainDb().get(0), 0.1);
            control.setDistance(DistanceModel.none());
            scene.step(60);
            assertEquals(-6, scene.path("fan").gainDb().get(0), 0.1);
            control.setSettings(EmitterSettings.named("fan").withGainLinear(1).withLooping(true).withDistance(DistanceModel.none()));
            scene.step(60);
            assertEquals(0, scene.path("fan").gainDb().get(0), 0.1);
            assertThrows(InvalidValueException.class, () -> control.setGainLinear(Double.NaN));
            assertThrows(InvalidValueException.class, () -> control.setPitch(100));
            assertEquals(1, control.settings().gainLinear(), "a refused value changes nothing");
        }
    }

    @Test
    void aShortSoundPlaysOnceSeeksAndStops() {
        try (OfflineScene scene = new OfflineScene()) {
            // 0.2 s of silence, then 0.2 s of a constant.
            float[] samples = new float[19200];
            java.util.Arrays.fill(samples, 9600, 19200, 0.5f);
            for (int i = 9600; i < 19200; i++) {
                samples[i] *= (float) Math.sin(i * 0.1);
            }
            Node node = new Node("shot");
            SoundEmitterControl control = new SoundEmitterControl(Sound.ofSamples("shot", samples, 48000));
            node.addControl(control);
            node.setLocalTranslation(0, 0, -1);
            scene.root.attachChild(node);
            scene.step(5);
            assertEquals(EmitterState.STOPPED, control.state());
            control.play();
            scene.step(30);
            assertTrue(scene.loudness(2) < -100, "the silent part");
            scene.step(10);
            assertTrue(scene.loudness(20) > -40, "the loud part");
            scene.step(40);
            assertEquals(EmitterState.FINISHED, control.state());
            control.play();
            control.seek(0.2);
            scene.step(5);
            assertTrue(scene.loudness(10) > -40, "from the middle");
            control.stop();
            scene.step(10);
            assertEquals(EmitterState.STOPPED, control.state());
            assertTrue(scene.loudness(5) < -100, "stopped");
            node.removeFromParent();
            scene.step(5);
            control.play();
            control.seek(0.2);
            assertEquals(EmitterState.WAITING, control.state());
            scene.root.attachChild(node);
            scene.step(8);
            assertTrue(scene.loudness(10) > -40, "what was asked for outside happens inside");
        }
    }

    @Test
    void pausingAndGoingOnWithinAnUpdateCancelOut() {
        try (OfflineScene scene = new OfflineScene()) {
            scene.root.attachChild(OfflineScene.humming("fan", 0, 0, -2));
            SoundEmitterControl control = OfflineScene.control(scene.root.getChild("fan"));
            scene.step(30);
            double before = scene.loudness(40);
            control.pause();
            control.resume();
            scene.step(2);
            assertEquals(EmitterState.PLAYING, control.state());
            assertEquals(before, scene.loudness(40), 0.5);
            control.setEnabled(false);
            scene.step(10);
            assertEquals(EmitterState.PAUSED, control.state());
            assertTrue(scene.loudness(10) < -190);
            control.setEnabled(true);
            scene.step(10);
            assertEquals(before, scene.loudness(40), 0.5);
        }
    }

    @Test
    void theEngineKeepsToTheLastOfSeveralCallsBeforeABlock() {
        try (OfflineScene scene = new OfflineScene()) {
            scene.root.attachChild(OfflineScene.humming("fan", 0, 0, -2));
            scene.step(30);
            io.pinna.Emitter emitter = OfflineScene.control(scene.root.getChild("fan")).emitter();
            emitter.pause();
            emitter.resume();
            scene.step(10);
            assertEquals(EmitterState.PLAYING, emitter.state());
            emitter.pause();
            emitter.seek(0.5);
            scene.step(10);
            assertEquals(EmitterState.PAUSED, emitter.state());
            emitter.resume();
            scene.step(10);
            assertEquals(EmitterState.PLAYING, emitter.state());
            emitter.stop();
            emitter.seek(0.5);
            scene.step(10);
            assertEquals(EmitterState.STOPPED, emitter.state());
            assertTrue(scene.loudness(5) < -190);
        }
    }

    @Test
    void aMissingSoundIsExplainedAndReplaced() {
        try (OfflineScene scene = new OfflineScene()) {
            Node node = new Node("ghost");
            SoundEmitterControl control = new SoundEmitterControl("Sounds/nowhere.ogg");
            control.setAutoPlay(true);
            node.addControl(control);
            scene.root.attachChild(node);
            scene.root.attachChild(OfflineScene.humming("fan", 0, 0, -2));
            scene.step(20);
            assertFalse(control.isInWorld());
            assertTrue(scene.state.explain(node).get(0).contains("Sounds/nowhere.ogg"), scene.state.explain(node).toString());
            assertEquals(1, scene.state.report().notes().stream().filter(note -> note.contains("ghost")).count());
            assertTrue(scene.loudness(20) > -60, "the others are heard");
            control.setSound(OfflineScene.noise());
            scene.step(20);
            assertEquals(EmitterState.PLAYING, control.state());
        }
    }
}
