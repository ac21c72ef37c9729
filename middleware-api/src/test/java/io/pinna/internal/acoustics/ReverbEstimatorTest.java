package io.pinna.internal.acoustics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.InvalidValueException;
import io.pinna.acoustics.AcousticMaterial;
import io.pinna.acoustics.AcousticMaterials;
import io.pinna.acoustics.AcousticsSettings;
import io.pinna.acoustics.AirAbsorption;
import io.pinna.acoustics.Bands;
import io.pinna.internal.device.Allocation;
import io.pinna.unit.Pose;
import io.pinna.unit.Vector3;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class ReverbEstimatorTest {
    private static final int RAYS = 64;
    private static final double INTERVAL_SECONDS = 0.1;
    private static final double[][] ROOMS = {{5, 5, 5}, {8, 3, 6}, {20, 3, 20}, {30, 3, 4}, {30, 12, 20}};

    private static ReverbSettings settings(int firstOrder, double smoothingSeconds, AirAbsorption air) {
        return new ReverbSettings(96, 60, 0.1, 1000, firstOrder, 24, 8, smoothingSeconds, air, 1);
    }

    private static double[] listener(double[] room) {
        return new double[] {0.31 * room[0], Math.min(1.7, 0.6 * room[1]), 0.23 * room[2]};
    }

    /** A second or more of updates. */
    private static void run(ReverbEstimator e, AcousticScene scene, double[] listener, int updates, double[]... emitters) {
        for (int i = 0; i < updates; i++) {
            e.update(scene, listener[0], listener[1], listener[2], RAYS, INTERVAL_SECONDS);
            for (int k = 0; k < emitters.length; k++) {
                e.connect(scene, k, emitters[k][0], emitters[k][1], emitters[k][2]);
            }
        }
    }

    private static double decibels(double energyRatio) {
        return 10 * Math.log10(energyRatio);
    }

    @Test
    @Tag("analytic")
    void timesAreEyringsInShoeboxesOfUniformAbsorption() {
        for (double[] r : ROOMS) {
            for (double absorption : new double[] {0.05, 0.2, 0.4, 0.6}) {
                for (double scattering : new double[] {0.05, 0.5}) {
                    AcousticMaterial walls = Rooms.material(absorption, scattering);
                    ReverbEstimator e = new ReverbEstimator(settings(1, 0.5, null));
                    run(e, Rooms.shoebox(r[0], r[1], r[2], walls, walls), listener(r), 10);
                    double eyring = Rooms.eyringSeconds(r[0], r[1], r[2], absorption, 0);
                    String where = r[0] + " x " + r[1] + " x " + r[2] + " m, absorption " + absorption + ", scattering " + scattering;
                    for (int b = 0; b < Bands.COUNT; b++) {
                        assertEquals(1, e.estimate().rt60Seconds(b) / eyring, 0.06, where);
                    }
                    double meanFreePath = 4 * r[0] * r[1] * r[2] / Rooms.surface(r[0], r[1], r[2]);
                    assertEquals(1, e.estimate().meanFreePathMeters() / meanFreePath, 0.05, where);
                    assertEquals(0, e.estimate().openness(), 0, where);
                    assertTrue(e.estimate().effectiveRays() > 300, where);
                }
            }
        }
    }

    @Test
    @Tag("analytic")
    void timesAreEyringsInEachBandWithAir() {
        AcousticMaterial walls = Rooms.material(0.1, 0.25, 0.5, 0.2);
        for (AirAbsorption air : new AirAbsorption[] {AirAbsorption.ROOM, AirAbsorption.of(20, 15)}) {
            for (double[] r : ROOMS) {
                ReverbEstimator e = new ReverbEstimator(settings(1, 0.5, air));
                run(e, Rooms.shoebox(r[0], r[1], r[2], walls, walls), listener(r), 10);
                for (int b = 0; b < Bands.COUNT; b++) {
                    double eyring = Rooms.eyringSeconds(r[0], r[1], r[2], walls.absorption().get(b), air.bandsDecibelsPerMeter().get(b));
                    assertEquals(1, e.estimate().rt60Seconds(b) / eyring, 0.06, r[0] + " x " + r[1] + " x " + r[2] + " m, band " + b);
                }
            }
        }
    }

    /**
     * Eyring's formula takes the mean absorption by area. Rays that have just left an absorbing floor cannot meet it at once and have little left, so it absorbs more than its share; Kuttruff's formula for
     * a diffuse field ("Room Acoustics", 6th ed., 5.4) says by how much, and at 0.05 against 0.4 it is less than 4 %.
     */
    @Test
    @Tag("analytic")
    void timesAreEyringsOfTheMeanWhereTheFieldIsMixed() {
        double[][] walls = {{0.05, 0.4}, {0.02, 0.3}, {0.3, 0.05}, {0.1, 0.5}};
        for (double[] r : ROOMS) {
            for (double[] w : walls) {
                double floorArea = r[0] * r[2];
                double surface = Rooms.surface(r[0], r[1], r[2]);
                double mean = (w[0] * (surface - floorArea) + w[1] * floorArea) / surface;
                ReverbEstimator e = new ReverbEstimator(settings(1, 2, null));
                run(e, Rooms.shoebox(r[0], r[1], r[2], Rooms.material(w[0], 0.3), Rooms.material(w[1], 0.3)), listener(r), 40);
                double eyring = Rooms.eyringSeconds(r[0], r[1], r[2], mean, 0);
                assertEquals(1, e.estimate().rt60Seconds(1) / eyring, 0.1, r[0] + " x " + r[1] + " x " + r[2] + " m, walls " + w[0] + ", floor " + w[1]);
            }
        }
    }

    @Test
    @Tag("analytic")
    void strongContrastsFollowKuttruff() {
        // A cube whose floor absorbs 0.7 and whose walls absorb 0.05, all diffuse.
        double[] rho = {0.3, 0.95, 0.95, 0.95, 0.95, 0.95};
        double mean = (0.3 + 5 * 0.95) / 6;
        double above = 0;
        double below = 36 * mean * mean;
        for (double p : rho) {
            above += p * (p - mean);
            below -= p * p;
        }
        double exponent = -Math.log(mean) + Math.log1p(above / below);
        double seconds = 24 * Math.log(10) * 125 / (AcousticsSettings.SPEED_OF_SOUND * 150 * exponent);
        assertEquals(0.91, seconds / Rooms.eyringSeconds(5, 5, 5, 1 - mean, 0), 0.01, "9 % faster than Eyring");
        ReverbEstimator e = new ReverbEstimator(settings(1, 10, null));
        run(e, Rooms.shoebox(5, 5, 5, Rooms.material(0.05, 1), Rooms.material(0.7, 1)), new double[] {1.5, 1.7, 1.2}, 100);
        assertEquals(1, e.estimate().rt60Seconds(1) / seconds, 0.06);
    }

    @Test
    @Tag("property")
    void bounceLimitsDoNotShortenTimesNorLowerLevels() {
        AcousticMaterial walls = Rooms.material(0.02, 0.2);
        AcousticScene scene = Rooms.shoebox(8, 4, 6, walls, walls);
        double eyring = Rooms.eyringSeconds(8, 4, 6, 0.02, 0);
        double level = 16 * Math.PI * 0.98 * 0.98 / (Rooms.surface(8, 4, 6) * 0.02);
        for (int limit : new int[] {8, 16, 64, 500}) {
            ReverbEstimator e = new ReverbEstimator(new ReverbSettings(limit, 60, 0.1, 1000, 1, 24, 1, 2, null, 1));
            run(e, scene, new double[] {2, 1.6, 2}, 30, new double[] {5, 1.5, 4});
            assertEquals(1, e.estimate().rt60Seconds(0) / eyring, 0.08, limit + " bounces");
            assertEquals(decibels(level), decibels(e.estimate().level(0, 0)), 0.7, limit + " bounces");
        }
    }

    @Test
    @Tag("analytic")
    void levelsAreThoseOfADiffuseFieldWhereverTheEmitterStands() {
        double[] r = {8, 5, 6};
        double[][] emitters = {{5.6, 1.2, 4.8}, {2.5, 1.7, 1.9}, {4, 2.5, 3}, {7, 4.2, 1}, {1, 0.8, 5}};
        for (int firstOrder = 1; firstOrder <= 3; firstOrder++) {
            for (double absorption : new double[] {0.05, 0.2, 0.4}) {
                AcousticMaterial walls = Rooms.material(absorption, 0.5);
                ReverbEstimator e = new ReverbEstimator(settings(firstOrder, 2, null));
                run(e, Rooms.shoebox(r[0], r[1], r[2], walls, walls), listener(r), 40, emitters);
                double theory = 16 * Math.PI * Math.pow(1 - absorption, firstOrder + 1) / (Rooms.surface(r[0], r[1], r[2]) * absorption);
                for (int k = 0; k < emitters.length; k++) {
                    assertEquals(decibels(theory), decibels(e.estimate().level(k, 1)), 1.5, "above order " + firstOrder + ", absorption " + absorption + ", emitter " + k);
                }
            }
        }
    }

    @Test
    @Tag("analytic")
    void allReflectionsTogetherAreTheRoomConstants() {
        // Above the order 0: 16 π / R with R = S α / (1 − α).
        AcousticMaterial walls = Rooms.material(0.1, 0.5);
        ReverbEstimator e = new ReverbEstimator(settings(0, 2, null));
        run(e, Rooms.shoebox(8, 5, 6, walls, walls), new double[] {2, 1.7, 2}, 40, new double[] {6, 3, 4});
        double roomConstant = Rooms.surface(8, 5, 6) * 0.1 / 0.9;
        assertEquals(decibels(16 * Math.PI / roomConstant), decibels(e.estimate().level(0, 0)), 1);
    }

    @Test
    @Tag("property")
    void levelsAreSteadyFromTheFirstUpdateOn() {
        AcousticMaterial walls = Rooms.material(0.2, 0.3);
        AcousticScene scene = Rooms.shoebox(8, 4, 6, walls, walls);
        ReverbEstimator e = new ReverbEstimator(settings(2, 0.5, null));
        double theory = decibels(16 * Math.PI * Math.pow(0.8, 3) / (Rooms.surface(8, 4, 6) * 0.2));
        for (int i = 0; i < 30; i++) {
            run(e, scene, new double[] {2, 1.6, 2}, 1, new double[] {5, 1.5, 4});
            assertEquals(theory, decibels(e.estimate().level(0, 1)), i < 5 ? 2 : 1.2, "update " + i);
            assertEquals(1, e.estimate().rt60Seconds(1) / Rooms.eyringSeconds(8, 4, 6, 0.2, 0), i < 5 ? 0.1 : 0.05, "update " + i);
        }
        assertEquals(0, e.jumps(), "nothing has changed");
    }

    @Test
    @Tag("property")
    void manyUpdatesOfFewRaysAreWorthFewOfMany() {
        AcousticMaterial walls = Rooms.material(0.2, 0.3);
        AcousticScene scene = Rooms.shoebox(8, 4, 6, walls, walls);
        ReverbEstimator e = new ReverbEstimator(settings(2, 0.5, null));
        for (int i = 0; i < 80; i++) {
            e.update(scene, 2, 1.6, 2, 8, INTERVAL_SECONDS / 8);
            e.connect(scene, 0, 5, 1.5, 4);
        }
        ReverbEstimator few = new ReverbEstimator(settings(2, 0.5, null));
        run(few, scene, new double[] {2, 1.6, 2}, 10, new double[] {5, 1.5, 4});
        assertEquals(1, e.estimate().rt60Seconds(1) / few.estimate().rt60Seconds(1), 0.05);
        assertEquals(decibels(few.estimate().level(0, 1)), decibels(e.estimate().level(0, 1)), 1);
        assertEquals(1, e.estimate().effectiveRays() / few.estimate().effectiveRays(), 0.2, "the same number of rays within memory");
    }

    @Test
    @Tag("analytic")
    void theFirstLateReflectionTakesItsMeanFreePaths() {
        AcousticMaterial walls = Rooms.material(0.2, 0.5);
        for (int firstOrder = 0; firstOrder < 4; firstOrder++) {
            ReverbEstimator e = new ReverbEstimator(settings(firstOrder, 0.5, null));
            run(e, Rooms.shoebox(6, 6, 6, walls, walls), new double[] {3.1, 2.9, 3.2}, 20);
            // The first way starts in the middle of the room: its mean is that of the distance to the faces of a cube of side 2 times 3 m, 3.66 m (numerical); the others are 4 V / S = 4 m.
            double expected = (3.66 + 4 * firstOrder) / AcousticsSettings.SPEED_OF_SOUND;
            assertEquals(1, e.estimate().preDelaySeconds() / expected, 0.06, "above order " + firstOrder);
        }
    }

    /** A dead room, 3 × 2.5 × 3 m, beside a hall, 30 × 10 × 20 m; between them a doorway of 1 × 2 m with a sliding door. */
    private static final class Coupled {
        final GeometryState state = new GeometryState();
        final AcousticScene scene = new AcousticScene();
        final GeometryInstance door;
        final double[] inRoom = {1.3, 1.5, 1.2};
        final double[] inHall = {18, 1.7, 1};

        Coupled() {
            AcousticMaterial dead = Rooms.material(0.6, 0.3);
            AcousticMaterial hard = Rooms.material(0.05, 0.3);
            state.add(Rooms.box(0, 0, 0, 3, 2.5, 3, dead, null, dead, dead, dead, dead));
            state.add(Rooms.wallWithDoor(2.99, 2.5, 0, 3, 2, 1, 2, dead));
            state.add(Rooms.box(3, 0, -10, 33, 10, 10, null, hard, hard, hard, hard, hard));
            state.add(Rooms.wallWithDoor(3, 10, -10, 10, 2, 1, 2, hard));
            door = state.add("door", Rooms.rectangle(new double[] {2.995, 0, 0.95}, new double[] {0, 2.05, 0}, new double[] {0, 0, 1.1}, hard), Pose.at(0, 0, 0), Vector3.ONE);
            open(1);
        }

        /** Eyring's time of the dead room with its door, 2 of 48 m², which absorbs 0.05. */
        static double shutRoomSeconds() {
            return Rooms.eyringSeconds(3, 2.5, 3, (46 * 0.6 + 2 * 0.05) / 48, 0);
        }

        void open(double fraction) {
            state.setTransform(door, Pose.at(0, 0, fraction * 1.1), Vector3.ONE);
            scene.apply(state.publish());
        }
    }

    @Test
    @Tag("analytic")
    void aDeadRoomBesideAHallIsDeadFirstAndHallLater() {
        double room = Rooms.eyringSeconds(3, 2.5, 3, 0.6, 0);
        double hall = Rooms.eyringSeconds(30, 10, 20, 0.05, 0);
        Coupled c = new Coupled();
        ReverbEstimator e = new ReverbEstimator(settings(1, 0.5, null));
        run(e, c.scene, c.inRoom, 10, c.inRoom, c.inHall);
        assertEquals(2.5, e.estimate().rt60Seconds(1) / room, 1.3, "longer than that of the room alone, but nowhere near that of the hall, which is a hundred times longer");
        assertEquals(1, e.estimate().lateRt60Seconds(1) / hall, 0.15);
        double own = e.estimate().level(0, 1);
        assertEquals(decibels(16 * Math.PI * 0.16 / (48 * 0.6)), decibels(own), 2, "an emitter in the room: little but that of the room");
        assertTrue(e.estimate().level(1, 1) < own / 4 && e.estimate().level(1, 1) > own / 100, "the hall is heard through the doorway");
        c.open(0);
        ReverbEstimator closed = new ReverbEstimator(settings(1, 0.5, null));
        run(closed, c.scene, c.inRoom, 10);
        assertEquals(1, closed.estimate().rt60Seconds(1) / Coupled.shutRoomSeconds(), 0.1);
        assertEquals(1, closed.estimate().lateRt60Seconds(1) / Coupled.shutRoomSeconds(), 0.2, "nothing of the hall");
        c.open(1);
        ReverbEstimator inHall = new ReverbEstimator(settings(1, 0.5, null));
        run(inHall, c.scene, c.inHall, 10, new double[] {10, 5, -5});
        assertEquals(1, inHall.estimate().rt60Seconds(1) / hall, 0.05);
        assertEquals(decibels(16 * Math.PI * 0.95 * 0.95 / (2200 * 0.05)), decibels(inHall.estimate().level(0, 1)), 1.5);
    }

    @Test
    @Tag("property")
    void walkingThroughADoorwayCrossFades() {
        Coupled c = new Coupled();
        ReverbEstimator e = new ReverbEstimator(settings(1, 0.5, null));
        run(e, c.scene, new double[] {0.5, 1.5, 1.4}, 10);
        double before = e.estimate().rt60Seconds(1);
        assertTrue(before < 0.3, before + " s in the dead room");
        for (int i = 0; i <= 75; i++) {
            run(e, c.scene, new double[] {0.5 + 0.1 * i, 1.5, 1.4}, 1);
            double now = e.estimate().rt60Seconds(1);
            assertEquals(0, Math.log(now / before), Math.log(1.8), "at x = " + (0.5 + 0.1 * i) + " m: from " + before + " to " + now + " s");
            before = now;
        }
        assertEquals(1, before / Rooms.eyringSeconds(30, 10, 20, 0.05, 0), 0.1);
    }

    @Test
    @Tag("property")
    void listenerAndEmitterMayChangePlaces() {
        AcousticMaterial absorbing = Rooms.material(0.4, 1);
        AcousticMaterial hard = Rooms.material(0.1, 1);
        GeometryState state = new GeometryState();
        state.add(Rooms.box(0, 0, 0, 4, 3, 4, absorbing, null, absorbing, absorbing, absorbing, absorbing));
        state.add(Rooms.wallWithDoor(3.99, 3, 0, 4, 2.2, 1, 2.5, absorbing));
        state.add(Rooms.box(4, 0, -4, 14, 5, 8, null, hard, hard, hard, hard, hard));
        state.add(Rooms.wallWithDoor(4, 5, -4, 8, 2.2, 1, 2.5, hard));
        AcousticScene scene = Scenes.scene(state);
        double[][] places = {{1.2, 1.5, 2.8}, {9, 1.6, -1}, {3, 1.2, 1.5}, {6, 2, 5}};
        double[][] levels = new double[places.length][places.length];
        for (int i = 0; i < places.length; i++) {
            ReverbEstimator e = new ReverbEstimator(settings(1, 10, AirAbsorption.ROOM));
            run(e, scene, places[i], 60, places);
            for (int k = 0; k < places.length; k++) {
                levels[i][k] = decibels(e.estimate().level(k, 2));
            }
        }
        for (int i = 0; i < places.length; i++) {
            for (int k = 0; k < i; k++) {
                assertEquals(levels[i][k], levels[k][i], 1, "from place " + i + " to " + k + " and back (dB)");
            }
        }
        assertTrue(levels[0][1] < levels[0][0] - 3 && levels[0][1] < levels[1][1] - 3, "another room is another room");
    }

    @Test
    @Tag("property")
    void aDoorOpensAndClosesOnLevelsWithoutSteps() {
        Coupled c = new Coupled();
        for (double[][] pair : new double[][][] {{c.inRoom, {10, 5, -5}}, {c.inHall, {2.5, 1.5, 1.4}}}) {
            c.open(1);
            ReverbEstimator e = new ReverbEstimator(settings(1, 0.5, null));
            run(e, c.scene, pair[0], 20, pair[1]);
            double wide = e.estimate().level(0, 1);
            assertTrue(wide > 0, "heard through the doorway");
            c.open(0);
            run(e, c.scene, pair[0], 20, pair[1]);
            assertTrue(e.estimate().level(0, 1) < wide / 100, "20 dB down 2 s after the door was shut, but " + decibels(e.estimate().level(0, 1) / wide) + " dB");
            ReverbEstimator fresh = new ReverbEstimator(settings(1, 0.5, null));
            run(fresh, c.scene, pair[0], 5, pair[1]);
            assertEquals(0, fresh.estimate().level(0, 1), 0, "nothing passes a shut door");
            double before = Math.sqrt(e.estimate().level(0, 1) / wide);
            for (int i = 1; i <= 60; i++) {
                c.open(Math.min(1, i / 40.0));
                run(e, c.scene, pair[0], 1, pair[1]);
                double now = Math.sqrt(e.estimate().level(0, 1) / wide);
                assertEquals(before, now, 0.4, "amplitude relative to that of the open door, update " + i);
                before = now;
            }
            assertEquals(0, decibels(e.estimate().level(0, 1) / wide), 4, "as loud as before");
        }
    }

    @Test
    @Tag("property")
    void aListenerThatTeleportsIsFollowedWithinASecond() {
        Coupled c = new Coupled();
        c.open(0);
        ReverbEstimator e = new ReverbEstimator(settings(1, 0.5, null));
        double room = Coupled.shutRoomSeconds();
        double hall = Rooms.eyringSeconds(30, 10, 20, 0.05, 0);
        double[] emitter = {10, 5, -5};
        for (int turn = 0; turn < 2; turn++) {
            run(e, c.scene, c.inHall, 10, emitter);
            assertEquals(1, e.estimate().rt60Seconds(1) / hall, 0.1);
            double inside = e.estimate().level(0, 1);
            assertEquals(decibels(16 * Math.PI * 0.95 * 0.95 / (2200 * 0.05)), decibels(inside), 1.5);
            run(e, c.scene, c.inRoom, 10, emitter);
            assertEquals(1, e.estimate().rt60Seconds(1) / room, 0.12);
            assertEquals(1, e.estimate().meanFreePathMeters() / (4 * 22.5 / 48), 0.15);
            assertTrue(e.estimate().level(0, 1) < inside / 100, "the emitter stays behind");
        }
        assertEquals(4.5, e.jumps(), 1.5, "one for each of the three times that the listener went elsewhere, or two: the first estimate of another place is rough");
    }

    @Test
    @Tag("property")
    void windowsThatOpenAreFollowedWithinASecond() {
        AcousticMaterial walls = Rooms.material(0.05, 0.3);
        GeometryState state = new GeometryState();
        state.add(Rooms.box(0, 0, 0, 8, 3, 6, walls, null, walls, walls, walls, walls));
        GeometryInstance side = state.add(Rooms.rectangle(new double[] {8, 0, 0}, new double[] {0, 3, 0}, new double[] {0, 0, 6}, walls));
        AcousticScene scene = Scenes.scene(state);
        ReverbEstimator e = new ReverbEstimator(settings(1, 0.5, null));
        double[] at = {3, 1.6, 2};
        run(e, scene, at, 20);
        double surface = Rooms.surface(8, 3, 6);
        assertEquals(1, e.estimate().rt60Seconds(1) / Rooms.eyringSeconds(8, 3, 6, 0.05, 0), 0.06);
        state.setEnabled(side, false);
        scene.apply(state.publish());
        run(e, scene, at, 10);
        double open = Rooms.eyringSeconds(8, 3, 6, (0.05 * (surface - 18) + 18) / surface, 0);
        assertEquals(1, e.estimate().rt60Seconds(1) / open, 0.2, "the opening absorbs all");
        assertEquals(18 / (0.05 * (surface - 18) + 18), e.estimate().openness(), 0.08);
        state.setEnabled(side, true);
        scene.apply(state.publish());
        run(e, scene, at, 10);
        assertEquals(1, e.estimate().rt60Seconds(1) / Rooms.eyringSeconds(8, 3, 6, 0.05, 0), 0.25);
        assertTrue(e.estimate().openness() < 0.1, "closed again");
    }

    @Test
    @Tag("analytic")
    void theOpenIsDry() {
        AcousticMaterial grass = AcousticMaterials.named("grass");
        AcousticMaterial asphalt = Rooms.material(0.03, 0.1);
        AcousticMaterial brick = AcousticMaterials.named("brick");
        AcousticMaterial bark = Rooms.material(0.05, 0.5);
        AcousticScene room = Rooms.shoebox(8, 3, 6, brick, brick);
        double[] at = {3, 1.7, 2};
        double[] emitter = {5, 1.2, 3.5};
        ReverbEstimator e = new ReverbEstimator(settings(1, 0.5, AirAbsorption.ROOM));
        run(e, room, at, 20, emitter);
        double inRoom = e.estimate().level(0, 1);
        double inRoomSeconds = e.estimate().rt60Seconds(1);
        assertTrue(inRoomSeconds > 1.5, "a brick room rings");

        GeometryState plane = new GeometryState();
        plane.add(Rooms.rectangle(new double[] {-200, 0, -200}, new double[] {400, 0, 0}, new double[] {0, 0, 400}, asphalt));
        GeometryState street = new GeometryState();
        street.add(Rooms.rectangle(new double[] {-200, 0, -200}, new double[] {400, 0, 0}, new double[] {0, 0, 400}, asphalt));
        street.add(Rooms.rectangle(new double[] {-200, 0, -4}, new double[] {400, 0, 0}, new double[] {0, 8, 0}, brick));
        street.add(Rooms.rectangle(new double[] {-200, 0, 8}, new double[] {400, 0, 0}, new double[] {0, 8, 0}, brick));
        GeometryState clearing = new GeometryState();
        clearing.add(Rooms.rectangle(new double[] {-200, 0, -200}, new double[] {400, 0, 0}, new double[] {0, 0, 400}, grass));
        for (int i = 0; i < 8; i++) {
            double x = 10 * Math.cos(i);
            double z = 10 * Math.sin(i);
            clearing.add(Rooms.box(x - 0.2, 0, z - 0.2, x + 0.2, 10, z + 0.2, bark, bark, bark, bark, bark, bark));
        }
        GeometryState[] places = {plane, street, clearing, new GeometryState()};
        double[] longest = {0.3, 1, 0.5, 0.05};
        double[] leastOpen = {0.9, 0.6, 0.5, 1};
        for (int p = 0; p < places.length; p++) {
            AcousticScene scene = Scenes.scene(places[p]);
            ReverbEstimator outside = new ReverbEstimator(settings(1, 0.5, AirAbsorption.ROOM));
            for (int i = 0; i < 20; i++) {
                run(outside, scene, at, 1, emitter);
                for (int b = 0; b < Bands.COUNT; b++) {
                    ReverbEstimate r = outside.estimate();
                    for (double value : new double[] {r.rt60Seconds(b), r.lateRt60Seconds(b), r.level(0, b), r.preDelaySeconds(), r.meanFreePathMeters(), r.openness(), r.effectiveRays()}) {
                        assertTrue(value >= 0 && value < 1000, "place " + p + ": " + value);
                    }
                }
            }
            assertEquals(0, outside.jumps(), "place " + p + " has not changed");
            assertTrue(outside.estimate().level(0, 1) < inRoom * Math.pow(10, -1.5), "place " + p + " is " + decibels(outside.estimate().level(0, 1) / inRoom) + " dB beside the room");
            assertTrue(outside.estimate().rt60Seconds(1) <= longest[p] && outside.estimate().rt60Seconds(1) >= 0.05, "place " + p + ": " + outside.estimate().rt60Seconds(1) + " s");
            assertTrue(outside.estimate().openness() >= leastOpen[p] && outside.estimate().openness() <= 1, "place " + p + ": open " + outside.estimate().openness());
        }
    }

    @Test
    @Tag("property")
    void walkingOutOfTheRoomDriesUp() {
        AcousticMaterial brick = AcousticMaterials.named("brick");
        GeometryState state = new GeometryState();
        state.add(Rooms.rectangle(new double[] {-100, -0.01, -100}, new double[] {200, 0, 0}, new double[] {0, 0, 200}, AcousticMaterials.named("grass")));
        state.add(Rooms.box(0, 0, 0, 8, 3, 6, brick, null, brick, brick, brick, brick));
        state.add(Rooms.wallWithDoor(8, 3, 0, 6, 2.2, 2, 4, brick));
        AcousticScene scene = Scenes.scene(state);
        ReverbEstimator e = new ReverbEstimator(settings(1, 0.5, AirAbsorption.ROOM));
        double x = 3;
        run(e, scene, new double[] {x, 1.7, 3}, 10, new double[] {x + 1, 1.5, 3.5});
        double inside = e.estimate().level(0, 1);
        double insideSeconds = e.estimate().rt60Seconds(1);
        for (int i = 0; i < 80; i++) {
            x += 0.15;
            run(e, scene, new double[] {x, 1.7, 3}, 1, new double[] {x + 1, 1.5, 3.5});
        }
        assertTrue(decibels(e.estimate().level(0, 1) / inside) < -15, "by " + decibels(e.estimate().level(0, 1) / inside) + " dB");
        assertTrue(e.estimate().rt60Seconds(1) < 0.5 * insideSeconds, insideSeconds + " s inside, " + e.estimate().rt60Seconds(1) + " s outside");
        assertTrue(e.estimate().openness() > 0.5, "open: " + e.estimate().openness());
    }

    @Test
    @Tag("property")
    void surfacesThatAbsorbAllOrNothingGiveFiniteAnswers() {
        for (double absorption : new double[] {0, 1}) {
            AcousticMaterial walls = Rooms.material(absorption, 0.2);
            ReverbEstimator e = new ReverbEstimator(settings(1, 0.5, null));
            run(e, Rooms.shoebox(4, 3, 5, walls, walls), new double[] {1, 1, 1}, 5, new double[] {2, 2, 2}, new double[] {1, 1, 1}, new double[] {0, 1, 1});
            for (int b = 0; b < Bands.COUNT; b++) {
                assertEquals(absorption == 0 ? 20 : 0.05, e.estimate().rt60Seconds(b), 0);
                assertTrue(e.estimate().level(0, b) >= 0 && e.estimate().level(0, b) < 1000, "level " + e.estimate().level(0, b));
                assertEquals(absorption == 1, e.estimate().level(0, b) == 0);
                assertTrue(Double.isFinite(e.estimate().level(1, b)) && Double.isFinite(e.estimate().level(2, b)), "beside the listener, in a wall");
            }
        }
    }

    @Test
    @Tag("property")
    void sameCallsSameBits() {
        AcousticMaterial walls = Rooms.material(0.05, 0.2, 0.4, 0.3);
        AcousticScene scene = Rooms.shoebox(8, 4, 6, walls, walls);
        double[] emitter = {5, 1.5, 4};
        ReverbEstimator one = new ReverbEstimator(settings(2, 0.5, AirAbsorption.ROOM));
        ReverbEstimator other = new ReverbEstimator(settings(2, 0.5, AirAbsorption.ROOM));
        run(other, scene, new double[] {6, 2, 1}, 7, emitter);
        other.reset();
        for (int i = 0; i < 5; i++) {
            run(one, scene, new double[] {2, 1.6, 2}, 1, emitter);
            run(other, scene, new double[] {2, 1.6, 2}, 1, emitter);
            for (int b = 0; b < Bands.COUNT; b++) {
                assertEquals(one.estimate().rt60Seconds(b), other.estimate().rt60Seconds(b), 0);
                assertEquals(one.estimate().level(0, b), other.estimate().level(0, b), 0);
            }
        }
        double before = one.estimate().rt60Seconds(1);
        run(one, scene, new double[] {2, 1.6, 2}, 1, emitter);
        assertTrue(before != one.estimate().rt60Seconds(1), "each update looks elsewhere");
    }

    @Test
    @Tag("realtime")
    void updatesAllocateNothing() {
        Coupled c = new Coupled();
        ReverbEstimator e = new ReverbEstimator(settings(1, 0.5, AirAbsorption.ROOM));
        assertEquals(0, Allocation.perRound(() -> {
            run(e, c.scene, c.inRoom, 5, c.inRoom, c.inHall);
            run(e, c.scene, c.inHall, 5, c.inRoom, c.inHall);
            e.resetEmitter(1);
        }));
        assertTrue(e.estimate().level(0, 0) > 0, "something was found");
    }

    private static void run(ReverbEstimator e, AcousticScene scene, double[] listener, int updates, double[] first, double[] second) {
        for (int i = 0; i < updates; i++) {
            e.update(scene, listener[0], listener[1], listener[2], RAYS, INTERVAL_SECONDS);
            e.connect(scene, 0, first[0], first[1], first[2]);
            e.connect(scene, 1, second[0], second[1], second[2]);
        }
    }

    @Test
    @Tag("unit")
    void settingsAndPlacesAreChecked() {
        assertThrows(InvalidValueException.class, () -> new ReverbSettings(4, 60, 0.1, 1000, 1, 24, 8, 0.5, null, 1));
        assertThrows(InvalidValueException.class, () -> new ReverbSettings(96, 60, 1.1, 1000, 1, 24, 8, 0.5, null, 1));
        assertThrows(InvalidValueException.class, () -> new ReverbSettings(96, 60, 0.1, 1000, 1, 0, 8, 0.5, null, 1));
        assertThrows(InvalidValueException.class, () -> new ReverbSettings(96, 60, 0.1, 1000, 1, 24, 8, Double.NaN, null, 1));
        ReverbEstimator e = new ReverbEstimator(settings(1, 0.5, null));
        AcousticScene scene = new AcousticScene();
        assertThrows(InvalidValueException.class, () -> e.update(scene, Double.NaN, 0, 0, 64, 0.1));
        assertThrows(InvalidValueException.class, () -> e.update(scene, 0, 0, 0, 0, 0.1));
        assertThrows(InvalidValueException.class, () -> e.update(scene, 0, 0, 0, 64, -1));
        assertThrows(InvalidValueException.class, () -> e.connect(scene, 8, 0, 0, 0));
        assertThrows(InvalidValueException.class, () -> e.connect(scene, 0, 0, Double.POSITIVE_INFINITY, 0));
        e.connect(scene, 0, 1, 1, 1);
        assertEquals(0, e.estimate().level(0, 0), 0, "nothing is known before an update");
    }
}
