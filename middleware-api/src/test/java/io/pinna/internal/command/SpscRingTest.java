package io.pinna.internal.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class SpscRingTest {
    @Test
    @Tag("unit")
    void keepsOrderAndRefusesWhatItHasNoRoomFor() {
        SpscRing<Integer> ring = new SpscRing<>(4);
        assertNull(ring.poll());
        assertNull(ring.peek());
        for (int round = 0; round < 5; round++) {
            for (int i = 0; i < 4; i++) {
                assertTrue(ring.offer(10 * round + i));
            }
            assertFalse(ring.offer(99), "full");
            assertEquals(10 * round, ring.peek());
            assertEquals(10 * round, ring.poll());
            assertTrue(ring.offer(10 * round + 4), "one place is free again");
            for (int i = 1; i <= 4; i++) {
                assertEquals(10 * round + i, ring.poll());
            }
            assertNull(ring.poll(), "what was refused never comes");
        }
        assertThrows(IllegalArgumentException.class, () -> new SpscRing<>(6));
    }

    @Test
    @Tag("property")
    void nothingIsLostOrReorderedBetweenTwoThreads() throws InterruptedException {
        int count = 400_000;
        SpscRing<Integer> ring = new SpscRing<>(64);
        Thread producer = new Thread(() -> {
            for (int i = 0; i < count; i++) {
                while (!ring.offer(i)) {
                    Thread.onSpinWait();
                    Thread.yield();
                }
            }
        });
        producer.start();
        int next = 0;
        int wrong = 0;
        while (next < count) {
            Integer peeked = ring.peek();
            if (peeked == null) {
                Thread.yield();
                continue;
            }
            if (ring.poll() != peeked || peeked != next) {
                wrong++;
            }
            next++;
        }
        producer.join();
        assertEquals(0, wrong);
        assertNull(ring.poll());
    }
}
