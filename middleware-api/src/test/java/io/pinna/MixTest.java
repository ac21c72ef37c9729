package io.pinna;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.acoustics.AcousticsQuality;
import io.pinna.acoustics.AcousticsSettings;
import io.pinna.hrtf.HrtfProfile;
import io.pinna.internal.inference.MixRenderers;
import io.pinna.internal.inference.RemoteRenderer;
import io.pinna.internal.render.CpuBlockRenderer;
import io.pinna.internal.render.ListenerMix;
import io.pinna.internal.render.MixBlock;
import io.pinna.internal.render.RenderPlan;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The mix on the inference thread, with the CPU's formulas standing in for the graph: handing over, missing, moving and coming back. */
class MixTest {
    /** Not less: for the inference thread tables are full, while the audio thread alone does without corners of less than −80 dB that are not there yet. */
    private static final double SAME_DB = -100;
    private static final InferenceSettings ON_INFERENCE_THREAD = InferenceSettings.DEFAULT.withProvider(InferenceProvider.CPU).withMix(InferenceSettings.Mix.INFERENCE_THREAD);
    private static final HrtfProfile[] ONE = {HrtfProfile.generic()};

    /** Does the work of a renderer, and may interfere before and after. */
    interface Interference {
        void before(MixBlock block);

        default int after(MixBlock block, float[][] left, int notFinite) {
            return notFinite;
        }
    }

    static RemoteRenderer.Factory cpu(SoundWorldSettings settings, Interference interference) {
        return new RemoteRenderer.Factory() {
            @Override
            public RemoteRenderer prepare(List<ListenerMix> mixes) {
                CpuBlockRenderer renderer = new CpuBlockRenderer(new RenderPlan(settings), mixes);
                return new RemoteRenderer() {
                    @Override
                    public int render(MixBlock block, float[][] left, float[][] right) {
                        interference.before(block);
                        return interference.after(block, left, renderer.render(block, left, right));
                    }

                    @Override
                    public String describe() {
                        return "the CPU's formulas on another thread";
                    }

                    @Override
                    public void close() {
                        // Nothing is held.
                    }
                };
            }

            @Override
            public String describe() {
                return "test";
            }
        };
    }

    private static SoundWorldSettings settings(MixScene scene) {
        return TestWorlds.bare().withAcoustics(scene.acoustics).withBlockFrames(scene.blockFrames).withCapacity(scene.profiles.size(), 32, 12);
    }

    @ParameterizedTest
    @CsvSource({"64, true", "256, true", "256, false", "1024, true"})
    @Tag("property")
    void blocksThatAreHandedOverSoundTheSameOneBlockLater(int blockFrames, boolean moving) {
        MixScene scene = new MixScene(blockFrames, moving, blockFrames, AcousticsSettings.DEFAULT, HrtfProfile.generic(), HrtfProfile.subject("cipic_003"));
        MixScene.Rendered here = scene.render(null);
        MixScene.Rendered there = scene.render(cpu(settings(scene), b -> { }));
        assertTrue(there.errorDb(here, blockFrames) < SAME_DB, "error " + there.errorDb(here, blockFrames) + " dB");
        assertEquals(here.report().latencyFrames() + blockFrames, there.report().latencyFrames());
        WorldReport.MixReport mix = there.report().mix();
        assertEquals(scene.blocks() - 1, mix.blocks(), mix.toString());
        assertEquals(0, mix.lateBlocks() + mix.failedBlocks() + mix.unpreparedBlocks(), mix.toString());
        assertFalse(here.report().mix().onInferenceThread());
    }

    /** The graph on ONNX Runtime's CPU provider, which runs the same operators as GPUs do, and a mixture of it and the CPU's formulas that is drawn anew for every block. */
    @ParameterizedTest
    @CsvSource({"64, true, false", "128, false, true", "256, true, true", "441, true, true", "512, true, false", "777, false, false", "1024, true, true"})
    @Tag("property")
    void theGraphSoundsTheSame(int blockFrames, boolean moving, boolean mixed) {
        MixScene scene = new MixScene(blockFrames + 1, moving, blockFrames, AcousticsSettings.DEFAULT, HrtfProfile.generic(), HrtfProfile.subject("cipic_003"));
        MixScene.Rendered here = scene.render(null);
        RemoteRenderer.Factory graph = MixRenderers.decide(settings(scene).withInference(ON_INFERENCE_THREAD)).factory();
        MixScene.Rendered there = scene.render(mixed ? mixture(graph, cpu(settings(scene), b -> { }), blockFrames) : graph);
        assertTrue(there.errorDb(here, blockFrames) < -80, "error " + there.errorDb(here, blockFrames) + " dB");
        assertEquals(scene.blocks() - 1, there.report().mix().blocks(), there.report().mix().toString());
    }

