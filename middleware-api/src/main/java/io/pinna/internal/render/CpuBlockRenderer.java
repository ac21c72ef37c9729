package io.pinna.internal.render;

import io.pinna.internal.RealTime;
import io.pinna.internal.dsp.RealFft;

/**
 * Renders a block on the calling thread by overlap-save: one forward transform a lane, whose spectrum is multiplied with the filters of its paths and accumulates in the buses of their rows. Filters that it
 * built for the block before are kept and used again. One thread, the plan's; allocates only in its constructor.
 */
public final class CpuBlockRenderer implements BlockRenderer {
    private final RenderPlan plan;
    /** Null: what each mix keeps for the audio thread. */
    private final ListenerMix[] mixes;
    private final CpuMix[] kept;

    /** The audio thread's: renders blocks of any mixes of the plan. */
    public CpuBlockRenderer(RenderPlan plan) {
        this.plan = plan;
        mixes = null;
        kept = null;
    }

    /**
     * One for another thread.
     *
     * @param plan  not the audio thread's, of the same settings
     * @param mixes those that it renders; rows of others stay silent
     */
    public CpuBlockRenderer(RenderPlan plan, java.util.List<ListenerMix> mixes) {
        this.plan = plan;
        this.mixes = mixes.toArray(new ListenerMix[0]);
        kept = new CpuMix[this.mixes.length];
        for (int i = 0; i < kept.length; i++) {
            kept[i] = new CpuMix(plan, this.mixes[i].table, this.mixes[i].nearField(), this.mixes[i].fftClass);
        }
    }

    /** @return null for one that is not rendered here */
    /** What the report calls one that runs with the kernels of a plan. */
    public static String describe(RenderPlan plan) {
        return "CPU: overlap-save, one forward transform a voice, float32, " + plan.kernels().description();
    }

    @RealTime
    private CpuMix of(ListenerMix mix) {
        if (mixes == null) {
            return mix.cpu;
        }
        for (int i = 0; i < mixes.length; i++) {
            if (mixes[i] == mix) {
                return kept[i];
            }
        }
        return null;
    }

    /** For every class that a path of the lane needs. */
    @RealTime
    private void transform(MixBlock block, int lane, int number) {
        float[] samples = block.samples[lane];
        long transformed = 0;
        for (int p = block.firstPath[lane]; p < block.firstPath[lane + 1]; p++) {
            int fftClass = block.mix[block.row[p]].fftClass;
            if ((transformed & 1L << fftClass) == 0) {
                transformed |= 1L << fftClass;
                RealFft fft = plan.fft(fftClass);
                fft.forward(samples, samples.length - fft.size(), plan.re(fftClass, number), plan.im(fftClass, number), 0);
            }
        }
    }

    @Override
    @RealTime
    public int render(MixBlock block, float[][] left, float[][] right) {
        for (int r = 0; r < block.rows; r++) {
            CpuMix mine = of(block.mix[r]);
            if (mine != null) {
                mine.begin();
            }
        }
        for (int first = 0; first < block.lanes; first += RenderPlan.TOGETHER) {
            int end = Math.min(block.lanes, first + RenderPlan.TOGETHER);
            for (int lane = first; lane < end; lane++) {
                transform(block, lane, lane - first);
            }
            for (int lane = first; lane < end; lane++) {
                for (int p = block.firstPath[lane]; p < block.firstPath[lane + 1]; p++) {
                    ListenerMix mix = block.mix[block.row[p]];
                    of(mix).add(block.voice[p], block.fade[p], block.from[p], block.to[p], plan.re(mix.fftClass, lane - first), plan.im(mix.fftClass, lane - first));
                }
            }
        }
        for (int l = 0; l < left.length; l++) {
            java.util.Arrays.fill(left[l], 0);
            java.util.Arrays.fill(right[l], 0);
        }
        int notFinite = 0;
        for (int r = 0; r < block.rows; r++) {
            ListenerMix mix = block.mix[r];
            CpuMix mine = of(mix);
            if (mine != null && !mine.finish(block.rowFade[r], left[mix.slot], right[mix.slot])) {
                notFinite++;
            }
        }
        return notFinite;
    }
}
