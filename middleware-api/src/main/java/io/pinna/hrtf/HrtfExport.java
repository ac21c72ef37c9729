package io.pinna.hrtf;

import io.pinna.InvalidValueException;
import io.pinna.ResourceException;
import io.pinna.internal.Check;
import io.pinna.internal.FileReplacement;
import io.pinna.internal.Version;
import io.pinna.internal.hrtf.HarmonicField;
import io.pinna.internal.hrtf.HrtfSource;
import io.pinna.internal.hrtf.MeasuredHrtf;
import io.pinna.internal.hrtf.MhrWriter;
import io.pinna.internal.hrtf.SofaReader;
import io.pinna.internal.hrtf.SofaWriter;
import io.pinna.internal.inference.HrtfFieldModel;
import io.pinna.internal.inference.HrtfSources;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Takes profiles to other programs: the filters that a listener with the profile hears through, as a file. Any thread but the audio thread; a call takes seconds. A file that is there already is
 * replaced, as a whole or not at all.
 */
public final class HrtfExport {
    private static final int MIN_RATE_HZ = 8000;
    private static final int MAX_RATE_HZ = 192000;

    private interface Encoder {
        byte[] encode(HrtfSource source, HrtfProfile profile);
    }

    private HrtfExport() {
    }

    /**
     * Writes a SOFA file (AES69), SimpleFreeFieldHRIR 1.0, netCDF-4: every direction that the engine keeps filters for, 2562 of them at 1 m for the HRTF field and for personal profiles, those measured and those interpolated
     * between them for a SOFA file. Interaural delays are part of the responses; Data.Delay is zero. Levels are those of the profile; towards the lower of the Nyquist frequencies of profile and file, from
     * 85 % of it on, the responses fade.
     *
     * @param profile      what to write
     * @param file         where to; its folder must exist
     * @param sampleRateHz rate of the responses (hertz, 8000 to 192000); see {@link #nativeSampleRateHz}
     * @throws InvalidValueException if an argument is null or out of range, the model knows no such subject, or the set is too large for SOFA readers at this rate
     * @throws ResourceException     if the profile's file cannot be used, or the new one cannot be written
     * @throws io.pinna.InferenceException if the model cannot be used
     */
    public static void sofa(HrtfProfile profile, Path file, int sampleRateHz) {
        write(profile, file, sampleRateHz, (source, p) -> {
            Origin origin = origin(source, p);
            try {
                return SofaWriter.write(source, "HRTF of " + p.describe(), origin.listener, origin.licence, origin.comment, Version.text());
            } catch (IllegalStateException e) {
                throw new InvalidValueException("sampleRateHz is " + sampleRateHz + "; at this rate " + e.getMessage());
            }
        });
    }

    /** What the file says about where its filters come from. */
    private record Origin(String listener, String licence, String comment) {
    }

    private static Origin origin(HrtfSource source, HrtfProfile profile) {
        if (profile instanceof HrtfProfile.Field own) {
            return own(own.field());
        }
        if (source instanceof MeasuredHrtf measured) {
            HrtfInfo info = measured.info();
            return new Origin(info.listener(), info.licence().isBlank() ? "None given by the source; ask its author" : info.licence(),
                    "Measured set " + Path.of(info.file()).getFileName() + (info.title().isBlank() ? "" : " (" + info.title() + ")") + ", database "
                            + (info.database().isBlank() ? "unknown" : info.database()) + ", resampled and interpolated by Pinna");
        }
        HrtfFieldModel model = HrtfFieldModel.builtIn();
        if (profile instanceof HrtfProfile.Personal p) {
            PersonalHrtf personal = p.hrtf();
            return new Origin("personal", "The ears of one person, who decides about their use. " + model.attribution(),
                    String.join(" ", Stream.concat(Stream.of("Personal HRTF from " + personal.kind().describe() + ", made by " + personal.createdBy() + "."), personal.notes().stream()).toList()));
        }
        return new Origin(profile instanceof HrtfProfile.Subject s ? s.subjectId() : "generic", model.attribution(),
                "Computed by Pinna's HRTF field " + model.name() + ", SHA-256 " + model.sha256());
    }

