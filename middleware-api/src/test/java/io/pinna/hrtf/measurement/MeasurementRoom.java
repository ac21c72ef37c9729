package io.pinna.hrtf.measurement;

import io.pinna.internal.dsp.SincResampler;
import io.pinna.internal.hrtf.EarAnalysis;
import io.pinna.internal.hrtf.HrirSet;
import io.pinna.internal.hrtf.MinimumPhase;
import io.pinna.internal.hrtf.SofaReader;
import io.pinna.internal.sound.ByteSource;
import io.pinna.internal.sound.SoundDecoder;
import io.pinna.internal.sound.SoundFiles;
import io.pinna.internal.sound.WavWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.jtransforms.fft.DoubleFFT_1D;

/**
 * A session at home, simulated: a loudspeaker with a character of its own, a shoebox room by image sources with a diffuse tail, ears that are known, microphones that differ, a recorder with latency, another
 * clock and noise. Everything is computed on spectra of one size; the sweep is the file that a person would play.
 */
final class MeasurementRoom {
    static final int RATE_HZ = 48000;
    private static final double SOUND_METERS_PER_SECOND = 343;
    /** Responses of ears, and of the room (0.34 s). */
    static final int EAR_SIZE = 2048;
    private static final int ROOM_SIZE = 1 << 14;

    /** The ears of a person: packed spectra of EAR_SIZE, [ear]; the sound at the middle of the head arrives at {@link #EAR_LEAD}. */
    interface Ears {
        double[][] in(double[] direction);
    }

    static final int EAR_LEAD = 256;

    final SweepSettings sweep;
    /** Width, depth, height of the room and the place of the head, in metres; null for the free field. */
    double[] room = {5.2, 4.3, 2.6};
    double[] head = {2.4, 2.0, 1.3};
    double wallReflection = 0.75;
    double tailDb = -28;
    /** A single further reflection: seconds after the direct sound, gain against it, from straight below; none if 0. */
    double deskSeconds;
    double deskGain = 0.6;
    /** A measured room response, its direct sound about its greatest sample, to be used in place of the shoebox. */
    double[] measuredRoom;
    boolean phone = true;
    double secondOrder = 0.01;
    double thirdOrder = 0.003;
    double noiseDb = -60;
    double driftPpm;
    double latencySeconds = 0.35;
    double playedLevelDb;
    double[] microphoneGain = {0.09, 0.073};
    boolean microphonesDiffer = true;
    boolean headMovesBetweenSweeps;
    int labelledRateHz = RATE_HZ;
    long seed = 1;
    /** What happens to the recording before it is written, [ear][frame]. */
    UnaryOperator<float[][]> accident = x -> x;

    private static final Map<Integer, DoubleFFT_1D> PLANS = new ConcurrentHashMap<>();

    /** Plans do not change; making one takes as long as some transforms. */
    private static DoubleFFT_1D fft(int size) {
        return PLANS.computeIfAbsent(size, n -> new DoubleFFT_1D(n));
    }

    MeasurementRoom(SweepSettings sweep) {
        this.sweep = sweep;
    }

    // ---- Ears ------------------------------------------------------------------------------------------------------------------------------------------------------------------------

