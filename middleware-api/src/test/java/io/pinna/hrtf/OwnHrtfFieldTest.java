package io.pinna.hrtf;

import static io.pinna.TestWorlds.around;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.Emitter;
import io.pinna.EmitterSettings;
import io.pinna.EmitterState;
import io.pinna.InferenceException;
import io.pinna.InvalidValueException;
import io.pinna.Listener;
import io.pinna.ListenerSettings;
import io.pinna.ResourceException;
import io.pinna.SignalGenerator;
import io.pinna.Sound;
import io.pinna.SoundWorld;
import io.pinna.SoundWorldSettings;
import io.pinna.TestWorlds;
import io.pinna.WorldReport;
import io.pinna.acoustics.AcousticsSettings;
import io.pinna.acoustics.DistanceModel;
import io.pinna.device.MemoryDevice;
import io.pinna.device.OutputDevices;
import io.pinna.effect.LimiterSettings;
import io.pinna.hrtf.evaluation.HrtfComparison;
import io.pinna.hrtf.evaluation.HrtfEvaluation;
import io.pinna.internal.hrtf.HrirSet;
import io.pinna.internal.hrtf.SofaReader;
import io.pinna.testing.TinyOnnx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Networks of somebody else as HRTFs. */
class OwnHrtfFieldTest {
    private static final int FRAMES = 8192;
    private static final double ANALYSED_HZ = 24000.0 * 16 / 64;

