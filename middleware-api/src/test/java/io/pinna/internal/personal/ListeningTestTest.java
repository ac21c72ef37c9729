package io.pinna.internal.personal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.hrtf.CalibrationProgress;
import io.pinna.hrtf.CalibrationSettings;
import io.pinna.internal.hrtf.DelaunaySphere;
import io.pinna.internal.hrtf.ErbBands;
import io.pinna.internal.hrtf.FieldHrtf;
import io.pinna.internal.hrtf.HarmonicField;
import io.pinna.internal.hrtf.PersonalHrtfs;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a listening test learns from simulated listeners. */
class ListeningTestTest {
    private static final int FUNCTIONS = 12;
    private static final int FACTORS = 4;
    private static final int NODES = 200;
    private static final double POINTING_RADIANS = Math.toRadians(7);

    private final PersonalModel model = PersonalModel.builtIn();

    private ListenerSpace space() {
        return new ListenerSpace(model, ListenerSpace.mean(model), FUNCTIONS, FACTORS, NODES, 0.6, 0.7);
    }

    private static float[] person(int dimension, long seed) {
        Random random = new Random(seed);
        float[] z = new float[dimension];
        for (int i = 0; i < z.length; i++) {
            z[i] = (float) random.nextGaussian();
        }
        return z;
    }

    /** Where somebody with these templates hears a sound, and points to. */
    private static double[] answer(ListenerSpace space, ListenerSpace.Templates own, float[] sound, Random random) {
        float[] x = sound.clone();
        for (int f = 0; f < x.length; f++) {
            x[f] += (float) random.nextGaussian();
        }
        float[] scores = new float[space.nodes()];
        own.scores(x, scores);
        int heard = 0;
        for (int n = 1; n < scores.length; n++) {
            if (scores[n] > scores[heard]) {
                heard = n;
            }
        }
        double[] y = new double[3];
        double squares = 0;
        for (int i = 0; i < 3; i++) {
            y[i] = space.node(heard, i) + POINTING_RADIANS * random.nextGaussian();
            squares += y[i] * y[i];
        }
        for (int i = 0; i < 3; i++) {
            y[i] /= Math.sqrt(squares);
        }
        return y;
    }

    @Test
    @Tag("reference")
    void featuresAreThoseOfTheField() {
        ListenerSpace space = space();
        float[] z = person(space.dimension(), 5);
        HarmonicField field = space.field(z);
        ListenerSpace.Templates templates = space.new Templates();
        templates.of(z);
        ErbBands bands = new ErbBands(HarmonicField.SAMPLE_RATE_HZ, 1024, 22050);
        float[] db = new float[2 * HarmonicField.BINS];
        float[] itd = new float[1];
        double squares = 0;
        for (int n = 0; n < NODES; n++) {
            field.evaluate(new float[] {(float) space.node(n, 0), (float) space.node(n, 1), (float) space.node(n, 2)}, 1, db, itd);
            double[][] levels = new double[2][];
            for (int ear = 0; ear < 2; ear++) {
                double[] power = new double[513];
                for (int k = 0; k < power.length; k++) {
                    int low = Math.min(k / 4, HarmonicField.BINS - 2);
                    double t = k / 4.0 - low;
                    power[k] = Math.pow(10, 0.1 * ((1 - t) * db[ear * HarmonicField.BINS + low] + t * db[ear * HarmonicField.BINS + low + 1]));
                }
                levels[ear] = bands.levelsDb(power);
            }
            // Differences of the two ears are left by the source's spectrum and level as they are: σ_I² + 2² of the ear, twice.
            double scale = Math.sqrt(2 * (3.5 * 3.5 + 4));
            float[] sound = templates.sound(n);
            assertEquals(ErbBands.delayScale(1e6 * itd[0]) / Math.hypot(0.569, 0.4), sound[0], 0.002, "node " + n);
            for (int b = 0; b < ErbBands.COUNT; b++) {
                squares += Math.pow(levels[0][b] - levels[1][b] - scale * sound[1 + b], 2);
            }
        }
        double rms = Math.sqrt(squares / NODES / ErbBands.COUNT);
        assertTrue(rms < 0.3, "band levels are linear in z to " + rms + " dB");
        assertTrue(rms > 1e-4, "the comparison is of two ways to compute it");
    }

