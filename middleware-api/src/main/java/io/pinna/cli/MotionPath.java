package io.pinna.cli;

import io.pinna.unit.Pose;
import io.pinna.unit.Rotation;
import io.pinna.unit.Vector3;
import java.util.List;

/**
 * Where something is at each moment: keyframes, between them linear in position and spherical (along the shorter arc) in rotation. Before the first keyframe and after the last it stands still there; a
 * single keyframe stands still throughout. Immutable.
 */
public final class MotionPath {
    /** A path that stays at the origin without rotation. */
    public static final MotionPath ORIGIN = new MotionPath(List.of(new Keyframe(0, Pose.ORIGIN)));

    private final Keyframe[] keyframes;

    /**
     * A pose at a moment.
     *
     * @param tSeconds from the beginning of the scene (finite)
     * @param pose     there and then
     */
    public record Keyframe(double tSeconds, Pose pose) {
        /** Angles in degrees, as in {@link Rotation#ofYawPitchRoll}. */
        public static Keyframe of(double tSeconds, double x, double y, double z, double yawDegrees, double pitchDegrees, double rollDegrees) {
            return new Keyframe(tSeconds, new Pose(new Vector3(x, y, z),
                    Rotation.ofYawPitchRoll(Math.toRadians(yawDegrees), Math.toRadians(pitchDegrees), Math.toRadians(rollDegrees))));
        }
    }

    /** @param keyframes at least one, their times strictly ascending */
    public MotionPath(List<Keyframe> keyframes) {
        this.keyframes = keyframes.toArray(new Keyframe[0]);
        if (this.keyframes.length == 0) {
            throw new IllegalArgumentException("a path has at least one keyframe");
        }
        for (int i = 1; i < this.keyframes.length; i++) {
            if (!(this.keyframes[i].tSeconds > this.keyframes[i - 1].tSeconds)) {
                throw new IllegalArgumentException("keyframe times ascend strictly");
            }
        }
    }

    /** Whether anything moves or turns. */
    public boolean isMoving() {
        for (Keyframe k : keyframes) {
            if (!k.pose.equals(keyframes[0].pose)) {
                return true;
            }
        }
        return false;
    }

    /** The number of the keyframe at or before a moment; −1 before the first. */
    private int before(double tSeconds) {
        int low = 0;
        int high = keyframes.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (keyframes[middle].tSeconds <= tSeconds) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low - 1;
    }

    /** @param tSeconds from the beginning of the scene */
    public Pose poseAt(double tSeconds) {
        int i = before(tSeconds);
        if (i < 0) {
            return keyframes[0].pose;
        }
        if (i == keyframes.length - 1) {
            return keyframes[i].pose;
        }
        Keyframe a = keyframes[i];
        Keyframe b = keyframes[i + 1];
        double f = (tSeconds - a.tSeconds) / (b.tSeconds - a.tSeconds);
        Vector3 position = a.pose.position().plus(b.pose.position().minus(a.pose.position()).times(f));
        return new Pose(position, a.pose.rotation().slerp(b.pose.rotation(), f));
    }

    /** The derivative of the position (metres per second) in the segment that begins at, or contains, a moment; zero outside of all segments. */
    public Vector3 velocityAt(double tSeconds) {
        int i = before(tSeconds);
        if (i < 0 || i == keyframes.length - 1) {
            return Vector3.ZERO;
        }
        Keyframe a = keyframes[i];
        Keyframe b = keyframes[i + 1];
        return b.pose.position().minus(a.pose.position()).times(1 / (b.tSeconds - a.tSeconds));
    }
}
