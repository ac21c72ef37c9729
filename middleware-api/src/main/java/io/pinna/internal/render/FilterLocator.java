package io.pinna.internal.render;

import io.pinna.internal.RealTime;
import io.pinna.internal.hrtf.NearField;

/**
 * Finds what the filter of one path is made of: the vertices about its direction, their parts, and the interaural delay. Audio thread; allocates only in its constructor.
 */
@RealTime
public final class FilterLocator {
    /**
     * A corner of less weight (−100 dB) neither sounds nor is waited for: on the edge between two triangles, rounding decides which of them a direction falls into, and the inference thread, which rounds
     * on its own, may have prepared the other.
     */
    private static final float NEGLIGIBLE = 1e-5f;
    /** A missing corner of less weight (−80 dB) is not waited for either: in thin triangles rounding goes that far. */
    private static final float NOT_WORTH_WAITING = 1e-4f;

    private final HrtfTable table;
    private final NearField nearField;
    private final float[] weights = new float[3];
    private final FilterSpec found = new FilterSpec();
    /** For each shell the vertices farthest to the left and to the right. */
    private final int[] left;
    private final int[] right;

    /** @param nearField what changes for near sources, or null for filters that are the same at every distance (but for sets with several) */
    public FilterLocator(HrtfTable table, NearField nearField) {
        this.table = table;
        this.nearField = nearField;
        left = new int[table.shellCount()];
        right = new int[table.shellCount()];
        for (int s = 0; s < left.length; s++) {
            left[s] = nearest(s, 1);
            right[s] = nearest(s, -1);
        }
    }

    /** The vertex of a shell that is nearest to a side. */
    private int nearest(int shell, float y) {
        var sphere = table.triangulation(shell);
        int triangle = sphere.locate(0, y, 0, 0, weights);
        int best = 0;
        for (int c = 1; c < 3; c++) {
            best = weights[c] > weights[best] ? c : best;
        }
        return table.firstVertex(shell) + sphere.corner(triangle, best);
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
     * @param out            gets everything but the id
     * @return false, and nothing is written, if a vertex is not there yet
     */
    public boolean locate(float x, float y, float z, double distanceMeters, int[] hint, float[] bandGain, FilterSpec out) {
        return locate(x, y, z, distanceMeters, 0, hint, bandGain, out);
    }

    /**
     * As above, of a source that is not a point.
     *
     * @param spread which part of its energy comes from all around ({@link SourceExtent#spread}): as far as that goes, both sides are heard alike, without a delay between the ears
     */
    boolean locate(float x, float y, float z, double distanceMeters, double spread, int[] hint, float[] bandGain, FilterSpec out) {
        int count = spread > 0 ? gatherSpread(x, y, z, distanceMeters, (float) spread, hint) : gather(x, y, z, distanceMeters, hint);
        if (count == 0) {
            return false;
        }
        float delay = 0;
        for (int i = 0; i < count; i++) {
            out.vertex[i] = found.vertex[i];
            out.weight[i] = found.weight[i];
            delay += found.weight[i] * table.interauralDelaySamples(found.vertex[i]);
        }
        if (spread > 0) {
            // Weights add up to one, and so do amplitudes at low frequencies, where all that is heard is in phase. At high ones energies do, which are less: half of each is made up for.
            double rest = 1 - spread;
            float scale = (float) Math.sqrt(1 / (0.5 + 0.5 * (rest * rest + spread * spread / 2)));
            for (int i = 0; i < count; i++) {
                out.weight[i] *= scale;
            }
        }
        boolean near = nearField != null && nearField.appliesAt(distanceMeters);
        if (near) {
            delay += (float) (nearField.interauralDelaySeconds(distanceMeters, y) * table.sampleRateHz());
        }
        out.corners = count;
        out.near = near;
        out.delaySamples = delay;
        place(x, y, z, distanceMeters, bandGain, out);
        return true;
    }

    /** A filter of silence at a place. */
    static void silence(float x, float y, float z, double distanceMeters, float[] bandGain, FilterSpec out) {
        out.corners = 0;
        out.near = false;
        out.delaySamples = 0;
        place(x, y, z, distanceMeters, bandGain, out);
    }

    private static void place(float x, float y, float z, double distanceMeters, float[] bandGain, FilterSpec out) {
        out.x = x;
        out.y = y;
        out.z = z;
        out.distanceMeters = distanceMeters;
        out.slope = 0;
        out.curve = 0;
        out.lagSamples = 0;
        System.arraycopy(bandGain, 0, out.gain, 0, out.gain.length);
    }

    /** The direction's corners in the outermost shell that counts, and both sides. */
    private int gatherSpread(float x, float y, float z, double distanceMeters, float spread, int[] hint) {
        int shell = 0;
        while (shell < table.shellCount() - 1 && table.shellDistanceMeters(shell) < distanceMeters) {
            shell++;
        }
        int count = gatherShell(x, y, z, shell, 1 - spread, hint, 0);
        if (count == 0) {
            return 0;
        }
        if (!table.isReady(left[shell]) || !table.isReady(right[shell])) {
            table.want(table.isReady(left[shell]) ? right[shell] : left[shell]);
            return 0;
        }
        found.vertex[count] = left[shell];
        found.weight[count] = spread / 2;
        found.vertex[count + 1] = right[shell];
        found.weight[count + 1] = spread / 2;
        return count + 2;
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
                if (!table.isReady(first + sphere.corner(triangle, c))) {
                    if (weights[c] < NOT_WORTH_WAITING) {
                        continue;
                    }
                    table.want(first + sphere.corner(triangle, c));
                    return 0;
                }
                found.vertex[n] = first + sphere.corner(triangle, c);
                found.weight[n] = weights[c] * part;
                n++;
            }
        }
        return n;
    }
}
