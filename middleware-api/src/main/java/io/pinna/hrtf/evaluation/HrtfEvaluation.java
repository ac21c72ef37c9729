package io.pinna.hrtf.evaluation;

import io.pinna.ResourceException;
import io.pinna.hrtf.HrtfExport;
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
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Compares what a listener would hear with a profile to a measured reference. Any thread but the audio thread; takes seconds, and allocates. */
public final class HrtfEvaluation {
    /** Everything is compared at this rate: that of CIPIC and of most published figures. */
    static final int RATE_HZ = 44100;
    private static final int FFT_SIZE = 256;
    private static final double LOWEST_HZ = 200;
    private static final double HIGHEST_HZ = 16000;
    /** Sources taper from here on, as a fraction of the lower Nyquist frequency. */
    static final double USABLE = 0.85;
    private static final int CHUNK = 64;
    private static final double HIGHEST_SDR_DB = 100;
    /** −180 dB: an ear without sound has a level too. */
    static final double SILENCE = 1e-9;
    /** How far the quieter ear's arrival may be from the smooth field of delays: more than the spread over heads at a time, less than the way around the head's other side. */
    static final double ITD_WINDOW_SECONDS = 200e-6;
    /** Distances that differ by less are one, as for {@link MeasuredHrtf}. */
    static final double SAME_DISTANCE = 0.96;
    private static final double[] ILD_CENTRES_HZ = {500, 1000, 2000, 4000, 8000};

    private HrtfEvaluation() {
    }

    /**
     * @param reference a measured set (SOFA); its measured directions are compared
     * @param candidate any profile, heard in those directions as a listener would hear it
     * @throws ResourceException           if a file cannot be used
     * @throws io.pinna.InferenceException if the candidate's model cannot be used, or knows no such subject
     */
    public static HrtfComparison compare(Path reference, HrtfProfile candidate) {
        return compare(reference, candidate, ObserverSettings.DEFAULT);
    }

    /**
     * As {@link #compare(Path, HrtfProfile)}, with a simulated listener of one's own choice.
     *
     * @param observer who the predicted localisation errors are those of
     */
    public static HrtfComparison compare(Path reference, HrtfProfile candidate, ObserverSettings observer) {
        return map(reference, candidate, observer).comparison();
    }

    /** As {@link #compare(Path, HrtfProfile, ObserverSettings)}, with the errors in each direction. */
    public static HrtfErrorMap map(Path reference, HrtfProfile candidate, ObserverSettings observer) {
        Check.notNull(observer, "observer");
        Check.notNull(reference, "reference");
        Check.notNull(candidate, "candidate");
        HrirSet set = SofaReader.read(reference);
        double lowestRate = Math.min(set.sampleRateHz(), RATE_HZ);
        HrirSet other = candidate instanceof HrtfProfile.Sofa sofa ? SofaReader.read(sofa.file()) : null;
        if (other != null) {
            lowestRate = Math.min(lowestRate, other.sampleRateHz());
        } else if (candidate instanceof HrtfProfile.Field || candidate instanceof HrtfProfile.Onnx) {
            lowestRate = Math.min(lowestRate, HrtfExport.nativeSampleRateHz(candidate));
        }
        double usableHz = USABLE * 0.5 * lowestRate;
        try (HrtfSource ours = MeasuredHrtf.build(set, RATE_HZ); HrtfSource theirs = other == null ? HrtfSources.load(candidate, RATE_HZ).source() : MeasuredHrtf.build(other, RATE_HZ)) {
            return new Run(set, ours, theirs, usableHz, observer).map(set.file(), candidate.describe());
        }
    }

    /** Sums over directions. */
    private static final class Run {
        private final int[] order;
        private final HrirSet set;
        private final HrtfSampler reference;
        private final HrtfSampler candidate;
        private final double usableHz;
        private final double highestHz;
        private final EarAnalysis analysis;
        private final int stride;
        private final IdealObserver observer;
        private final List<IdealObserver.Cues> own = new ArrayList<>();
        private final List<IdealObserver.Cues> heard = new ArrayList<>();
        private final List<Integer> heardFrom = new ArrayList<>();
        private final double[] lsdOf;
        private final double[] itdErrorOf;
        private double greatestDistance;
        private final List<Double> ildCentres = new ArrayList<>();
        private double lsd;
        private double level;
        private double distance;
        private double difference;
        private double sdr;
        private double correlation;
        private int alignedEars;
        private double itd;
        private final double[] ild;
        private double notch;
        private int notchPairs;
        private int notchesMissed;

