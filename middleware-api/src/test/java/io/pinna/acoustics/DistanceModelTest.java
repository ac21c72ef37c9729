package io.pinna.acoustics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.InvalidValueException;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class DistanceModelTest {
    private static double db(DistanceModel model, double meters) {
        return 20 * Math.log10(model.gainLinear(meters));
    }

    @Test
    @Tag("unit")
    void formulasAreThoseOfTheSpecification() {
        DistanceModel inverse = new DistanceModel(DistanceModel.Kind.INVERSE, 2, 50, 0.5);
        assertEquals(1, inverse.gainLinear(0), 0);
        assertEquals(2 / (2 + 0.5 * 8), inverse.gainLinear(10), 1e-15);
        assertEquals(2 / (2 + 0.5 * 48), inverse.gainLinear(1e6), 1e-15);
        DistanceModel linear = new DistanceModel(DistanceModel.Kind.LINEAR, 2, 12, 1);
        assertEquals(0.3, linear.gainLinear(9), 1e-15);
        assertEquals(0, linear.gainLinear(12), 0);
        assertEquals(0, new DistanceModel(DistanceModel.Kind.LINEAR, 2, 12, 3).gainLinear(9), 0);
        DistanceModel exponential = new DistanceModel(DistanceModel.Kind.EXPONENTIAL, 2, 50, 2);
        assertEquals(1.0 / 9, exponential.gainLinear(6), 1e-15);
        assertEquals(1, DistanceModel.none().gainLinear(1e5), 0);
        assertNull(inverse.curve());
    }

    @Test
    @Tag("unit")
    void aCurveIsLinearInDecibelsOverTheLogarithmOfTheDistance() {
        DistanceModel model = DistanceModel.custom(DistanceCurve.of(new double[][] {{1, 0}, {10, -12}, {40, -60}}));
        assertEquals(0, db(model, 0), 1e-12);
        assertEquals(0, db(model, 1), 1e-12);
        // The geometric middle has the middle level.
        assertEquals(-6, db(model, Math.sqrt(10)), 1e-12);
        assertEquals(-12, db(model, 10), 1e-12);
        assertEquals(-36, db(model, 20), 1e-12);
        assertEquals(-60, db(model, 40), 1e-12);
        assertEquals(-60, db(model, 1e7), 1e-12);
        assertEquals(DistanceModel.Kind.CUSTOM, model.kind());
        assertEquals(1, model.referenceMeters(), 0);
        assertEquals(40, model.maxMeters(), 0);
        DistanceModel one = DistanceModel.custom(DistanceCurve.of(new double[] {5, -3}));
        assertEquals(-3, db(one, 0.1), 1e-12);
        assertEquals(-3, db(one, 5), 1e-12);
        assertEquals(-3, db(one, 500), 1e-12);
    }

    @Test
    @Tag("analytic")
    void twoPointsAreTheInverseLaw() {
        DistanceModel curve = DistanceModel.custom(DistanceCurve.of(new double[][] {{1, 0}, {100, -40}}));
        DistanceModel inverse = DistanceModel.inverse(1, 100);
        for (double d = 0.1; d < 300; d *= 1.07) {
            assertEquals(inverse.gainLinear(d), curve.gainLinear(d), 1e-13, d + " m");
        }
    }

    @Test
    @Tag("property")
    void betweenPointsTheLevelIsBetweenTheirsWithoutAStep() {
        Random random = new Random(20270503);
        for (int trial = 0; trial < 200; trial++) {
            double[][] points = new double[1 + random.nextInt(trial % 10 == 0 ? 500 : 8)][2];
            double d = 0.01;
            for (double[] point : points) {
                d *= 1 + 0.001 + random.nextDouble();
                if (!(d < 1e8)) {
                    d = Math.nextUp(d) * 1.000001;
                }
                point[0] = Math.min(d, 1e9);
                point[1] = -80 + 100 * random.nextDouble();
                if (point[0] == 1e9) {
                    break;
                }
            }
            if (points[points.length - 1][0] == 0) {
                continue;
            }
            DistanceModel model = DistanceModel.custom(DistanceCurve.of(points));
            for (int i = 0; i < points.length; i++) {
                assertEquals(points[i][1], db(model, points[i][0]), 1e-9);
                assertEquals(points[i][1], db(model, points[i][0] * (1 - 1e-12)), 1e-5, "from below");
                if (i > 0) {
                    double between = points[i - 1][0] + random.nextDouble() * (points[i][0] - points[i - 1][0]);
                    double level = db(model, between);
                    assertTrue(level >= Math.min(points[i - 1][1], points[i][1]) - 1e-9 && level <= Math.max(points[i - 1][1], points[i][1]) + 1e-9, between + " m: " + level);
                }
            }
        }
    }

    @Test
    @Tag("unit")
    void curvesAreValues() {
        double[][] points = {{1, 0}, {10, -12}};
        DistanceCurve curve = DistanceCurve.of(points);
        points[1][1] = 40;
        curve.points()[0][1] = 40;
        assertEquals(-12, curve.points()[1][1], 0, "what it was made of may change");
        assertEquals(0, curve.points()[0][1], 0, "what it hands out may change");
        DistanceCurve same = DistanceCurve.of(curve.points());
        assertEquals(curve, same);
        assertEquals(curve.hashCode(), same.hashCode());
        assertEquals(DistanceModel.custom(curve), DistanceModel.custom(same));
        assertNotEquals(curve, DistanceCurve.of(points));
        assertTrue(DistanceModel.custom(curve).toString().contains("-12"), curve.toString());
    }

    @Test
    @Tag("fault")
    void refusesWhatIsNoCurve() {
        double[][][] wrong = {{}, {{1, 0}, null}, {{1}}, {{1, 0, 0}}, {{0, 0}}, {{-1, 0}}, {{Double.NaN, 0}}, {{1, Double.NaN}}, {{Double.POSITIVE_INFINITY, 0}}, {{1, Double.NEGATIVE_INFINITY}}, {{1, 61}}, {{1, -201}},
                {{1, 0}, {1, -1}}, {{2, 0}, {1, -1}}, {{1, 0}, {Math.nextUp(1), -1}, {Math.nextUp(1), 0}}, new double[DistanceCurve.MAX_POINTS + 1][2]};
        String[] says = {"0 points", "point 1", "point 0 has 1", "point 0 has 3", "distance of point 0", "distance of point 0", "distance of point 0", "gain in dB of point 0", "distance of point 0", "gain in dB of point 0", "61", "-201",
                "more than that of the point before (1.0)", "more than", "point 2", DistanceCurve.MAX_POINTS + 1 + " points"};
        for (int i = 0; i < wrong.length; i++) {
            double[][] points = wrong[i];
            InvalidValueException e = assertThrows(InvalidValueException.class, () -> DistanceCurve.of(points));
            assertTrue(e.getMessage().contains(says[i]), e.getMessage() + " should say " + says[i]);
        }
        assertThrows(InvalidValueException.class, () -> DistanceCurve.of((double[][]) null));
        DistanceCurve curve = DistanceCurve.of(new double[][] {{1, 0}, {10, -12}});
        assertThrows(InvalidValueException.class, () -> new DistanceModel(DistanceModel.Kind.CUSTOM, 1, 10, 1));
        assertThrows(InvalidValueException.class, () -> new DistanceModel(DistanceModel.Kind.CUSTOM, 1, 11, 1, curve));
        assertThrows(InvalidValueException.class, () -> new DistanceModel(DistanceModel.Kind.INVERSE, 1, 10, 1, curve));
        assertThrows(InvalidValueException.class, () -> new DistanceModel(DistanceModel.Kind.INVERSE, 10, 10, 1));
        assertThrows(InvalidValueException.class, () -> DistanceModel.custom(null));
        assertFalse(curve.equals(null));
    }
}
