package io.pinna.demo;

import com.jme3.math.FastMath;
import com.jme3.math.Vector3f;
import com.jme3.scene.Mesh;
import com.jme3.scene.VertexBuffer;

/** Closed solids with texture coordinates in metres, so that a tile has the same size on every wall. Stateless. */
final class Shapes {
    private static final int X = 0;
    private static final int Y = 1;
    private static final int Z = 2;

    private Shapes() {
    }

    /**
     * A closed box about its centre, wound outwards.
     *
     * @param centre       where it will stand: its texture runs on from one box to the next
     * @param size         metres
     * @param repeatMeters what one repeat of its texture covers
     */
    static Mesh box(Vector3f centre, Vector3f size, double repeatMeters) {
        float[] positions = new float[72];
        float[] normals = new float[72];
        float[] tangents = new float[96];
        float[] coordinates = new float[48];
        int[] indices = new int[36];
        int vertex = 0;
        for (int axis = 0; axis < 3; axis++) {
            int along = axis == X ? Z : X;
            int up = axis == Y ? Z : Y;
            for (int side = -1; side <= 1; side += 2) {
                int first = vertex;
                for (int corner = 0; corner < 4; corner++) {
                    float[] p = new float[3];
                    p[axis] = side * size.get(axis) / 2;
                    p[along] = (corner == 1 || corner == 2 ? 1 : -1) * size.get(along) / 2;
                    p[up] = (corner >= 2 ? 1 : -1) * size.get(up) / 2;
                    System.arraycopy(p, 0, positions, 3 * vertex, 3);
                    normals[3 * vertex + axis] = side;
                    tangents[4 * vertex + along] = 1;
                    tangents[4 * vertex + 3] = handedness(axis, side, along, up);
                    coordinates[2 * vertex] = (float) ((p[along] + centre.get(along)) / repeatMeters);
                    coordinates[2 * vertex + 1] = (float) ((p[up] + centre.get(up)) / repeatMeters);
                    vertex++;
                }
                boolean counterClockwise = handedness(axis, side, along, up) > 0;
                int at = (axis * 2 + (side + 1) / 2) * 6;
                int[] order = counterClockwise ? new int[] {0, 1, 2, 0, 2, 3} : new int[] {0, 2, 1, 0, 3, 2};
                for (int i = 0; i < 6; i++) {
                    indices[at + i] = first + order[i];
                }
            }
        }
        return mesh(positions, normals, tangents, coordinates, indices);
    }

    /** +1 if {@code along × up} points out of the face, so that (tangent, bitangent, normal) is right-handed. */
    private static int handedness(int axis, int side, int along, int up) {
        Vector3f a = new Vector3f();
        a.set(along, 1);
        Vector3f b = new Vector3f();
        b.set(up, 1);
        return a.cross(b).get(axis) * side > 0 ? 1 : -1;
    }

