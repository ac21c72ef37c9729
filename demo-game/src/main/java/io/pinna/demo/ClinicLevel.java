package io.pinna.demo;

import com.jme3.light.AmbientLight;
import com.jme3.light.Light;
import com.jme3.light.PointLight;
import com.jme3.light.SpotLight;
import com.jme3.math.ColorRGBA;
import com.jme3.math.FastMath;
import com.jme3.math.Quaternion;
import com.jme3.math.Vector3f;
import com.jme3.renderer.queue.RenderQueue;
import com.jme3.scene.Geometry;
import com.jme3.scene.Node;
import com.jme3.scene.Spatial;
import com.jme3.scene.shape.Quad;
import io.pinna.jme.AcousticTag;
import java.util.ArrayList;
import java.util.List;

/**
 * A ward, its bathroom and the corridor before it, built from boxes and cylinders: x runs east, z south, y up, in metres. The ward is 8 × 6 × 3 m; a steel door in its north wall leads to the corridor,
 * an opening in its west wall to the bathroom, and a window with a missing pane in its south wall to the night. Every part says by {@link AcousticTag} what it is to the ear. Update thread.
 */
final class ClinicLevel {
    static final double WARD_WIDTH = 8;
    static final double WARD_DEPTH = 6;
    static final double HEIGHT = 3;
    static final double DOOR_WEST = 5.4;
    static final double DOOR_EAST = 6.5;
    static final double CORRIDOR_NORTH = -2.6;
    static final double CORRIDOR_SOUTH = -0.2;
    static final double CORRIDOR_WEST = -4;
    static final double CORRIDOR_EAST = 12;
    /** Floor-to-floor; what walks above stands here. */
    static final double UPPER_FLOOR = 3.3;
    private static final double PLAYER_RADIUS = 0.28;

    private final Dressing dressing;
    private final Node root = new Node("clinic");
    private final Node ward = new Node("ward");
    private final Node corridor = new Node("corridor");
    private final Node bathroom = new Node("bathroom");
    private final Node shell = new Node("walls");
    private final Node furniture = new Node("furniture");
    private final Node wheelchair = new Node("wheelchair");
    private final Node rat = new Node("rat");
    private final List<FlickeringLamp> lamps = new ArrayList<>();
    /** Footprints that stop a walker: west, north, east, south. */
    private final List<double[]> obstacles = new ArrayList<>();
    private final SpotLight moon = new SpotLight();
    private final Door door;

    ClinicLevel(Dressing dressing) {
        this.dressing = dressing;
        root.attachChild(shell);
        root.attachChild(ward);
        root.attachChild(corridor);
        root.attachChild(bathroom);
        ward.attachChild(furniture);
        buildShell();
        door = buildDoor();
        buildWindow();
        furnishWard();
        furnishBathroom();
        furnishCorridor();
        buildWheelchair();
        buildRat();
        light();
        for (Node still : List.of(shell, ward, bathroom)) {
            AcousticTag.still(still);
        }
        root.updateGeometricState();
    }

    Node root() {
        return root;
    }

    Door door() {
        return door;
    }

    /** Rolls along the corridor on its own. */
    Node wheelchair() {
        return wheelchair;
    }

    Node rat() {
        return rat;
    }

    /** Shines through the window; the game gives it a shadow. */
    SpotLight moon() {
        return moon;
    }

    /** @param timeSeconds since the start (≥ 0). @param seconds since the last call (≥ 0) */
    void update(double timeSeconds, double seconds) {
        door.update(seconds);
        for (FlickeringLamp lamp : lamps) {
            lamp.update(timeSeconds);
        }
    }

    /** Where a walker who wants from one place to another gets to: it slides along walls and furniture, and stops at a shut door. Heights stay. */
    Vector3f walk(Vector3f from, Vector3f to) {
        Vector3f result = from.clone();
        if (isFree(to.x, result.z)) {
            result.x = to.x;
        }
        if (isFree(result.x, to.z)) {
            result.z = to.z;
        }
        return result;
    }

    private boolean isFree(double x, double z) {
        for (double[] o : obstacles) {
            if (x > o[0] - PLAYER_RADIUS && x < o[2] + PLAYER_RADIUS && z > o[1] - PLAYER_RADIUS && z < o[3] + PLAYER_RADIUS) {
                return false;
            }
        }
        return door.isPassable() || !(x > DOOR_WEST && x < DOOR_EAST && z > -0.1 - PLAYER_RADIUS && z < -0.1 + PLAYER_RADIUS);
    }

    // Building blocks.

    private Geometry box(Node to, String name, Surface surface, double x0, double y0, double z0, double x1, double y1, double z1) {
        Vector3f centre = new Vector3f((float) (x0 + x1) / 2, (float) (y0 + y1) / 2, (float) (z0 + z1) / 2);
        Vector3f size = new Vector3f((float) (x1 - x0), (float) (y1 - y0), (float) (z1 - z0));
        Geometry geometry = new Geometry(name, Shapes.box(centre, size, surface.repeatMeters));
        geometry.setLocalTranslation(centre);
        AcousticTag.set(geometry, surface.acousticMaterial);
        dressing.surface(geometry, surface);
        to.attachChild(geometry);
        return geometry;
    }

    private Geometry wall(Node to, String name, Surface surface, String acousticMaterial, double x0, double y0, double z0, double x1, double y1, double z1) {
        Geometry geometry = box(to, name, surface, x0, y0, z0, x1, y1, z1);
        AcousticTag.set(geometry, acousticMaterial);
        if (y0 < 1 && y1 > 0.5) {
            obstacles.add(new double[] {x0, z0, x1, z1});
        }
        return geometry;
    }

