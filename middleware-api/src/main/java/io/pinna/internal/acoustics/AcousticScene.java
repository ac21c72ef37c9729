package io.pinna.internal.acoustics;

import io.pinna.acoustics.AcousticMaterial;
import java.util.Arrays;

/**
 * All geometry in world axes, ready for segments: instances of {@link AcousticMesh}es under a hierarchy of their own. Owned by the acoustics thread, which applies snapshots between queries;
 * while none is applied, other threads may ask with their own {@link SceneQuery}. Queries allocate nothing; {@link #apply} allocates only when instances come or go.
 *
 * <p>Segments and transforms are in doubles. Inside an instance a segment is cut to the bounds of the mesh and moved to their centre before it becomes floats, so neither a world position of
 * 10⁶ m nor a start far away costs accuracy; what remains is the rounding of floats at the size of the mesh (0.1 mm for one of 1 km).
 */
public final class AcousticScene {
    /** When refitted boxes have become this much larger than freshly built ones, the hierarchy is built anew. Arbitrary between waste in queries and waste in builds. */
    private static final double REBUILD_FACTOR = 1.5;

    /** What is in use; read by {@link RayBatch} like the fields below. */
    GeometrySnapshot snapshot = GeometrySnapshot.EMPTY;
    private double[] worldBoxes = new double[0];
    /** Boxes of both children by node: min x, y, z, max x, y, z each. A disabled or empty one is inside out. */
    double[] boxes = new double[0];
    /** References by node: a node number, or {@code ~instance}. */
    int[] children = new int[0];
    int nodeCount;
    private double builtArea;

    /** Takes over a snapshot: refits boxes where only transforms changed, builds anew otherwise, does nothing where it is the one that is already in use. */
    public void apply(GeometrySnapshot next) {
        if (next == snapshot) {
            return;
        }
        boolean sameInstances = next.meshes == snapshot.meshes;
        snapshot = next;
        int count = next.meshes.length;
        if (count == 0) {
            nodeCount = 0;
            return;
        }
        if (!sameInstances) {
            worldBoxes = new double[6 * count];
        }
        for (int i = 0; i < count; i++) {
            bound(i);
        }
        if (sameInstances) {
            if (refit() <= REBUILD_FACTOR * builtArea) {
                return;
            }
        }
        build(count);
        builtArea = refit();
    }

    public int instanceCount() {
        return snapshot.meshes.length;
    }

    public GeometrySnapshot snapshot() {
        return snapshot;
    }

    public String instanceName(int instance) {
        return snapshot.names[instance];
    }

    /** The material at the hit of the last closest-hit query that found one. */
    public AcousticMaterial hitMaterial(SceneQuery q) {
        AcousticMesh mesh = snapshot.meshes[q.hitInstance];
        return mesh.materials().get(mesh.material[q.hitPlace]);
    }

    /**
     * The surface at the hit of the last closest-hit query that found one.
     *
     * @param fromX  a point on the side that the normal is to face (world, metres), such as where the segment began; likewise the others
     * @param normal takes the unit normal in world axes
     */
    public void hitNormal(SceneQuery q, double fromX, double fromY, double fromZ, double[] normal) {
        AcousticMesh mesh = snapshot.meshes[q.hitInstance];
        double[] t = snapshot.transforms;
        int at = GeometrySnapshot.TRANSFORM * q.hitInstance;
        int place = q.hitPlace;
        double ax = mesh.bvh.corner(place, 0, 0);
        double ay = mesh.bvh.corner(place, 0, 1);
        double az = mesh.bvh.corner(place, 0, 2);
        double ex = mesh.bvh.corner(place, 1, 0) - ax;
        double ey = mesh.bvh.corner(place, 1, 1) - ay;
        double ez = mesh.bvh.corner(place, 1, 2) - az;
        double fx = mesh.bvh.corner(place, 2, 0) - ax;
        double fy = mesh.bvh.corner(place, 2, 1) - ay;
        double fz = mesh.bvh.corner(place, 2, 2) - az;
        double lx = ey * fz - ez * fy;
        double ly = ez * fx - ex * fz;
        double lz = ex * fy - ey * fx;
        // Normals turn by the transpose of the inverse.
        double nx = t[at + 9] * lx + t[at + 12] * ly + t[at + 15] * lz;
        double ny = t[at + 10] * lx + t[at + 13] * ly + t[at + 16] * lz;
        double nz = t[at + 11] * lx + t[at + 14] * ly + t[at + 17] * lz;
        // Where the viewer stands in the mesh's own axes decides the side.
        double px = fromX - t[at + 18];
        double py = fromY - t[at + 19];
        double pz = fromZ - t[at + 20];
        double vx = t[at + 9] * px + t[at + 10] * py + t[at + 11] * pz - mesh.centre[0] - ax;
        double vy = t[at + 12] * px + t[at + 13] * py + t[at + 14] * pz - mesh.centre[1] - ay;
        double vz = t[at + 15] * px + t[at + 16] * py + t[at + 17] * pz - mesh.centre[2] - az;
        double scale = (lx * vx + ly * vy + lz * vz < 0 ? -1 : 1) / Math.sqrt(nx * nx + ny * ny + nz * nz);
        normal[0] = scale * nx;
        normal[1] = scale * ny;
        normal[2] = scale * nz;
    }

