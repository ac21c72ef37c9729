package io.pinna.internal.acoustics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class BvhTest {
    /** Möller–Trumbore in doubles over all triangles: t, or NaN; and a flag where rounding may decide, because the ray passes close to an edge or ends close to the triangle. */
    private static double brute(float[] c, int t, double[] o, double[] d, boolean[] unsure) {
        double[] e1 = new double[3];
        double[] e2 = new double[3];
        double[] s = new double[3];
        for (int a = 0; a < 3; a++) {
            e1[a] = (double) c[9 * t + 3 + a] - c[9 * t + a];
            e2[a] = (double) c[9 * t + 6 + a] - c[9 * t + a];
            s[a] = o[a] - c[9 * t + a];
        }
        double[] p = cross(d, e2);
        double det = dot(e1, p);
        double scale = Math.sqrt(dot(e1, e1) * dot(e2, e2) * dot(d, d));
        if (Math.abs(det) < 1e-6 * scale) {
            // Edge-on: unsure only where the ray comes near the plane within its length.
            double[] normal = cross(e1, e2);
            double length = Math.sqrt(dot(normal, normal));
            unsure[0] |= Math.abs(dot(s, normal)) <= length * 1e-5 * (1 + Math.sqrt(dot(d, d)));
            return Double.NaN;
        }
        double u = dot(s, p) / det;
        double[] q = cross(s, e1);
        double v = dot(d, q) / det;
        double time = dot(e2, q) / det;
        double margin = 2e-5;
        if (u > -margin && v > -margin && u + v < 1 + margin && time > -margin && time < 1 + margin
                && (u < margin || v < margin || u + v > 1 - margin || time < margin || time > 1 - margin)) {
            unsure[0] = true;
        }
        return u >= 0 && v >= 0 && u + v <= 1 && time >= 0 && time <= 1 ? time : Double.NaN;
    }

    private static double[] cross(double[] a, double[] b) {
        return new double[] {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
    }

    private static double dot(double[] a, double[] b) {
        return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
    }

    private static float[] soup(Random random, int count, double size, boolean axisAligned) {
        float[] c = new float[9 * count];
        for (int t = 0; t < count; t++) {
            int flat = random.nextInt(3);
            float level = Math.round(random.nextDouble() * 8 - 4);
            for (int k = 0; k < 3; k++) {
                for (int a = 0; a < 3; a++) {
                    double centre = new Random(t * 31L + a).nextDouble() * 8 - 4;
                    c[9 * t + 3 * k + a] = axisAligned && a == flat ? level : (float) (centre + random.nextGaussian() * size);
                }
            }
        }
        return c;
    }

    @Test
    @Tag("reference")
    void agreesWithBruteForce() {
        int compared = 0;
        int hits = 0;
        for (int kind = 0; kind < 8; kind++) {
            Random random = new Random(40 + kind);
            int count = new int[] {1, 2, 3, 9, 100, 700, 700, 300}[kind];
            float[] c = soup(random, count, kind == 6 ? 0.05 : 0.8, kind % 2 == 1);
            Bvh bvh = Bvh.build(c);
            BvhRay ray = new BvhRay(1000);
            for (int r = 0; r < 2000; r++) {
                double[] o = {random.nextDouble() * 8 - 4, random.nextDouble() * 8 - 4, random.nextDouble() * 8 - 4};
                double[] d = {random.nextGaussian() * 5, random.nextGaussian() * 5, random.nextGaussian() * 5};
                if (r % 4 == 0) {
                    d[random.nextInt(3)] = 0;
                }
                if (r % 8 == 0) {
                    d[random.nextInt(3)] = -0.0;
                }
                for (int a = 0; a < 3; a++) {
                    o[a] = (float) o[a];
                    d[a] = (float) d[a];
                }
                if (!ray.set(o[0], o[1], o[2], d[0], d[1], d[2])) {
                    continue;
                }
                boolean[] unsure = {false};
                double best = Double.NaN;
                int all = 0;
                for (int t = 0; t < count; t++) {
                    double time = brute(c, t, o, d, unsure);
                    if (!Double.isNaN(time)) {
                        all++;
                        best = Double.isNaN(best) ? time : Math.min(best, time);
                    }
                }
                if (unsure[0]) {
                    continue;
                }
                compared++;
                assertEquals(all > 0, bvh.anyHit(ray, 1), "any hit, kind " + kind + " ray " + r);
                assertEquals(all > 0, bvh.closestHit(ray, 1), "closest hit, kind " + kind + " ray " + r);
                if (all > 0) {
                    hits++;
                    assertEquals(best, ray.hitT, 2e-6, "where");
                    int t = bvh.original(ray.hitTriangle);
                    assertEquals(best, brute(c, t, o, d, unsure), 2e-6, "triangle");
                    for (int a = 0; a < 3; a++) {
                        double point = c[9 * t + a] + ray.hitU * ((double) c[9 * t + 3 + a] - c[9 * t + a]) + ray.hitV * ((double) c[9 * t + 6 + a] - c[9 * t + a]);
                        assertEquals(o[a] + best * d[a], point, 1e-4, "weights");
                    }
                }
                ray.crossingCount = 0;
                bvh.crossings(ray, 1);
                assertEquals(all, ray.crossingCount, "crossings, kind " + kind + " ray " + r);
            }
        }
        assertTrue(compared > 10_000, "compared " + compared);
        assertTrue(hits > 1_200, "hits " + hits);
    }

    @Test
    @Tag("property")
    void noRaySlipsThroughASharedEdge() {
        // A wavy closed surface around the origin: every ray from inside must meet it, whatever edge or corner it runs through.
        int rings = 24;
        int segments = 40;
        float[][] p = new float[(rings + 1) * segments][3];
        Random random = new Random(7);
        for (int i = 0; i <= rings; i++) {
            for (int j = 0; j < segments; j++) {
                double polar = Math.PI * i / rings;
                double around = 2 * Math.PI * j / segments;
                double r = i == 0 || i == rings ? 3 : 3 + random.nextDouble();
                p[i * segments + j] = new float[] {
                        i == 0 || i == rings ? 0 : (float) (r * Math.sin(polar) * Math.cos(around)), (float) (r * Math.cos(polar)), i == 0 || i == rings ? 0 : (float) (r * Math.sin(polar) * Math.sin(around))};
            }
        }
        float[] c = new float[rings * segments * 2 * 9];
        int at = 0;
        for (int i = 0; i < rings; i++) {
            for (int j = 0; j < segments; j++) {
                float[][] q = {p[i * segments + j], p[(i + 1) * segments + j], p[(i + 1) * segments + (j + 1) % segments], p[i * segments + (j + 1) % segments]};
                for (int k : new int[] {0, 1, 2, 0, 2, 3}) {
                    System.arraycopy(q[k], 0, c, at, 3);
                    at += 3;
                }
            }
        }
        Bvh bvh = Bvh.build(c);
        BvhRay ray = new BvhRay(64);
        int tried = 0;
        for (int t = 0; t < c.length / 9; t++) {
            for (int k = 0; k < 3; k++) {
                for (int s = 0; s <= 8; s++) {
                    double f = s / 8.0;
                    double[] d = new double[3];
                    for (int a = 0; a < 3; a++) {
                        d[a] = 1.5 * (c[9 * t + 3 * k + a] * (1 - f) + c[9 * t + 3 * ((k + 1) % 3) + a] * f);
                    }
                    assertTrue(ray.set(0, 0, 0, d[0], d[1], d[2]));
                    assertTrue(bvh.anyHit(ray, 1), "triangle " + t + " edge " + k + " at " + f);
                    assertTrue(bvh.closestHit(ray, 1), "closest at triangle " + t + " edge " + k + " at " + f);
                    tried++;
                }
            }
        }
        assertEquals(rings * segments * 2 * 27, tried);
    }

    @Test
    @Tag("unit")
    void respectsTheEndOfTheRay() {
        float[] c = {2, -1, -1, 2, 1, -1, 2, 0, 1};
        Bvh bvh = Bvh.build(c);
        BvhRay ray = new BvhRay(4);
        assertTrue(ray.set(0, 0, 0, 1, 0, 0));
        assertFalse(bvh.anyHit(ray, 1.99f));
        assertTrue(bvh.anyHit(ray, 2));
        assertTrue(bvh.closestHit(ray, 5));
        assertEquals(2, ray.hitT, 1e-6);
        assertTrue(ray.set(3, 0, 0, 1, 0, 0));
        assertFalse(bvh.anyHit(ray, 100), "behind the ray");
        assertFalse(ray.set(0, 0, 0, 0, 0, 0), "a ray of no length is refused");
    }

    @Test
    @Tag("unit")
    void frontIsWhereTheCornersRunCounterClockwise() {
        // Seen from +x, y to the left of... the normal by the right-hand rule is +x.
        float[] c = {0, -1, -1, 0, 1, -1, 0, 0, 1};
        Bvh bvh = Bvh.build(c);
        BvhRay ray = new BvhRay(4);
        assertTrue(ray.set(5, 0, 0, -10, 0, 0));
        assertTrue(bvh.closestHit(ray, 1));
        assertTrue(ray.hitFront);
        assertTrue(ray.set(-5, 0, 0, 10, 0, 0));
        assertTrue(bvh.closestHit(ray, 1));
        assertFalse(ray.hitFront);
        for (int axis = 0; axis < 3; axis++) {
            float[] turned = new float[9];
            for (int k = 0; k < 3; k++) {
                for (int a = 0; a < 3; a++) {
                    turned[3 * k + (a + axis) % 3] = c[3 * k + a];
                }
            }
            Bvh b = Bvh.build(turned);
            double[] d = new double[3];
            d[axis] = -10;
            assertTrue(ray.set(-d[0] / 2, -d[1] / 2, -d[2] / 2, d[0], d[1], d[2]));
            assertTrue(b.closestHit(ray, 1));
            assertTrue(ray.hitFront, "axis " + axis);
        }
    }

    @Test
    @Tag("property")
    void manyEqualTrianglesDoNotDeepenTheTree() {
        float[] c = new float[9 * 5000];
        for (int t = 0; t < 5000; t++) {
            System.arraycopy(new float[] {1, -1, -1, 1, 1, -1, 1, 0, 1}, 0, c, 9 * t, 9);
        }
        Bvh bvh = Bvh.build(c);
        BvhRay ray = new BvhRay(6000);
        assertTrue(ray.set(0, 0, 0, 2, 0, 0));
        bvh.crossings(ray, 1);
        assertEquals(5000, ray.crossingCount);
        BvhRay small = new BvhRay(10);
        assertTrue(small.set(0, 0, 0, 2, 0, 0));
        bvh.crossings(small, 1);
        assertEquals(10, small.crossingCount);
        assertEquals(4990, small.crossingOverflow);
    }

    @Test
    @Tag("property")
    void sizesFromHairsToPlanetsAreFound() {
        // Coordinates that grow geometrically make the worst trees by area.
        int count = 60;
        float[] c = new float[9 * count];
        for (int t = 0; t < count; t++) {
            float s = (float) Math.pow(2, t - 30);
            System.arraycopy(new float[] {s, -s, -s, s, s, -s, s, 0, s}, 0, c, 9 * t, 9);
        }
        Bvh bvh = Bvh.build(c);
        BvhRay ray = new BvhRay(100);
        assertTrue(ray.set(0, 0, 0, 2e9, 0, 0));
        bvh.crossings(ray, 1);
        assertEquals(count, ray.crossingCount);
        assertTrue(bvh.closestHit(ray, 1));
        assertEquals(0, bvh.original(ray.hitTriangle));
    }
}
