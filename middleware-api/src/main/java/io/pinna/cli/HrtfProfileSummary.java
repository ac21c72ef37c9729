package io.pinna.cli;

import io.pinna.hrtf.PersonalHrtf;

/** What commands say about a profile that they wrote. */
final class HrtfProfileSummary {
    private HrtfProfileSummary() {
    }

    /** Ranges of levels and delays, in one line. */
    static String of(PersonalHrtf hrtf) {
        return hrtf.info().describe().lines().filter(l -> l.startsWith("levels") || l.startsWith("ITD")).map(l -> l.replaceAll("\\s+", " ")).reduce((a, b) -> a + "; " + b).orElseThrow();
    }
}
