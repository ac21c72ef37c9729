package io.pinna.jme;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.jme3.app.SimpleApplication;
import com.jme3.app.state.AppState;
import com.jme3.math.FastMath;
import com.jme3.math.Quaternion;
import com.jme3.math.Vector3f;
import com.jme3.renderer.Camera;
import com.jme3.scene.Geometry;
import com.jme3.scene.Node;
import com.jme3.system.AppSettings;
import com.jme3.system.JmeContext;
import io.pinna.EmitterSettings;
import io.pinna.EmitterState;
import io.pinna.InvalidValueException;
import io.pinna.ResourceException;
import io.pinna.SoundWorldSettings;
import io.pinna.UsageException;
import io.pinna.acoustics.Directivity;
import io.pinna.acoustics.AcousticsSettings;
import io.pinna.device.MemoryDevice;
import io.pinna.device.OutputDevices;
import io.pinna.hrtf.HrtfProfile;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("integration")
class SpatialAudioStateTest {
    private static final Vector3f FORWARD = new Vector3f(0, 0, -1);

    @Test
    void earLevelsFollowTheTurningCamera() {
        try (OfflineScene scene = new OfflineScene()) {
            scene.root.attachChild(OfflineScene.humming("fan", 3, 0, 0));
            scene.step(40);
            double[] right = scene.listen(80);
            assertEquals(-90, Math.toDegrees(scene.path("fan").azimuthRadians()), 0.01);
            scene.look(Vector3f.ZERO, new Vector3f(0, 0, 1));
            scene.step(40);
            double[] left = scene.listen(80);
            assertEquals(90, Math.toDegrees(scene.path("fan").azimuthRadians()), 0.01);
            scene.look(Vector3f.ZERO, new Vector3f(1, 0, 0));
            scene.step(40);
            double[] front = scene.listen(80);
            assertEquals(0, Math.toDegrees(scene.path("fan").azimuthRadians()), 0.01);

            double atRight = right[1] - right[0];
            double atLeft = left[0] - left[1];
            assertTrue(atRight > 5 && atRight < 30, "at the right the right ear is louder, by " + atRight + " dB");
            assertTrue(atLeft > 5 && atLeft < 30, "at the left the left ear is louder, by " + atLeft + " dB");
            assertEquals(0, front[0] - front[1], 3, "in front the ears are about equal");
            assertTrue(front[0] > -60 && front[0] < -10, "heard at " + front[0] + " dB");
        }
    }

    @Test
    void aSpatialListensAlongItsPositiveZ() {
        try (OfflineScene scene = new OfflineScene()) {
            Node head = new Node("head");
            Node body = new Node("body");
            body.attachChild(head);
            scene.root.attachChild(body);
            scene.state.setListener(head);
            scene.root.attachChild(OfflineScene.humming("fan", 3, 0, 0));
            body.setLocalTranslation(1, 0, 0);
            head.setLocalTranslation(0, 0, 4);
            head.lookAt(new Vector3f(1, 0, -10), Vector3f.UNIT_Y);
            scene.step(3);
            // The fan is 2 m to the right of the head and 4 m before it.
            assertEquals(Math.toDegrees(Math.atan2(-2, 4)), Math.toDegrees(scene.path("fan").azimuthRadians()), 0.01);
            assertEquals(Math.hypot(2, 4), scene.path("fan").distanceMeters(), 1e-5);
            body.rotate(0, FastMath.PI, 0);
            scene.step(1);
            // The body has turned the head to z = −4, looking along +z: the fan is to the left.
            assertEquals(Math.toDegrees(Math.atan2(2, 4)), Math.toDegrees(scene.path("fan").azimuthRadians()), 0.01);
        }
    }

    @Test
    void directivityPointsWhereTheSpatialLooks() {
        try (OfflineScene scene = new OfflineScene()) {
            Node speaker = OfflineScene.humming("speaker", 0, 0, -4);
            OfflineScene.control(speaker).setDirectivity(new Directivity(0.5, 1));
            scene.root.attachChild(speaker);
            speaker.lookAt(Vector3f.ZERO, Vector3f.UNIT_Y);
            scene.step(40);
            double towards = scene.path("speaker").gainDb().get(0);
            speaker.lookAt(new Vector3f(10, 0, -4), Vector3f.UNIT_Y);
            scene.step(40);
            double aside = scene.path("speaker").gainDb().get(0);
            assertEquals(20 * Math.log10(0.25), towards, 0.2, "inverse distance at 4 m");
            assertEquals(20 * Math.log10(0.5), aside - towards, 0.1, "a cardioid at a right angle");
        }
    }

