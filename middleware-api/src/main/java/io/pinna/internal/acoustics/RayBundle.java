package io.pinna.internal.acoustics;

/**
 * Up to {@value #SIZE} rays with one origin, walked through one {@link Bvh} together. Part of a {@link SceneQuery}; allocates nothing after construction.
 *
 * <p>Seen from a common origin o, an edge from a to b of a triangle is a plane through o with the normal (a − o) × (b − o), and a direction d meets the triangle if it lies on the same side of all
 * three such planes. The normals are computed once a triangle in doubles; what is left for each ray are three scalar products without a branch or a division, loops over arrays of floats that the
 * compiler turns into vectors. Boxes are tested once for all rays, by intervals of their directions (Boulos, Wald, Benthin, "Adaptive ray packet reordering", 2008).
 *
 * <p>Those floats only sort: what is clearly outside of a triangle is dropped, what is clearly inside counts as hit, and whatever lies within the rounding of either this test or the one of
 * {@link Bvh} is decided by the latter. So no ray gets another answer than it would get alone, and none slips through a shared edge.
 */
final class RayBundle {
    /** Most rays in one bundle. */
    static final int SIZE = 128;
    /** Most triangles that a walk may test. */
    static final int MAX_BUDGET = 16 * SIZE;
    /** Half of the distance between 1 and the next float. */
    private static final double ROUNDING = 0x1p-24;
    /** Roundings in a scalar product of three floats that were rounded themselves, in the sum of three such, and in its product with a rounded limit. */
    private static final double PRODUCT_ROUNDINGS = 12 * ROUNDING;
    /** By how much the single test may see a corner moved, relative to half the size of the mesh. */
    private static final double SINGLE_ROUNDINGS = Bvh.BOX_MARGIN;
    private static final float STRETCH = 1.000001f;

    /** Rays by number: direction in the local axes, exact. */
    final double[] directionX = new double[SIZE];
    final double[] directionY = new double[SIZE];
    final double[] directionZ = new double[SIZE];
    /** Rays by number: how far along its direction a ray is of interest; the hit of a closest-hit walk once there is one. */
    final double[] fraction = new double[SIZE];
    /** Rays by number: the triangle met in this walk, −1 for none. */
    final int[] place = new int[SIZE];
    double originX;
    double originY;
    double originZ;

    /** Those rays that still look for something, without gaps. */
    private final float[] x = new float[SIZE];
    private final float[] y = new float[SIZE];
    private final float[] z = new float[SIZE];
    private final float[] limit = new float[SIZE];
    private final float[] product0 = new float[SIZE];
    private final float[] product1 = new float[SIZE];
    private final float[] product2 = new float[SIZE];
    private final float[] margin = new float[SIZE];
    private final int[] number = new int[SIZE];
    private int active;

    /** Rays by number, as the single test wants them: made when first needed. */
    private final BvhRay[] single = new BvhRay[SIZE];
    private final byte[] singleState = new byte[SIZE];
    private final double[] from = new double[SIZE];
    private final double[] length = new double[SIZE];
    private final float[] singleBest = new float[SIZE];
    private static final byte UNKNOWN = 0;
    private static final byte READY = 1;
    private static final byte NOWHERE = 2;

    /** Nodes to visit, as a binary heap: the one that is entered first on top. A visit adds one at most, and the budget bounds the visits. */
    private final int[] heapNode = new int[4 * MAX_BUDGET + 4];
    private final double[] heapEnter = new double[4 * MAX_BUDGET + 4];
    private int heapSize;

    /** Bounds of the directions of the active rays. */
    private float lowX;
    private float lowY;
    private float lowZ;
    private float highX;
    private float highY;
    private float highZ;
    /** The largest of the active rays' limits. */
    private float reach;
    /** The smallest of them. */
    private float shortest;

    private final double[] cut = new double[2];
    private final RaySlabs slabs = new RaySlabs();

    RayBundle() {
        for (int i = 0; i < SIZE; i++) {
            single[i] = new BvhRay();
        }
    }

