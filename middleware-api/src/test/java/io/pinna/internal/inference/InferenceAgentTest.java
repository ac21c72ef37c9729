package io.pinna.internal.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.SoundWorldSettings;
import io.pinna.acoustics.AcousticsSettings;
import io.pinna.acoustics.Directivity;
import io.pinna.acoustics.DistanceModel;
import io.pinna.device.DeviceReport;
import io.pinna.device.OutputDevice;
import io.pinna.device.OutputDevices;
import io.pinna.device.StreamFormat;
import io.pinna.internal.command.SpscRing;
import io.pinna.internal.hrtf.HrtfSource;
import io.pinna.internal.render.AudioDriver;
import io.pinna.internal.render.AudioEngine;
import io.pinna.internal.render.AudioEvent;
import io.pinna.internal.render.HrtfTable;
import io.pinna.internal.render.ListenerMix;
import io.pinna.internal.render.Playback;
import io.pinna.internal.render.RenderPlan;
import io.pinna.internal.snapshot.PropagationFrame;
import io.pinna.internal.snapshot.SceneFrame;
import io.pinna.internal.snapshot.TelemetryFrame;
import io.pinna.internal.snapshot.TripleBuffer;
import io.pinna.internal.sound.LoopedSamples;
import io.pinna.internal.sound.MemorySource;
import io.pinna.internal.thread.AgentThread;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class InferenceAgentTest {
    private static final int LISTENERS = 1;
    private static final int EMITTERS = 4;

    /** The engine in real time about a source that can be broken. */
    private static final class Rig implements OutputDevice {
        final FakeSource source = new FakeSource();
        final OutputDevice pace = OutputDevices.realTimeNull();
        final SceneFrame scene = new SceneFrame(LISTENERS, EMITTERS);
        final TripleBuffer<SceneFrame> toAudio = new TripleBuffer<>(() -> new SceneFrame(LISTENERS, EMITTERS));
        final TripleBuffer<SceneFrame> toInference = new TripleBuffer<>(() -> new SceneFrame(LISTENERS, EMITTERS));
        final TripleBuffer<TelemetryFrame> telemetry = new TripleBuffer<>(() -> new TelemetryFrame(LISTENERS, EMITTERS));
        final SpscRing<AudioEvent> events = new SpscRing<>(64);
        final InferenceAgent agent = new InferenceAgent(toInference, LISTENERS);
        final HrtfTable table = new HrtfTable(source, 256);
        final AgentThread thread = new AgentThread(agent);
        final AudioDriver driver;
        volatile long blocks;
        volatile boolean finite = true;
        volatile float lastPeak;

        Rig() {
            SoundWorldSettings settings = SoundWorldSettings.REAL_TIME.withCapacity(LISTENERS, EMITTERS, 4).withAcoustics(AcousticsSettings.OFF);
            RenderPlan plan = new RenderPlan(settings);
            pace.open(new StreamFormat(settings.sampleRateHz(), settings.blockFrames(), settings.queueBlocks()));
            AudioEngine engine = new AudioEngine(plan, toAudio, new TripleBuffer<>(() -> new PropagationFrame(settings)), telemetry, events, new SpscRing<>(64), null);
            driver = new AudioDriver(engine, settings);
            scene.listenerGeneration[0] = 1;
            scene.listenerRotation[3] = 1;
            events.offer(new AudioEvent(AudioEvent.Kind.ADD_LISTENER, 1, 0, new ListenerMix(plan, 0, 1, table, true, this, new double[3]), 0));
            agent.assign(new InferenceAgent.Assignment(0, 1, table, source));
        }

        void emitter(int slot, double x, double y, double z) {
            scene.emitterLimit = Math.max(scene.emitterLimit, slot + 1);
            scene.emitterGeneration[slot] = 10 + slot;
            scene.emitterPosition[3 * slot] = x;
            scene.emitterPosition[3 * slot + 1] = y;
            scene.emitterPosition[3 * slot + 2] = z;
            scene.emitterGain[slot] = 1;
            scene.emitterPitch[slot] = 1;
            scene.emitterLooping[slot] = true;
            scene.emitterDistance[slot] = DistanceModel.none();
            scene.emitterDirectivity[slot] = Directivity.OMNIDIRECTIONAL;
        }

        void play(int slot) {
            float[] x = new float[4800];
            for (int i = 0; i < x.length; i++) {
                x[i] = (float) (0.3 * Math.sin(2 * Math.PI * 440 * i / 48000));
            }
            MemorySource memory = new MemorySource(new LoopedSamples(x, 48000, 48000));
            events.offer(new AudioEvent(AudioEvent.Kind.PLAY, scene.number + 1, slot, new Playback(slot, 10 + slot, memory, LISTENERS, 0, 0), 0));
        }

        void commit() {
            scene.number++;
            toInference.back().copyFrom(scene);
            toInference.publish();
            toAudio.back().copyFrom(scene);
            toAudio.publish();
            thread.wake();
        }

        @Override
        public void open(StreamFormat format) {
            throw new AssertionError("opened by the test");
        }

        @Override
        public boolean isPacing() {
            return true;
        }

        @Override
        @SuppressWarnings("NonAtomicOperationOnVolatileField")
        public boolean offer(float[] left, float[] right) {
            if (!pace.offer(left, right)) {
                return false;
            }
            float peak = 0;
            for (int i = 0; i < left.length; i++) {
                finite &= Float.isFinite(left[i]) && Float.isFinite(right[i]);
                peak = Math.max(peak, Math.max(Math.abs(left[i]), Math.abs(right[i])));
            }
            lastPeak = peak;
            blocks = blocks + 1;
            return true;
        }

        @Override
        public DeviceReport report() {
            return pace.report();
        }

        @Override
        public void close() {
            driver.close();
            thread.close();
            pace.close();
        }
    }

    private static boolean within(double seconds, BooleanSupplier what) {
        long until = System.nanoTime() + (long) (seconds * 1e9);
        while (!what.getAsBoolean() && System.nanoTime() < until) {
            LockSupport.parkNanos(2_000_000);
        }
        return what.getAsBoolean();
    }

    @ParameterizedTest
    @EnumSource(value = FakeSource.Mode.class, names = {"THROWS", "NOT_FINITE", "STALLS"})
    @Tag("fault")
    void audioGoesOnAndTheFiltersComeBack(FakeSource.Mode mode) {
        try (Rig rig = new Rig()) {
            rig.emitter(0, 0, 0, -1);
            // The filters of the front, before anything breaks; nothing is filled ahead, because the agent's thread does not run yet.
            rig.commit();
            assertTrue(rig.agent.serveScene() > 0);
            int ready = rig.table.readyCount();
            assertTrue(ready >= 1 && ready <= 3, "only what the emitter needs: " + ready);
            rig.source.mode = mode;
            rig.play(0);
            rig.emitter(1, -1, 0, 0.3);
            rig.play(1);
            rig.commit();
            rig.thread.start();
            rig.driver.start();
            assertTrue(within(5, () -> rig.lastPeak > 0.05f), "the emitter in front, whose filters are there, is heard");
            // The one whose filters are there moves out of their reach: it keeps those it has.
            rig.emitter(0, 0.9, 0.4, 0.1);
            rig.commit();
            long before = rig.blocks;
            assertTrue(within(10, () -> rig.blocks > before + 100), "audio time goes on: " + (rig.blocks - before) + " blocks");
            assertTrue(rig.lastPeak > 0.05f, "and is still heard");
            TelemetryFrame t = rig.telemetry.acquire();
            assertEquals(1, t.waitingVoices, "the emitter without filters waits");
            assertTrue(t.staleFilters > 0, "the stale filter is counted");
            assertTrue(rig.finite);
            if (mode != FakeSource.Mode.STALLS) {
                assertNotNull(rig.agent.fault());
                assertTrue(rig.agent.fault().contains("listener 0"), rig.agent.fault());
                // Long enough that the pauses between attempts have grown.
                long calls = rig.source.calls;
                assertTrue(within(3, () -> rig.source.calls > calls), "it keeps trying");
                assertFalse(rig.source.calls > 1000, "but not all the time: " + rig.source.calls);
            }
            rig.source.mode = FakeSource.Mode.WORKS;
            assertTrue(within(10, () -> rig.telemetry.acquire().waitingVoices == 0 && rig.telemetry.acquire().realVoices == 2), "the waiting emitter starts when the filters are there");
            assertTrue(within(10, () -> rig.table.readyCount() == rig.table.vertexCount()), "the whole sphere is filled in the end: " + rig.table.readyCount());
            assertTrue(rig.finite);
            assertNull(rig.driver.fault());
            assertEquals(0, rig.thread.faults());
        }
    }

    @Test
    @Tag("fault")
    void oneBadDirectionDoesNotTakeItsBatchAlong() {
        try (Rig rig = new Rig()) {
            rig.source.badVertex = 17;
            rig.source.mode = FakeSource.Mode.ONE_IS_BAD;
            for (int i = 0; i < 400; i++) {
                rig.agent.doWork();
            }
            assertEquals(rig.table.vertexCount() - 1, rig.table.readyCount());
            assertFalse(rig.table.isReady(17));
            assertTrue(rig.agent.fault().contains("broken on purpose"), rig.agent.fault());
            rig.source.mode = FakeSource.Mode.WORKS;
            for (int i = 0; i < 400; i++) {
                rig.agent.doWork();
            }
            assertTrue(rig.table.isReady(17));
        }
    }

    @Test
    @Tag("unit")
    void fillsWhatIsNeededFirstAndThenTheRest() {
        try (Rig rig = new Rig()) {
            rig.emitter(0, 0, 0, -1);
            rig.emitter(1, -1, 0.2, 0.4);
            rig.commit();
            assertTrue(rig.agent.doWork() > 0);
            int needed = rig.table.readyCount();
            assertTrue(needed >= 4 && needed <= 6, "two triangles have " + needed + " corners");
            while (rig.agent.doWork() > 0) {
                assertTrue(rig.table.readyCount() > needed);
            }
            assertEquals(rig.table.vertexCount(), rig.table.readyCount());
            rig.agent.assign(new InferenceAgent.Assignment(0, 0, null, null));
            assertEquals(0, rig.agent.doWork(), "a listener that has left needs nothing");
        }
    }

    /** Sources that are computed together, with a count of the calls and of the sources in the last one. */
    private static final class Shared implements HrtfSource.Batch {
        int calls;
        int together;
        boolean refuses;

        @Override
        public void evaluate(List<HrtfSource.Request> requests) {
            calls++;
            together = requests.size();
            if (refuses) {
                throw new IllegalStateException("refused on purpose");
            }
            requests.forEach(r -> r.source().evaluate(r.vertices(), r.count(), r.sink()));
        }
    }

    /** An agent for several listeners whose sources belong together, about emitters that stand around them. */
    private static final class Crowd {
        final int listeners;
        final SceneFrame scene;
        final TripleBuffer<SceneFrame> scenes;
        final InferenceAgent agent;
        final Shared batch = new Shared();
        final FakeSource[] sources;
        final HrtfTable[] tables;

        Crowd(int listeners) {
            this.listeners = listeners;
            scene = new SceneFrame(listeners, EMITTERS);
            scenes = new TripleBuffer<>(() -> new SceneFrame(listeners, EMITTERS));
            agent = new InferenceAgent(scenes, listeners);
            sources = new FakeSource[listeners];
            tables = new HrtfTable[listeners];
            for (int l = 0; l < listeners; l++) {
                sources[l] = new FakeSource(batch);
                tables[l] = new HrtfTable(sources[l], 256);
                scene.listenerGeneration[l] = l + 1;
                scene.listenerRotation[4 * l + 3] = 1;
                agent.assign(new InferenceAgent.Assignment(l, l + 1, tables[l], sources[l]));
            }
        }

        /** An emitter at an azimuth, 1 m away. */
        void place(int slot, double azimuthDegrees) {
            scene.emitterLimit = Math.max(scene.emitterLimit, slot + 1);
            scene.emitterGeneration[slot] = 10 + slot;
            scene.emitterPosition[3 * slot] = -Math.sin(Math.toRadians(azimuthDegrees));
            scene.emitterPosition[3 * slot + 2] = -Math.cos(Math.toRadians(azimuthDegrees));
        }

        void commit() {
            scene.number++;
            scenes.back().copyFrom(scene);
            scenes.publish();
        }

        int ready() {
            int sum = 0;
            for (HrtfTable table : tables) {
                sum += table.readyCount();
            }
            return sum;
        }
    }

    @Test
    @Tag("unit")
    void listenersOfOneModelAreServedByOneCall() {
        Crowd crowd = new Crowd(100);
        for (int e = 0; e < EMITTERS; e++) {
            crowd.place(e, 80 * e);
        }
        crowd.commit();
        int done = crowd.agent.serveScene();
        assertEquals(1, crowd.batch.calls, "calls for 100 listeners");
        assertEquals(100, crowd.batch.together);
        assertEquals(done, crowd.ready());
        assertTrue(done >= 100 * 9 && done <= 100 * 12, "four triangles each: " + done);
        assertEquals(0, crowd.agent.serveScene(), "nothing is missing");
        assertEquals(1, crowd.batch.calls);
        while (crowd.agent.doWork() > 0) {
            assertTrue(crowd.batch.together <= FilterBatches.MOST_TABLES || crowd.batch.calls == 1, "ahead in smaller parts: " + crowd.batch.together);
        }
        for (HrtfTable table : crowd.tables) {
            assertTrue(table.isBaked());
        }
        int calls = crowd.batch.calls;
        for (int i = 0; i < 50; i++) {
            crowd.place(0, 7.3 * i);
            crowd.commit();
            assertEquals(0, crowd.agent.doWork());
        }
        assertEquals(calls, crowd.batch.calls, "full tables need no model, whatever moves");
    }

    @Test
    @Tag("unit")
    void listenersThatShareATableAreServedOnce() {
        Crowd crowd = new Crowd(3);
        crowd.agent.assign(new InferenceAgent.Assignment(1, 2, crowd.tables[0], crowd.sources[0]));
        crowd.agent.assign(new InferenceAgent.Assignment(2, 3, crowd.tables[0], crowd.sources[0]));
        crowd.place(0, 10);
        crowd.commit();
        int done = crowd.agent.serveScene();
        assertTrue(done >= 1 && done <= 3, "one triangle, once: " + done);
        // Two of them leave; the third is served on.
        crowd.agent.assign(new InferenceAgent.Assignment(0, 0, null, null));
        crowd.agent.assign(new InferenceAgent.Assignment(1, 2, crowd.tables[1], crowd.sources[1]));
        crowd.place(0, 60);
        crowd.commit();
        crowd.agent.serveScene();
        assertEquals(2 * done, crowd.tables[0].readyCount(), 2);
        assertTrue(crowd.tables[1].readyCount() >= 1);
        assertEquals(0, crowd.tables[2].readyCount());
    }

    /** In a batch, the fault of one listener is not that of the others. */
    @Test
    @Tag("fault")
    void oneBadListenerDoesNotTakeTheOthersAlong() {
        Crowd crowd = new Crowd(5);
        crowd.sources[3].mode = FakeSource.Mode.NOT_FINITE;
        crowd.place(0, 10);
        crowd.commit();
        crowd.agent.doWork();
        for (int l = 0; l < 5; l++) {
            assertEquals(l != 3, crowd.tables[l].readyCount() > 0, "listener " + l);
        }
        assertTrue(crowd.agent.fault().contains("listener 3"), crowd.agent.fault());
        crowd.batch.refuses = true;
        for (int i = 0; i < 2000; i++) {
            crowd.agent.doWork();
        }
        for (int l = 0; l < 5; l++) {
            assertEquals(l != 3, crowd.tables[l].isBaked(), "a model that cannot do batches does one after the other: listener " + l);
        }
        crowd.sources[3].mode = FakeSource.Mode.WORKS;
        for (int i = 0; i < 2000; i++) {
            crowd.agent.doWork();
        }
        assertTrue(crowd.tables[3].isBaked());
    }

    /** Without the filling ahead, which goes on whenever nobody waits. */
    @Test
    @Tag("unit")
    void inRealTimeDirectionsAreLookedUpWhenItCanBeHeard() {
        Crowd crowd = new Crowd(1);
        HrtfTable table = crowd.tables[0];
        long t = 1_000_000_000L;
        // A place from which a movement of 0.9° crosses into another triangle.
        double from = 0;
        int[] hint = new int[1];
        while (triangle(crowd, from, hint) == triangle(crowd, from + 0.9, hint)) {
            from += 0.1;
        }
        crowd.place(0, from);
        crowd.commit();
        int first = crowd.agent.look(t);
        assertTrue(first >= 1 && first <= 3, "an emitter that is new: " + first);
        assertEquals(0, crowd.agent.look(t + 1_000_000), "the same frame");
        crowd.place(0, from + 0.9);
        crowd.commit();
        assertEquals(0, crowd.agent.look(t + 2_000_000), "less than the just noticeable angle");
        assertTrue(crowd.agent.look(t + InferenceAgent.PERIOD_NANOS) > 0, "but 20 ms later");
        // A game that commits often and moves a little each time is not served each time ...
        int served = 0;
        for (int i = 1; i <= 19; i++) {
            crowd.place(0, from + 0.9 + 0.05 * i);
            crowd.commit();
            served += crowd.agent.look(t + InferenceAgent.PERIOD_NANOS + i * 500_000L);
        }
        assertEquals(0, served);
        // ... and one that moves far is served at once.
        crowd.place(0, from + 40);
        crowd.commit();
        assertTrue(crowd.agent.look(t + InferenceAgent.PERIOD_NANOS + 10_000_000L) >= 2);
        assertFalse(table.isBaked());
    }

    private static int triangle(Crowd crowd, double azimuthDegrees, int[] hint) {
        float[] weights = new float[3];
        double a = Math.toRadians(azimuthDegrees);
        hint[0] = crowd.sources[0].triangulation(0).locate((float) Math.cos(a), (float) Math.sin(a), 0, hint[0], weights);
        return hint[0];
    }

    /** What turns is looked up ahead: when it comes there, the filters are there. */
    @Test
    @Tag("unit")
    void whatMovesFindsItsFiltersReady() {
        Crowd crowd = new Crowd(1);
        long t = 0;
        int late = 0;
        int[] hint = new int[1];
        float[] weights = new float[3];
        for (int i = 0; i < 100; i++) {
            // 240° a second at 60 frames a second: a triangle of 16° every four frames.
            double a = Math.toRadians(4 * i);
            hint[0] = crowd.sources[0].triangulation(0).locate((float) Math.cos(a), (float) Math.sin(a), 0, hint[0], weights);
            for (int c = 0; c < 3 && i >= 2; c++) {
                late += crowd.tables[0].isReady(crowd.sources[0].triangulation(0).corner(hint[0], c)) || weights[c] < 1e-4f ? 0 : 1;
            }
            crowd.place(0, 4 * i);
            crowd.commit();
            crowd.agent.look(t);
            t += 16_666_667;
        }
        assertEquals(0, late, "corners that were not there when the direction came to them");
    }

    @Test
    @Tag("unit")
    void whatIsRetiredIsClosedOnceAndByWhoeverEvaluates() {
        Crowd crowd = new Crowd(2);
        crowd.agent.serveScene();
        crowd.agent.assign(new InferenceAgent.Assignment(0, 0, null, null));
        crowd.agent.retire(crowd.tables[0]);
        assertEquals(0, crowd.sources[0].closed);
        crowd.agent.serveScene();
        assertEquals(1, crowd.sources[0].closed);
        crowd.agent.retire(crowd.tables[1]);
        crowd.agent.close();
        crowd.agent.close();
        assertEquals(1, crowd.sources[1].closed);
    }
}