    @Test
    @Tag("reference")
    void theGradientIsThatOfTheScores() {
        ListenerSpace space = space();
        ListenerSpace.Templates templates = space.new Templates();
        float[] z = person(space.dimension(), 6);
        float[] x = new float[ListenerSpace.FEATURES];
        Random random = new Random(7);
        float[] weight = new float[NODES];
        for (int f = 0; f < x.length; f++) {
            x[f] = (float) random.nextGaussian();
        }
        for (int n = 0; n < NODES; n++) {
            weight[n] = (float) random.nextGaussian();
        }
        templates.of(z);
        float[] byFeature = new float[ListenerSpace.FEATURES * NODES];
        for (int f = 0; f < ListenerSpace.FEATURES; f++) {
            for (int n = 0; n < NODES; n++) {
                byFeature[f * NODES + n] = weight[n] * (x[f] - templates.features[f * NODES + n]);
            }
        }
        float[] gradient = new float[z.length];
        templates.gradient(byFeature, gradient);
        for (int i = 0; i < z.length; i++) {
            float[] ends = new float[2];
            for (int side = 0; side < 2; side++) {
                float[] moved = z.clone();
                moved[i] += side == 0 ? 0.02f : -0.02f;
                templates.of(moved);
                float[] scores = new float[NODES];
                templates.scores(x, scores);
                for (int n = 0; n < NODES; n++) {
                    ends[side] += weight[n] * scores[n];
                }
            }
            assertEquals((ends[0] - ends[1]) / 0.04, gradient[i], 0.02 * Math.abs(gradient[i]) + 0.3, "value " + i);
        }
    }

    @Test
    @Tag("property")
    void theEarsAreMirrorImagesWhereTheyAreAlike() {
        ListenerSpace space = space();
        float[] z = person(space.dimension(), 8);
        Arrays.fill(z, FUNCTIONS, 2 * FUNCTIONS, 0);
        HarmonicField field = space.field(z);
        float[] db = new float[4 * HarmonicField.BINS];
        field.evaluate(new float[] {0.48f, 0.64f, 0.6f, 0.48f, -0.64f, 0.6f}, 2, db, new float[2]);
        for (int k = 0; k < HarmonicField.BINS; k++) {
            assertEquals(db[k], db[3 * HarmonicField.BINS + k], 2e-3, "frequency " + k);
            assertEquals(db[HarmonicField.BINS + k], db[2 * HarmonicField.BINS + k], 2e-3, "frequency " + k);
        }
    }

    /** Error in degrees of somebody who wears other ears. */
    private static double error(ListenerSpace space, ListenerSpace.Templates own, float[] worn) {
        ListenerSpace.Templates templates = space.new Templates();
        templates.of(worn);
        Random random = new Random(9);
        double sum = 0;
        for (int repeat = 0; repeat < 3; repeat++) {
            for (int n = 0; n < NODES; n++) {
                double[] y = answer(space, own, templates.sound(n), random);
                sum += Math.toDegrees(Math.acos(Math.max(-1, Math.min(1, y[0] * space.node(n, 0) + y[1] * space.node(n, 1) + y[2] * space.node(n, 2)))));
            }
        }
        return sum / (3 * NODES);
    }

