package io.pinna.internal.simd.vector;

import io.pinna.internal.RealTime;
import io.pinna.internal.dsp.RealFft;
import io.pinna.internal.render.StereoSpectrum;
import io.pinna.internal.simd.FilterTerms;
import io.pinna.internal.simd.ForwardTransforms;
import io.pinna.internal.simd.Kernels;
import io.pinna.internal.simd.OneByOne;
import io.pinna.internal.simd.PlainKernels;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The loops with the Vector API: whole filters in one pass, everything between loading and storing in registers, fused multiply–adds. N/2 bins are whole vectors; the last bin, which is real, is left over.
 *
 * <p>A vector is an object wherever a method that takes or gives one is not compiled into its caller, and the compiler is bound to do that only with methods of up to 35 bytes of code: those here are shorter.
 */
@RealTime
public final class VectorKernels implements Kernels {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int V = SPECIES.length();

    /** Loaded by name. */
    public VectorKernels() {
        if (V < 4 || V > FilterTerms.LANES) {
            throw new UnsupportedOperationException("vectors of this processor have " + V + " floats; supported are 4 to " + FilterTerms.LANES);
        }
    }

    @Override
    public String description() {
        return "Vector API, " + SPECIES.vectorBitSize() + " bits";
    }

    @Override
    public RealFft fft(int size) {
        return VectorFft.supports(size) ? new VectorFft(size) : new RealFft(size);
    }

    @Override
    public ForwardTransforms forward(int size, int most) {
        return new OneByOne(fft(size));
    }

    @Override
    public void build(FilterTerms t, StereoSpectrum out) {
        ramp(t, t.scale);
        if (t.shaped) {
            shape(t, t.workRe, t.workIm);
            buildShaped(t, out);
        } else {
            buildFlat(t, out);
        }
        int last = out.leftIm.length - 1;
        out.leftIm[last] = 0;
        out.rightIm[last] = 0;
    }

    /** The first V factors of the phase ramp, in double precision by products of few. */
    private static void ramp(FilterTerms t, float scale) {
        double turnRe = Math.cos(t.stepRadians);
        double turnIm = Math.sin(t.stepRadians);
        double re = 1;
        double im = 0;
        for (int k = 0; k < V; k++) {
            t.rampRe[k] = (float) (scale * re);
            t.rampIm[k] = (float) (scale * im);
            double next = re * turnRe - im * turnIm;
            im = re * turnIm + im * turnRe;
            re = next;
        }
        t.farRe = re;
        t.farIm = im;
    }

    private static void buildFlat(FilterTerms t, StereoSpectrum out) {
        int half = out.leftRe.length - 1;
        StereoSpectrum a = t.corner[0];
        StereoSpectrum b = t.corner[1];
        StereoSpectrum c = t.corner[2];
        FloatVector p = FloatVector.broadcast(SPECIES, t.weight[0]);
        FloatVector q = FloatVector.broadcast(SPECIES, t.weight[1]);
        FloatVector r = FloatVector.broadcast(SPECIES, t.weight[2]);
        FloatVector baseRe = FloatVector.fromArray(SPECIES, t.rampRe, 0);
        FloatVector baseIm = FloatVector.fromArray(SPECIES, t.rampIm, 0);
        double farRe = t.farRe;
        double farIm = t.farIm;
        double re = 1;
        double im = 0;
        for (int k = 0; k < half; k += V) {
            FloatVector turnRe = baseRe.mul((float) re).sub(baseIm.mul((float) im));
            FloatVector turnIm = baseRe.mul((float) im).add(baseIm.mul((float) re));
            double next = re * farRe - im * farIm;
            im = re * farIm + im * farRe;
            re = next;
            FloatVector x = blend(a.leftRe, p, b.leftRe, q, c.leftRe, r, k);
            FloatVector y = blend(a.leftIm, p, b.leftIm, q, c.leftIm, r, k);
            x.mul(turnRe).sub(y.mul(turnIm)).intoArray(out.leftRe, k);
            x.fma(turnIm, y.mul(turnRe)).intoArray(out.leftIm, k);
            x = blend(a.rightRe, p, b.rightRe, q, c.rightRe, r, k);
            y = blend(a.rightIm, p, b.rightIm, q, c.rightIm, r, k);
            x.fma(turnRe, y.mul(turnIm)).intoArray(out.rightRe, k);
            y.mul(turnRe).sub(x.mul(turnIm)).intoArray(out.rightIm, k);
        }
        // Spectra of real signals are real here.
        float last = t.scale * (float) re;
        out.leftRe[half] = last * (t.weight[0] * a.leftRe[half] + t.weight[1] * b.leftRe[half] + t.weight[2] * c.leftRe[half]);
        out.rightRe[half] = last * (t.weight[0] * a.rightRe[half] + t.weight[1] * b.rightRe[half] + t.weight[2] * c.rightRe[half]);
    }

