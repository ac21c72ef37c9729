package io.pinna.internal.hrtf;

import io.pinna.acoustics.AcousticsSettings;
import io.pinna.internal.Check;
import io.pinna.internal.RealTime;
import java.util.Arrays;

/**
 * The rigid sphere as a model of the head: the sound pressure on its surface, from a point source outside, relative to the pressure that the source alone would bring to the place of the sphere's centre. With
 * a the radius, ρ = r/a, μ = ka, h_m the spherical Hankel function of the first kind and θ the angle between source and ear, both seen from the centre (Duda and Martens, "Range dependence of the response of a
 * spherical head model", JASA 104, 1998, equation 4, after Rabinowitz, Maxwell, Shao and Wei 1993):
 *
 * <pre>
 *   H(ρ, μ, θ) = −(ρ/μ)·exp(−iμρ)·Σ (2m+1)·P_m(cos θ)·h_m(μρ) / h'_m(μ),   H(ρ, 0, θ) = Σ (2m+1)/(m+1)·P_m(cos θ)·ρ^−m
 * </pre>
 *
 * <p>for a time factor exp(−iωt); what this class returns is its conjugate, so that a delay is exp(−iωτ) as everywhere else here. The ratios h_(m+1)/h_m obey s_m = (2m+1)/x − 1/s_(m−1) with s_0 = 1/x − i;
 * carried upwards, this is stable, and neither overflows nor underflows where the functions themselves would.
 *
 * <p>Immutable; any thread.
 */
public final class SphericalHead {
    /** The mean adult head (Hartley and Fry 1921; usual since). */
    public static final double DEFAULT_RADIUS_METERS = 0.0875;
    /** No radius beyond these is that of a head. */
    private static final double LEAST_RADIUS_METERS = 0.06;
    private static final double GREATEST_RADIUS_METERS = 0.12;
    private static final double SPEED_OF_SOUND = AcousticsSettings.SPEED_OF_SOUND;
    /** Terms below this fraction of the sum are left out, once so many in a row are: P_m has zeros. */
    private static final double NEGLIGIBLE = 1e-10;
    private static final int IN_A_ROW = 4;
    private static final int MOST_TERMS = 4000;

    private final double radiusMeters;

    /** @param radiusMeters 0.01 to 1 */
    public SphericalHead(double radiusMeters) {
        this.radiusMeters = Check.inRange(radiusMeters, 0.01, 1, "head radius");
    }

    public double radiusMeters() {
        return radiusMeters;
    }

