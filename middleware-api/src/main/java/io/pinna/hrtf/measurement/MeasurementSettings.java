package io.pinna.hrtf.measurement;

import io.pinna.InvalidValueException;
import io.pinna.internal.Check;

/**
 * How recordings are analysed. Immutable.
 *
 * @param sampleRateHz       of the responses that are written: 44100 or 48000
 * @param windowSeconds      what is kept after the first arrival (0.0015 to 0.02), or null to end before the first reflection that is found, 8 ms at the latest. Give it where you know the room: a wall or
 *                           floor at the same distance h from head and loudspeaker, which are d apart, answers (√(d² + 4h²) − d)/343 m/s after the direct sound
 * @param equalizationGainDb the most that a frequency is raised, against the median, to undo loudspeaker and microphone (6 to 60)
 */
public record MeasurementSettings(int sampleRateHz, Double windowSeconds, double equalizationGainDb) {
    /** 48 kHz, window by the first reflection, 30 dB. */
    public static final MeasurementSettings DEFAULT = new MeasurementSettings(48000, null, 30);

    /** @throws InvalidValueException if a value is out of its range */
    public MeasurementSettings {
        if (sampleRateHz != 44100 && sampleRateHz != 48000) {
            throw new InvalidValueException("sampleRateHz is " + sampleRateHz + "; allowed is 44100 or 48000");
        }
        if (windowSeconds != null) {
            Check.inRange(windowSeconds, 0.0015, 0.02, "windowSeconds");
        }
        Check.inRange(equalizationGainDb, 6, 60, "equalizationGainDb");
    }

    public MeasurementSettings withSampleRateHz(int value) {
        return new MeasurementSettings(value, windowSeconds, equalizationGainDb);
    }

    public MeasurementSettings withWindowSeconds(Double value) {
        return new MeasurementSettings(sampleRateHz, value, equalizationGainDb);
    }
}
