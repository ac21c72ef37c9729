package io.pinna.cli;

import io.pinna.ResourceException;
import io.pinna.device.DeviceReport;
import io.pinna.device.OutputDevice;
import io.pinna.device.StreamFormat;
import io.pinna.internal.sound.WavWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a rendered scene's listener goes: exactly so many frames, into a WAV file or memory, and through a {@link LevelMeter}. For offline worlds: it writes on the thread that renders. A WAV file is
 * written beside its place and moved there by {@link #complete}, so that a rendering that fails leaves what was there before.
 */
public final class SceneOutput implements OutputDevice {
    private static final Logger LOG = LoggerFactory.getLogger(SceneOutput.class);
    private final Path file;
    private final long frames;
    private final double meterIntervalSeconds;
    private Path written;
    private WavWriter wav;
    private float[][] memory;
    private float[] interleaved;
    private int blockFrames;
    private long taken;
    private long blocks;
    private LevelMeter meter;
    private ResourceException failure;
    private boolean closed;
    private boolean completed;

    private SceneOutput(Path file, long frames, double meterIntervalSeconds) {
        this.file = file;
        this.frames = frames;
        this.meterIntervalSeconds = meterIntervalSeconds;
    }

    /** A 32-bit float stereo file of so many frames. */
    public static SceneOutput wav(Path file, long frames, double meterIntervalSeconds) {
        return new SceneOutput(file, frames, meterIntervalSeconds);
    }

    /** Memory, for analysis. */
    public static SceneOutput memory(long frames, double meterIntervalSeconds) {
        return new SceneOutput(null, frames, meterIntervalSeconds);
    }

    @Override
    public void open(StreamFormat format) {
        blockFrames = format.blockFrames();
        interleaved = new float[2 * blockFrames];
        meter = new LevelMeter(format.sampleRateHz(), meterIntervalSeconds);
        if (file == null) {
            memory = new float[2][Math.toIntExact(frames)];
            return;
        }
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null && !Files.isDirectory(folder)) {
            throw new ResourceException(file.toString(), "file", "cannot be created: the folder " + folder + " does not exist; create it first");
        }
        if (Files.isDirectory(file)) {
            throw new ResourceException(file.toString(), "file", "is a folder; give the name of a WAV file");
        }
        // What is there and no ordinary file (a pipe, /dev/null, a link) is written to and not replaced.
        boolean replace = !Files.exists(file) || Files.isRegularFile(file) && !Files.isSymbolicLink(file);
        written = replace ? file.resolveSibling(file.getFileName() + ".part") : file;
        wav = new WavWriter(written, 2, format.sampleRateHz());
    }

    @Override
    public boolean isPacing() {
        return false;
    }

    @Override
    public boolean offer(float[] left, float[] right) {
        int count = (int) Math.min(blockFrames, frames - taken);
        blocks++;
        if (count <= 0 || failure != null) {
            return true;
        }
        meter.add(left, right, count);
        if (memory != null) {
            System.arraycopy(left, 0, memory[0], (int) taken, count);
            System.arraycopy(right, 0, memory[1], (int) taken, count);
        } else {
            for (int i = 0; i < count; i++) {
                interleaved[2 * i] = left[i];
                interleaved[2 * i + 1] = right[i];
            }
            try {
                wav.write(interleaved, 0, count);
            } catch (ResourceException e) {
                failure = e;
            }
        }
        taken += count;
        return true;
    }

    /** @throws ResourceException if the file did not take what was offered */
    void check() {
        if (failure != null) {
            throw failure;
        }
    }

    /**
     * Finishes the file and moves it to its place.
     *
     * @throws ResourceException if that fails, or frames are missing
     */
    void complete() {
        check();
        if (taken != frames) {
            throw new IllegalStateException(taken + " of " + frames + " frames were rendered");
        }
        if (wav != null && !completed) {
            wav.close();
            if (!written.equals(file)) {
                try {
                    Files.move(written, file, StandardCopyOption.REPLACE_EXISTING);
                } catch (IOException e) {
                    throw new ResourceException(file.toString(), "file", "cannot be replaced by " + written + ": " + e, e);
                }
            }
        }
        completed = true;
    }

    /** Levels so far. */
    public LevelMeter meter() {
        return meter;
    }

    /** The left ear's samples, of an output in memory. */
    public float[] left() {
        return memory[0].clone();
    }

    /** The right ear's samples, of an output in memory. */
    public float[] right() {
        return memory[1].clone();
    }

    Path file() {
        return file;
    }

    @Override
    public DeviceReport report() {
        List<String> notes = failure == null ? List.of() : List.of(failure.getMessage());
        return new DeviceReport(file == null ? "memory" : "WAV file " + file, "32-bit float stereo, " + frames + " frames", blocks, 0, 0, notes);
    }

    /** Drops an unfinished file. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (wav != null && !completed) {
            try {
                wav.close();
                if (!written.equals(file)) {
                    Files.deleteIfExists(written);
                }
            } catch (ResourceException | IOException e) {
                LOG.warn("{}: the unfinished file {} is left behind: {}", file, written, e.getMessage());
            }
        }
    }
}
