package io.pinna.internal.acoustics;

import java.util.Arrays;

/**
 * Chains the sides of triangles that join the same two vertices: the edge table of {@link SolidFinder} and of {@link DiffractionEdges}, which weld vertices differently and so ask about different
 * numbers. Any thread; allocates; used while a mesh is built.
 *
 * <p>Sides are sorted by their lower vertex by counting. Neighbours in a mesh have neighbouring numbers, so unlike a hash table this touches memory nearly in a row: for a million triangles finding
 * solids takes a quarter of the time.
 */
final class SideGroups {
    /** Set in the link of the lowest side of each chain. */
    private static final int HEAD = Integer.MIN_VALUE;
    /** Vertices with more sides than this, such as the hub of a fan, have them sorted: comparing all with all would take the square of their number. */
    private static final int FEW = 24;

    /** By side: one more than the next side of its chain, 0 for the last; and {@link #HEAD}. */
    private final int[] links;

    /**
     * @param vertex   by side, three a triangle: the number of the vertex where it begins; it ends where the next side of its triangle begins
     * @param vertices how many numbers there are
     */
    SideGroups(int[] vertex, int vertices) {
        int sides = vertex.length;
        links = new int[sides];
        int[] end = new int[vertices + 1];
        for (int side = 0; side < sides; side++) {
            int a = vertex[side];
            int b = vertex[following(side)];
            if (a != b) {
                end[Math.min(a, b) + 1]++;
            }
        }
        for (int v = 0; v < vertices; v++) {
            end[v + 1] += end[v];
        }
        int[] sorted = new int[end[vertices]];
        int[] upper = new int[end[vertices]];
        for (int side = 0; side < sides; side++) {
            int a = vertex[side];
            int b = vertex[following(side)];
            if (a != b) {
                int at = end[Math.min(a, b)]++;
                sorted[at] = side;
                upper[at] = Math.max(a, b);
            }
        }
        // Filling has moved what was the beginning of each vertex's sides to their end.
        for (int v = 0, begin = 0; v < vertices; begin = end[v++]) {
            if (end[v] - begin <= FEW) {
                chainFew(sorted, upper, begin, end[v]);
            } else {
                chainMany(sorted, upper, begin, end[v]);
            }
        }
    }

    private void chainFew(int[] sorted, int[] upper, int begin, int end) {
        for (int i = begin; i < end; i++) {
            int other = upper[i];
            if (other < 0) {
                continue;
            }
            int previous = 0;
            for (int j = i + 1; j < end; j++) {
                if (upper[j] == other) {
                    upper[j] = -1;
                    links[sorted[j]] = previous;
                    previous = sorted[j] + 1;
                }
            }
            links[sorted[i]] = HEAD | previous;
        }
    }

    private void chainMany(int[] sorted, int[] upper, int begin, int end) {
        long[] keys = new long[end - begin];
        for (int i = begin; i < end; i++) {
            keys[i - begin] = (long) upper[i] << 32 | sorted[i];
        }
        Arrays.sort(keys);
        for (int i = 0; i < keys.length;) {
            int head = (int) keys[i];
            int other = (int) (keys[i++] >>> 32);
            int previous = 0;
            for (; i < keys.length && (int) (keys[i] >>> 32) == other; i++) {
                links[(int) keys[i]] = previous;
                previous = (int) keys[i] + 1;
            }
            links[head] = HEAD | previous;
        }
    }

    /** Whether a side is the lowest of those that join its vertices; never for one that joins a vertex to itself. */
    boolean isHead(int side) {
        return links[side] < 0;
    }

    /** The side after this one in its chain, −1 for none. From the head on the highest comes first. */
    int next(int side) {
        return (links[side] & Integer.MAX_VALUE) - 1;
    }

    /** The next side of the same triangle. */
    static int following(int side) {
        return side % 3 == 2 ? side - 2 : side + 1;
    }
}
