package io.pinna.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.pinna.hrtf.HrtfInfo;
import io.pinna.hrtf.HrtfProfile;
import io.pinna.hrtf.evaluation.HrtfComparison;
import io.pinna.hrtf.evaluation.HrtfEvaluation;
import io.pinna.hrtf.evaluation.ObserverSettings;
import io.pinna.internal.hrtf.SofaReader;
import io.pinna.internal.inference.HrtfFieldModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code pinna hrtf}: looks into HRTF files and compares them. */
@Command(name = "hrtf", mixinStandardHelpOptions = true, versionProvider = Pinna.VersionProvider.class, description = "Looks into HRTF files and compares them.", synopsisSubcommandLabel = "COMMAND")
final class HrtfCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Name a command.");
    }

    @Command(name = "info", mixinStandardHelpOptions = true, versionProvider = Pinna.VersionProvider.class, description = "Says what a SOFA file contains and what is made of it.")
    int info(@Parameters(paramLabel = "FILE", description = "A SOFA file.") Path file, @Option(names = "--json", description = "As JSON.") boolean json) throws JsonProcessingException {
        HrtfInfo info = SofaReader.info(file);
        spec.commandLine().getOut().println(json ? new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(info) : info.describe());
        return Pinna.OK;
    }

    @Command(name = "evaluate", mixinStandardHelpOptions = true, versionProvider = Pinna.VersionProvider.class,
            description = "Says how far a candidate is from a measured reference, in the reference's directions.")
    int evaluate(@Option(names = "--reference", required = true, paramLabel = "FILE", description = "A SOFA file.") Path reference,
            @Option(names = "--candidate", required = true, paramLabel = "WHICH", description = "A SOFA file, generic, or a subject of the built-in model (pinna doctor lists them).") String candidate,
            @Option(names = "--seed", defaultValue = "1", description = "Of the simulated listener's noise. Default: ${DEFAULT-VALUE}.") long seed,
            @Option(names = "--json", description = "As JSON.") boolean json) throws JsonProcessingException {
        HrtfComparison comparison = HrtfEvaluation.compare(reference, profile(candidate), ObserverSettings.DEFAULT.withSeed(seed));
        spec.commandLine().getOut().println(json ? new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(comparison) : comparison.describe());
        return Pinna.OK;
    }

    /** What looks like a file is one, whether it is there or not: the reader says what is wrong with it. */
    private HrtfProfile profile(String name) {
        if (name.equals("generic")) {
            return HrtfProfile.generic();
        }
        boolean file = name.toLowerCase(Locale.ROOT).endsWith(".sofa") || name.contains("/") || name.contains("\\") || Files.exists(Path.of(name));
        if (file) {
            return HrtfProfile.sofa(Path.of(name));
        }
        if (!HrtfFieldModel.builtIn().subjectIds().contains(name)) {
            throw new ParameterException(spec.commandLine(), "'" + name + "' is neither a file, nor generic, nor a subject of the built-in model; pinna doctor lists the subjects.");
        }
        return HrtfProfile.subject(name);
    }
}
