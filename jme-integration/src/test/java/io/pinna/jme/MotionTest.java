package io.pinna.jme;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.jme3.math.Quaternion;
import com.jme3.math.Vector3f;
import io.pinna.unit.Vector3;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class MotionTest {
    private static final Quaternion STRAIGHT = new Quaternion();
    private final Motion motion = new Motion();

    private boolean step(float x, double seconds) {
        return motion.step(new Vector3f(x, 0, 0), STRAIGHT, seconds, 100);
    }

    @Test
    void velocityIsTheDifferenceOverTheTime() {
        assertFalse(motion.isKnown());
        assertTrue(step(5, 0.5));
        assertTrue(motion.isKnown());
        assertTrue(motion.poseChanged());
        assertEquals(Vector3.ZERO, motion.velocity(), "the first place is no movement");
        step(6, 0.5);
        assertEquals(new Vector3(2, 0, 0), motion.velocity());
        assertTrue(motion.velocityChanged());
        step(7, 0.5);
        assertFalse(motion.velocityChanged());
        step(7, 0.5);
        assertEquals(Vector3.ZERO, motion.velocity());
        assertFalse(motion.poseChanged());
        motion.step(new Vector3f(7, 0, 0), new Quaternion().fromAngles(0, 1, 0), 0.5, 100);
        assertTrue(motion.poseChanged(), "turned on the spot");
        assertEquals(Vector3.ZERO, motion.velocity());
    }

    @Test
    void whatIsFasterThanTheLimitIsATeleport() {
        step(0, 0.01);
        step(1, 0.01);
        assertEquals(100, motion.velocity().x(), 1e-9);
        step(2.01f, 0.01);
        assertEquals(Vector3.ZERO, motion.velocity());
        step(2.51f, 0.01);
        assertEquals(50, motion.velocity().x(), 1e-3, "and goes on from there");
        motion.restart();
        step(3, 0.01);
        assertEquals(Vector3.ZERO, motion.velocity());
    }

    @Test
    void noTimeGivesNoVelocity() {
        step(0, 0.01);
        step(0.5f, 0.01);
        step(0.5f, 0);
        assertEquals(50, motion.velocity().x(), 1e-9, "standing still in no time says nothing");
        step(0.6f, 0);
        assertEquals(Vector3.ZERO, motion.velocity());
        assertTrue(motion.poseChanged());
    }

    @Test
    void whatIsNotFiniteChangesNothing() {
        step(1, 0.1);
        step(2, 0.1);
        assertFalse(step(Float.NaN, 0.1));
        assertFalse(motion.poseChanged());
        assertEquals(Vector3.ZERO, motion.velocity());
        assertTrue(step(3, 0.1));
        assertEquals(Vector3.ZERO, motion.velocity(), "coming back is no movement");
    }
}
