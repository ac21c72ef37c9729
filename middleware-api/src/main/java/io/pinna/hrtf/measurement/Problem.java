package io.pinna.hrtf.measurement;

/** What can be wrong with a recording or a session. */
public enum Problem {
    /** The file does not exist, is no sound file, or is damaged. */
    UNREADABLE,
    /** The recording has not exactly two channels. */
    NOT_STEREO,
    /** Both channels hold the same samples. */
    SAME_SIGNAL_IN_BOTH_EARS,
    /** Recorded, played or labelled at another sample rate than the others or than it says. */
    WRONG_RATE,
    /** The sweep is not in the recording. */
    NO_SWEEP,
    /** The recording begins too late or ends too early. */
    CUT_OFF,
    /** Samples at full scale. */
    CLIPPED,
    /** One channel holds no sweep. */
    SILENT_EAR,
    /** The noise is too high. */
    NOISY,
    /** Harmonics of the loudspeaker, the microphones or an effect are too high. */
    DISTORTED,
    /** Player and recorder do not agree on the length of a second. */
    CLOCK_DRIFT,
    /** The sweeps of one recording gave different answers. */
    REPEATS_DIFFER,
    /** A reflection follows so early that little is left of the head. */
    EARLY_REFLECTION,
    /** The interaural cues are those of the mirrored position. */
    SWAPPED_EARS,
    /** The interaural delay does not fit the stated position. */
    WRONG_POSITION,
    /** Another take has the same direction. */
    DUPLICATE_DIRECTION,
    /** A channel is turned over. */
    INVERTED_POLARITY,
    /** The microphones are not equally sensitive. */
    UNEQUAL_GAINS,
    /** The take is louder or softer than the others. */
    LEVEL_CHANGED,
    /** The reference recording was made with a head, or is one of the takes. */
    WRONG_REFERENCE,
    /** There is no reference recording. */
    NO_REFERENCE,
    /** Too few takes are left. */
    TOO_FEW_TAKES
}
