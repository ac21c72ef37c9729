package io.pinna.internal.render;

import io.pinna.internal.RealTime;

/**
 * Spectra of earlier samples, kept for the reflections of a listener: a reflection that arrives some blocks later than the direct sound is heard through a spectrum that another one, which arrives earlier, had made in its time, or that it made
 * itself for the block before. So all reflections of a voice together cost as many transforms as a block has windows, however many they are. Owned by the thread that renders; allocates only in its constructor.
 */
@RealTime
final class SpectrumCache {
    private final int windows;
    private final int blocks;
    private final float[][] re;
    private final float[][] im;
    private final long[] owner;
    private final long[] block;

    /**
     * @param sets    of reflections
     * @param windows of each block
     * @param blocks  how far back, in blocks
     */
    SpectrumCache(int sets, int windows, int blocks, int bins) {
        this.windows = windows;
        this.blocks = blocks;
        int entries = sets * blocks * windows;
        re = new float[entries][bins];
        im = new float[entries][bins];
        owner = new long[entries];
        block = new long[entries];
        java.util.Arrays.fill(block, Long.MIN_VALUE);
    }

    /** Where the spectrum of a lane of reflections has its place. */
    int entry(MixBlock b, int lane) {
        return (b.set[lane] * blocks + (int) Math.floorMod(b.windowBlock[lane], (long) blocks)) * windows + b.window[lane];
    }

    /** Whether the lane's spectrum is there. If not, the place is the lane's from now on, and must be filled. */
    boolean isThere(MixBlock b, int lane, int entry) {
        if (owner[entry] == b.owner[lane] && block[entry] == b.windowBlock[lane]) {
            return true;
        }
        owner[entry] = b.owner[lane];
        block[entry] = b.windowBlock[lane];
        return false;
    }

    float[] re(int entry) {
        return re[entry];
    }

    float[] im(int entry) {
        return im[entry];
    }
}
