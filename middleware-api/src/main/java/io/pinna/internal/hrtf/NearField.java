package io.pinna.internal.hrtf;

import io.pinna.internal.RealTime;
import io.pinna.internal.simd.Kernels;
import io.pinna.internal.simd.PlainKernels;
import java.util.Arrays;

/**
 * What changes at the ears when a source comes nearer than an {@link HrtfSource} was measured: per ear the ratio of a spherical head's responses at the source's distance and at the distance of the set (the distance
 * variation function of Kan, Jin and van Schaik, "A psychophysical evaluation of near-field head-related transfer functions synthesized using a distance variation function", JASA 125, 2009; see
 * {@link SphericalHead} for the responses). Both are relative to the free field at the head's centre, so the level that falls with distance is left to the distance model.
 *
 * <p>The ratio is held as a minimum-phase spectrum and a delay along the geometric path. Against the phase of the sphere itself this errs by less than 10 µs. Of the delays only the difference between
 * the ears is used: sources carry no more. Magnitudes are smoothed over a third of an octave in power, because no head has the sphere's interference pattern on the far side, and held above 16 kHz.
 *
 * <p>From {@link #startMeters} on nothing is changed at all. Where the set was measured farther away than that, the ratio refers to the start there, and to the set's distance from half of that on; in between it goes
 * over, so that there is no step. Nearer than {@link #nearestMeters} nothing changes any more.
 *
 * <p>Each ear keeps the direction from the centre: to choose its far-field filter by the direction that the ear itself sees the source in makes the far ear worse (measured on a KU 100 at 0.25 and 0.5 m).
 *
 * <p>Immutable; built on any thread, some tens of milliseconds; then any thread.
 */
public final class NearField {
    /** Where it begins for sets that were measured there or farther away. */
    public static final double START_METERS = 1;
    private static final double NEAREST_METERS = 0.1;
    /** The sphere's series, and what it describes, ends at the surface. */
    private static final double NEAREST_RADII = 0.1 / SphericalHead.DEFAULT_RADIUS_METERS;
    /** Between two steps the level changes by 2.5 dB at most, and the blend of both errs by less than 0.1 dB. */
    private static final int DISTANCES = 24;
    /** The grid of distances is even in log(r/a − this): denser close to the surface, where levels grow like 1/(r − a). */
    private static final double DISTANCE_ORIGIN_RADII = 0.9;
    private static final int ANGLES = 25;
    private static final double ANGLE_STEP = Math.PI / (ANGLES - 1);
    /** Of the frequencies that the sphere is evaluated at. */
    private static final double STEP_OCTAVES = 1.0 / 12;
    private static final double LOWEST_HZ = 40;
    private static final double HELD_FROM_HZ = 16000;
    /** On each side: weights 1 2 3 2 1, a third of an octave between those of one half. */
    private static final int SMOOTHING_STEPS = 2;
    /** The response has died away to −50 dB within 2 ms; a cepstrum of many times that does not wrap around. */
    private static final double CEPSTRUM_SECONDS = 0.02;

    private final SphericalHead head;
    private final double setMeters;
    private final double startMeters;
    private final double nearestMeters;
    private final double[] gridMeters = new double[DISTANCES];
    private final double firstLog;
    private final double logStep;
    /** [distance · ANGLES + angle][bin]. */
    private final float[][] re = new float[DISTANCES * ANGLES][];
    private final float[][] im = new float[DISTANCES * ANGLES][];

    /** @param fftSize N of the spectra that are to be changed, a power of two */
    public NearField(HrtfSource source, int fftSize) {
        this(source.headRadiusMeters(), source.shellDistanceMeters(0), source.sampleRateHz(), fftSize);
    }

    /**
     * @param headRadiusMeters of the sphere
     * @param setMeters        distance that the far-field filters belong to, or the nearest if they belong to several
     * @param sampleRateHz     of the filters
     * @param fftSize          N of the spectra that are to be changed, a power of two
     */
    public NearField(double headRadiusMeters, double setMeters, double sampleRateHz, int fftSize) {
        head = new SphericalHead(headRadiusMeters);
        nearestMeters = Math.max(NEAREST_METERS, NEAREST_RADII * headRadiusMeters);
        this.setMeters = Math.max(setMeters, nearestMeters);
        double start = Math.min(START_METERS, setMeters);
        // A set that was measured this close leaves nothing to be done.
        startMeters = start > nearestMeters ? start : 0;
        double last = Math.log(Math.max(start, nearestMeters) / headRadiusMeters - DISTANCE_ORIGIN_RADII);
        firstLog = Math.log(nearestMeters / headRadiusMeters - DISTANCE_ORIGIN_RADII);
        logStep = (last - firstLog) / (DISTANCES - 1);
        if (startMeters > 0) {
            for (int d = 0; d < DISTANCES; d++) {
                gridMeters[d] = headRadiusMeters * (Math.exp(firstLog + d * logStep) + DISTANCE_ORIGIN_RADII);
            }
            fill(sampleRateHz, fftSize);
        }
    }

