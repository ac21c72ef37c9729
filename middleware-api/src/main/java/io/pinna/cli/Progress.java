package io.pinna.cli;

import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A progress bar on stderr for work that takes longer than two seconds. One thread. */
final class Progress implements AutoCloseable {
    private static final long PATIENCE_NANOS = 2_000_000_000L;
    private static final int WIDTH = 100;
    private static final int UPDATE_MILLIS = 250;

    private final String task;
    private final long total;
    private final PrintStream to;
    private final long showAtNanos;
    private final long startNanos = System.nanoTime();
    private ProgressBar bar;

    /**
     * @param wanted null to show it where a person looks on and the work takes long; true to show it at once; false for never
     */
    Progress(String task, long total, Boolean wanted, PrintStream to) {
        this.task = task;
        this.total = total;
        this.to = to;
        boolean shown = wanted == null ? Terminal.isInteractive() : wanted;
        showAtNanos = !shown ? Long.MAX_VALUE : wanted == null ? PATIENCE_NANOS : 0;
    }

    void at(long done) {
        if (bar == null && System.nanoTime() - startNanos >= showAtNanos) {
            // With a consumer of its own the library does not look for the terminal's width, which would load a native library.
            bar = new ProgressBarBuilder().setTaskName(task).setInitialMax(total).setStyle(ProgressBarStyle.ASCII).setUpdateIntervalMillis(UPDATE_MILLIS)
                    .startsFrom(done, Duration.between(Instant.now().minusNanos(System.nanoTime() - startNanos), Instant.now()))
                    .setConsumer(new ConsoleProgressBarConsumer(to, WIDTH)).build();
        }
        if (bar != null) {
            bar.stepTo(done);
        }
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
