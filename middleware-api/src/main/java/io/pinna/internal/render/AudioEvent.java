package io.pinna.internal.render;

/**
 * Something that happens once, on its way from the game thread to the audio thread.
 *
 * @param kind   what happens
 * @param frame  the scene frame it belongs to: applied with that frame or a later one
 * @param slot   of the emitter or listener
 * @param value  a {@link Playback} for PLAY, a {@link ListenerMix} for ADD_LISTENER and SWAP_LISTENER, else null
 * @param amount source frames for SEEK
 */
public record AudioEvent(Kind kind, long frame, int slot, Object value, double amount) {
    /** What can happen. */
    public enum Kind { ADD_LISTENER, SWAP_LISTENER, REMOVE_LISTENER, PLAY, STOP, PAUSE, RESUME, SEEK }
}
