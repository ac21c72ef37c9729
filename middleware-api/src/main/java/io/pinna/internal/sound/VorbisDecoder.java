package io.pinna.internal.sound;

import io.pinna.ResourceException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import org.lwjgl.stb.STBVorbis;
import org.lwjgl.stb.STBVorbisInfo;
import org.lwjgl.system.MemoryStack;

/** Ogg Vorbis by stb_vorbis, over a file that {@link VorbisFile} has checked and holds in native memory. Not for the audio thread. */
final class VorbisDecoder implements SoundDecoder {
    private static final int BUFFER_FRAMES = 4096;

    private final VorbisFile file;
    private final List<String> warnings;
    private long handle;
    private final FloatBuffer buffer;
    private long next;
    /** Frame that the native decoder gives next. */
    private long decoded;

    /** Closes the source in any case: all of it is in memory afterwards. */
    VorbisDecoder(ByteSource source) {
        this(load(source));
    }

    private static VorbisFile load(ByteSource source) {
        try (source) {
            return new VorbisFile(source);
        }
    }

    /** One more decoder over the same bytes. */
    VorbisDecoder(VorbisFile file) {
        this.file = file;
        warnings = new ArrayList<>(file.warnings);
        int[] error = new int[1];
        try {
            handle = STBVorbis.stb_vorbis_open_memory(file.pages, error, null);
        } catch (LinkageError e) {
            throw new ResourceException(file.name, "file", "the native Ogg Vorbis decoder (lwjgl-stb) cannot be loaded on this machine: " + e, e);
        }
        if (handle == 0) {
            throw new ResourceException(file.name, "setup header", "stb_vorbis refuses it with error " + error[0]);
        }
        try (MemoryStack stack = MemoryStack.stackPush()) {
            STBVorbisInfo info = STBVorbis.stb_vorbis_get_info(handle, STBVorbisInfo.malloc(stack));
            if (info.channels() != file.channels || info.sample_rate() != file.sampleRateHz) {
                close();
                throw new ResourceException(file.name, "identification header", "stb_vorbis reads " + info.channels() + " channels at " + info.sample_rate() + " Hz where there are "
                    + file.channels + " at " + file.sampleRateHz);
            }
        }
        buffer = ByteBuffer.allocateDirect(BUFFER_FRAMES * file.channels * Float.BYTES).order(ByteOrder.nativeOrder()).asFloatBuffer();
    }

    VorbisFile file() {
        return file;
    }

    @Override
    public String format() {
        return "Ogg Vorbis";
    }

    @Override
    public int channels() {
        return file.channels;
    }

    @Override
    public int sampleRateHz() {
        return file.sampleRateHz;
    }

    @Override
    public long frames() {
        return file.frames;
    }

    @Override
    public List<String> warnings() {
        return List.copyOf(warnings);
    }

    @Override
    public void seek(long frame) {
        next = Math.max(0, Math.min(file.frames, frame));
    }

    @Override
    public int read(float[] interleaved, int offset, int frames) {
        int count = (int) Math.min(frames, file.frames - next);
        if (count > 0) {
            locate(next + file.skippedFrames);
        }
        int done = 0;
        while (done < count) {
            int n = Math.min(count - done, BUFFER_FRAMES);
            int got = decode(n);
            if (got == 0) {
                // Damaged audio packets can make the decoder give less than the pages promise.
                if (warnings.size() == file.warnings.size()) {
                    warnings.add("the decoder gave only " + (next + done) + " of " + file.frames + " frames; the rest is silence");
                }
                java.util.Arrays.fill(interleaved, offset + done * file.channels, offset + count * file.channels, 0);
                break;
            }
            buffer.get(0, interleaved, offset + done * file.channels, got * file.channels);
            done += got;
        }
        next += Math.max(0, count);
        return Math.max(0, count);
    }

    private int decode(int frames) {
        buffer.clear().limit(frames * file.channels);
        int got = STBVorbis.stb_vorbis_get_samples_float_interleaved(handle, file.channels, buffer);
        decoded += got;
        return got;
    }

    /**
     * Decodes forward to a frame, from the start if it lies behind. stb_vorbis_seek, a bisection over granule positions, is not used: decoding in order gives the same bits whatever
     * was sought before, and a minute of stereo takes 0.15 s.
     */
    private void locate(long frame) {
        if (frame < decoded) {
            STBVorbis.stb_vorbis_seek_start(handle);
            decoded = 0;
        }
        while (decoded < frame) {
            if (decode((int) Math.min(BUFFER_FRAMES, frame - decoded)) == 0) {
                return;
            }
        }
    }

    @Override
    public void close() {
        if (handle != 0) {
            STBVorbis.stb_vorbis_close(handle);
            handle = 0;
        }
    }
}
