package io.pinna.hrtf;

import io.pinna.hrtf.BodyMeasurement.Ear;
import io.pinna.internal.Check;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * All {@link BodyMeasurement}s of a person, for both ears: what was measured, and for what was not, what is most likely given the rest, with its standard deviation. Immutable; any thread. Made by
 * {@link BodyMeasurements#complete()}.
 */
public final class CompletedMeasurements {
    private static final int PINNA = 8;
    private static final List<String> ORDER = makeOrder();

    private final double[] values;
    private final boolean[] known;
    private final double[] standardDeviations;
    private final List<String> notes;

    CompletedMeasurements(double[] values, boolean[] known, double[] standardDeviations, List<String> notes) {
        this.values = values.clone();
        this.known = known.clone();
        this.standardDeviations = standardDeviations.clone();
        this.notes = List.copyOf(notes);
    }

    private static List<String> makeOrder() {
        List<String> order = new ArrayList<>();
        for (String side : new String[] {"", "L_", "R_"}) {
            for (BodyMeasurement m : BodyMeasurement.values()) {
                if (m.isOfEar() != side.isEmpty()) {
                    order.add(side + m.symbol());
                }
            }
        }
        return List.copyOf(order);
    }

    /** What stands where in {@link #vector()}, by CIPIC's names: x1, x2, x3, x12, L_d1 to L_d7, L_theta1, R_d1 to R_d7, R_theta1. */
    public static List<String> order() {
        return ORDER;
    }

    static int index(BodyMeasurement m, Ear ear) {
        return m.isOfEar() && ear == Ear.RIGHT ? m.ordinal() + PINNA : m.ordinal();
    }

    private static int checkedIndex(BodyMeasurement measurement, Ear ear) {
        return index(Check.notNull(measurement, "measurement"), Check.notNull(ear, "ear"));
    }

    /** A measurement of an ear (cm, or degrees); those of head and shoulders are the same for both. */
    public double value(BodyMeasurement measurement, Ear ear) {
        return values[checkedIndex(measurement, ear)];
    }

    /** Whether it was not measured. */
    public boolean isImputed(BodyMeasurement measurement, Ear ear) {
        return !known[checkedIndex(measurement, ear)];
    }

    /** How far an imputed value may be off (one standard deviation, cm or degrees); 0 for a measured one. */
    public double standardDeviation(BodyMeasurement measurement, Ear ear) {
        return standardDeviations[checkedIndex(measurement, ear)];
    }

    /** All values in the order of {@link #order()} (20 numbers, cm; degrees for the angles); a new array. */
    public double[] vector() {
        return values.clone();
    }

    /** How many of the 20 numbers were measured. */
    public int measuredCount() {
        int count = 0;
        for (boolean k : known) {
            count += k ? 1 : 0;
        }
        return count;
    }

    /** What a person should know about these measurements: columns not used, values that do not fit the others well. */
    public List<String> notes() {
        return notes;
    }

    /** Several lines for a person to read, without a line break at the end. */
    public String describe() {
        StringBuilder s = new StringBuilder(String.format(Locale.ROOT, "%-32s %-7s %16s %16s%n", "measurement", "unit", "left", "right"));
        for (BodyMeasurement m : BodyMeasurement.values()) {
            s.append(String.format(Locale.ROOT, "%-32s %-7s %16s %16s%n", m.term() + " (" + m.symbol() + ")", m.unit(), cell(m, Ear.LEFT), m.isOfEar() ? cell(m, Ear.RIGHT) : ""));
        }
        int imputed = values.length - measuredCount();
        s.append(imputed == 0 ? "All values were measured." : measuredCount() + " values were measured; " + imputed + " with ± are imputed from them (± one standard deviation).");
        for (String note : notes) {
            s.append(System.lineSeparator()).append("note: ").append(note);
        }
        return s.toString();
    }

    private String cell(BodyMeasurement m, Ear ear) {
        int decimals = m.isAngle() ? 1 : 2;
        String v = String.format(Locale.ROOT, "%." + decimals + "f", value(m, ear));
        return isImputed(m, ear) ? v + String.format(Locale.ROOT, " ± %." + decimals + "f", standardDeviation(m, ear)) : v;
    }

    @Override
    public String toString() {
        return describe();
    }
}
