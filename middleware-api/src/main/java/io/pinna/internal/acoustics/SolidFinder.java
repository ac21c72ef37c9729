package io.pinna.internal.acoustics;

import java.util.Arrays;

/**
 * Finds which triangles of a mesh bound solids, so that a ray that enters and leaves one counts one wall. Any thread; allocates; used once a mesh.
 *
 * <p>Triangles are connected by edges. A connected part is closed if no edge of it is used an odd number of times. Edges are compared in three passes, each only over what the pass before left
 * open: by vertex number, by exactly equal position (quads with vertices of their own), and by position within {@value #WELD_RELATIVE} of the size of the mesh.
 * A closed part whose triangles can be turned the same way round tells entering from leaving by the side that a ray meets (the boundary, as a chain with signs, is zero, so that the winding
 * number is constant away from the surface). Parts without volume, such as sheets with a front and a back, stay sheets.
 */
final class SolidFinder {
    /** Triangles of sheets. */
    static final int OPEN = -1;
    /** Of the diagonal of the mesh's bounds: ten times the rounding of a float coordinate, so that baked transforms do not open seams. */
    static final double WELD_RELATIVE = 2e-6;
    /** A closed part thinner than this (volume over area, relative to its size) has no inside. */
    private static final double FLAT_RELATIVE = 1e-7;

    private final float[] vertices;
    private final int[] indices;
    private final int triangles;

    /** For each triangle the number of its closed part, or {@link #OPEN}. */
    final int[] solid;
    /** For each triangle whether its corners run clockwise seen from outside of its solid. */
    final boolean[] flipped;
    /** For each solid: whether its sides tell entering from leaving; if not, only the parity of crossings does. */
    boolean[] oriented = new boolean[4];
    /** For each solid its volume (cubic local units), negative where the corners run clockwise seen from outside; 0 where it is not oriented. */
    double[] volume = new double[4];
    int solidCount;

    /** An edge of the part is used an odd number of times. */
    private static final int ODD = 1;
    /** An edge is not used as often one way as the other. */
    private static final int UNSIGNED = 2;
    /** An edge is not used exactly twice. */
    private static final int NOT_MANIFOLD = 4;

    private final int[] weld;
    /** Of the pass at hand, by number of the candidate: another candidate of the same part, itself for the lowest one. */
    private int[] parent;
    /** Of the pass at hand, by side of the candidates: the welded vertex where it begins. */
    private int[] sideVertex;
    private SideGroups groups;
    /** Of the pass at hand: the other side of an edge with two; made if any part needs it. */
    private int[] mate;
    private boolean[] seen;

    /**
     * @param vertices finite coordinates, three a vertex
     * @param indices  three vertex numbers a triangle; triangles without area may be among them and help to close seams
     */
    SolidFinder(float[] vertices, int[] indices) {
        this.vertices = vertices;
        this.indices = indices;
        this.triangles = indices.length / 3;
        this.solid = new int[triangles];
        this.flipped = new boolean[triangles];
        this.weld = new int[vertices.length / 3];
        Arrays.fill(solid, OPEN);
        int[] candidates = new int[triangles];
        for (int i = 0; i < triangles; i++) {
            candidates[i] = i;
        }
        for (int i = 0; i < weld.length; i++) {
            weld[i] = i;
        }
        candidates = pass(candidates);
        if (candidates.length > 0) {
            weldEqual(candidates);
            candidates = pass(candidates);
        }
        if (candidates.length > 0 && weldNear()) {
            pass(candidates);
        }
        parent = null;
        sideVertex = null;
        groups = null;
        mate = null;
        seen = null;
    }

