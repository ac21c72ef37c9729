package io.pinna.jme;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.jme3.bounding.BoundingBox;
import com.jme3.effect.ParticleEmitter;
import com.jme3.effect.ParticleMesh;
import com.jme3.export.binary.BinaryExporter;
import com.jme3.export.binary.BinaryImporter;
import com.jme3.material.Material;
import com.jme3.math.FastMath;
import com.jme3.math.Vector3f;
import com.jme3.renderer.queue.RenderQueue.Bucket;
import com.jme3.scene.BatchNode;
import com.jme3.scene.Geometry;
import com.jme3.scene.Mesh;
import com.jme3.scene.Node;
import com.jme3.scene.VertexBuffer.Type;
import com.jme3.scene.shape.Box;
import com.jme3.scene.shape.Quad;
import io.pinna.Emitter;
import io.pinna.EmitterSettings;
import io.pinna.ListenerSettings;
import io.pinna.SoundWorld;
import io.pinna.SoundWorldSettings;
import io.pinna.WorldReport;
import io.pinna.acoustics.AcousticMaterial;
import io.pinna.acoustics.AcousticMaterials;
import io.pinna.acoustics.Bands;
import io.pinna.device.OutputDevices;
import io.pinna.hrtf.HrtfProfile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a listener at the origin and an emitter at z = −10 have between them is what stops sound. */
@Tag("integration")
class SceneGeometryExtractorTest {
    private static final AcousticMaterial PAPER = new AcousticMaterial("paper", Bands.uniform(0.1), Bands.of(0.9, 0.8, 0.7), 0);

    private final Node root = new Node("root");
    private SoundWorld world;
    private SceneGeometryExtractor extractor;
    private Emitter emitter;

    @BeforeEach
    void open() {
        world = SoundWorld.open(SoundWorldSettings.OFFLINE);
        world.addListener(new ListenerSettings("ears", HrtfProfile.generic(), OutputDevices.memory(20)));
        emitter = world.addEmitter(OfflineScene.noise(), EmitterSettings.named("noise").at(0, 0, -10).withRadiusMeters(0).withLooping(true));
        emitter.play();
        extractor = new SceneGeometryExtractor(world, PAPER);
    }

    @AfterEach
    void close() {
        world.close();
    }

    private WorldReport.PathReport path() {
        extractor.update(root);
        world.commit();
        world.advance(2);
        return world.report().emitters().get(0).paths().get(0);
    }

    /** The engine keeps floats. */
    private void assertTransmission(Bands expected) {
        assertArrayEquals(expected.toArray(), path().transmission().toArray(), 1e-6);
    }

    private double occlusion() {
        return path().occlusion();
    }

    /** A wall across the way. */
    private static Geometry wall(String name) {
        Geometry wall = OfflineScene.box(name, 2, 2, 0.1f);
        wall.setLocalTranslation(0, 0, -5);
        return wall;
    }

    @Test
    void attachedGeometryCountsAndDetachedDoesNot() {
        assertEquals(0, occlusion());
        Geometry wall = wall("wall");
        root.attachChild(wall);
        assertEquals(1, occlusion());
        assertTransmission(PAPER.transmission());
        assertTrue(path().why().contains("root/wall"), path().why());
        wall.removeFromParent();
        assertEquals(0, occlusion());
        assertEquals(0, extractor.placedCount());
    }

    @Test
    void worldTransformsAreFollowed() {
        Node carrier = new Node("carrier");
        Geometry wall = wall("wall");
        carrier.attachChild(wall);
        root.attachChild(carrier);
        assertEquals(1, occlusion());
        carrier.move(3, 0, 0);
        assertEquals(0, occlusion(), "moved aside with its parent");
        carrier.setLocalScale(0.5f, 1, 1);
        carrier.setLocalTranslation(1.5f, 0, 0);
        assertEquals(0, occlusion(), "half as wide, it does not reach the middle");
        carrier.setLocalScale(2, 1, 1);
        assertEquals(1, occlusion(), "twice as wide, it does");
        carrier.setLocalScale(1);
        carrier.setLocalTranslation(0, 0, 0);
        wall.setLocalRotation(new com.jme3.math.Quaternion().fromAngles(0, FastMath.HALF_PI, 0));
        wall.move(0.5f, 0, 0);
        assertEquals(0, occlusion(), "turned edge on, beside the way");
        wall.setLocalScale(-1, 1, 1);
        wall.setLocalRotation(new com.jme3.math.Quaternion());
        assertEquals(1, occlusion(), "mirrored");
    }

