package io.pinna.internal.inference;

import io.pinna.PinnaException;
import io.pinna.internal.event.FlightRecord;
import io.pinna.internal.render.BlockClock;
import io.pinna.internal.render.ListenerMix;
import io.pinna.internal.render.MixBlock;
import io.pinna.internal.render.MixJournal;
import io.pinna.internal.render.RemoteMixing;
import io.pinna.internal.render.WornModel;
import io.pinna.internal.thread.Agent;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The work of the thread that mixes in place of the audio thread: renders the blocks that it is handed, makes a renderer for each new set of mixes once their filter tables are full, and tells logs and
 * flight recordings what the audio thread noted. It is a thread of its own beside that of the filters, so that a batch of filters never delays a block.
 *
 * <p>While a renderer is made, and whenever it cannot be, the audio thread renders: nobody is asked who is not prepared.
 */
public final class MixAgent implements Agent {
    private static final Logger LOG = LoggerFactory.getLogger(MixAgent.class);
    /** Of a block's duration: how late a block may be found. */
    private static final int LOOKS_A_BLOCK = 24;
    /** Blocks that were handed over before the audio thread knew that nobody is prepared any more are still rendered. */
    private static final int LAST_BLOCKS = 2;

    /** A mix comes or goes. */
    private record Change(ListenerMix mix, boolean gone) {
    }

    private final RemoteMixing remote;
    private final RemoteRenderer.Factory factory;
    private final long blockNanos;
    /** Offline: nobody else fills the tables, and nothing is late. */
    private final boolean offline;
    private final ConcurrentLinkedQueue<Change> changes = new ConcurrentLinkedQueue<>();
    private final List<ListenerMix> wanted = new ArrayList<>();
    /** Worn by mixes that have gone; the renderer may still use them. */
    private final List<WornModel> unused = new ArrayList<>();
    private final BlockClock clock = new BlockClock();
    private RemoteRenderer renderer;
    private boolean stale;
    private long staleSince;
    private volatile String state = "no listener yet";
    private volatile String fault;
    private volatile long faults;
    private volatile double p50Micros;
    private volatile double p99Micros;
    private volatile double maxMicros;

    /** @param offline whether it is called block by block, so that it may take its time, and has to fill the tables itself */
    public MixAgent(RemoteMixing remote, RemoteRenderer.Factory factory, long blockNanos, boolean offline) {
        this.remote = remote;
        this.factory = factory;
        this.blockNanos = blockNanos;
        this.offline = offline;
    }

    /** From any thread: a mix that may come in blocks from now on. */
    public void add(ListenerMix mix) {
        changes.add(new Change(mix, false));
    }

    /** From any thread: a mix that will not come any more. */
    public void remove(ListenerMix mix) {
        changes.add(new Change(mix, true));
    }

    /** What it is doing, for reports. From any thread. */
    public String state() {
        return state;
    }

    /** What went wrong last, or null. From any thread. */
    public String fault() {
        return fault;
    }

    /** From any thread. */
    public long faults() {
        return faults;
    }

    /** What its renderers run on, and why. From any thread. */
    public String describe() {
        return factory.describe();
    }

    /** Time that rendering a block took. From any thread. */
    public double p50Micros() {
        return p50Micros;
    }

    /** Likewise. */
    public double p99Micros() {
        return p99Micros;
    }

    /** Likewise. */
    public double maxMicros() {
        return maxMicros;
    }

    @Override
    public String role() {
        return "mix";
    }

    @Override
    public long idleNanos() {
        return renderer == null ? blockNanos : blockNanos / LOOKS_A_BLOCK;
    }

    @Override
    public int doWork() {
        int done = offline ? tell() : 0;
        takeChanges();
        MixBlock block = remote.exchange().take();
        if (block != null) {
            render(block);
            return done + 1;
        }
        if (stale && (offline || System.nanoTime() - staleSince > LAST_BLOCKS * blockNanos) && tablesAreFull()) {
            prepare();
            return done + 1;
        }
        return done;
    }

    private void takeChanges() {
        boolean changed = false;
        for (Change change = changes.poll(); change != null; change = changes.poll()) {
            ListenerMix mix = change.mix();
            changed |= change.gone() ? wanted.remove(mix) : wanted.add(mix);
            if (change.gone() && mix.model() != null && wanted.stream().noneMatch(other -> other.model() == mix.model())) {
                unused.add(mix.model());
            }
        }
        if (changed) {
            // The renderer stays for the blocks that are on their way.
            remote.exchange().prepare();
            stale = true;
            staleSince = System.nanoTime();
            state = "waits for the filter tables of " + wanted.size() + " mixes to fill";
        }
    }

