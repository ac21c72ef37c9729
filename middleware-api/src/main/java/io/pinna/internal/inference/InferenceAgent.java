package io.pinna.internal.inference;

import io.pinna.internal.hrtf.HrtfSource;
import io.pinna.internal.hrtf.SpectrumField;
import io.pinna.internal.hrtf.SphereTriangulation;
import io.pinna.internal.render.HrtfTable;
import io.pinna.internal.render.SourceExtent;
import io.pinna.internal.snapshot.SceneFrame;
import io.pinna.internal.snapshot.TripleBuffer;
import io.pinna.internal.thread.Agent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The work of the inference thread: filters as a service for the renderers, for all listeners, in batches. It fills their {@link HrtfTable}s; those whose sources belong to one model are served by one call
 * of it, those that share a table by one entry. When the tables are full no model runs any more.
 *
 * <p><b>When, in real time</b> ({@link #doWork}): a direction is looked up as soon as it is new, has moved by more than the {@linkplain #NOTICEABLE_RADIANS just noticeable angle} since it was looked up last, or
 * was missed by the audio thread; and all of them at least every {@link #PERIOD_NANOS}, 50 times a second, as long as the game commits. A filter that is late by less than that angle and that time is not heard to be.
 * What moves is looked up a little ahead too. Vertices that are not there are computed at once, for all listeners together. When nobody waits, the rest of the spheres is filled, a batch at a time.
 *
 * <p><b>When, offline</b> ({@link #serveScene}): exactly what the next block needs, before it is rendered, so that nothing depends on the clock.
 *
 * <p>Tables come and go through a queue; everything else belongs to the thread that calls.
 */
public final class InferenceAgent implements Agent {
    /** The minimum audible angle of a source in front, 1° (Mills, "On the minimum audible angle", JASA 30, 1958); to the sides it is several times that. */
    static final double NOTICEABLE_RADIANS = Math.toRadians(1);
    /** 50 Hz: a source that crosses a triangle of 4° in this time moves by 200°/s. */
    static final long PERIOD_NANOS = 20_000_000;
    /** How far ahead what moves is looked up, in frames of the game as fast as the last one: more than a batch takes (7 ms) at 60 frames a second. */
    private static final float AHEAD_FRAMES = 2;
    /** What moves farther than this (cosine of 30°) from one frame to the next has jumped, and does not go on like that. */
    private static final float JUMP_COSINE = 0.866f;
    private static final float NOTICEABLE_COSINE = (float) Math.cos(NOTICEABLE_RADIANS);

    private static final float[] LEFT = {0, 1, 0};
    private static final float[] RIGHT = {0, -1, 0};

    private static final Logger LOG = LoggerFactory.getLogger(InferenceAgent.class);
    /**
     * After n failures in a row a table is left alone for 2^n calls, at most for these: a broken model does not keep the thread busy, one that recovers is used again within a second (a call
     * comes every 5 ms at least). Counted in calls and not in time, so that offline nothing depends on the clock.
     */
    private static final int LONGEST_PAUSE = 128;
    /** If none of so many directions can be computed even alone, the rest of the batch is not tried. */
    private static final int TRIED_ALONE = 8;
    /** Directions computed ahead in one go: with what comes after the spectra 7 ms on a slow core, for which an urgent one waits. */
    private static final int AHEAD_BATCH = SpectrumField.MAX_BATCH;
    /** Of one table, if many are filled ahead together. */
    private static final int LEAST_AHEAD_BATCH = 4;

    /**
     * A table and the listener slot it serves.
     *
     * @param listener slot
     * @param table    null to forget the slot
     */
    public record Assignment(int listener, int generation, HrtfTable table, HrtfSource source) {
    }

    /** A table that some listeners wear, and what is to be computed of it next. */
    private static final class Work {
        final HrtfTable table;
        final HrtfSource source;
        /** The slot that messages name. */
        int listener;
        final int[] vertices = new int[SpectrumField.MAX_BATCH];
        int count;
        int failures;
        int pause;
        int untilAgain = LONGEST_PAUSE;
        int nextVertex;

        Work(Assignment a) {
            table = a.table();
            source = a.source();
            listener = a.listener();
        }

        boolean isPending(int vertex) {
            for (int i = 0; i < count; i++) {
                if (vertices[i] == vertex) {
                    return true;
                }
            }
            return false;
        }
    }

    /** A listener slot. */
    private static final class Worn {
        final int generation;
        final Work work;
        final int[] hints;
        /** For each emitter slot the generation and direction that was looked up last, and the direction in the last frame. Null until they are needed, and when the table is full. */
        int[] emitter;
        float[] lookedUp;
        float[] before;

        Worn(int generation, Work work) {
            this.generation = generation;
            this.work = work;
            hints = new int[work.source.shellCount()];
        }
    }

    private final TripleBuffer<SceneFrame> scenes;
    private final ConcurrentLinkedQueue<Object> arriving = new ConcurrentLinkedQueue<>();
    private final Worn[] worn;
    private final List<Work> works = new ArrayList<>();
    private final int[] one = new int[1];
    private final float[] weights = new float[3];
    private final float[] direction = new float[3];
    private final float[] ahead = new float[3];
    private int nextWork;
    private long lastFrame = -1;
    private long lastLookNanos;
    private boolean looked;
    private volatile String fault;

    public InferenceAgent(TripleBuffer<SceneFrame> scenes, int listeners) {
        this.scenes = scenes;
        worn = new Worn[listeners];
    }

    /** From any thread: from now on this listener's table is to be filled. */
    public void assign(Assignment assignment) {
        arriving.add(assignment);
    }

    /** From any thread: nobody wears this table any more, and it is to be closed when all earlier assignments have been taken. */
    public void retire(HrtfTable table) {
        arriving.add(table);
    }

    /** This agent with a small errand that its thread runs as well. */
    public Agent beside(IntSupplier errand) {
        InferenceAgent me = this;
        return new Agent() {
            @Override
            public int doWork() {
                return errand.getAsInt() + me.doWork();
            }

            @Override
            public void end() {
                me.end();
            }

            @Override
            public long idleNanos() {
                return me.idleNanos();
            }

            @Override
            public String role() {
                return me.role();
            }
        };
    }

    /** What went wrong last, or null. From any thread. */
    public String fault() {
        return fault;
    }

    @Override
    public String role() {
        return "inference";
    }

    /** Serves what emitters need now, and then a batch of what they may need later. */
    @Override
    public int doWork() {
        int done = look(System.nanoTime());
        return done > 0 ? done : fillAhead();
    }

    /** As in real time, at a time. @return filters computed */
    int look(long nanos) {
        takeArrivals();
        SceneFrame scene = scenes.acquire();
        boolean all = !looked || nanos - lastLookNanos >= PERIOD_NANOS;
        if (all) {
            looked = true;
            lastLookNanos = nanos;
        }
        boolean newFrame = scene.number != lastFrame;
        lastFrame = scene.number;
        int done = 0;
        resume();
        for (int l = 0; l < worn.length; l++) {
            if (isWaiting(l, scene)) {
                done += wanted(worn[l].work);
                if (all || newFrame) {
                    done += lookUp(l, scene, all, newFrame);
                }
            } else if (worn[l] != null && worn[l].work.table.isBaked()) {
                worn[l].emitter = null;
                worn[l].lookedUp = null;
                worn[l].before = null;
            }
        }
        return done + fillPending();
    }

    private int lookUp(int l, SceneFrame s, boolean all, boolean newFrame) {
        Worn w = worn[l];
        if (w.emitter == null) {
            w.emitter = new int[s.emitterGeneration.length];
            w.lookedUp = new float[3 * w.emitter.length];
            w.before = new float[3 * w.emitter.length];
        }
        int done = 0;
        for (int e = 0; e < s.emitterLimit; e++) {
            if (s.emitterGeneration[e] == 0) {
                continue;
            }
            directionOf(s, l, e);
            int at = 3 * e;
            boolean isNew = w.emitter[e] != s.emitterGeneration[e];
            if (isNew) {
                w.emitter[e] = s.emitterGeneration[e];
                System.arraycopy(direction, 0, w.before, at, 3);
            }
            if (isNew || all || cosine(w.lookedUp, at) < NOTICEABLE_COSINE) {
                System.arraycopy(direction, 0, w.lookedUp, at, 3);
                boolean goesOn = newFrame && cosine(w.before, at) > JUMP_COSINE && goesOn(w.before, at);
                done += need(w, direction) + needSides(w, s.emitterRadius[e]);
                if (goesOn) {
                    done += need(w, ahead);
                }
            }
            if (newFrame) {
                System.arraycopy(direction, 0, w.before, at, 3);
            }
        }
        return done;
    }

    private float cosine(float[] other, int at) {
        return direction[0] * other[at] + direction[1] * other[at + 1] + direction[2] * other[at + 2];
    }

    /** Where a direction will be if it goes on as it came. @return false if it stands still */
    private boolean goesOn(float[] before, int at) {
        float length = 0;
        boolean moved = false;
        for (int i = 0; i < 3; i++) {
            float step = direction[i] - before[at + i];
            moved |= step != 0;
            ahead[i] = direction[i] + AHEAD_FRAMES * step;
            length += ahead[i] * ahead[i];
        }
        float scale = (float) (1 / Math.sqrt(length));
        for (int i = 0; i < 3; i++) {
            ahead[i] *= scale;
        }
        return moved;
    }

    /** Serves exactly what the emitters of the newest frame need. @return filters computed */
    public int serveScene() {
        takeArrivals();
        SceneFrame scene = scenes.acquire();
        int done = 0;
        resume();
        for (int l = 0; l < worn.length; l++) {
            if (isWaiting(l, scene)) {
                done += wanted(worn[l].work);
                for (int e = 0; e < scene.emitterLimit; e++) {
                    if (scene.emitterGeneration[e] != 0) {
                        directionOf(scene, l, e);
                        done += need(worn[l], direction) + needSides(worn[l], scene.emitterRadius[e]);
                    }
                }
            }
        }
        return done + fillPending();
    }

    private void resume() {
        // By index, here and below: an iterator would be garbage in every block.
        for (int i = 0; i < works.size(); i++) {
            works.get(i).pause = Math.max(0, works.get(i).pause - 1);
        }
    }

    private boolean isWaiting(int l, SceneFrame scene) {
        return worn[l] != null && worn[l].generation == scene.listenerGeneration[l] && worn[l].work.pause == 0 && !worn[l].work.table.isBaked();
    }

    private void directionOf(SceneFrame s, int l, int e) {
        if (s.headDirection(l, e, direction) < SceneFrame.NO_DIRECTION_METERS) {
            // As the mix does it.
            direction[0] = 1;
            direction[1] = 0;
            direction[2] = 0;
        }
    }

    private void takeArrivals() {
        for (Object arrived = arriving.poll(); arrived != null; arrived = arriving.poll()) {
            if (arrived instanceof HrtfTable table) {
                table.close();
            } else {
                take((Assignment) arrived);
            }
        }
    }

    /** When its thread has ended: closes what was retired and not yet taken. */
    public void close() {
        for (Object arrived = arriving.poll(); arrived != null; arrived = arriving.poll()) {
            if (arrived instanceof HrtfTable table) {
                table.close();
            }
        }
    }

    private void take(Assignment a) {
        int l = a.listener();
        Work before = worn[l] == null ? null : worn[l].work;
        worn[l] = null;
        if (a.table() != null) {
            Work work = null;
            for (Work w : works) {
                work = w.table == a.table() ? w : work;
            }
            if (work == null) {
                work = new Work(a);
                works.add(work);
            }
            worn[l] = new Worn(a.generation(), work);
        }
        if (before != null) {
            boolean isWorn = false;
            for (int i = worn.length - 1; i >= 0; i--) {
                if (worn[i] != null && worn[i].work == before) {
                    before.listener = i;
                    isWorn = true;
                }
            }
            if (!isWorn) {
                works.remove(before);
            }
        }
    }

    /** What the audio thread has missed. */
    private int wanted(Work work) {
        int missed = work.table.takeWanted();
        return missed >= 0 ? need(work, missed) : 0;
    }

    /** @return filters computed because the batch is full */
    private int need(Worn w, float[] towards) {
        int done = 0;
        for (int shell = 0; shell < w.hints.length; shell++) {
            SphereTriangulation sphere = w.work.source.triangulation(shell);
            int triangle = sphere.locate(towards[0], towards[1], towards[2], w.hints[shell], weights);
            w.hints[shell] = triangle;
            for (int c = 0; c < 3; c++) {
                done += need(w.work, w.work.source.firstVertex(shell) + sphere.corner(triangle, c));
            }
        }
        return done;
    }

    /** What is heard of a source that may surround the listener: both sides. */
    private int needSides(Worn w, float radiusMeters) {
        return SourceExtent.extentMeters(radiusMeters) > 0 ? need(w, LEFT) + need(w, RIGHT) : 0;
    }

    private int need(Work work, int vertex) {
        if (work.table.isReady(vertex) || work.isPending(vertex)) {
            return 0;
        }
        work.vertices[work.count++] = vertex;
        return work.count == work.vertices.length ? fillPending() : 0;
    }

    /** Fills one batch of the tables that nobody waits for: a part of one, or smaller parts of several of one model. */
    private int fillAhead() {
        for (int i = 0; i < works.size(); i++) {
            int first = (nextWork + i) % works.size();
            if (works.get(first).table.isBaked() || works.get(first).pause > 0) {
                continue;
            }
            List<Work> together = company(first);
            int most = Math.max(LEAST_AHEAD_BATCH, AHEAD_BATCH / together.size());
            int[] start = new int[together.size()];
            for (int t = 0; t < start.length; t++) {
                start[t] = takeNext(together.get(t), most);
            }
            int done = fillPending();
            for (int t = 0; t < start.length; t++) {
                if (together.get(t).pause > 0) {
                    // Failed; when it is tried again, it is from here.
                    together.get(t).nextVertex = start[t];
                }
            }
            if (done > 0) {
                nextWork = (first + 1) % works.size();
                return done;
            }
        }
        return 0;
    }

    /** The table at an index, and those after it that are computed in the same calls. */
    private List<Work> company(int first) {
        Work leader = works.get(first);
        HrtfSource.Batch batch = leader.source.batch();
        List<Work> together = new ArrayList<>();
        for (int i = 0; i < works.size() && together.size() < FilterBatches.MOST_TABLES; i++) {
            Work w = works.get((first + i) % works.size());
            if (w == leader || batch != HrtfSource.Batch.ONE_BY_ONE && !w.table.isBaked() && w.pause == 0 && w.source.batch().equals(batch)) {
                together.add(w);
            }
        }
        return together;
    }

    /** Puts the next vertices that are missing on the list. @return where it began */
    private static int takeNext(Work w, int most) {
        HrtfTable table = w.table;
        if (w.nextVertex == table.vertexCount() && --w.untilAgain <= 0) {
            // Some failed on the first round.
            w.nextVertex = 0;
            w.untilAgain = LONGEST_PAUSE;
        }
        int start = w.nextVertex;
        while (w.nextVertex < table.vertexCount() && w.count < most) {
            if (!table.isReady(w.nextVertex)) {
                w.vertices[w.count++] = w.nextVertex;
            }
            w.nextVertex++;
        }
        return start;
    }

    /** Computes what is on the lists, in one call for each model. @return filters computed */
    private int fillPending() {
        Map<HrtfSource.Batch, List<Work>> groups = null;
        int done = 0;
        for (int i = 0; i < works.size(); i++) {
            Work work = works.get(i);
            if (work.count > 0) {
                HrtfSource.Batch batch = work.source.batch();
                if (batch == HrtfSource.Batch.ONE_BY_ONE) {
                    done += fill(work);
                } else {
                    groups = groups == null ? new LinkedHashMap<>() : groups;
                    groups.computeIfAbsent(batch, b -> new ArrayList<>()).add(work);
                }
            }
        }
        if (groups != null) {
            for (Map.Entry<HrtfSource.Batch, List<Work>> group : groups.entrySet()) {
                done += fill(group.getKey(), group.getValue());
            }
        }
        return done;
    }

    private int fill(HrtfSource.Batch batch, List<Work> together) {
        int done = 0;
        if (together.size() > 1) {
            List<HrtfSource.Request> requests = new ArrayList<>();
            for (Work w : together) {
                requests.add(new HrtfSource.Request(w.source, w.vertices, w.count, w.table.sink()));
            }
            try {
                batch.evaluate(requests);
                for (Work w : together) {
                    w.failures = 0;
                    done += w.count;
                    w.count = 0;
                }
                return done;
            } catch (RuntimeException e) {
                // Whose fault it was comes out when each goes alone.
                LOG.debug("a batch of {} listeners failed", together.size(), e);
            }
        }
        for (Work w : together) {
            done += fill(w);
        }
        return done;
    }

    private int fill(Work w) {
        int count = w.count;
        w.count = 0;
        try {
            w.table.fill(w.vertices, count);
            w.failures = 0;
            return count;
        } catch (RuntimeException e) {
            return count > 1 ? fillOneByOne(w, count) : failed(w, e);
        }
    }

    /** So that one direction that fails does not take those of its batch along. */
    private int fillOneByOne(Work w, int count) {
        int done = 0;
        RuntimeException last = null;
        for (int i = 0; i < count && (done > 0 || i < TRIED_ALONE); i++) {
            one[0] = w.vertices[i];
            try {
                if (!w.table.isReady(one[0])) {
                    w.table.fill(one, 1);
                }
                done++;
            } catch (RuntimeException e) {
                last = e;
            }
        }
        if (done == 0) {
            return failed(w, last);
        }
        if (last != null) {
            note(w, last);
        }
        w.failures = 0;
        return done;
    }

    private int failed(Work w, RuntimeException e) {
        w.failures++;
        w.pause = Math.min(LONGEST_PAUSE, 1 << Math.min(w.failures, 30));
        note(w, e);
        return 0;
    }

    private void note(Work w, RuntimeException e) {
        fault = "filters of listener " + w.listener + ": " + e.getMessage();
        if (Integer.bitCount(w.failures) <= 1) {
            LOG.warn("filters of listener {} could not be computed ({} times in a row); it keeps those it has", w.listener, w.failures, e);
        }
    }
}
