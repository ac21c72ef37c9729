package io.pinna.internal.inference;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pinna.InferenceException;
import io.pinna.internal.hrtf.FieldCoefficients;
import io.pinna.internal.hrtf.SpectrumField;
import io.pinna.internal.hrtf.SphericalHarmonics;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The built-in HRTF field: people's ears as sums of spherical harmonics, and any listener as a weighted sum of them, by ONNX Runtime in two graphs. The first runs once for a listener and turns its
 * {@code latent} [1, D], the weights, into {@code coefficients} [H, C]; it reads all stored ears for that. The second turns {@code basis} [G, N, H], the {@link SphericalHarmonics} of N directions of each of
 * L listeners (G = L, or G = 1 where all have the same directions), and their coefficients [L, H, C] into {@code magnitude_db} [L, N, 2, bins] and {@code itd_seconds} [L, N] (right less left): two matrix
 * products.
 *
 * <p>Loaded once for a class path; the graphs belong to one thread at a time and calls are synchronised, since several worlds may share the model. Never called on the audio thread.
 */
public final class HrtfFieldModel {
    /** Directions a call takes at most. */
    public static final int MAX_BATCH = SpectrumField.MAX_BATCH;
    /** No human head is wider; the model's answers are bounded by it. */
    private static final double MAX_INTERAURAL_DELAY_SECONDS = 1.0e-3;
    /** Fewer rows than this are filled up: see {@link #run}. */
    private static final int LEAST_ROWS = 2;
    /** Rows that a listener may be filled up by, on average, to share a call with others: about what a call costs by itself (20 µs). */
    private static final int WASTED_ROWS = 3;
    /** Harmonics of more rows than this do not stay in the cache until they are used: 32 listeners with 64 directions of their own each took 1.2 times as long together as one by one. */
    private static final int MOST_ROWS = 512;
    private static final Cleaner CLEANER = Cleaner.create();
    private static final String FOLDER = "/io/pinna/assets/models/";
    private static final String DESCRIPTION = "hrtf-field.json";

