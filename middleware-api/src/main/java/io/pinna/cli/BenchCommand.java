package io.pinna.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinna.internal.device.OpenAlLoopbackPeer;
import io.pinna.internal.render.HrtfTable;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.IntConsumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code pinna bench}: the mixer against OpenAL Soft's own binaural renderer, both on this thread, round by round in turn, so that what else the machine does falls on both. A round's time is the thread's
 * processor time, which other programs' time slices do not lengthen; the figure is the median of the rounds.
 */
@Command(name = "bench", mixinStandardHelpOptions = true, versionProvider = Pinna.VersionProvider.class,
        description = {"Compares the mixer's cost a source with OpenAL Soft's (loopback device, full HRTF), in one run and on one core.",
            "With --hrtf, says instead what it costs to know an HRTF in 1000 directions."})
final class BenchCommand implements Callable<Integer> {
    private static final int SAMPLE_RATE_HZ = 48000;
    private static final int BLOCK_FRAMES = 256;
    private static final int ROUNDS = 21;
    private static final double WARM_UP_SHARE = 0.5;

    @Spec
    private CommandSpec spec;

    @Option(names = "--sources", split = ",", paramLabel = "N", defaultValue = "1,4,16,64,256", description = "Numbers of sources, 1 to 4096 (default: ${DEFAULT-VALUE}).")
    private List<Integer> sources;

    @Option(names = "--seconds", paramLabel = "S", defaultValue = "3", description = "About how long to measure each of the two for each number of sources, still and moving; half as much warms up before"
            + " (default: ${DEFAULT-VALUE}).")
    private double seconds;

    @Option(names = "--near", description = "Also moving sources within 1 m, where Pinna adds the near field (OpenAL Soft has none; its load is that of moving sources).")
    private boolean near;

    @Option(names = "--hrtf", description = "Time the HRTF field and a personal profile instead of the mixer.")
    private boolean hrtf;

    @Option(names = "--json", description = "As JSON.")
    private boolean json;

    private enum Motion { STILL, MOVING, NEAR }

    /** Medians of one side, in nanoseconds a source and frame. */
    private record Side(double cpuNanos, double wallNanos) {
        double realTimeFactor(int sources) {
            return 1e9 / SAMPLE_RATE_HZ / (cpuNanos * sources);
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
        if (hrtf) {
            return fields(out);
        }
        HrtfTable table = MixerBench.fullTable(SAMPLE_RATE_HZ, BLOCK_FRAMES);
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        root.put("version", Version.text()).put("processor", Machine.processor()).put("cores", Machine.cores()).put("system", Machine.system()).put("jdk", Machine.jdk());
        root.put("sampleRateHz", SAMPLE_RATE_HZ).put("blockFrames", BLOCK_FRAMES).put("filterTaps", table.filterTaps()).put("rounds", ROUNDS);
        ArrayNode results = root.putArray("results");
        if (!json) {
            out.println("Pinna " + Version.text() + ", default HRTF, filters of " + table.filterTaps() + " samples in a transform of " + table.fftSize() + ", " + SAMPLE_RATE_HZ + " Hz, blocks of "
                    + BLOCK_FRAMES + " frames, one core");
            out.println(Machine.processor() + ", " + Machine.cores() + " cores, " + Machine.system() + ", " + Machine.jdk());
            out.println("ns per source per sample: medians of " + ROUNDS + " rounds in turn, processor time of the mixing thread");
        }
        boolean headed = false;
        for (int n : sources) {
            for (Motion motion : Motion.values()) {
                if (motion == Motion.NEAR && !near) {
                    continue;
                }
                ObjectNode result = results.addObject();
                String peer = measure(n, motion, table, result);
                if (!json) {
                    if (!headed) {
                        headed = true;
                        out.println("peer: " + peer);
                        out.println(String.format("%8s  %-7s %10s %10s %8s %18s %18s", "sources", "motion", "Pinna", "OpenAL", "ratio", "Pinna x real time", "OpenAL x real time"));
                    }
                    out.println(String.format(Locale.ROOT, "%8d  %-7s %10.2f %10.2f %8.2f %18.0f %18.0f", n, motion.name().toLowerCase(Locale.ROOT), result.get("pinnaNanos").asDouble(),
                            result.get("openAlNanos").asDouble(), result.get("ratio").asDouble(), result.get("pinnaRealTimeFactor").asDouble(), result.get("openAlRealTimeFactor").asDouble()));
                }
                root.put("peer", peer);
            }
        }
        if (json) {
            out.println(new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(root));
        }
        return Pinna.OK;
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
            results.addObject().put("field", benches.get(b).name()).put("milliseconds", median(millis[b]));
            if (!json) {
                out.println(String.format(Locale.ROOT, "%8.2f  %s", median(millis[b]), benches.get(b).name()));
            }
        }
        if (json) {
            out.println(new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(root));
        }
        return Pinna.OK;
    }

