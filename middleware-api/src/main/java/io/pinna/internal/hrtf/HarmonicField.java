package io.pinna.internal.hrtf;

import io.pinna.InvalidValueException;
import io.pinna.internal.Check;
import java.util.Arrays;
import java.util.Optional;

/**
 * A listener's ears as sums of {@link SphericalHarmonics}: for each ear and frequency the level in dB, and the interaural delay. Both ears are in the one frame of the head. Levels are those at the bins
 * of a transform of {@value #FFT_SIZE} points at {@value #SAMPLE_RATE_HZ} Hz. Immutable; any thread but the audio thread.
 */
public final class HarmonicField implements SpectrumField {
    public static final int MAX_ORDER = 32;
    public static final int SAMPLE_RATE_HZ = 44100;
    public static final int FFT_SIZE = 256;
    public static final int BINS = FFT_SIZE / 2 + 1;
    /** Values of one direction: both ears. */
    private static final int ROW = 2 * BINS;
    /** No ear is that loud or that deaf: what lies beyond is a fault of the field. */
    public static final double MAX_LEVEL_DB = 120;
    /** Twice the delay of a wide head. */
    public static final double MAX_DELAY_SECONDS = 1.5e-3;
    private static final double LOWEST_AUDIBLE_HZ = 200;
    private static final double HIGHEST_AUDIBLE_HZ = 16000;
    /** Directions that share a pass over the coefficients: their results (16 kB) and four rows of coefficients (4 kB) stay in the first-level cache. */
    private static final int TILE = 16;

    private final SphericalHarmonics levelHarmonics;
    private final SphericalHarmonics delayHarmonics;
    /** A row for each harmonic: rows that are arrays of their own, all read from 0, are what the compiler knows to make vectors of. */
    private final float[][] levels;
    private final float[] delays;
    private final Extent extent;

    /**
     * What a field comes to in the directions of {@link FieldHrtf#sphere}.
     *
     * @param lowestDb            lowest level of an ear from 0.2 to 16 kHz
     * @param highestDb           highest level there
     * @param smallestDelaySeconds interaural delay, signed
     * @param largestDelaySeconds  likewise
     */
    public record Extent(double lowestDb, double highestDb, double smallestDelaySeconds, double largestDelaySeconds) {
    }

    /**
     * @param order             of the levels, 0 to {@link #MAX_ORDER}
     * @param levelCoefficients [(order + 1)²][left, right][{@link #BINS}] (dB), flat, finite
     * @param delayOrder        of the interaural delay, 0 to {@link #MAX_ORDER}
     * @param delayCoefficients [(delayOrder + 1)²] (seconds: delay of the right ear less that of the left), finite
     * @throws InvalidValueException if an order is out of range, an array is not of its length, a value is not finite, or levels exceed ±{@link #MAX_LEVEL_DB} or delays
     *                               {@link #MAX_DELAY_SECONDS} in a direction of {@link FieldHrtf#sphere}
     */
    public HarmonicField(int order, float[] levelCoefficients, int delayOrder, float[] delayCoefficients) {
        Check.inRange(order, 0, MAX_ORDER, "order");
        Check.inRange(delayOrder, 0, MAX_ORDER, "itdOrder");
        levelHarmonics = new SphericalHarmonics(order);
        delayHarmonics = new SphericalHarmonics(delayOrder);
        checkAll(levelCoefficients, levelCount(order), "levels");
        checkAll(delayCoefficients, delayCount(delayOrder), "itd");
        levels = new float[levelHarmonics.count()][];
        for (int h = 0; h < levels.length; h++) {
            levels[h] = Arrays.copyOfRange(levelCoefficients, h * ROW, (h + 1) * ROW);
        }
        delays = delayCoefficients.clone();
        extent = measure();
    }

    private static void checkAll(float[] values, int count, String name) {
        if (values.length != count) {
            throw new InvalidValueException(name + " has " + values.length + " coefficients; its order needs " + count);
        }
        for (int i = 0; i < count; i++) {
            if (!Float.isFinite(values[i])) {
                throw new InvalidValueException(name + " has " + values[i] + " at coefficient " + i + "; all must be finite");
            }
        }
    }

