package io.pinna.internal.sound;

import io.pinna.ResourceException;
import java.util.Arrays;
import java.util.List;

/**
 * FLAC as in RFC 9639: 1 to 8 channels, 4 to 32 bits, fixed and linear prediction, all stereo decorrelations, every frame checked by its two checksums. Written here because no Java decoder of
 * it is kept up, and because a decoder of untrusted files has to bound what it allocates: here, the 65535 samples a channel of one frame.
 *
 * <p>Not for the audio thread. A seek goes to the nearest frame start seen so far and decodes on from there.
 */
final class FlacDecoder implements SoundDecoder {
    private static final int[] CRC8 = crcTable(0x07, 8);
    private static final int[] CRC16 = crcTable(0x8005, 16);
    private static final int MOST_BLOCK = 65536;

    private final ByteSource bytes;
    private final byte[] buffer = new byte[1 << 16];
    private long bufferStart;
    private int bufferLength;
    /** Position of the next byte to load. */
    private long position;
    private long bitStore;
    private int bitCount;
    private int crc8;
    private int crc16;

    private int sampleRateHz;
    private int channels;
    private int bitsPerSample;
    private final long firstFrame;
    private final long frames;

    /** The decoded frame: samples of each channel; they start at {@link #blockStart}. */
    private final long[][] block;
    private long blockStart;
    private int blockLength;
    private long next;

    /** Byte position and first sample of the frames seen so far. */
    private long[] indexBytes = new long[256];
    private long[] indexSamples = new long[256];
    private int indexed;

    /** @param start position of the "fLaC" marker */
    FlacDecoder(ByteSource bytes, long start) {
        this.bytes = bytes;
        position = start + 4;
        long claimed = metadata();
        firstFrame = position;
        block = new long[channels][];
        index(firstFrame, 0);
        if (claimed == 0) {
            // A piped encoder leaves the length out: it is counted.
            while (atEnd(position) == 0) {
                decodeFrame();
            }
            frames = blockStart + blockLength;
        } else {
            frames = claimed;
        }
        if (frames == 0 || bytes.size() == firstFrame) {
            throw error("file", "holds no audio frames");
        }
        // A frame has at least 10 bytes and at most 65536 samples.
        if (frames / MOST_BLOCK > (bytes.size() - firstFrame) / 10 + 1) {
            throw error("STREAMINFO", "claims " + frames + " samples in " + (bytes.size() - firstFrame) + " bytes; the file is truncated or corrupt");
        }
        seek(0);
    }

    private ResourceException error(String field, String reason) {
        return new ResourceException(bytes.name(), field, reason);
    }

    /** 0 if there is a byte at the position, 1 at the end. */
    private int atEnd(long at) {
        return at < bytes.size() ? 0 : 1;
    }

    /** @return the total number of samples as STREAMINFO gives it */
    private long metadata() {
        long total = 0;
        boolean last = false;
        for (boolean first = true; !last; first = false) {
            String field = first ? "STREAMINFO" : "metadata block at byte " + position;
            if (position + 4 > bytes.size()) {
                throw error(field, "the file ends within its metadata");
            }
            last = bits(1) == 1;
            int type = (int) bits(7);
            long length = bits(24);
            long end = position + length;
            if (type == 127 || end > bytes.size()) {
                throw error(field, type == 127 ? "has the forbidden type 127" : "claims " + length + " bytes; the file ends before that");
            }
            if (first) {
                if (type != 0 || length != 34) {
                    throw error(field, "the first metadata block has type " + type + " and " + length + " bytes; it must be STREAMINFO with 34");
                }
                bits(16);
                bits(16);
                bits(24);
                bits(24);
                sampleRateHz = (int) bits(20);
                channels = (int) bits(3) + 1;
                bitsPerSample = (int) bits(5) + 1;
                total = bits(36);
                if (sampleRateHz < SoundFiles.LOWEST_RATE_HZ || sampleRateHz > SoundFiles.HIGHEST_RATE_HZ) {
                    throw error(field, "the sample rate is " + sampleRateHz + " Hz; allowed is " + SoundFiles.LOWEST_RATE_HZ + " to " + SoundFiles.HIGHEST_RATE_HZ);
                }
                if (bitsPerSample < 4) {
                    throw error(field, bitsPerSample + " bits a sample; allowed is 4 to 32");
                }
            }
            move(end);
        }
        return total;
    }

    private void index(long at, long sample) {
        if (indexed > 0 && sample <= indexSamples[indexed - 1]) {
            return;
        }
        if (indexed == indexBytes.length) {
            indexBytes = Arrays.copyOf(indexBytes, 2 * indexed);
            indexSamples = Arrays.copyOf(indexSamples, 2 * indexed);
        }
        indexBytes[indexed] = at;
        indexSamples[indexed++] = sample;
    }

    private void move(long to) {
        position = to;
        bitStore = 0;
        bitCount = 0;
    }

