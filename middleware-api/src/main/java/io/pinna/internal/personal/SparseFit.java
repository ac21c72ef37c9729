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
    /** Where a head of usual size has at least this delay, delays tell sides. */
    private static final double LATERAL_SECONDS = 250e-6;
    /** Heads are 0.92 to 1.13 of the mean one (medians over the directions of 37 people), single directions 0.61 to 1.38 (999 in 1000). */
    private static final double LEAST_HEAD = 0.6;
    private static final double GREATEST_HEAD = 1.6;
    /** A delay that is farther than this from what all others say, and ... (On people kept apart, these two leave out what training replaced, and hardly anything else.) */
    private static final double OUTLIER_SECONDS = 80e-6;
    /** ... than this many standard deviations, is left out. */
    private static final double OUTLIER_DEVIATIONS = 6;
    /** All directions within this angle of one: a part of the sphere only. */
    private static final double CAP_DEGREES = 75;
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

    static HarmonicField complete(PersonalModel model, PriorMean mean, MeasuredDirections measured, boolean keepLevel, List<String> notes, SphereCompletion.Progress progress) {
        SphereCompletion completion = new SphereCompletion(model, mean);
        noteCoverage(measured, notes);
        SphereCompletion.Delays delays = delays(completion, mean, measured, notes);
        double[] levels = measured.levelsDb().clone();
        double offset = offsetDb(mean, measured);
        boolean shifted = Math.abs(offset) > MAX_LEVEL_OFFSET_DB;
        if (shifted) {
            notes.add(format("Levels are %.1f dB %s the model's (people differ by 1 dB, standard deviation): another reference; %s.", Math.abs(offset), offset > 0 ? "above" : "below",
                    keepLevel ? "completed as if at the model's level and put back to their own" : "shifted to the model's level"));
        } else {
            notes.add(format("Levels are as measured (%+.1f dB to the mean of people).", offset));
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

    /** Median over directions and ears of the mean difference to the expected level. */
    private static double offsetDb(PriorMean mean, MeasuredDirections measured) {
        int q = measured.count();
        int first = (int) Math.ceil(LOWEST_MEASURED_HZ / HZ_PER_BIN);
        int last = (int) (LEVEL_TO_HZ / HZ_PER_BIN);
        double[] expected = new double[BINS];
        double[] offsets = new double[2 * q];
        for (int i = 0; i < 2 * q; i++) {
            double side = i % 2 == 0 ? 1 : -1;
            mean.levels(measured.x(i / 2), side * measured.y(i / 2), measured.z(i / 2), expected, 0);
            for (int k = first; k <= last; k++) {
                offsets[i] += (measured.levelsDb()[i * BINS + k] - expected[k]) / (last - first + 1);
            }
        }
        return median(offsets);
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int n = sorted.length;
        return (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
    }

    // ---- Delays -----------------------------------------------------------------------------------------------------------------------------------------------------------------------

    private static SphereCompletion.Delays delays(SphereCompletion completion, PriorMean mean, MeasuredDirections measured, List<String> notes) {
        int q = measured.count();
        checkHead(mean, measured, notes);
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
                note(measured, outliers, deviations, notes);
                throw new ResourceException(measured.file(), "Data.IR", "the interaural delays of more than a third of its directions contradict the others: " + notes.get(notes.size() - 1)
                        + " Check SourcePosition");
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
        if (outliers.isEmpty()) {
            return;
        }
        StringBuilder s = new StringBuilder("Warning: the interaural delay contradicts those of the other directions and is not used (levels are) at ");
        for (int i = 0; i < Math.min(8, outliers.size()); i++) {
            s.append(i == 0 ? "" : ", ").append(measured.describe(outliers.get(i))).append(format(" (%+.0f µs)", 1e6 * deviations.get(i)));
        }
        notes.add(s + (outliers.size() > 8 ? " and " + (outliers.size() - 8) + " more." : "."));
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
        if (2 * opposite > lateral) {
            throw new ResourceException(measured.file(), "Data.IR", "the interaural delays of " + opposite + " of " + lateral
                    + " lateral directions have the opposite sign: the ears are swapped, or azimuths do not count counter-clockwise");
        }
        if (Math.abs(head) < LEAST_HEAD / 2) {
            throw new ResourceException(measured.file(), "Data.Delay", format(
                    "the interaural delays are %.0f %% of a usual head's in %d lateral directions; if they were taken out of the responses, Data.Delay must give them", 100 * head, lateral));
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
            notes.add(format("Warning: all directions lie within %.0f° of %s; away from there the profile is less the person's own. (On people kept apart from the model, five directions within 20° to 30°"
                    + " left a spectral error of 4.0 to 4.1 dB, five all around 3.7 dB, the mean of people 4.7 dB.)", cap,
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
