package io.pinna.internal.hrtf;

/**
 * What one listener's ears do in every direction, as spectra: log magnitudes of both ears at the bins of a transform, and the interaural delay. {@link FieldHrtf} makes filters of it. {@link #evaluate}
 * is for any thread but the audio thread; everything else is constant.
 */
public interface SpectrumField {
    /** Directions that a call of {@link #evaluate} takes at most. */
    int MAX_BATCH = 64;

    /** The rate whose transform has these bins (hertz). */
    int sampleRateHz();

    /** Length of that transform. */
    int fftSize();

    /** {@code fftSize / 2 + 1}. */
    default int bins() {
        return fftSize() / 2 + 1;
    }

    /** No direction has a larger interaural delay (seconds, magnitude). */
    double maxInterauralDelaySeconds();

    /**
     * @param directionXyz unit vectors in head axes (x front, y left, z up), three values each
     * @param count        directions, 1 to {@link #MAX_BATCH}
     * @param magnitudeDb  takes count × 2 × bins values: [direction][left, right][bin]
     * @param itdSeconds   takes count values: the delay of the right ear less that of the left
     */
    void evaluate(float[] directionXyz, int count, float[] magnitudeDb, float[] itdSeconds);
}
