package io.pinna;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.acoustics.AcousticMaterial;
import io.pinna.acoustics.AcousticMaterials;
import io.pinna.acoustics.AcousticsQuality;
import io.pinna.acoustics.AcousticsSettings;
import io.pinna.acoustics.Directivity;
import io.pinna.acoustics.DistanceModel;
import io.pinna.acoustics.TriangleMesh;
import io.pinna.device.MemoryDevice;
import io.pinna.device.OutputDevices;
import io.pinna.effect.ImpulseResponse;
import io.pinna.effect.ReverbSettings;
import io.pinna.hrtf.HrtfProfile;
import io.pinna.unit.Pose;
import io.pinna.unit.Vector3;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever comes and goes, and whatever the settings: nothing throws, everything that is heard is finite, and something is heard. */
@Tag("property")
class AcousticsSoakTest {
    private static final AcousticsSettings ALL = AcousticsSettings.DEFAULT;

    /** A world in which something happens before every block. */
    private static final class Scene implements AutoCloseable {
        final Random random;
        final SoundWorldSettings settings;
        final SoundWorld world;
        final HrtfProfile[] ears = {AcousticRoom.flat(), AcousticRoom.flat()};
        final ReverbSettings[] reverbs;
        final List<Listener> listeners = new ArrayList<>();
        final List<MemoryDevice> devices = new ArrayList<>();
        final List<Emitter> emitters = new ArrayList<>();
        final List<Geometry> geometry = new ArrayList<>();
        final List<MemoryDevice> all = new ArrayList<>();
        int names;

        Scene(long seed, SoundWorldSettings settings) {
            random = new Random(seed);
            this.settings = settings;
            world = SoundWorld.open(settings);
            int rate = settings.sampleRateHz();
            float[][] two = {TestWorlds.noise(1, rate / 10), TestWorlds.noise(2, rate / 10)};
            float[][] four = {TestWorlds.noise(3, rate / 20), TestWorlds.noise(4, rate / 20), TestWorlds.noise(5, rate / 20), TestWorlds.noise(6, rate / 20)};
            reverbs = new ReverbSettings[] {ReverbSettings.DEFAULT, ReverbSettings.DEFAULT.withWetGainDb(6), ReverbSettings.OFF,
                    ReverbSettings.convolution(ImpulseResponse.ofSamples("ears", two, rate, ImpulseResponse.Layout.BINAURAL)),
                    ReverbSettings.convolution(ImpulseResponse.ofSamples("sphere", four, rate, ImpulseResponse.Layout.AMBISONICS_SN3D))};
            AcousticRoom.shoebox(new double[] {0, 0, 0}, new double[] {9, 3.2, 6}, AcousticMaterials.named("brick"), AcousticMaterials.named("plaster"), AcousticMaterials.named("wood"), AcousticMaterials.named("concrete"),
                    AcousticMaterials.named("glass"), AcousticMaterials.named("brick")).forEach(world::addGeometry);
            addListener();
            addEmitter();
        }

        private Pose somewhere() {
            return switch (random.nextInt(12)) {
                case 0 -> Pose.at(0, 0, 0);
                case 1 -> Pose.at(9e5, -9e5, 9e5);
                case 2 -> listeners.isEmpty() ? Pose.at(1, 1, 1) : listeners.get(0).pose();
                case 3 -> Pose.at(-20, 1, 3);
                default -> Pose.at(9 * random.nextDouble(), 3.2 * random.nextDouble(), 6 * random.nextDouble());
            };
        }

        private void addListener() {
            MemoryDevice device = OutputDevices.memory(20);
            ListenerSettings s = new ListenerSettings("l" + names++, ears[random.nextInt(2)], device);
            Listener l = world.addListener(s.withReverb(reverbs[random.nextInt(reverbs.length)]).withBakedFilters(random.nextBoolean()));
            l.setPose(somewhere());
            listeners.add(l);
            devices.add(device);
            all.add(device);
        }

