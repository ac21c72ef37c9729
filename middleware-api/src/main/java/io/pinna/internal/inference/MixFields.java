package io.pinna.internal.inference;

import io.pinna.InferenceException;
import io.pinna.internal.hrtf.DelaunaySphere;
import io.pinna.internal.hrtf.FieldCoefficients;
import io.pinna.internal.hrtf.FieldHrtf;
import io.pinna.internal.hrtf.MinimumPhase;
import io.pinna.internal.hrtf.SphericalHarmonics;
import io.pinna.internal.hrtf.SpectrumField;
import io.pinna.internal.render.HrtfTable;
import java.util.ArrayList;
import java.util.List;

/**
 * The matrices by which the mix graph makes filters of HRTF fields as {@link FieldHrtf} and {@link HrtfTable} do: harmonics of the sphere's directions, the listeners' coefficients, and the design of a filter, whose linear steps
 * before the exponential are one matrix, and those behind it two.
 */
final class MixFields {
    private final FieldHrtf first;
    private final FieldHrtf.Design design;
    private final HrtfTable table;
    private final List<MixTensor> tensors = new ArrayList<>();

    private MixFields(HrtfTable table) {
        this.table = table;
        first = (FieldHrtf) table.source();
        design = first.design();
    }

    /**
     * @param tables      one for each listener
     * @param fieldDelays whether the fields' interaural delays count
     * @throws InferenceException if a listener's HRTF is not a field of spherical harmonics, or if two differ in more than their coefficients
     */
    static List<MixTensor> tensors(List<HrtfTable> tables, boolean fieldDelays) {
        List<FieldCoefficients> fields = new ArrayList<>();
        for (int l = 0; l < tables.size(); l++) {
            fields.add(coefficients(tables.get(l), l));
        }
        requireSameDesign(tables);
        float[][] components = fields.get(0).components();
        if (!fields.stream().allMatch(f -> f.components() == components)) {
            fields.replaceAll(FieldCoefficients::overBins);
        }
        MixFields made = new MixFields(tables.get(0));
        made.harmonics(fields);
        made.curves(fields.get(0).components());
        made.design();
        made.place();
        made.delays(fieldDelays);
        return made.tensors;
    }

    private static FieldCoefficients coefficients(HrtfTable table, int listener) {
        if (table.source() instanceof FieldHrtf source && source.field().coefficients().isPresent()) {
            return source.field().coefficients().get();
        }
        throw new InferenceException("the HRTF of listener " + listener + " is not a field of spherical harmonics; a graph that makes filters of fields needs one: mix it from tables");
    }

    private static void requireSameDesign(List<HrtfTable> tables) {
        HrtfTable one = tables.get(0);
        SpectrumField field = ((FieldHrtf) one.source()).field();
        for (int l = 1; l < tables.size(); l++) {
            HrtfTable other = tables.get(l);
            SpectrumField its = ((FieldHrtf) other.source()).field();
            if (its.sampleRateHz() != field.sampleRateHz() || its.fftSize() != field.fftSize() || other.centreSamples() != one.centreSamples()
                    || other.source().maxInterauralDelaySeconds() != one.source().maxInterauralDelaySeconds()) {
                throw new InferenceException("the field of listener " + l + " (bins of " + its.fftSize() + " points at " + its.sampleRateHz() + " Hz, room for delays of " + other.source().maxInterauralDelaySeconds()
                        + " s) differs from that of listener 0 (" + field.fftSize() + " points at " + field.sampleRateHz() + " Hz, " + one.source().maxInterauralDelaySeconds()
                        + " s); listeners of one graph must have the same: mix them in different graphs, or from tables");
            }
        }
    }

    private MixTensor add(String name, long... shape) {
        MixTensor tensor = MixTensor.zeros(name, shape);
        tensors.add(tensor);
        return tensor;
    }