    private static void buildShaped(FilterTerms t, StereoSpectrum out) {
        int half = out.leftRe.length - 1;
        StereoSpectrum a = t.corner[0];
        StereoSpectrum b = t.corner[1];
        StereoSpectrum c = t.corner[2];
        float[] shapeRe = t.workRe;
        float[] shapeIm = t.workIm;
        FloatVector p = FloatVector.broadcast(SPECIES, t.weight[0]);
        FloatVector q = FloatVector.broadcast(SPECIES, t.weight[1]);
        FloatVector r = FloatVector.broadcast(SPECIES, t.weight[2]);
        FloatVector baseRe = FloatVector.fromArray(SPECIES, t.rampRe, 0);
        FloatVector baseIm = FloatVector.fromArray(SPECIES, t.rampIm, 0);
        double farRe = t.farRe;
        double farIm = t.farIm;
        double re = 1;
        double im = 0;
        for (int k = 0; k < half; k += V) {
            FloatVector turnRe = baseRe.mul((float) re).sub(baseIm.mul((float) im));
            FloatVector turnIm = baseRe.mul((float) im).add(baseIm.mul((float) re));
            double next = re * farRe - im * farIm;
            im = re * farIm + im * farRe;
            re = next;
            FloatVector eRe = FloatVector.fromArray(SPECIES, shapeRe, k);
            FloatVector eIm = FloatVector.fromArray(SPECIES, shapeIm, k);
            FloatVector cc = eRe.mul(turnRe);
            FloatVector cs = eRe.mul(turnIm);
            FloatVector ss = eIm.mul(turnIm);
            FloatVector sc = eIm.mul(turnRe);
            FloatVector x = blend(a.leftRe, p, b.leftRe, q, c.leftRe, r, k);
            FloatVector y = blend(a.leftIm, p, b.leftIm, q, c.leftIm, r, k);
            FloatVector gRe = cc.sub(ss);
            FloatVector gIm = cs.add(sc);
            x.mul(gRe).sub(y.mul(gIm)).intoArray(out.leftRe, k);
            x.fma(gIm, y.mul(gRe)).intoArray(out.leftIm, k);
            x = blend(a.rightRe, p, b.rightRe, q, c.rightRe, r, k);
            y = blend(a.rightIm, p, b.rightIm, q, c.rightIm, r, k);
            gRe = cc.add(ss);
            gIm = sc.sub(cs);
            x.mul(gRe).sub(y.mul(gIm)).intoArray(out.rightRe, k);
            x.fma(gIm, y.mul(gRe)).intoArray(out.rightIm, k);
        }
        // Spectra of real signals, and the shape, are real here.
        float last = t.scale * (float) re * shapeRe[half];
        out.leftRe[half] = last * (t.weight[0] * a.leftRe[half] + t.weight[1] * b.leftRe[half] + t.weight[2] * c.leftRe[half]);
        out.rightRe[half] = last * (t.weight[0] * a.rightRe[half] + t.weight[1] * b.rightRe[half] + t.weight[2] * c.rightRe[half]);
    }

    private static FloatVector blend(float[] a, FloatVector p, float[] b, FloatVector q, float[] c, FloatVector r, int k) {
        return r.fma(load(c, k), two(a, p, b, q, k));
    }

    private static FloatVector two(float[] a, FloatVector p, float[] b, FloatVector q, int k) {
        return p.fma(load(a, k), q.mul(load(b, k)));
    }

    private static FloatVector load(float[] x, int k) {
        return FloatVector.fromArray(SPECIES, x, k);
    }

    @Override
    public void shape(FilterTerms t, float[] re, float[] im) {
        int squarings = t.squarings();
        exp(t, 1f / (1 << squarings), re, im);
        for (int i = LEAST_SQUARINGS; i < squarings; i++) {
            square(re, im);
        }
        int half = re.length - 1;
        re[half] = (float) Math.exp(t.first * t.firstRe[half] + t.second * t.secondRe[half]);
        im[half] = 0;
    }

