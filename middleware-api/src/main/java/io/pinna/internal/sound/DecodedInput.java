package io.pinna.internal.sound;

import io.pinna.ResourceException;
import io.pinna.internal.Check;
import java.util.Arrays;

/**
 * A decoder's channels mixed to one: their mean, so that a stereo sound becomes 0.5·(left + right). Samples that are NaN or infinite are replaced by silence and counted. Not for the audio
 * thread; belongs to one thread.
 */
public final class DecodedInput implements MonoInput, AutoCloseable {
    /** A positional sound has no use for more; beyond 7.1 lie ambisonics and stems, whose mean is not what their author meant. */
    public static final int MOST_CHANNELS = 8;
    private static final int PART = 4096;

    private final SoundDecoder decoder;
    private final float[] interleaved;
    private long next;
    private long nonFiniteSamples;

    /** @throws ResourceException if there are more than 8 channels; the decoder stays open */
    public DecodedInput(String name, SoundDecoder decoder) {
        requireChannels(name, decoder.channels());
        this.decoder = decoder;
        interleaved = new float[PART * decoder.channels()];
    }

    /** @throws ResourceException if there are more than 8 */
    public static void requireChannels(String name, int channels) {
        if (channels > MOST_CHANNELS) {
            throw new ResourceException(name, "channels", "there are " + channels + "; allowed is 1 to " + MOST_CHANNELS + ", export a mono file");
        }
    }

    @Override
    public long frames() {
        return decoder.frames();
    }

    /** Samples (not frames) that were NaN or infinite so far. */
    public long nonFiniteSamples() {
        return nonFiniteSamples;
    }

    @Override
    public void read(long frame, float[] destination, int offset, int count) {
        if (frame != next) {
            decoder.seek(frame);
            next = frame;
        }
        int channels = decoder.channels();
        int done = 0;
        while (done < count) {
            int n = decoder.read(interleaved, 0, Math.min(PART, count - done));
            if (n == 0) {
                throw new IllegalStateException("the decoder ended at frame " + next + " of " + decoder.frames());
            }
            for (int i = 0; i < n * channels; i++) {
                if (!Float.isFinite(interleaved[i])) {
                    interleaved[i] = 0;
                    nonFiniteSamples++;
                }
            }
            if (channels == 1) {
                System.arraycopy(interleaved, 0, destination, offset + done, n);
            } else {
                float gain = 1f / channels;
                for (int i = 0; i < n; i++) {
                    // The gain first: two channels near the largest float must not add up to infinity.
                    float sum = 0;
                    for (int c = 0; c < channels; c++) {
                        sum += gain * interleaved[i * channels + c];
                    }
                    destination[offset + done + i] = sum;
                }
            }
            done += n;
            next += n;
        }
    }

    /**
     * Decodes everything. The array grows with what was really decoded, never by what a header claims.
     *
     * @param mostFrames what memory allows
     * @throws ResourceException if the sound is longer than that, or corrupt
     */
    public float[] readAll(String name, long mostFrames) {
        Check.inRange(mostFrames, 1, Integer.MAX_VALUE - 16, "mostFrames");
        long frames = frames();
        if (frames > mostFrames) {
            throw new ResourceException(name, "length", frames + " frames do not fit into memory (room for " + mostFrames + "); use Sound.stream");
        }
        float[] samples = new float[(int) Math.min(frames, 1 << 20)];
        for (int done = 0; done < frames;) {
            int n = (int) Math.min(1 << 16, frames - done);
            if (done + n > samples.length) {
                samples = Arrays.copyOf(samples, (int) Math.min(frames, 2L * samples.length));
            }
            read(done, samples, done, n);
            done += n;
        }
        return samples;
    }

    @Override
    public void close() {
        decoder.close();
    }
}
