package io.pinna.hrtf.measurement;

import io.pinna.InvalidValueException;
import io.pinna.ResourceException;
import io.pinna.internal.Check;
import io.pinna.internal.FileReplacement;
import io.pinna.internal.measurement.ExponentialSweep;
import io.pinna.internal.measurement.SessionAnalysis;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntConsumer;
import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;

/**
 * Measures a person's HRTF in some directions with a pair of in-ear microphones and one loudspeaker; see the package description for how to do a session. Any thread but the audio thread; a take costs about a
 * second and some tens of megabytes while it is analysed.
 */
public final class HrtfMeasurement {
    private HrtfMeasurement() {
    }

    /** The samples of the test signal, one channel, full scale ±1: silence, the sweeps, silence. */
    public static float[] sweep(SweepSettings settings) {
        return new ExponentialSweep(Check.notNull(settings, "settings")).file();
    }

    /**
     * Writes the test signal as a WAV file of one channel and 16 bits, which every player takes; rounding is some 86 dB below a sweep at −12 dB. A file that is there already is replaced.
     *
     * @param file where to; its folder must exist
     * @throws ResourceException     if the file cannot be written
     * @throws InvalidValueException if an argument is null
     */
    public static void writeSweep(SweepSettings settings, Path file) {
        Check.notNull(file, "file");
        float[] x = sweep(settings);
        byte[] pcm = new byte[2 * x.length];
        for (int n = 0; n < x.length; n++) {
            int value = Math.round(Math.max(-1, Math.min(1, x[n])) * 32767);
            pcm[2 * n] = (byte) value;
            pcm[2 * n + 1] = (byte) (value >> 8);
        }
        AudioFormat format = new AudioFormat(settings.sampleRateHz(), 16, 1, true, false);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(pcm.length + 64);
        try {
            AudioSystem.write(new AudioInputStream(new ByteArrayInputStream(pcm), format, x.length), AudioFileFormat.Type.WAVE, bytes);
        } catch (IOException e) {
            throw new ResourceException(file.toString(), "file", "the sweep cannot be encoded: " + e, e);
        }
        FileReplacement.write(file, bytes.toByteArray());
    }

    /** As {@link #analyze(SweepSettings, List, ReferenceRecording, MeasurementSettings, IntConsumer)} with the default settings and nobody who looks on. */
    public static MeasurementResult analyze(SweepSettings sweep, List<Take> takes, ReferenceRecording reference) {
        return analyze(sweep, takes, reference, MeasurementSettings.DEFAULT, done -> { });
    }

    /**
     * Turns recordings into head-related impulse responses. Takes that are of no use are left out, and the report says why; so look at {@link MeasurementReport#usable}.
     *
     * @param sweep     what was played; its sample rate need not be that of the recordings
     * @param takes     at least one
     * @param reference the loudspeaker without the head, or null: then loudspeaker and microphones are estimated from the takes, see {@link MeasurementReport#equalization}
     * @param settings  of the analysis
     * @param progress  is told, on this thread, how many recordings have been read, references first
     * @throws ResourceException     if a file cannot be read
     * @throws InvalidValueException if an argument is null, or there is no take
     */
    public static MeasurementResult analyze(SweepSettings sweep, List<Take> takes, ReferenceRecording reference, MeasurementSettings settings, IntConsumer progress) {
        Check.notNull(sweep, "sweep");
        Check.notNull(takes, "takes");
        Check.notNull(settings, "settings");
        Check.notNull(progress, "progress");
        if (takes.isEmpty()) {
            throw new InvalidValueException("takes is empty; give one recording for each direction");
        }
        SessionAnalysis session = new SessionAnalysis(sweep, List.copyOf(takes), reference, settings, progress);
        List<MeasurementResult.HeadResponse> responses = session.responses().stream()
                .map(r -> new MeasurementResult.HeadResponse(r.azimuthDegrees(), r.elevationDegrees(), r.left(), r.right())).toList();
        String level = reference == null ? "Levels are relative to the generic listener's mean over the same directions" : "Levels are relative to the sound at the middle of the head without it, by 1/r to equal distances";
        MeasurementReport report = new MeasurementReport(sweep, session.equalization(), settings.equalizationGainDb(), level, responses.size(), session.findings(), session.takeReports(),
                session.referenceReports());
        return new MeasurementResult(report, settings.sampleRateHz(), responses);
    }
}
