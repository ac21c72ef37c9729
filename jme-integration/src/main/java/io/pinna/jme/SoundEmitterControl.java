package io.pinna.jme;

import com.jme3.asset.AssetManager;
import com.jme3.export.InputCapsule;
import com.jme3.export.JmeExporter;
import com.jme3.export.JmeImporter;
import com.jme3.export.OutputCapsule;
import com.jme3.renderer.RenderManager;
import com.jme3.renderer.ViewPort;
import com.jme3.scene.control.AbstractControl;
import io.pinna.Emitter;
import io.pinna.EmitterSettings;
import io.pinna.EmitterState;
import io.pinna.PinnaException;
import io.pinna.Sound;
import io.pinna.SoundWorld;
import io.pinna.UsageException;
import io.pinna.acoustics.Directivity;
import io.pinna.acoustics.DirectivityCurve;
import io.pinna.acoustics.DistanceCurve;
import io.pinna.acoustics.DistanceModel;
import io.pinna.unit.Decibels;
import io.pinna.unit.Pose;
import java.io.IOException;

/**
 * Makes a Spatial sound. Add it to any Spatial at any time: before the {@link SpatialAudioState} is there, or before the Spatial is attached. While the Spatial is in the state's scene the sound
 * comes from its world position, its directivity points along its local +z (where {@code lookAt} points), and Doppler follows from its movement.
 *
 * <p>When the Spatial leaves the scene, the sound fades out within a block and is forgotten, except that a looping one starts anew when the Spatial comes back, as does any with
 * {@linkplain #setAutoPlay auto play}. Calls made outside the scene take effect on entering it. A clone has the same sound and settings, and plays only if auto play is on.
 *
 * <p>Several controls may sit on one Spatial. A disabled control holds its sound, as if paused. A control is saved with its scene if its sound is given by name. Update thread.
 */
public final class SoundEmitterControl extends AbstractControl {
    private Sound sound;
    private PinnaSoundKey key;
    private EmitterSettings settings;
    /** Whether the settings' name was given, or stands in for the Spatial's. */
    private boolean isNamed;
    private boolean autoPlay;
    private boolean playRequested;
    private boolean pauseRequested;
    private double seekSeconds = -1;

    /** While in the scene. */
    private Emitter emitter;
    private boolean pausedByState;
    private boolean emitterIsPaused;
    private int soundVersion;

    /** For jME's importers. */
    public SoundEmitterControl() {
        settings = EmitterSettings.named("emitter");
    }

    /** A sound with the default settings, under the name of its Spatial. */
    public SoundEmitterControl(Sound sound) {
        this();
        this.sound = Require.notNull(sound, "sound");
    }

    /** @param settings all but the pose, which is the Spatial's */
    public SoundEmitterControl(Sound sound, EmitterSettings settings) {
        this(sound);
        setSettings(settings);
    }

    /** A sound among the application's assets, loaded when the Spatial enters the scene (load it earlier through the asset manager, and keep it, if that would hold up a frame). */
    public SoundEmitterControl(PinnaSoundKey key) {
        this();
        this.key = Require.notNull(key, "key");
    }

    /** @param settings all but the pose, which is the Spatial's */
    public SoundEmitterControl(PinnaSoundKey key, EmitterSettings settings) {
        this(key);
        setSettings(settings);
    }

    /** @param assetName such as "Sounds/drip.ogg" */
    public SoundEmitterControl(String assetName) {
        this(new PinnaSoundKey(assetName));
    }

    /** @param settings all but the pose, which is the Spatial's */
    public SoundEmitterControl(String assetName, EmitterSettings settings) {
        this(new PinnaSoundKey(assetName), settings);
    }

    /** All settings at once. The name counts when the Spatial next enters the scene; the pose is that of the Spatial. */
    public void setSettings(EmitterSettings value) {
        settings = Require.notNull(value, "settings");
        isNamed = true;
        if (emitter != null) {
            emitter.setGainLinear(value.gainLinear());
            emitter.setPitch(value.pitch());
            emitter.setLooping(value.looping());
            emitter.setRadiusMeters(value.radiusMeters());
            emitter.setDirectivity(value.directivity());
            emitter.setDistance(value.distance());
            emitter.setPriority(value.priority());
        }
    }

    /** The settings in effect; the pose means nothing. */
    public EmitterSettings settings() {
        return settings;
    }

    /** @param value amplitude, 0 to 1000 */
    public void setGainLinear(double value) {
        settings = settings.withGainLinear(value);
        if (emitter != null) {
            emitter.setGainLinear(value);
        }
    }

    /** @param value −∞ to 60 dB */
    public void setGainDb(double value) {
        setGainLinear(Decibels.toLinear(value));
    }

    /** @param value playback rate, 0.125 to 8 */
    public void setPitch(double value) {
        settings = settings.withPitch(value);
        if (emitter != null) {
            emitter.setPitch(value);
        }
    }

    /** @param value whether the sound starts over at its end */
    public void setLooping(boolean value) {
        settings = settings.withLooping(value);
        if (emitter != null) {
            emitter.setLooping(value);
        }
    }

