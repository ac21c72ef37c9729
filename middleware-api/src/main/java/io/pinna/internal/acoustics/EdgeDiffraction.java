package io.pinna.internal.acoustics;

/**
 * How loud sound is that passes an edge. Pure functions, any thread, no allocation.
 *
 * <p>All levels are those of the incident field alone, as Kirchhoff's knife edge and the two incident terms of Kouyoumjian and Pathak ("A uniform geometrical theory of diffraction for an edge in a
 * perfectly conducting surface", Proc. IEEE 1974) give them; that is the mean of a hard and a soft edge. What an edge scatters of the reflections in its own faces is left to the reflections: a rigid wedge
 * is louder than this by up to 6 dB where listener or emitter lie on its faces.
 *
 * <p>For a half-plane both theories depend on one number only, Fresnel's v. With the path S over the edge and the straight distance R,
 * v² = 2 f (S² − R²) / (c S), for equal and unequal distances and for oblique incidence alike: S² − R² = 4 r r′ sin²(θ/2) with the distances r, r′ from the edge and the bend θ, which is what
 * Kouyoumjian and Pathak's k L a(θ) = π v² / 2 contains, and the level is relative to sound that has travelled S freely. v is positive in the shadow, negative where the line is free.
 */
final class EdgeDiffraction {
    static final double SPEED_OF_SOUND = 343;
    private static final double DB = Math.log(10) / 20;
    private static final double HALF = Math.log(0.5);

    private EdgeDiffraction() {
    }

    /**
     * The v² of 1 Hz.
     *
     * @param path   S (metres, > 0)
     * @param direct R (metres, 0 to S)
     */
    static double fresnelSquared(double path, double direct) {
        return path > 0 ? 2 * Math.max(0, (path - direct) * (path + direct)) / (SPEED_OF_SOUND * path) : 0;
    }

    /**
     * ln of the level behind a half-plane, by v ≥ 0: −6 dB at the shadow's boundary, then to 1/(√2 π v).
     *
     * <p>Kirchhoff's |∫ᵥ^∞ e^(−jπt²/2) dt| / √2 falls by up to 8.7 dB for a unit of v, which 2 m from an edge is a little more than 1 dB a degree at 8 kHz; this curve, the inverse hyperbolic sine of ITU-R P.526
     * made 8 % wider with the deep shadow put right by the second term, falls by at most 8.1 and stays within 0.7 dB of Kirchhoff's.
     */
    static double shadowLog(double v) {
        double v2 = v * v;
        double x = v / 1.08;
        return HALF - Math.log(x + Math.sqrt(x * x + 1)) - 1.5 * DB * v2 / (v2 + 9);
    }

    /** ln of the level where the line is free, by −v ≥ 0: from −6 dB at the boundary to 0; monotone, through the middle of the ripples of 1.37 dB and less. */
    static double litLog(double v) {
        return HALF * Math.exp(-v * (1.31 + 1.5 * v * v));
    }

    /** ln of the level on either side. */
    static double log(double signedV) {
        return signedV >= 0 ? shadowLog(signedV) : litLog(-signedV);
    }

    /**
     * How much louder (factor ≥ 1) the deep shadow of a solid wedge is than that of a half-plane at the same bend: the ratio of Keller's coefficients,
     * [cot(θ/2n) − cot((2π+θ)/2n)] sin(θ/2) / n (the two incident terms for n against n = 2). 1 where nothing bends.
     *
     * @param n    exterior angle over π (1 to 2)
     * @param bend θ (radians, 0 to (n − 1)π)
     */
    static double wedgeRatio(double n, double bend) {
        if (bend < 1e-6) {
            return 1;
        }
        double a = bend / (2 * n);
        double b = (2 * Math.PI + bend) / (2 * n);
        double ratio = (1 / Math.tan(a) - 1 / Math.tan(b)) * Math.sin(bend / 2) / n;
        return Math.max(1, Math.min(2, ratio));
    }

    /** ln of the level behind a wedge: the half-plane's with the wedge's ratio, which sets in as the shadow gets deep, because at the boundary any wedge halves the amplitude. */
    static double wedgeLog(double v, double ratio) {
        double half = shadowLog(v);
        return ratio == 1 ? half : half + Math.log(1 + (ratio - 1) * (1 - 2 * Math.exp(half)));
    }

    /**
     * The factor by which an obstacle on the other side narrows the way past an edge. By Kirchhoff the field in a slit is the difference of the fields over either edge,
     * K(near) − K(far) with K(v) = A(v) e^(−j(πv²/2 + φ(v))), K(−v) = 1 − K(v) and φ from 0 to π/4; A is {@link #shadowLog} and φ within 3° of Fresnel's. A slit that closes so falls silent by its width. Once the
     * two are out of phase they would ripple; the far edge's field fades out instead.
     *
     * @param near signed v of the edge that the way bends around (negative where the line is free)
     * @param far  v of the way over the far obstacle (≥ |near|)
     */
    static double slitFactor(double near, double far) {
        double phase = 0.5 * Math.PI * (far * far - (near > 0 ? near * near : 0));
        double together = Math.exp(shadowLog(far) - 0.25 * phase * phase);
        double n = Math.abs(near);
        double a = Math.exp(shadowLog(n));
        double angle = phase(n);
        double re = a * Math.cos(angle);
        double im = -a * Math.sin(angle);
        if (near < 0) {
            re = 1 - re;
            im = -im;
        }
        double f = phase(far);
        double x = re - together * Math.cos(f);
        double y = im + together * Math.sin(f);
        return Math.min(1, Math.sqrt((x * x + y * y) / (re * re + im * im)));
    }

    private static double phase(double v) {
        return 0.5 * Math.PI * v * v + 0.25 * Math.PI * (1 - Math.exp(-4 / Math.PI * v));
    }

    /**
     * How far the amplitudes (1) rather than the energies (0) of two paths add in a band: in full while they arrive in phase, not at all once the band's phases are spread.
     *
     * @param detour difference of their lengths (metres)
     */
    static double coherence(double detour, double hz) {
        double phase = 2 * Math.PI * hz * detour / SPEED_OF_SOUND;
        return Math.exp(-0.25 * phase * phase);
    }
}
