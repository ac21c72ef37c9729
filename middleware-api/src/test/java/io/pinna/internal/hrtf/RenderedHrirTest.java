package io.pinna.internal.hrtf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.Emitter;
import io.pinna.EmitterSettings;
import io.pinna.ListenerSettings;
import io.pinna.Sound;
import io.pinna.SoundWorld;
import io.pinna.SoundWorldSettings;
import io.pinna.acoustics.AcousticsSettings;
import io.pinna.acoustics.DistanceModel;
import io.pinna.device.MemoryDevice;
import io.pinna.device.OutputDevices;
import io.pinna.effect.LimiterSettings;
import io.pinna.hrtf.HrtfProfile;
import io.pinna.testing.SharedData;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An emitter in a measured direction, rendered by the whole engine, against the file's own responses by a plain Fourier sum. */
@Tag("reference")
class RenderedHrirTest {
    private static final int DIRECTIONS = 12;

    @ParameterizedTest
    @CsvSource({
            "mit_kemar_normal_v1.0, 44100", "mit_kemar_normal_v1.0, 48000", "cipic_003_v0.4, 44100", "cipic_003_itd_in_delay, 48000", "ari_nh898_v1.0, 48000", "ari_nh898_v1.0, 44100",
            "listen_1002_v0.4, 48000", "fhk_ku100_L2354_v0.4, 44100", "thk_ku100_circ360_nf025, 48000", "3dti_listen_1008_256s_48k, 48000", "3dti_listen_1008_1024s_96k, 44100",
            "sonicom_example_1, 48000"})
    void aMeasuredDirectionSoundsAsInTheFile(String name, int rate) {
        Path file = SharedData.require("data/sofa/" + name + ".sofa");
        HrirSet set = SofaReader.read(file);
        SoundWorldSettings settings = SoundWorldSettings.OFFLINE.withSampleRateHz(rate).withAcoustics(AcousticsSettings.OFF).withLimiter(LimiterSettings.OFF).withMaxFilterTaps(8192);
        float[] impulse = new float[16];
        impulse[0] = 1;
        Sound click = Sound.ofSamples("click", impulse, rate);
        MemoryDevice device = OutputDevices.memory(60);
        int span = 24 * 256;
        try (SoundWorld world = SoundWorld.open(settings)) {
            world.addListener(new ListenerSettings("ears", HrtfProfile.sofa(file), device));
            for (int i = 0; i < DIRECTIONS; i++) {
                int m = direction(set, i);
                double d = set.distancesMeters()[m];
                // SOFA: x front, y left, z up; the engine: −z front, −x left, y up.
                Emitter e = world.addEmitter(click, EmitterSettings.named("click").withDistance(DistanceModel.none())
                        .at(-set.directions()[3 * m + 1] * d, set.directions()[3 * m + 2] * d, -set.directions()[3 * m] * d));
                e.play();
                world.commit();
                world.advance(24);
                e.close();
            }
            assertEquals(0, world.report().staleFilters());
        }
        float[] left = device.left();
        float[] right = device.right();
        double worst = 0;
        for (int i = 0; i < DIRECTIONS; i++) {
            worst = Math.max(worst, compare(set, direction(set, i), left, right, i * span, span, rate));
        }
        assertTrue(worst > 0, "something was compared");
    }

    /** Directions on the edges and vertices of the triangulation belong to several triangles; rounding must not make the engine wait for a vertex that nobody fills. */
    @Test
    void everyMeasuredDirectionIsHeardAmongMany(@TempDir Path folder) {
        List<double[]> positions = new ArrayList<>();
        for (int elevation = -45; elevation <= 75; elevation += 15) {
            for (int azimuth = 0; azimuth < 360; azimuth += 15) {
                positions.add(new double[] {azimuth, elevation, 1.95});
            }
        }
        int count = positions.size();
        double[][][] ir = new double[count][2][64];
        for (int m = 0; m < count; m++) {
            ir[m][0][20] = 1;
            ir[m][1][24] = 0.5;
        }
        Path file = new SofaFiles().set(positions.toArray(new double[0][]), ir, 48000).write(folder.resolve("grid.sofa"));
        HrirSet set = SofaReader.read(file);
        SoundWorldSettings settings = SoundWorldSettings.OFFLINE.withSampleRateHz(48000).withAcoustics(AcousticsSettings.OFF).withLimiter(LimiterSettings.OFF).withCapacity(1, count, count);
        Sound click = Sound.ofSamples("click", new float[] {1, 0, 0, 0}, 48000);
        MemoryDevice device = OutputDevices.memory(60);
        int blocksApart = 4;
        try (SoundWorld world = SoundWorld.open(settings)) {
            world.addListener(new ListenerSettings("ears", HrtfProfile.sofa(file), device));
            for (int m = 0; m < count; m++) {
                double d = set.distancesMeters()[m];
                world.addEmitter(click, EmitterSettings.named("click " + m).withDistance(DistanceModel.none())
                        .at(-set.directions()[3 * m + 1] * d, set.directions()[3 * m + 2] * d, -set.directions()[3 * m] * d)).playIn(m * blocksApart * 256 / 48000.0);
            }
            world.commit();
            world.advance((count + 1) * blocksApart);
            assertEquals(0, world.report().staleFilters());
        }
        float[] left = device.left();
        for (int m = 0; m < count; m++) {
            // Of an impulse within the band limit: its spectrum at 1 kHz is 1.
            double[] l = sum(left, m * blocksApart * 256, blocksApart * 256, 1000 / 48000.0);
            assertEquals(1, Math.hypot(l[0], l[1]), 0.02, "azimuth " + positions.get(m)[0] + "°, elevation " + positions.get(m)[1] + "°");
        }
    }

