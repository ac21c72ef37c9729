package io.pinna.internal.render;

import io.pinna.internal.RealTime;

/**
 * Makes the filter of one path from a table: blends the vertices about its direction, puts the interaural delay back, and folds the path's band gains in. Audio thread; allocates only in its
 * constructor.
 */
@RealTime
final class FilterBuilder {
    /** Length of the inner run of a phase ramp: exp(−iω(16j + k)) = exp(−iω·16j)·exp(−iωk). */
    private static final int RAMP = 16;

    private final HrtfTable table;
    private final BandShaper shaper;
    private final int bins;
    private final float[] rampRe = new float[RAMP];
    private final float[] rampIm = new float[RAMP];
    private final float[] workRe;
    private final float[] workIm;
    private final float[] weights = new float[3];
    private final float[] blendWeight = new float[6];
    private final HrtfTable.Vertex[] blendVertex = new HrtfTable.Vertex[6];

    FilterBuilder(HrtfTable table) {
        this.table = table;
        bins = table.fftSize() / 2 + 1;
        shaper = new BandShaper(table.fftSize(), table.sampleRateHz());
        workRe = new float[bins];
        workIm = new float[bins];
    }

    /** Whether every vertex that a direction needs is there. */
    boolean isReady(float x, float y, float z, double distanceMeters, int[] hint) {
        return gather(x, y, z, distanceMeters, hint) > 0;
    }

    /**
     * @param x              direction, a unit vector in head axes (x front, y left, z up), likewise y and z
     * @param distanceMeters picks and blends the shells of near-field sets
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
        blend(count, out);
        float centre = table.centreSamples();
        delay(out.leftRe, out.leftIm, centre - 0.5f * delay);
        delay(out.rightRe, out.rightIm, centre + 0.5f * delay);
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
            if (weights[c] > 0) {
                HrtfTable.Vertex vertex = table.vertex(first + sphere.corner(triangle, c));
                if (vertex == null) {
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

    /** Multiplies by exp(−2πi·k·samples/N). */
    private void delay(float[] re, float[] im, float samples) {
        double step = -2 * Math.PI * samples / table.fftSize();
        for (int k = 0; k < RAMP; k++) {
            rampRe[k] = (float) Math.cos(step * k);
            rampIm[k] = (float) Math.sin(step * k);
        }
        double turnRe = Math.cos(step * RAMP);
        double turnIm = Math.sin(step * RAMP);
        double baseRe = 1;
        double baseIm = 0;
        for (int from = 0; from < bins; from += RAMP) {
            rotate(re, im, from, Math.min(RAMP, bins - from), (float) baseRe, (float) baseIm);
            double t = baseRe * turnRe - baseIm * turnIm;
            baseIm = baseRe * turnIm + baseIm * turnRe;
            baseRe = t;
        }
        // A real signal's spectrum is real at half the sample rate; sources taper to nothing there.
        im[bins - 1] = 0;
    }

    private void rotate(float[] re, float[] im, int from, int count, float baseRe, float baseIm) {
        for (int k = 0; k < count; k++) {
            float c = baseRe * rampRe[k] - baseIm * rampIm[k];
            float s = baseRe * rampIm[k] + baseIm * rampRe[k];
            float a = re[from + k];
            float b = im[from + k];
            re[from + k] = a * c - b * s;
            im[from + k] = a * s + b * c;
        }
    }
}
