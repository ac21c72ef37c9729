package io.pinna.internal.inference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pinna.internal.hrtf.FieldHrtf;
import io.pinna.internal.hrtf.HrirSet;
import io.pinna.internal.hrtf.SofaReader;
import io.pinna.internal.hrtf.SpectrumField;
import io.pinna.internal.hrtf.SphereTriangulation;
import io.pinna.testing.SharedData;
import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HrtfFieldTest {
    /** All filters of a listener. */
    private static final class All {
        final FieldHrtf source;
        final float[][] left;
        final float[][] right;
        final double[] delay;

        All(float[] latent, int rate) {
            source = new FieldHrtf(HrtfFieldModel.builtIn().listener(latent), rate);
            int n = source.vertexCount();
            left = new float[n][];
            right = new float[n][];
            delay = new double[n];
            int[] numbers = new int[n];
            for (int i = 0; i < n; i++) {
                numbers[i] = i;
            }
            source.evaluate(numbers, n, (v, l, r, d) -> {
                left[v] = l.clone();
                right[v] = r.clone();
                delay[v] = d;
            });
        }
    }

    private static double energy(float[] x) {
        double sum = 0;
        for (float v : x) {
            sum += v * v;
        }
        return sum;
    }

    @ParameterizedTest
    @ValueSource(ints = {8000, 44100, 48000, 96000})
    @Tag("property")
    void everyDirectionIsFiniteAndOfASaneLevel(int rate) {
        All all = new All(HrtfFieldModel.builtIn().genericLatent(), rate);
        assertEquals(Math.round(184 * rate / 48000.0), all.source.taps());
        for (int v = 0; v < all.left.length; v++) {
            for (float[] ear : new float[][] {all.left[v], all.right[v]}) {
                double db = 10 * Math.log10(energy(ear));
                assertTrue(db > -40 && db < 15, "direction " + v + ": energy " + db + " dB");
                double before = 0;
                // At low rates the whole lead is the band limit's ringing.
                for (int i = 0; rate >= 44100 && i < all.source.leadTaps() / 2; i++) {
                    before += ear[i] * ear[i];
                }
                assertTrue(10 * Math.log10(before / energy(ear) + 1e-30) < -25, "direction " + v + " before its onset");
            }
            assertTrue(Math.abs(all.delay[v]) < all.source.maxInterauralDelaySeconds());
        }
    }

    @Test
    @Tag("analytic")
    void delaysHaveTheSideOfTheirDirection() {
        All all = new All(HrtfFieldModel.builtIn().genericLatent(), 48000);
        SphereTriangulation sphere = all.source.triangulation(0);
        double most = 0;
        for (int v = 0; v < all.delay.length; v++) {
            float y = sphere.coordinate(v, 1);
            if (Math.abs(y) > 0.3) {
                assertTrue(all.delay[v] * y > 1e-4 * Math.abs(y), "direction " + v + " with y = " + y + " has " + all.delay[v] + " s");
                assertTrue((energy(all.left[v]) - energy(all.right[v])) * y > 0, "the ear towards direction " + v + " is louder");
            }
            most = Math.max(most, Math.abs(all.delay[v]));
        }
        assertTrue(most > 6e-4 && most < 9e-4, "largest delay " + most + " s");
    }

    /** What the recipe's own implementation answers, in double precision: the generic listener, a person, and a blend of two whose ears are swapped. */
    @Test
    @Tag("reference")
    void theGraphsSayWhatTheRecipeSays() throws IOException {
        HrtfFieldModel model = HrtfFieldModel.builtIn();
        JsonNode reference;
        try (InputStream in = HrtfFieldTest.class.getResourceAsStream("hrtf-field-reference.json")) {
            reference = new ObjectMapper().readTree(in);
        }
        int count = reference.get("directions").size();
        float[] directions = new float[3 * count];
        for (int i = 0; i < directions.length; i++) {
            directions[i] = (float) reference.get("directions").get(i / 3).get(i % 3).asDouble();
        }
        assertEquals(3, reference.get("listeners").size());
        for (JsonNode listener : reference.get("listeners")) {
            float[] latent = new float[model.latentSize()];
            assertEquals(latent.length, listener.get("latent").size());
            for (int i = 0; i < latent.length; i++) {
                latent[i] = (float) listener.get("latent").get(i).asDouble();
            }
            float[] db = new float[count * 2 * model.bins()];
            float[] itd = new float[count];
            model.listener(latent).evaluate(directions, count, db, itd);
            for (int i = 0; i < db.length; i++) {
                assertEquals(listener.get("magnitudeDb").get(i).asDouble(), db[i], 1e-3, "level " + i + " of " + listener.get("name"));
            }
            for (int i = 0; i < count; i++) {
                assertEquals(listener.get("itdSeconds").get(i).asDouble(), itd[i], 1e-8, "delay " + i + " of " + listener.get("name"));
            }
        }
        assertArrayEquals(model.genericLatent(), new float[model.latentSize()], "the generic listener is the mean");
    }

    @Test
    @Tag("analytic")
    void theGenericListenerIsSymmetric() {
        HrtfFieldModel model = HrtfFieldModel.builtIn();
        int n = 60;
        float[] directions = new float[3 * n];
        float[] mirrored = new float[3 * n];
        java.util.Random random = new java.util.Random(9);
        for (int i = 0; i < n; i++) {
            double z = 1.7 * random.nextDouble() - 0.7;
            double a = 2 * Math.PI * random.nextDouble();
            double r = Math.sqrt(1 - z * z);
            directions[3 * i] = (float) (r * Math.cos(a));
            directions[3 * i + 1] = (float) (r * Math.sin(a));
            directions[3 * i + 2] = (float) z;
            mirrored[3 * i] = directions[3 * i];
            mirrored[3 * i + 1] = -directions[3 * i + 1];
            mirrored[3 * i + 2] = directions[3 * i + 2];
        }
        float[] db = new float[n * 2 * model.bins()];
        float[] dbMirrored = new float[db.length];
        float[] itd = new float[n];
        float[] itdMirrored = new float[n];
        SpectrumField generic = model.listener(model.genericLatent());
        generic.evaluate(directions, n, db, itd);
        generic.evaluate(mirrored, n, dbMirrored, itdMirrored);
        for (int i = 0; i < n; i++) {
            assertEquals(itd[i], -itdMirrored[i], 1e-9, "delay of direction " + i);
            for (int ear = 0; ear < 2; ear++) {
                for (int k = 0; k < model.bins(); k++) {
                    assertEquals(db[(2 * i + ear) * model.bins() + k], dbMirrored[(2 * i + 1 - ear) * model.bins() + k], 1e-4, "a mirrored direction swaps the ears: direction " + i + ", bin " + k);
                }
            }
        }
        // A person is not.
        model.listener(model.subjectLatent("cipic_003")).evaluate(directions, n, db, itd);
        model.listener(model.subjectLatent("cipic_003")).evaluate(mirrored, n, dbMirrored, itdMirrored);
        double most = 0;
        for (int k = 0; k < model.bins(); k++) {
            most = Math.max(most, Math.abs(db[k] - dbMirrored[model.bins() + k]));
        }
        assertTrue(most > 1 && most < 40, "largest difference " + most + " dB");
    }

    @Test
    @Tag("reference")
    void aSubjectIsNearItsMeasurement() {
        HrirSet set = SofaReader.read(SharedData.require("data/sofa/cipic_003_v0.4.sofa"));
        HrtfFieldModel model = HrtfFieldModel.builtIn();
        SpectrumField subject = model.listener(model.subjectLatent("cipic_003"));
        float[] db = new float[HrtfFieldModel.MAX_BATCH * 2 * model.bins()];
        float[] itd = new float[HrtfFieldModel.MAX_BATCH];
        float[] directions = new float[3 * HrtfFieldModel.MAX_BATCH];
        double total = 0;
        int ears = 0;
        for (int from = 0; from < set.count(); from += HrtfFieldModel.MAX_BATCH) {
            int n = Math.min(HrtfFieldModel.MAX_BATCH, set.count() - from);
            for (int i = 0; i < 3 * n; i++) {
                directions[i] = (float) set.directions()[3 * from + i];
            }
            subject.evaluate(directions, n, db, itd);
            for (int i = 0; i < n; i++) {
                for (int ear = 0; ear < 2; ear++) {
                    total += distortion(set, from + i, ear, db, (2 * i + ear) * model.bins(), model);
                    ears++;
                }
            }
        }
        double lsd = total / ears;
        // By the recipe: 1.205 dB for this person. Both take the measured spectra from the same responses.
        assertEquals(1.205, lsd, 0.01, "log-spectral distortion of " + ears + " ears (dB)");
    }

    /** RMS over the bins from 0.2 to 16 kHz of the difference in dB. */
    private static double distortion(HrirSet set, int m, int ear, float[] db, int at, HrtfFieldModel model) {
        double sum = 0;
        int count = 0;
        for (int k = 0; k < model.bins(); k++) {
            double f = (double) k * model.sampleRateHz() / model.fftSize();
            if (f >= 200 && f <= 16000) {
                double re = 0;
                double im = 0;
                for (int t = 0; t < set.taps(); t++) {
                    double a = -2 * Math.PI * f * t / set.sampleRateHz();
                    re += set.responses()[(2 * m + ear) * set.taps() + t] * Math.cos(a);
                    im += set.responses()[(2 * m + ear) * set.taps() + t] * Math.sin(a);
                }
                double d = db[at + k] - 10 * Math.log10(re * re + im * im);
                sum += d * d;
                count++;
            }
        }
        return Math.sqrt(sum / count);
    }

    /** One call for many listeners says, to the bit, what each hears alone: with directions of their own, of different number, and with shared ones. */
    @Test
    @Tag("property")
    void aListenerHearsTheSameInAnyCompany() {
        HrtfFieldModel model = HrtfFieldModel.builtIn();
        java.util.List<String> ids = new java.util.ArrayList<>(model.subjectIds());
        java.util.Random random = new java.util.Random(21);
        for (int round = 0; round < 30; round++) {
            boolean shared = round % 3 == 0;
            int common = 1 + random.nextInt(150);
            float[] directions = directions(random, common);
            java.util.List<SpectrumField.Request> together = new java.util.ArrayList<>();
            int listeners = 1 + random.nextInt(24);
            for (int l = 0; l < listeners; l++) {
                SpectrumField field = model.listener(model.subjectLatent(ids.get(random.nextInt(ids.size()))));
                together.add(new SpectrumField.Request(field, shared ? directions : directions(random, 1 + random.nextInt(round % 2 == 0 ? 4 : 150))));
            }
            // In any order, and without some of their neighbours in the model's memory.
            java.util.Collections.shuffle(together, random);
            java.util.List<SpectrumField.Request> asked = together.subList(0, 1 + random.nextInt(listeners));
            long before = model.evaluatedDirections();
            asked.get(0).field().group().evaluate(asked);
            assertEquals(asked.stream().mapToInt(SpectrumField.Request::count).sum(), model.evaluatedDirections() - before);
            for (SpectrumField.Request r : asked) {
                for (int i = 0; i < r.count(); i += 1 + random.nextInt(20)) {
                    float[] db = new float[2 * model.bins()];
                    float[] itd = new float[1];
                    r.field().evaluate(java.util.Arrays.copyOfRange(r.directionXyz(), 3 * i, 3 * i + 3), 1, db, itd);
                    assertArrayEquals(db, java.util.Arrays.copyOfRange(r.magnitudeDb(), i * db.length, (i + 1) * db.length), "levels of direction " + i + " of " + r.count());
                    assertEquals(itd[0], r.itdSeconds()[i]);
                }
            }
        }
    }

    private static float[] directions(java.util.Random random, int count) {
        float[] d = new float[3 * count];
        for (int i = 0; i < count; i++) {
            double z = 2 * random.nextDouble() - 1;
            double a = 2 * Math.PI * random.nextDouble();
            d[3 * i] = (float) (Math.sqrt(1 - z * z) * Math.cos(a));
            d[3 * i + 1] = (float) (Math.sqrt(1 - z * z) * Math.sin(a));
            d[3 * i + 2] = (float) z;
        }
        return d;
    }

    /** Small looks of many listeners cost one call. */
    @Test
    @Tag("unit")
    void manyListenersAreOneCall() {
        HrtfFieldModel model = HrtfFieldModel.builtIn();
        java.util.Random random = new java.util.Random(2);
        java.util.List<SpectrumField.Request> together = new java.util.ArrayList<>();
        for (int l = 0; l < 100; l++) {
            together.add(new SpectrumField.Request(model.listener(model.genericLatent()), directions(random, 4)));
        }
        long before = model.calls();
        together.get(0).field().group().evaluate(together);
        // The listeners' coefficients may lie in several places, if others have left gaps; so not always one.
        assertTrue(model.calls() - before >= 1 && model.calls() - before <= 50, model.calls() - before + " calls");
    }
}
