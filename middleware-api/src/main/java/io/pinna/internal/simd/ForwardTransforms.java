package io.pinna.internal.simd;

import io.pinna.internal.RealTime;

/**
 * The forward transforms of several real signals of one size, for the renderer, which has the samples of several lanes before it filters any. The spectrum of a signal is the same to the bit whichever others are
 * transformed with it. One instance belongs to one thread and allocates only in its constructor.
 */
public interface ForwardTransforms {
    /** N. */
    int size();

    /**
     * @param x      N samples of each signal, from its {@code offset}; not changed
     * @param count  signals, from 0 to what this was made for
     * @param re     of each signal N/2 + 1 real parts
     * @param im     of each signal N/2 + 1 imaginary parts; the first and the last are zero
     */
    @RealTime
    void forward(float[][] x, int[] offset, int count, float[][] re, float[][] im);
}
