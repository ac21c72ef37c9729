package io.pinna.internal.render;

import io.pinna.hrtf.BinauralModel;

/**
 * A binaural model that a listener wears, open. All mixes of the listener share it. Opened on the owner's thread, used by the thread that mixes, and closed when no mix of the listener is left; a second close does nothing.
 */
public final class WornModel implements AutoCloseable {
    private final BinauralModel model;
    private final BinauralModel.Session session;
    private final int tailFrames;
    private final int latencyFrames;
    private boolean closed;

    /** @param session of the model; it becomes this object's, which closes it */
    public WornModel(BinauralModel model, BinauralModel.Session session) {
        this.model = model;
        this.session = session;
        tailFrames = model.tailFrames();
        latencyFrames = model.latencyFrames();
    }

    public BinauralModel model() {
        return model;
    }

    public BinauralModel.Session session() {
        return session;
    }

    /** Where and how it runs, for reports; empty if it does not say. */
    public String describe() {
        try {
            String text = session.describe();
            return text == null ? "" : text;
        } catch (RuntimeException e) {
            // A report is no reason to fail.
            return "somewhere that it cannot name (" + e + ")";
        }
    }

    /** Asked once, so that the audio thread calls no foreign code. */
    int tailFrames() {
        return tailFrames;
    }

    public int latencyFrames() {
        return latencyFrames;
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            session.close();
        }
    }
}
