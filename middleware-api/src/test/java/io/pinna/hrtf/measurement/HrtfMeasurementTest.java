package io.pinna.hrtf.measurement;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.InvalidValueException;
import io.pinna.ResourceException;
import io.pinna.UsageException;
import io.pinna.hrtf.HrtfInfo;
import io.pinna.internal.hrtf.HrirSet;
import io.pinna.internal.hrtf.SofaReader;
import io.pinna.testing.SharedData;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sessions in a simulated room, from the played file to the written set, against the ears that were put in. */
class HrtfMeasurementTest {
    private static final SweepSettings SWEEP = SweepSettings.DEFAULT.withDurationSeconds(1).withSilenceSeconds(0.5);
    private static final double[][] DIRECTIONS = {{0, 0}, {60, 0}, {270, 0}, {135, 30}};

    @TempDir
    private Path folder;

    private MeasurementResult session(MeasurementRoom room, MeasurementRoom.Ears ears, double[][] directions, boolean withReference) {
        List<Take> takes = new ArrayList<>();
        for (int i = 0; i < directions.length; i++) {
            double meters = 1 + 0.05 * i;
            takes.add(new Take(room.record(folder.resolve("take" + i + ".wav"), ears, directions[i][0], directions[i][1], meters), directions[i][0], directions[i][1], meters));
        }
        ReferenceRecording reference = null;
        if (withReference) {
            Path file = room.record(folder.resolve("reference.wav"), null, 20, 0, 1.1);
            reference = new ReferenceRecording(file, file, 1.1);
        }
        return HrtfMeasurement.analyze(room.sweep, takes, reference);
    }

    // ---- The signal ------------------------------------------------------------------------------------------------------------------------------------------------------------------

    @Test
    @Tag("analytic")
    void theSweepPassesEveryOctaveInTheSameTime() {
        SweepSettings settings = new SweepSettings(48000, 2, 100, 12800, -6, 2, 0.5);
        float[] x = HrtfMeasurement.sweep(settings);
        assertEquals(48000 * (0.5 + 2 * 2.5), x.length);
        // 7 octaves in 2 s: after 4/7 s of the first sweep 400 Hz, after 8/7 s 1600 Hz; zero crossings count the frequency.
        for (double[] at : new double[][] {{4 / 7.0, 400}, {8 / 7.0, 1600}, {12 / 7.0, 6400}}) {
            int centre = (int) Math.round((0.5 + at[0]) * 48000);
            int half = 480;
            int crossings = 0;
            for (int n = centre - half; n < centre + half; n++) {
                crossings += x[n] < 0 != x[n + 1] < 0 ? 1 : 0;
            }
            assertEquals(at[1], crossings / 2.0 / (2 * half / 48000.0), 60);
        }
        double peak = 0;
        for (float v : x) {
            peak = Math.max(peak, Math.abs(v));
        }
        assertEquals(Math.pow(10, -6 / 20.0), peak, 1e-3);
        for (int n = 0; n < 23999; n++) {
            assertEquals(0, x[n]);
            assertEquals(0, x[x.length - 1 - n]);
            assertEquals(x[24000 + 4 * n], x[24000 + 120000 + 4 * n], 1e-6f);
        }
    }

    @Test
    @Tag("unit")
    void impossibleSettingsAreRefused() {
        assertThrows(InvalidValueException.class, () -> new SweepSettings(8000, 5, 50, 20000, -12, 1, 1));
        assertThrows(InvalidValueException.class, () -> new SweepSettings(48000, 60, 50, 20000, -12, 16, 1));
        assertThrows(InvalidValueException.class, () -> new SweepSettings(48000, 5, 50, Double.NaN, -12, 1, 1));
        assertThrows(InvalidValueException.class, () -> new Take(Path.of("a.wav"), 0, 91, 1));
        assertThrows(InvalidValueException.class, () -> new Take(Path.of("a.wav"), 0, 0, 0.1));
        assertThrows(InvalidValueException.class, () -> new MeasurementSettings(22050, null, 30));
        assertThrows(InvalidValueException.class, () -> HrtfMeasurement.analyze(SWEEP, List.of(), null));
        assertThrows(ResourceException.class, () -> HrtfMeasurement.analyze(SWEEP, List.of(new Take(folder.resolve("no.wav"), 0, 0, 1)), null));
        assertThrows(ResourceException.class, () -> HrtfMeasurement.writeSweep(SWEEP, folder.resolve("no/sweep.wav")));
    }

