package io.pinna.internal.acoustics;

import io.pinna.acoustics.AcousticMaterial;
import io.pinna.acoustics.Bands;

/**
 * What an {@link OcclusionSolver} found for one listener and one emitter. Owned by the acoustics thread, overwritten by each solve.
 *
 * <p>How a renderer combines it: the sample points of the emitter's sphere radiate independently of each other, so their energies add. Of the energy, 1 − occlusion arrives past all obstacles and
 * occlusion · transmission through them; the amplitude gain of a band is the square root of the sum, which is {@link #bandGain}. (Steam Audio mixes the same two numbers as amplitudes,
 * (1 − occlusion) + occlusion · transmission, with its transmission taken as an amplitude. Pinna's are energy fractions, so a fully covered emitter is lower by exactly 10·log10(transmission) dB,
 * and one that is half covered by something opaque by 3 dB.)
 */
public final class OcclusionResult {
    private static final int BLOCKERS = 16;

    private double occlusion;
    private final double[] transmission = new double[Bands.COUNT];
    private double wallCount;
    private int rays;
    private int blockedRays;
    private boolean truncated;
    private String blockerName;
    private AcousticMaterial blockerMaterial;

    private final int[] candidateInstance = new int[BLOCKERS];
    private final int[] candidateMaterial = new int[BLOCKERS];
    private final int[] candidateRays = new int[BLOCKERS];
    private int candidates;

    public OcclusionResult() {
        clear();
    }

    public void clear() {
        occlusion = 0;
        java.util.Arrays.fill(transmission, 1);
        wallCount = 0;
        rays = 0;
        blockedRays = 0;
        truncated = false;
        blockerName = null;
        blockerMaterial = null;
        candidates = 0;
    }

    void set(int rayCount, int blockedCount, double walls, boolean isTruncated) {
        rays = rayCount;
        blockedRays = blockedCount;
        occlusion = rayCount == 0 ? 0 : (double) blockedCount / rayCount;
        wallCount = walls;
        truncated = isTruncated;
    }

    void setTransmission(int band, double energyFraction) {
        transmission[band] = energyFraction;
    }

    /** Credits a ray to the wall that took most of it. */
    void credit(int instance, int material) {
        for (int i = 0; i < candidates; i++) {
            if (candidateInstance[i] == instance && candidateMaterial[i] == material) {
                candidateRays[i]++;
                return;
            }
        }
        if (candidates < BLOCKERS) {
            candidateInstance[candidates] = instance;
            candidateMaterial[candidates] = material;
            candidateRays[candidates++] = 1;
        }
    }

    void nameBlocker(AcousticScene scene) {
        int best = -1;
        for (int i = 0; i < candidates; i++) {
            if (best < 0 || candidateRays[i] > candidateRays[best]) {
                best = i;
            }
        }
        if (best >= 0) {
            blockerName = scene.instanceName(candidateInstance[best]);
            blockerMaterial = scene.mesh(candidateInstance[best]).materials().get(candidateMaterial[best]);
        }
    }

    /** The fraction of the emitter that the listener cannot see: 0 (all open) to 1 (all covered). */
    public double occlusion() {
        return occlusion;
    }

    /** The energy fraction that passes the obstacles in a band, averaged over the covered rays: 0 to 1, 1 where none is covered. */
    public double transmission(int band) {
        return transmission[band];
    }

    /** The amplitude gain of a band: √(1 − occlusion + occlusion · transmission). */
    public double bandGain(int band) {
        return Math.sqrt(1 - occlusion + occlusion * transmission[band]);
    }

    /** Walls on the way, averaged over the covered rays; 0 where none is covered. */
    public double wallCount() {
        return wallCount;
    }

    /** Rays that counted: sample points that the middle of the emitter sees. */
    public int rays() {
        return rays;
    }

    public int blockedRays() {
        return blockedRays;
    }

    /** Whether a ray crossed more surfaces than the solver can keep, so that its transmission leaves some out. */
    public boolean truncated() {
        return truncated;
    }

    /** The name of the geometry that covers most rays (of several on a ray, the one that lets least through), or null where none is covered. */
    public String blockerName() {
        return blockerName;
    }

    /** The material of {@link #blockerName}, or null. */
    public AcousticMaterial blockerMaterial() {
        return blockerMaterial;
    }

    /** In words, such as "occluded 82 % by ward/door_3 (steel)" or "open". Allocates. */
    public String describe() {
        if (blockedRays == 0) {
            return "open";
        }
        return "occluded " + Math.max(1, Math.round(100 * occlusion)) + " % by " + blockerName + " (" + blockerMaterial.name() + ")";
    }
}
