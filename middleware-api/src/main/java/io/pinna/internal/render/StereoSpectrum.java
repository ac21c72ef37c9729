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

    /** this += x·filter, for both ears. */
    @RealTime
    public void addProduct(float[] xRe, float[] xIm, StereoSpectrum filter) {
        addProduct(leftRe, leftIm, xRe, xIm, filter.leftRe, filter.leftIm);
        addProduct(rightRe, rightIm, xRe, xIm, filter.rightRe, filter.rightIm);
    }

    private static void addProduct(float[] yRe, float[] yIm, float[] xRe, float[] xIm, float[] hRe, float[] hIm) {
        int bins = yRe.length;
        for (int k = 0; k < bins; k++) {
            yRe[k] += xRe[k] * hRe[k] - xIm[k] * hIm[k];
            yIm[k] += xRe[k] * hIm[k] + xIm[k] * hRe[k];
        }
    }
}
