package io.pinna.internal.acoustics;

import io.pinna.internal.Check;

/** The answers of a batch of closest-hit queries. One a thread, reused; allocates nothing after construction. */
public final class RayHits {
    final double[] fraction;
    final int[] instance;
    final int[] place;

    /** @param capacity most rays of a batch (≥ 1) */
    public RayHits(int capacity) {
        Check.inRange(capacity, 1, Integer.MAX_VALUE, "capacity");
        fraction = new double[capacity];
        instance = new int[capacity];
        place = new int[capacity];
    }

    public int capacity() {
        return fraction.length;
    }

    /** Whether a ray met anything. */
    public boolean isHit(int ray) {
        return instance[ray] >= 0;
    }

    /** Where the ray's nearest hit is: 0 at its start, 1 at its end; 1 without a hit. */
    public double fraction(int ray) {
        return fraction[ray];
    }

    /** The number of the instance that the ray hit, −1 for none. */
    public int instance(int ray) {
        return instance[ray];
    }

    /** Makes the hit of one ray that of the query, for {@link AcousticScene#hitMaterial} and {@link AcousticScene#hitNormal}. @return whether there is one */
    public boolean select(int ray, SceneQuery q) {
        q.hitFraction = fraction[ray];
        q.hitInstance = instance[ray];
        q.hitPlace = place[ray];
        return instance[ray] >= 0;
    }

    void set(int ray, SceneQuery q) {
        fraction[ray] = q.hitFraction;
        instance[ray] = q.hitInstance;
        place[ray] = q.hitPlace;
    }

    void require(int count) {
        Check.inRange(count, 0, fraction.length, "number of rays");
    }
}
