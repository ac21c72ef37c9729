package io.pinna.internal.measurement;

/** Finds the first reflection of the room in a pair of equalised responses. Stateless. */
final class Reflections {
    /** Before this, reflections of pinna, shoulders and torso cannot be told from those of a table. */
    static final double EARLIEST_SECONDS = 1.3e-3;
    static final double LATEST_SECONDS = 10e-3;
    /** How far the energy must rise above its least value since the direct sound, and how far below the direct sound it may be. */
    private static final double RISE_DB = 9;
    private static final double WEAKEST_DB = -27;
    /** So early only surfaces beside the head or the loudspeaker answer, strongly; what is weaker are shoulders, torso and knees. */
    private static final double BODY_SECONDS = 2.6e-3;
    private static final double BODY_WEAKEST_DB = -11;
    private static final double SMOOTHING_SECONDS = 0.35e-3;
    private static final double HIGH_PASS_HZ = 1500;

    private Reflections() {
    }

    /**
     * The energy of both ears above 1.5 kHz, in Hann windows of 0.35 ms, falls after the direct sound; where it has risen again by 9 dB, to no less than −27 dB of the direct sound, there is a reflection of the
     * room; in the first 2.6 ms, where the body answers too, to no less than −11 dB.
     *
     * @param spectra        [ear], packed
     * @param arrivalSamples of the earlier ear
     * @return when it begins (seconds after the arrival), or NaN
     */
    static double first(double[][] spectra, double arrivalSamples, double rateHz) {
        int size = spectra[0].length;
        double[] energy = new double[size];
        for (double[] s : spectra) {
            double[] x = s.clone();
            for (int k = 0; k <= size / 2; k++) {
                double gain = Spectra.ramp(k * rateHz / size, 0.7 * HIGH_PASS_HZ, 1.4 * HIGH_PASS_HZ);
                Spectra.multiply(x, k, gain, 0);
            }
            Spectra.inverse(x);
            for (int n = 0; n < size; n++) {
                energy[n] += x[n] * x[n];
            }
        }
        int half = (int) Math.round(SMOOTHING_SECONDS * rateHz / 2);
        int from = (int) (arrivalSamples - 0.3e-3 * rateHz);
        int to = (int) (arrivalSamples + LATEST_SECONDS * rateHz);
        double[] smooth = new double[to - from + 1];
        for (int i = 0; i < smooth.length; i++) {
            for (int j = -half; j <= half; j++) {
                smooth[i] += energy[from + i + j & size - 1] * (0.5 + 0.5 * Math.cos(Math.PI * j / (half + 1)));
            }
        }
        double direct = 0;
        double least = Double.POSITIVE_INFINITY;
        int leastAt = 0;
        int search = (int) (arrivalSamples + EARLIEST_SECONDS * rateHz) - from;
        int body = (int) (arrivalSamples + BODY_SECONDS * rateHz) - from;
        int quiet = (int) (arrivalSamples + 0.9e-3 * rateHz) - from;
        for (int i = 0; i < smooth.length - 1; i++) {
            direct = i < quiet ? Math.max(direct, smooth[i]) : direct;
            if (i >= quiet && smooth[i] < least) {
                least = smooth[i];
                leastAt = i;
            }
            boolean peak = i > 0 && smooth[i] >= smooth[i - 1] && smooth[i] > smooth[i + 1];
            if (i >= search && peak && smooth[i] > least * Math.pow(10, RISE_DB / 10) && smooth[i] > direct * Math.pow(10, (i < body ? BODY_WEAKEST_DB : WEAKEST_DB) / 10)) {
                int start = i;
                while (start > leastAt && smooth[start] > 0.1 * smooth[i]) {
                    start--;
                }
                return (from + start - arrivalSamples) / rateHz;
            }
        }
        return Double.NaN;
    }
}
