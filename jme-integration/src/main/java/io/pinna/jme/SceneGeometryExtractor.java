package io.pinna.jme;

import com.jme3.effect.ParticleEmitter;
import com.jme3.font.BitmapText;
import com.jme3.math.Quaternion;
import com.jme3.math.Transform;
import com.jme3.math.Vector3f;
import com.jme3.renderer.queue.RenderQueue.Bucket;
import com.jme3.scene.BatchNode;
import com.jme3.scene.Geometry;
import com.jme3.scene.Mesh;
import com.jme3.scene.Node;
import com.jme3.scene.Spatial;
import com.jme3.scene.instancing.InstancedGeometry;
import io.pinna.InvalidValueException;
import io.pinna.PinnaException;
import io.pinna.SoundWorld;
import io.pinna.acoustics.AcousticMaterial;
import io.pinna.acoustics.AcousticMaterials;
import io.pinna.acoustics.TriangleMesh;
import io.pinna.unit.Vector3;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.function.Consumer;

/**
 * Keeps the geometry of a {@link SoundWorld} equal to a scene graph: each update walks the graph, adds what was attached, removes what was detached, and moves what has another world transform.
 * {@link SpatialAudioState} has one; use it alone to drive a world of your own.
 *
 * <p>What counts: every {@link Geometry} whose mesh has triangles, of the material of its {@link AcousticTag}, or of the default one. A {@link Mesh} object that several Geometries share is read
 * once for each material. What does not count:
 * <ul>
 *   <li>points and lines; particles, texts, and the copies that {@link BatchNode} and instancing make of Geometries, which count themselves;
 *   <li>what is in the buckets Sky and Gui; what is in the bucket Translucent, which jME has for effects, unless it or something above it is tagged with a material (glass belongs in
 *       Transparent, and counts);
 *   <li>a Geometry that itself carries a {@link SoundEmitterControl}, unless it is itself tagged with a material: a sound is not locked up in its own box;
 *   <li>as long as it lasts: a scale of 0 along an axis. A transform that is not finite leaves the Geometry where it was.
 * </ul>
 * Culling hints do not matter: a wall behind the camera, and an invisible one, stop sound all the same. Animated meshes count in their bind pose. Changes inside a mesh are seen after
 * {@link #refresh}.
 *
 * <p>Update thread of the world's owner. An update in which nothing changes allocates nothing.
 */
public final class SceneGeometryExtractor {
    /** Thinner than this is flat. The engine takes 10⁻⁶, which a float cannot hit exactly. */
    private static final float SMALLEST_SCALE = 2e-6f;
    /** The engine's largest. */
    private static final float LARGEST_SCALE = 1e6f;

    private final SoundWorld world;
    private final Notes notes;
    private final Consumer<SoundEmitterControl> emitters;
    private AcousticMaterial defaultMaterial;

    private final Map<Geometry, Tracked> tracked = new IdentityHashMap<>();
    private final List<Tracked> all = new ArrayList<>();
    private final Map<Spatial, StillPart> stillParts = new IdentityHashMap<>();
    private final List<StillPart> allStillParts = new ArrayList<>();
    private final Map<Mesh, Map<AcousticMaterial, MeshReader.Result>> meshes = new WeakHashMap<>();
    private final Map<String, AcousticMaterial> named = new HashMap<>();
    private long pass;
    private int placedCount;

    /** One Geometry of the scene and what became of it. */
    private static final class Tracked {
        final Geometry source;
        Mesh mesh;
        AcousticMaterial material;
        /** Null if the mesh has none. */
        TriangleMesh triangles;
        /** Null while it is not in the world. */
        io.pinna.Geometry placed;
        boolean stale = true;
        /** Of the last transform that was followed. */
        boolean followed;
        final Vector3f position = new Vector3f();
        final Quaternion rotation = new Quaternion();
        final Vector3f scale = new Vector3f();
        boolean saidUnusable;
        boolean saidFlat;
        long seen;
        StillPart part;

        Tracked(Geometry source) {
            this.source = source;
        }
    }

