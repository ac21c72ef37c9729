package io.pinna.internal.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.DeviceException;
import io.pinna.UsageException;
import io.pinna.device.DeviceReport;
import io.pinna.device.OpenAlSettings;
import io.pinna.device.StreamFormat;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
@Tag("fault")
class RecoveringDeviceTest {
    private static final StreamFormat FORMAT = new StreamFormat(48000, 256, 3);
    private static final long BLOCK_NANOS = 256 * 1_000_000_000L / 48000 + 1;

    private final AtomicLong clock = new AtomicLong(123);
    private final FakeCard card = new FakeCard();
    private final RecoveringDevice device = new RecoveringDevice(card, clock::get, 1_000_000, 1_000_000);
    private final float[] block = new float[256];

    /** A card that plays at the pace of the test's clock, and notices if two threads use it at once. */
    private final class FakeCard implements PlaybackBackend {
        final AtomicInteger inside = new AtomicInteger();
        final AtomicInteger closed = new AtomicInteger();
        final AtomicInteger attempts = new AtomicInteger();
        volatile boolean shared;
        volatile boolean connected = true;
        volatile boolean failing;
        volatile boolean stuck;
        volatile boolean moved;
        volatile int failuresLeft;
        volatile CountDownLatch driver = new CountDownLatch(0);
        volatile long delivered;
        private Pacer pacer;

        private void enter() {
            if (inside.incrementAndGet() != 1) {
                shared = true;
            }
        }

        @Override
        public void open(StreamFormat format) {
            pacer = new Pacer(format.sampleRateHz(), format.blockFrames(), format.queueBlocks(), clock::get);
        }

        @Override
        public boolean isConnected() {
            return connected;
        }

        @Override
        public boolean wantsReopen() {
            boolean answer = moved;
            moved = false;
            return answer;
        }

        @Override
        public Outcome offer(float[] left, float[] right) {
            enter();
            try {
                if (failing) {
                    return Outcome.FAILED;
                }
                if (stuck || !pacer.tryTake()) {
                    return Outcome.FULL;
                }
                delivered++;
                return Outcome.TAKEN;
            } finally {
                inside.decrementAndGet();
            }
        }

        @Override
        public boolean reopen() {
            enter();
            try {
                driver.await();
                attempts.incrementAndGet();
                if (failuresLeft > 0) {
                    failuresLeft--;
                    return false;
                }
                connected = true;
                failing = false;
                stuck = false;
                pacer.restart();
                return true;
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            } finally {
                inside.decrementAndGet();
            }
        }

        @Override
        public void close() {
            enter();
            closed.incrementAndGet();
            inside.decrementAndGet();
        }

        @Override
        public String name() {
            return "fake";
        }

        @Override
        public String description() {
            return "fake";
        }

        @Override
        public long underruns() {
            return 0;
        }

        @Override
        public List<String> notes() {
            return List.of();
        }
    }

    @AfterEach
    void theCardHadOneUserAtATime() {
        device.close();
        assertFalse(card.shared);
    }

