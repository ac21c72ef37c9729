package io.pinna.hrtf.measurement;

import java.nio.file.Path;

/** Recordings for tests of other packages: a spherical head in a room. */
public final class SimulatedSession {
    private SimulatedSession() {
    }

    /** @param reference whether to record without the head */
    public static void record(SweepSettings sweep, Path file, boolean reference, double azimuthDegrees, double elevationDegrees, double meters, boolean mono) {
        MeasurementRoom room = new MeasurementRoom(sweep);
        if (mono) {
            room.accident = x -> new float[][] {x[0]};
        }
        room.record(file, reference ? null : MeasurementRoom.sphere(0.0875, 7500), azimuthDegrees, elevationDegrees, meters);
    }
}
