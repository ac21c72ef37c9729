package io.pinna.internal.sound;

import io.pinna.ResourceException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * An Ogg Vorbis file in native memory that was checked from end to end before any native code sees it: the structure, order and CRC-32 of every page (RFC 3533), the three header packets down to
 * each codebook, floor, residue, mapping and mode (Vorbis I specification, 4.2), and the mode of each audio packet. What native decoders are known to trip over is refused here, with the byte
 * offset of the page. The exact length follows from the block sizes of the packets and the granule position of the last page.
 */
final class VorbisFile {
    private static final int MOST_BYTES = 1 << 30;
    private static final int MOST_HEADER_BYTES = 1 << 24;
    private static final int[] CRC = crcTable();

    final String name;
    final List<String> warnings = new ArrayList<>();
    /** The pages, and nothing after them. */
    final ByteBuffer pages;
    int channels;
    int sampleRateHz;
    /** Frames that the decoder gives before the one at time 0. */
    long skippedFrames;
    long frames;

    private final int[] blockSizes = new int[2];
    private int[] modeBlock;
    private int modeMask;

    VorbisFile(ByteSource source) {
        name = source.name();
        if (source.size() > MOST_BYTES) {
            throw new ResourceException(name, "file", "is " + source.size() + " bytes long; at most " + MOST_BYTES + " can be held");
        }
        int size = (int) source.size();
        ByteBuffer all = ByteBuffer.allocateDirect(size);
        byte[] part = new byte[1 << 16];
        while (all.hasRemaining()) {
            int n = source.read(all.position(), part, 0, Math.min(part.length, all.remaining()));
            if (n == 0) {
                throw new ResourceException(name, "file", "became shorter while it was read");
            }
            all.put(part, 0, n);
        }
        all.flip();
        int end = walk(all);
        pages = all.slice(0, end);
    }

    private ResourceException error(String field, String reason) {
        return new ResourceException(name, field, reason);
    }

