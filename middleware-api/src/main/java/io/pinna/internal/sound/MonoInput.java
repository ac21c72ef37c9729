package io.pinna.internal.sound;

/** Mono samples at the rate of their file, any place of which can be read. Not for the audio thread. */
interface MonoInput {
    /** Length (≥ 1). */
    long frames();

    /** Reads {@code count} frames, all of which must exist. Cheapest where the last read ended. */
    void read(long frame, float[] destination, int offset, int count);
}
