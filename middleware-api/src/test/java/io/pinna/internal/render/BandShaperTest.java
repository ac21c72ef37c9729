package io.pinna.internal.render;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.internal.dsp.RealFft;
import io.pinna.internal.hrtf.MinimumPhase;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class BandShaperTest {
    private static final int N = 1024;
    private static final int RATE = 48000;
    private static final float[][] GAINS = {{0.265f, 0.14f, 0.1f}, {1, 0.03f, 0.001f}, {1, 1e-3f, 1e-3f}, {1, 0.1f, 0.01f}, {0.3f, 0.05f, 0.002f}, {0.5f, 1, 0.25f}, {1, 1e-5f, 1e-5f}, {1e-5f, 1, 3}, {800, 20, 1}, {0, 1, 0.5f}};

    /** The band spectrum by itself: what it makes of a flat one. */
    private static StereoSpectrum shape(float... gain) {
        StereoSpectrum spectrum = new StereoSpectrum(N / 2 + 1);
        java.util.Arrays.fill(spectrum.leftRe, 1);
        java.util.Arrays.fill(spectrum.rightIm, 1);
        new BandShaper(N, RATE, N).apply(gain, 0, 0, spectrum, new float[N / 2 + 1], new float[N / 2 + 1]);
        return spectrum;
    }

    @Test
    @Tag("analytic")
    void equalGainsAreExact() {
        for (float g : new float[] {0, 1e-6f, 0.3f, 1, 1000}) {
            StereoSpectrum s = shape(g, g, g);
            for (int k = 0; k <= N / 2; k++) {
                assertEquals(g, s.leftRe[k]);
                assertEquals(0, s.leftIm[k]);
                assertEquals(g, s.rightIm[k]);
            }
        }
    }

    @Test
    @Tag("analytic")
    void theMiddleOfEachBandHasItsGain() {
        double[] centres = {150, 2500, 16000};
        for (float[] gain : GAINS) {
            StereoSpectrum s = shape(gain);
            for (int b = 0; b < 3; b++) {
                int k = (int) Math.round(centres[b] * N / RATE);
                double db = 20 * Math.log10(Math.hypot(s.leftRe[k], s.leftIm[k]));
                assertEquals(20 * Math.log10(Math.max(BandShaper.FLOOR, gain[b])), db, 0.1, "band " + b + " of " + java.util.Arrays.toString(gain));
            }
        }
    }

    @Test
    @Tag("reference")
    void theSeriesAgreesWithExpSineAndCosine() {
        MinimumPhase hilbert = new MinimumPhase(8 * N);
        for (float[] gain : GAINS) {
            double[] log = new double[4 * N + 1];
            for (int k = 0; k < log.length; k++) {
                for (int b = 0; b < 3; b++) {
                    log[k] += Math.log(Math.max(BandShaper.FLOOR, gain[b])) * BandShaper.weight(b, (double) k * RATE / (8 * N));
                }
            }
            double[] phase = new double[log.length];
            hilbert.phase(log, phase);
            StereoSpectrum s = shape(gain);
            for (int k = 0; k <= N / 2; k++) {
                double magnitude = Math.exp(log[8 * k]);
                // −90 dB of the bin itself.
                assertEquals(magnitude * Math.cos(phase[8 * k]), s.leftRe[k], 3e-5 * magnitude, "real part, bin " + k);
                assertEquals(magnitude * Math.sin(phase[8 * k]), s.leftIm[k], 3e-5 * magnitude, "imaginary part, bin " + k);
                assertEquals(-s.leftIm[k], s.rightRe[k], 3e-5 * magnitude, "i times it in the other ear");
            }
        }
    }

    @Test
    @Tag("analytic")
    void nothingComesBeforeTheOnset() {
        // Long enough that the end of the ringing does not wrap around into what stands for the time before the onset.
        int size = 16384;
        BandShaper shaper = new BandShaper(size, RATE, size);
        for (float[] gain : GAINS) {
            StereoSpectrum s = new StereoSpectrum(size / 2 + 1);
            java.util.Arrays.fill(s.leftRe, 1);
            shaper.apply(gain, 0, 0, s, new float[size / 2 + 1], new float[size / 2 + 1]);
            float[] x = new float[size];
            new RealFft(size).inverse(s.leftRe, s.leftIm, 0, x, 0);
            double before = 0;
            double all = 0;
            for (int i = 0; i < size; i++) {
                all += x[i] * x[i];
                before += i >= size / 2 ? x[i] * x[i] : 0;
            }
            double db = 10 * Math.log10(before / all + 1e-30);
            assertTrue(db < -60, "energy before the onset " + db + " dB for " + java.util.Arrays.toString(gain));
            assertTrue(all > 0);
        }
    }

    @Test
    @Tag("analytic")
    void aSteepTiltIsCutToTheRoomThereIs() {
        int size = 512;
        int room = 160;
        StereoSpectrum s = new StereoSpectrum(size / 2 + 1);
        java.util.Arrays.fill(s.leftRe, 1);
        new BandShaper(size, RATE, room).apply(new float[] {1, 0.03f, 0.01f}, 0, 0, s, new float[size / 2 + 1], new float[size / 2 + 1]);
        float[] response = new float[size];
        new RealFft(size).inverse(s.leftRe, s.leftIm, 0, response, 0);
        double all = 0;
        double late = 0;
        for (int i = 0; i < size; i++) {
            all += response[i] * response[i];
            late += i < room ? 0 : response[i] * response[i];
        }
        assertTrue(10 * Math.log10(late / all) < -100, "after the room: " + 10 * Math.log10(late / all) + " dB");
        double[] expected = {0, 20 * Math.log10(0.03), -40};
        double[] centres = {188, 2500, 16000};
        for (int b = 0; b < 3; b++) {
            int k = (int) Math.round(centres[b] * size / RATE);
            assertEquals(expected[b], 20 * Math.log10(Math.hypot(s.leftRe[k], s.leftIm[k])), 0.3, "band " + b);
        }
    }
}
