package io.pinna.internal.device;

import static org.lwjgl.openal.AL10.AL_BUFFER;
import static org.lwjgl.openal.AL10.AL_BUFFERS_PROCESSED;
import static org.lwjgl.openal.AL10.AL_NO_ERROR;
import static org.lwjgl.openal.AL10.AL_SOURCE_RELATIVE;
import static org.lwjgl.openal.AL10.AL_SOURCE_STATE;
import static org.lwjgl.openal.AL10.AL_STOPPED;
import static org.lwjgl.openal.AL10.AL_TRUE;
import static org.lwjgl.openal.AL10.AL_VERSION;
import static org.lwjgl.openal.AL10.alDeleteBuffersDirect;
import static org.lwjgl.openal.AL10.alDeleteSourcesDirect;
import static org.lwjgl.openal.AL10.alGenBuffersDirect;
import static org.lwjgl.openal.AL10.alGenSourcesDirect;
import static org.lwjgl.openal.AL10.alGetErrorDirect;
import static org.lwjgl.openal.AL10.alGetIntegerDirect;
import static org.lwjgl.openal.AL10.alGetString;
import static org.lwjgl.openal.AL10.alSourceRewindDirect;
import static org.lwjgl.openal.AL10.alSourceStopDirect;
import static org.lwjgl.openal.AL10.alSourceiDirect;
import static org.lwjgl.openal.ALC10.ALC_FALSE;
import static org.lwjgl.openal.ALC10.ALC_FREQUENCY;
import static org.lwjgl.openal.ALC10.ALC_REFRESH;
import static org.lwjgl.openal.ALC10.alcCloseDevice;
import static org.lwjgl.openal.ALC10.alcCreateContext;
import static org.lwjgl.openal.ALC10.alcDestroyContext;
import static org.lwjgl.openal.ALC10.alcGetError;
import static org.lwjgl.openal.ALC10.alcGetInteger;
import static org.lwjgl.openal.ALC10.alcOpenDevice;
import static org.lwjgl.openal.EXTDisconnect.ALC_CONNECTED;
import static org.lwjgl.openal.EXTFloat32.AL_FORMAT_STEREO_FLOAT32;
import static org.lwjgl.openal.SOFTDirectChannels.AL_DIRECT_CHANNELS_SOFT;
import static org.lwjgl.openal.SOFTDirectChannelsRemix.AL_REMIX_UNMATCHED_SOFT;
import static org.lwjgl.openal.SOFTHRTF.ALC_HRTF_SOFT;
import static org.lwjgl.openal.SOFTLoopback.ALC_FLOAT_SOFT;
import static org.lwjgl.openal.SOFTLoopback.ALC_FORMAT_CHANNELS_SOFT;
import static org.lwjgl.openal.SOFTLoopback.ALC_FORMAT_TYPE_SOFT;
import static org.lwjgl.openal.SOFTLoopback.ALC_STEREO_SOFT;
import static org.lwjgl.openal.SOFTLoopback.alcLoopbackOpenDeviceSOFT;
import static org.lwjgl.openal.SOFTOutputLimiter.ALC_OUTPUT_LIMITER_SOFT;
import static org.lwjgl.openal.SOFTOutputMode.ALC_OUTPUT_MODE_SOFT;
import static org.lwjgl.openal.SOFTOutputMode.ALC_STEREO_BASIC_SOFT;
import static org.lwjgl.openal.SOFTReopenDevice.alcReopenDeviceSOFT;
import static org.lwjgl.openal.SOFTSourceResampler.AL_NUM_RESAMPLERS_SOFT;
import static org.lwjgl.openal.SOFTSourceResampler.AL_SOURCE_RESAMPLER_SOFT;
import static org.lwjgl.system.MemoryUtil.NULL;
import static org.lwjgl.system.MemoryUtil.memAddress;

