package io.pinna.internal.sound;

import io.pinna.ResourceException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * RIFF/WAVE with PCM of 8, 16, 24 or 32 bits or IEEE float of 32 or 64 bits, plain or WAVE_FORMAT_EXTENSIBLE, 1 to {@value #MOST_CHANNELS} channels; RF64 and BW64 with their 64-bit sizes
 * (EBU Tech 3306, ITU-R BS.2088). Chunk sizes are only ever compared with the size of the file. A data chunk that claims more than there is (or 0 or 2^32 − 1 bytes, as recorders write while
 * they run) is used as far as it goes, with a warning. Samples are decoded as they are read; nothing but a buffer is held.
 */
public final class WavReader implements SoundDecoder {
    static final int MOST_CHANNELS = 64;
    private static final int BUFFER_BYTES = 1 << 16;
    /** Bytes 4 to 15 of the sub-format GUIDs that wrap a format tag: xxxx0000-0000-0010-8000-00AA00389B71. */
    private static final byte[] GUID_TAIL = {0, 0, 0, 0, 0x10, 0, (byte) 0x80, 0, 0, (byte) 0xAA, 0, 0x38, (byte) 0x9B, 0x71};

    private enum Encoding { U8, S16, S24, S32, F32, F64 }

    private final ByteSource bytes;
    private final List<String> warnings = new ArrayList<>();
    private Encoding encoding;
    private int channels;
    private int sampleRateHz;
    private int blockAlign;
    private long dataStart = -1;
    private long dataBytes;
    private final long frames;
    private long next;
    private final byte[] buffer;

    /** Reads the header. @throws ResourceException naming the chunk that is at fault; the source stays open */
    public WavReader(ByteSource bytes) {
        this.bytes = bytes;
        readChunks();
        if (encoding == null) {
            throw error("fmt ", "there is no fmt chunk; the file may be truncated");
        }
        if (dataStart < 0) {
            throw error("data", "there is no data chunk; the file may be truncated");
        }
        if (dataBytes % blockAlign != 0) {
            warnings.add("the data chunk ends within a frame; its last " + dataBytes % blockAlign + " bytes are left out");
        }
        frames = dataBytes / blockAlign;
        if (frames == 0) {
            throw error("data", "holds no frames (" + dataBytes + " bytes, " + blockAlign + " a frame)");
        }
        buffer = new byte[BUFFER_BYTES / blockAlign * blockAlign];
    }

    private ResourceException error(String field, String reason) {
        return new ResourceException(bytes.name(), field, reason);
    }

    private void readChunks() {
        byte[] head = new byte[12];
        if (bytes.read(0, head, 0, 12) < 12) {
            throw error("RIFF", "the file ends within its header (" + bytes.size() + " bytes)");
        }
        String form = ascii(head, 0);
        boolean large = form.equals("RF64") || form.equals("BW64");
        if (!large && !form.equals("RIFF")) {
            throw error("RIFF", "starts with \"" + printable(head, 0, 4) + "\", not RIFF, RF64 or BW64");
        }
        if (!ascii(head, 8).equals("WAVE")) {
            throw error("RIFF", "the form is \"" + printable(head, 8, 4) + "\", not WAVE");
        }
        long size = bytes.size();
        long data64 = -1;
        byte[] chunk = new byte[8];
        long at = 12;
        boolean oddBefore = false;
        while (at + 8 <= size) {
            bytes.read(at, chunk, 0, 8);
            if (oddBefore && !isPrintable(chunk)) {
                // Some writers leave out the padding byte after a chunk of odd size.
                byte[] unpadded = new byte[8];
                bytes.read(at - 1, unpadded, 0, 8);
                if (isPrintable(unpadded)) {
                    System.arraycopy(unpadded, 0, chunk, 0, 8);
                    at--;
                }
            }
            if (!isPrintable(chunk)) {
                if (dataStart >= 0 && encoding != null) {
                    warnings.add((size - at) + " bytes after the last chunk are no chunk and are ignored");
                    return;
                }
                throw error("chunk at byte " + at, "its name is not printable text; the file is corrupt");
            }
            String id = ascii(chunk, 0);
            long claimed = u32(chunk, 4);
            long body = at + 8;
            long available = size - body;
            if (id.equals("data") && dataStart < 0) {
                data(body, large && claimed == 0xFFFFFFFFL && data64 >= 0 ? data64 : claimed, available);
                claimed = dataBytes;
            } else {
                if (claimed > available) {
                    if (dataStart >= 0 && encoding != null) {
                        warnings.add("chunk \"" + id + "\" claims " + claimed + " bytes where " + available + " are left; it is ignored");
                        return;
                    }
                    throw error(id, "claims " + claimed + " bytes where " + available + " are left; the file is truncated or corrupt");
                }
                if (id.equals("fmt ") && encoding == null) {
                    byte[] fmt = new byte[(int) Math.min(claimed, 40)];
                    bytes.read(body, fmt, 0, fmt.length);
                    format(fmt);
                } else if (id.equals("ds64")) {
                    byte[] ds64 = new byte[16];
                    if (claimed < 28) {
                        throw error("ds64", "is " + claimed + " bytes long; at least 28 are needed");
                    }
                    bytes.read(body, ds64, 0, 16);
                    data64 = u32(ds64, 8) | u32(ds64, 12) << 32;
                    if (data64 < 0) {
                        throw error("ds64", "gives a data size above 2^63");
                    }
                }
            }
            oddBefore = (claimed & 1) == 1;
            at = body + claimed + (claimed & 1);
        }
    }

    private void data(long body, long claimed, long available) {
        dataStart = body;
        dataBytes = claimed;
        if (claimed > available) {
            dataBytes = available;
            warnings.add(claimed == 0xFFFFFFFFL
                ? "the data chunk was left open (size 2^32 - 1); all " + available + " bytes up to the end of the file are used"
                : "the data chunk is truncated: it claims " + claimed + " bytes, " + available + " are there and used");
        } else if (claimed == 0 && available > 0) {
            byte[] next = new byte[8];
            boolean chunkFollows = bytes.read(body, next, 0, 8) == 8 && isPrintable(next) && u32(next, 4) <= available - 8;
            if (!chunkFollows) {
                dataBytes = available;
                warnings.add("the data chunk was left open (size 0); all " + available + " bytes up to the end of the file are used");
            }
        }
    }

    private void format(byte[] fmt) {
        if (fmt.length < 16) {
            throw error("fmt ", "is " + fmt.length + " bytes long; at least 16 are needed");
        }
        int tag = u16(fmt, 0);
        channels = u16(fmt, 2);
        long rate = u32(fmt, 4);
        blockAlign = u16(fmt, 12);
        int bits = u16(fmt, 14);
        boolean extensible = tag == 0xFFFE;
        if (extensible) {
            if (fmt.length < 40) {
                throw error("fmt ", "WAVE_FORMAT_EXTENSIBLE needs 40 bytes, there are " + fmt.length);
            }
            for (int i = 0; i < GUID_TAIL.length; i++) {
                if (fmt[26 + i] != GUID_TAIL[i]) {
                    throw error("fmt ", "the sub-format GUID is none of PCM or IEEE float");
                }
            }
            tag = u16(fmt, 24);
        }
        if (tag != 1 && tag != 3) {
            throw error("fmt ", "the encoding is " + encodingName(tag) + "; PCM (1) and IEEE float (3) can be read. Convert the file to PCM, FLAC or Ogg Vorbis");
        }
        if (channels < 1 || channels > MOST_CHANNELS) {
            throw error("fmt ", "channels is " + channels + "; allowed is 1 to " + MOST_CHANNELS);
        }
        if (rate < SoundFiles.LOWEST_RATE_HZ || rate > SoundFiles.HIGHEST_RATE_HZ) {
            throw error("fmt ", "the sample rate is " + rate + " Hz; allowed is " + SoundFiles.LOWEST_RATE_HZ + " to " + SoundFiles.HIGHEST_RATE_HZ);
        }
        sampleRateHz = (int) rate;
        if (blockAlign == 0 || blockAlign % channels != 0) {
            throw error("fmt ", "the block alignment is " + blockAlign + " bytes for " + channels + " channels; it must be a multiple of the channels");
        }
        int container = blockAlign / channels;
        // Plain PCM keeps its bits at the top of the bytes that just hold them; only WAVE_FORMAT_EXTENSIBLE defines wider containers (valid bits at the top).
        boolean fits = tag == 3 ? bits == 8 * container : bits >= 1 && (bits + 7) / 8 == container;
        encoding = !fits ? null : tag == 3 ? container == 4 ? Encoding.F32 : container == 8 ? Encoding.F64 : null : switch (container) {
            case 1 -> Encoding.U8;
            case 2 -> Encoding.S16;
            case 3 -> Encoding.S24;
            case 4 -> Encoding.S32;
            default -> null;
        };
        if (encoding == null) {
            throw error("fmt ", bits + " bits in " + container + " bytes a sample (" + (tag == 1 ? "PCM" : "float") + "); allowed is PCM of 8, 16, 24 or 32 bits and float of 32 or 64 bits");
        }
    }

    private static String encodingName(int tag) {
        String name = switch (tag) {
            case 0x02 -> "Microsoft ADPCM";
            case 0x06 -> "A-law";
            case 0x07 -> "mu-law";
            case 0x11 -> "IMA ADPCM";
            case 0x31 -> "GSM 6.10";
            case 0x50 -> "MPEG";
            case 0x55 -> "MP3";
            case 0xFF, 0x1600 -> "AAC";
            case 0x161, 0x162 -> "Windows Media Audio";
            default -> "of an unknown kind";
        };
        return name + " (format tag " + tag + ")";
    }

    private static boolean isPrintable(byte[] b) {
        for (int i = 0; i < 4; i++) {
            if (b[i] < 0x20 || b[i] > 0x7E) {
                return false;
            }
        }
        return true;
    }

    private static String ascii(byte[] b, int at) {
        return new String(b, at, 4, StandardCharsets.ISO_8859_1);
    }

    static String printable(byte[] b, int at, int length) {
        StringBuilder text = new StringBuilder();
        for (int i = at; i < at + length; i++) {
            text.append(b[i] >= 0x20 && b[i] <= 0x7E ? String.valueOf((char) b[i]) : String.format("\\x%02x", b[i]));
        }
        return text.toString();
    }

    private static int u16(byte[] b, int at) {
        return b[at] & 0xFF | (b[at + 1] & 0xFF) << 8;
    }

    private static long u32(byte[] b, int at) {
        return u16(b, at) | (long) u16(b, at + 2) << 16;
    }

    @Override
    public String format() {
        return "WAV " + switch (encoding) {
            case U8 -> "8-bit PCM";
            case S16 -> "16-bit PCM";
            case S24 -> "24-bit PCM";
            case S32 -> "32-bit PCM";
            case F32 -> "32-bit float";
            case F64 -> "64-bit float";
        };
    }

    @Override
    public int channels() {
        return channels;
    }

    @Override
    public int sampleRateHz() {
        return sampleRateHz;
    }

    @Override
    public long frames() {
        return frames;
    }

    @Override
    public List<String> warnings() {
        return List.copyOf(warnings);
    }

    @Override
    public void seek(long frame) {
        next = Math.max(0, Math.min(frames, frame));
    }

    @Override
    public int read(float[] interleaved, int offset, int count) {
        int done = 0;
        while (done < count && next < frames) {
            int n = (int) Math.min(Math.min(count - done, frames - next), buffer.length / blockAlign);
            int got = bytes.read(dataStart + next * blockAlign, buffer, 0, n * blockAlign);
            if (got < n * blockAlign) {
                throw error("data", "the file became shorter while it was read: it ends at byte " + (dataStart + next * blockAlign + got));
            }
            decode(interleaved, offset + done * channels, n * channels);
            next += n;
            done += n;
        }
        return done;
    }

    private void decode(float[] out, int offset, int samples) {
        byte[] b = buffer;
        switch (encoding) {
            case U8 -> {
                for (int i = 0; i < samples; i++) {
                    out[offset + i] = ((b[i] & 0xFF) - 128) * 0x1p-7f;
                }
            }
            case S16 -> {
                for (int i = 0; i < samples; i++) {
                    out[offset + i] = (short) u16(b, 2 * i) * 0x1p-15f;
                }
            }
            case S24 -> {
                for (int i = 0; i < samples; i++) {
                    out[offset + i] = (u16(b, 3 * i) | b[3 * i + 2] << 16) * 0x1p-23f;
                }
            }
            case S32 -> {
                for (int i = 0; i < samples; i++) {
                    out[offset + i] = (int) u32(b, 4 * i) * 0x1p-31f;
                }
            }
            case F32 -> {
                for (int i = 0; i < samples; i++) {
                    out[offset + i] = Float.intBitsToFloat((int) u32(b, 4 * i));
                }
            }
            case F64 -> {
                for (int i = 0; i < samples; i++) {
                    out[offset + i] = (float) Double.longBitsToDouble(u32(b, 8 * i) | u32(b, 8 * i + 4) << 32);
                }
            }
        }
    }

    @Override
    public void close() {
        bytes.close();
    }
}