    /** @return the triangles that stay open */
    private int[] pass(int[] candidates) {
        int count = candidates.length;
        sideVertex = new int[3 * count];
        parent = new int[count];
        for (int i = 0; i < count; i++) {
            parent[i] = i;
            for (int k = 0; k < 3; k++) {
                sideVertex[3 * i + k] = weld[indices[3 * candidates[i] + k]];
            }
        }
        groups = new SideGroups(sideVertex, weld.length);
        mate = null;
        byte[] flags = new byte[count];
        for (int side = 0; side < sideVertex.length; side++) {
            if (groups.isHead(side)) {
                flags[side / 3] |= (byte) connect(side);
            }
        }
        for (int i = 0; i < count; i++) {
            flags[root(i)] |= flags[i];
        }
        int[] solidOfRoot = new int[count];
        Arrays.fill(solidOfRoot, OPEN);
        int[] open = new int[count];
        int openCount = 0;
        for (int i = 0; i < count; i++) {
            int root = root(i);
            if ((flags[root] & ODD) != 0) {
                open[openCount++] = candidates[i];
                continue;
            }
            if (solidOfRoot[root] == OPEN) {
                solidOfRoot[root] = newSolid((flags[root] & UNSIGNED) == 0);
                if ((flags[root] & (UNSIGNED | NOT_MANIFOLD)) == UNSIGNED) {
                    oriented[solidOfRoot[root]] = turnAlike(i, candidates);
                }
            }
            solid[candidates[i]] = solidOfRoot[root];
        }
        measure(candidates);
        return Arrays.copyOf(open, openCount);
    }

    /** Joins all triangles at an edge. @return what is wrong with the edge */
    private int connect(int head) {
        int count = 0;
        int sign = 0;
        for (int s = head; s >= 0; s = groups.next(s)) {
            union(s / 3, head / 3);
            count++;
            sign += sideVertex[s] < sideVertex[SideGroups.following(s)] ? 1 : -1;
        }
        return ((count & 1) != 0 ? ODD : 0) | (sign != 0 ? UNSIGNED : 0) | (count != 2 ? NOT_MANIFOLD : 0);
    }

    private int newSolid(boolean isOriented) {
        if (solidCount == oriented.length) {
            oriented = Arrays.copyOf(oriented, 2 * solidCount);
            volume = Arrays.copyOf(volume, 2 * solidCount);
        }
        oriented[solidCount] = isOriented;
        return solidCount++;
    }

    /** Flips the triangles of a part all of whose edges have two, from candidate number seed on, until every edge is used once in either direction. @return false if the surface has only one side */
    private boolean turnAlike(int seed, int[] candidates) {
        if (mate == null) {
            pair();
        }
        int[] queue = new int[64];
        int head = 0;
        int tail = 0;
        queue[tail++] = seed;
        seen[seed] = true;
        boolean consistent = true;
        while (head < tail) {
            int i = queue[head++];
            for (int side = 3 * i; side < 3 * i + 3; side++) {
                int other = mate[side] / 3;
                if (mate[side] < 0 || other == i) {
                    continue;
                }
                boolean sameDirection = sideVertex[side] == sideVertex[mate[side]];
                boolean flip = flipped[candidates[i]] ^ sameDirection;
                if (!seen[other]) {
                    seen[other] = true;
                    flipped[candidates[other]] = flip;
                    if (tail == queue.length) {
                        queue = Arrays.copyOf(queue, 2 * tail);
                    }
                    queue[tail++] = other;
                } else if (flipped[candidates[other]] != flip) {
                    consistent = false;
                }
            }
        }
        if (!consistent) {
            for (int i = 0; i < tail; i++) {
                flipped[candidates[queue[i]]] = false;
            }
        }
        return consistent;
    }

    private void pair() {
        mate = new int[sideVertex.length];
        seen = new boolean[parent.length];
        Arrays.fill(mate, -1);
        for (int side = 0; side < mate.length; side++) {
            int next = groups.isHead(side) ? groups.next(side) : -1;
            if (next >= 0 && groups.next(next) < 0) {
                mate[side] = next;
                mate[next] = side;
            }
        }
    }