    @Test
    void wallsStopSoundWhileTheyAreAttached() {
        // Without what comes around the wall, which is more than what comes through.
        try (OfflineScene scene = new OfflineScene(SoundWorldSettings.OFFLINE.withAcoustics(AcousticsSettings.DIRECT))) {
            scene.root.attachChild(OfflineScene.humming("fan", 0, 0, -4));
            Node room = new Node("room");
            Geometry wall = OfflineScene.box("wall", 5, 5, 0.1f);
            wall.setLocalTranslation(0, 0, -2);
            AcousticTag.set(room, "brick");
            room.attachChild(wall);
            scene.step(60);
            double open = scene.loudness(80);
            assertEquals(0, scene.path("fan").occlusion(), 0);

            scene.root.attachChild(room);
            scene.step(100);
            double closed = scene.loudness(80);
            assertEquals(1, scene.path("fan").occlusion(), 1e-6);
            assertTrue(scene.path("fan").why().contains("room/wall"), scene.path("fan").why());
            double transmission = io.pinna.acoustics.AcousticMaterials.named("brick").transmission().get(1);
            assertEquals(transmission, scene.path("fan").transmission().get(1), 1e-6);
            assertEquals(10 * Math.log10(transmission), closed - open, 6, "white noise falls about by what the middle band loses");

            room.removeFromParent();
            scene.step(100);
            assertEquals(open, scene.loudness(80), 0.5, "open again");
            assertEquals(0, scene.state.geometryCount());
        }
    }

    @Test
    void aDoorOpens() {
        try (OfflineScene scene = new OfflineScene()) {
            scene.root.attachChild(OfflineScene.humming("fan", 0, 0, -4));
            Node hinge = new Node("hinge");
            hinge.setLocalTranslation(-3, 0, -2);
            Geometry door = OfflineScene.box("door", 3, 3, 0.05f);
            door.setLocalTranslation(3, 0, 0);
            AcousticTag.set(door, "wooden_door");
            hinge.attachChild(door);
            scene.root.attachChild(hinge);
            scene.step(60);
            double shut = scene.loudness(60);
            assertEquals(1, scene.path("fan").occlusion(), 1e-6);
            double before = 1;
            for (int degrees = 0; degrees <= 90; degrees += 5) {
                hinge.setLocalRotation(new Quaternion().fromAngles(0, degrees * FastMath.DEG_TO_RAD, 0));
                scene.step(4);
                double now = scene.path("fan").occlusion();
                assertTrue(now <= before + 1e-9, "opening uncovers: " + now + " after " + before);
                before = now;
            }
            scene.step(60);
            assertEquals(0, scene.path("fan").occlusion(), 0);
            double opened = scene.loudness(60) - shut;
            assertTrue(opened > 15 && opened < 60, "the door held back " + opened + " dB");
        }
    }

    @Test
    void emittersComeAndGoWithTheirSpatials() {
        try (OfflineScene scene = new OfflineScene()) {
            Node fan = OfflineScene.humming("fan", 0, 0, -2);
            Node cart = new Node("cart");
            cart.attachChild(fan);
            scene.step(10);
            assertEquals(0, scene.state.emitterCount());
            assertEquals(EmitterState.WAITING, OfflineScene.control(fan).state());
            scene.root.attachChild(cart);
            scene.step(30);
            assertEquals(1, scene.state.emitterCount());
            assertEquals(EmitterState.PLAYING, OfflineScene.control(fan).state());
            assertTrue(scene.loudness(30) > -50);

            cart.removeFromParent();
            scene.step(20);
            assertEquals(0, scene.state.emitterCount());
            assertTrue(scene.state.report().emitters().isEmpty());
            assertTrue(scene.loudness(30) < -190, "silence");
            assertEquals(List.of("fan: not heard: its Spatial was not in the scene at the last update"), scene.state.explain(fan));

            scene.root.attachChild(cart);
            scene.step(30);
            assertTrue(scene.loudness(30) > -50, "back again");
            SoundEmitterControl control = OfflineScene.control(fan);
            fan.removeControl(control);
            scene.step(20);
            assertFalse(control.isInWorld());
            assertTrue(scene.loudness(30) < -190, "silence");
        }
    }