import io.pinna.DeviceException;
import io.pinna.device.OpenAlSettings;
import io.pinna.device.StreamFormat;
import io.pinna.internal.RealTime;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.lwjgl.openal.ALC;
import org.lwjgl.openal.ALCCapabilities;
import org.lwjgl.openal.ALCapabilities;

/**
 * One stereo source of OpenAL Soft, fed by a queue of small buffers, straight to the two channels of the card: no HRTF, no limiter, no spatial processing of OpenAL's own.
 *
 * <p>All calls go through ALC_EXT_direct_context, which takes the context as an argument: no context is ever current on the audio thread, so another user of OpenAL in the process and this
 * class do not disturb each other. OpenAL Soft has it since 1.24; the library that comes with Pinna is newer. Buffers, addresses and the {@link NativeCall}s of the audio thread are made in
 * {@link #open}; using them allocates nothing.
 *
 * <p>OpenAL Soft 1.25 ignores ALC_REFRESH (its period comes from a configuration file), so the period is read back and the queue is made long enough to feed it.
 */
final class OpenAlBackend implements PlaybackBackend {
    private final OpenAlSettings settings;
    private final boolean loopback;

    private long device;
    private long context;
    private ALCCapabilities deviceCapabilities;
    private int source;
    private int[] buffers = new int[0];
    private int sampleRateHz;
    private int blockFrames;
    private int[] attributes;
    private boolean canReopen;
    private boolean followsDefault;
    private int seenDefaultChanges;
    private boolean eventsAcquired;

    // Audio thread while playing, helper while lost.
    private int[] freeBuffers;
    private int freeCount;
    private boolean started;
    private FloatBuffer block;
    private long blockAddress;
    private int blockBytes;
    private NativeCall getError;
    private NativeCall getSourceInt;
    private NativeCall queueBuffer;
    private NativeCall unqueueBuffers;
    private NativeCall bufferData;
    private NativeCall sourcePlay;
    private NativeCall sourceRewind;
    private NativeCall getConnected;
    private IntBuffer ids;
    private long idsAddress;
    private IntBuffer answer;
    private long answerAddress;

    private volatile String name = "not open";
    private volatile String description = "not open";
    private volatile long underruns;
    private volatile long errors;
    private volatile int lastError;
    private volatile List<String> openNotes = List.of();
    private volatile String moveNote = "";

    OpenAlBackend(OpenAlSettings settings) {
        this(settings, false);
    }

    /** @param loopback renders on demand into memory instead of to a card, for tests */
    OpenAlBackend(OpenAlSettings settings, boolean loopback) {
        this.settings = settings;
        this.loopback = loopback;
    }