    /** A subtree under the promise of {@link AcousticTag#still}: what was found in it, so that it need not be walked. */
    private static final class StillPart {
        final Spatial root;
        final Object tag;
        final Bucket bucket;
        final Transform transform;
        final List<SoundEmitterControl> emitters = new ArrayList<>();
        final List<MovingPart> moving = new ArrayList<>();
        boolean stale;
        long seen;

        StillPart(Spatial root, Object tag, Bucket bucket) {
            this.root = root;
            this.tag = tag;
            this.bucket = bucket;
            transform = root.getWorldTransform().clone();
        }
    }

    /** A Spatial tagged moving below a still one, with what holds above it. */
    private record MovingPart(Spatial root, Node parent, Object tag, Bucket bucket) {
    }

    /** @param defaultMaterial of Geometries without a tag */
    public SceneGeometryExtractor(SoundWorld world, AcousticMaterial defaultMaterial) {
        this(world, defaultMaterial, new Notes(), control -> { });
    }

    /** @param emitters is shown every emitter control of the scene in each update */
    SceneGeometryExtractor(SoundWorld world, AcousticMaterial defaultMaterial, Notes notes, Consumer<SoundEmitterControl> emitters) {
        this.world = Require.notNull(world, "world");
        this.defaultMaterial = Require.notNull(defaultMaterial, "defaultMaterial");
        this.notes = notes;
        this.emitters = emitters;
    }

    /** Of Geometries without a tag, from the next update on. */
    public void setDefaultMaterial(AcousticMaterial material) {
        defaultMaterial = Require.notNull(material, "material");
    }

    /** Geometries that stop sound now. */
    public int placedCount() {
        return placedCount;
    }

    /** What was left out and why, each a sentence. */
    public List<String> notes() {
        return notes.all();
    }

    /** Makes the world's geometry what the scene below {@code root} is now. It is heard from the world's next commit on. */
    public void update(Spatial root) {
        pass++;
        walk(Require.notNull(root, "root"), null, Bucket.Inherit, null);
        for (int i = all.size() - 1; i >= 0; i--) {
            Tracked t = all.get(i);
            if (t.seen != pass && (t.part == null || t.part.seen != pass)) {
                remove(t);
                tracked.remove(t.source);
                all.set(i, all.get(all.size() - 1));
                all.remove(all.size() - 1);
            }
        }
        for (int i = allStillParts.size() - 1; i >= 0; i--) {
            StillPart part = allStillParts.get(i);
            if (part.seen != pass) {
                stillParts.remove(part.root, part);
                allStillParts.remove(i);
            }
        }
    }

    /** Reads the meshes at and below a Spatial anew with the next update, and looks again at what is attached below Spatials tagged {@linkplain AcousticTag#still still}. */
    public void refresh(Spatial spatial) {
        for (Spatial above = Require.notNull(spatial, "spatial"); above != null; above = above.getParent()) {
            markStale(above);
        }
        spatial.depthFirstTraversal(below -> {
            markStale(below);
            if (below instanceof Geometry geometry) {
                meshes.remove(geometry.getMesh());
                Tracked t = tracked.get(geometry);
                if (t != null) {
                    t.stale = true;
                }
            }
        });
    }

    private void markStale(Spatial spatial) {
        StillPart part = stillParts.get(spatial);
        if (part != null) {
            part.stale = true;
        }
    }

    /** Takes everything out of the world. */
    public void clear() {
        all.forEach(this::remove);
        all.clear();
        tracked.clear();
        stillParts.clear();
        allStillParts.clear();
    }

    /**
     * @param tag    material tag that holds above: null, {@link AcousticTag#IGNORED}, a name or a stored material
     * @param bucket that holds above
     * @param part   the still part that it belongs to, or null
     */
    private void walk(Spatial spatial, Object tag, Bucket bucket, StillPart part) {
        Object motion = spatial.getUserData(AcousticTag.MOTION);
        if (part == null && AcousticTag.STILL.equals(motion)) {
            StillPart known = stillParts.get(spatial);
            if (known != null && !known.stale && known.tag == tag && known.bucket == bucket && sameTransform(known.transform, spatial.getWorldTransform())) {
                revisit(known);
                return;
            }
            StillPart fresh = new StillPart(spatial, tag, bucket);
            fresh.seen = pass;
            stillParts.put(spatial, fresh);
            allStillParts.add(fresh);
            visit(spatial, tag, bucket, fresh);
        } else if (part != null && AcousticTag.MOVING.equals(motion)) {
            part.moving.add(new MovingPart(spatial, spatial.getParent(), tag, bucket));
            visit(spatial, tag, bucket, null);
        } else {
            visit(spatial, tag, bucket, part);
        }
    }

