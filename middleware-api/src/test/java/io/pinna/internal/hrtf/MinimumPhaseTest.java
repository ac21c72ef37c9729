package io.pinna.internal.hrtf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.pinna.InvalidValueException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("analytic")
class MinimumPhaseTest {
    /** ln|B(e^iω)| of a filter at the bins of a transform. */
    private static float[] logMagnitude(double[] b, int size) {
        float[] result = new float[size / 2 + 1];
        for (int k = 0; k < result.length; k++) {
            double re = 0;
            double im = 0;
            for (int n = 0; n < b.length; n++) {
                re += b[n] * Math.cos(2 * Math.PI * k * n / size);
                im -= b[n] * Math.sin(2 * Math.PI * k * n / size);
            }
            result[k] = (float) Math.log(Math.hypot(re, im));
        }
        return result;
    }

    @Test
    void aMinimumPhaseFilterComesBackFromItsMagnitude() {
        // Zeros at 0.9·exp(±i·60°), −0.8 and 0.5: all inside of the unit circle.
        double[] b = {1, -0.9, 0.81};
        b = convolve(b, new double[] {1, 0.8});
        b = convolve(b, new double[] {1, -0.5});
        float[] fir = new float[32];
        new MinimumPhase(512).design(logMagnitude(b, 512), fir, 32);
        for (int n = 0; n < 32; n++) {
            assertEquals(n < b.length ? b[n] : 0, fir[n], 2e-6, "sample " + n);
        }
    }

    @Test
    void aMaximumPhaseFilterComesBackReversed() {
        float[] fir = new float[8];
        new MinimumPhase(256).design(logMagnitude(new double[] {0.25, 1}, 256), fir, 8);
        assertEquals(1, fir[0], 2e-6);
        assertEquals(0.25, fir[1], 2e-6);
        assertEquals(0, fir[2], 2e-6);
    }

    @Test
    void phaseIsThatOfAOnePole() {
        // 1/(1 − 0.7·z⁻¹): phase −atan2(0.7·sin ω, 1 − 0.7·cos ω).
        int size = 256;
        double[] work = new double[size / 2 + 1];
        for (int k = 0; k < work.length; k++) {
            double w = 2 * Math.PI * k / size;
            work[k] = -0.5 * Math.log(1 - 1.4 * Math.cos(w) + 0.49);
        }
        new MinimumPhase(size).phase(work, work);
        for (int k = 0; k < work.length; k++) {
            double w = 2 * Math.PI * k / size;
            assertEquals(-Math.atan2(0.7 * Math.sin(w), 1 - 0.7 * Math.cos(w)), work[k], 1e-9, "bin " + k);
        }
    }

    @Test
    void leadDelaysAndTaperScales() {
        float[] taper = new float[65];
        java.util.Arrays.fill(taper, 0.5f);
        float[] fir = new float[16];
        new MinimumPhase(128).design(logMagnitude(new double[] {1, 0.5}, 128), taper, 5, fir, 16);
        for (int n = 0; n < 16; n++) {
            assertEquals(n == 5 ? 0.5 : n == 6 ? 0.25 : 0, fir[n], 1e-6, "sample " + n);
        }
    }

    @Test
    void sizesAreChecked() {
        assertThrows(InvalidValueException.class, () -> new MinimumPhase(100));
        assertThrows(InvalidValueException.class, () -> new MinimumPhase(8));
        assertThrows(InvalidValueException.class, () -> new MinimumPhase(64).design(new float[33], new float[65], 65));
    }

    private static double[] convolve(double[] a, double[] b) {
        double[] c = new double[a.length + b.length - 1];
        for (int i = 0; i < a.length; i++) {
            for (int j = 0; j < b.length; j++) {
                c[i + j] += a[i] * b[j];
            }
        }
        return c;
    }
}
