package io.pinna.internal.thread;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class AgentThreadTest {
    /** Works as a test says, and notes on which thread it ended. */
    private static final class Noted implements Agent {
        final Runnable work;
        final AtomicReference<Thread> endedOn = new AtomicReference<>();

        Noted(Runnable work) {
            this.work = work;
        }

        @Override
        public int doWork() {
            work.run();
            return 0;
        }

        @Override
        public void end() {
            endedOn.set(Thread.currentThread());
            throw new IllegalStateException("nor does this");
        }

        @Override
        public String role() {
            return "test";
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(30, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Foreign code throws what it likes. */
    @Test
    @Tag("fault")
    void errorsDoNotEndTheThread() {
        AtomicInteger calls = new AtomicInteger();
        CountDownLatch later = new CountDownLatch(1);
        Noted agent = new Noted(() -> {
            switch (calls.incrementAndGet()) {
                case 1 -> throw new StackOverflowError();
                case 2 -> throw new AssertionError("not today");
                case 3 -> throw new NoClassDefFoundError("elsewhere");
                case 4 -> throw new IllegalStateException("no");
                default -> later.countDown();
            }
        });
        AgentThread thread = new AgentThread(agent);
        thread.start();
        await(later);
        assertEquals(4, thread.faults());
        assertTrue(thread.lastFault().contains("IllegalStateException"), thread.lastFault());
        thread.close();
        assertEquals("pinna-test", agent.endedOn.get().getName());
        assertEquals(5, thread.faults());
    }

    /** What a call uses that hangs is not freed by whoever waits for its end. */
    @Test
    @Tag("fault")
    void itEndsAfterTheCallThatRuns() throws InterruptedException {
        CountDownLatch inCall = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        Noted agent = new Noted(() -> {
            inCall.countDown();
            await(release);
        });
        AgentThread thread = new AgentThread(agent);
        thread.start();
        await(inCall);
        Thread owner = new Thread(thread::close);
        owner.start();
        while (owner.getState() != Thread.State.TIMED_WAITING) {
            assertTrue(owner.isAlive());
            Thread.onSpinWait();
        }
        assertFalse(agent.endedOn.get() != null, "ended within a call");
        release.countDown();
        owner.join();
        assertEquals("pinna-test", agent.endedOn.get().getName());
    }
}
