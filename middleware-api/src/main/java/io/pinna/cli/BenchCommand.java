package io.pinna.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinna.PinnaException;
import io.pinna.internal.render.HrtfTable;
import java.io.PrintWriter;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code pinna bench}: Pinna's renderers and OpenAL Soft's, one after the other, round by round in turn, so that what else the machine does falls on all of them. A round's time is the rendering thread's processor time,
 * which other programs' time slices do not lengthen, or, for a GPU, the clock's; the figure is the median of the rounds. OpenAL Soft renders in processes of its own, one for each of its HRTF modes.
 */
@Command(name = "bench", mixinStandardHelpOptions = true, versionProvider = Pinna.VersionProvider.class,
        description = {"Compares what a source costs: Pinna's mixer on the audio thread (cpu; vector: with the Vector API), Pinna's mix graph on the inference thread (onnx-cpu, onnx-gpu), and OpenAL Soft's HRTF mixer on its"
            + " loopback device (openal-full: a filter for every source; openal-ambi2: one ambisonic bed). All in one run, each on one core. What is not there is said, and why.",
            "With --hrtf, says instead what it costs to know an HRTF in 1000 directions."})
final class BenchCommand implements Callable<Integer> {
    private static final int SAMPLE_RATE_HZ = 48000;
    private static final int BLOCK_FRAMES = 256;
    private static final int ROUNDS = 21;
    /** What takes longer than its share is heard this often at least, so that there is a median. */
    private static final int FEWEST_ROUNDS = 3;
    /** Of the measuring time, that one renderer may take before its rounds end: at many sources a block of the graph on the processor takes as long as a round should. */
    private static final double MOST_SHARE = 1.5;
    private static final double WARM_UP_SHARE = 0.5;
    private static final int FEWEST_WARM_UP_BLOCKS = 4;
    /** Times the shortest warm-up: while the compiler works, code may still become several times faster. */
    private static final int MOST_WARM_UP = 6;
    /** All code runs so long before the first figure, under this load, so that the first figures are no slower than the others. */
    private static final int FIRST_SOURCES = 16;

    @Spec
    private CommandSpec spec;

    @Option(names = "--sources", split = ",", paramLabel = "N", defaultValue = "1,4,16,64,256,1024", description = "Numbers of sources, 1 to 4096 (default: ${DEFAULT-VALUE}).")
    private List<Integer> sources;

    @Option(names = "--renderers", split = ",", paramLabel = "NAME", converter = KeyedOption.Renderer.class, defaultValue = "cpu,vector,onnx-cpu,onnx-gpu,openal-full,openal-ambi2",
            description = "What to compare (default: ${DEFAULT-VALUE}).")
    private List<BenchRenderer> renderers;

    @Option(names = "--seconds", paramLabel = "S", defaultValue = "1", description = "About how long to measure each renderer for each number of sources, still and moving; half as much or more warms up before"
            + " (default: ${DEFAULT-VALUE}; a run with all defaults takes two to three minutes).")
    private double seconds;

    @Option(names = "--near", description = "Also moving sources within 1 m, where Pinna adds the near field (OpenAL Soft has none; its load is that of moving sources).")
    private boolean near;

    @Option(names = "--hrtf", description = "Time the HRTF field and a personal profile instead of the mixer.")
    private boolean hrtf;

    @Option(names = "--json", description = "As JSON.")
    private boolean json;

    private enum Motion {
        STILL, MOVING, NEAR;

        String key() {
            return KeyedOption.key(this);
        }
    }

    /** What a renderer took, in nanoseconds a source and frame, round by round. */
    private static final class Rounds {
        final double[] nanos = new double[ROUNDS];
        final double[] wallNanos = new double[ROUNDS];
        final double[] handOverNanos = new double[ROUNDS];
        final int blocks;
        int count;
        double spentSeconds;

        Rounds(int blocks) {
            this.blocks = blocks;
        }
    }

    @Override
    public Integer call() throws JsonProcessingException {
        if (!(seconds >= 0.05 && seconds <= 600)) {
            throw new ParameterException(spec.commandLine(), "--seconds is " + seconds + "; allowed is 0.05 to 600.");
        }
        for (int n : sources) {
            if (n < 1 || n > 4096) {
                throw new ParameterException(spec.commandLine(), "--sources has " + n + "; allowed is 1 to 4096.");
            }
        }
        PrintWriter out = spec.commandLine().getOut();
        return hrtf ? fields(out) : mixers(out);
    }

