package io.pinna.internal.inference;

import io.pinna.hrtf.HrtfProfile;
import io.pinna.hrtf.PersonalHrtf;
import io.pinna.internal.hrtf.FieldHrtf;
import io.pinna.internal.hrtf.HarmonicField;
import io.pinna.internal.hrtf.HrtfSource;
import io.pinna.internal.hrtf.MeasuredHrtf;
import io.pinna.internal.hrtf.PersonalHrtfs;
import io.pinna.internal.hrtf.SofaReader;

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
        if (profile instanceof HrtfProfile.Personal personal) {
            return personal(personal.hrtf(), "", sampleRateHz);
        }
        if (profile instanceof HrtfProfile.PersonalFile personal) {
            return personal(PersonalHrtf.load(personal.file()), ", " + personal.file().getFileName(), sampleRateHz);
        }
        HrtfFieldModel model = HrtfFieldModel.builtIn();
        float[] latent = profile instanceof HrtfProfile.Subject subject ? model.subjectLatent(subject.subjectId()) : model.genericLatent();
        return new Loaded(new FieldHrtf(model.listener(latent), sampleRateHz),
                model.name() + " (SHA-256 " + model.sha256().substring(0, 12) + "…) on ONNX Runtime, " + model.provider() + " provider");
    }

    private static Loaded personal(PersonalHrtf hrtf, String file, int sampleRateHz) {
        HarmonicField field = PersonalHrtfs.field(hrtf);
        return new Loaded(new FieldHrtf(field, sampleRateHz),
                "personal, from " + hrtf.kind().describe() + file + " (spherical harmonics of order " + field.order() + ", by " + hrtf.createdBy() + ")");
    }
}