    /** Length of the level coefficients of an order. */
    public static int levelCount(int order) {
        return SphericalHarmonics.count(order) * ROW;
    }

    /** Length of the delay coefficients of an order. */
    public static int delayCount(int order) {
        return SphericalHarmonics.count(order);
    }

    /** As {@link #fit(double[], float[], float[], int, int, double)}, with levels and delay of the same order. */
    public static HarmonicField fit(double[] directions, float[] magnitudeDb, float[] itdSeconds, int order, double penalty) {
        return fit(directions, magnitudeDb, itdSeconds, order, order, penalty);
    }

    /**
     * The field that comes closest to samples (see {@link SphericalHarmonics#fit}).
     *
     * @param directions  x, y, z of each of M directions, unit vectors, flat; for penalty 0 spread over the whole sphere and more than twice as many as there are harmonics
     * @param magnitudeDb [M][left, right][{@link #BINS}], flat
     * @param itdSeconds  [M]: delay of the right ear less that of the left
     * @param order       of the levels, 0 to {@link #MAX_ORDER}
     * @param itdOrder    of the delay, likewise
     * @param penalty     on curvature, ≥ 0
     * @throws InvalidValueException if the samples do not determine the field, or as by the constructor
     */
    public static HarmonicField fit(double[] directions, float[] magnitudeDb, float[] itdSeconds, int order, int itdOrder, double penalty) {
        Check.inRange(order, 0, MAX_ORDER, "order");
        Check.inRange(itdOrder, 0, MAX_ORDER, "itdOrder");
        int count = directions.length / 3;
        if (magnitudeDb.length != (long) count * ROW || itdSeconds.length != count) {
            throw new IllegalArgumentException(magnitudeDb.length + " levels and " + itdSeconds.length + " delays do not fit to " + count + " directions");
        }
        return new HarmonicField(order, solve(directions, magnitudeDb, order, ROW, penalty), itdOrder, solve(directions, itdSeconds, itdOrder, 1, penalty));
    }

    private static float[] solve(double[] directions, float[] samples, int order, int channels, double penalty) {
        double[] values = new double[samples.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = samples[i];
        }
        double[] solved = new SphericalHarmonics(order).fit(directions, values, channels, penalty);
        float[] coefficients = new float[solved.length];
        for (int i = 0; i < coefficients.length; i++) {
            coefficients[i] = (float) solved[i];
        }
        return coefficients;
    }

    /** As {@link #fit(double[], float[], float[], int, double)}, of samples at the vertices of a sphere. */
    public static HarmonicField fit(SphereTriangulation sphere, float[] magnitudeDb, float[] itdSeconds, int order, double penalty) {
        double[] directions = new double[3 * sphere.vertexCount()];
        for (int i = 0; i < directions.length; i++) {
            directions[i] = sphere.coordinate(i / 3, i % 3);
        }
        return fit(directions, magnitudeDb, itdSeconds, order, penalty);
    }

    /** As {@link #fit(double[], float[], float[], int, double)}, of another field with the same bins, sampled at the vertices of a sphere. */
    public static HarmonicField fit(SphereTriangulation sphere, SpectrumField field, int order, double penalty) {
        if (field.fftSize() != FFT_SIZE || field.sampleRateHz() != SAMPLE_RATE_HZ) {
            throw new IllegalArgumentException("the field has bins of " + field.fftSize() + " points at " + field.sampleRateHz() + " Hz");
        }
        int count = sphere.vertexCount();
        float[] magnitudeDb = new float[count * ROW];
        float[] itdSeconds = new float[count];
        float[] directions = new float[3 * MAX_BATCH];
        float[] db = new float[MAX_BATCH * ROW];
        float[] itd = new float[MAX_BATCH];
        for (int from = 0; from < count; from += MAX_BATCH) {
            int n = Math.min(MAX_BATCH, count - from);
            for (int i = 0; i < 3 * n; i++) {
                directions[i] = sphere.coordinate(from + i / 3, i % 3);
            }
            field.evaluate(directions, n, db, itd);
            System.arraycopy(db, 0, magnitudeDb, from * ROW, n * ROW);
            System.arraycopy(itd, 0, itdSeconds, from, n);
        }
        return fit(sphere, magnitudeDb, itdSeconds, order, penalty);
    }

