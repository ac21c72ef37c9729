package io.pinna.hrtf;

import io.pinna.InvalidValueException;
import io.pinna.ResourceException;
import io.pinna.internal.Check;
import io.pinna.internal.FileReplacement;
import io.pinna.internal.hrtf.HarmonicField;
import io.pinna.internal.hrtf.PersonalHrtfFile;
import io.pinna.internal.hrtf.PersonalHrtfs;
import java.nio.file.Path;
import java.util.List;

/**
 * One person's own ears: the levels of both in every direction and at every frequency, the interaural delay, and how they were found out. A listener wears it by {@link HrtfProfile#personal(PersonalHrtf)};
 * {@link #save} takes it to a file, and {@link #load} brings it back bit by bit. Immutable; any thread but the audio thread.
 *
 * <p><b>The file</b>, {@code .pinna}, format {@value PersonalHrtfFile#VERSION}; numbers are little-endian:
 * <pre>
 *   offset  bytes       what
 *   0       8           "PINNA", carriage return, line feed, 0x1A: damage by a transfer as text shows here
 *   8       4           number of the format (unsigned)
 *   12      4           H, bytes of the header (unsigned, at most 65536)
 *   16      H           header, JSON in UTF-8
 *   16+H    4·258·N     levels (float, dB): [(order + 1)² harmonics][left, right][129 frequencies], N = (order + 1)²
 *   …       4·(itdOrder + 1)²   interaural delay (float, seconds: delay of the right ear less that of the left): [harmonics]
 *   …       4           CRC-32 (as in ZIP) of everything before
 * </pre>
 *
 * <p>Fields of the header, all required: {@code kind} (a {@link PersonalHrtfKind}), {@code createdBy}, {@code notes} (a list of text), {@code sampleRateHz} 44100 and {@code fftSize} 256 (frequency k is
 * k·44100/256 Hz), {@code order} and {@code itdOrder} (0 to 32). A reader ignores fields it does not know. The harmonic of degree l and order m stands at index l² + l + m; the harmonics are real and
 * orthonormal over the sphere, with √2·cos(mφ) for m &gt; 0 and √2·sin(|m|φ) for m &lt; 0, and their Legendre functions have the Condon–Shortley phase (−1)^m. Axes are those of SOFA: x front, y left,
 * z up, azimuth φ counter-clockwise from the front.
 */
public final class PersonalHrtf {
    private static final int MOST_NOTES = 100;
    private static final int MOST_CHARACTERS = 2000;

    static {
        PersonalHrtfs.connect(new PersonalHrtfs.Access() {
            @Override
            public PersonalHrtf create(PersonalHrtfKind kind, String createdBy, List<String> notes, HarmonicField field) {
                return new PersonalHrtf(kind, createdBy, notes, field);
            }

            @Override
            public HarmonicField field(PersonalHrtf hrtf) {
                return hrtf.field;
            }
        });
    }

    private final PersonalHrtfKind kind;
    private final String createdBy;
    private final List<String> notes;
    private final HarmonicField field;

    private PersonalHrtf(PersonalHrtfKind kind, String createdBy, List<String> notes, HarmonicField field) {
        this.kind = Check.notNull(kind, "kind");
        this.createdBy = text(createdBy, "createdBy");
        Check.notNull(notes, "notes");
        if (notes.size() > MOST_NOTES) {
            throw new InvalidValueException("notes has " + notes.size() + " sentences; at most " + MOST_NOTES + " are allowed");
        }
        for (int i = 0; i < notes.size(); i++) {
            text(notes.get(i), "notes[" + i + "]");
        }
        this.notes = List.copyOf(notes);
        this.field = Check.notNull(field, "field");
    }

    /** One line for people: whatever comes out of a file ends up on a terminal. */
    private static String text(String value, String name) {
        Check.notBlank(value, name);
        if (value.length() > MOST_CHARACTERS) {
            throw new InvalidValueException(name + " has " + value.length() + " characters; at most " + MOST_CHARACTERS + " are allowed");
        }
        int control = value.chars().filter(Character::isISOControl).findFirst().orElse(-1);
        if (control >= 0) {
            throw new InvalidValueException(name + " has the control character U+" + String.format("%04X", control) + "; one line of text is allowed");
        }
        return value;
    }

    /**
     * Reads a profile.
     *
     * @throws ResourceException if the file cannot be used: it is not there, not a .pinna, of a newer format, truncated, damaged, or not of this earth (levels beyond ±120 dB, delays beyond 1.5 ms)
     */
    public static PersonalHrtf load(Path file) {
        return PersonalHrtfFile.read(Check.notNull(file, "file"));
    }

    /**
     * Writes the profile. A file that is there already is replaced, as a whole or not at all.
     *
     * @param file where to, by custom with the ending {@code .pinna}; its folder must exist
     * @throws ResourceException if it cannot be written; then nothing has changed
     */
    public void save(Path file) {
        FileReplacement.write(Check.notNull(file, "file"), PersonalHrtfFile.encode(this));
    }

    /** How it was found out. */
    public PersonalHrtfKind kind() {
        return kind;
    }

    /** The program and version that made it. */
    public String createdBy() {
        return createdBy;
    }

    /** Plain sentences: what was imputed, aligned or left out, how many directions it comes from, and by which model it was made. Unmodifiable. */
    public List<String> notes() {
        return notes;
    }

    /** Everything about it but the field itself. */
    public PersonalHrtfInfo info() {
        HarmonicField.Extent extent = field.extent();
        return new PersonalHrtfInfo(kind, createdBy, field.sampleRateHz(), field.fftSize(), field.order(), field.delayOrder(), extent.lowestDb(), extent.highestDb(),
                1e6 * extent.smallestDelaySeconds(), 1e6 * extent.largestDelaySeconds(), notes);
    }

    /** Several lines for a person to read, without a line break at the end. */
    public String describe() {
        return info().describe();
    }

    @Override
    public String toString() {
        return describe();
    }

    @Override
    public boolean equals(Object other) {
        return other == this || other instanceof PersonalHrtf p && kind == p.kind && createdBy.equals(p.createdBy) && notes.equals(p.notes) && field.equals(p.field);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * kind.hashCode() + notes.hashCode()) + field.hashCode();
    }
}
