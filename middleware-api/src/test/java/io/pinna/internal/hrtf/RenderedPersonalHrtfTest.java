package io.pinna.internal.hrtf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.Emitter;
import io.pinna.EmitterSettings;
import io.pinna.Listener;
import io.pinna.ListenerSettings;
import io.pinna.ResourceException;
import io.pinna.Sound;
import io.pinna.SoundWorld;
import io.pinna.SoundWorldSettings;
import io.pinna.acoustics.AcousticsSettings;
import io.pinna.acoustics.DistanceModel;
import io.pinna.device.MemoryDevice;
import io.pinna.device.OutputDevices;
import io.pinna.effect.LimiterSettings;
import io.pinna.hrtf.HrtfExport;
import io.pinna.hrtf.HrtfProfile;
import io.pinna.hrtf.PersonalHrtf;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A personal profile, rendered by the whole engine and exported, against the levels and delays of its field. */
class RenderedPersonalHrtfTest {
    /** Vertices of the shell, where nothing is interpolated: the pole, and all around. */
    private static final int[] VERTICES = {0, 1, 200, 555, 901, 1234, 1700, 2003, 2400, 2561};
    private static final int SPAN_BLOCKS = 6;
    private static final int SPAN = SPAN_BLOCKS * 256;

    private final PersonalHrtf hrtf = PersonalHrtfSamples.hrtf(20, 3);
    private final HarmonicField field = PersonalHrtfs.field(hrtf);

    private static SoundWorldSettings settings(int rate) {
        return SoundWorldSettings.OFFLINE.withSampleRateHz(rate).withAcoustics(AcousticsSettings.OFF).withLimiter(LimiterSettings.OFF);
    }