    /** The series with real coefficients at x + iy, by Goertzel's recurrence with 2x and −x² − y²; squared {@link #LEAST_SQUARINGS} times, which are two. */
    private static void exp(FilterTerms t, float shrink, float[] re, float[] im) {
        float[] firstRe = t.firstRe;
        float[] firstIm = t.firstIm;
        float[] secondRe = t.secondRe;
        float[] secondIm = t.secondIm;
        FloatVector first = FloatVector.broadcast(SPECIES, shrink * t.first);
        FloatVector second = FloatVector.broadcast(SPECIES, shrink * t.second);
        FloatVector one = FloatVector.broadcast(SPECIES, 1);
        FloatVector c2 = FloatVector.broadcast(SPECIES, 0.5f);
        FloatVector c3 = FloatVector.broadcast(SPECIES, 1f / 6);
        FloatVector c4 = FloatVector.broadcast(SPECIES, 1f / 24);
        FloatVector c5 = FloatVector.broadcast(SPECIES, 1f / 120);
        FloatVector c6 = FloatVector.broadcast(SPECIES, 1f / 720);
        int half = re.length - 1;
        for (int k = 0; k < half; k += V) {
            FloatVector x = second.fma(FloatVector.fromArray(SPECIES, secondRe, k), first.mul(FloatVector.fromArray(SPECIES, firstRe, k)));
            FloatVector y = second.fma(FloatVector.fromArray(SPECIES, secondIm, k), first.mul(FloatVector.fromArray(SPECIES, firstIm, k)));
            FloatVector r = x.add(x);
            FloatVector s = x.fma(x, y.mul(y)).neg();
            FloatVector b5 = r.fma(c6, c5);
            FloatVector b4 = r.fma(b5, s.fma(c6, c4));
            FloatVector b3 = r.fma(b4, s.fma(b5, c3));
            FloatVector b2 = r.fma(b3, s.fma(b4, c2));
            FloatVector b1 = r.fma(b2, s.fma(b3, one));
            FloatVector e = x.fma(b1, s.fma(b2, one));
            FloatVector f = y.mul(b1);
            FloatVector g = e.mul(e).sub(f.mul(f));
            FloatVector h = e.add(e).mul(f);
            g.mul(g).sub(h.mul(h)).intoArray(re, k);
            g.add(g).mul(h).intoArray(im, k);
        }
    }

