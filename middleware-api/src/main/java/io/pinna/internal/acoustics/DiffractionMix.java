package io.pinna.internal.acoustics;

/**
 * How diffraction and volumetric occlusion become amplitudes. Any thread; allocates nothing.
 *
 * <p>With the visible fraction V = 1 − occlusion, the level D of all sound past obstacles ({@link DiffractionResult#direct}) and of each path H, the direct path gets V · D beside what comes through the
 * obstacles, (1 − V) √T as amplitude, and each path (1 − V) · H. At the rim of a half-plane D and H are the same curve of Fresnel's v and both paths have the same length, so the amplitudes
 * add up to V D + (1 − V) D = D, whatever V is: neither the steps of V nor the radius of the emitter change the level, V only moves it from one direction to the other.
 */
public final class DiffractionMix {
    private DiffractionMix() {
    }

    /**
     * Amplitude of the direct path in a band.
     *
     * @param visible      V (0 to 1)
     * @param factor       D (amplitude, ≥ 0)
     * @param transmission T, energy fraction through the obstacles (0 to 1)
     */
    public static double direct(double visible, double factor, double transmission) {
        double open = visible * factor;
        double covered = 1 - visible;
        return Math.sqrt(open * open + covered * covered * transmission);
    }

    /**
     * Amplitude of a path around edges.
     *
     * @param visible V (0 to 1)
     * @param level   H (amplitude, ≥ 0)
     */
    public static double path(double visible, double level) {
        return (1 - visible) * level;
    }
}
