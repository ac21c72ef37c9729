package io.pinna.internal.sound;

import io.pinna.ResourceException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The bytes of a sound resource, addressed by position: in memory, or in a file that is read as needed. Not for the audio thread; a source belongs to one thread at a time. Nothing here
 * allocates by a size that the content claims.
 */
public abstract class ByteSource implements AutoCloseable {
    /** The most that is taken into memory from a stream whose length is not known; arbitrary, 100 minutes of CD sound. */
    private static final long MOST_BYTES = 1L << 30;

    private final String name;

    private ByteSource(String name) {
        this.name = name;
    }

    /** As the caller gave it, for messages. */
    public final String name() {
        return name;
    }

    public abstract long size();

    /**
     * Reads up to {@code length} bytes at a position, fewer only at the end of the source.
     *
     * @return how many were read
     * @throws ResourceException if the medium fails
     */
    public abstract int read(long position, byte[] destination, int offset, int length);

    @Override
    public abstract void close();

    /** An open file. @throws ResourceException if it is missing, no regular file, empty, or not readable */
    public static ByteSource open(Path path) {
        String name = path.toString();
        if (!Files.exists(path)) {
            throw new ResourceException(name, "file", "does not exist; check the path (working directory: " + Path.of("").toAbsolutePath() + ")");
        }
        if (!Files.isRegularFile(path)) {
            throw new ResourceException(name, "file", Files.isDirectory(path) ? "is a directory; name a sound file in it" : "is no regular file");
        }
        try {
            FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
            long size = channel.size();
            if (size == 0) {
                channel.close();
                throw new ResourceException(name, "file", "is empty (0 bytes)");
            }
            return new FileBytes(name, channel, size);
        } catch (IOException e) {
            throw new ResourceException(name, "file", "cannot be opened for reading: " + e, e);
        }
    }

    /** Takes a whole stream into memory; the caller closes the stream. */
    public static ByteSource readAll(String name, InputStream stream) {
        try {
            byte[] bytes = stream.readNBytes((int) MOST_BYTES);
            if (bytes.length == 0) {
                throw new ResourceException(name, "file", "is empty (0 bytes)");
            }
            if (bytes.length == MOST_BYTES && stream.read() >= 0) {
                throw new ResourceException(name, "file", "is longer than " + MOST_BYTES + " bytes; stream it from a file");
            }
            return of(name, bytes);
        } catch (IOException e) {
            throw new ResourceException(name, "file", "cannot be read: " + e, e);
        }
    }

    /** The array is not copied. */
    public static ByteSource of(String name, byte[] bytes) {
        return new MemoryBytes(name, bytes);
    }

    private static final class MemoryBytes extends ByteSource {
        private final byte[] bytes;

        private MemoryBytes(String name, byte[] bytes) {
            super(name);
            this.bytes = bytes;
        }

        @Override
        public long size() {
            return bytes.length;
        }

        @Override
        public int read(long position, byte[] destination, int offset, int length) {
            int n = (int) Math.max(0, Math.min(length, bytes.length - position));
            if (n > 0) {
                System.arraycopy(bytes, (int) position, destination, offset, n);
            }
            return n;
        }

        @Override
        public void close() {
            // Nothing is held but memory.
        }
    }

    private static final class FileBytes extends ByteSource {
        private final FileChannel channel;
        private final long size;

        private FileBytes(String name, FileChannel channel, long size) {
            super(name);
            this.channel = channel;
            this.size = size;
        }

        @Override
        public long size() {
            return size;
        }

        @Override
        public int read(long position, byte[] destination, int offset, int length) {
            ByteBuffer buffer = ByteBuffer.wrap(destination, offset, (int) Math.max(0, Math.min(length, size - position)));
            int done = 0;
            try {
                while (buffer.hasRemaining()) {
                    int n = channel.read(buffer, position + done);
                    if (n < 0) {
                        break;
                    }
                    done += n;
                }
            } catch (IOException e) {
                throw new ResourceException(name(), "file", "cannot be read at byte " + position + ": " + e, e);
            }
            return done;
        }

        @Override
        public void close() {
            try {
                channel.close();
            } catch (IOException e) {
                throw new ResourceException(name(), "file", "cannot be closed: " + e, e);
            }
        }
    }
}
