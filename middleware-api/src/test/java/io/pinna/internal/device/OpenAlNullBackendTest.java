package io.pinna.internal.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.DeviceException;
import io.pinna.device.DeviceReport;
import io.pinna.device.OpenAlSettings;
import io.pinna.device.OutputDevice;
import io.pinna.device.OutputDevices;
import io.pinna.device.StreamFormat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole way through OpenAL Soft's playback, in real time, on its null backend. OpenAL Soft reads ALSOFT_DRIVERS when its library loads, so every scenario is a process of its own; that
 * also keeps a sound card of the developer out of it.
 */
@Timeout(120)
class OpenAlNullBackendTest {
    @TempDir
    Path folder;

    private Map<String, String> run(String scenario, Map<String, String> environment) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx128m"));
        if (Runtime.version().feature() >= 22) {
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        command.addAll(List.of("-cp", System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")), Scenarios.class.getName(), scenario));
        Path log = folder.resolve(scenario + ".log");
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().remove("ALSOFT_CONF");
        builder.environment().putAll(environment);
        Process process = builder.start();
        boolean ended = process.waitFor(60, TimeUnit.SECONDS);
        process.destroyForcibly();
        String text = Files.readString(log, StandardCharsets.UTF_8);
        assertTrue(ended && process.exitValue() == 0, text);
        Map<String, String> answers = new HashMap<>();
        for (String line : text.split("\n")) {
            int equals = line.indexOf('=');
            if (equals > 0) {
                answers.put(line.substring(0, equals), line.substring(equals + 1));
            }
        }
        return answers;
    }

    private static final Map<String, String> NULL_BACKEND = Map.of("ALSOFT_DRIVERS", "null");

    @Test
    @Tag("realtime")
    void playsInRealTimeWithoutAllocating() throws IOException, InterruptedException {
        Map<String, String> answers = run("play", NULL_BACKEND);
        assertEquals("OpenAL Soft: No Output", answers.get("name"));
        assertTrue(answers.get("description").contains("period of about 512 frames, queue of 3 blocks of 256 frames (16.0 ms)"), answers.get("description"));
        assertTrue(answers.get("notes").contains("No sound card: OpenAL Soft uses its null backend (\"No Output\")"), answers.get("notes"));
        // A second is 187.5 blocks. The pace is OpenAL's clock; a busy machine only makes it slower, by underruns.
        int blocks = Integer.parseInt(answers.get("blocksInTwoSeconds"));
        assertTrue(blocks <= 380 && blocks >= 200, blocks + " blocks");
        assertEquals("0", answers.get("allocatedBytes"));
        assertEquals("0", answers.get("reopened"));
    }

    @Test
    @Tag("integration")
    void aShorterPeriodIsPassedToOpenAlSoftWhenItLoads() throws IOException, InterruptedException {
        Map<String, String> answers = run("period", NULL_BACKEND);
        assertTrue(answers.get("first").contains("period of about 128 frames"), answers.get("first"));
        assertTrue(answers.get("second").contains("period of about 128 frames"), answers.get("second"));
        assertTrue(answers.get("secondNotes").contains("OpenAL Soft was loaded before"), answers.get("secondNotes"));
        Path config = folder.resolve("alsoft.conf");
        Files.writeString(config, "[general]\nperiod_size = 2048\n");
        Map<String, String> users = run("period", Map.of("ALSOFT_DRIVERS", "null", "ALSOFT_CONF", config.toString()));
        assertTrue(users.get("first").contains("queue of 9 blocks"), users.get("first"));
        assertTrue(users.get("firstNotes").contains("ALSOFT_CONF is set") && users.get("firstNotes").contains("lengthened from 3 to 9 blocks"), users.get("firstNotes"));
    }

    @Test
    @Tag("fault")
    void opensAgainWhileItPlaysAndClosesInAnyState() throws IOException, InterruptedException {
        Map<String, String> answers = run("reopen", NULL_BACKEND);
        assertEquals("true", answers.get("reopen"));
        assertEquals("20", answers.get("takenAfterwards"));
        assertEquals("20", answers.get("devicesOpenedAndClosed"));
    }

    @Test
    @Tag("fault")
    void withoutAnyDeviceTheAutomaticOneSaysWhyAndKeepsRealTime() throws IOException, InterruptedException {
        // A backend that is not there on any system: OpenAL Soft has no device at all.
        Map<String, String> answers = run("automatic", Map.of("ALSOFT_DRIVERS", "nosuchbackend"));
        assertEquals("Null device (real time)", answers.get("name"));
        assertTrue(answers.get("notes").contains("No sound card: OpenAL Soft found no playback device ("), answers.get("notes"));
        assertTrue(answers.get("notes").contains("sound is rendered and discarded in real time"), answers.get("notes"));
        int blocks = Integer.parseInt(answers.get("blocksInHalfASecond"));
        assertTrue(blocks >= 40 && blocks <= 97, blocks + " blocks");
        assertTrue(answers.get("openAl").contains("OpenAL Soft found no playback device ("), answers.get("openAl"));
        assertEquals("false", answers.get("probeSoundCard"));
        assertTrue(answers.get("probeVersion").contains("ALSOFT"), answers.get("probeVersion"));
        assertTrue(answers.get("probeDetail").contains("no playback device"), answers.get("probeDetail"));
    }

    @Test
    @Tag("integration")
    void theAutomaticDeviceRecognisesTheNullBackend() throws IOException, InterruptedException {
        Map<String, String> answers = run("automatic", NULL_BACKEND);
        assertEquals("OpenAL Soft: No Output", answers.get("name"));
        assertTrue(answers.get("notes").contains("null backend"), answers.get("notes"));
        assertEquals("false", answers.get("probeSoundCard"));
        assertTrue(answers.get("probeDetail").contains("stand-in \"No Output\""), answers.get("probeDetail"));
    }

    /** The process under test. */
    static final class Scenarios {
        private static final StreamFormat FORMAT = new StreamFormat(48000, 256, 3);
        private static final float[] BLOCK = new float[256];

        private Scenarios() {
        }

        public static void main(String[] arguments) {
            switch (arguments[0]) {
                case "play" -> play();
                case "period" -> period();
                case "reopen" -> reopen();
                case "automatic" -> automatic();
                default -> throw new IllegalArgumentException(arguments[0]);
            }
        }

        private static void answer(String key, Object value) {
            System.out.println(key + "=" + value);
        }

        private static int offerFor(OutputDevice device, double seconds) {
            int taken = 0;
            long end = System.nanoTime() + (long) (seconds * 1e9);
            while (System.nanoTime() < end) {
                if (device.offer(BLOCK, BLOCK)) {
                    taken++;
                } else {
                    LockSupport.parkNanos(500_000);
                }
            }
            return taken;
        }

        private static void play() {
            OutputDevice device = OutputDevices.openAl();
            device.open(FORMAT);
            int blocks = offerFor(device, 2);
            long allocated = Allocation.perRound(() -> offerFor(device, 0.5));
            device.close();
            DeviceReport report = device.report();
            answer("blocksInTwoSeconds", blocks);
            answer("allocatedBytes", allocated);
            answer("name", report.name());
            answer("description", report.description());
            answer("notes", report.notes());
            answer("reopened", report.reopened());
            answer("underruns", report.underruns());
        }

        private static void period() {
            for (String which : List.of("first", "second")) {
                OutputDevice device = OutputDevices.openAl(OpenAlSettings.defaults().withPeriodFrames(which.equals("first") ? 128 : 1024));
                device.open(FORMAT);
                answer(which, device.report().description());
                answer(which + "Notes", device.report().notes());
                device.close();
            }
        }

        private static void reopen() {
            OpenAlBackend backend = new OpenAlBackend(OpenAlSettings.defaults());
            backend.open(FORMAT);
            for (int b = 0; b < 3; b++) {
                backend.offer(BLOCK, BLOCK);
            }
            answer("reopen", backend.reopen());
            int taken = 0;
            long end = System.nanoTime() + 20_000_000_000L;
            while (taken < 20 && System.nanoTime() < end) {
                if (backend.offer(BLOCK, BLOCK) == PlaybackBackend.Outcome.TAKEN) {
                    taken++;
                } else {
                    LockSupport.parkNanos(500_000);
                }
            }
            answer("takenAfterwards", taken);
            backend.close();
            backend.close();
            int opened = 0;
            for (int i = 0; i < 20; i++) {
                OutputDevice device = OutputDevices.openAl();
                device.open(FORMAT);
                offerFor(device, 0.01);
                device.close();
                device.close();
                opened++;
            }
            answer("devicesOpenedAndClosed", opened);
        }

        private static void automatic() {
            OutputDevice device = OutputDevices.automatic();
            device.open(FORMAT);
            answer("blocksInHalfASecond", offerFor(device, 0.5));
            answer("name", device.report().name());
            answer("notes", device.report().notes());
            device.close();
            try {
                OutputDevice card = OutputDevices.openAl();
                card.open(FORMAT);
                card.close();
            } catch (DeviceException e) {
                answer("openAl", e.getMessage());
            }
            DeviceProbe probe = DeviceProbe.probe();
            answer("probeSoundCard", probe.soundCard());
            answer("probeVersion", probe.version());
            answer("probeDetail", probe.soundCardDetail());
        }
    }
}
