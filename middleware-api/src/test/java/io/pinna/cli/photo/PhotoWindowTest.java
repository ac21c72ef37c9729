package io.pinna.cli.photo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.hrtf.BodyMeasurement;
import io.pinna.hrtf.BodyMeasurement.Ear;
import io.pinna.hrtf.BodyMeasurements;
import io.pinna.hrtf.PhotoLandmark;
import io.pinna.hrtf.PhotoLandmarks;
import io.pinna.hrtf.PhotoLandmarks.Kind;
import io.pinna.hrtf.PhotoLandmarks.Point;
import io.pinna.hrtf.PinholeHead;
import java.awt.Component;
import java.awt.Container;
import java.awt.GraphicsEnvironment;
import java.awt.event.MouseEvent;
import java.awt.event.MouseWheelEvent;
import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import javax.imageio.ImageIO;
import javax.swing.AbstractButton;
import javax.swing.JLabel;
import javax.swing.SwingUtilities;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Drives the window with mouse events on synthetic photos. Pictures of it are left in target/photo-window. */
@Tag("integration")
class PhotoWindowTest {
    private static final int WIDTH = 1500;
    private static final int HEIGHT = 1800;
    @TempDir
    private Path folder;
    private PhotoWindow window;

    @BeforeEach
    void open() throws Exception {
        Assumptions.assumeFalse(GraphicsEnvironment.isHeadless(), "skipped: there is no display; xvfb-run gives one");
        SwingUtilities.invokeAndWait(() -> {
            PhotoWindow.lookAndFeel();
            window = new PhotoWindow(folder.resolve("me.csv"));
            window.frame().setVisible(true);
        });
    }

    @AfterEach
    void close() throws Exception {
        if (window != null) {
            SwingUtilities.invokeAndWait(() -> window.frame().dispose());
        }
    }

    private interface Action {
        void run() throws IOException;
    }

    private void onSwing(Action action) throws Exception {
        Throwable[] fault = new Throwable[1];
        SwingUtilities.invokeAndWait(() -> {
            try {
                action.run();
            } catch (IOException | RuntimeException | AssertionError e) {
                fault[0] = e;
            }
        });
        if (fault[0] != null) {
            throw new AssertionError(fault[0].getMessage(), fault[0]);
        }
    }

    private void picture(String name, int width, int height) throws Exception {
        onSwing(() -> {
            window.frame().setSize(width, height);
            window.frame().validate();
        });
        onSwing(() -> {
            BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
            // Without what the window manager draws around it.
            window.frame().getRootPane().printAll(image.getGraphics());
            File file = new File("target/photo-window/" + name + ".png");
            Files.createDirectories(file.getParentFile().toPath());
            ImageIO.write(image, "png", file);
        });
    }

    private static PinholeHead head() {
        return PinholeHead.example().scale(1.1).middle(750, 800);
    }

    private Path photo(Kind kind) throws IOException {
        Path file = folder.resolve(kind.word() + ".png");
        ImageIO.write(SyntheticPhoto.of(head().photo(kind), WIDTH, HEIGHT), "png", file.toFile());
        return file;
    }

    private void mouse(int id, java.awt.Point at, int button) {
        int mask = button == 0 ? 0 : MouseEvent.BUTTON1_DOWN_MASK;
        window.canvas().dispatchEvent(new MouseEvent(window.canvas(), id, System.currentTimeMillis(), mask, at.x, at.y, 1, false, button));
    }

    private void click(java.awt.Point at) {
        mouse(MouseEvent.MOUSE_MOVED, at, 0);
        mouse(MouseEvent.MOUSE_PRESSED, at, MouseEvent.BUTTON1);
        mouse(MouseEvent.MOUSE_RELEASED, at, MouseEvent.BUTTON1);
    }

    private void drag(java.awt.Point from, java.awt.Point to) {
        mouse(MouseEvent.MOUSE_PRESSED, from, MouseEvent.BUTTON1);
        mouse(MouseEvent.MOUSE_DRAGGED, new java.awt.Point((from.x + to.x) / 2, (from.y + to.y) / 2), MouseEvent.BUTTON1);
        mouse(MouseEvent.MOUSE_DRAGGED, to, MouseEvent.BUTTON1);
        mouse(MouseEvent.MOUSE_RELEASED, to, MouseEvent.BUTTON1);
    }

