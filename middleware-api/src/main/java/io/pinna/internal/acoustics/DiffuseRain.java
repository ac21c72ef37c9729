package io.pinna.internal.acoustics;

import io.pinna.acoustics.AcousticsSettings;
import io.pinna.acoustics.Bands;
import java.util.Arrays;

/**
 * Late bounces of a listener's rays, to which emitters are connected in order to know how loud their reverberation is. Owned by the acoustics thread; allocates nothing after construction.
 *
 * <p>By reciprocity the energy that an emitter of no direction sends to the listener by reflections is that which the listener would send to it. Let the listener radiate the power 1, 1/N on each of N
 * rays. A ray reaches its k-th surface, at x, and leaves it with the power e/N in a band (surfaces and air have taken the rest). Leaving after Lambert's law, it causes at the emitter, r away and
 * θ off the normal, the intensity {@code (e/N) · cos θ / (π r²) · V · exp(−m r)}, V being 1 where nothing stands between and 0 otherwise ("diffuse rain": Heinz, "Binaural room simulation based on an
 * image source model with addition of statistical methods to include the diffuse sound scattering of walls and to predict the reverberant tail", Applied Acoustics 38, 1993; Schröder, "Physically
 * based real-time auralization of interactive virtual environments", 2011). In the open the same source causes 1/(4π) at 1 m. So all surfaces together are worth
 *
 * <pre>   p²(reverberant) / p²(direct, 1 m) = 4/N · Σ e · cos θ · V · exp(−m r) / (r² + r₀²)</pre>
 *
 * <p>Here the sum runs over reflections of an order above {@link ReverbSettings#firstOrder}. The last reflection counts as diffuse whatever the scattering: in a mixed field the mean is the same. r₀
 * makes a patch of a point, as in the form factor of a disc, so that no single bounce beside the emitter outshouts all others; the emitter loses 0.5 dB where it is as near as that to a wall.
 * In a mixed room of the surface S and mean absorption α, where e = (1 − α)^k and ∫ cos θ / r² dS = 4π, the order k is worth 16π (1 − α)^k / S, and all above an order n
 *
 * <pre>   16π (1 − α)^(n+1) / (S · α)</pre>
 *
 * which for n = 0 is the classical 16π / R with the room constant R = S α / (1 − α) (Kuttruff, "Room Acoustics", 6th ed., 5.1).
 *
 * <p>Of each ray one bounce is kept, drawn with a probability in proportion to its energy summed over bands, with the energy of all; so all that are kept matter about equally. The last bounce of a
 * ray that was left at the bounce limit stands for those it would still have had, by the mean loss of its own past.
 */
final class DiffuseRain {
    /** Rays of which a bounce is remembered. */
    static final int POOL = 256;
    /** r₀: the size of the patch about a bounce. Arbitrary between noise (emitters near walls) and loss (the same). */
    static final double PATCH_METERS = 0.25;
    /** Rays do not start and end in the very surfaces that they join. */
    private static final double NUDGE_METERS = OcclusionSolver.NUDGE_METERS;

    private final int firstOrder;
    private final double[] airNepersPerMeter;
    private final double[] points = new double[3 * POOL];
    private final double[] normals = new double[3 * POOL];
    private final double[] energies = new double[POOL * Bands.COUNT];
    private final SceneQuery query = new SceneQuery(1);
    /** By slot: whether any band has energy. */
    private final boolean[] sounds = new boolean[POOL];
    private int count;
    private int next;
    /** Which of the bounces, from the oldest on, the next connection starts with. */
    private int cursor;

    /** By band: the mean over the connections of the last call. */
    final double[] level = new double[Bands.COUNT];
    /** How many bounces the last call saw, and tried. */
    int seen;
    int tried;

    DiffuseRain(int firstOrder, double[] airNepersPerMeter) {
        this.firstOrder = firstOrder;
        this.airNepersPerMeter = airNepersPerMeter;
    }

    /** Forgets all bounces. */
    void clear() {
        count = 0;
        next = 0;
        cursor = 0;
    }