    private static Origin own(HrtfField field) {
        return new Origin(field.listener().isBlank() ? "unknown" : field.listener(), field.licence().isBlank() ? "None given by the model; ask its author" : field.licence(),
                "Computed by the model " + field.name() + ", sampled by Pinna");
    }

    /**
     * Writes a data set for OpenAL Soft ("MinPHR03", checked with version 1.25). Put it into a folder that OpenAL Soft searches (its option {@code hrtf-paths}); it appears there under the file's name without
     * ".mhr". The set has 1652 directions, 5° apart, for each of the profile's distances, in responses of 128 samples. Levels are those of the profile, unless a response would exceed full scale: then the
     * whole set is lowered. Distances are clamped to 0.05 to 2.5 m.
     *
     * @param profile      what to write
     * @param file         where to; its folder must exist
     * @param sampleRateHz the rate that OpenAL Soft plays at (hertz, 8000 to 192000)
     * @throws InvalidValueException if an argument is null or out of range, the model knows no such subject, or the rate is so high that the profile's largest interaural delay exceeds the 63 samples of
     *                               the format: above 90 kHz for a head of 0.7 ms
     * @throws ResourceException     if the profile's file cannot be used, or the new one cannot be written
     * @throws io.pinna.InferenceException if the model cannot be used
     */
    public static void mhr(HrtfProfile profile, Path file, int sampleRateHz) {
        write(profile, file, sampleRateHz, (source, p) -> MhrWriter.write(source));
    }

    /**
     * The sample rate that a profile's data have: that of the model, of the personal profile, or of the SOFA file (hertz, rounded).
     *
     * @throws InvalidValueException if the profile is null
     * @throws ResourceException     if the profile's file cannot be used
     */
    public static int nativeSampleRateHz(HrtfProfile profile) {
        Check.notNull(profile, "profile");
        if (profile instanceof HrtfProfile.Sofa sofa) {
            return (int) Math.round(SofaReader.read(sofa.file()).sampleRateHz());
        }
        if (profile instanceof HrtfProfile.Field own) {
            return own.field().sampleRateHz();
        }
        if (profile instanceof HrtfProfile.Onnx onnx) {
            try (HrtfField field = HrtfField.load(onnx.file())) {
                return field.sampleRateHz();
            }
        }
        return profile instanceof HrtfProfile.Generic || profile instanceof HrtfProfile.Subject ? HrtfFieldModel.builtIn().sampleRateHz() : HarmonicField.SAMPLE_RATE_HZ;
    }

    private static void write(HrtfProfile profile, Path file, int sampleRateHz, Encoder encoder) {
        Check.notNull(profile, "profile");
        Check.notNull(file, "file");
        Check.inRange(sampleRateHz, MIN_RATE_HZ, MAX_RATE_HZ, "sampleRateHz");
        FileReplacement.check(file);
        if (profile instanceof HrtfProfile.Subject subject && !HrtfFieldModel.builtIn().subjectIds().contains(subject.subjectId())) {
            throw new InvalidValueException("subjectId is \"" + subject.subjectId() + "\"; the model knows " + HrtfFieldModel.builtIn().subjectIds());
        }
        if (profile instanceof HrtfProfile.Onnx onnx) {
            try (HrtfField field = HrtfField.load(onnx.file())) {
                write(HrtfProfile.field(field), file, sampleRateHz, encoder);
            }
            return;
        }
        HrtfProfile resolved = HrtfSources.resolve(profile);
        byte[] bytes;
        try (HrtfSource source = HrtfSources.load(resolved, sampleRateHz).source()) {
            bytes = encoder.encode(source, resolved);
        }
        FileReplacement.write(file, bytes);
    }
}
