package io.pinna.internal.acoustics;

import java.util.Arrays;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.RecursiveAction;

/**
 * Builds a binary bounding volume hierarchy over axis-aligned boxes by the surface area heuristic with bins (Wald, "On fast construction of SAH-based bounding volume hierarchies", 2007).
 * Any thread; allocates; large trees are built by all threads of the common pool. The result is one flat array in which an inner node holds the boxes of both of its children, so that one visit
 * decides about two boxes.
 *
 * <p>Nodes stand in depth-first order, and what a part of the tree looks like depends on its items only, so the tree is the same whichever threads build it.
 */
final class BvhBuilder {
    /**
     * Floats of an inner node: for x, y and z in turn min and max of child 0, min and max of child 1; then the bits of the two child references; two unused, so that a node has the size of a
     * cache line.
     */
    static final int NODE_FLOATS = 16;
    /** Where the child references stand in a node. */
    static final int CHILD = 12;
    /** The flag of a reference to a leaf: {@code LEAF | first << 3 | count - 1}. Any other is where the inner node starts. No reference has the bits of a NaN, so none changes in a copy. */
    static final int LEAF = 0x40000000;
    /** A leaf holds at most this many items. */
    static final int MAX_LEAF = 8;
    /** Items that a leaf's reference can number without having the bits of a NaN. */
    static final int MAX_ITEMS = 1 << 26;
    /** Most entries that a depth-first walk has to remember: SAH levels, then halvings of at most 2^26 items. */
    static final int MAX_DEPTH = 96;
    /** From here on nodes are halved by count, which bounds the depth whatever the boxes are like. */
    private static final int SAH_DEPTH = 64;
    private static final int BINS = 16;
    /** Cost of testing one item relative to visiting one node. Arbitrary near 1: the walk spends about as long on either. */
    private static final double ITEM_COST = 1.0;

    /** From so many items on, the two halves of a node are built side by side. Below, handing over costs more than it saves. */
    private static final int PARALLEL_ITEMS = 8192;

    private final float[] boxes;
    private final float[] centroids;
    private final int[] order;
    /** Node slots: n items have fewer than n inner nodes, so a node of n items owns the n − 1 slots from its own on, whatever other threads do. Slots that stay free are closed at the end. */
    private final float[] nodes;

    private BvhBuilder(float[] boxes) {
        this.boxes = boxes;
        int count = boxes.length / 6;
        this.centroids = new float[3 * count];
        this.order = new int[count];
        for (int i = 0; i < count; i++) {
            order[i] = i;
            for (int a = 0; a < 3; a++) {
                centroids[3 * i + a] = 0.5f * boxes[6 * i + a] + 0.5f * boxes[6 * i + 3 + a];
            }
        }
        this.nodes = new float[NODE_FLOATS * Math.max(1, count - 1)];
    }

    /**
     * The finished tree. Node 0 is the root. The items of a leaf are {@code order[first .. first + count - 1]}. A single item hangs under child 0 of the root, and child 1 is an empty box
     * (min +∞, max −∞) that no ray meets.
     */
    record Tree(float[] nodes, int[] order) {
    }

    static boolean isLeaf(int reference) {
        return reference >= LEAF;
    }

    static int leafFirst(int reference) {
        return (reference & LEAF - 1) >>> 3;
    }

    static int leafCount(int reference) {
        return (reference & 7) + 1;
    }

    /** @param boxes min x, y, z and max x, y, z of each item; finite; at least one item */
    static Tree build(float[] boxes) {
        BvhBuilder b = new BvhBuilder(boxes);
        int count = boxes.length / 6;
        if (count == 1) {
            b.setChild(0, 0, leaf(0, 1), boxes);
            float[] nothing = new float[6];
            empty(nothing, 0);
            b.setChild(0, 1, leaf(0, 1), nothing);
        } else if (count < PARALLEL_ITEMS) {
            b.new Part(0, 0, count, 0).compute();
        } else {
            ForkJoinPool.commonPool().invoke(b.new Part(0, 0, count, 0));
        }
        return new Tree(b.closeGaps(), b.order);
    }

