package io.pinna.internal.acoustics;

import io.pinna.acoustics.AcousticMaterial;
import io.pinna.acoustics.AcousticsSettings;
import io.pinna.acoustics.Bands;
import java.util.Arrays;
import java.util.Locale;

/**
 * The early reflections of one pair of listener and emitter, in slots that paths keep from solve to solve, and what the {@link ReflectionFinder} remembers of the pair. One for each pair, owned by
 * the acoustics thread, allocates nothing after construction except for words. A slot that is not {@link #isActive active} is silent; a path that comes or goes fades by
 * {@link ReflectionSettings#largestStep()} a solve. After a jump of either end, or when the pair is used for another emitter or listener, {@link #clear} it: the next solve then begins with
 * every path at its full weight.
 */
public final class ReflectionResult {
    /** Id of a slot without a path. */
    public static final long NONE = 0;

    final int capacity;
    final long[] id;
    final double[] image;
    final double[] departure;
    final double[] length;
    /** Reflection gains without the weight. */
    final double[] reflected;
    final double[] weight;
    final double[] target;
    final int[] order;
    final String[] instanceNames;
    final AcousticMaterial[] materials;

    // What is known of each of the finder's candidates for this pair.
    final long[] knownId;
    /** By candidate: a bit for each sample that saw its path when it was last tried. */
    final int[] knownMask;
    /** By candidate: whether the samples differed, so that all of them are tried in turn. */
    final boolean[] knownPartial;
    final float[] knownGain;
    /** How far the emitter can be displaced, which holds as long as neither it nor any geometry moves. */
    final double[] emitterFree = new double[ReflectionFinder.SAMPLES];
    int emitterFreeReady;
    private GeometrySnapshot emitterGeometry;
    private double emitterX;
    private double emitterY;
    private double emitterZ;
    private double emitterMeters;
    /** Solves since any end or any geometry moved. */
    int restSolves;
    private double listenerX;
    private double listenerY;
    private double listenerZ;
    boolean started;
    int solves;
    /** Paths share the rays: each is tried once in so many solves. */
    int pathPeriod;
    /** Candidates without a path share what paths leave: each is tried once in so many solves. */
    int idlePeriod;
    double cut;
    int rays;
    boolean truncated;

    public ReflectionResult(ReflectionSettings settings) {
        capacity = settings.maxReflections();
        id = new long[capacity];
        image = new double[3 * capacity];
        departure = new double[3 * capacity];
        length = new double[capacity];
        reflected = new double[Bands.COUNT * capacity];
        weight = new double[capacity];
        target = new double[capacity];
        order = new int[capacity];
        instanceNames = new String[ReflectionSettings.LARGEST_ORDER * capacity];
        materials = new AcousticMaterial[ReflectionSettings.LARGEST_ORDER * capacity];
        knownId = new long[settings.candidates()];
        knownMask = new int[settings.candidates()];
        knownPartial = new boolean[settings.candidates()];
        knownGain = new float[Bands.COUNT * settings.candidates()];
        clear();
    }

    /** Forgets everything, so that the next solve is like the first one. */
    public void clear() {
        Arrays.fill(id, NONE);
        Arrays.fill(weight, 0);
        Arrays.fill(instanceNames, null);
        Arrays.fill(materials, null);
        Arrays.fill(knownId, NONE);
        emitterGeometry = null;
        restSolves = 0;
        started = false;
        solves = 0;
        pathPeriod = 1;
        idlePeriod = 1;
        cut = 0;
        rays = 0;
        truncated = false;
    }

    /** Slots: {@link ReflectionSettings#maxReflections()}. */
    public int capacity() {
        return capacity;
    }

    /** Whether there is a path in the slot, be it one that fades out. */
    public boolean isActive(int slot) {
        return id[slot] != NONE;
    }

    public int activeCount() {
        int count = 0;
        for (int s = 0; s < capacity; s++) {
            count += id[s] != NONE ? 1 : 0;
        }
        return count;
    }

    /** Names the path as long as its surfaces are known: equal ids are the same path, now and after movement. {@link #NONE} where there is none. */
    public long id(int slot) {
        return id[slot];
    }

    /** A coordinate (0 to 2) of the mirror image of the emitter, in the world (metres): seen from the listener the sound comes from there, over that distance. */
    public double imagePosition(int slot, int coordinate) {
        return image[3 * slot + coordinate];
    }

    /** A coordinate (0 to 2) of the unit vector along which the sound leaves the emitter. */
    public double departure(int slot, int coordinate) {
        return departure[3 * slot + coordinate];
    }

