package io.pinna.internal.simd;

import io.pinna.internal.RealTime;
import io.pinna.internal.render.StereoSpectrum;

/**
 * What {@link Kernels#build} makes a filter of: three spectra and their parts, a delay between the ears, and a band shape exp(first·a + second·b). Mutable; belongs to one thread; allocates only in its
 * constructor.
 */
public final class FilterTerms {
    /** Most lanes of a vector, and how many factors of a phase ramp are made one by one. */
    public static final int LANES = 16;

    public final StereoSpectrum[] corner = new StereoSpectrum[3];
    public final float[] weight = new float[3];
    /** The left ear is turned by exp(i·step·k) in bin k, the right one by its conjugate. */
    public double stepRadians;
    /** Both ears are multiplied by this. */
    public float scale;
    /** Whether both ears are multiplied by the band shape, too. */
    public boolean shaped;
    /** The shape is exp(first·(firstRe + i·firstIm) + second·(secondRe + i·secondIm)). */
    public float first;
    public float second;
    public float[] firstRe;
    public float[] firstIm;
    public float[] secondRe;
    public float[] secondIm;
    /** At least the modulus of the exponent in any bin. */
    public float bound;

    /** Work arrays of {@link Kernels#build}. */
    public final float[] rampRe;
    public final float[] rampIm;
    public final float[] workRe;
    public final float[] workIm;
    public final float[] otherRe;
    public final float[] otherIm;

    /** The factor of the ramp that follows on those of a vector. */
    public double farRe;
    public double farIm;

    public FilterTerms(int bins) {
        rampRe = new float[Math.max(bins, LANES)];
        rampIm = new float[Math.max(bins, LANES)];
        workRe = new float[bins];
        workIm = new float[bins];
        otherRe = new float[bins];
        otherIm = new float[bins];
    }

    /** exp(z) is taken of z/2^n, where |z|/2^n is so small that the series below errs by 3e-7, and squared n times. */
    @RealTime
    public int squarings() {
        int n = Kernels.LEAST_SQUARINGS;
        for (float left = bound; left > Kernels.SERIES_BOUND * (1 << n); n++) {
            continue;
        }
        return n;
    }
}
