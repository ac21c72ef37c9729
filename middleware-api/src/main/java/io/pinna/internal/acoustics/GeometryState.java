package io.pinna.internal.acoustics;

import io.pinna.InvalidValueException;
import io.pinna.UsageException;
import io.pinna.acoustics.TriangleMesh;
import io.pinna.internal.Check;
import io.pinna.unit.Pose;
import io.pinna.unit.Rotation;
import io.pinna.unit.Vector3;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;

/**
 * The geometry as the game thread edits it: meshes placed by pose and scale. Owned by one thread (the game's); {@link #publish} gives what the acoustics thread may read.
 *
 * <p>The hierarchy of a {@link TriangleMesh} is built when it is first added and shared by everything that adds the same object again, so placing a mesh many times costs little.
 */
public final class GeometryState {
    /** Smallest and largest magnitude of a scale along one axis. */
    public static final double SMALLEST_SCALE = 1e-6;
    /** See {@link #SMALLEST_SCALE}. */
    public static final double LARGEST_SCALE = 1e6;
    /** Largest coordinate of a position (metres): beyond it a double no longer resolves a millimetre against the size of a room. */
    public static final double LARGEST_POSITION_METERS = 1e9;

    private final Map<TriangleMesh, AcousticMesh> built = new WeakHashMap<>();
    private final List<GeometryInstance> instances = new ArrayList<>();
    private double[] transforms = new double[GeometrySnapshot.TRANSFORM * 8];
    private boolean[] enabled = new boolean[8];
    private boolean structureChanged;
    private boolean transformsChanged;
    private GeometrySnapshot published = GeometrySnapshot.EMPTY;

    /** Adds a mesh at the origin, not scaled, under its own name. See {@link #add(String, TriangleMesh, Pose, Vector3)}. */
    public GeometryInstance add(TriangleMesh mesh) {
        return add(Check.notNull(mesh, "mesh").name(), mesh, Pose.ORIGIN, Vector3.ONE);
    }

    /**
     * Adds a mesh, enabled.
     *
     * @param name  what reports call it
     * @param pose  where it stands (metres, each coordinate within ±{@value #LARGEST_POSITION_METERS})
     * @param scale factors along the local axes; magnitude {@value #SMALLEST_SCALE} to {@value #LARGEST_SCALE}; negative mirrors
     * @throws InvalidValueException if the scale or the position is out of range, or no usable triangle is left
     */
    public GeometryInstance add(String name, TriangleMesh mesh, Pose pose, Vector3 scale) {
        Check.notBlank(name, "name");
        Check.notNull(mesh, "mesh");
        checkTransform(name, pose, scale);
        AcousticMesh acoustic = built.get(mesh);
        if (acoustic == null) {
            acoustic = AcousticMesh.of(mesh);
            built.put(mesh, acoustic);
        }
        int slot = instances.size();
        if (slot == enabled.length) {
            enabled = Arrays.copyOf(enabled, 2 * slot);
            transforms = Arrays.copyOf(transforms, GeometrySnapshot.TRANSFORM * 2 * slot);
        }
        GeometryInstance instance = new GeometryInstance(this, name, acoustic, slot);
        instances.add(instance);
        enabled[slot] = true;
        writeTransform(slot, pose, scale);
        structureChanged = true;
        return instance;
    }

    /** Moves, turns and scales an instance; ranges as for {@link #add(String, TriangleMesh, Pose, Vector3)}. Nothing changes if a value is refused. */
    public void setTransform(GeometryInstance instance, Pose pose, Vector3 scale) {
        int slot = slot(instance);
        checkTransform(instance.name, pose, scale);
        if (writeTransform(slot, pose, scale)) {
            transformsChanged = true;
        }
    }

    /** Whether rays meet the instance; switching is as cheap as moving. */
    public void setEnabled(GeometryInstance instance, boolean isEnabled) {
        int slot = slot(instance);
        if (enabled[slot] != isEnabled) {
            enabled[slot] = isEnabled;
            transformsChanged = true;
        }
    }

    /** Takes an instance away for good. */
    public void remove(GeometryInstance instance) {
        int slot = slot(instance);
        int last = instances.size() - 1;
        GeometryInstance moved = instances.get(last);
        instances.set(slot, moved);
        moved.slot = slot;
        enabled[slot] = enabled[last];
        System.arraycopy(transforms, GeometrySnapshot.TRANSFORM * last, transforms, GeometrySnapshot.TRANSFORM * slot, GeometrySnapshot.TRANSFORM);
        instances.remove(last);
        instance.slot = -1;
        structureChanged = true;
    }

