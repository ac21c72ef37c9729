package io.pinna.internal.device;

import static org.lwjgl.openal.SOFTSystemEvents.ALC_EVENT_SUPPORTED_SOFT;
import static org.lwjgl.openal.SOFTSystemEvents.ALC_EVENT_TYPE_DEFAULT_DEVICE_CHANGED_SOFT;
import static org.lwjgl.openal.SOFTSystemEvents.ALC_PLAYBACK_DEVICE_SOFT;
import static org.lwjgl.openal.SOFTSystemEvents.alcEventControlSOFT;
import static org.lwjgl.openal.SOFTSystemEvents.alcEventIsSupportedSOFT;
import static org.lwjgl.openal.SOFTSystemEvents.nalcEventCallbackSOFT;

import io.pinna.internal.RealTime;
import org.lwjgl.openal.ALC10;
import org.lwjgl.openal.SOFTSystemEventProc;
import org.lwjgl.system.MemoryUtil;

/**
 * Counts the changes of the system's default playback device (ALC_SOFT_system_events). OpenAL has one such callback a process, so it is shared by all devices: installed with the first and
 * taken away with the last, so that no native thread calls into a Java machine that is going down after its devices were closed.
 */
final class SystemAudioEvents {
    private static int users;
    private static SOFTSystemEventProc callback;
    private static volatile int defaultChanges;

    private SystemAudioEvents() {
    }

    /** Whether the backend in use announces changes of its default device. The library must be loaded. */
    static boolean isSupported() {
        return ALC10.alcIsExtensionPresent(0, "ALC_SOFT_system_events")
            && alcEventIsSupportedSOFT(ALC_EVENT_TYPE_DEFAULT_DEVICE_CHANGED_SOFT, ALC_PLAYBACK_DEVICE_SOFT) == ALC_EVENT_SUPPORTED_SOFT;
    }

    static synchronized void acquire() {
        if (users++ == 0) {
            callback = SOFTSystemEventProc.create((eventType, deviceType, device, length, message, userParam) -> count(eventType, deviceType));
            nalcEventCallbackSOFT(callback.address(), MemoryUtil.NULL);
            alcEventControlSOFT(new int[] {ALC_EVENT_TYPE_DEFAULT_DEVICE_CHANGED_SOFT}, true);
        }
    }

    static synchronized void release() {
        if (--users == 0) {
            alcEventControlSOFT(new int[] {ALC_EVENT_TYPE_DEFAULT_DEVICE_CHANGED_SOFT}, false);
            // OpenAL Soft holds its lock of events while it calls back, so after this no call is under way and the callback may be freed.
            nalcEventCallbackSOFT(MemoryUtil.NULL, MemoryUtil.NULL);
            callback.free();
            callback = null;
        }
    }

    /** On a thread of OpenAL Soft, one at a time; takes no lock, because {@link #release} holds ours while it waits for OpenAL Soft's. */
    private static void count(int eventType, int deviceType) {
        if (eventType == ALC_EVENT_TYPE_DEFAULT_DEVICE_CHANGED_SOFT && deviceType == ALC_PLAYBACK_DEVICE_SOFT) {
            defaultChanges++;
        }
    }

    /** Changes so far; compare with an earlier answer. */
    @RealTime
    static int defaultChanges() {
        return defaultChanges;
    }
}
