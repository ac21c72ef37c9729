package io.pinna.internal.acoustics;

/**
 * Triangles in a binary bounding volume hierarchy, in the local axes of their mesh. Immutable and shared by all threads; each asks with its own {@link BvhRay}. Queries allocate nothing.
 *
 * <p>The triangle test is that of Woop, Benthin and Wald (JCGT 2013): the sign of an edge function depends on the edge's two corners only and is exact (products of floats are exact in
 * double), so a ray never slips through between neighbours. A ray exactly through a shared edge or corner meets all triangles there; who counts crossings has to expect that.
 */
final class Bvh {
    /**
     * Relative error of a slab distance in floats, doubled (Ize, "Robust BVH ray traversal", JCGT 2013: 1 + 2·γ(3)), rounded up: leaving distances are stretched by it, so that rounding
     * never loses a box.
     */
    private static final float STRETCH = 1.0000005f;

    /**
     * By how much boxes are larger than what they hold, relative to the largest coordinate: twice what a corner may move by the roundings of the triangle test (of origin, difference, shear, product
     * and sum, each at up to twice the size). So a box is never missed by a ray that the test of a triangle in it would accept, and all kinds of queries agree on rays along edges and from surfaces.
     */
    static final float BOX_MARGIN = 20 * 0x1p-24f;

    private final float[] nodes;
    private final float[] triangles;
    private final int[] order;

    private Bvh(float[] nodes, float[] triangles, int[] order) {
        this.nodes = nodes;
        this.triangles = triangles;
        this.order = order;
    }

    /** @param corners nine finite floats a triangle; at least one triangle */
    static Bvh build(float[] corners) {
        int count = corners.length / 9;
        float[] boxes = new float[6 * count];
        float largest = 0;
        for (float c : corners) {
            largest = Math.max(largest, Math.abs(c));
        }
        float margin = BOX_MARGIN * largest;
        for (int i = 0; i < count; i++) {
            for (int a = 0; a < 3; a++) {
                float p = corners[9 * i + a];
                float q = corners[9 * i + 3 + a];
                float r = corners[9 * i + 6 + a];
                boxes[6 * i + a] = Math.min(p, Math.min(q, r)) - margin;
                boxes[6 * i + 3 + a] = Math.max(p, Math.max(q, r)) + margin;
            }
        }
        BvhBuilder.Tree tree = BvhBuilder.build(boxes);
        float[] ordered = new float[9 * count];
        for (int i = 0; i < count; i++) {
            System.arraycopy(corners, 9 * tree.order()[i], ordered, 9 * i, 9);
        }
        return new Bvh(tree.nodes(), ordered, tree.order());
    }

    /** Not to be written to; for layout see {@link BvhBuilder}. */
    float[] nodes() {
        return nodes;
    }

    /** Nine coordinates a triangle, by place. Not to be written to. */
    float[] triangles() {
        return triangles;
    }

    int triangleCount() {
        return order.length;
    }

    /** The number that the triangle at a place of the tree's order had when the tree was built. */
    int original(int place) {
        return order[place];
    }

    /** A coordinate of a corner of the triangle at a place. */
    float corner(int place, int corner, int coordinate) {
        return triangles[9 * place + 3 * corner + coordinate];
    }

    // The walks below are written without branches except for "is this a leaf": which box is met and which is nearer cannot be predicted, and a wrong prediction costs as much as a box.
    // Non-negative floats order like their bits as integers, and every negative one is below them; integer minimum and maximum are single instructions, float ones are not. A box is met where
    // 0 ≤ enter ≤ leave, that is where neither leave nor leave − enter is negative.
    // On 120 k triangles this answers 1.4 times as many any-hit rays as the same walk with branches, 1.6 times as many as with float minima. That the next node stays in a register instead of going
    // over the stack gives another 1.15.

