package io.pinna.internal.acoustics;

import io.pinna.acoustics.AirAbsorption;
import io.pinna.internal.Check;

/**
 * How a {@link ReverbEstimator} looks for late reverberation. Immutable.
 *
 * @param bounceLimit         reflections after which a ray is left (8 to 1024). It does not bound reverberation times, which are extrapolated; 96 is plenty
 * @param stopDecibels        a ray ends when its strongest band has lost this much (10 to 120 dB)
 * @param minimumScattering   the fraction of reflected energy that leaves diffusely even where the material says less (0 to 1), so that every field mixes in the end
 * @param rangeMeters         what has met nothing within this distance has escaped (1 to 100 000)
 * @param firstOrder          reflections up to this order (0 to 8) are rendered apart; levels and pre-delay are those of the others
 * @param connectionsPerCall  bounces that an emitter is connected to at each call (1 to {@value DiffuseRain#POOL}); up to four times as many where it sees few of them
 * @param maxEmitters         emitters of which levels are kept (0 to 65 536)
 * @param smoothingSeconds    the time constant with which estimates forget (0.01 to 60 s)
 * @param air                 what the air absorbs; null for none
 * @param seed                of all random numbers
 */
public record ReverbSettings(int bounceLimit, double stopDecibels, double minimumScattering, double rangeMeters, int firstOrder, int connectionsPerCall, int maxEmitters, double smoothingSeconds,
                             AirAbsorption air, long seed) {
    /** 96 bounces, 60 dB, at least a tenth scattered, 1 km, reflections above the second order, 24 connections, 256 emitters, half a second, air of a room. */
    public static final ReverbSettings DEFAULT = new ReverbSettings(96, 60, 0.1, 1000, 2, 24, 256, 0.5, AirAbsorption.ROOM, 1);

    public ReverbSettings {
        Check.inRange(bounceLimit, 8, 1024, "bounceLimit");
        Check.inRange(stopDecibels, 10, 120, "stopDecibels");
        Check.inRange(minimumScattering, 0, 1, "minimumScattering");
        Check.inRange(rangeMeters, 1, 100_000, "rangeMeters");
        Check.inRange(firstOrder, 0, 8, "firstOrder");
        Check.inRange(connectionsPerCall, 1, DiffuseRain.POOL, "connectionsPerCall");
        Check.inRange(maxEmitters, 0, 65_536, "maxEmitters");
        Check.inRange(smoothingSeconds, 0.01, 60, "smoothingSeconds");
    }
}