    /** A closed cylinder about its centre, its axis along y. */
    static Mesh cylinder(double radiusMeters, double lengthMeters, int sides, double repeatMeters) {
        int rim = sides + 1;
        int vertices = 4 * rim + 2;
        float[] positions = new float[3 * vertices];
        float[] normals = new float[3 * vertices];
        float[] tangents = new float[4 * vertices];
        float[] coordinates = new float[2 * vertices];
        int[] indices = new int[12 * sides];
        double half = lengthMeters / 2;
        int bottomCentre = 4 * rim;
        int at = 0;
        for (int i = 0; i < rim; i++) {
            double angle = 2 * Math.PI * i / sides;
            float c = (float) Math.cos(angle);
            float s = (float) Math.sin(angle);
            for (int end = 0; end < 2; end++) {
                float y = (float) (end == 0 ? -half : half);
                int wall = end * rim + i;
                int cap = (2 + end) * rim + i;
                put(positions, wall, (float) radiusMeters * c, y, (float) radiusMeters * s);
                put(positions, cap, (float) radiusMeters * c, y, (float) radiusMeters * s);
                put(normals, wall, c, 0, s);
                put(normals, cap, 0, end == 0 ? -1 : 1, 0);
                tangents[4 * wall] = -s;
                tangents[4 * wall + 2] = c;
                // Going round with the angle and up is left-handed seen from outside.
                tangents[4 * wall + 3] = -1;
                tangents[4 * cap] = 1;
                tangents[4 * cap + 3] = end == 0 ? 1 : -1;
                coordinates[2 * wall] = (float) (angle * radiusMeters / repeatMeters);
                coordinates[2 * wall + 1] = (float) ((y + half) / repeatMeters);
                coordinates[2 * cap] = (float) (radiusMeters * c / repeatMeters);
                coordinates[2 * cap + 1] = (float) (radiusMeters * s / repeatMeters);
            }
            if (i < sides) {
                int[] quad = {i, rim + i, rim + i + 1, i, rim + i + 1, i + 1, 2 * rim + i, 2 * rim + i + 1, bottomCentre, 3 * rim + i + 1, 3 * rim + i, bottomCentre + 1};
                System.arraycopy(quad, 0, indices, at, quad.length);
                at += quad.length;
            }
        }
        for (int end = 0; end < 2; end++) {
            put(positions, bottomCentre + end, 0, (float) (end == 0 ? -half : half), 0);
            put(normals, bottomCentre + end, 0, end == 0 ? -1 : 1, 0);
            tangents[4 * (bottomCentre + end)] = 1;
            tangents[4 * (bottomCentre + end) + 3] = end == 0 ? 1 : -1;
        }
        return mesh(positions, normals, tangents, coordinates, indices);
    }

    /** A wheel: a closed ring about the z axis. */
    static Mesh ring(double radiusMeters, double tubeMeters, int sides) {
        int tube = 8;
        float[] positions = new float[3 * sides * tube];
        float[] normals = new float[3 * sides * tube];
        float[] tangents = new float[4 * sides * tube];
        float[] coordinates = new float[2 * sides * tube];
        int[] indices = new int[6 * sides * tube];
        int at = 0;
        for (int i = 0; i < sides; i++) {
            double a = 2 * Math.PI * i / sides;
            for (int j = 0; j < tube; j++) {
                double b = FastMath.TWO_PI * j / tube;
                int v = i * tube + j;
                double out = radiusMeters + tubeMeters * Math.cos(b);
                put(positions, v, (float) (out * Math.cos(a)), (float) (out * Math.sin(a)), (float) (tubeMeters * Math.sin(b)));
                put(normals, v, (float) (Math.cos(b) * Math.cos(a)), (float) (Math.cos(b) * Math.sin(a)), (float) Math.sin(b));
                tangents[4 * v] = (float) -Math.sin(a);
                tangents[4 * v + 1] = (float) Math.cos(a);
                tangents[4 * v + 3] = 1;
                coordinates[2 * v] = (float) i / sides * 4;
                coordinates[2 * v + 1] = (float) j / tube;
                int nextI = (i + 1) % sides * tube;
                int nextJ = (j + 1) % tube;
                int[] quad = {v, nextI + j, nextI + nextJ, v, nextI + nextJ, i * tube + nextJ};
                System.arraycopy(quad, 0, indices, at, 6);
                at += 6;
            }
        }
        return mesh(positions, normals, tangents, coordinates, indices);
    }

    private static void put(float[] to, int vertex, float x, float y, float z) {
        to[3 * vertex] = x;
        to[3 * vertex + 1] = y;
        to[3 * vertex + 2] = z;
    }

    private static Mesh mesh(float[] positions, float[] normals, float[] tangents, float[] coordinates, int[] indices) {
        Mesh mesh = new Mesh();
        mesh.setBuffer(VertexBuffer.Type.Position, 3, positions);
        mesh.setBuffer(VertexBuffer.Type.Normal, 3, normals);
        mesh.setBuffer(VertexBuffer.Type.Tangent, 4, tangents);
        mesh.setBuffer(VertexBuffer.Type.TexCoord, 2, coordinates);
        mesh.setBuffer(VertexBuffer.Type.Index, 3, indices);
        mesh.updateBound();
        return mesh;
    }
}
