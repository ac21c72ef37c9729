package io.pinna.hrtf.evaluation;

import java.util.Locale;

/**
 * How well a listener is predicted to point at sounds. Lateral angles are measured from the median plane, polar angles around the ears' axis. Immutable; any thread.
 *
 * @param greatCircleDegrees   mean angle between where the sound is meant to be and where it is heard (degrees)
 * @param lateralDegrees       mean absolute error of the lateral angle (degrees)
 * @param polarDegrees         root mean square of the polar errors below 90°, of sounds up to 30° off the median plane (Middlebrooks, JASA 106, 1999: local polar error); null if there are none
 * @param quadrantErrorPercent share of polar errors beyond 90°, of sounds up to 30° off the median plane (percent); null if there are none
 * @param responses            how many sounds were played
 */
public record LocalizationErrors(double greatCircleDegrees, double lateralDegrees, Double polarDegrees, Double quadrantErrorPercent, int responses) {
    /** One line. */
    public String describe() {
        return String.format(Locale.ROOT, "%.1f° great-circle, %.1f° lateral, %s polar, %s quadrant errors", greatCircleDegrees, lateralDegrees,
                polarDegrees == null ? "no" : String.format(Locale.ROOT, "%.1f°", polarDegrees), quadrantErrorPercent == null ? "no" : String.format(Locale.ROOT, "%.1f %%", quadrantErrorPercent));
    }

    @Override
    public String toString() {
        return describe();
    }
}
