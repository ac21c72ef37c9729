package io.pinna.internal.acoustics;

/**
 * Takes many segments with one origin apart into bundles that run side by side, and walks each through an {@link AcousticScene} together. Part of a {@link SceneQuery}; allocates nothing after
 * construction.
 *
 * <p>A bundle may test so many triangles as its rays would be tested against alone. One that runs into its limit, because its rays part or because what it meets is finer than it is wide, is halved;
 * if its parts do no better their rays go alone. So whatever the rays are like, the effort for a batch is a small multiple of that for its segments one by one at worst.
 */
final class RayBatch {
    /** Segments taken at once; larger batches are cut in parts of this. */
    static final int CAPACITY = 4096;
    /** Fewer rays than this go one by one: walking them together costs as much. */
    private static final int MIN_RAYS = 4;
    /** Triangles that a bundle may test for each of its rays; testing one on a whole bundle costs about a tenth of a single query. */
    private static final int TRIANGLES_PER_RAY = 2;
    /** How often in a row halving a bundle may fail to help. */
    private static final int MAX_FAILURES = 2;
    /** From here on batches are halved by count, which bounds the recursion whatever the directions are like. */
    private static final int MAX_SPATIAL_DEPTH = 24;

    /** Segments: direction and length in world axes, and their numbers in the caller's arrays, in the order in which they are parted. */
    private final double[] x = new double[CAPACITY];
    private final double[] y = new double[CAPACITY];
    private final double[] z = new double[CAPACITY];
    private final int[] ray = new int[CAPACITY];
    private final RayBundle bundle = new RayBundle();
    private final RaySlabs slabs = new RaySlabs();
    /** Numbers of the rays in the bundle, in the order in which it is parted. */
    private final int[] member = new int[RayBundle.SIZE];
    private final int[] walked = new int[RayBundle.SIZE];
    /** Where each ray of the bundle stands in the batch. */
    private final int[] position = new int[RayBundle.SIZE];
    private final int[] stack = new int[BvhBuilder.MAX_DEPTH + BvhBuilder.MAX_LEAF + 1];

    private AcousticScene scene;
    private SceneQuery query;
    private double ox;
    private double oy;
    private double oz;
    private boolean[] hit;
    private RayHits hits;

    private double lowX;
    private double lowY;
    private double lowZ;
    private double highX;
    private double highY;
    private double highZ;

    void anyHits(AcousticScene in, SceneQuery q, double originX, double originY, double originZ, double[] targets, int count, boolean[] into) {
        begin(in, q, originX, originY, originZ);
        hit = into;
        for (int first = 0; first < count; first += CAPACITY) {
            int part = Math.min(CAPACITY, count - first);
            for (int i = 0; i < part; i++) {
                hit[first + i] = false;
            }
            take(targets, first, part);
            bundles(0, part, 0);
        }
        end();
    }

    void closestHits(AcousticScene in, SceneQuery q, double originX, double originY, double originZ, double[] targets, int start, int count, RayHits into) {
        begin(in, q, originX, originY, originZ);
        hits = into;
        for (int first = start; first < start + count; first += CAPACITY) {
            int part = Math.min(CAPACITY, start + count - first);
            for (int i = first; i < first + part; i++) {
                hits.fraction[i] = 1;
                hits.instance[i] = -1;
                hits.place[i] = -1;
            }
            take(targets, first, part);
            bundles(0, part, 0);
        }
        end();
    }

    private void begin(AcousticScene in, SceneQuery q, double originX, double originY, double originZ) {
        scene = in;
        query = q;
        ox = originX;
        oy = originY;
        oz = originZ;
    }

    /** Lets go of what belongs to the caller. */
    private void end() {
        scene = null;
        query = null;
        hit = null;
        hits = null;
    }

    private void take(double[] targets, int first, int count) {
        for (int i = 0; i < count; i++) {
            int at = 3 * (first + i);
            x[i] = targets[at] - ox;
            y[i] = targets[at + 1] - oy;
            z[i] = targets[at + 2] - oz;
            ray[i] = first + i;
        }
    }