    private int nextByte() {
        long at = position - bufferStart;
        if (at < 0 || at >= bufferLength) {
            bufferLength = bytes.read(position, buffer, 0, buffer.length);
            bufferStart = position;
            at = 0;
            if (bufferLength == 0) {
                throw error("frame at sample " + (blockStart + blockLength), "the file ends within it (byte " + position + ")");
            }
        }
        position++;
        int b = buffer[(int) at] & 0xFF;
        crc8 = CRC8[crc8 ^ b];
        crc16 = (crc16 << 8 ^ CRC16[crc16 >> 8 ^ b]) & 0xFFFF;
        return b;
    }

    /** Bytes are loaded only when needed, so that the checksums cover just what was used once the reader is at a byte boundary. */
    private long bits(int n) {
        while (bitCount < n) {
            bitStore = bitStore << 8 | nextByte();
            bitCount += 8;
        }
        bitCount -= n;
        return bitStore >>> bitCount & (1L << n) - 1;
    }

    private long signedBits(int n) {
        return n == 0 ? 0 : bits(n) << 64 - n >> 64 - n;
    }

    private int unary(int most) {
        int zeros = 0;
        while (bits(1) == 0) {
            if (++zeros > most) {
                throw error("frame at sample " + (blockStart + blockLength), "a residual is out of range (byte " + position + "); the file is corrupt");
            }
        }
        return zeros;
    }

    /** Decodes the frame at the position; it becomes the block, with the one before as its predecessor. */
    private void decodeFrame() {
        long sample = blockStart + blockLength;
        String field = "frame at sample " + sample;
        long start = position;
        crc8 = 0;
        crc16 = 0;
        bitStore = 0;
        bitCount = 0;
        if (bits(15) != 0x7FFC) {
            throw error(field, "there is no frame header at byte " + start + "; the file is corrupt");
        }
        bits(1);
        int sizeCode = (int) bits(4);
        int rateCode = (int) bits(4);
        int assignment = (int) bits(4);
        int depthCode = (int) bits(3);
        long reserved = bits(1);
        int lead = (int) bits(8);
        int extra = lead < 0x80 ? 0 : Integer.numberOfLeadingZeros(~lead << 24) - 1;
        if (lead >= 0x80 && (extra < 1 || extra > 6)) {
            throw error(field, "its number is coded wrongly");
        }
        for (int i = 0; i < extra; i++) {
            bits(8);
        }
        int size = switch (sizeCode) {
            case 0 -> 0;
            case 1 -> 192;
            case 2, 3, 4, 5 -> 576 << sizeCode - 2;
            case 6 -> (int) bits(8) + 1;
            case 7 -> (int) bits(16) + 1;
            default -> 256 << sizeCode - 8;
        };
        if (rateCode == 12) {
            bits(8);
        } else if (rateCode == 13 || rateCode == 14) {
            bits(16);
        }
        int depth = switch (depthCode) {
            case 0 -> bitsPerSample;
            case 1 -> 8;
            case 2 -> 12;
            case 4 -> 16;
            case 5 -> 20;
            case 6 -> 24;
            case 7 -> 32;
            default -> 0;
        };
        int expected = crc8;
        if (bits(8) != expected) {
            throw error(field, "the checksum of its header is wrong (byte " + start + "); the file is corrupt");
        }
        int frameChannels = assignment < 8 ? assignment + 1 : assignment <= 10 ? 2 : 0;
        if (reserved != 0 || size == 0 || rateCode == 15 || depth != bitsPerSample || frameChannels != channels) {
            throw error(field, "its header does not fit the stream (block " + size + ", " + depth + " bits, " + frameChannels + " channels)");
        }
        for (int c = 0; c < channels; c++) {
            if (block[c] == null || block[c].length < size) {
                block[c] = new long[size];
            }
            boolean side = assignment == 8 && c == 1 || assignment == 9 && c == 0 || assignment == 10 && c == 1;
            subframe(field, block[c], size, depth + (side ? 1 : 0));
        }
        bitCount = 0;
        int sum = crc16;
        if (bits(16) != sum) {
            throw error(field, "its checksum is wrong (byte " + start + "); the file is corrupt");
        }
        if (assignment >= 8) {
            stereo(assignment, size);
        }
        index(start, sample);
        blockStart = sample;
        blockLength = size;
    }

    private void stereo(int assignment, int size) {
        long[] a = block[0];
        long[] b = block[1];
        for (int i = 0; i < size; i++) {
            if (assignment == 8) {
                b[i] = a[i] - b[i];
            } else if (assignment == 9) {
                a[i] += b[i];
            } else {
                long right = a[i] - (b[i] >> 1);
                a[i] = right + b[i];
                b[i] = right;
            }
        }
    }

