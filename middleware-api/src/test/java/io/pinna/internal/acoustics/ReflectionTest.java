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
}
