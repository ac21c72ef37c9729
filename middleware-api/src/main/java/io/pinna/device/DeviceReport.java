package io.pinna.device;

import java.util.List;

/**
 * What a device says of itself, for reports.
 *
 * @param name            for example "OpenAL Soft: HDA Intel PCH" or "WAV file out.wav"
 * @param description     version, sample rate of the hardware, buffer sizes, and the like
 * @param deliveredBlocks blocks taken so far
 * @param underruns       times the device ran dry
 * @param reopened        times the device was lost and opened again
 * @param notes           what differs from what was asked for, each a sentence; empty if nothing
 */
public record DeviceReport(String name, String description, long deliveredBlocks, long underruns, long reopened, List<String> notes) {
    public DeviceReport {
        notes = List.copyOf(notes);
    }
}
