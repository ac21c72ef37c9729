package io.pinna;

import static io.pinna.TestWorlds.RATE;
import static io.pinna.TestWorlds.around;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.acoustics.AcousticMaterial;
import io.pinna.acoustics.AcousticsQuality;
import io.pinna.acoustics.AcousticsSettings;
import io.pinna.acoustics.Bands;
import io.pinna.acoustics.DistanceModel;
import io.pinna.acoustics.TriangleMesh;
import io.pinna.device.DeviceReport;
import io.pinna.device.MemoryDevice;
import io.pinna.device.OutputDevice;
import io.pinna.device.OutputDevices;
import io.pinna.device.StreamFormat;
import io.pinna.effect.LimiterSettings;
import io.pinna.hrtf.HrtfProfile;
import io.pinna.internal.sound.WavWriter;
import io.pinna.unit.Pose;
import io.pinna.unit.Vector3;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Beginnings and ends: of sounds, emitters, listeners, profiles and worlds, in every order that a game may come up with. */
class LifetimeTest {
    private static final AcousticsSettings DOPPLER = new AcousticsSettings(false, false, false, false, false, false, true, false, 20, 50, AcousticsQuality.MEDIUM.withOcclusionSamples(1));
    private static final AcousticsSettings DELAYED = new AcousticsSettings(false, false, false, false, false, false, true, true, 20, 50, AcousticsQuality.MEDIUM.withOcclusionSamples(1));

    /** Counts what is done to it. */
    private static final class Counted implements OutputDevice {
        int opened;
        int closed;
        int blocks;
        boolean refusesToOpen;
        boolean throwsOnClose;

        @Override
        public void open(StreamFormat format) {
            if (refusesToOpen) {
                throw new DeviceException("refused on purpose");
            }
            opened++;
        }

        @Override
        public boolean isPacing() {
            return false;
        }

        @Override
        public boolean offer(float[] left, float[] right) {
            assertTrue(opened == 1 && closed == 0, "offered a block while it was not open");
            blocks++;
            return true;
        }

        @Override
        public DeviceReport report() {
            return new DeviceReport("Counted", "", blocks, 0, 0, List.of());
        }

        @Override
        public void close() {
            closed++;
            if (throwsOnClose) {
                throw new ResourceException("out.wav", "file", "could not be finished");
            }
        }
    }

    private static Listener add(SoundWorld world, String name, OutputDevice device) {
        return world.addListener(new ListenerSettings(name, HrtfProfile.generic(), device));
    }

