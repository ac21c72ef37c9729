package io.pinna.demo;

import com.jme3.app.LegacyApplication;
import com.jme3.math.Vector3f;
import com.jme3.renderer.Camera;
import io.pinna.SoundWorldSettings;
import io.pinna.WorldReport;
import io.pinna.acoustics.AcousticsSettings;
import io.pinna.device.MemoryDevice;
import io.pinna.device.OutputDevices;
import io.pinna.hrtf.HrtfProfile;
import io.pinna.jme.SpatialAudioSettings;
import io.pinna.jme.SpatialAudioState;
import java.util.HashMap;
import java.util.Map;

/** The clinic with a listener who stands still, rendered offline into memory, for tests. */
final class StaticScene implements AutoCloseable {
    static final int RATE_HZ = 48000;
    private static final float STEP_SECONDS = 1f / HeadlessTour.UPDATES_PER_SECOND;

    final ClinicScene scene;
    final MemoryDevice memory = OutputDevices.memory(900);
    final Camera camera = new Camera(640, 360);
    final SpatialAudioState audio;
    private final LegacyApplication application = new LegacyApplication();
    private final Map<String, Double> gains = new HashMap<>();
    private double timeSeconds;

    /** With all acoustics, as the demo is heard. */
    StaticScene(Vector3f listener, Vector3f direction) {
        this(listener, direction, AcousticsSettings.DEFAULT);
    }

    StaticScene(Vector3f listener, Vector3f direction, AcousticsSettings acoustics) {
        scene = new ClinicScene(Dressing.NONE, name -> true);
        camera.setLocation(listener);
        camera.lookAtDirection(direction, Vector3f.UNIT_Y);
        audio = new SpatialAudioState(SpatialAudioSettings.offline(memory).withProfile(HrtfProfile.generic()).withWorld(SoundWorldSettings.OFFLINE.withAcoustics(acoustics)));
        audio.setRootNode(scene.root());
        audio.setListener(camera);
        application.getStateManager().attach(audio);
        scene.sounds().names().forEach(name -> gains.put(name, scene.sounds().control(name).settings().gainLinear()));
    }

    /** Only this emitter is heard from now on. */
    void solo(String name) {
        gains.forEach((each, gain) -> scene.sounds().control(each).setGainLinear(each.equals(name) ? gain : 0));
    }

    /** Renders on; what is in the scene stays where it is, but the door moves. @return the first frame of it in the memory */
    int run(double seconds) {
        int first = (int) memory.frames();
        for (int i = 0; i < Math.round(seconds * HeadlessTour.UPDATES_PER_SECOND); i++) {
            timeSeconds += STEP_SECONDS;
            scene.level().update(timeSeconds, STEP_SECONDS);
            scene.root().updateLogicalState(STEP_SECONDS);
            scene.root().updateGeometricState();
            application.getStateManager().update(STEP_SECONDS);
        }
        return first;
    }

    WorldReport report() {
        return audio.report();
    }

    WorldReport.PathReport path(String emitter) {
        return report().emitters().stream().filter(e -> e.name().equals(emitter)).findFirst().orElseThrow().paths().get(0);
    }

    @Override
    public void close() {
        application.getStateManager().detach(audio);
        application.getStateManager().update(0);
    }
}
