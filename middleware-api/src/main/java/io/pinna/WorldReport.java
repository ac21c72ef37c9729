package io.pinna;

import io.pinna.acoustics.Bands;
import io.pinna.device.DeviceReport;
import io.pinna.unit.Vector3;
import java.util.List;

/**
 * What a world is doing and why, at one moment. Made by {@link SoundWorld#report}; immutable.
 *
 * @param sceneFrame      the number of the newest frame that the audio thread has applied
 * @param renderedFrames  audio frames rendered since the world opened
 * @param latencyFrames   the fixed delay from an emitter's sample to the output's, in frames: the largest of the listeners'
 * @param renderer        what rendered the last block, and how
 * @param realVoices      emitters being rendered
 * @param virtualVoices   emitters that play on silently because they are too faint, too far down in priority, or too many
 * @param waitingVoices   emitters that wait for their first occlusion answer or filter
 * @param blockTimes      time the mix of a block took
 * @param deadlineMisses  blocks that took longer to render than to hear
 * @param staleFilters    times a voice kept its previous filter because the next was not there yet
 * @param droppedEvents   calls such as play or stop that found the event ring full
 * @param nonFiniteBlocks blocks in which a voice or listener produced a value that is not finite; they were replaced by silence
 * @param mix             what of the mix the inference thread renders
 * @param acoustics       what the acoustics thread does
 * @param listeners       one entry a listener
 * @param emitters        one entry an emitter
 * @param notes           everything that fell back or was left out, each a sentence with its reason
 */
