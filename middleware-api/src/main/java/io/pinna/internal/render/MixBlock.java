package io.pinna.internal.render;

import io.pinna.internal.RealTime;

/**
 * The description of one block: all that its sound is a function of. <b>Rows</b> are listeners' mixes (two of a listener that changes its profile), <b>lanes</b> are stretches of samples: the last ones of a voice as one listener, or all,
 * receive them, or earlier ones, for what arrives later; and <b>paths</b> say through which filters a lane reaches a row. Paths stand in the order of their lanes.
 *
 * <p>A block that is rendered at once refers to the samples and filters of the voices and mixes themselves. One that is rendered later, or by another thread, owns copies ("captured"). Filled by the audio thread; then
 * read only, until it is filled again; allocates only in its constructor.
 */
public final class MixBlock {
    /** Of a lane: nobody keeps its spectrum. */
    static final int NOT_KEPT = -1;

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
    private final int room;
    /** Counted by the audio thread, from 1. */
    public long number;
    public int rows;
    public final ListenerMix[] mix;
    /** Over the whole block: +1 the row fades in, −1 it fades out, 0 neither. */
    public final int[] rowFade;
    /** How many paths reach the row. */
    public final int[] rowPaths;
    public int lanes;
    public final float[][] samples;
    /** For each lane the place after its newest sample. */
    public final int[] end;
    /** Of a lane whose spectrum is kept by the one mix that hears it: the set of reflections that it belongs to; else {@link #NOT_KEPT}. */
    final int[] set;
    /** Of such a lane: whose samples they are, the number of the block that its window lies behind, and which of the windows behind that it is. */
    final long[] owner;
    final long[] windowBlock;
    final int[] window;
    /** The first path of each lane; one more entry than lanes. */
    public final int[] firstPath;
    public int paths;
    public final int[] row;
    /** The path's number among those of its listener ({@link PathSlots}). */
    public final int[] slot;
    /** Which run of the slot: another number when it has begun anew, with another sound or elsewhere in the same. */
    public final long[] run;
    public final Fade[] fade;
    /** Null where the fade has none. */
    public final FilterSpec[] from;
    /** Null where the fade has none. */
    public final FilterSpec[] to;
    private final float[][] ownSamples;
    private int sources;
    /** Of the source whose lanes are being filled. */
    private float[] history;
    private int historyEnd;
    private int usedSamples;
    private boolean copied;
    private final FilterSpec[] ownSpecs;

    /** @param captured whether it owns copies of samples and filters */
    public MixBlock(RenderPlan plan, boolean captured) {
        this.captured = captured;
        room = plan.historyFrames();
        int listeners = plan.listeners();
        PathSlots slots = plan.slots();
        int mostSources = plan.settings().maxVoices() * (plan.lanePerListener() ? listeners : 1) + 2 * listeners * slots.reverb();
        int mostLanes = mostSources + 2 * listeners * slots.delayedLanes();
        int mostPaths = 2 * listeners * (slots.count() + slots.delayedLanes());
        mix = new ListenerMix[2 * listeners];
        rowFade = new int[2 * listeners];
        rowPaths = new int[2 * listeners];
        samples = new float[mostLanes][];
        end = new int[mostLanes];
        set = new int[mostLanes];
        owner = new long[mostLanes];
        windowBlock = new long[mostLanes];
        window = new int[mostLanes];
        firstPath = new int[mostLanes + 1];
        row = new int[mostPaths];
        slot = new int[mostPaths];
        run = new long[mostPaths];
        fade = new Fade[mostPaths];
        from = new FilterSpec[mostPaths];
        to = new FilterSpec[mostPaths];
        ownSamples = captured ? new float[mostSources][room] : null;
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
        sources = 0;
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

    /**
     * Begins the lanes of a source.
     *
     * @param samplesOf its samples
     * @param endOf     the place after the newest of them
     * @param used      how many of them its lanes reach back, {@link RenderPlan#historyFrames} at most
     */
    @RealTime
    void beginSource(float[] samplesOf, int endOf, int used) {
        history = samplesOf;
        historyEnd = endOf;
        usedSamples = used;
        copied = false;
    }

    /** Begins a lane of the newest samples; paths that are added from now on are its. One that gets none is taken back by {@link #endLane}. */
    @RealTime
    void beginLane() {
        lane(0, NOT_KEPT);
    }

    /**
     * Begins a lane of earlier samples, whose spectrum is kept and used again.
     *
     * @param framesBehind whole blocks times their length, and what the window is behind these
     * @param keptBy       the set of reflections of the mix that keeps it
     * @param samplesOwner tells whose samples they are
     * @param blocksBehind how many whole blocks
     * @param windowOf     which of the plan's windows behind a block
     */
    @RealTime
    void beginDelayedLane(int framesBehind, int keptBy, long samplesOwner, int blocksBehind, int windowOf) {
        lane(framesBehind, keptBy);
        owner[lanes] = samplesOwner;
        windowBlock[lanes] = number - blocksBehind;
        window[lanes] = windowOf;
    }

    @RealTime
    private void lane(int framesBehind, int keptBy) {
        samples[lanes] = copied ? ownSamples[sources - 1] : history;
        end[lanes] = (copied ? room : historyEnd) - framesBehind;
        set[lanes] = keptBy;
        firstPath[lanes] = paths;
    }

    @RealTime
    void endLane() {
        if (paths > firstPath[lanes]) {
            if (captured && !copied) {
                float[] own = ownSamples[sources++];
                System.arraycopy(history, historyEnd - usedSamples, own, room - usedSamples, usedSamples);
                end[lanes] += room - historyEnd;
                samples[lanes] = own;
                copied = true;
            }
            lanes++;
            firstPath[lanes] = paths;
        }
    }

    @RealTime
    void addPath(int pathRow, int pathSlot, long slotRun, Fade pathFade, FilterSpec fromSpec, FilterSpec toSpec) {
        int p = paths++;
        row[p] = pathRow;
        slot[p] = pathSlot;
        run[p] = slotRun;
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
