package io.pinna.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pinna.hrtf.HrtfProfile;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("integration")
class CommandLineTest {
    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        return ClinicDemo.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
    }

    @Test
    void rendersToAFileAndReportsAsJson() throws IOException {
        Path wav = folder.resolve("tour.wav");
        Path report = folder.resolve("report.json");
        assertEquals(0, run("--headless", "-o", wav.toString(), "--report", report.toString(), "--seconds", "1.5"), err::toString);
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(wav)).order(ByteOrder.LITTLE_ENDIAN);
        assertEquals("RIFF", new String(bytes.array(), 0, 4, StandardCharsets.US_ASCII));
        assertEquals(1.5 * 48000 * 2 * 4, bytes.capacity(), 2 * 256 * 8);
        JsonNode json = new ObjectMapper().readTree(report.toFile());
        assertEquals(1.5, json.get("levels").get("seconds").asDouble(), 0.01);
        assertEquals(0, json.get("levels").get("clippedSamples").asInt(-1));
        assertTrue(json.get("latencyFrames").asInt() > 0 && json.get("latencyFrames").asInt() < 1024);
        assertTrue(json.get("renderer").asText().contains("CPU"));
        assertTrue(json.get("listeners").get(0).get("model").asText().contains("onnx"));
        assertTrue(json.get("blockTimesMicros").get("p99").asDouble() >= json.get("blockTimesMicros").get("p50").asDouble());
        JsonNode moments = json.get("moments");
        assertEquals(1, moments.size());
        assertEquals(ClinicSounds.PLACEMENTS.size(), moments.get(0).get("emitters").size());
        assertEquals("ward lamp", moments.get(0).get("emitters").get(0).get("name").asText());
        assertEquals(3, moments.get(0).get("emitters").get(0).get("gainDb").size());
    }

    @Test
    void reportsAsTextOnTheConsole() {
        assertEquals(0, run("--headless", "-o", folder.resolve("a.wav").toString(), "--seconds", "0.5"), err::toString);
        assertTrue(out.toString().contains("left ear") && out.toString().contains("heart monitor"), out::toString);
        assertEquals("", err.toString());
    }

    @Test
    void saysWhatIsWrongWithAFile() throws IOException {
        Path sofa = Files.writeString(folder.resolve("broken.sofa"), "no HDF5");
        assertEquals(1, run("--headless", "-o", folder.resolve("a.wav").toString(), "--hrtf", sofa.toString()));
        assertTrue(err.toString().contains("broken.sofa") && !err.toString().contains("at io.pinna"), err::toString);
    }

    @Test
    void wearsAProfileOfOnesOwn() throws IOException {
        Path file = Files.writeString(folder.resolve("me.pinna"), "no profile");
        assertEquals(1, run("--headless", "-o", folder.resolve("a.wav").toString(), "--profile", file.toString()));
        assertTrue(err.toString().contains("me.pinna") && err.toString().contains("not a .pinna") && !err.toString().contains("at io.pinna"), err::toString);
        assertEquals(2, run("--headless", "--profile", "me.wav"));
        assertTrue(err.toString().contains("me.wav") && err.toString().contains(".sofa"), err::toString);
        assertEquals(2, run("--headless", "--profile", "me.pinna", "--hrtf", "generic"));
    }

    /** H goes around, and begins with what is worn. */
    @Test
    void theEarsThatHGoesThrough() {
        HrtfProfile generic = HrtfProfile.generic();
        HrtfProfile subject = HrtfProfile.subject("cipic_003");
        HrtfProfile other = HrtfProfile.subject("cipic_008");
        HrtfProfile own = HrtfProfile.personal(Path.of("me.pinna"));
        assertEquals(List.of(generic, subject, own), ClinicDemo.ears(own));
        assertEquals(List.of(subject, generic), ClinicDemo.ears(generic));
        assertEquals(List.of(generic, other), ClinicDemo.ears(other));
    }

    @Test
    void saysWhatIsWrongWithTheOutput() {
        assertEquals(1, run("--headless", "--seconds", "0.2", "-o", folder.resolve("no/such/folder/a.wav").toString()));
        assertTrue(err.toString().contains("a.wav") && !err.toString().contains("at io.pinna"), err::toString);
    }

    /** Before the window opens. */
    @Test
    void saysWhatIsWrongWithAListeningTest() {
        assertEquals(2, run("--calibrate", "--headless"));
        assertTrue(err.toString().contains("--calibrate") && err.toString().contains("leave --headless out"), err::toString);
        assertEquals(2, run("--calibrate", "--tour"));
        assertTrue(err.toString().contains("leave --tour out"), err::toString);
        assertEquals(2, run("--save-profile", "me.wav"));
        assertTrue(err.toString().contains("me.wav") && err.toString().contains(".pinna"), err::toString);
        assertEquals(2, run("--save-profile", folder.resolve("none/me.pinna").toString()));
        assertTrue(err.toString().contains("folder does not exist"), err::toString);
    }

    @Test
    void refusesWhatItDoesNotKnow() {
        assertEquals(2, run("--headless", "--seconds", "-1"));
        assertEquals(2, run("--headless", "--seconds", "NaN"));
        assertEquals(2, run("--at", "99"));
        assertEquals(2, run("--loud"));
        assertEquals(0, run("--help"));
        assertTrue(out.toString().contains("--headless") && out.toString().contains("--screenshot"));
    }

    @Test
    void withoutADisplayItPointsToHeadless() throws IOException, InterruptedException {
        // Nothing listens there; an empty map is no display at all.
        for (Map<String, String> display : List.of(Map.<String, String>of(), Map.of("DISPLAY", ":4711"))) {
            ProcessBuilder builder = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m", "-cp", System.getProperty("java.class.path"),
                    "io.pinna.demo.ClinicDemo");
            builder.environment().remove("DISPLAY");
            builder.environment().remove("WAYLAND_DISPLAY");
            builder.environment().putAll(display);
            builder.redirectErrorStream(true);
            Process process = builder.start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(process.waitFor(60, TimeUnit.SECONDS));
            boolean unix = !System.getProperty("os.name").toLowerCase(java.util.Locale.ROOT).matches(".*(windows|mac).*");
            org.junit.jupiter.api.Assumptions.assumeTrue(unix, "skipped: other systems have a display without being told");
            assertEquals(2, process.exitValue(), said);
            assertTrue(said.contains("--headless"), said);
        }
    }
}
