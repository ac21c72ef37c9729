package io.pinna.internal.device;

import static org.lwjgl.openal.AL10.AL_BUFFER;
import static org.lwjgl.openal.AL10.AL_GAIN;
import static org.lwjgl.openal.AL10.AL_LOOPING;
import static org.lwjgl.openal.AL10.AL_NO_ERROR;
import static org.lwjgl.openal.AL10.AL_PLAYING;
import static org.lwjgl.openal.AL10.AL_POSITION;
import static org.lwjgl.openal.AL10.AL_SOURCE_STATE;
import static org.lwjgl.openal.AL10.AL_TRUE;
import static org.lwjgl.openal.AL10.AL_VERSION;
import static org.lwjgl.openal.AL10.alBufferDataDirect;
import static org.lwjgl.openal.AL10.alDeleteBuffersDirect;
import static org.lwjgl.openal.AL10.alDeleteSourcesDirect;
import static org.lwjgl.openal.AL10.alGenBuffersDirect;
import static org.lwjgl.openal.AL10.alGenSourcesDirect;
import static org.lwjgl.openal.AL10.alGetErrorDirect;
import static org.lwjgl.openal.AL10.alGetSourceiDirect;
import static org.lwjgl.openal.AL10.alGetString;
import static org.lwjgl.openal.AL10.alSource3fDirect;
import static org.lwjgl.openal.AL10.alSourcePlayDirect;
import static org.lwjgl.openal.AL10.alSourcefDirect;
import static org.lwjgl.openal.AL10.alSourceiDirect;
import static org.lwjgl.openal.AL11.AL_SAMPLE_OFFSET;
import static org.lwjgl.openal.ALC10.ALC_FREQUENCY;
import static org.lwjgl.openal.ALC10.ALC_TRUE;
import static org.lwjgl.openal.ALC10.alcCloseDevice;
import static org.lwjgl.openal.ALC10.alcCreateContext;
import static org.lwjgl.openal.ALC10.alcDestroyContext;
import static org.lwjgl.openal.ALC10.alcGetError;
import static org.lwjgl.openal.ALC10.alcGetInteger;
import static org.lwjgl.openal.ALC10.alcGetString;
import static org.lwjgl.openal.ALC11.ALC_MONO_SOURCES;
import static org.lwjgl.openal.ALC11.ALC_STEREO_SOURCES;
import static org.lwjgl.openal.EXTFloat32.AL_FORMAT_MONO_FLOAT32;
import static org.lwjgl.openal.SOFTHRTF.ALC_HRTF_ENABLED_SOFT;
import static org.lwjgl.openal.SOFTHRTF.ALC_HRTF_ID_SOFT;
import static org.lwjgl.openal.SOFTHRTF.ALC_HRTF_SOFT;
import static org.lwjgl.openal.SOFTHRTF.ALC_HRTF_SPECIFIER_SOFT;
import static org.lwjgl.openal.SOFTHRTF.ALC_HRTF_STATUS_SOFT;
import static org.lwjgl.openal.SOFTHRTF.ALC_NUM_HRTF_SPECIFIERS_SOFT;
import static org.lwjgl.openal.SOFTHRTF.alcGetStringiSOFT;
import static org.lwjgl.openal.SOFTLoopback.ALC_FLOAT_SOFT;
import static org.lwjgl.openal.SOFTLoopback.ALC_FORMAT_CHANNELS_SOFT;
import static org.lwjgl.openal.SOFTLoopback.ALC_FORMAT_TYPE_SOFT;
import static org.lwjgl.openal.SOFTLoopback.ALC_STEREO_SOFT;
import static org.lwjgl.openal.SOFTLoopback.alcLoopbackOpenDeviceSOFT;
import static org.lwjgl.openal.SOFTLoopback.nalcRenderSamplesSOFT;
import static org.lwjgl.system.MemoryUtil.NULL;
import static org.lwjgl.system.MemoryUtil.memAddress;

import io.pinna.DeviceException;
import io.pinna.internal.Check;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.lwjgl.openal.ALC;
import org.lwjgl.openal.ALCCapabilities;

/**
 * OpenAL Soft's own binaural renderer on its loopback device: the peer that {@code pinna bench} compares with. It renders on the calling thread, so one core's time is what is measured, and
 * needs no sound card. One thread.
 *
 * <p>Each source is mono, loops one second of noise from an offset of its own, and is placed on a sphere of 1 to 8 m around the listener, evenly by the golden angle. Moving sources turn
 * around the listener at 90°/s and get a new position before every block, as from a game at 187 frames a second. The HRTF set is pinned to {@value #HRTF_NAME} (64 taps at 48 kHz), because
 * a system-wide set of another length would change the cost, and it is checked that it is in use.
 */