    private Geometry furniture(Node to, String name, Surface surface, double x0, double y0, double z0, double x1, double y1, double z1) {
        Geometry geometry = box(to, name, surface, x0, y0, z0, x1, y1, z1);
        obstacles.add(new double[] {x0, z0, x1, z1});
        return geometry;
    }

    /** A tube between two points; too thin to stop sound. */
    private Geometry tube(Node to, String name, Surface surface, double radius, double x0, double y0, double z0, double x1, double y1, double z1) {
        Vector3f from = new Vector3f((float) x0, (float) y0, (float) z0);
        Vector3f span = new Vector3f((float) x1, (float) y1, (float) z1).subtract(from);
        Geometry geometry = new Geometry(name, Shapes.cylinder(radius, span.length(), radius > 0.1 ? 24 : 12, surface.repeatMeters));
        geometry.setLocalTranslation(from.add(span.mult(0.5f)));
        Vector3f direction = span.normalize();
        Vector3f axis = Vector3f.UNIT_Y.cross(direction);
        if (axis.length() > 1e-4f) {
            geometry.setLocalRotation(new Quaternion().fromAngleNormalAxis(FastMath.acos(FastMath.clamp(direction.y, -1, 1)), axis.normalize()));
        }
        AcousticTag.ignore(geometry);
        dressing.surface(geometry, surface);
        to.attachChild(geometry);
        return geometry;
    }

    private Geometry picture(Node to, String name, Dressing.Picture picture, double width, double height) {
        Geometry geometry = new Geometry(name, new Quad((float) width, (float) height));
        AcousticTag.ignore(geometry);
        dressing.picture(geometry, picture);
        to.attachChild(geometry);
        return geometry;
    }

    private static void turn(Spatial spatial, double yawDegrees) {
        spatial.setLocalRotation(new Quaternion().fromAngleNormalAxis((float) Math.toRadians(yawDegrees), Vector3f.UNIT_Y));
    }

    // Walls.

    private void buildShell() {
        double w = WARD_WIDTH;
        double d = WARD_DEPTH;
        double h = HEIGHT;
        slabs("ward", ward, Surface.FLOOR_TILES, -0.2, -0.2, w + 0.3, d + 0.3);
        slabs("corridor", corridor, Surface.CORRIDOR_FLOOR, CORRIDOR_WEST - 0.2, CORRIDOR_NORTH - 0.3, CORRIDOR_EAST + 0.2, CORRIDOR_SOUTH);
        slabs("bathroom", bathroom, Surface.FLOOR_TILES, -3.4, 2.2, -0.2, d + 0.3);

        Surface paint = Surface.PLASTER;
        // South: outer wall of brick with the window.
        wall(shell, "south wall, west of the window", paint, "brick", -0.2, 0, d, 2.6, h, d + 0.3);
        wall(shell, "south wall, east of the window", paint, "brick", 4.6, 0, d, w + 0.3, h, d + 0.3);
        wall(shell, "south wall, below the window", paint, "brick", 2.6, 0, d, 4.6, 0.95, d + 0.3);
        wall(shell, "south wall, above the window", paint, "brick", 2.6, 2.35, d, 4.6, h, d + 0.3);
        wall(shell, "east wall", paint, "brick", w, 0, 0, w + 0.3, h, d);
        // West: studs and boards, with the opening to the bathroom.
        wall(shell, "bathroom partition, north", paint, "drywall", -0.2, 0, 0, 0, h, 3.4);
        wall(shell, "bathroom partition, south", paint, "drywall", -0.2, 0, 4.4, 0, h, d);
        wall(shell, "bathroom lintel", paint, "drywall", -0.2, 2.1, 3.4, 0, h, 4.4);
        // North: the same, with the door.
        wall(shell, "corridor partition, west", paint, "drywall", -0.2, 0, -0.2, DOOR_WEST, h, 0);
        wall(shell, "corridor partition, east", paint, "drywall", DOOR_EAST, 0, -0.2, w + 0.3, h, 0);
        wall(shell, "door lintel", paint, "drywall", DOOR_WEST, 2.1, -0.2, DOOR_EAST, h, 0);
        // Bathroom.
        wall(bathroom, "bathroom west wall", Surface.WALL_TILES, "brick", -3.4, 0, 2.2, -3.2, h, d + 0.3);
        wall(bathroom, "bathroom north wall", Surface.WALL_TILES, "brick", -3.2, 0, 2.2, -0.2, h, 2.4);
        wall(bathroom, "bathroom south wall", Surface.WALL_TILES, "brick", -3.2, 0, d, -0.2, h, d + 0.3);
        // Corridor.
        wall(corridor, "corridor north wall", paint, "brick", CORRIDOR_WEST, 0, CORRIDOR_NORTH - 0.3, CORRIDOR_EAST, h, CORRIDOR_NORTH);
        wall(corridor, "corridor west end", paint, "brick", CORRIDOR_WEST - 0.2, 0, CORRIDOR_NORTH - 0.3, CORRIDOR_WEST, h, CORRIDOR_SOUTH);
        wall(corridor, "corridor east end", paint, "brick", CORRIDOR_EAST, 0, CORRIDOR_NORTH - 0.3, CORRIDOR_EAST + 0.2, h, CORRIDOR_SOUTH);
        wall(corridor, "corridor south wall, west", paint, "brick", CORRIDOR_WEST, 0, CORRIDOR_SOUTH, -0.2, h, 0);
        wall(corridor, "corridor south wall, east", paint, "brick", w + 0.3, 0, CORRIDOR_SOUTH, CORRIDOR_EAST, h, 0);
    }

