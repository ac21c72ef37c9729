package io.pinna.internal.reverb;

import io.pinna.acoustics.AirAbsorption;
import io.pinna.acoustics.Bands;
import io.pinna.internal.RealTime;

/**
 * What the sound loses on its way through each delay line of a reverberator: γ(f) = 10^(−3·d/T(f)) for a line of d seconds, so that every path through the network decays by 60 dB in T, whichever lines it takes
 * (Jot and Chaigne, "Digital delay networks for designing artificial reverberators", AES 90, 1991). A line has a broad gain, a low and a high shelf of second order, whose
 * levels are fitted so that the loss is right in the middle of each band in spite of the shelves' overlap (the interaction of Välimäki and Liski, "Accurate cascade graphic equalizer", IEEE Signal Processing Letters 24,
 * 2017): the unknowns p of a line solve r(p) = ln γ at three frequencies by p ← p + M⁻¹·(ln γ − r(p)), where M is what r is for small p, starting from the last solution.
 *
 * <p>The shelves are those of a Butterworth filter, with A the square root of their gain and Ω the (warped) frequency over the corner:
 *
 * <pre>
 *   low:   |H|² = A²·(A² + Ω⁴)/(1 + A²·Ω⁴)      high:  |H|² = A²·(1 + A²·Ω⁴)/(A² + Ω⁴)
 * </pre>
 *
 * <p>They are monotone, and their plateaus are kept below the least loss that was asked for, times {@link #MARGIN}: a line never amplifies. Shelves end at 36 dB; then the band that was to lose more loses less, in lines in
 * which little would have been left of it anyhow.
 *
 * <p>Audio thread; allocates only in its constructor.
 */
@RealTime
final class LineAbsorption {
    /** ln 1000: 60 dB. */
    private static final double LN_60_DB = Math.log(1000);
    private static final double MOST_SHELF = 36 / 20.0 * Math.log(10);
    /** How much longer than the longest reverberation time that was asked for some frequency may ring. */
    private static final double MARGIN = 1.15;
    /**
     * Corners of the shelves. The bands meet at 800 Hz and 8 kHz; the middles of the bands are 400 Hz, 2530 Hz and 12.6 kHz, and octaves about these should keep their reverberation time: so the corners lie near the means
     * of the middles.
     */
    private static final double LOW_CORNER_HZ = 950;
    private static final double HIGH_CORNER_HZ = 6500;

    static final int FROM_ANYWHERE = 12;

    private final int lines;
    private final double[] delaySeconds;
    private final boolean hasHigh;
    private final double lowWarp;
    private final double highWarp;
    /** Ω⁴ of both shelves at the middle of each band. */
    private final double[] lowRatio = new double[Bands.COUNT];
    private final double[] highRatio = new double[Bands.COUNT];
    private final double[][] inverse;
    /** For each line the broad gain and the shelves', nepers. */
    private final double[] level;
    private final double[] coefficients;
    private final double[] wanted;
    private final double[] step;
    /** Frames until the coefficients of a line are those that are wanted. */
    private final int[] rampFrames;
    private final double[] state;

    LineAbsorption(double sampleRateHz, int[] delaySamples) {
        lines = delaySamples.length;
        delaySeconds = new double[lines];
        for (int i = 0; i < lines; i++) {
            delaySeconds[i] = delaySamples[i] / sampleRateHz;
        }
        hasHigh = BandJoin.hasHigh(sampleRateHz);
        lowWarp = Math.tan(Math.PI * LOW_CORNER_HZ / sampleRateHz);
        highWarp = hasHigh ? Math.tan(Math.PI * HIGH_CORNER_HZ / sampleRateHz) : 1;
        double[][] m = new double[Bands.COUNT][];
        for (int b = 0; b < Bands.COUNT; b++) {
            double frequencyHz = AirAbsorption.bandFrequencyHz(b);
            if (b == Bands.COUNT - 1) {
                // Where half the sample rate comes before the middle of the band: the middle of what there is of it.
                frequencyHz = Math.min(frequencyHz, Math.sqrt(Bands.HIGH_SPLIT_HZ * sampleRateHz / 2));
            }
            double w = b == Bands.COUNT - 1 && !hasHigh ? 1 : Math.tan(Math.PI * frequencyHz / sampleRateHz);
            lowRatio[b] = Math.pow(w / lowWarp, 4);
            highRatio[b] = Math.pow(w / highWarp, 4);
            m[b] = hasHigh ? new double[] {1, 1 / (1 + lowRatio[b]), highRatio[b] / (1 + highRatio[b])}
                    : b == Bands.COUNT - 1 ? new double[] {0, 0, 1} : new double[] {1, 1 / (1 + lowRatio[b]), 0};
        }
        inverse = inverse(m);
        level = new double[lines * Bands.COUNT];
        coefficients = new double[lines * TwoSections.COEFFICIENTS];
        wanted = new double[coefficients.length];
        step = new double[coefficients.length];
        rampFrames = new int[lines];
        state = new double[lines * TwoSections.STATES];
    }

