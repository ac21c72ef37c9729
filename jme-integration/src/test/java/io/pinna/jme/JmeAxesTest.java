package io.pinna.jme;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.jme3.math.FastMath;
import com.jme3.math.Quaternion;
import com.jme3.math.Transform;
import com.jme3.math.Vector3f;
import com.jme3.renderer.Camera;
import com.jme3.scene.Node;
import io.pinna.InvalidValueException;
import io.pinna.unit.Pose;
import io.pinna.unit.Vector3;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class JmeAxesTest {
    private static void assertClose(Vector3f expected, Vector3 actual, String what) {
        assertEquals(expected.x, actual.x(), 1e-5, what + " x");
        assertEquals(expected.y, actual.y(), 1e-5, what + " y");
        assertEquals(expected.z, actual.z(), 1e-5, what + " z");
    }

    @Test
    @Tag("property")
    void aCameraAndItsPoseAgreeOnFrontLeftAndUp() {
        Random random = new Random(3);
        for (int i = 0; i < 200; i++) {
            Camera camera = new Camera(64, 64);
            camera.setLocation(new Vector3f(i, -i, 2 * i));
            camera.lookAtDirection(new Vector3f(random.nextFloat() - 0.5f, random.nextFloat() - 0.5f, random.nextFloat() - 0.5f).normalizeLocal(), Vector3f.UNIT_Y);
            Pose pose = JmeAxes.lookingPose(camera);
            assertClose(camera.getDirection(), pose.rotation().rotate(new Vector3(0, 0, -1)), "front");
            assertClose(camera.getLeft(), pose.rotation().rotate(new Vector3(-1, 0, 0)), "left");
            assertClose(camera.getUp(), pose.rotation().rotate(new Vector3(0, 1, 0)), "up");
            assertEquals(new Vector3(i, -i, 2 * i), pose.position());
        }
    }

    @Test
    @Tag("property")
    void aLookingRotationComesBack() {
        Random random = new Random(4);
        for (int i = 0; i < 200; i++) {
            Quaternion q = new Quaternion(random.nextFloat() - 0.5f, random.nextFloat() - 0.5f, random.nextFloat() - 0.5f, random.nextFloat() - 0.5f).normalizeLocal();
            Quaternion back = JmeAxes.lookingRotation(JmeAxes.lookingRotation(q));
            assertEquals(1, Math.abs(q.dot(back)), 1e-6, q + " came back as " + back);
        }
    }

    @Test
    @Tag("unit")
    void aSpatialLooksWhereLookAtPoints() {
        Node parent = new Node("parent");
        parent.rotate(0, 1, 0);
        Node node = new Node("node");
        parent.attachChild(node);
        node.lookAt(new Vector3f(5, 0, 0), Vector3f.UNIT_Y);
        assertClose(Vector3f.UNIT_X, JmeAxes.lookingPose(node).rotation().rotate(new Vector3(0, 0, -1)), "front");
    }

    @Test
    @Tag("unit")
    void geometryKeepsItsAxes() {
        Transform transform = new Transform(new Vector3f(1, 2, 3), new Quaternion().fromAngles(0, FastMath.HALF_PI, 0));
        Pose pose = JmeAxes.geometryPose(transform);
        assertClose(transform.transformVector(new Vector3f(1, 0, 0), null), pose.toWorld(new Vector3(1, 0, 0)), "corner");
        assertClose(new Vector3f(1, 2, 2), pose.toWorld(new Vector3(1, 0, 0)), "corner");
    }

    @Test
    @Tag("fault")
    void whatIsNotFiniteIsRefused() {
        assertThrows(InvalidValueException.class, () -> JmeAxes.vector(new Vector3f(Float.NaN, 0, 0)));
        assertThrows(InvalidValueException.class, () -> JmeAxes.lookingRotation(new Quaternion(0, 0, 0, 0)));
        assertFalse(JmeAxes.isUsable(new Vector3f(0, Float.NEGATIVE_INFINITY, 0)));
        assertFalse(JmeAxes.isUsable(new Vector3f(0, 0, 1.1e9f)));
        assertFalse(JmeAxes.isUsable(new Quaternion(Float.NaN, 0, 0, 1)));
        assertFalse(JmeAxes.isUsable(new Quaternion(0, 0, 0, 0)));
        assertTrue(JmeAxes.isUsable(new Quaternion()));
        assertTrue(JmeAxes.isUsable(new Vector3f(-1e9f, 0, 1e9f)));
    }
}
