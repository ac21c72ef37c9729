package io.pinna.internal.hrtf;

/**
 * A {@link SpectrumField} that is a sum of {@link SphericalHarmonics}, as the numbers that make it up, for whoever evaluates it elsewhere: the levels of an ear in a direction are the harmonics times its scores times the
 * components.
 *
 * @param order      of the harmonics
 * @param scores     [(order + 1)²][left ear's components, right ear's components, delay of the right ear less that of the left (microseconds)], flat
 * @param components spectra (dB) that the scores weigh, [component][bin]
 */
public record FieldCoefficients(int order, float[] scores, float[][] components) {
    public FieldCoefficients {
        if (components.length == 0 || scores.length != SphericalHarmonics.count(order) * (2 * components.length + 1)) {
            throw new IllegalArgumentException(scores.length + " scores do not fit to the order " + order + " and " + components.length + " components");
        }
    }

    /** The same field with the bins themselves for components, so that it stands beside others of its kind. */
    public FieldCoefficients overBins() {
        int bins = components[0].length;
        int harmonics = SphericalHarmonics.count(order);
        int columns = 2 * components.length + 1;
        float[] over = new float[harmonics * (2 * bins + 1)];
        double[] sum = new double[bins];
        for (int h = 0; h < harmonics; h++) {
            for (int ear = 0; ear < 2; ear++) {
                java.util.Arrays.fill(sum, 0);
                for (int c = 0; c < components.length; c++) {
                    float score = scores[h * columns + ear * components.length + c];
                    for (int k = 0; k < bins; k++) {
                        sum[k] += (double) score * components[c][k];
                    }
                }
                for (int k = 0; k < bins; k++) {
                    over[h * (2 * bins + 1) + ear * bins + k] = (float) sum[k];
                }
            }
            over[h * (2 * bins + 1) + 2 * bins] = scores[(h + 1) * columns - 1];
        }
        float[][] unit = new float[bins][bins];
        for (int k = 0; k < bins; k++) {
            unit[k][k] = 1;
        }
        return new FieldCoefficients(order, over, unit);
    }
}
