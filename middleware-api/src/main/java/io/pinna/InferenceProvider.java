package io.pinna;

/**
 * Where ONNX Runtime runs the binaural mix. Which of them there are depends on the platform and on the artifact: {@code onnxruntime} has the processor, and CoreML on macOS; {@code onnxruntime_gpu} has CUDA and
 * TensorRT too; DirectML needs a build of ONNX Runtime with it.
 */
public enum InferenceProvider {
    /**
     * The first of the others that ONNX Runtime has here, that runs the whole mix by itself, and whose sound agrees with the processor's to −80 dB: CUDA, TensorRT, CoreML, DirectML, and in the end the
     * processor, which always can. Why one was chosen and others were not is logged, and stands in reports.
     */
    AUTO,
    /** The processor, on any platform: one thread. */
    CPU,
    /** NVIDIA GPUs, with the artifact {@code onnxruntime_gpu} and the CUDA version that it asks for. */
    CUDA,
    /** NVIDIA GPUs through TensorRT, which plans the graph anew for other sizes: its start takes seconds to minutes. */
    TENSORRT,
    /** Apple's GPUs, on macOS. */
    COREML,
    /** GPUs of any maker on Windows, with a build of ONNX Runtime that has it. */
    DIRECTML
}
