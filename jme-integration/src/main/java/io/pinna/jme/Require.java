package io.pinna.jme;

import io.pinna.InvalidValueException;

/** Argument checks in the form of message that all of Pinna uses. */
final class Require {
    private Require() {
    }

    static <T> T notNull(T value, String name) {
        if (value == null) {
            throw new InvalidValueException(name + " is null; give a value");
        }
        return value;
    }

    static String notBlank(String value, String name) {
        if (value == null || value.isBlank()) {
            throw new InvalidValueException(name + " is " + (value == null ? "null" : "blank") + "; give a name");
        }
        return value;
    }

    /** Both ends belong to the range. */
    static double inRange(double value, double lowest, double highest, String name) {
        if (!(value >= lowest && value <= highest)) {
            throw new InvalidValueException(name + " is " + value + "; allowed is " + lowest + " to " + highest);
        }
        return value;
    }
}
