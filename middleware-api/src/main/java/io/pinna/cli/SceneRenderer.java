package io.pinna.cli;

import io.pinna.Emitter;
import io.pinna.EmitterSettings;
import io.pinna.Geometry;
import io.pinna.InferenceSettings;
import io.pinna.Listener;
import io.pinna.ListenerSettings;
import io.pinna.PinnaException;
import io.pinna.ResourceException;
import io.pinna.Sound;
import io.pinna.SoundWorld;
import io.pinna.SoundWorldSettings;
import io.pinna.WorldReport;
import io.pinna.acoustics.AcousticMaterial;
import io.pinna.acoustics.AcousticMaterials;
import io.pinna.acoustics.AcousticsSettings;
import io.pinna.acoustics.ObjReader;
import io.pinna.acoustics.TriangleMesh;
import io.pinna.effect.LimiterSettings;
import io.pinna.effect.ReverbSettings;
import io.pinna.hrtf.HrtfField;
import io.pinna.hrtf.BinauralModel;
import io.pinna.hrtf.HrtfProfile;
import io.pinna.internal.hrtf.HrirSet;
import io.pinna.internal.hrtf.MeasuredHrtf;
import io.pinna.internal.hrtf.SofaReader;
import io.pinna.unit.Decibels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.LongConsumer;

/**
 * Plays a scene through an offline {@link SoundWorld}, block by block, just as a game would: before each block, everything is put where its path has it at the block's first frame, and committed. The same
 * scene gives the same bits. The thread that makes it owns the world and makes all calls.
 */
public final class SceneRenderer implements AutoCloseable {
    /** Beyond this a sound file is decoded while it plays: a quarter of an hour of Vorbis, a minute and a half of stereo WAV. */
    private static final long MOST_BYTES_IN_MEMORY = 16L << 20;
    /** Enough for every filter of the HRTF field, at every rate. */
    private static final int TAPS_OF_FIELD = 2048;
    private static final int MOST_TAPS = 16384;
    /** Arbitrary: so much a scene may take for filters that may come without looking whether they do. */
    private static final long MOST_BYTES_UNASKED = 32L << 20;

    private final SceneFile scene;
    private final Map<String, BinauralModel> models;
    private final SoundWorld world;
    private final List<Moving> moving = new ArrayList<>();
    private final List<Listener> listeners = new ArrayList<>();
    private final List<SceneOutput> outputs = new ArrayList<>();
    private final RenderReport report;
    private final double setupSeconds;
    private long renderNanos;
    private long block;

    /** Something that follows a path. */
    private record Moving(MotionPath path, java.util.function.Consumer<Double> place) {
    }

    /**
     * Loads everything that the scene needs and starts it.
     *
     * @param scene           what to play
     * @param outputs         makes the output of each listener
     * @param intervalSeconds between two entries of the report's series (&gt; 0); widened for scenes whose report would have more than a million entries
     * @throws ResourceException that names the scene file and the JSON path if a file of the scene cannot be used
     */
    public SceneRenderer(SceneFile scene, Function<SceneFile.ListenerPart, SceneOutput> outputs, double intervalSeconds) {
        this(scene, outputs, intervalSeconds, true, InferenceSettings.DEFAULT);
    }

    /** Likewise, without binaural models. */
    SceneRenderer(SceneFile scene, Function<SceneFile.ListenerPart, SceneOutput> outputs, double intervalSeconds, boolean withSeries, InferenceSettings inference) {
        this(scene, outputs, intervalSeconds, withSeries, inference, Map.of());
    }

