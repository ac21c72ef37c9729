package io.pinna;

/** What an emitter does, as last heard from the audio thread. */
public enum EmitterState {
    /** Not started, or stopped. */
    STOPPED,
    /** Started; waits for the committed frame, the first occlusion answer or the first filter. */
    WAITING,
    /** Being rendered. */
    PLAYING,
    /** Plays on silently, without a voice. */
    VIRTUAL,
    /** Held where it is. */
    PAUSED,
    /** Came to its end. */
    FINISHED
}