        private void addEmitter() {
            EmitterSettings s = EmitterSettings.named("e" + names++).at(somewhere()).withLooping(random.nextBoolean()).withRadiusMeters(random.nextInt(3) == 0 ? 3 * random.nextDouble() : 0)
                    .withDistance(DistanceModel.inverse(1, 1000)).withGainLinear(random.nextInt(8) == 0 ? 1000 : 1).withDirectivity(random.nextBoolean() ? Directivity.talker() : Directivity.OMNIDIRECTIONAL);
            Emitter e = world.addEmitter(Sound.ofSamples("s", TestWorlds.noise(names, settings.sampleRateHz() / (1 + random.nextInt(20))), settings.sampleRateHz()), s);
            e.play();
            emitters.add(e);
        }

        private <T> T any(List<T> of) {
            return of.get(random.nextInt(of.size()));
        }

        void happen() {
            switch (random.nextInt(16)) {
                case 0 -> {
                    if (listeners.size() > 1 || settings.maxListeners() == 1) {
                        int l = random.nextInt(listeners.size());
                        listeners.remove(l).close();
                        devices.remove(l);
                    }
                    if (random.nextBoolean() || listeners.isEmpty()) {
                        addListener();
                    }
                }
                case 1 -> {
                    if (listeners.size() < settings.maxListeners()) {
                        addListener();
                    }
                }
                case 2 -> any(listeners).setPose(somewhere());
                case 3 -> any(listeners).setProfile(ears[random.nextInt(2)]);
                case 4 -> any(listeners).setReverb(reverbs[random.nextInt(reverbs.length)]);
                case 5, 6 -> {
                    if (emitters.size() == settings.maxEmitters()) {
                        emitters.remove(random.nextInt(emitters.size())).close();
                    }
                    addEmitter();
                }
                case 7 -> {
                    if (emitters.size() > 1) {
                        emitters.remove(random.nextInt(emitters.size())).close();
                    }
                }
                case 8 -> any(emitters).setPose(somewhere());
                case 9 -> any(emitters).setVelocity(new Vector3(400 * random.nextGaussian(), 0, 30 * random.nextGaussian()));
                case 10 -> {
                    if (geometry.size() < 6) {
                        Geometry g = world.addGeometry(TriangleMesh.box("box" + names++, 0.1 + random.nextDouble(), 0.1 + 2 * random.nextDouble(), 0.05 + random.nextDouble(), AcousticMaterials.named("wood")));
                        g.setPose(somewhere());
                        geometry.add(g);
                    } else {
                        geometry.remove(random.nextInt(geometry.size())).close();
                    }
                }
                case 11 -> {
                    if (!geometry.isEmpty()) {
                        any(geometry).setPose(somewhere());
                    }
                }
                case 12 -> any(emitters).seek(random.nextDouble());
                case 13 -> any(emitters).play();
                case 14 -> any(emitters).pause();
                default -> any(emitters).resume();
            }
        }

        void run(double seconds) {
            int blocks = (int) (seconds * settings.sampleRateHz() / settings.blockFrames());
            for (int i = 0; i < blocks; i++) {
                if (random.nextInt(3) == 0) {
                    happen();
                }
                Vector3 at = any(emitters).pose().position();
                any(listeners).setPose(Pose.at(at.x() + random.nextGaussian(), at.y(), at.z() + random.nextGaussian()));
                world.commit();
                world.advance(1);
            }
        }

        void check() {
            WorldReport report = world.report();
            assertEquals(List.of(), report.notes());
            assertEquals(0, report.nonFiniteBlocks());
            double heard = 0;
            for (MemoryDevice device : all) {
                for (float[] ear : List.of(device.left(), device.right())) {
                    for (float x : ear) {
                        assertTrue(Float.isFinite(x), () -> "not finite: " + x);
                        heard = Math.max(heard, Math.abs(x));
                    }
                }
            }
            assertTrue(heard > 1e-3, "nothing was heard");
        }

        @Override
        public void close() {
            world.close();
        }
    }

