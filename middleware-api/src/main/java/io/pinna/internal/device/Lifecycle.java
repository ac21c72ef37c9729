package io.pinna.internal.device;

import io.pinna.UsageException;
import io.pinna.internal.RealTime;

/** A device is opened once and closed once; everything else is refused on the owner's thread, and answered without harm on the audio thread. */
final class Lifecycle {
    private enum Stage { NEW, OPEN, CLOSED }

    private final String device;
    private volatile Stage stage = Stage.NEW;

    Lifecycle(String device) {
        this.device = device;
    }

    void requireNew() {
        if (stage == Stage.OPEN) {
            throw new UsageException(UsageException.Rule.STATE, device + " is already open; a device serves one listener, so give each its own");
        }
        if (stage == Stage.CLOSED) {
            throw new UsageException(UsageException.Rule.CLOSED, device + " is closed; create a new one");
        }
    }

    void opened() {
        stage = Stage.OPEN;
    }

    @RealTime
    boolean isOpen() {
        return stage == Stage.OPEN;
    }

    /** Whether it was open until now. */
    boolean close() {
        boolean wasOpen = stage == Stage.OPEN;
        stage = Stage.CLOSED;
        return wasOpen;
    }
}
