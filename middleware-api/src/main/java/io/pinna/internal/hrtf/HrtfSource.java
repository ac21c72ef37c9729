package io.pinna.internal.hrtf;

import java.util.List;

/**
 * The filters of one listener at the vertices of one or more triangulated spheres ("shells", one for each measured distance, nearest first). Between vertices the audio thread blends the
 * filters of a triangle's corners linearly, with the interaural delay apart; so a source makes its shells dense enough for that (about 5° between neighbours or less).
 *
 * <p>{@link #evaluate} may be called on any thread but the audio thread, also on several at once; everything else is constant.
 */
public interface HrtfSource extends AutoCloseable {
    /** The rate of the filters: that of the engine. */
    int sampleRateHz();

    /** Length of every filter in samples. */
    int taps();

    /**
     * The sample of a filter that is its time zero: the onset of its minimum-phase part. What stands before is the start of the band limit's ringing. The filters carry no interaural
     * delay, and their spectrum is tapered to zero towards the Nyquist frequency, so that a fractional delay stays short.
     */
    int leadTaps();

    /** No vertex has a larger interaural delay (seconds, magnitude). */
    double maxInterauralDelaySeconds();

    /** Radius of the sphere that stands for this head in the near field (metres, 0.06 to 0.12). */
    default double headRadiusMeters() {
        return SphericalHead.DEFAULT_RADIUS_METERS;
    }

    /** 1, or −1 where the responses come from microphones that were wired the other way round: a positive pressure is a negative sample. */
    default double polarity() {
        return 1;
    }

    int shellCount();

    /** Ascending with the shell's number. */
    double shellDistanceMeters(int shell);

    SphereTriangulation triangulation(int shell);

    /** Vertices are numbered through all shells; those of a shell start here. */
    int firstVertex(int shell);

    int vertexCount();

    /**
     * Computes the filters of some vertices.
     *
     * @param vertices vertex numbers, the first {@code count} count
     * @param sink     called once for each, in order
     */
    void evaluate(int[] vertices, int count, Sink sink);

    /** Sources with equal batches are computed by one call of it. */
    default Batch batch() {
        return Batch.ONE_BY_ONE;
    }

    @Override
    void close();

    /** Computes filters of several sources in one call. Any thread but the audio thread. */
    @FunctionalInterface
    interface Batch {
        /** For sources that gain nothing by company. */
        Batch ONE_BY_ONE = requests -> requests.forEach(r -> r.source.evaluate(r.vertices, r.count, r.sink));

        /**
         * Calls the sink of every request for each of its vertices, as {@link HrtfSource#evaluate} does. The filters do not depend on what else is in the call, to the bit. If something is thrown, some
         * sinks may have been called.
         *
         * @param requests each of a source with this batch, none twice
         */
        void evaluate(List<Request> requests);
    }

    /**
     * Some vertices of one source.
     *
     * @param vertices vertex numbers, the first {@code count} count
     * @param sink     called once for each, in order
     */
    record Request(HrtfSource source, int[] vertices, int count, Sink sink) {
    }

    /** Takes the filters of one vertex. */
    @FunctionalInterface
    interface Sink {
        /**
         * @param left                   {@link #taps} samples; the caller may reuse the array after the call
         * @param right                  likewise
         * @param interauralDelaySeconds delay of the right ear less that of the left: positive when the vertex lies on the left
         */
        void accept(int vertex, float[] left, float[] right, double interauralDelaySeconds);
    }
}