    private String measure(int n, Motion motion, HrtfTable table, ObjectNode result) {
        boolean moving = motion != Motion.STILL;
        try (MixerBench pinna = new MixerBench(n, moving, motion == Motion.NEAR, SAMPLE_RATE_HZ, BLOCK_FRAMES, table);
             OpenAlLoopbackPeer openAl = new OpenAlLoopbackPeer(new OpenAlLoopbackPeer.Settings(n, moving, OpenAlLoopbackPeer.HrtfMode.FULL, SAMPLE_RATE_HZ, BLOCK_FRAMES))) {
            int pinnaBlocks = warmUp(pinna::renderBlocks);
            int openAlBlocks = warmUp(openAl::renderBlocks);
            double[][] times = new double[4][ROUNDS];
            ThreadMXBean threads = ManagementFactory.getThreadMXBean();
            for (int round = 0; round < ROUNDS; round++) {
                time(pinna::renderBlocks, pinnaBlocks, n, threads, times[0], times[1], round);
                time(openAl::renderBlocks, openAlBlocks, n, threads, times[2], times[3], round);
            }
            if (!(pinna.peak() > 0)) {
                throw new IllegalStateException("the mixer was silent");
            }
            Side a = new Side(median(times[0]), median(times[1]));
            Side b = new Side(median(times[2]), median(times[3]));
            double[] ratios = new double[ROUNDS];
            for (int round = 0; round < ROUNDS; round++) {
                ratios[round] = times[0][round] / times[2][round];
            }
            result.put("sources", n).put("moving", moving).put("near", motion == Motion.NEAR).put("pinnaNanos", a.cpuNanos).put("openAlNanos", b.cpuNanos).put("ratio", median(ratios));
            result.put("pinnaWallNanos", a.wallNanos).put("openAlWallNanos", b.wallNanos);
            result.put("pinnaRealTimeFactor", a.realTimeFactor(n)).put("openAlRealTimeFactor", b.realTimeFactor(n));
            return openAl.description();
        }
    }

    /** @return blocks that make a round of the length that the rounds share the measuring time by */
    private int warmUp(IntConsumer renderBlocks) {
        long start = System.nanoTime();
        long end = start + (long) (seconds * WARM_UP_SHARE * 1e9);
        int blocks = 0;
        long last = start;
        double nanosPerBlock = 1;
        while (last < end || blocks < 8) {
            renderBlocks.accept(4);
            blocks += 4;
            long now = System.nanoTime();
            // The newest speed counts most: the first blocks run interpreted.
            nanosPerBlock += 0.1 * ((now - last) / 4.0 - nanosPerBlock);
            last = now;
        }
        return (int) Math.max(1, Math.min(1_000_000, seconds * 1e9 / ROUNDS / nanosPerBlock));
    }

    private static void time(IntConsumer renderBlocks, int blocks, int sources, ThreadMXBean threads, double[] cpu, double[] wall, int round) {
        double samples = (double) blocks * BLOCK_FRAMES * sources;
        long wallStart = System.nanoTime();
        long cpuStart = threads.getCurrentThreadCpuTime();
        renderBlocks.accept(blocks);
        cpu[round] = (threads.getCurrentThreadCpuTime() - cpuStart) / samples;
        wall[round] = (System.nanoTime() - wallStart) / samples;
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
