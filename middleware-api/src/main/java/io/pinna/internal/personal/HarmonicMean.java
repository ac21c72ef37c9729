package io.pinna.internal.personal;

import io.pinna.internal.hrtf.HarmonicField;
import io.pinna.internal.hrtf.SphericalHarmonics;
import java.util.Arrays;

/** A {@link PriorMean} in spherical harmonics. Immutable; any thread. */
final class HarmonicMean implements PriorMean {
    private static final int BINS = HarmonicField.BINS;

    private final SphericalHarmonics levelHarmonics;
    private final double[] levelsDb;
    private final SphericalHarmonics delayHarmonics;
    private final double[] delaysUs;
    private final double delayFactor;

    /**
     * @param levelsDb    [harmonic][bin], flat, of a left ear; not to be changed any more
     * @param delaysUs    [harmonic], likewise
     * @param delayFactor on the delay
     */
    HarmonicMean(double[] levelsDb, double[] delaysUs, double delayFactor) {
        levelHarmonics = new SphericalHarmonics(SphericalHarmonics.order(levelsDb.length / BINS));
        this.levelsDb = levelsDb;
        delayHarmonics = new SphericalHarmonics(SphericalHarmonics.order(delaysUs.length));
        this.delaysUs = delaysUs;
        this.delayFactor = delayFactor;
    }

    @Override
    public void levels(double x, double y, double z, double[] into, int at) {
        double[] row = new double[levelHarmonics.count()];
        levelHarmonics.evaluate(x, y, z, row, 0);
        Arrays.fill(into, at, at + BINS, 0);
        for (int h = 0; h < row.length; h++) {
            for (int k = 0; k < BINS; k++) {
                into[at + k] += row[h] * levelsDb[h * BINS + k];
            }
        }
    }

    @Override
    public double delaySeconds(double x, double y, double z) {
        double[] row = new double[delayHarmonics.count()];
        delayHarmonics.evaluate(x, y, z, row, 0);
        double us = 0;
        for (int h = 0; h < row.length; h++) {
            us += row[h] * delaysUs[h];
        }
        return 1e-6 * delayFactor * us;
    }
}
