package io.pinna.internal.render;

import io.pinna.internal.RealTime;
import io.pinna.internal.simd.ForwardTransforms;

/**
 * Renders a block on the calling thread by overlap-save: one forward transform a lane, whose spectrum is multiplied with the filters of its paths and accumulates in the buses of their rows. Filters that it
 * built for the block before are kept and used again. Lanes are transformed {@link RenderPlan#TOGETHER} at a time. One thread, the plan's; allocates only in its constructor.
 */
public final class CpuBlockRenderer implements BlockRenderer {
    private final RenderPlan plan;
    /** Null: what each mix keeps for the audio thread. */
    private final ListenerMix[] mixes;
    private final CpuMix[] kept;
    /** Paths of smaller numbers are left out. */
    private final int firstSlot;
    /** Of the lanes at hand: the classes that each needs, as bits; then what goes to the transforms of a class. */
    private final long[] neededBy = new long[RenderPlan.TOGETHER];
    private final float[][] samples = new float[RenderPlan.TOGETHER][];
    private final int[] offset = new int[RenderPlan.TOGETHER];
    private final float[][] re = new float[RenderPlan.TOGETHER][];
    private final float[][] im = new float[RenderPlan.TOGETHER][];

    /** The audio thread's: renders blocks of any mixes of the plan. */
    public CpuBlockRenderer(RenderPlan plan) {
        this.plan = plan;
        mixes = null;
        kept = null;
        firstSlot = 0;
    }

    /**
     * One for another thread.
     *
     * @param plan  not the audio thread's, of the same settings
     * @param mixes those that it renders; rows of others stay silent
     */
    public CpuBlockRenderer(RenderPlan plan, java.util.List<ListenerMix> mixes) {
        this(plan, mixes, 0);
    }

    /** @param firstSlot paths of smaller numbers are left out ({@link PathSlots}) */
    public CpuBlockRenderer(RenderPlan plan, java.util.List<ListenerMix> mixes, int firstSlot) {
        this.plan = plan;
        this.firstSlot = firstSlot;
        this.mixes = mixes.toArray(new ListenerMix[0]);
        kept = new CpuMix[this.mixes.length];
        for (int i = 0; i < kept.length; i++) {
            kept[i] = this.mixes[i].cpuMix(plan);
        }
    }

    /** What the report calls one that runs with the kernels of a plan. */
    public static String describe(RenderPlan plan) {
        return "CPU: overlap-save, one forward transform a voice, float32, " + plan.kernels().description();
    }

    /** Null for one that is not rendered here. */
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

    /** The spectra of earlier samples that are not kept yet, of all lanes together: a transform of eight costs little more than one of one, and of any eight lanes few have to be transformed. */
    @RealTime
    private void transformEarlier(MixBlock block) {
        for (int c = 0; c < plan.classes(); c++) {
            ForwardTransforms forward = plan.forward(c);
            int count = 0;
            for (int lane = 0; lane < block.lanes; lane++) {
                if (block.set[lane] == MixBlock.NOT_KEPT) {
                    continue;
                }
                ListenerMix mix = block.mix[block.row[block.firstPath[lane]]];
                CpuMix mine = of(mix);
                if (mine == null || mix.fftClass != c) {
                    continue;
                }
                int e = mine.earlier.entry(block, lane);
                if (mine.earlier.isThere(block, lane, e)) {
                    continue;
                }
                samples[count] = block.samples[lane];
                offset[count] = block.end[lane] - forward.size();
                re[count] = mine.earlier.re(e);
                im[count] = mine.earlier.im(e);
                count++;
                if (count == RenderPlan.TOGETHER) {
                    forward.forward(samples, offset, count, re, im);
                    count = 0;
                }
            }
            if (count > 0) {
                forward.forward(samples, offset, count, re, im);
            }
        }
    }

    /** Lanes first .. end − 1 that are not kept, each for every class that a path of it needs. */
    @RealTime
    private void transform(MixBlock block, int first, int end) {
        long needed = 0;
        for (int lane = first; lane < end; lane++) {
            long classes = 0;
            if (block.set[lane] != MixBlock.NOT_KEPT) {
                neededBy[lane - first] = 0;
                continue;
            }
            for (int p = block.firstPath[lane]; p < block.firstPath[lane + 1]; p++) {
                ListenerMix mix = block.mix[block.row[p]];
                if (of(mix) != null) {
                    classes |= 1L << mix.fftClass;
                }
            }
            neededBy[lane - first] = classes;
            needed |= classes;
        }
        for (int c = 0; c < plan.classes(); c++) {
            if ((needed & 1L << c) == 0) {
                continue;
            }
            ForwardTransforms forward = plan.forward(c);
            int count = 0;
            for (int lane = first; lane < end; lane++) {
                if ((neededBy[lane - first] & 1L << c) != 0) {
                    samples[count] = block.samples[lane];
                    offset[count] = block.end[lane] - forward.size();
                    re[count] = plan.re(c, lane - first);
                    im[count] = plan.im(c, lane - first);
                    count++;
                }
            }
            forward.forward(samples, offset, count, re, im);
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
        transformEarlier(block);
        for (int first = 0; first < block.lanes; first += RenderPlan.TOGETHER) {
            int end = Math.min(block.lanes, first + RenderPlan.TOGETHER);
            transform(block, first, end);
            for (int lane = first; lane < end; lane++) {
                for (int p = block.firstPath[lane]; p < block.firstPath[lane + 1]; p++) {
                    ListenerMix mix = block.mix[block.row[p]];
                    CpuMix mine = of(mix);
                    if (mine == null || block.slot[p] < firstSlot) {
                        continue;
                    }
                    boolean keeps = block.set[lane] != MixBlock.NOT_KEPT;
                    int e = keeps ? mine.earlier.entry(block, lane) : 0;
                    float[] laneRe = keeps ? mine.earlier.re(e) : plan.re(mix.fftClass, lane - first);
                    float[] laneIm = keeps ? mine.earlier.im(e) : plan.im(mix.fftClass, lane - first);
                    mine.add(block.slot[p], block.fade[p], block.from[p], block.to[p], laneRe, laneIm);
                }
            }
        }
        BlockRenderer.silence(left, right);
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
