package io.pinna.internal.personal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.internal.hrtf.HarmonicField;
import io.pinna.internal.hrtf.SphericalHarmonics;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class BodyPriorTest {
    private static final int COUNT = BodyPrior.MEASUREMENTS.size();
    private static final int BINS = HarmonicField.BINS;
    private static final int ORDER = 3;
    private static final double SPREAD = 0.1;

    /** Of everybody: 10 cm, 30°. */
    private static double[] average() {
        double[] values = new double[COUNT];
        Arrays.fill(values, 10);
        values[COUNT - 1] = 30;
        return values;
    }

    private static double[] random(int count, double scale, long seed) {
        return new Random(seed).doubles(count, -scale, scale).toArray();
    }

    private static final double[] MEAN = random(SphericalHarmonics.count(ORDER) * BINS, 5, 1);
    private static final double[] DELAY = random(SphericalHarmonics.count(2), 200, 2);

    private static BodyPrior prior(double[] warp, double[] delay, double share, double[] fields) {
        double[] centre = new double[COUNT];
        Arrays.fill(centre, Math.log(10));
        centre[COUNT - 1] = 1;
        double[] spread = new double[COUNT];
        Arrays.fill(spread, SPREAD);
        return new BodyPrior(MEAN, DELAY, centre, spread, warp, delay, share, fields);
    }

    private static float[] at(HarmonicField field, double x, double y, double z, float[] itd) {
        float[] levels = new float[2 * BINS];
        field.evaluate(new float[] {(float) x, (float) y, (float) z}, 1, levels, itd);
        return levels;
    }

    private static double[] fields(double scale) {
        return random(COUNT * SphericalHarmonics.count(1) * BINS, scale, 3);
    }

    @Test
    @Tag("unit")
    void theAverageBodyHasTheMeanEars() {
        HarmonicField field = prior(new double[COUNT + 1], new double[] {1, 0.2, 0.3}, 0.5, fields(1)).field(average(), average());
        float[] itd = new float[1];
        float[] levels = at(field, 0.6, 0.48, 0.64, itd);
        double[] row = new double[SphericalHarmonics.count(ORDER)];
        new SphericalHarmonics(ORDER).evaluate(0.6, 0.48, 0.64, row, 0);
        for (int k = 0; k < BINS; k += 16) {
            double sum = 0;
            for (int h = 0; h < row.length; h++) {
                sum += row[h] * MEAN[h * BINS + k];
            }
            assertEquals(sum, levels[k], 1e-4, "bin " + k);
        }
        double delay = 0;
        new SphericalHarmonics(2).evaluate(0.6, 0.48, 0.64, row, 0);
        for (int h = 0; h < DELAY.length; h++) {
            delay += row[h] * DELAY[h];
        }
        assertEquals(1e-6 * delay, itd[0], 1e-9);
    }

    @Test
    @Tag("property")
    void theRightEarHearsInTheMirrorWhatAnEqualLeftEarHears() {
        double[] other = average();
        other[4] = 11;
        BodyPrior prior = prior(random(COUNT + 1, 0.02, 4), new double[] {1, 0, 0}, 0.5, fields(1));
        float[] itd = new float[1];
        float[] here = at(prior.field(other, other), 0.6, 0.48, 0.64, itd);
        float[] mirrored = at(prior.field(other, other), 0.6, -0.48, 0.64, itd);
        for (int k = 0; k < BINS; k++) {
            assertEquals(here[k], mirrored[BINS + k], 1e-4);
        }
        float[] unequal = at(prior.field(average(), other), 0.6, -0.48, 0.64, itd);
        assertArrayEquals(Arrays.copyOfRange(mirrored, BINS, 2 * BINS), Arrays.copyOfRange(unequal, BINS, 2 * BINS), 1e-4f);
        assertNotEquals(mirrored[20], unequal[20], 1e-3f);
    }

    @Test
    @Tag("unit")
    void aSmallerEarHasTheSameFeaturesHigher() {
        double[] warp = new double[COUNT + 1];
        warp[9] = 0.04; // pinna height, d5, is the ninth
        double[] small = average();
        small[8] = 10 * Math.exp(-SPREAD); // one standard deviation
        double[] coefficients = MEAN.clone();
        HarmonicField field = prior(warp, new double[] {1, 0, 0}, 1, new double[COUNT * BINS]).field(small, small);
        float[] levels = at(field, 0, 0, 1, new float[1]);
        double[] row = new double[SphericalHarmonics.count(ORDER)];
        new SphericalHarmonics(ORDER).evaluate(0, 0, 1, row, 0);
        double position = 50 * Math.exp(-0.04);
        int low = (int) position;
        double expected = 0;
        for (int h = 0; h < row.length; h++) {
            expected += row[h] * ((1 - (position - low)) * coefficients[h * BINS + low] + (position - low) * coefficients[h * BINS + low + 1]);
        }
        assertEquals(expected, levels[50], 1e-4, "what was at bin " + position + " is at bin 50");
    }

    @Test
    @Tag("unit")
    void headSizeScalesTheDelayAndNothingGoesBeyondThreeStandardDeviations() {
        BodyPrior prior = prior(new double[COUNT + 1], new double[] {1.01, 0.02, 0.03}, 0.5, fields(0.5));
        double[] wide = average();
        wide[0] = 10 * Math.exp(2 * SPREAD);
        float[] mean = new float[1];
        float[] itd = new float[1];
        at(prior.field(average(), average()), 0, 1, 0, mean);
        at(prior.field(wide, wide), 0, 1, 0, itd);
        assertEquals((1.01 + 0.04) / 1.01, itd[0] / mean[0], 1e-5);
        double[] wider = wide.clone();
        wider[0] = 10 * Math.exp(3 * SPREAD);
        double[] widest = wide.clone();
        widest[0] = 10 * Math.exp(20 * SPREAD);
        assertArrayEquals(at(prior.field(wider, wider), 0, 1, 0, new float[1]), at(prior.field(widest, widest), 0, 1, 0, new float[1]), 1e-4f);
    }

    @Test
    @Tag("property")
    void whatIsExpectedOfAnEarIsTheFieldOfTwoSuchEars() {
        BodyPrior prior = prior(random(COUNT + 1, 0.02, 5), new double[] {1, 0.02, 0.01}, 0.5, fields(1));
        double[] body = average();
        body[2] = 11.5;
        body[11] = 20;
        PriorMean mean = prior.mean(body);
        float[] itd = new float[1];
        float[] levels = at(prior.field(body, body), -0.6, 0.48, 0.64, itd);
        double[] expected = new double[BINS];
        mean.levels(-0.6, 0.48, 0.64, expected, 0);
        double largest = 0;
        for (int k = 0; k < BINS; k++) {
            assertEquals(expected[k], levels[k], 1e-4);
            largest = Math.max(largest, Math.abs(expected[k]));
        }
        assertTrue(largest > 1);
        assertEquals(mean.delaySeconds(-0.6, 0.48, 0.64), itd[0], 1e-9);
    }
}
