package io.pinna.internal.sound;

import io.pinna.internal.RealTime;
import java.util.Arrays;

/**
 * A whole sound at one engine rate, with the short pieces around the seam of its loop that differ from the sound played once. Immutable, shared by all emitters that play it.
 */
public final class LoopedSamples {
    private final float[] once;
    /** The beginning of every pass but the first, the end of the first pass, and the end of every other, when looping. */
    private final float[] head;
    private final float[] firstTail;
    private final float[] tail;

    /** @param samples are not copied and must not change */
    public LoopedSamples(float[] samples, int fromHz, int toHz) {
        PassRenderer renderer = new PassRenderer(new ArrayInput(samples), fromHz, toHz);
        int frames = Math.toIntExact(renderer.frames());
        if (fromHz == toHz) {
            once = samples;
        } else {
            once = new float[frames];
            renderer.render(0, once, 0, frames, false);
        }
        head = new float[renderer.headFrames()];
        renderer.render(frames, head, 0, head.length, true);
        float[] end = new float[renderer.tailFrames()];
        renderer.render((long) frames - end.length, end, 0, end.length, true);
        firstTail = end;
        float[] laterEnd = new float[end.length];
        renderer.render(2L * frames - end.length, laterEnd, 0, end.length, true);
        tail = Arrays.equals(end, laterEnd) ? end : laterEnd;
    }

    public int frames() {
        return once.length;
    }

    /** As {@link SampleSource#read}. */
    @RealTime
    public void read(long start, float[] destination, int offset, int count, boolean looping) {
        int frames = once.length;
        int done = 0;
        while (done < count) {
            long at = start + done;
            int n = count - done;
            if (at < 0 || !looping && at >= frames) {
                n = at < 0 ? (int) Math.min(n, -at) : n;
                Arrays.fill(destination, offset + done, offset + done + n, 0);
            } else {
                boolean first = at < frames;
                int local = (int) (first ? at : at % frames);
                int tailStart = looping ? frames - tail.length : frames;
                if (!first && local < head.length) {
                    n = Math.min(n, head.length - local);
                    System.arraycopy(head, local, destination, offset + done, n);
                } else if (local < tailStart) {
                    n = Math.min(n, tailStart - local);
                    System.arraycopy(once, local, destination, offset + done, n);
                } else {
                    n = Math.min(n, frames - local);
                    System.arraycopy(first ? firstTail : tail, local - tailStart, destination, offset + done, n);
                }
            }
            done += n;
        }
    }
}