    private int mixers(PrintWriter out) throws JsonProcessingException {
        Set<BenchRenderer> wanted = EnumSet.copyOf(renderers);
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        root.put("version", Version.text()).put("processor", Machine.processor()).put("cores", Machine.cores()).put("system", Machine.system()).put("jdk", Machine.jdk());
        try (HrtfTable table = MixerBench.fullTable(SAMPLE_RATE_HZ, BLOCK_FRAMES); BenchRenderers all = new BenchRenderers(wanted, table, SAMPLE_RATE_HZ, BLOCK_FRAMES)) {
            root.put("sampleRateHz", SAMPLE_RATE_HZ).put("blockFrames", BLOCK_FRAMES).put("filterTaps", table.filterTaps()).put("mostRounds", ROUNDS);
            root.put("unit", "nanoseconds per source per sample; real-time factors of all sources together");
            ArrayNode described = root.putArray("renderers");
            for (BenchRenderer renderer : BenchRenderer.values()) {
                String absence = all.absence(renderer);
                described.addObject().put("name", renderer.key()).put("present", absence == null).put("description", all.description(renderer)).put("reason", absence)
                        .put("time", renderer.isTimedByTheClock() ? "clock" : "processor time of its thread");
            }
            if (!json) {
                printHead(out, table, all, wanted);
            }
            ArrayNode results = root.putArray("results");
            if (!all.present().isEmpty()) {
                warmUpAll(all);
            }
            List<String> refusals = new ArrayList<>();
            for (int n : sources) {
                for (Motion motion : Motion.values()) {
                    if (motion == Motion.NEAR && !near) {
                        continue;
                    }
                    ObjectNode result = results.addObject().put("sources", n).put("motion", motion.key());
                    measure(n, motion, all, result.putObject("renderers"), refusals);
                    if (!json) {
                        printRow(out, all, result);
                    }
                }
            }
            if (!json) {
                printRealTimeFactors(out, all, results);
                refusals.forEach(out::println);
            }
        }
        if (json) {
            out.println(new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(root));
        }
        return Pinna.OK;
    }

    private void printHead(PrintWriter out, HrtfTable table, BenchRenderers all, Set<BenchRenderer> wanted) {
        out.println("Pinna " + Version.text() + ", default HRTF, filters of " + table.filterTaps() + " samples in a transform of " + table.fftSize() + ", " + SAMPLE_RATE_HZ + " Hz, blocks of "
                + BLOCK_FRAMES + " frames, one core");
        out.println(Machine.processor() + ", " + Machine.cores() + " cores, " + Machine.system() + ", " + Machine.jdk());
        for (BenchRenderer renderer : wanted) {
            String absence = all.absence(renderer);
            out.println(String.format("  %-13s %s", renderer.key(), absence == null ? all.description(renderer) : "absent: " + absence));
        }
        out.println();
        out.println("ns per source per sample: medians of at most " + ROUNDS + " rounds in turn, processor time of the rendering thread" + (all.present().contains(BenchRenderer.ONNX_GPU) ? " (onnx-gpu: by the clock)" : "")
                + "; x: of openal-full in the same rounds");
        if (all.present().stream().anyMatch(BenchRenderer::isGraph)) {
            out.println("hand-over: what the audio thread itself still spends when the inference thread renders (describing and copying blocks)");
        }
        StringBuilder head = new StringBuilder(String.format("%8s  %-7s", "sources", "motion"));
        for (BenchRenderer renderer : all.present()) {
            head.append(String.format(" %12s", renderer.key())).append(renderer == BenchRenderer.OPENAL_FULL ? "" : "       x").append(renderer.isGraph() ? "  hand-over" : "");
        }
        out.println(head);
    }

    private static void printRow(PrintWriter out, BenchRenderers all, ObjectNode result) {
        StringBuilder row = new StringBuilder(String.format("%8d  %-7s", result.get("sources").asInt(), result.get("motion").asText()));
        for (BenchRenderer renderer : all.present()) {
            JsonNode of = result.get("renderers").get(renderer.key());
            row.append(number(" %12.2f", of.get("nanos")));
            if (renderer != BenchRenderer.OPENAL_FULL) {
                row.append(number(" %7.2f", of.get("ratioToOpenAlFull")));
            }
            if (renderer.isGraph()) {
                row.append(number(" %10.2f", of.get("handOverNanos")));
            }
        }
        out.println(row);
    }

