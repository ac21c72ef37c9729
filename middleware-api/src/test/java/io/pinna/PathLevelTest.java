package io.pinna;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.acoustics.AcousticsQuality;
import io.pinna.acoustics.AcousticsSettings;
import io.pinna.acoustics.AirAbsorption;
import io.pinna.acoustics.Bands;
import io.pinna.acoustics.DistanceCurve;
import io.pinna.acoustics.DistanceModel;
import io.pinna.device.MemoryDevice;
import io.pinna.device.OutputDevices;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the engine says about the level of a path, where air and distance alone make it. */
@Tag("analytic")
class PathLevelTest {
    private static Bands gainDb(AcousticsSettings acoustics, DistanceModel distance, double meters) {
        MemoryDevice device = OutputDevices.memory(1);
        try (SoundWorld world = SoundWorld.open(TestWorlds.bare().withAcoustics(acoustics))) {
            TestWorlds.listener(world, device);
            world.addEmitter(Sound.generator(SignalGenerator.white(3)), EmitterSettings.named("e").at(0, 0, -meters).withDistance(distance)).play();
            world.commit();
            world.advance(40);
            List<WorldReport.EmitterReport> emitters = world.report().emitters();
            return emitters.get(0).paths().get(0).gainDb();
        }
    }

    @Test
    void theAirIsAsWarmAndHumidAsTheSettingsSay() {
        double[][] airs = {{-10, 20}, {20, 50}, {40, 90}};
        double[] high = new double[airs.length];
        for (int i = 0; i < airs.length; i++) {
            AcousticsSettings settings = new AcousticsSettings(false, false, false, false, false, true, false, false, airs[i][0], airs[i][1], AcousticsQuality.MEDIUM.withOcclusionSamples(1));
            Bands gain = gainDb(settings, DistanceModel.none(), 80);
            Bands absorbed = AirAbsorption.of(airs[i][0], airs[i][1]).bandsDecibelsPerMeter();
            for (int b = 0; b < Bands.COUNT; b++) {
                assertEquals(-80 * absorbed.get(b), gain.get(b), 0.02, airs[i][0] + " °C, band " + b);
            }
            high[i] = gain.get(2);
        }
        assertTrue(Math.abs(high[0] - high[1]) > 1 && Math.abs(high[1] - high[2]) > 1, "the airs differ");
        assertEquals(0, gainDb(AcousticsSettings.OFF, DistanceModel.none(), 80).get(2), 1e-3);
    }

    @Test
    void aCurveSaysHowLoudASoundIs() {
        DistanceModel curve = DistanceModel.custom(DistanceCurve.of(new double[][] {{1, 6}, {10, -6}, {40, -60}}));
        double[][] expected = {{0.5, 6}, {Math.sqrt(10), 0}, {20, -33}, {60, -60}};
        for (double[] e : expected) {
            assertEquals(e[1], gainDb(AcousticsSettings.OFF, curve, e[0]).get(1), 0.02, e[0] + " m");
        }
    }
}
