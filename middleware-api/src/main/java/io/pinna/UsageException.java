package io.pinna;

/** A call that the state of its object does not allow: after close, from the wrong thread, or beyond a capacity fixed at start. */
public final class UsageException extends PinnaException {
    private static final long serialVersionUID = 1L;

    /** Which rule the call broke. */
    public enum Rule {
        /** The world, or the handle, is closed. */
        CLOSED,
        /** The call came from another thread than the one that owns the world. */
        WRONG_THREAD,
        /** A capacity that was fixed in the settings is used up. */
        CAPACITY,
        /** The call does not fit the mode of the world or the state of the handle. */
        STATE
    }

    private final Rule rule;

    public UsageException(Rule rule, String message) {
        super(message);
        this.rule = rule;
    }

    public Rule rule() {
        return rule;
    }
}
