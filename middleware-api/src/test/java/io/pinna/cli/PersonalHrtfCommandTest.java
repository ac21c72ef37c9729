package io.pinna.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pinna.hrtf.HrtfProfile;
import io.pinna.internal.hrtf.PersonalHrtfSamples;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A .pinna file on the command line and in scenes. */
class PersonalHrtfCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    Path folder;
    private Path me;

    @BeforeEach
    void save() {
        me = folder.resolve("me.pinna");
        PersonalHrtfSamples.hrtf(12, 4).save(me);
    }

    private int run(Object... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        return Pinna.execute(Stream.of(arguments).map(Object::toString).toArray(String[]::new), new PrintWriter(out, true), new PrintWriter(err, true));
    }

    @Test
    @Tag("integration")
    void infoDescribesIt() throws IOException {
        assertEquals(Pinna.OK, run("hrtf", "info", me), err.toString());
        for (String part : new String[] {"from measured directions", "Pinna test", "order 12", "dB (from 0.2 to 16 kHz)", " µs", PersonalHrtfSamples.NOTES.get(0), PersonalHrtfSamples.NOTES.get(1)}) {
            assertTrue(out.toString().contains(part), out.toString());
        }
        assertEquals(Pinna.OK, run("hrtf", "info", "--json", me), err.toString());
        JsonNode json = new ObjectMapper().readTree(out.toString());
        assertEquals("MEASURED_DIRECTIONS", json.get("kind").asText());
        assertEquals(12, json.get("order").asInt());
        assertEquals(2, json.get("notes").size());
        double most = json.get("maxInterauralDelayMicroseconds").asDouble();
        assertTrue(most > 500 && most < 800, json.toString());
    }

    @Test
    @Tag("integration")
    void exportAndEvaluationAgree() throws IOException {
        Path sofa = folder.resolve("me.sofa");
        assertEquals(Pinna.OK, run("hrtf", "export", me, "--sofa", sofa, "--mhr", folder.resolve("me.mhr")), err.toString());
        assertTrue(Files.size(folder.resolve("me.mhr")) > 1_000_000);
        assertEquals(Pinna.OK, run("hrtf", "evaluate", "--reference", sofa, "--candidate", me, "--json"), err.toString());
        JsonNode json = new ObjectMapper().readTree(out.toString());
        assertEquals(2562, json.get("directions").asInt());
        assertEquals(0, json.get("logSpectralDistortionDb").asDouble(), 0.1);
        assertEquals(0, json.get("itdErrorMicroseconds").asDouble(), 1);
        assertEquals("personal me.pinna", json.get("candidate").asText());
    }

    @Test
    @Tag("integration")
    void aSceneWearsIt() throws IOException {
        Path scene = Files.writeString(folder.resolve("scene.json"), ("{ 'durationSeconds': 0.1, 'listeners': [ { 'name': 'a', 'hrtf': { 'profile': 'me.pinna' }, 'path': " + Scenes.STILL + " } ],"
                + " 'emitters': [ { 'generator': { 'kind': 'white' }, 'path': [ { 'position': [-1, 0, 0] } ] } ] }").replace('\'', '"'));
        SceneFile.HrtfPart worn = SceneFile.read(scene).listeners().get(0).hrtf();
        assertEquals(HrtfProfile.personal(me.toAbsolutePath()), worn.profile());
        assertEquals("listeners[0].hrtf.profile", worn.jsonPath());
        Path report = folder.resolve("report.json");
        assertEquals(Pinna.OK, run("render", scene, "-o", folder.resolve("out.wav"), "--report", report), err.toString());
        JsonNode json = new ObjectMapper().readTree(report.toFile());
        assertEquals("personal me.pinna", json.get("listeners").get(0).get("profile").asText());
        assertTrue(json.get("model").isNull(), "the HRTF field took no part");
        JsonNode level = json.get("listeners").get(0).get("level");
        assertTrue(level != null && !level.isEmpty(), json.toString());
        // What it reads it does not write over.
        assertBadInput("me.pinna", "render", scene, "-o", me);
    }

    @Test
    @Tag("fault")
    void badInputIsNamed() throws IOException {
        Path bad = Files.writeString(folder.resolve("bad.PINNA"), "no profile");
        Path no = folder.resolve("no.pinna");
        assertBadInput("not a .pinna", "hrtf", "info", bad);
        assertBadInput("does not exist", "hrtf", "info", no);
        assertBadInput("does not exist", "hrtf", "export", no, "--mhr", folder.resolve("me.mhr"));
        assertBadInput("not a .pinna", "hrtf", "export", bad, "--sofa", folder.resolve("me.sofa"));
        assertBadInput("does not exist", "hrtf", "evaluate", "--reference", folder.resolve("no.sofa"), "--candidate", me);
        assertBadInput("does not exist", "hrtf", "export", "no.pinna", "--mhr", folder.resolve("me.mhr"));
    }

    private void assertBadInput(String part, Object... arguments) {
        assertEquals(Pinna.BAD_INPUT, run(arguments), err.toString());
        assertTrue(err.toString().startsWith("pinna: ") && err.toString().contains(part), err.toString());
        assertEquals(1, err.toString().lines().count(), err.toString());
    }
}
