package io.pinna.internal.acoustics;

import io.pinna.SoundWorldSettings;
import io.pinna.acoustics.AcousticsSettings;
import io.pinna.acoustics.Bands;
import io.pinna.internal.render.PathSlots;
import io.pinna.internal.snapshot.PropagationFrame;
import io.pinna.internal.snapshot.SceneFrame;

/**
 * What a listener hears of an emitter straight, through walls and around edges. Acoustics thread. Allocates when a pair is answered for the first time.
 *
 * <p>Known ways around edges are followed with every answer. In real time those that are not known yet are looked for in turns ({@link #searchDue}): a round may look at so much, pairs that have lost all of their ways come
 * first, then those that are loud, have waited long and have moved far since their last turn. What a search finds is heard with the next answer. Offline a pair is searched whenever it has moved by
 * {@value #SEARCH_METERS} m or something about its ways has changed.
 */
final class DirectStage {
    /** Covered rays that are followed through walls; four tell thick from thin at the edge of a wall, and cost less than the occlusion rays. */
    private static final int TRANSMISSION_RAYS = 4;
    /** A path or a reverberation below this is not worth a voice: −100 dB. */
    private static final double SILENCE = 1e-5;
    /** Solves of a pair after the last change around it: searches that were cut go on in the next. */
    private static final int SETTLING_SOLVES = 4;
    /** Ways around edges are searched for anew when an end has moved by this, and followed in between. */
    private static final double SEARCH_METERS = 0.1;
    /** What all searches of a round may cost ({@link DiffractionSolver#cost}); what the last one takes beyond that is taken from the next rounds. */
    private static final int SEARCH_COST = 10_000;
    /** A change of the geometry, or of a pair's line or ways, counts like a movement by this. */
    private static final double CHANGE_METERS = 0.5;
    /** Pairs that have lost what was heard of them come before those of any other need. */
    private static final double LOST = 1000;
    /** A search that finds no way at all looks twice as far the next time, this many times, and comes half as often: at the end with all effort. */
    private static final int MOST_FUTILE = 2;
    private static final double LEAST_EFFORT = 1.0 / (1 << MOST_FUTILE);

    private final AcousticsSettings settings;
    private final PropagationFrame answers;
    private final OcclusionSolver occlusion;
    private final OcclusionResult hidden = new OcclusionResult();
    /** Null without diffraction. */
    private final DiffractionSolver diffraction;
    private final DiffractionResult[] bent;
    /** By pair: what it was answered for, and how many answers are still due. */
    private final long[] answeredFor;
    private final byte[] due;
    /** By pair: the loudest amplitude around edges. */
    private final float[] around;
    private final float[] transmission = new float[Bands.COUNT];
    private final float[] gain = new float[Bands.COUNT];
    private final boolean[] taken = new boolean[PathSlots.DIFFRACTED];
    private final boolean[] placed = new boolean[PathSlots.DIFFRACTED];
    private final long[] ids = new long[PathSlots.DIFFRACTED];
    private String blockerName;
    private String blockerMaterial;
    private String blockerText;
    private long cutSearches;
    private final boolean inTurns;
    private final int mostEmitters;
    /** By pair: searches in a row that found no way while the line was blocked. */
    private final byte[] futile;
    /** By pair: in which round it was searched last. */
    private final long[] searchedIn;
    private long rounds;
    private int searchCredit;
    private long searches;

    DirectStage(SoundWorldSettings world, PropagationFrame answers) {
        settings = world.acoustics();
        this.answers = answers;
        int samples = settings.quality().occlusionSamples();
        occlusion = new OcclusionSolver(samples, Math.min(TRANSMISSION_RAYS, samples));
        diffraction = settings.occlusion() && settings.diffraction() ? new DiffractionSolver(settings.quality().diffractionOrder(), DiffractionSolver.RAYS, SEARCH_METERS) : null;
        int pairs = world.maxListeners() * world.maxEmitters();
        bent = new DiffractionResult[diffraction == null ? 0 : pairs];
        answeredFor = new long[pairs];
        due = new byte[pairs];
        around = new float[pairs];
        inTurns = world.mode() != SoundWorldSettings.Mode.OFFLINE;
        mostEmitters = world.maxEmitters();
        futile = new byte[pairs];
        searchedIn = new long[pairs];
    }