    /**
     * Marks in {@link #place} which rays meet anything (of any-hit walks), or the nearest triangle that each meets before its fraction, which it then lowers (of closest-hit walks).
     *
     * @param rays   numbers of the rays that take part, from begin to end − 1; the walk leaves the numbers of those that are not done at the begin
     * @param budget triangles that may be tested, at most {@link #MAX_BUDGET}; nodes count a quarter
     * @return how many are not done because the budget is used up; what was found for them is true, but may not be all
     */
    int walk(AcousticMesh mesh, boolean any, int[] rays, int begin, int end, int budget) {
        Bvh bvh = mesh.bvh;
        double size = Math.max(mesh.half[0], Math.max(mesh.half[1], mesh.half[2]));
        // The single test works on a segment cut to the mesh, so its roundings are those of the size of the mesh.
        double moved = SINGLE_ROUNDINGS * size;
        int left = 4 * budget;
        active = end - begin;
        for (int i = 0; i < active; i++) {
            int ray = rays[begin + i];
            x[i] = (float) directionX[ray];
            y[i] = (float) directionY[ray];
            z[i] = (float) directionZ[ray];
            limit[i] = (float) fraction[ray];
            number[i] = ray;
            place[ray] = -1;
            singleState[ray] = UNKNOWN;
        }
        bound();
        int boundedFor = active;
        float[] n = bvh.nodes();
        double lowOriginX = originX - moved;
        double highOriginX = originX + moved;
        double lowOriginY = originY - moved;
        double highOriginY = originY + moved;
        double lowOriginZ = originZ - moved;
        double highOriginZ = originZ + moved;
        heapSize = 0;
        push(0, 0);
        while (heapSize > 0 && left > 0) {
            int node = heapNode[0];
            double enter = heapEnter[0];
            pop();
            if (enter > shortest) {
                // Nodes come in the order in which they may be entered: whoever has a hit before this one is done.
                finish(enter);
            }
            if (active == 0 || enter > reach) {
                break;
            }
            if (BvhBuilder.isLeaf(node)) {
                int first = BvhBuilder.leafFirst(node);
                int last = first + BvhBuilder.leafCount(node);
                left -= 4 * (last - first);
                boolean changed = false;
                for (int p = first; p < last && active > 0; p++) {
                    changed |= triangle(bvh, mesh, p, any, moved);
                }
                if (changed && !any) {
                    limits();
                }
                if (active <= boundedFor / 2) {
                    bound();
                    boundedFor = active;
                }
                continue;
            }
            left--;
            double enter0 = slabs.enter(n[node] - highOriginX, n[node + 1] - lowOriginX, n[node + 4] - highOriginY, n[node + 5] - lowOriginY, n[node + 8] - highOriginZ, n[node + 9] - lowOriginZ, reach);
            double enter1 = slabs.enter(n[node + 2] - highOriginX, n[node + 3] - lowOriginX, n[node + 6] - highOriginY, n[node + 7] - lowOriginY, n[node + 10] - highOriginZ, n[node + 11] - lowOriginZ,
                    reach);
            if (enter0 <= reach) {
                push(Float.floatToRawIntBits(n[node + BvhBuilder.CHILD]), Math.max(enter, enter0));
            }
            if (enter1 <= reach) {
                push(Float.floatToRawIntBits(n[node + BvhBuilder.CHILD + 1]), Math.max(enter, enter1));
            }
        }
        if (heapSize == 0 || active == 0 || left > 0) {
            return 0;
        }
        System.arraycopy(number, 0, rays, begin, active);
        return active;
    }

    private void push(int node, double enter) {
        int i = heapSize++;
        while (i > 0 && heapEnter[i - 1 >> 1] > enter) {
            heapEnter[i] = heapEnter[i - 1 >> 1];
            heapNode[i] = heapNode[i - 1 >> 1];
            i = i - 1 >> 1;
        }
        heapEnter[i] = enter;
        heapNode[i] = node;
    }

    private void pop() {
        int size = --heapSize;
        double enter = heapEnter[size];
        int node = heapNode[size];
        int i = 0;
        while (2 * i + 1 < size) {
            int child = 2 * i + 1;
            child += child + 1 < size && heapEnter[child + 1] < heapEnter[child] ? 1 : 0;
            if (heapEnter[child] >= enter) {
                break;
            }
            heapEnter[i] = heapEnter[child];
            heapNode[i] = heapNode[child];
            i = child;
        }
        heapEnter[i] = enter;
        heapNode[i] = node;
    }

    private void finish(double enter) {
        for (int i = active - 1; i >= 0; i--) {
            if (limit[i] * STRETCH < enter) {
                drop(i);
            }
        }
        limits();
    }

