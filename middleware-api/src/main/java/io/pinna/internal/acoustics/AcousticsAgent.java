package io.pinna.internal.acoustics;

import io.pinna.SoundWorldSettings;
import io.pinna.acoustics.AcousticsSettings;
import io.pinna.internal.snapshot.PropagationFrame;
import io.pinna.internal.snapshot.SceneFrame;
import io.pinna.internal.snapshot.TripleBuffer;
import io.pinna.internal.thread.Agent;
import java.util.Arrays;
import java.util.function.LongSupplier;

/**
 * The work of the acoustics thread: what every listener hears of every emitter straight, through walls and around edges ({@link DirectStage}), by reflections ({@link ReflectionStage}), and from the whole room ({@link ReverbStage}). The
 * answers go to the audio thread and, in a buffer of their own, to reports.
 *
 * <p>In real time it keeps to its share of a core ({@link AcousticsGovernor}): pairs that are new are answered at once, all others in the order of how loud they are and how long they have waited, as far as the time goes; what is not
 * answered anew stays as it was. Offline everything is answered for each frame, and reflections and reverberation at the rates of the quality in the time of the audio.
 */
public final class AcousticsAgent implements Agent {
    /** Reflections and reverberation follow at these parts of the rate of updates. */
    private static final int UPDATES_A_REFLECTION = 3;
    private static final int UPDATES_A_REVERB = 6;
    /** A listener that moves by more than this between two updates, and faster than anything that carries one, has been put elsewhere. */
    private static final double JUMP_METERS = 2;
    private static final double JUMP_METERS_PER_SECOND = 60;
    /** Of an emitter's weight in the order of answers: those at full level wait a seventh of what those at −60 dB wait. */
    private static final double LEAST_DB = -60;
    private static final double DB_A_WEIGHT = 10;

    private final SoundWorldSettings world;
    private final AcousticsSettings settings;
    private final TripleBuffer<SceneFrame> scenes;
    private final TripleBuffer<PropagationFrame> toAudio;
    private final TripleBuffer<PropagationFrame> toReport;
    private final LongSupplier clockNanos;
    private final boolean offline;
    private final PropagationFrame answers;
    private final AcousticScene geometry = new AcousticScene();
    private final DirectStage direct;
    private final ReflectionStage[] reflections;
    private final ReverbStage[] reverbs;
    private final AcousticsGovernor governor;
    private final long updateNanos;
    /** By pair: updates that it has waited for. */
    private final int[] waited;
    private final long[] order;
    /** Where listeners and emitters were in the last frame. */
    private final Whereabouts listenersWere;
    private final Whereabouts emittersWere;
    /** By listener: it has been put elsewhere since the last update of its reflections, and of its reverberation. */
    private final boolean[] jumpedForReflections;
    private final boolean[] jumpedForReverb;
    private long done = -1;
    private long nextDirect = Long.MIN_VALUE;
    private long nextReflections = Long.MIN_VALUE;
    private long nextReverb = Long.MIN_VALUE;
    private boolean reflectionsUnfinished;
    private boolean reverbUnfinished;
    private volatile long updates;
    private volatile long postponed;
    private volatile long cutSearches;

    /** Where everything of a kind was, and when. */
    private static final class Whereabouts {
        private final int[] generation;
        private final double[] position;
        private final long[] nanos;

        Whereabouts(int count) {
            generation = new int[count];
            position = new double[3 * count];
            nanos = new long[count];
        }

        /** Notes where one is. @return whether it has been put there, and did not go */
        boolean jumps(int i, int ofGeneration, double[] at, long now) {
            double squares = 0;
            for (int a = 3 * i; a < 3 * i + 3; a++) {
                squares += (at[a] - position[a]) * (at[a] - position[a]);
                position[a] = at[a];
            }
            double moved = Math.sqrt(squares);
            boolean jumps = generation[i] == ofGeneration && moved > JUMP_METERS && moved > JUMP_METERS_PER_SECOND * 1e-9 * (now - nanos[i]);
            generation[i] = ofGeneration;
            nanos[i] = now;
            return jumps;
        }
    }

