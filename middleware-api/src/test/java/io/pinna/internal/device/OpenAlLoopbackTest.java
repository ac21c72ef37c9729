package io.pinna.internal.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.lwjgl.openal.SOFTLoopback.nalcRenderSamplesSOFT;

import io.pinna.DeviceException;
import io.pinna.InvalidValueException;
import io.pinna.device.OpenAlSettings;
import io.pinna.device.StreamFormat;
import io.pinna.internal.device.PlaybackBackend.Outcome;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.lwjgl.openal.ALC;
import org.lwjgl.system.MemoryUtil;

/** What OpenAL Soft does with the blocks, seen through its loopback device, which needs no sound card. */
class OpenAlLoopbackTest {
    private static final StreamFormat FORMAT = new StreamFormat(48000, 256, 3);

    private final FloatBuffer rendered = ByteBuffer.allocateDirect(2 * 256 * Float.BYTES).order(ByteOrder.nativeOrder()).asFloatBuffer();
    private final long renderedAddress = MemoryUtil.memAddress(rendered);

    @Test
    @Tag("integration")
    void whatIsOfferedIsWhatIsPlayedToTheBit() {
        OpenAlBackend backend = new OpenAlBackend(OpenAlSettings.defaults(), true);
        backend.open(FORMAT);
        Random random = new Random(5);
        int blocks = 200;
        float[][] left = new float[blocks][256];
        float[][] right = new float[blocks][256];
        for (int b = 0; b < blocks; b++) {
            for (int i = 0; i < 256; i++) {
                left[b][i] = random.nextFloat() * 2 - 1;
                right[b][i] = random.nextFloat() * 2 - 1;
            }
        }
        int offered = 0;
        for (int b = 0; b < blocks; b++) {
            while (offered < blocks && backend.offer(left[offered], right[offered]) == Outcome.TAKEN) {
                offered++;
            }
            if (offered < blocks) {
                assertEquals(b + 3, offered, "exactly the queue ahead");
            }
            nalcRenderSamplesSOFT(backend.nativeDevice(), renderedAddress, 256);
            for (int i = 0; i < 256; i++) {
                assertEquals(left[b][i], rendered.get(2 * i), "left of block " + b + " frame " + i);
                assertEquals(right[b][i], rendered.get(2 * i + 1), "right of block " + b + " frame " + i);
            }
        }
        assertEquals(0, backend.underruns());
        assertEquals(List.of(), backend.notes());
        assertTrue(backend.description().contains("queue of 3 blocks of 256 frames (16.0 ms)"), backend.description());
        backend.close();
        backend.close();
    }

    @Test
    @Tag("fault")
    void anUnderrunIsCountedAndPlayedOverWithAFullQueue() {
        OpenAlBackend backend = new OpenAlBackend(OpenAlSettings.defaults(), true);
        backend.open(FORMAT);
        float[] ones = new float[256];
        Arrays.fill(ones, 0.5f);
        for (int round = 0; round < 3; round++) {
            assertEquals(Outcome.TAKEN, backend.offer(ones, ones));
            assertEquals(round, backend.underruns(), "noticed with the next block");
            assertEquals(Outcome.TAKEN, backend.offer(ones, ones));
            nalcRenderSamplesSOFT(backend.nativeDevice(), renderedAddress, 256);
            assertEquals(0f, rendered.get(0), "starts only when the queue is full");
            assertEquals(Outcome.TAKEN, backend.offer(ones, ones));
            assertEquals(Outcome.FULL, backend.offer(ones, ones));
            for (int b = 0; b < 3; b++) {
                nalcRenderSamplesSOFT(backend.nativeDevice(), renderedAddress, 256);
                assertEquals(0.5f, rendered.get(0));
                assertEquals(0.5f, rendered.get(511));
            }
            nalcRenderSamplesSOFT(backend.nativeDevice(), renderedAddress, 256);
            assertEquals(0f, rendered.get(511), "ran dry");
        }
        backend.close();
    }