    private void bound(int i) {
        int at = GeometrySnapshot.TRANSFORM * i;
        double[] t = snapshot.transforms;
        AcousticMesh mesh = snapshot.meshes[i];
        for (int a = 0; a < 3; a++) {
            double centre = t[at + 18 + a];
            double half = 0;
            for (int k = 0; k < 3; k++) {
                centre += t[at + 3 * a + k] * mesh.centre[k];
                half += Math.abs(t[at + 3 * a + k]) * mesh.half[k];
            }
            // The rounding of the sums above at large coordinates.
            half += Math.ulp(centre) * 8;
            worldBoxes[6 * i + a] = centre - half;
            worldBoxes[6 * i + 3 + a] = centre + half;
        }
    }

    private void build(int count) {
        // The shape of the tree comes from boxes rounded to floats relative to the first instance; the boxes that queries use are refitted in doubles.
        float[] rounded = new float[6 * count];
        for (int i = 0; i < count; i++) {
            for (int a = 0; a < 6; a++) {
                rounded[6 * i + a] = (float) (worldBoxes[6 * i + a] - worldBoxes[a % 3]);
            }
        }
        BvhBuilder.Tree tree = BvhBuilder.build(rounded);
        float[] nodes = tree.nodes();
        int inner = nodes.length / BvhBuilder.NODE_FLOATS;
        // Leaves of several instances become chains of nodes with one instance each, so that every reference here is one instance or one node.
        children = new int[2 * (inner + count)];
        nodeCount = inner;
        for (int n = 0; n < inner; n++) {
            for (int side = 0; side < 2; side++) {
                int reference = Float.floatToRawIntBits(nodes[BvhBuilder.NODE_FLOATS * n + BvhBuilder.CHILD + side]);
                if (!BvhBuilder.isLeaf(reference)) {
                    children[2 * n + side] = reference / BvhBuilder.NODE_FLOATS;
                    continue;
                }
                int first = BvhBuilder.leafFirst(reference);
                int at = 2 * n + side;
                for (int k = BvhBuilder.leafCount(reference) - 1; k > 0; k--) {
                    int link = nodeCount++;
                    children[at] = link;
                    children[2 * link] = ~tree.order()[first + k];
                    at = 2 * link + 1;
                }
                children[at] = ~tree.order()[first];
            }
        }
        boxes = new double[12 * nodeCount];
        order = new int[nodeCount];
        int ordered = 0;
        order[ordered++] = 0;
        for (int i = 0; i < ordered; i++) {
            for (int side = 0; side < 2; side++) {
                int child = children[2 * order[i] + side];
                if (child >= 0) {
                    order[ordered++] = child;
                }
            }
        }
    }

    /** Nodes, each after the node above it. */
    private int[] order = new int[0];

    /** Takes the boxes from the instances up. @return the sum of all boxes' half surface areas */
    private double refit() {
        double total = 0;
        for (int k = nodeCount - 1; k >= 0; k--) {
            int n = order[k];
            for (int side = 0; side < 2; side++) {
                int child = children[2 * n + side];
                int at = 12 * n + 6 * side;
                if (child < 0) {
                    int instance = ~child;
                    if (snapshot.enabled[instance] && !(side == 1 && children[2 * n] == child)) {
                        System.arraycopy(worldBoxes, 6 * instance, boxes, at, 6);
                    } else {
                        Arrays.fill(boxes, at, at + 3, Double.POSITIVE_INFINITY);
                        Arrays.fill(boxes, at + 3, at + 6, Double.NEGATIVE_INFINITY);
                    }
                } else {
                    for (int a = 0; a < 3; a++) {
                        boxes[at + a] = Math.min(boxes[12 * child + a], boxes[12 * child + 6 + a]);
                        boxes[at + 3 + a] = Math.max(boxes[12 * child + 3 + a], boxes[12 * child + 9 + a]);
                    }
                }
                double x = boxes[at + 3] - boxes[at];
                if (x >= 0) {
                    double y = boxes[at + 4] - boxes[at + 1];
                    double z = boxes[at + 5] - boxes[at + 2];
                    total += x * y + y * z + z * x;
                }
            }
        }
        return total;
    }

