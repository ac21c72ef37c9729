package io.pinna.internal.inference;

import io.pinna.InferenceException;
import io.pinna.acoustics.Bands;
import io.pinna.internal.hrtf.FieldHrtf;
import io.pinna.internal.hrtf.NearField;
import io.pinna.internal.render.BandShaper;
import io.pinna.internal.render.HrtfTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * The tables and matrices of the mix graphs (see {@code assets/training/pinna_training/mix_graph.py}), made of what the CPU renderer uses: its filter tables or the fields behind them, near fields, band shapes and transforms.
 * Immutable once made; any thread.
 */
final class MixConstants {
    // Rows of the matrices that turn the exponents of a filter into levels and phases: ln gain of each band, and then ...
    /** ... the delay of the right ear less that of the left (samples), */
    static final int DELAY = Bands.COUNT;
    /** the two shapes of diffraction, */
    static final int SLOPE = Bands.COUNT + 1;
    static final int CURVE = Bands.COUNT + 2;
    /** the delay of both ears, as whole strides of {@link #LAG_STRIDE} samples and what is left (samples), */
    static final int LAG_STRIDES = Bands.COUNT + 3;
    static final int LAG_REST = Bands.COUNT + 4;
    /** and, of the bin at half the sample rate alone, what the delay of both ears leaves of its real part: the natural logarithm, and half turns. */
    static final int END_LEVEL = Bands.COUNT + 5;
    static final int END_HALF_TURNS = Bands.COUNT + 6;
    static final int EXPONENTS = Bands.COUNT + 7;
    /**
     * The phase of a delay of 1024 samples, the longest block, is thousands of radians, which float32 rounds by 2e-4. What a stride turns a bin by is known up to whole turns: so no phase exceeds half a turn for each stride and
     * each sample that is left, 48π in all, and errs by no more than 3e-5.
     */
    static final int LAG_STRIDE = 32;

    final int transform;
    final int bins;
    final int blockFrames;
    /** Corners of a filter: three of each of two shells where a listener has several. */
    final int corners;
    /** For each listener where its table begins. */
    final int[] firstVertex;
    final int[] vertexCount;
    /** For each listener where the cells of its near field begin; −1 if it has none. */
    final int[] firstCell;
    final NearField[] nearFields;
    final BandShaper[] shapers;
    /** Of one turn in N steps. */
    private final double[] cosine;
    private final List<MixTensor> tensors = new ArrayList<>();

    /** Whether the graph makes the filters itself, of fields. */
    final boolean ofFields;

    /** What there is before the tensors: sizes, and the band shapes of each listener. */
    private MixConstants(int transform, int blockFrames, int corners, boolean ofFields, int[] vertexCount, NearField[] nearFields, BandShaper[] shapers) {
        if (blockFrames < 1 || blockFrames >= transform) {
            throw new IllegalArgumentException("a block of " + blockFrames + " frames with a transform of " + transform);
        }
        this.transform = transform;
        this.blockFrames = blockFrames;
        this.corners = corners;
        this.ofFields = ofFields;
        this.vertexCount = vertexCount;
        this.nearFields = nearFields;
        this.shapers = shapers;
        bins = transform / 2 + 1;
        firstVertex = new int[vertexCount.length];
        firstCell = new int[vertexCount.length];
        cosine = new double[transform];
        for (int i = 0; i < transform; i++) {
            cosine[i] = Math.cos(2 * Math.PI * i / transform);
        }
        transforms();
        shapes();
        nearField();
        shortening();
    }

    private MixConstants(List<HrtfTable> tables, List<NearField> nearFields, int blockFrames, boolean ofFields) {
        this(tables.get(0).fftSize(), blockFrames, tables.stream().anyMatch(t -> t.shellCount() > 1) ? MixInputs.MAX_CORNERS : MixInputs.MAX_CORNERS / 2, ofFields,
                tables.stream().mapToInt(HrtfTable::vertexCount).toArray(), nearFields.toArray(new NearField[0]), shapers(tables));
    }

