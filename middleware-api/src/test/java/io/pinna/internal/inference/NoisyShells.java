package io.pinna.internal.inference;

import io.pinna.internal.hrtf.DelaunaySphere;
import io.pinna.internal.hrtf.HrtfSource;
import io.pinna.internal.hrtf.SphereTriangulation;
import io.pinna.internal.render.HrtfTable;
import java.util.Random;

/** Random decaying responses on one or more shells, as rough as no head is, with delays that grow with the side. */
public final class NoisyShells implements HrtfSource {
    private final DelaunaySphere sphere = DelaunaySphere.geodesic(3);
    private final double[] distances;
    private boolean tapered = true;
    private final int taps;
    private final int lead;
    private final double widest;
    private final long seed;

    public NoisyShells(long seed, int taps, int lead, double widest, double... distances) {
        this.seed = seed;
        this.taps = taps;
        this.lead = lead;
        this.widest = widest;
        this.distances = distances;
    }

    /** The same with something at half the rate, which no source should have: to see what happens there. */
    NoisyShells untapered() {
        tapered = false;
        return this;
    }

    /** A table of all its filters. */
    public HrtfTable table(int blockFrames) {
        HrtfTable table = new HrtfTable(this, blockFrames);
        int[] all = new int[vertexCount()];
        for (int v = 0; v < all.length; v++) {
            all[v] = v;
        }
        table.fill(all, all.length);
        return table;
    }

    private float[] response(Random random) {
        float[] h = new float[taps];
        for (int i = lead; i < taps - 4; i++) {
            float x = (float) (random.nextGaussian() * Math.exp(-0.15 * (i - lead)));
            // (1 + z⁻¹)³ has a triple zero at half the rate, as sources promise to taper.
            h[i] += x;
            if (!tapered) {
                continue;
            }
            h[i + 1] += 3 * x;
            h[i + 2] += 3 * x;
            h[i + 3] += x;
        }
        return h;
    }

    @Override
    public int sampleRateHz() {
        return 48000;
    }

    @Override
    public int taps() {
        return taps;
    }

    @Override
    public int leadTaps() {
        return lead;
    }

    @Override
    public double maxInterauralDelaySeconds() {
        return widest;
    }

    @Override
    public int shellCount() {
        return distances.length;
    }

    @Override
    public double shellDistanceMeters(int shell) {
        return distances[shell];
    }

    @Override
    public SphereTriangulation triangulation(int shell) {
        return sphere;
    }

    @Override
    public int firstVertex(int shell) {
        return shell * sphere.vertexCount();
    }

    @Override
    public int vertexCount() {
        return distances.length * sphere.vertexCount();
    }

    @Override
    public void evaluate(int[] vertices, int count, Sink sink) {
        for (int i = 0; i < count; i++) {
            Random random = new Random(31 * seed + vertices[i]);
            double side = sphere.coordinate(vertices[i] % sphere.vertexCount(), 1);
            sink.accept(vertices[i], response(random), response(random), 0.9 * widest * side);
        }
    }

    @Override
    public void close() {
        // Nothing is held.
    }
}
