package io.pinna.hrtf.evaluation;

import io.pinna.ResourceException;
import io.pinna.hrtf.HrtfProfile;
import io.pinna.internal.Check;
import io.pinna.internal.hrtf.EarAnalysis;
import io.pinna.internal.hrtf.HrirSet;
import io.pinna.internal.hrtf.HrtfSampler;
import io.pinna.internal.hrtf.HrtfSampler.Pair;
import io.pinna.internal.hrtf.HrtfSource;
import io.pinna.internal.hrtf.MeasuredHrtf;
import io.pinna.internal.hrtf.SofaReader;
import io.pinna.internal.inference.HrtfSources;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * A person in a listening test, simulated: the observer of {@link ObserverSettings} with ears that were measured, who hears one sound through a profile and points to where it seems to come from. To the errors of hearing come
 * the scatter of pointing (normal, the same in both directions across the line of sight) and lapses, answers in any direction of the sphere. One thread; the same seed and the same sounds give the same answers.
 */
public final class SimulatedListener {
    private static final double USABLE_HZ = HrtfEvaluation.USABLE * 0.5 * HrtfEvaluation.RATE_HZ;
    private static final int CHUNK = 64;
    /** No response of a profile is longer at {@link HrtfEvaluation#RATE_HZ} (93 ms). */
    private static final int LONGEST = 4096;

    private final IdealObserver observer;
    private final EarAnalysis analysis;
    private final double[] directions;
    private final float[][] templates;
    private final double[] logPrior;
    private final double greatestDb;
    private final double pointingRadians;
    private final double lapseRate;
    private final Random random;

    /**
     * @param ears            a measured set (SOFA)
     * @param observer        who hears with them
     * @param pointingDegrees standard deviation of pointing (0 to 90)
     * @param lapseRate       part of the answers that are lapses (0 to 1)
     * @param seed            of noise, pointing and lapses
     * @throws ResourceException if the file cannot be used
     */
    public SimulatedListener(Path ears, ObserverSettings observer, double pointingDegrees, double lapseRate, long seed) {
        HrirSet set = SofaReader.read(Check.notNull(ears, "ears"));
        Check.notNull(observer, "observer");
        pointingRadians = Math.toRadians(Check.inRange(pointingDegrees, 0, 90, "pointingDegrees"));
        this.lapseRate = Check.inRange(lapseRate, 0, 1, "lapseRate");
        random = new Random(seed);
        double farthest = Arrays.stream(set.distancesMeters()).max().orElseThrow();
        // As in an evaluation, near sources have no place among the answers.
        int[] far = IntStream.range(0, set.count()).filter(m -> set.distancesMeters()[m] >= HrtfEvaluation.SAME_DISTANCE * farthest).toArray();
        directions = new double[3 * far.length];
        double[] distances = new double[far.length];
        for (int i = 0; i < far.length; i++) {
            System.arraycopy(set.directions(), 3 * far[i], directions, 3 * i, 3);
            distances[i] = set.distancesMeters()[far[i]];
        }
        try (HrtfSource source = MeasuredHrtf.build(set, HrtfEvaluation.RATE_HZ)) {
            HrtfSampler sampler = new HrtfSampler(source);
            int size = Math.max(1024, 2 * sampler.size());
            if (size > LONGEST) {
                throw new ResourceException(set.file(), "Data.IR", "is too long for a simulated listener: " + sampler.size() + " samples with delays; at most " + LONGEST / 2 + " are allowed");
            }
            analysis = new EarAnalysis(HrtfEvaluation.RATE_HZ, size, USABLE_HZ);
            this.observer = new IdealObserver(observer, HrtfEvaluation.RATE_HZ, size, Math.min(USABLE_HZ, HrtfEvaluation.USABLE * 0.5 * set.sampleRateHz()));
            List<IdealObserver.Cues> own = new ArrayList<>();
            for (int from = 0; from < far.length; from += CHUNK) {
                for (Pair pair : sampler.sample(directions, distances, from, Math.min(CHUNK, far.length - from))) {
                    own.add(cues(pair, sampler.polarity()));
                }
            }
            templates = this.observer.features(own);
            greatestDb = this.observer.greatestDb(own);
        }
        logPrior = this.observer.logPrior(directions);
    }

    private IdealObserver.Cues cues(Pair pair, double polarity) {
        double[] left = analysis.spectrum(pair.left());
        double[] right = analysis.spectrum(pair.right());
        return observer.cues(analysis.interauralDelaySeconds(left, right, polarity, pair.interauralDelaySeconds(), HrtfEvaluation.ITD_WINDOW_SECONDS), analysis.power(left), analysis.power(right));
    }

    /**
     * Where a sound is heard.
     *
     * @param profile          what it is rendered with
     * @param azimuthDegrees   where it comes from, in head axes (finite)
     * @param elevationDegrees likewise (−90 to 90)
     * @return x, y, z of a unit vector in head axes
     */
    public double[] answer(HrtfProfile profile, double azimuthDegrees, double elevationDegrees) {
        double azimuth = Math.toRadians(Check.finite(azimuthDegrees, "azimuthDegrees"));
        double elevation = Math.toRadians(Check.inRange(elevationDegrees, -90, 90, "elevationDegrees"));
        double[] from = {Math.cos(azimuth) * Math.cos(elevation), Math.sin(azimuth) * Math.cos(elevation), Math.sin(elevation)};
        float[] sound;
        try (HrtfSource source = HrtfSources.load(Check.notNull(profile, "profile"), HrtfEvaluation.RATE_HZ).source()) {
            HrtfSampler sampler = new HrtfSampler(source);
            if (sampler.size() > analysis.size()) {
                throw new ResourceException(profile.describe(), "filters", "are too long for this simulated listener: " + sampler.size() + " samples with delays; at most " + analysis.size() + " are allowed");
            }
            Pair pair = sampler.sample(from, new double[] {source.shellDistanceMeters(source.shellCount() - 1)}, 0, 1)[0];
            sound = observer.features(cues(pair, sampler.polarity()), greatestDb);
        }
        double[] answer = new double[3];
        if (random.nextDouble() < lapseRate) {
            for (int i = 0; i < 3; i++) {
                answer[i] = random.nextGaussian();
            }
        } else {
            int heard = observer.listen(sound, templates, logPrior, random);
            for (int i = 0; i < 3; i++) {
                answer[i] = directions[3 * heard + i];
            }
            point(answer);
        }
        double length = Math.sqrt(answer[0] * answer[0] + answer[1] * answer[1] + answer[2] * answer[2]);
        for (int i = 0; i < 3; i++) {
            answer[i] /= length;
        }
        return answer;
    }

    /** Turns a unit vector by a normal angle along each of two directions across it. */
    private void point(double[] v) {
        double[] noise = {random.nextGaussian(), random.nextGaussian(), random.nextGaussian()};
        double along = noise[0] * v[0] + noise[1] * v[1] + noise[2] * v[2];
        for (int i = 0; i < 3; i++) {
            noise[i] = pointingRadians * (noise[i] - along * v[i]);
        }
        double angle = Math.sqrt(noise[0] * noise[0] + noise[1] * noise[1] + noise[2] * noise[2]);
        double sinc = angle < 1e-9 ? 1 : Math.sin(angle) / angle;
        for (int i = 0; i < 3; i++) {
            v[i] = Math.cos(angle) * v[i] + sinc * noise[i];
        }
    }
}
