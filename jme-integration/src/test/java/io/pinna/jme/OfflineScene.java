package io.pinna.jme;

import com.jme3.app.SimpleApplication;
import com.jme3.app.state.AppState;
import com.jme3.math.Vector3f;
import com.jme3.renderer.Camera;
import com.jme3.scene.Geometry;
import com.jme3.scene.Node;
import com.jme3.scene.Spatial;
import com.jme3.scene.shape.Box;
import io.pinna.EmitterSettings;
import io.pinna.Sound;
import io.pinna.SignalGenerator;
import io.pinna.SoundWorldSettings;
import io.pinna.WorldReport;
import io.pinna.device.MemoryDevice;
import io.pinna.device.OutputDevices;

/** A scene with a state in an offline world, driven by hand: no window, no context, no sound card. */
final class OfflineScene implements AutoCloseable {
    static final float STEP_SECONDS = 256 / 48000f;

    final SimpleApplication application = new SimpleApplication(new AppState[0]) {
        @Override
        public void simpleInitApp() {
            // Nothing: no context calls it.
        }
    };
    final Node root = application.getRootNode();
    final Camera camera = new Camera(640, 480);
    final MemoryDevice output = OutputDevices.memory(60);
    final SpatialAudioState state;

    OfflineScene() {
        this(SoundWorldSettings.OFFLINE);
    }

    OfflineScene(SoundWorldSettings world) {
        state = new SpatialAudioState(SpatialAudioSettings.offline(output).withWorld(world));
        look(Vector3f.ZERO, new Vector3f(0, 0, -1));
        state.setListener(camera);
        application.getStateManager().attach(state);
    }

    void look(Vector3f from, Vector3f direction) {
        camera.setLocation(from);
        camera.lookAtDirection(direction, Vector3f.UNIT_Y);
    }

    /** Some updates of one block each. */
    void step(int updates) {
        for (int i = 0; i < updates; i++) {
            application.getStateManager().update(STEP_SECONDS);
        }
    }

    /** Levels of the left and the right ear over some coming updates (dB of full scale). */
    double[] listen(int updates) {
        int from = (int) output.frames();
        step(updates);
        return new double[] {level(output.left(), from), level(output.right(), from)};
    }

    /** The power of both ears together over some coming updates (dB). */
    double loudness(int updates) {
        double[] ears = listen(updates);
        return 10 * Math.log10(Math.pow(10, ears[0] / 10) + Math.pow(10, ears[1] / 10));
    }

    static double level(float[] samples, int from) {
        double sum = 0;
        for (int i = from; i < samples.length; i++) {
            sum += (double) samples[i] * samples[i];
        }
        return 10 * Math.log10(sum / (samples.length - from) + 1e-20);
    }

    static Sound noise() {
        return Sound.generator(SignalGenerator.white(7));
    }

    /** A looping noise at a place, playing as soon as it is attached. */
    static Node humming(String name, float x, float y, float z) {
        Node node = new Node(name);
        node.setLocalTranslation(x, y, z);
        SoundEmitterControl control = new SoundEmitterControl(noise(), EmitterSettings.named(name).withLooping(true));
        control.setAutoPlay(true);
        node.addControl(control);
        return node;
    }

    static Geometry box(String name, float halfX, float halfY, float halfZ) {
        return new Geometry(name, new Box(halfX, halfY, halfZ));
    }

    static SoundEmitterControl control(Spatial spatial) {
        return spatial.getControl(SoundEmitterControl.class);
    }

    WorldReport.PathReport path(String emitter) {
        for (WorldReport.EmitterReport e : state.report().emitters()) {
            if (e.name().equals(emitter)) {
                return e.paths().get(0);
            }
        }
        throw new AssertionError("no emitter " + emitter + " in " + state.report());
    }

    @Override
    public void close() {
        application.getStateManager().detach(state);
        application.getStateManager().update(0);
    }
}
