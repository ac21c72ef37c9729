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
        double sum = DiffractionMix.direct(visible, Math.exp(r.directLogGain(hz)), 0);
        double energy = 0;
        for (int i = 0; i < r.paths(); i++) {
            double a = DiffractionMix.path(visible, Math.exp(r.logGain(i, hz))) * direct / r.lengthMeters(i);
            energy += a * a;
        }
        sum += Math.sqrt(energy);
        return 20 * Math.log10(sum);
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
}
