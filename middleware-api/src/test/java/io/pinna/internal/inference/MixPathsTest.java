package io.pinna.internal.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.InferenceProvider;
import io.pinna.InferenceSettings;
import io.pinna.SoundWorldSettings;
import io.pinna.acoustics.AcousticsSettings;
import io.pinna.acoustics.Bands;
import io.pinna.acoustics.Directivity;
import io.pinna.acoustics.DistanceModel;
import io.pinna.device.MemoryDevice;
import io.pinna.device.OutputDevices;
import io.pinna.device.StreamFormat;
import io.pinna.effect.LimiterSettings;
import io.pinna.internal.command.SpscRing;
import io.pinna.internal.render.AudioDriver;
import io.pinna.internal.render.AudioEngine;
import io.pinna.internal.render.AudioEvent;
import io.pinna.internal.render.CpuBlockRenderer;
import io.pinna.internal.render.FilterSpec;
import io.pinna.internal.render.HrtfTable;
import io.pinna.internal.render.ListenerMix;
import io.pinna.internal.render.MixBlock;
import io.pinna.internal.render.PathSlots;
import io.pinna.internal.render.Playback;
import io.pinna.internal.render.RemoteMixing;
import io.pinna.internal.render.RenderPlan;
import io.pinna.internal.snapshot.PropagationFrame;
import io.pinna.internal.snapshot.SceneFrame;
import io.pinna.internal.snapshot.TelemetryFrame;
import io.pinna.internal.snapshot.TripleBuffer;
import io.pinna.internal.sound.LoopedSamples;
import io.pinna.internal.sound.MemorySource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is heard around edges and by reflection, mixed by the audio thread, by the graph, and by either in turn: the engine between a scene in which paths come, go and move, and the ears. */
class MixPathsTest {
    private static final int RATE = 48000;
    private static final double SECONDS = 0.5;
    private static final double ALLOWED_DB = -80;
    private static final int EMITTERS = 10;
    private static final int VOICES = 8;

    /** What the blocks of a run held. */
    private static final class Seen {
        int blocks;
        int lateLanes;
        int sharedLanes;
        int lags;
        int bends;

        @Override
        public String toString() {
            return blocks + " blocks, " + lateLanes + " late lanes, " + sharedLanes + " of them of the same samples as others, " + lags + " late paths, " + bends + " bent ones";
        }

        void look(MixBlock block) {
            blocks++;
            Set<Integer> ends = new HashSet<>();
            for (int lane = 0; lane < block.lanes; lane++) {
                if (lane == 0 || block.samples[lane] != block.samples[lane - 1]) {
                    ends.clear();
                } else {
                    lateLanes++;
                }
                sharedLanes += ends.add(block.end[lane]) ? 0 : 1;
            }
            for (int p = 0; p < block.paths; p++) {
                FilterSpec spec = block.to[p] == null ? block.from[p] : block.to[p];
                lags += spec.lagSamples > 0 ? 1 : 0;
                bends += spec.slope != 0 && spec.curve != 0 ? 1 : 0;
            }
        }
    }

    /** A scene, what the acoustics thread would say of it, and the engine. */
    private static final class Rig {
        final SoundWorldSettings settings;
        final int listeners;
        final Random random;
        final SceneFrame scene;
        final PropagationFrame propagation;
        final List<MemoryDevice> devices = new ArrayList<>();
        final Seen seen = new Seen();

        Rig(SoundWorldSettings settings, long seed) {
            this.settings = settings;
            listeners = settings.maxListeners();
            random = new Random(seed);
            scene = new SceneFrame(listeners, EMITTERS);
            propagation = new PropagationFrame(settings);
        }

        private static double[] somewhere(Random random, double most) {
            return new double[] {most * (2 * random.nextDouble() - 1), most * (random.nextDouble() - 0.5), most * (2 * random.nextDouble() - 1)};
        }