    private static double[][] inverse(double[][] m) {
        double determinant = 0;
        double[][] result = new double[3][3];
        for (int i = 0; i < 3; i++) {
            for (int j = 0; j < 3; j++) {
                int a = (i + 1) % 3;
                int b = (i + 2) % 3;
                int c = (j + 1) % 3;
                int d = (j + 2) % 3;
                result[j][i] = m[a][c] * m[b][d] - m[a][d] * m[b][c];
            }
            determinant += m[0][i] * result[i][0];
        }
        for (double[] row : result) {
            for (int j = 0; j < 3; j++) {
                row[j] /= determinant;
            }
        }
        return result;
    }

    /** ln γ of a line in a band. */
    private double loss(int line, double rt60Seconds) {
        return -LN_60_DB * delaySeconds[line] / rt60Seconds;
    }

    /** The mean of γ² over all lines, in a band of a reverberation time. */
    double meanEnergyGain(double rt60Seconds) {
        double sum = 0;
        for (int i = 0; i < lines; i++) {
            sum += Math.exp(2 * loss(i, rt60Seconds));
        }
        return sum / lines;
    }

    /**
     * @param longestSeconds the longest of the times
     * @param frames         over which the filter becomes what is designed; 0 for at once
     * @param rounds         how often the fit is corrected: 1 where the times have changed a little, {@value #FROM_ANYWHERE} after a jump
     */
    void design(int line, double[] rt60Seconds, double longestSeconds, int rounds, int frames) {
        double most = loss(line, longestSeconds * MARGIN);
        for (int r = 0; r < rounds; r++) {
            correct(line, rt60Seconds, most);
        }
        write(line);
        int from = line * TwoSections.COEFFICIENTS;
        rampFrames[line] = frames;
        if (frames == 0) {
            System.arraycopy(wanted, from, coefficients, from, TwoSections.COEFFICIENTS);
            return;
        }
        for (int k = from; k < from + TwoSections.COEFFICIENTS; k++) {
            step[k] = (wanted[k] - coefficients[k]) / frames;
        }
    }

    private void correct(int line, double[] rt60Seconds, double most) {
        int at = line * Bands.COUNT;
        double broad = level[at];
        double low = level[at + 1];
        double high = level[at + 2];
        double lowA = Math.exp(low / 2);
        double highA = Math.exp(high / 2);
        double a2 = lowA * lowA;
        double c2 = highA * highA;
        double constant = broad + low / 2 + high / 2;
        double e0 = loss(line, rt60Seconds[0]) - constant - 0.5 * Math.log((a2 + lowRatio[0]) / (1 + a2 * lowRatio[0]) * (1 + c2 * highRatio[0]) / (c2 + highRatio[0]));
        double e1 = loss(line, rt60Seconds[1]) - constant - 0.5 * Math.log((a2 + lowRatio[1]) / (1 + a2 * lowRatio[1]) * (1 + c2 * highRatio[1]) / (c2 + highRatio[1]));
        double e2 = hasHigh ? loss(line, rt60Seconds[2]) - constant - 0.5 * Math.log((a2 + lowRatio[2]) / (1 + a2 * lowRatio[2]) * (1 + c2 * highRatio[2]) / (c2 + highRatio[2])) : 0;
        broad = Math.min(most, broad + inverse[0][0] * e0 + inverse[0][1] * e1 + inverse[0][2] * e2);
        low += inverse[1][0] * e0 + inverse[1][1] * e1 + inverse[1][2] * e2;
        high += inverse[2][0] * e0 + inverse[2][1] * e1 + inverse[2][2] * e2;
        level[at] = broad;
        level[at + 1] = Math.min(most - broad, Math.max(-MOST_SHELF, Math.min(MOST_SHELF, low)));
        level[at + 2] = hasHigh ? Math.min(most - broad, Math.max(-MOST_SHELF, Math.min(MOST_SHELF, high))) : 0;
    }

    private void write(int line) {
        int at = line * TwoSections.COEFFICIENTS;
        int from = line * Bands.COUNT;
        double gain = Math.exp(level[from]);
        double a = Math.exp(level[from + 1] / 2);
        double root = Math.sqrt(2 * a);
        TwoSections.bilinear(gain * a, gain * a * root, gain * a * a, a, root, 1, lowWarp, wanted, at);
        if (hasHigh) {
            a = Math.exp(level[from + 2] / 2);
            root = Math.sqrt(2 * a);
            TwoSections.bilinear(a * a, a * root, a, 1, root, a, highWarp, wanted, at + TwoSections.COEFFICIENTS / 2);
        } else {
            TwoSections.pass(wanted, at + TwoSections.COEFFICIENTS / 2);
        }
    }

    void process(int line, float[] x, int frames) {
        int at = line * TwoSections.COEFFICIENTS;
        int moving = Math.min(frames, rampFrames[line]);
        if (moving > 0) {
            TwoSections.runMoving(x, 0, moving, coefficients, step, at, state, line * TwoSections.STATES);
            rampFrames[line] -= moving;
            if (rampFrames[line] == 0) {
                System.arraycopy(wanted, at, coefficients, at, TwoSections.COEFFICIENTS);
            }
        }
        if (moving < frames) {
            TwoSections.run(x, moving, frames - moving, coefficients, at, state, line * TwoSections.STATES);
        }
    }

    void reset() {
        java.util.Arrays.fill(state, 0);
    }
}
