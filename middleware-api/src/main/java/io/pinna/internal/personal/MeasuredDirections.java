package io.pinna.internal.personal;

import io.pinna.ResourceException;
import io.pinna.internal.hrtf.HarmonicField;
import io.pinna.internal.hrtf.HrirSet;
import io.pinna.internal.hrtf.ResponseLag;
import io.pinna.internal.hrtf.ResponseSpectrum;
import io.pinna.internal.hrtf.SofaReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What was measured of a person, as the personal model sees it: levels at the bins of a {@link HarmonicField} and interaural delays, one of each for a direction. The definitions are those of the training
 * recipe (features.py): the level is that of a transform of 256 points at 44.1 kHz, without floor here; the delay is what best aligns each ear's response with its own minimum-phase version, the right
 * ear's less the left's. Immutable; arrays are not to be changed.
 *
 * @param file       where they come from, for messages
 * @param directions unit vectors, x, y, z, flat
 * @param levelsDb   [direction][left, right][bin], flat
 * @param itdSeconds one for each direction
 */
record MeasuredDirections(String file, double[] directions, double[] levelsDb, double[] itdSeconds) {
    /** Fewer tell nothing that is worth a profile. */
    static final int LEAST = 3;
    /** More are as many as 300 that are spread best: one for each 12° of the sphere, and the cost grows with the cube. */
    static final int MOST = 300;
    private static final double APART_DEGREES = 10;
    private static final double SAME_DEGREES = 1;
    /** Nearer sources are louder at the near ear, by more than people differ. */
    private static final double LEAST_METERS = 0.5;
    /** Distances that differ by less are one, as for {@link io.pinna.internal.hrtf.MeasuredHrtf}. */
    private static final double SAME_DISTANCE = 1.04;
    private static final int BINS = HarmonicField.BINS;
    private static final int RATE_HZ = HarmonicField.SAMPLE_RATE_HZ;
    /** Four times the transform of the levels, so that its bins are among ours; as in training. */
    private static final int SIZE = 4 * HarmonicField.FFT_SIZE;
    /** The longest response that a transform of the levels holds. */
    private static final double LONGEST_SECONDS = (double) HarmonicField.FFT_SIZE / RATE_HZ;
    /** Of longer ones, what CIPIC's hold, from which the model was learnt: 0.5 to 1.2 ms before and 3.3 to 4 ms after the onset. */
    private static final double BEFORE_SECONDS = 1.0e-3;
    private static final double AFTER_SECONDS = 3.5e-3;
    private static final double FADE_OUT_SECONDS = 1.0e-3;
    /** The onset is the first sample this large, relative to the greatest. */
    private static final double ONSET = 0.1;
    /** An ear 60 dB below the other (a head makes 40) has no microphone. */
    private static final double SILENT = 1e-6;
    /** A delay that misses a head by more says no more about polarity: it may be one of many arrivals. */
    private static final double MISFIT_SECONDS = 300e-6;
    /** Arbitrary: what is wired right must not be doubted for small differences. */
    private static final double CLEARLY = 0.7;
    /** −180 dB, as in training. */
    private static final double LEAST_MAGNITUDE = 1e-9;

    private record Measurement(HrirSet set, int index) {
        double distance() {
            return set.distancesMeters()[index];
        }

        double dot(Measurement other) {
            double sum = 0;
            for (int axis = 0; axis < 3; axis++) {
                sum += set.directions()[3 * index + axis] * other.set.directions()[3 * other.index + axis];
            }
            return sum;
        }

        String describe() {
            double[] d = set.directions();
            return MeasuredDirections.describe(d[3 * index], d[3 * index + 1], d[3 * index + 2]);
        }
    }

    int count() {
        return itdSeconds.length;
    }

    double x(int i) {
        return directions[3 * i];
    }

    double y(int i) {
        return directions[3 * i + 1];
    }

    double z(int i) {
        return directions[3 * i + 2];
    }

    /** For people. */
    String describe(int i) {
        return describe(x(i), y(i), z(i));
    }

    static String describe(double x, double y, double z) {
        // Adding zero makes −0 a 0.
        return String.format(Locale.ROOT, "azimuth %d°, elevation %d°", Math.round(Math.toDegrees(Math.atan2(y, x))) + 0, Math.round(Math.toDegrees(Math.asin(Math.max(-1, Math.min(1, z))))) + 0);
    }