    /**
     * A rigid sphere of radius a (one pole and one zero: C. P. Brown and R. O. Duda, "A structural model for binaural sound synthesis", IEEE Trans. Speech Audio Proc. 6, 1998) with a pinna notch that rises
     * with the elevation.
     */
    static Ears sphere(double radiusMeters, double notchHz) {
        return direction -> {
            double[][] ears = new double[2][];
            for (int ear = 0; ear < 2; ear++) {
                double angle = Math.acos(Math.max(-1, Math.min(1, (ear == 0 ? 1 : -1) * direction[1])));
                double alpha = 1.05 + 0.95 * Math.cos(angle * 1.2);
                double delay = radiusMeters / SOUND_METERS_PER_SECOND * (angle < Math.PI / 2 ? -Math.cos(angle) : angle - Math.PI / 2);
                double corner = SOUND_METERS_PER_SECOND / radiusMeters;
                double notch = notchHz * (1 + 0.35 * direction[2] - 0.1 * direction[0]);
                double depth = 0.85 * Math.max(0.2, Math.cos(angle / 2));
                double[] s = new double[EAR_SIZE];
                s[0] = 1;
                for (int k = 1; k < EAR_SIZE / 2; k++) {
                    double f = (double) k * RATE_HZ / EAR_SIZE;
                    double w = 2 * Math.PI * f;
                    double[] shadow = divide(1, alpha * w / (2 * corner), 1, w / (2 * corner));
                    // (s² + (1 − d)·s·b + w₀²) / (s² + s·b + w₀²)
                    double b = 2 * Math.PI * 1800;
                    double w0 = 2 * Math.PI * notch;
                    double[] n = divide(w0 * w0 - w * w, (1 - depth) * w * b, w0 * w0 - w * w, w * b);
                    set(s, k, shadow, n, -w * (delay + (double) EAR_LEAD / RATE_HZ), bandEdge(f));
                }
                ears[ear] = s;
            }
            return ears;
        };
    }

    /**
     * A measured set, in the nearest of its directions. Below 300 Hz, where loudspeakers of laboratories end, the level goes to 0 dB as that of a head does, after the whole set has been brought to 0 dB from
     * 300 to 500 Hz.
     */
    static Ears measured(Path sofa) {
        HrirSet set = SofaReader.read(sofa);
        double ratio = RATE_HZ / set.sampleRateHz();
        SincResampler resampler = ratio == 1 ? null : SincResampler.of(set.sampleRateHz(), RATE_HZ);
        double[][][] all = new double[set.count()][2][];
        double sum = 0;
        int bins = 0;
        for (int m = 0; m < set.count(); m++) {
            for (int ear = 0; ear < 2; ear++) {
                float[] h = java.util.Arrays.copyOfRange(set.responses(), (2 * m + ear) * set.taps(), (2 * m + ear + 1) * set.taps());
                h = resampler == null ? h : resampler.resample(h);
                double[] s = new double[EAR_SIZE];
                for (int n = 0; n < Math.min(h.length, EAR_SIZE - 2 * EAR_LEAD); n++) {
                    s[n] = h[n] / ratio;
                }
                fft(EAR_SIZE).realForward(s);
                delay(s, EAR_LEAD / 2 + set.delaySamples()[2 * m + ear] * ratio);
                all[m][ear] = s;
                for (int k = bin(300); k <= bin(500); k++) {
                    sum += Math.log(Math.hypot(s[2 * k], s[2 * k + 1]));
                    bins++;
                }
            }
        }
        double gain = Math.exp(-sum / bins) * polarity(all);
        int first = bin(300);
        EarAnalysis analysis = new EarAnalysis(RATE_HZ, EAR_SIZE, 17500);
        boolean[] ready = new boolean[all.length];
        return direction -> {
            int best = 0;
            double most = -2;
            for (int m = 0; m < all.length; m++) {
                double dot = direction[0] * set.directions()[3 * m] + direction[1] * set.directions()[3 * m + 1] + direction[2] * set.directions()[3 * m + 2];
                if (dot > most) {
                    most = dot;
                    best = m;
                }
            }
            if (!ready[best]) {
                ready[best] = true;
                for (double[] s : all[best]) {
                    for (int i = 0; i < EAR_SIZE; i++) {
                        s[i] *= gain;
                    }
                    physical(s, first, analysis);
                }
            }
            return all[best];
        };
    }

    /** Some laboratories' loudspeakers are the wrong way round: the sign of the greatest value below 1.5 kHz, of most responses. */
    private static int polarity(double[][][] all) {
        int votes = 0;
        for (double[][] pair : all) {
            double[] x = pair[0].clone();
            for (int k = 0; k < EAR_SIZE / 2; k++) {
                double f = (double) k * RATE_HZ / EAR_SIZE;
                double gain = f < 250 || f > 2000 ? 0 : f < 1000 ? 1 : (2000 - f) / 1000;
                x[2 * k] *= gain;
                x[2 * k + 1] *= k == 0 ? 0 : gain;
            }
            fft(EAR_SIZE).realInverse(x, true);
            double most = 0;
            for (double v : x) {
                most = Math.abs(v) > Math.abs(most) ? v : most;
            }
            votes += most > 0 ? 1 : -1;
        }
        return votes >= 0 ? 1 : -1;
    }