    /** Whether anything stands between two points (metres; finite), both included. */
    public boolean anyHit(SceneQuery q, double ax, double ay, double az, double bx, double by, double bz) {
        return walk(q, ANY, ax, ay, az, bx - ax, by - ay, bz - az);
    }

    /** The first thing that the segment from a to b meets; see the query for where. */
    public boolean closestHit(SceneQuery q, double ax, double ay, double az, double bx, double by, double bz) {
        q.hitInstance = -1;
        q.hitFraction = 1;
        walk(q, CLOSEST, ax, ay, az, bx - ax, by - ay, bz - az);
        return q.hitInstance >= 0;
    }

    /**
     * {@link #anyHit} for many segments from one point, with the same answers, several times as fast where they run side by side.
     *
     * @param ox         where all segments begin (world, metres; finite), likewise the others
     * @param targetsXyz where each ends, three coordinates a segment
     * @param count      how many, any number
     * @param hit        takes whether anything stands in between, for each
     */
    public void anyHits(SceneQuery q, double ox, double oy, double oz, double[] targetsXyz, int count, boolean[] hit) {
        q.batch.anyHits(this, q, ox, oy, oz, targetsXyz, count, hit);
    }

    /**
     * {@link #closestHit} for many segments from one point, with the same answers (but for which of surfaces in the same place is named), several times as fast where they run side by side.
     *
     * @param ox         where all segments begin (world, metres; finite), likewise the others
     * @param targetsXyz where each ends, three coordinates a segment
     * @param count      how many, at most what the hits have room for
     */
    public void closestHits(SceneQuery q, double ox, double oy, double oz, double[] targetsXyz, int count, RayHits hits) {
        hits.require(count);
        q.batch.closestHits(this, q, ox, oy, oz, targetsXyz, 0, count, hits);
    }

    /**
     * {@link #closestHit} for many segments. Those in a row that begin in the same point are walked together, the others one after the other.
     *
     * @param originsXyz where each begins, three coordinates a segment (world, metres; finite)
     * @param targetsXyz where each ends, likewise
     * @param count      how many, at most what the hits have room for
     */
    public void closestHits(SceneQuery q, double[] originsXyz, double[] targetsXyz, int count, RayHits hits) {
        hits.require(count);
        int first = 0;
        while (first < count) {
            double ox = originsXyz[3 * first];
            double oy = originsXyz[3 * first + 1];
            double oz = originsXyz[3 * first + 2];
            int end = first + 1;
            while (end < count && originsXyz[3 * end] == ox && originsXyz[3 * end + 1] == oy && originsXyz[3 * end + 2] == oz) {
                end++;
            }
            q.batch.closestHits(this, q, ox, oy, oz, targetsXyz, first, end - first, hits);
            first = end;
        }
    }

    /** Everything that the segment from a to b meets, sorted from a to b, in the query. */
    void crossings(SceneQuery q, double ax, double ay, double az, double bx, double by, double bz) {
        q.crossingCount = 0;
        q.crossingOverflow = false;
        walk(q, ALL, ax, ay, az, bx - ax, by - ay, bz - az);
        q.sortCrossings();
    }

    static final int ANY = 0;
    static final int CLOSEST = 1;
    private static final int ALL = 2;

