package io.pinna.internal.acoustics;

import io.pinna.acoustics.Bands;

/**
 * The late reverberation around one listener, as far as it is known. Belongs to its {@link ReverbEstimator}, which overwrites it; owned by the acoustics thread. Every value is finite always; before the
 * first update it is that of a place without reverberation.
 */
public final class ReverbEstimate {
    final double[] rt60Seconds = new double[Bands.COUNT];
    final double[] lateRt60Seconds = new double[Bands.COUNT];
    double preDelaySeconds;
    double meanFreePathMeters;
    double openness;
    double effectiveRays;
    final double[] levels;

    ReverbEstimate(int maxEmitters) {
        levels = new double[maxEmitters * Bands.COUNT];
        clear();
    }

    void clear() {
        java.util.Arrays.fill(rt60Seconds, DecayStatistics.SHORTEST_SECONDS);
        java.util.Arrays.fill(lateRt60Seconds, DecayStatistics.SHORTEST_SECONDS);
        java.util.Arrays.fill(levels, 0);
        preDelaySeconds = 0;
        meanFreePathMeters = 0;
        openness = 1;
        effectiveRays = 0;
    }

    /** The reverberation time of a band: 60 dB at the rate of about the first 9 dB of its own energy and what enters from coupled rooms, 0.05 to 20 s. The one to render where there is one decay. */
    public double rt60Seconds(int band) {
        return rt60Seconds[band];
    }

    /** The same of what comes later, which is slower where the room is coupled to a more reverberant one; 0.05 to 20 s. A rougher estimate: few rays have energy then. */
    public double lateRt60Seconds(int band) {
        return lateRt60Seconds[band];
    }

    /** How long sound that leaves the listener takes to the first reflection that is not rendered apart, on average over its energy in all bands (s, ≥ 0); 0 if there is none. */
    public double preDelaySeconds() {
        return preDelaySeconds;
    }

    /** The mean way between two surfaces (metres), 4 V / S in a room; 0 where there are none. */
    public double meanFreePathMeters() {
        return meanFreePathMeters;
    }

    /** Which fraction of the energy that leaves the listener escapes to the open before anything absorbs it, on average over bands: 0 (a closed room) to 1 (nothing around). */
    public double openness() {
        return openness;
    }

    /** Confidence: how many rays of equal energy the decay rests on, in the band where these are fewest. About 30 give 10 %. */
    public double effectiveRays() {
        return effectiveRays;
    }

    /**
     * How loud the late reverberation of an emitter is at the listener: its mean square pressure in a band, of a steady sound, over that of the emitter's direct sound at 1 m in the open (an energy ratio,
     * ≥ 0). For an emitter that radiates alike in all directions.
     */
    public double level(int emitter, int band) {
        return levels[emitter * Bands.COUNT + band];
    }
}
