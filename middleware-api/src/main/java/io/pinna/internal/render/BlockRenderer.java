package io.pinna.internal.render;

import io.pinna.internal.RealTime;

/**
 * Makes the sound of a block of all listeners from its description. A block is a pure function of that: whoever renders it, and whether he rendered the one before, makes no difference that is heard.
 */
public interface BlockRenderer {
    /**
     * @param left  for each listener slot the block of its left ear; overwritten, with silence where the block has no listener
     * @param right likewise
     * @return rows whose sound was not finite, and for which silence stands in
     */
    @RealTime
    int render(MixBlock block, float[][] left, float[][] right);

    /** What a block begins with: nothing in any slot. */
    @RealTime
    static void silence(float[][] left, float[][] right) {
        for (int l = 0; l < left.length; l++) {
            java.util.Arrays.fill(left[l], 0);
            java.util.Arrays.fill(right[l], 0);
        }
    }
}
