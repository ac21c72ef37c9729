package io.pinna;

/** A value that a setting or a handle does not accept: NaN, infinite, out of range, or null. */
public final class InvalidValueException extends PinnaException {
    private static final long serialVersionUID = 1L;

    public InvalidValueException(String message) {
        super(message);
    }
}
