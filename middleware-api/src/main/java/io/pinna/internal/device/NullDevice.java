package io.pinna.internal.device;

import io.pinna.device.DeviceReport;
import io.pinna.device.OutputDevice;
import io.pinna.device.StreamFormat;
import io.pinna.internal.Check;
import io.pinna.internal.RealTime;
import java.util.List;
import java.util.function.LongSupplier;

/** Discards the sound and keeps real time: what stands in where there is no sound card, so that a game runs as it would with one. Allocates nothing after {@link #open}. */
public final class NullDevice implements OutputDevice {
    private final Lifecycle lifecycle = new Lifecycle("the null device");
    private final LongSupplier nanoClock;
    private Pacer pacer;
    private volatile String description = "not open";
    /** Written by the audio thread only. */
    private volatile long deliveredBlocks;
    private volatile long underruns;

    public NullDevice() {
        this(System::nanoTime);
    }

    /** @param nanoClock a clock as {@link System#nanoTime}; it must not allocate */
    NullDevice(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
    }

    @Override
    public void open(StreamFormat format) {
        Check.notNull(format, "format");
        lifecycle.requireNew();
        pacer = new Pacer(format.sampleRateHz(), format.blockFrames(), format.queueBlocks(), nanoClock);
        description = format.sampleRateHz() + " Hz by the system's clock, " + format.queueBlocks() + " blocks of " + format.blockFrames() + " frames ahead";
        lifecycle.opened();
    }

    @Override
    public boolean isPacing() {
        return true;
    }

    @Override
    @RealTime
    public boolean offer(float[] left, float[] right) {
        if (!lifecycle.isOpen()) {
            return true;
        }
        if (!pacer.tryTake()) {
            return false;
        }
        underruns = pacer.stalls();
        deliveredBlocks++;
        return true;
    }

    @Override
    public DeviceReport report() {
        return new DeviceReport("Null device (real time)", description, deliveredBlocks, underruns, 0, List.of());
    }

    @Override
    public void close() {
        lifecycle.close();
    }
}
