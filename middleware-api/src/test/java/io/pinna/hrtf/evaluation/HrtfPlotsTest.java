package io.pinna.hrtf.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.InvalidValueException;
import io.pinna.ResourceException;
import io.pinna.hrtf.HrtfProfile;
import io.pinna.internal.plot.ColorScale;
import io.pinna.internal.plot.Hammer;
import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HrtfPlotsTest {
    private static final int WIDTH = 1000;
    private static final int HEIGHT = 700;

    @TempDir
    private Path folder;

    private HrtfProfile profile(SyntheticHeads heads, String name) {
        return HrtfProfile.sofa(heads.write(folder.resolve(name)));
    }

    private static int darkness(int rgb) {
        return 765 - (rgb >> 16 & 255) - (rgb >> 8 & 255) - (rgb & 255);
    }

    /** Frequency of the darkest pixel in the row of an angle. */
    private static double darkestHz(BufferedImage image, Rectangle panel, double polarDegrees) {
        int y = panel.y + (int) ((270 - polarDegrees) / 360 * panel.height);
        int darkest = panel.x;
        for (int x = panel.x; x < panel.x + panel.width; x++) {
            darkest = darkness(image.getRGB(x, y)) > darkness(image.getRGB(darkest, y)) ? x : darkest;
        }
        return 200 * Math.pow(90, (darkest - panel.x + 0.5) / panel.width);
    }

    /** The notch goes up by 20 Hz a degree. */
    @Test
    @Tag("analytic")
    void aNotchIsWhereItBelongs() {
        BufferedImage image = HrtfPlots.spectra(List.of(profile(new SyntheticHeads(), "a.sofa")), WIDTH, HEIGHT);
        for (Rectangle[] row : HrtfPlots.spectraPanels(1, false, WIDTH, HEIGHT)) {
            for (double polar : new double[] {-44, -30, 0, 30, 60, 120, 150, 180, 210}) {
                double hz = 5000 + 20 * (polar + 60);
                assertEquals(hz, darkestHz(image, row[0], polar), 0.03 * hz, "at " + polar + "°");
            }
            // Nothing was measured below −45°; sparse as this set is, its cells end 18° from there.
            assertEquals(ColorScale.NOTHING, image.getRGB(row[0].x + 5, row[0].y + row[0].height - 2) & 0xffffff);
            assertNotEquals(ColorScale.NOTHING, image.getRGB(row[0].x + 5, row[0].y + row[0].height / 2) & 0xffffff);
        }
    }

    @Test
    @Tag("analytic")
    void theDifferenceHasASign() {
        SyntheticHeads louder = new SyntheticHeads();
        louder.leftGain = Math.pow(10, 10 / 20.0);
        BufferedImage image = HrtfPlots.spectra(List.of(profile(louder, "louder.sofa"), profile(new SyntheticHeads(), "a.sofa")), WIDTH, HEIGHT);
        Rectangle[][] panels = HrtfPlots.spectraPanels(2, true, WIDTH, HEIGHT);
        ColorScale scale = ColorScale.diverging(20);
        for (int ear = 0; ear < 2; ear++) {
            Rectangle r = panels[ear][2];
            int rgb = image.getRGB(r.x + r.width / 2, r.y + r.height / 2);
            for (int shift = 0; shift <= 16; shift += 8) {
                assertEquals(scale.rgb(ear == 0 ? 10 : 0) >> shift & 255, rgb >> shift & 255, 2, ear + " at " + shift);
            }
        }
    }

    /** Woodworth's head of 8.75 cm: a/c·(φ + sin φ), greatest at the side. */
    @Test
    @Tag("analytic")
    void theDelayIsGreatestAtTheSide() {
        SyntheticHeads dense = new SyntheticHeads();
        dense.stepDegrees = 5;
        HrtfProfile profile = profile(dense, "a.sofa");
        double[] azimuth = HrtfPlots.azimuths();
        double[] itd = HrtfPlots.horizontalItdMicroseconds(profile, azimuth);
        assertEquals(181, itd.length);
        for (int i = 0; i < itd.length; i++) {
            double lateral = Math.asin(Math.sin(Math.toRadians(azimuth[i])));
            assertEquals(1e6 * 0.0875 / 343 * (lateral + Math.sin(lateral)), itd[i], 8, "at " + azimuth[i] + "°");
        }
        BufferedImage image = HrtfPlots.itd(List.of(profile), WIDTH, HEIGHT);
        Rectangle plot = HrtfPlots.itdPanel(1, WIDTH, HEIGHT);
        // The axis goes to ±700 µs: the curve's pixels are within two of where the formula has them, gridlines or not.
        for (int lateral = -88; lateral <= 88; lateral += 11) {
            int x = plot.x + (int) Math.round((lateral + 180) / 360.0 * plot.width);
            double phi = Math.toRadians(lateral);
            double y = plot.y + plot.height * (0.5 - 1e6 * 0.0875 / 343 * (phi + Math.sin(phi)) / 1400);
            int found = 0;
            double centre = 0;
            for (int row = plot.y; row < plot.y + plot.height; row++) {
                int rgb = image.getRGB(x, row);
                // Blue, smoothed or not; grid, frame and paper are grey.
                if ((rgb & 255) - (rgb >> 16 & 255) > 60) {
                    found++;
                    centre += row + 0.5;
                }
            }
            assertTrue(found >= 1 && found < 12, found + " pixels at " + lateral + "°");
            assertEquals(y, centre / found, 5, "at " + lateral + "°");
        }
    }

    private static int at(BufferedImage image, Hammer map, double azimuth, double elevation) {
        double[] p = map.pixel(azimuth, elevation);
        return image.getRGB((int) p[0], (int) p[1]) & 0xffffff;
    }

    @Test
    @Tag("analytic")
    void anErrorIsDrawnInItsDirection() {
        SyntheticHeads grid = new SyntheticHeads();
        HrtfErrorMap plain = HrtfEvaluation.map(grid.write(folder.resolve("a.sofa")), profile(grid, "b.sofa"), ObserverSettings.DEFAULT.withRepetitions(1));
        double[] lsd = plain.logSpectralDistortionDb();
        double[] itd = plain.itdErrorMicroseconds();
        for (int i = 0; i < lsd.length; i++) {
            boolean leftUp = plain.azimuthDegrees()[i] > 40 && plain.azimuthDegrees()[i] < 110 && plain.elevationDegrees()[i] > 10 && plain.elevationDegrees()[i] < 50;
            lsd[i] = leftUp ? 8 : 2;
            itd[i] = leftUp ? -40 : 10;
        }
        HrtfErrorMap map = new HrtfErrorMap(plain.comparison(), plain.azimuthDegrees(), plain.elevationDegrees(), plain.distanceMeters(), lsd, itd, plain.ownGreatCircleDegrees(),
                plain.candidateGreatCircleDegrees());
        BufferedImage image = HrtfPlots.errors(map, WIDTH, HEIGHT);
        Hammer[] maps = HrtfPlots.errorMaps(WIDTH, HEIGHT);
        for (int i = 0; i < 2; i++) {
            ColorScale scale = ColorScale.sequential(0, i == 0 ? 8 : 40);
            assertEquals(scale.rgb(i == 0 ? 8 : 40), at(image, maps[i], 75, 22), "map " + i);
            for (double[] elsewhere : new double[][] {{-75, 22}, {20, 22}, {75, -22}, {140, 22}}) {
                assertEquals(scale.rgb(i == 0 ? 2 : 10), at(image, maps[i], elsewhere[0], elsewhere[1]), "map " + i + " at azimuth " + elsewhere[0]);
            }
            // Measured from −45° up; 80° below is farther than a cell reaches.
            assertEquals(ColorScale.NOTHING, at(image, maps[i], 10, -80));
        }
    }

    @Test
    @Tag("unit")
    void theMapsMeansAreTheComparisons() {
        SyntheticHeads strange = new SyntheticHeads();
        strange.notchHz = (polar, lateral) -> 6000 + 10 * polar;
        strange.rightDelayMicroseconds = 20;
        HrtfErrorMap map = HrtfEvaluation.map(new SyntheticHeads().write(folder.resolve("a.sofa")), profile(strange, "b.sofa"), ObserverSettings.DEFAULT.withRepetitions(2));
        HrtfComparison c = map.comparison();
        assertEquals(c.directions(), map.count());
        assertEquals(c.logSpectralDistortionDb(), mean(map.logSpectralDistortionDb()), 1e-9);
        assertEquals(c.itdErrorMicroseconds(), mean(map.itdErrorMicroseconds()), 1e-9);
        assertEquals(c.ownLocalization().greatCircleDegrees(), mean(map.ownGreatCircleDegrees()), 1e-9);
        assertEquals(c.candidateLocalization().greatCircleDegrees(), mean(map.candidateGreatCircleDegrees()), 1e-9);
        assertEquals(-45, map.elevationDegrees()[0], 1e-6);
        assertEquals(15, map.azimuthDegrees()[1], 1e-6);
        assertEquals(1.5, map.distanceMeters()[0], 1e-9);
        map.logSpectralDistortionDb()[0] = 1e9;
        assertTrue(map.logSpectralDistortionDb()[0] < 100, "a copy");
    }

    private static double mean(double[] values) {
        double sum = 0;
        for (double v : values) {
            sum += v;
        }
        return sum / values.length;
    }

    @Test
    @Tag("unit")
    void filesAreWrittenAsAWhole() throws IOException {
        BufferedImage image = new BufferedImage(7, 5, BufferedImage.TYPE_INT_RGB);
        image.setRGB(3, 2, 0x123456);
        Path file = folder.resolve("a.PNG");
        HrtfPlots.write(image, file);
        assertEquals(0x123456, ImageIO.read(file.toFile()).getRGB(3, 2) & 0xffffff);
        assertThrows(InvalidValueException.class, () -> HrtfPlots.write(image, folder.resolve("a.txt")));
        assertThrows(ResourceException.class, () -> HrtfPlots.write(image, folder.resolve("nowhere/a.png")));
        Files.createDirectory(folder.resolve("d.png"));
        assertThrows(ResourceException.class, () -> HrtfPlots.write(image, folder.resolve("d.png")));
        assertFalse(Files.exists(folder.resolve("a.txt")));
    }

    @Test
    @Tag("unit")
    void impossibleRequestsAreRefused() {
        HrtfProfile generic = HrtfProfile.generic();
        assertThrows(InvalidValueException.class, () -> HrtfPlots.spectra(List.of(), WIDTH, HEIGHT));
        assertThrows(InvalidValueException.class, () -> HrtfPlots.spectra(Collections.nCopies(5, generic), WIDTH, HEIGHT));
        assertThrows(InvalidValueException.class, () -> HrtfPlots.itd(Collections.nCopies(7, generic), WIDTH, HEIGHT));
        assertThrows(InvalidValueException.class, () -> HrtfPlots.itd(List.of(generic), 399, HEIGHT));
        assertThrows(InvalidValueException.class, () -> HrtfPlots.itd(List.of(generic), WIDTH, 6001));
        assertThrows(InvalidValueException.class, () -> HrtfPlots.errors(null, WIDTH, HEIGHT));
        assertThrows(ResourceException.class, () -> HrtfPlots.itd(List.of(HrtfProfile.sofa(folder.resolve("no.sofa"))), WIDTH, HEIGHT));
    }
}
