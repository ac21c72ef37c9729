package io.pinna.hrtf;

import io.pinna.InferenceProvider;
import io.pinna.internal.Check;
import io.pinna.internal.inference.OnnxBinauralModel;
import java.nio.file.Path;

/**
 * A model that renders end to end: from a block of a source's sound and where the source is, to a block for both ears. A researcher's own network is one, as an ONNX file ({@link #onnx}) or in Java. A listener wears it by
 * {@link io.pinna.ListenerSettings#withBinauralModel}; the world must mix on the inference thread ({@link io.pinna.InferenceSettings.Mix#INFERENCE_THREAD}). For models that answer a direction with filters, and so cost no more
 * than any other HRTF, see {@link HrtfProfile} instead.
 *
 * <p><b>What it is given.</b> For each voice, the sound as it arrives at the middle of the head: pitch, Doppler, gain, distance, directivity, walls and air are in it already, by the same minimum-phase band shapes and cross-fades as
 * for any listener. The model adds what the head does; a level of 1 means the free field there. Beside it stand the poses at the block's beginning and end: a unit vector towards the source in head axes (x to the front, y to the
 * left, z up), and its distance (metres, &gt; 0). A model goes from one to the other within the block; for a source that stands still both are equal. One block's end is the next one's beginning; a source that is put elsewhere
 * moves there within one block. The distance's level is in the sound, so that a model should use the distance only for what else changes near the head.
 *
 * <p><b>Time.</b> The sound is delayed so that what the model lets through at once, or after the {@link #latencyFrames} that it declares, is heard when the listener's profile would let a source in the median plane be heard. So
 * the profile, which takes over where the model is not ready, keeps time with it.
 *
 * <p><b>Voices and state.</b> A model serves one listener by one {@link Session}. A voice has a number from 0 to {@link Setup#maxVoices} − 1, under which a session keeps its state, if it has any. Before a voice's first block, and
 * whenever it has not rendered the block before, the engine calls {@link Session#reset} and lets the look-back be silence. That happens when a voice begins, or begins anew elsewhere in its sound; when it comes back after
 * its sound, and the model's {@link #tailFrames}, were silent; and when the audio thread rendered the block before in place of the model, or the model failed. A block that the model ended too late counts as rendered, although the
 * audio thread's was heard. If the voice was sounding already, its sound is faded in within that
 * block, and the listener's whole block is cross-faded from the profile's sound to the model's; a model without state and look-back needs none of that. A voice that stops fades out at the output within its last block. Between
 * blocks of the model and blocks of the audio thread, the step that is left between the two is smoothed over 5 ms.
 *
 * <p><b>Threads.</b> The thread that owns the world opens a session; from then on it belongs to the thread that mixes. That thread has a block's duration for all listeners together. It begins to ask when the filters of all listeners'
 * profiles have been computed; until then, and for as long while some listener puts on another profile, comes or goes, the profiles are heard.
 *
 * <p><b>Faults.</b> Where a session throws, is not done in time, or leaves values that are not finite, the audio thread renders the block of all listeners by their profiles; three times within a second move the mix there for a while.
 * {@link io.pinna.SoundWorld#report} says what happened.
 *
 * <p>Implementations describe and are immutable; one model may be worn by any number of listeners.
 */
public interface BinauralModel {
    /** Any sample rate, or any block length, will do. */
    int ANY = 0;
    /** The longest look-back (frames): 5.5 s at 48 kHz. */
    int MAX_LOOK_BACK_FRAMES = 1 << 18;

    /** For reports and messages. */
    String name();

    /** The only rate that it works at (hertz, 8000 to 192000), or {@link #ANY}. */
    default int sampleRateHz() {
        return ANY;
    }

    /** The only block length that it works at (frames; worlds have 64 to 1024), or {@link #ANY}. */
    default int blockFrames() {
        return ANY;
    }

    /** How many frames before the block it is given with each (0 to {@link #MAX_LOOK_BACK_FRAMES}). They take 4 bytes for each frame, voice of the world and listener, and as much again for an ONNX file. */
    default int lookBackFrames() {
        return 0;
    }

    /** Whether a session remembers anything of a voice from one block to the next. */
    default boolean isStateful() {
        return false;
    }

