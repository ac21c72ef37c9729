package io.pinna.internal.inference;

import io.pinna.internal.hrtf.HrtfSource;
import io.pinna.internal.hrtf.SpectrumField;
import io.pinna.internal.render.HrtfTable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Fills whole tables here and now, those of one model together: what a game does while it loads, so that no model runs while it plays. Any thread but the audio thread. */
public final class FilterBatches {
    /** More tables in one call do not make a filter cheaper. */
    static final int MOST_TABLES = 16;

    private FilterBatches() {
    }

    /**
     * Computes every filter that is not there yet. The inference thread may work on the same tables: it goes up from the first vertex, this goes down from the last.
     *
     * @throws RuntimeException of a field that failed, or {@link io.pinna.InferenceException} for a filter that is not finite; what has been computed stays
     */
    public static void bake(Collection<HrtfTable> tables) {
        Map<HrtfSource.Batch, List<HrtfTable>> groups = new LinkedHashMap<>();
        for (HrtfTable table : tables) {
            if (!table.isBaked()) {
                groups.computeIfAbsent(table.source().batch(), b -> new ArrayList<>()).add(table);
            }
        }
        for (List<HrtfTable> group : groups.values()) {
            for (int from = 0; from < group.size(); from += MOST_TABLES) {
                bakeTogether(group.subList(from, Math.min(group.size(), from + MOST_TABLES)));
            }
        }
    }

    private static void bakeTogether(List<HrtfTable> tables) {
        int[] next = new int[tables.size()];
        for (int t = 0; t < next.length; t++) {
            next[t] = tables.get(t).vertexCount();
        }
        List<HrtfSource.Request> requests = new ArrayList<>();
        do {
            requests.clear();
            for (int t = 0; t < next.length; t++) {
                HrtfTable table = tables.get(t);
                int[] vertices = new int[SpectrumField.MAX_BATCH];
                int count = 0;
                while (next[t] > 0 && count < vertices.length) {
                    next[t]--;
                    if (!table.isReady(next[t])) {
                        vertices[count++] = next[t];
                    }
                }
                if (count > 0) {
                    requests.add(new HrtfSource.Request(table.source(), vertices, count, table.sink()));
                }
            }
            if (!requests.isEmpty()) {
                requests.get(0).source().batch().evaluate(requests);
            }
        } while (!requests.isEmpty());
    }
}