    /** Continues the level to 0 dB, and below 1 kHz makes the phase the minimum phase and a delay: that of the laboratory's loudspeaker is not part of a head. */
    private static void physical(double[] s, int first, EarAnalysis analysis) {
        double delaySamples = analysis.arrivalSamples(s);
        double[] log = new double[EAR_SIZE / 2 + 1];
        double[] phase = new double[log.length];
        int top = bin(18000);
        for (int k = log.length - 1; k >= 0; k--) {
            int j = Math.max(first, Math.min(top, k));
            double part = Math.min(1, (double) k / first);
            log[k] = Math.log(Math.hypot(s[2 * j], s[2 * j + 1])) * part * part;
        }
        new MinimumPhase(EAR_SIZE).phase(log, phase);
        s[0] = 1;
        s[1] = 0;
        for (int k = 1; k < bin(1400); k++) {
            double linear = -2 * Math.PI * k * delaySamples / EAR_SIZE;
            double deviation = Math.IEEEremainder(Math.atan2(s[2 * k + 1], s[2 * k]) - phase[k] - linear, 2 * Math.PI);
            double angle = phase[k] + linear + deviation * Math.max(0, (double) (k - bin(700)) / (bin(1400) - bin(700)));
            s[2 * k] = Math.exp(log[k]) * Math.cos(angle);
            s[2 * k + 1] = Math.exp(log[k]) * Math.sin(angle);
        }
    }

    /** The direction of a set that is nearest to a wanted one, so that truth is truth. */
    static double[] snap(Path sofa, double azimuthDegrees, double elevationDegrees) {
        HrirSet set = SofaReader.read(sofa);
        double[] wanted = vector(azimuthDegrees, elevationDegrees);
        int best = 0;
        double most = -2;
        for (int m = 0; m < set.count(); m++) {
            double dot = wanted[0] * set.directions()[3 * m] + wanted[1] * set.directions()[3 * m + 1] + wanted[2] * set.directions()[3 * m + 2];
            if (dot > most) {
                most = dot;
                best = m;
            }
        }
        double[] d = set.directions();
        return new double[] {Math.toDegrees(Math.atan2(d[3 * best + 1], d[3 * best])), Math.toDegrees(Math.asin(Math.max(-1, Math.min(1, d[3 * best + 2]))))};
    }

    static double[] vector(double azimuthDegrees, double elevationDegrees) {
        double a = Math.toRadians(azimuthDegrees);
        double e = Math.toRadians(elevationDegrees);
        return new double[] {Math.cos(a) * Math.cos(e), Math.sin(a) * Math.cos(e), Math.sin(e)};
    }

    private static int bin(double hz) {
        return (int) Math.round(hz * EAR_SIZE / RATE_HZ);
    }

    private static double bandEdge(double f) {
        return f < 20400 ? 1 : f > 23500 ? 0 : 0.5 + 0.5 * Math.cos(Math.PI * (f - 20400) / 3100);
    }

    private static double[] divide(double a, double b, double c, double d) {
        double p = c * c + d * d;
        return new double[] {(a * c + b * d) / p, (b * c - a * d) / p};
    }

    private static void set(double[] s, int k, double[] x, double[] y, double angle, double gain) {
        double re = x[0] * y[0] - x[1] * y[1];
        double im = x[0] * y[1] + x[1] * y[0];
        double c = Math.cos(angle) * gain;
        double n = Math.sin(angle) * gain;
        s[2 * k] = re * c - im * n;
        s[2 * k + 1] = re * n + im * c;
    }

    private static void delay(double[] s, double samples) {
        for (int k = 1; k < s.length / 2; k++) {
            double angle = -2 * Math.PI * k * samples / s.length;
            double c = Math.cos(angle);
            double n = Math.sin(angle);
            double re = s[2 * k];
            s[2 * k] = re * c - s[2 * k + 1] * n;
            s[2 * k + 1] = re * n + s[2 * k + 1] * c;
        }
        s[1] = 0;
    }

