package io.pinna.internal.acoustics;

import io.pinna.acoustics.AcousticsSettings;

/** The reference of the tests of diffraction: Kirchhoff's half-plane, by quadrature. */
public final class Kirchhoff {
    private Kirchhoff() {
    }

    /** (1 + j)/2 · ∫ from v to ∞ of e^(−jπt²/2) dt, real and imaginary part; v ≥ 0. One half at the shadow's boundary. */
    static double[] integral(double v) {
        // Simpson's rule from 0 to v; the whole is (1 − j)/2.
        int n = 2 * (int) (200 + 60 * v * v);
        double c = 0;
        double s = 0;
        for (int i = 0; i <= n; i++) {
            double t = v * i / n;
            double w = i == 0 || i == n ? 1 : i % 2 == 1 ? 4 : 2;
            c += w * Math.cos(Math.PI * t * t / 2);
            s += w * Math.sin(Math.PI * t * t / 2);
        }
        double re = 0.5 - c * v / n / 3;
        double im = -0.5 + s * v / n / 3;
        return new double[] {0.5 * (re - im), 0.5 * (re + im)};
    }

    /**
     * Level (dB against free sound over the straight line) past a half-plane, after Kirchhoff and the incident terms of Kouyoumjian and Pathak.
     *
     * @param path   over the edge (metres)
     * @param direct straight (metres)
     */
    public static double halfPlaneDb(double path, double direct, boolean shadow, double hz) {
        double v = Math.sqrt(2 * hz * (path * path - direct * direct) / (AcousticsSettings.SPEED_OF_SOUND * path));
        double[] k = integral(v);
        double re = direct / path * k[0];
        double im = direct / path * k[1];
        return 10 * Math.log10(shadow ? re * re + im * im : (1 - re) * (1 - re) + im * im);
    }
}
