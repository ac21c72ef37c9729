package io.pinna.internal.personal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.internal.hrtf.HarmonicField;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class SphereCompletionTest {
    private static final int BINS = HarmonicField.BINS;
    private final NpyArchive vectors = SmallModel.vectors();
    private final double[] measured = vectors.array("measured").toDoubles();
    private final double[] wanted = vectors.array("wanted").toDoubles();
    private final double[] levels = vectors.array("levels").toDoubles();
    private final double[] delays = vectors.array("itd_seconds").toDoubles();

    private static SphereCompletion completion(PersonalModel model) {
        return new SphereCompletion(model, model.mean());
    }

    private static double[] mirrored(double[] directions) {
        double[] out = directions.clone();
        for (int i = 1; i < out.length; i += 3) {
            out[i] = -out[i];
        }
        return out;
    }

    private static double greatestDifference(float[] a, double[] b) {
        assertEquals(b.length, a.length);
        double worst = 0;
        for (int i = 0; i < a.length; i++) {
            worst = Math.max(worst, Math.abs(a[i] - b[i]));
        }
        return worst;
    }

    @Test
    @Tag("reference")
    void isWhatTheTrainingRecipeComputes() {
        SphereCompletion completion = completion(new SmallModel().model());
        float[] completed = completion.levels(measured, levels, null).at(wanted);
        double[] expected = vectors.array("expected").toDoubles();
        assertEquals(0, greatestDifference(completed, expected), 1e-3);
        double[] itd = completion.delays(measured, delays).at(wanted);
        double[] expectedUs = vectors.array("expected_itd_us").toDoubles();
        double spread = 0;
        for (int i = 0; i < itd.length; i++) {
            assertEquals(expectedUs[i], 1e6 * itd[i], 0.1);
            spread = Math.max(spread, Math.abs(expectedUs[i]));
        }
        assertTrue(spread > 100, "the test vector has delays");
        assertTrue(Arrays.stream(expected).map(Math::abs).max().orElse(0) > 3, "the test vector has levels");
    }

    @Test
    @Tag("property")
    void withoutNoiseMeasuredDirectionsComeBack() {
        PersonalModel model = new SmallModel().with("settings", "noise_scale", 0).with("itdSettings", "noise_us", 0).model();
        SphereCompletion completion = completion(model);
        assertEquals(0, greatestDifference(completion.levels(measured, levels, null).at(measured), levels), 1e-3);
        assertArrayEquals(delays, completion.delays(measured, delays).at(measured), 1e-10);
        // With noise they do not.
        assertTrue(greatestDifference(completion(new SmallModel().model()).levels(measured, levels, null).at(measured), levels) > 0.05);
    }

    @Test
    @Tag("property")
    void aMirroredPersonHasAMirroredSphere() {
        SphereCompletion completion = completion(new SmallModel().model());
        float[] there = completion.levels(measured, levels, null).at(wanted);
        float[] mirror = completion.levels(mirrored(measured), swapped(levels), null).at(mirrored(wanted));
        double[] back = new double[there.length];
        for (int i = 0; i < there.length; i++) {
            back[i] = there[i];
        }
        assertEquals(0, greatestDifference(mirror, swapped(back)), 1e-4);
    }

    private static double[] swapped(double[] ears) {
        double[] out = new double[ears.length];
        for (int i = 0; i < ears.length; i += BINS) {
            System.arraycopy(ears, i, out, i / BINS % 2 == 0 ? i + BINS : i - BINS, BINS);
        }
        return out;
    }

    @Test
    @Tag("property")
    void anotherMeanIsCompletedAlike() {
        // What is measured and expected 3 dB higher comes out 3 dB higher.
        PersonalModel model = new SmallModel().model();
        PriorMean higher = new PriorMean() {
            @Override
            public void levels(double x, double y, double z, double[] levelsDb, int at) {
                model.mean().levels(x, y, z, levelsDb, at);
                for (int k = 0; k < BINS; k++) {
                    levelsDb[at + k] += 3;
                }
            }

            @Override
            public double delaySeconds(double x, double y, double z) {
                return 1.1 * model.mean().delaySeconds(x, y, z);
            }
        };
        float[] usual = completion(model).levels(measured, levels, null).at(wanted);
        double[] raised = new double[usual.length];
        for (int i = 0; i < usual.length; i++) {
            raised[i] = usual[i] + 3;
        }
        SphereCompletion completion = new SphereCompletion(model, higher);
        assertEquals(0, greatestDifference(completion.levels(measured, Arrays.stream(levels).map(l -> l + 3).toArray(), null).at(wanted), raised), 1e-4);
        double far = completion.delays(new double[] {1, 0, 0}, new double[] {0}).at(new double[] {0, 1, 0})[0];
        assertTrue(far > 1.05 * model.mean().delaySeconds(0, 1, 0) && far < 1.15 * model.mean().delaySeconds(0, 1, 0), "delay " + far);
    }

    @Test
    @Tag("property")
    void moreDirectionsAreNeverWorseOnDrawsFromThePrior() {
        // Without the local process a draw is 2K weights, tied between the ears, and noise.
        PersonalModel model = new SmallModel().with("settings", "local_scale", 0).model();
        SphereCompletion completion = completion(model);
        Random random = new Random(11);
        double[] directions = new double[3 * 40];
        for (int i = 0; i < 40; i++) {
            double length = 0;
            for (int axis = 0; axis < 3; axis++) {
                directions[3 * i + axis] = random.nextGaussian();
                length += directions[3 * i + axis] * directions[3 * i + axis];
            }
            for (int axis = 0; axis < 3; axis++) {
                directions[3 * i + axis] /= Math.sqrt(length);
            }
        }
        double[] error = new double[4];
        int[] counts = {0, 3, 8, 24};
        for (int person = 0; person < 12; person++) {
            double[] truth = draw(model, directions, random);
            double[] noisy = truth.clone();
            for (int row = 0; row < noisy.length; row += BINS) {
                for (int b = 0; b < BINS; b++) {
                    double score = Math.sqrt(model.settings.noiseScale() * model.noise[b]) * random.nextGaussian();
                    for (int f = 0; f < BINS; f++) {
                        noisy[row + f] += score * model.back[b * BINS + f];
                    }
                }
            }
            double[] rest = Arrays.copyOfRange(directions, 3 * 24, 3 * 40);
            for (int c = 0; c < counts.length; c++) {
                int q = counts[c];
                float[] guess = q == 0 ? null : completion.levels(Arrays.copyOf(directions, 3 * q), Arrays.copyOf(noisy, 2 * q * BINS), null).at(rest);
                for (int i = 0; i < 16; i++) {
                    for (int ear = 0; ear < 2; ear++) {
                        double[] mean = new double[BINS];
                        model.mean().levels(rest[3 * i], (ear == 0 ? 1 : -1) * rest[3 * i + 1], rest[3 * i + 2], mean, 0);
                        for (int f = 0; f < BINS; f++) {
                            double d = truth[(2 * (24 + i) + ear) * BINS + f] - (guess == null ? mean[f] : guess[(2 * i + ear) * BINS + f]);
                            error[c] += d * d;
                        }
                    }
                }
            }
        }
        assertTrue(error[0] > 1.5 * error[1] && error[1] > 1.2 * error[2] && error[2] > 1.2 * error[3], Arrays.toString(error));
    }

    private static double[] draw(PersonalModel model, double[] directions, Random random) {
        PersonalModel.Settings s = model.settings;
        int k = model.basisCount();
        double[][] weights = new double[2][k];
        double c = s.sharedEarCorrelation();
        for (int i = 0; i < k; i++) {
            weights[0][i] = Math.sqrt(s.sharedScale()) * random.nextGaussian();
            weights[1][i] = c * weights[0][i] + Math.sqrt(s.sharedScale() * (1 - c * c)) * random.nextGaussian();
        }
        int n = directions.length / 3;
        double[] out = new double[2 * n * BINS];
        for (int ear = 0; ear < 2; ear++) {
            double[] side = ear == 0 ? directions : mirrored(directions);
            double[] y = model.basisHarmonics(side);
            int h = model.basisHarmonics();
            for (int i = 0; i < n; i++) {
                int at = (2 * i + ear) * BINS;
                model.mean().levels(side[3 * i], side[3 * i + 1], side[3 * i + 2], out, at);
                for (int b = 0; b < model.sharedCount(); b++) {
                    double score = 0;
                    for (int j = 0; j < h; j++) {
                        for (int m = 0; m < k; m++) {
                            score += y[i * h + j] * model.basis(b)[j * k + m] * weights[ear][m];
                        }
                    }
                    for (int f = 0; f < BINS; f++) {
                        out[at + f] += score * model.back[b * BINS + f];
                    }
                }
            }
        }
        return out;
    }

    @Test
    @Tag("property")
    void aDelayThatContradictsTheOthersStandsOut() {
        PersonalModel model = new SmallModel().model();
        SphereCompletion completion = completion(model);
        double[] smooth = new double[delays.length];
        for (int i = 0; i < smooth.length; i++) {
            smooth[i] = 1.02 * model.mean().delaySeconds(measured[3 * i], measured[3 * i + 1], measured[3 * i + 2]);
        }
        double[] wrong = smooth.clone();
        wrong[3] += 400e-6;
        SphereCompletion.Delays before = completion.delays(measured, smooth);
        SphereCompletion.Delays after = completion.delays(measured, wrong);
        for (int i = 0; i < smooth.length; i++) {
            assertTrue(Math.abs(before.deviationSeconds(i)) < 3 * before.expectedDeviationSeconds(i), "direction " + i);
        }
        double[] ratio = new double[smooth.length];
        for (int i = 0; i < ratio.length; i++) {
            ratio[i] = Math.abs(after.deviationSeconds(i)) / after.expectedDeviationSeconds(i);
        }
        assertEquals(Arrays.stream(ratio).max().orElse(0), ratio[3]);
        assertTrue(ratio[3] > 4, Arrays.toString(ratio));
        // What the others say does not depend on the wrong one.
        assertEquals(before.deviationSeconds(3) + 400e-6, after.deviationSeconds(3), 1e-9);
    }
}
