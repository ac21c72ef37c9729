package io.pinna.internal;

import io.pinna.InvalidValueException;

/** Argument checks of public setters and settings, all with the same form of message: name, value, what is allowed. */
public final class Check {
    private Check() {
    }

    public static <T> T notNull(T value, String name) {
        if (value == null) {
            throw new InvalidValueException(name + " is null; give a value");
        }
        return value;
    }

    public static double finite(double value, String name) {
        if (!Double.isFinite(value)) {
            throw new InvalidValueException(name + " is " + value + "; it must be a finite number");
        }
        return value;
    }

    /** Both ends belong to the range. */
    public static double inRange(double value, double lowest, double highest, String name) {
        if (!(value >= lowest && value <= highest)) {
            throw new InvalidValueException(name + " is " + value + "; allowed is " + lowest + " to " + highest);
        }
        return value;
    }

    /** Both ends belong to the range. */
    public static int inRange(int value, int lowest, int highest, String name) {
        if (value < lowest || value > highest) {
            throw new InvalidValueException(name + " is " + value + "; allowed is " + lowest + " to " + highest);
        }
        return value;
    }

    public static String notBlank(String value, String name) {
        if (value == null || value.isBlank()) {
            throw new InvalidValueException(name + " is " + (value == null ? "null" : "blank") + "; give a name");
        }
        return value;
    }
}