    // ---- Loudspeaker and microphones ------------------------------------------------------------------------------------------------------------------------------------------------

    /** Second-order section (s²·a + s·b + c) / (s² + s·w0/q + w0²) at s = iw. */
    private static double[] section(double w, double a, double b, double c, double w0, double q) {
        return divide(c - a * w * w, b * w, w0 * w0 - w * w, w * w0 / q);
    }

    private static double[] times(double[] x, double[] y) {
        return new double[] {x[0] * y[0] - x[1] * y[1], x[0] * y[1] + x[1] * y[0]};
    }

    private static double[] peak(double w, double hz, double q, double db) {
        double w0 = 2 * Math.PI * hz;
        return section(w, 1, Math.pow(10, db / 20) * w0 / q, w0 * w0, w0, q);
    }

    private double[] loudspeaker(double f) {
        double w = 2 * Math.PI * f;
        if (!phone) {
            double w0 = 2 * Math.PI * 55;
            return section(w, 1, 0, 0, w0, 0.7);
        }
        // A small one: high-pass of fourth order at 280 Hz, resonances, a dip, falling above 14 kHz.
        double w0 = 2 * Math.PI * 280;
        double[] x = times(section(w, 1, 0, 0, w0, 0.55), section(w, 1, 0, 0, w0, 1.3));
        x = times(x, peak(w, 950, 3, 6));
        x = times(x, peak(w, 2700, 4, -5));
        x = times(x, peak(w, 5200, 5, 5));
        x = times(x, peak(w, 9500, 3, -6));
        double wl = 2 * Math.PI * 15000;
        return times(x, section(w, 0, 0, wl * wl, wl, 0.7));
    }

    private double[] microphone(int ear, double f) {
        double w = 2 * Math.PI * f;
        double[] x = {microphoneGain[ear], 0};
        if (microphonesDiffer) {
            x = times(x, ear == 0 ? peak(w, 7000, 1.2, 3) : peak(w, 11000, 1.5, -3));
            double w0 = 2 * Math.PI * (ear == 0 ? 25 : 40);
            x = times(x, divide(0, w / w0, 1, w / w0));
        }
        return x;
    }

    // ---- The room -------------------------------------------------------------------------------------------------------------------------------------------------------------------

    private record Arrival(double[] direction, double meters, double gain) {
    }

    private List<Arrival> arrivals(double[] direction, double meters) {
        List<Arrival> list = new ArrayList<>();
        if (room == null || measuredRoom != null) {
            list.add(new Arrival(direction, meters, 1));
        } else {
            double[] source = new double[3];
            for (int i = 0; i < 3; i++) {
                source[i] = head[i] + meters * direction[i];
            }
            for (int x = -2; x <= 2; x++) {
                for (int y = -2; y <= 2; y++) {
                    for (int z = -2; z <= 2; z++) {
                        int[] n = {x, y, z};
                        int order = Math.abs(x) + Math.abs(y) + Math.abs(z);
                        if (order > 2) {
                            continue;
                        }
                        double[] d = new double[3];
                        for (int i = 0; i < 3; i++) {
                            double image = n[i] % 2 == 0 ? n[i] * room[i] + source[i] : (n[i] + 1) * room[i] - source[i];
                            d[i] = image - head[i];
                        }
                        double r = Math.sqrt(d[0] * d[0] + d[1] * d[1] + d[2] * d[2]);
                        list.add(new Arrival(new double[] {d[0] / r, d[1] / r, d[2] / r}, r, Math.pow(wallReflection, order)));
                    }
                }
            }
        }
        if (deskSeconds > 0) {
            double r = meters + deskSeconds * SOUND_METERS_PER_SECOND;
            list.add(new Arrival(new double[] {0.3, 0, -0.95}, r, deskGain * r / meters));
        }
        return list;
    }

