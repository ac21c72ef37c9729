package io.pinna.demo;

import com.jme3.app.SimpleApplication;
import com.jme3.app.state.AppState;
import com.jme3.app.state.ScreenshotAppState;
import com.jme3.font.BitmapText;
import com.jme3.input.FlyByCamera;
import com.jme3.input.KeyInput;
import com.jme3.input.MouseInput;
import com.jme3.input.controls.ActionListener;
import com.jme3.input.controls.KeyTrigger;
import com.jme3.input.controls.MouseButtonTrigger;
import com.jme3.light.SpotLight;
import com.jme3.material.TechniqueDef;
import com.jme3.math.ColorRGBA;
import com.jme3.math.Vector3f;
import com.jme3.post.FilterPostProcessor;
import com.jme3.post.filters.BloomFilter;
import com.jme3.post.filters.FXAAFilter;
import com.jme3.post.filters.FogFilter;
import com.jme3.post.ssao.SSAOFilter;
import com.jme3.shadow.EdgeFilteringMode;
import com.jme3.shadow.SpotLightShadowRenderer;
import io.pinna.PinnaException;
import io.pinna.WorldReport;
import io.pinna.acoustics.Bands;
import io.pinna.device.OutputDevices;
import io.pinna.effect.ReverbSettings;
import io.pinna.hrtf.CalibrationSettings;
import io.pinna.hrtf.HrtfProfile;
import io.pinna.hrtf.PersonalHrtf;
import io.pinna.jme.AcousticsDebugState;
import io.pinna.jme.JmeAxes;
import io.pinna.jme.SpatialAudioSettings;
import io.pinna.jme.SpatialAudioState;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The clinic in a window. Update thread, which jMonkeyEngine starts. */
final class ClinicGame extends SimpleApplication {
    /** Bare tiled rooms ring so loud that speech drowns a few metres away: as in films, they are heard drier than they are. */
    static final ReverbSettings REVERB = ReverbSettings.DEFAULT.withWetGainDb(-6);

    /** A screenshot shows the scene as it is after so long, when textures and lamps have settled. */
    private static final double SCREENSHOT_SECONDS = 3;
    private static final int SCREENSHOT_FRAMES = 40;
    private static final double WALK_METERS_PER_SECOND = 1.9;
    private static final double OVERLAY_SECONDS = 0.25;
    private static final String FORWARD = "forward";
    private static final String BACK = "back";
    private static final String LEFT = "left";
    private static final String RIGHT = "right";

    /**
     * @param ears           what the player can wear, from the start the last of them; H puts on the next
     * @param seconds        ends by itself after so long; infinite if not
     * @param tour           the camera walks the tour; else the player does
     * @param startSeconds   place on the tour where the player, or the screenshot, is
     * @param screenshot     file for a picture, after which the game ends; or null
     * @param calibrate      begins with the listening test
     * @param calibration    the listening test of key C
     * @param saveProfile    where its result goes; ends with .pinna
     * @param showWays       begins with the debug view of key F4
     */
    record Options(List<HrtfProfile> ears, double seconds, boolean tour, double startSeconds, Path screenshot, boolean calibrate, CalibrationSettings calibration, Path saveProfile,
                   boolean showWays) {
        Options {
            ears = List.copyOf(ears);
        }

        HrtfProfile profile() {
            return ears.get(ears.size() - 1);
        }
    }

    private final Options options;
    private final PrintWriter out;
    private final boolean[] held = new boolean[4];
    private final List<HrtfProfile> ears;
    private FlyByCamera head;
    private ExecutorService worker;
    /** The three of a listening test that is going on, else null. */
    private CalibrationSession calibration;
    private CalibrationScreen calibrationScreen;
    private OpenAirPlayer calibrationPlayer;
    private boolean calibrationAsked;
    private ClinicScene scene;
    private SpatialAudioState audio;
    /** The ways of sound, drawn over the scene. */
    private AcousticsDebugState ways;
    private TourState tourState;
    private ScreenshotAppState camera;
    private SpotLight torch;
    private SpotLightShadowRenderer torchShadow;
    private BitmapText hint;
    private BitmapText overlay;
    private boolean overlayShown;
    private double sinceOverlay;
    private double elapsedSeconds;
    private int frames;
    private double messageUntil;
    private HrtfProfile worn;
    private Path picture;
    private boolean pictureTaken;
    private boolean saidDevice;
    private volatile String failure;
    private final CountDownLatch over = new CountDownLatch(1);