    @Test
    @Tag("reference")
    void answersBringTheEstimateToTheListener() {
        ListenerSpace space = space();
        double before = 0;
        double after = 0;
        int better = 0;
        for (int seed = 1; seed <= 3; seed++) {
            ListenerPosterior posterior = new ListenerPosterior(space, new ListenerPosterior.Settings(6, 3, 3), seed);
            ListenerSpace.Templates own = space.new Templates();
            own.of(person(space.dimension(), 100 + seed));
            ListenerSpace.Templates worn = space.new Templates();
            Random random = new Random(seed);
            for (int j = 0; j < 28; j++) {
                worn.of(posterior.mean());
                float[] sound = worn.sound(random.nextInt(NODES));
                double[] y = answer(space, own, sound, random);
                posterior.add(sound, y[0], y[1], y[2], 1000L * seed + j);
            }
            double start = error(space, own, new float[space.dimension()]);
            double end = error(space, own, posterior.mean(4, 77));
            before += start / 3;
            after += end / 3;
            better += end < start ? 1 : 0;
            assertTrue(posterior.evidence() > 0.5, "evidence " + posterior.evidence());
        }
        assertTrue(after < 0.93 * before && after > 5, "from " + before + " to " + after + " degrees");
        assertTrue(better >= 2, better + " of 3 improved");
        assertTrue(before > 15 && before < 45, "without a test " + before + " degrees");
    }

    @Test
    @Tag("reference")
    void aListenerWithTheStartsOwnEarsKeepsThem() {
        ListenerSpace space = space();
        ListenerSpace.Templates own = space.new Templates();
        own.of(new float[space.dimension()]);
        double best = error(space, own, new float[space.dimension()]);
        double after = 0;
        double length = 0;
        for (int seed = 1; seed <= 3; seed++) {
            ListenerPosterior posterior = new ListenerPosterior(space, new ListenerPosterior.Settings(6, 3, 3), seed);
            Random random = new Random(seed);
            for (int j = 0; j < 20; j++) {
                float[] sound = own.sound(random.nextInt(NODES));
                double[] y = answer(space, own, sound, random);
                posterior.add(sound, y[0], y[1], y[2], 1000L * seed + j);
            }
            float[] z = posterior.mean(4, 78);
            after += error(space, own, z) / 3;
            for (float v : z) {
                length += (double) v * v / z.length / 3;
            }
        }
        assertTrue(after < best + 5, "from " + best + " to " + after + " degrees");
        assertTrue(length < 0.25, "the estimate moved by " + length + " of the variance between people");
    }

    /** A session whose listener points anywhere. */
    private ListeningTest.Session session(long seed, int answers) {
        ListeningTest.Session session = new ListeningTest.Session(CalibrationSettings.DEFAULT.withSeed(seed), ListeningTest.Effort.SMALL);
        Random random = new Random(3);
        for (int i = 0; i < answers; i++) {
            session.nextProbe();
            double z = 2 * random.nextDouble() - 1;
            double azimuth = 2 * Math.PI * random.nextDouble();
            session.answer(Math.sqrt(1 - z * z) * Math.cos(azimuth), Math.sqrt(1 - z * z) * Math.sin(azimuth), z);
        }
        return session;
    }

    @Test
    @Tag("fault")
    void answersWithoutSenseMoveLittleAndAreTold() {
        ListeningTest.Session session = session(1, 16);
        assertEquals(CalibrationProgress.Consistency.INCONSISTENT, session.progress().consistency());
        assertTrue(session.result().notes().stream().anyMatch(n -> n.contains("do not fit together")), session.result().notes().toString());
        HarmonicField start = PersonalHrtfs.field(new ListeningTest.Session(CalibrationSettings.DEFAULT, ListeningTest.Effort.SMALL).result());
        HarmonicField end = PersonalHrtfs.field(session.result());
        double squares = 0;
        int count = 0;
        float[] a = new float[2 * HarmonicField.BINS];
        float[] b = new float[2 * HarmonicField.BINS];
        DelaunaySphere sphere = FieldHrtf.sphere();
        for (int n = 0; n < sphere.vertexCount(); n += 9) {
            float[] direction = {sphere.coordinate(n, 0), sphere.coordinate(n, 1), sphere.coordinate(n, 2)};
            start.evaluate(direction, 1, a, new float[1]);
            end.evaluate(direction, 1, b, new float[1]);
            for (int k = 0; k < a.length; k++) {
                squares += (a[k] - b[k]) * (a[k] - b[k]);
                count++;
            }
        }
        double rms = Math.sqrt(squares / count);
        assertTrue(rms > 0 && rms < 2, "levels moved by " + rms + " dB; people differ by about 5");
    }

