package io.pinna.internal.sound;

import io.pinna.internal.RealTime;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Plays a sound that is decoded in the background. The thread {@code pinna-stream}, one for all streams, keeps a ring filled with about 1.5 s after and 0.25 s before the place that the audio
 * thread reads; the audio thread copies from it without locks. What is not there yet is silence and counted.
 *
 * <p>Who may call what: {@link #read}, {@link #seek}, {@link #approach}, {@link #isReady} and {@link #awaitReady} one reading thread (the audio thread, or the thread that drives an offline engine); {@link #close},
 * {@link #missedFrames} and {@link #failure} any thread. All memory is allocated in the constructor.
 *
 * <p>Why no frame is overwritten while it is copied: the background thread only writes frames before {@code readPosition − behind + capacity}, so it only overwrites frames before
 * {@code readPosition − behind}; the reader moves {@code readPosition} only forward within an epoch, before it copies, and copies nothing from further back. A seek begins a new epoch; until
 * the background thread has answered it, the reader takes nothing from the ring.
 */
public final class StreamSource implements SampleSource {
    private static final double AHEAD_SECONDS = 1.5;
    private static final double BEHIND_SECONDS = 0.25;
    /** Frames decoded at a time, before the next stream has its turn. */
    private static final int PART = 2048;
    private static final VarHandle REQUEST = handle("requestEpoch", int.class);
    private static final VarHandle ANSWER = handle("answerEpoch", int.class);
    private static final VarHandle READ = handle("readPosition", long.class);
    private static final VarHandle HIGH = handle("high", long.class);
    private static final VarHandle LOOPING = handle("looping", boolean.class);

    private final PassRenderer renderer;
    private final DecodedInput input;
    private final Consumer<String> warn;
    private final long frames;
    /** From here on, the end of a pass depends on whether the sound loops. */
    private final long seamFrame;
    private final int ahead;
    private final int behind;
    private final int readyFrames;
    private final float[] ring;
    private final float[] part = new float[PART];

    // Written by the reading thread.
    private int requestEpoch;
    private volatile long requestFrame;
    private long readPosition;
    private boolean looping;
    private volatile long missed;

    // Written by the background thread; low does not change within an epoch.
    private int answerEpoch;
    private long low;
    private long high;
    private volatile String failure;

    private volatile boolean closed;
    private long nonFiniteReported;

    /**
     * Starts to decode from frame 0.
     *
     * @param input   belongs to this source from here on, which closes it
     * @param looping whether the passes after the first will be wanted; a later {@link #read} may change it
     * @param warn    told of trouble in the background, on the background thread
     */
    public StreamSource(DecodedInput input, int fileRateHz, int engineRateHz, boolean looping, Consumer<String> warn) {
        this.input = input;
        this.warn = warn;
        this.looping = looping;
        renderer = new PassRenderer(input, fileRateHz, engineRateHz);
        frames = renderer.frames();
        seamFrame = frames - renderer.tailFrames();
        ahead = (int) (AHEAD_SECONDS * engineRateHz);
        behind = (int) (BEHIND_SECONDS * engineRateHz);
        readyFrames = 2 * ahead / 3;
        ring = new float[Integer.highestOneBit(ahead + behind + PART - 1) << 1];
        StreamThread.add(this);
    }

    private static VarHandle handle(String field, Class<?> type) {
        try {
            return MethodHandles.lookup().findVarHandle(StreamSource.class, field, type);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    @Override
    public long frames() {
        return frames;
    }

    @Override
    @RealTime
    public void seek(long frame, boolean looping) {
        LOOPING.setOpaque(this, looping);
        long target = Math.max(0, frame);
        requestFrame = target;
        READ.setOpaque(this, target);
        REQUEST.setRelease(this, requestEpoch + 1);
    }

    @Override
    @RealTime
    public boolean read(long start, float[] destination, int offset, int count, boolean looping) {
        if (looping != this.looping) {
            LOOPING.setOpaque(this, looping);
            if ((long) HIGH.getAcquire(this) > seamFrame) {
                // What was decoded around the end of a pass was meant for the other case. Announce loops early (constructor, seek) and this does not happen.
                seek(start, looping);
            }
        }
        int done = 0;
        if (start < 0) {
            done = (int) Math.min(count, -start);
            Arrays.fill(destination, offset, offset + done, 0);
        }
        int end = looping ? count : (int) Math.max(done, Math.min(count, frames - start));
        Arrays.fill(destination, offset + end, offset + count, 0);
        if (end == done) {
            return true;
        }
        long from = start + done;
        boolean answered = (int) ANSWER.getAcquire(this) == requestEpoch;
        if (from < readPosition - behind || from > readPosition + ahead || answered && from < low) {
            // A jump that nobody announced.
            seek(from, looping);
            answered = false;
        } else if (from > readPosition) {
            READ.setRelease(this, from);
        }
        long available = answered ? (long) HIGH.getAcquire(this) : 0;
        int n = (int) Math.max(0, Math.min(end - done, available - from));
        copy(from, destination, offset + done, n);
        int missing = end - done - n;
        if (missing > 0) {
            Arrays.fill(destination, offset + done + n, offset + end, 0);
            missed = missed + missing;
        }
        return missing == 0;
    }

    @RealTime
    private void copy(long from, float[] destination, int offset, int count) {
        int at = (int) (from & ring.length - 1);
        int n = Math.min(count, ring.length - at);
        System.arraycopy(ring, at, destination, offset, n);
        System.arraycopy(ring, 0, destination, offset + n, count - n);
    }

    @Override
    @RealTime
    public boolean isReady(long frame) {
        long from = Math.max(0, frame);
        if (!looping && from >= frames) {
            return true;
        }
        if ((int) ANSWER.getAcquire(this) != requestEpoch || from < low || from < readPosition - behind || from > readPosition + ahead) {
            return false;
        }
        // What the background thread will fill without further reading.
        long wanted = Math.min(from + readyFrames, readPosition + ahead);
        return (long) HIGH.getAcquire(this) >= (looping ? wanted : Math.min(wanted, frames));
    }

    /**
     * Waits until a read at this frame finds its data; for the thread that drives an offline engine, in place of the audio thread, so that nothing is ever late. Returns at once after a
     * failure or {@link #close}, when nothing more will come.
     */
    @Override
    public void awaitReady(long frame) {
        follow(frame, looping);
        while (!isReady(frame) && failure == null && !closed) {
            StreamThread.wake();
            LockSupport.parkNanos(100_000);
        }
    }

    @Override
    @RealTime
    public boolean approach(long frame, boolean looping) {
        follow(frame, looping);
        return isReady(frame);
    }

    @RealTime
    private void follow(long frame, boolean looping) {
        long from = Math.max(0, frame);
        boolean answered = (int) ANSWER.getAcquire(this) == requestEpoch;
        if (from < readPosition - behind || from > readPosition + ahead || answered && from < low) {
            seek(from, looping);
        } else if (from > readPosition) {
            READ.setRelease(this, from);
        }
    }

    @Override
    @RealTime
    public long rememberedFrames() {
        // A part of the whole is for the frames that an interpolation reads before its place.
        return behind - behind / 8;
    }

    @Override
    public long missedFrames() {
        return missed;
    }

    /** Why the sound broke off, or null. */
    public String failure() {
        return failure;
    }

    /** Frees the decoder a little later, on its own thread. */
    @Override
    public void close() {
        closed = true;
        StreamThread.wake();
    }

    boolean isClosed() {
        return closed;
    }

    /** On the background thread: decodes a part if there is room. @return whether there was something to do */
    boolean fill() {
        if (failure != null) {
            return false;
        }
        int epoch = (int) REQUEST.getAcquire(this);
        if (epoch != answerEpoch) {
            // A voice reads some frames before the place it seeks, for its interpolation.
            long from = Math.max(0, requestFrame - behind / 4);
            low = from;
            HIGH.setRelease(this, from);
            ANSWER.setRelease(this, epoch);
        }
        long position = (long) READ.getAcquire(this);
        boolean loop = (boolean) LOOPING.getOpaque(this);
        long until = position + ahead;
        until = loop ? until : Math.min(until, frames);
        int n = (int) Math.min(PART, until - high);
        if (n <= 0) {
            return false;
        }
        renderer.render(high, part, 0, n, loop);
        int at = (int) (high & ring.length - 1);
        int first = Math.min(n, ring.length - at);
        System.arraycopy(part, 0, ring, at, first);
        System.arraycopy(part, first, ring, 0, n - first);
        HIGH.setRelease(this, high + n);
        if (input.nonFiniteSamples() > nonFiniteReported) {
            if (nonFiniteReported == 0) {
                warn.accept("non-finite samples were found while streaming and replaced by silence");
            }
            nonFiniteReported = input.nonFiniteSamples();
        }
        return true;
    }

    /** On the background thread. */
    void fail(Throwable cause) {
        failure = String.valueOf(cause.getMessage());
        warn.accept("streaming stopped, the rest is silence: " + failure);
    }

    /** On the background thread, last of all. */
    void release() {
        input.close();
    }
}
