package io.pinna.hrtf;

import io.pinna.InvalidValueException;
import io.pinna.internal.Check;
import java.nio.file.Path;
import java.util.Locale;

/**
 * What a listener wears: the way its head and ears filter sound. A profile is a description; it is loaded when a listener puts it on, and errors of its files are thrown then. Immutable.
 */
public sealed interface HrtfProfile {
    /** The built-in HRTF field's generic listener: the mean of all people in it. Needs no file. */
    static HrtfProfile generic() {
        return new Generic();
    }

    /**
     * One of the people in the built-in HRTF field.
     *
     * @param subjectId as listed by {@code pinna doctor}, such as "cipic_003"
     */
    static HrtfProfile subject(String subjectId) {
        return new Subject(subjectId);
    }

    /** A measured set: SOFA conventions SimpleFreeFieldHRIR, or GeneralFIR-E of one emitter and two receivers. */
    static HrtfProfile sofa(Path file) {
        return new Sofa(file);
    }

    /** A person's own ears. */
    static HrtfProfile personal(PersonalHrtf hrtf) {
        return new Personal(hrtf);
    }

    /** A person's own ears, from the file that {@link PersonalHrtf#save} wrote. */
    static HrtfProfile personal(Path file) {
        return new PersonalFile(file);
    }

    /** Predicted from body measurements in a CSV file (see {@link BodyMeasurements#read(Path)}), as by {@link HrtfPersonalization}. */
    static HrtfProfile measurements(Path csv) {
        return new Measurements(csv);
    }

    /**
     * Completed from a few measured directions, as by {@link HrtfFit} with its default settings. Putting it on takes about a second for each 20 directions; {@link HrtfFit} with {@link PersonalHrtf#save} does that once.
     *
     * @param sparseSofa from 3 directions
     */
    static HrtfProfile completed(Path sparseSofa) {
        return new Completed(sparseSofa);
    }

    /** An own model: see {@link HrtfField}. The field stays its maker's, who closes it when no listener wears it any more. */
    static HrtfProfile field(HrtfField field) {
        return new Field(field);
    }

    /** An own model in an ONNX file, of the signature that {@link HrtfField#load} documents. */
    static HrtfProfile onnx(Path file) {
        return new Onnx(file);
    }

    /**
     * What a file holds, by the ending of its name: a measured set ({@code .sofa}), a personal profile ({@code .pinna}), body measurements ({@code .csv}) or an own model ({@code .onnx}).
     *
     * @throws InvalidValueException if it has another ending
     */
    static HrtfProfile file(Path file) {
        String name = Check.notNull(file, "file").toString().toLowerCase(Locale.ROOT);
        if (name.endsWith(".sofa")) {
            return sofa(file);
        }
        if (name.endsWith(".pinna")) {
            return personal(file);
        }
        if (name.endsWith(".csv")) {
            return measurements(file);
        }
        if (name.endsWith(".onnx")) {
            return onnx(file);
        }
        throw new InvalidValueException("file is " + file + "; names that end in .sofa (a measured set), .pinna (a personal profile), .csv (body measurements) or .onnx (an own model) are allowed");
    }

    /** A short name for reports. */
    String describe();

    /** See {@link HrtfProfile#generic}. */
    record Generic() implements HrtfProfile {
        @Override
        public String describe() {
            return "generic (HRTF field)";
        }
    }

    /** See {@link HrtfProfile#subject}. */
    record Subject(String subjectId) implements HrtfProfile {
        public Subject {
            Check.notBlank(subjectId, "subjectId");
        }

        @Override
        public String describe() {
            return "subject " + subjectId + " (HRTF field)";
        }
    }

    /** See {@link HrtfProfile#sofa}. */
    record Sofa(Path file) implements HrtfProfile {
        public Sofa {
            Check.notNull(file, "file");
        }

        @Override
        public String describe() {
            return "SOFA " + file.getFileName();
        }
    }

    /** See {@link HrtfProfile#personal(PersonalHrtf)}. */
    record Personal(PersonalHrtf hrtf) implements HrtfProfile {
        public Personal {
            Check.notNull(hrtf, "hrtf");
        }

        @Override
        public String describe() {
            return "personal (from " + hrtf.kind().describe() + ")";
        }

        /** Of one line, unlike {@link PersonalHrtf#toString}. */
        @Override
        public String toString() {
            return describe();
        }
    }

    /** See {@link HrtfProfile#personal(Path)}. */
    record PersonalFile(Path file) implements HrtfProfile {
        public PersonalFile {
            Check.notNull(file, "file");
        }

        @Override
        public String describe() {
            return "personal " + file.getFileName();
        }
    }

    /** See {@link HrtfProfile#measurements}. */
    record Measurements(Path file) implements HrtfProfile {
        public Measurements {
            Check.notNull(file, "file");
        }

        @Override
        public String describe() {
            return "measurements " + file.getFileName();
        }
    }

    /** See {@link HrtfProfile#completed}. */
    record Completed(Path file) implements HrtfProfile {
        public Completed {
            Check.notNull(file, "file");
        }

        @Override
        public String describe() {
            return "completed from " + file.getFileName();
        }
    }

    /** See {@link HrtfProfile#field}. */
    record Field(HrtfField field) implements HrtfProfile {
        public Field {
            Check.notNull(field, "field");
        }

        @Override
        public String describe() {
            return "field " + field.name();
        }
    }

    /** See {@link HrtfProfile#onnx}. */
    record Onnx(Path file) implements HrtfProfile {
        public Onnx {
            Check.notNull(file, "file");
        }

        @Override
        public String describe() {
            return "model " + file.getFileName();
        }
    }
}