    /** @param clockNanos the time: of the audio offline, of the machine otherwise */
    public AcousticsAgent(SoundWorldSettings world, TripleBuffer<SceneFrame> scenes, TripleBuffer<PropagationFrame> toAudio, TripleBuffer<PropagationFrame> toReport, LongSupplier clockNanos) {
        this.world = world;
        settings = world.acoustics();
        this.scenes = scenes;
        this.toAudio = toAudio;
        this.toReport = toReport;
        this.clockNanos = clockNanos;
        offline = world.mode() == SoundWorldSettings.Mode.OFFLINE;
        answers = new PropagationFrame(world);
        direct = new DirectStage(world, answers);
        int listeners = world.maxListeners();
        reflections = new ReflectionStage[settings.earlyReflections() ? listeners : 0];
        reverbs = new ReverbStage[settings.lateReverb() ? listeners : 0];
        listenersWere = new Whereabouts(listeners);
        emittersWere = new Whereabouts(world.maxEmitters());
        jumpedForReflections = new boolean[listeners];
        jumpedForReverb = new boolean[listeners];
        governor = new AcousticsGovernor(!offline, settings.quality().coreShare());
        updateNanos = Math.round(1e9 / settings.quality().updatesPerSecond());
        waited = new int[listeners * world.maxEmitters()];
        order = new long[listeners * world.maxEmitters()];
    }

    @Override
    public String role() {
        return "acoustics";
    }

    /** The share of a core that was taken in the last second. Any thread, as those that follow. */
    public double usedShare() {
        return governor.usedShare();
    }

    /** Rounds of answers so far. */
    public long updates() {
        return updates;
    }

    /** Answers that were due and had to wait for a later round. */
    public long postponed() {
        return postponed;
    }

    /** Searches for ways around edges that ended because their rays were used up. */
    public long cutSearches() {
        return cutSearches;
    }

    /** Answers the newest frame. @return the pieces of work done; 0 if there was nothing to do */
    @Override
    public int doWork() {
        SceneFrame scene = scenes.acquire();
        long now = clockNanos.getAsLong();
        boolean isNew = scene.number != done;
        if (!isNew && now < Math.min(nextDirectDue(), Math.min(nextReflectionsDue(), nextReverbDue()))) {
            return 0;
        }
        // Also if something fails below: the next frame may be a better one, this one would fail again.
        done = scene.number;
        if (scene.geometry != null) {
            geometry.apply(scene.geometry);
        }
        answers.sceneFrame = scene.number;
        governor.begin(System.nanoTime());
        int work = 0;
        if (isNew) {
            work += clearGone(scene);
            noteJumps(scene, now);
            work += answerNew(scene, now);
        }
        if (isNew && offline || now >= nextDirectDue()) {
            work += answerDue(scene);
            nextDirect = later(nextDirect, now, 1);
        }
        if (now >= nextReflectionsDue()) {
            work += reflect(scene, now);
        }
        if (now >= nextReverbDue()) {
            work += reverberate(scene, now);
        }
        if (work > 0) {
            updateIndirect(scene);
            updates = updates + 1;
        }
        cutSearches = direct.cutSearches();
        governor.end(System.nanoTime());
        if (isNew || work > 0) {
            publish(toAudio, scene);
            publish(toReport, scene);
        }
        return work + (isNew ? 1 : 0);
    }

    private void publish(TripleBuffer<PropagationFrame> to, SceneFrame scene) {
        to.back().copyFrom(answers, scene.emitterLimit);
        to.publish();
    }

    private long nextDirectDue() {
        return offline ? Long.MAX_VALUE : nextDirect;
    }

    private long nextReflectionsDue() {
        return reflections.length == 0 ? Long.MAX_VALUE : nextReflections;
    }

    private long nextReverbDue() {
        return reverbs.length == 0 ? Long.MAX_VALUE : nextReverb;
    }

    /** The time of the next update: on the beat, unless that has been missed. */
    private long later(long due, long now, int updatesAhead) {
        long step = updatesAhead * updateNanos;
        return due == Long.MIN_VALUE || now - due > step ? now + step : due + step;
    }

