package io.pinna.demo;

import io.pinna.PinnaException;
import io.pinna.ResourceException;
import io.pinna.hrtf.PersonalHrtf;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where the result of a listening test goes: never over a file that is there. Any thread but the audio thread. */
final class ProfileFile {
    static final String ENDING = ".pinna";
    /** Arbitrary; nobody has so many ears. */
    private static final int MOST = 999;

    private ProfileFile() {
    }

    /**
     * Saves a profile under a name, or, if that is taken, with -2, -3, … before its ending.
     *
     * @param wanted ends with .pinna
     * @return the file it is in
     * @throws ResourceException if it cannot be written, or all names are taken; nothing has changed then
     */
    static Path save(PersonalHrtf hrtf, Path wanted) {
        Path file = reserve(wanted);
        try {
            hrtf.save(file);
        } catch (PinnaException e) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException left) {
                e.addSuppressed(left);
            }
            throw e;
        }
        return file;
    }

    /** Makes an empty file, so that nobody else takes the name meanwhile. */
    private static Path reserve(Path wanted) {
        String name = wanted.getFileName().toString();
        String stem = name.substring(0, name.length() - ENDING.length());
        for (int i = 1; i <= MOST; i++) {
            Path file = i == 1 ? wanted : wanted.resolveSibling(stem + "-" + i + name.substring(stem.length()));
            try {
                return Files.createFile(file);
            } catch (FileAlreadyExistsException e) {
                // The next one.
            } catch (IOException e) {
                throw new ResourceException(file.toString(), "file", "cannot be written (" + e + "); give another folder with --save-profile", e);
            }
        }
        throw new ResourceException(wanted.toString(), "file", "is taken, and so is every name up to " + stem + "-" + MOST + name.substring(stem.length()) + "; give another with --save-profile");
    }
}
