package io.pinna.internal.hrtf;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One shell of a measured set: its different directions, virtual directions where it has holes, and the dense sphere that filters are computed for. Built on the calling thread, immutable then.
 *
 * <p>Nodes are the measured directions first, then the virtual ones. Vertices of the dense sphere are the nodes first, in the same order, then the points between them; every vertex knows the nodes
 * (at most three, the corners of one triangle of nodes) and the weights that its values come from.
 */
final class ShellGeometry {
    /** Neighbouring vertices are no farther apart than this, so that linear blending between them is accurate. The grid of the MIT KEMAR (10° × 5° to 6.4°) reaches it by halving its long edges once. */
    static final double MAX_EDGE_DEGREES = 6.5;
    /** A part of the sphere is a hole, not a coarse grid, from this angle to the nearest measurement on, ... */
    private static final double HOLE_DEGREES = 25;
    /** ... or from this multiple of the grid's spacing on, ... */
    private static final double HOLE_SPACINGS = 2.5;
    /** ... but always from this angle on, which also keeps virtual directions apart. Anything below 90° makes the hull close around the centre. */
    private static final double MAX_GAP_DEGREES = 60;
    /** A virtual direction takes from the measured ones that are up to this much farther away than the nearest. */
    private static final double REACH_DEGREES = 20;
    private static final double AXIS_BONUS_DEGREES = 4;
    private static final double SAME_RADIANS = Math.toRadians(0.02);

    final double distanceMeters;
    /** Measurement of each measured node. */
    final int[] measurements;
    /** Weights of the measured nodes for each virtual node. */
    final List<Mix> virtual;
    final DelaunaySphere nodes;
    final DelaunaySphere dense;
    /** Three nodes for each vertex. */
    final int[] parents;
    /** Their weights; they sum to 1. */
    final float[] weights;
    final double spacingDegrees;
    final List<String> extrapolated;

    /** A weighted mean of nodes. */
    record Mix(int[] nodes, double[] weights) {
    }

    /**
     * @param directions of all measurements of the set
     * @param members    the measurements of this shell, without repeated directions
     */
    ShellGeometry(double[] directions, int[] members, double distanceMeters, double maxEdgeDegrees) {
        this.distanceMeters = distanceMeters;
        this.measurements = members.clone();
        double[] measured = new double[3 * members.length];
        for (int i = 0; i < members.length; i++) {
            System.arraycopy(directions, 3 * members[i], measured, 3 * i, 3);
        }
        spacingDegrees = spacing(measured);
        virtual = new ArrayList<>();
        extrapolated = new ArrayList<>();
        nodes = DelaunaySphere.of(withVirtual(measured));
        Refinement refinement = new Refinement(nodes, maxEdgeDegrees);
        parents = refinement.parents;
        weights = refinement.weights;
        // Triangles between the refined points may be chosen anew, values stand at points: the Delaunay triangulation has the best shapes, and a walk over it always ends.
        dense = refinement.added ? DelaunaySphere.of(refinement.points) : nodes;
    }

    int nodeCount() {
        return nodes.vertexCount();
    }

    boolean isVirtual(int node) {
        return node >= measurements.length;
    }

    // ---- Choice of measurements -------------------------------------------------------------------------------------------------------------------------------------------------------

    /** Measurements that share their direction (within 0.02°) with an earlier one of the list are left out. */
    static int[] withoutRepeats(double[] directions, int[] members) {
        Map<Long, List<Integer>> cells = new HashMap<>();
        int[] kept = new int[members.length];
        int count = 0;
        for (int m : members) {
            long cx = cell(directions[3 * m]);
            long cy = cell(directions[3 * m + 1]);
            long cz = cell(directions[3 * m + 2]);
            boolean repeated = false;
            for (long x = cx - 1; x <= cx + 1 && !repeated; x++) {
                for (long y = cy - 1; y <= cy + 1 && !repeated; y++) {
                    for (long z = cz - 1; z <= cz + 1 && !repeated; z++) {
                        for (int other : cells.getOrDefault(key(x, y, z), List.of())) {
                            repeated |= radians(directions, m, directions, other) < SAME_RADIANS;
                        }
                    }
                }
            }
            if (!repeated) {
                cells.computeIfAbsent(key(cx, cy, cz), k -> new ArrayList<>()).add(m);
                kept[count++] = m;
            }
        }
        return Arrays.copyOf(kept, count);
    }

