package io.pinna.device;

import io.pinna.internal.Check;
import io.pinna.internal.device.AutomaticDevice;
import io.pinna.internal.device.NullDevice;
import io.pinna.internal.device.OpenAlDevice;
import io.pinna.internal.device.WavFileDevice;
import java.nio.file.Path;

/**
 * Makes the output devices that come with Pinna. Each serves one listener: it is opened once, and closed once. Making one is cheap and fails never; {@link OutputDevice#open} does the work.
 */
public final class OutputDevices {
    /** What {@link #memory()} keeps at most (seconds). */
    public static final double DEFAULT_MEMORY_SECONDS = 600;

    private OutputDevices() {
    }

    /**
     * The sound card through OpenAL Soft if there is one, else a device that discards the sound in real time. Which it became, and why, is in {@link OutputDevice#report()}; the first time
     * in a process that there is no sound card is also logged as a warning.
     */
    public static OutputDevice automatic() {
        return new AutomaticDevice(OutputDevices::openAl);
    }

    /** The default sound card through OpenAL Soft. {@link OutputDevice#open} fails with a {@link io.pinna.DeviceException} if there is none. */
    public static OutputDevice openAl() {
        return openAl(OpenAlSettings.defaults());
    }

    /** A sound card through OpenAL Soft. {@link OutputDevice#open} fails with a {@link io.pinna.DeviceException} that lists the devices there are if this one cannot be opened. */
    public static OutputDevice openAl(OpenAlSettings settings) {
        return new OpenAlDevice(settings);
    }

    /**
     * A WAV file of 32-bit float stereo at the world's rate. An existing file is replaced when the device is opened; that fails with a {@link io.pinna.ResourceException} if the file cannot
     * be created. A disk that fails later is in the report. Sets no pace.
     */
    public static OutputDevice wav(Path file) {
        return new WavFileDevice(Check.notNull(file, "file"));
    }

    /** Memory for {@link #DEFAULT_MEMORY_SECONDS}. Sets no pace. */
    public static MemoryDevice memory() {
        return memory(DEFAULT_MEMORY_SECONDS);
    }

    /** Memory for so many seconds (above 0 to 36 000). Sets no pace. */
    public static MemoryDevice memory(double maxSeconds) {
        return new MemoryDevice(maxSeconds);
    }

    /** Discards the sound and keeps real time by the system's clock. */
    public static OutputDevice realTimeNull() {
        return new NullDevice();
    }
}
