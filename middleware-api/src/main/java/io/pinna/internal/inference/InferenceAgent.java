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
 * that in the end no network runs at all. Tables come and go through a queue; everything else belongs to this thread.
 */
public final class InferenceAgent implements Agent {
    private static final Logger LOG = LoggerFactory.getLogger(InferenceAgent.class);
    /** After this many failures in a row a table is left as it is. */
    private static final int MOST_FAILURES = 8;

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
    private final int[] nextVertex;
    private final int[][] hints;
    private final int[] batch = new int[HrtfFieldModel.MAX_BATCH];
    private final float[] weights = new float[3];
    private volatile String fault;

    public InferenceAgent(TripleBuffer<SceneFrame> scenes, int listeners) {
        this.scenes = scenes;
        assigned = new Assignment[listeners];
        failures = new int[listeners];
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
            if (assigned[l] != null && failures[l] < MOST_FAILURES && assigned[l].generation() == scene.listenerGeneration[l]
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
            nextVertex[l] = 0;
            hints[l] = a.table() == null ? null : new int[a.source().shellCount()];
        }
    }

    private int serve(int l, SceneFrame s) {
        HrtfSource source = assigned[l].source();
        HrtfTable table = assigned[l].table();
        int done = 0;
        int pending = 0;
        double qx = -s.listenerRotation[4 * l];
        double qy = -s.listenerRotation[4 * l + 1];
        double qz = -s.listenerRotation[4 * l + 2];
        double qw = s.listenerRotation[4 * l + 3];
        for (int e = 0; e < s.emitterLimit; e++) {
            if (s.emitterGeneration[e] == 0) {
                continue;
            }
            double dx = s.emitterPosition[3 * e] - s.listenerPosition[3 * l];
            double dy = s.emitterPosition[3 * e + 1] - s.listenerPosition[3 * l + 1];
            double dz = s.emitterPosition[3 * e + 2] - s.listenerPosition[3 * l + 2];
            double d = Math.sqrt(dx * dx + dy * dy + dz * dz);
            float x = 1;
            float y = 0;
            float z = 0;
            if (d > 1e-3) {
                double tx = 2 * (qy * dz - qz * dy);
                double ty = 2 * (qz * dx - qx * dz);
                double tz = 2 * (qx * dy - qy * dx);
                // Rounded just as the mix does it, so that both find the same triangle.
                double scale = 1 / d;
                x = (float) (-(dz + qw * tz + qx * ty - qy * tx) * scale);
                y = (float) (-(dx + qw * tx + qy * tz - qz * ty) * scale);
                z = (float) ((dy + qw * ty + qz * tx - qx * tz) * scale);
            }
            for (int shell = 0; shell < source.shellCount(); shell++) {
                SphereTriangulation sphere = source.triangulation(shell);
                int triangle = sphere.locate(x, y, z, hints[l][shell], weights);
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
            if (assigned[l] == null || failures[l] >= MOST_FAILURES) {
                continue;
            }
            HrtfTable table = assigned[l].table();
            int pending = 0;
            while (nextVertex[l] < table.vertexCount() && pending < batch.length) {
                if (!table.isReady(nextVertex[l])) {
                    batch[pending++] = nextVertex[l];
                }
                nextVertex[l]++;
            }
            if (pending > 0) {
                return fill(l, pending);
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
            failures[l]++;
            fault = "filters of listener " + l + ": " + e.getMessage();
            LOG.warn("filters of listener {} could not be computed ({} times in a row); it keeps those it has", l, failures[l], e);
            return 0;
        }
    }
}
