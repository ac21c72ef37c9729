package io.pinna.internal.sound;

import io.pinna.internal.RealTime;

/** Mono samples at the engine's rate, as a voice reads them. One source belongs to one playing emitter; {@link #read} is called on the audio thread. */
public interface SampleSource extends AutoCloseable {
    /** Length of one pass; {@link Long#MAX_VALUE} if endless. */
    long frames();

    /**
     * Reads frames {@code start} .. {@code start + count − 1}. Before frame 0, and after the end when not looping, there is silence. When looping, frames count on through the passes:
     * frame {@code frames() + 5} is frame 5 of the second pass.
     *
     * @return false if some of it was not there in time (a stream that the disk did not keep up with): silence stands in for it, and the source counts it
     */
    @RealTime
    boolean read(long start, float[] destination, int offset, int count, boolean looping);

    /**
     * Tells a streamed source where reading goes on, before {@link #read} is called far from where it was. Does nothing for sounds in memory.
     */
    @RealTime
    default void seek(long frame, boolean looping) {
    }

    /** Whether {@link #read} at this place would find its data. Always true for sounds in memory. */
    @RealTime
    default boolean isReady(long frame) {
        return true;
    }

    /**
     * Moves a streamed source's preparations to this place, if they are elsewhere, and says whether they are done. May be called again and again with a place that moves on. Always true for sounds in memory.
     */
    @RealTime
    default boolean approach(long frame, boolean looping) {
        return true;
    }

    /** How far behind the farthest frame read so far {@link #read} still finds its data; {@link Long#MAX_VALUE} for sounds in memory. Constant. */
    @RealTime
    default long rememberedFrames() {
        return Long.MAX_VALUE;
    }

    /**
     * Offline only, on the thread that drives the engine: waits until a read at this frame finds its data. Returns at once for sounds in memory.
     */
    default void awaitReady(long frame) {
    }

    /** Frames that were missing so far. From any thread. */
    default long missedFrames() {
        return 0;
    }

    /** Frees what the source holds; not on the audio thread. */
    @Override
    void close();
}
