package io.pinna.jme;

import com.jme3.app.Application;
import com.jme3.app.SimpleApplication;
import com.jme3.app.state.BaseAppState;
import com.jme3.asset.AssetLoadException;
import com.jme3.asset.AssetManager;
import com.jme3.asset.AssetNotFoundException;
import com.jme3.math.Quaternion;
import com.jme3.math.Vector3f;
import com.jme3.renderer.Camera;
import com.jme3.renderer.RenderManager;
import com.jme3.scene.Node;
import com.jme3.scene.Spatial;
import io.pinna.InvalidValueException;
import io.pinna.Listener;
import io.pinna.ListenerSettings;
import io.pinna.PinnaException;
import io.pinna.SoundWorld;
import io.pinna.SoundWorldSettings;
import io.pinna.UsageException;
import io.pinna.WorldReport;
import io.pinna.device.OutputDevice;
import io.pinna.hrtf.HrtfProfile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The sound of a jMonkeyEngine application: attach it, and every {@link SoundEmitterControl} in the scene is heard from where the camera is, through the walls of the scene. It opens the
 * {@link SoundWorld} when it is initialized and closes it, with its threads and outputs, in cleanup. Once a frame it reads the scene below its root node: emitters, geometry
 * ({@link SceneGeometryExtractor}), listeners; and commits all of it as one frame.
 *
 * <p>Offline, each update also renders as many whole blocks as game time has passed, so that a tour that is updated with fixed steps always gives the same sound.
 *
 * <p>While the state is disabled, sounds are held. All methods belong to the update thread; before initialization they only note what to do.
 */
public final class SpatialAudioState extends BaseAppState {
    /** The name of the listener that is there from the start. */
    public static final String MAIN_LISTENER = "main";

    private final SpatialAudioSettings settings;
    private final Map<String, Ear> ears = new LinkedHashMap<>();
    private final Map<SoundEmitterControl, Bound> bound = new IdentityHashMap<>();
    private final List<Bound> allBound = new ArrayList<>();
    private final Set<String> names = new HashSet<>();
    private final Map<String, Integer> nameCounts = new HashMap<>();
    private final Consumer<SoundEmitterControl> visitor = this::visit;

    private Node root;
    private AssetManager assets;
    private SoundWorld world;
    private SceneGeometryExtractor geometry;
    private Notes notes = new Notes();
    private long pass;
    private boolean roomWasMade;
    private double stepSeconds;
    private double pendingSeconds;
    private double elapsedSeconds;
    private long renderedBlocks;
    private boolean saidStep;

    /** A listener, what it follows, and what it will be made of. */
    private static final class Ear {
        final String name;
        HrtfProfile profile;
        final Supplier<OutputDevice> output;
        /** A Camera, a Spatial, or null: it stays where it is. */
        Object target;
        Listener listener;
        final Motion motion = new Motion();
        boolean saidUnusable;

        Ear(String name, HrtfProfile profile, Supplier<OutputDevice> output, Object target) {
            this.name = name;
            this.profile = profile;
            this.output = output;
            this.target = target;
        }
    }

    /** A control in the scene. */
    private static final class Bound {
        final SoundEmitterControl control;
        final Motion motion = new Motion();
        String name;
        boolean saidUnusable;
        long seen;
        /** Why it has no emitter, or null. */
        String failure;
        boolean failedForRoom;
        int failedSoundVersion;

        Bound(SoundEmitterControl control) {
            this.control = control;
        }
    }

    /** With {@link SpatialAudioSettings#realTime}. */
    public SpatialAudioState() {
        this(SpatialAudioSettings.realTime());
    }

    public SpatialAudioState(SpatialAudioSettings settings) {
        this.settings = Require.notNull(settings, "settings");
        ears.put(MAIN_LISTENER, new Ear(MAIN_LISTENER, settings.profile(), settings.output(), null));
    }

    /** The scene to read; without this call a {@link SimpleApplication}'s root node. */
    public void setRootNode(Node value) {
        root = Require.notNull(value, "root");
    }

    /** The main listener follows a camera; without this call it is the application's. */
    public void setListener(Camera camera) {
        follow(MAIN_LISTENER, Require.notNull(camera, "camera"));
    }

    /** The main listener follows a Spatial and looks along its local +z. */
    public void setListener(Spatial spatial) {
        follow(MAIN_LISTENER, Require.notNull(spatial, "spatial"));
    }

    /** Any listener follows a camera from now on. Like a cut in a film, this makes no Doppler shift. */
    public void setListener(String name, Camera camera) {
        follow(name, Require.notNull(camera, "camera"));
    }