    private int clearGone(SceneFrame scene) {
        int cleared = 0;
        for (int l = 0; l < scene.listeners(); l++) {
            boolean gone = scene.listenerGeneration[l] == 0;
            // Another listener may have taken the place within one frame.
            if (l < reflections.length && reflections[l] != null && !reflections[l].isFor(scene.listenerGeneration[l])) {
                reflections[l].clear();
            }
            if (gone && l < reverbs.length && reverbs[l] != null) {
                reverbs[l].clear();
            }
            for (int e = 0; e < scene.emitterLimit; e++) {
                int pair = answers.pair(l, e);
                if ((gone || scene.emitterGeneration[e] == 0) && answers.isThere(pair)) {
                    answers.clear(pair);
                    cleared++;
                }
            }
        }
        return cleared;
    }

    private boolean isAnswered(SceneFrame scene, int l, int e) {
        return answers.isFor(answers.pair(l, e), scene.listenerGeneration[l], scene.emitterGeneration[e]);
    }

    /** Pairs that nobody has heard yet wait for nothing: with reverberation too, so that a sound in a hall begins as one. */
    private int answerNew(SceneFrame scene, long now) {
        int work = 0;
        for (int l = 0; l < scene.listeners(); l++) {
            if (scene.listenerGeneration[l] == 0) {
                continue;
            }
            boolean first = true;
            for (int e = 0; e < scene.emitterLimit; e++) {
                if (scene.emitterGeneration[e] == 0 || isAnswered(scene, l, e)) {
                    continue;
                }
                direct.solve(scene, geometry, l, e);
                waited[answers.pair(l, e)] = 0;
                work++;
                if (reverbs.length > 0) {
                    ReverbStage reverb = reverb(l);
                    if (first && !reverb.isFor(scene.listenerGeneration[l])) {
                        reverb.update(scene, geometry, 1e-9 * now, false);
                    }
                    first = false;
                    reverb.connect(scene, geometry, e);
                }
            }
        }
        return work;
    }

    private ReverbStage reverb(int l) {
        if (reverbs[l] == null) {
            reverbs[l] = new ReverbStage(world, l, answers);
        }
        return reverbs[l];
    }

    private ReflectionStage reflection(int l) {
        if (reflections[l] == null) {
            reflections[l] = new ReflectionStage(world, l, answers);
        }
        return reflections[l];
    }

    /** Pairs around which something has moved, the most important first, as far as the time goes; at least one. */
    private int answerDue(SceneFrame scene) {
        int count = 0;
        for (int l = 0; l < scene.listeners(); l++) {
            for (int e = 0; e < scene.emitterLimit && scene.listenerGeneration[l] != 0; e++) {
                if (scene.emitterGeneration[e] != 0 && direct.isDue(scene, geometry, l, e)) {
                    int pair = answers.pair(l, e);
                    waited[pair]++;
                    // Positive floats sort like their bits; the most urgent comes first.
                    order[count++] = (long) ~Float.floatToRawIntBits((float) (waited[pair] * weight(scene, l, e))) << 32 | pair;
                }
            }
        }
        if (!offline) {
            Arrays.sort(order, 0, count);
        }
        int solved = 0;
        while (solved < count && (solved == 0 || governor.allows(System.nanoTime()))) {
            int pair = (int) order[solved++];
            waited[pair] = 0;
            direct.solve(scene, geometry, pair / world.maxEmitters(), pair % world.maxEmitters());
        }
        if (solved < count) {
            postponed = postponed + count - solved;
        }
        if (direct.searchesInTurns()) {
            direct.searchDue(scene, geometry, governor);
        }
        return solved;
    }

    /** How much a pair matters: from 1 for inaudible ones to 7 for those at full level. */
    static double weight(SceneFrame s, int l, int e) {
        double level = s.emitterGain[e] * s.emitterDistance[e].gainLinear(s.distance(l, e));
        double db = Math.max(LEAST_DB, Math.min(0, 20 * Math.log10(Math.max(1e-9, level))));
        return 1 + (db - LEAST_DB) / DB_A_WEIGHT;
    }

