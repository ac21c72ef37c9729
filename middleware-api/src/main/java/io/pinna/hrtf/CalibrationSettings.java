package io.pinna.hrtf;

import io.pinna.internal.Check;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A listening test. Immutable; any thread.
 *
 * @param start      what the listener is taken for first, say from body measurements; without it, the mean of all people
 * @param model      another model than the built-in one, as written by {@code assets/training}
 * @param mostProbes answers after which the test is done at the latest (1 to 200)
 * @param seed       of everything random: the same seed and the same answers give the same test
 */
public record CalibrationSettings(Optional<PersonalHrtf> start, Optional<Path> model, int mostProbes, long seed) {
    /** From the mean of all people, at most 40 probes: under three minutes at four seconds each. */
    public static final CalibrationSettings DEFAULT = new CalibrationSettings(Optional.empty(), Optional.empty(), 40, 1);

    public CalibrationSettings {
        Check.notNull(start, "start");
        Check.notNull(model, "model");
        Check.inRange(mostProbes, 1, 200, "mostProbes");
    }

    public CalibrationSettings withStart(PersonalHrtf hrtf) {
        return new CalibrationSettings(Optional.of(Check.notNull(hrtf, "start")), model, mostProbes, seed);
    }

    public CalibrationSettings withModel(Path file) {
        return new CalibrationSettings(start, Optional.of(Check.notNull(file, "model")), mostProbes, seed);
    }

    public CalibrationSettings withMostProbes(int count) {
        return new CalibrationSettings(start, model, count, seed);
    }

    public CalibrationSettings withSeed(long value) {
        return new CalibrationSettings(start, model, mostProbes, value);
    }
}