    /** Any listener follows a Spatial from now on, and looks along its local +z. Like a cut in a film, this makes no Doppler shift. */
    public void setListener(String name, Spatial spatial) {
        follow(name, Require.notNull(spatial, "spatial"));
    }

    private void follow(String name, Object target) {
        Ear ear = ear(name);
        if (ear.target != target) {
            ear.target = target;
            ear.motion.restart();
        }
    }

    /**
     * One more listener, such as the second player at a split screen.
     *
     * @param name    unique in this state
     * @param output  opened now, or when the state is initialized; closed with the listener
     * @throws InvalidValueException if there is one of this name
     * @throws PinnaException        if the state is initialized and the profile or the output cannot be used; the state goes on without it
     */
    public void addListener(String name, Camera camera, HrtfProfile profile, OutputDevice output) {
        add(name, Require.notNull(camera, "camera"), profile, output);
    }

    /** Likewise, following a Spatial. */
    public void addListener(String name, Spatial spatial, HrtfProfile profile, OutputDevice output) {
        add(name, Require.notNull(spatial, "spatial"), profile, output);
    }

    private void add(String name, Object target, HrtfProfile profile, OutputDevice output) {
        Require.notBlank(name, "name");
        Require.notNull(profile, "profile");
        Require.notNull(output, "output");
        if (ears.containsKey(name)) {
            throw new InvalidValueException("name is " + name + "; there is a listener of this name already: give another");
        }
        Ear ear = new Ear(name, profile, () -> output, target);
        if (world != null) {
            open(ear);
        }
        ears.put(name, ear);
    }

    /** Takes a listener other than the main one away and closes its output. */
    public void removeListener(String name) {
        if (MAIN_LISTENER.equals(name)) {
            throw new InvalidValueException("name is " + MAIN_LISTENER + "; the main listener stays: detach the state instead");
        }
        Ear ear = ear(name);
        if (ear.listener != null) {
            ear.listener.close();
        }
        ears.remove(name);
    }

    /**
     * Puts another profile on a listener.
     *
     * @throws PinnaException if the profile cannot be used; the listener keeps what it wears
     */
    public void setProfile(String name, HrtfProfile profile) {
        Ear ear = ear(name);
        Require.notNull(profile, "profile");
        if (ear.listener != null) {
            ear.listener.setProfile(profile);
        }
        ear.profile = profile;
    }

    /** Null while the state is not initialized. */
    Listener listener(String name) {
        return ear(name).listener;
    }

    private Ear ear(String name) {
        Ear ear = ears.get(name);
        if (ear == null) {
            throw new InvalidValueException("name is " + name + "; there are the listeners " + ears.keySet());
        }
        return ear;
    }

    /**
     * The engine, for what this state does not offer. Listeners, emitters and geometry that are added to it directly are the caller's to move; they are published with this state's commits.
     *
     * @throws UsageException if the state is not initialized
     */
    public SoundWorld world() {
        if (world == null) {
            throw new UsageException(UsageException.Rule.STATE, "the state has no world; it has one from its initialization to its cleanup");
        }
        return world;
    }

    /** Meshes at and below a Spatial have changed inside: they are read anew with the next update. See also {@link AcousticTag#still}. */
    public void refresh(Spatial spatial) {
        Require.notNull(spatial, "spatial");
        if (geometry != null) {
            geometry.refresh(spatial);
        }
    }

    /** Geometries of the scene that stop sound now. */
    public int geometryCount() {
        return geometry == null ? 0 : geometry.placedCount();
    }

    /** Emitters of the scene that are in the world now. */
    public int emitterCount() {
        int count = 0;
        for (Bound b : allBound) {
            count += b.control.isInWorld() ? 1 : 0;
        }
        return count;
    }

    /** Audio frames rendered since initialization. */
    public long renderedFrames() {
        return isOffline() ? renderedBlocks * settings.world().blockFrames() : world().report().renderedFrames();
    }

    private boolean isOffline() {
        return settings.world().mode() == SoundWorldSettings.Mode.OFFLINE;
    }

    /**
     * The world's report; its notes also say what of the scene was left out and why.
     *
     * @throws UsageException if the state is not initialized
     */
    public WorldReport report() {
        WorldReport r = world().report();
        List<String> all = new ArrayList<>(r.notes());
        all.addAll(notes.all());
        return r.withNotes(all);
    }

