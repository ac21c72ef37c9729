package io.pinna;

import io.pinna.acoustics.Directivity;
import io.pinna.acoustics.DistanceModel;
import io.pinna.internal.Check;
import io.pinna.unit.Decibels;
import io.pinna.unit.Pose;

/**
 * How a new emitter starts out. All but the name can be changed later on its handle.
 *
 * @param name         used in reports
 * @param pose         where it is
 * @param gainLinear   amplitude (0 to 1000)
 * @param pitch        playback rate (0.125 to 8)
 * @param looping      starts over at its end
 * @param radiusMeters size of the sphere whose visible part says how far it is occluded (0 to 1000)
 * @param directivity  pattern about its −z axis
 * @param distance     level over distance
 * @param priority     higher stays audible longer when voices run out (−1000 to 1000)
 */
public record EmitterSettings(String name, Pose pose, double gainLinear, double pitch, boolean looping, double radiusMeters,
                              Directivity directivity, DistanceModel distance, int priority) {
    public EmitterSettings {
        Check.notBlank(name, "name");
        Check.notNull(pose, "pose");
        checkGain(gainLinear);
        checkPitch(pitch);
        checkRadius(radiusMeters);
        Check.notNull(directivity, "directivity");
        Check.notNull(distance, "distance");
        checkPriority(priority);
    }

    /** Gain 1, pitch 1, once, radius 0.2 m, omnidirectional, inverse from 1 to 100 m, priority 0. */
    public static EmitterSettings named(String name) {
        return new EmitterSettings(name, Pose.ORIGIN, 1, 1, false, 0.2, Directivity.OMNIDIRECTIONAL, DistanceModel.inverse(1, 100), 0);
    }

    public EmitterSettings at(Pose value) {
        return new EmitterSettings(name, value, gainLinear, pitch, looping, radiusMeters, directivity, distance, priority);
    }

    public EmitterSettings at(double x, double y, double z) {
        return at(Pose.at(x, y, z));
    }

    public EmitterSettings withGainLinear(double value) {
        return new EmitterSettings(name, pose, value, pitch, looping, radiusMeters, directivity, distance, priority);
    }

    public EmitterSettings withGainDb(double value) {
        return withGainLinear(Decibels.toLinear(value));
    }

    public EmitterSettings withPitch(double value) {
        return new EmitterSettings(name, pose, gainLinear, value, looping, radiusMeters, directivity, distance, priority);
    }

    public EmitterSettings withLooping(boolean value) {
        return new EmitterSettings(name, pose, gainLinear, pitch, value, radiusMeters, directivity, distance, priority);
    }

    public EmitterSettings withRadiusMeters(double value) {
        return new EmitterSettings(name, pose, gainLinear, pitch, looping, value, directivity, distance, priority);
    }

    public EmitterSettings withDirectivity(Directivity value) {
        return new EmitterSettings(name, pose, gainLinear, pitch, looping, radiusMeters, value, distance, priority);
    }

    public EmitterSettings withDistance(DistanceModel value) {
        return new EmitterSettings(name, pose, gainLinear, pitch, looping, radiusMeters, directivity, value, priority);
    }

    public EmitterSettings withPriority(int value) {
        return new EmitterSettings(name, pose, gainLinear, pitch, looping, radiusMeters, directivity, distance, value);
    }

    static double checkGain(double value) {
        return Check.inRange(value, 0, 1000, "gainLinear");
    }

    static double checkPitch(double value) {
        return Check.inRange(value, 0.125, 8, "pitch");
    }

    static double checkRadius(double value) {
        return Check.inRange(value, 0, 1000, "radiusMeters");
    }

    static int checkPriority(int value) {
        return Check.inRange(value, -1000, 1000, "priority");
    }
}