    /** Of the higher of both orders; what the lower one has not is 0. */
    @Override
    public Optional<FieldCoefficients> coefficients() {
        int order = Math.max(levelHarmonics.order(), delayHarmonics.order());
        int columns = ROW + 1;
        float[] scores = new float[SphericalHarmonics.count(order) * columns];
        for (int h = 0; h < levels.length; h++) {
            System.arraycopy(levels[h], 0, scores, h * columns, ROW);
        }
        for (int h = 0; h < delays.length; h++) {
            scores[h * columns + ROW] = (float) (1e6 * delays[h]);
        }
        float[][] components = new float[BINS][BINS];
        for (int k = 0; k < BINS; k++) {
            components[k][k] = 1;
        }
        return Optional.of(new FieldCoefficients(order, scores, components));
    }

    /** Of the levels. */
    public int order() {
        return levelHarmonics.order();
    }

    public int delayOrder() {
        return delayHarmonics.order();
    }

    /** A copy. */
    public float[] levelCoefficients() {
        float[] copy = new float[levels.length * ROW];
        for (int h = 0; h < levels.length; h++) {
            System.arraycopy(levels[h], 0, copy, h * ROW, ROW);
        }
        return copy;
    }

    /** A copy. */
    public float[] delayCoefficients() {
        return delays.clone();
    }

    /** Found out once, when the field is made: that takes as long as evaluating 2562 directions. */
    public Extent extent() {
        return extent;
    }

    @Override
    public int sampleRateHz() {
        return SAMPLE_RATE_HZ;
    }

    @Override
    public int fftSize() {
        return FFT_SIZE;
    }

    @Override
    public int bins() {
        return BINS;
    }

    /** In the directions of {@link FieldHrtf#sphere}. */
    @Override
    public double maxInterauralDelaySeconds() {
        return Math.max(Math.abs(extent.smallestDelaySeconds), Math.abs(extent.largestDelaySeconds));
    }

    /** As {@link SpectrumField#evaluate}; any number of directions. */
    @Override
    public void evaluate(float[] directionXyz, int count, float[] magnitudeDb, float[] itdSeconds) {
        int harmonics = levelHarmonics.count();
        double[] basis = new double[Math.max(harmonics, delayHarmonics.count())];
        float[] tile = new float[TILE * harmonics];
        float[][] sums = new float[TILE][ROW];
        for (int from = 0; from < count; from += TILE) {
            int n = Math.min(TILE, count - from);
            for (int i = 0; i < n; i++) {
                double x = directionXyz[3 * (from + i)];
                double y = directionXyz[3 * (from + i) + 1];
                double z = directionXyz[3 * (from + i) + 2];
                itdSeconds[from + i] = delay(x, y, z, basis);
                levelHarmonics.evaluate(x, y, z, basis, 0);
                for (int h = 0; h < harmonics; h++) {
                    tile[i * harmonics + h] = (float) basis[h];
                }
            }
            for (int i = 0; i < n; i++) {
                Arrays.fill(sums[i], 0);
            }
            int h = 0;
            for (; h + 4 <= harmonics; h += 4) {
                for (int i = 0; i < n; i++) {
                    int t = i * harmonics + h;
                    addFour(tile[t], levels[h], tile[t + 1], levels[h + 1], tile[t + 2], levels[h + 2], tile[t + 3], levels[h + 3], sums[i]);
                }
            }
            for (; h < harmonics; h++) {
                for (int i = 0; i < n; i++) {
                    add(tile[i * harmonics + h], levels[h], sums[i]);
                }
            }
            for (int i = 0; i < n; i++) {
                System.arraycopy(sums[i], 0, magnitudeDb, (from + i) * ROW, ROW);
            }
        }
    }

