package io.pinna.hrtf;

import java.util.List;
import java.util.Locale;

/**
 * What a {@link PersonalHrtf} is and where it comes from: the answer of {@code pinna hrtf info} for a .pinna file. It has no number of directions: it is a field, known in all of them. Immutable; any thread.
 *
 * @param kind                           how it was found out
 * @param createdBy                      the program and version that made it
 * @param sampleRateHz                   of the transform at whose bins it gives levels (hertz)
 * @param fftSize                        length of that transform
 * @param order                          of the spherical harmonics of the levels
 * @param itdOrder                       of those of the interaural delay
 * @param lowestLevelDb                  lowest level of an ear in any direction, from 0.2 to 16 kHz (dB)
 * @param highestLevelDb                 highest level
 * @param minInterauralDelayMicroseconds most negative interaural delay of a direction (delay of the right ear less that of the left: negative on the right)
 * @param maxInterauralDelayMicroseconds largest one
 * @param notes                          plain sentences: what was imputed, aligned or left out, and by which model it was made
 */
public record PersonalHrtfInfo(PersonalHrtfKind kind, String createdBy, int sampleRateHz, int fftSize, int order, int itdOrder, double lowestLevelDb, double highestLevelDb,
        double minInterauralDelayMicroseconds, double maxInterauralDelayMicroseconds, List<String> notes) {
    public PersonalHrtfInfo {
        notes = List.copyOf(notes);
    }

    /** Several lines for a person to read, without a line break at the end. */
    public String describe() {
        StringBuilder s = new StringBuilder();
        line(s, "personal HRTF", "from " + kind.describe());
        line(s, "created by", createdBy);
        line(s, "directions", "all: a field of spherical harmonics, order " + order + " for levels and " + itdOrder + " for the interaural delay");
        line(s, "spectra", String.format(Locale.ROOT, "2 ears × %d frequencies, 0 to %s kHz", fftSize / 2 + 1, sampleRateHz / 2 / 1000.0));
        line(s, "levels", String.format(Locale.ROOT, "%.1f to %.1f dB (from 0.2 to 16 kHz)", lowestLevelDb, highestLevelDb));
        line(s, "ITD", String.format(Locale.ROOT, "%.0f to %.0f µs", minInterauralDelayMicroseconds, maxInterauralDelayMicroseconds));
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
        s.append(String.format("%-13s %s", name, value)).append('\n');
    }
}
