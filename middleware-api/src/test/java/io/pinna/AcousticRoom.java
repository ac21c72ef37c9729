package io.pinna;

import io.pinna.acoustics.AcousticMaterial;
import io.pinna.acoustics.Bands;
import io.pinna.acoustics.TriangleMesh;
import io.pinna.device.MemoryDevice;
import io.pinna.device.OutputDevices;
import io.pinna.hrtf.HrtfField;
import io.pinna.hrtf.HrtfProfile;
import io.pinna.internal.inference.RemoteRenderer;
import io.pinna.unit.Pose;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;

/** A listener, emitters and geometry in an offline world, for tests of what is heard of them. */
final class AcousticRoom implements AutoCloseable {
    final SoundWorldSettings settings;
    final SoundWorld world;
    final Listener listener;
    private final MemoryDevice device = OutputDevices.memory(100);
    private int blocks;

    /** Hears every direction alike, in both ears: what is rendered is the response of the room itself. */
    static final class FlatEars implements HrtfField.Spectra {
        private static final int BINS = 129;

        @Override
        public String name() {
            return "flat";
        }

        @Override
        public int sampleRateHz() {
            return TestWorlds.RATE;
        }

        @Override
        public int bins() {
            return BINS;
        }

        @Override
        public void evaluate(float[] directionXyz, int count, float[] magnitudeDb, float[] itdSeconds) {
            Arrays.fill(magnitudeDb, 0, 2 * BINS * count, 0);
            Arrays.fill(itdSeconds, 0, count, 0);
        }
    }

    static HrtfProfile flat() {
        return HrtfProfile.field(new FlatEars());
    }

    AcousticRoom(SoundWorldSettings settings, HrtfProfile ears, Pose listenerPose) {
        this(settings, ears, listenerPose, null);
    }

    /** @param mixer in place of the audio thread's rendering; may be null */
    AcousticRoom(SoundWorldSettings settings, HrtfProfile ears, Pose listenerPose, RemoteRenderer.Factory mixer) {
        this.settings = settings;
        world = SoundWorld.open(settings, mixer);
        listener = world.addListener(new ListenerSettings("listener", ears, device).withBakedFilters(true));
        listener.setPose(listenerPose);
    }

    Emitter emitter(float[] samples, EmitterSettings emitterSettings) {
        return world.addEmitter(Sound.ofSamples(emitterSettings.name(), samples, settings.sampleRateHz()), emitterSettings);
    }

    /** Renders; before each block something may move. */
    void render(int count, IntConsumer beforeBlock) {
        for (int i = 0; i < count; i++) {
            beforeBlock.accept(blocks++);
            world.commit();
            world.advance(1);
        }
    }

    void render(int count) {
        render(count, block -> { });
    }

    /** Until so many frames are there. */
    void renderFrames(int frames) {
        render((frames + settings.blockFrames() - 1) / settings.blockFrames() - blocks);
    }

    /** What was heard, without the latency of the filters. */
    float[] left() {
        return cut(device.left());
    }

    float[] right() {
        return cut(device.right());
    }

    private float[] cut(float[] x) {
        return Arrays.copyOfRange(x, world.report().latencyFrames(), x.length);
    }

    @Override
    public void close() {
        world.close();
    }

    /** A material that lets nothing through. */
    static AcousticMaterial absorbing(String name, double low, double middle, double high, double scattering) {
        return new AcousticMaterial(name, Bands.of(low, middle, high), Bands.uniform(0), scattering);
    }

    /** A sheet: a parallelogram of two triangles, a corner and its two edges. */
    static TriangleMesh sheet(String name, double[] corner, double[] a, double[] b, AcousticMaterial material) {
        float[] v = new float[12];
        for (int k = 0; k < 3; k++) {
            v[k] = (float) corner[k];
            v[3 + k] = (float) (corner[k] + a[k]);
            v[6 + k] = (float) (corner[k] + a[k] + b[k]);
            v[9 + k] = (float) (corner[k] + b[k]);
        }
        return TriangleMesh.of(name, v, new int[] {0, 1, 2, 0, 2, 3}, material);
    }

    /** A shoebox from a corner to another, whose six faces are sheets: x low, x high, y low, y high, z low, z high. A face without material is left out. */
    static List<TriangleMesh> shoebox(double[] from, double[] to, AcousticMaterial... faces) {
        List<TriangleMesh> sheets = new ArrayList<>();
        for (int f = 0; f < 6; f++) {
            if (faces[f] == null) {
                continue;
            }
            int axis = f / 2;
            double[] corner = from.clone();
            corner[axis] = f % 2 == 0 ? from[axis] : to[axis];
            double[] a = new double[3];
            double[] b = new double[3];
            a[(axis + 1) % 3] = to[(axis + 1) % 3] - from[(axis + 1) % 3];
            b[(axis + 2) % 3] = to[(axis + 2) % 3] - from[(axis + 2) % 3];
            sheets.add(sheet("face_" + f, corner, a, b, faces[f]));
        }
        return sheets;
    }

    /** A mesh elsewhere. */
    static TriangleMesh moved(TriangleMesh mesh, double x, double y, double z) {
        double[] by = {x, y, z};
        float[] v = new float[3 * mesh.vertexCount()];
        int[] indices = new int[3 * mesh.triangleCount()];
        for (int i = 0; i < v.length; i++) {
            v[i] = (float) (mesh.vertex(i / 3, i % 3) + by[i % 3]);
        }
        for (int i = 0; i < indices.length; i++) {
            indices[i] = mesh.index(i / 3, i % 3);
        }
        return TriangleMesh.of(mesh.name(), v, indices, mesh.materials().get(0));
    }

    void build(List<TriangleMesh> meshes) {
        for (TriangleMesh mesh : meshes) {
            world.addGeometry(mesh);
        }
    }
}