    private static RemoteRenderer.Factory mixture(RemoteRenderer.Factory a, RemoteRenderer.Factory b, long seed) {
        return new RemoteRenderer.Factory() {
            @Override
            public RemoteRenderer prepare(List<ListenerMix> mixes) {
                RemoteRenderer[] both = {a.prepare(mixes), b.prepare(mixes)};
                Random random = new Random(seed);
                return new RemoteRenderer() {
                    @Override
                    public int render(MixBlock block, float[][] left, float[][] right) {
                        return both[random.nextInt(2)].render(block, left, right);
                    }

                    @Override
                    public String describe() {
                        return "either";
                    }

                    @Override
                    public void close() {
                        both[0].close();
                        both[1].close();
                    }
                };
            }

            @Override
            public String describe() {
                return "test";
            }
        };
    }

    @Test
    @Tag("property")
    void dopplerAndDelayGiveEachListenerSamplesOfItsOwn() {
        AcousticsSettings acoustics = new AcousticsSettings(true, true, false, false, false, true, true, true, 20, 50, AcousticsQuality.MEDIUM.withOcclusionSamples(16));
        MixScene scene = new MixScene(5, true, 128, acoustics, HrtfProfile.generic(), HrtfProfile.subject("cipic_003"));
        MixScene.Rendered there = scene.render(cpu(settings(scene), b -> { }));
        double error = there.errorDb(scene.render(null), 128);
        assertTrue(error < SAME_DB, "error " + error + " dB");
        assertEquals(scene.blocks() - 1, there.report().mix().blocks());
    }

    /** Any block may be rendered by either. */
    @Test
    @Tag("fault")
    void failuresAtRandomAreNotHeard() {
        MixScene scene = new MixScene(7, true, 256, AcousticsSettings.DEFAULT, ONE);
        Random random = new Random(1);
        MixScene.Rendered there = scene.render(cpu(settings(scene), b -> {
            if (random.nextInt(30) == 0) {
                throw new IllegalStateException("not today");
            }
        }));
        double error = there.errorDb(scene.render(null), 256);
        assertTrue(error < SAME_DB, "error " + error + " dB");
        WorldReport.MixReport mix = there.report().mix();
        assertTrue(mix.failedBlocks() > 2 && mix.blocks() > 20, mix.toString());
        assertTrue(there.report().notes().stream().anyMatch(n -> n.contains("not today")), there.report().notes().toString());
    }

    /** Whatever foreign code throws is a failed block: neither audio time nor the thread ends by it. */
    @Test
    @Tag("fault")
    void errorsAreFailuresToo() {
        MixScene scene = new MixScene(7, true, 256, AcousticsSettings.OFF, ONE);
        MixScene.Rendered there = scene.render(cpu(settings(scene), b -> {
            if (b.number == 20) {
                throw new StackOverflowError();
            }
        }));
        double error = there.errorDb(scene.render(null), 256);
        assertTrue(error < SAME_DB, "error " + error + " dB");
        WorldReport.MixReport mix = there.report().mix();
        assertEquals(1, mix.failedBlocks(), mix.toString());
        assertEquals(scene.blocks() - 2, mix.blocks(), mix.toString());
        assertTrue(there.report().notes().stream().anyMatch(n -> n.contains("block 20") && n.contains("StackOverflowError")), there.report().notes().toString());
    }

    @Test
    @Tag("fault")
    void threeMissesMoveTheMixAndAPauseLaterItComesBack() {
        MixScene scene = new MixScene(8, true, 256, AcousticsSettings.OFF, ONE);
        long[] asked = new long[2];
        MixScene.Rendered there = scene.render(cpu(settings(scene), new Interference() {
            @Override
            public void before(MixBlock block) {
                asked[block.number < 100 ? 0 : 1]++;
            }

            @Override
            public int after(MixBlock block, float[][] left, int notFinite) {
                // As ONNX Runtime would hand it over.
                left[0][3] = block.number < 100 ? Float.NaN : left[0][3];
                return block.number < 100 ? 1 : notFinite;
            }
        }));
        double error = there.errorDb(scene.render(null), 256);
        assertTrue(error < SAME_DB, "error " + error + " dB");
        WorldReport.MixReport mix = there.report().mix();
        assertEquals(1, mix.moves(), mix.toString());
        assertEquals(3, mix.failedBlocks());
        // One more was on its way when the third was found to have failed.
        assertEquals(4, asked[0], 1);
        assertTrue(mix.blocks() > 100, mix.toString());
        assertEquals(0, mix.pauseSeconds());
    }