    private static void printRealTimeFactors(PrintWriter out, BenchRenderers all, ArrayNode results) {
        out.println();
        out.println("real-time factor: how many times faster than they play so many sources are rendered");
        StringBuilder head = new StringBuilder(String.format("%8s  %-7s", "sources", "motion"));
        all.present().forEach(r -> head.append(String.format(" %12s", r.key())));
        out.println(head);
        for (JsonNode result : results) {
            StringBuilder row = new StringBuilder(String.format("%8d  %-7s", result.get("sources").asInt(), result.get("motion").asText()));
            for (BenchRenderer renderer : all.present()) {
                row.append(number(" %12.1f", result.get("renderers").get(renderer.key()).get("realTimeFactor")));
            }
            out.println(row);
        }
    }

    /** A hyphen as wide as the number would be, where there is none. */
    private static String number(String format, JsonNode value) {
        return value == null || value.isNull() ? String.format(format.replaceAll("\\.\\d+f", "s"), "-") : String.format(Locale.ROOT, format, value.asDouble());
    }

    private int fields(PrintWriter out) throws JsonProcessingException {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        root.put("version", Version.text()).put("processor", Machine.processor()).put("cores", Machine.cores()).put("system", Machine.system()).put("jdk", Machine.jdk());
        root.put("directions", HrtfBench.DIRECTIONS).put("rounds", ROUNDS);
        ArrayNode results = root.putArray("results");
        if (!json) {
            out.println("Pinna " + Version.text() + ", spectra of both ears and interaural delay in " + HrtfBench.DIRECTIONS + " directions, in batches of " + HrtfBench.BATCH + ", one thread");
            out.println(Machine.processor() + ", " + Machine.cores() + " cores, " + Machine.system() + ", " + Machine.jdk());
            out.println("ms for " + HrtfBench.DIRECTIONS + " directions: medians of " + ROUNDS + " rounds in turn, processor time of the thread");
        }
        List<HrtfBench> benches = HrtfBench.all();
        long end = System.nanoTime() + (long) (seconds * WARM_UP_SHARE * 1e9);
        do {
            benches.forEach(HrtfBench::run);
        } while (System.nanoTime() < end);
        // The model runs on the thread that calls it, too.
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        double[][] millis = new double[benches.size()][ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            for (int b = 0; b < millis.length; b++) {
                long start = threads.getCurrentThreadCpuTime();
                benches.get(b).run();
                millis[b][round] = 1e-6 * (threads.getCurrentThreadCpuTime() - start);
            }
        }
        for (int b = 0; b < millis.length; b++) {
            results.addObject().put("field", benches.get(b).name()).put("milliseconds", median(millis[b], ROUNDS));
            if (!json) {
                out.println(String.format(Locale.ROOT, "%8.2f  %s", median(millis[b], ROUNDS), benches.get(b).name()));
            }
        }
        if (json) {
            out.println(new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(root));
        }
        return Pinna.OK;
    }

    /** Runs all code under a load, still and moving, so that it is compiled before the first figure; twice, since what runs later changes what is known of code that both run. */
    private void warmUpAll(BenchRenderers all) {
        for (int pass = 0; pass < 2; pass++) {
            for (BenchRenderer renderer : all.present()) {
                for (boolean moving : new boolean[] {false, true}) {
                    try (BenchSubject subject = all.open(renderer, FIRST_SOURCES, moving, false)) {
                        warmUp(subject);
                    } catch (PinnaException e) {
                        // The figures will say so, with the number of sources.
                        break;
                    }
                }
            }
        }
    }

    private void measure(int n, Motion motion, BenchRenderers all, ObjectNode result, List<String> refusals) {
        Map<BenchRenderer, BenchSubject> subjects = new EnumMap<>(BenchRenderer.class);
        Map<BenchRenderer, Rounds> rounds = new EnumMap<>(BenchRenderer.class);
        Map<BenchRenderer, String> refused = new EnumMap<>(BenchRenderer.class);
        try {
            for (BenchRenderer renderer : all.present()) {
                attempt(renderer, refused, () -> {
                    BenchSubject subject = all.open(renderer, n, motion != Motion.STILL, motion == Motion.NEAR);
                    subjects.put(renderer, subject);
                    rounds.put(renderer, new Rounds(warmUp(subject)));
                });
            }
            for (int round = 0; round < ROUNDS; round++) {
                for (BenchRenderer renderer : all.present()) {
                    Rounds own = rounds.get(renderer);
                    if (own != null && !refused.containsKey(renderer) && (own.count < FEWEST_ROUNDS || own.spentSeconds < MOST_SHARE * seconds)) {
                        attempt(renderer, refused, () -> time(subjects.get(renderer), own, n));
                    }
                }
            }
            for (BenchRenderer renderer : subjects.keySet()) {
                attempt(renderer, refused, subjects.get(renderer)::requireSound);
            }
        } finally {
            subjects.forEach((renderer, subject) -> attempt(renderer, refused, subject::close));
        }
        for (BenchRenderer renderer : BenchRenderer.values()) {
            ObjectNode of = result.putObject(renderer.key());
            String reason = all.absence(renderer) != null ? all.absence(renderer) : refused.get(renderer);
            if (reason != null) {
                of.putNull("nanos").put("reason", reason);
                if (refused.containsKey(renderer)) {
                    refusals.add(renderer.key() + " with " + n + " sources: " + reason);
                }
            } else {
                tell(renderer, rounds.get(renderer), refused.containsKey(BenchRenderer.OPENAL_FULL) ? null : rounds.get(BenchRenderer.OPENAL_FULL), n, of);
            }
        }
    }

