package io.pinna.cli;

import io.pinna.internal.device.OpenAlPeerProcess;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/** One renderer under one load, which renders when it is told to and says how long it took. One thread. */
interface BenchSubject extends AutoCloseable {
    /**
     * The time that rendering took, in nanoseconds.
     *
     * @param nanos         what is compared: processor time of the thread that renders, or the clock's for a GPU
     * @param wallNanos     the same work by the clock
     * @param handOverNanos processor time of the audio thread that has its blocks rendered by another; 0 where it renders itself
     */
    record Time(long nanos, long wallNanos, long handOverNanos) {
    }

    Time render(int blocks);

    /** What it is, for whoever reads the figures. */
    String describe();

    /** @throws IllegalStateException if it did not sound, so that its figures would say nothing */
    void requireSound();

    @Override
    void close();

    /** Pinna's mixer. */
    record Mixer(BenchRenderer renderer, MixerBench bench) implements BenchSubject {
        private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

        @Override
        public Time render(int blocks) {
            long remoteWall = bench.remoteWallNanos();
            long remoteCpu = bench.remoteCpuNanos();
            long cpu = THREADS.getCurrentThreadCpuTime();
            long wall = bench.renderBlocks(blocks);
            cpu = THREADS.getCurrentThreadCpuTime() - cpu;
            remoteWall = bench.remoteWallNanos() - remoteWall;
            remoteCpu = bench.remoteCpuNanos() - remoteCpu;
            if (!renderer.isGraph()) {
                return new Time(cpu, wall, 0);
            }
            return new Time(renderer.isTimedByTheClock() ? remoteWall : remoteCpu, remoteWall, cpu - remoteCpu);
        }

        @Override
        public String describe() {
            return bench.describe();
        }

        @Override
        public void requireSound() {
            if (!(bench.peak() > 0)) {
                throw new IllegalStateException("the mixer was silent (" + renderer.key() + ")");
            }
        }

        @Override
        public void close() {
            bench.close();
        }
    }

    /** OpenAL Soft's, in a process that outlives the load. */
    record Peer(OpenAlPeerProcess process) implements BenchSubject {
        @Override
        public Time render(int blocks) {
            OpenAlPeerProcess.Time time = process.render(blocks);
            return new Time(time.cpuNanos(), time.wallNanos(), 0);
        }

        @Override
        public String describe() {
            return process.description();
        }

        @Override
        public void requireSound() {
            // It checks at the start that every source plays, and after each round that OpenAL Soft met no error.
        }

        @Override
        public void close() {
            process.closeSources();
        }
    }
}