    /** Volumes by the divergence theorem; flat parts become sheets, solids wound inwards are marked by negative volume and keep their flips. */
    private void measure(int[] candidates) {
        double[] v = new double[solidCount];
        double[] area = new double[solidCount];
        float[] low = new float[3 * solidCount];
        float[] high = new float[3 * solidCount];
        Arrays.fill(low, Float.POSITIVE_INFINITY);
        Arrays.fill(high, Float.NEGATIVE_INFINITY);
        for (int t : candidates) {
            int s = solid[t];
            if (s == OPEN) {
                continue;
            }
            for (int k = 0; k < 3; k++) {
                for (int c = 0; c < 3; c++) {
                    float x = vertices[3 * indices[3 * t + k] + c];
                    low[3 * s + c] = Math.min(low[3 * s + c], x);
                    high[3 * s + c] = Math.max(high[3 * s + c], x);
                }
            }
        }
        for (int t : candidates) {
            int s = solid[t];
            if (s == OPEN) {
                continue;
            }
            int p = 3 * indices[3 * t];
            int q = 3 * indices[3 * t + 1];
            int r = 3 * indices[3 * t + 2];
            // Relative to a corner of the part's bounds, so that a part far from the origin loses no digits.
            double ax = (double) vertices[p] - low[3 * s];
            double ay = (double) vertices[p + 1] - low[3 * s + 1];
            double az = (double) vertices[p + 2] - low[3 * s + 2];
            double bx = (double) vertices[q] - low[3 * s];
            double by = (double) vertices[q + 1] - low[3 * s + 1];
            double bz = (double) vertices[q + 2] - low[3 * s + 2];
            double cx = (double) vertices[r] - low[3 * s];
            double cy = (double) vertices[r + 1] - low[3 * s + 1];
            double cz = (double) vertices[r + 2] - low[3 * s + 2];
            double six = ax * (by * cz - bz * cy) + ay * (bz * cx - bx * cz) + az * (bx * cy - by * cx);
            v[s] += flipped[t] ? -six / 6 : six / 6;
            double ex = bx - ax;
            double ey = by - ay;
            double ez = bz - az;
            double fx = cx - ax;
            double fy = cy - ay;
            double fz = cz - az;
            double nx = ey * fz - ez * fy;
            double ny = ez * fx - ex * fz;
            double nz = ex * fy - ey * fx;
            area[s] += 0.5 * Math.sqrt(nx * nx + ny * ny + nz * nz);
        }
        for (int t : candidates) {
            int s = solid[t];
            if (s != OPEN && oriented[s]) {
                double size = Math.max(high[3 * s] - low[3 * s], Math.max(high[3 * s + 1] - low[3 * s + 1], high[3 * s + 2] - low[3 * s + 2]));
                if (!(Math.abs(v[s]) > FLAT_RELATIVE * size * area[s])) {
                    solid[t] = OPEN;
                    flipped[t] = false;
                } else {
                    volume[s] = v[s];
                }
            }
        }
    }

    private void weldEqual(int[] candidates) {
        int capacity = Integer.highestOneBit(Math.max(16, Math.min(weld.length, 3 * candidates.length))) * 4;
        int[] table = new int[capacity];
        Arrays.fill(table, -1);
        boolean[] done = new boolean[weld.length];
        for (int t : candidates) {
            for (int k = 0; k < 3; k++) {
                int v = indices[3 * t + k];
                if (done[v]) {
                    continue;
                }
                done[v] = true;
                int slot = hash(bits(v, 0) * 73856093L ^ bits(v, 1) * 19349663L ^ bits(v, 2) * 83492791L) & capacity - 1;
                while (table[slot] >= 0 && !equalPosition(table[slot], v)) {
                    slot = slot + 1 & capacity - 1;
                }
                if (table[slot] < 0) {
                    table[slot] = v;
                }
                weld[v] = table[slot];
            }
        }
    }

    private long bits(int vertex, int coordinate) {
        // Adding 0 turns −0 into +0, which is the same place.
        return Float.floatToRawIntBits(vertices[3 * vertex + coordinate] + 0f);
    }

    private boolean equalPosition(int a, int b) {
        return vertices[3 * a] == vertices[3 * b] && vertices[3 * a + 1] == vertices[3 * b + 1] && vertices[3 * a + 2] == vertices[3 * b + 2];
    }

