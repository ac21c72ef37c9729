package io.pinna.internal.render;

import io.pinna.SoundWorldSettings;
import io.pinna.acoustics.AcousticsSettings;
import io.pinna.internal.RealTime;
import io.pinna.internal.dsp.FractionalReader;
import io.pinna.internal.dsp.RealFft;
import io.pinna.internal.simd.ForwardTransforms;
import io.pinna.internal.simd.KernelChoice;
import io.pinna.internal.simd.Kernels;

/**
 * What all voices of an engine share: sizes, transforms and scratch memory. Transforms come in classes of doubling length; a listener uses the class that its filters need, and a voice is
 * transformed only for classes that some listener uses. Audio thread (settings: any).
 */
public final class RenderPlan {
    /** Pitch up to 8 times Doppler up to 4. */
    private static final double MOST_INCREMENT = 32;
    private static final int FIRST_SIZE = 128;
    /** What comes later than this after the direct sound belongs to the late reverberation: about where reflections are no longer told apart in a room of 1000 m³ (mixing time √V ms is 32 ms; that of a large hall is 100). */
    public static final double EARLY_SECONDS = 0.1;
    /** Lanes that are transformed before any of them is filtered: the tables of the transform and those of the filters do not drive each other out of the nearest cache for every lane. */
    static final int TOGETHER = 8;

    private final SoundWorldSettings settings;
    private final Kernels kernels;
    private final RealFft[] ffts;
    private final ForwardTransforms[] forwards;
    private final float[][][] re;
    private final float[][][] im;
    private final int[] users;
    private final float[] window;
    private final float[] scratch;
    private final PathSlots slots;
    private final FractionalReader reader = new FractionalReader(MOST_INCREMENT);
    private int longestUsed;
    private int longestTail;

    /** With the loops that were chosen for all worlds. */
    public RenderPlan(SoundWorldSettings settings) {
        this(settings, KernelChoice.kernels());
    }

    public RenderPlan(SoundWorldSettings settings, Kernels kernels) {
        this.settings = settings;
        this.kernels = kernels;
        int longest = fftSizeFor(settings.maxFilterTaps(), settings.blockFrames());
        int count = classOf(longest) + 1;
        ffts = new RealFft[count];
        forwards = new ForwardTransforms[count];
        re = new float[count][TOGETHER][];
        im = new float[count][TOGETHER][];
        for (int c = 0; c < count; c++) {
            ffts[c] = kernels.fft(FIRST_SIZE << c);
            forwards[c] = kernels.forward(FIRST_SIZE << c, TOGETHER);
            for (int i = 0; i < TOGETHER; i++) {
                re[c][i] = new float[ffts[c].bins()];
                im[c][i] = new float[ffts[c].bins()];
            }
        }
        users = new int[count];
        slots = new PathSlots(settings);
        window = new float[(int) (settings.blockFrames() * MOST_INCREMENT) + 2 * FractionalReader.margin(MOST_INCREMENT) + 8];
        scratch = new float[settings.blockFrames()];
    }

    /** The loops that everything of this plan runs. */
    @RealTime
    public Kernels kernels() {
        return kernels;
    }

    /** Overlap-save: N − taps + 1 samples of a transform of length N are valid, and a block needs that many. */
    static int fftSizeFor(int filterTaps, int blockFrames) {
        return Math.max(FIRST_SIZE, Integer.highestOneBit(filterTaps + blockFrames - 2) * 2);
    }

    @RealTime
    int classOf(int fftSize) {
        return Integer.numberOfTrailingZeros(fftSize / FIRST_SIZE);
    }

    int longestFft() {
        return FIRST_SIZE << ffts.length - 1;
    }

    /** The numbers of each listener's paths. */
    @RealTime
    public PathSlots slots() {
        return slots;
    }

    /** How much later than the direct sound a reflection may be heard (frames); 0 if there are none. */
    @RealTime
    int mostLagFrames() {
        return slots.sets() == 0 ? 0 : (int) Math.ceil(EARLY_SECONDS * settings.sampleRateHz());
    }

    /** How many samples a voice remembers: those of the longest filter, as far back as the latest reflection. */
    int historyFrames() {
        return longestFft() + mostLagFrames();
    }

    /** The longest transform that a listener uses now. */
    @RealTime
    int longestUsed() {
        return longestUsed;
    }

    /** How long some listener's model may sound after its input has fallen silent, beyond the block at hand. */
    @RealTime
    void tail(int frames) {
        longestTail = frames;
    }

    /** After so many zeros a voice says nothing more. */
    @RealTime
    int quietFrames() {
        return mostLagFrames() + Math.max(longestUsed, longestTail == 0 ? 0 : longestTail + longestUsed + settings.blockFrames());
    }

    @RealTime
    RealFft fft(int fftClass) {
        return ffts[fftClass];
    }

    /** The transforms of the samples of up to {@link #TOGETHER} lanes. */
    @RealTime
    ForwardTransforms forward(int fftClass) {
        return forwards[fftClass];
    }

    @RealTime
    int classes() {
        return ffts.length;
    }

    /** Scratch for the spectra of lanes that are transformed together ({@link #TOGETHER}), for each class. */
    @RealTime
    float[] re(int fftClass, int number) {
        return re[fftClass][number];
    }

    @RealTime
    float[] im(int fftClass, int number) {
        return im[fftClass][number];
    }

    /** One listener more (1) or less (−1) uses a class. */
    @RealTime
    void use(int fftClass, int change) {
        users[fftClass] += change;
        longestUsed = 0;
        for (int c = 0; c < users.length; c++) {
            if (users[c] > 0) {
                longestUsed = FIRST_SIZE << c;
            }
        }
    }

    @RealTime
    int blockFrames() {
        return settings.blockFrames();
    }

    @RealTime
    int sampleRateHz() {
        return settings.sampleRateHz();
    }

    @RealTime
    AcousticsSettings acoustics() {
        return settings.acoustics();
    }

    public SoundWorldSettings settings() {
        return settings;
    }

    @RealTime
    int listeners() {
        return settings.maxListeners();
    }

    /** Whether listeners hear a voice at different speeds or delays, so that each needs its own samples of it. */
    public static boolean lanePerListener(SoundWorldSettings settings) {
        return settings.acoustics().doppler() || settings.acoustics().propagationDelay();
    }

    boolean lanePerListener() {
        return lanePerListener(settings);
    }

    @RealTime
    float[] window() {
        return window;
    }

    @RealTime
    float[] scratch() {
        return scratch;
    }

    @RealTime
    FractionalReader reader() {
        return reader;
    }
}
