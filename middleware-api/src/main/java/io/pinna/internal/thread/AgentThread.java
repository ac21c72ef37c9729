package io.pinna.internal.thread;

import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs an agent on a daemon thread of its own and parks it when it has nothing to do. A throw is logged, counted and survived: the audio goes on with what it has. */
public final class AgentThread implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AgentThread.class);
    private static final long AFTER_FAULT_NANOS = 100_000_000;
    private static final long LONGEST_END_NANOS = 5_000_000_000L;

    private final Agent agent;
    private final Thread thread;
    private volatile boolean running = true;
    private volatile long faults;
    private volatile String lastFault;

    public AgentThread(Agent agent) {
        this.agent = agent;
        thread = new Thread(this::run, "pinna-" + agent.role());
        thread.setDaemon(true);
    }

    public void start() {
        thread.start();
    }

    /** There may be work: ends a pause early. From any thread but the audio thread. */
    public void wake() {
        LockSupport.unpark(thread);
    }

    public long faults() {
        return faults;
    }

    /** @return what was thrown last, or null */
    public String lastFault() {
        return lastFault;
    }

    @SuppressWarnings("NonAtomicOperationOnVolatileField")
    private void run() {
        while (running) {
            try {
                if (agent.doWork() == 0) {
                    LockSupport.parkNanos(this, agent.idleNanos());
                }
            } catch (Throwable e) {
                lastFault = e.toString();
                faults = faults + 1; // only this thread writes it
                LOG.warn("the {} thread goes on after a fault ({} so far)", agent.role(), faults, e);
                LockSupport.parkNanos(this, AFTER_FAULT_NANOS);
            }
        }
    }

    /** Ends the thread and waits for it, 5 s at most. */
    @Override
    public void close() {
        running = false;
        wake();
        end(thread);
    }

    /** Waits for a thread to end, 5 s at most. An interrupt waits too: what comes next frees what the thread uses. */
    public static void end(Thread thread) {
        boolean interrupted = false;
        long until = System.nanoTime() + LONGEST_END_NANOS;
        while (thread.isAlive() && System.nanoTime() < until) {
            try {
                thread.join(Math.max(1, (until - System.nanoTime()) / 1_000_000));
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
