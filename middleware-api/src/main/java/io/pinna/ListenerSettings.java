package io.pinna;

import io.pinna.device.OutputDevice;
import io.pinna.hrtf.HrtfProfile;
import io.pinna.internal.Check;

/**
 * A new listener.
 *
 * @param name    used in reports, unique in its world
 * @param profile what it wears
 * @param output  where it is heard; the world opens and closes it
 */
public record ListenerSettings(String name, HrtfProfile profile, OutputDevice output) {
    public ListenerSettings {
        Check.notBlank(name, "name");
        Check.notNull(profile, "profile");
        Check.notNull(output, "output");
    }
}
