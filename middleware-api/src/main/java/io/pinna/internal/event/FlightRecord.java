package io.pinna.internal.event;

/** Writes events to a flight recording, where the Java runtime has flight recordings; elsewhere it does nothing. Any thread but the audio thread. */
public final class FlightRecord {
    private static final boolean AVAILABLE = ModuleLayer.boot().findModule("jdk.jfr").isPresent();

    private FlightRecord() {
    }

    /** @param failed whether the renderer failed; otherwise it was late */
    public static void mixMiss(long block, boolean failed) {
        if (AVAILABLE) {
            MixMissEvent event = new MixMissEvent();
            event.block = block;
            event.failed = failed;
            event.commit();
        }
    }

    /** @param pauseBlocks for how long it moved to the audio thread; 0 if it moves back */
    public static void mixMove(long block, long pauseBlocks) {
        if (AVAILABLE) {
            MixMoveEvent event = new MixMoveEvent();
            event.block = block;
            event.toAudioThread = pauseBlocks > 0;
            event.pauseBlocks = pauseBlocks;
            event.commit();
        }
    }

    /**
     * Does something, and records how long that took.
     *
     * @param fault what the work failed by, or null; asked after the work
     */
    public static void mixPrepared(int listeners, Runnable work, java.util.function.Supplier<String> renderer, java.util.function.Supplier<String> fault) {
        if (!AVAILABLE) {
            work.run();
            return;
        }
        MixPreparedEvent event = new MixPreparedEvent();
        event.begin();
        work.run();
        event.listeners = listeners;
        event.renderer = renderer.get();
        event.fault = fault.get();
        event.commit();
    }
}
