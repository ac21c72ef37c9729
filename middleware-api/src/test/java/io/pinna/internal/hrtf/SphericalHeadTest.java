package io.pinna.internal.hrtf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.InvalidValueException;
import io.pinna.acoustics.AcousticsSettings;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("analytic")
class SphericalHeadTest {
    private static final double A = SphericalHead.DEFAULT_RADIUS_METERS;
    private static final double C = AcousticsSettings.SPEED_OF_SOUND;
    private final SphericalHead head = new SphericalHead(A);

    private double[] at(double meters, double hertz, double degrees) {
        double[] re = new double[1];
        double[] im = new double[1];
        head.response(meters, hertz, new double[] {Math.cos(Math.toRadians(degrees))}, re, im);
        return new double[] {re[0], im[0]};
    }

    private double level(double meters, double hertz, double degrees) {
        double[] h = at(meters, hertz, degrees);
        return 20 * Math.log10(Math.hypot(h[0], h[1]));
    }

    /** Σ (2 − 1/(m+1))·(±1/ρ)^m in closed form: at the near pole 2ρ/(ρ−1) + ρ·ln(1 − 1/ρ), at the far one 2ρ/(ρ+1) − ρ·ln(1 + 1/ρ). */
    @Test
    void theStaticPressureAtBothPolesIsTheClosedForm() {
        for (double rho : new double[] {1.05, 1.143, 1.25, 2, 5, 20}) {
            double near = 2 * rho / (rho - 1) + rho * Math.log(1 - 1 / rho);
            double far = 2 * rho / (rho + 1) - rho * Math.log(1 + 1 / rho);
            // By the limit itself, and by the series with Hankel functions just above it.
            for (double hertz : new double[] {0, 0.05}) {
                assertEquals(near, at(rho * A, hertz, 0)[0], 1e-5 * near, "ρ " + rho + ", near pole, " + hertz + " Hz");
                assertEquals(far, at(rho * A, hertz, 180)[0], 1e-5, "ρ " + rho + ", far pole, " + hertz + " Hz");
                assertEquals(0, at(rho * A, hertz, 0)[1], 0.002 * near);
            }
        }
        // The near field's own mark: a level difference at frequencies where the far field has none.
        assertEquals(26.5, level(1.25 * A, 20, 0) - level(1.25 * A, 20, 180), 0.2);
        assertEquals(0, level(1000 * A, 20, 0) - level(1000 * A, 20, 180), 0.05);
    }

    /** The sphere in a plane wave, from spherical Bessel functions of both kinds rather than ratios: p = (i/μ²)·Σ (2m+1)·(−i)^m·P_m(cos θ)/h'_m(μ), for exp(−iωt). */
    @Test
    void farAwayItIsTheSphereInAPlaneWave() {
        for (double mu : new double[] {0.05, 0.3, 1, 3, 8, 20}) {
            double hertz = mu * C / (2 * Math.PI * A);
            for (double degrees = 0; degrees <= 180; degrees += 15) {
                double[] wanted = planeWave(mu, Math.cos(Math.toRadians(degrees)));
                double[] got = at(1e5 * A, hertz, degrees);
                assertEquals(wanted[0], got[0], 1e-3, "μ " + mu + ", " + degrees + "°");
                assertEquals(-wanted[1], got[1], 1e-3, "μ " + mu + ", " + degrees + "°");
            }
        }
    }

    private static double[] planeWave(double mu, double cosine) {
        double re = 0;
        double im = 0;
        double p = 1;
        double before = 0;
        // Downwards for j, which is unstable upwards; upwards for y, which is not.
        int most = (int) mu + 30;
        double[] j = new double[most + 2];
        double[] y = new double[most + 2];
        double[] raw = new double[most + 40];
        raw[raw.length - 2] = 1e-200;
        for (int m = raw.length - 3; m >= 0; m--) {
            raw[m] = (2 * m + 3) / mu * raw[m + 1] - raw[m + 2];
        }
        // j_0² and j_1² together: near a zero of one the other sets the scale.
        double j0 = Math.sin(mu) / mu;
        double j1 = Math.sin(mu) / (mu * mu) - Math.cos(mu) / mu;
        double scale = (j0 * raw[0] + j1 * raw[1]) / (raw[0] * raw[0] + raw[1] * raw[1]);
        y[0] = -Math.cos(mu) / mu;
        y[1] = -Math.cos(mu) / (mu * mu) - Math.sin(mu) / mu;
        for (int m = 0; m < j.length; m++) {
            j[m] = scale * raw[m];
            if (m >= 2) {
                y[m] = (2 * m - 1) / mu * y[m - 1] - y[m - 2];
            }
        }
        for (int m = 0; m <= most; m++) {
            double dj = m / mu * j[m] - j[m + 1];
            double dy = m / mu * y[m] - y[m + 1];
            double d = (2 * m + 1) * p / (mu * mu * (dj * dj + dy * dy));
            // i·(−i)^m / (dj + i·dy)
            double[] turn = switch (m & 3) {
                case 0 -> new double[] {0, 1};
                case 1 -> new double[] {1, 0};
                case 2 -> new double[] {0, -1};
                default -> new double[] {-1, 0};
            };
            re += d * (turn[0] * dj + turn[1] * dy);
            im += d * (turn[1] * dj - turn[0] * dy);
            double next = ((2 * m + 1) * cosine * p - m * before) / (m + 1);
            before = p;
            p = next;
        }
        return new double[] {re, im};
    }

