package io.pinna.internal.render;

import io.pinna.internal.RealTime;

/** Histogram of block times in classes 5 % wide, from 1 µs to about 4 s, so that percentiles over hours cost nothing and allocate nothing. One thread. */
@RealTime
public final class BlockClock {
    private static final double CLASS_LOG = Math.log(1.05);

    private final long[] counts = new long[312];
    private long total;
    private long maxNanos;

    public void record(long nanos) {
        int index = nanos <= 1000 ? 0 : (int) (Math.log(nanos / 1000.0) / CLASS_LOG);
        counts[Math.min(index, counts.length - 1)]++;
        total++;
        maxNanos = Math.max(maxNanos, nanos);
    }

    /** @return the upper bound of the class in which the fraction of all blocks is reached, in µs; 0 before the first block */
    public double percentileMicros(double fraction) {
        long wanted = (long) Math.ceil(total * fraction);
        long seen = 0;
        for (int i = 0; i < counts.length; i++) {
            seen += counts[i];
            if (seen >= wanted && seen > 0) {
                return Math.min(maxNanos / 1000.0, Math.exp((i + 1) * CLASS_LOG));
            }
        }
        return 0;
    }

    public double maxMicros() {
        return maxNanos / 1000.0;
    }
}
