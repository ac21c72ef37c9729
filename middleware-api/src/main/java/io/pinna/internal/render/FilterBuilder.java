package io.pinna.internal.render;

import io.pinna.internal.RealTime;
import io.pinna.internal.hrtf.NearField;

/**
 * Makes the filter of one path from a table and a {@link FilterSpec}: blends the vertices about its direction, puts the interaural delay back, and folds the near field and the path's band gains in. Audio thread;
 * allocates only in its constructor.
 */
@RealTime
public final class FilterBuilder {
    /** Bins between a factor of the phase ramp and the one it is made from: enough independent chains to keep the processor busy. */
    private static final int RAMP = 16;

    private final HrtfTable table;
    private final NearField nearField;
    private final BandShaper shaper;
    private final int bins;
    private final float[] rampRe;
    private final float[] rampIm;
    private final float[] workRe;
    private final float[] workIm;

    /** @param nearField what changes for near sources, or null for filters that are the same at every distance (but for sets with several) */
    public FilterBuilder(HrtfTable table, NearField nearField) {
        this.table = table;
        this.nearField = nearField;
        bins = table.fftSize() / 2 + 1;
        shaper = new BandShaper(table.fftSize(), table.sampleRateHz(), table.shapingTaps());
        rampRe = new float[bins];
        rampIm = new float[bins];
        workRe = new float[bins];
        workIm = new float[bins];
    }

    /** @param spec of this table, all of whose vertices are there */
    public void build(FilterSpec spec, StereoSpectrum out) {
        if (spec.corners == 0) {
            out.clear();
            return;
        }
        blend(spec, out);
        delayEars(out, 0.5 * spec.delaySamples);
        if (spec.near) {
            nearField.apply(spec.distanceMeters, spec.y, out.leftRe, out.leftIm, out.rightRe, out.rightIm);
        }
        shaper.apply(spec.gain, out, workRe, workIm);
    }

    private void blend(FilterSpec spec, StereoSpectrum out) {
        StereoSpectrum first = table.vertex(spec.vertex[0]).spectrum;
        scaled(out.leftRe, first.leftRe, spec.weight[0]);
        scaled(out.leftIm, first.leftIm, spec.weight[0]);
        scaled(out.rightRe, first.rightRe, spec.weight[0]);
        scaled(out.rightIm, first.rightIm, spec.weight[0]);
        for (int i = 1; i < spec.corners; i++) {
            StereoSpectrum s = table.vertex(spec.vertex[i]).spectrum;
            addScaled(out.leftRe, s.leftRe, spec.weight[i]);
            addScaled(out.leftIm, s.leftIm, spec.weight[i]);
            addScaled(out.rightRe, s.rightRe, spec.weight[i]);
            addScaled(out.rightIm, s.rightIm, spec.weight[i]);
        }
    }

    private static void scaled(float[] y, float[] x, float w) {
        for (int k = 0; k < y.length; k++) {
            y[k] = w * x[k];
        }
    }

    private static void addScaled(float[] y, float[] x, float w) {
        for (int k = 0; k < y.length; k++) {
            y[k] += w * x[k];
        }
    }

    /**
     * Turns the left ear by exp(+2πi·k·half/N) and the right ear by its conjugate: half of the interaural delay earlier and later. The first {@link #RAMP} factors come from a recurrence in double
     * precision, the others each from the one {@link #RAMP} bins before, so that the error stays below 2e-6 and only one sine and cosine are evaluated.
     */
    private void delayEars(StereoSpectrum out, double halfDelaySamples) {
        double step = 2 * Math.PI * halfDelaySamples / table.fftSize();
        double turnRe = Math.cos(step);
        double turnIm = Math.sin(step);
        double re = 1;
        double im = 0;
        for (int k = 0; k < RAMP; k++) {
            rampRe[k] = (float) re;
            rampIm[k] = (float) im;
            double t = re * turnRe - im * turnIm;
            im = re * turnIm + im * turnRe;
            re = t;
        }
        float farRe = (float) re;
        float farIm = (float) im;
        for (int k = RAMP; k < bins; k++) {
            rampRe[k] = rampRe[k - RAMP] * farRe - rampIm[k - RAMP] * farIm;
            rampIm[k] = rampRe[k - RAMP] * farIm + rampIm[k - RAMP] * farRe;
        }
        rotate(out.leftRe, out.leftIm, rampRe, rampIm);
        rotateBack(out.rightRe, out.rightIm, rampRe, rampIm);
        // A real signal's spectrum is real at half the sample rate; sources taper to nothing there.
        out.leftIm[bins - 1] = 0;
        out.rightIm[bins - 1] = 0;
    }

    private static void rotate(float[] re, float[] im, float[] c, float[] s) {
        for (int k = 0; k < re.length; k++) {
            float a = re[k];
            float b = im[k];
            re[k] = a * c[k] - b * s[k];
            im[k] = a * s[k] + b * c[k];
        }
    }

    private static void rotateBack(float[] re, float[] im, float[] c, float[] s) {
        for (int k = 0; k < re.length; k++) {
            float a = re[k];
            float b = im[k];
            re[k] = a * c[k] + b * s[k];
            im[k] = b * c[k] - a * s[k];
        }
    }
}
