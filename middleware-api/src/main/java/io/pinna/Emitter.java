package io.pinna;

import io.pinna.acoustics.Directivity;
import io.pinna.acoustics.DistanceModel;
import io.pinna.internal.Check;
import io.pinna.unit.Decibels;
import io.pinna.unit.Pose;
import io.pinna.unit.Vector3;

/**
 * A sound source in the world. Every call belongs to the thread that owns the world; changes are heard from the next {@link SoundWorld#commit} on, together with everything else that changed before it.
 * An emitter is never heard before it is known what stands between it and the listeners.
 */
public final class Emitter implements AutoCloseable {
    private static final Vector3 FORWARD = new Vector3(0, 0, -1);

    final SoundWorld world;
    final int slot;
    final int generation;
    final String name;
    Sound sound;
    Pose pose;
    /** The viewing axis that follows from the pose, kept so that a commit allocates nothing for it. */
    Vector3 axis;
    Vector3 velocity = Vector3.ZERO;
    double gainLinear;
    double pitch;
    boolean looping;
    double radiusMeters;
    Directivity directivity;
    DistanceModel distance;
    int priority;
    boolean closed;
    /** Of the newest call, until the audio thread has taken it. */
    EmitterState requested = EmitterState.STOPPED;
    /** How many events had been posted with it. */
    long requestedEvent;
    /** The frame of the scene that the newest call goes with. */
    long requestedFrame;
    /** The audio frame before which a delayed sound is not heard. */
    double silentUntilFrame;
    io.pinna.internal.sound.SampleSource source;

    Emitter(SoundWorld world, int slot, int generation, Sound sound, EmitterSettings settings) {
        this.world = world;
        this.slot = slot;
        this.generation = generation;
        this.sound = sound;
        name = settings.name();
        setCheckedPose(settings.pose());
        gainLinear = settings.gainLinear();
        pitch = settings.pitch();
        looping = settings.looping();
        radiusMeters = settings.radiusMeters();
        directivity = settings.directivity();
        distance = settings.distance();
        priority = settings.priority();
    }

    public String name() {
        return name;
    }

    public Sound sound() {
        return sound;
    }

    public Pose pose() {
        return pose;
    }

    /** @param value where the sound comes from; its −z axis is the axis of the directivity */
    public void setPose(Pose value) {
        check();
        setCheckedPose(SoundWorld.checkReach(value));
    }

    public void setPosition(double x, double y, double z) {
        check();
        pose = SoundWorld.checkReach(new Pose(new Vector3(x, y, z), pose.rotation()));
    }

    private void setCheckedPose(Pose value) {
        if (axis == null || !value.rotation().equals(pose.rotation())) {
            axis = value.rotation().rotate(FORWARD);
        }
        pose = value;
    }

    /** @param metersPerSecond for Doppler (finite); the pitch changes by a factor of 4 at most, however fast it is */
    public void setVelocity(Vector3 metersPerSecond) {
        check();
        velocity = Check.notNull(metersPerSecond, "velocity");
    }

    /** @param value amplitude, 0 to 1000 */
    public void setGainLinear(double value) {
        check();
        gainLinear = EmitterSettings.checkGain(value);
    }

    /** @param value −∞ to 60 dB */
    public void setGainDb(double value) {
        setGainLinear(Decibels.toLinear(value));
    }

    public double gainLinear() {
        return gainLinear;
    }

    /** @param value playback rate, 0.125 to 8 */
    public void setPitch(double value) {
        check();
        pitch = EmitterSettings.checkPitch(value);
    }

    /** @param value whether the sound starts over at its end; turning it off lets the current pass end */
    public void setLooping(boolean value) {
        check();
        looping = value;
    }

    /** @param value size of the source for volumetric occlusion (metres, 0 to 1000) */
    public void setRadiusMeters(double value) {
        check();
        radiusMeters = EmitterSettings.checkRadius(value);
    }

    public void setDirectivity(Directivity value) {
        check();
        directivity = Check.notNull(value, "directivity");
    }

    public void setDistance(DistanceModel value) {
        check();
        distance = Check.notNull(value, "distance");
    }

    /** @param value −1000 to 1000; higher stays audible longer when voices run out */
    public void setPriority(int value) {
        check();
        priority = EmitterSettings.checkPriority(value);
    }

    /** Another sound, from the next {@link #play} on. */
    public void setSound(Sound value) {
        check();
        sound = Check.notNull(value, "sound");
    }

    /** Starts the sound from its beginning with the next commit; what still plays of it fades out within a block. */
    public void play() {
        playIn(0);
    }

    /**
     * Starts the sound, to the sample, some time after the first block of the next commit.
     *
     * @param delaySeconds 0 to 86400
     */
    public void playIn(double delaySeconds) {
        check();
        world.play(this, Check.inRange(delaySeconds, 0, 86400, "delaySeconds"));
    }

    /** Ends the sound within a block. */
    public void stop() {
        check();
        world.stop(this);
    }

    /** Holds the sound where it is, until {@link #resume}; does nothing if none is playing. */
    public void pause() {
        check();
        world.pause(this);
    }

    /** Goes on after {@link #pause}. */
    public void resume() {
        check();
        world.resume(this);
    }

    /**
     * Goes on from another place, within a block; a paused sound stays paused there. Does nothing if none is playing.
     *
     * @param positionSeconds place in the sound (0 to 1e9 s); beyond its end a sound that loops counts on through its passes, any other is finished
     */
    public void seek(double positionSeconds) {
        check();
        world.seek(this, Check.inRange(positionSeconds, 0, 1e9, "positionSeconds"));
    }

    /** What it does, as far as the audio thread has told. */
    public EmitterState state() {
        check();
        return world.stateOf(this);
    }

    private void check() {
        world.checkUsable(closed, "emitter", name);
    }

    /** Takes the emitter out of the world with the next commit; what is heard of it fades out within a block. A second call does nothing. */
    @Override
    public void close() {
        if (!closed) {
            check();
            closed = true;
            world.removeEmitter(this);
        }
    }
}
