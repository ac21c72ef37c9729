package io.pinna.internal.acoustics;

import io.pinna.acoustics.AcousticsSettings;
import io.pinna.acoustics.Bands;
import io.pinna.internal.Check;
import java.util.Arrays;

/**
 * Finds the late reverberation around one listener from the geometry, a few rays at a time: {@link #update} traces rays from the listener, {@link #connect} tells how loud an emitter is in it. What
 * they find flows into one {@link ReverbEstimate}, which converges over calls and forgets with a time constant; where new rays contradict it (a teleport, a door that opens) it forgets almost all at
 * once. Used by the acoustics thread, at 5 to 20 updates a second with 32 to 256 rays each; allocates nothing after construction; the same calls give the same bits.
 *
 * <p>How times are found is told at {@link DecayStatistics}, levels at {@link DiffuseRain}, rays at {@link EnergyTracer}. An emitter within closed geometry of its own, such as the case of a radio,
 * reaches nothing.
 */
public final class ReverbEstimator {
    /** Most rays of an update. */
    public static final int MAX_RAYS = 65_536;
    /** Rays of the first update that only find out how far it is worth following rays. */
    private static final int PILOT_RAYS = 16;
    /** New rays contradict the estimate when their time is beyond this ratio, e^0.25, and three times the noise. Arbitrary between false alarms, which cost smoothness, and late ones. */
    private static final double JUMP_LOG_RATIO = 0.25;
    private static final double JUMP_DEVIATIONS = 3;
    /** What is kept of an estimate that was contradicted: a reverberant place, of which rays know many more segments than of a dead one, is to be forgotten too. */
    private static final double JUMP_KEEP = 0.005;
    /** What is kept of one that is contradicted a little, but again: a door opens, the listener walks through one. */
    private static final double DRIFT_KEEP = 0.4;
    /** The same for the level of one emitter that sees more or less than it did. */
    private static final double LEVEL_JUMP_KEEP = 0.25;
    /** What the next update keeps of rays that were followed over the horizon of another place. */
    private static final double PROVISIONAL_KEEP = 0.1;
    /** An emitter of which none is seen where this many bounces should have been is hidden: by chance that happens once in 400 times, e⁻⁶. */
    private static final double UNSEEN = 6;
    /** Bounces of earlier updates that are still used make up for few rays, up to this number. */
    private static final int LEAST_POOL = 256;
    /** Where less than this is seen of what an emitter tries, it may try more: twice, or four times where it is a third of it. */
    private static final double RARELY_SEEN = 0.3;
    /** A level of which more than this fraction is noise (a standard deviation; 0.4 dB) forgets more slowly, down to a quarter: what comes through a doorway rests on few rays. */
    private static final double STEADY_NOISE = 0.1;
    private static final double MOST_STRETCH = 4;
    /** Change of openness that counts as a contradiction. */
    private static final double OPENNESS_JUMP = 0.25;

    private final ReverbSettings settings;
    private final EnergyTracer tracer;
    private final DecayStatistics known;
    private final DecayStatistics batch;
    private final DiffuseRain rain;
    private final ReverbEstimate estimate;

    private boolean started;
    /** Whether the estimate rests on rays that were followed over a horizon that is not its own. */
    private boolean provisional;
    private long rayNumber;
    private double horizonMeters;
    private int contradictions;
    private double clockSeconds;
    private int jumps;
    private double weight;
    private double escapedSum;
    private double arrivalSum;
    private double arrivalEnergySum;

    private final double[] levelSum;
    private final double[] callSum;
    private final double[] triedSum;
    private final double[] seenSum;
    private final double[] energySum;
    private final double[] energySquareSum;
    private final double[] unseenTried;
    private final double[] calledSeconds;
    private final int[] calledJumps;

    public ReverbEstimator(ReverbSettings settings) {
        this.settings = Check.notNull(settings, "settings");
        tracer = new EnergyTracer(settings);
        known = new DecayStatistics(settings.bounceLimit(), tracer.airNepersPerMeter);
        batch = new DecayStatistics(settings.bounceLimit(), tracer.airNepersPerMeter);
        rain = new DiffuseRain(settings.firstOrder(), settings.bounceLimit(), tracer.airNepersPerMeter);
        int emitters = settings.maxEmitters();
        estimate = new ReverbEstimate(emitters);
        levelSum = new double[emitters * Bands.COUNT];
        callSum = new double[emitters];
        triedSum = new double[emitters];
        seenSum = new double[emitters];
        energySum = new double[emitters];
        energySquareSum = new double[emitters];
        unseenTried = new double[emitters];
        calledSeconds = new double[emitters];
        calledJumps = new int[emitters];
    }

    /** The state of knowledge, always the same object. */
    public ReverbEstimate estimate() {
        return estimate;
    }

    /** How often new rays have contradicted the estimate since the last reset, so that it began anew. */
    public int jumps() {
        return jumps;
    }

