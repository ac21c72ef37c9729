package io.pinna.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.unit.Vector3;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
final class MotionPathTest {
    private static final Vector3 AHEAD = new Vector3(0, 0, -1);

    private static MotionPath path(double[]... tXyzYawPitch) {
        return new MotionPath(java.util.Arrays.stream(tXyzYawPitch).map(k -> MotionPath.Keyframe.of(k[0], k[1], k[2], k[3], k[4], k[5], 0)).toList());
    }

    private static void assertVector(double x, double y, double z, Vector3 v) {
        assertEquals(x, v.x(), 1e-9);
        assertEquals(y, v.y(), 1e-9);
        assertEquals(z, v.z(), 1e-9);
    }

    @Test
    void positionIsLinearAndHoldsAtTheEnds() {
        MotionPath p = path(new double[] {1, 0, 0, 0, 0, 0}, new double[] {3, 4, 0, -8, 0, 0}, new double[] {4, 4, 2, -8, 0, 0});
        assertVector(0, 0, 0, p.poseAt(0).position());
        assertVector(0, 0, 0, p.poseAt(1).position());
        assertVector(1, 0, -2, p.poseAt(1.5).position());
        assertVector(4, 0, -8, p.poseAt(3).position());
        assertVector(4, 1, -8, p.poseAt(3.5).position());
        assertVector(4, 2, -8, p.poseAt(99).position());
        assertTrue(p.isMoving());
    }

    @Test
    void velocityIsTheSegmentsDerivative() {
        MotionPath p = path(new double[] {1, 0, 0, 0, 0, 0}, new double[] {3, 4, 0, -8, 0, 0}, new double[] {4, 4, 2, -8, 0, 0});
        assertVector(0, 0, 0, p.velocityAt(0.99));
        assertVector(2, 0, -4, p.velocityAt(1));
        assertVector(2, 0, -4, p.velocityAt(2.9));
        assertVector(0, 2, 0, p.velocityAt(3));
        assertVector(0, 0, 0, p.velocityAt(4));
    }

    @Test
    void rotationIsSphericalAndPositiveYawTurnsLeft() {
        MotionPath p = path(new double[] {0, 0, 0, 0, 0, 0}, new double[] {1, 0, 0, 0, 90, 0});
        assertVector(-Math.sin(Math.toRadians(45)), 0, -Math.cos(Math.toRadians(45)), p.poseAt(0.5).rotation().rotate(AHEAD));
        assertVector(-1, 0, 0, p.poseAt(1).rotation().rotate(AHEAD));
        MotionPath up = path(new double[] {0, 0, 0, 0, 0, 0}, new double[] {1, 0, 0, 0, 0, 60});
        assertVector(0, 0.5, -Math.sqrt(0.75), up.poseAt(0.5).rotation().rotate(AHEAD));
    }

    /** Half a turn has no shorter arc: it goes as it is written, through the left or through the right. */
    @Test
    void halfTurnsGoAsWritten() {
        for (double from : new double[] {-180, -90, 0, 33.3, 90, 180}) {
            for (double by : new double[] {180, -180}) {
                MotionPath p = path(new double[] {0, 0, 0, 0, from, 0}, new double[] {1, 0, 0, 0, from + by, 0});
                double middle = Math.toRadians(from + by / 2);
                assertVector(-Math.sin(middle), 0, -Math.cos(middle), p.poseAt(0.5).rotation().rotate(AHEAD));
            }
        }
    }

    @Test
    void aSingleKeyframeStandsStill() {
        MotionPath p = path(new double[] {5, 1, 2, 3, 10, 0});
        assertFalse(p.isMoving());
        assertVector(1, 2, 3, p.poseAt(0).position());
        assertVector(0, 0, 0, p.velocityAt(5));
        assertEquals(List.of(p.poseAt(0), p.poseAt(9)), List.of(p.poseAt(5), p.poseAt(5)));
    }
}
