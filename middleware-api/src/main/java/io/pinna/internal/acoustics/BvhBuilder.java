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

    /** Numbers of an item in {@link #items}. */
    private static final int ITEM = 8;
    /** What every key of a box is less than or equal to: that of +∞, which is also the inverted key of −∞. */
    private static final int EMPTY = 0x7f800000;
    /** Where an item's number stands. */
    private static final int NUMBER = 6;

    /**
     * By place in the order: the keys of the box's low corner, the inverted keys of its high corner, the number of the item, one unused. Items themselves are moved, not numbers of them, so that every
     * pass over a node reads memory in a row; keys (see {@link #key}) make the growing of a box six integer minima without branches. A million triangles take a sixth less processor time than with numbers and floats.
     */
    private final int[] items;
    /** Node slots: n items have fewer than n inner nodes, so a node of n items owns the n − 1 slots from its own on, whatever other threads do. Slots that stay free are closed at the end. */
    private final float[] nodes;

    private BvhBuilder(float[] boxes) {
        int count = boxes.length / 6;
        this.items = new int[ITEM * count];
        for (int i = 0; i < count; i++) {
            for (int a = 0; a < 3; a++) {
                items[ITEM * i + a] = key(boxes[6 * i + a]);
                items[ITEM * i + 3 + a] = ~key(boxes[6 * i + 3 + a]);
            }
            items[ITEM * i + NUMBER] = i;
        }
        this.nodes = new float[NODE_FLOATS * Math.max(1, count - 1)];
    }

    /** An integer that orders like the float: the bits, those below the sign inverted where it is negative. */
    private static int key(float value) {
        int bits = Float.floatToRawIntBits(value);
        return bits ^ bits >> 31 & Integer.MAX_VALUE;
    }

    private static float value(int key) {
        return Float.intBitsToFloat(key ^ key >> 31 & Integer.MAX_VALUE);
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
            b.setBox(0, 0, b.items, 0);
            b.setReference(0, 0, leaf(0, 1));
            b.setBox(0, 1, new int[] {EMPTY, EMPTY, EMPTY, EMPTY, EMPTY, EMPTY}, 0);
            b.setReference(0, 1, leaf(0, 1));
        } else if (count < PARALLEL_ITEMS) {
            b.new Part(0, 0, count, 0).compute();
        } else {
            ForkJoinPool.commonPool().invoke(b.new Part(0, 0, count, 0));
        }
        int[] order = new int[count];
        for (int i = 0; i < count; i++) {
            order[i] = b.items[ITEM * i + NUMBER];
        }
        return new Tree(b.closeGaps(), order);
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

    private void setReference(int node, int side, int reference) {
        nodes[node + CHILD + side] = Float.intBitsToFloat(reference);
    }

    private void setBox(int node, int side, int[] box, int at) {
        for (int a = 0; a < 3; a++) {
            nodes[node + 4 * a + 2 * side] = value(box[at + a]);
            nodes[node + 4 * a + 2 * side + 1] = value(~box[at + 3 + a]);
        }
    }

    private static void empty(int[] box) {
        for (int k = 0; k < 6; k++) {
            box[k] = EMPTY;
        }
    }

    private static void grow(int[] box, int at, int[] by, int from) {
        for (int k = 0; k < 6; k++) {
            box[at + k] = Math.min(box[at + k], by[from + k]);
        }
    }

    /** Half of the surface; 0 of an empty box. */
    private static double area(int[] box, int at) {
        double x = (double) value(~box[at + 3]) - value(box[at]);
        double y = (double) value(~box[at + 4]) - value(box[at + 1]);
        double z = (double) value(~box[at + 5]) - value(box[at + 2]);
        return x < 0 ? 0 : x * y + y * z + z * x;
    }

    /** A coordinate of the middle of the box of the item at a place. */
    private float centroid(int at, int axis) {
        return 0.5f * value(items[at + axis]) + 0.5f * value(~items[at + 3 + axis]);
    }

    /** A part of the tree, built by one thread, with what that needs for itself. Hands parts of its own over where they are large. */
    private final class Part extends RecursiveAction {
        private static final long serialVersionUID = 1;

        private final int[] binCount = new int[3 * BINS];
        private final int[] binBox = new int[3 * BINS * 6];
        /** By axis: which bins hold anything. Only those are looked at, because most nodes have few items. */
        private final int[] binMask = new int[3];
        private final double[] rightArea = new double[BINS];
        /** By axis: the lowest centroid, and bins per unit; the latter 0 where all centroids coincide. */
        private final double[] binLow = new double[3];
        private final double[] binScale = new double[3];
        private final int[] sweep = new int[6];
        private final int[] box = new int[6];
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

        /** Splits the items begin..end-1 (at least two) in two and hangs both halves under the node. */
        private void splitInto(int node, int begin, int end, int depth, boolean splitFound) {
            int middle = partition(node, begin, end, depth, splitFound);
            Part other = null;
            for (int side = 0; side < 2; side++) {
                int from = side == 0 ? begin : middle;
                int to = side == 0 ? middle : end;
                int count = to - from;
                boolean found = false;
                boolean leaf = count == 1;
                if (count > 1 && count <= MAX_LEAF) {
                    findSplit(from, to);
                    found = true;
                    double area = area(node, side);
                    leaf = bestAxis < 0 || area <= 0 || 1 + ITEM_COST * bestCost / area >= ITEM_COST * count;
                }
                if (leaf) {
                    setReference(node, side, leaf(from, count));
                } else {
                    int child = side == 0 ? node + NODE_FLOATS : node + NODE_FLOATS * (middle - begin);
                    setReference(node, side, child);
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

        private double area(int node, int side) {
            int at = node + 2 * side;
            double x = (double) nodes[at + 1] - nodes[at];
            double y = (double) nodes[at + 5] - nodes[at + 4];
            double z = (double) nodes[at + 9] - nodes[at + 8];
            return x < 0 ? 0 : x * y + y * z + z * x;
        }

        /** Finds the cheapest split by bins into bestAxis, bestBin and bestCost (area-weighted counts); bestAxis is −1 if all centroids coincide. */
        private void findSplit(int begin, int end) {
            int count = end - begin;
            bins = count <= 32 ? 8 : BINS;
            int lowX = EMPTY;
            int lowY = EMPTY;
            int lowZ = EMPTY;
            int highX = ~EMPTY;
            int highY = ~EMPTY;
            int highZ = ~EMPTY;
            for (int at = ITEM * begin; at < ITEM * end; at += ITEM) {
                int x = key(centroid(at, 0));
                int y = key(centroid(at, 1));
                int z = key(centroid(at, 2));
                lowX = Math.min(lowX, x);
                lowY = Math.min(lowY, y);
                lowZ = Math.min(lowZ, z);
                highX = Math.max(highX, x);
                highY = Math.max(highY, y);
                highZ = Math.max(highZ, z);
            }
            range(0, lowX, highX);
            range(1, lowY, highY);
            range(2, lowZ, highZ);
            bestAxis = -1;
            bestCost = Double.POSITIVE_INFINITY;
            if (count == 2) {
                // Any axis that tells the two apart separates them, at the same cost.
                for (int a = 2; a >= 0; a--) {
                    if (binScale[a] > 0) {
                        bestAxis = a;
                        bestBin = 0;
                        bestCost = BvhBuilder.area(items, ITEM * begin) + BvhBuilder.area(items, ITEM * begin + ITEM);
                    }
                }
                return;
            }
            fillBins(begin, end);
            for (int a = 0; a < 3; a++) {
                if (binScale[a] > 0) {
                    sweep(a, count);
                }
            }
        }

        private void range(int axis, int low, int high) {
            double width = (double) value(high) - value(low);
            binLow[axis] = value(low);
            binScale[axis] = width > 0 ? bins / width : 0;
        }

        /** Every axis at once, without a branch: an axis on which all coincide has everything in its first bin. What an item has stays in registers while bins are written. */
        private void fillBins(int begin, int end) {
            final int[] all = items;
            final int[] boxes = binBox;
            final int[] counts = binCount;
            final int most = bins - 1;
            final int y = BINS;
            final int z = 2 * BINS;
            for (int a = 0; a < 3; a++) {
                Arrays.fill(boxes, 6 * BINS * a, 6 * (BINS * a + bins), EMPTY);
                Arrays.fill(counts, BINS * a, BINS * a + bins, 0);
            }
            final double lowX = binLow[0];
            final double lowY = binLow[1];
            final double lowZ = binLow[2];
            final double scaleX = binScale[0];
            final double scaleY = binScale[1];
            final double scaleZ = binScale[2];
            int maskX = 0;
            int maskY = 0;
            int maskZ = 0;
            for (int at = ITEM * begin; at < ITEM * end; at += ITEM) {
                int k0 = all[at];
                int k1 = all[at + 1];
                int k2 = all[at + 2];
                int k3 = all[at + 3];
                int k4 = all[at + 4];
                int k5 = all[at + 5];
                int binX = Math.min(most, (int) ((0.5f * value(k0) + 0.5f * value(~k3) - lowX) * scaleX));
                int binY = Math.min(most, (int) ((0.5f * value(k1) + 0.5f * value(~k4) - lowY) * scaleY));
                int binZ = Math.min(most, (int) ((0.5f * value(k2) + 0.5f * value(~k5) - lowZ) * scaleZ));
                maskX |= 1 << binX;
                maskY |= 1 << binY;
                maskZ |= 1 << binZ;
                counts[binX]++;
                counts[y + binY]++;
                counts[z + binZ]++;
                put(boxes, 6 * binX, k0, k1, k2, k3, k4, k5);
                put(boxes, 6 * (y + binY), k0, k1, k2, k3, k4, k5);
                put(boxes, 6 * (z + binZ), k0, k1, k2, k3, k4, k5);
            }
            binMask[0] = maskX;
            binMask[1] = maskY;
            binMask[2] = maskZ;
        }

        private static void put(int[] boxes, int at, int k0, int k1, int k2, int k3, int k4, int k5) {
            boxes[at] = Math.min(boxes[at], k0);
            boxes[at + 1] = Math.min(boxes[at + 1], k1);
            boxes[at + 2] = Math.min(boxes[at + 2], k2);
            boxes[at + 3] = Math.min(boxes[at + 3], k3);
            boxes[at + 4] = Math.min(boxes[at + 4], k4);
            boxes[at + 5] = Math.min(boxes[at + 5], k5);
        }

        private int bin(int at, int axis) {
            return Math.min(bins - 1, (int) ((centroid(at, axis) - binLow[axis]) * binScale[axis]));
        }

        /** Compares the splits behind each bin of an axis that holds anything, except the last. */
        private void sweep(int axis, int count) {
            int mask = binMask[axis];
            empty(sweep);
            int right = 0;
            for (int m = mask; (m & m - 1) != 0;) {
                int b = 31 - Integer.numberOfLeadingZeros(m);
                m ^= 1 << b;
                grow(sweep, 0, binBox, 6 * (axis * BINS + b));
                right += binCount[axis * BINS + b];
                rightArea[b] = BvhBuilder.area(sweep, 0) * right;
            }
            empty(sweep);
            int left = 0;
            for (int m = mask; (m & m - 1) != 0;) {
                int b = Integer.numberOfTrailingZeros(m);
                m &= m - 1;
                grow(sweep, 0, binBox, 6 * (axis * BINS + b));
                left += binCount[axis * BINS + b];
                double cost = BvhBuilder.area(sweep, 0) * left + rightArea[Integer.numberOfTrailingZeros(m)];
                if (cost < bestCost) {
                    bestCost = cost;
                    bestAxis = axis;
                    bestBin = b;
                }
            }
        }

        /** Puts the items of one half before those of the other and both halves' boxes into the node. @return where the second half begins */
        private int partition(int node, int begin, int end, int depth, boolean splitFound) {
            if (depth < SAH_DEPTH && !splitFound) {
                findSplit(begin, end);
            }
            int middle = (begin + end) >>> 1;
            boolean byBins = depth < SAH_DEPTH && bestAxis >= 0;
            if (byBins) {
                int i = ITEM * begin;
                int j = ITEM * (end - 1);
                while (i <= j) {
                    if (bin(i, bestAxis) <= bestBin) {
                        i += ITEM;
                    } else {
                        for (int k = 0; k <= NUMBER; k++) {
                            int swap = items[i + k];
                            items[i + k] = items[j + k];
                            items[j + k] = swap;
                        }
                        j -= ITEM;
                    }
                }
                middle = i / ITEM;
            }
            if (byBins && end - begin > 2) {
                // What is in the bins has been measured already.
                boxOfBins(binMask[bestAxis] & (2 << bestBin) - 1);
                setBox(node, 0, box, 0);
                boxOfBins(binMask[bestAxis] & -(2 << bestBin));
                setBox(node, 1, box, 0);
            } else {
                boxOfItems(begin, middle);
                setBox(node, 0, box, 0);
                boxOfItems(middle, end);
                setBox(node, 1, box, 0);
            }
            return middle;
        }

        private void boxOfBins(int mask) {
            empty(box);
            for (int m = mask; m != 0; m &= m - 1) {
                grow(box, 0, binBox, 6 * (bestAxis * BINS + Integer.numberOfTrailingZeros(m)));
            }
        }

        private void boxOfItems(int begin, int end) {
            empty(box);
            for (int i = begin; i < end; i++) {
                grow(box, 0, items, ITEM * i);
            }
        }
    }
}
