package io.pinna.internal.sound;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.ResourceException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * FLAC and Ogg Vorbis. The fixtures were made with the reference encoders (flac, oggenc) from signals that the formulas here give again: {@code s16.flac} and {@code m24.flac} triangles with some
 * noise; {@code stereo.ogg} 0.5 s of sines of 440 and 880 Hz at 44.1 kHz with an amplitude of 16000/32768, {@code mono.ogg} 30001 frames of 300 Hz at 22.05 kHz.
 */
class CompressedFilesTest {
    @TempDir
    private Path folder;

    private static byte[] fixture(String name) throws Exception {
        try (InputStream in = CompressedFilesTest.class.getResourceAsStream(name)) {
            return in.readAllBytes();
        }
    }

    private static SoundDecoder open(byte[] bytes) {
        return SoundFiles.open(ByteSource.of("x", bytes));
    }

    private static float[] all(SoundDecoder decoder) {
        float[] x = new float[(int) decoder.frames() * decoder.channels()];
        assertEquals(decoder.frames(), decoder.read(x, 0, (int) decoder.frames()));
        return x;
    }

    private static int triangle(int n, int period) {
        int k = n % period;
        return (k < period / 2 ? k : period - k) * 4 - period;
    }

    private static int left(int n) {
        return triangle(n, 200) * 40 + n * 7919 % 31;
    }

    private static int right(int n) {
        return triangle(n, 126) * 90 - (int) (n * 104729L % 17);
    }

    @Test
    @Tag("reference")
    void flacIsLossless() throws Exception {
        SoundDecoder stereo = open(fixture("s16.flac"));
        assertEquals("FLAC 16-bit", stereo.format());
        assertEquals(6000, stereo.frames());
        assertEquals(44100, stereo.sampleRateHz());
        float[] x = all(stereo);
        for (int n = 0; n < 6000; n++) {
            assertEquals(left(n) / 32768f, x[2 * n], 0f, "left " + n);
            assertEquals(right(n) / 32768f, x[2 * n + 1], 0f, "right " + n);
        }
        SoundDecoder mono = open(fixture("m24.flac"));
        assertEquals(96000, mono.sampleRateHz());
        float[] y = all(mono);
        assertEquals(5004, y.length);
        for (int n = 0; n < y.length; n++) {
            assertEquals(200 * left(n) / 8388608f, y[n], 0f, "frame " + n);
        }
        for (int at : new int[] {5003, 0, 4500, 4096, 4095, 17}) {
            mono.seek(at);
            float[] one = new float[1];
            assertEquals(1, mono.read(one, 0, 1));
            assertEquals(y[at], one[0], 0f, "after a seek to " + at);
        }
    }

