package io.pinna.cli;

import io.pinna.InferenceProvider;
import io.pinna.InferenceSettings;
import io.pinna.ResourceException;
import io.pinna.hrtf.BinauralModel;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code pinna render}: plays a scene file into WAV files. */
@Command(name = "render", mixinStandardHelpOptions = true, versionProvider = Pinna.VersionProvider.class,
        description = "Renders a scene file to one 32-bit float WAV file a listener, exactly as a game would play it.",
        footerHeading = "%nScene files are JSON. Fields, with their defaults (those without one are required):%n",
        footer = {
            "  sampleRateHz 48000, blockFrames 256, durationSeconds, limiter true",
            "  geometry []: obj FILE, materials {} (OBJ name to a built-in name, or to { absorption [3], transmission [3], scattering 0 }), path (the origin)",
            "  listeners: name \"listenerN\", hrtf {\"generic\": true}, {\"subject\": NAME}, {\"sofa\": FILE},",
            "    {\"profile\": FILE}, {\"measurements\": FILE} or {\"onnx\": FILE}, reverb { response FILE, layout mono | binaural |",
            "    ambisonics-sn3d | ambisonics-n3d | ambisonics-fuma (mono), gain 0 (dB) } or { sofa FILE, index 0, gain 0 }, path",
            "  emitters []: name \"emitterN\", sound FILE or generator { kind impulse | sine (frequencyHz) | white, pink (seed 0) |",
            "    sweep (fromHz, toHz, seconds) }, loop false, start 0 (s), gain 0 (dB), pitch 1, radius 0.2 (m), priority 0,",
            "    distance { model inverse | linear | exponential | none, default inverse, reference 1, max 100 x reference, rolloff 1 }",
            "    or { model custom, curve [ [m, dB], ... ] }, directivity { dipoleWeight 0, power 1, and a factor to it: curve",
            "    [ [degrees, dB or one for each band], ... ] or pattern talker | loudspeaker }, path",
            "  acoustics: occlusion, transmission, diffraction, airAbsorption, doppler true; propagationDelay, earlyReflections, lateReverb false",
            "  a path: [ { t (s, ascending), position [x, y, z] (m), yaw 0, pitch 0, roll 0 (degrees) }, ... ]",
            "Files are relative to the scene file. With several listeners -o out.wav gives out-NAME.wav for each."
        })
