package io.pinna.demo;

import com.jme3.light.PointLight;
import com.jme3.math.ColorRGBA;
import com.jme3.scene.Geometry;
import java.util.List;

/** A fluorescent tube that fails: steady, then a burst of stutters, in a pattern that depends on the time alone. Update thread. */
final class FlickeringLamp {
    private static final double BURST_SECONDS = 5.3;

    private final PointLight light;
    private final ColorRGBA color;
    private final List<Geometry> tubes;
    private final double health;
    private final int seed;

    /** @param health share of the time in which it burns steadily (0 to 1) */
    FlickeringLamp(PointLight light, List<Geometry> tubes, double health, int seed) {
        this.light = light;
        this.color = light.getColor().clone();
        this.tubes = List.copyOf(tubes);
        this.health = health;
        this.seed = seed;
    }

    /** Relative brightness 0..1 at a time (seconds since the start, ≥ 0). */
    double brightness(double timeSeconds) {
        double phase = timeSeconds / BURST_SECONDS;
        int cycle = (int) Math.floor(phase);
        double inCycle = phase - cycle;
        double start = Noise.hash(cycle, 1, seed) * 0.7;
        boolean stutters = Noise.hash(cycle, 2, seed) > health * 0.5 && inCycle > start && inCycle < start + 0.30 * (1.2 - health);
        double ripple = 0.94 + 0.06 * Noise.hash((int) (timeSeconds * 50), 3, seed);
        if (!stutters) {
            return ripple;
        }
        double flash = Noise.hash((int) (timeSeconds * 17), 4, seed);
        return flash > 0.55 ? ripple : flash > 0.35 ? 0.45 : 0.06;
    }

    void update(double timeSeconds) {
        float b = (float) brightness(timeSeconds);
        light.setColor(color.mult(b));
        for (Geometry tube : tubes) {
            if (tube.getMaterial() != null) {
                ColorRGBA lit = new ColorRGBA(0.25f + 0.75f * b, 0.28f + 0.72f * b, 0.25f + 0.70f * b, 1);
                tube.getMaterial().setColor("Color", lit);
                tube.getMaterial().setColor("GlowColor", lit.mult(b));
            }
        }
    }
}
