package io.pinna.internal.render;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.InferenceProvider;
import io.pinna.InferenceSettings;
import io.pinna.SoundWorldSettings;
import io.pinna.acoustics.AcousticsQuality;
import io.pinna.acoustics.AcousticsSettings;
import io.pinna.acoustics.Bands;
import io.pinna.device.OutputDevices;
import io.pinna.internal.inference.MixRenderers;
import io.pinna.internal.inference.NoisyShells;
import io.pinna.internal.inference.RemoteRenderer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Blocks as full as can be: every path of every listener is there and moves, each reflection from one lane to another, and no two lanes are of the same samples. */
class FullBlockTest {
    private static final int EMITTERS = 8;

    private final Random random = new Random(11);
    private long specs;

    private FilterSpec anywhere(ListenerMix mix, float lagSamples, boolean bends) {
        double x = random.nextGaussian();
        double y = random.nextGaussian();
        double z = random.nextGaussian();
        double r = Math.sqrt(x * x + y * y + z * z);
        float g = (float) Math.exp(-2 * random.nextDouble());
        float[] gain = random.nextInt(4) == 0 ? new float[] {g, 0.1f * g, 0.01f * g} : new float[] {g, 0.8f * g, 0.4f * g};
        FilterSpec spec = new FilterSpec();
        assertTrue(new FilterLocator(mix.table, mix.nearField()).locate((float) (x / r), (float) (y / r), (float) (z / r), 0.1 + 3 * random.nextDouble(), new int[mix.table.shellCount()], gain, spec));
        spec.lagSamples = lagSamples;
        if (bends) {
            spec.slope = 3.5f * random.nextFloat() - 3;
            spec.curve = 2 * random.nextFloat() - 1;
        }
        spec.id = ++specs;
        return spec;
    }

    private float[] noise(int count) {
        float[] x = new float[count];
        for (int i = 0; i < count; i++) {
            x[i] = (float) (0.1 * random.nextGaussian());
        }
        return x;
    }

    private void move(MixBlock block, int row, int slot, boolean bends) {
        block.addPath(row, slot, 1, MixBlock.Fade.MOVE, anywhere(block.mix[row], 0, bends), anywhere(block.mix[row], 0, bends));
    }

    private void fill(MixBlock block, RenderPlan plan, List<ListenerMix> mixes) {
        PathSlots slots = plan.slots();
        int voices = plan.settings().maxVoices();
        boolean own = plan.lanePerListener();
        block.begin(100);
        mixes.forEach(m -> block.addRow(m, 0));
        for (int v = 0; v < voices; v++) {
            for (int first = 0; first < mixes.size(); first += own ? 1 : mixes.size()) {
                int end = own ? first + 1 : mixes.size();
                block.beginSource(noise(plan.historyFrames()), plan.historyFrames(), plan.historyFrames());
                block.beginLane();
                for (int row = first; row < end; row++) {
                    move(block, row, v, v % 2 == 0);
                    for (int k = 0; k < slots.diffracted(); k++) {
                        move(block, row, slots.diffractedSlot(v, k), true);
                    }
                }
                block.endLane();
                for (int row = first; v < slots.sets() && row < end; row++) {
                    for (int r = 0; r < slots.reflections(); r++) {
                        int window = 2 * (row * slots.reflections() + r) + 1;
                        late(block, row, slots.reflectionSlot(v, r), v, window, MixBlock.Fade.OUT);
                        late(block, row, slots.reflectionSlot(v, r), v, window + 1, MixBlock.Fade.IN);
                    }
                }
            }
        }
        for (int row = 0; row < mixes.size(); row++) {
            for (int d = 0; d < slots.reverb(); d++) {
                block.beginSource(noise(plan.historyFrames()), plan.historyFrames(), plan.longestFft());
                block.beginLane();
                move(block, row, slots.reverbSlot(d), false);
                block.endLane();
            }
        }
    }

    /** Lanes of an odd number of frames behind, so that none is of the same samples as another. */
    private void late(MixBlock block, int row, int slot, int set, int window, MixBlock.Fade fade) {
        FilterSpec spec = anywhere(block.mix[row], 64 * random.nextFloat(), false);
        block.beginDelayedLane(7 * window, set, 1000L * row + set, window, 0);
        block.addPath(row, slot, 1, fade, fade == MixBlock.Fade.OUT ? spec : null, fade == MixBlock.Fade.IN ? spec : null);
        block.endLane();
    }

    @Tag("property")
    @ParameterizedTest
    @CsvSource({"64, 4, false", "64, 4, true", "256, 2, false", "256, 1, true"})
    void theGraphHasRoomForAllAndSoundsTheSame(int blockFrames, int listeners, boolean ownLanes) {
        AcousticsSettings acoustics = AcousticsSettings.DEFAULT.withDoppler(ownLanes).withQuality(new AcousticsQuality(128, 3, 2, 256, 5, 4, 64, 60, 0.5));
        SoundWorldSettings settings = SoundWorldSettings.OFFLINE.withCapacity(listeners, EMITTERS, 6).withBlockFrames(blockFrames).withAcoustics(acoustics);
        RenderPlan plan = new RenderPlan(settings);
        List<ListenerMix> mixes = new ArrayList<>();
        for (int l = 0; l < listeners; l++) {
            mixes.add(new ListenerMix(plan, l, 1, new NoisyShells(l, 100, 12, 1e-3, 1).table(blockFrames), true, OutputDevices.memory(1), new double[Bands.COUNT]));
        }
        MixBlock block = new MixBlock(plan, true);
        fill(block, plan, mixes);
        PathSlots slots = plan.slots();
        int reflected = listeners * slots.sets() * slots.reflections();
        assertEquals(6 * (ownLanes ? listeners : 1) + listeners * slots.reverb() + 2 * reflected, block.lanes, "lanes");
        assertEquals(listeners * slots.count() + reflected, block.paths, "paths");
        float[][] left = new float[listeners][blockFrames];
        float[][] right = new float[listeners][blockFrames];
        float[][] graphLeft = new float[listeners][blockFrames];
        float[][] graphRight = new float[listeners][blockFrames];
        InferenceSettings inference = InferenceSettings.DEFAULT.withProvider(InferenceProvider.CPU).withMix(InferenceSettings.Mix.INFERENCE_THREAD);
        try (RemoteRenderer graph = MixRenderers.decide(settings.withInference(inference)).factory().prepare(mixes)) {
            assertEquals(0, new CpuBlockRenderer(new RenderPlan(settings), mixes).render(block, left, right));
            assertEquals(0, graph.render(block, graphLeft, graphRight));
        }
        for (int l = 0; l < listeners; l++) {
            assertTrue(differenceDb(left[l], graphLeft[l]) < -100 && differenceDb(right[l], graphRight[l]) < -100, "listener " + l + ": " + differenceDb(left[l], graphLeft[l]) + " dB");
        }
    }

    private static double differenceDb(float[] reference, float[] x) {
        double error = 0;
        double power = 0;
        for (int i = 0; i < x.length; i++) {
            error += Math.pow(x[i] - reference[i], 2);
            power += Math.pow(reference[i], 2);
        }
        assertTrue(power > 1e-3, "something is heard");
        return 10 * Math.log10(error / power);
    }
}