    @Test
    @Tag("realtime")
    void offerAllocatesNothing() {
        OpenAlBackend backend = new OpenAlBackend(OpenAlSettings.defaults(), true);
        backend.open(FORMAT);
        float[] block = new float[256];
        int[] taken = new int[1];
        // LWJGL's own wrapper allocates on JDK 25, and is not what is measured here.
        long function = ALC.createCapabilities(backend.nativeDevice()).alcRenderSamplesSOFT;
        NativeCall render = new NativeCall(function, false, "PPI").pointer(0, backend.nativeDevice()).pointer(1, renderedAddress).integer(2, 256);
        assertEquals(0, Allocation.perRound(() -> {
            for (int b = 0; b < 1000; b++) {
                while (backend.offer(block, block) == Outcome.TAKEN) {
                    taken[0]++;
                }
                if (!backend.isConnected() || backend.wantsReopen()) {
                    throw new AssertionError("the loopback device does not go away");
                }
                // Every tenth time two blocks at once and then some, so that the underrun's way is measured too.
                for (int k = 0; k < (b % 10 == 0 ? 5 : 1); k++) {
                    render.call();
                }
            }
        }));
        assertTrue(taken[0] > 6000, "taken " + taken[0]);
        assertEquals(600, backend.underruns(), 1);
        backend.close();
    }

    @Test
    @Tag("unit")
    void derivesThePeriodFromTheRefreshRateAndTheQueueFromThePeriod() {
        // Refresh rates that OpenAL answers for its periods: the whole part of rate / period.
        assertEquals(256, OpenAlBackend.periodFrames(48000, 187));
        assertEquals(512, OpenAlBackend.periodFrames(48000, 93));
        assertEquals(480, OpenAlBackend.periodFrames(48000, 100));
        assertEquals(1024, OpenAlBackend.periodFrames(48000, 46));
        assertEquals(512, OpenAlBackend.periodFrames(44100, 86));
        assertEquals(2, OpenAlBackend.blocksToFeed(256, 256));
        assertEquals(3, OpenAlBackend.blocksToFeed(512, 256));
        assertEquals(3, OpenAlBackend.blocksToFeed(480, 256));
        assertEquals(5, OpenAlBackend.blocksToFeed(1024, 256));
    }

    @Test
    @Tag("unit")
    void settingsRefuseWhatTheyCannotMean() {
        assertThrows(InvalidValueException.class, () -> OpenAlSettings.defaults().withDeviceName(" "));
        assertThrows(InvalidValueException.class, () -> OpenAlSettings.defaults().withPeriodFrames(63));
        assertThrows(InvalidValueException.class, () -> new OpenAlSettings(null, 0));
        assertEquals(128, OpenAlSettings.defaults().withPeriodFrames(128).withDeviceName("x").periodFrames());
    }

    @Test
    @Tag("integration")
    void thePeerHearsWhereItsSourcesAre() {
        try (OpenAlLoopbackPeer peer = new OpenAlLoopbackPeer(OpenAlLoopbackPeer.Settings.of(300, true))) {
            assertTrue(peer.description().contains(OpenAlLoopbackPeer.HRTF_NAME), peer.description());
            assertTrue(peer.isPlaying(299), "more than OpenAL's usual 256 sources");
            assertTrue(peer.renderBlocks(40) > 0);
            double[] energy = energy(peer, 100);
            // Sources all around: both ears hear about the same.
            assertEquals(1, energy[0] / energy[1], 0.5);
            assertTrue(Math.sqrt(energy[0] / (100 * 256)) > 1e-3);
        }
        // One source on the equator, ahead at first, that turns to the right by 90° in a second.
        try (OpenAlLoopbackPeer peer = new OpenAlLoopbackPeer(OpenAlLoopbackPeer.Settings.of(1, true))) {
            double[] ahead = energy(peer, 10);
            assertEquals(0, 10 * Math.log10(ahead[1] / ahead[0]), 3);
            peer.renderBlocks(170);
            double[] side = energy(peer, 10);
            double levelDifferenceDb = 10 * Math.log10(side[1] / side[0]);
            assertTrue(levelDifferenceDb > 6 && levelDifferenceDb < 40, "right above left by " + levelDifferenceDb + " dB");
        }
    }