        Run(HrirSet set, HrtfSource ours, HrtfSource theirs, double usableHz, ObserverSettings settings) {
            this.set = set;
            this.usableHz = usableHz;
            highestHz = Math.min(HIGHEST_HZ, usableHz);
            reference = new HrtfSampler(ours);
            candidate = new HrtfSampler(theirs);
            // Four times the length of common filters, for the cepstrum; a multiple of 256, so that its bins are among ours.
            int size = Math.max(1024, 2 * Math.max(reference.size(), candidate.size()));
            analysis = new EarAnalysis(RATE_HZ, size, usableHz);
            stride = size / FFT_SIZE;
            observer = new IdealObserver(settings, RATE_HZ, size, usableHz);
            for (double centre : ILD_CENTRES_HZ) {
                if (centre * Math.sqrt(2) <= highestHz) {
                    ildCentres.add(centre);
                }
            }
            ild = new double[ildCentres.size()];
            order = distinct(set);
            lsdOf = new double[order.length];
            itdErrorOf = new double[order.length];
        }

        private static int[] distinct(HrirSet set) {
            Set<List<Long>> seen = new HashSet<>();
            int[] kept = new int[set.count()];
            int count = 0;
            for (int m = 0; m < set.count(); m++) {
                // To a millimetre, and 0.006 degrees.
                if (seen.add(List.of(Math.round(1e4 * set.directions()[3 * m]), Math.round(1e4 * set.directions()[3 * m + 1]), Math.round(1e4 * set.directions()[3 * m + 2]),
                        Math.round(1e3 * set.distancesMeters()[m])))) {
                    kept[count++] = m;
                }
            }
            return Arrays.copyOf(kept, count);
        }

        HrtfErrorMap map(String referenceName, String candidateName) {
            double[] directions = new double[3 * order.length];
            double[] distances = new double[order.length];
            for (int i = 0; i < order.length; i++) {
                System.arraycopy(set.directions(), 3 * order[i], directions, 3 * i, 3);
                distances[i] = set.distancesMeters()[order[i]];
                greatestDistance = Math.max(greatestDistance, distances[i]);
            }
            for (int from = 0; from < order.length; from += CHUNK) {
                int count = Math.min(CHUNK, order.length - from);
                Pair[] a = reference.sample(directions, distances, from, count);
                Pair[] b = candidate.sample(directions, distances, from, count);
                for (int i = 0; i < count; i++) {
                    direction(directions, distances[from + i], from + i, a[i], b[i]);
                }
            }
            int n = order.length;
            if (alignedEars == 0) {
                throw new ResourceException(referenceName, "Data.IR", "no direction has sound in this set and in " + candidateName);
            }
            List<HrtfComparison.IldError> ildErrors = new ArrayList<>();
            for (int b = 0; b < ild.length; b++) {
                ildErrors.add(new HrtfComparison.IldError(ildCentres.get(b), ild[b] / n));
            }
            double[] where = new double[3 * heardFrom.size()];
            for (int i = 0; i < heardFrom.size(); i++) {
                System.arraycopy(directions, 3 * heardFrom.get(i), where, 3 * i, 3);
            }
            float[][] templates = observer.features(own);
            IdealObserver.Answers best = observer.localize(where, templates, templates);
            IdealObserver.Answers worn = observer.localize(where, templates, observer.features(heard));
            HrtfComparison comparison = new HrtfComparison(referenceName, candidateName, n, highestHz, lsd / (2 * n), level / (2 * n), distance / (2 * n), difference / (2 * n), sdr / alignedEars, correlation / alignedEars,
                    1e6 * itd / n, ildErrors, notchPairs == 0 ? null : notch / notchPairs, notchPairs, notchesMissed, best.errors(), worn.errors());
            double[] azimuth = new double[n];
            double[] elevation = new double[n];
            for (int i = 0; i < n; i++) {
                azimuth[i] = set.azimuthDegrees(order[i]);
                elevation[i] = set.elevationDegrees(order[i]);
            }
            return new HrtfErrorMap(comparison, azimuth, elevation, distances, lsdOf, itdErrorOf, spread(best.greatCircleDegrees(), n), spread(worn.greatCircleDegrees(), n));
        }