    /** @return the end of the last page */
    private int walk(ByteBuffer b) {
        int size = b.limit();
        int at = 0;
        int serial = 0;
        int sequence = 0;
        boolean inPacket = false;
        boolean ended = false;
        int packets = 0;
        ByteArrayOutputStream header = new ByteArrayOutputStream();
        int packetBytes = 0;
        int firstByte = 0;
        long total = 0;
        int previousBlock = 0;
        long offset = 0;
        boolean offsetKnown = false;
        long lastGranule = -1;
        while (at < size) {
            String field = "page at byte " + at;
            boolean capture = size - at >= 4 && b.get(at) == 'O' && b.get(at + 1) == 'g' && b.get(at + 2) == 'g' && b.get(at + 3) == 'S';
            if (ended) {
                if (capture) {
                    throw error(field, "another stream follows the first one; chained Ogg files are not supported, split the file");
                }
                warnings.add((size - at) + " bytes after the last page are no Ogg page and are ignored");
                break;
            }
            if (!capture) {
                throw error(field, size - at < 4 ? "the file is truncated" : "there is no Ogg page; the file is corrupt");
            }
            if (size - at < 27) {
                throw error(field, "the file ends within its header; it is truncated");
            }
            int flags = b.get(at + 5) & 0xFF;
            int segments = b.get(at + 26) & 0xFF;
            int body = at + 27 + segments;
            if (b.get(at + 4) != 0) {
                throw error(field, "has version " + (b.get(at + 4) & 0xFF) + "; only 0 exists");
            }
            int length = 0;
            for (int i = 0; i < segments; i++) {
                length += at + 27 + i < size ? b.get(at + 27 + i) & 0xFF : 0;
            }
            if (body + (long) length > size) {
                throw error(field, "ends " + (body + (long) length - size) + " bytes after the end of the file; the file is truncated");
            }
            int end = body + length;
            if (crc(b, at, end) != le32(b, at + 22)) {
                throw error(field, "its checksum is wrong; the file is corrupt");
            }
            long granule = le32(b, at + 6) & 0xFFFFFFFFL | (long) le32(b, at + 10) << 32;
            if (at == 0) {
                serial = le32(b, 14);
                sequence = le32(b, 18);
                if ((flags & 2) == 0) {
                    throw error(field, "does not begin a stream; the start of the file is missing");
                }
            } else {
                if (le32(b, at + 14) != serial) {
                    throw error(field, "belongs to a second stream (video, or several tracks); only a single Vorbis stream can be read");
                }
                if (le32(b, at + 18) != ++sequence || (flags & 2) != 0) {
                    throw error(field, "pages before it are missing (page number " + le32(b, at + 18) + ", expected " + sequence + ")");
                }
            }
            if ((flags & 1) != 0 != inPacket) {
                throw error(field, inPacket ? "does not continue the packet of the page before" : "continues a packet that no page began");
            }
            boolean completes = false;
            int p = body;
            for (int i = 0; i < segments; i++) {
                int n = b.get(at + 27 + i) & 0xFF;
                if (packetBytes == 0 && n > 0) {
                    firstByte = b.get(p) & 0xFF;
                }
                if (packets < 3) {
                    for (int k = 0; k < n; k++) {
                        header.write(b.get(p + k));
                    }
                    if (header.size() > MOST_HEADER_BYTES) {
                        throw error(field, "a header packet is longer than " + MOST_HEADER_BYTES + " bytes");
                    }
                }
                p += n;
                packetBytes += n;
                inPacket = n == 255;
                if (!inPacket) {
                    if (packets < 3) {
                        headerPacket(packets, header.toByteArray(), field);
                        header.reset();
                        if (i != segments - 1 && packets != 1) {
                            throw error(field, "data follows a header packet on its page");
                        }
                    } else {
                        completes = true;
                        if (packetBytes == 0) {
                            throw error(field, "holds an audio packet of 0 bytes");
                        }
                        if ((firstByte & 1) == 0) {
                            int mode = firstByte >> 1 & modeMask;
                            if (mode >= modeBlock.length) {
                                throw error(field, "an audio packet has mode " + mode + "; there are " + modeBlock.length);
                            }
                            int block = blockSizes[modeBlock[mode]];
                            total += previousBlock == 0 ? 0 : previousBlock / 4 + block / 4;
                            previousBlock = block;
                        }
                    }
                    packets++;
                    packetBytes = 0;
                }
            }
            ended = (flags & 4) != 0;
            if (completes && granule != -1) {
                if (!offsetKnown && !ended) {
                    offset = granule - total;
                }
                offsetKnown = true;
            }
            if (granule != -1 && packets > 3) {
                lastGranule = granule;
            }
            at = end;
        }
        if (packets < 3) {
            throw error("file", "ends before its " + (packets == 1 ? "comment" : "setup") + " header; it is truncated");
        }
        if (!ended) {
            if (inPacket) {
                throw error("file", "ends within an audio packet; it is truncated");
            }
            warnings.add("the stream has no last page; it may be truncated");
        }
        if (total == 0) {
            throw error("file", "holds no audio");
        }
        // The decoder gives what the packets hold, cut at the granule position of the last page; a stream that begins before time 0 loses what lies there.
        skippedFrames = offset < 0 ? Math.min(-offset, total) : 0;
        frames = (ended && lastGranule >= 0 ? Math.max(0, Math.min(total, lastGranule - offset)) : total) - skippedFrames;
        if (frames <= 0) {
            throw error("file", "holds no audio frames (last granule position " + lastGranule + ")");
        }
        return at;
    }

    private void headerPacket(int number, byte[] packet, String page) {
        String field = number == 0 ? "identification header" : number == 1 ? "comment header" : "setup header";
        boolean vorbis = packet.length >= 7 && packet[0] == 2 * number + 1 && new String(packet, 1, 6, StandardCharsets.ISO_8859_1).equals("vorbis");
        if (!vorbis) {
            throw error(number == 0 ? "file" : field, number == 0 ? "is an Ogg file, but " + codec(packet) + " and not Vorbis; convert it" : "is not there (" + page + "); the file is corrupt");
        }
        Bits bits = new Bits(packet, field);
        bits.skip(56);
        if (number == 0) {
            identification(packet, bits, field);
        } else if (number == 1) {
            comments(bits, field);
        } else {
            setup(bits, field);
        }
        if (number != 0 && bits.take(1) != 1) {
            throw error(field, "its framing bit is 0; the file is corrupt");
        }
    }