    /**
     * @param depth halvings so far; beyond some, halves are by count, which bounds the recursion
     */
    private void bundles(int begin, int end, int depth) {
        int count = end - begin;
        if (scene.nodeCount == 0) {
            return;
        }
        if (count < MIN_RAYS) {
            for (int i = begin; i < end; i++) {
                alone(i);
            }
            return;
        }
        bound(begin, end);
        if (count <= RayBundle.SIZE) {
            together(begin, end);
            return;
        }
        int middle = split(begin, end, depth);
        bundles(begin, middle, depth + 1);
        bundles(middle, end, depth + 1);
    }

    private void alone(int i) {
        int r = ray[i];
        if (hit != null) {
            hit[r] = scene.walk(query, AcousticScene.ANY, ox, oy, oz, x[i], y[i], z[i]);
            return;
        }
        hits.select(r, query);
        scene.walk(query, AcousticScene.CLOSEST, ox, oy, oz, x[i], y[i], z[i]);
        hits.set(r, query);
    }

    private void bound(int begin, int end) {
        lowX = lowY = lowZ = Double.POSITIVE_INFINITY;
        highX = highY = highZ = Double.NEGATIVE_INFINITY;
        for (int i = begin; i < end; i++) {
            lowX = x[i] < lowX ? x[i] : lowX;
            highX = x[i] > highX ? x[i] : highX;
            lowY = y[i] < lowY ? y[i] : lowY;
            highY = y[i] > highY ? y[i] : highY;
            lowZ = z[i] < lowZ ? z[i] : lowZ;
            highZ = z[i] > highZ ? z[i] : highZ;
        }
    }

    /** Parts the rays in the middle of the widest extent of their directions. */
    private int split(int begin, int end, int depth) {
        double sx = highX - lowX;
        double sy = highY - lowY;
        double sz = highZ - lowZ;
        double[] by = sx >= sy && sx >= sz ? x : sy >= sz ? y : z;
        double middle = by == x ? lowX + sx / 2 : by == y ? lowY + sy / 2 : lowZ + sz / 2;
        int i = begin;
        int j = end;
        while (i < j && depth < MAX_SPATIAL_DEPTH) {
            if (by[i] < middle) {
                i++;
            } else {
                swap(i, --j);
            }
        }
        return i == begin || i == end ? (begin + end) >>> 1 : i;
    }

    private void swap(int i, int j) {
        double a = x[i];
        x[i] = x[j];
        x[j] = a;
        a = y[i];
        y[i] = y[j];
        y[j] = a;
        a = z[i];
        z[i] = z[j];
        z[j] = a;
        int r = ray[i];
        ray[i] = ray[j];
        ray[j] = r;
    }

    /** Walks at most {@link RayBundle#SIZE} rays through the upper tree. */
    private void together(int begin, int end) {
        slabs.set(lowX, highX, lowY, highY, lowZ, highZ);
        double[] b = scene.boxes;
        int[] children = scene.children;
        int depth = 0;
        stack[depth++] = 0;
        while (depth > 0) {
            int node = stack[--depth];
            int at = 12 * node;
            double enter0 = slabs.enter(b[at] - ox, b[at + 3] - ox, b[at + 1] - oy, b[at + 4] - oy, b[at + 2] - oz, b[at + 5] - oz, 1);
            at += 6;
            double enter1 = slabs.enter(b[at] - ox, b[at + 3] - ox, b[at + 1] - oy, b[at + 4] - oy, b[at + 2] - oz, b[at + 5] - oz, 1);
            int near = enter1 < enter0 ? 1 : 0;
            for (int i = 0; i < 2; i++) {
                int side = i == 0 ? near : 1 - near;
                int child = children[2 * node + side];
                if (child < 0 && (side == 0 ? enter0 : enter1) <= 1) {
                    instance(~child, begin, end);
                }
            }
            for (int i = 0; i < 2; i++) {
                int side = i == 0 ? 1 - near : near;
                int child = children[2 * node + side];
                if (child >= 0 && (side == 0 ? enter0 : enter1) <= 1) {
                    stack[depth++] = child;
                }
            }
        }
    }

