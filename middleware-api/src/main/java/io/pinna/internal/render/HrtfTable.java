package io.pinna.internal.render;

import io.pinna.InferenceException;
import io.pinna.internal.RealTime;
import io.pinna.internal.dsp.RealFft;
import io.pinna.internal.hrtf.HrtfSource;
import io.pinna.internal.hrtf.NearField;
import io.pinna.internal.hrtf.SphereTriangulation;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The filters of an {@link HrtfSource} as spectra, filled vertex by vertex on the inference thread (or whichever thread bakes it) and read on the audio thread, which never waits: a vertex is
 * either there or not. A filled vertex never changes.
 *
 * <p>Time within a filter: a direction in the median plane arrives at {@link #centreSamples}, the same for all directions; the left ear is early and the right ear late by half the interaural delay.
 */
public final class HrtfTable implements AutoCloseable {
    /** Room, in samples at 48 kHz, for what band gains and fractional delays add to the end of a filter. */
    private static final double SPILL_SECONDS = 8.0 / 48000;

    /** Headers of four arrays and two objects, and their references. */
    private static final long VERTEX_BYTES = 4 * 16 + 32 + 4 + 4;

    /** Of a filter from its onset: what comes later is 20 dB and more below. */
    private static final double BULK_SECONDS = 20.0 / 48000;

    private final HrtfSource source;
    private final int blockFrames;
    private final int fftSize;
    private final int centreSamples;
    private final int filterTaps;
    private final AtomicReferenceArray<StereoSpectrum> vertices;
    /** Right ear less left ear, in samples; written before the vertex is there. Together, because the audio thread looks at them before it needs the spectra. */
    private final float[] delays;
    private final AtomicInteger readyCount = new AtomicInteger();
    private volatile boolean baked;
    private volatile int wanted = -1;
    private NearField nearField;
    // Guarded by this table's monitor.
    private final RealFft fft;
    private final float[] padded;

    /**
     * @param source      becomes the table's, which closes it
     * @param blockFrames block length of the overlap-save convolution
     */
    public HrtfTable(HrtfSource source, int blockFrames) {
        this.source = source;
        this.blockFrames = blockFrames;
        int halfDelay = (int) Math.ceil(source.maxInterauralDelaySeconds() * source.sampleRateHz() / 2);
        centreSamples = source.leadTaps() + halfDelay;
        int spill = (int) Math.ceil(SPILL_SECONDS * source.sampleRateHz());
        filterTaps = centreSamples + halfDelay + source.taps() - source.leadTaps() + spill;
        fftSize = RenderPlan.fftSizeFor(filterTaps, blockFrames);
        vertices = new AtomicReferenceArray<>(source.vertexCount());
        delays = new float[source.vertexCount()];
        fft = new RealFft(fftSize);
        padded = new float[fftSize];
    }

    public int fftSize() {
        return fftSize;
    }

    /** The delay of a direction in the median plane: what the table adds to the engine's latency. */
    public int centreSamples() {
        return centreSamples;
    }

    public int filterTaps() {
        return filterTaps;
    }

    /** How long band gains may ring without wrapping around: what the transform leaves after a block and the part of a filter where most of its energy is. */
    public int shapingTaps() {
        int bulk = centreSamples + (int) Math.ceil((source.maxInterauralDelaySeconds() / 2 + BULK_SECONDS) * source.sampleRateHz());
        return Math.max(3, fftSize - blockFrames + 1 - bulk);
    }

    public int sampleRateHz() {
        return source.sampleRateHz();
    }

    public int vertexCount() {
        return vertices.length();
    }

    public int readyCount() {
        return readyCount.get();
    }

    /** Whether every vertex is there, so that nothing has to be computed any more: one volatile read. Stays so. */
    @RealTime
    public boolean isBaked() {
        return baked;
    }

    /** What a full table takes, without what its source holds. */
    public long bakedBytes() {
        return (long) vertices.length() * (4L * (fftSize / 2 + 1) * Float.BYTES + VERTEX_BYTES);
    }

    /** Where the filters come from. */
    public HrtfSource source() {
        return source;
    }

    /** How the filters change for sources nearer than they were measured. Not for the audio thread: the first call computes it. */
    public synchronized NearField nearField() {
        if (nearField == null) {
            nearField = new NearField(source, fftSize);
        }
        return nearField;
    }

    @RealTime
    StereoSpectrum vertex(int number) {
        return vertices.getAcquire(number);
    }

    /** Of a vertex that is there: delay of the right ear less that of the left. */
    @RealTime
    float interauralDelaySamples(int vertex) {
        return delays[vertex];
    }

    /**
     * Copies the spectra of a vertex, for whoever renders elsewhere: N/2 + 1 bins of the left ear and as many of the right.
     *
     * @return false, and nothing is written, if the vertex is not there yet
     */
    public boolean copyVertex(int number, float[] re, float[] im) {
        StereoSpectrum vertex = vertex(number);
        if (vertex == null) {
            return false;
        }
        int bins = fftSize / 2 + 1;
        System.arraycopy(vertex.leftRe, 0, re, 0, bins);
        System.arraycopy(vertex.leftIm, 0, im, 0, bins);
        System.arraycopy(vertex.rightRe, 0, re, bins, bins);
        System.arraycopy(vertex.rightIm, 0, im, bins, bins);
        return true;
    }

    @RealTime
    public boolean isReady(int vertex) {
        return vertices.getAcquire(vertex) != null;
    }

    /** Audio thread: this vertex was missed. */
    @RealTime
    void want(int vertex) {
        wanted = vertex;
    }

    /** Inference thread: the vertex that the audio thread missed last and that is still not there, or −1. */
    public int takeWanted() {
        int vertex = wanted;
        wanted = -1;
        return vertex >= 0 && !isReady(vertex) ? vertex : -1;
    }

    @RealTime
    public int shellCount() {
        return source.shellCount();
    }

    @RealTime
    double shellDistanceMeters(int shell) {
        return source.shellDistanceMeters(shell);
    }

    @RealTime
    SphereTriangulation triangulation(int shell) {
        return source.triangulation(shell);
    }

    @RealTime
    int firstVertex(int shell) {
        return source.firstVertex(shell);
    }

    /**
     * Any thread but the audio thread: computes the filters of the given vertices.
     *
     * @throws InferenceException if a filter is not finite
     */
    public void fill(int[] numbers, int count) {
        source.evaluate(numbers, count, this::put);
    }

    /** Takes filters of the source, from whoever evaluates it. */
    public HrtfSource.Sink sink() {
        return this::put;
    }

    private synchronized void put(int number, float[] left, float[] right, double interauralDelaySeconds) {
        if (isReady(number)) {
            // Another thread was faster, with the same filters.
            return;
        }
        double delay = interauralDelaySeconds * source.sampleRateHz();
        if (!Double.isFinite(delay)) {
            throw new InferenceException("direction " + number + " has an interaural delay of " + delay + "; it must be finite");
        }
        StereoSpectrum spectrum = new StereoSpectrum(fftSize / 2 + 1);
        transform(number, left, spectrum.leftRe, spectrum.leftIm);
        transform(number, right, spectrum.rightRe, spectrum.rightIm);
        double limit = source.maxInterauralDelaySeconds() * source.sampleRateHz();
        float bounded = (float) Math.max(-limit, Math.min(limit, delay));
        delays[number] = bounded;
        vertices.setRelease(number, spectrum);
        baked = readyCount.incrementAndGet() == vertices.length();
    }

    private void transform(int number, float[] filter, float[] re, float[] im) {
        java.util.Arrays.fill(padded, 0);
        // Time zero of the filter goes to the centre; half of the interaural delay is still to be added or taken away.
        System.arraycopy(filter, 0, padded, centreSamples - source.leadTaps(), source.taps());
        float check = 0;
        for (float x : padded) {
            check += x * 0;
        }
        if (check != 0) {
            throw new InferenceException("the filter of direction " + number + " holds values that are not finite");
        }
        fft.forward(padded, 0, re, im, 0);
    }

    @Override
    public void close() {
        source.close();
    }
}
