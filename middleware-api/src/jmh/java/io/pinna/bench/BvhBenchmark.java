package io.pinna.bench;

import io.pinna.internal.acoustics.AcousticMesh;
import io.pinna.internal.acoustics.AcousticScene;
import io.pinna.internal.acoustics.GeometryState;
import io.pinna.internal.acoustics.OcclusionResult;
import io.pinna.internal.acoustics.OcclusionSolver;
import io.pinna.internal.acoustics.RayHits;
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
 * Rays a second on one core through a building of rooms, what occlusion costs, and how long a mesh takes to load.
 *
 * <p>"Near" rays are those of occlusion: bundles of 16 from one listener to a ball of 0.3 m within 15 m, asked one by one. "Far" rays join two random points of the building, so that every one wants
 * other memory, one by one. "Ball" rays go from a listener to 64 points of a ball of 0.5 m in one batch, coherent; "sphere" rays go from a listener 30 m into 4096 directions in one batch, as a tracer
 * of reverberation begins, hardly coherent.
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
    private static final int BALL = 64;
    private static final int SPHERE = 4096;

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
    private final double[][] ballFrom = new double[RAYS / BALL][];
    private final double[][] ballTo = new double[RAYS / BALL][3 * BALL];
    private final double[][] sphereFrom = new double[RAYS / SPHERE][];
    private final double[][] sphereTo = new double[RAYS / SPHERE][3 * SPHERE];
    private final boolean[] hit = new boolean[SPHERE];
    private final RayHits hits = new RayHits(SPHERE);
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
        batches();
    }

    private void batches() {
        Random random = new Random(3);
        double[] from = building.point(random);
        for (int g = 0; g < ballFrom.length; g++) {
            if (g % 16 == 0) {
                from = building.point(random);
            }
            ballFrom[g] = from;
            double[] centre = {from[0] + 8 * random.nextGaussian(), from[1] + random.nextGaussian(), from[2] + 8 * random.nextGaussian()};
            for (int i = 0; i < BALL; i++) {
                double[] p = direction(i, BALL);
                double radius = 0.5 * Math.cbrt(random.nextDouble());
                for (int k = 0; k < 3; k++) {
                    ballTo[g][3 * i + k] = centre[k] + radius * p[k];
                }
            }
        }
        for (int g = 0; g < sphereFrom.length; g++) {
            sphereFrom[g] = building.point(random);
            for (int i = 0; i < SPHERE; i++) {
                double[] p = direction(i, SPHERE);
                for (int k = 0; k < 3; k++) {
                    sphereTo[g][3 * i + k] = sphereFrom[g][k] + 30 * p[k];
                }
            }
        }
    }

    /** One of n directions spread evenly (Fibonacci lattice). */
    private static double[] direction(int i, int n) {
        double z = 1 - (2 * i + 1.0) / n;
        double ring = Math.sqrt(1 - z * z);
        double angle = Math.PI * (3 - Math.sqrt(5)) * i;
        return new double[] {ring * Math.cos(angle), z, ring * Math.sin(angle)};
    }

    private int anyBatch(double[][] from, double[][] to) {
        int sum = 0;
        for (int g = 0; g < from.length; g++) {
            int count = to[g].length / 3;
            scene.anyHits(query, from[g][0], from[g][1], from[g][2], to[g], count, hit);
            sum += hit[count - 1] ? 1 : 0;
        }
        return sum;
    }

    private double closestBatch(double[][] from, double[][] to) {
        double sum = 0;
        for (int g = 0; g < from.length; g++) {
            int count = to[g].length / 3;
            scene.closestHits(query, from[g][0], from[g][1], from[g][2], to[g], count, hits);
            sum += hits.fraction(count - 1);
        }
        return sum;
    }

    @Benchmark
    @OperationsPerInvocation(RAYS)
    public int anyHitBatchBall() {
        return anyBatch(ballFrom, ballTo);
    }

    @Benchmark
    @OperationsPerInvocation(RAYS)
    public int anyHitBatchSphere() {
        return anyBatch(sphereFrom, sphereTo);
    }

    @Benchmark
    @OperationsPerInvocation(RAYS)
    public double closestHitBatchBall() {
        return closestBatch(ballFrom, ballTo);
    }

    @Benchmark
    @OperationsPerInvocation(RAYS)
    public double closestHitBatchSphere() {
        return closestBatch(sphereFrom, sphereTo);
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

    /** Occlusion with 64 rays and transmission with 8 for each of 64 emitters: milliseconds an update. */
    @Benchmark
    @BenchmarkMode(Mode.AverageTime)
    @OutputTimeUnit(TimeUnit.MILLISECONDS)
    public double occlusionOf64Emitters() {
        double sum = 0;
        for (int i = 0; i < EMITTERS; i++) {
            solver.solve(scene, listener[0], listener[1], listener[2], emitters[3 * i], emitters[3 * i + 1], emitters[3 * i + 2], 0.5, result);
            sum += result.bandGain(1);
        }
        return sum;
    }

    /** A mesh made ready: tree, solids, edges for diffraction and mirroring surfaces; milliseconds. The first measurement is the second mesh that this JVM builds. */
    @Benchmark
    @BenchmarkMode(Mode.SingleShotTime)
    @OutputTimeUnit(TimeUnit.MILLISECONDS)
    @Warmup(iterations = 0)
    @Measurement(iterations = 5)
    public AcousticMesh buildMesh() {
        return AcousticMesh.of(building.mesh);
    }
}