    private static String codec(byte[] packet) {
        String head = new String(packet, 0, Math.min(packet.length, 9), StandardCharsets.ISO_8859_1);
        return head.startsWith("OpusHead") ? "Opus" : head.startsWith("Speex") ? "Speex" : head.startsWith("\u007fFLAC") ? "FLAC in Ogg" : head.contains("theora") ? "Theora video"
            : "of another kind";
    }

    private void identification(byte[] packet, Bits bits, String field) {
        if (packet.length < 30) {
            throw error(field, "is " + packet.length + " bytes long; 30 are needed");
        }
        long version = bits.take(32);
        channels = (int) bits.take(8);
        long rate = bits.take(32);
        bits.skip(96);
        int small = (int) bits.take(4);
        int large = (int) bits.take(4);
        if (version != 0) {
            throw error(field, "Vorbis version " + version + "; only 0 exists");
        }
        if (channels < 1 || channels > 16) {
            throw error(field, "channels is " + channels + "; allowed is 1 to 16");
        }
        if (rate < SoundFiles.LOWEST_RATE_HZ || rate > SoundFiles.HIGHEST_RATE_HZ) {
            throw error(field, "the sample rate is " + rate + " Hz; allowed is " + SoundFiles.LOWEST_RATE_HZ + " to " + SoundFiles.HIGHEST_RATE_HZ);
        }
        if (small < 6 || large > 13 || small > large || (packet[29] & 1) == 0) {
            throw error(field, "block sizes 2^" + small + " and 2^" + large + ", framing bit " + (packet[29] & 1) + "; allowed is 2^6 to 2^13 in this order, and 1");
        }
        sampleRateHz = (int) rate;
        blockSizes[0] = 1 << small;
        blockSizes[1] = 1 << large;
    }

    private void comments(Bits bits, String field) {
        bits.skip(8 * bits.take(32));
        long count = bits.take(32);
        for (long i = 0; i < count; i++) {
            // Each comment takes at least its four bytes of length, so that a lie about the count ends the loop at the end of the packet.
            bits.skip(8 * bits.take(32));
        }
    }

    private void setup(Bits bits, String field) {
        int books = (int) bits.take(8) + 1;
        int[] dimensions = new int[books];
        int[] entries = new int[books];
        boolean[] hasVectors = new boolean[books];
        for (int i = 0; i < books; i++) {
            codebook(bits, field + ", codebook " + i, i, dimensions, entries, hasVectors);
        }
        for (long n = bits.take(6) + 1; n > 0; n--) {
            bits.require(bits.take(16) == 0, "a time domain transform is not 0");
        }
        int floors = (int) bits.take(6) + 1;
        for (int i = 0; i < floors; i++) {
            floor(bits, books);
        }
        int residues = (int) bits.take(6) + 1;
        for (int i = 0; i < residues; i++) {
            residue(bits, books, dimensions, entries, hasVectors);
        }
        int mappings = (int) bits.take(6) + 1;
        for (int i = 0; i < mappings; i++) {
            mapping(bits, floors, residues);
        }
        int modes = (int) bits.take(6) + 1;
        modeBlock = new int[modes];
        modeMask = (1 << 32 - Integer.numberOfLeadingZeros(modes - 1)) - 1;
        for (int i = 0; i < modes; i++) {
            modeBlock[i] = (int) bits.take(1);
            bits.require(bits.take(32) == 0, "mode " + i + " has a window or transform type that is not 0");
            bits.require(bits.take(8) < mappings, "mode " + i + " names a mapping that is not there");
        }
    }

