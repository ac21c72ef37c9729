package io.pinna.internal.render;

import io.pinna.internal.RealTime;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What the audio thread has to tell of rendering on the inference thread, for whoever logs it and makes events of it: a ring of numbers, so that telling allocates nothing and waits for nobody. When it is full, the newest
 * entries are dropped and counted; the counters of the report are complete all the same.
 *
 * <p>Written by the audio thread, read by one other.
 */
public final class MixJournal {
    /** A miss a block for 0.7 s of 64-frame blocks; it is read many times a second. */
    private static final int CAPACITY = 512;

    /** What there is to tell. */
    public enum Kind {
        /** A block was not there in time. */
        LATE,
        /** A block could not be rendered. */
        FAILED,
        /** The mix stays on the CPU for a while; the amount is for how many blocks. */
        MOVED_TO_CPU,
        /** The inference thread is asked again. */
        TRIED_AGAIN
    }

    /** Takes an entry. */
    public interface Reader {
        /**
         * @param block  number of the block, from 1
         * @param amount see {@link Kind}
         */
        void entry(Kind kind, long block, long amount);
    }

    private static final Kind[] KINDS = Kind.values();

    private final long[] entries = new long[3 * CAPACITY];
    private final AtomicLong written = new AtomicLong();
    private final AtomicLong read = new AtomicLong();
    private final AtomicLong dropped = new AtomicLong();

    @RealTime
    void note(Kind kind, long block, long amount) {
        long at = written.get();
        if (at - read.get() >= CAPACITY) {
            dropped.incrementAndGet();
            return;
        }
        int i = 3 * (int) (at % CAPACITY);
        entries[i] = kind.ordinal();
        entries[i + 1] = block;
        entries[i + 2] = amount;
        written.set(at + 1);
    }

    /** The reading thread: hands over all entries that have not been read yet. @return how many */
    public int drain(Reader reader) {
        long from = read.get();
        long to = written.get();
        for (long at = from; at < to; at++) {
            int i = 3 * (int) (at % CAPACITY);
            reader.entry(KINDS[(int) entries[i]], entries[i + 1], entries[i + 2]);
            read.set(at + 1);
        }
        return (int) (to - from);
    }

    /** Entries that found no room. */
    public long dropped() {
        return dropped.get();
    }
}
