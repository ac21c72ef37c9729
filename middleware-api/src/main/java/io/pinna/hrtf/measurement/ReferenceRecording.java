package io.pinna.hrtf.measurement;

import io.pinna.internal.Check;
import java.nio.file.Path;

/**
 * The sweep recorded by the same microphones without the head, at the place of its middle: what loudspeaker and microphones themselves do, for each microphone. Immutable.
 *
 * @param left           a sound file of two channels whose first is the left ear's microphone at that place
 * @param right          one whose second channel is the right ear's microphone at that place; the same file if both were there side by side
 * @param distanceMeters from the loudspeaker to that place (0.3 to 10)
 */
public record ReferenceRecording(Path left, Path right, double distanceMeters) {
    /** @throws io.pinna.InvalidValueException if a value is null or out of its range */
    public ReferenceRecording {
        Check.notNull(left, "left");
        Check.notNull(right, "right");
        Check.inRange(distanceMeters, 0.3, 10, "distanceMeters");
    }
}
