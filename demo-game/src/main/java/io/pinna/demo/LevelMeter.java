package io.pinna.demo;

import io.pinna.device.DeviceReport;
import io.pinna.device.OutputDevice;
import io.pinna.device.StreamFormat;

/** Measures what passes on its way to another device. The figures belong to the thread that offers blocks; offline that is the owner of the world. Allocates nothing while blocks pass. */
final class LevelMeter implements OutputDevice {
    /** Below it (−90 dBFS) there is silence. */
    private static final double SILENCE_LINEAR = Math.pow(10, -90 / 20.0);

    private final OutputDevice target;
    private int sampleRateHz;
    private long frames;
    private double leftSquares;
    private double rightSquares;
    private double leftPeak;
    private double rightPeak;
    private long clippedSamples;
    private long nonFiniteSamples;
    private long silentFrames;
    private long longestSilentFrames;

    LevelMeter(OutputDevice target) {
        this.target = target;
    }

    /**
     * What was measured.
     *
     * @param seconds        how much sound passed
     * @param leftRmsDb      level of an ear over all of it (dBFS, full scale is a sample of 1; −200 for silence)
     * @param leftPeakDb     largest sample of an ear (dBFS)
     * @param clippedSamples of both ears, at or beyond full scale
     * @param longestSilenceSeconds with both ears below −90 dBFS
     */
    record Levels(double seconds, double leftRmsDb, double rightRmsDb, double leftPeakDb, double rightPeakDb, long clippedSamples, long nonFiniteSamples, double longestSilenceSeconds) {
    }

    Levels levels() {
        double n = Math.max(1, frames);
        return new Levels((double) frames / Math.max(1, sampleRateHz), decibels(Math.sqrt(leftSquares / n)), decibels(Math.sqrt(rightSquares / n)), decibels(leftPeak), decibels(rightPeak),
                clippedSamples, nonFiniteSamples, (double) longestSilentFrames / Math.max(1, sampleRateHz));
    }

    private static double decibels(double linear) {
        return linear > 1e-10 ? 20 * Math.log10(linear) : -200;
    }

    @Override
    public void open(StreamFormat format) {
        sampleRateHz = format.sampleRateHz();
        target.open(format);
    }

    @Override
    public boolean isPacing() {
        return target.isPacing();
    }

    @Override
    public boolean offer(float[] left, float[] right) {
        if (!target.offer(left, right)) {
            return false;
        }
        for (int i = 0; i < left.length; i++) {
            double l = Math.abs(left[i]);
            double r = Math.abs(right[i]);
            if (!(l < Double.POSITIVE_INFINITY) || !(r < Double.POSITIVE_INFINITY)) {
                nonFiniteSamples++;
                continue;
            }
            leftSquares += l * l;
            rightSquares += r * r;
            leftPeak = Math.max(leftPeak, l);
            rightPeak = Math.max(rightPeak, r);
            clippedSamples += (l >= 1 ? 1 : 0) + (r >= 1 ? 1 : 0);
            silentFrames = l < SILENCE_LINEAR && r < SILENCE_LINEAR ? silentFrames + 1 : 0;
            longestSilentFrames = Math.max(longestSilentFrames, silentFrames);
        }
        frames += left.length;
        return true;
    }

    @Override
    public DeviceReport report() {
        return target.report();
    }

    @Override
    public void close() {
        target.close();
    }
}
