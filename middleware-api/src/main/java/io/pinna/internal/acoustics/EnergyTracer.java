package io.pinna.internal.acoustics;

import io.pinna.acoustics.AirAbsorption;
import io.pinna.acoustics.Bands;

/**
 * Follows rays of sound energy through a scene, one at a time, and leaves the story of the last one in its fields: each segment, what the surface at its end absorbed, what was left. It also keeps
 * the books: per band, what was emitted is absorbed, escaped, lost to the air or left over. Owned by the acoustics thread; allocates nothing after construction; the same calls give the same bits.
 *
 * <p>A ray starts with energy 1 in each band. At each surface 1 − absorption of it stays on the ray (absorption in the sense of room acoustics, everything that is not reflected: where a material
 * transmits more than it is said to absorb, the transmitted fraction counts), which leaves after Lambert's cosine law with the probability of the material's scattering, otherwise as from a
 * mirror (Kuttruff, "Room Acoustics", 6th ed., 4.2 and 9.8). The ray goes on until its strongest band has lost {@link ReverbSettings#stopDecibels}, it has met
 * {@link ReverbSettings#bounceLimit} surfaces, or it meets nothing more.
 */
final class EnergyTracer {
    /** How far the next segment starts before the surface, seen along the ray, so that it starts where the ray has been. At most a half of the segment. */
    private static final double BACK_METERS = 1e-3;
    /** How far it starts above the surface besides, for rays that graze it. */
    private static final double LIFT_METERS = 2e-4;
    /** Steps of the two-dimensional sequence of lowest known discrepancy of its kind: 1/p and 1/p², p³ = p + 1 (Roberts, "The Unreasonable Effectiveness of Quasirandom Sequences", 2018). */
    private static final double STEP_U = 0.7548776662466927;
    private static final double STEP_V = 0.5698402909980532;
    private static final double NEPERS_PER_DECIBEL = Math.log(10) / 10;

    private final int bounceLimit;
    private final double stopEnergy;
    private final double minimumScattering;
    private final double rangeMeters;
    private final SceneQuery query = new SceneQuery(1);
    private final double[] normal = new double[3];
    private final long seed;
    private long random;

    /** Energy lost to the air, nepers per metre by band. */
    final double[] airNepersPerMeter = new double[Bands.COUNT];

    /** Surfaces that the last ray met. */
    int bounces;
    /** Whether the last ray met nothing after its last bounce. */
    boolean escaped;
    /** Whether the last ray was left at the bounce limit. */
    boolean atLimit;
    /** By bounce: the way from the surface before it, or from the start (metres). */
    final double[] segmentMeters;
    /** By bounce: the way from the start (metres). */
    final double[] pathMeters;
    /** By bounce and band: the fraction that was not reflected. */
    final double[] absorbed;
    /** By bounce and band: what surfaces have left of the energy, this one included; the air apart. */
    final double[] reflected;
    /** By bounce: x, y, z just before the surface (metres, world). */
    final double[] points;
    /** By bounce: the unit normal on the side of the ray. */
    final double[] normals;

    private final double[] energy = new double[Bands.COUNT];
    private final double[] emittedSum = new double[Bands.COUNT];
    private final double[] absorbedSum = new double[Bands.COUNT];
    private final double[] escapedSum = new double[Bands.COUNT];
    private final double[] airSum = new double[Bands.COUNT];
    private final double[] leftSum = new double[Bands.COUNT];

    EnergyTracer(ReverbSettings settings) {
        bounceLimit = settings.bounceLimit();
        stopEnergy = Math.pow(10, -settings.stopDecibels() / 10);
        minimumScattering = settings.minimumScattering();
        rangeMeters = settings.rangeMeters();
        AirAbsorption air = settings.air();
        for (int b = 0; b < Bands.COUNT; b++) {
            airNepersPerMeter[b] = air == null ? 0 : air.bandsDecibelsPerMeter().get(b) * NEPERS_PER_DECIBEL;
        }
        seed = settings.seed();
        random = seed;
        segmentMeters = new double[bounceLimit];
        pathMeters = new double[bounceLimit];
        absorbed = new double[bounceLimit * Bands.COUNT];
        reflected = new double[bounceLimit * Bands.COUNT];
        points = new double[3 * bounceLimit];
        normals = new double[3 * bounceLimit];
    }

    /** Back to the random numbers and books of the beginning. */
    void reset() {
        random = seed;
        java.util.Arrays.fill(emittedSum, 0);
        java.util.Arrays.fill(absorbedSum, 0);
        java.util.Arrays.fill(escapedSum, 0);
        java.util.Arrays.fill(airSum, 0);
        java.util.Arrays.fill(leftSum, 0);
    }

    /** Uniform in 0 (included) to 1 (not): SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014). */
    double nextUniform() {
        random += 0x9e3779b97f4a7c15L;
        long z = random;
        z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
        z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
        return ((z ^ z >>> 31) >>> 11) * 0x1p-53;
    }

