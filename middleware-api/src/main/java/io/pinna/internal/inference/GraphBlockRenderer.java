package io.pinna.internal.inference;

import io.pinna.InferenceProvider;
import io.pinna.SoundWorldSettings;
import io.pinna.internal.render.BlockRenderer;
import io.pinna.internal.render.ListenerMix;
import io.pinna.internal.render.MixBlock;
import io.pinna.internal.render.PathSlots;
import io.pinna.internal.render.RenderPlan;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Renders blocks by the mix graph: one graph for all mixes whose filters have the same length. Made, used and closed by one thread; rendering allocates only what ONNX Runtime's calls do, and what a block of more
 * lanes than all before it needs.
 */
final class GraphBlockRenderer implements RemoteRenderer {
    private final Group[] groups;
    private final String description;

    /** Mixes of one graph. */
    private static final class Group {
        final ListenerMix[] mixes;
        final MixGraph graph;
        final MixInputs inputs;
        final float[][] left;
        final float[][] right;
        final boolean[] inBlock;
        /** Of each lane of the graph: the place after its newest sample. */
        final int[] end;

        Group(List<ListenerMix> mixes, MixGraph graph, int blockFrames) {
            this.mixes = mixes.toArray(new ListenerMix[0]);
            this.graph = graph;
            inputs = graph.inputs();
            end = new int[inputs.maxLanes()];
            left = new float[mixes.size()][blockFrames];
            right = new float[mixes.size()][blockFrames];
            inBlock = new boolean[mixes.size()];
        }

        int indexOf(ListenerMix mix) {
            for (int i = 0; i < mixes.length; i++) {
                if (mixes[i] == mix) {
                    return i;
                }
            }
            return -1;
        }

        /**
         * The graph's lane of a block's lane. What several listeners hear, or reflections that arrive within the same window, is one lane.
         *
         * @param first of those of its source
         */
        int lane(MixBlock block, int lane, int first) {
            for (int i = first; i < inputs.lanes; i++) {
                if (end[i] == block.end[lane]) {
                    return i;
                }
            }
            int number = inputs.addLane(block.samples[lane], block.end[lane] - inputs.transform());
            end[number] = block.end[lane];
            return number;
        }
    }

    /** @throws io.pinna.InferenceException if the graph cannot be used for these mixes on this provider */
    GraphBlockRenderer(SoundWorldSettings settings, List<ListenerMix> mixes, MixModel model, InferenceProvider provider) {
        Map<Integer, List<ListenerMix>> bySize = new LinkedHashMap<>();
        for (ListenerMix mix : mixes) {
            bySize.computeIfAbsent(mix.table.fftSize(), size -> new ArrayList<>()).add(mix);
        }
        List<Group> made = new ArrayList<>();
        try {
            for (List<ListenerMix> group : bySize.values()) {
                MixGraph.Limits limits = limits(settings, group);
                List<io.pinna.internal.hrtf.NearField> nearFields = new ArrayList<>();
                group.forEach(m -> nearFields.add(m.nearField()));
                MixGraph graph = MixGraph.open(model, group.stream().map(m -> m.table).toList(), nearFields, settings.blockFrames(), limits, provider).made();
                made.add(new Group(group, graph, settings.blockFrames()));
            }
        } catch (RuntimeException | Error e) {
            made.forEach(g -> g.graph.close());
            throw e;
        }
        groups = made.toArray(new Group[0]);
        description = "one ONNX graph for " + mixes.size() + (mixes.size() == 1 ? " listener" : " listeners") + (groups.length > 1 ? " for each of " + groups.length + " lengths of filters" : "") + " on "
                + InferenceProviders.text(provider);
    }

    /** A path that moves is two filters, and a reflection whose delay changes is heard through two lanes. */
    static MixGraph.Limits limits(SoundWorldSettings settings, List<ListenerMix> group) {
        PathSlots slots = new PathSlots(settings);
        int receivers = RenderPlan.lanePerListener(settings) ? (int) group.stream().mapToInt(ListenerMix::slot).distinct().count() : 1;
        long lanes = (long) settings.maxVoices() * receivers + (long) group.size() * (slots.reverb() + 2 * slots.sets() * slots.reflections());
        return new MixGraph.Limits(Math.toIntExact(lanes), 2 * slots.count());
    }

    @Override
    public int render(MixBlock block, float[][] left, float[][] right) {
        BlockRenderer.silence(left, right);
        int notFinite = 0;
        for (Group group : groups) {
            java.util.Arrays.fill(group.inBlock, false);
            for (int r = 0; r < block.rows; r++) {
                int i = group.indexOf(block.mix[r]);
                if (i >= 0) {
                    group.inBlock[i] = true;
                }
            }
            pack(block, group);
            if (group.inputs.filterCount() == 0) {
                continue;
            }
            if (!group.graph.run(group.inputs, group.left, group.right)) {
                notFinite++;
                continue;
            }
            for (int i = 0; i < group.mixes.length; i++) {
                if (group.inBlock[i]) {
                    int slot = group.mixes[i].slot();
                    System.arraycopy(group.left[i], 0, left[slot], 0, left[slot].length);
                    System.arraycopy(group.right[i], 0, right[slot], 0, right[slot].length);
                }
            }
        }
        return notFinite;
    }

    private static void pack(MixBlock block, Group group) {
        MixInputs in = group.inputs;
        in.clear();
        int first = 0;
        for (int lane = 0; lane < block.lanes; lane++) {
            int number = -1;
            if (lane > 0 && block.samples[lane] != block.samples[lane - 1]) {
                first = in.lanes;
            }
            for (int p = block.firstPath[lane]; p < block.firstPath[lane + 1]; p++) {
                int listener = group.indexOf(block.mix[block.row[p]]);
                if (listener < 0) {
                    continue;
                }
                if (number < 0) {
                    number = group.lane(block, lane, first);
                }
                switch (block.fade[p]) {
                    case STAY -> in.addFilter(listener, number, MixInputs.Use.STAYS, block.to[p]);
                    case OUT -> in.addFilter(listener, number, MixInputs.Use.FADES_OUT, block.from[p]);
                    case IN -> in.addFilter(listener, number, MixInputs.Use.FADES_IN, block.to[p]);
                    default -> {
                        in.addFilter(listener, number, MixInputs.Use.FADES_OUT, block.from[p]);
                        in.addFilter(listener, number, MixInputs.Use.FADES_IN, block.to[p]);
                    }
                }
            }
        }
    }

    @Override
    public String describe() {
        return description;
    }

    @Override
    public void close() {
        for (Group group : groups) {
            group.graph.close();
        }
    }
}
