package io.pinna.internal.acoustics;

import io.pinna.SoundWorldSettings;
import io.pinna.acoustics.AcousticsSettings;
import io.pinna.acoustics.Bands;
import io.pinna.internal.snapshot.PropagationFrame;
import io.pinna.internal.snapshot.SceneFrame;
import io.pinna.internal.snapshot.TripleBuffer;
import io.pinna.internal.thread.Agent;

/**
 * The work of the acoustics thread: for each new scene frame, what stands between every listener and every emitter. The answers go to the audio thread and, in a buffer of their own, to reports.
 */
public final class AcousticsAgent implements Agent {
    /** Covered rays that are followed through walls; four tell thick from thin at the edge of a wall, and cost less than the occlusion rays. */
    private static final int TRANSMISSION_RAYS = 4;

    private final AcousticsSettings settings;
    private final TripleBuffer<SceneFrame> scenes;
    private final TripleBuffer<PropagationFrame> toAudio;
    private final TripleBuffer<PropagationFrame> toReport;
    private final PropagationFrame answers;
    private final AcousticScene geometry = new AcousticScene();
    private final OcclusionSolver solver;
    private final OcclusionResult result = new OcclusionResult();
    private final float[] transmission = new float[Bands.COUNT];
    private final float[] gain = new float[Bands.COUNT];
    private String blockerName;
    private String blockerMaterial;
    private String blockerText;
    private long done = -1;

    public AcousticsAgent(SoundWorldSettings world, TripleBuffer<SceneFrame> scenes, TripleBuffer<PropagationFrame> toAudio, TripleBuffer<PropagationFrame> toReport) {
        settings = world.acoustics();
        this.scenes = scenes;
        this.toAudio = toAudio;
        this.toReport = toReport;
        answers = new PropagationFrame(world);
        int samples = settings.quality().occlusionSamples();
        solver = new OcclusionSolver(samples, Math.min(TRANSMISSION_RAYS, samples));
    }

    @Override
    public String role() {
        return "acoustics";
    }

    /** Answers the newest frame. @return the pairs solved; 0 if that was done before */
    @Override
    public int doWork() {
        SceneFrame scene = scenes.acquire();
        if (scene.number == done) {
            return 0;
        }
        // Also if something fails below: the next frame may be a better one, this one would fail again.
        done = scene.number;
        if (scene.geometry != null) {
            geometry.apply(scene.geometry);
        }
        answers.sceneFrame = scene.number;
        int solved = 0;
        for (int l = 0; l < scene.listeners(); l++) {
            if (scene.listenerGeneration[l] != 0) {
                for (int e = 0; e < scene.emitterLimit; e++) {
                    solved += solve(scene, l, e);
                }
            }
        }
        toAudio.back().copyFrom(answers, scene.emitterLimit);
        toAudio.publish();
        toReport.back().copyFrom(answers, scene.emitterLimit);
        toReport.publish();
        return solved + 1;
    }

    private int solve(SceneFrame scene, int l, int e) {
        int pair = answers.pair(l, e);
        if (scene.emitterGeneration[e] == 0) {
            answers.clear(pair);
            return 0;
        }
        result.clear();
        if (settings.occlusion() && geometry.instanceCount() > 0) {
            solver.solve(geometry, scene.listenerPosition[3 * l], scene.listenerPosition[3 * l + 1], scene.listenerPosition[3 * l + 2], scene.emitterPosition[3 * e],
                    scene.emitterPosition[3 * e + 1], scene.emitterPosition[3 * e + 2], scene.emitterRadius[e], result);
        }
        for (int b = 0; b < Bands.COUNT; b++) {
            // Without transmission every wall is opaque.
            transmission[b] = settings.transmission() ? (float) result.transmission(b) : result.occlusion() > 0 ? 0 : 1;
            gain[b] = (float) (settings.transmission() ? result.bandGain(b) : Math.sqrt(1 - result.occlusion()));
        }
        int walls = (int) Math.round(result.wallCount());
        answers.set(pair, scene.listenerGeneration[l], scene.emitterGeneration[e], (float) result.occlusion(), transmission, gain, 0, 0, walls, blockerText());
        return 1;
    }

    /** Such as "ward/door_3 (steel)"; made anew only when it differs from the last. */
    private String blockerText() {
        if (result.blockerName() == null) {
            return null;
        }
        String material = result.blockerMaterial().name();
        if (!result.blockerName().equals(blockerName) || !material.equals(blockerMaterial)) {
            blockerName = result.blockerName();
            blockerMaterial = material;
            blockerText = blockerName + " (" + material + ")";
        }
        return blockerText;
    }
}
