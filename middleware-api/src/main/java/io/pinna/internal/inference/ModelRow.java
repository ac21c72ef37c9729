package io.pinna.internal.inference;

import io.pinna.InferenceException;
import io.pinna.hrtf.BinauralModel;
import io.pinna.internal.render.FilterSpec;
import io.pinna.internal.render.ListenerMix;
import io.pinna.internal.render.MixBlock;

/**
 * Renders what one listener hears by the binaural model that it wears: keeps what the model looks back on of each voice, notices when a voice has not been rendered in the block before, and sums the voices. The mix's thread;
 * allocates only in its constructor.
 */
final class ModelRow implements BinauralModel.Batch {
    private static final long NEVER = -1;
    private static final int POSE_VALUES = 8;

    final ListenerMix mix;
    private final BinauralModel model;
    private final BinauralModel.Session session;
    private final ArrivingSound arriving;
    private final int blockFrames;
    private final int lookBack;
    /** A block is a function of its input alone: nothing is lost when one is left out. */
    private final boolean pure;
    /** By the number of the voice: look-back and block. */
    private final float[][] audio;
    private final long[] run;
    /** The last block in which the voice was rendered. */
    private final long[] last;
    private long lastOfRow = NEVER;
    // The batch at hand.
    private int voices;
    private final int[] voice;
    private final boolean[] leaves;
    private final float[][] pose;
    private final float[][] left;
    private final float[][] right;

    /** @param mix of a listener that wears a model */
    ModelRow(ListenerMix mix, int blockFrames, int maxVoices) {
        this.mix = mix;
        this.blockFrames = blockFrames;
        model = mix.model().model();
        session = mix.model().session();
        lookBack = model.lookBackFrames();
        pure = lookBack == 0 && !model.isStateful();
        arriving = new ArrivingSound(mix.table, blockFrames, Math.max(0, mix.table.centreSamples() - mix.model().latencyFrames()));
        audio = new float[maxVoices][lookBack + blockFrames];
        run = new long[maxVoices];
        last = new long[maxVoices];
        voice = new int[maxVoices];
        leaves = new boolean[maxVoices];
        pose = new float[maxVoices][POSE_VALUES];
        left = new float[maxVoices][blockFrames];
        right = new float[maxVoices][blockFrames];
        forget();
    }

    private void forget() {
        java.util.Arrays.fill(last, NEVER);
        lastOfRow = NEVER;
    }

    /** What became of a block. */
    enum Outcome {
        DONE,
        /** The listener was heard through its profile until this block: it is to be cross-faded from that. */
        RESUMED,
        NOT_FINITE
    }

    /**
     * @param intoLeft  overwritten, unless it is not finite
     * @param intoRight likewise
     * @throws InferenceException if the model throws
     */
    Outcome render(MixBlock block, int row, float[] intoLeft, float[] intoRight) {
        boolean resumes;
        try {
            resumes = prepare(block, row);
            if (voices > 0) {
                session.render(this);
            }
        } catch (RuntimeException | Error e) {
            throw failed(e);
        }
        lastOfRow = block.number;
        java.util.Arrays.fill(intoLeft, 0);
        java.util.Arrays.fill(intoRight, 0);
        if (!sum(intoLeft, intoRight)) {
            // What it remembers may be no better.
            forget();
            return Outcome.NOT_FINITE;
        }
        return resumes ? Outcome.RESUMED : Outcome.DONE;
    }

    private void reset(int voice) {
        try {
            session.reset(voice);
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    /** Somebody else's code: an assertion or an overflow of its stack is its fault like any other, and must not end the thread that mixes. */
    private InferenceException failed(Throwable e) {
        forget();
        return new InferenceException("the binaural model \"" + model.name() + "\" failed: " + e, e);
    }

    /** Fills the batch. @return whether voices were sounding already, of which the model knows nothing */
    private boolean prepare(MixBlock block, int row) {
        voices = 0;
        boolean gap = lastOfRow != block.number - 1;
        boolean resumes = false;
        for (int lane = 0; lane < block.lanes; lane++) {
            arriving.take(block.samples[lane], block.end[lane]);
            for (int p = block.firstPath[lane]; p < block.firstPath[lane + 1]; p++) {
                if (block.row[p] != row || block.slot[p] >= voice.length) {
                    // What comes around edges, by reflection or from the whole room is not the model's.
                    continue;
                }
                int v = block.slot[p];
                MixBlock.Fade fade = block.fade[p];
                boolean goesOn = pure || run[v] == block.run[p] && last[v] == block.number - 1;
                boolean fadesIn = fade == MixBlock.Fade.IN;
                if (!goesOn) {
                    boolean sounding = !fadesIn && arriving.wasSounding();
                    resumes |= sounding && gap;
                    if (fade == MixBlock.Fade.OUT) {
                        // It begins and ends with this block.
                        continue;
                    }
                    fadesIn |= sounding;
                    java.util.Arrays.fill(audio[v], 0);
                    reset(v);
                }
                run[v] = block.run[p];
                last[v] = block.number;
                add(v, fade, fadesIn, block.from[p], block.to[p]);
            }
        }
        return resumes;
    }

    private void add(int v, MixBlock.Fade fade, boolean fadesIn, FilterSpec from, FilterSpec to) {
        int i = voices++;
        voice[i] = v;
        leaves[i] = fade == MixBlock.Fade.OUT;
        FilterSpec end = leaves[i] ? from : to;
        FilterSpec begin = fade == MixBlock.Fade.MOVE ? from : end;
        float[] history = audio[v];
        System.arraycopy(history, blockFrames, history, 0, lookBack);
        arriving.write(fadesIn ? null : begin, end, history, lookBack);
        put(begin, pose[i], 0);
        put(end, pose[i], POSE_VALUES / 2);
        // What a model leaves out is found.
        java.util.Arrays.fill(left[i], Float.NaN);
        java.util.Arrays.fill(right[i], Float.NaN);
    }

    private static void put(FilterSpec at, float[] into, int offset) {
        into[offset] = at.x;
        into[offset + 1] = at.y;
        into[offset + 2] = at.z;
        into[offset + 3] = (float) at.distanceMeters;
    }

    /** @return false if something is not finite */
    private boolean sum(float[] intoLeft, float[] intoRight) {
        float check = 0;
        float step = 1f / blockFrames;
        for (int v = 0; v < voices; v++) {
            float fadeStep = leaves[v] ? -step : 0;
            float fade = 1 + fadeStep;
            for (int i = 0; i < blockFrames; i++) {
                float f = fade + fadeStep * i;
                intoLeft[i] += f * left[v][i];
                intoRight[i] += f * right[v][i];
                check += left[v][i] * 0 + right[v][i] * 0;
            }
        }
        return check == 0;
    }

    @Override
    public int voices() {
        return voices;
    }

    @Override
    public int voice(int i) {
        return voice[i];
    }

    @Override
    public float[] audio(int i) {
        return audio[voice[i]];
    }

    @Override
    public float[] pose(int i) {
        return pose[i];
    }

    @Override
    public float[] left(int i) {
        return left[i];
    }

    @Override
    public float[] right(int i) {
        return right[i];
    }
}