    private void codebook(Bits bits, String field, int i, int[] dimensions, int[] entries, boolean[] hasVectors) {
        bits.field = field;
        bits.require(bits.take(24) == 0x564342, "does not start with its sync pattern");
        dimensions[i] = (int) bits.take(16);
        entries[i] = (int) bits.take(24);
        bits.require(dimensions[i] > 0 && entries[i] > 0, dimensions[i] + " dimensions and " + entries[i] + " entries");
        // Kraft's sum in units of 2^-32: a usable tree has exactly 1, or is a single entry.
        long kraft = 0;
        long used = 0;
        if (bits.take(1) == 0) {
            boolean sparse = bits.take(1) == 1;
            bits.requireBits((sparse ? 1L : 5L) * entries[i]);
            for (int e = 0; e < entries[i]; e++) {
                if (!sparse || bits.take(1) == 1) {
                    kraft += 1L << 32 - (bits.take(5) + 1);
                    used++;
                }
            }
        } else {
            long length = bits.take(5) + 1;
            for (int e = 0; e < entries[i];) {
                bits.require(length <= 32, "a code is longer than 32 bits");
                long n = bits.take(32 - Integer.numberOfLeadingZeros(entries[i] - e));
                bits.require(n <= entries[i] - e, "more codes than entries");
                kraft += n << 32 - length;
                used += n;
                e += (int) n;
                length++;
            }
        }
        bits.require(used >= 1 && (used == 1 || kraft == 1L << 32), used + " codes that do not make a complete tree");
        int lookup = (int) bits.take(4);
        bits.require(lookup <= 2, "lookup type " + lookup);
        hasVectors[i] = lookup != 0;
        if (lookup != 0) {
            bits.skip(64);
            long valueBits = bits.take(4) + 1;
            bits.skip(1);
            long values = (long) entries[i] * dimensions[i];
            if (lookup == 1) {
                values = (long) Math.floor(Math.pow(entries[i], 1.0 / dimensions[i]));
                values += Math.pow(values + 1.0, dimensions[i]) <= entries[i] ? 1 : 0;
                values -= Math.pow(values, dimensions[i]) > entries[i] ? 1 : 0;
            }
            bits.skip(values * valueBits);
            // A decoder expands the vectors; 2^26 values are far beyond any encoder's tables.
            bits.require((long) entries[i] * dimensions[i] <= 1 << 26, "vectors of " + entries[i] + " times " + dimensions[i] + " values");
        }
    }

    private void floor(Bits bits, int books) {
        bits.field = "setup header, floor";
        long type = bits.take(16);
        bits.require(type == 1, "type " + type + "; only type 1 is supported (type 0 was written by encoders before 2001)");
        int partitions = (int) bits.take(5);
        int[] classOf = new int[partitions];
        int classes = 0;
        for (int p = 0; p < partitions; p++) {
            classOf[p] = (int) bits.take(4);
            classes = Math.max(classes, classOf[p] + 1);
        }
        int[] classDimensions = new int[classes];
        for (int c = 0; c < classes; c++) {
            classDimensions[c] = (int) bits.take(3) + 1;
            int subclasses = (int) bits.take(2);
            if (subclasses > 0) {
                bits.require(bits.take(8) < books, "a master book is not there");
            }
            for (int s = 0; s < 1 << subclasses; s++) {
                bits.require(bits.take(8) - 1 < books, "a sub-book is not there");
            }
        }
        bits.skip(2);
        int rangeBits = (int) bits.take(4);
        List<Long> places = new ArrayList<>(List.of(0L, 1L << rangeBits));
        for (int p = 0; p < partitions; p++) {
            for (int d = 0; d < classDimensions[classOf[p]]; d++) {
                long x = bits.take(rangeBits);
                bits.require(!places.contains(x), "two points at the same place");
                places.add(x);
            }
        }
        bits.require(places.size() <= 65, places.size() + " points; allowed are 65");
    }