    private void slabs(String name, Node to, Surface floor, double x0, double z0, double x1, double z1) {
        wall(to, name + " floor", floor, "concrete", x0, -0.25, z0, x1, 0, z1);
        wall(to, name + " ceiling", Surface.CEILING_PANELS, "wooden_floor", x0, HEIGHT, z0, x1, HEIGHT + 0.25, z1);
    }

    private Door buildDoor() {
        for (double x : new double[] {DOOR_WEST, DOOR_EAST - 0.05}) {
            box(shell, "door jamb", Surface.RUSTY_STEEL, x, 0, -0.24, x + 0.05, 2.1, 0.04);
        }
        box(shell, "door head", Surface.RUSTY_STEEL, DOOR_WEST + 0.05, 2.05, -0.24, DOOR_EAST - 0.05, 2.1, 0.04);
        Node hinge = new Node("door hinge");
        hinge.setLocalTranslation((float) DOOR_WEST + 0.05f, 0, -0.1f);
        Node leaf = new Node("door");
        double width = DOOR_EAST - DOOR_WEST - 0.1;
        box(leaf, "door leaf", Surface.DOOR_STEEL, 0, 0, -0.025, width, 2.05, 0.025);
        for (double z : new double[] {-0.032, 0.025}) {
            Geometry kick = box(leaf, "kick plate", Surface.BARE_STEEL, 0.05, 0.06, z, width - 0.05, 0.34, z + 0.007);
            Geometry port = box(leaf, "wired glass", Surface.RUBBER, 0.36, 1.40, z, 0.64, 1.82, z + 0.006);
            AcousticTag.ignore(kick);
            AcousticTag.ignore(port);
        }
        for (double z : new double[] {-0.07, 0.07}) {
            tube(leaf, "door handle", Surface.BARE_STEEL, 0.012, width - 0.18, 1.02, z, width - 0.05, 1.02, z);
            tube(leaf, "door handle stem", Surface.BARE_STEEL, 0.010, width - 0.06, 1.02, z, width - 0.06, 1.02, 0);
        }
        hinge.attachChild(leaf);
        shell.attachChild(hinge);
        AcousticTag.moving(hinge);
        Geometry sign = picture(furniture, "exit sign", Dressing.Picture.EXIT_SIGN, 0.5, 0.19);
        sign.setLocalTranslation((float) (DOOR_WEST + DOOR_EAST) / 2 - 0.25f, 2.28f, 0.075f);
        Geometry housing = box(furniture, "exit sign housing", Surface.PLASTIC, DOOR_WEST + 0.28, 2.26, 0, DOOR_EAST - 0.28, 2.49, 0.07);
        AcousticTag.ignore(housing);
        return new Door(hinge);
    }

    private void buildWindow() {
        double z0 = 6.10;
        double z1 = 6.17;
        Surface frame = Surface.RUSTY_STEEL;
        box(shell, "window frame", frame, 2.6, 0.95, z0, 2.66, 2.35, z1);
        box(shell, "window frame", frame, 4.54, 0.95, z0, 4.6, 2.35, z1);
        box(shell, "window frame", frame, 2.66, 0.95, z0, 4.54, 1.01, z1);
        box(shell, "window frame", frame, 2.66, 2.29, z0, 4.54, 2.35, z1);
        box(shell, "window bar", frame, 3.57, 1.01, z0, 3.63, 2.29, z1);
        box(shell, "window bar", frame, 2.66, 1.63, z0, 4.54, 1.67, z1);
        pane(2.66, 1.01, 3.57, 1.63);
        pane(2.66, 1.67, 3.57, 2.29);
        pane(3.63, 1.67, 4.54, 2.29);
        // Of the fourth pane only the splinters in the putty are left.
        Geometry sill = box(shell, "window sill", Surface.ENAMEL, 2.5, 0.91, 5.86, 4.7, 0.95, 6.02);
        AcousticTag.ignore(sill);
        Geometry night = picture(ward, "night", Dressing.Picture.NIGHT, 14, 7);
        night.setLocalTranslation(10.5f, -1, 9.5f);
        turn(night, 180);
        double[][] bars = {{2.9}, {3.25}, {3.95}, {4.3}};
        for (double[] bar : bars) {
            tube(shell, "window grille", frame, 0.011, bar[0], 0.95, 6.24, bar[0], 2.35, 6.24);
        }
    }

    private void pane(double x0, double y0, double x1, double y1) {
        Geometry glass = new Geometry("window pane", Shapes.box(Vector3f.ZERO, new Vector3f((float) (x1 - x0), (float) (y1 - y0), 0.005f), 1));
        glass.setLocalTranslation((float) (x0 + x1) / 2, (float) (y0 + y1) / 2, 6.135f);
        AcousticTag.set(glass, "glass");
        dressing.picture(glass, Dressing.Picture.GLASS);
        shell.attachChild(glass);
    }

    // What stands in the rooms.

