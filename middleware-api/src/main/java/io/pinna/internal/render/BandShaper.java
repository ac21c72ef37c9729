package io.pinna.internal.render;

import io.pinna.acoustics.Bands;
import io.pinna.internal.RealTime;
import io.pinna.internal.acoustics.DiffractionShape;
import io.pinna.internal.dsp.RealFft;
import io.pinna.internal.hrtf.MinimumPhase;
import io.pinna.internal.simd.FilterTerms;
import io.pinna.internal.simd.Kernels;
import io.pinna.internal.simd.PlainKernels;

/**
 * Turns one gain per band into a minimum-phase spectrum: log|G(f)| = Σ ln(g_b)·S_b(f), where the S_b are 1 inside their band, add up to 1 everywhere and cross over by a raised cosine in log
 * frequency about the band splits. The minimum phase is linear in the log magnitude (it is its Hilbert transform; Oppenheim and Schafer, "Discrete-Time Signal Processing",
 * ch. 12), so G = exp(Σ ln(g_b)·(S_b + i·P_b)) with fixed P_b. Gains equal in all bands give exactly that gain with no phase.
 *
 * <p>Owned by one thread (work arrays).
 */
public final class BandShaper {
    /** The gain that stands for silence in one band while another is heard: −100 dB. */
    public static final float FLOOR = 1e-5f;
    /**
     * Widths of the crossovers in octaves. Narrower rings longer, and longer at low frequencies: so the lower one is as wide as leaves 400 Hz, the middle of the low band, untouched, and the upper one
     * leaves 12.6 kHz, that of the high band.
     */
    private static final double LOW_CROSSOVER_OCTAVES = 2;
    private static final double HIGH_CROSSOVER_OCTAVES = 1;
    /** 22 dB between two bands: from here on what is left of the response after the room for it is above −45 dB, and it is shortened. */
    private static final float STEEP = 12;
    /** The bands, and the two shapes of diffraction. */
    private static final int SHAPES = Bands.COUNT + 2;
    /** Numbers of the shapes of diffraction, after those of the bands. */
    public static final int SLOPE = Bands.COUNT;
    public static final int CURVE = Bands.COUNT + 1;

    private final int bins;
    private final int longest;
    private final Kernels kernels;
    private final FilterTerms own;
    private final float mostLowPhase;
    private final float mostHighPhase;
    private final RealFft fft;
    private final float[] response;
    private final float[] fade;
    private final float[][] magnitude = new float[SHAPES][];
    private final float[][] phase = new float[SHAPES][];
    private final float mostBend;
    private final float[] bendRe;
    private final float[] bendIm;

    /**
     * @param fftSize N of the filters to be shaped
     * @param longest most samples that the response may last, from 3 to N; that of a tilt of less than 22 dB is short by itself and is left as it is
     */
    public BandShaper(int fftSize, double sampleRateHz, int longest) {
        this(fftSize, sampleRateHz, longest, PlainKernels.INSTANCE);
    }

    /** @param kernels whose loops it runs */
    BandShaper(int fftSize, double sampleRateHz, int longest, Kernels kernels) {
        this.kernels = kernels;
        bins = fftSize / 2 + 1;
        this.longest = longest;
        own = new FilterTerms(bins);
        bendRe = new float[bins];
        bendIm = new float[bins];
        fft = kernels.fft(fftSize);
        response = new float[fftSize];
        fade = new float[longest - longest / 2];
        for (int i = 0; i < fade.length; i++) {
            fade[i] = (float) (0.5 + 0.5 * Math.cos(Math.PI * (i + 0.5) / fade.length));
        }
        // Eight times finer than needed, so that the cepstrum does not wrap around.
        int fine = fftSize * 8;
        MinimumPhase hilbert = new MinimumPhase(fine);
        for (int b = 0; b < SHAPES; b++) {
            double[] s = new double[fine / 2 + 1];
            for (int k = 0; k < s.length; k++) {
                double frequencyHz = k * sampleRateHz / fine;
                s[k] = b == SLOPE ? DiffractionShape.t1(frequencyHz) : b == CURVE ? DiffractionShape.t2(frequencyHz) : weight(b, frequencyHz);
            }
            double[] p = new double[s.length];
            hilbert.phase(s, p);
            magnitude[b] = new float[bins];
            phase[b] = new float[bins];
            for (int k = 0; k < bins; k++) {
                magnitude[b][k] = (float) s[8 * k];
                phase[b][k] = (float) p[8 * k];
            }
        }
        mostLowPhase = most(phase[0]);
        mostHighPhase = most(phase[Bands.COUNT - 1]);
        mostBend = Math.max(Math.max(most(magnitude[SLOPE]), most(phase[SLOPE])), Math.max(most(magnitude[CURVE]), most(phase[CURVE])));
    }

