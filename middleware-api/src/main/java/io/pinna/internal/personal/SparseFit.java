package io.pinna.internal.personal;

import io.pinna.ResourceException;
import io.pinna.hrtf.FitSettings;
import io.pinna.hrtf.PersonalHrtf;
import io.pinna.hrtf.PersonalHrtfKind;
import io.pinna.internal.Version;
import io.pinna.internal.hrtf.FieldHrtf;
import io.pinna.internal.hrtf.HarmonicField;
import io.pinna.internal.hrtf.PersonalHrtfs;
import io.pinna.internal.hrtf.SphereTriangulation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** From measured directions to a profile: looks whether the measurements are what they say, completes them, and makes a field of spherical harmonics. See {@link io.pinna.hrtf.HrtfFit}. Any thread. */
public final class SparseFit {
    /** Of the field that comes out: on people kept apart its error is that of the completion itself to 0.001 dB from 5, 19 and 100 directions; order 16 adds 0.002 dB. */
    static final int ORDER = 20;
    /** Of its delays, which have finer structure: with 100 measured directions order 20 adds 5 µs. */
    static final int DELAY_ORDER = 28;
    private static final int BINS = HarmonicField.BINS;
    private static final double HZ_PER_BIN = (double) HarmonicField.SAMPLE_RATE_HZ / HarmonicField.FFT_SIZE;
    /** As in training (features.py): what is lower is noise of the measurement. */
    private static final double FLOOR_DB = -60;
    /** As in training: below, loudspeakers give nothing, and the level is carried down to the 0 dB of a head that is small against the wavelength. */
    private static final double LOWEST_MEASURED_HZ = 300;
    /** Where the level of a set is taken: above what small loudspeakers lack, below what pinnae and microphone positions change most. */
    private static final double LEVEL_TO_HZ = 8000;
    /** The mean level of people's ears has a standard deviation of 1.0 dB (37 people of CIPIC, 3 to 1250 directions; the greatest 3.4): four of them. */
    private static final double MAX_LEVEL_OFFSET_DB = 4;
    static final int LEVEL_FIRST = (int) Math.ceil(LOWEST_MEASURED_HZ / HZ_PER_BIN);
    static final int LEVEL_LAST = (int) (LEVEL_TO_HZ / HZ_PER_BIN);
    /**
     * What the left ear's level is above the right one's beyond what is expected, as the median over directions, has a standard deviation of 1.3 dB (37 people of CIPIC; 3.8 dB is 99 % of draws of 19
     * directions; one person has 5 dB in five). Beyond, it is the gain of the microphones; to even out what is that person's own costs 0.5 dB of spectral error.
     */
    private static final double MAX_BALANCE_DB = 5.5;
    /** From here on it is told: two standard deviations. */
    private static final double TOLD_BALANCE_DB = 2.7;
    /** Of single directions, the median distance from that median is 2.8 dB in 99.9 % of draws of 19 directions, 3.9 dB of 3. */
    private static final double MAX_BALANCE_SCATTER_DB = 4;
    /** A direction's level is at most this far from the median of all (6.9 dB in 99.9 % of draws of 5 directions, 6.4 dB in 9 published sets of other rigs). */
    private static final double MAX_DIRECTION_DB = 8;
    /** Where a head of usual size has at least this delay, delays tell sides. */
    private static final double LATERAL_SECONDS = 250e-6;
    /** Heads are 0.92 to 1.13 of the mean one (medians over the directions of 37 people), single directions 0.61 to 1.38 (999 in 1000). */
    private static final double LEAST_HEAD = 0.6;
    private static final double GREATEST_HEAD = 1.6;
    /** Median distance of single directions' ratios from their median: 0.1 for people, 1 and more for noise. */
    private static final double MAX_HEAD_SCATTER = 0.5;
    /** A delay that is farther than this from what all others say, and ... (On people kept apart, these two leave out what training replaced, and hardly anything else.) */
    private static final double OUTLIER_SECONDS = 80e-6;
    /** ... than this many standard deviations, is left out. */
    private static final double OUTLIER_DEVIATIONS = 6;
    /** All directions within this angle of one: a part of the sphere only. The best three places that were found lie within 66°, and in none of six rigs' grids within this. */
    private static final double CAP_DEGREES = 55;
    /** A direction this far (sine) across the middle counts for the other side. */
    private static final double ACROSS = 0.09;

