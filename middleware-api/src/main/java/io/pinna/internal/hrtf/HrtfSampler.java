package io.pinna.internal.hrtf;

import io.pinna.internal.dsp.RealFft;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * The pairs of impulse responses that a source gives in any direction, blended between its vertices as the renderer blends them ({@code io.pinna.internal.render.FilterBuilder}): filters linearly in
 * direction, linearly in the logarithm of the distance between shells, the interaural delay apart, and nearer than the nearest of them as {@link NearField} has it. For looking into sources offline; belongs to one thread, and evaluates the source there.
 */
public final class HrtfSampler {
    /** As in the renderer: a corner of less weight does not sound. */
    private static final float NEGLIGIBLE = 1e-5f;
    /** Room for the ringing of a fractional delay, before and after. */
    private static final int MARGIN_TAPS = 32;

    private final HrtfSource source;
    private final RealFft fft;
    private final int baseDelay;
    private final int[] hint;
    private final float[] weights = new float[3];
    private final float[] re;
    private final float[] im;
    private final float[] rightRe;
    private final float[] rightIm;
    /** Made when it is needed first. */
    private NearField nearField;

    /**
     * @param left                   response of {@link #size} samples
     * @param right                  likewise
     * @param interauralDelaySeconds by the source and its near field: delay of the right ear less that of the left; the responses contain it
     */
    public record Pair(float[] left, float[] right, double interauralDelaySeconds) {
    }

    private record Filters(float[] left, float[] right, double interauralDelaySeconds) {
    }

    public HrtfSampler(HrtfSource source) {
        this.source = source;
        baseDelay = (int) Math.ceil(0.5 * source.maxInterauralDelaySeconds() * source.sampleRateHz()) + MARGIN_TAPS;
        int least = source.taps() + 2 * baseDelay;
        fft = new RealFft(Math.max(256, Integer.highestOneBit(least - 1) << 1));
        hint = new int[source.shellCount()];
        re = new float[fft.bins()];
        im = new float[fft.bins()];
        rightRe = new float[fft.bins()];
        rightIm = new float[fft.bins()];
    }

    /** See {@link HrtfSource#polarity}. */
    public double polarity() {
        return source.polarity();
    }

    /** Length of the responses: a power of two. */
    public int size() {
        return fft.size();
    }

    /**
     * Every call evaluates the vertices that it needs once, so ask for some tens of neighbouring directions at a time.
     *
     * @param directions     unit vectors in head axes (x front, y left, z up), flat
     * @param distancesMeters one for each
     * @param from           number of the first direction
     * @param count          how many
     */
    public Pair[] sample(double[] directions, double[] distancesMeters, int from, int count) {
        int[][] vertex = new int[count][6];
        float[][] weight = new float[count][6];
        Map<Integer, Filters> filters = new HashMap<>();
        for (int i = 0; i < count; i++) {
            int at = 3 * (from + i);
            gather((float) directions[at], (float) directions[at + 1], (float) directions[at + 2], distancesMeters[from + i], vertex[i], weight[i]);
            for (int c = 0; c < 6; c++) {
                if (weight[i][c] > NEGLIGIBLE) {
                    filters.put(vertex[i][c], null);
                }
            }
        }
        int[] wanted = filters.keySet().stream().mapToInt(Integer::intValue).sorted().toArray();
        source.evaluate(wanted, wanted.length, (v, left, right, delay) -> filters.put(v, new Filters(left.clone(), right.clone(), delay)));
        Pair[] pairs = new Pair[count];
        for (int i = 0; i < count; i++) {
            pairs[i] = blend(filters, vertex[i], weight[i], directions[3 * (from + i) + 1], distancesMeters[from + i]);
        }
        return pairs;
    }

    private Pair blend(Map<Integer, Filters> filters, int[] vertex, float[] weight, double lateral, double distanceMeters) {
        float[] left = new float[fft.size()];
        float[] right = new float[fft.size()];
        double delay = 0;
        for (int c = 0; c < vertex.length; c++) {
            if (weight[c] > NEGLIGIBLE) {
                Filters f = filters.get(vertex[c]);
                for (int n = 0; n < f.left.length; n++) {
                    left[n] += weight[c] * f.left[n];
                    right[n] += weight[c] * f.right[n];
                }
                delay += weight[c] * f.interauralDelaySeconds;
            }
        }
        NearField near = near(distanceMeters);
        if (near != null) {
            delay += near.interauralDelaySeconds(distanceMeters, lateral);
        }
        double half = 0.5 * delay * source.sampleRateHz();
        fft.forward(left, 0, re, im, 0);
        fft.forward(right, 0, rightRe, rightIm, 0);
        delay(re, im, baseDelay - half);
        delay(rightRe, rightIm, baseDelay + half);
        if (near != null) {
            near.apply(distanceMeters, lateral, re, im, rightRe, rightIm);
        }
        fft.inverse(re, im, 0, left, 0);
        fft.inverse(rightRe, rightIm, 0, right, 0);
        return new Pair(left, right, delay);
    }

    /** Null where the filters are what they were measured as. */
    private NearField near(double distanceMeters) {
        if (!(distanceMeters < Math.min(NearField.START_METERS, source.shellDistanceMeters(0)))) {
            return null;
        }
        if (nearField == null) {
            nearField = new NearField(source, fft.size());
        }
        return nearField.appliesAt(distanceMeters) ? nearField : null;
    }

    private void delay(float[] x, float[] y, double samples) {
        for (int k = 0; k < x.length; k++) {
            double angle = -2 * Math.PI * k * samples / fft.size();
            double c = Math.cos(angle);
            double s = Math.sin(angle);
            double a = x[k];
            double b = y[k];
            x[k] = (float) (a * c - b * s);
            y[k] = (float) (a * s + b * c);
        }
    }

    private void gather(float x, float y, float z, double distanceMeters, int[] vertex, float[] weight) {
        int outer = 0;
        while (outer < source.shellCount() - 1 && source.shellDistanceMeters(outer) < distanceMeters) {
            outer++;
        }
        float outerPart = 1;
        if (outer > 0 && distanceMeters < source.shellDistanceMeters(outer)) {
            double near = source.shellDistanceMeters(outer - 1);
            outerPart = (float) (Math.log(distanceMeters / near) / Math.log(source.shellDistanceMeters(outer) / near));
            gatherShell(x, y, z, outer - 1, 1 - outerPart, vertex, weight, 3);
        }
        gatherShell(x, y, z, outer, outerPart, vertex, weight, 0);
    }

    private void gatherShell(float x, float y, float z, int shell, float part, int[] vertex, float[] weight, int at) {
        SphereTriangulation sphere = source.triangulation(shell);
        Arrays.fill(weights, 0);
        int triangle = sphere.locate(x, y, z, hint[shell], weights);
        hint[shell] = triangle;
        for (int c = 0; c < 3; c++) {
            vertex[at + c] = source.firstVertex(shell) + sphere.corner(triangle, c);
            weight[at + c] = part * weights[c];
        }
    }
}