    /**
     * Of a graph that reads filters from tables.
     *
     * @param tables     one for each listener, completely filled; the same one may stand for several
     * @param nearFields of each listener, or null where it has none
     */
    static MixConstants ofTables(List<HrtfTable> tables, List<NearField> nearFields, int blockFrames) {
        requireSameTransform(tables, nearFields);
        for (int l = 0; l < tables.size(); l++) {
            HrtfTable table = tables.get(l);
            if (table.readyCount() < table.vertexCount()) {
                throw new InferenceException("the filter table of listener " + l + " has " + table.readyCount() + " of " + table.vertexCount() + " filters; a graph needs all of them: fill it first");
            }
        }
        MixConstants constants = new MixConstants(tables, nearFields, blockFrames, false);
        constants.filters(tables);
        return constants;
    }

    /**
     * Of a graph that makes the filters of fields.
     *
     * @param tables      as above, each of a {@link FieldHrtf}, of which only the sizes count: they need no filters
     * @param fieldDelays whether the interaural delays of filters come from the fields, and those that are given are added; otherwise those that are given are all
     */
    static MixConstants ofFields(List<HrtfTable> tables, List<NearField> nearFields, int blockFrames, boolean fieldDelays) {
        requireSameTransform(tables, nearFields);
        MixConstants constants = new MixConstants(tables, nearFields, blockFrames, true);
        constants.tensors.addAll(MixFields.tensors(tables, fieldDelays));
        return constants;
    }

    /** Of a graph that reads filters from a small table of noise: to try a provider with. */
    static MixConstants trial() {
        int transform = 256;
        int vertices = 8;
        MixConstants constants = new MixConstants(transform, transform / 2, MixInputs.MAX_CORNERS, false, new int[] {vertices}, new NearField[1], new BandShaper[] {new BandShaper(transform, 48000, transform / 4)});
        MixTensor re = constants.add("table_re", vertices, 2L * constants.bins);
        MixTensor im = constants.add("table_im", vertices, 2L * constants.bins);
        java.util.Random random = new java.util.Random(1);
        for (int i = 0; i < re.values().capacity(); i++) {
            boolean end = i % constants.bins == 0 || i % constants.bins == constants.bins - 1;
            re.put(i, random.nextGaussian());
            im.put(i, end ? 0 : random.nextGaussian());
        }
        return constants;
    }

    private static void requireSameTransform(List<HrtfTable> tables, List<NearField> nearFields) {
        if (tables.isEmpty() || tables.size() != nearFields.size()) {
            throw new IllegalArgumentException(tables.size() + " tables, " + nearFields.size() + " near fields; one of each is needed for each listener");
        }
        HrtfTable first = tables.get(0);
        for (int l = 0; l < tables.size(); l++) {
            HrtfTable table = tables.get(l);
            if (table.fftSize() != first.fftSize() || table.sampleRateHz() != first.sampleRateHz()) {
                throw new InferenceException("the filter table of listener " + l + " has a transform of " + table.fftSize() + " at " + table.sampleRateHz() + " Hz, that of listener 0 has " + first.fftSize() + " at "
                        + first.sampleRateHz() + " Hz; listeners of one graph must have the same");
            }
        }
    }

    /** The same one where filters leave the same room. */
    private static BandShaper[] shapers(List<HrtfTable> tables) {
        BandShaper[] shapers = new BandShaper[tables.size()];
        for (int l = 0; l < shapers.length; l++) {
            HrtfTable table = tables.get(l);
            for (int other = 0; other < l && shapers[l] == null; other++) {
                shapers[l] = tables.get(other).shapingTaps() == table.shapingTaps() ? shapers[other] : null;
            }
            shapers[l] = shapers[l] == null ? new BandShaper(table.fftSize(), table.sampleRateHz(), table.shapingTaps()) : shapers[l];
        }
        return shapers;
    }

    List<MixTensor> tensors() {
        return List.copyOf(tensors);
    }

