package io.pinna.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pinna.InferenceProvider;
import io.pinna.internal.inference.InferenceProviders;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What {@code pinna bench} says; not how fast anything is. */
final class BenchCommandTest {
    private static final List<String> NAMES = List.of("cpu", "vector", "onnx-cpu", "onnx-gpu", "openal-full", "openal-ambi2");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        return Pinna.execute(arguments, new PrintWriter(out, true), new PrintWriter(err, true));
    }

    @Test
    @Tag("integration")
    void timesTheFields() throws IOException {
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
    void hasAFigureOrAReasonForEveryRenderer() throws IOException {
        assertEquals(Pinna.OK, run("bench", "--sources", "2,5", "--near", "--seconds", "0.05", "--json"), err.toString());
        JsonNode r = new ObjectMapper().readTree(out.toString());
        assertEquals(NAMES.size(), r.get("renderers").size());
        List<String> present = new ArrayList<>();
        for (int i = 0; i < NAMES.size(); i++) {
            JsonNode renderer = r.get("renderers").get(i);
            assertEquals(NAMES.get(i), renderer.get("name").asText());
            boolean there = renderer.get("present").asBoolean();
            assertEquals(there, renderer.get("reason").isNull(), renderer.toString());
            assertEquals(there, !renderer.get("description").isNull(), renderer.toString());
            if (there) {
                present.add(NAMES.get(i));
            }
        }
        assertTrue(present.containsAll(List.of("cpu", "onnx-cpu", "openal-full", "openal-ambi2")), present.toString());
        assertTrue(r.get("renderers").get(4).get("description").asText().endsWith("hrtf-mode=full"));
        assertTrue(r.get("renderers").get(5).get("description").asText().endsWith("hrtf-mode=ambi2"));
        JsonNode vector = r.get("renderers").get(1);
        if (ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()) {
            assertTrue(vector.get("description").asText().contains("Vector API"), vector.toString());
        } else {
            assertTrue(vector.get("reason").asText().contains("--add-modules jdk.incubator.vector"), vector.toString());
        }
        assertTrue(r.get("renderers").get(0).get("description").asText().contains("plain Java"), "whatever was chosen for worlds");
        if (InferenceProviders.available().equals(List.of(InferenceProvider.CPU))) {
            assertTrue(r.get("renderers").get(3).get("reason").asText().contains("onnxruntime_gpu"), "what to do is said");
        }
        assertEquals(6, r.get("results").size());
        List<String> loads = new ArrayList<>();
        for (JsonNode result : r.get("results")) {
            int sources = result.get("sources").asInt();
            loads.add(sources + " " + result.get("motion").asText());
            for (String name : NAMES) {
                JsonNode of = result.get("renderers").get(name);
                if (!present.contains(name)) {
                    assertTrue(of.get("nanos").isNull() && !of.get("reason").asText().isBlank(), of.toString());
                    continue;
                }
                double nanos = of.get("nanos").asDouble();
                assertTrue(nanos > 0.05 && nanos < 1e6, name + " " + of);
                assertTrue(of.get("wallNanos").asDouble() > 0, of.toString());
                assertEquals(1e9 / 48000 / sources / nanos, of.get("realTimeFactor").asDouble(), 1e-6 * of.get("realTimeFactor").asDouble());
                assertEquals(name.equals("openal-full"), of.get("ratioToOpenAlFull").asDouble() == 1, of.toString());
                assertTrue(of.get("ratioToOpenAlFull").asDouble() > 0, of.toString());
                assertTrue(of.get("rounds").asInt() >= 3 && of.get("rounds").asInt() <= r.get("mostRounds").asInt(), of.toString());
                assertEquals(name.startsWith("onnx"), of.has("handOverNanos"), of.toString());
                assertTrue(!of.has("handOverNanos") || of.get("handOverNanos").asDouble() > 0, of.toString());
            }
        }
        assertEquals(List.of("2 still", "2 moving", "2 near", "5 still", "5 moving", "5 near"), loads);
    }

    @Test
    @Tag("integration")
    void theTableNamesWhatIsThereAndWhatIsNot() {
        assertEquals(Pinna.OK, run("bench", "--sources", "2", "--seconds", "0.05", "--renderers", "cpu,onnx-gpu"), err.toString());
        String text = out.toString();
        assertTrue(text.contains("\n  cpu           ") && text.contains("overlap-save"), text);
        assertTrue(text.contains("\n  onnx-gpu      "), text);
        assertFalse(text.contains("openal-ambi2"), text);
        // Once with times, once with real-time factors; without OpenAL Soft there is nothing to compare with.
        assertEquals(2, text.lines().filter(l -> l.startsWith("       2  moving ")).count(), text);
        assertTrue(text.lines().anyMatch(l -> l.matches(" +2 {2}moving +[0-9.]+ +-.*")), text);
    }

    @Test
    @Tag("fault")
    void badOptionsAreOneLineAndCodeTwo() {
        String[][] bad = {{"--sources", "0"}, {"--sources", "4097"}, {"--seconds", "0"}, {"--renderers", "gpu"}};
        for (String[] options : bad) {
            err.getBuffer().setLength(0);
            assertEquals(Pinna.BAD_INPUT, run("bench", options[0], options[1]), err.toString());
            assertEquals(1, err.toString().lines().count(), err.toString());
            assertTrue(err.toString().contains(options[0]), err.toString());
        }
        assertTrue(err.toString().contains("onnx-cpu"), err.toString());
    }
}
