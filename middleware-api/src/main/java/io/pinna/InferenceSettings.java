package io.pinna;

import io.pinna.internal.Check;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where inference runs, and whether it carries the mix.
 *
 * @param provider which execution provider of ONNX Runtime; one that is asked for by name and is not there is an error when the world opens
 * @param mix      which thread renders the mix
 * @param mixGraph another ONNX file than the built-in mix graph, of the same signature; empty for the built-in one
 */
public record InferenceSettings(InferenceProvider provider, Mix mix, Optional<Path> mixGraph) {
    /** Which thread renders the mix. Both sound the same, within −80 dB; only listeners that wear a {@link io.pinna.hrtf.BinauralModel} need the inference thread. */
    public enum Mix {
        /** The inference thread if the provider is a GPU, else the audio thread. */
        AUTO,
        /** The audio thread, at once. */
        AUDIO_THREAD,
        /**
         * The inference thread, by one graph for all sources and listeners, on any provider. Everything is heard exactly one block later. A block that is not ready in time is rendered by the audio thread from the same
         * description; three misses within a second move the mix to the audio thread for a while.
         */
        INFERENCE_THREAD
    }

    /** The best provider, and the mix on a GPU if there is one. */
    public static final InferenceSettings DEFAULT = new InferenceSettings(InferenceProvider.AUTO, Mix.AUTO, Optional.empty());

    public InferenceSettings {
        Check.notNull(provider, "provider");
        Check.notNull(mix, "mix");
        Check.notNull(mixGraph, "mixGraph");
    }

    public InferenceSettings withProvider(InferenceProvider value) {
        return new InferenceSettings(value, mix, mixGraph);
    }

    public InferenceSettings withMix(Mix value) {
        return new InferenceSettings(provider, value, mixGraph);
    }

    /**
     * Where a file cannot be used, because it is not there, is no such graph, or does not sound like the built-in one to −80 dB, no error is thrown: the audio thread mixes, and {@link WorldReport#notes} say why. Only the
     * inference thread reads it; see {@link Mix}.
     *
     * @param value an ONNX file with the built-in mix graph's signature (see {@code ARCHITECTURE.md})
     */
    public InferenceSettings withMixGraph(Path value) {
        return new InferenceSettings(provider, mix, Optional.of(value));
    }
}
