package io.pinna.internal.render;

import io.pinna.EmitterState;
import io.pinna.SoundWorldSettings;
import io.pinna.acoustics.AcousticsSettings;
import io.pinna.acoustics.Bands;
import io.pinna.internal.RealTime;
import io.pinna.internal.command.SpscRing;
import io.pinna.internal.snapshot.PropagationFrame;
import io.pinna.internal.snapshot.SceneFrame;
import io.pinna.internal.snapshot.TelemetryFrame;
import io.pinna.internal.snapshot.TripleBuffer;

/**
 * What the audio thread does for each block: take events and the newest frames, choose the voices, mix every listener, report. The same code runs in real time and offline. Owned by the audio
 * thread, except for its constructor; {@link #renderBlock} is real-time code and allocates nothing.
 */
public final class AudioEngine {
    /** Events handled a block at most in real time; the rest waits for the next block. Offline nothing is late, so that all sounds of a large scene begin on their frame. */
    private static final int EVENTS_A_BLOCK = 256;
    /** A voice that is heard stays ahead of one that is not unless that is louder by 3 dB, so that voices do not flutter. */
    private static final float HYSTERESIS = 1.41f;
    /** −90 dB: fainter emitters need no voice. */
    private static final float INAUDIBLE = 3.2e-5f;
    private final RenderPlan plan;
    private final boolean needsPropagation;
    private final TripleBuffer<SceneFrame> scenes;
    private final TripleBuffer<PropagationFrame> propagations;
    private final TripleBuffer<TelemetryFrame> telemetry;
    private final SpscRing<AudioEvent> events;
    private final SpscRing<Object> retired;

    private final ListenerMix[] mixes;
    private final boolean[] listenerActive;
    /** A mix that fades out because another has taken its slot or it was removed. */
    private final ListenerMix[] outgoing;
    private final boolean[] incoming;
    /** Rows of the block at hand. */
    private final int[] row;
    private final int[] outgoingRow;
    /** A mix that is to take its slot over as soon as its filters for all that is heard now are there. */
    private final ListenerMix[] awaited;
    private final Voice[] voices;
    /** Playback of each emitter slot, or null. */
    private final Playback[] playbacks;
    /** One that was replaced while it was heard: it gets one more block to fade. */
    private final Playback[] leaving;
    private int leavingCount;
    private final int[] playing;
    private int playingCount;
    private final long[] ranks;
    private final long[] ranksScratch;
    /** By listener slot: the block that is heard now. */
    private final float[][] left;
    private final float[][] right;
    private final BlockRenderer renderer;
    /** Blocks that are rendered at once; null if they are rendered one block later. */
    private final MixBlock direct;
    /** The way to the inference thread, or null if all blocks are rendered here and at once. */
    private final MixExchange exchange;
    private final MixPolicy policy;
    private final MixJournal journal;
    /** By listener slot; for listeners that wear a model, whose blocks do not sound the same here and elsewhere. */
    private final Seam[] seams;
    /** By listener slot, of the block at hand and the one before. */
    private final Straight[][] straight;
    private int straightAt;
    private long blocks;
    private boolean lastRemote;
    private long remoteBlocks;
    private long lateBlocks;
    private long failedBlocks;
    private long unpreparedBlocks;
    /** How the last playback of each slot ended. */
    private final int[] endedGenerations;
    private final byte[] endedStates;
    private final float[] reported;
    private final BlockClock clock = new BlockClock();
    private final double blockNanos;
    private final boolean offline;
    private long appliedEvents;
    private SceneFrame scene;
    private PropagationFrame propagation;
    private long renderedFrames;
    private long nonFiniteBlocks;
    private long deadlineMisses;
    private long retiredStale;
    private int real;
    private int virtual;
    private int waiting;

