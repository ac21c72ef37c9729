package io.pinna;

import static io.pinna.TestWorlds.RATE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.acoustics.AcousticMaterial;
import io.pinna.acoustics.AcousticMaterials;
import io.pinna.acoustics.AcousticsSettings;
import io.pinna.acoustics.TriangleMesh;
import io.pinna.device.DeviceReport;
import io.pinna.device.MemoryDevice;
import io.pinna.device.OutputDevice;
import io.pinna.device.OutputDevices;
import io.pinna.device.StreamFormat;
import io.pinna.effect.LimiterSettings;
import io.pinna.hrtf.HrtfProfile;
import io.pinna.hrtf.SphericalHeadModels;
import io.pinna.internal.hrtf.PersonalHrtfSamples;
import io.pinna.internal.inference.RemoteRenderer;
import io.pinna.internal.render.ListenerMix;
import io.pinna.internal.render.MixBlock;
import io.pinna.unit.Pose;
import io.pinna.unit.Rotation;
import io.pinna.unit.Vector3;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("realtime")
class RealTimeTest {
    private static final Sound NOISE = Sound.ofSamples("noise", TestWorlds.noise(1, RATE), RATE);

    /** Renders on its own thread like any real-time world, and notes what that thread allocates and how the world's time advances. */
    private static final class Probe implements OutputDevice {
        private final OutputDevice pace = OutputDevices.realTimeNull();
        private final com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        volatile long blocks;
        volatile long allocatedSinceWarm;
        volatile long warmBlocks = Long.MAX_VALUE;
        volatile double peak;
        volatile boolean finite = true;
        /** Largest step between neighbouring samples of the left ear. */
        volatile double steepest;
        private float last;
        private long warmBytes = -1;

        @Override
        public void open(StreamFormat format) {
            pace.open(format);
        }

        @Override
        public boolean isPacing() {
            return true;
        }