    /** Searches for ways around edges so far. */
    long searches() {
        return searches;
    }

    /** Whether pairs are searched in turns, by {@link #searchDue}. */
    boolean searchesInTurns() {
        return inTurns && diffraction != null;
    }

    /**
     * Gives those pairs their turn to be searched that need it most, as far as a round's share of work goes.
     *
     * @return how many have been searched; they are due to be answered
     */
    int searchDue(SceneFrame scene, AcousticScene geometry, AcousticsGovernor governor) {
        rounds++;
        searchCredit = Math.min(SEARCH_COST, searchCredit + SEARCH_COST);
        int done = 0;
        while (searchCredit > 0 && (done == 0 || governor.allows(System.nanoTime()))) {
            int next = -1;
            double most = 0;
            for (int l = 0; l < scene.listeners(); l++) {
                for (int e = 0; e < scene.emitterLimit && scene.listenerGeneration[l] != 0; e++) {
                    int pair = answers.pair(l, e);
                    if (bent[pair] != null && answers.isFor(pair, scene.listenerGeneration[l], scene.emitterGeneration[e])) {
                        double urgency = urgency(scene, geometry, l, e, pair);
                        if (urgency > most) {
                            most = urgency;
                            next = pair;
                        }
                    }
                }
            }
            if (next < 0) {
                break;
            }
            search(scene, geometry, next / mostEmitters, next % mostEmitters, next);
            done++;
        }
        return done;
    }

    /** How badly a pair needs a search, 0 if it does not: by how far its ends have moved since the last one, how long ago that was, and how loud it is. */
    private double urgency(SceneFrame scene, AcousticScene geometry, int l, int e, int pair) {
        DiffractionResult ways = bent[pair];
        double meters = ways.movedMeters(scene.listenerPosition[3 * l], scene.listenerPosition[3 * l + 1], scene.listenerPosition[3 * l + 2], scene.emitterPosition[3 * e], scene.emitterPosition[3 * e + 1],
                scene.emitterPosition[3 * e + 2]);
        boolean rests = meters > 0 && meters <= SEARCH_METERS && due[pair] > 0 && due[pair] < SETTLING_SOLVES;
        double need = (meters > SEARCH_METERS || rests ? meters : 0) + (ways.changed ? CHANGE_METERS : 0) + (ways.searchedFor != geometry.snapshot() ? CHANGE_METERS : 0);
        // One that has been cut short goes on where nothing moves, too.
        need += ways.cut() && futile[pair] > 0 && futile[pair] < MOST_FUTILE ? SEARCH_METERS : 0;
        return need * (rounds - searchedIn[pair]) * AcousticsAgent.weight(scene, l, e) * (ways.lost ? LOST : 1) / (1 << futile[pair]);
    }

    private void search(SceneFrame scene, AcousticScene geometry, int l, int e, int pair) {
        DiffractionResult ways = bent[pair];
        diffraction.search(geometry, scene.listenerPosition[3 * l], scene.listenerPosition[3 * l + 1], scene.listenerPosition[3 * l + 2], scene.emitterPosition[3 * e], scene.emitterPosition[3 * e + 1],
                scene.emitterPosition[3 * e + 2], ways, LEAST_EFFORT * (1 << futile[pair]));
        searchedIn[pair] = rounds;
        futile[pair] = (byte) (ways.lineFree() || ways.paths() > 0 ? 0 : Math.min(MOST_FUTILE, futile[pair] + 1));
        searchCredit -= diffraction.cost();
        searches++;
        cutSearches += ways.cut() ? 1 : 0;
        due[pair] = (byte) Math.max(1, due[pair]);
    }

