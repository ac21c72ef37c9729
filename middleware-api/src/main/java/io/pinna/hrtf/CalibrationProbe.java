package io.pinna.hrtf;

import io.pinna.Sound;
import io.pinna.internal.Check;

/**
 * A sound of a listening test: {@code sound} is to be played from this direction to a listener that wears {@code profile}, on headphones, dry and without head tracking, some metres away; then the listener points to where it
 * seemed to come from. Immutable; any thread.
 *
 * @param number           of the probe, from 1: how many answers there will be with its own
 * @param azimuthDegrees   in head axes, counter-clockwise from the front (−180 to 180)
 * @param elevationDegrees up (−90 to 90)
 * @param profile          ears to render it with: those that are expected to tell most, not always the present estimate
 * @param sound            bursts of noise, 0.74 s
 */
public record CalibrationProbe(int number, double azimuthDegrees, double elevationDegrees, HrtfProfile profile, Sound sound) {
    public CalibrationProbe {
        Check.inRange(number, 1, Integer.MAX_VALUE, "number");
        Check.inRange(azimuthDegrees, -180, 180, "azimuthDegrees");
        Check.inRange(elevationDegrees, -90, 90, "elevationDegrees");
        Check.notNull(profile, "profile");
        Check.notNull(sound, "sound");
    }
}
