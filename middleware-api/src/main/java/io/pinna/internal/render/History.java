package io.pinna.internal.render;

import io.pinna.internal.RealTime;

/** The newest samples of one signal, in one piece: what lanes are cut from. Appending moves memory once in a while, not for each block. Owned by the audio thread; allocates only in its constructor. */
@RealTime
final class History {
    /** Appended before memory is moved. */
    private static final int BLOCKS = 16;

    private final int kept;
    private final float[] samples;
    private int end;

    /** @param kept how many of the newest samples are kept, more than a block */
    History(int kept, int blockFrames) {
        this.kept = kept;
        samples = new float[kept + BLOCKS * blockFrames];
        end = kept;
    }

    /** All that was before counts as silence. */
    void clear() {
        java.util.Arrays.fill(samples, 0, kept, 0);
        end = kept;
    }

    /** Makes room for a block, which is to be written to the last places before {@link #end}. */
    void advance(int frames) {
        if (end + frames > samples.length) {
            System.arraycopy(samples, end - kept + frames, samples, 0, kept - frames);
            end = kept - frames;
        }
        end += frames;
    }

    float[] samples() {
        return samples;
    }

    /** The place after the newest sample. */
    int end() {
        return end;
    }
}
