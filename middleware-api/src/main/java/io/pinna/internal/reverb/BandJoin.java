package io.pinna.internal.reverb;

import io.pinna.acoustics.Bands;
import io.pinna.internal.RealTime;

/**
 * Makes one signal of three buses, of each of which only its own band is wanted: so that a sound that is sent to the buses with one gain each needs no filter of its own. The filters are Linkwitz–Riley crossovers of
 * eighth order at the band splits (Linkwitz, "Active crossover networks for noncoincident drivers", JAES 24, 1976): both branches of such a crossover are in phase at every frequency and add up to an allpass. The low
 * branch passes through the allpass of the upper crossover. So
 *
 * <pre>
 *   y = A₂·L₁·low + H₁·(L₂·middle + H₂·high),   L₁ + H₁ = A₁,  L₂ + H₂ = A₂,  |A₁| = |A₂| = 1
 * </pre>
 *
 * and three equal buses pass with a gain of exactly 1; of unequal ones each is heard with its own gain to 0.3 dB at the middle of its band (400 Hz, 2.5 kHz, 12.6 kHz) unless a neighbour is more than 5 times as strong.
 * Where half the sample rate does not reach the upper split by a tenth there is no high band: its bus is not heard, and the middle one passes up to the end.
 *
 * <p>Audio thread; allocates only in its constructor.
 */
@RealTime
final class BandJoin {
    /** Of the fourth-order Butterworth filter, which an eighth-order crossover uses twice: 1/(2·cos(π/8)) and 1/(2·cos(3π/8)). */
    private static final double FIRST_Q = 1 / (2 * Math.cos(Math.PI / 8));
    private static final double SECOND_Q = 1 / (2 * Math.cos(3 * Math.PI / 8));
    /** Up to where a split may come, as a fraction of the sample rate. */
    private static final double HIGHEST_SPLIT = 0.45;

    private final boolean hasHigh;
    private final double[] lowPass = new double[TwoSections.COEFFICIENTS];
    private final double[] highPass = new double[TwoSections.COEFFICIENTS];
    private final double[] upperLowPass = new double[TwoSections.COEFFICIENTS];
    private final double[] upperHighPass = new double[TwoSections.COEFFICIENTS];
    private final double[] upperAllPass = new double[TwoSections.COEFFICIENTS];
    private final double[] state = new double[9 * TwoSections.STATES];

    BandJoin(double sampleRateHz) {
        double t = Math.tan(Math.PI * Bands.LOW_SPLIT_HZ / sampleRateHz);
        hasHigh = hasHigh(sampleRateHz);
        lowPass(t, lowPass);
        highPass(t, highPass);
        if (hasHigh) {
            t = Math.tan(Math.PI * Bands.HIGH_SPLIT_HZ / sampleRateHz);
            lowPass(t, upperLowPass);
            highPass(t, upperHighPass);
            TwoSections.bilinear(1, -1 / FIRST_Q, 1, 1, 1 / FIRST_Q, 1, t, upperAllPass, 0);
            TwoSections.bilinear(1, -1 / SECOND_Q, 1, 1, 1 / SECOND_Q, 1, t, upperAllPass, TwoSections.COEFFICIENTS / 2);
        }
    }

    /** Whether a sample rate has room for the high band. */
    static boolean hasHigh(double sampleRateHz) {
        return Bands.HIGH_SPLIT_HZ <= HIGHEST_SPLIT * sampleRateHz;
    }

    private static void lowPass(double t, double[] c) {
        TwoSections.bilinear(0, 0, 1, 1, 1 / FIRST_Q, 1, t, c, 0);
        TwoSections.bilinear(0, 0, 1, 1, 1 / SECOND_Q, 1, t, c, TwoSections.COEFFICIENTS / 2);
    }

    private static void highPass(double t, double[] c) {
        TwoSections.bilinear(1, 0, 0, 1, 1 / FIRST_Q, 1, t, c, 0);
        TwoSections.bilinear(1, 0, 0, 1, 1 / SECOND_Q, 1, t, c, TwoSections.COEFFICIENTS / 2);
    }

    /** All three are overwritten; the result is in {@code low}. */
    void process(float[] low, float[] middle, float[] high, int frames) {
        int n = TwoSections.STATES;
        TwoSections.run(low, 0, frames, lowPass, 0, state, 0);
        TwoSections.run(low, 0, frames, lowPass, 0, state, n);
        if (hasHigh) {
            TwoSections.run(low, 0, frames, upperAllPass, 0, state, 2 * n);
            TwoSections.run(middle, 0, frames, upperLowPass, 0, state, 3 * n);
            TwoSections.run(middle, 0, frames, upperLowPass, 0, state, 4 * n);
            TwoSections.run(high, 0, frames, upperHighPass, 0, state, 5 * n);
            TwoSections.run(high, 0, frames, upperHighPass, 0, state, 6 * n);
            for (int i = 0; i < frames; i++) {
                middle[i] += high[i];
            }
        }
        TwoSections.run(middle, 0, frames, highPass, 0, state, 7 * n);
        TwoSections.run(middle, 0, frames, highPass, 0, state, 8 * n);
        for (int i = 0; i < frames; i++) {
            low[i] += middle[i];
        }
    }

    void reset() {
        java.util.Arrays.fill(state, 0);
    }
}
