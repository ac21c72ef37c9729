package io.pinna.cli;

import java.util.ArrayList;
import java.util.List;

/**
 * Measures a binaural rendering while it is made: peak, RMS and loudness, and what should not be in it (samples beyond full scale or not finite, silence). One thread.
 *
 * <p>Loudness is ITU-R BS.1770-4: both ears K-weighted, mean squares of 400 ms blocks every 100 ms, gated at −70 LUFS and then at 10 LU below the mean of the rest. The filters' coefficients for any
 * sample rate are those of De Man, "Evaluation of implementations of the EBU R128 loudness measurement" (AES 145, 2018).
 */
public final class LevelMeter {
    /** What stands for −∞ dB, which JSON cannot say. */
    public static final double SILENT_DB = -200;
    /** A frame counts as silent when both ears are below −100 dBFS. */
    private static final float SILENCE = 1e-5f;
    private static final double ABSOLUTE_GATE_LUFS = -70;
    private static final double RELATIVE_GATE_LU = -10;

    private final int intervalFrames;
    private final int hopFrames;
    private final Weighting[] weightings;
    private final double[] sum = new double[2];
    private final double[] peak = new double[2];
    private final double[] intervalSum = new double[2];
    private final List<double[]> intervals = new ArrayList<>();
    private final List<Double> hops = new ArrayList<>();
    private int intervalFill;
    private double hopSum;
    private int hopFill;
    private long frames;
    private long clipped;
    private long nonFinite;
    private long silentFrames;
    private double largestStep;
    private final float[] last = new float[2];

    /** The two biquads of the K weighting, direct form I. */
    private static final class Weighting {
        private final double[] shelf;
        private final double[] pass;
        private final double[] state = new double[8];

        Weighting(int sampleRateHz) {
            double k = Math.tan(Math.PI * 1681.974450955533 / sampleRateHz);
            double q = 0.7071752369554196;
            double vh = Math.pow(10, 3.999843853973347 / 20);
            double vb = Math.pow(vh, 0.4996667741545416);
            double a0 = 1 + k / q + k * k;
            shelf = new double[] {(vh + vb * k / q + k * k) / a0, 2 * (k * k - vh) / a0, (vh - vb * k / q + k * k) / a0, 2 * (k * k - 1) / a0, (1 - k / q + k * k) / a0};
            k = Math.tan(Math.PI * 38.13547087602444 / sampleRateHz);
            q = 0.5003270373238773;
            a0 = 1 + k / q + k * k;
            pass = new double[] {1, -2, 1, 2 * (k * k - 1) / a0, (1 - k / q + k * k) / a0};
        }

        double next(double x) {
            return section(pass, 4, section(shelf, 0, x));
        }

        private double section(double[] c, int at, double x) {
            double y = c[0] * x + c[1] * state[at] + c[2] * state[at + 1] - c[3] * state[at + 2] - c[4] * state[at + 3];
            state[at + 1] = state[at];
            state[at] = x;
            state[at + 3] = state[at + 2];
            state[at + 2] = y;
            return y;
        }
    }

    /** @param intervalSeconds of {@link #intervals} */
    public LevelMeter(int sampleRateHz, double intervalSeconds) {
        intervalFrames = Math.max(1, (int) Math.round(intervalSeconds * sampleRateHz));
        hopFrames = Math.max(1, (int) Math.round(0.1 * sampleRateHz));
        weightings = new Weighting[] {new Weighting(sampleRateHz), new Weighting(sampleRateHz)};
    }

    /** Takes frames of both ears. */
    public void add(float[] left, float[] right, int count) {
        for (int i = 0; i < count; i++) {
            float l = sample(left[i], 0);
            float r = sample(right[i], 1);
            if (Math.abs(l) < SILENCE && Math.abs(r) < SILENCE) {
                silentFrames++;
            }
            double wl = weightings[0].next(l);
            double wr = weightings[1].next(r);
            hopSum += wl * wl + wr * wr;
            if (++hopFill == hopFrames) {
                hops.add(hopSum);
                hopSum = 0;
                hopFill = 0;
            }
            if (++intervalFill == intervalFrames) {
                endInterval();
            }
        }
        frames += count;
    }

    private float sample(float value, int ear) {
        if (!Float.isFinite(value)) {
            nonFinite++;
            value = 0;
        }
        double magnitude = Math.abs(value);
        if (magnitude > 1) {
            clipped++;
        }
        peak[ear] = Math.max(peak[ear], magnitude);
        sum[ear] += magnitude * magnitude;
        intervalSum[ear] += magnitude * magnitude;
        largestStep = Math.max(largestStep, Math.abs(value - last[ear]));
        last[ear] = value;
        return value;
    }

    private void endInterval() {
        intervals.add(new double[] {powerDb(intervalSum[0] / intervalFill), powerDb(intervalSum[1] / intervalFill)});
        intervalSum[0] = 0;
        intervalSum[1] = 0;
        intervalFill = 0;
    }

    private static double powerDb(double meanSquare) {
        return Math.max(SILENT_DB, 10 * Math.log10(meanSquare));
    }

    public long frames() {
        return frames;
    }

    /** @param ear 0 left, 1 right @return dBFS */
    public double peakDb(int ear) {
        return Math.max(SILENT_DB, 20 * Math.log10(peak[ear]));
    }

    /** @param ear 0 left, 1 right @return dB relative to a square wave of full scale */
    public double rmsDb(int ear) {
        return frames == 0 ? SILENT_DB : powerDb(sum[ear] / frames);
    }

    /** Samples beyond ±1. */
    public long clippedSamples() {
        return clipped;
    }

    public long nonFiniteSamples() {
        return nonFinite;
    }

    /** Part of the frames in which both ears are below −100 dBFS. */
    public double silenceFraction() {
        return frames == 0 ? 1 : (double) silentFrames / frames;
    }

    /** The largest difference of two samples in a row. */
    public double largestStep() {
        return largestStep;
    }

    /** RMS of the left and right ear (dB) for each interval in turn; the last may be shorter. */
    public List<double[]> intervals() {
        List<double[]> all = new ArrayList<>(intervals);
        if (intervalFill > 0) {
            all.add(new double[] {powerDb(intervalSum[0] / intervalFill), powerDb(intervalSum[1] / intervalFill)});
        }
        return all;
    }

    /** Integrated loudness (LUFS); NaN for less than 400 ms, or where all is below the absolute gate. */
    public double loudnessLufs() {
        List<Double> powers = new ArrayList<>();
        for (int i = 3; i < hops.size(); i++) {
            powers.add((hops.get(i) + hops.get(i - 1) + hops.get(i - 2) + hops.get(i - 3)) / (4.0 * hopFrames));
        }
        double mean = gatedMean(powers, power(ABSOLUTE_GATE_LUFS));
        return Double.isNaN(mean) ? Double.NaN : lufs(gatedMean(powers, Math.max(power(ABSOLUTE_GATE_LUFS), mean * Math.pow(10, RELATIVE_GATE_LU / 10))));
    }

    private static double gatedMean(List<Double> powers, double gate) {
        return powers.stream().mapToDouble(p -> p).filter(p -> p > gate).average().orElse(Double.NaN);
    }

    private static double lufs(double power) {
        return -0.691 + 10 * Math.log10(power);
    }

    private static double power(double lufs) {
        return Math.pow(10, (lufs + 0.691) / 10);
    }
}