    /** Searches for ways around edges that ended because their rays were used up. */
    long cutSearches() {
        return cutSearches;
    }

    /** The loudest amplitude around edges of a pair. */
    float around(int pair) {
        return around[pair];
    }

    /** Whether a pair needs an answer: nothing has moved if it does not. */
    boolean isDue(SceneFrame scene, AcousticScene geometry, int l, int e) {
        int pair = answers.pair(l, e);
        return due[pair] > 0 || answeredFor[pair] != fingerprint(scene, geometry, l, e);
    }

    /** Of all that the answer for a pair is a function of. Two that are unlike are taken for alike once in 2⁶⁴. */
    private static long fingerprint(SceneFrame s, AcousticScene geometry, int l, int e) {
        long h = geometry.snapshot().version();
        h = mix(h, s.listenerGeneration[l]);
        h = mix(h, s.emitterGeneration[e]);
        for (int a = 0; a < 3; a++) {
            h = mix(h, Double.doubleToRawLongBits(s.listenerPosition[3 * l + a]));
            h = mix(h, Double.doubleToRawLongBits(s.emitterPosition[3 * e + a]));
        }
        return mix(h, Float.floatToRawIntBits(s.emitterRadius[e]));
    }

    private static long mix(long h, long value) {
        // The steps of SplitMix64.
        long z = h * 0x9e3779b97f4a7c15L + value;
        z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
        z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
        return z ^ z >>> 31;
    }

    /** Answers for a pair that is there. */
    void solve(SceneFrame scene, AcousticScene geometry, int l, int e) {
        int pair = answers.pair(l, e);
        boolean anew = !answers.isFor(pair, scene.listenerGeneration[l], scene.emitterGeneration[e]);
        long fingerprint = fingerprint(scene, geometry, l, e);
        due[pair] = (byte) (fingerprint == answeredFor[pair] ? Math.max(0, due[pair] - 1) : SETTLING_SOLVES);
        answeredFor[pair] = fingerprint;
        hidden.clear();
        double lx = scene.listenerPosition[3 * l];
        double ly = scene.listenerPosition[3 * l + 1];
        double lz = scene.listenerPosition[3 * l + 2];
        double ex = scene.emitterPosition[3 * e];
        double ey = scene.emitterPosition[3 * e + 1];
        double ez = scene.emitterPosition[3 * e + 2];
        boolean anything = settings.occlusion() && geometry.instanceCount() > 0;
        if (anything) {
            occlusion.solve(geometry, lx, ly, lz, ex, ey, ez, scene.emitterRadius[e], hidden);
        }
        double visible = 1 - hidden.occlusion();
        for (int b = 0; b < Bands.COUNT; b++) {
            // Without transmission every wall is opaque.
            transmission[b] = settings.transmission() ? (float) hidden.transmission(b) : hidden.occlusion() > 0 ? 0 : 1;
        }
        float slope = 0;
        float curve = 0;
        around[pair] = 0;
        if (diffraction != null && anything) {
            if (bent[pair] == null) {
                bent[pair] = new DiffractionResult();
            } else if (anew) {
                bent[pair].clear();
            }
            DiffractionResult ways = bent[pair];
            if (inTurns && !anew) {
                diffraction.follow(geometry, lx, ly, lz, ex, ey, ez, ways);
            } else {
                diffraction.solve(geometry, lx, ly, lz, ex, ey, ez, ways);
                cutSearches += ways.cut() ? 1 : 0;
                futile[pair] = 0;
                searchedIn[pair] = rounds;
            }
            double factor = Math.exp(ways.direct(0));
            double open = visible * factor;
            double through = 0;
            for (int b = 0; b < Bands.COUNT; b++) {
                gain[b] = (float) DiffractionMix.direct(visible, factor, transmission[b]);
                through = Math.max(through, (1 - visible) * (1 - visible) * transmission[b]);
            }
            // What comes through the obstacle has not been bent: the curve counts for the part that was.
            double part = open > 0 ? open * open / (open * open + through) : 0;
            slope = (float) (part * ways.direct(1));
            curve = (float) (part * ways.direct(2));
        } else {
            for (int b = 0; b < Bands.COUNT; b++) {
                gain[b] = (float) Math.sqrt(visible + (1 - visible) * transmission[b]);
            }
        }
        answers.set(pair, scene.listenerGeneration[l], scene.emitterGeneration[e], (float) hidden.occlusion(), transmission, gain, slope, curve, (int) Math.round(hidden.wallCount()), blockerText());
        if (diffraction != null && anything && visible < 1) {
            bend(pair, 1 - visible, bent[pair]);
        } else {
            answers.straighten(pair);
        }
    }

