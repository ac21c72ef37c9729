package io.pinna.bench;

import io.pinna.internal.acoustics.AcousticMesh;
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
 * How long a mesh takes to be made ready (tree, solids, edges for diffraction, mirroring surfaces) in a Java process that has made none before, as when a game loads its first level: each of five
 * processes measures its first mesh only. {@link BvhBenchmark#buildMesh} measures later ones.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 0)
@Measurement(iterations = 1)
@Fork(5)
public class MeshLoadBenchmark {
    /** Triangles of the building, about. */
    @Param({"10000", "100000", "1000000"})
    public int triangles;

    private BuildingScene building;

    @Setup
    public void make() {
        building = new BuildingScene(triangles, 1);
    }

    @Benchmark
    public AcousticMesh buildFirstMesh() {
        return AcousticMesh.of(building.mesh);
    }
}
