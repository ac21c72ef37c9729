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
    /** One channel turned round is a wiring that nobody means: only a sign that is plain is believed. */
    private static final double PLAINLY = 0.5;
    /** ... and only if delays fit no head without it (mean over directions). */
    private static final double NO_HEAD_SECONDS = 100e-6;
    /** Where a response has risen to this, relative to its greatest sample, it has arrived whatever its sign: medians of the interaural delay over 3 to 300 directions are 0.83 to 1.25 of a usual head's in
     * 9 published sets. */
    private static final double RISEN = 0.3;
    /** What a head of usual size has here at least is enough for that. */
    private static final double SIDE_SECONDS = 150e-6;
    /** In sum over directions, what one near the ear's axis has. */
    private static final double ENOUGH_SECONDS = 550e-6;
    /** Limits for {@link #RISEN}: between the heads of people and those of sample rates that are wrong by a factor of two. Near zero it is no head of another size. */
    private static final double LEAST_RISE = 0.25;
    private static final double LEAST_HEAD = 0.65;
    private static final double GREATEST_HEAD = 1.55;
    /** Repeated measurements of a direction that differ by more, in the level of an ear (RMS, 0.3 to 8 kHz) or the delay, are not of one direction or one person. */
    private static final double REPEAT_DB = 3;
    private static final double REPEAT_SECONDS = 60e-6;
    /** Neighbours that count as one direction differ by more on the far side of the head: 4.3 dB (CIPIC) and 84 µs (THK) within 1°. */
    private static final double EXACT_DEGREES = 0.1;
    private static final double NEIGHBOUR_DB = 6;
    private static final double NEIGHBOUR_SECONDS = 150e-6;
    /** Files whose levels differ by more are of different references: a person's levels in 3 directions differ by 5.7 dB at most (99 % of draws, CIPIC). */
    private static final double SAME_REFERENCE_DB = 8;
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
     * @param mean  whose delays and levels tell the polarity of the microphones, the sample rate, and files of different references
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
        Analysis analysis = new Analysis(mean);
        Map<Measurement, Survey> surveys = new IdentityHashMap<>();
        for (List<Measurement> group : groups) {
            for (Measurement m : group) {
                surveys.put(m, analysis.survey(m));
            }
        }
        List<String> warnings = new ArrayList<>();
        Map<HrirSet, Wiring> wiring = new IdentityHashMap<>();
        for (HrirSet set : sets) {
            wiring.put(set, wiring(set, surveys, warnings));
        }
        Map<HrirSet, Double> gains = gains(sets, surveys, warnings);
        Repeats differences = new Repeats();
        for (int i = 0; i < q; i++) {
            List<Measurement> group = groups.get(i);
            double[] first = null;
            for (Measurement m : group) {
                double[] its = analysis.levels(m, gains.get(m.set));
                first = first == null ? its : first;
                double delay = surveys.get(m).itdSeconds(wiring.get(m.set));
                differences.compare(names, group.get(0), m, first, surveys.get(group.get(0)).itdSeconds(wiring.get(group.get(0).set)), its, delay);
                for (int k = 0; k < its.length; k++) {
                    levels[2 * i * BINS + k] += its[k] / group.size();
                }
                itd[i] += delay / group.size();
            }
            System.arraycopy(group.get(0).set.directions(), 3 * group.get(0).index, directions, 3 * i, 3);
        }
        checkOnsets(names, surveys.values());
        int repeats = groups.stream().mapToInt(g -> g.size() - 1).sum();
        notes.add(0, format("%d directions were measured%s", q, repeats == 0 ? "." : repeats == 1 ? "; one measurement repeats a direction, the two were averaged" + differences.describe()
                : "; " + repeats + " measurements repeat directions and were averaged with the first of each" + differences.describe()));
        notes.addAll(warnings);
        for (HrirSet set : sets) {
            if (set.taps() / set.sampleRateHz() > LONGEST_SECONDS * 1.001) {
                notes.add(format("%s has responses of %.1f ms; used is the direct sound, from %.1f ms before each ear's onset to %.1f ms after it.", Path.of(set.file()).getFileName(),
                        1e3 * set.taps() / set.sampleRateHz(), 1e3 * BEFORE_SECONDS, 1e3 * (AFTER_SECONDS + FADE_OUT_SECONDS)));
            }
        }
        return new MeasuredDirections(names, directions, levels, itd);
    }

    /** These directions less some, from 0. */
    MeasuredDirections without(List<Integer> omitted) {
        int q = count() - omitted.size();
        double[] d = new double[3 * q];
        double[] l = new double[2 * q * BINS];
        double[] t = new double[q];
        int to = 0;
        for (int i = 0; i < count(); i++) {
            if (!omitted.contains(i)) {
                System.arraycopy(directions, 3 * i, d, 3 * to, 3);
                System.arraycopy(levelsDb, 2 * i * BINS, l, 2 * to * BINS, 2 * BINS);
                t[to++] = itdSeconds[i];
            }
        }
        return new MeasuredDirections(file, d, l, t);
    }

    /** The signs with which the responses of a set's ears count: 0 as they are, 1 turned. */
    private record Wiring(int left, int right) {
    }

    /**
     * What is looked at before measurements are averaged.
     *
     * @param set             whose it is
     * @param arrivalSeconds  [left, right][as it is, turned]: what best aligns an ear's response with its minimum-phase version
     * @param riseSeconds     interaural delay of the first samples that are large
     * @param expectedSeconds interaural delay of a usual head
     * @param levelDb         mean over both ears of what the level is above the mean of people
     */
    private record Survey(HrirSet set, double[][] arrivalSeconds, double riseSeconds, double expectedSeconds, double levelDb) {
        double itdSeconds(Wiring wiring) {
            return arrivalSeconds[1][wiring.right] - arrivalSeconds[0][wiring.left];
        }
    }

    /**
     * The signs with which the delays of a set fit a head: some sets were measured with microphones wired the other way round, and a response finds its own minimum-phase version then at another
     * reflection.
     */
    private static Wiring wiring(HrirSet set, Map<Measurement, Survey> surveys, List<String> warnings) {
        Wiring[] all = {new Wiring(0, 0), new Wiring(1, 1), new Wiring(0, 1), new Wiring(1, 0)};
        double[] misfit = new double[all.length];
        int count = 0;
        for (Survey s : surveys.values()) {
            count += s.set == set ? 1 : 0;
            for (int w = 0; w < all.length && s.set == set; w++) {
                misfit[w] += Math.min(MISFIT_SECONDS, Math.abs(s.itdSeconds(all[w]) - s.expectedSeconds));
            }
        }
        int alike = misfit[1] < CLEARLY * misfit[0] ? 1 : 0;
        int mixed = misfit[3] < misfit[2] ? 3 : 2;
        double usual = Math.min(misfit[0], misfit[1]);
        if (usual > NO_HEAD_SECONDS * count && misfit[mixed] < PLAINLY * usual) {
            warnings.add(format("Warning: the polarity of one channel of %s is inverted (its delays fit a head with the sign of the %s ear's responses turned, and not without); used with that sign.",
                    Path.of(set.file()).getFileName(), mixed == 3 ? "left" : "right"));
            return all[mixed];
        }
        return all[alike];
    }

    /** What to add to the levels of each set, so that they are of one reference. */
    private static Map<HrirSet, Double> gains(List<HrirSet> sets, Map<Measurement, Survey> surveys, List<String> warnings) {
        Map<HrirSet, Double> level = new IdentityHashMap<>();
        HrirSet base = null;
        long most = 0;
        for (HrirSet set : sets) {
            double[] its = surveys.values().stream().filter(s -> s.set == set).mapToDouble(Survey::levelDb).toArray();
            level.put(set, its.length == 0 ? 0 : SparseFit.median(its));
            base = its.length > most ? set : base;
            most = Math.max(most, its.length);
        }
        Map<HrirSet, Double> gains = new IdentityHashMap<>();
        for (HrirSet set : sets) {
            double above = level.get(set) - level.get(base);
            boolean other = Math.abs(above) > SAME_REFERENCE_DB && surveys.values().stream().anyMatch(s -> s.set == set);
            gains.put(set, other ? -above : 0.0);
            if (other) {
                warnings.add(format("Warning: the levels of %s are %.1f dB %s those of %s, each compared with the mean of people in its directions: another reference; shifted by that.",
                        Path.of(set.file()).getFileName(), Math.abs(above), above > 0 ? "above" : "below", Path.of(base.file()).getFileName()));
            }
        }
        return gains;
    }

    /** Whether the responses rise in the order and as far apart as those of a head, which swapped ears and a wrong sample rate change and a wrong polarity does not. */
    private static void checkOnsets(String names, Iterable<Survey> surveys) {
        List<Double> found = new ArrayList<>();
        double sum = 0;
        double expected = 0;
        for (Survey s : surveys) {
            if (Math.abs(s.expectedSeconds) >= SIDE_SECONDS) {
                found.add(s.riseSeconds / s.expectedSeconds);
                sum += Math.copySign(1, s.expectedSeconds) * s.riseSeconds;
                expected += Math.abs(s.expectedSeconds);
            }
        }
        // One or two odd directions do not make a sample rate: where there are few, they must be far aside, and the whole must say what the median says.
        double whole = sum / expected;
        boolean enough = found.size() > 2 || expected >= ENOUGH_SECONDS;
        double[] ratios = found.stream().mapToDouble(r -> r).toArray();
        if (ratios.length == 0) {
            return;
        }
        double head = SparseFit.median(ratios);
        if (head < -LEAST_HEAD && head > -GREATEST_HEAD) {
            throw new ResourceException(names, "Data.IR", "the interaural delays of " + found.stream().filter(r -> r < 0).count() + " of " + ratios.length
                    + " lateral directions have the opposite sign: the ears are swapped, or azimuths do not count counter-clockwise");
        }
        boolean small = enough && head > LEAST_RISE && head < LEAST_HEAD && whole < LEAST_HEAD;
        boolean large = enough && head > GREATEST_HEAD && head < 2 * GREATEST_HEAD && whole > GREATEST_HEAD;
        if (small || large) {
            throw new ResourceException(names, "Data.SamplingRate", format(
                    "the interaural delays are %.2f times those of a usual head (median over %d directions, by the onsets of the responses); people have 0.9 to 1.15. Check the sample rate, and SourcePosition",
                    head, ratios.length));
        }
    }

    /** By how much repeated measurements differ. */
    private static final class Repeats {
        private double greatestDb;
        private double greatestSeconds;
        private Measurement where;

        void compare(String names, Measurement direction, Measurement other, double[] first, double firstSeconds, double[] levels, double seconds) {
            if (levels == first) {
                return;
            }
            double db = 0;
            for (int ear = 0; ear < 2; ear++) {
                double sum = 0;
                for (int k = SparseFit.LEVEL_FIRST; k <= SparseFit.LEVEL_LAST; k++) {
                    double d = levels[ear * BINS + k] - first[ear * BINS + k];
                    sum += d * d;
                }
                db = Math.max(db, Math.sqrt(sum / (SparseFit.LEVEL_LAST - SparseFit.LEVEL_FIRST + 1)));
            }
            double apart = Math.abs(seconds - firstSeconds);
            boolean exact = direction.dot(other) > Math.cos(Math.toRadians(EXACT_DEGREES));
            double mostDb = exact ? REPEAT_DB : NEIGHBOUR_DB;
            double mostSeconds = exact ? REPEAT_SECONDS : NEIGHBOUR_SECONDS;
            if (db > mostDb || apart > mostSeconds) {
                throw new ResourceException(names, "Data.IR", format(
                        "two measurements of one direction (%s) contradict each other: their levels differ by %.1f dB (RMS, 0.3 to 8 kHz), their interaural delays by %.0f µs; repeats differ by at most %.0f dB"
                                + " and %.0f µs. Leave one out, or check SourcePosition",
                        direction.describe(), db, 1e6 * apart, mostDb, 1e6 * mostSeconds));
            }
            if (where == null || db > greatestDb) {
                where = direction;
            }
            greatestDb = Math.max(greatestDb, db);
            greatestSeconds = Math.max(greatestSeconds, apart);
        }

        String describe() {
            return where == null ? "." : format("; repeats differ by up to %.1f dB (at %s) and %.0f µs.", greatestDb, where.describe(), 1e6 * greatestSeconds);
        }
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
            int near = all.size() - far.size();
            notes.add(format(near == 1 ? "%d measurement nearer than %.1f m (%.2f m) is left out." : "%d measurements nearer than %.1f m (%.2f m the nearest) are left out.", near, LEAST_METERS, nearest));
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
            notes.add(left == 1 ? "1 measurement of a direction that was measured nearer to 1 m as well is left out." : left
                    + " measurements of directions that were measured nearer to 1 m as well are left out.");
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
            throw new ResourceException(names, "SourcePosition", format("%s; a profile needs %d that are at least %.0f° apart, and %d all around are much better",
                    groups.size() == 1 ? "1 direction was measured" : chosen.size() == 1 ? format("all %d directions that were measured lie within %.0f° of the first", groups.size(), APART_DEGREES)
                            : format("only %d directions at least %.0f° apart were measured", chosen.size(), APART_DEGREES), LEAST, APART_DEGREES, 5));
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
        private final PriorMean mean;
        private final double[] expected = new double[BINS];
        private HrirSet set;
        private float[] segment;
        private ResponseSpectrum spectrum;

        Analysis(PriorMean mean) {
            this.mean = mean;
        }

        Survey survey(Measurement m) {
            use(m);
            double[][] arrival = new double[2][2];
            double[] levels = new double[2 * BINS];
            double[] rise = new double[2];
            for (int ear = 0; ear < 2; ear++) {
                int start = transform(m, ear);
                for (int sign = 0; sign < 2; sign++) {
                    arrival[ear][sign] = arrivalSeconds(m, ear, start, sign == 0 ? 1 : -1);
                }
                magnitudes(levels, ear * BINS, 0);
                rise[ear] = riseSeconds(m.index, ear);
            }
            double[] d = set.directions();
            double x = d[3 * m.index];
            double y = d[3 * m.index + 1];
            double z = d[3 * m.index + 2];
            double level = 0.5 * (SparseFit.aboveDb(mean, x, y, z, levels, 0, expected) + SparseFit.aboveDb(mean, x, -y, z, levels, BINS, expected));
            return new Survey(set, arrival, rise[1] - rise[0], mean.delaySeconds(x, y, z), level);
        }

        /** When a response reaches {@link #RISEN}, between samples along a line. */
        private double riseSeconds(int m, int ear) {
            float[] x = set.responses();
            int from = (2 * m + ear) * set.taps();
            double greatest = 0;
            for (int n = 0; n < set.taps(); n++) {
                greatest = Math.max(greatest, Math.abs(x[from + n]));
            }
            int n = 0;
            while (Math.abs(x[from + n]) < RISEN * greatest) {
                n++;
            }
            double before = n == 0 ? 0 : Math.abs(x[from + n - 1]);
            double after = Math.abs(x[from + n]);
            return (n - (after - RISEN * greatest) / (after - before) + set.delaySamples()[2 * m + ear]) / set.sampleRateHz();
        }

        private double arrivalSeconds(Measurement m, int ear, int start, double polarity) {
            return lag.own(packed, polarity, 0, 0.5 * SIZE - 1) / RATE_HZ + (start + set.delaySamples()[2 * m.index + ear]) / set.sampleRateHz();
        }

        /** [left, right][bin] */
        double[] levels(Measurement m, double gainDb) {
            use(m);
            double[] levels = new double[2 * BINS];
            for (int ear = 0; ear < 2; ear++) {
                transform(m, ear);
                magnitudes(levels, ear * BINS, gainDb);
            }
            return levels;
        }

        private void magnitudes(double[] levels, int at, double gainDb) {
            int stride = SIZE / HarmonicField.FFT_SIZE;
            for (int k = 0; k < BINS; k++) {
                levels[at + k] = gainDb + 20 * Math.log10(Math.hypot(re[k * stride], im[k * stride]) + LEAST_MAGNITUDE);
            }
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
