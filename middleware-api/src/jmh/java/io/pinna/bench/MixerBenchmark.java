package io.pinna.bench;

import io.pinna.cli.MixerBench;
import io.pinna.internal.render.HrtfTable;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** The mixer with the default HRTF at 48 kHz in blocks of 256 frames: nanoseconds a source and sample (one frame, both ears). */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class MixerBenchmark {
    private static final int BLOCK_FRAMES = 256;
    private static final int MOST_SOURCES = 256;
    /** An invocation renders one block of the most sources, or as many more of fewer, so that it always makes this many samples. */
    private static final int SAMPLES = BLOCK_FRAMES * MOST_SOURCES;

    @Param({"1", "16", "64", "256"})
    public int sources;

    @Param({"false", "true"})
    public boolean moving;

    private HrtfTable table;
    private MixerBench mixer;

    @Setup(Level.Trial)
    public void open() {
        table = MixerBench.fullTable(48000, BLOCK_FRAMES);
        mixer = new MixerBench(sources, moving, false, 48000, BLOCK_FRAMES, table);
    }

    @Benchmark
    @OperationsPerInvocation(SAMPLES)
    public float mix() {
        mixer.renderBlocks(MOST_SOURCES / sources);
        return mixer.peak();
    }

    @TearDown(Level.Trial)
    public void close() {
        mixer.close();
        table.close();
    }
}
