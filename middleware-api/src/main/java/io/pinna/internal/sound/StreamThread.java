package io.pinna.internal.sound;

import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one daemon thread, {@code pinna-stream}, that decodes for all streams, a part of each in turn. It starts with the first stream and ends a while after the last. */
final class StreamThread {
    private static final Logger LOG = LoggerFactory.getLogger(StreamThread.class);
    /** A stream has 1.5 s of reserve; nobody has to wake this thread from the audio thread. */
    private static final long POLL_NANOS = 5_000_000;
    private static final long LINGER_NANOS = 10_000_000_000L;

    private static final CopyOnWriteArrayList<StreamSource> STREAMS = new CopyOnWriteArrayList<>();
    private static Thread thread;

    private StreamThread() {
    }

    static synchronized void add(StreamSource stream) {
        STREAMS.add(stream);
        if (thread == null) {
            thread = new Thread(StreamThread::run, "pinna-stream");
            thread.setDaemon(true);
            thread.start();
        }
        LockSupport.unpark(thread);
    }

    static synchronized void wake() {
        LockSupport.unpark(thread);
    }

    /** Streams not yet released, for tests. */
    static int count() {
        return STREAMS.size();
    }

    private static synchronized boolean end() {
        if (STREAMS.isEmpty()) {
            thread = null;
            return true;
        }
        return false;
    }

    private static void run() {
        long idleSince = System.nanoTime();
        while (true) {
            boolean worked = false;
            for (StreamSource stream : STREAMS) {
                worked |= serve(stream);
            }
            if (!STREAMS.isEmpty()) {
                idleSince = System.nanoTime();
            } else if (System.nanoTime() - idleSince > LINGER_NANOS && end()) {
                return;
            }
            if (!worked) {
                LockSupport.parkNanos(STREAMS.isEmpty() ? LINGER_NANOS / 4 : POLL_NANOS);
            }
        }
    }

    /** No fault of one stream may end the thread that serves all of them. */
    private static boolean serve(StreamSource stream) {
        try {
            if (stream.isClosed()) {
                STREAMS.remove(stream);
                stream.release();
                return true;
            }
            return stream.fill();
        } catch (RuntimeException | LinkageError | OutOfMemoryError e) {
            if (STREAMS.contains(stream)) {
                stream.fail(e);
            } else {
                LOG.warn("A stream could not be closed cleanly: {}", e.toString());
            }
            return true;
        }
    }
}
