package io.pinna.jme;

import com.jme3.math.Quaternion;
import com.jme3.math.Vector3f;
import io.pinna.unit.Vector3;

/**
 * Follows something that has a position but no velocity, and finds the velocity by finite difference. A jump faster than a limit is a teleport: it gives no velocity, so that nobody hears a
 * Doppler shift of a cut. Update thread; allocates only while something moves.
 */
final class Motion {
    private final Vector3f position = new Vector3f();
    private final Quaternion rotation = new Quaternion();
    private boolean known;
    private boolean restarted = true;
    private boolean poseChanged;
    private boolean velocityChanged;
    private Vector3 velocity = Vector3.ZERO;

    /** The next step is no movement: after a pause, or a cut of the scene. */
    void restart() {
        restarted = true;
    }

    /** The next step counts as the first. */
    void forget() {
        restarted = true;
        known = false;
        velocity = Vector3.ZERO;
    }

    /** Whether there has been a usable place. */
    boolean isKnown() {
        return known;
    }

    /**
     * Takes the newest place.
     *
     * @param seconds  since the last step (≥ 0)
     * @param maxSpeed above it (metres per second) the step is a teleport
     * @return false if the place is not usable (not finite, or beyond 10⁹ m): then nothing changes but the velocity, which is zero
     */
    boolean step(Vector3f newPosition, Quaternion newRotation, double seconds, double maxSpeed) {
        poseChanged = false;
        velocityChanged = false;
        if (!JmeAxes.isUsable(newPosition) || !JmeAxes.isUsable(newRotation)) {
            setVelocity(0, 0, 0);
            restarted = true;
            return false;
        }
        double dx = (double) newPosition.x - position.x;
        double dy = (double) newPosition.y - position.y;
        double dz = (double) newPosition.z - position.z;
        double distance = Math.sqrt(dx * dx + dy * dy + dz * dz);
        if (restarted || seconds <= 0 && distance > 0 || distance > maxSpeed * seconds) {
            setVelocity(0, 0, 0);
        } else if (seconds > 0) {
            setVelocity(dx / seconds, dy / seconds, dz / seconds);
        }
        restarted = false;
        if (!known || distance > 0 || rotation.getX() != newRotation.getX() || rotation.getY() != newRotation.getY() || rotation.getZ() != newRotation.getZ()
                || rotation.getW() != newRotation.getW()) {
            known = true;
            poseChanged = true;
            position.set(newPosition);
            rotation.set(newRotation);
        }
        return true;
    }

    private void setVelocity(double x, double y, double z) {
        if (velocity.x() != x || velocity.y() != y || velocity.z() != z) {
            velocity = new Vector3(x, y, z);
            velocityChanged = true;
        }
    }

    /** Whether the last step changed position or rotation. */
    boolean poseChanged() {
        return poseChanged;
    }

    boolean velocityChanged() {
        return velocityChanged;
    }

    Vector3 velocity() {
        return velocity;
    }
}