        private void build() {
            for (int l = 0; l < listeners; l++) {
                scene.listenerGeneration[l] = 1 + l;
                scene.listenerRotation[4 * l + 3] = 1;
            }
            scene.emitterLimit = EMITTERS;
            for (int e = 0; e < EMITTERS; e++) {
                scene.emitterGeneration[e] = 10 + e;
                System.arraycopy(somewhere(random, 6), 0, scene.emitterPosition, 3 * e, 3);
                scene.emitterAxis[3 * e] = 1;
                scene.emitterGain[e] = 0.2f + 0.5f * random.nextFloat();
                scene.emitterPitch[e] = 1;
                scene.emitterLooping[e] = true;
                scene.emitterDistance[e] = DistanceModel.inverse(1, 100);
                scene.emitterDirectivity[e] = e % 3 == 0 ? new Directivity(0.5, 1) : Directivity.OMNIDIRECTIONAL;
            }
        }

        /** Some things move on, paths change with them, and some of these come or go. */
        private void move(int block) {
            scene.number++;
            double seconds = (double) block * settings.blockFrames() / RATE;
            for (int l = 0; l < listeners; l++) {
                scene.listenerPosition[3 * l] = l + 0.3 * Math.sin(seconds * (2 + l));
                scene.listenerRotation[4 * l + 1] = Math.sin(0.4 * seconds + l);
                scene.listenerRotation[4 * l + 3] = Math.cos(0.4 * seconds + l);
            }
            for (int e = 0; e < EMITTERS; e += 2) {
                scene.emitterPosition[3 * e] += 0.4 * settings.blockFrames() / RATE * (e - 5);
            }
            // As often as the acoustics thread has news, whatever the block size.
            if (block != 0 && (long) (seconds * 40) == (long) ((seconds - (double) settings.blockFrames() / RATE) * 40)) {
                return;
            }
            for (int l = 0; l < listeners; l++) {
                for (int e = 0; e < EMITTERS; e++) {
                    answer(l, e, block == 0);
                }
                for (int set = 0; set < propagation.sets(); set++) {
                    reflect(l, set, block == 0);
                }
            }
        }

        private void answer(int l, int e, boolean first) {
            int pair = propagation.pair(l, e);
            if (!first && random.nextInt(3) > 0) {
                return;
            }
            float hidden = random.nextFloat();
            float open = 1 - 0.7f * hidden;
            // Some are hidden by walls so thick that their bands differ much.
            float[] gains = e % 4 == 1 ? new float[] {open, 0.1f * open, 0.005f * open} : new float[] {open, 0.8f * open, 0.5f * open};
            propagation.set(pair, 1 + l, 10 + e, hidden, new float[Bands.COUNT], gains, e % 2 == 0 ? 0 : 3.5f * random.nextFloat() - 3, e % 2 == 0 ? 0 : 2 * random.nextFloat() - 1, 1, null);
            propagation.setIndirect(pair, 0.5f);
            if (random.nextInt(6) == 0) {
                propagation.straighten(pair);
                return;
            }
            int way = propagation.bend(pair);
            for (int k = 0; k < PathSlots.DIFFRACTED; k++) {
                boolean there = k == 0 || random.nextBoolean();
                place(propagation.ways(), way + k, there ? 1 + k : 0, l, e, 1.5);
                propagation.ways().slope[way + k] = 3.5f * random.nextFloat() - 3;
                propagation.ways().curve[way + k] = 2 * random.nextFloat() - 1;
            }
        }

        private void reflect(int l, int set, boolean first) {
            if (!first && random.nextInt(8) > 0) {
                // What there is moves a little.
                for (int r = 0; r < propagation.setCount(l, set); r++) {
                    propagation.mirrored().place[3 * (propagation.firstReflection(l, set) + r)] += 0.02 * random.nextGaussian();
                }
                return;
            }
            boolean free = random.nextInt(5) == 0;
            int e = set + propagation.sets() * random.nextInt(EMITTERS / propagation.sets());
            int count = propagation.reflectionsASet() - random.nextInt(4);
            propagation.setReflections(l, set, e, free ? 0 : 10 + e, count);
            for (int r = 0; r < count; r++) {
                int at = propagation.firstReflection(l, set) + r;
                place(propagation.mirrored(), at, random.nextInt(9) == 0 ? 0 : 1 + r, l, e, 25);
            }
        }

