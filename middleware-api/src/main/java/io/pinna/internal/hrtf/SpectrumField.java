package io.pinna.internal.hrtf;

import java.util.List;
import java.util.Optional;

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

    /** What it is made of, if it is a sum of spherical harmonics. For any thread but the audio thread. */
    default Optional<FieldCoefficients> coefficients() {
        return Optional.empty();
    }

    /** Frees what belongs to this field alone. */
    default void close() {
        // Most fields share what they hold, or hold nothing.
    }

    /** Fields with the same group are evaluated by one call of it. */
    default Group group() {
        return Group.ONE_BY_ONE;
    }

    /** Evaluates the fields of several listeners in one call: of one model, whatever it runs on. For any thread but the audio thread. */
    @FunctionalInterface
    interface Group {
        /** For fields that gain nothing by company: each for itself. */
        Group ONE_BY_ONE = requests -> {
            for (Request r : requests) {
                float[] directions = new float[3 * MAX_BATCH];
                float[] db = new float[MAX_BATCH * 2 * r.field.bins()];
                float[] itd = new float[MAX_BATCH];
                for (int from = 0; from < r.count; from += MAX_BATCH) {
                    int n = Math.min(MAX_BATCH, r.count - from);
                    System.arraycopy(r.directionXyz, 3 * from, directions, 0, 3 * n);
                    r.field.evaluate(directions, n, db, itd);
                    System.arraycopy(db, 0, r.magnitudeDb, from * 2 * r.field.bins(), n * 2 * r.field.bins());
                    System.arraycopy(itd, 0, r.itdSeconds, from, n);
                }
            }
        };

        /**
         * Answers all requests. What a direction gets does not depend on the others of the call, to the bit.
         *
         * @param requests each of a field of this group, none twice
         */
        void evaluate(List<Request> requests);
    }

    /**
     * Some directions of one field. Arrays as in {@link #evaluate}, of any length; those that take answers are filled by {@link Group#evaluate}.
     *
     * @param field one listener's
     * @param count directions, at least 1
     */
    record Request(SpectrumField field, float[] directionXyz, int count, float[] magnitudeDb, float[] itdSeconds) {
        /** With room for the answers. */
        public Request(SpectrumField field, float[] directionXyz) {
            this(field, directionXyz, directionXyz.length / 3, new float[directionXyz.length / 3 * 2 * field.bins()], new float[directionXyz.length / 3]);
        }
    }
}