    /**
     * Reads what was measured.
     *
     * @param files SOFA files of one person
     * @param mean  whose delays tell the polarity of the microphones
     * @param notes takes a sentence for everything that was decided
     * @throws ResourceException if a file cannot be used
     */
    static MeasuredDirections read(List<Path> files, PriorMean mean, List<String> notes) {
        List<HrirSet> sets = new ArrayList<>();
        List<Measurement> all = new ArrayList<>();
        for (Path file : files) {
            HrirSet set = SofaReader.read(file);
            // A thousandth: some files have the measured rate of a converter.
            if (set.sampleRateHz() < 0.999 * RATE_HZ) {
                throw new ResourceException(set.file(), "Data.SamplingRate", format("is %.0f Hz; a profile needs responses from %d Hz, and what is above half of it cannot be made up", set.sampleRateHz(), RATE_HZ));
            }
            for (String note : set.notes()) {
                notes.add(Path.of(set.file()).getFileName() + ": " + note + ".");
            }
            sets.add(set);
            for (int m = 0; m < set.count(); m++) {
                all.add(new Measurement(set, m));
            }
        }
        String names = String.join(", ", sets.stream().map(HrirSet::file).toList());
        List<List<Measurement>> groups = group(farEnough(names, all, notes), notes);
        checkSpread(names, groups);
        groups = thin(groups, notes);
        noteDistances(groups, notes);
        int q = groups.size();
        double[] directions = new double[3 * q];
        double[] levels = new double[2 * q * BINS];
        double[] itd = new double[q];
        Analysis analysis = new Analysis();
        Map<HrirSet, Double> polarity = new IdentityHashMap<>();
        for (HrirSet set : sets) {
            polarity.put(set, polarity(set, groups, mean, analysis));
        }
        for (int i = 0; i < q; i++) {
            List<Measurement> group = groups.get(i);
            for (Measurement m : group) {
                analysis.add(m, polarity.get(m.set), levels, 2 * i * BINS, itd, i, 1.0 / group.size());
            }
            System.arraycopy(group.get(0).set.directions(), 3 * group.get(0).index, directions, 3 * i, 3);
        }
        int repeats = groups.stream().mapToInt(g -> g.size() - 1).sum();
        notes.add(0, format("%d directions were measured%s", q, repeats == 0 ? "." : repeats == 1 ? "; one measurement repeats a direction, the two were averaged."
                : "; " + repeats + " measurements repeat directions and were averaged with the first of each."));
        for (HrirSet set : sets) {
            if (set.taps() / set.sampleRateHz() > LONGEST_SECONDS * 1.001) {
                notes.add(format("%s has responses of %.1f ms; used is the direct sound, from %.1f ms before each ear's onset to %.1f ms after it.", Path.of(set.file()).getFileName(),
                        1e3 * set.taps() / set.sampleRateHz(), 1e3 * BEFORE_SECONDS, 1e3 * (AFTER_SECONDS + FADE_OUT_SECONDS)));
            }
        }
        return new MeasuredDirections(names, directions, levels, itd);
    }

    /**
     * −1 if the delays of a set fit a head better when its responses are taken with the opposite sign: some sets were measured with microphones wired the other way round, and a response finds its own
     * minimum-phase version then at another reflection.
     */
    private static double polarity(HrirSet set, List<List<Measurement>> groups, PriorMean mean, Analysis analysis) {
        double[] misfit = new double[2];
        for (List<Measurement> group : groups) {
            for (Measurement m : group) {
                if (m.set == set) {
                    double[] d = set.directions();
                    double expected = mean.delaySeconds(d[3 * m.index], d[3 * m.index + 1], d[3 * m.index + 2]);
                    double[] both = analysis.delays(m);
                    for (int sign = 0; sign < 2; sign++) {
                        misfit[sign] += Math.min(MISFIT_SECONDS, Math.abs(both[sign] - expected));
                    }
                }
            }
        }
        return misfit[1] < CLEARLY * misfit[0] ? -1 : 1;
    }

    private static List<Measurement> farEnough(String names, List<Measurement> all, List<String> notes) {
        List<Measurement> far = new ArrayList<>();
        double nearest = Double.POSITIVE_INFINITY;
        for (Measurement m : all) {
            if (m.distance() >= LEAST_METERS) {
                far.add(m);
            }
            nearest = Math.min(nearest, m.distance());
        }
        if (far.isEmpty()) {
            throw new ResourceException(names, "SourcePosition", format("all sources are nearer than %.1f m (%.2f m the nearest); a profile is of distant sources, the near field is added when it is worn", LEAST_METERS,
                    nearest));
        }
        if (far.size() < all.size()) {
            notes.add(format("%d measurements nearer than %.1f m (%.2f m the nearest) are left out.", all.size() - far.size(), LEAST_METERS, nearest));
        }
        return far;
    }

