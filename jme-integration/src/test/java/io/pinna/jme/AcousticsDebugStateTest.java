package io.pinna.jme;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.jme3.app.SimpleApplication;
import com.jme3.math.ColorRGBA;
import com.jme3.math.Vector3f;
import com.jme3.scene.Node;
import com.jme3.scene.Spatial;
import com.jme3.system.AppSettings;
import com.jme3.system.JmeContext;
import io.pinna.EmitterState;
import io.pinna.SoundWorldSettings;
import io.pinna.WorldReport;
import io.pinna.acoustics.AcousticsSettings;
import io.pinna.device.OutputDevices;
import io.pinna.unit.Vector3;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The debug view: what it draws of a scene that a person can draw, and that it is gone when it is off. */
@Tag("integration")
final class AcousticsDebugStateTest {
    /** A wall at z = −2 whose free edge is at x = 1, and a radio behind it. */
    private static void addWallAndRadio(Node root) {
        Spatial wall = OfflineScene.box("wall", 20, 20, 0.05f);
        AcousticTag.set(wall, "concrete");
        wall.setLocalTranslation(-19, 0, -2);
        root.attachChild(wall);
        root.attachChild(OfflineScene.humming("radio", 0, 0, -4));
    }

    private static SoundWorldSettings world() {
        return SoundWorldSettings.OFFLINE.withAcoustics(AcousticsSettings.DIRECT.withDiffraction(true));
    }

    private static boolean near(Vector3f a, double x, double y, double z, double tolerance) {
        return Math.abs(a.x - x) < tolerance && Math.abs(a.y - y) < tolerance && Math.abs(a.z - z) < tolerance;
    }

    @Test
    void waysAreDrawnWhereTheyGo() {
        try (OfflineScene scene = new OfflineScene(world())) {
            addWallAndRadio(scene.root);
            scene.step(30);
            WorldReport.PathReport path = scene.path("radio");
            DebugDrawing drawing = new DebugDrawing();
            drawing.add(EmitterState.PLAYING, path, Vector3.ZERO, true);
            drawing.close();
            drawing.thick().anchor(new Vector3f(0, -0.35f, -0.5f));
            int straight = 0;
            int toTheEdge = 0;
            int onwards = 0;
            for (int i = 0; i < drawing.thick().count(); i++) {
                Vector3f from = drawing.thick().end(i, 0);
                Vector3f to = drawing.thick().end(i, 1);
                ColorRGBA color = drawing.thick().color(i);
                boolean fromListener = near(from, 0, -0.35, -0.5, 1e-6);
                if (fromListener && near(to, 0, 0, -4, 1e-6)) {
                    straight++;
                    assertTrue(color.r > 0.99 && color.g < 0.01, "red, since hidden: " + color);
                } else if (fromListener && near(to, 1, 0, -2, 0.2)) {
                    toTheEdge++;
                    assertTrue(color.b > 0.9 && color.r < 0.3, "blue: " + color);
                } else if (near(from, 1, 0, -2, 0.2) && near(to, 0, 0, -4, 1e-5)) {
                    onwards++;
                }
            }
            assertEquals(1, straight);
            assertTrue(toTheEdge >= 1 && toTheEdge == onwards, toTheEdge + " ways to the edge, " + onwards + " from there");
            assertEquals(0, drawing.thin().count());
            drawing.clear();
            drawing.add(EmitterState.STOPPED, path, Vector3.ZERO, true);
            drawing.close();
            // What is not heard is a mark of three lines and nothing more.
            assertEquals(3, drawing.thick().count());
            drawing.thick().anchor(new Vector3f(9, 9, 9));
            for (int i = 0; i < 6; i++) {
                assertTrue(near(drawing.thick().end(i, 0), 0, 0, i < 3 ? -4 : 0, 0.13), "line " + i);
            }
        }
    }

    @Test
    void reflectionsMeetTheFloor() {
        SoundWorldSettings settings = SoundWorldSettings.OFFLINE.withAcoustics(AcousticsSettings.DIRECT.withEarlyReflections(true));
        try (OfflineScene scene = new OfflineScene(settings)) {
            Spatial floor = OfflineScene.box("floor", 30, 0.5f, 30);
            floor.setLocalTranslation(0, -2, 0);
            AcousticTag.set(floor, "concrete");
            scene.root.attachChild(floor);
            scene.root.attachChild(OfflineScene.humming("radio", 0, 0, -4));
            scene.step(60);
            DebugDrawing drawing = new DebugDrawing();
            drawing.add(EmitterState.PLAYING, scene.path("radio"), Vector3.ZERO, true);
            assertEquals(2, drawing.thin().count());
            assertTrue(near(drawing.thin().end(0, 1), 0, -1.5, -2, 0.01), "" + drawing.thin().end(0, 1));
            assertTrue(near(drawing.thin().end(1, 1), 0, 0, -4, 0.01), "" + drawing.thin().end(1, 1));
            drawing.clear();
            drawing.add(EmitterState.PLAYING, scene.path("radio"), Vector3.ZERO, false);
            assertEquals(0, drawing.thin().count());
        }
    }

