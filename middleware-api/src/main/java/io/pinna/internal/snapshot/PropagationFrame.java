package io.pinna.internal.snapshot;

import io.pinna.SoundWorldSettings;
import io.pinna.acoustics.Bands;
import io.pinna.internal.RealTime;
import io.pinna.internal.render.PathSlots;

/**
 * What the acoustics thread found for every pair of listener and emitter, and around every listener. One belongs to the acoustics thread, which keeps it up to date; copies of it cross to the audio thread and, in a second buffer, to the
 * owner's thread for reports. An entry holds for the generations it is stamped with and for no other occupant of its slots. Allocates only in its constructor.
 *
 * <p>Paths other than the straight one are told by a virtual place, from where they seem to come: in the direction of their last stretch, as far away as the path is long. So they stay right while the listener turns and moves a
 * little. Gains are amplitudes without what the emitter's level, its distance model, its directivity and the air make of them.
 */
public final class PropagationFrame {
    /** Pairs that may be heard around edges at once; more are heard straight only. */
    private static final int MOST_BENT_PAIRS = 8192;
    private static final int NONE = -1;

    /** The scene frame that these answers are for. */
    public long sceneFrame = -1;

    private final int listeners;
    private final int emitters;
    private final int sets;
    private final int reflections;
    private final int[] listenerStamp;
    private final int[] emitterStamp;
    private final float[] occlusion;
    private final float[] transmission;
    private final float[] bandGain;
    private final float[] slope;
    private final float[] curve;
    private final float[] indirect;
    private final float[] reverbGain;
    private final int[] walls;
    private final String[] blocker;

    /** For each pair its group of ways around edges, or {@link #NONE}. */
    private final int[] bent;
    private final int groups;
    private int groupLimit;
    private final int[] groupPair;
    // Of each way, PathSlots.DIFFRACTED a group.
    private final Ways ways;

    // Of each set of reflections, and each reflection.
    private final int[] setEmitter;
    private final int[] setStamp;
    private final int[] setCount;
    private final Ways mirrored;

    // Of each listener.
    private final int[] reverbStamp;
    private final float[] reverbSeconds;
    private final float[] preDelaySeconds;
    private final float[] meanFreePathMeters;
    private final float[] openness;

    /** Paths, one after the other. */
    public static final class Ways {
        /** 0: there is none. Another number for another path, the same from update to update for the same. */
        public final long[] id;
        /** Three a path, world axes (metres). */
        public final double[] place;
        /** Three a path, world axes: the unit vector in which it leaves the emitter. */
        public final float[] departure;
        /** Amplitude per band. */
        public final float[] gain;
        /** See {@link io.pinna.internal.acoustics.DiffractionShape}. */
        public final float[] slope;
        public final float[] curve;
        /** Of a way around edges: from the listener to where it bends first, and from the emitter to where it bends last (metres). */
        public final float[] firstMeters;
        public final float[] lastMeters;
        /** In words, such as "through the opening" or "reflection off ward/wall_2 (brick)". */
        public final String[] label;

        Ways(int count) {
            id = new long[count];
            place = new double[3 * count];
            departure = new float[3 * count];
            gain = new float[Bands.COUNT * count];
            slope = new float[count];
            curve = new float[count];
            firstMeters = new float[count];
            lastMeters = new float[count];
            label = new String[count];
        }

        void copyFrom(Ways other, int from, int count) {
            System.arraycopy(other.id, from, id, from, count);
            System.arraycopy(other.place, 3 * from, place, 3 * from, 3 * count);
            System.arraycopy(other.departure, 3 * from, departure, 3 * from, 3 * count);
            System.arraycopy(other.gain, Bands.COUNT * from, gain, Bands.COUNT * from, Bands.COUNT * count);
            System.arraycopy(other.slope, from, slope, from, count);
            System.arraycopy(other.curve, from, curve, from, count);
            System.arraycopy(other.firstMeters, from, firstMeters, from, count);
            System.arraycopy(other.lastMeters, from, lastMeters, from, count);
            System.arraycopy(other.label, from, label, from, count);
        }

