package io.pinna;

import static io.pinna.TestWorlds.RATE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.acoustics.AcousticMaterial;
import io.pinna.acoustics.AcousticsSettings;
import io.pinna.acoustics.AirAbsorption;
import io.pinna.acoustics.Bands;
import io.pinna.acoustics.DistanceModel;
import io.pinna.acoustics.TriangleMesh;
import io.pinna.hrtf.HrtfProfile;
import io.pinna.unit.Pose;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The late reverberation as it is heard, against the theory of diffuse fields. */
@Tag("analytic")
class ReverbRenderTest {
    private static final AcousticsSettings REVERB = AcousticsSettings.OFF.withOcclusion(true).withTransmission(true).withLateReverb(true);
    private static final double[] ROOM = {8, 3, 5};
    private static final Pose LISTENER = Pose.at(2.63, 1.71, 1.87);
    private static final Pose EMITTER = Pose.at(5.81, 1.12, 3.39);
    /** Before the click, for the estimate. */
    private static final int START = RATE;

    private static AcousticMaterial[] walls(double low, double middle, double high) {
        AcousticMaterial[] walls = new AcousticMaterial[6];
        Arrays.fill(walls, AcousticRoom.absorbing("wall", low, middle, high, 0.4));
        return walls;
    }

    /** Responses of both ears to a click, from shortly before its direct sound on. */
    private static float[][] response(AcousticsSettings acoustics, HrtfProfile ears, List<TriangleMesh> meshes, Pose listener, Pose emitter, int frames) {
        try (AcousticRoom room = new AcousticRoom(TestWorlds.bare().withAcoustics(acoustics).withCapacity(1, 4, 4), ears, listener)) {
            room.build(meshes);
            float[] click = new float[START + 10];
            click[START] = 1;
            room.emitter(click, EmitterSettings.named("e").at(emitter).withDistance(DistanceModel.inverse(1, 1000))).play();
            room.renderFrames(START + frames);
            // The nearer ear hears it earlier than the middle of the head.
            int from = START - 60;
            return new float[][] {Arrays.copyOfRange(room.left(), from, from + frames - 1000), Arrays.copyOfRange(room.right(), from, from + frames - 1000)};
        }
    }