    /** @param remote how blocks are rendered by another thread, so that everything is heard one block later; null to render all blocks at once on the audio thread */
    public AudioEngine(RenderPlan plan, TripleBuffer<SceneFrame> scenes, TripleBuffer<PropagationFrame> propagations, TripleBuffer<TelemetryFrame> telemetry,
                       SpscRing<AudioEvent> events, SpscRing<Object> retired, RemoteMixing remote) {
        this.plan = plan;
        renderer = new CpuBlockRenderer(plan);
        exchange = remote == null ? null : remote.exchange();
        policy = remote == null ? null : remote.policy();
        journal = remote == null ? null : remote.journal();
        seams = new Seam[exchange == null ? 0 : plan.listeners()];
        for (int l = 0; l < seams.length; l++) {
            seams[l] = new Seam(plan.sampleRateHz());
        }
        direct = exchange == null ? new MixBlock(plan, false) : null;
        straight = new Straight[2][plan.slots().reverb() > 0 ? plan.listeners() : 0];
        for (Straight[] of : straight) {
            for (int l = 0; l < of.length; l++) {
                of[l] = new Straight();
            }
        }
        left = new float[plan.listeners()][plan.blockFrames()];
        right = new float[plan.listeners()][plan.blockFrames()];
        this.scenes = scenes;
        this.propagations = propagations;
        this.telemetry = telemetry;
        this.events = events;
        this.retired = retired;
        var settings = plan.settings();
        needsPropagation = settings.acoustics().needsGeometry();
        int listeners = settings.maxListeners();
        int emitters = settings.maxEmitters();
        mixes = new ListenerMix[listeners];
        outgoing = new ListenerMix[listeners];
        incoming = new boolean[listeners];
        row = new int[listeners];
        outgoingRow = new int[listeners];
        awaited = new ListenerMix[listeners];
        listenerActive = new boolean[listeners];
        voices = new Voice[settings.maxVoices()];
        for (int v = 0; v < voices.length; v++) {
            voices[v] = new Voice(plan);
        }
        playbacks = new Playback[emitters];
        leaving = new Playback[voices.length];
        playing = new int[emitters];
        ranks = new long[emitters];
        ranksScratch = new long[emitters];
        endedGenerations = new int[emitters];
        endedStates = new byte[emitters];
        reported = new float[listeners * emitters * Bands.COUNT];
        offline = settings.mode() == SoundWorldSettings.Mode.OFFLINE;
        blockNanos = 1e9 * settings.blockFrames() / settings.sampleRateHz();
        scene = scenes.acquire();
        propagation = propagations.acquire();
    }

    /** The mix in a listener's slot, for delivery of its block, or null. */
    @RealTime
    public ListenerMix mix(int listener) {
        return mixes[listener];
    }

    @RealTime
    public float[] left(int listener) {
        return left[listener];
    }

    @RealTime
    public float[] right(int listener) {
        return right[listener];
    }

    @RealTime
    public void countDropped(int listener) {
        mixes[listener].droppedBlocks++;
    }

    /** Renders the next block of every listener. */
    @RealTime
    public void renderBlock() {
        long start = System.nanoTime();
        // Propagation first: an answer that is newer than the scene does no harm, one that is missing holds an emitter back.
        scene = scenes.acquire();
        propagation = propagations.acquire();
        drainEvents();
        if (offline) {
            awaitStreams();
        }
        swapListeners();
        startWaiting();
        assignVoices();
        MixBlock block = exchange == null ? direct : exchange.begin();
        block.begin(++blocks);
        describe(block);
        if (exchange == null) {
            nonFiniteBlocks += renderer.render(block, left, right);
        } else {
            renderPrevious(block);
        }
        addStraight();
        limit();
        handBack();
        renderedFrames += plan.blockFrames();
        long nanos = System.nanoTime() - start;
        clock.record(nanos);
        if (nanos > blockNanos) {
            deadlineMisses++;
        }
        publish();
    }

    @RealTime
    private void drainEvents() {
        for (int i = 0; offline || i < EVENTS_A_BLOCK; i++) {
            AudioEvent event = events.peek();
            if (event == null || event.frame() > scene.number || !apply(event)) {
                return;
            }
            events.poll();
            appliedEvents++;
        }
    }

