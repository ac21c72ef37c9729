package io.pinna.cli;

import io.pinna.Emitter;
import io.pinna.EmitterSettings;
import io.pinna.InvalidValueException;
import io.pinna.ListenerSettings;
import io.pinna.SoundWorld;
import io.pinna.SoundWorldSettings;
import io.pinna.acoustics.AcousticsSettings;
import io.pinna.acoustics.DistanceModel;
import io.pinna.device.OutputDevices;
import io.pinna.hrtf.CalibrationProbe;
import io.pinna.hrtf.CalibrationProgress;
import io.pinna.hrtf.CalibrationSettings;
import io.pinna.hrtf.HrtfCalibration;
import io.pinna.hrtf.HrtfProfile;
import io.pinna.hrtf.PersonalHrtf;
import io.pinna.hrtf.evaluation.HrtfComparison;
import io.pinna.hrtf.evaluation.HrtfEvaluation;
import io.pinna.hrtf.evaluation.ObserverSettings;
import io.pinna.hrtf.evaluation.SimulatedListener;
import io.pinna.internal.Check;
import io.pinna.internal.FileReplacement;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code pinna hrtf calibrate}: a personal profile from a listening test, with a person at the console or a simulated listener. */
@Command(name = "calibrate", mixinStandardHelpOptions = true, versionProvider = Pinna.VersionProvider.class, description = {
        "Makes a personal profile from a listening test. Writes each probe as a WAV file, to be played on headphones by any player, and asks where it was heard: azimuth (counter-clockwise from the front) and elevation in degrees.",
        "With --simulate a simulated listener answers, and the errors before and after are printed."})
final class HrtfCalibrateCommand implements Callable<Integer> {
    private static final int RATE_HZ = 48000;
    private static final double DISTANCE_METERS = 1.5;
    /** Silence after the sound, for the filters' tails. */
    private static final double TAIL_SECONDS = 0.1;

    @Spec
    private CommandSpec spec;

    @Option(names = {"-o", "--output"}, paramLabel = "FILE", description = "The profile to write (.pinna). Needed without --simulate.")
    private Path output;

    @Option(names = "--start", paramLabel = "FILE", description = "A personal profile (.pinna) to start from, say from body measurements; without it, the mean of all people.")
    private Path start;

    @Option(names = "--probes", defaultValue = "40", paramLabel = "COUNT", description = "Answers at most (1 to 200). Default: ${DEFAULT-VALUE}.")
    private int probes;

