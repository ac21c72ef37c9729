package io.pinna.internal.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.UsageException;
import io.pinna.device.OutputDevice;
import io.pinna.device.OutputDevices;
import io.pinna.device.StreamFormat;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class NullDeviceTest {
    private static final StreamFormat FORMAT = new StreamFormat(48000, 256, 3);
    private final float[] silence = new float[256];

    @Test
    @Tag("unit")
    void keepsRealTimeByTheSystemClock() {
        try (OutputDevice device = OutputDevices.realTimeNull()) {
            device.open(FORMAT);
            assertTrue(device.isPacing());
            long start = System.nanoTime();
            int taken = 0;
            // A stall of this thread beyond the queue makes it lose time, as it should; so count until 60 blocks are through, and bound the time below only by the rate.
            while (taken < 60) {
                if (device.offer(silence, silence)) {
                    taken++;
                } else {
                    Thread.onSpinWait();
                }
            }
            double seconds = (System.nanoTime() - start) * 1e-9;
            // 57 blocks after the queue of 3 take 57 × 256 / 48000 = 0.304 s at the least.
            assertTrue(seconds >= 0.3039, "60 blocks in " + seconds + " s");
            assertTrue(seconds < 5, "60 blocks in " + seconds + " s");
            assertEquals(60, device.report().deliveredBlocks());
        }
    }

    @Test
    @Tag("unit")
    void countsStallsAndRefusesMisuse() {
        AtomicLong clock = new AtomicLong();
        NullDevice device = new NullDevice(clock::get);
        device.open(FORMAT);
        assertThrows(UsageException.class, () -> device.open(FORMAT));
        for (int i = 0; i < 3; i++) {
            assertTrue(device.offer(silence, silence));
        }
        assertFalse(device.offer(silence, silence));
        clock.set(1_000_000_000);
        assertTrue(device.offer(silence, silence));
        assertEquals(1, device.report().underruns());
        device.close();
        device.close();
        assertTrue(device.offer(silence, silence), "a closed device never holds the audio thread up");
        assertEquals(4, device.report().deliveredBlocks());
        assertEquals(UsageException.Rule.CLOSED, assertThrows(UsageException.class, () -> device.open(FORMAT)).rule());
    }

    @Test
    @Tag("realtime")
    void offerAllocatesNothing() {
        AtomicLong clock = new AtomicLong();
        NullDevice device = new NullDevice(clock::get);
        device.open(FORMAT);
        assertEquals(0, Allocation.perRound(() -> {
            for (int i = 0; i < 20_000; i++) {
                clock.addAndGet(3_000_000);
                device.offer(silence, silence);
            }
        }));
        assertTrue(device.report().deliveredBlocks() > 60_000, device.report().toString());
    }
}
