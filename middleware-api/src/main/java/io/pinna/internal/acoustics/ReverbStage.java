package io.pinna.internal.acoustics;

import io.pinna.SoundWorldSettings;
import io.pinna.acoustics.AcousticsSettings;
import io.pinna.acoustics.AirAbsorption;
import io.pinna.acoustics.Bands;
import io.pinna.internal.snapshot.PropagationFrame;
import io.pinna.internal.snapshot.SceneFrame;

/**
 * The late reverberation around one listener, and how much of it each emitter makes. Acoustics thread. Allocates in its constructor.
 */
final class ReverbStage {
    /** What is traced where nothing is known yet, in updates: about 1000 rays give reverberation times within a few percent. */
    private static final int FIRST_RAYS = 1024;
    private static final int FIRST_CONNECTIONS = 4;
    private static final int BOUNCES = 96;
    private static final double STOP_DECIBELS = 60;
    private static final double LEAST_SCATTERING = 0.1;
    private static final double RANGE_METERS = 1000;
    private static final int CONNECTIONS = 24;
    private static final double SMOOTHING_SECONDS = 0.5;

    private final int listener;
    private final PropagationFrame answers;
    private final ReverbEstimator estimator;
    private final int rays;
    private final float[] seconds = new float[Bands.COUNT];
    private final int[] known;
    private final float[] most;
    private int generation;
    private double updatedSeconds;
    private int nextEmitter;

    ReverbStage(SoundWorldSettings world, int listener, PropagationFrame answers) {
        this.listener = listener;
        this.answers = answers;
        AcousticsSettings acoustics = world.acoustics();
        rays = acoustics.quality().reverbRays();
        AirAbsorption air = acoustics.airAbsorption() ? AirAbsorption.of(acoustics.temperatureCelsius(), acoustics.humidityPercent()) : null;
        estimator = new ReverbEstimator(new ReverbSettings(BOUNCES, STOP_DECIBELS, LEAST_SCATTERING, RANGE_METERS, acoustics.earlyReflections() ? acoustics.quality().reflectionOrder() : 0, CONNECTIONS, world.maxEmitters(),
                SMOOTHING_SECONDS, air, listener + 1));
        known = new int[world.maxEmitters()];
        most = new float[world.maxEmitters()];
    }

    /** Traces. */
    void update(SceneFrame scene, AcousticScene geometry, double nowSeconds, boolean jumped) {
        double x = scene.listenerPosition[3 * listener];
        double y = scene.listenerPosition[3 * listener + 1];
        double z = scene.listenerPosition[3 * listener + 2];
        boolean anew = generation != scene.listenerGeneration[listener] || jumped;
        if (anew) {
            generation = scene.listenerGeneration[listener];
            estimator.reset();
            java.util.Arrays.fill(known, 0);
        }
        estimator.update(geometry, x, y, z, anew ? Math.max(rays, FIRST_RAYS) : rays, anew ? 0 : Math.max(0, nowSeconds - updatedSeconds));
        updatedSeconds = nowSeconds;
        ReverbEstimate estimate = estimator.estimate();
        for (int b = 0; b < Bands.COUNT; b++) {
            seconds[b] = (float) estimate.rt60Seconds(b);
        }
        answers.setReverb(listener, generation, seconds, (float) estimate.preDelaySeconds(), (float) estimate.meanFreePathMeters(), (float) estimate.openness());
    }

    /** Begins a round over the emitters. */
    void begin() {
        nextEmitter = 0;
    }

    /** Finds how loud the next emitter's reverberation is. @return false if there is none left in this round */
    boolean connectNext(SceneFrame scene, AcousticScene geometry) {
        while (nextEmitter < scene.emitterLimit) {
            int e = nextEmitter++;
            if (scene.emitterGeneration[e] != 0) {
                connect(scene, geometry, e);
                return true;
            }
        }
        return false;
    }

    /** Likewise of an emitter; one that is new is connected to more of what was traced. */
    void connect(SceneFrame scene, AcousticScene geometry, int e) {
        int pair = answers.pair(listener, e);
        boolean anew = known[e] != scene.emitterGeneration[e];
        if (anew) {
            estimator.resetEmitter(e);
            known[e] = scene.emitterGeneration[e];
        }
        for (int i = anew ? FIRST_CONNECTIONS : 1; i > 0; i--) {
            estimator.connect(geometry, e, scene.emitterPosition[3 * e], scene.emitterPosition[3 * e + 1], scene.emitterPosition[3 * e + 2]);
        }
        most[e] = 0;
        for (int b = 0; b < Bands.COUNT; b++) {
            float amplitude = (float) Math.sqrt(estimator.estimate().level(e, b));
            answers.setReverbGain(pair, b, amplitude);
            most[e] = Math.max(most[e], amplitude);
        }
    }

    /** An emitter has been put elsewhere. */
    void forget(int e) {
        known[e] = 0;
    }

    /** The loudest band of an emitter's reverberation, as an amplitude against its direct sound at 1 m. */
    float most(int e) {
        return most[e];
    }

    /** Whether it is there for this listener. */
    boolean isFor(int listenerGeneration) {
        return generation == listenerGeneration;
    }

    void clear() {
        generation = 0;
    }
}
