package io.pinna.internal.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.pinna.internal.dsp.RealFft;
import io.pinna.internal.render.StereoSpectrum;
import java.util.Random;
import org.jtransforms.fft.DoubleFFT_1D;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every operation of both kinds of loops against double precision. */
class KernelsTest {
    /** −110 dB. */
    private static final double CLOSE = 3.2e-6;

    private static Kernels kernels(String which) {
        if (which.equals("plain")) {
            return PlainKernels.INSTANCE;
        }
        assumeTrue(ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent(), "this Java was started without jdk.incubator.vector");
        return KernelChoice.vector();
    }

    /** Root of the error's power by the root of the power. */
    private static double error(double[] expected, float[] actual) {
        double error = 0;
        double power = 0;
        for (int i = 0; i < expected.length; i++) {
            error += (actual[i] - expected[i]) * (actual[i] - expected[i]);
            power += expected[i] * expected[i];
        }
        return Math.sqrt(error / power);
    }

    private static float[] noise(int n, Random random) {
        float[] x = new float[n];
        for (int i = 0; i < n; i++) {
            x[i] = random.nextFloat() - 0.5f;
        }
        return x;
    }

    /** As of real signals: the first and the last bin are real. */
    private static StereoSpectrum spectrum(int bins, Random random) {
        StereoSpectrum s = new StereoSpectrum(bins);
        for (float[] x : arrays(s)) {
            System.arraycopy(noise(bins, random), 0, x, 0, bins);
        }
        s.leftIm[0] = 0;
        s.rightIm[0] = 0;
        s.leftIm[bins - 1] = 0;
        s.rightIm[bins - 1] = 0;
        return s;
    }

    private static float[][] arrays(StereoSpectrum s) {
        return new float[][] {s.leftRe, s.leftIm, s.rightRe, s.rightIm};
    }

    private static void assertClose(double[][] expected, StereoSpectrum actual, double most) {
        for (int i = 0; i < 4; i++) {
            double error = error(expected[i], arrays(actual)[i]);
            assertTrue(error < most, "array " + i + " errs by " + error);
        }
    }

    @ParameterizedTest
    @Tag("reference")
    @ValueSource(strings = {"plain", "vector"})
    void transformsAgreeWithDoublePrecisionThereAndBack(String which) {
        Random random = new Random(1);
        for (int n = 64; n <= 16384; n *= 2) {
            RealFft fft = kernels(which).fft(n);
            assertEquals(n, fft.size());
            int offset = 3;
            float[] x = noise(n + 2 * offset, random);
            double[] packed = new double[n];
            for (int i = 0; i < n; i++) {
                packed[i] = x[offset + i];
            }
            new DoubleFFT_1D(n).realForward(packed);
            double[] expectedRe = new double[n / 2 + 1];
            double[] expectedIm = new double[n / 2 + 1];
            for (int k = 0; k <= n / 2; k++) {
                expectedRe[k] = k == n / 2 ? packed[1] : packed[2 * k];
                expectedIm[k] = k == 0 || k == n / 2 ? 0 : packed[2 * k + 1];
            }
            float[] re = new float[n / 2 + 1];
            float[] im = new float[n / 2 + 1];
            float[] before = x.clone();
            fft.forward(x, offset, re, im, 0);
            org.junit.jupiter.api.Assertions.assertArrayEquals(before, x, "the samples changed");
            assertTrue(error(expectedRe, re) < 1e-6 && error(expectedIm, im) < 1e-6, n + ": " + error(expectedRe, re) + ", " + error(expectedIm, im));
            assertEquals(0, im[0]);
            assertEquals(0, im[n / 2]);
            float[] back = new float[n + 2 * offset];
            // What stands there counts as zero.
            im[0] = 7;
            im[n / 2] = -7;
            fft.inverse(re, im, 0, back, offset);
            double[] samples = new double[back.length];
            for (int i = 0; i < n; i++) {
                samples[offset + i] = x[offset + i];
            }
            assertTrue(error(samples, back) < 1e-6, n + ": " + error(samples, back));
            assertEquals(0, back[offset - 1] + back[offset + n], "it wrote beyond its samples");
        }
    }

    /** Terms of random spectra; exponents whose modulus in no bin exceeds the bound. */
    private static FilterTerms terms(int bins, Random random, boolean shaped, float tilt) {
        FilterTerms t = new FilterTerms(bins);
        for (int i = 0; i < 3; i++) {
            t.corner[i] = spectrum(bins, random);
            t.weight[i] = 0.2f + 0.3f * random.nextFloat();
        }
        t.stepRadians = 0.3 * (random.nextDouble() - 0.5);
        t.scale = 0.5f + random.nextFloat();
        t.shaped = shaped;
        t.first = tilt;
        t.second = -0.7f * tilt;
        StereoSpectrum a = spectrum(bins, random);
        t.firstRe = a.leftRe;
        t.firstIm = a.leftIm;
        t.secondRe = a.rightRe;
        t.secondIm = a.rightIm;
        float most = 0;
        for (int k = 0; k < bins; k++) {
            most = Math.max(most, (float) Math.hypot(t.first * t.firstRe[k] + t.second * t.secondRe[k], t.first * t.firstIm[k] + t.second * t.secondIm[k]));
        }
        t.bound = most;
        return t;
    }

