package io.pinna.internal.plot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.InvalidValueException;
import java.awt.Rectangle;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class PlotPartsTest {
    private static double luminance(int rgb) {
        return 0.2126 * (rgb >> 16 & 255) + 0.7152 * (rgb >> 8 & 255) + 0.0722 * (rgb & 255);
    }

    @Test
    @Tag("property")
    void moreIsBrighter() {
        ColorScale scale = ColorScale.sequential(-40, 10);
        for (double v = -40; v < 10; v += 0.5) {
            double rise = luminance(scale.rgb(v + 0.5)) - luminance(scale.rgb(v));
            assertTrue(rise > 0.2 && rise < 6, "at " + v + " dB: " + rise);
        }
        assertEquals(scale.rgb(-40), scale.rgb(-1000));
        assertEquals(scale.rgb(10), scale.rgb(Double.POSITIVE_INFINITY));
        assertEquals(ColorScale.NOTHING, scale.rgb(Double.NaN));
    }

    @Test
    @Tag("unit")
    void signsHaveTheirColours() {
        ColorScale scale = ColorScale.diverging(20);
        assertEquals(0xf1f1f1, scale.rgb(0));
        assertTrue((scale.rgb(15) >> 16 & 255) > (scale.rgb(15) & 255) + 60, "red above zero");
        assertTrue((scale.rgb(-15) & 255) > (scale.rgb(-15) >> 16 & 255) + 60, "blue below zero");
        assertThrows(InvalidValueException.class, () -> ColorScale.sequential(1, 1));
        assertThrows(InvalidValueException.class, () -> ColorScale.diverging(Double.NaN));
    }

    @Test
    @Tag("unit")
    void axesAndSteps() {
        Axis log = new Axis("f", 100, 10000, true, List.of(), List.of());
        assertEquals(0.5, log.position(1000), 1e-12);
        assertEquals(1000, log.value(0.5), 1e-9);
        assertEquals(10, Axis.step(50, 6));
        assertEquals(5, Axis.step(30, 6));
        assertEquals(0.2, Axis.step(1.2, 6), 1e-12);
        assertEquals(200, Axis.step(1200, 6));
    }

    @Test
    @Tag("analytic")
    void theFrontIsInTheMiddleAndLeftOnTheLeft() {
        Hammer map = new Hammer(new Rectangle(100, 50, 800, 500));
        assertEquals(new Rectangle(100, 100, 800, 400), map.plot());
        assertArrayEquals(new double[] {500, 300}, map.pixel(0, 0), 1e-9);
        assertArrayEquals(new double[] {100, 300}, map.pixel(180, 0), 1e-9);
        assertArrayEquals(new double[] {500, 100}, map.pixel(0, 90), 1e-9);
        // x = 2√2·sin 45° / √(1 + cos 45°) of 2√2 at the edge.
        assertArrayEquals(new double[] {500 - 400 * Math.sin(Math.PI / 4) / Math.sqrt(1 + Math.cos(Math.PI / 4)), 300}, map.pixel(90, 0), 1e-9);
        assertNull(map.direction(105, 105));
    }

    @Test
    @Tag("property")
    void projectionAndInverseAgree() {
        Hammer map = new Hammer(new Rectangle(0, 0, 1000, 500));
        Random random = new Random(5);
        for (int i = 0; i < 500; i++) {
            double azimuth = 359.8 * (random.nextDouble() - 0.5);
            double elevation = Math.toDegrees(Math.asin(1.999 * (random.nextDouble() - 0.5)));
            double[] p = map.pixel(azimuth, elevation);
            double[] d = map.direction(p[0], p[1]);
            assertNotNull(d, azimuth + "°, " + elevation + "°");
            assertEquals(Math.cos(Math.toRadians(azimuth)) * Math.cos(Math.toRadians(elevation)), d[0], 1e-6);
            assertEquals(Math.sin(Math.toRadians(azimuth)) * Math.cos(Math.toRadians(elevation)), d[1], 1e-6);
            assertEquals(Math.sin(Math.toRadians(elevation)), d[2], 1e-6);
        }
    }

    /** Areas are true: the upper eighths of the sphere have as many pixels each as the whole has in the mean. */
    @Test
    @Tag("analytic")
    void everyOctantHasTheSameArea() {
        Hammer map = new Hammer(new Rectangle(0, 0, 600, 300));
        int[] count = new int[8];
        for (int y = 0; y < 300; y++) {
            for (int x = 0; x < 600; x++) {
                double[] d = map.direction(x + 0.5, y + 0.5);
                if (d != null) {
                    count[(d[0] > 0 ? 4 : 0) + (d[1] > 0 ? 2 : 0) + (d[2] > 0 ? 1 : 0)]++;
                }
            }
        }
        for (int n : count) {
            assertEquals(Math.PI / 4 * 600 * 300 / 8, n, 150);
        }
    }

    @Test
    @Tag("unit")
    void cellsEndWhereNothingIsNear() {
        double c = Math.cos(Math.toRadians(8));
        double s = Math.sin(Math.toRadians(8));
        SphereCells cells = new SphereCells(new double[] {1, 0, 0, c, s, 0});
        assertEquals(0, cells.cell(1, 0, 0));
        assertEquals(1, cells.cell(c, s, 0));
        assertEquals(1, cells.cell(Math.cos(Math.toRadians(17)), Math.sin(Math.toRadians(17)), 0));
        assertEquals(-1, cells.cell(Math.cos(Math.toRadians(19)), Math.sin(Math.toRadians(19)), 0));
        // Six directions at right angles: reach is 108°, so everything belongs to one.
        SphereCells six = new SphereCells(new double[] {1, 0, 0, 0, 1, 0, 0, 0, 1, -1, 0, 0, 0, -1, 0, 0, 0, -1});
        assertEquals(2, six.cell(0.55, 0.55, 0.63));
        assertEquals(0, new SphereCells(new double[] {1, 0, 0}).cell(1, 0, 0));
    }
}
