package io.pinna.internal.render;

import io.pinna.internal.RealTime;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Where the audio thread hands blocks over to a renderer on another thread, and takes their sound back exactly one block later. Neither waits for the other: a block that is not done by then is withdrawn, or left to
 * whoever works on it, and the audio thread renders it itself from the same description, which nobody changes meanwhile.
 *
 * <p>One audio thread and one rendering thread. Allocates only in its constructor.
 */
public final class MixExchange {
    /** One is filled, one is waited for, one may be stuck in a renderer that takes long, and one is spare. */
    private static final int SLOTS = 4;

    private static final int FREE = 0;
    /** Filled, and nobody works on it. */
    private static final int OFFERED = 1;
    /** The rendering thread reads it. */
    private static final int RUNNING = 2;
    private static final int DONE = 3;
    private static final int FAILED = 4;

    /** What became of a block that was to be rendered elsewhere. */
    public enum Outcome {
        /** Its sound is there. */
        READY,
        /** It was not done when it was needed. */
        LATE,
        /** The renderer threw, or its sound was not finite. */
        FAILED,
        /** It was never handed over. */
        NOT_ASKED
    }

    private final MixBlock[] blocks = new MixBlock[SLOTS];
    private final AtomicIntegerArray states = new AtomicIntegerArray(SLOTS);
    private final float[][][] left = new float[SLOTS][][];
    private final float[][][] right = new float[SLOTS][][];
    /** The mixes that the rendering thread can render; never changed, only replaced. */
    private volatile ListenerMix[] prepared = {};
    // Audio thread.
    private int filling = -1;
    private int previous = -1;
    private boolean previousAsked;

    public MixExchange(RenderPlan plan) {
        for (int i = 0; i < SLOTS; i++) {
            blocks[i] = new MixBlock(plan, true);
            left[i] = new float[plan.listeners()][plan.blockFrames()];
            right[i] = new float[plan.listeners()][plan.blockFrames()];
        }
    }

    /** Audio thread: a block to be filled, which nobody else reads. */
    @RealTime
    MixBlock begin() {
        for (int i = 0; i < SLOTS; i++) {
            if (i != previous && states.get(i) != RUNNING) {
                states.set(i, FREE);
                filling = i;
                return blocks[i];
            }
        }
        // At most one runs, one is the previous one.
        throw new IllegalStateException("all blocks are in use");
    }

    /** Audio thread: the block before the one that is being filled, or null at first. */
    @RealTime
    MixBlock previous() {
        return previous < 0 ? null : blocks[previous];
    }

    /** Audio thread: what became of the previous block. If it is {@link Outcome#READY}, its sound is written to the arrays; if not, nobody will write to it any more. */
    @RealTime
    Outcome collect(float[][] intoLeft, float[][] intoRight) {
        if (!previousAsked) {
            return Outcome.NOT_ASKED;
        }
        int state = states.get(previous);
        if (state == OFFERED && states.compareAndSet(previous, OFFERED, FREE)) {
            return Outcome.LATE;
        }
        state = states.get(previous);
        if (state == FAILED) {
            return Outcome.FAILED;
        }
        if (state != DONE) {
            return Outcome.LATE;
        }
        for (int l = 0; l < intoLeft.length; l++) {
            System.arraycopy(left[previous][l], 0, intoLeft[l], 0, intoLeft[l].length);
            System.arraycopy(right[previous][l], 0, intoRight[l], 0, intoRight[l].length);
        }
        return Outcome.READY;
    }

    /** Audio thread: the block that was being filled becomes the previous one. @param ask whether it is to be rendered elsewhere */
    @RealTime
    void end(boolean ask) {
        if (ask) {
            states.set(filling, OFFERED);
        }
        previous = filling;
        previousAsked = ask;
        filling = -1;
    }

    /** Rendering thread: from now on it can render blocks all of whose rows are among these. */
    public void prepare(ListenerMix... mixes) {
        prepared = mixes.clone();
    }

    /** Audio thread: whether the rendering thread can render a block: it knows its mixes, and none of them fades as a whole. */
    @RealTime
    boolean isPreparedFor(MixBlock block) {
        ListenerMix[] known = prepared;
        for (int r = 0; r < block.rows; r++) {
            boolean found = false;
            for (ListenerMix mix : known) {
                found |= mix == block.mix[r];
            }
            if (!found || block.rowFade[r] != 0) {
                return false;
            }
        }
        return true;
    }

    /** Rendering thread: the block that waits to be rendered, or null. What is taken has to be {@link #give given back}. */
    public MixBlock take() {
        for (int i = 0; i < SLOTS; i++) {
            if (states.compareAndSet(i, OFFERED, RUNNING)) {
                return blocks[i];
            }
        }
        return null;
    }

    /** Rendering thread: for each listener slot where the left ear of a taken block goes. */
    public float[][] left(MixBlock block) {
        return left[slot(block)];
    }

    /** Rendering thread: likewise the right ear. */
    public float[][] right(MixBlock block) {
        return right[slot(block)];
    }

    /** Rendering thread: gives a taken block back. @param done whether its sound is there and finite */
    public void give(MixBlock block, boolean done) {
        states.set(slot(block), done ? DONE : FAILED);
    }

    private int slot(MixBlock block) {
        for (int i = 0; i < SLOTS; i++) {
            if (blocks[i] == block) {
                return i;
            }
        }
        throw new IllegalArgumentException("not a block of this exchange");
    }
}
