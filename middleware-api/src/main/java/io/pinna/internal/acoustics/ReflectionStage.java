package io.pinna.internal.acoustics;

import io.pinna.SoundWorldSettings;
import io.pinna.acoustics.AcousticsQuality;
import io.pinna.acoustics.AcousticsSettings;
import io.pinna.acoustics.Bands;
import io.pinna.internal.render.RenderPlan;
import io.pinna.internal.snapshot.PropagationFrame;
import io.pinna.internal.snapshot.SceneFrame;

/**
 * The early reflections around one listener: which surfaces mirror, which emitters are heard by reflections, and by which ones. Acoustics thread. Allocates in its constructor.
 */
final class ReflectionStage {
    /** An emitter that has reflections keeps them until another one is louder by 3 dB. */
    private static final double HYSTERESIS = 1.41;
    /** −60 dB: reflections of fainter emitters are not worth their paths. */
    private static final double LEAST = 1e-3;
    /** Turns of the search at once where nothing is known yet. */
    private static final int FIRST_TURNS = 2;
    private static final int CANDIDATES = 512;
    private static final int RAYS_A_SOLVE = 192;
    /** Square metres: smaller surfaces scatter. */
    private static final double LEAST_AREA = 0.1;
    private static final double LARGEST_STEP = 0.25;

    private final int listener;
    private final PropagationFrame answers;
    private final ReflectionFinder finder;
    private final ReflectionResult[] results;
    private final int rays;
    private final int firstRays;
    /** How much longer than the straight way a path may be that is rendered. */
    private final double mostDetourMeters;
    private final double[] loudness;
    private final int[] ranked;
    private int generation;
    private long geometryVersion = -1;
    private int nextSet;

    ReflectionStage(SoundWorldSettings world, int listener, PropagationFrame answers) {
        this.listener = listener;
        this.answers = answers;
        AcousticsQuality quality = world.acoustics().quality();
        rays = quality.reflectionRays();
        int turn = Math.min(65536, 4 * rays);
        firstRays = FIRST_TURNS * turn;
        // Two frames less: the renderer's limit is a whole number of frames.
        mostDetourMeters = (RenderPlan.EARLY_SECONDS - 2.0 / world.sampleRateHz()) * AcousticsSettings.SPEED_OF_SOUND;
        // What arrives later than the longest delay is not rendered; the direct sound may be as far away as it likes, but seldom is, where reflections matter.
        double longest = 2 * RenderPlan.EARLY_SECONDS * AcousticsSettings.SPEED_OF_SOUND;
        ReflectionSettings settings = new ReflectionSettings(quality.reflectionOrder(), quality.maxReflections(), turn, CANDIDATES, RAYS_A_SOLVE, longest, LEAST_AREA, LARGEST_STEP);
        finder = new ReflectionFinder(settings);
        results = new ReflectionResult[answers.sets()];
        for (int s = 0; s < results.length; s++) {
            results[s] = new ReflectionResult(settings);
        }
        loudness = new double[world.maxEmitters()];
        ranked = new int[answers.sets()];
    }

    /** Looks for surfaces, and chooses the emitters. */
    void discover(SceneFrame scene, AcousticScene geometry, boolean jumped) {
        if (generation != scene.listenerGeneration[listener] || jumped) {
            if (generation != scene.listenerGeneration[listener]) {
                finder.clear();
            }
            generation = scene.listenerGeneration[listener];
            for (ReflectionResult result : results) {
                result.clear();
            }
            finder.discover(geometry, scene.listenerPosition[3 * listener], scene.listenerPosition[3 * listener + 1], scene.listenerPosition[3 * listener + 2], firstRays);
        }
        boolean moved = geometryVersion != geometry.snapshot().version();
        geometryVersion = geometry.snapshot().version();
        finder.discover(geometry, scene.listenerPosition[3 * listener], scene.listenerPosition[3 * listener + 1], scene.listenerPosition[3 * listener + 2], moved ? 2 * rays : rays);
        choose(scene);
    }

    /** Gives the sets to the loudest emitters; those that stay keep theirs. */
    private void choose(SceneFrame scene) {
        int count = 0;
        for (int e = 0; e < scene.emitterLimit; e++) {
            loudness[e] = 0;
            if (scene.emitterGeneration[e] == 0) {
                continue;
            }
            double level = scene.emitterGain[e] * scene.emitterDistance[e].gainLinear(scene.distance(listener, e));
            if (answers.setOf(listener, e, scene.emitterGeneration[e]) >= 0) {
                level *= HYSTERESIS;
            }
            if (level < LEAST) {
                continue;
            }
            loudness[e] = level;
            count = rank(e, count);
        }
        for (int s = 0; s < results.length; s++) {
            int e = answers.setEmitter(listener, s);
            int g = answers.setGeneration(listener, s);
            if (g != 0 && (e >= scene.emitterLimit || scene.emitterGeneration[e] != g || !isRanked(e, count))) {
                answers.setReflections(listener, s, 0, 0, 0);
            }
        }
        for (int i = 0; i < count; i++) {
            int e = ranked[i];
            if (answers.setOf(listener, e, scene.emitterGeneration[e]) < 0) {
                take(e, scene.emitterGeneration[e]);
            }
        }
    }

