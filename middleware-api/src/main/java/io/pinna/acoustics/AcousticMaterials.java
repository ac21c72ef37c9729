package io.pinna.acoustics;

import io.pinna.InvalidValueException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Real materials by name, such as "brick" or "wooden_door". Immutable; any thread.
 *
 * <p>Every value is derived here from published octave-band data:
 * <ul>
 * <li>absorption: the mean of the random-incidence coefficients at 125, 250 and 500 Hz (low), 1, 2 and 4 kHz (middle), and the one at 8 kHz (high; the one at 4 kHz where a table ends there);
 * <li>transmission: energy fractions τ = 10^(−R/10) from sound reduction indices R, averaged over the same octaves as energies (high: the last octave that the table has), or from the stated formula;
 * <li>where a band of the transmission is more than the absorption (curtains in the low band, because coefficients are measured before a wall), the absorption is raised to it: what goes through
 * is not reflected;
 * <li>scattering: one value from the range for the kind of surface.
 * </ul>
 *
 * <p>Sources: [V] M. Vorländer, <i>Auralization</i>, Springer 2008, annex B, absorption of building materials. [E] M. D. Egan, <i>Architectural Acoustics</i>, McGraw-Hill 1988, absorption of
 * building materials, furnishings and grounds. [R] T. D. Rossing (ed.), <i>Springer Handbook of Acoustics</i>, 2007, table 11.4, transmission loss of common partitions. [M] mass law for a
 * diffuse field, R = 20·log10(f·m) − 47 dB with f in Hz and the surface mass m in kg/m² (D. A. Bies, C. H. Hansen, <i>Engineering Noise Control</i>), limited to 65 dB, because in a building
 * flanking paths carry more than that. [P] a limp porous sheet of flow resistance r and surface mass m at normal incidence: τ = |1 + z/(2ρc)|⁻² with 1/z = 1/r + 1/(jωm)
 * (T. Cox, P. D'Antonio, <i>Acoustic Absorbers and Diffusers</i>). [O] ODEON Room Acoustics Software user's manual, suggested scattering coefficients (at about 700 Hz): smooth 0.02 to 0.05, brickwork
 * with filled joints 0.05 to 0.1, with open joints 0.1 to 0.2, rough structures 0.3 deep 0.4 to 0.5. [S] Steam Audio 4 reference, {@code IPLMaterial}, "generic".
 */
public final class AcousticMaterials {
    private static final double[] OCTAVES_HZ = {125, 250, 500, 1000, 2000, 4000, 8000};
    private static final double LARGEST_REDUCTION_DB = 65;
    /** Specific impedance of air at 20 °C: 1.204 kg/m³ · 343.2 m/s. */
    private static final double AIR_IMPEDANCE = 413.2;

    private static final Map<String, AcousticMaterial> TABLE = new LinkedHashMap<>();
    private static final Map<String, String> SOURCES = new LinkedHashMap<>();

    static {
        double[] brickWall = {32, 34, 40, 47, 55, 61};
        double[] slab = {32, 38, 47, 52, 57, 63};
        add("generic", Bands.of(0.10, 0.20, 0.30), Bands.of(0.10, 0.05, 0.03), 0.05, "[S]");
        add("brick", octaves(0.03, 0.03, 0.03, 0.04, 0.05, 0.07, 0.07), reduction(brickWall), 0.10,
                "absorption: unglazed brick [E]; transmission: 4 inch brick wall [R]; scattering: filled joints [O]");
        add("painted_brick", octaves(0.01, 0.01, 0.02, 0.02, 0.02, 0.02, 0.02), reduction(brickWall), 0.05,
                "absorption: smooth brickwork, flush pointing, painted [V]; transmission: 4 inch brick wall [R]; scattering: filled joints [O]");
        add("concrete", octaves(0.02, 0.03, 0.03, 0.03, 0.04, 0.07, 0.07), reduction(slab), 0.05,
                "absorption: rough concrete [V]; transmission: 8 inch concrete slab [R]; scattering: smooth [O]");
        add("concrete_block", octaves(0.36, 0.44, 0.31, 0.29, 0.39, 0.25, 0.25), reduction(36, 44, 50, 54, 58, 56), 0.15,
                "absorption: coarse concrete block [E]; transmission: 8 inch concrete masonry units [R]; scattering: open joints [O]");
        add("plaster", octaves(0.013, 0.015, 0.02, 0.03, 0.04, 0.05, 0.05), reduction(brickWall), 0.03,
                "absorption: plaster, smooth finish on brick [E]; transmission: 4 inch brick wall [R], to which plaster adds little; scattering: smooth [O]");
        add("drywall", octaves(0.15, 0.10, 0.06, 0.04, 0.04, 0.05, 0.05), reduction(17, 31, 33, 40, 38, 36), 0.03,
                "absorption: plasterboard on steel frame, painted [V]; transmission: half-inch drywall on both sides of wooden studs [R]; scattering: smooth [O]");
        add("glass", octaves(0.10, 0.05, 0.04, 0.03, 0.03, 0.03, 0.03), reduction(18, 21, 26, 31, 33, 22), 0.02,
                "absorption: glass window [V]; transmission: single pane, 1/8 inch [R]; scattering: smooth [O]");
        add("double_glazing", octaves(0.10, 0.07, 0.05, 0.03, 0.02, 0.02, 0.02), reduction(13, 25, 35, 44, 49, 43), 0.02,
                "absorption: double glazing, 10 mm gap [V]; transmission: two panes of 1/8 inch, 2 inch gap [R]; scattering: smooth [O]");
        add("wood", octaves(0.18, 0.12, 0.10, 0.09, 0.08, 0.07, 0.07), massLaw(11), 0.05,
                "absorption: 16 mm wood on studs [V]; transmission: mass law for 11 kg/m², 20 mm of softwood [M]; scattering: smooth [O]");
        add("wooden_floor", octaves(0.15, 0.11, 0.10, 0.07, 0.06, 0.07, 0.07), reduction(23, 32, 36, 45, 49, 56), 0.05,
                "absorption: wood on joists [E]; transmission: wood joist floor with half-inch plywood and drywall [R]; scattering: smooth [O]");
        add("plywood", octaves(0.42, 0.21, 0.10, 0.08, 0.06, 0.06, 0.06), massLaw(6), 0.03,
                "absorption: thin plywood panelling [V]; transmission: mass law for 6 kg/m², 9 mm [M]; scattering: smooth [O]");
        add("wooden_door", octaves(0.14, 0.10, 0.06, 0.08, 0.10, 0.10, 0.10), reduction(29, 31, 31, 31, 39, 43), 0.05,
                "absorption: solid wooden door [V]; transmission: solid wooden door, 1 3/4 inch [R]; scattering: smooth [O]");
        add("hollow_door", octaves(0.14, 0.10, 0.06, 0.08, 0.10, 0.10, 0.10), reduction(14, 19, 23, 18, 17, 21), 0.05,
                "absorption: wooden door [V]; transmission: hollow wooden door, 1 3/4 inch [R]; scattering: smooth [O]");
        add("metal_door", octaves(0.05, 0.10, 0.10, 0.10, 0.07, 0.02, 0.02), reduction(24, 23, 29, 31, 24, 40), 0.05,
                "absorption: as steel; transmission: hollow metal door, 1 3/4 inch [R]; scattering: smooth [O]");
        add("steel", octaves(0.05, 0.10, 0.10, 0.10, 0.07, 0.02, 0.02), massLaw(11.8), 0.05,
                "absorption: steel as in the libraries of room acoustics programs, not traced to one measurement; transmission: mass law for 11.8 kg/m², 1.5 mm sheet [M]; scattering: smooth [O]");
        alias("metal", "steel");
        add("tile", octaves(0.01, 0.01, 0.01, 0.02, 0.02, 0.02, 0.02), reduction(brickWall), 0.03,
                "absorption: ceramic tiles, smooth [V]; transmission: on a 4 inch brick wall [R]; scattering: smooth [O]");
        alias("ceramic", "tile");
        add("marble", octaves(0.01, 0.01, 0.01, 0.02, 0.02, 0.02, 0.02), reduction(slab), 0.02,
                "absorption: marble floor [V]; transmission: on an 8 inch slab [R]; scattering: smooth [O]");
        add("linoleum", octaves(0.02, 0.03, 0.03, 0.03, 0.03, 0.02, 0.02), reduction(slab), 0.03,
                "absorption: linoleum on concrete [V]; transmission: on an 8 inch slab [R]; scattering: smooth [O]");
        add("carpet", octaves(0.02, 0.06, 0.14, 0.37, 0.60, 0.65, 0.65), reduction(slab), 0.10,
                "absorption: heavy carpet on concrete [E]; transmission: on an 8 inch slab [R]; scattering: uneven pile [O]");
        add("curtain", octaves(0.14, 0.35, 0.55, 0.72, 0.70, 0.65, 0.65), porous(1.0, 0.61), 0.30,
                "absorption: heavy velour, 18 oz/sq yd, draped to half area [E]; transmission: limp porous sheet, r = 1.0 ρc, 0.61 kg/m² [P]; scattering: folds, rough structure [O]");
        add("upholstery", octaves(0.44, 0.60, 0.77, 0.89, 0.82, 0.70, 0.70), porous(4.0, 4.0), 0.50,
                "absorption: empty chairs with cloth cover [V]; transmission: padding as a porous sheet, r = 4 ρc, 4 kg/m² [P]; scattering: rough structure [O]");
        alias("fabric", "upholstery");
        add("ceiling_tile", octaves(0.10, 0.35, 0.70, 0.75, 0.65, 0.50, 0.50), massLaw(5), 0.10,
                "absorption: perforated fibreboard tiles, 18 mm (Kaye & Laby, Tables of Physical and Chemical Constants, 2.4.4); transmission: mass law for 5 kg/m² [M]; scattering: perforated [O]");
        add("rock", octaves(0.02, 0.02, 0.03, 0.04, 0.05, 0.05, 0.05), massLaw(720), 0.40,
                "absorption: limestone wall [V]; transmission: mass law for 720 kg/m², 300 mm [M]; scattering: rough structure [O]");
        alias("stone", "rock");
        add("gravel", octaves(0.25, 0.60, 0.65, 0.70, 0.75, 0.80, 0.80), Bands.uniform(0), 0.50,
                "absorption: gravel, loose and moist, 4 inch [E]; transmission: none, ground has no other side; scattering: rough structure [O]");
        add("soil", octaves(0.15, 0.25, 0.40, 0.55, 0.60, 0.60, 0.60), Bands.uniform(0), 0.40,
                "absorption: rough soil [E]; transmission: none, ground has no other side; scattering: rough structure [O]");
        add("grass", octaves(0.11, 0.26, 0.60, 0.69, 0.92, 0.99, 0.99), Bands.uniform(0), 0.40,
                "absorption: lawn, 2 inch high [E]; transmission: none, ground has no other side; scattering: rough structure [O]");
        add("snow", octaves(0.45, 0.75, 0.90, 0.95, 0.95, 0.95, 0.95), Bands.uniform(0), 0.30,
                "absorption: freshly fallen, 4 inch [E]; transmission: none, ground has no other side; scattering: rough structure [O]");
        // τ = 4·Z1·Z2/(Z1 + Z2)² at normal incidence with 1.48e6 Pa·s/m for water (L. E. Kinsler et al., Fundamentals of Acoustics).
        double water = 1.48e6;
        add("water", octaves(0.008, 0.008, 0.013, 0.015, 0.020, 0.025, 0.025), Bands.uniform(4 * AIR_IMPEDANCE * water / ((AIR_IMPEDANCE + water) * (AIR_IMPEDANCE + water))), 0.05,
                "absorption: water surface, as in a swimming pool (C. M. Harris, Handbook of Acoustical Measurements and Noise Control, 1991); transmission: impedances of air and water (Kinsler et al., Fundamentals of Acoustics); scattering: smooth [O]");
    }

    private AcousticMaterials() {
    }

    /**
     * @param name one of {@link #names}, in lower case
     * @throws InvalidValueException if there is no such material; the message lists those that there are
     */
    public static AcousticMaterial named(String name) {
        AcousticMaterial material = find(name);
        if (material == null) {
            throw new InvalidValueException("material is " + name + "; there are " + String.join(", ", TABLE.keySet()));
        }
        return material;
    }

    /** @return the material, or null if there is none of that name; for look-ups such as that of {@link ObjReader} */
    public static AcousticMaterial find(String name) {
        return name == null ? null : TABLE.get(name);
    }

    /** All names, in the order of the table. */
    public static Set<String> names() {
        return Collections.unmodifiableSet(TABLE.keySet());
    }

    /** Where the values of a material come from; letters in brackets as in the description of this class. */
    public static String source(String name) {
        named(name);
        return SOURCES.get(name);
    }

    private static void add(String name, Bands absorption, Bands transmission, double scattering, String source) {
        double[] notReflected = absorption.toArray();
        for (int b = 0; b < Bands.COUNT; b++) {
            notReflected[b] = Math.max(notReflected[b], transmission.get(b));
        }
        TABLE.put(name, new AcousticMaterial(name, Bands.of(notReflected), transmission, scattering));
        SOURCES.put(name, source);
    }

    private static void alias(String name, String of) {
        AcousticMaterial same = TABLE.get(of);
        add(name, same.absorption(), same.transmission(), same.scattering(), SOURCES.get(of));
    }

    /** @param a seven octaves from 125 Hz to 8 kHz */
    private static Bands octaves(double... a) {
        return Bands.of((a[0] + a[1] + a[2]) / 3, (a[3] + a[4] + a[5]) / 3, a[6]);
    }

    /** @param r sound reduction indices (dB) of six octaves from 125 Hz to 4 kHz */
    private static Bands reduction(double... r) {
        double[] energy = new double[7];
        for (int i = 0; i < 7; i++) {
            energy[i] = Math.pow(10, -r[Math.min(i, 5)] / 10);
        }
        return octaves(energy);
    }

    private static Bands massLaw(double kilogramsPerSquareMeter) {
        double[] energy = new double[7];
        for (int i = 0; i < 7; i++) {
            double r = 20 * Math.log10(OCTAVES_HZ[i] * kilogramsPerSquareMeter) - 47;
            energy[i] = Math.pow(10, -Math.min(LARGEST_REDUCTION_DB, Math.max(0, r)) / 10);
        }
        return octaves(energy);
    }

    /** @param resistance flow resistance in units of ρc */
    private static Bands porous(double resistance, double kilogramsPerSquareMeter) {
        double[] energy = new double[7];
        for (int i = 0; i < 7; i++) {
            double x = 2 * Math.PI * OCTAVES_HZ[i] * kilogramsPerSquareMeter / AIR_IMPEDANCE;
            // z = r·jx/(r + jx) = r·x²/(r² + x²) + j·r²·x/(r² + x²), in units of ρc.
            double d = resistance * resistance + x * x;
            double re = 1 + resistance * x * x / d / 2;
            double im = resistance * resistance * x / d / 2;
            energy[i] = 1 / (re * re + im * im);
        }
        return octaves(energy);
    }
}