    /** { real part, imaginary part } of the shape. */
    private static double[][] shape(FilterTerms t, int bins) {
        double[][] e = new double[2][bins];
        for (int k = 0; k < bins; k++) {
            double magnitude = Math.exp(t.first * (double) t.firstRe[k] + t.second * (double) t.secondRe[k]);
            double phase = t.first * (double) t.firstIm[k] + t.second * (double) t.secondIm[k];
            e[0][k] = magnitude * Math.cos(phase);
            e[1][k] = magnitude * Math.sin(phase);
        }
        return e;
    }

    @ParameterizedTest
    @Tag("reference")
    @ValueSource(strings = {"plain", "vector"})
    void filtersAgreeWithDoublePrecision(String which) {
        Kernels kernels = kernels(which);
        Random random = new Random(2);
        for (int bins : new int[] {65, 129, 257, 513, 2049}) {
            for (float tilt : new float[] {0, 0.1f, 1, 2.5f, 6, 12}) {
                boolean shaped = tilt > 0;
                FilterTerms t = terms(bins, random, shaped, tilt);
                StereoSpectrum out = spectrum(bins, random);
                kernels.build(t, out);
                double[][] e = shape(t, bins);
                double[][] expected = new double[4][bins];
                for (int k = 0; k < bins; k++) {
                    for (int ear = 0; ear < 2; ear++) {
                        double re = 0;
                        double im = 0;
                        for (int i = 0; i < 3; i++) {
                            re += t.weight[i] * arrays(t.corner[i])[2 * ear][k];
                            im += t.weight[i] * arrays(t.corner[i])[2 * ear + 1][k];
                        }
                        double angle = (ear == 0 ? 1 : -1) * t.stepRadians * k;
                        double c = t.scale * Math.cos(angle);
                        double s = t.scale * Math.sin(angle);
                        double fRe = shaped ? c * e[0][k] - s * e[1][k] : c;
                        double fIm = shaped ? s * e[0][k] + c * e[1][k] : s;
                        expected[2 * ear][k] = re * fRe - im * fIm;
                        expected[2 * ear + 1][k] = k == bins - 1 ? 0 : re * fIm + im * fRe;
                    }
                }
                // Squaring n times doubles rounding errors n times.
                assertClose(expected, out, tilt > 3 ? 4 * CLOSE : CLOSE);
                float[] re = new float[bins];
                float[] im = new float[bins];
                t.shaped = true;
                kernels.shape(t, re, im);
                assertTrue(error(e[0], re) < 4 * CLOSE, "shape: " + error(e[0], re));
                if (shaped) {
                    assertTrue(error(e[1], im) < 4 * CLOSE, "shape: " + error(e[1], im));
                }
            }
        }
    }

    @ParameterizedTest
    @Tag("reference")
    @ValueSource(strings = {"plain", "vector"})
    void productsAndSumsAgreeWithDoublePrecision(String which) {
        Kernels kernels = kernels(which);
        Random random = new Random(3);
        for (int bins : new int[] {65, 129, 257, 1025}) {
            StereoSpectrum first = spectrum(bins, random);
            StereoSpectrum second = spectrum(bins, random);
            StereoSpectrum busA = spectrum(bins, random);
            StereoSpectrum busB = spectrum(bins, random);
            StereoSpectrum x = spectrum(bins, random);
            double[][] a = sum(busA, x, first, bins);
            double[][] b = sum(busB, x, second, bins);
            StereoSpectrum busC = spectrum(bins, random);
            double[][] c = sum(busC, x, second, bins);
            kernels.addProducts(busA, first, busB, second, x.leftRe, x.leftIm);
            kernels.addProduct(busC, second, x.leftRe, x.leftIm);
            assertClose(a, busA, CLOSE);
            assertClose(b, busB, CLOSE);
            assertClose(c, busC, CLOSE);

            StereoSpectrum[] corner = {first, second, busA, busB, x};
            float[] weight = noise(5, random);
            StereoSpectrum out = spectrum(bins, random);
            kernels.blend(corner, weight, 5, out);
            double[][] blend = new double[4][bins];
            for (int i = 0; i < 4; i++) {
                for (int k = 0; k < bins; k++) {
                    for (int j = 0; j < 5; j++) {
                        blend[i][k] += weight[j] * (double) arrays(corner[j])[i][k];
                    }
                }
            }
            assertClose(blend, out, CLOSE);

            float[][] cellRe = {first.leftRe, second.leftRe, busA.leftRe, busB.leftRe, x.leftRe};
            float[][] cellIm = {first.leftIm, second.leftIm, busA.leftIm, busB.leftIm, x.leftIm};
            int[] cell = {0, 4, 2, 1, 3, 0};
            float[] parts = noise(6, random);
            double[][] ratio = new double[2][bins];
            for (int k = 0; k < bins; k++) {
                ratio[0][k] = 0.4f;
                for (int i = 2; i < 6; i++) {
                    ratio[0][k] += parts[i] * (double) cellRe[cell[i]][k];
                    ratio[1][k] += parts[i] * (double) cellIm[cell[i]][k];
                }
            }
            double[][] product = product(out, ratio, bins);
            double[][] left = {product[0], product[1]};
            StereoSpectrum copy = copy(out);
            kernels.multiplyByCells(0.4f, parts, 2, cellRe, cellIm, cell, copy.leftRe, copy.leftIm, new float[bins], new float[bins]);
            assertTrue(error(left[0], copy.leftRe) < CLOSE && error(left[1], copy.leftIm) < CLOSE);
            double[][] factor = new double[2][bins];
            for (int k = 0; k < bins; k++) {
                factor[0][k] = x.rightRe[k];
                factor[1][k] = x.rightIm[k];
            }
            double[][] both = product(out, factor, bins);
            kernels.multiply(out, x.rightRe, x.rightIm);
            assertClose(both, out, CLOSE);
        }
    }

