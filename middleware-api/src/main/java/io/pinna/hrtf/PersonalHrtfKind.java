package io.pinna.hrtf;

/** How a {@link PersonalHrtf} was found out. */
public enum PersonalHrtfKind {
    /** Predicted from measurements of head and ears. */
    MEASUREMENTS("body measurements"),
    /** Completed from acoustic measurements in some directions. */
    MEASURED_DIRECTIONS("measured directions"),
    /** Fitted to where the listener heard sounds. */
    LISTENING_TEST("a listening test");

    private final String text;

    PersonalHrtfKind(String text) {
        this.text = text;
    }

    /** For people: what the profile comes from. */
    public String describe() {
        return text;
    }
}
