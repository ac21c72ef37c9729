package io.pinna.effect;

import io.pinna.internal.Check;

/**
 * The look-ahead peak limiter at the end of a listener's mix. It delays by its look-ahead and never lets a sample beyond the ceiling.
 *
 * @param enabled          off passes everything, unclipped and without its delay
 * @param ceilingDb        full scale is 0 dB (−24 to 0)
 * @param lookAheadSeconds how early the gain starts to fall (0.0005 to 0.02)
 * @param releaseSeconds   time constant of the recovery (0.01 to 2)
 */
public record LimiterSettings(boolean enabled, double ceilingDb, double lookAheadSeconds, double releaseSeconds) {
    /** On, −0.3 dB, 1.5 ms, 80 ms. */
    public static final LimiterSettings DEFAULT = new LimiterSettings(true, -0.3, 0.0015, 0.08);
    public static final LimiterSettings OFF = new LimiterSettings(false, -0.3, 0.0015, 0.08);

    public LimiterSettings {
        Check.inRange(ceilingDb, -24, 0, "ceilingDb");
        Check.inRange(lookAheadSeconds, 0.0005, 0.02, "lookAheadSeconds");
        Check.inRange(releaseSeconds, 0.01, 2, "releaseSeconds");
    }
}
