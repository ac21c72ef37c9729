package io.pinna.internal.render;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class BlockClockTest {
    @Test
    void percentilesAreWithinAClass() {
        BlockClock clock = new BlockClock();
        assertEquals(0, clock.percentileMicros(0.5));
        assertEquals(0, clock.maxMicros());
        for (int i = 1; i <= 1000; i++) {
            clock.record(i * 1000L);
        }
        double median = clock.percentileMicros(0.5);
        double late = clock.percentileMicros(0.99);
        assertTrue(median >= 500 && median <= 500 * 1.06, "median of 1 to 1000 µs: " + median);
        assertTrue(late >= 990 && late <= 1000, "99th percentile of 1 to 1000 µs, not above the largest: " + late);
        assertEquals(1000, clock.maxMicros());
    }

    @Test
    void extremesFallIntoTheOuterClasses() {
        BlockClock clock = new BlockClock();
        clock.record(0);
        assertTrue(clock.percentileMicros(1) <= 1.05);
        clock.record(Long.MAX_VALUE);
        assertEquals(Long.MAX_VALUE / 1000.0, clock.maxMicros());
        double top = clock.percentileMicros(1);
        assertTrue(top > 4e6 && top < 4.5e6, "the last class ends at " + top + " µs");
    }
}