    ClinicGame(Options options, PrintWriter out) {
        // None of SimpleApplication's own states: the camera, the statistics and jME's sound are done otherwise here.
        super(new AppState[0]);
        this.options = options;
        this.out = out;
        ears = new ArrayList<>(options.ears());
        worn = options.profile();
        calibrationAsked = options.calibrate();
    }

    /** Opens the window and returns when the game is over. Called by the main thread. */
    void play() throws InterruptedException {
        // Where jMonkeyEngine has a thread of its own, this returns as soon as the window is open.
        start(true);
        over.await();
    }

    /** Why the game ended early, or null. */
    String failure() {
        return failure;
    }

    @Override
    public void simpleInitApp() {
        scene = new ClinicScene(new PaintedDressing(assetManager), name -> true);
        rootNode.attachChild(scene.root());
        viewPort.setBackgroundColor(new ColorRGBA(0.004f, 0.006f, 0.008f, 1));
        renderManager.setPreferredLightMode(TechniqueDef.LightMode.SinglePass);
        // All lights that reach a wall, in one pass.
        renderManager.setSinglePassLightBatchSize(12);
        cam.setFrustumPerspective(68, (float) cam.getWidth() / cam.getHeight(), 0.06f, 60);
        Tour.place(cam, options.startSeconds());
        addTorch();
        addFilters();
        addText();

        // The tour moves before the sound state reads the scene.
        if (options.tour()) {
            tourState = new TourState(scene, cam);
            stateManager.attach(tourState);
        } else {
            addWalking();
        }
        addKeys();
        // Read when all of a frame has moved.
        audio = new SpatialAudioState(SpatialAudioSettings.realTime().withProfile(options.profile()).withOutput(OutputDevices::automatic)
                .withPhase(SpatialAudioSettings.Phase.RENDER).withReverb(REVERB));
        stateManager.attach(audio);
        ways = new AcousticsDebugState(audio);
        ways.setEnabled(options.showWays());
        stateManager.attach(ways);
        if (options.screenshot() != null) {
            prepareScreenshot();
        }
    }

    private void prepareScreenshot() {
        try {
            picture = Files.createTempDirectory("pinna-demo");
        } catch (IOException e) {
            fail("no temporary folder for the screenshot: " + e.getMessage());
            return;
        }
        camera = new ScreenshotAppState(picture.toString() + File.separator, "clinic");
        camera.setIsNumbered(false);
        stateManager.attach(camera);
    }

    private void addTorch() {
        torch = new SpotLight();
        torch.setSpotRange(17);
        torch.setSpotInnerAngle(0.10f);
        torch.setSpotOuterAngle(0.50f);
        torch.setColor(new ColorRGBA(1, 0.90f, 0.72f, 1).mult(20));
        rootNode.addLight(torch);
        torchShadow = shadow(torch, 1024, 0.72f);
        shadow(scene.level().moon(), 1024, 0.85f);
    }

    private SpotLightShadowRenderer shadow(SpotLight light, int size, float intensity) {
        SpotLightShadowRenderer renderer = new SpotLightShadowRenderer(assetManager, size);
        renderer.setLight(light);
        renderer.setShadowIntensity(intensity);
        renderer.setEdgeFilteringMode(EdgeFilteringMode.PCF4);
        viewPort.addProcessor(renderer);
        return renderer;
    }

    private void addFilters() {
        FilterPostProcessor filters = new FilterPostProcessor(assetManager);
        filters.addFilter(new SSAOFilter(0.6f, 2.2f, 0.35f, 0.12f));
        BloomFilter bloom = new BloomFilter(BloomFilter.GlowMode.Objects);
        bloom.setBloomIntensity(1.3f);
        bloom.setBlurScale(1.2f);
        bloom.setDownSamplingFactor(2);
        FogFilter fog = new FogFilter(new ColorRGBA(0.010f, 0.014f, 0.017f, 1), 0.55f, 30);
        filters.addFilter(fog);
        filters.addFilter(bloom);
        filters.addFilter(new FXAAFilter());
        viewPort.addProcessor(filters);
    }

    private void addText() {
        guiFont = assetManager.loadFont("Interface/Fonts/Default.fnt");
        overlay = text(14, new ColorRGBA(0.72f, 0.86f, 0.74f, 1));
        overlay.setLocalTranslation(10, cam.getHeight() - 8, 0);
        hint = text(16, new ColorRGBA(0.85f, 0.82f, 0.70f, 0.9f));
        hint.setLocalTranslation(10, 30, 0);
        if (options.screenshot() == null) {
            say(options.tour() ? "The tour; F3 tells why everything sounds as it does, F4 draws it" : "WASD and mouse: walk    E: door    F: torch    H: other ears    C: find your own ears    F3: why it sounds so    F4: draw it    Esc: leave", 12);
        }
    }

