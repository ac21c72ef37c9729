package io.pinna.acoustics;

import io.pinna.internal.Check;

/**
 * How a surface treats sound. Absorption and transmission are energy fractions (0 to 1) per band; scattering is the fraction (0 to 1) of the reflected energy that leaves diffusely.
 * Immutable.
 */
public record AcousticMaterial(String name, Bands absorption, Bands transmission, double scattering) {
    public AcousticMaterial {
        Check.notBlank(name, "name");
        Check.notNull(absorption, "absorption");
        Check.notNull(transmission, "transmission");
        for (int b = 0; b < Bands.COUNT; b++) {
            Check.inRange(absorption.get(b), 0, 1, "absorption[" + b + "] of " + name);
            Check.inRange(transmission.get(b), 0, 1, "transmission[" + b + "] of " + name);
        }
        Check.inRange(scattering, 0, 1, "scattering of " + name);
    }
}
