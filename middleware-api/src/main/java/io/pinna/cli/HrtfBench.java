package io.pinna.cli;

import io.pinna.internal.hrtf.DelaunaySphere;
import io.pinna.internal.hrtf.FieldHrtf;
import io.pinna.internal.hrtf.HarmonicField;
import io.pinna.internal.hrtf.SpectrumField;
import io.pinna.internal.inference.HrtfFieldModel;
import java.util.ArrayList;
import java.util.List;

/** What it costs to know a listener's HRTF in many directions. One thread. */
final class HrtfBench {
    static final int DIRECTIONS = 1000;
    static final int BATCH = SpectrumField.MAX_BATCH;
    /** Of the fields that personal profiles usually hold. */
    private static final int ORDER = 20;

    /** As in a split screen. */
    private static final int LISTENERS = 4;

    private final String name;
    private final List<List<SpectrumField.Request>> calls = new ArrayList<>();

    /** @param shared whether all ask for the same directions; the number of answers is the same either way */
    private HrtfBench(String name, List<SpectrumField> fields, boolean shared) {
        this.name = name;
        DelaunaySphere sphere = FieldHrtf.sphere();
        int each = DIRECTIONS / fields.size();
        for (int from = 0; from < each; from += BATCH) {
            int count = Math.min(BATCH, each - from);
            List<SpectrumField.Request> call = new ArrayList<>();
            for (int l = 0; l < fields.size(); l++) {
                float[] directions = new float[3 * count];
                for (int i = 0; i < directions.length; i++) {
                    directions[i] = sphere.coordinate((shared ? 0 : l * each) + from + i / 3, i % 3);
                }
                call.add(new SpectrumField.Request(fields.get(l), directions));
            }
            calls.add(call);
        }
    }

    /** The built-in model, for one listener and for several, and a harmonic field that is fitted to it: what the values are does not change the time. */
    static List<HrtfBench> all() {
        HrtfFieldModel model = HrtfFieldModel.builtIn();
        SpectrumField builtIn = model.listener(model.genericLatent());
        HarmonicField harmonic = HarmonicField.fit(FieldHrtf.sphere(), builtIn, ORDER, 0);
        String name = "HRTF field (" + model.name() + ", " + model.provider() + ")";
        return List.of(new HrtfBench(name, List.of(builtIn), false), new HrtfBench(name + ", " + LISTENERS + " listeners in a call, in the same directions", listeners(model), true),
                new HrtfBench(name + ", " + LISTENERS + " listeners in a call, each in others", listeners(model), false),
                new HrtfBench("spherical harmonics of order " + ORDER, List.of(harmonic), false));
    }

    private static List<SpectrumField> listeners(HrtfFieldModel model) {
        return model.subjectIds().stream().limit(LISTENERS).map(id -> model.listener(model.subjectLatent(id))).toList();
    }

    String name() {
        return name;
    }

    /** All directions once. */
    void run() {
        for (List<SpectrumField.Request> call : calls) {
            call.get(0).field().group().evaluate(call);
        }
    }
}
