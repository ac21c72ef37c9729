package io.pinna.internal.inference;

import io.pinna.InferenceProvider;
import io.pinna.SoundWorldSettings;
import io.pinna.internal.render.BlockRenderer;
import io.pinna.internal.render.FilterSpec;
import io.pinna.internal.render.ListenerMix;
import io.pinna.internal.render.PathSlots;
import io.pinna.internal.render.MixBlock;
import io.pinna.internal.render.RenderPlan;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Renders blocks by the mix graph: one graph for all mixes whose filters have the same length. Made, used and closed by one thread; rendering allocates only what ONNX Runtime's calls do.
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

        Group(List<ListenerMix> mixes, MixGraph graph, int blockFrames) {
            this.mixes = mixes.toArray(new ListenerMix[0]);
            this.graph = graph;
            inputs = graph.inputs();
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
    }

    /** @throws io.pinna.InferenceException if the graph cannot be used for these mixes on this provider */
    GraphBlockRenderer(SoundWorldSettings settings, List<ListenerMix> mixes, MixModel model, InferenceProvider provider) {
        Map<Integer, List<ListenerMix>> bySize = new LinkedHashMap<>();
        for (ListenerMix mix : mixes) {
            bySize.computeIfAbsent(mix.table.fftSize(), size -> new ArrayList<>()).add(mix);
        }
        List<Group> made = new ArrayList<>();
        PathSlots slots = new PathSlots(settings);
        // A path that moves is two filters, and a reflection whose delay changes is heard through two lanes.
        int filters = 2 * slots.count();
        int sources = settings.maxVoices() * (RenderPlan.lanePerListener(settings) ? settings.maxListeners() : 1);
        int lanes = sources + settings.maxListeners() * (slots.reverb() + 2 * slots.sets() * slots.reflections());
        try {
            for (List<ListenerMix> group : bySize.values()) {
                MixGraph.Limits limits = new MixGraph.Limits(lanes, filters);
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
        for (int lane = 0; lane < block.lanes; lane++) {
            int number = -1;
            for (int p = block.firstPath[lane]; p < block.firstPath[lane + 1]; p++) {
                int listener = group.indexOf(block.mix[block.row[p]]);
                if (listener < 0) {
                    continue;
                }
                if (number < 0) {
                    number = in.addLane(block.samples[lane], block.end[lane] - in.transform());
                }
                switch (block.fade[p]) {
                    case STAY -> add(in, listener, number, MixInputs.Use.STAYS, block.to[p]);
                    case OUT -> add(in, listener, number, MixInputs.Use.FADES_OUT, block.from[p]);
                    case IN -> add(in, listener, number, MixInputs.Use.FADES_IN, block.to[p]);
                    default -> {
                        add(in, listener, number, MixInputs.Use.FADES_OUT, block.from[p]);
                        add(in, listener, number, MixInputs.Use.FADES_IN, block.to[p]);
                    }
                }
            }
        }
    }

    private static void add(MixInputs in, int listener, int lane, MixInputs.Use use, FilterSpec spec) {
        in.addFilter(listener, lane, use, spec.corners, spec.vertex, spec.weight, spec.delaySamples, spec.near, spec.distanceMeters, spec.y, spec.gain);
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