    @Test
    void disablingHoldsSoundAndEnablingGoesOn() {
        try (OfflineScene scene = new OfflineScene()) {
            scene.root.attachChild(OfflineScene.humming("fan", 0, 0, -2));
            scene.step(40);
            double before = scene.loudness(60);
            long frames = scene.state.renderedFrames();
            scene.state.setEnabled(false);
            scene.step(50);
            assertEquals(frames, scene.state.renderedFrames(), "no time passes");
            scene.state.setEnabled(true);
            scene.step(20);
            assertEquals(before, scene.loudness(60), 0.5);
            OfflineScene.control(scene.root.getChild("fan")).pause();
            scene.step(20);
            assertTrue(scene.loudness(30) < -190, "paused");
            scene.state.setEnabled(false);
            scene.state.setEnabled(true);
            scene.step(20);
            assertTrue(scene.loudness(30) < -190, "what the application paused stays paused");
            OfflineScene.control(scene.root.getChild("fan")).resume();
            scene.step(20);
            assertEquals(before, scene.loudness(60), 0.5);
        }
    }

    @Test
    void fractionsOfBlocksAccumulate() {
        try (OfflineScene scene = new OfflineScene()) {
            scene.application.getStateManager().update(0);
            assertEquals(0, scene.state.renderedFrames());
            for (int i = 1; i <= 600; i++) {
                scene.application.getStateManager().update(1 / 60f);
                long exact = i * 800L;
                assertTrue(scene.state.renderedFrames() <= exact && scene.state.renderedFrames() > exact - 257, "after " + i + ": " + scene.state.renderedFrames());
            }
            assertEquals(1875 * 256, scene.state.renderedFrames());
            assertEquals(1875 * 256, scene.output.frames());
            scene.application.getStateManager().update(Float.NaN);
            assertEquals(1875 * 256, scene.state.renderedFrames());
            assertTrue(scene.state.report().notes().stream().anyMatch(note -> note.contains("NaN")), scene.state.report().notes().toString());
        }
    }

    @Test
    void theSameTourGivesTheSameBits() {
        float[][] first = tour();
        float[][] second = tour();
        assertArrayEquals(first[0], second[0]);
        assertArrayEquals(first[1], second[1]);
        assertTrue(OfflineScene.level(first[0], 0) > -60);
    }

    private static float[][] tour() {
        try (OfflineScene scene = new OfflineScene()) {
            scene.root.attachChild(OfflineScene.humming("fan", 2, 0, -4));
            Geometry pillar = OfflineScene.box("pillar", 0.5f, 2, 0.5f);
            pillar.setLocalTranslation(0, 0, -2);
            scene.root.attachChild(pillar);
            for (int i = 0; i < 60; i++) {
                scene.look(new Vector3f(-2 + i / 15f, 0, 0), new Vector3f(FastMath.sin(i / 20f), 0, -FastMath.cos(i / 20f)));
                scene.application.getStateManager().update(1 / 60f);
            }
            return new float[][] {scene.output.left(), scene.output.right()};
        }
    }

    @Test
    void twoListenersHearApart() {
        try (OfflineScene scene = new OfflineScene()) {
            scene.root.attachChild(OfflineScene.humming("fan", 3, 0, 0));
            Camera second = new Camera(640, 480);
            second.lookAtDirection(new Vector3f(0, 0, 1), Vector3f.UNIT_Y);
            MemoryDevice secondOutput = OutputDevices.memory(10);
            scene.step(1);
            scene.state.addListener("second", second, HrtfProfile.generic(), secondOutput);
            assertThrows(InvalidValueException.class, () -> scene.state.addListener("second", second, HrtfProfile.generic(), OutputDevices.memory(1)));
            assertThrows(InvalidValueException.class, () -> scene.state.removeListener("third"));
            scene.step(100);
            double first = OfflineScene.level(scene.output.right(), 5000) - OfflineScene.level(scene.output.left(), 5000);
            double other = OfflineScene.level(secondOutput.left(), 5000) - OfflineScene.level(secondOutput.right(), 5000);
            assertTrue(first > 5 && first < 30, "right of the first: " + first);
            assertTrue(other > 5 && other < 30, "left of the second: " + other);
            assertEquals(2, scene.state.explain(scene.root).size());
            scene.state.removeListener("second");
            scene.step(10);
            long frames = secondOutput.frames();
            scene.step(10);
            assertEquals(frames, secondOutput.frames(), "a listener that is gone gets no more");
            assertEquals(1, scene.state.report().listeners().size());
        }
    }

