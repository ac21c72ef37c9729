package io.pinna.device;

/**
 * Where the binaural sound of one listener goes. {@link #open} and {@link #close} are called on the thread that owns the world (setup, never while a block is being offered);
 * {@link #offer} and {@link #isPacing} on the audio thread. Implement it to send sound anywhere else.
 */
public interface OutputDevice extends AutoCloseable {
    /**
     * Prepares for blocks of this format.
     *
     * @throws io.pinna.DeviceException   if the device cannot be opened
     * @throws io.pinna.ResourceException if a file cannot be created
     */
    void open(StreamFormat format);

    /** Whether {@link #offer} answers false until it is time for the next block, so that it can set the pace of the audio thread. Constant after {@link #open}. */
    boolean isPacing();

    /**
     * Takes one block if there is room. Never blocks, allocates or throws: a device in trouble takes blocks at the pace of its clock, drops them, and says so in its report.
     *
     * @param left  blockFrames samples of the left ear, full scale ±1
     * @param right likewise
     * @return false if there is no room yet; the audio thread offers the same block again a little later
     */
    boolean offer(float[] left, float[] right);

    /** From any thread. */
    DeviceReport report();

    /** Finishes what was taken (a file gets its final header) and frees the device. A second call does nothing. */
    @Override
    void close();
}
