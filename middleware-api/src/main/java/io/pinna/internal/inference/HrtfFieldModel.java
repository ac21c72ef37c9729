package io.pinna.internal.inference;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pinna.InferenceException;
import io.pinna.internal.hrtf.SpectrumField;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The neural HRTF field: direction and listener latent to the log magnitudes of both ears and the interaural delay, by ONNX Runtime. Inputs {@code direction} [N, 3] (unit vectors in SOFA head axes) and
 * {@code latent} [N, D]; outputs {@code magnitude_db} [N, 2, bins] and {@code itd_seconds} [N] (right less left).
 *
 * <p>Loaded once for a class path; {@link #evaluate} belongs to one thread at a time and is synchronised, since several worlds may share the model. Never called on the audio thread.
 */
public final class HrtfFieldModel {
    /** Directions a call takes at most. */
    public static final int MAX_BATCH = SpectrumField.MAX_BATCH;
    /** No human head is wider; the model's answers are bounded by it. */
    private static final double MAX_INTERAURAL_DELAY_SECONDS = 1.0e-3;
    private static final String FOLDER = "/io/pinna/assets/models/";
    private static final String DESCRIPTION = "hrtf-field.json";

    private final String name;
    private final String sha256;
    private final int sampleRateHz;
    private final int fftSize;
    private final int bins;
    private final int latentSize;
    private final float[] generic;
    private final Map<String, float[]> subjects = new LinkedHashMap<>();
    private final String attribution;
    private final OrtEnvironment environment;
    private final OrtSession session;
    private final FloatBuffer directions;
    private final FloatBuffer latents;
    private long batches;
    private long evaluated;

    private static final class Holder {
        static final HrtfFieldModel BUILT_IN = load();
    }

    /**
     * The model that comes with the engine.
     *
     * @throws InferenceException if it is missing, damaged or not of the documented signature
     */
    public static HrtfFieldModel builtIn() {
        try {
            return Holder.BUILT_IN;
        } catch (ExceptionInInitializerError e) {
            if (e.getCause() instanceof InferenceException cause) {
                throw cause;
            }
            throw new InferenceException("the neural HRTF field could not be loaded: " + e.getCause(), e);
        } catch (NoClassDefFoundError e) {
            throw new InferenceException("the neural HRTF field could not be loaded earlier in this process", e);
        }
    }

    private static HrtfFieldModel load() {
        byte[] description = resource(DESCRIPTION);
        JsonNode json;
        try {
            json = new ObjectMapper().readTree(description);
        } catch (IOException e) {
            throw new InferenceException(FOLDER + DESCRIPTION + " is not valid JSON: " + e.getMessage(), e);
        }
        return new HrtfFieldModel(FOLDER + DESCRIPTION, json, resource(text(json, "model")));
    }

    private static byte[] resource(String file) {
        try (InputStream in = HrtfFieldModel.class.getResourceAsStream(FOLDER + file)) {
            if (in == null) {
                throw new InferenceException("the model file " + FOLDER + file + " is not on the class path; add the artifact pinna-assets");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new InferenceException("the model file " + FOLDER + file + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static String text(JsonNode json, String field) {
        JsonNode node = json.get(field);
        if (node == null || !node.isTextual()) {
            throw new InferenceException("the model description lacks the text field \"" + field + "\"");
        }
        return node.asText();
    }

    private static int number(JsonNode json, String field, int lowest, int highest) {
        JsonNode node = json.get(field);
        if (node == null || !node.isInt() || node.asInt() < lowest || node.asInt() > highest) {
            throw new InferenceException("the model description has " + field + " = " + node + "; a whole number from " + lowest + " to " + highest + " is allowed");
        }
        return node.asInt();
    }

    /**
     * @param origin      the description's path, for messages
     * @param description what hrtf-field.json says
     * @param model       the bytes of the ONNX file
     */
    HrtfFieldModel(String origin, JsonNode description, byte[] model) {
        if (!"pinna-hrtf-field".equals(text(description, "format"))) {
            throw new InferenceException(origin + " has the format \"" + text(description, "format") + "\"; \"pinna-hrtf-field\" is allowed");
        }
        number(description, "version", 1, 1);
        name = text(description, "model");
        sampleRateHz = number(description, "sampleRateHz", 8000, 192000);
        fftSize = number(description, "fftSize", 16, 65536);
        bins = number(description, "bins", 9, 32769);
        latentSize = number(description, "latentSize", 1, 4096);
        if (bins != fftSize / 2 + 1) {
            throw new InferenceException(origin + " has " + bins + " bins for a transform of " + fftSize + "; " + (fftSize / 2 + 1) + " are allowed");
        }
        sha256 = sha256(model);
        String expected = text(description, "modelSha256");
        if (!sha256.equalsIgnoreCase(expected)) {
            throw new InferenceException("the model " + name + " is damaged: its SHA-256 is " + sha256 + ", the description says " + expected);
        }
        attribution = text(description, "attribution");
        generic = latent(description.path("generic").get("latent"), "generic");
        for (JsonNode subject : description.path("subjects")) {
            String id = text(subject, "id");
            subjects.put(id, latent(subject.get("latent"), id));
        }
        environment = OnnxRuntime.environment();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            // One thread that does not spin: inference shares the machine with a game.
            options.setIntraOpNumThreads(1);
            options.setInterOpNumThreads(1);
            options.addConfigEntry("session.intra_op.allow_spinning", "0");
            session = environment.createSession(model, options);
            checkSignature();
        } catch (OrtException e) {
            throw new InferenceException("ONNX Runtime refuses the model " + name + ": " + e.getMessage(), e);
        }
        directions = ByteBuffer.allocateDirect(MAX_BATCH * 3 * Float.BYTES).order(ByteOrder.nativeOrder()).asFloatBuffer();
        latents = ByteBuffer.allocateDirect(MAX_BATCH * latentSize * Float.BYTES).order(ByteOrder.nativeOrder()).asFloatBuffer();
    }

    private float[] latent(JsonNode node, String whose) {
        if (node == null || !node.isArray() || node.size() != latentSize) {
            throw new InferenceException("the latent of \"" + whose + "\" has " + (node == null ? 0 : node.size()) + " values; latentSize is " + latentSize);
        }
        float[] latent = new float[latentSize];
        for (int i = 0; i < latentSize; i++) {
            latent[i] = (float) node.get(i).asDouble(Double.NaN);
            if (!Float.isFinite(latent[i])) {
                throw new InferenceException("value " + i + " of the latent of \"" + whose + "\" is " + node.get(i) + "; it must be a finite number");
            }
        }
        return latent;
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    private void checkSignature() throws OrtException {
        require("input", "direction", session.getInputInfo(), -1, 3);
        require("input", "latent", session.getInputInfo(), -1, latentSize);
        require("output", "magnitude_db", session.getOutputInfo(), -1, 2, bins);
        require("output", "itd_seconds", session.getOutputInfo(), -1);
    }

    private void require(String kind, String tensor, Map<String, ai.onnxruntime.NodeInfo> infos, long... shape) {
        ai.onnxruntime.NodeInfo info = infos.get(tensor);
        if (info == null) {
            throw new InferenceException("the model " + name + " has no " + kind + " \"" + tensor + "\"; it has " + infos.keySet());
        }
        long[] actual = info.getInfo() instanceof TensorInfo t && t.type == ai.onnxruntime.OnnxJavaType.FLOAT ? t.getShape() : new long[0];
        boolean fits = actual.length == shape.length;
        for (int i = 0; fits && i < shape.length; i++) {
            fits = shape[i] < 0 || actual[i] < 0 || actual[i] == shape[i];
        }
        if (!fits) {
            throw new InferenceException("the " + kind + " \"" + tensor + "\" of the model " + name + " is " + info.getInfo() + "; allowed is float32 of the shape "
                    + java.util.Arrays.toString(shape) + " (-1: any)");
        }
    }

    /**
     * @param directionXyz unit vectors, three values each
     * @param latent       the listener's, {@link #latentSize} values
     * @param count        directions, 1 to {@link #MAX_BATCH}
     * @param magnitudeDb  takes count × 2 × bins values
     * @param itdSeconds   takes count values
     */
    public synchronized void evaluate(float[] directionXyz, float[] latent, int count, float[] magnitudeDb, float[] itdSeconds) {
        directions.clear();
        directions.put(directionXyz, 0, 3 * count).flip();
        latents.clear();
        for (int i = 0; i < count; i++) {
            latents.put(latent);
        }
        latents.flip();
        try (OnnxTensor d = OnnxTensor.createTensor(environment, directions, new long[] {count, 3});
             OnnxTensor z = OnnxTensor.createTensor(environment, latents, new long[] {count, latentSize});
             OrtSession.Result result = session.run(Map.of("direction", d, "latent", z))) {
            ((OnnxTensor) result.get("magnitude_db").orElseThrow()).getFloatBuffer().get(magnitudeDb, 0, count * 2 * bins);
            ((OnnxTensor) result.get("itd_seconds").orElseThrow()).getFloatBuffer().get(itdSeconds, 0, count);
        } catch (OrtException | java.nio.BufferUnderflowException | ClassCastException | java.util.NoSuchElementException e) {
            throw new InferenceException("ONNX Runtime failed on the model " + name + ": " + e.getMessage(), e);
        }
        batches++;
        evaluated += count;
    }

    /**
     * The field of one listener. It shares the model.
     *
     * @param latent the listener's, {@link #latentSize} values
     */
    public SpectrumField listener(float[] latent) {
        if (latent.length != latentSize) {
            throw new IllegalArgumentException("the latent has " + latent.length + " values; latentSize is " + latentSize);
        }
        return new ListenerField(this, latent.clone());
    }

    /** The model with a latent. */
    private record ListenerField(HrtfFieldModel model, float[] latent) implements SpectrumField {
        @Override
        public int sampleRateHz() {
            return model.sampleRateHz;
        }

        @Override
        public int fftSize() {
            return model.fftSize;
        }

        @Override
        public double maxInterauralDelaySeconds() {
            return MAX_INTERAURAL_DELAY_SECONDS;
        }

        @Override
        public void evaluate(float[] directionXyz, int count, float[] magnitudeDb, float[] itdSeconds) {
            model.evaluate(directionXyz, latent, count, magnitudeDb, itdSeconds);
        }
    }

    public String name() {
        return name;
    }

    public String sha256() {
        return sha256;
    }

    public int sampleRateHz() {
        return sampleRateHz;
    }

    public int fftSize() {
        return fftSize;
    }

    public int bins() {
        return bins;
    }

    public int latentSize() {
        return latentSize;
    }

    public String attribution() {
        return attribution;
    }

    /** The provider that runs the model. */
    public String provider() {
        return "CPU";
    }

    /** Directions evaluated and calls made so far, as text for reports. */
    public synchronized String statistics() {
        return evaluated + " directions in " + batches + " batches";
    }

    public java.util.Set<String> subjectIds() {
        return java.util.Collections.unmodifiableSet(subjects.keySet());
    }

    public float[] genericLatent() {
        return generic.clone();
    }

    /** @throws InferenceException if there is no such subject */
    public float[] subjectLatent(String id) {
        float[] latent = subjects.get(id);
        if (latent == null) {
            throw new InferenceException("the model " + name + " knows no subject \"" + id + "\"; it knows " + subjects.keySet());
        }
        return latent.clone();
    }
}
