package io.pinna;

import static io.pinna.TestWorlds.RATE;
import static io.pinna.TestWorlds.around;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.acoustics.AcousticMaterial;
import io.pinna.acoustics.AcousticsQuality;
import io.pinna.acoustics.AcousticsSettings;
import io.pinna.acoustics.Bands;
import io.pinna.acoustics.Directivity;
import io.pinna.acoustics.DistanceModel;
import io.pinna.acoustics.TriangleMesh;
import io.pinna.device.MemoryDevice;
import io.pinna.device.OutputDevices;
import io.pinna.effect.LimiterSettings;
import io.pinna.hrtf.HrtfProfile;
import io.pinna.unit.Pose;
import io.pinna.unit.Rotation;
import io.pinna.unit.Vector3;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("integration")
class SoundWorldTest {
    private static final Sound NOISE = Sound.ofSamples("noise", TestWorlds.noise(1, RATE), RATE);

    @Test
    void aSoundOnTheLeftIsLouderAndEarlierInTheLeftEar() {
        MemoryDevice device = OutputDevices.memory(10);
        try (SoundWorld world = SoundWorld.open(TestWorlds.bare())) {
            TestWorlds.listener(world, device);
            Emitter emitter = world.addEmitter(Sound.ofSamples("click", TestWorlds.impulse(100), RATE), EmitterSettings.named("click").at(around(90, 0, 1)));
            emitter.play();
            world.commit();
            world.advance(8);
            float[] left = device.left();
            float[] right = device.right();
            double ild = 10 * Math.log10(TestWorlds.energy(left, 0, left.length) / TestWorlds.energy(right, 0, right.length));
            assertTrue(ild > 6 && ild < 30, "interaural level difference of a source on the left: " + ild + " dB");
            int delay = peak(right) - peak(left);
            assertTrue(delay > 0.0005 * RATE && delay < 0.0009 * RATE, "interaural delay of a source on the left: " + delay + " samples");
            assertEquals(EmitterState.FINISHED, emitter.state());
        }
    }

    private static int peak(float[] x) {
        int at = 0;
        for (int i = 0; i < x.length; i++) {
            if (Math.abs(x[i]) > Math.abs(x[at])) {
                at = i;
            }
        }
        return at;
    }

    @Test
    void turningTheListenerTurnsTheWorldTheOtherWay() {
        float[] sideways = renderFrom(around(-60, 20, 2), Rotation.IDENTITY);
        // Looking 60° to the left, what is in front of the unturned head is on the right by as much.
        float[] turned = renderFrom(Pose.at(0, 2 * Math.sin(Math.toRadians(20)), -2 * Math.cos(Math.toRadians(20))), Rotation.ofYawPitchRoll(Math.toRadians(60), 0, 0));
        double difference = 0;
        for (int i = 0; i < sideways.length; i++) {
            difference = Math.max(difference, Math.abs(sideways[i] - turned[i]));
        }
        assertTrue(difference < 1e-4, "largest difference " + difference);
        assertTrue(TestWorlds.largest(sideways, 0, sideways.length) > 0.05);
    }

    private static float[] renderFrom(Pose emitterPose, Rotation head) {
        MemoryDevice device = OutputDevices.memory(10);
        try (SoundWorld world = SoundWorld.open(TestWorlds.bare())) {
            Listener listener = TestWorlds.listener(world, device);
            listener.setPose(new Pose(Vector3.ZERO, head));
            world.addEmitter(NOISE, EmitterSettings.named("noise").at(emitterPose)).play();
            world.commit();
            world.advance(20);
        }
        return device.left();
    }

    @Test
    void theSameCallsGiveTheSameBits() {
        float[][] first = busyScene(256);
        float[][] second = busyScene(256);
        assertArrayEquals(first[0], second[0]);
        assertArrayEquals(first[1], second[1]);
        assertTrue(TestWorlds.rmsDb(first[0], 0, first[0].length) > -60);
    }

