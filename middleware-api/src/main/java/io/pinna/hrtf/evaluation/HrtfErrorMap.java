package io.pinna.hrtf.evaluation;

import java.util.Objects;

/**
 * The errors of an {@link HrtfComparison} in each direction, for maps and statistics of one's own. Arrays have one entry for each of the compared directions, in the reference's order without repetitions; every call hands out a
 * copy. Immutable; any thread.
 */
public final class HrtfErrorMap {
    private final HrtfComparison comparison;
    private final double[] azimuthDegrees;
    private final double[] elevationDegrees;
    private final double[] distanceMeters;
    private final double[] logSpectralDistortionDb;
    private final double[] itdErrorMicroseconds;
    private final double[] ownGreatCircleDegrees;
    private final double[] candidateGreatCircleDegrees;

    HrtfErrorMap(HrtfComparison comparison, double[] azimuthDegrees, double[] elevationDegrees, double[] distanceMeters, double[] logSpectralDistortionDb, double[] itdErrorMicroseconds,
            double[] ownGreatCircleDegrees, double[] candidateGreatCircleDegrees) {
        this.comparison = Objects.requireNonNull(comparison, "comparison");
        this.azimuthDegrees = azimuthDegrees;
        this.elevationDegrees = elevationDegrees;
        this.distanceMeters = distanceMeters;
        this.logSpectralDistortionDb = logSpectralDistortionDb;
        this.itdErrorMicroseconds = itdErrorMicroseconds;
        this.ownGreatCircleDegrees = ownGreatCircleDegrees;
        this.candidateGreatCircleDegrees = candidateGreatCircleDegrees;
    }

    /** The means. */
    public HrtfComparison comparison() {
        return comparison;
    }

    /** How many directions there are. */
    public int count() {
        return azimuthDegrees.length;
    }

    /** Counter-clockwise from the front (degrees, −180 to 180). */
    public double[] azimuthDegrees() {
        return azimuthDegrees.clone();
    }

    /** Up (degrees, −90 to 90). */
    public double[] elevationDegrees() {
        return elevationDegrees.clone();
    }

    /** Of the reference's sources (metres). */
    public double[] distanceMeters() {
        return distanceMeters.clone();
    }

    /** LSD, mean of both ears (dB, ≥ 0). */
    public double[] logSpectralDistortionDb() {
        return logSpectralDistortionDb.clone();
    }

    /** ITD of the candidate less that of the reference (microseconds); an ITD is positive for sources on the left. */
    public double[] itdErrorMicroseconds() {
        return itdErrorMicroseconds.clone();
    }

    /** Mean predicted great-circle error with the reference itself (degrees); NaN in directions of which no sound was played: nearer than the greatest distance, or left out of a very dense set. */
    public double[] ownGreatCircleDegrees() {
        return ownGreatCircleDegrees.clone();
    }

    /** Mean predicted great-circle error with the candidate (degrees); NaN as for {@link #ownGreatCircleDegrees}. */
    public double[] candidateGreatCircleDegrees() {
        return candidateGreatCircleDegrees.clone();
    }
}
