package io.pinna.cli;

import io.pinna.InferenceProvider;
import io.pinna.InferenceSettings;
import io.pinna.SoundWorldSettings;
import io.pinna.acoustics.AirAbsorption;
import io.pinna.acoustics.Bands;
import io.pinna.acoustics.Directivity;
import io.pinna.acoustics.DistanceModel;
import io.pinna.device.DeviceReport;
import io.pinna.device.OutputDevice;
import io.pinna.device.StreamFormat;
import io.pinna.hrtf.HrtfProfile;
import io.pinna.internal.command.SpscRing;
import io.pinna.internal.inference.HrtfSources;
import io.pinna.internal.inference.MixRenderers;
import io.pinna.internal.inference.RemoteRenderer;
import io.pinna.internal.render.AudioEngine;
import io.pinna.internal.render.AudioEvent;
import io.pinna.internal.render.HrtfTable;
import io.pinna.internal.render.ListenerMix;
import io.pinna.internal.render.MixBlock;
import io.pinna.internal.render.MixExchange;
import io.pinna.internal.render.Playback;
import io.pinna.internal.render.RemoteMixing;
import io.pinna.internal.render.RenderPlan;
import io.pinna.internal.simd.KernelChoice;
import io.pinna.internal.simd.Kernels;
import io.pinna.internal.snapshot.PropagationFrame;
import io.pinna.internal.snapshot.SceneFrame;
import io.pinna.internal.snapshot.TelemetryFrame;
import io.pinna.internal.snapshot.TripleBuffer;
import io.pinna.internal.sound.LoopedSamples;
import io.pinna.internal.sound.MemorySource;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.List;
import java.util.Random;

/**
 * The engine's mixer under the load that {@link io.pinna.internal.device.OpenAlLoopbackPeer} gives OpenAL Soft: looping mono noise on a sphere of 1 to 8 m around one listener, evenly by the golden angle,
 * every moving source turning at 90°/s and placed anew before every block. Beyond that load, the band gains of occlusion, transmission and air of moving sources change with every block too. What is measured is
 * all that a source costs on the audio thread, and publishing the frames; the filters' directions have been computed before, as they are a few seconds into a game, by another thread. One thread.
 *
 * <p>With a renderer of the inference thread, blocks are handed over as in a game, but that renderer runs on this thread too, between two blocks, and its time is taken apart.
 */
public final class MixerBench implements AutoCloseable {
    private static final double TURN_RADIANS_PER_SECOND = Math.PI / 2;
    private static final double GOLDEN_ANGLE_RADIANS = Math.PI * (3 - Math.sqrt(5));
    private static final double OCCLUSION_RADIANS_PER_SECOND = 3;
    private static final int NOISE_BUFFERS = 16;
    private static final double NEAR_SCALE = 0.12;
    private static final float[] TRANSMISSION = {0.3f, 0.1f, 0.03f};
    private static final int LISTENER_GENERATION = 1;

    private final int sources;
    private final boolean moving;
    private final boolean near;
    private final SoundWorldSettings settings;
    private final Kernels kernels;
    private final TripleBuffer<SceneFrame> scenes;
    private final TripleBuffer<PropagationFrame> propagations;
    private final AudioEngine engine;
    /** Null if blocks are rendered at once. */
    private final MixExchange exchange;
    private final RemoteRenderer remote;
    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final SceneFrame scene;
    private final float[] bandGain = new float[Bands.COUNT];
    private long renderedFrames;
    private long remoteCpuNanos;
    private long remoteWallNanos;

    /** Takes every block and keeps none. */
    private static final class Discard implements OutputDevice {
        @Override
        public void open(StreamFormat format) {
            // Nothing to prepare.
        }

        @Override
        public boolean isPacing() {
            return false;
        }

        @Override
        public boolean offer(float[] left, float[] right) {
            return true;
        }

        @Override
        public DeviceReport report() {
            return new DeviceReport("discarded", "", 0, 0, 0, List.of());
        }

        @Override
        public void close() {
            // Nothing to free.
        }
    }

    /** The filters of the default HRTF in all directions; many benches can share them. */
    public static HrtfTable fullTable(int sampleRateHz, int blockFrames) {
        HrtfTable table = new HrtfTable(HrtfSources.load(HrtfProfile.generic(), sampleRateHz).source(), blockFrames);
        int[] all = new int[table.vertexCount()];
        for (int i = 0; i < all.length; i++) {
            all[i] = i;
        }
        table.fill(all, all.length);
        return table;
    }

