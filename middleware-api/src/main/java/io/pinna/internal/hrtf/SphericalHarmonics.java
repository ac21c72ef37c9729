package io.pinna.internal.hrtf;

import io.pinna.InvalidValueException;
import io.pinna.internal.Check;
import org.ejml.EjmlParameters;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.decomposition.chol.CholeskyDecompositionBlock_DDRM;
import org.ejml.dense.row.linsol.chol.LinearSolverChol_DDRM;
import org.ejml.dense.row.mult.MatrixMultProduct_DDRM;

/**
 * Orthonormal real spherical harmonics up to an order, and their fit to samples on the sphere. The harmonic of degree l and order m has the index l² + l + m; with azimuth φ and z = cos θ:
 *
 * <pre>
 *   Y_lm = N_lm·P_lm(z)·{ √2·cos(mφ), m &gt; 0;  1, m = 0;  √2·sin(|m|φ) with P_l|m|, m &lt; 0 },   N_lm = √( (2l + 1)/(4π)·(l − |m|)!/(l + |m|)! )
 * </pre>
 *
 * <p>P_lm is the associated Legendre function with the Condon–Shortley phase (−1)^m, so Y_11 is negative in front. The integral of Y² over the sphere is 1. It is evaluated as a polynomial in x, y, z:
 * P_lm/sin^m θ by the three-term recurrence in l, which is stable in this direction (Holmes and Featherstone, "A unified approach to the Clenshaw summation and the recursive computation of very high
 * degree and order normalised associated Legendre functions", Journal of Geodesy 76, 2002), and sin^m θ·e^{imφ} = (x + iy)^m; so there are no angles, and nothing is singular at the poles.
 *
 * <p>Immutable; any thread. {@link #evaluate} allocates nothing.
 */
public final class SphericalHarmonics {
    public static final int MAX_ORDER = 40;

    private final int order;
    /** P_mm/sin^m θ, normalised, with the factor √2 of m &gt; 0. */
    private final double[] sectoral;
    /** Of the recurrence, at l² + l + m for m ≥ 0. */
    private final double[] a;
    private final double[] b;

    /** @param order the highest degree, 0 to {@link #MAX_ORDER} */
    public SphericalHarmonics(int order) {
        this.order = Check.inRange(order, 0, MAX_ORDER, "order of the spherical harmonics");
        sectoral = new double[order + 1];
        a = new double[count(order)];
        b = new double[count(order)];
        double norm = Math.sqrt(1 / (4 * Math.PI));
        for (int m = 0; m <= order; m++) {
            if (m > 0) {
                norm *= -Math.sqrt((2 * m + 1.0) / (2 * m));
            }
            sectoral[m] = m == 0 ? norm : Math.sqrt(2) * norm;
            for (int l = m + 1; l <= order; l++) {
                double ll = (double) l * l;
                double mm = (double) m * m;
                double before = (l - 1.0) * (l - 1.0);
                a[index(l, m)] = Math.sqrt((4 * ll - 1) / (ll - mm));
                b[index(l, m)] = l == m + 1 ? 0 : Math.sqrt((before - mm) / (4 * before - 1));
            }
        }
    }

    /** How many harmonics there are up to an order: (order + 1)². */
    public static int count(int order) {
        return (order + 1) * (order + 1);
    }

    /** The order that has a number of harmonics; −1 if none has. */
    public static int order(int count) {
        int order = (int) Math.round(Math.sqrt(count)) - 1;
        return count >= 1 && count(order) == count ? order : -1;
    }

    /** Where the harmonic of degree l and order m (−l to l) stands. */
    public static int index(int l, int m) {
        return l * l + l + m;
    }

    public int order() {
        return order;
    }

    public int count() {
        return count(order);
    }

