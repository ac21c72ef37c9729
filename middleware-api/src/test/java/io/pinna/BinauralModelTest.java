package io.pinna;

import static io.pinna.TestWorlds.RATE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.acoustics.AcousticMaterials;
import io.pinna.acoustics.AcousticsQuality;
import io.pinna.acoustics.AcousticsSettings;
import io.pinna.acoustics.TriangleMesh;
import io.pinna.device.MemoryDevice;
import io.pinna.device.OutputDevices;
import io.pinna.hrtf.BinauralModel;
import io.pinna.hrtf.HrtfProfile;
import io.pinna.unit.Pose;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Own models that render end to end, as ONNX files (made by {@code assets/training/build_binaural_examples.py}) and in Java. */
class BinauralModelTest {
    private static final InferenceSettings ON_INFERENCE_THREAD = InferenceSettings.DEFAULT.withProvider(InferenceProvider.CPU).withMix(InferenceSettings.Mix.INFERENCE_THREAD);

    /** What the look-back example was made with: delays of 16 ∓ 12·y frames, levels of 1 ± 0.4·y. */
    private static final double TURN_FRAMES = 12;
    private static final double LEVEL = 0.4;
    /** Of the stateful example: 1 kHz. */
    private static final double POLE = Math.exp(-2 * Math.PI * 1000 / RATE);

