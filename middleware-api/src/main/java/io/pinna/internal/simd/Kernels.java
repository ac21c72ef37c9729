package io.pinna.internal.simd;

import io.pinna.internal.RealTime;
import io.pinna.internal.dsp.RealFft;
import io.pinna.internal.render.StereoSpectrum;

/**
 * The loops that the CPU renderer spends its time in. {@link PlainKernels} are plain Java; others may use instructions that plain Java has no words for, and give the same results to −100 dB. Which ones a
 * world uses is chosen once ({@link KernelChoice}). All operations are pure functions of what they are given; implementations hold no state, so that threads share them, and allocate nothing but in {@link #fft} and {@link #forward}.
 *
 * <p>Spectra are of N/2 + 1 bins, N a power of two of at least 64.
 */
public interface Kernels {
    /** The series for exp goes to the sixth power: of arguments up to this it errs by 3e-7. */
    float SERIES_BOUND = 0.4f;
    int LEAST_SQUARINGS = 2;

    /** What reports call them. */
    String description();

    /** A transform of a size, for one thread. */
    RealFft fft(int size);

    /**
     * Forward transforms of a size of up to so many signals at once, for one thread. They agree with {@link #fft} but for rounding.
     *
     * @param most signals, at least 1
     */
    ForwardTransforms forward(int size, int most);

    /** Makes a filter: the sum of the corners by their parts, turned, scaled and shaped. Its last bin, at half the sample rate, is real. */
    @RealTime
    void build(FilterTerms terms, StereoSpectrum out);

    /** The band shape by itself. */
    @RealTime
    void shape(FilterTerms terms, float[] re, float[] im);

    /** out = Σ weight·corner over any number of corners. */
    @RealTime
    void blend(StereoSpectrum[] corner, float[] weight, int count, StereoSpectrum out);

    /** y *= unchanged + Σ weight[from + i]·(re[i] + i·im[i]) over four cells, for one ear; the work arrays, as long as the others, are overwritten. */
    @RealTime
    void multiplyByCells(float unchanged, float[] weight, int from, float[][] re, float[][] im, int[] cell, float[] yRe, float[] yIm, float[] workRe, float[] workIm);

    /** re + i·im = exp(i·step·k) in bin k. */
    @RealTime
    void turn(double stepRadians, float[] re, float[] im);

    /** y *= factor, for both ears. */
    @RealTime
    void multiply(StereoSpectrum y, float[] re, float[] im);

    /** bus += x·filter, for both ears. */
    @RealTime
    void addProduct(StereoSpectrum bus, StereoSpectrum filter, float[] xRe, float[] xIm);

    /** firstBus += x·first and secondBus += x·second, for both ears. */
    @RealTime
    default void addProducts(StereoSpectrum firstBus, StereoSpectrum first, StereoSpectrum secondBus, StereoSpectrum second, float[] xRe, float[] xIm) {
        addProduct(firstBus, first, xRe, xIm);
        addProduct(secondBus, second, xRe, xIm);
    }

    /** Whether all of x[from] .. x[to − 1] are finite. */
    @RealTime
    boolean isFinite(float[] x, int from, int to);

    /** y[to + i] += x[from + i]·(gain + step·i). */
    @RealTime
    void addFaded(float[] x, int from, float gain, float step, float[] y, int to, int count);
}
