package io.pinna.internal.inference;

import io.pinna.internal.hrtf.HrtfSource;
import io.pinna.internal.hrtf.SphereTriangulation;
import io.pinna.internal.render.HrtfTable;
import io.pinna.internal.snapshot.SceneFrame;
import io.pinna.internal.snapshot.TripleBuffer;
import io.pinna.internal.thread.Agent;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The work of the inference thread: filling the filter tables of all listeners. What emitters need now comes first, in batches; when nobody waits, the rest of each sphere is filled a batch at a time, so
 * that in the end no model runs at all. Tables come and go through a queue; everything else belongs to this thread.
 */
public final class InferenceAgent implements Agent {
    private static final Logger LOG = LoggerFactory.getLogger(InferenceAgent.class);
    /**
     * After n failures in a row a listener's filters are left alone for 2^n calls, at most for these: a broken model does not keep the thread busy, one that recovers is used again within a second (a call
     * comes every 5 ms at least). Counted in calls and not in time, so that offline nothing depends on the clock.
     */
    private static final int LONGEST_PAUSE = 128;
    /** If none of so many directions can be computed even alone, the rest of the batch is not tried. */
    private static final int TRIED_ALONE = 8;

    /**
     * A table and the listener slot it serves.
     *
     * @param listener slot
     * @param table    null to forget the slot
     */
    public record Assignment(int listener, int generation, HrtfTable table, HrtfSource source) {
    }

    private final TripleBuffer<SceneFrame> scenes;
    private final ConcurrentLinkedQueue<Assignment> arriving = new ConcurrentLinkedQueue<>();
    private final Assignment[] assigned;
    private final int[] failures;
    private final int[] pause;
    private final int[] untilAgain;
    private final int[] one = new int[1];
    private final int[] nextVertex;
    private final int[][] hints;
    private final int[] batch = new int[HrtfFieldModel.MAX_BATCH];
    private final float[] weights = new float[3];
    private final float[] direction = new float[3];
    private volatile String fault;

    public InferenceAgent(TripleBuffer<SceneFrame> scenes, int listeners) {
        this.scenes = scenes;
        assigned = new Assignment[listeners];
        failures = new int[listeners];
        pause = new int[listeners];
        untilAgain = new int[listeners];
        nextVertex = new int[listeners];
        hints = new int[listeners][];
    }

    /** From any thread: from now on this listener's table is to be filled. */
    public void assign(Assignment assignment) {
        arriving.add(assignment);
    }

    /** What went wrong last, or null. From any thread. */
    public String fault() {
        return fault;
    }

    @Override
    public String role() {
        return "inference";
    }

    /** Serves all that emitters need now, and then a batch of what they may need later. */
    @Override
    public int doWork() {
        takeArrivals();
        int done = serveScene();
        return done > 0 ? done : fillAhead();
    }

    /** Serves what the emitters of the newest frame need. @return filters computed */
    public int serveScene() {
        takeArrivals();
        SceneFrame scene = scenes.acquire();
        int done = 0;
        for (int l = 0; l < assigned.length; l++) {
            if (pause[l] > 0) {
                pause[l]--;
            } else if (assigned[l] != null && assigned[l].generation() == scene.listenerGeneration[l]
                    && assigned[l].table().readyCount() < assigned[l].table().vertexCount()) {
                done += serve(l, scene);
            }
        }
        return done;
    }

    private void takeArrivals() {
        for (Assignment a = arriving.poll(); a != null; a = arriving.poll()) {
            int l = a.listener();
            assigned[l] = a.table() == null ? null : a;
            failures[l] = 0;
            pause[l] = 0;
            untilAgain[l] = LONGEST_PAUSE;
            nextVertex[l] = 0;
            hints[l] = a.table() == null ? null : new int[a.source().shellCount()];
        }
    }