    private int reflect(SceneFrame scene, long now) {
        int work = 0;
        if (!reflectionsUnfinished) {
            for (int l = 0; l < scene.listeners(); l++) {
                if (scene.listenerGeneration[l] != 0) {
                    reflection(l).discover(scene, geometry, jumpedForReflections[l]);
                    jumpedForReflections[l] = false;
                    reflection(l).begin();
                    work++;
                }
            }
        }
        reflectionsUnfinished = false;
        for (int l = 0; l < scene.listeners(); l++) {
            while (scene.listenerGeneration[l] != 0 && !reflectionsUnfinished) {
                reflectionsUnfinished = !governor.allows(System.nanoTime());
                if (reflectionsUnfinished || !reflection(l).solveNext(scene, geometry)) {
                    break;
                }
                work++;
            }
        }
        if (reflectionsUnfinished) {
            postponed = postponed + 1;
        } else {
            nextReflections = later(nextReflections, now, UPDATES_A_REFLECTION);
        }
        return work;
    }

    private int reverberate(SceneFrame scene, long now) {
        int work = 0;
        if (!reverbUnfinished) {
            for (int l = 0; l < scene.listeners(); l++) {
                if (scene.listenerGeneration[l] != 0) {
                    reverb(l).update(scene, geometry, 1e-9 * now, jumpedForReverb[l]);
                    jumpedForReverb[l] = false;
                    reverb(l).begin();
                    work++;
                }
            }
        }
        reverbUnfinished = false;
        for (int l = 0; l < scene.listeners(); l++) {
            while (scene.listenerGeneration[l] != 0 && !reverbUnfinished) {
                reverbUnfinished = !governor.allows(System.nanoTime());
                if (reverbUnfinished || !reverb(l).connectNext(scene, geometry)) {
                    break;
                }
                work++;
            }
        }
        if (reverbUnfinished) {
            postponed = postponed + 1;
        } else {
            nextReverb = later(nextReverb, now, UPDATES_A_REVERB);
        }
        return work;
    }

    /** What has been put elsewhere is not heard as it was there: neither by what is smoothed nor until the next update is due. */
    private void noteJumps(SceneFrame scene, long now) {
        for (int l = 0; l < scene.listeners(); l++) {
            if (scene.listenerGeneration[l] != 0 && listenersWere.jumps(l, scene.listenerGeneration[l], scene.listenerPosition, now)) {
                jumpedForReflections[l] = true;
                jumpedForReverb[l] = true;
                nextReflections = Math.min(nextReflections, now);
                nextReverb = Math.min(nextReverb, now);
                // A round that was begun elsewhere is not gone on with.
                reflectionsUnfinished = false;
                reverbUnfinished = false;
            }
        }
        for (int e = 0; e < scene.emitterLimit; e++) {
            if (scene.emitterGeneration[e] != 0 && emittersWere.jumps(e, scene.emitterGeneration[e], scene.emitterPosition, now)) {
                for (int l = 0; l < scene.listeners(); l++) {
                    if (scene.listenerGeneration[l] != 0 && isAnswered(scene, l, e)) {
                        follow(scene, l, e);
                    }
                }
            }
        }
    }

    /** Answers anew for an emitter that has been put elsewhere. */
    private void follow(SceneFrame scene, int l, int e) {
        if (reflections.length > 0 && reflections[l] != null) {
            reflections[l].follow(scene, geometry, e);
        }
        if (reverbs.length > 0 && reverbs[l] != null && reverbs[l].isFor(scene.listenerGeneration[l])) {
            reverbs[l].forget(e);
            reverbs[l].connect(scene, geometry, e);
        }
    }

    /** What voices are given by where the straight path alone would not do. */
    private void updateIndirect(SceneFrame scene) {
        for (int l = 0; l < scene.listeners(); l++) {
            for (int e = 0; e < scene.emitterLimit && scene.listenerGeneration[l] != 0; e++) {
                if (scene.emitterGeneration[e] == 0) {
                    continue;
                }
                int pair = answers.pair(l, e);
                double most = direct.around(pair);
                if (reverbs.length > 0 && reverbs[l] != null) {
                    double free = scene.emitterDistance[e].gainLinear(scene.distance(l, e));
                    most = Math.max(most, reverbs[l].most(e) / Math.max(1e-6, free));
                }
                answers.setIndirect(pair, (float) most);
            }
        }
    }
}
