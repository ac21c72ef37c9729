package io.pinna.internal.sound;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes the bytes of WAV files field by field, right or wrong. */
final class WavBytes {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    static WavBytes riff() {
        return riff("RIFF", "WAVE");
    }

    static WavBytes riff(String form, String type) {
        return new WavBytes().text(form).u32(0x7FFFFFFF).text(type);
    }

    WavBytes text(String s) {
        out.writeBytes(s.getBytes(StandardCharsets.ISO_8859_1));
        return this;
    }

    WavBytes u16(int v) {
        out.write(v);
        out.write(v >> 8);
        return this;
    }

    WavBytes u32(long v) {
        return u16((int) v).u16((int) (v >> 16));
    }

    WavBytes bytes(byte... b) {
        out.writeBytes(b);
        return this;
    }

    WavBytes fmt(int tag, int channels, long rate, int blockAlign, int bits) {
        return text("fmt ").u32(16).u16(tag).u16(channels).u32(rate).u32(rate * blockAlign).u16(blockAlign).u16(bits);
    }

    WavBytes extensible(int tag, int channels, long rate, int blockAlign, int bits, int validBits) {
        return text("fmt ").u32(40).u16(0xFFFE).u16(channels).u32(rate).u32(rate * blockAlign).u16(blockAlign).u16(bits).u16(22).u16(validBits).u32(channels == 1 ? 4 : channels == 2 ? 3 : 0x37).u16(tag)
            .bytes((byte) 0, (byte) 0, (byte) 0, (byte) 0, (byte) 0x10, (byte) 0, (byte) 0x80, (byte) 0, (byte) 0, (byte) 0xAA, (byte) 0, (byte) 0x38, (byte) 0x9B, (byte) 0x71);
    }

    WavBytes data(byte... b) {
        return text("data").u32(b.length).bytes(b);
    }

    byte[] done() {
        return out.toByteArray();
    }

    static byte[] s16(int... samples) {
        ByteBuffer b = ByteBuffer.allocate(2 * samples.length).order(ByteOrder.LITTLE_ENDIAN);
        for (int s : samples) {
            b.putShort((short) s);
        }
        return b.array();
    }

    static byte[] f32(float... samples) {
        ByteBuffer b = ByteBuffer.allocate(4 * samples.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float s : samples) {
            b.putFloat(s);
        }
        return b.array();
    }

    static byte[] f64(double... samples) {
        ByteBuffer b = ByteBuffer.allocate(8 * samples.length).order(ByteOrder.LITTLE_ENDIAN);
        for (double s : samples) {
            b.putDouble(s);
        }
        return b.array();
    }
}
