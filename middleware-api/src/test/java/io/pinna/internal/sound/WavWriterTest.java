package io.pinna.internal.sound;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.pinna.ResourceException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("unit")
class WavWriterTest {
    @TempDir
    Path folder;

    @Test
    void writesTheHeaderThatTheFormatAsksFor() throws IOException {
        Path file = folder.resolve("three.wav");
        try (WavWriter writer = new WavWriter(file, 2, 44100)) {
            writer.write(new float[] {0.5f, -0.5f, 1, -1, 0.25f, 2}, 0, 3);
            assertEquals(3, writer.frames());
        }
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        // RIFF, a JUNK chunk that leaves room for RF64's sizes, fmt, fact, data.
        assertEquals(94 + 24, bytes.capacity());
        assertEquals("RIFF", ascii(bytes, 0));
        assertEquals(94 + 24 - 8, bytes.getInt(4));
        assertEquals("WAVEJUNK", ascii(bytes, 8) + ascii(bytes, 12));
        assertEquals(28, bytes.getInt(16));
        assertEquals("fmt ", ascii(bytes, 48));
        assertEquals(18, bytes.getInt(52));
        assertEquals(3, bytes.getShort(56), "IEEE float");
        assertEquals(2, bytes.getShort(58));
        assertEquals(44100, bytes.getInt(60));
        assertEquals(44100 * 8, bytes.getInt(64));
        assertEquals(8, bytes.getShort(68));
        assertEquals(32, bytes.getShort(70));
        assertEquals(0, bytes.getShort(72));
        assertEquals("fact", ascii(bytes, 74));
        assertEquals(4, bytes.getInt(78));
        assertEquals(3, bytes.getInt(82));
        assertEquals("data", ascii(bytes, 86));
        assertEquals(24, bytes.getInt(90));
        float[] expected = {0.5f, -0.5f, 1, -1, 0.25f, 2};
        for (int i = 0; i < 6; i++) {
            assertEquals(expected[i], bytes.getFloat(94 + 4 * i));
        }
    }

    private static String ascii(ByteBuffer bytes, int at) {
        byte[] four = new byte[4];
        bytes.get(at, four);
        return new String(four, StandardCharsets.US_ASCII);
    }

    @Test
    void anySplitIntoBlocksGivesTheSameFile() throws IOException {
        Random random = new Random(3);
        float[] samples = new float[3 * 40_000];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = random.nextFloat() * 2 - 1;
        }
        Path whole = folder.resolve("whole.wav");
        try (WavWriter writer = new WavWriter(whole, 3, 48000)) {
            writer.write(samples, 0, 40_000);
        }
        Path split = folder.resolve("split.wav");
        try (WavWriter writer = new WavWriter(split, 3, 48000)) {
            for (int at = 0; at < 40_000;) {
                int frames = Math.min(40_000 - at, random.nextInt(700));
                float[] part = new float[3 * frames];
                System.arraycopy(samples, 3 * at, part, 0, part.length);
                writer.write(part, 0, frames);
                at += frames;
            }
        }
        byte[] bytes = Files.readAllBytes(whole);
        assertEquals(94 + 480_000, bytes.length);
        assertArrayEquals(bytes, Files.readAllBytes(split));
        assertEquals(samples[119_999], ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getFloat(94 + 479_996));
    }

    @Test
    void replacesALongerFileAndClosesTwice() throws IOException {
        Path file = folder.resolve("old.wav");
        Files.write(file, new byte[1000]);
        WavWriter writer = new WavWriter(file, 1, 8000);
        writer.close();
        writer.close();
        assertEquals(94, Files.size(file));
        assertThrows(ResourceException.class, () -> new WavWriter(folder, 1, 8000).close());
    }
}
