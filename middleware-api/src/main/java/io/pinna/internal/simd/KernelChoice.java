package io.pinna.internal.simd;

import io.pinna.InvalidValueException;
import io.pinna.ResourceException;
import io.pinna.internal.dsp.RealFft;
import io.pinna.internal.render.StereoSpectrum;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.Random;

/**
 * Which {@link Kernels} this virtual machine runs: plain Java, or those with the Vector API. The system property {@value #PROPERTY} says which: {@code off}, the default, takes plain Java; {@code auto} takes the
 * others if the virtual machine was started with {@code --add-modules jdk.incubator.vector} and they pass a check against plain Java; {@code on} fails if they are not to be had. Chosen once, at the first question;
 * any thread, not the audio thread.
 */
public final class KernelChoice {
    public static final String PROPERTY = "pinna.vector";
    /** Not auto: with the Vector API on JDK 17, some runs of a whole world were seen to allocate a little on the audio thread even after the warm-up. */
    private static final String DEFAULT = "off";
    private static final String MODULE = "jdk.incubator.vector";
    private static final String CLASS = "io.pinna.internal.simd.vector.VectorKernels";
    /** −100 dB. */
    private static final double TOLERANCE = 1e-5;
    /** The usual one first; the others take other ways through the transform. */
    private static final int[] SIZES = {512, 1024, 2048};
    private static final int MOST_WARM_UP_SECONDS = 20;
    private static final int RUNS_A_ROUND = 100;
    private static final int CALM_ROUNDS = 15;

    private static KernelChoice chosen;
    private static Attempt attempted;

    /** Null kernels if it failed. */
    record Attempt(Kernels kernels, String reason) {
    }

    final Kernels kernels;
    final String reason;

    private KernelChoice(Kernels kernels, String reason) {
        this.kernels = kernels;
        this.reason = reason;
    }

    /** The choice of this virtual machine. */
    public static synchronized KernelChoice get() {
        if (chosen == null) {
            chosen = choose(System.getProperty(PROPERTY, DEFAULT));
        }
        return chosen;
    }

    /** Those that were chosen. */
    public static Kernels kernels() {
        return get().kernels;
    }

    /** Which, and why. */
    public static String description() {
        KernelChoice choice = get();
        return choice.kernels.description() + " (" + choice.reason + ")";
    }

    /**
     * The kernels with the Vector API, whatever was chosen. The first call takes about a second, until they are compiled.
     *
     * @throws ResourceException if this virtual machine has them not
     */
    public static Kernels vector() {
        Attempt attempt = attempt();
        if (attempt.kernels == null) {
            throw new ResourceException("module " + MODULE, "Vector API", attempt.reason);
        }
        return attempt.kernels;
    }

    private static synchronized Attempt attempt() {
        if (attempted == null) {
            attempted = attempt(CLASS);
        }
        return attempted;
    }

    /** @param className of the kernels, which have a constructor without parameters */
    static Attempt attempt(String className) {
        if (ModuleLayer.boot().findModule(MODULE).isEmpty()) {
            return new Attempt(null, "there is no Vector API; start Java with --add-modules " + MODULE);
        }
        Kernels found;
        try {
            found = (Kernels) Class.forName(className).getConstructor().newInstance();
        } catch (ReflectiveOperationException | LinkageError | UnsupportedOperationException e) {
            return new Attempt(null, "what uses the Vector API cannot be loaded: " + (e.getCause() == null ? e : e.getCause()));
        }
        double error = disagreement(found, PlainKernels.INSTANCE);
        if (!(error <= TOLERANCE)) {
            return new Attempt(null, String.format(Locale.ROOT, "results with the Vector API err by %.1e of plain Java's; allowed is %.1e", error, TOLERANCE));
        }
        if (!warmUp(found)) {
            return new Attempt(null, "the loops with the Vector API still allocate after " + MOST_WARM_UP_SECONDS + " s of warming up, which the audio thread must not");
        }
        return new Attempt(found, "the module " + MODULE + " is there");
    }

