package io.pinna.acoustics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.InvalidValueException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class AcousticMaterialsTest {
    @Test
    @Tag("unit")
    void everyMaterialIsPhysicalAndCited() {
        List<String> needed = List.of("generic", "brick", "concrete", "plaster", "drywall", "glass", "wood", "wooden_door", "steel", "metal", "metal_door", "tile", "ceramic", "carpet", "curtain",
                "ceiling_tile", "rock", "stone", "gravel", "grass", "fabric", "water");
        assertTrue(AcousticMaterials.names().containsAll(needed), AcousticMaterials.names().toString());
        for (String name : AcousticMaterials.names()) {
            AcousticMaterial m = AcousticMaterials.named(name);
            assertEquals(name, m.name());
            assertFalse(AcousticMaterials.source(name).isBlank());
            for (int b = 0; b < Bands.COUNT; b++) {
                assertTrue(m.transmission().get(b) <= m.absorption().get(b), name + " lets through what it reflects in band " + b);
                assertTrue(m.absorption().get(b) > 0, name + " absorbs nothing in band " + b);
            }
        }
    }

    @Test
    @Tag("unit")
    void valuesAreThoseOfTheTables() {
        // By hand: (0.03 + 0.03 + 0.03)/3, (0.04 + 0.05 + 0.07)/3, 0.07; R of 32, 34, 40 dB | 47, 55, 61 | 61.
        AcousticMaterial brick = AcousticMaterials.named("brick");
        assertEquals(0.03, brick.absorption().get(0), 1e-12);
        assertEquals(0.16 / 3, brick.absorption().get(1), 1e-12);
        assertEquals(0.07, brick.absorption().get(2), 1e-12);
        assertEquals((6.3096e-4 + 3.9811e-4 + 1e-4) / 3, brick.transmission().get(0), 1e-8);
        assertEquals((1.99526e-5 + 3.16228e-6 + 7.94328e-7) / 3, brick.transmission().get(1), 1e-10);
        assertEquals(7.94328e-7, brick.transmission().get(2), 1e-11);
        // Mass law, 1.5 mm of steel at 8 kHz: 20·log10(8000·11.8) − 47 = 52.5 dB.
        assertEquals(-52.5, 10 * Math.log10(AcousticMaterials.named("steel").transmission().get(2)), 0.01);
        // Air to water: 29.5 dB.
        assertEquals(-29.5, 10 * Math.log10(AcousticMaterials.named("water").transmission().get(1)), 0.1);
        // A curtain of r = ρc: |1 + 1/2|⁻² where its mass no longer gives way.
        assertEquals(0.444, AcousticMaterials.named("curtain").transmission().get(2), 0.01);
    }

    @Test
    @Tag("fault")
    void anUnknownNameListsWhatThereIs() {
        InvalidValueException e = assertThrows(InvalidValueException.class, () -> AcousticMaterials.named("kryptonite"));
        assertTrue(e.getMessage().contains("kryptonite") && e.getMessage().contains("brick") && e.getMessage().contains("water"), e.getMessage());
        assertThrows(InvalidValueException.class, () -> AcousticMaterials.named(null));
        assertNull(AcousticMaterials.find("kryptonite"));
        assertThrows(UnsupportedOperationException.class, () -> AcousticMaterials.names().clear());
    }
}
