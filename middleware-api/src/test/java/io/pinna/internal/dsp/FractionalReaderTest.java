package io.pinna.internal.dsp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FractionalReaderTest {
    private static final int COUNT = 4096;

    private static float[] play(FractionalReader reader, float[] window, int start, double position, double rate, int count) {
        float[] out = new float[count];
        reader.read(window, start, position, rate, 0, out, 0, count);
        return out;
    }

    @ParameterizedTest
    @Tag("analytic")
    @ValueSource(doubles = {0.01, 0.25, 0.5, 0.7317, 0.99, 0.9999, 1.0, 1.0001, 1.013, 1.1, 1.19})
    void tonesBelowFourTenthsOfTheRateStayPure(double rate) {
        FractionalReader reader = new FractionalReader(2);
        int margin = FractionalReader.margin(rate);
        for (double f : new double[] {0.001, 0.05, 0.111, 0.2, 0.27, 0.333, 0.37, 0.3999}) {
            float[] x = ToneMeter.cosine((int) (COUNT * rate) + 2 * margin + 4, f);
            float[] y = play(reader, x, margin, 0.37, rate, COUNT);
            ToneMeter.Fit fit = ToneMeter.fit(y, 0, COUNT, f * rate);
            assertEquals(0, 20 * Math.log10(fit.amplitude()), 0.01, "gain in dB of " + f + " at speed " + rate);
            assertTrue(fit.restDb() < -80 && fit.restDb() > -200, f + " at speed " + rate + ": " + fit.restDb() + " dB");
            double expected = 2 * Math.PI * f * (margin + 0.37);
            assertEquals(0, Math.IEEEremainder(fit.phaseRadians() - expected, 2 * Math.PI), 2e-3, "phase of " + f + " at speed " + rate);
        }
    }

    @ParameterizedTest
    @Tag("analytic")
    @ValueSource(doubles = {1.21, 1.3, 1.5, 1.75, 2.0, 2.7, 4.0, 6.3, 8.0})
    void fasterSpeedsKeepWhatFitsAndSuppressWhatFolds(double rate) {
        FractionalReader reader = new FractionalReader(8);
        int margin = FractionalReader.margin(rate);
        double top = FractionalReader.passBandEnd(rate);
        assertTrue(top * rate > 0.33 && top * rate <= 0.4 + 1e-9, "pass band in terms of the output: " + top * rate);
        for (double part : new double[] {0.01, 0.3, 0.77, 1}) {
            double f = part * top;
            float[] x = ToneMeter.cosine((int) (COUNT * rate) + 2 * margin + 4, f);
            ToneMeter.Fit fit = ToneMeter.fit(play(reader, x, margin, 0.61, rate, COUNT), 0, COUNT, f * rate);
            assertEquals(0, 20 * Math.log10(fit.amplitude()), 0.02, "gain in dB of " + f + " at speed " + rate);
            assertTrue(fit.restDb() < -80 && fit.restDb() > -200, f + " at speed " + rate + ": " + fit.restDb() + " dB");
        }
        for (double f = 0.5 / rate; f < 0.4; f += 0.0173) {
            float[] x = ToneMeter.cosine((int) (COUNT * rate) + 2 * margin + 4, f);
            float[] y = play(reader, x, margin, 0.61, rate, COUNT);
            double sum = 0;
            for (float v : y) {
                sum += v * v;
            }
            double db = 10 * Math.log10(sum / COUNT / 0.5 + 1e-30);
            assertTrue(db < -70 && db > -250, "alias of " + f + " at speed " + rate + ": " + db + " dB");
        }
    }

    @Test
    @Tag("unit")
    void wholePositionsAtSpeedOneAreTheInput() {
        Random random = new Random(1);
        float[] x = new float[900];
        for (int i = 0; i < x.length; i++) {
            x[i] = random.nextFloat() - 0.5f;
        }
        FractionalReader reader = new FractionalReader(1);
        float[] y = play(reader, x, 100, 3, 1, 700);
        assertArrayEquals(java.util.Arrays.copyOfRange(x, 103, 803), y, 0f);
        // By way of the filters too: a slope that cancels out leaves whole positions to the general path.
        float[] out = new float[1];
        reader.read(x, 100, 7, 1, 1e-9, out, 0, 1);
        assertEquals(x[107], out[0], 0f);
    }

    @Test
    @Tag("property")
    void constantSpeedIsTheSameInAnyPieces() {
        Random random = new Random(2);
        float[] x = new float[6000];
        for (int i = 0; i < x.length; i++) {
            x[i] = random.nextFloat() - 0.5f;
        }
        for (double rate : new double[] {0.5, 0.75, 1.25, 1.5}) {
            FractionalReader reader = new FractionalReader(2);
            float[] whole = play(reader, x, 200, 0.25, rate, 2048);
            float[] pieces = new float[2048];
            for (int done = 0; done < 2048;) {
                int n = Math.min(2048 - done, 1 + random.nextInt(400));
                reader.read(x, 200, 0.25 + done * rate, rate, 0, pieces, done, n);
                done += n;
            }
            assertArrayEquals(whole, pieces, 0f, "speed " + rate);
        }
    }

    @Test
    @Tag("analytic")
    void glidingSpeedFollowsTheFormulaWithoutSteps() {
        // From 0.8 to 1.6 through the border of the half-band filter and two low-passes: a tone that all of them pass stays the tone at the formula's positions.
        int count = 20000;
        double slope = 0.8 / count;
        double f = 0.05;
        float[] x = ToneMeter.cosine(26000, f);
        FractionalReader reader = new FractionalReader(2);
        float[] y = new float[count];
        for (int done = 0; done < count; done += 500) {
            double position = done * 0.8 + done * (done - 1.0) / 2 * slope;
            reader.read(x, 200, position, 0.8 + done * slope, slope, y, done, 500);
        }
        for (int i = 0; i < count; i++) {
            double position = 200 + i * 0.8 + i * (i - 1.0) / 2 * slope;
            assertEquals(Math.cos(2 * Math.PI * f * position), y[i], 4e-4, "output frame " + i);
        }
    }

    @Test
    @Tag("property")
    void readsNothingBeyondTheMargin() {
        for (double rate : new double[] {0.3, 1, 1.1, 1.3, 1.9, 2.5, 4, 7.9}) {
            FractionalReader reader = new FractionalReader(8);
            int margin = FractionalReader.margin(rate);
            int needed = margin + (int) Math.floor(0.999 + 299 * rate) + margin + 1;
            float[] x = new float[needed + 2000];
            java.util.Arrays.fill(x, Float.NaN);
            java.util.Arrays.fill(x, 1000, 1000 + needed, 1f);
            float[] y = play(reader, x, 1000 + margin, 0.999, rate, 300);
            for (float v : y) {
                assertEquals(1, v, 1e-5, "a constant stays what it is at speed " + rate);
            }
        }
    }
}