    private void revisit(StillPart part) {
        part.seen = pass;
        for (int i = 0; i < part.emitters.size(); i++) {
            if (part.emitters.get(i).getSpatial() != null) {
                emitters.accept(part.emitters.get(i));
            }
        }
        for (int i = 0; i < part.moving.size(); i++) {
            MovingPart moving = part.moving.get(i);
            if (moving.root.getParent() == moving.parent) {
                visit(moving.root, moving.tag, moving.bucket, null);
            }
        }
    }

    private void visit(Spatial spatial, Object tagAbove, Bucket bucketAbove, StillPart part) {
        Object own = spatial.getUserData(AcousticTag.MATERIAL);
        Object tag = own == null ? tagAbove : own;
        Bucket bucket = spatial.getLocalQueueBucket() == Bucket.Inherit ? bucketAbove : spatial.getLocalQueueBucket();
        boolean sounding = false;
        for (int i = 0; i < spatial.getNumControls(); i++) {
            if (spatial.getControl(i) instanceof SoundEmitterControl control) {
                sounding = true;
                emitters.accept(control);
                if (part != null) {
                    part.emitters.add(control);
                }
            }
        }
        if (spatial instanceof Node node) {
            if (node instanceof BitmapText) {
                return;
            }
            BatchNode batches = node instanceof BatchNode b ? b : null;
            for (int i = 0; i < node.getQuantity(); i++) {
                Spatial child = node.getChild(i);
                if (batches == null || !batches.isBatch(child)) {
                    walk(child, tag, bucket, part);
                }
            }
        } else if (spatial instanceof Geometry geometry && !(sounding && own == null) && counts(geometry, tag, bucket)) {
            follow(geometry, tag, part);
        }
    }

    private static boolean counts(Geometry geometry, Object tag, Bucket bucket) {
        if (tag == AcousticTag.IGNORED || Boolean.FALSE.equals(tag) || bucket == Bucket.Sky || bucket == Bucket.Gui || bucket == Bucket.Translucent && tag == null) {
            return false;
        }
        return geometry.getMesh() != null && !(geometry instanceof ParticleEmitter) && !(geometry instanceof InstancedGeometry);
    }

    private void follow(Geometry geometry, Object tag, StillPart part) {
        AcousticMaterial material = material(tag, geometry);
        Tracked t = tracked.get(geometry);
        if (t == null) {
            t = new Tracked(geometry);
            tracked.put(geometry, t);
            all.add(t);
        }
        t.seen = pass;
        t.part = part;
        if (t.stale || t.mesh != geometry.getMesh() || t.material != material && !t.material.equals(material)) {
            read(t, material);
        }
        if (t.triangles != null) {
            move(t);
        }
    }

    private void read(Tracked t, AcousticMaterial material) {
        remove(t);
        t.stale = false;
        t.mesh = t.source.getMesh();
        t.material = material;
        t.followed = false;
        Map<AcousticMaterial, MeshReader.Result> byMaterial = meshes.computeIfAbsent(t.mesh, mesh -> new HashMap<>());
        MeshReader.Result result = byMaterial.get(material);
        if (result == null) {
            result = MeshReader.read(nameOf(t.source), t.mesh, material);
            byMaterial.put(material, result);
            if (result.note() != null) {
                notes.add("geometry " + nameOf(t.source) + ": " + result.note() + ".");
            }
        }
        t.triangles = result.triangles();
    }

