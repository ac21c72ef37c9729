package io.pinna.hrtf.measurement;

import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * What came out of a session. Immutable.
 *
 * @param sweep           the settings that the recordings were analysed with
 * @param equalization    how loudspeaker and microphones were undone, in words
 * @param equalizationGainDb the most that a frequency was raised (dB, against the median)
 * @param levelRule       what the level of the result is, in words
 * @param directions      takes in the result
 * @param findings        about the session as a whole
 * @param takes           about each take, in the session's order
 * @param references      about each reference recording; none without
 */
public record MeasurementReport(SweepSettings sweep, String equalization, double equalizationGainDb, String levelRule, int directions, List<Finding> findings, List<RecordingReport> takes,
        List<RecordingReport> references) {
    public MeasurementReport {
        Objects.requireNonNull(sweep, "sweep");
        Objects.requireNonNull(equalization, "equalization");
        Objects.requireNonNull(levelRule, "levelRule");
        findings = List.copyOf(findings);
        takes = List.copyOf(takes);
        references = List.copyOf(references);
    }

    /** Whether the session gave a set. */
    public boolean usable() {
        return directions > 0;
    }

    /** Many lines for a person to read, without a line break at the end. */
    public String describe() {
        StringBuilder s = new StringBuilder();
        for (RecordingReport r : references) {
            s.append("reference ").append(r.describe()).append('\n');
        }
        for (RecordingReport r : takes) {
            s.append(r.describe()).append('\n');
        }
        for (Finding f : findings) {
            s.append("session: ").append(f).append('\n');
        }
        s.append(String.format(Locale.ROOT, "%d of %d takes used; %s", directions, takes.size(), equalization));
        return s.toString();
    }

    @Override
    public String toString() {
        return describe();
    }
}