    private final String name;
    private final String sha256;
    private final String spectraName;
    private final String spectraSha256;
    private final int sampleRateHz;
    private final int fftSize;
    private final int bins;
    private final int latentSize;
    /** C: scores of the left ear, of the right ear, and the delay. */
    private final int columns;
    private final SphericalHarmonics harmonics;
    private final float[] generic;
    private final Map<String, float[]> subjects = new LinkedHashMap<>();
    private final String attribution;
    private final OrtEnvironment environment;
    private final OrtSession field;
    private final OrtSession spectra;
    private final SpectrumField.Group group = this::evaluate;
    /** Made when they are first asked for. */
    private float[][] components;
    private final double[] row;
    private final float[] rowFloats;
    private FloatBuffer basis;
    /** Coefficients of the listeners, one after the other, so that a call takes those of neighbours as they stand. */
    private FloatBuffer bank;
    private final BitSet taken = new BitSet();
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
            throw new InferenceException("the HRTF field could not be loaded: " + e.getCause(), e);
        } catch (NoClassDefFoundError e) {
            throw new InferenceException("the HRTF field could not be loaded earlier in this process", e);
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
        return new HrtfFieldModel(FOLDER + DESCRIPTION, json, resource(text(json, "model")), resource(text(json, "spectra")));
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
     * @param model       the bytes of the ONNX file with the ears
     * @param evaluation  the bytes of the ONNX file that makes spectra
     */
    HrtfFieldModel(String origin, JsonNode description, byte[] model, byte[] evaluation) {
        if (!"pinna-hrtf-field".equals(text(description, "format"))) {
            throw new InferenceException(origin + " has the format \"" + text(description, "format") + "\"; \"pinna-hrtf-field\" is allowed");
        }
        number(description, "version", 3, 3);
        name = text(description, "model");
        spectraName = text(description, "spectra");
        sampleRateHz = number(description, "sampleRateHz", 8000, 192000);
        fftSize = number(description, "fftSize", 16, 65536);
        bins = number(description, "bins", 9, 32769);
        latentSize = number(description, "latentSize", 1, 4096);
        harmonics = new SphericalHarmonics(number(description, "order", 0, SphericalHarmonics.MAX_ORDER));
        columns = 2 * number(description, "components", 1, bins) + 1;
        if (bins != fftSize / 2 + 1) {
            throw new InferenceException(origin + " has " + bins + " bins for a transform of " + fftSize + "; " + (fftSize / 2 + 1) + " are allowed");
        }
        sha256 = checked(name, model, text(description, "modelSha256"));
        spectraSha256 = checked(spectraName, evaluation, text(description, "spectraSha256"));
        attribution = text(description, "attribution");
        generic = latent(description.path("generic").get("latent"), "generic");
        for (JsonNode subject : description.path("subjects")) {
            String id = text(subject, "id");
            subjects.put(id, latent(subject.get("latent"), id));
        }
        environment = OnnxRuntime.environment();
        // As it stands: optimising would keep the stored ears as floats too, 18 MB for a graph that runs once for a listener.
        field = session(name, model, OrtSession.SessionOptions.OptLevel.NO_OPT);
        spectra = session(spectraName, evaluation, OrtSession.SessionOptions.OptLevel.ALL_OPT);
        checkSignature();
        row = new double[harmonics.count()];
        rowFloats = new float[harmonics.count()];
        basis = direct(MAX_BATCH * harmonics.count());
        bank = direct(harmonics.count() * columns);
    }

    private static String checked(String file, byte[] bytes, String expected) {
        String actual = sha256(bytes);
        if (!actual.equalsIgnoreCase(expected)) {
            throw new InferenceException("the model " + file + " is damaged: its SHA-256 is " + actual + ", the description says " + expected);
        }
        return actual;
    }

    private OrtSession session(String file, byte[] bytes, OrtSession.SessionOptions.OptLevel level) {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            OnnxRuntime.sparing(options);
            options.setOptimizationLevel(level);
            return environment.createSession(bytes, options);
        } catch (OrtException e) {
            throw refused(file, e);
        }
    }

    private static InferenceException refused(String file, OrtException e) {
        return new InferenceException("ONNX Runtime refuses the model " + file + ": " + e.getMessage(), e);
    }

    private static FloatBuffer direct(int floats) {
        return ByteBuffer.allocateDirect(floats * Float.BYTES).order(ByteOrder.nativeOrder()).asFloatBuffer();
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

    private void checkSignature() {
        try {
            require(name, "input", "latent", field.getInputInfo(), 1, latentSize);
            require(name, "output", "coefficients", field.getOutputInfo(), harmonics.count(), columns);
        } catch (OrtException e) {
            throw refused(name, e);
        }
        try {
            require(spectraName, "input", "basis", spectra.getInputInfo(), -1, -1, harmonics.count());
            require(spectraName, "input", "coefficients", spectra.getInputInfo(), -1, harmonics.count(), columns);
            require(spectraName, "output", "magnitude_db", spectra.getOutputInfo(), -1, -1, 2, bins);
            require(spectraName, "output", "itd_seconds", spectra.getOutputInfo(), -1, -1);
        } catch (OrtException e) {
            throw refused(spectraName, e);
        }
    }

    private static void require(String file, String kind, String tensor, Map<String, ai.onnxruntime.NodeInfo> infos, long... shape) {
        ai.onnxruntime.NodeInfo info = infos.get(tensor);
        if (info == null) {
            throw new InferenceException("the model " + file + " has no " + kind + " \"" + tensor + "\"; it has " + infos.keySet());
        }
        long[] actual = info.getInfo() instanceof TensorInfo t && t.type == ai.onnxruntime.OnnxJavaType.FLOAT ? t.getShape() : new long[0];
        boolean fits = actual.length == shape.length;
        for (int i = 0; fits && i < shape.length; i++) {
            fits = shape[i] < 0 || actual[i] < 0 || actual[i] == shape[i];
        }
        if (!fits) {
            throw new InferenceException("the " + kind + " \"" + tensor + "\" of the model " + file + " is " + OnnxRuntime.text(info) + "; allowed is float32 of the shape "
                    + java.util.Arrays.toString(shape) + " (-1: any)");
        }
    }

    /**
     * The field of one listener. It shares the model, and keeps its coefficients (475 kB of the built-in one) there as long as it is reachable.
     *
     * @param latent the listener's, {@link #latentSize} values: for each stored ear its weight in the left ear, then in the right ear, and for each person the weight of its delays. They weigh
     *               differences from the mean: all 0 is the generic listener, weights that sum to 1 are a blend of people
     */
    public synchronized SpectrumField listener(float[] latent) {
        if (latent.length != latentSize) {
            throw new IllegalArgumentException("the latent has " + latent.length + " values; latentSize is " + latentSize);
        }
        FloatBuffer coefficients = direct(harmonics.count() * columns);
        try (OnnxTensor z = OnnxTensor.createTensor(environment, FloatBuffer.wrap(latent), new long[] {1, latentSize});
             OrtSession.Result result = field.run(Map.of("latent", z))) {
            coefficients.put(((OnnxTensor) result.get("coefficients").orElseThrow()).getFloatBuffer()).flip();
        } catch (OrtException | java.nio.BufferOverflowException | ClassCastException | java.util.NoSuchElementException e) {
            throw failed(name, e);
        }
        int slot = putIntoBank(coefficients);
        ListenerField listener = new ListenerField(this, slot);
        CLEANER.register(listener, () -> free(slot));
        return listener;
    }

    private static InferenceException failed(String file, Exception e) {
        return new InferenceException("ONNX Runtime failed on the model " + file + ": " + e.getMessage(), e);
    }

    /** The coefficients of a listener stand in a row of the bank as long as its field is in use. */
    private int putIntoBank(FloatBuffer coefficients) {
        int slot = taken.nextClearBit(0);
        int floats = harmonics.count() * columns;
        if ((slot + 1) * floats > bank.capacity()) {
            FloatBuffer larger = direct(Math.max(2 * bank.capacity(), floats));
            larger.put(bank.clear());
            bank = larger;
        }
        taken.set(slot);
        bank.clear().position(slot * floats).put(coefficients);
        return slot;
    }

    private synchronized void free(int slot) {
        taken.clear(slot);
    }

    private synchronized void evaluate(List<SpectrumField.Request> requests) {
        List<SpectrumField.Request> bySlot = new ArrayList<>(requests);
        bySlot.sort(Comparator.comparingInt(r -> ((ListenerField) r.field()).slot));
        for (int from = 0; from < bySlot.size(); ) {
            int to = runEnd(bySlot, from);
            run(bySlot.subList(from, to));
            from = to;
        }
        evaluated += requests.stream().mapToLong(SpectrumField.Request::count).sum();
        // The answers above are of these listeners' coefficients, which are freed when nobody holds the fields any more.
        Reference.reachabilityFence(requests);
    }

    /** Neighbours in the bank go into one call, without a copy of their coefficients, unless directions differ so much in number that filling up would cost more than a call. */
    private static int runEnd(List<SpectrumField.Request> requests, int from) {
        int to = from + 1;
        int most = requests.get(from).count();
        long sum = most;
        while (to < requests.size() && slot(requests, to) == slot(requests, to - 1) + 1) {
            int count = requests.get(to).count();
            int longest = Math.max(most, count);
            if ((long) longest * (to + 1 - from) - (sum + count) > (long) WASTED_ROWS * (to - from)) {
                break;
            }
            most = longest;
            sum += count;
            to++;
        }
        return to;
    }

    private static int slot(List<SpectrumField.Request> requests, int i) {
        return ((ListenerField) requests.get(i).field()).slot;
    }

    /** One call of ONNX Runtime for each {@link #MAX_BATCH} directions of some listeners that stand side by side in the bank. */
    private void run(List<SpectrumField.Request> requests) {
        int listeners = requests.size();
        int most = requests.stream().mapToInt(SpectrumField.Request::count).max().orElse(0);
        float[] first = requests.get(0).directionXyz();
        boolean shared = requests.stream().allMatch(r -> r.count() == most && Arrays.equals(r.directionXyz(), 0, 3 * most, first, 0, 3 * most));
        if (!shared && listeners > 1 && listeners * Math.min(most, MAX_BATCH) > MOST_ROWS) {
            run(requests.subList(0, listeners / 2));
            run(requests.subList(listeners / 2, listeners));
            return;
        }
        int bases = shared ? 1 : listeners;
        int floats = harmonics.count() * columns;
        FloatBuffer coefficients = bank.clear().slice(slot(requests, 0) * floats, listeners * floats);
        // A product with a single row is summed in another order by ONNX Runtime: then the answer would depend on the company.
        for (int from = 0; from < most; from += MAX_BATCH) {
            int rows = Math.max(LEAST_ROWS, Math.min(MAX_BATCH, most - from));
            if (basis.capacity() < bases * rows * harmonics.count()) {
                basis = direct(bases * rows * harmonics.count());
            }
            basis.clear();
            for (int g = 0; g < bases; g++) {
                putBasis(requests.get(g), from, rows);
            }
            basis.flip();
            call(requests, coefficients, bases, from, rows);
        }
    }

    /** Where a request has fewer directions, its last one fills the rows up. */
    private void putBasis(SpectrumField.Request request, int from, int rows) {
        int filled = Math.max(1, Math.min(rows, request.count() - from));
        for (int i = 0; i < filled; i++) {
            int at = 3 * Math.min(from + i, request.count() - 1);
            harmonics.evaluate(request.directionXyz()[at], request.directionXyz()[at + 1], request.directionXyz()[at + 2], row, 0);
            for (int h = 0; h < row.length; h++) {
                rowFloats[h] = (float) row[h];
            }
            basis.put(rowFloats);
        }
        for (int i = filled; i < rows; i++) {
            basis.put(rowFloats);
        }
    }

    private void call(List<SpectrumField.Request> requests, FloatBuffer coefficients, int bases, int from, int rows) {
        try (OnnxTensor y = OnnxTensor.createTensor(environment, basis, new long[] {bases, rows, harmonics.count()});
             OnnxTensor c = OnnxTensor.createTensor(environment, coefficients, new long[] {requests.size(), harmonics.count(), columns});
             OrtSession.Result result = spectra.run(Map.of("basis", y, "coefficients", c))) {
            FloatBuffer db = ((OnnxTensor) result.get("magnitude_db").orElseThrow()).getFloatBuffer();
            FloatBuffer itd = ((OnnxTensor) result.get("itd_seconds").orElseThrow()).getFloatBuffer();
            for (int l = 0; l < requests.size(); l++) {
                SpectrumField.Request r = requests.get(l);
                int n = Math.min(rows, r.count() - from);
                if (n > 0) {
                    db.get(l * rows * 2 * bins, r.magnitudeDb(), from * 2 * bins, n * 2 * bins);
                    itd.get(l * rows, r.itdSeconds(), from, n);
                }
            }
        } catch (OrtException | IndexOutOfBoundsException | ClassCastException | java.util.NoSuchElementException e) {
            throw failed(spectraName, e);
        }
        batches++;
    }

    private synchronized FieldCoefficients coefficients(int slot) {
        if (components == null) {
            components = components();
        }
        float[] scores = new float[harmonics.count() * columns];
        bank.clear().get(slot * scores.length, scores);
        return new FieldCoefficients(harmonics.order(), scores, components);
    }

    /** The spectra that the scores weigh, of which only the graph knows: it is linear, so it is asked for one after the other. */
    private float[][] components() {
        float[][] spectrum = new float[columns / 2][bins];
        FloatBuffer first = direct(LEAST_ROWS * harmonics.count());
        for (int i = 0; i < LEAST_ROWS; i++) {
            first.put(i * harmonics.count(), 1);
        }
        FloatBuffer scores = direct(harmonics.count() * columns);
        for (int c = 0; c < spectrum.length; c++) {
            scores.put(c, 1);
            try (OnnxTensor y = OnnxTensor.createTensor(environment, first, new long[] {1, LEAST_ROWS, harmonics.count()});
                 OnnxTensor z = OnnxTensor.createTensor(environment, scores, new long[] {1, harmonics.count(), columns});
                 OrtSession.Result result = spectra.run(Map.of("basis", y, "coefficients", z))) {
                ((OnnxTensor) result.get("magnitude_db").orElseThrow()).getFloatBuffer().get(spectrum[c]);
            } catch (OrtException | java.nio.BufferUnderflowException | ClassCastException | java.util.NoSuchElementException e) {
                throw failed(spectraName, e);
            }
            scores.put(c, 0);
        }
        return spectrum;
    }

    /** The model with a listener's coefficients, which stand in its bank. */
    private static final class ListenerField implements SpectrumField {
        private final HrtfFieldModel model;
        private final int slot;

        ListenerField(HrtfFieldModel model, int slot) {
            this.model = model;
            this.slot = slot;
        }

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
            model.evaluate(List.of(new Request(this, directionXyz, count, magnitudeDb, itdSeconds)));
        }

        @Override
        public Group group() {
            return model.group;
        }

        @Override
        public Optional<FieldCoefficients> coefficients() {
            FieldCoefficients coefficients = model.coefficients(slot);
            // Until here the slot must not be given to anyone else.
            Reference.reachabilityFence(this);
            return Optional.of(coefficients);
        }
    }

    /** The file with the ears. */
    public String name() {
        return name;
    }

    /** Of {@link #name()}. */
    public String sha256() {
        return sha256;
    }

    /** The file that makes spectra. */
    public String spectraName() {
        return spectraName;
    }

    /** Of {@link #spectraName()}. */
    public String spectraSha256() {
        return spectraSha256;
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

    /** Directions evaluated so far, for all listeners. */
    public synchronized long evaluatedDirections() {
        return evaluated;
    }

    /** Calls of ONNX Runtime that made the spectra so far. */
    public synchronized long calls() {
        return batches;
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
