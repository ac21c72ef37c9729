package io.pinna.internal.render;

import io.pinna.internal.RealTime;

/**
 * The description of one block: all that its sound is a function of. <b>Rows</b> are listeners' mixes (two of a listener that changes its profile), <b>lanes</b> are the last samples of voices as one listener,
 * or all, receive them, and <b>paths</b> say through which filters a lane reaches a row. Paths stand in the order of their lanes.
 *
 * <p>A block that is rendered at once refers to the samples and filters of the voices and mixes themselves. One that is rendered later, or by another thread, owns copies ("captured"). Filled by the audio thread; then
 * read only, until it is filled again; allocates only in its constructor.
 */
public final class MixBlock {
    /** How a path's filters share the block. */
    public enum Fade {
        /** One filter all through: {@link #to}. */
        STAY,
        /** From one filter to another. */
        MOVE,
        /** From a filter to silence: {@link #from}. */
        OUT,
        /** From silence to a filter: {@link #to}. */
        IN
    }

    private final boolean captured;
    private final int longest;
    /** Counted by the audio thread, from 1. */
    public long number;
    public int rows;
    public final ListenerMix[] mix;
    /** Over the whole block: +1 the row fades in, −1 it fades out, 0 neither. */
    public final int[] rowFade;
    /** How many paths reach the row. */
    public final int[] rowPaths;
    public int lanes;
    /** The newest sample of a lane is the last of its array. */
    public final float[][] samples;
    /** The first path of each lane; one more entry than lanes. */
    public final int[] firstPath;
    public int paths;
    public final int[] row;
    public final int[] voice;
    /** Which run of the voice: another number when it has begun anew, with another sound or elsewhere in the same. */
    public final long[] run;
    public final Fade[] fade;
    /** Null where the fade has none. */
    public final FilterSpec[] from;
    /** Null where the fade has none. */
    public final FilterSpec[] to;
    private final float[][] ownSamples;
    /** Of the lane that is being filled. */
    private int usedSamples;
    private final FilterSpec[] ownSpecs;

    /** @param captured whether it owns copies of samples and filters */
    public MixBlock(RenderPlan plan, boolean captured) {
        this.captured = captured;
        longest = plan.longestFft();
        int listeners = plan.listeners();
        int voices = plan.settings().maxVoices();
        int mostLanes = voices * (plan.lanePerListener() ? listeners : 1);
        int mostPaths = 2 * voices * listeners;
        mix = new ListenerMix[2 * listeners];
        rowFade = new int[2 * listeners];
        rowPaths = new int[2 * listeners];
        samples = new float[mostLanes][];
        firstPath = new int[mostLanes + 1];
        row = new int[mostPaths];
        voice = new int[mostPaths];
        run = new long[mostPaths];
        fade = new Fade[mostPaths];
        from = new FilterSpec[mostPaths];
        to = new FilterSpec[mostPaths];
        ownSamples = captured ? new float[mostLanes][longest] : null;
        ownSpecs = captured ? new FilterSpec[2 * mostPaths] : null;
        if (captured) {
            for (int i = 0; i < ownSpecs.length; i++) {
                ownSpecs[i] = new FilterSpec();
            }
        }
    }

    @RealTime
    void begin(long blockNumber) {
        number = blockNumber;
        rows = 0;
        lanes = 0;
        paths = 0;
        firstPath[0] = 0;
    }

    /** @return the row's number */
    @RealTime
    int addRow(ListenerMix rowMix, int fadeOfRow) {
        mix[rows] = rowMix;
        rowFade[rows] = fadeOfRow;
        rowPaths[rows] = 0;
        return rows++;
    }

    /** Begins a lane; paths that are added from now on are its. One that gets none is taken back by {@link #endLane}. */
    @RealTime
    void beginLane(float[] history, int used) {
        samples[lanes] = history;
        usedSamples = used;
        firstPath[lanes] = paths;
    }

    @RealTime
    void endLane() {
        if (paths > firstPath[lanes]) {
            if (captured) {
                System.arraycopy(samples[lanes], longest - usedSamples, ownSamples[lanes], longest - usedSamples, usedSamples);
                samples[lanes] = ownSamples[lanes];
            }
            lanes++;
            firstPath[lanes] = paths;
        }
    }

    @RealTime
    void addPath(int pathRow, int pathVoice, long voiceRun, Fade pathFade, FilterSpec fromSpec, FilterSpec toSpec) {
        int p = paths++;
        row[p] = pathRow;
        voice[p] = pathVoice;
        run[p] = voiceRun;
        rowPaths[pathRow]++;
        fade[p] = pathFade;
        from[p] = own(2 * p, pathFade == Fade.MOVE || pathFade == Fade.OUT ? fromSpec : null);
        to[p] = own(2 * p + 1, pathFade == Fade.OUT ? null : toSpec);
    }

    @RealTime
    private FilterSpec own(int at, FilterSpec spec) {
        if (!captured || spec == null) {
            return spec;
        }
        ownSpecs[at].copyFrom(spec);
        return ownSpecs[at];
    }
}