    // ---- What comes out --------------------------------------------------------------------------------------------------------------------------------------------------------------

    /** A spherical head with notches, a phone, a room, two different microphones, 40 dB of signal to noise, clocks 80 ppm apart. */
    @ParameterizedTest
    @CsvSource({"2, 80", "1, -80"})
    @Tag("integration")
    void aSphericalHeadIsRecoveredFromARoom(int repeats, double driftPpm) {
        MeasurementRoom room = new MeasurementRoom(SWEEP.withRepeats(repeats));
        room.noiseDb = -40;
        room.driftPpm = driftPpm;
        MeasurementRoom.Ears ears = MeasurementRoom.sphere(0.0875, 7500);
        MeasurementResult result = session(room, ears, DIRECTIONS, true);
        String text = result.report().describe();
        assertEquals(DIRECTIONS.length, result.responses().size(), text);
        Recovery recovery = Recovery.of(result, ears);
        // 0.02 dB and 1.2 µs when this was written.
        assertTrue(recovery.lsdDb() < 0.15 && recovery.worstLsdDb() < 0.4, recovery + "\n" + text);
        assertTrue(recovery.worstItdMicroseconds() < 5, recovery.toString());
        assertEquals(0, recovery.levelDb(), 0.1);
        for (RecordingReport take : result.report().takes()) {
            assertEquals(driftPpm, take.driftPpm(), repeats > 1 ? 1 : 60, text);
            assertEquals(repeats > 1, take.driftFromRepeats());
            assertTrue(take.measuredFromHz() > 150 && take.measuredFromHz() < 600, text);
            assertEquals(18000, take.measuredToHz(), text);
            assertEquals(7, take.snr().size());
            assertTrue(take.firstReflectionSeconds() > 2e-3 && take.firstReflectionSeconds() < 6e-3, text);
            assertTrue(take.distortionDb() > -60 && take.distortionDb() < -35, text);
            assertFalse(take.has(Problem.WRONG_POSITION) || take.has(Problem.SWAPPED_EARS) || take.has(Problem.NOISY), text);
            // Latency, lead and the way through the air, 1 to 1.2 m less or more a head.
            assertEquals(room.latencySeconds + room.sweep.silenceSeconds() + take.distanceMeters() / 343 + (double) MeasurementRoom.EAR_LEAD / 48000, take.arrivalSeconds(), 0.6e-3);
        }
        // The left microphone is 1.8 dB more sensitive, and differs in its treble.
        assertTrue(result.report().equalization().contains("reference"), text);
    }

    /** Second harmonics of amplitude a·x² are a/2 below the fundamental; two tones of one sweep make nothing else. */
    @Test
    @Tag("analytic")
    void harmonicsAreCountedWhereTheyAre() {
        MeasurementRoom room = new MeasurementRoom(SWEEP);
        room.phone = false;
        room.room = null;
        room.microphonesDiffer = false;
        room.secondOrder = 0.1;
        room.thirdOrder = 0;
        MeasurementResult result = session(room, MeasurementRoom.sphere(0.0875, 7500), DIRECTIONS, true);
        for (RecordingReport take : result.report().takes()) {
            // Harmonics end where the sweep ends, so their energy lacks the lowest octave and the head's shape is theirs too.
            assertEquals(20 * Math.log10(0.05), take.distortionDb(), 1.5, take.describe());
        }
    }

