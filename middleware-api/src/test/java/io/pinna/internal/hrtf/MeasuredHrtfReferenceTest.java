package io.pinna.internal.hrtf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.testing.SharedData;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Measured directions of published sets come back as the file has them: the naive Fourier sum over the file's samples is the reference. */
@Tag("reference")
class MeasuredHrtfReferenceTest {
    private static final double STEP_HZ = 50;
    private static final int POINTS = (int) ((16000 - 200) / STEP_HZ) + 1;

    @ParameterizedTest
    @ValueSource(strings = {"mit_kemar_normal_v1.0", "mit_kemar_large_v0.4", "ari_nh898_v1.0", "cipic_003_v0.4", "cipic_003_itd_in_delay", "listen_1002_v0.4", "3dti_listen_1008_256s_48k",
        "3dti_listen_1008_1024s_96k", "fhk_ku100_L2354_v0.4", "thk_ku100_L2702", "thk_ku100_circ360_nf025", "thk_sparse_L38", "sonicom_example_1"})
    void measuredDirectionsAreTheFilesOwn(String name) {
        HrirSet set = SofaReader.read(SharedData.require("data/sofa/" + name + ".sofa"));
        for (int rate : new int[] {44100, 48000}) {
            try (MeasuredHrtf hrtf = MeasuredHrtf.build(set, rate)) {
                double worstDb = 0;
                double[] worstMicroseconds = new double[4];
                int step = Math.max(1, set.count() / 13);
                for (int m = 0; m < set.count(); m += step) {
                    int vertex = hrtf.vertexOfMeasurement(m);
                    assertTrue(vertex >= 0, "measurement " + m + " has no vertex");
                    double[][] file = new double[4][POINTS];
                    for (int ear = 0; ear < 2; ear++) {
                        transform(set.responses(), set.offset(m, ear), set.taps(), set.delaySamples()[2 * m + ear], set.sampleRateHz(), file[2 * ear], file[2 * ear + 1]);
                    }
                    double[][] rendered = new double[4][POINTS];
                    hrtf.evaluate(new int[] {vertex}, 1, (v, left, right, itd) -> {
                        transform(left, 0, left.length, 0, rate, rendered[0], rendered[1]);
                        transform(right, 0, right.length, itd * rate, rate, rendered[2], rendered[3]);
                    });
                    for (int ear = 0; ear < 2; ear++) {
                        for (int k = 0; k < POINTS; k++) {
                            double a = Math.hypot(file[2 * ear][k], file[2 * ear + 1][k]);
                            double b = Math.hypot(rendered[2 * ear][k], rendered[2 * ear + 1][k]);
                            worstDb = Math.max(worstDb, Math.abs(20 * Math.log10(b / a)));
                        }
                    }
                    double[] wanted = interaural(file);
                    double[] got = interaural(rendered);
                    for (int i = 0; i < 3; i++) {
                        worstMicroseconds[i] = Math.max(worstMicroseconds[i], 1e6 * Math.abs(got[i] - wanted[i]));
                    }
                    worstMicroseconds[3] = Math.max(worstMicroseconds[3], 1e6 * phaseDelayError(file, rendered));
                }
                System.out.printf(Locale.ROOT, "%-28s %d Hz: lead %d, taps %d, %d vertices; worst %.3f dB, ITD broadband %.3f, below 1.5 kHz %.3f, slope %.3f, phase delay %.3f µs%n", name, rate,
                        hrtf.leadTaps(), hrtf.taps(), hrtf.vertexCount(), worstDb, worstMicroseconds[0], worstMicroseconds[1], worstMicroseconds[2], worstMicroseconds[3]);
                assertEquals(0, worstDb, 0.5, name + " at " + rate + " Hz: magnitude");
                for (double error : worstMicroseconds) {
                    assertEquals(0, error, 5, name + " at " + rate + " Hz: interaural delay");
                }
            }
        }
    }

