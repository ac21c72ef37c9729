package io.pinna.internal.acoustics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.InvalidValueException;
import io.pinna.acoustics.AcousticMaterial;
import io.pinna.acoustics.Bands;
import io.pinna.acoustics.TriangleMesh;
import io.pinna.unit.Pose;
import io.pinna.unit.Rotation;
import io.pinna.unit.Vector3;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ReflectionTest {
    /** Everything up to third order: a shoebox has 62 images. */
    private static final ReflectionSettings ALL = new ReflectionSettings(3, 80, 2048, 1024, 100_000, 200, 0.1, 0.125);
    private static final double[] ROOM = {7, 3, 5};
    private static final double[] LISTENER = {2.13, 1.71, 1.37};
    private static final double[] EMITTER = {5.31, 1.02, 3.89};
    /** Walls at x = 0, x = 7, y = 0, y = 3, z = 0, z = 5. */
    private static final AcousticMaterial[] WALLS = {
            new AcousticMaterial("brick", Bands.of(0.03, 0.05, 0.07), Bands.uniform(0), 0.1),
            new AcousticMaterial("wood", Bands.of(0.15, 0.1, 0.07), Bands.uniform(0), 0.05),
            new AcousticMaterial("carpet", Bands.of(0.07, 0.5, 0.65), Bands.uniform(0), 0.2),
            new AcousticMaterial("plaster", Bands.of(0.02, 0.03, 0.05), Bands.uniform(0), 0.03),
            new AcousticMaterial("glass", Bands.of(0.3, 0.04, 0.03), Bands.uniform(0), 0.02),
            new AcousticMaterial("curtain", Bands.of(0.11, 0.6, 0.8), Bands.uniform(0), 0.4)};

    /** Ways to model the same room. */
    private enum Model {
        QUADS, TESSELLATED, SEPARATE, SOLIDS, TILES
    }

    /** A wall of the room as a sheet, cut into squares of two triangles. */
    private static TriangleMesh wall(int w, int across, int along) {
        int axis = w / 2;
        int u = (axis + 1) % 3;
        int v = (axis + 2) % 3;
        float[] vertices = new float[3 * (across + 1) * (along + 1)];
        int[] indices = new int[6 * across * along];
        for (int i = 0; i <= across; i++) {
            for (int j = 0; j <= along; j++) {
                int at = 3 * (i * (along + 1) + j);
                vertices[at + axis] = (float) (w % 2 == 0 ? 0 : ROOM[axis]);
                vertices[at + u] = (float) (ROOM[u] * i / across);
                vertices[at + v] = (float) (ROOM[v] * j / along);
            }
        }
        for (int i = 0; i < across; i++) {
            for (int j = 0; j < along; j++) {
                int a = i * (along + 1) + j;
                int at = 6 * (i * along + j);
                // Diagonals and windings alternate: neither may matter.
                int[] two = (i + j) % 2 == 0 ? new int[] {a, a + 1, a + along + 2, a, a + along + 2, a + along + 1} : new int[] {a, a + along + 1, a + 1, a + along + 2, a + 1, a + along + 1};
                System.arraycopy(two, 0, indices, at, 6);
            }
        }
        return TriangleMesh.of("wall_" + w, vertices, indices, WALLS[w]);
    }

    private static GeometryState room(Model model, Pose pose) {
        GeometryState state = new GeometryState();
        List<TriangleMesh> walls = new ArrayList<>();
        List<Vector3> none = new ArrayList<>();
        for (int w = 0; w < 6; w++) {
            int axis = w / 2;
            switch (model) {
                case QUADS -> walls.add(wall(w, 1, 1));
                case TESSELLATED -> walls.add(wall(w, 10, 10));
                case SEPARATE -> state.add("wall_" + w, wall(w, 1, 1), pose, Vector3.ONE);
                case SOLIDS -> {
                    double[] half = new double[3];
                    double[] at = new double[3];
                    for (int a = 0; a < 3; a++) {
                        half[a] = a == axis ? 0.1 : ROOM[a] / 2 + 0.2;
                        at[a] = a == axis ? (w % 2 == 0 ? -0.1 : ROOM[a] + 0.1) : ROOM[a] / 2;
                    }
                    state.add("wall_" + w, TriangleMesh.box("wall", half[0], half[1], half[2], WALLS[w]), placed(pose, at), Vector3.ONE);
                }
                case TILES -> {
                    for (int i = 0; i < 3; i++) {
                        for (int j = 0; j < 2; j++) {
                            double[] at = new double[3];
                            at[(axis + 1) % 3] = ROOM[(axis + 1) % 3] * i / 3;
                            at[(axis + 2) % 3] = ROOM[(axis + 2) % 3] * j / 2;
                            double[] scale = {1, 1, 1};
                            scale[(axis + 1) % 3] = 1 / 3.0;
                            scale[(axis + 2) % 3] = 0.5;
                            state.add("wall_" + w, wall(w, 1, 1), placed(pose, at), new Vector3(scale[0], scale[1], scale[2]));
                        }
                    }
                }
                default -> throw new IllegalStateException();
            }
            none.add(Vector3.ZERO);
        }
        if (!walls.isEmpty()) {
            state.add("room", Scenes.join("room", walls, none), pose, Vector3.ONE);
        }
        return state;
    }

    private static Pose placed(Pose pose, double[] local) {
        Vector3 p = world(pose, local);
        return new Pose(p, pose.rotation());
    }

    private static Vector3 world(Pose pose, double[] local) {
        Vector3 turned = pose.rotation().rotate(new Vector3(local[0], local[1], local[2]));
        return new Vector3(turned.x() + pose.position().x(), turned.y() + pose.position().y(), turned.z() + pose.position().z());
    }

    /** An image of the analytic model: how often each wall reflects, where it is, and its gains. */
    private record Image(int order, Vector3 position, double[] gain) {
    }

    /** Allen and Berkley, J. Acoust. Soc. Am. 65 (1979), equations 7 to 10: images at (−1)^q·x + 2·n·L along each axis, by |n − q| reflections at the wall at 0 and |n| at the one at L. */
    private static List<Image> images(int maxOrder, double[] emitter, Pose pose) {
        List<Image> images = new ArrayList<>();
        int[] n = new int[3];
        int[] q = new int[3];
        for (int code = 0; code < 9 * 9 * 9 * 8; code++) {
            int order = 0;
            double[] at = new double[3];
            double[] gain = {1, 1, 1};
            for (int a = 0, c = code; a < 3; a++) {
                n[a] = c % 9 - 4;
                c /= 9;
                q[a] = c % 2;
                c /= 2;
                int low = Math.abs(n[a] - q[a]);
                int high = Math.abs(n[a]);
                order += low + high;
                at[a] = (q[a] == 0 ? 1 : -1) * emitter[a] + 2 * n[a] * ROOM[a];
                for (int b = 0; b < Bands.COUNT; b++) {
                    gain[b] *= Math.pow(reflected(WALLS[2 * a], b), low) * Math.pow(reflected(WALLS[2 * a + 1], b), high);
                }
            }
            if (order >= 1 && order <= maxOrder) {
                images.add(new Image(order, world(pose, at), gain));
            }
        }
        return images;
    }

    private static double reflected(AcousticMaterial m, int band) {
        return Math.sqrt((1 - m.absorption().get(band)) * (1 - m.scattering()));
    }

    private static void assertImages(AcousticScene scene, Pose pose, double[] listener, double[] emitter, double positionTolerance, String what) {
        Vector3 l = world(pose, listener);
        Vector3 e = world(pose, emitter);
        ReflectionFinder finder = new ReflectionFinder(ALL);
        ReflectionResult r = new ReflectionResult(ALL);
        finder.discover(scene, l.x(), l.y(), l.z(), 2 * ALL.raysPerTurn());
        finder.solve(scene, l.x(), l.y(), l.z(), e.x(), e.y(), e.z(), 0, r);
        assertFalse(r.truncated(), what);
        List<Image> expected = images(3, emitter, pose);
        assertEquals(62, expected.size(), what);
        Set<Long> ids = new HashSet<>();
        for (Image image : expected) {
            int found = -1;
            for (int s = 0; s < r.capacity(); s++) {
                if (r.isActive(s) && distance(r, s, image.position()) < 0.05) {
                    assertEquals(-1, found, what + ": two of " + image);
                    found = s;
                }
            }
            assertTrue(found >= 0, what + ": " + image.position() + " of order " + image.order() + " is missing");
            assertTrue(ids.add(r.id(found)), what + ": id of its own");
            assertEquals(0, distance(r, found, image.position()), positionTolerance, what);
            double dx = image.position().x() - l.x();
            double dy = image.position().y() - l.y();
            double dz = image.position().z() - l.z();
            assertEquals(Math.sqrt(dx * dx + dy * dy + dz * dz), r.pathLengthMeters(found), positionTolerance, what);
            assertEquals(image.order(), r.order(found), what);
            assertEquals(1, r.weight(found), 0, what);
            for (int b = 0; b < Bands.COUNT; b++) {
                assertEquals(0, 20 * Math.log10(r.bandGain(found, b) / image.gain()[b]), 1e-5, what + " band " + b);
            }
        }
        assertEquals(62, r.activeCount(), what + ": nothing else");
    }

    private static double distance(ReflectionResult r, int s, Vector3 p) {
        double dx = r.imagePosition(s, 0) - p.x();
        double dy = r.imagePosition(s, 1) - p.y();
        double dz = r.imagePosition(s, 2) - p.z();
        return Math.sqrt(dx * dx + dy * dy + dz * dz);
    }

    @ParameterizedTest
    @EnumSource(Model.class)
    @Tag("analytic")
    void shoeboxHasEveryImage(Model model) {
        assertImages(Scenes.scene(room(model, Pose.ORIGIN)), Pose.ORIGIN, LISTENER, EMITTER, 1e-5, model.name());
    }

    @ParameterizedTest
    @EnumSource(Model.class)
    @Tag("analytic")
    void shoeboxTurnedAndFarAway(Model model) {
        Pose pose = new Pose(new Vector3(1e5, -3e3, 7e4), Scenes.randomRotation(new Random(5)));
        assertImages(Scenes.scene(room(model, pose)), pose, LISTENER, EMITTER, 1e-3, model.name());
    }

    @Test
    @Tag("property")
    void shoeboxHasEveryImageFromAnywhere() {
        AcousticScene scene = Scenes.scene(room(Model.QUADS, Pose.ORIGIN));
        Random random = new Random(11);
        for (int i = 0; i < 20; i++) {
            double[] l = new double[3];
            double[] e = new double[3];
            for (int a = 0; a < 3; a++) {
                // Also close to walls and into corners.
                l[a] = ROOM[a] * (0.02 + 0.96 * random.nextDouble());
                e[a] = ROOM[a] * (0.02 + 0.96 * random.nextDouble());
            }
            assertImages(scene, Pose.ORIGIN, l, e, 1e-4, "listener " + Arrays.toString(l) + " emitter " + Arrays.toString(e));
        }
    }

    @Test
    @Tag("unit")
    void whatStandsOnTheFloorIsReflectedByTheRest() {
        for (Model model : Model.values()) {
            AcousticScene scene = Scenes.scene(room(model, Pose.ORIGIN));
            ReflectionFinder finder = new ReflectionFinder(ALL);
            ReflectionResult r = new ReflectionResult(ALL);
            finder.discover(scene, 2, 1.7, 2, 2048);
            finder.solve(scene, 2, 1.7, 2, 4.1, 0, 3.2, 0, r);
            Vector3[] images = {new Vector3(-4.1, 0, 3.2), new Vector3(9.9, 0, 3.2), new Vector3(4.1, 6, 3.2), new Vector3(4.1, 0, -3.2), new Vector3(4.1, 0, 6.8)};
            for (Vector3 image : images) {
                int found = 0;
                for (int s = 0; s < r.capacity(); s++) {
                    if (r.isActive(s) && r.order(s) == 1 && distance(r, s, image) < 1e-4) {
                        assertEquals(1, r.weight(s), 0, model.name());
                        found++;
                    }
                }
                assertEquals(1, found, model + ": " + image);
            }
        }
    }

    // ---- An L-shaped room

    private static final double[][] CORNERS = {{0, 0}, {9, 0}, {9, 4}, {4, 4}, {4, 10}, {0, 10}};
    private static final double HEIGHT = 3;

    /** Floor and ceiling in two rectangles each, and six walls. */
    private static TriangleMesh lShape() {
        float[] v = new float[36];
        for (int i = 0; i < 6; i++) {
            for (int up = 0; up < 2; up++) {
                v[3 * (2 * i + up)] = (float) CORNERS[i][0];
                v[3 * (2 * i + up) + 1] = (float) (up * HEIGHT);
                v[3 * (2 * i + up) + 2] = (float) CORNERS[i][1];
            }
        }
        int[] idx = new int[60];
        int at = 0;
        for (int i = 0; i < 6; i++) {
            int a = 2 * i;
            int b = 2 * ((i + 1) % 6);
            for (int k : new int[] {a, b, b + 1, a, b + 1, a + 1}) {
                idx[at++] = k;
            }
        }
        for (int up = 0; up < 2; up++) {
            for (int k : new int[] {0, 1, 2, 0, 2, 3, 0, 3, 4, 0, 4, 5}) {
                idx[at++] = 2 * k + up;
            }
        }
        return TriangleMesh.of("l", v, idx, WALLS[0]);
    }

    private static boolean insideL(double x, double z) {
        return x >= 0 && z >= 0 && (x <= 9 && z <= 4 || x <= 4 && z <= 10);
    }

    /** Planes of the L by axis and offset; where a wall is on them decides {@link #onWall}. */
    private static final double[][] L_PLANES = {{2, 0}, {0, 9}, {2, 4}, {0, 4}, {2, 10}, {0, 0}, {1, 0}, {1, HEIGHT}};

    private static boolean onWall(int plane, double[] p) {
        double e = 1e-9;
        if (plane >= 6) {
            return insideL(p[0], p[2]);
        }
        double along = L_PLANES[plane][0] == 2 ? p[0] : p[2];
        double[] from = CORNERS[plane];
        double[] to = CORNERS[(plane + 1) % 6];
        int k = L_PLANES[plane][0] == 2 ? 0 : 1;
        return p[1] >= -e && p[1] <= HEIGHT + e && along >= Math.min(from[k], to[k]) - e && along <= Math.max(from[k], to[k]) + e;
    }

    /** Whether a leg between two points of the room stays in it: it must not pass the two walls of the inner corner. */
    private static boolean free(double[] a, double[] b) {
        for (int i = 1; i < 2000; i++) {
            double f = i / 2000.0;
            double x = a[0] + f * (b[0] - a[0]);
            double z = a[2] + f * (b[2] - a[2]);
            if (x > 4 + 1e-9 && z > 4 + 1e-9) {
                return false;
            }
        }
        return true;
    }

    /** The image method with nothing but the sequence of planes. @return whether the path exists */
    private static boolean pathExists(double[] listener, double[] emitter, int... planes) {
        double[][] images = new double[planes.length + 1][];
        images[0] = listener;
        for (int i = 0; i < planes.length; i++) {
            images[i + 1] = images[i].clone();
            int axis = (int) L_PLANES[planes[i]][0];
            images[i + 1][axis] = 2 * L_PLANES[planes[i]][1] - images[i][axis];
        }
        double[] from = emitter;
        for (int i = planes.length - 1; i >= 0; i--) {
            int axis = (int) L_PLANES[planes[i]][0];
            double d = L_PLANES[planes[i]][1];
            double[] to = images[i + 1];
            if ((from[axis] - d) * (to[axis] - d) >= 0) {
                return false;
            }
            double f = (d - from[axis]) / (to[axis] - from[axis]);
            double[] p = new double[3];
            for (int a = 0; a < 3; a++) {
                p[a] = a == axis ? d : from[a] + f * (to[a] - from[a]);
            }
            if (!onWall(planes[i], p) || !free(from, p)) {
                return false;
            }
            from = p;
        }
        return free(from, listener);
    }

    /** In how many of 27 displacements of both ends there is a path by these planes in any order. */
    private static int existing(double[] listener, double[] emitter, int first, int second) {
        int count = 0;
        for (int code = 0; code < 27; code++) {
            double[] l = listener.clone();
            double[] e = emitter.clone();
            for (int a = 0, c = code; a < 3; a++, c /= 3) {
                l[a] += 0.26 * (c % 3 - 1);
                e[a] += 0.26 * (c % 3 - 1);
            }
            boolean exists = second < 0 ? pathExists(l, e, first) : pathExists(l, e, first, second);
            if (!exists && second >= 0 && L_PLANES[first][0] != L_PLANES[second][0]) {
                exists = pathExists(l, e, second, first);
            }
            count += exists ? 1 : 0;
        }
        return count;
    }

    @Test
    @Tag("analytic")
    void aRoomWithAnInnerCornerHidesSomeImages() {
        AcousticScene scene = Scenes.sceneOf(lShape());
        ReflectionSettings settings = new ReflectionSettings(2, 80, 2048, 1024, 100_000, 200, 0.1, 0.125);
        Random random = new Random(4);
        int there = 0;
        int hidden = 0;
        for (int round = 0; round < 25; round++) {
            double[] l = {0.4 + 3.2 * random.nextDouble(), 0.4 + 2.2 * random.nextDouble(), 0.4 + 9.2 * random.nextDouble()};
            double[] e = {0.4 + 8.2 * random.nextDouble(), 0.4 + 2.2 * random.nextDouble(), 0.4 + 3.2 * random.nextDouble()};
            ReflectionFinder finder = new ReflectionFinder(settings);
            ReflectionResult r = new ReflectionResult(settings);
            finder.discover(scene, l[0], l[1], l[2], 3 * settings.raysPerTurn());
            finder.solve(scene, l[0], l[1], l[2], e[0], e[1], e[2], 0, r);
            int surely = 0;
            int possibly = 0;
            for (int first = 0; first < 8; first++) {
                for (int second = -1; second < 8; second++) {
                    boolean commute = second >= 0 && L_PLANES[first][0] != L_PLANES[second][0];
                    if (second == first || commute && second < first) {
                        continue;
                    }
                    int count = existing(l, e, first, second);
                    double[] image = e.clone();
                    if (second >= 0) {
                        image[(int) L_PLANES[second][0]] = 2 * L_PLANES[second][1] - image[(int) L_PLANES[second][0]];
                    }
                    image[(int) L_PLANES[first][0]] = 2 * L_PLANES[first][1] - image[(int) L_PLANES[first][0]];
                    double weight = 0;
                    for (int s = 0; s < r.capacity(); s++) {
                        if (r.isActive(s) && distance(r, s, new Vector3(image[0], image[1], image[2])) < 1e-4) {
                            weight = r.weight(s);
                        }
                    }
                    String what = "round " + round + " planes " + first + ", " + second + " exist for " + count + " of 27";
                    if (count == 27) {
                        assertEquals(1, weight, 0, what);
                        there++;
                        surely++;
                    } else if (count == 0) {
                        assertEquals(0, weight, 0.1, what);
                        hidden++;
                    } else {
                        possibly++;
                    }
                }
            }
            assertTrue(r.activeCount() >= surely && r.activeCount() <= surely + possibly + 2, "nothing else in round " + round + ": " + r.activeCount());
        }
        assertTrue(there > 150, "paths that exist: " + there);
        assertTrue(hidden > 150, "images that are hidden: " + hidden);
    }

    // ---- Things that move

    @Test
    @Tag("analytic")
    void aMovingMirrorKeepsItsPath() {
        GeometryState state = new GeometryState();
        GeometryInstance door = state.add("door", Scenes.sheet("door", 4, WALLS[1]), Pose.ORIGIN, Vector3.ONE);
        AcousticScene scene = Scenes.scene(state);
        ReflectionFinder finder = new ReflectionFinder(ALL);
        ReflectionResult r = new ReflectionResult(ALL);
        finder.discover(scene, 2, 0.3, -1, ALL.raysPerTurn());
        finder.solve(scene, 2, 0.3, -1, 2.5, -0.2, 1, 0, r);
        assertEquals(1, r.activeCount());
        long id = r.id(0);
        for (int degree = 0; degree <= 30; degree++) {
            double a = Math.toRadians(degree);
            double x = -0.01 * degree;
            state.setTransform(door, new Pose(new Vector3(x, 0, 0), Rotation.ofYawPitchRoll(a, 0, 0)), Vector3.ONE);
            scene.apply(state.publish());
            // No ray has met it where it stands now.
            finder.solve(scene, 2, 0.3, -1, 2.5, -0.2, 1, 0, r);
            Vector3 n = Rotation.ofYawPitchRoll(a, 0, 0).rotate(new Vector3(1, 0, 0));
            double twice = 2 * (n.x() * (2.5 - x) + n.y() * -0.2 + n.z() * 1);
            Vector3 image = new Vector3(2.5 - twice * n.x(), -0.2 - twice * n.y(), 1 - twice * n.z());
            assertEquals(1, r.activeCount(), "at " + degree);
            assertEquals(id, r.id(0), "at " + degree);
            assertEquals(0, distance(r, 0, image), 1e-6, "at " + degree);
            assertEquals(1, r.weight(0), 0, "at " + degree);
        }
    }

    @Test
    @Tag("unit")
    void aDoorThatOpensLeavesTheWallWhereItIs() {
        for (double speed : new double[] {0.0003, 0.01}) {
            for (double z : new double[] {-1.2, -0.6, 0.6, 1.2}) {
                GeometryState state = new GeometryState();
                TriangleMesh leaf = Scenes.sheet("leaf", 1, WALLS[1]);
                state.add("left", leaf, Pose.at(0, 0, -2), Vector3.ONE);
                GeometryInstance door = state.add("door", leaf, Pose.ORIGIN, Vector3.ONE);
                state.add("right", leaf, Pose.at(0, 0, 2), Vector3.ONE);
                AcousticScene scene = Scenes.scene(state);
                ReflectionFinder finder = new ReflectionFinder(ALL);
                ReflectionResult r = new ReflectionResult(ALL);
                finder.discover(scene, 1, 0, z, ALL.raysPerTurn());
                // Halfway between, off the door.
                double ez = (z > 0 ? 4 : -4) - z;
                finder.solve(scene, 1, 0, z, 1, 0.1, ez, 0, r);
                assertEquals(1, r.activeCount());
                long id = r.id(0);
                for (int step = 1; step <= 40; step++) {
                    state.setTransform(door, new Pose(Vector3.ZERO, Rotation.ofYawPitchRoll(speed * step, 0, 0)), Vector3.ONE);
                    scene.apply(state.publish());
                    finder.solve(scene, 1, 0, z, 1, 0.1, ez, 0, r);
                    int wall = r.find(id);
                    assertTrue(wall >= 0, "the wall's path is there at step " + step + " of " + speed + ", listener at " + z);
                    assertEquals(0, distance(r, wall, new Vector3(-1, 0.1, ez)), 1e-6);
                    assertEquals(1, r.weight(wall), 0);
                }
            }
        }
    }

    @Test
    @Tag("unit")
    void whatStaysKeepsItsPathWhenOthersGo() {
        GeometryState state = new GeometryState();
        GeometryInstance first = state.add("first", Scenes.sheet("first", 1, WALLS[1]), Pose.at(-2, 0, 50), Vector3.ONE);
        GeometryInstance gone = state.add("gone", Scenes.sheet("gone", 4, WALLS[1]), Pose.at(5, 0, 0), Vector3.ONE);
        state.add("stays", Scenes.sheet("stays", 4, WALLS[0]), Pose.ORIGIN, Vector3.ONE);
        AcousticScene scene = Scenes.scene(state);
        ReflectionSettings settings = new ReflectionSettings(1, 8, 512, 64, 1000, 100, 0.1, 0.25);
        ReflectionFinder finder = new ReflectionFinder(settings);
        ReflectionResult r = new ReflectionResult(settings);
        finder.discover(scene, 1, 0, 0, 512);
        finder.solve(scene, 1, 0, 0, 2, 0, 1, 0, r);
        assertEquals(2, r.activeCount());
        int stays = distance(r, 0, new Vector3(-2, 0, 1)) < 1e-6 ? 0 : 1;
        long id = r.id(stays);
        long otherId = r.id(1 - stays);
        // The last instance takes the number of the one that goes.
        state.remove(first);
        state.remove(gone);
        scene.apply(state.publish());
        for (int i = 1; i <= 4; i++) {
            finder.solve(scene, 1, 0, 0, 2, 0, 1, 0, r);
            assertEquals(1, r.weight(r.find(id)), 0);
            int other = r.find(otherId);
            assertEquals(1 - 0.25 * i, other < 0 ? 0 : r.weight(other), 1e-12, "the other fades");
        }
        assertEquals(1, r.activeCount());
        assertEquals("stays", r.surfaceName(r.find(id), 0));
    }

    // ---- Smoothness

    /** A mirror of 4 m, past whose border the point of reflection walks. */
    private static double largestStep(double stepLimit, double emitterDistance, double turn, double[] range) {
        GeometryState state = new GeometryState();
        state.add("mirror", Scenes.sheet("mirror", 2, WALLS[0]), new Pose(Vector3.ZERO, Rotation.ofYawPitchRoll(0, 0, 0).times(new Rotation(Math.sin(turn / 2), 0, 0, Math.cos(turn / 2)))), Vector3.ONE);
        AcousticScene scene = Scenes.scene(state);
        ReflectionSettings settings = new ReflectionSettings(1, 4, 512, 64, 1000, 100, 0.1, stepLimit);
        ReflectionFinder finder = new ReflectionFinder(settings);
        ReflectionResult r = new ReflectionResult(settings);
        double largest = 0;
        double before = -1;
        range[0] = 1;
        range[1] = 0;
        finder.discover(scene, 2, 0.1, -0.5, 512);
        for (int i = 0; i < 600; i++) {
            double z = -0.5 + 0.02 * i;
            finder.solve(scene, 2, 0.1, z, emitterDistance, 0.1, 0.1, 0, r);
            double gain = 0;
            for (int s = 0; s < r.capacity(); s++) {
                gain = Math.max(gain, r.weight(s));
            }
            if (before >= 0) {
                largest = Math.max(largest, Math.abs(gain - before));
            }
            before = gain;
            range[0] = Math.min(range[0], gain);
            range[1] = Math.max(range[1], gain);
        }
        return largest;
    }

    @Test
    @Tag("property")
    void aBorderFadesTheReflection() {
        double[] range = new double[2];
        for (double distance : new double[] {1, 2, 8}) {
            for (double turn : new double[] {0, 0.3, 0.7}) {
                // Without any limit, by what is seen of the mirror alone: 1.4 dB of the full level in 2 cm at most.
                double free = largestStep(1, distance, turn, range);
                assertEquals(1, range[1], 0);
                assertEquals(0, range[0], 0);
                assertTrue(free > 0.05 && free < 0.15, "emitter at " + distance + " m, turned by " + turn + ": " + free);
                // With it, 1 dB.
                double limited = largestStep(0.109, distance, turn, range);
                assertTrue(limited <= 0.109 + 1e-9, "emitter at " + distance + " m, turned by " + turn + ": " + limited);
                assertEquals(1, range[1], 0);
                assertEquals(0, range[0], 0);
            }
        }
    }

    private static AcousticScene furnished(Random random) {
        GeometryState state = new GeometryState();
        state.add("room", TriangleMesh.box("room", 5, 1.5, 4, WALLS[0]), Pose.ORIGIN, Vector3.ONE);
        for (int i = 0; i < 6; i++) {
            state.add("box_" + i, TriangleMesh.box("box", 0.2 + 0.4 * random.nextDouble(), 0.3 + 0.5 * random.nextDouble(), 0.2 + 0.4 * random.nextDouble(), WALLS[1 + i % 5]),
                    new Pose(new Vector3(8 * (random.nextDouble() - 0.5), -0.9, 6 * (random.nextDouble() - 0.5)), Rotation.ofYawPitchRoll(random.nextDouble(), 0, 0)), Vector3.ONE);
        }
        return Scenes.scene(state);
    }

    @Test
    @Tag("property")
    void nothingJumpsOnRandomWalks() {
        Random random = new Random(8);
        ReflectionSettings settings = new ReflectionSettings(3, 12, 1024, 512, 128, 100, 0.1, 0.125);
        int appeared = 0;
        int faded = 0;
        for (int walk = 0; walk < 6; walk++) {
            AcousticScene scene = furnished(random);
            ReflectionFinder finder = new ReflectionFinder(settings);
            ReflectionResult r = new ReflectionResult(settings);
            double x = 0;
            double z = 0;
            double angle = random.nextDouble() * 6;
            finder.discover(scene, x, 0.2, z, 1024);
            finder.solve(scene, x, 0.2, z, 2, 0.5, -1.5, 0.3, r);
            long[] ids = r.id.clone();
            double[] weights = r.weight.clone();
            double[] images = r.image.clone();
            for (int i = 0; i < 400; i++) {
                angle += 0.2 * random.nextGaussian();
                if (Math.hypot(x, z) > 3) {
                    angle = Math.atan2(-z, -x);
                }
                x += 0.02 * Math.cos(angle);
                z += 0.02 * Math.sin(angle);
                finder.discover(scene, x, 0.2, z, 64);
                finder.solve(scene, x, 0.2, z, 2, 0.5, -1.5, 0.3, r);
                for (int s = 0; s < r.capacity(); s++) {
                    String what = "walk " + walk + " step " + i + " slot " + s;
                    if (r.id(s) == ids[s]) {
                        assertEquals(weights[s], r.weight(s), 0.125 + 1e-12, what);
                        for (int a = 0; a < 3 && r.isActive(s); a++) {
                            assertEquals(images[3 * s + a], r.imagePosition(s, a), 1e-3, what + ": nothing but the listener moved, so images stand still");
                        }
                        faded += r.weight(s) != weights[s] ? 1 : 0;
                    } else {
                        assertTrue(weights[s] <= 0.125 + 1e-12, what + " was taken from a path of weight " + weights[s]);
                        assertTrue(r.weight(s) <= 0.125 + 1e-12, what + " began at " + r.weight(s));
                        appeared += r.isActive(s) ? 1 : 0;
                    }
                    assertTrue(r.weight(s) >= 0 && r.weight(s) <= 1, what);
                }
                Set<Long> seen = new HashSet<>();
                for (int s = 0; s < r.capacity(); s++) {
                    assertTrue(!r.isActive(s) || seen.add(r.id(s)), "an id stands once");
                }
                ids = r.id.clone();
                weights = r.weight.clone();
                images = r.image.clone();
            }
        }
        assertTrue(appeared > 20, "paths appeared: " + appeared);
        assertTrue(faded > 200, "weights moved: " + faded);
    }

    @Test
    @Tag("property")
    void whoStandsStillHearsWhatIsThere() {
        Random random = new Random(21);
        // More slots than paths, so that none is cut.
        ReflectionSettings settings = new ReflectionSettings(2, 60, 1024, 1024, 400, 100, 0.1, 0.125);
        for (int round = 0; round < 4; round++) {
            AcousticScene scene = furnished(random);
            ReflectionFinder finder = new ReflectionFinder(settings);
            ReflectionResult walked = new ReflectionResult(settings);
            double x = 0;
            for (int i = 0; i < 200; i++) {
                x = 0.01 * Math.min(i, 100);
                finder.discover(scene, x, 0.2, 0.4, 128);
                finder.solve(scene, x, 0.2, 0.4, 2, 0.5, -1.5, 0.3, walked);
            }
            ReflectionResult fresh = new ReflectionResult(settings);
            ReflectionSettings generous = new ReflectionSettings(2, 60, 1024, 1024, 100_000, 100, 0.1, 0.125);
            ReflectionFinder same = new ReflectionFinder(generous);
            for (int i = 0; i < 100; i++) {
                same.discover(scene, x, 0.2, 0.4, 128);
            }
            same.solve(scene, x, 0.2, 0.4, 2, 0.5, -1.5, 0.3, fresh);
            int compared = 0;
            for (int s = 0; s < fresh.capacity(); s++) {
                if (!fresh.isActive(s)) {
                    continue;
                }
                int found = -1;
                for (int w = 0; w < walked.capacity(); w++) {
                    if (walked.isActive(w) && distance(walked, w, new Vector3(fresh.imagePosition(s, 0), fresh.imagePosition(s, 1), fresh.imagePosition(s, 2))) < 0.01) {
                        found = w;
                    }
                }
                String what = "round " + round + ": " + fresh.describe(s, 3) + " weight " + fresh.weight(s);
                assertTrue(found >= 0 || fresh.weight(s) < 0.2, what);
                if (found >= 0) {
                    // Something so small that only the inner samples meet it is known to the one who came from where it mattered: two samples.
                    assertEquals(fresh.weight(s), walked.weight(found), 2.1 / 32, what);
                    for (int b = 0; b < Bands.COUNT; b++) {
                        assertEquals(fresh.bandGain(s, b), walked.bandGain(found, b), 0.08, what);
                    }
                    compared++;
                }
            }
            assertTrue(compared >= 10, "paths compared: " + compared);
        }
    }

    @Test
    @Tag("property")
    void materialsCrossFade() {
        GeometryState state = new GeometryState();
        TriangleMesh half = Scenes.sheet("half", 3, WALLS[0]);
        TriangleMesh other = Scenes.sheet("half", 3, WALLS[5]);
        state.add(Scenes.join("wall", List.of(half, other), List.of(new Vector3(0, 0, -3), new Vector3(0, 0, 3))));
        AcousticScene scene = Scenes.scene(state);
        ReflectionSettings settings = new ReflectionSettings(1, 4, 512, 64, 1000, 100, 0.1, 1);
        ReflectionFinder finder = new ReflectionFinder(settings);
        ReflectionResult r = new ReflectionResult(settings);
        finder.discover(scene, 2, 0.1, -2, 512);
        double before = reflected(WALLS[0], 2);
        for (int i = 0; i < 200; i++) {
            finder.solve(scene, 2, 0.1, -2 + 0.02 * i, 2, 0.1, 0.2, 0, r);
            assertEquals(1, r.activeCount());
            assertEquals(1, r.weight(0), 0);
            assertEquals(before, r.bandGain(0, 2), 0.12, "step " + i);
            before = r.bandGain(0, 2);
        }
        assertEquals(reflected(WALLS[5], 2), before, 2e-5);
    }

    // ---- Bounds

    @Test
    @Tag("analytic")
    void theStrongestAreKept() {
        ReflectionSettings settings = new ReflectionSettings(3, 12, 2048, 1024, 100_000, 200, 0.1, 0.125);
        AcousticScene scene = Scenes.scene(room(Model.QUADS, Pose.ORIGIN));
        ReflectionFinder finder = new ReflectionFinder(settings);
        ReflectionResult r = new ReflectionResult(settings);
        finder.discover(scene, LISTENER[0], LISTENER[1], LISTENER[2], 2 * 2048);
        finder.solve(scene, LISTENER[0], LISTENER[1], LISTENER[2], EMITTER[0], EMITTER[1], EMITTER[2], 0, r);
        List<Image> images = new ArrayList<>(images(3, EMITTER, Pose.ORIGIN));
        images.sort((a, b) -> Double.compare(level(b), level(a)));
        double cut = level(images.get(12));
        int whole = 0;
        for (int i = 0; i < 13; i++) {
            int found = -1;
            for (int s = 0; s < r.capacity(); s++) {
                if (r.isActive(s) && distance(r, s, images.get(i).position()) < 1e-4) {
                    found = s;
                }
            }
            double expected = Math.max(0, Math.min(1, (level(images.get(i)) / cut - 1) / 0.19));
            assertEquals(expected, found < 0 ? 0 : r.weight(found), 1e-4, "rank " + i);
            whole += expected == 1 ? 1 : 0;
        }
        assertTrue(whole >= 5 && whole < 12, "whole ones: " + whole);
    }

    private static double level(Image image) {
        double energy = 0;
        for (double g : image.gain()) {
            energy += g * g / Bands.COUNT;
        }
        double dx = image.position().x() - LISTENER[0];
        double dy = image.position().y() - LISTENER[1];
        double dz = image.position().z() - LISTENER[2];
        return Math.sqrt(energy / (dx * dx + dy * dy + dz * dz));
    }

    @Test
    @Tag("property")
    void raysAreBounded() {
        for (int rays : new int[] {16, 64, 256}) {
            ReflectionSettings settings = new ReflectionSettings(3, 20, 1024, 512, rays, 100, 0.1, 0.125);
            AcousticScene scene = furnished(new Random(2));
            ReflectionFinder finder = new ReflectionFinder(settings);
            ReflectionResult r = new ReflectionResult(settings);
            long sum = 0;
            // One path's: 32 samples of 3 surfaces at two rays each, the last leg, and the displacements of both ends.
            int last = 32 * (2 * 3 + 1) + 2 * 31;
            for (int i = 0; i < 300; i++) {
                finder.discover(scene, 0.01 * i, 0.2, 0.1, 64);
                finder.solve(scene, 0.01 * i, 0.2, 0.1, 2, 0.5, -1.5, 0.3, r);
                assertTrue(r.rays() > 0 && r.rays() <= rays * (i == 0 ? 8 : 2) + last, "solve " + i + ": " + r.rays());
                sum += i >= 20 ? r.rays() : 0;
            }
            assertTrue(sum / 280.0 < 1.6 * rays + 40, "mean " + sum / 280.0 + " of " + rays);
            assertTrue(r.activeCount() > 3, "paths with " + rays + " rays: " + r.activeCount());
        }
    }

    @Test
    @Tag("unit")
    void whatRestsCostsNothingUntilSomethingMoves() {
        GeometryState state = new GeometryState();
        state.add("room", TriangleMesh.box("room", 5, 1.5, 4, WALLS[0]), Pose.ORIGIN, Vector3.ONE);
        GeometryInstance screen = state.add("screen", TriangleMesh.box("screen", 0.05, 1.5, 1, WALLS[1]), Pose.at(0, 50, 0), Vector3.ONE);
        AcousticScene scene = Scenes.scene(state);
        ReflectionSettings settings = new ReflectionSettings(1, 8, 512, 64, 128, 100, 0.1, 0.25);
        ReflectionFinder finder = new ReflectionFinder(settings);
        ReflectionResult r = new ReflectionResult(settings);
        for (int i = 0; i < 100; i++) {
            finder.discover(scene, 2, 0.2, 0.1, 64);
            finder.solve(scene, 2, 0.2, 0.1, -2, 0.5, -0.3, 0.3, r);
            assertTrue(i > 7 || r.rays() > 0, "solve " + i);
        }
        assertEquals(0, r.rays());
        assertEquals(6, r.activeCount());
        state.setTransform(screen, Pose.at(0, 0, 0), Vector3.ONE);
        scene.apply(state.publish());
        for (int i = 0; i < 30; i++) {
            finder.solve(scene, 2, 0.2, 0.1, -2, 0.5, -0.3, 0.3, r);
            assertTrue(i > 7 || r.rays() > 0, "solve " + i);
        }
        // Between them there is only the way by both long walls. Those behind each of them hear nothing of the other.
        assertEquals(2, r.activeCount());
        for (int s = 0; s < r.capacity(); s++) {
            assertTrue(!r.isActive(s) || Math.abs(r.imagePosition(s, 2)) > 7, "by a long wall");
        }
    }

    @Test
    @Tag("unit")
    void sameCallsSameBits() {
        ReflectionSettings settings = ReflectionSettings.DEFAULT;
        ReflectionResult[] r = {new ReflectionResult(settings), new ReflectionResult(settings)};
        for (int run = 0; run < 2; run++) {
            AcousticScene scene = furnished(new Random(2));
            ReflectionFinder finder = new ReflectionFinder(settings);
            for (int i = 0; i < 50; i++) {
                finder.discover(scene, 0.02 * i, 0.2, 0.1, 100);
                finder.solve(scene, 0.02 * i, 0.2, 0.1, 2, 0.5, -1.5, 0.3, r[run]);
            }
        }
        assertTrue(r[0].activeCount() > 5);
        assertTrue(Arrays.equals(r[0].id, r[1].id));
        assertTrue(Arrays.equals(r[0].weight, r[1].weight));
        assertTrue(Arrays.equals(r[0].reflected, r[1].reflected));
        assertTrue(Arrays.equals(r[0].image, r[1].image));
    }

    @Test
    @Tag("realtime")
    void allocatesNothing() {
        Random random = new Random(2);
        GeometryState state = new GeometryState();
        state.add("room", TriangleMesh.box("room", 5, 1.5, 4, WALLS[0]), Pose.ORIGIN, Vector3.ONE);
        GeometryInstance door = state.add("door", TriangleMesh.box("door", 0.05, 1, 0.5, WALLS[1]), Pose.ORIGIN, Vector3.ONE);
        GeometrySnapshot[] snapshots = new GeometrySnapshot[16];
        for (int i = 0; i < snapshots.length; i++) {
            state.setTransform(door, new Pose(new Vector3(1, 0, random.nextDouble()), Rotation.ofYawPitchRoll(0.1 * i, 0, 0)), Vector3.ONE);
            snapshots[i] = state.publish();
        }
        AcousticScene scene = new AcousticScene();
        scene.apply(snapshots[0]);
        ReflectionFinder finder = new ReflectionFinder(ReflectionSettings.DEFAULT);
        ReflectionResult r = new ReflectionResult(ReflectionSettings.DEFAULT);
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long id = Thread.currentThread().getId();
        long allocated = -1;
        double sum = 0;
        for (int round = 0; round < 20 && allocated != 0; round++) {
            long before = threads.getThreadAllocatedBytes(id);
            for (int i = 0; i < 100; i++) {
                scene.apply(snapshots[i % snapshots.length]);
                finder.discover(scene, -3 + i * 0.02, 0.3, 0.2, 64);
                finder.solve(scene, -3 + i * 0.02, 0.3, 0.2, 4, 0.1, -0.5, 0.7, r);
                sum += r.bandGain(0, 1);
            }
            allocated = threads.getThreadAllocatedBytes(id) - before;
        }
        assertEquals(0, allocated, "bytes in 100 updates with moving geometry");
        assertTrue(sum > 0, "something was heard");
    }

    @Test
    @Tag("unit")
    void wordsNameTheSurfaces() {
        AcousticScene scene = Scenes.scene(room(Model.SEPARATE, Pose.ORIGIN));
        ReflectionSettings settings = new ReflectionSettings(1, 6, 512, 64, 1000, 100, 0.1, 1);
        ReflectionFinder finder = new ReflectionFinder(settings);
        ReflectionResult r = new ReflectionResult(settings);
        assertNull(r.describe(0, 1));
        finder.discover(scene, 2, 1.5, 2, 512);
        finder.solve(scene, 2, 1.5, 2, 3, 1.5, 2, 0, r);
        // By the wall at x = 0 it is 2 + 3 m, 4 m more than straight on: 11.7 ms and −14 dB, less 0.7 dB of brick.
        for (int s = 0; s < r.capacity(); s++) {
            if (distance(r, s, new Vector3(-3, 1.5, 2)) < 1e-4) {
                assertEquals("wall_0", r.surfaceName(s, 0));
                assertEquals(WALLS[0], r.surfaceMaterial(s, 0));
                assertEquals("reflection off wall_0 (brick) 12 ms after the direct sound, -14.7 dB", r.describe(s, 1));
                assertEquals(-1, r.departure(s, 0), 1e-12);
                return;
            }
        }
        throw new AssertionError("no reflection by wall_0");
    }

    @Test
    @Tag("fault")
    void valuesOutOfRangeAreRefused() {
        assertThrows(InvalidValueException.class, () -> new ReflectionSettings(5, 20, 1024, 512, 128, 100, 0.1, 0.125));
        assertThrows(InvalidValueException.class, () -> new ReflectionSettings(0, 20, 1024, 512, 128, 100, 0.1, 0.125));
        assertThrows(InvalidValueException.class, () -> new ReflectionSettings(3, 20, 1024, 512, 128, Double.NaN, 0.1, 0.125));
        AcousticScene scene = Scenes.scene(room(Model.QUADS, Pose.ORIGIN));
        ReflectionFinder finder = new ReflectionFinder(ReflectionSettings.DEFAULT);
        ReflectionResult r = new ReflectionResult(ReflectionSettings.DEFAULT);
        assertThrows(InvalidValueException.class, () -> finder.discover(scene, Double.NaN, 0, 0, 10));
        assertThrows(InvalidValueException.class, () -> finder.solve(scene, 1, 1, 1, 2, Double.POSITIVE_INFINITY, 1, 0, r));
        assertThrows(InvalidValueException.class, () -> finder.solve(scene, 1, 1, 1, 2, 1, 1, -1, r));
        assertThrows(InvalidValueException.class, () -> finder.solve(scene, 1, 1, 1, 2, 1, 1, 0, new ReflectionResult(ALL)));
        finder.discover(new AcousticScene(), 1, 1, 1, 10);
        finder.solve(new AcousticScene(), 1, 1, 1, 1, 1, 1, 0, r);
        assertEquals(0, r.activeCount(), "nothing reflects in the open");
    }

    // ---- Surfaces of meshes

    @Test
    @Tag("unit")
    void surfacesOfMeshes() {
        MeshSurfaces box = AcousticMesh.of(TriangleMesh.box("box", 1, 2, 3, WALLS[0])).surfaces;
        assertEquals(6, box.count);
        double area = 0;
        for (int s = 0; s < 6; s++) {
            area += box.area[s];
            assertEquals(reflected(WALLS[0], 0), box.largestGain[s], 1e-12);
        }
        assertEquals(2 * (2 * 4 + 4 * 6 + 6 * 2), area, 1e-5);
        MeshSurfaces grid = AcousticMesh.of(wall(3, 10, 10)).surfaces;
        assertEquals(1, grid.count);
        assertEquals(ROOM[0] * ROOM[2], grid.area[0], 1e-4);
        assertEquals(1, Math.abs(grid.plane[1]), 1e-9);
        TriangleMesh one = Scenes.sheet("one", 1, WALLS[0]);
        TriangleMesh two = Scenes.sheet("two", 1, WALLS[1]);
        assertEquals(1, AcousticMesh.of(Scenes.join("apart in one plane", List.of(one, two), List.of(Vector3.ZERO, new Vector3(0, 5, 0)))).surfaces.count);
        assertEquals(2, AcousticMesh.of(Scenes.join("skins", List.of(one, two), List.of(Vector3.ZERO, new Vector3(0.003, 0, 0)))).surfaces.count);
        assertNotEquals(0, AcousticMesh.of(Scenes.soup(wall(1, 3, 3), "soup")).surfaces.count);
    }
}
