package io.pinna;

import static io.pinna.TestWorlds.RATE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.acoustics.AcousticMaterial;
import io.pinna.acoustics.AcousticsSettings;
import io.pinna.acoustics.AirAbsorption;
import io.pinna.acoustics.Bands;
import io.pinna.acoustics.TriangleMesh;
import io.pinna.unit.Pose;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is heard through walls, against their transmission. */
@Tag("analytic")
class TransmissionRenderTest {
    private static final AcousticsSettings STRAIGHT = AcousticsSettings.OFF.withOcclusion(true).withTransmission(true);

    private static AcousticMaterial material(String name, double low, double middle, double high) {
        return new AcousticMaterial(name, Bands.uniform(0.3), Bands.of(low, middle, high), 0.1);
    }

    /** Levels (dB) of an impulse at the middles of the bands. */
    private static double[] heard(int block, AcousticsSettings acoustics, double radius, List<TriangleMesh> meshes) {
        try (AcousticRoom room = new AcousticRoom(TestWorlds.bare().withAcoustics(acoustics).withBlockFrames(block).withCapacity(1, 4, 4), AcousticRoom.flat(), Pose.at(0.13, 0.07, 2))) {
            room.build(meshes);
            float[] click = new float[600];
            click[500] = 1;
            room.emitter(click, EmitterSettings.named("e").at(0.11, 0.02, -3).withRadiusMeters(radius)).play();
            room.renderFrames(6000);
            double[] db = new double[Bands.COUNT];
            for (int b = 0; b < Bands.COUNT; b++) {
                db[b] = TestWorlds.levelDb(room.left(), 400, 4000, AirAbsorption.bandFrequencyHz(b), RATE);
            }
            return db;
        }
    }

    /** A slab across the line, so large that nothing comes around it. */
    private static TriangleMesh slab(double z, double half, AcousticMaterial material) {
        return AcousticRoom.moved(TriangleMesh.box("slab at " + z, half, half, 0.05, material), 0, 0, z);
    }

    @ParameterizedTest
    @CsvSource({"64, false, 0", "256, false, 0", "256, true, 0", "256, true, 0.4", "1024, false, 0.4", "1024, true, 0"})
    void slabsAttenuateByTheirTransmission(int block, boolean diffraction, double radius) {
        AcousticsSettings acoustics = STRAIGHT.withDiffraction(diffraction);
        AcousticMaterial door = material("door", 0.1, 0.02, 0.004);
        AcousticMaterial glass = material("glass", 0.05, 0.06, 0.01);
        AcousticMaterial wall = material("wall", 0.01, 0.0005, 0.0001);
        double half = diffraction ? 2000 : 20;
        double[] free = heard(block, acoustics, radius, List.of());
        assertHeard(free, heard(block, acoustics, radius, List.of(slab(0, half, door))), "door", door);
        assertHeard(free, heard(block, acoustics, radius, List.of(slab(0, half, wall))), "wall", wall);
        assertHeard(free, heard(block, acoustics, radius, List.of(slab(0, half, door), slab(-1, half, glass))), "door and glass", door, glass);
        // A sheet without thickness counts once too.
        TriangleMesh sheet = AcousticRoom.sheet("sheet", new double[] {-half, -half, 1}, new double[] {2 * half, 0, 0}, new double[] {0, 2 * half, 0}, glass);
        assertHeard(free, heard(block, acoustics, radius, List.of(slab(0, half, door), sheet)), "door and sheet", door, glass);
    }

    /** A closed room around the listener, where nothing comes around anything. */
    @ParameterizedTest
    @CsvSource({"256, false", "256, true"})
    void aClosedRoomAttenuatesByOneOfItsWalls(int block, boolean diffraction) {
        AcousticsSettings acoustics = STRAIGHT.withDiffraction(diffraction);
        AcousticMaterial door = material("door", 0.1, 0.02, 0.004);
        AcousticMaterial[] faces = new AcousticMaterial[6];
        Arrays.fill(faces, door);
        double[] free = heard(block, acoustics, 0, List.of());
        assertHeard(free, heard(block, acoustics, 0, AcousticRoom.shoebox(new double[] {-2, -1, -1}, new double[] {3, 1.6, 4}, faces)), "room", door);
        TriangleMesh hollow = TriangleMesh.box("hollow", 3, 3, 2.5, door);
        // Within a solid box the sound leaves it once.
        assertHeard(free, heard(block, acoustics, 0, List.of(AcousticRoom.moved(hollow, 0, 0, 2))), "box", door);
    }

    private static void assertHeard(double[] free, double[] heard, String what, AcousticMaterial... crossed) {
        for (int b = 0; b < Bands.COUNT; b++) {
            double energy = 1;
            for (AcousticMaterial m : crossed) {
                energy *= m.transmission().get(b);
            }
            assertEquals(10 * Math.log10(energy), heard[b] - free[b], 0.1, what + ", band " + b);
        }
        assertTrue(heard[2] < heard[0] - 3);
    }
}
