package io.pinna.internal.acoustics;

import java.util.Arrays;

/**
 * The edges of a mesh around which sound bends, in its local axes relative to the mesh's centre, under a hierarchy of boxes. Immutable; built with the mesh on the thread that adds it.
 *
 * <p>All triangles that share an edge (by position, so however vertices are numbered) stand around it like the pages of a book. The widest gap between two neighbouring pages is where the sound is; it is an edge
 * for diffraction if that gap is wider than π by {@value #SHARPEST_FLAT_DEGREES}° and not the inside of a solid. So the rim of a sheet (one page, or two on top of each other) is a half-plane, the corner of a
 * box a wedge of 3π/2, a fold of a sheet a wedge on its outer side, a seam between coplanar triangles nothing. Pieces in a row with the same faces become one edge.
 *
 * <p>Edges that other geometry covers (a wall that stands on a floor, boxes that intersect) are kept: only rays can tell, and they do when a path is tried.
 */
final class DiffractionEdges {
    /** Bends below this are part of a smooth face: 64 facets of a pillar are kept, the noise of an imported plane is not. */
    static final double SHARPEST_FLAT_DEGREES = 5;
    /** Numbers of an edge in {@link #data}: both ends, then unit directions from it into its two faces (equal ones for a rim). */
    static final int EDGE = 12;
    /** Numbers of a node in {@link #boxes}. */
    static final int BOX = 6;
    private static final int LEAF_EDGES = 4;
    /** Of the mesh's size: vertices that fall into the same cell of this size are one. */
    private static final double WELD_RELATIVE = 1e-5;

    private final int count;
    final float[] data;
    /** By node: min x, y, z, max x, y, z. */
    final float[] boxes;
    /** By node: the first child (the second follows it), or {@code ~first} edge of a leaf. */
    final int[] links;
    /** By node: edges of a leaf. */
    final byte[] sizes;

    private int nodeCount;

    private DiffractionEdges(float[] unordered, int count) {
        this.count = count;
        int[] order = new int[count];
        for (int i = 0; i < count; i++) {
            order[i] = i;
        }
        int capacity = Math.max(1, 2 * count);
        float[] b = new float[BOX * capacity];
        int[] l = new int[capacity];
        byte[] s = new byte[capacity];
        if (count > 0) {
            nodeCount = 1;
            split(unordered, order, 0, 0, count, b, l, s);
        }
        this.boxes = Arrays.copyOf(b, BOX * nodeCount);
        this.links = Arrays.copyOf(l, nodeCount);
        this.sizes = Arrays.copyOf(s, nodeCount);
        this.data = new float[EDGE * count];
        for (int i = 0; i < count; i++) {
            System.arraycopy(unordered, EDGE * order[i], data, EDGE * i, EDGE);
        }
    }

    int count() {
        return count;
    }

    /** Halves at the middle of the longest side of the boxes' midpoints, by count where that leaves one half empty. */
    private void split(float[] e, int[] order, int node, int from, int to, float[] b, int[] l, byte[] s) {
        float[] low = {Float.POSITIVE_INFINITY, Float.POSITIVE_INFINITY, Float.POSITIVE_INFINITY};
        float[] high = {Float.NEGATIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NEGATIVE_INFINITY};
        float[] midLow = low.clone();
        float[] midHigh = high.clone();
        for (int i = from; i < to; i++) {
            for (int a = 0; a < 3; a++) {
                float p = e[EDGE * order[i] + a];
                float q = e[EDGE * order[i] + 3 + a];
                low[a] = Math.min(low[a], Math.min(p, q));
                high[a] = Math.max(high[a], Math.max(p, q));
                midLow[a] = Math.min(midLow[a], p + q);
                midHigh[a] = Math.max(midHigh[a], p + q);
            }
        }
        System.arraycopy(low, 0, b, BOX * node, 3);
        System.arraycopy(high, 0, b, BOX * node + 3, 3);
        if (to - from <= LEAF_EDGES) {
            l[node] = ~from;
            s[node] = (byte) (to - from);
            return;
        }
        int axis = 0;
        for (int a = 1; a < 3; a++) {
            if (midHigh[a] - midLow[a] > midHigh[axis] - midLow[axis]) {
                axis = a;
            }
        }
        float at = 0.5f * midLow[axis] + 0.5f * midHigh[axis];
        int middle = from;
        for (int i = from; i < to; i++) {
            if (e[EDGE * order[i] + axis] + e[EDGE * order[i] + 3 + axis] < at) {
                int swap = order[i];
                order[i] = order[middle];
                order[middle++] = swap;
            }
        }
        if (middle - from < (to - from) / 16 || to - middle < (to - from) / 16) {
            // Keeps the depth logarithmic whatever the places are like; the order within is that of the build and so deterministic.
            middle = (from + to) >>> 1;
        }
        int child = nodeCount;
        nodeCount += 2;
        l[node] = child;
        split(e, order, child, from, middle, b, l, s);
        split(e, order, child + 1, middle, to, b, l, s);
    }

