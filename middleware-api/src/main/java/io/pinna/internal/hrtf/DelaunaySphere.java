package io.pinna.internal.hrtf;

import io.pinna.internal.RealTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A triangulated sphere: the convex hull of unit vectors, which is their Delaunay triangulation on the sphere, or a conforming refinement of one. Immutable, so any thread may use it;
 * {@link #locate} allocates nothing.
 *
 * <p>The hull is built incrementally (find a facet that the new point sees, flood over all facets it sees, replace them by a fan to their horizon; e.g. de Berg et al., "Computational
 * Geometry", chapter 11). Orientation tests compare a determinant of coordinate differences with a forward error bound; four points that lie on one circle within that bound count as "not seen",
 * so that regular azimuth–elevation grids and Lebedev grids, whose cells are all cocircular, get some valid triangulation instead of overlapping facets. Points are inserted in a fixed shuffled
 * order: the answer is the same on every run.
 */
public final class DelaunaySphere implements SphereTriangulation {
    /** Points closer than this (radians, about 0.003°) are the same direction: nothing that is measured on heads is that exact, and orientation tests need distinct points. */
    static final double SAME_DIRECTION_RADIANS = 5e-5;
    /** Relative rounding error allowed to an orientation determinant, a few times the bound of Shewchuk ("Adaptive Precision Floating-Point Arithmetic", 1997: about 8e-16). */
    private static final double ORIENTATION_ERROR = 1e-14;
    private static final long SHUFFLE_SEED = 0x50696e6e61L;

    /** x, y, z of each vertex. */
    private final double[] points;
    /** Three vertices a triangle, counter-clockwise seen from outside. */
    private final int[] corners;
    /** For each triangle and corner, the triangle across the edge opposite to that corner. */
    private final int[] neighbours;
    /** For each triangle and corner, the product p × q of the edge p→q opposite to that corner. Made in advance: it halves the time of {@link #locate}, which every moving voice asks for in every block. */
    private final double[] normals;

    private DelaunaySphere(double[] points, int[] corners) {
        this.points = points;
        this.corners = corners;
        this.neighbours = neighbours(corners);
        this.normals = normals(points, corners);
    }

    /**
     * The Delaunay triangulation of directions.
     *
     * @param directions x, y, z of each direction, unit vectors no two of which are closer than {@link #SAME_DIRECTION_RADIANS}, with no empty half-space: every direction of the sphere
     *                   must be less than 90° from one of them
     * @throws IllegalArgumentException if they are fewer than four or leave half of the sphere empty
     */
    public static DelaunaySphere of(double[] directions) {
        return new DelaunaySphere(directions.clone(), new HullBuilder(directions).build());
    }

    /**
     * A geodesic grid: each face of an icosahedron, two of whose vertices are the poles, is divided into {@code frequency}² triangles by equal division of its plane and projection on to the sphere.
     *
     * @param frequency 1 to 256; the grid has 10·frequency² + 2 vertices and neighbours about 63.4°/frequency apart (frequency 16: 2562 vertices, 3.3° to 4.6°)
     */
    public static DelaunaySphere geodesic(int frequency) {
        io.pinna.internal.Check.inRange(frequency, 1, 256, "frequency of the geodesic grid");
        double[][] v = new double[12][];
        v[0] = new double[] {0, 0, 1};
        v[11] = new double[] {0, 0, -1};
        // The ten others stand on two rings at latitudes ±atan(1/2), the lower one turned by 36°.
        double z = 1 / Math.sqrt(5);
        for (int i = 0; i < 5; i++) {
            double upper = Math.toRadians(72 * i);
            double lower = Math.toRadians(72 * i + 36);
            v[1 + i] = new double[] {2 * z * Math.cos(upper), 2 * z * Math.sin(upper), z};
            v[6 + i] = new double[] {2 * z * Math.cos(lower), 2 * z * Math.sin(lower), -z};
        }
        int[][] faces = new int[20][];
        for (int i = 0; i < 5; i++) {
            int j = (i + 1) % 5;
            faces[i] = new int[] {0, 1 + i, 1 + j};
            faces[5 + i] = new int[] {1 + i, 6 + i, 1 + j};
            faces[10 + i] = new int[] {6 + i, 6 + j, 1 + j};
            faces[15 + i] = new int[] {11, 6 + j, 6 + i};
        }
        List<double[]> points = new ArrayList<>(List.of(v));
        // A point is known by its integer weights on the icosahedron's vertices, so that faces share the points of their common edges.
        Map<List<Integer>, Integer> known = new HashMap<>();
        int[] triangles = new int[20 * frequency * frequency * 3];
        int at = 0;
        for (int[] face : faces) {
            int[][] grid = new int[frequency + 1][frequency + 1];
            for (int i = 0; i <= frequency; i++) {
                for (int j = 0; i + j <= frequency; j++) {
                    grid[i][j] = geodesicPoint(v, face, frequency - i - j, i, j, known, points);
                }
            }
            for (int i = 0; i < frequency; i++) {
                for (int j = 0; i + j < frequency; j++) {
                    triangles[at++] = grid[i][j];
                    triangles[at++] = grid[i + 1][j];
                    triangles[at++] = grid[i][j + 1];
                    if (i + j < frequency - 1) {
                        triangles[at++] = grid[i + 1][j];
                        triangles[at++] = grid[i + 1][j + 1];
                        triangles[at++] = grid[i][j + 1];
                    }
                }
            }
        }
        double[] flat = new double[3 * points.size()];
        for (int i = 0; i < points.size(); i++) {
            System.arraycopy(points.get(i), 0, flat, 3 * i, 3);
        }
        return new DelaunaySphere(flat, triangles);
    }

    private static int geodesicPoint(double[][] v, int[] face, int wa, int wb, int wc, Map<List<Integer>, Integer> known, List<double[]> points) {
        int[] weights = {wa, wb, wc};
        List<Integer> key = new ArrayList<>(6);
        double[] sum = new double[3];
        Integer[] order = {0, 1, 2};
        Arrays.sort(order, (p, q) -> Integer.compare(face[p], face[q]));
        for (int i : order) {
            if (weights[i] > 0) {
                key.add(face[i]);
                key.add(weights[i]);
                for (int k = 0; k < 3; k++) {
                    sum[k] += weights[i] * v[face[i]][k];
                }
            }
        }
        if (key.size() == 2) {
            return key.get(0);
        }
        return known.computeIfAbsent(key, k -> {
            normalise(sum);
            points.add(sum);
            return points.size() - 1;
        });
    }

    /** A mesh over given points; it must be a closed, consistently oriented triangulation of the sphere. Used for refinements. */
    static DelaunaySphere ofTriangles(double[] points, int[] triangles) {
        return new DelaunaySphere(points.clone(), triangles.clone());
    }

    static void normalise(double[] v) {
        double length = Math.sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
        v[0] /= length;
        v[1] /= length;
        v[2] /= length;
    }

    @Override
    public int vertexCount() {
        return points.length / 3;
    }

    @Override
    public int triangleCount() {
        return corners.length / 3;
    }

    @Override
    public float coordinate(int vertex, int axis) {
        return (float) points[3 * vertex + axis];
    }

    double exactCoordinate(int vertex, int axis) {
        return points[3 * vertex + axis];
    }

    @Override
    public int corner(int triangle, int corner) {
        return corners[3 * triangle + corner];
    }

    /** The triangle across the edge opposite to a corner. */
    int neighbour(int triangle, int corner) {
        return neighbours[3 * triangle + corner];
    }

    /** Angle between two vertices in radians. */
    double edgeRadians(int a, int b) {
        double dx = points[3 * a] - points[3 * b];
        double dy = points[3 * a + 1] - points[3 * b + 1];
        double dz = points[3 * a + 2] - points[3 * b + 2];
        return 2 * Math.asin(Math.min(1, Math.sqrt(dx * dx + dy * dy + dz * dz) / 2));
    }

    /**
     * {@inheritDoc}
     *
     * <p>The weights are the barycentric coordinates of the point where the ray meets the triangle's plane: wₐ = det(d, b, c) / Σ, and so on. On an edge they depend on the edge's ends only,
     * which makes them continuous. The walk crosses, from triangle to triangle, the edge that the direction lies farthest beyond. On a convex hull every step raises the value of d·n/h of the
     * facet (n its normal, h its distance from the centre), so the walk ends; on a refinement it could circle, so after as many steps as any straight walk needs all triangles are searched.
     * A direction that is not a number gets the first corner of triangle 0.
     */
    @Override
    @RealTime
    public int locate(float x, float y, float z, int start, float[] weights) {
        int triangles = corners.length / 3;
        int triangle = start >= 0 && start < triangles ? start : 0;
        // A great half circle crosses about 2·√triangles of them; sliver fans (poles) may add a ring each.
        int limit = 64 + 8 * (int) Math.sqrt(triangles);
        for (int step = 0; step < limit; step++) {
            double a = edgeSide(triangle, 0, x, y, z);
            double b = edgeSide(triangle, 1, x, y, z);
            double c = edgeSide(triangle, 2, x, y, z);
            if (a >= 0 && b >= 0 && c >= 0 && a + b + c > 0) {
                return weigh(triangle, a, b, c, weights);
            }
            int out = a <= b ? (a <= c ? 0 : 2) : (b <= c ? 1 : 2);
            triangle = neighbours[3 * triangle + out];
        }
        int best = 0;
        double bestInside = Double.NEGATIVE_INFINITY;
        for (int t = 0; t < triangles; t++) {
            double a = edgeSide(t, 0, x, y, z);
            double b = edgeSide(t, 1, x, y, z);
            double c = edgeSide(t, 2, x, y, z);
            double inside = a + b + c > 0 ? Math.min(a, Math.min(b, c)) / (a + b + c) : Double.NEGATIVE_INFINITY;
            if (inside > bestInside) {
                bestInside = inside;
                best = t;
            }
        }
        return weigh(best, edgeSide(best, 0, x, y, z), edgeSide(best, 1, x, y, z), edgeSide(best, 2, x, y, z), weights);
    }

    @RealTime
    private int weigh(int triangle, double a, double b, double c, float[] weights) {
        double wa = Math.max(0, a);
        double wb = Math.max(0, b);
        double wc = Math.max(0, c);
        double sum = wa + wb + wc;
        if (sum > 0) {
            weights[0] = (float) (wa / sum);
            weights[1] = (float) (wb / sum);
            weights[2] = (float) (wc / sum);
        } else {
            weights[0] = 1;
            weights[1] = 0;
            weights[2] = 0;
        }
        return triangle;
    }

    /** det(d, p, q) for the edge p→q opposite to a corner: positive when d lies on the triangle's side. Swapping p and q flips exactly the sign, so neighbours never disagree about an edge. */
    @RealTime
    private double edgeSide(int triangle, int corner, double x, double y, double z) {
        int n = 9 * triangle + 3 * corner;
        return x * normals[n] + y * normals[n + 1] + z * normals[n + 2];
    }

    private static double[] normals(double[] points, int[] corners) {
        double[] normals = new double[3 * corners.length];
        for (int i = 0; i < corners.length; i++) {
            int first = i - i % 3;
            int p = 3 * corners[first + (i + 1) % 3];
            int q = 3 * corners[first + (i + 2) % 3];
            normals[3 * i] = points[p + 1] * points[q + 2] - points[p + 2] * points[q + 1];
            normals[3 * i + 1] = points[p + 2] * points[q] - points[p] * points[q + 2];
            normals[3 * i + 2] = points[p] * points[q + 1] - points[p + 1] * points[q];
        }
        return normals;
    }

    private static int[] neighbours(int[] corners) {
        Map<Long, Integer> edges = new HashMap<>(corners.length * 2);
        for (int i = 0; i < corners.length; i++) {
            int t = i / 3;
            long from = corners[3 * t + (i + 1) % 3];
            long to = corners[3 * t + (i + 2) % 3];
            if (edges.put(from << 32 | to, t) != null) {
                throw new IllegalArgumentException("two triangles use the edge " + from + "-" + to + " in the same direction");
            }
        }
        int[] result = new int[corners.length];
        for (int i = 0; i < corners.length; i++) {
            int t = i / 3;
            long from = corners[3 * t + (i + 1) % 3];
            long to = corners[3 * t + (i + 2) % 3];
            Integer across = edges.get(to << 32 | from);
            if (across == null) {
                throw new IllegalArgumentException("the edge " + from + "-" + to + " has a triangle on one side only");
            }
            result[i] = across;
        }
        return result;
    }

    /** The incremental hull. Facets live in growing arrays; a removed facet's slot is used again. */
    private static final class HullBuilder {
        private final double[] p;
        private final int count;
        private int[] corner = new int[1024];
        private int[] across = new int[1024];
        private int[] mark = new int[1024 / 3 + 1];
        private boolean[] alive = new boolean[1024 / 3 + 1];
        private int slots;
        private final List<Integer> free = new ArrayList<>();
        /** A point inside every intermediate hull: the walk aims from here. */
        private final double[] inside = new double[3];
        private int round;
        private int last;

        HullBuilder(double[] directions) {
            p = directions;
            count = directions.length / 3;
        }

        int[] build() {
            if (count < 4) {
                throw new IllegalArgumentException(count + " directions; a triangulated sphere needs at least 4");
            }
            int[] first = tetrahedron();
            boolean[] used = new boolean[count];
            for (int v : first) {
                used[v] = true;
            }
            int[] order = new int[count];
            for (int i = 0; i < count; i++) {
                order[i] = i;
            }
            Random random = new Random(SHUFFLE_SEED);
            for (int i = count - 1; i > 0; i--) {
                int j = random.nextInt(i + 1);
                int swap = order[i];
                order[i] = order[j];
                order[j] = swap;
            }
            for (int v : order) {
                if (!used[v]) {
                    insert(v);
                }
            }
            return finish();
        }

        private int[] tetrahedron() {
            int a = 0;
            int b = farthest(v -> distance2(a, v));
            int c = farthest(v -> {
                double[] n = cross(a, b, v);
                return n[0] * n[0] + n[1] * n[1] + n[2] * n[2];
            });
            int d = farthest(v -> Math.abs(volume(a, b, c, v)));
            double volume = volume(a, b, c, d);
            if (Math.abs(volume) < 1e-9) {
                throw new IllegalArgumentException("the directions lie in one plane; at least one must stand out of it");
            }
            for (int k = 0; k < 3; k++) {
                inside[k] = (p[3 * a + k] + p[3 * b + k] + p[3 * c + k] + p[3 * d + k]) / 4;
            }
            // volume > 0: d lies outside of the facet a, b, c, so that facet has to be turned.
            int[] v = volume > 0 ? new int[] {a, c, b, d} : new int[] {a, b, c, d};
            int f0 = facet(v[0], v[1], v[2]);
            int f1 = facet(v[0], v[3], v[1]);
            int f2 = facet(v[1], v[3], v[2]);
            int f3 = facet(v[2], v[3], v[0]);
            int[] all = {f0, f1, f2, f3};
            for (int f : all) {
                for (int i = 0; i < 3; i++) {
                    for (int g : all) {
                        int j = g == f ? -1 : edge(g, corner[3 * f + (i + 2) % 3], corner[3 * f + (i + 1) % 3]);
                        if (j >= 0) {
                            across[3 * f + i] = g;
                        }
                    }
                }
            }
            last = f0;
            return v;
        }

        private int farthest(java.util.function.IntToDoubleFunction measure) {
            int best = 0;
            double most = -1;
            for (int v = 0; v < count; v++) {
                double m = measure.applyAsDouble(v);
                if (m > most) {
                    most = m;
                    best = v;
                }
            }
            return best;
        }

        /** The corner opposite to the edge from→to of a facet, or −1. */
        private int edge(int facet, int from, int to) {
            for (int i = 0; i < 3; i++) {
                if (corner[3 * facet + (i + 1) % 3] == from && corner[3 * facet + (i + 2) % 3] == to) {
                    return i;
                }
            }
            return -1;
        }

        private int facet(int a, int b, int c) {
            int f = free.isEmpty() ? slots++ : free.remove(free.size() - 1);
            if (3 * f + 3 > corner.length) {
                corner = Arrays.copyOf(corner, corner.length * 2);
                across = Arrays.copyOf(across, across.length * 2);
            }
            if (f >= alive.length) {
                alive = Arrays.copyOf(alive, alive.length * 2);
                mark = Arrays.copyOf(mark, mark.length * 2);
            }
            corner[3 * f] = a;
            corner[3 * f + 1] = b;
            corner[3 * f + 2] = c;
            alive[f] = true;
            mark[f] = 0;
            return f;
        }

        private void insert(int v) {
            round++;
            int seen = facetTowards(v);
            List<Integer> cavity = new ArrayList<>();
            cavity.add(seen);
            mark[seen] = round;
            for (int i = 0; i < cavity.size(); i++) {
                int f = cavity.get(i);
                for (int k = 0; k < 3; k++) {
                    int g = across[3 * f + k];
                    if (mark[g] != round && (sees(g, v) || flat(f, k, v))) {
                        mark[g] = round;
                        cavity.add(g);
                    }
                }
            }
            // One new facet over each horizon edge; they meet along the edges from v to the horizon's vertices.
            Map<Integer, Integer> startingAt = new HashMap<>();
            List<int[]> horizon = new ArrayList<>();
            for (int f : cavity) {
                for (int k = 0; k < 3; k++) {
                    int g = across[3 * f + k];
                    if (mark[g] != round) {
                        horizon.add(new int[] {corner[3 * f + (k + 1) % 3], corner[3 * f + (k + 2) % 3], g});
                    }
                }
            }
            for (int f : cavity) {
                alive[f] = false;
                free.add(f);
            }
            int[] fan = new int[horizon.size()];
            for (int i = 0; i < fan.length; i++) {
                int[] e = horizon.get(i);
                int f = facet(v, e[0], e[1]);
                fan[i] = f;
                across[3 * f] = e[2];
                across[3 * e[2] + edge(e[2], e[1], e[0])] = f;
                if (startingAt.put(e[0], f) != null) {
                    throw new IllegalArgumentException("direction " + v + " is too close to others to be triangulated");
                }
            }
            for (int f : fan) {
                // Across the edge v→e0 lies the facet that ends at e0, across e1→v the one that starts at e1.
                Integer next = startingAt.get(corner[3 * f + 2]);
                if (next == null) {
                    throw new IllegalArgumentException("direction " + v + " is too close to others to be triangulated");
                }
                across[3 * f + 1] = next;
                across[3 * next + 2] = f;
            }
            last = fan[0];
        }

        /** The facet that the ray from the inner point to v passes through: v sees it, because v lies on the sphere and the facet within. */
        private int facetTowards(int v) {
            int f = last;
            int limit = 64 + 16 * (int) Math.sqrt(slots);
            for (int step = 0; step < limit; step++) {
                int out = -1;
                double worst = 0;
                for (int k = 0; k < 3; k++) {
                    double side = side(f, k, v);
                    if (side < worst) {
                        worst = side;
                        out = k;
                    }
                }
                if (out < 0) {
                    return f;
                }
                f = across[3 * f + out];
            }
            int best = -1;
            double most = Double.NEGATIVE_INFINITY;
            for (int g = 0; g < slots; g++) {
                if (alive[g]) {
                    double least = Math.min(side(g, 0, v), Math.min(side(g, 1, v), side(g, 2, v)));
                    if (least > most && sees(g, v)) {
                        most = least;
                        best = g;
                    }
                }
            }
            if (best < 0) {
                throw new IllegalArgumentException("direction " + v + " is too close to others to be triangulated");
            }
            return best;
        }

        /** On which side of the plane through the inner point and the edge opposite to a corner v lies: positive for the facet's side. */
        private double side(int f, int k, int v) {
            int a = 3 * corner[3 * f + (k + 1) % 3];
            int b = 3 * corner[3 * f + (k + 2) % 3];
            double ax = p[a] - inside[0];
            double ay = p[a + 1] - inside[1];
            double az = p[a + 2] - inside[2];
            double bx = p[b] - inside[0];
            double by = p[b + 1] - inside[1];
            double bz = p[b + 2] - inside[2];
            return (p[3 * v] - inside[0]) * (ay * bz - az * by) + (p[3 * v + 1] - inside[1]) * (az * bx - ax * bz) + (p[3 * v + 2] - inside[2]) * (ax * by - ay * bx);
        }

        /** Whether a new facet over this edge would have no area towards v: then the facet beyond has to go as well. */
        private boolean flat(int f, int k, int v) {
            return side(f, k, v) <= 1e-15;
        }

        /** Whether v lies outside of a facet's plane by more than rounding may account for. */
        private boolean sees(int f, int v) {
            int a = 3 * corner[3 * f];
            int b = 3 * corner[3 * f + 1];
            int c = 3 * corner[3 * f + 2];
            int o = 3 * v;
            double ax = p[a] - p[o];
            double ay = p[a + 1] - p[o + 1];
            double az = p[a + 2] - p[o + 2];
            double bx = p[b] - p[o];
            double by = p[b + 1] - p[o + 1];
            double bz = p[b + 2] - p[o + 2];
            double cx = p[c] - p[o];
            double cy = p[c + 1] - p[o + 1];
            double cz = p[c + 2] - p[o + 2];
            double det = ax * (by * cz - bz * cy) + ay * (bz * cx - bx * cz) + az * (bx * cy - by * cx);
            double size = Math.abs(ax) * (Math.abs(by * cz) + Math.abs(bz * cy)) + Math.abs(ay) * (Math.abs(bz * cx) + Math.abs(bx * cz))
                    + Math.abs(az) * (Math.abs(bx * cy) + Math.abs(by * cx));
            // a, b, c counter-clockwise from outside and v beyond: (a−v)·((b−v)×(c−v)) < 0.
            return det < -ORIENTATION_ERROR * size;
        }

        private double distance2(int a, int b) {
            double dx = p[3 * a] - p[3 * b];
            double dy = p[3 * a + 1] - p[3 * b + 1];
            double dz = p[3 * a + 2] - p[3 * b + 2];
            return dx * dx + dy * dy + dz * dz;
        }

        /** (b − a) × (c − a). */
        private double[] cross(int a, int b, int c) {
            double bx = p[3 * b] - p[3 * a];
            double by = p[3 * b + 1] - p[3 * a + 1];
            double bz = p[3 * b + 2] - p[3 * a + 2];
            double cx = p[3 * c] - p[3 * a];
            double cy = p[3 * c + 1] - p[3 * a + 1];
            double cz = p[3 * c + 2] - p[3 * a + 2];
            return new double[] {by * cz - bz * cy, bz * cx - bx * cz, bx * cy - by * cx};
        }

        /** Six times the volume of a tetrahedron; positive when d lies on the side that a, b, c turn counter-clockwise to. */
        private double volume(int a, int b, int c, int d) {
            double[] n = cross(a, b, c);
            return n[0] * (p[3 * d] - p[3 * a]) + n[1] * (p[3 * d + 1] - p[3 * a + 1]) + n[2] * (p[3 * d + 2] - p[3 * a + 2]);
        }

        private int[] finish() {
            int[] result = new int[3 * slots];
            int at = 0;
            for (int f = 0; f < slots; f++) {
                if (alive[f]) {
                    int a = 3 * corner[3 * f];
                    int b = 3 * corner[3 * f + 1];
                    int c = 3 * corner[3 * f + 2];
                    double det = p[a] * (p[b + 1] * p[c + 2] - p[b + 2] * p[c + 1]) + p[a + 1] * (p[b + 2] * p[c] - p[b] * p[c + 2])
                            + p[a + 2] * (p[b] * p[c + 1] - p[b + 1] * p[c]);
                    if (!(det > 0)) {
                        throw new IllegalArgumentException("the directions leave half of the sphere empty");
                    }
                    result[at++] = corner[3 * f];
                    result[at++] = corner[3 * f + 1];
                    result[at++] = corner[3 * f + 2];
                }
            }
            if (at != 3 * (2 * count - 4)) {
                throw new IllegalArgumentException(count + " directions gave " + at / 3 + " triangles instead of " + (2 * count - 4) + ": some are too close to each other");
            }
            return Arrays.copyOf(result, at);
        }
    }
}
