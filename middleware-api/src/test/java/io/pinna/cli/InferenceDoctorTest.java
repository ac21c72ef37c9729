package io.pinna.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinna.InferenceProvider;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class InferenceDoctorTest {
    @Test
    @Tag("integration")
    void theProcessorsLatenciesAreReported() {
        List<InferenceDoctor.Result> results = new InferenceDoctor(32, 0.1).run();
        InferenceDoctor.Result processor = results.get(results.size() - 1);
        assertEquals(InferenceProvider.CPU, processor.provider());
        assertEquals(null, processor.fault());
        assertEquals(16, processor.latencies().get(0).sources());
        assertTrue(processor.largestSources() <= 32);

        ObjectNode node = JsonNodeFactory.instance.objectNode();
        InferenceDoctor.describe(results, node);
        JsonNode described = node.get("providers").get(results.size() - 1);
        assertEquals("cpu", described.get("provider").asText());
        assertEquals(5.333, node.get("blockMillis").asDouble(), 0.001);
        assertTrue(described.get("works").asBoolean());
        for (JsonNode latency : described.get("latencies")) {
            double p50 = latency.get("p50Millis").asDouble();
            assertTrue(latency.get("blocks").asInt() >= 2 && p50 > 0, latency::toString);
            assertTrue(p50 <= latency.get("p95Millis").asDouble() && latency.get("p95Millis").asDouble() <= latency.get("p99Millis").asDouble()
                    && latency.get("p99Millis").asDouble() <= latency.get("maxMillis").asDouble(), latency::toString);
        }
        List<String[]> lines = InferenceDoctor.lines(results);
        assertTrue(lines.stream().anyMatch(l -> l[0].equals("mix on cpu") && l[1].contains("within a block of 256 frames")));
        assertTrue(lines.stream().anyMatch(l -> l[0].equals("  16 sources")));
    }

    @Test
    @Tag("unit")
    void percentilesAreThoseOfTheTimes() {
        double[] millis = new double[200];
        for (int i = 0; i < millis.length; i++) {
            millis[millis.length - 1 - i] = 0.01 * (i + 1);
        }
        InferenceDoctor.Latency latency = InferenceDoctor.Latency.of(8, millis);
        assertEquals(1.0, latency.p50(), 1e-9);
        assertEquals(1.9, latency.p95(), 1e-9);
        assertEquals(1.98, latency.p99(), 1e-9);
        assertEquals(2.0, latency.max(), 1e-9);
        assertTrue(latency.fits());
        millis[0] = 40;
        millis[1] = 40;
        millis[2] = 40;
        assertFalse(InferenceDoctor.Latency.of(8, millis).fits(), "three of two hundred are more than one in a hundred");
    }

    @Test
    @Tag("fault")
    void aProviderThatDoesNotWorkIsANote() {
        InferenceDoctor.Result broken = new InferenceDoctor.Result(InferenceProvider.CUDA, "no driver", 0, List.of(), 0, false);
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        InferenceDoctor.describe(List.of(broken), node);
        assertFalse(node.get("providers").get(0).get("works").asBoolean());
        assertEquals("no driver", node.get("providers").get(0).get("fault").asText());
        assertTrue(InferenceDoctor.lines(List.of(broken)).get(0)[1].contains("no driver"));
    }
}