    private BitmapText text(float size, ColorRGBA color) {
        BitmapText text = new BitmapText(guiFont);
        text.setSize(size);
        text.setColor(color);
        guiNode.attachChild(text);
        return text;
    }

    private void say(String message, double seconds) {
        hint.setText(message);
        messageUntil = elapsedSeconds + seconds;
    }

    private void addWalking() {
        // It only turns the head: walking is done here, where there are walls.
        head = new FlyByCamera(cam);
        head.setMoveSpeed(0);
        head.setZoomSpeed(0);
        head.registerWithInput(inputManager);
        int[] keys = {KeyInput.KEY_W, KeyInput.KEY_S, KeyInput.KEY_A, KeyInput.KEY_D};
        String[] names = {FORWARD, BACK, LEFT, RIGHT};
        for (int i = 0; i < keys.length; i++) {
            int at = i;
            inputManager.addMapping(names[i], new KeyTrigger(keys[i]));
            inputManager.addListener((ActionListener) (name, pressed, tpf) -> held[at] = pressed, names[i]);
        }
        onPress(KeyInput.KEY_E, "door", this::useDoor);
        onPress(KeyInput.KEY_C, "calibrate", () -> {
            if (calibration == null) {
                calibrationAsked = true;
            } else {
                calibration.end();
            }
        });
        inputManager.addMapping("answer", new KeyTrigger(KeyInput.KEY_SPACE), new MouseButtonTrigger(MouseInput.BUTTON_LEFT));
        onPress("answer", () -> {
            if (calibration != null && calibration.point(JmeAxes.vector(cam.getDirection()))) {
                calibrationScreen.turnBack();
            }
        });
        onPress(KeyInput.KEY_R, "repeat", () -> {
            if (calibration != null && calibration.repeat()) {
                calibrationScreen.turnBack();
            }
        });
        onPress(KeyInput.KEY_BACK, "undo", () -> {
            if (calibration != null && calibration.undo()) {
                calibrationScreen.turnBack();
            }
        });
    }

    private void addKeys() {
        onPress(KeyInput.KEY_F, "torch", this::switchTorch);
        onPress(KeyInput.KEY_H, "ears", this::changeEars);
        onPress(KeyInput.KEY_F3, "why", this::switchOverlay);
        onPress(KeyInput.KEY_F4, "ways", this::switchWays);
        if (inputManager.hasMapping(INPUT_MAPPING_EXIT)) {
            // It leaves a listening test before it leaves the game.
            inputManager.deleteMapping(INPUT_MAPPING_EXIT);
        }
        onPress(KeyInput.KEY_ESCAPE, "leave", () -> {
            if (calibration == null) {
                stop();
            } else {
                calibration.end();
            }
        });
    }

    private void onPress(int key, String name, Runnable action) {
        inputManager.addMapping(name, new KeyTrigger(key));
        onPress(name, action);
    }

    private void onPress(String name, Runnable action) {
        inputManager.addListener((ActionListener) (n, pressed, tpf) -> {
            if (pressed) {
                action.run();
            }
        }, name);
    }

    private void useDoor() {
        if (calibration != null) {
            return;
        }
        Vector3f at = scene.level().door().hingePosition();
        if (cam.getLocation().distance(at) < 2.6f) {
            scene.setDoorOpen(!scene.level().door().isWantedOpen());
        } else {
            say("The door is too far away", 2);
        }
    }

    private void switchTorch() {
        torch.setEnabled(!torch.isEnabled());
        torchShadow.setShadowIntensity(torch.isEnabled() ? 0.72f : 0);
    }

    private void changeEars() {
        if (calibration == null) {
            HrtfProfile next = ears.get((ears.indexOf(worn) + 1) % ears.size());
            wear(next, "You hear with the ears of: " + next.describe(), 3);
        }
    }

    private void wear(HrtfProfile profile, String message, double seconds) {
        try {
            audio.setProfile(SpatialAudioState.MAIN_LISTENER, profile);
            worn = profile;
            say(message, seconds);
        } catch (PinnaException e) {
            say("You keep your ears: " + e.getMessage(), 6);
        }
    }

