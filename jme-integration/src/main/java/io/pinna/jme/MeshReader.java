package io.pinna.jme;

import com.jme3.scene.Mesh;
import com.jme3.scene.VertexBuffer;
import com.jme3.scene.mesh.IndexBuffer;
import io.pinna.acoustics.AcousticMaterial;
import io.pinna.acoustics.TriangleMesh;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * Reads the triangles of a jME mesh in local space: lists, strips and fans, with or without indices, positions in a buffer of their own or interleaved. Of an animated mesh it takes the bind
 * pose. Points and lines have no triangles. Stateless.
 */
final class MeshReader {
    private static final int AXES = 3;

    private MeshReader() {
    }

    /** What a mesh gives: triangles or null, and what to tell about it or null. */
    record Result(TriangleMesh triangles, String note) {
    }

    static Result read(String name, Mesh mesh, AcousticMaterial material) {
        Mesh.Mode mode = mesh.getMode();
        switch (mode) {
            case Triangles, TriangleStrip, TriangleFan -> {
            }
            case Points, Lines, LineStrip, LineLoop -> {
                return new Result(null, null);
            }
            default -> {
                return new Result(null, "it has the mesh mode " + mode + "; triangles, triangle strips and fans stop sound");
            }
        }
        VertexBuffer positions = mesh.getBuffer(VertexBuffer.Type.BindPosePosition);
        if (positions == null || positions.getData() == null) {
            positions = mesh.getBuffer(VertexBuffer.Type.Position);
        }
        if (positions == null) {
            return new Result(null, null);
        }
        if (positions.getFormat() != VertexBuffer.Format.Float || positions.getNumComponents() != AXES) {
            return new Result(null, "its positions are " + positions.getNumComponents() + " × " + positions.getFormat() + "; 3 × Float can be read");
        }
        float[] vertices = vertices(mesh, positions);
        if (vertices == null) {
            return new Result(null, "its positions are not in the main memory any more");
        }
        int[] corners = new int[AXES * count(mode, cornerCount(mesh, vertices))];
        int used = corners(mesh, mode, corners);
        int outside = 0;
        int kept = 0;
        for (int t = 0; t < used; t += AXES) {
            int a = corners[t];
            int b = corners[t + 1];
            int c = corners[t + 2];
            if (Math.max(a, Math.max(b, c)) >= vertices.length / AXES || Math.min(a, Math.min(b, c)) < 0) {
                outside++;
            } else if (mode == Mesh.Mode.Triangles || a != b && b != c && a != c) {
                // Strips are stitched together by triangles with two equal corners, which are meant to be nothing.
                corners[kept++] = a;
                corners[kept++] = b;
                corners[kept++] = c;
            }
        }
        String note = outside == 0 ? null : outside + " of its triangles use vertices that it does not have, and were left out";
        if (kept == 0) {
            return new Result(null, note);
        }
        return new Result(TriangleMesh.of(name, vertices, Arrays.copyOf(corners, kept), material), note);
    }

    private static int cornerCount(Mesh mesh, float[] vertices) {
        IndexBuffer indices = mesh.getIndexBuffer();
        return indices == null ? vertices.length / AXES : indices.size();
    }

    private static int count(Mesh.Mode mode, int corners) {
        return mode == Mesh.Mode.Triangles ? corners / AXES : Math.max(0, corners - 2);
    }

    private static int corners(Mesh mesh, Mesh.Mode mode, int[] to) {
        IndexBuffer indices = mesh.getIndexBuffer();
        int triangles = to.length / AXES;
        for (int t = 0; t < triangles; t++) {
            int a;
            int b;
            int c;
            if (mode == Mesh.Mode.Triangles) {
                a = AXES * t;
                b = a + 1;
                c = a + 2;
            } else if (mode == Mesh.Mode.TriangleFan) {
                a = 0;
                b = t + 1;
                c = t + 2;
            } else {
                // Every other triangle of a strip is wound the other way round.
                a = t + (t & 1);
                b = t + 1 - (t & 1);
                c = t + 2;
            }
            to[AXES * t] = indices == null ? a : indices.get(a);
            to[AXES * t + 1] = indices == null ? b : indices.get(b);
            to[AXES * t + 2] = indices == null ? c : indices.get(c);
        }
        return to.length;
    }

    /** @return null if there is no data to read */
    private static float[] vertices(Mesh mesh, VertexBuffer positions) {
        Buffer data = positions.getData();
        if (data instanceof FloatBuffer floats) {
            float[] result = new float[floats.limit() / AXES * AXES];
            for (int i = 0; i < result.length; i++) {
                result[i] = floats.get(i);
            }
            return result;
        }
        VertexBuffer interleaved = mesh.getBuffer(VertexBuffer.Type.InterleavedData);
        if (interleaved == null || !(interleaved.getData() instanceof ByteBuffer bytes)) {
            return null;
        }
        int stride = positions.getStride();
        int end = bytes.limit() - positions.getOffset() - AXES * Float.BYTES;
        if (stride <= 0 || end < 0) {
            return null;
        }
        float[] result = new float[AXES * (end / stride + 1)];
        for (int v = 0; v < result.length / AXES; v++) {
            for (int axis = 0; axis < AXES; axis++) {
                result[AXES * v + axis] = bytes.getFloat(positions.getOffset() + v * stride + Float.BYTES * axis);
            }
        }
        return result;
    }
}