    /** @return whether the ray meets any triangle at 0 ≤ t ≤ tMax */
    boolean anyHit(BvhRay ray, float tMax) {
        final float[] n = nodes;
        final int[] stack = ray.stack;
        final float ox = ray.ox;
        final float oy = ray.oy;
        final float oz = ray.oz;
        final float ix = ray.ix;
        final float iy = ray.iy;
        final float iz = ray.iz;
        final float jx = ix * STRETCH;
        final float jy = iy * STRETCH;
        final float jz = iz * STRETCH;
        final int nx = ray.nearX;
        final int ny = 4 + ray.nearY;
        final int nz = 8 + ray.nearZ;
        final int fx = nx ^ 1;
        final int fy = ny ^ 1;
        final int fz = nz ^ 1;
        final int limit = Float.floatToRawIntBits(tMax);
        int depth = 0;
        stack[0] = -1;
        int node = 0;
        while (true) {
            int top = stack[depth];
            int enter0 = Math.max(Math.max(Float.floatToRawIntBits((n[node + nx] - ox) * ix), Float.floatToRawIntBits((n[node + ny] - oy) * iy)),
                    Math.max(Float.floatToRawIntBits((n[node + nz] - oz) * iz), 0));
            int leave0 = Math.min(
                    Math.min(Float.floatToRawIntBits((n[node + fx] - ox) * jx), Float.floatToRawIntBits((n[node + fy] - oy) * jy)),
                    Math.min(Float.floatToRawIntBits((n[node + fz] - oz) * jz), limit));
            int enter1 = Math.max(Math.max(Float.floatToRawIntBits((n[node + 2 + nx] - ox) * ix), Float.floatToRawIntBits((n[node + 2 + ny] - oy) * iy)),
                    Math.max(Float.floatToRawIntBits((n[node + 2 + nz] - oz) * iz), 0));
            int leave1 = Math.min(
                    Math.min(Float.floatToRawIntBits((n[node + 2 + fx] - ox) * jx), Float.floatToRawIntBits((n[node + 2 + fy] - oy) * jy)),
                    Math.min(Float.floatToRawIntBits((n[node + 2 + fz] - oz) * jz), limit));
            int miss0 = (leave0 - enter0 | leave0) >> 31;
            int miss1 = (leave1 - enter1 | leave1) >> 31;
            int child0 = Float.floatToRawIntBits(n[node + BvhBuilder.CHILD]);
            int child1 = Float.floatToRawIntBits(n[node + BvhBuilder.CHILD + 1]);
            // Child 1 is next if it is met, and either nearer or the only one.
            int second = (enter1 - enter0 >> 31 | miss0) & ~miss1;
            int swap = (child0 ^ child1) & second;
            int next = child0 ^ swap;
            int none = miss0 & miss1;
            node = next ^ (next ^ top) & none;
            stack[depth + 1] = child1 ^ swap;
            // Both: one more to come back to. One: none more. None: the one on top is taken.
            depth += 1 + none + (miss0 | miss1);
            while (node < 0 || node >= BvhBuilder.LEAF) {
                if (node < 0) {
                    return false;
                }
                int first = BvhBuilder.leafFirst(node);
                int end = first + BvhBuilder.leafCount(node);
                for (int i = first; i < end; i++) {
                    if (triangle(ray, i, tMax)) {
                        ray.hitTriangle = i;
                        return true;
                    }
                }
                node = stack[depth--];
            }
        }
    }

    /**
     * The triangle test; leaves t and the weights in the ray where it meets.
     *
     * @return whether the ray meets the triangle at 0 ≤ t ≤ tMax
     */
    boolean triangle(BvhRay ray, int place, float tMax) {
        final float[] v = triangles;
        final int p = 9 * place;
        final int kx = ray.kx;
        final int ky = ray.ky;
        final int kz = ray.kz;
        final float[] o = ray.origin;
        final float okx = o[kx];
        final float oky = o[ky];
        final float okz = o[kz];
        final float sx = ray.shearX;
        final float sy = ray.shearY;
        final float akz = v[p + kz] - okz;
        final float bkz = v[p + 3 + kz] - okz;
        final float ckz = v[p + 6 + kz] - okz;
        final float ax = v[p + kx] - okx - sx * akz;
        final float ay = v[p + ky] - oky - sy * akz;
        final float bx = v[p + 3 + kx] - okx - sx * bkz;
        final float by = v[p + 3 + ky] - oky - sy * bkz;
        final float cx = v[p + 6 + kx] - okx - sx * ckz;
        final float cy = v[p + 6 + ky] - oky - sy * ckz;
        final double u = (double) cx * by - (double) cy * bx;
        final double w = (double) bx * ay - (double) by * ax;
        final double m = (double) ax * cy - (double) ay * cx;
        if ((u < 0 || m < 0 || w < 0) && (u > 0 || m > 0 || w > 0)) {
            return false;
        }
        final double det = u + m + w;
        if (det == 0) {
            // Seen exactly edge-on: it has no crossing.
            return false;
        }
        final double sz = ray.shearZ;
        // Rounded before it is compared, so that of two triangles in one place the same one is nearest in whatever order they are tested.
        final float t = (float) (sz * (u * akz + m * bkz + w * ckz) / det);
        if (!(t >= 0 && t <= tMax)) {
            return false;
        }
        ray.hitT = t;
        ray.hitU = (float) (m / det);
        ray.hitV = (float) (w / det);
        ray.hitFront = det > 0;
        return true;
    }

