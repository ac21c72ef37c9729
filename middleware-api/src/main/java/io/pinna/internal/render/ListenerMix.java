package io.pinna.internal.render;

import io.pinna.acoustics.Bands;
import io.pinna.device.OutputDevice;
import io.pinna.internal.RealTime;
import io.pinna.internal.dsp.RealFft;
import io.pinna.internal.hrtf.NearField;
import io.pinna.internal.snapshot.PropagationFrame;
import io.pinna.internal.snapshot.SceneFrame;

/**
 * The binaural mix of one listener, by overlap-save: the spectra of all voices, times the filter of each, accumulate in three buses an ear (filters that stay, that fade out, and that fade in); one inverse
 * transform a bus and one cross-fade at the end make the block, however many voices there are. Made on the game thread; audio thread from its event on; allocates only in its constructor.
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
    private final FilterBuilder builder;
    /** Null if this listener has none. */
    private final NearField nearField;
    private final Path[] paths;
    private final StereoSpectrum stays;
    private final StereoSpectrum fadesOut;
    private final StereoSpectrum fadesIn;
    private boolean someStay;
    private boolean someFadeOut;
    private boolean someFadeIn;
    private final float[] time;
    private final double[] airDbPerMeter;
    private final float[] target = new float[Bands.COUNT];
    /** What a pair lets through that the acoustics thread has not answered for yet. */
    private final float unknownGain;
    private final int[] startHint;
    private boolean wholeFadesIn;
    private final float[] direction = new float[3];
    private final float follow;
    final float[] left;
    final float[] right;
    long staleFilters;
    long limitedBlocks;
    long droppedBlocks;

    /** What a voice needs for this listener. */
    private static final class Path {
        StereoSpectrum current;
        StereoSpectrum previous;
        boolean valid;
        float x;
        float y;
        float z;
        double distance;
        final float[] gain = new float[Bands.COUNT];
        final float[] builtGain = new float[Bands.COUNT];
        final int[] hint;

        Path(int bins, int shells) {
            current = new StereoSpectrum(bins);
            previous = new StereoSpectrum(bins);
            hint = new int[shells];
        }
    }

    /**
     * @param nearField     whether sources nearer than the table's filters were measured sound so
     * @param airDbPerMeter absorption of air per band (dB per metre, ≥ 0)
     */
    public ListenerMix(RenderPlan plan, int slot, int generation, HrtfTable table, boolean nearField, OutputDevice device, double[] airDbPerMeter) {
        this.plan = plan;
        this.slot = slot;
        this.generation = generation;
        this.table = table;
        this.device = device;
        this.airDbPerMeter = airDbPerMeter.clone();
        fftClass = plan.classOf(table.fftSize());
        this.nearField = nearField ? table.nearField() : null;
        builder = new FilterBuilder(table, this.nearField);
        startHint = new int[table.shellCount()];
        unknownGain = plan.settings().acoustics().occlusion() ? 0 : 1;
        limiter = plan.settings().limiter().enabled() ? new Limiter(plan.settings().limiter(), plan.sampleRateHz()) : null;
        int bins = table.fftSize() / 2 + 1;
        paths = new Path[plan.settings().maxVoices()];
        for (int v = 0; v < paths.length; v++) {
            paths[v] = new Path(bins, table.shellCount());
        }
        stays = new StereoSpectrum(bins);
        fadesOut = new StereoSpectrum(bins);
        fadesIn = new StereoSpectrum(bins);
        time = new float[table.fftSize()];
        left = new float[plan.blockFrames()];
        right = new float[plan.blockFrames()];
        follow = (float) (1 - Math.exp(-plan.blockFrames() / (GAIN_SECONDS * plan.sampleRateHz())));
    }

    public int generation() {
        return generation;
    }

    /** Delay from a sample of an emitter to the output, in frames. */
    public int latencyFrames() {
        return table.centreSamples() + (limiter == null ? 0 : limiter.latencyFrames());
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
        someStay = false;
        someFadeOut = false;
        someFadeIn = false;
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
        return builder.isReady(direction[0], direction[1], direction[2], distance, startHint);
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

    /** Adds a voice, whose block has been read, to the buses. @return the loudest band gain */
    @RealTime
    float add(int v, Voice voice, SceneFrame scene, PropagationFrame propagation, float[] reportedGain, int reportedAt) {
        Path path = paths[v];
        Playback p = voice.playback;
        double distance = scene.headDirection(slot, p.slot, direction);
        float loudest = gains(scene, propagation, p.slot, target);
        if (distance < SceneFrame.NO_DIRECTION_METERS) {
            if (path.valid) {
                direction[0] = path.x;
                direction[1] = path.y;
                direction[2] = path.z;
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
            change = Math.max(change, Math.abs(path.gain[b] - path.builtGain[b]) - GAIN_STEP * path.builtGain[b]);
            most = Math.max(most, path.gain[b]);
            reportedGain[reportedAt + b] = path.gain[b];
        }
        boolean turned = Math.abs(direction[0] - path.x) + Math.abs(direction[1] - path.y) + Math.abs(direction[2] - path.z) > DIRECTION_STEP
                || cameNearer(distance, path.distance);
        boolean settled = path.gain[0] == target[0] && path.gain[1] == target[1] && path.gain[2] == target[2];
        boolean finish = settled && (path.builtGain[0] != target[0] || path.builtGain[1] != target[1] || path.builtGain[2] != target[2]);
        boolean rebuilt = false;
        if (first || turned || change > SILENCE || finish) {
            StereoSpectrum next = path.previous;
            if (most < SILENCE) {
                next.clear();
                rebuilt = true;
            } else {
                rebuilt = builder.build(direction[0], direction[1], direction[2], distance, path.hint, path.gain, next);
            }
            if (!rebuilt) {
                staleFilters++;
                if (path.valid && (change > SILENCE || finish)) {
                    // The direction has to wait for its filter; a fade or a closing door does not.
                    direction[0] = path.x;
                    direction[1] = path.y;
                    direction[2] = path.z;
                    distance = path.distance;
                    rebuilt = builder.build(path.x, path.y, path.z, path.distance, path.hint, path.gain, next);
                }
            }
            if (rebuilt) {
                path.previous = path.current;
                path.current = next;
                path.x = direction[0];
                path.y = direction[1];
                path.z = direction[2];
                path.distance = distance;
                System.arraycopy(path.gain, 0, path.builtGain, 0, Bands.COUNT);
                path.valid = true;
            }
        }
        if (!path.valid || voice.isSilent(slot)) {
            return loudest;
        }
        accumulate(path, voice, first, rebuilt);
        return loudest;
    }

    /** Or went farther away, so far that it needs another filter. */
    @RealTime
    private boolean cameNearer(double distance, double before) {
        double change = Math.abs(distance - before);
        return table.shellCount() > 1 && change > SHELL_STEP * before || nearField != null && (nearField.appliesAt(distance) || nearField.appliesAt(before)) && change > NEAR_STEP * before;
    }

    @RealTime
    private void accumulate(Path path, Voice voice, boolean first, boolean rebuilt) {
        float[] re = plan.re(fftClass);
        float[] im = plan.im(fftClass);
        if (voice.playback.leaving) {
            // What was heard last fades out; a voice that was never heard has nothing to fade.
            if (!first) {
                someFadeOut = put(fadesOut, someFadeOut, re, im, rebuilt ? path.previous : path.current);
            }
        } else if (first) {
            if (!wholeFadesIn && (voice.fadeIn || !voice.fresh)) {
                someFadeIn = put(fadesIn, someFadeIn, re, im, path.current);
            } else {
                // A sound that starts from its own silence is heard in full from its first sample.
                someStay = put(stays, someStay, re, im, path.current);
            }
        } else if (rebuilt) {
            someFadeOut = put(fadesOut, someFadeOut, re, im, path.previous);
            someFadeIn = put(fadesIn, someFadeIn, re, im, path.current);
        } else {
            someStay = put(stays, someStay, re, im, path.current);
        }
    }

    @RealTime
    private static boolean put(StereoSpectrum bus, boolean used, float[] re, float[] im, StereoSpectrum filter) {
        if (!used) {
            bus.clear();
        }
        bus.addProduct(re, im, filter);
        return true;
    }

    /**
     * Makes the block from the buses.
     *
     * @param fadeListener +1 if the whole listener fades in with this block, −1 if it fades out, 0 otherwise
     * @return false if something was not finite, and silence stands in for it
     */
    @RealTime
    boolean finish(int fadeListener) {
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
        float check = 0;
        for (int i = 0; i < left.length; i++) {
            check += left[i] * 0 + right[i] * 0;
        }
        boolean finite = check == 0;
        if (!finite) {
            java.util.Arrays.fill(left, 0);
            java.util.Arrays.fill(right, 0);
        }
        if (fadeListener != 0) {
            for (int i = 0; i < left.length; i++) {
                float f = (i + 1) * step;
                f = fadeListener > 0 ? f : 1 - f;
                left[i] *= f;
                right[i] *= f;
            }
        }
        return finite;
    }

    /** Adds the last block of a bus's inverse transform, under a straight fade, to an ear. */
    @RealTime
    private void emit(float[] re, float[] im, float[] ear, float gain, float step) {
        RealFft fft = plan.fft(fftClass);
        fft.inverse(re, im, 0, time, 0);
        int at = time.length - ear.length;
        for (int i = 0; i < ear.length; i++) {
            ear[i] += time[at + i] * (gain + step * i);
        }
    }

    @RealTime
    void limit() {
        if (limiter != null && limiter.process(left, right, left.length)) {
            limitedBlocks++;
        }
    }
}
