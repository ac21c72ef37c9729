package io.pinna.internal.acoustics;

import io.pinna.acoustics.AcousticsSettings;
import io.pinna.acoustics.Bands;
import java.util.Arrays;

/**
 * How fast energy decays, from the stories of traced rays. Owned by the acoustics thread; allocates nothing after construction.
 *
 * <p>In a mixed field energy falls by {@code λ = c · (n · −ln(1 − α) + m)} per second, n being how many surfaces a ray meets per metre ({@code S / 4V}), α the absorption it finds there and m what the
 * air takes per metre (Eyring, "Reverberation time in 'dead' rooms", J. Acoust. Soc. Am. 1, 1930; Kuttruff, "Room Acoustics", 6th ed., 5.1 to 5.4). The slope of the summed energy of traced rays is
 * not that: the longer a ray's paths happened to be the more it has left, so such slopes are up to a fifth too slow where absorption is high (Kuttruff, 5.4). Therefore n and α are measured apart:
 * <ul>
 * <li>n is the number of surfaces met over the length travelled, of rays all followed over the same length (the horizon). For a shoebox that is S / 4V whatever the scattering, because a direction
 * (x, y, z) meets |x|/L + |y|/W + |z|/H surfaces a metre, and |x| is 1/2 on average.
 * <li>α is the mean absorption over the surfaces met, each weighted by what earlier surfaces have left of its ray.
 * </ul>
 * All weights are relative to their mean over the rays at the same number of bounces. So they are 1 where absorption is uniform, and Eyring's formula holds exactly; where it is not, they let those
 * surfaces count between which the energy really is. What escapes has met a surface that absorbs all, after a way of usual length.
 *
 * <p>The horizon reaches over {@code 2 (Σ E_k − 1/2)} bounces in the band that decays most slowly, E_k being what is left after k bounces on average; that is over the first 9 dB of an even decay, and
 * grows smoothly where more and more of the energy lives on in a room beyond (a decay read off between two levels would step there). It is at least {@value #LEAST_HORIZON_BOUNCES} mean free paths
 * and at most a half of the bounce limit, which leaves room for the rays that meet surfaces twice as often as the mean. What comes later is summed apart: where rooms of unlike decay are coupled, it
 * tells of the slower one.
 */
final class DecayStatistics {
    /** Shortest and longest reverberation times that are reported (s). */
    static final double SHORTEST_SECONDS = 0.05;
    static final double LONGEST_SECONDS = 20;
    /** Fewer would count surfaces unlike the mean of the room, depending on where the rays start. */
    static final double LEAST_HORIZON_BOUNCES = 6;
    /** The horizon in lives of the energy, bounces until e⁻¹ is left where it decays evenly: 9 dB. A compromise between noise and, where rooms are coupled, the sound of what is loudest. */
    private static final double HORIZON_LIVES = 2;
    /** What is weaker does not prolong the life of the energy. */
    private static final double LEAST_ENERGY = 1e-6;
    private static final double SIXTY_DECIBELS_NEPERS = 6 * Math.log(10);

    /** Quantities by number of bounces before the segment, and by band: sums over rays. */
    private static final int WEIGHT = 0;
    private static final int WEIGHT_SQUARED = 1;
    private static final int HITS = 2;
    private static final int ESCAPES = 3;
    private static final int ABSORBED = 4;
    private static final int LENGTH = 5;
    private static final int LENGTH_SQUARED = 6;
    private static final int QUANTITIES = 7;

    private final int orders;
    private final double[] airNepersPerMeter;
    /** Within the horizon, and beyond it: [(order * COUNT + band) * QUANTITIES + quantity]. */
    private final double[] early;
    private final double[] late;
    private final double[] earlyRays;
    private final double[] lateRays;

    // The result of the last pool().
    private double hits;
    private double length;
    private double lengthSquared;
    private double meanAbsorption;
    private double effective;
    private double used;

    DecayStatistics(int bounceLimit, double[] airNepersPerMeter) {
        orders = bounceLimit + 1;
        this.airNepersPerMeter = airNepersPerMeter;
        early = new double[orders * Bands.COUNT * QUANTITIES];
        late = new double[orders * Bands.COUNT * QUANTITIES];
        earlyRays = new double[orders];
        lateRays = new double[orders];
    }

