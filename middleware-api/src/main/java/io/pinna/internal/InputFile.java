package io.pinna.internal;

import io.pinna.ResourceException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads whole files that somebody named, of a size that is sensible for what they hold. Any thread but the audio thread. */
public final class InputFile {
    private InputFile() {
    }

    /**
     * @param kind      what to give instead of a folder, such as "a JSON file"
     * @param mostBytes a longer file is refused, whatever the file system says its size is
     * @throws ResourceException if it is not there, a folder, too long, or cannot be read
     */
    public static byte[] read(Path file, String kind, int mostBytes) {
        String name = file.toString();
        if (Files.isDirectory(file)) {
            throw new ResourceException(name, "file", "is a folder; give " + kind);
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(mostBytes + 1);
            if (bytes.length > mostBytes) {
                throw new ResourceException(name, "file", "has more than " + mostBytes + " bytes; at most as many are read");
            }
            return bytes;
        } catch (NoSuchFileException e) {
            throw new ResourceException(name, "file", "does not exist", e);
        } catch (IOException e) {
            throw new ResourceException(name, "file", "cannot be read: " + e.getClass().getSimpleName() + " " + e.getMessage(), e);
        }
    }
}