final class RenderCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "SCENE", description = "The scene file (JSON).")
    private Path sceneFile;

    @Option(names = {"-o", "--output"}, required = true, paramLabel = "WAV", description = "The WAV file to write.")
    private Path output;

    @Option(names = "--report", paramLabel = "JSON", description = "Also write a report: latency, times, voices, what each listener heard of each emitter and why, levels, what fell back.")
    private Path reportFile;

    @Option(names = "--interval", paramLabel = "SECONDS", defaultValue = "0.1", description = "Time between two entries of the report's series (default: ${DEFAULT-VALUE}).")
    private double intervalSeconds;

    @Option(names = "--mix", paramLabel = "THREAD", converter = KeyedOption.Mix.class, defaultValue = "auto",
            description = "Which thread renders the mix: audio-thread; inference-thread, by one ONNX graph for all sources and listeners, heard one block later; or auto, the inference thread if there is a GPU"
                + " (default: ${DEFAULT-VALUE}). Both sound the same, within -80 dB.")
    private InferenceSettings.Mix mix;

    @Option(names = "--provider", paramLabel = "NAME", converter = KeyedOption.Provider.class, defaultValue = "auto",
            description = "What the mix graph runs on: cpu, cuda, tensorrt, coreml, directml, or auto, the first GPU that works, else cpu (default: ${DEFAULT-VALUE}). One that is named and not there is an error.")
    private InferenceProvider provider;

    @Option(names = "--binaural-model", paramLabel = "LISTENER=ONNX",
            description = "A listener is rendered end to end by this ONNX model, in place of its hrtf; may be given for each. The mix is then the inference thread's. For the model's signature see BinauralModel.onnx in the API.")
    private Map<String, Path> binauralModels = Map.of();

    @Option(names = "--progress", negatable = true, description = "Show a progress bar at once, or never (default: where a person looks on, after two seconds).")
    private Boolean progress;

    @Override
    public Integer call() {
        if (!(intervalSeconds >= 0.001 && intervalSeconds <= 3600)) {
            throw new ParameterException(spec.commandLine(), "--interval is " + intervalSeconds + "; allowed is 0.001 to 3600 s.");
        }
        if (mix == InferenceSettings.Mix.AUDIO_THREAD && provider != InferenceProvider.AUTO) {
            throw new ParameterException(spec.commandLine(), "--provider " + KeyedOption.key(provider) + " runs nothing with --mix audio-thread; leave one of them out.");
        }
        if (!binauralModels.isEmpty() && mix == InferenceSettings.Mix.AUDIO_THREAD) {
            throw new ParameterException(spec.commandLine(), "--binaural-model needs the inference thread, and --mix is audio-thread; leave one of them out.");
        }
        SceneFile scene = SceneFile.read(sceneFile);
        Map<String, BinauralModel> models = models(scene);
        Map<String, Path> files = outputs(scene);
        checkOverwriting(scene, files);
        PrintWriter out = spec.commandLine().getOut();
        double wallSeconds;
        RenderReport report;
        long start = System.nanoTime();
        InferenceSettings inference = InferenceSettings.DEFAULT.withMix(models.isEmpty() ? mix : InferenceSettings.Mix.INFERENCE_THREAD).withProvider(provider);
        try (SceneRenderer renderer = new SceneRenderer(scene, l -> SceneOutput.wav(files.get(l.jsonPath()), scene.frames(), intervalOf(scene)), intervalSeconds, reportFile != null, inference, models);
             Progress bar = new Progress("rendering", scene.blocks(), progress, System.err)) {
            report = renderer.renderAll(bar::at);
            wallSeconds = (System.nanoTime() - start) * 1e-9;
        }
        if (reportFile != null) {
            report.write(reportFile);
        }
        for (String warning : report.warnings()) {
            spec.commandLine().getErr().println("pinna: " + warning);
        }
        for (int l = 0; l < scene.listeners().size(); l++) {
            SceneFile.ListenerPart listener = scene.listeners().get(l);
            var level = report.summary().get("listeners").get(l).get("level");
            out.println(String.format(Locale.ROOT, "%s: %s, %d frames, peak %.1f dBFS, left %.1f and right %.1f dB RMS", files.get(listener.jsonPath()), listener.name(), scene.frames(),
                    level.get("peakDbfs").asDouble(), level.get("rmsDbfsPerEar").get(0).asDouble(), level.get("rmsDbfsPerEar").get(1).asDouble()));
        }
        out.println(String.format(Locale.ROOT, "%.2f s of sound in %.2f s", (double) scene.frames() / scene.sampleRateHz(), wallSeconds));
        return Pinna.OK;
    }

    /** By the name of the listener. */
    private Map<String, BinauralModel> models(SceneFile scene) {
        List<String> names = scene.listeners().stream().map(SceneFile.ListenerPart::name).toList();
        Map<String, BinauralModel> models = new LinkedHashMap<>();
        binauralModels.forEach((name, file) -> {
            if (!names.contains(name)) {
                throw new ParameterException(spec.commandLine(), "--binaural-model names the listener \"" + name + "\"; the scene has " + String.join(", ", names) + ".");
            }
            models.put(name, BinauralModel.onnx(file));
        });
        return models;
    }

    private double intervalOf(SceneFile scene) {
        return RenderReport.intervalSeconds(scene, intervalSeconds);
    }

    /** The file of each listener, by its JSON path. */
    private Map<String, Path> outputs(SceneFile scene) {
        Map<String, Path> files = new LinkedHashMap<>();
        Path name = output.getFileName();
        if (name == null) {
            throw new ResourceException(output.toString(), "file", "is a folder; give the name of a WAV file");
        }
        for (SceneFile.ListenerPart listener : scene.listeners()) {
            if (scene.listeners().size() == 1) {
                files.put(listener.jsonPath(), output);
            } else {
                String text = name.toString();
                int dot = text.lastIndexOf('.') > 0 ? text.lastIndexOf('.') : text.length();
                files.put(listener.jsonPath(), output.resolveSibling(text.substring(0, dot) + "-" + listener.name() + text.substring(dot)));
            }
        }
        return files;
    }

    /** Nothing that the rendering reads or writes may be written a second time. */
    private void checkOverwriting(SceneFile scene, Map<String, Path> files) {
        List<Path> taken = new ArrayList<>();
        taken.add(scene.file());
        scene.geometry().forEach(g -> taken.add(g.obj()));
        scene.listeners().stream().filter(l -> l.hrtf().file() != null).forEach(l -> taken.add(l.hrtf().file()));
        taken.addAll(binauralModels.values());
        scene.emitters().stream().filter(e -> e.sound() != null).forEach(e -> taken.add(e.sound()));
        List<Path> written = new ArrayList<>(files.values());
        if (reportFile != null) {
            written.add(reportFile);
            Path folder = reportFile.toAbsolutePath().getParent();
            if (Files.isDirectory(reportFile) || folder != null && !Files.isDirectory(folder)) {
                throw new ResourceException(reportFile.toString(), "file", Files.isDirectory(reportFile) ? "is a folder; give the name of a file" : "the folder " + folder + " does not exist");
            }
        }
        for (Path file : written) {
            for (Path other : taken) {
                if (same(file, other)) {
                    throw new ResourceException(file.toString(), "file", "would be overwritten, but the rendering reads or writes it already; choose another name");
                }
            }
            taken.add(file);
        }
    }

    private static boolean same(Path a, Path b) {
        if (a.toAbsolutePath().normalize().equals(b.toAbsolutePath().normalize())) {
            return true;
        }
        try {
            return Files.isRegularFile(a) && Files.isRegularFile(b) && Files.isSameFile(a, b);
        } catch (IOException e) {
            return false;
        }
    }
}