    private static double[] energy(OpenAlLoopbackPeer peer, int blocks) {
        double left = 0;
        double right = 0;
        for (int b = 0; b < blocks; b++) {
            peer.renderBlocks(1);
            float[] block = peer.lastBlock();
            for (int i = 0; i < block.length; i += 2) {
                left += block[i] * block[i];
                right += block[i + 1] * block[i + 1];
            }
        }
        return new double[] {left, right};
    }

    @Test
    @Tag("fault")
    void theOtherHrtfModeIsRefusedInAProcessThatHasLoadedOpenAl() {
        OpenAlLibrary.load();
        DeviceException e = assertThrows(DeviceException.class,
            () -> new OpenAlLoopbackPeer(new OpenAlLoopbackPeer.Settings(4, false, OpenAlLoopbackPeer.HrtfMode.AMBI2, 48000, 256)).close());
        assertTrue(e.getMessage().contains("process of its own"), e.getMessage());
    }

    @Test
    @Tag("integration")
    void bothHrtfModesTakeTurnsInProcessesOfTheirOwn() {
        try (OpenAlPeerProcess full = new OpenAlPeerProcess(OpenAlLoopbackPeer.HrtfMode.FULL, 48000, 256, 60);
             OpenAlPeerProcess ambi2 = new OpenAlPeerProcess(OpenAlLoopbackPeer.HrtfMode.AMBI2, 48000, 256, 60)) {
            for (boolean moving : new boolean[] {false, true}) {
                full.open(64, moving);
                ambi2.open(64, moving);
                for (int round = 0; round < 2; round++) {
                    for (OpenAlPeerProcess each : new OpenAlPeerProcess[] {full, ambi2}) {
                        OpenAlPeerProcess.Time time = each.render(20);
                        double nanos = time.cpuNanos() / (20.0 * 256 * 64);
                        assertTrue(nanos > 0.05 && nanos < 10_000 && time.wallNanos() > 0, time.toString());
                    }
                }
                full.closeSources();
                ambi2.closeSources();
            }
            assertTrue(full.description().endsWith("hrtf-mode=full"), full.description());
            assertTrue(ambi2.description().endsWith("hrtf-mode=ambi2"), ambi2.description());
        }
    }

    @Test
    @Tag("fault")
    void aProcessThatFailsOrTakesTooLongIsSaidSo() {
        try (OpenAlPeerProcess process = new OpenAlPeerProcess(OpenAlLoopbackPeer.HrtfMode.FULL, 48000, 256, 1)) {
            process.open(2000, true);
            DeviceException late = assertThrows(DeviceException.class, () -> process.render(10_000_000));
            assertTrue(late.getMessage().contains("longer than 1 s"), late.getMessage());
            assertThrows(DeviceException.class, () -> process.render(1));
        }
        try (OpenAlPeerProcess process = new OpenAlPeerProcess(OpenAlLoopbackPeer.HrtfMode.AMBI2, 48000, 256, 60)) {
            DeviceException refused = assertThrows(DeviceException.class, () -> process.open(5000, false));
            assertTrue(refused.getMessage().contains("sources") && refused.getMessage().contains("5000"), refused.getMessage());
        }
    }

    @Test
    @Tag("integration")
    void theProbeAnswersWithAndWithoutASoundCard() {
        DeviceProbe probe = DeviceProbe.probe();
        assertTrue(probe.libraryLoaded());
        assertTrue(probe.version().contains("ALSOFT"), probe.version());
        assertEquals("OpenAL Soft", probe.renderer());
        assertTrue(probe.hrtf() && probe.loopback() && probe.reopen() && probe.directContext(), probe.toString());
        assertFalse(probe.soundCardDetail().isBlank());
        if (probe.soundCard()) {
            assertFalse(probe.playbackDevices().isEmpty());
        }
    }
}