    private void limits() {
        reach = 0;
        shortest = Float.POSITIVE_INFINITY;
        for (int i = 0; i < active; i++) {
            reach = limit[i] > reach ? limit[i] : reach;
            shortest = limit[i] < shortest ? limit[i] : shortest;
        }
        // Fractions were rounded to floats.
        reach *= STRETCH;
        shortest *= STRETCH;
    }

    /** Bounds of the active directions and limits. Plain comparisons, which a NaN passes by. */
    private void bound() {
        lowX = lowY = lowZ = Float.POSITIVE_INFINITY;
        highX = highY = highZ = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < active; i++) {
            lowX = x[i] < lowX ? x[i] : lowX;
            highX = x[i] > highX ? x[i] : highX;
            lowY = y[i] < lowY ? y[i] : lowY;
            highY = y[i] > highY ? y[i] : highY;
            lowZ = z[i] < lowZ ? z[i] : lowZ;
            highZ = z[i] > highZ ? z[i] : highZ;
        }
        slabs.set(lowX, highX, lowY, highY, lowZ, highZ);
        limits();
    }

    /** Tests all active rays. @return whether any met it */
    private boolean triangle(Bvh bvh, AcousticMesh mesh, int p, boolean any, double moved) {
        float[] v = bvh.triangles();
        int at = 9 * p;
        double ax = v[at] - originX;
        double ay = v[at + 1] - originY;
        double az = v[at + 2] - originZ;
        double bx = v[at + 3] - originX;
        double by = v[at + 4] - originY;
        double bz = v[at + 5] - originZ;
        double cx = v[at + 6] - originX;
        double cy = v[at + 7] - originY;
        double cz = v[at + 8] - originZ;
        // Six times the volume of the tetrahedron over the triangle with its tip in the origin, from the edges because they are short.
        double ex = bx - ax;
        double ey = by - ay;
        double ez = bz - az;
        double fx = cx - ax;
        double fy = cy - ay;
        double fz = cz - az;
        double volume = ax * (ey * fz - ez * fy) + ay * (ez * fx - ex * fz) + az * (ex * fy - ey * fx);
        double sign = volume < 0 ? -1 : 1;
        float n0x = (float) (sign * (ay * bz - az * by));
        float n0y = (float) (sign * (az * bx - ax * bz));
        float n0z = (float) (sign * (ax * by - ay * bx));
        float n1x = (float) (sign * (by * cz - bz * cy));
        float n1y = (float) (sign * (bz * cx - bx * cz));
        float n1z = (float) (sign * (bx * cy - by * cx));
        float n2x = (float) (sign * (cy * az - cz * ay));
        float n2y = (float) (sign * (cz * ax - cx * az));
        float n2z = (float) (sign * (cx * ay - cy * ax));
        double reachX = Math.max(-lowX, highX);
        double reachY = Math.max(-lowY, highY);
        double reachZ = Math.max(-lowZ, highZ);
        double products = reachX * (Math.abs(n0x) + Math.abs(n1x) + Math.abs(n2x)) + reachY * (Math.abs(n0y) + Math.abs(n1y) + Math.abs(n2y))
                + reachZ * (Math.abs(n0z) + Math.abs(n1z) + Math.abs(n2z));
        // The longest edge, from above.
        double edge = Math.abs(ex) + Math.abs(ey) + Math.abs(ez) + Math.abs(fx) + Math.abs(fy) + Math.abs(fz);
        double absolute = Math.abs(volume);
        // A corner that moves by m changes an edge's product by no more than m · |d| · (distance of the other corner from the ray), and the volume by no more than m · (twice the area).
        double unsure = PRODUCT_ROUNDINGS * (products + absolute) + 2 * moved * (edge + moved) * (reachX + reachY + reachZ + edge);
        float tolerance = (float) (unsure * 1.01);
        float height = (float) absolute;
        if (!(absolute > unsure)) {
            return edgeOn(bvh, mesh, p, any, n0x, n0y, n0z, n1x, n1y, n1z, n2x, n2y, n2z, tolerance);
        }
        // Is the triangle beside all directions at once, or beyond all of their ends?
        if (highest(n0x, n0y, n0z) < -tolerance || highest(n1x, n1y, n1z) < -tolerance || highest(n2x, n2y, n2z) < -tolerance
                || highest(n0x + n1x + n2x, n0y + n1y + n2y, n0z + n1z + n2z) * reach < height - tolerance) {
            return false;
        }
        product(x, y, z, product0, active, n0x, n0y, n0z);
        product(x, y, z, product1, active, n1x, n1y, n1z);
        product(x, y, z, product2, active, n2x, n2y, n2z);
        smallest(product0, product1, product2, limit, margin, active, height);
        boolean met = false;
        for (int i = active - 1; i >= 0; i--) {
            if (margin[i] >= -tolerance) {
                if (any) {
                    if (margin[i] > tolerance || single(bvh, mesh, number[i], p)) {
                        place[number[i]] = p;
                        drop(i);
                        met = true;
                    }
                } else {
                    met |= nearer(bvh, mesh, i, p);
                }
            }
        }
        return met;
    }

    private float highest(float nx, float ny, float nz) {
        return (nx > 0 ? nx * highX : nx * lowX) + (ny > 0 ? ny * highY : ny * lowY) + (nz > 0 ? nz * highZ : nz * lowZ);
    }

    // How far inside of the triangle and of its limit each ray is, the smallest of four products, comes out of four short loops instead of one: the one is 1.3 times as fast on Java 17, but the compilers
    // of later versions (25 was tried) no longer turn it into vectors, which makes it 2.2 times as slow as these.

    private static void product(float[] x, float[] y, float[] z, float[] out, int count, float nx, float ny, float nz) {
        for (int i = 0; i < count; i++) {
            out[i] = x[i] * nx + y[i] * ny + z[i] * nz;
        }
    }

    private static void smallest(float[] e0, float[] e1, float[] e2, float[] limit, float[] out, int count, float height) {
        for (int i = 0; i < count; i++) {
            out[i] = Math.min(Math.min(e0[i], e1[i]), Math.min(e2[i], (e0[i] + e1[i] + e2[i]) * limit[i] - height));
        }
    }

    /** The origin lies in the plane of the triangle, so that it has no side: a ray is outside if its products have different signs. */
    private boolean edgeOn(Bvh bvh, AcousticMesh mesh, int p, boolean any, float n0x, float n0y, float n0z, float n1x, float n1y, float n1z, float n2x, float n2y, float n2z, float tolerance) {
        boolean met = false;
        for (int i = active - 1; i >= 0; i--) {
            float e0 = x[i] * n0x + y[i] * n0y + z[i] * n0z;
            float e1 = x[i] * n1x + y[i] * n1y + z[i] * n1z;
            float e2 = x[i] * n2x + y[i] * n2y + z[i] * n2z;
            if (Math.min(Math.min(e0, e1), e2) < -tolerance && Math.max(Math.max(e0, e1), e2) > tolerance) {
                continue;
            }
            if (!any) {
                met |= nearer(bvh, mesh, i, p);
            } else if (single(bvh, mesh, number[i], p)) {
                place[number[i]] = p;
                drop(i);
                met = true;
            }
        }
        return met;
    }

    private void drop(int i) {
        int last = --active;
        x[i] = x[last];
        y[i] = y[last];
        z[i] = z[last];
        limit[i] = limit[last];
        number[i] = number[last];
    }

    /** The test of {@link Bvh} on the ray as a single query would cut it. */
    private boolean single(Bvh bvh, AcousticMesh mesh, int ray, int p) {
        if (singleState[ray] == UNKNOWN) {
            singleState[ray] = NOWHERE;
            double dx = directionX[ray];
            double dy = directionY[ray];
            double dz = directionZ[ray];
            if (AcousticScene.cut(mesh, originX, originY, originZ, dx, dy, dz, fraction[ray], cut)) {
                double start = cut[0];
                double span = cut[1] - start;
                if (single[ray].set(originX + start * dx, originY + start * dy, originZ + start * dz, span * dx, span * dy, span * dz)) {
                    singleState[ray] = READY;
                    from[ray] = start;
                    length[ray] = span;
                    singleBest[ray] = 1;
                }
            }
        }
        return singleState[ray] == READY && bvh.triangle(single[ray], p, singleBest[ray]);
    }

    /** Takes the triangle over if it is the nearest one of its ray, or as near and earlier in the tree. */
    private boolean nearer(Bvh bvh, AcousticMesh mesh, int i, int p) {
        int ray = number[i];
        if (!single(bvh, mesh, ray, p)) {
            return false;
        }
        float t = single[ray].hitT;
        if (place[ray] >= 0 && t == singleBest[ray] && p > place[ray]) {
            return false;
        }
        place[ray] = p;
        singleBest[ray] = t;
        fraction[ray] = from[ray] + length[ray] * t;
        limit[i] = (float) fraction[ray];
        return true;
    }
}
