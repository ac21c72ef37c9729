package io.pinna.internal.inference;

import io.pinna.acoustics.Bands;
import io.pinna.internal.render.FilterSpec;

/**
 * What a {@link MixGraph} is to mix in a block, as plain arrays: <b>lanes</b>, the last N samples of sources, and for each listener <b>filters</b>, each saying through what a lane is heard, and whether before the block's
 * cross-fade, after it, or all through. A source that moves has two filters for a listener, one that stays has one. Made by the graph that it is for; filled anew for each block by one thread; allocates only in its
 * constructor, and where a block has more lanes than all before it.
 */
public final class MixInputs {
    static final int MAX_CORNERS = FilterSpec.MAX_CORNERS;
    /** Room to begin with: reflections ask for many lanes, but seldom for all that there may be. */
    private static final int FIRST_LANES = 64;
    static final int OLD_BUS = 1;
    static final int NEW_BUS = 2;

    /** When a filter is heard. */
    public enum Use {
        /** All through the block. */
        STAYS(OLD_BUS | NEW_BUS),
        /** At the start of the block, and fading until its end. */
        FADES_OUT(OLD_BUS),
        /** At the end of the block, and rising from its start. */
        FADES_IN(NEW_BUS);

        final int buses;

        Use(int buses) {
            this.buses = buses;
        }
    }

    private final int transform;
    private final int maxLanes;
    private final int maxFilters;
    /** Of the block so far. */
    int lanes;
    /** [lane][N], one after the other; grows. */
    float[] samples;
    /** Of each listener. */
    final int[] filters;
    // All that follows is [listener][filter].
    final int[] lane;
    final byte[] buses;
    final byte[] corners;
    final boolean[] near;
    final int[] vertex;
    final float[] weight;
    final float[] delaySamples;
    final double[] distanceMeters;
    final double[] lateral;
    final float[] gain;
    final float[] slope;
    final float[] curve;
    final float[] lagSamples;

    MixInputs(int transform, int listeners, int maxLanes, int maxFilters) {
        this.transform = transform;
        this.maxLanes = maxLanes;
        this.maxFilters = maxFilters;
        Math.multiplyExact(maxLanes, transform);
        samples = new float[Math.min(maxLanes, FIRST_LANES) * transform];
        filters = new int[listeners];
        int all = Math.multiplyExact(listeners, maxFilters);
        lane = new int[all];
        buses = new byte[all];
        corners = new byte[all];
        near = new boolean[all];
        vertex = new int[all * MAX_CORNERS];
        weight = new float[all * MAX_CORNERS];
        delaySamples = new float[all];
        distanceMeters = new double[all];
        lateral = new double[all];
        gain = new float[all * Bands.COUNT];
        slope = new float[all];
        curve = new float[all];
        lagSamples = new float[all];
    }

    /** Begins a block: there are no lanes and no filters. */
    public void clear() {
        lanes = 0;
        java.util.Arrays.fill(filters, 0);
    }

    /** N: the samples of a lane. */
    public int transform() {
        return transform;
    }

    /** Filters of all listeners. */
    public int filterCount() {
        int count = 0;
        for (int n : filters) {
            count += n;
        }
        return count;
    }

    public int maxLanes() {
        return maxLanes;
    }

    public int maxFilters() {
        return maxFilters;
    }

    /**
     * Adds a lane.
     *
     * @param source the last N samples of a source, the newest last, from {@code offset} on
     * @return its number
     * @throws IndexOutOfBoundsException if there are {@link #maxLanes} already
     */
    public int addLane(float[] source, int offset) {
        if (lanes == maxLanes) {
            throw new IndexOutOfBoundsException("more than " + maxLanes + " lanes");
        }
        if ((lanes + 1) * transform > samples.length) {
            samples = java.util.Arrays.copyOf(samples, Math.min(maxLanes, 2 * lanes) * transform);
        }
        System.arraycopy(source, offset, samples, lanes * transform, transform);
        return lanes++;
    }

    /**
     * Adds a filter, through which a listener hears a lane.
     *
     * @param spec of the listener's table; one of no corners is silence, and not added. For a graph that takes the delays of directions from fields its delay between the ears is only what the near field adds
     * @throws IndexOutOfBoundsException if the listener has {@link #maxFilters} already
     */
    public void addFilter(int listener, int laneNumber, Use use, FilterSpec spec) {
        if (spec.corners == 0) {
            return;
        }
        if (filters[listener] == maxFilters) {
            throw new IndexOutOfBoundsException("more than " + maxFilters + " filters of listener " + listener);
        }
        if (laneNumber < 0 || laneNumber >= lanes || spec.corners > MAX_CORNERS) {
            throw new IndexOutOfBoundsException("lane " + laneNumber + " of " + lanes + ", " + spec.corners + " corners");
        }
        int f = listener * maxFilters + filters[listener]++;
        lane[f] = laneNumber;
        buses[f] = (byte) use.buses;
        corners[f] = (byte) spec.corners;
        System.arraycopy(spec.vertex, 0, vertex, f * MAX_CORNERS, spec.corners);
        System.arraycopy(spec.weight, 0, weight, f * MAX_CORNERS, spec.corners);
        delaySamples[f] = spec.delaySamples;
        near[f] = spec.near;
        distanceMeters[f] = spec.distanceMeters;
        lateral[f] = spec.y;
        System.arraycopy(spec.gain, 0, gain, f * Bands.COUNT, Bands.COUNT);
        slope[f] = spec.slope;
        curve[f] = spec.curve;
        lagSamples[f] = spec.lagSamples;
    }
}