    @Test
    @Tag("reference")
    void measuredPeopleAreRecoveredFromARoom() {
        for (String set : new String[] {"cipic_003_v0.4", "ari_nh898_v1.0", "thk_ku100_L2702"}) {
            Path sofa = SharedData.require("data/sofa/" + set + ".sofa");
            MeasurementRoom room = new MeasurementRoom(SWEEP);
            room.noiseDb = -40;
            room.driftPpm = 60;
            MeasurementRoom.Ears ears = MeasurementRoom.measured(sofa);
            double[][] directions = new double[DIRECTIONS.length][];
            for (int i = 0; i < directions.length; i++) {
                directions[i] = MeasurementRoom.snap(sofa, DIRECTIONS[i][0], DIRECTIONS[i][1]);
            }
            MeasurementResult result = session(room, ears, directions, true);
            Recovery recovery = Recovery.of(result, ears);
            assertEquals(directions.length, result.responses().size(), result.report().describe());
            // 0.04 to 0.3 dB, 1.3 µs when this was written.
            assertTrue(recovery.lsdDb() < 0.6 && recovery.worstLsdDb() < 1.5, set + ": " + recovery);
            assertTrue(recovery.worstItdMicroseconds() < 5, set + ": " + recovery);
        }
    }

    /** The decay of a real room, from a recording of one, instead of image sources. */
    @Test
    @Tag("reference")
    void aRealRoomIsWindowedAway() throws Exception {
        Path file = SharedData.require("data/rir/room_1_bf_4ch.wav");
        MeasurementRoom room = new MeasurementRoom(SWEEP);
        room.measuredRoom = MeasurementRoom.firstChannel(file);
        MeasurementRoom.Ears ears = MeasurementRoom.sphere(0.09, 7000);
        MeasurementResult result = session(room, ears, DIRECTIONS, true);
        Recovery recovery = Recovery.of(result, ears);
        assertEquals(DIRECTIONS.length, result.responses().size(), result.report().describe());
        assertTrue(recovery.lsdDb() < 1 && recovery.worstLsdDb() < 2.5, recovery + "\n" + result.report().describe());
        assertTrue(recovery.worstItdMicroseconds() < 10, recovery.toString());
    }

    /** Without a reference the mean is the generic listener's, and that is said; differences between directions are still the person's. */
    @Test
    @Tag("integration")
    void withoutAReferenceTheEqualizationIsAnEstimate() {
        MeasurementRoom room = new MeasurementRoom(SWEEP);
        MeasurementRoom.Ears ears = MeasurementRoom.sphere(0.0875, 7500);
        MeasurementResult result = session(room, ears, DIRECTIONS, false);
        String text = result.report().describe();
        assertEquals(DIRECTIONS.length, result.responses().size(), text);
        assertTrue(result.report().findings().stream().anyMatch(f -> f.problem() == Problem.NO_REFERENCE && f.severity() == Finding.Severity.WARNING), text);
        assertTrue(result.report().equalization().contains("estimated"), text);
        Recovery recovery = Recovery.of(result, ears);
        // A sphere has no pinna, the generic listener has one: the estimate errs by its mean, 3.7 dB when this was written; the phone's own response would be 9 dB.
        assertTrue(recovery.lsdDb() > 1.5 && recovery.lsdDb() < 5, recovery.toString());
        assertTrue(recovery.worstItdMicroseconds() < 30, recovery.toString());
    }

