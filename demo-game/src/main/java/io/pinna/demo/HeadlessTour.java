package io.pinna.demo;

import com.jme3.app.LegacyApplication;
import com.jme3.app.state.AppStateManager;
import com.jme3.renderer.Camera;
import com.jme3.scene.Node;
import io.pinna.SoundWorldSettings;
import io.pinna.WorldReport;
import io.pinna.device.OutputDevice;
import io.pinna.hrtf.HrtfProfile;
import io.pinna.jme.SpatialAudioSettings;
import io.pinna.jme.SpatialAudioState;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleConsumer;
import java.util.function.Predicate;

/**
 * The tour without display and sound card: the same scene and states as in the window, updated in fixed steps by a loop instead of a window, in an offline world. It depends on no clock: the same
 * profile gives the same samples every time. Runs on the calling thread.
 */
final class HeadlessTour {
    /** As a headset would update the game. */
    static final int UPDATES_PER_SECOND = 90;
    /** Times of the snapshots: lamp and window, the opening to the bathroom, the shut door, the open one, the corridor, the way back, door shut again. */
    private static final double[] SNAPSHOT_SECONDS = {2, 8.5, 15, 20, 23, 29, 34, 40, 43, 46, 50, 53.5};

    private HeadlessTour() {
    }

    /** The scene at one time. @param doorOpening 0 shut to 1 open */
    record Snapshot(double timeSeconds, double x, double y, double z, double doorOpening, WorldReport report) {
    }

    /**
     * @param startUpSeconds  from the call until the first block
     * @param renderSeconds   for all of the tour
     * @param levels          of the output
     * @param snapshots       several moments
     * @param last            the report at the end
     */
    record Result(double startUpSeconds, double renderSeconds, SoundWorldSettings world, LevelMeter.Levels levels, List<Snapshot> snapshots, WorldReport last) {
    }

    /**
     * @param output   takes the sound; it is opened and closed here
     * @param seconds  how much of the tour (&gt; 0); beyond its end the listener stands still
     * @param wanted   names of the emitters that sound
     * @param progress told how far it is, 0 to 1
     */
    static Result run(OutputDevice output, HrtfProfile profile, double seconds, Predicate<String> wanted, DoubleConsumer progress) {
        long start = System.nanoTime();
        ClinicScene scene = new ClinicScene(Dressing.NONE, wanted);
        // Never started: it has no context, window or asset manager, and lends its states a place to live.
        LegacyApplication application = new LegacyApplication();
        AppStateManager states = application.getStateManager();
        Camera camera = new Camera(1280, 720);
        TourState tour = new TourState(scene, camera);
        LevelMeter meter = new LevelMeter(output);
        SpatialAudioSettings settings = SpatialAudioSettings.offline(meter).withProfile(profile).withReverb(ClinicGame.REVERB);
        SpatialAudioState audio = new SpatialAudioState(settings);
        Node root = scene.root();
        audio.setRootNode(root);
        audio.setListener(camera);
        states.attach(tour);
        states.attach(audio);
        List<Snapshot> snapshots = new ArrayList<>();
        double startUpSeconds = 0;
        WorldReport last;
        LevelMeter.Levels levels;
        try {
            int updates = (int) Math.max(1, Math.round(seconds * UPDATES_PER_SECOND));
            float step = 1f / UPDATES_PER_SECOND;
            int next = 0;
            for (int i = 0; i < updates; i++) {
                root.updateLogicalState(step);
                root.updateGeometricState();
                states.update(step);
                if (i == 0) {
                    startUpSeconds = (System.nanoTime() - start) * 1e-9;
                }
                boolean due = next < SNAPSHOT_SECONDS.length && tour.timeSeconds() >= SNAPSHOT_SECONDS[next];
                if (due || i == updates - 1) {
                    var at = camera.getLocation();
                    snapshots.add(new Snapshot(tour.timeSeconds(), at.x, at.y, at.z, scene.level().door().opening(), audio.report()));
                    next += due ? 1 : 0;
                }
                progress.accept((i + 1.0) / updates);
            }
            last = audio.report();
        } finally {
            states.detach(audio);
            states.update(0);
        }
        levels = meter.levels();
        return new Result(startUpSeconds, (System.nanoTime() - start) * 1e-9 - startUpSeconds, settings.world(), levels, snapshots, last);
    }
}
