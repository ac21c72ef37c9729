package io.pinna.cli;

import io.pinna.hrtf.HrtfProfile;
import io.pinna.internal.inference.HrtfFieldModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** The argument PROFILE of commands: a file, generic, or a subject of the built-in model. */
final class ProfileArgument {
    private ProfileArgument() {
    }

    /**
     * What looks like a file is one, whether it is there or not: the reader says what is wrong with it.
     *
     * @param command is blamed for a name that nobody knows
     */
    static HrtfProfile parse(String name, CommandLine command) {
        if (name.equals("generic")) {
            return HrtfProfile.generic();
        }
        if (isPersonal(name) || isModel(name) || name.toLowerCase(Locale.ROOT).endsWith(".csv")) {
            return HrtfProfile.file(Path.of(name));
        }
        boolean file = name.toLowerCase(Locale.ROOT).endsWith(".sofa") || name.contains("/") || name.contains("\\") || Files.exists(Path.of(name));
        if (file) {
            return HrtfProfile.sofa(Path.of(name));
        }
        if (!HrtfFieldModel.builtIn().subjectIds().contains(name)) {
            throw new ParameterException(command, "'" + name + "' is neither a file, nor generic, nor a subject of the built-in model, which are "
                    + String.join(", ", HrtfFieldModel.builtIn().subjectIds()) + ".");
        }
        return HrtfProfile.subject(name);
    }

    /** Whether a file is a personal profile, by its name. */
    static boolean isPersonal(String file) {
        return file.toLowerCase(Locale.ROOT).endsWith(".pinna");
    }

    /** Whether a file is an own model, by its name. */
    static boolean isModel(String file) {
        return file.toLowerCase(Locale.ROOT).endsWith(".onnx");
    }
}