    private void furnishWard() {
        bed("bed 1", 7.85, 2.0, 0);
        bed("bed 2", 7.85, 3.6, 3);
        bed("bed 3", 0.4, 1.0, 172);
        screen(6.0, 3.0, 20);
        monitor();
        desk();
        trolley(4.35, 0.45, 12);
        sink(furniture, 1.2, 5.98);
        tubeLamp(ward, 2.4, 3.0, 2.93, true);
        tubeLamp(ward, 6.0, 3.0, 2.93, false);
        radiator();
        // Heating pipes under the ceiling and down the corner.
        tube(furniture, "heating pipe", Surface.RUSTY_STEEL, 0.045, 0.12, 2.78, 0.05, 0.12, 2.78, 5.9);
        tube(furniture, "heating pipe", Surface.RUSTY_STEEL, 0.03, 0.24, 2.80, 0.05, 0.24, 2.80, 5.9);
        tube(furniture, "heating pipe", Surface.RUSTY_STEEL, 0.045, 0.12, 0, 5.88, 0.12, 2.78, 5.88);
        tube(furniture, "cable pipe", Surface.BARE_STEEL, 0.018, 0.0, 2.66, 0.03, 7.95, 2.66, 0.03);
        Geometry clock = new Geometry("clock", Shapes.cylinder(0.17, 0.05, 32, 1));
        clock.setLocalTranslation(7.97f, 2.15f, 4.3f);
        clock.setLocalRotation(new Quaternion().fromAngleNormalAxis(FastMath.HALF_PI, Vector3f.UNIT_Z));
        AcousticTag.ignore(clock);
        dressing.surface(clock, Surface.RUBBER);
        furniture.attachChild(clock);
        Geometry face = picture(furniture, "clock face", Dressing.Picture.CLOCK_FACE, 0.31, 0.31);
        turn(face, -90);
        face.setLocalTranslation(7.940f, 1.995f, 4.145f);
        Geometry stain = picture(furniture, "drag marks", Dressing.Picture.DRAG_MARKS, 1.3, 3.3);
        stain.setLocalRotation(new Quaternion().fromAngles(-FastMath.HALF_PI, FastMath.DEG_TO_RAD * -24, 0));
        stain.setLocalTranslation(4.05f, 0.006f, 3.75f);
        stain.setQueueBucket(RenderQueue.Bucket.Transparent);
        litter();
    }

    /** A steel bed with its head at the given place, its length towards the west at 0°. */
    private void bed(String name, double x, double z, double yawDegrees) {
        Node bed = new Node(name);
        bed.setLocalTranslation((float) x, 0, (float) z);
        turn(bed, yawDegrees);
        double half = 0.45;
        double length = 1.95;
        Geometry mattress = box(bed, name + " mattress", Surface.MATTRESS, -length + 0.05, 0.50, -half + 0.02, -0.05, 0.64, half - 0.02);
        AcousticTag.set(mattress, "upholstery");
        box(bed, name + " pillow", Surface.MATTRESS, -0.46, 0.64, -0.28, -0.10, 0.73, 0.28);
        Geometry blanket = box(bed, name + " blanket", Surface.CLOTH, -length + 0.02, 0.40, -half - 0.01, -0.95, 0.665, half + 0.01);
        AcousticTag.ignore(blanket);
        box(bed, name + " frame", Surface.RUSTY_STEEL, -length, 0.43, -half, 0, 0.50, half);
        for (double end : new double[] {-length, 0}) {
            double top = end == 0 ? 1.05 : 0.82;
            tube(bed, name + " post", Surface.ENAMEL, 0.022, end, 0.04, -half, end, top, -half);
            tube(bed, name + " post", Surface.ENAMEL, 0.022, end, 0.04, half, end, top, half);
            tube(bed, name + " rail", Surface.ENAMEL, 0.022, end, top, -half, end, top, half);
            for (int bar = 1; bar < 6; bar++) {
                double at = -half + bar * 2 * half / 6;
                tube(bed, name + " bar", Surface.ENAMEL, 0.009, end, 0.5, at, end, top, at);
            }
            tube(bed, name + " wheel", Surface.RUBBER, 0.05, end, 0.05, -half - 0.015, end, 0.05, -half + 0.015);
            tube(bed, name + " wheel", Surface.RUBBER, 0.05, end, 0.05, half - 0.015, end, 0.05, half + 0.015);
        }
        furniture.attachChild(bed);
        double direction = Math.abs(yawDegrees) > 90 ? 1 : -1;
        obstacles.add(new double[] {Math.min(x, x + direction * length), z - half, Math.max(x, x + direction * length), z + half});
    }

    /** A folding screen between the beds: two panels of cloth. */
    private void screen(double x, double z, double yawDegrees) {
        Node screen = new Node("folding screen");
        screen.setLocalTranslation((float) x, 0, (float) z);
        turn(screen, yawDegrees);
        for (int panel = 0; panel < 2; panel++) {
            Node part = new Node("panel");
            part.setLocalTranslation(panel * 0.72f, 0, panel % 2 * -0.30f);
            turn(part, panel % 2 == 0 ? 22 : -20);
            box(part, "screen cloth", Surface.CLOTH, 0.03, 0.25, -0.006, 0.72, 1.72, 0.006);
            tube(part, "screen frame", Surface.RUSTY_STEEL, 0.014, 0.02, 0.03, 0, 0.02, 1.78, 0);
            tube(part, "screen frame", Surface.RUSTY_STEEL, 0.014, 0.74, 0.03, 0, 0.74, 1.78, 0);
            tube(part, "screen frame", Surface.RUSTY_STEEL, 0.014, 0.02, 1.76, 0, 0.74, 1.76, 0);
            tube(part, "screen frame", Surface.RUSTY_STEEL, 0.014, 0.02, 0.22, 0, 0.74, 0.22, 0);
            screen.attachChild(part);
        }
        furniture.attachChild(screen);
        obstacles.add(new double[] {x, z - 0.55, x + 1.3, z});
    }

