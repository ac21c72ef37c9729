package io.pinna.internal.inference;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.pinna.InferenceException;
import io.pinna.internal.NativeEnvironment;
import java.util.Arrays;
import java.util.Locale;

/** Starts ONNX Runtime, the one way for the whole engine. Any thread but the audio thread. */
public final class OnnxRuntime {
    private static final String TELEMETRY_SWITCH = "ORT_DISABLE_TELEMETRY";

    private OnnxRuntime() {
    }

    /**
     * ONNX Runtime, loaded at the first call, with its telemetry off unless the environment says otherwise. A game sends nobody messages about its player; and the telemetry of 1.29.0 ends the process (no
     * exception, no error file) on Linux where the command line is longer than about 3.6 kB, as class paths often are, because it matches it by a recursive regular expression, and where there is no shell
     * (microsoft/onnxruntime#32173).
     *
     * @throws InferenceException if its native library cannot be loaded
     */
    public static synchronized OrtEnvironment environment() {
        try {
            if (System.getenv(TELEMETRY_SWITCH) == null) {
                NativeEnvironment.set(TELEMETRY_SWITCH, "1");
            }
            return OrtEnvironment.getEnvironment();
        } catch (LinkageError | IllegalStateException e) {
            throw new InferenceException("ONNX Runtime cannot be loaded on " + System.getProperty("os.name") + " " + System.getProperty("os.arch") + ": " + e.getMessage()
                    + "; check that its jar has natives for this platform and that " + System.getProperty("java.io.tmpdir") + " is writable and not mounted noexec", e);
        }
    }

    /** What a tensor is, for messages, such as "float32 [-1, 2, 4]"; −1 where a dimension is free. */
    static String text(NodeInfo info) {
        if (!(info.getInfo() instanceof TensorInfo tensor)) {
            return "no tensor";
        }
        String type = tensor.onnxType.name().replace("ONNX_TENSOR_ELEMENT_DATA_TYPE_", "").toLowerCase(Locale.ROOT);
        return (type.equals("float") ? "float32" : type) + " " + Arrays.toString(tensor.getShape());
    }

    /** One thread that does not spin: inference shares the machine with a game. */
    static void sparing(OrtSession.SessionOptions options) throws OrtException {
        options.setIntraOpNumThreads(1);
        options.setInterOpNumThreads(1);
        options.addConfigEntry("session.intra_op.allow_spinning", "0");
    }
}