    /**
     * On the audio thread alone.
     *
     * @param sources 1 to 4096
     * @param moving  whether every source moves, and its band gains change, before every block
     * @param near    whether they are at 0.12 to 0.96 m instead, in the near field
     * @param table   filters, all of them there
     */
    public MixerBench(int sources, boolean moving, boolean near, int sampleRateHz, int blockFrames, HrtfTable table) {
        this(sources, moving, near, sampleRateHz, blockFrames, table, KernelChoice.kernels());
    }

    /** @param kernels the loops that it runs, instead of those chosen for all worlds */
    public MixerBench(int sources, boolean moving, boolean near, int sampleRateHz, int blockFrames, HrtfTable table, Kernels kernels) {
        this(sources, moving, near, table, new RenderPlan(settings(sources, sampleRateHz, blockFrames), kernels), null);
    }

    /**
     * With blocks handed over to the mix graph.
     *
     * @param provider what the graph runs on
     * @throws io.pinna.InferenceException if it cannot
     */
    static MixerBench onGraph(int sources, boolean moving, boolean near, int sampleRateHz, int blockFrames, HrtfTable table, InferenceProvider provider) {
        SoundWorldSettings settings = settings(sources, sampleRateHz, blockFrames)
                .withInference(InferenceSettings.DEFAULT.withProvider(provider).withMix(InferenceSettings.Mix.INFERENCE_THREAD));
        return new MixerBench(sources, moving, near, table, new RenderPlan(settings), MixRenderers.decide(settings).factory());
    }

    private static SoundWorldSettings settings(int sources, int sampleRateHz, int blockFrames) {
        return SoundWorldSettings.OFFLINE.withSampleRateHz(sampleRateHz).withBlockFrames(blockFrames).withCapacity(1, sources, sources);
    }