    /**
     * Runs the loops until they have been compiled. Until then each of their operations makes an object, and they are a hundred times slower than plain Java: nothing for an audio thread. That this thread
     * allocates no more is the sign.
     *
     * @return whether that came about
     */
    private static boolean warmUp(Kernels kernels) {
        if (!(ManagementFactory.getThreadMXBean() instanceof com.sun.management.ThreadMXBean threads) || !threads.isThreadAllocatedMemorySupported()) {
            return false;
        }
        Trial[] trials = new Trial[SIZES.length];
        for (int i = 0; i < trials.length; i++) {
            trials[i] = new Trial(kernels, SIZES[i]);
        }
        long end = System.nanoTime() + MOST_WARM_UP_SECONDS * 1_000_000_000L;
        int calm = 0;
        while (calm < CALM_ROUNDS) {
            if (System.nanoTime() > end) {
                return false;
            }
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < RUNS_A_ROUND; i++) {
                for (Trial trial : trials) {
                    trial.run();
                }
            }
            calm = threads.getCurrentThreadAllocatedBytes() - before == 0 ? calm + 1 : 0;
        }
        return true;
    }

    static KernelChoice choose(String wish) {
        switch (wish.toLowerCase(Locale.ROOT)) {
            case "off":
                return new KernelChoice(PlainKernels.INSTANCE, "-D" + PROPERTY + "=off");
            case "on":
                try {
                    return new KernelChoice(vector(), "-D" + PROPERTY + "=on");
                } catch (ResourceException e) {
                    throw new ResourceException(e.resource(), e.field(), e.reason() + ". Plain Java does without: leave out -D" + PROPERTY + "=on", e);
                }
            case "auto":
                Attempt attempt = attempt();
                return new KernelChoice(attempt.kernels == null ? PlainKernels.INSTANCE : attempt.kernels, attempt.reason);
            default:
                throw new InvalidValueException("the system property " + PROPERTY + " is \"" + wish + "\"; allowed are on, off and auto");
        }
    }

    /** The greatest error, relative to the signal, of a block of noise through a filter that uses all that there is. */
    static double disagreement(Kernels a, Kernels b) {
        float[] x = run(a);
        float[] y = run(b);
        double error = 0;
        double power = 0;
        for (int i = 0; i < x.length; i++) {
            error += (x[i] - y[i]) * (double) (x[i] - y[i]);
            power += y[i] * (double) y[i];
        }
        return Math.sqrt(error / power);
    }

    private static float[] run(Kernels kernels) {
        Trial trial = new Trial(kernels, SIZES[0]);
        trial.run();
        return trial.out;
    }

    /** All operations once, on noise; allocates only in its constructor. */
    private static final class Trial {
        private final Kernels kernels;
        private final RealFft fft;
        private final FilterTerms terms;
        private final int size;
        private final float[] time;
        private final float[] re;
        private final float[] im;
        private final float[] workRe;
        private final float[] workIm;
        private final StereoSpectrum filter;
        private final StereoSpectrum bus;
        private final StereoSpectrum otherBus;
        private final float[][] cellRe = new float[4][];
        private final float[][] cellIm = new float[4][];
        private final int[] cell = {0, 1, 2, 3};
        private final float[] weight = {0.3f, 0.2f, 0.1f, 0.05f};
        private final float[] out;

        Trial(Kernels kernels, int size) {
            this.kernels = kernels;
            this.size = size;
            fft = kernels.fft(size);
            Random random = new Random(5);
            int bins = size / 2 + 1;
            time = new float[size];
            re = new float[bins];
            im = new float[bins];
            workRe = new float[bins];
            workIm = new float[bins];
            filter = new StereoSpectrum(bins);
            bus = new StereoSpectrum(bins);
            otherBus = new StereoSpectrum(bins);
            out = new float[4 * size];
            terms = new FilterTerms(bins);
            for (int i = 0; i < terms.corner.length; i++) {
                terms.corner[i] = noise(bins, random);
                terms.weight[i] = 0.2f + 0.1f * i;
            }
            terms.stepRadians = 0.1;
            terms.scale = 0.7f;
            terms.first = 1.2f;
            terms.second = -0.8f;
            terms.firstRe = noise(bins, random).leftRe;
            terms.firstIm = noise(bins, random).leftIm;
            terms.secondRe = noise(bins, random).leftRe;
            terms.secondIm = noise(bins, random).leftIm;
            for (int i = 0; i < cell.length; i++) {
                StereoSpectrum s = noise(bins, random);
                cellRe[i] = s.leftRe;
                cellIm[i] = s.leftIm;
            }
            for (int i = 0; i < time.length; i++) {
                time[i] = random.nextFloat() - 0.5f;
            }
        }

        void run() {
            bus.clear();
            otherBus.clear();
            fft.forward(time, 0, re, im, 0);
            terms.shaped = true;
            terms.bound = 1.5f;
            kernels.build(terms, filter);
            kernels.addProducts(bus, filter, otherBus, terms.corner[0], re, im);
            kernels.blend(terms.corner, weight, terms.corner.length, filter);
            kernels.multiplyByCells(0.4f, weight, 0, cellRe, cellIm, cell, filter.leftRe, filter.leftIm, workRe, workIm);
            kernels.addProduct(bus, filter, re, im);
            terms.shaped = false;
            kernels.build(terms, filter);
            kernels.addProduct(bus, filter, re, im);
            // A bound beyond what the series takes without more squarings.
            terms.bound = 12;
            kernels.shape(terms, workRe, workIm);
            kernels.multiply(otherBus, workRe, workIm);
            fft.inverse(bus.leftRe, bus.leftIm, 0, out, 0);
            fft.inverse(bus.rightRe, bus.rightIm, 0, out, size);
            fft.inverse(otherBus.leftRe, otherBus.leftIm, 0, out, 2 * size);
            fft.inverse(otherBus.rightRe, otherBus.rightIm, 0, out, 3 * size);
            kernels.addFaded(out, 0, 0.1f, 1e-3f, out, size, size);
            if (!kernels.isFinite(out, 0, out.length)) {
                out[0] = Float.NaN;
            }
        }
    }

    private static StereoSpectrum noise(int bins, Random random) {
        StereoSpectrum s = new StereoSpectrum(bins);
        for (float[] x : new float[][] {s.leftRe, s.leftIm, s.rightRe, s.rightIm}) {
            for (int k = 0; k < bins; k++) {
                x[k] = random.nextFloat() - 0.5f;
            }
        }
        // As in spectra of real signals.
        s.leftIm[0] = 0;
        s.rightIm[0] = 0;
        s.leftIm[bins - 1] = 0;
        s.rightIm[bins - 1] = 0;
        return s;
    }
}