    @Override
    public void open(StreamFormat format) {
        List<String> notes = new ArrayList<>();
        String refusal = OpenAlLibrary.load(settings.periodFrames() == 0 ? Map.of() : Map.of("period_size", Integer.toString(settings.periodFrames())));
        if (!refusal.isEmpty()) {
            notes.add(refusal);
        }
        sampleRateHz = format.sampleRateHz();
        blockFrames = format.blockFrames();
        device = openDevice();
        try {
            deviceCapabilities = ALC.createCapabilities(device);
            if (!deviceCapabilities.ALC_EXT_direct_context || !deviceCapabilities.ALC_EXT_thread_local_context) {
                throw new DeviceException("the OpenAL library is too old: it lacks ALC_EXT_direct_context, which OpenAL Soft has since 1.24; remove the setting org.lwjgl.openal.libname"
                    + " so that the bundled library is used");
            }
            attributes = attributes();
            context = alcCreateContext(device, attributes);
            if (context == NULL) {
                throw new DeviceException("the device \"" + OpenAlLibrary.nameOf(device) + "\" was opened but refuses a context at " + sampleRateHz + " Hz: "
                    + OpenAlLibrary.errorName(alcGetError(device)) + "; check that no other program holds it exclusively, or choose another device");
            }
            blockBytes = 2 * blockFrames * Float.BYTES;
            block = ByteBuffer.allocateDirect(blockBytes).order(ByteOrder.nativeOrder()).asFloatBuffer();
            blockAddress = memAddress(block);
            answer = ByteBuffer.allocateDirect(Integer.BYTES).order(ByteOrder.nativeOrder()).asIntBuffer();
            answerAddress = memAddress(answer);
            String version = OpenAlLibrary.withContext(context, deviceCapabilities, capabilities -> {
                if (!capabilities.AL_EXT_FLOAT32) {
                    throw new DeviceException("the OpenAL library does not play 32-bit float (AL_EXT_FLOAT32); remove the setting org.lwjgl.openal.libname so that the bundled one is used");
                }
                createSource(capabilities.AL_SOFT_direct_channels, capabilities.AL_SOFT_direct_channels_remix, capabilities.AL_SOFT_source_resampler);
                createCalls(capabilities);
                return alGetString(AL_VERSION);
            });
            createBuffers(format, notes);
            rehearse();
            canReopen = deviceCapabilities.ALC_SOFT_reopen_device && !loopback;
            followsDefault = canReopen && settings.deviceName().isEmpty() && SystemAudioEvents.isSupported();
            if (followsDefault) {
                SystemAudioEvents.acquire();
                eventsAcquired = true;
                seenDefaultChanges = SystemAudioEvents.defaultChanges();
            }
            describe(version, notes);
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private long openDevice() {
        if (loopback) {
            long handle = alcLoopbackOpenDeviceSOFT((CharSequence) null);
            if (handle == NULL) {
                throw new DeviceException("OpenAL Soft cannot open a loopback device: " + OpenAlLibrary.errorName(alcGetError(NULL)));
            }
            return handle;
        }
        String wanted = settings.deviceName().orElse(null);
        long handle = alcOpenDevice(wanted);
        if (handle == NULL) {
            String error = OpenAlLibrary.errorName(alcGetError(NULL));
            List<String> devices = OpenAlLibrary.playbackDevices();
            throw new DeviceException(wanted == null
                ? "OpenAL Soft found no playback device (" + error + "; it lists " + devices + "); connect a sound card, start the sound server, or use another output such as a WAV file"
                : "OpenAL Soft cannot open the playback device \"" + wanted + "\" (" + error + "); it lists " + devices + "; use one of these names or the default device");
        }
        return handle;
    }

    private int[] attributes() {
        List<Integer> list = new ArrayList<>(List.of(ALC_FREQUENCY, sampleRateHz));
        if (loopback) {
            list.addAll(List.of(ALC_FORMAT_CHANNELS_SOFT, ALC_STEREO_SOFT, ALC_FORMAT_TYPE_SOFT, ALC_FLOAT_SOFT));
        } else {
            // Ignored by OpenAL Soft 1.25, honoured by other versions and implementations.
            list.addAll(List.of(ALC_REFRESH, Math.max(1, sampleRateHz / blockFrames)));
        }
        if (deviceCapabilities.ALC_SOFT_HRTF) {
            list.addAll(List.of(ALC_HRTF_SOFT, ALC_FALSE));
        }
        if (deviceCapabilities.ALC_SOFT_output_limiter) {
            list.addAll(List.of(ALC_OUTPUT_LIMITER_SOFT, ALC_FALSE));
        }
        if (deviceCapabilities.ALC_SOFT_output_mode) {
            list.addAll(List.of(ALC_OUTPUT_MODE_SOFT, ALC_STEREO_BASIC_SOFT));
        }
        list.add(0);
        return list.stream().mapToInt(Integer::intValue).toArray();
    }

    private void createSource(boolean directChannels, boolean remix, boolean resamplers) {
        source = alGenSourcesDirect(context);
        check("create a source");
        alSourceiDirect(context, source, AL_SOURCE_RELATIVE, AL_TRUE);
        if (directChannels) {
            // Remixing matters on a card without a left and right channel, such as a mono one: dropping would lose an ear.
            alSourceiDirect(context, source, AL_DIRECT_CHANNELS_SOFT, remix ? AL_REMIX_UNMATCHED_SOFT : AL_TRUE);
        }
        if (resamplers && alcGetInteger(device, ALC_FREQUENCY) != sampleRateHz) {
            // They are ordered by quality; one source can afford the best.
            alSourceiDirect(context, source, AL_SOURCE_RESAMPLER_SOFT, alGetIntegerDirect(context, AL_NUM_RESAMPLERS_SOFT) - 1);
        }
        check("configure the source");
    }

    private void createBuffers(StreamFormat format, List<String> notes) {
        int count = format.queueBlocks();
        if (!loopback) {
            int needed = blocksToFeed(periodFrames(), blockFrames);
            if (needed > count) {
                notes.add("OpenAL Soft mixes " + periodFrames() + " frames at a time on this device, so the queue was lengthened from " + count + " to " + needed + " blocks of " + blockFrames
                    + " frames.");
                count = needed;
            }
        }
        allocateBuffers(count);
    }

    /** The functions of the audio thread; arguments that never change are set here. */
    private void createCalls(ALCapabilities al) {
        getError = new NativeCall(al.alGetErrorDirect, true, "P").pointer(0, context);
        getSourceInt = new NativeCall(al.alGetSourceiDirect, false, "PIIP").pointer(0, context).integer(1, source).pointer(3, answerAddress);
        queueBuffer = new NativeCall(al.alSourceQueueBuffersDirect, false, "PIIP").pointer(0, context).integer(1, source).integer(2, 1);
        unqueueBuffers = new NativeCall(al.alSourceUnqueueBuffersDirect, false, "PIIP").pointer(0, context).integer(1, source);
        bufferData = new NativeCall(al.alBufferDataDirect, false, "PIIPII").pointer(0, context).integer(2, AL_FORMAT_STEREO_FLOAT32).pointer(3, blockAddress).integer(4, blockBytes)
            .integer(5, sampleRateHz);
        sourcePlay = new NativeCall(al.alSourcePlayDirect, false, "PI").pointer(0, context).integer(1, source);
        sourceRewind = new NativeCall(al.alSourceRewindDirect, false, "PI").pointer(0, context).integer(1, source);
        getConnected = new NativeCall(deviceCapabilities.alcGetIntegerv, false, "PIIP").pointer(0, device).integer(1, ALC_CONNECTED).integer(2, 1).pointer(3, answerAddress);
    }

    /**
     * Makes every call of the audio thread once, with silence: the virtual machine looks a native method up at its first call, which allocates, and rare ones such as those after an underrun
     * would do so in the middle of the sound.
     */
    private void rehearse() {
        isConnected();
        bufferData.integer(1, buffers[0]).call();
        ids.put(0, buffers[0]);
        queueBuffer.pointer(3, idsAddress).call();
        sourcePlay.call();
        sourceInt(AL_SOURCE_STATE);
        alSourceStopDirect(context, source);
        unqueueBuffers.integer(2, 1).pointer(3, idsAddress).call();
        sourceRewind.call();
        if (hasError()) {
            throw new DeviceException("OpenAL Soft could not play a block of silence on \"" + OpenAlLibrary.nameOf(device) + "\": AL error 0x" + Integer.toHexString(lastError));
        }
    }

    /** Makes the queue this long, at least as long as it was, with all buffers free. The source must have none queued. Owner's thread, or the helper while the device is lost. */
    private void allocateBuffers(int count) {
        int before = buffers.length;
        int[] longer = Arrays.copyOf(buffers, count);
        for (int i = before; i < count; i++) {
            longer[i] = alGenBuffersDirect(context);
        }
        buffers = longer;
        check("create " + count + " buffers");
        freeBuffers = longer.clone();
        freeCount = count;
        ids = ByteBuffer.allocateDirect(count * Integer.BYTES).order(ByteOrder.nativeOrder()).asIntBuffer();
        idsAddress = memAddress(ids);
    }

    /** Blocks that must be queued so that one period is always there, plus the one that is being filled. */
    static int blocksToFeed(int periodFrames, int blockFrames) {
        return (periodFrames + blockFrames - 1) / blockFrames + 1;
    }

    /** How many frames of ours the device consumes at a time: OpenAL answers with whole periods a second, so this is rounded to the multiple of 16 that periods are. */
    private int periodFrames() {
        int refresh = alcGetInteger(device, ALC_REFRESH);
        if (refresh <= 0) {
            return blockFrames;
        }
        return periodFrames(sampleRateHz, refresh);
    }

    /** The integer division that ALC_REFRESH comes from loses up to one period a second: the least period that fits the answer, up to the next multiple of 16. */
    static int periodFrames(int rateHz, int refreshHz) {
        int least = rateHz / (refreshHz + 1) + 1;
        int most = rateHz / refreshHz;
        int rounded = (least + 15) / 16 * 16;
        return Math.min(rounded, Math.max(most, least));
    }

    private void describe(String version, List<String> notes) {
        name = loopback ? "loopback" : OpenAlLibrary.nameOf(device);
        int deviceRateHz = alcGetInteger(device, ALC_FREQUENCY);
        int periodFrames = loopback ? 0 : periodFrames();
        description = "OpenAL " + version + ", device at " + deviceRateHz + " Hz, " + (loopback ? "" : "period of about " + periodFrames + " frames, ") + "queue of " + buffers.length
            + " blocks of " + blockFrames + " frames (" + Math.round(1e4 * buffers.length * blockFrames / sampleRateHz) / 10.0 + " ms)";
        if (deviceRateHz != sampleRateHz) {
            notes.add("The device runs at " + deviceRateHz + " Hz; OpenAL Soft resamples from " + sampleRateHz + " Hz.");
        }
        if (deviceCapabilities.ALC_SOFT_HRTF && alcGetInteger(device, ALC_HRTF_SOFT) != ALC_FALSE) {
            notes.add("OpenAL Soft's own HRTF could not be turned off; set hrtf = false in its configuration.");
        }
        if (name.equals(OpenAlLibrary.NULL_DEVICE)) {
            notes.add(AutomaticDevice.NO_SOUND_CARD + "OpenAL Soft uses its null backend (\"" + name + "\"), as ALSOFT_DRIVERS or its configuration says; sound is rendered and discarded in real time.");
        } else if (name.equals(OpenAlLibrary.WAVE_DEVICE)) {
            notes.add(AutomaticDevice.NO_SOUND_CARD + "OpenAL Soft writes the sound to a file (\"" + name + "\"), as ALSOFT_DRIVERS or its configuration says.");
        }
        if (!loopback && !canReopen) {
            notes.add("This OpenAL library cannot open a lost device again (no ALC_SOFT_reopen_device).");
        }
        openNotes = List.copyOf(notes);
    }

    private void check(String what) {
        int error = alGetErrorDirect(context);
        if (error != AL_NO_ERROR) {
            throw new DeviceException("OpenAL Soft could not " + what + " on \"" + OpenAlLibrary.nameOf(device) + "\": AL error 0x" + Integer.toHexString(error));
        }
    }

    @Override
    @RealTime
    public boolean isConnected() {
        if (!deviceCapabilities.ALC_EXT_disconnect) {
            return true;
        }
        answer.put(0, 1);
        getConnected.call();
        return answer.get(0) != 0;
    }

    @Override
    @RealTime
    public boolean wantsReopen() {
        if (!followsDefault) {
            return false;
        }
        int changes = SystemAudioEvents.defaultChanges();
        boolean changed = changes != seenDefaultChanges;
        seenDefaultChanges = changes;
        return changed;
    }

    @Override
    @RealTime
    public Outcome offer(float[] left, float[] right) {
        if (started && sourceInt(AL_SOURCE_STATE) == AL_STOPPED) {
            if (!isConnected()) {
                return Outcome.FAILED;
            }
            // Ran dry. A stopped source counts even new buffers as played, so it goes back to its initial state and starts when the queue is full again.
            underruns++;
            unqueue(buffers.length - freeCount);
            sourceRewind.call();
            started = false;
        }
        if (freeCount == 0) {
            unqueue(sourceInt(AL_BUFFERS_PROCESSED));
        }
        if (freeCount == 0) {
            return hasError() ? Outcome.FAILED : Outcome.FULL;
        }
        for (int i = 0; i < blockFrames; i++) {
            block.put(2 * i, left[i]);
            block.put(2 * i + 1, right[i]);
        }
        int buffer = freeBuffers[--freeCount];
        bufferData.integer(1, buffer).call();
        ids.put(0, buffer);
        queueBuffer.pointer(3, idsAddress).call();
        if (!started && freeCount == 0) {
            sourcePlay.call();
            started = true;
        }
        return hasError() ? Outcome.FAILED : Outcome.TAKEN;
    }

    @RealTime
    private int sourceInt(int parameter) {
        answer.put(0, 0);
        getSourceInt.integer(2, parameter).call();
        return answer.get(0);
    }

    @RealTime
    private void unqueue(int count) {
        int some = Math.min(count, buffers.length - freeCount);
        if (some <= 0) {
            return;
        }
        unqueueBuffers.integer(2, some).pointer(3, idsAddress).call();
        for (int i = 0; i < some; i++) {
            freeBuffers[freeCount++] = ids.get(i);
        }
    }

    @RealTime
    private boolean hasError() {
        int error = getError.call();
        if (error == AL_NO_ERROR) {
            return false;
        }
        lastError = error;
        errors++;
        return true;
    }

    @Override
    public boolean reopen() {
        if (!canReopen) {
            return false;
        }
        String wanted = settings.deviceName().orElse(null);
        String before = name;
        alcGetError(device);
        boolean ok = alcReopenDeviceSOFT(device, wanted, attributes);
        boolean fallback = false;
        if (!ok && wanted != null) {
            fallback = true;
            ok = alcReopenDeviceSOFT(device, (CharSequence) null, attributes);
        }
        alcGetError(device);
        if (!ok) {
            return false;
        }
        alSourceStopDirect(context, source);
        alSourceiDirect(context, source, AL_BUFFER, 0);
        alSourceRewindDirect(context, source);
        alGetErrorDirect(context);
        allocateBuffers(Math.max(buffers.length, blocksToFeed(periodFrames(), blockFrames)));
        started = false;
        name = OpenAlLibrary.nameOf(device);
        if (!name.equals(before)) {
            moveNote = "Sound moved from \"" + before + "\" to \"" + name + "\"" + (fallback ? ", because the device asked for could not be opened again." : ".");
        }
        return isConnected();
    }

    @Override
    public void close() {
        if (eventsAcquired) {
            eventsAcquired = false;
            SystemAudioEvents.release();
        }
        if (context != NULL) {
            if (source != 0) {
                alSourceStopDirect(context, source);
                alSourceiDirect(context, source, AL_BUFFER, 0);
                alDeleteSourcesDirect(context, source);
            }
            for (int buffer : buffers) {
                if (buffer != 0) {
                    alDeleteBuffersDirect(context, buffer);
                }
            }
            alcDestroyContext(context);
            context = NULL;
        }
        if (device != NULL) {
            alcCloseDevice(device);
            device = NULL;
        }
    }

    /** The loopback device, for tests. */
    long nativeDevice() {
        return device;
    }

    /** Length of the queue in use, for tests. */
    int queueBlocks() {
        return buffers.length;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String description() {
        return description;
    }

    @Override
    public long underruns() {
        return underruns;
    }

    @Override
    public List<String> notes() {
        List<String> notes = new ArrayList<>(openNotes);
        if (!moveNote.isEmpty()) {
            notes.add(moveNote);
        }
        if (errors > 0) {
            notes.add("OpenAL Soft answered " + errors + " times with an error, last AL error 0x" + Integer.toHexString(lastError) + ".");
        }
        return notes;
    }
}
