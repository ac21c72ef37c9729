package io.pinna.internal.device;

import static org.lwjgl.openal.SOFTLoopback.ALC_FLOAT_SOFT;
import static org.lwjgl.openal.SOFTLoopback.ALC_FORMAT_CHANNELS_SOFT;
import static org.lwjgl.openal.SOFTLoopback.ALC_FORMAT_TYPE_SOFT;
import static org.lwjgl.openal.SOFTLoopback.ALC_STEREO_SOFT;
import static org.lwjgl.openal.SOFTLoopback.alcLoopbackOpenDeviceSOFT;
import static org.lwjgl.system.MemoryUtil.NULL;

import io.pinna.DeviceException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.lwjgl.openal.AL10;
import org.lwjgl.openal.ALC;
import org.lwjgl.openal.ALC10;
import org.lwjgl.openal.ALCCapabilities;

/**
 * What {@code pinna doctor} says of the sound card. A missing sound card or library is an answer here, never an exception. Not for the audio thread; may take a second where a sound server
 * does not answer.
 *
 * @param libraryLoaded   whether OpenAL Soft could be loaded
 * @param version         for example "1.1 ALSOFT 1.25.2"; empty if not loaded, as the next two
 * @param vendor          of the library
 * @param renderer        of the library
 * @param playbackDevices names as {@link io.pinna.device.OpenAlSettings#deviceName} takes them; listed is not always usable
 * @param defaultDevice   the default playback device, if OpenAL Soft names one
 * @param soundCard       whether the default device opens and is a real one, not OpenAL Soft's null or file writer
 * @param soundCardDetail its name and rate, or why there is none
 * @param hrtf            ALC_SOFT_HRTF
 * @param loopback        ALC_SOFT_loopback, which the benchmark needs
 * @param reopen          ALC_SOFT_reopen_device, which survives an unplugged headset
 * @param systemEvents    ALC_SOFT_system_events with changes of the default device, for this system's backend
 * @param disconnect      ALC_EXT_disconnect
 * @param directContext   ALC_EXT_direct_context, which Pinna needs
 * @param notes           what went wrong on the way, each a sentence
 */
public record DeviceProbe(boolean libraryLoaded, String version, String vendor, String renderer, List<String> playbackDevices, Optional<String> defaultDevice, boolean soundCard,
                          String soundCardDetail, boolean hrtf, boolean loopback, boolean reopen, boolean systemEvents, boolean disconnect, boolean directContext, List<String> notes) {
    public DeviceProbe {
        playbackDevices = List.copyOf(playbackDevices);
        notes = List.copyOf(notes);
    }

    /** Looks now. */
    public static DeviceProbe probe() {
        List<String> notes = new ArrayList<>();
        try {
            OpenAlLibrary.load();
        } catch (DeviceException e) {
            return new DeviceProbe(false, "", "", "", List.of(), Optional.empty(), false, e.getMessage(), false, false, false, false, false, false, List.of(e.getMessage()));
        }
        List<String> devices = OpenAlLibrary.playbackDevices();
        String defaultDevice = OpenAlLibrary.defaultPlaybackDevice();
        boolean systemEvents = SystemAudioEvents.isSupported();

        boolean soundCard = false;
        String detail;
        ALCCapabilities capabilities = null;
        String[] strings = {"", "", ""};
        long card = ALC10.alcOpenDevice((CharSequence) null);
        if (card == NULL) {
            detail = "OpenAL Soft found no playback device (" + OpenAlLibrary.errorName(ALC10.alcGetError(NULL)) + ")";
        } else {
            capabilities = ALC.createCapabilities(card);
            String name = OpenAlLibrary.nameOf(card);
            soundCard = !name.equals(OpenAlLibrary.NULL_DEVICE) && !name.equals(OpenAlLibrary.WAVE_DEVICE);
            long context = ALC10.alcCreateContext(card, (int[]) null);
            if (context == NULL) {
                soundCard = false;
                detail = "\"" + name + "\" opens but refuses a context (" + OpenAlLibrary.errorName(ALC10.alcGetError(card)) + ")";
            } else {
                detail = (soundCard ? "" : "no sound card: OpenAL Soft uses its stand-in ") + "\"" + name + "\" at " + ALC10.alcGetInteger(card, ALC10.ALC_FREQUENCY) + " Hz";
                strings = strings(context, capabilities);
                ALC10.alcDestroyContext(context);
            }
            ALC10.alcCloseDevice(card);
        }
        if (strings[0].isEmpty() && ALC10.alcIsExtensionPresent(NULL, "ALC_SOFT_loopback")) {
            // Without a card the library still answers for itself through its loopback device.
            long loop = alcLoopbackOpenDeviceSOFT((CharSequence) null);
            if (loop != NULL) {
                capabilities = ALC.createCapabilities(loop);
                long context = ALC10.alcCreateContext(loop, new int[] {
                    ALC10.ALC_FREQUENCY, 48000, ALC_FORMAT_CHANNELS_SOFT, ALC_STEREO_SOFT, ALC_FORMAT_TYPE_SOFT, ALC_FLOAT_SOFT, 0
                });
                if (context != NULL) {
                    strings = strings(context, capabilities);
                    ALC10.alcDestroyContext(context);
                }
                ALC10.alcCloseDevice(loop);
            }
        }
        if (capabilities == null) {
            notes.add("OpenAL offers neither a device nor a loopback device, so its extensions are unknown.");
        } else if (!capabilities.ALC_EXT_direct_context) {
            notes.add("This OpenAL library is older than OpenAL Soft 1.24, which Pinna needs; remove the setting org.lwjgl.openal.libname.");
        }
        return new DeviceProbe(true, strings[0], strings[1], strings[2], devices, defaultDevice.isEmpty() ? Optional.empty() : Optional.of(defaultDevice), soundCard, detail,
            capabilities != null && capabilities.ALC_SOFT_HRTF, capabilities != null && capabilities.ALC_SOFT_loopback, capabilities != null && capabilities.ALC_SOFT_reopen_device,
            systemEvents, capabilities != null && capabilities.ALC_EXT_disconnect, capabilities != null && capabilities.ALC_EXT_direct_context, notes);
    }

    private static String[] strings(long context, ALCCapabilities capabilities) {
        if (!capabilities.ALC_EXT_thread_local_context) {
            return new String[] {"", "", ""};
        }
        return OpenAlLibrary.withContext(context, capabilities,
            al -> new String[] {AL10.alGetString(AL10.AL_VERSION), AL10.alGetString(AL10.AL_VENDOR), AL10.alGetString(AL10.AL_RENDERER)});
    }
}