    /** Measurements of the same direction, of several distances those nearest to 1 m. */
    private static List<List<Measurement>> group(List<Measurement> all, List<String> notes) {
        double same = Math.cos(Math.toRadians(SAME_DEGREES));
        List<List<Measurement>> groups = new ArrayList<>();
        for (Measurement m : all) {
            List<Measurement> group = null;
            for (int g = 0; g < groups.size() && group == null; g++) {
                group = groups.get(g).get(0).dot(m) > same ? groups.get(g) : null;
            }
            if (group == null) {
                group = new ArrayList<>();
                groups.add(group);
            }
            group.add(m);
        }
        int left = 0;
        for (List<Measurement> group : groups) {
            double best = group.get(0).distance();
            for (Measurement m : group) {
                best = Math.abs(Math.log(m.distance())) < Math.abs(Math.log(best)) ? m.distance() : best;
            }
            double distance = best;
            int before = group.size();
            group.removeIf(m -> Math.max(m.distance(), distance) > SAME_DISTANCE * Math.min(m.distance(), distance));
            left += before - group.size();
        }
        if (left > 0) {
            notes.add(left + " measurements of directions that were measured nearer to 1 m as well are left out.");
        }
        return groups;
    }

    private static void checkSpread(String names, List<List<Measurement>> groups) {
        double apart = Math.cos(Math.toRadians(APART_DEGREES));
        List<Measurement> chosen = new ArrayList<>();
        for (List<Measurement> group : groups) {
            if (chosen.size() < LEAST && chosen.stream().allMatch(c -> c.dot(group.get(0)) <= apart + 1e-9)) {
                chosen.add(group.get(0));
            }
        }
        if (chosen.size() < LEAST) {
            throw new ResourceException(names, "SourcePosition", format("%d direction%s at least %.0f° apart %s measured; a profile needs %d, and %d all around are much better", chosen.size(),
                    chosen.size() == 1 ? "" : "s", APART_DEGREES, chosen.size() == 1 ? "was" : "were", LEAST, 5));
        }
    }