    private void fill(double sampleRateHz, int fftSize) {
        int count = 1 + (int) Math.ceil(Math.log(HELD_FROM_HZ / LOWEST_HZ) / Math.log(2) / STEP_OCTAVES) + SMOOTHING_STEPS;
        double[][] start = nepers(startMeters, count);
        double[][] set = nepers(setMeters, count);
        int fine = Math.max(fftSize, Integer.highestOneBit((int) (CEPSTRUM_SECONDS * sampleRateHz)) * 2);
        int every = fine / fftSize;
        MinimumPhase design = new MinimumPhase(fine);
        double[] log = new double[design.bins()];
        double[] phase = new double[design.bins()];
        int[] index = new int[log.length];
        double[] part = new double[log.length];
        for (int k = 0; k < log.length; k++) {
            double hertz = Math.max(LOWEST_HZ, Math.min(HELD_FROM_HZ, k * sampleRateHz / fine));
            double at = Math.log(hertz / LOWEST_HZ) / Math.log(2) / STEP_OCTAVES;
            index[k] = Math.min((int) at, count - 2);
            part[k] = at - index[k];
        }
        double[] ratio = new double[count];
        for (int d = 0; d < DISTANCES; d++) {
            double[][] near = nepers(gridMeters[d], count);
            double fromStart = fromStart(gridMeters[d]);
            for (int a = 0; a < ANGLES; a++) {
                for (int i = 0; i < count; i++) {
                    ratio[i] = near[i][a] - fromStart * start[i][a] - (1 - fromStart) * set[i][a];
                }
                for (int k = 0; k < log.length; k++) {
                    log[k] = ratio[index[k]] + part[k] * (ratio[index[k] + 1] - ratio[index[k]]);
                }
                design.phase(log, phase);
                float[] x = new float[fftSize / 2 + 1];
                float[] y = new float[x.length];
                for (int k = 0; k < x.length; k++) {
                    double magnitude = Math.exp(log[every * k]);
                    x[k] = (float) (magnitude * Math.cos(phase[every * k]));
                    y[k] = (float) (magnitude * Math.sin(phase[every * k]));
                }
                y[x.length - 1] = 0;
                re[d * ANGLES + a] = x;
                im[d * ANGLES + a] = y;
            }
        }
    }

    /** How far the ratio at a distance refers to the start (1) and not to the distance of the set (0). */
    @RealTime
    private double fromStart(double meters) {
        double octaves = Math.max(0, Math.min(1, Math.log(startMeters / meters) / Math.log(2)));
        return 1 - octaves * octaves * (3 - 2 * octaves);
    }

    /** ln|H| smoothed, [frequency][angle]. */
    private double[][] nepers(double meters, int count) {
        double[] cosines = new double[ANGLES];
        for (int a = 0; a < ANGLES; a++) {
            cosines[a] = Math.cos(a * ANGLE_STEP);
        }
        int all = count + 2 * SMOOTHING_STEPS;
        double[][] power = new double[all][ANGLES];
        double[] x = new double[ANGLES];
        double[] y = new double[ANGLES];
        for (int i = 0; i < all; i++) {
            head.response(meters, LOWEST_HZ * Math.pow(2, (i - SMOOTHING_STEPS) * STEP_OCTAVES), cosines, x, y);
            for (int a = 0; a < ANGLES; a++) {
                power[i][a] = x[a] * x[a] + y[a] * y[a];
            }
        }
        double[][] nepers = new double[count][ANGLES];
        for (int i = 0; i < count; i++) {
            for (int a = 0; a < ANGLES; a++) {
                double sum = 0;
                for (int s = -SMOOTHING_STEPS; s <= SMOOTHING_STEPS; s++) {
                    sum += (SMOOTHING_STEPS + 1 - Math.abs(s)) * power[i + SMOOTHING_STEPS + s][a];
                }
                nepers[i][a] = 0.5 * Math.log(sum / ((SMOOTHING_STEPS + 1) * (SMOOTHING_STEPS + 1)));
            }
        }
        return nepers;
    }

    /** At this distance and beyond nothing is changed (metres); 0 if nothing ever is. */
    @RealTime
    public double startMeters() {
        return startMeters;
    }

    /** Nearer than this, inside of the head or on it, what changes fades out towards the centre: there is no side there (metres). */
    public double nearestMeters() {
        return nearestMeters;
    }

    /** The sphere. */
    public SphericalHead head() {
        return head;
    }

    @RealTime
    public boolean appliesAt(double distanceMeters) {
        return distanceMeters < startMeters;
    }

