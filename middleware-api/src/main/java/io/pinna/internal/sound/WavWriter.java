package io.pinna.internal.sound;

import io.pinna.ResourceException;
import io.pinna.internal.Check;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Writes 32-bit float WAVE files of one or more channels as they arrive. The header is made good at every {@link #flush} and at {@link #close}, so that a file is readable up to its last flush
 * even if the program dies. A file that would grow beyond what 32-bit sizes can say (4 GiB) becomes RF64 (EBU Tech 3306): room for its ds64 chunk is kept from the start as a JUNK chunk.
 * Belongs to one thread; not the audio thread.
 */
public final class WavWriter implements AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 16;
    /** RIFF header 12, JUNK/ds64 8 + 28, fmt 8 + 18, fact 8 + 4, data 8. */
    public static final int HEADER_BYTES = 94;

    private final String name;
    private final int channels;
    private final int sampleRateHz;
    private final FileChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private final long rf64FromBytes;
    private long frames;
    private boolean closed;

    /**
     * Creates or replaces the file.
     *
     * @param channels     1 to 64
     * @param sampleRateHz 1000 to 768000
     * @throws ResourceException if the file cannot be created
     */
    public WavWriter(Path path, int channels, int sampleRateHz) {
        this(path, channels, sampleRateHz, 0xFFFFFFFFL);
    }

    /** @param rf64FromBytes size of the file above which it becomes RF64, for tests */
    WavWriter(Path path, int channels, int sampleRateHz, long rf64FromBytes) {
        Check.notNull(path, "path");
        this.channels = Check.inRange(channels, 1, WavReader.MOST_CHANNELS, "channels");
        this.sampleRateHz = Check.inRange(sampleRateHz, SoundFiles.LOWEST_RATE_HZ, SoundFiles.HIGHEST_RATE_HZ, "sampleRateHz");
        this.rf64FromBytes = rf64FromBytes;
        name = path.toString();
        FileChannel opened = null;
        try {
            opened = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
            channel = opened;
            writeHeader();
            channel.position(HEADER_BYTES);
        } catch (IOException | UnsupportedOperationException e) {
            if (opened != null) {
                try {
                    opened.close();
                } catch (IOException again) {
                    e.addSuppressed(again);
                }
            }
            throw new ResourceException(name, "file", "cannot be created: " + reason(path, e), e);
        }
    }

    private static String reason(Path file, Exception e) {
        Path parent = file.toAbsolutePath().getParent();
        if (Files.isDirectory(file)) {
            return "it is a folder; give the name of a file";
        }
        if (e instanceof NoSuchFileException || parent != null && !Files.isDirectory(parent)) {
            return "the folder " + parent + " does not exist; create it first";
        }
        if (e instanceof AccessDeniedException) {
            return "access denied; choose a folder that you may write to";
        }
        return e.getMessage() == null ? e.toString() : e.getMessage();
    }

    private void writeHeader() throws IOException {
        long dataBytes = frames * channels * 4;
        boolean large = HEADER_BYTES + dataBytes > rf64FromBytes;
        ByteBuffer h = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        h.put(tag(large ? "RF64" : "RIFF")).putInt(large ? -1 : (int) (HEADER_BYTES - 8 + dataBytes)).put(tag("WAVE"));
        h.put(tag(large ? "ds64" : "JUNK")).putInt(28);
        h.putLong(large ? HEADER_BYTES - 8 + dataBytes : 0).putLong(large ? dataBytes : 0).putLong(large ? frames : 0).putInt(0);
        h.put(tag("fmt ")).putInt(18).putShort((short) 3).putShort((short) channels).putInt(sampleRateHz).putInt(sampleRateHz * channels * 4);
        h.putShort((short) (channels * 4)).putShort((short) 32).putShort((short) 0);
        h.put(tag("fact")).putInt(4).putInt((int) Math.min(frames, 0xFFFFFFFFL));
        h.put(tag("data")).putInt(large ? -1 : (int) dataBytes);
        h.flip();
        for (long at = 0; h.hasRemaining();) {
            at += channel.write(h, at);
        }
    }

    private static byte[] tag(String s) {
        return s.getBytes(StandardCharsets.US_ASCII);
    }

    public long frames() {
        return frames;
    }

    /** Appends frames of separate channels: sample {@code offset + i} of each array. */
    public void write(float[][] planes, int offset, int count) {
        Check.inRange(planes.length, channels, channels, "number of channel arrays");
        for (int i = 0; i < count; i++) {
            room();
            for (float[] plane : planes) {
                buffer.putFloat(plane[offset + i]);
            }
        }
        frames += count;
    }

    /** Appends interleaved frames. */
    public void write(float[] interleaved, int offset, int count) {
        for (int i = 0; i < count; i++) {
            room();
            for (int c = 0; c < channels; c++) {
                buffer.putFloat(interleaved[offset + i * channels + c]);
            }
        }
        frames += count;
    }

    private void room() {
        if (buffer.remaining() < channels * 4) {
            drain();
        }
    }

    private void drain() {
        if (closed) {
            throw new ResourceException(name, "file", "was written to after it was closed");
        }
        try {
            buffer.flip();
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            buffer.clear();
        } catch (IOException e) {
            throw new ResourceException(name, "data", "cannot be written after " + frames + " frames: " + e + "; check that the disk has room", e);
        }
    }

    /** Brings everything so far to the file, with a header that says so. */
    public void flush() {
        drain();
        try {
            writeHeader();
        } catch (IOException e) {
            throw new ResourceException(name, "RIFF", "the header cannot be written: " + e, e);
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        try {
            flush();
        } finally {
            closed = true;
            try {
                channel.close();
            } catch (IOException e) {
                throw new ResourceException(name, "file", "cannot be closed: " + e, e);
            }
        }
    }
}
