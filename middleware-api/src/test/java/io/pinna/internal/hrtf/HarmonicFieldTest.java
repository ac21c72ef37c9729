package io.pinna.internal.hrtf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.InvalidValueException;
import io.pinna.internal.inference.HrtfFieldModel;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HarmonicFieldTest {
    private static final int ROW = 2 * HarmonicField.BINS;

    /** Orders whose number of harmonics leaves each remainder by four, and counts that fill and do not fill a tile. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 7, 20})
    @Tag("reference")
    void evaluatingIsTheSumOverHarmonics(int order) {
        HarmonicField field = order == 0 ? new HarmonicField(0, levels(0, 20), 0, new float[] {1e-4f}) : PersonalHrtfSamples.field(order, 11);
        Random random = new Random(2);
        for (int count : new int[] {1, 16, 39}) {
            float[] directions = directions(random, count);
            float[] db = new float[count * ROW + 1];
            float[] itd = new float[count + 1];
            db[count * ROW] = 77;
            itd[count] = 77;
            field.evaluate(directions, count, db, itd);
            float[] levels = field.levelCoefficients();
            float[] delays = field.delayCoefficients();
            double[] basis = new double[SphericalHarmonics.count(order)];
            for (int i = 0; i < count; i++) {
                new SphericalHarmonics(order).evaluate(directions[3 * i], directions[3 * i + 1], directions[3 * i + 2], basis, 0);
                for (int k = 0; k < ROW; k++) {
                    double sum = 0;
                    for (int h = 0; h < basis.length; h++) {
                        sum += basis[h] * levels[h * ROW + k];
                    }
                    assertEquals(sum, db[i * ROW + k], 1e-4, "direction " + i + ", value " + k);
                }
                double sum = 0;
                for (int h = 0; h < basis.length; h++) {
                    sum += basis[h] * delays[h];
                }
                assertEquals(sum, itd[i], 1e-10);
            }
            assertEquals(77, db[count * ROW], "nothing behind the answer is touched");
            assertEquals(77, itd[count]);
        }
    }

    /** Bernstein's inequality: on a great circle a field of order L has no slope above L times its largest value. */
    @Test
    @Tag("property")
    void theFieldIsContinuousAlsoAtThePoles() {
        HarmonicField field = PersonalHrtfSamples.field(20, 4);
        int steps = 20000;
        float[] circle = new float[3 * steps];
        for (int i = 0; i < steps; i++) {
            double a = 2 * Math.PI * i / steps;
            circle[3 * i] = (float) (0.6 * Math.cos(a));
            circle[3 * i + 1] = (float) (0.8 * Math.cos(a));
            circle[3 * i + 2] = (float) Math.sin(a);
        }
        float[] db = new float[steps * ROW];
        float[] itd = new float[steps];
        field.evaluate(circle, steps, db, itd);
        double most = 0;
        for (float v : db) {
            most = Math.max(most, Math.abs(v));
        }
        double worst = 0;
        for (int i = 0; i < steps; i++) {
            int j = (i + 1) % steps;
            for (int k = 0; k < ROW; k++) {
                worst = Math.max(worst, Math.abs(db[i * ROW + k] - db[j * ROW + k]));
            }
            assertEquals(itd[i], itd[j], 20 * 0.8e-3 * 2 * Math.PI / steps + 1e-9);
        }
        // Room for the rounding of the directions.
        assertTrue(worst > 1e-4 && worst <= 1.05 * 20 * most * 2 * Math.PI / steps + 1e-4, "largest step " + worst + " dB, largest level " + most + " dB");
    }

    @Test
    @Tag("reference")
    void aFitFindsTheFieldThatWasSampled() {
        HarmonicField field = PersonalHrtfSamples.field(8, 6);
        HarmonicField found = HarmonicField.fit(DelaunaySphere.geodesic(6), field, 8, 0);
        assertArrayEquals(field.levelCoefficients(), found.levelCoefficients(), 1e-4f);
        assertArrayEquals(field.delayCoefficients(), found.delayCoefficients(), 1e-9f);
        assertNotEquals(field, PersonalHrtfSamples.field(8, 7));
        assertEquals(field, PersonalHrtfSamples.field(8, 6));
        assertEquals(field.hashCode(), PersonalHrtfSamples.field(8, 6).hashCode());
    }

    /** Order 16 of the generic listener: the spread over frequency and direction that harmonics of an order leave is known from the full sphere. */
    @Test
    @Tag("integration")
    void theGenericListenerFitsIntoAFewHundredHarmonics() {
        HrtfFieldModel model = HrtfFieldModel.builtIn();
        SpectrumField generic = model.listener(model.genericLatent());
        HarmonicField field = HarmonicField.fit(DelaunaySphere.geodesic(8), generic, 16, 0);
        int count = SpectrumField.MAX_BATCH;
        // Not directions of the fit.
        float[] directions = directions(new Random(12), count);
        float[] wanted = new float[count * ROW];
        float[] found = new float[count * ROW];
        float[] wantedItd = new float[count];
        float[] foundItd = new float[count];
        generic.evaluate(directions, count, wanted, wantedItd);
        field.evaluate(directions, count, found, foundItd);
        double squares = 0;
        int values = 0;
        double delays = 0;
        for (int i = 0; i < count * ROW; i++) {
            double f = (double) (i % HarmonicField.BINS) * HarmonicField.SAMPLE_RATE_HZ / HarmonicField.FFT_SIZE;
            if (f >= 200 && f <= 16000) {
                squares += (wanted[i] - found[i]) * (wanted[i] - found[i]);
                values++;
            }
        }
        for (int i = 0; i < count; i++) {
            delays += (wantedItd[i] - foundItd[i]) * (wantedItd[i] - foundItd[i]);
        }
        double rms = Math.sqrt(squares / values);
        assertTrue(rms > 0.02 && rms < 0.3, "RMS " + rms + " dB");
        assertTrue(Math.sqrt(delays / count) < 2e-6, "RMS " + 1e6 * Math.sqrt(delays / count) + " µs");
    }

    @Test
    @Tag("unit")
    void theExtentIsThatOfTheGrid() {
        HarmonicField.Extent e = new HarmonicField(0, levels(0, 20), 1, new float[] {0, -1e-3f, 0, 0}).extent();
        assertEquals(20, e.lowestDb(), 1e-4);
        assertEquals(20, e.highestDb(), 1e-4);
        double most = 1e-3 * Math.sqrt(3 / (4 * Math.PI));
        // A vertex may be up to 2.3° away from the axis.
        assertEquals(most, e.largestDelaySeconds(), 0.001 * most);
        assertEquals(-most, e.smallestDelaySeconds(), 0.001 * most);
    }

    @Test
    @Tag("fault")
    void whatNoEarDoesIsRefused() {
        assertRefused("order is 33", 33, new float[0], 0, new float[1]);
        assertRefused("itdOrder is -1", 0, levels(0, 0), -1, new float[1]);
        assertRefused("levels has 258 coefficients", 1, levels(0, 0), 0, new float[1]);
        assertRefused("itd has 1 coefficients", 0, levels(0, 0), 1, new float[1]);
        float[] nan = levels(0, 0);
        nan[100] = Float.NaN;
        assertRefused("levels has NaN at coefficient 100", 0, nan, 0, new float[1]);
        assertRefused("itd has Infinity", 0, levels(0, 0), 0, new float[] {Float.POSITIVE_INFINITY});
        assertRefused("dB at 0 Hz", 0, levels(0, 121), 0, new float[1]);
        assertRefused("levels come to", 0, levels(0, -121), 0, new float[1]);
        assertRefused("itd come to", 0, levels(0, 0), 1, new float[] {0, 4e-3f, 0, 0});
        float[] huge = new float[HarmonicField.levelCount(1)];
        java.util.Arrays.fill(huge, Float.MAX_VALUE);
        assertRefused("levels come to", 1, huge, 0, new float[1]);
        new HarmonicField(0, levels(0, 119), 0, new float[1]);
    }

    private static void assertRefused(String part, int order, float[] levels, int delayOrder, float[] delays) {
        InvalidValueException e = assertThrows(InvalidValueException.class, () -> new HarmonicField(order, levels, delayOrder, delays), part);
        assertTrue(e.getMessage().contains(part), e.getMessage());
    }

    /** Of the same level everywhere. */
    private static float[] levels(int order, double db) {
        float[] levels = new float[HarmonicField.levelCount(order)];
        java.util.Arrays.fill(levels, 0, ROW, (float) (db * Math.sqrt(4 * Math.PI)));
        return levels;
    }

    private static float[] directions(Random random, int count) {
        float[] directions = new float[3 * count];
        for (int i = 0; i < count; i++) {
            double[] d = {random.nextGaussian(), random.nextGaussian(), random.nextGaussian()};
            DelaunaySphere.normalise(d);
            for (int axis = 0; axis < 3; axis++) {
                directions[3 * i + axis] = (float) d[axis];
            }
        }
        return directions;
    }
}