    private static float[][] busyScene(int block) {
        MemoryDevice device = OutputDevices.memory(10);
        try (SoundWorld world = SoundWorld.open(SoundWorldSettings.OFFLINE.withBlockFrames(block))) {
            Listener listener = TestWorlds.listener(world, device);
            List<Emitter> emitters = new ArrayList<>();
            Random random = new Random(5);
            for (int i = 0; i < 12; i++) {
                Emitter e = world.addEmitter(NOISE, EmitterSettings.named("e" + i).at(random.nextGaussian() * 4, 0, random.nextGaussian() * 4).withLooping(true).withPitch(0.7 + 0.05 * i));
                e.setVelocity(new Vector3(random.nextGaussian(), 0, random.nextGaussian()));
                e.play();
                emitters.add(e);
            }
            world.addGeometry(TriangleMesh.box("wall", 3, 2, 0.1, door())).setPose(Pose.at(0, 0, -2));
            for (int i = 0; i < 60; i++) {
                listener.setPose(new Pose(new Vector3(0.01 * i, 0, 0), Rotation.ofYawPitchRoll(0.05 * i, 0, 0)));
                emitters.get(0).setPosition(Math.cos(0.1 * i), 0.3, Math.sin(0.1 * i));
                world.commit();
                world.advance(1);
            }
        }
        return new float[][] {device.left(), device.right()};
    }

    private static AcousticMaterial door() {
        return new AcousticMaterial("door", Bands.of(0.1, 0.07, 0.06), Bands.of(0.07, 0.02, 0.01), 0.1);
    }

    @Test
    @Tag("property")
    void aStillSceneDoesNotDependOnTheBlockLength() {
        float[] reference = still(256);
        for (int block : new int[] {64, 100, 128, 441, 480, 512, 777, 1024}) {
            float[] other = still(block);
            double error = 0;
            double power = 0;
            for (int i = 0; i < 16384; i++) {
                error += Math.pow(other[i] - reference[i], 2);
                power += Math.pow(reference[i], 2);
            }
            double db = 10 * Math.log10(error / power);
            assertTrue(db < -60, "blocks of " + block + " against blocks of 256: " + db + " dB");
        }
    }

    private static float[] still(int block) {
        MemoryDevice device = OutputDevices.memory(10);
        try (SoundWorld world = SoundWorld.open(TestWorlds.bare().withBlockFrames(block))) {
            TestWorlds.listener(world, device);
            world.addEmitter(NOISE, EmitterSettings.named("a").at(around(30, 0, 1))).play();
            world.addEmitter(NOISE, EmitterSettings.named("b").at(around(-100, 40, 1))).playIn(0.0123);
            world.commit();
            world.advance(20480 / block + 1);
        }
        return device.left();
    }

    @Test
    void startsToTheSample() {
        float[] now = startedIn(0);
        float[] later = startedIn(1000.0 / RATE);
        for (int i = 0; i < 600; i++) {
            assertEquals(now[i], later[i + 1000], 2e-6, "sample " + i);
        }
        assertTrue(TestWorlds.largest(now, 0, 600) > 0.1);
    }

    private static float[] startedIn(double seconds) {
        MemoryDevice device = OutputDevices.memory(10);
        try (SoundWorld world = SoundWorld.open(TestWorlds.bare())) {
            TestWorlds.listener(world, device);
            world.addEmitter(Sound.ofSamples("click", TestWorlds.impulse(10), RATE), EmitterSettings.named("click").at(around(0, 0, 1))).playIn(seconds);
            world.commit();
            world.advance(10);
        }
        return device.left();
    }

