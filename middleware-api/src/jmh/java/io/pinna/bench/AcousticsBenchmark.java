package io.pinna.bench;

import io.pinna.SoundWorldSettings;
import io.pinna.acoustics.AcousticsSettings;
import io.pinna.acoustics.Directivity;
import io.pinna.acoustics.DistanceModel;
import io.pinna.internal.acoustics.AcousticsAgent;
import io.pinna.internal.acoustics.GeometryState;
import io.pinna.internal.snapshot.PropagationFrame;
import io.pinna.internal.snapshot.SceneFrame;
import io.pinna.internal.snapshot.TripleBuffer;
import io.pinna.unit.Pose;
import io.pinna.unit.Vector3;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The acoustics thread's work for one listener that walks through a building among emitters that move, in milliseconds for each sixtieth of a second: the share of a core is a sixteenth of the figure. Reflections and reverberation are
 * updated with every third and every sixth frame, as they are in a world; the mean counts.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class AcousticsBenchmark {
    /** Which of the effects. */
    public enum Effects {
        DIRECT, DIFFRACTION, REFLECTIONS, REVERB, ALL;

        AcousticsSettings settings() {
            AcousticsSettings none = AcousticsSettings.DIRECT;
            return switch (this) {
                case DIRECT -> none;
                case DIFFRACTION -> none.withDiffraction(true);
                case REFLECTIONS -> none.withOcclusion(false).withEarlyReflections(true);
                case REVERB -> none.withOcclusion(false).withLateReverb(true);
                default -> AcousticsSettings.DEFAULT;
            };
        }
    }

    @Param({"64"})
    public int emitters;

    @Param({"100000"})
    public int triangles;

    @Param({"DIRECT", "DIFFRACTION", "REFLECTIONS", "REVERB", "ALL"})
    public Effects effects;

    private AcousticsAgent agent;
    private SceneFrame scene;
    private TripleBuffer<SceneFrame> scenes;
    private TripleBuffer<PropagationFrame> answers;
    private long nanos;
    private double size;

    @Setup
    public void setUp() {
        SoundWorldSettings settings = SoundWorldSettings.OFFLINE.withCapacity(1, emitters, Math.min(64, emitters)).withAcoustics(effects.settings());
        BuildingScene building = new BuildingScene(triangles, 1);
        GeometryState geometry = new GeometryState();
        geometry.add("building", building.mesh, Pose.ORIGIN, Vector3.ONE);
        scene = new SceneFrame(1, emitters);
        scenes = new TripleBuffer<>(() -> new SceneFrame(1, emitters));
        answers = new TripleBuffer<>(() -> new PropagationFrame(settings));
        agent = new AcousticsAgent(settings, scenes, answers, new TripleBuffer<>(() -> new PropagationFrame(settings)), () -> nanos);
        scene.geometry = geometry.publish();
        scene.listenerGeneration[0] = 1;
        scene.listenerRotation[3] = 1;
        scene.emitterLimit = emitters;
        // The rooms around the listener, a storey up and down: where emitters are heard from.
        size = Math.min(building.rooms, 4) * BuildingScene.ROOM_METERS;
        for (int e = 0; e < emitters; e++) {
            scene.emitterGeneration[e] = 1;
            scene.emitterGain[e] = 1;
            scene.emitterPitch[e] = 1;
            scene.emitterRadius[e] = 0.2f;
            scene.emitterAxis[3 * e + 2] = -1;
            scene.emitterDistance[e] = DistanceModel.inverse(1, 100);
            scene.emitterDirectivity[e] = Directivity.OMNIDIRECTIONAL;
        }
        place();
    }

    private void place() {
        scene.number++;
        nanos += 16_666_667;
        double t = 1e-9 * nanos;
        double storey = BuildingScene.STOREY_METERS;
        scene.listenerPosition[0] = size / 2 + 4 * Math.sin(0.2 * t);
        scene.listenerPosition[1] = storey + 1.7;
        scene.listenerPosition[2] = size / 2 + 4 * Math.cos(0.15 * t);
        Random random = new Random(7);
        for (int e = 0; e < emitters; e++) {
            double phase = 6 * random.nextDouble();
            scene.emitterPosition[3 * e] = size * random.nextDouble() + Math.sin(0.5 * t + phase);
            scene.emitterPosition[3 * e + 1] = random.nextInt(3) * storey + 0.4 + 2 * random.nextDouble();
            scene.emitterPosition[3 * e + 2] = size * random.nextDouble() + Math.cos(0.5 * t + phase);
        }
        scenes.back().copyFrom(scene);
        scenes.publish();
    }

    /** @return the pieces of work, so that nothing is left out */
    @Benchmark
    public int frame() {
        place();
        return agent.doWork();
    }
}