    /**
     * All harmonics in one direction.
     *
     * @param x     direction, a unit vector, likewise y and z
     * @param basis takes {@link #count()} values from {@code at}
     * @param at    index of the first
     */
    public void evaluate(double x, double y, double z, double[] basis, int at) {
        double cos = 1;
        double sin = 0;
        for (int m = 0; m <= order; m++) {
            double last = 0;
            double p = sectoral[m];
            for (int l = m; l <= order; l++) {
                int centre = l * l + l;
                if (l > m) {
                    double next = a[centre + m] * (z * p - b[centre + m] * last);
                    last = p;
                    p = next;
                }
                basis[at + centre + m] = p * cos;
                if (m > 0) {
                    basis[at + centre - m] = p * sin;
                }
            }
            double turned = cos * x - sin * y;
            sin = cos * y + sin * x;
            cos = turned;
        }
    }

    /**
     * Coefficients C that minimise the mean square error over the samples plus a penalty on the curvature over the sphere (the squared Laplacian), which keeps high degrees quiet where there are no
     * samples (Zotkin, Duraiswami and Gumerov, "Regularized HRTF fitting using spherical harmonics", WASPAA 2009). With Y [M][harmonics], V [M][K] and Λ = diag( (1 + l(l + 1))² ):
     *
     * <pre>
     *   ( YᵀY/M + penalty·Λ )·C = YᵀV/M
     * </pre>
     *
     * @param directions x, y, z of each of M directions, unit vectors, flat
     * @param values     V, flat, finite
     * @param channels   K, ≥ 1
     * @param penalty    ≥ 0; 0 needs at least as many well-spread directions as there are harmonics
     * @return C [harmonics][K], flat
     * @throws InvalidValueException if the samples do not determine the coefficients with this penalty
     */
    public double[] fit(double[] directions, double[] values, int channels, double penalty) {
        int m = directions.length / 3;
        int n = count();
        if (m == 0 || directions.length != 3 * m || channels < 1 || values.length != (long) m * channels) {
            throw new IllegalArgumentException(values.length + " values do not fit to " + directions.length + " coordinates and " + channels + " channels");
        }
        if (!(penalty >= 0 && penalty < Double.POSITIVE_INFINITY)) {
            throw new InvalidValueException("penalty is " + penalty + "; it must be a finite number, at least 0");
        }
        DMatrixRMaj basis = new DMatrixRMaj(m, n);
        for (int i = 0; i < m; i++) {
            evaluate(directions[3 * i], directions[3 * i + 1], directions[3 * i + 2], basis.data, i * n);
        }
        DMatrixRMaj gram = new DMatrixRMaj(n, n);
        MatrixMultProduct_DDRM.inner_reorder_lower(basis, gram);
        CommonOps_DDRM.symmLowerToFull(gram);
        CommonOps_DDRM.scale(1.0 / m, gram);
        for (int l = 0; l <= order; l++) {
            double curvature = 1 + l * (l + 1.0);
            for (int i = l * l; i < count(l); i++) {
                gram.data[i * n + i] += penalty * curvature * curvature;
            }
        }
        DMatrixRMaj right = new DMatrixRMaj(n, channels);
        CommonOps_DDRM.multTransA(1.0 / m, basis, DMatrixRMaj.wrap(m, channels, values), right);
        CholeskyDecompositionBlock_DDRM cholesky = new CholeskyDecompositionBlock_DDRM(EjmlParameters.BLOCK_WIDTH_CHOL);
        LinearSolverChol_DDRM solver = new LinearSolverChol_DDRM(cholesky);
        if (!solver.setA(gram) || !isWellConditioned(cholesky.getT())) {
            throw new InvalidValueException(m + " directions do not determine " + n + " spherical harmonics with a penalty of " + penalty + "; give more directions, a lower order or a larger penalty");
        }
        DMatrixRMaj coefficients = new DMatrixRMaj(n, channels);
        solver.solve(right, coefficients);
        return coefficients.data;
    }

    /** By the diagonal of the Cholesky factor, whose squared ratio bounds the condition number from below: beyond this, rounding decides about the answer. */
    private static boolean isWellConditioned(DMatrixRMaj factor) {
        double smallest = Double.POSITIVE_INFINITY;
        double largest = 0;
        for (int i = 0; i < factor.numRows; i++) {
            double d = Math.abs(factor.get(i, i));
            smallest = Math.min(smallest, d);
            largest = Math.max(largest, d);
        }
        return smallest * smallest > 1e-13 * largest * largest;
    }
}
