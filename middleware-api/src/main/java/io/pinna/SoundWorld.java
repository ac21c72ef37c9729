package io.pinna;

import io.pinna.acoustics.AirAbsorption;
import io.pinna.acoustics.Bands;
import io.pinna.acoustics.TriangleMesh;
import io.pinna.device.StreamFormat;
import io.pinna.effect.ReverbSettings;
import io.pinna.hrtf.BinauralModel;
import io.pinna.hrtf.HrtfProfile;
import io.pinna.internal.Check;
import io.pinna.internal.acoustics.AcousticsAgent;
import io.pinna.internal.acoustics.GeometryState;
import io.pinna.internal.command.SpscRing;
import io.pinna.internal.inference.FilterBatches;
import io.pinna.internal.inference.HrtfTables;
import io.pinna.internal.inference.InferenceAgent;
import io.pinna.internal.inference.MixAgent;
import io.pinna.internal.inference.MixRenderers;
import io.pinna.internal.inference.ModelBlockRenderer;
import io.pinna.internal.inference.RemoteRenderer;
import io.pinna.internal.render.AudioDriver;
import io.pinna.internal.render.AudioEngine;
import io.pinna.internal.render.AudioEvent;
import io.pinna.internal.render.CpuBlockRenderer;
import io.pinna.internal.render.HrtfTable;
import io.pinna.internal.render.ListenerMix;
import io.pinna.internal.render.Playback;
import io.pinna.internal.render.RemoteMixing;
import io.pinna.internal.render.RenderPlan;
import io.pinna.internal.render.ReverbResponse;
import io.pinna.internal.render.WornModel;
import io.pinna.internal.snapshot.PropagationFrame;
import io.pinna.internal.snapshot.SceneFrame;
import io.pinna.internal.snapshot.TelemetryFrame;
import io.pinna.internal.snapshot.TripleBuffer;
import io.pinna.internal.sound.SampleSource;
import io.pinna.internal.thread.AgentThread;
import io.pinna.unit.Decibels;
import io.pinna.unit.Pose;
import io.pinna.unit.Vector3;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A world of sound: emitters, listeners and geometry, and the engine that renders what each listener hears. Start here.
 *
 * <p>The thread that opens a world owns it: all calls on it and its handles are made there (usually the game's update thread); another thread gets a {@link UsageException}. Handles change nothing that is
 * heard until {@link #commit}, which publishes the state of everything as one frame. In {@link SoundWorldSettings.Mode#REAL_TIME real time} the audio, acoustics and inference threads work on their own and
 * never hold the caller up; {@link SoundWorldSettings.Mode#OFFLINE offline} the caller drives them by {@link #advance}, with the same code and always the same result.
 */
public final class SoundWorld implements AutoCloseable {
    private static final int LEAST_EVENT_CAPACITY = 4096;
    /** Room for this many calls an emitter in one commit; what exceeds it goes with later blocks. */
    private static final int EVENTS_AN_EMITTER = 4;

    private final SoundWorldSettings settings;
    private final Thread owner = Thread.currentThread();
    private final RenderPlan plan;
    private final double[] airDbPerMeter;

    private final SceneFrame scene;
    private final TripleBuffer<SceneFrame> scenesForAudio;
    private final TripleBuffer<SceneFrame> scenesForAcoustics;
    private final TripleBuffer<SceneFrame> scenesForInference;
    private final TripleBuffer<PropagationFrame> propagationForReport;
    private final TripleBuffer<TelemetryFrame> telemetry;
    private final SpscRing<AudioEvent> events;
    private final SpscRing<Object> retired;
    private final ArrayDeque<AudioEvent> deferred = new ArrayDeque<>();

    private final GeometryState geometry = new GeometryState();
    private final AcousticsAgent acoustics;
    private final InferenceAgent inference;
    private final AudioEngine engine;
    private final AudioDriver driver;
    private final AgentThread acousticsThread;
    private final AgentThread inferenceThread;
    /** The mix on a thread of its own, or null if the audio thread mixes. */
    private final MixAgent mixing;
    private final AgentThread mixThread;
    private final String mixReason;
    private final String cpuDescription;

    private final Listener[] listeners;
    private final ListenerMix[] mixes;
    /** Listeners whose output is open, closed ones too until the audio thread has let go of them. */
    private final ArrayList<Listener> opened = new ArrayList<>();
    private final Emitter[] emitters;
    private final ArrayDeque<Integer> freeEmitterSlots = new ArrayDeque<>();
    private int nextEmitterSlot;
    private int generations;
    private long deferredEvents;
    private long postedEvents;
    private final HrtfTables tables;
    /** What each listener wears. */
    private final HrtfTables.Entry[] worn;
    private final List<String> notes = new ArrayList<>();
    /** Of the listeners. */
    private final Map<ReverbSettings, ReverbResponse> reverbs = new HashMap<>();
    private long advancedBlocks;
    private boolean closed;

    private SoundWorld(SoundWorldSettings settings, RemoteRenderer.Factory mixer, String mixReason) {
        this.mixReason = mixReason;
        this.settings = settings;
        int l = settings.maxListeners();
        int e = settings.maxEmitters();
        int eventCapacity = Math.max(LEAST_EVENT_CAPACITY, Integer.highestOneBit(e * EVENTS_AN_EMITTER) * 2);
        events = new SpscRing<>(eventCapacity);
        retired = new SpscRing<>(eventCapacity);
        plan = new RenderPlan(settings);
        cpuDescription = CpuBlockRenderer.describe(plan);
        airDbPerMeter = settings.acoustics().airAbsorption()
                ? AirAbsorption.of(settings.acoustics().temperatureCelsius(), settings.acoustics().humidityPercent()).bandsDecibelsPerMeter().toArray()
                : new double[Bands.COUNT];
        scene = new SceneFrame(l, e);
        scenesForAudio = new TripleBuffer<>(() -> new SceneFrame(l, e));
        scenesForAcoustics = new TripleBuffer<>(() -> new SceneFrame(l, e));
        scenesForInference = new TripleBuffer<>(() -> new SceneFrame(l, e));
        TripleBuffer<PropagationFrame> propagationForAudio = new TripleBuffer<>(() -> new PropagationFrame(settings));
        propagationForReport = new TripleBuffer<>(() -> new PropagationFrame(settings));
        telemetry = new TripleBuffer<>(() -> new TelemetryFrame(l, e));
        acoustics = new AcousticsAgent(settings, scenesForAcoustics, propagationForAudio, propagationForReport, this::acousticsNanos);
        inference = new InferenceAgent(scenesForInference, l);
        RemoteMixing remote = mixer == null ? null : RemoteMixing.create(plan);
        engine = new AudioEngine(plan, scenesForAudio, propagationForAudio, telemetry, events, retired, remote);
        driver = new AudioDriver(engine, settings);
        listeners = new Listener[l];
        mixes = new ListenerMix[l];
        worn = new HrtfTables.Entry[l];
        tables = new HrtfTables(settings.sampleRateHz(), settings.blockFrames(), settings.maxFilterTaps(), inference::retire);
        emitters = new Emitter[e];
        boolean live = settings.mode() == SoundWorldSettings.Mode.REAL_TIME;
        mixing = mixer == null ? null : new MixAgent(remote, ModelBlockRenderer.factory(settings, mixer), 1_000_000_000L * settings.blockFrames() / settings.sampleRateHz(), !live);
        mixThread = live && mixing != null ? new AgentThread(mixing) : null;
        acousticsThread = live ? new AgentThread(acoustics) : null;
        inferenceThread = live ? new AgentThread(mixing == null ? inference : inference.beside(mixing::tell)) : null;
    }

    /**
     * Opens a world and, in real time, starts its threads. The calling thread owns it from now on.
     *
     * @throws InferenceException if the settings ask for an inference provider that is not there, or ask for one at all and ONNX Runtime cannot be loaded
     */
    public static SoundWorld open(SoundWorldSettings settings) {
        Check.notNull(settings, "settings");
        MixRenderers.Decision mix = MixRenderers.decide(settings);
        return open(settings, mix.factory(), mix.reason());
    }

    /** @param mixer makes what mixes on the inference thread, or null if the audio thread mixes */
    static SoundWorld open(SoundWorldSettings settings, RemoteRenderer.Factory mixer) {
        return open(settings, mixer, mixer == null ? "audio thread: no mixer was given" : mixer.describe());
    }

    private static SoundWorld open(SoundWorldSettings settings, RemoteRenderer.Factory mixer, String mixReason) {
        SoundWorld world = new SoundWorld(settings, mixer, mixReason);
        if (world.acousticsThread != null) {
            world.acousticsThread.start();
            world.inferenceThread.start();
            if (world.mixThread != null) {
                world.mixThread.start();
            }
            world.driver.start();
        }
        return world;
    }

    public SoundWorldSettings settings() {
        return settings;
    }

    /**
     * Adds a listener: loads its profile and opens its output.
     *
     * @throws UsageException     if there are as many as the settings allow, or if it wears a binaural model and the world does not mix on the inference thread
     * @throws InvalidValueException if another listener has the name, or if its binaural model wants another sample rate or block length
     * @throws ResourceException  if a file of the profile, or of a file output, cannot be used
     * @throws InferenceException if the profile's model, or the binaural model, cannot be used
     * @throws DeviceException    if the output cannot be opened
     */
    public Listener addListener(ListenerSettings listenerSettings) {
        checkUsable(false, "world", "");
        Check.notNull(listenerSettings, "listenerSettings");
        collect();
        int slot = 0;
        while (slot < listeners.length && listeners[slot] != null) {
            slot++;
        }
        if (slot == listeners.length) {
            throw new UsageException(UsageException.Rule.CAPACITY, "all " + listeners.length + " listeners are taken; raise maxListeners of the world's settings or close one");
        }
        for (Listener other : listeners) {
            if (other != null && other.name().equals(listenerSettings.name())) {
                throw new InvalidValueException("there is a listener named \"" + other.name() + "\" already; give each its own name, reports tell them apart by it");
            }
        }
        HrtfTables.Entry table = table(listenerSettings, listenerSettings.profile());
        WornModel model = listenerSettings.binauralModel().map(this::open).orElse(null);
        Listener listener;
        ListenerMix mix;
        try {
            listener = new Listener(this, slot, ++generations, listenerSettings, model);
            // Made before the output opens, so that nothing that can fail comes after that.
            mix = mix(listener, table);
            opened.ensureCapacity(opened.size() + 1);
            listenerSettings.output().open(new StreamFormat(settings.sampleRateHz(), settings.blockFrames(), settings.queueBlocks()));
        } catch (RuntimeException | Error e) {
            if (model != null) {
                model.close();
            }
            throw e;
        }
        opened.add(listener);
        listeners[slot] = listener;
        wear(listener, mix, table, AudioEvent.Kind.ADD_LISTENER);
        return listener;
    }

    /** Opens the model that a listener wears. */
    private WornModel open(BinauralModel model) {
        String name = "the binaural model \"" + Check.notBlank(model.name(), "name of a binaural model") + "\"";
        if (mixing == null) {
            throw new UsageException(UsageException.Rule.STATE, name + " needs a world that mixes on the inference thread; this one does not (" + mixReason
                    + "): open it with InferenceSettings.withMix(INFERENCE_THREAD)");
        }
        if (model.sampleRateHz() != BinauralModel.ANY && model.sampleRateHz() != settings.sampleRateHz()) {
            throw new InvalidValueException(name + " works at " + model.sampleRateHz() + " Hz, the world at " + settings.sampleRateHz() + " Hz (sampleRateHz of its settings); both must be the same");
        }
        if (model.blockFrames() != BinauralModel.ANY && model.blockFrames() != settings.blockFrames()) {
            throw new InvalidValueException(name + " works with blocks of " + model.blockFrames() + " frames, the world with " + settings.blockFrames() + " (blockFrames of its settings); both must be the same");
        }
        Check.inRange(model.lookBackFrames(), 0, BinauralModel.MAX_LOOK_BACK_FRAMES, "lookBackFrames of " + name);
        Check.inRange(model.tailFrames(), model.lookBackFrames(), BinauralModel.MAX_LOOK_BACK_FRAMES, "tailFrames of " + name);
        Check.inRange(model.latencyFrames(), 0, BinauralModel.MAX_LOOK_BACK_FRAMES, "latencyFrames of " + name);
        BinauralModel.Session session;
        try {
            session = model.open(new BinauralModel.Setup(settings.sampleRateHz(), settings.blockFrames(), settings.maxVoices(), settings.inference().provider()));
        } catch (PinnaException e) {
            throw e;
        } catch (RuntimeException | LinkageError e) {
            throw new InferenceException(name + " cannot be opened: " + e, e);
        }
        if (session == null) {
            throw new InferenceException(name + " opens no session: open answered null");
        }
        return new WornModel(model, session);
    }

    /** The filters of a profile, in full if the listener asks for that. */
    private HrtfTables.Entry table(ListenerSettings listenerSettings, HrtfProfile profile) {
        HrtfTables.Entry entry = tables.get(profile);
        if (listenerSettings.bakedFilters()) {
            FilterBatches.bake(List.of(entry.table()));
        }
        return entry;
    }

    private ListenerMix mix(Listener listener, HrtfTables.Entry entry) {
        return new ListenerMix(plan, listener.slot, listener.generation, entry.table(), listener.settings.nearField(), listener.settings.output(), airDbPerMeter, listener.model, response(listener.reverb));
    }

    private void wear(Listener listener, ListenerMix mix, HrtfTables.Entry entry, AudioEvent.Kind kind) {
        tables.use(entry);
        listener.mixesOut++;
        mixes[listener.slot] = mix;
        worn[listener.slot] = entry;
        inference.assign(new InferenceAgent.Assignment(listener.slot, listener.generation, entry.table(), entry.table().source()));
        if (mixing != null) {
            mixing.add(mix);
        }
        post(kind, listener.slot, mix, 0);
    }

    void changeProfile(Listener listener, HrtfProfile profile) {
        if (!profile.equals(listener.profile) || !tables.isOf(worn[listener.slot], profile)) {
            HrtfTables.Entry entry = table(listener.settings, profile);
            ListenerMix mix = mix(listener, entry);
            listener.profile = profile;
            wear(listener, mix, entry, AudioEvent.Kind.SWAP_LISTENER);
        }
    }

    /**
     * Computes the filters of all directions for all listeners, here and now: for the time while a game loads. Until then they are computed as they are needed, what is needed first, and the rest in the
     * background; afterwards no model runs any more, whatever moves, until a listener puts on another profile. Takes about 0.3 s and 11 MB for a profile of the HRTF field on one core, listeners that wear
     * the same profile once.
     *
     * @throws InferenceException if a model fails in some direction; what has been computed stays
     */
    public void bakeFilters() {
        checkUsable(false, "world", "");
        Set<HrtfTable> all = new LinkedHashSet<>();
        for (HrtfTables.Entry entry : worn) {
            if (entry != null && !entry.table().isBaked()) {
                all.add(entry.table());
            }
        }
        if (!all.isEmpty()) {
            FilterBatches.bake(all);
        }
    }

    /** Responses are prepared once, for as long as some listener reverberates by them. */
    private ReverbResponse response(ReverbSettings reverb) {
        if (reverb.kind() == ReverbSettings.Kind.CONVOLUTION && !settings.acoustics().lateReverb()) {
            throw new UsageException(UsageException.Rule.STATE, "the reverberation by " + reverb.response() + " needs a world with late reverberation: open it with AcousticsSettings.withLateReverb(true)");
        }
        reverbs.keySet().removeIf(r -> Arrays.stream(listeners).noneMatch(l -> l != null && l.reverb.equals(r)));
        return reverbs.computeIfAbsent(reverb, r -> ReverbResponse.of(r, settings.sampleRateHz(), settings.blockFrames()));
    }

    void changeReverb(Listener listener, ReverbSettings reverb) {
        if (reverb.equals(listener.reverb)) {
            return;
        }
        // What can fail comes first.
        response(reverb);
        listener.reverb = reverb;
        HrtfTables.Entry entry = worn[listener.slot];
        wear(listener, mix(listener, entry), entry, AudioEvent.Kind.SWAP_LISTENER);
    }

    void removeListener(Listener listener) {
        listeners[listener.slot] = null;
        mixes[listener.slot] = null;
        worn[listener.slot] = null;
        inference.assign(new InferenceAgent.Assignment(listener.slot, 0, null, null));
        post(AudioEvent.Kind.REMOVE_LISTENER, listener.slot, null, 0);
    }

    /**
     * Adds an emitter, silent until {@link Emitter#play}.
     *
     * @throws UsageException if there are as many as the settings allow; those that exist play on
     */
    public Emitter addEmitter(Sound sound, EmitterSettings emitterSettings) {
        checkUsable(false, "world", "");
        Check.notNull(sound, "sound");
        Check.notNull(emitterSettings, "emitterSettings");
        // Before a slot is taken, which would be lost.
        checkReach(emitterSettings.pose());
        Integer slot = freeEmitterSlots.poll();
        if (slot == null) {
            if (nextEmitterSlot == emitters.length) {
                throw new UsageException(UsageException.Rule.CAPACITY,
                        "all " + emitters.length + " emitters are taken; raise maxEmitters of the world's settings or close one");
            }
            slot = nextEmitterSlot++;
        }
        Emitter emitter = new Emitter(this, slot, ++generations, sound, emitterSettings);
        emitters[slot] = emitter;
        return emitter;
    }

    void removeEmitter(Emitter emitter) {
        emitters[emitter.slot] = null;
        freeEmitterSlots.add(emitter.slot);
    }

    /**
     * Adds a mesh that stops sound, at the origin until it is moved.
     *
     * @throws InvalidValueException if no triangle of it can be used
     */
    public Geometry addGeometry(TriangleMesh mesh) {
        return addGeometry(Check.notNull(mesh, "mesh").name(), mesh);
    }

    /**
     * Adds a mesh under a name of its own, for example one of several that share a mesh. What is built for tracing is shared by all that add the same mesh object.
     *
     * @param name used in reports instead of the mesh's, such as "ward/door_3"
     * @throws InvalidValueException if no triangle of it can be used
     */
    public Geometry addGeometry(String name, TriangleMesh mesh) {
        checkUsable(false, "world", "");
        Check.notNull(mesh, "mesh");
        return new Geometry(this, geometry, geometry.add(name, mesh, Pose.ORIGIN, Vector3.ONE), mesh);
    }

    /**
     * Decodes and resamples a sound to the world's rate now, so that its first {@link Emitter#play} does not have to.
     */
    public void prepare(Sound sound) {
        checkUsable(false, "world", "");
        Check.notNull(sound, "sound").open(settings.sampleRateHz()).close();
    }

    /**
     * Publishes the state of all handles as one frame, together with the calls of {@code play}, {@code stop} and the like since the last one. Never waits.
     *
     * @return the frame's number
     */
    public long commit() {
        checkUsable(false, "world", "");
        collect();
        fillScene();
        scenesForAcoustics.back().copyFrom(scene);
        scenesForAcoustics.publish();
        scenesForInference.back().copyFrom(scene);
        scenesForInference.publish();
        scenesForAudio.back().copyFrom(scene);
        scenesForAudio.publish();
        flushDeferred();
        if (acousticsThread != null) {
            acousticsThread.wake();
            inferenceThread.wake();
        }
        return scene.number;
    }

    private void fillScene() {
        SceneFrame s = scene;
        s.number++;
        s.geometry = geometry.publish();
        for (int l = 0; l < listeners.length; l++) {
            Listener listener = listeners[l];
            s.listenerGeneration[l] = listener == null ? 0 : listener.generation;
            if (listener != null) {
                put(s.listenerPosition, l, listener.pose.position());
                put(s.listenerVelocity, l, listener.velocity);
                var r = listener.pose.rotation();
                s.listenerRotation[4 * l] = r.x();
                s.listenerRotation[4 * l + 1] = r.y();
                s.listenerRotation[4 * l + 2] = r.z();
                s.listenerRotation[4 * l + 3] = r.w();
            }
        }
        s.emitterLimit = nextEmitterSlot;
        for (int e = 0; e < nextEmitterSlot; e++) {
            Emitter emitter = emitters[e];
            s.emitterGeneration[e] = emitter == null ? 0 : emitter.generation;
            if (emitter != null) {
                put(s.emitterPosition, e, emitter.pose.position());
                put(s.emitterVelocity, e, emitter.velocity);
                put(s.emitterAxis, e, emitter.axis);
                s.emitterGain[e] = (float) emitter.gainLinear;
                s.emitterPitch[e] = (float) emitter.pitch;
                s.emitterRadius[e] = (float) emitter.radiusMeters;
                s.emitterPriority[e] = emitter.priority;
                s.emitterLooping[e] = emitter.looping;
                s.emitterDistance[e] = emitter.distance;
                s.emitterDirectivity[e] = emitter.directivity;
            }
        }
    }

    private static void put(double[] to, int index, Vector3 v) {
        to[3 * index] = v.x();
        to[3 * index + 1] = v.y();
        to[3 * index + 2] = v.z();
    }

    /** Events belong to the frame of the coming commit; those that find the ring full go with a later one, in order. */
    private void post(AudioEvent.Kind kind, int slot, Object value, double amount) {
        AudioEvent event = new AudioEvent(kind, scene.number + 1, slot, value, amount);
        postedEvents++;
        if (!deferred.isEmpty() || !events.offer(event)) {
            deferred.add(event);
            deferredEvents++;
        }
    }

    private void flushDeferred() {
        while (!deferred.isEmpty() && events.offer(deferred.peek())) {
            deferred.poll();
        }
    }

    void play(Emitter emitter, double delaySeconds) {
        SampleSource source = emitter.sound.open(settings.sampleRateHz(), emitter.looping);
        emitter.source = source;
        double delayFrames = Math.rint(delaySeconds * settings.sampleRateHz());
        post(AudioEvent.Kind.PLAY, emitter.slot, new Playback(emitter.slot, emitter.generation, source, settings.maxListeners(), delayFrames, 0), 0);
        request(emitter, EmitterState.WAITING);
        emitter.silentUntilFrame = telemetry.acquire().renderedFrames + delayFrames;
    }

    void stop(Emitter emitter) {
        post(AudioEvent.Kind.STOP, emitter.slot, null, 0);
        request(emitter, EmitterState.STOPPED);
    }

    void pause(Emitter emitter) {
        EmitterState before = stateOf(emitter);
        post(AudioEvent.Kind.PAUSE, emitter.slot, null, 0);
        if (before != EmitterState.STOPPED && before != EmitterState.FINISHED) {
            request(emitter, EmitterState.PAUSED);
        }
    }

    void resume(Emitter emitter) {
        boolean paused = stateOf(emitter) == EmitterState.PAUSED;
        post(AudioEvent.Kind.RESUME, emitter.slot, null, 0);
        if (paused) {
            request(emitter, EmitterState.WAITING);
        }
    }

    void seek(Emitter emitter, double positionSeconds) {
        post(AudioEvent.Kind.SEEK, emitter.slot, null, Math.rint(positionSeconds * settings.sampleRateHz()));
        emitter.silentUntilFrame = 0;
    }

    private void request(Emitter emitter, EmitterState state) {
        emitter.requested = state;
        emitter.requestedEvent = postedEvents;
        emitter.requestedFrame = scene.number + 1;
        emitter.silentUntilFrame = 0;
    }

    EmitterState stateOf(Emitter emitter) {
        TelemetryFrame t = telemetry.acquire();
        if (t.appliedEvents < emitter.requestedEvent) {
            return emitter.requested;
        }
        if (t.emitterGeneration[emitter.slot] != emitter.generation) {
            return EmitterState.STOPPED;
        }
        return EmitterState.values()[t.state[emitter.slot]];
    }

    /** Takes back what the audio thread is done with. */
    private void collect() {
        for (Object o = retired.poll(); o != null; o = retired.poll()) {
            if (o instanceof Playback playback) {
                playback.source.close();
            } else if (o instanceof ListenerMix mix) {
                release(mix);
            }
        }
    }

    private void release(ListenerMix mix) {
        if (mixing != null) {
            mixing.remove(mix);
        }
        tables.release(mix.table);
        for (int i = 0; i < opened.size(); i++) {
            Listener listener = opened.get(i);
            if (listener.generation == mix.generation() && --listener.mixesOut == 0 && listener.closed) {
                // Nobody is offered blocks any more.
                opened.remove(i);
                listener.settings.output().close();
                return;
            }
        }
    }

    /**
     * Offline: renders some blocks into the outputs. Before each, the acoustics and the filters for the newest commit are brought up to date, so nothing depends on the speed of the machine.
     *
     * @param blocks how many (≥ 0)
     * @throws UsageException  in a real-time world
     * @throws DeviceException if an output takes no block for ten seconds
     */
    public void advance(int blocks) {
        checkUsable(false, "world", "");
        Check.inRange(blocks, 0, Integer.MAX_VALUE, "blocks");
        if (settings.mode() != SoundWorldSettings.Mode.OFFLINE) {
            throw new UsageException(UsageException.Rule.STATE, "advance is for offline worlds; in real time the audio thread renders by itself");
        }
        if (settings.acoustics().hasIndirectPaths() && scene.geometry != null && scene.geometry.instanceCount() > 0) {
            // Reflections come from anywhere. In real time they wait until their filters are there; here nothing may depend on when that is.
            bakeFilters();
        }
        for (int i = 0; i < blocks; i++) {
            flushDeferred();
            acoustics.doWork();
            inference.serveScene();
            if (mixing != null) {
                while (mixing.doWork() > 0) {
                    // Renders the block of the last step, or makes itself ready for new listeners.
                }
            }
            driver.step();
            advancedBlocks++;
            collect();
        }
    }

    /** The time by which the acoustics keep their beat: of the audio offline, so that nothing depends on the machine. */
    private long acousticsNanos() {
        return settings.mode() == SoundWorldSettings.Mode.OFFLINE ? Math.round(1e9 * advancedBlocks * settings.blockFrames() / settings.sampleRateHz()) : System.nanoTime();
    }

    /** What rendered the last block, and how: as in the {@linkplain WorldReport#renderer() report}, but cheap enough to be asked after each block. */
    public String renderer() {
        checkUsable(false, "world", "");
        return renderer(telemetry.acquire());
    }

    private String renderer(TelemetryFrame t) {
        if (mixing != null && t.renderedFrames <= settings.blockFrames()) {
            return "none yet: everything is heard one block later";
        }
        return t.lastRemote ? "inference thread: " + mixing.state() : cpuDescription;
    }

    /** What the world is doing and why. */
    public WorldReport report() {
        checkUsable(false, "world", "");
        collect();
        TelemetryFrame t = telemetry.acquire();
        PropagationFrame p = propagationForReport.acquire();
        List<WorldReport.ListenerReport> heard = new ArrayList<>();
        List<String> said = new ArrayList<>(notes);
        int latency = 0;
        for (Listener listener : listeners) {
            if (listener != null) {
                ListenerMix mix = mixes[listener.slot];
                int ofListener = mix.latencyFrames() + (mixing == null ? 0 : settings.blockFrames());
                latency = Math.max(latency, ofListener);
                var device = listener.settings.output().report();
                heard.add(new WorldReport.ListenerReport(listener.name(), listener.profile.describe(),
                        (mix.model() == null ? "" : ModelBlockRenderer.text(mix) + "; where it is not ready, ") + worn[listener.slot].model(), ofListener,
                        mix.table.filterTaps(), mix.table.readyCount(), mix.table.vertexCount(), decibels(t.limiterGain[listener.slot]), t.limitedBlocks[listener.slot],
                        t.droppedBlocks[listener.slot], device, reverbOf(listener, p)));
                for (String note : device.notes()) {
                    said.add("listener " + listener.name() + ": " + note);
                }
            }
        }
        List<WorldReport.EmitterReport> emitting = new ArrayList<>();
        for (int e = 0; e < nextEmitterSlot; e++) {
            if (emitters[e] != null) {
                emitting.add(reportOf(emitters[e], t, p));
            }
        }
        if (inference.fault() != null) {
            said.add("inference: " + inference.fault());
        }
        addFault(said, acousticsThread, "acoustics");
        addFault(said, inferenceThread, "inference");
        addFault(said, mixThread, "mix");
        if (mixing != null && mixing.fault() != null) {
            said.add("mix: " + mixing.fault() + " (" + mixing.faults() + " faults so far)");
        }
        if (driver.deviceFault() != null) {
            said.add("an output lost blocks because it threw " + driver.deviceFault());
        }
        if (driver.fault() != null) {
            said.add("audio thread: " + driver.fault());
        }
        return new WorldReport(t.sceneFrame, t.renderedFrames, latency, renderer(t), t.realVoices, t.virtualVoices, t.waitingVoices,
                new WorldReport.BlockTimes(t.blockP50Micros, t.blockP99Micros, t.blockMaxMicros), t.deadlineMisses, t.staleFilters, deferredEvents, t.nonFiniteBlocks,
                mixReport(t), acousticsReport(), heard, emitting, said);
    }

    private WorldReport.MixReport mixReport(TelemetryFrame t) {
        if (mixing == null) {
            return new WorldReport.MixReport(false, mixReason, 0, 0, 0, 0, 0, 0, new WorldReport.BlockTimes(0, 0, 0));
        }
        return new WorldReport.MixReport(true, mixReason + "; " + mixing.state(), t.remoteBlocks, t.lateBlocks, t.failedBlocks, t.unpreparedBlocks, t.movesToCpu,
                (double) t.pauseBlocks * settings.blockFrames() / settings.sampleRateHz(), new WorldReport.BlockTimes(mixing.p50Micros(), mixing.p99Micros(), mixing.maxMicros()));
    }

    private static void addFault(List<String> said, AgentThread thread, String name) {
        if (thread != null && thread.lastFault() != null) {
            said.add("the " + name + " thread went on after " + thread.faults() + " faults, the last: " + thread.lastFault());
        }
    }

    private static double decibels(double gainLinear) {
        return Math.max(-200, Decibels.fromLinear(gainLinear));
    }

    private WorldReport.ReverbReport reverbOf(Listener listener, PropagationFrame p) {
        if (!settings.acoustics().lateReverb() || listener.reverb.kind() != ReverbSettings.Kind.GEOMETRY || !p.hasReverb(listener.slot, listener.generation)) {
            return null;
        }
        double[] seconds = new double[Bands.COUNT];
        for (int b = 0; b < Bands.COUNT; b++) {
            seconds[b] = p.reverbSeconds(listener.slot, b);
        }
        return new WorldReport.ReverbReport(Bands.of(seconds), p.preDelaySeconds(listener.slot), p.meanFreePathMeters(listener.slot), p.openness(listener.slot));
    }

    private WorldReport.AcousticsReport acousticsReport() {
        return new WorldReport.AcousticsReport(acoustics.usedShare(), settings.acoustics().quality().coreShare(), acoustics.updates(), acoustics.postponed(), acoustics.cutSearches(), geometry.instanceCount(),
                geometry.triangleCount(), geometry.skippedTriangles());
    }

    private WorldReport.EmitterReport reportOf(Emitter emitter, TelemetryFrame t, PropagationFrame p) {
        List<WorldReport.PathReport> paths = new ArrayList<>();
        EmitterState state = stateOf(emitter);
        for (Listener listener : listeners) {
            if (listener != null) {
                paths.add(pathOf(emitter, state, listener, t, p));
            }
        }
        return new WorldReport.EmitterReport(emitter.name, emitter.sound.name(), state, emitter.sound.warnings(), emitter.source == null ? 0 : emitter.source.missedFrames(), paths);
    }

    private WorldReport.PathReport pathOf(Emitter emitter, EmitterState state, Listener listener, TelemetryFrame t, PropagationFrame p) {
        int pair = p.pair(listener.slot, emitter.slot);
        boolean resolved = p.isFor(pair, listener.generation, emitter.generation);
        double[] transmission = new double[Bands.COUNT];
        double[] gainDb = new double[Bands.COUNT];
        boolean real = state == EmitterState.PLAYING;
        int at = t.gainIndex(listener.slot, emitter.slot);
        for (int b = 0; b < Bands.COUNT; b++) {
            transmission[b] = resolved ? p.transmission(pair, b) : 1;
            gainDb[b] = real ? decibels(t.gain[at + b]) : -200;
        }
        Vector3 local = listener.pose.toLocal(emitter.pose.position());
        double distance = local.length();
        double azimuth = Math.atan2(-local.x(), -local.z());
        double elevation = Math.atan2(local.y(), Math.hypot(local.x(), local.z()));
        double occlusion = resolved ? p.occlusion(pair) : 0;
        List<WorldReport.ArrivalReport> arrivals = resolved ? Arrivals.of(emitter, listener, p, pair, airDbPerMeter) : List.of();
        Bands reverbDb = Arrivals.reverbDb(emitter, listener.reverb, p, pair, resolved && settings.acoustics().lateReverb());
        String why = new Explanation(settings, scene.number, emitter, state, listener, t, arrivals, reverbDb, reverbOf(listener, p)).line(resolved, occlusion, transmission, resolved ? p.blocker(pair) : null,
                resolved ? p.walls(pair) : 0);
        return new WorldReport.PathReport(listener.name(), distance, azimuth, elevation, occlusion, Bands.of(transmission), Bands.of(gainDb), resolved, arrivals, reverbDb, why);
    }

    /** Rays lose their footing in coordinates that are larger than this. */
    static Pose checkReach(Pose pose) {
        Vector3 at = Check.notNull(pose, "pose").position();
        double limit = GeometryState.LARGEST_POSITION_METERS;
        Check.inRange(at.x(), -limit, limit, "x of the position");
        Check.inRange(at.y(), -limit, limit, "y of the position");
        Check.inRange(at.z(), -limit, limit, "z of the position");
        return pose;
    }

    void checkUsable(boolean handleClosed, String kind, String name) {
        if (Thread.currentThread() != owner) {
            throw new UsageException(UsageException.Rule.WRONG_THREAD, "called from thread \"" + Thread.currentThread().getName() + "\"; the world belongs to \""
                    + owner.getName() + "\", which opened it");
        }
        if (closed) {
            throw new UsageException(UsageException.Rule.CLOSED, "the world is closed");
        }
        if (handleClosed) {
            throw new UsageException(UsageException.Rule.CLOSED, "the " + kind + " \"" + name + "\" is closed");
        }
    }

    /**
     * Ends the threads, closes the outputs and frees everything. A second call does nothing.
     *
     * @throws RuntimeException that closing an output threw, such as a {@link ResourceException} for a file that could not be finished; everything is closed all the same
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        checkUsable(false, "world", "");
        closed = true;
        driver.close();
        if (acousticsThread != null) {
            acousticsThread.close();
            inferenceThread.close();
        }
        if (mixThread != null) {
            mixThread.close();
        } else if (mixing != null) {
            mixing.end();
        }
        collect();
        for (AudioEvent event = events.poll(); event != null; event = events.poll()) {
            deferred.add(event);
        }
        for (AudioEvent event : deferred) {
            if (event.value() instanceof Playback playback) {
                playback.source.close();
            }
        }
        engine.closePlaybacks();
        RuntimeException first = null;
        for (Listener listener : opened) {
            try {
                listener.settings.output().close();
            } catch (RuntimeException e) {
                if (first == null) {
                    first = e;
                } else {
                    first.addSuppressed(e);
                }
            }
        }
        opened.clear();
        tables.closeAll();
        inference.close();
        if (first != null) {
            throw first;
        }
    }
}
