package io.pinna.cli;

import ai.onnxruntime.OrtEnvironment;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinna.Emitter;
import io.pinna.EmitterSettings;
import io.pinna.ListenerSettings;
import io.pinna.PinnaException;
import io.pinna.SignalGenerator;
import io.pinna.Sound;
import io.pinna.SoundWorld;
import io.pinna.SoundWorldSettings;
import io.pinna.hrtf.HrtfProfile;
import io.pinna.internal.device.DeviceProbe;
import io.pinna.internal.inference.HrtfFieldModel;
import io.pinna.internal.inference.OnnxRuntime;
import io.pinna.internal.simd.KernelChoice;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.lwjgl.Version;
import org.lwjgl.stb.STBVorbis;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code pinna doctor}: whether Pinna can work on this machine, and with what. */
@Command(name = "doctor", mixinStandardHelpOptions = true, versionProvider = Pinna.VersionProvider.class,
        description = "Checks this machine: JDK, native libraries, sound device, inference, models, and a short rendering. Ends with 0 if Pinna can work here; a missing sound card is a note.")
final class DoctorCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--json", description = "As JSON.")
    private boolean json;

    @Option(names = "--inference", description = "Also runs the binaural mix on each inference provider: how long a block takes, and how many sources fit within one. Takes some seconds.")
    private boolean measureInference;

    private final ObjectNode root = JsonNodeFactory.instance.objectNode();
    private final List<String> lines = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();

    @Override
    public Integer call() throws JsonProcessingException {
        platform();
        nativeLibraries();
        soundDevice();
        inference();
        rendering();
        root.put("works", failures.isEmpty());
        ArrayNode failed = root.putArray("failures");
        failures.forEach(failed::add);
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(root));
        } else {
            lines.forEach(out::println);
            out.println(failures.isEmpty() ? "Pinna can work here." : "Pinna cannot work here:");
            failures.forEach(f -> out.println("  " + f));
        }
        return failures.isEmpty() ? Pinna.OK : Pinna.FAILURE;
    }

    private void say(String topic, String text) {
        lines.add(String.format("%-20s %s", topic, text));
    }

    private void fail(String topic, String what, String remedy) {
        say(topic, "FAILED: " + what);
        failures.add(topic + ": " + what + "; " + remedy);
    }

    private void platform() {
        long heapMebibytes = Runtime.getRuntime().maxMemory() >> 20;
        root.put("pinnaVersion", io.pinna.cli.Version.text()).put("jdk", Machine.jdk()).put("javaVersion", Runtime.version().feature()).put("system", Machine.system());
        root.put("processor", Machine.processor()).put("cores", Machine.cores()).put("maxHeapMebibytes", heapMebibytes);
        say("Pinna", io.pinna.cli.Version.text());
        say("JDK", Machine.jdk());
        say("system", Machine.system());
        say("processor", Machine.processor() + ", " + Machine.cores() + " cores");
        say("heap", "at most " + heapMebibytes + " MiB");
        root.put("mixer", KernelChoice.description());
        say("mixer", KernelChoice.description());
    }

    private void nativeLibraries() {
        ObjectNode node = root.putObject("nativeLibraries");
        String where = "check that the jar has natives for " + System.getProperty("os.name") + " " + System.getProperty("os.arch") + " and that " + System.getProperty("java.io.tmpdir")
                + " is writable and not mounted noexec";
        try {
            org.lwjgl.system.Library.initialize();
            node.put("lwjgl", Version.getVersion());
            say("LWJGL", Version.getVersion());
        } catch (LinkageError | RuntimeException e) {
            node.putNull("lwjgl");
            fail("LWJGL", first(e), where);
            return;
        }
        try {
            // Any call loads the library; this one finds no Vorbis in sixteen zeros.
            STBVorbis.stb_vorbis_open_memory(ByteBuffer.allocateDirect(16), ByteBuffer.allocateDirect(4).order(ByteOrder.nativeOrder()).asIntBuffer(), null);
        } catch (LinkageError | RuntimeException e) {
            node.put("stb", false);
            fail("STB (Ogg Vorbis)", first(e), where);
            return;
        }
        node.put("stb", true);
        say("STB (Ogg Vorbis)", "loads");
    }

    private void soundDevice() {
        ObjectNode node = root.putObject("sound");
        DeviceProbe probe = DeviceProbe.probe();
        node.put("openAlLoads", probe.libraryLoaded()).put("openAlVersion", probe.version()).put("vendor", probe.vendor()).put("renderer", probe.renderer());
        ArrayNode devices = node.putArray("playbackDevices");
        probe.playbackDevices().forEach(devices::add);
        node.put("defaultDevice", probe.defaultDevice().orElse(null)).put("soundCard", probe.soundCard()).put("detail", probe.soundCardDetail());
        node.putObject("extensions").put("hrtf", probe.hrtf()).put("loopback", probe.loopback()).put("reopenDevice", probe.reopen()).put("systemEvents", probe.systemEvents())
                .put("disconnect", probe.disconnect()).put("directContext", probe.directContext());
        ArrayNode notes = node.putArray("notes");
        probe.notes().forEach(notes::add);
        // Without OpenAL there is no sound card, but files and memory can be rendered to: as bad as having no card.
        say("OpenAL", probe.libraryLoaded() ? probe.version() : "note: not available, so there is no sound card; rendering to files works");
        say("sound device", (probe.soundCard() ? "" : "note: none; rendering to files and memory works, and the automatic output discards sound in real time. ") + probe.soundCardDetail());
        if (!probe.playbackDevices().isEmpty()) {
            say("playback devices", String.join("; ", probe.playbackDevices()));
        }
        if (probe.libraryLoaded()) {
            say("OpenAL extensions", "reopen device " + yes(probe.reopen()) + ", system events " + yes(probe.systemEvents()) + ", disconnect " + yes(probe.disconnect()) + ", direct context "
                    + yes(probe.directContext()) + ", loopback " + yes(probe.loopback()) + ", HRTF " + yes(probe.hrtf()));
        }
        probe.notes().forEach(n -> say("note", n));
    }

    private static String yes(boolean there) {
        return there ? "yes" : "no";
    }

    private void inference() {
        ObjectNode node = root.putObject("inference");
        try {
            OrtEnvironment environment = OnnxRuntime.environment();
            ArrayNode providers = node.put("onnxRuntimeVersion", environment.getVersion()).putArray("executionProviders");
            List<String> names = new ArrayList<>();
            OrtEnvironment.getAvailableProviders().forEach(p -> names.add(p.getName()));
            names.forEach(providers::add);
            say("ONNX Runtime", environment.getVersion());
            say("execution providers", String.join(", ", names));
        } catch (LinkageError | RuntimeException e) {
            fail("ONNX Runtime", first(e), "check that this platform is one of those its jar has natives for, and that " + System.getProperty("java.io.tmpdir") + " is writable and not mounted noexec");
            return;
        }
        ObjectNode described = node.putArray("models").addObject();
        try {
            HrtfFieldModel model = HrtfFieldModel.builtIn();
            described.put("name", model.name()).put("sha256", model.sha256()).put("spectraName", model.spectraName()).put("spectraSha256", model.spectraSha256()).put("checksumMatches", true)
                    .put("provider", model.provider());
            ArrayNode subjects = described.putArray("subjects");
            model.subjectIds().forEach(subjects::add);
            say("HRTF field", model.name() + " and " + model.spectraName() + ", run on " + model.provider());
            say("  SHA-256", model.sha256() + " and " + model.spectraSha256() + ", as their description says");
            say("  subjects", String.join(", ", model.subjectIds()));
            say("  source", model.attribution());
            node.put("defaultHrtf", HrtfProfile.generic().describe());
            say("default HRTF", HrtfProfile.generic().describe());
        } catch (PinnaException e) {
            described.put("checksumMatches", false).put("fault", e.getMessage());
            fail("model", first(e), "build or download Pinna again");
            return;
        }
        if (measureInference) {
            mixing(node.putObject("mix"));
        }
    }

    private void mixing(ObjectNode node) {
        try {
            List<InferenceDoctor.Result> results = new InferenceDoctor().run();
            InferenceDoctor.describe(results, node);
            InferenceDoctor.lines(results).forEach(line -> say(line[0], line[1]));
        } catch (PinnaException e) {
            node.put("fault", e.getMessage());
            fail("mix graph", first(e), "build or download Pinna again");
        }
    }

    /** A tenth of a second through the whole engine. */
    private void rendering() {
        if (!failures.isEmpty()) {
            return;
        }
        SceneOutput output = SceneOutput.memory(4800, 0.1);
        try (SoundWorld world = SoundWorld.open(SoundWorldSettings.OFFLINE)) {
            world.addListener(new ListenerSettings("doctor", HrtfProfile.generic(), output));
            Emitter emitter = world.addEmitter(Sound.generator(SignalGenerator.sine(440)), EmitterSettings.named("tone").at(-1, 0, 0));
            emitter.play();
            world.commit();
            world.advance(19);
        } catch (PinnaException | LinkageError e) {
            root.put("rendering", false);
            fail("test rendering", first(e), "report this with the output of pinna doctor --verbose");
            return;
        }
        double left = output.meter().rmsDb(0);
        double right = output.meter().rmsDb(1);
        boolean sounds = left > -60 && left > right && output.meter().nonFiniteSamples() == 0;
        root.put("rendering", sounds);
        if (sounds) {
            say("test rendering", "a tone at the left ear is louder there");
        } else {
            fail("test rendering", "a tone at the left ear came out at " + left + " dB left and " + right + " dB right", "report this with the output of pinna doctor --json");
        }
    }

    private static String first(Throwable e) {
        Throwable cause = e;
        while (cause.getCause() != null && cause.getCause() != cause) {
            cause = cause.getCause();
        }
        String message = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        return message.lines().findFirst().orElse(message);
    }
}
