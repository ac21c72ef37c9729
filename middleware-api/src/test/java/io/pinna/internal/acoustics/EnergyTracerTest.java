package io.pinna.internal.acoustics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.acoustics.AcousticMaterial;
import io.pinna.acoustics.AirAbsorption;
import io.pinna.acoustics.Bands;
import io.pinna.unit.Pose;
import io.pinna.unit.Vector3;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class EnergyTracerTest {
    private static final AirAbsorption DRY = AirAbsorption.of(20, 20);

    private static EnergyTracer tracer(double minimumScattering, AirAbsorption air) {
        return new EnergyTracer(new ReverbSettings(96, 60, minimumScattering, 1000, 1, 24, 4, 0.5, air, 7));
    }

    private static void assertBooksAgree(EnergyTracer t) {
        for (int b = 0; b < Bands.COUNT; b++) {
            double spent = t.absorbedBySurfaces(b) + t.escapedToTheOpen(b) + t.absorbedByAir(b) + t.leftOver(b);
            assertEquals(1, spent / t.emitted(b), 1e-9, "energy of band " + b);
        }
    }

    @Test
    @Tag("property")
    void energyIsConserved() {
        AcousticMaterial walls = Rooms.material(0.05, 0.2, 0.7, 0.3);
        AcousticMaterial floor = Rooms.material(0.1, 0.4, 0.6, 0.1);
        AcousticScene open = Scenes.sceneOf(Rooms.box(0, 0, 0, 7, 3, 5, walls, null, floor, walls, walls, walls));
        EnergyTracer t = tracer(0.1, DRY);
        for (int i = 0; i < 2000; i++) {
            t.trace(open, 2, 1.5, 2, i);
        }
        assertBooksAgree(t);
        for (int b = 0; b < Bands.COUNT; b++) {
            assertEquals(2000, t.emitted(b), 0);
            assertTrue(t.absorbedBySurfaces(b) > 0.1 * 2000 && t.escapedToTheOpen(b) > 0.03 * 2000 && t.absorbedByAir(b) > 0, "all accounts are used");
        }
        assertTrue(t.absorbedByAir(2) > 3 * t.absorbedByAir(0), "air takes high frequencies");
        AcousticScene closed = Rooms.shoebox(7, 3, 5, Rooms.material(0.02, 0.1), floor);
        t.reset();
        for (int i = 0; i < 500; i++) {
            t.trace(closed, 2, 1.5, 2, i);
        }
        assertBooksAgree(t);
        for (int b = 0; b < Bands.COUNT; b++) {
            assertEquals(0, t.escapedToTheOpen(b), 0, "a closed room does not leak");
        }
    }

    @Test
    @Tag("analytic")
    void aMirrorReflectsAndAbsorbsItsFraction() {
        // Between two parallel mirrors, 4 m apart, at right angles: back and forth for ever.
        AcousticMaterial mirror = Rooms.material(0.1, 0.2, 0.4, 0);
        AcousticScene scene = Rooms.shoebox(4, 3, 3, mirror, mirror);
        EnergyTracer t = tracer(0, null);
        t.trace(scene, 1, 1.4, 1.3, 1, 0, 0);
        assertEquals(96, t.bounces);
        assertTrue(t.atLimit, "0.9⁹⁶ = −44 dB");
        assertEquals(3, t.pathMeters[0], 1e-5);
        // Each further segment begins 1.2 mm off the surface.
        assertEquals(7, t.pathMeters[1], 2e-3);
        assertEquals(3 + 95 * 4, t.pathMeters[95], 95 * 2e-3);
        for (int b = 0; b < Bands.COUNT; b++) {
            double left = 1 - new double[] {0.1, 0.2, 0.4}[b];
            assertEquals(1, t.reflected[10 * Bands.COUNT + b] / Math.pow(left, 11), 1e-6);
        }
        assertEquals(-1, t.normals[0], 1e-6);
        assertEquals(1, t.normals[3], 1e-6);
        assertEquals(1.4, t.points[3 * 95 + 1], 1e-6);
    }

    @Test
    @Tag("analytic")
    void aRayEndsWhenItsStrongestBandHasLostSixtyDecibels() {
        AcousticMaterial mirror = Rooms.material(0.5, 0.6, 0.7, 0.2);
        EnergyTracer t = tracer(0, null);
        t.trace(Rooms.shoebox(4, 3, 3, mirror, mirror), 1, 1.4, 1.3, 3);
        assertEquals(20, t.bounces, "half is left of half of half...: 2⁻²⁰ is the first below a millionth");
        assertTrue(!t.atLimit && !t.escaped, "ended by itself");
    }

    @Test
    @Tag("analytic")
    void diffuseReflectionsFollowLambert() {
        // One bounce off a large floor that scatters all, then away: cos² is 1/2 on average, cos is 2/3.
        AcousticScene scene = Scenes.sceneOf(Rooms.rectangle(new double[] {-50, 0, -50}, new double[] {100, 0, 0}, new double[] {0, 0, 100}, Rooms.material(0.1, 1)),
                Rooms.rectangle(new double[] {-500, 1, -500}, new double[] {1000, 0, 0}, new double[] {0, 0, 499.99}, Rooms.material(1, 1)),
                Rooms.rectangle(new double[] {-500, 1, 0.01}, new double[] {1000, 0, 0}, new double[] {0, 0, 500}, Rooms.material(1, 1)));
        EnergyTracer t = tracer(0, null);
        int n = 20_000;
        double cos = 0;
        double cos2 = 0;
        int counted = 0;
        for (int i = 0; i < n; i++) {
            t.trace(scene, 0, 2, 0, 0, -1, 0);
            if (t.bounces > 1) {
                double c = 1 / t.segmentMeters[1];
                cos += c;
                cos2 += c * c;
                counted++;
            }
        }
        assertEquals(n, counted, 0.01 * n);
        assertEquals(2.0 / 3, cos / counted, 0.01);
        assertEquals(0.5, cos2 / counted, 0.01);
    }

    @Test
    @Tag("analytic")
    void thinWallsThatLetThroughMoreThanTheyAbsorbDoNotReflectIt() {
        AcousticMaterial curtain = new AcousticMaterial("curtain", Bands.uniform(0.1), Bands.of(0.9, 0.5, 0.05), 0.2);
        EnergyTracer t = tracer(0, null);
        t.trace(Rooms.shoebox(4, 3, 3, curtain, curtain), 1, 1.4, 1.3, 3);
        assertEquals(0.1, t.reflected[0], 1e-6);
        assertEquals(0.5, t.reflected[1], 1e-6);
        assertEquals(0.9, t.reflected[2], 1e-6);
    }

    @Test
    @Tag("property")
    void farFromTheOriginNothingChangesAndNothingLeaks() {
        GeometryState state = new GeometryState();
        AcousticMaterial walls = Rooms.material(0.05, 0.5);
        state.add("room", Rooms.box(0, 0, 0, 7, 3, 5, walls, walls, walls, walls, walls, walls), Pose.at(1e6, -3e5, 7e5), Vector3.ONE);
        AcousticScene scene = Scenes.scene(state);
        EnergyTracer t = tracer(0.1, null);
        double path = 0;
        int bounces = 0;
        for (int i = 0; i < 500; i++) {
            t.trace(scene, 1e6 + 2, -3e5 + 1.5, 7e5 + 2, i);
            assertTrue(!t.escaped, "leaked");
            path += t.pathMeters[t.bounces - 1];
            bounces += t.bounces;
        }
        assertEquals(4 * 7 * 3 * 5 / Rooms.surface(7, 3, 5), path / bounces, 0.04);
        assertBooksAgree(t);
    }

    @Test
    @Tag("property")
    void directionsOfConsecutiveRaysAreEven() {
        // Of 64 consecutive rays, from any number on, each octant has 8, give or take 2; by chance it would be 2.6.
        AcousticScene scene = Rooms.shoebox(2, 2, 2, Rooms.material(0.9, 0), Rooms.material(0.9, 0));
        EnergyTracer t = tracer(0, null);
        for (long first : new long[] {0, 64, 1000, 123_456_789}) {
            int[] octants = new int[8];
            for (int i = 0; i < 64; i++) {
                t.trace(scene, 1, 1, 1, first + i);
                octants[(t.points[0] > 1 ? 1 : 0) + (t.points[1] > 1 ? 2 : 0) + (t.points[2] > 1 ? 4 : 0)]++;
            }
            for (int count : octants) {
                assertEquals(8, count, 2);
            }
        }
    }
}