    /** Σ x[n]·exp(−iω(n + delay)/rate) at 200, 250, .. 16000 Hz, scaled by nothing: a response's gain does not depend on its rate. */
    private static void transform(float[] x, int from, int count, double delaySamples, double rate, double[] re, double[] im) {
        for (int k = 0; k < POINTS; k++) {
            double w = 2 * Math.PI * (200 + STEP_HZ * k) / rate;
            // A rotating phasor, set anew every 64 samples.
            double sumRe = 0;
            double sumIm = 0;
            double stepRe = Math.cos(w);
            double stepIm = -Math.sin(w);
            double c = 0;
            double s = 0;
            for (int n = 0; n < count; n++) {
                if (n % 64 == 0) {
                    c = Math.cos(w * (n + delaySamples));
                    s = -Math.sin(w * (n + delaySamples));
                }
                sumRe += x[from + n] * c;
                sumIm += x[from + n] * s;
                double next = c * stepRe - s * stepIm;
                s = c * stepIm + s * stepRe;
                c = next;
            }
            re[k] = sumRe;
            im[k] = sumIm;
        }
    }

    /** Interaural delay (s) by the peak of the cross-correlation over 0.2 to 16 kHz, over 0.2 to 1.5 kHz, and by the slope of the phase over 0.2 to 1.5 kHz. */
    private static double[] interaural(double[][] s) {
        double[] cross = new double[2 * POINTS];
        for (int k = 0; k < POINTS; k++) {
            // R·conj(L)
            cross[2 * k] = s[2][k] * s[0][k] + s[3][k] * s[1][k];
            cross[2 * k + 1] = s[3][k] * s[0][k] - s[2][k] * s[1][k];
        }
        int low = (int) ((1500 - 200) / STEP_HZ) + 1;
        double slopeRe = 0;
        double slopeIm = 0;
        for (int k = 1; k < low; k++) {
            slopeRe += cross[2 * k] * cross[2 * k - 2] + cross[2 * k + 1] * cross[2 * k - 1];
            slopeIm += cross[2 * k + 1] * cross[2 * k - 2] - cross[2 * k] * cross[2 * k - 1];
        }
        return new double[] {peak(cross, POINTS), peak(cross, low), -Math.atan2(slopeIm, slopeRe) / (2 * Math.PI * STEP_HZ)};
    }

    private static double peak(double[] cross, int points) {
        double best = 0;
        double most = Double.NEGATIVE_INFINITY;
        for (double range = 1.2e-3, step = 2e-6; step > 5e-9; range = 2 * step, step /= 20) {
            double centre = best;
            most = Double.NEGATIVE_INFINITY;
            for (double lag = centre - range; lag <= centre + range; lag += step) {
                double c = Math.cos(2 * Math.PI * 200 * lag);
                double s = Math.sin(2 * Math.PI * 200 * lag);
                double stepC = Math.cos(2 * Math.PI * STEP_HZ * lag);
                double stepS = Math.sin(2 * Math.PI * STEP_HZ * lag);
                double value = 0;
                for (int k = 0; k < points; k++) {
                    value += cross[2 * k] * c - cross[2 * k + 1] * s;
                    double next = c * stepC - s * stepS;
                    s = c * stepS + s * stepC;
                    c = next;
                }
                if (value > most) {
                    most = value;
                    best = lag;
                }
            }
        }
        return best;
    }

    /** The largest difference of interaural phase delays over all frequencies at which both ears are within 40 dB of their greatest (s). */
    private static double phaseDelayError(double[][] file, double[][] rendered) {
        double[] greatest = new double[2];
        for (int k = 0; k < POINTS; k++) {
            greatest[0] = Math.max(greatest[0], Math.hypot(file[0][k], file[1][k]));
            greatest[1] = Math.max(greatest[1], Math.hypot(file[2][k], file[3][k]));
        }
        double worst = 0;
        for (int k = 0; k < POINTS; k++) {
            if (Math.hypot(file[0][k], file[1][k]) < 0.01 * greatest[0] || Math.hypot(file[2][k], file[3][k]) < 0.01 * greatest[1]) {
                continue;
            }
            double a = Math.atan2(file[3][k], file[2][k]) - Math.atan2(file[1][k], file[0][k]);
            double b = Math.atan2(rendered[3][k], rendered[2][k]) - Math.atan2(rendered[1][k], rendered[0][k]);
            worst = Math.max(worst, Math.abs(Math.IEEEremainder(a - b, 2 * Math.PI)) / (2 * Math.PI * (200 + STEP_HZ * k)));
        }
        return worst;
    }
}
