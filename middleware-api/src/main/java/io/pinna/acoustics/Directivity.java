package io.pinna.acoustics;

import io.pinna.InvalidValueException;
import io.pinna.internal.Check;
import io.pinna.internal.RealTime;

/**
 * How an emitter's level depends on the direction: a pattern about its viewing axis (−z of its pose), the product of a first-order one, the same in all bands, and of a {@linkplain DirectivityCurve curve}, which may differ between bands:
 * gain = |(1 − dipoleWeight) + dipoleWeight·cos θ|^power · curve(θ), the first factor as in Steam Audio. Immutable.
 *
 * @param dipoleWeight 0 omnidirectional, 0.5 cardioid, 1 figure of eight
 * @param power        sharpness (0 to 64)
 * @param curve        {@link DirectivityCurve#FLAT} for the first-order pattern alone
 */
public record Directivity(double dipoleWeight, double power, DirectivityCurve curve) {
    public static final Directivity OMNIDIRECTIONAL = new Directivity(0, 1);

    public Directivity {
        Check.inRange(dipoleWeight, 0, 1, "dipoleWeight");
        Check.inRange(power, 0, 64, "power");
        Check.notNull(curve, "curve");
    }

    /** A first-order pattern alone. */
    public Directivity(double dipoleWeight, double power) {
        this(dipoleWeight, power, DirectivityCurve.FLAT);
    }

    /** A curve alone. */
    public static Directivity custom(DirectivityCurve curve) {
        return new Directivity(0, 1, curve);
    }

    /**
     * A person who talks: as measured; behind the back it is −5 dB in the low band, −10 dB in the middle and −26 dB in the high one; see {@link DirectivityPatterns}. The axis is where the mouth points.
     */
    public static Directivity talker() {
        return DirectivityPatterns.TALKER;
    }

    /** A two-way loudspeaker for a shelf, radiating as its drivers do in a rigid cabinet, flat on its axis; see {@link DirectivityPatterns}. */
    public static Directivity loudspeaker() {
        return DirectivityPatterns.LOUDSPEAKER;
    }

    /**
     * A single driver in a closed cabinet, such as that of a radio or a public address system: a rigid piston in a rigid sphere, averaged over each band as energy, 0 dB on its axis.
     *
     * @param coneRadiusMeters    radius of what moves (0.005 to 0.5, at most 0.9 of the cabinet's radius)
     * @param cabinetRadiusMeters radius of a ball of the cabinet's volume (0.01 to 1)
     */
    public static Directivity loudspeaker(double coneRadiusMeters, double cabinetRadiusMeters) {
        Check.inRange(coneRadiusMeters, 0.005, 0.5, "coneRadiusMeters");
        Check.inRange(cabinetRadiusMeters, 0.01, 1, "cabinetRadiusMeters");
        if (coneRadiusMeters > 0.9 * cabinetRadiusMeters) {
            throw new InvalidValueException("coneRadiusMeters is " + coneRadiusMeters + "; it must be at most 0.9 of cabinetRadiusMeters (" + cabinetRadiusMeters + ")");
        }
        return custom(DirectivityPatterns.pistons(cabinetRadiusMeters, Double.MAX_VALUE, coneRadiusMeters, coneRadiusMeters));
    }

    /**
     * The gain of the middle band, for what knows no bands.
     *
     * @return the linear amplitude gain, for the cosine of the angle between the emitter's axis and the direction to the listener
     */
    @RealTime
    public double gainLinear(double cosine) {
        return gainLinear(1, cosine);
    }

    /**
     * @param band   0 to {@value Bands#COUNT} − 1
     * @param cosine of the angle between the emitter's axis and the direction to the listener
     * @return the linear amplitude gain
     */
    @RealTime
    public double gainLinear(int band, double cosine) {
        double pattern = dipoleWeight == 0 ? 1 : Math.pow(Math.abs(1 - dipoleWeight + dipoleWeight * cosine), power);
        return curve.isFlat() ? pattern : pattern * curve.gainLinear(band, cosine);
    }
}
