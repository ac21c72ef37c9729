package io.pinna.demo;

import com.jme3.system.AppSettings;
import io.pinna.PinnaException;
import io.pinna.device.OutputDevice;
import io.pinna.device.OutputDevices;
import io.pinna.hrtf.CalibrationSettings;
import io.pinna.hrtf.HrtfProfile;
import io.pinna.hrtf.PersonalHrtf;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The demo's command line. Main thread. */
@Command(name = "pinna-demo", mixinStandardHelpOptions = false, sortOptions = false,
        description = "Walk through a derelict clinic, in a window or, with --headless, by ear alone.",
        footer = {"", "Exit codes: 0 done, 1 a file or device could not be used, 2 wrong options or no display."})
public final class ClinicDemo implements Callable<Integer> {
    /** Held here, because the log manager forgets the level of a logger that nobody holds. */
    private static final Logger ENGINE_LOG = Logger.getLogger("com.jme3");
    private static final int FAILED = 1;
    private static final int UNUSABLE = 2;
    /** The subject whose ears H puts on, unless another is worn from the start. */
    private static final String OTHER_SUBJECT = "cipic_003";

    @Spec
    private CommandSpec spec;

    @Option(names = "--headless", description = "Render the tour to a WAV file and print its report. Needs neither display nor sound card.")
    private boolean headless;

    @Option(names = {"-o", "--output"}, paramLabel = "FILE", defaultValue = "tour.wav", description = "The WAV file of --headless (default: ${DEFAULT-VALUE}).")
    private Path output;

    @Option(names = "--report", paramLabel = "text|json|FILE", defaultValue = "text",
            description = "How --headless reports: as text or JSON on the console, or into a file, as JSON if its name ends with .json (default: ${DEFAULT-VALUE}).")
    private String report;

    @Option(names = "--seconds", paramLabel = "S", description = "Length of the headless tour (default: 54), or time after which the window closes.")
    private Double seconds;

    @Option(names = "--hrtf", paramLabel = "generic|NAME|FILE.sofa", defaultValue = "generic",
            description = "The ears: the generic ones, a subject of the HRTF field such as " + OTHER_SUBJECT + ", or a SOFA file (default: ${DEFAULT-VALUE}).")
    private String hrtf;

    @Option(names = "--profile", paramLabel = "FILE", description = "Ears of one's own instead of --hrtf: a personal profile (.pinna), a measured set (.sofa) or body measurements (.csv). In the window, H changes between"
            + " the generic ones, those of a subject, and these.")
    private Path profile;

    @Option(names = "--tour", description = "In the window, walk the tour by itself.")
    private boolean tour;

    @Option(names = "--at", paramLabel = "S", defaultValue = "0", description = "In the window, start where the tour is at this time.")
    private double at;

    @Option(names = "--screenshot", paramLabel = "FILE.png", description = "Open the window, save a picture after 3 s, and end. With --calibrate the picture is taken when the first sound has been heard.")
    private Path screenshot;

    @Option(names = "--calibrate", description = "In the window, start with the listening test that finds ears of your own (key C). It begins from --profile if that is a personal profile (.pinna), else from the mean of all people.")
    private boolean calibrate;

    @Option(names = "--save-profile", paramLabel = "FILE.pinna", defaultValue = "me.pinna",
            description = "Where the listening test saves its result (default: ${DEFAULT-VALUE}). A file that is there already stays; the next free name, such as me-2.pinna, is taken then.")
    private Path saveProfile;

    @Option(names = "--ways", description = "In the window, start with the ways of sound drawn over the scene (key F4).")
    private boolean showWays;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this.")
    private boolean help;

    private ClinicDemo() {
    }

    public static void main(String[] arguments) {
        System.exit(run(new PrintWriter(System.out, true, StandardCharsets.UTF_8), new PrintWriter(System.err, true, StandardCharsets.UTF_8), arguments));
    }

    /** @return the exit code */
    static int run(PrintWriter out, PrintWriter err, String... arguments) {
        CommandLine line = new CommandLine(new ClinicDemo());
        line.setOut(out);
        line.setErr(err);
        line.setExecutionExceptionHandler((e, commandLine, result) -> {
            if (e instanceof PinnaException) {
                err.println(e.getMessage());
                return FAILED;
            }
            throw e;
        });
        return line.execute(arguments);
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        // jME tells much; what matters here is told by the demo.
        ENGINE_LOG.setLevel(Level.SEVERE);
        if (seconds != null && !(seconds > 0 && seconds <= 3600)) {
            throw new CommandLine.ParameterException(spec.commandLine(), "--seconds is " + seconds + "; it must be above 0 and at most 3600");
        }
        if (!(at >= 0 && at <= Tour.SECONDS)) {
            throw new CommandLine.ParameterException(spec.commandLine(), "--at is " + at + "; it must be from 0 to " + Tour.SECONDS);
        }
        if (profile != null && spec.commandLine().getParseResult().hasMatchedOption("--hrtf")) {
            throw new CommandLine.ParameterException(spec.commandLine(), "--profile and --hrtf both say whose ears to wear; give one of them");
        }
        if (profile != null && Stream.of(".pinna", ".sofa", ".csv").noneMatch(ending -> endsWith(profile.toString(), ending))) {
            throw new CommandLine.ParameterException(spec.commandLine(), "--profile is " + profile + "; a .pinna, a .sofa or a .csv file is allowed");
        }
        checkCalibration();
        return headless ? renderTour() : openWindow();
    }

