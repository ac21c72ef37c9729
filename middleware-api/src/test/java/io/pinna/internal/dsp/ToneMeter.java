package io.pinna.internal.dsp;

/** Measures what a conversion adds to a tone: the tone is fitted by least squares, what is left counts. All in double precision. */
final class ToneMeter {
    private ToneMeter() {
    }

    /** Amplitude and phase (of a cosine at frame 0) of the tone, and the RMS of the rest over the RMS of the tone, in dB. */
    record Fit(double amplitude, double phaseRadians, double restDb, double rest) {
    }

    static Fit fit(float[] y, int from, int to, double cyclesPerFrame) {
        double cc = 0;
        double ss = 0;
        double cs = 0;
        double yc = 0;
        double ys = 0;
        for (int i = from; i < to; i++) {
            double a = 2 * Math.PI * cyclesPerFrame * i;
            double c = Math.cos(a);
            double s = Math.sin(a);
            cc += c * c;
            ss += s * s;
            cs += c * s;
            yc += y[i] * c;
            ys += y[i] * s;
        }
        double det = cc * ss - cs * cs;
        double a = (yc * ss - ys * cs) / det;
        double b = (ys * cc - yc * cs) / det;
        double rest = 0;
        for (int i = from; i < to; i++) {
            double w = 2 * Math.PI * cyclesPerFrame * i;
            double e = y[i] - a * Math.cos(w) - b * Math.sin(w);
            rest += e * e;
        }
        double amplitude = Math.hypot(a, b);
        double rms = Math.sqrt(rest / (to - from));
        return new Fit(amplitude, Math.atan2(-b, a), 20 * Math.log10(rms / (amplitude / Math.sqrt(2))), rms);
    }

    static float[] cosine(int frames, double cyclesPerFrame) {
        float[] x = new float[frames];
        for (int i = 0; i < frames; i++) {
            x[i] = (float) Math.cos(2 * Math.PI * cyclesPerFrame * i);
        }
        return x;
    }

    /** Power spectrum under a Blackman–Harris window (side lobes −92 dB), 0 dB = a full-scale tone. */
    static double[] spectrumDb(float[] y, int from, int size) {
        double[] re = new double[2 * size];
        for (int i = 0; i < size; i++) {
            double u = 2 * Math.PI * i / size;
            re[2 * i] = y[from + i] * (0.35875 - 0.48829 * Math.cos(u) + 0.14128 * Math.cos(2 * u) - 0.01168 * Math.cos(3 * u)) / (0.35875 * size / 2);
        }
        new org.jtransforms.fft.DoubleFFT_1D(size).complexForward(re);
        double[] db = new double[size / 2];
        for (int k = 0; k < db.length; k++) {
            db[k] = 20 * Math.log10(Math.hypot(re[2 * k], re[2 * k + 1]) + 1e-12);
        }
        return db;
    }
}
