package io.pinna.hrtf.measurement;

import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * What was found in a recording. Values that could not be had, because the recording failed earlier, are null. Immutable.
 *
 * @param file                 the recording, as named
 * @param azimuthDegrees       of the take; null for a reference recording
 * @param elevationDegrees     of the take; null for a reference recording
 * @param distanceMeters       of the take or the reference
 * @param used                 whether it is part of the result
 * @param sampleRateHz         of the file
 * @param peakDb               of either channel, left first (dB against full scale)
 * @param clippedSamples       samples at full scale, both channels
 * @param arrivalSeconds       when the direct sound of the sweep's first moment arrives, from the start of the file: latency, lead silence and way through the air
 * @param driftPpm             by how much longer a second of the sweep is on the recorder's clock (parts per million); corrected
 * @param driftFromRepeats     whether that is known from the distance of the sweeps; otherwise from the phase of single ones, of the reference or the median of
 *                             the takes, within some 50 ppm
 * @param repeatDifferenceDb   energy of the difference between sweeps, beyond the noise, against that of their mean (dB, −120 or more); null with a single sweep
 * @param distortionDb         energy of the second to fifth harmonics against the linear response, of the louder channel (dB)
 * @param snr                  of each octave
 * @param interauralDelayMicroseconds          delay of the right ear less that of the left
 * @param expectedInterauralDelayMicroseconds  of the built-in generic listener in the stated direction
 * @param firstReflectionSeconds after the direct sound; null if none was found in the first 10 ms
 * @param windowSeconds        from the direct sound to the middle of the closing fade
 * @param measuredFromHz       below, the result is the continuation of a small head to 0 dB at 0 Hz
 * @param measuredToHz         above, the last level is held
 * @param findings             what is wrong with it
 */
public record RecordingReport(String file, Double azimuthDegrees, Double elevationDegrees, Double distanceMeters, boolean used, Integer sampleRateHz, List<Double> peakDb, Integer clippedSamples,
        Double arrivalSeconds, Double driftPpm, Boolean driftFromRepeats, Double repeatDifferenceDb, Double distortionDb, List<BandSnr> snr, Double interauralDelayMicroseconds,
        Double expectedInterauralDelayMicroseconds, Double firstReflectionSeconds, Double windowSeconds, Double measuredFromHz, Double measuredToHz, List<Finding> findings) {
    /**
     * Energy of the windowed direct sound against that of the noise in a window of the same length, after deconvolution and averaging.
     *
     * @param centreHz of the octave
     * @param leftDb   left ear (dB)
     * @param rightDb  right ear (dB)
     */
    public record BandSnr(double centreHz, double leftDb, double rightDb) {
    }

    public RecordingReport {
        Objects.requireNonNull(file, "file");
        peakDb = peakDb == null ? null : List.copyOf(peakDb);
        snr = snr == null ? null : List.copyOf(snr);
        findings = List.copyOf(findings);
    }

    /** Whether a problem was found, in either severity. */
    public boolean has(Problem problem) {
        return findings.stream().anyMatch(f -> f.problem() == problem);
    }

    /** Several lines for a person to read, without a line break at the end. */
    public String describe() {
        StringBuilder s = new StringBuilder();
        s.append(file);
        if (azimuthDegrees != null) {
            s.append(String.format(Locale.ROOT, " (azimuth %.0f°, elevation %.0f°, %.2f m)", azimuthDegrees, elevationDegrees, distanceMeters));
        }
        boolean bad = findings.stream().anyMatch(f -> f.severity() == Finding.Severity.ERROR);
        s.append(used ? ": used" : bad ? ": left out" : ": not used, for the session gave no set");
        if (windowSeconds != null) {
            s.append(String.format(Locale.ROOT, ", window %.1f ms, measured from %.0f Hz to %.1f kHz, drift %d ppm", 1000 * windowSeconds, measuredFromHz, measuredToHz / 1000, Math.round(driftPpm)));
            // Less is the arithmetic's own.
            s.append(distortionDb > -120 ? String.format(Locale.ROOT, ", distortion %.0f dB", distortionDb) : ", no distortion found");
            if (interauralDelayMicroseconds != null) {
                s.append(String.format(Locale.ROOT, ", ITD %d µs (generic %d)", Math.round(interauralDelayMicroseconds), Math.round(expectedInterauralDelayMicroseconds)));
            }
        }
        for (Finding f : findings) {
            s.append("\n  ").append(f);
        }
        return s.toString();
    }

    @Override
    public String toString() {
        return describe();
    }
}
