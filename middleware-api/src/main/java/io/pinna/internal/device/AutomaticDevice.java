package io.pinna.internal.device;

import io.pinna.DeviceException;
import io.pinna.device.DeviceReport;
import io.pinna.device.OutputDevice;
import io.pinna.device.StreamFormat;
import io.pinna.internal.Check;
import io.pinna.internal.RealTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The sound card if there is one, else the null device that keeps real time, with a note in the report and one warning in the log that say why. */
public final class AutomaticDevice implements OutputDevice {
    private static final Logger LOG = LoggerFactory.getLogger(AutomaticDevice.class);
    /** One warning a process: several listeners, or many worlds in a test, would only repeat it. */
    private static final AtomicBoolean WARNED = new AtomicBoolean();

    /** How a note begins that says so, here and in {@link OpenAlBackend}. */
    static final String NO_SOUND_CARD = "No sound card: ";

    private final Lifecycle lifecycle = new Lifecycle("the automatic device");
    private final Supplier<OutputDevice> soundCard;
    private volatile OutputDevice chosen = new NullDevice();
    private volatile String note = "";

    /** @param soundCard makes the device to try first */
    public AutomaticDevice(Supplier<OutputDevice> soundCard) {
        this.soundCard = Check.notNull(soundCard, "soundCard");
    }

    @Override
    public void open(StreamFormat format) {
        Check.notNull(format, "format");
        lifecycle.requireNew();
        OutputDevice card = soundCard.get();
        try {
            card.open(format);
            chosen = card;
            // OpenAL Soft has stand-ins of its own.
            card.report().notes().stream().filter(text -> text.startsWith(NO_SOUND_CARD)).findFirst().ifPresent(AutomaticDevice::warnOnce);
        } catch (DeviceException e) {
            card.close();
            note = NO_SOUND_CARD + e.getMessage() + "; sound is rendered and discarded in real time.";
            warnOnce(note);
            NullDevice stand = new NullDevice();
            stand.open(format);
            chosen = stand;
        }
        lifecycle.opened();
    }

    private static void warnOnce(String text) {
        if (WARNED.compareAndSet(false, true)) {
            LOG.warn(text);
        }
    }

    @Override
    public boolean isPacing() {
        return true;
    }

    @Override
    @RealTime
    public boolean offer(float[] left, float[] right) {
        return chosen.offer(left, right);
    }

    @Override
    public DeviceReport report() {
        DeviceReport report = chosen.report();
        if (note.isEmpty()) {
            return report;
        }
        List<String> notes = new ArrayList<>(report.notes());
        notes.add(note);
        return new DeviceReport(report.name(), report.description(), report.deliveredBlocks(), report.underruns(), report.reopened(), notes);
    }

    @Override
    public void close() {
        if (lifecycle.close()) {
            chosen.close();
        }
    }
}
