package io.pinna.internal.sound;

import java.util.List;

/** Interleaved samples of one sound file, decoded in order, with seeking. Not for the audio thread; belongs to one thread at a time. */
public interface SoundDecoder extends AutoCloseable {
    /** For messages: "WAV 16-bit PCM", "Ogg Vorbis", "FLAC 24-bit". */
    String format();

    int channels();

    int sampleRateHz();

    /** Number of frames; an exact count that was checked against the content as far as that goes without decoding. */
    long frames();

    /** What about the file is odd but was coped with, each a sentence. */
    List<String> warnings();

    /** The next {@link #read} starts at this frame (0 to {@link #frames}). */
    void seek(long frame);

    /**
     * Decodes up to {@code frames} frames, full scale ±1.
     *
     * @return how many; fewer than asked only at the end of the sound (then perhaps 0)
     * @throws io.pinna.ResourceException if the content turns out to be corrupt
     */
    int read(float[] interleaved, int offset, int frames);

    @Override
    void close();
}