    /** @return false if it cannot be done yet, because what it displaces cannot be handed back before the game thread makes room */
    @RealTime
    private boolean apply(AudioEvent event) {
        int slot = event.slot();
        switch (event.kind()) {
            case ADD_LISTENER -> {
                ListenerMix mix = (ListenerMix) event.value();
                mixes[slot] = mix;
                listenerActive[slot] = true;
                plan.use(mix.fftClass, 1);
                followTails();
            }
            case SWAP_LISTENER -> {
                if (awaited[slot] != null && !retired.offer(awaited[slot])) {
                    return false;
                }
                awaited[slot] = (ListenerMix) event.value();
            }
            case REMOVE_LISTENER -> {
                if (awaited[slot] != null) {
                    if (!retired.offer(awaited[slot])) {
                        return false;
                    }
                    awaited[slot] = null;
                }
                if (outgoing[slot] != null) {
                    return false;
                }
                if (mixes[slot] != null) {
                    retiredStale += mixes[slot].staleFilters;
                    plan.use(mixes[slot].fftClass, -1);
                    if (!retired.offer(mixes[slot])) {
                        plan.use(mixes[slot].fftClass, 1);
                        return false;
                    }
                    mixes[slot] = null;
                    listenerActive[slot] = false;
                    for (Straight[] of : straight) {
                        if (slot < of.length) {
                            of[slot].forget();
                        }
                    }
                    followTails();
                    for (int i = 0; i < playingCount; i++) {
                        playbacks[playing[i]].laneKnown[slot] = false;
                    }
                    for (Voice voice : voices) {
                        voice.forget(slot);
                    }
                }
            }
            case PLAY -> {
                Playback p = (Playback) event.value();
                Playback before = playbacks[slot];
                if (before != null && !retire(before)) {
                    return false;
                }
                playbacks[slot] = p;
                if (before == null) {
                    playing[playingCount++] = slot;
                }
            }
            case STOP -> leave(slot, EmitterState.STOPPED);
            case PAUSE -> leave(slot, EmitterState.PAUSED);
            case RESUME -> {
                Playback p = playbacks[slot];
                if (p != null && p.state == EmitterState.PAUSED) {
                    p.state = EmitterState.WAITING;
                } else if (p != null && p.leaving && p.after == EmitterState.PAUSED) {
                    // Paused and resumed before the same block: the fade has begun, so it comes back after it.
                    p.after = EmitterState.WAITING;
                }
            }
            case SEEK -> {
                Playback p = playbacks[slot];
                if (p != null) {
                    p.jump = event.amount();
                    if (p.voice < 0) {
                        jump(p);
                    } else if (!p.leaving) {
                        // One that is leaving jumps when it has left, and stays paused or stopped if it was told so.
                        p.leaving = true;
                        p.after = EmitterState.WAITING;
                    }
                }
            }
            default -> {
                return true;
            }
        }
        return true;
    }

    @RealTime
    private void followTails() {
        int longest = 0;
        for (ListenerMix mix : mixes) {
            longest = Math.max(longest, mix == null ? 0 : mix.tailFrames());
        }
        plan.tail(longest);
    }

    /** Lets new profiles take over whose filters for everything that is heard now are there, so that a change of profile is a cross-fade and never a gap. Until then the old one is heard. */
    @RealTime
    private void swapListeners() {
        for (int l = 0; l < awaited.length; l++) {
            ListenerMix next = awaited[l];
            if (next == null || outgoing[l] != null || !canHearAll(next)) {
                continue;
            }
            awaited[l] = null;
            outgoing[l] = mixes[l];
            incoming[l] = true;
            next.takeOver(mixes[l]);
            mixes[l] = next;
            plan.use(next.fftClass, 1);
        }
    }

    @RealTime
    private boolean canHearAll(ListenerMix mix) {
        for (int i = 0; i < playingCount; i++) {
            Playback p = playbacks[playing[i]];
            if (p.voice >= 0 && scene.emitterGeneration[p.slot] == p.generation && !mix.canStart(scene, p.slot)) {
                return false;
            }
        }
        return true;
    }

    /** Takes a playback out of its slot: at once if it is not heard, after a fading block if it is. */
    @RealTime
    private boolean retire(Playback p) {
        if (p.voice >= 0) {
            if (leavingCount == leaving.length) {
                return false;
            }
            p.leaving = true;
            p.after = EmitterState.STOPPED;
            leaving[leavingCount++] = p;
            return true;
        }
        return retired.offer(p);
    }