        @Override
        public boolean offer(float[] left, float[] right) {
            if (!pace.offer(left, right)) {
                return false;
            }
            blocks++;
            for (int i = 0; i < left.length; i++) {
                peak = Math.max(peak, Math.abs(left[i]));
                steepest = Math.max(steepest, Math.abs(left[i] - last));
                last = left[i];
                finite &= Float.isFinite(left[i]) && Float.isFinite(right[i]);
            }
            if (blocks >= warmBlocks) {
                long bytes = threads.getCurrentThreadAllocatedBytes();
                if (warmBytes < 0) {
                    warmBytes = bytes;
                }
                allocatedSinceWarm = bytes - warmBytes;
            }
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

    private static void sleep(double seconds) {
        long until = System.nanoTime() + (long) (seconds * 1e9);
        while (System.nanoTime() < until) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    /** Everything at once: moving emitters, a moving wall, plays and stops, two listeners. */
    private static void exercise(SoundWorld world, List<Emitter> emitters, Geometry wall, Listener listener, int commits) {
        for (int i = 0; i < commits; i++) {
            for (int e = 0; e < emitters.size(); e++) {
                emitters.get(e).setPose(TestWorlds.around(7.0 * i + 40 * e, 10 * Math.sin(0.1 * i), 0.15 + 0.9 * e + 0.1 * Math.sin(0.3 * i)));
                emitters.get(e).setPitch(1 + 0.1 * Math.sin(0.05 * i + e));
            }
            emitters.get(i % emitters.size()).setGainLinear(0.5 + 0.5 * Math.cos(i));
            wall.setPose(Pose.at(0, 0, -1 - 0.5 * Math.sin(0.07 * i)));
            listener.setPose(new Pose(new Vector3(0, 0, 0.01 * i), Rotation.ofYawPitchRoll(0.02 * i, 0, 0)));
            if (i % 10 == 0) {
                emitters.get(0).play();
            }
            if (i % 10 == 7) {
                emitters.get(1).stop();
            }
            if (i % 10 == 8) {
                emitters.get(1).play();
            }
            world.commit();
            sleep(0.008);
        }
    }

    /** In a room with a doorway, so that everything is heard straight, around edges, by reflections and by reverberation, and all of that changes. */
    @Test
    void theAudioThreadAllocatesNothingInARoom() {
        Probe probe = new Probe();
        SoundWorldSettings settings = SoundWorldSettings.REAL_TIME.withAcoustics(AcousticsSettings.DEFAULT.withPropagationDelay(true));
        try (SoundWorld world = SoundWorld.open(settings)) {
            Listener listener = world.addListener(new ListenerSettings("player", HrtfProfile.generic(), probe).withBakedFilters(true));
            AcousticMaterial plaster = AcousticMaterials.named("plaster");
            for (TriangleMesh wall : AcousticRoom.shoebox(new double[] {-5, -1.6, -5}, new double[] {5, 1.6, 5}, plaster, plaster, plaster, plaster, plaster, plaster)) {
                world.addGeometry(wall);
            }
            Geometry wall = world.addGeometry(TriangleMesh.box("wall", 1, 1, 0.1, AcousticMaterials.named("brick")));
            List<Emitter> emitters = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                Emitter e = world.addEmitter(NOISE, EmitterSettings.named("e" + i).withLooping(true));
                e.play();
                emitters.add(e);
            }
            exercise(world, emitters, wall, listener, 300);
            List<Long> rounds = new ArrayList<>();
            probe.warmBlocks = probe.blocks + 1;
            for (int round = 0; round < 5; round++) {
                long bytes = probe.allocatedSinceWarm;
                exercise(world, emitters, wall, listener, 40);
                rounds.add(probe.allocatedSinceWarm - bytes);
                // A listener that is put elsewhere.
                listener.setPose(Pose.at(round % 2 == 0 ? 20 : 0, 0, 0));
                world.commit();
                sleep(0.1);
            }
            assertEquals(0, rounds.stream().sorted().toList().get(2), "bytes that the audio thread allocated in each round: " + rounds);
            assertTrue(probe.peak > 0.01);
            assertTrue(probe.finite);
            assertTrue(world.report().notes().stream().noneMatch(n -> n.contains("faults")), world.report().notes().toString());
            assertEquals(0, world.report().nonFiniteBlocks());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theAudioThreadAllocatesNothing(boolean handsOver) {
        Probe probe = new Probe();
        try (SoundWorld world = SoundWorld.open(SoundWorldSettings.REAL_TIME, handsOver ? MixTest.cpu(SoundWorldSettings.REAL_TIME, block -> { }) : null)) {
            Listener listener = world.addListener(new ListenerSettings("player", HrtfProfile.generic(), probe).withBakedFilters(true));
            ListenerSettings second = new ListenerSettings("second", HrtfProfile.generic(), OutputDevices.memory(60));
            world.addListener(handsOver ? second.withBinauralModel(new BinauralModelTest.DelayingHead()) : second);
            Geometry wall = world.addGeometry(TriangleMesh.box("wall", 1, 1, 0.1, AcousticMaterials.named("brick")));
            List<Emitter> emitters = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                Emitter e = world.addEmitter(NOISE, EmitterSettings.named("e" + i).withLooping(true));
                e.play();
                emitters.add(e);
            }
            exercise(world, emitters, wall, listener, 300);
            // What the engine allocates, it allocates in every round; what the virtual machine allocates once in the thread's name while it links or recompiles, in few.
            List<Long> rounds = new ArrayList<>();
            probe.warmBlocks = probe.blocks + 1;
            for (int round = 0; round < 5; round++) {
                long bytes = probe.allocatedSinceWarm;
                long blocks = probe.blocks;
                exercise(world, emitters, wall, listener, 40);
                assertTrue(probe.blocks - blocks > 15, "blocks measured: " + (probe.blocks - blocks));
                rounds.add(probe.allocatedSinceWarm - bytes);
            }
            assertEquals(0, rounds.stream().sorted().toList().get(2), "bytes that the audio thread allocated in each round: " + rounds);
            assertTrue(probe.peak > 0.01);
            assertTrue(probe.finite);
            assertEquals(0, world.report().nonFiniteBlocks());
            assertEquals(handsOver, world.report().mix().blocks() > 20, world.report().mix().toString());
        }
    }

    /** Two seconds are many blocks: audio time goes on, the sound does too, and the inference thread is asked again afterwards. */
    @Test
    @Tag("fault")
    void inferenceThatStallsIsNotHeard() throws java.io.IOException {
        Probe probe = new Probe();
        boolean[] stall = {false};
        java.nio.file.Path file = java.nio.file.Files.createTempFile("mix", ".jfr");
        try (jdk.jfr.Recording recording = new jdk.jfr.Recording();
             SoundWorld world = SoundWorld.open(SoundWorldSettings.REAL_TIME, MixTest.cpu(SoundWorldSettings.REAL_TIME, block -> {
                 if (stall[0]) {
                     stall[0] = false;
                     sleep(2);
                 }
             }))) {
            recording.start();
            world.addListener(new ListenerSettings("player", HrtfProfile.generic(), probe).withBakedFilters(true));
            Sound sine = Sound.generator(SignalGenerator.sine(250));
            world.addEmitter(sine, EmitterSettings.named("e").at(0, 0, -1)).play();
            world.commit();
            awaitBlocks(world, 50);
            probe.steepest = 0;
            WorldReport before = world.report();
            long blocks = probe.blocks;
            double start = System.nanoTime();
            java.time.Instant began = java.time.Instant.now();
            stall[0] = true;
            sleep(2.5);
            double clock = (System.nanoTime() - start) / 1e9 * RATE / 256;
            assertTrue(probe.blocks - blocks > 0.5 * clock, probe.blocks - blocks + " blocks where the clock had " + clock);
            WorldReport after = world.report();
            assertTrue(after.mix().lateBlocks() - before.mix().lateBlocks() >= 1, after.mix().toString());
            assertTrue(after.mix().moves() >= 1, after.mix().toString());
            assertTrue(probe.finite);
            assertTrue(probe.peak > 0.1 && probe.peak < 2, "peak " + probe.peak);
            // A sine's steepest step; one block too many or too few would step by up to the whole peak.
            assertTrue(probe.steepest < 1.2 * probe.peak * 2 * Math.PI * 250 / RATE, "steepest step " + probe.steepest + " of peak " + probe.peak);
            awaitBlocks(world, after.mix().blocks() + 50);
            recording.stop();
            recording.dump(file);
            List<jdk.jfr.consumer.RecordedEvent> events = jdk.jfr.consumer.RecordingFile.readAllEvents(file);
            // Told while it lasts, by another thread than the one that is stuck.
            assertTrue(events.stream().anyMatch(e -> e.getEventType().getName().equals("io.pinna.MixMiss") && !e.getBoolean("failed") && e.getStartTime().isAfter(began)
                    && e.getStartTime().isBefore(began.plusMillis(1500))), events.toString());
            assertTrue(events.stream().anyMatch(e -> e.getEventType().getName().equals("io.pinna.MixMove") && e.getBoolean("toAudioThread") && e.getLong("pauseBlocks") > 100));
            assertTrue(events.stream().anyMatch(e -> e.getEventType().getName().equals("io.pinna.MixPrepared") && e.getInt("listeners") == 1));
        } finally {
            java.nio.file.Files.delete(file);
        }
    }

    /** On a slow or busy machine some blocks are late; those are rendered by the audio thread. */
    @Test
    void theMixGraphRunsInRealTime() {
        Probe probe = new Probe();
        MemoryDevice second = OutputDevices.memory(60);
        InferenceSettings inference = InferenceSettings.DEFAULT.withProvider(InferenceProvider.CPU).withMix(InferenceSettings.Mix.INFERENCE_THREAD);
        try (SoundWorld world = SoundWorld.open(SoundWorldSettings.REAL_TIME.withInference(inference))) {
            world.addListener(new ListenerSettings("player", HrtfProfile.generic(), probe).withBakedFilters(true));
            world.addListener(new ListenerSettings("second", HrtfProfile.subject("cipic_021"), second));
            Emitter e = world.addEmitter(NOISE, EmitterSettings.named("e").at(1, 0, 0).withLooping(true));
            e.play();
            for (int i = 0; i < 20; i++) {
                world.commit();
                sleep(0.01);
            }
            awaitBlocks(world, 100);
            WorldReport report = world.report();
            assertTrue(report.mix().description().contains("2 listeners on cpu"), report.mix().toString());
            assertEquals(0, report.mix().failedBlocks(), report.mix().toString());
            assertTrue(report.mix().times().p50Micros() > 1, report.mix().toString());
            assertTrue(probe.finite && probe.peak > 0.01 && probe.peak < 1, "peak " + probe.peak);
            long now = second.frames();
            assertTrue(now > 100 * 256, "frames " + now);
            double left = TestWorlds.rmsDb(second.left(), 100 * 256 - 8192, 100 * 256);
            double right = TestWorlds.rmsDb(second.right(), 100 * 256 - 8192, 100 * 256);
            assertTrue(right > left + 5, "the emitter is on the right: " + left + " dB left, " + right + " dB right");
        }
    }

    /** The profile stands in, which does not sound the same; neither the change to it nor the one back steps. */
    @Test
    @Tag("fault")
    void aModelThatStallsDoesNotClick() {
        Probe probe = new Probe();
        BinauralModelTest.Passing model = new BinauralModelTest.Passing(0, block -> false);
        java.util.concurrent.atomic.AtomicBoolean stall = new java.util.concurrent.atomic.AtomicBoolean();
        model.spoils = batch -> {
            if (stall.getAndSet(false)) {
                sleep(2);
            }
        };
        try (SoundWorld world = SoundWorld.open(SoundWorldSettings.REAL_TIME, MixTest.cpu(SoundWorldSettings.REAL_TIME, block -> { }))) {
            world.addListener(new ListenerSettings("player", HrtfProfile.generic(), probe).withBinauralModel(model));
            world.addEmitter(Sound.generator(SignalGenerator.sine(250)), EmitterSettings.named("e").at(-1, 0, 0)).play();
            world.commit();
            awaitBlocks(world, 50);
            probe.steepest = 0;
            long blocks = probe.blocks;
            double start = System.nanoTime();
            stall.set(true);
            sleep(2.5);
            double clock = (System.nanoTime() - start) / 1e9 * RATE / 256;
            assertTrue(probe.blocks - blocks > 0.5 * clock, probe.blocks - blocks + " blocks where the clock had " + clock);
            WorldReport.MixReport after = world.report().mix();
            assertTrue(after.lateBlocks() >= 1 && after.moves() >= 1, after.toString());
            awaitBlocks(world, after.blocks() + 50);
            assertTrue(probe.finite);
            double natural = 2 * Math.PI * 250 / RATE;
            assertTrue(probe.steepest > 0.8 * natural && probe.steepest < 0.08, "steepest step " + probe.steepest + " where the sine's is " + natural);
        }
    }

    /** Until the inference thread has rendered so many blocks; pauses last at most half a minute. */
    private static void awaitBlocks(SoundWorld world, long blocks) {
        long until = System.nanoTime() + 60_000_000_000L;
        while (world.report().mix().blocks() < blocks) {
            assertTrue(System.nanoTime() < until, () -> world.report().mix().toString());
            sleep(0.05);
        }
    }

    @Test
    void offlineRenderingAllocatesNothingEither() {
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        MemoryDevice device = OutputDevices.memory(60);
        try (SoundWorld world = SoundWorld.open(TestWorlds.bare())) {
            TestWorlds.listener(world, device);
            for (int i = 0; i < 16; i++) {
                world.addEmitter(NOISE, EmitterSettings.named("e" + i).at(TestWorlds.around(20 * i, 0, 2)).withLooping(true).withPitch(1 + 0.01 * i)).play();
            }
            world.commit();
            long least = Long.MAX_VALUE;
            for (int round = 0; round < 8; round++) {
                long before = threads.getCurrentThreadAllocatedBytes();
                world.advance(200);
                least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
            }
            assertEquals(0, least, "bytes per 200 blocks");
        }
    }

    @Test
    void audioTimeGoesOnWhileTheGameStalls() {
        Probe probe = new Probe();
        try (SoundWorld world = SoundWorld.open(SoundWorldSettings.REAL_TIME)) {
            world.addListener(new ListenerSettings("player", HrtfProfile.generic(), probe).withBakedFilters(true));
            Emitter e = world.addEmitter(NOISE, EmitterSettings.named("e").at(0, 0, -1).withLooping(true));
            e.play();
            world.commit();
            sleep(0.5);
            long before = probe.blocks;
            double start = System.nanoTime();
            sleep(1.0);
            double blocks = (System.nanoTime() - start) / 1e9 * RATE / 256;
            // Nobody commits; the device goes on being fed. A loaded machine may run late, never ahead of the clock by more than its queue.
            assertTrue(probe.blocks - before > 0.5 * blocks && probe.blocks - before < blocks + 12, probe.blocks - before + " blocks where the clock had " + blocks);
            assertEquals(EmitterState.PLAYING, e.state());
        }
    }

    @Test
    void closingEndsTheThreads() {
        Set<Thread> before = pinnaThreads();
        SoundWorld world = SoundWorld.open(SoundWorldSettings.REAL_TIME);
        world.addListener(new ListenerSettings("player", HrtfProfile.generic(), OutputDevices.realTimeNull()));
        world.commit();
        Set<Thread> open = pinnaThreads();
        open.removeAll(before);
        assertEquals(Set.of("pinna-audio", "pinna-acoustics", "pinna-inference"), open.stream().map(Thread::getName).collect(Collectors.toSet()));
        world.close();
        world.close();
        open.removeIf(thread -> !thread.isAlive());
        assertTrue(open.isEmpty(), "still alive: " + open);
    }

    /** Whoever else closed it would close it under a call that hangs. */
    @Test
    void aRendererIsClosedByTheThreadThatRenders() {
        List<String> said = java.util.Collections.synchronizedList(new ArrayList<>());
        RemoteRenderer.Factory cpu = MixTest.cpu(SoundWorldSettings.REAL_TIME, block -> { });
        RemoteRenderer.Factory mixer = new RemoteRenderer.Factory() {
            @Override
            public RemoteRenderer prepare(List<ListenerMix> mixes) {
                RemoteRenderer renderer = cpu.prepare(mixes);
                return new RemoteRenderer() {
                    @Override
                    public int render(MixBlock block, float[][] left, float[][] right) {
                        return renderer.render(block, left, right);
                    }

                    @Override
                    public String describe() {
                        return renderer.describe();
                    }

                    @Override
                    public void close() {
                        said.add("closed by " + Thread.currentThread().getName());
                    }
                };
            }

            @Override
            public String describe() {
                return cpu.describe();
            }
        };
        try (SoundWorld world = SoundWorld.open(SoundWorldSettings.REAL_TIME, mixer)) {
            world.addListener(new ListenerSettings("player", HrtfProfile.generic(), OutputDevices.realTimeNull()).withBakedFilters(true));
            world.addEmitter(NOISE, EmitterSettings.named("e").at(1, 0, 0).withLooping(true)).play();
            world.commit();
            awaitBlocks(world, 10);
            assertTrue(said.isEmpty(), said.toString());
        }
        assertEquals(List.of("closed by pinna-mix"), said);
    }

    private static Set<Thread> pinnaThreads() {
        return Thread.getAllStackTraces().keySet().stream().filter(t -> t.getName().startsWith("pinna-a") || t.getName().startsWith("pinna-i") || t.getName().startsWith("pinna-m")).collect(Collectors.toSet());
    }

    /** A player who joins in a slot before another's: the output that set the pace goes on to, and loses no block to the empty queue of the new one. */
    @Test
    void aListenerThatComesCostsTheOthersNoBlock() {
        try (SoundWorld world = SoundWorld.open(SoundWorldSettings.REAL_TIME.withCapacity(2, 4, 4))) {
            Listener before = world.addListener(new ListenerSettings("before", HrtfProfile.generic(), OutputDevices.memory(10)));
            world.addListener(new ListenerSettings("first", HrtfProfile.generic(), OutputDevices.realTimeNull()));
            world.commit();
            sleep(0.3);
            for (int round = 0; round < 5; round++) {
                before.close();
                world.commit();
                sleep(0.1);
                before = world.addListener(new ListenerSettings("next " + round, HrtfProfile.generic(), OutputDevices.realTimeNull()));
                world.commit();
                sleep(0.15);
            }
            WorldReport.ListenerReport first = world.report().listeners().stream().filter(l -> l.name().equals("first")).findFirst().orElseThrow();
            assertEquals(0, first.droppedBlocks(), first.toString());
        }
    }

    @Test
    @Tag("fault")
    void aDeviceThatStopsTakingBlocksDoesNotStopTheWorld() {
        boolean[] stuck = {false};
        OutputDevice device = new OutputDevice() {
            private final OutputDevice pace = OutputDevices.realTimeNull();

            @Override
            public void open(StreamFormat format) {
                pace.open(format);
            }

            @Override
            public boolean isPacing() {
                return true;
            }

            @Override
            public boolean offer(float[] left, float[] right) {
                return !stuck[0] && pace.offer(left, right);
            }

            @Override
            public DeviceReport report() {
                return pace.report();
            }

            @Override
            public void close() {
                pace.close();
            }
        };
        try (SoundWorld world = SoundWorld.open(SoundWorldSettings.REAL_TIME)) {
            world.addListener(new ListenerSettings("player", HrtfProfile.generic(), device));
            world.commit();
            sleep(0.1);
            stuck[0] = true;
            sleep(1.3);
            WorldReport report = world.report();
            assertTrue(report.listeners().get(0).droppedBlocks() >= 1, "dropped " + report.listeners().get(0).droppedBlocks());
            long before = report.renderedFrames();
            stuck[0] = false;
            sleep(0.3);
            assertTrue(world.report().renderedFrames() > before);
            assertFalse(world.report().listeners().isEmpty());
        }
    }

    /** Split-screen: four players with four kinds of ears and outputs of their own, in one world. */
    @Test
    void fourPlayersHearEachWithTheirOwnEars(@TempDir Path folder) {
        PersonalHrtfSamples.hrtf(12, 4).save(folder.resolve("me.pinna"));
        List<HrtfProfile> profiles = List.of(HrtfProfile.generic(), HrtfProfile.subject("cipic_003"), HrtfProfile.personal(folder.resolve("me.pinna")),
                HrtfProfile.field(new SphericalHeadModels.InJava()));
        List<Probe> probes = new ArrayList<>();
        List<MemoryDevice> recorded = new ArrayList<>();
        try (SoundWorld world = SoundWorld.open(SoundWorldSettings.REAL_TIME.withAcoustics(AcousticsSettings.OFF).withLimiter(LimiterSettings.OFF))) {
            List<Listener> players = new ArrayList<>();
            for (int p = 0; p < profiles.size(); p++) {
                // The first sets the pace; the others' blocks are kept, to be looked at.
                Probe probe = new Probe();
                MemoryDevice memory = OutputDevices.memory(60);
                probes.add(probe);
                recorded.add(memory);
                players.add(world.addListener(new ListenerSettings("player " + p, profiles.get(p), p == 0 ? probe : memory).withBakedFilters(p % 2 == 1)));
                // Each looks another way: the emitter is to the left, ahead, to the right and behind.
                players.get(p).setPose(new Pose(Vector3.ZERO, Rotation.ofYawPitchRoll(Math.PI / 2 * (p - 1), 0, 0)));
            }
            Emitter ahead = world.addEmitter(NOISE, EmitterSettings.named("ahead").at(0, 0, -1).withLooping(true));
            Emitter mover = world.addEmitter(NOISE, EmitterSettings.named("mover").at(0, 0, -1).withGainLinear(0).withLooping(true));
            ahead.play();
            mover.play();
            for (int i = 0; i < 60; i++) {
                mover.setPose(TestWorlds.around(9 * i, 20, 1));
                world.commit();
                sleep(0.016);
            }
            // While the inference thread is at the same tables.
            world.bakeFilters();
            WorldReport report = world.report();
            assertEquals(4, report.listeners().size());
            for (WorldReport.ListenerReport heard : report.listeners()) {
                assertTrue(heard.isBaked(), heard.name() + " has " + heard.readyDirections() + " of " + heard.totalDirections());
                assertEquals(0, heard.droppedBlocks(), heard.name());
            }
            assertEquals(4, report.listeners().stream().map(WorldReport.ListenerReport::model).distinct().count() + 1, "two of them are of the one built-in model");
            assertEquals(0, report.nonFiniteBlocks());
            assertTrue(probes.get(0).peak > 0.01 && probes.get(0).finite);
            // They change ears with each other while it plays.
            for (int p = 0; p < players.size(); p++) {
                players.get(p).setProfile(profiles.get((p + 1) % profiles.size()));
            }
            world.commit();
            sleep(0.2);
            assertTrue(world.report().listeners().stream().allMatch(WorldReport.ListenerReport::isBaked), "their tables were there already");
            assertEquals(EmitterState.PLAYING, ahead.state());
        }
        for (int p = 1; p < 4; p++) {
            float[] left = recorded.get(p).left();
            float[] right = recorded.get(p).right();
            int from = RATE / 4;
            int to = 3 * RATE / 4;
            double difference = TestWorlds.rmsDb(left, from, to) - TestWorlds.rmsDb(right, from, to);
            assertEquals(p == 1 ? 0 : p == 2 ? -1 : 0, Math.abs(difference) > 4 ? Math.signum(difference) : 0, "player " + p + ": " + difference + " dB");
        }
    }
}
