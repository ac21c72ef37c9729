package io.pinna.cli;

/** The version that the build gave. */
final class Version {
    private Version() {
    }

    static String text() {
        return io.pinna.internal.Version.text();
    }
}