    @RealTime
    private void leave(int slot, EmitterState after) {
        Playback p = playbacks[slot];
        if (p == null) {
            return;
        }
        if (p.voice >= 0) {
            p.leaving = true;
            p.after = after;
        } else {
            p.state = after;
        }
    }

    @RealTime
    private void jump(Playback p) {
        boolean looping = scene.emitterGeneration[p.slot] == p.generation && scene.emitterLooping[p.slot];
        long frames = p.source.frames();
        // Passes before the place do not matter, and small numbers have finer fractions.
        p.cursor = looping && frames != Long.MAX_VALUE ? p.jump % frames : p.jump;
        p.jump = Double.NaN;
        p.looping = looping;
        p.endAt(frames);
        java.util.Arrays.fill(p.laneKnown, false);
        p.source.seek(nextFrame(p), looping);
    }

    /** Where a playback reads next; sound that is still on its way to a distant listener begins earlier. */
    @RealTime
    private long nextFrame(Playback p) {
        double longest = 0;
        if (plan.acoustics().propagationDelay() && scene.emitterGeneration[p.slot] == p.generation) {
            for (int l = 0; l < mixes.length; l++) {
                if (listenerActive[l]) {
                    longest = Math.max(longest, scene.distance(l, p.slot) / AcousticsSettings.SPEED_OF_SOUND * plan.sampleRateHz());
                }
            }
        }
        return p.nextFrame(longest);
    }

    /** Lets emitters go whose first occlusion answer and first filters are there: none is heard before it is known what stands in its way. */
    @RealTime
    private void startWaiting() {
        for (int i = 0; i < playingCount; i++) {
            Playback p = playbacks[playing[i]];
            if (p.state == EmitterState.WAITING && canStart(p)) {
                p.state = EmitterState.VIRTUAL;
            }
        }
    }

    @RealTime
    private boolean canStart(Playback p) {
        int slot = p.slot;
        if (scene.emitterGeneration[slot] != p.generation || !p.source.approach(nextFrame(p), scene.emitterLooping[slot] || p.readsLooping())) {
            return false;
        }
        for (int l = 0; l < mixes.length; l++) {
            ListenerMix mix = mixes[l];
            if (mix == null || scene.listenerGeneration[l] != mix.generation) {
                continue;
            }
            if (needsPropagation && !propagation.isFor(propagation.pair(l, slot), mix.generation, p.generation)) {
                return false;
            }
            if (!mix.canStart(scene, slot)) {
                return false;
            }
        }
        return true;
    }

    /** Gives voices to the most important of the playing emitters; the others go on silently. */
    @RealTime
    private void assignVoices() {
        int candidates = 0;
        for (int i = 0; i < playingCount; i++) {
            Playback p = playbacks[playing[i]];
            if (p.state != EmitterState.PLAYING && p.state != EmitterState.VIRTUAL || p.leaving) {
                continue;
            }
            p.loudness = 0;
            boolean own = scene.emitterGeneration[p.slot] == p.generation;
            p.judgedIn = own ? blocks : -1;
            for (int l = 0; l < mixes.length; l++) {
                if (mixes[l] != null && own) {
                    p.loudness = Math.max(p.loudness, mixes[l].judge(scene, propagation, p.slot));
                }
            }
            float rank = p.voice >= 0 ? p.loudness * HYSTERESIS : p.loudness;
            if (rank >= INAUDIBLE && Float.isFinite(rank)) {
                // Priority first, loudness second, slot last so that no two are equal; floats above zero sort like their bits.
                ranks[candidates++] = ((long) (scene.emitterPriority[p.slot] + 1024) << 52) | ((long) (Float.floatToRawIntBits(rank) >>> 1) << 21) | p.slot;
            } else if (p.voice >= 0) {
                p.leaving = true;
                p.after = EmitterState.VIRTUAL;
            }
        }
        long threshold = Long.MIN_VALUE;
        if (candidates > voices.length) {
            System.arraycopy(ranks, 0, ranksScratch, 0, candidates);
            threshold = Select.largest(ranksScratch, candidates, voices.length);
        }
        for (int i = 0; i < candidates; i++) {
            Playback p = playbacks[(int) (ranks[i] & 0x1fffff)];
            if (ranks[i] < threshold) {
                if (p.voice >= 0) {
                    p.leaving = true;
                    p.after = EmitterState.VIRTUAL;
                }
            } else if (p.voice < 0) {
                takeVoice(p);
            }
        }
    }