    private boolean tablesAreFull() {
        if (offline) {
            try {
                FilterBatches.bake(wanted.stream().map(m -> m.table).toList());
            } catch (RuntimeException e) {
                stale = false;
                failed("the filter tables cannot be filled, so the audio thread renders: " + e.getMessage(), e);
                state = "the audio thread renders: " + text(e);
                return false;
            }
        }
        for (ListenerMix mix : wanted) {
            if (!mix.table.isBaked()) {
                return false;
            }
        }
        return true;
    }

    private void prepare() {
        stale = false;
        closeRenderer();
        closeModels(unused);
        if (wanted.isEmpty()) {
            state = "no listener";
            return;
        }
        ListenerMix[] mixes = wanted.toArray(new ListenerMix[0]);
        String[] problem = new String[1];
        FlightRecord.mixPrepared(mixes.length, () -> {
            try {
                renderer = factory.prepare(List.of(mixes));
                state = renderer.describe();
            } catch (RuntimeException | Error e) {
                // Out of direct memory, a library that does not link: the audio thread goes on rendering.
                problem[0] = text(e);
                failed("no renderer for the inference thread, so the audio thread renders: " + e.getMessage(), e);
                closeRenderer();
            }
        }, () -> renderer == null ? null : state, () -> problem[0]);
        if (renderer == null) {
            state = "the audio thread renders: " + problem[0];
            return;
        }
        remote.exchange().prepare(mixes);
        LOG.info("the inference thread mixes: {}", state);
    }

    private void render(MixBlock block) {
        boolean done = false;
        try {
            if (renderer != null) {
                long start = System.nanoTime();
                int notFinite = renderer.render(block, remote.exchange().left(block), remote.exchange().right(block));
                clock.record(System.nanoTime() - start);
                p50Micros = clock.percentileMicros(0.5);
                p99Micros = clock.percentileMicros(0.99);
                maxMicros = clock.maxMicros();
                done = notFinite == 0;
                if (!done) {
                    failed("block " + block.number + " was not finite in " + notFinite + " mixes", null);
                }
            }
        } catch (RuntimeException | Error e) {
            failed("block " + block.number + ": " + (e instanceof RuntimeException && e.getMessage() != null ? e.getMessage() : e), e);
        } finally {
            remote.exchange().give(block, done);
        }
    }

    /** What is thrown on purpose says it all. */
    private static String text(Throwable e) {
        return e instanceof PinnaException ? e.getMessage() : e.toString();
    }

    @SuppressWarnings("NonAtomicOperationOnVolatileField")
    private void failed(String what, Throwable cause) {
        fault = what;
        faults = faults + 1; // only this thread writes it
        // Each block may fail; the first, second, fourth and so on are said.
        if (Long.bitCount(faults) == 1) {
            LOG.warn("mixing on the inference thread ({} faults so far): {}", faults, what, cause);
        }
    }

    /**
     * Tells logs and flight recordings what the audio thread has noted. In real time for another thread than the one that mixes, always the same, since what there is to tell may be that this one is stuck.
     *
     * @return how much was told
     */
    public int tell() {
        return remote.journal().drain(this::tell);
    }

    private void tell(MixJournal.Kind kind, long block, long amount) {
        switch (kind) {
            case LATE -> FlightRecord.mixMiss(block, false);
            case FAILED -> FlightRecord.mixMiss(block, true);
            case MOVED_TO_CPU -> {
                FlightRecord.mixMove(block, amount);
                LOG.warn("too many misses: the audio thread mixes after block {}, for {} blocks", block, amount);
            }
            default -> {
                FlightRecord.mixMove(block, 0);
                LOG.info("the inference thread is asked again from block {} on", block);
            }
        }
    }

    private void closeRenderer() {
        if (renderer != null) {
            try {
                renderer.close();
            } catch (RuntimeException | Error e) {
                failed("closing the renderer: " + e.getMessage(), e);
            }
            renderer = null;
        }
    }

    private void closeModels(List<WornModel> models) {
        for (WornModel model : models) {
            try {
                model.close();
            } catch (RuntimeException | Error e) {
                failed("closing the binaural model \"" + model.model().name() + "\": " + e.getMessage(), e);
            }
        }
        models.clear();
    }

    /** Frees the renderer, and all models that listeners wore. */
    @Override
    public void end() {
        closeRenderer();
        takeChanges();
        wanted.stream().filter(mix -> mix.model() != null).forEach(mix -> unused.add(mix.model()));
        closeModels(unused);
    }
}
