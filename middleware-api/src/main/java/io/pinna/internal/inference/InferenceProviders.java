package io.pinna.internal.inference;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import ai.onnxruntime.providers.OrtTensorRTProviderOptions;
import io.pinna.DeviceException;
import io.pinna.InferenceException;
import io.pinna.InferenceProvider;
import io.pinna.internal.NativeEnvironment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which execution providers of ONNX Runtime there are, how sessions on them are set up, and which is chosen. Any thread but the audio thread. */
public final class InferenceProviders {
    private static final Logger LOG = LoggerFactory.getLogger(InferenceProviders.class);
    /**
     * What {@link InferenceProvider#AUTO} tries, in this order. CUDA comes before TensorRT because it takes a change of the number of sources as it comes, where TensorRT plans anew for seconds, and because a session of it can be told to
     * keep single precision. CoreML and DirectML are on platforms of their own. The processor is last: it always works, but it is what the mix is to be taken off.
     */
    private static final List<InferenceProvider> ORDER = List.of(InferenceProvider.CUDA, InferenceProvider.TENSORRT, InferenceProvider.COREML, InferenceProvider.DIRECTML, InferenceProvider.CPU);

    private static final String TF32_SWITCH = "NVIDIA_TF32_OVERRIDE";

    private InferenceProviders() {
    }

    /**
     * What was made on a provider.
     *
     * @param provider never {@link InferenceProvider#AUTO}
     * @param made     on it
     * @param reason   why this one, as text for logs and reports
     */
    public record Choice<T>(InferenceProvider provider, T made, String reason) {
    }

    /** Makes something on a provider. */
    @FunctionalInterface
    public interface Attempt<T> {
        /**
         * @param provider never {@link InferenceProvider#AUTO}
         * @throws InferenceException if it cannot be made there
         */
        T on(InferenceProvider provider);
    }

    /**
     * Those that the ONNX Runtime on the class path was built with, as {@link InferenceProvider#AUTO} tries them. That a provider is there does not say that its device, or driver, is.
     *
     * @throws InferenceException if ONNX Runtime cannot be loaded
     */
    public static List<InferenceProvider> available() {
        OnnxRuntime.environment();
        Set<OrtProvider> there = OrtEnvironment.getAvailableProviders();
        return ORDER.stream().filter(p -> there.contains(nameOf(p))).toList();
    }

    /**
     * Makes something on the provider that is asked for, or on the first on which it can be made; logs which and why.
     *
     * @throws InferenceException if the provider that is asked for is not there, or if nothing can be made on it, or on any
     */
    public static <T> Choice<T> choose(InferenceProvider asked, Attempt<T> attempt) {
        List<InferenceProvider> there = available();
        if (asked != InferenceProvider.AUTO) {
            if (!there.contains(asked)) {
                throw new InferenceException("the inference provider " + text(asked) + " is not in this ONNX Runtime (" + OnnxRuntime.environment().getVersion() + "), which has " + text(there)
                        + "; choose one of them or auto" + (asked == InferenceProvider.CUDA || asked == InferenceProvider.TENSORRT ? ", or put onnxruntime_gpu on the class path in place of onnxruntime" : ""));
            }
            Choice<T> choice = new Choice<>(asked, attempt.on(asked), text(asked) + ": asked for");
            LOG.info("inference on {}", choice.reason());
            return choice;
        }
        List<String> passed = new ArrayList<>();
        for (InferenceProvider provider : ORDER) {
            if (!there.contains(provider)) {
                passed.add(text(provider) + " is not in this ONNX Runtime");
                continue;
            }
            try {
                T made = attempt.on(provider);
                Choice<T> choice = new Choice<>(provider, made, text(provider) + ": the first that works" + (passed.isEmpty() ? "" : " (" + String.join("; ", passed) + ")"));
                LOG.info("inference on {}", choice.reason());
                return choice;
            } catch (InferenceException e) {
                if (provider == InferenceProvider.CPU) {
                    throw e;
                }
                LOG.info("inference not on {}: {}", text(provider), e.getMessage());
                passed.add(text(provider) + ": " + e.getMessage());
            }
        }
        throw new InferenceException("no inference provider works: " + String.join("; ", passed));
    }

    /** As command lines write it. */
    public static String text(InferenceProvider provider) {
        return provider.name().toLowerCase(java.util.Locale.ROOT);
    }

    private static String text(List<InferenceProvider> providers) {
        return String.join(", ", providers.stream().map(InferenceProviders::text).toList());
    }

    private static OrtProvider nameOf(InferenceProvider provider) {
        return switch (provider) {
            case CUDA -> OrtProvider.CUDA;
            case TENSORRT -> OrtProvider.TENSOR_RT;
            case COREML -> OrtProvider.CORE_ML;
            case DIRECTML -> OrtProvider.DIRECT_ML;
            default -> OrtProvider.CPU;
        };
    }

    /**
     * Options of a session, which the caller closes.
     *
     * @param provider never {@link InferenceProvider#AUTO}
     * @throws OrtException if the provider's library, driver or device is not there
     */
    static OrtSession.SessionOptions options(InferenceProvider provider) throws OrtException {
        OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        try {
            // One thread that does not spin: inference shares the machine with a game.
            options.setIntraOpNumThreads(1);
            options.setInterOpNumThreads(1);
            options.addConfigEntry("session.intra_op.allow_spinning", "0");
            options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
            // What matters comes as an exception; what else it has to say goes past the log.
            options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
            if (provider != InferenceProvider.CPU) {
                // All of the graph or nothing: a node that falls back to the processor costs two copies and a wait.
                options.addConfigEntry("session.disable_cpu_ep_fallback", "1");
            }
            add(options, provider);
            return options;
        } catch (OrtException | RuntimeException | LinkageError e) {
            options.close();
            throw e;
        }
    }

    private static void add(OrtSession.SessionOptions options, InferenceProvider provider) throws OrtException {
        switch (provider) {
            case CUDA -> {
                try (OrtCUDAProviderOptions cuda = new OrtCUDAProviderOptions(0)) {
                    // By default products of matrices keep ten bits of mantissa on newer GPUs: −60 dB.
                    cuda.add("use_tf32", "0");
                    options.addCUDA(cuda);
                }
            }
            case TENSORRT -> {
                keepSinglePrecision();
                try (OrtTensorRTProviderOptions tensorRt = new OrtTensorRTProviderOptions(0)) {
                    options.addTensorrt(tensorRt);
                }
            }
            // Without the Neural Engine, which computes in half precision.
            case COREML -> options.addCoreML(Map.of("ModelFormat", "MLProgram", "MLComputeUnits", "CPUAndGPU"));
            case DIRECTML -> {
                // It asks for both (onnxruntime.ai, "DirectML Execution Provider").
                options.setMemoryPatternOptimization(false);
                options.setExecutionMode(OrtSession.SessionOptions.ExecutionMode.SEQUENTIAL);
                options.addDirectML(0);
            }
            default -> {
                // The processor is there without being added.
            }
        }
    }

    /** TensorRT rounds as CUDA does, and has no option for it: only a variable, for all of the process (microsoft/onnxruntime#26029). It is set unless the environment says otherwise. */
    private static void keepSinglePrecision() {
        if (System.getenv(TF32_SWITCH) == null) {
            try {
                NativeEnvironment.set(TF32_SWITCH, "0");
            } catch (DeviceException e) {
                throw new InferenceException("TensorRT cannot be told to keep single precision: " + e.getMessage(), e);
            }
        }
    }
}
