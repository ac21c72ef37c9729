package io.pinna.internal.acoustics;

/**
 * The family of curves that say how diffraction changes a sound with frequency: ln|H(f)| = base + slope · T1(f) + curve · T2(f), three numbers a path. The solver fits them to the physics at octaves, and
 * the renderer makes filters of the same functions. Any thread; allocates nothing.
 *
 * <p>T1 is log₂(f / {@value #CENTRE_HZ} Hz) / 3.5, so −1 at 125 Hz and 1 at 16 kHz, and flattens smoothly beyond either; T2 is the second Legendre polynomial of T1, which over the octaves hardly
 * correlates with the others. A single edge turns from level to 3 dB an octave over five octaves, which these follow within 0.5 dB.
 */
public final class DiffractionShape {
    /** Octaves at which curves are fitted: 125 Hz to 16 kHz. */
    public static final int OCTAVES = 8;
    /** The middle of the octaves, on a logarithmic axis. */
    public static final double CENTRE_HZ = 1414.213562373095;
    private static final double LOWEST_HZ = 125;
    /** Where T1 begins to flatten, and how softly: within the octaves it departs from the straight line by at most 0.01. */
    private static final double KNEE = 1.1;
    private static final double SOFTNESS = 0.06;

    /** Rows base, slope and curve: what each octave's level contributes. */
    private static final double[] FIT = new double[3 * OCTAVES];

    static {
        // Least squares: (AᵀA)⁻¹Aᵀ with the rows (1, T1, T2) of A by octave.
        double[][] m = new double[3][3];
        double[][] a = new double[OCTAVES][];
        for (int o = 0; o < OCTAVES; o++) {
            a[o] = new double[] {1, t1(octaveHz(o)), t2(octaveHz(o))};
            for (int i = 0; i < 3; i++) {
                for (int k = 0; k < 3; k++) {
                    m[i][k] += a[o][i] * a[o][k];
                }
            }
        }
        double det = 0;
        double[][] inverse = new double[3][3];
        for (int i = 0; i < 3; i++) {
            for (int k = 0; k < 3; k++) {
                inverse[k][i] = m[(i + 1) % 3][(k + 1) % 3] * m[(i + 2) % 3][(k + 2) % 3] - m[(i + 1) % 3][(k + 2) % 3] * m[(i + 2) % 3][(k + 1) % 3];
            }
            det += m[0][i] * inverse[i][0];
        }
        for (int o = 0; o < OCTAVES; o++) {
            for (int i = 0; i < 3; i++) {
                for (int k = 0; k < 3; k++) {
                    FIT[i * OCTAVES + o] += inverse[i][k] / det * a[o][k];
                }
            }
        }
    }

    private DiffractionShape() {
    }

    /** @param octave 0 (125 Hz) to {@value #OCTAVES} − 1 (16 kHz) */
    public static double octaveHz(int octave) {
        return LOWEST_HZ * (1 << octave);
    }

    /** The part that is linear in log frequency; between −1.1 and 1.1. @param hz (Hz, ≥ 0) */
    public static double t1(double hz) {
        double x = Math.log(Math.max(hz, 1e-3) / CENTRE_HZ) / (3.5 * Math.log(2));
        return SOFTNESS * (softplus((x + KNEE) / SOFTNESS) - softplus((x - KNEE) / SOFTNESS)) - KNEE;
    }

    /** The part that is quadratic in log frequency; between −0.5 and 1.32. @param hz (Hz, ≥ 0) */
    public static double t2(double hz) {
        double t = t1(hz);
        return 1.5 * t * t - 0.5;
    }

    /** ln|H| of a curve at a frequency. */
    public static double logGain(double base, double slope, double curve, double hz) {
        double t = t1(hz);
        return base + slope * t + curve * (1.5 * t * t - 0.5);
    }

    /**
     * The curve nearest to given levels (least squares).
     *
     * @param logGain levels ln|H| at the octaves
     * @param curve   takes base, slope and curve
     * @param at      where they go in it
     */
    static void fit(double[] logGain, double[] curve, int at) {
        for (int i = 0; i < 3; i++) {
            double sum = 0;
            for (int o = 0; o < OCTAVES; o++) {
                sum += FIT[i * OCTAVES + o] * logGain[o];
            }
            curve[at + i] = sum;
        }
    }

    private static double softplus(double x) {
        return x > 30 ? x : Math.log1p(Math.exp(x));
    }
}