    @Test
    void anEdgeOfScaleZeroHidesAndIsSaidOnce() {
        Geometry wall = wall("wall");
        root.attachChild(wall);
        assertEquals(1, occlusion());
        for (int i = 0; i < 3; i++) {
            wall.setLocalScale(1, 1, 0);
            assertEquals(0, occlusion());
            assertEquals(0, extractor.placedCount());
            wall.setLocalScale(1, 1, 1e-6f);
            assertEquals(0, occlusion());
            wall.setLocalScale(1, 1, 1);
            assertEquals(1, occlusion());
        }
        assertEquals(1, extractor.notes().size(), extractor.notes().toString());
        assertTrue(extractor.notes().get(0).contains("root/wall"), extractor.notes().get(0));
    }

    @Test
    void whatIsNotFiniteStaysWhereItWas() {
        Geometry wall = wall("wall");
        root.attachChild(wall);
        assertEquals(1, occlusion());
        // Past the assertions of jME's setters, as any computation in place may do.
        wall.getLocalTranslation().y = Float.NaN;
        wall.move(0, 0, 0);
        assertEquals(1, occlusion());
        wall.getLocalTranslation().set(50, 0, 0);
        wall.getLocalScale().x = Float.POSITIVE_INFINITY;
        wall.move(0, 0, 0);
        assertEquals(1, occlusion());
        wall.setLocalScale(1);
        assertEquals(0, occlusion(), "followed again");
        Geometry lost = wall("lost");
        lost.getLocalTranslation().z = Float.NEGATIVE_INFINITY;
        root.attachChild(lost);
        assertEquals(0, occlusion(), "never had a place");
        assertEquals(1, extractor.placedCount());
        lost.setLocalTranslation(0, 0, -5);
        assertEquals(1, occlusion());
        assertEquals(2, extractor.notes().size(), extractor.notes().toString());
    }

    @Test
    void damagedMeshesAreNotedAndTheRestCounts() {
        Mesh broken = new Mesh();
        broken.setBuffer(Type.Position, 3, new float[] {0, 0, 0, Float.NaN, 0, 0, 0, 1, 0});
        root.attachChild(new Geometry("broken", broken));
        root.attachChild(new Geometry("empty"));
        root.attachChild(wall("wall"));
        assertEquals(1, occlusion());
        assertEquals(1, occlusion());
        assertEquals(1, extractor.placedCount());
        assertEquals(1, extractor.notes().size(), extractor.notes().toString());
        assertTrue(extractor.notes().get(0).contains("root/broken"), extractor.notes().get(0));
    }

    @Test
    void tagsAreInheritedAndTheNearestHolds() {
        Node house = new Node("house");
        Geometry wall = wall("wall");
        house.attachChild(wall);
        root.attachChild(house);
        assertTransmission(PAPER.transmission());
        AcousticTag.set(root, "brick");
        assertTransmission(AcousticMaterials.named("brick").transmission());
        AcousticTag.set(house, "glass");
        assertTransmission(AcousticMaterials.named("glass").transmission());
        AcousticTag.ignore(house);
        assertEquals(0, occlusion());
        AcousticTag.set(wall, PAPER);
        assertTransmission(PAPER.transmission());
        AcousticTag.clear(wall);
        assertEquals(0, occlusion());
        AcousticTag.clear(house);
        assertTransmission(AcousticMaterials.named("brick").transmission());
        AcousticTag.clear(root);
        extractor.setDefaultMaterial(AcousticMaterials.named("glass"));
        assertTransmission(AcousticMaterials.named("glass").transmission());
    }