    /** [ear] spectra of ROOM_SIZE·2, at one metre's level. Without ears: two microphones 12 mm apart at the middle of the head. */
    private double[][] room(Ears ears, double[] direction, double meters, Random random) {
        int size = 2 * ROOM_SIZE;
        double[][] total = new double[2][size];
        for (Arrival a : arrivals(direction, meters)) {
            double[][] pair = ears == null ? null : ears.in(a.direction);
            for (int ear = 0; ear < 2; ear++) {
                double shift = ears == null ? -(ear == 0 ? 1 : -1) * 0.006 * a.direction[1] / SOUND_METERS_PER_SECOND : 0;
                double[] h = new double[EAR_SIZE];
                if (ears == null) {
                    h[EAR_LEAD] = 1;
                } else {
                    System.arraycopy(pair[ear], 0, h, 0, EAR_SIZE);
                    fft(EAR_SIZE).realInverse(h, true);
                }
                double at = (a.meters / SOUND_METERS_PER_SECOND + shift) * RATE_HZ;
                int whole = (int) Math.floor(at);
                if (whole + EAR_SIZE < size) {
                    double[] padded = java.util.Arrays.copyOf(h, 2 * EAR_SIZE);
                    fft(2 * EAR_SIZE).realForward(padded);
                    delay(padded, at - whole);
                    fft(2 * EAR_SIZE).realInverse(padded, true);
                    for (int n = 0; n < 2 * EAR_SIZE && whole + n < size; n++) {
                        total[ear][whole + n] += padded[n] * a.gain / a.meters;
                    }
                }
            }
        }
        if (measuredRoom != null) {
            // What follows the direct sound in the measured room, at both ears, the right one half a millisecond later.
            int peak = 0;
            for (int n = 0; n < measuredRoom.length; n++) {
                peak = Math.abs(measuredRoom[n]) > Math.abs(measuredRoom[peak]) ? n : peak;
            }
            for (int ear = 0; ear < 2; ear++) {
                int start = (int) (meters / SOUND_METERS_PER_SECOND * RATE_HZ) + EAR_LEAD + (ear == 0 ? 0 : 24);
                for (int n = (int) (0.0025 * RATE_HZ); peak + n < measuredRoom.length && start + n < size; n++) {
                    total[ear][start + n] += measuredRoom[peak + n] / Math.abs(measuredRoom[peak]) / meters;
                }
            }
        } else if (room != null) {
            for (int ear = 0; ear < 2; ear++) {
                int start = (int) ((meters / SOUND_METERS_PER_SECOND + 0.015) * RATE_HZ);
                for (int n = start; n < size; n++) {
                    double decay = Math.pow(10, -3 * (n - start) / (0.3 * RATE_HZ));
                    total[ear][n] += Math.pow(10, tailDb / 20) / meters * decay * random.nextGaussian() * 0.2;
                }
            }
        }
        for (int ear = 0; ear < 2; ear++) {
            fft(size).realForward(total[ear]);
            for (int k = 1; k < size / 2; k++) {
                double f = (double) k * RATE_HZ / size;
                double[] chain = times(loudspeaker(f), microphone(ear, f));
                double re = total[ear][2 * k];
                total[ear][2 * k] = re * chain[0] - total[ear][2 * k + 1] * chain[1];
                total[ear][2 * k + 1] = re * chain[1] + total[ear][2 * k + 1] * chain[0];
            }
            total[ear][0] = 0;
            total[ear][1] = 0;
        }
        return total;
    }

    /** The first channel of a file, at {@link #RATE_HZ}. */
    static double[] firstChannel(Path file) {
        try (SoundDecoder in = SoundFiles.open(ByteSource.open(file))) {
            float[] all = new float[(int) in.frames() * in.channels()];
            in.read(all, 0, (int) in.frames());
            float[] first = new float[(int) in.frames()];
            for (int n = 0; n < first.length; n++) {
                first[n] = all[n * in.channels()];
            }
            float[] converted = in.sampleRateHz() == RATE_HZ ? first : SincResampler.of(in.sampleRateHz(), RATE_HZ).resample(first);
            double[] x = new double[converted.length];
            for (int n = 0; n < x.length; n++) {
                x[n] = converted[n];
            }
            return x;
        }
    }