    /**
     * The nearest triangle at 0 ≤ t ≤ tMax, in the ray's hitTriangle, hitT, hitU and hitV; of equally near ones the one that stands first in the tree's order.
     *
     * @return whether there is one
     */
    boolean closestHit(BvhRay ray, float tMax) {
        final float[] n = nodes;
        final int[] stack = ray.stack;
        final float ox = ray.ox;
        final float oy = ray.oy;
        final float oz = ray.oz;
        final float ix = ray.ix;
        final float iy = ray.iy;
        final float iz = ray.iz;
        final float jx = ix * STRETCH;
        final float jy = iy * STRETCH;
        final float jz = iz * STRETCH;
        final int nx = ray.nearX;
        final int ny = 4 + ray.nearY;
        final int nz = 8 + ray.nearZ;
        final int fx = nx ^ 1;
        final int fy = ny ^ 1;
        final int fz = nz ^ 1;
        final int[] stackEnter = ray.stackEnter;
        float best = tMax;
        int limit = Float.floatToRawIntBits(best);
        int hit = -1;
        float hitU = 0;
        float hitV = 0;
        boolean hitFront = false;
        int depth = 0;
        stack[0] = -1;
        stackEnter[0] = 0;
        int node = 0;
        while (true) {
            int top = stack[depth];
            int topEnter = stackEnter[depth];
            int enter0 = Math.max(Math.max(Float.floatToRawIntBits((n[node + nx] - ox) * ix), Float.floatToRawIntBits((n[node + ny] - oy) * iy)),
                    Math.max(Float.floatToRawIntBits((n[node + nz] - oz) * iz), 0));
            int leave0 = Math.min(
                    Math.min(Float.floatToRawIntBits((n[node + fx] - ox) * jx), Float.floatToRawIntBits((n[node + fy] - oy) * jy)),
                    Math.min(Float.floatToRawIntBits((n[node + fz] - oz) * jz), limit));
            int enter1 = Math.max(Math.max(Float.floatToRawIntBits((n[node + 2 + nx] - ox) * ix), Float.floatToRawIntBits((n[node + 2 + ny] - oy) * iy)),
                    Math.max(Float.floatToRawIntBits((n[node + 2 + nz] - oz) * iz), 0));
            int leave1 = Math.min(
                    Math.min(Float.floatToRawIntBits((n[node + 2 + fx] - ox) * jx), Float.floatToRawIntBits((n[node + 2 + fy] - oy) * jy)),
                    Math.min(Float.floatToRawIntBits((n[node + 2 + fz] - oz) * jz), limit));
            int miss0 = (leave0 - enter0 | leave0) >> 31;
            int miss1 = (leave1 - enter1 | leave1) >> 31;
            int child0 = Float.floatToRawIntBits(n[node + BvhBuilder.CHILD]);
            int child1 = Float.floatToRawIntBits(n[node + BvhBuilder.CHILD + 1]);
            // Child 1 is next if it is met, and either nearer or the only one.
            int second = (enter1 - enter0 >> 31 | miss0) & ~miss1;
            int swap = (child0 ^ child1) & second;
            int next = child0 ^ swap;
            int none = miss0 & miss1;
            node = next ^ (next ^ top) & none;
            stack[depth + 1] = child1 ^ swap;
            stackEnter[depth + 1] = enter1 ^ (enter0 ^ enter1) & second;
            // Negative if the one on top is taken and lies behind the nearest hit.
            int behind = none & limit - topEnter;
            depth += 1 + none + (miss0 | miss1);
            while (node < 0 || node >= BvhBuilder.LEAF || behind < 0) {
                if (node < 0) {
                    ray.hitTriangle = hit;
                    ray.hitT = best;
                    ray.hitU = hitU;
                    ray.hitV = hitV;
                    ray.hitFront = hitFront;
                    return hit >= 0;
                }
                if (behind >= 0) {
                    int first = BvhBuilder.leafFirst(node);
                    int end = first + BvhBuilder.leafCount(node);
                    for (int i = first; i < end; i++) {
                        if (triangle(ray, i, best) && (ray.hitT < best || hit < 0 || i < hit)) {
                            best = ray.hitT;
                            hitU = ray.hitU;
                            hitV = ray.hitV;
                            hitFront = ray.hitFront;
                            hit = i;
                            limit = Float.floatToRawIntBits(best * STRETCH);
                        }
                    }
                }
                node = stack[depth];
                behind = limit - stackEnter[depth];
                depth--;
            }
        }
    }

