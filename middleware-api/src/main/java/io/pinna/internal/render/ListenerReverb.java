package io.pinna.internal.render;

import io.pinna.acoustics.AcousticsSettings;
import io.pinna.acoustics.Bands;
import io.pinna.effect.ReverbSettings;
import io.pinna.internal.RealTime;
import io.pinna.internal.reverb.ConvolutionReverb;
import io.pinna.internal.reverb.FeedbackDelayNetwork;
import io.pinna.internal.snapshot.PropagationFrame;
import io.pinna.unit.Decibels;

/**
 * The late reverberation of one listener. What the emitters send, per band, goes through a delay network, or through a measured response; what comes out is heard from directions about the head, through the listener's HRTF, or, where the
 * response is one of two ears, as it is. It goes on from one mix of a listener to the next. Made on the game thread; then audio thread; allocates only in its constructor.
 */
@RealTime
final class ListenerReverb {
    /** What the network is heard from: the corners of a cube about the head, x front, y left, z up. */
    private static final int NETWORK_DIRECTIONS = 8;
    private static final int EARS = 2;

    private final RenderPlan plan;
    private final ReverbResponse response;
    /** Null for a convolution, which is null otherwise. */
    private final FeedbackDelayNetwork network;
    private final ConvolutionReverb convolution;
    private float gain;
    /** By band: what is sent in the block at hand. A convolution takes all in one. */
    private final float[][] sent = new float[Bands.COUNT][];
    private final float[][] heard;
    private final History[] histories;
    /** How much later than the newest sample the ears hear what goes straight to them, so that it comes as late as what goes through filters. */
    private final int straightDelay;
    private final float[] seconds = new float[Bands.COUNT];
    private boolean anySent;
    /** Frames since it said something. */
    private int quiet = 1 << 30;

    /** @param centreSamples the latency of the listener's filters */
    ListenerReverb(RenderPlan plan, ReverbResponse response, int centreSamples) {
        this.plan = plan;
        this.response = response;
        boolean measured = response.settings.kind() == ReverbSettings.Kind.CONVOLUTION;
        int outputs = measured ? response.spectra.channels() : NETWORK_DIRECTIONS;
        network = measured ? null : new FeedbackDelayNetwork(plan.sampleRateHz(), plan.blockFrames(), outputs);
        convolution = measured ? new ConvolutionReverb(plan.sampleRateHz(), plan.blockFrames(), outputs, response.spectra.frames()) : null;
        if (measured) {
            convolution.setResponse(response.spectra);
        }
        gain = (float) Decibels.toLinear(response.settings.wetGainDb());
        straightDelay = centreSamples;
        for (int b = 0; b < Bands.COUNT; b++) {
            sent[b] = new float[plan.blockFrames()];
        }
        heard = new float[outputs][plan.blockFrames()];
        histories = new History[outputs];
        for (int k = 0; k < outputs; k++) {
            histories[k] = new History(Math.max(plan.longestFft(), straightDelay + 2 * plan.blockFrames()), plan.blockFrames());
        }
    }

    /** Whether both are made of the same but for their level, so that one may go on where the other was. */
    boolean isLike(ListenerReverb other) {
        return response.settings.kind() == other.response.settings.kind() && response.settings.response() == other.response.settings.response();
    }

    /** Takes over the level of one that is like it; what is sent goes there as gains do. */
    void takeLevel(ListenerReverb other) {
        gain = other.gain;
    }

    /** Whether what is sent is told apart by how much of it the geometry gives back; a measured response is what it is. */
    boolean followsGeometry() {
        return network != null;
    }

    /** Amplitude of what is sent over what the settings of the scene make of it. */
    float gain() {
        return gain;
    }

    /** Adds a voice's block to what is sent, in each band by a gain that goes straight from one value to another. */
    void send(float[] samples, int at, float[] from, float[] to) {
        int frames = plan.blockFrames();
        float step = 1f / frames;
        int bands = network == null ? 1 : Bands.COUNT;
        for (int b = 0; b < bands; b++) {
            if (from[b] != 0 || to[b] != 0) {
                float slope = step * (to[b] - from[b]);
                plan.kernels().addFaded(samples, at, from[b] + slope, slope, sent[b], 0, frames);
                anySent = true;
            }
        }
    }

