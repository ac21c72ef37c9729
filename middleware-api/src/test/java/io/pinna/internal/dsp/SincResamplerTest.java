package io.pinna.internal.dsp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.InvalidValueException;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SincResamplerTest {

    @ParameterizedTest
    @Tag("analytic")
    @CsvSource({"8000,48000", "8000,44100", "11025,48000", "16000,44100", "22050,48000", "32000,44100", "44100,48000", "48000,44100", "88200,48000", "96000,44100", "96000,48000",
        "192000,48000", "192000,44100", "44056,48000", "47999,44100", "44100.5,48000", "48000,48000"})
    void tonesPassFlatAndNothingIsAdded(double fromHz, double toHz) {
        SincResampler resampler = new SincResampler(fromHz, toHz);
        double lowerNyquist = Math.min(fromHz, toHz) / 2;
        for (double part : new double[] {0.011, 0.1, 0.33, 0.6, 0.8, 0.9}) {
            double hz = part * lowerNyquist;
            int frames = (int) Math.ceil(0.25 * fromHz);
            float[] y = resampler.resample(ToneMeter.cosine(frames, hz / fromHz));
            assertEquals(frames * toHz / fromHz, y.length, 1.0, "length of the output");
            int edge = y.length / 4;
            ToneMeter.Fit fit = ToneMeter.fit(y, edge, y.length - edge, hz / toHz);
            assertEquals(0, 20 * Math.log10(fit.amplitude()), 0.01, "gain in dB at " + hz + " Hz");
            assertEquals(0, fit.phaseRadians(), 1e-3, "phase at " + hz + " Hz");
            assertTrue(fit.restDb() < -90 && fit.restDb() > -200, "what was added to " + hz + " Hz: " + fit.restDb() + " dB");
        }
    }

    @ParameterizedTest
    @Tag("analytic")
    @CsvSource({"48000,44100", "96000,48000", "192000,44100", "44100,8000", "48000,16000", "47999,32000"})
    void tonesAboveTheLowerNyquistFrequencyVanish(double fromHz, double toHz) {
        SincResampler resampler = new SincResampler(fromHz, toHz);
        for (double part : new double[] {1.001, 1.02, 1.08}) {
            double hz = part * toHz / 2;
            float[] y = resampler.resample(ToneMeter.cosine((int) (0.25 * fromHz), hz / fromHz));
            double sum = 0;
            for (int i = y.length / 4; i < 3 * y.length / 4; i++) {
                sum += y[i] * y[i];
            }
            double db = 10 * Math.log10(sum / (y.length / 2) / 0.5);
            assertTrue(db < -90 && db > -250, "alias of " + hz + " Hz: " + db + " dB");
        }
    }

    @Test
    @Tag("analytic")
    void imagesInTheWindowedSpectrumStayBelow80Db() {
        for (int hz : new int[] {440, 5000, 12345, 19000}) {
            float[] y = new SincResampler(44100, 48000).resample(ToneMeter.cosine(44100, hz / 44100.0));
            double[] db = ToneMeter.spectrumDb(y, 8192, 32768);
            int tone = (int) Math.round(hz / 48000.0 * 32768);
            double highest = -300;
            for (int k = 0; k < db.length; k++) {
                if (Math.abs(k - tone) > 6) {
                    highest = Math.max(highest, db[k]);
                }
            }
            assertEquals(0, db[tone], 0.9, "the tone itself, within the window's scalloping");
            assertTrue(highest < -88 && highest > -200, hz + " Hz: highest other line " + highest + " dB");
        }
    }

    @ParameterizedTest
    @Tag("analytic")
    @CsvSource({"44100,48000", "48000,44100", "96000,48000", "16000,48000", "44056,48000"})
    void impulseStaysCentred(double fromHz, double toHz) {
        int at = (int) fromHz / 10;
        float[] x = new float[2 * at];
        x[at] = 1;
        float[] y = new SincResampler(fromHz, toHz).resample(x);
        double centre = at * toHz / fromHz;
        double moment = 0;
        double sum = 0;
        for (int i = 0; i < y.length; i++) {
            moment += i * (double) y[i];
            sum += y[i];
        }
        assertEquals(toHz / fromHz, sum, 1e-4 * toHz / fromHz, "gain at 0 Hz");
        assertEquals(centre, moment / sum, 0.02, "centre of mass in output frames");
    }

    @Test
    @Tag("property")
    void piecesHaveTheBitsOfTheWhole() {
        Random random = new Random(5);
        float[] x = new float[5000];
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) random.nextGaussian();
        }
        for (double[] rates : new double[][] {{44100, 48000}, {48000, 44100}, {96000, 44100}, {8000, 48000}, {44056, 48000}, {47999, 44100}, {44100.5, 48000}}) {
            SincResampler resampler = new SincResampler(rates[0], rates[1]);
            float[] whole = resampler.resample(x);
            float[] pieces = new float[whole.length];
            for (int done = 0; done < whole.length;) {
                int n = Math.min(whole.length - done, 1 + random.nextInt(300));
                long from = Math.max(0, resampler.inputIndex(done) - resampler.halfWidth() - random.nextInt(3));
                long to = Math.min(x.length, resampler.inputIndex(done + n - 1) + resampler.halfWidth() + 1 + random.nextInt(3));
                float[] part = java.util.Arrays.copyOfRange(x, (int) from, (int) to);
                resampler.resample(part, from, part.length, done, pieces, done, n);
                done += n;
            }
            assertArrayEquals(whole, pieces, 0f, rates[0] + " to " + rates[1]);
        }
    }

    @Test
    @Tag("reference")
    void tableOfSubFiltersAgreesWithTheInterpolatedKernel() {
        Random random = new Random(6);
        float[] x = new float[2000];
        for (int i = 0; i < x.length; i++) {
            x[i] = random.nextFloat() - 0.5f;
        }
        SincResampler resampler = new SincResampler(44100, 48000);
        float[] fast = resampler.resample(x);
        for (int i = 0; i < fast.length; i++) {
            assertEquals(resampler.at(x, 0, x.length, resampler.inputIndex(i), resampler.fraction(i)), fast[i], 5e-6, "output frame " + i);
        }
        assertEquals(1, new SincResampler(44100, 48000).inputIndex(2), "2·147/160 = 1.8375");
        assertEquals(0.8375, new SincResampler(44100, 48000).fraction(2), 1e-12);
        assertEquals(48000, resampler.outputFrames(44100));
        assertEquals(2, resampler.outputFrames(1), "160/147 rounded up");
    }

    @Test
    @Tag("fault")
    void extremeRatiosAreRefused() {
        assertThrows(InvalidValueException.class, () -> new SincResampler(1, 48000));
        assertThrows(InvalidValueException.class, () -> new SincResampler(48000, 0));
        assertThrows(InvalidValueException.class, () -> new SincResampler(Double.NaN, 48000));
        assertThrows(InvalidValueException.class, () -> new SincResampler(-48000, 48000));
    }
}