    private SparseFit() {
    }

    /** @param progress hears of the completion */
    public static PersonalHrtf fit(List<Path> files, FitSettings settings, SphereCompletion.Progress progress) {
        PersonalModel model = settings.model().isPresent() ? PersonalModel.load(settings.model().get()) : PersonalModel.builtIn();
        List<String> notes = new ArrayList<>();
        MeasuredDirections measured = MeasuredDirections.read(files, model.mean(), notes);
        HarmonicField field = complete(model, model.mean(), measured, settings.keepLevel(), notes, progress);
        notes.add("Completed with the model " + Path.of(model.file()).getFileName() + ", SHA-256 " + model.sha256().substring(0, 16) + ".");
        return PersonalHrtfs.create(PersonalHrtfKind.MEASURED_DIRECTIONS, "Pinna " + Version.text(), notes, field);
    }

    static HarmonicField complete(PersonalModel model, PriorMean mean, MeasuredDirections all, boolean keepLevel, List<String> notes, SphereCompletion.Progress progress) {
        SphereCompletion completion = new SphereCompletion(model, mean);
        checkHead(mean, all, notes);
        MeasuredDirections measured = balanced(mean, withinLevels(mean, all, notes), notes);
        noteCoverage(measured, notes);
        SphereCompletion.Delays delays = delays(completion, mean, measured, notes);
        double[] levels = measured.levelsDb().clone();
        double offset = offsetDb(mean, measured);
        boolean shifted = Math.abs(offset) > MAX_LEVEL_OFFSET_DB;
        if (shifted) {
            notes.add(format("Levels are %.1f dB %s the model's (people differ by 1 dB, standard deviation): another reference; %s.", Math.abs(offset), offset > 0 ? "above" : "below",
                    keepLevel ? "completed as if at the model's level and put back to their own" : "shifted to the model's level"));
        } else {
            notes.add(format("Levels are as measured (%+.1f dB to the mean of people; kept, another reference is told from %.0f dB on).", offset, MAX_LEVEL_OFFSET_DB));
        }
        for (int i = 0; i < levels.length; i += BINS) {
            prepare(levels, i, shifted ? offset : 0);
        }
        SphereTriangulation sphere = FieldHrtf.sphere();
        double[] directions = new double[3 * sphere.vertexCount()];
        for (int i = 0; i < directions.length; i++) {
            directions[i] = sphere.coordinate(i / 3, i % 3);
        }
        float[] completed = completion.levels(measured.directions(), levels, progress).at(directions);
        if (shifted && keepLevel) {
            for (int i = 0; i < completed.length; i++) {
                completed[i] += (float) offset;
            }
        }
        double[] itd = delays.at(directions);
        float[] itdSeconds = new float[itd.length];
        for (int i = 0; i < itd.length; i++) {
            itdSeconds[i] = (float) itd[i];
        }
        return HarmonicField.fit(directions, completed, itdSeconds, ORDER, DELAY_ORDER, 0);
    }

    /** Raw levels of an ear to those that the model knows: another reference, floor, and the lowest frequencies. */
    static void prepare(double[] levels, int at, double offsetDb) {
        for (int k = 0; k < BINS; k++) {
            levels[at + k] = Math.max(FLOOR_DB, levels[at + k] - offsetDb);
        }
        int first = (int) Math.ceil(LOWEST_MEASURED_HZ / HZ_PER_BIN);
        for (int k = 0; k < first; k++) {
            // A rigid sphere at small ka: the level leaves 0 dB with the square of frequency (Duda and Martens 1998).
            levels[at + k] = levels[at + first] * k * k / (first * first);
        }
    }

