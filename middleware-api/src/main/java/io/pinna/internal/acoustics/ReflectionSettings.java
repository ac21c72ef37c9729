package io.pinna.internal.acoustics;

import io.pinna.internal.Check;

/**
 * How far and how finely early reflections are looked for. Immutable.
 *
 * @param maxOrder            surfaces that a path may be reflected by (1 to {@value #LARGEST_ORDER})
 * @param maxReflections      strongest paths that are kept for a pair of listener and emitter (1 to 128)
 * @param raysPerTurn         directions around the listener after which every surface worth hearing has been met (16 to 65 536); spread over as many updates as the caller likes
 * @param candidates          sequences of surfaces that are remembered for a listener (16 to 65 536); about 30 bytes each for every pair
 * @param raysPerSolve        rays that a solve aims at (16 to 1 000 000): paths take turns by it. Where much is half covered it becomes half as many again; no solve spends more than
 *                            {@value #HARD_LIMIT_FACTOR} times as many, the first one of a pair {@value #FIRST_SOLVE_FACTOR} times, each give or take those of the path at hand
 * @param maxPathMeters       longest path (metres, 1 to 10 000): what comes later belongs to the reverberation
 * @param minAreaSquareMeters smallest surface that mirrors (square metres, 0 to 1000): smaller ones scatter
 * @param largestStep         by how much the weight of a path may change from one solve to the next (0.01 to 1; 1 is without smoothing): 0.109 is 1 dB of the full level
 */
public record ReflectionSettings(int maxOrder, int maxReflections, int raysPerTurn, int candidates, int raysPerSolve, double maxPathMeters, double minAreaSquareMeters, double largestStep) {
    public static final int LARGEST_ORDER = 4;
    public static final int FIRST_SOLVE_FACTOR = 8;
    public static final int HARD_LIMIT_FACTOR = 2;
    /** Twenty paths of up to third order within 100 m (0.3 s); at 20 solves a second a path comes or goes within half a second at most. */
    public static final ReflectionSettings DEFAULT = new ReflectionSettings(3, 20, 1024, 512, 128, 100, 0.1, 0.109);

    public ReflectionSettings {
        Check.inRange(maxOrder, 1, LARGEST_ORDER, "maxOrder");
        Check.inRange(maxReflections, 1, 128, "maxReflections");
        Check.inRange(raysPerTurn, 16, 65_536, "raysPerTurn");
        Check.inRange(candidates, 16, 65_536, "candidates");
        Check.inRange(raysPerSolve, 16, 1_000_000, "raysPerSolve");
        Check.inRange(maxPathMeters, 1, 10_000, "maxPathMeters");
        Check.inRange(minAreaSquareMeters, 0, 1000, "minAreaSquareMeters");
        Check.inRange(largestStep, 0.01, 1, "largestStep");
    }
}
