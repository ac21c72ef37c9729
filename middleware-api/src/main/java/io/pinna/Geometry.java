package io.pinna;

import io.pinna.acoustics.TriangleMesh;
import io.pinna.internal.Check;
import io.pinna.internal.acoustics.GeometryInstance;
import io.pinna.internal.acoustics.GeometryState;
import io.pinna.unit.Pose;
import io.pinna.unit.Vector3;

/** A mesh that stands, or moves, in the world and stops sound. Every call belongs to the thread that owns the world; changes count from the next {@link SoundWorld#commit} on. */
public final class Geometry implements AutoCloseable {
    private final SoundWorld world;
    private final GeometryState state;
    private final GeometryInstance handle;
    private final TriangleMesh mesh;
    private boolean closed;

    Geometry(SoundWorld world, GeometryState state, GeometryInstance handle, TriangleMesh mesh) {
        this.world = world;
        this.state = state;
        this.handle = handle;
        this.mesh = mesh;
    }

    /** As reports call it. */
    public String name() {
        return handle.name();
    }

    public TriangleMesh mesh() {
        return mesh;
    }

    /** Triangles that were left out because a vertex is not finite or the area is zero. */
    public int skippedTriangles() {
        return handle.mesh().skippedTriangles();
    }

    public void setPose(Pose pose) {
        setTransform(pose, Vector3.ONE);
    }

    /**
     * Moves the whole mesh; nothing is rebuilt.
     *
     * @param scale about the local origin, per local axis; no component may be 0
     */
    public void setTransform(Pose pose, Vector3 scale) {
        world.checkUsable(closed, "geometry", name());
        state.setTransform(handle, Check.notNull(pose, "pose"), Check.notNull(scale, "scale"));
    }

    /** Takes the mesh out of the world. A second call does nothing. */
    @Override
    public void close() {
        if (!closed) {
            world.checkUsable(false, "geometry", name());
            closed = true;
            state.remove(handle);
        }
    }
}
