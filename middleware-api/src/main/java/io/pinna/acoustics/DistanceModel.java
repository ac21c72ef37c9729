package io.pinna.acoustics;

import io.pinna.InvalidValueException;
import io.pinna.internal.Check;
import io.pinna.internal.RealTime;

/**
 * How the level falls with distance: a linear amplitude gain that is 1 at the reference distance and nearer, or whatever a {@linkplain #custom curve of one's own} says. Immutable.
 *
 * @param kind            the formula, see {@link Kind}
 * @param referenceMeters the distance of gain 1 (&gt; 0, finite); of a curve, the distance of its first point
 * @param maxMeters       farther away the level stays what it is here, or is silence for {@link Kind#LINEAR} (finite, &gt; reference); of a curve, the distance of its last point
 * @param rolloff         the formula's strength (0 to 100); 1 is natural for {@link Kind#INVERSE}; of a curve 1
 * @param curve           the points of {@link Kind#CUSTOM}; null for every other kind
 */
public record DistanceModel(Kind kind, double referenceMeters, double maxMeters, double rolloff, DistanceCurve curve) {
    /** The formulas, with d clamped to reference .. max (all but {@link #CUSTOM} are those of the OpenAL 1.1 specification, section 3.4). */
    public enum Kind {
        /** No attenuation. */
        NONE,
        /** ref / (ref + rolloff·(d − ref)): −6 dB for each doubling. */
        INVERSE,
        /** 1 − rolloff·(d − ref) / (max − ref), not below 0. */
        LINEAR,
        /** (d / ref)^−rolloff. */
        EXPONENTIAL,
        /** What a {@link DistanceCurve} says. */
        CUSTOM
    }

    public DistanceModel {
        Check.notNull(kind, "kind");
        Check.inRange(referenceMeters, 1e-3, kind == Kind.CUSTOM ? DistanceCurve.MOST_METERS : 1e6, "referenceMeters");
        Check.inRange(maxMeters, 1e-3, 1e9, "maxMeters");
        Check.inRange(rolloff, 0, 100, "rolloff");
        if (kind == Kind.CUSTOM) {
            Check.notNull(curve, "curve");
            if (referenceMeters != curve.firstMeters() || maxMeters != curve.lastMeters() || rolloff != 1) {
                throw new InvalidValueException("referenceMeters, maxMeters and rolloff are " + referenceMeters + ", " + maxMeters + " and " + rolloff + "; with a curve they are the distances of its ends and 1 ("
                        + curve.firstMeters() + ", " + curve.lastMeters() + " and 1.0); use DistanceModel.custom");
            }
        } else {
            if (maxMeters <= referenceMeters) {
                throw new InvalidValueException("maxMeters is " + maxMeters + "; it must be larger than referenceMeters (" + referenceMeters + ")");
            }
            if (curve != null) {
                throw new InvalidValueException("curve is " + curve + "; only the kind CUSTOM has one, and the kind is " + kind);
            }
        }
    }

    /** A formula. */
    public DistanceModel(Kind kind, double referenceMeters, double maxMeters, double rolloff) {
        this(kind, referenceMeters, maxMeters, rolloff, null);
    }

    public static DistanceModel none() {
        return new DistanceModel(Kind.NONE, 1, 1e6, 0);
    }

    /** −6 dB for each doubling of the distance from {@code referenceMeters} to {@code maxMeters}. */
    public static DistanceModel inverse(double referenceMeters, double maxMeters) {
        return new DistanceModel(Kind.INVERSE, referenceMeters, maxMeters, 1);
    }

    /** A curve of one's own. */
    public static DistanceModel custom(DistanceCurve curve) {
        Check.notNull(curve, "curve");
        return new DistanceModel(Kind.CUSTOM, curve.firstMeters(), curve.lastMeters(), 1, curve);
    }

    /** @return the linear amplitude gain at a distance (metres, ≥ 0) */
    @RealTime
    public double gainLinear(double distanceMeters) {
        double d = Math.max(referenceMeters, Math.min(maxMeters, distanceMeters));
        return switch (kind) {
            case NONE -> 1;
            case INVERSE -> referenceMeters / (referenceMeters + rolloff * (d - referenceMeters));
            case LINEAR -> Math.max(0, 1 - rolloff * (d - referenceMeters) / (maxMeters - referenceMeters));
            case EXPONENTIAL -> Math.pow(d / referenceMeters, -rolloff);
            case CUSTOM -> curve.gainLinear(d);
        };
    }
}
