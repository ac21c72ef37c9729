package io.pinna.testing;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** Finds the folder of shared measurements and sounds that some tests use; they are skipped, with a message, where it is absent. */
public final class SharedData {
    private SharedData() {
    }

    /**
     * The path of a shared file or folder: below the folder that the system property {@code pinna.shared} names, else below {@code ../shared} relative to the repository's root, which is the
     * folder above the working directory that holds {@code assets} and {@code middleware-api}.
     *
     * @param relative for example {@code "data/sofa/tester.sofa"}
     */
    public static Path require(String relative) {
        Path root = root();
        Path path = root == null ? null : root.resolve(relative);
        Assumptions.assumeTrue(path != null && Files.exists(path),
                () -> "skipped: shared data " + relative + " not found" + (root == null ? "" : " below " + root) + "; name its folder with -Dpinna.shared=FOLDER");
        return path;
    }

    private static Path root() {
        String property = System.getProperty("pinna.shared");
        if (property != null && !property.isBlank()) {
            return Path.of(property);
        }
        for (Path at = Path.of(System.getProperty("user.dir")).toAbsolutePath(); at != null; at = at.getParent()) {
            if (Files.isDirectory(at.resolve("assets")) && Files.isDirectory(at.resolve("middleware-api"))) {
                return at.resolveSibling("shared");
            }
        }
        return null;
    }
}