    private MixTensor add(String name, long... shape) {
        MixTensor tensor = MixTensor.zeros(name, shape);
        tensors.add(tensor);
        return tensor;
    }

    private void filters(List<HrtfTable> tables) {
        Map<HrtfTable, Integer> rows = new IdentityHashMap<>();
        int count = 0;
        for (int l = 0; l < firstVertex.length; l++) {
            Integer known = rows.putIfAbsent(tables.get(l), count);
            firstVertex[l] = known == null ? count : known;
            count = known == null ? Math.addExact(count, vertexCount[l]) : count;
        }
        MixTensor re = add("table_re", count, 2L * bins);
        MixTensor im = add("table_im", count, 2L * bins);
        float[] x = new float[2 * bins];
        float[] y = new float[2 * bins];
        rows.forEach((table, row) -> {
            for (int v = 0; v < table.vertexCount(); v++) {
                table.copyVertex(v, x, y);
                re.values().put((row + v) * x.length, x);
                im.values().put((row + v) * x.length, y);
            }
        });
    }

    /** The transform of N samples, and the last B samples of its inverse, which takes the imaginary parts at both ends for zero. */
    private void transforms() {
        MixTensor dftRe = add("dft_re", transform, bins);
        MixTensor dftIm = add("dft_im", transform, bins);
        MixTensor idftRe = add("idft_re", bins, blockFrames);
        MixTensor idftIm = add("idft_im", bins, blockFrames);
        MixTensor fade = add("fade", 2, 1, blockFrames);
        for (int n = 0; n < transform; n++) {
            for (int k = 0; k < bins; k++) {
                dftRe.put((long) n * bins + k, cos(k, n));
                dftIm.put((long) n * bins + k, -sin(k, n));
            }
        }
        for (int k = 0; k < bins; k++) {
            for (int i = 0; i < blockFrames; i++) {
                int n = transform - blockFrames + i;
                idftRe.put((long) k * blockFrames + i, share(k) * cos(k, n));
                idftIm.put((long) k * blockFrames + i, -share(k) * sin(k, n));
            }
        }
        for (int i = 0; i < blockFrames; i++) {
            double risen = (i + 1.0) / blockFrames;
            fade.put(i, 1 - risen);
            fade.put((long) blockFrames + i, risen);
        }
    }

    /** Of a bin in the inverse transform of a real signal: those between the ends stand for two. */
    private double share(int k) {
        return (k == 0 || k == bins - 1 ? 1.0 : 2.0) / transform;
    }

    /** Of 2πkn/N. */
    private double cos(int k, int n) {
        return cosine[(int) ((long) k * n % transform)];
    }

    /** Of 2πkn/N: the cosine a quarter of a turn before. */
    private double sin(int k, int n) {
        return k == 0 || k == bins - 1 ? 0 : cosine[(int) (((long) k * n + 3L * transform / 4) % transform)];
    }

    /**
     * What exponents do to levels and phases: of filters whose response need not be shortened all of them at once, of the others those of bands and diffraction apart from those that come after. At half the sample rate a spectrum is real, and
     * the CPU renderer takes the real part after each factor. That of a product of turns is not that of their sum: so there the delay of both ears has rows of its own, and changes the real part by its cosine.
     */
    private void shapes() {
        MixTensor level = add("level", EXPONENTS, bins);
        MixTensor ears = add("ear_phase", EXPONENTS, 2L * bins);
        MixTensor shapeLevel = add("shape_level", EXPONENTS, bins);
        MixTensor shapePhase = add("shape_phase", EXPONENTS, bins);
        MixTensor bendLevel = add("bend_level", EXPONENTS, bins);
        MixTensor bendPhase = add("bend_phase", EXPONENTS, 2L * bins);
        int end = bins - 1;
        for (int k = 0; k < bins; k++) {
            for (int b = 0; b < Bands.COUNT; b++) {
                put(b, k, shapers[0].level(b, k), level, shapeLevel);
                put(b, k, shapers[0].phase(b, k), shapePhase);
                putEars(b, k, shapers[0].phase(b, k), shapers[0].phase(b, k), ears);
            }
            // Half of the delay of one sample.
            double half = Math.PI * k / transform;
            putEars(DELAY, k, half, -half, ears, bendPhase);
            bend(SLOPE, BandShaper.SLOPE, k, level, shapeLevel, ears, shapePhase);
            bend(CURVE, BandShaper.CURVE, k, level, shapeLevel, ears, shapePhase);
            double stride = k == end ? 0 : -2 * Math.PI * Math.IEEEremainder((double) k * LAG_STRIDE, transform) / transform;
            double rest = k == end ? 0 : -2 * Math.PI * k / transform;
            putEars(LAG_STRIDES, k, stride, stride, ears, bendPhase);
            putEars(LAG_REST, k, rest, rest, ears, bendPhase);
        }
        put(END_LEVEL, end, 1, level, bendLevel);
        putEars(END_HALF_TURNS, end, Math.PI, Math.PI, ears, bendPhase);
    }