    private void wheel(java.awt.Point at, int clicks) {
        window.canvas().dispatchEvent(new MouseWheelEvent(window.canvas(), MouseEvent.MOUSE_WHEEL, 0, 0, at.x, at.y, 0, false, MouseWheelEvent.WHEEL_UNIT_SCROLL, 1, clicks));
    }

    private AbstractButton button(String text) {
        return all(window.frame(), new ArrayList<>()).stream().filter(c -> c instanceof AbstractButton b && text.equals(b.getText()) && b.isShowing()).map(AbstractButton.class::cast).findFirst()
                .orElseThrow(() -> new AssertionError("no button " + text));
    }

    private static List<Component> all(Container in, List<Component> list) {
        for (Component c : in.getComponents()) {
            list.add(c);
            if (c instanceof Container inner) {
                all(inner, list);
            }
        }
        return list;
    }

    /** Marks what the photo has, each point as exactly as the screen allows after zooming in on it. */
    private void mark(Kind kind) throws Exception {
        PhotoLandmarks truth = head().photo(kind);
        for (PhotoLandmark l : window.session().view(kind).landmarks()) {
            onSwing(() -> {
                assertEquals(l, window.session().active().current());
                Point p = truth.points().get(l);
                wheel(window.canvas().toScreen(p), 12);
                wheel(window.canvas().toScreen(p), -20);
                click(window.canvas().toScreen(p));
                assertTrue(window.session().active().points().containsKey(l), l + " is marked");
            });
        }
    }

    @Test
    void aPersonIsMeasuredByClicking() throws Exception {
        picture("1-empty", 1280, 800);
        onSwing(() -> window.openPhoto(Kind.FRONT, photo(Kind.FRONT)));
        onSwing(() -> window.session().settings(PhotoLandmarks.CARD_CENTIMETERS, PhotoLandmarks.ReferencePlace.FOREHEAD, OptionalDouble.of(150)));
        onSwing(() -> mouse(MouseEvent.MOUSE_MOVED, window.canvas().toScreen(head().photo(Kind.FRONT).points().get(PhotoLandmark.REFERENCE_A)), 0));
        picture("2-front", 1280, 800);
        mark(Kind.FRONT);
        onSwing(window.canvas()::fit);
        picture("3-front-done", 1024, 700);
        onSwing(() -> assertNull(window.session().measure().problem()));
        onSwing(() -> button("Go on").doClick());
        picture("4-side-empty", 1024, 700);
        onSwing(() -> window.openPhoto(Kind.LEFT, photo(Kind.LEFT)));
        onSwing(() -> window.session().settings(PhotoLandmarks.CARD_CENTIMETERS, PhotoLandmarks.ReferencePlace.EAR, OptionalDouble.of(150)));
        mark(Kind.LEFT);
        onSwing(() -> {
            window.canvas().fit();
            wheel(window.canvas().toScreen(head().photo(Kind.LEFT).points().get(PhotoLandmark.BOWL_BACK)), -14);
        });
        picture("5-side-zoomed", 1280, 800);
        onSwing(window.canvas()::fit);
        picture("6-side-done", 1280, 800);
        onSwing(() -> {
            button("Save…").doClick();
            assertFalse(window.session().isUnsaved());
        });
        BodyMeasurements b = BodyMeasurements.read(folder.resolve("me.csv"));
        assertEquals(12, b.count());
        PinholeHead head = head();
        // A click hits within half a pixel of the screen, which at this zoom is well under a pixel of the photo; some 30 of them are a centimetre.
        assertEquals(head.width, b.value(BodyMeasurement.HEAD_WIDTH, Ear.LEFT).orElseThrow(), 0.05);
        assertEquals(head.height, b.value(BodyMeasurement.HEAD_HEIGHT, Ear.LEFT).orElseThrow(), 0.05);
        assertEquals(head.depth, b.value(BodyMeasurement.HEAD_DEPTH, Ear.LEFT).orElseThrow(), 0.05);
        assertEquals(head.shoulders, b.value(BodyMeasurement.SHOULDER_WIDTH, Ear.LEFT).orElseThrow(), 0.15);
        assertEquals(head.ear[4], b.value(BodyMeasurement.PINNA_HEIGHT, Ear.LEFT).orElseThrow(), 0.03);
        assertEquals(head.ear[6], b.value(BodyMeasurement.INTERTRAGAL_INCISURE_WIDTH, Ear.LEFT).orElseThrow(), 0.03);
        assertEquals(head.ear[7], b.value(BodyMeasurement.PINNA_ROTATION, Ear.LEFT).orElseThrow(), 0.5);
        assertTrue(b.value(BodyMeasurement.PINNA_HEIGHT, Ear.RIGHT).isEmpty());

        // What was marked is saved, loaded and the same.
        Path json = folder.resolve("landmarks.json");
        onSwing(() -> window.session().file().write(json));
        onSwing(() -> {
            LandmarkFile before = window.session().file();
            window.load(LandmarkFile.read(json));
            assertEquals(before, window.session().file());
            assertNotNull(window.session().view(Kind.LEFT).image());
        });
    }

