package io.pinna.hrtf.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.InvalidValueException;
import io.pinna.hrtf.HrtfProfile;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Somebody in a listening test. */
class SimulatedListenerTest {
    @TempDir
    Path folder;

    @Test
    @Tag("reference")
    void aSimulatedListenerHearsWithTheirOwnEars() {
        Path ears = new SyntheticHeads().write(folder.resolve("ears.sofa"));
        HrtfProfile profile = HrtfProfile.sofa(ears);
        double errors = 0;
        double still = 0;
        SimulatedListener sure = new SimulatedListener(ears, new ObserverSettings(ObserverSettings.Decision.MAXIMUM, 0.05, 0, 0, 0.01, 75, 1, 1), 0, 0, 4);
        SimulatedListener pointing = new SimulatedListener(ears, new ObserverSettings(ObserverSettings.Decision.MAXIMUM, 0.05, 0, 0, 0.01, 75, 1, 1), 7, 0, 4);
        for (int i = 0; i < 12; i++) {
            double azimuth = -165 + 30 * i;
            double elevation = -30 + 15 * (i % 5);
            still += angle(sure.answer(profile, azimuth, elevation), azimuth, elevation) / 12;
            errors += angle(pointing.answer(profile, azimuth, elevation), azimuth, elevation) / 12;
        }
        assertEquals(0, still, 0.01, "no noise, and measured directions");
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

    @Test
    @Tag("fault")
    void whatNobodyDoesIsRefused() {
        Path ears = new SyntheticHeads().write(folder.resolve("ears.sofa"));
        assertThrows(InvalidValueException.class, () -> new SimulatedListener(ears, ObserverSettings.DEFAULT, -1, 0, 1));
        assertThrows(InvalidValueException.class, () -> new SimulatedListener(ears, ObserverSettings.DEFAULT, 7, 1.5, 1));
        SimulatedListener listener = new SimulatedListener(ears, ObserverSettings.DEFAULT, 7, 0, 1);
        assertThrows(InvalidValueException.class, () -> listener.answer(HrtfProfile.sofa(ears), Double.NaN, 0));
        assertThrows(InvalidValueException.class, () -> listener.answer(HrtfProfile.sofa(ears), 0, 91));
    }
}