    private static float most(float[] x) {
        float most = 0;
        for (float v : x) {
            most = Math.max(most, Math.abs(v));
        }
        return most;
    }

    /** How much of the log gain of a band a frequency takes. */
    static double weight(int band, double frequencyHz) {
        double aboveLow = rise(frequencyHz, Bands.LOW_SPLIT_HZ, LOW_CROSSOVER_OCTAVES);
        double aboveHigh = rise(frequencyHz, Bands.HIGH_SPLIT_HZ, HIGH_CROSSOVER_OCTAVES);
        return switch (band) {
            case 0 -> 1 - aboveLow;
            case 1 -> aboveLow - aboveHigh;
            default -> aboveHigh;
        };
    }

    private static double rise(double frequencyHz, double splitHz, double widthOctaves) {
        if (frequencyHz <= 0) {
            return 0;
        }
        double octaves = Math.log(frequencyHz / splitHz) / Math.log(2) / widthOctaves;
        return octaves <= -0.5 ? 0 : octaves >= 0.5 ? 1 : 0.5 + 0.5 * Math.sin(Math.PI * octaves);
    }

    /**
     * Multiplies both ears of a filter by the spectrum of the given band gains, and of diffraction, exp(slope·T1 + curve·T2) with its minimum phase.
     *
     * @param gain  {@link Bands#COUNT} linear amplitude gains (≥ 0)
     * @param slope natural logarithm of amplitude for a unit of {@link DiffractionShape}'s T1
     * @param curve likewise of its T2
     */
    @RealTime
    public void apply(float[] gain, float slope, float curve, StereoSpectrum filter, float[] workRe, float[] workIm) {
        boolean flat = isFlat(gain);
        boolean bent = slope != 0 || curve != 0;
        if (flat && !bent) {
            scale(filter.leftRe, gain[0]);
            scale(filter.leftIm, gain[0]);
            scale(filter.rightRe, gain[0]);
            scale(filter.rightIm, gain[0]);
            return;
        }
        if (flat) {
            shapeBend(slope, curve, workRe, workIm);
            scale(workRe, gain[0]);
            scale(workIm, gain[0]);
        } else {
            exponents(gain, own);
            kernels.shape(own, workRe, workIm);
            scale(workRe, own.scale);
            scale(workIm, own.scale);
            if (bent) {
                shapeBend(slope, curve, bendRe, bendIm);
                for (int k = 0; k < bins; k++) {
                    float re = workRe[k] * bendRe[k] - workIm[k] * bendIm[k];
                    workIm[k] = workRe[k] * bendIm[k] + workIm[k] * bendRe[k];
                    workRe[k] = re;
                }
            }
        }
        workIm[bins - 1] = 0;
        if (isShortened(gain, slope, curve)) {
            shorten(workRe, workIm);
        }
        kernels.multiply(filter, workRe, workIm);
    }

    @RealTime
    private void shapeBend(float slope, float curve, float[] re, float[] im) {
        own.first = slope;
        own.firstRe = magnitude[SLOPE];
        own.firstIm = phase[SLOPE];
        own.second = curve;
        own.secondRe = magnitude[CURVE];
        own.secondIm = phase[CURVE];
        own.bound = 1.42f * mostBend * (Math.abs(slope) + Math.abs(curve));
        kernels.shape(own, re, im);
    }

    /**
     * Delays both ears of a filter.
     *
     * @param radiansPerBin what the delay turns each bin by against the one below (≥ 0)
     */
    @RealTime
    void delay(double radiansPerBin, StereoSpectrum filter, float[] workRe, float[] workIm) {
        kernels.turn(-radiansPerBin, workRe, workIm);
        workIm[bins - 1] = 0;
        kernels.multiply(filter, workRe, workIm);
    }