    /** From the emitter by all surfaces to the listener, in metres. */
    public double pathLengthMeters(int slot) {
        return length[slot];
    }

    /** Amplitude in a band: what the surfaces reflect, times the {@link #weight}. Without the loss by distance. */
    public double bandGain(int slot, int band) {
        return weight[slot] * reflected[Bands.COUNT * slot + band];
    }

    /** How much of the path is there, as an amplitude (0 to 1): less than 1 where a border is near, the path comes or goes, or it is about to be replaced by stronger ones. */
    public double weight(int slot) {
        return weight[slot];
    }

    /** Surfaces by which the path is reflected. */
    public int order(int slot) {
        return order[slot];
    }

    /** The name of the geometry at a reflection, 0 being the one nearest to the emitter; null as long as a new path has not been traced again. */
    public String surfaceName(int slot, int bounce) {
        return instanceNames[ReflectionSettings.LARGEST_ORDER * slot + bounce];
    }

    /** The material at a reflection, 0 being the one nearest to the emitter; null likewise. */
    public AcousticMaterial surfaceMaterial(int slot, int bounce) {
        return materials[ReflectionSettings.LARGEST_ORDER * slot + bounce];
    }

    /** Rays that the last solve spent. */
    public int rays() {
        return rays;
    }

    /** Whether the last solve ran out of rays: paths known before it keep their weights of before, others may be missing. */
    public boolean truncated() {
        return truncated;
    }

    /**
     * In words, such as "reflection off ward/wall_2 (brick) 12 ms after the direct sound, −3.1 dB". Allocates.
     *
     * @param directMeters distance between listener and emitter (metres)
     * @return null where there is no path, or its surfaces are told by a later solve
     */
    public String describe(int slot, double directMeters) {
        if (!isActive(slot)) {
            return null;
        }
        double energy = 0;
        for (int b = 0; b < Bands.COUNT; b++) {
            energy += bandGain(slot, b) * bandGain(slot, b) / Bands.COUNT;
        }
        double levelDb = 10 * Math.log10(Math.max(1e-20, energy)) + 20 * Math.log10(Math.max(1e-3, directMeters) / Math.max(1e-3, length[slot]));
        double laterMs = 1000 * (length[slot] - directMeters) / AcousticsSettings.SPEED_OF_SOUND;
        String surfaces = surfaces(slot);
        return (surfaces == null ? "reflection" : surfaces) + String.format(Locale.ROOT, " %.0f ms after the direct sound, %.1f dB", laterMs, levelDb);
    }

    /** The same without what changes as listener and emitter move, such as "reflection off ward/wall_2 (brick)"; null where there is no path, or its surfaces have not been traced yet. Allocates if not. */
    public String surfaces(int slot) {
        if (!isActive(slot) || surfaceMaterial(slot, 0) == null) {
            return null;
        }
        StringBuilder text = new StringBuilder("reflection off ");
        for (int i = 0; i < order[slot]; i++) {
            if (i > 0) {
                text.append(i == order[slot] - 1 ? " and " : ", ");
            }
            if (surfaceMaterial(slot, i) == null) {
                return null;
            }
            text.append(surfaceName(slot, i)).append(" (").append(surfaceMaterial(slot, i).name()).append(')');
        }
        return text.toString();
    }

    /** Another path takes the slot. */
    void forgetSurfaces(int slot) {
        Arrays.fill(instanceNames, ReflectionSettings.LARGEST_ORDER * slot, ReflectionSettings.LARGEST_ORDER * (slot + 1), null);
        Arrays.fill(materials, ReflectionSettings.LARGEST_ORDER * slot, ReflectionSettings.LARGEST_ORDER * (slot + 1), null);
    }

    /** Whether the emitter and all geometry are where and as they were; from now on they are as given. */
    boolean emitterRests(GeometrySnapshot geometry, double x, double y, double z, double meters) {
        boolean hold = geometry == emitterGeometry && x == emitterX && y == emitterY && z == emitterZ && meters == emitterMeters;
        emitterGeometry = geometry;
        emitterX = x;
        emitterY = y;
        emitterZ = z;
        emitterMeters = meters;
        return hold;
    }

    /** Whether the listener is where it was; from now on it is here. */
    boolean listenerRests(double x, double y, double z) {
        boolean rests = x == listenerX && y == listenerY && z == listenerZ;
        listenerX = x;
        listenerY = y;
        listenerZ = z;
        return rests;
    }

    int find(long wanted) {
        for (int s = 0; s < capacity; s++) {
            if (id[s] == wanted) {
                return s;
            }
        }
        return -1;
    }
}