    @Test
    @Tag("reference")
    void flacAgreesWithTheReferenceEncoderOnAllOfItsSettings() throws Exception {
        Assumptions.assumeTrue(Arrays.stream(System.getenv("PATH").split(java.io.File.pathSeparator)).anyMatch(p -> Files.isExecutable(Path.of(p, "flac"))), "skipped: there is no flac encoder");
        Random random = new Random(4);
        int cases = 0;
        for (int bits : new int[] {8, 16, 24}) {
            for (int channels : new int[] {1, 2, 5}) {
                int frames = 9000 + channels;
                byte[] data = new byte[frames * channels * bits / 8];
                double[] state = new double[channels];
                for (int i = 0; i < frames * channels; i++) {
                    int c = i % channels;
                    state[c] = 0.97 * state[c] + 0.03 * random.nextGaussian();
                    // Silence, waves, noise, and full scale.
                    int part = i / channels / 2300;
                    double level = part == 0 ? 0 : part == 1 ? Math.sin(i * 0.01) * 0.9 : part == 2 ? state[c] : random.nextBoolean() ? 1 : -1;
                    int v = (int) Math.max(-(1L << bits - 1), Math.min((1L << bits - 1) - 1, Math.round(level * (1L << bits - 1))));
                    v = bits == 8 ? v + 128 : v;
                    for (int b = 0; b < bits / 8; b++) {
                        data[i * bits / 8 + b] = (byte) (v >> 8 * b);
                    }
                }
                byte[] wav = new WavBytes().text("RIFF").u32(60 + data.length + data.length % 2).text("WAVE").extensible(1, channels, 48000, channels * bits / 8, bits, bits).data(data)
                    .bytes(new byte[data.length % 2]).done();
                Path source = Files.write(folder.resolve("in.wav"), wav);
                float[] expected = all(open(wav));
                for (String options : new String[] {"-0", "-5", "-8", "-8 -b 192 -r 8", "-8 -b 4608 -l 12 -e -p", "-5 --lax -b 777 -l 32", "-0 --no-padding -b 16"}) {
                    Path out = folder.resolve("out.flac");
                    java.util.List<String> command = new java.util.ArrayList<>(java.util.List.of("flac", "-s", "-f", "-o", out.toString()));
                    command.addAll(Arrays.asList(options.split(" ")));
                    command.add(source.toString());
                    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
                    String said = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
                    assertEquals(0, process.waitFor(), command + ": " + said);
                    try (SoundDecoder decoder = SoundFiles.open(ByteSource.open(out))) {
                        assertArrayEquals(expected, all(decoder), 0f, bits + " bits, " + channels + " channels, " + options);
                    }
                    // A piped encoder leaves the length open: then it is counted.
                    byte[] open = Files.readAllBytes(out);
                    open[21] &= (byte) 0xF0;
                    Arrays.fill(open, 22, 26, (byte) 0);
                    assertEquals(frames, open(open).frames());
                    cases++;
                }
            }
        }
        assertEquals(63, cases);
    }

    @Test
    @Tag("analytic")
    void vorbisHasTheLengthAndTheTonesThatWereEncoded() throws Exception {
        SoundDecoder stereo = open(fixture("stereo.ogg"));
        assertEquals("Ogg Vorbis", stereo.format());
        assertEquals(44100, stereo.sampleRateHz());
        assertEquals(2, stereo.channels());
        assertEquals(22050, stereo.frames());
        assertEquals(0, stereo.warnings().size(), stereo.warnings().toString());
        float[] x = all(stereo);
        double error = 0;
        for (int n = 2000; n < 20000; n++) {
            for (int c = 0; c < 2; c++) {
                double expected = 16000 / 32768.0 * Math.sin(2 * Math.PI * (c + 1) * 440 * n / 44100);
                error += Math.pow(x[2 * n + c] - expected, 2) / 36000;
            }
        }
        double db = 10 * Math.log10(error / (Math.pow(16000 / 32768.0, 2) / 2));
        assertTrue(db < -25 && db > -80, "coding noise " + db + " dB");
        assertEquals(0, stereo.warnings().size(), "the decoder gave as many frames as the pages promise: " + stereo.warnings());
        SoundDecoder mono = open(fixture("mono.ogg"));
        assertEquals(30001, mono.frames());
        float[] y = all(mono);
        assertEquals(0, mono.warnings().size());
        for (int at : new int[] {30000, 0, 12345, 1, 29000, 4096}) {
            mono.seek(at);
            float[] some = new float[300];
            int n = mono.read(some, 0, 300);
            assertEquals(Math.min(300, 30001 - at), n);
            assertArrayEquals(Arrays.copyOfRange(y, at, at + n), Arrays.copyOf(some, n), 0f, "after a seek to " + at);
        }
        mono.close();
        mono.close();
    }

