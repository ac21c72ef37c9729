package io.pinna.effect;

import io.pinna.InvalidValueException;
import io.pinna.internal.Check;

/**
 * The late reverberation that a listener hears. Immutable.
 *
 * @param kind      where it comes from
 * @param wetGainDb its level over that which the scene gives it (−60 to 24)
 * @param response  of {@link Kind#CONVOLUTION}, else null
 */
public record ReverbSettings(Kind kind, double wetGainDb, ImpulseResponse response) {
    /** Where reverberation comes from. */
    public enum Kind {
        /** None is made. */
        OFF,
        /** A delay network, with the level, reverberation times and pre-delay that are traced in the scene's geometry. */
        GEOMETRY,
        /** Convolution with a measured response, with the level of its file. */
        CONVOLUTION
    }

    /** From the geometry, at its own level. */
    public static final ReverbSettings DEFAULT = new ReverbSettings(Kind.GEOMETRY, 0, null);
    public static final ReverbSettings OFF = new ReverbSettings(Kind.OFF, 0, null);

    public ReverbSettings {
        Check.notNull(kind, "kind");
        Check.inRange(wetGainDb, -60, 24, "wetGainDb");
        if (kind == Kind.CONVOLUTION) {
            Check.notNull(response, "response");
        } else if (response != null) {
            throw new InvalidValueException("response is " + response + " with the kind " + kind + "; only CONVOLUTION has one");
        }
    }

    /** Convolution with a response, at its own level. */
    public static ReverbSettings convolution(ImpulseResponse response) {
        return new ReverbSettings(Kind.CONVOLUTION, 0, response);
    }

    public ReverbSettings withWetGainDb(double wetGainDb) {
        return new ReverbSettings(kind, wetGainDb, response);
    }
}
