package io.pinna;

import static io.pinna.TestWorlds.RATE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.acoustics.AcousticsSettings;
import io.pinna.device.MemoryDevice;
import io.pinna.device.OutputDevices;
import io.pinna.effect.ImpulseResponse;
import io.pinna.effect.ImpulseResponse.Layout;
import io.pinna.effect.ReverbSettings;
import io.pinna.hrtf.HrtfProfile;
import io.pinna.unit.Pose;
import io.pinna.unit.Rotation;
import io.pinna.unit.Vector3;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A measured response in a whole world: what a listener hears of it, beside the direct sound. */
class ConvolutionRenderTest {
    private static final int FRAMES = 36000;

    private static SoundWorldSettings settings(int block) {
        return TestWorlds.bare().withAcoustics(AcousticsSettings.OFF.withLateReverb(true)).withBlockFrames(block);
    }

    /** A hall: noise that decays by 60 dB in 0.4 s. */
    private static float[] hall(long seed) {
        Random random = new Random(seed);
        float[] h = new float[(int) (0.4 * RATE)];
        for (int i = 0; i < h.length; i++) {
            h[i] = (float) (0.05 * random.nextGaussian() * Math.pow(10, -3.0 * i / h.length));
        }
        return h;
    }

    private static ImpulseResponse binaural() {
        return ImpulseResponse.ofSamples("hall", new float[][] {hall(1), hall(2)}, RATE, Layout.BINAURAL);
    }

