package io.pinna.cli;

/** What {@code pinna bench} compares. */
enum BenchRenderer {
    /** Pinna's mixer on the audio thread, in plain Java. */
    CPU,
    /** Likewise, with the Vector API. */
    VECTOR,
    /** Pinna's mix graph by ONNX Runtime on the processor. */
    ONNX_CPU,
    /** Likewise on a GPU. */
    ONNX_GPU,
    /** OpenAL Soft with a filter for every source. */
    OPENAL_FULL,
    /** OpenAL Soft with a second-order ambisonic bed that all sources share. */
    OPENAL_AMBI2;

    /** As the command line, the table and JSON name it. */
    String key() {
        return KeyedOption.key(this);
    }

    /** Whether it stands on the inference thread, and the audio thread hands blocks over to it. */
    boolean isGraph() {
        return this == ONNX_CPU || this == ONNX_GPU;
    }

    /** Whether its time is the clock's: a GPU's work is no processor's. Else it is its thread's processor time. */
    boolean isTimedByTheClock() {
        return this == ONNX_GPU;
    }
}
