package io.pinna.internal.render;

import io.pinna.acoustics.Bands;
import io.pinna.device.OutputDevice;
import io.pinna.internal.RealTime;
import io.pinna.internal.hrtf.NearField;
import io.pinna.internal.snapshot.PropagationFrame;
import io.pinna.internal.snapshot.SceneFrame;

/**
 * The binaural mix of one listener: which filter each voice reaches its ears by, and from which one to which it goes within a block. Made on the game thread; audio thread from its event on; allocates only in
 * its constructor.
 */
public final class ListenerMix {
    /** Band gains approach their targets with this time constant, so that a door or a teleport never clicks. */
    private static final double GAIN_SECONDS = 0.02;
    /** Below these changes a filter stays as it is: 0.02 dB, and 0.02° (the just-noticeable angle is about 1°). */
    private static final float GAIN_STEP = 0.0023f;
    private static final float DIRECTION_STEP = 3.5e-4f;
    /** Of the distance, between measured shells ... */
    private static final double SHELL_STEP = 1e-3;
    /** ... and in the near field: 0.02 dB where the level grows fastest, a centimetre from the head. */
    private static final double NEAR_STEP = 3e-4;
    /** −100 dB: nothing is heard. */
    private static final float SILENCE = 1e-5f;

    final int slot;
    final int generation;
    public final OutputDevice device;
    public final HrtfTable table;
    final int fftClass;
    /** Goes on from one mix of a listener to the next, since it holds the last samples of what was heard. */
    Limiter limiter;

    private final RenderPlan plan;
    private final FilterLocator locator;
    /** Null if this listener has none. */
    private final NearField nearField;
    /** Renders in place of the table's filters, on the thread that mixes; null if the listener wears none. */
    private final WornModel model;
    /** What the CPU renderer keeps for this mix. */
    final CpuMix cpu;
    private final Path[] paths;
    private long specs;
    private final double[] airDbPerMeter;
    private final float[] target = new float[Bands.COUNT];
    /** Of each emitter that was judged in this block, since its voice needs them again. */
    private final float[] judged;
    /** What a pair lets through that the acoustics thread has not answered for yet. */
    private final float unknownGain;
    private final int[] startHint;
    private boolean wholeFadesIn;
    private final float[] direction = new float[3];
    private final float follow;
    long staleFilters;
    long limitedBlocks;
    long droppedBlocks;

    /** What a voice needs for this listener. */
    private static final class Path {
        FilterSpec current = new FilterSpec();
        FilterSpec previous = new FilterSpec();
        boolean valid;
        final float[] gain = new float[Bands.COUNT];
        final int[] hint;

        Path(int shells) {
            hint = new int[shells];
        }
    }

    /**
     * @param nearField     whether sources nearer than the table's filters were measured sound so
     * @param airDbPerMeter absorption of air per band (dB per metre, ≥ 0)
     */
    public ListenerMix(RenderPlan plan, int slot, int generation, HrtfTable table, boolean nearField, OutputDevice device, double[] airDbPerMeter) {
        this(plan, slot, generation, table, nearField, device, airDbPerMeter, null);
    }

    /** @param model renders in place of the table, where the mix is not the audio thread's; may be null */
    public ListenerMix(RenderPlan plan, int slot, int generation, HrtfTable table, boolean nearField, OutputDevice device, double[] airDbPerMeter, WornModel model) {
        this.plan = plan;
        this.model = model;
        this.slot = slot;
        this.generation = generation;
        this.table = table;
        this.device = device;
        this.airDbPerMeter = airDbPerMeter.clone();
        fftClass = plan.classOf(table.fftSize());
        this.nearField = nearField ? table.nearField() : null;
        locator = new FilterLocator(table, this.nearField);
        cpu = new CpuMix(plan, table, this.nearField, fftClass);
        startHint = new int[table.shellCount()];
        unknownGain = plan.settings().acoustics().occlusion() ? 0 : 1;
        limiter = plan.settings().limiter().enabled() ? new Limiter(plan.settings().limiter(), plan.sampleRateHz()) : null;
        judged = new float[plan.settings().maxEmitters() * Bands.COUNT];
        paths = new Path[plan.settings().maxVoices()];
        for (int v = 0; v < paths.length; v++) {
            paths[v] = new Path(table.shellCount());
        }
        follow = (float) (1 - Math.exp(-plan.blockFrames() / (GAIN_SECONDS * plan.sampleRateHz())));
    }

