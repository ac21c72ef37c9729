package io.pinna.internal;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;

/** The version that the build gave. */
public final class Version {
    private Version() {
    }

    public static String text() {
        Properties properties = new Properties();
        try (InputStream in = Version.class.getResourceAsStream("/io/pinna/cli/pinna.properties")) {
            if (in != null) {
                properties.load(in);
            }
        } catch (IOException e) {
            throw new IllegalStateException("pinna.properties of the jar cannot be read", e);
        }
        return properties.getProperty("version", "unknown (pinna.properties is not on the class path)");
    }
}
