package io.pinna.internal.render;

import io.pinna.internal.RealTime;

/** The spectra of a pair of ears, N/2 + 1 bins each, real and imaginary parts apart so that loops over them vectorise. */
public final class StereoSpectrum {
    public final float[] leftRe;
    public final float[] leftIm;
    public final float[] rightRe;
    public final float[] rightIm;

    public StereoSpectrum(int bins) {
        leftRe = new float[bins];
        leftIm = new float[bins];
        rightRe = new float[bins];
        rightIm = new float[bins];
    }

    @RealTime
    public void clear() {
        java.util.Arrays.fill(leftRe, 0);
        java.util.Arrays.fill(leftIm, 0);
        java.util.Arrays.fill(rightRe, 0);
        java.util.Arrays.fill(rightIm, 0);
    }
}
