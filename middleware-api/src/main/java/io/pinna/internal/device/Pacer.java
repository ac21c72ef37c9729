package io.pinna.internal.device;

import io.pinna.internal.RealTime;
import java.util.function.LongSupplier;

/**
 * A clock that consumes blocks as a sound card would: it plays one frame every 1 / sampleRateHz seconds and has room for {@code queueBlocks} blocks ahead of what it plays. After a stall of
 * the audio thread it does not ask for what was missed: it goes on from now, so that never more than {@code queueBlocks} blocks are taken at once. Belongs to the audio thread.
 */
@RealTime
final class Pacer {
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final LongSupplier nanoClock;
    private final long sampleRateHz;
    private final long blockFrames;
    private final long queueFrames;
    private boolean running;
    /** Time at which frame {@link #originFrame} is played. Moved on by whole seconds, so that (elapsed nanoseconds × rate) stays far from overflow and no rounding accumulates. */
    private long originNanos;
    private long originFrame;
    private long takenFrames;
    private long stalls;

    Pacer(int sampleRateHz, int blockFrames, int queueBlocks, LongSupplier nanoClock) {
        this.sampleRateHz = sampleRateHz;
        this.blockFrames = blockFrames;
        this.queueFrames = (long) blockFrames * queueBlocks;
        this.nanoClock = nanoClock;
    }

    /** Forgets the past; the next {@link #tryTake} starts the clock. */
    void restart() {
        running = false;
    }

    /** Times that it ran dry, since it was made. */
    long stalls() {
        return stalls;
    }

    /** Takes a block if there is room for it now. */
    boolean tryTake() {
        long now = nanoClock.getAsLong();
        if (!running) {
            running = true;
            startAt(now);
        }
        long seconds = (now - originNanos) / NANOS_PER_SECOND;
        originNanos += seconds * NANOS_PER_SECOND;
        originFrame += seconds * sampleRateHz;
        long playedFrames = originFrame + (now - originNanos) * sampleRateHz / NANOS_PER_SECOND;
        if (playedFrames > takenFrames) {
            stalls++;
            startAt(now);
            playedFrames = 0;
        }
        if (takenFrames + blockFrames - playedFrames > queueFrames) {
            return false;
        }
        takenFrames += blockFrames;
        return true;
    }

    private void startAt(long now) {
        originNanos = now;
        originFrame = 0;
        takenFrames = 0;
    }
}