    @Test
    @Tag("property")
    void aFastSweepAroundTheHeadMakesNoStep() {
        double hertz = 500;
        Sound sine = Sound.ofSamples("sine", TestWorlds.sine(hertz, 2 * RATE), RATE);
        MemoryDevice device = OutputDevices.memory(10);
        try (SoundWorld world = SoundWorld.open(TestWorlds.bare())) {
            TestWorlds.listener(world, device);
            Emitter emitter = world.addEmitter(sine, EmitterSettings.named("sine").at(around(0, 0, 1)));
            emitter.play();
            int blocks = RATE / 256;
            for (int i = 0; i < blocks; i++) {
                emitter.setPose(around(720.0 * i * 256 / RATE, 10, 1));
                world.commit();
                world.advance(1);
            }
        }
        for (float[] ear : List.of(device.left(), device.right())) {
            double most = TestWorlds.largest(ear, 1000, ear.length);
            // Of a sine of amplitude A the steepest step is 2π·f/fs·A; turning adds Doppler-like shifts of less than a tenth.
            double allowed = 1.1 * 2 * Math.PI * hertz / RATE * most;
            double steepest = TestWorlds.steepest(ear, 1000, ear.length);
            assertTrue(steepest <= allowed, "step of " + steepest + ", the sound itself has " + allowed);
            assertTrue(steepest > 0.3 * allowed);
        }
    }

    @Test
    @Tag("property")
    void jumpsOfGainPitchAndPlaceMakeNoClick() {
        double hertz = 200;
        Sound sine = Sound.ofSamples("sine", TestWorlds.sine(hertz, 4 * RATE), RATE);
        MemoryDevice device = OutputDevices.memory(10);
        Random random = new Random(11);
        try (SoundWorld world = SoundWorld.open(TestWorlds.bare())) {
            TestWorlds.listener(world, device);
            Emitter emitter = world.addEmitter(sine, EmitterSettings.named("sine").at(around(0, 0, 1)));
            emitter.play();
            for (int i = 0; i < 120; i++) {
                if (i % 6 == 5) {
                    emitter.setPose(around(360 * random.nextDouble(), 40 * random.nextGaussian() % 90, 1));
                    emitter.setGainLinear(random.nextDouble());
                    emitter.setPitch(0.8 + 0.4 * random.nextDouble());
                }
                world.commit();
                world.advance(1);
            }
        }
        for (float[] ear : List.of(device.left(), device.right())) {
            // A step from one random place to another inside 256 samples, on top of the sine at its highest pitch.
            double most = TestWorlds.largest(ear, 0, ear.length);
            double allowed = most * (1.2 * 2 * Math.PI * hertz / RATE + 2.0 / 256);
            double steepest = TestWorlds.steepest(ear, 300, ear.length);
            assertTrue(steepest <= allowed, "step of " + steepest + " where " + allowed + " is allowed");
        }
    }

    @Test
    void aNewEmitterBehindAWallIsOccludedFromItsFirstSample() {
        MemoryDevice device = OutputDevices.memory(10);
        MemoryDevice open = OutputDevices.memory(10);
        AcousticsSettings acoustics = new AcousticsSettings(true, true, false, false, false, false, false, false, 20, 50, AcousticsQuality.MEDIUM.withOcclusionSamples(16));
        SoundWorldSettings settings = TestWorlds.bare().withAcoustics(acoustics);
        for (MemoryDevice d : List.of(device, open)) {
            try (SoundWorld world = SoundWorld.open(settings)) {
                TestWorlds.listener(world, d);
                if (d == device) {
                    world.addGeometry(TriangleMesh.box("wall", 5, 5, 0.1, door())).setPose(Pose.at(0, 0, -2));
                }
                world.commit();
                world.advance(4);
                world.addEmitter(NOISE, EmitterSettings.named("noise").at(0, 0, -4).withDistance(DistanceModel.none())).play();
                world.commit();
                world.advance(40);
                if (d == device) {
                    WorldReport.PathReport path = world.report().emitters().get(0).paths().get(0);
                    assertEquals(1, path.occlusion(), 1e-6);
                    assertEquals(0.02, path.transmission().get(1), 1e-6);
                    assertEquals(10 * Math.log10(0.02), path.gainDb().get(1), 0.05);
                    assertTrue(path.why().contains("wall (door)"), path.why());
                }
            }
        }
        float[] behind = device.left();
        float[] free = open.left();
        int first = 4 * 256;
        // The very first block is as much lower as all that follow.
        double early = TestWorlds.rmsDb(behind, first, first + 512) - TestWorlds.rmsDb(free, first, first + 512);
        double late = TestWorlds.rmsDb(behind, first + 4096, behind.length) - TestWorlds.rmsDb(free, first + 4096, free.length);
        assertEquals(late, early, 2.0);
        assertTrue(late < -12 && late > -21, "behind a door " + late + " dB");
        double[] expected = {10 * Math.log10(0.07), 10 * Math.log10(0.02), 10 * Math.log10(0.01)};
        double[] from = {200, 2000, 13000};
        double[] to = {450, 5000, 18000};
        for (int b = 0; b < 3; b++) {
            assertEquals(expected[b], bandDb(behind, first + 4096, from[b], to[b]) - bandDb(free, first + 4096, from[b], to[b]), 0.3, "band " + b);
        }
    }

