package io.pinna.internal.render;

import io.pinna.acoustics.AcousticsSettings;
import io.pinna.acoustics.Bands;
import io.pinna.acoustics.DistanceModel;
import io.pinna.device.OutputDevice;
import io.pinna.effect.ReverbSettings;
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
    /** Within a block nothing turns by more than 30°: a head in haste turns by 3° in 5 ms. */
    private static final double LEAP_COSINE = 0.866;
    /** Of the distance, between measured shells ... */
    private static final double SHELL_STEP = 1e-3;
    /** ... and in the near field: 0.02 dB where the level grows fastest, a centimetre from the head. */
    private static final double NEAR_STEP = 3e-4;
    /** −100 dB: nothing is heard. */
    private static final float SILENCE = 1e-5f;
    /** A source that takes up less of what is around it is a point. */
    private static final double LEAST_SPREAD = 0.01;
    private static final double SPREAD_STEP = 0.005;
    /** Of the shapes of diffraction: about 0.02 dB. */
    private static final float BEND_STEP = 0.003f;
    /** Reflections follow what moves once in so many blocks, a part of them in each ... */
    private static final int REFLECTION_BLOCKS = 4;
    /** ... if they have turned by half a degree, moved by a quarter of a sample, or changed by 0.2 dB. */
    private static final float REFLECTION_TURN = 0.0087f;
    private static final float REFLECTION_LAG = 0.25f;
    private static final float REFLECTION_GAIN = 0.023f;
    /** Samples of a response that a delay may push beyond the transform. */
    private static final int MOST_CUT = 24;
    /** A change of more than 2 dB takes the time that other gains take, and not a single block. */
    private static final float REFLECTION_LEAP = 0.25f;
    /** −60 dB: fainter ones go at once. */
    private static final float REFLECTION_END = 1e-3f;
    private static final int NO_VOICE = -1;
    /** Far enough away for no near field. */
    private static final double REVERB_METERS = 3;

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
    /** Of each voice's direct sound. */
    private final Path[] paths;
    private final PathSlots slots;
    /** Of each voice those around edges. */
    private final Path[] ways;
    private final ReflectionSet[] sets;
    /** Of each voice and band what it sends to the reverberation. */
    private final float[] sends;
    private final float[] sendFrom = new float[Bands.COUNT];
    private final float[] sendTo = new float[Bands.COUNT];
    /** Goes on from one mix of a listener to the next; null if there is none. */
    private ListenerReverb reverb;
    private final Path[] reverbPaths;
    private final double[] place = new double[3];
    private static final float[] REVERB_GAIN = {1, 1, 1};
    /** Windows of each block that reflections are heard through. */
    private final int windows;
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

    /** What a path needs. */
    private static final class Path {
        FilterSpec current = new FilterSpec();
        FilterSpec previous = new FilterSpec();
        boolean valid;
        final float[] gain = new float[Bands.COUNT];
        float slope;
        float curve;
        /** Of the filter as it is. */
        double spread;
        final int[] hint;

        Path(int shells) {
            hint = new int[shells];
        }
    }

    /** The reflections of one emitter at a time. */
    private static final class ReflectionSet {
        /** The voice that they are of; −1 while the set is free. */
        int voice = NO_VOICE;
        /** The block in which it became free. */
        long freed;
        final Reflection[] all;

        ReflectionSet(int count, int shells) {
            all = new Reflection[count];
            for (int i = 0; i < count; i++) {
                all[i] = new Reflection(shells);
            }
        }
    }

    /** A path and the stretch of samples that it is heard through. */
    private static final class Reflection {
        final Path path;
        int blocksBehind;
        int window;
        /** Its gains are still on their way. */
        boolean fading;

        Reflection(int shells) {
            path = new Path(shells);
        }
    }

    /**
     * @param nearField     whether sources nearer than the table's filters were measured sound so
     * @param airDbPerMeter absorption of air per band (dB per metre, ≥ 0)
     */
    public ListenerMix(RenderPlan plan, int slot, int generation, HrtfTable table, boolean nearField, OutputDevice device, double[] airDbPerMeter) {
        this(plan, slot, generation, table, nearField, device, airDbPerMeter, null, ReverbResponse.of(ReverbSettings.DEFAULT, plan.sampleRateHz(), plan.blockFrames()));
    }

    /**
     * @param model    renders in place of the table, where the mix is not the audio thread's; may be null
     * @param response what late reverberation is made of
     */
    public ListenerMix(RenderPlan plan, int slot, int generation, HrtfTable table, boolean nearField, OutputDevice device, double[] airDbPerMeter, WornModel model, ReverbResponse response) {
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
        // What filter and block leave of a transform is room for a delay within it; the less there is, the more windows have to be transformed. What is cut off of a response is its end, 24
        // samples of it at most, and comes back with each block: at 440 Hz that buzzes at −83 dB, where 47 samples buzzed at −64.
        int left = Math.max(1, table.fftSize() - plan.blockFrames() + 1 - table.filterTaps());
        int room = Math.max(left, Math.min(left + MOST_CUT, plan.blockFrames() / 4));
        windows = (plan.blockFrames() + room - 1) / room;
        cpu = cpuMix(plan);
        slots = plan.slots();
        ways = new Path[slots.diffracted() * plan.settings().maxVoices()];
        for (int i = 0; i < ways.length; i++) {
            ways[i] = new Path(table.shellCount());
        }
        reverb = slots.reverb() > 0 && response.settings.kind() != ReverbSettings.Kind.OFF ? new ListenerReverb(plan, response, table.centreSamples()) : null;
        sends = new float[slots.reverb() > 0 ? plan.settings().maxVoices() * Bands.COUNT : 0];
        reverbPaths = new Path[slots.reverb()];
        for (int i = 0; i < reverbPaths.length; i++) {
            reverbPaths[i] = new Path(table.shellCount());
        }
        sets = new ReflectionSet[slots.sets()];
        for (int i = 0; i < sets.length; i++) {
            sets[i] = new ReflectionSet(slots.reflections(), table.shellCount());
        }
        startHint = new int[table.shellCount()];
        unknownGain = plan.settings().acoustics().needsGeometry() ? 0 : 1;
        limiter = plan.settings().limiter().enabled() ? new Limiter(plan.settings().limiter(), plan.sampleRateHz()) : null;
        judged = new float[plan.settings().maxEmitters() * Bands.COUNT];
        paths = new Path[plan.settings().maxVoices()];
        for (int v = 0; v < paths.length; v++) {
            paths[v] = new Path(table.shellCount());
        }
        follow = (float) (1 - Math.exp(-plan.blockFrames() / (GAIN_SECONDS * plan.sampleRateHz())));
    }

    /** What a CPU renderer keeps for this mix. */
    CpuMix cpuMix(RenderPlan ofPlan) {
        return new CpuMix(ofPlan, table, nearField, fftClass, windows);
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
        if (reverb != null && before.reverb != null && reverb.isLike(before.reverb)) {
            before.reverb.takeLevel(reverb);
            reverb = before.reverb;
            System.arraycopy(before.sends, 0, sends, 0, sends.length);
        }
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
        for (int k = 0; k < slots.diffracted(); k++) {
            ways[voice * slots.diffracted() + k].valid = false;
        }
        release(voice, Long.MIN_VALUE);
        if (reverb != null) {
            java.util.Arrays.fill(sends, Bands.COUNT * voice, Bands.COUNT * (voice + 1), 0);
        }
    }

    /** The voice says nothing more after a block. */
    @RealTime
    void release(int voice, long blockNumber) {
        for (ReflectionSet set : sets) {
            if (set.voice == voice) {
                set.voice = NO_VOICE;
                set.freed = blockNumber;
                for (Reflection r : set.all) {
                    r.path.valid = false;
                }
            }
        }
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

    /** The loudest band gain that an emitter has here, by whatever path: what its importance is judged by. Also leaves the gains of its straight path in the array. */
    @RealTime
    float gains(SceneFrame scene, PropagationFrame propagation, int emitter, float[] out) {
        double distance = scene.distance(slot, emitter);
        double extent = SourceExtent.extentMeters(scene.emitterRadius[emitter]);
        double level = scene.emitterGain[emitter] * scene.emitterDistance[emitter].gainLinear(SourceExtent.levelMeters(distance, extent));
        double cosine = cosine(scene, emitter, distance);
        // Within a source there is no side from which it is heard.
        double sided = 1 - SourceExtent.spread(distance, extent);
        int pair = propagation.pair(slot, emitter);
        boolean known = propagation.isFor(pair, generation, scene.emitterGeneration[emitter]);
        float most = 0;
        for (int b = 0; b < Bands.COUNT; b++) {
            float open = known ? propagation.bandGain(pair, b) : unknownGain;
            out[b] = (float) (level * directed(scene, emitter, b, cosine, sided) * open * Math.exp(-LN10_BY_20 * airDbPerMeter[b] * distance));
            most = Math.max(most, out[b]);
        }
        return known ? Math.max(most, (float) level * propagation.indirect(pair)) : most;
    }

    /** @param sided which part of the directivity counts, 0 to 1 */
    @RealTime
    private static double directed(SceneFrame scene, int emitter, int band, double cosine, double sided) {
        double gain = scene.emitterDirectivity[emitter].gainLinear(band, cosine);
        return sided == 1 ? gain : Math.pow(gain, sided);
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
     * Adds the straight path of a voice, whose block has been read, and those around edges to a block.
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
        if (distance < SceneFrame.NO_DIRECTION_METERS) {
            keepDirection(path);
        }
        int pair = propagation.pair(slot, p.slot);
        boolean known = propagation.isFor(pair, generation, p.generation);
        double extent = SourceExtent.extentMeters(scene.emitterRadius[p.slot]);
        double spread = SourceExtent.spread(distance, extent);
        follow(path, v, v, voice, silent, SourceExtent.curvatureMeters(distance, extent), spread < LEAST_SPREAD ? 0 : spread, known ? propagation.slope(pair) : 0, known ? propagation.curve(pair) : 0, block, row);
        for (int b = 0; b < Bands.COUNT; b++) {
            reportedGain[reportedAt + b] = path.gain[b];
        }
        addWays(v, voice, silent, scene, propagation, known ? propagation.firstWay(pair) : -1, block, row);
    }

    /** The ways around edges. One that is no more fades out where it was. */
    @RealTime
    private void addWays(int v, Voice voice, boolean silent, SceneFrame scene, PropagationFrame propagation, int first, MixBlock block, int row) {
        PropagationFrame.Ways from = propagation.ways();
        for (int k = 0; k < slots.diffracted(); k++) {
            Path path = ways[v * slots.diffracted() + k];
            boolean there = first >= 0 && from.id[first + k] != 0;
            if (!there && !path.valid) {
                continue;
            }
            double length = path.current.distanceMeters;
            float slopeOf = path.slope;
            float curveOf = path.curve;
            if (there) {
                int w = first + k;
                length = scene.headDirection(slot, from.place, 3 * w, direction);
                gainsOf(scene, voice.playback.slot, from, w, length);
                slopeOf = from.slope[w];
                curveOf = from.curve[w];
            } else {
                java.util.Arrays.fill(target, 0);
            }
            if (!there || length < SceneFrame.NO_DIRECTION_METERS) {
                keepDirection(path);
            }
            follow(path, slots.diffractedSlot(v, k), v, voice, silent, length, 0, slopeOf, curveOf, block, row);
            if (!there && path.current.corners == 0) {
                path.valid = false;
            }
        }
    }

    /** Into {@link #target}: what reaches the listener by a path of a length. */
    @RealTime
    private void gainsOf(SceneFrame scene, int emitter, PropagationFrame.Ways from, int w, double length) {
        double cosine = from.departure[3 * w] * scene.emitterAxis[3 * emitter] + from.departure[3 * w + 1] * scene.emitterAxis[3 * emitter + 1] + from.departure[3 * w + 2] * scene.emitterAxis[3 * emitter + 2];
        double gain = scene.emitterGain[emitter] * scene.emitterDistance[emitter].gainLinear(length);
        for (int b = 0; b < Bands.COUNT; b++) {
            target[b] = (float) (gain * scene.emitterDirectivity[emitter].gainLinear(b, cosine) * from.gain[Bands.COUNT * w + b] * Math.exp(-LN10_BY_20 * airDbPerMeter[b] * length));
        }
    }

    /** What has no direction of its own keeps the one that it had. */
    @RealTime
    private void keepDirection(Path path) {
        if (path.valid) {
            direction[0] = path.current.x;
            direction[1] = path.current.y;
            direction[2] = path.current.z;
        } else {
            front();
        }
    }

    /** Lets a path approach {@link #target}, in {@link #direction}, and adds it to the lane at hand. */
    @RealTime
    private void follow(Path path, int pathSlot, int v, Voice voice, boolean silent, double distance, double spread, float slopeTarget, float curveTarget, MixBlock block, int row) {
        FilterSpec built = path.current;
        boolean first = !path.valid;
        // Who has been put elsewhere is not heard there, perhaps from behind a wall, as loud as before.
        boolean leaps = !first && direction[0] * built.x + direction[1] * built.y + direction[2] * built.z < LEAP_COSINE;
        float change = 0;
        float most = 0;
        for (int b = 0; b < Bands.COUNT; b++) {
            path.gain[b] = first || leaps && target[b] < path.gain[b] ? target[b] : path.gain[b] + follow * (target[b] - path.gain[b]);
            if (Math.abs(path.gain[b] - target[b]) <= GAIN_STEP * target[b] || path.gain[b] < SILENCE && target[b] < SILENCE) {
                path.gain[b] = target[b];
            }
            most = Math.max(most, path.gain[b]);
            change = Math.max(change, Math.abs(path.gain[b] - built.gain[b]) - GAIN_STEP * built.gain[b]);
        }
        path.slope = approach(path.slope, slopeTarget, first);
        path.curve = approach(path.curve, curveTarget, first);
        boolean bends = Math.abs(path.slope - built.slope) > BEND_STEP || Math.abs(path.curve - built.curve) > BEND_STEP;
        boolean turned = isTurned(built, DIRECTION_STEP) || cameNearer(distance, built.distanceMeters);
        boolean settled = path.gain[0] == target[0] && path.gain[1] == target[1] && path.gain[2] == target[2];
        boolean finish = settled && (built.gain[0] != target[0] || built.gain[1] != target[1] || built.gain[2] != target[2]);
        boolean rebuilt = false;
        turned |= Math.abs(spread - path.spread) > SPREAD_STEP || spread == 0 && path.spread != 0;
        if (first || turned || bends || change > SILENCE || finish) {
            FilterSpec next = path.previous;
            if (most < SILENCE) {
                FilterLocator.silence(direction[0], direction[1], direction[2], distance, path.gain, next);
                rebuilt = true;
            } else {
                rebuilt = locator.locate(direction[0], direction[1], direction[2], distance, spread, path.hint, path.gain, next);
                path.spread = rebuilt ? spread : path.spread;
            }
            if (!rebuilt) {
                staleFilters++;
                if (path.valid && (change > SILENCE || finish || bends)) {
                    // The direction has to wait for its filter; a fade or a closing door does not.
                    rebuilt = locator.locate(built.x, built.y, built.z, built.distanceMeters, path.spread, path.hint, path.gain, next);
                }
            }
            if (rebuilt) {
                next.slope = path.slope;
                next.curve = path.curve;
                take(path, next);
            }
        }
        if (path.valid && !silent) {
            addPath(path, pathSlot, v, voice, first, rebuilt, block, row);
        }
    }

    /** Whether {@link #direction} is farther from that of a filter than a step (radians, small). */
    @RealTime
    private boolean isTurned(FilterSpec built, float step) {
        float dx = direction[0] - built.x;
        float dy = direction[1] - built.y;
        float dz = direction[2] - built.z;
        return dx * dx + dy * dy + dz * dz > step * step;
    }

    /** @param next was {@code previous} */
    @RealTime
    private void take(Path path, FilterSpec next) {
        next.id = ++specs;
        path.previous = path.current;
        path.current = next;
        path.valid = true;
    }

    @RealTime
    private float approach(float value, float to, boolean atOnce) {
        float next = value + follow * (to - value);
        return atOnce || Math.abs(next - to) < BEND_STEP ? to : next;
    }

    /** Sends a voice's block to the reverberation around the listener. */
    @RealTime
    void send(int v, Voice voice, boolean silent, SceneFrame scene, PropagationFrame propagation) {
        if (reverb == null) {
            return;
        }
        Playback p = voice.playback;
        int pair = propagation.pair(slot, p.slot);
        boolean known = propagation.isFor(pair, generation, p.generation) && !p.leaving;
        double strength = known ? reverb.gain() * scene.emitterGain[p.slot] * strength(scene.emitterDistance[p.slot]) : 0;
        boolean follows = reverb.followsGeometry();
        boolean starts = voice.fresh && !wholeFadesIn;
        boolean any = false;
        for (int b = 0; b < Bands.COUNT; b++) {
            float to = known ? (float) (follows ? strength * propagation.reverbGain(pair, b) : strength) : 0;
            float from = starts ? to : sends[Bands.COUNT * v + b];
            float next = p.leaving ? 0 : from + follow * (to - from);
            if (Math.abs(next - to) <= GAIN_STEP * to || next < SILENCE && to < SILENCE) {
                next = to;
            }
            sendFrom[b] = from;
            sendTo[b] = next;
            sends[Bands.COUNT * v + b] = next;
            any |= from != 0 || next != 0;
        }
        if (any && !silent) {
            History history = voice.history(slot);
            reverb.send(history.samples(), history.end() - plan.blockFrames(), sendFrom, sendTo);
        }
    }

    /** The amplitude at 1 m of an emitter that falls off with distance from where its model says that its gain is 1. */
    @RealTime
    private static double strength(DistanceModel model) {
        return model.referenceMeters() * model.gainLinear(model.referenceMeters());
    }

    /** Reverberates what was sent in this block. @return false if something was not finite */
    @RealTime
    boolean reverberate(PropagationFrame propagation) {
        return reverb == null || reverb.process(slot, generation, propagation);
    }

    /** Adds one of the directions of the reverberation to the lane at hand. */
    @RealTime
    void addReverb(ListenerReverb from, int k, SceneFrame scene, MixBlock block, int row) {
        Path path = reverbPaths[k];
        direction[0] = from.direction(k, 0);
        direction[1] = from.direction(k, 1);
        direction[2] = from.direction(k, 2);
        if (from.staysInRoom()) {
            // The room's axes are those of a listener without rotation.
            place[0] = scene.listenerPosition[3 * slot] - direction[1];
            place[1] = scene.listenerPosition[3 * slot + 1] + direction[2];
            place[2] = scene.listenerPosition[3 * slot + 2] - direction[0];
            scene.headDirection(slot, place, 0, direction);
        }
        boolean first = !path.valid;
        boolean moved = false;
        if (first || isTurned(path.current, REFLECTION_TURN)) {
            moved = locator.locate(direction[0], direction[1], direction[2], REVERB_METERS, path.hint, REVERB_GAIN, path.previous);
            if (moved) {
                take(path, path.previous);
            } else if (first) {
                return;
            }
        }
        if (first) {
            block.addPath(row, slots.reverbSlot(k), 0, wholeFadesIn ? MixBlock.Fade.STAY : MixBlock.Fade.IN, null, path.current);
        } else {
            block.addPath(row, slots.reverbSlot(k), 0, moved ? MixBlock.Fade.MOVE : MixBlock.Fade.STAY, path.previous, path.current);
        }
    }

    /** Of the late reverberation, or null. */
    @RealTime
    ListenerReverb reverb() {
        return reverb;
    }

    /** Whether a voice has reflections here, or is to get some. */
    @RealTime
    boolean reflects(int v, Playback p, PropagationFrame propagation) {
        for (ReflectionSet set : sets) {
            if (set.voice == v) {
                return true;
            }
        }
        return sets.length > 0 && propagation.setOf(slot, p.slot, p.generation) >= 0;
    }

    /** Adds the reflections of a voice to a block: lanes of earlier samples of the source at hand, each with its path. */
    @RealTime
    void addReflections(int v, Voice voice, boolean silent, SceneFrame scene, PropagationFrame propagation, MixBlock block, int row) {
        if (sets.length == 0) {
            return;
        }
        Playback p = voice.playback;
        boolean known = propagation.isFor(propagation.pair(slot, p.slot), generation, p.generation);
        int wanted = known && !p.leaving ? propagation.setOf(slot, p.slot, p.generation) : -1;
        for (int s = 0; s < sets.length; s++) {
            ReflectionSet set = sets[s];
            if (set.voice == v && s != wanted) {
                for (int r = 0; r < set.all.length; r++) {
                    end(set.all[r], slots.reflectionSlot(s, r), s, v, voice, silent, block, row);
                }
                release(v, block.number);
            }
        }
        if (wanted < 0) {
            return;
        }
        ReflectionSet set = sets[wanted];
        if (set.voice != v) {
            if (set.voice != NO_VOICE || set.freed == block.number) {
                // Somebody else's are still fading.
                return;
            }
            set.voice = v;
        }
        double direct = scene.distance(slot, p.slot);
        int count = propagation.setCount(slot, wanted);
        int first = propagation.firstReflection(slot, wanted);
        for (int r = 0; r < set.all.length; r++) {
            Reflection reflection = set.all[r];
            int pathSlot = slots.reflectionSlot(wanted, r);
            boolean there = r < count && propagation.mirrored().id[first + r] != 0;
            if (!there) {
                leave(reflection, pathSlot, wanted, v, voice, silent, block, row);
            } else {
                reflect(reflection, pathSlot, wanted, first + r, direct, v, voice, silent, scene, propagation.mirrored(), block, row);
            }
        }
    }

    /** A reflection is there no more: it falls silent as fast as gains change. */
    @RealTime
    private void leave(Reflection reflection, int pathSlot, int s, int v, Voice voice, boolean silent, MixBlock block, int row) {
        Path path = reflection.path;
        float most = 0;
        for (int b = 0; b < Bands.COUNT && path.valid; b++) {
            path.gain[b] = path.current.gain[b] * (1 - follow);
            most = Math.max(most, path.gain[b]);
        }
        FilterSpec built = path.current;
        if (silent || most < REFLECTION_END || !locator.locate(built.x, built.y, built.z, built.distanceMeters, path.hint, path.gain, path.previous)) {
            end(reflection, pathSlot, s, v, voice, silent, block, row);
            return;
        }
        path.previous.lagSamples = built.lagSamples;
        take(path, path.previous);
        beginLane(reflection.blocksBehind, reflection.window, s, v, voice, block);
        block.addPath(row, pathSlot, owner(v, voice), MixBlock.Fade.MOVE, path.previous, path.current);
        block.endLane();
    }

    /** Within this block. */
    @RealTime
    private void end(Reflection reflection, int pathSlot, int s, int v, Voice voice, boolean silent, MixBlock block, int row) {
        Path path = reflection.path;
        if (path.valid && path.current.corners > 0 && !silent) {
            beginLane(reflection.blocksBehind, reflection.window, s, v, voice, block);
            block.addPath(row, pathSlot, owner(v, voice), MixBlock.Fade.OUT, path.current, null);
            block.endLane();
        }
        path.valid = false;
        reflection.fading = false;
    }

    @RealTime
    private void reflect(Reflection reflection, int pathSlot, int s, int w, double direct, int v, Voice voice, boolean silent, SceneFrame scene, PropagationFrame.Ways from, MixBlock block, int row) {
        Path path = reflection.path;
        boolean first = !path.valid;
        boolean fades = first && !wholeFadesIn && !voice.fresh;
        boolean due = first || reflection.fading || (block.number + pathSlot) % REFLECTION_BLOCKS == 0;
        boolean changed = false;
        int behind = reflection.blocksBehind;
        int window = reflection.window;
        if (due) {
            int frames = plan.blockFrames();
            double length = scene.headDirection(slot, from.place, 3 * w, direction);
            double lag = Math.max(0, (length - direct) / AcousticsSettings.SPEED_OF_SOUND * plan.sampleRateHz());
            if (!(lag < plan.mostLagFrames() - 1)) {
                leave(reflection, pathSlot, s, v, voice, silent, block, row);
                return;
            }
            int newBehind = (int) (lag / frames);
            double rest = lag - (double) newBehind * frames;
            int newWindow = Math.min(windows - 1, (int) (rest * windows / frames));
            while (newWindow > 0 && windowStart(newWindow) > rest) {
                newWindow--;
            }
            float lagInWindow = (float) (rest - windowStart(newWindow));
            gainsOf(scene, voice.playback.slot, from, w, length);
            reflection.fading = false;
            for (int b = 0; b < Bands.COUNT && (fades || !first); b++) {
                float before = first ? 0 : path.current.gain[b];
                if (Math.abs(target[b] - before) > REFLECTION_LEAP * Math.max(before, target[b])) {
                    target[b] = before + follow * (target[b] - before);
                    reflection.fading = true;
                }
            }
            if (first || changed(path.current, lagInWindow + frames * newBehind + windowStart(newWindow), reflection)) {
                FilterSpec next = path.previous;
                changed = locator.locate(direction[0], direction[1], direction[2], Math.max(1, length), path.hint, target, next);
                if (changed) {
                    next.lagSamples = lagInWindow;
                    take(path, next);
                    reflection.blocksBehind = newBehind;
                    reflection.window = newWindow;
                } else if (first) {
                    return;
                } else {
                    staleFilters++;
                }
            }
        }
        if (silent) {
            return;
        }
        boolean sameLane = behind == reflection.blocksBehind && window == reflection.window;
        if (changed && !first && !sameLane) {
            beginLane(behind, window, s, v, voice, block);
            block.addPath(row, pathSlot, owner(v, voice), MixBlock.Fade.OUT, path.previous, null);
            block.endLane();
        }
        beginLane(reflection.blocksBehind, reflection.window, s, v, voice, block);
        if (first) {
            block.addPath(row, pathSlot, owner(v, voice), fades ? MixBlock.Fade.IN : MixBlock.Fade.STAY, null, path.current);
        } else if (!changed) {
            block.addPath(row, pathSlot, owner(v, voice), MixBlock.Fade.STAY, null, path.current);
        } else {
            block.addPath(row, pathSlot, owner(v, voice), sameLane ? MixBlock.Fade.MOVE : MixBlock.Fade.IN, path.previous, path.current);
        }
        block.endLane();
    }

    /** Whether a reflection has moved so far that it needs another filter. */
    @RealTime
    private boolean changed(FilterSpec built, double lag, Reflection reflection) {
        boolean changed = isTurned(built, REFLECTION_TURN);
        double before = built.lagSamples + (double) reflection.blocksBehind * plan.blockFrames() + windowStart(reflection.window);
        changed |= Math.abs(lag - before) > REFLECTION_LAG;
        for (int b = 0; b < Bands.COUNT; b++) {
            changed |= Math.abs(target[b] - built.gain[b]) > REFLECTION_GAIN * Math.max(built.gain[b], SILENCE);
        }
        return changed;
    }

    /** How far a window lies behind its block's (frames). */
    @RealTime
    private int windowStart(int window) {
        return window * plan.blockFrames() / windows;
    }

    /** Tells the runs of voices apart. */
    @RealTime
    private long owner(int v, Voice voice) {
        return voice.run * plan.settings().maxVoices() + v;
    }

    @RealTime
    private void beginLane(int blocksBehind, int window, int s, int v, Voice voice, MixBlock block) {
        block.beginDelayedLane(blocksBehind * plan.blockFrames() + windowStart(window), s, owner(v, voice), blocksBehind, window);
    }

    /** Or went farther away, so far that it needs another filter. */
    @RealTime
    private boolean cameNearer(double distance, double before) {
        double change = Math.abs(distance - before);
        return model != null && change > NEAR_STEP * before || table.shellCount() > 1 && change > SHELL_STEP * before || nearField != null && (nearField.appliesAt(distance) || nearField.appliesAt(before)) && change > NEAR_STEP * before;
    }

    @RealTime
    private void addPath(Path path, int pathSlot, int v, Voice voice, boolean first, boolean rebuilt, MixBlock block, int row) {
        if (voice.playback.leaving) {
            // What was heard last fades out; a voice that was never heard has nothing to fade.
            if (!first) {
                block.addPath(row, pathSlot, owner(v, voice), MixBlock.Fade.OUT, rebuilt ? path.previous : path.current, null);
            }
        } else if (first) {
            // A sound that starts from its own silence is heard in full from its first sample; one that begins in its middle fades in by itself.
            boolean fades = !wholeFadesIn && !voice.fresh;
            block.addPath(row, pathSlot, owner(v, voice), fades ? MixBlock.Fade.IN : MixBlock.Fade.STAY, null, path.current);
        } else if (rebuilt) {
            block.addPath(row, pathSlot, owner(v, voice), MixBlock.Fade.MOVE, path.previous, path.current);
        } else if (path.current.corners > 0 || model != null) {
            // A model that hears nothing any more may still sound.
            block.addPath(row, pathSlot, owner(v, voice), MixBlock.Fade.STAY, null, path.current);
        }
    }

    @RealTime
    void limit(float[] left, float[] right) {
        if (limiter != null && limiter.process(left, right, left.length)) {
            limitedBlocks++;
        }
    }
}