        /** A virtual place up to so many metres farther than the emitter is. */
        private void place(PropagationFrame.Ways ways, int at, long id, int l, int e, double farther) {
            ways.id[at] = id;
            double[] direction = somewhere(random, 1);
            double length = Math.sqrt(Arrays.stream(direction).map(x -> x * x).sum());
            double direct = 0;
            for (int c = 0; c < 3; c++) {
                direct += Math.pow(scene.emitterPosition[3 * e + c] - scene.listenerPosition[3 * l + c], 2);
            }
            double distance = Math.sqrt(direct) + farther * random.nextDouble();
            for (int c = 0; c < 3; c++) {
                ways.place[3 * at + c] = scene.listenerPosition[3 * l + c] + direction[c] / length * distance;
                ways.departure[3 * at + c] = (float) (direction[c] / length);
            }
            float g = 0.3f + 0.6f * random.nextFloat();
            // Some walls swallow all but the lowest.
            float[] gains = at % 5 == 3 ? new float[] {g, 0.06f * g, 0.003f * g} : new float[] {g, 0.9f * g, 0.7f * g};
            System.arraycopy(gains, 0, ways.gain, Bands.COUNT * at, Bands.COUNT);
        }

        /** @param factory renders the blocks; null: the audio thread */
        List<float[]> render(RemoteRenderer.Factory factory) {
            TripleBuffer<SceneFrame> scenes = new TripleBuffer<>(() -> new SceneFrame(listeners, EMITTERS));
            TripleBuffer<PropagationFrame> propagations = new TripleBuffer<>(() -> new PropagationFrame(settings));
            SpscRing<AudioEvent> events = new SpscRing<>(64);
            RenderPlan plan = new RenderPlan(settings);
            RemoteMixing remote = factory == null ? null : RemoteMixing.create(plan);
            AudioEngine engine = new AudioEngine(plan, scenes, propagations, new TripleBuffer<>(() -> new TelemetryFrame(listeners, EMITTERS)), events, new SpscRing<>(64), remote);
            MixAgent agent = factory == null ? null : new MixAgent(remote, watched(factory), 1, true);
            build();
            for (int l = 0; l < listeners; l++) {
                // A few have longer filters and more shells than others; all have the same transform.
                HrtfTable table = (l == 1 ? new NoisyShells(l, 90, 10, 0.9e-3, 0.5, 1.3) : new NoisyShells(l, 100, 12, 1e-3, 1)).table(settings.blockFrames());
                MemoryDevice device = OutputDevices.memory(SECONDS + 1);
                device.open(new StreamFormat(RATE, settings.blockFrames(), 1));
                devices.add(device);
                ListenerMix mix = new ListenerMix(plan, l, 1 + l, table, true, device, new double[] {0.001, 0.01, 0.1});
                events.offer(new AudioEvent(AudioEvent.Kind.ADD_LISTENER, 1, l, mix, 0));
                if (agent != null) {
                    agent.add(mix);
                }
            }
            for (int e = 0; e < EMITTERS; e++) {
                float[] samples = new float[RATE / 5 + 100 * e];
                for (int i = 0; i < samples.length; i++) {
                    samples[i] = (float) (0.1 * random.nextGaussian());
                }
                events.offer(new AudioEvent(AudioEvent.Kind.PLAY, 1, e, new Playback(e, 10 + e, new MemorySource(new LoopedSamples(samples, RATE, RATE)), listeners, 0, 0), 0));
            }
            AudioDriver driver = new AudioDriver(engine, settings);
            for (int block = 0; block < SECONDS * RATE / settings.blockFrames(); block++) {
                move(block);
                scenes.back().copyFrom(scene);
                scenes.publish();
                propagations.back().copyFrom(propagation, EMITTERS);
                propagations.publish();
                while (agent != null && agent.doWork() > 0) {
                    continue;
                }
                driver.step();
            }
            if (agent != null) {
                assertEquals(0, agent.faults(), agent.fault());
                agent.end();
            }
            List<float[]> ears = new ArrayList<>();
            devices.forEach(d -> ears.addAll(List.of(d.left(), d.right())));
            return ears;
        }

        private RemoteRenderer.Factory watched(RemoteRenderer.Factory factory) {
            return inTurns(List.of(factory), 0, seen);
        }
    }