    /** Hands the paths around edges over; each keeps the place that it had. */
    private void bend(int pair, double covered, DiffractionResult found) {
        int first = answers.bend(pair);
        if (first < 0) {
            return;
        }
        PropagationFrame.Ways ways = answers.ways();
        java.util.Arrays.fill(taken, false);
        java.util.Arrays.fill(placed, false);
        for (int p = 0; p < found.paths(); p++) {
            ids[p] = id(found, p);
            for (int k = 0; k < PathSlots.DIFFRACTED && !placed[p]; k++) {
                if (!taken[k] && ways.id[first + k] == ids[p]) {
                    put(ways, first + k, found, p, covered, pair);
                    taken[k] = true;
                    placed[p] = true;
                }
            }
        }
        for (int p = 0; p < found.paths(); p++) {
            for (int k = 0; k < PathSlots.DIFFRACTED && !placed[p]; k++) {
                if (!taken[k]) {
                    put(ways, first + k, found, p, covered, pair);
                    taken[k] = true;
                    placed[p] = true;
                }
            }
        }
        for (int k = 0; k < PathSlots.DIFFRACTED; k++) {
            if (!taken[k]) {
                ways.clear(first + k);
            }
        }
    }

    /** Tells the paths of a pair apart: by the edges that they begin and end with, and about where. */
    private static long id(DiffractionResult found, int p) {
        long h = mix(found.edges(p), found.firstEdgeName(p).hashCode());
        return mix(h, found.lastEdgeName(p).hashCode()) | 1;
    }

    private void put(PropagationFrame.Ways ways, int at, DiffractionResult found, int p, double covered, int pair) {
        float amplitude = (float) DiffractionMix.path(1 - covered, Math.exp(found.curve(p, 0)));
        if (amplitude < SILENCE) {
            ways.clear(at);
            return;
        }
        if (ways.id[at] != ids[p] || ways.label[at] == null) {
            ways.label[at] = found.way(p);
        }
        ways.id[at] = ids[p];
        for (int a = 0; a < 3; a++) {
            ways.place[3 * at + a] = found.virtualPosition(p, a);
            ways.departure[3 * at + a] = (float) found.departure(p, a);
        }
        for (int b = 0; b < Bands.COUNT; b++) {
            ways.gain[Bands.COUNT * at + b] = amplitude;
        }
        ways.firstMeters[at] = (float) found.firstEdgeDistanceMeters(p);
        ways.lastMeters[at] = (float) found.lastEdgeDistanceMeters(p);
        ways.slope[at] = (float) found.curve(p, 1);
        ways.curve[at] = (float) found.curve(p, 2);
        around[pair] = Math.max(around[pair], amplitude);
    }

    /** Such as "ward/door_3 (steel)"; made anew only when it differs from the last. */
    private String blockerText() {
        if (hidden.blockerName() == null) {
            return null;
        }
        String material = hidden.blockerMaterial().name();
        if (!hidden.blockerName().equals(blockerName) || !material.equals(blockerMaterial)) {
            blockerName = hidden.blockerName();
            blockerMaterial = material;
            blockerText = blockerName + " (" + material + ")";
        }
        return blockerText;
    }
}
