package io.pinna.internal.personal;

import io.pinna.InvalidValueException;
import io.pinna.internal.hrtf.HarmonicField;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.ejml.EjmlParameters;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.decomposition.chol.CholeskyDecompositionBlock_DDRM;
import org.ejml.dense.row.linsol.chol.LinearSolverChol_DDRM;
import org.ejml.dense.row.mult.MatrixMultProduct_DDRM;

/**
 * Completes one person's sphere from a few measured directions: the posterior mean of a Gaussian process on the deviation from a {@link PriorMean} (Rasmussen and Williams, "Gaussian Processes for Machine
 * Learning", 2006, section 2.2; 2.7 for the explicit basis). A right ear is a left ear in the mirror, so both are draws of one process over left-ear directions. The score of spectral component b of
 * ear e in direction x is
 *
 * <pre>
 *   z_b(e, x) = Σ_k φ_kb(x)·w_ke + g_b(e, x) + noise
 *   cov(w_ke, w_ke') = shared scale·[1 c; c 1],                                    c of the two ears of a person
 *   cov(g_b(e, x), g_b(e', x')) = local scale·same(e, e')·( (1 − ρ)·s_b(x)·s_b(x')·m(|x − x'|/l_b) + ρ·φ_b(x)·φ_b(x')·m(|x − x'|/taper) )
 *   m(d) = (1 + √3·d)·exp(−√3·d),                                                  Matérn of smoothness 3/2
 * </pre>
 *
 * <p>With D_b the covariance of g_b and the noise among the measurements, Φ_b the basis and z_b the scores there,
 *
 * <pre>
 *   w = ( Λ⁻¹ + Σ_b Φ_bᵀ·D_b⁻¹·Φ_b )⁻¹·Σ_b Φ_bᵀ·D_b⁻¹·z_b
 *   z_b(x) = Φ_b(x)·w + G_b(x)·D_b⁻¹·(z_b − Φ_b·w)
 * </pre>
 *
 * <p>The components beyond the shared ones are local only. Where φ(x) is a sum Σ_h Y_h(x)·β_h of harmonics, φ(x)·φ(x') is Σ_h Y_h(x)·(β_h·φ(x')): for the few directions x' the second factor is small, and
 * the basis is never evaluated in the many directions x. {@code assets/training/pinna_training/personal.py} is the reference.
 *
 * <p>Any thread but the audio thread. Posteriors are immutable.
 */
public final class SphereCompletion {
    private static final int BINS = HarmonicField.BINS;
    /** Added to every noise variance, so that the covariance has an inverse (dB²). */
    private static final double JITTER = 1e-9;
    /** Directions that share a pass over the coefficients, as in {@link HarmonicField}. */
    private static final int TILE = 16;
    /** Directions that differ by less are one (a component of the unit vector). */
    private static final double SAME = 1e-7;

    private final PersonalModel model;
    private final PriorMean mean;

    /**
     * @param model how people differ
     * @param mean  what is expected of this one: {@link PersonalModel#mean} if nothing is known
     */
    public SphereCompletion(PersonalModel model, PriorMean mean) {
        this.model = model;
        this.mean = mean;
    }

    /** Hears how far a computation is. */
    @FunctionalInterface
    public interface Progress {
        void at(int done, int total);
    }

    /** Directions as they appear: a list without repeats, and where each is in it. */
    private record Directions(double[] xyz, int[] index) {
        int count() {
            return xyz.length / 3;
        }
    }

