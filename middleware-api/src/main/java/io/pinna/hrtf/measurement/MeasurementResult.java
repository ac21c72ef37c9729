package io.pinna.hrtf.measurement;

import io.pinna.UsageException;
import io.pinna.internal.Check;
import io.pinna.internal.Version;
import io.pinna.internal.FileReplacement;
import io.pinna.internal.hrtf.SofaWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** The responses of the takes that could be used, and the report on all of them. Immutable; any thread. */
public final class MeasurementResult {
    private final MeasurementReport report;
    private final int sampleRateHz;
    private final List<HeadResponse> responses;

    /**
     * The pair of impulse responses of a direction, relative to the sound that would be at the middle of the head without it (0 dB). Immutable: accessors copy.
     */
    public static final class HeadResponse {
        private final double azimuthDegrees;
        private final double elevationDegrees;
        private final float[] left;
        private final float[] right;

        HeadResponse(double azimuthDegrees, double elevationDegrees, float[] left, float[] right) {
            this.azimuthDegrees = azimuthDegrees;
            this.elevationDegrees = elevationDegrees;
            this.left = left;
            this.right = right;
        }

        /** From 0 (inclusive) to 360, counter-clockwise from straight ahead. */
        public double azimuthDegrees() {
            return azimuthDegrees;
        }

        /** −90 to 90. */
        public double elevationDegrees() {
            return elevationDegrees;
        }

        public float[] left() {
            return left.clone();
        }

        public float[] right() {
            return right.clone();
        }
    }

    MeasurementResult(MeasurementReport report, int sampleRateHz, List<HeadResponse> responses) {
        this.report = Objects.requireNonNull(report, "report");
        this.sampleRateHz = sampleRateHz;
        this.responses = List.copyOf(responses);
    }

    public MeasurementReport report() {
        return report;
    }

    public int sampleRateHz() {
        return sampleRateHz;
    }

    /** One for each take that is used, all of the same length; empty if the session gave no set. */
    public List<HeadResponse> responses() {
        return responses;
    }

    /**
     * Writes the set as a SOFA file (AES69), SimpleFreeFieldHRIR 1.0, at a distance of 1 m. A file that is there already is replaced, as a whole or not at all.
     *
     * @param file     where to; its folder must exist
     * @param listener a short name of the person
     * @throws UsageException                 if the session gave no set
     * @throws io.pinna.ResourceException     if the file cannot be written
     * @throws io.pinna.InvalidValueException if an argument is null or blank
     */
    public void writeSofa(Path file, String listener) {
        Check.notNull(file, "file");
        Check.notBlank(listener, "listener");
        if (responses.isEmpty()) {
            throw new UsageException(UsageException.Rule.STATE, "the session gave no set, see its report: " + String.join("; ", report.findings().stream().map(Finding::message).toList()));
        }
        int taps = responses.get(0).left.length;
        double[] positions = new double[3 * responses.size()];
        double[] samples = new double[2 * taps * responses.size()];
        for (int m = 0; m < responses.size(); m++) {
            HeadResponse r = responses.get(m);
            positions[3 * m] = r.azimuthDegrees;
            positions[3 * m + 1] = r.elevationDegrees;
            positions[3 * m + 2] = 1;
            for (int n = 0; n < taps; n++) {
                samples[2 * m * taps + n] = r.left[n];
                samples[(2 * m + 1) * taps + n] = r.right[n];
            }
        }
        double from = report.takes().stream().filter(RecordingReport::used).mapToDouble(RecordingReport::measuredFromHz).max().orElse(0);
        double to = report.takes().stream().filter(RecordingReport::used).mapToDouble(RecordingReport::measuredToHz).min().orElse(0);
        String comment = "Measured with in-ear microphones and exponential sweeps. " + report.equalization() + ". " + report.levelRule() + ". Measured from " + Math.round(from) + " Hz to " + Math.round(to)
                + " Hz in all directions; below, a continuation to 0 dB at 0 Hz; above, the last level held.";
        FileReplacement.write(file, SofaWriter.write(positions, samples, taps, sampleRateHz, "HRTF measured with in-ear microphones", listener, "The person's own", comment, "Measured with Pinna",
                Version.text()));
    }
}
