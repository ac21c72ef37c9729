package io.pinna.internal.snapshot;

import io.pinna.acoustics.Bands;
import io.pinna.internal.RealTime;

/**
 * What the acoustics thread found for every pair of listener and emitter. Filled on the acoustics thread, read on the audio thread and, in a second buffer, on the game thread for reports.
 * An entry holds for the generations it is stamped with and for no other occupant of its slots.
 */
public final class PropagationFrame {
    /** The scene frame that these answers are for. */
    public long sceneFrame = -1;

    private final int emitters;
    private final int[] listenerStamp;
    private final int[] emitterStamp;
    private final float[] occlusion;
    private final float[] transmission;
    private final float[] bandGain;
    private final int[] walls;
    private final String[] blocker;

    public PropagationFrame(int listeners, int emitters) {
        this.emitters = emitters;
        int pairs = listeners * emitters;
        listenerStamp = new int[pairs];
        emitterStamp = new int[pairs];
        occlusion = new float[pairs];
        transmission = new float[pairs * Bands.COUNT];
        bandGain = new float[pairs * Bands.COUNT];
        walls = new int[pairs];
        blocker = new String[pairs];
    }

    @RealTime
    public int pair(int listener, int emitter) {
        return listener * emitters + emitter;
    }

    @RealTime
    public boolean isFor(int pair, int listenerGeneration, int emitterGeneration) {
        return listenerStamp[pair] == listenerGeneration && emitterStamp[pair] == emitterGeneration && emitterGeneration != 0;
    }

    /**
     * Acoustics thread: the answer for a pair.
     *
     * @param occludedFraction  0 to 1
     * @param transmittedEnergy energy fraction that passes what is in the way, per band
     * @param amplitude         linear gain that follows from both, per band
     */
    public void set(int pair, int listenerGeneration, int emitterGeneration, float occludedFraction, float[] transmittedEnergy, float[] amplitude, int wallCount, String blockerName) {
        listenerStamp[pair] = listenerGeneration;
        emitterStamp[pair] = emitterGeneration;
        occlusion[pair] = occludedFraction;
        System.arraycopy(transmittedEnergy, 0, transmission, pair * Bands.COUNT, Bands.COUNT);
        System.arraycopy(amplitude, 0, bandGain, pair * Bands.COUNT, Bands.COUNT);
        walls[pair] = wallCount;
        blocker[pair] = blockerName;
    }

    /** Acoustics thread: there is no such pair any more. */
    public void clear(int pair) {
        emitterStamp[pair] = 0;
        blocker[pair] = null;
    }

    /** Hidden part, 0 to 1. */
    @RealTime
    public float occlusion(int pair) {
        return occlusion[pair];
    }

    /** Energy fraction that passes the walls, 0 to 1. */
    @RealTime
    public float transmission(int pair, int band) {
        return transmission[pair * Bands.COUNT + band];
    }

    /** Linear amplitude gain of what is in the way. */
    @RealTime
    public float bandGain(int pair, int band) {
        return bandGain[pair * Bands.COUNT + band];
    }

    public int walls(int pair) {
        return walls[pair];
    }

    /** What hides the emitter, such as "ward/door_3 (steel)", or null. */
    public String blocker(int pair) {
        return blocker[pair];
    }
}
