package io.pinna.internal.render;

import io.pinna.internal.RealTime;

/**
 * Joins blocks of a listener that come from two renderers which do not sound the same: where one takes over from the other, the step between the last sample of the one and the first of the other is added to what follows, and
 * fades out by half a cosine. So the sound is continuous, and its steepest step grows by no more than π/2 of the difference over the length of the fade.
 *
 * <p>A listener that hears nothing is rendered by nobody: what begins after that is left as it is. Audio thread; no allocation.
 */
@RealTime
final class Seam {
    /** Short enough not to be heard as a sound of its own, long enough for a step of full scale to be 40 dB down between neighbouring samples at 48 kHz (π / 2 / 240). */
    private static final double FADE_SECONDS = 0.005;

    private final int fadeFrames;
    private int generation;
    private boolean heard;
    private boolean remote;
    private float lastLeft;
    private float lastRight;
    private float stepLeft;
    private float stepRight;
    /** Frames of the fade that are over. */
    private int at;

    Seam(int sampleRateHz) {
        fadeFrames = Math.max(1, (int) Math.round(FADE_SECONDS * sampleRateHz));
        at = fadeFrames;
    }

    /**
     * The next block.
     *
     * @param ofGeneration of the listener; another one begins without a past
     * @param isHeard      whether anything is rendered in it
     * @param isRemote     by which of the two
     */
    void join(int ofGeneration, boolean isHeard, boolean isRemote, float[] left, float[] right) {
        if (ofGeneration != generation) {
            generation = ofGeneration;
            heard = false;
            at = fadeFrames;
            lastLeft = 0;
            lastRight = 0;
        }
        // What falls silent together with the change of renderer must not step either.
        if (heard && (!isHeard || isRemote != remote)) {
            stepLeft = lastLeft - left[0];
            stepRight = lastRight - right[0];
            at = 0;
        }
        for (int i = 0; i < left.length && at < fadeFrames; i++) {
            float f = (float) (0.5 + 0.5 * Math.cos(Math.PI * at / fadeFrames));
            left[i] += f * stepLeft;
            right[i] += f * stepRight;
            at++;
        }
        lastLeft = left[left.length - 1];
        lastRight = right[right.length - 1];
        heard = isHeard;
        remote = isRemote;
    }
}
