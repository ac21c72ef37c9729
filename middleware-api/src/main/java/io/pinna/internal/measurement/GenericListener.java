package io.pinna.internal.measurement;

import io.pinna.hrtf.HrtfProfile;
import io.pinna.internal.hrtf.HrtfSampler;
import io.pinna.internal.hrtf.HrtfSource;
import io.pinna.internal.inference.HrtfSources;
import java.util.ArrayList;
import java.util.List;

/** What the built-in generic listener hears in some directions, as a yardstick: delays, and spectra of a given transform size. */
final class GenericListener {
    private static final int CHUNK = 32;

    /**
     * @param delaySeconds interaural, right less left
     * @param power        [ear][bin] |G|² at bins 0 to M/2
     */
    record Cues(double delaySeconds, double[][] power) {
    }

    private GenericListener() {
    }

    /** @param directions [direction][azimuth, elevation] in degrees */
    static List<Cues> in(double[][] directions, int rateHz, int size) {
        List<Cues> cues = new ArrayList<>();
        double[] vectors = new double[3 * directions.length];
        double[] distances = new double[directions.length];
        for (int i = 0; i < directions.length; i++) {
            System.arraycopy(vector(directions[i][0], directions[i][1]), 0, vectors, 3 * i, 3);
            distances[i] = 1;
        }
        try (HrtfSource source = HrtfSources.load(HrtfProfile.generic(), rateHz).source()) {
            HrtfSampler sampler = new HrtfSampler(source);
            for (int from = 0; from < directions.length; from += CHUNK) {
                for (HrtfSampler.Pair pair : sampler.sample(vectors, distances, from, Math.min(CHUNK, directions.length - from))) {
                    cues.add(new Cues(pair.interauralDelaySeconds(), new double[][] {power(pair.left(), size), power(pair.right(), size)}));
                }
            }
        }
        return cues;
    }

    private static double[] power(float[] response, int size) {
        double[] s = new double[size];
        for (int n = 0; n < response.length; n++) {
            s[n] = response[n];
        }
        Spectra.forward(s);
        double[] p = new double[size / 2 + 1];
        for (int k = 0; k < p.length; k++) {
            p[k] = Spectra.power(s, k);
        }
        return p;
    }

    /** Unit vector in head axes. */
    static double[] vector(double azimuthDegrees, double elevationDegrees) {
        double a = Math.toRadians(azimuthDegrees);
        double e = Math.toRadians(elevationDegrees);
        return new double[] {Math.cos(a) * Math.cos(e), Math.sin(a) * Math.cos(e), Math.sin(e)};
    }
}
