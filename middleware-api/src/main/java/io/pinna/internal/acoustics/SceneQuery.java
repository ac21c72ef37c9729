package io.pinna.internal.acoustics;

/** What a thread needs to ask an {@link AcousticScene}, and the answers. One a thread, reused; allocates nothing after construction. */
public final class SceneQuery {
    final BvhRay ray;
    final RayBatch batch = new RayBatch();
    /** Between which fractions a segment is inside a mesh. */
    final double[] cut = new double[2];
    /** Levels of the upper tree, its chains of up to eight instances, and one more. */
    final int[] stack = new int[BvhBuilder.MAX_DEPTH + BvhBuilder.MAX_LEAF + 1];

    /** Where the nearest hit is, as a fraction of the segment; meaningful after a closest-hit query that found one. */
    double hitFraction;
    int hitInstance;
    /** Place of the triangle in the tree of its mesh. */
    int hitPlace;

    final int[] crossingInstance;
    final int[] crossingPlace;
    final double[] crossingFraction;
    /** Whether the segment meets the triangle's front. */
    final boolean[] crossingFront;
    /** Numbers of the crossings in the order of their fractions. */
    final int[] crossingOrder;
    int crossingCount;
    boolean crossingOverflow;

    /** @param crossingCapacity how many crossings one segment may have; what is beyond is left out and reported */
    public SceneQuery(int crossingCapacity) {
        ray = new BvhRay(crossingCapacity);
        crossingInstance = new int[crossingCapacity];
        crossingPlace = new int[crossingCapacity];
        crossingFraction = new double[crossingCapacity];
        crossingFront = new boolean[crossingCapacity];
        crossingOrder = new int[crossingCapacity];
    }

    /** Where the nearest hit of the last {@link AcousticScene#closestHit} is: 0 at the start of the segment, 1 at its end. */
    public double hitFraction() {
        return hitFraction;
    }

    /** The number of the instance that it hit. */
    public int hitInstance() {
        return hitInstance;
    }

    /** Sorts the crossings by fraction; insertion, because there are few. */
    void sortCrossings() {
        for (int i = 0; i < crossingCount; i++) {
            double f = crossingFraction[i];
            int k = i;
            while (k > 0 && crossingFraction[crossingOrder[k - 1]] > f) {
                crossingOrder[k] = crossingOrder[k - 1];
                k--;
            }
            crossingOrder[k] = i;
        }
    }
}