    /** One that is drawn anew for each block. */
    private static RemoteRenderer.Factory inTurns(List<RemoteRenderer.Factory> factories, long seed, Seen seen) {
        return new RemoteRenderer.Factory() {
            @Override
            public RemoteRenderer prepare(List<ListenerMix> mixes) {
                List<RemoteRenderer> made = factories.stream().map(f -> f.prepare(mixes)).toList();
                Random random = new Random(seed);
                return new RemoteRenderer() {
                    @Override
                    public int render(MixBlock block, float[][] left, float[][] right) {
                        seen.look(block);
                        return made.get(random.nextInt(made.size())).render(block, left, right);
                    }

                    @Override
                    public String describe() {
                        return "test";
                    }

                    @Override
                    public void close() {
                        made.forEach(RemoteRenderer::close);
                    }
                };
            }

            @Override
            public String describe() {
                return "test";
            }
        };
    }

    private static RemoteRenderer.Factory cpu(SoundWorldSettings settings) {
        return new RemoteRenderer.Factory() {
            @Override
            public RemoteRenderer prepare(List<ListenerMix> mixes) {
                CpuBlockRenderer renderer = new CpuBlockRenderer(new RenderPlan(settings), mixes);
                return new RemoteRenderer() {
                    @Override
                    public int render(MixBlock block, float[][] left, float[][] right) {
                        return renderer.render(block, left, right);
                    }

                    @Override
                    public String describe() {
                        return "test";
                    }

                    @Override
                    public void close() {
                        // Nothing is held.
                    }
                };
            }

            @Override
            public String describe() {
                return "test";
            }
        };
    }

    private static SoundWorldSettings settings(int listeners, int blockFrames, boolean ownLanes) {
        AcousticsSettings acoustics = AcousticsSettings.DEFAULT.withLateReverb(false).withDoppler(ownLanes);
        return SoundWorldSettings.OFFLINE.withCapacity(listeners, EMITTERS, VOICES).withBlockFrames(blockFrames).withAcoustics(acoustics).withLimiter(LimiterSettings.OFF);
    }

    private static double errorDb(List<float[]> reference, List<float[]> ears, int delayFrames) {
        double worst = Double.NEGATIVE_INFINITY;
        for (int ear = 0; ear < reference.size(); ear++) {
            double error = 0;
            double power = 0;
            for (int i = 0; i + delayFrames < reference.get(ear).length; i++) {
                error += Math.pow(ears.get(ear)[i + delayFrames] - reference.get(ear)[i], 2);
                power += Math.pow(reference.get(ear)[i], 2);
            }
            assertTrue(power > 1, "ear " + ear + " hears something: " + power);
            worst = Math.max(worst, 10 * Math.log10(error / power));
        }
        return worst;
    }

    @Tag("property")
    @ParameterizedTest
    @CsvSource({"64, 2, false", "128, 1, true", "256, 3, false", "441, 2, true", "1024, 2, false"})
    void processorGraphAndEitherInTurnSoundTheSame(int blockFrames, int listeners, boolean ownLanes) {
        SoundWorldSettings settings = settings(listeners, blockFrames, ownLanes);
        List<float[]> reference = new Rig(settings, blockFrames).render(null);
        RemoteRenderer.Factory graph = MixRenderers.decide(settings.withInference(InferenceSettings.DEFAULT.withProvider(InferenceProvider.CPU).withMix(InferenceSettings.Mix.INFERENCE_THREAD))).factory();
        for (List<RemoteRenderer.Factory> factories : List.of(List.of(cpu(settings)), List.of(graph), List.of(graph, cpu(settings)))) {
            Rig rig = new Rig(settings, blockFrames);
            double db = errorDb(reference, rig.render(inTurns(factories, blockFrames, new Seen())), blockFrames);
            assertTrue(db < ALLOWED_DB, () -> factories.size() + ": " + db + " dB");
            // None of it was missing.
            Seen seen = rig.seen;
            assertTrue(seen.blocks > 20 && seen.lateLanes > 50 * seen.blocks && seen.sharedLanes > seen.blocks && seen.lags > 50 * seen.blocks && seen.bends > 20 * seen.blocks, seen.toString());
        }
    }
}
