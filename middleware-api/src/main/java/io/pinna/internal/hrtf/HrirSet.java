package io.pinna.internal.hrtf;

import io.pinna.hrtf.HrtfInfo;
import java.util.List;

/**
 * The head-related impulse responses of a file, checked and in one form: left ear first, directions as unit vectors in head axes (x front, y left, z up), delays in samples. Arrays are not
 * copied: whoever gets a set reads it only. Immutable otherwise; any thread.
 *
 * @param file               as the caller named it
 * @param conventions        SOFA conventions
 * @param conventionsVersion their version
 * @param title              free text, empty if none; likewise the next three
 * @param database           free text
 * @param listener           free text
 * @param licence            free text
 * @param sampleRateHz       rate of the responses
 * @param taps               N
 * @param responses          [measurement][ear][N], flat
 * @param delaySamples       [measurement][ear], flat: what stands before each response, of either sign, fractional
 * @param directions         [measurement][x, y, z], flat
 * @param distancesMeters    [measurement], &gt; 0
 * @param delays             how the file gave the delays
 * @param notes              what was corrected on reading
 */
public record HrirSet(String file, String conventions, String conventionsVersion, String title, String database, String listener, String licence, double sampleRateHz, int taps,
        float[] responses, double[] delaySamples, double[] directions, double[] distancesMeters, HrtfInfo.Delays delays, List<String> notes) {
    static final int LEFT = 0;
    static final int RIGHT = 1;

    public HrirSet {
        int count = distancesMeters.length;
        if (count == 0 || responses.length != 2L * count * taps || delaySamples.length != 2 * count || directions.length != 3 * count) {
            throw new IllegalArgumentException("the arrays of an HRIR set do not fit together");
        }
        notes = List.copyOf(notes);
    }

    public int count() {
        return distancesMeters.length;
    }

    /** Where a response starts in {@link #responses}. */
    int offset(int measurement, int ear) {
        return (2 * measurement + ear) * taps;
    }

    /** Counter-clockwise from the front, in (−180, 180]. */
    public double azimuthDegrees(int m) {
        double azimuth = Math.toDegrees(Math.atan2(directions[3 * m + 1], directions[3 * m]));
        return azimuth <= -180 ? 180 : azimuth;
    }

    public double elevationDegrees(int m) {
        return Math.toDegrees(Math.asin(Math.max(-1, Math.min(1, directions[3 * m + 2]))));
    }
}
