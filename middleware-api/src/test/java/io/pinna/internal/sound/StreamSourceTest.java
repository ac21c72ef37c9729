package io.pinna.internal.sound;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.ResourceException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class StreamSourceTest {
    private final List<String> warnings = Collections.synchronizedList(new ArrayList<>());

    /** Noise that is computed from the frame number; it can be made to wait or to fail. */
    private static final class Noise implements SoundDecoder {
        private final long frames;
        private final long failAt;
        private final CountDownLatch gate;
        private final CountDownLatch closed = new CountDownLatch(1);
        private long next;

        private Noise(long frames, long failAt, CountDownLatch gate) {
            this.frames = frames;
            this.failAt = failAt;
            this.gate = gate;
        }

        private static float at(long frame) {
            long z = (frame + 1) * 0x9E3779B97F4A7C15L;
            return (int) ((z ^ z >>> 29) * 0xBF58476D1CE4E5B9L >> 40) * 0x1p-24f;
        }

        @Override
        public String format() {
            return "noise";
        }

        @Override
        public int channels() {
            return 1;
        }

        @Override
        public int sampleRateHz() {
            return 44100;
        }

        @Override
        public long frames() {
            return frames;
        }

        @Override
        public List<String> warnings() {
            return List.of();
        }

        @Override
        public void seek(long frame) {
            next = frame;
        }

        @Override
        public int read(float[] x, int offset, int count) {
            try {
                gate.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            int n = (int) Math.min(count, frames - next);
            for (int i = 0; i < n; i++) {
                if (next + i == failAt) {
                    throw new ResourceException("noise", "frame " + failAt, "is broken");
                }
                x[offset + i] = at(next + i);
            }
            next += n;
            return n;
        }

        @Override
        public void close() {
            closed.countDown();
        }
    }

    private StreamSource stream(Noise noise, int engineRate, boolean looping) {
        return new StreamSource(new DecodedInput("noise", noise), 44100, engineRate, looping, warnings::add);
    }

    private static Noise noise(long frames) {
        return new Noise(frames, -1, new CountDownLatch(0));
    }

    private static float[] samples(int frames) {
        float[] x = new float[frames];
        for (int i = 0; i < frames; i++) {
            x[i] = Noise.at(i);
        }
        return x;
    }

    @Test
    @Tag("reference")
    void offlineAStreamHasTheBitsOfTheSoundInMemory() {
        Random random = new Random(1);
        for (int frames : new int[] {100000, 3000, 300000}) {
            for (boolean looping : new boolean[] {true, false}) {
                for (int rate : new int[] {48000, 44100}) {
                    LoopedSamples expected = new LoopedSamples(samples(frames), 44100, rate);
                    try (StreamSource source = stream(noise(frames), rate, looping)) {
                        assertEquals(expected.frames(), source.frames());
                        float[] x = new float[2000];
                        float[] y = new float[2000];
                        for (long at = -50; at < 400000;) {
                            int n = 1 + random.nextInt(2000);
                            source.awaitReady(at + n);
                            source.awaitReady(at);
                            assertTrue(source.read(at, x, 0, n, looping));
                            expected.read(at, y, 0, n, looping);
                            for (int i = 0; i < n; i++) {
                                assertEquals(y[i], x[i], 0f, "frame " + (at + i));
                            }
                            // Overlapping reads, as an interpolating voice makes them.
                            at += Math.max(1, n - 60);
                        }
                        assertEquals(0, source.missedFrames());
                    }
                }
            }
        }
        assertEquals(0, warnings.size());
    }

    @Test
    @Tag("unit")
    void seeksGoForwardAndBack() {
        LoopedSamples expected = new LoopedSamples(samples(500000), 44100, 48000);
        try (StreamSource source = stream(noise(500000), 48000, true)) {
            for (long at : new long[] {0, 400000, 100, 540000, 544217, 2000000, 250000, 249000}) {
                source.seek(at, true);
                source.awaitReady(at);
                float[] x = new float[700];
                float[] y = new float[700];
                long from = Math.max(0, at - 100);
                assertTrue(source.read(from, x, 0, 700, true), "with the frames before it, at " + at);
                expected.read(from, y, 0, 700, true);
                assertArrayEquals(y, x, 0f, "seek to " + at);
            }
            // Without a seek: late the first time, then there.
            float[] x = new float[10];
            assertFalse(source.read(100000, x, 0, 10, true));
            assertArrayEquals(new float[10], x, 0f);
            assertEquals(10, source.missedFrames());
            source.awaitReady(100000);
            assertTrue(source.read(100000, x, 0, 10, true));
            float[] y = new float[10];
            expected.read(100000, y, 0, 10, true);
            assertArrayEquals(y, x, 0f);
        }
    }

    @Test
    @Tag("realtime")
    void aStalledDiskIsSilenceThatIsCountedAndNeverBlocks() {
        CountDownLatch gate = new CountDownLatch(1);
        Noise noise = new Noise(100000, -1, gate);
        try (StreamSource source = stream(noise, 44100, false)) {
            float[] x = new float[256];
            java.util.Arrays.fill(x, 9);
            assertTimeoutPreemptively(Duration.ofSeconds(5), () -> {
                for (int block = 0; block < 100; block++) {
                    assertFalse(source.isReady(block * 256L));
                    assertFalse(source.read(block * 256L, x, 0, 256, false));
                }
            });
            assertArrayEquals(new float[256], x, 0f);
            assertEquals(25600, source.missedFrames());
            gate.countDown();
            source.awaitReady(25600);
            assertTrue(source.read(25600, x, 0, 256, false), "it catches up with the place that is read");
            assertEquals(Noise.at(25600), x[0]);
            assertEquals(25600, source.missedFrames());
            assertTrue(source.read(200000, x, 0, 256, false), "after the end there is nothing to miss");
            assertArrayEquals(new float[256], x, 0f);
        } finally {
            gate.countDown();
        }
    }

    @Test
    @Tag("realtime")
    void readingAllocatesNothing() {
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long id = Thread.currentThread().getId();
        try (StreamSource source = stream(noise(60000), 48000, true)) {
            float[] x = new float[256];
            long[] bytes = new long[3];
            for (int round = 0; round < 3; round++) {
                long at = round * 1000000L;
                source.seek(at, true);
                source.awaitReady(at);
                long before = threads.getThreadAllocatedBytes(id);
                for (int block = 0; block < 3000; block++) {
                    source.read(at + block * 256L, x, 0, 256, true);
                    source.isReady(at + block * 256L);
                    if (block % 1000 == 999) {
                        source.seek(at + block * 256L, true);
                    }
                }
                bytes[round] = threads.getThreadAllocatedBytes(id) - before;
            }
            assertEquals(0, bytes[2], "bytes in the rounds: " + java.util.Arrays.toString(bytes));
        }
    }

    @Test
    @Tag("fault")
    void aBrokenStreamEndsInSilenceAndSaysWhyWhileOthersGoOn() throws Exception {
        Noise broken = new Noise(200000, 100000, new CountDownLatch(0));
        try (StreamSource source = stream(broken, 44100, false); StreamSource other = stream(noise(200000), 44100, false)) {
            float[] x = new float[1000];
            boolean ok = true;
            long at = 0;
            for (; at < 150000; at += 1000) {
                source.awaitReady(at);
                other.awaitReady(at);
                ok &= source.read(at, x, 0, 1000, false);
                assertTrue(other.read(at, x, 0, 1000, false));
            }
            assertFalse(ok);
            assertTrue(source.failure().contains("is broken"), source.failure());
            assertTrue(source.missedFrames() >= 50000 && source.missedFrames() <= 50000 + 4096, "missed " + source.missedFrames());
            assertEquals(1, warnings.size(), warnings.toString());
        }
        assertTrue(broken.closed.await(5, java.util.concurrent.TimeUnit.SECONDS), "the decoder is closed with its stream");
    }

    @Test
    @Tag("property")
    void racingReaderGetsRightSamplesOrCountedSilence() {
        // Reads as fast as it can, with seeks, and no waiting: whatever is said to be there has to be right.
        try (StreamSource source = stream(noise(1 << 20), 44100, true)) {
            Random random = new Random(8);
            float[] x = new float[512];
            long at = 0;
            long good = 0;
            long until = System.nanoTime() + 1_000_000_000L;
            while (System.nanoTime() < until) {
                if (random.nextInt(200) == 0) {
                    at = random.nextInt(1 << 22);
                    source.seek(at, true);
                }
                int n = 1 + random.nextInt(512);
                if (source.read(at, x, 0, n, true)) {
                    for (int i = 0; i < n; i++) {
                        assertEquals(Noise.at(at + i & (1 << 20) - 1), x[i], 0f, "frame " + (at + i));
                    }
                    good++;
                    at += Math.max(0, n - random.nextInt(40));
                }
            }
            assertTrue(good > 100, "good reads " + good);
        }
    }
}
