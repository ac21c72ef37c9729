package io.pinna.internal.sound;

import io.pinna.internal.Check;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Writes a WAV file of 32-bit IEEE floats, block by block, through one buffer of fixed size. The header gets its final sizes in {@link #close}; until then they say 0, so that a file
 * whose writer died is recognisable. Not thread-safe: one thread at a time.
 *
 * <p>Layout (Microsoft's "New Multimedia Data Types and Data Techniques", 1994): RIFF header 12 bytes, {@code fmt } with the extension size that every format but PCM has (8 + 18),
 * {@code fact} with the number of frames (8 + 4), {@code data}; the samples begin at byte 58.
 */
public final class WavWriter implements AutoCloseable {
    /** First byte of the samples. */
    public static final int HEADER_BYTES = 58;

    private static final int BUFFER_BYTES = 1 << 16;
    private static final int FORMAT_IEEE_FLOAT = 3;
    private static final int FACT_FRAMES_AT = 46;
    private static final int DATA_BYTES_AT = 54;
    /** A RIFF size is an unsigned 32-bit number that counts everything after its own 8 bytes. */
    private static final long MOST_DATA_BYTES = 0xFFFF_FFFFL - (HEADER_BYTES - 8);

    private final Path file;
    private final int bytesPerFrame;
    private final int channels;
    private final FileChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private long frames;
    private boolean closed;

    /**
     * Creates the file, or empties it if it is there, and writes a provisional header.
     *
     * @param channels     1 to 64
     * @param sampleRateHz 1 to 10 000 000
     * @throws IOException if the file cannot be created or written
     */
    public WavWriter(Path file, int channels, int sampleRateHz) throws IOException {
        this.file = Check.notNull(file, "file");
        this.channels = Check.inRange(channels, 1, 64, "channels");
        Check.inRange(sampleRateHz, 1, 10_000_000, "sampleRateHz");
        this.bytesPerFrame = channels * Float.BYTES;
        this.channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
        ascii("RIFF").putInt(0);
        ascii("WAVE");
        ascii("fmt ").putInt(18).putShort((short) FORMAT_IEEE_FLOAT).putShort((short) channels).putInt(sampleRateHz)
            .putInt(sampleRateHz * bytesPerFrame).putShort((short) bytesPerFrame).putShort((short) 32).putShort((short) 0);
        ascii("fact").putInt(4).putInt(0);
        ascii("data").putInt(0);
        try {
            flush();
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /** Frames taken so far. */
    public long frames() {
        return frames;
    }

    /**
     * Appends frames.
     *
     * @param interleaved frames × channels samples
     * @throws IOException if the disk does not take them, or the file would pass the 4 GiB that a WAV header can say
     */
    public void write(float[] interleaved, int frames) throws IOException {
        if ((this.frames + frames) * bytesPerFrame > MOST_DATA_BYTES) {
            throw new IOException(file + " has reached the 4 GiB that a WAV file can hold; write a shorter one");
        }
        int samples = frames * channels;
        for (int i = 0; i < samples; i++) {
            if (buffer.remaining() < Float.BYTES) {
                flush();
            }
            buffer.putFloat(interleaved[i]);
        }
        this.frames += frames;
    }

    /**
     * Writes what is buffered and the final sizes. What reached the file before an error stays a readable WAV file if the disk allows it. A second call does nothing.
     *
     * @throws IOException if some of it could not be written; the file is closed all the same
     */
    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        try (channel) {
            IOException flushFailure = null;
            try {
                flush();
            } catch (IOException e) {
                flushFailure = e;
            }
            long wholeFrames = Math.max(0, channel.size() - HEADER_BYTES) / bytesPerFrame;
            long dataBytes = wholeFrames * bytesPerFrame;
            patch(4, HEADER_BYTES - 8 + dataBytes);
            patch(FACT_FRAMES_AT, wholeFrames);
            patch(DATA_BYTES_AT, dataBytes);
            if (flushFailure != null) {
                throw flushFailure;
            }
        }
    }

    private ByteBuffer ascii(String four) {
        return buffer.put(four.getBytes(StandardCharsets.US_ASCII));
    }

    private void patch(long position, long unsignedValue) throws IOException {
        buffer.clear();
        buffer.putInt((int) unsignedValue).flip();
        while (buffer.hasRemaining()) {
            position += channel.write(buffer, position);
        }
    }

    private void flush() throws IOException {
        buffer.flip();
        try {
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        } finally {
            // After an error the rest is dropped: a writer that cannot write must not repeat it at a later call.
            buffer.clear();
        }
    }
}
