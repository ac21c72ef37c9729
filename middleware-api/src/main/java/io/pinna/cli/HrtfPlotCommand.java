package io.pinna.cli;

import io.pinna.ResourceException;
import io.pinna.hrtf.HrtfProfile;
import io.pinna.hrtf.evaluation.HrtfEvaluation;
import io.pinna.hrtf.evaluation.HrtfPlots;
import io.pinna.hrtf.evaluation.ObserverSettings;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code pinna hrtf plot}: draws profiles and their errors into PNG files. */
@Command(name = "plot", mixinStandardHelpOptions = true, versionProvider = Pinna.VersionProvider.class, description = "Draws what a listener hears with a profile, and how far it is from a reference, as PNG.")
final class HrtfPlotCommand implements Callable<Integer> {
    /** What can be drawn. */
    enum Kind {
        /** Spectra over elevation. */
        SPECTRA,
        /** Interaural time differences over azimuth. */
        ITD,
        /** Error maps over the sphere. */
        ERROR,
        /** All that can be drawn of what was named. */
        ALL
    }

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "PROFILE", arity = "1..*", description = "generic, a subject of the HRTF field such as cipic_003, a SOFA file, a personal profile (.pinna), or an own model (.onnx); at most 4 for spectra, 6 for ITD, 1 for errors, the reference counting as one more.")
    private List<String> names;

    @Option(names = "--reference", paramLabel = "FILE", description = "A SOFA file: drawn last in spectra and ITD, and what errors are measured against.")
    private Path reference;

    @Option(names = {"-o", "--output"}, required = true, paramLabel = "DIR|FILE", description = "A folder, for spectra.png, itd.png and error.png; or, for one kind, a file whose name ends in .png.")
    private Path output;

    @Option(names = "--kind", defaultValue = "ALL", paramLabel = "KIND", description = "spectra: over elevation in the median plane. itd: over azimuth in the horizontal plane. error: maps over the sphere (needs --reference). "
            + "all: every one of these, error only with --reference and a single PROFILE. Default: all.")
    private Kind kind;

    @Option(names = "--width", defaultValue = "1600", paramLabel = "PIXELS", description = "400 to 6000. Default: ${DEFAULT-VALUE}.")
    private int widthPixels;

    @Option(names = "--height", defaultValue = "1000", paramLabel = "PIXELS", description = "400 to 6000. Default: ${DEFAULT-VALUE}.")
    private int heightPixels;

    @Option(names = "--seed", defaultValue = "1", description = "Of the simulated listener's noise in error. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Override
    public Integer call() {
        if (System.getProperty("java.awt.headless") == null) {
            // Images need no display, and one that is named but not there would be an error.
            System.setProperty("java.awt.headless", "true");
        }
        List<HrtfProfile> profiles = new ArrayList<>();
        for (String name : names) {
            profiles.add(ProfileArgument.parse(name, spec.commandLine()));
        }
        List<HrtfProfile> drawn = new ArrayList<>(profiles);
        if (reference != null) {
            drawn.add(HrtfProfile.sofa(reference));
        }
        if (kind == Kind.ERROR && reference == null) {
            throw new ParameterException(spec.commandLine(), "Errors need a reference: --reference FILE.");
        }
        if (kind == Kind.ERROR && profiles.size() > 1) {
            throw new ParameterException(spec.commandLine(), "Errors are drawn for one PROFILE; " + profiles.size() + " are named.");
        }
        Map<Kind, Supplier<BufferedImage>> plots = new LinkedHashMap<>();
        if (kind == Kind.SPECTRA || kind == Kind.ALL) {
            plots.put(Kind.SPECTRA, () -> HrtfPlots.spectra(drawn, widthPixels, heightPixels));
        }
        if (kind == Kind.ITD || kind == Kind.ALL) {
            plots.put(Kind.ITD, () -> HrtfPlots.itd(drawn, widthPixels, heightPixels));
        }
        if (kind == Kind.ERROR || kind == Kind.ALL && reference != null && profiles.size() == 1) {
            plots.put(Kind.ERROR, () -> HrtfPlots.errors(HrtfEvaluation.map(reference, profiles.get(0), ObserverSettings.DEFAULT.withSeed(seed)), widthPixels, heightPixels));
        }
        Map<Kind, Path> files = new LinkedHashMap<>();
        for (Kind k : plots.keySet()) {
            Path file = file(k);
            HrtfPlots.checkFile(file);
            files.put(k, file);
        }
        plots.forEach((k, plot) -> {
            HrtfPlots.write(plot.get(), files.get(k));
            spec.commandLine().getOut().println(files.get(k));
        });
        return Pinna.OK;
    }

    private Path file(Kind k) {
        if (Files.isDirectory(output)) {
            return output.resolve(k.name().toLowerCase(Locale.ROOT) + ".png");
        }
        if (kind != Kind.ALL) {
            return output;
        }
        if (Files.exists(output) || output.toString().toLowerCase(Locale.ROOT).endsWith(".png")) {
            throw new ParameterException(spec.commandLine(), "'" + output + "' is not a folder: name one for all plots, or one --kind to write a single file.");
        }
        try {
            Files.createDirectories(output);
        } catch (IOException e) {
            throw new ResourceException(output.toString(), "folder", "cannot be made: " + e.getMessage(), e);
        }
        return file(k);
    }
}