    private void move(Tracked t) {
        Transform now = t.source.isIgnoreTransform() ? Transform.IDENTITY : t.source.getWorldTransform();
        Vector3f position = now.getTranslation();
        Quaternion rotation = now.getRotation();
        Vector3f scale = now.getScale();
        if (t.followed && same(t.position, position) && same(t.rotation, rotation) && same(t.scale, scale)) {
            return;
        }
        if (!JmeAxes.isUsable(position) || !JmeAxes.isUsable(rotation) || !isUsableScale(scale)) {
            if (!t.saidUnusable) {
                t.saidUnusable = true;
                notes.add("geometry " + nameOf(t.source) + ": its world transform is " + describe(now) + "; it " + (t.placed == null ? "stops no sound" : "stays where it was")
                        + " until position, rotation and scale are finite, within 10⁹ m and a scale of 10⁶.");
            }
            return;
        }
        t.followed = true;
        t.position.set(position);
        t.rotation.set(rotation);
        t.scale.set(scale);
        if (isFlat(scale)) {
            remove(t);
            if (!t.saidFlat) {
                t.saidFlat = true;
                notes.add("geometry " + nameOf(t.source) + ": its world scale is " + scale + "; it stops no sound while an axis is scaled to 0.");
            }
            return;
        }
        if (t.placed == null && !place(t)) {
            return;
        }
        t.placed.setTransform(JmeAxes.geometryPose(now), new Vector3(scale.x, scale.y, scale.z));
    }

    private boolean place(Tracked t) {
        try {
            t.placed = world.addGeometry(nameOf(t.source), t.triangles);
        } catch (InvalidValueException e) {
            t.triangles = null;
            notes.add("geometry " + nameOf(t.source) + " stops no sound: " + e.getMessage());
            return false;
        }
        placedCount++;
        if (t.placed.skippedTriangles() > 0) {
            notes.add("geometry " + nameOf(t.source) + ": " + t.placed.skippedTriangles() + " of " + t.triangles.triangleCount()
                    + " triangles have no area or a corner that is not finite, and were left out.");
        }
        return true;
    }

    private void remove(Tracked t) {
        if (t.placed != null) {
            t.placed.close();
            t.placed = null;
            placedCount--;
        }
    }

    private AcousticMaterial material(Object tag, Geometry geometry) {
        if (tag == null) {
            return defaultMaterial;
        }
        if (tag instanceof AcousticTag.StoredMaterial stored) {
            return stored.material();
        }
        String name = tag.toString();
        AcousticMaterial material = named.get(name);
        if (material == null && !named.containsKey(name)) {
            try {
                material = AcousticMaterials.named(name);
            } catch (PinnaException e) {
                notes.add("geometry " + nameOf(geometry) + ": " + e.getMessage() + "; the default material, " + defaultMaterial.name() + ", stands in.");
            }
            named.put(name, material);
        }
        return material == null ? defaultMaterial : material;
    }

    /** For reports, such as "ward/door_3". */
    static String nameOf(Spatial spatial) {
        String own = named(spatial.getName());
        return spatial.getParent() == null ? own : named(spatial.getParent().getName()) + "/" + own;
    }

    private static String named(String name) {
        return name == null || name.isBlank() ? "unnamed" : name;
    }

    private static String describe(Transform t) {
        return "position " + t.getTranslation() + ", rotation " + t.getRotation() + ", scale " + t.getScale();
    }

    private static boolean sameTransform(Transform a, Transform b) {
        return same(a.getTranslation(), b.getTranslation()) && same(a.getRotation(), b.getRotation()) && same(a.getScale(), b.getScale());
    }

    private static boolean same(Vector3f a, Vector3f b) {
        return a.x == b.x && a.y == b.y && a.z == b.z;
    }

    private static boolean same(Quaternion a, Quaternion b) {
        return a.getX() == b.getX() && a.getY() == b.getY() && a.getZ() == b.getZ() && a.getW() == b.getW();
    }

    private static boolean isUsableScale(Vector3f s) {
        return Math.abs(s.x) <= LARGEST_SCALE && Math.abs(s.y) <= LARGEST_SCALE && Math.abs(s.z) <= LARGEST_SCALE;
    }

    private static boolean isFlat(Vector3f s) {
        return Math.min(Math.abs(s.x), Math.min(Math.abs(s.y), Math.abs(s.z))) < SMALLEST_SCALE;
    }
}