    /**
     * @param triangles  nine coordinates a triangle by place
     * @param solid      by place: number of the solid or {@link SolidFinder#OPEN}
     * @param frontEnters by place: whether the front side is outside of the solid
     * @param oriented   by solid: whether sides mean anything
     */
    static DiffractionEdges of(float[] triangles, int[] solid, boolean[] frontEnters, boolean[] oriented, double size) {
        return new Finder(triangles, solid, frontEnters, oriented, size).find();
    }

    /** What building needs, dropped afterwards. */
    private static final class Finder {
        private final float[] c;
        private final int[] solid;
        private final boolean[] frontEnters;
        private final boolean[] oriented;
        private final int[] vertex;
        private final float[] position;
        private int vertexCount;

        private float[] found = new float[EDGE * 64];
        /** Two vertices an edge. */
        private int[] ends = new int[2 * 64];
        private int foundCount;
        /** Pages of the edge at hand: direction and triangle. */
        private double[] pages = new double[3 * 16];
        private int[] pageTriangle = new int[16];
        private double[] pageAngle = new double[16];

        Finder(float[] triangles, int[] solid, boolean[] frontEnters, boolean[] oriented, double size) {
            this.c = triangles;
            this.solid = solid;
            this.frontEnters = frontEnters;
            this.oriented = oriented;
            int corners = triangles.length / 3;
            this.vertex = new int[corners];
            this.position = new float[triangles.length];
            double cell = Math.max(WELD_RELATIVE * size, 1e-12);
            int[] table = new int[Integer.highestOneBit(Math.max(8, corners)) << 2];
            int mask = table.length - 1;
            for (int i = 0; i < corners; i++) {
                long x = Math.round(c[3 * i] / cell);
                long y = Math.round(c[3 * i + 1] / cell);
                long z = Math.round(c[3 * i + 2] / cell);
                int slot = hash(x * 0x9E3779B97F4A7C15L ^ y * 0xC2B2AE3D27D4EB4FL ^ z * 0x165667B19E3779F9L) & mask;
                while (table[slot] != 0) {
                    int v = table[slot] - 1;
                    if (Math.round(position[3 * v] / cell) == x && Math.round(position[3 * v + 1] / cell) == y && Math.round(position[3 * v + 2] / cell) == z) {
                        break;
                    }
                    slot = slot + 1 & mask;
                }
                if (table[slot] == 0) {
                    System.arraycopy(c, 3 * i, position, 3 * vertexCount, 3);
                    table[slot] = ++vertexCount;
                }
                vertex[i] = table[slot] - 1;
            }
        }

        private static int hash(long key) {
            long h = key * 0x9E3779B97F4A7C15L;
            return (int) (h >>> 32 ^ h >>> 15);
        }