    private void monitor() {
        Node stand = new Node("heart monitor");
        stand.setLocalTranslation(7.35f, 0, 4.45f);
        turn(stand, -62);
        tube(stand, "stand", Surface.BARE_STEEL, 0.02, 0, 0.05, 0, 0, 1.05, 0);
        tube(stand, "foot", Surface.BARE_STEEL, 0.016, -0.25, 0.06, 0, 0.25, 0.06, 0);
        tube(stand, "foot", Surface.BARE_STEEL, 0.016, 0, 0.06, -0.25, 0, 0.06, 0.25);
        box(stand, "heart monitor case", Surface.PLASTIC, -0.20, 1.05, -0.26, 0.20, 1.38, 0.02);
        Geometry display = picture(stand, "heart monitor screen", Dressing.Picture.MONITOR_SCREEN, 0.32, 0.24);
        display.setLocalTranslation(-0.17f, 1.10f, 0.023f);
        tube(stand, "drip pole", Surface.BARE_STEEL, 0.012, 0.45, 0.05, -0.1, 0.45, 1.95, -0.1);
        tube(stand, "drip hook", Surface.BARE_STEEL, 0.008, 0.33, 1.95, -0.1, 0.57, 1.95, -0.1);
        Geometry bag = box(stand, "drip bag", Surface.CLOTH, 0.32, 1.66, -0.13, 0.44, 1.90, -0.08);
        AcousticTag.ignore(bag);
        tube(stand, "drip line", Surface.CLOTH, 0.005, 0.38, 1.66, -0.1, 0.30, 0.75, 0.1);
        furniture.attachChild(stand);
        obstacles.add(new double[] {7.15, 4.25, 7.55, 4.65});
    }

    private void desk() {
        // Along the north wall, left of the door.
        furniture(furniture, "desk top", Surface.WOOD, 2.55, 0.72, 0.06, 3.95, 0.76, 0.74);
        box(furniture, "desk drawers", Surface.WOOD, 2.60, 0.02, 0.10, 3.02, 0.72, 0.70);
        box(furniture, "desk side", Surface.WOOD, 3.86, 0.02, 0.10, 3.90, 0.72, 0.70);
        box(furniture, "desk back", Surface.WOOD, 3.02, 0.25, 0.10, 3.86, 0.72, 0.12);
        for (int drawer = 0; drawer < 3; drawer++) {
            double y = 0.08 + 0.21 * drawer;
            Geometry front = box(furniture, "drawer", Surface.WOOD, 2.62, y, 0.70, 3.00, y + 0.19, drawer == 2 ? 0.86 : 0.715);
            AcousticTag.ignore(front);
            tube(furniture, "drawer handle", Surface.BARE_STEEL, 0.008, 2.74, y + 0.1, drawer == 2 ? 0.87 : 0.725, 2.88, y + 0.1, drawer == 2 ? 0.87 : 0.725);
        }
        // The radio.
        box(furniture, "radio case", Surface.WOOD, 2.95, 0.76, 0.20, 3.33, 0.99, 0.38);
        Geometry grille = box(furniture, "radio grille", Surface.CLOTH, 2.97, 0.79, 0.38, 3.19, 0.97, 0.386);
        AcousticTag.ignore(grille);
        Geometry dial = box(furniture, "radio dial", Surface.PLASTIC, 3.205, 0.90, 0.38, 3.315, 0.955, 0.387);
        AcousticTag.ignore(dial);
        dressing.glowing(dial, new ColorRGBA(1, 0.55f, 0.16f, 1));
        tube(furniture, "radio knob", Surface.BARE_STEEL, 0.018, 3.235, 0.83, 0.38, 3.235, 0.83, 0.405);
        tube(furniture, "radio knob", Surface.BARE_STEEL, 0.018, 3.29, 0.83, 0.38, 3.29, 0.83, 0.405);
        tube(furniture, "radio aerial", Surface.BARE_STEEL, 0.004, 3.30, 0.98, 0.25, 3.62, 1.50, 0.22);
        Geometry sheet = box(furniture, "case notes", Surface.PAPER, 3.40, 0.76, 0.28, 3.61, 0.765, 0.58);
        AcousticTag.ignore(sheet);
        // A chair that somebody knocked over.
        Node chair = new Node("chair");
        box(chair, "chair seat", Surface.WOOD, -0.2, 0.42, -0.2, 0.2, 0.45, 0.2);
        box(chair, "chair back", Surface.WOOD, -0.2, 0.68, -0.21, 0.2, 0.90, -0.18);
        for (double x : new double[] {-0.18, 0.18}) {
            tube(chair, "chair leg", Surface.RUSTY_STEEL, 0.012, x, 0, -0.19, x, 0.90, -0.19);
            tube(chair, "chair leg", Surface.RUSTY_STEEL, 0.012, x, 0, 0.19, x, 0.43, 0.19);
        }
        AcousticTag.ignore(chair);
        chair.setLocalTranslation(3.35f, 0.20f, 1.95f);
        chair.setLocalRotation(new Quaternion().fromAngles(FastMath.DEG_TO_RAD * -90, 0.6f, 0));
        furniture.attachChild(chair);
        obstacles.add(new double[] {3.1, 1.5, 3.8, 2.2});
    }

