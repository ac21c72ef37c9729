package io.pinna.internal.snapshot;

import io.pinna.acoustics.Directivity;
import io.pinna.acoustics.DistanceModel;
import io.pinna.internal.RealTime;
import io.pinna.internal.acoustics.GeometrySnapshot;
import java.util.Arrays;

/**
 * The state of all listeners and emitters as of one {@code commit()}. Filled on the game thread, read on the acoustics, inference or audio thread (each has a copy of its own, in a triple buffer).
 * Handles are slots; a slot's generation is 0 while it is free and differs each time it is taken.
 */
public final class SceneFrame {
    /** Nearer than this there is no direction. */
    public static final double NO_DIRECTION_METERS = 1e-3;

    public long number;

    public final int[] listenerGeneration;
    /** Three a listener, metres. */
    public final double[] listenerPosition;
    /** Quaternion x, y, z, w a listener, head to world. */
    public final double[] listenerRotation;
    /** Three a listener, metres per second. */
    public final double[] listenerVelocity;

    /** Slots from here on are free. */
    public int emitterLimit;
    public final int[] emitterGeneration;
    /** Three an emitter, metres. */
    public final double[] emitterPosition;
    /** Unit vector an emitter: its viewing axis. */
    public final double[] emitterAxis;
    /** Three an emitter, metres per second. */
    public final double[] emitterVelocity;
    public final float[] emitterGain;
    public final float[] emitterPitch;
    public final float[] emitterRadius;
    public final int[] emitterPriority;
    public final boolean[] emitterLooping;
    public final DistanceModel[] emitterDistance;
    public final Directivity[] emitterDirectivity;

    /** Null until there is geometry. */
    public GeometrySnapshot geometry;

    public SceneFrame(int listeners, int emitters) {
        listenerGeneration = new int[listeners];
        listenerPosition = new double[3 * listeners];
        listenerRotation = new double[4 * listeners];
        listenerVelocity = new double[3 * listeners];
        emitterGeneration = new int[emitters];
        emitterPosition = new double[3 * emitters];
        emitterAxis = new double[3 * emitters];
        emitterVelocity = new double[3 * emitters];
        emitterGain = new float[emitters];
        emitterPitch = new float[emitters];
        emitterRadius = new float[emitters];
        emitterPriority = new int[emitters];
        emitterLooping = new boolean[emitters];
        emitterDistance = new DistanceModel[emitters];
        emitterDirectivity = new Directivity[emitters];
    }

    public int listeners() {
        return listenerGeneration.length;
    }

    public void copyFrom(SceneFrame other) {
        number = other.number;
        geometry = other.geometry;
        int l = listeners();
        System.arraycopy(other.listenerGeneration, 0, listenerGeneration, 0, l);
        System.arraycopy(other.listenerPosition, 0, listenerPosition, 0, 3 * l);
        System.arraycopy(other.listenerRotation, 0, listenerRotation, 0, 4 * l);
        System.arraycopy(other.listenerVelocity, 0, listenerVelocity, 0, 3 * l);
        int e = other.emitterLimit;
        if (emitterLimit > e) {
            Arrays.fill(emitterGeneration, e, emitterLimit, 0);
        }
        emitterLimit = e;
        System.arraycopy(other.emitterGeneration, 0, emitterGeneration, 0, e);
        System.arraycopy(other.emitterPosition, 0, emitterPosition, 0, 3 * e);
        System.arraycopy(other.emitterAxis, 0, emitterAxis, 0, 3 * e);
        System.arraycopy(other.emitterVelocity, 0, emitterVelocity, 0, 3 * e);
        System.arraycopy(other.emitterGain, 0, emitterGain, 0, e);
        System.arraycopy(other.emitterPitch, 0, emitterPitch, 0, e);
        System.arraycopy(other.emitterRadius, 0, emitterRadius, 0, e);
        System.arraycopy(other.emitterPriority, 0, emitterPriority, 0, e);
        System.arraycopy(other.emitterLooping, 0, emitterLooping, 0, e);
        System.arraycopy(other.emitterDistance, 0, emitterDistance, 0, e);
        System.arraycopy(other.emitterDirectivity, 0, emitterDirectivity, 0, e);
    }

    /** Between a listener and an emitter (metres). */
    @RealTime
    public double distance(int listener, int emitter) {
        double dx = emitterPosition[3 * emitter] - listenerPosition[3 * listener];
        double dy = emitterPosition[3 * emitter + 1] - listenerPosition[3 * listener + 1];
        double dz = emitterPosition[3 * emitter + 2] - listenerPosition[3 * listener + 2];
        return Math.sqrt(dx * dx + dy * dy + dz * dz);
    }

    /**
     * The direction of an emitter from a listener.
     *
     * @param direction takes a unit vector in head axes (x front, y left, z up), or zeros if the emitter is nearer than {@link #NO_DIRECTION_METERS}
     * @return its distance in metres
     */
    @RealTime
    public double headDirection(int listener, int emitter, float[] direction) {
        return headDirection(listener, emitterPosition, 3 * emitter, direction);
    }

    /**
     * The direction of a place from a listener.
     *
     * @param place     world axes (metres), from {@code at} on
     * @param direction as above
     * @return its distance in metres
     */
    @RealTime
    public double headDirection(int listener, double[] place, int at, float[] direction) {
        double dx = place[at] - listenerPosition[3 * listener];
        double dy = place[at + 1] - listenerPosition[3 * listener + 1];
        double dz = place[at + 2] - listenerPosition[3 * listener + 2];
        double distance = Math.sqrt(dx * dx + dy * dy + dz * dz);
        // Into the head's own axes by the inverse rotation, that is, with the quaternion's vector part negated.
        double qx = -listenerRotation[4 * listener];
        double qy = -listenerRotation[4 * listener + 1];
        double qz = -listenerRotation[4 * listener + 2];
        double qw = listenerRotation[4 * listener + 3];
        double tx = 2 * (qy * dz - qz * dy);
        double ty = 2 * (qz * dx - qx * dz);
        double tz = 2 * (qx * dy - qy * dx);
        double hx = dx + qw * tx + qy * tz - qz * ty;
        double hy = dy + qw * ty + qz * tx - qx * tz;
        double hz = dz + qw * tz + qx * ty - qy * tx;
        double scale = distance < NO_DIRECTION_METERS ? 0 : 1 / distance;
        // The engine looks along −z with +x to the right and y up; SOFA's head has x to the front, y to the left, z up.
        direction[0] = (float) (-hz * scale);
        direction[1] = (float) (-hx * scale);
        direction[2] = (float) (hy * scale);
        return distance;
    }
}