    /** Forgets everything, as for a listener that is somewhere else now. Random numbers begin anew too. */
    public void reset() {
        started = false;
        provisional = false;
        rayNumber = 0;
        contradictions = 0;
        clockSeconds = 0;
        jumps = 0;
        weight = 0;
        tracer.reset();
        known.clear();
        rain.clear();
        estimate.clear();
        Arrays.fill(levelSum, 0);
        Arrays.fill(callSum, 0);
        Arrays.fill(triedSum, 0);
        Arrays.fill(seenSum, 0);
        Arrays.fill(energySum, 0);
        Arrays.fill(energySquareSum, 0);
        Arrays.fill(unseenTried, 0);
        Arrays.fill(calledSeconds, 0);
        Arrays.fill(calledJumps, 0);
    }

    /** Forgets one emitter, as for another one in its place. */
    public void resetEmitter(int emitter) {
        Check.inRange(emitter, 0, settings.maxEmitters() - 1, "emitter");
        Arrays.fill(levelSum, emitter * Bands.COUNT, (emitter + 1) * Bands.COUNT, 0);
        Arrays.fill(estimate.levels, emitter * Bands.COUNT, (emitter + 1) * Bands.COUNT, 0);
        callSum[emitter] = 0;
        triedSum[emitter] = 0;
        seenSum[emitter] = 0;
        energySum[emitter] = 0;
        energySquareSum[emitter] = 0;
        unseenTried[emitter] = 0;
    }

    /**
     * Traces rays from the listener and brings the estimate up to date.
     *
     * @param x              of the listener (world, metres, finite), likewise the others
     * @param rays           1 to {@value #MAX_RAYS}; each costs as many closest-hit queries as it meets surfaces. 16 more are followed in the first update
     * @param elapsedSeconds since the update before (≥ 0, finite)
     */
    public void update(AcousticScene scene, double x, double y, double z, int rays, double elapsedSeconds) {
        checkPosition(x, y, z, "coordinate of the listener");
        Check.inRange(rays, 1, MAX_RAYS, "rays");
        Check.inRange(elapsedSeconds, 0, Double.MAX_VALUE, "elapsedSeconds");
        clockSeconds += elapsedSeconds;
        batch.clear();
        if (!started) {
            for (int i = 0; i < PILOT_RAYS; i++) {
                tracer.trace(scene, x, y, z, rayNumber++);
                batch.add(tracer, Double.POSITIVE_INFINITY);
            }
            horizonMeters = batch.horizonMeters(mostMeters());
            batch.clear();
        }
        double escaped = 0;
        double arrival = 0;
        double arrivalEnergy = 0;
        int first = settings.firstOrder();
        for (int i = 0; i < rays; i++) {
            tracer.trace(scene, x, y, z, rayNumber++);
            batch.add(tracer, horizonMeters);
            rain.add(tracer);
            if (tracer.escaped) {
                escaped += meanEnergy(tracer.bounces);
            }
            if (tracer.bounces > first) {
                double energy = meanEnergy(first + 1);
                arrivalEnergy += energy;
                arrival += energy * tracer.pathMeters[first];
            }
        }
        double keep = started ? Math.exp(-elapsedSeconds / settings.smoothingSeconds()) : 0;
        if (provisional) {
            keep = Math.min(keep, PROVISIONAL_KEEP);
            provisional = false;
        } else if (!started) {
            // Too few rays have said how far to follow those of the first update.
            provisional = true;
        } else {
            double contradiction = contradiction(escaped / rays);
            contradictions = contradiction > 1 ? contradictions + 1 : 0;
            if (contradiction > 2) {
                keep = Math.min(keep, JUMP_KEEP);
                provisional = true;
                rain.keepNewest(rays * DiffuseRain.BOUNCES_PER_RAY);
                jumps++;
                contradictions = 0;
            } else if (contradictions > 1) {
                keep = Math.min(keep, DRIFT_KEEP);
            }
        }
        rain.keepNewest(Math.max(LEAST_POOL, rays * DiffuseRain.BOUNCES_PER_RAY));
        started = true;
        known.blend(keep, batch);
        weight = keep * weight + rays;
        escapedSum = keep * escapedSum + escaped;
        arrivalSum = keep * arrivalSum + arrival;
        arrivalEnergySum = keep * arrivalEnergySum + arrivalEnergy;
        horizonMeters = known.horizonMeters(mostMeters());
        for (int b = 0; b < Bands.COUNT; b++) {
            estimate.rt60Seconds[b] = known.rt60Seconds(b);
            estimate.lateRt60Seconds[b] = known.lateRt60Seconds(b);
        }
        estimate.meanFreePathMeters = known.meanFreePathMeters();
        estimate.effectiveRays = known.effectiveRays();
        estimate.openness = Math.min(1, escapedSum / weight);
        estimate.preDelaySeconds = arrivalEnergySum > 0 ? arrivalSum / arrivalEnergySum / AcousticsSettings.SPEED_OF_SOUND : 0;
    }

