package io.pinna.effect;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.InvalidValueException;
import io.pinna.ResourceException;
import io.pinna.effect.ImpulseResponse.Layout;
import io.pinna.internal.sound.WavWriter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImpulseResponseTest {
    @TempDir
    Path folder;

    private Path wav(String name, float[][] channels, int rate) {
        Path file = folder.resolve(name);
        try (WavWriter writer = new WavWriter(file, channels.length, rate)) {
            writer.write(channels, 0, channels[0].length);
        }
        return file;
    }

    private static float[][] noise(int channels, int length) {
        Random random = new Random(3);
        float[][] x = new float[channels][length];
        for (float[] y : x) {
            for (int i = 0; i < length; i++) {
                y[i] = (float) random.nextGaussian();
            }
        }
        return x;
    }

    @Test
    @Tag("unit")
    void readsWhatWasWritten() throws IOException {
        int[] channels = {1, 2, 4, 9, 16, 16};
        int[] orders = {0, 0, 1, 2, 3, 3};
        Layout[] layouts = {Layout.MONO, Layout.BINAURAL, Layout.AMBISONICS_FUMA, Layout.AMBISONICS_SN3D, Layout.AMBISONICS_N3D, Layout.AMBISONICS_SN3D};
        for (int i = 0; i < channels.length; i++) {
            float[][] x = noise(channels[i], 5000 + i);
            Path file = wav("r" + i + ".wav", x, 44100);
            for (ImpulseResponse response : new ImpulseResponse[] {ImpulseResponse.load(file, layouts[i]), ImpulseResponse.load("bytes", new ByteArrayInputStream(Files.readAllBytes(file)), layouts[i])}) {
                assertEquals(orders[i], response.order());
                assertEquals(channels[i], response.channels());
                assertEquals((5000 + i) / 44100.0, response.durationSeconds(), 1e-9);
                assertArrayEquals(x, response.samples(44100));
                assertNotSame(response.samples(44100)[0], response.samples(44100)[0]);
            }
        }
    }

    /** The same gain at every rate: what a response does to low frequencies is the sum of its samples. */
    @Test
    @Tag("analytic")
    void conversionKeepsTheGain() {
        float[] x = new float[2000];
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) Math.exp(-0.5 * Math.pow((i - 1000) / 60.0, 2));
        }
        ImpulseResponse response = ImpulseResponse.ofSamples("bell", new float[][] {x}, 44100, Layout.MONO);
        for (int rate : new int[] {8000, 48000, 96000, 192000}) {
            double sum = 0;
            for (float v : response.samples(rate)[0]) {
                sum += v;
            }
            assertEquals(60 * Math.sqrt(2 * Math.PI), sum, 0.01, rate + " Hz");
        }
    }

    @Test
    @Tag("fault")
    void whatIsWrongIsNamed() throws IOException {
        Path stereo = wav("stereo.wav", noise(2, 100), 48000);
        assertEquals("channels", assertThrows(ResourceException.class, () -> ImpulseResponse.load(stereo, Layout.MONO)).field());
        assertTrue(assertThrows(ResourceException.class, () -> ImpulseResponse.load(stereo, Layout.AMBISONICS_SN3D)).reason().contains("4, 9 or 16"));
        assertEquals("length", assertThrows(ResourceException.class, () -> ImpulseResponse.load(wav("long.wav", noise(1, 10001), 1000), Layout.MONO)).field());
        assertEquals(10, ImpulseResponse.load(wav("ten.wav", noise(1, 10000), 1000), Layout.MONO).durationSeconds());
        assertEquals("data", assertThrows(ResourceException.class, () -> ImpulseResponse.load(wav("silent.wav", new float[1][100], 48000), Layout.MONO)).field());
        float[][] bad = noise(2, 100);
        bad[1][30] = Float.NaN;
        ResourceException e = assertThrows(ResourceException.class, () -> ImpulseResponse.load(wav("bad.wav", bad, 48000), Layout.BINAURAL));
        assertTrue(e.reason().contains("frame 30, channel 1"), e.reason());
        Path text = Files.writeString(folder.resolve("text.wav"), "this is no sound file at all");
        assertEquals("file", assertThrows(ResourceException.class, () -> ImpulseResponse.load(text, Layout.MONO)).field());
        assertEquals("file", assertThrows(ResourceException.class, () -> ImpulseResponse.load(folder.resolve("none.wav"), Layout.MONO)).field());
        assertThrows(InvalidValueException.class, () -> ImpulseResponse.load(stereo, null));
        assertThrows(InvalidValueException.class, () -> ImpulseResponse.ofSamples("x", noise(3, 10), 48000, Layout.BINAURAL));
        assertThrows(InvalidValueException.class, () -> ImpulseResponse.ofSamples("x", new float[][] {new float[10], new float[9]}, 48000, Layout.BINAURAL));
        assertThrows(InvalidValueException.class, () -> ImpulseResponse.ofSamples("x", bad, 48000, Layout.BINAURAL));
    }

    @Test
    @Tag("unit")
    void settingsAreChecked() {
        ImpulseResponse response = ImpulseResponse.ofSamples("x", noise(1, 10), 48000, Layout.MONO);
        assertEquals(ReverbSettings.Kind.CONVOLUTION, ReverbSettings.convolution(response).withWetGainDb(-3).kind());
        assertEquals(-3, ReverbSettings.DEFAULT.withWetGainDb(-3).wetGainDb());
        assertThrows(InvalidValueException.class, () -> new ReverbSettings(ReverbSettings.Kind.CONVOLUTION, 0, null));
        assertThrows(InvalidValueException.class, () -> new ReverbSettings(ReverbSettings.Kind.GEOMETRY, 0, response));
        assertThrows(InvalidValueException.class, () -> ReverbSettings.DEFAULT.withWetGainDb(Double.NaN));
        assertThrows(InvalidValueException.class, () -> ReverbSettings.DEFAULT.withWetGainDb(25));
    }
}
