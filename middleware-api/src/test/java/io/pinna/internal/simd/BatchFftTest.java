package io.pinna.internal.simd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.InvalidValueException;
import io.pinna.internal.dsp.RealFft;
import java.util.Arrays;
import java.util.Random;
import org.jtransforms.fft.DoubleFFT_1D;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Several transforms at once: each right, and none touched by the others. */
class BatchFftTest {
    private static final int MOST = 16;
    private static final float UNTOUCHED = 77;

    private static float[][] noise(int signals, int samples, Random random) {
        float[][] x = new float[signals][samples];
        for (float[] signal : x) {
            for (int i = 0; i < samples; i++) {
                signal[i] = random.nextFloat() - 0.5f;
            }
        }
        return x;
    }

    private static float[][] filled(int signals, int bins) {
        float[][] y = new float[signals][bins];
        for (float[] spectrum : y) {
            Arrays.fill(spectrum, UNTOUCHED);
        }
        return y;
    }

    /** { real parts, imaginary parts } in double precision. */
    private static double[][] expected(float[] x, int offset, int n) {
        double[] packed = new double[n];
        for (int i = 0; i < n; i++) {
            packed[i] = x[offset + i];
        }
        new DoubleFFT_1D(n).realForward(packed);
        double[][] y = new double[2][n / 2 + 1];
        for (int k = 0; k <= n / 2; k++) {
            y[0][k] = k == n / 2 ? packed[1] : packed[2 * k];
            y[1][k] = k == 0 || k == n / 2 ? 0 : packed[2 * k + 1];
        }
        return y;
    }

    private static void assertClose(double[][] expected, float[] re, float[] im, String what) {
        double error = 0;
        double power = 0;
        for (int k = 0; k < re.length; k++) {
            error += Math.pow(re[k] - expected[0][k], 2) + Math.pow(im[k] - expected[1][k], 2);
            power += Math.pow(expected[0][k], 2) + Math.pow(expected[1][k], 2);
        }
        double relative = Math.sqrt(error / power);
        assertTrue(relative < 1e-6, what + " errs by " + relative);
    }

    @Test
    @Tag("reference")
    void agreesWithDoublePrecisionForAllSizesAndNumbersOfSignals() {
        Random random = new Random(1);
        for (int n = 64; n <= 32768; n *= 2) {
            for (ForwardTransforms forward : new ForwardTransforms[] {new BatchFft(n, MOST), new OneByOne(new RealFft(n)), PlainKernels.INSTANCE.forward(n, MOST)}) {
                assertEquals(n, forward.size());
                for (int count = 1; count <= MOST; count += n > 1024 ? 5 : 1) {
                    float[][] x = noise(count, n + 40, random);
                    int[] offset = new int[count];
                    for (int i = 0; i < count; i++) {
                        offset[i] = random.nextInt(41);
                    }
                    float[][] before = new float[count][];
                    for (int i = 0; i < count; i++) {
                        before[i] = x[i].clone();
                    }
                    float[][] re = filled(MOST, n / 2 + 1);
                    float[][] im = filled(MOST, n / 2 + 1);
                    forward.forward(x, offset, count, re, im);
                    for (int i = 0; i < count; i++) {
                        assertArrayEquals(before[i], x[i], "the samples changed");
                        assertClose(expected(x[i], offset[i], n), re[i], im[i], n + " samples, signal " + i + " of " + count);
                        assertEquals(0, im[i][0]);
                        assertEquals(0, im[i][n / 2]);
                    }
                    for (int i = count; i < MOST; i++) {
                        assertEquals(UNTOUCHED, re[i][0], "it wrote a spectrum that was not asked for");
                        assertEquals(UNTOUCHED, im[i][n / 2], "it wrote a spectrum that was not asked for");
                    }
                }
            }
        }
    }

    /** However a signal's samples are distributed over rows, each bin by itself must come out where it belongs. */
    @Test
    @Tag("analytic")
    void aCosineHasOneLine() {
        for (int n : new int[] {128, 256, 512}) {
            BatchFft forward = new BatchFft(n, 1);
            for (int k = 0; k <= n / 2; k++) {
                float[][] x = new float[1][n];
                for (int i = 0; i < n; i++) {
                    x[0][i] = (float) Math.cos(2 * Math.PI * k * i / n + (k == 0 || k == n / 2 ? 0 : 0.3));
                }
                float[][] re = new float[1][n / 2 + 1];
                float[][] im = new float[1][n / 2 + 1];
                forward.forward(x, new int[1], 1, re, im);
                double whole = k == 0 || k == n / 2 ? n : n / 2.0;
                double phase = k == 0 || k == n / 2 ? 0 : 0.3;
                for (int b = 0; b <= n / 2; b++) {
                    assertEquals(b == k ? whole * Math.cos(phase) : 0, re[0][b], 1e-6 * n, n + ": bin " + b + " of a cosine in bin " + k);
                    assertEquals(b == k ? whole * Math.sin(phase) : 0, im[0][b], 1e-6 * n, n + ": bin " + b + " of a cosine in bin " + k);
                }
            }
        }
    }

    @Test
    @Tag("property")
    void aSpectrumIsTheSameToTheBitWhateverItsCompanions() {
        Random random = new Random(2);
        for (int n : new int[] {64, 128, 256, 512, 1024, 4096}) {
            BatchFft together = new BatchFft(n, MOST);
            BatchFft alone = new BatchFft(n, 1);
            float[] signal = noise(1, n, random)[0];
            float[][] re = new float[MOST][n / 2 + 1];
            float[][] im = new float[MOST][n / 2 + 1];
            alone.forward(new float[][] {signal}, new int[1], 1, re, im);
            float[] expectedRe = re[0].clone();
            float[] expectedIm = im[0].clone();
            for (int count = 1; count <= MOST; count++) {
                // Loud companions, some of them not finite.
                float[][] x = noise(count, n, random);
                for (int i = 0; i < count; i++) {
                    x[i][random.nextInt(n)] = i % 3 == 0 ? Float.NaN : 1e6f;
                }
                int place = random.nextInt(count);
                x[place] = signal;
                together.forward(x, new int[count], count, re, im);
                assertArrayEquals(expectedRe, re[place], n + " samples, " + place + " of " + count);
                assertArrayEquals(expectedIm, im[place], n + " samples, " + place + " of " + count);
            }
        }
    }

    @Test
    @Tag("unit")
    void otherSizesAreRefused() {
        for (int n : new int[] {0, 32, 96, 513, 1 << 21}) {
            InvalidValueException e = assertThrows(InvalidValueException.class, () -> new BatchFft(n, 1));
            assertTrue(e.getMessage().contains(Integer.toString(n)), e.getMessage());
        }
        assertThrows(InvalidValueException.class, () -> new BatchFft(512, 0));
    }
}