    /** If all voices are still fading out others, or a stream has first to come to where the sound is by now, the emitter gets one with a later block. */
    @RealTime
    private void takeVoice(Playback p) {
        if (!p.source.approach(nextFrame(p), p.readsLooping())) {
            return;
        }
        for (int v = 0; v < voices.length; v++) {
            if (voices[v].playback == null) {
                voices[v].start(p);
                p.voice = v;
                p.state = EmitterState.PLAYING;
                for (int l = 0; l < mixes.length; l++) {
                    if (mixes[l] != null) {
                        mixes[l].forget(v);
                    }
                    if (outgoing[l] != null) {
                        outgoing[l].forget(v);
                    }
                }
                return;
            }
        }
    }

    /** Hands a block over and makes the one before it heard: rendered elsewhere if it came in time, else here. */
    @RealTime
    private void renderPrevious(MixBlock block) {
        MixBlock before = exchange.previous();
        if (before == null) {
            // Nothing was described before the first block.
            BlockRenderer.silence(left, right);
        } else {
            MixExchange.Outcome outcome = exchange.collect(left, right);
            lastRemote = outcome == MixExchange.Outcome.READY;
            if (lastRemote) {
                remoteBlocks++;
                policy.record(false);
            } else {
                nonFiniteBlocks += renderer.render(before, left, right);
                count(before, outcome);
            }
            joinSeams(before, outcome == MixExchange.Outcome.READY);
            // Between the two blocks a listener may have left, and another taken its place.
            for (int r = 0; r < before.rows; r++) {
                int l = before.mix[r].slot;
                if (mixes[l] == null || mixes[l].generation != before.mix[r].generation) {
                    java.util.Arrays.fill(left[l], 0);
                    java.util.Arrays.fill(right[l], 0);
                }
            }
        }
        boolean wasOnCpu = policy.isOnCpu();
        boolean wanted = policy.next();
        if (wasOnCpu && wanted) {
            journal.note(MixJournal.Kind.TRIED_AGAIN, block.number, 0);
        }
        boolean prepared = exchange.isPreparedFor(block);
        if (wanted && !prepared && block.rows > 0) {
            unpreparedBlocks++;
        }
        exchange.end(wanted && prepared && block.paths > 0);
    }

    /** A model does not sound as the profile does that stands in for it. */
    @RealTime
    private void joinSeams(MixBlock block, boolean remote) {
        for (int r = 0; r < block.rows; r++) {
            ListenerMix mix = block.mix[r];
            if (mix.model() == null || block.rowFade[r] < 0) {
                continue;
            }
            int paths = block.rowPaths[r];
            // One that fades out in favour of this one is heard too.
            for (int o = r + 1; o < block.rows && block.mix[o].slot == mix.slot; o++) {
                paths += block.rowPaths[o];
            }
            seams[mix.slot].join(mix.generation, paths > 0, remote, left[mix.slot], right[mix.slot]);
        }
    }

    @RealTime
    private void count(MixBlock block, MixExchange.Outcome outcome) {
        if (outcome == MixExchange.Outcome.NOT_ASKED) {
            return;
        }
        boolean late = outcome == MixExchange.Outcome.LATE;
        if (late) {
            lateBlocks++;
        } else {
            failedBlocks++;
        }
        journal.note(late ? MixJournal.Kind.LATE : MixJournal.Kind.FAILED, block.number, 0);
        if (policy.record(true)) {
            journal.note(MixJournal.Kind.MOVED_TO_CPU, block.number, policy.pauseLeft());
        }
    }