    @ParameterizedTest
    @CsvSource({"256, 48000, 3, 16, 6, 0.2", "64, 48000, 1, 1, 1, 0.1", "777, 44100, 2, 8, 2, 0.7", "1024, 8000, 3, 12, 6, 2", "64, 192000, 1, 4, 2, 0.01", "1024, 192000, 1, 5, 2, 0.15"})
    void whateverHappens(int blockFrames, int rate, int listeners, int emitters, int voices, double seconds) {
        SoundWorldSettings settings = SoundWorldSettings.OFFLINE.withBlockFrames(blockFrames).withSampleRateHz(rate).withCapacity(listeners, emitters, voices)
                .withAcoustics(ALL.withPropagationDelay(blockFrames == 777).withDoppler(blockFrames != 1024));
        try (Scene scene = new Scene(blockFrames + rate, settings)) {
            scene.run(seconds);
            scene.check();
        }
    }

    /** Sums of samples that a float can hold need not be such. What reverberates must not circulate what is not finite, and nothing of it may go past the renderer to the ears. */
    @ParameterizedTest
    @CsvSource({"GEOMETRY, 5e37", "GEOMETRY, 1e38", "CONVOLUTION, 2e37", "CONVOLUTION, 1e38"})
    void staysFiniteAndComesBack(ReverbSettings.Kind kind, float peak) {
        SoundWorldSettings settings = SoundWorldSettings.OFFLINE.withCapacity(1, 4, 4).withAcoustics(ALL);
        try (AcousticRoom room = new AcousticRoom(settings, AcousticRoom.flat(), Pose.at(2, 1, 2))) {
            float[][] ears = {TestWorlds.noise(1, 4800), TestWorlds.noise(2, 4800)};
            ReverbSettings reverb = kind == ReverbSettings.Kind.GEOMETRY ? ReverbSettings.DEFAULT : ReverbSettings.convolution(ImpulseResponse.ofSamples("ears", ears, TestWorlds.RATE, ImpulseResponse.Layout.BINAURAL));
            room.listener.setReverb(reverb.withWetGainDb(12));
            AcousticMaterial[] walls = new AcousticMaterial[6];
            Arrays.fill(walls, AcousticRoom.absorbing("wall", 0.1, 0.1, 0.1, 0.3));
            AcousticRoom.shoebox(new double[] {0, 0, 0}, new double[] {8, 3, 5}, walls).forEach(room.world::addGeometry);
            float[] sound = TestWorlds.noise(1, 48000);
            Arrays.fill(sound, 1000, 1400, peak);
            room.emitter(sound, EmitterSettings.named("e").at(3, 1, 2).withDistance(DistanceModel.inverse(1, 1000))).play();
            room.renderFrames(48000);
            for (float[] ear : List.of(room.left(), room.right())) {
                for (int i = 0; i < ear.length; i++) {
                    int at = i;
                    assertTrue(Float.isFinite(ear[i]), () -> "sample " + at + " is not finite");
                }
                assertTrue(TestWorlds.rmsDb(ear, 40000, 45000) > -30, "the sound goes on");
            }
            long blocks = room.world.report().nonFiniteBlocks();
            assertTrue(blocks > 0 && blocks < 150, () -> blocks + " blocks were not finite");
        }
    }

    @ParameterizedTest
    @CsvSource({"64, 256, 4, 16384", "1, 1, 1, 256"})
    void withQualityAtItsEnds(int reflections, int reflecting, int order, int taps) {
        AcousticsQuality quality = new AcousticsQuality(order == 1 ? 1 : 64, order, order, 64, reflections, reflecting, 16, 1000, 1);
        SoundWorldSettings settings = SoundWorldSettings.OFFLINE.withBlockFrames(512).withCapacity(1, 12, 8).withMaxFilterTaps(taps).withAcoustics(ALL.withQuality(quality));
        try (Scene scene = new Scene(order, settings)) {
            scene.run(0.3);
            scene.check();
        }
    }
}
