package io.pinna.hrtf;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pinna.InferenceException;
import io.pinna.hrtf.BodyMeasurement.Ear;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;

/**
 * How body measurements vary together: a Gaussian over the 20 numbers of {@link CompletedMeasurements#order()}, which {@code assets/training/fit_measurements.py} makes from CIPIC and HUTUBS. Immutable;
 * any thread. What is missing (m) given what is there (g):
 *
 * <pre>
 *   E[m|g]   = μ_m + Σ_mg·Σ_gg⁻¹·(g − μ_g)
 *   cov[m|g] = Σ_mm − Σ_mg·Σ_gg⁻¹·Σ_gm      (C. M. Bishop, "Pattern Recognition and Machine Learning", 2006, eqs. 2.81 and 2.82)
 * </pre>
 */
final class BodyModel {
    private static final String RESOURCE = "/io/pinna/assets/models/body-measurements.json";
    /** Standard deviations from what the others suggest at which a person is asked to measure again. By chance it happens to one value in some ten thousand. */
    private static final double UNUSUAL = 4;

    private final double[] mean;
    private final double[][] covariance;
    private final Map<BodyMeasurement, Double> hutubsMinusCipic = new EnumMap<>(BodyMeasurement.class);
    private final JsonNode document;

    private static final class Holder {
        static final BodyModel BUILT_IN = load();
    }

    /** @throws InferenceException if the statistics are missing or damaged */
    static BodyModel builtIn() {
        try {
            return Holder.BUILT_IN;
        } catch (ExceptionInInitializerError e) {
            throw e.getCause() instanceof InferenceException known ? known : new InferenceException("the statistics of body measurements could not be loaded: " + e.getCause(), e);
        }
    }

    private static BodyModel load() {
        try (InputStream in = BodyModel.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new InferenceException("the file " + RESOURCE + " is not on the class path; add the artifact pinna-assets");
            }
            return new BodyModel(new ObjectMapper().readTree(in));
        } catch (IOException e) {
            throw new InferenceException(RESOURCE + " cannot be read: " + e.getMessage(), e);
        }
    }

    private BodyModel(JsonNode document) {
        this.document = document;
        if (!"pinna-body-measurements".equals(document.path("format").asText()) || document.path("version").asInt() != 1) {
            throw new InferenceException(RESOURCE + " has another format than pinna-body-measurements, version 1");
        }
        List<String> order = new ArrayList<>();
        document.path("order").forEach(n -> order.add(n.asText()));
        if (!order.equals(CompletedMeasurements.order())) {
            throw new InferenceException(RESOURCE + " has the order " + order + "; allowed is " + CompletedMeasurements.order());
        }
        mean = row(document.path("mean"), order.size());
        covariance = new double[order.size()][];
        for (int i = 0; i < covariance.length; i++) {
            covariance[i] = row(document.path("covariance").path(i), order.size());
        }
        for (BodyMeasurement m : BodyMeasurement.values()) {
            hutubsMinusCipic.put(m, document.path("hutubsMinusCipic").path(m.symbol()).asDouble(0));
        }
    }

    private static double[] row(JsonNode array, int size) {
        double[] row = new double[size];
        for (int i = 0; i < size; i++) {
            JsonNode n = array.path(i);
            if (array.size() != size || !n.isNumber() || !Double.isFinite(n.asDouble())) {
                throw new InferenceException(RESOURCE + " is damaged: a row of numbers has " + array.size() + " of " + size + ", or one is no number");
            }
            row[i] = n.asDouble();
        }
        return row;
    }

    /** The mean of an adult (cm, or degrees). */
    double mean(BodyMeasurement m) {
        return mean[CompletedMeasurements.index(m, Ear.LEFT)];
    }

    /** What HUTUBS' value is larger than CIPIC's by, where it is otherwise defined; else 0. */
    double hutubsMinusCipic(BodyMeasurement m) {
        return hutubsMinusCipic.get(m);
    }

    String describeHutubs() {
        StringBuilder s = new StringBuilder();
        hutubsMinusCipic.forEach((m, difference) -> {
            if (difference != 0) {
                s.append(s.length() == 0 ? "" : ", ").append(m.term()).append(String.format(Locale.ROOT, difference > 0 ? " was lowered by %.2f " : " was raised by %.2f ", Math.abs(difference))).append(m.unit());
            }
        });
        return s.toString();
    }

    /** The file, for tests. */
    JsonNode document() {
        return document;
    }

    CompletedMeasurements complete(BodyMeasurements given) {
        int n = mean.length;
        double[] values = mean.clone();
        boolean[] known = new boolean[n];
        for (BodyMeasurement m : BodyMeasurement.values()) {
            for (Ear ear : Ear.values()) {
                int i = CompletedMeasurements.index(m, ear);
                given.value(m, ear).ifPresent(v -> {
                    values[i] = v;
                    known[i] = true;
                });
            }
        }
        double[] sd = new double[n];
        double[] out = condition(values, known, sd);
        List<String> notes = new ArrayList<>(given.notes());
        unusual(values, known, notes);
        return new CompletedMeasurements(out, known, sd, notes);
    }

    /** The conditional mean; what is known stays. */
    private double[] condition(double[] values, boolean[] known, double[] sd) {
        int n = mean.length;
        int count = 0;
        int[] g = new int[n];
        for (int i = 0; i < n; i++) {
            if (known[i]) {
                g[count++] = i;
            }
        }
        // One solve gives the weights of the known values for every missing one: W = Σ_gg⁻¹ Σ_gm.
        DMatrixRMaj inner = new DMatrixRMaj(count, count);
        DMatrixRMaj cross = new DMatrixRMaj(count, n);
        for (int a = 0; a < count; a++) {
            for (int b = 0; b < count; b++) {
                inner.set(a, b, covariance[g[a]][g[b]]);
            }
            for (int i = 0; i < n; i++) {
                cross.set(a, i, covariance[g[a]][i]);
            }
        }
        DMatrixRMaj weights = new DMatrixRMaj(count, n);
        if (count > 0 && !CommonOps_DDRM.solve(inner, cross, weights)) {
            throw new InferenceException("the statistics of body measurements are damaged: their covariance cannot be inverted");
        }
        double[] out = values.clone();
        for (int i = 0; i < n; i++) {
            if (known[i]) {
                continue;
            }
            double value = mean[i];
            double variance = covariance[i][i];
            for (int a = 0; a < count; a++) {
                value += weights.get(a, i) * (values[g[a]] - mean[g[a]]);
                variance -= weights.get(a, i) * cross.get(a, i);
            }
            out[i] = value;
            sd[i] = Math.sqrt(Math.max(variance, 0));
        }
        return out;
    }

    private void unusual(double[] values, boolean[] known, List<String> notes) {
        for (BodyMeasurement m : BodyMeasurement.values()) {
            for (Ear ear : Ear.values()) {
                int i = CompletedMeasurements.index(m, ear);
                if (!known[i] || !m.isOfEar() && ear == Ear.RIGHT) {
                    continue;
                }
                boolean[] others = known.clone();
                others[i] = false;
                double[] sd = new double[mean.length];
                double expected = condition(values, others, sd)[i];
                if (Math.abs(values[i] - expected) > UNUSUAL * sd[i]) {
                    notes.add(String.format(Locale.ROOT, "%s%s is %s %s, where the other measurements suggest %.1f ± %.1f: measure it again.", m.term(), m.isOfEar() ? " (" + ear.word() + ")" : "",
                            BodyMeasurement.number(values[i]), m.unit(), expected, sd[i]));
                }
            }
        }
    }
}