        /** There is no such path. */
        public void clear(int at) {
            id[at] = 0;
            label[at] = null;
        }
    }

    public PropagationFrame(SoundWorldSettings settings) {
        listeners = settings.maxListeners();
        emitters = settings.maxEmitters();
        PathSlots slots = new PathSlots(settings);
        int pairs = listeners * emitters;
        listenerStamp = new int[pairs];
        emitterStamp = new int[pairs];
        occlusion = new float[pairs];
        transmission = new float[pairs * Bands.COUNT];
        bandGain = new float[pairs * Bands.COUNT];
        slope = new float[pairs];
        curve = new float[pairs];
        indirect = new float[pairs];
        reverbGain = new float[slots.reverb() > 0 ? pairs * Bands.COUNT : 0];
        walls = new int[pairs];
        blocker = new String[pairs];
        bent = new int[pairs];
        java.util.Arrays.fill(bent, NONE);
        groups = slots.diffracted() > 0 ? Math.min(pairs, MOST_BENT_PAIRS) : 0;
        groupPair = new int[groups];
        ways = new Ways(groups * PathSlots.DIFFRACTED);
        sets = slots.sets();
        reflections = slots.reflections();
        setEmitter = new int[listeners * sets];
        setStamp = new int[listeners * sets];
        setCount = new int[listeners * sets];
        mirrored = new Ways(listeners * sets * reflections);
        reverbStamp = new int[listeners];
        reverbSeconds = new float[listeners * Bands.COUNT];
        preDelaySeconds = new float[listeners];
        meanFreePathMeters = new float[listeners];
        openness = new float[listeners];
    }