    /**
     * Why the sounds at and below a Spatial are heard as they are.
     *
     * @return a line for each emitter and listener, such as "radio at main: in plain sight; 3.2 m away; heard directly, -10.1 dB; …"
     */
    public List<String> explain(Spatial spatial) {
        Require.notNull(spatial, "spatial");
        WorldReport report = world().report();
        List<String> lines = new ArrayList<>();
        spatial.depthFirstTraversal(below -> {
            for (int i = 0; i < below.getNumControls(); i++) {
                if (below.getControl(i) instanceof SoundEmitterControl control) {
                    explain(control, report, lines);
                }
            }
        });
        if (lines.isEmpty()) {
            lines.add(SceneGeometryExtractor.nameOf(spatial) + ": not heard: neither it nor anything below has a SoundEmitterControl");
        }
        return lines;
    }

    private void explain(SoundEmitterControl control, WorldReport report, List<String> lines) {
        Bound b = bound.get(control);
        if (b == null) {
            lines.add(control.wantedName() + ": not heard: its Spatial was not in the scene at the last update");
        } else if (!control.isInWorld()) {
            lines.add(control.wantedName() + ": not heard: " + (b.failure == null ? "its Spatial has had no usable position yet" : b.failure));
        } else {
            for (WorldReport.EmitterReport emitter : report.emitters()) {
                if (emitter.name().equals(b.name)) {
                    emitter.paths().forEach(path -> lines.add(b.name + " at " + path.listener() + ": " + path.why()));
                }
            }
        }
    }

