package io.pinna;

/** A model that could not be loaded, or whose inputs and outputs are not those of its documented signature. */
public final class InferenceException extends PinnaException {
    private static final long serialVersionUID = 1L;

    public InferenceException(String message) {
        super(message);
    }

    public InferenceException(String message, Throwable cause) {
        super(message, cause);
    }
}