    private static long cell(double coordinate) {
        return (long) Math.floor((coordinate + 1) / SAME_RADIANS);
    }

    private static long key(long x, long y, long z) {
        return x << 42 ^ y << 21 ^ z;
    }

    static double radians(double[] a, int i, double[] b, int j) {
        double dx = a[3 * i] - b[3 * j];
        double dy = a[3 * i + 1] - b[3 * j + 1];
        double dz = a[3 * i + 2] - b[3 * j + 2];
        return 2 * Math.asin(Math.min(1, Math.sqrt(dx * dx + dy * dy + dz * dz) / 2));
    }

    /** Angle (radians) from a direction to the nearest of a list, one of which may be left out. */
    private static double nearest(double[] from, int i, double[] directions, int without) {
        double x = from[3 * i];
        double y = from[3 * i + 1];
        double z = from[3 * i + 2];
        double least = 4;
        for (int j = 0; j < directions.length / 3; j++) {
            double dx = x - directions[3 * j];
            double dy = y - directions[3 * j + 1];
            double dz = z - directions[3 * j + 2];
            double d = dx * dx + dy * dy + dz * dz;
            if (d < least && j != without) {
                least = d;
            }
        }
        return 2 * Math.asin(Math.min(1, Math.sqrt(least) / 2));
    }

    /** Median angle to the nearest neighbour, from up to 400 directions spread over the list. */
    private static double spacing(double[] directions) {
        int count = directions.length / 3;
        if (count < 2) {
            return 0;
        }
        int probes = Math.min(count, 400);
        double[] nearest = new double[probes];
        for (int p = 0; p < probes; p++) {
            int i = (int) ((long) p * count / probes);
            nearest[p] = nearest(directions, i, directions, i);
        }
        Arrays.sort(nearest);
        return Math.toDegrees(nearest[probes / 2]);
    }

    // ---- Holes ------------------------------------------------------------------------------------------------------------------------------------------------------------------------

    /** Appends virtual directions in the middle of what is not measured: of the points of an even grid always the one farthest from all measurements. */
    private double[] withVirtual(double[] measured) {
        DelaunaySphere grid = DelaunaySphere.geodesic(12);
        int count = 6 + grid.vertexCount();
        double[] candidates = new double[3 * count];
        // The axes come first and count for a little more: of points that are about equally far, the pole of a cap is the one to take.
        double[][] axes = {{0, 0, -1}, {0, 0, 1}, {0, -1, 0}, {0, 1, 0}, {-1, 0, 0}, {1, 0, 0}};
        for (int i = 0; i < count; i++) {
            for (int axis = 0; axis < 3; axis++) {
                candidates[3 * i + axis] = i < 6 ? axes[i][axis] : grid.exactCoordinate(i - 6, axis);
            }
        }
        double[] toMeasured = new double[count];
        double[] toVirtual = new double[count];
        for (int i = 0; i < count; i++) {
            toVirtual[i] = 180;
            toMeasured[i] = Math.toDegrees(nearest(candidates, i, measured, -1));
        }
        double hole = Math.min(MAX_GAP_DEGREES, Math.max(HOLE_DEGREES, HOLE_SPACINGS * spacingDegrees));
        double[] all = measured;
        while (true) {
            int best = -1;
            for (int i = 0; i < count; i++) {
                double gap = toMeasured[i] + (i < 6 ? AXIS_BONUS_DEGREES : 0);
                if (toMeasured[i] > hole && toVirtual[i] > MAX_GAP_DEGREES && (best < 0 || gap > toMeasured[best] + (best < 6 ? AXIS_BONUS_DEGREES : 0))) {
                    best = i;
                }
            }
            if (best < 0) {
                return all;
            }
            all = Arrays.copyOf(all, all.length + 3);
            System.arraycopy(candidates, 3 * best, all, all.length - 3, 3);
            virtual.add(mix(candidates, best, measured));
            describe(candidates, best, toMeasured[best], measured);
            for (int i = 0; i < count; i++) {
                toVirtual[i] = Math.min(toVirtual[i], Math.toDegrees(radians(candidates, i, candidates, best)));
            }
        }
    }

