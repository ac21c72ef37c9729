package io.pinna.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinna.InferenceException;
import io.pinna.InferenceProvider;
import io.pinna.hrtf.HrtfProfile;
import io.pinna.internal.hrtf.HrtfSource;
import io.pinna.internal.hrtf.NearField;
import io.pinna.internal.inference.HrtfSources;
import io.pinna.internal.inference.InferenceProviders;
import io.pinna.internal.inference.MixGraph;
import io.pinna.internal.inference.MixInputs;
import io.pinna.internal.inference.MixModel;
import io.pinna.internal.render.FilterLocator;
import io.pinna.internal.render.FilterSpec;
import io.pinna.internal.render.HrtfTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;

/**
 * Runs the binaural mix as a graph on each inference provider that is there: how long a block takes for some numbers of sources, all of them moving, and how many sources fit within a block. For one listener with the
 * default HRTF; what is timed is all that the inference thread does for a block. Takes some seconds a provider.
 */
final class InferenceDoctor {
    private static final int RATE_HZ = 48000;
    private static final int BLOCK_FRAMES = 256;
    private static final double BLOCK_MILLIS = 1000.0 * BLOCK_FRAMES / RATE_HZ;
    /** Timed for each number of sources, unless that takes longer than the time allowed. */
    private static final int BLOCKS = 300;
    private static final double SECONDS_A_STEP = 1.2;
    /** No further step is begun after so many. */
    private static final int MOST_STEPS = 9;
    /** Not timed; a third of a step's time at most. */
    private static final int WARM_UP_BLOCKS = 20;
    private static final int FEWEST_SOURCES = 16;
    private static final int MOST_SOURCES = 2048;
    /** The blend of three directions moves, and so does every gain. */
    private static final int TURNS = 4;

    /** How long blocks of so many sources took, in milliseconds. */
    record Latency(int sources, int blocks, double p50, double p95, double p99, double max) {
        static Latency of(int sources, double[] millis) {
            double[] sorted = millis.clone();
            Arrays.sort(sorted);
            return new Latency(sources, sorted.length, at(sorted, 0.5), at(sorted, 0.95), at(sorted, 0.99), sorted[sorted.length - 1]);
        }

        private static double at(double[] sorted, double fraction) {
            return sorted[Math.max(0, (int) Math.ceil(fraction * sorted.length) - 1)];
        }

        boolean fits() {
            return p99 <= BLOCK_MILLIS;
        }
    }

    /**
     * What one provider does.
     *
     * @param fault          why it does not work here, or null
     * @param prepareMillis  until the first block can be mixed
     * @param latencies      ascending by sources
     * @param largestSources the most sources whose p99 fits within a block; 0 if none that was tried
     * @param more           whether even the most that were tried fit
     */
    record Result(InferenceProvider provider, String fault, double prepareMillis, List<Latency> latencies, int largestSources, boolean more) {
    }

    private final int mostSources;
    private final double secondsAStep;
    private final HrtfTable table;
    private final NearField nearField;

    /** @throws InferenceException if the default HRTF cannot be loaded */
    InferenceDoctor() {
        this(MOST_SOURCES, SECONDS_A_STEP);
    }

    /**
     * @param mostSources  {@link #FEWEST_SOURCES}, doubled a few times
     * @param secondsAStep for each number of sources
     */
    InferenceDoctor(int mostSources, double secondsAStep) {
        this.mostSources = mostSources;
        this.secondsAStep = secondsAStep;
        HrtfSource source = HrtfSources.load(HrtfProfile.generic(), RATE_HZ).source();
        table = new HrtfTable(source, BLOCK_FRAMES);
        int[] vertices = new int[table.vertexCount()];
        Arrays.setAll(vertices, v -> v);
        table.fill(vertices, vertices.length);
        nearField = new NearField(source, table.fftSize());
    }

    List<Result> run() {
        List<Result> results = new ArrayList<>();
        for (InferenceProvider provider : InferenceProviders.available()) {
            results.add(run(provider));
        }
        return results;
    }

    private Result run(InferenceProvider provider) {
        long start = System.nanoTime();
        try (MixGraph graph = MixGraph.open(MixModel.read(Optional.empty()), List.of(table), List.of(nearField), BLOCK_FRAMES, new MixGraph.Limits(mostSources, 2 * mostSources), provider).made()) {
            double prepareMillis = (System.nanoTime() - start) / 1e6;
            List<Latency> latencies = new ArrayList<>();
            boolean all = false;
            for (int sources = FEWEST_SOURCES; sources <= mostSources; sources *= 2) {
                latencies.add(measure(graph, sources));
                all = sources == mostSources;
                if (latencies.get(latencies.size() - 1).p50() > BLOCK_MILLIS) {
                    // Of other programs on this machine it may be that p99 is too long, but not that half of all blocks are.
                    break;
                }
            }
            int largest = largest(latencies);
            // Between what fits and what does not, by halves, to an eighth.
            int tooMany = 2 * largest;
            while (largest > 0 && largest < mostSources && tooMany - largest > largest / 8 && latencies.size() < MOST_STEPS) {
                Latency latency = measure(graph, (largest + tooMany) / 2);
                latencies.add(latency);
                if (latency.fits()) {
                    largest = latency.sources();
                } else {
                    tooMany = latency.sources();
                }
            }
            latencies.sort(java.util.Comparator.comparingInt(Latency::sources));
            return new Result(provider, null, prepareMillis, latencies, largest, all && largest == mostSources);
        } catch (InferenceException e) {
            return new Result(provider, e.getMessage(), 0, List.of(), 0, false);
        }
    }

