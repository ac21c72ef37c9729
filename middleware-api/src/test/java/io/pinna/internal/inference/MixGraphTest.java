package io.pinna.internal.inference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.InferenceException;
import io.pinna.InferenceProvider;
import io.pinna.acoustics.Bands;
import io.pinna.internal.dsp.RealFft;
import io.pinna.internal.hrtf.NearField;
import io.pinna.internal.render.FilterBuilder;
import io.pinna.internal.render.FilterLocator;
import io.pinna.internal.render.FilterSpec;
import io.pinna.internal.render.HrtfTable;
import io.pinna.internal.render.StereoSpectrum;
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
            builders.add(new FilterBuilder(table, nearField));
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
            product.addProduct(re, im, filter);
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
        return spec;
    }

    private static void add(MixInputs inputs, int listener, int lane, MixInputs.Use use, FilterSpec s) {
        inputs.addFilter(listener, lane, use, s.corners, s.vertex, s.weight, s.delaySamples, s.near, s.distanceMeters, s.y, s.gain);
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
                    add(inputs, l, lane, use, spec);
                    reference.hear(l, samples, spec, use);
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
        return 10 * Math.log10(difference / power);
    }

    private static byte[] model() throws java.io.IOException {
        try (var in = MixGraph.class.getResourceAsStream("/io/pinna/assets/models/" + MixGraph.FILE)) {
            return in.readAllBytes();
        }
    }

    private static MixGraph graph(Reference reference, int lanes, int filters, boolean resident) throws java.io.IOException {
        MixConstants constants = new MixConstants(reference.tables, reference.nearFields, reference.blockFrames);
        return new MixGraph(model(), constants, new MixGraph.Limits(lanes, filters), InferenceProvider.CPU, resident);
    }

    @Tag("reference")
    @ParameterizedTest
    @CsvSource({"64, 1, false", "100, 2, true", "256, 3, false", "256, 1, true", "1024, 2, false"})
    void graphAgreesWithTheProcessorOnRandomScenes(int blockFrames, int listeners, boolean resident) throws java.io.IOException {
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
                System.out.println("blocks of " + blockFrames + ", N " + graph.transform() + ", " + listeners + " listeners, resident " + resident + ": " + db + " dB");
                assertTrue(db < ALLOWED_DB, () -> "round: " + db + " dB");
            }
        }
    }
}
