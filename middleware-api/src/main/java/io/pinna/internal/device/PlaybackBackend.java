package io.pinna.internal.device;

import io.pinna.device.StreamFormat;
import io.pinna.internal.RealTime;
import java.util.List;

/**
 * A sound card as {@link RecoveringDevice} sees it: a queue of blocks that can break and can be opened again. It belongs to one thread at a time: to the owner's during {@link #open}, to the
 * audio thread while it plays, to the helper thread while it is lost and when it is closed.
 */
interface PlaybackBackend {
    /** What became of a block. */
    enum Outcome {
        /** Queued. */
        TAKEN,
        /** No room yet. */
        FULL,
        /** The card is gone or answers with errors. */
        FAILED
    }

    /**
     * Opens the card. Leaves nothing behind if it fails.
     *
     * @throws io.pinna.DeviceException if it cannot be opened
     */
    void open(StreamFormat format);

    /** Cheap: called a few times a second. */
    @RealTime
    boolean isConnected();

    /** Whether there is a better device to move to, such as a new default. Answers true once a change. */
    @RealTime
    boolean wantsReopen();

    /** Queues a block. */
    @RealTime
    Outcome offer(float[] left, float[] right);

    /** Tries once to get a card back, with an empty queue. May block. */
    boolean reopen();

    /** Frees everything. Called once, also after a failed {@link #reopen}. */
    void close();

    /** From any thread. */
    String name();

    /** From any thread. */
    String description();

    /** Times the queue ran dry. From any thread. */
    long underruns();

    /** From any thread. */
    List<String> notes();
}