    /**
     * Reverberates what was sent.
     *
     * @return false if something was not finite: then all sound is forgotten, since what circulates would never become finite again
     */
    boolean process(int listener, int generation, PropagationFrame propagation) {
        int frames = plan.blockFrames();
        if (network != null && propagation.hasReverb(listener, generation)) {
            for (int b = 0; b < Bands.COUNT; b++) {
                seconds[b] = propagation.reverbSeconds(listener, b);
            }
            network.setReverberation(seconds);
            // From the emission of a sound, of which its direct part is on its way for about a mean free path in a room, and the network itself takes some: otherwise the room would fall silent between its early reflections
            // and its late ones.
            double direct = propagation.meanFreePathMeters(listener) / AcousticsSettings.SPEED_OF_SOUND;
            network.setPreDelay(Math.max(0, propagation.preDelaySeconds(listener) - direct - FeedbackDelayNetwork.latencySeconds()));
        }
        if (!anySent && (network == null ? convolution.isSilent() : network.isSilent())) {
            quiet = Math.min(1 << 30, quiet + frames);
            if (!isSilent()) {
                for (History history : histories) {
                    history.advance(frames);
                    java.util.Arrays.fill(history.samples(), history.end() - frames, history.end(), 0);
                }
            }
            return true;
        }
        if (network != null) {
            network.process(sent[0], sent[1], sent[2], frames, heard);
        } else {
            convolution.process(sent[0], heard);
        }
        boolean finite = true;
        for (float[] output : heard) {
            finite &= plan.kernels().isFinite(output, 0, frames);
        }
        if (!finite) {
            forget();
        }
        for (History history : histories) {
            history.advance(frames);
        }
        if (network != null) {
            spread(frames);
        } else {
            for (int k = 0; k < heard.length; k++) {
                System.arraycopy(heard[k], 0, histories[k].samples(), histories[k].end() - frames, frames);
            }
        }
        quiet = 0;
        for (float[] band : sent) {
            java.util.Arrays.fill(band, 0);
        }
        anySent = false;
        return finite;
    }

    /** What is in the histories is finite, and stays. */
    private void forget() {
        if (network != null) {
            network.reset();
        } else {
            convolution.reset();
        }
        for (float[] output : heard) {
            java.util.Arrays.fill(output, 0);
        }
    }

    /**
     * The network's outputs, turned so that the ears hear all of its lines. Low notes from all directions come together again at an ear, and outputs are rows of a Hadamard matrix: their plain sum is two of the sixteen lines,
     * and with any signs it is half of them at best, as there is no bent function of three bits (Rothaus, "On bent functions", Journal of Combinatorial Theory A 20, 1976). Half of the delays do not decay as all of them
     * do: such a sum of 0.24 s has a reverberation time 10 % too long. But (o_k + o_(k+2))/√2, for k = 0, 1, 4, 5, are rows of a Hadamard matrix of 4 over one half of the lines, and (o_k − o_(k+2))/√2 over the other. Each half is
     * heard from the corners of a tetrahedron in the cube. There every difference between front and back, left and right, up and down is linear in the two bits m of the corner, and the sign (−1)^(m0·m1) is bent: so the
     * sum of the eight, and each of these differences, is all sixteen lines, equally loud. Of the seven ways to halve the lines so, this one has the halves of the most equal energy: within 0.4 dB from 0.13 s on.
     */
    private void spread(int frames) {
        for (int corner = 0; corner < NETWORK_DIRECTIONS; corner++) {
            int k = corner & 1 | (corner & 2) << 1;
            float first = (corner & 3) == 3 ? -HALF_TURN : HALF_TURN;
            float second = (Integer.bitCount(corner) & 1) == 0 ? first : -first;
            float[] x = heard[k];
            float[] y = heard[k + 2];
            float[] samples = histories[corner].samples();
            int at = histories[corner].end() - frames;
            for (int i = 0; i < frames; i++) {
                samples[at + i] = first * x[i] + second * y[i];
            }
        }
    }

    private static final float HALF_TURN = (float) Math.sqrt(0.5);

    /** Whether nothing is heard within the block at hand. */
    boolean isSilent() {
        return quiet >= Math.max(plan.longestUsed(), straightDelay + 2 * plan.blockFrames());
    }

    /** From how many directions it is heard; 0 if it goes straight to the ears. */
    int directions() {
        return response.spectra != null && response.directions == null ? 0 : heard.length;
    }

    /** Whether directions stay in the room while the head turns. */
    boolean staysInRoom() {
        return response.directions != null;
    }

    /** A component (0 front, 1 left, 2 up) of a direction. */
    float direction(int k, int component) {
        if (response.directions != null) {
            return (float) response.directions[k][component];
        }
        return (k >> component & 1) == 0 ? CORNER : -CORNER;
    }

    private static final float CORNER = (float) Math.sqrt(1.0 / 3);

    History history(int direction) {
        return histories[direction];
    }

    /**
     * Adds what goes straight to the ears in the block at hand.
     *
     * @param first gain of its first sample ...
     * @param step  ... and what it grows by with each
     * @return whether there was anything
     */
    boolean addStraight(float first, float step, float[] left, float[] right) {
        if (directions() > 0 || isSilent()) {
            return false;
        }
        int frames = plan.blockFrames();
        for (int ear = 0; ear < EARS; ear++) {
            History h = histories[ear];
            plan.kernels().addFaded(h.samples(), h.end() - frames - straightDelay, first, step, ear == 0 ? left : right, 0, frames);
        }
        return true;
    }
}
