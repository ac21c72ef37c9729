package io.pinna.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.jme3.asset.DesktopAssetManager;
import com.jme3.asset.plugins.ClasspathLocator;
import com.jme3.font.plugins.BitmapFontLoader;
import com.jme3.material.plugins.J3MLoader;
import com.jme3.math.Vector3f;
import com.jme3.renderer.Camera;
import com.jme3.scene.Node;
import com.jme3.texture.plugins.AWTLoader;
import io.pinna.hrtf.CalibrationProbe;
import io.pinna.hrtf.CalibrationSettings;
import io.pinna.jme.JmeAxes;
import io.pinna.unit.Vector3;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The screen of the listening test, without a window: which way is the front, and that the view goes back there. */
@Tag("integration")
class CalibrationScreenTest {
    private final Camera camera = new Camera(1280, 720);
    private final Node gui = new Node();

    private CalibrationScreen screen() {
        // Only what a font needs: the whole configuration warns of every loader that the demo leaves out.
        DesktopAssetManager assets = new DesktopAssetManager();
        assets.registerLocator("/", ClasspathLocator.class);
        assets.registerLoader(J3MLoader.class, "j3md");
        assets.registerLoader(BitmapFontLoader.class, "fnt");
        assets.registerLoader(AWTLoader.class, "png");
        return new CalibrationScreen(assets, assets.loadFont("Interface/Fonts/Default.fnt"), gui, camera);
    }

    private void look(double yawDegrees, double pitchDegrees) {
        double yaw = Math.toRadians(yawDegrees);
        double pitch = Math.toRadians(pitchDegrees);
        // Yaw 0 looks north, along −z, and grows to the left.
        camera.lookAtDirection(new Vector3f((float) (-Math.sin(yaw) * Math.cos(pitch)), (float) Math.sin(pitch), (float) (-Math.cos(yaw) * Math.cos(pitch))), Vector3f.UNIT_Y);
    }

    private void assertSeenAt(double azimuthDegrees, double elevationDegrees, CalibrationScreen screen) {
        Vector3 head = CalibrationSession.toHead(screen.front(), JmeAxes.vector(camera.getDirection()));
        assertEquals(azimuthDegrees, Math.toDegrees(Math.atan2(head.y(), head.x())), 0.01);
        assertEquals(elevationDegrees, Math.toDegrees(Math.asin(head.z())), 0.05);
    }

    @Test
    void theLevelHeadingAtTheStartIsTheFront() {
        look(130, 25);
        CalibrationScreen screen = screen();
        assertSeenAt(0, 25, screen);
        look(130 + 90, 0);
        assertSeenAt(90, 0, screen);
        look(130 - 60, -70);
        assertSeenAt(-60, -70, screen);
        look(130 + 170, 40);
        assertSeenAt(170, 40, screen);
    }

    @Test
    void theViewGoesBackToTheFrontAndStaysFreeThere() {
        look(-100, 0);
        CalibrationScreen screen = screen();
        CalibrationSession session = new CalibrationSession(CalibrationSettings.DEFAULT, screen.front(), new Silence(), task -> { });
        look(60, 80);
        screen.turnBack();
        double before = 160;
        for (int i = 0; i < 20; i++) {
            screen.update(session, 0.02);
            Vector3 head = CalibrationSession.toHead(screen.front(), JmeAxes.vector(camera.getDirection()));
            double azimuth = Math.toDegrees(Math.atan2(head.y(), head.x()));
            assertTrue(azimuth <= before + 0.01 && azimuth > -0.01, "from " + before + " to " + azimuth);
            before = azimuth;
            assertEquals(0, camera.getLeft().y, 1e-5, "the head is tilted");
        }
        assertSeenAt(0, 0, screen);
        look(-70, 10);
        screen.update(session, 0.02);
        assertSeenAt(30, 10, screen);
        assertEquals(1, gui.getQuantity());
        screen.close();
        assertEquals(0, gui.getQuantity());
    }

    /** Nothing is played before the worker has begun, which this test's never does. */
    private static final class Silence implements CalibrationSession.ProbePlayer {
        @Override
        public void wear(CalibrationProbe probe) {
            throw new AssertionError("there is no probe");
        }

        @Override
        public void play(CalibrationProbe probe) {
            throw new AssertionError("there is no probe");
        }

        @Override
        public boolean isPlaying() {
            return false;
        }

        @Override
        public void stop() {
            // Nothing plays.
        }
    }
}
