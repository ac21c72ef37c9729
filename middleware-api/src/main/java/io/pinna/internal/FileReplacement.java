package io.pinna.internal;

import io.pinna.ResourceException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicLong;

/** Puts a file in its place as a whole or not at all: whoever reads it meanwhile, and whatever fails, finds the old one or the new one. Any thread but the audio thread. */
public final class FileReplacement {
    private static final AtomicLong COUNT = new AtomicLong();

    private FileReplacement() {
    }

    /**
     * Whether the file could be written, before its content is made.
     *
     * @throws ResourceException if its folder does not exist or it is a folder itself
     */
    public static void check(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw new ResourceException(file.toString(), "file", "its folder does not exist; make it first");
        }
        if (Files.isDirectory(file)) {
            throw new ResourceException(file.toString(), "file", "is a folder; give the name of a file");
        }
    }

    /**
     * Writes a file, or replaces it.
     *
     * @throws ResourceException as {@link #check}, or if it cannot be written; then nothing has changed
     */
    public static void write(Path file, byte[] bytes) {
        check(file);
        Path target = file.toAbsolutePath();
        // Not createTempFile, whose files only their owner may read. In the same folder, so that moving is renaming.
        Path part = target.resolveSibling(file.getFileName() + "." + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet() + ".part");
        try {
            try (FileChannel channel = FileChannel.open(part, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
                ByteBuffer buffer = ByteBuffer.wrap(bytes);
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
                // Before the name points to it, or a crash of the machine could leave an empty file under the name.
                channel.force(true);
            }
            try {
                Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
            } catch (AtomicMoveNotSupportedException e) {
                Files.move(part, target, StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException e) {
            throw new ResourceException(file.toString(), "file", "cannot be written: " + e.getClass().getSimpleName() + " " + e.getMessage(), e);
        } finally {
            // After a move there is nothing to delete.
            part.toFile().delete();
        }
    }
}
