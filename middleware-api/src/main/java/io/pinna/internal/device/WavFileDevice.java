package io.pinna.internal.device;

import io.pinna.ResourceException;
import io.pinna.device.DeviceReport;
import io.pinna.device.OutputDevice;
import io.pinna.device.StreamFormat;
import io.pinna.internal.Check;
import io.pinna.internal.RealTime;
import io.pinna.internal.sound.WavWriter;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes 32-bit float stereo to a WAV file. It sets no pace. The audio thread only copies into a ring that holds at least a second; the thread {@code pinna-wav} empties it into the file.
 * Where the disk is slower than the audio thread, {@link #offer} answers false until there is room: an offline rendering waits for the disk, and a world in real time offers the block again
 * after its next tick, so nothing is lost there either unless the disk stays away for more than the second.
 *
 * <p>A disk that fails on the way (full, unplugged) ends the file where it failed, with a valid header; later blocks are taken, dropped and counted, and the report says so.
 */
public final class WavFileDevice implements OutputDevice {
    private static final Logger LOG = LoggerFactory.getLogger(WavFileDevice.class);
    private static final int FEWEST_RING_BLOCKS = 64;
    /** The writer looks for blocks this often instead of being woken, because waking a thread is a system call that the audio thread must not make. A ring holds a thousand of these. */
    private static final long IDLE_NANOS = 1_000_000;

    /** The sink of blocks, a seam for tests of failing disks. */
    interface Sink {
        void write(float[] interleaved, int frames) throws IOException;

        void close() throws IOException;
    }

    interface SinkFactory {
        Sink create(Path file, int sampleRateHz);
    }

    private final Lifecycle lifecycle;
    private final Path file;
    private final SinkFactory sinks;
    private BlockRing ring;
    private int blockFrames;
    private Sink sink;
    private Thread writer;
    private volatile boolean closing;
    private volatile String description = "not open";
    /** Written by the audio thread only. */
    private volatile long deliveredBlocks;
    /** Written by the writer thread only. */
    private volatile long writtenBlocks;
    private volatile long droppedBlocks;
    private volatile String failure;

    public WavFileDevice(Path file) {
        this(file, (path, rate) -> {
            WavWriter wav = new WavWriter(path, 2, rate);
            return new Sink() {
                @Override
                public void write(float[] interleaved, int frames) throws IOException {
                    try {
                        wav.write(interleaved, 0, frames);
                    } catch (ResourceException e) {
                        throw new IOException(e.getMessage(), e);
                    }
                }

                @Override
                public void close() throws IOException {
                    try {
                        wav.close();
                    } catch (ResourceException e) {
                        throw new IOException(e.getMessage(), e);
                    }
                }
            };
        });
    }

    WavFileDevice(Path file, SinkFactory sinks) {
        this.file = Check.notNull(file, "file");
        this.sinks = sinks;
        this.lifecycle = new Lifecycle("the WAV file device of " + file);
    }

    @Override
    public void open(StreamFormat format) {
        Check.notNull(format, "format");
        lifecycle.requireNew();
        sink = sinks.create(file, format.sampleRateHz());
        blockFrames = format.blockFrames();
        ring = new BlockRing(blockFrames, Math.max(FEWEST_RING_BLOCKS, (format.sampleRateHz() + blockFrames - 1) / blockFrames));
        description = "32-bit float stereo at " + format.sampleRateHz() + " Hz";
        writer = new Thread(this::drain, "pinna-wav");
        writer.setDaemon(true);
        lifecycle.opened();
        writer.start();
    }

    private static String plain(Exception e) {
        if (e instanceof FileSystemException failure && failure.getReason() != null) {
            return failure.getReason();
        }
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    @Override
    public boolean isPacing() {
        return false;
    }

    @Override
    @RealTime
    public boolean offer(float[] left, float[] right) {
        if (lifecycle.isOpen()) {
            if (!ring.tryPut(left, right)) {
                return false;
            }
            deliveredBlocks++;
        }
        return true;
    }

    private void drain() {
        float[] block = new float[2 * blockFrames];
        boolean last = false;
        while (true) {
            while (ring.tryTake(block)) {
                write(block);
            }
            if (last) {
                return;
            }
            // Read before the ring is emptied once more, so that a block put just before close is not left behind.
            last = closing;
            if (!last) {
                LockSupport.parkNanos(this, IDLE_NANOS);
            }
        }
    }

    private void write(float[] block) {
        if (failure != null) {
            droppedBlocks++;
            return;
        }
        try {
            sink.write(block, blockFrames);
            writtenBlocks++;
        } catch (IOException e) {
            droppedBlocks++;
            fail(e);
        }
    }

    private void fail(IOException e) {
        failure = plain(e);
        LOG.error("{}: writing stopped after {} blocks of {} frames: {}", file, writtenBlocks, blockFrames, failure);
    }

    @Override
    public DeviceReport report() {
        String failed = failure;
        List<String> notes = failed == null ? List.of()
            : List.of("Writing " + file + " failed after about " + writtenBlocks + " blocks: " + failed + "; " + droppedBlocks + " blocks were dropped.");
        return new DeviceReport("WAV file " + file, description, deliveredBlocks, 0, 0, notes);
    }

    /** Waits until everything taken is in the file, then finishes its header. An error on the way is in the report. */
    @Override
    public void close() {
        if (!lifecycle.close()) {
            return;
        }
        closing = true;
        LockSupport.unpark(writer);
        boolean interrupted = false;
        while (true) {
            try {
                writer.join();
                break;
            } catch (InterruptedException e) {
                // The file is worth more than the haste: finish it, and hand the interrupt on.
                interrupted = true;
            }
        }
        try {
            sink.close();
        } catch (IOException e) {
            if (failure == null) {
                fail(e);
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