    private void instance(int instance, int begin, int end) {
        AcousticMesh mesh = scene.snapshot.meshes[instance];
        double[] t = scene.snapshot.transforms;
        int at = GeometrySnapshot.TRANSFORM * instance;
        double px = ox - t[at + 18];
        double py = oy - t[at + 19];
        double pz = oz - t[at + 20];
        RayBundle to = bundle;
        to.originX = t[at + 9] * px + t[at + 10] * py + t[at + 11] * pz - mesh.centre[0];
        to.originY = t[at + 12] * px + t[at + 13] * py + t[at + 14] * pz - mesh.centre[1];
        to.originZ = t[at + 15] * px + t[at + 16] * py + t[at + 17] * pz - mesh.centre[2];
        int n = 0;
        for (int i = begin; i < end; i++) {
            if (hit != null && hit[ray[i]]) {
                continue;
            }
            double dx = x[i];
            double dy = y[i];
            double dz = z[i];
            to.directionX[n] = t[at + 9] * dx + t[at + 10] * dy + t[at + 11] * dz;
            to.directionY[n] = t[at + 12] * dx + t[at + 13] * dy + t[at + 14] * dz;
            to.directionZ[n] = t[at + 15] * dx + t[at + 16] * dy + t[at + 17] * dz;
            to.fraction[n] = hit != null ? 1 : hits.fraction[ray[i]];
            member[n] = n;
            position[n++] = i;
        }
        through(instance, mesh, 0, n, 0);
    }

    /** @param failures how often this bundle has been halved because it ran into its limit */
    private void through(int instance, AcousticMesh mesh, int begin, int end, int failures) {
        int count = end - begin;
        if (count < MIN_RAYS || failures > MAX_FAILURES) {
            for (int m = begin; m < end; m++) {
                alone(instance, position[member[m]]);
            }
            return;
        }
        for (int m = begin; m < end; m++) {
            walked[m] = member[m];
        }
        int unfinished = bundle.walk(mesh, hit != null, member, begin, end, TRIANGLES_PER_RAY * count);
        for (int m = begin; m < end; m++) {
            note(instance, walked[m]);
        }
        if (unfinished > 0) {
            int middle = part(begin, begin + unfinished);
            through(instance, mesh, begin, middle, failures + 1);
            through(instance, mesh, middle, begin + unfinished, failures + 1);
        }
    }

    private void note(int instance, int number) {
        if (bundle.place[number] < 0) {
            return;
        }
        int r = ray[position[number]];
        if (hit != null) {
            hit[r] = true;
        } else if (bundle.fraction[number] < hits.fraction[r] || hits.instance[r] < 0) {
            hits.fraction[r] = bundle.fraction[number];
            hits.instance[r] = instance;
            hits.place[r] = bundle.place[number];
        }
    }

    /** One ray through one instance. */
    private void alone(int instance, int i) {
        int r = ray[i];
        if (hit != null) {
            hit[r] = scene.instance(query, AcousticScene.ANY, instance, ox, oy, oz, x[i], y[i], z[i]);
            return;
        }
        hits.select(r, query);
        scene.instance(query, AcousticScene.CLOSEST, instance, ox, oy, oz, x[i], y[i], z[i]);
        hits.set(r, query);
    }

    /** Parts members of the bundle in the middle of the widest extent of their directions, by world axes. */
    private int part(int begin, int end) {
        double[] widest = x;
        double most = -1;
        double middle = 0;
        for (int a = 0; a < 3; a++) {
            double[] along = a == 0 ? x : a == 1 ? y : z;
            double low = Double.POSITIVE_INFINITY;
            double high = Double.NEGATIVE_INFINITY;
            for (int m = begin; m < end; m++) {
                double d = along[position[member[m]]];
                low = d < low ? d : low;
                high = d > high ? d : high;
            }
            if (high - low > most) {
                most = high - low;
                widest = along;
                middle = low + most / 2;
            }
        }
        int i = begin;
        int j = end;
        while (i < j) {
            if (widest[position[member[i]]] < middle) {
                i++;
            } else {
                j--;
                int swap = member[i];
                member[i] = member[j];
                member[j] = swap;
            }
        }
        return i == begin || i == end ? (begin + end) >>> 1 : i;
    }
}
