package io.pinna.acoustics;

import io.pinna.InvalidValueException;
import io.pinna.internal.Check;

/**
 * How the level falls with distance: a linear amplitude gain that is 1 at the reference distance and nearer. Immutable.
 *
 * @param kind            the formula, see {@link Kind}
 * @param referenceMeters the distance of gain 1 (&gt; 0, finite)
 * @param maxMeters       farther away the level stays what it is here, or is silence for {@link Kind#LINEAR} (finite, &gt; reference)
 * @param rolloff         the formula's strength (0 to 100); 1 is natural for {@link Kind#INVERSE}
 */
public record DistanceModel(Kind kind, double referenceMeters, double maxMeters, double rolloff) {
    /** The formulas, with d clamped to reference .. max (those of the OpenAL 1.1 specification, section 3.4). */
    public enum Kind {
        /** No attenuation. */
        NONE,
        /** ref / (ref + rolloff·(d − ref)): −6 dB for each doubling. */
        INVERSE,
        /** 1 − rolloff·(d − ref) / (max − ref), not below 0. */
        LINEAR,
        /** (d / ref)^−rolloff. */
        EXPONENTIAL
    }

    public DistanceModel {
        Check.notNull(kind, "kind");
        Check.inRange(referenceMeters, 1e-3, 1e6, "referenceMeters");
        Check.inRange(maxMeters, 1e-3, 1e9, "maxMeters");
        Check.inRange(rolloff, 0, 100, "rolloff");
        if (maxMeters <= referenceMeters) {
            throw new InvalidValueException("maxMeters is " + maxMeters + "; it must be larger than referenceMeters (" + referenceMeters + ")");
        }
    }

    public static DistanceModel none() {
        return new DistanceModel(Kind.NONE, 1, 1e6, 0);
    }

    /** −6 dB for each doubling of the distance from {@code referenceMeters} to {@code maxMeters}. */
    public static DistanceModel inverse(double referenceMeters, double maxMeters) {
        return new DistanceModel(Kind.INVERSE, referenceMeters, maxMeters, 1);
    }

    /** @return the linear amplitude gain at a distance (metres, ≥ 0) */
    public double gainLinear(double distanceMeters) {
        double d = Math.max(referenceMeters, Math.min(maxMeters, distanceMeters));
        return switch (kind) {
            case NONE -> 1;
            case INVERSE -> referenceMeters / (referenceMeters + rolloff * (d - referenceMeters));
            case LINEAR -> Math.max(0, 1 - rolloff * (d - referenceMeters) / (maxMeters - referenceMeters));
            case EXPONENTIAL -> Math.pow(d / referenceMeters, -rolloff);
        };
    }
}