    private static double bandDb(float[] x, int from, double low, double high) {
        double sum = 0;
        int n = 4096;
        for (int k = (int) (low * n / RATE); k <= high * n / RATE; k++) {
            sum += Math.pow(10, TestWorlds.levelDb(x, from, from + n, (double) k * RATE / n, RATE) / 10);
        }
        return 10 * Math.log10(sum);
    }

    @Test
    void distanceAndDirectivityFollowTheirFormulas() {
        double near = levelAt(EmitterSettings.named("n").at(0, 0, -1));
        assertEquals(-12.04, levelAt(EmitterSettings.named("n").at(0, 0, -4)) - near, 0.05);
        assertEquals(-6.02, levelAt(EmitterSettings.named("n").at(0, 0, -1).withGainLinear(0.5)) - near, 0.05);
        // The axis points to −z, away from the listener at the origin: a cardioid's back is silent, its side at half amplitude.
        Directivity cardioid = new Directivity(0.5, 1);
        assertTrue(levelAt(EmitterSettings.named("n").at(0, 0, -1).withDirectivity(cardioid)) - near < -60);
        Pose sideways = new Pose(new Vector3(0, 0, -1), Rotation.ofYawPitchRoll(Math.PI / 2, 0, 0));
        assertEquals(-6.02, levelAt(EmitterSettings.named("n").at(sideways).withDirectivity(cardioid)) - near, 0.05);
    }

    private static double levelAt(EmitterSettings settings) {
        MemoryDevice device = OutputDevices.memory(10);
        try (SoundWorld world = SoundWorld.open(TestWorlds.bare())) {
            TestWorlds.listener(world, device);
            world.addEmitter(NOISE, settings).play();
            world.commit();
            world.advance(40);
        }
        float[] x = device.left();
        return TestWorlds.rmsDb(x, 1000, x.length);
    }