    @Test
    void pointsAreMovedSkippedAndTakenBack() throws Exception {
        onSwing(() -> window.openPhoto(Kind.RIGHT, photo(Kind.RIGHT)));
        onSwing(() -> {
            PhotoSession s = window.session();
            click(new java.awt.Point(300, 200));
            Point first = s.active().points().get(PhotoLandmark.REFERENCE_A);
            java.awt.Point at = window.canvas().toScreen(first);
            drag(at, new java.awt.Point(at.x + 40, at.y + 10));
            Point moved = s.active().points().get(PhotoLandmark.REFERENCE_A);
            assertTrue(moved.x() > first.x() && moved.y() > first.y());
            assertEquals(PhotoLandmark.REFERENCE_B, s.active().current());
            assertEquals(1, s.active().points().size(), "dragging a point marks no other");
            s.undo();
            assertEquals(first, s.active().points().get(PhotoLandmark.REFERENCE_A));
            s.undo();
            assertEquals(0, s.active().points().size());
            assertEquals(PhotoLandmark.REFERENCE_A, s.active().current());
            assertFalse(s.canUndo());
            button("Skip").doClick();
            assertEquals(PhotoLandmark.REFERENCE_B, s.active().current());
            button("Back").doClick();
            assertEquals(PhotoLandmark.REFERENCE_A, s.active().current());
            // Dragging the photo itself pans and marks nothing; a click beside it does neither.
            java.awt.Point corner = window.canvas().toScreen(new Point(0, 0));
            drag(new java.awt.Point(400, 300), new java.awt.Point(460, 330));
            assertEquals(new java.awt.Point(corner.x + 60, corner.y + 30), window.canvas().toScreen(new Point(0, 0)));
            click(new java.awt.Point(2, 2));
            assertEquals(0, s.active().points().size());
        });
    }

    @Test
    void whatIsNotPlausibleCannotBeSaved() throws Exception {
        onSwing(() -> window.openPhoto(Kind.FRONT, photo(Kind.FRONT)));
        mark(Kind.FRONT);
        onSwing(() -> {
            assertTrue(button("Save measurements…").isEnabled());
            window.session().settings(85.6, PhotoLandmarks.ReferencePlace.FOREHEAD, OptionalDouble.of(150));
            assertTrue(window.session().measure().problem().contains("9.5 to 19.5 cm"), window.session().measure().problem());
            assertFalse(button("Save measurements…").isEnabled());
        });
        onSwing(window.canvas()::fit);
        picture("7-implausible", 1024, 700);
        onSwing(() -> {
            int bottom = window.frame().getRootPane().getHeight();
            for (Component c : all(window.frame(), new ArrayList<>())) {
                assertTrue(!c.isShowing() || SwingUtilities.convertPoint(c, 0, c.getHeight(), window.frame().getRootPane()).y <= bottom, "below the edge: " + c);
                if (c instanceof JLabel label && label.isShowing() && label.getText() != null && !label.getText().isEmpty()) {
                    assertTrue(label.getWidth() >= label.getPreferredSize().width && label.getHeight() >= label.getPreferredSize().height, "cut off: " + label.getText() + " " + label.getWidth());
                } else if (c instanceof AbstractButton b && b.isShowing() && b.getText() != null && !b.getText().isEmpty()) {
                    assertTrue(b.getWidth() >= b.getPreferredSize().width && b.getHeight() >= b.getPreferredSize().height, "cut off: " + b.getText());
                }
            }
        });
    }
}