    /** Directions [q] of left ears, then their images [q] in the median plane, which are those of right ears. */
    private static Directions bothEars(double[] directions) {
        int q = directions.length / 3;
        Map<List<Long>, Integer> known = new HashMap<>();
        double[] xyz = new double[6 * q];
        int[] index = new int[2 * q];
        for (int i = 0; i < 2 * q; i++) {
            int at = 3 * (i % q);
            double x = directions[at];
            double y = i < q ? directions[at + 1] : -directions[at + 1];
            double z = directions[at + 2];
            int next = known.size();
            Integer before = known.putIfAbsent(List.of(Math.round(x / SAME), Math.round(y / SAME), Math.round(z / SAME)), next);
            index[i] = before == null ? next : before;
            if (before == null) {
                xyz[3 * next] = x;
                xyz[3 * next + 1] = y;
                xyz[3 * next + 2] = z;
            }
        }
        return new Directions(Arrays.copyOf(xyz, 3 * known.size()), index);
    }

    /** Distances in space [A][B], flat, between directions. */
    private static double[] chords(double[] a, double[] b) {
        int n = a.length / 3;
        int m = b.length / 3;
        double[] out = new double[n * m];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < m; j++) {
                out[i * m + j] = Math.sqrt(Math.max(0, 2 - 2 * (a[3 * i] * b[3 * j] + a[3 * i + 1] * b[3 * j + 1] + a[3 * i + 2] * b[3 * j + 2])));
            }
        }
        return out;
    }

    private static double matern(double distance, double length) {
        double s = Math.sqrt(3) * distance / length;
        return (1 + s) * Math.exp(-s);
    }

    private static void matern(double[] distances, double length, double[] out) {
        for (int i = 0; i < distances.length; i++) {
            out[i] = matern(distances[i], length);
        }
    }

    private static void check(double[] directions, double[] values, int each) {
        int q = directions.length / 3;
        if (q == 0 || directions.length != 3 * q || values.length != q * each) {
            throw new IllegalArgumentException(values.length + " values do not fit to " + directions.length + " coordinates");
        }
        for (double v : values) {
            if (!Double.isFinite(v)) {
                throw new InvalidValueException("a measured value is " + v + "; all must be finite");
            }
        }
    }

    private static CholeskyDecompositionBlock_DDRM cholesky() {
        return new CholeskyDecompositionBlock_DDRM(EjmlParameters.BLOCK_WIDTH_CHOL);
    }

    // ---- Levels -----------------------------------------------------------------------------------------------------------------------------------------------------------------------

    /**
     * What follows for the levels in all directions from those in some.
     *
     * @param directions unit vectors, x, y, z of each of q, flat, no two the same
     * @param levelsDb   [q][left, right][{@link HarmonicField#BINS}], flat, finite
     * @param progress   or null
     */
    public Levels levels(double[] directions, double[] levelsDb, Progress progress) {
        check(directions, levelsDb, 2 * BINS);
        return new Levels(directions, levelsDb, progress == null ? (done, total) -> { } : progress);
    }

    /** The posterior of the levels. */
    public final class Levels {
        private final Directions at;
        private final double[] amplitude;
        /** Of each shared component, [distinct direction][basis function]. */
        private final DMatrixRMaj[] phi;
        /** Of each component and ear, by distinct direction: what a covariance with it adds to the score. */
        private final double[][][] pull = new double[BINS][2][];
        /** [2K]: of the left ear, then of the right one. */
        private final double[] weights;
        private final Progress progress;

        private Levels(double[] directions, double[] levelsDb, Progress progress) {
            this.progress = progress;
            PersonalModel.Settings s = model.settings;
            int q = directions.length / 3;
            int rows = 2 * q;
            int k = model.basisCount();
            at = bothEars(directions);
            int distinct = at.count();
            amplitude = model.amplitudes(at.xyz);
            DMatrixRMaj harmonics = DMatrixRMaj.wrap(distinct, model.basisHarmonics(), model.basisHarmonics(at.xyz));
            double[] scores = scores(levelsDb, q);
            double[] distances = chords(at.xyz, at.xyz);
            double[] taper = new double[distances.length];
            matern(distances, s.taperLength(), taper);

            phi = new DMatrixRMaj[model.sharedCount()];
            double[][] factors = new double[phi.length][];
            double[] kernel = new double[distances.length];
            DMatrixRMaj covariance = new DMatrixRMaj(rows, rows);
            DMatrixRMaj precision = priorPrecision(k, s);
            DMatrixRMaj part = new DMatrixRMaj(2 * k, 2 * k);
            DMatrixRMaj design = new DMatrixRMaj(rows, 2 * k);
            DMatrixRMaj basis = new DMatrixRMaj(model.basisHarmonics(), k);
            DMatrixRMaj transposed = new DMatrixRMaj(k, distinct);
            DMatrixRMaj products = new DMatrixRMaj(distinct, distinct);
            DMatrixRMaj right = new DMatrixRMaj(2 * k, 1);
            double[] z = new double[rows];
            for (int b = 0; b < BINS; b++) {
                progress.at(b, 2 * BINS);
                boolean shared = b < phi.length;
                double share = shared ? s.localShared() : 0;
                matern(distances, model.length[b] * s.lengthScale(), kernel);
                for (int i = 0; i < distinct; i++) {
                    for (int j = 0; j < distinct; j++) {
                        kernel[i * distinct + j] *= (1 - share) * amplitude[i * BINS + b] * amplitude[j * BINS + b];
                    }
                }
                if (shared) {
                    toDoubles(model.basis(b), basis.data);
                    phi[b] = new DMatrixRMaj(distinct, k);
                    CommonOps_DDRM.mult(harmonics, basis, phi[b]);
                    CommonOps_DDRM.transpose(phi[b], transposed);
                    CommonOps_DDRM.mult(phi[b], transposed, products);
                    for (int i = 0; i < kernel.length; i++) {
                        kernel[i] += share * products.data[i] * taper[i];
                    }
                }
                double noise = s.noiseScale() * model.noise[b] + JITTER;
                for (int i = 0; i < rows; i++) {
                    for (int j = 0; j < rows; j++) {
                        double same = i < q == j < q ? 1 : s.localEarCorrelation();
                        covariance.data[i * rows + j] = s.localScale() * same * kernel[at.index[i] * distinct + at.index[j]] + (i == j ? noise : 0);
                    }
                }
                double[] lower = factor(covariance, b);
                for (int i = 0; i < rows; i++) {
                    z[i] = scores[i * BINS + b];
                }
                forward(lower, z);
                if (!shared) {
                    backward(lower, z);
                    setPull(b, z, q, s);
                    continue;
                }
                factors[b] = lower;
                for (int i = 0; i < rows; i++) {
                    Arrays.fill(design.data, i * 2 * k, (i + 1) * 2 * k, 0);
                    System.arraycopy(phi[b].data, at.index[i] * k, design.data, i * 2 * k + (i < q ? 0 : k), k);
                }
                forward(lower, design, q);
                MatrixMultProduct_DDRM.inner_reorder_lower(design, part);
                CommonOps_DDRM.addEquals(precision, part);
                for (int i = 0; i < rows; i++) {
                    for (int c = 0; c < 2 * k; c++) {
                        right.data[c] += design.data[i * 2 * k + c] * z[i];
                    }
                }
            }
            CommonOps_DDRM.symmLowerToFull(precision);
            LinearSolverChol_DDRM solver = new LinearSolverChol_DDRM(cholesky());
            if (!solver.setA(precision)) {
                throw new InvalidValueException("the measured directions leave no solution with the model " + model.file());
            }
            DMatrixRMaj solution = new DMatrixRMaj(2 * k, 1);
            solver.solve(right, solution);
            weights = solution.data;
            for (int b = 0; b < phi.length; b++) {
                for (int i = 0; i < rows; i++) {
                    double fitted = 0;
                    for (int c = 0; c < k; c++) {
                        fitted += phi[b].data[at.index[i] * k + c] * weights[(i < q ? 0 : k) + c];
                    }
                    z[i] = scores[i * BINS + b] - fitted;
                }
                forward(factors[b], z);
                backward(factors[b], z);
                setPull(b, z, q, s);
            }
        }

        /** [left ear's directions, right ear's][component], flat: what the levels are beyond the mean. */
        private double[] scores(double[] levelsDb, int q) {
            double[] expected = new double[BINS];
            double[] scores = new double[2 * q * BINS];
            for (int i = 0; i < 2 * q; i++) {
                int d = 3 * at.index[i];
                mean.levels(at.xyz[d], at.xyz[d + 1], at.xyz[d + 2], expected, 0);
                int from = (2 * (i % q) + (i < q ? 0 : 1)) * BINS;
                for (int f = 0; f < BINS; f++) {
                    double rest = levelsDb[from + f] - expected[f];
                    for (int b = 0; b < BINS; b++) {
                        scores[i * BINS + b] += rest * model.forward[f * BINS + b];
                    }
                }
            }
            return scores;
        }

        private void setPull(int b, double[] solved, int q, PersonalModel.Settings s) {
            for (int ear = 0; ear < 2; ear++) {
                pull[b][ear] = new double[at.count()];
                for (int i = 0; i < solved.length; i++) {
                    pull[b][ear][at.index[i]] += s.localScale() * (i < q == (ear == 0) ? 1 : s.localEarCorrelation()) * solved[i];
                }
            }
        }

        /**
         * The posterior mean.
         *
         * @param directions unit vectors of N directions, flat
         * @return [N][left, right][{@link HarmonicField#BINS}], flat
         */
        public float[] at(double[] directions) {
            PersonalModel.Settings s = model.settings;
            int n = directions.length / 3;
            Directions wanted = bothEars(directions);
            int count = wanted.count();
            int distinct = at.count();
            int k = model.basisCount();
            int harmonicCount = model.basisHarmonics();
            double[] harmonics = model.basisHarmonics(wanted.xyz);
            double[] there = model.amplitudes(wanted.xyz);
            double[] distances = chords(wanted.xyz, at.xyz);
            double[] taper = new double[distances.length];
            matern(distances, s.taperLength(), taper);
            double[] kernel = new double[distances.length];
            double kernelLength = Double.NaN;
            double[][] scores = new double[2][count * BINS];
            // Two more columns: what the weights of either ear make of the basis.
            double[][] coefficients = new double[harmonicCount][distinct + 2];
            double[][] sums = new double[TILE][distinct + 2];
            DMatrixRMaj basis = new DMatrixRMaj(harmonicCount, k);
            DMatrixRMaj right = new DMatrixRMaj(k, distinct + 2);
            DMatrixRMaj product = new DMatrixRMaj(harmonicCount, distinct + 2);
            double[][] nearby = new double[2][distinct];
            Integer[] byLength = new Integer[BINS];
            Arrays.setAll(byLength, b -> b);
            Arrays.sort(byLength, Comparator.comparingDouble(b -> model.length[b]));
            int done = 0;
            for (int b : byLength) {
                progress.at(BINS + done++, 2 * BINS);
                boolean shared = b < phi.length;
                double share = shared ? s.localShared() : 0;
                if (model.length[b] != kernelLength) {
                    kernelLength = model.length[b];
                    matern(distances, kernelLength * s.lengthScale(), kernel);
                }
                for (int ear = 0; ear < 2; ear++) {
                    for (int j = 0; j < distinct; j++) {
                        nearby[ear][j] = (1 - share) * amplitude[j * BINS + b] * pull[b][ear][j];
                    }
                }
                if (shared) {
                    toDoubles(model.basis(b), basis.data);
                    for (int c = 0; c < k; c++) {
                        int row = c * (distinct + 2);
                        for (int j = 0; j < distinct; j++) {
                            right.data[row + j] = phi[b].data[j * k + c];
                        }
                        right.data[row + distinct] = weights[c];
                        right.data[row + distinct + 1] = weights[k + c];
                    }
                    CommonOps_DDRM.mult(basis, right, product);
                    for (int h = 0; h < harmonicCount; h++) {
                        System.arraycopy(product.data, h * (distinct + 2), coefficients[h], 0, distinct + 2);
                    }
                }
                for (int from = 0; from < count; from += TILE) {
                    int tile = Math.min(TILE, count - from);
                    if (shared) {
                        multiply(harmonics, from, tile, coefficients, sums);
                    }
                    for (int i = 0; i < tile; i++) {
                        int row = from + i;
                        double left = 0;
                        double rightEar = 0;
                        for (int j = 0; j < distinct; j++) {
                            double m = kernel[row * distinct + j];
                            left += m * nearby[0][j];
                            rightEar += m * nearby[1][j];
                        }
                        left *= there[row * BINS + b];
                        rightEar *= there[row * BINS + b];
                        if (shared) {
                            double leftShared = 0;
                            double rightShared = 0;
                            for (int j = 0; j < distinct; j++) {
                                double m = sums[i][j] * taper[row * distinct + j];
                                leftShared += m * pull[b][0][j];
                                rightShared += m * pull[b][1][j];
                            }
                            left += share * leftShared + sums[i][distinct];
                            rightEar += share * rightShared + sums[i][distinct + 1];
                        }
                        scores[0][row * BINS + b] = left;
                        scores[1][row * BINS + b] = rightEar;
                    }
                }
            }
            return toLevels(wanted, n, scores);
        }

        private float[] toLevels(Directions wanted, int n, double[][] scores) {
            float[] out = new float[2 * n * BINS];
            // Of a direction, for both ears: on an even grid the image of each direction is a direction too.
            double[] expected = new double[wanted.count() * BINS];
            for (int d = 0; d < wanted.count(); d++) {
                mean.levels(wanted.xyz[3 * d], wanted.xyz[3 * d + 1], wanted.xyz[3 * d + 2], expected, d * BINS);
            }
            double[] row = new double[BINS];
            for (int i = 0; i < 2 * n; i++) {
                int d = wanted.index[i];
                System.arraycopy(expected, d * BINS, row, 0, BINS);
                for (int b = 0; b < BINS; b++) {
                    double score = scores[i < n ? 0 : 1][d * BINS + b];
                    for (int f = 0; f < BINS; f++) {
                        row[f] += score * model.back[b * BINS + f];
                    }
                }
                int at = (2 * (i % n) + (i < n ? 0 : 1)) * BINS;
                for (int f = 0; f < BINS; f++) {
                    out[at + f] = (float) row[f];
                }
            }
            return out;
        }
    }

    /** The inverse of the weights' covariance, lower triangle: shared scale·[1 c; c 1] ⊗ 1. */
    private static DMatrixRMaj priorPrecision(int k, PersonalModel.Settings s) {
        DMatrixRMaj p = new DMatrixRMaj(2 * k, 2 * k);
        double c = s.sharedEarCorrelation();
        double scale = 1 / (s.sharedScale() * (1 - c * c));
        for (int i = 0; i < k; i++) {
            p.set(i, i, scale);
            p.set(k + i, k + i, scale);
            p.set(k + i, i, -c * scale);
        }
        return p;
    }

    /** The Cholesky factor of a covariance, the rows of its lower triangle one behind the other. */
    private double[] factor(DMatrixRMaj covariance, int component) {
        CholeskyDecompositionBlock_DDRM cholesky = cholesky();
        if (!cholesky.decompose(covariance)) {
            throw new InvalidValueException("the measured directions are too close to each other for component " + component + " of the model " + model.file());
        }
        DMatrixRMaj lower = cholesky.getT();
        int n = covariance.numRows;
        double[] packed = new double[n * (n + 1) / 2];
        for (int i = 0; i < n; i++) {
            System.arraycopy(lower.data, i * n, packed, i * (i + 1) / 2, i + 1);
        }
        return packed;
    }

    /** z becomes L⁻¹·z. */
    private static void forward(double[] lower, double[] z) {
        for (int i = 0; i < z.length; i++) {
            int row = i * (i + 1) / 2;
            double sum = z[i];
            for (int j = 0; j < i; j++) {
                sum -= lower[row + j] * z[j];
            }
            z[i] = sum / lower[row + i];
        }
    }

    /** z becomes L⁻ᵀ·z. */
    private static void backward(double[] lower, double[] z) {
        for (int i = z.length - 1; i >= 0; i--) {
            int row = i * (i + 1) / 2;
            z[i] /= lower[row + i];
            for (int j = 0; j < i; j++) {
                z[j] -= lower[row + j] * z[i];
            }
        }
    }

    /** The design becomes L⁻¹·design; its first q rows (the left ear's) have nothing in the second half of the columns. */
    private static void forward(double[] lower, DMatrixRMaj design, int q) {
        int columns = design.numCols;
        double[] sum = new double[columns];
        double[][] done = new double[design.numRows][columns];
        for (int i = 0; i < design.numRows; i++) {
            int row = i * (i + 1) / 2;
            System.arraycopy(design.data, i * columns, sum, 0, columns);
            int j = 0;
            int half = Math.min(i, q);
            for (; j + 4 <= half; j += 4) {
                subtractFour(lower[row + j], done[j], lower[row + j + 1], done[j + 1], lower[row + j + 2], done[j + 2], lower[row + j + 3], done[j + 3], sum, columns / 2);
            }
            for (; j + 4 <= i; j += 4) {
                subtractFour(lower[row + j], done[j], lower[row + j + 1], done[j + 1], lower[row + j + 2], done[j + 2], lower[row + j + 3], done[j + 3], sum, columns);
            }
            for (; j < i; j++) {
                subtractFour(lower[row + j], done[j], 0, done[j], 0, done[j], 0, done[j], sum, columns);
            }
            double scale = 1 / lower[row + i];
            for (int c = 0; c < columns; c++) {
                done[i][c] = scale * sum[c];
            }
            System.arraycopy(done[i], 0, design.data, i * columns, columns);
        }
    }

    /** Four rows at a time, so that a sum is loaded and stored once for four products. */
    private static void subtractFour(double a, double[] x, double b, double[] y, double c, double[] z, double d, double[] w, double[] sum, int count) {
        for (int i = 0; i < count; i++) {
            sum[i] -= a * x[i] + b * y[i] + (c * z[i] + d * w[i]);
        }
    }

    /** sums[i] = Σ_h harmonics[from + i][h]·coefficients[h], for a tile of directions: its sums and four rows of coefficients stay in the first-level cache. */
    private static void multiply(double[] harmonics, int from, int tile, double[][] coefficients, double[][] sums) {
        int count = coefficients.length;
        for (int i = 0; i < tile; i++) {
            Arrays.fill(sums[i], 0);
        }
        int h = 0;
        for (; h + 4 <= count; h += 4) {
            for (int i = 0; i < tile; i++) {
                int t = (from + i) * count + h;
                subtractFour(-harmonics[t], coefficients[h], -harmonics[t + 1], coefficients[h + 1], -harmonics[t + 2], coefficients[h + 2], -harmonics[t + 3], coefficients[h + 3], sums[i],
                        sums[i].length);
            }
        }
        for (; h < count; h++) {
            for (int i = 0; i < tile; i++) {
                subtractFour(-harmonics[(from + i) * count + h], coefficients[h], 0, coefficients[h], 0, coefficients[h], 0, coefficients[h], sums[i], sums[i].length);
            }
        }
    }

    private static void toDoubles(float[] from, double[] to) {
        for (int i = 0; i < from.length; i++) {
            to[i] = from[i];
        }
    }

    // ---- Delays -----------------------------------------------------------------------------------------------------------------------------------------------------------------------

    /**
     * What follows for the interaural delay in all directions from that in some. With f(x) the factors of the model and m the Matérn function as above, the covariance is
     * f(x)·f(x') + σ²·m(|x − x'|/l), and noise.
     *
     * @param directions unit vectors of q directions, flat
     * @param itdSeconds [q]: delay of the right ear less that of the left
     */
    public Delays delays(double[] directions, double[] itdSeconds) {
        check(directions, itdSeconds, 1);
        return new Delays(directions, itdSeconds);
    }

    /** The posterior of the interaural delay. */
    public final class Delays {
        private final double[] at;
        private final double[] factors;
        private final double[] solved;
        private final double[] inverseDiagonal;

        private Delays(double[] directions, double[] itdSeconds) {
            at = directions.clone();
            factors = model.delayFactors(at);
            int q = itdSeconds.length;
            DMatrixRMaj covariance = DMatrixRMaj.wrap(q, q, covariance(at, factors));
            double noise = model.settings.delayNoiseUs() * model.settings.delayNoiseUs() + JITTER;
            DMatrixRMaj rest = new DMatrixRMaj(q, 1);
            for (int i = 0; i < q; i++) {
                covariance.data[i * q + i] += noise;
                rest.data[i] = 1e6 * (itdSeconds[i] - mean.delaySeconds(at[3 * i], at[3 * i + 1], at[3 * i + 2]));
            }
            LinearSolverChol_DDRM solver = new LinearSolverChol_DDRM(cholesky());
            if (!solver.setA(covariance)) {
                throw new InvalidValueException("the measured directions are too close to each other for the delays of the model " + model.file());
            }
            DMatrixRMaj solution = new DMatrixRMaj(q, 1);
            solver.solve(rest, solution);
            solved = solution.data;
            DMatrixRMaj inverse = new DMatrixRMaj(q, q);
            solver.invert(inverse);
            inverseDiagonal = new double[q];
            for (int i = 0; i < q; i++) {
                inverseDiagonal[i] = inverse.get(i, i);
            }
        }

        /** In microseconds squared, between directions and the measured ones. */
        private double[] covariance(double[] directions, double[] here) {
            PersonalModel.Settings s = model.settings;
            int n = directions.length / 3;
            int q = at.length / 3;
            int r = model.delayFactorCount();
            double[] out = chords(directions, at);
            for (int i = 0; i < n; i++) {
                for (int j = 0; j < q; j++) {
                    double sum = s.delayLocalUs() * s.delayLocalUs() * matern(out[i * q + j], s.delayLocalLength());
                    for (int c = 0; c < r; c++) {
                        sum += here[i * r + c] * factors[j * r + c];
                    }
                    out[i * q + j] = sum;
                }
            }
            return out;
        }

        /** The posterior mean (seconds) in directions, flat. */
        public double[] at(double[] directions) {
            int n = directions.length / 3;
            double[] cross = covariance(directions, model.delayFactors(directions));
            double[] out = new double[n];
            for (int i = 0; i < n; i++) {
                double us = 0;
                for (int j = 0; j < solved.length; j++) {
                    us += cross[i * solved.length + j] * solved[j];
                }
                out[i] = mean.delaySeconds(directions[3 * i], directions[3 * i + 1], directions[3 * i + 2]) + 1e-6 * us;
            }
            return out;
        }

        /**
         * By how much the measured delay i is beyond what all others say (seconds); (Rasmussen and Williams, equation 5.12).
         *
         * @return the deviation
         */
        public double deviationSeconds(int i) {
            return 1e-6 * solved[i] / inverseDiagonal[i];
        }

        /** What deviation of measured delay i the model thinks usual (seconds, one standard deviation). */
        public double expectedDeviationSeconds(int i) {
            return 1e-6 / Math.sqrt(inverseDiagonal[i]);
        }
    }
}
