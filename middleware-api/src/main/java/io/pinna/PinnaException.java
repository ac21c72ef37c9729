package io.pinna;

/**
 * The root of everything that Pinna throws on purpose. The message gives the value, what was allowed and what to do. Unchecked, because setup code rarely
 * can repair the cause, and because nothing is ever thrown on the audio thread.
 */
public class PinnaException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public PinnaException(String message) {
        super(message);
    }

    public PinnaException(String message, Throwable cause) {
        super(message, cause);
    }
}
