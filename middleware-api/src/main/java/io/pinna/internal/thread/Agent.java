package io.pinna.internal.thread;

/**
 * The work of one thread, apart from how it is driven: by an {@link AgentThread} in real time, or call by call on the owner's thread offline. The idea is that of Agrona's Agent.
 */
public interface Agent {
    /**
     * Does a bounded piece of work.
     *
     * @return how much was done; 0 if there was nothing to do
     */
    int doWork();

    /** How long the thread rests when there was nothing to do (nanoseconds); a wake-up ends it early. */
    default long idleNanos() {
        return 5_000_000;
    }

    /** After the last piece of work, by whoever did it: frees what the agent holds. On the agent's own thread, so that nothing is freed that a call which is still running uses. */
    default void end() {
        // Most agents hold nothing that has to be freed.
    }

    /** Used as the thread's name, after "pinna-". */
    String role();
}