    /** Forgets all but the newest. */
    void keepNewest(int most) {
        count = Math.min(count, most);
    }

    /** Takes a bounce of the last ray of a tracer, in the place of the oldest; one without energy if it had none of a high enough order. */
    void add(EnergyTracer ray) {
        int slot = next;
        next = (next + 1) % POOL;
        count = Math.min(POOL, count + 1);
        double total = 0;
        int chosen = -1;
        double chosenEnergy = 0;
        for (int k = firstOrder; k < ray.bounces; k++) {
            double energy = 0;
            for (int b = 0; b < Bands.COUNT; b++) {
                energy += energy(ray, k, b);
            }
            total += energy;
            // Keeps the k-th with a probability of its share of all so far (Chao, "A general purpose unequal probability sampling plan", Biometrika 69, 1982).
            if (energy > 0 && ray.nextUniform() * total < energy) {
                chosen = k;
                chosenEnergy = energy;
            }
        }
        for (int b = 0; b < Bands.COUNT; b++) {
            energies[slot * Bands.COUNT + b] = chosen < 0 ? 0 : energy(ray, chosen, b) * total / chosenEnergy;
        }
        sounds[slot] = chosen >= 0;
        if (chosen >= 0) {
            System.arraycopy(ray.points, 3 * chosen, points, 3 * slot, 3);
            System.arraycopy(ray.normals, 3 * chosen, normals, 3 * slot, 3);
        }
    }

    private double energy(EnergyTracer ray, int k, int b) {
        double left = ray.reflected[k * Bands.COUNT + b];
        double m = airNepersPerMeter[b];
        double energy = left * Math.exp(-m * ray.pathMeters[k]);
        if (!ray.atLimit || k < ray.bounces - 1 || left == 0) {
            return energy;
        }
        // A geometric series: each further bounce leaves as much as those so far left on average, but no decay is slower than the longest time that is told.
        double loss = Math.max(-Math.log(left) + m * ray.pathMeters[k],
                6 * Math.log(10) * ray.pathMeters[k] / (AcousticsSettings.SPEED_OF_SOUND * DecayStatistics.LONGEST_SECONDS));
        return energy / -Math.expm1(-loss / ray.bounces);
    }

    /**
     * Connects a point to bounces, others at each call, and leaves the mean in {@link #level}.
     *
     * @param x     of the emitter (world, metres, finite), likewise the others
     * @param limit how many bounces, if there are as many
     */
    void connect(AcousticScene scene, double x, double y, double z, int limit) {
        Arrays.fill(level, 0);
        seen = 0;
        // Consecutive rays are spread evenly over all directions, so consecutive bounces are the best choice.
        tried = Math.min(limit, count);
        for (int i = 0; i < tried; i++) {
            cursor = (cursor + 1) % count;
            int slot = (next - count + cursor + POOL) % POOL;
            double px = points[3 * slot];
            double py = points[3 * slot + 1];
            double pz = points[3 * slot + 2];
            double dx = x - px;
            double dy = y - py;
            double dz = z - pz;
            double distance = Math.sqrt(dx * dx + dy * dy + dz * dz);
            double rise = dx * normals[3 * slot] + dy * normals[3 * slot + 1] + dz * normals[3 * slot + 2];
            int at = slot * Bands.COUNT;
            if (!(rise > 0) || !sounds[slot]) {
                continue;
            }
            double stop = 1 - Math.min(NUDGE_METERS / distance, 0.5);
            if (scene.anyHit(query, px, py, pz, px + stop * dx, py + stop * dy, pz + stop * dz)) {
                continue;
            }
            seen++;
            double form = 4 * rise / (distance * (distance * distance + PATCH_METERS * PATCH_METERS));
            for (int b = 0; b < Bands.COUNT; b++) {
                level[b] += form * energies[at + b] * Math.exp(-airNepersPerMeter[b] * distance);
            }
        }
        for (int b = 0; b < Bands.COUNT && tried > 0; b++) {
            level[b] /= tried;
        }
    }
}