    private void subframe(String field, long[] x, int size, int depthWithWaste) {
        if (bits(1) != 0) {
            throw error(field, "a subframe does not start with 0");
        }
        int type = (int) bits(6);
        int wasted = bits(1) == 1 ? unary(depthWithWaste) + 1 : 0;
        int depth = depthWithWaste - wasted;
        if (depth < 1) {
            throw error(field, "a subframe wastes all of its bits");
        }
        if (type == 0) {
            Arrays.fill(x, 0, size, signedBits(depth));
        } else if (type == 1) {
            for (int i = 0; i < size; i++) {
                x[i] = signedBits(depth);
            }
        } else if (type >= 8 && type <= 12 || type >= 32) {
            int order = type >= 32 ? type - 31 : type - 8;
            if (order > size) {
                throw error(field, "a predictor of order " + order + " in a block of " + size);
            }
            for (int i = 0; i < order; i++) {
                x[i] = signedBits(depth);
            }
            if (type >= 32) {
                int precision = (int) bits(4) + 1;
                int shift = (int) signedBits(5);
                if (precision == 16 || shift < 0) {
                    throw error(field, "a predictor of precision " + precision + " and shift " + shift);
                }
                long[] h = new long[order];
                for (int i = 0; i < order; i++) {
                    h[i] = signedBits(precision);
                }
                residual(field, x, size, order);
                predict(x, size, h, shift);
            } else {
                residual(field, x, size, order);
                long[] h = switch (order) {
                    case 0 -> new long[0];
                    case 1 -> new long[] {1};
                    case 2 -> new long[] {2, -1};
                    case 3 -> new long[] {3, -3, 1};
                    default -> new long[] {4, -6, 4, -1};
                };
                predict(x, size, h, 0);
            }
        } else {
            throw error(field, "a subframe has the reserved type " + type);
        }
        if (wasted > 0) {
            for (int i = 0; i < size; i++) {
                x[i] <<= wasted;
            }
        }
    }

    private static void predict(long[] x, int size, long[] h, int shift) {
        for (int i = h.length; i < size; i++) {
            long sum = 0;
            for (int j = 0; j < h.length; j++) {
                sum += h[j] * x[i - 1 - j];
            }
            x[i] += sum >> shift;
        }
    }

    private void residual(String field, long[] x, int size, int order) {
        int method = (int) bits(2);
        if (method > 1) {
            throw error(field, "the residual is coded by the reserved method " + method);
        }
        int parameterBits = method == 0 ? 4 : 5;
        int escape = (1 << parameterBits) - 1;
        int partitions = 1 << (int) bits(4);
        int partition = size / partitions;
        if (partition * partitions != size || partition < order) {
            throw error(field, partitions + " partitions in a block of " + size + " with order " + order);
        }
        int i = order;
        for (int p = 1; p <= partitions; p++) {
            int parameter = (int) bits(parameterBits);
            int end = p * partition;
            if (parameter == escape) {
                int raw = (int) bits(5);
                for (; i < end; i++) {
                    x[i] = signedBits(raw);
                }
            } else {
                int most = (int) Math.min(Integer.MAX_VALUE - 1, (1L << 33) >> parameter);
                for (; i < end; i++) {
                    long v = (long) unary(most) << parameter | bits(parameter);
                    x[i] = v >>> 1 ^ -(v & 1);
                }
            }
        }
    }

    private static int[] crcTable(int polynomial, int width) {
        int[] table = new int[256];
        for (int b = 0; b < 256; b++) {
            int v = b << width - 8;
            for (int i = 0; i < 8; i++) {
                v = v << 1 ^ ((v >> width - 1 & 1) == 1 ? polynomial : 0);
            }
            table[b] = v & (1 << width) - 1;
        }
        return table;
    }

    @Override
    public String format() {
        return "FLAC " + bitsPerSample + "-bit";
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
        return List.of();
    }

    @Override
    public void seek(long frame) {
        next = Math.max(0, Math.min(frames, frame));
        if (next >= blockStart && next < blockStart + blockLength) {
            return;
        }
        int found = Arrays.binarySearch(indexSamples, 0, indexed, next);
        int k = found >= 0 ? found : -found - 2;
        if (next < blockStart || indexSamples[k] > blockStart) {
            move(indexBytes[k]);
            blockStart = indexSamples[k];
            blockLength = 0;
        }
    }

    @Override
    public int read(float[] interleaved, int offset, int count) {
        float scale = (float) Math.scalb(1.0, 1 - bitsPerSample);
        int done = 0;
        while (done < count && next < frames) {
            while (next >= blockStart + blockLength) {
                if (position >= bytes.size()) {
                    throw error("file", "ends after " + (blockStart + blockLength) + " of " + frames + " samples; it is truncated");
                }
                decodeFrame();
            }
            int from = (int) (next - blockStart);
            int n = (int) Math.min(Math.min(count - done, frames - next), blockLength - from);
            for (int c = 0; c < channels; c++) {
                long[] x = block[c];
                for (int i = 0; i < n; i++) {
                    interleaved[offset + (done + i) * channels + c] = x[from + i] * scale;
                }
            }
            done += n;
            next += n;
        }
        return done;
    }

    @Override
    public void close() {
        bytes.close();
    }
}