public record WorldReport(long sceneFrame, long renderedFrames, int latencyFrames, String renderer, int realVoices, int virtualVoices, int waitingVoices,
                          BlockTimes blockTimes, long deadlineMisses, long staleFilters, long droppedEvents, long nonFiniteBlocks,
                          MixReport mix, AcousticsReport acoustics, List<ListenerReport> listeners, List<EmitterReport> emitters, List<String> notes) {
    public WorldReport {
        listeners = List.copyOf(listeners);
        emitters = List.copyOf(emitters);
        notes = List.copyOf(notes);
    }

    /** The same with other notes, for whoever has something to add. */
    public WorldReport withNotes(List<String> value) {
        return new WorldReport(sceneFrame, renderedFrames, latencyFrames, renderer, realVoices, virtualVoices, waitingVoices, blockTimes, deadlineMisses, staleFilters, droppedEvents, nonFiniteBlocks, mix,
                acoustics, listeners, emitters, value);
    }

    static double loudest(Bands decibels) {
        double most = decibels.get(0);
        for (int b = 1; b < Bands.COUNT; b++) {
            most = Math.max(most, decibels.get(b));
        }
        return most;
    }

    /** Percentiles over all blocks so far, in microseconds, from a histogram of 5 % wide classes. */
    public record BlockTimes(double p50Micros, double p99Micros, double maxMicros) {
    }

    /**
     * The share of the inference thread in the mix. All blocks that it did not render were rendered by the audio thread, and sound the same, but for listeners that wear a binaural model: those hear their profiles then.
     *
     * @param onInferenceThread whether the world is set up for it, so that everything is heard one block later, whoever renders
     * @param description       what renders there, where and why; or why nothing does
     * @param blocks            blocks that it rendered in time
     * @param lateBlocks        blocks that it was handed and that were not ready when they were needed
     * @param failedBlocks      blocks that it was handed and could not render
     * @param unpreparedBlocks  blocks that it was not handed because it was not prepared for their listeners yet, or because a profile was changing
     * @param moves             how often three misses within a second moved the mix to the audio thread
     * @param pauseSeconds      how long from now until the inference thread is asked again; 0 if the mix has not moved
     * @param times             time that rendering a block there took
     */
    public record MixReport(boolean onInferenceThread, String description, long blocks, long lateBlocks, long failedBlocks, long unpreparedBlocks, long moves, double pauseSeconds, BlockTimes times) {
    }

    /**
     * @param name             the listener's
     * @param profile          what it wears
     * @param model            the HRTF field and its provider, or the file, that the filters come from; before it the binaural model, if the listener wears one
     * @param latencyFrames    fixed delay of its output
     * @param filterTaps       length of its filters in samples
     * @param readyDirections  directions of the filter table that are computed
     * @param totalDirections  directions of the filter table
     * @param limiterGainDb    the limiter's gain now (0: inactive)
     * @param limitedBlocks    blocks in which the limiter acted
     * @param droppedBlocks    blocks that its output had no room for
     * @param device           what its output says
     * @param reverb           how it reverberates around the listener; null while that is not known, in worlds without late reverberation, and for listeners whose reverberation is not made from the geometry
     */
    public record ListenerReport(String name, String profile, String model, int latencyFrames, int filterTaps, int readyDirections, int totalDirections,
                                 double limiterGainDb, long limitedBlocks, long droppedBlocks, DeviceReport device, ReverbReport reverb) {
        /** Whether the filters of all directions are there, so that no model runs for this listener any more. */
        public boolean isBaked() {
            return readyDirections == totalDirections;
        }
    }

    /**
     * What simulates the scene's acoustics, and at what cost.
     *
     * @param usedCoreShare    the share of a processor core that it took in the last second, 0 to 1
     * @param allowedCoreShare what it may take on average; offline it takes what it needs
     * @param updates          rounds of answers so far
     * @param postponedAnswers answers that were due and had to wait for a later round, because the share was used up; until then the one before is heard
     * @param cutSearches      searches for ways around edges that ended because their rays were used up; they go on in the next round
     * @param geometries       meshes that stop sound, each time that one is placed
     * @param triangles        of them all
     * @param skippedTriangles of them that were left out, because a vertex is not finite or the area is zero
     */
    public record AcousticsReport(double usedCoreShare, double allowedCoreShare, long updates, long postponedAnswers, long cutSearches, int geometries, long triangles, long skippedTriangles) {
    }

    /**
     * How it reverberates around a listener.
     *
     * @param rt60Seconds        reverberation time per band: how long a sound takes to fall by 60 dB
     * @param preDelaySeconds    from the direct sound to the late reverberation
     * @param meanFreePathMeters the mean way between two surfaces: 4 V / S in a room
     * @param openness           part of the energy that escapes to the open before anything absorbs it: 0 (a closed room) to 1 (nothing around)
     */
    public record ReverbReport(Bands rt60Seconds, double preDelaySeconds, double meanFreePathMeters, double openness) {
    }

    /**
     * @param name         the emitter's
     * @param sound        its sound's
     * @param state        what it does
     * @param soundWarnings what was noticed when the sound was loaded
     * @param missedFrames frames of a streamed sound that came too late
     * @param paths        how each listener hears it
     */
    public record EmitterReport(String name, String sound, EmitterState state, List<String> soundWarnings, long missedFrames, List<PathReport> paths) {
        public EmitterReport {
            soundWarnings = List.copyOf(soundWarnings);
            paths = List.copyOf(paths);
        }
    }

    /**
     * @param listener          the listener's name
     * @param distanceMeters    between the two
     * @param azimuthRadians    direction in the listener's head axes, counter-clockwise from the front
     * @param elevationRadians  likewise, up
     * @param occlusion         hidden part of the emitter, 0 (in plain sight) to 1
     * @param transmission      energy fraction that passes through what hides it, per band
     * @param gainDb            level of the straight path per band as it is rendered now, in dB of amplitude, before the HRTF (−200: silent)
     * @param resolved          whether the acoustics thread has answered for this pair
     * @param arrivals          all ways by which the emitter is heard, or would be if it played, the loudest first; empty while not resolved
     * @param reverbDb          level of the emitter's late reverberation from the geometry per band, likewise (−200: none)
     * @param why               one line that says why it sounds as it does, such as "occluded 82 % by ward/door_3 (steel); 4.1 m away; heard through the opening at 2.1 m, -18.2 dB; RT60 1.4 s". Levels are those of
     *                          the loudest band, the reverberation time is that of the middle band
     */
    public record PathReport(String listener, double distanceMeters, double azimuthRadians, double elevationRadians, double occlusion, Bands transmission,
                             Bands gainDb, boolean resolved, List<ArrivalReport> arrivals, Bands reverbDb, String why) {
        public PathReport {
            arrivals = List.copyOf(arrivals);
        }
    }

    /** How sound comes from an emitter to a listener. */
    public enum ArrivalKind {
        /** Straight, through whatever is in the way. */
        DIRECT,
        /** Around edges. */
        DIFFRACTED,
        /** Off surfaces. */
        REFLECTED
    }

    /**
     * One way by which an emitter is heard.
     *
     * @param kind             of way
     * @param what             in words, such as "through the opening at 2.1 m" or "reflection off ward/wall_2 (brick) 12 ms later"
     * @param azimuthRadians   where it is heard from, in the listener's head axes, counter-clockwise from the front
     * @param elevationRadians likewise, up
     * @param lengthMeters     of the way
     * @param delaySeconds     by which it is later than the straight line (≥ 0)
     * @param gainDb           level per band of all that the renderer makes of it before the HRTF, in dB of amplitude: the emitter's gain, distance model and directivity, the air, and walls, edges and surfaces (−200: silent)
     * @param place            from where it seems to come: in the direction of its last stretch, as far away as the way is long (world axes, metres)
     * @param bends            where it bends, from the listener's end on (world axes, metres): of a way around edges the first and the last edge, which may be one; of a reflection off one surface the point there; empty where that
     *                         is not known, and for the straight path
     */
    public record ArrivalReport(ArrivalKind kind, String what, double azimuthRadians, double elevationRadians, double lengthMeters, double delaySeconds, Bands gainDb, Vector3 place, List<Vector3> bends) {
        public ArrivalReport {
            bends = List.copyOf(bends);
        }

        /** Of the loudest band (dB). */
        public double loudestDb() {
            return loudest(gainDb);
        }
    }
}
