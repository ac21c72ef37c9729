package io.pinna.internal.render;

import io.pinna.internal.RealTime;
import io.pinna.internal.hrtf.NearField;
import io.pinna.internal.simd.FilterTerms;
import io.pinna.internal.simd.Kernels;

/**
 * Makes the filter of one path from a table and a {@link FilterSpec}: blends the vertices about its direction, puts the interaural delay back, and folds the near field and the path's band gains in. Audio thread;
 * allocates only in its constructor.
 */
@RealTime
public final class FilterBuilder {
    /** Vertices that the kernels blend on the way; more of them, between two shells, are blended before. */
    private static final int CORNERS = 3;

    private final HrtfTable table;
    private final NearField nearField;
    private final Kernels kernels;
    private final BandShaper shaper;
    private final FilterTerms terms;
    private final StereoSpectrum[] corner = new StereoSpectrum[FilterSpec.MAX_CORNERS];
    private final StereoSpectrum blend;
    private final int[] cell = new int[8];
    private final float[] cellWeight = new float[8];
    private final float[] workRe;
    private final float[] workIm;

    /**
     * @param nearField what changes for near sources, or null for filters that are the same at every distance (but for sets with several)
     * @param kernels   whose loops it runs
     */
    public FilterBuilder(HrtfTable table, NearField nearField, Kernels kernels) {
        this.table = table;
        this.nearField = nearField;
        this.kernels = kernels;
        int bins = table.fftSize() / 2 + 1;
        shaper = new BandShaper(table.fftSize(), table.sampleRateHz(), table.shapingTaps(), kernels);
        terms = new FilterTerms(bins);
        blend = new StereoSpectrum(bins);
        workRe = new float[bins];
        workIm = new float[bins];
    }

    /** @param spec of this table, all of whose vertices are there */
    public void build(FilterSpec spec, StereoSpectrum out) {
        if (spec.corners == 0) {
            out.clear();
            return;
        }
        gather(spec);
        terms.stepRadians = Math.PI * spec.delaySamples / table.fftSize();
        boolean bent = spec.slope != 0 || spec.curve != 0;
        boolean shapedHere = !bent && shaper.describe(spec.gain, terms);
        if (bent) {
            terms.shaped = false;
            terms.scale = 1;
        }
        kernels.build(terms, out);
        if (spec.near) {
            nearField.apply(spec.distanceMeters, spec.y, kernels, out.leftRe, out.leftIm, out.rightRe, out.rightIm, cell, cellWeight, workRe, workIm);
        }
        if (!shapedHere) {
            shaper.apply(spec.gain, spec.slope, spec.curve, out, workRe, workIm);
        }
        if (spec.lagSamples != 0) {
            shaper.delay(2 * Math.PI * spec.lagSamples / table.fftSize(), out, workRe, workIm);
        }
    }

    private void gather(FilterSpec spec) {
        if (spec.corners <= CORNERS) {
            for (int i = 0; i < CORNERS; i++) {
                // Of fewer, the last one is taken once more, for nothing.
                terms.corner[i] = table.vertex(spec.vertex[Math.min(i, spec.corners - 1)]);
                terms.weight[i] = i < spec.corners ? spec.weight[i] : 0;
            }
            return;
        }
        for (int i = 0; i < spec.corners; i++) {
            corner[i] = table.vertex(spec.vertex[i]);
        }
        kernels.blend(corner, spec.weight, spec.corners, blend);
        for (int i = 0; i < CORNERS; i++) {
            terms.corner[i] = blend;
            terms.weight[i] = i == 0 ? 1 : 0;
        }
    }
}
