package io.pinna.internal.render;

import io.pinna.EmitterState;
import io.pinna.internal.sound.SampleSource;

/**
 * One run of one emitter through its sound, whether it has a voice or not. Made on the game thread, owned by the audio thread from the PLAY event on, and handed back through the ring of retired
 * objects when it is over.
 */
public final class Playback {
    public final int slot;
    public final int generation;
    public final SampleSource source;

    // Audio thread only, from here on.
    EmitterState state = EmitterState.WAITING;
    /** Where the next block starts, in source frames; negative while the start lies ahead. Counts on through the passes of a loop. */
    double cursor;
    double rate = 1;
    boolean rateKnown;
    /** For each listener: how far its lane reads from the cursor (source frames, ≤ 0 with propagation delay), its Doppler ratio and its delay (frames). */
    final double[] laneOffset;
    final double[] laneRatio;
    final double[] laneDelay;
    final boolean[] laneKnown;
    int voice = -1;
    /** Goes silent within the coming block. */
    boolean leaving;
    /** What it is after that. */
    EmitterState after = EmitterState.STOPPED;
    /** Seek: where the block after the fade-out starts; NaN if nowhere. */
    double jump = Double.NaN;
    float loudness;
    boolean over;

    /**
     * @param startInFrames engine frames from the beginning of the first block to the sound's first sample (≥ 0)
     * @param firstFrame    source frame to begin with
     */
    public Playback(int slot, int generation, SampleSource source, int listeners, double startInFrames, double firstFrame) {
        this.slot = slot;
        this.generation = generation;
        this.source = source;
        this.cursor = firstFrame - startInFrames;
        laneOffset = new double[listeners];
        laneRatio = new double[listeners];
        laneDelay = new double[listeners];
        laneKnown = new boolean[listeners];
    }
}
