package io.pinna.internal.simd;

import io.pinna.InvalidValueException;
import io.pinna.ResourceException;
import io.pinna.internal.dsp.RealFft;
import io.pinna.internal.render.StereoSpectrum;
import java.util.Locale;
import java.util.Random;

/**
 * Which {@link Kernels} this virtual machine runs: those with the Vector API if it was started with {@code --add-modules jdk.incubator.vector} and they pass a check against plain Java, else plain Java. The system
 * property {@value #PROPERTY} says otherwise: {@code off} takes plain Java, {@code on} fails if the others are not to be had, {@code auto} is the default. Chosen once, at the first question; any thread, not the
 * audio thread.
 */
public final class KernelChoice {
    public static final String PROPERTY = "pinna.vector";
    private static final String MODULE = "jdk.incubator.vector";
    private static final String CLASS = "io.pinna.internal.simd.vector.VectorKernels";
    /** −100 dB. */
    private static final double TOLERANCE = 1e-5;
    private static final int CHECKED_SIZE = 512;

    private static KernelChoice chosen;

    private final Kernels kernels;
    private final String reason;

    private KernelChoice(Kernels kernels, String reason) {
        this.kernels = kernels;
        this.reason = reason;
    }

    /** The choice of this virtual machine. */
    public static synchronized KernelChoice get() {
        if (chosen == null) {
            chosen = choose(System.getProperty(PROPERTY, "auto"));
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
     * The kernels with the Vector API, whatever was chosen.
     *
     * @throws ResourceException if this virtual machine has them not
     */
    public static Kernels vector() {
        if (ModuleLayer.boot().findModule(MODULE).isEmpty()) {
            throw refused("it is not there; start Java with --add-modules " + MODULE);
        }
        Kernels found;
        try {
            found = (Kernels) Class.forName(CLASS).getConstructor().newInstance();
        } catch (ReflectiveOperationException | LinkageError | UnsupportedOperationException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw refused("what uses it cannot be loaded: " + cause);
        }
        double error = disagreement(found, PlainKernels.INSTANCE);
        if (!(error <= TOLERANCE)) {
            throw refused(String.format(Locale.ROOT, "results err by %.1e of plain Java's; allowed is %.1e", error, TOLERANCE));
        }
        return found;
    }

    private static ResourceException refused(String reason) {
        return new ResourceException("module " + MODULE, "Vector API", reason);
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
                try {
                    return new KernelChoice(vector(), "the module " + MODULE + " is there");
                } catch (ResourceException e) {
                    return new KernelChoice(PlainKernels.INSTANCE, e.getMessage());
                }
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
        Random random = new Random(5);
        int bins = CHECKED_SIZE / 2 + 1;
        FilterTerms terms = new FilterTerms(bins);
        for (int i = 0; i < terms.corner.length; i++) {
            terms.corner[i] = noise(bins, random);
            terms.weight[i] = 0.2f + 0.1f * i;
        }
        terms.stepRadians = 0.1;
        terms.scale = 0.7f;
        terms.shaped = true;
        terms.first = 1.2f;
        terms.second = -0.8f;
        terms.bound = 1.5f;
        terms.firstRe = noise(bins, random).leftRe;
        terms.firstIm = noise(bins, random).leftIm;
        terms.secondRe = noise(bins, random).leftRe;
        terms.secondIm = noise(bins, random).leftIm;
        float[] time = new float[CHECKED_SIZE];
        for (int i = 0; i < time.length; i++) {
            time[i] = random.nextFloat() - 0.5f;
        }
        StereoSpectrum filter = new StereoSpectrum(bins);
        StereoSpectrum bus = new StereoSpectrum(bins);
        StereoSpectrum otherBus = new StereoSpectrum(bins);
        float[] re = new float[bins];
        float[] im = new float[bins];
        RealFft fft = kernels.fft(CHECKED_SIZE);
        fft.forward(time, 0, re, im, 0);
        kernels.build(terms, filter);
        kernels.addProducts(bus, filter, otherBus, terms.corner[0], re, im);
        terms.shaped = false;
        kernels.build(terms, filter);
        kernels.addProduct(bus, filter, re, im);
        terms.bound = 12;
        kernels.shape(terms, re, im);
        kernels.multiply(otherBus, re, im);
        float[] out = new float[4 * CHECKED_SIZE];
        fft.inverse(bus.leftRe, bus.leftIm, 0, out, 0);
        fft.inverse(bus.rightRe, bus.rightIm, 0, out, CHECKED_SIZE);
        fft.inverse(otherBus.leftRe, otherBus.leftIm, 0, out, 2 * CHECKED_SIZE);
        fft.inverse(otherBus.rightRe, otherBus.rightIm, 0, out, 3 * CHECKED_SIZE);
        return out;
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
