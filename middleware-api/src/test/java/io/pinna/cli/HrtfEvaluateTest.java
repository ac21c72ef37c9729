package io.pinna.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pinna.internal.hrtf.SofaFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("integration")
class HrtfEvaluateTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(Object... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        return Pinna.execute(Stream.of(arguments).map(Object::toString).toArray(String[]::new), new PrintWriter(out, true), new PrintWriter(err, true));
    }

    @Test
    void comparesFilesAndProfiles(@TempDir Path folder) throws IOException {
        Path a = SofaFiles.octahedron().write(folder.resolve("a.sofa"));
        assertEquals(Pinna.OK, run("hrtf", "evaluate", "--reference", a, "--candidate", a), err.toString());
        assertTrue(out.toString().contains("LSD                0.00 dB"), out.toString());
        for (String candidate : new String[] {"generic", "cipic_003"}) {
            assertEquals(Pinna.OK, run("hrtf", "evaluate", "--reference", a, "--candidate", candidate, "--json"), err.toString());
            JsonNode r = new ObjectMapper().readTree(out.toString());
            assertEquals(6, r.get("directions").asInt());
            assertTrue(r.get("logSpectralDistortionDb").asDouble() > 1 && r.get("logSpectralDistortionDb").asDouble() < 40, r.toString());
            assertEquals(5, r.get("ildErrors").size());
        }
    }

    @Test
    void badInputIsNamed(@TempDir Path folder) {
        Path a = SofaFiles.octahedron().write(folder.resolve("a.sofa"));
        assertBadInput("no.sofa", "hrtf", "evaluate", "--reference", a, "--candidate", folder.resolve("no.sofa"));
        assertBadInput("no.sofa", "hrtf", "evaluate", "--reference", folder.resolve("no.sofa"), "--candidate", "generic");
        assertBadInput("'nobody'", "hrtf", "evaluate", "--reference", a, "--candidate", "nobody");
        assertBadInput("--candidate", "hrtf", "evaluate", "--reference", a);
        assertBadInput("--reference", "hrtf", "evaluate", "--candidate", "generic");
    }

    private void assertBadInput(String part, Object... arguments) {
        assertEquals(Pinna.BAD_INPUT, run(arguments), err.toString());
        assertTrue(err.toString().startsWith("pinna: ") && err.toString().contains(part), err.toString());
        assertEquals(1, err.toString().lines().count(), err.toString());
    }
}