    private static int leaf(int first, int count) {
        return LEAF | first << 3 | count - 1;
    }

    /** Moves the nodes together. Slots are in depth-first order already. */
    private float[] closeGaps() {
        int slots = nodes.length / NODE_FLOATS;
        int[] moved = new int[slots];
        int used = 0;
        for (int i = 0; i < slots; i++) {
            // No reference to a child is 0, because the root is nobody's child.
            if (Float.floatToRawIntBits(nodes[NODE_FLOATS * i + CHILD]) != 0) {
                moved[i] = used++;
            }
        }
        float[] closed = new float[NODE_FLOATS * used];
        int to = 0;
        for (int i = 0; i < slots; i++) {
            if (Float.floatToRawIntBits(nodes[NODE_FLOATS * i + CHILD]) == 0) {
                continue;
            }
            System.arraycopy(nodes, NODE_FLOATS * i, closed, to, NODE_FLOATS);
            for (int side = 0; side < 2; side++) {
                int reference = Float.floatToRawIntBits(closed[to + CHILD + side]);
                if (!isLeaf(reference)) {
                    closed[to + CHILD + side] = Float.intBitsToFloat(NODE_FLOATS * moved[reference / NODE_FLOATS]);
                }
            }
            to += NODE_FLOATS;
        }
        return closed;
    }

    private void setChild(int node, int side, int reference, float[] box) {
        nodes[node + CHILD + side] = Float.intBitsToFloat(reference);
        for (int a = 0; a < 3; a++) {
            nodes[node + 4 * a + 2 * side] = box[a];
            nodes[node + 4 * a + 2 * side + 1] = box[3 + a];
        }
    }

    private static void empty(float[] box, int at) {
        box[at] = box[at + 1] = box[at + 2] = Float.POSITIVE_INFINITY;
        box[at + 3] = box[at + 4] = box[at + 5] = Float.NEGATIVE_INFINITY;
    }

    /** Plain comparisons: Math.min and Math.max of floats also order zeros and NaNs, which doubles the time of a build. */
    private static void grow(float[] box, int at, float[] by, int from) {
        for (int a = 0; a < 3; a++) {
            if (by[from + a] < box[at + a]) {
                box[at + a] = by[from + a];
            }
            if (by[from + 3 + a] > box[at + 3 + a]) {
                box[at + 3 + a] = by[from + 3 + a];
            }
        }
    }

    private static double area(float[] box, int at) {
        double x = (double) box[at + 3] - box[at];
        double y = (double) box[at + 4] - box[at + 1];
        double z = (double) box[at + 5] - box[at + 2];
        return x < 0 ? 0 : x * y + y * z + z * x;
    }

    /** A part of the tree, built by one thread, with what that needs for itself. Hands parts of its own over where they are large. */
    private final class Part extends RecursiveAction {
        private static final long serialVersionUID = 1;

        private final int[] binCount = new int[3 * BINS];
        private final float[] binBox = new float[3 * BINS * 6];
        private final double[] rightArea = new double[BINS];
        private final float[] centroidBox = new float[6];
        private final float[] sweep = new float[6];
        private final float[] box = new float[6];
        private int bins;
        private int bestAxis;
        private int bestBin;
        private double bestCost;

        private final int root;
        private final int first;
        private final int last;
        private final int level;

        Part(int node, int begin, int end, int depth) {
            root = node;
            first = begin;
            last = end;
            level = depth;
        }

        @Override
        protected void compute() {
            splitInto(root, first, last, level, false);
        }

        private float[] bounds(int begin, int end, float[] out) {
            empty(out, 0);
            for (int i = begin; i < end; i++) {
                grow(out, 0, boxes, 6 * order[i]);
            }
            return out;
        }