    @Test
    @Tag("fault")
    void damagedOggNamesThePage() throws Exception {
        byte[] x = fixture("stereo.ogg");
        byte[] broken = x.clone();
        broken[broken.length - 100] ^= 1;
        ResourceException e = assertThrows(ResourceException.class, () -> open(broken));
        assertTrue(e.field().startsWith("page at byte ") && e.reason().contains("checksum"), e.getMessage());
        e = assertThrows(ResourceException.class, () -> open(Arrays.copyOf(x, x.length - 50)));
        assertTrue(e.reason().contains("truncated"), e.getMessage());
        e = assertThrows(ResourceException.class, () -> open(Arrays.copyOf(x, 58)));
        assertTrue(e.getMessage().contains("truncated"), e.getMessage());
        byte[] twice = Arrays.copyOf(x, 2 * x.length);
        System.arraycopy(x, 0, twice, x.length, x.length);
        e = assertThrows(ResourceException.class, () -> open(twice));
        assertTrue(e.reason().contains("chained"), e.getMessage());
        SoundDecoder trailing = open(Arrays.copyOf(x, x.length + 7));
        assertEquals(22050, trailing.frames());
        assertEquals(1, trailing.warnings().size());
        byte[] opus = x.clone();
        System.arraycopy("OpusHead".getBytes(java.nio.charset.StandardCharsets.US_ASCII), 0, opus, 28, 8);
        repair(opus);
        e = assertThrows(ResourceException.class, () -> open(opus));
        assertTrue(e.reason().contains("Opus"), e.getMessage());
    }

    /** Makes the checksums of all pages right again. */
    private static void repair(byte[] x) {
        ByteBuffer b = ByteBuffer.wrap(x);
        for (int at = 0; at + 27 <= x.length && x[at] == 'O' && x[at + 1] == 'g';) {
            int n = x[at + 26] & 0xFF;
            int end = at + 27 + n;
            for (int i = 0; i < n && at + 27 + i < x.length; i++) {
                end += x[at + 27 + i] & 0xFF;
            }
            if (end > x.length) {
                return;
            }
            int crc = VorbisFile.crc(b, at, end);
            for (int i = 0; i < 4; i++) {
                x[at + 22 + i] = (byte) (crc >> 8 * i);
            }
            at = end;
        }
    }

    @Test
    @Tag("fault")
    void randomDamageIsAlwaysAnAnswer() throws Exception {
        Random random = new Random(12);
        int[] refused = new int[3];
        int[] read = new int[3];
        byte[][] seeds = {fixture("stereo.ogg"), fixture("mono.ogg"), fixture("m24.flac"), fixture("s16.flac")};
        for (int i = 0; i < 2000; i++) {
            int kind = i % 4 < 2 ? i % 8 < 4 ? 0 : 1 : 2;
            byte[] x = seeds[i % 4].clone();
            // With repaired checksums, damage reaches the header parser.
            int reach = kind == 1 ? 4000 : x.length;
            for (int k = random.nextInt(4); k >= 0; k--) {
                x[random.nextInt(Math.min(reach, x.length))] = (byte) (random.nextBoolean() ? random.nextInt() : random.nextBoolean() ? 0xFF : 0);
            }
            x = random.nextInt(6) == 0 ? Arrays.copyOf(x, 1 + random.nextInt(x.length)) : x;
            if (kind == 1) {
                repair(x);
            }
            try (SoundDecoder decoder = open(x)) {
                float[] part = new float[4096 * decoder.channels()];
                for (int n = 0; n < 40 && decoder.read(part, 0, 4096) > 0; n++) {
                    read[kind] += n == 0 ? 1 : 0;
                }
            } catch (ResourceException e) {
                refused[kind]++;
            }
        }
        assertTrue(refused[0] > 400, "Ogg, plain damage: " + refused[0] + " refused, " + read[0] + " read");
        assertTrue(refused[1] > 200 && read[1] > 5, "Ogg, repaired checksums: " + refused[1] + " refused, " + read[1] + " read");
        assertTrue(refused[2] > 500, "FLAC: " + refused[2] + " refused, " + read[2] + " read");
    }
}
