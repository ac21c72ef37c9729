package io.pinna.internal.render;

import io.pinna.EmitterState;
import io.pinna.internal.RealTime;
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
    /** Whether it started over at its end in the last block. */
    boolean looping;
    /** Where it ends, counted like {@link #cursor}: a sound that stops looping ends with the pass that it is in. For each listener likewise; lanes may be in different passes. */
    long end;
    final long[] laneEnd;
    /** The farthest that a lane has read, for streams, which remember little of what lies behind. */
    double farthest;
    boolean rateKnown;
    /** For each listener: how far its lane reads from the cursor (source frames, ≤ 0 with propagation delay), its Doppler ratio and its delay (frames). */
    final double[] laneOffset;
    final double[] laneRatio;
    final double[] laneDelay;
    final boolean[] laneKnown;
    /** By how much the delay is less than the distance asks for (frames), because a stream does not remember enough. */
    final double[] laneBias;
    /** The emitter's velocity (m/s), smoothed. */
    double velocityX;
    double velocityY;
    double velocityZ;
    boolean velocityKnown;
    int voice = -1;
    /** Goes silent within the coming block. */
    boolean leaving;
    /** What it is after that. */
    EmitterState after = EmitterState.STOPPED;
    /** Seek: where the block after the fade-out starts; NaN if nowhere. */
    double jump = Double.NaN;
    float loudness;
    /** Blocks before the one in which the listeners' mixes judged how loud it is, and remember; −1 if they were not asked. */
    long judgedIn = -1;

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
        laneBias = new double[listeners];
        laneEnd = new long[listeners];
        endAt(source.frames());
    }

    @RealTime
    void endAt(long frame) {
        end = frame;
        java.util.Arrays.fill(laneEnd, frame);
        farthest = Double.NEGATIVE_INFINITY;
    }

    /** Keeps the looping flag, and the end of the pass that is under way when it goes off. */
    @RealTime
    void loop(boolean now) {
        if (looping && !now) {
            end = endOfPass(cursor);
            for (int l = 0; l < laneEnd.length; l++) {
                laneEnd[l] = laneKnown[l] ? endOfPass(cursor + laneOffset[l]) : end;
            }
        }
        looping = now;
    }

    @RealTime
    private long endOfPass(double position) {
        long frames = source.frames();
        return frames == Long.MAX_VALUE || position < 0 ? frames : ((long) position / frames + 1) * frames;
    }

    /** Whether the source is read as one that loops: also to the end of its last pass, unless that is the first. */
    @RealTime
    boolean readsLooping() {
        return looping || end > source.frames();
    }

    /**
     * The first source frame that the next block wants.
     *
     * @param longestDelay of the listeners, in engine frames, for lanes that are yet to begin
     */
    @RealTime
    long nextFrame(double longestDelay) {
        double least = Double.POSITIVE_INFINITY;
        for (int l = 0; l < laneKnown.length; l++) {
            if (laneKnown[l]) {
                least = Math.min(least, laneOffset[l]);
            }
        }
        return (long) Math.max(0, cursor + (least < Double.POSITIVE_INFINITY ? least : -longestDelay * rate));
    }
}