    private static Mix mix(double[] candidates, int at, double[] measured) {
        int count = measured.length / 3;
        double[] angle = new double[count];
        double nearest = 180;
        for (int j = 0; j < count; j++) {
            angle[j] = Math.toDegrees(radians(candidates, at, measured, j));
            nearest = Math.min(nearest, angle[j]);
        }
        int[] chosen = new int[count];
        double[] weight = new double[count];
        int n = 0;
        double sum = 0;
        for (int j = 0; j < count; j++) {
            double w = 1 - (angle[j] - nearest) / REACH_DEGREES;
            if (w > 0) {
                chosen[n] = j;
                weight[n] = w * w;
                sum += weight[n++];
            }
        }
        for (int j = 0; j < n; j++) {
            weight[j] /= sum;
        }
        return new Mix(Arrays.copyOf(chosen, n), Arrays.copyOf(weight, n));
    }

    private void describe(double[] candidates, int at, double gapDegrees, double[] measured) {
        double x = candidates[3 * at];
        double y = candidates[3 * at + 1];
        double z = candidates[3 * at + 2];
        if (Math.abs(z) > 0.9999) {
            double edge = 0;
            for (int j = 0; j < measured.length / 3; j++) {
                edge = j == 0 ? measured[2] : z < 0 ? Math.min(edge, measured[3 * j + 2]) : Math.max(edge, measured[3 * j + 2]);
            }
            extrapolated.add(String.format(Locale.ROOT, "directions %s %.0f° of elevation are extrapolated from the nearest measured ones", z < 0 ? "below" : "above",
                    Math.toDegrees(Math.asin(edge))));
        } else {
            extrapolated.add(String.format(Locale.ROOT, "directions around azimuth %.0f°, elevation %.0f° (up to %.0f° away from measured ones) are extrapolated from the nearest",
                    Math.toDegrees(Math.atan2(y, x)), Math.toDegrees(Math.asin(z)), gapDegrees));
        }
    }

    // ---- Refinement -------------------------------------------------------------------------------------------------------------------------------------------------------------------

    /**
     * Halves all edges that are too long, again and again. A triangle is split by the middles of its own long edges only, and both triangles of an edge agree about its middle. All pieces stay inside
     * of their triangle of nodes, so a middle's parents are among its corners.
     */
    private static final class Refinement {
        double[] points;
        int[] parents;
        float[] weights;
        boolean added;
        private int count;
        private double[] exactWeights;

        Refinement(DelaunaySphere nodes, double maxEdgeDegrees) {
            count = nodes.vertexCount();
            points = new double[3 * count];
            parents = new int[3 * count];
            exactWeights = new double[3 * count];
            for (int v = 0; v < count; v++) {
                for (int axis = 0; axis < 3; axis++) {
                    points[3 * v + axis] = nodes.exactCoordinate(v, axis);
                }
                parents[3 * v] = v;
                parents[3 * v + 1] = v;
                parents[3 * v + 2] = v;
                exactWeights[3 * v] = 1;
            }
            int[] triangles = new int[3 * nodes.triangleCount()];
            for (int i = 0; i < triangles.length; i++) {
                triangles[i] = nodes.corner(i / 3, i % 3);
            }
            double limit = Math.toRadians(maxEdgeDegrees);
            while (true) {
                Map<Long, Integer> middles = new HashMap<>();
                int[] next = new int[4 * triangles.length];
                int at = 0;
                for (int t = 0; t < triangles.length; t += 3) {
                    at = split(triangles, t, limit, middles, next, at);
                }
                triangles = Arrays.copyOf(next, at);
                if (middles.isEmpty()) {
                    break;
                }
                added = true;
            }
            points = Arrays.copyOf(points, 3 * count);
            parents = Arrays.copyOf(parents, 3 * count);
            weights = new float[3 * count];
            for (int i = 0; i < weights.length; i++) {
                weights[i] = (float) exactWeights[i];
            }
        }

