package io.pinna.internal.simd;

import io.pinna.internal.RealTime;
import io.pinna.internal.dsp.RealFft;

/** {@link ForwardTransforms} by a transform that takes one signal at a time, for one thread. Allocates nothing once made. */
public final class OneByOne implements ForwardTransforms {
    private final RealFft fft;

    public OneByOne(RealFft fft) {
        this.fft = fft;
    }

    @Override
    public int size() {
        return fft.size();
    }

    @Override
    @RealTime
    public void forward(float[][] x, int[] offset, int count, float[][] re, float[][] im) {
        for (int i = 0; i < count; i++) {
            fft.forward(x[i], offset[i], re[i], im[i], 0);
        }
    }
}