    static Path file(String name) {
        try {
            return Path.of(BinauralModelTest.class.getResource("hrtf/" + name).toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    /**
     * An example in Java: the ear that is turned away hears the sound later, by a delay line that the session keeps for each voice. It looks nowhere back, but remembers.
     */
    static final class DelayingHead implements BinauralModel {
        static final int MOST_FRAMES = 24;

        @Override
        public String name() {
            return "delaying head";
        }

        @Override
        public boolean isStateful() {
            return true;
        }

        @Override
        public int tailFrames() {
            return MOST_FRAMES;
        }

        @Override
        public Session open(Setup setup) {
            float[][] lines = new float[setup.maxVoices()][MOST_FRAMES + setup.blockFrames()];
            return new Session() {
                @Override
                public void reset(int voice) {
                    java.util.Arrays.fill(lines[voice], 0);
                }

                @Override
                public void render(Batch batch) {
                    for (int i = 0; i < batch.voices(); i++) {
                        float[] line = lines[batch.voice(i)];
                        System.arraycopy(line, setup.blockFrames(), line, 0, MOST_FRAMES);
                        System.arraycopy(batch.audio(i), 0, line, MOST_FRAMES, setup.blockFrames());
                        hear(line, batch.pose(i), 1, batch.left(i));
                        hear(line, batch.pose(i), -1, batch.right(i));
                    }
                }
            };
        }

        /** Reads the line between its samples, by as much as the ear is turned away, from the pose at the block's beginning to that at its end. */
        private static void hear(float[] line, float[] pose, int side, float[] ear) {
            for (int t = 0; t < ear.length; t++) {
                float f = (t + 1f) / ear.length;
                double away = Math.max(0, -side * (pose[1] + f * (pose[5] - pose[1])));
                double at = MOST_FRAMES + t - away * (MOST_FRAMES - 1);
                int whole = (int) at;
                double part = at - whole;
                ear[t] = (float) ((1 - part) * line[whole] + (part == 0 ? 0 : part * line[whole + 1]));
            }
        }
    }

    /** Lets the sound through to both ears, some frames later, and does whatever else a test wants. */
    static class Passing implements BinauralModel {
        final int echoFrames;
        final IntPredicate fails;
        final List<String> told = new ArrayList<>();
        int blocks;
        int closed;
        Consumer<Batch> spoils = batch -> { };
        java.util.function.IntConsumer resets = voice -> { };

        Passing(int echoFrames, IntPredicate fails) {
            this.echoFrames = echoFrames;
            this.fails = fails;
        }

        @Override
        public String name() {
            return "passing";
        }

        @Override
        public int lookBackFrames() {
            return echoFrames;
        }

        @Override
        public Session open(Setup setup) {
            return new Session() {
                @Override
                public void reset(int voice) {
                    told.add("reset " + voice);
                    resets.accept(voice);
                }

                @Override
                public void render(Batch batch) {
                    if (fails.test(blocks++)) {
                        throw new IllegalStateException("not today");
                    }
                    told.add("render " + batch.voices());
                    for (int i = 0; i < batch.voices(); i++) {
                        System.arraycopy(batch.audio(i), 0, batch.left(i), 0, setup.blockFrames());
                        System.arraycopy(batch.audio(i), 0, batch.right(i), 0, setup.blockFrames());
                    }
                    spoils.accept(batch);
                }

                @Override
                public void close() {
                    closed++;
                }
            };
        }
    }

    private static Passing passing() {
        return new Passing(0, block -> false);
    }

    private static SoundWorldSettings settings(int blockFrames) {
        return TestWorlds.bare().withBlockFrames(blockFrames).withInference(ON_INFERENCE_THREAD);
    }

    /** What was heard, and what the world said at the end. */
    private record Heard(float[] left, float[] right, WorldReport report) {
        int latency() {
            return report.listeners().get(0).latencyFrames();
        }
    }

    /** Renders for a listener at the origin. */
    private static Heard render(SoundWorldSettings settings, BinauralModel model, int blocks, Consumer<SoundWorld> begins, ObjIntConsumer<SoundWorld> moves) {
        MemoryDevice device = OutputDevices.memory(20);
        try (SoundWorld world = SoundWorld.open(settings)) {
            ListenerSettings listener = new ListenerSettings("player", HrtfProfile.generic(), device);
            world.addListener(model == null ? listener : listener.withBinauralModel(model));
            begins.accept(world);
            for (int block = 0; block < blocks; block++) {
                moves.accept(world, block);
                world.commit();
                world.advance(1);
            }
            return new Heard(device.left(), device.right(), world.report());
        }
    }

    private interface ObjIntConsumer<T> {
        void accept(T object, int number);
    }

    private static Heard render(int blockFrames, BinauralModel model, int frames, Consumer<SoundWorld> begins) {
        return render(settings(blockFrames), model, frames / blockFrames, begins, (world, block) -> { });
    }

    private static Emitter play(SoundWorld world, float[] samples, Pose at) {
        Emitter emitter = world.addEmitter(Sound.ofSamples("sound", samples, RATE), EmitterSettings.named("e").at(at));
        emitter.play();
        return emitter;
    }

    /** Of x from a frame on, relative to what is expected there. */
    private static double errorDb(float[] x, int from, double[] expected) {
        double error = 0;
        double power = 0;
        for (int i = 0; i < expected.length; i++) {
            error += (x[from + i] - expected[i]) * (x[from + i] - expected[i]);
            power += expected[i] * expected[i];
        }
        assertTrue(power > 1e-3, "nothing is expected");
        return 10 * Math.log10(error / power + 1e-30);
    }

    @ParameterizedTest
    @CsvSource({"64, 90", "256, 90", "256, -30", "1024, 150"})
    @Tag("analytic")
    void aLookBackWindowGivesDelayAndLevel(int blockFrames, double azimuth) {
        Heard heard = render(blockFrames, BinauralModel.onnx(file("head-look-back.onnx")), 4096, world -> play(world, TestWorlds.impulse(100), TestWorlds.around(azimuth, 0, 1)));
        double y = Math.sin(Math.toRadians(azimuth));
        requireImpulse(heard.left, heard.latency() - TURN_FRAMES * y, 1 + LEVEL * y);
        requireImpulse(heard.right, heard.latency() + TURN_FRAMES * y, 1 - LEVEL * y);
        assertEquals(20 * Math.log10((1 + LEVEL * y) / (1 - LEVEL * y)), 20 * Math.log10(sum(heard.left) / sum(heard.right)), 1e-3);
        // As the profile's, to which it is delayed.
        Heard profile = render(blockFrames, null, 256, world -> { });
        assertEquals(profile.latency(), heard.latency());
        assertTrue(heard.report.listeners().get(0).model().contains("\"delay and level\" on cpu"), heard.report.listeners().get(0).model());
        assertTrue(heard.report.mix().blocks() >= 1 && heard.report.mix().failedBlocks() == 0, heard.report.mix().toString());
    }

    private static double sum(float[] x) {
        double sum = 0;
        for (float v : x) {
            sum += v;
        }
        return sum;
    }

    private static void requireImpulse(float[] x, double at, double level) {
        int whole = (int) Math.floor(at + 1e-4);
        double part = Math.max(0, at - whole);
        for (int i = 0; i < x.length; i++) {
            double expected = i == whole ? (1 - part) * level : i == whole + 1 ? part * level : 0;
            assertEquals(expected, x[i], 2e-4, "frame " + i + ", impulse at " + at);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {64, 256, 1024})
    @Tag("analytic")
    void aStateGoesOnFromBlockToBlock(int blockFrames) {
        float[] noise = TestWorlds.noise(3, 8192);
        Heard heard = render(blockFrames, BinauralModel.onnx(file("head-shadow.onnx")), 16384, world -> play(world, noise, TestWorlds.around(90, 0, 1)));
        double[] near = new double[noise.length];
        double[] away = new double[noise.length];
        double low = 0;
        for (int i = 0; i < noise.length; i++) {
            near[i] = noise[i];
            low = POLE * low + (1 - POLE) * noise[i];
            away[i] = low;
        }
        assertTrue(errorDb(heard.left, heard.latency(), near) < -100, "near ear " + errorDb(heard.left, heard.latency(), near));
        assertTrue(errorDb(heard.right, heard.latency(), away) < -100, "ear that is turned away " + errorDb(heard.right, heard.latency(), away));
    }

    @ParameterizedTest
    @ValueSource(ints = {64, 256, 1024})
    @Tag("analytic")
    void aModelInJavaRemembersToo(int blockFrames) {
        float[] noise = TestWorlds.noise(4, 8192);
        Heard heard = render(blockFrames, new DelayingHead(), 16384, world -> play(world, noise, TestWorlds.around(-90, 0, 1)));
        double[] expected = new double[noise.length];
        for (int i = 0; i < noise.length; i++) {
            expected[i] = noise[i];
        }
        assertTrue(errorDb(heard.right, heard.latency(), expected) < -80);
        assertTrue(errorDb(heard.left, heard.latency() + DelayingHead.MOST_FRAMES - 1, expected) < -80);
    }

    /** The echo comes later than a lane of 64-frame blocks remembers, and after the sound, and its voice for others, is over. */
    @ParameterizedTest
    @ValueSource(ints = {64, 1024})
    @Tag("analytic")
    void aLookBackMayBeLongerThanAnyFilter(int blockFrames) {
        int echo = 5000;
        Heard heard = render(blockFrames, new Passing(echo, block -> false), 16384, world -> play(world, TestWorlds.impulse(10), TestWorlds.around(0, 0, 1)));
        requireImpulse(heard.left, heard.latency() + echo, 1);
    }

    @ParameterizedTest
    @CsvSource({"64, head-look-back.onnx", "256, head-look-back.onnx", "256, head-shadow.onnx", "1024, head-look-back.onnx"})
    @Tag("property")
    void aSourceThatMovesIsContinuous(int blockFrames, String model) {
        Emitter[] moved = new Emitter[1];
        Heard heard = render(settings(blockFrames), BinauralModel.onnx(file(model)), RATE / blockFrames,
                world -> moved[0] = play(world, TestWorlds.sine(300, RATE), TestWorlds.around(0, 0, 1)),
                (world, block) -> moved[0].setPose(TestWorlds.around(360.0 * block * blockFrames / RATE, 0, 1)));
        for (float[] ear : List.of(heard.left, heard.right)) {
            double peak = TestWorlds.largest(ear, 0, ear.length);
            assertTrue(peak > 0.9 && peak < 1.45, "peak " + peak);
            double steepest = TestWorlds.steepest(ear, 0, ear.length - 2 * blockFrames - 1000);
            assertTrue(steepest < 1.15 * peak * 2 * Math.PI * 300 / RATE, "steepest " + steepest);
        }
    }

    /** What arrives at the head is the sound with all gains of its path, in each band. */
    @Test
    @Tag("analytic")
    void gainsOfThePathAreInTheSound() {
        AcousticsSettings acoustics = new AcousticsSettings(true, true, false, false, false, true, false, false, 20, 50, AcousticsQuality.MEDIUM.withOcclusionSamples(64));
        for (double hertz : new double[] {375, 2250, 12750}) {
            Heard heard = render(settings(256).withAcoustics(acoustics), passing(), 100, world -> {
                world.addGeometry(TriangleMesh.box("wall", 4, 4, 0.1, AcousticMaterials.named("wood"))).setPose(Pose.at(0, 0, -1.5));
                play(world, TestWorlds.sine(hertz, RATE), Pose.at(0, 0, -3));
            }, (world, block) -> { });
            WorldReport.PathReport path = heard.report.emitters().get(0).paths().get(0);
            double[] gainDb = path.gainDb().toArray();
            assertTrue(gainDb[0] - gainDb[2] > 3, "the bands are to differ: " + path.gainDb());
            double level = TestWorlds.rmsDb(heard.left, 8192, 8192 + 12800) - 10 * Math.log10(0.5);
            assertEquals(gainDb[hertz < 800 ? 0 : hertz < 8000 ? 1 : 2], level, 0.1, "at " + hertz + " Hz");
        }
    }

    @Test
    @Tag("property")
    void allVoicesGoInOneBatchAndDoNotMeet() {
        float[][] noises = new float[5][];
        double[] sumLeft = new double[4096];
        BinauralModel model = BinauralModel.onnx(file("head-look-back.onnx"));
        int latency = 0;
        for (int e = 0; e < noises.length; e++) {
            float[] noise = TestWorlds.noise(20 + e, 4096);
            noises[e] = noise;
            Pose at = TestWorlds.around(70 * e, 10, 1 + e);
            Heard alone = render(256, model, 8192, world -> play(world, noise, at));
            latency = alone.latency();
            for (int i = 0; i < sumLeft.length; i++) {
                sumLeft[i] += alone.left[latency + i];
            }
        }
        Consumer<SoundWorld> all = world -> {
            for (int e = 0; e < noises.length; e++) {
                play(world, noises[e], TestWorlds.around(70 * e, 10, 1 + e));
            }
        };
        Heard together = render(256, model, 8192, all);
        assertTrue(errorDb(together.left, latency, sumLeft) < -100, "error " + errorDb(together.left, latency, sumLeft));
        // Of a model whose batches are of three voices, five make two.
        Heard inThrees = render(256, BinauralModel.onnx(file("fixed.onnx")), 8192, all);
        Passing counting = passing();
        Heard passed = render(256, counting, 8192, all);
        assertEquals(passed.latency(), inThrees.latency());
        double[] expected = new double[4096];
        for (int i = 0; i < expected.length; i++) {
            expected[i] = passed.left[latency + i];
        }
        assertTrue(errorDb(inThrees.left, latency, expected) < -100);
        assertTrue(counting.told.stream().filter(t -> t.equals("render 5")).count() >= 16, counting.told.toString());
        assertTrue(counting.told.stream().noneMatch(t -> t.equals("render 1")), counting.told.toString());
    }

    /** One wears a model, the other does not: each hears what it would hear alone; Doppler and delay give each its own samples. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Tag("property")
    void listenersWithAndWithoutAModelShareAWorld(boolean doppler) {
        AcousticsSettings acoustics = doppler ? new AcousticsSettings(true, true, false, false, false, true, true, true, 20, 50, AcousticsQuality.MEDIUM.withOcclusionSamples(16)) : AcousticsSettings.DEFAULT;
        var mixer = io.pinna.internal.inference.MixRenderers.decide(settings(256)).factory();
        MixScene plain = new MixScene(31, true, 256, acoustics, HrtfProfile.generic(), HrtfProfile.subject("cipic_003"));
        MixScene worn = new MixScene(31, true, 256, acoustics, HrtfProfile.generic(), HrtfProfile.subject("cipic_003"));
        worn.model = BinauralModel.onnx(file("head-look-back.onnx"));
        MixScene.Rendered without = plain.render(mixer);
        MixScene.Rendered with = worn.render(mixer);
        assertEquals(with.report().mix().blocks(), without.report().mix().blocks());
        double second = errorDb(with.left().get(1), 0, doubles(without.left().get(1)));
        assertTrue(second < -100, "the listener without a model: " + second + " dB");
        // The other hears all of it otherwise, as loud within some decibels.
        double first = errorDb(with.left().get(0), 0, doubles(without.left().get(0)));
        assertTrue(first > -20, "the listener with a model: " + first + " dB");
        int frames = with.left().get(0).length;
        assertEquals(TestWorlds.rmsDb(without.left().get(0), 0, frames), TestWorlds.rmsDb(with.left().get(0), 0, frames), 6);
    }

    private static double[] doubles(float[] x) {
        double[] y = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            y[i] = x[i];
        }
        return y;
    }

    /** At the side, where profile and model differ most. Unjoined, the seams would step by up to 0.9. */
    @ParameterizedTest
    @CsvSource({"64, 0", "256, 0", "256, 31", "1024, 0"})
    @Tag("fault")
    void blocksThatAreMissedDoNotClick(int blockFrames, int lookBack) {
        Random random = new Random(5);
        double hertz = 250;
        Passing model = new Passing(lookBack, block -> random.nextInt(2 + RATE / blockFrames / 4) == 0);
        Heard heard = render(blockFrames, model, 6 * RATE, world -> play(world, TestWorlds.sine(hertz, 6 * RATE), TestWorlds.around(90, 0, 1)));
        WorldReport.MixReport mix = heard.report.mix();
        assertTrue(mix.failedBlocks() >= 5 && mix.blocks() >= 20, mix.toString());
        assertTrue(heard.report.notes().stream().anyMatch(n -> n.contains("\"passing\" failed: java.lang.IllegalStateException: not today")), heard.report.notes().toString());
        double natural = 2 * Math.PI * hertz / RATE;
        for (float[] ear : List.of(heard.left, heard.right)) {
            double peak = TestWorlds.largest(ear, 0, ear.length);
            assertTrue(peak > 0.9 && peak < 3.5, "peak " + peak);
            double steepest = TestWorlds.steepest(ear, heard.latency() + blockFrames, 6 * RATE - blockFrames);
            assertTrue(steepest > 0.8 * natural && steepest < 0.08, "steepest " + steepest + " where the sine's is " + natural);
        }
    }

    /** Sounds that stop, pause, go on in the middle and jump, and a profile that changes behind the model. */
    @ParameterizedTest
    @CsvSource({"64, head-look-back.onnx", "256, head-look-back.onnx", "64, head-shadow.onnx", "256, head-shadow.onnx", "64, none"})
    @Tag("property")
    void nothingThatHappensToASoundClicks(int blockFrames, String model) {
        double hertz = 250;
        MemoryDevice device = OutputDevices.memory(20);
        Random random = new Random(blockFrames);
        try (SoundWorld world = SoundWorld.open(settings(blockFrames))) {
            ListenerSettings plain = new ListenerSettings("player", HrtfProfile.generic(), device);
            Listener listener = world.addListener(model.equals("none") ? plain : plain.withBinauralModel(BinauralModel.onnx(file(model))));
            Emitter emitter = world.addEmitter(Sound.ofSamples("sine", TestWorlds.sine(hertz, RATE), RATE), EmitterSettings.named("e").at(TestWorlds.around(40, 0, 1)).withLooping(true));
            emitter.play();
            boolean paused = false;
            for (int block = 0; block < 3 * RATE / blockFrames; block++) {
                if (block > 0 && block % (1 + RATE / blockFrames / 12) == 0) {
                    switch (random.nextInt(5)) {
                        case 0 -> emitter.seek(random.nextDouble());
                        case 1 -> emitter.setPose(TestWorlds.around(360 * random.nextDouble(), 0, 1));
                        case 2 -> emitter.setGainLinear(0.3 + 0.7 * random.nextDouble());
                        case 3 -> listener.setProfile(random.nextBoolean() ? HrtfProfile.generic() : HrtfProfile.subject("cipic_003"));
                        default -> {
                            if (paused) {
                                emitter.resume();
                            } else {
                                emitter.pause();
                            }
                            paused = !paused;
                        }
                    }
                }
                world.commit();
                world.advance(1);
            }
            assertEquals(0, world.report().mix().failedBlocks());
            assertTrue(world.report().mix().blocks() > RATE / blockFrames, world.report().mix().toString());
        }
        for (float[] ear : List.of(device.left(), device.right())) {
            double peak = TestWorlds.largest(ear, 0, ear.length);
            assertTrue(peak > 0.5 && peak < 3, "peak " + peak);
            // The sine's own steepest step, a fade within a block, and a joint of profile and model, whose difference is the peak at most.
            double bound = peak * (1.2 * 2 * Math.PI * hertz / RATE + 1.0 / blockFrames + Math.PI / 2 / 240);
            // From when the sine's own beginning is over.
            double steepest = TestWorlds.steepest(ear, 1000, ear.length);
            assertTrue(steepest > 0.02 && steepest < bound, "steepest " + steepest + ", allowed " + bound);
        }
    }

    /** Where the model takes over again, the profile is heard until it has sound to look back on. */
    @Test
    @Tag("property")
    void whatGoesOnAfterAFailureDoesNotDip() {
        int blockFrames = 1024;
        Passing model = new Passing(1, block -> block % 20 == 10);
        Heard heard = render(blockFrames, model, 2 * RATE, world -> play(world, TestWorlds.sine(1000, 2 * RATE), TestWorlds.around(0, 0, 1)));
        assertTrue(heard.report.mix().failedBlocks() >= 3, heard.report.mix().toString());
        double least = 10;
        for (int i = heard.latency() + 480; i + 96 < 2 * RATE - blockFrames; i += 48) {
            least = Math.min(least, TestWorlds.largest(heard.left, i, i + 96));
        }
        assertTrue(least > 0.45 && least < 1, "the faintest two periods reach " + least);
    }

    @Test
    @Tag("fault")
    void valuesThatAreNotFiniteAreNotHeard() {
        for (boolean leavesOut : new boolean[] {false, true}) {
            Passing model = passing();
            model.spoils = batch -> {
                if (leavesOut) {
                    batch.left(0)[7] = Float.NaN;
                } else {
                    batch.right(0)[0] = Float.POSITIVE_INFINITY;
                }
            };
            Heard heard = render(256, model, RATE, world -> play(world, TestWorlds.sine(250, RATE), TestWorlds.around(90, 0, 1)));
            Heard profile = render(256, null, RATE, world -> play(world, TestWorlds.sine(250, RATE), TestWorlds.around(90, 0, 1)));
            WorldReport.MixReport mix = heard.report.mix();
            assertEquals(0, mix.blocks(), mix.toString());
            assertTrue(mix.failedBlocks() >= 3 && mix.moves() == 1, mix.toString());
            assertTrue(errorDb(heard.left, 0, doubles(profile.left)) < -100, "the profile is heard");
            assertTrue(heard.report.notes().stream().anyMatch(n -> n.contains("not finite")), heard.report.notes().toString());
        }
    }

    /** The other listener loses nothing by it. */
    @Test
    @Tag("fault")
    void aModelThatFailsAtRandomInALivelyScene() {
        var mixer = io.pinna.internal.inference.MixRenderers.decide(settings(256)).factory();
        Random random = new Random(2);
        MixScene plain = new MixScene(12, true, 256, AcousticsSettings.DEFAULT, HrtfProfile.generic(), HrtfProfile.subject("cipic_003"));
        MixScene worn = new MixScene(12, true, 256, AcousticsSettings.DEFAULT, HrtfProfile.generic(), HrtfProfile.subject("cipic_003"));
        worn.model = new Passing(700, block -> random.nextInt(40) == 0);
        MixScene.Rendered with = worn.render(mixer);
        MixScene.Rendered without = plain.render(mixer);
        assertTrue(with.report().mix().failedBlocks() >= 2 && with.report().mix().blocks() > 20, with.report().mix().toString());
        double second = errorDb(with.left().get(1), 0, doubles(without.left().get(1)));
        assertTrue(second < -80, "the listener without a model: " + second + " dB");
        for (float x : with.left().get(0)) {
            assertTrue(Math.abs(x) < 50);
        }
    }

    /** What it threw in the middle of may have left its state half done. */
    @Test
    @Tag("fault")
    void voicesBeginAnewAfterAnError() {
        Passing model = new Passing(10, block -> false);
        model.spoils = batch -> {
            if (model.blocks == 20) {
                throw new AssertionError("not today");
            }
        };
        Heard heard = render(256, model, 60 * 256, world -> play(world, TestWorlds.noise(1, RATE), TestWorlds.around(0, 0, 1)));
        assertEquals(2, model.told.stream().filter(t -> t.startsWith("reset")).count(), model.told.toString());
        assertEquals(1, heard.report.mix().failedBlocks());
        assertTrue(heard.report.notes().stream().anyMatch(n -> n.contains("not today")), heard.report.notes().toString());
    }

    /** The voice that was made ready before the one that failed has missed a block. */
    @Test
    @Tag("fault")
    void voicesBeginAnewAfterAResetThatFails() {
        Passing model = new Passing(10, block -> false);
        boolean[] thrown = {false};
        model.resets = voice -> {
            if (voice == 1 && !thrown[0]) {
                thrown[0] = true;
                throw new IllegalStateException("not today");
            }
        };
        Heard heard = render(settings(256), model, 40, world -> play(world, TestWorlds.noise(1, RATE), TestWorlds.around(0, 0, 1)), (world, block) -> {
            if (block == 20) {
                play(world, TestWorlds.noise(2, RATE), TestWorlds.around(90, 0, 1));
            }
        });
        assertEquals(1, heard.report.mix().failedBlocks());
        assertEquals(List.of("reset 0", "reset 1", "reset 0", "reset 1"), model.told.stream().filter(t -> t.startsWith("reset")).toList());
    }

    @Test
    @Tag("unit")
    void voicesBeginAnewWhenTheirSoundDoes() {
        Passing model = new Passing(10, block -> block == 40);
        Emitter[] emitter = new Emitter[1];
        render(settings(256), model, 60, world -> emitter[0] = play(world, TestWorlds.noise(1, RATE), TestWorlds.around(0, 0, 1)), (world, block) -> {
            if (block == 20) {
                emitter[0].seek(0.1);
            }
        });
        List<String> told = model.told;
        assertEquals("reset 0", told.get(0), told.toString());
        // At first, after the jump, and after the failure.
        assertEquals(3, told.stream().filter(t -> t.startsWith("reset")).count(), told.toString());
        assertEquals(1, model.closed);
    }

    @Test
    @Tag("unit")
    void aModelIsClosedWithItsListener() {
        Passing model = passing();
        try (SoundWorld world = SoundWorld.open(settings(256))) {
            Listener listener = world.addListener(new ListenerSettings("a", HrtfProfile.generic(), OutputDevices.memory(5)).withBinauralModel(model));
            world.addListener(new ListenerSettings("b", HrtfProfile.generic(), OutputDevices.memory(5)).withBinauralModel(model));
            play(world, TestWorlds.noise(1, RATE), TestWorlds.around(0, 0, 1));
            world.commit();
            world.advance(4);
            listener.setProfile(HrtfProfile.subject("cipic_003"));
            world.commit();
            world.advance(8);
            assertEquals(0, model.closed);
            listener.close();
            world.commit();
            world.advance(8);
            assertEquals(1, model.closed);
            assertTrue(model.blocks >= 12, "blocks " + model.blocks);
        }
        assertEquals(2, model.closed);
    }

    /** Whatever somebody else's code throws, even what no program catches, is a failed block. */
    @Test
    @Tag("fault")
    void assertionsAndOverflowsOfAModelAreFailedBlocks() {
        for (Error error : List.of(new AssertionError("not so"), new StackOverflowError())) {
            for (boolean atReset : new boolean[] {false, true}) {
                Passing passing = new Passing(10, block -> false);
                BinauralModel model = new Passing(10, block -> false) {
                    @Override
                    public Session open(Setup setup) {
                        Session session = passing.open(setup);
                        return new Session() {
                            @Override
                            public void reset(int voice) {
                                session.reset(voice);
                                if (atReset && passing.told.size() < 3) {
                                    throw error;
                                }
                            }

                            @Override
                            public void render(Batch batch) {
                                if (!atReset && passing.blocks++ == 20) {
                                    throw error;
                                }
                                session.render(batch);
                            }
                        };
                    }
                };
                Heard heard = render(settings(256), model, 100, world -> play(world, TestWorlds.noise(1, RATE), TestWorlds.around(0, 0, 1)), (world, block) -> { });
                WorldReport.MixReport mix = heard.report.mix();
                assertTrue(mix.failedBlocks() >= 1 && mix.failedBlocks() <= 3, mix.toString());
                assertTrue(heard.report.notes().stream().anyMatch(n -> n.contains("\"passing\"") && n.contains(error.toString())), heard.report.notes().toString());
                if (!atReset) {
                    assertTrue(mix.blocks() >= 90, mix.toString());
                }
                assertTrue(TestWorlds.largest(heard.left, 20 * 256, 90 * 256) > 0.01, "it sounds");
            }
        }
    }

    @Test
    @Tag("fault")
    void aModelThatCannotBeOpenedIsAnError() {
        for (boolean isNull : new boolean[] {true, false}) {
            BinauralModel model = new Passing(0, block -> false) {
                @Override
                public Session open(Setup setup) {
                    if (isNull) {
                        return null;
                    }
                    throw new IllegalStateException("no licence");
                }
            };
            try (SoundWorld world = SoundWorld.open(settings(256))) {
                InferenceException e = assertThrows(InferenceException.class,
                        () -> world.addListener(new ListenerSettings("a", HrtfProfile.generic(), OutputDevices.memory(5)).withBinauralModel(model)));
                assertTrue(e.getMessage().contains("\"passing\"") && e.getMessage().contains(isNull ? "null" : "no licence"), e.getMessage());
                assertTrue(world.report().listeners().isEmpty());
            }
        }
    }

    @Test
    @Tag("fault")
    void aModelNeedsAWorldThatMixesForIt() {
        try (SoundWorld world = SoundWorld.open(TestWorlds.bare())) {
            UsageException e = assertThrows(UsageException.class, () -> world.addListener(new ListenerSettings("a", HrtfProfile.generic(), OutputDevices.memory(5)).withBinauralModel(passing())));
            assertTrue(e.getMessage().contains("INFERENCE_THREAD") && e.getMessage().contains("passing"), e.getMessage());
        }
        try (SoundWorld world = SoundWorld.open(settings(64))) {
            InvalidValueException e = assertThrows(InvalidValueException.class,
                    () -> world.addListener(new ListenerSettings("a", HrtfProfile.generic(), OutputDevices.memory(5)).withBinauralModel(BinauralModel.onnx(file("fixed.onnx")))));
            assertTrue(e.getMessage().contains("256") && e.getMessage().contains("64"), e.getMessage());
        }
        try (SoundWorld world = SoundWorld.open(settings(256).withSampleRateHz(44100))) {
            InvalidValueException e = assertThrows(InvalidValueException.class,
                    () -> world.addListener(new ListenerSettings("a", HrtfProfile.generic(), OutputDevices.memory(5)).withBinauralModel(BinauralModel.onnx(file("head-look-back.onnx")))));
            assertTrue(e.getMessage().contains("48000") && e.getMessage().contains("44100"), e.getMessage());
        }
        try (SoundWorld world = SoundWorld.open(settings(256))) {
            Passing greedy = new Passing(BinauralModel.MAX_LOOK_BACK_FRAMES + 1, block -> false);
            assertThrows(InvalidValueException.class, () -> world.addListener(new ListenerSettings("a", HrtfProfile.generic(), OutputDevices.memory(5)).withBinauralModel(greedy)));
            assertTrue(world.report().listeners().isEmpty());
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "wrong-one-ear.onnx    | output binaural       | [S, 2, B]",
        "wrong-no-rate.onnx    | metadata sampleRateHz | 8000 to 192000",
        "wrong-look-back.onnx  | metadata lookBackFrames | \"-3\"",
        "wrong-free-state.onnx | input state           | all dimensions but the first must be fixed"})
    @Tag("fault")
    void filesOfAnotherSignatureAreRefused(String name, String field, String says) {
        ResourceException e = assertThrows(ResourceException.class, () -> BinauralModel.onnx(file(name)));
        assertEquals(field, e.field());
        assertTrue(e.getMessage().contains(name) && e.getMessage().contains(says), e.getMessage());
    }

    @Test
    @Tag("fault")
    void moreVoicesThanMemoryCanHoldAreRefused() {
        BinauralModel model = BinauralModel.onnx(file("head-look-back.onnx"));
        BinauralModel.Setup setup = new BinauralModel.Setup(RATE, 8192, 1 << 17, InferenceProvider.CPU);
        InferenceException e = assertThrows(InferenceException.class, () -> model.open(setup));
        assertTrue(e.getMessage().contains("head-look-back.onnx") && e.getMessage().contains("lower maxVoices"), e.getMessage());
    }

    @Test
    @Tag("fault")
    void filesThatAreNoModelsAreRefused(@TempDir Path folder) throws IOException {
        ResourceException missing = assertThrows(ResourceException.class, () -> BinauralModel.onnx(folder.resolve("none.onnx")));
        assertTrue(missing.getMessage().contains("none.onnx") && missing.getMessage().contains("does not exist"), missing.getMessage());
        Path damaged = folder.resolve("damaged.onnx");
        byte[] bytes = Files.readAllBytes(file("head-look-back.onnx"));
        Files.write(damaged, java.util.Arrays.copyOf(bytes, bytes.length / 2));
        ResourceException refused = assertThrows(ResourceException.class, () -> BinauralModel.onnx(damaged));
        assertTrue(refused.getMessage().contains("damaged.onnx") && refused.getMessage().contains("ONNX Runtime refuses it"), refused.getMessage());
    }
}