        DiffractionEdges find() {
            // A hash table from pairs of vertices to the first side of a triangle there, the others chained behind it.
            int sides = vertex.length;
            int[] table = new int[Integer.highestOneBit(Math.max(8, sides)) << 1];
            int mask = table.length - 1;
            int[] next = new int[sides];
            int[] heads = new int[sides];
            int headCount = 0;
            for (int side = 0; side < sides; side++) {
                int a = vertex[side];
                int b = vertex[other(side)];
                if (a == b) {
                    continue;
                }
                long key = (long) Math.min(a, b) << 32 | Math.max(a, b);
                int slot = hash(key) & mask;
                while (table[slot] != 0) {
                    int s = table[slot] - 1;
                    int p = vertex[s];
                    int q = vertex[other(s)];
                    if (((long) Math.min(p, q) << 32 | Math.max(p, q)) == key) {
                        break;
                    }
                    slot = slot + 1 & mask;
                }
                if (table[slot] == 0) {
                    heads[headCount++] = side;
                    next[side] = -1;
                } else {
                    next[side] = next[table[slot] - 1];
                    next[table[slot] - 1] = side;
                    continue;
                }
                table[slot] = side + 1;
            }
            for (int h = 0; h < headCount; h++) {
                examine(heads[h], next);
            }
            int merged = merge();
            return new DiffractionEdges(found, merged);
        }

        private static int other(int side) {
            return side % 3 == 2 ? side - 2 : side + 1;
        }

        private static int third(int side) {
            return side - side % 3 + (side % 3 + 2) % 3;
        }

        /** Decides about the edge at one side of a triangle and all sides chained to it. */
        private void examine(int head, int[] next) {
            int v0 = vertex[head];
            int v1 = vertex[other(head)];
            double tx = position[3 * v1] - position[3 * v0];
            double ty = position[3 * v1 + 1] - position[3 * v0 + 1];
            double tz = position[3 * v1 + 2] - position[3 * v0 + 2];
            double length = Math.sqrt(tx * tx + ty * ty + tz * tz);
            if (!(length > 0)) {
                return;
            }
            tx /= length;
            ty /= length;
            tz /= length;
            int n = 0;
            for (int s = head; s >= 0; s = next[s]) {
                if (n == pageTriangle.length) {
                    pages = Arrays.copyOf(pages, 2 * pages.length);
                    pageTriangle = Arrays.copyOf(pageTriangle, 2 * n);
                    pageAngle = Arrays.copyOf(pageAngle, 2 * n);
                }
                int w = vertex[third(s)];
                double x = position[3 * w] - position[3 * v0];
                double y = position[3 * w + 1] - position[3 * v0 + 1];
                double z = position[3 * w + 2] - position[3 * v0 + 2];
                double along = x * tx + y * ty + z * tz;
                x -= along * tx;
                y -= along * ty;
                z -= along * tz;
                double r = Math.sqrt(x * x + y * y + z * z);
                if (r > 1e-9 * length) {
                    pages[3 * n] = x / r;
                    pages[3 * n + 1] = y / r;
                    pages[3 * n + 2] = z / r;
                    pageTriangle[n++] = s / 3;
                }
            }
            if (n == 0) {
                return;
            }
            // Angles around the edge from the first page.
            double ux = ty * pages[2] - tz * pages[1];
            double uy = tz * pages[0] - tx * pages[2];
            double uz = tx * pages[1] - ty * pages[0];
            for (int i = 0; i < n; i++) {
                double angle = Math.atan2(pages[3 * i] * ux + pages[3 * i + 1] * uy + pages[3 * i + 2] * uz,
                        pages[3 * i] * pages[0] + pages[3 * i + 1] * pages[1] + pages[3 * i + 2] * pages[2]);
                pageAngle[i] = angle < -1e-7 ? angle + 2 * Math.PI : Math.max(0, angle);
            }
            int from = -1;
            int to = -1;
            double widest = 0;
            for (int i = 0; i < n; i++) {
                // The neighbour that follows page i.
                double gap = 2 * Math.PI;
                int neighbour = i;
                for (int k = 0; k < n; k++) {
                    double d = pageAngle[k] - pageAngle[i];
                    d = d < 0 || d == 0 && k < i ? d + 2 * Math.PI : d;
                    if (k != i && d < gap) {
                        gap = d;
                        neighbour = k;
                    }
                }
                if (gap > widest) {
                    widest = gap;
                    from = i;
                    to = neighbour;
                }
            }
            if (widest - Math.PI < Math.toRadians(SHARPEST_FLAT_DEGREES)) {
                return;
            }
            int t = pageTriangle[from];
            if (solid[t] >= 0 && oriented[solid[t]] && widest < 2 * Math.PI - 1e-6) {
                // Outside of a convex edge the outward normal of a face looks away from the other face.
                double sign = frontEnters[t] ? 1 : -1;
                double ex = c[9 * t + 3] - c[9 * t];
                double ey = c[9 * t + 4] - c[9 * t + 1];
                double ez = c[9 * t + 5] - c[9 * t + 2];
                double fx = c[9 * t + 6] - c[9 * t];
                double fy = c[9 * t + 7] - c[9 * t + 1];
                double fz = c[9 * t + 8] - c[9 * t + 2];
                double inward = sign * ((ey * fz - ez * fy) * pages[3 * to] + (ez * fx - ex * fz) * pages[3 * to + 1] + (ex * fy - ey * fx) * pages[3 * to + 2]);
                if (inward > 0) {
                    return;
                }
            }
            if (foundCount == ends.length / 2) {
                found = Arrays.copyOf(found, 2 * found.length);
                ends = Arrays.copyOf(ends, 2 * ends.length);
            }
            int at = EDGE * foundCount;
            System.arraycopy(position, 3 * v0, found, at, 3);
            System.arraycopy(position, 3 * v1, found, at + 3, 3);
            for (int a = 0; a < 3; a++) {
                found[at + 6 + a] = (float) pages[3 * from + a];
                found[at + 9 + a] = (float) pages[3 * to + a];
            }
            ends[2 * foundCount] = v0;
            ends[2 * foundCount++ + 1] = v1;
        }

