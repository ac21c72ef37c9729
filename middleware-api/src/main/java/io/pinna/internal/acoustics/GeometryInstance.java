package io.pinna.internal.acoustics;

/** A mesh that stands somewhere in a {@link GeometryState}. A handle of the game thread: it is changed through its state only. */
public final class GeometryInstance {
    final GeometryState owner;
    final String name;
    final AcousticMesh mesh;
    int slot;

    GeometryInstance(GeometryState owner, String name, AcousticMesh mesh, int slot) {
        this.owner = owner;
        this.name = name;
        this.mesh = mesh;
        this.slot = slot;
    }

    /** The name that reports use. */
    public String name() {
        return name;
    }

    /** What the mesh became: counts of triangles used and skipped. */
    public AcousticMesh mesh() {
        return mesh;
    }

    /** Whether it still stands in its state. */
    public boolean isPresent() {
        return slot >= 0;
    }
}