    private double mostMeters() {
        return settings.bounceLimit() * settings.rangeMeters();
    }

    /** What the last ray had left after as many bounces, on average over bands. */
    private double meanEnergy(int bounces) {
        if (bounces == 0) {
            return 1;
        }
        double sum = 0;
        for (int b = 0; b < Bands.COUNT; b++) {
            sum += tracer.reflected[(bounces - 1) * Bands.COUNT + b] * Math.exp(-tracer.airNepersPerMeter[b] * tracer.pathMeters[bounces - 1]);
        }
        return sum / Bands.COUNT;
    }

    /** Whether the batch is of another place than what is known: clearly so above 2, possibly above 1. */
    private double contradiction(double escapedFraction) {
        double worst = 0;
        for (int b = 0; b < Bands.COUNT; b++) {
            double ratio = Math.abs(Math.log(batch.rt60Seconds(b) / estimate.rt60Seconds[b]));
            double noise = batch.relativeNoise(b);
            worst = Math.max(worst, ratio / (JUMP_LOG_RATIO + JUMP_DEVIATIONS * noise));
        }
        worst = Math.max(worst, Math.abs(escapedFraction - estimate.openness) / OPENNESS_JUMP);
        return worst;
    }

    /**
     * Finds how loud an emitter's reverberation is, from other bounces at each call, and brings its level in the estimate up to date. May be called for some emitters after each update and for others
     * after the next: a level forgets with the time since its own last call. Without any update before it nothing happens.
     *
     * @param emitter number (0 to one less than {@link ReverbSettings#maxEmitters})
     * @param x       of the emitter (world, metres, finite), likewise the others
     */
    public void connect(AcousticScene scene, int emitter, double x, double y, double z) {
        Check.inRange(emitter, 0, settings.maxEmitters() - 1, "emitter");
        checkPosition(x, y, z, "coordinate of the emitter");
        if (!started) {
            return;
        }
        double expected = triedSum[emitter] > 0 ? seenSum[emitter] / triedSum[emitter] : 0;
        int draws = settings.connectionsPerCall() * (expected > RARELY_SEEN ? 1 : expected > RARELY_SEEN / 3 ? 2 : 4);
        rain.connect(scene, x, y, z, draws, tracer.nextUniform());
        int tried = Math.max(1, rain.tried);
        double stretch = 1;
        if (energySum[emitter] > 0) {
            // The variance of the mean of as many calls, relative to the mean.
            double noise2 = energySquareSum[emitter] / (energySum[emitter] * energySum[emitter]) - 1 / callSum[emitter];
            stretch = Math.min(MOST_STRETCH, Math.max(1, noise2 / (STEADY_NOISE * STEADY_NOISE)));
        }
        double keep = Math.exp(-(clockSeconds - calledSeconds[emitter]) / (settings.smoothingSeconds() * stretch));
        if (triedSum[emitter] > 0) {
            unseenTried[emitter] = rain.seen == 0 ? unseenTried[emitter] + tried : 0;
            // Of a binomial distribution, at least that of a chance of one half for one.
            double deviation = Math.sqrt(Math.max(0.5, expected * (1 - expected) * tried));
            if (Math.abs(rain.seen - expected * tried) > JUMP_DEVIATIONS * deviation + 1 || expected * unseenTried[emitter] > UNSEEN) {
                keep = Math.min(keep, LEVEL_JUMP_KEEP);
            }
            if (calledJumps[emitter] != jumps) {
                keep = Math.min(keep, JUMP_KEEP);
            }
        }
        calledSeconds[emitter] = clockSeconds;
        calledJumps[emitter] = jumps;
        triedSum[emitter] = keep * triedSum[emitter] + tried;
        seenSum[emitter] = keep * seenSum[emitter] + rain.seen;
        double energy = 0;
        callSum[emitter] = keep * callSum[emitter] + 1;
        for (int b = 0; b < Bands.COUNT; b++) {
            int at = emitter * Bands.COUNT + b;
            levelSum[at] = keep * levelSum[at] + rain.level[b];
            estimate.levels[at] = levelSum[at] / callSum[emitter];
            energy += rain.level[b];
        }
        energySum[emitter] = keep * energySum[emitter] + energy;
        energySquareSum[emitter] = keep * energySquareSum[emitter] + energy * energy;
    }

    private static void checkPosition(double x, double y, double z, String name) {
        double limit = GeometryState.LARGEST_POSITION_METERS * 2;
        if (!(Math.abs(x) <= limit && Math.abs(y) <= limit && Math.abs(z) <= limit)) {
            Check.inRange(!(Math.abs(x) <= limit) ? x : !(Math.abs(y) <= limit) ? y : z, -limit, limit, name);
        }
    }
}
