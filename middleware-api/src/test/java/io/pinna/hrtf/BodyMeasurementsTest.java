package io.pinna.hrtf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinna.InvalidValueException;
import io.pinna.hrtf.BodyMeasurement.Ear;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.UnaryOperator;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class BodyMeasurementsTest {
    private static final JsonNode MODEL = BodyModel.builtIn().document();

    private static double mean(String column) {
        return MODEL.get("mean").get(CompletedMeasurements.order().indexOf(column)).asDouble();
    }

    private static double covariance(String a, String b) {
        List<String> order = CompletedMeasurements.order();
        return MODEL.get("covariance").get(order.indexOf(a)).get(order.indexOf(b)).asDouble();
    }

    @Test
    @Tag("unit")
    void rangesAreTheDatasOwnAndNamesAreDistinct() {
        Set<String> names = new HashSet<>();
        for (BodyMeasurement m : BodyMeasurement.values()) {
            JsonNode range = MODEL.get("plausible").get(m.symbol());
            assertEquals(range.get(0).asDouble(), m.lowest(), 1e-9, m.symbol());
            assertEquals(range.get(1).asDouble(), m.highest(), 1e-9, m.symbol());
            assertTrue(m.isPlausible(BodyModel.builtIn().mean(m)), m.symbol());
            assertTrue(names.add(m.columnName()) && names.add(m.symbol()), m.symbol());
            assertEquals(m == BodyMeasurement.PINNA_ROTATION ? "degrees" : "cm", m.unit());
        }
        assertEquals(12, BodyMeasurement.values().length);
        assertEquals(20, CompletedMeasurements.order().size());
    }

    @Test
    @Tag("unit")
    void everyMeasurementAndLandmarkHasADrawingOfItsOwn() throws IOException {
        Set<Integer> different = new HashSet<>();
        int drawings = 0;
        for (BodyMeasurement m : BodyMeasurement.values()) {
            assertEquals(504, ImageIO.read(new ByteArrayInputStream(m.drawing())).getWidth(), m.symbol());
            different.add(Arrays.hashCode(m.drawing()));
            drawings++;
        }
        for (PhotoLandmark.View view : new PhotoLandmark.View[] {PhotoLandmark.View.FRONT, PhotoLandmark.View.SIDE}) {
            for (PhotoLandmark l : PhotoLandmark.of(view)) {
                assertEquals(504, ImageIO.read(new ByteArrayInputStream(l.drawing(view))).getWidth(), l.fieldName());
                different.add(Arrays.hashCode(l.drawing(view)));
                drawings++;
            }
        }
        assertEquals(12 + 8 + 18, drawings);
        assertEquals(drawings, different.size());
    }

    @Test
    @Tag("analytic")
    void oneGivenValueMovesTheOthersAlongTheRegressionLine() {
        double x = mean("x1") + 1.5;
        CompletedMeasurements c = BodyMeasurements.builder().set(BodyMeasurement.HEAD_WIDTH, x).build().complete();
        assertEquals(x, c.value(BodyMeasurement.HEAD_WIDTH, Ear.LEFT));
        assertFalse(c.isImputed(BodyMeasurement.HEAD_WIDTH, Ear.RIGHT));
        assertEquals(0, c.standardDeviation(BodyMeasurement.HEAD_WIDTH, Ear.LEFT));
        for (BodyMeasurement m : BodyMeasurement.values()) {
            for (Ear ear : Ear.values()) {
                if (m != BodyMeasurement.HEAD_WIDTH) {
                    String column = (m.isOfEar() ? ear == Ear.LEFT ? "L_" : "R_" : "") + m.symbol();
                    double slope = covariance("x1", column) / covariance("x1", "x1");
                    assertTrue(c.isImputed(m, ear));
                    assertEquals(mean(column) + 1.5 * slope, c.value(m, ear), 1e-9, column);
                    assertEquals(Math.sqrt(covariance(column, column) - slope * covariance("x1", column)), c.standardDeviation(m, ear), 1e-9, column);
                }
            }
        }
        assertEquals(1, c.measuredCount());
    }

    @Test
    @Tag("analytic")
    void twoGivenValuesAsByHand() {
        // Cramer's rule for two known values, of one ear each.
        double a = covariance("L_d5", "L_d5");
        double b = covariance("L_d5", "R_d6");
        double d = covariance("R_d6", "R_d6");
        double u = 0.7;
        double v = -0.3;
        double det = a * d - b * b;
        double p = (d * u - b * v) / det;
        double q = (a * v - b * u) / det;
        CompletedMeasurements c = BodyMeasurements.builder().set(BodyMeasurement.PINNA_HEIGHT, Ear.LEFT, mean("L_d5") + u).set(BodyMeasurement.PINNA_WIDTH, Ear.RIGHT, mean("R_d6") + v).build().complete();
        assertEquals(mean("x3") + p * covariance("L_d5", "x3") + q * covariance("R_d6", "x3"), c.value(BodyMeasurement.HEAD_DEPTH, Ear.LEFT), 1e-9);
        assertEquals(mean("R_d5") + p * covariance("L_d5", "R_d5") + q * covariance("R_d6", "R_d5"), c.value(BodyMeasurement.PINNA_HEIGHT, Ear.RIGHT), 1e-9);
        assertTrue(c.isImputed(BodyMeasurement.PINNA_HEIGHT, Ear.RIGHT) && !c.isImputed(BodyMeasurement.PINNA_HEIGHT, Ear.LEFT));
        double variance = covariance("x3", "x3") - (d * Math.pow(covariance("L_d5", "x3"), 2) - 2 * b * covariance("L_d5", "x3") * covariance("R_d6", "x3") + a * Math.pow(covariance("R_d6", "x3"), 2)) / det;
        assertEquals(Math.sqrt(variance), c.standardDeviation(BodyMeasurement.HEAD_DEPTH, Ear.LEFT), 1e-9);
    }

    /** Any choice of known values: they stay, the mirror image of a person is completed to the mirror image, and knowing more never makes a value less certain. */
    @Test
    @Tag("property")
    void completionKeepsMirrorsAndNarrows() {
        Random random = new Random(3);
        for (int trial = 0; trial < 200; trial++) {
            BodyMeasurements.Builder person = BodyMeasurements.builder();
            BodyMeasurements.Builder mirror = BodyMeasurements.builder();
            BodyMeasurements.Builder more = BodyMeasurements.builder();
            int given = 0;
            for (BodyMeasurement m : BodyMeasurement.values()) {
                double mean = BodyModel.builtIn().mean(m);
                double sd = Math.sqrt(covariance(m.isOfEar() ? "L_" + m.symbol() : m.symbol(), m.isOfEar() ? "L_" + m.symbol() : m.symbol()));
                for (Ear ear : m.isOfEar() ? Ear.values() : new Ear[] {Ear.LEFT}) {
                    double value = mean + 0.8 * sd * (2 * random.nextDouble() - 1);
                    boolean known = random.nextInt(3) == 0;
                    given += known ? 1 : 0;
                    Ear other = ear == Ear.LEFT ? Ear.RIGHT : Ear.LEFT;
                    if (known && m.isOfEar()) {
                        person.set(m, ear, value);
                        mirror.set(m, other, value);
                    } else if (known) {
                        person.set(m, value);
                        mirror.set(m, value);
                    }
                    if (m.isOfEar() && (known || random.nextBoolean())) {
                        more.set(m, ear, value);
                    } else if (known || random.nextBoolean()) {
                        more.set(m, value);
                    }
                }
            }
            if (given == 0) {
                continue;
            }
            BodyMeasurements p = person.build();
            CompletedMeasurements a = p.complete();
            CompletedMeasurements b = mirror.build().complete();
            CompletedMeasurements c = more.build().complete();
            assertEquals(given, a.measuredCount());
            for (BodyMeasurement m : BodyMeasurement.values()) {
                for (Ear ear : Ear.values()) {
                    Ear other = ear == Ear.LEFT ? Ear.RIGHT : Ear.LEFT;
                    assertEquals(a.value(m, ear), b.value(m, other), 1e-9);
                    assertEquals(a.standardDeviation(m, ear), b.standardDeviation(m, other), 1e-9);
                    assertEquals(p.value(m, ear).isEmpty(), a.isImputed(m, ear));
                    assertTrue(p.value(m, ear).isEmpty() || p.value(m, ear).getAsDouble() == a.value(m, ear));
                    assertTrue(c.standardDeviation(m, ear) <= a.standardDeviation(m, ear) + 1e-9);
                    assertTrue(a.isImputed(m, ear) ? a.standardDeviation(m, ear) > 0.01 : a.standardDeviation(m, ear) == 0);
                }
            }
        }
    }

    @Test
    @Tag("unit")
    void vectorFollowsTheOrder() {
        CompletedMeasurements c = BodyMeasurements.builder().set(BodyMeasurement.SHOULDER_WIDTH, 46).set(BodyMeasurement.PINNA_ROTATION, Ear.RIGHT, 31).set(BodyMeasurement.FOSSA_HEIGHT, Ear.LEFT, 1.6).build().complete();
        List<String> order = CompletedMeasurements.order();
        assertEquals(List.of("x1", "x2", "x3", "x12", "L_d1"), order.subList(0, 5));
        assertEquals("R_theta1", order.get(19));
        double[] v = c.vector();
        assertArrayEquals(new double[] {46, 31, 1.6}, new double[] {v[order.indexOf("x12")], v[order.indexOf("R_theta1")], v[order.indexOf("L_d4")]});
        v[0] = -1;
        assertTrue(c.vector()[0] > 0, "a copy is handed out");
        assertTrue(c.describe().contains("3 values were measured; 17 with ±"), c.describe());
    }

    @Test
    @Tag("unit")
    void whatDoesNotFitTheOthersWellIsNoted() {
        BodyMeasurements.Builder b = BodyMeasurements.builder().set(BodyMeasurement.PINNA_HEIGHT, Ear.LEFT, 6.2).set(BodyMeasurement.PINNA_HEIGHT, Ear.RIGHT, 8.6);
        List<String> notes = b.build().complete().notes();
        assertEquals(2, notes.size(), notes.toString());
        assertTrue(notes.get(1).contains("pinna height (right) is 8.6") && notes.get(1).contains("measure it again"), notes.toString());
        assertEquals(List.of(), b.set(BodyMeasurement.PINNA_HEIGHT, Ear.RIGHT, 6.4).build().complete().notes());
    }

    @Test
    @Tag("fault")
    void implausibleValuesAreRefusedWithTheRangeAndTheUnitTheySeemToBeIn() {
        assertRefused(b -> b.set(BodyMeasurement.HEAD_WIDTH, 144), "head width is 144", "9.5 to 19.5 cm", "millimetres", "divide by 10");
        assertRefused(b -> b.set(BodyMeasurement.HEAD_WIDTH, 5.7), "head width is 5.7", "inches");
        assertRefused(b -> b.set(BodyMeasurement.SHOULDER_WIDTH, 0.45), "shoulder width is 0.45", "metres");
        assertRefused(b -> b.set(BodyMeasurement.PINNA_HEIGHT, Ear.LEFT, 63), "pinna height of the left ear is 63", "3.8 to 9 cm", "millimetres");
        assertRefused(b -> b.set(BodyMeasurement.HEAD_DEPTH, -19), "head depth is -19", "positive");
        assertRefused(b -> b.set(BodyMeasurement.HEAD_DEPTH, 0), "head depth is 0", "positive");
        assertRefused(b -> b.set(BodyMeasurement.HEAD_DEPTH, Double.NaN), "NaN", "finite");
        assertRefused(b -> b.set(BodyMeasurement.HEAD_DEPTH, 50), "head depth is 50", "13 to 26 cm");
        assertRefused(b -> b.set(BodyMeasurement.PINNA_ROTATION, 170), "pinna rotation angle", "-15 to 62 degrees", "vertical");
        assertRefused(b -> b.set(BodyMeasurement.HEAD_WIDTH, Ear.LEFT, 14), "no measurement of an ear");
        assertRefused(b -> b, "at least one");
    }

    @Test
    @Tag("fault")
    void inconsistentValuesAreRefused() {
        assertRefused(b -> b.set(BodyMeasurement.CAVUM_CONCHA_HEIGHT, 2.6).set(BodyMeasurement.CYMBA_CONCHA_HEIGHT, 1.5).set(BodyMeasurement.PINNA_HEIGHT, 4.0), "cavum concha height + cymba concha height",
                "4.1 cm", "pinna height (4 cm)");
        assertRefused(b -> b.set(BodyMeasurement.CAVUM_CONCHA_WIDTH, 2.7).set(BodyMeasurement.PINNA_WIDTH, Ear.RIGHT, 2.5), "cavum concha width of the right ear", "pinna width");
        assertRefused(b -> b.set(BodyMeasurement.PINNA_WIDTH, 4.2).set(BodyMeasurement.PINNA_HEIGHT, 3.9), "pinna width", "pinna height");
        assertRefused(b -> b.set(BodyMeasurement.INTERTRAGAL_INCISURE_WIDTH, 1.2).set(BodyMeasurement.CAVUM_CONCHA_WIDTH, 1.0), "intertragal incisure width", "cavum concha width");
        assertThrows(InvalidValueException.class, () -> new BodyMeasurements(Map.of(BodyMeasurement.PINNA_HEIGHT, 6.0), Map.of(), Map.of(), List.of()));
        // The same in different ears is no conflict.
        BodyMeasurements.builder().set(BodyMeasurement.CAVUM_CONCHA_WIDTH, Ear.LEFT, 2.7).set(BodyMeasurement.PINNA_WIDTH, Ear.RIGHT, 2.5).build();
    }

    private static void assertRefused(UnaryOperator<BodyMeasurements.Builder> values, String... parts) {
        String message = assertThrows(InvalidValueException.class, () -> values.apply(BodyMeasurements.builder()).build()).getMessage();
        for (String part : parts) {
            assertTrue(message.contains(part), message);
        }
    }
}
