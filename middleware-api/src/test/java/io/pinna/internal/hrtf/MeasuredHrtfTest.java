package io.pinna.internal.hrtf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.InvalidValueException;
import io.pinna.hrtf.HrtfInfo;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class MeasuredHrtfTest {
    private static final double HEAD_RADIUS = 0.0875;
    private static final double SPEED_OF_SOUND = 343;

    /** Woodworth's delay of one ear (s), relative to the head's centre, for a source at an angle to the ear's axis. */
    private static double woodworth(double cosine) {
        double angle = Math.acos(Math.max(-1, Math.min(1, cosine)));
        return HEAD_RADIUS / SPEED_OF_SOUND * (angle < Math.PI / 2 ? -Math.cos(angle) : angle - Math.PI / 2);
    }

    /**
     * A response of {@code taps} samples: a low-pass 0.5/(1 − 0.5·z⁻¹) (minimum phase) with a gain, delayed by a fraction of samples with a windowed sinc that is exact to 1e-6 below 0.8 of Nyquist.
     */
    private static float[] response(double gain, double delaySamples, int taps) {
        double[] delayed = new double[taps];
        for (int n = 0; n < taps; n++) {
            double t = n - delaySamples;
            if (Math.abs(t) < 40) {
                double window = Math.cos(Math.PI * t / 80) * Math.cos(Math.PI * t / 80);
                delayed[n] = (Math.abs(t) < 1e-12 ? 1 : Math.sin(Math.PI * t) / (Math.PI * t)) * window;
            }
        }
        float[] result = new float[taps];
        double y = 0;
        for (int n = 0; n < taps; n++) {
            y = 0.5 * y + 0.5 * gain * delayed[n];
            result[n] = (float) y;
        }
        return result;
    }

    /** A head of minimum-phase ears and Woodworth delays; the far ear is up to 12 dB quieter. */
    private static HrirSet sphere(double[] directions, double[] distances, double rateHz) {
        int count = distances.length;
        int taps = 256;
        float[] responses = new float[2 * count * taps];
        for (int m = 0; m < count; m++) {
            double y = directions[3 * m + 1];
            for (int ear = 0; ear < 2; ear++) {
                double cosine = ear == 0 ? y : -y;
                System.arraycopy(response(gain(cosine), 80 + woodworth(cosine) * rateHz, taps), 0, responses, (2 * m + ear) * taps, taps);
            }
        }
        return new HrirSet("sphere", "SimpleFreeFieldHRIR", "1.0", "", "", "", "", rateHz, taps, responses, new double[2 * count], directions, distances, HrtfInfo.Delays.NONE, List.of());
    }

    private static double gain(double cosine) {
        return Math.pow(10, 6 * (cosine - 1) / 20);
    }

    private static double[] distances(int count, double value) {
        double[] d = new double[count];
        Arrays.fill(d, value);
        return d;
    }

    private static double[] ring(int count, double elevation) {
        List<double[]> d = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            d.add(DelaunaySphereTest.direction(360.0 * i / count, elevation));
        }
        return DelaunaySphereTest.flat(d);
    }

    private record Filters(float[] left, float[] right, double itdSeconds) {
    }

    private static Filters filters(MeasuredHrtf hrtf, int vertex) {
        Filters[] result = new Filters[1];
        hrtf.evaluate(new int[] {vertex}, 1, (v, left, right, itd) -> {
            assertEquals(vertex, v);
            result[0] = new Filters(left.clone(), right.clone(), itd);
        });
        return result[0];
    }

    /** Level at a frequency in dB. */
    private static double level(float[] x, double hertz, double rate) {
        double re = 0;
        double im = 0;
        for (int n = 0; n < x.length; n++) {
            re += x[n] * Math.cos(2 * Math.PI * hertz * n / rate);
            im -= x[n] * Math.sin(2 * Math.PI * hertz * n / rate);
        }
        return 10 * Math.log10(re * re + im * im);
    }

    /** Phase delay in samples at a low frequency. */
    private static double phaseDelay(float[] x, double hertz, double rate) {
        double re = 0;
        double im = 0;
        for (int n = 0; n < x.length; n++) {
            re += x[n] * Math.cos(2 * Math.PI * hertz * n / rate);
            im -= x[n] * Math.sin(2 * Math.PI * hertz * n / rate);
        }
        double turns = -Math.atan2(im, re) / (2 * Math.PI);
        return (turns - Math.floor(turns)) * rate / hertz;
    }

    @Test
    @Tag("analytic")
    void interauralDelaysAreThoseOfTheSphereAtAndBetweenMeasuredDirections() {
        for (double fileRate : new double[] {44100, 48000, 96000}) {
            HrirSet set = sphere(DelaunaySphereTest.grid(10, 10), distances(36 * 17 + 2, 1.2), fileRate);
            try (MeasuredHrtf hrtf = MeasuredHrtf.build(set, 48000)) {
                double worst = 0;
                double worstBetween = 0;
                SphereTriangulation dense = hrtf.triangulation(0);
                double leftMost = 0;
                for (int v = 0; v < hrtf.vertexCount(); v++) {
                    Filters f = filters(hrtf, v);
                    double y = dense.coordinate(v, 1);
                    double wanted = woodworth(-y) - woodworth(y);
                    leftMost = y > 0.999 ? f.itdSeconds : leftMost;
                    double error = Math.abs(f.itdSeconds - wanted);
                    if (v < set.count()) {
                        worst = Math.max(worst, error);
                        // The filters themselves are aligned: delay comes from the interaural delay only.
                        assertEquals(phaseDelay(f.left, 500, 48000), phaseDelay(f.right, 500, 48000), 0.1, "vertex " + v);
                    } else {
                        worstBetween = Math.max(worstBetween, error);
                    }
                    for (double hertz : new double[] {300, 1000, 4000, 12000}) {
                        // Between directions the gain in dB is linear in the angle, not in its cosine: the difference is below 0.1 dB for 10° cells.
                        double low = 20 * Math.log10(0.5 / Math.hypot(1 - 0.5 * Math.cos(2 * Math.PI * hertz / fileRate), 0.5 * Math.sin(2 * Math.PI * hertz / fileRate)));
                        assertEquals(20 * Math.log10(gain(y)) + low, level(f.left, hertz, 48000), v < set.count() ? 0.01 : 0.15, "left at vertex " + v + ", " + hertz + " Hz");
                        assertEquals(20 * Math.log10(gain(-y)) + low, level(f.right, hertz, 48000), v < set.count() ? 0.01 : 0.15, "right at vertex " + v + ", " + hertz + " Hz");
                    }
                }
                assertTrue(worst < 1e-6, String.format(Locale.ROOT, "at measured directions %.2f µs", 1e6 * worst));
                // Around the ears' axis the field is a cone of 4.45 µs a degree: the middle between two directions 10° away from its tip lies 7.07° away, 13 µs higher.
                assertTrue(worstBetween > 5e-6 && worstBetween < 16e-6, String.format(Locale.ROOT, "between them %.2f µs", 1e6 * worstBetween));
                // Positive on the left: (π/2 + 1)·r/c.
                assertEquals((Math.PI / 2 + 1) * HEAD_RADIUS / SPEED_OF_SOUND, leftMost, 1e-6);
                assertEquals(leftMost, hrtf.maxInterauralDelaySeconds(), 1e-6);
            }
        }
    }

    @Test
    @Tag("analytic")
    void delaysOfTheFileAddToThoseInTheResponses() {
        HrirSet plain = sphere(DelaunaySphereTest.grid(30, 30), distances(12 * 5 + 2, 1), 44100);
        double[] delays = new double[2 * plain.count()];
        Random random = new Random(3);
        for (int m = 0; m < plain.count(); m++) {
            // A latency of its own for each measurement, of either sign, and an interaural part of a fraction of samples.
            delays[2 * m] = 200 * random.nextDouble() - 100;
            delays[2 * m + 1] = delays[2 * m] + 3 * plain.directions()[3 * m + 1];
        }
        HrirSet delayed = new HrirSet("delayed", "SimpleFreeFieldHRIR", "1.0", "", "", "", "", 44100, plain.taps(), plain.responses(), delays, plain.directions(), plain.distancesMeters(),
                HrtfInfo.Delays.PER_DIRECTION, List.of());
        try (MeasuredHrtf a = MeasuredHrtf.build(plain, 44100); MeasuredHrtf b = MeasuredHrtf.build(delayed, 44100)) {
            for (int v = 0; v < plain.count(); v++) {
                Filters before = filters(a, v);
                Filters after = filters(b, v);
                assertEquals(before.itdSeconds + 3 * plain.directions()[3 * v + 1] / 44100, after.itdSeconds, 1e-9, "vertex " + v);
                assertArrayEquals(before.left, after.left, 1e-6f);
                assertArrayEquals(before.right, after.right, 1e-6f);
            }
        }
    }

    @Test
    @Tag("analytic")
    void sparseSetsCoverTheSphereContinuouslyWithFiniteFilters() {
        double[][] sets = {DelaunaySphereTest.direction(30, 0), ring(2, 0), ring(3, 0), ring(4, 0), ring(72, 0), ring(1, 45),
                DelaunaySphereTest.flat(List.of(DelaunaySphereTest.direction(30, 0), DelaunaySphereTest.direction(-30, 0))), half(), DelaunaySphereTest.grid(60, 45)};
        for (int s = 0; s < sets.length; s++) {
            HrirSet set = sphere(sets[s], distances(sets[s].length / 3, 2), 48000);
            try (MeasuredHrtf hrtf = MeasuredHrtf.build(set, 48000)) {
                double least = 9e9;
                double most = -9e9;
                DelaunaySphere dense = hrtf.shell(0).dense;
                double[] itd = new double[hrtf.vertexCount()];
                double[] level = new double[hrtf.vertexCount()];
                for (int v = 0; v < hrtf.vertexCount(); v++) {
                    Filters f = filters(hrtf, v);
                    itd[v] = f.itdSeconds;
                    level[v] = level(f.left, 1000, 48000);
                    least = Math.min(least, level[v]);
                    most = Math.max(most, level[v]);
                }
                for (int m = 0; m < set.count(); m++) {
                    assertEquals(m, hrtf.vertexOfMeasurement(m));
                }
                // Left levels stay within those of the measured directions; −12 dB to 0 dB less the low-pass.
                double measuredMost = Arrays.stream(level, 0, set.count()).max().orElseThrow();
                double measuredLeast = Arrays.stream(level, 0, set.count()).min().orElseThrow();
                assertEquals(measuredMost, most, 0.05, "set " + s);
                assertEquals(measuredLeast, least, 0.05, "set " + s);
                for (int t = 0; t < dense.triangleCount(); t++) {
                    for (int k = 0; k < 3; k++) {
                        int a = dense.corner(t, k);
                        int b = dense.corner(t, (k + 1) % 3);
                        double degrees = Math.toDegrees(dense.edgeRadians(a, b));
                        // Edges of the Delaunay triangulation over points this dense: hardly longer than those that were halved.
                        assertTrue(degrees < 1.5 * ShellGeometry.MAX_EDGE_DEGREES, "set " + s + ": edge of " + degrees + "°");
                        assertTrue(Math.abs(itd[a] - itd[b]) < 130e-6, "set " + s + ": step of the interaural delay");
                        assertTrue(Math.abs(level[a] - level[b]) < 2.5, "set " + s + ": step of level");
                    }
                }
                HrtfInfo info = hrtf.info();
                assertTrue(s == 8 ? info.extrapolatedRegions().isEmpty() : !info.extrapolatedRegions().isEmpty(), "set " + s + ": " + info.extrapolatedRegions());
            }
        }
    }

    /** 10° grid of the upper half. */
    private static double[] half() {
        List<double[]> d = new ArrayList<>();
        for (int e = 0; e < 90; e += 10) {
            for (int a = 0; a < 360; a += 10) {
                d.add(DelaunaySphereTest.direction(a, e));
            }
        }
        d.add(DelaunaySphereTest.direction(0, 90));
        return DelaunaySphereTest.flat(d);
    }

    @Test
    @Tag("unit")
    void holesAreDescribed() {
        HrirSet set = sphere(half(), distances(half().length / 3, 1), 48000);
        try (MeasuredHrtf hrtf = MeasuredHrtf.build(set, 48000)) {
            HrtfInfo info = hrtf.info();
            assertEquals("directions below 0° of elevation are extrapolated from the nearest measured ones", info.extrapolatedRegions().get(0));
            assertEquals(0, info.minElevationDegrees(), 1e-9);
            assertEquals(90, info.maxElevationDegrees(), 1e-9);
            assertTrue(info.describe().contains("elevation     0° to 90°"), info.describe());
        }
    }

    @Test
    @Tag("unit")
    void distancesGiveShellsAndRepeatsAreLeftOut() {
        double[] ring = ring(24, 0);
        double[] twice = new double[3 * (2 * 24 + 1)];
        System.arraycopy(ring, 0, twice, 0, ring.length);
        System.arraycopy(ring, 0, twice, ring.length, ring.length);
        System.arraycopy(ring, 0, twice, 2 * ring.length, 3);
        double[] distances = distances(49, 1.5);
        Arrays.fill(distances, 24, 48, 0.25);
        try (MeasuredHrtf hrtf = MeasuredHrtf.build(sphere(twice, distances, 48000), 44100)) {
            assertEquals(2, hrtf.shellCount());
            assertEquals(0.25, hrtf.shellDistanceMeters(0), 1e-9);
            assertEquals(1.5, hrtf.shellDistanceMeters(1), 1e-9);
            assertEquals(0, hrtf.firstVertex(0));
            assertEquals(hrtf.triangulation(0).vertexCount(), hrtf.firstVertex(1));
            assertEquals(hrtf.vertexCount(), hrtf.firstVertex(1) + hrtf.triangulation(1).vertexCount());
            assertEquals(hrtf.firstVertex(1) + 5, hrtf.vertexOfMeasurement(5));
            assertEquals(5, hrtf.vertexOfMeasurement(24 + 5));
            assertEquals(-1, hrtf.vertexOfMeasurement(48));
            assertEquals(48, hrtf.info().directionCount());
            assertTrue(hrtf.info().notes().get(0).startsWith("1 measurement repeats"), hrtf.info().notes().toString());
        }
        // Four loudspeakers at different distances are one shell.
        try (MeasuredHrtf hrtf = MeasuredHrtf.build(sphere(ring(4, 0), new double[] {1, 1.5, 2, 3}, 48000), 48000)) {
            assertEquals(1, hrtf.shellCount());
            assertEquals(1.875, hrtf.shellDistanceMeters(0), 1e-9);
        }
    }

    @Test
    @Tag("property")
    void filtersDoNotDependOnTheOrderTheyAreAskedFor() {
        HrirSet set = sphere(DelaunaySphereTest.random(60, 4), distances(60, 1), 44100);
        try (MeasuredHrtf a = MeasuredHrtf.build(set, 48000); MeasuredHrtf b = MeasuredHrtf.build(set, 48000)) {
            Random random = new Random(1);
            for (int i = 0; i < 200; i++) {
                filters(b, random.nextInt(b.vertexCount()));
            }
            for (int v = a.vertexCount() - 1; v >= 0; v -= 17) {
                Filters x = filters(a, v);
                Filters y = filters(b, v);
                assertArrayEquals(x.left, y.left);
                assertArrayEquals(x.right, y.right);
                assertEquals(x.itdSeconds, y.itdSeconds);
            }
        }
    }

    @Test
    @Tag("unit")
    void anEarWithoutSoundStaysSilentWithoutBreakingItsNeighbours() {
        HrirSet set = sphere(DelaunaySphereTest.grid(30, 30), distances(62, 1), 48000);
        Arrays.fill(set.responses(), set.offset(7, 1), set.offset(7, 1) + set.taps(), 0);
        try (MeasuredHrtf hrtf = MeasuredHrtf.build(set, 48000)) {
            for (int v = 0; v < hrtf.vertexCount(); v++) {
                Filters f = filters(hrtf, v);
                for (int n = 0; n < f.left.length; n++) {
                    assertTrue(Float.isFinite(f.left[n]) && Float.isFinite(f.right[n]));
                }
            }
            for (float v : filters(hrtf, 7).right) {
                assertEquals(0.0, Math.abs(v), 0.0);
            }
            assertEquals(0, filters(hrtf, 7).itdSeconds, 1e-9);
        }
    }

    @Test
    @Tag("unit")
    void vertexNumbersAreChecked() {
        try (MeasuredHrtf hrtf = MeasuredHrtf.build(sphere(ring(4, 0), distances(4, 1), 48000), 48000)) {
            assertThrows(InvalidValueException.class, () -> hrtf.evaluate(new int[] {hrtf.vertexCount()}, 1, (v, l, r, i) -> { }));
            assertThrows(InvalidValueException.class, () -> hrtf.evaluate(new int[] {-1}, 1, (v, l, r, i) -> { }));
        }
    }
}
