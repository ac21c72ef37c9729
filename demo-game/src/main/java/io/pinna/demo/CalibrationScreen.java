package io.pinna.demo;

import com.jme3.asset.AssetManager;
import com.jme3.font.BitmapFont;
import com.jme3.font.BitmapText;
import com.jme3.font.Rectangle;
import com.jme3.material.Material;
import com.jme3.material.RenderState;
import com.jme3.math.ColorRGBA;
import com.jme3.math.FastMath;
import com.jme3.math.Quaternion;
import com.jme3.math.Vector3f;
import com.jme3.renderer.Camera;
import com.jme3.renderer.queue.RenderQueue;
import com.jme3.scene.Geometry;
import com.jme3.scene.Mesh;
import com.jme3.scene.Node;
import com.jme3.scene.VertexBuffer;
import com.jme3.scene.shape.Quad;
import io.pinna.hrtf.CalibrationProgress;
import io.pinna.jme.JmeAxes;
import io.pinna.unit.Pose;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a listening test looks like: the scene darkened, a ring to point with, marks in the six main directions, and a panel that says what to do. It also turns the view back to the front whenever a sound is to be heard. Update thread.
 */
final class CalibrationScreen {
    private static final double TURN_BACK_SECONDS = 0.35;
    private static final float PANEL_WIDTH = 720;
    private static final float PANEL_HEIGHT = 128;
    private static final float PANEL_BOTTOM = 36;
    private static final float PADDING = 20;
    private static final float BAR_HEIGHT = 6;
    private static final float RING_RADIUS = 16;
    private static final int RING_POINTS = 48;
    private static final float MARK_WIDTH = 120;
    private static final ColorRGBA WARM = new ColorRGBA(0.95f, 0.90f, 0.74f, 1);
    private static final ColorRGBA COOL = new ColorRGBA(0.60f, 0.78f, 0.64f, 1);
    private static final ColorRGBA FAINT = new ColorRGBA(0.62f, 0.62f, 0.56f, 1);

    /** A word that hangs in a direction from the head. */
    private record Mark(Vector3f direction, BitmapText text) {
    }

    private final Node root = new Node("listening test");
    private final Node gui;
    private final Camera camera;
    private final AssetManager assets;
    private final BitmapFont font;
    private final BitmapText task;
    private final BitmapText standing;
    private final BitmapText keys;
    private final Geometry bar;
    private final Geometry ring;
    private final Geometry dot;
    private final List<Mark> marks = new ArrayList<>();
    private final double frontYaw;
    private double fromYaw;
    private double fromPitch;
    private double turnedSeconds;
    private boolean turning;

    /** The camera's heading, level, becomes the front. */
    CalibrationScreen(AssetManager assets, BitmapFont font, Node gui, Camera camera) {
        this.assets = assets;
        this.font = font;
        this.gui = gui;
        this.camera = camera;
        frontYaw = yaw();
        float left = (camera.getWidth() - PANEL_WIDTH) / 2;
        rectangle(camera.getWidth(), camera.getHeight(), 0, 0, -3, new ColorRGBA(0, 0, 0, 0.45f));
        rectangle(PANEL_WIDTH, PANEL_HEIGHT, left, PANEL_BOTTOM, -2, new ColorRGBA(0.010f, 0.014f, 0.013f, 0.86f));
        rectangle(PANEL_WIDTH - 2 * PADDING, BAR_HEIGHT, left + PADDING, PANEL_BOTTOM + 42, -1, new ColorRGBA(0.025f, 0.03f, 0.027f, 1));
        bar = rectangle(PANEL_WIDTH - 2 * PADDING, BAR_HEIGHT, left + PADDING, PANEL_BOTTOM + 42, 0, new ColorRGBA(0.30f, 0.52f, 0.35f, 1));
        task = text(22, WARM, left + PADDING, PANEL_BOTTOM + PANEL_HEIGHT - 12);
        standing = text(16, COOL, left + PADDING, PANEL_BOTTOM + PANEL_HEIGHT - 46);
        keys = text(16, FAINT, left + PADDING, PANEL_BOTTOM + 34);
        keys.setText("R: hear it again     Backspace: take the last answer back     Esc or C: end here");
        ring = circle(RING_RADIUS, Mesh.Mode.LineLoop);
        dot = circle(2, Mesh.Mode.TriangleFan);
        Quaternion front = turned(frontYaw, 0);
        String[] words = {"front", "left", "behind", "right", "above", "below"};
        Vector3f[] directions = {Vector3f.UNIT_Z, Vector3f.UNIT_X, Vector3f.UNIT_Z.negate(), Vector3f.UNIT_X.negate(), Vector3f.UNIT_Y, Vector3f.UNIT_Y.negate()};
        for (int i = 0; i < words.length; i++) {
            BitmapText word = text(17, FAINT, 0, 0);
            word.setBox(new Rectangle(-MARK_WIDTH / 2, 0, MARK_WIDTH, 4 * word.getLineHeight()));
            word.setText("+\n\n" + words[i]);
            word.setAlignment(BitmapFont.Align.Center);
            marks.add(new Mark(front.mult(directions[i]), word));
        }
        gui.attachChild(root);
        turnBack();
    }

