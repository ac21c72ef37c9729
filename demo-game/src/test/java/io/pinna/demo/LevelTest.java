package io.pinna.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.jme3.math.Vector3f;
import com.jme3.renderer.Camera;
import com.jme3.scene.Geometry;
import com.jme3.scene.SceneGraphVisitorAdapter;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class LevelTest {
    @Test
    void theDoorTakesItsTimeAndSaysOnceThatItFellShut() {
        Door door = new ClinicLevel(Dressing.NONE).door();
        door.setOpen(true);
        for (int i = 0; i < 60; i++) {
            door.update(0.01);
        }
        assertEquals(0.5, door.opening(), 1e-9);
        assertEquals(52, door.openDegrees(), 0.5);
        assertFalse(door.isPassable());
        for (int i = 0; i < 61; i++) {
            door.update(0.01);
        }
        assertEquals(1, door.opening(), 0);
        assertEquals(104, door.openDegrees(), 0.5);
        assertTrue(door.isPassable());
        assertFalse(door.takeShut());
        door.setOpen(false);
        for (int i = 0; i < 121; i++) {
            door.update(0.01);
        }
        assertEquals(0, door.openDegrees(), 0.01);
        assertTrue(door.takeShut());
        assertFalse(door.takeShut());
    }

    @Test
    void theDoorOpensIntoTheCorridor() {
        ClinicLevel level = new ClinicLevel(Dressing.NONE);
        level.door().setOpen(true);
        level.update(2, 2);
        Geometry[] leaf = new Geometry[1];
        level.root().depthFirstTraversal(new SceneGraphVisitorAdapter() {
            @Override
            public void visit(Geometry geometry) {
                if ("door leaf".equals(geometry.getName())) {
                    leaf[0] = geometry;
                }
            }
        });
        assertNotNull(leaf[0]);
        assertEquals(-0.6, leaf[0].getWorldTranslation().z, 0.1);
    }

    @Test
    void nobodyWalksThroughWallsOrAShutDoor() {
        ClinicLevel level = new ClinicLevel(Dressing.NONE);
        Vector3f inTheWard = new Vector3f(5.95f, 1.7f, 0.4f);
        assertEquals(inTheWard, level.walk(inTheWard, new Vector3f(5.95f, 1.7f, 0)));
        Vector3f byTheWall = new Vector3f(5, 1.7f, 5.5f);
        assertEquals(5.5f, level.walk(byTheWall, new Vector3f(5.2f, 1.7f, 6.1f)).z, 0);
        assertEquals(5.2f, level.walk(byTheWall, new Vector3f(5.2f, 1.7f, 6.1f)).x, 0, "slides along");
        level.door().setOpen(true);
        level.update(2, 2);
        assertEquals(0, level.walk(inTheWard, new Vector3f(5.95f, 1.7f, 0)).z, 0, "an open door lets through");
    }

    @Test
    void theTourWalksWhereAPlayerCouldAtTheSpeedOfOne() {
        ClinicScene scene = new ClinicScene(Dressing.NONE, name -> false);
        Camera camera = new Camera(640, 360);
        Tour.place(camera, 0);
        Vector3f before = camera.getLocation().clone();
        Vector3f direction = camera.getDirection().clone();
        double step = 1.0 / HeadlessTour.UPDATES_PER_SECOND;
        double walked = 0;
        for (int i = 1; i <= Tour.SECONDS * HeadlessTour.UPDATES_PER_SECOND; i++) {
            double t = i * step;
            Tour.place(camera, t);
            Tour.act(scene, t - step, t);
            scene.level().update(t, step);
            Vector3f at = camera.getLocation();
            assertEquals(at, scene.level().walk(before, at), "blocked at " + t + " s");
            double speed = at.distance(before) / step;
            assertTrue(speed < 1.7, speed + " m/s at " + t + " s");
            double turn = Math.toDegrees(Math.acos(Math.min(1, camera.getDirection().dot(direction)))) / step;
            assertTrue(turn < 220, turn + "°/s at " + t + " s");
            walked += at.distance(before);
            before = at.clone();
            direction = camera.getDirection().clone();
        }
        assertEquals(24, walked, 4);
    }

    @Test
    void everyEmitterHasItsOwnNameAndASound() {
        Set<String> names = new HashSet<>();
        for (ClinicSounds.Placement p : ClinicSounds.PLACEMENTS) {
            assertTrue(names.add(p.name()), p.name());
            assertTrue(ClinicSounds.load(p.sound()).durationSeconds() > 0.3, p.sound());
        }
        assertTrue(names.size() >= 18 && names.size() <= 64, names.size() + " emitters");
        assertEquals(names, new ClinicScene(Dressing.NONE, name -> true).sounds().names());
    }

    @Test
    void aFollowerStaysSoFarBehind() {
        Trail trail = new Trail(3);
        Vector3f at = new Vector3f();
        for (int i = 0; i <= 100; i++) {
            at.set(i * 0.02f, 0, 0);
            trail.add(at);
        }
        Vector3f straight = trail.back(at, 0.9);
        assertEquals(2 - 0.9, straight.x, 1e-4);
        for (int i = 1; i <= 20; i++) {
            at.set(2, 0, i * 0.02f);
            trail.add(at);
        }
        Vector3f round = trail.back(at, 0.9);
        assertEquals(2 - 0.5, round.x, 0.02);
        assertEquals(0, round.z, 0.02);
    }

    @Test
    void noiseRepeatsAtTheEdges() {
        for (int i = 0; i < 200; i++) {
            double v = i / 200.0;
            assertEquals(Noise.fractal(0, v, 4, 5, 4, 3), Noise.fractal(1, v, 4, 5, 4, 3), 1e-12);
            assertEquals(Noise.border(v, 0, 7, 3), Noise.border(v, 1, 7, 3), 1e-9);
            double n = Noise.fractal(v, 0.3, 4, 5, 4, 3);
            assertTrue(n >= 0 && n <= 1);
        }
    }

    @Test
    void lampsFlickerByTheClockAlone() {
        com.jme3.light.PointLight light = new com.jme3.light.PointLight();
        FlickeringLamp lamp = new FlickeringLamp(light, java.util.List.of(), 0.4, 5);
        double darkest = 1;
        double brightest = 0;
        for (int i = 0; i < 6000; i++) {
            double b = lamp.brightness(i / 100.0);
            assertEquals(b, lamp.brightness(i / 100.0), 0);
            darkest = Math.min(darkest, b);
            brightest = Math.max(brightest, b);
        }
        assertEquals(0.06, darkest, 1e-9);
        assertTrue(brightest > 0.98 && brightest <= 1, "" + brightest);
    }
}