        /** Splits the items begin..end-1 (at least two) in two and hangs both halves under the node. */
        private void splitInto(int node, int begin, int end, int depth, boolean splitFound) {
            int middle = partition(begin, end, depth, splitFound);
            Part other = null;
            for (int side = 0; side < 2; side++) {
                int from = side == 0 ? begin : middle;
                int to = side == 0 ? middle : end;
                bounds(from, to, box);
                int count = to - from;
                boolean found = false;
                boolean leaf = count == 1;
                if (count > 1 && count <= MAX_LEAF) {
                    findSplit(from, to);
                    found = true;
                    double area = area(box, 0);
                    leaf = bestAxis < 0 || area <= 0 || 1 + ITEM_COST * bestCost / area >= ITEM_COST * count;
                }
                if (leaf) {
                    setChild(node, side, leaf(from, count), box);
                } else {
                    int child = side == 0 ? node + NODE_FLOATS : node + NODE_FLOATS * (middle - begin);
                    setChild(node, side, child, box);
                    if (side == 0 && end - begin >= PARALLEL_ITEMS) {
                        other = new Part(child, from, to, depth + 1);
                        other.fork();
                    } else {
                        splitInto(child, from, to, depth + 1, found);
                    }
                }
            }
            if (other != null) {
                other.join();
            }
        }

        /** Finds the cheapest split by bins into bestAxis, bestBin and bestCost (area-weighted counts); bestAxis is −1 if all centroids coincide. */
        private void findSplit(int begin, int end) {
            int count = end - begin;
            bins = count <= 32 ? 8 : BINS;
            float[] c = centroidBox;
            empty(c, 0);
            for (int i = begin; i < end; i++) {
                int p = 3 * order[i];
                for (int a = 0; a < 3; a++) {
                    float v = centroids[p + a];
                    if (v < c[a]) {
                        c[a] = v;
                    }
                    if (v > c[3 + a]) {
                        c[3 + a] = v;
                    }
                }
            }
            bestAxis = -1;
            bestCost = Double.POSITIVE_INFINITY;
            for (int a = 0; a < 3; a++) {
                if (!(c[3 + a] > c[a])) {
                    continue;
                }
                Arrays.fill(binCount, 0, bins, 0);
                for (int b = 0; b < bins; b++) {
                    empty(binBox, 6 * b);
                }
                double low = c[a];
                double scale = bins / ((double) c[3 + a] - low);
                for (int i = begin; i < end; i++) {
                    int item = order[i];
                    int bin = Math.min(bins - 1, (int) ((centroids[3 * item + a] - low) * scale));
                    binCount[bin]++;
                    grow(binBox, 6 * bin, boxes, 6 * item);
                }
                empty(sweep, 0);
                int right = 0;
                for (int b = bins - 1; b > 0; b--) {
                    grow(sweep, 0, binBox, 6 * b);
                    right += binCount[b];
                    rightArea[b] = area(sweep, 0) * right;
                }
                empty(sweep, 0);
                int left = 0;
                for (int b = 0; b < bins - 1; b++) {
                    grow(sweep, 0, binBox, 6 * b);
                    left += binCount[b];
                    double cost = area(sweep, 0) * left + rightArea[b + 1];
                    if (left > 0 && left < count && cost < bestCost) {
                        bestCost = cost;
                        bestAxis = a;
                        bestBin = b;
                    }
                }
            }
        }

        private int partition(int begin, int end, int depth, boolean splitFound) {
            if (depth < SAH_DEPTH) {
                if (!splitFound) {
                    findSplit(begin, end);
                }
                if (bestAxis >= 0) {
                    double low = centroidBox[bestAxis];
                    double scale = bins / ((double) centroidBox[3 + bestAxis] - low);
                    int i = begin;
                    int j = end - 1;
                    while (i <= j) {
                        if (Math.min(bins - 1, (int) ((centroids[3 * order[i] + bestAxis] - low) * scale)) <= bestBin) {
                            i++;
                        } else {
                            int swap = order[i];
                            order[i] = order[j];
                            order[j] = swap;
                            j--;
                        }
                    }
                    return i;
                }
            }
            return (begin + end) >>> 1;
        }
    }
}