    public int generation() {
        return generation;
    }

    /** The listener's. */
    public int slot() {
        return slot;
    }

    /** What changes for sources nearer than the table's filters were measured, or null. */
    public NearField nearField() {
        return nearField;
    }

    /** What renders in place of the table's filters on the thread that mixes, or null. */
    @RealTime
    public WornModel model() {
        return model;
    }

    /** How long the model may sound after its input has fallen silent; 0 without one. */
    @RealTime
    int tailFrames() {
        return model == null ? 0 : Math.max(1, model.tailFrames());
    }

    /** Delay from a sample of an emitter to the output, in frames. */
    public int latencyFrames() {
        return Math.max(table.centreSamples(), model == null ? 0 : model.latencyFrames()) + (limiter == null ? 0 : limiter.latencyFrames());
    }

    /** Goes on where the mix of the same listener that it replaces stands. */
    @RealTime
    void takeOver(ListenerMix before) {
        limiter = before.limiter;
        limitedBlocks = before.limitedBlocks;
        droppedBlocks = before.droppedBlocks;
    }

    /** @param fadesIn the whole mix fades in with this block, so that nothing in it has to */
    @RealTime
    void begin(boolean fadesIn) {
        wholeFadesIn = fadesIn;
    }

    @RealTime
    void forget(int voice) {
        paths[voice].valid = false;
    }

    /** Whether all vertices for an emitter's direction are there, so that it may start. */
    @RealTime
    boolean canStart(SceneFrame scene, int emitter) {
        double distance = scene.headDirection(slot, emitter, direction);
        if (distance < SceneFrame.NO_DIRECTION_METERS) {
            front();
        }
        return locator.isReady(direction[0], direction[1], direction[2], distance, startHint);
    }

    /** The loudest band gain that an emitter has here: what its importance is judged by. Also leaves the gains in the array. */
    @RealTime
    float gains(SceneFrame scene, PropagationFrame propagation, int emitter, float[] out) {
        double distance = plan.distance(scene, slot, emitter);
        double gain = scene.emitterGain[emitter] * scene.emitterDistance[emitter].gainLinear(distance);
        gain *= scene.emitterDirectivity[emitter].gainLinear(cosine(scene, emitter, distance));
        int pair = propagation.pair(slot, emitter);
        boolean known = propagation.isFor(pair, generation, scene.emitterGeneration[emitter]);
        float most = 0;
        for (int b = 0; b < Bands.COUNT; b++) {
            float open = known ? propagation.bandGain(pair, b) : unknownGain;
            out[b] = (float) (gain * open * Math.exp(-LN10_BY_20 * airDbPerMeter[b] * distance));
            most = Math.max(most, out[b]);
        }
        return most;
    }

    /** {@link #gains}, kept for the emitter's path in this block. */
    @RealTime
    float judge(SceneFrame scene, PropagationFrame propagation, int emitter) {
        float most = gains(scene, propagation, emitter, target);
        for (int b = 0; b < Bands.COUNT; b++) {
            judged[Bands.COUNT * emitter + b] = target[b];
        }
        return most;
    }

    private static final double LN10_BY_20 = Math.log(10) / 20;

    /** Between the emitter's axis and the direction from it to this listener. */
    @RealTime
    private double cosine(SceneFrame s, int e, double distance) {
        if (distance < SceneFrame.NO_DIRECTION_METERS) {
            return 1;
        }
        double dx = s.listenerPosition[3 * slot] - s.emitterPosition[3 * e];
        double dy = s.listenerPosition[3 * slot + 1] - s.emitterPosition[3 * e + 1];
        double dz = s.listenerPosition[3 * slot + 2] - s.emitterPosition[3 * e + 2];
        return (dx * s.emitterAxis[3 * e] + dy * s.emitterAxis[3 * e + 1] + dz * s.emitterAxis[3 * e + 2]) / distance;
    }

    @RealTime
    private void front() {
        direction[0] = 1;
        direction[1] = 0;
        direction[2] = 0;
    }

