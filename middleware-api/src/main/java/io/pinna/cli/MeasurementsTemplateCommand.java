package io.pinna.cli;

import io.pinna.ResourceException;
import io.pinna.hrtf.BodyMeasurement;
import io.pinna.hrtf.BodyMeasurements;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code pinna hrtf measurements-template}: writes the form to fill in. */
@Command(name = "measurements-template", mixinStandardHelpOptions = true, versionProvider = Pinna.VersionProvider.class,
        description = "Writes a form for body measurements, to fill in with a ruler in hand; any may stay blank.")
final class MeasurementsTemplateCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "The CSV file to write; it must not be there yet.")
    private Path file;

    @Option(names = "--drawings", paramLabel = "FOLDER", description = "Also write a drawing of each measurement into this folder.")
    private Path drawings;

    @Override
    public Integer call() {
        if (Files.exists(file)) {
            throw new ResourceException(file.toString(), "file", "is there already and would be overwritten; give another name");
        }
        if (drawings != null) {
            try {
                Files.createDirectories(drawings);
                for (BodyMeasurement m : BodyMeasurement.values()) {
                    Files.write(drawings.resolve(m.symbol() + "-" + m.term().replace(' ', '-') + ".png"), m.drawing());
                }
            } catch (IOException e) {
                throw new ResourceException(drawings.toString(), "folder", "cannot be written: " + e, e);
            }
        }
        try {
            Files.writeString(file, BodyMeasurements.template());
        } catch (IOException e) {
            throw new ResourceException(file.toString(), "file", "cannot be written: " + e, e);
        }
        spec.commandLine().getOut().println(file + ": fill in the column value (cm, and degrees for the angle), then: pinna hrtf measurements " + file);
        return Pinna.OK;
    }
}
