package io.pinna.internal.simd;

import io.pinna.internal.RealTime;
import io.pinna.internal.dsp.RealFft;
import io.pinna.internal.render.StereoSpectrum;

/**
 * Loops that the just-in-time compiler turns into vector instructions by itself. It does so only where all arrays are read and written at the same index and where a loop's body is small (60 nodes of its graph before
 * it unrolls, about eight arrays or twenty operations); so what could be one pass is several here. A fused multiply–add is avoided: where the processor has none, Java computes it exactly and very slowly.
 */
@RealTime
public final class PlainKernels implements Kernels {
    public static final PlainKernels INSTANCE = new PlainKernels();
    /** Sums that do not wait for each other; eight are slower. */
    private static final int CHAINS = 4;

    private PlainKernels() {
    }

    @Override
    public String description() {
        return "plain Java";
    }

    @Override
    public RealFft fft(int size) {
        return new RealFft(size);
    }

    @Override
    public ForwardTransforms forward(int size, int most) {
        return BatchFft.isWorthwhile(size) ? new BatchFft(size, most) : new OneByOne(fft(size));
    }

    @Override
    public void build(FilterTerms t, StereoSpectrum out) {
        blend(t.corner[0].leftRe, t.weight[0], t.corner[1].leftRe, t.weight[1], t.corner[2].leftRe, t.weight[2], out.leftRe);
        blend(t.corner[0].leftIm, t.weight[0], t.corner[1].leftIm, t.weight[1], t.corner[2].leftIm, t.weight[2], out.leftIm);
        blend(t.corner[0].rightRe, t.weight[0], t.corner[1].rightRe, t.weight[1], t.corner[2].rightRe, t.weight[2], out.rightRe);
        blend(t.corner[0].rightIm, t.weight[0], t.corner[1].rightIm, t.weight[1], t.corner[2].rightIm, t.weight[2], out.rightIm);
        ramp(t.stepRadians, t.scale, t.rampRe, t.rampIm, out.leftRe.length);
        if (t.shaped) {
            shape(t, t.workRe, t.workIm);
            bothWays(t.workRe, t.workIm, t.rampRe, t.rampIm, t.otherRe, t.otherIm);
            multiply(out.leftRe, out.leftIm, t.workRe, t.workIm);
            multiply(out.rightRe, out.rightIm, t.otherRe, t.otherIm);
        } else {
            multiply(out.leftRe, out.leftIm, t.rampRe, t.rampIm);
            multiplyByConjugate(out.rightRe, out.rightIm, t.rampRe, t.rampIm);
        }
        int last = out.leftIm.length - 1;
        out.leftIm[last] = 0;
        out.rightIm[last] = 0;
    }

    private static void blend(float[] a, float p, float[] b, float q, float[] c, float r, float[] y) {
        for (int k = 0; k < y.length; k++) {
            y[k] = p * a[k] + q * b[k] + r * c[k];
        }
    }

    /** The first factors one by one, the others each from the one {@link FilterTerms#LANES} bins before, so that the error stays below 2e-6. */
    private static void ramp(double stepRadians, float scale, float[] x, float[] y, int bins) {
        double turnRe = Math.cos(stepRadians);
        double turnIm = Math.sin(stepRadians);
        double re = 1;
        double im = 0;
        for (int k = 0; k < FilterTerms.LANES; k++) {
            x[k] = (float) (scale * re);
            y[k] = (float) (scale * im);
            double next = re * turnRe - im * turnIm;
            im = re * turnIm + im * turnRe;
            re = next;
        }
        float farRe = (float) re;
        float farIm = (float) im;
        for (int k = FilterTerms.LANES; k < bins; k++) {
            x[k] = x[k - FilterTerms.LANES] * farRe - y[k - FilterTerms.LANES] * farIm;
            y[k] = x[k - FilterTerms.LANES] * farIm + y[k - FilterTerms.LANES] * farRe;
        }
    }

    @Override
    public void shape(FilterTerms t, float[] re, float[] im) {
        int squarings = t.squarings();
        float shrink = 1f / (1 << squarings);
        combine(shrink * t.first, t.firstRe, shrink * t.second, t.secondRe, re);
        combine(shrink * t.first, t.firstIm, shrink * t.second, t.secondIm, im);
        exp(re, im);
        squareTwice(re, im);
        for (int i = LEAST_SQUARINGS; i < squarings; i++) {
            square(re, im);
        }
    }

    private static void combine(float p, float[] a, float q, float[] b, float[] y) {
        for (int k = 0; k < y.length; k++) {
            y[k] = p * a[k] + q * b[k];
        }
    }

    /** The series with real coefficients at x + iy, by Goertzel's recurrence with 2x and x² + y². */
    private static void exp(float[] re, float[] im) {
        for (int k = 0; k < re.length; k++) {
            float x = re[k];
            float y = im[k];
            float r = x + x;
            float s = x * x + y * y;
            float b5 = 1f / 120 + r * (1f / 720);
            float b4 = 1f / 24 + r * b5 - s * (1f / 720);
            float b3 = 1f / 6 + r * b4 - s * b5;
            float b2 = 0.5f + r * b3 - s * b4;
            float b1 = 1 + r * b2 - s * b3;
            re[k] = 1 + x * b1 - s * b2;
            im[k] = y * b1;
        }
    }

