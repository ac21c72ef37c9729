package io.pinna.internal.sound;

import io.pinna.ResourceException;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Finds out by content, never by name, what kind of sound file some bytes are, and opens the decoder for it. Not for the audio thread. */
public final class SoundFiles {
    /** Rates that a file may have; outside of them a header is corrupt, or resampling meaningless. */
    public static final int LOWEST_RATE_HZ = 1000;
    public static final int HIGHEST_RATE_HZ = 768000;

    private SoundFiles() {
    }

    /**
     * The decoder owns the source from here on: it closes it, also if this fails.
     *
     * @throws ResourceException if the format is not supported or the header is corrupt
     */
    public static SoundDecoder open(ByteSource bytes) {
        try {
            byte[] head = new byte[16];
            int n = bytes.read(0, head, 0, 16);
            if (starts(head, n, 0, "RIFF") || starts(head, n, 0, "RF64") || starts(head, n, 0, "BW64")) {
                return new WavReader(bytes);
            }
            if (starts(head, n, 0, "OggS")) {
                return new VorbisDecoder(bytes);
            }
            if (starts(head, n, 0, "fLaC")) {
                return new FlacDecoder(bytes, 0);
            }
            long tagged = id3Length(head, n);
            if (tagged > 0) {
                byte[] after = new byte[4];
                if (starts(after, bytes.read(tagged, after, 0, 4), 0, "fLaC")) {
                    return new FlacDecoder(bytes, tagged);
                }
            }
            throw new ResourceException(bytes.name(), "file", other(head, n) + "; Ogg Vorbis, WAV and FLAC can be read (the content counts, not the name)");
        } catch (RuntimeException | Error e) {
            bytes.close();
            throw e;
        }
    }

    /**
     * Opens a file now, to check it, and again for each player. The bytes of a Vorbis file stay in memory and are shared by its players; WAV and FLAC are read from the file as they play.
     *
     * @param first gets the first decoder, to ask it about the sound; it is closed afterwards
     */
    public static Supplier<SoundDecoder> reopenable(Path path, Consumer<SoundDecoder> first) {
        try (SoundDecoder decoder = open(ByteSource.open(path))) {
            first.accept(decoder);
            if (decoder instanceof VorbisDecoder vorbis) {
                VorbisFile file = vorbis.file();
                return () -> new VorbisDecoder(file);
            }
            return () -> open(ByteSource.open(path));
        }
    }

    /** Length of an ID3v2 tag, which some taggers put before FLAC; 0 if there is none. */
    private static long id3Length(byte[] b, int n) {
        return starts(b, n, 0, "ID3") && n >= 10 ? 10L + ((b[6] & 0x7F) << 21 | (b[7] & 0x7F) << 14 | (b[8] & 0x7F) << 7 | b[9] & 0x7F) : 0;
    }

    private static String other(byte[] b, int n) {
        if (starts(b, n, 0, "RIFX")) {
            return "is a big-endian RIFX file";
        }
        if (starts(b, n, 0, "riff")) {
            return "is a Sony Wave64 (W64) file";
        }
        if (starts(b, n, 0, "FORM")) {
            return "is an AIFF or other IFF file";
        }
        if (starts(b, n, 0, "ID3") || n >= 2 && (b[0] & 0xFF) == 0xFF && (b[1] & 0xE6) == 0xE2) {
            return "is an MP3 file";
        }
        if (starts(b, n, 4, "ftyp")) {
            return "is an MP4/M4A file";
        }
        if (starts(b, n, 0, "caff")) {
            return "is a Core Audio file";
        }
        if (starts(b, n, 0, ".snd")) {
            return "is a Sun/NeXT AU file";
        }
        return "is of no known sound format (it starts with \"" + WavReader.printable(b, 0, Math.min(n, 4)) + "\")";
    }

    private static boolean starts(byte[] b, int n, int at, String tag) {
        if (n < at + tag.length()) {
            return false;
        }
        for (int i = 0; i < tag.length(); i++) {
            if (b[at + i] != tag.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
