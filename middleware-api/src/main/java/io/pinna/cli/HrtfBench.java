package io.pinna.cli;

import io.pinna.internal.hrtf.DelaunaySphere;
import io.pinna.internal.hrtf.FieldHrtf;
import io.pinna.internal.hrtf.HarmonicField;
import io.pinna.internal.hrtf.SpectrumField;
import io.pinna.internal.inference.HrtfFieldModel;
import java.util.List;

/** What it costs to know a listener's HRTF in many directions. One thread. */
final class HrtfBench {
    static final int DIRECTIONS = 1000;
    static final int BATCH = SpectrumField.MAX_BATCH;
    /** Of the fields that personal profiles usually hold. */
    private static final int ORDER = 20;

    private final String name;
    private final SpectrumField field;
    private final float[][] directions;
    private final float[] magnitudeDb;
    private final float[] itdSeconds = new float[BATCH];

    private HrtfBench(String name, SpectrumField field) {
        this.name = name;
        this.field = field;
        magnitudeDb = new float[BATCH * 2 * field.bins()];
        DelaunaySphere sphere = FieldHrtf.sphere();
        directions = new float[(DIRECTIONS + BATCH - 1) / BATCH][];
        for (int b = 0; b < directions.length; b++) {
            directions[b] = new float[3 * Math.min(BATCH, DIRECTIONS - b * BATCH)];
            for (int i = 0; i < directions[b].length; i++) {
                directions[b][i] = sphere.coordinate(b * BATCH + i / 3, i % 3);
            }
        }
    }

    /** The built-in model, and a harmonic field that is fitted to it: what the values are does not change the time. */
    static List<HrtfBench> all() {
        HrtfFieldModel model = HrtfFieldModel.builtIn();
        SpectrumField builtIn = model.listener(model.genericLatent());
        HarmonicField harmonic = HarmonicField.fit(FieldHrtf.sphere(), builtIn, ORDER, 0);
        return List.of(new HrtfBench("HRTF field (" + model.name() + ", " + model.provider() + ")", builtIn), new HrtfBench("spherical harmonics of order " + ORDER, harmonic));
    }

    String name() {
        return name;
    }

    /** All directions once. */
    void run() {
        for (float[] batch : directions) {
            field.evaluate(batch, batch.length / 3, magnitudeDb, itdSeconds);
        }
    }
}
