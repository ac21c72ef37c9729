package io.pinna.acoustics;

import io.pinna.internal.Check;

/**
 * Which of the scene's effects are simulated, and how finely.
 *
 * @param occlusion         walls between listener and emitter hide it
 * @param transmission      what is hidden is heard through the walls, per band; without it walls are opaque. Needs {@code occlusion}
 * @param airAbsorption     distance dulls (ISO 9613-1)
 * @param doppler           pitch follows the relative velocity
 * @param propagationDelay  sound arrives late by distance over the speed of sound. A streamed sound remembers little: of several listeners, none hears it more than 0.2 s after the one that hears it first
 * @param occlusionSamples  rays to the sphere of an emitter (1 to 1024); a radius of 0 needs one
 * @param temperatureCelsius of the air (−20 to 50)
 * @param humidityPercent   relative humidity of the air (1 to 100)
 */
public record AcousticsSettings(boolean occlusion, boolean transmission, boolean airAbsorption, boolean doppler, boolean propagationDelay,
                                int occlusionSamples, double temperatureCelsius, double humidityPercent) {
    /** Metres per second, at about 20 °C. */
    public static final double SPEED_OF_SOUND = 343;
    /** Occlusion, transmission, air and Doppler on, propagation delay off, 128 rays: enough that an emitter that goes out of sight at walking pace makes no step above 1 dB. */
    public static final AcousticsSettings DEFAULT = new AcousticsSettings(true, true, true, true, false, 128, 20, 50);
    /** Nothing but distance, directivity and HRTF. */
    public static final AcousticsSettings OFF = new AcousticsSettings(false, false, false, false, false, 1, 20, 50);

    public AcousticsSettings {
        Check.inRange(occlusionSamples, 1, 1024, "occlusionSamples");
        Check.inRange(temperatureCelsius, -20, 50, "temperatureCelsius");
        Check.inRange(humidityPercent, 1, 100, "humidityPercent");
    }
}
