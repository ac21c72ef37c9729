package io.pinna.internal.render;

import io.pinna.effect.ImpulseResponse;
import io.pinna.effect.ReverbSettings;
import io.pinna.internal.reverb.PlacedResponse;
import io.pinna.internal.reverb.ResponseSpectra;

/** What a listener's reverberation is made of, prepared for one sample rate and block. Made on the owner's thread, which may take a while for long responses; immutable. */
public final class ReverbResponse {
    final ReverbSettings settings;
    /** Null but for a convolution. */
    final ResponseSpectra spectra;
    /** Rows of x (front), y (left), z (up), in the axes of the room; null where the ears' responses are given. */
    final double[][] directions;

    private ReverbResponse(ReverbSettings settings, ResponseSpectra spectra, double[][] directions) {
        this.settings = settings;
        this.spectra = spectra;
        this.directions = directions;
    }

    public static ReverbResponse of(ReverbSettings settings, int sampleRateHz, int blockFrames) {
        ImpulseResponse response = settings.response();
        if (response == null) {
            return new ReverbResponse(settings, null, null);
        }
        PlacedResponse placed = PlacedResponse.of(response, sampleRateHz);
        return new ReverbResponse(settings, new ResponseSpectra(placed.channels(), blockFrames), placed.directions());
    }

    public ReverbSettings settings() {
        return settings;
    }
}
