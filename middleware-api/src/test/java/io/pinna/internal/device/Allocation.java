package io.pinna.internal.device;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** Bytes that this thread allocates. */
public final class Allocation {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int ROUNDS = 5;

    private Allocation() {
    }

    /**
     * Runs the code once to warm up and then five times, and answers what the round with the least allocated. What the code allocates itself is in every round; what the virtual machine
     * allocates once in the name of this thread, while it links or recompiles, is not.
     */
    public static long perRound(Runnable code) {
        THREADS.setThreadAllocatedMemoryEnabled(true);
        code.run();
        long least = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            code.run();
            least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
        }
        return least;
    }
}
