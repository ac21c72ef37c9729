package io.pinna.internal.acoustics;

/**
 * Keeps the acoustics thread within its share of a processor core: time comes in steadily and is spent as work is done, and work that has to wait goes on when time has come in again. Offline there is no limit, so that nothing depends on
 * the speed of the machine. Acoustics thread; other threads may read {@link #usedShare}.
 */
final class AcousticsGovernor {
    /** What is left unused is kept for no longer than this, and what was overspent is made up for no longer: nanoseconds. */
    private static final double LONGEST_NANOS = 1e8;
    /** Of the reported share. */
    private static final double AVERAGING_NANOS = 1e9;

    private final boolean limited;
    private final double share;
    private double left;
    private long last = Long.MIN_VALUE;
    private long began;
    private double average;
    private volatile double usedShare;

    /** @param share of a core, 0 to 1 */
    AcousticsGovernor(boolean limited, double share) {
        this.limited = limited;
        this.share = share;
    }

    /** Work begins. */
    void begin(long nowNanos) {
        if (last != Long.MIN_VALUE) {
            double passed = Math.max(0, nowNanos - last);
            left = Math.min(share * LONGEST_NANOS, left + share * passed);
            average *= Math.exp(-passed / AVERAGING_NANOS);
        }
        last = nowNanos;
        began = nowNanos;
    }

    /** Whether there is time for another piece of work. */
    boolean allows(long nowNanos) {
        return !limited || left - (nowNanos - began) > 0;
    }

    /** Work ends. */
    void end(long nowNanos) {
        double used = nowNanos - began;
        left = Math.max(-share * LONGEST_NANOS, left - used);
        average += used / AVERAGING_NANOS;
        usedShare = average;
    }

    /** The share of a core that was taken in the last second. */
    double usedShare() {
        return usedShare;
    }
}
