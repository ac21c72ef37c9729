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
 * <p>Of each ray {@value #BOUNCES_PER_RAY} bounces are kept, drawn with probabilities in proportion to their energy summed over bands, each with its share of the energy of all; so all that are kept
 * matter about equally. The last bounce of a ray that was left at the bounce limit stands for those it would still have had, by the mean loss of its own past. An emitter asks for visibility where it
 * matters: bounces are drawn with probabilities in proportion to what they would give if nothing stood between (importance resampling: Talbot, Cline, Egbert, "Importance resampling for global
 * illumination", EGSR 2005), which leaves the mean as it is.
 */
final class DiffuseRain {
    /** Bounces of a ray that are remembered: enough that the rooms it went through are told apart. */
    static final int BOUNCES_PER_RAY = 4;
    /** Bounces that are remembered. */
    static final int POOL = 1024;
    /** r₀: the size of the patch about a bounce. Arbitrary between noise (emitters near walls) and loss (the same). */
    static final double PATCH_METERS = 0.2;
    /** Rays do not start and end in the very surfaces that they join. */
    private static final double NUDGE_METERS = OcclusionSolver.NUDGE_METERS;

    private final int firstOrder;
    private final double[] airNepersPerMeter;
    private final double[] points = new double[3 * POOL];
    private final double[] normals = new double[3 * POOL];
    private final double[] energies = new double[POOL * Bands.COUNT];
    /** By slot: energy of all bands. */
    private final double[] totals = new double[POOL];
    private final double[] offers = new double[POOL];
    private final double[] sums;
    private final SceneQuery query = new SceneQuery(1);
    private int count;
    private int next;

    /** By band: the estimate of the last call. */
    final double[] level = new double[Bands.COUNT];
    /** How many bounces the last call saw, and tried; drawn several times counted as often; none tried where no bounce faces the emitter. */
    int seen;
    int tried;

    DiffuseRain(int firstOrder, int bounceLimit, double[] airNepersPerMeter) {
        this.firstOrder = firstOrder;
        this.airNepersPerMeter = airNepersPerMeter;
        sums = new double[bounceLimit];
    }

    /** Forgets all bounces. */
    void clear() {
        count = 0;
        next = 0;
    }

    /** Forgets all but the newest. */
    void keepNewest(int most) {
        count = Math.min(count, most);
    }

    /** Takes bounces of the last ray of a tracer, in the place of the oldest; some without energy if it had none of a high enough order. */
    void add(EnergyTracer ray) {
        double total = 0;
        for (int k = firstOrder; k < ray.bounces; k++) {
            for (int b = 0; b < Bands.COUNT; b++) {
                total += energy(ray, k, b);
            }
            sums[k] = total;
        }
        // One draw in each of as many equal parts of the energy.
        int k = firstOrder;
        for (int i = 0; i < BOUNCES_PER_RAY; i++) {
            int slot = next;
            next = (next + 1) % POOL;
            count = Math.min(POOL, count + 1);
            totals[slot] = 0;
            if (total > 0) {
                double at = (i + ray.nextUniform()) / BOUNCES_PER_RAY * total;
                while (k < ray.bounces - 1 && sums[k] <= at) {
                    k++;
                }
                take(ray, k, slot, total);
            }
        }
    }

    private void take(EnergyTracer ray, int k, int slot, double total) {
        double own = 0;
        for (int b = 0; b < Bands.COUNT; b++) {
            energies[slot * Bands.COUNT + b] = energy(ray, k, b);
            own += energies[slot * Bands.COUNT + b];
        }
        if (!(own > 0)) {
            return;
        }
        for (int b = 0; b < Bands.COUNT; b++) {
            energies[slot * Bands.COUNT + b] *= total / own;
        }
        totals[slot] = total;
        System.arraycopy(ray.points, 3 * k, points, 3 * slot, 3);
        System.arraycopy(ray.normals, 3 * k, normals, 3 * slot, 3);
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
     * Connects a point to bounces, others at each call, and leaves the estimate in {@link #level}.
     *
     * @param x     of the emitter (world, metres, finite), likewise the others
     * @param draws how many (≥ 1); bounces that are drawn several times are looked at once
     * @param shift 0 (included) to 1 (not), uniform over calls
     */
    void connect(AcousticScene scene, double x, double y, double z, int draws, double shift) {
        Arrays.fill(level, 0);
        seen = 0;
        tried = 0;
        double all = 0;
        for (int i = 0; i < count; i++) {
            int slot = next - count + i;
            slot += slot < 0 ? POOL : 0;
            int at = 3 * slot;
            double dx = x - points[at];
            double dy = y - points[at + 1];
            double dz = z - points[at + 2];
            double rise = dx * normals[at] + dy * normals[at + 1] + dz * normals[at + 2];
            double offer = 0;
            if (rise > 0 && totals[slot] > 0) {
                double r2 = dx * dx + dy * dy + dz * dz;
                offer = totals[slot] * rise / (Math.sqrt(r2) * (r2 + PATCH_METERS * PATCH_METERS));
            }
            offers[i] = offer;
            all += offer;
        }
        if (!(all > 0)) {
            return;
        }
        tried = draws;
        // Equal steps through the running sum, begun at random: as even as drawing gets.
        double sum = 0;
        int drawn = 0;
        for (int i = 0; i < count && drawn < draws; i++) {
            sum += offers[i];
            int times = 0;
            while (drawn < draws && (drawn + shift) * all < sum * draws) {
                times++;
                drawn++;
            }
            if (times > 0) {
                int slot = next - count + i;
                look(scene, x, y, z, slot < 0 ? slot + POOL : slot, times);
            }
        }
        for (int b = 0; b < Bands.COUNT; b++) {
            level[b] *= 4 * all / ((double) count * draws);
        }
    }

    private void look(AcousticScene scene, double x, double y, double z, int slot, int times) {
        double px = points[3 * slot];
        double py = points[3 * slot + 1];
        double pz = points[3 * slot + 2];
        double dx = x - px;
        double dy = y - py;
        double dz = z - pz;
        double distance = Math.sqrt(dx * dx + dy * dy + dz * dz);
        double stop = 1 - Math.min(NUDGE_METERS / distance, 0.5);
        if (scene.anyHit(query, px, py, pz, px + stop * dx, py + stop * dy, pz + stop * dz)) {
            return;
        }
        seen += times;
        for (int b = 0; b < Bands.COUNT; b++) {
            level[b] += times * energies[slot * Bands.COUNT + b] / totals[slot] * Math.exp(-airNepersPerMeter[b] * distance);
        }
    }
}
