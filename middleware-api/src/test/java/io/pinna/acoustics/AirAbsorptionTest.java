package io.pinna.acoustics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.InvalidValueException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class AirAbsorptionTest {
    /** ISO 9613-2:1996, table 2: °C, %, then dB/km at 63 Hz to 8 kHz, which it takes from ISO 9613-1. */
    private static final double[][] TABLE = {
            {10, 70, 0.1, 0.4, 1.0, 1.9, 3.7, 9.7, 32.8, 117},
            {20, 70, 0.1, 0.3, 1.1, 2.8, 5.0, 9.0, 22.9, 76.6},
            {30, 70, 0.1, 0.3, 1.0, 3.1, 7.4, 12.7, 23.1, 59.3},
            {15, 20, 0.3, 0.6, 1.2, 2.7, 8.2, 28.2, 88.8, 202},
            {15, 50, 0.1, 0.5, 1.2, 2.2, 4.2, 10.8, 36.2, 129},
            {15, 80, 0.1, 0.3, 1.1, 2.4, 4.1, 8.3, 23.7, 82.8}};

    /** ISO 9613-1:1993, table 1: °C, %, Hz (nominal), dB/km, printed to three digits. */
    private static final double[][] TABLE_OF_PART_1 = {
            {-20, 10, 50, 0.589}, {-20, 50, 1000, 9.14}, {-20, 70, 8000, 27.8}, {-20, 100, 10000, 47.0},
            {0, 10, 50, 0.302}, {0, 50, 1000, 6.83}, {0, 20, 2000, 34.6}, {0, 100, 6300, 88.0},
            {5, 50, 1000, 5.08}, {10, 70, 1000, 3.66}, {10, 50, 4000, 46.7}, {15, 50, 1000, 4.16}, {15, 100, 10000, 105},
            {20, 50, 1000, 4.66}, {20, 50, 2000, 9.86}, {20, 70, 1000, 4.98}, {20, 15, 6300, 175}, {20, 80, 50, 0.0501}, {20, 80, 1000, 5.15}, {20, 80, 10000, 105},
            {25, 50, 1000, 5.68}, {25, 100, 2000, 11.4}, {30, 50, 1000, 7.03}, {30, 50, 4000, 24.5},
            {35, 50, 1000, 8.43}, {40, 50, 1000, 9.52}, {45, 50, 800, 7.16}, {50, 50, 2000, 24.8}};

    @Test
    @Tag("reference")
    void agreesWithTheTableOfThePart() {
        for (double[] row : TABLE_OF_PART_1) {
            // The standard tabulates exact midband frequencies, 1000·10^(k/10).
            double frequency = 1000 * Math.pow(10, Math.rint(10 * Math.log10(row[2] / 1000)) / 10);
            // One unit of the third digit.
            double unit = Math.pow(10, Math.floor(Math.log10(row[3])) - 2);
            assertEquals(row[3], 1000 * AirAbsorption.of(row[0], row[1]).decibelsPerMeter(frequency), 1.01 * unit, row[0] + " °C " + row[1] + " % " + row[2] + " Hz");
        }
    }

    @Test
    @Tag("reference")
    void agreesWithThePublishedTable() {
        for (double[] row : TABLE) {
            AirAbsorption air = AirAbsorption.of(row[0], row[1]);
            for (int i = 0; i < 8; i++) {
                // The standard tabulates exact midband frequencies, 1000·10^(3k/10).
                double frequency = 1000 * Math.pow(10, 0.3 * (i - 4));
                double expected = row[2 + i];
                // The table rounds to a tenth, or to three digits; 4.15 for 15 °C, 80 %, 1 kHz in ISO 9613-1 became 4.1.
                assertEquals(expected, 1000 * air.decibelsPerMeter(frequency), Math.max(0.052, 0.006 * expected), row[0] + " °C " + row[1] + " % " + frequency + " Hz");
            }
        }
    }

    @Test
    @Tag("analytic")
    void bandsAreThoseOfTheirFrequenciesAndGainsAddUpOverDistance() {
        AirAbsorption air = AirAbsorption.ROOM;
        double[] frequencies = {400, 2529.822, 12649.11};
        for (int b = 0; b < Bands.COUNT; b++) {
            assertEquals(frequencies[b], AirAbsorption.bandFrequencyHz(b), 0.01);
            assertEquals(air.decibelsPerMeter(frequencies[b]), air.bandsDecibelsPerMeter().get(b), 1e-7);
            assertEquals(-100 * air.bandsDecibelsPerMeter().get(b), 20 * Math.log10(air.bandGains(100).get(b)), 1e-9);
            assertEquals(1, air.bandGains(0).get(b), 0);
        }
        assertTrue(air.bandGains(50).get(0) > air.bandGains(50).get(1) && air.bandGains(50).get(1) > air.bandGains(50).get(2));
        assertEquals(0, air.decibelsPerMeter(0), 0);
    }

    @Test
    @Tag("fault")
    void refusesAirThatIsNone() {
        assertThrows(InvalidValueException.class, () -> AirAbsorption.of(Double.NaN, 50));
        assertThrows(InvalidValueException.class, () -> AirAbsorption.of(20, 101));
        assertThrows(InvalidValueException.class, () -> new AirAbsorption(20, 50, 0));
        assertThrows(InvalidValueException.class, () -> AirAbsorption.ROOM.bandGains(-1));
        assertThrows(InvalidValueException.class, () -> AirAbsorption.ROOM.decibelsPerMeter(Double.NaN));
        assertThrows(InvalidValueException.class, () -> AirAbsorption.bandFrequencyHz(3));
        assertTrue(Double.isFinite(AirAbsorption.of(-50, 0).decibelsPerMeter(10_000)), "dry cold air is finite");
    }
}
