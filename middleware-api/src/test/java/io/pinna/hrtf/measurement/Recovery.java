package io.pinna.hrtf.measurement;

import io.pinna.internal.hrtf.EarAnalysis;
import java.util.Arrays;
import java.util.List;
import org.jtransforms.fft.DoubleFFT_1D;

/**
 * How far recovered responses are from the truth.
 *
 * @param lsdDb         RMS of the level difference over bins of 172 Hz from 0.2 to 16 kHz, mean over directions and ears, no level alignment
 * @param worstLsdDb    of one ear in one direction
 * @param itdMicroseconds mean absolute error of the interaural delay: by how much the right ear's response is later against the true one than the left ear's
 * @param worstItdMicroseconds the greatest
 * @param levelDb       mean level difference
 */
record Recovery(double lsdDb, double worstLsdDb, double itdMicroseconds, double worstItdMicroseconds, double levelDb) {
    private static final int SIZE = 4096;

    static Recovery of(MeasurementResult result, MeasurementRoom.Ears ears) {
        List<MeasurementResult.HeadResponse> responses = result.responses();
        EarAnalysis analysis = new EarAnalysis(48000, SIZE, 17500);
        double all = 0;
        double level = 0;
        double worst = 0;
        double itd = 0;
        double worstItd = 0;
        for (MeasurementResult.HeadResponse r : responses) {
            double[][] truth = ears.in(MeasurementRoom.vector(r.azimuthDegrees(), r.elevationDegrees()));
            double[][] a = new double[2][];
            double[][] b = new double[2][];
            for (int ear = 0; ear < 2; ear++) {
                double[] t = truth[ear].clone();
                new DoubleFFT_1D(t.length).realInverse(t, true);
                a[ear] = Arrays.copyOf(t, SIZE);
                new DoubleFFT_1D(SIZE).realForward(a[ear]);
                b[ear] = analysis.spectrum(ear == 0 ? r.left() : r.right());
                all += distance(a[ear], b[ear], 200) / responses.size() / 2;
                worst = Math.max(worst, distance(a[ear], b[ear], 200));
                level += offset(a[ear], b[ear]) / responses.size() / 2;
            }
            double error = Math.abs(later(a[1], b[1]) - later(a[0], b[0])) * 1e6;
            itd += error / responses.size();
            worstItd = Math.max(worstItd, error);
        }
        return new Recovery(all, worst, itd, worstItd, level);
    }

    /** Of levels in bands of 172 Hz (the resolution of an FFT of 256 at 44.1 kHz): mean powers. */
    private static double distance(double[] a, double[] b, double fromHz) {
        double squares = 0;
        int count = 0;
        double width = 44100.0 / 256;
        for (double f = Math.ceil(fromHz / width) * width; f <= 16000; f += width) {
            double d = level(b, f, width) - level(a, f, width);
            squares += d * d;
            count++;
        }
        return Math.sqrt(squares / count);
    }

    private static double offset(double[] a, double[] b) {
        double sum = 0;
        int count = 0;
        for (double f = 344.5; f <= 16000; f += 172.3) {
            sum += level(b, f, 172.3) - level(a, f, 172.3);
            count++;
        }
        return sum / count;
    }

    /** How much later one response is than another (seconds): the peak of their cross-correlation below 16 kHz, on a grid of sixteenths of a sample and by a parabola. */
    private static double later(double[] a, double[] b) {
        double[] fine = new double[16 * SIZE];
        int top = 16000 * SIZE / 48000;
        for (int k = 200 * SIZE / 48000; k < top; k++) {
            fine[2 * k] = b[2 * k] * a[2 * k] + b[2 * k + 1] * a[2 * k + 1];
            fine[2 * k + 1] = b[2 * k + 1] * a[2 * k] - b[2 * k] * a[2 * k + 1];
        }
        new DoubleFFT_1D(fine.length).realInverse(fine, true);
        int best = 0;
        for (int n = 1; n < fine.length; n++) {
            best = fine[n] > fine[best] ? n : best;
        }
        int mask = fine.length - 1;
        double before = fine[best - 1 & mask];
        double after = fine[best + 1 & mask];
        double at = best + 0.5 * (before - after) / (before - 2 * fine[best] + after);
        return (at > fine.length / 2.0 ? at - fine.length : at) / 16 / 48000;
    }

    private static double level(double[] s, double f, double width) {
        int from = (int) Math.ceil((f - width / 2) * SIZE / 48000);
        int to = (int) Math.floor((f + width / 2) * SIZE / 48000);
        double sum = 0;
        for (int k = from; k <= to; k++) {
            sum += s[2 * k] * s[2 * k] + s[2 * k + 1] * s[2 * k + 1];
        }
        return 10 * Math.log10(sum / (to - from + 1) + 1e-20);
    }

    @Override
    public String toString() {
        return String.format(java.util.Locale.ROOT, "LSD %.2f dB (worst ear %.2f), level %.1f dB, ITD %.1f µs (worst %.1f)", lsdDb, worstLsdDb, levelDb, itdMicroseconds, worstItdMicroseconds);
    }
}