    private void residue(Bits bits, int books, int[] dimensions, int[] entries, boolean[] hasVectors) {
        bits.field = "setup header, residue";
        bits.require(bits.take(16) <= 2, "type above 2");
        long begin = bits.take(24);
        long end = bits.take(24);
        bits.require(begin <= end, "begins after its end");
        bits.skip(24);
        int classes = (int) bits.take(6) + 1;
        int classBook = (int) bits.take(8);
        bits.require(classBook < books, "its class book is not there");
        // A decoder takes the digits of a class word: classes^dimensions of them have to exist.
        bits.require(Math.pow(classes, dimensions[classBook]) <= entries[classBook], "its class book is too small");
        int[] cascade = new int[classes];
        for (int c = 0; c < classes; c++) {
            cascade[c] = (int) bits.take(3);
            cascade[c] |= bits.take(1) == 1 ? (int) bits.take(5) << 3 : 0;
        }
        for (int c = 0; c < classes; c++) {
            for (int pass = 0; pass < 8; pass++) {
                if ((cascade[c] >> pass & 1) == 1) {
                    int book = (int) bits.take(8);
                    bits.require(book < books && hasVectors[book], "book " + book + " is not there or has no vectors");
                }
            }
        }
    }

    private void mapping(Bits bits, int floors, int residues) {
        bits.field = "setup header, mapping";
        bits.require(bits.take(16) == 0, "type is not 0");
        int submaps = bits.take(1) == 1 ? (int) bits.take(4) + 1 : 1;
        if (bits.take(1) == 1) {
            int width = 32 - Integer.numberOfLeadingZeros(channels - 1);
            for (long steps = bits.take(8) + 1; steps > 0; steps--) {
                long magnitude = bits.take(width);
                long angle = bits.take(width);
                bits.require(magnitude != angle && magnitude < channels && angle < channels, "couples channels " + magnitude + " and " + angle);
            }
        }
        bits.require(bits.take(2) == 0, "reserved bits are not 0");
        if (submaps > 1) {
            for (int c = 0; c < channels; c++) {
                bits.require(bits.take(4) < submaps, "a submap is not there");
            }
        }
        for (int s = 0; s < submaps; s++) {
            bits.skip(8);
            bits.require(bits.take(8) < floors, "a floor is not there");
            bits.require(bits.take(8) < residues, "a residue is not there");
        }
    }

    /** Bits of a packet, least significant first. */
    private final class Bits {
        private final byte[] data;
        private long at;
        private String field;

        private Bits(byte[] data, String field) {
            this.data = data;
            this.field = field;
        }

        private long take(int n) {
            requireBits(n);
            long v = 0;
            for (int i = 0; i < n; i++, at++) {
                v |= (long) (data[(int) (at >> 3)] >> (at & 7) & 1) << i;
            }
            return v;
        }

        private void skip(long n) {
            requireBits(n);
            at += n;
        }

        private void requireBits(long n) {
            if (n > 8L * data.length - at) {
                throw error(field, "its packet ends too early; the file is corrupt");
            }
        }

        private void require(boolean holds, String otherwise) {
            if (!holds) {
                throw error(field, otherwise + "; the file is corrupt or of a kind that is not supported");
            }
        }
    }

    private static int le32(ByteBuffer b, int at) {
        return b.get(at) & 0xFF | (b.get(at + 1) & 0xFF) << 8 | (b.get(at + 2) & 0xFF) << 16 | b.get(at + 3) << 24;
    }

    /** CRC-32 of a page with its own field taken as 0: polynomial 0x04C11DB7, not reflected, start 0. */
    static int crc(ByteBuffer b, int from, int to) {
        int crc = 0;
        for (int i = from; i < to; i++) {
            int v = i >= from + 22 && i < from + 26 ? 0 : b.get(i) & 0xFF;
            crc = crc << 8 ^ CRC[crc >>> 24 ^ v];
        }
        return crc;
    }

    private static int[] crcTable() {
        int[] table = new int[256];
        for (int i = 0; i < 256; i++) {
            int v = i << 24;
            for (int k = 0; k < 8; k++) {
                v = v << 1 ^ (v < 0 ? 0x04C11DB7 : 0);
            }
            table[i] = v;
        }
        return table;
    }
}
