package io.pinna.internal.hrtf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("analytic")
class DelaunaySphereTest {
    static double[] direction(double azimuthDegrees, double elevationDegrees) {
        double a = Math.toRadians(azimuthDegrees);
        double e = Math.toRadians(elevationDegrees);
        return new double[] {Math.cos(a) * Math.cos(e), Math.sin(a) * Math.cos(e), Math.sin(e)};
    }

    static double[] flat(List<double[]> directions) {
        double[] result = new double[3 * directions.size()];
        for (int i = 0; i < directions.size(); i++) {
            System.arraycopy(directions.get(i), 0, result, 3 * i, 3);
        }
        return result;
    }

    /** Every cell of such a grid has four cocircular corners. */
    static double[] grid(double azimuthStep, double elevationStep) {
        List<double[]> d = new ArrayList<>();
        for (double e = -90 + elevationStep; e < 89.9; e += elevationStep) {
            for (double a = 0; a < 359.9; a += azimuthStep) {
                d.add(direction(a, e));
            }
        }
        d.add(direction(0, 90));
        d.add(direction(0, -90));
        return flat(d);
    }

    static double[] random(int count, long seed) {
        Random random = new Random(seed);
        double[] d = new double[3 * count];
        for (int i = 0; i < count; i++) {
            double[] v = {random.nextGaussian(), random.nextGaussian(), random.nextGaussian()};
            DelaunaySphere.normalise(v);
            System.arraycopy(v, 0, d, 3 * i, 3);
        }
        return d;
    }

    /** Closed, oriented, Euler's 2n − 4 triangles, solid angles that sum to the sphere's, no vertex inside of a circumscribed circle. */
    private static void check(DelaunaySphere s, int vertices, boolean delaunay) {
        assertEquals(vertices, s.vertexCount());
        assertEquals(2 * vertices - 4, s.triangleCount());
        double solidAngle = 0;
        for (int t = 0; t < s.triangleCount(); t++) {
            double[] a = point(s, s.corner(t, 0));
            double[] b = point(s, s.corner(t, 1));
            double[] c = point(s, s.corner(t, 2));
            double det = dot(a, cross(b, c));
            assertTrue(det > 0, "triangle " + t + " is turned or flat");
            // Van Oosterom and Strackee 1983.
            solidAngle += 2 * Math.atan2(det, 1 + dot(a, b) + dot(b, c) + dot(c, a));
            for (int k = 0; k < 3; k++) {
                int n = s.neighbour(t, k);
                int from = s.corner(t, (k + 1) % 3);
                int to = s.corner(t, (k + 2) % 3);
                boolean shares = false;
                int opposite = -1;
                for (int j = 0; j < 3; j++) {
                    if (s.corner(n, (j + 1) % 3) == to && s.corner(n, (j + 2) % 3) == from) {
                        shares = true;
                        opposite = s.corner(n, j);
                    }
                }
                assertTrue(shares, "neighbours do not share their edge");
                if (delaunay) {
                    double[] d = point(s, opposite);
                    double[] n3 = cross(minus(b, a), minus(c, a));
                    assertTrue(dot(n3, minus(d, a)) <= 1e-13, "vertex inside of a circumscribed circle");
                }
            }
        }
        assertEquals(4 * Math.PI, solidAngle, 1e-9);
    }

    private static double[] point(DelaunaySphere s, int v) {
        return new double[] {s.exactCoordinate(v, 0), s.exactCoordinate(v, 1), s.exactCoordinate(v, 2)};
    }

    private static double dot(double[] a, double[] b) {
        return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
    }

    private static double[] minus(double[] a, double[] b) {
        return new double[] {a[0] - b[0], a[1] - b[1], a[2] - b[2]};
    }