    @Option(names = "--seed", defaultValue = "1", description = "Of everything random. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(names = "--model", paramLabel = "FILE", description = "Another model than the built-in one, as written by assets/training.")
    private Path model;

    @Option(names = "--wav", defaultValue = "probe.wav", paramLabel = "FILE", description = "Where each probe is written, in place of the one before. Default: ${DEFAULT-VALUE}.")
    private Path wav;

    @Option(names = "--simulate", paramLabel = "FILE", description = "A SOFA file of a person's ears: they answer.")
    private Path simulate;

    @Option(names = "--pointing", defaultValue = "7", paramLabel = "DEGREES", description = "Of the simulated listener: standard deviation of pointing. Default: ${DEFAULT-VALUE}.")
    private double pointingDegrees;

    @Option(names = "--lapses", defaultValue = "0.03", paramLabel = "PART", description = "Of the simulated listener: part of answers in any direction. Default: ${DEFAULT-VALUE}.")
    private double lapseRate;

    @Override
    public Integer call() {
        if (output == null && simulate == null) {
            throw new ParameterException(spec.commandLine(), "Say where to write the profile: -o FILE.");
        }
        if (output != null) {
            FileReplacement.check(output);
        }
        CalibrationSettings settings = new CalibrationSettings(Optional.ofNullable(start).map(PersonalHrtf::load), Optional.ofNullable(model), probes, seed);
        HrtfCalibration calibration = HrtfCalibration.begin(settings);
        PrintWriter out = spec.commandLine().getOut();
        if (simulate == null) {
            ask(calibration, out);
        } else {
            simulate(calibration, out);
        }
        PersonalHrtf result = calibration.result();
        if (output != null) {
            result.save(output);
            out.println(output + ": " + result.notes().get(0));
        }
        result.notes().stream().skip(1).forEach(out::println);
        return Pinna.OK;
    }

    private void simulate(HrtfCalibration calibration, PrintWriter out) {
        SimulatedListener listener = new SimulatedListener(simulate, ObserverSettings.DEFAULT, pointingDegrees, lapseRate, seed);
        PersonalHrtf before = calibration.result();
        try (Progress progress = new Progress("calibrate", probes, null, System.err)) {
            while (!calibration.progress().done()) {
                CalibrationProbe probe = calibration.nextProbe();
                double[] answer = listener.answer(probe.profile(), probe.azimuthDegrees(), probe.elevationDegrees());
                calibration.answer(answer[0], answer[1], answer[2]);
                progress.at(calibration.progress().answers());
            }
        }
        CalibrationProgress last = calibration.progress();
        out.println(last.answers() + " answers");
        report(out, "before", before);
        report(out, "after", calibration.result());
    }

    private void report(PrintWriter out, String when, PersonalHrtf hrtf) {
        HrtfComparison c = HrtfEvaluation.compare(simulate, HrtfProfile.personal(hrtf));
        out.println(String.format(Locale.ROOT, "%-6s  localisation error %.1f° (own ears %.1f°), LSD %.2f dB, ITD error %.1f µs", when, c.candidateLocalization().greatCircleDegrees(), c.ownLocalization().greatCircleDegrees(),
                c.logSpectralDistortionDb(), c.itdErrorMicroseconds()));
    }

    private void ask(HrtfCalibration calibration, PrintWriter out) {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset()));
        out.println("Play " + wav + " on headphones each time, left and right the right way round, and type where you hear it: azimuth (0 in front, 90 left, -90 right, 180 behind) and elevation (-90 to 90), such as: 45 -10");
        out.println("s skips a probe, u takes the last answer back, q ends the test.");
        while (!calibration.progress().done()) {
            CalibrationProbe probe = calibration.nextProbe();
            render(probe);
            out.print("probe " + probe.number() + " of at most " + probes + "> ");
            out.flush();
            String line;
            try {
                line = in.readLine();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            if (line == null || line.strip().equals("q")) {
                out.println();
                if (calibration.progress().answers() == 0) {
                    throw new InvalidValueException("no answer was given, so there is no profile to write");
                }
                return;
            }
            take(calibration, line.strip(), out);
        }
    }

    private static void take(HrtfCalibration calibration, String line, PrintWriter out) {
        if (line.equals("s")) {
            calibration.skip();
        } else if (line.equals("u")) {
            if (calibration.progress().answers() == 0) {
                out.println("There is no answer to take back.");
            } else {
                calibration.undo();
            }
        } else {
            String[] words = line.split("[\\s,;]+");
            try {
                if (words.length != 2) {
                    throw new InvalidValueException("'" + line + "' is not an answer; type azimuth and elevation, or s, u or q");
                }
                calibration.answer(Check.inRange(number(words[0]), -360, 360, "azimuth"), Check.inRange(number(words[1]), -90, 90, "elevation"));
            } catch (InvalidValueException e) {
                // A slip of the fingers ends no test.
                out.println(e.getMessage());
            }
        }
    }

    private static double number(String word) {
        try {
            return Double.parseDouble(word);
        } catch (NumberFormatException e) {
            throw new InvalidValueException("'" + word + "' is not a number");
        }
    }

    /** As a game would: the whole engine, dry. */
    private void render(CalibrationProbe probe) {
        try (SoundWorld world = SoundWorld.open(SoundWorldSettings.OFFLINE.withSampleRateHz(RATE_HZ).withAcoustics(AcousticsSettings.OFF))) {
            world.addListener(new ListenerSettings("listener", probe.profile(), OutputDevices.wav(wav)));
            double azimuth = Math.toRadians(probe.azimuthDegrees());
            double elevation = Math.toRadians(probe.elevationDegrees());
            // The engine's axes: −z front, −x left, y up.
            Emitter emitter = world.addEmitter(probe.sound(), EmitterSettings.named("probe").withDistance(DistanceModel.none()).at(-DISTANCE_METERS * Math.sin(azimuth) * Math.cos(elevation),
                    DISTANCE_METERS * Math.sin(elevation), -DISTANCE_METERS * Math.cos(azimuth) * Math.cos(elevation)));
            emitter.play();
            world.commit();
            world.advance((int) Math.ceil((probe.sound().durationSeconds() + TAIL_SECONDS) * RATE_HZ / SoundWorldSettings.OFFLINE.blockFrames()));
        }
    }
}
