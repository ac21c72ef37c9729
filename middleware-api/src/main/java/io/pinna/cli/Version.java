package io.pinna.cli;

import io.pinna.internal.EngineVersion;

/** The version that the build gave. */
final class Version {
    private Version() {
    }

    static String text() {
        return EngineVersion.text();
    }
}