    private static Path write(Path folder, String name, byte[] bytes) {
        try {
            return Files.write(folder.resolve(name), bytes);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static float[][] render(HrtfProfile profile, double azimuthDegrees, double elevationDegrees, Sound sound) {
        MemoryDevice device = OutputDevices.memory(1);
        try (SoundWorld world = SoundWorld.open(TestWorlds.bare())) {
            world.addListener(new ListenerSettings("player", profile, device));
            world.addEmitter(sound, EmitterSettings.named("e").at(around(azimuthDegrees, elevationDegrees, 1)).withDistance(DistanceModel.none())).play();
            world.commit();
            world.advance(FRAMES / 256);
        }
        return new float[][] {device.left(), device.right()};
    }

    private static Sound impulse() {
        return Sound.ofSamples("impulse", TestWorlds.impulse(64), TestWorlds.RATE);
    }

    /** Phase delay of a response at a low frequency, where the model's levels are those of the ears within a tenth of a dB and bend no phase. */
    private static double delaySeconds(float[] x, double hertz) {
        double re = 0;
        double im = 0;
        for (int n = 0; n < x.length; n++) {
            double a = 2 * Math.PI * hertz * n / TestWorlds.RATE;
            re += x[n] * Math.cos(a);
            im -= x[n] * Math.sin(a);
        }
        return -Math.atan2(im, re) / (2 * Math.PI * hertz);
    }

    private static double levelDb(float[] x, double hertz) {
        return TestWorlds.levelDb(x, 0, x.length, hertz, TestWorlds.RATE);
    }

    @ParameterizedTest
    @CsvSource({"0, 0, -1", "90, 0, -1", "-35, 20, -1", "60, -40, 7", "-120, 50, 1", "-90, 0, 100"})
    @Tag("analytic")
    void aNetworkOfMagnitudesAndDelayIsHeardAsItSays(double azimuth, double elevation, long rows, @TempDir Path folder) {
        float[][] ears = render(HrtfProfile.onnx(write(folder, "sphere.onnx", SphericalHeadModels.spectra(rows).bytes())), azimuth, elevation, impulse());
        double y = Math.sin(Math.toRadians(azimuth)) * Math.cos(Math.toRadians(elevation));
        double side = SphericalHeadModels.DB_AT_NYQUIST * y * ANALYSED_HZ / 24000;
        // Between vertices filters are blended as amplitudes, which differs from the straight line in dB by less than this for triangles of 4°.
        assertEquals(side, levelDb(ears[0], ANALYSED_HZ), 0.1, "left ear at " + ANALYSED_HZ + " Hz");
        assertEquals(-side, levelDb(ears[1], ANALYSED_HZ), 0.1, "right ear");
        double expected = SphericalHeadModels.SECONDS * (Math.asin(y) + y);
        // The minimum phase of the two slopes adds to the delay; it is opposite in the ears and known: half a period's worth of a slope of dB per frequency.
        double measured = delaySeconds(ears[1], 300) - delaySeconds(ears[0], 300) - 2 * minimumPhaseDelay(y);
        assertEquals(expected, measured, 3e-6, "interaural delay");
    }

    /** Phase delay near 0 Hz of a minimum-phase filter whose level is a straight line of {@code DB_AT_NYQUIST·y} dB at the Nyquist frequency, by the discrete Hilbert transform; that of the right ear. */
    private static double minimumPhaseDelay(double y) {
        int n = 4096;
        double nepers = -Math.log(10) / 20 * SphericalHeadModels.DB_AT_NYQUIST * y;
        // A straight line from 0 at ω = 0 to 1 at π has the cepstrum −2/(π·m)² at odd m, half of that on either side of 0; the phase is −Σ 2·c[m]·sin(mω).
        double omega = 2 * Math.PI * 300 / TestWorlds.RATE;
        double phase = 0;
        for (int m = 1; m < n; m += 2) {
            double c = -2 / (Math.PI * Math.PI * m * m) * nepers;
            phase -= 2 * c * Math.sin(m * omega);
        }
        return -phase / omega / TestWorlds.RATE;
    }

    @ParameterizedTest
    @CsvSource({"0, 0, -1", "90, 0, -1", "-35, 20, 5", "60, -40, 64"})
    @Tag("analytic")
    void aNetworkOfResponsesIsHeardAsItSays(double azimuth, double elevation, long rows, @TempDir Path folder) {
        float[][] ears = render(HrtfProfile.onnx(write(folder, "responses.onnx", SphericalHeadModels.responses(rows).bytes())), azimuth, elevation, impulse());
        double y = Math.sin(Math.toRadians(azimuth)) * Math.cos(Math.toRadians(elevation));
        for (double hertz : new double[] {500, 4000, 12000}) {
            assertEquals(20 * Math.log10(0.5 + 0.4 * y), levelDb(ears[0], hertz), 0.05, "left ear at " + hertz + " Hz");
            assertEquals(20 * Math.log10(0.5 - 0.4 * y), levelDb(ears[1], hertz), 0.2, "right ear at " + hertz + " Hz");
        }
        assertEquals(0, delaySeconds(ears[1], 300) - delaySeconds(ears[0], 300), 1e-6, "both impulses come at once");
    }

    /** The same field in Java and as ONNX, whatever the number of directions that a call takes. */
    @Test
    @Tag("reference")
    void javaAndOnnxAgree(@TempDir Path folder) {
        Path free = write(folder, "free.onnx", SphericalHeadModels.spectra(-1).bytes());
        Path three = write(folder, "three.onnx", SphericalHeadModels.spectra(3).bytes());
        float[] directions = new float[3 * 10];
        java.util.Random random = new java.util.Random(3);
        for (int i = 0; i < 10; i++) {
            double a = 2 * Math.PI * random.nextDouble();
            double z = 2 * random.nextDouble() - 1;
            directions[3 * i] = (float) (Math.sqrt(1 - z * z) * Math.cos(a));
            directions[3 * i + 1] = (float) (Math.sqrt(1 - z * z) * Math.sin(a));
            directions[3 * i + 2] = (float) z;
        }
        float[][] db = new float[3][10 * 2 * SphericalHeadModels.BINS];
        float[][] itd = new float[3][10];
        new SphericalHeadModels.InJava().evaluate(directions, 10, db[0], itd[0]);
        HrtfField a = HrtfField.load(free);
        try (HrtfField b = HrtfField.load(three)) {
            assertEquals("sphere", a.name());
            assertEquals("nobody", a.listener());
            assertEquals("CC0", a.licence());
            assertEquals(SphericalHeadModels.RATE, a.sampleRateHz());
            assertEquals(SphericalHeadModels.BINS, ((HrtfField.Spectra) a).bins());
            ((HrtfField.Spectra) a).evaluate(directions, 10, db[1], itd[1]);
            ((HrtfField.Spectra) b).evaluate(directions, 10, db[2], itd[2]);
        } finally {
            a.close();
            a.close();
        }
        InferenceException closed = assertThrows(InferenceException.class, () -> ((HrtfField.Spectra) a).evaluate(directions, 1, new float[2 * SphericalHeadModels.BINS], new float[1]));
        assertTrue(closed.getMessage().contains("closed"), closed.getMessage());
        for (int model = 1; model < 3; model++) {
            for (int i = 0; i < db[0].length; i++) {
                assertEquals(db[0][i], db[model][i], 1e-4, "level " + i);
            }
            for (int i = 0; i < 10; i++) {
                assertEquals(itd[0][i], itd[model][i], 1e-9, "delay " + i);
            }
        }
    }

    private static void refused(Path folder, TinyOnnx model, String field, String... said) {
        refused(write(folder, "bad.onnx", model.bytes()), field, said);
    }

    private static void refused(Path file, String field, String... said) {
        ResourceException e = assertThrows(ResourceException.class, () -> HrtfField.load(file));
        assertEquals(field, e.field(), e.getMessage());
        assertEquals(file.toString(), e.resource());
        for (String part : said) {
            assertTrue(e.getMessage().contains(part), "\"" + part + "\" in: " + e.getMessage());
        }
        // And so says whoever puts it on.
        try (SoundWorld world = SoundWorld.open(TestWorlds.bare())) {
            ResourceException again = assertThrows(ResourceException.class, () -> world.addListener(new ListenerSettings("player", HrtfProfile.onnx(file), OutputDevices.memory(1))));
            assertEquals(e.getMessage(), again.getMessage());
            assertEquals(0, world.report().listeners().size());
        }
    }

    @Test
    @Tag("fault")
    void whatIsNotOfTheSignatureIsRefusedByName(@TempDir Path folder) {
        refused(folder.resolve("missing.onnx"), "file", "does not exist");
        refused(folder, "file", "folder");
        refused(write(folder, "text.onnx", "not a model".getBytes(java.nio.charset.StandardCharsets.US_ASCII)), "file", "ONNX Runtime refuses it");
        byte[] whole = SphericalHeadModels.spectra(-1).bytes();
        refused(write(folder, "cut.onnx", java.util.Arrays.copyOf(whole, whole.length / 2)), "file", "ONNX Runtime refuses it");
        TinyOnnx plain = new TinyOnnx().metadata("sampleRateHz", "48000");
        refused(folder, plain.input("x", -1, 3).output("hrir", -1, 3).node("Identity", "hrir", "x"), "direction", "only input", "[x]");
        refused(folder, model().input("direction", -1, 2).output("hrir", -1, 2).node("Identity", "hrir", "direction"), "direction", "[-1, 2]", "[-1, 3]");
        refused(folder, model().input("direction", -1, 3).output("levels", -1, 3).node("Identity", "levels", "direction"), "outputs", "[levels]", "magnitude_db", "hrir");
        refused(folder, model().input("direction", -1, 3).output("magnitude_db", -1, 3).node("Identity", "magnitude_db", "direction"), "magnitude_db", "[-1, 3]", "[-1, 2, -1]");
        refused(folder, SphericalHeadModels.spectra(-1).output("hrir", -1, 2, SphericalHeadModels.BINS).node("Identity", "hrir", "magnitude_db"), "outputs", "either");
        TinyOnnx noDelay = model().input("direction", -1, 3).output("magnitude_db", -1, 2, 12).integers("shape", -1, 2, 12).floats("w", new float[72], 3, 24)
                .node("MatMul", "flat", "direction", "w").node("Reshape", "magnitude_db", "flat", "shape");
        refused(folder, noDelay, "itd_seconds", "not there", "magnitude_db");
        TinyOnnx ears = model().input("direction", -1, 3).output("hrir", -1, -1, -1).integers("shape", -1, 3, 16).floats("w", new float[144], 3, 48).node("MatMul", "flat", "direction", "w")
                .node("Reshape", "hrir", "flat", "shape");
        refused(folder, ears, "hrir", "[-1, 3, 16]", "[-1, 2, -1]");
        TinyOnnx few = model().input("direction", -1, 3).output("hrir", -1, 2, -1).integers("shape", -1, 2, 4).floats("w", new float[24], 3, 8).node("MatMul", "flat", "direction", "w")
                .node("Reshape", "hrir", "flat", "shape");
        // What a model does not say comes out when it runs.
        refused(folder, few, "hrir", "[1, 2, 4]", "[1, 2, 16 to 32768]");
        refused(folder, SphericalHeadModels.spectra(5000), "direction", "5000", "4096");
    }

    private static TinyOnnx model() {
        return new TinyOnnx().metadata("sampleRateHz", "48000");
    }

    @Test
    @Tag("fault")
    void metadataThatLacksOrExceedsIsRefusedByName(@TempDir Path folder) {
        for (String bad : new String[] {"fast", "100", "1e9", "44100.5", "NaN", ""}) {
            refused(folder, SphericalHeadModels.spectra(-1).metadata("sampleRateHz", bad), "sampleRateHz", bad);
        }
        TinyOnnx without = new TinyOnnx().input("direction", -1, 3).output("hrir", -1, 2, 16).integers("shape", -1, 2, 16).floats("w", new float[96], 3, 32)
                .node("MatMul", "flat", "direction", "w").node("Reshape", "hrir", "flat", "shape");
        refused(folder, without, "sampleRateHz", "metadata", "8000");
        refused(folder, SphericalHeadModels.spectra(-1).metadata("maxInterauralDelaySeconds", "1"), "maxInterauralDelaySeconds", "0.003");
        SphericalHeadModels.InJava field = new SphericalHeadModels.InJava();
        field.claimedBins = 3;
        InvalidValueException e = assertThrows(InvalidValueException.class, () -> render(HrtfProfile.field(field), 0, 0, impulse()));
        assertTrue(e.getMessage().contains("bins") && e.getMessage().contains("3"), e.getMessage());
    }

    /** Everything that fails while a profile is put on is thrown there; the listener keeps what it wears. */
    @ParameterizedTest
    @EnumSource(value = SphericalHeadModels.InJava.Mode.class, names = "WORKS", mode = EnumSource.Mode.EXCLUDE)
    @Tag("fault")
    void aFieldThatFailsAtOnceIsRefused(SphericalHeadModels.InJava.Mode mode) {
        SphericalHeadModels.InJava field = new SphericalHeadModels.InJava();
        field.mode = mode;
        try (SoundWorld world = SoundWorld.open(TestWorlds.bare())) {
            Listener listener = TestWorlds.listener(world, OutputDevices.memory(1));
            InferenceException e = assertThrows(InferenceException.class, () -> listener.setProfile(HrtfProfile.field(field)));
            assertTrue(e.getMessage().contains("sphere in Java"), e.getMessage());
            assertEquals(HrtfProfile.generic(), listener.profile());
            world.advance(1);
        }
        assertFalse(field.closed, "a field stays its maker's");
    }

    /** An ONNX model whose answer is not finite far down: the logarithm of 0.5 + z. */
    @Test
    @Tag("fault")
    void aNetworkThatAnswersNaNAtRunTimeLeavesTheFilterThatIsThere(@TempDir Path folder) {
        TinyOnnx model = model().input("direction", -1, 3).output("magnitude_db", -1, 2, 16).output("itd_seconds", -1).floats("up", new float[] {0, 0, 1}, 3, 1).node("MatMul", "z", "direction", "up")
                .floats("half", new float[] {0.5f}, 1).node("Add", "above", "z", "half").node("Log", "log", "above").floats("ones", ones(32), 1, 32).node("MatMul", "flat", "log", "ones")
                .integers("ears", -1, 2, 16).node("Reshape", "magnitude_db", "flat", "ears").floats("zero", new float[] {0}, 1).node("Mul", "nothing", "z", "zero").integers("row", -1)
                .node("Reshape", "itd_seconds", "nothing", "row");
        HrtfProfile profile = HrtfProfile.onnx(write(folder, "nan.onnx", model.bytes()));
        MemoryDevice device = OutputDevices.memory(1);
        try (SoundWorld world = SoundWorld.open(TestWorlds.bare())) {
            world.addListener(new ListenerSettings("player", profile, device));
            Emitter e = world.addEmitter(Sound.generator(SignalGenerator.white(1)), EmitterSettings.named("e").at(around(0, 0, 1)).withDistance(DistanceModel.none()));
            e.play();
            for (int i = 0; i <= 80; i++) {
                // Down to where the model knows nothing: below −30°.
                e.setPose(around(0, -i, 1));
                world.commit();
                world.advance(1);
            }
            assertEquals(EmitterState.PLAYING, e.state());
            WorldReport report = world.report();
            assertTrue(report.staleFilters() > 0, "stale filters are counted");
            assertTrue(report.notes().stream().anyMatch(n -> n.contains("NaN") && n.contains("nan.onnx")), report.notes().toString());
            assertEquals(0, report.nonFiniteBlocks());
            InferenceException failed = assertThrows(InferenceException.class, world::bakeFilters);
            assertTrue(failed.getMessage().contains("NaN"), failed.getMessage());
        }
        float[] x = device.left();
        assertTrue(TestWorlds.rmsDb(x, x.length - 4096, x.length) > -40, "it is still heard");
    }

    /** Whatever somebody else's code throws, even what no program catches, leaves the filters that are there and is said. */
    @Test
    @Tag("fault")
    void anAssertionOfAFieldIsAFaultLikeAnyOther() {
        int[] calls = new int[1];
        HrtfField field = new HrtfField.Spectra() {
            @Override
            public String name() {
                return "asserting";
            }

            @Override
            public int sampleRateHz() {
                return TestWorlds.RATE;
            }

            @Override
            public int bins() {
                return 65;
            }

            @Override
            public void evaluate(float[] directionXyz, int count, float[] magnitudeDb, float[] itdSeconds) {
                if (calls[0]++ >= 5) {
                    throw new AssertionError("not so");
                }
                java.util.Arrays.fill(magnitudeDb, 0);
                java.util.Arrays.fill(itdSeconds, 0);
            }
        };
        MemoryDevice device = OutputDevices.memory(1);
        try (SoundWorld world = SoundWorld.open(TestWorlds.bare())) {
            world.addListener(new ListenerSettings("player", HrtfProfile.field(field), device));
            Emitter e = world.addEmitter(Sound.generator(SignalGenerator.white(1)), EmitterSettings.named("e").at(around(0, 0, 1)).withDistance(DistanceModel.none()));
            e.play();
            for (int i = 0; i <= 80; i++) {
                e.setPose(around(i, 0, 1));
                world.commit();
                world.advance(1);
            }
            WorldReport report = world.report();
            assertTrue(report.staleFilters() > 0, "stale filters are counted");
            assertTrue(report.notes().stream().anyMatch(n -> n.contains("asserting") && n.contains("not so")), report.notes().toString());
            InferenceException failed = assertThrows(InferenceException.class, world::bakeFilters);
            assertTrue(failed.getMessage().contains("not so"), failed.getMessage());
        }
        float[] x = device.left();
        assertTrue(TestWorlds.rmsDb(x, x.length - 4096, x.length) > -40, "it is still heard");
    }

    private static float[] ones(int count) {
        float[] x = new float[count];
        java.util.Arrays.fill(x, 1);
        return x;
    }

    /** While it plays, the field breaks and recovers. */
    @ParameterizedTest
    @EnumSource(value = SphericalHeadModels.InJava.Mode.class, names = "WORKS", mode = EnumSource.Mode.EXCLUDE)
    @Tag("fault")
    void aFieldThatBreaksWhileItPlaysIsHeardWithWhatItSaidLast(SphericalHeadModels.InJava.Mode mode) {
        SphericalHeadModels.InJava field = new SphericalHeadModels.InJava();
        MemoryDevice device = OutputDevices.memory(2);
        try (SoundWorld world = SoundWorld.open(TestWorlds.bare())) {
            world.addListener(new ListenerSettings("player", HrtfProfile.field(field), device));
            Emitter e = world.addEmitter(Sound.generator(SignalGenerator.white(1)), EmitterSettings.named("e").at(around(0, 0, 1)).withDistance(DistanceModel.none()));
            e.play();
            world.commit();
            world.advance(10);
            field.mode = mode;
            e.setPose(around(90, 0, 1));
            world.commit();
            world.advance(40);
            assertTrue(world.report().staleFilters() > 0);
            assertTrue(world.report().notes().stream().anyMatch(n -> n.contains("sphere in Java")), world.report().notes().toString());
            field.mode = SphericalHeadModels.InJava.Mode.WORKS;
            // It is asked again after a pause of at most 128 looks.
            world.advance(160);
            long stale = world.report().staleFilters();
            world.advance(10);
            assertEquals(stale, world.report().staleFilters());
            assertEquals(0, world.report().nonFiniteBlocks());
        }
        float[] left = device.left();
        float[] right = device.right();
        assertEquals(0, TestWorlds.rmsDb(left, 20 * 256, 49 * 256) - TestWorlds.rmsDb(right, 20 * 256, 49 * 256), 0.5, "still in front");
        assertTrue(TestWorlds.rmsDb(left, 212 * 256, 220 * 256) - TestWorlds.rmsDb(right, 212 * 256, 220 * 256) > 6, "on the left at last");
    }

    @Test
    @Tag("integration")
    void aModelGoesWhereverAProfileGoes(@TempDir Path folder) {
        for (boolean spectra : new boolean[] {true, false}) {
            TinyOnnx tiny = spectra ? SphericalHeadModels.spectra(-1) : SphericalHeadModels.responses(-1).metadata("name", "sphere").metadata("licence", "CC0");
            HrtfProfile profile = HrtfProfile.file(write(folder, spectra ? "s.onnx" : "r.onnx", tiny.bytes()));
            assertEquals(SphericalHeadModels.RATE, HrtfExport.nativeSampleRateHz(profile));
            Path sofa = folder.resolve(spectra ? "s.sofa" : "r.sofa");
            HrtfExport.sofa(profile, sofa, SphericalHeadModels.RATE);
            HrirSet set = SofaReader.read(sofa);
            assertEquals("CC0", set.licence());
            assertEquals(2562, set.count());
            HrtfComparison same = HrtfEvaluation.compare(sofa, profile);
            assertEquals(0, same.logSpectralDistortionDb(), 0.3);
            if (spectra) {
                HrtfComparison other = HrtfEvaluation.compare(sofa, HrtfProfile.generic());
                assertTrue(other.logSpectralDistortionDb() > 3, "another head is another: " + other.logSpectralDistortionDb());
            }
            HrtfExport.mhr(profile, folder.resolve("x.mhr"), 48000);
        }
    }

    /** Listeners that wear the same share one table, also one after another; a file that has changed is another profile. */
    @Test
    @Tag("unit")
    void whatIsLoadedIsSharedUntilItChanges(@TempDir Path folder) throws IOException {
        SphericalHeadModels.InJava field = new SphericalHeadModels.InJava();
        try (SoundWorld world = SoundWorld.open(TestWorlds.bare())) {
            Listener first = world.addListener(new ListenerSettings("first", HrtfProfile.field(field), OutputDevices.memory(1)));
            world.commit();
            world.advance(2);
            world.bakeFilters();
            long asked = field.directions;
            assertTrue(asked >= 2562 && asked < 2562 + 100, "the whole sphere once: " + asked);
            Listener second = world.addListener(new ListenerSettings("second", HrtfProfile.field(field), OutputDevices.memory(1)));
            world.commit();
            world.advance(2);
            first.close();
            second.setProfile(HrtfProfile.generic());
            world.commit();
            world.advance(5);
            world.report();
            second.setProfile(HrtfProfile.field(field));
            assertEquals(2562, world.report().listeners().get(0).readyDirections(), "kept while nobody wore it");
            assertTrue(world.report().listeners().get(0).isBaked());
            assertEquals(asked, field.directions);
        }
        Path file = write(folder, "changing.onnx", SphericalHeadModels.spectra(-1).bytes());
        MemoryDevice device = OutputDevices.memory(1);
        try (SoundWorld world = SoundWorld.open(TestWorlds.bare())) {
            Listener listener = world.addListener(new ListenerSettings("player", HrtfProfile.onnx(file), device));
            world.addEmitter(Sound.generator(SignalGenerator.white(1)), EmitterSettings.named("e").at(around(90, 0, 1)).withDistance(DistanceModel.none())).play();
            world.commit();
            world.advance(40);
            listener.setProfile(HrtfProfile.onnx(file));
            world.commit();
            world.advance(40);
            Files.write(file, SphericalHeadModels.responses(-1).bytes());
            Files.setLastModifiedTime(file, FileTime.fromMillis(Files.getLastModifiedTime(file).toMillis() + 5000));
            listener.setProfile(HrtfProfile.onnx(file));
            world.commit();
            world.advance(40);
        }
        double before = TestWorlds.rmsDb(device.left(), 20 * 256, 40 * 256);
        assertEquals(before, TestWorlds.rmsDb(device.left(), 60 * 256, 80 * 256), 0.5, "the same file");
        assertEquals(20 * Math.log10(0.9) - 20, TestWorlds.rmsDb(device.left(), 100 * 256, 120 * 256), 0.5, "noise of RMS 0.1 through an impulse of 0.9");
        assertTrue(before > -15, "and before that through a slope of 18 dB: " + before);
    }

    /** After the bake nothing is evaluated any more, however emitters move: offline. */
    @Test
    @Tag("property")
    void aBakedTableNeedsNoModel() {
        SphericalHeadModels.InJava field = new SphericalHeadModels.InJava();
        try (SoundWorld world = SoundWorld.open(TestWorlds.bare().withCapacity(2, 8, 8))) {
            Listener baked = world.addListener(new ListenerSettings("baked", HrtfProfile.field(field), OutputDevices.memory(1)).withBakedFilters(true));
            assertTrue(world.report().listeners().get(0).isBaked());
            long asked = field.directions;
            assertTrue(asked >= 2562, "every direction: " + asked);
            Emitter[] emitters = new Emitter[8];
            for (int e = 0; e < emitters.length; e++) {
                emitters[e] = world.addEmitter(Sound.generator(SignalGenerator.white(e)), EmitterSettings.named("e" + e));
                emitters[e].play();
            }
            for (int i = 0; i < 200; i++) {
                for (int e = 0; e < emitters.length; e++) {
                    emitters[e].setPose(around(37.0 * i + 45 * e, 60 * Math.sin(0.1 * i + e), 1 + 0.1 * e));
                }
                baked.setPose(baked.pose());
                world.commit();
                world.advance(1);
            }
            assertEquals(asked, field.directions, "the model has not run again");
            assertEquals(0, world.report().staleFilters());
        }
    }

    /** The same in real time, where a thread of its own looks after filters; baked on loading, and in the background. */
    @Test
    @Tag("realtime")
    void inRealTimeTheModelFallsSilent() throws InterruptedException {
        SphericalHeadModels.InJava loaded = new SphericalHeadModels.InJava();
        SphericalHeadModels.InJava background = new SphericalHeadModels.InJava();
        SoundWorldSettings settings = SoundWorldSettings.REAL_TIME.withAcoustics(AcousticsSettings.OFF).withLimiter(LimiterSettings.OFF).withCapacity(2, 4, 4);
        try (SoundWorld world = SoundWorld.open(settings)) {
            world.addListener(new ListenerSettings("loaded", HrtfProfile.field(loaded), OutputDevices.realTimeNull()).withBakedFilters(true));
            long asked = loaded.directions;
            world.addListener(new ListenerSettings("background", HrtfProfile.field(background), OutputDevices.realTimeNull()));
            Emitter e = world.addEmitter(Sound.generator(SignalGenerator.white(1)), EmitterSettings.named("e").withLooping(true));
            e.play();
            long until = System.nanoTime() + 30_000_000_000L;
            int i = 0;
            for (; !world.report().listeners().get(1).isBaked() && System.nanoTime() < until; i++) {
                e.setPose(around(5.0 * i, 20, 1.5));
                world.commit();
                Thread.sleep(16);
            }
            assertTrue(world.report().listeners().get(1).isBaked(), "filled while it plays");
            long before = background.directions;
            long stale = world.report().staleFilters();
            for (int end = i + 60; i < end; i++) {
                e.setPose(around(25.0 * i, 50 * Math.sin(i), 1.5));
                world.commit();
                Thread.sleep(8);
            }
            assertEquals(before, background.directions);
            assertEquals(asked, loaded.directions, "a table that is full when the listener comes is never asked for again");
            assertEquals(stale, world.report().staleFilters());
            assertEquals(EmitterState.PLAYING, e.state());
        }
    }
}
