package io.pinna.internal.acoustics;

/**
 * Where any of several rays from one origin may be inside a box, by intervals of their directions. Conservative: never later than the first ray that is inside. One for each walk; allocates nothing.
 *
 * <p>With directions of one sign along an axis, rays are between two planes from where the fastest reaches the nearer one to where the slowest leaves the farther one; with both signs, from where the
 * fastest ray towards the planes reaches them, without an end. The inverses that do not apply are zero, so that a test has no branches.
 */
final class RaySlabs {
    /** More than one relative rounding for each of the operations below, in doubles. */
    private static final double STRETCH = 1 + 0x1p-48;
    /** Stands for the inverse of no speed: whatever is farther away than nothing is never reached. Not infinite, because that times zero is no number. */
    private static final double NEVER = 1e200;

    private double nearLowX;
    private double nearHighX;
    private double farLowX;
    private double farHighX;
    private double openX;
    private double nearLowY;
    private double nearHighY;
    private double farLowY;
    private double farHighY;
    private double openY;
    private double nearLowZ;
    private double nearHighZ;
    private double farLowZ;
    private double farHighZ;
    private double openZ;

    /** Takes the bounds of the directions over, axis by axis. */
    void set(double lowX, double highX, double lowY, double highY, double lowZ, double highZ) {
        nearLowX = highX > 0 ? inverse(highX) : NEVER;
        nearHighX = lowX < 0 ? inverse(lowX) : -NEVER;
        farHighX = lowX > 0 ? inverse(lowX) : 0;
        farLowX = highX < 0 ? inverse(highX) : 0;
        openX = lowX > 0 || highX < 0 ? 0 : Double.MAX_VALUE;
        nearLowY = highY > 0 ? inverse(highY) : NEVER;
        nearHighY = lowY < 0 ? inverse(lowY) : -NEVER;
        farHighY = lowY > 0 ? inverse(lowY) : 0;
        farLowY = highY < 0 ? inverse(highY) : 0;
        openY = lowY > 0 || highY < 0 ? 0 : Double.MAX_VALUE;
        nearLowZ = highZ > 0 ? inverse(highZ) : NEVER;
        nearHighZ = lowZ < 0 ? inverse(lowZ) : -NEVER;
        farHighZ = lowZ > 0 ? inverse(lowZ) : 0;
        farLowZ = highZ < 0 ? inverse(highZ) : 0;
        openZ = lowZ > 0 || highZ < 0 ? 0 : Double.MAX_VALUE;
    }

    private static double inverse(double speed) {
        return Math.abs(speed) < 1 / NEVER ? speed < 0 ? -NEVER : NEVER : 1 / speed;
    }

    /**
     * @param lowX  the box relative to the origin of the rays, likewise the others; inside out for one that nothing meets
     * @param until beyond which nothing is of interest
     * @return a lower bound of where any ray enters the box, +∞ if none does before the end
     */
    double enter(double lowX, double highX, double lowY, double highY, double lowZ, double highZ, double until) {
        double enter = 0;
        double a = lowX * nearLowX;
        enter = a > enter ? a : enter;
        a = highX * nearHighX;
        enter = a > enter ? a : enter;
        a = lowY * nearLowY;
        enter = a > enter ? a : enter;
        a = highY * nearHighY;
        enter = a > enter ? a : enter;
        a = lowZ * nearLowZ;
        enter = a > enter ? a : enter;
        a = highZ * nearHighZ;
        enter = a > enter ? a : enter;
        double leave = until;
        a = lowX * farLowX + highX * farHighX + openX;
        leave = a < leave ? a : leave;
        a = lowY * farLowY + highY * farHighY + openY;
        leave = a < leave ? a : leave;
        a = lowZ * farLowZ + highZ * farHighZ + openZ;
        leave = a < leave ? a : leave;
        return enter <= leave * STRETCH ? enter : Double.POSITIVE_INFINITY;
    }
}