    @Test
    @Tag("integration")
    void theSetIsAFileThatReadersTake() {
        MeasurementRoom room = new MeasurementRoom(SWEEP);
        MeasurementResult result = session(room, MeasurementRoom.sphere(0.0875, 7500), DIRECTIONS, true);
        Path file = folder.resolve("sparse.sofa");
        result.writeSofa(file, "tester");
        HrirSet set = SofaReader.read(file);
        assertEquals(DIRECTIONS.length, set.count());
        assertEquals("SimpleFreeFieldHRIR", set.conventions());
        assertEquals(48000, set.sampleRateHz());
        assertEquals("tester", set.listener());
        for (int m = 0; m < set.count(); m++) {
            double[] v = MeasurementRoom.vector(DIRECTIONS[m][0], DIRECTIONS[m][1]);
            for (int axis = 0; axis < 3; axis++) {
                assertEquals(v[axis], set.directions()[3 * m + axis], 1e-6);
            }
            assertEquals(1, set.distancesMeters()[m]);
            // The earlier ear's sound stands at 1.5 ms, fractions of a sample aside.
            int first = Integer.MAX_VALUE;
            float peak = 0;
            for (int ear = 0; ear < 2; ear++) {
                for (int n = 0; n < set.taps(); n++) {
                    if (Math.abs(set.responses()[(2 * m + ear) * set.taps() + n]) > peak) {
                        peak = Math.abs(set.responses()[(2 * m + ear) * set.taps() + n]);
                        first = n;
                    }
                }
            }
            assertEquals(72, first, 2);
        }
        HrtfInfo info = SofaReader.info(file);
        assertNotNull(info);
    }

    // ---- What goes wrong -------------------------------------------------------------------------------------------------------------------------------------------------------------

    @Test
    @Tag("integration")
    void everyBadTakeIsNamedAndTheGoodOnesPass() {
        MeasurementRoom.Ears ears = MeasurementRoom.sphere(0.0875, 7500);
        MeasurementRoom good = new MeasurementRoom(SWEEP);
        good.deskSeconds = 0;
        double[][] directions = {{0, 0}, {180, 0}, {270, 0}};
        List<Take> takes = new ArrayList<>();
        for (double[] d : directions) {
            takes.add(new Take(good.record(folder.resolve("good" + takes.size() + ".wav"), ears, d[0], d[1], 1.1), d[0], d[1], 1.1));
        }
        List<Problem> expected = new ArrayList<>();
        List<Finding.Severity> severities = new ArrayList<>();
        record Fault(Problem problem, Finding.Severity severity, Consumer<MeasurementRoom> what) {
        }
        Finding.Severity error = Finding.Severity.ERROR;
        Finding.Severity warning = Finding.Severity.WARNING;
        List<Fault> faults = List.of(
                new Fault(Problem.CLIPPED, error, r -> r.accident = Accidents.gain(25)),
                new Fault(Problem.NO_SWEEP, error, r -> r.accident = Accidents.onlyNoise()),
                new Fault(Problem.NO_SWEEP, error, r -> r.noiseDb = 14),
                new Fault(Problem.NOISY, warning, r -> r.noiseDb = -3),
                new Fault(Problem.CUT_OFF, error, r -> r.accident = Accidents.part(0, 0.7)),
                new Fault(Problem.CUT_OFF, error, r -> r.accident = Accidents.part(0.25, 1)),
                new Fault(Problem.NOT_STEREO, error, r -> r.accident = x -> new float[][] {x[0]}),
                new Fault(Problem.SAME_SIGNAL_IN_BOTH_EARS, error, r -> r.accident = x -> new float[][] {x[0], x[0]}),
                new Fault(Problem.SILENT_EAR, error, r -> r.accident = x -> new float[][] {x[0], new float[x[0].length]}),
                new Fault(Problem.SILENT_EAR, error, r -> r.accident = x -> new float[][] {x[0], Accidents.onlyNoise().apply(x)[1]}),
                new Fault(Problem.SWAPPED_EARS, error, r -> r.accident = x -> new float[][] {x[1], x[0]}),
                new Fault(Problem.INVERTED_POLARITY, warning, r -> r.accident = Accidents.inverted(1)),
                new Fault(Problem.CLOCK_DRIFT, warning, r -> r.driftPpm = 500),
                new Fault(Problem.CLOCK_DRIFT, error, r -> r.driftPpm = -3000),
                new Fault(Problem.CLOCK_DRIFT, error, r -> r.accident = Accidents.lost(300)),
                new Fault(Problem.WRONG_RATE, error, r -> r.labelledRateHz = 44100),
                new Fault(Problem.DISTORTED, warning, r -> {
                    r.secondOrder = 0.15;
                    r.thirdOrder = 0.3;
                }),
                new Fault(Problem.EARLY_REFLECTION, error, r -> r.deskSeconds = 0.0017),
                new Fault(Problem.REPEATS_DIFFER, error, r -> r.headMovesBetweenSweeps = true),
                new Fault(Problem.LEVEL_CHANGED, error, r -> r.accident = Accidents.gain(4)));
        // Each at a direction of its own, on the left where the cues are.
        for (int i = 0; i < faults.size(); i++) {
            MeasurementRoom room = new MeasurementRoom(SWEEP);
            faults.get(i).what.accept(room);
            double azimuth = 40 + 4 * i;
            takes.add(new Take(room.record(folder.resolve("bad" + i + ".wav"), ears, azimuth, 0, 1.1), azimuth, 0, 1.1));
            expected.add(faults.get(i).problem);
            severities.add(faults.get(i).severity);
        }
        // Wrong statements about good recordings: twenty degrees instead of sixty, the same direction twice.
        takes.add(new Take(good.record(folder.resolve("misplaced.wav"), ears, 75, 0, 1.1), 20, 0, 1.1));
        expected.add(Problem.WRONG_POSITION);
        severities.add(error);
        takes.add(new Take(good.record(folder.resolve("again.wav"), ears, 271, 0, 1.1), 271, 0, 1.1));
        Path reference = good.record(folder.resolve("reference.wav"), null, 20, 0, 1.1);
        MeasurementResult result = HrtfMeasurement.analyze(SWEEP, takes, new ReferenceRecording(reference, reference, 1.1));
        String text = result.report().describe();
        for (int i = 0; i < expected.size(); i++) {
            Problem problem = expected.get(i);
            Finding.Severity severity = severities.get(i);
            RecordingReport take = result.report().takes().get(directions.length + i);
            assertTrue(take.findings().stream().anyMatch(f -> f.problem() == problem && f.severity() == severity), problem + " is not " + severity + " of\n" + take + "\n\n" + text);
            assertEquals(severity == warning, take.used(), take.describe());
        }
        long twice = result.report().takes().stream().filter(t -> t.has(Problem.DUPLICATE_DIRECTION) && Math.abs(t.azimuthDegrees() - 270.5) < 1).count();
        assertEquals(1, twice, text);
        for (int i = 0; i < directions.length; i++) {
            RecordingReport take = result.report().takes().get(i);
            assertTrue(take.findings().stream().allMatch(f -> f.problem() == Problem.DUPLICATE_DIRECTION), take.describe());
        }
        assertTrue(result.report().usable());
    }

