package io.pinna.internal.acoustics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class OcclusionTest {
    /** Ends of rays along x: on the diagonals and centres of squares, and off them. */
    private static final double[][] LANES = {{0, 0}, {0.25, 0.25}, {-0.5, 0.5}, {0.123, 0.377}, {0, 0.4}, {0.999, 0}};

    private static OcclusionResult along(AcousticScene scene, double[] lane) {
        return Scenes.solve(scene, new Vector3(-5, lane[0], lane[1]), new Vector3(5, lane[0], lane[1]), 0, 1);
    }

    private static void assertWalls(AcousticScene scene, int walls, AcousticMaterial... each) {
        for (double[] lane : LANES) {
            for (int direction = 0; direction < 2; direction++) {
                double x = direction == 0 ? -5 : 5;
                OcclusionResult r = Scenes.solve(scene, new Vector3(x, lane[0], lane[1]), new Vector3(-x, lane[0], lane[1]), 0, 1);
                String where = "lane " + lane[0] + ", " + lane[1] + " from " + x;
                assertEquals(walls == 0 ? 0 : 1, r.occlusion(), 0, where);
                assertEquals(walls, r.wallCount(), 0, where);
                for (int b = 0; b < Bands.COUNT; b++) {
                    double expected = 1;
                    for (AcousticMaterial m : each) {
                        expected *= m.transmission().get(b);
                    }
                    assertEquals(expected, r.transmission(b), 1e-12 * expected, where + " band " + b);
                    assertEquals(10 * Math.log10(expected), 20 * Math.log10(r.bandGain(b)), 1e-9, where + " band " + b);
                }
            }
        }
    }

    @Test
    @Tag("unit")
    void openAirIsOpen() {
        OcclusionResult r = along(new AcousticScene(), LANES[0]);
        assertEquals(0, r.occlusion(), 0);
        assertEquals(1, r.bandGain(1), 0);
        assertEquals(0, r.wallCount(), 0);
        assertNull(r.blockerName());
        assertEquals("open", r.describe());
    }

    @Test
    @Tag("analytic")
    void aSlabCountsOnceAndTwoSlabsMultiply() {
        TriangleMesh slab = TriangleMesh.box("slab", 0.1, 2, 2, Scenes.STEEL);
        assertWalls(Scenes.sceneOf(slab), 1, Scenes.STEEL);
        GeometryState state = new GeometryState();
        state.add(slab);
        state.add("second", TriangleMesh.box("second", 0.05, 2, 2, Scenes.WOOD), Pose.at(1, 0, 0), Vector3.ONE);
        assertWalls(Scenes.scene(state), 2, Scenes.STEEL, Scenes.WOOD);
        state.add("third", slab, Pose.at(-1, 0, 0), new Vector3(-1, 1, 1));
        assertWalls(Scenes.scene(state), 3, Scenes.STEEL, Scenes.WOOD, Scenes.STEEL);
    }

    @Test
    @Tag("analytic")
    void aSheetCountsOnceFromEitherSide() {
        TriangleMesh sheet = Scenes.sheet("sheet", 2, Scenes.WOOD);
        assertWalls(Scenes.sceneOf(sheet), 1, Scenes.WOOD);
        assertWalls(Scenes.sceneOf(Scenes.join("both sides", List.of(sheet, Scenes.turned(sheet)), List.of(Vector3.ZERO, Vector3.ZERO))), 1, Scenes.WOOD);
        assertWalls(Scenes.sceneOf(Scenes.join("two skins", List.of(sheet, sheet), List.of(Vector3.ZERO, new Vector3(0.0005, 0, 0)))), 1, Scenes.WOOD);
        assertWalls(Scenes.sceneOf(Scenes.join("double", List.of(sheet, sheet), List.of(Vector3.ZERO, new Vector3(0.05, 0, 0)))), 2, Scenes.WOOD, Scenes.WOOD);
    }

    @Test
    @Tag("analytic")
    void aBoxOfSeparateFacesIsASolid() {
        assertWalls(Scenes.sceneOf(Scenes.faceBox("faces", 0.1, 2, 2, Scenes.STEEL)), 1, Scenes.STEEL);
        assertWalls(Scenes.sceneOf(Scenes.turned(TriangleMesh.box("inwards", 0.1, 2, 2, Scenes.STEEL))), 1, Scenes.STEEL);
    }

    @Test
    @Tag("analytic")
    void aBoxWithFacesWoundAtRandomIsASolid() {
        TriangleMesh box = TriangleMesh.box("box", 0.1, 2, 2, Scenes.STEEL);
        Random random = new Random(3);
        float[] v = new float[24];
        int[] idx = new int[36];
        for (int i = 0; i < 24; i++) {
            v[i] = box.vertex(i / 3, i % 3);
        }
        for (int t = 0; t < 12; t++) {
            boolean turn = random.nextBoolean();
            idx[3 * t] = box.index(t, 0);
            idx[3 * t + 1] = box.index(t, turn ? 2 : 1);
            idx[3 * t + 2] = box.index(t, turn ? 1 : 2);
        }
        assertWalls(Scenes.sceneOf(TriangleMesh.of("box", v, idx, Scenes.STEEL)), 1, Scenes.STEEL);
    }

    @Test
    @Tag("analytic")
    void thicknessDoesNotMatter() {
        for (double half : new double[] {1e-5, 4e-4, 0.003, 1, 4}) {
            assertWalls(Scenes.sceneOf(TriangleMesh.box("slab", half, 20, 20, Scenes.STEEL)), 1, Scenes.STEEL);
        }
    }

    @Test
    @Tag("analytic")
    void aPosterOnAWallAndTheSameBoxTwiceCountOnce() {
        TriangleMesh box = TriangleMesh.box("wall", 0.1, 2, 2, Scenes.STEEL);
        GeometryState state = new GeometryState();
        state.add(box);
        state.add("poster", Scenes.sheet("poster", 2, Scenes.WOOD), Pose.at(0.1002, 0, 0), Vector3.ONE);
        state.add("poster 2", Scenes.sheet("poster", 2, Scenes.WOOD), Pose.at(-0.1002, 0, 0), Vector3.ONE);
        assertWalls(Scenes.scene(state), 1, Scenes.STEEL);
        state.add("again", box, Pose.ORIGIN, Vector3.ONE);
        assertWalls(Scenes.scene(state), 1, Scenes.STEEL);
    }

    @Test
    @Tag("analytic")
    void roomsWithThickWallsHaveOneWallOnEachSide() {
        TriangleMesh outer = TriangleMesh.box("outer", 2, 3, 3, Scenes.STEEL);
        TriangleMesh inner = Scenes.turned(TriangleMesh.box("inner", 1.8, 2.8, 2.8, Scenes.STEEL));
        AcousticScene scene = Scenes.sceneOf(Scenes.join("room", List.of(outer, inner), List.of(Vector3.ZERO, Vector3.ZERO)));
        assertWalls(scene, 2, Scenes.STEEL, Scenes.STEEL);
        OcclusionResult fromInside = Scenes.solve(scene, new Vector3(0, 0.1, 0.2), new Vector3(7, 0.1, 0.2), 0, 1);
        assertEquals(1, fromInside.wallCount(), 0);
        assertEquals(0.004, fromInside.transmission(1), 1e-15);
        OcclusionResult within = Scenes.solve(scene, new Vector3(0, 0.1, 0.2), new Vector3(1.5, -1, 0.2), 0, 1);
        assertEquals(0, within.occlusion(), 0);
        OcclusionResult inTheWall = Scenes.solve(scene, new Vector3(0, 0.1, 0.2), new Vector3(1.9, 0.1, 0.2), 0, 1);
        assertEquals(1, inTheWall.wallCount(), 0);
    }

    @Test
    @Tag("analytic")
    void aRoomOfOneSkinIsOneWallFromInside() {
        for (boolean inwards : new boolean[] {false, true}) {
            TriangleMesh room = TriangleMesh.box("room", 2, 3, 3, Scenes.WOOD);
            TriangleMesh crate = TriangleMesh.box("crate", 0.2, 0.5, 0.5, Scenes.STEEL);
            AcousticScene scene = Scenes.sceneOf(Scenes.join("room and crate", List.of(inwards ? Scenes.turned(room) : room, crate), List.of(Vector3.ZERO, Vector3.ZERO)));
            OcclusionResult out = Scenes.solve(scene, new Vector3(-1, 1, 0.2), new Vector3(7, 1, 0.2), 0, 1);
            assertEquals(1, out.wallCount(), 0);
            assertEquals(0.1, out.transmission(1), 1e-15);
            assertEquals(0, Scenes.solve(scene, new Vector3(-1, 1, 0.2), new Vector3(1, 1, 0.2), 0, 1).occlusion(), 0);
            OcclusionResult crateBetween = Scenes.solve(scene, new Vector3(-1, 0, 0.2), new Vector3(1, 0, 0.2), 0, 1);
            assertEquals(1, crateBetween.wallCount(), 0);
            assertEquals(0.004, crateBetween.transmission(1), 1e-15);
            OcclusionResult both = Scenes.solve(scene, new Vector3(-1, 0, 0.2), new Vector3(5, 0, 0.2), 0, 1);
            assertEquals(2, both.wallCount(), 0);
            assertEquals(0.0004, both.transmission(1), 1e-15);
        }
    }

    @Test
    @Tag("analytic")
    void differentFacesOfASolidGiveTheirGeometricMeanBothWays() {
        TriangleMesh box = TriangleMesh.box("door", 0.1, 2, 2, Scenes.STEEL);
        float[] v = new float[24];
        int[] idx = new int[36];
        int[] mats = new int[12];
        for (int i = 0; i < 24; i++) {
            v[i] = box.vertex(i / 3, i % 3);
        }
        for (int t = 0; t < 12; t++) {
            double x = 0;
            for (int k = 0; k < 3; k++) {
                idx[3 * t + k] = box.index(t, k);
                x += box.vertex(box.index(t, k), 0);
            }
            mats[t] = x < -0.25 ? 1 : 0;
        }
        AcousticScene scene = Scenes.sceneOf(new TriangleMesh("door", v, idx, mats, List.of(Scenes.STEEL, Scenes.WOOD)));
        for (double x : new double[] {-5, 5}) {
            OcclusionResult r = Scenes.solve(scene, new Vector3(x, 0.1, 0.2), new Vector3(-x, 0.1, 0.2), 0, 1);
            assertEquals(1, r.wallCount(), 0);
            assertEquals(Math.sqrt(0.004 * 0.1), r.transmission(1), 1e-12);
        }
    }

    @Test
    @Tag("property")
    void turnedMovedAndScaledSlabsStillCountOnce() {
        Random random = new Random(5);
        for (int i = 0; i < 500; i++) {
            GeometryState state = new GeometryState();
            Rotation turn = Scenes.randomRotation(random);
            double far = i % 5 == 0 ? 1e6 : 1;
            Vector3 middle = new Vector3(random.nextGaussian() * far, random.nextGaussian() * far, random.nextGaussian() * far);
            TriangleMesh mesh = i % 2 == 0 ? TriangleMesh.box("slab", 1, 1, 1, Scenes.WOOD) : Scenes.faceBox("slab", 1, 1, 1, Scenes.WOOD);
            state.add("slab", mesh, new Pose(middle, turn), new Vector3(0.01 + random.nextDouble(), 3, random.nextBoolean() ? 3 : -3));
            Vector3 offset = turn.rotate(new Vector3(0, random.nextInt(3) * 0.5, random.nextInt(3) * 0.5));
            Vector3 from = middle.plus(offset).plus(turn.rotate(new Vector3(-4, 0, 0)));
            Vector3 to = middle.plus(offset).plus(turn.rotate(new Vector3(4, 0, 0)));
            OcclusionResult r = Scenes.solve(Scenes.scene(state), from, to, 0, 1);
            assertEquals(1, r.occlusion(), 0, "slab " + i);
            assertEquals(1, r.wallCount(), 0, "slab " + i);
            assertEquals(0.1, r.transmission(1), 1e-12, "slab " + i);
        }
    }

    @Test
    @Tag("property")
    void raysThroughCornersAndEdgesOfABallCountItOnce() {
        TriangleMesh ball = ball(1, 12, 16);
        for (TriangleMesh mesh : List.of(ball, Scenes.soup(ball, "loose ball"))) {
            AcousticScene scene = Scenes.sceneOf(mesh);
            assertEquals(mesh.triangleCount(), AcousticMesh.of(mesh).solidTriangles() + AcousticMesh.of(mesh).skippedTriangles());
            for (int n = 0; n < ball.vertexCount(); n++) {
                for (int m = 0; m < 3; m++) {
                    // Through a corner, and through points on the lines between it and its neighbours, towards the far side.
                    int other = (n + new int[] {0, 1, 16}[m]) % ball.vertexCount();
                    Vector3 p = new Vector3(ball.vertex(n, 0) + ball.vertex(other, 0), ball.vertex(n, 1) + ball.vertex(other, 1), ball.vertex(n, 2) + ball.vertex(other, 2)).times(0.5);
                    if (p.length() < 0.5) {
                        continue;
                    }
                    Vector3 from = p.times(3 / p.length());
                    OcclusionResult r = Scenes.solve(scene, from, from.times(-1), 0, 1);
                    assertEquals(1, r.wallCount(), 0, "corner " + n + " way " + m);
                    assertEquals(0.1, r.transmission(1), 1e-12, "corner " + n + " way " + m);
                }
            }
        }
    }

    private static TriangleMesh ball(double radius, int rings, int segments) {
        float[] v = new float[3 * (rings + 1) * segments];
        for (int i = 0; i <= rings; i++) {
            for (int j = 0; j < segments; j++) {
                double polar = Math.PI * i / rings;
                double around = 2 * Math.PI * j / segments;
                double s = i == 0 || i == rings ? 0 : Math.sin(polar);
                v[3 * (i * segments + j)] = (float) (radius * s * Math.cos(around));
                v[3 * (i * segments + j) + 1] = (float) (radius * Math.cos(polar));
                v[3 * (i * segments + j) + 2] = (float) (radius * s * Math.sin(around));
            }
        }
        int[] idx = new int[6 * rings * segments];
        int at = 0;
        for (int i = 0; i < rings; i++) {
            for (int j = 0; j < segments; j++) {
                int a = i * segments + j;
                int b = (i + 1) * segments + j;
                int c = (i + 1) * segments + (j + 1) % segments;
                int d = i * segments + (j + 1) % segments;
                for (int k : new int[] {a, c, b, a, d, c}) {
                    idx[at++] = k;
                }
            }
        }
        return TriangleMesh.of("ball", v, idx, Scenes.WOOD);
    }

    @Test
    @Tag("analytic")
    void halfAPlaneCoversThePartOfTheBallBehindIt() {
        // The plane fills y < edge, half-way to a listener so far away that its rays are parallel; the fraction of a unit ball with y < c is (2 + 3c − c³)/4.
        double radius = 1;
        int samples = 512;
        for (double edge = -1.2; edge <= 1.21; edge += 0.15) {
            GeometryState state = new GeometryState();
            state.add("half plane", Scenes.sheet("half plane", 500, Scenes.STEEL), Pose.at(-1.5, edge - 500, 0), Vector3.ONE);
            OcclusionResult r = Scenes.solve(Scenes.scene(state), new Vector3(-20000, 0, 0), new Vector3(0, 0, 0), radius, samples);
            double c = Math.max(-1, Math.min(1, edge));
            assertEquals((2 + 3 * c - c * c * c) / 4, r.occlusion(), 0.01, "edge " + edge);
            assertEquals(r.blockedRays() == 0 ? samples / 4 : samples, r.rays(), "a quarter of the samples says that nothing is in the way");
            double energy = 1 - r.occlusion() + r.occlusion() * (r.blockedRays() > 0 ? 0.004 : 1);
            assertEquals(Math.sqrt(energy), r.bandGain(1), 1e-12);
        }
    }

    @Test
    @Tag("property")
    void slidingBehindAWallOnlyEverCoversMore() {
        AcousticScene scene = Scenes.sceneOf(TriangleMesh.box("wall", 0.1, 50, 50, Scenes.STEEL));
        GeometryState state = new GeometryState();
        GeometryInstance wall = state.add(TriangleMesh.box("wall", 0.1, 50, 50, Scenes.STEEL));
        OcclusionSolver solver = new OcclusionSolver(64, 16);
        OcclusionResult r = new OcclusionResult();
        double last = 0;
        double largest = 0;
        for (int i = 0; i <= 300; i++) {
            state.setTransform(wall, Pose.at(0, -51 + i * 0.01, 0), Vector3.ONE);
            scene.apply(state.publish());
            solver.solve(scene, -3, 0, 0.3, 2, 0, 0.3, 0.8, r);
            assertTrue(r.occlusion() >= last, "step " + i);
            largest = Math.max(largest, r.occlusion() - last);
            last = r.occlusion();
        }
        assertEquals(1, last, 0);
        assertTrue(largest <= 0.1, "largest step " + largest);
    }

    @Test
    @Tag("analytic")
    void pointsInsideTheWallBehindTheEmitterDoNotCount() {
        // A lamp 1 cm before a wall on the far side of the listener is free, though half of its ball is in the wall.
        AcousticScene scene = Scenes.sceneOf(TriangleMesh.box("wall", 0.5, 5, 5, Scenes.STEEL));
        OcclusionResult r = Scenes.solve(scene, new Vector3(-5, 0.1, 0), new Vector3(-0.51, 0.1, 0), 0.3, 256);
        assertEquals(0, r.occlusion(), 0);
        assertEquals(64 * 0.525, r.rays(), 7, "a good half of the quarter that is tried in plain sight is before the wall");
        OcclusionResult behind = Scenes.solve(scene, new Vector3(5, 0.1, 0), new Vector3(-0.51, 0.1, 0), 0.3, 256);
        assertEquals(1, behind.occlusion(), 0);
        assertEquals(1, behind.wallCount(), 0);
    }

    @Test
    @Tag("analytic")
    void emittersOnSurfacesBelongToTheSideOfTheListener() {
        for (TriangleMesh wall : List.of(TriangleMesh.box("wall", 0.5, 5, 5, Scenes.STEEL), Scenes.sheet("sheet", 5, Scenes.STEEL))) {
            double surface = wall.name().equals("wall") ? 0.5 : 0;
            AcousticScene scene = Scenes.sceneOf(wall);
            for (double radius : new double[] {0, 0.2}) {
                assertEquals(0, Scenes.solve(scene, new Vector3(5, 0, 0), new Vector3(surface, 0, 0), radius, 64).occlusion(), 0, wall.name());
                assertEquals(0, Scenes.solve(scene, new Vector3(surface, 0, 0), new Vector3(5, 0, 0), radius, 64).occlusion(), 0, wall.name());
            }
            if (surface > 0) {
                OcclusionResult r = Scenes.solve(scene, new Vector3(-5, 0, 0), new Vector3(surface, 0, 0), 0, 1);
                assertEquals(1, r.wallCount(), 0);
            }
        }
    }

    @Test
    @Tag("unit")
    void endsInsideASolidCountItOnce() {
        AcousticScene scene = Scenes.sceneOf(TriangleMesh.box("block", 1, 1, 1, Scenes.WOOD));
        for (Vector3 end : List.of(new Vector3(0, 0.1, 0.2), new Vector3(0.5, -0.4, 0.2))) {
            for (double radius : new double[] {0, 0.1}) {
                OcclusionResult in = Scenes.solve(scene, new Vector3(-5, 0, 0), end, radius, 32);
                assertEquals(1, in.occlusion(), 0);
                assertEquals(1, in.wallCount(), 0);
                assertEquals(0.1, in.transmission(1), 1e-12);
                OcclusionResult out = Scenes.solve(scene, end, new Vector3(-5, 0, 0), radius, 32);
                assertEquals(1, out.wallCount(), 0);
                assertEquals(0.1, out.transmission(1), 1e-12);
            }
        }
    }

    @Test
    @Tag("unit")
    void listenerAtOrInsideTheEmitter() {
        AcousticScene scene = Scenes.sceneOf(TriangleMesh.box("far wall", 0.1, 5, 5, Scenes.WOOD));
        assertEquals(0, Scenes.solve(scene, new Vector3(3, 0, 0), new Vector3(3, 0, 0), 0, 16).occlusion(), 0);
        assertEquals(0, Scenes.solve(scene, new Vector3(3, 0, 0), new Vector3(3, 0, 0), 1, 16).occlusion(), 0);
        assertEquals(0, Scenes.solve(scene, new Vector3(3, 0.5, 0), new Vector3(3, 0, 0), 2, 16).occlusion(), 0);
        // A source so large that it reaches through the wall: what the middle cannot see does not count.
        OcclusionResult r = Scenes.solve(scene, new Vector3(1, 0, 0), new Vector3(3, 0, 0), 10, 64);
        assertEquals(0, r.occlusion(), 0.2);
        assertTrue(r.rays() < 64 && r.rays() > 16, "rays " + r.rays());
    }

    @Test
    @Tag("unit")
    void namesWhatCoversMost() {
        GeometryState state = new GeometryState();
        state.add("ward/door_3", TriangleMesh.box("door", 0.05, 3, 3, Scenes.STEEL), Pose.at(0, -2.5, 0), Vector3.ONE);
        state.add("ward/pole", TriangleMesh.box("pole", 0.05, 0.02, 3, Scenes.WOOD), Pose.at(0, 0.8, 0), Vector3.ONE);
        OcclusionResult r = Scenes.solve(Scenes.scene(state), new Vector3(-4, 0, 0), new Vector3(2, 0, 0), 1, 200);
        assertEquals("ward/door_3", r.blockerName());
        assertEquals("steel", r.blockerMaterial().name());
        assertTrue(r.occlusion() > 0.6 && r.occlusion() < 1, "occlusion " + r.occlusion());
        assertEquals("occluded " + Math.round(100 * r.occlusion()) + " % by ward/door_3 (steel)", r.describe());
        // Of a curtain and a wall on the same ray it is the wall.
        GeometryState two = new GeometryState();
        two.add("curtain", Scenes.sheet("curtain", 5, Scenes.WOOD), Pose.at(-1, 0, 0), Vector3.ONE);
        two.add("wall", Scenes.sheet("wall", 5, Scenes.STEEL), Pose.at(1, 0, 0), Vector3.ONE);
        assertEquals("occluded 100 % by wall (steel)", Scenes.solve(Scenes.scene(two), new Vector3(-4, 0, 0), new Vector3(4, 0, 0), 0, 1).describe());
    }

    @Test
    @Tag("unit")
    void fewerTransmissionRaysAgreeWhereAllWallsAreAlike() {
        AcousticScene scene = Scenes.sceneOf(TriangleMesh.box("wall", 0.1, 5, 5, Scenes.WOOD));
        OcclusionResult few = new OcclusionResult();
        new OcclusionSolver(64, 3).solve(scene, -3, 0, 0, 3, 0, 0, 0.5, few);
        OcclusionResult all = Scenes.solve(scene, new Vector3(-3, 0, 0), new Vector3(3, 0, 0), 0.5, 64);
        for (int b = 0; b < Bands.COUNT; b++) {
            assertEquals(all.transmission(b), few.transmission(b), 1e-12);
        }
        assertEquals(1, few.occlusion(), 0);
    }

    @Test
    @Tag("unit")
    void moreSurfacesThanCanBeKeptAreReported() {
        GeometryState state = new GeometryState();
        AcousticMaterial leaf = Scenes.material("leaf", 0.999, 0.999, 0.999);
        TriangleMesh sheet = Scenes.sheet("leaf", 1, leaf);
        for (int i = 0; i < 1100; i++) {
            state.add("leaf" + i, sheet, Pose.at(i * 0.01, 0, 0), Vector3.ONE);
        }
        OcclusionResult r = Scenes.solve(Scenes.scene(state), new Vector3(-5, 0.1, 0.2), new Vector3(20, 0.1, 0.2), 0, 1);
        assertTrue(r.truncated());
        assertEquals(1024, r.wallCount(), 0);
        assertEquals(Math.pow(0.999, 1024), r.transmission(0), 1e-9);
    }

    @Test
    @Tag("fault")
    void refusesPositionsThatAreNone() {
        OcclusionSolver solver = new OcclusionSolver(8, 8);
        OcclusionResult r = new OcclusionResult();
        AcousticScene scene = Scenes.sceneOf(TriangleMesh.box("wall", 0.1, 5, 5, Scenes.WOOD));
        assertThrows(InvalidValueException.class, () -> solver.solve(scene, Double.NaN, 0, 0, 1, 0, 0, 0, r));
        assertThrows(InvalidValueException.class, () -> solver.solve(scene, 0, 0, 0, 1, Double.POSITIVE_INFINITY, 0, 0, r));
        assertThrows(InvalidValueException.class, () -> solver.solve(scene, 0, 0, 0, 1, 0, 0, -1, r));
        assertThrows(InvalidValueException.class, () -> solver.solve(scene, 0, 0, 0, 1, 0, 0, Double.NaN, r));
        assertEquals(0, r.occlusion(), 0);
        assertThrows(InvalidValueException.class, () -> new OcclusionSolver(0, 1));
        assertFalse(r.truncated());
    }

    @Test
    @Tag("property")
    void sameInputSameBits() {
        Random random = new Random(17);
        GeometryState state = new GeometryState();
        for (int i = 0; i < 40; i++) {
            state.add("b" + i, TriangleMesh.box("b" + i, 0.4, 0.6, 0.3, i % 2 == 0 ? Scenes.STEEL : Scenes.WOOD),
                    new Pose(new Vector3(random.nextGaussian() * 2, random.nextGaussian() * 2, random.nextGaussian() * 2), Scenes.randomRotation(random)), Vector3.ONE);
        }
        double[] first = new double[40];
        for (int pass = 0; pass < 2; pass++) {
            Random points = new Random(18);
            AcousticScene scene = Scenes.scene(state);
            double[] values = new double[40];
            for (int i = 0; i < 40; i++) {
                OcclusionResult r = Scenes.solve(scene, new Vector3(points.nextGaussian() * 4, points.nextGaussian() * 4, points.nextGaussian() * 4),
                        new Vector3(points.nextGaussian() * 4, points.nextGaussian() * 4, points.nextGaussian() * 4), 0.5, 32);
                values[i] = r.bandGain(i % 3);
                assertTrue(values[i] > 0 && values[i] <= 1);
            }
            if (pass == 0) {
                first = values;
            } else {
                assertArrayEquals(first, values, 0);
            }
        }
    }

    @Test
    @Tag("realtime")
    void solvingAllocatesNothing() {
        Random random = new Random(19);
        GeometryState state = new GeometryState();
        GeometryInstance moving = null;
        for (int i = 0; i < 60; i++) {
            moving = state.add("b" + i, TriangleMesh.box("b" + i, 0.4, 0.6, 0.3, Scenes.STEEL),
                    new Pose(new Vector3(random.nextGaussian() * 2, random.nextGaussian() * 2, random.nextGaussian() * 2), Scenes.randomRotation(random)), Vector3.ONE);
        }
        AcousticScene scene = Scenes.scene(state);
        GeometrySnapshot[] snapshots = new GeometrySnapshot[8];
        for (int i = 0; i < snapshots.length; i++) {
            state.setTransform(moving, Pose.at(i * 0.1, 0, 0), Vector3.ONE);
            snapshots[i] = state.publish();
        }
        OcclusionSolver solver = new OcclusionSolver(32, 8);
        OcclusionResult r = new OcclusionResult();
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long id = Thread.currentThread().getId();
        long allocated = -1;
        double sum = 0;
        for (int round = 0; round < 20 && allocated != 0; round++) {
            long before = threads.getThreadAllocatedBytes(id);
            for (int i = 0; i < 400; i++) {
                scene.apply(snapshots[i % snapshots.length]);
                solver.solve(scene, -5 + i * 0.01, 0.3, 0.2, 4, -i * 0.01, 0.1, 0.7, r);
                sum += r.bandGain(1);
            }
            allocated = threads.getThreadAllocatedBytes(id) - before;
        }
        assertEquals(0, allocated, "bytes in 400 solves with moving geometry");
        assertTrue(sum > 0, "something was solved");
    }
}
