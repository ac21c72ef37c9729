package io.pinna.acoustics;

import io.pinna.internal.Check;

/**
 * Which of the scene's effects are simulated, and how finely. Start from {@link #DEFAULT}, {@link #DIRECT} or {@link #OFF} and change what differs.
 *
 * @param occlusion         walls between listener and emitter hide it
 * @param transmission      what is hidden is heard through the walls, per band; without it walls are opaque. Needs {@code occlusion}
 * @param diffraction       what is hidden is heard around edges and through openings, from where these are. Needs {@code occlusion}
 * @param earlyReflections  walls, floors and ceilings mirror emitters: each reflection has its own direction, delay and band gains. Those that come more than 0.1 s after the direct sound are not rendered: no echo of a wall farther than 17 m behind the listener
 * @param lateReverb        rooms reverberate as their surfaces let them, per band
 * @param airAbsorption     distance dulls (ISO 9613-1)
 * @param doppler           pitch follows the relative velocity
 * @param propagationDelay  sound arrives late by distance over the speed of sound. A streamed sound remembers little: of several listeners, none hears it more than 0.2 s after the one that hears it first
 * @param temperatureCelsius of the air (−20 to 50)
 * @param humidityPercent   relative humidity of the air (1 to 100)
 * @param quality           rays, orders, and the share of a core that the acoustics may take
 */
public record AcousticsSettings(boolean occlusion, boolean transmission, boolean diffraction, boolean earlyReflections, boolean lateReverb, boolean airAbsorption, boolean doppler, boolean propagationDelay,
                                double temperatureCelsius, double humidityPercent, AcousticsQuality quality) {
    /** Metres per second, at about 20 °C. */
    public static final double SPEED_OF_SOUND = 343;
    /** Everything but propagation delay, at 20 °C and 50 % humidity, in medium quality. Without geometry that is distance, air and Doppler. */
    public static final AcousticsSettings DEFAULT = new AcousticsSettings(true, true, true, true, true, true, true, false, 20, 50, AcousticsQuality.MEDIUM);
    /** As {@link #DEFAULT}, without diffraction, reflections and reverberation: each emitter is heard straight, through whatever is in the way. */
    public static final AcousticsSettings DIRECT = DEFAULT.withDiffraction(false).withEarlyReflections(false).withLateReverb(false);
    /** Nothing but distance, directivity and HRTF. */
    public static final AcousticsSettings OFF = new AcousticsSettings(false, false, false, false, false, false, false, false, 20, 50, AcousticsQuality.MEDIUM);

    public AcousticsSettings {
        Check.inRange(temperatureCelsius, -20, 50, "temperatureCelsius");
        Check.inRange(humidityPercent, 1, 100, "humidityPercent");
        Check.notNull(quality, "quality");
    }

    /** Whether anything depends on the geometry, so that emitters wait for the acoustics thread. */
    public boolean needsGeometry() {
        return occlusion || earlyReflections || lateReverb;
    }

    /** Whether emitters may be heard from elsewhere than where they are. */
    public boolean hasIndirectPaths() {
        return occlusion && diffraction || earlyReflections || lateReverb;
    }

    public AcousticsSettings withOcclusion(boolean value) {
        return new AcousticsSettings(value, transmission, diffraction, earlyReflections, lateReverb, airAbsorption, doppler, propagationDelay, temperatureCelsius, humidityPercent, quality);
    }

    public AcousticsSettings withTransmission(boolean value) {
        return new AcousticsSettings(occlusion, value, diffraction, earlyReflections, lateReverb, airAbsorption, doppler, propagationDelay, temperatureCelsius, humidityPercent, quality);
    }

    public AcousticsSettings withDiffraction(boolean value) {
        return new AcousticsSettings(occlusion, transmission, value, earlyReflections, lateReverb, airAbsorption, doppler, propagationDelay, temperatureCelsius, humidityPercent, quality);
    }

    public AcousticsSettings withEarlyReflections(boolean value) {
        return new AcousticsSettings(occlusion, transmission, diffraction, value, lateReverb, airAbsorption, doppler, propagationDelay, temperatureCelsius, humidityPercent, quality);
    }

    public AcousticsSettings withLateReverb(boolean value) {
        return new AcousticsSettings(occlusion, transmission, diffraction, earlyReflections, value, airAbsorption, doppler, propagationDelay, temperatureCelsius, humidityPercent, quality);
    }

    public AcousticsSettings withAirAbsorption(boolean value) {
        return new AcousticsSettings(occlusion, transmission, diffraction, earlyReflections, lateReverb, value, doppler, propagationDelay, temperatureCelsius, humidityPercent, quality);
    }

    public AcousticsSettings withDoppler(boolean value) {
        return new AcousticsSettings(occlusion, transmission, diffraction, earlyReflections, lateReverb, airAbsorption, value, propagationDelay, temperatureCelsius, humidityPercent, quality);
    }

    public AcousticsSettings withPropagationDelay(boolean value) {
        return new AcousticsSettings(occlusion, transmission, diffraction, earlyReflections, lateReverb, airAbsorption, doppler, value, temperatureCelsius, humidityPercent, quality);
    }

    /** @param celsius −20 to 50 */
    public AcousticsSettings withTemperatureCelsius(double celsius) {
        return new AcousticsSettings(occlusion, transmission, diffraction, earlyReflections, lateReverb, airAbsorption, doppler, propagationDelay, celsius, humidityPercent, quality);
    }

    /** @param percent relative humidity, 1 to 100 */
    public AcousticsSettings withHumidityPercent(double percent) {
        return new AcousticsSettings(occlusion, transmission, diffraction, earlyReflections, lateReverb, airAbsorption, doppler, propagationDelay, temperatureCelsius, percent, quality);
    }

    public AcousticsSettings withQuality(AcousticsQuality value) {
        return new AcousticsSettings(occlusion, transmission, diffraction, earlyReflections, lateReverb, airAbsorption, doppler, propagationDelay, temperatureCelsius, humidityPercent, value);
    }
}
