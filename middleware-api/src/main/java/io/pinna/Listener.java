package io.pinna;

import io.pinna.effect.ReverbSettings;
import io.pinna.hrtf.HrtfProfile;
import io.pinna.internal.Check;
import io.pinna.internal.render.WornModel;
import io.pinna.unit.Pose;
import io.pinna.unit.Vector3;

/**
 * A pair of ears in the world: a pose, an HRTF profile and an output. Every call belongs to the thread that owns the world; changes are heard from the next {@link SoundWorld#commit} on.
 */
public final class Listener implements AutoCloseable {
    final SoundWorld world;
    final int slot;
    final int generation;
    final ListenerSettings settings;
    HrtfProfile profile;
    ReverbSettings reverb;
    Pose pose = Pose.ORIGIN;
    Vector3 velocity = Vector3.ZERO;
    boolean closed;
    /** Mixes that the audio thread has or is about to get; the output is closed when it has handed back the last. */
    int mixesOut;
    /** What it wears beside its profile, or null. */
    final WornModel model;

    Listener(SoundWorld world, int slot, int generation, ListenerSettings settings, WornModel model) {
        this.model = model;
        this.world = world;
        this.slot = slot;
        this.generation = generation;
        this.settings = settings;
        this.profile = settings.profile();
        this.reverb = settings.reverb();
    }

    public String name() {
        return settings.name();
    }

    public Pose pose() {
        return pose;
    }

    public HrtfProfile profile() {
        return profile;
    }

    /** @param value the middle between the ears; without rotation the listener looks along −z */
    public void setPose(Pose value) {
        world.checkUsable(closed, "listener", name());
        pose = SoundWorld.checkReach(value);
    }

    /** @param metersPerSecond for Doppler (finite); the pitch changes by a factor of 4 at most, however fast it is */
    public void setVelocity(Vector3 metersPerSecond) {
        world.checkUsable(closed, "listener", name());
        velocity = Check.notNull(metersPerSecond, "velocity");
    }

    /**
     * Puts on another profile; a binaural model stays, and with it the profile is what is heard where the model is not ready. It is loaded here and now; what is heard cross-fades with the next commit or, while filters for what is playing are still being computed, as soon as they are there.
     *
     * @throws ResourceException  if a file of the profile cannot be used; the listener keeps what it wears
     * @throws InferenceException likewise for a model
     */
    public void setProfile(HrtfProfile value) {
        world.checkUsable(closed, "listener", name());
        world.changeProfile(this, Check.notNull(value, "profile"));
    }

    /** What the listener's late reverberation is made of. */
    public ReverbSettings reverb() {
        return reverb;
    }

    /**
     * Changes what the late reverberation is made of: a measured response in place of the scene's geometry, another one, or none. A response is prepared here and now; what is heard cross-fades, and what reverberated before is over with it. Another level alone is gone to smoothly, and the tail stays.
     *
     * @throws UsageException if the world has no late reverberation
     */
    public void setReverb(ReverbSettings value) {
        world.checkUsable(closed, "listener", name());
        world.changeReverb(this, Check.notNull(value, "reverb"));
    }

    /** Takes the listener out of the world with the next commit. Its output is closed once the audio thread has let go of it. A second call does nothing. */
    @Override
    public void close() {
        if (!closed) {
            world.checkUsable(false, "listener", name());
            closed = true;
            world.removeListener(this);
        }
    }
}