    /**
     * Writes the gains into the terms of a filter.
     *
     * @return false if they are steep: then the terms leave the filter as it is, and {@link #apply} has still to be called
     */
    @RealTime
    boolean describe(float[] gain, FilterTerms out) {
        out.shaped = false;
        if (isFlat(gain)) {
            out.scale = gain[0];
            return true;
        }
        if (isSteep(gain)) {
            out.scale = 1;
            return false;
        }
        exponents(gain, out);
        return true;
    }

    /** The weights of the three bands add up to 1: so the gain of the middle one is a factor, and what the others differ by is left to the exponent. */
    @RealTime
    private void exponents(float[] gain, FilterTerms out) {
        float middle = Math.max(FLOOR, gain[1]);
        out.scale = middle;
        out.shaped = true;
        out.first = (float) Math.log(Math.max(FLOOR, gain[0]) / middle);
        out.firstRe = magnitude[0];
        out.firstIm = phase[0];
        out.second = (float) Math.log(Math.max(FLOOR, gain[2]) / middle);
        out.secondRe = magnitude[2];
        out.secondIm = phase[2];
        // Low and high band do not meet, but their phases do.
        float low = Math.abs(out.first);
        float high = Math.abs(out.second);
        float mostReal = Math.max(low, high);
        float mostImaginary = low * mostLowPhase + high * mostHighPhase;
        out.bound = (float) Math.sqrt(mostReal * mostReal + mostImaginary * mostImaginary);
    }

    /** Whether the gains count as one: the filter is scaled by that of the first band, and no more. */
    @RealTime
    public static boolean isFlat(float[] gain) {
        boolean flat = true;
        for (int b = 1; b < Bands.COUNT; b++) {
            // A thousandth is 0.009 dB.
            flat &= Math.abs(gain[b] - gain[0]) <= 1e-3f * gain[0];
        }
        return flat;
    }

    /** Whether the response of a filter is shortened: where its bands differ much, and always behind an edge, where its end is only 38 dB down and would come back before the beginning of the next block, as a buzz. */
    @RealTime
    public boolean isShortened(float[] gain, float slope, float curve) {
        return longest < response.length && (slope != 0 || curve != 0 || !isFlat(gain) && isSteep(gain));
    }

    /** Whether the response of these gains, which are not flat, is shortened. */
    @RealTime
    public boolean isSteep(float[] gain) {
        return longest < response.length && tilt(gain) > STEEP;
    }

    /** Most samples that a shortened response lasts. */
    public int longest() {
        return longest;
    }

    /** What a sample of a response is multiplied by when it is shortened. */
    public float fade(int sample) {
        int from = longest / 2;
        return sample < from ? 1 : sample < longest ? fade[sample - from] : 0;
    }

    /** S of a band at a bin: the log magnitude of the shape for a log gain of 1. */
    public float level(int band, int bin) {
        return magnitude[band][bin];
    }

    /** P of a band at a bin: the phase (radians) of the shape for a log gain of 1. */
    public float phase(int band, int bin) {
        return phase[band][bin];
    }

    @RealTime
    private static float tilt(float[] gain) {
        float least = gain[0];
        float most = gain[0];
        for (int b = 1; b < Bands.COUNT; b++) {
            least = Math.min(least, gain[b]);
            most = Math.max(most, gain[b]);
        }
        return most / Math.max(FLOOR, least);
    }

    /** Fades the response out where the transform has no room for it: what is longer would wrap around to samples that are yet to come. */
    @RealTime
    private void shorten(float[] re, float[] im) {
        fft.inverse(re, im, 0, response, 0);
        int from = longest / 2;
        for (int i = from; i < longest; i++) {
            response[i] *= fade[i - from];
        }
        java.util.Arrays.fill(response, longest, response.length, 0);
        fft.forward(response, 0, re, im, 0);
    }

    private static void scale(float[] x, float factor) {
        for (int k = 0; k < x.length; k++) {
            x[k] *= factor;
        }
    }
}
