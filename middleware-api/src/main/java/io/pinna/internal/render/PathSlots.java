package io.pinna.internal.render;

import io.pinna.SoundWorldSettings;
import io.pinna.acoustics.AcousticsQuality;
import io.pinna.acoustics.AcousticsSettings;
import io.pinna.internal.RealTime;

/**
 * The numbers of the paths by which one listener hears: those of the voices' direct sound first, then the paths around edges, the reflections, and the directions of the late reverberation. A path keeps its number as long as it is heard, so
 * that what was made for it can be used again. Immutable; any thread.
 */
public final class PathSlots {
    /** Ways around edges that a voice is heard by at once. */
    public static final int DIFFRACTED = 3;
    /** Most directions from which late reverberation comes: of measured responses in ambisonics of the third order. */
    public static final int REVERB = 16;

    private final int voices;
    private final int diffracted;
    private final int sets;
    private final int reflections;
    private final int reverb;

    public PathSlots(SoundWorldSettings settings) {
        AcousticsSettings acoustics = settings.acoustics();
        AcousticsQuality quality = acoustics.quality();
        voices = settings.maxVoices();
        diffracted = acoustics.diffraction() ? DIFFRACTED : 0;
        sets = acoustics.earlyReflections() ? Math.min(voices, quality.reflectingEmitters()) : 0;
        reflections = quality.maxReflections();
        reverb = acoustics.lateReverb() ? REVERB : 0;
    }

    /** All paths of a listener. */
    @RealTime
    public int count() {
        return reverbSlot(0) + reverb;
    }

    /** Ways around edges of each voice. */
    @RealTime
    public int diffracted() {
        return diffracted;
    }

    /** Voices that have reflections at once. */
    @RealTime
    public int sets() {
        return sets;
    }

    /** Reflections of each set. */
    @RealTime
    public int reflections() {
        return reflections;
    }

    /** Directions of the late reverberation. */
    @RealTime
    public int reverb() {
        return reverb;
    }

    @RealTime
    public int diffractedSlot(int voice, int way) {
        return voices + voice * diffracted + way;
    }

    @RealTime
    public int reflectionSlot(int set, int reflection) {
        return voices * (1 + diffracted) + set * reflections + reflection;
    }

    @RealTime
    public int reverbSlot(int direction) {
        return voices * (1 + diffracted) + sets * reflections + direction;
    }

    /** Lanes that a block needs for a listener besides those of the voices: a reflection whose delay changes is heard by two. */
    int delayedLanes() {
        return 2 * sets * reflections;
    }
}