    @Test
    void emittersBeyondTheCapacityAreNotedAndEnterLater() {
        try (OfflineScene scene = new OfflineScene(SoundWorldSettings.OFFLINE.withCapacity(1, 2, 2))) {
            Node first = OfflineScene.humming("first", 1, 0, -1);
            scene.root.attachChild(first);
            scene.root.attachChild(OfflineScene.humming("second", 2, 0, -1));
            Node third = OfflineScene.humming("third", 3, 0, -1);
            scene.root.attachChild(third);
            scene.step(20);
            assertEquals(2, scene.state.emitterCount());
            assertEquals(1, scene.state.report().notes().stream().filter(note -> note.contains("third")).count(), "said once");
            assertTrue(scene.state.explain(third).get(0).contains("all 2 emitters are taken"), scene.state.explain(third).toString());
            first.removeFromParent();
            scene.step(20);
            assertEquals(2, scene.state.emitterCount());
            assertEquals(EmitterState.PLAYING, OfflineScene.control(third).state());
        }
    }

    @Test
    void emittersOfOneNameAreToldApart() {
        try (OfflineScene scene = new OfflineScene()) {
            scene.root.attachChild(OfflineScene.humming("drip", 1, 0, 0));
            Node second = OfflineScene.humming("drip", 2, 0, 0);
            scene.root.attachChild(second);
            scene.step(5);
            assertEquals(List.of("drip", "drip #1"), scene.state.report().emitters().stream().map(e -> e.name()).toList());
            assertTrue(scene.state.explain(second).get(0).startsWith("drip #1 at main: "), scene.state.explain(second).toString());
            assertTrue(scene.state.explain(second).get(0).contains("2.0 m away"), scene.state.explain(second).toString());
        }
    }

    @Test
    void aLostTransformLeavesTheEmitterWhereItWas() {
        try (OfflineScene scene = new OfflineScene()) {
            Node fan = OfflineScene.humming("fan", 0, 0, -2);
            scene.root.attachChild(fan);
            scene.step(10);
            // Past the assertion that jME's setter has, as any computation in place may do.
            fan.getLocalTranslation().x = Float.NaN;
            fan.move(0, 0, 0);
            scene.step(10);
            assertEquals(2, scene.path("fan").distanceMeters(), 1e-6);
            scene.camera.setLocation(new Vector3f(Float.POSITIVE_INFINITY, 0, 0));
            scene.step(10);
            assertEquals(2, scene.path("fan").distanceMeters(), 1e-6);
            scene.look(Vector3f.ZERO, FORWARD);
            fan.setLocalTranslation(0, 0, -5);
            scene.step(10);
            assertEquals(5, scene.path("fan").distanceMeters(), 1e-6);
            List<String> notes = scene.state.report().notes();
            assertEquals(1, notes.stream().filter(note -> note.contains("emitter fan")).count(), notes.toString());
            assertEquals(1, notes.stream().filter(note -> note.contains("listener main")).count(), notes.toString());
        }
    }

    @Test
    void dopplerFollowsMovementAndNotTeleports() {
        // A tone that approaches at 34.3 m/s is heard c/(c − v) = 1.111 times as high.
        try (OfflineScene scene = new OfflineScene()) {
            Node train = new Node("train");
            SoundEmitterControl control = new SoundEmitterControl(io.pinna.Sound.generator(io.pinna.SignalGenerator.sine(1000)),
                    EmitterSettings.named("train").withLooping(true).withDistance(io.pinna.acoustics.DistanceModel.none()));
            control.setAutoPlay(true);
            train.addControl(control);
            scene.root.attachChild(train);
            train.setLocalTranslation(0, 0, -80);
            scene.step(40);
            for (int i = 0; i < 200; i++) {
                train.move(0, 0, 34.3f * OfflineScene.STEP_SECONDS);
                scene.step(1);
            }
            assertEquals(1000 * 343 / (343 - 34.3), frequency(scene.output.left(), 150 * 256, 200 * 256), 5);
            train.setLocalTranslation(0, 0, -5);
            scene.step(1);
            assertEquals(EmitterState.PLAYING, control.state());
            scene.step(60);
            assertEquals(1000, frequency(scene.output.left(), 260 * 256, 300 * 256), 1);
        }
    }

    /** By the zero crossings of a tone (Hz). */
    private static double frequency(float[] samples, int from, int to) {
        double first = -1;
        double last = 0;
        int periods = -1;
        for (int i = from + 1; i < to; i++) {
            if (samples[i - 1] < 0 && samples[i] >= 0) {
                last = i - samples[i] / (samples[i] - samples[i - 1]);
                first = first < 0 ? last : first;
                periods++;
            }
        }
        return 48000 * periods / (last - first);
    }

    @Test
    void openingErrorsReachTheApplicationAndLeaveNothingOpen(@TempDir Path folder) throws InterruptedException {
        Path missing = folder.resolve("nowhere").resolve("out.wav");
        expectFailure(SpatialAudioSettings.realTime().withOutput(OutputDevices.wav(missing)), missing.toString());
        Path set = folder.resolve("me.sofa");
        expectFailure(SpatialAudioSettings.realTime().withOutput(OutputDevices.realTimeNull()).withProfile(HrtfProfile.sofa(set)), "me.sofa");
    }

