package io.pinna.internal.acoustics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.acoustics.AcousticMaterial;
import io.pinna.acoustics.Bands;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Reflections are told by the names of their own surfaces, also where there are fewer slots than paths, so that these take each other's places, and fewer rays than paths, so that not all are traced each time. */
@Tag("unit")
final class ReflectionNamesTest {
    private static final double[] ROOM = {7, 3, 5};

    private static AcousticMaterial face(int number) {
        return new AcousticMaterial("face" + number, Bands.uniform(0.05 + 0.02 * number), Bands.uniform(0), 0.05);
    }

    /** The face at which a path is reflected last before the listener, from where its image is, or −1 if that is not plain. */
    private static int lastFace(ReflectionResult result, int slot) {
        int outside = 0;
        int face = -1;
        for (int axis = 0; axis < 3; axis++) {
            double at = result.imagePosition(slot, axis);
            if (at < 0 || at > ROOM[axis]) {
                outside++;
                face = 2 * axis + (at < 0 ? 0 : 1);
            }
        }
        return outside == 1 ? face : -1;
    }

    @Test
    void everyPathHasTheNamesOfItsOwnSurfaces() {
        ReflectionSettings few = new ReflectionSettings(2, 4, 1024, 256, 24, 100, 0.1, 0.25);
        AcousticScene scene = Scenes.sceneOf(Rooms.box(0, 0, 0, ROOM[0], ROOM[1], ROOM[2], face(0), face(1), face(2), face(3), face(4), face(5)));
        ReflectionFinder finder = new ReflectionFinder(few);
        ReflectionResult result = new ReflectionResult(few);
        finder.discover(scene, 3.5, 1.5, 2.5, 2048);
        List<String> wrong = new ArrayList<>();
        int told = 0;
        int taken = 0;
        long[] before = new long[few.maxReflections()];
        for (int i = 0; i < 2000; i++) {
            // Both go round, the one faster than the other, so that the strongest paths are others every second.
            double a = 0.01 * i;
            double b = 0.037 * i;
            finder.solve(scene, 3.5 + 3 * Math.cos(a), 1.5 + Math.sin(a), 2.5 + 2 * Math.sin(a), 3.5 + 3 * Math.sin(b), 1.5 + Math.cos(b), 2.5 + 2 * Math.cos(b), 0, result);
            for (int s = 0; s < result.capacity(); s++) {
                if (!result.isActive(s)) {
                    assertNull(result.surfaces(s));
                    continue;
                }
                taken += result.id(s) != before[s] ? 1 : 0;
                before[s] = result.id(s);
                assertNotNull(result.describe(s, 1));
                String text = result.surfaces(s);
                int face = lastFace(result, s);
                if (text == null || result.order(s) != 1 || face < 0) {
                    continue;
                }
                told++;
                if (!text.equals("reflection off box (face" + face + ")")) {
                    wrong.add("solve " + i + ": " + text + ", but its image is behind face " + face);
                }
            }
        }
        assertEquals(List.of(), wrong.subList(0, Math.min(5, wrong.size())));
        assertTrue(told > 500, told + " names");
        assertTrue(taken > 50, "slots were taken " + taken + " times");
    }
}