    @Test
    void theFarFieldsKnownLimits() {
        // Pressure doubles at the pole of a sphere that is large against the wave; a small one does not disturb it.
        assertEquals(6.02, level(500 * A, 20000, 0), 0.2);
        assertEquals(0, level(1e4 * A, 20, 0), 0.02);
        // Kuhn 1977: at low frequencies the interaural delay of the plane wave is 3a/c·sin φ.
        double hertz = 30;
        for (double azimuth : new double[] {15, 45, 90}) {
            double[] left = at(1000 * A, hertz, 90 - azimuth);
            double[] right = at(1000 * A, hertz, 90 + azimuth);
            double delay = (Math.atan2(left[1], left[0]) - Math.atan2(right[1], right[0])) / (2 * Math.PI * hertz);
            assertEquals(3 * A / C * Math.sin(Math.toRadians(azimuth)), delay, 4e-6, azimuth + "°");
        }
    }

    @Test
    void theGeometricDelayIsThatOfHighFrequencies() {
        for (double meters : new double[] {0.12, 0.25, 1}) {
            for (double degrees : new double[] {0, 30, 60, 90, 120}) {
                double step = 20;
                double[] low = at(meters, 12000, degrees);
                double[] high = at(meters, 12000 + step, degrees);
                double turn = Math.atan2(low[1] * high[0] - low[0] * high[1], low[0] * high[0] + low[1] * high[1]);
                // Creeping waves are slower than the straight path by what falls with frequency.
                assertEquals(turn / (2 * Math.PI * step), head.delaySeconds(meters, Math.toRadians(degrees)), degrees > 90 ? 25e-6 : 6e-6, meters + " m, " + degrees + "°");
            }
            assertEquals(meters - A, C * head.delaySeconds(meters, 0) + meters, 1e-12);
        }
        // Far away: Woodworth.
        double woodworth = head.delaySeconds(1e4, Math.toRadians(150)) - head.delaySeconds(1e4, Math.toRadians(30));
        assertEquals(A / C * (Math.PI / 3 + Math.sin(Math.PI / 3)), woodworth, 1e-8);
    }

    @Test
    void continuousInEverything() {
        for (double meters = 0.1; meters < 2; meters *= 1.3) {
            for (double hertz = 50; hertz < 20000; hertz *= 1.7) {
                for (double degrees = 0; degrees < 180; degrees += 12) {
                    double[] here = at(meters, hertz, degrees);
                    double[] there = at(meters * 1.00001, hertz * 1.00001, degrees + 0.001);
                    double size = Math.hypot(here[0], here[1]);
                    assertTrue(size > 1e-4 && size < 20, meters + " m, " + hertz + " Hz, " + degrees + "°: " + size);
                    assertEquals(0, Math.hypot(here[0] - there[0], here[1] - there[1]), 2e-3 * size, meters + " m, " + hertz + " Hz, " + degrees + "°");
                }
            }
        }
    }

    @Test
    void findsTheRadiusAgainAndKnowsWhatIsNoHead() {
        double[] lateral = new double[36];
        double[] delays = new double[36];
        for (int i = 0; i < 36; i++) {
            lateral[i] = Math.sin(Math.toRadians(10 * i));
            delays[i] = 0.081 / C * (Math.asin(lateral[i]) + lateral[i]);
        }
        assertEquals(0.081, SphericalHead.fitRadiusMeters(lateral, delays, 36), 1e-9);
        assertEquals(A, SphericalHead.fitRadiusMeters(lateral, new double[36], 36), 0, "a set without interaural delays");
        assertEquals(A, SphericalHead.fitRadiusMeters(new double[36], delays, 36), 0, "nothing to the side");
        assertEquals(A, SphericalHead.fitRadiusMeters(lateral, delays, 0), 0);
        assertThrows(InvalidValueException.class, () -> new SphericalHead(0));
        assertThrows(InvalidValueException.class, () -> at(A, 100, 0));
        assertThrows(InvalidValueException.class, () -> at(1, Double.NaN, 0));
    }
}
