package io.pinna.internal.render;

import io.pinna.acoustics.Bands;
import io.pinna.internal.RealTime;
import io.pinna.internal.reverb.FeedbackDelayNetwork;
import io.pinna.internal.snapshot.PropagationFrame;

/**
 * The late reverberation of one listener: what the emitters send, per band, goes through a network whose outputs are heard from {@link PathSlots#REVERB} directions about the head. It goes on from one mix of a listener to the next. Made
 * on the game thread; then audio thread; allocates only in its constructor.
 */
@RealTime
final class ListenerReverb {
    private final RenderPlan plan;
    private final FeedbackDelayNetwork network;
    /** By band: what is sent in the block at hand. */
    private final float[][] sent = new float[Bands.COUNT][];
    private final float[][] heard = new float[PathSlots.REVERB][];
    private final History[] histories = new History[PathSlots.REVERB];
    private final float[] seconds = new float[Bands.COUNT];
    private boolean anySent;
    /** Frames since the network said something. */
    private int quiet = 1 << 30;

    ListenerReverb(RenderPlan plan) {
        this.plan = plan;
        network = new FeedbackDelayNetwork(plan.sampleRateHz(), plan.blockFrames(), PathSlots.REVERB);
        for (int b = 0; b < Bands.COUNT; b++) {
            sent[b] = new float[plan.blockFrames()];
        }
        for (int k = 0; k < heard.length; k++) {
            heard[k] = new float[plan.blockFrames()];
            histories[k] = new History(plan.longestFft(), plan.blockFrames());
        }
    }

    /** Adds a voice's block to what is sent, in each band by a gain that goes straight from one value to another. */
    void send(float[] samples, int at, float[] from, float[] to) {
        int frames = plan.blockFrames();
        float step = 1f / frames;
        for (int b = 0; b < Bands.COUNT; b++) {
            if (from[b] != 0 || to[b] != 0) {
                float slope = step * (to[b] - from[b]);
                plan.kernels().addFaded(samples, at, from[b] + slope, slope, sent[b], 0, frames);
                anySent = true;
            }
        }
    }

    /** Reverberates what was sent. */
    void process(int listener, int generation, PropagationFrame propagation) {
        if (propagation.hasReverb(listener, generation)) {
            for (int b = 0; b < Bands.COUNT; b++) {
                seconds[b] = propagation.reverbSeconds(listener, b);
            }
            network.setReverberation(seconds);
            // What the network itself takes is a part of it: otherwise the room would fall silent between its early reflections and its late ones.
            network.setPreDelay(Math.max(0, propagation.preDelaySeconds(listener) - FeedbackDelayNetwork.latencySeconds()));
        }
        int frames = plan.blockFrames();
        if (!anySent && network.isSilent()) {
            quiet = Math.min(1 << 30, quiet + frames);
            if (quiet < plan.longestFft() + frames) {
                for (History history : histories) {
                    history.advance(frames);
                    java.util.Arrays.fill(history.samples(), history.end() - frames, history.end(), 0);
                }
            }
            return;
        }
        network.process(sent[0], sent[1], sent[2], frames, heard);
        for (int k = 0; k < heard.length; k++) {
            histories[k].advance(frames);
            // Low notes come together again at the ears. The outputs are rows of a Hadamard matrix, whose plain sum would be two of the sixteen lines; with the signs of x2·x3, of the bits of k, it is every second.
            float sign = (k >> 1 & k >> 2 & 1) == 0 ? 1 : -1;
            float[] samples = histories[k].samples();
            int at = histories[k].end() - frames;
            for (int i = 0; i < frames; i++) {
                samples[at + i] = sign * heard[k][i];
            }
        }
        quiet = 0;
        for (float[] band : sent) {
            java.util.Arrays.fill(band, 0);
        }
        anySent = false;
    }

    /** Whether nothing is heard within the block at hand. */
    boolean isSilent() {
        return quiet >= plan.longestUsed();
    }

    History history(int direction) {
        return histories[direction];
    }
}
