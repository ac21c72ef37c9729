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
    /** Of the node at hand while building: where it is split. */
    private float splitAt;

    private DiffractionEdges(float[] unordered, int count) {
        this.count = count;
        int[] order = new int[count];
        for (int i = 0; i < count; i++) {
            order[i] = i;
        }
        // Both ends of each edge, moved along with the order, so that every pass reads memory in a row.
        float[] ends = new float[6 * count];
        for (int i = 0; i < count; i++) {
            System.arraycopy(unordered, EDGE * i, ends, 6 * i, 6);
        }
        int capacity = Math.max(1, 2 * count);
        float[] b = new float[BOX * capacity];
        int[] l = new int[capacity];
        byte[] s = new byte[capacity];
        if (count > 0) {
            nodeCount = 1;
            split(ends, order, 0, 0, count, b, l, s);
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
        if (to - from <= LEAF_EDGES) {
            bound(e, from, to, b, BOX * node);
            l[node] = ~from;
            s[node] = (byte) (to - from);
            return;
        }
        int axis = widestAxis(e, from, to);
        int middle = from;
        for (int i = from; i < to; i++) {
            if (e[6 * i + axis] + e[6 * i + 3 + axis] < splitAt) {
                for (int k = 0; k < 6; k++) {
                    float swap = e[6 * i + k];
                    e[6 * i + k] = e[6 * middle + k];
                    e[6 * middle + k] = swap;
                }
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
        for (int a = 0; a < 3; a++) {
            b[BOX * node + a] = Math.min(b[BOX * child + a], b[BOX * child + BOX + a]);
            b[BOX * node + 3 + a] = Math.max(b[BOX * child + 3 + a], b[BOX * child + BOX + 3 + a]);
        }
    }

    private static void bound(float[] e, int from, int to, float[] b, int at) {
        for (int a = 0; a < 3; a++) {
            float low = Float.POSITIVE_INFINITY;
            float high = Float.NEGATIVE_INFINITY;
            for (int i = from; i < to; i++) {
                low = Math.min(low, Math.min(e[6 * i + a], e[6 * i + 3 + a]));
                high = Math.max(high, Math.max(e[6 * i + a], e[6 * i + 3 + a]));
            }
            b[at + a] = low;
            b[at + 3 + a] = high;
        }
    }

    /** Leaves the middle between the midpoints of some edges in {@link #splitAt}. @return the axis along which the midpoints differ most */
    private int widestAxis(float[] e, int from, int to) {
        int axis = 0;
        float widest = Float.NEGATIVE_INFINITY;
        for (int a = 0; a < 3; a++) {
            float low = Float.POSITIVE_INFINITY;
            float high = Float.NEGATIVE_INFINITY;
            for (int i = 6 * from + a; i < 6 * to; i += 6) {
                // Plain comparisons: which zero is lower does not matter here, and Math.min and Math.max of floats care.
                float twice = e[i] + e[i + 3];
                if (twice < low) {
                    low = twice;
                }
                if (twice > high) {
                    high = twice;
                }
            }
            if (high - low > widest) {
                widest = high - low;
                axis = a;
                splitAt = 0.5f * low + 0.5f * high;
            }
        }
        return axis;
    }

    /**
     * Which vertices are one as far as diffraction is concerned. Needs no tree, so it is done beside it.
     *
     * @param positions three coordinates a vertex, within the mesh's size of its centre where used
     * @param used      which vertices any triangle has
     * @param size      longest side of the bounds of those
     * @return by vertex: the number of its place, below the number of vertices; 0 for one that is not used
     */
    static int[] weld(float[] positions, boolean[] used, double size) {
        double cell = Math.max(WELD_RELATIVE * size, 1e-12);
        int vertices = used.length;
        int[] place = new int[vertices];
        long[] keys = new long[vertices];
        int places = 0;
        // From places plus one; 0 is free.
        int[] table = new int[Integer.highestOneBit(Math.max(8, vertices)) << 2];
        int mask = table.length - 1;
        for (int v = 0; v < vertices; v++) {
            if (!used[v]) {
                continue;
            }
            // Below 2^17 either way, because no coordinate is beyond the size and a cell is at least a 1e-5 of it.
            long key = (Math.round(positions[3 * v] / cell) & 0x1fffff) << 42 | (Math.round(positions[3 * v + 1] / cell) & 0x1fffff) << 21
                    | Math.round(positions[3 * v + 2] / cell) & 0x1fffff;
            int slot = hash(key) & mask;
            while (table[slot] != 0 && keys[table[slot] - 1] != key) {
                slot = slot + 1 & mask;
            }
            if (table[slot] == 0) {
                keys[places] = key;
                table[slot] = ++places;
            }
            place[v] = table[slot] - 1;
        }
        return place;
    }

    private static int hash(long key) {
        long h = (key ^ key >>> 32) * 0x9E3779B97F4A7C15L;
        return (int) (h >>> 32 ^ h >>> 15);
    }

    /**
     * @param triangles  nine coordinates a triangle by place
     * @param welded     three a triangle by place: the numbers that {@link #weld} gave the corners
     * @param vertices   above all of those
     * @param solid      by place: number of the solid or {@link SolidFinder#OPEN}
     * @param frontEnters by place: whether the front side is outside of the solid
     * @param oriented   by solid: whether sides mean anything
     */
    static DiffractionEdges of(float[] triangles, int[] welded, int vertices, int[] solid, boolean[] frontEnters, boolean[] oriented) {
        return new Finder(triangles, welded, vertices, solid, frontEnters, oriented).find();
    }

    /** What building needs, dropped afterwards. */
    private static final class Finder {
        /** Cosines between two pages, far enough from the limits that rounding decides nothing: surely within {@value #SHARPEST_FLAT_DEGREES}° of π, ... */
        private static final double PLAINLY_FLAT = -Math.cos(Math.toRadians(SHARPEST_FLAT_DEGREES - 0.1));
        /** ... surely not, ... */
        private static final double PLAINLY_BENT = -Math.cos(Math.toRadians(SHARPEST_FLAT_DEGREES + 0.1));
        /** ... and surely not on top of each other. */
        private static final double PLAINLY_APART = 0.999;

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
        private int gapFrom;
        private int gapTo;
        private boolean folded;

        Finder(float[] triangles, int[] welded, int vertices, int[] solid, boolean[] frontEnters, boolean[] oriented) {
            this.c = triangles;
            this.solid = solid;
            this.frontEnters = frontEnters;
            this.oriented = oriented;
            // Numbered anew as they come in the tree's order, so that what is near in space is near in memory, and placed where the first of them is.
            this.vertex = new int[welded.length];
            int[] number = new int[vertices];
            float[] places = new float[3 * vertices];
            for (int i = 0; i < welded.length; i++) {
                if (number[welded[i]] == 0) {
                    System.arraycopy(c, 3 * i, places, 3 * vertexCount, 3);
                    number[welded[i]] = ++vertexCount;
                }
                vertex[i] = number[welded[i]] - 1;
            }
            this.position = places;
        }

        DiffractionEdges find() {
            SideGroups groups = new SideGroups(vertex, vertexCount);
            for (int side = 0; side < vertex.length; side++) {
                if (groups.isHead(side)) {
                    examine(side, groups);
                }
            }
            int merged = merge();
            return new DiffractionEdges(found, merged);
        }

        private static int third(int side) {
            return side - side % 3 + (side % 3 + 2) % 3;
        }

        /** Decides about the edge at one side of a triangle and all sides chained to it. */
        private void examine(int head, SideGroups groups) {
            int v0 = vertex[head];
            int v1 = vertex[SideGroups.following(head)];
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
            for (int s = head; s >= 0; s = groups.next(s)) {
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
            if (!findGap(n, tx, ty, tz)) {
                return;
            }
            int from = gapFrom;
            int to = gapTo;
            int t = pageTriangle[from];
            if (solid[t] >= 0 && oriented[solid[t]] && folded) {
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

        /**
         * Finds the widest gap between two neighbouring pages around an edge along (tx, ty, tz) into gapFrom and gapTo, and whether it is less than all around into folded.
         *
         * @return whether it is wide enough to bend around
         */
        private boolean findGap(int n, double tx, double ty, double tz) {
            gapFrom = 0;
            gapTo = 0;
            folded = false;
            if (n == 1) {
                return true;
            }
            // Angles around the edge from the first page.
            double ux = ty * pages[2] - tz * pages[1];
            double uy = tz * pages[0] - tx * pages[2];
            double uz = tx * pages[1] - ty * pages[0];
            if (n == 2) {
                // Most edges have two pages, and most of those need no angle: they are plainly flat, or plainly bent to one side.
                double cosine = pages[3] * pages[0] + pages[4] * pages[1] + pages[5] * pages[2];
                if (cosine < PLAINLY_FLAT) {
                    return false;
                }
                if (cosine > PLAINLY_BENT && cosine < PLAINLY_APART) {
                    gapFrom = pages[3] * ux + pages[4] * uy + pages[5] * uz > 0 ? 1 : 0;
                    gapTo = 1 - gapFrom;
                    folded = true;
                    return true;
                }
            }
            for (int i = 0; i < n; i++) {
                double angle = Math.atan2(pages[3 * i] * ux + pages[3 * i + 1] * uy + pages[3 * i + 2] * uz,
                        pages[3 * i] * pages[0] + pages[3 * i + 1] * pages[1] + pages[3 * i + 2] * pages[2]);
                pageAngle[i] = angle < -1e-7 ? angle + 2 * Math.PI : Math.max(0, angle);
            }
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
                    gapFrom = i;
                    gapTo = neighbour;
                }
            }
            folded = widest < 2 * Math.PI - 1e-6;
            return widest - Math.PI >= Math.toRadians(SHARPEST_FLAT_DEGREES);
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
