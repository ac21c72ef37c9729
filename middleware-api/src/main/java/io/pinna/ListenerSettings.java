package io.pinna;

import io.pinna.device.OutputDevice;
import io.pinna.effect.ReverbSettings;
import io.pinna.hrtf.BinauralModel;
import io.pinna.hrtf.HrtfProfile;
import io.pinna.internal.Check;
import java.util.Optional;

/**
 * A new listener.
 *
 * @param name      used in reports, unique in its world
 * @param profile   what it wears
 * @param output    where it is heard; the world opens and closes it
 * @param nearField whether sources nearer than 1 m, or than a measured profile reaches, sound close: level and delay between the ears grow as they do at a rigid sphere (true unless said otherwise). Without it
 *                  the profile's nearest filters serve for all that is nearer
 * @param bakedFilters whether the filters of all directions are computed when the listener is added, and when it puts on another profile, before either call returns (false unless said otherwise: they are
 *                  computed as they are needed, and the rest in the background). Then no model ever runs for it while it listens. See {@link SoundWorld#bakeFilters} for what it takes, and for many listeners
 * @param binauralModel what renders this listener in place of the profile's filters, in a world that mixes on the inference thread; the profile is heard where the model is not ready. Empty unless said otherwise
 * @param reverb late reverberation (from the geometry unless said otherwise), in a world whose {@link io.pinna.acoustics.AcousticsSettings#lateReverb} is on
 */
public record ListenerSettings(String name, HrtfProfile profile, OutputDevice output, boolean nearField, boolean bakedFilters, Optional<BinauralModel> binauralModel, ReverbSettings reverb) {
    public ListenerSettings {
        Check.notBlank(name, "name");
        Check.notNull(profile, "profile");
        Check.notNull(output, "output");
        Check.notNull(binauralModel, "binauralModel");
        Check.notNull(reverb, "reverb");
    }

    /** With the near field, filters as they are needed, and without a model. */
    public ListenerSettings(String name, HrtfProfile profile, OutputDevice output) {
        this(name, profile, output, true, false, Optional.empty(), ReverbSettings.DEFAULT);
    }

    public ListenerSettings withNearField(boolean value) {
        return new ListenerSettings(name, profile, output, value, bakedFilters, binauralModel, reverb);
    }

    public ListenerSettings withBakedFilters(boolean value) {
        return new ListenerSettings(name, profile, output, nearField, value, binauralModel, reverb);
    }

    /** @param value renders this listener end to end */
    public ListenerSettings withBinauralModel(BinauralModel value) {
        return new ListenerSettings(name, profile, output, nearField, bakedFilters, Optional.of(Check.notNull(value, "binauralModel")), reverb);
    }

    /** @param value from the geometry, by convolution with a measured response, or none */
    public ListenerSettings withReverb(ReverbSettings value) {
        return new ListenerSettings(name, profile, output, nearField, bakedFilters, binauralModel, value);
    }
}
