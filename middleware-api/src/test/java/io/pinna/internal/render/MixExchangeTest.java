package io.pinna.internal.render;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.SoundWorldSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class MixExchangeTest {
    private static final SoundWorldSettings SETTINGS = SoundWorldSettings.OFFLINE.withBlockFrames(64).withCapacity(2, 4, 2);

    private final MixExchange exchange = new MixExchange(new RenderPlan(SETTINGS));
    private final float[][] left = new float[2][64];
    private final float[][] right = new float[2][64];

    private MixBlock offer(long number) {
        MixBlock block = exchange.begin();
        block.begin(number);
        exchange.end(true);
        return block;
    }

    @Test
    @Tag("unit")
    void aBlockComesBackWithItsSound() {
        assertNull(exchange.previous());
        MixBlock block = offer(1);
        assertSame(block, exchange.previous());
        assertSame(block, exchange.take());
        assertNull(exchange.take(), "only once");
        exchange.left(block)[1][5] = 3;
        exchange.right(block)[0][63] = 4;
        exchange.give(block, true);
        assertEquals(MixExchange.Outcome.READY, exchange.collect(left, right));
        assertEquals(3, left[1][5]);
        assertEquals(4, right[0][63]);
    }

    @Test
    @Tag("unit")
    void whatIsNotThereIsLateAndWithdrawn() {
        offer(1);
        assertEquals(MixExchange.Outcome.LATE, exchange.collect(left, right));
        assertNull(exchange.take(), "nobody begins with a block that is over");
        offer(2);
        MixBlock taken = exchange.take();
        exchange.give(taken, false);
        assertEquals(MixExchange.Outcome.FAILED, exchange.collect(left, right));
        exchange.begin();
        exchange.end(false);
        assertNull(exchange.take());
        assertEquals(MixExchange.Outcome.NOT_ASKED, exchange.collect(left, right));
    }

    /** Its description must not change under a renderer that is stuck, however long. */
    @Test
    @Tag("fault")
    void aBlockThatIsReadIsNotFilledAnew() {
        MixBlock stuck = offer(1);
        assertSame(stuck, exchange.take());
        for (int i = 2; i < 1000; i++) {
            MixBlock next = exchange.begin();
            assertNotSame(stuck, next);
            if (i > 2) {
                assertNotSame(exchange.previous(), next);
            }
            assertEquals(MixExchange.Outcome.LATE, exchange.collect(left, right));
            next.begin(i);
            exchange.end(true);
        }
        assertEquals(1, stuck.number);
        exchange.give(stuck, true);
        assertEquals(999, exchange.take().number, "the newest is next");
    }

    /** Two threads at full speed: what is ready is what was asked for, whole. */
    @Test
    @Tag("property")
    void soundBelongsToItsBlock() throws InterruptedException {
        AtomicBoolean over = new AtomicBoolean();
        List<String> wrong = new ArrayList<>();
        Thread renderer = new Thread(() -> {
            while (!over.get()) {
                MixBlock block = exchange.take();
                if (block != null) {
                    for (int i = 0; i < 64; i++) {
                        exchange.left(block)[0][i] = block.number + i;
                        exchange.right(block)[1][i] = -block.number - i;
                    }
                    exchange.give(block, true);
                }
            }
        });
        renderer.start();
        int ready = 0;
        int late = 0;
        for (int n = 1; n < 2_000_000 && (ready < 1000 || late < 100); n++) {
            MixBlock block = exchange.begin();
            block.begin(n);
            if (exchange.previous() != null) {
                MixExchange.Outcome outcome = exchange.collect(left, right);
                late += outcome == MixExchange.Outcome.LATE ? 1 : 0;
                if (outcome == MixExchange.Outcome.READY) {
                    ready++;
                    for (int i = 0; i < 64; i++) {
                        if (left[0][i] != n - 1 + i || right[1][i] != 1 - n - i) {
                            wrong.add("block " + (n - 1) + ", frame " + i + ": " + left[0][i] + ", " + right[1][i]);
                        }
                    }
                }
            }
            exchange.end(true);
            if (n % 7 == 0) {
                Thread.sleep(0, 100_000);
            }
        }
        over.set(true);
        renderer.join();
        assertTrue(wrong.isEmpty(), () -> wrong.size() + " wrong, first " + wrong.get(0));
        assertTrue(ready >= 1000, ready + " ready, " + late + " late");
    }

    @Test
    @Tag("unit")
    void theJournalKeepsOrderAndCountsWhatItDrops() {
        MixJournal journal = new MixJournal();
        for (int i = 0; i < 600; i++) {
            journal.note(i % 2 == 0 ? MixJournal.Kind.LATE : MixJournal.Kind.MOVED_TO_CPU, i, 2 * i);
        }
        List<Long> blocks = new ArrayList<>();
        int read = journal.drain((kind, block, amount) -> {
            assertEquals(block % 2 == 0 ? MixJournal.Kind.LATE : MixJournal.Kind.MOVED_TO_CPU, kind);
            assertEquals(2 * block, amount);
            blocks.add(block);
        });
        assertEquals(512, read);
        assertEquals(88, journal.dropped());
        assertEquals(0L, blocks.get(0));
        assertEquals(511L, blocks.get(511));
        journal.note(MixJournal.Kind.TRIED_AGAIN, 7, 0);
        assertEquals(1, journal.drain((kind, block, amount) -> assertEquals(MixJournal.Kind.TRIED_AGAIN, kind)));
    }
}
