package io.pinna.internal.inference;

import io.pinna.internal.hrtf.DelaunaySphere;
import io.pinna.internal.hrtf.HrtfSource;
import io.pinna.internal.hrtf.SphereTriangulation;
import java.util.concurrent.locks.LockSupport;

/** One impulse an ear, later and fainter on the far side, from a source that fails in the way it is told to. */
final class FakeSource implements HrtfSource {
    enum Mode { WORKS, THROWS, NOT_FINITE, STALLS, ONE_IS_BAD }

    static final int TAPS = 64;
    static final int LEAD = 8;
    private final DelaunaySphere sphere = DelaunaySphere.geodesic(4);
    volatile Mode mode = Mode.WORKS;
    volatile int calls;
    volatile int badVertex = -1;
    volatile int closed;
    private final Batch batch;

    FakeSource() {
        this(Batch.ONE_BY_ONE);
    }

    FakeSource(Batch batch) {
        this.batch = batch;
    }

    @Override
    public Batch batch() {
        return batch;
    }

    @Override
    public int sampleRateHz() {
        return 48000;
    }

    @Override
    public int taps() {
        return TAPS;
    }

    @Override
    public int leadTaps() {
        return LEAD;
    }

    @Override
    public double maxInterauralDelaySeconds() {
        return 1e-3;
    }

    @Override
    public int shellCount() {
        return 1;
    }

    @Override
    public double shellDistanceMeters(int shell) {
        return 1;
    }

    @Override
    public SphereTriangulation triangulation(int shell) {
        return sphere;
    }

    @Override
    public int firstVertex(int shell) {
        return 0;
    }

    @Override
    public int vertexCount() {
        return sphere.vertexCount();
    }

    @Override
    @SuppressWarnings("NonAtomicOperationOnVolatileField")
    public void evaluate(int[] vertices, int count, Sink sink) {
        calls = calls + 1;
        Mode now = mode;
        if (now == Mode.STALLS) {
            long until = System.nanoTime() + 2_000_000_000L;
            while (System.nanoTime() < until) {
                LockSupport.parkNanos(10_000_000);
            }
        }
        for (int i = 0; i < count; i++) {
            if (now == Mode.THROWS || now == Mode.ONE_IS_BAD && vertices[i] == badVertex) {
                throw new IllegalStateException("broken on purpose");
            }
            float side = sphere.coordinate(vertices[i], 1);
            float[] left = new float[TAPS];
            float[] right = new float[TAPS];
            left[LEAD] = now == Mode.NOT_FINITE ? Float.NaN : 0.75f + 0.25f * side;
            right[LEAD] = 0.75f - 0.25f * side;
            sink.accept(vertices[i], left, right, 5e-4 * side);
        }
    }

    @Override
    @SuppressWarnings("NonAtomicOperationOnVolatileField")
    public void close() {
        closed = closed + 1;
    }
}
