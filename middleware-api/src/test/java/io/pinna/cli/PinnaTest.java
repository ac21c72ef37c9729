package io.pinna.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pinna.testing.SharedData;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
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
    void benchTimesTheFields() throws IOException {
        assertEquals(Pinna.OK, run("bench", "--hrtf", "--seconds", "0.05", "--json"), err.toString());
        JsonNode json = new ObjectMapper().readTree(out.toString());
        assertEquals(1000, json.get("directions").asInt());
        assertEquals(4, json.get("results").size());
        for (JsonNode result : json.get("results")) {
            assertTrue(result.get("milliseconds").asDouble() > 0, result.toString());
        }
        assertTrue(json.get("results").get(1).get("field").asText().contains("4 listeners in a call"), json.toString());
        assertTrue(json.get("results").get(3).get("field").asText().contains("order 20"), json.toString());
    }

    @Test
    @Tag("integration")
    void benchComparesBoth() throws IOException {
        assertEquals(Pinna.OK, run("bench", "--sources", "2", "--seconds", "0.05", "--json"), err.toString());
        JsonNode r = new ObjectMapper().readTree(out.toString());
        assertEquals(2, r.get("results").size());
        for (JsonNode result : r.get("results")) {
            assertTrue(result.get("pinnaNanos").asDouble() > 0 && result.get("openAlNanos").asDouble() > 0, result.toString());
            assertTrue(result.get("ratio").asDouble() > 0, result.toString());
        }
        assertTrue(r.get("peer").asText().contains("Built-In HRTF"));
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
