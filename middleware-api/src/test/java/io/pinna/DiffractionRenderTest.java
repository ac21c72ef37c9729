package io.pinna;

import static io.pinna.TestWorlds.RATE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.acoustics.AcousticsSettings;
import io.pinna.internal.acoustics.Kirchhoff;
import io.pinna.unit.Pose;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is heard past an edge and around it, against Kirchhoff's half-plane. */
@Tag("analytic")
class DiffractionRenderTest {
    private static final int OCTAVES = 7;
    /** Of the sound that is repeated: whole periods of all octaves. */
    private static final int PERIOD = 9600;
    private static final AcousticsSettings EDGES = AcousticsSettings.OFF.withOcclusion(true).withDiffraction(true);

    /** A listener 2 m from the edge of a large thin screen goes around it, the emitter stands on the other side of it, level with the edge. */
    @ParameterizedTest
    @CsvSource({"256, 0", "256, 0.2", "1024, 0", "64, 0.2"})
    void walkingPastAHalfPlaneFollowsKirchhoff(int block, double radius) {
        float[] click = new float[PERIOD];
        click[0] = 1;
        SoundWorldSettings settings = TestWorlds.bare().withAcoustics(EDGES).withBlockFrames(block).withCapacity(1, 4, 4);
        double worst = 0;
        double worstStep = 0;
        String worstAt = "";
        String stepAt = "";
        try (AcousticRoom room = new AcousticRoom(settings, AcousticRoom.flat(), Pose.ORIGIN)) {
            double f = 60;
            room.build(List.of(AcousticRoom.sheet("screen", new double[] {0, -f, -f}, new double[] {0, f, 0}, new double[] {0, 0, 2 * f}, AcousticRoom.absorbing("opaque", 0.3, 0.3, 0.3, 0.1))));
            room.emitter(click, EmitterSettings.named("e").at(2, 0, 0).withRadiusMeters(radius).withLooping(true)).play();
            double[] last = null;
            for (int degrees = -60; degrees <= 85; degrees++) {
                double b = -Math.PI / 2 - Math.toRadians(degrees);
                room.listener.setPose(Pose.at(2 * Math.sin(b), 2 * Math.cos(b), 0));
                room.render((int) Math.ceil((0.25 * RATE + PERIOD) / block));
                float[] heard = room.left();
                double direct = Math.hypot(2 * Math.sin(b) - 2, 2 * Math.cos(b));
                double[] now = new double[OCTAVES];
                for (int o = 0; o < OCTAVES; o++) {
                    double hz = 125 << o;
                    double expected = Kirchhoff.halfPlaneDb(4, direct, degrees > 0, hz);
                    now[o] = TestWorlds.levelDb(heard, heard.length - PERIOD, heard.length, hz, RATE) + 20 * Math.log10(direct);
                    double step = last == null ? 0 : Math.abs(now[o] - last[o]);
                    if (Math.abs(now[o] - expected) > worst) {
                        worst = Math.abs(now[o] - expected);
                        worstAt = degrees + "°, " + hz + " Hz: " + now[o] + " dB for " + expected;
                    }
                    if (step > worstStep) {
                        worstStep = step;
                        stepAt = degrees + "°, " + hz + " Hz: " + step + " dB";
                    }
                }
                last = now;
            }
        }
        assertTrue(worst < 2, worstAt);
        assertEquals(0.5, worstStep, 0.5, stepAt);
    }
}
