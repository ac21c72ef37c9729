package io.pinna.bench;

import io.pinna.internal.reverb.ConvolutionReverb;
import io.pinna.internal.reverb.FeedbackDelayNetwork;
import io.pinna.internal.reverb.ResponseSpectra;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The reverberators at 48 kHz, microseconds a block of 256 frames: the delay network with eight outputs, at rest and while its reverberation time changes, and the convolution with a stereo response of 2 s. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class ReverbBenchmark {
    private static final int RATE = 48000;
    private static final int BLOCK_FRAMES = 256;

    private final float[][] times = {{1.5f, 1.2f, 0.6f}, {2.5f, 1, 0.4f}};
    private final float[] input = new float[BLOCK_FRAMES];
    private final float[][] outputs = new float[8][BLOCK_FRAMES];
    private final float[][] ears = new float[2][BLOCK_FRAMES];
    private FeedbackDelayNetwork network;
    private ConvolutionReverb convolution;
    private int block;

    @Setup(Level.Trial)
    public void open() {
        Random random = new Random(1);
        for (int i = 0; i < BLOCK_FRAMES; i++) {
            input[i] = (float) (0.1 * random.nextGaussian());
        }
        network = new FeedbackDelayNetwork(RATE, BLOCK_FRAMES, outputs.length);
        network.setReverberation(times[0]);
        float[][] response = new float[ears.length][2 * RATE];
        for (float[] h : response) {
            for (int i = 0; i < h.length; i++) {
                h[i] = (float) (0.05 * random.nextGaussian() * Math.pow(10, -3.0 * i / h.length));
            }
        }
        convolution = new ConvolutionReverb(RATE, BLOCK_FRAMES, ears.length, response[0].length);
        convolution.setResponse(new ResponseSpectra(response, BLOCK_FRAMES));
    }

    @Benchmark
    public float[][] network() {
        network.process(input, input, input, BLOCK_FRAMES, outputs);
        return outputs;
    }

    @Benchmark
    public float[][] changingNetwork() {
        if (++block % 16 == 0) {
            network.setReverberation(times[block / 16 % 2]);
        }
        return network();
    }

    @Benchmark
    public float[][] convolution() {
        convolution.process(input, ears);
        return ears;
    }
}
