package io.pinna;

import io.pinna.internal.Check;

/**
 * A test signal, made at the engine's own rate (so nothing of it aliases), the same bits every time. Immutable; from any thread. Give it to {@link Sound#generator}.
 */
public sealed interface SignalGenerator {
    /**
     * One second that is 1 in its first frame and silence after. Looped, it is one impulse a second.
     */
    record Impulse() implements SignalGenerator {
    }

    /**
     * An endless sine of amplitude 1 that begins at phase 0.
     *
     * @param frequencyHz above 0; must lie below half the engine's rate, which is checked when an emitter takes the sound
     */
    record Sine(double frequencyHz) implements SignalGenerator {
        public Sine {
            Check.inRange(frequencyHz, 1e-3, 384000, "frequencyHz");
        }
    }

    /**
     * Endless white noise of RMS 0.1, uniformly distributed in ±0.1·√3, which never repeats: frame n is a hash of the seed and n (the SplitMix64 mix of Steele, Lea and Flood, 2014).
     */
    record White(long seed) implements SignalGenerator {
    }

    /**
     * Endless pink noise of RMS 0.1: power falls by 3.01 dB an octave from 20 Hz to half the engine's rate and is level below; exactly so, because it is the inverse transform of that spectrum
     * with random phases. It repeats without a seam after 2^20 frames (21.8 s at 48 kHz).
     */
    record Pink(long seed) implements SignalGenerator {
    }

    /**
     * An exponential sine sweep of amplitude 1 (A. Farina, "Simultaneous measurement of impulse response and distortion with a swept-sine technique", AES 108, 2000):
     * x(t) = sin(2π·f1·T/ln(f2/f1)·(exp(t/T·ln(f2/f1)) − 1)), followed by silence.
     *
     * @param fromHz  f1, above 0
     * @param toHz    f2, above 0 and different from f1 (lower for a falling sweep); both must be at most half the engine's rate
     * @param seconds T (0.001 to 600)
     */
    record Sweep(double fromHz, double toHz, double seconds) implements SignalGenerator {
        public Sweep {
            Check.inRange(fromHz, 1e-3, 384000, "fromHz");
            Check.inRange(toHz, 1e-3, 384000, "toHz");
            Check.inRange(seconds, 0.001, 600, "seconds");
            if (Math.abs(Math.log(toHz / fromHz)) < 1e-6) {
                throw new InvalidValueException("toHz is " + toHz + ", the same as fromHz; a sweep needs two frequencies (for one, take sine)");
            }
        }
    }

    static SignalGenerator impulse() {
        return new Impulse();
    }

    /** @throws InvalidValueException unless the frequency is above 0 and finite */
    static SignalGenerator sine(double frequencyHz) {
        return new Sine(frequencyHz);
    }

    static SignalGenerator white(long seed) {
        return new White(seed);
    }

    static SignalGenerator pink(long seed) {
        return new Pink(seed);
    }

    /** @throws InvalidValueException if a frequency or the duration is out of range, or both frequencies are the same */
    static SignalGenerator sweep(double fromHz, double toHz, double seconds) {
        return new Sweep(fromHz, toHz, seconds);
    }
}
