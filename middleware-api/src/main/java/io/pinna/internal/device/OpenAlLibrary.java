package io.pinna.internal.device;

import static org.lwjgl.openal.ALC10.ALC_DEVICE_SPECIFIER;
import static org.lwjgl.openal.ALC10.alcGetString;
import static org.lwjgl.openal.ALC11.ALC_ALL_DEVICES_SPECIFIER;
import static org.lwjgl.openal.ALC11.ALC_DEFAULT_ALL_DEVICES_SPECIFIER;

import io.pinna.DeviceException;
import io.pinna.internal.NativeEnvironment;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.lwjgl.openal.AL;
import org.lwjgl.openal.ALC;
import org.lwjgl.openal.ALC10;
import org.lwjgl.openal.ALCCapabilities;
import org.lwjgl.openal.ALCapabilities;
import org.lwjgl.openal.ALUtil;
import org.lwjgl.openal.EXTThreadLocalContext;
import org.lwjgl.system.MemoryUtil;

/**
 * The OpenAL Soft library of this process: loads it, once and with a typed error, and gives it settings that it takes from a configuration file only. Not for the audio thread.
 */
public final class OpenAlLibrary {
    /** The name of OpenAL Soft's built-in device that discards everything. */
    static final String NULL_DEVICE = "No Output";
    /** The name of OpenAL Soft's built-in device that writes a file. */
    static final String WAVE_DEVICE = "Wave File Writer";

    private static final String CONFIG_VARIABLE = "ALSOFT_CONF";
    private static boolean loaded;
    private static String loadFailure;
    private static Map<String, String> settingsInEffect = Map.of();

    private OpenAlLibrary() {
    }

    /**
     * Loads the library.
     *
     * @throws DeviceException if it cannot be loaded
     */
    static void load() {
        load(Map.of());
    }

    /**
     * Loads the library with settings for the {@code [general]} section of its configuration, such as {@code period_size} or {@code hrtf-mode}. They go into a temporary file that the
     * variable {@code ALSOFT_CONF} names while OpenAL Soft starts; it reads it after the system's and the user's files, so these keys win and all others stay.
     *
     * @return empty if the settings are in effect or there were none, else why not
     * @throws DeviceException if the library cannot be loaded
     */
    static synchronized String load(Map<String, String> general) {
        if (loadFailure != null) {
            throw new DeviceException(loadFailure);
        }
        String refusal = "";
        if (!general.isEmpty()) {
            if (loaded && settingsInEffect.equals(general)) {
                return "";
            }
            if (loaded) {
                refusal = "OpenAL Soft was loaded before, so its settings " + new TreeMap<>(general) + " have no effect in this process.";
            } else if (System.getenv(CONFIG_VARIABLE) != null) {
                refusal = CONFIG_VARIABLE + " is set in the environment, so OpenAL Soft takes its settings from there and not " + new TreeMap<>(general) + ".";
            }
        }
        if (loaded) {
            return refusal;
        }
        Path config = null;
        try {
            if (!general.isEmpty() && refusal.isEmpty()) {
                config = writeConfig(general);
                NativeEnvironment.set(CONFIG_VARIABLE, config.toString());
            }
            // The first call makes LWJGL load the library and OpenAL Soft read its configuration.
            ALC10.alcGetString(0, ALC10.ALC_EXTENSIONS);
            ALUtil.getStringList(0, ALC_ALL_DEVICES_SPECIFIER);
            loaded = true;
            settingsInEffect = config == null ? Map.of() : Map.copyOf(general);
        } catch (LinkageError | RuntimeException e) {
            loadFailure = "OpenAL Soft cannot be loaded on " + System.getProperty("os.name") + " " + System.getProperty("os.arch") + ": " + rootMessage(e)
                + ". Its library comes with LWJGL's natives for this platform; check that the jar lwjgl-openal natives is on the class path and that the temporary folder "
                + System.getProperty("java.io.tmpdir") + " is writable and not mounted noexec.";
            throw new DeviceException(loadFailure, e);
        } finally {
            if (config != null) {
                try {
                    NativeEnvironment.set(CONFIG_VARIABLE, null);
                    Files.deleteIfExists(config);
                } catch (IOException e) {
                    config.toFile().deleteOnExit();
                }
            }
        }
        return refusal;
    }

    private static Path writeConfig(Map<String, String> general) {
        StringBuilder text = new StringBuilder("[general]\n");
        new TreeMap<>(general).forEach((key, value) -> text.append(key).append(" = ").append(value).append('\n'));
        try {
            Path file = Files.createTempFile("pinna-alsoft", ".conf");
            Files.writeString(file, text, StandardCharsets.UTF_8);
            return file;
        } catch (IOException e) {
            throw new DeviceException("the settings of OpenAL Soft cannot be written to the temporary folder " + System.getProperty("java.io.tmpdir") + ": " + e.getMessage(), e);
        }
    }

    private static String rootMessage(Throwable e) {
        Throwable cause = e;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        String message = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        int end = message.indexOf('\n');
        return end < 0 ? message : message.substring(0, end);
    }

    /** Names of the playback devices; empty if there are none. The library must be loaded. */
    static List<String> playbackDevices() {
        List<String> names = ALUtil.getStringList(0, ALC_ALL_DEVICES_SPECIFIER);
        return names == null ? List.of() : List.copyOf(names);
    }

    /** The default playback device, or an empty text. The library must be loaded. */
    static String defaultPlaybackDevice() {
        String name = alcGetString(0, ALC_DEFAULT_ALL_DEVICES_SPECIFIER);
        return name == null ? "" : name;
    }

    /** The full name of an open device. */
    static String nameOf(long device) {
        String name = ALC10.alcIsExtensionPresent(device, "ALC_ENUMERATE_ALL_EXT") ? alcGetString(device, ALC_ALL_DEVICES_SPECIFIER) : alcGetString(device, ALC_DEVICE_SPECIFIER);
        return name == null ? "unnamed device" : name;
    }

    /** A result that needs a context current. */
    interface WithContext<T> {
        T apply(ALCapabilities capabilities);
    }

    /** Runs code with a context current on this thread only, and leaves the thread as it was, so that another user of OpenAL in the process is not disturbed. */
    static <T> T withContext(long context, ALCCapabilities deviceCapabilities, WithContext<T> code) {
        long before = EXTThreadLocalContext.alcGetThreadContext();
        ALCapabilities capabilitiesBefore = before == MemoryUtil.NULL ? null : AL.getCapabilities();
        EXTThreadLocalContext.alcSetThreadContext(context);
        try {
            return code.apply(AL.createCapabilities(deviceCapabilities));
        } finally {
            EXTThreadLocalContext.alcSetThreadContext(before);
            AL.setCurrentThread(capabilitiesBefore);
        }
    }

    /** What an ALC error code means. */
    static String errorName(int code) {
        return switch (code) {
            case ALC10.ALC_NO_ERROR -> "no error";
            case ALC10.ALC_INVALID_DEVICE -> "invalid device";
            case ALC10.ALC_INVALID_CONTEXT -> "invalid context";
            case ALC10.ALC_INVALID_ENUM -> "invalid enum";
            case ALC10.ALC_INVALID_VALUE -> "invalid value";
            case ALC10.ALC_OUT_OF_MEMORY -> "out of memory";
            default -> "error 0x" + Integer.toHexString(code);
        };
    }

    /** The settings that the library was loaded with by {@link #load(Map)}. */
    static synchronized Map<String, String> settingsInEffect() {
        return settingsInEffect;
    }
}
