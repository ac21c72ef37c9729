package io.pinna.internal.dsp;

/** The Kaiser window: w(u) = I0(β·√(1 − u²)) / I0(β) for |u| ≤ 1 (J. F. Kaiser, "Nonrecursive digital filter design using the I0-sinh window function", 1974). */
final class Kaiser {
    private Kaiser() {
    }

    static double window(double u, double beta) {
        return window(u, beta, bessel0(beta));
    }

    /** @param besselOfBeta I0(β), for many values of one window */
    static double window(double u, double beta, double besselOfBeta) {
        double rest = 1 - u * u;
        return rest < 0 ? 0 : bessel0(beta * Math.sqrt(rest)) / besselOfBeta;
    }

    /** Modified Bessel function of the first kind and order 0, by its power series. */
    static double bessel0(double x) {
        double sum = 1;
        double term = 1;
        for (int k = 1; k < 64 && term > 1e-18 * sum; k++) {
            term *= x / 2 / k * (x / 2 / k);
            sum += term;
        }
        return sum;
    }
}
