package io.pinna;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.internal.sound.MemorySource;
import io.pinna.internal.sound.SampleSource;
import io.pinna.internal.sound.StreamSource;
import io.pinna.internal.sound.WavWriter;
import io.pinna.testing.SharedData;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SoundTest {
    @TempDir
    private Path folder;

    private Path wav(String name, int channels, int rate, float[] interleaved) {
        Path file = folder.resolve(name);
        try (WavWriter writer = new WavWriter(file, channels, rate)) {
            writer.write(interleaved, 0, interleaved.length / channels);
        }
        return file;
    }

    private static float[] read(SampleSource source, int count) {
        float[] x = new float[count];
        assertTrue(source.read(0, x, 0, count, false));
        return x;
    }

    @Test
    @Tag("unit")
    void stereoIsDownmixedWithOneWarning() {
        Sound sound = Sound.load(wav("stereo.wav", 2, 48000, new float[] {1, 0, 0.5f, 0.25f, -1, 1}));
        assertEquals(2, sound.channels());
        assertEquals(48000, sound.sampleRateHz());
        assertEquals(3 / 48000.0, sound.durationSeconds(), 1e-12);
        assertEquals(1, sound.warnings().size());
        assertTrue(sound.warnings().get(0).startsWith("stereo downmixed to mono: "), sound.warnings().toString());
        try (SampleSource source = sound.open(48000)) {
            assertEquals(3, source.frames());
            assertArrayEquals(new float[] {0.5f, 0.375f, 0, 0}, read(source, 4), 0f);
        }
    }

    @Test
    @Tag("unit")
    void nonFiniteSamplesBecomeCountedSilence() {
        float[] x = {0.5f, Float.NaN, 0.25f, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY};
        for (Sound sound : List.of(Sound.load(wav("bad.wav", 1, 48000, x)), Sound.ofSamples("bad", x, 48000))) {
            assertEquals(List.of("3 non-finite samples replaced by silence"), sound.warnings());
            assertArrayEquals(new float[] {0.5f, 0, 0.25f, 0, 0}, read(sound.open(48000), 5), 0f);
        }
        assertTrue(Float.isNaN(x[1]), "the caller's array is left alone");
    }

    @Test
    @Tag("unit")
    void emittersAtTheSameRateShareOneArray() {
        Sound sound = Sound.ofSamples("tone", new float[44100], 44100);
        MemorySource a = (MemorySource) sound.open(48000);
        MemorySource b = (MemorySource) sound.open(48000);
        assertSame(a.samples(), b.samples());
        assertEquals(48000, a.frames());
        assertEquals(44100, sound.open(44100).frames());
        assertEquals(1, sound.durationSeconds(), 0);
        assertEquals("tone", sound.name());
    }

    @Test
    @Tag("unit")
    void generatorsTellTheirDuration() {
        assertEquals(Double.POSITIVE_INFINITY, Sound.generator(SignalGenerator.sine(440)).durationSeconds());
        assertEquals(Double.POSITIVE_INFINITY, Sound.generator(SignalGenerator.pink(1)).durationSeconds());
        assertEquals(2.5, Sound.generator(SignalGenerator.sweep(20, 2000, 2.5)).durationSeconds());
        assertEquals(1, Sound.generator(SignalGenerator.impulse()).open(48000).frames() / 48000.0);
        assertThrows(InvalidValueException.class, () -> Sound.generator(SignalGenerator.sine(30000)).open(48000));
    }

    @Test
    @Tag("reference")
    void streamedAndLoadedSoundsHaveTheSameBits() throws Exception {
        float[] x = new float[2 * 120000];
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) Math.sin(i * 0.001 * (1 + i * 1e-6));
        }
        Path ogg = folder.resolve("really.wav");
        try (InputStream in = Sound.class.getResourceAsStream("internal/sound/stereo.ogg")) {
            Files.copy(in, ogg);
        }
        Path flac = folder.resolve("music");
        try (InputStream in = Sound.class.getResourceAsStream("internal/sound/s16.flac")) {
            Files.copy(in, flac);
        }
        for (Path file : List.of(wav("long.wav", 2, 44100, x), ogg, flac)) {
            Sound loaded = Sound.load(file);
            Sound streamed = Sound.stream(file);
            assertTrue(streamed.isStreamed() && !loaded.isStreamed());
            assertEquals(loaded.durationSeconds(), streamed.durationSeconds());
            assertEquals(loaded.warnings(), streamed.warnings());
            float[] a = new float[1000];
            float[] b = new float[1000];
            try (SampleSource memory = loaded.open(48000, true); StreamSource stream = (StreamSource) streamed.open(48000, true)) {
                assertEquals(memory.frames(), stream.frames());
                for (long at = 0; at < 300000; at += 1000) {
                    stream.awaitReady(at);
                    assertTrue(stream.read(at, a, 0, 1000, true));
                    memory.read(at, b, 0, 1000, true);
                    assertArrayEquals(b, a, 0f, file + " at " + at);
                }
                assertNull(stream.failure());
            }
        }
    }

    @Test
    @Tag("fault")
    void whatCannotBeASoundIsATypedError() throws Exception {
        assertThrows(InvalidValueException.class, () -> Sound.load(null));
        assertThrows(InvalidValueException.class, () -> Sound.load(" ", new ByteArrayInputStream(new byte[1])));
        assertThrows(InvalidValueException.class, () -> Sound.ofSamples("x", new float[0], 48000));
        assertThrows(InvalidValueException.class, () -> Sound.ofSamples("x", new float[1], 0));
        assertThrows(InvalidValueException.class, () -> Sound.generator(null));
        Path text = Files.writeString(folder.resolve("voice.ogg"), "This is no sound at all.");
        for (Path bad : List.of(folder, folder.resolve("none.ogg"), text, wav("many.wav", 9, 48000, new float[90]))) {
            ResourceException e = assertThrows(ResourceException.class, () -> Sound.load(bad));
            assertEquals(bad.toString(), e.resource());
            assertThrows(ResourceException.class, () -> Sound.stream(bad));
        }
        assertEquals("jar", assertThrows(ResourceException.class, () -> Sound.load("jar", new ByteArrayInputStream(new byte[0]))).resource());
        Sound gone = Sound.stream(wav("gone.wav", 1, 48000, new float[100]));
        Files.delete(folder.resolve("gone.wav"));
        assertThrows(ResourceException.class, () -> gone.open(48000));
    }

    @Test
    @Tag("reference")
    void theSharedRecordingsLoadAndStream() throws Exception {
        Path audio = SharedData.require("data/audio");
        int loaded = 0;
        try (Stream<Path> files = Files.walk(audio)) {
            for (Path file : files.filter(Files::isRegularFile).filter(f -> f.toString().matches(".*\\.(wav|ogg|flac)")).sorted().limit(40).toList()) {
                Sound sound = Sound.load(file);
                try (SampleSource source = sound.open(48000)) {
                    assertEquals(sound.durationSeconds(), source.frames() / 48000.0, 1.1 / 48000, file.toString());
                    double sum = 0;
                    float[] x = read(source, (int) Math.min(source.frames(), 480000));
                    for (float v : x) {
                        sum += v * v;
                    }
                    double rms = Math.sqrt(sum / x.length);
                    assertTrue(rms > 1e-4 && rms < 1, file + ": RMS " + rms);
                }
                loaded++;
            }
        }
        assertTrue(loaded > 0, "files loaded");
    }
}
