package io.pinna.internal.measurement;

/** Which way up a response is. Stateless. */
final class Polarity {
    private Polarity() {
    }

    /**
     * Up to 1.5 kHz a head delays the sound and hardly changes it otherwise (above, reflections of the pinna may be stronger than the direct sound, and of the other sign); so from 0.3 to 1.5 kHz, without phase,
     * the response is a pulse whose middle is its greatest value, in size 1.6 times its lobes.
     *
     * @param spectrum packed, of the direct sound
     * @return 1, or −1 if the greatest value is negative and at least 1.4 times the greatest positive one
     */
    static int sign(double[] spectrum, double rateHz) {
        return certainty(spectrum, rateHz) < -Math.log(1.4) ? -1 : 1;
    }

    /** The logarithm of the greatest positive value over the greatest negative one, in size, of the same pulse: above 0 if it is the right way up. */
    static double certainty(double[] spectrum, double rateHz) {
        double[] x = spectrum.clone();
        int size = x.length;
        for (int k = 0; k <= size / 2; k++) {
            double f = k * rateHz / size;
            Spectra.multiply(x, k, Spectra.ramp(f, 200, 400) * Spectra.ramp(f, 2000, 1000), 0);
        }
        Spectra.inverse(x);
        double most = 0;
        double least = 0;
        for (double v : x) {
            most = Math.max(most, v);
            least = Math.min(least, v);
        }
        return Math.log(Math.max(most, 1e-30) / Math.max(-least, 1e-30));
    }
}