    /** A renderer that refuses is left out; the others go on. */
    private static void attempt(BenchRenderer renderer, Map<BenchRenderer, String> refused, Runnable work) {
        try {
            work.run();
        } catch (PinnaException e) {
            refused.putIfAbsent(renderer, e.getMessage());
        }
    }

    private static void tell(BenchRenderer renderer, Rounds own, Rounds peer, int sources, ObjectNode of) {
        double nanos = median(own.nanos, own.count);
        of.put("nanos", nanos).put("wallNanos", median(own.wallNanos, own.count));
        if (renderer.isGraph()) {
            of.put("handOverNanos", median(own.handOverNanos, own.count));
        }
        of.put("realTimeFactor", 1e9 / SAMPLE_RATE_HZ / (nanos * sources));
        if (peer == null) {
            of.putNull("ratioToOpenAlFull");
        } else {
            int both = Math.min(own.count, peer.count);
            double[] ratios = new double[both];
            for (int round = 0; round < both; round++) {
                ratios[round] = own.nanos[round] / peer.nanos[round];
            }
            of.put("ratioToOpenAlFull", median(ratios, both));
        }
        of.put("rounds", own.count).put("blocksPerRound", own.blocks);
    }

    /**
     * Renders until the time is over and nothing more was compiled in as long again, or no longer than that is waited for.
     *
     * @return blocks that make a round of the length that the rounds share the measuring time by
     */
    private int warmUp(BenchSubject subject) {
        long start = System.nanoTime();
        double quietSeconds = seconds * WARM_UP_SHARE;
        long compiledMillis = -1;
        long quietSince = start;
        int blocks = 0;
        int step = 1;
        double nanosPerBlock = 1;
        for (long now = start; blocks < FEWEST_WARM_UP_BLOCKS || (now - quietSince) * 1e-9 < quietSeconds && (now - start) * 1e-9 < MOST_WARM_UP * quietSeconds; now = System.nanoTime()) {
            BenchSubject.Time time = subject.render(step);
            blocks += step;
            double newest = (double) (time.wallNanos() + time.handOverNanos()) / step;
            // The newest speed counts most: the first blocks run interpreted.
            nanosPerBlock = blocks == step ? newest : nanosPerBlock + 0.3 * (newest - nanosPerBlock);
            // Steps of a millisecond or so.
            step = (int) Math.max(1, Math.min(4096, 1e6 / Math.max(1, newest)));
            long compiled = compiledMillis();
            if (compiled != compiledMillis) {
                compiledMillis = compiled;
                quietSince = now;
            }
        }
        return (int) Math.max(1, Math.min(1_000_000, seconds * 1e9 / ROUNDS / nanosPerBlock));
    }

    /** Time that the just-in-time compiler has worked so far; 0 where it is not told. */
    private static long compiledMillis() {
        CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();
        return compiler == null || !compiler.isCompilationTimeMonitoringSupported() ? 0 : compiler.getTotalCompilationTime();
    }

    private static void time(BenchSubject subject, Rounds rounds, int sources) {
        double samples = (double) rounds.blocks * BLOCK_FRAMES * sources;
        BenchSubject.Time time = subject.render(rounds.blocks);
        rounds.nanos[rounds.count] = time.nanos() / samples;
        rounds.wallNanos[rounds.count] = time.wallNanos() / samples;
        rounds.handOverNanos[rounds.count] = time.handOverNanos() / samples;
        rounds.spentSeconds += 1e-9 * (time.wallNanos() + time.handOverNanos());
        rounds.count++;
    }

    private static double median(double[] values, int count) {
        double[] sorted = Arrays.copyOf(values, count);
        Arrays.sort(sorted);
        return sorted[count / 2];
    }
}
