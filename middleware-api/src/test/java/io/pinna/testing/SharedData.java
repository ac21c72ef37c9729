package io.pinna.testing;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** Finds files of the shared data folder, which lies beside the repository; tests that need it are skipped, with a message, where it is absent. */
public final class SharedData {
    private SharedData() {
    }

    /** @param relative path inside of the shared folder, for example "data/sofa" */
    public static Path require(String relative) {
        Path shared = folder();
        Path wanted = shared == null ? null : shared.resolve(relative);
        boolean there = wanted != null && Files.exists(wanted);
        Assumptions.assumeTrue(there, "skipped: " + relative + " is not there (shared folder: " + (shared == null ? "not found; -Dpinna.shared=PATH names it" : shared) + ")");
        return wanted;
    }

    private static Path folder() {
        String named = System.getProperty("pinna.shared");
        if (named != null) {
            return Path.of(named);
        }
        for (Path at = Path.of(System.getProperty("user.dir")).toAbsolutePath(); at != null; at = at.getParent()) {
            if (Files.isDirectory(at.resolve("assets")) && Files.isDirectory(at.resolve("middleware-api"))) {
                Path shared = at.resolveSibling("shared");
                return Files.isDirectory(shared) ? shared : null;
            }
        }
        return null;
    }
}