    private int serve(int l, SceneFrame s) {
        HrtfSource source = assigned[l].source();
        HrtfTable table = assigned[l].table();
        int done = 0;
        int pending = 0;
        int missed = table.takeWanted();
        if (missed >= 0) {
            batch[pending++] = missed;
        }
        for (int e = 0; e < s.emitterLimit; e++) {
            if (s.emitterGeneration[e] == 0) {
                continue;
            }
            if (s.headDirection(l, e, direction) < SceneFrame.NO_DIRECTION_METERS) {
                // As the mix does it.
                direction[0] = 1;
                direction[1] = 0;
                direction[2] = 0;
            }
            for (int shell = 0; shell < source.shellCount(); shell++) {
                SphereTriangulation sphere = source.triangulation(shell);
                int triangle = sphere.locate(direction[0], direction[1], direction[2], hints[l][shell], weights);
                hints[l][shell] = triangle;
                for (int c = 0; c < 3; c++) {
                    int vertex = source.firstVertex(shell) + sphere.corner(triangle, c);
                    if (!table.isReady(vertex) && !isPending(vertex, pending)) {
                        batch[pending++] = vertex;
                        if (pending == batch.length) {
                            done += fill(l, pending);
                            pending = 0;
                        }
                    }
                }
            }
        }
        if (pending > 0) {
            done += fill(l, pending);
        }
        return done;
    }

    private boolean isPending(int vertex, int pending) {
        for (int i = 0; i < pending; i++) {
            if (batch[i] == vertex) {
                return true;
            }
        }
        return false;
    }

    /** Fills one batch of the tables that nobody waits for. */
    private int fillAhead() {
        for (int l = 0; l < assigned.length; l++) {
            if (assigned[l] == null || pause[l] > 0) {
                continue;
            }
            HrtfTable table = assigned[l].table();
            int pending = 0;
            if (nextVertex[l] == table.vertexCount() && table.readyCount() < table.vertexCount() && --untilAgain[l] <= 0) {
                // Some failed on the first round.
                nextVertex[l] = 0;
                untilAgain[l] = LONGEST_PAUSE;
            }
            int first = nextVertex[l];
            while (nextVertex[l] < table.vertexCount() && pending < batch.length) {
                if (!table.isReady(nextVertex[l])) {
                    batch[pending++] = nextVertex[l];
                }
                nextVertex[l]++;
            }
            if (pending > 0) {
                int done = fill(l, pending);
                if (done > 0) {
                    return done;
                }
                nextVertex[l] = first;
            }
        }
        return 0;
    }

    private int fill(int l, int count) {
        try {
            assigned[l].table().fill(batch, count);
            failures[l] = 0;
            return count;
        } catch (RuntimeException e) {
            return count > 1 ? fillOneByOne(l, count) : failed(l, e);
        }
    }

    /** So that one direction that fails does not take those of its batch along. */
    private int fillOneByOne(int l, int count) {
        int done = 0;
        RuntimeException last = null;
        for (int i = 0; i < count && (done > 0 || i < TRIED_ALONE); i++) {
            one[0] = batch[i];
            try {
                if (!assigned[l].table().isReady(one[0])) {
                    assigned[l].table().fill(one, 1);
                }
                done++;
            } catch (RuntimeException e) {
                last = e;
            }
        }
        if (done == 0) {
            return failed(l, last);
        }
        if (last != null) {
            note(l, last);
        }
        failures[l] = 0;
        return done;
    }

    private int failed(int l, RuntimeException e) {
        failures[l]++;
        pause[l] = Math.min(LONGEST_PAUSE, 1 << Math.min(failures[l], 30));
        note(l, e);
        return 0;
    }

    private void note(int l, RuntimeException e) {
        fault = "filters of listener " + l + ": " + e.getMessage();
        if (Integer.bitCount(failures[l]) <= 1) {
            LOG.warn("filters of listener {} could not be computed ({} times in a row); it keeps those it has", l, failures[l], e);
        }
    }
}
