package io.pinna.internal.snapshot;

import io.pinna.internal.RealTime;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Newest-wins hand-over of state from one writer thread to one reader thread. Three instances of a state are made once; the writer fills one, the reader reads another, the third lies between.
 * Neither side ever waits, and nothing is allocated.
 *
 * @param <T> a mutable state that its writer overwrites completely before each {@link #publish}
 */
public final class TripleBuffer<T> {
    private static final int FRESH = 4;

    private final Object[] slots = new Object[3];
    /** Index of the slot between the two sides; {@link #FRESH} is set while the reader has not taken it. */
    private final AtomicInteger middle = new AtomicInteger(1);
    private int back;
    private int front = 2;

    public TripleBuffer(Supplier<? extends T> maker) {
        for (int i = 0; i < slots.length; i++) {
            slots[i] = maker.get();
        }
    }

    /** Writer: the instance to fill. Its content is that of an older state. */
    @RealTime
    @SuppressWarnings("unchecked")
    public T back() {
        return (T) slots[back];
    }

    /** Writer: makes the filled instance the newest; {@link #back} is another one from now on. */
    @RealTime
    public void publish() {
        // getAndSet is a full fence: what was written to the slot happens before the reader that takes its index.
        back = middle.getAndSet(back | FRESH) & 3;
    }

    /** Reader: whether a state newer than the one in hand has been published. */
    @RealTime
    public boolean hasNewer() {
        return (middle.get() & FRESH) != 0;
    }

    /** Reader: takes the newest state, which stays untouched until the next call. */
    @RealTime
    @SuppressWarnings("unchecked")
    public T acquire() {
        if ((middle.get() & FRESH) != 0) {
            front = middle.getAndSet(front) & 3;
        }
        return (T) slots[front];
    }
}
