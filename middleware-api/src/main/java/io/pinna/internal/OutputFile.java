package io.pinna.internal;

import io.pinna.ResourceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Files that appear, or replace others, as a whole or not at all. Any thread but the audio thread. */
public final class OutputFile {
    private OutputFile() {
    }

    /** To be called before long work. @throws ResourceException if no file can be there: its folder does not exist, or it is a folder itself */
    public static void check(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw new ResourceException(file.toString(), "file", "its folder does not exist; make it first");
        }
        if (Files.isDirectory(file)) {
            throw new ResourceException(file.toString(), "file", "is a folder; give the name of a file");
        }
    }

    /** @throws ResourceException if the file cannot be written */
    public static void write(Path file, byte[] bytes) {
        check(file);
        Path part = null;
        try {
            // Not createTempFile, whose files only their owner may read.
            part = file.toAbsolutePath().resolveSibling(file.getFileName() + "." + ProcessHandle.current().pid() + ".part");
            Files.write(part, bytes);
            Files.move(part, file.toAbsolutePath(), StandardCopyOption.REPLACE_EXISTING);
            part = null;
        } catch (IOException e) {
            throw new ResourceException(file.toString(), "file", "cannot be written: " + e.getClass().getSimpleName() + " " + e.getMessage(), e);
        } finally {
            if (part != null) {
                part.toFile().delete();
            }
        }
    }
}
