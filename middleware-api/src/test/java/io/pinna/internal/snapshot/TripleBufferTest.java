package io.pinna.internal.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class TripleBufferTest {
    @Test
    @Tag("unit")
    void theNewestWinsAndStaysUntilTheNext() {
        TripleBuffer<long[]> buffer = new TripleBuffer<>(() -> new long[1]);
        assertFalse(buffer.hasNewer());
        for (int i = 1; i <= 5; i++) {
            buffer.back()[0] = i;
            buffer.publish();
        }
        assertTrue(buffer.hasNewer());
        long[] newest = buffer.acquire();
        assertEquals(5, newest[0]);
        assertFalse(buffer.hasNewer());
        assertSame(newest, buffer.acquire());
        for (int i = 6; i <= 9; i++) {
            assertNotSame(newest, buffer.back(), "what the reader holds is never written");
            buffer.back()[0] = i;
            buffer.publish();
            assertEquals(5, newest[0]);
        }
        assertEquals(9, buffer.acquire()[0]);
    }

    @Test
    @Tag("property")
    void twoThreadsNeverSeeATornOrAnOlderState() throws InterruptedException {
        int last = 300_000;
        TripleBuffer<long[]> buffer = new TripleBuffer<>(() -> new long[32]);
        Thread writer = new Thread(() -> {
            for (long i = 1; i <= last; i++) {
                Arrays.fill(buffer.back(), i);
                buffer.publish();
            }
        });
        writer.start();
        long before = 0;
        long different = 0;
        String fault = null;
        while (before < last && fault == null) {
            long[] state = buffer.acquire();
            long first = state[0];
            for (long v : state) {
                if (v != first) {
                    fault = "torn: " + Arrays.toString(state);
                }
            }
            if (first < before) {
                fault = first + " after " + before;
            }
            different += first > before ? 1 : 0;
            before = first;
        }
        writer.join();
        assertEquals(null, fault);
        assertEquals(last, buffer.acquire()[0], "the newest arrives");
        assertTrue(different > 1, "states seen: " + different);
    }
}
