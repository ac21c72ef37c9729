package io.pinna.device;

import io.pinna.internal.Check;

/**
 * What the engine delivers to a device: stereo 32-bit float blocks.
 *
 * @param sampleRateHz frames per second (8000 to 192000)
 * @param blockFrames  frames a block (16 to 8192)
 * @param queueBlocks  the most blocks that a pacing device may hold ahead of what is being heard (1 to 16)
 */
public record StreamFormat(int sampleRateHz, int blockFrames, int queueBlocks) {
    public StreamFormat {
        Check.inRange(sampleRateHz, 8000, 192000, "sampleRateHz");
        Check.inRange(blockFrames, 16, 8192, "blockFrames");
        Check.inRange(queueBlocks, 1, 16, "queueBlocks");
    }
}
