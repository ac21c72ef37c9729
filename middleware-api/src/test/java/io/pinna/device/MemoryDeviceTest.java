package io.pinna.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.InvalidValueException;
import io.pinna.UsageException;
import io.pinna.internal.device.Allocation;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MemoryDeviceTest {
    private static void offerUntilTaken(MemoryDevice device, float[] left, float[] right) {
        while (!device.offer(left, right)) {
            Thread.onSpinWait();
        }
    }

    @Test
    @Tag("unit")
    void keepsEverySampleAcrossChunks() {
        MemoryDevice device = OutputDevices.memory(35);
        device.open(new StreamFormat(8000, 100, 3));
        assertFalse(device.isPacing());
        float[] left = new float[100];
        float[] right = new float[100];
        // 2400 blocks are 30 s: three chunks of 800 blocks.
        for (int b = 0; b < 2400; b++) {
            for (int i = 0; i < 100; i++) {
                left[i] = b * 100 + i;
                right[i] = -left[i];
            }
            offerUntilTaken(device, left, right);
        }
        assertEquals(240_000, device.frames());
        float[] l = device.left();
        float[] r = device.right();
        assertEquals(240_000, l.length);
        for (int i = 0; i < l.length; i++) {
            assertEquals(i, l[i]);
            assertEquals(0f - i, r[i] + 0f);
        }
        l[0] = 99;
        assertEquals(0, device.left()[0], "copies, not the device's own arrays");
        device.clear();
        assertEquals(0, device.frames());
        assertArrayEquals(new float[0], device.left());
        offerUntilTaken(device, right, left);
        assertEquals(-239_900, device.left()[0]);
        device.close();
        assertEquals(100, device.right().length, "readable after close");
        assertEquals(List.of(), device.report().notes());
    }

    @Test
    @Tag("unit")
    void dropsAndCountsBeyondItsCapacity() {
        try (MemoryDevice device = OutputDevices.memory(0.5)) {
            device.open(new StreamFormat(8000, 1000, 3));
            float[] block = new float[1000];
            for (int b = 0; b < 7; b++) {
                assertTrue(device.offer(block, block));
            }
            assertEquals(4000, device.frames());
            DeviceReport report = device.report();
            assertEquals(7, report.deliveredBlocks());
            assertEquals(1, report.notes().size());
            assertTrue(report.notes().get(0).contains("3000 frames were dropped"), report.notes().get(0));
        }
    }

    @Test
    @Tag("unit")
    void refusesWhatItCannotBe() {
        assertThrows(InvalidValueException.class, () -> OutputDevices.memory(0));
        assertThrows(InvalidValueException.class, () -> OutputDevices.memory(Double.NaN));
        assertThrows(InvalidValueException.class, () -> OutputDevices.memory(40_000));
        MemoryDevice device = OutputDevices.memory();
        assertEquals(0, device.left().length);
        device.open(new StreamFormat(48000, 256, 3));
        assertEquals(UsageException.Rule.STATE, assertThrows(UsageException.class, () -> device.open(new StreamFormat(48000, 256, 3))).rule());
        device.close();
        device.close();
        assertTrue(device.offer(new float[256], new float[256]));
        assertEquals(UsageException.Rule.CLOSED, assertThrows(UsageException.class, () -> device.open(new StreamFormat(48000, 256, 3))).rule());
    }

    @Test
    @Tag("realtime")
    void offerAllocatesNothingAlsoWhenItGrows() {
        try (MemoryDevice device = OutputDevices.memory(120)) {
            device.open(new StreamFormat(48000, 256, 3));
            float[] block = new float[256];
            // A chunk is 1875 blocks, so every round passes a border between two.
            assertEquals(0, Allocation.perRound(() -> {
                for (int b = 0; b < 2000; b++) {
                    offerUntilTaken(device, block, block);
                }
            }));
            assertEquals(12_000 * 256, device.frames());
        }
    }
}
