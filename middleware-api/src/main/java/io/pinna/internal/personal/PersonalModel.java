package io.pinna.internal.personal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pinna.ResourceException;
import io.pinna.internal.Check;
import io.pinna.internal.InputFile;
import io.pinna.internal.hrtf.HarmonicField;
import io.pinna.internal.hrtf.SphericalHarmonics;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What people's HRTFs have in common and how they differ, as a prior for {@link SphereCompletion}: the mean, a shared basis and the amplitude of a local process as coefficients of
 * {@link SphericalHarmonics}. It is made by {@code assets/training} ({@code pinna_training/personal.py} writes the file and is the reference of what is computed with it). A right ear is a left ear in
 * the mirror, so everything here is about left ears. Immutable; any thread.
 *
 * <p>With F = 129 frequencies and as many spectral components B, H harmonics, K basis functions of which the C leading components are kept, the file has the arrays mean_db [H][F], forward [F][B] (levels
 * to scores) and back [B][F], basis [K][H][C] in 8 bits with basis_scale [K][C], amplitude [H][B], length [B], noise [B], itd_mean_us [H] and itd_factors_us [R][H], each with an H of its own, and
 * model.json with the settings. A model that knows body measurements has the arrays of {@link BodyPrior} too. Other arrays are left to others.
 */
public final class PersonalModel {
    /** Of the file. */
    public static final int FORMAT = 1;
    static final int BINS = HarmonicField.BINS;
    private static final String BUILT_IN = "/io/pinna/assets/models/personal-hrtf.npz";
    private static final int MAX_FILE_BYTES = 1 << 26;
    private static final int MAX_BASIS = 1000;
    /** The local process is nowhere quieter than this (of a component's score). */
    private static final double LEAST_AMPLITUDE = 0.05;

    private final String file;
    private final String sha256;
    private final JsonNode description;
    private final SphericalHarmonics meanHarmonics;
    private final double[] meanDb;
    final double[] forward;
    final double[] back;
    private final SphericalHarmonics basisHarmonics;
    private final int basisCount;
    private final int sharedCount;
    /** [component][harmonic][basis function], flat: the order in which it is used. */
    private final float[][] basis;
    private final SphericalHarmonics amplitudeHarmonics;
    private final double[] amplitude;
    final double[] length;
    final double[] noise;
    private final double[] delayMeanUs;
    private final SphericalHarmonics delayHarmonics;
    private final int delayFactorCount;
    private final double[] delayFactorsUs;
    final Settings settings;
    private final BodyPrior body;

    /** How the arrays are used; see {@link SphereCompletion} for the formulas. */
    record Settings(double sharedScale, double sharedEarCorrelation, double localScale, double localEarCorrelation, double lengthScale, double localShared, double taperLength, double noiseScale,
            double delayLocalUs, double delayLocalLength, double delayNoiseUs) {
    }

    private static final class Holder {
        static final PersonalModel MODEL = loadBuiltIn();
    }

    /**
     * The model that comes with the engine, loaded once.
     *
     * @throws ResourceException if it is missing or damaged
     */
    public static PersonalModel builtIn() {
        try {
            return Holder.MODEL;
        } catch (ExceptionInInitializerError e) {
            if (e.getCause() instanceof ResourceException cause) {
                throw cause;
            }
            throw e;
        } catch (NoClassDefFoundError e) {
            throw new ResourceException(BUILT_IN, "file", "could not be loaded earlier in this process", e);
        }
    }