    private static double[] cross(double[] a, double[] b) {
        return new double[] {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
    }

    @Test
    void smallestSphereIsATetrahedron() {
        check(DelaunaySphere.of(flat(List.of(direction(0, 90), direction(0, -20), direction(120, -20), direction(240, -20)))), 4, true);
        check(DelaunaySphere.of(flat(List.of(direction(0, 0), direction(90, 0), direction(180, 0), direction(270, 0), direction(0, 90), direction(0, -90)))), 6, true);
    }

    @Test
    void cocircularGridsAreCoveredOnce() {
        check(DelaunaySphere.of(grid(5, 5)), 72 * 35 + 2, true);
        check(DelaunaySphere.of(grid(1, 30)), 360 * 5 + 2, true);
        check(DelaunaySphere.of(grid(15, 15)), 24 * 11 + 2, true);
    }

    @Test
    void gridsRoundedToFloatAreCoveredOnce() {
        double[] d = grid(2.5, 2.5);
        for (int i = 0; i < d.length; i++) {
            d[i] = (float) d[i];
        }
        for (int i = 0; i < d.length; i += 3) {
            double[] v = {d[i], d[i + 1], d[i + 2]};
            DelaunaySphere.normalise(v);
            System.arraycopy(v, 0, d, i, 3);
        }
        check(DelaunaySphere.of(d), d.length / 3, true);
    }

    @Test
    void randomDirectionsAreCoveredOnce() {
        for (int seed = 0; seed < 40; seed++) {
            int count = 12 + 40 * seed;
            check(DelaunaySphere.of(random(count, seed)), count, true);
        }
    }

    @Test
    void clusteredDirectionsAreCoveredOnce() {
        // 300 directions within a tenth of a degree, and an octahedron around them.
        Random random = new Random(5);
        List<double[]> d = new ArrayList<>(List.of(direction(0, 0), direction(90, 0), direction(180, 0), direction(270, 0), direction(0, 90), direction(0, -90)));
        for (int i = 0; i < 300; i++) {
            d.add(direction(40 + 0.1 * (i % 20) + 0.001 * random.nextDouble(), 20 + 0.1 * (i / 20)));
        }
        check(DelaunaySphere.of(flat(d)), 306, true);
    }

    @Test
    void incompleteSpheresAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> DelaunaySphere.of(flat(List.of(direction(0, 0), direction(90, 0), direction(0, 90)))));
        assertThrows(IllegalArgumentException.class, () -> DelaunaySphere.of(flat(List.of(direction(0, 0), direction(90, 0), direction(180, 0), direction(270, 0)))));
        assertThrows(IllegalArgumentException.class,
                () -> DelaunaySphere.of(flat(List.of(direction(0, 10), direction(90, 10), direction(180, 10), direction(270, 10), direction(0, 90)))));
    }

    @Test
    void geodesicGridHasTheKnownCountsAndEvenEdges() {
        for (int frequency : new int[] {1, 2, 3, 7, 16}) {
            DelaunaySphere s = DelaunaySphere.geodesic(frequency);
            check(s, 10 * frequency * frequency + 2, false);
        }
        DelaunaySphere s = DelaunaySphere.geodesic(16);
        double least = 9;
        double most = 0;
        for (int t = 0; t < s.triangleCount(); t++) {
            for (int k = 0; k < 3; k++) {
                double e = Math.toDegrees(s.edgeRadians(s.corner(t, k), s.corner(t, (k + 1) % 3)));
                least = Math.min(least, e);
                most = Math.max(most, e);
            }
        }
        assertTrue(least > 3 && least < 4 && most > 4 && most < 5, least + " to " + most);
        assertEquals(1, s.coordinate(0, 2), 0);
    }

    @Test
    void weightsSumToOneReproduceTheDirectionAndAreOneAtVertices() {
        Random random = new Random(1);
        float[] w = new float[3];
        for (DelaunaySphere s : List.of(DelaunaySphere.of(grid(5, 10)), DelaunaySphere.of(random(700, 3)), DelaunaySphere.geodesic(9))) {
            int triangle = 0;
            for (int i = 0; i < 20000; i++) {
                double[] d = {random.nextGaussian(), random.nextGaussian(), random.nextGaussian()};
                DelaunaySphere.normalise(d);
                // Each start must do: the last answer, any triangle, and nonsense.
                int start = i % 3 == 0 ? triangle : i % 3 == 1 ? random.nextInt(s.triangleCount()) : -7;
                triangle = s.locate((float) d[0], (float) d[1], (float) d[2], start, w);
                double[] sum = new double[3];
                double total = 0;
                for (int k = 0; k < 3; k++) {
                    assertTrue(w[k] >= 0 && w[k] <= 1, "weight " + w[k]);
                    total += w[k];
                    for (int axis = 0; axis < 3; axis++) {
                        sum[axis] += w[k] * s.coordinate(s.corner(triangle, k), axis);
                    }
                }
                assertEquals(1, total, 2e-7);
                DelaunaySphere.normalise(sum);
                assertEquals(1, dot(sum, d), 1e-10);
            }
            for (int v = 0; v < s.vertexCount(); v++) {
                triangle = s.locate(s.coordinate(v, 0), s.coordinate(v, 1), s.coordinate(v, 2), triangle, w);
                double at = 0;
                for (int k = 0; k < 3; k++) {
                    at += s.corner(triangle, k) == v ? w[k] : 0;
                }
                // The direction is rounded to float, 6e-8, and the thinnest triangles are 0.015 across.
                assertEquals(1, at, 2e-5, "at vertex " + v);
            }
        }
    }

    @Test
    void weightsAreContinuousAlongGreatCircles() {
        DelaunaySphere s = DelaunaySphere.of(grid(10, 10));
        // A field that is smooth in the vertices' positions must come out without steps: with an angle of 0.005° a step between cells may change it by its slope times that only.
        Random random = new Random(2);
        double[] value = new double[s.vertexCount()];
        for (int v = 0; v < value.length; v++) {
            value[v] = random.nextDouble();
        }
        float[] w = new float[3];
        for (int circle = 0; circle < 12; circle++) {
            double[] u = {random.nextGaussian(), random.nextGaussian(), random.nextGaussian()};
            DelaunaySphere.normalise(u);
            double[] n = circle == 0 ? new double[] {0, 0, 1} : circle == 1 ? new double[] {0, 1, 0} : new double[] {random.nextGaussian(), random.nextGaussian(), random.nextGaussian()};
            double[] v = cross(u, n);
            DelaunaySphere.normalise(v);
            u = cross(n, v);
            DelaunaySphere.normalise(u);
            double last = Double.NaN;
            int triangle = 0;
            double greatest = 0;
            for (int i = 0; i <= 72000; i++) {
                double a = Math.toRadians(i * 0.005);
                triangle = s.locate((float) (u[0] * Math.cos(a) + v[0] * Math.sin(a)), (float) (u[1] * Math.cos(a) + v[1] * Math.sin(a)),
                        (float) (u[2] * Math.cos(a) + v[2] * Math.sin(a)), triangle, w);
                double f = 0;
                for (int k = 0; k < 3; k++) {
                    f += w[k] * value[s.corner(triangle, k)];
                }
                if (i > 0) {
                    greatest = Math.max(greatest, Math.abs(f - last));
                }
                last = f;
            }
            // The shortest edge (10° of azimuth at 80° of elevation) is 1.74° long and its ends differ by less than 1; the slope across it may be a few times steeper for thin triangles.
            assertTrue(greatest > 0 && greatest < 0.02, "largest step " + greatest);
        }
    }

    @Test
    void aDirectionThatIsNoNumberGetsSomeAnswer() {
        float[] w = new float[3];
        int t = DelaunaySphere.geodesic(4).locate(Float.NaN, 0, 0, 3, w);
        assertTrue(t >= 0 && t < 320);
        assertEquals(1, w[0] + w[1] + w[2], 0);
    }
}
