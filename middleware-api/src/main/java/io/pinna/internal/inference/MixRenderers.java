package io.pinna.internal.inference;

import io.pinna.InferenceSettings;

/** Decides what mixes on the inference thread. Any thread but the audio thread. */
public final class MixRenderers {
    private MixRenderers() {
    }

    /** @return what makes the renderers of the inference thread, or null if the audio thread mixes */
    public static RemoteRenderer.Factory of(InferenceSettings settings) {
        if (settings.mix() == InferenceSettings.Mix.INFERENCE_THREAD) {
            throw new UnsupportedOperationException();
        }
        return null;
    }

    /** Why the audio thread mixes. */
    public static String whyNot(InferenceSettings settings) {
        return settings.mix() == InferenceSettings.Mix.AUDIO_THREAD ? "the settings ask for the audio thread" : "no GPU";
    }
}
