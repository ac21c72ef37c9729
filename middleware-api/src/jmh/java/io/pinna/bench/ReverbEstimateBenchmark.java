package io.pinna.bench;

import io.pinna.internal.acoustics.AcousticScene;
import io.pinna.internal.acoustics.GeometryState;
import io.pinna.internal.acoustics.ReverbEstimator;
import io.pinna.internal.acoustics.ReverbSettings;
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
 * What late reverberation costs for one listener that sways in a building of brick rooms: an update of its rays, up to 96 reflections each (of brick all are used), and the levels of 64
 * emitters. At 10 updates a second, 10 ms an update is a tenth of a core.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ReverbEstimateBenchmark {
    private static final int EMITTERS = 64;
    private static final double INTERVAL_SECONDS = 0.1;

    /** Triangles of the building, about. */
    @Param({"10000", "100000", "1000000"})
    public int triangles;

    /** Rays of an update. */
    @Param({"64", "128"})
    public int rays;

    private final AcousticScene scene = new AcousticScene();
    private final ReverbEstimator estimator = new ReverbEstimator(ReverbSettings.DEFAULT);
    private final double[] emitters = new double[3 * EMITTERS];
    private double[] listener;
    private int step;

    @Setup
    public void build() {
        BuildingScene building = new BuildingScene(triangles, 1);
        GeometryState state = new GeometryState();
        state.add(building.mesh);
        scene.apply(state.publish());
        Random random = new Random(2);
        // In a doorway in the middle, where nothing stands.
        int middle = building.rooms / 2;
        listener = new double[] {middle * BuildingScene.ROOM_METERS + 2.5, middle * BuildingScene.STOREY_METERS + 1.7, middle * BuildingScene.ROOM_METERS + 0.3};
        for (int i = 0; i < EMITTERS; i++) {
            for (int k = 0; k < 3; k++) {
                emitters[3 * i + k] = listener[k] + (k == 1 ? 1 : 8) * random.nextGaussian();
            }
        }
        estimator.update(scene, listener[0], listener[1], listener[2], rays, INTERVAL_SECONDS);
    }

    /** Rays alone. */
    @Benchmark
    public double update() {
        step++;
        double x = listener[0] + 0.3 * Math.sin(0.01 * step);
        estimator.update(scene, x, listener[1], listener[2], rays, INTERVAL_SECONDS);
        return estimator.estimate().rt60Seconds(1);
    }

    /** Levels of 64 emitters alone. */
    @Benchmark
    public double levelsOf64Emitters() {
        double sum = 0;
        for (int i = 0; i < EMITTERS; i++) {
            estimator.connect(scene, i, emitters[3 * i], emitters[3 * i + 1], emitters[3 * i + 2]);
            sum += estimator.estimate().level(i, 1);
        }
        return sum;
    }

    /** Both. */
    @Benchmark
    public double updateAndLevelsOf64Emitters() {
        return update() + levelsOf64Emitters();
    }
}
