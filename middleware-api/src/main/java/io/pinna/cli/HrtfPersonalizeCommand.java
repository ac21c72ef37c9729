package io.pinna.cli;

import io.pinna.hrtf.BodyMeasurements;
import io.pinna.hrtf.HrtfPersonalization;
import io.pinna.hrtf.PersonalHrtf;
import io.pinna.internal.FileReplacement;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code pinna hrtf personalize}: a personal profile from body measurements. */
@Command(name = "personalize", mixinStandardHelpOptions = true, versionProvider = Pinna.VersionProvider.class,
        description = {"Makes a personal profile from body measurements; missing ones are imputed, implausible ones refused.",
            "'pinna hrtf measurements-template' writes the form to fill in, 'pinna hrtf measure-photo' takes measurements from photos. Files with the columns of CIPIC or HUTUBS do as well."})
final class HrtfPersonalizeCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--measurements", required = true, paramLabel = "FILE", description = "A CSV file of measurements.")
    private Path measurements;

    @Option(names = "--row", paramLabel = "ID", description = "Which person, by the column id (or SubjectID), in a file of several.")
    private String row;

    @Option(names = {"-o", "--output"}, required = true, paramLabel = "FILE", description = "The profile to write (.pinna).")
    private Path output;

    @Option(names = "--model", paramLabel = "FILE", description = "Another model than the built-in one, as written by assets/training.")
    private Path model;

    @Override
    public Integer call() {
        FileReplacement.check(output);
        BodyMeasurements body = BodyMeasurements.read(measurements, row);
        PersonalHrtf hrtf = model == null ? HrtfPersonalization.fromMeasurements(body) : HrtfPersonalization.fromMeasurements(body, model);
        hrtf.save(output);
        hrtf.notes().forEach(spec.commandLine().getOut()::println);
        spec.commandLine().getOut().println(output + ": " + HrtfProfileSummary.of(hrtf));
        return Pinna.OK;
    }
}