    /** Says which voices reach which listeners how, and moves them on. */
    @RealTime
    private void describe(MixBlock block) {
        for (int l = 0; l < mixes.length; l++) {
            row[l] = -1;
            outgoingRow[l] = -1;
            if (mixes[l] != null) {
                mixes[l].begin(incoming[l]);
                row[l] = block.addRow(mixes[l], incoming[l] ? 1 : 0);
            }
            incoming[l] = false;
            if (outgoing[l] != null) {
                outgoing[l].begin(false);
                outgoingRow[l] = block.addRow(outgoing[l], -1);
            }
        }
        for (int v = 0; v < voices.length; v++) {
            Voice voice = voices[v];
            if (voice.playback != null) {
                describeVoice(v, voice, block);
            }
        }
        for (int l = 0; l < mixes.length; l++) {
            if (mixes[l] != null && plan.slots().reverb() > 0) {
                reverberate(l, block);
            }
        }
        for (int i = 0; i < playingCount; i++) {
            Playback p = playbacks[playing[i]];
            if (p.state == EmitterState.VIRTUAL && p.voice < 0) {
                goOnSilently(p);
            }
        }
    }

    @RealTime
    private void describeVoice(int v, Voice voice, MixBlock block) {
        Playback p = voice.playback;
        voice.advance(scene, listenerActive);
        if (voice.missed) {
            nonFiniteBlocks++;
            voice.missed = false;
        }
        boolean shared = voice.isShared();
        if (shared) {
            beginSource(v, voice, 0, mixes.length, block);
            block.beginLane();
        }
        for (int l = 0; l < mixes.length; l++) {
            if (mixes[l] == null) {
                continue;
            }
            if (!shared) {
                beginSource(v, voice, l, l + 1, block);
                block.beginLane();
            }
            boolean silent = voice.isSilent(l);
            int at = (l * playbacks.length + p.slot) * Bands.COUNT;
            mixes[l].send(v, voice, silent, scene, propagation);
            mixes[l].add(v, voice, silent, p.judgedIn == block.number - 1, scene, propagation, reported, at, block, row[l]);
            if (outgoing[l] != null) {
                outgoing[l].add(v, voice, silent, false, scene, propagation, reported, at, block, outgoingRow[l]);
            }
            if (!shared) {
                block.endLane();
                addReflections(v, voice, l, block);
            }
        }
        if (shared) {
            block.endLane();
            for (int l = 0; l < mixes.length; l++) {
                addReflections(v, voice, l, block);
            }
        }
        voice.fresh = false;
        if (p.leaving) {
            release(voice, p, p.after);
        } else if (voice.isSpent(listenerActive)) {
            release(voice, p, EmitterState.FINISHED);
        }
    }

    @RealTime
    private void reverberate(int l, MixBlock block) {
        ListenerReverb now = mixes[l].reverb();
        ListenerReverb before = outgoing[l] == null ? now : outgoing[l].reverb();
        nonFiniteBlocks += mixes[l].reverberate(propagation) ? 0 : 1;
        addReverb(now, mixes[l], row[l], before == now ? outgoing[l] : null, outgoingRow[l], block);
        if (before != now) {
            nonFiniteBlocks += outgoing[l].reverberate(propagation) ? 0 : 1;
            addReverb(before, outgoing[l], outgoingRow[l], null, 0, block);
        }
        straight[straightAt][l].take(now, before);
    }

    /** Adds the directions of a reverberation, for one mix or two. */
    @RealTime
    private void addReverb(ListenerReverb reverb, ListenerMix mix, int mixRow, ListenerMix other, int otherRow, MixBlock block) {
        for (int k = 0; reverb != null && !reverb.isSilent() && k < reverb.directions(); k++) {
            History history = reverb.history(k);
            block.beginSource(history.samples(), history.end(), plan.longestUsed());
            block.beginLane();
            mix.addReverb(reverb, k, scene, block, mixRow);
            if (other != null) {
                other.addReverb(reverb, k, scene, block, otherRow);
            }
            block.endLane();
        }
    }

    /** What goes straight to the ears of a listener in a block, past the renderers. */
    private final class Straight {
        private final float[] toLeft = new float[plan.blockFrames()];
        private final float[] toRight = new float[plan.blockFrames()];
        private boolean any;

        @RealTime
        void take(ListenerReverb now, ListenerReverb before) {
            forget();
            float step = 1f / plan.blockFrames();
            boolean same = now == before;
            any = now != null && now.addStraight(same ? 1 : step, same ? 0 : step, toLeft, toRight);
            if (!same && before != null) {
                any |= before.addStraight(1 - step, -step, toLeft, toRight);
            }
        }

