package io.pinna.internal.plot;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * An axis with its ticks. Immutable.
 *
 * @param title       what it shows, with the unit
 * @param lowest      value at its start
 * @param highest     value at its end
 * @param logarithmic else linear
 * @param ticks       values with a label, in the range
 * @param labels      one for each tick
 */
public record Axis(String title, double lowest, double highest, boolean logarithmic, List<Double> ticks, List<String> labels) {
    public Axis {
        ticks = List.copyOf(ticks);
        labels = List.copyOf(labels);
        if (ticks.size() != labels.size() || !(highest > lowest) || logarithmic && !(lowest > 0)) {
            throw new IllegalArgumentException("an axis from " + lowest + " to " + highest + " with " + ticks.size() + " ticks and " + labels.size() + " labels");
        }
    }

    /** 0 at the start, 1 at the end. */
    public double position(double value) {
        return logarithmic ? Math.log(value / lowest) / Math.log(highest / lowest) : (value - lowest) / (highest - lowest);
    }

    /** The inverse of {@link #position}. */
    public double value(double position) {
        return logarithmic ? lowest * Math.pow(highest / lowest, position) : lowest + (highest - lowest) * position;
    }

    /** A step of 1, 2 or 5 times a power of ten that divides a range into at most so many parts. */
    public static double step(double range, int parts) {
        double unit = Math.pow(10, Math.floor(Math.log10(range / parts)));
        for (int factor : new int[] {1, 2, 5}) {
            if (range / (factor * unit) <= parts * (1 + 1e-9)) {
                return factor * unit;
            }
        }
        return 10 * unit;
    }

    /** A figure with as many decimals as a step needs, and a true minus sign. */
    static String label(double value, double step) {
        // Negative zero would have a sign.
        double v = Math.abs(value) < 1e-9 * step ? 0 : value;
        return String.format(Locale.ROOT, "%." + Math.max(0, (int) Math.ceil(-Math.log10(step) - 1e-9)) + "f", v).replace('-', '−');
    }

    /** A linear axis with ticks at multiples of a step. */
    public static Axis linear(String title, double lowest, double highest, double step) {
        List<Double> ticks = new ArrayList<>();
        List<String> labels = new ArrayList<>();
        for (double k = Math.ceil(lowest / step - 1e-9); k * step <= highest + 1e-9 * step; k++) {
            ticks.add(k * step);
            labels.add(label(k * step, step));
        }
        return new Axis(title, lowest, highest, false, ticks, labels);
    }
}