public final class OpenAlLoopbackPeer implements AutoCloseable {
    /** The set inside OpenAL Soft's library. */
    public static final String HRTF_NAME = "Built-In HRTF";

    private static final double TURN_RADIANS_PER_SECOND = Math.PI / 2;
    private static final double GOLDEN_ANGLE_RADIANS = Math.PI * (3 - Math.sqrt(5));
    private static final int NOISE_BUFFERS = 16;

    /** How OpenAL Soft applies the HRTF: a filter for every source, or a second-order ambisonic bed that all sources share and that is filtered once. */
    public enum HrtfMode {
        FULL("full"), AMBI2("ambi2");

        private final String key;

        HrtfMode(String key) {
            this.key = key;
        }
    }

    /**
     * What is rendered.
     *
     * @param sources      1 to 4096
     * @param moving       whether every source gets a new position before every block
     * @param mode         full, or ambisonic
     * @param sampleRateHz 8000 to 192000
     * @param blockFrames  16 to 8192
     */
    public record Settings(int sources, boolean moving, HrtfMode mode, int sampleRateHz, int blockFrames) {
        public Settings {
            Check.inRange(sources, 1, 4096, "sources");
            Check.notNull(mode, "mode");
            Check.inRange(sampleRateHz, 8000, 192000, "sampleRateHz");
            Check.inRange(blockFrames, 16, 8192, "blockFrames");
        }

        /** 48 kHz, blocks of 256 frames, a filter for every source. */
        public static Settings of(int sources, boolean moving) {
            return new Settings(sources, moving, HrtfMode.FULL, 48000, 256);
        }
    }

    private final Settings settings;
    private long device;
    private long context;
    private final int[] sources;
    private final int[] buffers = new int[NOISE_BUFFERS];
    private final FloatBuffer output;
    private final long outputAddress;
    private long renderedFrames;
    private String description = "";