    @Test
    @Tag("integration")
    void aBadReferenceOrTooFewTakesGiveNoSet() {
        MeasurementRoom.Ears ears = MeasurementRoom.sphere(0.0875, 7500);
        MeasurementRoom room = new MeasurementRoom(SWEEP);
        List<Take> takes = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            takes.add(new Take(room.record(folder.resolve("t" + i + ".wav"), ears, 90 * i, 0, 1.1), 90 * i, 0, 1.1));
        }
        Path reference = room.record(folder.resolve("reference.wav"), null, 0, 0, 1.1);
        MeasurementResult few = HrtfMeasurement.analyze(SWEEP, takes, new ReferenceRecording(reference, reference, 1.1));
        assertFalse(few.report().usable());
        assertTrue(few.report().findings().stream().anyMatch(f -> f.problem() == Problem.TOO_FEW_TAKES), few.report().describe());
        assertThrows(UsageException.class, () -> few.writeSofa(folder.resolve("few.sofa"), "me"));
        assertFalse(Files.exists(folder.resolve("few.sofa")));
        room.accident = Accidents.gain(40);
        Path clipped = room.record(folder.resolve("clipped.wav"), null, 0, 0, 1.1);
        MeasurementResult bad = HrtfMeasurement.analyze(SWEEP, takes, new ReferenceRecording(clipped, clipped, 1.1));
        assertFalse(bad.report().usable());
        assertTrue(bad.report().findings().stream().anyMatch(f -> f.problem() == Problem.CLIPPED && f.message().contains("clipped.wav")), bad.report().describe());
        assertNull(bad.report().takes().get(0).windowSeconds());
    }

    private static long count(MeasurementReport report, Problem problem) {
        return report.takes().stream().filter(t -> t.has(problem)).count();
    }

    /** One channel wired the other way: said once, for the session, and undone; and nothing said where nothing is. */
    @ParameterizedTest
    @CsvSource({"false, -1", "false, 0", "false, 1", "true, -1", "true, 1"})
    @Tag("integration")
    void polarityIsTheSessions(boolean withReference, int turned) {
        MeasurementRoom room = new MeasurementRoom(SWEEP);
        MeasurementRoom.Ears ears = MeasurementRoom.sphere(0.0875, 7500);
        List<Take> takes = new ArrayList<>();
        for (double[] d : DIRECTIONS) {
            room.accident = turned < 0 ? x -> x : Accidents.inverted(turned);
            takes.add(new Take(room.record(folder.resolve("p" + takes.size() + ".wav"), ears, d[0], d[1], 1.1), d[0], d[1], 1.1));
        }
        room.accident = x -> x;
        Path file = room.record(folder.resolve("reference.wav"), null, 20, 0, 1.1);
        MeasurementResult result = HrtfMeasurement.analyze(SWEEP, takes, withReference ? new ReferenceRecording(file, file, 1.1) : null);
        String text = result.report().describe();
        assertEquals(DIRECTIONS.length, result.responses().size(), text);
        assertEquals(0, count(result.report(), Problem.INVERTED_POLARITY), text);
        List<Finding> said = result.report().findings().stream().filter(f -> f.problem() == Problem.INVERTED_POLARITY).toList();
        assertEquals(turned < 0 ? 0 : 1, said.size(), text);
        assertTrue(said.stream().allMatch(f -> f.message().contains((turned == 0 ? "left" : "right") + " channel is turned over")), text);
        assertTrue(Recovery.of(result, ears).worstItdMicroseconds() < 30, text);
        assertFalse(text.contains(" -0 ") || text.contains("-0)"), text);
    }

    /** A softer microphone in one take; bad takes in a good one's direction; a file that is none: each is named for what it is, and the good take stays. */
    @ParameterizedTest
    @CsvSource({"true", "false"})
    @Tag("fault")
    void badTakesNeverStandForGoodOnes(boolean withReference) throws Exception {
        MeasurementRoom room = new MeasurementRoom(SWEEP);
        MeasurementRoom.Ears ears = MeasurementRoom.sphere(0.0875, 7500);
        List<Take> takes = new ArrayList<>();
        room.noiseDb = -45;
        for (double[] d : DIRECTIONS) {
            takes.add(new Take(room.record(folder.resolve("g" + takes.size() + ".wav"), ears, d[0], d[1], 1.1), d[0], d[1], 1.1));
        }
        // Less noise, so that they would win by it.
        room.noiseDb = -70;
        room.accident = x -> new float[][] {x[1], x[0]};
        takes.add(new Take(room.record(folder.resolve("swapped.wav"), ears, 60, 0, 1.1), 60, 0, 1.1));
        room.accident = Accidents.gain(0.05f);
        takes.add(new Take(room.record(folder.resolve("quiet.wav"), ears, 60, 0, 1.1), 60, 0, 1.1));
        room.accident = x -> new float[][] {x[0], Accidents.gain(0.1f).apply(x)[1]};
        takes.add(new Take(room.record(folder.resolve("gain.wav"), ears, 60, 0, 1.1), 60, 0, 1.1));
        takes.add(new Take(Files.writeString(folder.resolve("text.wav"), "hi"), 60, 0, 1.1));
        takes.add(new Take(folder.resolve("none.wav"), 60, 0, 1.1));
        room.accident = x -> x;
        Path file = room.record(folder.resolve("reference.wav"), null, 20, 0, 1.1);
        MeasurementResult result = HrtfMeasurement.analyze(SWEEP, takes, withReference ? new ReferenceRecording(file, file, 1.1) : null);
        String text = result.report().describe();
        assertEquals(DIRECTIONS.length, result.responses().size(), text);
        Problem[] expected = {Problem.SWAPPED_EARS, Problem.LEVEL_CHANGED, Problem.UNEQUAL_GAINS, Problem.UNREADABLE, Problem.UNREADABLE};
        for (int i = 0; i < takes.size(); i++) {
            RecordingReport take = result.report().takes().get(i);
            assertEquals(i < DIRECTIONS.length, take.used(), text);
            assertFalse(take.has(Problem.DUPLICATE_DIRECTION), text);
            assertTrue(i < DIRECTIONS.length || take.has(expected[i - DIRECTIONS.length]), text);
        }
        assertNull(result.report().takes().get(takes.size() - 1).sampleRateHz());
        // What was left out leaves no trace in the estimate.
        MeasurementResult clean = HrtfMeasurement.analyze(SWEEP, takes.subList(0, DIRECTIONS.length), withReference ? new ReferenceRecording(file, file, 1.1) : null);
        for (int i = 0; i < DIRECTIONS.length; i++) {
            float[] a = result.responses().get(i).right();
            float[] b = clean.responses().get(i).right();
            double difference = 0;
            double energy = 0;
            for (int n = 0; n < a.length; n++) {
                difference += (a[n] - b[n]) * (a[n] - b[n]);
                energy += b[n] * b[n];
            }
            assertTrue(energy > 0 && difference < 1e-3 * energy, i + ": " + difference / energy);
        }
    }

    /** A reference with a head in it would take the head out of every take. */
    @Test
    @Tag("fault")
    void aReferenceWithAHeadIsRefused() throws Exception {
        MeasurementRoom room = new MeasurementRoom(SWEEP);
        MeasurementRoom.Ears ears = MeasurementRoom.sphere(0.0875, 7500);
        List<Take> takes = new ArrayList<>();
        for (double[] d : DIRECTIONS) {
            takes.add(new Take(room.record(folder.resolve("h" + takes.size() + ".wav"), ears, d[0], d[1], 1.1), d[0], d[1], 1.1));
        }
        Path copy = Files.copy(takes.get(0).recording(), folder.resolve("copy.wav"));
        Path side = room.record(folder.resolve("side.wav"), ears, 75, 0, 1.1);
        Path left = room.record(folder.resolve("left.wav"), ears, 90, 0, 1.1);
        Object[][] cases = {{takes.get(0).recording(), takes.get(0).recording(), "it is the take at azimuth 0"}, {copy, copy, "it is the take at azimuth 0"}, {side, side, "before the other"},
            {left, Files.copy(left, folder.resolve("right.wav")), "changes by"}};
        for (Object[] c : cases) {
            MeasurementReport report = HrtfMeasurement.analyze(SWEEP, takes, new ReferenceRecording((Path) c[0], (Path) c[1], 1.1)).report();
            assertFalse(report.usable(), report.describe());
            assertTrue(report.findings().stream().anyMatch(f -> f.problem() == Problem.WRONG_REFERENCE && f.message().contains((String) c[2])), c[2] + "\n" + report.describe());
        }
    }

    @Test
    @Tag("fault")
    void anotherSweepIsSuspected() {
        MeasurementRoom room = new MeasurementRoom(SWEEP);
        Path file = room.record(folder.resolve("a.wav"), MeasurementRoom.sphere(0.0875, 7500), 0, 0, 1.1);
        for (SweepSettings other : List.of(SWEEP.withDurationSeconds(1.3), SWEEP.withSilenceSeconds(0.7))) {
            MeasurementReport report = HrtfMeasurement.analyze(other, List.of(new Take(file, 0, 0, 1.1)), null).report();
            String text = report.describe();
            assertTrue(text.contains("another sweep") || text.contains("are these the settings"), other + "\n" + text);
            assertTrue(report.findings().stream().anyMatch(f -> f.message().contains("a.wav")), text);
            assertFalse(text.contains("not reached"), text);
        }
    }
}