    public int instanceCount() {
        return instances.size();
    }

    /** Triangles that rays may meet, a shared mesh counting for each of its instances. */
    public long triangleCount() {
        long count = 0;
        for (GeometryInstance instance : instances) {
            count += instance.mesh.triangleCount();
        }
        return count;
    }

    /** Triangles that were left out, likewise. */
    public long skippedTriangles() {
        long count = 0;
        for (GeometryInstance instance : instances) {
            count += instance.mesh.skippedTriangles();
        }
        return count;
    }

    /** The geometry as it is now. Where nothing has changed since the last call, the same object; where only transforms have, one that shares everything else. */
    public GeometrySnapshot publish() {
        if (!structureChanged && !transformsChanged) {
            return published;
        }
        int count = instances.size();
        AcousticMesh[] meshes = published.meshes;
        String[] names = published.names;
        if (structureChanged) {
            meshes = new AcousticMesh[count];
            names = new String[count];
            for (int i = 0; i < count; i++) {
                meshes[i] = instances.get(i).mesh;
                names[i] = instances.get(i).name;
            }
        }
        published = new GeometrySnapshot(meshes, names, Arrays.copyOf(transforms, GeometrySnapshot.TRANSFORM * count), Arrays.copyOf(enabled, count), published.version() + 1);
        structureChanged = false;
        transformsChanged = false;
        return published;
    }

    private int slot(GeometryInstance instance) {
        Check.notNull(instance, "instance");
        if (instance.owner != this) {
            throw new UsageException(UsageException.Rule.STATE, "geometry " + instance.name + " belongs to another world; use it with the world that it was added to");
        }
        if (instance.slot < 0) {
            throw new UsageException(UsageException.Rule.STATE, "geometry " + instance.name + " was removed; add it again");
        }
        return instance.slot;
    }

    private static void checkTransform(String name, Pose pose, Vector3 scale) {
        Check.notNull(pose, "pose of " + name);
        Check.notNull(scale, "scale of " + name);
        checkScale(scale.x(), "scale x of " + name);
        checkScale(scale.y(), "scale y of " + name);
        checkScale(scale.z(), "scale z of " + name);
        Check.inRange(pose.position().x(), -LARGEST_POSITION_METERS, LARGEST_POSITION_METERS, "position x of " + name);
        Check.inRange(pose.position().y(), -LARGEST_POSITION_METERS, LARGEST_POSITION_METERS, "position y of " + name);
        Check.inRange(pose.position().z(), -LARGEST_POSITION_METERS, LARGEST_POSITION_METERS, "position z of " + name);
    }

    private static void checkScale(double factor, String what) {
        if (!(Math.abs(factor) >= SMALLEST_SCALE && Math.abs(factor) <= LARGEST_SCALE)) {
            throw new InvalidValueException(what + " is " + factor + "; allowed are magnitudes from " + SMALLEST_SCALE + " to " + LARGEST_SCALE + "; to hide geometry, disable it");
        }
    }

    /** @return whether it differs from what stood there */
    private boolean writeTransform(int slot, Pose pose, Vector3 scale) {
        Rotation q = pose.rotation();
        double x = q.x();
        double y = q.y();
        double z = q.z();
        double w = q.w();
        double[] t = new double[GeometrySnapshot.TRANSFORM];
        double[] s = {scale.x(), scale.y(), scale.z()};
        // The rotation matrix of a unit quaternion, by rows.
        double[] r = {
                1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w),
                2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w),
                2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)};
        for (int i = 0; i < 3; i++) {
            for (int k = 0; k < 3; k++) {
                t[3 * i + k] = r[3 * i + k] * s[k];
                t[9 + 3 * i + k] = r[3 * k + i] / s[i];
            }
        }
        t[18] = pose.position().x();
        t[19] = pose.position().y();
        t[20] = pose.position().z();
        int at = GeometrySnapshot.TRANSFORM * slot;
        if (Arrays.equals(t, 0, t.length, transforms, at, at + t.length)) {
            return false;
        }
        System.arraycopy(t, 0, transforms, at, t.length);
        return true;
    }
}
