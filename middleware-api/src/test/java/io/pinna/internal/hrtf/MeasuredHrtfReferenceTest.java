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
    @ValueSource(strings = {"pulse_v0.4", "mit_kemar_normal_v1.0", "mit_kemar_large_v0.4", "ari_nh898_v1.0", "cipic_003_v0.4", "cipic_003_itd_in_delay", "listen_1002_v0.4", "3dti_listen_1008_256s_48k",
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

    /**
     * Between measured directions: the log magnitude is the interpolated one, in bands and without dips, for the vertices in between and for the linear blend of a triangle's three filters, which is
     * what the audio thread does.
     */
    @ParameterizedTest
    @ValueSource(strings = {"mit_kemar_normal_v1.0", "ari_nh898_v1.0", "cipic_003_v0.4", "thk_sparse_L38"})
    void directionsBetweenHaveTheInterpolatedMagnitude(String name) {
        HrirSet set = SofaReader.read(SharedData.require("data/sofa/" + name + ".sofa"));
        try (MeasuredHrtf hrtf = MeasuredHrtf.build(set, 48000)) {
            ShellGeometry shell = hrtf.shell(0);
            java.util.Random random = new java.util.Random(7);
            Deviation vertices = new Deviation();
            for (int i = 0; i < 120; i++) {
                int v = shell.nodeCount() + random.nextInt(hrtf.vertexCount() - shell.nodeCount());
                float[][] filters = filters(hrtf, v);
                double[][] target = {new double[POINTS], new double[POINTS]};
                boolean measured = true;
                for (int k = 0; k < 3; k++) {
                    int node = shell.parents[3 * v + k];
                    double w = shell.weights[3 * v + k];
                    measured &= w == 0 || !shell.isVirtual(node);
                    if (w > 0 && !shell.isVirtual(node)) {
                        addLog(filters(hrtf, node), w, target);
                    }
                }
                if (measured) {
                    vertices.add(filters, target);
                }
            }
            Deviation blends = new Deviation();
            for (int i = 0; i < 60; i++) {
                int t = random.nextInt(shell.dense.triangleCount());
                float[][] blend = new float[2][hrtf.taps()];
                double[][] target = {new double[POINTS], new double[POINTS]};
                for (int k = 0; k < 3; k++) {
                    float[][] corner = filters(hrtf, shell.dense.corner(t, k));
                    addLog(corner, 1 / 3.0, target);
                    for (int n = 0; n < hrtf.taps(); n++) {
                        blend[0][n] += corner[0][n] / 3;
                        blend[1][n] += corner[1][n] / 3;
                    }
                }
                blends.add(blend, target);
            }
            System.out.printf(Locale.ROOT, "%-24s between: bands %.2f dB (p95 %.2f), single frequencies −%.1f dB; blends: bands %.2f dB (p95 %.2f), single frequencies −%.1f dB%n", name,
                    vertices.worstBand(), vertices.band95(), vertices.deepest, blends.worstBand(), blends.band95(), blends.deepest);
            assertTrue(vertices.bands.size() > 500, "bands compared: " + vertices.bands.size());
            assertTrue(vertices.band95() < 0.5, "p95 of the bands between: " + vertices.band95());
            assertTrue(vertices.worstBand() < 1.5, "worst band between: " + vertices.worstBand());
            // Where a notch moves from one direction to the next on the far side, blends of the measured phases deviate more; that is rare.
            assertTrue(blends.band95() < 0.5, "p95 of the bands of blends: " + blends.band95());
        }
    }

    private static float[][] filters(MeasuredHrtf hrtf, int vertex) {
        float[][] result = new float[2][];
        hrtf.evaluate(new int[] {vertex}, 1, (v, left, right, itd) -> {
            result[0] = left.clone();
            result[1] = right.clone();
        });
        return result;
    }

    private static double[] decibels(float[] filter) {
        double[] re = new double[POINTS];
        double[] im = new double[POINTS];
        transform(filter, 0, filter.length, 0, 48000, re, im);
        for (int k = 0; k < POINTS; k++) {
            re[k] = 10 * Math.log10(re[k] * re[k] + im[k] * im[k] + 1e-20);
        }
        return re;
    }

    private static void addLog(float[][] filters, double weight, double[][] target) {
        for (int ear = 0; ear < 2; ear++) {
            double[] db = decibels(filters[ear]);
            for (int k = 0; k < POINTS; k++) {
                target[ear][k] += weight * db[k];
            }
        }
    }

    /** Differences of levels in bands of a third of an octave, and how far single frequencies fall below the target where that is within 30 dB of its greatest. */
    private static final class Deviation {
        final java.util.List<Double> bands = new java.util.ArrayList<>();
        double deepest;

        void add(float[][] filters, double[][] target) {
            for (int ear = 0; ear < 2; ear++) {
                double[] got = decibels(filters[ear]);
                double greatest = java.util.Arrays.stream(target[ear]).max().orElseThrow();
                for (double centre = 400; centre < 15000; centre *= Math.cbrt(2)) {
                    double a = 0;
                    double b = 0;
                    for (int k = 0; k < POINTS; k++) {
                        double f = 200 + STEP_HZ * k;
                        if (f > centre / Math.pow(2, 1 / 6.0) && f < centre * Math.pow(2, 1 / 6.0)) {
                            a += Math.pow(10, got[k] / 10);
                            b += Math.pow(10, target[ear][k] / 10);
                        }
                    }
                    bands.add(Math.abs(10 * Math.log10(a / b)));
                }
                for (int k = 0; k < POINTS; k++) {
                    if (target[ear][k] > greatest - 30) {
                        deepest = Math.max(deepest, target[ear][k] - got[k]);
                    }
                }
            }
        }

        double worstBand() {
            return java.util.Collections.max(bands);
        }

        double band95() {
            return bands.stream().sorted().skip((long) (0.95 * bands.size())).findFirst().orElseThrow();
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
