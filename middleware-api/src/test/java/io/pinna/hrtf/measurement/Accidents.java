package io.pinna.hrtf.measurement;

import java.util.Arrays;
import java.util.Random;
import java.util.function.UnaryOperator;

/** What happens to recordings. */
final class Accidents {
    private Accidents() {
    }

    private static UnaryOperator<float[][]> each(UnaryOperator<float[]> what) {
        return x -> Arrays.stream(x).map(what).toArray(float[][]::new);
    }

    /** Louder, as far as full scale allows. */
    static UnaryOperator<float[][]> gain(float factor) {
        return each(c -> {
            float[] y = new float[c.length];
            for (int n = 0; n < y.length; n++) {
                y[n] = Math.max(-1, Math.min(1, factor * c[n]));
            }
            return y;
        });
    }

    static UnaryOperator<float[][]> inverted(int ear) {
        return x -> {
            float[][] y = {x[0].clone(), x[1].clone()};
            for (int n = 0; n < y[ear].length; n++) {
                y[ear][n] = -y[ear][n];
            }
            return y;
        };
    }

    static UnaryOperator<float[][]> onlyNoise() {
        Random random = new Random(5);
        return each(c -> {
            float[] y = new float[c.length];
            for (int n = 0; n < y.length; n++) {
                y[n] = (float) (2e-4 * random.nextGaussian());
            }
            return y;
        });
    }

    /** From one part of the length to another. */
    static UnaryOperator<float[][]> part(double from, double to) {
        return each(c -> Arrays.copyOfRange(c, (int) (from * c.length), (int) (to * c.length)));
    }

    /** Samples missing between the sweeps. */
    static UnaryOperator<float[][]> lost(int samples) {
        return each(c -> {
            float[] y = new float[c.length - samples];
            int at = c.length / 2;
            System.arraycopy(c, 0, y, 0, at);
            System.arraycopy(c, at + samples, y, at, y.length - at);
            return y;
        });
    }
}
