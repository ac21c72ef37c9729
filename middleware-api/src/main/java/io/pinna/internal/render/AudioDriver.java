package io.pinna.internal.render;

import io.pinna.DeviceException;
import io.pinna.SoundWorldSettings;
import io.pinna.device.OutputDevice;
import io.pinna.internal.RealTime;
import io.pinna.internal.thread.AgentThread;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives an {@link AudioEngine}: in real time on the thread "pinna-audio", at the pace of the first listener whose device sets one, as long as it is there (or of the clock, if none does); offline by {@link #step}. All waiting
 * of the audio thread is done here, between blocks.
 */
public final class AudioDriver implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AudioDriver.class);
    /** A pacing device that takes nothing for this long is passed over until it takes a block again: another one or the clock sets the pace, so that audio time goes on for all. */
    private static final long STUCK_NANOS = 500_000_000L;
    private static final long OFFLINE_STUCK_NANOS = 10_000_000_000L;
    /** The clock's pace starts anew after a stall of this many blocks instead of catching up. */
    private static final int CATCH_UP_BLOCKS = 8;

    private final AudioEngine engine;
    private final int listeners;
    private final long blockNanos;
    private final Thread thread;
    private volatile boolean running = true;
    private volatile String fault;
    private volatile RuntimeException deviceFault;
    /** Audio thread: pacing devices that are passed over. */
    private final boolean[] stuck;
    /** Audio thread: the device that sets the pace. It goes on doing so while it can: another one's queue may have room for several blocks at once where this one's has none. */
    private OutputDevice pacer;
    private long nextBlockNanos;

    public AudioDriver(AudioEngine engine, SoundWorldSettings settings) {
        this.engine = engine;
        listeners = settings.maxListeners();
        stuck = new boolean[listeners];
        blockNanos = 1_000_000_000L * settings.blockFrames() / settings.sampleRateHz();
        thread = new Thread(this::run, "pinna-audio");
        thread.setDaemon(true);
        thread.setPriority(Thread.MAX_PRIORITY);
    }

    public void start() {
        thread.start();
    }

    /** What a device threw last when it was offered a block, or null. */
    public RuntimeException deviceFault() {
        return deviceFault;
    }

    /** What ended the audio thread, or null. */
    public String fault() {
        return fault;
    }

    private void run() {
        nextBlockNanos = System.nanoTime();
        try {
            while (running) {
                engine.renderBlock();
                deliver();
            }
        } catch (RuntimeException | Error e) {
            fault = e.toString();
            LOG.error("the audio thread ended; close the world and open it anew", e);
        }
    }

    private void deliver() {
        int pacing = -1;
        for (int l = 0; l < listeners; l++) {
            if (engine.mix(l) == null) {
                stuck[l] = false;
            } else if (!stuck[l] && (pacing < 0 || engine.mix(l).device == pacer) && engine.mix(l).device.isPacing()) {
                pacing = l;
            }
        }
        pacer = pacing < 0 ? null : engine.mix(pacing).device;
        for (int l = 0; l < listeners; l++) {
            if (l != pacing && engine.mix(l) != null) {
                if (offer(l)) {
                    stuck[l] = false;
                } else {
                    engine.countDropped(l);
                }
            }
        }
        if (pacing < 0) {
            waitForClock();
            return;
        }
        long since = System.nanoTime();
        while (running && !offer(pacing)) {
            if (System.nanoTime() - since > STUCK_NANOS) {
                stuck[pacing] = true;
                engine.countDropped(pacing);
                break;
            }
            LockSupport.parkNanos(blockNanos / 8);
        }
        nextBlockNanos = System.nanoTime();
    }

    /** A device that throws, against its contract, loses the block and not the audio thread. */
    @RealTime
    private boolean offer(int l) {
        try {
            return engine.mix(l).device.offer(engine.left(l), engine.right(l));
        } catch (RuntimeException e) {
            deviceFault = e;
            return false;
        }
    }

    private void waitForClock() {
        nextBlockNanos += blockNanos;
        long now = System.nanoTime();
        if (now - nextBlockNanos > CATCH_UP_BLOCKS * blockNanos) {
            nextBlockNanos = now;
        }
        while (running && System.nanoTime() < nextBlockNanos) {
            LockSupport.parkNanos(nextBlockNanos - System.nanoTime());
        }
    }

    /**
     * Offline: renders one block and hands it over, waiting for outputs that have no room.
     *
     * @throws DeviceException if an output takes nothing for ten seconds
     */
    public void step() {
        engine.renderBlock();
        for (int l = 0; l < listeners; l++) {
            if (engine.mix(l) == null) {
                continue;
            }
            long since = System.nanoTime();
            while (!engine.mix(l).device.offer(engine.left(l), engine.right(l))) {
                if (System.nanoTime() - since > OFFLINE_STUCK_NANOS) {
                    throw new DeviceException("the output " + engine.mix(l).device.report().name() + " has taken no block for ten seconds");
                }
                LockSupport.parkNanos(100_000);
            }
        }
    }

    /** Ends the audio thread after its block and waits for it, 5 s at most. */
    @Override
    public void close() {
        running = false;
        LockSupport.unpark(thread);
        AgentThread.end(thread);
    }
}