    private static int direction(HrirSet set, int i) {
        return (int) ((long) i * (set.count() - 1) / (DIRECTIONS - 1));
    }

    private static double compare(HrirSet set, int m, float[] left, float[] right, int from, int span, int rate) {
        double worst = 0;
        double phaseSlope = 0;
        double weight = 0;
        double lastPhase = 0;
        double reference = Math.max(magnitude(set, m, 0, 1000), magnitude(set, m, 1, 1000));
        for (double f = 200; f <= 16000; f *= 1.03) {
            double[] l = sum(left, from, span, f / rate);
            double[] r = sum(right, from, span, f / rate);
            double[] wantedL = response(set, m, 0, f);
            double[] wantedR = response(set, m, 1, f);
            for (double[][] pair : new double[][][] {{l, wantedL}, {r, wantedR}}) {
                double wanted = Math.hypot(pair[1][0], pair[1][1]);
                // In a notch 60 dB down nobody hears 0.5 dB, and noise of the measurement decides.
                if (wanted > 1e-3 * reference) {
                    double difference = 20 * Math.log10(Math.hypot(pair[0][0], pair[0][1]) / wanted);
                    worst = Math.max(worst, Math.abs(difference));
                    assertEquals(0, difference, 0.5, set.file() + ", measurement " + m + ", " + f + " Hz");
                }
            }
            // Interaural phase of the output against that of the file, as a delay, weighted by how much sound there is.
            double got = Math.atan2(r[1], r[0]) - Math.atan2(l[1], l[0]);
            double wanted = Math.atan2(wantedR[1], wantedR[0]) - Math.atan2(wantedL[1], wantedL[0]);
            double error = Math.IEEEremainder(got - wanted, 2 * Math.PI);
            double w = Math.hypot(wantedL[0], wantedL[1]) * Math.hypot(wantedR[0], wantedR[1]);
            if (f < 1600) {
                phaseSlope += w * -error / (2 * Math.PI * f);
                weight += w;
            }
            lastPhase = error;
        }
        assertTrue(Math.abs(lastPhase) < Math.PI);
        double delayError = weight > 0 ? phaseSlope / weight : 0;
        assertEquals(0, delayError, 10e-6, set.file() + ", measurement " + m + ": interaural delay below 1.6 kHz");
        return worst;
    }

    private static double magnitude(HrirSet set, int m, int ear, double f) {
        double[] h = response(set, m, ear, f);
        return Math.hypot(h[0], h[1]);
    }

    private static double[] response(HrirSet set, int m, int ear, double f) {
        double re = 0;
        double im = 0;
        int at = set.offset(m, ear);
        for (int n = 0; n < set.taps(); n++) {
            double a = -2 * Math.PI * f * (n + set.delaySamples()[2 * m + ear]) / set.sampleRateHz();
            re += set.responses()[at + n] * Math.cos(a);
            im += set.responses()[at + n] * Math.sin(a);
        }
        return new double[] {re, im};
    }

    private static double[] sum(float[] x, int from, int count, double cyclesPerSample) {
        double re = 0;
        double im = 0;
        for (int n = 0; n < count; n++) {
            double a = -2 * Math.PI * cyclesPerSample * n;
            re += x[from + n] * Math.cos(a);
            im += x[from + n] * Math.sin(a);
        }
        return new double[] {re, im};
    }
}
