package io.pinna.internal.sound;

/** Samples that are in memory; the array is not copied and must not change. */
record ArrayInput(float[] samples) implements MonoInput {
    @Override
    public long frames() {
        return samples.length;
    }

    @Override
    public void read(long frame, float[] destination, int offset, int count) {
        System.arraycopy(samples, Math.toIntExact(frame), destination, offset, count);
    }
}
