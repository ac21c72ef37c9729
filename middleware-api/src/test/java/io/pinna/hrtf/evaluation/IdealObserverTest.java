package io.pinna.hrtf.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.InvalidValueException;
import io.pinna.hrtf.HrtfProfile;
import io.pinna.hrtf.evaluation.ObserverSettings.Decision;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdealObserverTest {
    private static final ObserverSettings QUIET = new ObserverSettings(Decision.MAXIMUM, 0.01, 0.001, 1, 1);

    @TempDir
    private Path folder;

    private HrtfComparison compare(SyntheticHeads candidate, ObserverSettings observer) {
        return HrtfEvaluation.compare(new SyntheticHeads().write(folder.resolve("reference.sofa")), HrtfProfile.sofa(candidate.write(folder.resolve("candidate.sofa"))), observer);
    }

    @Test
    @Tag("analytic")
    void withoutNoiseOneHearsExactly() {
        for (Decision decision : Decision.values()) {
            LocalizationErrors e = compare(new SyntheticHeads(), QUIET.withDecision(decision)).ownLocalization();
            assertEquals(0, e.greatCircleDegrees());
            assertEquals(0, e.lateralDegrees());
            assertEquals(0, e.polarDegrees());
            assertEquals(0, e.quadrantErrorPercent());
            assertEquals(9 * 24, e.responses());
        }
    }

    /** Every sound is heard at its mirror image, 2·x away, behind or in front: the polar error is 180° − 2·polar. */
    @Test
    @Tag("analytic")
    void flippedEarsFlipTheWorld() {
        SyntheticHeads flipped = new SyntheticHeads();
        flipped.frontBackFlipped = true;
        LocalizationErrors e = compare(flipped, QUIET).candidateLocalization();
        double circle = 0;
        double squares = 0;
        int local = 0;
        int median = 0;
        for (int elevation = -45; elevation <= 75; elevation += 15) {
            for (int azimuth = 0; azimuth < 360; azimuth += 15) {
                double x = Math.cos(Math.toRadians(azimuth)) * Math.cos(Math.toRadians(elevation));
                double y = Math.sin(Math.toRadians(azimuth)) * Math.cos(Math.toRadians(elevation));
                double z = Math.sin(Math.toRadians(elevation));
                circle += 2 * Math.toDegrees(Math.asin(Math.min(1, Math.abs(x))));
                if (Math.abs(Math.toDegrees(Math.asin(y))) <= 30.001) {
                    median++;
                    double polar = Math.abs(2 * Math.toDegrees(Math.atan2(Math.abs(x), z)));
                    polar = Math.min(polar, 360 - polar);
                    if (polar <= 90) {
                        squares += polar * polar;
                        local++;
                    }
                }
            }
        }
        assertEquals(circle / (9 * 24), e.greatCircleDegrees(), 1e-3);
        assertEquals(0, e.lateralDegrees(), 1e-3);
        assertEquals(100.0 * (median - local) / median, e.quadrantErrorPercent(), 2);
        assertTrue(e.quadrantErrorPercent() > 30 && e.quadrantErrorPercent() < 50, e.describe());
        assertEquals(Math.sqrt(squares / local), e.polarDegrees(), 5);
    }

    @Test
    @Tag("analytic")
    void noiseAndStrangeEarsCostPrecision() {
        SyntheticHeads strange = new SyntheticHeads();
        strange.notchHz = (polar, lateral) -> 5000 + 20 * (240 - polar);
        HrtfComparison c = compare(strange, ObserverSettings.DEFAULT);
        assertTrue(c.ownLocalization().greatCircleDegrees() > 0.1 && c.ownLocalization().greatCircleDegrees() < 30, c.describe());
        assertTrue(c.candidateLocalization().greatCircleDegrees() > 2 * c.ownLocalization().greatCircleDegrees(), c.describe());
        assertTrue(c.candidateLocalization().quadrantErrorPercent() > c.ownLocalization().quadrantErrorPercent() + 10, c.describe());
        // The head is the same, so left and right are heard as well as before.
        assertEquals(c.ownLocalization().lateralDegrees(), c.candidateLocalization().lateralDegrees(), 5);
        assertEquals(5 * 9 * 24, c.ownLocalization().responses());
        HrtfComparison drawn = compare(strange, ObserverSettings.DEFAULT.withDecision(Decision.SAMPLE));
        assertTrue(drawn.ownLocalization().greatCircleDegrees() > c.ownLocalization().greatCircleDegrees(), "drawing from the posterior is less exact than its maximum");
    }

    @Test
    @Tag("property")
    void theSeedDecides() {
        ObserverSettings noisy = new ObserverSettings(Decision.SAMPLE, 10, 3, 2, 7);
        HrtfComparison first = compare(new SyntheticHeads(), noisy);
        assertEquals(first, compare(new SyntheticHeads(), noisy));
        assertNotEquals(first.ownLocalization(), compare(new SyntheticHeads(), noisy.withSeed(8)).ownLocalization());
    }

    /** Ears heard the wrong way round: errors are those of the sides, and polar angles are not defined there. */
    @Test
    @Tag("unit")
    void farFromTheMedianPlaneThereAreNoPolarErrors() {
        double[] sides = {0, 1, 0, 0, -1, 0};
        IdealObserver observer = new IdealObserver(QUIET, 44100, 1024, 16000);
        double[] flat = new double[513];
        java.util.Arrays.fill(flat, 1);
        float[][] templates = {observer.features(700e-6, flat, flat), observer.features(-700e-6, flat, flat)};
        assertEquals(61, templates[0].length);
        LocalizationErrors e = observer.localize(sides, templates, new float[][] {templates[1], templates[0]});
        assertEquals(180, e.greatCircleDegrees(), 1e-6);
        assertEquals(180, e.lateralDegrees(), 1e-6);
        assertNull(e.polarDegrees());
        assertNull(e.quadrantErrorPercent());
    }

    @Test
    @Tag("unit")
    void impossibleSettingsAreRefused() {
        assertThrows(InvalidValueException.class, () -> new ObserverSettings(Decision.MAXIMUM, 0, 1, 1, 1));
        assertThrows(InvalidValueException.class, () -> new ObserverSettings(Decision.MAXIMUM, 3.5, Double.NaN, 1, 1));
        assertThrows(InvalidValueException.class, () -> new ObserverSettings(Decision.MAXIMUM, 3.5, 1, 0, 1));
    }
}