    // ---- Recording ------------------------------------------------------------------------------------------------------------------------------------------------------------------

    /**
     * Plays the sweep and writes what is recorded.
     *
     * @param ears null for the reference recording
     */
    Path record(Path file, Ears ears, double azimuthDegrees, double elevationDegrees, double meters) {
        Random random = new Random(seed * 31 + file.getFileName().toString().hashCode());
        float[] played = HrtfMeasurement.sweep(sweep);
        for (int n = 0; n < played.length; n++) {
            double x = played[n] * Math.pow(10, playedLevelDb / 20);
            // Distortion as of a cone at its limits, relative to the level of the sweep.
            double a = Math.pow(10, (sweep.levelDb() + playedLevelDb) / 20);
            played[n] = (float) (x + secondOrder * x * x / a + thirdOrder * x * x * x / (a * a));
        }
        if (driftPpm != 0) {
            played = new SincResampler(sweep.sampleRateHz(), RATE_HZ * (1 + driftPpm * 1e-6)).resample(played);
        } else if (sweep.sampleRateHz() != RATE_HZ) {
            played = SincResampler.of(sweep.sampleRateHz(), RATE_HZ).resample(played);
        }
        double[] direction = vector(azimuthDegrees, elevationDegrees);
        double[][] h = room(ears, direction, meters, random);
        double[][] later = headMovesBetweenSweeps ? room(ears, vector(azimuthDegrees + 15, elevationDegrees + 5), meters, random) : null;
        int latency = (int) Math.round(latencySeconds * RATE_HZ);
        int frames = latency + played.length + ROOM_SIZE;
        int size = Integer.highestOneBit(frames + 2 * ROOM_SIZE) << 1;
        float[][] recorded = new float[2][frames];
        double loudest = 0;
        for (int ear = 0; ear < 2; ear++) {
            int middle = later == null ? played.length : (int) ((sweep.silenceSeconds() / 2 + sweep.periodSeconds()) * RATE_HZ);
            double[] y = convolve(played, 0, middle, h[ear], size);
            if (later != null) {
                double[] rest = convolve(played, middle, played.length, later[ear], size);
                for (int n = 0; n < size; n++) {
                    y[n] += rest[n];
                }
            }
            double squares = 0;
            for (int n = latency; n < frames; n++) {
                recorded[ear][n] = (float) y[n - latency];
                squares += y[n - latency] * y[n - latency];
            }
            loudest = Math.max(loudest, Math.sqrt(squares / (sweep.repeats() * sweep.durationSeconds() * RATE_HZ)));
        }
        double rms = loudest * Math.pow(10, noiseDb / 20);
        for (float[] x : recorded) {
            // Rooms hum more than they hiss: white noise and a random walk with a leak, of the same level.
            double walk = 0;
            for (int n = 0; n < x.length; n++) {
                walk = 0.99 * walk + 0.14 * random.nextGaussian();
                x[n] += (float) (rms * (0.7 * random.nextGaussian() + 0.7 * walk));
            }
        }
        recorded = accident.apply(recorded);
        try (WavWriter out = new WavWriter(file, recorded.length, labelledRateHz)) {
            out.write(recorded, 0, recorded[0].length);
        }
        return file;
    }

    private static double[] convolve(float[] x, int from, int to, double[] spectrum, int size) {
        double[] h = spectrum.clone();
        fft(h.length).realInverse(h, true);
        double[] a = new double[size];
        double[] b = new double[size];
        for (int n = from; n < to; n++) {
            a[n] = x[n];
        }
        System.arraycopy(h, 0, b, 0, h.length);
        DoubleFFT_1D fft = fft(size);
        fft.realForward(a);
        fft.realForward(b);
        a[0] *= b[0];
        a[1] *= b[1];
        for (int k = 1; k < size / 2; k++) {
            double re = a[2 * k] * b[2 * k] - a[2 * k + 1] * b[2 * k + 1];
            a[2 * k + 1] = a[2 * k] * b[2 * k + 1] + a[2 * k + 1] * b[2 * k];
            a[2 * k] = re;
        }
        fft.realInverse(a, true);
        return a;
    }
}
