package io.pinna.demo;

import com.jme3.math.Vector3f;
import com.jme3.renderer.Camera;
import com.jme3.scene.Node;
import io.pinna.Emitter;
import io.pinna.EmitterSettings;
import io.pinna.EmitterState;
import io.pinna.acoustics.DistanceModel;
import io.pinna.hrtf.CalibrationProbe;
import io.pinna.jme.JmeAxes;
import io.pinna.jme.SpatialAudioState;
import io.pinna.unit.Pose;

/**
 * Plays the probes of a listening test where nothing is in their way: the game's sounds are held, and its listener stands in the open high above the roof, with its head still. {@link #close} takes it back to the camera and lets
 * the sounds go on. Update thread.
 */
final class OpenAirPlayer implements CalibrationSession.ProbePlayer, AutoCloseable {
    /** Far from every wall, and near enough that a float there still tells tenths of a millimetre apart. */
    private static final float HEIGHT_METERS = 300;
    /** Where a profile is the same as farther away, and air takes no more than 0.4 dB, of the highest band. */
    private static final double DISTANCE_METERS = 1.5;

    private final SpatialAudioState audio;
    private final ClinicSounds sounds;
    private final Node head = new Node("head of the listening test");
    private final Pose pose;
    private final Camera camera;
    private Emitter emitter;

    /** @param camera which the listener follows again in the end */
    OpenAirPlayer(SpatialAudioState audio, ClinicSounds sounds, Camera camera) {
        this.audio = audio;
        this.sounds = sounds;
        this.camera = camera;
        head.setLocalTranslation(new Vector3f(0, HEIGHT_METERS, 0));
        pose = JmeAxes.lookingPose(head);
        sounds.setHeld(true);
        audio.setListener(head);
    }

    @Override
    public void wear(CalibrationProbe probe) {
        audio.setProfile(SpatialAudioState.MAIN_LISTENER, probe.profile());
    }

    @Override
    public void play(CalibrationProbe probe) {
        stop();
        // Straight into the world: an emitter of the scene that jumps from place to place would have a velocity.
        emitter = audio.world().addEmitter(probe.sound(), EmitterSettings.named("probe " + probe.number()).withRadiusMeters(0).withDistance(DistanceModel.none())
                .at(new Pose(CalibrationSession.toWorld(pose, probe.azimuthDegrees(), probe.elevationDegrees(), DISTANCE_METERS), pose.rotation())));
        emitter.play();
    }

    @Override
    public boolean isPlaying() {
        return emitter != null && emitter.state() != EmitterState.FINISHED && emitter.state() != EmitterState.STOPPED;
    }

    @Override
    public void stop() {
        if (emitter != null) {
            emitter.close();
            emitter = null;
        }
    }

    @Override
    public void close() {
        stop();
        audio.setListener(camera);
        sounds.setHeld(false);
    }
}
