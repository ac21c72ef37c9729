package io.pinna.jme;

import java.util.ArrayList;
import java.util.List;
import java.util.logging.Logger;

/** Collects what was left out of the world and why, each once, for the log and the report. Who adds keeps track of what was said already. Update thread. */
final class Notes {
    private static final Logger LOG = Logger.getLogger(SpatialAudioState.class.getName());
    /** Arbitrary: enough to see what is wrong, too few to fill a log. */
    private static final int MOST = 200;

    private final List<String> said = new ArrayList<>();
    private long unsaid;

    void add(String sentence) {
        if (said.size() < MOST) {
            said.add(sentence);
            LOG.warning(sentence);
        } else {
            unsaid++;
        }
    }

    List<String> all() {
        List<String> result = new ArrayList<>(said);
        if (unsaid > 0) {
            result.add("and " + unsaid + " more notes of the scene, which were not kept");
        }
        return result;
    }
}