    private void bend(int row, int shape, int k, MixTensor level, MixTensor shapeLevel, MixTensor ears, MixTensor shapePhase) {
        put(row, k, shapers[0].level(shape, k), level, shapeLevel);
        put(row, k, shapers[0].phase(shape, k), shapePhase);
        putEars(row, k, shapers[0].phase(shape, k), shapers[0].phase(shape, k), ears);
    }

    private void put(int row, int k, double value, MixTensor... all) {
        for (MixTensor tensor : all) {
            tensor.put((long) row * bins + k, value);
        }
    }

    private void putEars(int row, int k, double left, double right, MixTensor... all) {
        for (MixTensor tensor : all) {
            tensor.put((long) row * 2 * bins + k, left);
            tensor.put((long) row * 2 * bins + bins + k, right);
        }
    }

    /** Cell 0 changes nothing. */
    private void nearField() {
        Map<NearField, Integer> rows = new IdentityHashMap<>();
        int count = 1;
        for (int l = 0; l < nearFields.length; l++) {
            NearField field = nearFields[l];
            if (field == null || field.cellCount() == 0) {
                firstCell[l] = -1;
                continue;
            }
            Integer known = rows.putIfAbsent(field, count);
            firstCell[l] = known == null ? count : known;
            count += known == null ? field.cellCount() : 0;
        }
        MixTensor re = add("near_re", count, bins);
        MixTensor im = add("near_im", count, bins);
        float[] x = new float[bins];
        float[] y = new float[bins];
        Arrays.fill(x, 1);
        re.values().put(0, x);
        rows.forEach((field, row) -> {
            for (int c = 0; c < field.cellCount(); c++) {
                field.copyCell(c, x, y, 0);
                re.values().put((row + c) * bins, x);
                im.values().put((row + c) * bins, y);
            }
        });
    }

    /** From a shape's spectrum to its faded response, and back. */
    private void shortening() {
        int taps = Arrays.stream(shapers).mapToInt(BandShaper::longest).max().orElseThrow();
        boolean same = Arrays.stream(shapers).allMatch(s -> s == shapers[0]);
        int variants = same ? 1 : shapers.length;
        MixTensor shortenRe = add("shorten_re", variants, bins, taps);
        MixTensor shortenIm = add("shorten_im", variants, bins, taps);
        MixTensor lengthenRe = add("lengthen_re", taps, bins);
        MixTensor lengthenIm = add("lengthen_im", taps, bins);
        for (int k = 0; k < bins; k++) {
            for (int n = 0; n < taps; n++) {
                double c = cos(k, n);
                double s = sin(k, n);
                for (int v = 0; v < variants; v++) {
                    double f = shapers[v].fade(n) * share(k);
                    shortenRe.put(((long) v * bins + k) * taps + n, f * c);
                    shortenIm.put(((long) v * bins + k) * taps + n, -f * s);
                }
                lengthenRe.put((long) n * bins + k, c);
                lengthenIm.put((long) n * bins + k, -s);
            }
        }
    }
}