    private static void expectFailure(SpatialAudioSettings settings, String named) throws InterruptedException {
        SimpleApplication application = application();
        SpatialAudioState state = new SpatialAudioState(settings);
        application.getStateManager().attach(state);
        ResourceException e = assertThrows(ResourceException.class, () -> application.getStateManager().update(0));
        assertTrue(e.getMessage().contains(named), e.getMessage());
        assertThrows(UsageException.class, state::world);
        application.getStateManager().update(0.01f);
        assertNoThreads();
        application.getStateManager().detach(state);
        application.getStateManager().update(0.01f);
    }

    @Test
    void closingEndsAllThreadsAndTheStateCanOpenAgain() throws InterruptedException {
        SimpleApplication application = application();
        SpatialAudioState state = new SpatialAudioState(SpatialAudioSettings.realTime().withOutput(OutputDevices::realTimeNull));
        Node fan = OfflineScene.humming("fan", 1, 0, 0);
        application.getRootNode().attachChild(fan);
        for (int round = 0; round < 2; round++) {
            application.getStateManager().attach(state);
            long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            do {
                application.getStateManager().update(0.01f);
                Thread.sleep(10);
            } while (OfflineScene.control(fan).state() != EmitterState.PLAYING && System.nanoTime() < until);
            assertEquals(EmitterState.PLAYING, OfflineScene.control(fan).state(), state.report().toString());
            assertTrue(pinnaThreads() >= 3, "audio, acoustics and inference run");
            application.getStateManager().detach(state);
            application.getStateManager().update(0.01f);
            assertFalse(OfflineScene.control(fan).isInWorld());
            assertNoThreads();
        }
    }

    private static void assertNoThreads() throws InterruptedException {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
        while (pinnaThreads() > 0 && System.nanoTime() < until) {
            Thread.sleep(5);
        }
        assertEquals(0, pinnaThreads(), "threads named pinna-");
    }

    private static long pinnaThreads() {
        return Thread.getAllStackTraces().keySet().stream().filter(thread -> thread.getName().startsWith("pinna-")).count();
    }

    private static SimpleApplication application() {
        return new SimpleApplication(new AppState[0]) {
            @Override
            public void simpleInitApp() {
                // Nothing: no context calls it.
            }
        };
    }

    @Test
    void followsARealHeadlessApplication() throws InterruptedException {
        MemoryDevice output = OutputDevices.memory(60);
        CountDownLatch done = new CountDownLatch(1);
        AtomicReference<String> seen = new AtomicReference<>();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        SpatialAudioState state = new SpatialAudioState(SpatialAudioSettings.offline(output).withPhase(SpatialAudioSettings.Phase.RENDER));
        SimpleApplication application = new SimpleApplication(state) {
            private int frame;

            @Override
            public void simpleInitApp() {
                rootNode.attachChild(OfflineScene.humming("fan", 3, 0, 0));
                rootNode.attachChild(OfflineScene.box("far", 1, 1, 1));
                rootNode.getChild("far").setLocalTranslation(0, 0, 50);
                cam.setLocation(Vector3f.ZERO);
                cam.lookAtDirection(FORWARD, Vector3f.UNIT_Y);
            }

            @Override
            public void simpleUpdate(float secondsPerFrame) {
                frame++;
                if (frame == 30) {
                    seen.set(state.explain(rootNode).get(0) + " geometries " + state.geometryCount());
                    stop();
                }
            }

            @Override
            public void handleError(String message, Throwable thrown) {
                failure.set(thrown);
                done.countDown();
            }

            @Override
            public void destroy() {
                super.destroy();
                done.countDown();
            }
        };
        AppSettings settings = new AppSettings(true);
        settings.setAudioRenderer(null);
        application.setSettings(settings);
        application.setShowSettings(false);
        application.start(JmeContext.Type.Headless);
        assertTrue(done.await(60, TimeUnit.SECONDS), "the application ends");
        assertEquals(null, failure.get());
        assertTrue(seen.get().startsWith("fan at main: in plain sight; 3.0 m away; heard directly, "), seen.get());
        assertTrue(seen.get().endsWith("geometries 1"), seen.get());
        assertTrue(output.frames() > 0, "rendered");
        double atRight = OfflineScene.level(output.right(), 2048) - OfflineScene.level(output.left(), 2048);
        assertTrue(atRight > 5 && atRight < 30, "right of the application's camera: " + atRight);
    }
}
