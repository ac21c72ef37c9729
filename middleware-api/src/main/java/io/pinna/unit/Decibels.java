package io.pinna.unit;

/** Conversions between linear amplitude gains and decibels: dB = 20·log10(gain). */
public final class Decibels {
    private Decibels() {
    }

    /** @return the amplitude gain; −∞ dB gives 0 */
    public static double toLinear(double gainDb) {
        return Math.pow(10, gainDb / 20);
    }

    /** @return the level in dB; a gain of 0 gives −∞ */
    public static double fromLinear(double gainLinear) {
        return 20 * Math.log10(gainLinear);
    }
}
