package io.pinna.hrtf.evaluation;

import io.pinna.hrtf.HrtfExport;
import io.pinna.hrtf.HrtfProfile;
import io.pinna.internal.hrtf.EarAnalysis;
import io.pinna.internal.hrtf.HrirSet;
import io.pinna.internal.hrtf.HrtfSampler;
import io.pinna.internal.hrtf.HrtfSampler.Pair;
import io.pinna.internal.hrtf.HrtfSource;
import io.pinna.internal.hrtf.MeasuredHrtf;
import io.pinna.internal.hrtf.SofaReader;
import io.pinna.internal.inference.HrtfSources;
import io.pinna.internal.plot.SphereCells;
import java.util.Arrays;

/** What a listener would hear with a profile, direction by direction, at the distance of its farthest shell. One thread; {@link #close} when done. */
final class HeardProfile implements AutoCloseable {
    private static final int CHUNK = 64;

    private final String name;
    private final HrtfSource source;
    private final HrtfSampler sampler;
    private final EarAnalysis analysis;
    private final double usableHz;
    /** Null for fields, which know all directions. */
    private final SphereCells measured;

    HeardProfile(HrtfProfile profile) {
        name = profile.describe();
        double rateHz = HrtfEvaluation.RATE_HZ;
        if (profile instanceof HrtfProfile.Sofa sofa) {
            HrirSet set = SofaReader.read(sofa.file());
            rateHz = Math.min(rateHz, set.sampleRateHz());
            measured = new SphereCells(set.directions());
            source = MeasuredHrtf.build(set, HrtfEvaluation.RATE_HZ);
        } else {
            measured = null;
            if (profile instanceof HrtfProfile.Field || profile instanceof HrtfProfile.Onnx) {
                rateHz = Math.min(rateHz, HrtfExport.nativeSampleRateHz(profile));
            }
            source = HrtfSources.load(profile, HrtfEvaluation.RATE_HZ).source();
        }
        usableHz = HrtfEvaluation.USABLE * 0.5 * rateHz;
        sampler = new HrtfSampler(source);
        analysis = new EarAnalysis(HrtfEvaluation.RATE_HZ, Math.max(1024, 2 * sampler.size()), usableHz);
    }

    String name() {
        return name;
    }

    /** The responses are band-limited above (hertz). */
    double usableHz() {
        return usableHz;
    }

    private interface Taker {
        void take(int direction, Pair pair);
    }

    private void sample(double[] directions, Taker taker) {
        int count = directions.length / 3;
        double[] distances = new double[count];
        Arrays.fill(distances, source.shellDistanceMeters(source.shellCount() - 1));
        for (int from = 0; from < count; from += CHUNK) {
            Pair[] pairs = sampler.sample(directions, distances, from, Math.min(CHUNK, count - from));
            for (int i = 0; i < pairs.length; i++) {
                int at = 3 * (from + i);
                boolean known = measured == null || measured.cell(directions[at], directions[at + 1], directions[at + 2]) >= 0;
                taker.take(from + i, known ? pairs[i] : null);
            }
        }
    }

    /**
     * @param directions unit vectors, flat
     * @return [ear][direction]: levels (dB) at bins 0 to M/2, {@link #binHz} apart; null where a measured set has nothing near
     */
    double[][][] levelsDb(double[] directions) {
        double[][][] levels = new double[2][directions.length / 3][];
        sample(directions, (i, pair) -> {
            if (pair != null) {
                levels[0][i] = decibels(pair.left());
                levels[1][i] = decibels(pair.right());
            }
        });
        return levels;
    }

    private double[] decibels(float[] response) {
        double[] db = analysis.power(analysis.spectrum(response));
        for (int k = 0; k < db.length; k++) {
            db[k] = 10 * Math.log10(db[k] + HrtfEvaluation.SILENCE * HrtfEvaluation.SILENCE);
        }
        return db;
    }

    double binHz() {
        return (double) HrtfEvaluation.RATE_HZ / analysis.size();
    }

    /** @return delay of the right ear less that of the left, as for {@link HrtfComparison} (microseconds); NaN where a measured set has nothing near */
    double[] itdMicroseconds(double[] directions) {
        double[] itd = new double[directions.length / 3];
        sample(directions, (i, pair) -> itd[i] = pair == null ? Double.NaN : 1e6 * analysis.interauralDelaySeconds(analysis.spectrum(pair.left()), analysis.spectrum(pair.right()),
                sampler.polarity(), pair.interauralDelaySeconds(), HrtfEvaluation.ITD_WINDOW_SECONDS));
        return itd;
    }

    @Override
    public void close() {
        source.close();
    }
}
