package io.pinna.cli;

import io.pinna.DeviceException;
import io.pinna.InferenceException;
import io.pinna.InferenceProvider;
import io.pinna.ResourceException;
import io.pinna.internal.device.OpenAlLoopbackPeer;
import io.pinna.internal.device.OpenAlPeerProcess;
import io.pinna.internal.inference.InferenceProviders;
import io.pinna.internal.render.HrtfTable;
import io.pinna.internal.simd.KernelChoice;
import io.pinna.internal.simd.Kernels;
import io.pinna.internal.simd.PlainKernels;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Which renderers there are on this machine, and why others are not. One thread. */
final class BenchRenderers implements AutoCloseable {
    private static final int PEER_TIMEOUT_SECONDS = 120;

    private final int sampleRateHz;
    private final int blockFrames;
    private final HrtfTable table;
    private final Map<BenchRenderer, String> absent = new EnumMap<>(BenchRenderer.class);
    private final Map<BenchRenderer, String> descriptions = new EnumMap<>(BenchRenderer.class);
    private final Map<BenchRenderer, OpenAlPeerProcess> peers = new EnumMap<>(BenchRenderer.class);
    private InferenceProvider gpu;
    private Kernels vector;

    /** @param wanted those that are looked for */
    BenchRenderers(Collection<BenchRenderer> wanted, HrtfTable table, int sampleRateHz, int blockFrames) {
        this.table = table;
        this.sampleRateHz = sampleRateHz;
        this.blockFrames = blockFrames;
        try {
            for (BenchRenderer renderer : BenchRenderer.values()) {
                String reason = wanted.contains(renderer) ? look(renderer) : "not asked for with --renderers";
                if (reason != null) {
                    absent.put(renderer, reason);
                }
            }
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /** @return why it is not there, or null */
    private String look(BenchRenderer renderer) {
        try {
            switch (renderer) {
                case VECTOR -> vector = KernelChoice.vector();
                case ONNX_GPU -> {
                    return lookForGpu();
                }
                case OPENAL_FULL, OPENAL_AMBI2 -> peers.put(renderer,
                        new OpenAlPeerProcess(renderer == BenchRenderer.OPENAL_FULL ? OpenAlLoopbackPeer.HrtfMode.FULL : OpenAlLoopbackPeer.HrtfMode.AMBI2, sampleRateHz, blockFrames, PEER_TIMEOUT_SECONDS));
                default -> {
                    // There until it refuses to open.
                }
            }
            try (BenchSubject subject = open(renderer, 1, false, false)) {
                descriptions.put(renderer, subject.describe());
            }
            return null;
        } catch (InferenceException | DeviceException | ResourceException e) {
            return e.getMessage();
        }
    }

    /** The first in the order in which a world would choose. */
    private String lookForGpu() {
        List<String> refusals = new ArrayList<>();
        for (InferenceProvider provider : InferenceProviders.available()) {
            if (provider == InferenceProvider.CPU) {
                continue;
            }
            gpu = provider;
            try (BenchSubject subject = open(BenchRenderer.ONNX_GPU, 1, false, false)) {
                descriptions.put(BenchRenderer.ONNX_GPU, subject.describe());
                return null;
            } catch (InferenceException e) {
                refusals.add(InferenceProviders.text(provider) + ": " + e.getMessage());
            }
        }
        return refusals.isEmpty() ? "the ONNX Runtime on the class path has the provider cpu only; for CUDA put onnxruntime_gpu there in place of onnxruntime" : String.join("; ", refusals);
    }

    /** Why a renderer is not there, or null. */
    String absence(BenchRenderer renderer) {
        return absent.get(renderer);
    }

    /** What a renderer that is there is. */
    String description(BenchRenderer renderer) {
        return descriptions.get(renderer);
    }

    /** Those that are there. */
    List<BenchRenderer> present() {
        return List.copyOf(descriptions.keySet());
    }

    /**
     * A renderer that is there, under a load.
     *
     * @throws InferenceException if a provider cannot carry so many sources
     * @throws DeviceException    if OpenAL Soft cannot
     */
    BenchSubject open(BenchRenderer renderer, int sources, boolean moving, boolean near) {
        return switch (renderer) {
            case CPU, VECTOR -> new BenchSubject.Mixer(renderer, new MixerBench(sources, moving, near, sampleRateHz, blockFrames, table, renderer == BenchRenderer.VECTOR ? vector : PlainKernels.INSTANCE));
            case ONNX_CPU -> new BenchSubject.Mixer(renderer, MixerBench.onGraph(sources, moving, near, sampleRateHz, blockFrames, table, InferenceProvider.CPU));
            case ONNX_GPU -> new BenchSubject.Mixer(renderer, MixerBench.onGraph(sources, moving, near, sampleRateHz, blockFrames, table, gpu));
            case OPENAL_FULL, OPENAL_AMBI2 -> {
                // It has no near field; nothing would change.
                peers.get(renderer).open(sources, moving);
                yield new BenchSubject.Peer(peers.get(renderer));
            }
        };
    }

    @Override
    public void close() {
        peers.values().forEach(OpenAlPeerProcess::close);
    }
}
