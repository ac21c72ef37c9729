package io.pinna.internal.hrtf;

import java.util.List;

/**
 * One impulse response of a room from a SOFA file: checked, the left ear first, with its delays. Arrays are not copied: whoever gets it reads it only. Immutable otherwise; any thread.
 *
 * @param file         as the caller named it
 * @param conventions  SOFA conventions
 * @param sampleRateHz rate of the response
 * @param channels     one (mono) or two (left and right ear)
 * @param index        which of the file's responses, from 0
 * @param count        how many there are
 * @param notes        what was corrected on reading
 */
public record RoomResponse(String file, String conventions, double sampleRateHz, float[][] channels, int index, int count, List<String> notes) {
    public RoomResponse {
        notes = List.copyOf(notes);
    }
}
