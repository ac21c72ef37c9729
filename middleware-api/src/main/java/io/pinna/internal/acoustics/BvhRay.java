package io.pinna.internal.acoustics;

/**
 * One ray on its way through one {@link Bvh}: what is derived from it once, the stack of the walk, and the answers. One for each thread that asks; reused without allocation.
 *
 * <p>The ray is origin + t·direction in the local axes of the mesh; t counts in lengths of the direction.
 */
final class BvhRay {
    float ox;
    float oy;
    float oz;
    float ix;
    float iy;
    float iz;
    int nearX;
    int nearY;
    int nearZ;
    int kx;
    int ky;
    int kz;
    float shearX;
    float shearY;
    float shearZ;
    final float[] origin = new float[3];
    final int[] stack;
    /** Bits of where the ray enters what stands in the stack. */
    final int[] stackEnter;

    /** The triangle met (its place in the tree's order), −1 for none. */
    int hitTriangle;
    float hitT;
    /** Barycentric weights of corners 1 and 2 of the hit. */
    float hitU;
    float hitV;
    /** Whether the side that was met is the one from which the corners run counter-clockwise. */
    boolean hitFront;

    /** Crossings found by {@link Bvh#crossings}: place of the triangle, t, and whether the ray meets the side from which the corners run counter-clockwise. Unsorted. */
    final int[] crossingTriangle;
    final float[] crossingT;
    final boolean[] crossingFront;
    int crossingCount;
    /** Crossings that found no room since the last call. */
    int crossingOverflow;

    /** A ray for single triangles: it can walk through no tree. */
    BvhRay() {
        this(0, 0);
    }

    BvhRay(int crossingCapacity) {
        this(crossingCapacity, BvhBuilder.MAX_DEPTH + 8);
    }

    private BvhRay(int crossingCapacity, int stackSize) {
        stack = new int[stackSize];
        stackEnter = new int[stackSize];
        crossingTriangle = new int[crossingCapacity];
        crossingT = new float[crossingCapacity];
        crossingFront = new boolean[crossingCapacity];
    }

    /** @return false if the direction has no length, and the ray must not be used */
    boolean set(double originX, double originY, double originZ, double directionX, double directionY, double directionZ) {
        ox = (float) originX;
        oy = (float) originY;
        oz = (float) originZ;
        origin[0] = ox;
        origin[1] = oy;
        origin[2] = oz;
        float dx = (float) directionX;
        float dy = (float) directionY;
        float dz = (float) directionZ;
        float ax = Math.abs(dx);
        float ay = Math.abs(dy);
        float az = Math.abs(dz);
        float longest = Math.max(ax, Math.max(ay, az));
        if (!(longest > 1e-30f) || longest > 1e30f) {
            return false;
        }
        // A component of zero becomes so small a one that the ray does not leave its place over the longest mesh; its inverse stays finite, and 0·∞ cannot occur in the slab test.
        float tiny = longest * 1e-18f;
        ix = 1 / (ax < tiny ? tiny : dx);
        iy = 1 / (ay < tiny ? tiny : dy);
        iz = 1 / (az < tiny ? tiny : dz);
        nearX = ix < 0 ? 1 : 0;
        nearY = iy < 0 ? 1 : 0;
        nearZ = iz < 0 ? 1 : 0;
        // Woop, Benthin, Wald, "Watertight ray/triangle intersection", JCGT 2013: the ray's longest axis becomes z of a sheared space in which the ray is the z axis.
        float lx;
        float ly;
        float lz;
        if (az >= ax && az >= ay) {
            kz = 2;
            kx = 0;
            ky = 1;
            lx = dx;
            ly = dy;
            lz = dz;
        } else if (ax >= ay) {
            kz = 0;
            kx = 1;
            ky = 2;
            lx = dy;
            ly = dz;
            lz = dx;
        } else {
            kz = 1;
            kx = 2;
            ky = 0;
            lx = dz;
            ly = dx;
            lz = dy;
        }
        if (lz < 0) {
            int swap = kx;
            kx = ky;
            ky = swap;
            float swapped = lx;
            lx = ly;
            ly = swapped;
        }
        shearX = lx / lz;
        shearY = ly / lz;
        shearZ = 1 / lz;
        return true;
    }
}
