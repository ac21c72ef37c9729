package io.pinna.internal.render;

import io.pinna.internal.RealTime;
import io.pinna.internal.dsp.RealFft;
import io.pinna.internal.hrtf.NearField;
import io.pinna.internal.simd.Kernels;

/**
 * What the CPU renderer keeps for one listener's mix: the filters that it built last, and three buses an ear (filters that stay, that fade out, and that fade in). One inverse transform a bus and one
 * cross-fade at the end make the block, however many voices there are. Made on the game thread; then audio thread; allocates only in its constructor.
 */
final class CpuMix {
    private final RenderPlan plan;
    private final Kernels kernels;
    private final int fftClass;
    private final FilterBuilder builder;
    /** For each path two filters and the numbers of their specifications. */
    private final StereoSpectrum[] filters;
    private final long[] filterId;
    private final StereoSpectrum stays;
    private final StereoSpectrum fadesOut;
    private final StereoSpectrum fadesIn;
    private boolean someStay;
    private boolean someFadeOut;
    private boolean someFadeIn;
    private final float[] time;
    private final float[] left;
    private final float[] right;

    /** Null if there are no reflections. */
    final SpectrumCache earlier;

    /** @param windows of each block that reflections are heard through */
    CpuMix(RenderPlan plan, HrtfTable table, NearField nearField, int fftClass, int windows) {
        this.plan = plan;
        kernels = plan.kernels();
        this.fftClass = fftClass;
        builder = new FilterBuilder(table, nearField, plan.kernels());
        int bins = table.fftSize() / 2 + 1;
        PathSlots slots = plan.slots();
        earlier = slots.sets() == 0 ? null : new SpectrumCache(slots.sets(), windows, plan.mostLagFrames() / plan.blockFrames() + 2, bins);
        filters = new StereoSpectrum[2 * slots.count()];
        for (int i = 0; i < filters.length; i++) {
            filters[i] = new StereoSpectrum(bins);
        }
        filterId = new long[filters.length];
        stays = new StereoSpectrum(bins);
        fadesOut = new StereoSpectrum(bins);
        fadesIn = new StereoSpectrum(bins);
        time = new float[table.fftSize()];
        left = new float[plan.blockFrames()];
        right = new float[plan.blockFrames()];
    }

    @RealTime
    void begin() {
        someStay = false;
        someFadeOut = false;
        someFadeIn = false;
    }

    /** Adds a lane, whose spectrum is given, to the buses. */
    @RealTime
    void add(int slot, MixBlock.Fade fade, FilterSpec from, FilterSpec to, float[] re, float[] im) {
        switch (fade) {
            case STAY -> someStay = put(stays, someStay, re, im, filter(slot, to, null));
            case MOVE -> {
                StereoSpectrum before = filter(slot, from, to);
                someFadeOut = use(fadesOut, someFadeOut);
                someFadeIn = use(fadesIn, someFadeIn);
                kernels.addProducts(fadesOut, before, fadesIn, filter(slot, to, from), re, im);
            }
            case OUT -> someFadeOut = put(fadesOut, someFadeOut, re, im, filter(slot, from, null));
            default -> someFadeIn = put(fadesIn, someFadeIn, re, im, filter(slot, to, null));
        }
    }

    /** @param beside the other filter of the path, which is needed too and stays; may be null */
    @RealTime
    private StereoSpectrum filter(int slot, FilterSpec spec, FilterSpec beside) {
        int a = 2 * slot;
        int b = a + 1;
        if (filterId[a] == spec.id) {
            return filters[a];
        }
        if (filterId[b] == spec.id) {
            return filters[b];
        }
        // Of the two, the older one goes: blocks come in order.
        int at = beside != null && filterId[a] == beside.id || (beside == null || filterId[b] != beside.id) && filterId[a] > filterId[b] ? b : a;
        builder.build(spec, filters[at]);
        filterId[at] = spec.id;
        return filters[at];
    }

    @RealTime
    private boolean put(StereoSpectrum bus, boolean used, float[] re, float[] im, StereoSpectrum filter) {
        use(bus, used);
        kernels.addProduct(bus, filter, re, im);
        return true;
    }

    @RealTime
    private static boolean use(StereoSpectrum bus, boolean used) {
        if (!used) {
            bus.clear();
        }
        return true;
    }

    /**
     * Makes the block from the buses and adds it to the listener's.
     *
     * @param fadeRow +1 if the whole mix fades in with this block, −1 if it fades out, 0 otherwise
     * @return false if something was not finite, and nothing was added
     */
    @RealTime
    boolean finish(int fadeRow, float[] sumLeft, float[] sumRight) {
        java.util.Arrays.fill(left, 0);
        java.util.Arrays.fill(right, 0);
        if (someStay) {
            emit(stays.leftRe, stays.leftIm, left, 1, 0);
            emit(stays.rightRe, stays.rightIm, right, 1, 0);
        }
        float step = 1f / plan.blockFrames();
        if (someFadeOut) {
            emit(fadesOut.leftRe, fadesOut.leftIm, left, 1 - step, -step);
            emit(fadesOut.rightRe, fadesOut.rightIm, right, 1 - step, -step);
        }
        if (someFadeIn) {
            emit(fadesIn.leftRe, fadesIn.leftIm, left, step, step);
            emit(fadesIn.rightRe, fadesIn.rightIm, right, step, step);
        }
        if (!kernels.isFinite(left, 0, left.length) || !kernels.isFinite(right, 0, right.length)) {
            return false;
        }
        for (int i = 0; i < left.length; i++) {
            float f = fadeRow == 0 ? 1 : fadeRow > 0 ? (i + 1) * step : 1 - (i + 1) * step;
            sumLeft[i] += f * left[i];
            sumRight[i] += f * right[i];
        }
        return true;
    }

    /** Adds the last block of a bus's inverse transform, under a straight fade, to an ear. */
    @RealTime
    private void emit(float[] re, float[] im, float[] ear, float gain, float step) {
        RealFft fft = plan.fft(fftClass);
        fft.inverse(re, im, 0, time, 0);
        kernels.addFaded(time, time.length - ear.length, gain, step, ear, 0, ear.length);
    }
}