    /**
     * Takes over what another one of the same settings says.
     *
     * @param emitterLimit emitter slots from here on are free
     */
    public void copyFrom(PropagationFrame other, int emitterLimit) {
        sceneFrame = other.sceneFrame;
        for (int l = 0; l < listeners; l++) {
            int from = l * emitters;
            System.arraycopy(other.listenerStamp, from, listenerStamp, from, emitterLimit);
            System.arraycopy(other.emitterStamp, from, emitterStamp, from, emitterLimit);
            System.arraycopy(other.occlusion, from, occlusion, from, emitterLimit);
            System.arraycopy(other.transmission, Bands.COUNT * from, transmission, Bands.COUNT * from, Bands.COUNT * emitterLimit);
            System.arraycopy(other.bandGain, Bands.COUNT * from, bandGain, Bands.COUNT * from, Bands.COUNT * emitterLimit);
            System.arraycopy(other.slope, from, slope, from, emitterLimit);
            System.arraycopy(other.curve, from, curve, from, emitterLimit);
            System.arraycopy(other.indirect, from, indirect, from, emitterLimit);
            if (reverbGain.length > 0) {
                System.arraycopy(other.reverbGain, Bands.COUNT * from, reverbGain, Bands.COUNT * from, Bands.COUNT * emitterLimit);
            }
            System.arraycopy(other.walls, from, walls, from, emitterLimit);
            System.arraycopy(other.blocker, from, blocker, from, emitterLimit);
            System.arraycopy(other.bent, from, bent, from, emitterLimit);
        }
        groupLimit = other.groupLimit;
        ways.copyFrom(other.ways, 0, groupLimit * PathSlots.DIFFRACTED);
        System.arraycopy(other.setEmitter, 0, setEmitter, 0, setEmitter.length);
        System.arraycopy(other.setStamp, 0, setStamp, 0, setStamp.length);
        System.arraycopy(other.setCount, 0, setCount, 0, setCount.length);
        for (int s = 0; s < setStamp.length; s++) {
            if (setStamp[s] != 0) {
                mirrored.copyFrom(other.mirrored, s * reflections, setCount[s]);
            }
        }
        System.arraycopy(other.reverbStamp, 0, reverbStamp, 0, listeners);
        System.arraycopy(other.reverbSeconds, 0, reverbSeconds, 0, reverbSeconds.length);
        System.arraycopy(other.preDelaySeconds, 0, preDelaySeconds, 0, listeners);
        System.arraycopy(other.meanFreePathMeters, 0, meanFreePathMeters, 0, listeners);
        System.arraycopy(other.openness, 0, openness, 0, listeners);
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
     * @param amplitude         linear gain of the straight path that follows from both, per band
     * @param slopeOf           what an edge near the straight path makes of it (see {@link io.pinna.internal.acoustics.DiffractionShape})
     * @param curveOf           likewise
     */
    public void set(int pair, int listenerGeneration, int emitterGeneration, float occludedFraction, float[] transmittedEnergy, float[] amplitude, float slopeOf, float curveOf, int wallCount, String blockerName) {
        if (!isFor(pair, listenerGeneration, emitterGeneration)) {
            // What else was said here was said of somebody else.
            clear(pair);
        }
        listenerStamp[pair] = listenerGeneration;
        emitterStamp[pair] = emitterGeneration;
        occlusion[pair] = occludedFraction;
        System.arraycopy(transmittedEnergy, 0, transmission, pair * Bands.COUNT, Bands.COUNT);
        System.arraycopy(amplitude, 0, bandGain, pair * Bands.COUNT, Bands.COUNT);
        slope[pair] = slopeOf;
        curve[pair] = curveOf;
        walls[pair] = wallCount;
        blocker[pair] = blockerName;
    }

    /** Whether there is an answer for some occupants of the slots. */
    public boolean isThere(int pair) {
        return emitterStamp[pair] != 0;
    }

    /** Acoustics thread: there is no such pair any more. */
    public void clear(int pair) {
        emitterStamp[pair] = 0;
        blocker[pair] = null;
        indirect[pair] = 0;
        straighten(pair);
        if (reverbGain.length > 0) {
            java.util.Arrays.fill(reverbGain, Bands.COUNT * pair, Bands.COUNT * (pair + 1), 0);
        }
    }

    /** Acoustics thread: the pair is heard around no edge. */
    public void straighten(int pair) {
        int group = bent[pair];
        if (group == NONE) {
            return;
        }
        bent[pair] = NONE;
        // The last group takes the place, so that those in use stay together.
        int last = --groupLimit;
        if (group != last) {
            for (int k = 0; k < PathSlots.DIFFRACTED; k++) {
                move(ways, last * PathSlots.DIFFRACTED + k, group * PathSlots.DIFFRACTED + k);
            }
            groupPair[group] = groupPair[last];
            bent[groupPair[group]] = group;
        }
        for (int k = 0; k < PathSlots.DIFFRACTED; k++) {
            ways.clear(last * PathSlots.DIFFRACTED + k);
        }
    }

    private static void move(Ways w, int from, int to) {
        w.id[to] = w.id[from];
        System.arraycopy(w.place, 3 * from, w.place, 3 * to, 3);
        System.arraycopy(w.departure, 3 * from, w.departure, 3 * to, 3);
        System.arraycopy(w.gain, Bands.COUNT * from, w.gain, Bands.COUNT * to, Bands.COUNT);
        w.slope[to] = w.slope[from];
        w.curve[to] = w.curve[from];
        w.firstMeters[to] = w.firstMeters[from];
        w.lastMeters[to] = w.lastMeters[from];
        w.label[to] = w.label[from];
    }

    /**
     * Acoustics thread: room for the ways around edges of a pair; those that it has stay.
     *
     * @return the first of {@link PathSlots#DIFFRACTED} places in {@link #ways}, or −1 if all room is taken
     */
    public int bend(int pair) {
        if (bent[pair] == NONE) {
            if (groupLimit == groups) {
                return NONE;
            }
            bent[pair] = groupLimit;
            groupPair[groupLimit] = pair;
            groupLimit++;
        }
        return bent[pair] * PathSlots.DIFFRACTED;
    }

    /** The first of the {@link PathSlots#DIFFRACTED} places in {@link #ways} that belong to a pair, or −1 if it is heard around no edge. */
    @RealTime
    public int firstWay(int pair) {
        return bent[pair] == NONE ? NONE : bent[pair] * PathSlots.DIFFRACTED;
    }

    @RealTime
    public Ways ways() {
        return ways;
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

    /** Linear amplitude gain of what is in the way of the straight path. */
    @RealTime
    public float bandGain(int pair, int band) {
        return bandGain[pair * Bands.COUNT + band];
    }

    /** Of the straight path, past an edge that is near it. */
    @RealTime
    public float slope(int pair) {
        return slope[pair];
    }

    @RealTime
    public float curve(int pair) {
        return curve[pair];
    }

    /** How loud a pair is at most by anything but its straight path, as an amplitude against that without obstacles: what a voice is given by. */
    @RealTime
    public float indirect(int pair) {
        return indirect[pair];
    }

    public void setIndirect(int pair, float amplitude) {
        indirect[pair] = amplitude;
    }

    public int walls(int pair) {
        return walls[pair];
    }

    /** What hides the emitter, such as "ward/door_3 (steel)", or null. */
    public String blocker(int pair) {
        return blocker[pair];
    }

    /** Acoustics thread: a set of reflections is an emitter's from now on, or nobody's (generation 0). */
    public void setReflections(int listener, int set, int emitter, int emitterGeneration, int count) {
        int s = listener * sets + set;
        setEmitter[s] = emitter;
        setStamp[s] = emitterGeneration;
        setCount[s] = count;
    }

    @RealTime
    public int setEmitter(int listener, int set) {
        return setEmitter[listener * sets + set];
    }

    /** The generation of the set's emitter; 0 if the set is free. */
    @RealTime
    public int setGeneration(int listener, int set) {
        return setStamp[listener * sets + set];
    }

    /** Places of the set that may hold a reflection. */
    @RealTime
    public int setCount(int listener, int set) {
        return setCount[listener * sets + set];
    }

    /** The set of an emitter, or −1. */
    @RealTime
    public int setOf(int listener, int emitter, int emitterGeneration) {
        for (int s = 0; s < sets; s++) {
            if (setStamp[listener * sets + s] == emitterGeneration && setEmitter[listener * sets + s] == emitter) {
                return s;
            }
        }
        return NONE;
    }

    public int sets() {
        return sets;
    }

    public int reflectionsASet() {
        return reflections;
    }

    /** The first of a set's places in {@link #mirrored}. */
    @RealTime
    public int firstReflection(int listener, int set) {
        return (listener * sets + set) * reflections;
    }

    @RealTime
    public Ways mirrored() {
        return mirrored;
    }

    /**
     * Acoustics thread: how it reverberates around a listener.
     *
     * @param seconds  RT60 per band
     * @param preDelay of the late part (seconds)
     * @param freePath mean free path (metres)
     * @param open     fraction of rays that escape (0 to 1)
     */
    public void setReverb(int listener, int listenerGeneration, float[] seconds, float preDelay, float freePath, float open) {
        reverbStamp[listener] = listenerGeneration;
        System.arraycopy(seconds, 0, reverbSeconds, Bands.COUNT * listener, Bands.COUNT);
        preDelaySeconds[listener] = preDelay;
        meanFreePathMeters[listener] = freePath;
        openness[listener] = open;
    }

    @RealTime
    public boolean hasReverb(int listener, int listenerGeneration) {
        return reverbStamp[listener] == listenerGeneration && listenerGeneration != 0;
    }

    /** RT60. */
    @RealTime
    public float reverbSeconds(int listener, int band) {
        return reverbSeconds[Bands.COUNT * listener + band];
    }

    @RealTime
    public float preDelaySeconds(int listener) {
        return preDelaySeconds[listener];
    }

    @RealTime
    public float meanFreePathMeters(int listener) {
        return meanFreePathMeters[listener];
    }

    public float openness(int listener) {
        return openness[listener];
    }

    /** Acoustics thread: the reverberation that an emitter makes at a listener, as an amplitude per band against its direct sound at 1 m. */
    public void setReverbGain(int pair, int band, float amplitude) {
        reverbGain[Bands.COUNT * pair + band] = amplitude;
    }

    @RealTime
    public float reverbGain(int pair, int band) {
        return reverbGain[Bands.COUNT * pair + band];
    }
}
