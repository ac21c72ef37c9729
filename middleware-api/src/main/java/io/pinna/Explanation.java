package io.pinna;

import io.pinna.acoustics.AcousticsSettings;
import io.pinna.acoustics.Bands;
import io.pinna.effect.ReverbSettings;
import io.pinna.internal.snapshot.TelemetryFrame;
import io.pinna.unit.Vector3;
import java.util.List;
import java.util.Locale;

/** Puts into one line why an emitter sounds as it does at a listener, or why it is not heard. Owner's thread. */
final class Explanation {
    /** Below this a sound is all but silent (dB). */
    private static final double FAINT_DB = -80;
    /** Below this no voice is given: that of the audio engine (dB). */
    private static final double INAUDIBLE_DB = -90;
    /** Reverberation that is louder than all else by this much is most of what is heard, and by that much all of it (dB). Until then the ear goes by what comes first (the precedence effect). */
    private static final double MOSTLY_DB = 10;
    private static final double ONLY_DB = 30;
    private static final int MIDDLE_BAND = 1;
    /** Where more of the energy escapes, nothing comes back that could be heard. */
    private static final double OPEN = 0.99;

    private final SoundWorldSettings settings;
    private final long committedFrame;
    private final Emitter emitter;
    private final EmitterState state;
    private final Listener listener;
    private final TelemetryFrame telemetry;
    private final List<WorldReport.ArrivalReport> arrivals;
    private final double reverbDb;
    private final WorldReport.ReverbReport reverb;
    private final double loudestDb;

    /**
     * @param committedFrame the newest scene
     * @param arrivals       loudest first; empty while the acoustics thread has not answered
     * @param reverb         null if there is none
     */
    Explanation(SoundWorldSettings settings, long committedFrame, Emitter emitter, EmitterState state, Listener listener, TelemetryFrame telemetry, List<WorldReport.ArrivalReport> arrivals, Bands reverbDb,
                WorldReport.ReverbReport reverb) {
        this.settings = settings;
        this.committedFrame = committedFrame;
        this.emitter = emitter;
        this.state = state;
        this.listener = listener;
        this.telemetry = telemetry;
        this.arrivals = arrivals;
        this.reverbDb = WorldReport.loudest(reverbDb);
        this.reverb = reverb;
        loudestDb = Math.max(this.reverbDb, arrivals.isEmpty() ? Arrivals.SILENT_DB : arrivals.get(0).loudestDb());
    }

    /**
     * @param occlusion    0 to 1
     * @param transmission energy fraction per band
     * @param blocker      what hides the emitter, or null
     * @param walls        on the way
     */
    String line(boolean resolved, double occlusion, double[] transmission, String blocker, int walls) {
        StringBuilder line = new StringBuilder();
        String silence = silence(resolved, occlusion, blocker);
        if (silence != null) {
            line.append(silence).append("; ");
        }
        if (resolved && occlusion > 0) {
            line.append(String.format(Locale.ROOT, "occluded %.0f %%", 100 * occlusion));
            if (blocker != null) {
                line.append(" by ").append(blocker);
            }
            if (walls > 1) {
                line.append(", ").append(walls).append(" walls on the way");
            }
            line.append("; ");
        } else if (resolved) {
            line.append("in plain sight; ");
        }
        line.append(String.format(Locale.ROOT, "%.1f m away", distanceMeters()));
        if (silence == null) {
            line.append("; ").append(heard(occlusion, transmission, blocker, walls));
        }
        if (reverb != null) {
            line.append("; ").append(room(silence == null));
        } else if (settings.acoustics().lateReverb() && listener.reverb.kind() == ReverbSettings.Kind.CONVOLUTION) {
            line.append("; reverberates by a measured response");
        }
        return line.toString();
    }

    private double distanceMeters() {
        return emitter.pose.position().minus(listener.pose.position()).length();
    }

    /** Why nothing is heard, or null if something is. */
    private String silence(boolean resolved, double occlusion, String blocker) {
        return switch (state) {
            case STOPPED -> "not heard: it was not started, or was stopped";
            case FINISHED -> "not heard: the sound came to its end";
            case PAUSED -> "not heard: paused";
            case WAITING -> "not heard yet: " + waiting(resolved);
            case VIRTUAL -> virtual(occlusion, blocker);
            case PLAYING -> playing(occlusion, blocker);
        };
    }

    private String waiting(boolean resolved) {
        if (emitter.requestedFrame > committedFrame) {
            return "waits for a commit";
        }
        if (telemetry.appliedEvents < emitter.requestedEvent) {
            return "waits for the audio thread to take its start over";
        }
        if (!resolved && settings.acoustics().needsGeometry()) {
            return "waits for its first occlusion answer";
        }
        return "waits for the first filters of its direction, or for its stream";
    }

