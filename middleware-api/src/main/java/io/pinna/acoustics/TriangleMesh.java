package io.pinna.acoustics;

import io.pinna.InvalidValueException;
import io.pinna.internal.Check;
import java.util.List;

/**
 * Triangles with a material each, in the local axes of the object (metres). Immutable: arrays are copied in.
 */
public final class TriangleMesh {
    private final String name;
    private final float[] vertices;
    private final int[] indices;
    private final int[] triangleMaterials;
    private final List<AcousticMaterial> materials;

    /**
     * @param name              used in reports, such as "ward/door_3"
     * @param vertices          x, y, z of each vertex in turn (metres); a vertex that is not finite drops the triangles that use it, which the world counts
     * @param indices           three vertex numbers a triangle; at least one triangle
     * @param triangleMaterials for each triangle the number of its material
     * @param materials         at least one
     * @throws InvalidValueException if there is no triangle, a length is wrong, or a number points outside
     */
    public TriangleMesh(String name, float[] vertices, int[] indices, int[] triangleMaterials, List<AcousticMaterial> materials) {
        this.name = Check.notBlank(name, "name");
        this.vertices = Check.notNull(vertices, "vertices").clone();
        this.indices = Check.notNull(indices, "indices").clone();
        this.triangleMaterials = Check.notNull(triangleMaterials, "triangleMaterials").clone();
        this.materials = List.copyOf(Check.notNull(materials, "materials"));
        if (vertices.length % 3 != 0) {
            throw new InvalidValueException("mesh " + name + ": " + vertices.length + " vertex coordinates; give three a vertex");
        }
        if (indices.length == 0 || indices.length % 3 != 0) {
            throw new InvalidValueException("mesh " + name + ": " + indices.length + " indices; give three a triangle and at least one triangle");
        }
        if (triangleMaterials.length != indices.length / 3) {
            throw new InvalidValueException("mesh " + name + ": " + triangleMaterials.length + " material numbers for " + indices.length / 3 + " triangles; give one each");
        }
        for (int index : indices) {
            Check.inRange(index, 0, vertices.length / 3 - 1, "mesh " + name + ": vertex index");
        }
        for (int material : triangleMaterials) {
            Check.inRange(material, 0, materials.size() - 1, "mesh " + name + ": material number");
        }
    }

    /** A mesh of one material throughout. */
    public static TriangleMesh of(String name, float[] vertices, int[] indices, AcousticMaterial material) {
        return new TriangleMesh(name, vertices, indices, new int[Check.notNull(indices, "indices").length / 3], List.of(Check.notNull(material, "material")));
    }

    /**
     * A closed box, its faces wound outwards.
     *
     * @param halfX half of the width (metres, &gt; 0), likewise the others
     */
    public static TriangleMesh box(String name, double halfX, double halfY, double halfZ, AcousticMaterial material) {
        float[] v = new float[24];
        for (int i = 0; i < 8; i++) {
            v[3 * i] = (float) ((i & 1) == 0 ? -halfX : halfX);
            v[3 * i + 1] = (float) ((i & 2) == 0 ? -halfY : halfY);
            v[3 * i + 2] = (float) ((i & 4) == 0 ? -halfZ : halfZ);
        }
        int[] t = {
                0, 4, 6, 0, 6, 2, 1, 3, 7, 1, 7, 5,
                0, 1, 5, 0, 5, 4, 2, 6, 7, 2, 7, 3,
                0, 2, 3, 0, 3, 1, 4, 5, 7, 4, 7, 6};
        return of(name, v, t, material);
    }

    public String name() {
        return name;
    }

    public int triangleCount() {
        return triangleMaterials.length;
    }

    public int vertexCount() {
        return vertices.length / 3;
    }

    /** Coordinate 0 (x), 1 (y) or 2 (z) of a vertex, in metres. */
    public float vertex(int vertex, int coordinate) {
        return vertices[3 * vertex + coordinate];
    }

    /** The vertex number at corner 0, 1 or 2 of a triangle. */
    public int index(int triangle, int corner) {
        return indices[3 * triangle + corner];
    }

    public int materialNumber(int triangle) {
        return triangleMaterials[triangle];
    }

    public List<AcousticMaterial> materials() {
        return materials;
    }
}