    private void checkCalibration() {
        if (calibrate && (headless || tour)) {
            throw new CommandLine.ParameterException(spec.commandLine(), "--calibrate needs the window and a player in it; leave " + (headless ? "--headless" : "--tour") + " out");
        }
        if (!endsWith(saveProfile.toString(), ProfileFile.ENDING)) {
            throw new CommandLine.ParameterException(spec.commandLine(), "--save-profile is " + saveProfile + "; a name that ends in .pinna is allowed");
        }
        // Known before the test, not after its three minutes.
        if (!Files.isDirectory(saveProfile.toAbsolutePath().getParent())) {
            throw new CommandLine.ParameterException(spec.commandLine(), "--save-profile is " + saveProfile + "; its folder does not exist: make it first");
        }
    }

    private CalibrationSettings calibration() {
        boolean personal = profile != null && endsWith(profile.toString(), ProfileFile.ENDING);
        return personal ? CalibrationSettings.DEFAULT.withStart(PersonalHrtf.load(profile)) : CalibrationSettings.DEFAULT;
    }

    private static boolean endsWith(String file, String ending) {
        return file.toLowerCase(Locale.ROOT).endsWith(ending);
    }

    private HrtfProfile profile() {
        if (profile != null) {
            return HrtfProfile.file(profile);
        }
        if (hrtf.equals("generic")) {
            return HrtfProfile.generic();
        }
        if (endsWith(hrtf, ".sofa")) {
            return HrtfProfile.sofa(Path.of(hrtf));
        }
        return HrtfProfile.subject(hrtf);
    }

    /** What H goes through: the generic ears, a subject's, and those given; what is worn from the start comes last. */
    static List<HrtfProfile> ears(HrtfProfile worn) {
        Set<HrtfProfile> ears = new LinkedHashSet<>();
        ears.add(HrtfProfile.generic());
        ears.add(worn instanceof HrtfProfile.Subject ? worn : HrtfProfile.subject(OTHER_SUBJECT));
        ears.remove(worn);
        ears.add(worn);
        return List.copyOf(ears);
    }

    private int renderTour() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        boolean onTerminal = System.console() != null;
        int[] shown = {-1};
        OutputDevice file = OutputDevices.wav(output);
        HeadlessTour.Result result = HeadlessTour.run(file, profile(), seconds == null ? Tour.SECONDS : seconds, name -> true, progress -> {
            int percent = (int) (100 * progress);
            if (onTerminal && percent != shown[0]) {
                shown[0] = percent;
                err.printf(Locale.ROOT, "\rRendering the tour: %3d %%%s", percent, percent == 100 ? "\n" : "");
                err.flush();
            }
        });
        switch (report) {
            case "text" -> out.print(TourReport.text(result, output.toString()));
            case "json" -> out.print(TourReport.json(result, output.toString()));
            default -> {
                Path to = Path.of(report);
                boolean json = report.toLowerCase(Locale.ROOT).endsWith(".json");
                try {
                    Files.writeString(to, json ? TourReport.json(result, output.toString()) : TourReport.text(result, output.toString()));
                } catch (IOException e) {
                    err.println("The report could not be written to " + to + ": " + e + ". The tour is in " + output + ".");
                    return FAILED;
                }
                out.println("The tour is in " + output + ", its report in " + to + ".");
            }
        }
        out.flush();
        return 0;
    }

    private int openWindow() throws InterruptedException {
        PrintWriter err = spec.commandLine().getErr();
        String problem = Display.problem();
        if (problem != null) {
            err.println("There is no display for the window: " + problem + ". Use --headless to render the tour to a WAV file instead (see --help).");
            return UNUSABLE;
        }
        ClinicGame.Options options = new ClinicGame.Options(ears(profile()), seconds == null ? Double.POSITIVE_INFINITY : seconds, tour, at, screenshot, calibrate, calibration(), saveProfile, showWays);
        ClinicGame game = new ClinicGame(options, spec.commandLine().getOut());
        AppSettings settings = new AppSettings(true);
        settings.setTitle("Pinna: the derelict clinic");
        settings.setResolution(1280, 720);
        settings.setVSync(screenshot == null);
        settings.setGammaCorrection(true);
        // Pinna is the sound; jME's own would open the sound card too, and fails where there is none.
        settings.setAudioRenderer(null);
        game.setSettings(settings);
        game.setShowSettings(false);
        game.setPauseOnLostFocus(false);
        game.play();
        if (game.failure() != null) {
            err.println("The demo ended early: " + game.failure());
            return FAILED;
        }
        return 0;
    }
}