    /** @param value size of the source for volumetric occlusion (metres, 0 to 1000); the Spatial's scale does not change it */
    public void setRadiusMeters(double value) {
        settings = settings.withRadiusMeters(value);
        if (emitter != null) {
            emitter.setRadiusMeters(value);
        }
    }

    /** @param value pattern about the Spatial's local +z */
    public void setDirectivity(Directivity value) {
        settings = settings.withDirectivity(value);
        if (emitter != null) {
            emitter.setDirectivity(value);
        }
    }

    public void setDistance(DistanceModel value) {
        settings = settings.withDistance(value);
        if (emitter != null) {
            emitter.setDistance(value);
        }
    }

    /** @param value −1000 to 1000; higher stays audible longer when voices run out */
    public void setPriority(int value) {
        settings = settings.withPriority(value);
        if (emitter != null) {
            emitter.setPriority(value);
        }
    }

    /** @param value whether the sound starts by itself whenever the Spatial enters the scene */
    public void setAutoPlay(boolean value) {
        autoPlay = value;
    }

    public boolean isAutoPlay() {
        return autoPlay;
    }

    /** Another sound, from the next {@link #play} on. */
    public void setSound(Sound value) {
        sound = Require.notNull(value, "sound");
        key = null;
        soundVersion++;
        if (emitter != null) {
            emitter.setSound(value);
        }
    }

    /** The sound, or null if it is given by a {@linkplain #soundKey key} and not loaded yet. */
    public Sound sound() {
        return sound;
    }

    /** The sound's name among the assets, or null if the sound was given itself. */
    public PinnaSoundKey soundKey() {
        return key;
    }

    /**
     * Starts the sound from its beginning with the state's next update, or when the Spatial enters the scene.
     *
     * @throws io.pinna.ResourceException if the sound is in the scene and cannot be opened
     */
    public void play() {
        playRequested = true;
        pauseRequested = false;
        seekSeconds = -1;
        if (emitter != null) {
            start();
        }
    }

    private void start() {
        emitter.play();
        emitterIsPaused = false;
    }

    /** Ends the sound. */
    public void stop() {
        playRequested = false;
        pauseRequested = false;
        seekSeconds = -1;
        emitterIsPaused = false;
        if (emitter != null) {
            emitter.stop();
        }
    }

    /** Holds the sound where it is, until {@link #resume} or {@link #play}. */
    public void pause() {
        pauseRequested = true;
    }

    /** Goes on after {@link #pause}. */
    public void resume() {
        pauseRequested = false;
    }

    /** @param positionSeconds place in the sound to go on from (≥ 0) */
    public void seek(double positionSeconds) {
        Require.inRange(positionSeconds, 0, 1e9, "positionSeconds");
        if (emitter != null) {
            emitter.seek(positionSeconds);
        } else {
            seekSeconds = positionSeconds;
        }
    }

    /** What it does, as far as is known. Outside the scene: {@code STOPPED}, or {@code WAITING} if it will start on entering. */
    public EmitterState state() {
        if (emitter != null) {
            return emitter.state();
        }
        return playRequested || autoPlay ? EmitterState.WAITING : EmitterState.STOPPED;
    }

    /** Whether the Spatial is in the scene of a state, and this control has an emitter there. */
    public boolean isInWorld() {
        return emitter != null;
    }

    /** The emitter in the state's world, for what this control does not offer, or null. It changes whenever the Spatial enters a scene. */
    public Emitter emitter() {
        return emitter;
    }

    /** Counts the calls of {@link #setSound}, so that the state sees whether a sound that failed was replaced. */
    int soundVersion() {
        return soundVersion;
    }

    /**
     * Called by the state when the Spatial is in its scene.
     *
     * @throws UsageException   if the world has no room for another emitter
     * @throws RuntimeException if the sound cannot be loaded: a {@link PinnaException} or one of jME's asset exceptions
     */
    void enter(SoundWorld world, AssetManager assets, String name, Pose pose) {
        if (sound == null) {
            sound = load(assets);
        }
        EmitterSettings s = settings;
        Emitter entered = world.addEmitter(sound, new EmitterSettings(name, pose, s.gainLinear(), s.pitch(), s.looping(), s.radiusMeters(), s.directivity(), s.distance(), s.priority()));
        emitter = entered;
        emitterIsPaused = false;
        if (playRequested || autoPlay) {
            playRequested = true;
            try {
                start();
            } catch (PinnaException e) {
                emitter = null;
                entered.close();
                throw e;
            }
            if (seekSeconds >= 0) {
                emitter.seek(seekSeconds);
            }
        }
        seekSeconds = -1;
    }

    private Sound load(AssetManager assets) {
        if (key == null) {
            throw new UsageException(UsageException.Rule.STATE, "the control has no sound; give it one");
        }
        if (assets == null) {
            throw new UsageException(UsageException.Rule.STATE, "the application has no asset manager to load " + key.getName() + " with; give the control a Sound");
        }
        return assets.loadAsset(key);
    }