    private static float[][] render(int block, ReverbSettings reverb, float[] sound) {
        MemoryDevice device = OutputDevices.memory(10);
        try (SoundWorld world = SoundWorld.open(settings(block))) {
            world.addListener(new ListenerSettings("player", HrtfProfile.generic(), device).withReverb(reverb));
            world.addEmitter(Sound.ofSamples("sound", sound, RATE), EmitterSettings.named("source").at(0, 0, -1)).play();
            world.commit();
            world.advance(FRAMES / block);
            return new float[][] {device.left(), device.right()};
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {64, 256, 441, 1024})
    @Tag("reference")
    void theResponseIsHeardBesideTheDirectSound(int block) {
        float[] sound = TestWorlds.noise(5, 6000);
        float[][] dry = render(block, ReverbSettings.OFF, sound);
        float[][] wet = render(block, ReverbSettings.convolution(binaural()).withWetGainDb(-6), sound);
        int latency;
        try (SoundWorld world = SoundWorld.open(settings(block))) {
            TestWorlds.listener(world, OutputDevices.memory(1));
            latency = world.report().latencyFrames();
        }
        double gain = Math.pow(10, -6 / 20.0);
        for (int ear = 0; ear < 2; ear++) {
            float[] h = hall(1 + ear);
            double error = 0;
            double power = 0;
            for (int n = 0; n < dry[ear].length; n++) {
                double y = 0;
                for (int k = Math.max(0, n - latency - h.length + 1); k <= n - latency && k < sound.length; k++) {
                    y += sound[k] * (double) h[n - latency - k];
                }
                double heard = wet[ear][n] - dry[ear][n];
                error += (heard - gain * y) * (heard - gain * y);
                power += gain * y * gain * y;
            }
            double db = 10 * Math.log10(error / power);
            assertTrue(db < -90, "ear " + ear + ": error " + db + " dB");
        }
    }

    /** Another response while the first still sounds: no step that the sound itself has not. */
    @Test
    @Tag("property")
    void anotherResponseIsFadedTo() {
        MemoryDevice device = OutputDevices.memory(10);
        float[] sine = TestWorlds.sine(300, 2 * RATE);
        try (SoundWorld world = SoundWorld.open(settings(256))) {
            Listener listener = world.addListener(new ListenerSettings("player", HrtfProfile.generic(), device).withReverb(ReverbSettings.convolution(binaural())));
            world.addEmitter(Sound.ofSamples("sine", sine, RATE), EmitterSettings.named("source").at(0, 0, -1)).play();
            world.commit();
            world.advance(90);
            listener.setReverb(ReverbSettings.OFF);
            world.commit();
            world.advance(20);
            listener.setReverb(ReverbSettings.convolution(ImpulseResponse.ofSamples("other", new float[][] {hall(7)}, RATE, Layout.MONO)));
            world.commit();
            world.advance(60);
            assertEquals("other", listener.reverb().response().name());
        }
        float[] left = device.left();
        double before = steepest(left, 60 * 256, 89 * 256);
        double after = steepest(left, 89 * 256, left.length);
        assertTrue(after < 1.5 * before, "steepest step " + after + " after, " + before + " before");
        float[] dry = render(256, ReverbSettings.OFF, sine)[0];
        assertEquals(1, TestWorlds.energy(left, 95 * 256, 109 * 256) / TestWorlds.energy(dry, 95 * 256, 109 * 256), 1e-3, "without reverberation");
        for (int from : new int[] {75, 120}) {
            double with = TestWorlds.energy(left, from * 256, (from + 12) * 256) / TestWorlds.energy(dry, from * 256, (from + 12) * 256);
            assertTrue(Math.abs(with - 1) > 0.02, "with reverberation from block " + from + ": " + with);
        }
    }

    private static double steepest(float[] x, int from, int to) {
        double most = 0;
        for (int i = from + 1; i < to; i++) {
            most = Math.max(most, Math.abs(x[i] - x[i - 1]));
        }
        return most;
    }

    @Test
    @Tag("fault")
    void aWorldWithoutLateReverberationRefusesAResponse() {
        try (SoundWorld world = SoundWorld.open(TestWorlds.bare())) {
            ReverbSettings reverb = ReverbSettings.convolution(binaural());
            assertThrows(UsageException.class, () -> world.addListener(new ListenerSettings("player", HrtfProfile.generic(), OutputDevices.memory(1)).withReverb(reverb)));
            Listener listener = TestWorlds.listener(world, OutputDevices.memory(1));
            UsageException e = assertThrows(UsageException.class, () -> listener.setReverb(reverb));
            assertTrue(e.getMessage().contains("hall") && e.getMessage().contains("withLateReverb"), e.getMessage());
        }
    }

    /** Of an ambisonic response that comes from one side, the sound stays there when the head turns. */
    @Test
    @Tag("analytic")
    void anAmbisonicResponseStaysInTheRoom() {
        // A plane wave from the left: W and Y.
        float[][] b = new float[4][600];
        b[0][500] = 1;
        b[1][500] = 1;
        ReverbSettings reverb = ReverbSettings.convolution(ImpulseResponse.ofSamples("side", b, RATE, Layout.AMBISONICS_SN3D));
        double[] difference = new double[2];
        for (int turned = 0; turned < 2; turned++) {
            MemoryDevice device = OutputDevices.memory(1);
            try (SoundWorld world = SoundWorld.open(settings(256))) {
                Listener listener = world.addListener(new ListenerSettings("player", HrtfProfile.generic(), device).withReverb(reverb).withBakedFilters(true));
                // Looking to the left: then what comes from there is in front.
                listener.setPose(new Pose(Vector3.ZERO, Rotation.ofYawPitchRoll(turned * Math.PI / 2, 0, 0)));
                world.addEmitter(Sound.ofSamples("click", TestWorlds.impulse(100), RATE), EmitterSettings.named("click").at(0, 0, -1)).play();
                world.commit();
                world.advance(8);
            }
            difference[turned] = 10 * Math.log10(TestWorlds.energy(device.left(), 450, 1500) / TestWorlds.energy(device.right(), 450, 1500));
        }
        assertTrue(difference[0] > 3, "from the left: " + difference[0] + " dB");
        assertEquals(0, difference[1], 1.5, "from the front");
    }

    /** A tail goes on when its level alone is changed: the sound that made it is over. */
    @Test
    @Tag("property")
    void anotherLevelLeavesTheTail() {
        float[][] heard = new float[2][];
        for (int changed = 0; changed < 2; changed++) {
            MemoryDevice device = OutputDevices.memory(10);
            try (SoundWorld world = SoundWorld.open(settings(256))) {
                ImpulseResponse response = binaural();
                Listener listener = world.addListener(new ListenerSettings("player", HrtfProfile.generic(), device).withReverb(ReverbSettings.convolution(response)));
                world.addEmitter(Sound.ofSamples("click", TestWorlds.impulse(100), RATE), EmitterSettings.named("click").at(0, 0, -1)).play();
                world.commit();
                world.advance(20);
                if (changed == 1) {
                    listener.setReverb(ReverbSettings.convolution(response).withWetGainDb(-20));
                }
                world.commit();
                world.advance(20);
            }
            heard[changed] = device.left();
        }
        assertTrue(TestWorlds.energy(heard[0], 22 * 256, 30 * 256) > 1e-6, "there is a tail");
        double difference = 0;
        for (int i = 0; i < heard[0].length; i++) {
            difference += Math.pow(heard[0][i] - heard[1][i], 2);
        }
        assertTrue(difference < 1e-8 * TestWorlds.energy(heard[0], 0, heard[0].length), "difference " + difference);
    }
}