    @Test
    void moreEmittersThanVoicesKeepTheImportantOnes() {
        MemoryDevice device = OutputDevices.memory(10);
        try (SoundWorld world = SoundWorld.open(TestWorlds.bare().withCapacity(1, 100, 4))) {
            TestWorlds.listener(world, device);
            List<Emitter> emitters = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                Emitter e = world.addEmitter(NOISE, EmitterSettings.named("e" + i).at(around(18 * i, 0, 1 + i)).withLooping(true).withPriority(i == 19 ? 5 : 0));
                e.play();
                emitters.add(e);
            }
            world.commit();
            world.advance(5);
            WorldReport report = world.report();
            assertEquals(4, report.realVoices());
            assertEquals(16, report.virtualVoices());
            for (int i : new int[] {0, 1, 2, 19}) {
                assertEquals(EmitterState.PLAYING, emitters.get(i).state(), "emitter " + i);
            }
            assertEquals(EmitterState.VIRTUAL, emitters.get(3).state());
            assertTrue(report.emitters().get(3).paths().get(0).why().contains("voices are taken"), report.emitters().get(3).paths().get(0).why());
            // The nearest goes: the next in line takes over.
            emitters.get(0).close();
            world.commit();
            world.advance(3);
            assertEquals(EmitterState.PLAYING, emitters.get(3).state());
            assertEquals(19, world.report().emitters().size());
            assertThrows(UsageException.class, () -> emitters.get(0).setGainLinear(1));
        }
    }

    @Test
    void playStopPauseSeekAndLoop() {
        MemoryDevice device = OutputDevices.memory(10);
        float[] ramp = new float[4800];
        for (int i = 0; i < ramp.length; i++) {
            ramp[i] = (float) Math.sin(2 * Math.PI * 10 * i / 4800.0) * 0.5f;
        }
        try (SoundWorld world = SoundWorld.open(TestWorlds.bare())) {
            TestWorlds.listener(world, device);
            Emitter e = world.addEmitter(Sound.ofSamples("s", ramp, RATE), EmitterSettings.named("e").at(around(0, 0, 1)).withLooping(true));
            assertEquals(EmitterState.STOPPED, e.state());
            e.play();
            assertEquals(EmitterState.WAITING, e.state());
            world.commit();
            world.advance(40);
            assertEquals(EmitterState.PLAYING, e.state());
            e.pause();
            world.commit();
            world.advance(10);
            assertEquals(EmitterState.PAUSED, e.state());
            int silentFrom = (int) device.frames();
            world.advance(10);
            assertEquals(0, TestWorlds.largest(device.left(), silentFrom, (int) device.frames()));
            e.resume();
            world.commit();
            world.advance(10);
            assertEquals(EmitterState.PLAYING, e.state());
            e.seek(0.02);
            world.commit();
            world.advance(3);
            assertEquals(EmitterState.PLAYING, e.state());
            e.setLooping(false);
            world.commit();
            world.advance(40);
            assertEquals(EmitterState.FINISHED, e.state());
            e.play();
            e.stop();
            world.commit();
            world.advance(4);
            assertEquals(EmitterState.STOPPED, e.state());
            float[] x = device.left();
            assertTrue(TestWorlds.steepest(x, 0, x.length) < 0.05, "no click anywhere");
        }
    }

    @Test
    void dopplerRaisesThePitchOfWhatApproaches() {
        double hertz = 1000;
        MemoryDevice device = OutputDevices.memory(10);
        AcousticsSettings doppler = new AcousticsSettings(false, false, false, false, false, false, true, false, 20, 50, AcousticsQuality.MEDIUM.withOcclusionSamples(1));
        try (SoundWorld world = SoundWorld.open(TestWorlds.bare().withAcoustics(doppler))) {
            TestWorlds.listener(world, device);
            Emitter e = world.addEmitter(Sound.generator(SignalGenerator.sine(hertz)), EmitterSettings.named("e").at(0, 0, -10).withDistance(DistanceModel.none()));
            e.setVelocity(new Vector3(0, 0, 34.3));
            e.play();
            world.commit();
            world.advance(RATE / 256);
        }
        float[] x = device.left();
        double expected = hertz / (1 - 0.1);
        double atExpected = TestWorlds.levelDb(x, 4000, 4000 + RATE / 2, expected, RATE);
        assertTrue(atExpected > TestWorlds.levelDb(x, 4000, 4000 + RATE / 2, expected + 4, RATE) + 10);
        assertTrue(atExpected > TestWorlds.levelDb(x, 4000, 4000 + RATE / 2, expected - 4, RATE) + 10);
        assertTrue(atExpected > TestWorlds.levelDb(x, 4000, 4000 + RATE / 2, hertz, RATE) + 20);
    }

    @Test
    void propagationDelayComesWithDistance() {
        AcousticsSettings delay = new AcousticsSettings(false, false, false, false, false, false, false, true, 20, 50, AcousticsQuality.MEDIUM.withOcclusionSamples(1));
        int[] peaks = new int[2];
        double[] distances = {1, 35.3};
        for (int i = 0; i < 2; i++) {
            MemoryDevice device = OutputDevices.memory(10);
            try (SoundWorld world = SoundWorld.open(TestWorlds.bare().withAcoustics(delay))) {
                TestWorlds.listener(world, device);
                world.addEmitter(Sound.ofSamples("click", TestWorlds.impulse(10), RATE),
                        EmitterSettings.named("click").at(0, 0, -distances[i]).withDistance(DistanceModel.none())).play();
                world.commit();
                world.advance(40);
            }
            peaks[i] = peak(device.left());
        }
        assertEquals((distances[1] - distances[0]) / 343 * RATE, peaks[1] - peaks[0], 1.0);
    }

    @Test
    void aSecondProfileFadesInWithoutAClick() {
        MemoryDevice device = OutputDevices.memory(10);
        try (SoundWorld world = SoundWorld.open(TestWorlds.bare())) {
            Listener listener = TestWorlds.listener(world, device);
            world.addEmitter(Sound.generator(SignalGenerator.sine(300)), EmitterSettings.named("e").at(around(45, 0, 1))).play();
            world.commit();
            world.advance(30);
            listener.setProfile(HrtfProfile.subject("cipic_003"));
            world.commit();
            world.advance(30);
            assertEquals(HrtfProfile.subject("cipic_003"), listener.profile());
            assertTrue(world.report().listeners().get(0).profile().contains("cipic_003"));
            assertThrows(InferenceException.class, () -> listener.setProfile(HrtfProfile.subject("nobody")));
            world.commit();
            world.advance(10);
        }
        float[] x = device.left();
        double most = TestWorlds.largest(x, 0, x.length);
        assertTrue(TestWorlds.steepest(x, 300, x.length) < most * (1.05 * 2 * Math.PI * 300 / RATE + 0.5 / 256));
        assertTrue(TestWorlds.rmsDb(x, 60 * 256, 70 * 256) > -30);
    }

    @Test
    void severalListenersHearTheirOwnSide() {
        MemoryDevice one = OutputDevices.memory(10);
        MemoryDevice two = OutputDevices.memory(10);
        try (SoundWorld world = SoundWorld.open(TestWorlds.bare())) {
            world.addListener(new ListenerSettings("one", HrtfProfile.generic(), one)).setPose(Pose.at(-2, 0, 0));
            Listener second = world.addListener(new ListenerSettings("two", HrtfProfile.subject("cipic_003"), two));
            second.setPose(Pose.at(2, 0, 0));
            world.addEmitter(NOISE, EmitterSettings.named("middle").withLooping(true)).play();
            world.commit();
            world.advance(40);
            second.close();
            world.commit();
            world.advance(10);
            assertEquals(1, world.report().listeners().size());
        }
        float[] l1 = one.left();
        float[] r1 = one.right();
        assertTrue(TestWorlds.rmsDb(r1, 2000, 10000) > TestWorlds.rmsDb(l1, 2000, 10000) + 5);
        assertTrue(TestWorlds.rmsDb(two.left(), 2000, 10000) > TestWorlds.rmsDb(two.right(), 2000, 10000) + 5);
        assertEquals(50 * 256, one.frames());
        assertTrue(two.frames() < 50 * 256, "the listener that left is offered no more blocks");
    }

    @Test
    void theLimiterHoldsItsCeilingAndPassesWhatIsBelow() {
        MemoryDevice loud = OutputDevices.memory(10);
        MemoryDevice soft = OutputDevices.memory(10);
        MemoryDevice softUnlimited = OutputDevices.memory(10);
        render(loud, LimiterSettings.DEFAULT, 40);
        render(soft, LimiterSettings.DEFAULT, 0.5);
        render(softUnlimited, LimiterSettings.OFF, 0.5);
        float[] x = loud.left();
        double ceiling = Math.pow(10, -0.3 / 20);
        assertTrue(TestWorlds.largest(x, 0, x.length) <= ceiling + 1e-6);
        assertTrue(TestWorlds.largest(x, 0, x.length) > 0.8 * ceiling);
        int late = (int) Math.round(0.0015 * RATE) - 1;
        float[] limited = soft.left();
        float[] free = softUnlimited.left();
        for (int i = 0; i < 5000; i++) {
            assertEquals(free[i], limited[i + late], 0, "sample " + i);
        }
    }

    private static void render(MemoryDevice device, LimiterSettings limiter, double gain) {
        try (SoundWorld world = SoundWorld.open(TestWorlds.bare().withLimiter(limiter))) {
            TestWorlds.listener(world, device);
            world.addEmitter(NOISE, EmitterSettings.named("n").at(around(20, 0, 1)).withGainLinear(gain)).play();
            world.commit();
            world.advance(60);
        }
    }

    @Test
    @Tag("fault")
    void refusesWhatItCannotUseAndGoesOn() throws InterruptedException {
        MemoryDevice device = OutputDevices.memory(10);
        SoundWorld world = SoundWorld.open(TestWorlds.bare().withCapacity(1, 2, 2));
        try (world) {
            Listener listener = TestWorlds.listener(world, device);
            Emitter e = world.addEmitter(NOISE, EmitterSettings.named("e").at(0, 0, -1).withLooping(true));
            e.play();
            world.commit();
            world.advance(2);
            assertThrows(InvalidValueException.class, () -> e.setPosition(Double.NaN, 0, 0));
            assertThrows(InvalidValueException.class, () -> e.setPosition(0, Double.POSITIVE_INFINITY, 0));
            assertThrows(InvalidValueException.class, () -> e.setPosition(0, 1e12, 0));
            assertThrows(InvalidValueException.class, () -> e.setGainLinear(Double.NaN));
            assertThrows(InvalidValueException.class, () -> e.setGainLinear(-1));
            assertThrows(InvalidValueException.class, () -> e.setPitch(0));
            assertThrows(InvalidValueException.class, () -> e.setRadiusMeters(Double.NEGATIVE_INFINITY));
            assertThrows(InvalidValueException.class, () -> e.setDirectivity(null));
            assertThrows(InvalidValueException.class, () -> new Rotation(0, 0, 0, 0));
            assertThrows(InvalidValueException.class, () -> listener.setPose(null));
            world.addEmitter(NOISE, EmitterSettings.named("second"));
            UsageException full = assertThrows(UsageException.class, () -> world.addEmitter(NOISE, EmitterSettings.named("third")));
            assertEquals(UsageException.Rule.CAPACITY, full.rule());
            UsageException crowded = assertThrows(UsageException.class, () -> TestWorlds.listener(world, OutputDevices.memory(1)));
            assertEquals(UsageException.Rule.CAPACITY, crowded.rule());
            assertThrows(ResourceException.class, () -> listener.setProfile(HrtfProfile.sofa(java.nio.file.Path.of("no-such.sofa"))));
            UsageException[] caught = new UsageException[1];
            Thread thread = new Thread(() -> {
                try {
                    world.commit();
                } catch (UsageException wrong) {
                    caught[0] = wrong;
                }
            });
            thread.start();
            thread.join();
            assertEquals(UsageException.Rule.WRONG_THREAD, caught[0].rule());
            int before = (int) device.frames();
            world.commit();
            world.advance(10);
            assertTrue(TestWorlds.rmsDb(device.left(), before, before + 2560) > -40, "what played goes on playing");
        }
        world.close();
        UsageException closed = assertThrows(UsageException.class, world::commit);
        assertEquals(UsageException.Rule.CLOSED, closed.rule());
    }

    @Test
    @Tag("fault")
    void anEmitterInsideTheHeadAndAWorldWithoutListenersAreFine() {
        MemoryDevice device = OutputDevices.memory(10);
        try (SoundWorld world = SoundWorld.open(SoundWorldSettings.OFFLINE)) {
            Emitter e = world.addEmitter(NOISE, EmitterSettings.named("e").withLooping(true));
            e.play();
            world.commit();
            world.advance(5);
            TestWorlds.listener(world, device);
            world.commit();
            world.advance(20);
            assertEquals(EmitterState.PLAYING, e.state());
            assertEquals(0, world.report().nonFiniteBlocks());
        }
        float[] x = device.left();
        for (float v : x) {
            assertTrue(Float.isFinite(v));
        }
        assertTrue(TestWorlds.rmsDb(x, 1000, x.length) > -40);
        assertFalse(x.length == 0);
    }
}
