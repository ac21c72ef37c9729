package io.pinna.internal.hrtf;

import io.pinna.hrtf.PersonalHrtf;
import io.pinna.hrtf.PersonalHrtfKind;
import java.util.List;
import java.util.Random;

/** Ears of nobody, for tests: smooth in direction and frequency as real ones are, with louder near ears, an elevation-dependent dip, delays up to 0.7 ms, and random detail. */
public final class PersonalHrtfSamples {
    public static final List<String> NOTES = List.of("The head depth was missing; 19.6 cm was imputed.", "Completed from 19 directions by the model «α».");

    private PersonalHrtfSamples() {
    }

    /** @param order of both parts, at least 1 */
    public static HarmonicField field(int order, long seed) {
        Random random = new Random(seed);
        float[] levels = new float[HarmonicField.levelCount(order)];
        float[] delays = new float[HarmonicField.delayCount(order)];
        double dc = Math.sqrt(4 * Math.PI);
        double first = -Math.sqrt(4 * Math.PI / 3);
        for (int l = 0; l <= order; l++) {
            for (int h = l * l; h < SphericalHarmonics.count(l); h++) {
                double scale = 3.0 / ((1 + l) * (1 + l));
                for (int ear = 0; ear < 2; ear++) {
                    double[] waves = random.doubles(6, -1, 1).toArray();
                    for (int k = 0; k < HarmonicField.BINS; k++) {
                        double x = (double) k / (HarmonicField.BINS - 1);
                        double db = 0;
                        for (int w = 0; w < waves.length; w++) {
                            db += scale * waves[w] * Math.cos(Math.PI * w * x) / (1 + w);
                        }
                        levels[(h * 2 + ear) * HarmonicField.BINS + k] = (float) (Math.min(1, 8 * x) * db);
                    }
                }
                delays[h] = l == 0 ? 0 : (float) (8e-6 / (l * l) * random.nextGaussian());
            }
        }
        for (int ear = 0; ear < 2; ear++) {
            for (int k = 0; k < HarmonicField.BINS; k++) {
                double x = (double) k / (HarmonicField.BINS - 1);
                // The ear's resonance everywhere, the head's shadow along y, and the dip towards the ground.
                levels[ear * HarmonicField.BINS + k] += (float) (dc * 6 * Math.exp(-60 * (x - 0.2) * (x - 0.2)));
                int y = SphericalHarmonics.index(1, -1);
                levels[(y * 2 + ear) * HarmonicField.BINS + k] += (float) ((ear == 0 ? 1 : -1) * first * 9 * Math.min(1, 4 * x));
                int z = SphericalHarmonics.index(1, 0);
                levels[(z * 2 + ear) * HarmonicField.BINS + k] += (float) (-first * 5 * Math.exp(-90 * (x - 0.38) * (x - 0.38)));
            }
        }
        delays[SphericalHarmonics.index(1, -1)] += (float) (first * 0.62e-3);
        return new HarmonicField(order, levels, order, delays);
    }

    public static PersonalHrtf hrtf(int order, long seed) {
        return PersonalHrtfs.create(PersonalHrtfKind.MEASURED_DIRECTIONS, "Pinna test", NOTES, field(order, seed));
    }
}
