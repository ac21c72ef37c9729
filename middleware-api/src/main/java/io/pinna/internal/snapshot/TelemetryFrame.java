package io.pinna.internal.snapshot;

import io.pinna.acoustics.Bands;
import io.pinna.internal.RealTime;

/** What the audio thread tells of itself after each block. Filled on the audio thread, read on the game thread. */
public final class TelemetryFrame {
    public long sceneFrame;
    /** Events taken so far, in the order in which they were posted: what {@link #state} takes into account. */
    public long appliedEvents;
    public long renderedFrames;
    public int realVoices;
    public int virtualVoices;
    public int waitingVoices;
    public long staleFilters;
    public long nonFiniteBlocks;
    public long deadlineMisses;
    /** Whether the inference thread rendered the last block. */
    public boolean lastRemote;
    /** Blocks that the inference thread rendered. */
    public long remoteBlocks;
    /** Blocks that it was asked for and that the audio thread rendered, because they came too late ... */
    public long lateBlocks;
    /** ... or because it failed. */
    public long failedBlocks;
    /** Blocks that it could not be asked for, because it was not prepared for them. */
    public long unpreparedBlocks;
    public long movesToCpu;
    /** Blocks until the inference thread is tried again; 0 if the mix is not on the CPU because of misses. */
    public long pauseBlocks;
    public double blockP50Micros;
    public double blockP99Micros;
    public double blockMaxMicros;

    private final int emitters;
    /** Generation of the emitter in each slot that {@link #state} speaks of. */
    public final int[] emitterGeneration;
    /** Ordinal of {@code EmitterState}. */
    public final byte[] state;
    /** Amplitude gain of each pair and band before the HRTF. */
    public final float[] gain;
    public final float[] limiterGain;
    public final long[] limitedBlocks;
    public final long[] droppedBlocks;

    public TelemetryFrame(int listeners, int emitters) {
        this.emitters = emitters;
        emitterGeneration = new int[emitters];
        state = new byte[emitters];
        gain = new float[listeners * emitters * Bands.COUNT];
        limiterGain = new float[listeners];
        java.util.Arrays.fill(limiterGain, 1);
        limitedBlocks = new long[listeners];
        droppedBlocks = new long[listeners];
    }

    @RealTime
    public int gainIndex(int listener, int emitter) {
        return (listener * emitters + emitter) * Bands.COUNT;
    }
}