    /** An octave about a frequency: 2001 taps, Hann window. */
    private static double[] octave(float[] x, double hertz) {
        int n = 2001;
        double low = hertz / Math.sqrt(2) / RATE;
        double high = Math.min(0.49, hertz * Math.sqrt(2) / RATE);
        double[] h = new double[n];
        for (int i = 0; i < n; i++) {
            double t = i - (n - 1) / 2.0;
            double w = 0.5 - 0.5 * Math.cos(2 * Math.PI * (i + 0.5) / n);
            h[i] = w * (t == 0 ? 2 * (high - low) : (Math.sin(2 * Math.PI * high * t) - Math.sin(2 * Math.PI * low * t)) / (Math.PI * t));
        }
        double[] y = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            double sum = 0;
            for (int k = Math.max(0, i + n / 2 - x.length + 1); k < n && k <= i + n / 2; k++) {
                sum += h[k] * x[i + n / 2 - k];
            }
            y[i] = sum;
        }
        return y;
    }

    /** Reverberation time by backward integration (M. R. Schroeder, J. Acoust. Soc. Am. 37, 1965): a straight line from −5 to −30 dB of what comes after a place. */
    private static double rt60(double[] x, int from) {
        double[] left = new double[x.length + 1];
        for (int i = x.length - 1; i >= from; i--) {
            left[i] = left[i + 1] + x[i] * x[i];
        }
        double n = 0;
        double st = 0;
        double sy = 0;
        double stt = 0;
        double sty = 0;
        for (int i = from; i < x.length; i++) {
            double db = 10 * Math.log10(left[i] / left[from]);
            if (db <= -5 && db >= -30) {
                double t = (double) i / RATE;
                n++;
                st += t;
                sy += db;
                stt += t * t;
                sty += t * db;
            }
        }
        return -60 / ((n * sty - st * sy) / (n * stt - st * st));
    }

    private static double eyring(double absorption) {
        double volume = ROOM[0] * ROOM[1] * ROOM[2];
        return 24 * Math.log(10) * volume / (AcousticsSettings.SPEED_OF_SOUND * -surface() * Math.log(1 - absorption));
    }

    private static double surface() {
        return 2 * (ROOM[0] * ROOM[1] + ROOM[1] * ROOM[2] + ROOM[2] * ROOM[0]);
    }

    @ParameterizedTest
    @CsvSource({"0.05, 0.05, 0.05", "0.1, 0.2, 0.3", "0.4, 0.15, 0.1", "0.6, 0.6, 0.6"})
    void aShoeboxReverberatesAsEyringSays(double low, double middle, double high) {
        double[] absorption = {low, middle, high};
        int frames = (int) (RATE * Math.min(2.5, 0.3 + 1.1 * eyring(Math.min(low, Math.min(middle, high)))));
        float[][] x = response(REVERB, HrtfProfile.generic(), AcousticRoom.shoebox(new double[3], ROOM, walls(low, middle, high)), LISTENER, EMITTER, frames);
        for (int b = 0; b < Bands.COUNT; b++) {
            double hertz = AirAbsorption.bandFrequencyHz(b);
            double seconds = 0;
            double energy = 0;
            for (float[] ear : x) {
                // The direct sound is over when the filter is.
                float[] tail = ear.clone();
                Arrays.fill(tail, 0, DIRECT_FRAMES, 0);
                double[] band = octave(tail, hertz);
                seconds += rt60(band, (int) (0.02 * RATE)) / 2;
                for (double v : band) {
                    energy += v * v;
                }
            }
            double db = 10 * Math.log10(energy / DIFFUSE_ENERGY[b]);
            // Against the direct sound at 1 m, W/4π: 4 W (1 − α) / (S α), and all of it, since no reflection is rendered apart.
            double theory = 10 * Math.log10(16 * Math.PI * (1 - absorption[b]) / (surface() * absorption[b]));
            // A decay of noise is known no better than its band is wide and it lasts: by 1/√(B·T).
            double tolerance = Math.max(0.1, 1.2 / Math.sqrt(hertz * Math.sqrt(0.5) * eyring(absorption[b])));
            assertEquals(1, seconds / eyring(absorption[b]), tolerance, "reverberation time of band " + b + " against Eyring's " + eyring(absorption[b]));
            assertEquals(theory, db, 2, "level of band " + b);
        }
    }

    /** Ears that hear all directions alike get the plain sum of them, as all ears do of low notes. In the whole spectrum chance hardly counts: by 1/√(B·T), 1 % of the shortest time. */
    @ParameterizedTest
    @CsvSource({"0.3", "0.4", "0.5", "0.6"})
    void theSumOfAllDirectionsDecaysLikeTheRoom(double absorption) {
        int frames = (int) (RATE * (0.3 + 1.1 * eyring(absorption)));
        float[] ear = response(REVERB, AcousticRoom.flat(), AcousticRoom.shoebox(new double[3], ROOM, walls(absorption, absorption, absorption)), LISTENER, EMITTER, frames)[0];
        double[] tail = new double[ear.length];
        for (int i = DIRECT_FRAMES; i < ear.length; i++) {
            tail[i] = ear[i];
        }
        assertEquals(1, rt60(tail, DIRECT_FRAMES) / eyring(absorption), 0.06);
    }

    private static final int DIRECT_FRAMES = 200;
    /** By band: what both ears hear of a click of amplitude 1 from all directions, on average over those that the reverberation is heard from. */
    private static final double[] DIFFUSE_ENERGY = new double[Bands.COUNT];

    @BeforeAll
    static void hearDiffuseSound() {
        for (int k = 0; k < 8; k++) {
            double side = Math.sqrt(3);
            Pose from = Pose.at((k & 1) == 0 ? side : -side, (k & 2) == 0 ? side : -side, (k & 4) == 0 ? side : -side);
            float[][] x = response(AcousticsSettings.OFF, HrtfProfile.generic(), List.of(), Pose.ORIGIN, from, 4000);
            for (int b = 0; b < Bands.COUNT; b++) {
                for (float[] ear : x) {
                    for (double v : octave(ear, AirAbsorption.bandFrequencyHz(b))) {
                        // At 3 m its amplitude is a third.
                        DIFFUSE_ENERGY[b] += 9 * v * v / 8;
                    }
                }
            }
        }
    }

    /** Mean of |S_lr|² / (S_ll S_rr) over frequencies, by Welch's method. */
    private static double coherence(float[] l, float[] r, int from, int to, double lowHz, double highHz) {
        int n = 256;
        double sum = 0;
        int count = 0;
        for (int k = (int) Math.ceil(lowHz * n / RATE); k <= highHz * n / RATE; k++) {
            double ll = 0;
            double rr = 0;
            double re = 0;
            double im = 0;
            for (int at = from; at + n <= to; at += n / 2) {
                double lr = 0;
                double li = 0;
                double rRe = 0;
                double rIm = 0;
                for (int i = 0; i < n; i++) {
                    double w = 0.5 - 0.5 * Math.cos(2 * Math.PI * (i + 0.5) / n);
                    double c = w * Math.cos(2 * Math.PI * k * i / n);
                    double s = w * Math.sin(2 * Math.PI * k * i / n);
                    lr += l[at + i] * c;
                    li -= l[at + i] * s;
                    rRe += r[at + i] * c;
                    rIm -= r[at + i] * s;
                }
                double norm = 1 / (lr * lr + li * li + rRe * rRe + rIm * rIm + 1e-30);
                ll += norm * (lr * lr + li * li);
                rr += norm * (rRe * rRe + rIm * rIm);
                re += norm * (lr * rRe + li * rIm);
                im += norm * (li * rRe - lr * rIm);
            }
            sum += (re * re + im * im) / (ll * rr);
            count++;
        }
        return sum / count;
    }

    @Test
    void theEarsHearTheTailApart() {
        float[][] x = response(REVERB, HrtfProfile.generic(), AcousticRoom.shoebox(new double[3], ROOM, walls(0.05, 0.05, 0.05)), LISTENER, EMITTER, 2 * RATE);
        double above = coherence(x[0], x[1], RATE / 20, (int) (1.9 * RATE), 1000, 16000);
        assertTrue(above > 0 && above < 0.3, "coherence above 1 kHz: " + above);
        double difference = 10 * Math.log10(TestWorlds.energy(x[0], RATE / 20, x[0].length) / TestWorlds.energy(x[1], RATE / 20, x[1].length));
        assertEquals(0, difference, 1.5, "levels of the ears' tails");
    }

    private static double tailDb(float[][] x) {
        return 10 * Math.log10(TestWorlds.energy(x[0], RATE / 30, x[0].length) + 1e-30);
    }

    @Test
    void outdoorsAndBehindDoorsThereIsLittle() {
        AcousticMaterial[] walls = walls(0.1, 0.1, 0.1);
        double inside = tailDb(response(REVERB, AcousticRoom.flat(), AcousticRoom.shoebox(new double[3], ROOM, walls), LISTENER, EMITTER, RATE));
        assertTrue(inside > -10, "inside " + inside);
        assertTrue(tailDb(response(REVERB, AcousticRoom.flat(), List.of(), LISTENER, EMITTER, RATE)) < -250, "nothing is there that reflects");
        AcousticMaterial[] floor = new AcousticMaterial[6];
        floor[2] = walls[0];
        // With its reflection rendered as one, a floor alone leaves nothing for the late part.
        double field = tailDb(response(REVERB.withEarlyReflections(true), AcousticRoom.flat(), AcousticRoom.shoebox(new double[] {-200, 0, -200}, new double[] {200, 1, 200}, floor), LISTENER, EMITTER, RATE));
        assertTrue(field < -250, "in a field " + field + " dB, inside " + inside);
        // A room of the same kind beside it.
        List<TriangleMesh> two = new ArrayList<>(AcousticRoom.shoebox(new double[3], ROOM, walls));
        two.addAll(AcousticRoom.shoebox(new double[] {8.2, 0, 0}, new double[] {16, 3, 5}, walls));
        double beside = tailDb(response(REVERB, AcousticRoom.flat(), two, LISTENER, Pose.at(12, 1.5, 2), RATE));
        assertTrue(beside < inside - 40, "behind a wall " + beside + " dB, inside " + inside);
    }

    /** From a tiled room through an opening into a carpeted one, beside somebody who goes clicking: each click's tail dies away faster than the one before, by and by. */
    @Test
    void walkingFromTilesToCarpetCrossFades() {
        AcousticMaterial tiles = AcousticRoom.absorbing("tiles", 0.03, 0.03, 0.03, 0.3);
        AcousticMaterial carpet = AcousticRoom.absorbing("carpet", 0.5, 0.5, 0.5, 0.3);
        AcousticMaterial[] left = {tiles, null, tiles, tiles, tiles, tiles};
        AcousticMaterial[] right = {null, carpet, carpet, carpet, carpet, carpet};
        List<TriangleMesh> meshes = new ArrayList<>(AcousticRoom.shoebox(new double[] {-6, 0, 0}, new double[] {0, 3, 5}, left));
        meshes.addAll(AcousticRoom.shoebox(new double[3], new double[] {6, 3, 5}, right));
        meshes.add(AcousticRoom.sheet("wall_1", new double[3], new double[] {0, 3, 0}, new double[] {0, 0, 2}, tiles));
        meshes.add(AcousticRoom.sheet("wall_2", new double[] {0, 0, 3}, new double[] {0, 3, 0}, new double[] {0, 0, 2}, tiles));
        meshes.add(AcousticRoom.sheet("lintel", new double[] {0, 2.1, 2}, new double[] {0, 0.9, 0}, new double[] {0, 0, 1}, tiles));
        int period = (int) (0.4 * RATE);
        float[] clicks = new float[period];
        Random random = new Random(3);
        for (int i = 0; i < 2000; i++) {
            clicks[i] = (float) (0.1 * random.nextGaussian());
        }
        float[] x;
        try (AcousticRoom room = new AcousticRoom(TestWorlds.bare().withAcoustics(REVERB).withCapacity(1, 4, 4), AcousticRoom.flat(), Pose.at(-4, 1.6, 2.5))) {
            room.build(meshes);
            Emitter e = room.emitter(clicks, EmitterSettings.named("e").at(-4, 1.6, 2.3).withLooping(true));
            e.play();
            room.render(9 * RATE / 256, block -> {
                double t = block * 256.0 / RATE;
                double at = -4 + Math.max(0, Math.min(8, 1.4 * (t - 1.6)));
                room.listener.setPose(Pose.at(at, 1.6, 2.5));
                e.setPosition(at, 1.6, 2.3);
            });
            x = room.left();
        }
        List<Double> decay = new ArrayList<>();
        StringBuilder log = new StringBuilder();
        for (int at = period; at + period < x.length; at += period) {
            // Between 60 and 360 ms after the click's beginning.
            double early = TestWorlds.rmsDb(x, at + RATE * 60 / 1000, at + RATE * 160 / 1000);
            double late = TestWorlds.rmsDb(x, at + RATE * 260 / 1000, at + RATE * 360 / 1000);
            decay.add((early - late) / 0.2);
            log.append(String.format(" %.1f dB/s at %.1f dB;", (early - late) / 0.2, early));
        }
        assertTrue(decay.get(2) < 45, "in the tiled room " + log);
        assertTrue(decay.get(decay.size() - 2) > 150, "in the carpeted room " + log);
    }
}
