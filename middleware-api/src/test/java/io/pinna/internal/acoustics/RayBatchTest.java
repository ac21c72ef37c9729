package io.pinna.internal.acoustics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.InvalidValueException;
import io.pinna.acoustics.TriangleMesh;
import io.pinna.unit.Pose;
import io.pinna.unit.Vector3;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ForkJoinPool;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class RayBatchTest {
    private static final int RAYS = 6000;

    private final SceneQuery q = new SceneQuery(256);
    private final boolean[] hit = new boolean[RAYS];
    private final RayHits hits = new RayHits(RAYS);
    private int hitCount;
    private int missCount;

    /** Every answer of a batch against the single query; surfaces in the same place may stand for each other. */
    private void compare(AcousticScene scene, double[] o, double[] targets, int count, String what) {
        java.util.Arrays.fill(hit, true);
        scene.anyHits(q, o[0], o[1], o[2], targets, count, hit);
        scene.closestHits(q, o[0], o[1], o[2], targets, count, hits);
        for (int i = 0; i < count; i++) {
            String ray = what + " ray " + i;
            boolean expected = scene.closestHit(q, o[0], o[1], o[2], targets[3 * i], targets[3 * i + 1], targets[3 * i + 2]);
            double fraction = q.hitFraction();
            int instance = q.hitInstance();
            int place = q.hitPlace;
            assertEquals(scene.anyHit(q, o[0], o[1], o[2], targets[3 * i], targets[3 * i + 1], targets[3 * i + 2]), hit[i], "any, " + ray);
            assertEquals(expected, hits.isHit(i), "closest, " + ray);
            if (!expected) {
                missCount++;
                assertEquals(1, hits.fraction(i), 0, ray);
                continue;
            }
            hitCount++;
            // The segment may have been cut in another place: a rounding of a float apart.
            assertEquals(fraction, hits.fraction(i), 3e-6 * fraction + 1e-9, "where, " + ray);
            if (instance != hits.instance(i) || place != hits.place[i]) {
                assertTrue(hits.select(i, q));
                double length = Math.sqrt(square(targets[3 * i] - o[0]) + square(targets[3 * i + 1] - o[1]) + square(targets[3 * i + 2] - o[2]));
                assertEquals(fraction * length, hits.fraction(i) * length, 1e-4, "another surface in the same place, " + ray);
            }
        }
    }

    private static double square(double x) {
        return x * x;
    }

    /** Small triangles around the origin, as one mesh; some lie in the planes of the axes. */
    private static TriangleMesh soup(Random random, int count, double spread, double size, boolean flat) {
        float[] v = new float[9 * count];
        int[] indices = new int[3 * count];
        for (int t = 0; t < count; t++) {
            int axis = random.nextInt(3);
            double[] centre = {random.nextGaussian() * spread, random.nextGaussian() * spread, random.nextGaussian() * spread};
            float level = Math.round(centre[axis]);
            for (int k = 0; k < 3; k++) {
                for (int a = 0; a < 3; a++) {
                    v[9 * t + 3 * k + a] = flat && a == axis ? level : (float) (centre[a] + random.nextGaussian() * size);
                }
                indices[3 * t + k] = 3 * t + k;
            }
        }
        return TriangleMesh.of("soup", v, indices, Scenes.WOOD);
    }

    @Test
    @Tag("reference")
    void agreesWithSingleQueriesOnRandomScenes() {
        Random random = new Random(3);
        for (int round = 0; round < 12; round++) {
            GeometryState state = new GeometryState();
            int meshes = round % 3 == 0 ? 1 : 1 + random.nextInt(9);
            for (int m = 0; m < meshes; m++) {
                TriangleMesh mesh = soup(random, new int[] {1, 2, 40, 900}[(round + m) % 4], 4, round % 4 == 3 ? 2 : 0.3, round % 2 == 1);
                Vector3 scale = new Vector3(0.5 + random.nextDouble(), -0.5 - random.nextDouble(), 0.5 + random.nextDouble());
                Pose pose = new Pose(new Vector3(random.nextGaussian() * 3, random.nextGaussian() * 3, random.nextGaussian() * 3), Scenes.randomRotation(random));
                state.add("m" + m, mesh, m == 0 ? Pose.ORIGIN : pose, m == 0 ? Vector3.ONE : scale);
            }
            AcousticScene scene = Scenes.scene(state);
            for (int batch = 0; batch < 40; batch++) {
                int count = new int[] {1, 3, 4, 17, 64, 128, 129, 300}[batch % 8];
                double[] o = {random.nextGaussian() * 4, random.nextGaussian() * 4, random.nextGaussian() * 4};
                if (batch % 5 == 0) {
                    // In the planes of flat triangles.
                    for (int a = 0; a < 3; a++) {
                        o[a] = Math.round(o[a]);
                    }
                }
                double[] middle = {random.nextGaussian() * 4, random.nextGaussian() * 4, random.nextGaussian() * 4};
                double width = new double[] {0, 0.01, 0.3, 2, 10}[batch % 5];
                double[] targets = new double[3 * count];
                for (int i = 0; i < count; i++) {
                    for (int a = 0; a < 3; a++) {
                        targets[3 * i + a] = middle[a] + random.nextGaussian() * width;
                    }
                    if (i % 7 == 0) {
                        int axis = random.nextInt(3);
                        targets[3 * i + axis] = o[axis];
                    }
                    if (i % 31 == 0) {
                        System.arraycopy(o, 0, targets, 3 * i, 3);
                    }
                }
                compare(scene, o, targets, count, "round " + round + " batch " + batch);
            }
        }
        assertTrue(hitCount > 4_000 && missCount > 4_000, hitCount + " hits, " + missCount + " misses");
    }

    @Test
    @Tag("reference")
    void agreesWithBruteForceOnRandomScenes() {
        Random random = new Random(4);
        int compared = 0;
        for (int round = 0; round < 6; round++) {
            TriangleMesh mesh = soup(random, 300, 3, 0.7, round % 2 == 1);
            AcousticScene scene = Scenes.sceneOf(mesh);
            double[] o = {random.nextGaussian() * 3, random.nextGaussian() * 3, random.nextGaussian() * 3};
            int count = 500;
            double[] targets = new double[3 * count];
            for (int i = 0; i < targets.length; i++) {
                targets[i] = random.nextGaussian() * (round < 3 ? 4 : 0.5);
            }
            scene.anyHits(q, o[0], o[1], o[2], targets, count, hit);
            scene.closestHits(q, o[0], o[1], o[2], targets, count, hits);
            for (int i = 0; i < count; i++) {
                double best = 2;
                boolean unsure = false;
                for (int t = 0; t < mesh.triangleCount(); t++) {
                    double[] at = crossing(mesh, t, o, targets, i);
                    unsure |= at[1] != 0;
                    best = Math.min(best, at[0]);
                }
                if (unsure) {
                    continue;
                }
                compared++;
                assertEquals(best <= 1, hit[i], "any, round " + round + " ray " + i);
                assertEquals(best <= 1, hits.isHit(i), "closest, round " + round + " ray " + i);
                assertEquals(best <= 1 ? best : 1, hits.fraction(i), 1e-5, "where, round " + round + " ray " + i);
            }
        }
        assertTrue(compared > 2_500, "compared " + compared);
    }

    /** Where the segment crosses the triangle's plane inside of the triangle (2 for nowhere), by signed volumes; and 1 if a rounding may decide. */
    private static double[] crossing(TriangleMesh mesh, int t, double[] o, double[] targets, int ray) {
        double[][] p = new double[3][3];
        double[] d = new double[3];
        for (int a = 0; a < 3; a++) {
            d[a] = targets[3 * ray + a] - o[a];
            for (int k = 0; k < 3; k++) {
                p[k][a] = mesh.vertex(mesh.index(t, k), a) - o[a];
            }
        }
        double e0 = volume(d, p[0], p[1]);
        double e1 = volume(d, p[1], p[2]);
        double e2 = volume(d, p[2], p[0]);
        double sum = e0 + e1 + e2;
        double height = volume(p[0], p[1], p[2]);
        double at = height / sum;
        double margin = 1e-4 * (Math.abs(e0) + Math.abs(e1) + Math.abs(e2));
        boolean inside = e0 >= 0 && e1 >= 0 && e2 >= 0 || e0 <= 0 && e1 <= 0 && e2 <= 0;
        boolean near = e0 >= -margin && e1 >= -margin && e2 >= -margin || e0 <= margin && e1 <= margin && e2 <= margin;
        boolean edge = Math.min(Math.abs(e0), Math.min(Math.abs(e1), Math.abs(e2))) < margin || Math.abs(at) < 1e-4 || Math.abs(at - 1) < 1e-4 || !(Math.abs(sum) > 1e-9);
        return new double[] {inside && at >= 0 && at <= 1 ? at : 2, near && edge ? 1 : 0};
    }

    private static double volume(double[] a, double[] b, double[] c) {
        return a[0] * (b[1] * c[2] - b[2] * c[1]) + a[1] * (b[2] * c[0] - b[0] * c[2]) + a[2] * (b[0] * c[1] - b[1] * c[0]);
    }

    @Test
    @Tag("property")
    void noRayOfABundleSlipsThroughAnEdgeOrACorner() {
        // A lattice of triangles as a closed lumpy ball; rays from inside at every corner, edge and diagonal, in bundles, from several places and far from the origin of the world.
        int rings = 16;
        int segments = 24;
        Random random = new Random(8);
        List<Float> v = new ArrayList<>();
        for (int i = 0; i <= rings; i++) {
            for (int j = 0; j < segments; j++) {
                double polar = Math.PI * i / rings;
                double around = 2 * Math.PI * j / segments;
                double r = i == 0 || i == rings ? 3 : 3 + random.nextDouble();
                v.add((float) (i == 0 || i == rings ? 0 : r * Math.sin(polar) * Math.cos(around)));
                v.add((float) (r * Math.cos(polar)));
                v.add((float) (i == 0 || i == rings ? 0 : r * Math.sin(polar) * Math.sin(around)));
            }
        }
        float[] vertices = new float[v.size()];
        for (int i = 0; i < vertices.length; i++) {
            vertices[i] = v.get(i);
        }
        int[] indices = new int[rings * segments * 6];
        int at = 0;
        for (int i = 0; i < rings; i++) {
            for (int j = 0; j < segments; j++) {
                int[] c = {i * segments + j, (i + 1) * segments + j, (i + 1) * segments + (j + 1) % segments, i * segments + (j + 1) % segments};
                for (int k : new int[] {0, 1, 2, 0, 2, 3}) {
                    indices[at++] = c[k];
                }
            }
        }
        TriangleMesh ball = TriangleMesh.of("ball", vertices, indices, Scenes.WOOD);
        for (double far : new double[] {0, 65536}) {
            GeometryState state = new GeometryState();
            state.add("ball", ball, Pose.at(far, far, -far), Vector3.ONE);
            AcousticScene scene = Scenes.scene(state);
            for (int place = 0; place < 3; place++) {
                double[] o = {far + 0.3 * place, far - 0.2 * place, -far + 0.1 * place};
                double[] targets = new double[3 * RAYS];
                int count = 0;
                for (int t = 0; t < ball.triangleCount(); t++) {
                    for (int k = 0; k < 3; k++) {
                        for (int s = 0; s < 2; s++) {
                            double f = s * random.nextDouble();
                            for (int a = 0; a < 3; a++) {
                                double p = ball.vertex(ball.index(t, k), a) * (1 - f) + ball.vertex(ball.index(t, (k + 1) % 3), a) * f + (a == 2 ? -far : far);
                                targets[3 * count + a] = o[a] + 1.5 * (p - o[a]);
                            }
                            count++;
                        }
                    }
                }
                assertEquals(rings * segments * 12, count);
                scene.anyHits(q, o[0], o[1], o[2], targets, count, hit);
                scene.closestHits(q, o[0], o[1], o[2], targets, count, hits);
                for (int i = 0; i < count; i++) {
                    assertTrue(hit[i], "any hit, ray " + i + " at " + far);
                    assertTrue(hits.isHit(i), "closest hit, ray " + i + " at " + far);
                }
                compare(scene, o, targets, count, "ball at " + far);
            }
        }
    }

    @Test
    @Tag("property")
    void farAwayAndHugeAndTiny() {
        TriangleMesh box = TriangleMesh.box("box", 1, 1, 1, Scenes.STEEL);
        for (double far : new double[] {0, 1e3, 1e6, -3e8}) {
            for (double size : new double[] {1e-3, 1, 1e4}) {
                GeometryState state = new GeometryState();
                state.add("box", box, Pose.at(far, -far, far / 2), new Vector3(size, size, size));
                AcousticScene scene = Scenes.scene(state);
                Random random = new Random(9);
                for (double distance : new double[] {0.3 * size, 4 * size, 1e5 * size}) {
                    double[] o = {far + distance, -far + 0.2 * distance, far / 2 + 0.1 * distance};
                    double[] targets = new double[3 * 200];
                    for (int i = 0; i < 200; i++) {
                        double[] centre = {far, -far, far / 2};
                        for (int a = 0; a < 3; a++) {
                            targets[3 * i + a] = centre[a] + 2 * size * random.nextGaussian();
                        }
                    }
                    compare(scene, o, targets, 200, "at " + far + " size " + size + " from " + distance);
                }
            }
        }
        assertTrue(hitCount > 1_000 && missCount > 500, hitCount + " hits, " + missCount + " misses");
    }

    @Test
    @Tag("unit")
    void doorsOpenAndInstancesMoveWithoutABuild() {
        GeometryState state = new GeometryState();
        GeometryInstance door = state.add(Scenes.sheet("door", 1, Scenes.WOOD));
        GeometryInstance guard = state.add("guard", TriangleMesh.box("guard", 0.2, 0.9, 0.2, Scenes.STEEL), Pose.at(0, 0, 30), Vector3.ONE);
        AcousticScene scene = Scenes.scene(state);
        double[] targets = new double[3 * 64];
        for (int i = 0; i < 64; i++) {
            targets[3 * i] = 4;
            targets[3 * i + 1] = 0.3 * Math.sin(i);
            targets[3 * i + 2] = 0.3 * Math.cos(i);
        }
        assertEquals(64, blocked(scene, targets));
        state.setEnabled(door, false);
        scene.apply(state.publish());
        assertEquals(0, blocked(scene, targets));
        state.setTransform(guard, Pose.at(2, 0, 0), Vector3.ONE);
        scene.apply(state.publish());
        int behind = blocked(scene, targets);
        assertTrue(behind > 10 && behind < 54, "the guard covers " + behind + " of 64");
        compare(scene, new double[] {-4, 0, 0}, targets, 64, "guard");
        state.setEnabled(door, true);
        state.setTransform(door, Pose.at(0, 5, 0), Vector3.ONE);
        scene.apply(state.publish());
        assertEquals(behind, blocked(scene, targets), "the door slid up");
        state.setTransform(door, Pose.ORIGIN, Vector3.ONE);
        scene.apply(state.publish());
        assertEquals(64, blocked(scene, targets));
        scene.closestHits(q, -4, 0, 0, targets, 64, hits);
        assertEquals("door", scene.instanceName(hits.instance(5)));
        assertEquals(0.5, hits.fraction(5), 1e-6);
        assertEquals(0, blocked(new AcousticScene(), targets), "an empty scene");
    }

    @Test
    @Tag("fault")
    void aTargetThatIsNoNumberMeetsNothingAndSpoilsNoOther() {
        AcousticScene scene = Scenes.sceneOf(TriangleMesh.box("wall", 0.1, 2, 2, Scenes.STEEL), Scenes.sheet("sheet", 3, Scenes.WOOD));
        double[] targets = new double[3 * 300];
        for (int i = 0; i < 300; i++) {
            targets[3 * i] = 4;
            targets[3 * i + 1] = Math.sin(i);
            targets[3 * i + 2] = Math.cos(i);
            if (i % 10 == 3) {
                targets[3 * i + i % 3] = Double.NaN;
            }
        }
        scene.anyHits(q, -4, 0, 0, targets, 300, hit);
        scene.closestHits(q, -4, 0, 0, targets, 300, hits);
        for (int i = 0; i < 300; i++) {
            assertEquals(i % 10 != 3, hit[i], "ray " + i);
            assertEquals(i % 10 != 3, hits.isHit(i), "ray " + i);
        }
    }

    private int blocked(AcousticScene scene, double[] targets) {
        java.util.Arrays.fill(hit, true);
        scene.anyHits(q, -4, 0, 0, targets, 64, hit);
        int n = 0;
        for (int i = 0; i < 64; i++) {
            n += hit[i] ? 1 : 0;
        }
        return n;
    }

    @Test
    @Tag("reference")
    void segmentsOfTheirOwnOriginsAgree() {
        Random random = new Random(12);
        AcousticScene scene = Scenes.sceneOf(soup(random, 500, 4, 0.5, false));
        int count = 700;
        double[] from = new double[3 * count];
        double[] to = new double[3 * count];
        for (int i = 0; i < count; i++) {
            for (int a = 0; a < 3; a++) {
                from[3 * i + a] = i > 0 && i % 100 > 20 ? from[3 * i - 3 + a] : random.nextGaussian() * 4;
                to[3 * i + a] = random.nextGaussian() * 4;
            }
        }
        scene.closestHits(q, from, to, count, hits);
        int met = 0;
        for (int i = 0; i < count; i++) {
            boolean expected = scene.closestHit(q, from[3 * i], from[3 * i + 1], from[3 * i + 2], to[3 * i], to[3 * i + 1], to[3 * i + 2]);
            assertEquals(expected, hits.isHit(i), "ray " + i);
            assertEquals(expected ? q.hitFraction() : 1, hits.fraction(i), 3e-6, "ray " + i);
            met += expected ? 1 : 0;
        }
        assertTrue(met > 150 && met < 650, met + " hits");
        assertThrows(InvalidValueException.class, () -> scene.closestHits(q, from, to, RAYS + 1, hits));
    }

    @Test
    @Tag("realtime")
    void batchesAllocateNothing() {
        Random random = new Random(13);
        AcousticScene scene = Scenes.sceneOf(soup(random, 2000, 4, 0.5, false));
        double[] targets = new double[3 * 5000];
        for (int i = 0; i < targets.length; i++) {
            targets[i] = random.nextGaussian() * 5;
        }
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long allocated = -1;
        for (int round = 0; round < 12; round++) {
            long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
            scene.anyHits(q, 0.1, 0.2, 0.3, targets, 5000, hit);
            scene.closestHits(q, 0.1, 0.2, 0.3, targets, 5000, hits);
            scene.closestHits(q, targets, targets, 100, hits);
            allocated = threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
        }
        assertEquals(0, allocated);
    }

    @Test
    @Tag("property")
    void aMeshIsTheSameOnAnyNumberOfThreads() throws Exception {
        Random random = new Random(14);
        TriangleMesh mesh = soup(random, 30_000, 4, 0.1, false);
        AcousticMesh reference = AcousticMesh.of(mesh);
        for (int threads = 1; threads <= 3; threads++) {
            ForkJoinPool pool = new ForkJoinPool(threads);
            try {
                AcousticMesh other = pool.submit(() -> AcousticMesh.of(mesh)).get();
                int[] a = new int[reference.bvh.nodes().length];
                int[] b = new int[other.bvh.nodes().length];
                assertEquals(a.length, b.length);
                for (int i = 0; i < a.length; i++) {
                    a[i] = Float.floatToRawIntBits(reference.bvh.nodes()[i]);
                    b[i] = Float.floatToRawIntBits(other.bvh.nodes()[i]);
                }
                assertArrayEquals(a, b, threads + " threads");
                assertArrayEquals(reference.bvh.triangles(), other.bvh.triangles(), 0f, threads + " threads");
                assertArrayEquals(reference.solid, other.solid, threads + " threads");
                assertArrayEquals(reference.frontEnters, other.frontEnters, threads + " threads");
                assertTrue(reference.edges.count() > 1000, "edges " + reference.edges.count());
                assertBits(reference.edges.data, other.edges.data, threads + " threads");
                assertBits(reference.edges.boxes, other.edges.boxes, threads + " threads");
                assertArrayEquals(reference.edges.links, other.edges.links, threads + " threads");
                assertArrayEquals(reference.edges.sizes, other.edges.sizes, threads + " threads");
                assertTrue(reference.surfaces.count > 1000, "surfaces " + reference.surfaces.count);
                assertArrayEquals(reference.surfaces.surface, other.surfaces.surface, threads + " threads");
                assertBits(reference.surfaces.plane, other.surfaces.plane, threads + " threads");
                assertBits(reference.surfaces.bounds, other.surfaces.bounds, threads + " threads");
                assertBits(reference.surfaces.area, other.surfaces.area, threads + " threads");
                assertBits(reference.surfaces.largestGain, other.surfaces.largestGain, threads + " threads");
            } finally {
                pool.shutdown();
            }
        }
    }

    /** NaN equals NaN and −0 is not 0. */
    private static void assertBits(float[] expected, float[] actual, String message) {
        assertEquals(expected.length, actual.length, message);
        for (int i = 0; i < expected.length; i++) {
            assertEquals(Float.floatToRawIntBits(expected[i]), Float.floatToRawIntBits(actual[i]), message);
        }
    }

    private static void assertBits(double[] expected, double[] actual, String message) {
        assertEquals(expected.length, actual.length, message);
        for (int i = 0; i < expected.length; i++) {
            assertEquals(Double.doubleToRawLongBits(expected[i]), Double.doubleToRawLongBits(actual[i]), message);
        }
    }

    @Test
    @Tag("property")
    void manySolidsWoundInwardsAreTurned() {
        // 20 × 20 × 3 boxes, all wound inwards, each a room of its own.
        TriangleMesh inward = Scenes.turned(TriangleMesh.box("room", 0.4, 0.4, 0.4, Scenes.WOOD));
        List<TriangleMesh> rooms = new ArrayList<>();
        List<Vector3> places = new ArrayList<>();
        for (int i = 0; i < 1200; i++) {
            rooms.add(inward);
            places.add(new Vector3(i % 20, i / 20 % 20, i / 400));
        }
        AcousticMesh mesh = AcousticMesh.of(Scenes.join("rooms", rooms, places));
        assertEquals(12 * 1200, mesh.solidTriangles());
        int fronts = 0;
        for (boolean front : mesh.frontEnters) {
            fronts += front ? 1 : 0;
        }
        assertEquals(0, fronts, "from inside one leaves through the front");
        assertFalse(mesh.frontEnters[0]);
    }
}
