package io.pinna.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.pinna.hrtf.HrtfInfo;
import io.pinna.internal.hrtf.SofaReader;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code pinna hrtf}: looks into HRTF files. */
@Command(name = "hrtf", mixinStandardHelpOptions = true, versionProvider = Pinna.VersionProvider.class, description = "Looks into HRTF files.", synopsisSubcommandLabel = "COMMAND")
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
}
