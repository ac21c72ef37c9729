package io.pinna.hrtf.measurement;

import io.pinna.internal.Check;
import java.nio.file.Path;

/**
 * One recording of the sweep with the microphones in the ears. Immutable.
 *
 * @param recording        a sound file (WAV or FLAC) of two channels: left ear, right ear
 * @param azimuthDegrees   of the loudspeaker from the head, counter-clockwise from straight ahead (−360 to 360): 90 is left
 * @param elevationDegrees of the loudspeaker, up from the plane of the ears (−90 to 90)
 * @param distanceMeters   from the middle of the head to the loudspeaker (0.5 to 10)
 */
public record Take(Path recording, double azimuthDegrees, double elevationDegrees, double distanceMeters) {
    /** @throws io.pinna.InvalidValueException if a value is null or out of its range */
    public Take {
        Check.notNull(recording, "recording");
        Check.inRange(azimuthDegrees, -360, 360, "azimuthDegrees");
        Check.inRange(elevationDegrees, -90, 90, "elevationDegrees");
        Check.inRange(distanceMeters, 0.5, 10, "distanceMeters");
    }
}