    private static int largest(List<Latency> latencies) {
        return latencies.stream().filter(Latency::fits).mapToInt(Latency::sources).max().orElse(0);
    }

    private Latency measure(MixGraph graph, int sources) {
        Random random = new Random(sources);
        float[] noise = new float[graph.transform()];
        for (int i = 0; i < noise.length; i++) {
            noise[i] = (float) (0.1 * random.nextGaussian());
        }
        FilterSpec[][] specs = new FilterSpec[TURNS][sources];
        for (FilterSpec[] turn : specs) {
            for (int s = 0; s < sources; s++) {
                turn[s] = anywhere(random);
            }
        }
        MixInputs inputs = graph.inputs();
        float[][] left = new float[1][BLOCK_FRAMES];
        float[][] right = new float[1][BLOCK_FRAMES];
        double[] millis = new double[BLOCKS];
        int timed = 0;
        long start = System.nanoTime();
        for (int block = 0; block < WARM_UP_BLOCKS + BLOCKS && (timed < 2 || System.nanoTime() - start < secondsAStep * 1e9); block++) {
            long begin = System.nanoTime();
            inputs.clear();
            for (int s = 0; s < sources; s++) {
                int lane = inputs.addLane(noise, 0);
                inputs.addFilter(0, lane, MixInputs.Use.FADES_OUT, specs[block % TURNS][s]);
                inputs.addFilter(0, lane, MixInputs.Use.FADES_IN, specs[(block + 1) % TURNS][s]);
            }
            if (!graph.run(inputs, left, right)) {
                throw new InferenceException("the mix of " + sources + " sources on " + graph.provider() + " is not finite");
            }
            boolean warm = block >= WARM_UP_BLOCKS || System.nanoTime() - start > secondsAStep / 3 * 1e9;
            if (warm && timed < BLOCKS) {
                millis[timed++] = (System.nanoTime() - begin) / 1e6;
            }
        }
        return Latency.of(sources, Arrays.copyOf(millis, timed));
    }

    private FilterSpec anywhere(Random random) {
        double x = random.nextGaussian();
        double y = random.nextGaussian();
        double z = random.nextGaussian();
        double r = Math.sqrt(x * x + y * y + z * z);
        FilterSpec spec = new FilterSpec();
        float gain = 0.1f + 0.4f * random.nextFloat();
        new FilterLocator(table, nearField).locate((float) (x / r), (float) (y / r), (float) (z / r), 1 + 7 * random.nextDouble(), new int[table.shellCount()],
                new float[] {gain, 0.8f * gain, 0.4f * gain}, spec);
        return spec;
    }

    /** As JSON. */
    static void describe(List<Result> results, ObjectNode node) {
        node.put("blockFrames", BLOCK_FRAMES).put("sampleRateHz", RATE_HZ).put("blockMillis", BLOCK_MILLIS).put("listeners", 1).put("scene", "all sources moving");
        ArrayNode providers = node.putArray("providers");
        for (Result result : results) {
            ObjectNode provider = providers.addObject().put("provider", InferenceProviders.text(result.provider())).put("works", result.fault() == null).put("fault", result.fault());
            if (result.fault() != null) {
                continue;
            }
            provider.put("prepareMillis", result.prepareMillis()).put("largestSourcesWithinBlock", result.largestSources()).put("evenMoreMayFit", result.more());
            ArrayNode latencies = provider.putArray("latencies");
            for (Latency l : result.latencies()) {
                latencies.addObject().put("sources", l.sources()).put("blocks", l.blocks()).put("p50Millis", l.p50()).put("p95Millis", l.p95()).put("p99Millis", l.p99()).put("maxMillis", l.max());
            }
        }
    }

    /** Lines of topic and text. */
    static List<String[]> lines(List<Result> results) {
        List<String[]> lines = new ArrayList<>();
        for (Result result : results) {
            String topic = "mix on " + InferenceProviders.text(result.provider());
            if (result.fault() != null) {
                lines.add(new String[] {topic, "note: does not work here: " + result.fault()});
                continue;
            }
            String most = result.largestSources() == 0 ? "fewer than " + FEWEST_SOURCES : (result.more() ? "at least " : "") + result.largestSources();
            lines.add(new String[] {topic, String.format(Locale.ROOT, "%s moving sources within a block of %d frames (%.2f ms, p99); ready after %.0f ms", most, BLOCK_FRAMES, BLOCK_MILLIS, result.prepareMillis())});
            for (Latency l : result.latencies()) {
                lines.add(new String[] {"  " + l.sources() + " sources", String.format(Locale.ROOT, "p50 %.2f, p95 %.2f, p99 %.2f, max %.2f ms (%d blocks)", l.p50(), l.p95(), l.p99(), l.max(), l.blocks())});
            }
        }
        return lines;
    }
}