    private void harmonics(List<FieldCoefficients> fields) {
        SphericalHarmonics harmonics = new SphericalHarmonics(fields.stream().mapToInt(FieldCoefficients::order).max().orElseThrow());
        DelaunaySphere sphere = FieldHrtf.sphere();
        MixTensor basis = add("basis", sphere.vertexCount(), harmonics.count());
        double[] row = new double[harmonics.count()];
        for (int v = 0; v < sphere.vertexCount(); v++) {
            harmonics.evaluate(sphere.coordinate(v, 0), sphere.coordinate(v, 1), sphere.coordinate(v, 2), row, 0);
            for (int h = 0; h < row.length; h++) {
                basis.put((long) v * row.length + h, row[h]);
            }
        }
        int columns = 2 * fields.get(0).components().length + 1;
        MixTensor coefficients = add("coefficients", fields.size(), harmonics.count(), columns);
        for (int l = 0; l < fields.size(); l++) {
            // Harmonics of a lower order are the first ones.
            coefficients.values().put(l * harmonics.count() * columns, fields.get(l).scores());
        }
    }

    /** From components to log magnitude and phase on the design's grid. */
    private void curves(float[][] components) {
        int fine = design.fftSize() / 2 + 1;
        MixTensor level = add("curve_level", components.length, fine);
        MixTensor phase = add("curve_phase", components.length, fine);
        MinimumPhase hilbert = new MinimumPhase(design.fftSize());
        double[] nepers = new double[fine];
        double[] radians = new double[fine];
        for (int c = 0; c < components.length; c++) {
            java.util.Arrays.fill(nepers, 0);
            for (int b = 0; b < components[c].length; b++) {
                for (int k = 0; components[c][b] != 0 && k < fine; k++) {
                    nepers[k] += (double) components[c][b] * design.interpolation()[b][k];
                }
            }
            hilbert.phase(nepers, radians);
            for (int k = 0; k < fine; k++) {
                level.put((long) c * fine + k, nepers[k]);
                phase.put((long) c * fine + k, radians[k]);
            }
        }
    }

    /** From the spectrum on the design's grid to the taps. */
    private void design() {
        int size = design.fftSize();
        int fine = size / 2 + 1;
        int taps = design.window().length;
        MixTensor re = add("design_re", fine, taps);
        MixTensor im = add("design_im", fine, taps);
        for (int k = 0; k < fine; k++) {
            double share = (k == 0 || k == fine - 1 ? 1.0 : 2.0) / size * design.taper()[k];
            for (int n = 0; n < taps; n++) {
                double angle = 2 * Math.PI * Math.floorMod((long) k * (n - first.leadTaps()), size) / size;
                re.put((long) k * taps + n, share * design.window()[n] * Math.cos(angle));
                im.put((long) k * taps + n, -share * design.window()[n] * Math.sin(angle));
            }
        }
    }

    /** From the taps to the spectrum of the table, whose filters have their time zero at its centre. */
    private void place() {
        int size = table.fftSize();
        int bins = size / 2 + 1;
        int taps = design.window().length;
        MixTensor re = add("place_re", taps, bins);
        MixTensor im = add("place_im", taps, bins);
        for (int n = 0; n < taps; n++) {
            int at = n + table.centreSamples() - first.leadTaps();
            for (int k = 0; k < bins; k++) {
                double angle = 2 * Math.PI * ((long) k * at % size) / size;
                re.put((long) n * bins + k, Math.cos(angle));
                im.put((long) n * bins + k, k == 0 || k == bins - 1 ? 0 : -Math.sin(angle));
            }
        }
    }

    /** From microseconds to the samples that the exponents hold. */
    private void delays(boolean count) {
        double most = 1e6 * first.maxInterauralDelaySeconds();
        add("least_delay").put(0, -most);
        add("most_delay").put(0, most);
        add("delay_row", MixConstants.EXPONENTS).put(MixConstants.DELAY, count ? 1e-6 * first.sampleRateHz() : 0);
    }
}