    /**
     * Likewise.
     *
     * @param withSeries whether the report tells over time what each listener heard of each emitter
     * @param inference  which thread renders the mix, and on what
     * @param models     by the name of the listener that wears one
     * @throws io.pinna.InferenceException if the provider that is asked for is not there or cannot carry the mix
     */
    SceneRenderer(SceneFile scene, Function<SceneFile.ListenerPart, SceneOutput> outputs, double intervalSeconds, boolean withSeries, InferenceSettings inference, Map<String, BinauralModel> models) {
        this.scene = scene;
        this.models = models;
        long start = System.nanoTime();
        world = SoundWorld.open(settings(scene).withInference(inference));
        try {
            report = new RenderReport(scene, RenderReport.intervalBlocks(scene, intervalSeconds), withSeries);
            scene.geometry().forEach(this::add);
            for (SceneFile.ListenerPart part : scene.listeners()) {
                add(part, outputs.apply(part));
            }
            addEmitters();
            setupSeconds = (System.nanoTime() - start) * 1e-9;
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /** The world's settings for a scene: capacities from its counts, so that nothing goes silent for want of a voice. */
    static SoundWorldSettings settings(SceneFile scene) {
        SceneFile.AcousticsPart a = scene.acoustics();
        AcousticsSettings d = AcousticsSettings.DEFAULT;
        int emitters = Math.max(1, scene.emitters().size());
        return SoundWorldSettings.OFFLINE.withSampleRateHz(scene.sampleRateHz()).withBlockFrames(scene.blockFrames())
                .withCapacity(scene.listeners().size(), emitters, scene.voices()).withMaxFilterTaps(filterTaps(scene))
                .withAcoustics(new AcousticsSettings(a.occlusion(), a.transmission(), a.diffraction(), a.earlyReflections(), a.lateReverb() || scene.hasResponses(), a.airAbsorption(), a.doppler(), a.propagationDelay(), d.temperatureCelsius(),
                        d.humidityPercent(), d.quality()))
                .withLimiter(scene.limiter() ? LimiterSettings.DEFAULT : LimiterSettings.OFF);
    }

    /**
     * A measured set may bring filters of any length, and each voice remembers twice as many samples for each listener. Where that is much, the sets are looked into first, so that a crowd with ordinary sets
     * does not take the memory that the longest allowed ones would.
     */
    private static int filterTaps(SceneFile scene) {
        Map<Path, HrtfProfile> measured = new LinkedHashMap<>();
        scene.listeners().stream().map(SceneFile.ListenerPart::hrtf).filter(SceneFile.HrtfPart::isMeasured).forEach(h -> measured.put(h.file(), h.profile()));
        if (measured.isEmpty()) {
            return TAPS_OF_FIELD;
        }
        long bytesATap = 2L * Float.BYTES * scene.voices() * scene.listeners().size();
        if (bytesATap * MOST_TAPS <= MOST_BYTES_UNASKED) {
            return MOST_TAPS;
        }
        int taps = TAPS_OF_FIELD;
        for (HrtfProfile profile : measured.values()) {
            taps = Math.max(taps, filterTaps(profile, scene.sampleRateHz()));
        }
        taps = Math.min(taps, MOST_TAPS);
        if (bytesATap * taps > Runtime.getRuntime().maxMemory() / 2) {
            throw new ResourceException(scene.file().toString(), "listeners", scene.listeners().size() + " listeners, " + scene.voices() + " voices and filters of up to " + taps + " samples need "
                    + (bytesATap * taps >> 20) + " MB, more than half of the memory that Java has; give it more by -Xmx, or render fewer listeners at a time");
        }
        return taps;
    }

    private static int filterTaps(HrtfProfile profile, int sampleRateHz) {
        try {
            if (profile instanceof HrtfProfile.Sofa sofa) {
                HrirSet set = SofaReader.read(sofa.file());
                return MeasuredHrtf.mostFilterTaps(set.taps(), set.sampleRateHz(), sampleRateHz);
            }
            try (HrtfField field = HrtfField.load(((HrtfProfile.Onnx) profile).file())) {
                return field instanceof HrtfField.Responses r ? MeasuredHrtf.mostFilterTaps(r.taps(), r.sampleRateHz(), sampleRateHz) : TAPS_OF_FIELD;
            }
        } catch (PinnaException e) {
            // It is loaded again when its listener comes, and the error then names its place in the scene.
            return TAPS_OF_FIELD;
        }
    }

    private void add(SceneFile.GeometryPart part) {
        TreeSet<String> known = new TreeSet<>(part.materials().keySet());
        known.addAll(AcousticMaterials.names());
        TreeSet<String> unused = new TreeSet<>(part.materials().keySet());
        Function<String, AcousticMaterial> lookup = name -> {
            unused.remove(name);
            AcousticMaterial given = part.materials().get(name);
            return given != null ? given : AcousticMaterials.find(name);
        };
        for (TriangleMesh mesh : within(part.jsonPath() + ".obj", () -> ObjReader.read(part.obj(), lookup, known))) {
            Geometry geometry = within(part.jsonPath() + ".obj", () -> world.addGeometry(mesh));
            moving.add(new Moving(part.path(), t -> geometry.setPose(part.path().poseAt(t))));
            if (geometry.skippedTriangles() > 0) {
                report.fallback(part.jsonPath() + ".obj", geometry.skippedTriangles() + " of " + mesh.triangleCount() + " triangles of " + mesh.name() + " are left out",
                        "their area is zero or a vertex is not finite");
            }
        }
        if (!unused.isEmpty()) {
            report.note(part.jsonPath() + ".materials: the OBJ has no material " + String.join(", ", unused));
        }
    }

    private void add(SceneFile.ListenerPart part, SceneOutput output) {
        // A fault of the output's file names that file; a fault of the profile names its place in the scene.
        ReverbSettings reverb = part.reverb() == null ? scene.acoustics().lateReverb() ? ReverbSettings.DEFAULT : ReverbSettings.OFF : within(part.reverb().jsonPath(), output, () -> part.reverb().settings());
        ListenerSettings plain = new ListenerSettings(part.name(), part.hrtf().profile(), output).withReverb(reverb);
        BinauralModel model = models.get(part.name());
        ListenerSettings settings = model == null ? plain : plain.withBinauralModel(model);
        Listener listener = part.hrtf().profile() instanceof HrtfProfile.Generic || model != null ? world.addListener(settings) : within(part.hrtf().jsonPath(), output, () -> world.addListener(settings));
        listeners.add(listener);
        outputs.add(output);
        moving.add(new Moving(part.path(), t -> {
            listener.setPose(part.path().poseAt(t));
            listener.setVelocity(part.path().velocityAt(t));
        }));
    }

    private void addEmitters() {
        Map<Path, Sound> sounds = new HashMap<>();
        for (SceneFile.EmitterPart part : scene.emitters()) {
            Sound sound = part.generator() != null ? Sound.generator(part.generator())
                    : within(part.jsonPath() + ".sound", () -> sounds.computeIfAbsent(part.sound(), SceneRenderer::load));
            EmitterSettings settings = new EmitterSettings(part.name(), part.path().poseAt(0), Decibels.toLinear(part.gainDb()), part.pitch(), part.loop(), part.radiusMeters(),
                    part.directivity(), part.distance(), part.priority());
            Emitter emitter = world.addEmitter(sound, settings);
            within(part.jsonPath(), () -> {
                emitter.playIn(part.startSeconds());
                return null;
            });
            moving.add(new Moving(part.path(), t -> {
                emitter.setPose(part.path().poseAt(t));
                emitter.setVelocity(part.path().velocityAt(t));
            }));
        }
    }

    private static Sound load(Path file) {
        try {
            return Files.size(file) > MOST_BYTES_IN_MEMORY ? Sound.stream(file) : Sound.load(file);
        } catch (IOException e) {
            throw new ResourceException(file.toString(), "file", "cannot be read: " + e.getMessage(), e);
        }
    }

    private <T> T within(String jsonPath, java.util.function.Supplier<T> call) {
        return within(jsonPath, null, call);
    }

    private <T> T within(String jsonPath, SceneOutput output, java.util.function.Supplier<T> call) {
        try {
            return call.get();
        } catch (PinnaException e) {
            if (output != null && output.file() != null && e instanceof ResourceException r && r.resource().equals(output.file().toString())) {
                throw e;
            }
            throw new ResourceException(scene.file().toString(), jsonPath, e.getMessage(), e);
        }
    }

    /** Blocks that the scene has. */
    public long blocks() {
        return scene.blocks();
    }

    /** Blocks rendered so far. */
    public long renderedBlocks() {
        return block;
    }

    /** For looking closer than the report does. */
    public SoundWorld world() {
        return world;
    }

    /** In the order of the scene's listeners. */
    public List<SceneOutput> outputs() {
        return List.copyOf(outputs);
    }

    /** Renders the next block. @return false if all are rendered */
    public boolean renderBlock() {
        if (block >= scene.blocks()) {
            return false;
        }
        long start = System.nanoTime();
        double t = (double) block * scene.blockFrames() / scene.sampleRateHz();
        for (Moving m : moving) {
            if (block == 0 || m.path.isMoving()) {
                m.place.accept(t);
            }
        }
        world.commit();
        world.advance(1);
        renderNanos += System.nanoTime() - start;
        outputs.forEach(SceneOutput::check);
        report.renderedBy(block, world.renderer());
        if (report.wants(block)) {
            report.sample(block, t, world.report());
        }
        block++;
        return true;
    }

    /**
     * Renders what is left and finishes the outputs.
     *
     * @param progress is told the number of rendered blocks after each
     */
    public RenderReport renderAll(LongConsumer progress) {
        while (renderBlock()) {
            progress.accept(block);
        }
        WorldReport last = world.report();
        outputs.forEach(SceneOutput::complete);
        report.finish(last, outputs, setupSeconds, renderNanos * 1e-9);
        return report;
    }

    /** Ends the world; outputs that are not complete are dropped. */
    @Override
    public void close() {
        world.close();
        outputs.forEach(SceneOutput::close);
    }
}
