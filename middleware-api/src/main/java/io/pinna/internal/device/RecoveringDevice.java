package io.pinna.internal.device;

import io.pinna.DeviceException;
import io.pinna.device.DeviceReport;
import io.pinna.device.OutputDevice;
import io.pinna.device.StreamFormat;
import io.pinna.internal.Check;
import io.pinna.internal.RealTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Plays on a {@link PlaybackBackend} and survives its loss. While the card is away, blocks are taken at the pace of the system's clock and dropped, so that the sound's time goes on; the
 * daemon thread {@code pinna-device} tries to get a card back about once a second, and playing goes on where the sound is by then.
 *
 * <p>The card changes hands through {@link #state}: the audio thread gives it away (PLAYING to AWAY) and the helper gives it back (AWAY to PLAYING); nobody touches it otherwise. The helper
 * looks twenty times a second instead of being woken, because waking a thread is a system call that the audio thread must not make.
 */
class RecoveringDevice implements OutputDevice {
    private static final Logger LOG = LoggerFactory.getLogger(RecoveringDevice.class);

    private static final int PLAYING = 0;
    private static final int AWAY = 1;

    private static final int REASON_DISCONNECTED = 0;
    private static final int REASON_FAILED = 1;
    private static final int REASON_STUCK = 2;
    private static final int REASON_MOVED = 3;
    private static final String[] REASONS = {
        "the device was disconnected", "the device answered with an error", "the device stopped taking sound", "the system's default device changed"
    };

    /** How often a playing card is asked whether it is still there. Arbitrary: well below what a person notices as the way back. */
    private static final long CHECK_NANOS = 250_000_000L;
    /** A card whose queue has not moved for so long counts as lost; longer than any buffer of a sound card. */
    private static final long STUCK_NANOS = 2_000_000_000L;
    /** {@link #close} waits so long for a helper that is inside the driver; after that the helper frees the card when it comes out. */
    private static final long CLOSE_MILLIS = 5_000;

    private final Lifecycle lifecycle = new Lifecycle("the sound card device");
    private final PlaybackBackend backend;
    private final LongSupplier nanoClock;
    private final long retryNanos;
    private final long pollNanos;
    private final AtomicInteger state = new AtomicInteger(PLAYING);
    private Pacer awayPacer;
    private Thread helper;
    private volatile boolean closing;

    // Audio thread.
    private long nextCheckNanos;
    private boolean checkScheduled;
    private boolean full;
    private long fullSinceNanos;
    /** Written by the audio thread before it gives the card away. */
    private int awayReason;

    /** Written by the audio thread only. */
    private volatile long deliveredBlocks;
    private volatile long droppedBlocks;
    /** Written by the helper only. */
    private volatile long reopened;
    private volatile long failedAttempts;
    private volatile String lastLoss = "";

    RecoveringDevice(PlaybackBackend backend) {
        this(backend, System::nanoTime, 1_000_000_000L, 50_000_000L);
    }

    /**
     * @param nanoClock  a clock as {@link System#nanoTime}; it must not allocate
     * @param retryNanos time between two attempts to open the card again
     * @param pollNanos  time between two looks of the helper
     */
    RecoveringDevice(PlaybackBackend backend, LongSupplier nanoClock, long retryNanos, long pollNanos) {
        this.backend = backend;
        this.nanoClock = nanoClock;
        this.retryNanos = retryNanos;
        this.pollNanos = pollNanos;
    }

    @Override
    public final void open(StreamFormat format) {
        Check.notNull(format, "format");
        lifecycle.requireNew();
        backend.open(format);
        awayPacer = new Pacer(format.sampleRateHz(), format.blockFrames(), format.queueBlocks(), nanoClock);
        helper = new Thread(this::help, "pinna-device");
        helper.setDaemon(true);
        lifecycle.opened();
        helper.start();
    }

    @Override
    public final boolean isPacing() {
        return true;
    }

    @Override
    @RealTime
    public final boolean offer(float[] left, float[] right) {
        if (!lifecycle.isOpen()) {
            return true;
        }
        if (state.getAcquire() == PLAYING) {
            long now = nanoClock.getAsLong();
            int lost = play(left, right, now);
            if (lost == TAKEN) {
                deliveredBlocks++;
                return true;
            }
            if (lost == WAITING) {
                return false;
            }
            full = false;
            checkScheduled = false;
            awayPacer.restart();
            awayReason = lost;
            state.setRelease(AWAY);
        }
        if (!awayPacer.tryTake()) {
            return false;
        }
        deliveredBlocks++;
        droppedBlocks++;
        return true;
    }

    private static final int TAKEN = -1;
    private static final int WAITING = -2;

    /** TAKEN, WAITING, or the reason for which the card must be given to the helper. */
    @RealTime
    private int play(float[] left, float[] right, long now) {
        if (!checkScheduled || now - nextCheckNanos >= 0) {
            checkScheduled = true;
            nextCheckNanos = now + CHECK_NANOS;
            if (!backend.isConnected()) {
                return REASON_DISCONNECTED;
            }
            if (backend.wantsReopen()) {
                return REASON_MOVED;
            }
        }
        switch (backend.offer(left, right)) {
            case TAKEN:
                full = false;
                return TAKEN;
            case FULL:
                if (!full) {
                    full = true;
                    fullSinceNanos = now;
                }
                return now - fullSinceNanos > STUCK_NANOS ? REASON_STUCK : WAITING;
            default:
                return REASON_FAILED;
        }
    }

    private void help() {
        try {
            boolean announced = false;
            while (!closing) {
                if (state.getAcquire() != AWAY) {
                    LockSupport.parkNanos(this, pollNanos);
                    continue;
                }
                if (!announced) {
                    announced = true;
                    lastLoss = REASONS[awayReason];
                    LOG.warn("{}: {}; sound goes on unheard until it is opened again", name(), lastLoss);
                }
                if (tryReopen()) {
                    announced = false;
                    state.setRelease(PLAYING);
                } else {
                    pause(retryNanos);
                }
            }
        } finally {
            backend.close();
        }
    }

    /** Whether the card can play again. */
    private boolean tryReopen() {
        boolean ok;
        try {
            ok = backend.reopen();
        } catch (DeviceException e) {
            LOG.debug("opening again failed", e);
            ok = false;
        }
        if (ok) {
            reopened++;
            LOG.info("{}: opened again", name());
            return true;
        }
        failedAttempts++;
        // A move to a new default that failed leaves the old card as it was.
        return awayReason == REASON_MOVED && backend.isConnected();
    }

    private void pause(long nanos) {
        long end = System.nanoTime() + nanos;
        for (long left = nanos; left > 0 && !closing; left = end - System.nanoTime()) {
            LockSupport.parkNanos(this, left);
        }
    }

    private String name() {
        return "OpenAL Soft: " + backend.name();
    }

    @Override
    public final DeviceReport report() {
        List<String> notes = new ArrayList<>(backend.notes());
        if (!lastLoss.isEmpty()) {
            boolean away = lifecycle.isOpen() && state.getAcquire() == AWAY;
            notes.add("Sound was interrupted, last because " + lastLoss + "; opened again " + reopened + " times, " + failedAttempts + " attempts failed, " + droppedBlocks
                + " blocks went unheard" + (away ? "; the device is still away." : "."));
        }
        return new DeviceReport(name(), backend.description(), deliveredBlocks, backend.underruns(), reopened, notes);
    }

    @Override
    public final void close() {
        if (!lifecycle.close()) {
            return;
        }
        closing = true;
        LockSupport.unpark(helper);
        try {
            helper.join(CLOSE_MILLIS);
            if (helper.isAlive()) {
                LOG.warn("{}: the driver has not returned for {} ms; it is freed when it does", name(), CLOSE_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