    void clear() {
        Arrays.fill(early, 0);
        Arrays.fill(late, 0);
        Arrays.fill(earlyRays, 0);
        Arrays.fill(lateRays, 0);
    }

    /** Forgets all but a fraction of what was known and adds the other. */
    void blend(double keep, DecayStatistics other) {
        for (int i = 0; i < early.length; i++) {
            // Squares of weights fade as squares, so that the effective number of rays stays right.
            double k = i % QUANTITIES == WEIGHT_SQUARED || i % QUANTITIES == LENGTH_SQUARED ? keep * keep : keep;
            early[i] = k * early[i] + other.early[i];
            late[i] = k * late[i] + other.late[i];
        }
        for (int k = 0; k < orders; k++) {
            earlyRays[k] = keep * earlyRays[k] + other.earlyRays[k];
            lateRays[k] = keep * lateRays[k] + other.lateRays[k];
        }
    }

    /** Adds the last ray of a tracer. */
    void add(EnergyTracer ray, double horizonMeters) {
        double path = 0;
        for (int k = 0; k < ray.bounces; k++) {
            double next = ray.pathMeters[k];
            if (next <= horizonMeters) {
                segment(early, earlyRays, ray, k, next - path, true);
            } else if (path < horizonMeters) {
                segment(early, earlyRays, ray, k, horizonMeters - path, false);
                segment(late, lateRays, ray, k, next - horizonMeters, true);
            } else {
                segment(late, lateRays, ray, k, next - path, true);
            }
            path = next;
        }
        if (ray.escaped) {
            boolean isEarly = path < horizonMeters;
            double[] sums = isEarly ? early : late;
            (isEarly ? earlyRays : lateRays)[ray.bounces]++;
            for (int b = 0; b < Bands.COUNT; b++) {
                int at = (ray.bounces * Bands.COUNT + b) * QUANTITIES;
                double w = weight(ray, ray.bounces, b);
                sums[at + WEIGHT] += w;
                sums[at + WEIGHT_SQUARED] += w * w;
                sums[at + ESCAPES] += w;
            }
        }
    }

    private static double weight(EnergyTracer ray, int order, int band) {
        return order == 0 ? 1 : ray.reflected[(order - 1) * Bands.COUNT + band];
    }

    private static void segment(double[] sums, double[] rays, EnergyTracer ray, int order, double meters, boolean hit) {
        rays[order]++;
        for (int b = 0; b < Bands.COUNT; b++) {
            int at = (order * Bands.COUNT + b) * QUANTITIES;
            double w = weight(ray, order, b);
            sums[at + WEIGHT] += w;
            sums[at + WEIGHT_SQUARED] += w * w;
            sums[at + LENGTH] += w * meters;
            sums[at + LENGTH_SQUARED] += w * w * meters * meters;
            if (hit) {
                sums[at + HITS] += w;
                sums[at + ABSORBED] += w * ray.absorbed[order * Bands.COUNT + b];
            }
        }
    }

    /** Leaves in the fields above the means of a band over the bounces from 0 (included) to an end (not). */
    private void pool(double[] sums, double[] rays, int band, int end) {
        double escapes = 0;
        double taken = 0;
        hits = 0;
        length = 0;
        lengthSquared = 0;
        effective = 0;
        used = 0;
        for (int k = 0; k < end; k++) {
            int at = (k * Bands.COUNT + band) * QUANTITIES;
            double weight = sums[at + WEIGHT];
            // A weight of 1e-200 is that of rays without any energy left in this band.
            if (rays[k] == 0 || weight < 1e-200) {
                continue;
            }
            double share = rays[k] / weight;
            hits += share * sums[at + HITS];
            escapes += share * sums[at + ESCAPES];
            taken += share * sums[at + ABSORBED];
            length += share * sums[at + LENGTH];
            lengthSquared += share * share * sums[at + LENGTH_SQUARED];
            if (sums[at + WEIGHT_SQUARED] > 0) {
                effective += rays[k] * weight * weight / sums[at + WEIGHT_SQUARED];
            }
            used += rays[k];
        }
        double met = hits + escapes;
        meanAbsorption = met > 0 ? Math.min(1, (taken + escapes) / met) : 1;
    }