    private int advance(int blockTimes) {
        int taken = 0;
        for (int i = 0; i < blockTimes; i++) {
            clock.addAndGet(BLOCK_NANOS);
            while (device.offer(block, block)) {
                taken++;
            }
        }
        return taken;
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + 20_000_000_000L;
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < end, "waited for 20 s");
            Thread.sleep(1);
        }
    }

    @Test
    void soundTimeGoesOnWhileTheCardIsAwayAndComesBack() throws InterruptedException {
        device.open(FORMAT);
        assertTrue(device.isPacing());
        assertEquals(103, advance(101), 1);
        card.driver = new CountDownLatch(1);
        card.failuresLeft = 3;
        card.connected = false;
        long before = card.delivered;
        // 1000 block times are 5.3 s; the loss is noticed within 0.25 s, 47 blocks. At the change of clocks the queue is taken once more.
        assertEquals(1000, advance(1000), 4);
        assertTrue(card.delivered - before <= 48, "heard after the loss: " + (card.delivered - before));
        long heard = card.delivered;
        DeviceReport away = device.report();
        assertEquals(0, away.reopened());
        card.driver.countDown();
        await(() -> device.report().reopened() == 1);
        assertEquals(4, card.attempts.get());
        // The helper gives the card back right after it counts.
        await(() -> {
            advance(1);
            return card.delivered > heard;
        });
        long from = card.delivered;
        assertEquals(200, advance(200), 4);
        assertEquals(200, card.delivered - from, 4);
        DeviceReport report = device.report();
        assertEquals(1, report.reopened());
        String note = String.join(" ", report.notes());
        assertTrue(note.contains("the device was disconnected; opened again 1 times, 3 attempts failed"), note);
        assertEquals("OpenAL Soft: fake", report.name());
        // Everything taken was either heard or counted as unheard.
        String unheard = note.replaceAll(".* (\\d+) blocks went unheard.*", "$1");
        assertEquals(report.deliveredBlocks(), card.delivered + Long.parseLong(unheard));
    }

    @Test
    void anErrorOfTheCardIsALossToo() throws InterruptedException {
        device.open(FORMAT);
        advance(10);
        card.failing = true;
        assertEquals(1, advance(1), 3);
        await(() -> device.report().reopened() == 1);
        long from = card.delivered;
        await(() -> {
            advance(1);
            return card.delivered > from;
        });
        assertTrue(String.join(" ", device.report().notes()).contains("answered with an error"));
    }

    @Test
    void aCardThatStopsTakingSoundIsALoss() throws InterruptedException {
        device.open(FORMAT);
        advance(10);
        card.driver = new CountDownLatch(1);
        card.stuck = true;
        // 2 s are 375 block times.
        assertEquals(0, advance(374), 1);
        assertEquals(100, advance(100), 5);
        card.driver.countDown();
        await(() -> device.report().reopened() == 1);
        assertTrue(String.join(" ", device.report().notes()).contains("stopped taking sound"));
    }

    @Test
    void followsTheDefaultDeviceAndStaysWhereTheMoveFails() throws InterruptedException {
        device.open(FORMAT);
        advance(10);
        card.moved = true;
        advance(60);
        await(() -> device.report().reopened() == 1);
        long from = card.delivered;
        await(() -> {
            advance(1);
            return card.delivered > from;
        });
        card.failuresLeft = 1;
        card.moved = true;
        advance(60);
        await(() -> card.attempts.get() == 2);
        long later = card.delivered;
        await(() -> {
            advance(1);
            return card.delivered > later;
        });
        assertEquals(1, device.report().reopened(), "the old card was still there");
        assertTrue(String.join(" ", device.report().notes()).contains("default device changed"));
    }

    @Test
    void closeWaitsForTheDriverAndFreesTheCardOnce() throws InterruptedException {
        device.open(FORMAT);
        advance(10);
        card.driver = new CountDownLatch(1);
        card.connected = false;
        advance(60);
        await(() -> card.inside.get() == 1);
        Thread owner = new Thread(device::close);
        owner.start();
        Thread.sleep(50);
        assertEquals(0, card.closed.get(), "not under the driver's feet");
        card.driver.countDown();
        owner.join();
        assertEquals(1, card.closed.get());
        device.close();
        assertEquals(1, card.closed.get());
        assertTrue(device.offer(block, block));
        assertEquals(UsageException.Rule.CLOSED, assertThrows(UsageException.class, () -> device.open(FORMAT)).rule());
    }

    @Test
    void anOpeningThatFailsLeavesNothing() {
        RecoveringDevice broken = new RecoveringDevice(new OpenAlBackend(OpenAlSettings.defaults().withDeviceName("no such device 7f3a")));
        DeviceException e = assertThrows(DeviceException.class, () -> broken.open(FORMAT));
        assertTrue(e.getMessage().contains("\"no such device 7f3a\"") && e.getMessage().contains("default device"), e.getMessage());
        broken.close();
        assertEquals(0, broken.report().deliveredBlocks());
    }

    @Test
    @Tag("realtime")
    void offerAllocatesNothingWhetherTheCardIsThereOrNot() {
        device.open(FORMAT);
        assertEquals(0, Allocation.perRound(() -> advance(2000)));
        card.driver = new CountDownLatch(1);
        card.connected = false;
        assertEquals(0, Allocation.perRound(() -> advance(2000)));
        card.driver.countDown();
        assertEquals(24_000, device.report().deliveredBlocks(), 60);
    }
}