    private void trolley(double x, double z, double yawDegrees) {
        Node trolley = new Node("trolley");
        trolley.setLocalTranslation((float) x, 0, (float) z);
        turn(trolley, yawDegrees);
        for (double y : new double[] {0.25, 0.82}) {
            box(trolley, "trolley shelf", Surface.BARE_STEEL, -0.38, y, -0.24, 0.38, y + 0.02, 0.24);
            tube(trolley, "trolley rail", Surface.BARE_STEEL, 0.008, -0.38, y + 0.08, 0.24, 0.38, y + 0.08, 0.24);
        }
        for (double px : new double[] {-0.37, 0.37}) {
            for (double pz : new double[] {-0.23, 0.23}) {
                tube(trolley, "trolley post", Surface.BARE_STEEL, 0.012, px, 0.07, pz, px, 0.95, pz);
                tube(trolley, "trolley wheel", Surface.RUBBER, 0.04, px, 0.04, pz - 0.012, px, 0.04, pz + 0.012);
            }
        }
        tube(trolley, "kidney dish", Surface.ENAMEL, 0.11, -0.15, 0.84, 0, -0.15, 0.88, 0);
        tube(trolley, "bottle", Surface.WALL_TILES, 0.035, 0.12, 0.84, 0.08, 0.12, 1.00, 0.08);
        tube(trolley, "bottle", Surface.WOOD, 0.03, 0.21, 0.84, -0.06, 0.21, 0.98, -0.06);
        tube(trolley, "bottle", Surface.WOOD, 0.03, 0.29, 0.84, 0.10, 0.29, 0.95, 0.10);
        tube(trolley, "bottle", Surface.RUBBER, 0.03, 0.24, 0.855, 0.19, 0.05, 0.855, 0.15);
        furniture.attachChild(trolley);
        obstacles.add(new double[] {x - 0.4, z - 0.3, x + 0.4, z + 0.3});
    }

    /** A basin on the wall whose face is at {@code wallZ}, looking north. */
    private void sink(Node to, double x, double wallZ) {
        double z = wallZ - 0.42;
        box(to, "sink back", Surface.ENAMEL, x - 0.28, 0.70, wallZ - 0.08, x + 0.28, 0.98, wallZ);
        box(to, "sink front", Surface.ENAMEL, x - 0.28, 0.70, z, x + 0.28, 0.90, z + 0.05);
        box(to, "sink side", Surface.ENAMEL, x - 0.28, 0.70, z + 0.05, x - 0.23, 0.90, wallZ - 0.08);
        box(to, "sink side", Surface.ENAMEL, x + 0.23, 0.70, z + 0.05, x + 0.28, 0.90, wallZ - 0.08);
        box(to, "sink bottom", Surface.ENAMEL, x - 0.23, 0.70, z + 0.05, x + 0.23, 0.74, wallZ - 0.08);
        tube(to, "tap", Surface.BARE_STEEL, 0.014, x, 0.98, wallZ - 0.05, x, 1.10, wallZ - 0.05);
        tube(to, "tap spout", Surface.BARE_STEEL, 0.012, x, 1.10, wallZ - 0.05, x, 1.07, wallZ - 0.20);
        tube(to, "drain", Surface.RUSTY_STEEL, 0.025, x, 0, wallZ - 0.15, x, 0.70, wallZ - 0.15);
        Geometry tiles = box(to, "splash tiles", Surface.WALL_TILES, x - 0.55, 0.98, wallZ - 0.015, x + 0.55, 1.65, wallZ + 0.03);
        Geometry mirror = box(to, "mirror", Surface.BARE_STEEL, x - 0.22, 1.35, wallZ - 0.03, x + 0.22, 1.95, wallZ - 0.01);
        AcousticTag.ignore(tiles);
        AcousticTag.ignore(mirror);
        obstacles.add(new double[] {x - 0.28, z, x + 0.28, wallZ});
    }

    private void tubeLamp(Node to, double x, double z, double y, boolean burning) {
        Geometry tray = box(to, "lamp tray", Surface.ENAMEL, x - 0.65, y - 0.05, z - 0.12, x + 0.65, y, z + 0.12);
        AcousticTag.ignore(tray);
        List<Geometry> tubes = new ArrayList<>();
        for (double dz : new double[] {-0.06, 0.06}) {
            Geometry tube = tube(to, "fluorescent tube", Surface.ENAMEL, 0.016, x - 0.6, y - 0.075, z + dz, x + 0.6, y - (burning || dz < 0 ? 0.075 : 0.42), z + dz);
            if (burning) {
                dressing.glowing(tube, new ColorRGBA(0.92f, 1, 0.94f, 1));
                tubes.add(tube);
            }
        }
        if (burning) {
            PointLight light = new PointLight();
            light.setPosition(new Vector3f((float) x, (float) y - 0.18f, (float) z));
            light.setColor(new ColorRGBA(0.62f, 0.76f, 0.66f, 1).mult(to == corridor ? 2.0f : 2.3f));
            light.setRadius(to == corridor ? 7.5f : 8.5f);
            light(light, to, shell);
            lamps.add(new FlickeringLamp(light, tubes, to == corridor ? 0.35 : 0.6, to == corridor ? 5 : 9));
        }
    }