    /**
     * What the level of an ear is above the expected one, mean from 0.3 to 8 kHz.
     *
     * @param x        direction in left-ear coordinates, as for {@link PriorMean#levels}; likewise y and z
     * @param levelsDb holds the ear's level from {@code at}
     * @param expected [bins], overwritten
     */
    static double aboveDb(PriorMean mean, double x, double y, double z, double[] levelsDb, int at, double[] expected) {
        mean.levels(x, y, z, expected, 0);
        double sum = 0;
        for (int k = LEVEL_FIRST; k <= LEVEL_LAST; k++) {
            sum += levelsDb[at + k] - expected[k];
        }
        return sum / (LEVEL_LAST - LEVEL_FIRST + 1);
    }

    /** [direction][left, right], flat */
    private static double[] aboveDb(PriorMean mean, MeasuredDirections measured) {
        double[] expected = new double[BINS];
        double[] above = new double[2 * measured.count()];
        for (int i = 0; i < above.length; i++) {
            above[i] = aboveDb(mean, measured.x(i / 2), (i % 2 == 0 ? 1 : -1) * measured.y(i / 2), measured.z(i / 2), measured.levelsDb(), i * BINS, expected);
        }
        return above;
    }

    /** Median over directions and ears of the mean difference to the expected level. */
    private static double offsetDb(PriorMean mean, MeasuredDirections measured) {
        return median(aboveDb(mean, measured));
    }

    /** Without the directions whose level is not that of the others. */
    private static MeasuredDirections withinLevels(PriorMean mean, MeasuredDirections measured, List<String> notes) {
        int q = measured.count();
        double[] above = aboveDb(mean, measured);
        double[] levels = new double[q];
        for (int i = 0; i < q; i++) {
            levels[i] = 0.5 * (above[2 * i] + above[2 * i + 1]);
        }
        double usual = median(levels);
        List<Integer> outliers = new ArrayList<>();
        StringBuilder s = new StringBuilder();
        for (int i = 0; i < q; i++) {
            if (Math.abs(levels[i] - usual) > MAX_DIRECTION_DB) {
                if (outliers.size() < 8) {
                    s.append(outliers.isEmpty() ? "" : ", ").append(measured.describe(i)).append(format(" (%+.1f dB)", levels[i] - usual));
                }
                outliers.add(i);
            }
        }
        if (outliers.isEmpty()) {
            return measured;
        }
        String which = s + (outliers.size() > 8 ? " and " + (outliers.size() - 8) + " more" : "");
        if (q - outliers.size() < MeasuredDirections.LEAST || 3 * outliers.size() > q) {
            throw new ResourceException(measured.file(), "Data.IR", format("the level, compared with the mean of people, is far from the median of all directions at %s; people's differ by less than %.0f dB."
                    + " Measure all directions with one gain", which, MAX_DIRECTION_DB));
        }
        notes.add("Warning: the level is far from that of the other directions, each compared with the mean of people; left out: " + which + ".");
        return measured.without(outliers);
    }

    /** With microphones of the same gain. */
    private static MeasuredDirections balanced(PriorMean mean, MeasuredDirections measured, List<String> notes) {
        int q = measured.count();
        double[] above = aboveDb(mean, measured);
        double[] balance = new double[q];
        for (int i = 0; i < q; i++) {
            balance[i] = above[2 * i] - above[2 * i + 1];
        }
        double offset = median(balance);
        double scatter = median(Arrays.stream(balance).map(b -> Math.abs(b - offset)).toArray());
        String told = format("the left ear is %.1f dB %s than the right one, beyond what is expected in these directions (people differ by 1.3 dB, standard deviation)", Math.abs(offset),
                offset > 0 ? "louder" : "quieter");
        if (Math.abs(offset) <= MAX_BALANCE_DB) {
            if (scatter > MAX_BALANCE_SCATTER_DB) {
                notes.add(format("Warning: the level differences between the ears are %.1f dB from those of people in these directions (median); check SourcePosition.", scatter));
            } else if (Math.abs(offset) > TOLD_BALANCE_DB) {
                notes.add(Character.toUpperCase(told.charAt(0)) + told.substring(1) + "; kept.");
            }
            return measured;
        }
        if (scatter > MAX_BALANCE_SCATTER_DB) {
            throw new ResourceException(measured.file(), "Data.IR", told + format("; single directions are %.1f dB from that (median), so it is not the gain of a microphone. Check SourcePosition, and both channels",
                    scatter));
        }
        notes.add("Warning: " + told + format(", alike in all directions (within %.1f dB, median): microphones of different gain; both were shifted by half of it. Calibrate the microphones.", scatter));
        double[] levels = measured.levelsDb().clone();
        for (int i = 0; i < levels.length; i++) {
            levels[i] += (i / BINS % 2 == 0 ? -0.5 : 0.5) * offset;
        }
        return new MeasuredDirections(measured.file(), measured.directions(), levels, measured.itdSeconds());
    }

