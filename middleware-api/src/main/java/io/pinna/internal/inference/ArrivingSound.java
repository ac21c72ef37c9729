package io.pinna.internal.inference;

import io.pinna.internal.dsp.RealFft;
import io.pinna.internal.render.BandShaper;
import io.pinna.internal.render.FilterSpec;
import io.pinna.internal.render.HrtfTable;
import io.pinna.internal.render.StereoSpectrum;

/**
 * Makes of a lane what arrives at the middle of a listener's head: the band gains of distance, directivity, walls and air, as the minimum-phase shapes that the CPU renderer folds into its filters, and a delay. Gains that are the
 * same in all bands are multiplications in time. One thread; allocates only in its constructor.
 */
final class ArrivingSound {
    private final int blockFrames;
    private final int delayFrames;
    private final RealFft fft;
    private final BandShaper shaper;
    private final float[] laneRe;
    private final float[] laneIm;
    private final StereoSpectrum shaped;
    private final float[] workRe;
    private final float[] workIm;
    private final float[] time;
    private float[] lane;
    private int end;
    private boolean transformed;

    /**
     * @param table       whose transform and room for band shapes are used, so that both are the CPU renderer's
     * @param delayFrames from 0 to the table's centre
     */
    ArrivingSound(HrtfTable table, int blockFrames, int delayFrames) {
        this.blockFrames = blockFrames;
        this.delayFrames = delayFrames;
        fft = new RealFft(table.fftSize());
        shaper = new BandShaper(table.fftSize(), table.sampleRateHz(), table.shapingTaps());
        laneRe = new float[fft.bins()];
        laneIm = new float[fft.bins()];
        shaped = new StereoSpectrum(fft.bins());
        workRe = new float[fft.bins()];
        workIm = new float[fft.bins()];
        time = new float[fft.size()];
    }

    /**
     * Takes a lane; it must not change until the next is taken.
     *
     * @param endOf the place after its newest sample
     */
    void take(float[] samples, int endOf) {
        lane = samples;
        end = endOf;
        transformed = false;
    }

    /** Whether there is sound in the lane before the block that arrives, as far back as its transform reaches. */
    boolean wasSounding() {
        for (int i = end - fft.size(); i < end - blockFrames - delayFrames; i++) {
            if (lane[i] != 0) {
                return true;
            }
        }
        return false;
    }

    /**
     * Writes the block that arrives, from one path's gains to another's by a straight cross-fade.
     *
     * @param from null for silence
     * @param to   null for silence; the same as {@code from} for gains that stay
     */
    void write(FilterSpec from, FilterSpec to, float[] out, int offset) {
        java.util.Arrays.fill(out, offset, offset + blockFrames, 0);
        if (from == to) {
            add(to, 1, 0, out, offset);
            return;
        }
        float step = 1f / blockFrames;
        add(from, 1 - step, -step, out, offset);
        add(to, step, step, out, offset);
    }

    private void add(FilterSpec spec, float fade, float fadeStep, float[] out, int offset) {
        if (spec == null || spec.corners == 0) {
            return;
        }
        float[] from = lane;
        int at = end - blockFrames - delayFrames;
        float gain = spec.gain[0];
        if (!BandShaper.isFlat(spec.gain) || spec.slope != 0 || spec.curve != 0) {
            shape(spec);
            from = time;
            at = time.length - blockFrames - delayFrames;
            gain = 1;
        }
        for (int i = 0; i < blockFrames; i++) {
            out[offset + i] += gain * (fade + fadeStep * i) * from[at + i];
        }
    }

    private void shape(FilterSpec spec) {
        if (!transformed) {
            fft.forward(lane, end - fft.size(), laneRe, laneIm, 0);
            transformed = true;
        }
        shaped.clear();
        System.arraycopy(laneRe, 0, shaped.leftRe, 0, laneRe.length);
        System.arraycopy(laneIm, 0, shaped.leftIm, 0, laneIm.length);
        shaper.apply(spec.gain, spec.slope, spec.curve, shaped, workRe, workIm);
        fft.inverse(shaped.leftRe, shaped.leftIm, 0, time, 0);
    }
}
