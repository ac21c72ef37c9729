package io.pinna.acoustics;

/**
 * The patterns that have names, and where they come from.
 *
 * <p><b>Talker</b>: B. B. Monson, E. J. Hunter, B. H. Story, "Horizontal directivity of low- and high-frequency energy in speech and singing", JASA 132, 2012: speech at normal
 * level, levels of octave bands relative to the front, in the horizontal plane, whose values stand here. A band is the mean over its octaves as energies (125 to 500 Hz, 1 to 4 kHz, 8 and 16 kHz), as for {@link AcousticMaterials}, each octave counting alike. The pattern is taken as the
 * same all around the axis; measured ones are some dB louder above than below (W. T. Chu, A. C. C. Warnock, "Detailed directivity of sound fields around human talkers", NRC Canada IRC-RR-104, 2002).
 *
 * <p><b>Loudspeaker</b>: rigid pistons in a rigid sphere ({@link PistonInSphere}): a woofer of 65 mm radius (nominally 6.5 inches, 133 cm²) up to 2.5 kHz and a dome of 12.5 mm above, in a cabinet of 12 litres (a ball of 142 mm), which is
 * what many bookshelf loudspeakers are. Averaged over each band as energy, each octave counting alike, each driver with the same level on the axis. The bands are those of {@link AirAbsorption}: 200 Hz to 20 kHz in all.
 *
 * <p>Computed when first asked for, in some ten milliseconds. Any thread.
 */
final class DirectivityPatterns {
    static final Directivity TALKER;
    static final Directivity LOUDSPEAKER;

    /** dB at 125, 250, 500 Hz, 1, 2, 4, 8, 16 kHz, every 15° from the front to the back (Monson et al. 2012, normal speech). */
    static final double[][] SPEECH_DB = {
            {0, 0, 0, 0, 0, 0, 0, 0},
            {0.8, 0.7, 0.6, -0.2, -1.0, -1.7, -1.0, -0.1},
            {-0.1, -0.2, 0.1, -0.7, -0.1, -0.7, -1.7, -0.5},
            {-0.4, -0.5, 0.0, -1.4, -0.8, -1.6, -3.1, -2.3},
            {-0.6, -0.8, -0.1, -1.5, -2.5, -3.9, -5.8, -4.4},
            {-1.1, -1.6, -0.7, -1.4, -4.7, -5.3, -7.0, -5.1},
            {-1.6, -2.3, -1.6, -1.6, -7.0, -6.3, -8.7, -7.2},
            {-2.1, -3.1, -2.8, -2.5, -7.6, -9.0, -11.5, -10.1},
            {-2.7, -3.9, -4.4, -4.6, -7.9, -12.7, -15.0, -14.2},
            {-3.1, -4.5, -5.5, -7.0, -9.3, -14.5, -17.8, -17.8},
            {-3.5, -4.9, -6.0, -7.9, -13.0, -16.7, -21.5, -21.7},
            {-3.6, -5.0, -6.0, -6.9, -15.0, -21.0, -25.0, -23.5},
            {-3.6, -5.1, -5.9, -6.3, -13.1, -18.9, -26.3, -26.7}};
    static final double SPEECH_STEP_DEGREES = 15;
    /** The octaves of {@link #SPEECH_DB} from which each band begins. */
    private static final int[] FIRST_OCTAVE = {0, 3, 6, 8};

    private static final double[] BAND_EDGES_HZ = {200, Bands.LOW_SPLIT_HZ, Bands.HIGH_SPLIT_HZ, 20000};
    private static final double STEP_DEGREES = 5;
    /** Of the frequencies that a band is averaged over: a lobe of the largest driver at 20 kHz is many of these wide. */
    private static final double STEPS_PER_OCTAVE = 12;
    /** Between lobes a rigid piston radiates less than any real one does. */
    private static final double LEAST_DB = -60;

    static {
        TALKER = Directivity.custom(talker());
        LOUDSPEAKER = Directivity.custom(pistons(Math.cbrt(0.012 * 3 / (4 * Math.PI)), 2500, 0.065, 0.0125));
    }

    private DirectivityPatterns() {
    }

    private static DirectivityCurve talker() {
        double[][] points = new double[SPEECH_DB.length][1 + Bands.COUNT];
        for (int i = 0; i < points.length; i++) {
            points[i][0] = i * SPEECH_STEP_DEGREES;
            for (int b = 0; b < Bands.COUNT; b++) {
                double sum = 0;
                for (int o = FIRST_OCTAVE[b]; o < FIRST_OCTAVE[b + 1]; o++) {
                    sum += Math.pow(10, SPEECH_DB[i][o] / 10);
                }
                points[i][1 + b] = 10 * Math.log10(sum / (FIRST_OCTAVE[b + 1] - FIRST_OCTAVE[b]));
            }
        }
        return DirectivityCurve.of(points);
    }

    /** @param crossoverHz below it the woofer radiates, from it on the tweeter */
    static DirectivityCurve pistons(double sphereMeters, double crossoverHz, double wooferMeters, double tweeterMeters) {
        PistonInSphere woofer = new PistonInSphere(wooferMeters, sphereMeters);
        PistonInSphere tweeter = new PistonInSphere(tweeterMeters, sphereMeters);
        int count = (int) Math.round(180 / STEP_DEGREES) + 1;
        double[] cosines = new double[count];
        double[][] points = new double[count][1 + Bands.COUNT];
        for (int i = 0; i < count; i++) {
            points[i][0] = i * STEP_DEGREES;
            cosines[i] = Math.cos(Math.toRadians(points[i][0]));
        }
        for (int b = 0; b < Bands.COUNT; b++) {
            double split = Math.max(BAND_EDGES_HZ[b], Math.min(BAND_EDGES_HZ[b + 1], crossoverHz));
            double low = octaves(BAND_EDGES_HZ[b], split);
            double high = octaves(split, BAND_EDGES_HZ[b + 1]);
            add(woofer, BAND_EDGES_HZ[b], split, cosines, low / (low + high), points, b);
            add(tweeter, split, BAND_EDGES_HZ[b + 1], cosines, high / (low + high), points, b);
        }
        for (double[] point : points) {
            for (int b = 0; b < Bands.COUNT; b++) {
                point[1 + b] = Math.max(LEAST_DB, 10 * Math.log10(point[1 + b]));
            }
        }
        return DirectivityCurve.of(points);
    }

    private static double octaves(double fromHz, double toHz) {
        return Math.log(toHz / fromHz) / Math.log(2);
    }

    /** Adds the share of a driver, between two frequencies, to a band: its energy relative to that on the axis. */
    private static void add(PistonInSphere driver, double fromHz, double toHz, double[] cosines, double share, double[][] points, int band) {
        if (share <= 0) {
            return;
        }
        double[] energy = new double[cosines.length];
        double[] sum = new double[cosines.length];
        double octaves = octaves(fromHz, toHz);
        int steps = (int) Math.ceil(octaves * STEPS_PER_OCTAVE);
        for (int s = 0; s < steps; s++) {
            driver.energy(fromHz * Math.pow(2, octaves * (s + 0.5) / steps), cosines, energy);
            for (int i = 0; i < sum.length; i++) {
                sum[i] += energy[i];
            }
        }
        for (int i = 0; i < sum.length; i++) {
            points[i][1 + band] += share * sum[i] / sum[0];
        }
    }
}