        private int split(int[] triangles, int t, double limit, Map<Long, Integer> middles, int[] next, int at) {
            int[] v = {triangles[t], triangles[t + 1], triangles[t + 2]};
            // Middle of the edge from corner i to corner i + 1, or −1.
            int[] middle = new int[3];
            int marked = 0;
            for (int i = 0; i < 3; i++) {
                int a = v[i];
                int b = v[(i + 1) % 3];
                boolean tooLong = radians(points, a, points, b) > limit;
                middle[i] = tooLong ? middles.computeIfAbsent((long) Math.min(a, b) << 32 | Math.max(a, b), k -> middle(Math.min(a, b), Math.max(a, b))) : -1;
                marked += tooLong ? 1 : 0;
            }
            if (marked == 0) {
                return put(next, at, v[0], v[1], v[2]);
            }
            if (marked == 3) {
                at = put(next, at, v[0], middle[0], middle[2]);
                at = put(next, at, middle[0], v[1], middle[1]);
                at = put(next, at, middle[2], middle[1], v[2]);
                return put(next, at, middle[0], middle[1], middle[2]);
            }
            for (int i = 0; i < 3; i++) {
                int a = v[i];
                int b = v[(i + 1) % 3];
                int c = v[(i + 2) % 3];
                int ab = middle[i];
                int bc = middle[(i + 1) % 3];
                if (marked == 1 && ab >= 0) {
                    at = put(next, at, a, ab, c);
                    return put(next, at, ab, b, c);
                }
                if (marked == 2 && ab >= 0 && bc >= 0) {
                    at = put(next, at, ab, b, bc);
                    // What is left is the quadrilateral a, ab, bc, c; its shorter diagonal divides it.
                    if (radians(points, a, points, bc) < radians(points, ab, points, c)) {
                        at = put(next, at, a, ab, bc);
                        return put(next, at, a, bc, c);
                    }
                    at = put(next, at, a, ab, c);
                    return put(next, at, ab, bc, c);
                }
            }
            throw new IllegalStateException("a triangle with " + marked + " long edges was not split");
        }

        private static int put(int[] to, int at, int a, int b, int c) {
            to[at] = a;
            to[at + 1] = b;
            to[at + 2] = c;
            return at + 3;
        }

        private int middle(int a, int b) {
            if (3 * count + 3 > points.length) {
                points = Arrays.copyOf(points, 2 * points.length);
                parents = Arrays.copyOf(parents, 2 * parents.length);
                exactWeights = Arrays.copyOf(exactWeights, 2 * exactWeights.length);
            }
            double[] p = {points[3 * a] + points[3 * b], points[3 * a + 1] + points[3 * b + 1], points[3 * a + 2] + points[3 * b + 2]};
            DelaunaySphere.normalise(p);
            System.arraycopy(p, 0, points, 3 * count, 3);
            int[] nodes = new int[6];
            double[] w = new double[6];
            int n = 0;
            for (int end : new int[] {a, b}) {
                for (int k = 0; k < 3; k++) {
                    if (exactWeights[3 * end + k] > 0) {
                        int found = -1;
                        for (int i = 0; i < n; i++) {
                            found = nodes[i] == parents[3 * end + k] ? i : found;
                        }
                        if (found < 0) {
                            found = n++;
                            nodes[found] = parents[3 * end + k];
                        }
                        w[found] += exactWeights[3 * end + k] / 2;
                    }
                }
            }
            for (int k = 0; k < 3; k++) {
                parents[3 * count + k] = nodes[k < n ? k : 0];
                exactWeights[3 * count + k] = k < n ? w[k] : 0;
            }
            return count++;
        }
    }
}
