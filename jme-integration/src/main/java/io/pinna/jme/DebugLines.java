package io.pinna.jme;

import com.jme3.math.ColorRGBA;
import com.jme3.math.Vector3f;
import com.jme3.scene.Mesh;
import com.jme3.scene.VertexBuffer;
import com.jme3.util.BufferUtils;
import io.pinna.unit.Vector3;
import java.nio.FloatBuffer;

/**
 * Lines that change, some of which begin at a place that moves with each frame. Their mesh has room for all of them from the start; those that are not used have no length. Update thread; allocates in its constructor only.
 */
final class DebugLines {
    private static final int POINT = 3;
    private static final int COLOR = 4;

    private final int capacity;
    private final Mesh mesh = new Mesh();
    private final FloatBuffer positions;
    private final FloatBuffer colors;
    private final boolean[] fromAnchor;
    private int count;
    private int dropped;

    /** @param capacity lines; those beyond are left out */
    DebugLines(int capacity) {
        this.capacity = capacity;
        positions = BufferUtils.createFloatBuffer(2 * POINT * capacity);
        colors = BufferUtils.createFloatBuffer(2 * COLOR * capacity);
        fromAnchor = new boolean[capacity];
        mesh.setMode(Mesh.Mode.Lines);
        mesh.setBuffer(VertexBuffer.Type.Position, POINT, positions);
        mesh.setBuffer(VertexBuffer.Type.Color, COLOR, colors);
        mesh.getBuffer(VertexBuffer.Type.Position).setUsage(VertexBuffer.Usage.Stream);
        mesh.getBuffer(VertexBuffer.Type.Color).setUsage(VertexBuffer.Usage.Dynamic);
        mesh.updateCounts();
    }

    Mesh mesh() {
        return mesh;
    }

    int count() {
        return count;
    }

    /** Lines that found no room since {@link #clear}. */
    int dropped() {
        return dropped;
    }

    void clear() {
        count = 0;
        dropped = 0;
    }

    /** @param from null: begins at the anchor */
    void add(Vector3 from, Vector3 to, ColorRGBA color) {
        if (count == capacity) {
            dropped++;
            return;
        }
        fromAnchor[count] = from == null;
        int at = 2 * POINT * count;
        if (from != null) {
            put(at, from);
        }
        put(at + POINT, to);
        for (int end = 0; end < 2; end++) {
            int c = COLOR * (2 * count + end);
            colors.put(c, color.r).put(c + 1, color.g).put(c + 2, color.b).put(c + 3, color.a);
        }
        count++;
    }

    private void put(int at, Vector3 p) {
        positions.put(at, (float) p.x()).put(at + 1, (float) p.y()).put(at + 2, (float) p.z());
    }

    /** All lines have been added: those of before that are left have no length from now on. */
    void close() {
        for (int i = 2 * POINT * count; i < 2 * POINT * capacity; i++) {
            positions.put(i, 0);
        }
        send(VertexBuffer.Type.Position, positions);
        send(VertexBuffer.Type.Color, colors);
    }

    /** Moves the anchor. */
    void anchor(Vector3f at) {
        for (int i = 0; i < count; i++) {
            if (fromAnchor[i]) {
                positions.put(2 * POINT * i, at.x).put(2 * POINT * i + 1, at.y).put(2 * POINT * i + 2, at.z);
            }
        }
        send(VertexBuffer.Type.Position, positions);
    }

    private void send(VertexBuffer.Type type, FloatBuffer data) {
        data.clear();
        mesh.getBuffer(type).updateData(data);
    }

    /** An end of a line (0 or 1), as it was sent last. */
    Vector3f end(int line, int which) {
        int at = POINT * (2 * line + which);
        return new Vector3f(positions.get(at), positions.get(at + 1), positions.get(at + 2));
    }

    ColorRGBA color(int line) {
        int at = 2 * COLOR * line;
        return new ColorRGBA(colors.get(at), colors.get(at + 1), colors.get(at + 2), colors.get(at + 3));
    }
}