    private static PersonalModel loadBuiltIn() {
        try (InputStream in = PersonalModel.class.getResourceAsStream(BUILT_IN)) {
            if (in == null) {
                throw new ResourceException(BUILT_IN, "file", "is not on the class path; add the artifact pinna-assets, or name another model");
            }
            return new PersonalModel(BUILT_IN, in.readAllBytes());
        } catch (IOException e) {
            throw new ResourceException(BUILT_IN, "file", "cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * Another model, as written by {@code assets/training}.
     *
     * @throws ResourceException if the file cannot be used: it is not there, of another format, damaged, or its numbers do not fit together
     */
    public static PersonalModel load(Path path) {
        return new PersonalModel(path.toString(), InputFile.read(path, "a model (.npz)", MAX_FILE_BYTES));
    }

    /**
     * @param file  its name, for messages
     * @param bytes all of it
     */
    PersonalModel(String file, byte[] bytes) {
        this.file = file;
        sha256 = digest(bytes);
        NpyArchive archive = new NpyArchive(file, bytes);
        try {
            description = new ObjectMapper().readTree(archive.text("model.json"));
        } catch (JsonProcessingException e) {
            throw new ResourceException(file, "model.json", "is not valid JSON: " + e.getOriginalMessage(), e);
        }
        int format = description.path("format").asInt(-1);
        if (format != FORMAT) {
            throw new ResourceException(file, "format", format > FORMAT ? "is " + format + ", of a newer version; this one reads " + FORMAT : "is " + description.path("format") + "; needed is " + FORMAT);
        }
        settings = settings(description.path("settings"), description.path("itdSettings"));

        NpyArchive.Array mean = array(archive, "mean_db", -1, BINS);
        meanHarmonics = harmonics(mean.name(), mean.shape()[0]);
        meanDb = mean.toDoubles();
        forward = array(archive, "forward", BINS, BINS).toDoubles();
        back = array(archive, "back", BINS, BINS).toDoubles();

        NpyArchive.Array b = array(archive, "basis", -1, -1, -1);
        basisCount = b.shape()[0];
        basisHarmonics = harmonics(b.name(), b.shape()[1]);
        sharedCount = b.shape()[2];
        if (basisCount < 1 || basisCount > MAX_BASIS || sharedCount < 1 || sharedCount > BINS) {
            throw new ResourceException(file, b.name(), "has the shape " + Arrays.toString(b.shape()) + "; allowed are 1 to " + MAX_BASIS + " functions and 1 to " + BINS + " components");
        }
        requireBytes(b);
        double[] scale = array(archive, "basis_scale", basisCount, sharedCount).toDoubles();
        basis = new float[sharedCount][basisHarmonics.count() * basisCount];
        for (int k = 0; k < basisCount; k++) {
            for (int h = 0; h < basisHarmonics.count(); h++) {
                int from = (k * basisHarmonics.count() + h) * sharedCount;
                for (int c = 0; c < sharedCount; c++) {
                    basis[c][h * basisCount + k] = (float) (b.data().get(from + c) * scale[k * sharedCount + c]);
                }
            }
        }
        NpyArchive.Array a = array(archive, "amplitude", -1, BINS);
        amplitudeHarmonics = harmonics(a.name(), a.shape()[0]);
        amplitude = a.toDoubles();
        length = array(archive, "length", BINS).toDoubles();
        noise = array(archive, "noise", BINS).toDoubles();
        for (int i = 0; i < BINS; i++) {
            if (!(length[i] > 0) || !(noise[i] >= 0)) {
                throw new ResourceException(file, length[i] > 0 ? "noise" : "length", "is " + (length[i] > 0 ? noise[i] : length[i]) + " at value " + i + "; lengths must be positive and noise not negative");
            }
        }
        NpyArchive.Array delayMean = array(archive, "itd_mean_us", -1);
        harmonics(delayMean.name(), delayMean.shape()[0]);
        delayMeanUs = delayMean.toDoubles();
        NpyArchive.Array factors = array(archive, "itd_factors_us", -1, -1);
        delayFactorCount = factors.shape()[0];
        if (delayFactorCount > MAX_BASIS) {
            throw new ResourceException(file, factors.name(), "has " + delayFactorCount + " functions; at most " + MAX_BASIS + " are allowed");
        }
        delayHarmonics = harmonics(factors.name(), factors.shape()[1]);
        delayFactorsUs = factors.toDoubles();
        body = archive.has("body_fields") ? body(archive) : null;
    }

    private BodyPrior body(NpyArchive archive) {
        JsonNode names = description.path("bodyMeasurements");
        List<String> expected = BodyPrior.MEASUREMENTS;
        if (names.size() != expected.size() || !IntStream.range(0, expected.size()).allMatch(i -> names.get(i).asText().equals(expected.get(i)))) {
            throw new ResourceException(file, "model.json: bodyMeasurements", "is " + names + "; needed are " + expected);
        }
        int count = expected.size();
        NpyArchive.Array fields = array(archive, "body_fields", count, -1, -1);
        requireBytes(fields);
        SphericalHarmonics order = harmonics(fields.name(), fields.shape()[1]);
        int components = fields.shape()[2];
        if (components < 1 || components > BINS || order.order() > meanHarmonics.order()) {
            throw new ResourceException(file, fields.name(), "has the shape " + Arrays.toString(fields.shape()) + "; allowed are 1 to " + BINS + " components and at most the harmonics of mean_db");
        }
        double[] scale = array(archive, "body_fields_scale", count, components).toDoubles();
        double[] spread = array(archive, "body_spread", count).toDoubles();
        for (double s : spread) {
            if (!(s > 0)) {
                throw new ResourceException(file, "body_spread", "has the value " + s + "; all must be positive");
            }
        }
        // Scores to levels once, here.
        double[] levels = new double[count * order.count() * BINS];
        for (int j = 0; j < count; j++) {
            for (int h = 0; h < order.count(); h++) {
                int row = j * order.count() + h;
                for (int c = 0; c < components; c++) {
                    double score = fields.data().get(row * components + c) * scale[j * components + c];
                    for (int k = 0; k < BINS; k++) {
                        levels[row * BINS + k] += score * back[c * BINS + k];
                    }
                }
            }
        }
        return new BodyPrior(meanDb, delayMeanUs, array(archive, "body_centre", count).toDoubles(), spread, array(archive, "body_warp", count + 1).toDoubles(),
                array(archive, "body_delay", 3).toDoubles(), number(description, "warpShare", 0, 1), levels);
    }

    /** What body measurements say about a person; empty in models that were made without any. */
    public Optional<BodyPrior> body() {
        return Optional.ofNullable(body);
    }

    private static String digest(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** @param shape its dimensions, −1 for any */
    private NpyArchive.Array array(NpyArchive archive, String name, int... shape) {
        NpyArchive.Array array = archive.array(name);
        boolean fits = array.shape().length == shape.length;
        for (int i = 0; fits && i < shape.length; i++) {
            fits = shape[i] < 0 || array.shape()[i] == shape[i];
        }
        if (!fits) {
            throw new ResourceException(file, name, "has the shape " + Arrays.toString(array.shape()) + "; needed is " + Arrays.toString(shape).replace("-1", "any"));
        }
        return array;
    }

    private void requireBytes(NpyArchive.Array array) {
        if (!array.type().equals("|i1")) {
            throw new ResourceException(file, array.name(), "holds values of the type " + array.type() + "; needed are those of 8 bits, |i1");
        }
    }

    private SphericalHarmonics harmonics(String name, int count) {
        int order = SphericalHarmonics.order(count);
        if (order < 0 || order > HarmonicField.MAX_ORDER) {
            throw new ResourceException(file, name, "has " + count + " harmonics; that must be a square of 1 to " + (HarmonicField.MAX_ORDER + 1));
        }
        return new SphericalHarmonics(order);
    }

    private Settings settings(JsonNode level, JsonNode delay) {
        return new Settings(number(level, "shared_scale", 1e-6, 1e6), number(level, "shared_ear_correlation", -0.999, 0.999), number(level, "local_scale", 0, 1e6),
                number(level, "local_ear_correlation", -1, 1), number(level, "length_scale", 1e-6, 1e6), number(level, "local_shared", 0, 1), number(level, "taper_length", 1e-6, 1e6),
                number(level, "noise_scale", 0, 1e6), number(delay, "local_us", 0, 1e6), number(delay, "local_length", 1e-6, 1e6), number(delay, "noise_us", 0, 1e6));
    }

    private double number(JsonNode json, String field, double lowest, double highest) {
        JsonNode node = json.path(field);
        if (!node.isNumber() || !(node.asDouble() >= lowest && node.asDouble() <= highest)) {
            throw new ResourceException(file, "model.json: " + field, "is " + (node.isMissingNode() ? "missing" : node) + "; allowed is a number from " + lowest + " to " + highest);
        }
        return node.asDouble();
    }

    /** The file's name. */
    public String file() {
        return file;
    }

    /** Of the whole file. */
    public String sha256() {
        return sha256;
    }

    /** What model.json says. */
    public JsonNode description() {
        return description;
    }

    /** K. */
    int basisCount() {
        return basisCount;
    }

    /** C: the components that the shared basis has. */
    int sharedCount() {
        return sharedCount;
    }

    int basisHarmonics() {
        return basisHarmonics.count();
    }

    /** The shared basis of a component, [harmonic][basis function], flat. Not to be changed. */
    float[] basis(int component) {
        return basis[Check.inRange(component, 0, sharedCount - 1, "component")];
    }

    /** Coefficients of the mean level of a left ear (dB), [harmonic][frequency], flat. A copy. */
    double[] meanLevelCoefficients() {
        return meanDb.clone();
    }

    /** Coefficients of the mean delay (microseconds). A copy. */
    double[] meanDelayCoefficients() {
        return delayMeanUs.clone();
    }

    /** Coefficients of a basis function's levels of a left ear (dB), [harmonic][frequency], flat. */
    double[] basisLevelCoefficients(int function) {
        double[] out = new double[basisHarmonics.count() * BINS];
        for (int h = 0; h < basisHarmonics.count(); h++) {
            for (int c = 0; c < sharedCount; c++) {
                double score = basis[c][h * basisCount + function];
                for (int f = 0; f < BINS; f++) {
                    out[h * BINS + f] += score * back[c * BINS + f];
                }
            }
        }
        return out;
    }

    /** Coefficients of a factor of the delay's deviation (microseconds). */
    double[] delayFactorCoefficients(int factor) {
        int count = delayHarmonics.count();
        return Arrays.copyOfRange(delayFactorsUs, factor * count, (factor + 1) * count);
    }

    /** Harmonics of the basis in directions: [direction][harmonic], flat. */
    double[] basisHarmonics(double[] directions) {
        return rows(basisHarmonics, directions);
    }

    /** Amplitudes of the local process in directions: [direction][component], flat. */
    double[] amplitudes(double[] directions) {
        int n = directions.length / 3;
        double[] rows = rows(amplitudeHarmonics, directions);
        double[] out = new double[n * BINS];
        for (int i = 0; i < n; i++) {
            addRows(rows, i * amplitudeHarmonics.count(), amplitude, amplitudeHarmonics.count(), out, i * BINS);
            for (int b = 0; b < BINS; b++) {
                out[i * BINS + b] = Math.max(out[i * BINS + b], LEAST_AMPLITUDE);
            }
        }
        return out;
    }

    /** Factors of the deviation of delays from their mean (microseconds) in directions: [direction][factor], flat. */
    double[] delayFactors(double[] directions) {
        int n = directions.length / 3;
        int count = delayHarmonics.count();
        double[] rows = rows(delayHarmonics, directions);
        double[] out = new double[n * delayFactorCount];
        for (int i = 0; i < n; i++) {
            for (int r = 0; r < delayFactorCount; r++) {
                double sum = 0;
                for (int h = 0; h < count; h++) {
                    sum += rows[i * count + h] * delayFactorsUs[r * count + h];
                }
                out[i * delayFactorCount + r] = sum;
            }
        }
        return out;
    }

    int delayFactorCount() {
        return delayFactorCount;
    }

    /** The mean of all people. */
    public PriorMean mean() {
        return new HarmonicMean(meanDb, delayMeanUs, 1);
    }

    private static double[] rows(SphericalHarmonics harmonics, double[] directions) {
        int n = directions.length / 3;
        double[] rows = new double[n * harmonics.count()];
        for (int i = 0; i < n; i++) {
            harmonics.evaluate(directions[3 * i], directions[3 * i + 1], directions[3 * i + 2], rows, i * harmonics.count());
        }
        return rows;
    }

    /** out += Σ harmonics[h]·coefficients[h][·]. */
    private static void addRows(double[] harmonics, int from, double[] coefficients, int count, double[] out, int at) {
        for (int h = 0; h < count; h++) {
            double y = harmonics[from + h];
            for (int k = 0; k < BINS; k++) {
                out[at + k] += y * coefficients[h * BINS + k];
            }
        }
    }
}