    /** Called by the state when the Spatial is not in its scene any more. */
    void leave() {
        if (emitter != null) {
            emitter.close();
            forget();
        }
    }

    /** The world has been closed, with all emitters in it. */
    void forget() {
        emitter = null;
        pausedByState = false;
        playRequested = playRequested && settings.looping();
    }

    /** Called by the state when it is disabled and enabled. */
    void setPausedByState(boolean value) {
        pausedByState = value;
        follow();
    }

    /** Brings pausing to the emitter: once an update, so that pausing and going on within one cancel out. */
    void follow() {
        boolean wanted = playRequested && (pauseRequested || pausedByState || !isEnabled());
        if (emitter != null && wanted != emitterIsPaused) {
            emitterIsPaused = wanted;
            if (wanted) {
                emitter.pause();
            } else {
                emitter.resume();
            }
        }
    }

    /** What the emitter is called in reports before it is made unique. */
    String wantedName() {
        if (isNamed) {
            return settings.name();
        }
        return spatial.getName() == null || spatial.getName().isBlank() ? "unnamed" : spatial.getName();
    }

    @Override
    protected void controlUpdate(float secondsPerFrame) {
        // The state reads the scene when all of it has been updated.
    }

    @Override
    protected void controlRender(RenderManager renderManager, ViewPort viewPort) {
        // Nothing to see.
    }

    @Override
    public Object jmeClone() {
        SoundEmitterControl clone = (SoundEmitterControl) super.jmeClone();
        clone.emitter = null;
        clone.emitterIsPaused = false;
        clone.pausedByState = false;
        clone.playRequested = false;
        clone.pauseRequested = false;
        clone.seekSeconds = -1;
        return clone;
    }

    /** @throws IOException if the sound was not given by the name of an asset */
    @Override
    public void write(JmeExporter exporter) throws IOException {
        super.write(exporter);
        if (key == null && sound != null) {
            throw new IOException("the sound " + sound.name() + " of " + (spatial == null ? "an emitter control" : wantedName())
                    + " was given as an object, which cannot be saved; give it as a PinnaSoundKey");
        }
        OutputCapsule capsule = exporter.getCapsule(this);
        capsule.write(key, "key", null);
        capsule.write(isNamed ? settings.name() : null, "name", null);
        capsule.write(settings.gainLinear(), "gainLinear", 1);
        capsule.write(settings.pitch(), "pitch", 1);
        capsule.write(settings.looping(), "looping", false);
        capsule.write(settings.radiusMeters(), "radiusMeters", -1);
        capsule.write(settings.directivity().dipoleWeight(), "dipoleWeight", 0);
        capsule.write(settings.directivity().power(), "directivityPower", 1);
        capsule.write(settings.directivity().curve().isFlat() ? null : settings.directivity().curve().points(), "directivityCurve", null);
        capsule.write(settings.distance().kind(), "distanceModel", null);
        capsule.write(settings.distance().referenceMeters(), "referenceMeters", -1);
        capsule.write(settings.distance().maxMeters(), "maxMeters", -1);
        capsule.write(settings.distance().rolloff(), "rolloff", 1);
        capsule.write(settings.distance().curve() == null ? null : settings.distance().curve().points(), "distanceCurve", null);
        capsule.write(settings.priority(), "priority", 0);
        capsule.write(autoPlay, "autoPlay", false);
    }

    /** @throws IOException if a saved value is out of its range */
    @Override
    public void read(JmeImporter importer) throws IOException {
        super.read(importer);
        InputCapsule capsule = importer.getCapsule(this);
        key = (PinnaSoundKey) capsule.readSavable("key", null);
        String name = capsule.readString("name", null);
        isNamed = name != null;
        // Both are absent from what was saved before there were curves.
        double[][] directivityCurve = capsule.readDoubleArray2D("directivityCurve", null);
        double[][] distanceCurve = capsule.readDoubleArray2D("distanceCurve", null);
        try {
            settings = new EmitterSettings(isNamed ? name : "emitter", Pose.ORIGIN, capsule.readDouble("gainLinear", 1), capsule.readDouble("pitch", 1),
                    capsule.readBoolean("looping", false), capsule.readDouble("radiusMeters", -1),
                    new Directivity(capsule.readDouble("dipoleWeight", 0), capsule.readDouble("directivityPower", 1), directivityCurve == null ? DirectivityCurve.FLAT : DirectivityCurve.of(directivityCurve)),
                    new DistanceModel(capsule.readEnum("distanceModel", DistanceModel.Kind.class, null), capsule.readDouble("referenceMeters", -1),
                            capsule.readDouble("maxMeters", -1), capsule.readDouble("rolloff", 1), distanceCurve == null ? null : DistanceCurve.of(distanceCurve)),
                    capsule.readInt("priority", 0));
        } catch (PinnaException e) {
            throw new IOException("the emitter control saved with a Spatial is damaged: " + e.getMessage(), e);
        }
        autoPlay = capsule.readBoolean("autoPlay", false);
    }
}
