package io.pinna.hrtf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.InvalidValueException;
import io.pinna.ResourceException;
import io.pinna.UsageException;
import io.pinna.hrtf.evaluation.ObserverSettings;
import io.pinna.hrtf.evaluation.SimulatedListener;
import io.pinna.internal.hrtf.PersonalHrtfSamples;
import io.pinna.internal.personal.ListeningTest;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The listening test as a game uses it. */
class HrtfCalibrationTest {
    @TempDir
    Path folder;

    @Test
    @Tag("integration")
    void aTestFromAProfileToAProfile() {
        PersonalHrtf start = PersonalHrtfSamples.hrtf(12, 3);
        HrtfCalibration calibration = HrtfCalibration.begin(CalibrationSettings.DEFAULT.withStart(start).withMostProbes(2), ListeningTest.Effort.SMALL);
        assertEquals(PersonalHrtfKind.LISTENING_TEST, calibration.result().kind());
        // Levels of the start, wherever they are looked at, and of a probe through it.
        assertEquals(start.info().lowestLevelDb(), calibration.result().info().lowestLevelDb(), 0.01);
        assertEquals(start.info().maxInterauralDelayMicroseconds(), calibration.result().info().maxInterauralDelayMicroseconds(), 0.1);
        CalibrationProbe probe = calibration.nextProbe();
        assertEquals(1, probe.number());
        assertEquals(0.74, probe.sound().durationSeconds(), 1e-9);
        assertEquals(probe, calibration.nextProbe());
        calibration.answer(90, 10);
        assertEquals(1, calibration.progress().answers());
        assertFalse(calibration.progress().done());
        assertEquals(CalibrationProgress.Consistency.UNKNOWN, calibration.progress().consistency());
        assertEquals(2, calibration.nextProbe().number());
        calibration.answer(0, 2e300, 1e300);
        assertTrue(calibration.progress().done());
        PersonalHrtf result = calibration.result();
        assertTrue(result.notes().get(0).contains("2 answers") && result.notes().get(0).contains("measured directions"), result.notes().toString());
        result.save(folder.resolve("me.pinna"));
        assertEquals(result, PersonalHrtf.load(folder.resolve("me.pinna")));
    }

    @Test
    @Tag("fault")
    void whatIsNoAnswerIsRefused() {
        HrtfCalibration calibration = HrtfCalibration.begin(CalibrationSettings.DEFAULT, ListeningTest.Effort.SMALL);
        assertThrows(UsageException.class, () -> calibration.answer(0, 0));
        assertThrows(UsageException.class, calibration::skip);
        assertThrows(UsageException.class, calibration::undo);
        calibration.nextProbe();
        assertThrows(InvalidValueException.class, () -> calibration.answer(Double.NaN, 0));
        assertThrows(InvalidValueException.class, () -> calibration.answer(0, 90.1));
        assertThrows(InvalidValueException.class, () -> calibration.answer(0, Double.POSITIVE_INFINITY, 0));
        InvalidValueException zero = assertThrows(InvalidValueException.class, () -> calibration.answer(0, 0, 0));
        assertTrue(zero.getMessage().contains("0, 0, 0"), zero.getMessage());
        assertEquals(0, calibration.progress().answers());
        calibration.skip();
        assertThrows(UsageException.class, () -> calibration.answer(0, 0));
    }

    @ParameterizedTest
    @CsvSource({"0", "201"})
    @Tag("fault")
    void thereAreNeitherNoneNorThousandsOfProbes(int count) {
        assertThrows(InvalidValueException.class, () -> CalibrationSettings.DEFAULT.withMostProbes(count));
    }

    @Test
    @Tag("fault")
    void aModelThatIsNotThereIsNamed() {
        Path none = folder.resolve("none.npz");
        ResourceException e = assertThrows(ResourceException.class, () -> HrtfCalibration.begin(CalibrationSettings.DEFAULT.withModel(none)));
        assertTrue(e.getMessage().contains("none.npz"), e.getMessage());
        assertThrows(InvalidValueException.class, () -> HrtfCalibration.begin(null));
    }

    @Test
    @Tag("reference")
    void aSimulatedListenerHearsWithTheirOwnEars() {
        HrtfProfile profile = HrtfProfile.personal(PersonalHrtfSamples.hrtf(12, 3));
        Path ears = folder.resolve("ears.sofa");
        HrtfExport.sofa(profile, ears, 44100);
        double errors = 0;
        double still = 0;
        SimulatedListener sure = new SimulatedListener(ears, new ObserverSettings(ObserverSettings.Decision.MAXIMUM, 0.05, 0, 0, 0.01, 75, 1, 1), 0, 0, 4);
        SimulatedListener pointing = new SimulatedListener(ears, new ObserverSettings(ObserverSettings.Decision.MAXIMUM, 0.05, 0, 0, 0.01, 75, 1, 1), 7, 0, 4);
        for (int i = 0; i < 12; i++) {
            double azimuth = -170 + 28 * i;
            double elevation = -30 + 8 * i;
            still += angle(sure.answer(profile, azimuth, elevation), azimuth, elevation) / 12;
            errors += angle(pointing.answer(profile, azimuth, elevation), azimuth, elevation) / 12;
        }
        assertTrue(still < 4, "no noise, and measured directions 4° apart: " + still);
        // The mean of a Rayleigh distribution of 7° is 8.8°.
        assertTrue(errors > 4.5 && errors < 14, "with noise of pointing: " + errors);
        SimulatedListener absent = new SimulatedListener(ears, ObserverSettings.DEFAULT, 7, 1, 4);
        double anywhere = 0;
        for (int i = 0; i < 60; i++) {
            anywhere += angle(absent.answer(profile, 0, 0), 0, 0) / 60;
        }
        assertTrue(anywhere > 70 && anywhere < 110, "lapses only: " + anywhere);
    }

    private static double angle(double[] v, double azimuthDegrees, double elevationDegrees) {
        double a = Math.toRadians(azimuthDegrees);
        double e = Math.toRadians(elevationDegrees);
        return Math.toDegrees(Math.acos(Math.max(-1, Math.min(1, v[0] * Math.cos(a) * Math.cos(e) + v[1] * Math.sin(a) * Math.cos(e) + v[2] * Math.sin(e)))));
    }
}
