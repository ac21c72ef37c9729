package io.pinna.hrtf;

import io.pinna.internal.Check;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How {@link HrtfFit} completes a person's sphere. Immutable; any thread.
 *
 * @param model     another model than the built-in one, as written by {@code assets/training}
 * @param keepLevel whether the profile keeps the level of a set whose level is not that of the model (see {@link HrtfFit}); without it, it gets the model's
 */
public record FitSettings(Optional<Path> model, boolean keepLevel) {
    /** The built-in model; levels of other references are brought to the model's. */
    public static final FitSettings DEFAULT = new FitSettings(Optional.empty(), false);

    public FitSettings {
        Check.notNull(model, "model");
    }

    /** With another model. */
    public FitSettings withModel(Path file) {
        return new FitSettings(Optional.of(Check.notNull(file, "model")), keepLevel);
    }

    /** With or without the set's own level. */
    public FitSettings withKeepLevel(boolean keep) {
        return new FitSettings(model, keep);
    }
}
