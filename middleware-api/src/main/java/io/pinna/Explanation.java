package io.pinna;

import io.pinna.acoustics.Bands;
import java.util.Locale;

/** Puts into one line why an emitter sounds as it does at a listener. */
final class Explanation {
    private static final double INAUDIBLE_DB = -80;

    private Explanation() {
    }

    static String of(Emitter emitter, EmitterState state, double distanceMeters, boolean resolved, double occlusion, String blocker, int walls, double[] gainDb) {
        StringBuilder line = new StringBuilder();
        switch (state) {
            case STOPPED -> line.append("not heard: it was not started, or was stopped");
            case FINISHED -> line.append("not heard: the sound came to its end");
            case PAUSED -> line.append("not heard: paused");
            case WAITING -> line.append(resolved ? "not heard yet: waits for the first filters of its direction" : "not heard yet: waits for its first occlusion answer");
            case VIRTUAL -> line.append(virtual(emitter, distanceMeters));
            default -> line.append("heard");
        }
        line.append(String.format(Locale.ROOT, "; %.1f m away", distanceMeters));
        if (resolved && occlusion > 0) {
            line.append(String.format(Locale.ROOT, "; occluded %.0f %%", 100 * occlusion));
            if (blocker != null) {
                line.append(" by ").append(blocker);
            }
            if (walls > 1) {
                line.append(", through ").append(walls).append(" walls");
            }
        } else if (resolved) {
            line.append("; in plain sight");
        }
        double loudest = gainDb[0];
        for (int b = 1; b < Bands.COUNT; b++) {
            loudest = Math.max(loudest, gainDb[b]);
        }
        if (state == EmitterState.PLAYING) {
            line.append(loudest < INAUDIBLE_DB ? "; all but silent" : String.format(Locale.ROOT, "; bands at %.1f, %.1f, %.1f dB", gainDb[0], gainDb[1], gainDb[2]));
        }
        return line.toString();
    }

    private static String virtual(Emitter emitter, double distanceMeters) {
        if (emitter.gainLinear == 0) {
            return "not heard: its gain is 0";
        }
        if (emitter.distance.gainLinear(distanceMeters) == 0) {
            return "not heard: beyond the reach of its distance model";
        }
        return "goes on silently: too faint here, or all voices are taken by emitters of higher priority or level";
    }
}