    /**
     * Adds the path of a voice, whose block has been read, to a block.
     *
     * @param silent   the voice says nothing here within this block, so that the block needs no path
     * @param isJudged whether {@link #judge} was asked for its emitter in this block
     */
    @RealTime
    void add(int v, Voice voice, boolean silent, boolean isJudged, SceneFrame scene, PropagationFrame propagation, float[] reportedGain, int reportedAt, MixBlock block, int row) {
        Path path = paths[v];
        Playback p = voice.playback;
        double distance = scene.headDirection(slot, p.slot, direction);
        if (isJudged) {
            for (int b = 0; b < Bands.COUNT; b++) {
                target[b] = judged[Bands.COUNT * p.slot + b];
            }
        } else {
            gains(scene, propagation, p.slot, target);
        }
        FilterSpec built = path.current;
        if (distance < SceneFrame.NO_DIRECTION_METERS) {
            if (path.valid) {
                direction[0] = built.x;
                direction[1] = built.y;
                direction[2] = built.z;
            } else {
                front();
            }
        }
        boolean first = !path.valid;
        float change = 0;
        float most = 0;
        for (int b = 0; b < Bands.COUNT; b++) {
            path.gain[b] = first ? target[b] : path.gain[b] + follow * (target[b] - path.gain[b]);
            if (Math.abs(path.gain[b] - target[b]) <= Math.max(GAIN_STEP * 0.25f * target[b], 0.1f * SILENCE)) {
                path.gain[b] = target[b];
            }
            change = Math.max(change, Math.abs(path.gain[b] - built.gain[b]) - GAIN_STEP * built.gain[b]);
            most = Math.max(most, path.gain[b]);
            reportedGain[reportedAt + b] = path.gain[b];
        }
        boolean turned = Math.abs(direction[0] - built.x) + Math.abs(direction[1] - built.y) + Math.abs(direction[2] - built.z) > DIRECTION_STEP
                || cameNearer(distance, built.distanceMeters);
        boolean settled = path.gain[0] == target[0] && path.gain[1] == target[1] && path.gain[2] == target[2];
        boolean finish = settled && (built.gain[0] != target[0] || built.gain[1] != target[1] || built.gain[2] != target[2]);
        boolean rebuilt = false;
        if (first || turned || change > SILENCE || finish) {
            FilterSpec next = path.previous;
            if (most < SILENCE) {
                FilterLocator.silence(direction[0], direction[1], direction[2], distance, path.gain, next);
                rebuilt = true;
            } else {
                rebuilt = locator.locate(direction[0], direction[1], direction[2], distance, path.hint, path.gain, next);
            }
            if (!rebuilt) {
                staleFilters++;
                if (path.valid && (change > SILENCE || finish)) {
                    // The direction has to wait for its filter; a fade or a closing door does not.
                    rebuilt = locator.locate(built.x, built.y, built.z, built.distanceMeters, path.hint, path.gain, next);
                }
            }
            if (rebuilt) {
                next.id = ++specs;
                path.previous = built;
                path.current = next;
                path.valid = true;
            }
        }
        if (path.valid && !silent) {
            addPath(path, v, voice, first, rebuilt, block, row);
        }
    }

    /** Or went farther away, so far that it needs another filter. */
    @RealTime
    private boolean cameNearer(double distance, double before) {
        double change = Math.abs(distance - before);
        return model != null && change > NEAR_STEP * before || table.shellCount() > 1 && change > SHELL_STEP * before || nearField != null && (nearField.appliesAt(distance) || nearField.appliesAt(before)) && change > NEAR_STEP * before;
    }

    @RealTime
    private void addPath(Path path, int v, Voice voice, boolean first, boolean rebuilt, MixBlock block, int row) {
        if (voice.playback.leaving) {
            // What was heard last fades out; a voice that was never heard has nothing to fade.
            if (!first) {
                block.addPath(row, v, voice.run, MixBlock.Fade.OUT, rebuilt ? path.previous : path.current, null);
            }
        } else if (first) {
            // A sound that starts from its own silence is heard in full from its first sample; one that begins in its middle fades in by itself.
            boolean fades = !wholeFadesIn && !voice.fresh;
            block.addPath(row, v, voice.run, fades ? MixBlock.Fade.IN : MixBlock.Fade.STAY, null, path.current);
        } else if (rebuilt) {
            block.addPath(row, v, voice.run, MixBlock.Fade.MOVE, path.previous, path.current);
        } else if (path.current.corners > 0 || model != null) {
            // A model that hears nothing any more may still sound.
            block.addPath(row, v, voice.run, MixBlock.Fade.STAY, null, path.current);
        }
    }

    @RealTime
    void limit(float[] left, float[] right) {
        if (limiter != null && limiter.process(left, right, left.length)) {
            limitedBlocks++;
        }
    }
}
