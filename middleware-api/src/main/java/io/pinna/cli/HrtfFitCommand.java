package io.pinna.cli;

import io.pinna.hrtf.FitSettings;
import io.pinna.hrtf.PersonalHrtf;
import io.pinna.internal.FileReplacement;
import io.pinna.internal.personal.SparseFit;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code pinna hrtf fit}: a personal profile from a few measured directions. */
@Command(name = "fit", mixinStandardHelpOptions = true, versionProvider = Pinna.VersionProvider.class,
        description = "Makes a personal profile from measurements in a few directions (3 to 300): completes the sphere by what people's ears have in common.")
final class HrtfFitCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--measured", required = true, paramLabel = "FILE", description = "A SOFA file of the person's measured directions; may be given more than once, then all directions count.")
    private List<Path> measured;

    @Option(names = {"-o", "--output"}, required = true, paramLabel = "FILE", description = "The profile to write (.pinna).")
    private Path output;

    @Option(names = "--model", paramLabel = "FILE", description = "Another model than the built-in one, as written by assets/training.")
    private Path model;

    @Option(names = "--keep-level", description = "Where the set's level is that of another reference: keep it. Without this it gets the model's.")
    private boolean keepLevel;

    @Override
    public Integer call() {
        FileReplacement.check(output);
        FitSettings settings = new FitSettings(Optional.ofNullable(model), keepLevel);
        PersonalHrtf hrtf;
        try (Progress progress = new Progress("fit", 1000, null, System.err)) {
            hrtf = SparseFit.fit(measured, settings, (done, total) -> progress.at(1000L * done / total));
        }
        hrtf.save(output);
        for (String note : hrtf.notes()) {
            spec.commandLine().getOut().println(note);
        }
        spec.commandLine().getOut().println(output + ": " + HrtfProfileSummary.of(hrtf));
        return Pinna.OK;
    }
}
