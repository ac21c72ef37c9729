package io.pinna.internal.acoustics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.InvalidValueException;
import io.pinna.UsageException;
import io.pinna.acoustics.TriangleMesh;
import io.pinna.unit.Pose;
import io.pinna.unit.Rotation;
import io.pinna.unit.Vector3;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class GeometryTest {
    private final SceneQuery q = new SceneQuery(256);

    private boolean blocked(AcousticScene s, double ax, double ay, double az, double bx, double by, double bz) {
        return s.anyHit(q, ax, ay, az, bx, by, bz);
    }

    @Test
    @Tag("unit")
    void instancesComeMoveHideAndGo() {
        GeometryState state = new GeometryState();
        AcousticScene scene = new AcousticScene();
        assertFalse(blocked(scene, -1, 0, 0, 1, 0, 0), "an empty scene");
        GeometryInstance door = state.add(Scenes.sheet("door", 1, Scenes.WOOD));
        scene.apply(state.publish());
        assertTrue(blocked(scene, -1, 0.1, 0.2, 1, 0.1, 0.2));
        state.setTransform(door, Pose.at(0, 5, 0), Vector3.ONE);
        scene.apply(state.publish());
        assertFalse(blocked(scene, -1, 0.1, 0.2, 1, 0.1, 0.2));
        assertTrue(blocked(scene, -1, 5.1, 0.2, 1, 5.1, 0.2));
        state.setEnabled(door, false);
        scene.apply(state.publish());
        assertFalse(blocked(scene, -1, 5.1, 0.2, 1, 5.1, 0.2));
        state.setEnabled(door, true);
        GeometryInstance other = state.add(TriangleMesh.box("box", 1, 1, 1, Scenes.STEEL));
        scene.apply(state.publish());
        assertTrue(blocked(scene, -1, 5.1, 0.2, 1, 5.1, 0.2));
        assertTrue(blocked(scene, -3, 0, 0.2, 3, 0, 0.2));
        state.remove(door);
        scene.apply(state.publish());
        assertFalse(blocked(scene, -1, 5.1, 0.2, 1, 5.1, 0.2));
        assertTrue(scene.closestHit(q, -3, 0, 0.2, 3, 0, 0.2));
        assertEquals(2.0 / 6, q.hitFraction(), 1e-6);
        assertEquals("box", scene.instanceName(q.hitInstance()));
        assertEquals("steel", scene.hitMaterial(q).name());
        state.remove(other);
        scene.apply(state.publish());
        assertEquals(0, scene.instanceCount());
        assertFalse(blocked(scene, -3, 0, 0.2, 3, 0, 0.2));
    }

    @Test
    @Tag("unit")
    void publishingNothingNewGivesTheSameObject() {
        GeometryState state = new GeometryState();
        assertSame(GeometrySnapshot.EMPTY, state.publish());
        TriangleMesh mesh = TriangleMesh.box("box", 1, 1, 1, Scenes.STEEL);
        GeometryInstance a = state.add(mesh);
        GeometryInstance b = state.add("second", mesh, Pose.at(9, 0, 0), Vector3.ONE);
        assertSame(a.mesh(), b.mesh(), "one hierarchy for one mesh");
        GeometrySnapshot first = state.publish();
        assertSame(first, state.publish());
        state.setTransform(a, Pose.ORIGIN, Vector3.ONE);
        assertSame(first, state.publish(), "set to what it was");
        state.setTransform(a, Pose.at(1, 0, 0), Vector3.ONE);
        GeometrySnapshot second = state.publish();
        assertNotSame(first, second);
        assertSame(first.meshes, second.meshes, "only transforms changed");
        assertEquals(0, first.transforms[18], 0, "a published snapshot does not change");
        assertTrue(second.version() > first.version());
        assertEquals(2, second.instanceCount());
    }

    @Test
    @Tag("fault")
    void refusesWhatCannotStandInAScene() {
        GeometryState state = new GeometryState();
        GeometryInstance box = state.add(TriangleMesh.box("crate", 1, 1, 1, Scenes.STEEL));
        GeometrySnapshot before = state.publish();
        InvalidValueException zero = assertThrows(InvalidValueException.class, () -> state.setTransform(box, Pose.ORIGIN, new Vector3(1, 0, 1)));
        assertTrue(zero.getMessage().contains("scale y of crate is 0.0"), zero.getMessage());
        assertThrows(InvalidValueException.class, () -> state.setTransform(box, Pose.ORIGIN, new Vector3(1e7, 1, 1)));
        assertThrows(InvalidValueException.class, () -> state.setTransform(box, Pose.at(0, 0, 1e10), Vector3.ONE));
        assertThrows(InvalidValueException.class, () -> state.setTransform(box, null, Vector3.ONE));
        assertSame(before, state.publish(), "a refused value changes nothing");
        float nan = Float.NaN;
        InvalidValueException nothing = assertThrows(InvalidValueException.class,
                () -> state.add(TriangleMesh.of("ghost", new float[] {0, 0, 0, 1, 0, 0, 2, 0, 0, nan, 0, 0}, new int[] {0, 1, 2, 0, 1, 3}, Scenes.STEEL)));
        assertTrue(nothing.getMessage().contains("mesh ghost") && nothing.getMessage().contains("2 triangles"), nothing.getMessage());
        state.remove(box);
        assertEquals(UsageException.Rule.STATE, assertThrows(UsageException.class, () -> state.setEnabled(box, false)).rule());
        GeometryInstance foreign = new GeometryState().add(TriangleMesh.box("crate", 1, 1, 1, Scenes.STEEL));
        assertEquals(UsageException.Rule.STATE, assertThrows(UsageException.class, () -> state.remove(foreign)).rule());
        assertEquals(0, state.instanceCount());
    }

    @Test
    @Tag("fault")
    void skipsAndCountsUnusableTriangles() {
        float inf = Float.POSITIVE_INFINITY;
        float[] v = {0, -1, -1, 0, 1, -1, 0, 0, 1, inf, 0, 0, 2e9f, 0, 0, 0, 0, 0};
        AcousticMesh mesh = AcousticMesh.of(TriangleMesh.of("mixed", v, new int[] {0, 1, 2, 0, 1, 3, 0, 1, 4, 0, 0, 1, 5, 5, 5}, Scenes.STEEL));
        assertEquals(1, mesh.triangleCount());
        assertEquals(4, mesh.skippedTriangles());
    }

    @Test
    @Tag("reference")
    void instancesAgreeWithATransformedSoup() {
        Random random = new Random(11);
        int hits = 0;
        int compared = 0;
        for (int round = 0; round < 6; round++) {
            GeometryState state = new GeometryState();
            List<float[]> world = new ArrayList<>();
            List<GeometryInstance> instances = new ArrayList<>();
            List<TriangleMesh> meshes = new ArrayList<>();
            AcousticScene scene = new AcousticScene();
            int count = 1 + round * 7;
            for (int i = 0; i < count; i++) {
                TriangleMesh mesh = i % 3 == 0 ? TriangleMesh.box("b" + i, 0.5, 0.2, 0.8, Scenes.STEEL) : Scenes.sheet("s" + i, 0.7, Scenes.WOOD);
                meshes.add(mesh);
                instances.add(state.add(mesh));
            }
            // Twice, so that boxes are refitted or rebuilt as well as built.
            for (int pass = 0; pass < 2; pass++) {
                world.clear();
                for (int i = 0; i < count; i++) {
                    Rotation rotation = Scenes.randomRotation(random);
                    Vector3 scale = new Vector3(0.3 + random.nextDouble() * 2, (random.nextBoolean() ? 1 : -1) * (0.3 + random.nextDouble()), 0.3 + random.nextDouble());
                    Pose pose = new Pose(new Vector3(random.nextGaussian() * 3, random.nextGaussian() * 3, random.nextGaussian() * 3), rotation);
                    state.setTransform(instances.get(i), pose, scale);
                    TriangleMesh mesh = meshes.get(i);
                    for (int t = 0; t < mesh.triangleCount(); t++) {
                        float[] c = new float[9];
                        for (int k = 0; k < 3; k++) {
                            int n = mesh.index(t, k);
                            Vector3 p = pose.toWorld(new Vector3(mesh.vertex(n, 0) * scale.x(), mesh.vertex(n, 1) * scale.y(), mesh.vertex(n, 2) * scale.z()));
                            c[3 * k] = (float) p.x();
                            c[3 * k + 1] = (float) p.y();
                            c[3 * k + 2] = (float) p.z();
                        }
                        world.add(c);
                    }
                }
                scene.apply(state.publish());
                float[] soup = new float[9 * world.size()];
                for (int t = 0; t < world.size(); t++) {
                    System.arraycopy(world.get(t), 0, soup, 9 * t, 9);
                }
                Bvh reference = Bvh.build(soup);
                BvhRay ray = new BvhRay(1000);
                int differing = 0;
                for (int r = 0; r < 1000; r++) {
                    double[] s = new double[6];
                    for (int a = 0; a < 6; a++) {
                        s[a] = (float) (random.nextGaussian() * 3);
                    }
                    ray.set(s[0], s[1], s[2], s[3] - s[0], s[4] - s[1], s[5] - s[2]);
                    boolean expected = reference.closestHit(ray, 1);
                    boolean actual = scene.closestHit(q, s[0], s[1], s[2], s[3], s[4], s[5]);
                    assertEquals(actual, scene.anyHit(q, s[0], s[1], s[2], s[3], s[4], s[5]), "any and closest agree");
                    compared++;
                    if (expected != actual || expected && Math.abs(ray.hitT - q.hitFraction()) > 1e-4) {
                        differing++;
                        continue;
                    }
                    hits += expected ? 1 : 0;
                    ray.crossingCount = 0;
                    reference.crossings(ray, 1);
                    scene.crossings(q, s[0], s[1], s[2], s[3], s[4], s[5]);
                    if (ray.crossingCount != q.crossingCount) {
                        differing++;
                    }
                    for (int k = 1; k < q.crossingCount; k++) {
                        assertTrue(q.crossingFraction[q.crossingOrder[k - 1]] <= q.crossingFraction[q.crossingOrder[k]], "sorted");
                    }
                }
                // Rounding of the transformed corners decides rays within a micrometre of an edge, no others.
                assertTrue(differing <= 1, "round " + round + ": " + differing + " differ");
            }
        }
        assertEquals(12_000, compared);
        assertTrue(hits > 1_000, "hits " + hits);
    }

    @Test
    @Tag("property")
    void farFromTheOriginIsAsExactAsNear() {
        for (double far : new double[] {0, 1e6, -3e8}) {
            GeometryState state = new GeometryState();
            state.add("slab", TriangleMesh.box("slab", 0.05, 2, 2, Scenes.STEEL), Pose.at(far, far / 2, -far), Vector3.ONE);
            AcousticScene scene = Scenes.scene(state);
            // 2 mm beside the edge and 2 mm inside of it.
            assertFalse(blocked(scene, far - 5, far / 2 + 2.002, -far, far + 5, far / 2 + 2.002, -far), "beside at " + far);
            assertTrue(blocked(scene, far - 5, far / 2 + 1.998, -far, far + 5, far / 2 + 1.998, -far), "inside at " + far);
            assertTrue(scene.closestHit(q, far - 5, far / 2 + 1, -far, far + 5, far / 2 + 1, -far));
            assertEquals(4.95, 10 * q.hitFraction(), 1e-4);
        }
    }

    @Test
    @Tag("property")
    void aRayFromFarAwayIsAsExactAsFromNear() {
        AcousticScene scene = Scenes.sceneOf(TriangleMesh.box("slab", 0.05, 2, 2, Scenes.STEEL));
        assertFalse(blocked(scene, -1e7, 2.002, 0.1, 5, 2.002, 0.1));
        assertTrue(blocked(scene, -1e7, 1.998, 0.1, 5, 1.998, 0.1));
    }

    @Test
    @Tag("property")
    void aMeshFarFromItsOwnOriginKeepsItsShape() {
        // 4096 is exact in floats, and so is everything beside it at 0.5 mm.
        TriangleMesh near = TriangleMesh.box("slab", 0.0625, 2, 2, Scenes.STEEL);
        TriangleMesh far = Scenes.join("far", List.of(near), List.of(new Vector3(4096, 0, 0)));
        AcousticScene scene = Scenes.sceneOf(far);
        assertTrue(scene.closestHit(q, 4090, 0.3, 0.1, 4100, 0.3, 0.1));
        assertEquals(5.9375, 10 * q.hitFraction(), 1e-5);
    }

    @Test
    @Tag("unit")
    void knowsSolidsFromSheets() {
        TriangleMesh box = TriangleMesh.box("box", 1, 1, 1, Scenes.STEEL);
        assertEquals(12, AcousticMesh.of(box).solidTriangles());
        assertEquals(12, AcousticMesh.of(Scenes.faceBox("faces", 1, 1, 1, Scenes.STEEL)).solidTriangles(), "corners shared by position only");
        assertEquals(12, AcousticMesh.of(Scenes.turned(box)).solidTriangles(), "wound inwards");
        assertEquals(0, AcousticMesh.of(Scenes.sheet("sheet", 1, Scenes.WOOD)).solidTriangles());
        TriangleMesh sheet = Scenes.sheet("sheet", 1, Scenes.WOOD);
        TriangleMesh doubled = Scenes.join("both sides", List.of(sheet, Scenes.turned(sheet)), List.of(Vector3.ZERO, Vector3.ZERO));
        assertEquals(0, AcousticMesh.of(doubled).solidTriangles(), "a sheet with a front and a back encloses nothing");
        // A box that lacks one triangle.
        float[] v = new float[24];
        int[] idx = new int[33];
        for (int i = 0; i < 24; i++) {
            v[i] = box.vertex(i / 3, i % 3);
        }
        for (int i = 0; i < 33; i++) {
            idx[i] = box.index(i / 3, i % 3);
        }
        assertEquals(0, AcousticMesh.of(TriangleMesh.of("open box", v, idx, Scenes.STEEL)).solidTriangles());
        TriangleMesh both = Scenes.join("box and sheet", List.of(box, sheet), List.of(Vector3.ZERO, new Vector3(5, 0, 0)));
        assertEquals(12, AcousticMesh.of(both).solidTriangles());
    }
}
