package io.pinna.internal.reverb;

import io.pinna.InvalidValueException;
import io.pinna.internal.Check;
import io.pinna.internal.dsp.RealFft;

/**
 * The impulse responses of a few channels, cut into partitions of one block each and transformed, as {@link ConvolutionReverb} needs them. Partition p of a channel is H_p[k] = Σ h[p·B + n]·exp(−2πi·k·n/N), n &lt; B,
 * with N the power of two from 2·B on: so B need not be one. Partitions in which nothing sounds are left out.
 *
 * <p>Made at setup, on any thread but the audio thread; immutable then, and shared by threads.
 */
public final class ResponseSpectra {
    public static final int MOST_CHANNELS = 16;

    final int blockFrames;
    final int size;
    final int partitions;
    /** [channel][partition][bin], null where the partition is silent. */
    final float[][][] re;
    final float[][][] im;
    private final int frames;

    /**
     * @param channels    1 to {@value #MOST_CHANNELS} responses, at the rate of the world, of any lengths, finite
     * @param blockFrames B, 16 to 8192
     */
    public ResponseSpectra(float[][] channels, int blockFrames) {
        Check.inRange(channels.length, 1, MOST_CHANNELS, "number of channels");
        this.blockFrames = Check.inRange(blockFrames, 16, 8192, "blockFrames");
        size = size(blockFrames);
        int longest = 0;
        for (float[] h : channels) {
            longest = Math.max(longest, h.length);
            for (float v : h) {
                if (!Float.isFinite(v)) {
                    throw new InvalidValueException("a response has the sample " + v + "; samples must be finite");
                }
            }
        }
        frames = longest;
        partitions = Math.max(1, (longest + blockFrames - 1) / blockFrames);
        re = new float[channels.length][partitions][];
        im = new float[channels.length][partitions][];
        RealFft fft = new RealFft(size);
        float[] padded = new float[size];
        for (int c = 0; c < channels.length; c++) {
            for (int p = 0; p < partitions; p++) {
                java.util.Arrays.fill(padded, 0);
                int from = p * blockFrames;
                int count = Math.min(blockFrames, channels[c].length - from);
                boolean silent = true;
                for (int i = 0; i < count; i++) {
                    padded[i] = channels[c][from + i];
                    silent &= padded[i] == 0;
                }
                if (!silent) {
                    re[c][p] = new float[fft.bins()];
                    im[c][p] = new float[fft.bins()];
                    fft.forward(padded, 0, re[c][p], im[c][p], 0);
                }
            }
        }
    }

    /** N for a block. */
    static int size(int blockFrames) {
        return Integer.highestOneBit(2 * blockFrames - 1) * 2;
    }

    public int channels() {
        return re.length;
    }

    /** Of the longest channel. */
    public int frames() {
        return frames;
    }

    public int blockFrames() {
        return blockFrames;
    }
}
