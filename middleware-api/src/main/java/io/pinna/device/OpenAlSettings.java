package io.pinna.device;

import io.pinna.internal.Check;
import java.util.Optional;

/**
 * How to open the sound card through OpenAL Soft.
 *
 * @param deviceName   the playback device as OpenAL names it ({@code pinna doctor} lists them); empty for the default device, which is then also followed when the user changes it
 * @param periodFrames how many frames OpenAL Soft mixes at a time (0, or 64 to 8192). 0 leaves it to OpenAL Soft and its configuration files (512 frames without any). A smaller number lowers
 *                     the latency. OpenAL Soft reads it when its library loads and only from a configuration file, so another number than 0 has an effect only if this is the first use of
 *                     OpenAL in the process, and only if the environment does not already name a file in {@code ALSOFT_CONF}; where it has none, the device's report says so. The queue of the
 *                     stream format is lengthened if it could not feed the period
 */
public record OpenAlSettings(Optional<String> deviceName, int periodFrames) {
    public OpenAlSettings {
        Check.notNull(deviceName, "deviceName").ifPresent(name -> Check.notBlank(name, "deviceName"));
        if (periodFrames != 0) {
            Check.inRange(periodFrames, 64, 8192, "periodFrames");
        }
    }

    /** The default device, with OpenAL Soft's own period. */
    public static OpenAlSettings defaults() {
        return new OpenAlSettings(Optional.empty(), 0);
    }

    public OpenAlSettings withDeviceName(String name) {
        return new OpenAlSettings(Optional.of(Check.notBlank(name, "deviceName")), periodFrames);
    }

    public OpenAlSettings withPeriodFrames(int frames) {
        return new OpenAlSettings(deviceName, frames);
    }
}