    /** Opens the world. Its exceptions reach the application as they are, and leave nothing open. */
    @Override
    protected void initialize(Application app) {
        if (root == null) {
            if (!(app instanceof SimpleApplication simple)) {
                throw new UsageException(UsageException.Rule.STATE, "the application is no SimpleApplication, so its scene is not known; call setRootNode first");
            }
            root = simple.getRootNode();
        }
        Ear main = ear(MAIN_LISTENER);
        if (main.target == null && app.getCamera() != null) {
            main.target = app.getCamera();
        }
        assets = app.getAssetManager();
        if (assets != null) {
            PinnaSoundLoader.register(assets);
        }
        notes = new Notes();
        elapsedSeconds = 0;
        pendingSeconds = 0;
        renderedBlocks = 0;
        saidStep = false;
        world = SoundWorld.open(settings.world());
        try {
            ears.values().forEach(this::open);
            geometry = new SceneGeometryExtractor(world, settings.defaultMaterial(), notes, visitor);
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private void open(Ear ear) {
        ear.listener = world.addListener(new ListenerSettings(ear.name, ear.profile, Require.notNull(ear.output.get(), "output of listener " + ear.name)).withReverb(settings.reverb()));
        ear.motion.forget();
        ear.saidUnusable = false;
        if (ear.target != null) {
            // So that what is committed before the next update finds it in its place.
            follow(ear);
        }
    }

    @Override
    protected void cleanup(Application app) {
        close();
    }

    private void close() {
        SoundWorld closing = world;
        world = null;
        geometry = null;
        allBound.forEach(b -> b.control.forget());
        allBound.clear();
        bound.clear();
        names.clear();
        nameCounts.clear();
        ears.values().forEach(ear -> ear.listener = null);
        if (closing != null) {
            closing.close();
        }
    }

    @Override
    protected void onEnable() {
        allBound.forEach(b -> {
            b.motion.restart();
            b.control.setPausedByState(false);
        });
        ears.values().forEach(ear -> ear.motion.restart());
        pendingSeconds = 0;
    }

    @Override
    protected void onDisable() {
        if (world != null) {
            allBound.forEach(b -> b.control.setPausedByState(true));
            world.commit();
        }
    }

    /** @param secondsPerFrame game time since the last update (≥ 0, finite; else it counts as none, which the report notes) */
    @Override
    public void update(float secondsPerFrame) {
        double seconds = secondsPerFrame;
        if (!(seconds >= 0 && seconds < Double.POSITIVE_INFINITY)) {
            if (!saidStep) {
                saidStep = true;
                notes.add("an update was called with " + secondsPerFrame + " seconds; it counted as 0.");
            }
            seconds = 0;
        }
        pendingSeconds += seconds;
        if (settings.phase() == SpatialAudioSettings.Phase.UPDATE) {
            step();
        }
    }

    @Override
    public void render(RenderManager renderManager) {
        if (settings.phase() == SpatialAudioSettings.Phase.RENDER) {
            step();
        }
    }

    private void step() {
        if (world == null) {
            // Opening failed, and the application has caught it.
            return;
        }
        stepSeconds = pendingSeconds;
        pendingSeconds = 0;
        pass++;
        geometry.update(root);
        for (int i = allBound.size() - 1; i >= 0; i--) {
            if (allBound.get(i).seen != pass) {
                release(i);
            }
        }
        for (Ear ear : ears.values()) {
            if (ear.target != null) {
                follow(ear);
            }
        }
        world.commit();
        if (isOffline()) {
            advance();
        }
    }

    /** Whole blocks only; what is left of the time counts with the next update. */
    private void advance() {
        elapsedSeconds += stepSeconds;
        SoundWorldSettings w = settings.world();
        // A step of exactly one block must give one, whatever the last bit of the sum.
        long due = (long) Math.floor(elapsedSeconds * w.sampleRateHz() / w.blockFrames() + 1e-6);
        long blocks = due - renderedBlocks;
        if (blocks > 0) {
            renderedBlocks = due;
            world.advance((int) Math.min(Integer.MAX_VALUE, blocks));
        }
    }

    private void follow(Ear ear) {
        Vector3f position;
        Quaternion rotation;
        if (ear.target instanceof Camera camera) {
            position = camera.getLocation();
            rotation = camera.getRotation();
        } else {
            Spatial spatial = (Spatial) ear.target;
            position = spatial.getWorldTranslation();
            rotation = spatial.getWorldRotation();
        }
        Motion m = ear.motion;
        if (!m.step(position, rotation, stepSeconds, settings.teleportMetersPerSecond()) && !ear.saidUnusable) {
            ear.saidUnusable = true;
            notes.add("listener " + ear.name + ": what it follows is at " + position + ", turned by " + rotation + "; it stays where it was until both are finite and within 10⁹ m.");
        }
        if (m.poseChanged()) {
            ear.listener.setPose(JmeAxes.lookingPose(position, rotation));
        }
        if (m.velocityChanged()) {
            ear.listener.setVelocity(m.velocity());
        }
    }

    private void visit(SoundEmitterControl control) {
        Bound b = bound.get(control);
        if (b == null) {
            b = new Bound(control);
            bound.put(control, b);
            allBound.add(b);
        }
        b.seen = pass;
        Spatial spatial = control.getSpatial();
        Vector3f position = spatial.getWorldTranslation();
        Quaternion rotation = spatial.getWorldRotation();
        Motion m = b.motion;
        if (!m.step(position, rotation, stepSeconds, settings.teleportMetersPerSecond()) && !b.saidUnusable) {
            b.saidUnusable = true;
            notes.add("emitter " + control.wantedName() + ": its Spatial is at " + position + ", turned by " + rotation + "; it "
                    + (control.isInWorld() ? "stays where it was" : "is not heard") + " until both are finite and within 10⁹ m.");
        }
        if (!control.isInWorld() && !enter(b)) {
            return;
        }
        if (m.poseChanged()) {
            control.emitter().setPose(JmeAxes.lookingPose(position, rotation));
        }
        if (m.velocityChanged()) {
            control.emitter().setVelocity(m.velocity());
        }
        control.follow();
    }

    /** @return whether it has an emitter now */
    private boolean enter(Bound b) {
        SoundEmitterControl control = b.control;
        boolean triedInVain = b.failure != null && (b.failedForRoom ? !roomWasMade : b.failedSoundVersion == control.soundVersion());
        if (triedInVain || !b.motion.isKnown()) {
            return false;
        }
        String name = uniqueName(control.wantedName());
        try {
            control.enter(world, assets, name, JmeAxes.lookingPose(control.getSpatial()));
        } catch (PinnaException | AssetNotFoundException | AssetLoadException e) {
            b.failedForRoom = e instanceof UsageException usage && usage.rule() == UsageException.Rule.CAPACITY;
            b.failedSoundVersion = control.soundVersion();
            if (b.failedForRoom) {
                roomWasMade = false;
            }
            if (b.failure == null || !b.failure.equals(e.getMessage())) {
                b.failure = e.getMessage();
                notes.add("emitter " + control.wantedName() + " is not heard: " + e.getMessage());
            }
            return false;
        }
        b.failure = null;
        b.name = name;
        names.add(name);
        return true;
    }

    private String uniqueName(String wanted) {
        String name = wanted;
        while (names.contains(name)) {
            name = wanted + " #" + nameCounts.merge(wanted, 1, (count, one) -> count + one);
        }
        return name;
    }

    private void release(int index) {
        Bound b = allBound.get(index);
        if (b.control.isInWorld()) {
            b.control.leave();
            names.remove(b.name);
            roomWasMade = true;
        }
        bound.remove(b.control);
        allBound.set(index, allBound.get(allBound.size() - 1));
        allBound.remove(allBound.size() - 1);
    }
}
