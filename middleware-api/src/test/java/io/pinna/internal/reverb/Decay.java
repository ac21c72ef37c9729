package io.pinna.internal.reverb;

import java.util.Random;
import org.jtransforms.fft.DoubleFFT_1D;

/** What is measured of reverberation: decay times, echo density, energies. In double precision, for tests. */
final class Decay {
    private Decay() {
    }

    /** The part of a signal from one frequency to another, cut out of its spectrum with slopes of a tenth of an octave, so that the filter has no decay of its own that matters. */
    static double[] band(float[] x, double sampleRateHz, double fromHz, double toHz) {
        int size = Integer.highestOneBit(Math.max(2, x.length * 2 - 1)) * 2;
        double[] z = new double[size];
        for (int i = 0; i < x.length; i++) {
            z[i] = x[i];
        }
        DoubleFFT_1D fft = new DoubleFFT_1D(size);
        fft.realForward(z);
        for (int k = 0; k <= size / 2; k++) {
            double f = k * sampleRateHz / size;
            double gain = slope(f, fromHz) * (1 - slope(f, toHz));
            if (k == 0) {
                z[0] *= gain;
            } else if (k == size / 2) {
                z[1] *= gain;
            } else {
                z[2 * k] *= gain;
                z[2 * k + 1] *= gain;
            }
        }
        fft.realInverse(z, true);
        return java.util.Arrays.copyOf(z, x.length);
    }

    private static double slope(double f, double edgeHz) {
        if (f <= 0) {
            return 0;
        }
        double octaves = 10 * Math.log(f / edgeHz) / Math.log(2);
        return octaves <= -0.5 ? 0 : octaves >= 0.5 ? 1 : 0.5 + 0.5 * Math.sin(Math.PI * octaves);
    }

    /** The octave about a frequency. */
    static double[] octave(float[] x, double sampleRateHz, double centreHz) {
        return band(x, sampleRateHz, centreHz / Math.sqrt(2), centreHz * Math.sqrt(2));
    }

    static double energy(double[] x) {
        double sum = 0;
        for (double v : x) {
            sum += v * v;
        }
        return sum;
    }

    /** Adds the backward integral of the energy (Schroeder, "New method of measuring reverberation time", JASA 37, 1965) to a curve. */
    static void addDecay(double[] x, double[] curve) {
        double sum = 0;
        for (int i = x.length - 1; i >= 0; i--) {
            sum += x[i] * x[i];
            curve[i] += sum;
        }
    }

    /** The reverberation time of a curve by a straight line through its levels from −5 dB to −35 dB (ISO 3382-1: T30), seconds. */
    static double rt60(double[] curve, double sampleRateHz) {
        return rt60(curve, sampleRateHz, -5, -35);
    }

    static double rt60(double[] curve, double sampleRateHz, double fromDb, double toDb) {
        double n = 0;
        double st = 0;
        double sl = 0;
        double stt = 0;
        double stl = 0;
        for (int i = 0; i < curve.length; i++) {
            double db = 10 * Math.log10(curve[i] / curve[0]);
            if (db <= fromDb && db >= toDb) {
                double t = i / sampleRateHz;
                n++;
                st += t;
                sl += db;
                stt += t * t;
                stl += t * db;
            }
        }
        return -60 / ((n * stl - st * sl) / (n * stt - st * st));
    }

    /**
     * The share of samples beyond one standard deviation in a window, over that of Gaussian noise, 0.3173 (Abel and Huang, "A simple, robust measure of reverberation echo density", AES 121, 2006): 1 where so many echoes
     * overlap that nobody tells them from noise.
     */
    static double echoDensity(float[] x, int centre, int window) {
        double energy = 0;
        int from = centre - window / 2;
        for (int i = 0; i < window; i++) {
            energy += x[from + i] * (double) x[from + i] / window;
        }
        double deviation = Math.sqrt(energy);
        int beyond = 0;
        for (int i = 0; i < window; i++) {
            beyond += Math.abs(x[from + i]) > deviation ? 1 : 0;
        }
        return beyond / 0.3173 / window;
    }

    /** The levels of a power spectrum of windowed noise-like signal: geometric over arithmetic mean, and the greatest over the mean. */
    record Spectrum(double flatness, double peakToMean) {
        static Spectrum of(double[] x, int from, int length, double sampleRateHz, double fromHz, double toHz) {
            double[] z = new double[length];
            for (int i = 0; i < length; i++) {
                z[i] = x[from + i] * (0.5 - 0.5 * Math.cos(2 * Math.PI * (i + 0.5) / length));
            }
            new DoubleFFT_1D(length).realForward(z);
            double log = 0;
            double sum = 0;
            double most = 0;
            int n = 0;
            for (int k = 1; k < length / 2; k++) {
                double f = k * sampleRateHz / length;
                if (f >= fromHz && f < toHz) {
                    double p = z[2 * k] * z[2 * k] + z[2 * k + 1] * z[2 * k + 1];
                    log += Math.log(p);
                    sum += p;
                    most = Math.max(most, p);
                    n++;
                }
            }
            return new Spectrum(Math.exp(log / n) / (sum / n), most / (sum / n));
        }
    }

    static float[] noise(int length, long seed, double gain) {
        Random random = new Random(seed);
        float[] x = new float[length];
        for (int i = 0; i < length; i++) {
            x[i] = (float) (gain * random.nextGaussian());
        }
        return x;
    }

    /** What the network answers to an impulse on all buses. */
    static float[][] impulse(FeedbackDelayNetwork network, int frames, int block) {
        float[][] response = new float[network.outputs()][frames];
        float[][] out = new float[network.outputs()][block];
        float[] in = new float[block];
        for (int at = 0; at < frames; at += block) {
            int n = Math.min(block, frames - at);
            in[0] = at == 0 ? 1 : 0;
            network.process(in, in, in, n, out);
            for (int k = 0; k < out.length; k++) {
                System.arraycopy(out[k], 0, response[k], at, n);
            }
        }
        return response;
    }

    /** The energy decay of the octave about a frequency, of all outputs together. */
    static double[] octaveDecay(float[][] response, double sampleRateHz, double centreHz) {
        double[] curve = new double[response[0].length];
        for (float[] x : response) {
            addDecay(octave(x, sampleRateHz, centreHz), curve);
        }
        return curve;
    }
}
