package io.pinna.jme;

import com.jme3.app.Application;
import com.jme3.app.SimpleApplication;
import com.jme3.app.state.BaseAppState;
import com.jme3.asset.AssetManager;
import com.jme3.font.BitmapFont;
import com.jme3.font.BitmapText;
import com.jme3.font.LineWrapMode;
import com.jme3.font.Rectangle;
import com.jme3.material.Material;
import com.jme3.material.RenderState;
import com.jme3.math.ColorRGBA;
import com.jme3.math.Vector3f;
import com.jme3.renderer.Camera;
import com.jme3.renderer.RenderManager;
import com.jme3.renderer.ViewPort;
import com.jme3.renderer.queue.RenderQueue;
import com.jme3.scene.Geometry;
import com.jme3.scene.Node;
import com.jme3.scene.Spatial;
import com.jme3.scene.shape.Quad;
import io.pinna.EmitterState;
import io.pinna.Listener;
import io.pinna.UsageException;
import io.pinna.WorldReport;
import io.pinna.acoustics.Bands;
import io.pinna.unit.Vector3;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Shows why everything sounds as it does: attach it beside a {@link SpatialAudioState}. It draws a line from the listener to every emitter that plays, from green (in plain sight) to red (hidden), the ways around edges, bent where
 * they bend, in light blue, and the reflections of some emitters in violet, thin; the fainter, the darker. Panels say of these emitters why they are heard so, and a line at the top how the place reverberates and what the acoustics cost.
 * {@link #setEnabled} switches it at run time; while it is off it costs nothing.
 *
 * <p>Everything is drawn over the scene, walls and all, in a view of its own: the scene that is heard stays as it is. Where the camera is at the listener's place, lines begin below it, since from the eye itself they would be points. What
 * is shown is read from the world's report five times a second; between, only the lines' beginnings follow the listener. Update thread.
 */
public final class AcousticsDebugState extends BaseAppState {
    /** Emitters of which panels tell, unless {@link #choose chosen}. */
    public static final int PANELS = 5;

    private static final double UPDATE_SECONDS = 0.2;
    /** An emitter keeps its panel until another one is louder by this (dB). */
    private static final double KEEP_DB = 3;
    private static final float TEXT_SIZE = 14;
    private static final float PANEL_WIDTH = 400;
    private static final float PADDING = 6;
    private static final float GAP = 8;
    private static final float MARGIN = 10;
    /** A camera this near to the listener looks out of its eyes (metres). */
    private static final float SAME_PLACE_METERS = 0.3f;
    private static final float BELOW_METERS = 0.35f;
    private static final float AHEAD_METERS = 0.5f;
    private static final ColorRGBA TEXT_COLOR = new ColorRGBA(0.92f, 0.94f, 0.90f, 1);
    private static final ColorRGBA PANEL_COLOR = new ColorRGBA(0.02f, 0.03f, 0.03f, 0.78f);

    private final SpatialAudioState audio;
    private final String listenerName;
    private final List<String> wanted = new ArrayList<>();
    private final Set<String> shown = new HashSet<>();
    private final DebugDrawing drawing = new DebugDrawing();
    private final Node lines = new Node("acoustics debug lines");
    private final Node gui = new Node("acoustics debug panels");
    private final List<Panel> panels = new ArrayList<>();
    private final Vector3f anchor = new Vector3f();
    private final Vector3f onScreen = new Vector3f();
    private final ColorRGBA color = new ColorRGBA();
    private Node guiRoot;
    private AssetManager assets;
    private BitmapFont font;
    private Camera camera;
    private ViewPort view;
    private Panel header;
    private double sinceUpdate;
    private long updates;

    /** A text on a dark ground, and a name that hangs at its emitter. */
    private final class Panel {
        final Node node = new Node("panel");
        final BitmapText text;
        final Geometry ground;
        final BitmapText tag;
        final Vector3f place = new Vector3f();
        boolean hasPlace;

        Panel(float width) {
            text = new BitmapText(font);
            text.setSize(TEXT_SIZE);
            text.setBox(new Rectangle(0, 0, width - 2 * PADDING, 0));
            text.setLineWrapMode(LineWrapMode.Word);
            ground = new Geometry("ground", new Quad(1, 1));
            Material material = new Material(assets, "Common/MatDefs/Misc/Unshaded.j3md");
            material.setColor("Color", PANEL_COLOR);
            material.getAdditionalRenderState().setBlendMode(RenderState.BlendMode.Alpha);
            ground.setMaterial(material);
            ground.setQueueBucket(RenderQueue.Bucket.Gui);
            node.attachChild(ground);
            node.attachChild(text);
            tag = new BitmapText(font);
            tag.setSize(TEXT_SIZE);
            gui.attachChild(node);
            gui.attachChild(tag);
        }

        /** @return the panel's height */
        float put(float left, float top, float width) {
            float height = text.getHeight() + 2 * PADDING;
            text.setLocalTranslation(left + PADDING, top - PADDING, 1);
            ground.setLocalTranslation(left, top - height, 0);
            ground.setLocalScale(width, height, 1);
            return height;
        }

        void hide(boolean hidden) {
            node.setCullHint(hidden ? Spatial.CullHint.Always : Spatial.CullHint.Never);
            hasPlace &= !hidden;
        }

        void follow() {
            tag.setCullHint(Spatial.CullHint.Always);
            if (hasPlace) {
                camera.getScreenCoordinates(place, onScreen);
                if (onScreen.z < 1) {
                    tag.setCullHint(Spatial.CullHint.Never);
                    tag.setLocalTranslation(onScreen.x + PADDING, onScreen.y + TEXT_SIZE, 0);
                }
            }
        }
    }

    /** For the main listener. */
    public AcousticsDebugState(SpatialAudioState audio) {
        this(audio, SpatialAudioState.MAIN_LISTENER);
    }

    /** @param listener what this listener hears is shown, in the application's own view */
    public AcousticsDebugState(SpatialAudioState audio, String listener) {
        this.audio = Require.notNull(audio, "audio");
        listenerName = Require.notBlank(listener, "listener");
    }

    /** Where the panels hang; without this call a {@link SimpleApplication}'s GUI node. */
    public void setGuiNode(Node value) {
        guiRoot = Require.notNull(value, "gui");
    }

    /**
     * Emitters of which panels tell, and whose reflections are drawn.
     *
     * @param emitters their names, as in reports; none: the {@value #PANELS} loudest at each time
     */
    public void choose(String... emitters) {
        wanted.clear();
        for (String emitter : emitters) {
            wanted.add(Require.notBlank(emitter, "emitter"));
        }
        sinceUpdate = UPDATE_SECONDS;
    }

    /** Times that what is shown was brought up to date. */
    long updates() {
        return updates;
    }

    DebugDrawing drawing() {
        return drawing;
    }

    /** The texts of the header and the panels that are shown. */
    List<String> texts() {
        List<String> all = new ArrayList<>();
        all.add(header.text.getText());
        for (Panel panel : panels) {
            if (panel.node.getLocalCullHint() != Spatial.CullHint.Always) {
                all.add(panel.text.getText());
            }
        }
        return all;
    }

    @Override
    protected void initialize(Application app) {
        if (guiRoot == null) {
            if (!(app instanceof SimpleApplication simple)) {
                throw new UsageException(UsageException.Rule.STATE, "the application is no SimpleApplication, so its GUI node is not known; call setGuiNode first");
            }
            guiRoot = simple.getGuiNode();
        }
        assets = app.getAssetManager();
        camera = app.getCamera();
        font = assets.loadFont("Interface/Fonts/Default.fnt");
        // In this order, so that reflections cover nothing. Where the graphics know lines of one width only, as OpenGL's core profile does, colour and brightness tell them apart.
        lines.attachChild(geometry("reflections", drawing.thin(), 1));
        lines.attachChild(geometry("ways", drawing.thick(), 2));
        header = new Panel(camera.getWidth() - 2 * MARGIN);
        header.text.setText(" ");
        // After the scene and its filters, and before the GUI.
        lines.setQueueBucket(RenderQueue.Bucket.Transparent);
        view = app.getRenderManager().createMainView("acoustics debug", camera);
        view.setClearFlags(false, false, false);
        view.setEnabled(false);
        view.attachScene(lines);
    }

    private Geometry geometry(String name, DebugLines of, float width) {
        Geometry geometry = new Geometry(name, of.mesh());
        Material material = new Material(assets, "Common/MatDefs/Misc/Unshaded.j3md");
        material.setBoolean("VertexColor", true);
        RenderState state = material.getAdditionalRenderState();
        state.setBlendMode(RenderState.BlendMode.Alpha);
        state.setDepthTest(false);
        state.setDepthWrite(false);
        state.setLineWidth(width);
        geometry.setMaterial(material);
        geometry.setQueueBucket(RenderQueue.Bucket.Transparent);
        geometry.setCullHint(Spatial.CullHint.Never);
        return geometry;
    }

    @Override
    protected void cleanup(Application app) {
        app.getRenderManager().removeMainView(view);
        view = null;
        lines.detachAllChildren();
        gui.detachAllChildren();
        panels.clear();
    }

    @Override
    protected void onEnable() {
        guiRoot.attachChild(gui);
        view.setEnabled(true);
        sinceUpdate = UPDATE_SECONDS;
    }

    @Override
    protected void onDisable() {
        gui.removeFromParent();
        view.setEnabled(false);
    }

    @Override
    public void update(float secondsPerFrame) {
        sinceUpdate += secondsPerFrame;
        if (sinceUpdate >= UPDATE_SECONDS && audio.isInitialized() && audio.listener(listenerName) != null) {
            sinceUpdate = 0;
            updates++;
            look(audio.report());
        }
        // The GUI may not change after the updates.
        for (Panel panel : panels) {
            panel.follow();
        }
        lines.updateLogicalState(secondsPerFrame);
    }

    /** When everything has moved, so that lines begin where the listener is in this frame. */
    @Override
    public void render(RenderManager renderManager) {
        Listener listener = audio.isInitialized() ? audio.listener(listenerName) : null;
        if (listener != null) {
            Vector3 at = listener.pose().position();
            anchor.set((float) at.x(), (float) at.y(), (float) at.z());
            if (anchor.distance(camera.getLocation()) < SAME_PLACE_METERS) {
                anchor.y -= BELOW_METERS;
                camera.getDirection(onScreen);
                onScreen.y = 0;
                float level = onScreen.length();
                if (level > 1e-3f) {
                    anchor.addLocal(onScreen.multLocal(AHEAD_METERS / level));
                }
            }
            drawing.thick().anchor(anchor);
            drawing.thin().anchor(anchor);
        }
        lines.updateGeometricState();
    }

    private void look(WorldReport report) {
        Vector3 here = audio.listener(listenerName).pose().position();
        List<WorldReport.EmitterReport> told = told(report);
        drawing.clear();
        for (WorldReport.EmitterReport emitter : report.emitters()) {
            drawing.add(emitter.state(), path(emitter), here, shown.contains(emitter.name()));
        }
        drawing.close();
        header.text.setText(summary(report));
        header.put(MARGIN, camera.getHeight() - MARGIN, camera.getWidth() - 2 * MARGIN);
        float top = camera.getHeight() - 2 * MARGIN - header.text.getHeight() - 2 * PADDING;
        for (int i = 0; i < told.size() || i < panels.size(); i++) {
            if (i == panels.size()) {
                panels.add(new Panel(PANEL_WIDTH));
            }
            Panel panel = panels.get(i);
            panel.hide(i >= told.size());
            if (i < told.size()) {
                tell(panel, i + 1, told.get(i));
                top -= panel.put(camera.getWidth() - MARGIN - PANEL_WIDTH, top, PANEL_WIDTH) + GAP;
            }
        }
    }

    private void tell(Panel panel, int number, WorldReport.EmitterReport emitter) {
        WorldReport.PathReport path = path(emitter);
        panel.text.setText(number + "  " + emitter.name() + "\n" + path.why());
        panel.tag.setText(number + " " + emitter.name());
        DebugDrawing.ofOcclusion(path.occlusion(), color);
        color.interpolateLocal(TEXT_COLOR, 0.4f);
        panel.tag.setColor(color);
        Vector3 place = DebugDrawing.place(path);
        panel.hasPlace = place != null;
        if (place != null) {
            panel.place.set((float) place.x(), (float) place.y(), (float) place.z());
        }
    }

    /** The emitters that were chosen, or the loudest that play. */
    private List<WorldReport.EmitterReport> told(WorldReport report) {
        List<WorldReport.EmitterReport> told = new ArrayList<>();
        if (wanted.isEmpty()) {
            for (WorldReport.EmitterReport emitter : report.emitters()) {
                if (emitter.state() == EmitterState.PLAYING && path(emitter) != null) {
                    told.add(emitter);
                }
            }
            told.sort((a, b) -> Double.compare(rank(b), rank(a)));
            if (told.size() > PANELS) {
                told.subList(PANELS, told.size()).clear();
            }
        } else {
            for (String name : wanted) {
                report.emitters().stream().filter(e -> e.name().equals(name)).forEach(told::add);
            }
        }
        shown.clear();
        told.forEach(emitter -> shown.add(emitter.name()));
        return told;
    }

    private double rank(WorldReport.EmitterReport emitter) {
        return loudestDb(path(emitter)) + (shown.contains(emitter.name()) ? KEEP_DB : 0);
    }

    private static double loudestDb(WorldReport.PathReport path) {
        double most = path.arrivals().isEmpty() ? Double.NEGATIVE_INFINITY : path.arrivals().get(0).loudestDb();
        for (int b = 0; b < Bands.COUNT; b++) {
            most = Math.max(most, path.reverbDb().get(b));
        }
        return most;
    }

    private WorldReport.PathReport path(WorldReport.EmitterReport emitter) {
        for (WorldReport.PathReport path : emitter.paths()) {
            if (path.listener().equals(listenerName)) {
                return path;
            }
        }
        throw new UsageException(UsageException.Rule.STATE, "the report tells of no listener " + listenerName);
    }

    private String summary(WorldReport report) {
        WorldReport.AcousticsReport a = report.acoustics();
        StringBuilder text = new StringBuilder();
        text.append(String.format(Locale.ROOT, "acoustics: %.0f %% of a core, %.0f %% allowed; %d updates, %d answers postponed, %d searches cut; %d meshes, %d triangles; %d voices, block p99 %.1f ms", 100 * a.usedCoreShare(),
                100 * a.allowedCoreShare(), a.updates(), a.postponedAnswers(), a.cutSearches(), a.geometries(), a.triangles(), report.realVoices(), report.blockTimes().p99Micros() / 1000));
        for (WorldReport.ListenerReport listener : report.listeners()) {
            WorldReport.ReverbReport r = listener.reverb();
            if (listener.name().equals(listenerName) && r != null) {
                Bands t = r.rt60Seconds();
                text.append(String.format(Locale.ROOT, "\n%s: RT60 %.1f, %.1f, %.1f s (low, middle, high); reverberation after %.0f ms; %.1f m between surfaces; %.0f %% open", listenerName, t.get(0), t.get(1), t.get(2),
                        1000 * r.preDelaySeconds(), r.meanFreePathMeters(), 100 * r.openness()));
            }
        }
        int dropped = drawing.thick().dropped() + drawing.thin().dropped();
        if (dropped > 0) {
            text.append("\n").append(dropped).append(" lines are too many and left out");
        }
        return text.append("\nstraight: green (in plain sight) to red (hidden)    around edges: blue    reflections: violet").toString();
    }
}