    private void radiator() {
        for (int fin = 0; fin < 14; fin++) {
            double x = 2.75 + 0.12 * fin;
            Geometry rib = box(furniture, "radiator", Surface.ENAMEL, x, 0.14, 5.84, x + 0.075, 0.76, 5.97);
            AcousticTag.ignore(rib);
        }
        tube(furniture, "radiator pipe", Surface.RUSTY_STEEL, 0.016, 2.45, 0.2, 5.9, 4.5, 0.2, 5.9);
        tube(furniture, "radiator pipe", Surface.RUSTY_STEEL, 0.016, 0.12, 0.2, 5.9, 2.5, 0.2, 5.9);
        obstacles.add(new double[] {2.7, 5.8, 4.5, 6});
    }

    private void litter() {
        double[][] sheets = {{5.1, 4.9, 20}, {3.2, 2.9, 75}, {2.2, 4.1, -30}, {4.8, 1.3, 10}, {6.1, 0.7, 50}, {1.2, 2.3, 15}, {2.9, 1.1, 140}, {5.9, 3.7, 100}};
        for (double[] s : sheets) {
            Geometry sheet = new Geometry("paper", Shapes.box(new Vector3f(0.105f, 0, 0.149f), new Vector3f(0.21f, 0.004f, 0.297f), 0.3));
            sheet.setLocalTranslation((float) s[0], 0.005f, (float) s[1]);
            turn(sheet, s[2]);
            AcousticTag.ignore(sheet);
            dressing.surface(sheet, Surface.PAPER);
            furniture.attachChild(sheet);
        }
        for (int i = 0; i < 46; i++) {
            // Plaster that fell off the walls lies along them; a few pieces lie further in.
            double along = Noise.hash(i, 1, 201);
            double off = 0.05 + 0.9 * Math.pow(Noise.hash(i, 2, 201), 3);
            double x = i % 3 == 0 ? off : 0.2 + 7.4 * along;
            double z = i % 3 == 0 ? 0.3 + 5.4 * along : i % 3 == 1 ? off : 5.75 - off;
            double size = 0.03 + 0.10 * Noise.hash(i, 3, 201);
            Geometry piece = new Geometry("rubble", Shapes.box(new Vector3f((float) x, 0, (float) z), new Vector3f((float) size, (float) size * 0.35f, (float) size * 0.8f), 1));
            piece.setLocalTranslation((float) x, (float) size * 0.15f, (float) z);
            piece.setLocalRotation(new Quaternion().fromAngles(0.3f * (float) Noise.hash(i, 4, 201), 6.28f * (float) Noise.hash(i, 5, 201), 0.3f * (float) Noise.hash(i, 6, 201)));
            AcousticTag.ignore(piece);
            dressing.surface(piece, i % 4 == 0 ? Surface.BRICK : Surface.CEILING_PANELS);
            furniture.attachChild(piece);
        }
    }

    private void furnishBathroom() {
        sink(bathroom, -1.2, 5.98);
        // A tub against the west wall.
        double x0 = -3.15;
        double x1 = -2.40;
        double z0 = 2.6;
        double z1 = 4.3;
        furniture(bathroom, "tub bottom", Surface.ENAMEL, x0, 0.10, z0, x1, 0.16, z1);
        box(bathroom, "tub wall", Surface.ENAMEL, x0, 0.16, z0, x0 + 0.06, 0.62, z1);
        box(bathroom, "tub wall", Surface.ENAMEL, x1 - 0.06, 0.16, z0, x1, 0.62, z1);
        box(bathroom, "tub wall", Surface.ENAMEL, x0 + 0.06, 0.16, z0, x1 - 0.06, 0.62, z0 + 0.06);
        box(bathroom, "tub wall", Surface.ENAMEL, x0 + 0.06, 0.16, z1 - 0.06, x1 - 0.06, 0.62, z1);
        tube(bathroom, "broken pipe", Surface.RUSTY_STEEL, 0.03, -3.1, 2.9, 2.45, -3.1, 2.1, 2.45);
        tube(bathroom, "broken pipe", Surface.RUSTY_STEEL, 0.03, -3.1, 2.9, 2.45, -0.3, 2.9, 2.45);
        Geometry box = box(bathroom, "music box", Surface.WOOD, -2.35, 0.0, 4.75, -2.20, 0.09, 4.87);
        AcousticTag.ignore(box);
        for (double x = -2.3; x < -0.9; x += 0.35) {
            tube(bathroom, "curtain ring", Surface.BARE_STEEL, 0.012, x, 2.2, 4.45, x + 0.02, 2.2, 4.45);
        }
    }

