package io.pinna.internal.hrtf;

/**
 * The filters of one listener at the vertices of one or more triangulated spheres ("shells", one for each measured distance, nearest first). Between vertices the audio thread blends the
 * filters of a triangle's corners linearly, with the interaural delay apart; so a source makes its shells dense enough for that (about 5° between neighbours or less).
 *
 * <p>{@link #evaluate} is called on the inference thread only; everything else is constant and may be called from any thread.
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

    @Override
    void close();

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
