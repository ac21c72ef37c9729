package io.pinna.acoustics;

import io.pinna.InvalidValueException;
import io.pinna.internal.Check;

/**
 * One value for each of the frequency bands in which the whole engine treats materials, air and transmission: low (below 800 Hz), middle (800 Hz to 8 kHz), high (above 8 kHz).
 * Immutable. What the value means (an energy fraction, a linear gain, seconds) is said where it is used.
 */
public final class Bands {
    /** The number of bands, the same everywhere. */
    public static final int COUNT = 3;
    /** Where the low band ends and the middle band begins. */
    public static final double LOW_SPLIT_HZ = 800;
    /** Where the middle band ends and the high band begins. */
    public static final double HIGH_SPLIT_HZ = 8000;

    private final double[] values;

    private Bands(double[] values) {
        this.values = values;
    }

    /** @param values {@value #COUNT} finite values from low to high */
    public static Bands of(double... values) {
        Check.notNull(values, "values");
        if (values.length != COUNT) {
            throw new InvalidValueException(values.length + " band values given; there are " + COUNT + " bands (low, middle, high)");
        }
        for (int b = 0; b < COUNT; b++) {
            Check.finite(values[b], "band " + b);
        }
        return new Bands(values.clone());
    }

    /** The same value in every band. */
    public static Bands uniform(double value) {
        double[] values = new double[COUNT];
        java.util.Arrays.fill(values, value);
        return of(values);
    }

    public double get(int band) {
        return values[band];
    }

    public double[] toArray() {
        return values.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bands bands && java.util.Arrays.equals(values, bands.values);
    }

    @Override
    public int hashCode() {
        return java.util.Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        return java.util.Arrays.toString(values);
    }
}
