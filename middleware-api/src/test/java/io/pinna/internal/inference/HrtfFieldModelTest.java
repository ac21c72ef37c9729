package io.pinna.internal.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinna.InferenceException;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("fault")
class HrtfFieldModelTest {
    private static final String FOLDER = "/io/pinna/assets/models/";
    private static byte[] description;
    private static byte[] model;
    private static byte[] spectra;

    @BeforeAll
    static void read() throws IOException {
        description = bytes("hrtf-field.json");
        model = bytes(new ObjectMapper().readTree(description).get("model").asText());
        spectra = bytes(new ObjectMapper().readTree(description).get("spectra").asText());
    }

    private static byte[] bytes(String file) throws IOException {
        try (InputStream in = HrtfFieldModelTest.class.getResourceAsStream(FOLDER + file)) {
            return in.readAllBytes();
        }
    }

    private static ObjectNode json() {
        try {
            return (ObjectNode) new ObjectMapper().readTree(description);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void refused(String expected, byte[] bytes, Consumer<ObjectNode> change) {
        refused(expected, bytes, spectra, change);
    }

    private static void refused(String expected, byte[] bytes, byte[] evaluation, Consumer<ObjectNode> change) {
        ObjectNode json = json();
        change.accept(json);
        InferenceException e = assertThrows(InferenceException.class, () -> new HrtfFieldModel("test.json", json, bytes, evaluation));
        assertTrue(e.getMessage().contains(expected), "\"" + expected + "\" in: " + e.getMessage());
    }

    private static int bins() {
        return json().get("bins").asInt();
    }

    @Test
    void theAssetIsWhole() {
        HrtfFieldModel whole = new HrtfFieldModel("test.json", json(), model, spectra);
        assertEquals(json().get("bins").asInt(), whole.bins());
        assertEquals(whole.latentSize(), whole.genericLatent().length);
        assertTrue(whole.subjectIds().size() >= 30 && whole.subjectIds().size() <= 1000, whole.subjectIds().size() + " subjects");
        InferenceException e = assertThrows(InferenceException.class, () -> whole.subjectLatent("nobody"));
        assertTrue(e.getMessage().contains("nobody"));
    }

    @Test
    void aDamagedModelIsRefusedByItsChecksum() {
        byte[] flipped = model.clone();
        flipped[flipped.length / 2] ^= 1;
        refused("damaged", flipped, j -> { });
        refused("damaged", java.util.Arrays.copyOf(model, model.length / 2), j -> { });
        refused("damaged", new byte[0], j -> { });
        refused("damaged", model, j -> j.put("modelSha256", "00"));
        refused("hrtf-spectra.onnx is damaged", model, java.util.Arrays.copyOf(spectra, spectra.length - 1), j -> { });
        refused("hrtf-spectra.onnx is damaged", model, model, j -> { });
    }

    @Test
    void whatIsNotOnnxIsRefusedEvenWithTheRightChecksum() throws Exception {
        for (byte[] bytes : new byte[][] {"not a model at all".getBytes(java.nio.charset.StandardCharsets.US_ASCII), java.util.Arrays.copyOf(model, model.length / 3), new byte[0]}) {
            String sha = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
            refused("refuses the model hrtf-field.onnx", bytes, j -> j.put("modelSha256", sha));
            refused("refuses the model hrtf-spectra.onnx", model, bytes, j -> j.put("spectraSha256", sha));
        }
    }

    @Test
    void aDescriptionThatDoesNotFitIsRefused() {
        refused("format", model, j -> j.put("format", "something"));
        refused("format", model, j -> j.remove("format"));
        refused("version", model, j -> j.put("version", 2));
        refused("bins", model, j -> j.put("bins", 100));
        refused("bins", model, j -> j.put("bins", "many"));
        refused("fftSize", model, j -> j.put("fftSize", -1));
        refused("sampleRateHz", model, j -> j.put("sampleRateHz", 1));
        refused("latentSize", model, j -> j.remove("latentSize"));
        refused("generic", model, j -> j.remove("generic"));
        refused("generic", model, j -> j.withObject("/generic").putArray("latent").add(1));
        refused("finite", model, j -> j.withObject("/generic").withArray("latent").set(0, j.textNode("NaN")));
        refused("modelSha256", model, j -> j.remove("modelSha256"));
        refused("spectraSha256", model, j -> j.remove("spectraSha256"));
        refused("spectra", model, j -> j.remove("spectra"));
        refused("order", model, j -> j.put("order", 41));
        refused("order", model, j -> j.remove("order"));
        refused("components", model, j -> j.put("components", bins() + 1));
    }

    @Test
    void aDescriptionOfAnotherShapeThanTheModelIsRefused() {
        int bins = bins();
        refused("coefficients", model, j -> j.put("order", j.get("order").asInt() - 1));
        refused("coefficients", model, j -> j.put("components", j.get("components").asInt() - 1));
        refused("magnitude_db", model, j -> j.put("fftSize", 4 * (bins - 1)).put("bins", 2 * (bins - 1) + 1));
        refused("latent", model, j -> {
            int size = j.get("latentSize").asInt() + 1;
            j.put("latentSize", size);
            var latent = j.withObject("/generic").putArray("latent");
            for (int i = 0; i < size; i++) {
                latent.add(0);
            }
            j.remove("subjects");
        });
    }
}