    /** Each the farthest from all before (Gonzalez 1985), the first the one that is nearest to the front. */
    private static List<List<Measurement>> thin(List<List<Measurement>> groups, List<String> notes) {
        int n = groups.size();
        if (n <= MOST) {
            return groups;
        }
        double[] nearest = new double[n];
        int next = 0;
        for (int i = 0; i < n; i++) {
            nearest[i] = -2;
            next = front(groups.get(i)) > front(groups.get(next)) ? i : next;
        }
        boolean[] chosen = new boolean[n];
        for (int c = 0; c < MOST; c++) {
            chosen[next] = true;
            Measurement last = groups.get(next).get(0);
            next = -1;
            for (int i = 0; i < n; i++) {
                nearest[i] = Math.max(nearest[i], groups.get(i).get(0).dot(last));
                next = !chosen[i] && (next < 0 || nearest[i] < nearest[next]) ? i : next;
            }
        }
        List<List<Measurement>> kept = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            if (chosen[i]) {
                kept.add(groups.get(i));
            }
        }
        notes.add(format("Of %d directions the %d that are spread best were used; a set that dense can be worn as it is.", n, MOST));
        return kept;
    }

    private static double front(List<Measurement> group) {
        return group.get(0).set.directions()[3 * group.get(0).index];
    }

    private static void noteDistances(List<List<Measurement>> groups, List<String> notes) {
        double least = Double.POSITIVE_INFINITY;
        double greatest = 0;
        for (List<Measurement> group : groups) {
            least = Math.min(least, group.get(0).distance());
            greatest = Math.max(greatest, group.get(0).distance());
        }
        if (greatest > 1.1 * least) {
            notes.add(format("Sources stood %.2f to %.2f m away; used as if all at 1 m, levels as they are.", least, greatest));
        } else if (greatest > 1.1 || least < 0.9) {
            notes.add(format("Sources stood %.2f m away; used as if at 1 m.", 0.5 * (least + greatest)));
        }
    }

    /** Features of responses. */
    private static final class Analysis {
        private final ResponseLag lag = new ResponseLag(SIZE, SIZE / 2);
        private final double[] re = new double[SIZE / 2 + 1];
        private final double[] im = new double[SIZE / 2 + 1];
        private final double[] packed = new double[SIZE];
        private HrirSet set;
        private float[] segment;
        private ResponseSpectrum spectrum;

        /** The interaural delay (seconds) with the responses as they are, and with their signs turned. */
        double[] delays(Measurement m) {
            use(m);
            double[] itd = new double[2];
            for (int ear = 0; ear < 2; ear++) {
                int start = transform(m, ear);
                for (int sign = 0; sign < 2; sign++) {
                    itd[sign] += (ear == 0 ? -1 : 1) * arrivalSeconds(m, ear, start, sign == 0 ? 1 : -1);
                }
            }
            return itd;
        }

        private double arrivalSeconds(Measurement m, int ear, int start, double polarity) {
            return lag.own(packed, polarity, 0, 0.5 * SIZE - 1) / RATE_HZ + (start + set.delaySamples()[2 * m.index + ear]) / set.sampleRateHz();
        }

        void add(Measurement m, double polarity, double[] levels, int levelAt, double[] itd, int itdAt, double weight) {
            use(m);
            double[] arrival = new double[2];
            for (int ear = 0; ear < 2; ear++) {
                int start = transform(m, ear);
                int stride = SIZE / HarmonicField.FFT_SIZE;
                for (int k = 0; k < BINS; k++) {
                    double magnitude = Math.hypot(re[k * stride], im[k * stride]);
                    levels[levelAt + ear * BINS + k] += weight * 20 * Math.log10(magnitude + LEAST_MAGNITUDE);
                }
                arrival[ear] = arrivalSeconds(m, ear, start, polarity);
            }
            itd[itdAt] += weight * (arrival[1] - arrival[0]);
        }

        private void use(Measurement m) {
            if (m.set != set) {
                set = m.set;
                int longest = (int) Math.ceil(LONGEST_SECONDS * set.sampleRateHz() * 1.001);
                segment = new float[Math.min(set.taps(), longest)];
                spectrum = new ResponseSpectrum(segment.length, set.sampleRateHz(), SIZE, RATE_HZ);
            }
            checkSound(m);
        }

        /** Leaves the spectrum of the direct sound, and says where it starts in the response. */
        private int transform(Measurement m, int ear) {
            int start = cut(m.index, ear);
            spectrum.of(segment, 0, re, im);
            packed[0] = re[0];
            packed[1] = re[SIZE / 2];
            for (int k = 1; k < SIZE / 2; k++) {
                packed[2 * k] = re[k];
                packed[2 * k + 1] = im[k];
            }
            return start;
        }

        private void checkSound(Measurement m) {
            double[] energy = new double[2];
            for (int ear = 0; ear < 2; ear++) {
                for (int n = 0; n < set.taps(); n++) {
                    double v = set.responses()[(2 * m.index + ear) * set.taps() + n];
                    energy[ear] += v * v;
                }
            }
            int quiet = energy[0] < energy[1] ? 0 : 1;
            if (!(energy[quiet] > SILENT * energy[1 - quiet])) {
                throw new ResourceException(set.file(), "Data.IR", "the " + (quiet == 0 ? "left" : "right") + " ear is silent in measurement " + m.index + " (" + m.describe() + ")");
            }
        }

        /** Puts a response into the segment, all of it or its direct sound, and says where the segment starts. */
        private int cut(int m, int ear) {
            float[] x = set.responses();
            int from = (2 * m + ear) * set.taps();
            if (segment.length == set.taps()) {
                System.arraycopy(x, from, segment, 0, segment.length);
                return 0;
            }
            float greatest = 0;
            for (int n = 0; n < set.taps(); n++) {
                greatest = Math.max(greatest, Math.abs(x[from + n]));
            }
            int onset = 0;
            while (Math.abs(x[from + onset]) < ONSET * greatest) {
                onset++;
            }
            double rate = set.sampleRateHz();
            int start = Math.max(0, onset - (int) Math.round(BEFORE_SECONDS * rate));
            double fadeFrom = onset + AFTER_SECONDS * rate;
            double fade = FADE_OUT_SECONDS * rate;
            int before = onset - start;
            for (int n = 0; n < segment.length; n++) {
                int at = start + n;
                double t = Math.min(1, Math.max(0, (at - fadeFrom) / fade));
                // The first half of what is before the onset fades in, if something is cut off there.
                double in = start == 0 ? 1 : Math.min(1, 2.0 * (n + 1) / before);
                double gain = (0.5 + 0.5 * Math.cos(Math.PI * t)) * (0.5 - 0.5 * Math.cos(Math.PI * in));
                segment[n] = at < set.taps() ? (float) (gain * x[from + at]) : 0;
            }
            return start;
        }
    }

    private static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