    /**
     * The pressure at some points of the sphere.
     *
     * @param distanceMeters of the source from the centre (&gt; radius)
     * @param frequencyHz    ≥ 0, finite
     * @param cosines        cos θ of each point, −1 to 1
     * @param re             takes the real parts, as many as there are cosines
     * @param im             takes the imaginary parts
     */
    public void response(double distanceMeters, double frequencyHz, double[] cosines, double[] re, double[] im) {
        double rho = Check.inRange(distanceMeters, radiusMeters * (1 + 1e-6), 1e6, "distance") / radiusMeters;
        double mu = 2 * Math.PI * Check.inRange(frequencyHz, 0, 1e6, "frequency") * radiusMeters / SPEED_OF_SOUND;
        int n = cosines.length;
        double[] previous = new double[n];
        double[] legendre = new double[n];
        Arrays.fill(legendre, 1);
        Arrays.fill(re, 0, n, 0);
        Arrays.fill(im, 0, n, 0);
        double x = mu * rho;
        // s = h_(m+1)/h_m at the source (x) and at the surface (μ).
        double sxRe = 1 / x;
        double sxIm = -1;
        double smRe = 1 / mu;
        double smIm = -1;
        // q = h_m(x)/h_m(μ), here without the phase exp(i(x − μ)) that h_0 begins with.
        double qRe = 1 / rho;
        double qIm = 0;
        int quiet = 0;
        for (int m = 0; m < MOST_TERMS && quiet < IN_A_ROW; m++) {
            double termRe;
            double termIm;
            if (mu == 0) {
                termRe = (2 * m + 1.0) / (m + 1) * Math.pow(rho, -m);
                termIm = 0;
            } else {
                // h'_m/h_m = m/μ − s_m(μ).
                double dRe = m / mu - smRe;
                double dIm = -smIm;
                double d = (2 * m + 1) / (dRe * dRe + dIm * dIm);
                termRe = d * (qRe * dRe + qIm * dIm);
                termIm = d * (qIm * dRe - qRe * dIm);
            }
            double largest = 0;
            for (int i = 0; i < n; i++) {
                re[i] += termRe * legendre[i];
                im[i] += termIm * legendre[i];
                largest = Math.max(largest, Math.abs(re[i]) + Math.abs(im[i]));
                double next = ((2 * m + 1) * cosines[i] * legendre[i] - m * previous[i]) / (m + 1);
                previous[i] = legendre[i];
                legendre[i] = next;
            }
            quiet = Math.abs(termRe) + Math.abs(termIm) <= NEGLIGIBLE * largest ? quiet + 1 : 0;
            if (mu > 0) {
                double s = 1 / (smRe * smRe + smIm * smIm);
                double ratioRe = s * (sxRe * smRe + sxIm * smIm);
                double ratioIm = s * (sxIm * smRe - sxRe * smIm);
                double t = qRe * ratioRe - qIm * ratioIm;
                qIm = qRe * ratioIm + qIm * ratioRe;
                qRe = t;
                double f = 1 / (sxRe * sxRe + sxIm * sxIm);
                sxRe = (2 * m + 3) / x - f * sxRe;
                sxIm = f * sxIm;
                smRe = (2 * m + 3) / mu - s * smRe;
                smIm = s * smIm;
            }
        }
        if (mu == 0) {
            return;
        }
        // −(ρ/μ)·exp(−iμρ) times the phase that q was begun without: −(ρ/μ)·exp(−iμ). Conjugated.
        double c = -rho / mu * Math.cos(mu);
        double s = rho / mu * Math.sin(mu);
        for (int i = 0; i < n; i++) {
            double a = re[i];
            double b = im[i];
            re[i] = a * c - b * s;
            im[i] = -(a * s + b * c);
        }
    }

    /**
     * How much later (positive) or earlier than at the place of the centre sound arrives at a point of the sphere: along the straight line where the source sees it, along the tangent and round the sphere
     * where not.
     *
     * @param distanceMeters of the source from the centre (&gt; radius)
     * @param angleRadians   θ, 0 to π
     */
    @RealTime
    public double delaySeconds(double distanceMeters, double angleRadians) {
        double a = radiusMeters;
        double r = distanceMeters;
        double horizon = Math.acos(a / r);
        double path = angleRadians <= horizon ? Math.sqrt(r * r + a * a - 2 * a * r * Math.cos(angleRadians)) : Math.sqrt(r * r - a * a) + a * (angleRadians - horizon);
        return (path - r) / SPEED_OF_SOUND;
    }

    /**
     * The radius whose interaural delays fit some given ones best, in the least squares: ITD = a/c·(φ + sin φ) with φ the angle from the median plane (Woodworth 1938; fitted as by Algazi, Avendano and Duda,
     * "Estimation of a spherical-head model from anthropometry", JAES 49, 2001).
     *
     * @param lateralSines           sin φ of each direction: its component to the left
     * @param interauralDelaySeconds delay of the right ear less that of the left
     * @param count                  how many
     * @return metres; the default radius where the answer is that of no head, or there are no directions to the side
     */
    public static double fitRadiusMeters(double[] lateralSines, double[] interauralDelaySeconds, int count) {
        double top = 0;
        double bottom = 0;
        for (int i = 0; i < count; i++) {
            double sine = Math.max(-1, Math.min(1, lateralSines[i]));
            double shape = (Math.asin(sine) + sine) / SPEED_OF_SOUND;
            top += shape * interauralDelaySeconds[i];
            bottom += shape * shape;
        }
        double radius = top / bottom;
        return radius >= LEAST_RADIUS_METERS && radius <= GREATEST_RADIUS_METERS ? radius : DEFAULT_RADIUS_METERS;
    }
}
