package io.pinna.internal.render;

import io.pinna.acoustics.Bands;
import io.pinna.internal.RealTime;

/**
 * All that the filter of one path is a function of, besides its table: so that whoever has the table, on the processor or in a graph, makes the same filter of it. Made by a {@link FilterLocator}.
 * Mutable; belongs to whoever holds it; allocates only in its constructor.
 */
public final class FilterSpec {
    /** Three vertices of each of two shells. */
    public static final int MAX_CORNERS = 6;

    /** Tells the filters of a mix apart, so that what was made of one can be kept; 0 if it was never located. */
    public long id;
    /** Vertices that are blended; 0: the filter is silence. */
    public int corners;
    /** Their numbers in the table. */
    public final int[] vertex = new int[MAX_CORNERS];
    /** Their parts. */
    public final float[] weight = new float[MAX_CORNERS];
    /** The direction, a unit vector in head axes (x front, y left, z up), likewise y and z. */
    public float x;
    public float y;
    public float z;
    public double distanceMeters;
    /** Delay of the right ear less that of the left, with what the near field adds. */
    public float delaySamples;
    /** Whether the near field applies. */
    public boolean near;
    /** Linear amplitude gain per band. */
    public final float[] gain = new float[Bands.COUNT];
    /** Diffraction: natural logarithm of amplitude for each unit of {@link io.pinna.internal.acoustics.DiffractionShape}'s T1 ... */
    public float slope;
    /** ... and of its T2. */
    public float curve;
    /** Delay of both ears, on top of what the lane is behind (samples, ≥ 0, less than a block). */
    public float lagSamples;

    @RealTime
    void copyFrom(FilterSpec other) {
        id = other.id;
        corners = other.corners;
        for (int i = 0; i < other.corners; i++) {
            vertex[i] = other.vertex[i];
            weight[i] = other.weight[i];
        }
        x = other.x;
        y = other.y;
        z = other.z;
        distanceMeters = other.distanceMeters;
        delaySamples = other.delaySamples;
        near = other.near;
        slope = other.slope;
        curve = other.curve;
        lagSamples = other.lagSamples;
        for (int b = 0; b < Bands.COUNT; b++) {
            gain[b] = other.gain[b];
        }
    }
}
