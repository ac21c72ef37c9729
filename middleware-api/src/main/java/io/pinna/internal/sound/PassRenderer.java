package io.pinna.internal.sound;

import io.pinna.internal.dsp.SincResampler;
import java.util.Arrays;

/**
 * Samples at the engine's rate from samples at a file's rate, through as many passes of a loop as asked for. A frame's bits depend on its number (and on whether the sound loops) only, so that
 * a streamed sound, a sound in memory, and any way of cutting either into pieces agree.
 *
 * <p>The first pass begins after silence, and without looping the end is followed by silence. In a loop, resampling sees the end of one pass and the beginning of the next as one signal. A pass
 * seldom lasts a whole number of engine frames; it gets the number rounded up, and the missing part of a frame is spread over the last 20 ms, where time runs slower by at most one frame
 * in all (less than 3 cents), so that the loop has no step.
 *
 * <p>Not for the audio thread; belongs to one thread.
 */
public final class PassRenderer {
    private static final int PART = 4096;
    private static final double STRETCH_SECONDS = 0.02;

    private final MonoInput input;
    private final long inputFrames;
    private final long frames;
    private final double step;
    private final double stretchInputFrames;
    private final int stretchFrames;
    /** Null if the rates are the same. */
    private final SincResampler resampler;

    /** Input of the unrolled passes from {@link #windowStart}, {@link #windowLength} samples. */
    private final float[] window;
    private long windowStart;
    private int windowLength;
    private boolean windowLooping;

    public PassRenderer(MonoInput input, int fromHz, int toHz) {
        this.input = input;
        inputFrames = input.frames();
        step = (double) fromHz / toHz;
        if (fromHz == toHz) {
            resampler = null;
            frames = inputFrames;
            stretchInputFrames = 0;
            stretchFrames = 0;
            window = new float[0];
        } else {
            resampler = SincResampler.of(fromHz, toHz);
            frames = resampler.outputFrames(inputFrames);
            // Where the first frame of the next pass should read, less where the formula puts it: from −step to 0.
            stretchInputFrames = (inputFrames - resampler.inputIndex(frames)) - resampler.fraction(frames);
            stretchFrames = stretchInputFrames == 0 ? 0 : (int) Math.min(frames, (long) Math.ceil(STRETCH_SECONDS * toHz));
            window = new float[(int) Math.ceil(PART * step) + 2 * resampler.halfWidth() + (int) Math.ceil(step) + 8];
        }
    }

    /** Length of one pass at the engine's rate. */
    public long frames() {
        return frames;
    }

    /** For this many frames at the beginning of a pass, it matters whether there was a pass before. */
    int headFrames() {
        return resampler == null ? 0 : (int) Math.min(frames, (long) Math.ceil((resampler.halfWidth() + 1) / step) + 1);
    }

    /** For this many frames at the end of a pass, it matters whether the sound loops. */
    int tailFrames() {
        return resampler == null ? 0 : Math.max(headFrames(), stretchFrames);
    }

    /** Frames {@code start} .. +count, as {@link SampleSource#read} defines them. */
    public void render(long start, float[] destination, int offset, int count, boolean looping) {
        int done = 0;
        while (done < count) {
            long at = start + done;
            int n;
            if (at < 0 || !looping && at >= frames) {
                n = at < 0 ? (int) Math.min(-at, count - done) : count - done;
                Arrays.fill(destination, offset + done, offset + done + n, 0);
            } else {
                long pass = at / frames;
                long local = at % frames;
                n = (int) Math.min(Math.min(count - done, PART), frames - local);
                if (resampler == null) {
                    input.read(local, destination, offset + done, n);
                } else {
                    resample(pass, local, destination, offset + done, n, looping);
                }
            }
            done += n;
        }
    }

    private void resample(long pass, long local, float[] destination, int offset, int count, boolean looping) {
        int half = resampler.halfWidth();
        long from = resampler.inputIndex(local) - half - (long) Math.ceil(step) - 1;
        long to = resampler.inputIndex(local + count - 1) + half + 2;
        // A sound shorter than the filter sees several passes before it. From the second pass on, all of them count as played, so that every pass but the first is the same.
        long settled = 1 + (half + (long) Math.ceil(step) + 1) / inputFrames;
        long origin = (pass == 0 ? 0 : Math.max(pass, settled)) * inputFrames;
        fill(origin + from, origin + to, looping);
        int skip = (int) (origin + from - windowStart);
        long first = from - skip;
        int plain = looping ? (int) Math.max(0, Math.min(count, frames - stretchFrames - local)) : count;
        resampler.resample(window, first, windowLength, local, destination, offset, plain);
        for (int i = plain; i < count; i++) {
            double u = (double) (local + i - (frames - stretchFrames)) / stretchFrames;
            double t = resampler.fraction(local + i) + (0.5 - 0.5 * Math.cos(Math.PI * u)) * stretchInputFrames;
            double whole = Math.floor(t);
            destination[offset + i] = resampler.at(window, first, windowLength, resampler.inputIndex(local + i) + (long) whole, t - whole);
        }
    }

    /** Makes the window hold the input from {@code from} to {@code to} (exclusive) in unrolled passes; what it holds already is kept, so that input is decoded once. */
    private void fill(long from, long to, boolean looping) {
        if (windowLooping != looping || from < windowStart || from > windowStart + windowLength) {
            windowStart = from;
            windowLength = 0;
            windowLooping = looping;
        }
        if (to - windowStart > window.length) {
            int drop = (int) (from - windowStart);
            System.arraycopy(window, drop, window, 0, windowLength - drop);
            windowStart = from;
            windowLength -= drop;
        }
        while (windowStart + windowLength < to) {
            long at = windowStart + windowLength;
            int n = (int) (to - at);
            if (at < 0 || !looping && at >= inputFrames) {
                n = at < 0 ? (int) Math.min(n, -at) : n;
                Arrays.fill(window, windowLength, windowLength + n, 0);
            } else {
                long local = at % inputFrames;
                n = (int) Math.min(n, inputFrames - local);
                input.read(local, window, windowLength, n);
            }
            windowLength += n;
        }
    }
}
