package io.pinna.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinna.InvalidValueException;
import io.pinna.ResourceException;
import io.pinna.hrtf.measurement.Finding;
import io.pinna.hrtf.measurement.HrtfMeasurement;
import io.pinna.hrtf.measurement.MeasurementResult;
import io.pinna.hrtf.measurement.MeasurementSettings;
import io.pinna.hrtf.measurement.ReferenceRecording;
import io.pinna.hrtf.measurement.SweepSettings;
import io.pinna.hrtf.measurement.Take;
import io.pinna.internal.FileReplacement;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code pinna hrtf measure}: test sweeps, and what recordings of them with in-ear microphones say. */
@Command(name = "measure", mixinStandardHelpOptions = true, versionProvider = Pinna.VersionProvider.class, synopsisSubcommandLabel = "COMMAND",
        description = "Measures your HRTF in a few directions, with in-ear microphones and any loudspeaker.")
final class HrtfMeasureCommand implements Runnable {
    private static final Map<String, String> SWEEP_OPTIONS = Map.of("sampleRateHz", "--rate", "durationSeconds", "--seconds", "lowestHz", "--from", "highestHz", "--to", "levelDb", "--level", "repeats",
            "--repeats", "silenceSeconds", "--silence");
    private static final Map<String, String> ANALYSIS_OPTIONS = Map.of("sampleRateHz", "--rate", "equalizationGainDb", "--gain-limit");

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Name a command.");
    }

    @Command(name = "sweep", mixinStandardHelpOptions = true, versionProvider = Pinna.VersionProvider.class,
            description = "Writes the test signal, and beside it a description (.json) that the analysis needs.")
    int sweep(@Option(names = {"-o", "--output"}, required = true, paramLabel = "FILE", description = "A WAV file, 16 bits, one channel.") Path output,
            @Option(names = "--rate", defaultValue = "48000", paramLabel = "HZ", description = "Sample rate. Default: ${DEFAULT-VALUE}.") int rateHz,
            @Option(names = "--seconds", defaultValue = "5", paramLabel = "S", description = "Length of one sweep; longer is better against noise. Default: ${DEFAULT-VALUE}.") double seconds,
            @Option(names = "--from", defaultValue = "50", paramLabel = "HZ", description = "Where it begins. Default: ${DEFAULT-VALUE}.") double fromHz,
            @Option(names = "--to", defaultValue = "20000", paramLabel = "HZ", description = "Where it ends. Default: ${DEFAULT-VALUE}.") double toHz,
            @Option(names = "--level", defaultValue = "-12", paramLabel = "DB", description = "Against full scale. Default: ${DEFAULT-VALUE}.") double levelDb,
            @Option(names = "--repeats", defaultValue = "2", paramLabel = "N",
                    description = "Sweeps in a row; with two or more, clocks are compared exactly and movements are seen. Default: ${DEFAULT-VALUE}.") int repeats,
            @Option(names = "--silence", defaultValue = "1", paramLabel = "S", description = "Before the first and after each sweep. Default: ${DEFAULT-VALUE}.") double silence) throws JsonProcessingException {
        SweepSettings settings = named("sweep", SWEEP_OPTIONS, () -> new SweepSettings(rateHz, seconds, fromHz, toHz, levelDb, repeats, silence));
        if (output.toString().toLowerCase(java.util.Locale.ROOT).endsWith(".json")) {
            throw new ParameterException(spec.subcommands().get("sweep"), "--output is the sound file; its description gets the ending .json by itself.");
        }
        HrtfMeasurement.writeSweep(settings, output);
        ObjectMapper mapper = mapper();
        ObjectNode description = mapper.createObjectNode().put("format", "pinna-sweep").put("version", 1);
        description.setAll((ObjectNode) mapper.valueToTree(settings));
        // Derived values are no settings.
        description.retain(List.of("format", "version", "sampleRateHz", "durationSeconds", "lowestHz", "highestHz", "levelDb", "repeats", "silenceSeconds"));
        FileReplacement.write(SessionFile.besideSweep(output), mapper.writeValueAsBytes(description));
        spec.commandLine().getOut().println(output + ": " + repeats + (repeats == 1 ? " sweep" : " sweeps") + ", " + settings.totalSeconds() + " s; keep " + SessionFile.besideSweep(output) + " for the analysis");
        return Pinna.OK;
    }

    @Command(name = "analyse", aliases = "analyze", mixinStandardHelpOptions = true, versionProvider = Pinna.VersionProvider.class,
            description = "Turns recordings into a sparse SOFA set for pinna hrtf fit, and says which takes are bad and why.")
    int analyse(@Option(names = "--sweep", required = true, paramLabel = "FILE", description = "What was played: the sweep, with its description beside it, or the description.") Path sweep,
            @Option(names = "--session", required = true, paramLabel = "FILE",
                    description = "The takes: JSON {\"takes\": [{\"file\", \"azimuth\", \"elevation\", \"distance\"}, ...], \"reference\": {\"file\", \"distance\"}} or CSV with the heading file,azimuth,elevation,distance. "
                            + "Degrees counter-clockwise from the front (90 is left), degrees up, metres (0.5 to 10).") Path session,
            @Option(names = {"-o", "--output"}, required = true, paramLabel = "FILE", description = "The SOFA file to write.") Path output,
            @Option(names = "--report", paramLabel = "FILE", description = "Write all figures as JSON.") Path report,
            @Option(names = "--reference", arity = "1..2", paramLabel = "FILE",
                    description = "The sweep recorded without the head, at its place: with both microphones side by side, or one file for the left and one for the right microphone.") List<Path> reference,
            @Option(names = "--reference-distance", paramLabel = "M", description = "From the loudspeaker to the microphones in it; without it, that of the takes if it is the same for all.") Double referenceDistance,
            @Option(names = "--rate", defaultValue = "48000", paramLabel = "HZ", description = "Of the result: 44100 or 48000. Default: ${DEFAULT-VALUE}.") int rateHz,
            @Option(names = "--window", paramLabel = "MS", description = "What to keep after the direct sound, 1.5 to 20 ms; without it, up to the first reflection that is found, 8 ms at most.") Double windowMillis,
            @Option(names = "--gain-limit", defaultValue = "30", paramLabel = "DB", description = "The most that a frequency is raised to undo the loudspeaker. Default: ${DEFAULT-VALUE}.") double gainDb,
            @Option(names = "--listener", defaultValue = "me", paramLabel = "NAME", description = "Who was measured. Default: ${DEFAULT-VALUE}.") String listener,
            @Option(names = "--progress", negatable = true, description = "Show progress, or never; by default where a person looks on.") Boolean progress) throws JsonProcessingException {
        if (windowMillis != null && !(windowMillis >= 1.5 && windowMillis <= 20)) {
            throw new ParameterException(spec.subcommands().get("analyse"), "--window is " + windowMillis + "; allowed is 1.5 to 20.0 ms.");
        }
        MeasurementSettings settings = named("analyse", ANALYSIS_OPTIONS, () -> new MeasurementSettings(rateHz, windowMillis == null ? null : windowMillis / 1000, gainDb));
        if (listener.isBlank()) {
            throw new ParameterException(spec.subcommands().get("analyse"), "--listener is blank; give a name.");
        }
        FileReplacement.check(output);
        if (report != null) {
            FileReplacement.check(report);
        }
        SweepSettings played = SessionFile.sweep(sweep);
        SessionFile file = SessionFile.read(session);
        ReferenceRecording without = reference(file, session, reference, referenceDistance);
        int recordings = file.takes().size() + (without == null ? 0 : without.left().equals(without.right()) ? 1 : 2);
        MeasurementResult result;
        try (Progress bar = new Progress("takes", recordings, progress, System.err)) {
            result = HrtfMeasurement.analyze(played, file.takes(), without, settings, bar::at);
        }
        spec.commandLine().getOut().println(result.report().describe());
        if (report != null) {
            FileReplacement.write(report, mapper().writeValueAsBytes(result.report()));
        }
        if (!result.report().usable()) {
            String why = String.join("; ", result.report().findings().stream().filter(f -> f.severity() == Finding.Severity.ERROR).map(Finding::message).toList());
            throw new ResourceException(session.toString(), "takes", "no set was written: " + why);
        }
        result.writeSofa(output, listener);
        spec.commandLine().getOut().println(output + ": " + result.report().directions() + " directions, " + rateHz + " Hz");
        return Pinna.OK;
    }

    private ReferenceRecording reference(SessionFile file, Path session, List<Path> named, Double distance) {
        if (named == null) {
            if (distance != null && file.reference() == null) {
                throw new ParameterException(spec.subcommands().get("analyse"), "--reference-distance needs --reference.");
            }
            return file.reference() == null || distance == null ? file.reference() : referenceAt(file.reference().left(), file.reference().right(), distance);
        }
        if (file.reference() != null) {
            throw new ParameterException(spec.subcommands().get("analyse"), "--reference is given, and " + session + " names a reference too; leave one out.");
        }
        double meters = distance != null ? distance : file.takes().get(0).distanceMeters();
        for (Take t : file.takes()) {
            if (distance == null && Math.abs(t.distanceMeters() - meters) > 0.02) {
                throw new ParameterException(spec.subcommands().get("analyse"), "The takes have different distances; say that of the reference by --reference-distance.");
            }
        }
        for (Path p : named) {
            if (!Files.exists(p)) {
                throw new ResourceException(p.toString(), "file", "does not exist; check --reference");
            }
        }
        return referenceAt(named.get(0), named.get(named.size() - 1), meters);
    }

    private ReferenceRecording referenceAt(Path left, Path right, double meters) {
        return named("analyse", Map.of("distanceMeters", "--reference-distance"), () -> new ReferenceRecording(left, right, meters));
    }

    /** What the settings call a field is an option here. */
    private <T> T named(String command, Map<String, String> options, Supplier<T> settings) {
        try {
            return settings.get();
        } catch (InvalidValueException e) {
            String text = e.getMessage();
            for (Map.Entry<String, String> option : options.entrySet()) {
                if (text.startsWith(option.getKey() + " is ")) {
                    text = option.getValue() + text.substring(option.getKey().length());
                }
            }
            throw new ParameterException(spec.subcommands().get(command), text + ".", e);
        }
    }

    private static ObjectMapper mapper() {
        return new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    }
}
