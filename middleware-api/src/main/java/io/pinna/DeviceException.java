package io.pinna;

/** A sound device that could not be opened or used at setup. */
public final class DeviceException extends PinnaException {
    private static final long serialVersionUID = 1L;

    public DeviceException(String message) {
        super(message);
    }

    public DeviceException(String message, Throwable cause) {
        super(message, cause);
    }
}