    /**
     * Follows one ray.
     *
     * @param x   start (world, metres, finite), likewise the others
     * @param ray number of the ray (≥ 0): consecutive numbers have directions that are spread evenly over the sphere, however many there are
     */
    void trace(AcousticScene scene, double x, double y, double z, long ray) {
        double u = 0.5 + STEP_U * ray;
        double v = 0.5 + STEP_V * ray;
        double dy = 1 - 2 * (u - Math.floor(u));
        double ring = Math.sqrt(Math.max(0, 1 - dy * dy));
        double azimuth = 2 * Math.PI * (v - Math.floor(v));
        trace(scene, x, y, z, ring * Math.cos(azimuth), dy, ring * Math.sin(azimuth));
    }

    /** Follows the ray that leaves in a direction of length 1. */
    void trace(AcousticScene scene, double x, double y, double z, double dx, double dy, double dz) {
        for (int b = 0; b < Bands.COUNT; b++) {
            energy[b] = 1;
            emittedSum[b]++;
        }
        bounces = 0;
        escaped = false;
        atLimit = false;
        double path = 0;
        while (true) {
            if (!scene.closestHit(query, x, y, z, x + rangeMeters * dx, y + rangeMeters * dy, z + rangeMeters * dz)) {
                escaped = true;
                for (int b = 0; b < Bands.COUNT; b++) {
                    escapedSum[b] += energy[b];
                }
                return;
            }
            double length = query.hitFraction * rangeMeters;
            scene.hitNormal(query, x, y, z, normal);
            AcousticMesh mesh = scene.mesh(query.hitInstance);
            int material = mesh.material[query.hitPlace];
            double strongest = keepBooks(mesh, material, length);
            path += length;
            double forward = Math.max(0, length - Math.min(BACK_METERS, length / 2));
            x += forward * dx + LIFT_METERS * normal[0];
            y += forward * dy + LIFT_METERS * normal[1];
            z += forward * dz + LIFT_METERS * normal[2];
            segmentMeters[bounces] = length;
            pathMeters[bounces] = path;
            int at = 3 * bounces;
            points[at] = x;
            points[at + 1] = y;
            points[at + 2] = z;
            System.arraycopy(normal, 0, normals, at, 3);
            bounces++;
            if (strongest <= stopEnergy || bounces == bounceLimit) {
                atLimit = strongest > stopEnergy;
                for (int b = 0; b < Bands.COUNT; b++) {
                    leftSum[b] += energy[b];
                }
                return;
            }
            double nx = normal[0];
            double ny = normal[1];
            double nz = normal[2];
            if (nextUniform() < Math.max(minimumScattering, mesh.scattering[material])) {
                // The normal and a point of the unit sphere add up to a direction that is spread by the cosine.
                double h = 1 - 2 * nextUniform();
                double ring = Math.sqrt(1 - h * h);
                double angle = 2 * Math.PI * nextUniform();
                dx = nx + ring * Math.cos(angle);
                dy = ny + h;
                dz = nz + ring * Math.sin(angle);
                double size = Math.sqrt(dx * dx + dy * dy + dz * dz);
                if (size < 1e-9) {
                    dx = nx;
                    dy = ny;
                    dz = nz;
                    size = 1;
                }
                dx /= size;
                dy /= size;
                dz /= size;
            } else {
                double twice = 2 * (dx * nx + dy * ny + dz * nz);
                dx -= twice * nx;
                dy -= twice * ny;
                dz -= twice * nz;
                // Hundreds of mirrors would let the rounding of the length grow.
                double scale = 1 / Math.sqrt(dx * dx + dy * dy + dz * dz);
                dx *= scale;
                dy *= scale;
                dz *= scale;
            }
        }
    }

    /** @return the energy of the strongest band after the surface */
    private double keepBooks(AcousticMesh mesh, int material, double length) {
        int at = bounces * Bands.COUNT;
        double strongest = 0;
        for (int b = 0; b < Bands.COUNT; b++) {
            double a = Math.max(mesh.absorption[material * Bands.COUNT + b], mesh.transmission[material * Bands.COUNT + b]);
            double arrives = energy[b] * Math.exp(-airNepersPerMeter[b] * length);
            double taken = arrives * a;
            airSum[b] += energy[b] - arrives;
            absorbedSum[b] += taken;
            energy[b] = arrives - taken;
            absorbed[at + b] = a;
            reflected[at + b] = (bounces == 0 ? 1 : reflected[at + b - Bands.COUNT]) * (1 - a);
            strongest = Math.max(strongest, energy[b]);
        }
        return strongest;
    }

    /** Energy of all rays since construction or {@link #reset}; likewise the four others, which add up to it. */
    double emitted(int band) {
        return emittedSum[band];
    }

    double absorbedBySurfaces(int band) {
        return absorbedSum[band];
    }

    double escapedToTheOpen(int band) {
        return escapedSum[band];
    }

    double absorbedByAir(int band) {
        return airSum[band];
    }

    /** What rays still had when they were left. */
    double leftOver(int band) {
        return leftSum[band];
    }
}
