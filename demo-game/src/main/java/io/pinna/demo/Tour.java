package io.pinna.demo;

import com.jme3.math.Vector3f;
import com.jme3.renderer.Camera;
import java.util.List;

/**
 * The walk: from the ward through the door, a way along the corridor, and back, where the door falls shut behind the listener. Positions and turns run smoothly through the keyframes (cubic Hermite
 * with slopes by finite differences). Stateless.
 */
final class Tour {
    /** Its whole length (seconds). */
    static final double SECONDS = 54;
    static final double DOOR_OPENS_SECONDS = 20.5;
    static final double DOOR_CLOSES_SECONDS = 43.5;
    static final double EYE_METERS = 1.68;

    private static final double BED_SCRAPES_SECONDS = 14.5;
    private static final double INTERCOM_SECONDS = 30;

    /** @param yawDegrees 0 looks north, positive to the left; not wrapped, so that turns have a direction */
    private record Key(double seconds, double x, double z, double yawDegrees, double pitchDegrees) {
    }

    private static final List<Key> KEYS = List.of(
            new Key(0.0, 6.3, 5.0, 62, -3),
            new Key(2.5, 6.3, 5.0, 58, -2),
            new Key(6.0, 4.9, 4.4, 120, 0),
            new Key(8.5, 4.5, 4.5, 172, 2),
            new Key(10.5, 4.2, 4.4, 130, 0),
            new Key(13.5, 2.3, 4.0, 92, -4),
            new Key(15.5, 1.9, 3.9, 45, -8),
            new Key(17.0, 2.5, 3.4, -15, -4),
            new Key(19.5, 4.7, 2.4, -38, 0),
            new Key(22.0, 5.40, 1.05, -18, 0),
            new Key(23.5, 5.95, 0.55, 2, 0),
            new Key(26.5, 5.98, -1.35, 10, 0),
            new Key(28.5, 5.7, -1.45, 78, 0),
            new Key(32.5, 3.0, -1.40, 92, 2),
            new Key(34.0, 2.7, -1.40, 60, 0),
            new Key(35.5, 2.75, -1.40, -60, 0),
            new Key(37.0, 3.2, -1.40, -90, 0),
            new Key(40.5, 5.95, -1.35, -130, 0),
            new Key(41.5, 6.0, -0.9, -178, 0),
            new Key(43.5, 5.90, 0.65, -180, -3),
            new Key(45.0, 5.40, 1.25, -196, -3),
            new Key(47.0, 5.1, 2.0, -330, 0),
            new Key(49.0, 5.1, 2.2, -372, 0),
            new Key(51.5, 5.15, 2.5, -350, 2),
            new Key(54.0, 5.2, 2.9, -362, 0));

    private Tour() {
    }

    /** Puts a camera where the walker's eyes are. @param timeSeconds since the start; beyond the end the walker stands still */
    static void place(Camera camera, double timeSeconds) {
        double t = Math.max(0, Math.min(SECONDS, timeSeconds));
        double yaw = Math.toRadians(at(t, 2) + 3 * Math.sin(1.7 * t) + 2 * Math.sin(0.61 * t + 1));
        double pitch = Math.toRadians(at(t, 3) + 1.5 * Math.sin(0.9 * t));
        camera.setLocation(new Vector3f((float) at(t, 0), (float) EYE_METERS, (float) at(t, 1)));
        Vector3f direction = new Vector3f((float) (-Math.sin(yaw) * Math.cos(pitch)), (float) Math.sin(pitch), (float) (-Math.cos(yaw) * Math.cos(pitch)));
        camera.lookAtDirection(direction, Vector3f.UNIT_Y);
    }

    /** Lets happen what is due between two times, the first exclusive. */
    static void act(ClinicScene scene, double fromSeconds, double toSeconds) {
        if (isDue(DOOR_OPENS_SECONDS, fromSeconds, toSeconds)) {
            scene.setDoorOpen(true);
        }
        if (isDue(DOOR_CLOSES_SECONDS, fromSeconds, toSeconds)) {
            scene.setDoorOpen(false);
        }
        if (isDue(BED_SCRAPES_SECONDS, fromSeconds, toSeconds)) {
            scene.sounds().play("scraping bed");
        }
        if (isDue(INTERCOM_SECONDS, fromSeconds, toSeconds)) {
            scene.sounds().play("intercom");
        }
    }

    private static boolean isDue(double when, double from, double to) {
        return when > from && when <= to;
    }

    private static double at(double t, int component) {
        int i = 0;
        while (i < KEYS.size() - 2 && KEYS.get(i + 1).seconds <= t) {
            i++;
        }
        double t0 = KEYS.get(i).seconds;
        double t1 = KEYS.get(i + 1).seconds;
        double h = t1 - t0;
        double s = (t - t0) / h;
        double a = value(i, component);
        double b = value(i + 1, component);
        double slopeA = slope(i, component) * h;
        double slopeB = slope(i + 1, component) * h;
        return a * (1 + 2 * s) * (1 - s) * (1 - s) + slopeA * s * (1 - s) * (1 - s) + b * s * s * (3 - 2 * s) + slopeB * s * s * (s - 1);
    }

    private static double slope(int i, int component) {
        if (i == 0 || i == KEYS.size() - 1) {
            return 0;
        }
        double before = (value(i, component) - value(i - 1, component)) / (KEYS.get(i).seconds - KEYS.get(i - 1).seconds);
        double after = (value(i + 1, component) - value(i, component)) / (KEYS.get(i + 1).seconds - KEYS.get(i).seconds);
        // At a turning point the walker stops; elsewhere the gentler of two slopes does not overshoot (harmonic mean, as in Fritsch and Butland).
        return before * after <= 0 ? 0 : 2 * before * after / (before + after);
    }

    private static double value(int i, int component) {
        Key key = KEYS.get(i);
        return switch (component) {
            case 0 -> key.x;
            case 1 -> key.z;
            case 2 -> key.yawDegrees;
            default -> key.pitchDegrees;
        };
    }
}