        /** From the directions that are heard to all of them. */
        private double[] spread(double[] values, int n) {
            double[] all = new double[n];
            Arrays.fill(all, Double.NaN);
            for (int i = 0; i < values.length; i++) {
                all[heardFrom.get(i)] = values[i];
            }
            return all;
        }

        private void direction(double[] directions, double distanceMeters, int i, Pair a, Pair b) {
            double[] al = analysis.spectrum(a.left());
            double[] ar = analysis.spectrum(a.right());
            double[] bl = analysis.spectrum(b.left());
            double[] br = analysis.spectrum(b.right());
            double[] pal = analysis.power(al);
            double[] par = analysis.power(ar);
            double[] pbl = analysis.power(bl);
            double[] pbr = analysis.power(br);
            double before = lsd;
            spectral(pal, pbl);
            spectral(par, pbr);
            lsdOf[i] = 0.5 * (lsd - before);
            waveform(al, bl);
            waveform(ar, br);
            double itdReference = analysis.interauralDelaySeconds(al, ar, reference.polarity(), a.interauralDelaySeconds(), ITD_WINDOW_SECONDS);
            double itdCandidate = analysis.interauralDelaySeconds(bl, br, candidate.polarity(), b.interauralDelaySeconds(), ITD_WINDOW_SECONDS);
            itd += Math.abs(itdReference - itdCandidate);
            itdErrorOf[i] = 1e6 * (itdCandidate - itdReference);
            if (distanceMeters >= SAME_DISTANCE * greatestDistance) {
                own.add(observer.cues(itdReference, pal, par));
                heard.add(observer.cues(itdCandidate, pbl, pbr));
                heardFrom.add(i);
            }
            for (int band = 0; band < ild.length; band++) {
                ild[band] += Math.abs(levelDifference(pal, par, ildCentres.get(band)) - levelDifference(pbl, pbr, ildCentres.get(band)));
            }
            double x = directions[3 * i];
            double y = directions[3 * i + 1];
            double elevation = Math.toDegrees(Math.asin(Math.max(-1, Math.min(1, directions[3 * i + 2]))));
            if (x > 0 && elevation >= -45.001 && elevation <= 60.001) {
                if (y >= -0.5) {
                    notches(a.left(), b.left());
                }
                if (y <= 0.5) {
                    notches(a.right(), b.right());
                }
            }
        }

        private double levelDifference(double[] left, double[] right, double centreHz) {
            double l = analysis.bandEnergy(left, centreHz / Math.sqrt(2), centreHz * Math.sqrt(2));
            double r = analysis.bandEnergy(right, centreHz / Math.sqrt(2), centreHz * Math.sqrt(2));
            return 10 * Math.log10((l + SILENCE * SILENCE) / (r + SILENCE * SILENCE));
        }

        private void spectral(double[] a, double[] b) {
            double squares = 0;
            double absolute = 0;
            double signed = 0;
            int count = 0;
            double sum = 0;
            double sumSquares = 0;
            int inside = 0;
            for (int k = 1; k <= FFT_SIZE / 2; k++) {
                double f = (double) k * RATE_HZ / FFT_SIZE;
                if (f < LOWEST_HZ || f > highestHz) {
                    continue;
                }
                double d = 20 * Math.log10((Math.sqrt(b[k * stride]) + SILENCE) / (Math.sqrt(a[k * stride]) + SILENCE));
                squares += d * d;
                absolute += Math.abs(d);
                signed += d;
                count++;
                if (f >= 3700 && f <= 12900) {
                    sum += d;
                    sumSquares += d * d;
                    inside++;
                }
            }
            lsd += Math.sqrt(squares / count);
            distance += absolute / count;
            level += signed / count;
            difference += inside == 0 ? 0 : Math.max(0, sumSquares / inside - sum / inside * (sum / inside));
        }

        private void waveform(double[] a, double[] b) {
            EarAnalysis.Alignment alignment = analysis.align(a, b, HIGHEST_SDR_DB);
            if (alignment != null) {
                sdr += alignment.sdrDb();
                correlation += alignment.correlation();
                alignedEars++;
            }
        }

        private void notches(float[] a, float[] b) {
            double first = analysis.firstNotchHz(a, usableHz);
            double other = analysis.firstNotchHz(b, usableHz);
            if (!Double.isNaN(first) && !Double.isNaN(other)) {
                notch += Math.abs(first - other);
                notchPairs++;
            } else if (!Double.isNaN(first)) {
                notchesMissed++;
            }
        }
    }
}
