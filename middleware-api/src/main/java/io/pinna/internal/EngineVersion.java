package io.pinna.internal;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;

/** The version of this program, for the files that it writes. */
public final class EngineVersion {
    private EngineVersion() {
    }

    /** As {@code pinna --version} says it. */
    public static String text() {
        Properties properties = new Properties();
        try (InputStream in = EngineVersion.class.getResourceAsStream("/io/pinna/cli/pinna.properties")) {
            if (in != null) {
                properties.load(in);
            }
        } catch (IOException e) {
            throw new IllegalStateException("pinna.properties of the jar cannot be read", e);
        }
        return properties.getProperty("version", "unknown");
    }
}