    private void take(int e, int emitterGeneration) {
        for (int s = 0; s < results.length; s++) {
            if (answers.setGeneration(listener, s) == 0) {
                results[s].clear();
                answers.setReflections(listener, s, e, emitterGeneration, 0);
                return;
            }
        }
    }

    /** Inserts an emitter among the loudest. @return how many there are */
    private int rank(int e, int count) {
        int at = count;
        while (at > 0 && loudness[ranked[at - 1]] < loudness[e]) {
            at--;
        }
        if (at == ranked.length) {
            return count;
        }
        int next = Math.min(count + 1, ranked.length);
        System.arraycopy(ranked, at, ranked, at + 1, next - at - 1);
        ranked[at] = e;
        return next;
    }

    private boolean isRanked(int e, int count) {
        for (int i = 0; i < count; i++) {
            if (ranked[i] == e) {
                return true;
            }
        }
        return false;
    }

    /** Begins a round over the sets. */
    void begin() {
        nextSet = 0;
    }

    /** Solves the next set. @return false if there is none left in this round */
    boolean solveNext(SceneFrame scene, AcousticScene geometry) {
        while (nextSet < results.length) {
            int s = nextSet++;
            if (answers.setGeneration(listener, s) != 0) {
                solve(s, scene, geometry);
                return true;
            }
        }
        return false;
    }

    /** Solves anew for an emitter that has been put elsewhere. */
    void follow(SceneFrame scene, AcousticScene geometry, int e) {
        int s = answers.setOf(listener, e, scene.emitterGeneration[e]);
        if (s >= 0 && generation == scene.listenerGeneration[listener]) {
            results[s].clear();
            solve(s, scene, geometry);
        }
    }

    private void solve(int s, SceneFrame scene, AcousticScene geometry) {
        int e = answers.setEmitter(listener, s);
        ReflectionResult result = results[s];
        finder.solve(geometry, scene.listenerPosition[3 * listener], scene.listenerPosition[3 * listener + 1], scene.listenerPosition[3 * listener + 2], scene.emitterPosition[3 * e], scene.emitterPosition[3 * e + 1],
                scene.emitterPosition[3 * e + 2], scene.emitterRadius[e], result);
        PropagationFrame.Ways ways = answers.mirrored();
        int first = answers.firstReflection(listener, s);
        double longestMeters = scene.distance(listener, e) + mostDetourMeters;
        for (int r = 0; r < result.capacity(); r++) {
            int at = first + r;
            // What nobody will hear is not reported either.
            if (!result.isActive(r) || fromListener(scene, result.imagePosition(r, 0), result.imagePosition(r, 1), result.imagePosition(r, 2)) > longestMeters) {
                ways.clear(at);
                continue;
            }
            // Null until the path has been traced.
            if (ways.id[at] != result.id(r) || ways.label[at] == null) {
                ways.label[at] = result.surfaces(r);
            }
            ways.id[at] = result.id(r);
            for (int a = 0; a < 3; a++) {
                ways.place[3 * at + a] = result.imagePosition(r, a);
                ways.departure[3 * at + a] = (float) result.departure(r, a);
            }
            for (int b = 0; b < Bands.COUNT; b++) {
                ways.gain[Bands.COUNT * at + b] = (float) result.bandGain(r, b);
            }
        }
        answers.setReflections(listener, s, e, scene.emitterGeneration[e], result.capacity());
    }

    /** Whether its sets are this listener's; 0 stands for none. */
    boolean isFor(int listenerGeneration) {
        return generation == listenerGeneration;
    }

    private double fromListener(SceneFrame scene, double x, double y, double z) {
        double dx = x - scene.listenerPosition[3 * listener];
        double dy = y - scene.listenerPosition[3 * listener + 1];
        double dz = z - scene.listenerPosition[3 * listener + 2];
        return Math.sqrt(dx * dx + dy * dy + dz * dz);
    }

    /** The listener is gone. */
    void clear() {
        generation = 0;
        for (int s = 0; s < results.length; s++) {
            answers.setReflections(listener, s, 0, 0, 0);
        }
    }
}
