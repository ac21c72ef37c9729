package io.pinna.internal.reverb;

import io.pinna.effect.ImpulseResponse;
import io.pinna.internal.hrtf.SphericalHarmonics;
import java.util.Random;

/**
 * An impulse response as it is heard: either by the two ears as it is, or from directions around the head. Made at setup, on any thread but the audio thread. Arrays are not copied: whoever gets them reads them only.
 *
 * <ul>
 * <li>Binaural ones are those of the ears.
 * <li>Mono ones become those of the ears. Up to 80 ms both are the same; from then on, with a cross-fade of 20 ms, each is convolved with a sequence of its own, of 30 pulses of either sign that decay within 30 ms, with the energy 1
 * (velvet noise; Schlecht, Alary, Välimäki and Habets, "Optimized velvet-noise decorrelator", DAFx 2018): nobody hears these from the reverberation that they are in, but it is no longer in the middle of the head.
 * <li>Ambisonics of order 1 become those of 8 {@link Directions}, of order 2 and 3 of 12, for which the channels of order 3 are left out: there is no even set of so few directions that carries them. Of even directions the
 * energy-preserving decoder (Zotter, Pomberger and Noisternig, "Energy-preserving ambisonic decoding", Acta Acustica united with Acustica 98, 2012) is the sampling decoder: D = Y/((order + 1)·√K), with Y the harmonics
 * (N3D) of the K directions, as YᵀY = K·I. Whatever direction a wave comes from, all directions together have its energy, that of the channel W, and its centre is in that direction.
 * </ul>
 */
public final class PlacedResponse {
    private static final int MOST_ORDER = 2;
    private static final double EARLY_SECONDS = 0.08;
    private static final double FADE_SECONDS = 0.02;
    private static final double VELVET_SECONDS = 0.03;
    private static final int VELVET_PULSES = 30;
    /** Decay over a sequence, dB. */
    private static final double VELVET_DECAY_DB = 30;
    /** Of the pairs up to 60 the one whose sequences are least alike, at lags up to 1 ms: 0.15. */
    private static final long LEFT_SEED = 4;
    private static final long RIGHT_SEED = 21;

    private final float[][] channels;
    private final double[][] directions;

    private PlacedResponse(float[][] channels, double[][] directions) {
        this.channels = channels;
        this.directions = directions;
    }

    public static PlacedResponse of(ImpulseResponse response, int sampleRateHz) {
        float[][] x = response.samples(sampleRateHz);
        return switch (response.layout()) {
            case MONO -> new PlacedResponse(new float[][] {ear(x[0], sampleRateHz, LEFT_SEED), ear(x[0], sampleRateHz, RIGHT_SEED)}, null);
            case BINAURAL -> new PlacedResponse(x, null);
            default -> {
                int order = Math.min(response.order(), MOST_ORDER);
                double[][] directions = Directions.of(order == 1 ? 8 : 12);
                yield new PlacedResponse(decode(x, decoder(response.layout(), order, directions)), directions);
            }
        };
    }

    /** One for each direction; left and right ear where there are none. */
    public float[][] channels() {
        return channels;
    }

    /** Whether the channels are those of the two ears. */
    public boolean isBinaural() {
        return directions == null;
    }

    /** Rows of x (front), y (left), z (up); null if {@link #isBinaural}. */
    public double[][] directions() {
        return directions;
    }

    private static float[] ear(float[] x, int rate, long seed) {
        int early = (int) Math.round((EARLY_SECONDS - FADE_SECONDS / 2) * rate);
        int fade = (int) Math.round(FADE_SECONDS * rate);
        if (x.length <= early) {
            return x.clone();
        }
        Random random = new Random(seed);
        int[] place = new int[VELVET_PULSES];
        double[] gain = new double[VELVET_PULSES];
        double energy = 0;
        double grid = VELVET_SECONDS * rate / VELVET_PULSES;
        for (int i = 0; i < VELVET_PULSES; i++) {
            place[i] = (int) ((i + random.nextDouble()) * grid);
            gain[i] = (random.nextBoolean() ? 1 : -1) * Math.pow(10, -VELVET_DECAY_DB / 20 * i / VELVET_PULSES);
            energy += gain[i] * gain[i];
        }
        double[] y = new double[x.length + (int) Math.ceil(VELVET_SECONDS * rate)];
        for (int n = 0; n < x.length; n++) {
            double turn = Math.PI / 2 * Math.max(0, Math.min(1, (n - early + 0.5) / fade));
            y[n] += x[n] * Math.cos(turn);
            double late = n < early ? 0 : x[n] * Math.sin(turn) / Math.sqrt(energy);
            for (int i = 0; i < VELVET_PULSES && late != 0; i++) {
                y[n + place[i]] += late * gain[i];
            }
        }
        float[] result = new float[y.length];
        for (int n = 0; n < y.length; n++) {
            result[n] = (float) y[n];
        }
        return result;
    }

    /** Of a layout's channels the directions' parts, [direction][channel]. */
    static double[][] decoder(ImpulseResponse.Layout layout, int order, double[][] directions) {
        SphericalHarmonics harmonics = new SphericalHarmonics(order);
        int count = harmonics.count();
        double[] basis = new double[count];
        double[][] result = new double[directions.length][count];
        for (int k = 0; k < directions.length; k++) {
            harmonics.evaluate(directions[k][0], directions[k][1], directions[k][2], basis, 0);
            for (int l = 0; l <= order; l++) {
                for (int m = -l; m <= l; m++) {
                    int q = SphericalHarmonics.index(l, m);
                    // Ambisonics has no Condon–Shortley phase; the mean square of N3D over the sphere is 1.
                    double n3d = basis[q] * Math.sqrt(4 * Math.PI) * (m % 2 == 0 ? 1 : -1);
                    double part = n3d / ((order + 1) * Math.sqrt(directions.length));
                    switch (layout) {
                        case AMBISONICS_N3D -> result[k][q] = part;
                        // N3D is SN3D times √(2·l + 1).
                        case AMBISONICS_SN3D -> result[k][q] = part * Math.sqrt(2 * l + 1);
                        // W·√2; X, Y and Z as in SN3D, in the order of the alphabet instead of that of m.
                        case AMBISONICS_FUMA -> result[k][q == 0 ? 0 : q == 1 ? 2 : q == 2 ? 3 : 1] = part * (l == 0 ? Math.sqrt(2) : Math.sqrt(3));
                        default -> throw new IllegalStateException(layout + " is not ambisonics");
                    }
                }
            }
        }
        return result;
    }

    private static float[][] decode(float[][] x, double[][] decoder) {
        float[][] y = new float[decoder.length][x[0].length];
        for (int k = 0; k < y.length; k++) {
            for (int i = 0; i < y[k].length; i++) {
                double sum = 0;
                for (int q = 0; q < decoder[k].length; q++) {
                    sum += decoder[k][q] * x[q][i];
                }
                y[k][i] = (float) sum;
            }
        }
        return y;
    }
}
