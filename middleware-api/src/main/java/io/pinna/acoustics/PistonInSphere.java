package io.pinna.acoustics;

/**
 * The far field of a piston in a rigid sphere, a cap of it that moves as a whole: the simplest model of a loudspeaker in a cabinet, or of a mouth in a head, that is right in all directions. The cabinet is a baffle for what is shorter than it, so that the front
 * is that of a piston in a wall, 2·J1(ka·sin θ)/(ka·sin θ); longer waves go round it, and behind it there is a shadow with a bright spot.
 *
 * <p>With R the radius of the sphere, x = kR, α the angle that the piston spans from the sphere's axis, W_0 = 1 − cos α and W_m = P_(m−1)(cos α) − P_(m+1)(cos α) (P. M. Morse, K. U. Ingard, <i>Theoretical Acoustics</i>, McGraw-Hill
 * 1968, section 7.2; R. M. Aarts, A. J. E. M. Janssen, "Comparing sound radiation from a loudspeaker with that from a flexible spherical cap on a rigid sphere", JAES 59, 2011):
 *
 * <pre>
 *   p(θ) ∝ Σ (−i)^m · W_m / h'_m(x) · P_m(cos θ)
 * </pre>
 *
 * <p>Any thread.
 */
final class PistonInSphere {
    private static final double SPEED_OF_SOUND = AcousticsSettings.SPEED_OF_SOUND;

    private final double sphereMeters;
    private final double edgeCosine;

    /**
     * @param pistonMeters radius of the piston's rim (&gt; 0, &lt; that of the sphere)
     * @param sphereMeters radius of the sphere
     */
    PistonInSphere(double pistonMeters, double sphereMeters) {
        this.sphereMeters = sphereMeters;
        double sine = pistonMeters / sphereMeters;
        edgeCosine = Math.sqrt(1 - sine * sine);
    }

    /**
     * @param frequencyHz &gt; 0
     * @param cosines     cos θ of each direction
     * @param energy      takes |p(θ)|² of each, for a piston that is moved with the same acceleration at all frequencies, as cones are above their resonance: the same on the axis wherever the sphere is small
     */
    void energy(double frequencyHz, double[] cosines, double[] energy) {
        double x = 2 * Math.PI * frequencyHz * sphereMeters / SPEED_OF_SOUND;
        int n = cosines.length;
        double[] re = new double[n];
        double[] im = new double[n];
        double[] before = new double[n];
        double[] legendre = new double[n];
        java.util.Arrays.fill(legendre, 1);
        // h_m = j_m + i·y_m: carried upwards this is stable as a whole, since y_m, which grows, carries no error of its own size.
        double hRe = Math.sin(x) / x;
        double hIm = -Math.cos(x) / x;
        double nextRe = (hRe - Math.cos(x)) / x;
        double nextIm = (hIm - Math.sin(x)) / x;
        double edgeBefore = 1;
        double edge = 1;
        // P_(−1) = 1, so that the formula of W_m holds for m = 0 as well; terms beyond x fall off faster than any power.
        int terms = (int) Math.ceil(x + 8 * Math.cbrt(x) + 12);
        for (int m = 0; m < terms; m++) {
            double edgeNext = ((2 * m + 1) * edgeCosine * edge - m * edgeBefore) / (m + 1);
            double weight = edgeBefore - edgeNext;
            // h'_m = (m/x)·h_m − h_(m+1).
            double dRe = m / x * hRe - nextRe;
            double dIm = m / x * hIm - nextIm;
            double scale = weight / (dRe * dRe + dIm * dIm);
            double termRe = scale * dRe;
            double termIm = -scale * dIm;
            for (int turn = m & 3; turn > 0; turn--) {
                double t = termRe;
                termRe = termIm;
                termIm = -t;
            }
            for (int i = 0; i < n; i++) {
                re[i] += termRe * legendre[i];
                im[i] += termIm * legendre[i];
                double next = ((2 * m + 1) * cosines[i] * legendre[i] - m * before[i]) / (m + 1);
                before[i] = legendre[i];
                legendre[i] = next;
            }
            edgeBefore = edge;
            edge = edgeNext;
            double tRe = (2 * m + 3) / x * nextRe - hRe;
            double tIm = (2 * m + 3) / x * nextIm - hIm;
            hRe = nextRe;
            hIm = nextIm;
            nextRe = tRe;
            nextIm = tIm;
        }
        // The pressure is i·ρc·u/(kr) times the sum; u is the acceleration over the frequency.
        double scale = 1 / (x * x * x * x);
        for (int i = 0; i < n; i++) {
            energy[i] = scale * (re[i] * re[i] + im[i] * im[i]);
        }
    }
}
