package io.pinna.hrtf;

import io.pinna.internal.inference.OnnxFields;
import java.nio.file.Path;

/**
 * A model of one listener's ears, for {@link HrtfProfile#field}: any function from a direction to a pair of filters. A researcher's own network is one, in Java or as an ONNX file ({@link #load}). There are two
 * forms; implement the one that the model has:
 *
 * <ul>
 * <li>{@link Spectra}: magnitudes of both ears at the bins of a transform, and the interaural delay. The engine makes minimum-phase filters of them. It asks for the directions that are needed first, and for the rest
 *     in the background, 2562 in all, about 4° apart;
 * <li>{@link Responses}: pairs of impulse responses that hold their own delays. The engine asks for all of the 2562 directions when the profile is put on, and treats the answers as a measured set.
 * </ul>
 *
 * <p><b>Directions</b> are unit vectors from the middle between the ears towards the source, in head axes: x to the front, y to the left, z up. Models describe sources at 1 m or farther away; the engine adds what changes
 * nearer.
 *
 * <p><b>Threads.</b> A field is called on the thread that puts the profile on and on the inference thread, never on the audio thread, and by one thread at a time. Everything but {@code evaluate} is constant.
 *
 * <p><b>Faults.</b> What {@code evaluate} throws, and values that are not finite, are errors of {@link io.pinna.Listener#setProfile} and {@link io.pinna.SoundWorld#addListener} while they are being called. Later, a voice
 * whose filter fails keeps the one it has, the field is asked again after a pause, and {@link io.pinna.SoundWorld#report} says what happened.
 *
 * <p><b>Identity.</b> Listeners with equal fields share their filters. A field that is worn must not change what it answers.
 */
public sealed interface HrtfField extends AutoCloseable permits HrtfField.Spectra, HrtfField.Responses {
    /** Directions that a call asks for at most. */
    int MAX_DIRECTIONS = 64;

    /** For reports and messages. */
    String name();

    /** The rate that bins or taps refer to (hertz, 8000 to 192000); the engine converts to its own. */
    int sampleRateHz();

    /** Whose ears they are, for files that are made of the field; empty if that is not known. */
    default String listener() {
        return "";
    }

    /** Under which terms files that are made of the field may be used; empty if that is not known. */
    default String licence() {
        return "";
    }

    /** Frees what the field holds. The engine does not call this for a field that a game made: whoever made it does, when no listener wears it any more. */
    @Override
    default void close() {
        // Most fields hold nothing that has to be freed.
    }

    /**
     * A field from an ONNX file. It has one input and the outputs of one of the two forms; N, the number of directions, is free or fixed, bins and taps are fixed by what the model answers:
     *
     * <pre>
     * input   direction     float32 [N, 3]        unit vectors, head axes
     * output  magnitude_db  float32 [N, 2, bins]  20·log10 of the amplitude, left ear first, at 0 Hz to half the sample rate, 9 to 32769 bins
     *         itd_seconds   float32 [N]           delay of the right ear less that of the left: positive for a source on the left
     * or
     * output  hrir          float32 [N, 2, taps]  impulse responses with their delays, left ear first, 16 to 32768 taps
     * </pre>
     *
     * <p>The model's metadata ({@code metadata_props}) hold {@code sampleRateHz}, and may hold {@code name}, {@code listener}, {@code licence} and, for the first form, {@code maxInterauralDelaySeconds}
     * (0.0001 to 0.003; 0.001 without it). Other outputs are not read. The model runs on ONNX Runtime, on one thread of the CPU; weights may lie in other files beside it.
     *
     * @param file the ONNX file
     * @return a {@link Spectra} or {@link Responses}; {@link #close} frees the model, at once or when the call that is under way has ended
     * @throws io.pinna.ResourceException  that names the file and the tensor or metadata at fault, what it is, and what is allowed
     * @throws io.pinna.InferenceException if the model fails on the direction to the front, or ONNX Runtime cannot be loaded
     */
    static HrtfField load(Path file) {
        return OnnxFields.load(file);
    }

    /** Magnitudes and interaural delay. */
    non-sealed interface Spectra extends HrtfField {
        /** Bins from 0 Hz to half the sample rate, evenly spaced, both ends among them (9 to 32769). */
        int bins();

        /** No direction has a larger interaural delay (seconds, 0.0001 to 0.003, magnitude). It is part of the latency: half of it. */
        default double maxInterauralDelaySeconds() {
            return 1e-3;
        }

        /**
         * @param directionXyz three values for each direction; not to be changed or kept, nor are the others
         * @param count        directions, 1 to {@link #MAX_DIRECTIONS}
         * @param magnitudeDb  takes count × 2 × bins values: [direction][left, right][bin], 20·log10 of the amplitude relative to the free field at the middle of the head (finite)
         * @param itdSeconds   takes count values: delay of the right ear less that of the left, positive for a source on the left (finite)
         */
        void evaluate(float[] directionXyz, int count, float[] magnitudeDb, float[] itdSeconds);
    }

    /** Impulse responses. */
    non-sealed interface Responses extends HrtfField {
        /** Length of every response (samples at {@link #sampleRateHz}, 16 to 32768). */
        int taps();

        /**
         * @param directionXyz three values for each direction; not to be changed or kept, nor is the other
         * @param count        directions, 1 to {@link #MAX_DIRECTIONS}
         * @param responses    takes count × 2 × taps values: [direction][left, right][sample] (finite); both ears of a direction on one time axis
         */
        void evaluate(float[] directionXyz, int count, float[] responses);
    }
}