    static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int n = sorted.length;
        return (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
    }

    // ---- Delays -----------------------------------------------------------------------------------------------------------------------------------------------------------------------

    private static SphereCompletion.Delays delays(SphereCompletion completion, PriorMean mean, MeasuredDirections measured, List<String> notes) {
        int q = measured.count();
        List<Integer> kept = new ArrayList<>();
        for (int i = 0; i < q; i++) {
            kept.add(i);
        }
        List<Integer> outliers = new ArrayList<>();
        List<Double> deviations = new ArrayList<>();
        while (true) {
            SphereCompletion.Delays delays = completion.delays(directions(measured, kept), kept.stream().mapToDouble(i -> measured.itdSeconds()[i]).toArray());
            int worst = -1;
            double greatest = OUTLIER_DEVIATIONS;
            for (int i = 0; i < kept.size(); i++) {
                double deviation = Math.abs(delays.deviationSeconds(i));
                if (deviation > OUTLIER_SECONDS && deviation > greatest * delays.expectedDeviationSeconds(i)) {
                    greatest = deviation / delays.expectedDeviationSeconds(i);
                    worst = i;
                }
            }
            if (worst < 0) {
                note(measured, outliers, deviations, notes);
                return delays;
            }
            deviations.add(delays.deviationSeconds(worst));
            outliers.add(kept.remove(worst));
            if (3 * outliers.size() > q) {
                throw new ResourceException(measured.file(), "Data.IR", "the interaural delays of more than a third of its directions contradict the others: " + list(measured, outliers, deviations)
                        + ". Check SourcePosition, and the polarity of both channels");
            }
        }
    }

    private static double[] directions(MeasuredDirections measured, List<Integer> which) {
        double[] out = new double[3 * which.size()];
        for (int i = 0; i < which.size(); i++) {
            System.arraycopy(measured.directions(), 3 * which.get(i), out, 3 * i, 3);
        }
        return out;
    }

    private static void note(MeasuredDirections measured, List<Integer> outliers, List<Double> deviations, List<String> notes) {
        if (!outliers.isEmpty()) {
            notes.add("Warning: the interaural delay contradicts those of the other directions and is not used (levels are) at " + list(measured, outliers, deviations) + ".");
        }
    }

    private static String list(MeasuredDirections measured, List<Integer> outliers, List<Double> deviations) {
        StringBuilder s = new StringBuilder();
        for (int i = 0; i < Math.min(8, outliers.size()); i++) {
            s.append(i == 0 ? "" : ", ").append(measured.describe(outliers.get(i))).append(format(" (%+.0f µs)", 1e6 * deviations.get(i)));
        }
        return s + (outliers.size() > 8 ? " and " + (outliers.size() - 8) + " more" : "");
    }

