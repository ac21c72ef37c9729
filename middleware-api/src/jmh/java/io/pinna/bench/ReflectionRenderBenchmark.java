package io.pinna.bench;

import io.pinna.SoundWorldSettings;
import io.pinna.acoustics.AcousticsQuality;
import io.pinna.acoustics.AcousticsSettings;
import io.pinna.acoustics.Bands;
import io.pinna.acoustics.Directivity;
import io.pinna.acoustics.DistanceModel;
import io.pinna.cli.MixerBench;
import io.pinna.device.DeviceReport;
import io.pinna.device.OutputDevice;
import io.pinna.device.StreamFormat;
import io.pinna.internal.command.SpscRing;
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
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What reflections cost the audio thread: microseconds a block of 256 frames at 48 kHz, with 8 emitters of 20 reflections each, with 8 of none, and with 48 of none. (a − b) / 8 is what the reflections of one emitter cost, (c − b) / 40 what a
 * further voice costs.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ReflectionRenderBenchmark {
    private static final int RATE = 48000;
    private static final int BLOCK_FRAMES = 256;
    private static final int REFLECTIONS = 20;
    private static final int LISTENER_GENERATION = 1;
    /** A walking pace, along circles. */
    private static final double METERS_PER_SECOND = 1.4;

    /** Emitters, and whether each has reflections. */
    @Param({"8 reflected", "8 plain", "48 plain"})
    public String emitters;

    @Param({"false", "true"})
    public boolean moving;

    private int count;
    private boolean reflected;
    private HrtfTable table;
    private AudioEngine engine;
    private TripleBuffer<SceneFrame> scenes;
    private TripleBuffer<PropagationFrame> propagations;
    private SceneFrame scene;
    private double[] image;
    private final float[] gain = {0.9f, 0.8f, 0.7f};
    private final float[] open = {1, 1, 1};

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

    @Setup(Level.Trial)
    public void open() {
        count = Integer.parseInt(emitters.substring(0, emitters.indexOf(' ')));
        reflected = emitters.endsWith("reflected");
        AcousticsSettings acoustics = AcousticsSettings.DIRECT.withEarlyReflections(true).withQuality(AcousticsQuality.MEDIUM.withReflections(2, 256, REFLECTIONS, 16));
        SoundWorldSettings settings = SoundWorldSettings.OFFLINE.withSampleRateHz(RATE).withBlockFrames(BLOCK_FRAMES).withCapacity(1, count, count).withAcoustics(acoustics);
        RenderPlan plan = new RenderPlan(settings);
        table = MixerBench.fullTable(RATE, BLOCK_FRAMES);
        scenes = new TripleBuffer<>(() -> new SceneFrame(1, count));
        propagations = new TripleBuffer<>(() -> new PropagationFrame(settings));
        SpscRing<AudioEvent> events = new SpscRing<>(256);
        engine = new AudioEngine(plan, scenes, propagations, new TripleBuffer<>(() -> new TelemetryFrame(1, count)), events, new SpscRing<>(16), null);
        scene = new SceneFrame(1, count);
        scene.listenerGeneration[0] = LISTENER_GENERATION;
        scene.listenerRotation[3] = 1;
        scene.emitterLimit = count;
        events.offer(new AudioEvent(AudioEvent.Kind.ADD_LISTENER, 1, 0, new ListenerMix(plan, 0, LISTENER_GENERATION, table, true, new Discard(), new double[Bands.COUNT]), 0));
        Random random = new Random(1);
        float[] samples = new float[RATE];
        for (int i = 0; i < RATE; i++) {
            samples[i] = random.nextFloat() - 0.5f;
        }
        image = new double[3 * count * REFLECTIONS];
        for (int i = 0; i < image.length; i++) {
            // Up to 17 m away, 50 ms.
            image[i] = 20 * random.nextDouble() - 10;
        }
        for (int e = 0; e < count; e++) {
            scene.emitterGeneration[e] = e + 2;
            scene.emitterAxis[3 * e + 2] = -1;
            scene.emitterGain[e] = 0.1f;
            scene.emitterPitch[e] = 1;
            scene.emitterRadius[e] = 0.2f;
            scene.emitterLooping[e] = true;
            scene.emitterDistance[e] = DistanceModel.inverse(1, 100);
            scene.emitterDirectivity[e] = Directivity.OMNIDIRECTIONAL;
            events.offer(new AudioEvent(AudioEvent.Kind.PLAY, 1, e, new Playback(e, e + 2, new MemorySource(new LoopedSamples(samples, RATE, RATE)), 1, 0, random.nextInt(RATE)), 0));
        }
        for (int b = 0; b < 100; b++) {
            block();
        }
    }

    private void publish() {
        scene.number++;
        double turn = moving ? METERS_PER_SECOND * scene.number * BLOCK_FRAMES / RATE : 0;
        PropagationFrame answers = propagations.back();
        answers.sceneFrame = scene.number;
        PropagationFrame.Ways ways = answers.mirrored();
        for (int e = 0; e < count; e++) {
            double x = Math.cos(turn + e);
            double z = Math.sin(turn + e);
            scene.emitterPosition[3 * e] = 2 + x;
            scene.emitterPosition[3 * e + 1] = 0.1 * e;
            scene.emitterPosition[3 * e + 2] = -2 + z;
            answers.set(answers.pair(0, e), LISTENER_GENERATION, e + 2, 0, open, open, 0, 0, 0, null);
            if (reflected) {
                int first = answers.firstReflection(0, e);
                for (int r = 0; r < REFLECTIONS; r++) {
                    int at = first + r;
                    ways.id[at] = r + 1;
                    double side = r % 2 == 0 ? 1 : -1;
                    int i = 3 * (e * REFLECTIONS + r);
                    ways.place[3 * at] = 5 * Math.signum(image[i]) + image[i] + side * x;
                    ways.place[3 * at + 1] = image[i + 1];
                    ways.place[3 * at + 2] = image[i + 2] + z;
                    ways.departure[3 * at] = 1;
                    System.arraycopy(gain, 0, ways.gain, Bands.COUNT * at, Bands.COUNT);
                }
                answers.setReflections(0, e, e, e + 2, REFLECTIONS);
            }
        }
        propagations.publish();
        scenes.back().copyFrom(scene);
        scenes.publish();
    }

    /** Frames come at every block, as offline; a game sends them three times less often. */
    @Benchmark
    public float block() {
        if (moving || scene.number == 0) {
            publish();
        }
        engine.renderBlock();
        return engine.left(0)[0];
    }

    @TearDown(Level.Trial)
    public void close() {
        engine.closePlaybacks();
        table.close();
    }
}