    /** For how long it may still sound after its input has fallen silent (frames, from {@link #lookBackFrames} to {@link #MAX_LOOK_BACK_FRAMES}); after that it is not asked until there is sound again. */
    default int tailFrames() {
        return lookBackFrames();
    }

    /** By how much a source in the median plane comes out later than it went in (frames, 0 to {@link #MAX_LOOK_BACK_FRAMES}). What exceeds the latency of the listener's profile adds to the listener's latency. */
    default int latencyFrames() {
        return 0;
    }

    /**
     * Makes it ready for one listener.
     *
     * @throws io.pinna.PinnaException if it cannot be used here; {@link io.pinna.SoundWorld#addListener} throws it on
     */
    Session open(Setup setup);

    /**
     * What a session is opened for.
     *
     * @param sampleRateHz the world's; the model's if that has one
     * @param blockFrames  likewise
     * @param maxVoices    most voices of a batch, and one more than the largest number of a voice
     * @param provider     where the world wants inference to run, {@link InferenceProvider#AUTO} too
     */
    record Setup(int sampleRateHz, int blockFrames, int maxVoices, InferenceProvider provider) {
        public Setup {
            Check.inRange(sampleRateHz, 8000, 192000, "sampleRateHz");
            Check.inRange(blockFrames, 16, 8192, "blockFrames");
            Check.inRange(maxVoices, 1, 1 << 20, "maxVoices");
            Check.notNull(provider, "provider");
        }
    }

    /** A model at work for one listener. */
    interface Session extends AutoCloseable {
        /** Where and how it runs, for reports; empty if there is nothing to say. Any thread. */
        default String describe() {
            return "";
        }

        /** The voice begins anew: what is remembered of it is forgotten. Called between blocks. */
        default void reset(int voice) {
            // Most models remember nothing.
        }

        /** Renders a block of all voices that the listener hears: writes every sample of {@link Batch#left} and {@link Batch#right} of each. It need not be real-time code, but has to be done within a block's duration. */
        void render(Batch batch);

        /** Frees what it holds. */
        @Override
        default void close() {
            // Most models hold nothing that has to be freed.
        }
    }

    /** The voices of a block, in any order. It and its arrays are valid within the call; only {@link #left} and {@link #right} may be written. */
    interface Batch {
        /** How many there are, at least 1. */
        int voices();

        /** The number under which voice {@code i} of the batch keeps its state. */
        int voice(int i);

        /** {@link BinauralModel#lookBackFrames} and then the block, the newest sample last. */
        float[] audio(int i);

        /** At the block's beginning x, y and z of the direction and the distance (metres), and then the four of its end. */
        float[] pose(int i);

        /** Takes the block of the left ear. */
        float[] left(int i);

        /** Takes the block of the right ear. */
        float[] right(int i);
    }

    /**
     * A model from an ONNX file. All voices of a listener are rendered by one run, S of them; they must not influence each other, and S is rounded up by voices of silence. All tensors are float32, T = look-back + block:
     *
     * <pre>
     * input   audio      [S, T]     the newest sample last
     *         pose       [S, 2, 4]  at the block's beginning and end: x, y, z of the direction, distance (metres)
     *         state      [S, ...]   optional: what state_out was for the voice's block before; zeros at first
     * output  binaural   [S, 2, B]  a block of the left and of the right ear
     *         state_out  [S, ...]   if there is a state, of its shape
     * </pre>
     *
     * <p>S is free, or a fixed number. T and B are both free, or both fixed: then the model works with blocks of that length only. All dimensions of the state but the first are fixed. Of the model's metadata
     * ({@code metadata_props}), {@code sampleRateHz} must be there: a number, or {@code any}. {@code lookBackFrames} says the look-back where T and B are free (0 without it). {@code tailFrames}, {@code latencyFrames}
     * and {@code name} may be there. Weights may lie in other files beside it.
     *
     * <p>The model runs on the provider that the world's {@link io.pinna.InferenceSettings} ask for; for {@code AUTO}, on the first that runs all of it.
     *
     * @throws io.pinna.ResourceException  that names the file and the tensor or metadata at fault, what it is, and what is allowed
     * @throws io.pinna.InferenceException if ONNX Runtime cannot be loaded
     */
    static BinauralModel onnx(Path file) {
        return OnnxBinauralModel.read(file);
    }
}
