package io.pinna.jme;

import com.jme3.math.ColorRGBA;
import io.pinna.EmitterState;
import io.pinna.WorldReport;
import io.pinna.unit.Vector3;
import java.util.List;

/** Turns what a report says of emitters into lines: straight ones by how much hides the emitter, those around edges bent where they bend, reflections thin. Update thread. */
final class DebugDrawing {
    private static final int THICK_LINES = 2048;
    private static final int THIN_LINES = 2048;
    /** A way of which only the direction is known is an arrow of this length (metres), or as long as the way if that is shorter. */
    private static final double ARROW_METERS = 1.5;
    private static final double HEAD_METERS = 0.18;
    private static final double MARK_METERS = 0.12;
    private static final double BEND_METERS = 0.06;
    /** Ways fade from full colour at the one level to the faintest at the other (dB). */
    private static final double BRIGHT_DB = -12;
    private static final double FAINT_DB = -72;
    private static final float FAINTEST = 0.18f;
    /** There are many reflections: what they leave of the picture has to be seen. */
    private static final float REFLECTED = 0.4f;

    private final DebugLines thick = new DebugLines(THICK_LINES);
    private final DebugLines thin = new DebugLines(THIN_LINES);
    private final ColorRGBA color = new ColorRGBA();

    /** Straight ways, those around edges, and where emitters are. */
    DebugLines thick() {
        return thick;
    }

    /** Reflections. */
    DebugLines thin() {
        return thin;
    }

    /** From green (in plain sight) by yellow to red (hidden). */
    static void ofOcclusion(double occlusion, ColorRGBA into) {
        into.set((float) Math.min(1, 2 * occlusion), (float) Math.min(1, 2 * (1 - occlusion)), 0.02f, 1);
    }

    /** @return how much of its colour a way keeps at a level (dB) */
    static float alpha(double levelDb) {
        return (float) Math.max(FAINTEST, Math.min(1, (levelDb - FAINT_DB) / (BRIGHT_DB - FAINT_DB)));
    }

    void clear() {
        thick.clear();
        thin.clear();
    }

    /**
     * @param here             where the listener is
     * @param withReflections  whether to draw them too
     */
    void add(EmitterState state, WorldReport.PathReport path, Vector3 here, boolean withReflections) {
        for (WorldReport.ArrivalReport way : path.arrivals()) {
            if (way.kind() == WorldReport.ArrivalKind.DIRECT) {
                boolean heard = state == EmitterState.PLAYING;
                ofOcclusion(path.occlusion(), color);
                if (!heard) {
                    color.set(0.5f, 0.5f, 0.5f, 0.6f);
                }
                mark(way.place(), MARK_METERS);
                color.a = alpha(way.loudestDb());
                if (heard) {
                    thick.add(null, way.place(), color);
                }
            }
        }
        if (state != EmitterState.PLAYING) {
            return;
        }
        Vector3 emitter = place(path);
        for (WorldReport.ArrivalReport way : path.arrivals()) {
            if (way.kind() == WorldReport.ArrivalKind.DIFFRACTED) {
                color.set(0.05f, 0.55f, 1, alpha(way.loudestDb()));
                draw(thick, way, here, emitter);
                for (Vector3 bend : way.bends()) {
                    mark(bend, BEND_METERS);
                }
            } else if (way.kind() == WorldReport.ArrivalKind.REFLECTED && withReflections) {
                color.set(0.45f, 0.16f, 0.95f, REFLECTED * alpha(way.loudestDb()));
                draw(thin, way, here, emitter);
            }
        }
    }

    /** Where the emitter of a path is; null while that is not known. */
    static Vector3 place(WorldReport.PathReport path) {
        for (WorldReport.ArrivalReport way : path.arrivals()) {
            if (way.kind() == WorldReport.ArrivalKind.DIRECT) {
                return way.place();
            }
        }
        return null;
    }

    private void draw(DebugLines into, WorldReport.ArrivalReport way, Vector3 here, Vector3 emitter) {
        List<Vector3> bends = way.bends();
        if (bends.isEmpty()) {
            arrow(into, way.place(), here);
            return;
        }
        into.add(null, bends.get(0), color);
        for (int i = 1; i < bends.size(); i++) {
            into.add(bends.get(i - 1), bends.get(i), color);
        }
        into.add(bends.get(bends.size() - 1), emitter, color);
    }

    /** From the listener towards a place. */
    private void arrow(DebugLines into, Vector3 place, Vector3 here) {
        Vector3 way = place.minus(here);
        double length = way.length();
        if (length < 1e-3) {
            return;
        }
        Vector3 direction = way.times(1 / length);
        Vector3 tip = here.plus(direction.times(Math.min(ARROW_METERS, length)));
        into.add(null, tip, color);
        // Across the direction, and level unless the arrow itself is upright.
        Vector3 side = Math.abs(direction.y()) > 0.95 ? new Vector3(1, 0, 0) : new Vector3(-direction.z(), 0, direction.x());
        Vector3 back = tip.plus(direction.times(-HEAD_METERS));
        into.add(back.plus(side.times(HEAD_METERS / 2)), tip, color);
        into.add(back.plus(side.times(-HEAD_METERS / 2)), tip, color);
    }

    private void mark(Vector3 at, double half) {
        thick.add(at.plus(new Vector3(-half, 0, 0)), at.plus(new Vector3(half, 0, 0)), color);
        thick.add(at.plus(new Vector3(0, -half, 0)), at.plus(new Vector3(0, half, 0)), color);
        thick.add(at.plus(new Vector3(0, 0, -half)), at.plus(new Vector3(0, 0, half)), color);
    }

    void close() {
        thick.close();
        thin.close();
    }
}
