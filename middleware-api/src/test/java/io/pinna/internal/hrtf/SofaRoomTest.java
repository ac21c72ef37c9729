package io.pinna.internal.hrtf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.InvalidValueException;
import io.pinna.ResourceException;
import io.pinna.effect.ImpulseResponse;
import io.pinna.testing.SharedData;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Room responses from SOFA files. */
class SofaRoomTest {
    @TempDir
    Path folder;

    private static double[][][] noise(int m, int r, int n) {
        Random random = new Random(1);
        double[][][] ir = new double[m][r][n];
        for (double[][] receivers : ir) {
            for (double[] x : receivers) {
                for (int i = 0; i < n; i++) {
                    x[i] = (float) random.nextGaussian();
                }
            }
        }
        return ir;
    }

    private static float[] floats(double[] x) {
        float[] y = new float[x.length];
        for (int i = 0; i < x.length; i++) {
            y[i] = (float) x[i];
        }
        return y;
    }

    private SofaFiles threeLongOnes(double[][][] ir) {
        double[][] positions = {{0, 0, 2}, {90, 0, 2}, {0, 60, 2}};
        return new SofaFiles().set(positions, ir, 48000).attribute("SOFAConventions", "SingleRoomSRIR").attribute("RoomType", "shoebox");
    }

    @Test
    @Tag("unit")
    void choosesByNumberAndByDirection() {
        // Longer than a head's responses may be.
        double[][][] ir = noise(3, 2, 30000);
        Path file = threeLongOnes(ir).write(folder.resolve("room.sofa"));
        for (int m = 0; m < 3; m++) {
            ImpulseResponse response = ImpulseResponse.loadSofa(file, m);
            assertEquals(ImpulseResponse.Layout.BINAURAL, response.layout());
            assertEquals(48000, response.sampleRateHz());
            assertArrayEquals(floats(ir[m][0]), response.samples(48000)[0]);
            assertArrayEquals(floats(ir[m][1]), response.samples(48000)[1]);
        }
        assertArrayEquals(floats(ir[1][0]), ImpulseResponse.loadSofa(file, 100, 10).samples(48000)[0]);
        assertArrayEquals(floats(ir[2][0]), ImpulseResponse.loadSofa(file, 180, 80).samples(48000)[0]);
        assertArrayEquals(floats(ir[0][0]), ImpulseResponse.loadSofa(file, -20, 0).samples(48000)[0]);
        ResourceException e = assertThrows(ResourceException.class, () -> ImpulseResponse.loadSofa(file, 3));
        assertEquals("Data.IR", e.field());
        assertTrue(e.reason().contains("responses 0 to 2"), e.reason());
        assertThrows(InvalidValueException.class, () -> ImpulseResponse.loadSofa(file, -1));
        assertThrows(InvalidValueException.class, () -> ImpulseResponse.loadSofa(file, 0, 91));
    }

    @Test
    @Tag("unit")
    void oneReceiverIsMonoAndDelaysAreApplied() {
        double[][][] ir = noise(3, 1, 500);
        Path file = threeLongOnes(ir).variable("Data.Delay", new double[][] {{0}, {7}, {100}}).write(folder.resolve("mono.sofa"));
        ImpulseResponse response = ImpulseResponse.loadSofa(file, 1);
        assertEquals(ImpulseResponse.Layout.MONO, response.layout());
        float[] x = response.samples(48000)[0];
        assertEquals(507, x.length);
        assertEquals(0f, x[6]);
        assertEquals((float) ir[1][0][0], x[7]);
        double[][][] pulse = new double[3][2][500];
        for (double[][] m : pulse) {
            m[0][200] = 1;
            m[1][200] = 1;
        }
        Path apart = threeLongOnes(pulse).variable("Data.Delay", new double[][] {{0, 0}, {2, 12.5}, {0, 0}}).write(folder.resolve("apart.sofa"));
        float[][] ears = ImpulseResponse.loadSofa(apart, 1).samples(48000);
        assertEquals(1f, ears[0][202]);
        // Half-way between samples: symmetric about 212.5.
        assertEquals(ears[1][212], ears[1][213], 1e-5);
        assertEquals(2 / Math.PI, ears[1][212], 0.03);
    }

