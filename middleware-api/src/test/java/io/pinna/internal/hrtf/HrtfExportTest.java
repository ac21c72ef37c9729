package io.pinna.internal.hrtf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.pinna.InvalidValueException;
import io.pinna.ResourceException;
import io.pinna.hrtf.HrtfExport;
import io.pinna.hrtf.HrtfProfile;
import io.pinna.internal.inference.HrtfSources;
import io.pinna.testing.SharedData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is exported against what it was made from. */
class HrtfExportTest {
    @TempDir
    Path folder;

    /** Bob Jenkins's published values for lookup3.c, driver5(). */
    @Test
    @Tag("unit")
    void theChecksumIsLookup3() {
        assertEquals(0xdeadbeef, NetCdfWriter.lookup3(new byte[0], 0));
        byte[] text = "Four score and seven years ago".getBytes(StandardCharsets.US_ASCII);
        assertEquals(0x17770551, NetCdfWriter.lookup3(text, text.length));
    }

    @Test
    @Tag("reference")
    void theHrtfFieldComesBackFromItsSofaFile() {
        Path file = folder.resolve("me.sofa");
        int rate = HrtfExport.nativeSampleRateHz(HrtfProfile.generic());
        HrtfExport.sofa(HrtfProfile.generic(), file, rate);
        HrirSet set = SofaReader.read(file);
        assertEquals("SimpleFreeFieldHRIR", set.conventions());
        assertEquals("1.0", set.conventionsVersion());
        assertEquals(rate, set.sampleRateHz());
        assertTrue(set.licence().contains("CIPIC") && set.licence().contains("The Regents of the University of California") && set.licence().contains("99-102"), "the whole notice: " + set.licence());
        try (HrtfSource source = HrtfSources.load(HrtfProfile.generic(), rate).source()) {
            assertEquals(source.vertexCount(), set.count());
            int[] some = {0, 1, 500, 1234, 2000, 2561};
            source.evaluate(some, some.length, (vertex, left, right, itd) -> {
                for (int axis = 0; axis < 3; axis++) {
                    assertEquals(source.triangulation(0).coordinate(vertex, axis), set.directions()[3 * vertex + axis], 1e-6);
                }
                double slope = 0;
                double weight = 0;
                for (double f = 200; f <= 16000; f *= 1.05) {
                    double[] l = dft(left, 0, left.length, f / rate, 0);
                    double[] r = dft(right, 0, right.length, f / rate, itd * rate);
                    double[] gotL = response(set, vertex, HrirSet.LEFT, f);
                    double[] gotR = response(set, vertex, HrirSet.RIGHT, f);
                    assertEquals(db(l), db(gotL), 0.1, vertex + " at " + f + " Hz");
                    assertEquals(db(r), db(gotR), 0.1, vertex + " at " + f + " Hz");
                    if (f < 1600) {
                        slope += interauralSeconds(gotL, gotR, f) - interauralSeconds(l, r, f);
                        weight++;
                    }
                }
                assertEquals(0, slope / weight, 1e-6, "interaural delay of vertex " + vertex);
            });
        }
    }

    @Test
    @Tag("reference")
    void aMeasuredSetComesBackInItsMeasuredDirections() {
        Path original = SofaFiles.octahedron().write(folder.resolve("original.sofa"));
        assertSameMeasurements(original, 1);
    }

    @Test
    @Tag("reference")
    void aPublishedSetComesBackInItsMeasuredDirections() {
        assertSameMeasurements(SharedData.require("data/sofa/mit_kemar_normal_v1.0.sofa"), 37);
    }

    private void assertSameMeasurements(Path original, int step) {
        Path file = folder.resolve("again.sofa");
        HrtfProfile profile = HrtfProfile.sofa(original);
        HrtfExport.sofa(profile, file, HrtfExport.nativeSampleRateHz(profile));
        HrirSet before = SofaReader.read(original);
        HrirSet after = SofaReader.read(file);
        assertEquals(before.sampleRateHz(), after.sampleRateHz());
        int compared = 0;
        try (MeasuredHrtf hrtf = MeasuredHrtf.build(before, (int) before.sampleRateHz())) {
            for (int m = 0; m < before.count(); m += step) {
                int v = hrtf.vertexOfMeasurement(m);
                if (v < 0) {
                    continue;
                }
                double slope = 0;
                double weight = 0;
                double loudest = Math.max(db(response(before, m, 0, 1000)), db(response(before, m, 1, 1000)));
                for (double f = 200; f <= 16000; f *= 1.05) {
                    for (int ear = 0; ear < 2; ear++) {
                        double wanted = db(response(before, m, ear, f));
                        // Deeper down, what is cut off the ends of a response is no longer below 0.1 dB.
                        if (wanted > loudest - 40) {
                            assertEquals(wanted, db(response(after, v, ear, f)), 0.1, "measurement " + m + ", ear " + ear + ", " + f + " Hz");
                            compared++;
                        }
                    }
                    if (f < 1600) {
                        double error = interauralSeconds(response(after, v, 0, f), response(after, v, 1, f), f)
                                - interauralSeconds(response(before, m, 0, f), response(before, m, 1, f), f);
                        slope += Math.IEEEremainder(error * f, 1) / f;
                        weight++;
                    }
                }
                assertEquals(0, slope / weight, 1e-6, "interaural delay of measurement " + m);
            }
        }
        assertTrue(compared > 500, compared + " magnitudes");
    }

