package io.pinna.internal.sound;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.ResourceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WavTest {
    @TempDir
    private Path folder;

    private static SoundDecoder open(byte[] bytes) {
        return SoundFiles.open(ByteSource.of("x.wav", bytes));
    }

    private static float[] all(SoundDecoder decoder) {
        float[] x = new float[(int) decoder.frames() * decoder.channels()];
        assertEquals(decoder.frames(), decoder.read(x, 0, (int) decoder.frames()));
        return x;
    }

    private static void refused(byte[] bytes, String field, String reason) {
        ResourceException e = assertThrows(ResourceException.class, () -> open(bytes));
        assertEquals("x.wav", e.resource());
        assertEquals(field, e.field(), e.getMessage());
        assertTrue(e.reason().contains(reason), e.getMessage());
    }

    @Test
    @Tag("unit")
    void everyEncodingGivesTheValuesOfItsFormat() {
        assertArrayEquals(new float[] {-1, 0, 127 / 128f}, all(open(WavBytes.riff().fmt(1, 1, 8000, 1, 8).data((byte) 0, (byte) 128, (byte) 255).done())), 0f);
        assertArrayEquals(new float[] {-1, 0.5f, 32767 / 32768f}, all(open(WavBytes.riff().fmt(1, 1, 8000, 2, 16).data(WavBytes.s16(-32768, 16384, 32767)).done())), 0f);
        assertArrayEquals(new float[] {-1, -0x1p-23f, 0.25f},
            all(open(WavBytes.riff().fmt(1, 1, 8000, 3, 24).data((byte) 0, (byte) 0, (byte) 0x80, (byte) -1, (byte) -1, (byte) -1, (byte) 0, (byte) 0, (byte) 0x20).done())), 0f);
        assertArrayEquals(new float[] {-1, -0x1p-31f},
            all(open(WavBytes.riff().fmt(1, 1, 8000, 4, 32).data((byte) 0, (byte) 0, (byte) 0, (byte) 0x80, (byte) -1, (byte) -1, (byte) -1, (byte) -1).done())), 0f);
        assertArrayEquals(new float[] {0.1f, -7, Float.NaN}, all(open(WavBytes.riff().fmt(3, 1, 8000, 4, 32).data(WavBytes.f32(0.1f, -7, Float.NaN)).done())), 0f);
        assertArrayEquals(new float[] {0.1f, -2}, all(open(WavBytes.riff().fmt(3, 1, 8000, 8, 64).data(WavBytes.f64(0.1, -2)).done())), 0f);
        SoundDecoder stereo = open(WavBytes.riff().extensible(1, 2, 44100, 4, 16, 12).data(WavBytes.s16(1, 2, 3, 4)).done());
        assertEquals(2, stereo.channels());
        assertEquals(44100, stereo.sampleRateHz());
        assertEquals(2, stereo.frames());
        stereo.seek(1);
        float[] second = new float[2];
        assertEquals(1, stereo.read(second, 0, 1));
        assertArrayEquals(new float[] {3 / 32768f, 4 / 32768f}, second, 0f);
        assertEquals(0, stereo.read(second, 0, 1), "the end");
        assertEquals(3 / 128f, all(open(WavBytes.riff().extensible(3, 1, 8000, 4, 32, 32).data(WavBytes.f32(3 / 128f)).done()))[0]);
    }

    @Test
    @Tag("unit")
    void otherChunksOddOnesAndLateFormatsAreCopedWith() {
        byte[] padded = WavBytes.riff().text("LIST").u32(3).bytes(new byte[4]).fmt(1, 1, 8000, 2, 16).data(WavBytes.s16(1, 2)).done();
        assertEquals(2, open(padded).frames());
        byte[] unpadded = WavBytes.riff().text("LIST").u32(3).bytes(new byte[3]).fmt(1, 1, 8000, 2, 16).data(WavBytes.s16(1, 2)).done();
        assertEquals(2, open(unpadded).frames());
        byte[] formatLast = WavBytes.riff().data(WavBytes.s16(5, 6, 7)).fmt(1, 1, 8000, 2, 16).done();
        assertEquals(3, open(formatLast).frames());
        SoundDecoder trailing = open(WavBytes.riff().fmt(1, 1, 8000, 2, 16).data(WavBytes.s16(1, 2)).text("LIST").u32(0xFFFFFFF0L).text("cut").done());
        assertEquals(2, trailing.frames());
        assertEquals(1, trailing.warnings().size());
        assertEquals(2, open(WavBytes.riff().fmt(1, 1, 8000, 2, 16).data(WavBytes.s16(1, 2)).bytes(new byte[9]).done()).frames());
    }

    @Test
    @Tag("unit")
    void openAndTruncatedDataIsUsedAsFarAsItGoes() {
        for (long claimed : new long[] {0, 0xFFFFFFFFL, 1000}) {
            byte[] x = WavBytes.riff().fmt(1, 2, 8000, 4, 16).text("data").u32(claimed).bytes(WavBytes.s16(1, -1, 2, -2, 3)).done();
            SoundDecoder decoder = open(x);
            assertEquals(2, decoder.frames(), "claimed " + claimed);
            assertEquals(2, decoder.warnings().size(), decoder.warnings().toString());
            assertTrue(decoder.warnings().get(0).contains("10 "), decoder.warnings().toString());
            assertArrayEquals(new float[] {1 / 32768f, -1 / 32768f, 2 / 32768f, -2 / 32768f}, all(decoder), 0f);
        }
    }

    @Test
    @Tag("unit")
    void rf64TakesItsSizeFromDs64() {
        byte[] x = WavBytes.riff("RF64", "WAVE").text("ds64").u32(28).u32(100).u32(0).u32(4).u32(0).u32(2).u32(0).u32(0).fmt(1, 1, 8000, 2, 16).text("data").u32(0xFFFFFFFFL)
            .bytes(WavBytes.s16(1, 2, 3)).done();
        assertEquals(2, open(x).frames());
    }

    @Test
    @Tag("fault")
    void whatCannotBeReadIsRefusedWithItsField() {
        byte[] data = WavBytes.s16(1, 2);
        refused(WavBytes.riff("RIFF", "AVI ").done(), "RIFF", "not WAVE");
        refused(new byte[] {'R', 'I', 'F', 'F', 0}, "RIFF", "5 bytes");
        refused(WavBytes.riff().done(), "fmt ", "no fmt chunk");
        refused(WavBytes.riff().fmt(1, 1, 8000, 2, 16).done(), "data", "no data chunk");
        refused(WavBytes.riff().fmt(1, 1, 8000, 2, 16).data().done(), "data", "no frames");
        refused(WavBytes.riff().fmt(1, 1, 8000, 2, 16).data().text("LIST").u32(0).done(), "data", "no frames");
        refused(WavBytes.riff().fmt(1, 1, 8000, 2, 16).data((byte) 1).done(), "data", "no frames");
        refused(WavBytes.riff().fmt(1, 0, 8000, 2, 16).data(data).done(), "fmt ", "channels is 0");
        refused(WavBytes.riff().fmt(1, 65, 8000, 130, 16).data(data).done(), "fmt ", "channels is 65");
        refused(WavBytes.riff().fmt(1, 1, 0, 2, 16).data(data).done(), "fmt ", "sample rate is 0");
        refused(WavBytes.riff().fmt(1, 1, 0xFFFFFFFFL, 2, 16).data(data).done(), "fmt ", "sample rate is 4294967295");
        refused(WavBytes.riff().fmt(1, 1, 8000, 0, 16).data(data).done(), "fmt ", "block alignment is 0");
        refused(WavBytes.riff().fmt(1, 2, 8000, 3, 16).data(data).done(), "fmt ", "block alignment is 3");
        refused(WavBytes.riff().fmt(1, 1, 8000, 4, 16).data(data).done(), "fmt ", "16 bits in 4 bytes");
        refused(WavBytes.riff().fmt(1, 1, 8000, 8, 64).data(data).done(), "fmt ", "64 bits in 8 bytes");
        refused(WavBytes.riff().fmt(3, 1, 8000, 2, 16).data(data).done(), "fmt ", "float");
        refused(WavBytes.riff().fmt(1, 1, 8000, 2, 0).data(data).done(), "fmt ", "0 bits");
        refused(WavBytes.riff().fmt(2, 1, 8000, 2, 4).data(data).done(), "fmt ", "Microsoft ADPCM");
        refused(WavBytes.riff().fmt(0x11, 1, 8000, 2, 4).data(data).done(), "fmt ", "IMA ADPCM");
        refused(WavBytes.riff().fmt(0x55, 1, 8000, 1, 0).data(data).done(), "fmt ", "MP3");
        refused(WavBytes.riff().fmt(0xFFFE, 1, 8000, 2, 16).data(data).done(), "fmt ", "40 bytes");
        refused(WavBytes.riff().text("LIST").u32(0xFFFFFFFFL).fmt(1, 1, 8000, 2, 16).data(data).done(), "LIST", "truncated or corrupt");
        refused(WavBytes.riff().text("fmt ").u32(8).bytes(new byte[8]).data(data).done(), "fmt ", "8 bytes long");
        refused(WavBytes.riff().bytes(new byte[40]).done(), "chunk at byte 12", "not printable");
        refused(new WavBytes().text("RIFX").u32(0).text("WAVE").done(), "file", "big-endian");
        refused(new WavBytes().text("riff").bytes(new byte[30]).done(), "file", "Wave64");
        refused(new WavBytes().text("Dear diary, today nothing happened.").done(), "file", "Dear");
        refused(new WavBytes().text("ID3").bytes(new byte[30]).done(), "file", "MP3");
    }

    @Test
    @Tag("fault")
    void filesThatAreNoneAreRefused() throws Exception {
        assertTrue(assertThrows(ResourceException.class, () -> ByteSource.open(folder.resolve("missing.wav"))).reason().contains("does not exist"));
        assertTrue(assertThrows(ResourceException.class, () -> ByteSource.open(folder)).reason().contains("directory"));
        Path empty = Files.createFile(folder.resolve("empty.wav"));
        assertTrue(assertThrows(ResourceException.class, () -> ByteSource.open(empty)).reason().contains("empty"));
        Path wav = Files.write(folder.resolve("shrinks.wav"), WavBytes.riff().fmt(1, 1, 8000, 2, 16).data(WavBytes.s16(new int[50000])).done());
        try (SoundDecoder decoder = SoundFiles.open(ByteSource.open(wav))) {
            Files.write(wav, new byte[60]);
            assertTrue(assertThrows(ResourceException.class, () -> all(decoder)).reason().contains("shorter"));
        }
    }

    @Test
    @Tag("fault")
    void randomDamageIsAlwaysAnAnswer() {
        byte[][] seeds = {WavBytes.riff().text("LIST").u32(5).bytes(new byte[6]).fmt(1, 2, 44100, 4, 16).data(WavBytes.s16(new int[40])).done(),
            WavBytes.riff().extensible(3, 1, 48000, 4, 32, 32).data(WavBytes.f32(new float[20])).text("fact").u32(4).u32(20).done()};
        Random random = new Random(11);
        int refused = 0;
        int read = 0;
        for (int i = 0; i < 2000; i++) {
            byte[] x = seeds[i % 2].clone();
            for (int k = random.nextInt(4); k >= 0; k--) {
                x[random.nextInt(x.length)] = (byte) (random.nextBoolean() ? random.nextInt() : random.nextBoolean() ? 0xFF : 0);
            }
            x = random.nextInt(4) == 0 ? Arrays.copyOf(x, 1 + random.nextInt(x.length)) : x;
            try (SoundDecoder decoder = open(x)) {
                assertTrue(decoder.frames() >= 1 && decoder.frames() <= x.length, "frames " + decoder.frames());
                all(decoder);
                read++;
            } catch (ResourceException e) {
                assertEquals("x.wav", e.resource());
                refused++;
            }
        }
        assertTrue(refused > 200 && read > 200, refused + " refused, " + read + " read");
    }

    @Test
    @Tag("unit")
    void writtenFilesReadBackBitForBit() throws Exception {
        Path file = folder.resolve("out.wav");
        Random random = new Random(3);
        float[][] x = new float[3][40000];
        for (float[] plane : x) {
            for (int i = 0; i < plane.length; i++) {
                plane[i] = (float) random.nextGaussian();
            }
        }
        try (WavWriter writer = new WavWriter(file, 3, 48000)) {
            writer.write(x, 0, 1);
            writer.write(x, 1, 30000);
            writer.flush();
            try (SoundDecoder decoder = SoundFiles.open(ByteSource.open(file))) {
                assertEquals(30001, decoder.frames(), "readable after a flush, before it is closed");
                assertEquals(0, decoder.warnings().size(), decoder.warnings().toString());
            }
            writer.write(x, 30001, 9999);
            assertEquals(40000, writer.frames());
        }
        assertEquals(94 + 40000 * 12, Files.size(file));
        try (SoundDecoder decoder = SoundFiles.open(ByteSource.open(file))) {
            assertEquals(48000, decoder.sampleRateHz());
            assertEquals(3, decoder.channels());
            assertEquals(0, decoder.warnings().size());
            float[] y = all(decoder);
            for (int i = 0; i < 40000; i++) {
                for (int c = 0; c < 3; c++) {
                    assertEquals(x[c][i], y[3 * i + c], 0f);
                }
            }
        }
    }

    @Test
    @Tag("unit")
    void largeFilesBecomeRf64() throws Exception {
        Path file = folder.resolve("large.wav");
        try (WavWriter writer = new WavWriter(file, 1, 48000, 1000)) {
            writer.write(new float[] {0.25f, 0.5f}, 0, 2);
            writer.flush();
            assertEquals("RIFF", new String(Files.readAllBytes(file), 0, 4, java.nio.charset.StandardCharsets.US_ASCII));
            writer.write(new float[500], 0, 500);
        }
        assertEquals("RF64", new String(Files.readAllBytes(file), 0, 4, java.nio.charset.StandardCharsets.US_ASCII));
        try (SoundDecoder decoder = SoundFiles.open(ByteSource.open(file))) {
            assertEquals(502, decoder.frames());
            assertEquals(0, decoder.warnings().size(), decoder.warnings().toString());
            assertEquals(0.5f, all(decoder)[1]);
        }
        assertThrows(ResourceException.class, () -> new WavWriter(folder.resolve("no/such/folder.wav"), 1, 48000));
    }
}