    private void furnishCorridor() {
        tubeLamp(corridor, 1.2, -1.4, 2.93, true);
        tubeLamp(corridor, 6.4, -1.4, 2.93, false);
        // Doors that no longer open, along the north wall.
        for (double x : new double[] {-2.4, 1.6, 8.2}) {
            box(corridor, "locked door", Surface.DOOR_STEEL, x, 0, CORRIDOR_NORTH, x + 1, 2.05, CORRIDOR_NORTH + 0.04);
            tube(corridor, "locked door handle", Surface.BARE_STEEL, 0.012, x + 0.82, 1.02, CORRIDOR_NORTH + 0.09, x + 0.95, 1.02, CORRIDOR_NORTH + 0.09);
        }
        Geometry duct = box(corridor, "ventilation duct", Surface.BARE_STEEL, CORRIDOR_WEST, 2.58, CORRIDOR_NORTH, CORRIDOR_EAST, 2.98, CORRIDOR_NORTH + 0.45);
        AcousticTag.ignore(duct);
        tube(corridor, "corridor pipe", Surface.RUSTY_STEEL, 0.05, CORRIDOR_WEST, 2.72, -0.32, CORRIDOR_EAST, 2.72, -0.32);
        tube(corridor, "corridor pipe", Surface.RUSTY_STEEL, 0.03, CORRIDOR_WEST, 2.58, -0.30, CORRIDOR_EAST, 2.58, -0.30);
        furniture(corridor, "fuse box", Surface.RUSTY_STEEL, 3.3, 1.1, CORRIDOR_NORTH, 3.9, 1.9, CORRIDOR_NORTH + 0.2);
        furniture(corridor, "cabinet", Surface.DOOR_STEEL, 10.1, 0, CORRIDOR_NORTH, 11.0, 1.8, CORRIDOR_NORTH + 0.45);
        furniture(corridor, "bench", Surface.WOOD, -1.0, 0.42, -0.62, 0.9, 0.46, -0.24);
        for (double x : new double[] {-0.9, 0.8}) {
            box(corridor, "bench leg", Surface.RUSTY_STEEL, x, 0, -0.6, x + 0.05, 0.42, -0.26);
        }
        Geometry lamp = box(corridor, "emergency lamp", Surface.PLASTIC, 11.9, 2.3, -1.5, 11.99, 2.42, -1.3);
        AcousticTag.ignore(lamp);
        dressing.glowing(lamp, new ColorRGBA(1, 0.16f, 0.06f, 1));
    }

    private void buildWheelchair() {
        double half = 0.24;
        for (double z : new double[] {-half - 0.06, half + 0.06}) {
            Geometry wheel = new Geometry("wheelchair wheel", Shapes.ring(0.29, 0.016, 32));
            wheel.setLocalTranslation(0, 0.30f, (float) z);
            dressing.surface(wheel, Surface.RUBBER);
            wheelchair.attachChild(wheel);
            for (int spoke = 0; spoke < 4; spoke++) {
                double a = Math.PI * spoke / 4;
                tube(wheelchair, "spoke", Surface.BARE_STEEL, 0.004, 0.28 * Math.cos(a), 0.30 + 0.28 * Math.sin(a), z, -0.28 * Math.cos(a), 0.30 - 0.28 * Math.sin(a), z);
            }
            tube(wheelchair, "arm", Surface.BARE_STEEL, 0.012, -0.2, 0.70, z * 0.85, 0.22, 0.70, z * 0.85);
            tube(wheelchair, "back tube", Surface.BARE_STEEL, 0.012, -0.22, 0.25, z * 0.85, -0.26, 1.0, z * 0.85);
            tube(wheelchair, "front tube", Surface.BARE_STEEL, 0.012, 0.22, 0.70, z * 0.85, 0.34, 0.12, z * 0.85);
        }
        box(wheelchair, "wheelchair seat", Surface.RUBBER, -0.22, 0.46, -half, 0.22, 0.49, half);
        box(wheelchair, "wheelchair back", Surface.RUBBER, -0.27, 0.52, -half, -0.24, 0.98, half);
        AcousticTag.ignore(wheelchair);
        corridor.attachChild(wheelchair);
    }

    private void buildRat() {
        tube(rat, "rat body", Surface.RUBBER, 0.035, -0.08, 0.04, 0, 0.07, 0.04, 0);
        tube(rat, "rat tail", Surface.RUBBER, 0.006, -0.26, 0.02, 0.02, -0.08, 0.03, 0);
        AcousticTag.ignore(rat);
        root.attachChild(rat);
    }

    // Light.

    private void light(Light light, Node... to) {
        for (Node node : to) {
            node.addLight(light);
        }
    }

    private void light() {
        AmbientLight ambient = new AmbientLight(new ColorRGBA(0.050f, 0.066f, 0.074f, 1));
        root.addLight(ambient);
        point(7.1, 1.25, 4.7, new ColorRGBA(0.20f, 0.85f, 0.40f, 1), 3.0, ward, shell);
        point(3.26, 0.93, 0.62, new ColorRGBA(1.0f, 0.48f, 0.12f, 1), 2.0, ward, shell);
        point(5.95, 2.2, 0.5, new ColorRGBA(1.5f, 0.14f, 0.07f, 1), 3.8, ward, shell);
        point(11.4, 2.3, -1.4, new ColorRGBA(1.9f, 0.26f, 0.10f, 1), 8.5, corridor, shell);
        point(-1.6, 2.5, 3.6, new ColorRGBA(0.42f, 0.62f, 0.38f, 1), 5, bathroom, shell);
        moon.setPosition(new Vector3f(1.6f, 5.6f, 11.2f));
        moon.setDirection(new Vector3f(0.34f, -0.62f, -1).normalizeLocal());
        moon.setSpotRange(22);
        moon.setSpotInnerAngle(0.28f);
        moon.setSpotOuterAngle(0.34f);
        moon.setColor(new ColorRGBA(0.36f, 0.50f, 0.66f, 1).mult(2.6f));
        light(moon, ward, shell);
    }

    private void point(double x, double y, double z, ColorRGBA color, double radius, Node... to) {
        PointLight light = new PointLight();
        light.setPosition(new Vector3f((float) x, (float) y, (float) z));
        light.setColor(color);
        light.setRadius((float) radius);
        light(light, to);
    }
}
