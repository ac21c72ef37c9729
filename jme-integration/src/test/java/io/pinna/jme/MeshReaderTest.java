package io.pinna.jme;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.jme3.scene.Mesh;
import com.jme3.scene.VertexBuffer.Format;
import com.jme3.scene.VertexBuffer.Type;
import com.jme3.scene.VertexBuffer.Usage;
import com.jme3.scene.VertexBuffer;
import com.jme3.scene.shape.Box;
import com.jme3.scene.shape.Quad;
import com.jme3.util.BufferUtils;
import io.pinna.acoustics.AcousticMaterial;
import io.pinna.acoustics.AcousticMaterials;
import io.pinna.acoustics.TriangleMesh;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class MeshReaderTest {
    private static final AcousticMaterial BRICK = AcousticMaterials.named("brick");
    /** A zigzag in the plane z = 0; as a strip, all its triangles face +z. */
    private static final float[] ZIGZAG = {0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 1, 0, 0, 2, 0};

    private static Mesh mesh(Mesh.Mode mode, float[] positions, int... indices) {
        Mesh mesh = new Mesh();
        mesh.setMode(mode);
        mesh.setBuffer(Type.Position, 3, positions);
        if (indices.length > 0) {
            mesh.setBuffer(Type.Index, 3, indices);
        }
        return mesh;
    }

    private static int[] corners(TriangleMesh mesh) {
        int[] result = new int[3 * mesh.triangleCount()];
        for (int i = 0; i < result.length; i++) {
            result[i] = mesh.index(i / 3, i % 3);
        }
        return result;
    }

    private static TriangleMesh read(Mesh mesh) {
        MeshReader.Result result = MeshReader.read("mesh", mesh, BRICK);
        assertNull(result.note());
        return result.triangles();
    }

    /** Positive if the triangle faces +z. */
    private static double area(TriangleMesh m, int t) {
        double ux = m.vertex(m.index(t, 1), 0) - m.vertex(m.index(t, 0), 0);
        double uy = m.vertex(m.index(t, 1), 1) - m.vertex(m.index(t, 0), 1);
        double vx = m.vertex(m.index(t, 2), 0) - m.vertex(m.index(t, 0), 0);
        double vy = m.vertex(m.index(t, 2), 1) - m.vertex(m.index(t, 0), 1);
        return (ux * vy - uy * vx) / 2;
    }

    @Test
    void listsWithAndWithoutIndices() {
        assertArrayEquals(new int[] {0, 1, 2}, corners(read(mesh(Mesh.Mode.Triangles, ZIGZAG))));
        TriangleMesh indexed = read(mesh(Mesh.Mode.Triangles, ZIGZAG, 2, 1, 3, 2, 3, 4));
        assertArrayEquals(new int[] {2, 1, 3, 2, 3, 4}, corners(indexed));
        assertEquals(5, indexed.vertexCount());
        assertEquals(2, indexed.vertex(4, 1));
        assertEquals(BRICK, indexed.materials().get(0));
    }

    @Test
    void stripsKeepTheirFacing() {
        for (Mesh mesh : new Mesh[] {mesh(Mesh.Mode.TriangleStrip, ZIGZAG), mesh(Mesh.Mode.TriangleStrip, ZIGZAG, 0, 1, 2, 3, 4)}) {
            TriangleMesh strip = read(mesh);
            assertEquals(3, strip.triangleCount());
            for (int t = 0; t < 3; t++) {
                assertEquals(0.5, area(strip, t), 1e-6, "triangle " + t);
            }
        }
        assertEquals(2, read(mesh(Mesh.Mode.TriangleStrip, ZIGZAG, 0, 1, 2, 2, 1, 1, 3, 2)).triangleCount(), "stitches are nothing");
    }

    @Test
    void fansShareTheirFirstVertex() {
        float[] square = {0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0};
        assertArrayEquals(new int[] {0, 1, 2, 0, 2, 3}, corners(read(mesh(Mesh.Mode.TriangleFan, square))));
        assertArrayEquals(new int[] {3, 0, 1, 3, 1, 2}, corners(read(mesh(Mesh.Mode.TriangleFan, square, 3, 0, 1, 2))));
    }

    @Test
    void linesAndPointsHaveNoTriangles() {
        for (Mesh.Mode mode : new Mesh.Mode[] {Mesh.Mode.Lines, Mesh.Mode.LineLoop, Mesh.Mode.LineStrip, Mesh.Mode.Points}) {
            assertNull(read(mesh(mode, ZIGZAG)), mode.name());
        }
        assertNull(read(new Mesh()), "no positions");
        assertNull(read(mesh(Mesh.Mode.TriangleStrip, new float[] {0, 0, 0, 1, 0, 0})), "two vertices");
    }

    @Test
    void indicesOutsideAreLeftOutAndNoted() {
        MeshReader.Result result = MeshReader.read("mesh", mesh(Mesh.Mode.Triangles, ZIGZAG, 0, 1, 2, 0, 1, 5), BRICK);
        assertEquals(1, result.triangles().triangleCount());
        assertTrue(result.note().startsWith("1 of its triangles"), result.note());
    }

    @Test
    void positionsInOtherFormatsAreNoted() {
        Mesh mesh = new Mesh();
        VertexBuffer flat = new VertexBuffer(Type.Position);
        flat.setupData(Usage.Static, 2, Format.Float, BufferUtils.createFloatBuffer(0, 0, 1, 0, 0, 1));
        mesh.setBuffer(flat);
        MeshReader.Result result = MeshReader.read("mesh", mesh, BRICK);
        assertNull(result.triangles());
        assertTrue(result.note().contains("2 × Float"), result.note());
    }

    /** jME no longer recommends interleaving, but still does it, and models may bring it. */
    @Test
    @SuppressWarnings("deprecation")
    void interleavedMeshesReadTheSame() {
        TriangleMesh plain = read(new Box(1, 2, 3));
        Mesh box = new Box(1, 2, 3);
        box.setInterleaved();
        TriangleMesh interleaved = read(box);
        assertArrayEquals(corners(plain), corners(interleaved));
        assertEquals(plain.vertexCount(), interleaved.vertexCount());
        for (int v = 0; v < plain.vertexCount(); v++) {
            for (int axis = 0; axis < 3; axis++) {
                assertEquals(plain.vertex(v, axis), interleaved.vertex(v, axis));
            }
        }
    }

    @Test
    void animatedMeshesAreReadInTheirBindPose() {
        Mesh mesh = new Quad(1, 1);
        mesh.setBuffer(Type.BoneIndex, 4, new byte[16]);
        mesh.setBuffer(Type.BoneWeight, 4, new float[16]);
        mesh.generateBindPose();
        mesh.getFloatBuffer(Type.Position).put(0, 100);
        assertEquals(0, read(mesh).vertex(0, 0));
    }

    @Test
    void byteAndIntIndicesAreUnderstood() {
        float[] many = new float[3 * 256];
        for (int v = 0; v < 256; v++) {
            many[3 * v] = v;
            many[3 * v + 1] = v * v;
        }
        Mesh bytes = new Mesh();
        bytes.setBuffer(Type.Position, 3, many);
        bytes.setBuffer(Type.Index, 3, new byte[] {0, 100, (byte) 255});
        assertArrayEquals(new int[] {0, 100, 255}, corners(read(bytes)));
        Mesh shorts = new Mesh();
        shorts.setBuffer(Type.Position, 3, many);
        shorts.setBuffer(Type.Index, 3, new short[] {0, 100, 255});
        assertArrayEquals(new int[] {0, 100, 255}, corners(read(shorts)));
    }
}
