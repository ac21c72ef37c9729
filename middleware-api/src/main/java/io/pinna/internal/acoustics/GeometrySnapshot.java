package io.pinna.internal.acoustics;

/**
 * All geometry at one commit, as it crosses from the game thread to the acoustics thread. Immutable. Snapshots between which nothing was added or removed share their arrays of meshes and names,
 * by which {@link AcousticScene#apply} knows that only transforms have changed.
 */
public final class GeometrySnapshot {
    public static final GeometrySnapshot EMPTY = new GeometrySnapshot(new AcousticMesh[0], new String[0], new double[0], new boolean[0], 0);

    /** Doubles of a transform: local to world (3×3 by rows), world to local (3×3 by rows), position. */
    static final int TRANSFORM = 21;

    final AcousticMesh[] meshes;
    final String[] names;
    final double[] transforms;
    final boolean[] enabled;
    private final long version;

    GeometrySnapshot(AcousticMesh[] meshes, String[] names, double[] transforms, boolean[] enabled, long version) {
        this.meshes = meshes;
        this.names = names;
        this.transforms = transforms;
        this.enabled = enabled;
        this.version = version;
    }

    public int instanceCount() {
        return meshes.length;
    }

    /** Grows with every publication that differs from the one before; 0 for {@link #EMPTY}. */
    public long version() {
        return version;
    }
}