    boolean walk(SceneQuery q, int kind, double ox, double oy, double oz, double dx, double dy, double dz) {
        if (nodeCount == 0) {
            return false;
        }
        int[] stack = q.stack;
        double tiny = 1e-300;
        double ix = 1 / (Math.abs(dx) < tiny ? tiny : dx);
        double iy = 1 / (Math.abs(dy) < tiny ? tiny : dy);
        double iz = 1 / (Math.abs(dz) < tiny ? tiny : dz);
        int depth = 0;
        stack[depth++] = 0;
        while (depth > 0) {
            int node = stack[--depth];
            double enter0 = enter(12 * node, ox, oy, oz, ix, iy, iz, kind == CLOSEST ? q.hitFraction : 1);
            double enter1 = enter(12 * node + 6, ox, oy, oz, ix, iy, iz, kind == CLOSEST ? q.hitFraction : 1);
            int near = enter1 < enter0 ? 1 : 0;
            // The nearer child is walked first: an instance at once, a node by standing on top of the stack.
            for (int i = 0; i < 2; i++) {
                int side = i == 0 ? near : 1 - near;
                int child = children[2 * node + side];
                if (child < 0 && (side == 0 ? enter0 : enter1) <= 1 && instance(q, kind, ~child, ox, oy, oz, dx, dy, dz) && kind == ANY) {
                    return true;
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
        return false;
    }

    /** @return where the segment enters the box, more than 1 if it does not before the limit */
    private double enter(int at, double ox, double oy, double oz, double ix, double iy, double iz, double limit) {
        double[] b = boxes;
        double x0 = (b[at] - ox) * ix;
        double x1 = (b[at + 3] - ox) * ix;
        double y0 = (b[at + 1] - oy) * iy;
        double y1 = (b[at + 4] - oy) * iy;
        double z0 = (b[at + 2] - oz) * iz;
        double z1 = (b[at + 5] - oz) * iz;
        if (b[at] > b[at + 3]) {
            return 2;
        }
        double from = Math.max(Math.max(Math.min(x0, x1), Math.min(y0, y1)), Math.max(Math.min(z0, z1), 0));
        double to = Math.min(Math.min(Math.max(x0, x1), Math.max(y0, y1)), Math.min(Math.max(z0, z1), limit));
        return from <= to ? from : 2;
    }

    boolean instance(SceneQuery q, int kind, int i, double ox, double oy, double oz, double dx, double dy, double dz) {
        AcousticMesh mesh = snapshot.meshes[i];
        double[] t = snapshot.transforms;
        int at = GeometrySnapshot.TRANSFORM * i;
        double px = ox - t[at + 18];
        double py = oy - t[at + 19];
        double pz = oz - t[at + 20];
        double lx = t[at + 9] * px + t[at + 10] * py + t[at + 11] * pz - mesh.centre[0];
        double ly = t[at + 12] * px + t[at + 13] * py + t[at + 14] * pz - mesh.centre[1];
        double lz = t[at + 15] * px + t[at + 16] * py + t[at + 17] * pz - mesh.centre[2];
        double ex = t[at + 9] * dx + t[at + 10] * dy + t[at + 11] * dz;
        double ey = t[at + 12] * dx + t[at + 13] * dy + t[at + 14] * dz;
        double ez = t[at + 15] * dx + t[at + 16] * dy + t[at + 17] * dz;
        if (!cut(mesh, lx, ly, lz, ex, ey, ez, kind == CLOSEST ? q.hitFraction : 1, q.cut)) {
            return false;
        }
        double from = q.cut[0];
        double length = q.cut[1] - from;
        BvhRay ray = q.ray;
        if (!ray.set(lx + from * ex, ly + from * ey, lz + from * ez, length * ex, length * ey, length * ez)) {
            return false;
        }
        if (kind == ANY) {
            return mesh.bvh.anyHit(ray, 1);
        }
        if (kind == CLOSEST) {
            if (mesh.bvh.closestHit(ray, 1)) {
                double fraction = from + length * ray.hitT;
                if (fraction < q.hitFraction || q.hitInstance < 0) {
                    q.hitFraction = fraction;
                    q.hitInstance = i;
                    q.hitPlace = ray.hitTriangle;
                }
            }
            return false;
        }
        ray.crossingCount = 0;
        ray.crossingOverflow = 0;
        mesh.bvh.crossings(ray, 1);
        q.crossingOverflow |= ray.crossingOverflow > 0;
        for (int k = 0; k < ray.crossingCount; k++) {
            if (q.crossingCount == q.crossingFraction.length) {
                q.crossingOverflow = true;
                break;
            }
            int c = q.crossingCount++;
            q.crossingInstance[c] = i;
            q.crossingPlace[c] = ray.crossingTriangle[k];
            q.crossingFraction[c] = from + length * ray.crossingT[k];
            q.crossingFront[c] = ray.crossingFront[k];
        }
        return false;
    }

    /**
     * Cuts a segment to the bounds of a mesh, so that the floats that follow start near the mesh.
     *
     * @param lx    where it starts, in the mesh's own axes about its centre; likewise the others
     * @param ex    its direction and length; likewise the others
     * @param limit which fraction of it is of interest
     * @param cut   takes the fractions between which it is inside
     * @return whether there is anything between them
     */
    static boolean cut(AcousticMesh mesh, double lx, double ly, double lz, double ex, double ey, double ez, double limit, double[] cut) {
        double from = 0;
        double to = limit;
        for (int a = 0; a < 3; a++) {
            double l = a == 0 ? lx : a == 1 ? ly : lz;
            double e = a == 0 ? ex : a == 1 ? ey : ez;
            double h = mesh.half[a];
            if (e == 0) {
                if (Math.abs(l) > h) {
                    return false;
                }
            } else {
                double u = (-h - l) / e;
                double v = (h - l) / e;
                from = Math.max(from, Math.min(u, v));
                to = Math.min(to, Math.max(u, v));
            }
        }
        cut[0] = from;
        cut[1] = to;
        return to - from > 0;
    }

    AcousticMesh mesh(int instance) {
        return snapshot.meshes[instance];
    }
}
