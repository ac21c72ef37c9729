package io.pinna.internal.inference;

import io.pinna.hrtf.FitSettings;
import io.pinna.hrtf.HrtfField;
import io.pinna.hrtf.HrtfFit;
import io.pinna.hrtf.HrtfPersonalization;
import io.pinna.hrtf.HrtfProfile;
import io.pinna.hrtf.PersonalHrtf;
import io.pinna.internal.hrtf.FieldHrtf;
import io.pinna.internal.hrtf.HarmonicField;
import io.pinna.internal.hrtf.HrtfSource;
import io.pinna.internal.hrtf.MeasuredHrtf;
import io.pinna.internal.hrtf.OwnFields;
import io.pinna.internal.hrtf.PersonalHrtfs;
import io.pinna.internal.hrtf.SofaReader;
import java.nio.file.Path;

/** Loads what a profile describes. Not for the audio thread. */
public final class HrtfSources {
    private HrtfSources() {
    }

    /**
     * @param source      filters at the engine's rate
     * @param description where they come from, for reports
     */
    public record Loaded(HrtfSource source, String description) {
    }

    /**
     * @throws io.pinna.ResourceException  if a file cannot be used
     * @throws io.pinna.InferenceException if the model cannot be used, or knows no such subject
     */
    public static Loaded load(HrtfProfile profile, int sampleRateHz) {
        if (profile instanceof HrtfProfile.Sofa sofa) {
            return new Loaded(MeasuredHrtf.build(SofaReader.read(sofa.file()), sampleRateHz), "measured, " + sofa.file().getFileName());
        }
        if (profile instanceof HrtfProfile.Field own) {
            return load(own.field(), sampleRateHz, false, own.field().name());
        }
        if (profile instanceof HrtfProfile.Onnx onnx) {
            return load(OnnxFields.load(onnx.file()), sampleRateHz, true, onnx.file().getFileName() + " on ONNX Runtime, CPU provider");
        }
        if (resolve(profile) instanceof HrtfProfile.Personal personal) {
            HarmonicField field = PersonalHrtfs.field(personal.hrtf());
            return new Loaded(new FieldHrtf(field, sampleRateHz), (profile instanceof HrtfProfile.Personal ? "personal" : profile.describe()) + ", from " + personal.hrtf().kind().describe()
                    + " (spherical harmonics of order " + field.order() + ", by " + personal.hrtf().createdBy() + ")");
        }
        HrtfFieldModel model = HrtfFieldModel.builtIn();
        float[] latent = profile instanceof HrtfProfile.Subject subject ? model.subjectLatent(subject.subjectId()) : model.genericLatent();
        return new Loaded(new FieldHrtf(model.listener(latent), sampleRateHz),
                model.name() + " (SHA-256 " + model.sha256().substring(0, 12) + "…) on ONNX Runtime, " + model.provider() + " provider");
    }

    private static Loaded load(HrtfField field, int sampleRateHz, boolean owned, String origin) {
        String form = field instanceof HrtfField.Spectra spectra ? "levels at " + spectra.bins() + " frequencies and interaural delay" : "responses of " + ((HrtfField.Responses) field).taps() + " samples";
        return new Loaded(OwnFields.source(field, sampleRateHz, owned), "own model, " + origin + " (" + form + ", " + field.sampleRateHz() + " Hz)");
    }

    /** The file that a profile is loaded from, or null. */
    public static Path file(HrtfProfile profile) {
        if (profile instanceof HrtfProfile.Sofa sofa) {
            return sofa.file();
        }
        if (profile instanceof HrtfProfile.PersonalFile personal) {
            return personal.file();
        }
        if (profile instanceof HrtfProfile.Measurements measurements) {
            return measurements.file();
        }
        if (profile instanceof HrtfProfile.Onnx onnx) {
            return onnx.file();
        }
        return profile instanceof HrtfProfile.Completed completed ? completed.file() : null;
    }

    /**
     * Profiles whose files say what a person's own ears are, as those ears; others as they are. For whoever needs them twice.
     *
     * @throws io.pinna.ResourceException if a file cannot be used
     */
    public static HrtfProfile resolve(HrtfProfile profile) {
        if (profile instanceof HrtfProfile.PersonalFile personal) {
            return HrtfProfile.personal(PersonalHrtf.load(personal.file()));
        }
        if (profile instanceof HrtfProfile.Measurements measurements) {
            return HrtfProfile.personal(HrtfPersonalization.fromMeasurements(measurements.file()));
        }
        if (profile instanceof HrtfProfile.Completed completed) {
            return HrtfProfile.personal(HrtfFit.fromMeasured(completed.file(), FitSettings.DEFAULT));
        }
        return profile;
    }
}
