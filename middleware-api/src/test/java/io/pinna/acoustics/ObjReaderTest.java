package io.pinna.acoustics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.PinnaException;
import io.pinna.ResourceException;
import io.pinna.internal.acoustics.AcousticMesh;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ObjReaderTest {
    private static final Map<String, AcousticMaterial> MATERIALS = Map.of("wall", AcousticMaterials.named("brick"), "my door", AcousticMaterials.named("steel"));
    private static final String SQUARE = "v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\n";

    @TempDir
    Path folder;

    private List<TriangleMesh> read(String text) throws IOException {
        return ObjReader.read(Files.writeString(folder.resolve("ward.obj"), text), MATERIALS);
    }

    private ResourceException refused(String text) throws IOException {
        Path file = Files.writeString(folder.resolve("bad.obj"), text);
        ResourceException e = assertThrows(ResourceException.class, () -> ObjReader.read(file, MATERIALS));
        assertEquals(file.toString(), e.resource());
        return e;
    }

    private static double area(TriangleMesh m) {
        double sum = 0;
        for (int t = 0; t < m.triangleCount(); t++) {
            double[] e = new double[3];
            double[] f = new double[3];
            for (int a = 0; a < 3; a++) {
                e[a] = m.vertex(m.index(t, 1), a) - m.vertex(m.index(t, 0), a);
                f[a] = m.vertex(m.index(t, 2), a) - m.vertex(m.index(t, 0), a);
            }
            double x = e[1] * f[2] - e[2] * f[1];
            double y = e[2] * f[0] - e[0] * f[2];
            double z = e[0] * f[1] - e[1] * f[0];
            sum += Math.sqrt(x * x + y * y + z * z) / 2;
        }
        return sum;
    }

    @Test
    @Tag("unit")
    void readsEveryFormOfFace() throws IOException {
        List<TriangleMesh> m = read("\uFEFF# made by hand\r\nmtllib x.mtl\r\n" + SQUARE + "vt 0 0\nvn 0 0 1\ns off\nusemtl wall # trailing\nf 1 2 3 4\nf 1/1 2/1 3/1\nf 1//1 2//1 3//1\nf 1/1/1 2/1/1 \\\n 3/1/1\n"
                + "f -4 -3 -2\nv 5 5 5\nf -2 -3 -1\nl 1 2\np 1");
        assertEquals(1, m.size());
        assertEquals("ward", m.get(0).name());
        assertEquals(7, m.get(0).triangleCount());
        assertEquals(5, m.get(0).vertexCount());
        assertEquals("brick", m.get(0).materials().get(0).name());
        assertEquals(5, m.get(0).vertex(m.get(0).index(6, 2), 0), 0);
    }

    @Test
    @Tag("unit")
    void groupsAndObjectsBecomeMeshesWithTheirMaterials() throws IOException {
        String box2 = "v 9 0 0\nv 10 0 0\nv 10 1 0\nv 9 1 0\n";
        List<TriangleMesh> m = read(SQUARE + box2 + "o room\nusemtl wall\nf 1 2 3\no door#3\ng leaf\nusemtl my door\nf 5 6 7 8\nusemtl wall\nf 8 7 6\no empty\n");
        assertEquals(List.of("ward/room", "ward/door#3/leaf"), m.stream().map(TriangleMesh::name).toList());
        assertEquals(1, m.get(0).triangleCount());
        assertEquals(3, m.get(0).vertexCount());
        TriangleMesh door = m.get(1);
        assertEquals(3, door.triangleCount());
        assertEquals("steel", door.materials().get(door.materialNumber(1)).name());
        assertEquals("brick", door.materials().get(door.materialNumber(2)).name());
    }

    @Test
    @Tag("unit")
    void wallsInGroupsOfTheirOwnBoundOneSolid() throws IOException {
        StringBuilder s = new StringBuilder();
        int[][] faces = {{0, 4, 6, 2}, {1, 3, 7, 5}, {0, 1, 5, 4}, {2, 6, 7, 3}, {0, 2, 3, 1}, {4, 5, 7, 6}};
        int n = 0;
        s.append("usemtl wall\n");
        for (int f = 0; f < 6; f++) {
            s.append("g side").append(f).append('\n');
            for (int corner : faces[f]) {
                s.append("v ").append(corner & 1).append(' ').append(corner >> 1 & 1).append(' ').append(corner >> 2 & 1).append('\n');
            }
            s.append("f ").append(n + 1).append(' ').append(n + 2).append(' ').append(n + 3).append(' ').append(n + 4).append('\n');
            n += 4;
        }
        s.append("g far\nv 7 0 0\nv 8 0 0\nv 7 1 0\nf -1 -2 -3\n");
        List<TriangleMesh> m = read(s.toString());
        assertEquals(List.of("ward/side0+5", "ward/far"), m.stream().map(TriangleMesh::name).toList());
        assertEquals(12, AcousticMesh.of(m.get(0)).solidTriangles());
    }

    @Test
    @Tag("analytic")
    void concavePolygonsKeepTheirArea() throws IOException {
        // An L of area 3 and a comb; both orders of corners; in three planes.
        String[] planes = {"v %1$s %2$s 0\n", "v 0 %1$s %2$s\n", "v %2$s 3 %1$s\n"};
        double[][] ell = {{0, 0}, {2, 0}, {2, 1}, {1, 1}, {1, 2}, {0, 2}};
        double[][] comb = {{0, 0}, {5, 0}, {5, 2}, {4, 2}, {4, 1}, {3, 1}, {3, 2}, {2, 2}, {2, 1}, {1, 1}, {1, 2}, {0, 2}};
        for (String plane : planes) {
            for (double[][] shape : new double[][][] {ell, comb}) {
                for (int shift = 0; shift < shape.length; shift++) {
                    for (int step : new int[] {1, -1}) {
                        StringBuilder s = new StringBuilder("usemtl wall\n");
                        StringBuilder face = new StringBuilder("f");
                        for (int i = 0; i < shape.length; i++) {
                            double[] p = shape[Math.floorMod(shift + step * i, shape.length)];
                            s.append(String.format(java.util.Locale.ROOT, plane, p[0], p[1]));
                            face.append(' ').append(i + 1);
                        }
                        TriangleMesh m = read(s + face.toString()).get(0);
                        assertEquals(shape.length - 2, m.triangleCount());
                        // Overlapping triangles would have more area than the polygon.
                        assertEquals(shape == ell ? 3 : 8, area(m), 1e-5);
                    }
                }
            }
        }
    }

    @Test
    @Tag("fault")
    void namesFileLineAndReason() throws IOException {
        String[][] cases = {
                {"v 0 0\n", "line 1", "2 numbers"}, {"v 0 0 nan\n", "line 1", "coordinate"}, {"\nv 0 0 NaN\n", "line 2", "finite"}, {"v 1e999 0 0\n", "line 1", "finite"}, {"v 0 0 0x\n", "line 1", "\"0x\""},
                {SQUARE + "usemtl wall\nf 1 2 5\n", "line 6", "names vertex 5; there are 4"}, {SQUARE + "usemtl wall\nf 1 2 0\n", "line 6", "vertex 0"},
                {SQUARE + "usemtl wall\nf 1 2 -5\n", "line 6", "vertex -5"}, {SQUARE + "usemtl wall\nf 1 2\n", "line 6", "2 corners"},
                {SQUARE + "usemtl wall\nf 1 2 x\n", "line 6", "\"x\""}, {SQUARE + "usemtl wall\nf 1/a 2 3\n", "line 6", "1/a"}, {SQUARE + "usemtl wall\nf 1 2 \\\n 99999999999999999999\n", "line 6", "corner belongs"},
                {SQUARE + "usemtl velvet\n", "line 5", "my door, wall"}, {SQUARE + "f 1 2 3\n", "line 5", "before any usemtl"}, {"", "file", "no face"}, {SQUARE, "file", "4 vertices"},
                {"hello world\n", "line 1", "hello"}, {SQUARE + "surf 0 1\n", "line 5", "free-form"}, {"v 0 0 0\n\u0000\u0001", "line 2", "not an OBJ"}};
        for (String[] c : cases) {
            ResourceException e = refused(c[0]);
            assertEquals(c[1], e.field(), e.getMessage());
            assertTrue(e.reason().contains(c[2]), e.getMessage() + " should contain " + c[2]);
        }
        Path missing = folder.resolve("missing.obj");
        ResourceException gone = assertThrows(ResourceException.class, () -> ObjReader.read(missing, MATERIALS));
        assertTrue(gone.getMessage().contains("missing.obj") && gone.reason().contains("does not exist"), gone.getMessage());
        assertTrue(assertThrows(ResourceException.class, () -> ObjReader.read(folder, MATERIALS)).reason().contains("folder"));
    }

    @Test
    @Tag("fault")
    void garbageAndCutFilesAreRefusedOrRead() throws IOException {
        Random random = new Random(23);
        byte[] good = (SQUARE + "o a\nusemtl wall\nf 1 2 3 4\ng b\nusemtl my door\nf 4/1/1 3 2\n").getBytes(StandardCharsets.UTF_8);
        int refused = 0;
        int accepted = 0;
        for (int i = 0; i < 900; i++) {
            byte[] bytes;
            if (i % 3 == 0) {
                bytes = new byte[random.nextInt(500)];
                random.nextBytes(bytes);
            } else if (i % 3 == 1) {
                bytes = java.util.Arrays.copyOf(good, random.nextInt(good.length));
            } else {
                bytes = good.clone();
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            Path file = Files.write(folder.resolve("noise.obj"), bytes);
            try {
                List<TriangleMesh> m = ObjReader.read(file, MATERIALS);
                assertTrue(!m.isEmpty() && m.get(0).triangleCount() > 0);
                accepted++;
            } catch (PinnaException e) {
                assertTrue(e.getMessage().contains("noise.obj"), e.getMessage());
                refused++;
            }
        }
        assertEquals(900, refused + accepted);
        assertTrue(refused > 400 && accepted > 30, refused + " refused, " + accepted + " accepted");
    }
}
