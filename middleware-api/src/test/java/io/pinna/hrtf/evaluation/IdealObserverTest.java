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
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdealObserverTest {
    private static final ObserverSettings QUIET = new ObserverSettings(Decision.MAXIMUM, 0.01, 0, 0, 0.001, 75, 1, 1);

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
        ObserverSettings noisy = new ObserverSettings(Decision.SAMPLE, 10, 3.5, 5, 3, 75, 2, 7);
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
        Arrays.fill(flat, 1);
        float[][] templates = observer.features(List.of(observer.cues(700e-6, flat, flat), observer.cues(-700e-6, flat, flat)));
        assertEquals(61, templates[0].length);
        LocalizationErrors e = observer.localize(sides, templates, new float[][] {templates[1], templates[0]}).errors();
        assertEquals(180, e.greatCircleDegrees(), 1e-6);
        assertEquals(180, e.lateralDegrees(), 1e-6);
        assertNull(e.polarDegrees());
        assertNull(e.quadrantErrorPercent());
    }

    private static double[] tilted(double factor) {
        double[] power = new double[513];
        for (int k = 0; k < power.length; k++) {
            power[k] = Math.exp(factor * Math.cos(0.05 * k));
        }
        return power;
    }

    /** The noise of the features is white: squared distances are those of Σ⁻¹, which for two bands can be written down. */
    @Test
    @Tag("reference")
    void distancesAreThoseOfTheCovariance() {
        ObserverSettings s = ObserverSettings.DEFAULT;
        IdealObserver observer = new IdealObserver(s, 44100, 1024, 350);
        List<IdealObserver.Cues> set = List.of(observer.cues(0, tilted(1), tilted(-2)), observer.cues(0, tilted(3), tilted(0.5)));
        float[][] f = observer.features(set);
        assertEquals(1 + 2, f[0].length, "one band lies below 350 Hz");
        double difference = set.get(0).leftDb()[0] - set.get(0).rightDb()[0] - set.get(1).leftDb()[0] + set.get(1).rightDb()[0];
        double mean = 0.5 * (set.get(0).leftDb()[0] + set.get(0).rightDb()[0] - set.get(1).leftDb()[0] - set.get(1).rightDb()[0]);
        double expected = difference * difference / (2 * 3.5 * 3.5) + mean * mean / (3.5 * 3.5 / 2 + 3.5 * 3.5 + 25);
        assertEquals(expected, squaredDistance(f[0], f[1]), 1e-4 * expected);
    }

    /** The two-band case by the adjugate of its 2 × 2 covariance. */
    @Test
    @Tag("reference")
    void theSourcesLevelIsCommonToTheBands() {
        IdealObserver observer = new IdealObserver(ObserverSettings.DEFAULT, 44100, 1024, 400);
        List<IdealObserver.Cues> set = List.of(observer.cues(0, tilted(1), tilted(1)), observer.cues(0, tilted(3), tilted(3)));
        int n = set.get(0).leftDb().length;
        assertEquals(2, n);
        double a = set.get(0).leftDb()[0] - set.get(1).leftDb()[0];
        double b = set.get(0).leftDb()[1] - set.get(1).leftDb()[1];
        double own = 3.5 * 3.5 / 2 + 3.5 * 3.5 + 25;
        double expected = (own * a * a - 2 * 25 * a * b + own * b * b) / (own * own - 25 * 25);
        float[][] f = observer.features(set);
        assertEquals(expected, squaredDistance(f[0], f[1]), 1e-4 * expected);
    }

    private static double squaredDistance(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (a[i] - b[i]) * (a[i] - b[i]);
        }
        return sum;
    }

    /** A listener at another volume is as good as before: levels are those below the set's greatest. */
    @Test
    @Tag("property")
    void theVolumeDoesNotMatter() {
        SyntheticHeads louder = new SyntheticHeads();
        louder.leftGain = louder.rightGain = 10;
        HrtfComparison c = compare(louder, ObserverSettings.DEFAULT);
        assertEquals(c.ownLocalization().greatCircleDegrees(), c.candidateLocalization().greatCircleDegrees(), 0.2, c.describe());
    }

    @Test
    @Tag("analytic")
    void whoKnowsTheSourceHearsBetter() {
        double unknown = compare(new SyntheticHeads(), ObserverSettings.DEFAULT).ownLocalization().greatCircleDegrees();
        double known = compare(new SyntheticHeads(), ObserverSettings.DEFAULT.withSource(0, 0)).ownLocalization().greatCircleDegrees();
        assertTrue(known < unknown, known + "° with the source known, " + unknown + "° without");
    }

    /** Where two directions sound the same, nobody can tell them apart, whichever is played. */
    @Test
    @Tag("unit")
    void equalSoundsAreNotToldApart() {
        double[] poles = {1, 0, 0, -1, 0, 0};
        IdealObserver observer = new IdealObserver(ObserverSettings.DEFAULT, 44100, 1024, 16000);
        double[] flat = new double[513];
        Arrays.fill(flat, 1);
        float[][] templates = observer.features(List.of(observer.cues(0, flat, flat), observer.cues(0, flat, flat)));
        assertEquals(90, observer.localize(poles, templates, templates).errors().greatCircleDegrees(), 1e-6);
    }

    @Test
    @Tag("unit")
    void impossibleSettingsAreRefused() {
        assertThrows(InvalidValueException.class, () -> new ObserverSettings(Decision.MAXIMUM, 0, 0, 0, 1, 75, 1, 1));
        assertThrows(InvalidValueException.class, () -> new ObserverSettings(Decision.MAXIMUM, 3.5, -1, 0, 1, 75, 1, 1));
        assertThrows(InvalidValueException.class, () -> new ObserverSettings(Decision.MAXIMUM, 3.5, 0, 101, 1, 75, 1, 1));
        assertThrows(InvalidValueException.class, () -> new ObserverSettings(Decision.MAXIMUM, 3.5, 0, 0, Double.NaN, 75, 1, 1));
        assertThrows(InvalidValueException.class, () -> new ObserverSettings(Decision.MAXIMUM, 3.5, 0, 0, 1, 10, 1, 1));
        assertThrows(InvalidValueException.class, () -> new ObserverSettings(Decision.MAXIMUM, 3.5, 0, 0, 1, 75, 0, 1));
    }
}
