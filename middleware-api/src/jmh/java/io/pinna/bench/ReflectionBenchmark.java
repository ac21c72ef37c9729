package io.pinna.bench;

import io.pinna.acoustics.AcousticMaterials;
import io.pinna.acoustics.TriangleMesh;
import io.pinna.internal.acoustics.AcousticScene;
import io.pinna.internal.acoustics.GeometryState;
import io.pinna.internal.acoustics.ReflectionFinder;
import io.pinna.internal.acoustics.ReflectionResult;
import io.pinna.internal.acoustics.ReflectionSettings;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
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
 * What early reflections cost: one update of a listener who walks 7.5 cm from update to update (1.5 m/s at 20 updates a second) among 64 emitters that stand still. At 20 updates a second, 7.5 ms an
 * update are 15 % of a core.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 4, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class ReflectionBenchmark {
    private static final int EMITTERS = 64;
    private static final int RAYS = 128;
    private static final double STEP_METERS = 0.075;

    /** "shoebox": an empty room, all emitters in it. "building": 100 k triangles, rooms with furniture, emitters in the listener's room and those around it. */
    @Param({"shoebox", "building"})
    public String geometry;
    @Param({"1", "2", "3"})
    public int order;

    private AcousticScene scene;
    private ReflectionSettings settings;
    private ReflectionFinder finder;
    private final ReflectionResult[] results = new ReflectionResult[EMITTERS];
    private final double[] emitters = new double[3 * EMITTERS];
    private double[] listener;
    private int update;

    /** Sums over all updates: rays of all solves, paths heard by all pairs, candidates known; to be divided by the updates. */
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.EVENTS)
    public static class Counts {
        public long rays;
        public long paths;
        public long candidates;
        public long updates;
    }

    @Setup
    public void build() {
        Random random = new Random(2);
        GeometryState state = new GeometryState();
        settings = new ReflectionSettings(order, 20, 1024, ReflectionSettings.DEFAULT.candidates(), ReflectionSettings.DEFAULT.raysPerSolve(), 100, 0.1, 0.109);
        if (geometry.equals("shoebox")) {
            state.add(TriangleMesh.box("room", 5, 1.5, 4, AcousticMaterials.named("brick")));
            listener = new double[] {-1, 0.2, 0.5};
            for (int i = 0; i < EMITTERS; i++) {
                emitters[3 * i] = 9.8 * (random.nextDouble() - 0.5);
                emitters[3 * i + 1] = 2.8 * (random.nextDouble() - 0.5);
                emitters[3 * i + 2] = 7.8 * (random.nextDouble() - 0.5);
            }
        } else {
            BuildingScene building = new BuildingScene(100_000, 1);
            state.add(building.mesh);
            // At head height in the middle of a room; others stand anywhere in the nine rooms around.
            int room = building.rooms / 2;
            listener = new double[] {room * BuildingScene.ROOM_METERS + 1.2, room * BuildingScene.STOREY_METERS + 1.9, room * BuildingScene.ROOM_METERS + 2.4};
            for (int i = 0; i < EMITTERS; i++) {
                emitters[3 * i] = listener[0] - 1.2 + BuildingScene.ROOM_METERS * (3 * random.nextDouble() - 1);
                emitters[3 * i + 1] = listener[1] - 0.7 * random.nextDouble();
                emitters[3 * i + 2] = listener[2] - 2.4 + BuildingScene.ROOM_METERS * (3 * random.nextDouble() - 1);
            }
        }
        scene = new AcousticScene();
        scene.apply(state.publish());
        finder = new ReflectionFinder(settings);
        for (int i = 0; i < EMITTERS; i++) {
            results[i] = new ReflectionResult(settings);
        }
    }

    private double x() {
        // To and fro over 2.4 m.
        int phase = update % 64;
        return listener[0] + STEP_METERS * (phase < 32 ? phase : 64 - phase);
    }

    /** Discovery with 128 rays, then 64 pairs. */
    @Benchmark
    public double update(Counts counts) {
        update++;
        double x = x();
        finder.discover(scene, x, listener[1], listener[2], RAYS);
        double sum = 0;
        for (int i = 0; i < EMITTERS; i++) {
            finder.solve(scene, x, listener[1], listener[2], emitters[3 * i], emitters[3 * i + 1], emitters[3 * i + 2], 0.2, results[i]);
            sum += results[i].bandGain(0, 1);
            counts.rays += results[i].rays();
            counts.paths += results[i].activeCount();
        }
        counts.updates++;
        counts.candidates += finder.candidateCount();
        return sum;
    }

    /** Discovery alone. */
    @Benchmark
    public int discovery() {
        update++;
        finder.discover(scene, x(), listener[1], listener[2], RAYS);
        return finder.candidateCount();
    }
}
