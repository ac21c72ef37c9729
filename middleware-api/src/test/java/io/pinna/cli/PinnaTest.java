package io.pinna.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pinna.InferenceProvider;
import io.pinna.internal.inference.InferenceProviders;
import io.pinna.testing.SharedData;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PinnaTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(Object... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        return Pinna.execute(Stream.of(arguments).map(Object::toString).toArray(String[]::new), new PrintWriter(out, true), new PrintWriter(err, true));
    }

    private void assertBadInput(int code, String... parts) {
        assertEquals(Pinna.BAD_INPUT, code, err.toString());
        assertEquals(1, err.toString().lines().count(), err.toString());
        assertTrue(err.toString().startsWith("pinna: "), err.toString());
        for (String part : parts) {
            assertTrue(err.toString().contains(part), err.toString());
        }
    }

    /** @return the number of frames of a 32-bit float stereo file */
    private static long frames(Path wav) throws IOException {
        ByteBuffer b = ByteBuffer.wrap(Files.readAllBytes(wav)).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 12; at + 8 <= b.capacity(); at += 8 + b.getInt(at + 4)) {
            if (b.getInt(at) == 0x20746d66) {
                assertEquals(3, b.getShort(at + 8), "float");
                assertEquals(2, b.getShort(at + 10), "stereo");
                assertEquals(32, b.getShort(at + 22), "bits");
            } else if (b.getInt(at) == 0x61746164) {
                return b.getInt(at + 4) / 8;
            }
        }
        throw new AssertionError("no data chunk");
    }

    @Test
    @Tag("integration")
    void rendersOneListenerToTheFileAndReports(@TempDir Path folder) throws IOException {
        Path wav = folder.resolve("out.wav");
        Path report = folder.resolve("r.json");
        assertEquals(Pinna.OK, run("render", Scenes.path("impulse.json"), "-o", wav, "--report", report, "--no-progress"), err.toString());
        assertEquals(4800, frames(wav));
        JsonNode r = new ObjectMapper().readTree(report.toFile());
        assertEquals(4800, r.get("frames").asInt());
        assertTrue(out.toString().contains("out.wav"), out.toString());
        assertEquals("", err.toString());
        byte[] first = Files.readAllBytes(wav);
        assertEquals(Pinna.OK, run("render", Scenes.path("impulse.json"), "--output", wav));
        assertArrayEquals(first, Files.readAllBytes(wav));
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(2, left.count(), "nothing is left behind");
        }
    }

    @Test
    @Tag("integration")
    void severalListenersGetAFileEach(@TempDir Path folder) throws IOException {
        assertEquals(Pinna.OK, run("render", Scenes.path("two_listeners.json"), "-o", folder.resolve("out.wav")), err.toString());
        assertEquals(12000, frames(folder.resolve("out-player.wav")));
        assertEquals(12000, frames(folder.resolve("out-turned.wav")));
        assertFalse(Files.exists(folder.resolve("out.wav")));
        assertTrue(Files.mismatch(folder.resolve("out-player.wav"), folder.resolve("out-turned.wav")) >= 0, "they hear differently");
    }

    @Test
    @Tag("integration")
    void aListenerMayWearABinauralModel(@TempDir Path folder) throws Exception {
        Path scene = Scenes.path("two_listeners.json");
        Path model = Path.of(io.pinna.hrtf.BinauralModel.class.getResource("head-look-back.onnx").toURI());
        Path report = folder.resolve("r.json");
        assertEquals(Pinna.OK, run("render", scene, "-o", folder.resolve("out.wav"), "--report", report, "--binaural-model", "player=" + model, "--provider", "cpu"), err.toString());
        JsonNode r = new ObjectMapper().readTree(report.toFile());
        assertTrue(r.at("/mix/description").asText().contains("one listener by the binaural model \"delay and level\""), r.get("mix").toString());
        assertTrue(r.at("/mix/blocks").asInt() > 40 && r.at("/mix/failedBlocks").asInt() == 0, r.get("mix").toString());
        assertEquals(Pinna.OK, run("render", scene, "-o", folder.resolve("plain.wav"), "--mix", "inference-thread", "--provider", "cpu"), err.toString());
        assertEquals(-1, Files.mismatch(folder.resolve("out-turned.wav"), folder.resolve("plain-turned.wav")), "the other listener wears none");
        assertTrue(Files.mismatch(folder.resolve("out-player.wav"), folder.resolve("plain-player.wav")) >= 0, "they hear differently");
        assertBadInput(run("render", scene, "-o", folder.resolve("o.wav"), "--binaural-model", "nobody=" + model), "nobody", "player, turned");
        assertBadInput(run("render", scene, "-o", folder.resolve("o.wav"), "--binaural-model", "player=" + folder.resolve("no.onnx")), "no.onnx", "does not exist");
        assertBadInput(run("render", scene, "-o", folder.resolve("o.wav"), "--binaural-model", "player=" + model, "--mix", "audio-thread"), "--binaural-model", "audio-thread");
    }

    @Test
    @Tag("property")
    void eitherThreadMixesTheSameOneBlockApart(@TempDir Path folder) throws IOException {
        Path scene = Scenes.path("full.json");
        Path here = folder.resolve("here.json");
        Path there = folder.resolve("there.json");
        assertEquals(Pinna.OK, run("render", scene, "-o", folder.resolve("here.wav"), "--report", here, "--mix", "audio-thread"), err.toString());
        assertEquals(Pinna.OK, run("render", scene, "-o", folder.resolve("there.wav"), "--report", there, "--mix", "inference-thread", "--provider", "cpu"), err.toString());
        JsonNode r = new ObjectMapper().readTree(here.toFile());
        assertFalse(r.at("/mix/onInferenceThread").asBoolean(), r.get("mix").toString());
        assertEquals("audio thread: asked for", r.at("/mix/description").asText());
        assertEquals(0, r.at("/mix/blocks").asInt());
        JsonNode t = new ObjectMapper().readTree(there.toFile());
        assertTrue(t.at("/mix/onInferenceThread").asBoolean(), t.get("mix").toString());
        assertTrue(t.at("/mix/description").asText().startsWith("cpu: asked for; one ONNX graph for 2 listeners"), t.get("mix").toString());
        assertTrue(t.at("/mix/blocks").asInt() > 150, t.get("mix").toString());
        assertEquals(0, t.at("/mix/lateBlocks").asInt() + t.at("/mix/failedBlocks").asInt() + t.at("/mix/unpreparedBlocks").asInt(), t.get("mix").toString());
        assertEquals(r.get("latencyFrames").asInt() + 256, t.get("latencyFrames").asInt());
        for (String listener : new String[] {"player", "camera"}) {
            float[] a = samples(folder.resolve("here-" + listener + ".wav"));
            float[] b = samples(folder.resolve("there-" + listener + ".wav"));
            assertEquals(a.length, b.length);
            double error = 0;
            double power = 0;
            for (int i = 0; i + 2 * 256 < a.length; i++) {
                error += Math.pow(b[i + 2 * 256] - a[i], 2);
                power += Math.pow(a[i], 2);
            }
            assertTrue(power > 1, "it sounds");
            assertTrue(10 * Math.log10(error / power) < -80, listener + ": " + 10 * Math.log10(error / power) + " dB");
        }
    }

    /** Of both ears in turn. */
    private static float[] samples(Path wav) throws IOException {
        ByteBuffer b = ByteBuffer.wrap(Files.readAllBytes(wav)).order(ByteOrder.LITTLE_ENDIAN);
        float[] samples = new float[(int) (2 * frames(wav))];
        b.position(b.capacity() - samples.length * Float.BYTES);
        b.asFloatBuffer().get(samples);
        return samples;
    }

    @Test
    @Tag("fault")
    void aProviderThatIsNotThereIsSaidAndNothingIsWritten(@TempDir Path folder) throws IOException {
        InferenceProvider missing = Stream.of(InferenceProvider.values()).filter(p -> p != InferenceProvider.AUTO && !InferenceProviders.available().contains(p)).findFirst().orElseThrow();
        String name = missing.name().toLowerCase(Locale.ROOT);
        Path wav = folder.resolve("o.wav");
        for (String mix : new String[] {"auto", "inference-thread"}) {
            assertEquals(Pinna.FAILURE, run("render", Scenes.path("impulse.json"), "-o", wav, "--mix", mix, "--provider", name), err.toString());
            assertEquals(1, err.toString().lines().count(), err.toString());
            assertTrue(err.toString().startsWith("pinna: the inference provider " + name + " is not in this ONNX Runtime"), err.toString());
        }
        assertBadInput(run("render", Scenes.path("impulse.json"), "-o", wav, "--mix", "gpu"), "--mix", "gpu", "audio-thread, inference-thread");
        assertBadInput(run("render", Scenes.path("impulse.json"), "-o", wav, "--provider", "opencl"), "--provider", "opencl", "cuda");
        assertBadInput(run("render", Scenes.path("impulse.json"), "-o", wav, "--mix", "audio-thread", "--provider", "cpu"), "--provider cpu", "--mix audio-thread");
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(0, left.count());
        }
    }

    @Test
    @Tag("fault")
    void badInputIsOneLineAndCodeTwo(@TempDir Path folder) throws IOException {
        assertBadInput(run("render", folder.resolve("no.json"), "-o", folder.resolve("o.wav")), "no.json", "does not exist");
        Path scene = folder.resolve("scene.json");
        String valid = Files.readString(Scenes.path("impulse.json"));
        Files.writeString(scene, valid.replace("\"start\": 0.01", "\"start\": \"soon\""));
        assertBadInput(run("render", scene, "-o", folder.resolve("o.wav")), "scene.json", "emitters[0].start", "soon");
        Files.writeString(scene, valid);
        assertBadInput(run("render", scene, "-o", folder.resolve("no/o.wav")), "no/o.wav", "does not exist");
        assertBadInput(run("render", scene, "-o", folder), "folder");
        assertBadInput(run("render", scene, "-o", scene), "overwritten");
        assertBadInput(run("render", scene, "-o", folder.resolve("o.wav"), "--report", folder.resolve("o.wav")), "overwritten");
        assertBadInput(run("render", scene, "-o", folder.resolve("o.wav"), "--interval", "0"), "--interval");
        assertBadInput(run("render", scene), "--output");
        assertBadInput(run("render", scene, "-o", "o.wav", "--fast"), "--fast");
        assertBadInput(run("hrtf", "info", folder.resolve("no.sofa")), "no.sofa");
        Files.writeString(folder.resolve("bad.sofa"), "not HDF5");
        assertBadInput(run("hrtf", "info", folder.resolve("bad.sofa")), "bad.sofa");
        assertBadInput(run("hrtf"), "command");
        assertBadInput(run("sing"), "sing");
        assertBadInput(run(), "command");
        assertBadInput(run("bench", "--sources", "0"), "--sources");
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(2, left.count(), "no output of a rendering that did not take place");
        }
    }

    /** A rendering that fails on the way leaves what was there. */
    @Test
    @Tag("fault")
    void aFailedRenderingKeepsTheOldFile(@TempDir Path folder) throws IOException {
        Path wav = folder.resolve("o.wav");
        Files.writeString(wav, "precious");
        Files.writeString(folder.resolve("bad.ogg"), "nothing");
        Path scene = folder.resolve("scene.json");
        Files.writeString(scene, Files.readString(Scenes.path("impulse.json")).replace("\"generator\": { \"kind\": \"impulse\" }", "\"sound\": \"bad.ogg\""));
        assertBadInput(run("render", scene, "-o", wav), "emitters[0].sound", "bad.ogg");
        assertEquals("precious", Files.readString(wav));
        assertFalse(Files.exists(folder.resolve("o.wav.part")));
        assertEquals(Pinna.BAD_INPUT, run("render", scene, "-o", wav, "--verbose"));
        assertTrue(err.toString().contains("\tat io.pinna"), "--verbose shows the stack trace");
    }

    @Test
    @Tag("unit")
    void versionAndHelp() {
        assertEquals(Pinna.OK, run("--version"));
        assertTrue(out.toString().matches("pinna \\d+\\.\\d+.*\\R"), out.toString());
        for (String command : new String[] {"render", "hrtf", "doctor", "bench"}) {
            assertEquals(Pinna.OK, run(command, "--help"));
            assertTrue(out.toString().contains("Usage: pinna " + command), out.toString());
        }
        assertEquals(Pinna.OK, run("--help"));
        assertTrue(out.toString().contains("Exit codes"), out.toString());
    }

    @Test
    @Tag("integration")
    void doctorFindsThatPinnaWorks() throws IOException {
        assertEquals(Pinna.OK, run("doctor", "--json"), out.toString());
        JsonNode r = new ObjectMapper().readTree(out.toString());
        assertTrue(r.get("works").asBoolean());
        assertTrue(r.at("/inference/executionProviders").toString().contains("CPUExecutionProvider"));
        assertEquals(64, r.at("/inference/models/0/sha256").asText().length());
        assertTrue(r.at("/inference/models/0/checksumMatches").asBoolean());
        assertTrue(r.at("/inference/models/0/subjects").size() > 10);
        assertTrue(r.at("/sound/openAlVersion").asText().contains("ALSOFT"), r.get("sound").toString());
        assertEquals(Pinna.OK, run("doctor"));
        assertTrue(out.toString().contains("Pinna can work here"), out.toString());
    }

    @Test
    @Tag("integration")
    void hrtfInfoDescribesASofaFile() throws IOException {
        Path folder = SharedData.require("data/sofa");
        Path sofa;
        try (Stream<Path> files = Files.list(folder)) {
            sofa = files.filter(f -> f.toString().endsWith(".sofa")).sorted().findFirst().orElseThrow();
        }
        assertEquals(Pinna.OK, run("hrtf", "info", sofa), err.toString());
        assertTrue(out.toString().contains("measurements"), out.toString());
        assertEquals(Pinna.OK, run("hrtf", "info", "--json", sofa), err.toString());
        JsonNode r = new ObjectMapper().readTree(out.toString());
        assertTrue(r.get("sampleRateHz").asDouble() >= 8000 && r.get("measurementCount").asInt() > 0, r.toString());
    }

    @Test
    @Tag("integration")
    void hrtfExportWritesWhatItSays(@TempDir Path folder) {
        Path mhr = folder.resolve("me.mhr");
        assertEquals(Pinna.OK, run("hrtf", "export", "cipic_003", "--mhr", mhr), err.toString());
        assertTrue(Files.isRegularFile(mhr) && out.toString().contains("48000 Hz"), out.toString());
        Path sofa = folder.resolve("me.sofa");
        assertEquals(Pinna.OK, run("hrtf", "export", "generic", "--sofa", sofa, "--rate", "32000"), err.toString());
        assertEquals(Pinna.OK, run("hrtf", "info", sofa), err.toString());
        assertTrue(out.toString().contains("32000"), out.toString());
        assertBadInput(run("hrtf", "export", "generic"), "--sofa");
        assertBadInput(run("hrtf", "export", "nobody", "--mhr", mhr), "nobody", "cipic_003");
        assertBadInput(run("hrtf", "export", folder.resolve("no.sofa"), "--sofa", sofa), "no.sofa");
        assertBadInput(run("hrtf", "export", "generic", "--mhr", mhr, "--rate", "1"), "sampleRateHz");
    }
}