    /** What a pool says of the decay, nepers of energy per metre; infinite where all is gone at once. */
    private double nepersPerMeter(int band) {
        if (hits == 0 || meanAbsorption >= 1) {
            return Double.POSITIVE_INFINITY;
        }
        return hits / length * -Math.log1p(-meanAbsorption) + airNepersPerMeter[band];
    }

    /** Nepers of energy per metre over the horizon. */
    double earlyNepersPerMeter(int band) {
        pool(early, earlyRays, band, orders);
        return nepersPerMeter(band);
    }

    private static double secondsOf(double nepersPerMeter) {
        return Math.min(LONGEST_SECONDS, Math.max(SHORTEST_SECONDS, SIXTY_DECIBELS_NEPERS / (AcousticsSettings.SPEED_OF_SOUND * nepersPerMeter)));
    }

    /** The time of 60 dB, from the decay over the horizon (s). */
    double rt60Seconds(int band) {
        return secondsOf(earlyNepersPerMeter(band));
    }

    /** The time of 60 dB of what decays beyond the horizon (s); that of the early decay where no ray came as far. */
    double lateRt60Seconds(int band) {
        pool(late, lateRays, band, orders);
        if (hits == 0) {
            return rt60Seconds(band);
        }
        return secondsOf(nepersPerMeter(band));
    }

    /** The mean way between surfaces (metres), that of the whole room where it is closed; 0 if no ray met anything. */
    double meanFreePathMeters() {
        double allHits = 0;
        double allLength = 0;
        for (int b = 0; b < Bands.COUNT; b++) {
            pool(early, earlyRays, b, orders);
            allHits += hits;
            allLength += length;
        }
        return allHits > 0 ? allLength / allHits : 0;
    }

    /** How many rays of equal weight would be worth as much, in the band where that is least. */
    double effectiveRays() {
        double least = Double.POSITIVE_INFINITY;
        for (int b = 0; b < Bands.COUNT; b++) {
            pool(early, earlyRays, b, orders);
            least = Math.min(least, used > 0 ? effective / used : 0);
        }
        return least;
    }

    /** About how far the early decay of a band is off by chance (a standard deviation, as a fraction): lengths may be few and unlike, such as those of rays that graze the ground. */
    double relativeNoise(int band) {
        pool(early, earlyRays, band, orders);
        return effective > 0 && length > 0 ? Math.sqrt(1 / effective + lengthSquared / (length * length)) : 1;
    }

    /** The horizon that what is known asks for (metres, &gt; 0). */
    double horizonMeters(double mostMeters) {
        double horizon = 0;
        for (int b = 0; b < Bands.COUNT; b++) {
            double energy = 1;
            double life = 0;
            double way = 0;
            int k = 0;
            for (; k < orders; k++) {
                int at = (k * Bands.COUNT + b) * QUANTITIES;
                double hit = early[at + HITS] + late[at + HITS];
                double escaped = early[at + ESCAPES] + late[at + ESCAPES];
                if (!(hit > 0) || energy < LEAST_ENERGY) {
                    break;
                }
                double meters = (early[at + LENGTH] + late[at + LENGTH]) / hit;
                life += energy;
                way += energy * meters;
                energy *= (1 - Math.min(1, (early[at + ABSORBED] + late[at + ABSORBED] + escaped) / (hit + escaped))) * Math.exp(-airNepersPerMeter[b] * meters);
            }
            if (k == 0) {
                continue;
            }
            double path = way / life;
            if (energy > 0) {
                // Beyond the last bounce it goes on as it did on average: a geometric series.
                life += energy / Math.max(1e-6, -Math.expm1(Math.log(energy) / k));
            }
            double bounces = Math.min(orders / 2.0, Math.max(LEAST_HORIZON_BOUNCES, HORIZON_LIVES * (life - 0.5)));
            horizon = Math.max(horizon, bounces * path);
        }
        return horizon > 0 ? Math.min(horizon, mostMeters) : mostMeters;
    }
}