    private static void square(float[] re, float[] im) {
        for (int k = 0; k < re.length; k++) {
            float a = re[k];
            float b = im[k];
            re[k] = a * a - b * b;
            im[k] = (a + a) * b;
        }
    }

    private static void squareTwice(float[] re, float[] im) {
        for (int k = 0; k < re.length; k++) {
            float a = re[k];
            float b = im[k];
            float c = a * a - b * b;
            float d = (a + a) * b;
            re[k] = c * c - d * d;
            im[k] = (c + c) * d;
        }
    }

    /** other = x·conj(w), x = x·w. */
    private static void bothWays(float[] xRe, float[] xIm, float[] wRe, float[] wIm, float[] otherRe, float[] otherIm) {
        for (int k = 0; k < xRe.length; k++) {
            float cc = xRe[k] * wRe[k];
            float ss = xIm[k] * wIm[k];
            float cs = xRe[k] * wIm[k];
            float sc = xIm[k] * wRe[k];
            xRe[k] = cc - ss;
            xIm[k] = sc + cs;
            otherRe[k] = cc + ss;
            otherIm[k] = sc - cs;
        }
    }

    private static void multiply(float[] yRe, float[] yIm, float[] re, float[] im) {
        for (int k = 0; k < yRe.length; k++) {
            float a = yRe[k];
            float b = yIm[k];
            yRe[k] = a * re[k] - b * im[k];
            yIm[k] = a * im[k] + b * re[k];
        }
    }

    private static void multiplyByConjugate(float[] yRe, float[] yIm, float[] re, float[] im) {
        for (int k = 0; k < yRe.length; k++) {
            float a = yRe[k];
            float b = yIm[k];
            yRe[k] = a * re[k] + b * im[k];
            yIm[k] = b * re[k] - a * im[k];
        }
    }

    @Override
    public void blend(StereoSpectrum[] corner, float[] weight, int count, StereoSpectrum out) {
        out.clear();
        for (int i = 0; i < count; i++) {
            addScaled(corner[i].leftRe, weight[i], out.leftRe);
            addScaled(corner[i].leftIm, weight[i], out.leftIm);
            addScaled(corner[i].rightRe, weight[i], out.rightRe);
            addScaled(corner[i].rightIm, weight[i], out.rightIm);
        }
    }

    private static void addScaled(float[] x, float w, float[] y) {
        for (int k = 0; k < y.length; k++) {
            y[k] += w * x[k];
        }
    }

    @Override
    public void multiplyByCells(float unchanged, float[] weight, int from, float[][] re, float[][] im, int[] cell, float[] yRe, float[] yIm, float[] workRe, float[] workIm) {
        cells(unchanged, weight[from], re[cell[from]], weight[from + 1], re[cell[from + 1]], weight[from + 2], re[cell[from + 2]], weight[from + 3], re[cell[from + 3]], workRe, yRe.length);
        cells(0, weight[from], im[cell[from]], weight[from + 1], im[cell[from + 1]], weight[from + 2], im[cell[from + 2]], weight[from + 3], im[cell[from + 3]], workIm, yRe.length);
        multiply(yRe, yIm, workRe, workIm);
    }

    private static void cells(float unchanged, float p, float[] a, float q, float[] b, float r, float[] c, float s, float[] d, float[] y, int bins) {
        for (int k = 0; k < bins; k++) {
            y[k] = unchanged + p * a[k] + q * b[k] + r * c[k] + s * d[k];
        }
    }

    @Override
    public void turn(double stepRadians, float[] re, float[] im) {
        ramp(stepRadians, 1, re, im, re.length);
    }

    @Override
    public void multiply(StereoSpectrum y, float[] re, float[] im) {
        multiply(y.leftRe, y.leftIm, re, im);
        multiply(y.rightRe, y.rightIm, re, im);
    }

    @Override
    public void addProduct(StereoSpectrum bus, StereoSpectrum filter, float[] xRe, float[] xIm) {
        addProduct(bus.leftRe, bus.leftIm, xRe, xIm, filter.leftRe, filter.leftIm);
        addProduct(bus.rightRe, bus.rightIm, xRe, xIm, filter.rightRe, filter.rightIm);
    }

    private static void addProduct(float[] yRe, float[] yIm, float[] xRe, float[] xIm, float[] hRe, float[] hIm) {
        for (int k = 0; k < yRe.length; k++) {
            yRe[k] += xRe[k] * hRe[k] - xIm[k] * hIm[k];
            yIm[k] += xRe[k] * hIm[k] + xIm[k] * hRe[k];
        }
    }

    @Override
    public boolean isFinite(float[] x, int from, int to) {
        float a = 0;
        float b = 0;
        float c = 0;
        float d = 0;
        int i = from;
        for (; i <= to - CHAINS; i += CHAINS) {
            a += x[i] * 0;
            b += x[i + 1] * 0;
            c += x[i + 2] * 0;
            d += x[i + 3] * 0;
        }
        for (; i < to; i++) {
            a += x[i] * 0;
        }
        // Zero, unless one was not finite: then not a number.
        return a + b + c + d == 0;
    }

    @Override
    public void addFaded(float[] x, int from, float gain, float step, float[] y, int to, int count) {
        for (int i = 0; i < count; i++) {
            y[to + i] += x[from + i] * (gain + step * i);
        }
    }
}