    @Test
    @Tag("unit")
    void coloursSayHowMuchIsHidden() {
        ColorRGBA c = new ColorRGBA();
        DebugDrawing.ofOcclusion(0, c);
        assertEquals(new ColorRGBA(0, 1, 0.02f, 1), c);
        DebugDrawing.ofOcclusion(0.5, c);
        assertEquals(new ColorRGBA(1, 1, 0.02f, 1), c);
        DebugDrawing.ofOcclusion(1, c);
        assertEquals(new ColorRGBA(1, 0, 0.02f, 1), c);
        assertEquals(1, DebugDrawing.alpha(0));
        assertEquals(0.5, DebugDrawing.alpha(-42), 1e-6);
        assertEquals(0.18, DebugDrawing.alpha(-200), 1e-6);
    }

    @Test
    @Tag("unit")
    void linesBeyondTheirRoomAreCounted() {
        DebugLines lines = new DebugLines(2);
        for (int i = 0; i < 5; i++) {
            lines.add(null, new Vector3(i, 0, 0), ColorRGBA.White);
        }
        lines.close();
        assertEquals(2, lines.count());
        assertEquals(3, lines.dropped());
        lines.clear();
        lines.add(Vector3.ZERO, new Vector3(7, 0, 0), ColorRGBA.White);
        lines.close();
        lines.anchor(new Vector3f(5, 5, 5));
        assertEquals(Vector3f.ZERO, lines.end(0, 0));
        assertEquals(Vector3f.ZERO, lines.end(1, 1), "the line of before has no length");
        assertEquals(0, lines.dropped());
    }

    /** Runs frames of a headless application; what the frames find wrong fails here. */
    private static void frames(SpatialAudioState audio, AcousticsDebugState view, Consumer<SimpleApplication> each) throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        SimpleApplication application = new SimpleApplication(audio, view) {
            @Override
            public void simpleInitApp() {
                addWallAndRadio(rootNode);
                cam.setLocation(new Vector3f(0, 0, 0));
                cam.lookAtDirection(new Vector3f(0, 0, -1), Vector3f.UNIT_Y);
            }

            @Override
            public void simpleUpdate(float secondsPerFrame) {
                try {
                    each.accept(this);
                } catch (Throwable e) {
                    failure.compareAndSet(null, e);
                    stop();
                }
            }

            @Override
            public void handleError(String message, Throwable thrown) {
                failure.compareAndSet(null, thrown);
                done.countDown();
            }

            @Override
            public void destroy() {
                super.destroy();
                done.countDown();
            }
        };
        AppSettings settings = new AppSettings(true);
        settings.setAudioRenderer(null);
        application.setSettings(settings);
        application.setShowSettings(false);
        application.start(JmeContext.Type.Headless);
        assertTrue(done.await(120, TimeUnit.SECONDS), "the application ends");
        if (failure.get() != null) {
            throw new AssertionError(failure.get());
        }
    }

    @Test
    void showsPanelsAndIsGoneWhileItIsOff() throws InterruptedException {
        SpatialAudioState audio = new SpatialAudioState(SpatialAudioSettings.offline(OutputDevices.memory(600)).withWorld(world()));
        AcousticsDebugState view = new AcousticsDebugState(audio);
        int[] frame = {0};
        long[] before = {0};
        int[] geometries = {0};
        frames(audio, view, application -> {
            Spatial panels = application.getGuiNode().getChild("acoustics debug panels");
            int n = ++frame[0];
            if (n == 400) {
                List<String> texts = view.texts();
                assertEquals(2, texts.size(), texts.toString());
                assertTrue(texts.get(0).startsWith("acoustics: ") && texts.get(0).contains("1 meshes, 12 triangles"), texts.get(0));
                assertTrue(texts.get(1).startsWith("1  radio\noccluded 100 % by Root Node/wall (concrete); 4.0 m away; heard around the edge of Root Node/wall at 2.2 m, "), texts.get(1));
                assertTrue(view.drawing().thick().count() >= 5, "a mark, the straight way and one around the edge");
                assertTrue(view.updates() > 1 && view.updates() < n, view.updates() + " updates in " + n + " frames");
                assertTrue(near(view.drawing().thick().end(3, 0), 0, -0.35, -0.5, 0.01), "below the eye: " + view.drawing().thick().end(3, 0));
                geometries[0] = audio.geometryCount();
                assertEquals(1, geometries[0], "the view stops no sound");
                view.choose("radio", "nobody");
                view.setEnabled(false);
            } else if (n == 401) {
                before[0] = view.updates();
                assertNull(panels);
            } else if (n == 600) {
                assertEquals(before[0], view.updates(), "nothing is read while it is off");
                view.setEnabled(true);
            } else if (n == 602) {
                assertSame(application.getGuiNode(), panels.getParent());
                assertTrue(view.updates() > before[0]);
                assertEquals(2, view.texts().size(), view.texts().toString());
                application.getStateManager().detach(view);
            } else if (n == 604) {
                assertNull(panels);
                application.stop();
            }
        });
        assertEquals(604, frame[0]);
    }

    @Test
    @Tag("unit")
    void wrongArgumentsAreRefused() {
        assertThrows(io.pinna.InvalidValueException.class, () -> new AcousticsDebugState(null));
        AcousticsDebugState view = new AcousticsDebugState(new SpatialAudioState());
        assertThrows(io.pinna.InvalidValueException.class, () -> view.choose(" "));
        assertThrows(io.pinna.InvalidValueException.class, () -> view.setGuiNode(null));
    }
}
