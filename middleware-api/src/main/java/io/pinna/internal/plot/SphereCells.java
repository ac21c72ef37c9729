package io.pinna.internal.plot;

/**
 * The part of the sphere that is nearer to each of some directions than to the others. What is farther from all of them than 10°, or 1.2 times the greatest distance between neighbours in sparse sets, belongs to none. Immutable;
 * any thread.
 */
public final class SphereCells {
    private static final double LEAST_REACH_DEGREES = 10;
    private static final double REACH_IN_GAPS = 1.2;

    private final double[] directions;
    private final double reachCosine;

    /** @param directions unit vectors, flat; read only */
    public SphereCells(double[] directions) {
        this.directions = directions;
        int count = directions.length / 3;
        double farthest = 1;
        for (int i = 0; i < count; i++) {
            double closest = -1;
            for (int j = 0; j < count; j++) {
                double c = dot(j, directions[3 * i], directions[3 * i + 1], directions[3 * i + 2]);
                if (j != i && c > closest) {
                    closest = c;
                }
            }
            farthest = Math.min(farthest, closest);
        }
        double gap = count < 2 ? 0 : Math.acos(Math.max(-1, Math.min(1, farthest)));
        reachCosine = Math.cos(Math.min(Math.PI, Math.max(Math.toRadians(LEAST_REACH_DEGREES), REACH_IN_GAPS * gap)));
    }

    private double dot(int i, double x, double y, double z) {
        return directions[3 * i] * x + directions[3 * i + 1] * y + directions[3 * i + 2] * z;
    }

    /** Number of the direction whose cell contains a unit vector; −1 if none's does. */
    public int cell(double x, double y, double z) {
        int nearest = -1;
        double greatest = reachCosine;
        for (int i = 0; i < directions.length / 3; i++) {
            double c = dot(i, x, y, z);
            if (c >= greatest) {
                greatest = c;
                nearest = i;
            }
        }
        return nearest;
    }
}