    /**
     * What the interaural delay grows by.
     *
     * @param distanceMeters from the head's centre (&lt; {@link #startMeters})
     * @param lateral        the direction's component to the left, −1 to 1
     * @return seconds to add to the delay of the right ear less that of the left
     */
    @RealTime
    public double interauralDelaySeconds(double distanceMeters, double lateral) {
        double meters = Math.max(nearestMeters, Math.min(startMeters, distanceMeters));
        double fromLeft = Math.acos(Math.max(-1, Math.min(1, lateral)));
        double fromStart = fromStart(meters);
        return inside(distanceMeters) * (difference(meters, fromLeft) - fromStart * difference(startMeters, fromLeft) - (1 - fromStart) * difference(setMeters, fromLeft));
    }

    /** What is left of the near field inside of the head: nothing at its centre, where a game puts what the listener says or wears. */
    @RealTime
    private double inside(double meters) {
        return Math.max(0, Math.min(1, meters / nearestMeters));
    }

    @RealTime
    private double difference(double meters, double fromLeft) {
        return head.delaySeconds(meters, Math.PI - fromLeft) - head.delaySeconds(meters, fromLeft);
    }

    /**
     * Multiplies the spectra of both ears, N/2 + 1 bins each, by their ratios.
     *
     * @param distanceMeters from the head's centre (&lt; {@link #startMeters})
     * @param lateral        the direction's component to the left, −1 to 1
     * @param kernels        whose loops it runs
     * @param cell           of eight, overwritten, likewise weight
     * @param workRe         of N/2 + 1, overwritten, likewise workIm
     */
    @RealTime
    public void apply(double distanceMeters, double lateral, Kernels kernels, float[] leftRe, float[] leftIm, float[] rightRe, float[] rightIm, int[] cell, float[] weight, float[] workRe, float[] workIm) {
        float unchanged = cells(distanceMeters, lateral, cell, weight);
        kernels.multiplyByCells(unchanged, weight, 0, re, im, cell, leftRe, leftIm, workRe, workIm);
        kernels.multiplyByCells(unchanged, weight, 4, re, im, cell, rightRe, rightIm, workRe, workIm);
    }

    /** The same for whoever has time to allocate. */
    public void apply(double distanceMeters, double lateral, float[] leftRe, float[] leftIm, float[] rightRe, float[] rightIm) {
        apply(distanceMeters, lateral, PlainKernels.INSTANCE, leftRe, leftIm, rightRe, rightIm, new int[8], new float[8], new float[leftRe.length], new float[leftRe.length]);
    }

    /** Where a distance stands on the grid. */
    @RealTime
    private double row(double distanceMeters) {
        double meters = Math.max(nearestMeters, Math.min(startMeters, distanceMeters));
        return (Math.log(meters / head.radiusMeters() - DISTANCE_ORIGIN_RADII) - firstLog) / logStep;
    }

    /** Where a direction, as the left ear has it, stands on the grid. */
    @RealTime
    private static double column(double lateral) {
        return Math.acos(Math.max(-1, Math.min(1, lateral))) / ANGLE_STEP;
    }

    /** Spectra of ratios that {@link #cells} counts through; 0 if nothing is ever changed. */
    public int cellCount() {
        return startMeters > 0 ? DISTANCES * ANGLES : 0;
    }

    /** A spectrum of ratios: N/2 + 1 real parts and imaginary parts from an index on. */
    public void copyCell(int cell, float[] cellRe, float[] cellIm, int at) {
        System.arraycopy(re[cell], 0, cellRe, at, re[cell].length);
        System.arraycopy(im[cell], 0, cellIm, at, im[cell].length);
    }

    /**
     * What {@link #apply} multiplies by, for whoever does that elsewhere: for each ear the sum of four cells, weighted, and of the returned part of what was there.
     *
     * @param distanceMeters from the head's centre (&lt; {@link #startMeters})
     * @param lateral        the direction's component to the left, −1 to 1
     * @param cell           takes the four cells of the left ear and the four of the right
     * @param weight         takes their weights
     * @return the weight of no change
     */
    @RealTime
    public float cells(double distanceMeters, double lateral, int[] cell, float[] weight) {
        double row = row(distanceMeters);
        int d = Math.max(0, Math.min(DISTANCES - 2, (int) row));
        float far = (float) Math.max(0, Math.min(1, row - d));
        double column = column(lateral);
        int a = Math.max(0, Math.min(ANGLES - 2, (int) column));
        float beyond = (float) Math.max(0, Math.min(1, column - a));
        float part = (float) inside(distanceMeters);
        for (int ear = 0; ear < 2; ear++) {
            // From the right ear the cell is the mirrored one.
            int at = d * ANGLES + (ear == 0 ? a : ANGLES - 2 - a);
            float next = ear == 0 ? beyond : 1 - beyond;
            for (int i = 0; i < 4; i++) {
                cell[4 * ear + i] = at + (i & 1) + (i >> 1) * ANGLES;
                weight[4 * ear + i] = part * ((i >> 1) == 0 ? 1 - far : far) * ((i & 1) == 0 ? 1 - next : next);
            }
        }
        return 1 - part;
    }

    @Override
    public String toString() {
        return "near field of a sphere of " + head.radiusMeters() + " m, from " + startMeters + " m, grid " + Arrays.toString(gridMeters);
    }
}
