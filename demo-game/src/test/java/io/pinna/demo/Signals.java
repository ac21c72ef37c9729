package io.pinna.demo;

/** Measures rendered sound, for tests. */
final class Signals {
    private Signals() {
    }

    /** Level in dB of the energy of a part of a signal. */
    static double levelDb(float[] x, int from, int to) {
        double sum = 0;
        for (int i = from; i < to; i++) {
            sum += (double) x[i] * x[i];
        }
        return 10 * Math.log10(sum / (to - from) + 1e-30);
    }

    /** Level in dB between two frequencies: Hann windows of 4096 samples, half overlapping, and the discrete Fourier transform by the definition at every bin of the band. */
    static double bandDb(float[] x, int from, int to, double lowHz, double highHz, int rateHz) {
        int n = 4096;
        int first = (int) Math.ceil(lowHz * n / rateHz);
        int last = (int) Math.floor(highHz * n / rateHz);
        // Every fourth bin says enough about noise.
        double energy = 0;
        int count = 0;
        for (int start = from; start + n <= to; start += n / 2) {
            for (int k = first; k <= last; k += 4) {
                double re = 0;
                double im = 0;
                double turn = 2 * Math.PI * k / n;
                double c = Math.cos(turn);
                double s = Math.sin(turn);
                double pr = 1;
                double pi = 0;
                for (int i = 0; i < n; i++) {
                    double w = x[start + i] * (0.5 - 0.5 * Math.cos(2 * Math.PI * i / n));
                    re += w * pr;
                    im += w * pi;
                    double next = pr * c - pi * s;
                    pi = pr * s + pi * c;
                    pr = next;
                }
                energy += re * re + im * im;
                count++;
            }
        }
        return 10 * Math.log10(energy / Math.max(1, count) + 1e-30);
    }

    /**
     * How much the sharpest corner of a signal stands out: the largest second difference over the RMS of the second differences within 256 samples around it, where it is also beyond
     * {@code floor} in absolute terms. White noise gives about 4 to 5; a step of one sample in smooth sound gives 13 and more (it has all of the window's energy: up to √(512/6)·2 = 18).
     */
    static double sharpestCorner(float[] x, double floor) {
        int half = 256;
        double[] sums = new double[x.length + 1];
        for (int i = 1; i < x.length - 1; i++) {
            double d = second(x, i);
            sums[i + 1] = sums[i] + d * d;
        }
        sums[x.length] = sums[x.length - 1];
        double worst = 0;
        for (int i = 1 + half; i < x.length - 1 - half; i++) {
            double d = Math.abs(second(x, i));
            if (d > floor) {
                double rms = Math.sqrt((sums[i + half + 1] - sums[i - half]) / (2 * half + 1));
                worst = Math.max(worst, d / rms);
            }
        }
        return worst;
    }

    private static double second(float[] x, int i) {
        return (double) x[i + 1] - 2.0 * x[i] + x[i - 1];
    }
}
