package io.pinna.internal.acoustics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.SoundWorldSettings;
import io.pinna.acoustics.AcousticMaterial;
import io.pinna.acoustics.AcousticsSettings;
import io.pinna.acoustics.Directivity;
import io.pinna.acoustics.DistanceModel;
import io.pinna.internal.snapshot.PropagationFrame;
import io.pinna.internal.snapshot.SceneFrame;
import io.pinna.internal.snapshot.TripleBuffer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the acoustics thread says of slots that change hands. */
@Tag("unit")
class AcousticsAgentTest {
    private final SoundWorldSettings settings = SoundWorldSettings.OFFLINE.withCapacity(1, 2, 2).withAcoustics(AcousticsSettings.DEFAULT);
    private final TripleBuffer<SceneFrame> scenes = new TripleBuffer<>(() -> new SceneFrame(1, 2));
    private final TripleBuffer<PropagationFrame> toAudio = new TripleBuffer<>(() -> new PropagationFrame(settings));
    private final TripleBuffer<PropagationFrame> toReport = new TripleBuffer<>(() -> new PropagationFrame(settings));
    private final GeometryState geometry = new GeometryState();
    private long nanos;
    private long frames;
    private final AcousticsAgent agent = new AcousticsAgent(settings, scenes, toAudio, toReport, () -> nanos);

    private PropagationFrame answer(int listenerGeneration, double x) {
        SceneFrame s = scenes.back();
        s.number = ++frames;
        s.geometry = geometry.publish();
        s.listenerGeneration[0] = listenerGeneration;
        s.listenerPosition[0] = x;
        s.listenerPosition[1] = 1.5;
        s.listenerPosition[2] = 2;
        s.listenerRotation[3] = 1;
        s.emitterLimit = 1;
        s.emitterGeneration[0] = 1;
        s.emitterPosition[0] = 3;
        s.emitterPosition[1] = 1.2;
        s.emitterPosition[2] = 3;
        s.emitterAxis[2] = -1;
        s.emitterGain[0] = 1;
        s.emitterPitch[0] = 1;
        s.emitterDistance[0] = DistanceModel.inverse(1, 1000);
        s.emitterDirectivity[0] = Directivity.OMNIDIRECTIONAL;
        scenes.publish();
        agent.doWork();
        return toAudio.acquire();
    }

    @Test
    void nobodyHearsTheReflectionsOfWhoWasThereBefore() {
        AcousticMaterial wall = Rooms.material(0.1, 0.1);
        geometry.add(Rooms.box(0, 0, 0, 6, 3, 5, wall, wall, wall, wall, wall, wall));
        PropagationFrame heard = answer(7, 2);
        assertEquals(0, heard.setOf(0, 0, 1));
        assertTrue(heard.setCount(0, 0) > 0);
        // A millisecond later, when no update of reflections is due, the slot is another listener's, who is outside.
        nanos += 1_000_000;
        heard = answer(8, -50);
        assertTrue(heard.isFor(heard.pair(0, 0), 8, 1));
        assertEquals(-1, heard.setOf(0, 0, 1));
        // When it is, that listener has its own.
        nanos += 100_000_000;
        heard = answer(8, 2);
        assertEquals(0, heard.setOf(0, 0, 1));
    }
}
