package io.pinna.acoustics;

import io.pinna.internal.Check;

/**
 * Air that absorbs sound as it travels, after ISO 9613-1:1993, clause 6: classical absorption and rotation, and the relaxation of oxygen and nitrogen, which depends on humidity.
 * Immutable; any thread. The standard gives an accuracy of ±10 % for −20 to 50 °C and usual humidities.
 *
 * @param temperatureCelsius      −50 to 70
 * @param relativeHumidityPercent 0 to 100
 * @param pressureKilopascals     20 to 200
 */
public record AirAbsorption(double temperatureCelsius, double relativeHumidityPercent, double pressureKilopascals) {
    /** One atmosphere (kPa). */
    public static final double STANDARD_PRESSURE_KILOPASCALS = 101.325;
    /** A room: 20 °C, 50 % relative humidity, one atmosphere. */
    public static final AirAbsorption ROOM = new AirAbsorption(20, 50, STANDARD_PRESSURE_KILOPASCALS);

    private static final double[] BAND_FREQUENCIES_HZ = {
            // The geometric middle of each band: low from 200 Hz on, below which air absorbs nothing that can be heard; high up to 20 kHz.
            Math.sqrt(200 * Bands.LOW_SPLIT_HZ), Math.sqrt(Bands.LOW_SPLIT_HZ * Bands.HIGH_SPLIT_HZ), Math.sqrt(Bands.HIGH_SPLIT_HZ * 20000)};

    public AirAbsorption {
        Check.inRange(temperatureCelsius, -50, 70, "temperatureCelsius");
        Check.inRange(relativeHumidityPercent, 0, 100, "relativeHumidityPercent");
        Check.inRange(pressureKilopascals, 20, 200, "pressureKilopascals");
    }

    /** At one atmosphere. */
    public static AirAbsorption of(double temperatureCelsius, double relativeHumidityPercent) {
        return new AirAbsorption(temperatureCelsius, relativeHumidityPercent, STANDARD_PRESSURE_KILOPASCALS);
    }

    /**
     * The attenuation of a pure tone.
     *
     * @param frequencyHz 0 to 100 000
     * @return dB per metre, ≥ 0
     */
    public double decibelsPerMeter(double frequencyHz) {
        Check.inRange(frequencyHz, 0, 100_000, "frequencyHz");
        double t = temperatureCelsius + 273.15;
        double relativeT = t / 293.15;
        double relativeP = pressureKilopascals / STANDARD_PRESSURE_KILOPASCALS;
        // Annex B: saturation pressure from the triple point (273.16 K), molar concentration of water vapour in percent.
        double saturation = Math.pow(10, -6.8346 * Math.pow(273.16 / t, 1.261) + 4.6151);
        double h = relativeHumidityPercent * saturation / relativeP;
        // Formulas (3) and (4): relaxation frequencies of oxygen and nitrogen in Hz.
        double oxygen = relativeP * (24 + 4.04e4 * h * (0.02 + h) / (0.391 + h));
        double nitrogen = relativeP / Math.sqrt(relativeT) * (9 + 280 * h * Math.exp(-4.170 * (Math.pow(relativeT, -1.0 / 3) - 1)));
        // Formula (5).
        double f2 = frequencyHz * frequencyHz;
        return 8.686 * f2 * (1.84e-11 / relativeP * Math.sqrt(relativeT)
                + Math.pow(relativeT, -2.5) * (0.01275 * Math.exp(-2239.1 / t) / (oxygen + f2 / oxygen) + 0.1068 * Math.exp(-3352.0 / t) / (nitrogen + f2 / nitrogen)));
    }

    /** The frequency that stands for a band: 400 Hz, 2530 Hz, 12 649 Hz, the geometric middles of 200 to 800 Hz, 800 Hz to 8 kHz and 8 to 20 kHz. */
    public static double bandFrequencyHz(int band) {
        return BAND_FREQUENCIES_HZ[Check.inRange(band, 0, Bands.COUNT - 1, "band")];
    }

    /** The attenuation of each band at its {@linkplain #bandFrequencyHz frequency} (dB per metre). */
    public Bands bandsDecibelsPerMeter() {
        double[] values = new double[Bands.COUNT];
        for (int b = 0; b < Bands.COUNT; b++) {
            values[b] = decibelsPerMeter(BAND_FREQUENCIES_HZ[b]);
        }
        return Bands.of(values);
    }

    /**
     * The amplitude gain of each band over a distance: 10^(−a·d/20).
     *
     * @param distanceMeters ≥ 0, finite
     */
    public Bands bandGains(double distanceMeters) {
        Check.inRange(distanceMeters, 0, Double.MAX_VALUE, "distanceMeters");
        double[] values = bandsDecibelsPerMeter().toArray();
        for (int b = 0; b < Bands.COUNT; b++) {
            values[b] = Math.pow(10, -values[b] * distanceMeters / 20);
        }
        return Bands.of(values);
    }
}
