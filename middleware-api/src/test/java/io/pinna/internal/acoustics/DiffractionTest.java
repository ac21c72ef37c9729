package io.pinna.internal.acoustics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.InvalidValueException;
import io.pinna.acoustics.TriangleMesh;
import io.pinna.unit.Pose;
import io.pinna.unit.Vector3;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class DiffractionTest {
    private static final double C = EdgeDiffraction.SPEED_OF_SOUND;

    /** A sheet in the plane x = 0 that fills y below 0, so large that its other edges do not matter; its upper edge runs along z. */
    private static AcousticScene halfPlane() {
        float f = 60;
        return Scenes.sceneOf(TriangleMesh.of("screen", new float[] {0, -f, -f, 0, -f, f, 0, 0, f, 0, 0, -f}, new int[] {0, 1, 2, 0, 2, 3}, Scenes.STEEL));
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
    private static void walk(double emitterMeters, double listenerMeters, double along, double emitterAngle, double stepDegrees, double largestStepDb) {
        AcousticScene scene = halfPlane();
        DiffractionSolver solver = new DiffractionSolver();
        DiffractionResult result = new DiffractionResult();
        double a = Math.toRadians(emitterAngle);
        double[] e = {emitterMeters * Math.sin(a), emitterMeters * Math.cos(a), along / 2};
        double[] last = null;
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
            double[] now = new double[7];
            for (int o = 0; o < 7; o++) {
                double hz = DiffractionShape.octaveHz(o);
                double got = totalDb(result, result.lineFree() ? 1 : 0, direct, hz);
                double expected = Kirchhoff.halfPlaneDb(path, direct, d > 0, hz);
                now[o] = got;
                if (Math.abs(got - expected) > worst) {
                    worst = Math.abs(got - expected);
                    worstAt = d + "° " + hz + " Hz: " + got + " for " + expected;
                }
                if (last != null) {
                    worstStep = Math.max(worstStep, Math.abs(got - last[o]));
                }
            }
            last = now;
        }
        assertTrue(worst <= 2, worstAt);
        assertTrue(worstStep <= largestStepDb && worstStep > 0, "step " + worstStep);
    }

    @Test
    @Tag("analytic")
    void walkingPastAHalfPlaneFollowsKirchhoff() {
        walk(2, 2, 0, 90, 1, 1);
        walk(2, 2, 0, 90, 0.25, 0.3);
        walk(2, 2, 0, 60, 1, 1);
        walk(1, 4, 0, 90, 1, 1);
        walk(2, 2, 2, 90, 1, 1);
        walk(0.5, 1, 0, 100, 1, 1);
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

    /** Walks listener and emitter at random and gives: the largest step (dB) of any octave's total, how many are above 1.5 dB and above 1 dB, how many solves found the line blocked and no path. */
    private static double[] randomWalk(AcousticScene scene, long seed, int steps, double stepMeters, double searchMeters) {
        Random random = new Random(seed);
        DiffractionSolver solver = new DiffractionSolver(3, 2000, searchMeters);
        DiffractionResult result = new DiffractionResult();
        SceneQuery q = new SceneQuery(16);
        double[] p = {-3, 1.6, 0.2, 3, 1.2, -0.2};
        double[] v = new double[6];
        double[] last = new double[7];
        double[] low = {-4.9, 0.3, -1.9};
        double[] high = {4.9, 2.5, 1.9};
        double[] report = new double[4];
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
            double direct = distance(new double[] {p[0], p[1], p[2]}, new double[] {p[3], p[4], p[5]});
            solver.solve(scene, p[0], p[1], p[2], p[3], p[4], p[5], result);
            report[3] += !result.lineFree() && result.paths() == 0 ? 1 : 0;
            double step = 0;
            for (int o = 0; o < 7; o++) {
                double db = totalDb(result, result.lineFree() ? 1 : 0, direct, DiffractionShape.octaveHz(o)) - 20 * Math.log10(direct);
                step = i > 0 ? Math.max(step, Math.abs(db - last[o])) : 0;
                last[o] = db;
            }
            report[0] = Math.max(report[0], step);
            report[1] += step > 1.5 ? 1 : 0;
            report[2] += step > 1 ? 1 : 0;
        }
        return report;
    }

    /** Every wall and floor in its own triangles, cut into pieces of about the given size. */
    private static TriangleMesh cut(TriangleMesh mesh, String name, int pieces) {
        // Every triangle into pieces² similar ones.
        int n = mesh.triangleCount() * pieces * pieces;
        float[] v = new float[9 * n];
        int[] idx = new int[3 * n];
        int at = 0;
        for (int t = 0; t < mesh.triangleCount(); t++) {
            for (int i = 0; i < pieces; i++) {
                for (int k = 0; k < 2 * (pieces - i) - 1; k++) {
                    int a = i;
                    int b = k / 2;
                    int[][] corners = k % 2 == 0 ? new int[][] {{a, b}, {a + 1, b}, {a, b + 1}} : new int[][] {{a + 1, b}, {a + 1, b + 1}, {a, b + 1}};
                    for (int[] c : corners) {
                        for (int x = 0; x < 3; x++) {
                            float o = mesh.vertex(mesh.index(t, 0), x);
                            float p = mesh.vertex(mesh.index(t, 1), x) - o;
                            float q = mesh.vertex(mesh.index(t, 2), x) - o;
                            v[3 * at + x] = o + p * c[0] / pieces + q * c[1] / pieces;
                        }
                        idx[at] = at;
                        at++;
                    }
                }
            }
        }
        return TriangleMesh.of(name, v, idx, mesh.materials().get(0));
    }

    @Test
    @Tag("analytic")
    void theShapeFitsLevelsOfEdgesClosely() {
        double worst = 0;
        for (double v125 = 0.01; v125 < 6; v125 *= 1.3) {
            double[] levels = new double[8];
            double[] curve = new double[3];
            for (int o = 0; o < 8; o++) {
                levels[o] = EdgeDiffraction.shadowLog(v125 * Math.sqrt(1 << o));
            }
            DiffractionShape.fit(levels, curve, 0);
            for (int o = 0; o < 7; o++) {
                worst = Math.max(worst, 8.686 * Math.abs(levels[o] - DiffractionShape.logGain(curve[0], curve[1], curve[2], DiffractionShape.octaveHz(o))));
            }
        }
        assertTrue(worst < 0.7 && worst > 0.05, "dB " + worst);
        assertEquals(-1, DiffractionShape.t1(125), 0.015);
        assertEquals(1, DiffractionShape.t1(16000), 0.015);
        assertTrue(DiffractionShape.t1(20) >= -1.1 && DiffractionShape.t1(20) < -1.05);
    }

    /** Kouyoumjian and Pathak's two incident terms for a wedge, relative to free sound over the path. */
    private static double wedgeDb(double n, double bend, double r1, double r2, double hz) {
        double kl = 2 * Math.PI * hz / C * r1 * r2 / (r1 + r2);
        double beta = Math.PI + bend;
        double re = 0;
        double im = 0;
        for (int sign = -1; sign <= 1; sign += 2) {
            double nearest = Math.rint((beta + sign * Math.PI) / (2 * Math.PI * n));
            double a = 2 * Math.pow(Math.cos((2 * Math.PI * n * nearest - beta) / 2), 2);
            double cot = 1 / Math.tan((Math.PI + sign * beta) / (2 * n));
            // F(x) = 2j√x e^(jx) ∫ from √x of e^(−jt²): by Kirchhoff's K at v = √(2x/π), F = 2√(πx) e^(jx) e^(jπ/4) K.
            double x = kl * a;
            double[] k = Kirchhoff.integral(Math.sqrt(2 * x / Math.PI));
            double m = 2 * Math.sqrt(Math.PI * x) * cot;
            double phase = x + Math.PI / 4;
            re += m * (k[0] * Math.cos(phase) - k[1] * Math.sin(phase));
            im += m * (k[0] * Math.sin(phase) + k[1] * Math.cos(phase));
        }
        // |D| √((s+s′)/(s s′)) with D = e^(−jπ/4) / (2n √(2πk)) Σ.
        double scale = 1 / (2 * n * Math.sqrt(2 * Math.PI * kl));
        return 20 * Math.log10(scale * Math.hypot(re, im));
    }

    @Test
    @Tag("analytic")
    void cornersFollowTheUniformTheory() {
        // A quarter-space: x < 0 and y < 0 is solid.
        AcousticScene scene = Scenes.scene(boxState("corner", -60, -60, -60, 0, 0, 60));
        double worst = 0;
        for (double bend = 3; bend <= 84; bend += 3) {
            double in = Math.toRadians(3);
            double out = in + Math.PI + Math.toRadians(bend);
            // Angles from the face y = 0 (towards −x) clockwise over the outside.
            double[] e = {-2 * Math.cos(in), 2 * Math.sin(in), 0};
            double[] l = {-3 * Math.cos(out), 3 * Math.sin(out), 0.0};
            DiffractionResult r = solve(scene, l, e);
            assertFalse(r.lineFree(), "bend " + bend);
            assertEquals(1, r.paths(), "bend " + bend);
            assertEquals(bend, Math.toDegrees(r.bendRadians(0)), 0.5);
            for (int o = 0; o < 7; o++) {
                double hz = DiffractionShape.octaveHz(o);
                worst = Math.max(worst, Math.abs(8.686 * r.logGain(0, hz) - wedgeDb(1.5, Math.toRadians(bend), 2, 3, hz)));
            }
        }
        assertTrue(worst < 1.5 && worst > 0.01, "dB " + worst);
    }

    private static GeometryState boxState(String name, double x0, double y0, double z0, double x1, double y1, double z1) {
        GeometryState state = new GeometryState();
        box(state, name, x0, y0, z0, x1, y1, z1);
        return state;
    }

    @Test
    @Tag("analytic")
    void aThickWallIsTheProductOfItsEdges() {
        // Pierce 1974: twice the product of both wedges, the stronger with the whole distances, the other from the edge before it.
        AcousticScene scene = Scenes.scene(boxState("wall", -1.5, -60, -60, 1.5, 0, 60));
        double[] l = {-4, -2, 0};
        double[] e = {5, -1.5, 0};
        DiffractionResult r = solve(scene, l, e);
        assertEquals(1, r.paths());
        assertEquals(2, r.edges(0));
        double s1 = Math.hypot(2.5, 2);
        double s2 = Math.hypot(3.5, 1.5);
        assertEquals(s1 + 3 + s2, r.lengthMeters(0), 0.01);
        double b1 = Math.atan2(2, 2.5);
        double b2 = Math.atan2(1.5, 3.5);
        for (int o = 0; o < 7; o++) {
            double hz = DiffractionShape.octaveHz(o);
            double product = wedgeDb(1.5, b1, s1, 3 + s2, hz) + wedgeDb(1.5, b2, 3, s2, hz) + 20 * Math.log10(2);
            assertEquals(product, 8.686 * r.logGain(0, hz), 2.5, hz + " Hz");
        }
    }

    @Test
    @Tag("reference")
    void aWallOfManyTrianglesIsAWall() {
        TriangleMesh wall = TriangleMesh.box("wall", 0.1, 2, 3, Scenes.STEEL);
        for (TriangleMesh mesh : new TriangleMesh[] {wall, Scenes.sheet("sheet", 2, Scenes.STEEL)}) {
            AcousticScene one = Scenes.sceneOf(mesh);
            AcousticScene many = Scenes.sceneOf(cut(mesh, "cut", 7));
            for (double z = -1.5; z <= 1.5; z += 0.31) {
                DiffractionResult a = solve(one, new double[] {-2, 0.3, z}, new double[] {2, 0.9, 0.2});
                DiffractionResult b = solve(many, new double[] {-2, 0.3, z}, new double[] {2, 0.9, 0.2});
                assertEquals(a.paths(), b.paths());
                assertTrue(a.paths() > 0);
                for (int i = 0; i < a.paths(); i++) {
                    assertEquals(a.lengthMeters(i), b.lengthMeters(i), 1e-3);
                    for (int o = 0; o < 7; o++) {
                        assertEquals(8.686 * a.logGain(i, DiffractionShape.octaveHz(o)), 8.686 * b.logGain(i, DiffractionShape.octaveHz(o)), 0.1);
                    }
                }
            }
        }
    }

    @Test
    @Tag("analytic")
    void aDoorwayIsHeardFromTheDoorAndAsLoudAsItsAperture() {
        AcousticScene scene = Scenes.scene(rooms(0.05));
        for (double z = -1.8; z <= 1.8; z += 0.3) {
            double[] l = {-3, 1.2, 1.2};
            double[] e = {3, 1.2, z};
            DiffractionResult r = solve(scene, l, e);
            double direct = distance(l, e);
            if (!r.lineFree()) {
                assertTrue(r.paths() > 0);
                // Into the opening: the direction's place in the plane of the wall is in the doorway, to within 2 cm.
                double u = 3 / (r.virtualPosition(0, 0) - l[0]);
                assertTrue(Math.abs(l[2] + u * (r.virtualPosition(0, 2) - l[2])) < 0.45 + 0.05, "z " + z);
                assertTrue(r.departure(0, 0) < -0.8);
                assertTrue(r.describe(0).startsWith("through the opening at"), r.describe(0));
            }
            for (int o = 0; o < 7; o++) {
                double hz = DiffractionShape.octaveHz(o);
                double error = totalDb(r, r.lineFree() ? 1 : 0, direct, hz) - apertureDb(l, e, hz);
                // Between the door's width and its height in wavelengths the product of both slits is too low.
                assertEquals(0, error, hz >= 1000 ? 3 : 5.5, "z " + z + " at " + hz + " Hz");
            }
        }
    }

    /** Kirchhoff's integral over the doorway (0.9 m × 2.1 m in x = 0), averaged over an octave. */
    private static double apertureDb(double[] l, double[] e, double hz) {
        double energy = 0;
        int bands = 9;
        for (int b = 0; b < bands; b++) {
            double k = 2 * Math.PI * hz * Math.pow(2, (b + 0.5) / bands - 0.5) / C;
            int ny = (int) (60 + 2.1 * k * 2);
            int nz = (int) (40 + 0.9 * k * 2);
            double re = 0;
            double im = 0;
            for (int i = 0; i < ny; i++) {
                for (int j = 0; j < nz; j++) {
                    double y = 2.1 * (i + 0.5) / ny;
                    double z = 0.9 * (j + 0.5) / nz - 0.45;
                    double r = Math.sqrt(l[0] * l[0] + (y - l[1]) * (y - l[1]) + (z - l[2]) * (z - l[2]));
                    double s = Math.sqrt(e[0] * e[0] + (y - e[1]) * (y - e[1]) + (z - e[2]) * (z - e[2]));
                    double oblique = (-l[0] / r + e[0] / s) / 2;
                    re += oblique / (r * s) * Math.cos(k * (r + s));
                    im += oblique / (r * s) * Math.sin(k * (r + s));
                }
            }
            double area = 2.1 * 0.9 / ny / nz * k / (2 * Math.PI) * distance(l, e);
            energy += (re * re + im * im) * area * area / bands;
        }
        return 10 * Math.log10(energy);
    }

    @Test
    @Tag("analytic")
    void aRoundPillarIsHeardOnBothSidesWhateverItsFacets() {
        double[] reference = null;
        for (int facets : new int[] {12, 24, 48}) {
            GeometryState state = new GeometryState();
            state.add("pillar", pillar(facets, 0.4, 20), Pose.ORIGIN, Vector3.ONE);
            DiffractionResult r = solve(Scenes.scene(state), new double[] {-2, 0, 0.05}, new double[] {2, 0, 0});
            assertFalse(r.lineFree());
            assertEquals(2, r.paths(), facets + " facets");
            double tangent = 2 * Math.sqrt(4 - 0.16) + 0.4 * (Math.PI - 2 * Math.acos(0.2));
            assertEquals(tangent, r.lengthMeters(0), 0.02);
            assertTrue(r.virtualPosition(0, 2) * r.virtualPosition(1, 2) < 0);
            double[] levels = new double[7];
            for (int o = 0; o < 7; o++) {
                levels[o] = totalDb(r, 0, 4, DiffractionShape.octaveHz(o));
                if (reference != null) {
                    assertEquals(reference[o], levels[o], 2, facets + " facets, octave " + o);
                }
            }
            reference = facets == 12 ? null : levels;
        }
    }

    private static TriangleMesh pillar(int facets, double radius, double half) {
        float[] v = new float[6 * facets];
        int[] idx = new int[6 * facets + 6 * (facets - 2)];
        for (int i = 0; i < facets; i++) {
            double a = 2 * Math.PI * (i + 0.3) / facets;
            for (int k = 0; k < 2; k++) {
                v[6 * i + 3 * k] = (float) (radius * Math.cos(a));
                v[6 * i + 3 * k + 1] = (float) (k == 0 ? -half : half);
                v[6 * i + 3 * k + 2] = (float) (radius * Math.sin(a));
            }
        }
        int at = 0;
        for (int i = 0; i < facets; i++) {
            int j = (i + 1) % facets;
            for (int c : new int[] {2 * i, 2 * i + 1, 2 * j + 1, 2 * i, 2 * j + 1, 2 * j}) {
                idx[at++] = c;
            }
        }
        for (int i = 1; i + 1 < facets; i++) {
            for (int c : new int[] {0, 2 * i, 2 * i + 2, 1, 2 * i + 3, 2 * i + 1}) {
                idx[at++] = c;
            }
        }
        return TriangleMesh.of("pillar", v, idx, Scenes.STEEL);
    }

    @Test
    @Tag("property")
    void aClosingDoorFallsSilentStepByStep() {
        GeometryState state = rooms(0.05);
        GeometryInstance door = state.add("door", TriangleMesh.box("door", 0.02, 1.05, 0.45, Scenes.WOOD), Pose.ORIGIN, Vector3.ONE);
        AcousticScene scene = new AcousticScene();
        DiffractionSolver solver = new DiffractionSolver();
        DiffractionResult r = new DiffractionResult();
        double[] last = null;
        double worst = 0;
        double first = 0;
        // A sliding door: the gap at its edge closes from 0.9 m to 2 cm.
        for (int i = 0; i <= 600; i++) {
            double gap = 0.9 * Math.pow(0.02 / 0.9, i / 600.0);
            state.setTransform(door, Pose.at(0, 1.05, -gap), Vector3.ONE);
            scene.apply(state.publish());
            solver.solve(scene, -3, 1.4, 0.6, 2.5, 1.2, -0.9, r);
            double[] now = new double[7];
            for (int o = 0; o < 7; o++) {
                now[o] = totalDb(r, r.lineFree() ? 1 : 0, 5.7, DiffractionShape.octaveHz(o));
                worst = last == null ? worst : Math.max(worst, Math.abs(now[o] - last[o]));
            }
            first = last == null ? now[3] : first;
            last = now;
        }
        assertTrue(worst > 0.01 && worst < 3, "step " + worst);
        assertTrue(last[3] < first - 20, "from " + first + " to " + last[3]);
    }

    @Test
    @Tag("realtime")
    void solvingAllocatesNothing() {
        GeometryState state = rooms(0.05);
        furnish(state);
        AcousticScene scene = Scenes.scene(state);
        DiffractionSolver solver = new DiffractionSolver();
        DiffractionResult r = new DiffractionResult();
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long bytes = Long.MAX_VALUE;
        for (int attempt = 0; attempt < 10 && bytes > 0; attempt++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 50; i++) {
                solver.solve(scene, -3 + 0.03 * i, 1.4, 0.6, 2.5, 1.2, -0.9, r);
            }
            bytes = threads.getCurrentThreadAllocatedBytes() - before;
        }
        assertEquals(0, bytes);
    }

    @Test
    @Tag("unit")
    void whatWasMeantIsSaidAndWrongIsRefused() {
        AcousticScene scene = halfPlane();
        DiffractionResult r = solve(scene, new double[] {-2, -1, 0}, new double[] {2, -1, 0});
        assertEquals("around the edge of screen", r.describe(0));
        assertEquals("screen", r.lastEdgeName(0));
        assertEquals(Math.sqrt(5), r.firstEdgeDistanceMeters(0), 1e-9);
        assertEquals(2 * Math.sqrt(5), r.lengthMeters(0), 1e-9);
        assertEquals(-2 / Math.sqrt(5), r.departure(0, 0), 1e-9);
        assertThrows(InvalidValueException.class, () -> solve(scene, new double[] {Double.NaN, 0, 0}, new double[3]));
        assertThrows(InvalidValueException.class, () -> new DiffractionSolver(0, 100, 0));
        assertEquals(0, solve(new AcousticScene(), new double[3], new double[] {1, 2, 3}).paths());
        // The sum of direct path and paths does not depend on how much of the emitter is seen.
        DiffractionResult near = solve(scene, new double[] {-2, 0.001, 0}, new double[] {2, 0.001, 0});
        for (double seen = 0; seen <= 1; seen += 0.1) {
            assertEquals(totalDb(near, 1, 4, 1000), totalDb(near, seen, 4, 1000), 0.2);
        }
    }

    @Test
    @Tag("property")
    void levelsMoveSmoothlyThroughFurnishedRooms() {
        GeometryState state = rooms(0.05);
        AcousticScene bare = Scenes.scene(state);
        furnish(state);
        AcousticScene scene = Scenes.scene(state);
        double[] rooms = randomWalk(bare, 1, 3000, 0.02, 0);
        double[] furnished = randomWalk(scene, 2, 3000, 0.02, 0);
        assertEquals(0, rooms[3] + furnished[3], "silent behind an open door");
        assertTrue(rooms[0] > 0.1 && rooms[0] < 3, "largest step between bare rooms: " + rooms[0]);
        assertTrue(rooms[1] <= 0.005 * 3000, "steps above 1.5 dB between bare rooms: " + rooms[1]);
        assertTrue(furnished[0] < 10, "largest step among furniture: " + furnished[0]);
        assertTrue(furnished[1] <= 0.06 * 3000, "steps above 1.5 dB among furniture: " + furnished[1]);
    }

    @Test
    @Tag("property")
    void whatIsFollowedIsWhatASearchFinds() {
        GeometryState state = rooms(0.05);
        furnish(state);
        AcousticScene scene = Scenes.scene(state);
        DiffractionSolver solver = new DiffractionSolver();
        DiffractionSolver other = new DiffractionSolver();
        DiffractionResult followed = new DiffractionResult();
        double[] worst = new double[200];
        int rays = 0;
        int silent = 0;
        for (int i = 0; i < worst.length; i++) {
            // From beside the doorway across it, 2 cm a step; searched every tenth of them.
            double[] l = {-2.4, 1.5, -1.9 + 0.019 * i};
            double[] e = {2.5, 1.2, -0.9};
            if (i % 10 == 0) {
                solver.search(scene, l[0], l[1], l[2], e[0], e[1], e[2], followed, 1);
            } else {
                solver.follow(scene, l[0], l[1], l[2], e[0], e[1], e[2], followed);
                rays += followed.rays();
            }
            DiffractionResult anew = new DiffractionResult();
            other.solve(scene, l[0], l[1], l[2], e[0], e[1], e[2], anew);
            assertEquals(anew.lineFree(), followed.lineFree(), "step " + i);
            silent += !followed.lineFree() && followed.paths() == 0 ? 1 : 0;
            double direct = distance(l, e);
            for (int o = 0; o < 7; o++) {
                double hz = DiffractionShape.octaveHz(o);
                double difference = totalDb(followed, followed.lineFree() ? 1 : 0, direct, hz) - totalDb(anew, anew.lineFree() ? 1 : 0, direct, hz);
                worst[i] = Math.max(worst[i], Math.abs(difference));
            }
        }
        Arrays.sort(worst);
        assertEquals(0, silent);
        assertTrue(worst[180] < 0.5, "dB in nine of ten places: " + worst[180]);
        assertTrue(worst[199] < 4, "dB at most: " + worst[199]);
        assertTrue(rays > 180 && rays < 180 * 60, "rays " + rays);
    }

    @Test
    @Tag("property")
    void whatSomethingTouchesAsItMovesIsLookedAtAgain() {
        GeometryState state = rooms(0.05);
        furnish(state);
        GeometryInstance crate = state.add("moving crate", TriangleMesh.box("moving crate", 0.2, 1.2, 0.3, Scenes.WOOD), Pose.at(-4, 1.2, -1), Vector3.ONE);
        AcousticScene scene = new AcousticScene();
        DiffractionSolver solver = new DiffractionSolver();
        int bent = 0;
        for (int i = 0; i < 120; i++) {
            // Through the doorway, and into the lintel's height: it covers and uncovers edges of both.
            state.setTransform(crate, Pose.at(-1.5 + 0.025 * i, 1.2, -0.3), Vector3.ONE);
            scene.apply(state.publish());
            DiffractionResult kept = new DiffractionResult();
            solver.solve(scene, -3, 1.4, 0.6, 2.5, 1.2, -0.9, kept);
            DiffractionResult fresh = solve(scene, new double[] {-3, 1.4, 0.6}, new double[] {2.5, 1.2, -0.9});
            assertEquals(fresh.lineFree(), kept.lineFree());
            assertEquals(fresh.paths(), kept.paths(), "step " + i);
            for (int part = 0; part < 3; part++) {
                assertEquals(fresh.direct(part), kept.direct(part), 1e-3, "step " + i);
            }
            bent += kept.paths();
        }
        assertTrue(bent > 60, "ways " + bent);
    }
}
