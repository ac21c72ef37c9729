package io.pinna.internal.acoustics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.acoustics.TriangleMesh;
import io.pinna.unit.Pose;
import io.pinna.unit.Vector3;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class DiffractionTest {
    private static final double C = EdgeDiffraction.SPEED_OF_SOUND;

    /** A sheet in the plane x = 0 that fills y below 0, so large that its other edges do not matter; its upper edge runs along z. */
    private static AcousticScene halfPlane() {
        float f = 60;
        return Scenes.sceneOf(TriangleMesh.of("screen", new float[] {0, -f, -f, 0, -f, f, 0, 0, f, 0, 0, -f}, new int[] {0, 1, 2, 0, 2, 3}, Scenes.STEEL));
    }

    /** Kirchhoff's e^(jπ/4)/√π ∫ from ξ = v√(π/2) to ∞ of e^(−jt²) dt, real and imaginary part; v ≥ 0. */
    private static double[] kirchhoff(double v) {
        // ∫ from v to ∞ of e^(−jπt²/2) dt = (1−j)/2 − ∫ from 0 to v; times (1+j)/2 is 1/2 at 0.
        int n = 2 * (int) (200 + 60 * v * v);
        double c = 0;
        double s = 0;
        for (int i = 0; i <= n; i++) {
            double t = v * i / n;
            double w = i == 0 || i == n ? 1 : i % 2 == 1 ? 4 : 2;
            c += w * Math.cos(Math.PI * t * t / 2);
            s += w * Math.sin(Math.PI * t * t / 2);
        }
        double re = 0.5 - c * v / n / 3;
        double im = -0.5 + s * v / n / 3;
        return new double[] {0.5 * (re - im), 0.5 * (re + im)};
    }

    /** Level (dB re free sound over the straight line) at a half-plane after Kirchhoff and Kouyoumjian–Pathak. */
    private static double halfPlaneDb(double path, double direct, boolean shadow, double hz) {
        double v = Math.sqrt(2 * hz * (path * path - direct * direct) / (C * path));
        double[] k = kirchhoff(v);
        double re = direct / path * k[0];
        double im = direct / path * k[1];
        return 10 * Math.log10(shadow ? re * re + im * im : (1 - re) * (1 - re) + im * im);
    }

    /** What a renderer makes of a result: amplitudes of the direct path and the paths, which near a boundary arrive together, relative to free sound over the straight line. */
    static double totalDb(DiffractionResult r, double visible, double direct, double hz) {
        double sum = 0;
        for (int i = 0; i < r.paths(); i++) {
            for (int k = 0; k < r.paths(); k++) {
                sum += Math.exp(r.logGain(i, hz) + r.logGain(k, hz)) * direct / r.lengthMeters(i) * direct / r.lengthMeters(k)
                        * EdgeDiffraction.coherence(r.lengthMeters(i) - r.lengthMeters(k), hz);
            }
        }
        return 20 * Math.log10(DiffractionMix.direct(visible, Math.exp(r.directLogGain(hz)), 0) + DiffractionMix.path(visible, Math.sqrt(sum)));
    }

    private static DiffractionResult solve(AcousticScene scene, double[] l, double[] e) {
        DiffractionResult result = new DiffractionResult();
        new DiffractionSolver().solve(scene, l[0], l[1], l[2], e[0], e[1], e[2], result);
        return result;
    }

    private static double distance(double[] a, double[] b) {
        return Math.sqrt((a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1]) + (a[2] - b[2]) * (a[2] - b[2]));
    }

    /** Walks past the screen on a circle; returns the largest error, and asserts steps. */
    private static void walk(double emitterMeters, double listenerMeters, double along, double emitterAngle, double stepDegrees, double largestStepDb, String file) {
        AcousticScene scene = halfPlane();
        DiffractionSolver solver = new DiffractionSolver();
        DiffractionResult result = new DiffractionResult();
        double a = Math.toRadians(emitterAngle);
        double[] e = {emitterMeters * Math.sin(a), emitterMeters * Math.cos(a), along / 2};
        double[] last = null;
        StringBuilder log = new StringBuilder();
        double worst = 0;
        double worstStep = 0;
        String worstAt = "";
        for (double d = -60; d <= Math.min(85, emitterAngle - 3); d += stepDegrees) {
            // d is the bend: positive behind the screen.
            double b = a - Math.PI - Math.toRadians(d);
            double[] l = {listenerMeters * Math.sin(b), listenerMeters * Math.cos(b), -along / 2};
            double direct = distance(l, e);
            double path = Math.hypot(emitterMeters + listenerMeters, along);
            solver.solve(scene, l[0], l[1], l[2], e[0], e[1], e[2], result);
            log.append(d);
            double[] now = new double[7];
            for (int o = 0; o < 7; o++) {
                double hz = DiffractionShape.octaveHz(o);
                double got = totalDb(result, result.lineFree() ? 1 : 0, direct, hz);
                double expected = halfPlaneDb(path, direct, d > 0, hz);
                now[o] = got;
                if (Math.abs(got - expected) > worst) {
                    worst = Math.abs(got - expected);
                    worstAt = d + "° " + hz + " Hz: " + got + " for " + expected;
                }
                if (last != null) {
                    worstStep = Math.max(worstStep, Math.abs(got - last[o]));
                }
                log.append(' ').append(got).append(' ').append(expected);
            }
            log.append('\n');
            last = now;
        }
        if (file != null) {
            try (PrintWriter w = new PrintWriter(Files.newBufferedWriter(Path.of(file)))) {
                w.print(log);
            } catch (IOException x) {
                throw new IllegalStateException(x);
            }
        }
        System.out.println("walk " + emitterMeters + " " + listenerMeters + " " + along + " " + emitterAngle + " worst " + worstAt + " step " + worstStep);
        assertTrue(worst <= 2, worstAt);
        assertTrue(worstStep <= largestStepDb && worstStep > 0, "step " + worstStep);
    }

    @Test
    @Tag("analytic")
    void walkingPastAHalfPlaneFollowsKirchhoff() {
        walk(2, 2, 0, 90, 1, 1, "/tmp/walk.txt");
        walk(2, 2, 0, 90, 0.25, 0.3, null);
        walk(2, 2, 0, 60, 1, 1, null);
        walk(1, 4, 0, 90, 1, 1, null);
        walk(2, 2, 2, 90, 1, 1, null);
        walk(0.5, 1, 0, 100, 1, 1, null);
    }

    private static void box(GeometryState state, String name, double x0, double y0, double z0, double x1, double y1, double z1) {
        TriangleMesh mesh = TriangleMesh.box(name, (x1 - x0) / 2, (y1 - y0) / 2, (z1 - z0) / 2, Scenes.STEEL);
        state.add(name, mesh, Pose.at((x0 + x1) / 2, (y0 + y1) / 2, (z0 + z1) / 2), Vector3.ONE);
    }

    /** Two rooms of 5 m × 4 m × 3 m side by side along x with a doorway of 0.9 m × 2.1 m at x = 0, z = −0.45..0.45. */
    private static GeometryState rooms(double wallHalf) {
        GeometryState state = new GeometryState();
        box(state, "floor", -5.2, -0.2, -2.2, 5.2, 0, 2.2);
        box(state, "ceiling", -5.2, 3, -2.2, 5.2, 3.2, 2.2);
        box(state, "west", -5.2, 0, -2.2, -5, 3, 2.2);
        box(state, "east", 5, 0, -2.2, 5.2, 3, 2.2);
        box(state, "south", -5.2, 0, -2.2, 5.2, 3, -2);
        box(state, "north", -5.2, 0, 2, 5.2, 3, 2.2);
        box(state, "wall/left", -wallHalf, 0, -2.1, wallHalf, 3, -0.45);
        box(state, "wall/right", -wallHalf, 0, 0.45, wallHalf, 3, 2.1);
        box(state, "wall/lintel", -wallHalf, 2.1, -0.5, wallHalf, 3, 0.5);
        return state;
    }

    private static void furnish(GeometryState state) {
        box(state, "cabinet", -3.4, 0, -1.9, -2.6, 2, -1.2);
        box(state, "table", -2.2, 0.7, 0.4, -1.2, 0.75, 1.4);
        box(state, "shelf", 1.2, 0, 0.9, 1.5, 1.6, 2);
        box(state, "bed", 2.6, 0, -1.8, 4.6, 0.5, -0.6);
        box(state, "pillar", 2, 0, 0.1, 2.3, 3, 0.4);
        box(state, "crate", -4.4, 0, 0.6, -3.7, 0.8, 1.3);
    }

    private static void randomWalk(AcousticScene scene, long seed, int steps, double stepMeters, double searchMeters) {
        java.util.Random random = new java.util.Random(seed);
        DiffractionSolver solver = new DiffractionSolver(3, 2000, searchMeters);
        DiffractionResult result = new DiffractionResult();
        SceneQuery q = new SceneQuery(16);
        double[] p = {-3, 1.6, 0.2, 3, 1.2, -0.2};
        double[] v = new double[6];
        double[] last = new double[7];
        String before = "";
        int rays = 0;
        int most = 0;
        int big = 0;
        int silent = 0;
        int cutCount = 0;
        double worst = 0;
        long nanos = 0;
        double[] low = {-4.9, 0.3, -1.9};
        double[] high = {4.9, 2.5, 1.9};
        int half = 0;
        for (int i = 0; i < steps; i++) {
            if (i % 25 == 0) {
                for (int k = 0; k < 2; k++) {
                    double a = random.nextDouble() * 2 * Math.PI;
                    double up = 0.5 * random.nextGaussian();
                    double r = stepMeters / Math.sqrt(1 + up * up);
                    v[3 * k] = r * Math.cos(a);
                    v[3 * k + 1] = r * up;
                    v[3 * k + 2] = r * Math.sin(a);
                }
            }
            for (int k = 0; k < 2; k++) {
                double[] n = new double[3];
                boolean inside = true;
                for (int a = 0; a < 3; a++) {
                    n[a] = p[3 * k + a] + v[3 * k + a];
                    inside &= n[a] > low[a] && n[a] < high[a];
                }
                // Bodies keep 10 cm from surfaces.
                for (int a = 0; a < 6; a++) {
                    double d = a % 2 == 0 ? 0.1 : -0.1;
                    inside &= !scene.anyHit(q, n[0], n[1], n[2], n[0] + (a / 2 == 0 ? d : 0), n[1] + (a / 2 == 1 ? d : 0), n[2] + (a / 2 == 2 ? d : 0));
                }
                if (!inside || scene.anyHit(q, p[3 * k], p[3 * k + 1], p[3 * k + 2], n[0] + 2.5 * v[3 * k], n[1] + 2.5 * v[3 * k + 1], n[2] + 2.5 * v[3 * k + 2])) {
                    for (int a = 0; a < 3; a++) {
                        v[3 * k + a] = -v[3 * k + a];
                    }
                } else {
                    System.arraycopy(n, 0, p, 3 * k, 3);
                }
            }
            double direct = Math.sqrt((p[0] - p[3]) * (p[0] - p[3]) + (p[1] - p[4]) * (p[1] - p[4]) + (p[2] - p[5]) * (p[2] - p[5]));
            DiffractionSolver.debug = new StringBuilder();
            long t0 = System.nanoTime();
            solver.solve(scene, p[0], p[1], p[2], p[3], p[4], p[5], result);
            nanos += System.nanoTime() - t0;
            rays += result.rays();
            most = Math.max(most, result.rays());
            cutCount += result.cut() ? 1 : 0;
            half += result.lineFree() ? 1 : 0;
            if (!result.lineFree() && result.paths() == 0) {
                silent++;
            }
            StringBuilder now = new StringBuilder(String.format("%4d L %.3f %.3f %.3f E %.3f %.3f %.3f free %b cut %b rays %d ", i, p[0], p[1], p[2], p[3], p[4], p[5], result.lineFree(), result.cut(), result.rays()));
            for (int k = 0; k < result.paths(); k++) {
                now.append(String.format("%n      [S %.3f edges %d bend %.1f first %s last %s open %.2f db %.1f %.1f %.1f]", result.lengthMeters(k), result.edges(k), Math.toDegrees(result.bendRadians(k)),
                        result.firstEdgeName(k), result.lastEdgeName(k), result.openingMeters(k), 8.686 * result.logGain(k, 125), 8.686 * result.logGain(k, 1000), 8.686 * result.logGain(k, 8000)));
            }
            double step = 0;
            for (int o = 0; o < 7; o++) {
                double db = totalDb(result, result.lineFree() ? 1 : 0, direct, DiffractionShape.octaveHz(o)) - 20 * Math.log10(direct);
                if (i > 0) {
                    step = Math.max(step, Math.abs(db - last[o]));
                }
                now.append(String.format(" %.1f", db));
                last[o] = db;
            }
            if (step > 1.0) {
                big++;
                if (big < 12 || step > worst) {
                    System.out.printf("STEP %.2f%n   %s%n   %s%n", step, before, now.toString() + DiffractionSolver.debug);
                }
            }
            worst = Math.max(worst, step);
            before = now.toString() + DiffractionSolver.debug;
        }
        System.out.printf("walk seed %d: worst %.2f dB, above 1 dB %d of %d, rays %.1f most %d, cut %d silent %d free %d, %.1f us%n", seed, worst, big, steps, rays / (double) steps, most, cutCount, silent, half, nanos / 1e3 / steps);
    }

    @Test
    @Tag("property")
    void levelsMoveSmoothlyThroughFurnishedRooms() {
        GeometryState state = rooms(0.05);
        AcousticScene bare = Scenes.scene(state);
        furnish(state);
        AcousticScene scene = Scenes.scene(state);
        randomWalk(bare, 1, 4000, 0.02, 0);
        randomWalk(scene, 2, 4000, 0.02, 0);
    }
}
