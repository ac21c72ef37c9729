package io.pinna.unit;

import io.pinna.InvalidValueException;
import io.pinna.internal.Check;

/**
 * A rotation as a unit quaternion (x, y, z, w) in right-handed, y-up world axes. {@link #IDENTITY} looks along −z with +x to the right. Immutable; the constructor
 * normalises.
 */
public record Rotation(double x, double y, double z, double w) {
    public static final Rotation IDENTITY = new Rotation(0, 0, 0, 1);

    public Rotation {
        Check.finite(x, "x");
        Check.finite(y, "y");
        Check.finite(z, "z");
        Check.finite(w, "w");
        double norm = Math.sqrt(x * x + y * y + z * z + w * w);
        if (!(norm > 1e-9) || Double.isInfinite(norm)) {
            throw new InvalidValueException("the quaternion (" + x + ", " + y + ", " + z + ", " + w + ") has no direction; give one of non-zero, finite length");
        }
        x /= norm;
        y /= norm;
        z /= norm;
        w /= norm;
    }

    /**
     * Yaw about +y (counter-clockwise seen from above, so positive turns to the left), then pitch about the turned x axis (positive looks up), then roll about the
     * turned viewing axis (positive tilts the head to its right shoulder). All in radians.
     */
    public static Rotation ofYawPitchRoll(double yawRadians, double pitchRadians, double rollRadians) {
        Rotation yaw = ofAxis(0, 1, 0, yawRadians);
        Rotation pitch = ofAxis(1, 0, 0, pitchRadians);
        // The viewing axis is −z; a right-handed turn about it lowers the right side.
        Rotation roll = ofAxis(0, 0, -1, rollRadians);
        return yaw.times(pitch).times(roll);
    }

    private static Rotation ofAxis(double ax, double ay, double az, double angleRadians) {
        double s = Math.sin(angleRadians / 2);
        return new Rotation(ax * s, ay * s, az * s, Math.cos(angleRadians / 2));
    }

    /** This rotation after {@code other}: the Hamilton product this·other. */
    public Rotation times(Rotation other) {
        return new Rotation(
                w * other.x + x * other.w + y * other.z - z * other.y,
                w * other.y - x * other.z + y * other.w + z * other.x,
                w * other.z + x * other.y - y * other.x + z * other.w,
                w * other.w - x * other.x - y * other.y - z * other.z);
    }

    public Rotation inverse() {
        return new Rotation(-x, -y, -z, w);
    }

    /** Turns a vector from local into world axes. */
    public Vector3 rotate(Vector3 v) {
        double tx = 2 * (y * v.z() - z * v.y());
        double ty = 2 * (z * v.x() - x * v.z());
        double tz = 2 * (x * v.y() - y * v.x());
        return new Vector3(
                v.x() + w * tx + y * tz - z * ty,
                v.y() + w * ty + z * tx - x * tz,
                v.z() + w * tz + x * ty - y * tx);
    }

    /** Spherical interpolation along the shorter arc; {@code t} from 0 (this) to 1 (other). */
    public Rotation slerp(Rotation other, double t) {
        double cos = x * other.x + y * other.y + z * other.z + w * other.w;
        // Half a turn has two shorter arcs; rounding must not choose between them, so that yaw 90° to 270° turns as it was written.
        double sign = cos < -1e-12 ? -1 : 1;
        double angle = Math.acos(Math.min(1, Math.abs(cos)));
        double a;
        double b;
        if (angle < 1e-6) {
            a = 1 - t;
            b = t * sign;
        } else {
            double s = Math.sin(angle);
            a = Math.sin((1 - t) * angle) / s;
            b = Math.sin(t * angle) / s * sign;
        }
        return new Rotation(a * x + b * other.x, a * y + b * other.y, a * z + b * other.z, a * w + b * other.w);
    }
}