    private static StereoSpectrum copy(StereoSpectrum s) {
        StereoSpectrum out = new StereoSpectrum(s.leftRe.length);
        for (int i = 0; i < 4; i++) {
            System.arraycopy(arrays(s)[i], 0, arrays(out)[i], 0, s.leftRe.length);
        }
        return out;
    }

    private static double[][] sum(StereoSpectrum bus, StereoSpectrum x, StereoSpectrum filter, int bins) {
        double[][] factor = new double[2][bins];
        for (int k = 0; k < bins; k++) {
            factor[0][k] = x.leftRe[k];
            factor[1][k] = x.leftIm[k];
        }
        double[][] y = product(filter, factor, bins);
        for (int i = 0; i < 4; i++) {
            for (int k = 0; k < bins; k++) {
                y[i][k] += arrays(bus)[i][k];
            }
        }
        return y;
    }

    private static double[][] product(StereoSpectrum s, double[][] x, int bins) {
        double[][] y = new double[4][bins];
        for (int k = 0; k < bins; k++) {
            for (int ear = 0; ear < 2; ear++) {
                double re = arrays(s)[2 * ear][k];
                double im = arrays(s)[2 * ear + 1][k];
                y[2 * ear][k] = re * x[0][k] - im * x[1][k];
                y[2 * ear + 1][k] = re * x[1][k] + im * x[0][k];
            }
        }
        return y;
    }

    @ParameterizedTest
    @Tag("unit")
    @ValueSource(strings = {"plain", "vector"})
    void oneValueThatIsNotFiniteIsFoundWhereverItStands(String which) {
        Kernels kernels = kernels(which);
        float[] x = noise(131, new Random(4));
        x[7] = Float.MAX_VALUE;
        x[8] = -0f;
        x[9] = Float.MIN_VALUE;
        assertTrue(kernels.isFinite(x, 0, x.length));
        for (int from : new int[] {0, 1, 16}) {
            for (int i = 0; i < x.length; i++) {
                for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
                    float kept = x[i];
                    x[i] = bad;
                    assertEquals(i < from || i >= 120, kernels.isFinite(x, from, 120), bad + " at " + i);
                    x[i] = kept;
                }
            }
        }
        assertTrue(kernels.isFinite(x, 5, 5));
    }

    @ParameterizedTest
    @Tag("unit")
    @ValueSource(strings = {"plain", "vector"})
    void aFadeIsStraight(String which) {
        float[] x = {9, 1, 2, 3, 9};
        float[] y = {10, 20, 30, 40, 50};
        kernels(which).addFaded(x, 1, 0.5f, 0.25f, y, 2, 3);
        org.junit.jupiter.api.Assertions.assertArrayEquals(new float[] {10, 20, 30.5f, 41.5f, 53}, y);
    }

    @ParameterizedTest
    @Tag("property")
    @ValueSource(strings = {"vector"})
    void vectorAndPlainAgreeToMinus100Decibels(String which) {
        Kernels vector = kernels(which);
        double disagreement = KernelChoice.disagreement(vector, PlainKernels.INSTANCE);
        assertTrue(disagreement < 1e-5 && disagreement > 0, "they differ by " + disagreement);
        assertFalse(vector.description().equals(PlainKernels.INSTANCE.description()));
    }
}