    private void beginCalibration() {
        if (worker == null) {
            worker = Executors.newSingleThreadExecutor(task -> {
                Thread thread = new Thread(task, "pinna-demo listening test");
                // A test that is left halfway keeps no program alive.
                thread.setDaemon(true);
                return thread;
            });
        }
        setMouseTurnsHead(false);
        hint.setText("");
        calibrationScreen = new CalibrationScreen(assetManager, guiFont, guiNode, cam);
        calibrationPlayer = new OpenAirPlayer(audio, scene.sounds(), cam);
        calibration = new CalibrationSession(options.calibration(), calibrationScreen.front(), calibrationPlayer, worker);
    }

    /** The mouse turns the head, or does nothing; either way its cursor stays hidden, which disabling would show. */
    private void setMouseTurnsHead(boolean turns) {
        head.setEnabled(turns);
        inputManager.setCursorVisible(false);
    }

    private void updateCalibration(float secondsPerFrame) {
        calibration.update(secondsPerFrame);
        boolean pointing = calibration.state() == CalibrationSession.State.POINT;
        if (pointing != head.isEnabled()) {
            setMouseTurnsHead(pointing);
        }
        calibrationScreen.update(calibration, secondsPerFrame);
        if (calibration.state() == CalibrationSession.State.DONE) {
            CalibrationSession done = calibration;
            calibration = null;
            calibrationScreen.close();
            wearResult(done);
            // The clinic is heard again only now, with the new ears.
            calibrationPlayer.close();
            setMouseTurnsHead(true);
        }
    }

    private void wearResult(CalibrationSession done) {
        if (done.result().isEmpty()) {
            wear(worn, done.failure() == null ? "No answer, no new ears: you hear as before" : "The listening test ended: " + done.failure(), 8);
            return;
        }
        PersonalHrtf hrtf = done.result().get();
        HrtfProfile profile;
        String message;
        try {
            Path file = ProfileFile.save(hrtf, options.saveProfile());
            profile = HrtfProfile.personal(file);
            // Names alone: a long path would run off the screen. The console gets it whole.
            String instead = file.equals(options.saveProfile()) ? "" : " because " + options.saveProfile().getFileName() + " was there already";
            message = "You hear with ears of your own, saved as " + file.getFileName() + instead + "; H changes them";
            out.println("Saved: " + file.toAbsolutePath());
        } catch (PinnaException e) {
            profile = HrtfProfile.personal(hrtf);
            message = "You hear with ears of your own, but they could not be saved: " + e.getMessage();
        }
        ears.add(profile);
        wear(profile, message, 12);
        out.println(message);
        hrtf.notes().forEach(out::println);
        out.flush();
    }

    private void switchOverlay() {
        overlayShown = !overlayShown;
        sinceOverlay = OVERLAY_SECONDS;
        overlay.setText("");
        // Both write in the same corner.
        ways.setEnabled(ways.isEnabled() && !overlayShown);
    }

    private void switchWays() {
        if (overlayShown) {
            switchOverlay();
        }
        ways.setEnabled(!ways.isEnabled());
    }

    @Override
    public void simpleUpdate(float secondsPerFrame) {
        elapsedSeconds += secondsPerFrame;
        frames++;
        if (calibrationAsked && calibration == null && audio.isInitialized()) {
            calibrationAsked = false;
            beginCalibration();
        }
        if (calibration != null) {
            // Nobody walks, and nothing in the clinic moves or starts to sound.
            updateCalibration(secondsPerFrame);
        } else if (tourState == null) {
            walk(secondsPerFrame);
            scene.update(secondsPerFrame, cam.getLocation(), cam.getLeft().negate());
        }
        // Held in the right hand, a little below the eyes.
        torch.setPosition(cam.getLocation().add(cam.getLeft().mult(-0.16f)).add(cam.getUp().mult(-0.20f)));
        torch.setDirection(cam.getDirection().add(cam.getLeft().mult(0.03f)).normalizeLocal());
        if (!saidDevice && audio.isInitialized()) {
            saidDevice = true;
            sayDevice();
        }
        updateText(secondsPerFrame);
        if (options.screenshot() != null) {
            takePicture();
        } else if (elapsedSeconds >= options.seconds()) {
            stop();
        }
    }

