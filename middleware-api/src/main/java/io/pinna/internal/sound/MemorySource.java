package io.pinna.internal.sound;

import io.pinna.internal.RealTime;

/** Plays samples that are in memory. Holds nothing of its own. */
public record MemorySource(LoopedSamples samples) implements SampleSource {
    @Override
    public long frames() {
        return samples.frames();
    }

    @Override
    @RealTime
    public boolean read(long start, float[] destination, int offset, int count, boolean looping) {
        samples.read(start, destination, offset, count, looping);
        return true;
    }

    @Override
    public void close() {
        // The samples belong to the sound.
    }
}
