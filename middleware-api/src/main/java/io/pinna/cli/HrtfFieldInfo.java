package io.pinna.cli;

import io.pinna.hrtf.HrtfField;
import java.nio.file.Path;

/**
 * What an own model is.
 *
 * @param file         as it was named
 * @param name         the model's
 * @param listener     whose ears, empty if it does not say
 * @param licence      likewise
 * @param sampleRateHz of its bins or taps
 * @param form         "spectra" or "responses"
 * @param size         bins of the one, taps of the other
 */
record HrtfFieldInfo(String file, String name, String listener, String licence, int sampleRateHz, String form, int size) {
    static HrtfFieldInfo of(Path file) {
        try (HrtfField field = HrtfField.load(file)) {
            boolean spectra = field instanceof HrtfField.Spectra;
            int size = field instanceof HrtfField.Spectra s ? s.bins() : ((HrtfField.Responses) field).taps();
            return new HrtfFieldInfo(file.toString(), field.name(), field.listener(), field.licence(), field.sampleRateHz(), spectra ? "spectra" : "responses", size);
        }
    }

    @Override
    public String toString() {
        return "file          " + file + "\nmodel         " + name + "\nlistener      " + or(listener) + "\nlicence       " + or(licence) + "\nsample rate   " + sampleRateHz + " Hz\nform          "
                + (form.equals("spectra") ? "magnitudes at " + size + " frequencies and interaural delay" : "impulse responses of " + size + " taps");
    }

    private static String or(String value) {
        return value.isBlank() ? "(not given)" : value;
    }
}