    @Test
    @Tag("property")
    void theSameSeedAndAnswersGiveTheSameTest() {
        ListeningTest.Session first = session(5, 3);
        ListeningTest.Session second = session(5, 3);
        assertEquals(first.result(), second.result());
        assertEquals(first.nextProbe().azimuthDegrees(), second.nextProbe().azimuthDegrees());
        assertEquals(first.nextProbe().elevationDegrees(), second.nextProbe().elevationDegrees());
        assertEquals(first.nextProbe().profile(), second.nextProbe().profile());
        assertNotEquals(first.result(), session(6, 3).result());
    }

    @Test
    @Tag("property")
    void anAnswerThatIsTakenBackLeavesNothing() {
        ListeningTest.Session session = session(5, 2);
        var before = session.result();
        var progress = session.progress();
        var probe = session.nextProbe();
        session.answer(0, 1, 0);
        assertNotEquals(before, session.result());
        var other = session.result();
        session.nextProbe();
        session.undo();
        assertEquals(before, session.result());
        assertEquals(progress, session.progress());
        assertEquals(probe.azimuthDegrees(), session.nextProbe().azimuthDegrees());
        assertEquals(probe.profile(), session.nextProbe().profile());
        session.answer(0, 1, 0);
        assertEquals(other, session.result(), "and the same answer again has the same effect");
    }

    @Test
    @Tag("property")
    void probesAreOfBothSidesAndNotTwiceFromOnePlace() {
        ListeningTest.Session session = session(2, 0);
        double[] last = null;
        int left = 0;
        int behind = 0;
        for (int i = 0; i < 12; i++) {
            var probe = session.nextProbe();
            double azimuth = Math.toRadians(probe.azimuthDegrees());
            double elevation = Math.toRadians(probe.elevationDegrees());
            double[] d = {Math.cos(azimuth) * Math.cos(elevation), Math.sin(azimuth) * Math.cos(elevation), Math.sin(elevation)};
            left += d[1] > 0 ? 1 : 0;
            behind += d[0] < 0 ? 1 : 0;
            if (last != null) {
                assertTrue(d[0] * last[0] + d[1] * last[1] + d[2] * last[2] < Math.cos(Math.toRadians(19.9)));
            }
            last = d;
            session.skip();
        }
        assertTrue(left > 1 && left < 11, left + " of 12 are on the left");
        assertTrue(behind > 0 && behind < 12, behind + " of 12 are behind");
        assertEquals(0, session.progress().answers());
    }

    @Test
    @Tag("analytic")
    void theSoundIsBurstsOfNoiseOfVaryingLevel() {
        float[] first = samples(1);
        assertEquals(48000 * 74 / 100, first.length);
        double[] levels = new double[8];
        for (int i = 0; i < levels.length; i++) {
            float[] s = samples(i);
            double squares = 0;
            for (int n = 0; n < 4800; n++) {
                squares += s[n] * s[n];
            }
            levels[i] = 10 * Math.log10(squares / 4800);
            for (int n = 4800; n < 7680; n++) {
                assertEquals(0, s[n]);
            }
        }
        double highest = Arrays.stream(levels).max().orElseThrow();
        double lowest = Arrays.stream(levels).min().orElseThrow();
        assertTrue(highest - lowest > 2 && highest - lowest < 9, Arrays.toString(levels));
        // −26 dB, ±4 dB of roving, less 0.6 dB of the ramps.
        assertTrue(lowest > -31.2 && highest < -21.8, Arrays.toString(levels));
        assertArrayEquals(first, samples(1));
    }

    private static float[] samples(long seed) {
        return ProbeSound.samples(seed);
    }
}
