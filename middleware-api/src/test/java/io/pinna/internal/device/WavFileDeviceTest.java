package io.pinna.internal.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.ResourceException;
import io.pinna.UsageException;
import io.pinna.device.DeviceReport;
import io.pinna.device.OutputDevice;
import io.pinna.device.OutputDevices;
import io.pinna.device.StreamFormat;
import io.pinna.internal.sound.WavWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class WavFileDeviceTest {
    private static final StreamFormat FORMAT = new StreamFormat(48000, 256, 3);

    @TempDir
    Path folder;

    @Test
    @Tag("unit")
    void everyBlockTakenIsInTheFile() throws IOException {
        Path file = folder.resolve("out.wav");
        OutputDevice device = OutputDevices.wav(file);
        device.open(FORMAT);
        assertFalse(device.isPacing());
        float[] left = new float[256];
        float[] right = new float[256];
        for (int b = 0; b < 3000; b++) {
            for (int i = 0; i < 256; i++) {
                left[i] = b * 256 + i;
                right[i] = -left[i];
            }
            while (!device.offer(left, right)) {
                Thread.onSpinWait();
            }
        }
        device.close();
        device.close();
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        assertEquals(WavWriter.HEADER_BYTES + 3000 * 256 * 8, bytes.capacity());
        assertEquals(3000 * 256 * 8, bytes.getInt(WavWriter.HEADER_BYTES - 4));
        for (int i = 0; i < 3000 * 256; i++) {
            assertEquals(i, bytes.getFloat(WavWriter.HEADER_BYTES + 8 * i));
            assertEquals(0f - i, bytes.getFloat(WavWriter.HEADER_BYTES + 4 + 8 * i) + 0f);
        }
        DeviceReport report = device.report();
        assertEquals(3000, report.deliveredBlocks());
        assertEquals(List.of(), report.notes());
        assertThrows(UsageException.class, () -> device.open(FORMAT));
    }

    @Test
    @Tag("fault")
    void whatCannotBeCreatedIsATypedErrorAtOpen() {
        ResourceException isFolder = assertThrows(ResourceException.class, () -> OutputDevices.wav(folder).open(FORMAT));
        assertEquals(folder.toString(), isFolder.resource());
        assertTrue(isFolder.reason().contains("is a folder"), isFolder.getMessage());
        ResourceException noFolder = assertThrows(ResourceException.class, () -> OutputDevices.wav(folder.resolve("missing/out.wav")).open(FORMAT));
        assertTrue(noFolder.reason().contains("does not exist"), noFolder.getMessage());
    }

    @Test
    @Tag("fault")
    void aDiskThatFailsEndsTheFileAndNotTheSound() throws IOException {
        Path file = folder.resolve("full.wav");
        WavFileDevice device = new WavFileDevice(file, (path, rate) -> {
            WavWriter wav = new WavWriter(path, 2, rate);
            return new WavFileDevice.Sink() {
                private int left = 10;

                @Override
                public void write(float[] interleaved, int frames) throws IOException {
                    if (left-- == 0) {
                        throw new IOException("No space left on device");
                    }
                    wav.write(interleaved, 0, frames);
                }

                @Override
                public void close() throws IOException {
                    wav.close();
                }
            };
        });
        device.open(FORMAT);
        float[] block = new float[256];
        for (int b = 0; b < 1000; b++) {
            while (!device.offer(block, block)) {
                Thread.onSpinWait();
            }
        }
        device.close();
        DeviceReport report = device.report();
        assertEquals(1000, report.deliveredBlocks());
        assertEquals(1, report.notes().size());
        assertTrue(report.notes().get(0).contains("No space left on device; 990 blocks were dropped"), report.notes().get(0));
        assertEquals(WavWriter.HEADER_BYTES + 10 * 256 * 8, Files.size(file));
        assertEquals(10 * 256 * 8, ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN).getInt(WavWriter.HEADER_BYTES - 4), "what was written stays readable");
    }

    @Test
    @Tag("realtime")
    void aStalledDiskFillsTheRingAndOfferNeverWaits() throws IOException {
        CountDownLatch disk = new CountDownLatch(1);
        int[] written = new int[1];
        WavFileDevice device = new WavFileDevice(folder.resolve("slow.wav"), (path, rate) -> new WavFileDevice.Sink() {
            @Override
            public void write(float[] interleaved, int frames) throws IOException {
                try {
                    disk.await();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
                written[0]++;
            }

            @Override
            public void close() {
            }
        });
        device.open(FORMAT);
        float[] block = new float[256];
        // The ring holds a second, 188 blocks; the writer holds one more in its hands, sooner or later.
        int taken = 0;
        long end = System.nanoTime() + 500_000_000L;
        while (System.nanoTime() < end) {
            if (device.offer(block, block)) {
                taken++;
            }
        }
        assertEquals(189, taken);
        assertFalse(device.offer(block, block));
        disk.countDown();
        device.close();
        assertEquals(189, written[0]);
    }

    @Test
    @Tag("realtime")
    void offerAllocatesNothing() {
        WavFileDevice device = new WavFileDevice(folder.resolve("quiet.wav"));
        device.open(FORMAT);
        float[] block = new float[256];
        assertEquals(0, Allocation.perRound(() -> {
            for (int i = 0; i < 2000; i++) {
                while (!device.offer(block, block)) {
                    Thread.onSpinWait();
                }
            }
        }));
        device.close();
        assertEquals(12_000, device.report().deliveredBlocks());
    }
}
