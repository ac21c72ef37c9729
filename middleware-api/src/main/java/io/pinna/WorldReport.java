package io.pinna;

import io.pinna.acoustics.Bands;
import io.pinna.device.DeviceReport;
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
 * @param listeners       one entry a listener
 * @param emitters        one entry an emitter
 * @param notes           everything that fell back or was left out, each a sentence with its reason
 */
public record WorldReport(long sceneFrame, long renderedFrames, int latencyFrames, String renderer, int realVoices, int virtualVoices, int waitingVoices,
                          BlockTimes blockTimes, long deadlineMisses, long staleFilters, long droppedEvents, long nonFiniteBlocks,
                          MixReport mix, List<ListenerReport> listeners, List<EmitterReport> emitters, List<String> notes) {
    public WorldReport {
        listeners = List.copyOf(listeners);
        emitters = List.copyOf(emitters);
        notes = List.copyOf(notes);
    }

    /** The same with other notes, for whoever has something to add. */
    public WorldReport withNotes(List<String> value) {
        return new WorldReport(sceneFrame, renderedFrames, latencyFrames, renderer, realVoices, virtualVoices, waitingVoices, blockTimes, deadlineMisses, staleFilters, droppedEvents, nonFiniteBlocks, mix,
                listeners, emitters, value);
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
     */
    public record ListenerReport(String name, String profile, String model, int latencyFrames, int filterTaps, int readyDirections, int totalDirections,
                                 double limiterGainDb, long limitedBlocks, long droppedBlocks, DeviceReport device) {
        /** Whether the filters of all directions are there, so that no model runs for this listener any more. */
        public boolean isBaked() {
            return readyDirections == totalDirections;
        }
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
     * @param gainDb            total level of the path per band, in dB of amplitude, before the HRTF (−200: silent)
     * @param resolved          whether the acoustics thread has answered for this pair
     * @param why               one line that says why it sounds as it does
     */
    public record PathReport(String listener, double distanceMeters, double azimuthRadians, double elevationRadians, double occlusion, Bands transmission,
                             Bands gainDb, boolean resolved, String why) {
    }
}
