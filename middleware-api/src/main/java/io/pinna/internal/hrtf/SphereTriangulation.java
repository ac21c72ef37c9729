package io.pinna.internal.hrtf;

import io.pinna.internal.RealTime;

/** Directions as unit vectors in SOFA head axes (x front, y left, z up), and the triangles between them that cover the sphere without gaps. */
public interface SphereTriangulation {
    int vertexCount();

    int triangleCount();

    /** Coordinate 0 (x), 1 (y) or 2 (z) of a vertex. */
    float coordinate(int vertex, int axis);

    /** The vertex at corner 0, 1 or 2 of a triangle. */
    int corner(int triangle, int corner);

    /**
     * The triangle that a direction falls into, by walking from a start triangle over neighbours, and its weights there.
     *
     * @param x       direction, a unit vector, likewise y and z
     * @param start   a triangle near by (the last answer), or 0
     * @param weights takes three weights, each from 0 to 1, that sum to 1, continuous in the direction over the whole sphere
     * @return the triangle's number
     */
    @RealTime
    int locate(float x, float y, float z, int start, float[] weights);
}