    private void walk(float secondsPerFrame) {
        Vector3f forward = new Vector3f(cam.getDirection().x, 0, cam.getDirection().z).normalizeLocal();
        Vector3f right = new Vector3f(-cam.getLeft().x, 0, -cam.getLeft().z).normalizeLocal();
        Vector3f way = forward.mult((held[0] ? 1 : 0) - (held[1] ? 1 : 0)).add(right.mult((held[3] ? 1 : 0) - (held[2] ? 1 : 0)));
        if (way.length() > 0) {
            way.normalizeLocal().multLocal((float) WALK_METERS_PER_SECOND * Math.min(secondsPerFrame, 0.1f));
            Vector3f at = cam.getLocation();
            Vector3f to = scene.level().walk(at, at.add(way));
            cam.setLocation(new Vector3f(to.x, (float) Tour.EYE_METERS, to.z));
        }
    }

    /** Says on the console where the sound goes, and on the screen if it goes nowhere. */
    private void sayDevice() {
        for (WorldReport.ListenerReport listener : audio.report().listeners()) {
            out.println("Sound: " + listener.device().name() + " (" + listener.device().description() + "); ears: " + listener.profile());
            for (String note : listener.device().notes()) {
                out.println("Note: " + note);
                if (options.screenshot() == null) {
                    say(note, 10);
                }
            }
        }
        out.flush();
    }

    private void updateText(float secondsPerFrame) {
        if (elapsedSeconds > messageUntil) {
            hint.setText("");
        }
        sinceOverlay += secondsPerFrame;
        if (overlayShown && sinceOverlay >= OVERLAY_SECONDS && audio.isInitialized()) {
            sinceOverlay = 0;
            overlay.setText(why(audio.report()));
        }
    }

    /** The report's lines, the loudest emitter first. */
    private static String why(WorldReport report) {
        StringBuilder lines = new StringBuilder();
        lines.append(String.format(Locale.ROOT, "%s; %d voices; block p50 %.2f ms, p99 %.2f ms%n", report.renderer(), report.realVoices(), report.blockTimes().p50Micros() / 1000,
                report.blockTimes().p99Micros() / 1000));
        List<WorldReport.EmitterReport> loudestFirst = report.emitters().stream().sorted(Comparator.comparingDouble(ClinicGame::loudestBandDb).reversed()).toList();
        for (WorldReport.EmitterReport emitter : loudestFirst) {
            for (WorldReport.PathReport path : emitter.paths()) {
                lines.append(emitter.name()).append(": ").append(path.why()).append('\n');
            }
        }
        report.notes().forEach(note -> lines.append("note: ").append(note).append('\n'));
        return lines.toString();
    }

    private static double loudestBandDb(WorldReport.EmitterReport emitter) {
        double loudest = Double.NEGATIVE_INFINITY;
        for (WorldReport.PathReport path : emitter.paths()) {
            for (int b = 0; b < Bands.COUNT; b++) {
                loudest = Math.max(loudest, path.gainDb().get(b));
            }
        }
        return loudest;
    }

    private void takePicture() {
        if (picture == null) {
            return;
        }
        boolean ready = !options.calibrate() || calibration != null && calibration.state() == CalibrationSession.State.POINT;
        // The ways of sound are there when the acoustics have answered, which on a slow machine is not a matter of time.
        ready &= !options.showWays() || frames >= SCREENSHOT_FRAMES;
        if (!pictureTaken && ready && elapsedSeconds >= SCREENSHOT_SECONDS) {
            pictureTaken = true;
            camera.takeScreenshot();
        }
        Path file = picture.resolve("clinic.png");
        if (pictureTaken && elapsedSeconds > SCREENSHOT_SECONDS && Files.exists(file)) {
            try {
                Files.move(file, options.screenshot(), StandardCopyOption.REPLACE_EXISTING);
                Files.deleteIfExists(picture);
                out.println("Screenshot: " + options.screenshot());
                out.flush();
            } catch (IOException e) {
                fail("the screenshot could not be written to " + options.screenshot() + ": " + e);
                return;
            }
            stop();
        }
    }

    private void fail(String reason) {
        failure = reason;
        stop();
    }

    /** An error that nobody handled ends the game with its message, not with a dialog. */
    @Override
    public void handleError(String message, Throwable cause) {
        failure = message + (cause == null ? "" : ": " + cause);
        if (context.isRenderable()) {
            stop();
        } else {
            // There was no window yet, so nothing will be destroyed.
            over.countDown();
        }
    }

    @Override
    public void destroy() {
        super.destroy();
        if (worker != null) {
            worker.shutdownNow();
        }
        over.countDown();
    }
}