    private static void square(float[] re, float[] im) {
        int half = re.length - 1;
        for (int k = 0; k < half; k += V) {
            FloatVector a = FloatVector.fromArray(SPECIES, re, k);
            FloatVector b = FloatVector.fromArray(SPECIES, im, k);
            a.mul(a).sub(b.mul(b)).intoArray(re, k);
            a.add(a).mul(b).intoArray(im, k);
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
        FloatVector v = FloatVector.broadcast(SPECIES, w);
        int half = y.length - 1;
        for (int k = 0; k < half; k += V) {
            v.fma(FloatVector.fromArray(SPECIES, x, k), FloatVector.fromArray(SPECIES, y, k)).intoArray(y, k);
        }
        y[half] += w * x[half];
    }

    @Override
    public void multiplyByCells(float unchanged, float[] weight, int from, float[][] re, float[][] im, int[] cell, float[] yRe, float[] yIm, float[] workRe, float[] workIm) {
        float[] aRe = re[cell[from]];
        float[] bRe = re[cell[from + 1]];
        float[] cRe = re[cell[from + 2]];
        float[] dRe = re[cell[from + 3]];
        float[] aIm = im[cell[from]];
        float[] bIm = im[cell[from + 1]];
        float[] cIm = im[cell[from + 2]];
        float[] dIm = im[cell[from + 3]];
        FloatVector one = FloatVector.broadcast(SPECIES, unchanged);
        FloatVector p = FloatVector.broadcast(SPECIES, weight[from]);
        FloatVector q = FloatVector.broadcast(SPECIES, weight[from + 1]);
        FloatVector r = FloatVector.broadcast(SPECIES, weight[from + 2]);
        FloatVector s = FloatVector.broadcast(SPECIES, weight[from + 3]);
        int half = yRe.length - 1;
        for (int k = 0; k < half; k += V) {
            FloatVector x = s.fma(FloatVector.fromArray(SPECIES, dRe, k), blend(aRe, p, bRe, q, cRe, r, k).add(one));
            FloatVector y = s.fma(FloatVector.fromArray(SPECIES, dIm, k), blend(aIm, p, bIm, q, cIm, r, k));
            FloatVector a = FloatVector.fromArray(SPECIES, yRe, k);
            FloatVector b = FloatVector.fromArray(SPECIES, yIm, k);
            a.mul(x).sub(b.mul(y)).intoArray(yRe, k);
            a.fma(y, b.mul(x)).intoArray(yIm, k);
        }
        float x = unchanged + weight[from] * aRe[half] + weight[from + 1] * bRe[half] + weight[from + 2] * cRe[half] + weight[from + 3] * dRe[half];
        yRe[half] *= x;
        yIm[half] *= x;
    }

    @Override
    public void multiply(StereoSpectrum y, float[] re, float[] im) {
        multiply(y.leftRe, y.leftIm, re, im);
        multiply(y.rightRe, y.rightIm, re, im);
    }

    private static void multiply(float[] yRe, float[] yIm, float[] re, float[] im) {
        int half = yRe.length - 1;
        for (int k = 0; k < half; k += V) {
            FloatVector a = FloatVector.fromArray(SPECIES, yRe, k);
            FloatVector b = FloatVector.fromArray(SPECIES, yIm, k);
            FloatVector c = FloatVector.fromArray(SPECIES, re, k);
            FloatVector d = FloatVector.fromArray(SPECIES, im, k);
            a.mul(c).sub(b.mul(d)).intoArray(yRe, k);
            a.fma(d, b.mul(c)).intoArray(yIm, k);
        }
        float a = yRe[half];
        yRe[half] = a * re[half] - yIm[half] * im[half];
        yIm[half] = a * im[half] + yIm[half] * re[half];
    }

    @Override
    public void addProduct(StereoSpectrum bus, StereoSpectrum filter, float[] xRe, float[] xIm) {
        int half = bus.leftRe.length - 1;
        float[] aRe = filter.leftRe;
        float[] aIm = filter.leftIm;
        float[] bRe = filter.rightRe;
        float[] bIm = filter.rightIm;
        for (int k = 0; k < half; k += V) {
            FloatVector x = FloatVector.fromArray(SPECIES, xRe, k);
            FloatVector y = FloatVector.fromArray(SPECIES, xIm, k);
            FloatVector negative = y.neg();
            FloatVector h = FloatVector.fromArray(SPECIES, aRe, k);
            FloatVector g = FloatVector.fromArray(SPECIES, aIm, k);
            x.fma(h, negative.fma(g, FloatVector.fromArray(SPECIES, bus.leftRe, k))).intoArray(bus.leftRe, k);
            x.fma(g, y.fma(h, FloatVector.fromArray(SPECIES, bus.leftIm, k))).intoArray(bus.leftIm, k);
            h = FloatVector.fromArray(SPECIES, bRe, k);
            g = FloatVector.fromArray(SPECIES, bIm, k);
            x.fma(h, negative.fma(g, FloatVector.fromArray(SPECIES, bus.rightRe, k))).intoArray(bus.rightRe, k);
            x.fma(g, y.fma(h, FloatVector.fromArray(SPECIES, bus.rightIm, k))).intoArray(bus.rightIm, k);
        }
        last(bus, filter, xRe[half], half);
    }

    private static void last(StereoSpectrum bus, StereoSpectrum filter, float x, int at) {
        bus.leftRe[at] += x * filter.leftRe[at];
        bus.rightRe[at] += x * filter.rightRe[at];
    }

    @Override
    public void turn(double stepRadians, float[] re, float[] im) {
        PlainKernels.INSTANCE.turn(stepRadians, re, im);
    }

    @Override
    public boolean isFinite(float[] x, int from, int to) {
        // A vector that goes from one pass of a loop to the next was seen to become an object.
        return PlainKernels.INSTANCE.isFinite(x, from, to);
    }

    @Override
    public void addFaded(float[] x, int from, float gain, float step, float[] y, int to, int count) {
        PlainKernels.INSTANCE.addFaded(x, from, gain, step, y, to, count);
    }
}