    /** An impulse from each vertex, one after the other. */
    private static void click(SoundWorld world, int rate) {
        Sound click = Sound.ofSamples("click", new float[] {1, 0, 0, 0}, rate);
        for (int vertex : VERTICES) {
            DelaunaySphere sphere = FieldHrtf.sphere();
            // Head axes: x front, y left, z up; the engine: −z front, −x left, y up.
            Emitter e = world.addEmitter(click, EmitterSettings.named("click").withDistance(DistanceModel.none())
                    .at(-sphere.coordinate(vertex, 1), sphere.coordinate(vertex, 2), -sphere.coordinate(vertex, 0)));
            e.play();
            world.commit();
            world.advance(SPAN_BLOCKS);
            e.close();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {44100, 48000, 96000})
    @Tag("reference")
    void whatIsHeardHasTheLevelsAndDelaysOfTheField(int rate) {
        MemoryDevice device = OutputDevices.memory(10);
        try (SoundWorld world = SoundWorld.open(settings(rate))) {
            world.addListener(new ListenerSettings("ears", HrtfProfile.personal(hrtf), device));
            click(world, rate);
            assertEquals(0, world.report().staleFilters());
            assertTrue(world.report().listeners().get(0).model().contains("order 20"), world.report().listeners().get(0).model());
        }
        float[] left = device.left();
        float[] right = device.right();
        for (int i = 0; i < VERTICES.length; i++) {
            compare(VERTICES[i], left, right, i * SPAN, SPAN, rate);
        }
    }

    @Test
    @Tag("reference")
    void theExportedSetHasTheLevelsAndDelaysOfTheField(@TempDir Path folder) {
        Path file = folder.resolve("me.pinna");
        hrtf.save(file);
        HrtfProfile profile = HrtfProfile.personal(file);
        assertEquals(44100, HrtfExport.nativeSampleRateHz(profile));
        HrtfExport.sofa(profile, folder.resolve("me.sofa"), 44100);
        HrirSet set = SofaReader.read(folder.resolve("me.sofa"));
        assertEquals(FieldHrtf.sphere().vertexCount(), set.count());
        assertEquals("personal", set.listener());
        for (int vertex : VERTICES) {
            for (int axis = 0; axis < 3; axis++) {
                assertEquals(FieldHrtf.sphere().coordinate(vertex, axis), set.directions()[3 * vertex + axis], 1e-6);
            }
            float[] left = java.util.Arrays.copyOfRange(set.responses(), set.offset(vertex, 0), set.offset(vertex, 0) + set.taps());
            float[] right = java.util.Arrays.copyOfRange(set.responses(), set.offset(vertex, 1), set.offset(vertex, 1) + set.taps());
            compare(vertex, left, right, 0, set.taps(), 44100);
        }
    }

    private void compare(int vertex, float[] left, float[] right, int from, int count, int rate) {
        float[] direction = new float[3];
        for (int axis = 0; axis < 3; axis++) {
            direction[axis] = FieldHrtf.sphere().coordinate(vertex, axis);
        }
        float[] db = new float[2 * HarmonicField.BINS];
        float[] itd = new float[1];
        field.evaluate(direction, 1, db, itd);
        double[][] phase = new double[2][];
        for (int ear = 0; ear < 2; ear++) {
            phase[ear] = minimumPhase(db, ear);
        }
        double delay = 0;
        double weight = 0;
        for (int k = 2; k * 44100.0 / 256 <= 16000; k++) {
            double f = k * 44100.0 / 256;
            double[] l = sum(left, from, count, f / rate);
            double[] r = sum(right, from, count, f / rate);
            String where = "vertex " + vertex + ", " + f + " Hz";
            assertEquals(db[k], 20 * Math.log10(Math.hypot(l[0], l[1])), 0.5, where + ", left");
            assertEquals(db[HarmonicField.BINS + k], 20 * Math.log10(Math.hypot(r[0], r[1])), 0.5, where + ", right");
            if (f < 1600) {
                // What both ears' minimum phases make of the interaural phase is not delay.
                double wanted = phase[1][k] - phase[0][k] - 2 * Math.PI * f * itd[0];
                double error = Math.IEEEremainder(Math.atan2(r[1], r[0]) - Math.atan2(l[1], l[0]) - wanted, 2 * Math.PI);
                delay -= error / (2 * Math.PI * f);
                weight++;
            }
        }
        assertEquals(0, delay / weight, 10e-6, "vertex " + vertex + ": interaural delay, of " + itd[0] + " s");
    }

    /** At the field's bins, from levels that go on evenly between them. */
    private static double[] minimumPhase(float[] db, int ear) {
        int finer = 16;
        MinimumPhase design = new MinimumPhase(finer * HarmonicField.FFT_SIZE);
        double[] nepers = new double[design.bins()];
        for (int i = 0; i < nepers.length; i++) {
            int k = Math.min(i / finer, HarmonicField.BINS - 2);
            double t = (double) i / finer - k;
            nepers[i] = Math.log(10) / 20 * ((1 - t) * db[ear * HarmonicField.BINS + k] + t * db[ear * HarmonicField.BINS + k + 1]);
        }
        double[] fine = new double[nepers.length];
        design.phase(nepers, fine);
        double[] phase = new double[HarmonicField.BINS];
        for (int k = 0; k < phase.length; k++) {
            phase[k] = fine[k * finer];
        }
        return phase;
    }

    /** From a file and from memory, put on while playing, it sounds the same; a file that cannot be used changes nothing. */
    @Test
    @Tag("integration")
    void aListenerPutsItOn(@TempDir Path folder) {
        Path file = folder.resolve("me.pinna");
        hrtf.save(file);
        float[][] heard = new float[2][];
        for (int i = 0; i < 2; i++) {
            MemoryDevice device = OutputDevices.memory(10);
            try (SoundWorld world = SoundWorld.open(settings(48000))) {
                Listener listener = world.addListener(new ListenerSettings("ears", i == 0 ? HrtfProfile.personal(hrtf) : HrtfProfile.generic(), device));
                if (i == 1) {
                    HrtfProfile before = listener.profile();
                    assertThrows(ResourceException.class, () -> listener.setProfile(HrtfProfile.personal(folder.resolve("no.pinna"))));
                    assertSame(before, listener.profile());
                    listener.setProfile(HrtfProfile.personal(file));
                }
                world.commit();
                world.advance(8);
                click(world, 48000);
            }
            heard[i] = device.left();
        }
        double energy = 0;
        for (int n = 0; n < heard[0].length; n++) {
            assertEquals(heard[0][n], heard[1][n], 1e-7, "frame " + n);
            energy += heard[0][n] * heard[0][n];
        }
        assertTrue(energy > 1, "energy " + energy);
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