    @Test
    @Tag("integration")
    void otherHdf5ReadersUnderstandTheFile() throws IOException, InterruptedException {
        Path file = folder.resolve("me.sofa");
        HrtfExport.sofa(HrtfProfile.subject("cipic_003"), file, 48000);
        String script = "import h5py, sys\nf = h5py.File(sys.argv[1], 'r')\n"
                + "print(f.attrs['SOFAConventions'].decode(), f.attrs['ListenerShortName'].decode(), f['Data.IR'].shape[:2], f['Data.SamplingRate'][0],"
                + " [list(d.keys()) and d[0].name for d in f['Data.IR'].dims], f['SourcePosition'].attrs['Units'].decode(), h5py.h5ds.is_scale(f['M'].id), abs(f['Data.IR'][:]).max() > 0.01)\n";
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/python3")), "no /usr/bin/python3");
        assumeTrue(python("import h5py").isEmpty(), "Python has no h5py");
        assertEquals("SimpleFreeFieldHRIR cipic_003 (2562, 2) 48000.0 ['/M', '/R', '/N'] degree, degree, metre True True", python(script, file.toString()).trim());
    }

    private String python(String script, String... arguments) throws IOException, InterruptedException {
        Path log = folder.resolve("python.log");
        Process process = new ProcessBuilder(Stream.concat(Stream.of("/usr/bin/python3", "-c", script), Stream.of(arguments)).toList()).redirectErrorStream(true).redirectOutput(log.toFile()).start();
        boolean ended = process.waitFor(60, TimeUnit.SECONDS);
        process.destroyForcibly();
        assertTrue(ended, "Python did not end");
        return Files.readString(log);
    }

    @Test
    @Tag("unit")
    void theMhrFileKeepsToTheFormat() throws IOException {
        Path original = SofaFiles.octahedron().write(folder.resolve("original.sofa"));
        Path file = folder.resolve("me.mhr");
        HrtfExport.mhr(HrtfProfile.sofa(original), file, 48000);
        ByteBuffer b = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        byte[] magic = new byte[8];
        b.get(magic);
        assertEquals("MinPHR03", new String(magic, StandardCharsets.US_ASCII));
        assertEquals(48000, b.getInt());
        assertEquals(1, b.get(), "left and right");
        assertEquals(128, b.get() & 0xff);
        assertEquals(1, b.get(), "fields");
        assertEquals(1500, b.getShort(), "mm");
        int elevations = b.get();
        assertEquals(37, elevations);
        int directions = 0;
        for (int e = 0; e < elevations; e++) {
            int count = b.get() & 0xff;
            assertEquals(e == 0 || e == 36 ? 1 : Math.round(72 * Math.cos(Math.toRadians(5 * e - 90))), count);
            directions += count;
        }
        assertEquals(1652, directions);
        assertEquals(directions * (128 * 2 * 3 + 2), b.remaining());
        b.position(b.position() + directions * 128 * 2 * 3);
        while (b.hasRemaining()) {
            assertTrue((b.get() & 0xff) <= 252);
        }
    }

    @Test
    @Tag("fault")
    void whatCannotBeExportedIsRefusedAndLeavesNothing() throws IOException {
        Path file = folder.resolve("me.mhr");
        InvalidValueException rate = assertThrows(InvalidValueException.class, () -> HrtfExport.mhr(HrtfProfile.generic(), file, 192000));
        assertTrue(rate.getMessage().contains("63"), rate.getMessage());
        assertThrows(InvalidValueException.class, () -> HrtfExport.sofa(HrtfProfile.generic(), file, 7999));
        InvalidValueException nobody = assertThrows(InvalidValueException.class, () -> HrtfExport.sofa(HrtfProfile.subject("nobody"), file, 48000));
        assertTrue(nobody.getMessage().contains("cipic_003"), nobody.getMessage());
        assertThrows(ResourceException.class, () -> HrtfExport.mhr(HrtfProfile.generic(), folder.resolve("no").resolve("me.mhr"), 48000));
        assertThrows(ResourceException.class, () -> HrtfExport.mhr(HrtfProfile.generic(), folder, 48000));
        assertThrows(ResourceException.class, () -> HrtfExport.mhr(HrtfProfile.sofa(folder.resolve("no.sofa")), file, 48000));
        try (Stream<Path> files = Files.list(folder)) {
            assertFalse(files.anyMatch(p -> p.toString().contains("me.mhr")), "a file was left");
        }
    }

    private static double[] response(HrirSet set, int m, int ear, double f) {
        return dft(set.responses(), set.offset(m, ear), set.taps(), f / set.sampleRateHz(), set.delaySamples()[2 * m + ear]);
    }

    private static double[] dft(float[] x, int at, int count, double cyclesPerSample, double delaySamples) {
        double re = 0;
        double im = 0;
        for (int n = 0; n < count; n++) {
            double a = -2 * Math.PI * cyclesPerSample * (n + delaySamples);
            re += x[at + n] * Math.cos(a);
            im += x[at + n] * Math.sin(a);
        }
        return new double[] {re, im};
    }

    private static double db(double[] h) {
        return 20 * Math.log10(Math.hypot(h[0], h[1]));
    }

    /** Right later than left, by phase. */
    private static double interauralSeconds(double[] l, double[] r, double f) {
        return Math.IEEEremainder(Math.atan2(l[1], l[0]) - Math.atan2(r[1], r[0]), 2 * Math.PI) / (2 * Math.PI * f);
    }
}