        @RealTime
        void forget() {
            if (any) {
                java.util.Arrays.fill(toLeft, 0);
                java.util.Arrays.fill(toRight, 0);
                any = false;
            }
        }

        @RealTime
        void addTo(float[] intoLeft, float[] intoRight) {
            if (any) {
                plan.kernels().addFaded(toLeft, 0, 1, 0, intoLeft, 0, toLeft.length);
                plan.kernels().addFaded(toRight, 0, 1, 0, intoRight, 0, toRight.length);
            }
        }
    }

    /** Begins the lanes of a voice as listeners from .. to − 1 receive it. */
    @RealTime
    private void beginSource(int v, Voice voice, int from, int to, MixBlock block) {
        boolean reflects = false;
        for (int l = from; l < to; l++) {
            reflects |= mixes[l] != null && mixes[l].reflects(v, voice.playback, propagation) || outgoing[l] != null && outgoing[l].reflects(v, voice.playback, propagation);
        }
        History history = voice.history(from);
        block.beginSource(history.samples(), history.end(), plan.longestUsed() + (reflects ? plan.mostLagFrames() : 0));
    }

    @RealTime
    private void addReflections(int v, Voice voice, int l, MixBlock block) {
        if (mixes[l] != null) {
            mixes[l].addReflections(v, voice, voice.isSilent(l), scene, propagation, block, row[l]);
        }
        if (outgoing[l] != null) {
            outgoing[l].addReflections(v, voice, voice.isSilent(l), scene, propagation, block, outgoingRow[l]);
        }
    }

    @RealTime
    private void release(Voice voice, Playback p, EmitterState state) {
        for (int l = 0; l < mixes.length; l++) {
            if (mixes[l] != null) {
                mixes[l].release(p.voice, blocks);
            }
            if (outgoing[l] != null) {
                outgoing[l].release(p.voice, blocks);
            }
        }
        voice.playback = null;
        p.voice = -1;
        p.leaving = false;
        p.state = state;
        p.farthest = Double.NEGATIVE_INFINITY;
        java.util.Arrays.fill(p.laneKnown, false);
        if (!Double.isNaN(p.jump)) {
            jump(p);
        }
    }

    @RealTime
    private void goOnSilently(Playback p) {
        if (scene.emitterGeneration[p.slot] != p.generation) {
            return;
        }
        p.rate = scene.emitterPitch[p.slot];
        p.cursor += plan.blockFrames() * p.rate;
        p.loop(scene.emitterLooping[p.slot]);
        if (!p.looping && p.cursor >= p.end) {
            p.state = EmitterState.FINISHED;
        }
    }

    /** Of the block that is heard: the one at hand, or the one before where that is rendered one block later. */
    @RealTime
    private void addStraight() {
        if (exchange != null) {
            straightAt = 1 - straightAt;
        }
        for (int l = 0; l < mixes.length && plan.slots().reverb() > 0; l++) {
            if (mixes[l] != null) {
                straight[straightAt][l].addTo(left[l], right[l]);
                // Two that are finite may have a sum that is not.
                if (!plan.kernels().isFinite(left[l], 0, left[l].length) || !plan.kernels().isFinite(right[l], 0, right[l].length)) {
                    java.util.Arrays.fill(left[l], 0);
                    java.util.Arrays.fill(right[l], 0);
                    nonFiniteBlocks++;
                }
            }
        }
    }

    @RealTime
    private void limit() {
        for (int l = 0; l < mixes.length; l++) {
            if (mixes[l] != null) {
                mixes[l].limit(left[l], right[l]);
            }
        }
    }

