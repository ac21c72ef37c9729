package io.pinna;

/** Where networks and the mix graph run: an execution provider of ONNX Runtime. */
public enum InferenceProvider {
    /** The first of the others that this platform's ONNX Runtime has and that works here, the processor last. Which one it is, and why, is in the report. */
    AUTO,
    /** The processor; always there. */
    CPU,
    /** NVIDIA GPUs. */
    CUDA,
    /** NVIDIA GPUs, with graphs compiled for the GPU at hand when they are loaded. */
    TENSORRT,
    /** Apple's neural engine and GPUs. */
    COREML,
    /** GPUs of any vendor on Windows. */
    DIRECTML
}
