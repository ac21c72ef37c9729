package io.pinna.internal.reverb;

import io.pinna.InvalidValueException;
import io.pinna.internal.Check;
import io.pinna.internal.RealTime;
import io.pinna.internal.dsp.RealFft;

/**
 * One signal through long impulse responses, one for each output: y_c = h_c ∗ x, by uniformly partitioned overlap–save (Wefers, "Partitioned convolution algorithms for real-time auralization", dissertation, RWTH Aachen
 * 2015, ch. 5). A partition is as long as a block, whatever that is, so the first sample of a response is heard in the block in which its input comes: there is no latency but the block's own. All outputs share the
 * spectra of the input:
 *
 * <pre>
 *   X_t = FFT of the last N input samples,   Y_c = Σ_p X_(t−p)·H_cp,   y_c = the last B samples of the inverse transform of Y_c
 * </pre>
 *
 * <p>Another response is cross-faded to within 20 ms: both are heard with all of the input's past.
 *
 * <p>Audio thread; allocates only in its constructor.
 */
@RealTime
public final class ConvolutionReverb {
    private static final double FADE_SECONDS = 0.02;
    /** −240 dB: less than this is no input; so denormal numbers never come in. */
    private static final float NOTHING = 1e-12f;

    private final int blockFrames;
    private final int outputs;
    private final int capacity;
    private final int fadeBlocks;
    private final RealFft fft;
    /** The last N input samples. */
    private final float[] input;
    private final float[] time;
    /** Spectra of the last blocks' inputs, a ring; silent ones are not written. */
    private final float[][] xRe;
    private final float[][] xIm;
    private final boolean[] xSilent;
    private int newest;
    /** Blocks in a row in which nothing came in; stops growing. */
    private int silentBlocks;
    private final float[] yRe;
    private final float[] yIm;

    private ResponseSpectra current;
    private ResponseSpectra next;
    /** Of the cross-fade to {@link #next}: blocks that have been heard. */
    private int faded;
    private ResponseSpectra waiting;
    private boolean hasWaiting;

    /**
     * @param sampleRateHz   for the length of the cross-fades
     * @param blockFrames    B of every block, 16 to 8192
     * @param outputs        most channels of a response, 1 to {@value ResponseSpectra#MOST_CHANNELS}
     * @param mostFrames     of a response
     */
    public ConvolutionReverb(int sampleRateHz, int blockFrames, int outputs, int mostFrames) {
        this.blockFrames = Check.inRange(blockFrames, 16, 8192, "blockFrames");
        this.outputs = Check.inRange(outputs, 1, ResponseSpectra.MOST_CHANNELS, "outputs");
        Check.inRange(mostFrames, 1, 192000 * 20, "mostFrames");
        fadeBlocks = (int) Math.max(1, Math.round(FADE_SECONDS * sampleRateHz / blockFrames));
        capacity = (mostFrames + blockFrames - 1) / blockFrames;
        int size = ResponseSpectra.size(blockFrames);
        fft = new RealFft(size);
        input = new float[size];
        time = new float[size];
        xRe = new float[capacity][fft.bins()];
        xIm = new float[capacity][fft.bins()];
        xSilent = new boolean[capacity];
        java.util.Arrays.fill(xSilent, true);
        silentBlocks = longAgo();
        yRe = new float[fft.bins()];
        yIm = new float[fft.bins()];
    }

    /** After so many blocks without input nothing of it is in any spectrum. */
    private int longAgo() {
        return capacity + (input.length + blockFrames - 1) / blockFrames;
    }

    private boolean fits(ResponseSpectra response) {
        return response.blockFrames == blockFrames && response.channels() <= outputs && response.partitions <= capacity;
    }

    /**
     * For threads that set up: fails where {@link #setResponse} would refuse.
     *
     * @throws InvalidValueException if the response has too many channels or frames, or was cut for other blocks
     */
    public void check(ResponseSpectra response) {
        if (!fits(response)) {
            throw new InvalidValueException("the response has " + response.channels() + " channels of " + response.frames() + " frames, cut for blocks of " + response.blockFrames
                    + " frames; allowed are at most " + outputs + " channels of " + (long) capacity * blockFrames + " frames, for blocks of " + blockFrames);
        }
    }

    /**
     * What is heard from the next block on: at once if nothing is heard, else after a cross-fade. While one is under way the last response that was given waits for its end.
     *
     * @param response that {@link #check} has passed; null for silence
     * @return false if it does not fit, and is ignored
     */
    public boolean setResponse(ResponseSpectra response) {
        if (response != null && !fits(response)) {
            return false;
        }
        waiting = response;
        hasWaiting = true;
        return true;
    }

