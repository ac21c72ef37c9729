package io.pinna.jme;

import com.jme3.math.Quaternion;
import com.jme3.math.Transform;
import com.jme3.math.Vector3f;
import com.jme3.renderer.Camera;
import com.jme3.scene.Spatial;
import io.pinna.unit.Pose;
import io.pinna.unit.Rotation;
import io.pinna.unit.Vector3;

/**
 * The one place where jMonkeyEngine's axes become Pinna's. The world axes are the same: right-handed, y up, metres. Local axes differ: what "looks" in jME (a camera, a Spatial turned by
 * {@code lookAt}) looks along its +z with +x to its left; a Pinna pose looks along −z with +x to its right. Between the two lies half a turn about the local y axis:
 * q·(0, 1, 0, 0) = (−z, w, x, −y). Geometry does not look anywhere and keeps its axes.
 *
 * <p>Stateless; the Spatial methods bring world transforms up to date and so belong to the update thread.
 */
public final class JmeAxes {
    /** Beyond this a position is not one (metres); the engine's own limit. */
    static final float LARGEST_POSITION_METERS = 1e9f;
    /** A quaternion shorter than this has no direction. */
    private static final float SMALLEST_NORM_SQUARED = 1e-12f;

    private JmeAxes() {
    }

    /** @throws io.pinna.InvalidValueException if a component is not finite; likewise for all methods here */
    public static Vector3 vector(Vector3f jme) {
        return new Vector3(jme.x, jme.y, jme.z);
    }

    /** The rotation of something that looks along its local +z in jME. */
    public static Rotation lookingRotation(Quaternion jme) {
        return new Rotation(-jme.getZ(), jme.getW(), jme.getX(), -jme.getY());
    }

    /** The jME rotation of what has this Pinna rotation: the inverse of {@link #lookingRotation}. */
    public static Quaternion lookingRotation(Rotation pinna) {
        return new Quaternion((float) pinna.z(), (float) -pinna.w(), (float) -pinna.x(), (float) pinna.y());
    }

    /** Where a camera is and looks. */
    public static Pose lookingPose(Camera camera) {
        return lookingPose(camera.getLocation(), camera.getRotation());
    }

    /** Where a Spatial is and looks, in the world. */
    public static Pose lookingPose(Spatial spatial) {
        return lookingPose(spatial.getWorldTranslation(), spatial.getWorldRotation());
    }

    static Pose lookingPose(Vector3f position, Quaternion rotation) {
        return new Pose(vector(position), lookingRotation(rotation));
    }

    /** Where the local axes of a mesh stand; the scale goes apart. */
    public static Pose geometryPose(Transform world) {
        Quaternion q = world.getRotation();
        return new Pose(vector(world.getTranslation()), new Rotation(q.getX(), q.getY(), q.getZ(), q.getW()));
    }

    static boolean isUsable(Vector3f position) {
        return Math.abs(position.x) <= LARGEST_POSITION_METERS && Math.abs(position.y) <= LARGEST_POSITION_METERS && Math.abs(position.z) <= LARGEST_POSITION_METERS;
    }

    static boolean isUsable(Quaternion rotation) {
        float norm = rotation.norm();
        return norm > SMALLEST_NORM_SQUARED && norm < Float.POSITIVE_INFINITY;
    }
}