    /** Moves vertices on open edges together with near ones. @return whether any moved */
    private boolean weldNear() {
        boolean[] boundary = new boolean[weld.length];
        float[] low = {Float.POSITIVE_INFINITY, Float.POSITIVE_INFINITY, Float.POSITIVE_INFINITY};
        float[] high = {Float.NEGATIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NEGATIVE_INFINITY};
        for (int i = 0; i < vertices.length; i++) {
            low[i % 3] = Math.min(low[i % 3], vertices[i]);
            high[i % 3] = Math.max(high[i % 3], vertices[i]);
        }
        double x = (double) high[0] - low[0];
        double y = (double) high[1] - low[1];
        double z = (double) high[2] - low[2];
        double distance = WELD_RELATIVE * Math.sqrt(x * x + y * y + z * z);
        int count = 0;
        // What the pass by equal position found; its open edges are those of the candidates that it left.
        for (int side = 0; side < sideVertex.length; side++) {
            if (groups.isHead(side) && (connect(side) & ODD) != 0) {
                int a = sideVertex[side];
                int b = sideVertex[SideGroups.following(side)];
                count += boundary[a] ? 0 : 1;
                boundary[a] = true;
                count += boundary[b] ? 0 : 1;
                boundary[b] = true;
            }
        }
        if (count == 0 || !(distance > 0)) {
            return false;
        }
        int capacity = Integer.highestOneBit(Math.max(16, count)) * 4;
        int[] table = new int[capacity];
        Arrays.fill(table, -1);
        int[] target = new int[weld.length];
        Arrays.fill(target, -1);
        boolean any = false;
        for (int v = 0; v < weld.length; v++) {
            if (!boundary[v] || weld[v] != v) {
                continue;
            }
            long cx = cell(v, 0, low, distance);
            long cy = cell(v, 1, low, distance);
            long cz = cell(v, 2, low, distance);
            int found = -1;
            for (int n = 0; n < 27 && found < 0; n++) {
                int slot = cellHash(cx + n % 3 - 1, cy + n / 3 % 3 - 1, cz + n / 9 - 1) & capacity - 1;
                while (table[slot] >= 0 && found < 0) {
                    if (near(table[slot], v, distance)) {
                        found = table[slot];
                    }
                    slot = slot + 1 & capacity - 1;
                }
            }
            if (found >= 0) {
                target[v] = found;
                any = true;
            } else {
                int slot = cellHash(cx, cy, cz) & capacity - 1;
                while (table[slot] >= 0) {
                    slot = slot + 1 & capacity - 1;
                }
                table[slot] = v;
            }
        }
        for (int v = 0; v < weld.length; v++) {
            if (target[weld[v]] >= 0) {
                weld[v] = target[weld[v]];
            }
        }
        return any;
    }

    private long cell(int vertex, int coordinate, float[] low, double size) {
        return (long) Math.floor(((double) vertices[3 * vertex + coordinate] - low[coordinate]) / size);
    }

    private static int cellHash(long x, long y, long z) {
        return hash(x * 73856093L ^ y * 19349663L ^ z * 83492791L);
    }

    private boolean near(int a, int b, double distance) {
        double x = (double) vertices[3 * a] - vertices[3 * b];
        double y = (double) vertices[3 * a + 1] - vertices[3 * b + 1];
        double z = (double) vertices[3 * a + 2] - vertices[3 * b + 2];
        return x * x + y * y + z * z <= distance * distance;
    }

    private static int hash(long key) {
        // The finaliser of MurmurHash3 spreads neighbouring numbers over the table.
        key ^= key >>> 33;
        key *= 0xff51afd7ed558ccdL;
        key ^= key >>> 33;
        key *= 0xc4ceb9fe1a85ec53L;
        return (int) (key ^ key >>> 33);
    }

    private int root(int t) {
        while (parent[t] != t) {
            parent[t] = parent[parent[t]];
            t = parent[t];
        }
        return t;
    }

    private void union(int a, int b) {
        int ra = root(a);
        int rb = root(b);
        if (ra != rb) {
            parent[Math.max(ra, rb)] = Math.min(ra, rb);
        }
    }
}
