package io.pinna.device;

import io.pinna.UsageException;
import io.pinna.internal.Check;
import io.pinna.internal.RealTime;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Keeps the sound in memory, for tests and analysis. It sets no pace. Memory grows in chunks of ten seconds, which the thread {@code pinna-memory} allocates ahead, so that {@link #offer}
 * never allocates; an offline rendering that outruns it is answered false until the next chunk is there. At its capacity it goes on taking blocks, drops them, and counts them in the report.
 *
 * <p>{@link #left}, {@link #right} and {@link #frames} work on any thread, before and after {@link #close}, and show every block taken before the call. {@link #clear} must not run while
 * blocks are being offered.
 */
public final class MemoryDevice implements OutputDevice {
    private static final double CHUNK_SECONDS = 10;
    private static final int CHUNKS_AHEAD = 2;
    private static final long IDLE_NANOS = 2_000_000;

    private final double maxSeconds;
    private int blockFrames;
    private int chunkBlocks;
    private long capacityBlocks;
    /** [chunk][0: left, 1: right][frame]; an element is written once, before {@link #readyChunks} says that it is there. */
    private float[][][] chunks = new float[0][][];
    private volatile int readyChunks;
    private volatile boolean open;
    private volatile boolean closed;
    private volatile String failure;
    private volatile String description = "not open";
    private Thread allocator;
    /** Written by the audio thread (and by clear); its release publishes the samples. */
    private volatile long storedBlocks;
    private volatile long deliveredBlocks;
    private volatile long droppedBlocks;

    /** @param maxSeconds the most that it keeps (seconds, above 0 to 36 000); 600 s of stereo at 48 kHz are 230 MB, of which only what was recorded, and up to 20 s ahead, is allocated */
    public MemoryDevice(double maxSeconds) {
        if (maxSeconds <= 0) {
            Check.inRange(maxSeconds, Double.MIN_VALUE, 36_000, "maxSeconds");
        }
        this.maxSeconds = Check.inRange(maxSeconds, 0, 36_000, "maxSeconds");
    }

    /** {@inheritDoc} Capacity is rounded up to whole blocks. */
    @Override
    public void open(StreamFormat format) {
        Check.notNull(format, "format");
        if (open) {
            throw new UsageException(UsageException.Rule.STATE, "the memory device is already open; a device serves one listener, so give each its own");
        }
        if (closed) {
            throw new UsageException(UsageException.Rule.CLOSED, "the memory device is closed; create a new one");
        }
        blockFrames = format.blockFrames();
        capacityBlocks = (long) Math.ceil(maxSeconds * format.sampleRateHz() / blockFrames);
        chunkBlocks = (int) Math.min(capacityBlocks, Math.max(1, Math.round(CHUNK_SECONDS * format.sampleRateHz() / blockFrames)));
        chunks = new float[(int) ((capacityBlocks + chunkBlocks - 1) / chunkBlocks)][][];
        description = "stereo at " + format.sampleRateHz() + " Hz, room for " + maxSeconds + " s";
        allocateAhead();
        open = true;
        allocator = new Thread(this::keepAhead, "pinna-memory");
        allocator.setDaemon(true);
        allocator.start();
    }

    private void keepAhead() {
        while (!closed && failure == null && readyChunks < chunks.length) {
            try {
                allocateAhead();
            } catch (OutOfMemoryError e) {
                failure = "The heap had no room for more than " + readyChunks + " chunks of " + CHUNK_SECONDS + " s; later sound was dropped. Raise -Xmx or record less.";
            }
            LockSupport.parkNanos(this, IDLE_NANOS);
        }
    }

    private void allocateAhead() {
        int wanted = (int) Math.min(chunks.length, storedBlocks / chunkBlocks + CHUNKS_AHEAD);
        while (readyChunks < wanted) {
            int next = readyChunks;
            chunks[next] = new float[2][chunkBlocks * blockFrames];
            readyChunks = next + 1;
        }
    }

    @Override
    public boolean isPacing() {
        return false;
    }

    @Override
    @RealTime
    public boolean offer(float[] left, float[] right) {
        if (!open) {
            return true;
        }
        long block = storedBlocks;
        int chunk = (int) (block / chunkBlocks);
        if (block >= capacityBlocks || chunk >= readyChunks && failure != null) {
            droppedBlocks++;
            deliveredBlocks++;
            return true;
        }
        if (chunk >= readyChunks) {
            return false;
        }
        int at = (int) (block % chunkBlocks) * blockFrames;
        System.arraycopy(left, 0, chunks[chunk][0], at, blockFrames);
        System.arraycopy(right, 0, chunks[chunk][1], at, blockFrames);
        deliveredBlocks++;
        storedBlocks = block + 1;
        return true;
    }

    /** Frames kept so far. */
    public long frames() {
        return storedBlocks * blockFrames;
    }

    /** A copy of the left ear's samples. */
    public float[] left() {
        return copy(0);
    }

    /** A copy of the right ear's samples. */
    public float[] right() {
        return copy(1);
    }

    private float[] copy(int channel) {
        long frames = frames();
        if (frames > Integer.MAX_VALUE - 8) {
            throw new UsageException(UsageException.Rule.CAPACITY, frames + " frames do not fit a Java array; clear the memory device more often");
        }
        float[] result = new float[(int) frames];
        int chunkFrames = chunkBlocks * blockFrames;
        for (int at = 0; at < result.length; at += chunkFrames) {
            System.arraycopy(chunks[at / chunkFrames][channel], 0, result, at, Math.min(chunkFrames, result.length - at));
        }
        return result;
    }

    /** Forgets the sound and keeps the memory. Owner's thread, while no block is being offered. */
    public void clear() {
        storedBlocks = 0;
    }

    @Override
    public DeviceReport report() {
        String failed = failure;
        List<String> notes = failed != null ? List.of(failed)
            : droppedBlocks > 0 ? List.of("The capacity of " + maxSeconds + " s was reached; " + droppedBlocks * blockFrames + " frames were dropped.") : List.of();
        return new DeviceReport("Memory", description, deliveredBlocks, 0, 0, notes);
    }

    /** Ends the allocation ahead; what was kept stays readable. */
    @Override
    public void close() {
        open = false;
        closed = true;
        if (allocator != null) {
            LockSupport.unpark(allocator);
        }
    }
}
