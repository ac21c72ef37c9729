package io.pinna.internal.render;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class SelectTest {
    @Test
    @Tag("reference")
    void agreesWithSorting() {
        Random random = new Random(3);
        for (int run = 0; run < 2000; run++) {
            int n = 1 + random.nextInt(60);
            long[] values = new long[n + 3];
            int spread = 1 + random.nextInt(run % 2 == 0 ? 5 : 1_000_000);
            for (int i = 0; i < values.length; i++) {
                values[i] = random.nextInt(spread) - spread / 2;
            }
            // What lies beyond the first n is not looked at.
            Arrays.fill(values, n, values.length, Long.MAX_VALUE);
            long[] sorted = Arrays.copyOf(values, n);
            Arrays.sort(sorted);
            int k = 1 + random.nextInt(n);
            assertEquals(sorted[n - k], Select.largest(values, n, k), "the " + k + "th largest of " + n);
            long[] after = Arrays.copyOf(values, n);
            Arrays.sort(after);
            assertArrayEquals(sorted, after, "the same values are still there");
        }
    }

    @Test
    @Tag("unit")
    void sortedAndEqualValuesAreNoWorstCase() {
        long[] values = new long[65536];
        for (int i = 0; i < values.length; i++) {
            values[i] = i;
        }
        assertEquals(values.length - 64, Select.largest(values, values.length, 64));
        Arrays.fill(values, 7);
        assertEquals(7, Select.largest(values, values.length, 4096));
    }
}
