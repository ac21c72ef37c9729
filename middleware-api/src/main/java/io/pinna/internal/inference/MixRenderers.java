package io.pinna.internal.inference;

import io.pinna.InferenceException;
import io.pinna.InferenceProvider;
import io.pinna.InferenceSettings;
import io.pinna.SoundWorldSettings;
import io.pinna.internal.render.ListenerMix;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Decides whether the mix goes to the inference thread, and on which provider. Any thread but the audio thread. */
public final class MixRenderers {
    /** Providers are tried once in a process: that takes seconds on some. */
    private static final Map<InferenceProvider, InferenceProviders.Choice<InferenceProvider>> CHOSEN = new EnumMap<>(InferenceProvider.class);

    private MixRenderers() {
    }

    /**
     * What a world's mix is rendered by.
     *
     * @param factory makes the renderers of the inference thread; null if the audio thread mixes
     * @param reason  why
     */
    public record Decision(RemoteRenderer.Factory factory, String reason) {
    }

    /** @throws io.pinna.InferenceException if the provider that the settings ask for is not there, or cannot run the mix graph */
    public static Decision decide(SoundWorldSettings settings) {
        InferenceSettings inference = settings.inference();
        if (inference.mix() == InferenceSettings.Mix.AUDIO_THREAD) {
            return onAudioThread("asked for", inference);
        }
        InferenceProviders.Choice<InferenceProvider> choice;
        try {
            choice = choose(inference.provider());
        } catch (InferenceException e) {
            if (inference.provider() == InferenceProvider.AUTO && inference.mix() == InferenceSettings.Mix.AUTO) {
                return onAudioThread(e.getMessage(), inference);
            }
            throw e;
        }
        if (inference.mix() == InferenceSettings.Mix.AUTO && choice.provider() == InferenceProvider.CPU) {
            return onAudioThread("inference runs on the processor, where the audio thread mixes faster (" + choice.reason() + ")", inference);
        }
        return new Decision(new Factory(settings, inference.mixGraph(), choice), choice.reason());
    }

    private static Decision onAudioThread(String reason, InferenceSettings inference) {
        return new Decision(null, "audio thread: " + reason + inference.mixGraph().map(file -> "; the mix graph " + file + " is not used").orElse(""));
    }

    private static synchronized InferenceProviders.Choice<InferenceProvider> choose(InferenceProvider asked) {
        InferenceProviders.Choice<InferenceProvider> choice = CHOSEN.get(asked);
        if (choice == null) {
            choice = InferenceProviders.choose(asked, provider -> {
                MixGraph.requireOn(provider);
                return provider;
            });
            CHOSEN.put(asked, choice);
        }
        return choice;
    }

    private record Factory(SoundWorldSettings settings, Optional<Path> file, InferenceProviders.Choice<InferenceProvider> choice) implements RemoteRenderer.Factory {
        @Override
        public RemoteRenderer prepare(List<ListenerMix> mixes) {
            return new GraphBlockRenderer(settings, mixes, MixModel.read(file), choice.provider());
        }

        @Override
        public String describe() {
            return choice.reason();
        }
    }
}
