package io.pinna.internal.inference;

import io.pinna.SoundWorldSettings;
import io.pinna.internal.render.BlockRenderer;
import io.pinna.internal.render.CpuBlockRenderer;
import io.pinna.internal.render.ListenerMix;
import io.pinna.internal.render.MixBlock;
import io.pinna.internal.render.RenderPlan;
import java.util.ArrayList;
import java.util.List;

/**
 * Renders the listeners that wear a binaural model by it, and all others by what renders them otherwise. Where a model begins to render what was heard through the profile before, the listener's block is rendered by the CPU's
 * formulas too, and cross-faded. What reaches them around edges, by reflection or from the whole room goes through their profiles: a model is given straight sound only. Made, used and closed by one thread; rendering allocates what the models do. The models stay open when it is closed: they are the listeners'.
 */
public final class ModelBlockRenderer implements RemoteRenderer {
    /** Null if every listener wears a model. */
    private final RemoteRenderer others;
    private final ModelRow[] rows;
    private final CpuBlockRenderer profiles;
    /** Of what does not come straight from an emitter; null if nothing does. */
    private final CpuBlockRenderer indirect;
    private final float[][] profileLeft;
    private final float[][] profileRight;
    private final float[][] indirectLeft;
    private final float[][] indirectRight;

    private ModelBlockRenderer(RemoteRenderer others, List<ListenerMix> modelled, SoundWorldSettings settings) {
        this.others = others;
        rows = new ModelRow[modelled.size()];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = new ModelRow(modelled.get(i), settings.blockFrames(), settings.maxVoices());
        }
        profiles = new CpuBlockRenderer(new RenderPlan(settings), modelled);
        RenderPlan plan = new RenderPlan(settings);
        indirect = plan.slots().count() == settings.maxVoices() ? null : new CpuBlockRenderer(plan, modelled, settings.maxVoices());
        profileLeft = new float[settings.maxListeners()][settings.blockFrames()];
        profileRight = new float[settings.maxListeners()][settings.blockFrames()];
        indirectLeft = new float[settings.maxListeners()][settings.blockFrames()];
        indirectRight = new float[settings.maxListeners()][settings.blockFrames()];
    }

    /** @param others makes what renders listeners without a model */
    public static RemoteRenderer.Factory factory(SoundWorldSettings settings, RemoteRenderer.Factory others) {
        return new RemoteRenderer.Factory() {
            @Override
            public RemoteRenderer prepare(List<ListenerMix> mixes) {
                List<ListenerMix> plain = new ArrayList<>();
                List<ListenerMix> modelled = new ArrayList<>();
                mixes.forEach(mix -> (mix.model() == null ? plain : modelled).add(mix));
                if (modelled.isEmpty()) {
                    return others.prepare(mixes);
                }
                RemoteRenderer rest = plain.isEmpty() ? null : others.prepare(plain);
                try {
                    return new ModelBlockRenderer(rest, modelled, settings);
                } catch (RuntimeException | Error e) {
                    if (rest != null) {
                        rest.close();
                    }
                    throw e;
                }
            }

            @Override
            public String describe() {
                return others.describe();
            }
        };
    }

    @Override
    public int render(MixBlock block, float[][] left, float[][] right) {
        int notFinite = 0;
        if (others == null) {
            BlockRenderer.silence(left, right);
        } else {
            notFinite += others.render(block, left, right);
        }
        if (indirect != null) {
            // Before the models' own, so that a listener whose model fails is silent altogether, as the count says.
            notFinite += indirect.render(block, indirectLeft, indirectRight);
        }
        boolean profilesAreThere = false;
        for (int r = 0; r < block.rows; r++) {
            ModelRow row = rowOf(block.mix[r]);
            if (row == null) {
                continue;
            }
            int slot = row.mix.slot();
            ModelRow.Outcome outcome = row.render(block, r, left[slot], right[slot]);
            if (outcome == ModelRow.Outcome.NOT_FINITE) {
                notFinite++;
                continue;
            }
            if (indirect != null) {
                add(indirectLeft[slot], left[slot]);
                add(indirectRight[slot], right[slot]);
            }
            if (outcome == ModelRow.Outcome.RESUMED) {
                if (!profilesAreThere) {
                    notFinite += profiles.render(block, profileLeft, profileRight);
                    profilesAreThere = true;
                }
                crossFade(profileLeft[slot], left[slot]);
                crossFade(profileRight[slot], right[slot]);
            }
        }
        return notFinite;
    }

    private ModelRow rowOf(ListenerMix mix) {
        for (ModelRow row : rows) {
            if (row.mix == mix) {
                return row;
            }
        }
        return null;
    }

    private static void add(float[] from, float[] to) {
        for (int i = 0; i < to.length; i++) {
            to[i] += from[i];
        }
    }

    private static void crossFade(float[] from, float[] to) {
        for (int i = 0; i < to.length; i++) {
            float f = (i + 1f) / to.length;
            to[i] = from[i] + f * (to[i] - from[i]);
        }
    }

    @Override
    public String describe() {
        StringBuilder text = new StringBuilder(others == null ? "" : others.describe() + "; ");
        for (int i = 0; i < rows.length; i++) {
            text.append(i == 0 ? "" : ", ").append("one listener by ").append(text(rows[i].mix));
        }
        return text.toString();
    }

    /** What a listener wears, for reports. */
    public static String text(ListenerMix mix) {
        var model = mix.model().model();
        String where = mix.model().describe();
        return "the binaural model \"" + model.name() + "\"" + (where.isEmpty() ? "" : " on " + where);
    }

    @Override
    public void close() {
        if (others != null) {
            others.close();
        }
    }
}
