package io.pinna.hrtf;

import io.pinna.InvalidValueException;
import io.pinna.ResourceException;
import io.pinna.hrtf.BodyMeasurement.Ear;
import io.pinna.internal.Check;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * What was measured of a person: one to all of the {@link BodyMeasurement}s, those of the ears for each ear apart. Every value is plausible, and they are consistent with each other. Immutable; any thread.
 *
 * <p>{@link #complete()} fills in what is missing. Made by {@link #builder()}, by {@link PhotoMeasurement}, or from a CSV file with {@link #read(Path)}, which understands these forms:
 * <ul>
 * <li>The form of {@link #template()}: a row for each measurement, columns {@code measurement} and {@code value}; further columns are for people.
 * <li>A row for each person, whose header names the measurements. A column {@code id} (or {@code SubjectID}) tells the people apart.
 * </ul>
 *
 * <p>Measurements are named {@link BodyMeasurement#columnName() head_width_cm} and so on ({@code _mm} and {@code _rad} at the end are understood too); {@code left_} or {@code right_} (or {@code l_},
 * {@code r_}) before a measurement of the ear means this ear alone, without it both. CIPIC's own columns do as well ({@code x1}, {@code L_d1}, {@code R_theta1}; centimetres, angles in
 * radians). A file with the column {@code SubjectID} is taken for HUTUBS': degrees, and its values are brought to CIPIC's definitions by the differences of the sets' means where HUTUBS measured
 * otherwise, which a note says. Separators are commas, semicolons or tabs, decimals points or commas; blank, NaN and NA are missing; lines that start with # are passed over.
 *
 * @param head     of head and shoulders: cm by measurement
 * @param leftEar  of the left ear: cm, or degrees, by measurement
 * @param rightEar of the right ear
 * @param notes    one sentence for everything about their origin that a person should know
 */
public record BodyMeasurements(Map<BodyMeasurement, Double> head, Map<BodyMeasurement, Double> leftEar, Map<BodyMeasurement, Double> rightEar, List<String> notes) {
    /** @throws InvalidValueException if a value is not plausible or does not fit the others, if a measurement is in the wrong map, or if there is none */
    public BodyMeasurements {
        head = checked(head, "head", false);
        leftEar = checked(leftEar, "left ear", true);
        rightEar = checked(rightEar, "right ear", true);
        notes = List.copyOf(Check.notNull(notes, "notes"));
        if (head.isEmpty() && leftEar.isEmpty() && rightEar.isEmpty()) {
            throw new InvalidValueException("there is no measurement; give at least one");
        }
        String conflict = conflict(head, leftEar, rightEar);
        if (conflict != null) {
            throw new InvalidValueException(conflict);
        }
    }

    private static Map<BodyMeasurement, Double> checked(Map<BodyMeasurement, Double> values, String name, boolean ofEar) {
        Map<BodyMeasurement, Double> copy = new EnumMap<>(BodyMeasurement.class);
        Check.notNull(values, name).forEach((m, value) -> {
            Check.notNull(m, "measurement");
            Check.notNull(value, m.term());
            if (m.isOfEar() != ofEar) {
                throw new InvalidValueException(m.term() + " is given as a measurement of the " + name + "; it is one of the " + (ofEar ? "head" : "ear"));
            }
            String refusal = m.refusal(value);
            if (refusal != null) {
                throw new InvalidValueException(m.term() + (ofEar ? " of the " + name : "") + " " + refusal);
            }
            copy.put(m, value);
        });
        return Collections.unmodifiableMap(copy);
    }

    /** What does not fit together, or null. */
    static String conflict(Map<BodyMeasurement, Double> head, Map<BodyMeasurement, Double> leftEar, Map<BodyMeasurement, Double> rightEar) {
        String conflict = smaller(head, BodyMeasurement.HEAD_WIDTH, BodyMeasurement.SHOULDER_WIDTH, "");
        for (Ear ear : Ear.values()) {
            Map<BodyMeasurement, Double> v = ear == Ear.LEFT ? leftEar : rightEar;
            String of = " of the " + ear.word() + " ear";
            conflict = conflict != null ? conflict : smaller(v, BodyMeasurement.PINNA_WIDTH, BodyMeasurement.PINNA_HEIGHT, of);
            conflict = conflict != null ? conflict : smaller(v, BodyMeasurement.CAVUM_CONCHA_WIDTH, BodyMeasurement.PINNA_WIDTH, of);
            conflict = conflict != null ? conflict : smaller(v, BodyMeasurement.INTERTRAGAL_INCISURE_WIDTH, BodyMeasurement.CAVUM_CONCHA_WIDTH, of);
            conflict = conflict != null ? conflict : stack(v, of);
        }
        return conflict;
    }

    private static String smaller(Map<BodyMeasurement, Double> v, BodyMeasurement part, BodyMeasurement whole, String of) {
        Double a = v.get(part);
        Double b = v.get(whole);
        return a == null || b == null || a < b ? null : part.term() + of + " (" + BodyMeasurement.number(a) + " cm) is not below " + whole.term() + " (" + BodyMeasurement.number(b) + " cm); one of them is wrong";
    }

    /** Both hollows of the concha and the fossa lie one above the other within the pinna. */
    private static String stack(Map<BodyMeasurement, Double> v, String of) {
        double sum = 0;
        StringBuilder names = new StringBuilder();
        for (BodyMeasurement m : List.of(BodyMeasurement.CAVUM_CONCHA_HEIGHT, BodyMeasurement.CYMBA_CONCHA_HEIGHT, BodyMeasurement.FOSSA_HEIGHT)) {
            if (v.containsKey(m)) {
                sum += v.get(m);
                names.append(names.length() == 0 ? "" : " + ").append(m.term());
            }
        }
        Double height = v.get(BodyMeasurement.PINNA_HEIGHT);
        return height == null || sum < height ? null
                : names + of + " (" + BodyMeasurement.number(sum) + " cm) is not below " + BodyMeasurement.PINNA_HEIGHT.term() + " (" + BodyMeasurement.number(height)
                        + " cm), in which they lie one above the other; one of them is wrong";
    }

    /**
     * Reads a file that describes one person.
     *
     * @throws ResourceException if it cannot be read, has several people, has no known column or no value, or has a value that is no number, not plausible or does not fit the others: with row and
     *                           column, the plausible range, and the unit that a value seems to be in
     */
    public static BodyMeasurements read(Path file) {
        return read(file, null);
    }

    /**
     * Reads one person's row of a file.
     *
     * @param id what stands in the column {@code id} or {@code SubjectID}; null for a file that describes one person
     * @throws ResourceException as {@link #read(Path)}, and if no row or several have this id
     */
    public static BodyMeasurements read(Path file, String id) {
        return new BodyMeasurementsFile(Check.notNull(file, "file")).read(id);
    }

    /** An empty CSV file to fill in: each measurement with what it means. Ends with a line break. */
    public static String template() {
        StringBuilder s = new StringBuilder("measurement,value,what\n");
        for (BodyMeasurement m : BodyMeasurement.values()) {
            s.append(m.columnName()).append(",,\"").append(m.plainName()).append(" (").append(m.symbol()).append("), ").append(m.unit()).append(": ").append(m.definition()).append("\"\n");
        }
        return s.toString();
    }

    /**
     * Writes them to a CSV file that {@link #read(Path)} reads; a measurement that is the same in both ears stands there once. What is missing has no row.
     *
     * @throws ResourceException if the file cannot be written
     */
    public void write(Path file) {
        Check.notNull(file, "file");
        StringBuilder s = new StringBuilder("measurement,value\n");
        head.forEach((m, value) -> line(s, "", m, value));
        for (BodyMeasurement m : BodyMeasurement.values()) {
            Double left = leftEar.get(m);
            Double right = rightEar.get(m);
            if (left != null && left.equals(right)) {
                line(s, "", m, left);
                continue;
            }
            if (left != null) {
                line(s, "left_", m, left);
            }
            if (right != null) {
                line(s, "right_", m, right);
            }
        }
        try {
            Files.writeString(file, s, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new ResourceException(file.toString(), "file", "cannot be written: " + (e.getMessage() == null ? e.toString() : e.getMessage()), e);
        }
    }

    private static void line(StringBuilder s, String side, BodyMeasurement m, double value) {
        s.append(side).append(m.columnName()).append(',').append(value).append('\n');
    }

    /** A measurement (cm, or degrees) of one ear; the ear makes no difference to those of head and shoulders. Empty where it is missing. */
    public OptionalDouble value(BodyMeasurement measurement, Ear ear) {
        Check.notNull(measurement, "measurement");
        Check.notNull(ear, "ear");
        Double v = (measurement.isOfEar() ? ear == Ear.LEFT ? leftEar : rightEar : head).get(measurement);
        return v == null ? OptionalDouble.empty() : OptionalDouble.of(v);
    }

    /** How many values there are, of at most 20. */
    public int count() {
        return head.size() + leftEar.size() + rightEar.size();
    }

    /** Fills in what is missing from what is there, by the conditional mean of a Gaussian over CIPIC's and HUTUBS' people. */
    public CompletedMeasurements complete() {
        return BodyModel.builtIn().complete(this);
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Collects measurements. Not thread-safe. */
    public static final class Builder {
        private final Map<BodyMeasurement, Double> head = new EnumMap<>(BodyMeasurement.class);
        private final Map<BodyMeasurement, Double> left = new EnumMap<>(BodyMeasurement.class);
        private final Map<BodyMeasurement, Double> right = new EnumMap<>(BodyMeasurement.class);
        private final List<String> notes = new ArrayList<>();

        private Builder() {
        }

        /** Sets a measurement (cm, or degrees), that of an ear for both ears. */
        public Builder set(BodyMeasurement measurement, double value) {
            if (Check.notNull(measurement, "measurement").isOfEar()) {
                left.put(measurement, value);
                right.put(measurement, value);
            } else {
                head.put(measurement, value);
            }
            return this;
        }

        /** Sets a measurement (cm, or degrees) of one ear. */
        public Builder set(BodyMeasurement measurement, Ear ear, double value) {
            if (!Check.notNull(measurement, "measurement").isOfEar()) {
                throw new InvalidValueException(measurement.term() + " is no measurement of an ear; set it without one");
            }
            (Check.notNull(ear, "ear") == Ear.LEFT ? left : right).put(measurement, value);
            return this;
        }

        /** Adds a sentence about the origin. */
        public Builder note(String note) {
            notes.add(Check.notBlank(note, "note"));
            return this;
        }

        /** @throws InvalidValueException if a value is not plausible or does not fit the others, or if there is none */
        public BodyMeasurements build() {
            return new BodyMeasurements(head, left, right, notes);
        }
    }
}
