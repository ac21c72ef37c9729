package io.pinna.internal.hrtf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.ResourceException;
import io.pinna.hrtf.HrtfInfo;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SofaReaderTest {
    @TempDir
    Path folder;

    private HrirSet read(SofaFiles files) {
        return SofaReader.read(files.write(folder.resolve("set.sofa")));
    }

    private void refused(SofaFiles files, String field, String... reasonParts) {
        ResourceException e = assertThrows(ResourceException.class, () -> read(files));
        assertEquals(field, e.field(), e.getMessage());
        for (String part : reasonParts) {
            assertTrue(e.reason().contains(part), "\"" + part + "\" in: " + e.getMessage());
        }
        assertTrue(e.getMessage().contains("set.sofa"), e.getMessage());
    }

    private static void direction(HrirSet set, int m, double x, double y, double z) {
        assertEquals(x, set.directions()[3 * m], 1e-9, "x of " + m);
        assertEquals(y, set.directions()[3 * m + 1], 1e-9, "y of " + m);
        assertEquals(z, set.directions()[3 * m + 2], 1e-9, "z of " + m);
    }

    private static void octahedron(HrirSet set) {
        assertEquals(6, set.count());
        direction(set, 0, 1, 0, 0);
        direction(set, 1, 0, 1, 0);
        direction(set, 2, -1, 0, 0);
        direction(set, 3, 0, -1, 0);
        direction(set, 4, 0, 0, 1);
        direction(set, 5, 0, 0, -1);
        for (double d : set.distancesMeters()) {
            assertEquals(1.5, d, 1e-9);
        }
    }

    @Test
    @Tag("unit")
    void aSetOfConventionsOnePointZero() {
        HrirSet set = read(SofaFiles.octahedron());
        octahedron(set);
        assertEquals("SimpleFreeFieldHRIR", set.conventions());
        assertEquals("1.0", set.conventionsVersion());
        assertEquals("CC0", set.licence());
        assertEquals(48000, set.sampleRateHz());
        assertEquals(64, set.taps());
        assertEquals(HrtfInfo.Delays.NONE, set.delays());
        assertEquals(0.5f, set.responses()[set.offset(1, HrirSet.RIGHT) + 9]);
        assertEquals(1f, set.responses()[set.offset(1, HrirSet.LEFT) + 9]);
        assertTrue(set.notes().isEmpty(), set.notes().toString());
    }

    @Test
    @Tag("unit")
    void aSetOfConventionsZeroPointFourWithFloatsAndItsSpellings() {
        float[][][] ir = new float[2][2][16];
        ir[0][0][3] = 1;
        ir[1][1][4] = 1;
        HrirSet set = read(new SofaFiles().set(new double[][] {{30, 0, 2}, {330, 0, 2}}, new double[2][2][16], 44100).attribute("SOFAConventionsVersion", "0.4").attribute("Version", "0.6")
                .variable("Data.IR", ir).attribute("SourcePosition", "Units", "degrees, degrees, meter").attribute("ListenerView", "Units", "meter").variable("Data.Delay", new double[] {1, 2}));
        assertEquals(2, set.count());
        direction(set, 0, Math.cos(Math.PI / 6), 0.5, 0);
        assertEquals(HrtfInfo.Delays.GLOBAL, set.delays());
        assertArrayEquals(new double[] {1, 2, 1, 2}, set.delaySamples());
    }

    @Test
    @Tag("unit")
    void positionsInRadiansCartesianAndOtherSpellings() {
        double q = Math.PI / 2;
        octahedron(read(SofaFiles.octahedron().variable("SourcePosition", new double[][] {{0, 0, 1.5}, {q, 0, 1.5}, {2 * q, 0, 1.5}, {3 * q, 0, 1.5}, {0, q, 1.5}, {0, -q, 1.5}})
                .attribute("SourcePosition", "Units", "radian, radian, metre")));
        octahedron(read(SofaFiles.octahedron().variable("SourcePosition", new double[][] {{1.5, 0, 0}, {0, 1.5, 0}, {-1.5, 0, 0}, {0, -1.5, 0}, {0, 0, 1.5}, {0, 0, -1.5}})
                .attribute("SourcePosition", "Type", "cartesian").attribute("SourcePosition", "Units", "metre")));
        octahedron(read(SofaFiles.octahedron().attribute("SourcePosition", "Units", "degree,degree,meter")));
        octahedron(read(SofaFiles.octahedron().attribute("SourcePosition", "Units", "Degrees Degrees Metres")));
        octahedron(read(SofaFiles.octahedron().attribute("SourcePosition", "Type", "Spherical").attribute("SourcePosition", "Units", "degree")));
    }

    @Test
    @Tag("unit")
    void missingUnitsAreNoted() {
        HrirSet set = read(SofaFiles.octahedron().withoutAttribute("SourcePosition", "Units"));
        octahedron(set);
        assertEquals(1, set.notes().size());
        assertTrue(set.notes().get(0).contains("SourcePosition"));
    }

    @Test
    @Tag("unit")
    void aTurnedListenerTurnsTheDirections() {
        // Looking along +y (view given as azimuth 90°), so what is in front (+x) comes from the right, and left (+y) from the front.
        HrirSet set = read(SofaFiles.octahedron().variable("ListenerView", new double[][] {{90, 0, 1}}).attribute("ListenerView", "Type", "spherical").attribute("ListenerView", "Units",
                "degree, degree, metre"));
        direction(set, 0, 0, -1, 0);
        direction(set, 1, 1, 0, 0);
        direction(set, 4, 0, 0, 1);
        // A source that stands still around a head that turns: view 0°, 90° (source on its right).
        double[][][] ir = new double[2][2][16];
        ir[0][0][2] = 1;
        ir[1][1][2] = 1;
        set = read(new SofaFiles().set(new double[][] {{0, 0, 1}}, ir, 48000).variable("ListenerView", new double[][] {{1, 0, 0}, {0, 1, 0}}));
        direction(set, 0, 1, 0, 0);
        direction(set, 1, 0, -1, 0);
        // Lying on the right ear: up is along −y, so a source on the (world's) left is below.
        set = read(SofaFiles.octahedron().variable("ListenerUp", new double[][] {{0, -1, 0}}));
        direction(set, 1, 0, 0, -1);
    }

    @Test
    @Tag("unit")
    void aMovedListenerMovesTheOrigin() {
        HrirSet set = read(SofaFiles.octahedron().variable("ListenerPosition", new double[][] {{-0.75, 0, 0}}));
        direction(set, 0, 1, 0, 0);
        assertEquals(2.25, set.distancesMeters()[0], 1e-9);
        // 1 forward for 2 to the left.
        direction(set, 1, 1 / Math.sqrt(5), 2 / Math.sqrt(5), 0);
        refused(SofaFiles.octahedron().variable("ListenerPosition", new double[][] {{1.5, 0, 0}}), "SourcePosition", "measurement 0");
    }

    @Test
    @Tag("unit")
    void delaysInAllTheirForms() {
        assertArrayEquals(new double[] {-3.25, 4.5, -3.25, 4.5}, java.util.Arrays.copyOf(read(SofaFiles.octahedron().variable("Data.Delay", new double[][] {{-3.25, 4.5}})).delaySamples(), 4));
        double[][] each = new double[6][2];
        double[] flat = new double[12];
        double[][] transposed = new double[2][6];
        for (int i = 0; i < 12; i++) {
            flat[i] = 0.5 * i - 2;
            each[i / 2][i % 2] = flat[i];
            transposed[i % 2][i / 2] = flat[i];
        }
        HrirSet set = read(SofaFiles.octahedron().variable("Data.Delay", each));
        assertArrayEquals(flat, set.delaySamples());
        assertEquals(HrtfInfo.Delays.PER_DIRECTION, set.delays());
        set = read(SofaFiles.octahedron().variable("Data.Delay", transposed));
        assertArrayEquals(flat, set.delaySamples());
        assertEquals(1, set.notes().size());
        set = read(SofaFiles.octahedron().variable("Data.Delay", new double[][] {{0.001, 0.0005}}).attribute("Data.Delay", "Units", "second"));
        assertEquals(48, set.delaySamples()[0], 1e-9);
        assertEquals(24, set.delaySamples()[1], 1e-9);
        set = read(SofaFiles.octahedron().variable("Data.Delay", new int[][] {{7, 9}}));
        assertEquals(9, set.delaySamples()[11]);
        // A latency common to both ears may be anything, an interaural delay may not.
        assertEquals(-48000, read(SofaFiles.octahedron().variable("Data.Delay", new double[][] {{-48000, -48000}})).delaySamples()[0]);
        each[3][1] = 400;
        refused(SofaFiles.octahedron().variable("Data.Delay", each), "Data.Delay", "measurement 3", "interaural");
        each[3][1] = Double.NaN;
        refused(SofaFiles.octahedron().variable("Data.Delay", each), "Data.Delay", "measurement 3", "NaN");
        refused(SofaFiles.octahedron().variable("Data.Delay", new double[5][2]), "Data.Delay", "[5, 2]");
        refused(SofaFiles.octahedron().variable("Data.Delay", new double[40][40]), "Data.Delay", "[40, 40]");
        refused(SofaFiles.octahedron().attribute("Data.Delay", "Units", "furlong"), "Data.Delay", "furlong");
    }

    @Test
    @Tag("unit")
    void whichReceiverIsTheLeftEarIsDecidedByPositionAndSound() {
        double[][][] turned = {{{0}, {-0.09}, {0}}, {{0}, {0.09}, {0}}};
        // Positions say right first, the sound says left first: a common fault of old files.
        HrirSet set = read(SofaFiles.octahedron().variable("ReceiverPosition", turned));
        assertEquals(0.5f, set.responses()[set.offset(1, HrirSet.RIGHT) + 9]);
        assertEquals(1, set.notes().size());
        // Both say right first.
        double[][][] ir = new double[6][2][64];
        double[][] delays = new double[6][2];
        for (int m = 0; m < 6; m++) {
            ir[m][1][8] = m == 3 ? 0.25 : 1;
            ir[m][0][8] = m == 1 ? 0.25 : 1;
            delays[m][0] = m;
        }
        set = read(SofaFiles.octahedron().variable("Data.IR", ir).variable("Data.Delay", delays).variable("ReceiverPosition", turned));
        assertEquals(0.25f, set.responses()[set.offset(1, HrirSet.RIGHT) + 8]);
        assertEquals(5, set.delaySamples()[11]);
        assertEquals(0, set.delaySamples()[10]);
        assertTrue(set.notes().get(0).contains("put in order"), set.notes().toString());
        // Without positions the left ear comes first.
        set = read(SofaFiles.octahedron().without("ReceiverPosition"));
        assertEquals(0.5f, set.responses()[set.offset(1, HrirSet.RIGHT) + 9]);
    }

    @Test
    @Tag("unit")
    void generalFirOfOneSourceAndTwoEars() {
        double[][][][] ir = new double[6][2][32][1];
        double[][][][] early = new double[6][2][1][32];
        double[][][] delay = new double[1][2][1];
        for (int m = 0; m < 6; m++) {
            ir[m][0][5 + m][0] = 1;
            ir[m][1][6 + m][0] = 0.5;
            early[m][0][0][5 + m] = 1;
            early[m][1][0][6 + m] = 0.5;
        }
        for (Object form : new Object[] {ir, early}) {
            HrirSet set = read(SofaFiles.octahedron().attribute("SOFAConventions", "GeneralFIR-E").attribute("SOFAConventionsVersion", "2.0").attribute("DataType", "FIR-E")
                    .variable("Data.IR", form).variable("Data.Delay", delay));
            octahedron(set);
            assertEquals(32, set.taps());
            assertEquals(1f, set.responses()[set.offset(4, 0) + 9]);
            assertEquals(0.5f, set.responses()[set.offset(4, 1) + 10]);
        }
        octahedron(read(SofaFiles.octahedron().attribute("SOFAConventions", "GeneralFIR")));
        refused(SofaFiles.octahedron().attribute("SOFAConventions", "GeneralFIR").attribute("RoomType", "reverberant"), "RoomType", "reverberant");
        refused(SofaFiles.octahedron().attribute("SOFAConventions", "GeneralFIR-E").variable("Data.IR", new double[6][2][32][3]), "Data.IR", "3 emitters");
    }

    @Test
    @Tag("unit")
    void informationSaysWhatIsInTheFile() {
        HrtfInfo info = SofaReader.info(SofaFiles.octahedron().variable("Data.Delay", new double[][] {{2.5, 4.5}}).write(folder.resolve("info.sofa")));
        assertEquals("Pinna tests", info.database());
        assertEquals(6, info.measurementCount());
        assertEquals(6, info.directionCount());
        assertEquals(64, info.taps());
        assertEquals(90, info.angularSpacingDegrees(), 1e-9);
        assertEquals(-90, info.minAzimuthDegrees(), 1e-9);
        assertEquals(180, info.maxAzimuthDegrees(), 1e-9);
        assertEquals(java.util.List.of(1.5), info.distancesMeters());
        assertEquals(HrtfInfo.Delays.GLOBAL, info.delays());
        // Two samples between the ears by the delay variable, none by the responses.
        assertEquals(2e6 / 48000, info.maxInterauralDelayMicroseconds(), 0.1);
        String text = info.describe();
        for (String line : new String[] {"conventions   SimpleFreeFieldHRIR 1.0", "listener      sphere", "licence       CC0", "sample rate   48000 Hz", "distances     1.50 m",
            "delays        one for each ear, 2.5 to 4.5 samples", "largest ITD   42 µs"}) {
            assertTrue(text.contains(line), text);
        }
    }

    @Test
    @Tag("fault")
    void otherContentsAreRefusedWithTheVariableAndTheReason() {
        refused(SofaFiles.octahedron().attribute("SOFAConventions", "SimpleFreeFieldSOS"), "SOFAConventions", "SimpleFreeFieldSOS");
        refused(SofaFiles.octahedron().attribute("DataType", "TF"), "DataType", "TF");
        refused(SofaFiles.octahedron().without("SOFAConventions"), "SOFAConventions", "missing");
        refused(SofaFiles.octahedron().attribute("SOFAConventions", 17), "SOFAConventions", "text");
        for (String name : new String[] {"Data.IR", "Data.SamplingRate", "Data.Delay", "SourcePosition"}) {
            refused(SofaFiles.octahedron().without(name), name, "missing");
        }
        refused(SofaFiles.octahedron().variable("Data.IR", new double[6][128]), "Data.IR", "[6, 128]");
        refused(SofaFiles.octahedron().variable("Data.IR", new double[6][1][64]), "Data.IR", "1 receivers");
        refused(SofaFiles.octahedron().variable("Data.IR", new double[6][2][64]), "Data.IR", "silent");
        refused(SofaFiles.octahedron().variable("Data.IR", new double[6][2][9000]), "Data.IR", "9000 taps", "reverb");
        refused(SofaFiles.octahedron().variable("Data.IR", new double[6][2][4000]).variable("Data.SamplingRate", new double[] {8000}), "Data.IR", "0.50 s");
        refused(SofaFiles.octahedron().variable("Data.IR", "text"), "Data.IR");
        refused(SofaFiles.octahedron().variable("Data.SamplingRate", new double[] {0}), "Data.SamplingRate", "0");
        refused(SofaFiles.octahedron().variable("Data.SamplingRate", new double[] {-48000}), "Data.SamplingRate", "-48000");
        refused(SofaFiles.octahedron().variable("Data.SamplingRate", new double[] {Double.NaN}), "Data.SamplingRate", "NaN");
        refused(SofaFiles.octahedron().variable("Data.SamplingRate", new double[] {48000, 48000, 44100, 48000, 48000, 48000}), "Data.SamplingRate", "44100");
        refused(SofaFiles.octahedron().attribute("Data.SamplingRate", "Units", "bananas"), "Data.SamplingRate", "bananas");
        refused(SofaFiles.octahedron().variable("SourcePosition", new double[7][3]), "SourcePosition", "[7, 3]");
        refused(SofaFiles.octahedron().variable("SourcePosition", new double[6][2]), "SourcePosition", "[6, 2]");
        refused(SofaFiles.octahedron().variable("SourcePosition", new double[][] {{0, 0, 1}}), "SourcePosition", "same position");
        refused(SofaFiles.octahedron().attribute("SourcePosition", "Type", "toroidal"), "SourcePosition", "toroidal");
        refused(SofaFiles.octahedron().attribute("SourcePosition", "Units", "gon, gon, metre"), "SourcePosition", "gon");
        refused(SofaFiles.octahedron().attribute("SourcePosition", "Units", 3.5), "SourcePosition:Units", "text");
        refused(SofaFiles.octahedron().variable("ListenerUp", new double[][] {{2, 0, 0}}), "ListenerUp", "ListenerView");
        refused(SofaFiles.octahedron().variable("ListenerView", new double[][] {{0, 0, 0}}), "ListenerView");
        double[][] positions = {{0, 0, 1.5}, {90, 0, 1.5}, {180, 0, 1.5}, {270, 0, 1.5}, {0, Double.POSITIVE_INFINITY, 1.5}, {0, -90, 1.5}};
        refused(SofaFiles.octahedron().variable("SourcePosition", positions), "SourcePosition", "Infinity", "row 4");
        positions[4] = new double[] {0, 90, -1};
        refused(SofaFiles.octahedron().variable("SourcePosition", positions), "SourcePosition", "row 4");
        positions[4] = new double[] {0, 1000, 1};
        refused(SofaFiles.octahedron().variable("SourcePosition", positions), "SourcePosition", "row 4", "elevation");
        double[][][] ir = new double[6][2][64];
        ir[2][1][33] = Double.NaN;
        ir[0][0][0] = 1;
        refused(SofaFiles.octahedron().variable("Data.IR", ir), "Data.IR", "measurement 2", "receiver 1", "sample 33");
        ir[2][1][33] = Double.NEGATIVE_INFINITY;
        refused(SofaFiles.octahedron().variable("Data.IR", ir), "Data.IR", "Infinity");
    }

    @Test
    @Tag("fault")
    void filesThatAreNoSofaFilesAreRefused() throws IOException {
        Path good = SofaFiles.octahedron().write(folder.resolve("good.sofa"));
        Path text = Files.writeString(folder.resolve("text.sofa"), "not a SOFA file, but long enough to hold a signature somewhere".repeat(40), StandardCharsets.UTF_8);
        Path empty = Files.createFile(folder.resolve("empty.sofa"));
        for (Path path : new Path[] {text, empty, folder, folder.resolve("missing.sofa")}) {
            ResourceException e = assertThrows(ResourceException.class, () -> SofaReader.read(path));
            assertEquals("file", e.field());
            assertEquals(path.toString(), e.resource());
        }
        byte[] bytes = Files.readAllBytes(good);
        for (int length = 1; length < bytes.length; length += Math.max(1, bytes.length / 97)) {
            Path cut = Files.write(folder.resolve("cut.sofa"), java.util.Arrays.copyOf(bytes, length));
            assertThrows(ResourceException.class, () -> SofaReader.read(cut), "cut to " + length + " of " + bytes.length);
        }
    }

    @Test
    @Tag("fault")
    void damagedFilesLoadOrAreRefusedButNothingElse() throws IOException {
        byte[] good = Files.readAllBytes(SofaFiles.octahedron().write(folder.resolve("good.sofa")));
        Random random = new Random(11);
        int loaded = 0;
        int refused = 0;
        for (int trial = 0; trial < 400; trial++) {
            byte[] bytes = good.clone();
            int hits = 1 + random.nextInt(4);
            for (int i = 0; i < hits; i++) {
                // Half of the hits where the structure stands, most of a file is samples.
                int at = random.nextInt(trial % 2 == 0 ? bytes.length : Math.min(bytes.length, 3000));
                bytes[at] = random.nextInt(3) == 0 ? (byte) 0xff : (byte) random.nextInt(256);
            }
            Path file = Files.write(folder.resolve("damaged.sofa"), bytes);
            try {
                HrirSet set = SofaReader.read(file);
                loaded++;
                if (loaded % 8 != 0) {
                    continue;
                }
                try (MeasuredHrtf hrtf = MeasuredHrtf.build(set, 48000)) {
                    AtomicInteger bad = new AtomicInteger();
                    hrtf.evaluate(new int[] {0, hrtf.vertexCount() - 1}, 2, (v, left, right, itd) -> {
                        for (int n = 0; n < left.length; n++) {
                            if (!Float.isFinite(left[n]) || !Float.isFinite(right[n]) || !Double.isFinite(itd)) {
                                bad.incrementAndGet();
                            }
                        }
                    });
                    assertEquals(0, bad.get(), "trial " + trial);
                }
            } catch (ResourceException e) {
                refused++;
                assertEquals(file.toString(), e.resource());
            }
        }
        assertTrue(loaded > 20 && refused > 20, loaded + " loaded, " + refused + " refused");
    }
}