    /** Appends every triangle that the ray meets at 0 ≤ t ≤ tMax to the ray's crossings, in no order; what finds no room is counted as overflow. */
    void crossings(BvhRay ray, float tMax) {
        final float[] n = nodes;
        final int[] stack = ray.stack;
        final float ox = ray.ox;
        final float oy = ray.oy;
        final float oz = ray.oz;
        final float ix = ray.ix;
        final float iy = ray.iy;
        final float iz = ray.iz;
        final float jx = ix * STRETCH;
        final float jy = iy * STRETCH;
        final float jz = iz * STRETCH;
        final int nx = ray.nearX;
        final int ny = 4 + ray.nearY;
        final int nz = 8 + ray.nearZ;
        final int fx = nx ^ 1;
        final int fy = ny ^ 1;
        final int fz = nz ^ 1;
        final int limit = Float.floatToRawIntBits(tMax);
        int depth = 1;
        stack[0] = -1;
        int node = 0;
        while (true) {
            int enter0 = Math.max(Math.max(Float.floatToRawIntBits((n[node + nx] - ox) * ix), Float.floatToRawIntBits((n[node + ny] - oy) * iy)),
                    Math.max(Float.floatToRawIntBits((n[node + nz] - oz) * iz), 0));
            int leave0 = Math.min(
                    Math.min(Float.floatToRawIntBits((n[node + fx] - ox) * jx), Float.floatToRawIntBits((n[node + fy] - oy) * jy)),
                    Math.min(Float.floatToRawIntBits((n[node + fz] - oz) * jz), limit));
            int enter1 = Math.max(Math.max(Float.floatToRawIntBits((n[node + 2 + nx] - ox) * ix), Float.floatToRawIntBits((n[node + 2 + ny] - oy) * iy)),
                    Math.max(Float.floatToRawIntBits((n[node + 2 + nz] - oz) * iz), 0));
            int leave1 = Math.min(
                    Math.min(Float.floatToRawIntBits((n[node + 2 + fx] - ox) * jx), Float.floatToRawIntBits((n[node + 2 + fy] - oy) * jy)),
                    Math.min(Float.floatToRawIntBits((n[node + 2 + fz] - oz) * jz), limit));
            int meets0 = (leave0 - enter0 | leave0) >>> 31 ^ 1;
            int meets1 = (leave1 - enter1 | leave1) >>> 31 ^ 1;
            int child0 = Float.floatToRawIntBits(n[node + BvhBuilder.CHILD]);
            int child1 = Float.floatToRawIntBits(n[node + BvhBuilder.CHILD + 1]);
            stack[depth] = child1;
            depth += meets1;
            stack[depth] = child0;
            depth += meets0;
            node = stack[--depth];
            while (node < 0 || node >= BvhBuilder.LEAF) {
                if (node < 0) {
                    return;
                }
                int first = BvhBuilder.leafFirst(node);
                int end = first + BvhBuilder.leafCount(node);
                for (int i = first; i < end; i++) {
                    if (triangle(ray, i, tMax)) {
                        cross(ray, i);
                    }
                }
                node = stack[--depth];
            }
        }
    }

    private void cross(BvhRay ray, int place) {
        int c = ray.crossingCount;
        if (c == ray.crossingT.length) {
            ray.crossingOverflow++;
            return;
        }
        ray.crossingTriangle[c] = place;
        ray.crossingT[c] = ray.hitT;
        ray.crossingFront[c] = ray.hitFront;
        ray.crossingCount = c + 1;
    }
}
