package io.pinna;

import io.pinna.acoustics.AcousticsSettings;
import io.pinna.device.MemoryDevice;
import io.pinna.effect.LimiterSettings;
import io.pinna.hrtf.HrtfProfile;
import io.pinna.unit.Pose;

/** Offline worlds for tests, and measurements of what they render. */
public final class TestWorlds {
    public static final int RATE = 48000;

    private TestWorlds() {
    }

    /** No scene effects and no limiter: what comes out is sound, distance, directivity and HRTF. */
    public static SoundWorldSettings bare() {
        return SoundWorldSettings.OFFLINE.withAcoustics(AcousticsSettings.OFF).withLimiter(LimiterSettings.OFF);
    }

    public static Listener listener(SoundWorld world, MemoryDevice device) {
        return world.addListener(new ListenerSettings("player", HrtfProfile.generic(), device));
    }

    /** A point at an azimuth (degrees, counter-clockwise from the front) and elevation about a listener at the origin that looks along −z. */
    public static Pose around(double azimuthDegrees, double elevationDegrees, double meters) {
        double a = Math.toRadians(azimuthDegrees);
        double e = Math.toRadians(elevationDegrees);
        return Pose.at(-Math.sin(a) * Math.cos(e) * meters, Math.sin(e) * meters, -Math.cos(a) * Math.cos(e) * meters);
    }

    public static float[] impulse(int frames) {
        float[] x = new float[frames];
        x[0] = 1;
        return x;
    }

    public static float[] sine(double hertz, int frames) {
        float[] x = new float[frames];
        for (int i = 0; i < frames; i++) {
            x[i] = (float) Math.sin(2 * Math.PI * hertz * i / RATE);
        }
        return x;
    }

    public static float[] noise(long seed, int frames) {
        java.util.Random random = new java.util.Random(seed);
        float[] x = new float[frames];
        for (int i = 0; i < frames; i++) {
            x[i] = (float) (0.1 * random.nextGaussian());
        }
        return x;
    }

    public static double energy(float[] x, int from, int to) {
        double sum = 0;
        for (int i = from; i < to; i++) {
            sum += (double) x[i] * x[i];
        }
        return sum;
    }

    public static double rmsDb(float[] x, int from, int to) {
        return 10 * Math.log10(energy(x, from, to) / (to - from) + 1e-30);
    }

    public static double largest(float[] x, int from, int to) {
        double most = 0;
        for (int i = from; i < to; i++) {
            most = Math.max(most, Math.abs(x[i]));
        }
        return most;
    }

    /** The largest difference between neighbouring samples. */
    public static double steepest(float[] x, int from, int to) {
        double most = 0;
        for (int i = from + 1; i < to; i++) {
            most = Math.max(most, Math.abs(x[i] - x[i - 1]));
        }
        return most;
    }

    /** Magnitude in dB of the part of a signal at a frequency (a single bin of its Fourier transform). */
    public static double levelDb(float[] x, int from, int to, double hertz, int sampleRateHz) {
        double re = 0;
        double im = 0;
        for (int i = from; i < to; i++) {
            double a = 2 * Math.PI * hertz * (i - from) / sampleRateHz;
            re += x[i] * Math.cos(a);
            im -= x[i] * Math.sin(a);
        }
        return 10 * Math.log10(re * re + im * im + 1e-30);
    }
}
