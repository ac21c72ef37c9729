package io.pinna.hrtf.measurement;

import io.pinna.internal.hrtf.EarAnalysis;
import java.util.Arrays;
import java.util.List;
import org.jtransforms.fft.DoubleFFT_1D;

/**
 * How far recovered responses are from the truth.
 *
 * @param lsdDb         RMS of the level difference over bins of 172 Hz from 0.2 to 16 kHz, mean over directions and ears
 * @param lsdAbove300Db the same from 0.3 kHz
 * @param worstLsdDb    of one ear in one direction, from 0.3 kHz
 * @param itdMicroseconds mean absolute error of the interaural delay
 * @param worstItdMicroseconds the greatest
 */
record Recovery(double lsdDb, double lsdAbove300Db, double worstLsdDb, double itdMicroseconds, double worstItdMicroseconds) {
    private static final int SIZE = 4096;

    static Recovery of(MeasurementResult result, MeasurementRoom.Ears ears) {
        List<MeasurementResult.HeadResponse> responses = result.responses();
        EarAnalysis analysis = new EarAnalysis(48000, SIZE, 17500);
        double all = 0;
        double above = 0;
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
                above += distance(a[ear], b[ear], 300) / responses.size() / 2;
                worst = Math.max(worst, distance(a[ear], b[ear], 300));
            }
            double expected = Math.asin(MeasurementRoom.vector(r.azimuthDegrees(), r.elevationDegrees())[1]) * 450e-6;
            double error = Math.abs(analysis.interauralDelaySeconds(b[0], b[1], expected, 200e-6) - analysis.interauralDelaySeconds(a[0], a[1], expected, 200e-6)) * 1e6;
            itd += error / responses.size();
            worstItd = Math.max(worstItd, error);
        }
        return new Recovery(all, above, worst, itd, worstItd);
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
        return String.format(java.util.Locale.ROOT, "LSD %.2f dB (from 0.3 kHz %.2f, worst %.2f), ITD %.1f µs (worst %.1f)", lsdDb, lsdAbove300Db, worstLsdDb, itdMicroseconds, worstItdMicroseconds);
    }
}
