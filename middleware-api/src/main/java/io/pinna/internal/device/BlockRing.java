package io.pinna.internal.device;

import io.pinna.internal.RealTime;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A bounded ring of interleaved stereo blocks from the audio thread to one writer thread. When it is full, {@link #tryPut} refuses the block and the ring stays as it was. All memory is
 * allocated in the constructor.
 */
final class BlockRing {
    private final float[] samples;
    private final int blockFrames;
    private final int capacityBlocks;
    private final AtomicLong put = new AtomicLong();
    private final AtomicLong taken = new AtomicLong();

    BlockRing(int blockFrames, int capacityBlocks) {
        this.blockFrames = blockFrames;
        this.capacityBlocks = capacityBlocks;
        this.samples = new float[2 * blockFrames * capacityBlocks];
    }

    int capacityBlocks() {
        return capacityBlocks;
    }

    /** Audio thread. */
    @RealTime
    boolean tryPut(float[] left, float[] right) {
        long index = put.getPlain();
        if (index - taken.getAcquire() >= capacityBlocks) {
            return false;
        }
        int at = (int) (index % capacityBlocks) * 2 * blockFrames;
        for (int i = 0; i < blockFrames; i++) {
            samples[at + 2 * i] = left[i];
            samples[at + 2 * i + 1] = right[i];
        }
        put.setRelease(index + 1);
        return true;
    }

    /**
     * Writer thread.
     *
     * @param interleaved receives 2 × blockFrames samples
     * @return false if the ring is empty
     */
    boolean tryTake(float[] interleaved) {
        long index = taken.getPlain();
        if (index >= put.getAcquire()) {
            return false;
        }
        System.arraycopy(samples, (int) (index % capacityBlocks) * 2 * blockFrames, interleaved, 0, 2 * blockFrames);
        taken.setRelease(index + 1);
        return true;
    }
}
