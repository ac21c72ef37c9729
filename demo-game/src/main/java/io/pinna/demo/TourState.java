package io.pinna.demo;

import com.jme3.app.Application;
import com.jme3.app.state.BaseAppState;
import com.jme3.renderer.Camera;

/** Walks a camera along the {@link Tour} and keeps the scene going. Attach it before the state that renders the sound, so that what it moves is heard at once. Update thread. */
final class TourState extends BaseAppState {
    private final ClinicScene scene;
    private final Camera camera;
    private double timeSeconds;

    TourState(ClinicScene scene, Camera camera) {
        this.scene = scene;
        this.camera = camera;
        Tour.place(camera, 0);
    }

    /** Where on the tour it is. */
    double timeSeconds() {
        return timeSeconds;
    }

    @Override
    public void update(float secondsPerFrame) {
        double before = timeSeconds;
        timeSeconds += secondsPerFrame;
        Tour.place(camera, timeSeconds);
        Tour.act(scene, before, timeSeconds);
        scene.update(secondsPerFrame, camera.getLocation(), camera.getLeft().negate());
    }

    @Override
    protected void initialize(Application app) {
        // Nothing to prepare.
    }

    @Override
    protected void cleanup(Application app) {
        // Nothing to free.
    }

    @Override
    protected void onEnable() {
        // Goes on where it was.
    }

    @Override
    protected void onDisable() {
        // Stands still.
    }
}
