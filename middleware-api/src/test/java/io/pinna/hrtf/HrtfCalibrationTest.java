package io.pinna.hrtf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.InvalidValueException;
import io.pinna.ResourceException;
import io.pinna.UsageException;
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
}
