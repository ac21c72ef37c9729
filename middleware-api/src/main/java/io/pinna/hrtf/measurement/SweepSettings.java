package io.pinna.hrtf.measurement;

import io.pinna.InvalidValueException;
import io.pinna.internal.Check;

/**
 * The test signal: an exponential sine sweep (A. Farina, "Simultaneous measurement of impulse response and distortion with a swept-sine technique", AES 108, 2000), once or several times, with silence
 * before, between and after. With f₁, f₂ the ends and T the duration:
 *
 * <pre>
 *   x(t) = sin( 2π·f₁·L·( e^(t/L) − 1 ) ),   L = T / ln(f₂/f₁),   0 ≤ t ≤ T
 * </pre>
 *
 * <p>It fades in over its first third of an octave and out over its last twenty-fourth (half Hann windows). Whoever analyses recordings must know these settings. Immutable.
 *
 * @param sampleRateHz    of the file that is played (44100 to 192000)
 * @param durationSeconds T of one sweep (1 to 60); every doubling gains 3 dB over the noise
 * @param lowestHz        f₁ (20 to 500)
 * @param highestHz       f₂ (10000 to 20000)
 * @param levelDb         of the sine against full scale (−60 to 0); leave some room, players add effects
 * @param repeats         how many sweeps (1 to 16). From two on, the clocks of player and recorder are compared by the distance of the sweeps, and it is seen whether the head kept still; with a single
 *                        sweep the clocks are compared by its phase, less exactly
 * @param silenceSeconds  before the first sweep and after every one (0.5 to 10); no shorter than the room's reverberation time
 */
public record SweepSettings(int sampleRateHz, double durationSeconds, double lowestHz, double highestHz, double levelDb, int repeats, double silenceSeconds) {
    /** Two sweeps of 5 seconds from 50 Hz to 20 kHz at −12 dB, 48 kHz, a second of silence. */
    public static final SweepSettings DEFAULT = new SweepSettings(48000, 5, 50, 20000, -12, 2, 1);

    /** @throws InvalidValueException if a value is out of its range, or the file would be longer than five minutes */
    public SweepSettings {
        Check.inRange(sampleRateHz, 44100, 192000, "sampleRateHz");
        Check.inRange(durationSeconds, 1, 60, "durationSeconds");
        Check.inRange(lowestHz, 20, 500, "lowestHz");
        Check.inRange(highestHz, 10000, 20000, "highestHz");
        Check.inRange(levelDb, -60, 0, "levelDb");
        Check.inRange(repeats, 1, 16, "repeats");
        Check.inRange(silenceSeconds, 0.5, 10, "silenceSeconds");
        if (silenceSeconds + repeats * (durationSeconds + silenceSeconds) > 300) {
            throw new InvalidValueException("the sweeps take " + Math.round(silenceSeconds + repeats * (durationSeconds + silenceSeconds)) + " seconds; allowed are 300: choose fewer repeats or shorter sweeps");
        }
    }

    public SweepSettings withSampleRateHz(int value) {
        return new SweepSettings(value, durationSeconds, lowestHz, highestHz, levelDb, repeats, silenceSeconds);
    }

    public SweepSettings withRepeats(int value) {
        return new SweepSettings(sampleRateHz, durationSeconds, lowestHz, highestHz, levelDb, value, silenceSeconds);
    }

    public SweepSettings withDurationSeconds(double value) {
        return new SweepSettings(sampleRateHz, value, lowestHz, highestHz, levelDb, repeats, silenceSeconds);
    }

    public SweepSettings withSilenceSeconds(double value) {
        return new SweepSettings(sampleRateHz, durationSeconds, lowestHz, highestHz, levelDb, repeats, value);
    }

    /** From the start of one sweep to that of the next (seconds). */
    public double periodSeconds() {
        return durationSeconds + silenceSeconds;
    }

    /** Of the whole file (seconds). */
    public double totalSeconds() {
        return silenceSeconds + repeats * periodSeconds();
    }
}
