package io.pinna.internal.hrtf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.InvalidValueException;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class SphericalHarmonicsTest {
    private static final double[][] DIRECTIONS = {{0.36, 0.48, 0.8}, {-0.6, 0, -0.8}, {2.0 / 3, -2.0 / 3, 1.0 / 3}, {0, 0, 1}};

    /** Direction, l, m and the value that the training recipe's sphere.py (SciPy's lpmv) gives. */
    private static final double[][] KNOWN = {
        {0, 0, 0, 0.28209479177387814}, {0, 1, -1, -0.23452920571340155}, {0, 1, 0, 0.390882009522336}, {0, 1, 1, -0.1758969042850512}, {0, 2, -2, 0.18879236880631123},
        {0, 2, 1, -0.3146539480105188}, {0, 5, -3, -0.17706136798146638}, {0, 7, 7, -0.019369830047304876}, {0, 20, -13, 0.17194613538182343}, {0, 33, 4, 0.3059072731571058},
        {0, 40, 0, 0.4068988211380169}, {0, 40, -1, -0.07225361716162164}, {0, 40, 40, 1.1753445641716807e-09}, {0, 40, -39, 1.7057708887448356e-08},
        {1, 1, -1, 0}, {1, 1, 0, -0.390882009522336}, {1, 1, 1, 0.29316150714175193}, {1, 2, 1, -0.5244232466841979}, {1, 7, 7, 0.01979603066920049}, {1, 33, 4, 0.36279325564172876},
        {2, 1, -1, 0.32573500793528004}, {2, 1, 1, -0.3257350079352801}, {2, 2, -2, -0.4855770802631462}, {2, 5, -3, 0}, {2, 7, 7, -0.33110865939880463}, {2, 20, -13, -0.31253893838986035},
        {2, 40, 0, 0.11935950649863347}, {2, 40, -1, -0.304833989064784}, {2, 40, 40, 0.101536243714803}, {2, 40, -39, -0.2270419431262981},
        {3, 1, 0, 0.4886025119029199}, {3, 1, 1, 0}, {3, 40, 0, 2.5388531259649034}, {3, 40, -1, 0}, {3, 40, 40, 0}};

    @Test
    @Tag("reference")
    void valuesAreThoseOfTheTrainingRecipe() {
        SphericalHarmonics harmonics = new SphericalHarmonics(40);
        double[] basis = new double[harmonics.count() + 3];
        for (double[] known : KNOWN) {
            double[] d = DIRECTIONS[(int) known[0]];
            harmonics.evaluate(d[0], d[1], d[2], basis, 3);
            double wanted = known[3];
            assertEquals(wanted, basis[3 + SphericalHarmonics.index((int) known[1], (int) known[2])], 1e-11 * Math.max(1e-3, Math.abs(wanted)), "l, m = " + known[1] + ", " + known[2]);
        }
    }

    /** The addition theorem: Σ_m Y_lm(a)·Y_lm(b) = (2l + 1)/(4π)·P_l(a·b), with Legendre polynomials by Bonnet's recurrence. */
    @Test
    @Tag("analytic")
    void theAdditionTheoremHolds() {
        SphericalHarmonics harmonics = new SphericalHarmonics(SphericalHarmonics.MAX_ORDER);
        Random random = new Random(3);
        double[] a = new double[harmonics.count()];
        double[] b = new double[harmonics.count()];
        for (int round = 0; round < 50; round++) {
            double[] p = direction(random);
            double[] q = round == 0 ? new double[] {0, 0, -1} : direction(random);
            harmonics.evaluate(p[0], p[1], p[2], a, 0);
            harmonics.evaluate(q[0], q[1], q[2], b, 0);
            double x = p[0] * q[0] + p[1] * q[1] + p[2] * q[2];
            double before = 0;
            double legendre = 1;
            for (int l = 0; l <= harmonics.order(); l++) {
                double sum = 0;
                for (int h = l * l; h < SphericalHarmonics.count(l); h++) {
                    sum += a[h] * b[h];
                }
                assertEquals((2 * l + 1) / (4 * Math.PI) * legendre, sum, 1e-11 * (2 * l + 1), "degree " + l);
                double next = ((2 * l + 1) * x * legendre - l * before) / (l + 1);
                before = legendre;
                legendre = next;
            }
        }
    }

    @Test
    @Tag("analytic")
    void aFitWithoutPenaltyFindsTheCoefficients() {
        SphericalHarmonics harmonics = new SphericalHarmonics(12);
        Random random = new Random(5);
        int channels = 3;
        double[] wanted = random.doubles((long) harmonics.count() * channels, -1, 1).toArray();
        double[] directions = directions(random, 600);
        double[] found = harmonics.fit(directions, samples(harmonics, directions, wanted, channels), channels, 0);
        for (int i = 0; i < wanted.length; i++) {
            assertEquals(wanted[i], found[i], 1e-8, "coefficient " + i);
        }
    }

    /** The formula itself, solved by elimination. */
    @Test
    @Tag("reference")
    void aPenalisedFitSolvesItsFormula() {
        SphericalHarmonics harmonics = new SphericalHarmonics(6);
        int n = harmonics.count();
        Random random = new Random(8);
        // Fewer than unknowns, all in front.
        int m = 30;
        double[] directions = directions(random, m);
        for (int i = 0; i < m; i++) {
            directions[3 * i] = Math.abs(directions[3 * i]);
        }
        double[] values = random.doubles(m, -10, 10).toArray();
        double penalty = 3e-4;
        double[][] system = new double[n][n + 1];
        double[] basis = new double[n];
        for (int i = 0; i < m; i++) {
            harmonics.evaluate(directions[3 * i], directions[3 * i + 1], directions[3 * i + 2], basis, 0);
            for (int r = 0; r < n; r++) {
                for (int c = 0; c < n; c++) {
                    system[r][c] += basis[r] * basis[c] / m;
                }
                system[r][n] += basis[r] * values[i] / m;
            }
        }
        for (int r = 0; r < n; r++) {
            int l = (int) Math.sqrt(r);
            system[r][r] += penalty * (1 + l * (l + 1.0)) * (1 + l * (l + 1.0));
        }
        for (int p = 0; p < n; p++) {
            for (int r = 0; r < n; r++) {
                double factor = r == p ? 0 : system[r][p] / system[p][p];
                for (int c = p; c <= n; c++) {
                    system[r][c] -= factor * system[p][c];
                }
            }
        }
        double[] found = harmonics.fit(directions, values, 1, penalty);
        for (int r = 0; r < n; r++) {
            assertEquals(system[r][n] / system[r][r], found[r], 1e-8, "coefficient " + r);
        }
    }

    @Test
    @Tag("fault")
    void whatDoesNotDetermineTheCoefficientsIsRefused() {
        SphericalHarmonics harmonics = new SphericalHarmonics(10);
        double[] few = directions(new Random(1), 40);
        InvalidValueException e = assertThrows(InvalidValueException.class, () -> harmonics.fit(few, new double[40], 1, 0));
        assertTrue(e.getMessage().contains("40 directions") && e.getMessage().contains("121"), e.getMessage());
        assertThrows(InvalidValueException.class, () -> harmonics.fit(few, new double[40], 1, Double.NaN));
        assertThrows(InvalidValueException.class, () -> harmonics.fit(few, new double[40], 1, -1));
        assertThrows(InvalidValueException.class, () -> new SphericalHarmonics(41));
        assertThrows(InvalidValueException.class, () -> new SphericalHarmonics(-1));
    }

    private static double[] samples(SphericalHarmonics harmonics, double[] directions, double[] coefficients, int channels) {
        int m = directions.length / 3;
        double[] values = new double[m * channels];
        double[] basis = new double[harmonics.count()];
        for (int i = 0; i < m; i++) {
            harmonics.evaluate(directions[3 * i], directions[3 * i + 1], directions[3 * i + 2], basis, 0);
            for (int h = 0; h < basis.length; h++) {
                for (int c = 0; c < channels; c++) {
                    values[i * channels + c] += basis[h] * coefficients[h * channels + c];
                }
            }
        }
        return values;
    }

    private static double[] directions(Random random, int count) {
        double[] directions = new double[3 * count];
        for (int i = 0; i < count; i++) {
            System.arraycopy(direction(random), 0, directions, 3 * i, 3);
        }
        return directions;
    }

    private static double[] direction(Random random) {
        double x = random.nextGaussian();
        double y = random.nextGaussian();
        double z = random.nextGaussian();
        double r = Math.sqrt(x * x + y * y + z * z);
        return new double[] {x / r, y / r, z / r};
    }
}
