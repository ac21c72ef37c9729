package io.pinna.internal.device;

import io.pinna.DeviceException;
import io.pinna.internal.Check;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.Writer;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * An {@link OpenAlLoopbackPeer} in a Java process of its own, which renders when it is told to and says how long it took. OpenAL Soft reads its HRTF mode once, when its library loads; so two modes can only take turns in two
 * processes. That the mode is in effect is read from OpenAL Soft's own log, because its interface does not tell. One thread calls.
 *
 * <p>The two speak lines of text: {@code open SOURCES MOVING}, {@code render BLOCKS}, {@code close}; each is answered by one line that begins with {@value #ANSWER}. The other process ends when its input does.
 */
public final class OpenAlPeerProcess implements AutoCloseable {
    private static final String ANSWER = "pinna-peer ";
    private static final String FAULT = "fault ";
    /** OpenAL Soft's, at log level 3: "2nd order HRTF rendering enabled, using ..." or "1st order + Full HRTF rendering enabled, using ...". */
    private static final String MODE_LINE = "HRTF rendering enabled";
    private static final int START_SECONDS = 60;

    private final OpenAlLoopbackPeer.HrtfMode mode;
    private final int timeoutSeconds;
    private final File log;
    private final Process process;
    private final Writer commands;
    private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
    private String description = "";

    /**
     * The time that rendering took.
     *
     * @param cpuNanos  processor time of the rendering thread, which other programs' time slices do not lengthen
     * @param wallNanos by the clock
     */
    public record Time(long cpuNanos, long wallNanos) {
    }

    /**
     * Starts the process.
     *
     * @param timeoutSeconds how long an answer may take (≥ 1)
     * @throws DeviceException if it cannot be started
     */
    public OpenAlPeerProcess(OpenAlLoopbackPeer.HrtfMode mode, int sampleRateHz, int blockFrames, int timeoutSeconds) {
        this.mode = Check.notNull(mode, "mode");
        Check.inRange(timeoutSeconds, 1, 100_000, "timeoutSeconds");
        this.timeoutSeconds = timeoutSeconds;
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m"));
        if (Runtime.version().feature() >= 22) {
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        // Surefire runs tests from a jar that only refers to the class path; it names the real one apart.
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        command.addAll(List.of("-cp", classPath, OpenAlPeerProcess.class.getName(), mode.name(), Integer.toString(sampleRateHz), Integer.toString(blockFrames)));
        try {
            log = File.createTempFile("pinna-peer", ".log");
            ProcessBuilder builder = new ProcessBuilder(command).redirectError(log);
            builder.environment().remove("ALSOFT_CONF");
            builder.environment().remove("ALSOFT_LOGFILE");
            builder.environment().put("ALSOFT_LOGLEVEL", "3");
            process = builder.start();
        } catch (IOException e) {
            throw new DeviceException("a process for OpenAL Soft could not be started: " + e.getMessage(), e);
        }
        commands = process.outputWriter(StandardCharsets.UTF_8);
        Thread reader = new Thread(this::readAnswers, "pinna-peer");
        reader.setDaemon(true);
        reader.start();
    }

    private void readAnswers() {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (line.startsWith(ANSWER)) {
                    answers.add(line.substring(ANSWER.length()));
                }
            }
        } catch (IOException e) {
            // The process has ended, which the end of its answers says too.
        }
        answers.add(FAULT + "it ended");
    }

    /**
     * Makes sources, in place of those before.
     *
     * @throws DeviceException if OpenAL Soft cannot be loaded, lacks the set or the extensions, or renders in another mode; the message says what the process wrote
     */
    public void open(int sources, boolean moving) {
        description = ask("open " + sources + " " + moving, Math.max(timeoutSeconds, START_SECONDS));
        requireMode();
    }

    /** Renders blocks of the sources that were opened last. */
    public Time render(int blocks) {
        String[] times = ask("render " + blocks, timeoutSeconds).split(" ");
        return new Time(Long.parseLong(times[0]), Long.parseLong(times[1]));
    }

    /** Frees the sources. */
    public void closeSources() {
        ask("close", timeoutSeconds);
    }

    /** Version, set and mode; empty before sources were opened. */
    public String description() {
        return description;
    }

    private String ask(String command, int seconds) {
        try {
            commands.write(command + "\n");
            commands.flush();
        } catch (IOException e) {
            throw new DeviceException("the process of OpenAL Soft has ended: " + tail(), e);
        }
        String answer;
        try {
            answer = answers.poll(seconds, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DeviceException("the measurement of OpenAL Soft was interrupted", e);
        }
        if (answer == null) {
            process.destroyForcibly();
            throw new DeviceException("the measurement of OpenAL Soft took longer than " + seconds + " s (\"" + command + "\"); ask for fewer blocks or sources");
        }
        if (answer.startsWith(FAULT)) {
            throw new DeviceException("the process of OpenAL Soft failed: " + answer.substring(FAULT.length()) + tail());
        }
        return answer;
    }

    /** What the process wrote besides OpenAL Soft's log of its start. */
    private String tail() {
        try {
            List<String> lines = Files.readAllLines(log.toPath(), StandardCharsets.UTF_8).stream().filter(l -> !l.isBlank() && !l.startsWith("[ALSOFT] (II)")).toList();
            return lines.isEmpty() ? "" : "; it wrote: " + String.join(" | ", lines.subList(Math.max(0, lines.size() - 3), lines.size()));
        } catch (IOException e) {
            return "";
        }
    }

    private void requireMode() {
        String last = "";
        try {
            for (String line : Files.readAllLines(log.toPath(), StandardCharsets.UTF_8)) {
                if (line.contains(MODE_LINE)) {
                    last = line;
                }
            }
        } catch (IOException e) {
            throw new DeviceException("the log of OpenAL Soft cannot be read: " + e.getMessage(), e);
        }
        if (!last.contains(mode == OpenAlLoopbackPeer.HrtfMode.FULL ? "+ Full " + MODE_LINE : "2nd order " + MODE_LINE)) {
            throw new DeviceException("OpenAL Soft does not render in the mode " + mode + "; its log says " + (last.isEmpty() ? "nothing of a mode" : "\"" + last + "\""));
        }
    }

    @Override
    public void close() {
        try {
            commands.close();
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            process.destroyForcibly();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        if (!log.delete()) {
            log.deleteOnExit();
        }
    }

    /** The other side. */
    public static void main(String[] arguments) throws IOException {
        OpenAlLoopbackPeer.HrtfMode mode = OpenAlLoopbackPeer.HrtfMode.valueOf(arguments[0]);
        int sampleRateHz = Integer.parseInt(arguments[1]);
        int blockFrames = Integer.parseInt(arguments[2]);
        PrintStream out = System.out;
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        OpenAlLoopbackPeer peer = null;
        try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                String[] words = line.split(" ");
                if (words[0].equals("render") && peer != null) {
                    long wall = System.nanoTime();
                    long cpu = threads.getCurrentThreadCpuTime();
                    peer.renderBlocks(Integer.parseInt(words[1]));
                    cpu = threads.getCurrentThreadCpuTime() - cpu;
                    wall = System.nanoTime() - wall;
                    peer.requireWorking();
                    out.println(ANSWER + cpu + " " + wall);
                    continue;
                }
                if (peer != null) {
                    peer.close();
                    peer = null;
                }
                if (words[0].equals("open")) {
                    peer = new OpenAlLoopbackPeer(new OpenAlLoopbackPeer.Settings(Integer.parseInt(words[1]), Boolean.parseBoolean(words[2]), mode, sampleRateHz, blockFrames));
                }
                out.println(ANSWER + (peer == null ? "closed" : peer.description()));
            }
        } catch (RuntimeException | LinkageError e) {
            out.println(ANSWER + FAULT + String.valueOf(e.getMessage()).replaceAll("\\s*\\R\\s*", " "));
        } finally {
            if (peer != null) {
                peer.close();
            }
        }
    }
}