    /** Returns what is over to the game thread; what finds the ring full stays for the next block. */
    @RealTime
    private void handBack() {
        for (int l = 0; l < outgoing.length; l++) {
            if (outgoing[l] != null && retired.offer(outgoing[l])) {
                retiredStale += outgoing[l].staleFilters;
                plan.use(outgoing[l].fftClass, -1);
                outgoing[l] = null;
            }
        }
        int kept = 0;
        for (int i = 0; i < leavingCount; i++) {
            Playback p = leaving[i];
            if (p.voice >= 0 || !retired.offer(p)) {
                leaving[kept++] = p;
            }
        }
        java.util.Arrays.fill(leaving, kept, leavingCount, null);
        leavingCount = kept;
        int n = 0;
        for (int i = 0; i < playingCount; i++) {
            int slot = playing[i];
            Playback p = playbacks[slot];
            boolean over = p.voice < 0 && (p.state == EmitterState.STOPPED || p.state == EmitterState.FINISHED);
            // The emitter is gone: its slot is free or someone else's.
            boolean orphan = scene.emitterGeneration[slot] != p.generation;
            if (orphan && p.voice >= 0 && !p.leaving) {
                p.leaving = true;
                p.after = EmitterState.STOPPED;
            }
            if ((over || orphan && p.voice < 0) && retired.offer(p)) {
                playbacks[slot] = null;
                endedGenerations[slot] = p.generation;
                endedStates[slot] = (byte) (p.state == EmitterState.FINISHED ? EmitterState.FINISHED : EmitterState.STOPPED).ordinal();
            } else {
                playing[n++] = slot;
            }
        }
        playingCount = n;
    }

    @RealTime
    private void publish() {
        TelemetryFrame t = telemetry.back();
        t.sceneFrame = scene.number;
        t.appliedEvents = appliedEvents;
        t.renderedFrames = renderedFrames;
        t.nonFiniteBlocks = nonFiniteBlocks;
        t.deadlineMisses = deadlineMisses;
        t.lastRemote = lastRemote;
        t.remoteBlocks = remoteBlocks;
        t.lateBlocks = lateBlocks;
        t.failedBlocks = failedBlocks;
        t.unpreparedBlocks = unpreparedBlocks;
        t.movesToCpu = policy == null ? 0 : policy.moves();
        t.pauseBlocks = policy == null ? 0 : policy.pauseLeft();
        t.staleFilters = retiredStale;
        real = 0;
        virtual = 0;
        waiting = 0;
        System.arraycopy(endedGenerations, 0, t.emitterGeneration, 0, endedGenerations.length);
        System.arraycopy(endedStates, 0, t.state, 0, endedStates.length);
        for (int i = 0; i < playingCount; i++) {
            int slot = playing[i];
            Playback p = playbacks[slot];
            t.emitterGeneration[slot] = p.generation;
            t.state[slot] = (byte) p.state.ordinal();
            if (p.state == EmitterState.PLAYING) {
                real++;
            } else if (p.state == EmitterState.VIRTUAL) {
                virtual++;
            } else if (p.state == EmitterState.WAITING) {
                waiting++;
            }
        }
        t.realVoices = real;
        t.virtualVoices = virtual;
        t.waitingVoices = waiting;
        int used = Bands.COUNT * scene.emitterLimit;
        for (int l = 0; l < mixes.length; l++) {
            ListenerMix mix = mixes[l];
            if (mix != null) {
                int from = Bands.COUNT * playbacks.length * l;
                System.arraycopy(reported, from, t.gain, from, used);
                t.staleFilters += mix.staleFilters;
                t.limiterGain[l] = mix.limiter == null ? 1 : mix.limiter.gain();
                t.limitedBlocks[l] = mix.limitedBlocks;
                t.droppedBlocks[l] = mix.droppedBlocks;
            } else {
                t.limiterGain[l] = 1;
                t.limitedBlocks[l] = 0;
                t.droppedBlocks[l] = 0;
            }
        }
        t.blockP50Micros = clock.percentileMicros(0.5);
        t.blockP99Micros = clock.percentileMicros(0.99);
        t.blockMaxMicros = clock.maxMicros();
        telemetry.publish();
    }

    /** Offline: waits until all streamed sounds, those that begin with this block too, have what it reads, so that nothing depends on the speed of the machine. */
    private void awaitStreams() {
        for (int i = 0; i < playingCount; i++) {
            Playback p = playbacks[playing[i]];
            p.source.awaitReady(nextFrame(p));
        }
    }

    /** Frees the sounds of everything that still plays. After the audio thread has ended. */
    public void closePlaybacks() {
        for (Playback p : playbacks) {
            if (p != null) {
                p.source.close();
            }
        }
        for (int i = 0; i < leavingCount; i++) {
            leaving[i].source.close();
        }
    }
}
