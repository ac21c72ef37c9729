package io.pinna.demo;

import com.jme3.math.FastMath;
import com.jme3.math.Vector3f;
import com.jme3.scene.Node;

/** The steel door between ward and corridor: a leaf that turns about its hinge. Update thread. */
final class Door {
    /** From shut to open, and back. */
    static final double SWING_SECONDS = 1.2;
    private static final double OPEN_RADIANS = Math.toRadians(104);

    private final Node hinge;
    /** 0 shut, 1 open. */
    private double opening;
    private boolean wantedOpen;
    private boolean shutJustNow;

    /** @param hinge the leaf hangs on it; turning it about +y opens the door */
    Door(Node hinge) {
        this.hinge = hinge;
    }

    void setOpen(boolean value) {
        wantedOpen = value;
    }

    boolean isWantedOpen() {
        return wantedOpen;
    }

    /** 0 shut to 1 open. */
    double opening() {
        return opening;
    }

    Vector3f hingePosition() {
        return hinge.getWorldTranslation().add(0, 1.2f, 0);
    }

    /** True once for each time that the door fell shut. */
    boolean takeShut() {
        boolean result = shutJustNow;
        shutJustNow = false;
        return result;
    }

    /** @param seconds since the last call (≥ 0) */
    void update(double seconds) {
        double before = opening;
        double step = seconds / SWING_SECONDS;
        opening = wantedOpen ? Math.min(1, opening + step) : Math.max(0, opening - step);
        shutJustNow |= before > 0 && opening == 0;
        if (before != opening) {
            // Slow start, slow end; falling shut it gathers speed.
            double eased = wantedOpen ? Noise.step(0, 1, opening) : 1 - (1 - opening) * (1 - opening);
            hinge.setLocalRotation(hinge.getLocalRotation().fromAngleNormalAxis((float) (eased * OPEN_RADIANS), Vector3f.UNIT_Y));
        }
    }

    /** The leaf blocks the way unless it stands well open. */
    boolean isPassable() {
        return opening > 0.75;
    }

    float openDegrees() {
        return 2 * FastMath.RAD_TO_DEG * FastMath.asin(FastMath.clamp(hinge.getLocalRotation().getY(), -1, 1));
    }
}