        /** Joins pieces in a row that have the same faces. @return how many edges are left, at the front of {@link #found} */
        private int merge() {
            int[] head = new int[vertexCount];
            int[] chain = new int[2 * foundCount];
            Arrays.fill(head, -1);
            for (int k = 2 * foundCount - 1; k >= 0; k--) {
                chain[k] = head[ends[k]];
                head[ends[k]] = k;
            }
            boolean[] taken = new boolean[foundCount];
            int kept = 0;
            float[] result = new float[EDGE * foundCount];
            for (int e = 0; e < foundCount; e++) {
                if (taken[e]) {
                    continue;
                }
                taken[e] = true;
                int first = extend(e, 2 * e, head, chain, taken);
                int last = extend(e, 2 * e + 1, head, chain, taken);
                System.arraycopy(found, EDGE * e, result, EDGE * kept, EDGE);
                System.arraycopy(position, 3 * first, result, EDGE * kept, 3);
                System.arraycopy(position, 3 * last, result, EDGE * kept + 3, 3);
                kept++;
            }
            found = result;
            return kept;
        }

        /** Walks on from one end of an edge while the next piece continues it. @return the vertex where that ends */
        private int extend(int edge, int end, int[] head, int[] chain, boolean[] taken) {
            int at = ends[end];
            int start = ends[end ^ 1];
            while (true) {
                int best = -1;
                for (int k = head[at]; k >= 0; k = chain[k]) {
                    if (!taken[k >> 1] && continues(edge, start, at, ends[k ^ 1], k >> 1)) {
                        best = k;
                        break;
                    }
                }
                if (best < 0) {
                    return at;
                }
                taken[best >> 1] = true;
                at = ends[best ^ 1];
            }
        }

        private boolean continues(int edge, int start, int at, int next, int piece) {
            double ax = position[3 * at] - position[3 * start];
            double ay = position[3 * at + 1] - position[3 * start + 1];
            double az = position[3 * at + 2] - position[3 * start + 2];
            double bx = position[3 * next] - position[3 * at];
            double by = position[3 * next + 1] - position[3 * at + 1];
            double bz = position[3 * next + 2] - position[3 * at + 2];
            double dot = ax * bx + ay * by + az * bz;
            double lengths = Math.sqrt((ax * ax + ay * ay + az * az) * (bx * bx + by * by + bz * bz));
            // 1 − cos of 0.8°.
            return dot > lengths * (1 - 1e-4) && (sameFaces(edge, 6, piece, 6) && sameFaces(edge, 9, piece, 9) || sameFaces(edge, 6, piece, 9) && sameFaces(edge, 9, piece, 6));
        }

        private boolean sameFaces(int a, int side, int b, int otherSide) {
            double dot = 0;
            for (int k = 0; k < 3; k++) {
                dot += found[EDGE * a + side + k] * found[EDGE * b + otherSide + k];
            }
            return dot > 0.9995;
        }
    }
}