    @Test
    @Tag("unit")
    void loudspeakersAreEmittersOfOneMeasurement() {
        Random random = new Random(2);
        double[][][][] before = new double[2][2][3][40];
        double[][][][] last = new double[2][2][40][3];
        for (int m = 0; m < 2; m++) {
            for (int r = 0; r < 2; r++) {
                for (int e = 0; e < 3; e++) {
                    for (int i = 0; i < 40; i++) {
                        before[m][r][e][i] = (float) random.nextGaussian();
                        last[m][r][i][e] = before[m][r][e][i];
                    }
                }
            }
        }
        double[][] emitters = {{1, 1, 0}, {1, -1, 0}, {1, 0, 0}};
        Object[] forms = {before, last};
        for (Object form : forms) {
            Path file = threeLongOnes(noise(2, 2, 4)).attribute("SOFAConventions", "MultiSpeakerBRIR").attribute("DataType", "FIRE").variable("Data.IR", form).variable("EmitterPosition", emitters)
                    .variable("SourcePosition", new double[][] {{0, 0, 1}}).write(folder.resolve("speakers" + (form == before) + ".sofa"));
            for (int index = 0; index < 6; index++) {
                float[][] x = ImpulseResponse.loadSofa(file, index).samples(48000);
                assertArrayEquals(floats(before[index / 3][0][index % 3]), x[0], "response " + index);
                assertArrayEquals(floats(before[index / 3][1][index % 3]), x[1], "response " + index);
            }
            assertEquals("EmitterPosition", assertThrows(ResourceException.class, () -> ImpulseResponse.loadSofa(file, 0, 0)).field());
        }
    }

    @Test
    @Tag("fault")
    void whatIsWrongIsNamed() {
        double[][][] ir = noise(3, 2, 100);
        refused("SOFAConventions", threeLongOnes(ir).attribute("SOFAConventions", "FreeFieldDirectivityTF"));
        refused("DataType", threeLongOnes(ir).attribute("DataType", "TF"));
        refused("Data.IR", threeLongOnes(noise(3, 4, 100)));
        refused("Data.IR", threeLongOnes(new double[3][2][100]));
        refused("Data.IR", threeLongOnes(ir).without("Data.IR"));
        refused("Data.IR", threeLongOnes(ir).variable("Data.SamplingRate", new double[] {1000}).variable("Data.IR", noise(3, 2, 10001)));
        refused("Data.SamplingRate", threeLongOnes(ir).variable("Data.SamplingRate", new double[] {0}));
        refused("Data.Delay", threeLongOnes(ir).variable("Data.Delay", new double[][] {{-1, 0}}));
        refused("Data.Delay", threeLongOnes(ir).variable("Data.Delay", new double[][] {{48000, 0}}));
        refused("SourcePosition", threeLongOnes(ir).without("SourcePosition"));
        double[][][] bad = noise(3, 2, 100);
        bad[0][1][50] = Double.NaN;
        refused("Data.IR", threeLongOnes(bad));
        Path same = threeLongOnes(ir).variable("SourcePosition", new double[][] {{0, 0, 1}}).write(folder.resolve("same.sofa"));
        assertEquals("SourcePosition", assertThrows(ResourceException.class, () -> ImpulseResponse.loadSofa(same, 0, 0)).field());
        assertEquals(3, ImpulseResponse.loadSofa(same, 2).name().length() - same.toString().length() - 1);
        assertEquals("file", assertThrows(ResourceException.class, () -> ImpulseResponse.loadSofa(folder.resolve("none.sofa"), 0)).field());
    }

    private void refused(String field, SofaFiles sofa) {
        Path file = sofa.write(folder.resolve("bad.sofa"));
        ResourceException e = assertThrows(ResourceException.class, () -> ImpulseResponse.loadSofa(file, 0));
        assertEquals(field, e.field(), e.getMessage());
        assertEquals(file.toString(), e.resource());
    }

    /** Four loudspeakers of a virtual room, in a file that calls itself SimpleFreeFieldHRIR. */
    @Test
    @Tag("reference")
    void aPublishedFile() {
        Path file = SharedData.require("data/rir/3dti_brir_small_48k.sofa");
        assertThrows(ResourceException.class, () -> SofaReader.read(file));
        for (int i = 0; i < 4; i++) {
            ImpulseResponse response = ImpulseResponse.loadSofa(file, i);
            assertEquals(28450.0 / 48000, response.durationSeconds(), 0.01);
            assertEquals(2, response.channels());
        }
        assertThrows(ResourceException.class, () -> ImpulseResponse.loadSofa(file, 4));
        // The left loudspeaker is louder in the left ear.
        float[][] left = ImpulseResponse.loadSofa(file, 90, 0).samples(48000);
        float[][] right = ImpulseResponse.loadSofa(file, -90, 0).samples(48000);
        assertTrue(energy(left[0]) > 1.2 * energy(left[1]), energy(left[0]) + " " + energy(left[1]));
        assertTrue(energy(right[1]) > 1.2 * energy(right[0]), energy(right[0]) + " " + energy(right[1]));
    }

    private static double energy(float[] x) {
        double sum = 0;
        for (float v : x) {
            sum += v * (double) v;
        }
        return sum;
    }
}
