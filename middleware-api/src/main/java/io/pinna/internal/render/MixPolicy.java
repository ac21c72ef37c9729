package io.pinna.internal.render;

import io.pinna.internal.RealTime;

/**
 * Decides which blocks are handed to the inference thread. Three misses (blocks that were late or failed) within a second move the mix to the CPU; after a pause it is tried again. The pause is a second at first, twice as
 * long each time the mix moves again, and half a minute at most; ten seconds without a miss make it a second again. On trial, in the first second after a pause, one miss is enough to move back.
 *
 * <p>Time is audio time, counted in blocks, so that offline nothing depends on the clock. Audio thread; allocates nothing.
 */
@RealTime
public final class MixPolicy {
    static final int MISSES = 3;
    static final double WINDOW_SECONDS = 1;
    static final double FIRST_PAUSE_SECONDS = 1;
    static final double LONGEST_PAUSE_SECONDS = 30;
    static final double FORGIVEN_SECONDS = 10;

    private final long window;
    private final long firstPause;
    private final long longestPause;
    private final long forgiven;
    /** Numbers of the last misses, oldest first; before the first, long ago. */
    private final long[] misses = new long[MISSES];
    private long block;
    private boolean onCpu;
    private long resume;
    private long pause;
    private long trialEnd;
    /** Blocks since the last miss that were handed over and came back. */
    private long good;
    private long moves;

    public MixPolicy(int sampleRateHz, int blockFrames) {
        double blocksPerSecond = (double) sampleRateHz / blockFrames;
        window = Math.max(1, Math.round(WINDOW_SECONDS * blocksPerSecond));
        firstPause = Math.max(1, Math.round(FIRST_PAUSE_SECONDS * blocksPerSecond));
        longestPause = Math.round(LONGEST_PAUSE_SECONDS * blocksPerSecond);
        forgiven = Math.round(FORGIVEN_SECONDS * blocksPerSecond);
        pause = firstPause;
        java.util.Arrays.fill(misses, Long.MIN_VALUE / 2);
    }

    /** The next block begins. @return whether it is to be handed over */
    boolean next() {
        block++;
        if (onCpu && block >= resume) {
            onCpu = false;
            trialEnd = block + window;
        }
        return !onCpu;
    }

    /** What became of a block that was handed over. @return whether this moves the mix to the CPU */
    boolean record(boolean missed) {
        if (!missed) {
            // Pauses do not count.
            if (++good > forgiven) {
                pause = firstPause;
            }
            return false;
        }
        good = 0;
        System.arraycopy(misses, 1, misses, 0, MISSES - 1);
        misses[MISSES - 1] = block;
        if (onCpu || block - misses[0] >= window && block > trialEnd) {
            return false;
        }
        onCpu = true;
        resume = block + pause;
        pause = Math.min(longestPause, 2 * pause);
        java.util.Arrays.fill(misses, 0, MISSES - 1, Long.MIN_VALUE / 2);
        moves++;
        return true;
    }

    /** Whether the mix is on the CPU because of misses. */
    boolean isOnCpu() {
        return onCpu;
    }

    /** Blocks until it is tried again; 0 if it is not on the CPU. */
    long pauseLeft() {
        return onCpu ? Math.max(0, resume - block) : 0;
    }

    /** How often the mix moved to the CPU. */
    long moves() {
        return moves;
    }
}
