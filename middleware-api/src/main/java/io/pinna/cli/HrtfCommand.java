package io.pinna.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.pinna.hrtf.HrtfExport;
import io.pinna.hrtf.HrtfProfile;
import io.pinna.hrtf.PersonalHrtf;
import io.pinna.hrtf.evaluation.HrtfComparison;
import io.pinna.hrtf.evaluation.HrtfEvaluation;
import io.pinna.hrtf.evaluation.ObserverSettings;
import io.pinna.internal.FileReplacement;
import io.pinna.internal.hrtf.SofaReader;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code pinna hrtf}: makes, looks into, writes, compares and draws HRTFs. */
@Command(name = "hrtf", mixinStandardHelpOptions = true, versionProvider = Pinna.VersionProvider.class, description = "Makes, looks into, writes, compares and draws HRTFs.",
        synopsisSubcommandLabel = "COMMAND", subcommands = {
            HrtfPersonalizeCommand.class, HrtfFitCommand.class, MeasurementsCommand.class, MeasurementsTemplateCommand.class, MeasurePhotoCommand.class,
            HrtfMeasureCommand.class, HrtfCalibrateCommand.class, HrtfPlotCommand.class})
final class HrtfCommand implements Runnable {
    private static final int MHR_RATE_HZ = 48000;

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Name a command.");
    }

    @Command(name = "info", mixinStandardHelpOptions = true, versionProvider = Pinna.VersionProvider.class, description = "Says what a SOFA file, a personal profile or an own model contains and what is made of it.")
    int info(@Parameters(paramLabel = "FILE", description = "A SOFA file, a personal profile (.pinna), or an own model (.onnx).") Path file, @Option(names = "--json", description = "As JSON.") boolean json) throws JsonProcessingException {
        // Records of what is in the file, which describe themselves by toString.
        Record info = ProfileArgument.isPersonal(file.toString()) ? PersonalHrtf.load(file).info() : ProfileArgument.isModel(file.toString()) ? HrtfFieldInfo.of(file) : SofaReader.info(file);
        spec.commandLine().getOut().println(json ? new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(info) : info.toString());
        return Pinna.OK;
    }

    @Command(name = "export", mixinStandardHelpOptions = true, versionProvider = Pinna.VersionProvider.class, description = "Writes a listener's filters for other programs.")
    int export(@Parameters(paramLabel = "PROFILE", description = "generic, a subject of the HRTF field such as cipic_003, a SOFA file, a personal profile (.pinna), or an own model (.onnx).") String name,
            @Option(names = "--sofa", paramLabel = "FILE", description = "Write a SOFA file (SimpleFreeFieldHRIR).") Path sofa,
            @Option(names = "--mhr", paramLabel = "FILE", description = "Write a data set for OpenAL Soft.") Path mhr,
            @Option(names = "--rate", paramLabel = "HZ", description = "Sample rate; without it 48000 for --mhr and the profile's own for --sofa.") Integer rateHz) {
        if (sofa == null && mhr == null) {
            throw new ParameterException(spec.subcommands().get("export"), "Say what to write: --sofa FILE, --mhr FILE, or both.");
        }
        HrtfProfile profile = profile(name);
        // What is wrong with one file shall not leave the other half done.
        for (Path file : new Path[] {sofa, mhr}) {
            if (file != null) {
                FileReplacement.check(file);
            }
        }
        if (mhr != null) {
            export(mhr, rateHz == null ? MHR_RATE_HZ : rateHz, profile, HrtfExport::mhr);
        }
        if (sofa != null) {
            export(sofa, rateHz == null ? HrtfExport.nativeSampleRateHz(profile) : rateHz, profile, HrtfExport::sofa);
        }
        return Pinna.OK;
    }

    private interface Export {
        void write(HrtfProfile profile, Path file, int sampleRateHz);
    }

    private void export(Path file, int rateHz, HrtfProfile profile, Export format) {
        format.write(profile, file, rateHz);
        spec.commandLine().getOut().println(file + ": " + profile.describe() + ", " + rateHz + " Hz");
    }

    @Command(name = "evaluate", mixinStandardHelpOptions = true, versionProvider = Pinna.VersionProvider.class,
            description = "Says how far a candidate is from a measured reference, in the reference's directions.")
    int evaluate(@Option(names = "--reference", required = true, paramLabel = "FILE", description = "A SOFA file.") Path reference,
            @Option(names = "--candidate", required = true, paramLabel = "WHICH", description = "A SOFA file, a personal profile (.pinna), an own model (.onnx), generic, or a subject of the built-in model (pinna doctor lists them).") String candidate,
            @Option(names = "--seed", defaultValue = "1", description = "Of the simulated listener's noise. Default: ${DEFAULT-VALUE}.") long seed,
            @Option(names = "--json", description = "As JSON.") boolean json) throws JsonProcessingException {
        HrtfComparison comparison = HrtfEvaluation.compare(reference, profile(candidate), ObserverSettings.DEFAULT.withSeed(seed));
        spec.commandLine().getOut().println(json ? new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(comparison) : comparison.describe());
        return Pinna.OK;
    }

    private HrtfProfile profile(String name) {
        return ProfileArgument.parse(name, spec.commandLine());
    }
}