    private float delay(double x, double y, double z, double[] basis) {
        delayHarmonics.evaluate(x, y, z, basis, 0);
        double sum = 0;
        for (int h = 0; h < delays.length; h++) {
            sum += basis[h] * delays[h];
        }
        return (float) sum;
    }

    /** Four rows at a time, so that a sum is loaded and stored once for four products. */
    private static void addFour(float y0, float[] c0, float y1, float[] c1, float y2, float[] c2, float y3, float[] c3, float[] sums) {
        for (int k = 0; k < ROW; k++) {
            sums[k] += y0 * c0[k] + y1 * c1[k] + (y2 * c2[k] + y3 * c3[k]);
        }
    }

    private static void add(float y, float[] c, float[] sums) {
        for (int k = 0; k < ROW; k++) {
            sums[k] += y * c[k];
        }
    }

    private Extent measure() {
        DelaunaySphere sphere = FieldHrtf.sphere();
        float[] directions = new float[3 * MAX_BATCH];
        float[] db = new float[MAX_BATCH * ROW];
        float[] itd = new float[MAX_BATCH];
        float lowest = Float.POSITIVE_INFINITY;
        float highest = Float.NEGATIVE_INFINITY;
        float smallest = Float.POSITIVE_INFINITY;
        float largest = Float.NEGATIVE_INFINITY;
        int first = (int) Math.ceil(LOWEST_AUDIBLE_HZ * FFT_SIZE / SAMPLE_RATE_HZ);
        int last = (int) (HIGHEST_AUDIBLE_HZ * FFT_SIZE / SAMPLE_RATE_HZ);
        for (int from = 0; from < sphere.vertexCount(); from += MAX_BATCH) {
            int n = Math.min(MAX_BATCH, sphere.vertexCount() - from);
            for (int i = 0; i < 3 * n; i++) {
                directions[i] = sphere.coordinate(from + i / 3, i % 3);
            }
            evaluate(directions, n, db, itd);
            for (int i = 0; i < n * ROW; i++) {
                int k = i % BINS;
                // Negated, so that NaN (infinite sums that cancel) fails.
                if (!(Math.abs(db[i]) <= MAX_LEVEL_DB)) {
                    throw new InvalidValueException(where("levels", sphere, from + i / ROW) + db[i] + " dB at " + Math.round((double) k * SAMPLE_RATE_HZ / FFT_SIZE) + " Hz; allowed is −"
                            + (int) MAX_LEVEL_DB + " to " + (int) MAX_LEVEL_DB + " dB");
                }
                if (k >= first && k <= last) {
                    lowest = Math.min(lowest, db[i]);
                    highest = Math.max(highest, db[i]);
                }
            }
            for (int i = 0; i < n; i++) {
                if (!(Math.abs(itd[i]) <= MAX_DELAY_SECONDS)) {
                    throw new InvalidValueException(where("itd", sphere, from + i) + itd[i] + " s; allowed is −" + MAX_DELAY_SECONDS + " to " + MAX_DELAY_SECONDS + " s");
                }
                smallest = Math.min(smallest, itd[i]);
                largest = Math.max(largest, itd[i]);
            }
        }
        return new Extent(lowest, highest, smallest, largest);
    }

    private static String where(String name, DelaunaySphere sphere, int vertex) {
        double azimuth = Math.toDegrees(Math.atan2(sphere.coordinate(vertex, 1), sphere.coordinate(vertex, 0)));
        double elevation = Math.toDegrees(Math.asin(Math.max(-1, Math.min(1, sphere.coordinate(vertex, 2)))));
        return String.format(java.util.Locale.ROOT, "%s come to, at azimuth %.0f° and elevation %.0f°, ", name, azimuth, elevation);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof HarmonicField f && Arrays.deepEquals(levels, f.levels) && Arrays.equals(delays, f.delays);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.deepHashCode(levels) + Arrays.hashCode(delays);
    }
}
