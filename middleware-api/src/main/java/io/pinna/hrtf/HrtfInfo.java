package io.pinna.hrtf;

import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * What an HRTF file contains and what was made of it: the answer of {@code pinna hrtf info}. Immutable; any thread.
 *
 * @param file                   the file as the caller named it
 * @param conventions            SOFA conventions, for example {@code SimpleFreeFieldHRIR}
 * @param conventionsVersion     their version, for example {@code 1.0}; empty if the file does not say
 * @param title                  as in the file, empty if it has none; likewise the next three
 * @param database               name of the database
 * @param listener               name of the listener or dummy head
 * @param licence                licence of the data
 * @param sampleRateHz           rate of the impulse responses (hertz, &gt; 0)
 * @param taps                   length of the impulse responses in samples of that rate
 * @param measurementCount       how many measurements the file has
 * @param directionCount         how many different directions and distances remain of them
 * @param distancesMeters        distances of the shells, ascending
 * @param minAzimuthDegrees      smallest azimuth of a measurement (counter-clockwise from the front, −180 exclusive to 180)
 * @param maxAzimuthDegrees      largest azimuth
 * @param minElevationDegrees    lowest elevation (up is positive)
 * @param maxElevationDegrees    highest elevation
 * @param angularSpacingDegrees  median over the directions of the angle to the nearest other one; 0 where there is one only
 * @param delays                 how the file gives its delays
 * @param minDelaySamples        smallest value of its delay variable, in samples
 * @param maxDelaySamples        largest value
 * @param maxInterauralDelayMicroseconds largest interaural delay of a direction, delays of the file and of its responses together (magnitude)
 * @param renderedVertexCount    directions that filters are computed for, with those between the measured ones
 * @param renderedTaps           length of those filters in samples of the file's rate
 * @param extrapolatedRegions    one sentence for each part of the sphere that has no measurement near by
 * @param notes                  one sentence for everything in the file that was corrected or left out
 */
public record HrtfInfo(String file, String conventions, String conventionsVersion, String title, String database, String listener, String licence, double sampleRateHz, int taps,
        int measurementCount, int directionCount, List<Double> distancesMeters, double minAzimuthDegrees, double maxAzimuthDegrees, double minElevationDegrees,
        double maxElevationDegrees, double angularSpacingDegrees, Delays delays, double minDelaySamples, double maxDelaySamples, double maxInterauralDelayMicroseconds,
        int renderedVertexCount, int renderedTaps, List<String> extrapolatedRegions, List<String> notes) {
    /** How a file gives delays besides what its impulse responses hold. */
    public enum Delays {
        /** All are zero. */
        NONE,
        /** The same for all directions. */
        GLOBAL,
        /** One for each direction. */
        PER_DIRECTION
    }

    public HrtfInfo {
        Objects.requireNonNull(file, "file");
        Objects.requireNonNull(delays, "delays");
        distancesMeters = List.copyOf(distancesMeters);
        extrapolatedRegions = List.copyOf(extrapolatedRegions);
        notes = List.copyOf(notes);
    }

    /** Several lines for a person to read, without a line break at the end. */
    public String describe() {
        StringBuilder s = new StringBuilder();
        line(s, "file", file);
        line(s, "conventions", (conventions + " " + conventionsVersion).trim());
        line(s, "title", or(title));
        line(s, "database", or(database));
        line(s, "listener", or(listener));
        line(s, "licence", or(licence));
        line(s, "sample rate", format("%s Hz", number(sampleRateHz)));
        line(s, "responses", format("%d measurements × 2 ears × %d taps (%.2f ms), %d different", measurementCount, taps, 1000 * taps / sampleRateHz, directionCount));
        StringBuilder distances = new StringBuilder();
        for (double d : distancesMeters) {
            distances.append(distances.length() == 0 ? "" : ", ").append(format("%.2f m", d));
        }
        line(s, "distances", distances.toString());
        line(s, "azimuth", format("%s° to %s° (counter-clockwise from the front)", number(minAzimuthDegrees), number(maxAzimuthDegrees)));
        line(s, "elevation", format("%s° to %s°", number(minElevationDegrees), number(maxElevationDegrees)));
        line(s, "spacing", format("%s° (median to the nearest neighbour)", number(angularSpacingDegrees)));
        line(s, "delays", switch (delays) {
            case NONE -> "none besides those in the responses";
            case GLOBAL -> format("one for each ear, %s to %s samples", number(minDelaySamples), number(maxDelaySamples));
            case PER_DIRECTION -> format("one for each direction and ear, %s to %s samples", number(minDelaySamples), number(maxDelaySamples));
        });
        line(s, "largest ITD", format("%.0f µs", maxInterauralDelayMicroseconds));
        line(s, "rendered as", format("%d directions × 2 ears × %d taps", renderedVertexCount, renderedTaps));
        for (String region : extrapolatedRegions) {
            line(s, "extrapolated", region);
        }
        for (String note : notes) {
            line(s, "note", note);
        }
        s.setLength(s.length() - 1);
        return s.toString();
    }

    @Override
    public String toString() {
        return describe();
    }

    private static void line(StringBuilder s, String name, String value) {
        s.append(format("%-13s %s", name, value)).append('\n');
    }

    private static String or(String value) {
        return value.isBlank() ? "(not given)" : value;
    }

    private static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    /** At most two decimals, none where they are zero. */
    private static String number(double value) {
        String s = format("%.2f", value == 0 ? 0.0 : value);
        return s.endsWith(".00") ? s.substring(0, s.length() - 3) : s.endsWith("0") ? s.substring(0, s.length() - 1) : s;
    }
}
