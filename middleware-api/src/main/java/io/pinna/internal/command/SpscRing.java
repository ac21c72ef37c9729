package io.pinna.internal.command;

import io.pinna.internal.RealTime;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * A bounded ring of events from one producer thread to one consumer thread. Overflow: {@link #offer} answers false and the ring stays as it is; the producer decides (the game thread keeps the
 * event and offers it again with its next commit; the audio thread keeps a retired object in place and offers it again with its next block). Nothing is lost and nobody waits.
 *
 * @param <T> immutable events, or objects whose ownership moves
 */
public final class SpscRing<T> {
    private final AtomicReferenceArray<T> slots;
    private final int mask;
    private final AtomicLong head = new AtomicLong();
    private final AtomicLong tail = new AtomicLong();

    /** @param capacity a power of two */
    public SpscRing(int capacity) {
        if (Integer.bitCount(capacity) != 1) {
            throw new IllegalArgumentException("capacity " + capacity + " is not a power of two");
        }
        slots = new AtomicReferenceArray<>(capacity);
        mask = capacity - 1;
    }

    /** Producer. @return false if the ring is full */
    @RealTime
    public boolean offer(T event) {
        long t = tail.getPlain();
        if (t - head.getAcquire() > mask) {
            return false;
        }
        slots.setPlain((int) t & mask, event);
        tail.setRelease(t + 1);
        return true;
    }

    /** Consumer. @return the oldest event, which stays in the ring, or null */
    @RealTime
    public T peek() {
        long h = head.getPlain();
        return h == tail.getAcquire() ? null : slots.getPlain((int) h & mask);
    }

    /** Consumer. @return the oldest event, taken out, or null */
    @RealTime
    public T poll() {
        T event = peek();
        if (event != null) {
            long h = head.getPlain();
            slots.setPlain((int) h & mask, null);
            head.setRelease(h + 1);
        }
        return event;
    }
}