    /** Where the player is, and what counts as straight ahead. */
    Pose front() {
        return new Pose(JmeAxes.vector(camera.getLocation()), JmeAxes.lookingRotation(turned(frontYaw, 0)));
    }

    /** Counter-clockwise from +z. The camera's left is level, wherever it looks. */
    private double yaw() {
        Vector3f forward = camera.getLeft().cross(Vector3f.UNIT_Y);
        return Math.atan2(forward.x, forward.z);
    }

    private double pitch() {
        return Math.asin(Math.max(-1, Math.min(1, camera.getDirection().y)));
    }

    private static Quaternion turned(double yaw, double pitch) {
        return new Quaternion().fromAngles((float) -pitch, (float) yaw, 0);
    }

    /** The view goes to the front from where it is. */
    void turnBack() {
        // The short way round.
        fromYaw = frontYaw + Math.IEEEremainder(yaw() - frontYaw, FastMath.TWO_PI);
        fromPitch = pitch();
        turnedSeconds = 0;
        turning = true;
    }

    /** @param seconds since the last call */
    void update(CalibrationSession session, double seconds) {
        CalibrationSession.State state = session.state();
        if (turning) {
            turnedSeconds += seconds;
            double rest = 1 - Noise.step(0, 1, Math.min(1, turnedSeconds / TURN_BACK_SECONDS));
            camera.setRotation(turned(frontYaw + rest * (fromYaw - frontYaw), rest * fromPitch));
            turning = turnedSeconds < TURN_BACK_SECONDS;
        }
        boolean pointing = state == CalibrationSession.State.POINT;
        task.setText(switch (state) {
            case THINKING -> session.isEnding() ? "Your ears are being made" : session.progress().isEmpty() ? "Put your headphones on, left and right the right way round" : "One moment";
            case PLAY -> "Look ahead and listen";
            case POINT -> "Turn to where you heard it, then press Space or click";
            case DONE -> "";
        });
        task.setColor(pointing ? WARM : COOL);
        standing.setText(session.progress().map(CalibrationScreen::standing).orElse("Listening test: about three minutes. Sounds may come from anywhere, also from behind, above and below."));
        float done = session.progress().map(p -> (float) p.answers() / p.mostProbes()).orElse(0f);
        bar.setLocalScale(Math.max(1e-3f, done), 1, 1);
        ring.getMaterial().setColor("Color", pointing ? WARM : FAINT);
        dot.setCullHint(pointing ? Node.CullHint.Inherit : Node.CullHint.Always);
        for (Mark mark : marks) {
            place(mark);
        }
    }

    /** The font has no degree sign. */
    private static String standing(CalibrationProgress p) {
        String text = String.format(Locale.ROOT, "Answers: %d of at most %d     Expected error now: %.1f degrees, at the start %.1f", p.answers(), p.mostProbes(), p.expectedErrorDegrees(), p.startErrorDegrees());
        return p.consistency() == CalibrationProgress.Consistency.INCONSISTENT ? text + "     The answers do not fit together" : text;
    }

    private void place(Mark mark) {
        boolean ahead = mark.direction().dot(camera.getDirection()) > 0.1f;
        mark.text().setCullHint(ahead ? Node.CullHint.Inherit : Node.CullHint.Always);
        if (ahead) {
            // Far away in that direction: it does not move when the eyes do.
            Vector3f at = camera.getScreenCoordinates(camera.getLocation().add(mark.direction().mult(50)));
            mark.text().setLocalTranslation(at.x, at.y + mark.text().getLineHeight() / 2, -1);
        }
    }

    /** Takes it off the screen. */
    void close() {
        gui.detachChild(root);
    }

    private BitmapText text(float size, ColorRGBA color, float x, float y) {
        BitmapText text = new BitmapText(font);
        text.setSize(size);
        text.setColor(color);
        text.setLocalTranslation(x, y, 0);
        root.attachChild(text);
        return text;
    }

    private Geometry rectangle(float width, float height, float x, float y, float z, ColorRGBA color) {
        return add("rectangle", new Quad(width, height), x, y, z, color);
    }

    private Geometry circle(float radius, Mesh.Mode mode) {
        float[] positions = new float[3 * RING_POINTS];
        for (int i = 0; i < RING_POINTS; i++) {
            double angle = 2 * Math.PI * i / RING_POINTS;
            positions[3 * i] = (float) (radius * Math.cos(angle));
            positions[3 * i + 1] = (float) (radius * Math.sin(angle));
        }
        Mesh mesh = new Mesh();
        mesh.setMode(mode);
        mesh.setBuffer(VertexBuffer.Type.Position, 3, positions);
        mesh.updateBound();
        mesh.updateCounts();
        return add("ring", mesh, camera.getWidth() / 2f, camera.getHeight() / 2f, 0, WARM);
    }

    private Geometry add(String name, Mesh mesh, float x, float y, float z, ColorRGBA color) {
        Material material = new Material(assets, "Common/MatDefs/Misc/Unshaded.j3md");
        material.setColor("Color", color);
        material.getAdditionalRenderState().setBlendMode(RenderState.BlendMode.Alpha);
        Geometry geometry = new Geometry(name, mesh);
        geometry.setMaterial(material);
        geometry.setQueueBucket(RenderQueue.Bucket.Gui);
        geometry.setLocalTranslation(x, y, z);
        root.attachChild(geometry);
        return geometry;
    }
}