    /** Whether the delays are those of a head in these directions, as a whole. */
    private static void checkHead(PriorMean mean, MeasuredDirections measured, List<String> notes) {
        int q = measured.count();
        double[] ratios = new double[q];
        int lateral = 0;
        int opposite = 0;
        for (int i = 0; i < q; i++) {
            double expected = mean.delaySeconds(measured.x(i), measured.y(i), measured.z(i));
            if (Math.abs(expected) >= LATERAL_SECONDS) {
                double ratio = measured.itdSeconds()[i] / expected;
                ratios[lateral++] = ratio;
                opposite += ratio < -LEAST_HEAD / 2 ? 1 : 0;
            }
        }
        if (lateral == 0) {
            notes.add("Warning: no direction is far enough to a side to tell the size of the head; interaural delays are mostly those of a usual one.");
            return;
        }
        double head = median(Arrays.copyOf(ratios, lateral));
        double scatter = median(Arrays.stream(ratios, 0, lateral).map(r -> Math.abs(r - head)).toArray());
        if (head < -GREATEST_HEAD || scatter > MAX_HEAD_SCATTER) {
            throw new ResourceException(measured.file(), "Data.IR", format("there is no consistent interaural delay: those of %d lateral directions are %.2f times a usual head's, give or take %.2f"
                    + " (medians). Check that the responses are a head's, and SourcePosition", lateral, head, scatter));
        }
        if (2 * opposite > lateral) {
            throw new ResourceException(measured.file(), "Data.IR", "the interaural delays of " + opposite + " of " + lateral
                    + " lateral directions have the opposite sign: the ears are swapped, or azimuths do not count counter-clockwise");
        }
        if (Math.abs(head) < LEAST_HEAD / 2) {
            throw new ResourceException(measured.file(), "Data.Delay", format(
                    "the interaural delays are %.0f %% of a usual head's in %d lateral directions; if they were taken out of the responses, Data.Delay must give them", 100 * head, lateral));
        }
        if (lateral > 2 && (head < 0.92 || head > 1.13)) {
            notes.add(format("Interaural delays are %.2f times those of a usual head (median of %d lateral directions; people have 0.92 to 1.13).", head, lateral));
        }
        if (!(head >= LEAST_HEAD && head <= GREATEST_HEAD)) {
            throw new ResourceException(measured.file(), "Data.SamplingRate", format(
                    "the interaural delays are %.2f times those of a usual head; people have 0.9 to 1.15. Check the sample rate, and SourcePosition", head));
        }
    }

    // ---- Coverage ---------------------------------------------------------------------------------------------------------------------------------------------------------------------

    private static void noteCoverage(MeasuredDirections measured, List<String> notes) {
        SphereTriangulation sphere = FieldHrtf.sphere();
        double best = -1;
        int centre = 0;
        for (int v = 0; v < sphere.vertexCount(); v++) {
            double farthest = 1;
            for (int i = 0; i < measured.count(); i++) {
                farthest = Math.min(farthest, sphere.coordinate(v, 0) * measured.x(i) + sphere.coordinate(v, 1) * measured.y(i) + sphere.coordinate(v, 2) * measured.z(i));
            }
            if (farthest > best) {
                best = farthest;
                centre = v;
            }
        }
        double cap = Math.toDegrees(Math.acos(Math.min(1, best)));
        String side = side(measured);
        if (cap <= CAP_DEGREES) {
            notes.add(format("Warning: all directions lie within %.0f° of %s; away from there the profile is less the person's own.", cap,
                    MeasuredDirections.describe(sphere.coordinate(centre, 0), sphere.coordinate(centre, 1), sphere.coordinate(centre, 2))));
        } else if (side != null) {
            notes.add("Warning: all directions are " + side + "; expect somewhat less than from as many all around.");
        }
    }

    private static String side(MeasuredDirections measured) {
        double[] lowest = {1, 1};
        double[] highest = {-1, -1};
        for (int i = 0; i < measured.count(); i++) {
            for (int axis = 0; axis < 2; axis++) {
                double c = measured.directions()[3 * i + axis];
                lowest[axis] = Math.min(lowest[axis], c);
                highest[axis] = Math.max(highest[axis], c);
            }
        }
        return lowest[1] > -ACROSS && highest[1] > ACROSS ? "on the left" : highest[1] < ACROSS && lowest[1] < -ACROSS ? "on the right"
                : lowest[0] > -ACROSS && highest[0] > ACROSS ? "in front" : highest[0] < ACROSS && lowest[0] < -ACROSS ? "behind" : null;
    }

    private static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
