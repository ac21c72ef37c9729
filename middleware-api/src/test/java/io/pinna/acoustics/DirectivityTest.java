package io.pinna.acoustics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.InvalidValueException;
import io.pinna.internal.hrtf.SphericalHead;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class DirectivityTest {
    private static double db(Directivity d, int band, double degrees) {
        return 20 * Math.log10(d.gainLinear(band, Math.cos(Math.toRadians(degrees))));
    }

    @Test
    @Tag("unit")
    void theFirstOrderPatternIsTheSameInAllBands() {
        Directivity cardioid = new Directivity(0.5, 2);
        for (int b = 0; b < Bands.COUNT; b++) {
            assertEquals(1, cardioid.gainLinear(b, 1), 0);
            assertEquals(0.25, cardioid.gainLinear(b, 0), 1e-15);
            assertEquals(0, cardioid.gainLinear(b, -1), 0);
            assertEquals(1, Directivity.OMNIDIRECTIONAL.gainLinear(b, -0.3), 0);
        }
        assertEquals(0.25, cardioid.gainLinear(0), 1e-15);
        assertEquals(new Directivity(0.5, 2, DirectivityCurve.of(new double[] {30, 0})).gainLinear(1, 0.2), cardioid.gainLinear(0.2), 0);
    }

    @Test
    @Tag("unit")
    void aCurveGoesThroughItsPointsInEachBand() {
        DirectivityCurve curve = DirectivityCurve.of(new double[][] {{0, 0}, {90, -3, -9, -15}, {180, -6, -18, -30}});
        double[][] expected = {{0, -3, -6}, {0, -9, -18}, {0, -15, -30}};
        for (int b = 0; b < Bands.COUNT; b++) {
            Directivity alone = Directivity.custom(curve);
            for (int i = 0; i < 3; i++) {
                assertEquals(expected[b][i], db(alone, b, 90 * i), 1e-5);
            }
            // By symmetry about 90°: slope there is that of the line, 0 at the ends, so that 45° lies half the line's way plus h·t·u²·slope.
            double half = expected[b][1] / 2 - expected[b][1] / 8;
            assertEquals(half, db(alone, b, 45), 1e-5);
            // Beside a dipole the two multiply.
            assertEquals(20 * Math.log10(0.5) + expected[b][1], db(new Directivity(0.5, 1, curve), b, 90), 1e-5);
        }
        assertEquals(-9, 20 * Math.log10(Directivity.custom(curve).gainLinear(0)), 1e-5, "without bands: that of the middle");
        assertEquals(1, curve.gainLinear(2, 1 + 1e-9), 1e-12, "rounding beyond 1");
        assertEquals(-30, 20 * Math.log10(curve.gainLinear(2, -1.0000001)), 1e-9);
        DirectivityCurve part = DirectivityCurve.of(new double[][] {{30, -1}, {60, -20}});
        assertEquals(-1, db(Directivity.custom(part), 0, 10), 1e-9);
        assertEquals(-20, db(Directivity.custom(part), 2, 170), 1e-9);
    }

    @Test
    @Tag("reference")
    void anglesAreThoseOfTheirCosines() {
        for (int i = -100_000; i <= 100_000; i++) {
            assertEquals(Math.acos(i * 1e-5), DirectivityCurve.angle(i * 1e-5), 3e-8);
        }
        assertEquals(0, DirectivityCurve.angle(1), 0);
        assertEquals(Math.PI, DirectivityCurve.angle(-1), 0);
        assertEquals(0, DirectivityCurve.angle(1.001), 0);
    }

    @Test
    @Tag("property")
    void curvesAreSmoothAndNeverBeyondTheirPoints() {
        Random random = new Random(77);
        for (int trial = 0; trial < 100; trial++) {
            double[][] points = new double[2 + random.nextInt(12)][2];
            for (int i = 0; i < points.length; i++) {
                points[i][0] = 180.0 * (i + 0.9 * random.nextDouble()) / points.length;
                points[i][1] = -30 * random.nextDouble();
            }
            Directivity d = Directivity.custom(DirectivityCurve.of(points));
            // A corner would show as two slopes.
            double step = 1e-3;
            for (double[] point : points) {
                if (point[0] > 1 && point[0] < 179) {
                    double before = (db(d, 0, point[0]) - db(d, 0, point[0] - step)) / step;
                    double after = (db(d, 0, point[0] + step) - db(d, 0, point[0])) / step;
                    assertEquals(before, after, 0.05 + 0.02 * Math.abs(before), "slope at " + point[0]);
                }
            }
            for (int i = 1; i < points.length; i++) {
                double least = Math.min(points[i - 1][1], points[i][1]);
                double most = Math.max(points[i - 1][1], points[i][1]);
                double last = points[i - 1][1];
                for (int k = 1; k <= 20; k++) {
                    double level = db(d, 1, points[i - 1][0] + (points[i][0] - points[i - 1][0]) * k / 20);
                    assertTrue(level >= least - 1e-5 && level <= most + 1e-5, level + " between " + least + " and " + most);
                    assertTrue((level - last) * Math.signum(points[i][1] - points[i - 1][1]) >= -1e-5, "goes one way");
                    last = level;
                }
            }
        }
    }

    @Test
    @Tag("reference")
    void theTalkerIsAsMeasured() {
        Directivity talker = Directivity.talker();
        assertSame(talker, Directivity.talker());
        // By hand from the octaves: behind, (−3.6, −5.1, −5.9), (−6.3, −13.1, −18.9), (−26.3, −26.7) dB as mean energies.
        double[] behind = {10 * Math.log10((0.4365 + 0.3090 + 0.2570) / 3), 10 * Math.log10((0.2344 + 0.04898 + 0.01288) / 3), 10 * Math.log10((0.002344 + 0.002138) / 2)};
        double[] side = {10 * Math.log10((0.6918 + 0.5888 + 0.6918) / 3), 10 * Math.log10((0.6918 + 0.1995 + 0.2344) / 3), 10 * Math.log10((0.1349 + 0.1905) / 2)};
        for (int b = 0; b < Bands.COUNT; b++) {
            assertEquals(0, db(talker, b, 0), 1e-9);
            assertEquals(behind[b], db(talker, b, 180), 0.01);
            assertEquals(side[b], db(talker, b, 90), 0.01);
        }
    }

    /** The mouth as a piston in a head without a body: an independent model, which shares nothing with the measured values. */
    @Test
    @Tag("reference")
    void aMouthInASphereIsNearTheMeasuredTalker() {
        PistonInSphere head = new PistonInSphere(0.0125, SphericalHead.DEFAULT_RADIUS_METERS);
        double[] cosines = new double[10];
        for (int i = 0; i < cosines.length; i++) {
            cosines[i] = Math.cos(Math.toRadians(15 * i));
        }
        double[] energy = new double[cosines.length];
        double sum = 0;
        for (int o = 0; o < 7; o++) {
            double[] mean = new double[cosines.length];
            for (int k = 0; k < 9; k++) {
                head.energy(125 * Math.pow(2, o + (k - 4) / 9.0), cosines, energy);
                for (int i = 0; i < mean.length; i++) {
                    mean[i] += energy[i] / energy[0] / 9;
                }
            }
            for (int i = 0; i < mean.length; i++) {
                double apart = 10 * Math.log10(mean[i]) - DirectivityPatterns.SPEECH_DB[i][o];
                sum += Math.abs(apart) / (7 * mean.length);
                assertEquals(0, apart, 7, 125 * (1 << o) + " Hz, " + 15 * i + "°");
            }
        }
        assertTrue(sum < 2.5, "on average " + sum + " dB apart");
    }

    @Test
    @Tag("reference")
    void aSmallPistonIsTheSphericalHeadBackwards() {
        // Sound that goes from a point of a sphere to a far place goes back alike.
        double radius = 0.0875;
        PistonInSphere source = new PistonInSphere(1e-4, radius);
        double[] cosines = new double[19];
        for (int i = 0; i < cosines.length; i++) {
            cosines[i] = Math.cos(Math.toRadians(10 * i));
        }
        double[] energy = new double[cosines.length];
        double[] re = new double[cosines.length];
        double[] im = new double[cosines.length];
        for (double frequency : new double[] {50, 400, 1000, 3300, 9000, 19000}) {
            source.energy(frequency, cosines, energy);
            new SphericalHead(radius).response(1e5, frequency, cosines, re, im);
            double axis = re[0] * re[0] + im[0] * im[0];
            for (int i = 0; i < cosines.length; i++) {
                assertEquals(10 * Math.log10((re[i] * re[i] + im[i] * im[i]) / axis), 10 * Math.log10(energy[i] / energy[0]), 0.02, frequency + " Hz, " + 10 * i + "°");
            }
        }
    }

    @Test
    @Tag("analytic")
    void inFrontOfALargeCabinetItIsAPistonInAWall() {
        // 2·J1(x)/x at x = ka·sin θ, by its power series; up to 30° off the axis of a piston a seventh as large as the sphere.
        PistonInSphere piston = new PistonInSphere(0.1, 0.7);
        double[] cosines = {1, Math.cos(Math.toRadians(10)), Math.cos(Math.toRadians(20)), Math.cos(Math.toRadians(30))};
        double[] energy = new double[4];
        for (double frequency : new double[] {800, 1500, 2000}) {
            piston.energy(frequency, cosines, energy);
            for (int i = 1; i < 4; i++) {
                double x = 2 * Math.PI * frequency / 343 * 0.1 * Math.sin(Math.toRadians(10 * i));
                double term = 1;
                double sum = 1;
                for (int m = 1; m < 30; m++) {
                    term *= -x * x / 4 / (m * (m + 1.0));
                    sum += term;
                }
                assertEquals(20 * Math.log10(Math.abs(sum)), 10 * Math.log10(energy[i] / energy[0]), 1, frequency + " Hz, " + 10 * i + "°");
            }
        }
    }

    @Test
    @Tag("unit")
    void loudspeakersBeamMoreTheHigherAndTheLarger() {
        Directivity two = Directivity.loudspeaker();
        Directivity radio = Directivity.loudspeaker(0.04, 0.08);
        Directivity hall = Directivity.loudspeaker(0.19, 0.35);
        for (Directivity d : new Directivity[] {two, radio, hall}) {
            for (int b = 0; b < Bands.COUNT; b++) {
                assertEquals(0, db(d, b, 0), 1e-9);
                assertTrue(b == 0 || db(d, b, 90) < db(d, b - 1, 90) - 1, "band " + b + " at the side");
                for (double a = 0; a <= 180; a += 2.5) {
                    assertTrue(db(d, b, a) <= 0.5 && db(d, b, a) >= -61, a + "°: " + db(d, b, a));
                }
            }
        }
        for (int b = 0; b < Bands.COUNT; b++) {
            assertTrue(db(hall, b, 60) < db(radio, b, 60) - 1, "band " + b);
        }
        // A sphere much smaller than the waves is no obstacle: 3 cm below 800 Hz.
        assertEquals(0, db(Directivity.loudspeaker(0.01, 0.03), 0, 180), 1.5);
    }

    @Test
    @Tag("unit")
    void curvesAreValues() {
        double[][] points = {{0, 0}, {90, -3, -9, -15}};
        DirectivityCurve curve = DirectivityCurve.of(points);
        points[1][1] = 7;
        curve.points()[1][1] = 7;
        assertEquals(-3, curve.points()[1][1], 0);
        assertEquals(curve, DirectivityCurve.of(curve.points()));
        assertEquals(curve.hashCode(), DirectivityCurve.of(curve.points()).hashCode());
        assertNotEquals(curve, DirectivityCurve.of(points));
        assertEquals(new Directivity(0.5, 2), new Directivity(0.5, 2, DirectivityCurve.FLAT));
        assertTrue(curve.toString().contains("-15"), curve.toString());
    }

    @Test
    @Tag("fault")
    void refusesWhatIsNoCurve() {
        double[][][] wrong = {{}, {null}, {{1}}, {{1, 0, 0}}, {{1, 0, 0, 0, 0}}, {{-1, 0}}, {{181, 0}}, {{Double.NaN, 0}}, {{1, Double.NaN}}, {{1, 0, 0, Double.POSITIVE_INFINITY}}, {{1, 61}}, {{1, 0}, {1, 0}}, {{1, 0}, {1 + 1e-9, 0}},
                new double[DirectivityCurve.MAX_POINTS + 1][2]};
        String[] says = {"0 points", "point 0", "has 1", "has 3", "has 5", "angle of point 0", "181", "angle of point 0", "gain in dB of point 0", "band 2", "61", "more than that of the point before", "too close", "points given"};
        for (int i = 0; i < wrong.length; i++) {
            double[][] points = wrong[i];
            InvalidValueException e = assertThrows(InvalidValueException.class, () -> DirectivityCurve.of(points));
            assertTrue(e.getMessage().contains(says[i]), e.getMessage() + " should say " + says[i]);
        }
        assertThrows(InvalidValueException.class, () -> DirectivityCurve.of((double[][]) null));
        assertThrows(InvalidValueException.class, () -> new Directivity(0, 1, null));
        assertThrows(InvalidValueException.class, () -> new Directivity(1.1, 1));
        assertThrows(InvalidValueException.class, () -> Directivity.loudspeaker(0.1, 0.1));
        assertThrows(InvalidValueException.class, () -> Directivity.loudspeaker(Double.NaN, 0.1));
        assertThrows(InvalidValueException.class, () -> Directivity.loudspeaker(0.1, 2));
    }
}
