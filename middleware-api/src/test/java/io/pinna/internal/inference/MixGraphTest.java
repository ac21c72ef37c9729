package io.pinna.internal.inference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.InferenceException;
import io.pinna.InferenceProvider;
import io.pinna.acoustics.Bands;
import io.pinna.internal.dsp.RealFft;
import io.pinna.internal.hrtf.FieldHrtf;
import io.pinna.internal.hrtf.HarmonicField;
import io.pinna.internal.hrtf.NearField;
import io.pinna.internal.hrtf.SpectrumField;
import io.pinna.internal.hrtf.SphericalHarmonics;
import io.pinna.internal.render.FilterBuilder;
import io.pinna.internal.render.FilterLocator;
import io.pinna.internal.render.FilterSpec;
import io.pinna.internal.render.HrtfTable;
import io.pinna.internal.render.StereoSpectrum;
import io.pinna.internal.simd.PlainKernels;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MixGraphTest {
    private static final double ALLOWED_DB = -100;

    /** Listeners with tables and near fields, and the mix by the formulas of the CPU renderer, one filter after the other in the order given. */
    private static final class Reference {
        final List<HrtfTable> tables = new ArrayList<>();
        final List<NearField> nearFields = new ArrayList<>();
        final List<FilterLocator> locators = new ArrayList<>();
        final List<FilterBuilder> builders = new ArrayList<>();
        final int blockFrames;
        final RealFft fft;
        final StereoSpectrum filter;
        final double[][][] sum;
        /** Whether the graph finds the delays of directions itself. */
        boolean fieldDelays;

        Reference(int blockFrames, HrtfTable... tables) {
            this.blockFrames = blockFrames;
            for (HrtfTable table : tables) {
                add(table, table.nearField());
            }
            fft = new RealFft(tables[0].fftSize());
            filter = new StereoSpectrum(fft.bins());
            sum = new double[tables.length][2][blockFrames];
        }

        private void add(HrtfTable table, NearField nearField) {
            tables.add(table);
            nearFields.add(nearField);
            locators.add(new FilterLocator(table, nearField));
            builders.add(new FilterBuilder(table, nearField, PlainKernels.INSTANCE));
        }

        void clear() {
            for (double[][] ears : sum) {
                Arrays.fill(ears[0], 0);
                Arrays.fill(ears[1], 0);
            }
        }

        void hear(int listener, float[] samples, FilterSpec spec, MixInputs.Use use) {
            builders.get(listener).build(spec, filter);
            float[] re = new float[fft.bins()];
            float[] im = new float[fft.bins()];
            fft.forward(samples, 0, re, im, 0);
            StereoSpectrum product = new StereoSpectrum(fft.bins());
            PlainKernels.INSTANCE.addProduct(product, filter, re, im);
            ear(sum[listener][0], product.leftRe, product.leftIm, use);
            ear(sum[listener][1], product.rightRe, product.rightIm, use);
        }

        private void ear(double[] out, float[] re, float[] im, MixInputs.Use use) {
            float[] time = new float[fft.size()];
            fft.inverse(re, im, 0, time, 0);
            for (int i = 0; i < blockFrames; i++) {
                double risen = (i + 1.0) / blockFrames;
                double gain = switch (use) {
                    case STAYS -> 1;
                    case FADES_OUT -> 1 - risen;
                    case FADES_IN -> risen;
                };
                out[i] += gain * time[fft.size() - blockFrames + i];
            }
        }
    }

    /** What sources are heard like. */
    private enum Kind { PLAIN, NEAR, STEEP, NEAR_AND_STEEP, SILENT_BAND, FLAT, MUTE }

    private static FilterSpec located(Reference reference, int listener, Random random, Kind kind) {
        double x = random.nextGaussian();
        double y = random.nextGaussian();
        double z = random.nextGaussian();
        double r = Math.sqrt(x * x + y * y + z * z);
        boolean near = kind == Kind.NEAR || kind == Kind.NEAR_AND_STEEP;
        double distance = near ? 0.03 + 0.6 * random.nextDouble() : 0.7 + 3 * random.nextDouble();
        float g = (float) Math.exp(-3 * random.nextDouble());
        float[] gain = switch (kind) {
            case STEEP, NEAR_AND_STEEP -> new float[] {g, 0.05f * g, 0.002f * g};
            case SILENT_BAND -> new float[] {g, g, 0};
            case FLAT -> new float[] {g, g, g};
            case MUTE -> new float[Bands.COUNT];
            default -> new float[] {g, 0.7f * g, 0.3f * g};
        };
        FilterSpec spec = new FilterSpec();
        HrtfTable table = reference.tables.get(listener);
        assertTrue(reference.locators.get(listener).locate((float) (x / r), (float) (y / r), (float) (z / r), distance, new int[table.shellCount()], gain, spec));
        bendAndDelay(random, spec);
        return spec;
    }

    /** Most filters are of paths around edges, or late, or both. */
    private static void bendAndDelay(Random random, FilterSpec spec) {
        int which = random.nextInt(4);
        if ((which & 1) != 0) {
            spec.slope = 3.5f * random.nextFloat() - 3;
            spec.curve = 2 * random.nextFloat() - 1;
        }
        if ((which & 2) != 0) {
            spec.lagSamples = 130 * random.nextFloat();
        }
    }

    private static float[] noise(Random random, int count) {
        float[] x = new float[count];
        for (int i = 0; i < count; i++) {
            x[i] = (float) (0.2 * random.nextGaussian());
        }
        return x;
    }

    /** A random scene: sources that stay, move, appear and leave, each of some kind; sometimes each listener hears samples of its own. */
    private static void scene(Random random, Reference reference, MixInputs inputs, int sources) {
        inputs.clear();
        reference.clear();
        boolean ownLanes = random.nextBoolean();
        int listeners = reference.tables.size();
        for (int s = 0; s < sources; s++) {
            float[] samples = null;
            int lane = -1;
            for (int l = 0; l < listeners; l++) {
                if (samples == null || ownLanes) {
                    samples = noise(random, inputs.transform());
                    lane = inputs.addLane(samples, 0);
                }
                Kind kind = Kind.values()[random.nextInt(Kind.values().length)];
                List<MixInputs.Use> uses = switch (random.nextInt(4)) {
                    case 0 -> List.of(MixInputs.Use.STAYS);
                    case 1 -> List.of(MixInputs.Use.FADES_OUT);
                    case 2 -> List.of(MixInputs.Use.FADES_IN);
                    default -> List.of(MixInputs.Use.FADES_OUT, MixInputs.Use.FADES_IN);
                };
                for (MixInputs.Use use : uses) {
                    FilterSpec spec = located(reference, l, random, kind);
                    reference.hear(l, samples, spec, use);
                    if (reference.fieldDelays) {
                        // What is left is what the near field adds.
                        spec.delaySamples = spec.near ? (float) (48000 * reference.nearFields.get(l).interauralDelaySeconds(spec.distanceMeters, spec.y)) : 0;
                    }
                    inputs.addFilter(l, lane, use, spec);
                }
            }
        }
    }

    private static double decibels(Reference reference, float[][] left, float[][] right) {
        double difference = 0;
        double power = 0;
        for (int l = 0; l < left.length; l++) {
            for (int i = 0; i < reference.blockFrames; i++) {
                difference += Math.pow(left[l][i] - reference.sum[l][0][i], 2) + Math.pow(right[l][i] - reference.sum[l][1][i], 2);
                power += Math.pow(reference.sum[l][0][i], 2) + Math.pow(reference.sum[l][1][i], 2);
            }
        }
        // A scene may be silent.
        return difference == 0 ? Double.NEGATIVE_INFINITY : 10 * Math.log10(difference / power);
    }

    private static MixGraph graph(Reference reference, int lanes, int filters, boolean resident) {
        MixConstants constants = MixConstants.ofTables(reference.tables, reference.nearFields, reference.blockFrames);
        return new MixGraph(MixModel.builtIn(MixModel.TABLES), constants, new MixGraph.Limits(lanes, filters), InferenceProvider.CPU, resident);
    }

    @Tag("reference")
    @ParameterizedTest
    @CsvSource({"64, 1, false", "100, 2, true", "256, 3, false", "256, 1, true", "1024, 2, false"})
    void graphAgreesWithTheProcessorOnRandomScenes(int blockFrames, int listeners, boolean resident) {
        HrtfTable[] tables = new HrtfTable[listeners];
        for (int l = 0; l < listeners; l++) {
            tables[l] = (l == 1 ? new NoisyShells(l, 90, 10, 0.9e-3, 0.5, 1.3) : new NoisyShells(l, 100, 12, 1e-3, 1)).table(blockFrames);
        }
        Reference reference = new Reference(blockFrames, tables);
        Random random = new Random(blockFrames + 7L * listeners);
        float[][] left = new float[listeners][blockFrames];
        float[][] right = new float[listeners][blockFrames];
        try (MixGraph graph = graph(reference, 9 * listeners, 18, resident)) {
            MixInputs inputs = graph.inputs();
            for (int round = 0; round < 6; round++) {
                scene(random, reference, inputs, new int[] {1, 9, 2, 5, 3, 8}[round]);
                assertTrue(graph.run(inputs, left, right));
                double db = decibels(reference, left, right);
                assertTrue(db < ALLOWED_DB, () -> db + " dB");
            }
        }
    }

    /** Alone and together, for each kind of filter: also a delay that is as long as a block. */
    @Tag("reference")
    @ParameterizedTest
    @CsvSource({"64, -3, 1, 0", "256, 0.5, -1, 0", "256, -2, 0, 0", "256, 0, 0.7, 0", "256, 0, 0, 255.97", "1024, 0, 0, 1023.6", "1024, -1.5, -0.4, 700.3", "64, 0, 0, 33", "64, 0, 0, 12.5", "64, -1, 0.5, 47.75"})
    void eachKindIsBentAndDelayedAsByTheProcessor(int blockFrames, float slope, float curve, float lagSamples) {
        Reference reference = new Reference(blockFrames, new NoisyShells(3, 100, 12, 1e-3, 1).table(blockFrames));
        Random random = new Random(blockFrames);
        float[][] left = new float[1][blockFrames];
        float[][] right = new float[1][blockFrames];
        try (MixGraph graph = graph(reference, 2, 4, false)) {
            MixInputs inputs = graph.inputs();
            for (Kind kind : List.of(Kind.PLAIN, Kind.NEAR, Kind.STEEP, Kind.NEAR_AND_STEEP, Kind.SILENT_BAND, Kind.FLAT)) {
                FilterSpec spec = located(reference, 0, random, kind);
                float[] samples = noise(random, inputs.transform());
                spec.slope = slope;
                spec.curve = curve;
                spec.lagSamples = lagSamples;
                assertTrue(difference(reference, inputs, graph, samples, spec, left, right) < ALLOWED_DB, kind.toString());
                spec.slope = 0;
                spec.curve = 0;
                spec.lagSamples = 0;
                reference.clear();
                reference.hear(0, samples, spec, MixInputs.Use.STAYS);
                assertTrue(decibels(reference, left, right) > -20, kind + " is changed");
            }
        }
    }

    private static double difference(Reference reference, MixInputs inputs, MixGraph graph, float[] samples, FilterSpec spec, float[][] left, float[][] right) {
        reference.clear();
        reference.hear(0, samples, spec, MixInputs.Use.STAYS);
        inputs.clear();
        inputs.addFilter(0, inputs.addLane(samples, 0), MixInputs.Use.STAYS, spec);
        assertTrue(graph.run(inputs, left, right));
        return decibels(reference, left, right);
    }

    /** At half the sample rate the processor takes the real part after each turn, which is not that of all turns. Filters ought to have nothing there; these have. */
    @Test
    @Tag("reference")
    void theEndOfTheSpectrumIsTurnedAsByTheProcessor() {
        int blockFrames = 64;
        Reference reference = new Reference(blockFrames, new NoisyShells(3, 100, 12, 1e-3, 1).untapered().table(blockFrames));
        float[] samples = new float[reference.tables.get(0).fftSize()];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = i % 2 == 0 ? 1 : -1;
        }
        Random random = new Random(2);
        float[][] left = new float[1][blockFrames];
        float[][] right = new float[1][blockFrames];
        try (MixGraph graph = graph(reference, 2, 4, false)) {
            for (Kind kind : List.of(Kind.PLAIN, Kind.NEAR, Kind.STEEP)) {
                for (float lag : new float[] {0.25f, 1, 17.75f, 40.4f}) {
                    FilterSpec spec = located(reference, 0, random, kind);
                    spec.slope = -1;
                    spec.curve = 0.3f;
                    spec.lagSamples = lag;
                    double db = difference(reference, graph.inputs(), graph, samples, spec, left, right);
                    // A steep one is 54 dB louder below.
                    assertTrue(db < (kind == Kind.STEEP ? -65 : ALLOWED_DB), () -> kind + ", " + lag + " samples: " + db + " dB");
                    assertTrue(Math.hypot(reference.sum[0][0][9], reference.sum[0][1][9]) > 1e-5, kind + " has something there");
                }
            }
        }
    }

    /** A smooth person of few harmonics, whose components are the bins themselves. */
    private static HarmonicField person(long seed) {
        Random random = new Random(seed);
        int order = 5;
        float[] levels = new float[HarmonicField.levelCount(order)];
        float[] phases = {random.nextFloat(), random.nextFloat(), random.nextFloat()};
        for (int h = 0; h < levels.length / (2 * HarmonicField.BINS); h++) {
            double amplitude = (h == 0 ? 5 : 12 * random.nextGaussian()) / (1 + h);
            for (int k = 0; k < 2 * HarmonicField.BINS; k++) {
                levels[h * 2 * HarmonicField.BINS + k] = (float) (amplitude * Math.sin((0.02 + 0.05 * phases[h % 3]) * k + h));
            }
        }
        float[] delays = new float[HarmonicField.delayCount(1)];
        delays[SphericalHarmonics.index(1, -1)] = (float) (-5e-4 / Math.sqrt(3 / (4 * Math.PI)));
        return new HarmonicField(order, levels, 1, delays);
    }

    private static HrtfTable full(SpectrumField field, int blockFrames) {
        HrtfTable table = new HrtfTable(new FieldHrtf(field, 48000), blockFrames);
        int[] all = new int[table.vertexCount()];
        Arrays.setAll(all, v -> v);
        table.fill(all, all.length);
        return table;
    }

    @Tag("reference")
    @ParameterizedTest
    @CsvSource({"256, MODEL, false, false", "100, BOTH, true, true", "256, PERSON, false, true"})
    void graphOfFieldsAgreesWithTheProcessorsTables(int blockFrames, String whose, boolean resident, boolean fieldDelays) {
        HrtfFieldModel model = HrtfFieldModel.builtIn();
        List<SpectrumField> fields = switch (whose) {
            case "MODEL" -> List.of(model.listener(model.genericLatent()), model.listener(model.subjectLatent(model.subjectIds().iterator().next())));
            case "PERSON" -> List.of(person(3));
            default -> List.of(person(4), model.listener(model.genericLatent()));
        };
        Reference reference = new Reference(blockFrames, fields.stream().map(f -> full(f, blockFrames)).toArray(HrtfTable[]::new));
        reference.fieldDelays = fieldDelays;
        List<HrtfTable> empty = fields.stream().map(f -> new HrtfTable(new FieldHrtf(f, 48000), blockFrames)).toList();
        MixConstants constants = MixConstants.ofFields(empty, reference.nearFields, blockFrames, fieldDelays);
        Random random = new Random(blockFrames);
        int listeners = fields.size();
        float[][] left = new float[listeners][blockFrames];
        float[][] right = new float[listeners][blockFrames];
        try (MixGraph graph = new MixGraph(MixModel.builtIn(MixModel.FIELDS), constants, new MixGraph.Limits(5 * listeners, 10), InferenceProvider.CPU, resident)) {
            MixInputs inputs = graph.inputs();
            for (int sources : new int[] {1, 5, 3}) {
                scene(random, reference, inputs, sources);
                assertTrue(graph.run(inputs, left, right));
                double db = decibels(reference, left, right);
                assertTrue(db < ALLOWED_DB, () -> db + " dB");
            }
        }
    }

    @Test
    @Tag("unit")
    void nothingIsSilence() {
        Reference reference = new Reference(64, new NoisyShells(1, 60, 8, 1e-3, 1).table(64));
        float[][] left = {noise(new Random(1), 64)};
        float[][] right = {noise(new Random(2), 64)};
        try (MixGraph graph = graph(reference, 2, 4, false)) {
            assertTrue(graph.run(graph.inputs(), left, right));
            assertArrayEquals(new float[64], left[0]);
            assertArrayEquals(new float[64], right[0]);
        }
    }

    @Test
    @Tag("property")
    void twiceTheGainIsTwiceTheSound() {
        Reference reference = new Reference(64, new NoisyShells(1, 60, 8, 1e-3, 1).table(64));
        Random random = new Random(5);
        float[][] left = new float[1][64];
        float[][] right = new float[1][64];
        float[][] louderLeft = new float[1][64];
        float[][] louderRight = new float[1][64];
        for (Kind kind : List.of(Kind.PLAIN, Kind.FLAT, Kind.NEAR, Kind.STEEP)) {
            float[] samples = noise(random, reference.tables.get(0).fftSize());
            FilterSpec spec = located(reference, 0, random, kind);
            try (MixGraph graph = graph(reference, 2, 4, false)) {
                MixInputs inputs = graph.inputs();
                inputs.addFilter(0, inputs.addLane(samples, 0), MixInputs.Use.STAYS, spec);
                graph.run(inputs, left, right);
                for (int b = 0; b < Bands.COUNT; b++) {
                    spec.gain[b] *= 2;
                }
                inputs.clear();
                inputs.addFilter(0, inputs.addLane(samples, 0), MixInputs.Use.STAYS, spec);
                graph.run(inputs, louderLeft, louderRight);
            }
            for (int i = 0; i < 64; i++) {
                assertEquals(2 * left[0][i], louderLeft[0][i], 1e-4, kind + ", sample " + i);
                assertEquals(2 * right[0][i], louderRight[0][i], 1e-4, kind + ", sample " + i);
            }
            assertTrue(Math.abs(left[0][40]) > 1e-3, kind + " is heard");
        }
    }

    /** What worlds of many listeners might need at most is gigabytes; what they do need is not. */
    @Test
    @Tag("unit")
    void roomForLanesIsMadeWhenTheyCome() {
        Reference reference = new Reference(64, new NoisyShells(1, 60, 8, 1e-3, 1).table(64));
        Random random = new Random(12);
        float[][] left = new float[1][64];
        float[][] right = new float[1][64];
        long before = directBytes();
        // 2 GB of samples.
        try (MixGraph graph = graph(reference, 2_000_000, 400, false)) {
            MixInputs inputs = graph.inputs();
            for (int sources : new int[] {3, 150, 20, 400}) {
                reference.clear();
                inputs.clear();
                for (int s = 0; s < sources; s++) {
                    FilterSpec spec = located(reference, 0, random, Kind.PLAIN);
                    float[] samples = noise(random, inputs.transform());
                    reference.hear(0, samples, spec, MixInputs.Use.STAYS);
                    inputs.addFilter(0, inputs.addLane(samples, 0), MixInputs.Use.STAYS, spec);
                }
                assertTrue(graph.run(inputs, left, right));
                assertTrue(decibels(reference, left, right) < ALLOWED_DB);
            }
            assertTrue(directBytes() - before < 200e6, () -> directBytes() - before + " bytes");
        }
    }

    private static long directBytes() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream().filter(b -> b.getName().equals("direct")).mapToLong(BufferPoolMXBean::getMemoryUsed).sum();
    }

    @Test
    @Tag("unit")
    void sizesGrowByHalvesAndThirds() {
        assertArrayEquals(new int[] {4}, MixGraph.sizesUpTo(1));
        assertArrayEquals(new int[] {4, 6, 8, 12}, MixGraph.sizesUpTo(9));
        assertArrayEquals(new int[] {4, 6, 8, 12, 16}, MixGraph.sizesUpTo(16));
    }

    @Test
    @Tag("fault")
    void samplesThatAreNotFiniteAreReportedAndForgotten() {
        Reference reference = new Reference(64, new NoisyShells(1, 60, 8, 1e-3, 1).table(64));
        Random random = new Random(6);
        float[][] left = new float[1][64];
        float[][] right = new float[1][64];
        try (MixGraph graph = graph(reference, 4, 4, false)) {
            MixInputs inputs = graph.inputs();
            for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
                float[] samples = noise(random, inputs.transform());
                samples[inputs.transform() - 9] = bad;
                inputs.clear();
                inputs.addFilter(0, inputs.addLane(samples, 0), MixInputs.Use.STAYS, located(reference, 0, random, Kind.PLAIN));
                assertFalse(graph.run(inputs, left, right));
                scene(random, reference, inputs, 2);
                assertTrue(graph.run(inputs, left, right));
                assertTrue(decibels(reference, left, right) < ALLOWED_DB);
            }
        }
    }

    @Test
    @Tag("fault")
    void filtersOfOtherTablesAreRefused() {
        Reference reference = new Reference(64, new NoisyShells(1, 60, 8, 1e-3, 1).table(64));
        try (MixGraph graph = graph(reference, 1, 2, false)) {
            MixInputs inputs = graph.inputs();
            inputs.addLane(new float[inputs.transform()], 0);
            FilterSpec beyond = located(reference, 0, new Random(1), Kind.PLAIN);
            beyond.vertex[0] = reference.tables.get(0).vertexCount();
            inputs.addFilter(0, 0, MixInputs.Use.STAYS, beyond);
            assertThrows(IndexOutOfBoundsException.class, () -> graph.run(inputs, new float[1][64], new float[1][64]));
            assertThrows(IndexOutOfBoundsException.class, () -> inputs.addLane(new float[inputs.transform()], 0), "one lane is allowed");
        }
    }

    @Test
    @Tag("fault")
    void modelsThatAreMissingOrCorruptAreRefusedByName() {
        Reference reference = new Reference(64, new NoisyShells(1, 60, 8, 1e-3, 1).table(64));
        InferenceException missing = assertThrows(InferenceException.class, () -> MixModel.read(java.util.Optional.of(java.nio.file.Path.of("no-such-folder", "mix.onnx"))));
        assertTrue(missing.getMessage().contains("mix.onnx"), missing.getMessage());
        byte[] whole = MixModel.builtIn(MixModel.TABLES).bytes();
        byte[] noise = new byte[5000];
        new Random(3).nextBytes(noise);
        for (byte[] bytes : List.of(new byte[0], noise, Arrays.copyOf(whole, whole.length / 2))) {
            InferenceException refused = refused(reference, new MixModel("mine.onnx", bytes));
            assertTrue(refused.getMessage().contains("mine.onnx"), refused.getMessage());
        }
    }

    @Test
    @Tag("fault")
    void modelsOfAnotherSignatureAreRefusedWithTheTensor() throws IOException {
        Reference reference = new Reference(64, new NoisyShells(1, 60, 8, 1e-3, 1).table(64));
        InferenceException other = refused(reference, MixModel.builtIn("hrtf-spectra.onnx"));
        assertTrue(other.getMessage().contains("hrtf-spectra.onnx has no input \"lane\""), other.getMessage());
        InferenceException renamed = refused(reference, replaced("special_exponent", "special_eXponent"));
        assertTrue(renamed.getMessage().contains("has no input \"special_exponent\"") && renamed.getMessage().contains("special_eXponent"), renamed.getMessage());
        // A mix graph of before there were diffraction and reflections: of gains and the delay between the ears, and no more.
        InferenceException older = refused(reference, new MixModel("mine.onnx", resource("mix-of-four-exponents.onnx")));
        assertTrue(older.getMessage().contains("the input \"exponent\" of the model mine.onnx is") && older.getMessage().contains("allowed is FLOAT of the shape [-1, -1, " + MixConstants.EXPONENTS + "]"),
                older.getMessage());
        InferenceException output = refused(reference, replaced("blocks", "clocks"));
        assertTrue(output.getMessage().contains("has no output \"blocks\""), output.getMessage());
    }

    @Test
    @Tag("fault")
    void modelsWithTensorsOfAnotherShapeAreRefusedWithWhatIsAllowed() {
        Reference reference = new Reference(64, new NoisyShells(1, 60, 8, 1e-3, 1).table(64));
        // A graph that passes its input through: of the right name, but a vector.
        InferenceException refused = refused(reference, new MixModel("mine.onnx", vectors("lane")));
        assertTrue(refused.getMessage().contains("the input \"lane\" of the model mine.onnx is") && refused.getMessage().contains("allowed is INT32 of the shape [-1, -1, 1]"), refused.getMessage());
    }

    /** The bytes of a model of opset 17 with one node, Identity, from a float vector of three to an output. */
    private static byte[] vectors(String input) {
        byte[] node = message(field(1, input), field(2, "out"), field(4, "Identity"));
        byte[] graph = message(part(1, node), field(2, "g"), part(11, vector(input)), part(12, vector("out")));
        return message(new byte[] {8, 8}, part(7, graph), part(8, new byte[] {16, 17}));
    }

    private static byte[] vector(String name) {
        byte[] shape = message(part(1, new byte[] {8, 3}));
        byte[] type = message(part(1, message(new byte[] {8, 1}, part(2, shape))));
        return message(field(1, name), part(2, type));
    }

    private static byte[] field(int number, String text) {
        return part(number, text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    private static byte[] part(int number, byte[] bytes) {
        return message(new byte[] {(byte) (number << 3 | 2), (byte) bytes.length}, bytes);
    }

    private static byte[] message(byte[]... parts) {
        var out = new java.io.ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = MixGraphTest.class.getResourceAsStream(name)) {
            return in.readAllBytes();
        }
    }

    private static MixModel replaced(String name, String by) {
        var one = java.nio.charset.StandardCharsets.ISO_8859_1;
        return new MixModel("mine.onnx", new String(MixModel.builtIn(MixModel.TABLES).bytes(), one).replace(name, by).getBytes(one));
    }

    private static InferenceException refused(Reference reference, MixModel model) {
        return assertThrows(InferenceException.class,
                () -> MixGraph.open(model, reference.tables, reference.nearFields, reference.blockFrames, new MixGraph.Limits(2, 4), InferenceProvider.CPU));
    }

    @Test
    @Tag("fault")
    void graphsOfFieldsRefuseWhatIsNoFieldAndOtherModels() {
        HrtfTable measured = new NoisyShells(1, 60, 8, 1e-3, 1).table(64);
        HrtfTable field = new HrtfTable(new FieldHrtf(person(1), 48000), 64);
        InferenceException e = assertThrows(InferenceException.class, () -> fields(MixModel.FIELDS, measured));
        assertTrue(e.getMessage().contains("listener 0 is not a field of spherical harmonics"), e.getMessage());
        InferenceException other = assertThrows(InferenceException.class, () -> fields(MixModel.TABLES, field));
        assertTrue(other.getMessage().contains("has no input \"direction\""), other.getMessage());
        fields(MixModel.FIELDS, field).close();
    }

    private static MixGraph fields(String model, HrtfTable table) {
        return MixGraph.openFields(MixModel.builtIn(model), List.of(table), Arrays.asList((NearField) null), 64, true, new MixGraph.Limits(1, 2), InferenceProvider.CPU).made();
    }

    @Test
    @Tag("fault")
    void tablesThatAreNotFullOrDoNotFitAreRefused() {
        HrtfTable full = new NoisyShells(1, 60, 8, 1e-3, 1).table(64);
        HrtfTable empty = new HrtfTable(new NoisyShells(2, 60, 8, 1e-3, 1), 64);
        HrtfTable longer = new NoisyShells(1, 250, 8, 1e-3, 1).table(64);
        InferenceException notFull = refused(new Reference(64, full, empty), MixModel.builtIn(MixModel.TABLES));
        assertTrue(notFull.getMessage().contains("listener 1 has 0 of " + empty.vertexCount()), notFull.getMessage());
        InferenceException other = refused(new Reference(64, full, longer), MixModel.builtIn(MixModel.TABLES));
        assertTrue(other.getMessage().contains("listener 1 has a transform of 512") && other.getMessage().contains("listener 0 has 256"), other.getMessage());
    }

    @Test
    @Tag("fault")
    void providersThatAreNotThereAreRefusedAndAutomaticChoicesSayWhy() {
        Reference reference = new Reference(64, new NoisyShells(1, 60, 8, 1e-3, 1).table(64));
        MixModel model = MixModel.builtIn(MixModel.TABLES);
        MixGraph.Limits limits = new MixGraph.Limits(2, 4);
        List<InferenceProvider> there = InferenceProviders.available();
        assertEquals(InferenceProvider.CPU, there.get(there.size() - 1));
        for (InferenceProvider absent : List.of(InferenceProvider.CUDA, InferenceProvider.TENSORRT, InferenceProvider.COREML, InferenceProvider.DIRECTML)) {
            if (!there.contains(absent)) {
                InferenceException e = assertThrows(InferenceException.class, () -> MixGraph.open(model, reference.tables, reference.nearFields, 64, limits, absent));
                assertTrue(e.getMessage().contains(InferenceProviders.text(absent)) && e.getMessage().contains("cpu"), e.getMessage());
            }
        }
        var choice = MixGraph.open(model, reference.tables, reference.nearFields, 64, limits, InferenceProvider.AUTO);
        try (MixGraph graph = choice.made()) {
            assertEquals(InferenceProviders.text(choice.provider()), graph.provider());
            assertTrue(choice.reason().startsWith(graph.provider() + ": the first that works"), choice.reason());
            if (!there.contains(InferenceProvider.CUDA)) {
                assertTrue(choice.reason().contains("cuda is not in this ONNX Runtime"), choice.reason());
            }
        }
        // What fails on one provider is tried on the next; what fails on all is an error.
        var next = InferenceProviders.choose(InferenceProvider.AUTO, provider -> {
            if (provider != InferenceProvider.CPU) {
                throw new InferenceException("broken on purpose");
            }
            return "made";
        });
        assertEquals("made", next.made());
        assertThrows(InferenceException.class, () -> InferenceProviders.choose(InferenceProvider.AUTO, provider -> {
            throw new InferenceException("broken on purpose");
        }));
    }

    @Test
    @Tag("fault")
    void aProviderThatDoesNotAgreeIsRefused() {
        Reference reference = new Reference(64, new NoisyShells(1, 60, 8, 1e-3, 1).table(64));
        Reference other = new Reference(64, new NoisyShells(2, 60, 8, 1e-3, 1).table(64));
        try (MixGraph a = graph(reference, 4, 4, true); MixGraph b = graph(reference, 2, 2, false); MixGraph c = graph(other, 2, 2, false)) {
            a.requireAgreement(b);
            InferenceException e = assertThrows(InferenceException.class, () -> a.requireAgreement(c));
            assertTrue(e.getMessage().contains("-80"), e.getMessage());
        }
    }
}
