package io.pinna.acoustics;

import io.pinna.internal.Check;

/**
 * How finely the scene's acoustics are simulated, and how much of a processor core they may take. Start from {@link #MEDIUM} and change what differs. Immutable.
 *
 * @param occlusionSamples   rays to the sphere of an emitter (1 to 1024); a radius of 0 needs one
 * @param diffractionOrder   edges in a row that sound may bend around (1 to 4)
 * @param reflectionOrder    surfaces in a row that early reflections may come from (1 to 4)
 * @param reflectionRays     rays for each listener and update that look for reflecting surfaces (16 to 65536)
 * @param maxReflections     reflections of an emitter that are rendered, the strongest first (1 to 64)
 * @param reflectingEmitters emitters that have reflections at once for each listener, the nearest and loudest first (1 to 256)
 * @param reverbRays         rays for each listener and update that estimate the reverberation (16 to 65536)
 * @param updatesPerSecond   of what stands between listeners and emitters (1 to 1000); reflections and reverberation follow at a third and a sixth of this
 * @param coreShare          the share of one processor core that the acoustics thread of a real-time world may take on average (0.01 to 1): where that is not enough, emitters are answered in turns, those that are new first, then
 *                           the nearest and loudest. Offline everything is answered in time
 */
public record AcousticsQuality(int occlusionSamples, int diffractionOrder, int reflectionOrder, int reflectionRays, int maxReflections, int reflectingEmitters, int reverbRays, double updatesPerSecond, double coreShare) {
    /** For phones and old machines. */
    public static final AcousticsQuality LOW = new AcousticsQuality(32, 2, 1, 128, 6, 8, 32, 30, 0.15);
    /** 128 occlusion rays are enough that an emitter that goes out of sight at walking pace makes no step above 1 dB. */
    public static final AcousticsQuality MEDIUM = new AcousticsQuality(128, 3, 2, 256, 12, 16, 64, 60, 0.5);
    /** For offline rendering and machines with cores to spare. */
    public static final AcousticsQuality HIGH = new AcousticsQuality(256, 3, 3, 1024, 24, 32, 256, 90, 1);

    public AcousticsQuality {
        Check.inRange(occlusionSamples, 1, 1024, "occlusionSamples");
        Check.inRange(diffractionOrder, 1, 4, "diffractionOrder");
        Check.inRange(reflectionOrder, 1, 4, "reflectionOrder");
        Check.inRange(reflectionRays, 16, 65536, "reflectionRays");
        Check.inRange(maxReflections, 1, 64, "maxReflections");
        Check.inRange(reflectingEmitters, 1, 256, "reflectingEmitters");
        Check.inRange(reverbRays, 16, 65536, "reverbRays");
        Check.inRange(updatesPerSecond, 1, 1000, "updatesPerSecond");
        Check.inRange(coreShare, 0.01, 1, "coreShare");
    }

    public AcousticsQuality withOcclusionSamples(int value) {
        return new AcousticsQuality(value, diffractionOrder, reflectionOrder, reflectionRays, maxReflections, reflectingEmitters, reverbRays, updatesPerSecond, coreShare);
    }

    public AcousticsQuality withDiffractionOrder(int value) {
        return new AcousticsQuality(occlusionSamples, value, reflectionOrder, reflectionRays, maxReflections, reflectingEmitters, reverbRays, updatesPerSecond, coreShare);
    }

    /** What is said of reflections, at once. */
    public AcousticsQuality withReflections(int order, int rays, int most, int emitters) {
        return new AcousticsQuality(occlusionSamples, diffractionOrder, order, rays, most, emitters, reverbRays, updatesPerSecond, coreShare);
    }

    public AcousticsQuality withReverbRays(int value) {
        return new AcousticsQuality(occlusionSamples, diffractionOrder, reflectionOrder, reflectionRays, maxReflections, reflectingEmitters, value, updatesPerSecond, coreShare);
    }

    public AcousticsQuality withUpdatesPerSecond(double value) {
        return new AcousticsQuality(occlusionSamples, diffractionOrder, reflectionOrder, reflectionRays, maxReflections, reflectingEmitters, reverbRays, value, coreShare);
    }

    public AcousticsQuality withCoreShare(double value) {
        return new AcousticsQuality(occlusionSamples, diffractionOrder, reflectionOrder, reflectionRays, maxReflections, reflectingEmitters, reverbRays, updatesPerSecond, value);
    }
}