    @Test
    void tagsSurviveCloningAndSaving() throws IOException {
        Node house = new Node("house");
        house.attachChild(wall("wall"));
        AcousticTag.set(house, new AcousticMaterial("felt", Bands.of(0.1, 0.2, 0.3), Bands.of(0.6, 0.5, 0.4), 0.7));
        AcousticTag.still(house);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        BinaryExporter.getInstance().save(house, bytes);
        for (Node copy : new Node[] {(Node) house.clone(), (Node) house.deepClone(), (Node) BinaryImporter.getInstance().load(bytes.toByteArray())}) {
            root.detachAllChildren();
            root.attachChild(copy);
            assertTransmission(Bands.of(0.6, 0.5, 0.4));
            AcousticMaterial back = ((AcousticTag.StoredMaterial) copy.getUserData(AcousticTag.MATERIAL)).material();
            assertEquals(new AcousticMaterial("felt", Bands.of(0.1, 0.2, 0.3), Bands.of(0.6, 0.5, 0.4), 0.7), back);
            assertEquals(AcousticTag.STILL, copy.getUserData(AcousticTag.MOTION));
        }
    }

    @Test
    void anUnknownSavedNameIsNotedAndTheDefaultStandsIn() {
        Geometry wall = wall("wall");
        wall.setUserData(AcousticTag.MATERIAL, "unobtainium");
        root.attachChild(wall);
        assertTransmission(PAPER.transmission());
        assertTransmission(PAPER.transmission());
        assertEquals(1, extractor.notes().size());
        assertTrue(extractor.notes().get(0).contains("unobtainium"), extractor.notes().get(0));
    }

    @Test
    void skyGuiEffectsAndParticlesDoNotCount() {
        Node sky = new Node("sky");
        sky.setQueueBucket(Bucket.Sky);
        sky.attachChild(wall("dome"));
        Geometry gui = wall("gui");
        gui.setQueueBucket(Bucket.Gui);
        Geometry haze = wall("haze");
        haze.setQueueBucket(Bucket.Translucent);
        root.attachChild(sky);
        root.attachChild(gui);
        root.attachChild(haze);
        ParticleEmitter smoke = new ParticleEmitter("smoke", ParticleMesh.Type.Triangle, 10);
        root.attachChild(smoke);
        Geometry lines = wall("lines");
        lines.setMesh(new com.jme3.scene.debug.WireBox(2, 2, 2));
        root.attachChild(lines);
        assertEquals(0, occlusion());
        assertEquals(0, extractor.placedCount());
        AcousticTag.set(haze, "glass");
        assertEquals(1, occlusion(), "a tag makes it count");
        haze.removeFromParent();
        Geometry pane = wall("pane");
        pane.setQueueBucket(Bucket.Transparent);
        root.attachChild(pane);
        assertEquals(1, occlusion(), "a window is transparent to light only");
    }

    @Test
    void aSoundIsNotLockedUpInItsOwnBox() {
        Geometry radio = wall("radio");
        radio.addControl(new SoundEmitterControl(OfflineScene.noise()));
        root.attachChild(radio);
        assertEquals(0, occlusion());
        AcousticTag.set(radio, "wood");
        assertEquals(1, occlusion(), "unless it says what it is made of");
    }

    @Test
    void meshEditsAreReadOnRefresh() {
        Geometry wall = wall("wall");
        root.attachChild(wall);
        assertEquals(1, occlusion());
        Mesh mesh = wall.getMesh();
        for (int i = 0; i < mesh.getFloatBuffer(Type.Position).limit(); i += 3) {
            mesh.getFloatBuffer(Type.Position).put(i, mesh.getFloatBuffer(Type.Position).get(i) + 10);
        }
        assertEquals(1, occlusion(), "not seen yet");
        extractor.refresh(root);
        assertEquals(0, occlusion());
        wall.setMesh(new Box(2, 2, 2));
        assertEquals(1, occlusion(), "another mesh is seen at once");
    }

