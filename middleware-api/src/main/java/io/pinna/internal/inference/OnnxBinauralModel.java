package io.pinna.internal.inference;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.pinna.InferenceProvider;
import io.pinna.ResourceException;
import io.pinna.hrtf.BinauralModel;
import io.pinna.internal.Check;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** A binaural model from an ONNX file, whose signature {@link BinauralModel#onnx} documents. Immutable; any thread. */
public final class OnnxBinauralModel implements BinauralModel {
    static final String AUDIO = "audio";
    static final String POSE = "pose";
    static final String STATE = "state";
    static final String BINAURAL = "binaural";
    static final String STATE_OUT = "state_out";
    private static final long FREE = -1;
    private static final int EARS = 2;
    private static final int POSE_VALUES = 4;
    /** Arbitrary: 64 MB a voice. */
    private static final int MOST_STATE_VALUES = 1 << 24;
    private static final int LEAST_BLOCK = 16;
    private static final int MOST_BLOCK = 8192;

    private final Path file;
    private final String name;
    private final int sampleRateHz;
    private final int blockFrames;
    private final int lookBackFrames;
    private final int tailFrames;
    private final int latencyFrames;
    /** S, or −1. */
    private final long batch;
    /** The dimensions of a voice's state; null without one. */
    private final long[] state;

    /**
     * @throws ResourceException          if the file cannot be used
     * @throws io.pinna.InferenceException if ONNX Runtime cannot be loaded
     */
    public static OnnxBinauralModel read(Path file) {
        Check.notNull(file, "file");
        if (!Files.isRegularFile(file)) {
            throw new ResourceException(file.toString(), "file", Files.exists(file) ? "is not a file; give an ONNX file" : "does not exist");
        }
        var environment = OnnxRuntime.environment();
        try (OrtSession.SessionOptions options = InferenceProviders.options(InferenceProvider.CPU)) {
            options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.NO_OPT);
            try (OrtSession session = environment.createSession(file.toString(), options)) {
                return new OnnxBinauralModel(file, session.getInputInfo(), session.getOutputInfo(), session.getMetadata().getCustomMetadata());
            }
        } catch (OrtException e) {
            throw new ResourceException(file.toString(), "file", "ONNX Runtime refuses it: " + e.getMessage(), e);
        }
    }

    private OnnxBinauralModel(Path file, Map<String, NodeInfo> inputs, Map<String, NodeInfo> outputs, Map<String, String> metadata) {
        this.file = file;
        Set<String> unknown = new TreeSet<>(inputs.keySet());
        unknown.removeAll(Set.of(AUDIO, POSE, STATE));
        if (!unknown.isEmpty()) {
            throw wrong("input " + unknown.iterator().next(), "is none that is known; " + AUDIO + ", " + POSE + " and " + STATE + " are allowed");
        }
        long[] audio = shape("input", inputs, AUDIO, "[S, T]", FREE, FREE);
        long[] pose = shape("input", inputs, POSE, "[S, 2, 4]", FREE, 2, POSE_VALUES);
        long[] binaural = shape("output", outputs, BINAURAL, "[S, 2, B]", FREE, EARS, FREE);
        batch = audio[0];
        requireBatch("input " + POSE, pose[0]);
        requireBatch("output " + BINAURAL, binaural[0]);
        state = state(inputs, outputs);
        if (audio[1] >= 0 != binaural[2] >= 0) {
            throw wrong("input " + AUDIO, "has " + text(audio[1]) + " frames, and the output " + BINAURAL + " " + text(binaural[2]) + "; both must be free, or both fixed");
        }
        String said = metadata.get("lookBackFrames");
        int look = said == null ? 0 : number(metadata, "lookBackFrames", 0, MAX_LOOK_BACK_FRAMES, 0);
        if (binaural[2] >= 0) {
            if (binaural[2] < LEAST_BLOCK || binaural[2] > MOST_BLOCK) {
                throw wrong("output " + BINAURAL, "has blocks of " + binaural[2] + " frames; from " + LEAST_BLOCK + " to " + MOST_BLOCK + " are allowed");
            }
            long left = audio[1] - binaural[2];
            if (left < 0 || left > MAX_LOOK_BACK_FRAMES || said != null && left != look) {
                throw wrong("input " + AUDIO, "has " + audio[1] + " frames for blocks of " + binaural[2] + ", so that it looks " + left + " frames back; allowed is "
                        + (said == null ? "0 to " + MAX_LOOK_BACK_FRAMES : look + ", as the metadata lookBackFrames says"));
            }
            look = (int) left;
        }
        blockFrames = binaural[2] >= 0 ? (int) binaural[2] : ANY;
        lookBackFrames = look;
        if (!metadata.containsKey("sampleRateHz")) {
            throw wrong("metadata sampleRateHz", "is missing; the rate that the model was made for (8000 to 192000), or \"any\"");
        }
        sampleRateHz = metadata.get("sampleRateHz").equals("any") ? ANY : number(metadata, "sampleRateHz", 8000, 192000, 0);
        tailFrames = number(metadata, "tailFrames", lookBackFrames, MAX_LOOK_BACK_FRAMES, lookBackFrames);
        latencyFrames = number(metadata, "latencyFrames", 0, MAX_LOOK_BACK_FRAMES, 0);
        String given = metadata.getOrDefault("name", "").trim();
        name = given.isEmpty() ? String.valueOf(file.getFileName()) : given;
    }

    private ResourceException wrong(String field, String reason) {
        return new ResourceException(file.toString(), field, reason);
    }

    private static String text(long dimension) {
        return dimension < 0 ? "a free number of" : Long.toString(dimension);
    }

    private void requireBatch(String field, long actual) {
        if (actual != batch) {
            throw wrong(field, "has " + text(actual) + " voices, and the input " + AUDIO + " " + text(batch) + "; they must have the same");
        }
    }

    private long[] state(Map<String, NodeInfo> inputs, Map<String, NodeInfo> outputs) {
        if (!inputs.containsKey(STATE)) {
            if (outputs.containsKey(STATE_OUT)) {
                throw wrong("output " + STATE_OUT, "is there without the input " + STATE + "; both are needed, or neither");
            }
            return null;
        }
        long[] in = shape("input", inputs, STATE, "[S, ...], all but S fixed");
        long[] out = shape("output", outputs, STATE_OUT, "[S, ...], that of the input " + STATE);
        requireBatch("input " + STATE, in[0]);
        requireBatch("output " + STATE_OUT, out[0]);
        long[] ofVoice = Arrays.copyOfRange(in, 1, in.length);
        if (Arrays.stream(ofVoice).anyMatch(d -> d < 1)) {
            throw wrong("input " + STATE, "has the shape " + Arrays.toString(in) + "; all dimensions but the first must be fixed");
        }
        if (Arrays.stream(ofVoice).asDoubleStream().reduce(1, (a, b) -> a * b) > MOST_STATE_VALUES) {
            throw wrong("input " + STATE, "has the shape " + Arrays.toString(in) + "; a voice's state may have " + MOST_STATE_VALUES + " values");
        }
        if (!Arrays.equals(in, out)) {
            throw wrong("output " + STATE_OUT, "has the shape " + Arrays.toString(out) + ", and the input " + STATE + " " + Arrays.toString(in) + "; they must have the same");
        }
        return ofVoice;
    }

    /** @param allowed dimensions, −1 where all are allowed; none: any number of them, but at least one */
    private long[] shape(String kind, Map<String, NodeInfo> infos, String tensor, String text, long... allowed) {
        NodeInfo info = infos.get(tensor);
        if (info == null) {
            throw wrong(kind + " " + tensor, "is missing; allowed is float32 " + text + ". The model has " + infos.keySet());
        }
        long[] actual = info.getInfo() instanceof TensorInfo t && t.type == OnnxJavaType.FLOAT ? t.getShape() : new long[0];
        boolean fits = actual.length > 0 && (allowed.length == 0 || actual.length == allowed.length) && actual[0] != 0;
        for (int i = 0; fits && i < allowed.length; i++) {
            fits = allowed[i] < 0 || actual[i] == allowed[i];
        }
        if (!fits) {
            throw wrong(kind + " " + tensor, "is " + OnnxRuntime.text(info) + "; allowed is float32 " + text);
        }
        return actual;
    }

    private int number(Map<String, String> metadata, String key, int lowest, int highest, int missing) {
        String text = metadata.get(key);
        if (text == null) {
            return missing;
        }
        try {
            int value = Integer.parseInt(text.trim());
            if (value >= lowest && value <= highest) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw wrong("metadata " + key, "is \"" + text + "\"; a whole number from " + lowest + " to " + highest + " is allowed");
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int sampleRateHz() {
        return sampleRateHz;
    }

    @Override
    public int blockFrames() {
        return blockFrames;
    }

    @Override
    public int lookBackFrames() {
        return lookBackFrames;
    }

    @Override
    public boolean isStateful() {
        return state != null;
    }

    @Override
    public int tailFrames() {
        return tailFrames;
    }

    @Override
    public int latencyFrames() {
        return latencyFrames;
    }

    Path file() {
        return file;
    }

    /** S, or −1 if it is free. */
    long batch() {
        return batch;
    }

    /** @throws io.pinna.InferenceException if it fails on a block of silence, or the provider that is asked for is not there or cannot run all of it */
    @Override
    public Session open(Setup setup) {
        InferenceProviders.Choice<OnnxBinauralSession> choice = InferenceProviders.choose(setup.provider(), provider -> new OnnxBinauralSession(this, state, setup, provider));
        choice.made().reason(choice.reason());
        return choice.made();
    }
}