    /**
     * Opens the device and starts all sources.
     *
     * @throws DeviceException if OpenAL Soft cannot be loaded, lacks the set or the extensions, or was already loaded in this process with another HRTF mode than AMBI2 where that is asked
     *                         for; {@link OpenAlPeerProcess} has no such past
     */
    public OpenAlLoopbackPeer(Settings settings) {
        this.settings = Check.notNull(settings, "settings");
        sources = new int[settings.sources];
        output = ByteBuffer.allocateDirect(2 * settings.blockFrames * Float.BYTES).order(ByteOrder.nativeOrder()).asFloatBuffer();
        outputAddress = memAddress(output);
        String refusal = OpenAlLibrary.load(Map.of("hrtf-mode", settings.mode.key));
        if (!refusal.isEmpty() && (settings.mode != HrtfMode.FULL || OpenAlLibrary.settingsInEffect().containsKey("hrtf-mode"))) {
            throw new DeviceException(refusal + " Measure in a process of its own.");
        }
        try {
            open();
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private void open() {
        device = alcLoopbackOpenDeviceSOFT((CharSequence) null);
        if (device == NULL) {
            throw new DeviceException("OpenAL Soft cannot open a loopback device: " + OpenAlLibrary.errorName(alcGetError(NULL)));
        }
        ALCCapabilities capabilities = ALC.createCapabilities(device);
        if (!capabilities.ALC_SOFT_HRTF || !capabilities.ALC_EXT_direct_context) {
            throw new DeviceException("this OpenAL library lacks ALC_SOFT_HRTF or ALC_EXT_direct_context; use the bundled OpenAL Soft");
        }
        context = alcCreateContext(device, new int[] {
            ALC_FREQUENCY, settings.sampleRateHz, ALC_FORMAT_CHANNELS_SOFT, ALC_STEREO_SOFT, ALC_FORMAT_TYPE_SOFT, ALC_FLOAT_SOFT,
            ALC_MONO_SOURCES, settings.sources, ALC_STEREO_SOURCES, 1, ALC_HRTF_SOFT, ALC_TRUE, ALC_HRTF_ID_SOFT, hrtfIndex(), 0
        });
        if (context == NULL) {
            throw new DeviceException("OpenAL Soft refuses a loopback context for " + settings + ": " + OpenAlLibrary.errorName(alcGetError(device)));
        }
        String used = alcGetString(device, ALC_HRTF_SPECIFIER_SOFT);
        int status = alcGetInteger(device, ALC_HRTF_STATUS_SOFT);
        if (alcGetInteger(device, ALC_HRTF_SOFT) != ALC_TRUE || status != ALC_HRTF_ENABLED_SOFT || !HRTF_NAME.equals(used)) {
            throw new DeviceException("OpenAL Soft does not render through \"" + HRTF_NAME + "\" but through \"" + used + "\" (HRTF status " + status + "); its figures would not compare");
        }
        String version = OpenAlLibrary.withContext(context, capabilities, al -> {
            if (!al.AL_EXT_FLOAT32) {
                throw new DeviceException("this OpenAL library does not play 32-bit float (AL_EXT_FLOAT32); use the bundled OpenAL Soft");
            }
            return alGetString(AL_VERSION);
        });
        description = "OpenAL " + version + ", " + HRTF_NAME + ", hrtf-mode=" + settings.mode.key;
        createSources();
    }

    private int hrtfIndex() {
        int count = alcGetInteger(device, ALC_NUM_HRTF_SPECIFIERS_SOFT);
        List<String> names = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String name = alcGetStringiSOFT(device, ALC_HRTF_SPECIFIER_SOFT, i);
            if (HRTF_NAME.equals(name)) {
                return i;
            }
            names.add(name);
        }
        throw new DeviceException("OpenAL Soft has no set \"" + HRTF_NAME + "\", only " + names);
    }

    private void createSources() {
        Random random = new Random(1);
        FloatBuffer noise = ByteBuffer.allocateDirect(settings.sampleRateHz * Float.BYTES).order(ByteOrder.nativeOrder()).asFloatBuffer();
        for (int i = 0; i < buffers.length; i++) {
            for (int k = 0; k < noise.capacity(); k++) {
                noise.put(k, random.nextFloat() * 2 - 1);
            }
            buffers[i] = alGenBuffersDirect(context);
            alBufferDataDirect(context, buffers[i], AL_FORMAT_MONO_FLOAT32, noise, settings.sampleRateHz);
        }
        for (int i = 0; i < sources.length; i++) {
            int source = alGenSourcesDirect(context);
            sources[i] = source;
            alSourceiDirect(context, source, AL_BUFFER, buffers[i % buffers.length]);
            alSourceiDirect(context, source, AL_LOOPING, AL_TRUE);
            alSourceiDirect(context, source, AL_SAMPLE_OFFSET, random.nextInt(settings.sampleRateHz));
            alSourcefDirect(context, source, AL_GAIN, (float) (0.25 / Math.sqrt(sources.length)));
            place(i);
            alSourcePlayDirect(context, source);
        }
        requireNoError("create " + sources.length + " sources");
        renderBlocks(1);
        for (int i = 0; i < sources.length; i++) {
            if (alGetSourceiDirect(context, sources[i], AL_SOURCE_STATE) != AL_PLAYING) {
                throw new DeviceException("OpenAL Soft plays only " + i + " of " + sources.length + " sources; raise \"sources\" in its configuration");
            }
        }
    }

    private void requireNoError(String what) {
        int error = alGetErrorDirect(context);
        if (error != AL_NO_ERROR) {
            throw new DeviceException("OpenAL Soft could not " + what + ": AL error 0x" + Integer.toHexString(error));
        }
    }

    /** OpenAL's axes: x right, y up, −z ahead. */
    private void place(int i) {
        double height = 1 - 2 * (i + 0.5) / sources.length;
        double ring = Math.sqrt(1 - height * height);
        double turn = settings.moving ? renderedFrames * TURN_RADIANS_PER_SECOND / settings.sampleRateHz : 0;
        double angle = i * GOLDEN_ANGLE_RADIANS + turn;
        double distanceMeters = 1 + 7 * ((i * 0.618_033_988_749_895) % 1);
        alSource3fDirect(context, sources[i], AL_POSITION, (float) (distanceMeters * ring * Math.sin(angle)), (float) (distanceMeters * height),
            (float) (-distanceMeters * ring * Math.cos(angle)));
    }

    /**
     * Renders blocks, with the sources' motion if there is one.
     *
     * @return nanoseconds that it took
     */
    public double renderBlocks(int blocks) {
        long start = System.nanoTime();
        for (int b = 0; b < blocks; b++) {
            if (settings.moving) {
                for (int i = 0; i < sources.length; i++) {
                    place(i);
                }
            }
            nalcRenderSamplesSOFT(device, outputAddress, settings.blockFrames);
            renderedFrames += settings.blockFrames;
        }
        return System.nanoTime() - start;
    }

    /**
     * Does nothing while OpenAL Soft works.
     *
     * @throws DeviceException if it has met an error since the last call
     */
    void requireWorking() {
        requireNoError("render");
    }

    /** Version, set and mode. */
    public String description() {
        return description;
    }

    /** A copy of the block rendered last, left and right interleaved. */
    public float[] lastBlock() {
        float[] copy = new float[output.capacity()];
        output.get(0, copy);
        return copy;
    }

    /** Whether a source plays; for tests. */
    boolean isPlaying(int index) {
        return alGetSourceiDirect(context, sources[index], AL_SOURCE_STATE) == AL_PLAYING;
    }

    @Override
    public void close() {
        if (context != NULL) {
            for (int source : sources) {
                if (source != 0) {
                    alDeleteSourcesDirect(context, source);
                }
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
}