    /** What is no mix graph is said, by file and reason, and the audio thread mixes. */
    @ParameterizedTest
    @CsvSource({"missing, cannot be read", "corrupt, refuses the model", "empty, refuses the model", "shape, has no input"})
    @Tag("fault")
    void aGraphThatCannotBeUsedLeavesTheMixOnTheAudioThread(String what, String reason, @TempDir Path folder) throws IOException {
        Path file = folder.resolve(what + ".onnx");
        if (what.equals("corrupt")) {
            byte[] graph = resource("binaural-mix.onnx");
            Arrays.fill(graph, graph.length / 3, graph.length / 2, (byte) 0x5a);
            Files.write(file, graph);
        } else if (what.equals("empty")) {
            Files.createFile(file);
        } else if (what.equals("shape")) {
            Files.write(file, resource("hrtf-spectra.onnx"));
        }
        MixScene scene = new MixScene(9, true, 256, AcousticsSettings.OFF, ONE);
        InferenceSettings inference = ON_INFERENCE_THREAD.withMixGraph(file);
        MixScene.Rendered there = scene.render(MixRenderers.decide(settings(scene).withInference(inference)).factory());
        double error = there.errorDb(scene.render(null), 256);
        assertTrue(error < SAME_DB, "error " + error + " dB");
        WorldReport report = there.report();
        assertEquals(0, report.mix().blocks());
        assertEquals(scene.blocks(), report.mix().unpreparedBlocks());
        assertTrue(report.notes().stream().anyMatch(n -> n.contains(file.toString()) && n.contains(reason)), report.notes().toString());
        assertTrue(report.renderer().startsWith("CPU"), report.renderer());
    }

    /** A graph of the signature that does something else would be heard in turn with the audio thread: it is refused, with by how much it differs. */
    @Test
    @Tag("fault")
    void aGraphThatSoundsOtherwiseIsRefused(@TempDir Path folder) throws IOException {
        byte[] graph = resource("binaural-mix.onnx");
        java.nio.charset.Charset one = java.nio.charset.StandardCharsets.ISO_8859_1;
        String text = new String(graph, one);
        assertTrue(text.contains("Cos"), "the graph has cosines");
        Path file = folder.resolve("other.onnx");
        Files.write(file, text.replace("Cos", "Sin").getBytes(one));
        MixScene scene = new MixScene(9, true, 256, AcousticsSettings.OFF, ONE);
        MixScene.Rendered there = scene.render(MixRenderers.decide(settings(scene).withInference(ON_INFERENCE_THREAD.withMixGraph(file))).factory());
        double error = there.errorDb(scene.render(null), 256);
        assertTrue(error < SAME_DB, "error " + error + " dB");
        assertEquals(0, there.report().mix().blocks());
        assertTrue(there.report().notes().stream().anyMatch(n -> n.contains(file.toString()) && n.contains(" dB is allowed")), there.report().notes().toString());
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = MixTest.class.getResourceAsStream("/io/pinna/assets/models/" + name)) {
            return in.readAllBytes();
        }
    }

    @Test
    @Tag("fault")
    void aProviderThatIsNotThereIsAnErrorWhenTheWorldOpens() {
        InferenceProvider absent = System.getProperty("os.name").startsWith("Windows") ? InferenceProvider.COREML : InferenceProvider.DIRECTML;
        InferenceSettings inference = ON_INFERENCE_THREAD.withProvider(absent);
        InferenceException e = assertThrows(InferenceException.class, () -> SoundWorld.open(TestWorlds.bare().withInference(inference)));
        assertTrue(e.getMessage().contains(absent.name().toLowerCase(java.util.Locale.ROOT)) && e.getMessage().contains("cpu"), e.getMessage());
    }

    /** Without a GPU nothing is pipelined unless it is asked for. */
    @Test
    @Tag("unit")
    void theProcessorMixesOnTheAudioThread() {
        InferenceSettings inference = InferenceSettings.DEFAULT.withProvider(InferenceProvider.CPU);
        try (SoundWorld world = SoundWorld.open(TestWorlds.bare().withInference(inference))) {
            assertFalse(world.report().mix().onInferenceThread());
            assertTrue(world.report().mix().description().contains("processor"), world.report().mix().description());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Tag("fault")
    void whatCannotBePreparedLeavesTheMixWhereItIs(boolean byError) {
        MixScene scene = new MixScene(9, true, 256, AcousticsSettings.OFF, ONE);
        MixScene.Rendered there = scene.render(new RemoteRenderer.Factory() {
            @Override
            public RemoteRenderer prepare(List<ListenerMix> mixes) {
                if (byError) {
                    // As direct memory runs out.
                    throw new OutOfMemoryError("the model file is not there");
                }
                throw new InferenceException("the model file is not there");
            }

            @Override
            public String describe() {
                return "test";
            }
        });
        double error = there.errorDb(scene.render(null), 256);
        assertTrue(error < SAME_DB, "error " + error + " dB");
        WorldReport.MixReport mix = there.report().mix();
        assertEquals(0, mix.blocks() + mix.moves());
        assertEquals(scene.blocks(), mix.unpreparedBlocks());
        assertTrue(mix.description().contains("the model file is not there"), mix.description());
        assertTrue(there.report().notes().stream().anyMatch(n -> n.contains("the model file is not there")));
    }
}
