package io.pinna.internal.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class PacerTest {
    private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 5_000_000_000L);

    private int takeAll(Pacer pacer) {
        int taken = 0;
        while (pacer.tryTake()) {
            taken++;
            assertTrue(taken <= 16, "takes without end");
        }
        return taken;
    }

    @Test
    void takesTheQueueAtOnceAndThenOneBlockABlockTime() {
        // 100 frames at 10 kHz are 10 ms.
        Pacer pacer = new Pacer(10_000, 100, 3, clock::get);
        assertEquals(3, takeAll(pacer));
        clock.addAndGet(9_900_000);
        assertFalse(pacer.tryTake());
        clock.addAndGet(100_000);
        assertEquals(1, takeAll(pacer));
        clock.addAndGet(20_000_000);
        assertEquals(2, takeAll(pacer));
        assertEquals(0, pacer.stalls());
    }

    @Test
    void aStallIsNotMadeUpFor() {
        Pacer pacer = new Pacer(48_000, 256, 3, clock::get);
        assertEquals(3, takeAll(pacer));
        clock.addAndGet(7_000_000_000L);
        assertEquals(3, takeAll(pacer), "never more than the queue");
        assertEquals(1, pacer.stalls());
        // 3 blocks are 16 ms: after 15.9 ms two of them are through, and it has not run dry.
        clock.addAndGet(15_900_000);
        assertEquals(2, takeAll(pacer));
        assertEquals(1, pacer.stalls());
    }

    @Test
    void keepsTheRateOverADayToTheFrame() {
        Pacer pacer = new Pacer(44_100, 441, 16, clock::get);
        long start = clock.get();
        Random random = new Random(1);
        long taken = 0;
        long dayNanos = 86_400_000_000_000L;
        while (clock.get() - start < dayNanos) {
            taken += takeAll(pacer);
            clock.addAndGet(Math.min(dayNanos - (clock.get() - start) + 1, 20_000_000L + random.nextInt(120_000_000)));
        }
        taken += takeAll(pacer);
        // 441 frames are 10 ms: 8 640 000 blocks, and the 16 of the queue.
        assertEquals(8_640_016, taken);
        assertEquals(0, pacer.stalls());
    }

    @Test
    void restartForgetsThePast() {
        Pacer pacer = new Pacer(48_000, 256, 2, clock::get);
        assertEquals(2, takeAll(pacer));
        pacer.restart();
        clock.addAndGet(900_000_000);
        assertEquals(2, takeAll(pacer));
        assertEquals(0, pacer.stalls());
    }
}
