package io.pinna.internal.device;

import io.pinna.device.OpenAlSettings;
import io.pinna.internal.Check;

/** The sound card through OpenAL Soft, with its recovery after a loss. */
public final class OpenAlDevice extends RecoveringDevice {
    public OpenAlDevice(OpenAlSettings settings) {
        super(new OpenAlBackend(Check.notNull(settings, "settings")));
    }
}
