package io.pinna.acoustics;

import io.pinna.internal.Check;

/**
 * A first-order pattern about the emitter's viewing axis (−z of its pose): gain = |(1 − dipoleWeight) + dipoleWeight·cos θ|^power, as in Steam Audio. Immutable.
 *
 * @param dipoleWeight 0 omnidirectional, 0.5 cardioid, 1 figure of eight
 * @param power        sharpness (0 to 64)
 */
public record Directivity(double dipoleWeight, double power) {
    public static final Directivity OMNIDIRECTIONAL = new Directivity(0, 1);

    public Directivity {
        Check.inRange(dipoleWeight, 0, 1, "dipoleWeight");
        Check.inRange(power, 0, 64, "power");
    }

    /** @return the linear amplitude gain, for the cosine of the angle between the emitter's axis and the direction to the listener */
    public double gainLinear(double cosine) {
        return dipoleWeight == 0 ? 1 : Math.pow(Math.abs(1 - dipoleWeight + dipoleWeight * cosine), power);
    }
}
