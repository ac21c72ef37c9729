package io.pinna.bench;

import io.pinna.internal.acoustics.AcousticMesh;
import io.pinna.internal.acoustics.AcousticScene;
import io.pinna.internal.acoustics.GeometryState;
import io.pinna.internal.acoustics.OcclusionResult;
import io.pinna.internal.acoustics.OcclusionSolver;
import io.pinna.internal.acoustics.SceneQuery;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Rays a second on one core through a building of rooms, and what occlusion costs. "near" rays are those of occlusion: bundles of 16 from one listener to a ball of 0.5 m within 15 m; "far" rays
 * join two random points of the building, so that every one wants other memory.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class BvhBenchmark {
    private static final int RAYS = 1 << 14;
    private static final int EMITTERS = 64;

    /** Triangles of the building, about. */
    @Param({"10000", "100000", "1000000"})
    public int triangles;

    private BuildingScene building;
    private AcousticScene scene;
    private final SceneQuery query = new SceneQuery(256);
    private final double[] near = new double[6 * RAYS];
    private final double[] far = new double[6 * RAYS];
    private final double[] emitters = new double[3 * EMITTERS];
    private double[] listener;
    private final OcclusionSolver solver = new OcclusionSolver(64, 8);
    private final OcclusionResult result = new OcclusionResult();

    @Setup
    public void build() {
        building = new BuildingScene(triangles, 1);
        GeometryState state = new GeometryState();
        state.add(building.mesh);
        scene = new AcousticScene();
        scene.apply(state.publish());
        Random random = new Random(2);
        listener = building.point(random);
        double[] centre = listener;
        for (int i = 0; i < RAYS; i++) {
            if (i % 1024 == 0) {
                listener = building.point(random);
            }
            if (i % 16 == 0) {
                centre = new double[] {listener[0] + 8 * random.nextGaussian(), listener[1] + random.nextGaussian(), listener[2] + 8 * random.nextGaussian()};
            }
            double[] a = building.point(random);
            double[] b = building.point(random);
            for (int k = 0; k < 3; k++) {
                near[6 * i + k] = listener[k];
                near[6 * i + 3 + k] = centre[k] + 0.3 * random.nextGaussian();
                far[6 * i + k] = a[k];
                far[6 * i + 3 + k] = b[k];
            }
        }
        for (int i = 0; i < EMITTERS; i++) {
            for (int k = 0; k < 3; k++) {
                emitters[3 * i + k] = listener[k] + (k == 1 ? 1 : 8) * random.nextGaussian();
            }
        }
    }

    private int any(double[] r) {
        int hits = 0;
        for (int i = 0; i < r.length; i += 6) {
            hits += scene.anyHit(query, r[i], r[i + 1], r[i + 2], r[i + 3], r[i + 4], r[i + 5]) ? 1 : 0;
        }
        return hits;
    }

    private double closest(double[] r) {
        double sum = 0;
        for (int i = 0; i < r.length; i += 6) {
            sum += scene.closestHit(query, r[i], r[i + 1], r[i + 2], r[i + 3], r[i + 4], r[i + 5]) ? query.hitFraction() : 1;
        }
        return sum;
    }

    @Benchmark
    @OperationsPerInvocation(RAYS)
    public int anyHitNear() {
        return any(near);
    }

    @Benchmark
    @OperationsPerInvocation(RAYS)
    public int anyHitFar() {
        return any(far);
    }

    @Benchmark
    @OperationsPerInvocation(RAYS)
    public double closestHitNear() {
        return closest(near);
    }

    @Benchmark
    @OperationsPerInvocation(RAYS)
    public double closestHitFar() {
        return closest(far);
    }

    /** Occlusion with 64 rays and transmission with 8 for each of 64 emitters: updates a second. */
    @Benchmark
    public double occlusionOf64Emitters() {
        double sum = 0;
        for (int i = 0; i < EMITTERS; i++) {
            solver.solve(scene, listener[0], listener[1], listener[2], emitters[3 * i], emitters[3 * i + 1], emitters[3 * i + 2], 0.5, result);
            sum += result.bandGain(1);
        }
        return sum;
    }

    /** Hierarchies built a second. */
    @Benchmark
    public AcousticMesh buildMesh() {
        return AcousticMesh.of(building.mesh);
    }
}
