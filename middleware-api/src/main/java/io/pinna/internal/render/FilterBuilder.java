package io.pinna.internal.render;

import io.pinna.internal.RealTime;
import io.pinna.internal.hrtf.NearField;

/**
 * Makes the filter of one path from a table: blends the vertices about its direction, puts the interaural delay back, and folds the near field and the path's band gains in. Audio thread; allocates only in its
 * constructor.
 */
@RealTime
final class FilterBuilder {
    /** Bins between a factor of the phase ramp and the one it is made from: enough independent chains to keep the processor busy. */
    private static final int RAMP = 16;
    /**
     * A corner of less weight (−100 dB) neither sounds nor is waited for: on the edge between two triangles, rounding decides which of them a direction falls into, and the inference thread, which rounds
     * on its own, may have prepared the other.
     */
    private static final float NEGLIGIBLE = 1e-5f;
    /** A missing corner of less weight (−80 dB) is not waited for either: in thin triangles rounding goes that far. */
    private static final float NOT_WORTH_WAITING = 1e-4f;

    private final HrtfTable table;
    private final NearField nearField;
    private final BandShaper shaper;
    private final int bins;
    private final float[] rampRe;
    private final float[] rampIm;
    private final float[] workRe;
    private final float[] workIm;
    private final float[] weights = new float[3];
    private final float[] blendWeight = new float[6];
    private final HrtfTable.Vertex[] blendVertex = new HrtfTable.Vertex[6];

    /** @param nearField what changes for near sources, or null for filters that are the same at every distance (but for sets with several) */
    FilterBuilder(HrtfTable table, NearField nearField) {
        this.table = table;
        this.nearField = nearField;
        bins = table.fftSize() / 2 + 1;
        shaper = new BandShaper(table.fftSize(), table.sampleRateHz(), table.shapingTaps());
        rampRe = new float[bins];
        rampIm = new float[bins];
        workRe = new float[bins];
        workIm = new float[bins];
    }

    /** Whether every vertex that a direction needs is there. */
    boolean isReady(float x, float y, float z, double distanceMeters, int[] hint) {
        return gather(x, y, z, distanceMeters, hint) > 0;
    }

    /**
     * @param x              direction, a unit vector in head axes (x front, y left, z up), likewise y and z
     * @param distanceMeters picks and blends the shells of sets with several, and the near field's part below the nearest
     * @param hint           for each shell the triangle that was found last; updated
     * @param bandGain       linear amplitude gain per band
     * @return false, and nothing is written, if a vertex is not there yet
     */
    boolean build(float x, float y, float z, double distanceMeters, int[] hint, float[] bandGain, StereoSpectrum out) {
        int count = gather(x, y, z, distanceMeters, hint);
        if (count == 0) {
            return false;
        }
        float delay = 0;
        for (int i = 0; i < count; i++) {
            delay += blendWeight[i] * blendVertex[i].interauralDelaySamples;
        }
        boolean near = nearField != null && nearField.appliesAt(distanceMeters);
        if (near) {
            delay += (float) (nearField.interauralDelaySeconds(distanceMeters, y) * table.sampleRateHz());
        }
        blend(count, out);
        delayEars(out, 0.5 * delay);
        if (near) {
            nearField.apply(distanceMeters, y, out.leftRe, out.leftIm, out.rightRe, out.rightIm);
        }
        shaper.apply(bandGain, out, workRe, workIm);
        return true;
    }

    private int gather(float x, float y, float z, double distanceMeters, int[] hint) {
        int shells = table.shellCount();
        int outer = 0;
        while (outer < shells - 1 && table.shellDistanceMeters(outer) < distanceMeters) {
            outer++;
        }
        int inner = outer;
        float outerPart = 1;
        if (outer > 0 && distanceMeters < table.shellDistanceMeters(outer)) {
            inner = outer - 1;
            double near = table.shellDistanceMeters(inner);
            double far = table.shellDistanceMeters(outer);
            // Linear in log distance, because near-field effects scale with the ratio of distances.
            outerPart = (float) (Math.log(distanceMeters / near) / Math.log(far / near));
        }
        int count = gatherShell(x, y, z, outer, outerPart, hint, 0);
        if (count > 0 && inner != outer && outerPart < 1) {
            count = gatherShell(x, y, z, inner, 1 - outerPart, hint, count);
        }
        return count;
    }

    /** @return the number of vertices gathered in all, or 0 if one is missing */
    private int gatherShell(float x, float y, float z, int shell, float part, int[] hint, int count) {
        var sphere = table.triangulation(shell);
        int triangle = sphere.locate(x, y, z, hint[shell], weights);
        hint[shell] = triangle;
        int first = table.firstVertex(shell);
        int n = count;
        for (int c = 0; c < 3; c++) {
            if (weights[c] > NEGLIGIBLE) {
                HrtfTable.Vertex vertex = table.vertex(first + sphere.corner(triangle, c));
                if (vertex == null) {
                    if (weights[c] < NOT_WORTH_WAITING) {
                        continue;
                    }
                    table.want(first + sphere.corner(triangle, c));
                    return 0;
                }
                blendVertex[n] = vertex;
                blendWeight[n] = weights[c] * part;
                n++;
            }
        }
        return n;
    }

    private void blend(int count, StereoSpectrum out) {
        scaled(out.leftRe, blendVertex[0].spectrum.leftRe, blendWeight[0]);
        scaled(out.leftIm, blendVertex[0].spectrum.leftIm, blendWeight[0]);
        scaled(out.rightRe, blendVertex[0].spectrum.rightRe, blendWeight[0]);
        scaled(out.rightIm, blendVertex[0].spectrum.rightIm, blendWeight[0]);
        for (int i = 1; i < count; i++) {
            StereoSpectrum s = blendVertex[i].spectrum;
            addScaled(out.leftRe, s.leftRe, blendWeight[i]);
            addScaled(out.leftIm, s.leftIm, blendWeight[i]);
            addScaled(out.rightRe, s.rightRe, blendWeight[i]);
            addScaled(out.rightIm, s.rightIm, blendWeight[i]);
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
