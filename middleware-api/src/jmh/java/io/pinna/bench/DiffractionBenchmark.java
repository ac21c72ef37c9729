package io.pinna.bench;

import io.pinna.internal.acoustics.AcousticScene;
import io.pinna.internal.acoustics.DiffractionResult;
import io.pinna.internal.acoustics.DiffractionSolver;
import io.pinna.internal.acoustics.GeometryState;
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

/** What diffraction costs on one core: microseconds for an update of 64 emitters around one listener in a building. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class DiffractionBenchmark {
    private static final int EMITTERS = 64;

    /** Triangles of the building, about. */
    @Param({"10000", "100000"})
    public int triangles;

    /** How far ends may move before a new search (metres). */
    @Param({"0", "0.1"})
    public double searchMeters;

    private AcousticScene scene;
    private DiffractionSolver solver;
    private final DiffractionResult[] results = new DiffractionResult[EMITTERS];
    private final double[] emitters = new double[3 * EMITTERS];
    private double[] listener;
    private int step;

    @Setup
    public void build() {
        BuildingScene building = new BuildingScene(triangles, 1);
        GeometryState state = new GeometryState();
        state.add(building.mesh);
        scene = new AcousticScene();
        scene.apply(state.publish());
        solver = new DiffractionSolver(DiffractionSolver.ORDER, DiffractionSolver.RAYS, searchMeters);
        Random random = new Random(2);
        listener = building.point(random);
        for (int i = 0; i < EMITTERS; i++) {
            results[i] = new DiffractionResult();
            for (int k = 0; k < 3; k++) {
                emitters[3 * i + k] = listener[k] + (k == 1 ? 1 : 8) * random.nextGaussian();
            }
        }
    }

    private double update(double x, double z) {
        double sum = 0;
        for (int i = 0; i < EMITTERS; i++) {
            solver.solve(scene, listener[0] + x, listener[1], listener[2] + z, emitters[3 * i], emitters[3 * i + 1], emitters[3 * i + 2], results[i]);
            sum += results[i].direct(0);
        }
        return sum;
    }

    /** Nothing moves. */
    @Benchmark
    public double steady() {
        return update(0, 0);
    }

    /** The listener walks on a circle, 23 mm an update, which is 1.4 m/s at 60 updates a second. */
    @Benchmark
    public double walking() {
        double a = 0.046 * step++;
        return update(0.5 * Math.cos(a), 0.5 * Math.sin(a));
    }
}