    private MixerBench(int sources, boolean moving, boolean near, HrtfTable table, RenderPlan plan, RemoteRenderer.Factory factory) {
        this.sources = sources;
        this.moving = moving;
        this.near = near;
        settings = plan.settings();
        kernels = plan.kernels();
        scenes = new TripleBuffer<>(() -> new SceneFrame(1, sources));
        propagations = new TripleBuffer<>(() -> new PropagationFrame(settings));
        TripleBuffer<TelemetryFrame> telemetry = new TripleBuffer<>(() -> new TelemetryFrame(1, sources));
        SpscRing<AudioEvent> events = new SpscRing<>(2 * Integer.highestOneBit(sources + 1));
        RemoteMixing mixing = factory == null ? null : RemoteMixing.create(plan);
        engine = new AudioEngine(plan, scenes, propagations, telemetry, events, new SpscRing<>(16), mixing);
        scene = new SceneFrame(1, sources);
        scene.listenerGeneration[0] = LISTENER_GENERATION;
        scene.listenerRotation[3] = 1;
        scene.emitterLimit = sources;
        double[] air = AirAbsorption.of(settings.acoustics().temperatureCelsius(), settings.acoustics().humidityPercent()).bandsDecibelsPerMeter().toArray();
        ListenerMix mix = new ListenerMix(plan, 0, LISTENER_GENERATION, table, true, new Discard(), air);
        events.offer(new AudioEvent(AudioEvent.Kind.ADD_LISTENER, 1, 0, mix, 0));
        if (factory == null) {
            exchange = null;
            remote = null;
        } else {
            exchange = mixing.exchange();
            remote = factory.prepare(List.of(mix));
            exchange.prepare(mix);
        }
        try {
            start(events);
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private void start(SpscRing<AudioEvent> events) {
        int rate = settings.sampleRateHz();
        Random random = new Random(1);
        LoopedSamples[] noise = new LoopedSamples[NOISE_BUFFERS];
        for (int i = 0; i < noise.length; i++) {
            float[] samples = new float[rate];
            for (int k = 0; k < samples.length; k++) {
                samples[k] = random.nextFloat() * 2 - 1;
            }
            noise[i] = new LoopedSamples(samples, rate, rate);
        }
        for (int e = 0; e < sources; e++) {
            scene.emitterGeneration[e] = e + 2;
            scene.emitterAxis[3 * e + 2] = -1;
            scene.emitterGain[e] = (float) (0.25 / Math.sqrt(sources));
            scene.emitterPitch[e] = 1;
            scene.emitterRadius[e] = 0.2f;
            scene.emitterLooping[e] = true;
            scene.emitterDistance[e] = DistanceModel.inverse(1, 100);
            scene.emitterDirectivity[e] = Directivity.OMNIDIRECTIONAL;
            events.offer(new AudioEvent(AudioEvent.Kind.PLAY, 1, e,
                    new Playback(e, e + 2, new MemorySource(noise[e % noise.length]), 1, 0, random.nextInt(rate)), 0));
        }
        // The ring is emptied by a bounded number of events a block.
        renderBlocks(2 + sources / 128);
    }

    private void place(int e) {
        double seconds = moving ? (double) renderedFrames / settings.sampleRateHz() : 0;
        double height = 1 - 2 * (e + 0.5) / sources;
        double ring = Math.sqrt(1 - height * height);
        double angle = e * GOLDEN_ANGLE_RADIANS + seconds * TURN_RADIANS_PER_SECOND;
        double distanceMeters = (1 + 7 * ((e * 0.618_033_988_749_895) % 1)) * (near ? NEAR_SCALE : 1);
        scene.emitterPosition[3 * e] = distanceMeters * ring * Math.sin(angle);
        scene.emitterPosition[3 * e + 1] = distanceMeters * height;
        scene.emitterPosition[3 * e + 2] = -distanceMeters * ring * Math.cos(angle);
    }

    /**
     * Renders blocks, with the sources' motion if there is one.
     *
     * @return nanoseconds by the wall clock
     */
    public long renderBlocks(int blocks) {
        long start = System.nanoTime();
        for (int b = 0; b < blocks; b++) {
            if (moving || scene.number == 0) {
                publishNext();
            }
            engine.renderBlock();
            renderedFrames += settings.blockFrames();
            if (remote != null) {
                serve();
            }
        }
        return System.nanoTime() - start;
    }

    /** What the inference thread does with a block. */
    private void serve() {
        MixBlock block = exchange.take();
        if (block == null) {
            throw new IllegalStateException("the block was not handed over");
        }
        long wall = System.nanoTime();
        long cpu = threads.getCurrentThreadCpuTime();
        int notFinite = remote.render(block, exchange.left(block), exchange.right(block));
        remoteCpuNanos += threads.getCurrentThreadCpuTime() - cpu;
        remoteWallNanos += System.nanoTime() - wall;
        if (notFinite > 0) {
            throw new IllegalStateException("the graph's sound was not finite");
        }
        exchange.give(block, true);
    }

    /** This thread's processor time in the inference thread's renderer since the start. */
    long remoteCpuNanos() {
        return remoteCpuNanos;
    }

    /** The time that the inference thread's renderer took since the start, by the clock: what a GPU needs, with the way there and back. */
    long remoteWallNanos() {
        return remoteWallNanos;
    }

    /** What renders the blocks. */
    String describe() {
        return remote == null ? "overlap-save on the audio thread: " + kernels.description() : remote.describe();
    }

    private void publishNext() {
        scene.number++;
        PropagationFrame propagation = propagations.back();
        propagation.sceneFrame = scene.number;
        double phase = renderedFrames * OCCLUSION_RADIANS_PER_SECOND / settings.sampleRateHz();
        for (int e = 0; e < sources; e++) {
            place(e);
            float occlusion = (float) (0.5 + 0.5 * Math.sin(phase + e));
            for (int b = 0; b < Bands.COUNT; b++) {
                bandGain[b] = (float) Math.sqrt(1 - occlusion + occlusion * TRANSMISSION[b]);
            }
            propagation.set(propagation.pair(0, e), LISTENER_GENERATION, scene.emitterGeneration[e], occlusion, TRANSMISSION, bandGain, 0, 0, 1, null);
        }
        propagations.publish();
        scenes.back().copyFrom(scene);
        scenes.publish();
    }

    /** The loudest sample of the block rendered last: proof that something was mixed. */
    public float peak() {
        float peak = 0;
        for (int i = 0; i < settings.blockFrames(); i++) {
            peak = Math.max(peak, Math.max(Math.abs(engine.left(0)[i]), Math.abs(engine.right(0)[i])));
        }
        return peak;
    }

    @Override
    public void close() {
        engine.closePlaybacks();
        if (remote != null) {
            remote.close();
        }
    }
}