    /** Whether nothing of what came in is to be heard any more: {@link #process} of silence is then silence, and costs next to nothing. */
    public boolean isSilent() {
        return silentBlocks >= longAgo();
    }

    /** Forgets every sound; the response stays. */
    public void reset() {
        java.util.Arrays.fill(input, 0);
        java.util.Arrays.fill(xSilent, true);
        silentBlocks = longAgo();
    }

    /**
     * One block. A block that is not finite everywhere is taken as silence.
     *
     * @param x   B samples, not changed
     * @param out as many blocks as there are outputs, overwritten; those that the response has no channel for are silent
     */
    public void process(float[] x, float[][] out) {
        if (isSilent() && hasWaiting) {
            next = waiting;
            current = waiting;
            waiting = null;
            hasWaiting = false;
        }
        boolean heard = isHeard(x);
        silentBlocks = heard ? 0 : Math.min(longAgo(), silentBlocks + 1);
        if (hasWaiting && next == current) {
            next = waiting;
            waiting = null;
            hasWaiting = false;
            faded = 0;
        }
        if (isSilent()) {
            current = next;
            for (int c = 0; c < outputs; c++) {
                java.util.Arrays.fill(out[c], 0, blockFrames, 0);
            }
            return;
        }
        take(x, heard);
        for (int c = 0; c < outputs; c++) {
            if (convolve(current, c)) {
                System.arraycopy(time, time.length - blockFrames, out[c], 0, blockFrames);
            } else {
                java.util.Arrays.fill(out[c], 0, blockFrames, 0);
            }
        }
        if (next != current) {
            float from = (float) faded / fadeBlocks;
            float step = 1f / (fadeBlocks * blockFrames);
            for (int c = 0; c < outputs; c++) {
                boolean any = convolve(next, c);
                int at = time.length - blockFrames;
                for (int i = 0; i < blockFrames; i++) {
                    float y = out[c][i];
                    out[c][i] = y + ((any ? time[at + i] : 0) - y) * (from + step * i);
                }
            }
            if (++faded == fadeBlocks) {
                current = next;
            }
        }
    }

    private boolean isHeard(float[] x) {
        float most = 0;
        for (int i = 0; i < blockFrames; i++) {
            most = Math.max(most, Math.abs(x[i]));
        }
        // Neither holds of NaN.
        return most > NOTHING && most < Float.POSITIVE_INFINITY;
    }

    private void take(float[] x, boolean heard) {
        int kept = input.length - blockFrames;
        System.arraycopy(input, blockFrames, input, 0, kept);
        if (heard) {
            System.arraycopy(x, 0, input, kept, blockFrames);
        } else {
            java.util.Arrays.fill(input, kept, input.length, 0);
        }
        newest = newest == 0 ? capacity - 1 : newest - 1;
        xSilent[newest] = (long) silentBlocks * blockFrames >= input.length;
        if (!xSilent[newest]) {
            fft.forward(input, 0, xRe[newest], xIm[newest], 0);
        }
    }

    /**
     * What a response makes of the input is left in the last samples of {@link #time}. The newest spectrum stands at {@link #newest}, older ones behind it.
     *
     * @return whether there is anything
     */
    private boolean convolve(ResponseSpectra response, int channel) {
        if (response == null || channel >= response.channels()) {
            return false;
        }
        float[][] hRe = response.re[channel];
        float[][] hIm = response.im[channel];
        boolean any = false;
        int slot = newest;
        for (int p = 0; p < response.partitions; p++) {
            if (hRe[p] != null && !xSilent[slot]) {
                if (any) {
                    addProduct(xRe[slot], xIm[slot], hRe[p], hIm[p], yRe, yIm);
                } else {
                    product(xRe[slot], xIm[slot], hRe[p], hIm[p], yRe, yIm);
                    any = true;
                }
            }
            slot = slot + 1 == capacity ? 0 : slot + 1;
        }
        if (any) {
            fft.inverse(yRe, yIm, 0, time, 0);
        }
        return any;
    }

    private static void product(float[] aRe, float[] aIm, float[] bRe, float[] bIm, float[] yRe, float[] yIm) {
        for (int k = 0; k < yRe.length; k++) {
            yRe[k] = aRe[k] * bRe[k] - aIm[k] * bIm[k];
            yIm[k] = aRe[k] * bIm[k] + aIm[k] * bRe[k];
        }
    }

    private static void addProduct(float[] aRe, float[] aIm, float[] bRe, float[] bIm, float[] yRe, float[] yIm) {
        for (int k = 0; k < yRe.length; k++) {
            yRe[k] += aRe[k] * bRe[k] - aIm[k] * bIm[k];
            yIm[k] += aRe[k] * bIm[k] + aIm[k] * bRe[k];
        }
    }
}