    private String virtual(double occlusion, String blocker) {
        if (loudestDb < INAUDIBLE_DB) {
            return "not heard: " + faint(occlusion, blocker);
        }
        if (telemetry.realVoices >= settings.maxVoices()) {
            return "goes on silently: all " + settings.maxVoices() + " voices are taken by emitters of higher priority or level";
        }
        return loudestDb < FAINT_DB ? "goes on silently: " + faint(occlusion, blocker) : "goes on silently: waits for a voice";
    }

    private String playing(double occlusion, String blocker) {
        double waits = (emitter.silentUntilFrame - telemetry.renderedFrames) / settings.sampleRateHz();
        if (waits > 0) {
            return String.format(Locale.ROOT, "not heard yet: starts in %.1f s", waits);
        }
        return loudestDb < FAINT_DB ? "all but silent: " + faint(occlusion, blocker) : null;
    }

    /** Why so little arrives, the first reason that is enough. */
    private String faint(double occlusion, String blocker) {
        double distance = distanceMeters();
        if (emitter.gainLinear == 0) {
            return "its gain is 0";
        }
        if (emitter.distance.gainLinear(distance) == 0) {
            return String.format(Locale.ROOT, "beyond the reach of its distance model (%.0f m)", emitter.distance.maxMeters());
        }
        double openDb = 20 * Math.log10(emitter.gainLinear * emitter.distance.gainLinear(distance));
        if (openDb < FAINT_DB) {
            return String.format(Locale.ROOT, "its gain and its distance leave %.0f dB", openDb);
        }
        Vector3 towards = listener.pose.position().minus(emitter.pose.position());
        double directed = distance > 0 ? emitter.directivity.gainLinear(towards.dot(emitter.axis) / distance) : 1;
        if (openDb + 20 * Math.log10(directed) < FAINT_DB && occlusion < 1) {
            return "it does not radiate in this direction";
        }
        if (occlusion > 0) {
            AcousticsSettings a = settings.acoustics();
            return "behind " + (blocker == null ? "walls" : blocker) + (a.transmission() ? ", which lets next to nothing through" : ", and walls are opaque because transmission is off")
                    + (a.diffraction() ? ", and no way around is known" : ", and diffraction is off");
        }
        return String.format(Locale.ROOT, "%.0f dB arrive", loudestDb);
    }

    /** What dominates. */
    private String heard(double occlusion, double[] transmission, String blocker, int walls) {
        WorldReport.ArrivalReport first = arrivals.isEmpty() ? null : arrivals.get(0);
        if (first == null) {
            return "heard";
        }
        double firstDb = first.loudestDb();
        if (reverbDb > firstDb + ONLY_DB) {
            return String.format(Locale.ROOT, "heard only as reverberation, %.1f dB", reverbDb);
        }
        String how = switch (first.kind()) {
            case DIRECT -> isThrough(occlusion, transmission) ? "through " + (walls > 1 ? walls + " walls" : blocker == null ? "the wall" : blocker) : "directly";
            case DIFFRACTED -> first.what();
            case REFLECTED -> "by a " + first.what();
        };
        return reverbDb > firstDb + MOSTLY_DB ? String.format(Locale.ROOT, "heard mostly as reverberation, %.1f dB, less %s, %.1f dB", reverbDb, how, firstDb)
                : String.format(Locale.ROOT, "heard %s, %.1f dB", how, firstDb);
    }

    /** Whether more of the straight path comes through what is in the way than past it: the two parts of its amplitude. */
    private boolean isThrough(double occlusion, double[] transmission) {
        double most = 0;
        for (double t : transmission) {
            most = Math.max(most, t);
        }
        double visible = 1 - occlusion;
        return occlusion > 0 && occlusion * occlusion * most > visible * visible;
    }

    private String room(boolean isHeard) {
        if (reverb.openness() > OPEN) {
            return "no reverberation in the open";
        }
        String time = String.format(Locale.ROOT, "RT60 %.1f s", reverb.rt60Seconds().get(MIDDLE_BAND));
        boolean levelSaid = !arrivals.isEmpty() && reverbDb > arrivals.get(0).loudestDb() + MOSTLY_DB;
        if (!isHeard || levelSaid) {
            return time;
        }
        return reverbDb < FAINT_DB ? time + " here, but it makes no reverberation" : String.format(Locale.ROOT, "%s, reverberation %.1f dB", time, reverbDb);
    }
}
