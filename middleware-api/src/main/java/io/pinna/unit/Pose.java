package io.pinna.unit;

import io.pinna.internal.Check;

/** Where something is and how it is turned: position in metres and rotation, in world axes. Immutable. */
public record Pose(Vector3 position, Rotation rotation) {
    public static final Pose ORIGIN = new Pose(Vector3.ZERO, Rotation.IDENTITY);

    public Pose {
        Check.notNull(position, "position");
        Check.notNull(rotation, "rotation");
    }

    public static Pose at(double x, double y, double z) {
        return new Pose(new Vector3(x, y, z), Rotation.IDENTITY);
    }

    /** A point given in local axes, in world axes. */
    public Vector3 toWorld(Vector3 local) {
        return position.plus(rotation.rotate(local));
    }

    /** A point given in world axes, in local axes. */
    public Vector3 toLocal(Vector3 world) {
        return rotation.inverse().rotate(world.minus(position));
    }
}