    @Test
    void aStillPartIsFollowedAsAWholeAndItsMovingPartsAlone() {
        Node level = new Node("level");
        AcousticTag.still(level);
        Geometry wall = wall("wall");
        Node door = new Node("door");
        AcousticTag.moving(door);
        Geometry leaf = wall("leaf");
        door.attachChild(leaf);
        level.attachChild(wall);
        level.attachChild(door);
        root.attachChild(level);
        assertEquals(1, occlusion());
        assertEquals(2, extractor.placedCount());
        wall.move(10, 0, 0);
        door.move(10, 0, 0);
        assertEquals(1, occlusion(), "the wall broke its promise, so nobody looked");
        extractor.refresh(wall);
        assertEquals(0, occlusion());
        door.move(-10, 0, 0);
        assertEquals(1, occlusion(), "the door moves by itself");
        door.detachChild(leaf);
        assertEquals(0, occlusion(), "and may lose its leaf");
        door.attachChild(leaf);
        assertEquals(1, occlusion());
        door.removeFromParent();
        assertEquals(0, occlusion());
        level.move(-10, 0, 0);
        assertEquals(1, occlusion(), "the level moved as a whole, with its wall");
        level.removeFromParent();
        assertEquals(0, occlusion());
        assertEquals(0, extractor.placedCount());
        root.attachChild(level);
        assertEquals(1, occlusion());
        AcousticTag.set(root, "glass");
        assertTransmission(AcousticMaterials.named("glass").transmission());
    }

    @Test
    void aBatchCountsOnce() {
        BatchNode batch = new BatchNode("batch");
        Geometry first = wall("first");
        Geometry second = wall("second");
        second.move(0, 0, -1);
        com.jme3.asset.AssetManager assets = new com.jme3.system.JmeDesktopSystem().newAssetManager(
                Thread.currentThread().getContextClassLoader().getResource("com/jme3/asset/Desktop.cfg"));
        Material material = new Material(assets, "Common/MatDefs/Misc/Unshaded.j3md");
        first.setMaterial(material);
        second.setMaterial(material);
        batch.attachChild(first);
        batch.attachChild(second);
        batch.batch();
        root.attachChild(batch);
        assertEquals(1, occlusion());
        assertEquals(2, extractor.placedCount());
        assertEquals(0.81, path().transmission().get(0), 1e-6, "two sheets of paper");
    }

    @Test
    @Tag("realtime")
    void aStillSceneIsFollowedWithoutAllocating() {
        Mesh shared = new Box(0.2f, 0.2f, 0.2f);
        for (int i = 0; i < 1000; i++) {
            Geometry box = new Geometry("box " + i, shared);
            box.setModelBound(new BoundingBox());
            box.setLocalTranslation(i % 10 + 5, i / 10 % 10, i / 100);
            AcousticTag.set(box, i % 2 == 0 ? "brick" : "wood");
            root.attachChild(box);
        }
        for (int i = 0; i < 300; i++) {
            extractor.update(root);
        }
        assertEquals(1000, extractor.placedCount());
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long id = Thread.currentThread().getId();
        long empty = threads.getThreadAllocatedBytes(id);
        long overhead = threads.getThreadAllocatedBytes(id) - empty;
        long before = threads.getThreadAllocatedBytes(id);
        for (int i = 0; i < 100; i++) {
            extractor.update(root);
        }
        assertEquals(0, threads.getThreadAllocatedBytes(id) - before - overhead, "bytes in 100 updates of 1000 geometries");
        // One that moves costs its own pose and no more.
        before = threads.getThreadAllocatedBytes(id);
        for (int i = 0; i < 100; i++) {
            root.getChild(0).move(0, 0, 0.01f);
            extractor.update(root);
        }
        long moving = (threads.getThreadAllocatedBytes(id) - before - overhead) / 100;
        assertTrue(moving > 0 && moving < 2000, moving + " bytes for each update with one movement");
    }

    @Test
    void sheetsStopSoundToo() {
        Geometry sheet = new Geometry("sheet", new Quad(4, 4));
        sheet.setLocalTranslation(-2, -2, -5);
        root.attachChild(sheet);
        assertEquals(1, occlusion());
        assertTransmission(PAPER.transmission());
        sheet.setLocalTranslation(new Vector3f(1, 1, -5));
        assertEquals(0, occlusion());
    }
}