    @Test
    @Tag("unit")
    void everyOutputIsClosedExactlyOnce() {
        List<Counted> devices = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            devices.add(new Counted());
        }
        devices.get(5).throwsOnClose = true;
        SoundWorld world = SoundWorld.open(TestWorlds.bare().withCapacity(2, 4, 4));
        Listener a = add(world, "a", devices.get(0));
        world.commit();
        world.advance(2);
        // One goes and another comes within the same commit, in a full world.
        add(world, "b", devices.get(1));
        a.close();
        Listener c = add(world, "c", devices.get(2));
        world.commit();
        world.advance(3);
        assertEquals(1, devices.get(0).closed);
        assertEquals(2, devices.get(0).blocks);
        assertEquals(3, devices.get(2).blocks);
        // Two changes of profile are under way when it closes.
        c.setProfile(HrtfProfile.subject("cipic_003"));
        c.setProfile(HrtfProfile.generic());
        c.close();
        c.close();
        world.commit();
        world.advance(4);
        assertEquals(1, devices.get(2).closed);
        // Comes and goes without a commit; comes and is never committed; cannot open.
        add(world, "d", devices.get(3)).close();
        Counted broken = new Counted();
        broken.refusesToOpen = true;
        assertThrows(DeviceException.class, () -> add(world, "broken", broken));
        add(world, "f", devices.get(5));
        assertThrows(ResourceException.class, world::close, "the fault of one output is told");
        world.close();
        assertEquals(0, broken.closed);
        for (int i = 0; i < 6; i++) {
            assertEquals(i == 4 ? 0 : 1, devices.get(i).opened, "device " + i + " opened");
            assertEquals(i == 4 ? 0 : 1, devices.get(i).closed, "device " + i + " closed");
        }
    }

    @Test
    @Tag("property")
    void aChangeOfProfileLeavesNoGapInTheLimiter() {
        float[][] x = new float[2][];
        for (int i = 0; i < 2; i++) {
            MemoryDevice device = OutputDevices.memory(10);
            try (SoundWorld world = SoundWorld.open(TestWorlds.bare().withLimiter(LimiterSettings.DEFAULT))) {
                Listener listener = TestWorlds.listener(world, device);
                world.addEmitter(Sound.generator(SignalGenerator.sine(300)), EmitterSettings.named("e").at(around(45, 0, 1)).withGainLinear(0.5)).play();
                world.commit();
                world.advance(30);
                if (i == 1) {
                    listener.setProfile(HrtfProfile.subject("cipic_003"));
                    world.commit();
                }
                world.advance(30);
                if (i == 1) {
                    // And one that is taken back before it is heard.
                    listener.setProfile(HrtfProfile.generic());
                    listener.setProfile(HrtfProfile.subject("cipic_008"));
                    world.commit();
                    world.advance(4);
                    assertTrue(world.report().listeners().get(0).profile().contains("cipic_008"));
                }
            }
            x[i] = device.left();
        }
        for (int n = 0; n < 30 * 256; n++) {
            assertEquals(x[0][n], x[1][n]);
        }
        double most = TestWorlds.largest(x[1], 1000, x[1].length);
        double allowed = most * (1.05 * 2 * Math.PI * 300 / RATE + 0.5 / 256);
        double steepest = TestWorlds.steepest(x[1], 1000, x[1].length);
        assertTrue(steepest < allowed, "step of " + steepest + " where " + allowed + " is allowed");
        for (int n = 1000; n + 160 < x[1].length; n += 80) {
            // A period of the sine at least.
            assertTrue(TestWorlds.largest(x[1], n, n + 160) > 0.4 * most, "the level drops at " + n);
        }
    }

    @Test
    @Tag("unit")
    void aLoopThatIsTurnedOffEndsWithThePassThatItIsIn() {
        for (AcousticsSettings acoustics : List.of(AcousticsSettings.OFF, DOPPLER)) {
            int frames = 10_000;
            MemoryDevice device = OutputDevices.memory(10);
            try (SoundWorld world = SoundWorld.open(TestWorlds.bare().withAcoustics(acoustics))) {
                TestWorlds.listener(world, device);
                Emitter e = world.addEmitter(Sound.ofSamples("noise", TestWorlds.noise(4, frames), RATE), EmitterSettings.named("e").at(0, 0, -1).withLooping(true));
                e.play();
                world.commit();
                // Into the third pass.
                world.advance(90);
                e.setLooping(false);
                world.commit();
                world.advance(26);
                assertEquals(EmitterState.PLAYING, e.state());
                world.advance(10);
                assertEquals(EmitterState.FINISHED, e.state());
            }
            float[] x = device.left();
            assertTrue(TestWorlds.rmsDb(x, 3 * frames - 500, 3 * frames - 10) > -40, "to the end of the third pass");
            // Less than 240 samples of filter follow.
            assertEquals(0, TestWorlds.largest(x, 3 * frames + 300, x.length), 1e-6);
        }
    }

    @Test
    @Tag("unit")
    void seekingBeyondTheEnd() {
        MemoryDevice device = OutputDevices.memory(10);
        try (SoundWorld world = SoundWorld.open(TestWorlds.bare())) {
            TestWorlds.listener(world, device);
            Sound sound = Sound.ofSamples("noise", TestWorlds.noise(4, 5000), RATE);
            Emitter once = world.addEmitter(sound, EmitterSettings.named("once").at(0, 0, -1));
            Emitter loop = world.addEmitter(sound, EmitterSettings.named("loop").at(0, 0, -1).withLooping(true).withPitch(1.3));
            once.play();
            loop.play();
            world.commit();
            world.advance(3);
            once.seek(1e9);
            loop.seek(1e9);
            world.commit();
            world.advance(5);
            assertEquals(EmitterState.FINISHED, once.state());
            assertEquals(EmitterState.PLAYING, loop.state());
            assertEquals(0, world.report().nonFiniteBlocks());
            assertThrows(InvalidValueException.class, () -> loop.seek(Double.NaN));
            assertThrows(InvalidValueException.class, () -> loop.seek(-1));
        }
        float[] x = device.left();
        assertTrue(TestWorlds.rmsDb(x, 6 * 256, 8 * 256) > -40);
    }

    @Test
    @Tag("unit")
    void statesAreTrueAfterEveryCall() {
        try (SoundWorld world = SoundWorld.open(TestWorlds.bare().withCapacity(1, 4, 1))) {
            TestWorlds.listener(world, OutputDevices.memory(10));
            Sound sound = Sound.ofSamples("noise", TestWorlds.noise(4, 2000), RATE);
            Emitter e = world.addEmitter(sound, EmitterSettings.named("e").at(0, 0, -1));
            e.pause();
            e.seek(1);
            e.resume();
            assertEquals(EmitterState.STOPPED, e.state(), "what does not play cannot be paused");
            step(world);
            assertEquals(EmitterState.STOPPED, e.state());
            e.play();
            e.play();
            step(world);
            assertEquals(EmitterState.PLAYING, e.state());
            e.pause();
            assertEquals(EmitterState.PAUSED, e.state());
            e.resume();
            assertEquals(EmitterState.WAITING, e.state());
            step(world);
            step(world);
            assertEquals(EmitterState.PLAYING, e.state());
            e.stop();
            assertEquals(EmitterState.STOPPED, e.state());
            e.play();
            assertEquals(EmitterState.WAITING, e.state());
            step(world);
            step(world);
            assertEquals(EmitterState.PLAYING, e.state());
            world.advance(20);
            assertEquals(EmitterState.FINISHED, e.state());
            e.play();
            assertEquals(EmitterState.WAITING, e.state());
            world.advance(1);
            assertEquals(EmitterState.WAITING, e.state(), "not committed yet");
            e.close();
            Emitter next = world.addEmitter(sound, EmitterSettings.named("next").at(0, 0, -1));
            assertEquals(EmitterState.STOPPED, next.state());
            step(world);
            assertEquals(EmitterState.STOPPED, next.state(), "the call for the emitter that had its place is not for it");
            assertEquals(0, world.report().realVoices() + world.report().waitingVoices() + world.report().virtualVoices());
        }
    }

    private static void step(SoundWorld world) {
        world.commit();
        world.advance(1);
    }

    @Test
    @Tag("property")
    void anEmitterWhoseSlotIsTakenFadesOutAsItWas() {
        float[][] x = new float[2][];
        for (int i = 0; i < 2; i++) {
            MemoryDevice device = OutputDevices.memory(10);
            try (SoundWorld world = SoundWorld.open(TestWorlds.bare().withAcoustics(DOPPLER))) {
                TestWorlds.listener(world, device);
                Emitter e = world.addEmitter(Sound.generator(SignalGenerator.sine(300)), EmitterSettings.named("e").at(around(30, 0, 1)));
                e.play();
                world.commit();
                world.advance(20);
                e.close();
                if (i == 1) {
                    Emitter other = world.addEmitter(Sound.generator(SignalGenerator.sine(5000)),
                            EmitterSettings.named("other").at(around(-120, 0, 50)).withPitch(8).withGainLinear(0).withLooping(true));
                    other.setVelocity(new Vector3(1000, 0, 0));
                    other.play();
                }
                world.commit();
                world.advance(5);
            }
            x[i] = device.left();
        }
        for (int n = 0; n < x[0].length; n++) {
            assertEquals(x[0][n], x[1][n], 1e-6, "sample " + n);
        }
        assertTrue(TestWorlds.largest(x[0], 20 * 256, 21 * 256) > 0.1);
        assertEquals(0, TestWorlds.largest(x[0], 23 * 256, x[0].length), 1e-6);
    }

    @Test
    @Tag("fault")
    void extremesOfPitchSpeedAndPlaceStayFiniteAndStopNothing() {
        Random random = new Random(6);
        MemoryDevice device = OutputDevices.memory(30);
        try (SoundWorld world = SoundWorld.open(TestWorlds.bare().withAcoustics(DELAYED).withCapacity(2, 32, 24).withBlockFrames(64))) {
            Listener listener = TestWorlds.listener(world, device);
            world.addListener(new ListenerSettings("far", HrtfProfile.subject("cipic_003"), OutputDevices.memory(30))).setPose(Pose.at(1e9, -1e9, 1e9));
            List<Emitter> emitters = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                Sound sound = i % 3 == 0 ? Sound.ofSamples("one sample", new float[] {1}, i % 2 == 0 ? RATE : 768_000)
                        : i % 3 == 1 ? Sound.ofSamples("noise", TestWorlds.noise(i, 3000), 44100) : Sound.generator(SignalGenerator.white(i));
                Emitter e = world.addEmitter(sound, EmitterSettings.named("e" + i).withDistance(DistanceModel.none()).withLooping(i % 4 != 1));
                e.play();
                emitters.add(e);
            }
            double[] speeds = {0, 342.9999, -343, 343, 1e4, -1e300, Double.MAX_VALUE, -Double.MAX_VALUE, Double.MIN_VALUE};
            double[] places = {0, -0.0, 1e-12, 6.5, -6.5, 1e9, -1e9, 340};
            for (int i = 0; i < 400; i++) {
                for (Emitter e : emitters) {
                    e.setVelocity(new Vector3(pick(random, speeds), pick(random, speeds), pick(random, speeds)));
                    if (random.nextInt(3) == 0) {
                        e.setPitch(random.nextBoolean() ? 8 : 0.125);
                        e.setLooping(random.nextBoolean());
                    }
                    if (random.nextInt(8) == 0) {
                        e.setPosition(pick(random, places), pick(random, places), pick(random, places));
                    } else if (e.pose().position().length() < 100) {
                        // Fast enough that the delay is followed, slow enough that it is no teleport.
                        e.setPosition(6 * random.nextDouble(), 0, 0);
                    }
                    if (random.nextInt(40) == 0) {
                        e.play();
                    }
                    if (random.nextInt(40) == 0) {
                        e.seek(Math.pow(10, 18 * random.nextDouble() - 9));
                    }
                }
                listener.setVelocity(new Vector3(pick(random, speeds), pick(random, speeds), 0));
                world.commit();
                world.advance(1);
            }
            assertEquals(0, world.report().nonFiniteBlocks());
            for (Emitter e : emitters) {
                e.setVelocity(Vector3.ZERO);
                e.setPosition(0, 0, -1);
                e.setPitch(1);
                e.setLooping(true);
                e.play();
            }
            listener.setVelocity(Vector3.ZERO);
            world.commit();
            world.advance(100);
            for (Emitter e : emitters) {
                assertEquals(EmitterState.PLAYING, e.state(), e.name());
            }
        }
        float[] x = device.left();
        for (int n = 0; n < x.length; n++) {
            assertTrue(Float.isFinite(x[n]), "sample " + n);
        }
        assertTrue(TestWorlds.rmsDb(x, x.length - 3000, x.length) > -40);
    }

    private static double pick(Random random, double[] values) {
        return values[random.nextInt(values.length)];
    }

    @Test
    @Tag("fault")
    void aPlaceThatIsRefusedTakesNoSlot() {
        try (SoundWorld world = SoundWorld.open(TestWorlds.bare().withCapacity(1, 2, 1))) {
            Sound sound = Sound.ofSamples("s", TestWorlds.impulse(10), RATE);
            for (int i = 0; i < 5; i++) {
                assertThrows(InvalidValueException.class, () -> world.addEmitter(sound, EmitterSettings.named("far").at(1e12, 0, 0)));
            }
            world.addEmitter(sound, EmitterSettings.named("a"));
            Emitter second = world.addEmitter(sound, EmitterSettings.named("b"));
            second.close();
            assertThrows(InvalidValueException.class, () -> world.addEmitter(sound, EmitterSettings.named("far").at(0, -1e12, 0)));
            assertSame(EmitterState.STOPPED, world.addEmitter(sound, EmitterSettings.named("c")).state());
        }
    }

    @Test
    @Tag("unit")
    void moreCallsThanTheRingHoldsKeepTheirOrder() {
        try (SoundWorld world = SoundWorld.open(TestWorlds.bare().withCapacity(1, 8, 8))) {
            TestWorlds.listener(world, OutputDevices.memory(10));
            Sound sound = Sound.ofSamples("s", TestWorlds.noise(1, 4000), RATE);
            List<Emitter> emitters = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                emitters.add(world.addEmitter(sound, EmitterSettings.named("e" + i).at(0, 0, -1).withLooping(true)));
            }
            for (int i = 0; i < 3000; i++) {
                for (Emitter e : emitters) {
                    e.play();
                    e.pause();
                }
            }
            for (int i = 0; i < 8; i += 2) {
                emitters.get(i).resume();
            }
            world.commit();
            world.advance(30);
            assertTrue(world.report().droppedEvents() > 40_000, "calls that found the ring full: " + world.report().droppedEvents());
            for (int i = 0; i < 8; i++) {
                assertEquals(i % 2 == 0 ? EmitterState.PLAYING : EmitterState.PAUSED, emitters.get(i).state(), "emitter " + i);
            }
        }
    }

    @Test
    @Tag("integration")
    void aStreamIsHeardHoweverFarAndFastItsEmitterMoves(@TempDir Path folder) {
        Path file = folder.resolve("noise.wav");
        float[] noise = TestWorlds.noise(3, 12 * RATE);
        try (WavWriter writer = new WavWriter(file, 1, RATE)) {
            writer.write(noise, 0, noise.length);
        }
        for (AcousticsSettings acoustics : List.of(DOPPLER, DELAYED)) {
            MemoryDevice near = OutputDevices.memory(20);
            MemoryDevice far = OutputDevices.memory(20);
            try (SoundWorld world = SoundWorld.open(TestWorlds.bare().withAcoustics(acoustics))) {
                TestWorlds.listener(world, near);
                world.addListener(new ListenerSettings("far", HrtfProfile.generic(), far)).setPose(Pose.at(0, 0, -250));
                Emitter e = world.addEmitter(Sound.stream(file), EmitterSettings.named("e").at(0, 0, -2).withDistance(DistanceModel.none()));
                e.setVelocity(new Vector3(0, 0, -40));
                e.play();
                for (int i = 0; i < 4 * RATE / 256; i++) {
                    // Away from one listener and towards the other, 160 m in four seconds.
                    e.setPosition(0, 0, -2 - 40.0 * i * 256 / RATE);
                    world.commit();
                    world.advance(1);
                }
                assertEquals(0, world.report().emitters().get(0).missedFrames());
            }
            for (MemoryDevice device : List.of(near, far)) {
                float[] x = device.left();
                // From when the sound has come to the far listener.
                for (int n = RATE; n + 2400 <= x.length; n += 2400) {
                    assertTrue(TestWorlds.rmsDb(x, n, n + 2400) > -45, (device == near ? "near" : "far") + " is silent at " + n + ", " + acoustics);
                }
            }
        }
    }

    /** Paces like a sound card until it breaks. */
    private static final class Breaking implements OutputDevice {
        final OutputDevice pace = OutputDevices.realTimeNull();
        volatile boolean stuck;
        volatile boolean faulty;
        volatile int blocks;

        @Override
        public void open(StreamFormat format) {
            pace.open(format);
        }

        @Override
        public boolean isPacing() {
            return true;
        }

        @Override
        @SuppressWarnings("NonAtomicOperationOnVolatileField")
        public boolean offer(float[] left, float[] right) {
            if (faulty) {
                throw new IllegalStateException("broken on purpose");
            }
            if (stuck || !pace.offer(left, right)) {
                return false;
            }
            blocks = blocks + 1;
            return true;
        }

        @Override
        public DeviceReport report() {
            return pace.report();
        }

        @Override
        public void close() {
            pace.close();
        }
    }

    @Test
    @Tag("realtime")
    void anOutputThatBreaksDoesNotHoldUpTheOthers() throws InterruptedException {
        Breaking first = new Breaking();
        Breaking second = new Breaking();
        SoundWorld world = SoundWorld.open(SoundWorldSettings.REAL_TIME);
        try (world) {
            add(world, "first", first);
            add(world, "second", second);
            world.commit();
            Thread.sleep(200);
            first.stuck = true;
            // The half second after which it is passed over.
            Thread.sleep(800);
            int before = second.blocks;
            Thread.sleep(500);
            // 94 blocks by the clock, on a machine that may be busy.
            assertTrue(second.blocks - before > 40 && second.blocks - before < 120, "blocks of the second output: " + (second.blocks - before));
            int stuckAt = first.blocks;
            first.stuck = false;
            second.faulty = true;
            Thread.sleep(1200);
            assertTrue(first.blocks > stuckAt + 40, "the first output is back: " + (first.blocks - stuckAt));
            WorldReport report = world.report();
            assertTrue(report.notes().stream().anyMatch(n -> n.contains("broken on purpose")), report.notes().toString());
            assertTrue(report.notes().stream().noneMatch(n -> n.contains("audio thread")), report.notes().toString());
            assertTrue(report.listeners().get(0).droppedBlocks() > 0);
            // An interrupt does not make the outputs close under the audio thread.
            Thread.currentThread().interrupt();
        } finally {
            assertTrue(Thread.interrupted(), "the interrupt is kept");
        }
        assertTrue(Thread.getAllStackTraces().keySet().stream().noneMatch(t -> t.getName().equals("pinna-audio") && t.isAlive()));
    }

    @Test
    @Tag("integration")
    void aNewListenerHearsNothingThroughWallsThatAreNotYetKnown() {
        MemoryDevice first = OutputDevices.memory(10);
        MemoryDevice second = OutputDevices.memory(10);
        AcousticsSettings acoustics = new AcousticsSettings(true, true, false, false, false, false, false, false, 20, 50, AcousticsQuality.MEDIUM.withOcclusionSamples(16));
        AcousticMaterial lead = new AcousticMaterial("lead", Bands.of(0.1, 0.1, 0.1), Bands.of(1e-6, 1e-6, 1e-6), 0.1);
        try (SoundWorld world = SoundWorld.open(TestWorlds.bare().withAcoustics(acoustics))) {
            TestWorlds.listener(world, first);
            world.addGeometry(TriangleMesh.box("wall", 30, 30, 0.1, lead)).setPose(Pose.at(0, 0, 3));
            world.addEmitter(Sound.generator(SignalGenerator.white(1)), EmitterSettings.named("e").at(0, 0, -1).withDistance(DistanceModel.none())).play();
            world.commit();
            world.advance(20);
            world.addListener(new ListenerSettings("behind", HrtfProfile.generic(), second)).setPose(Pose.at(0, 0, 6));
            world.commit();
            world.advance(20);
        }
        float[] x = second.left();
        assertTrue(TestWorlds.rmsDb(first.left(), 2000, 4000) > -40);
        assertTrue(TestWorlds.rmsDb(x, 0, x.length) < -60, "behind the wall " + TestWorlds.rmsDb(x, 0, x.length) + " dB");
        assertFalse(x.length == 0);
    }
}
