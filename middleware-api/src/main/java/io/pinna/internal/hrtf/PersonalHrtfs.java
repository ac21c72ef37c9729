package io.pinna.internal.hrtf;

import io.pinna.hrtf.PersonalHrtf;
import io.pinna.hrtf.PersonalHrtfKind;
import java.lang.invoke.MethodHandles;
import java.util.List;

/** The way between a {@link PersonalHrtf} and the field in it, which its public methods do not show. Any thread. */
public final class PersonalHrtfs {
    private static volatile Access access;

    private PersonalHrtfs() {
    }

    /** What {@link PersonalHrtf} lends. */
    public interface Access {
        PersonalHrtf create(PersonalHrtfKind kind, String createdBy, List<String> notes, HarmonicField field);

        HarmonicField field(PersonalHrtf hrtf);
    }

    /** Called by {@link PersonalHrtf} itself when it is initialised. */
    public static void connect(Access lent) {
        access = lent;
    }

    /**
     * A profile made here.
     *
     * @param notes one line each, at most 100
     * @throws io.pinna.InvalidValueException if an argument is null, or a text blank, too long or of several lines
     */
    public static PersonalHrtf create(PersonalHrtfKind kind, String createdBy, List<String> notes, HarmonicField field) {
        return access().create(kind, createdBy, notes, field);
    }

    public static HarmonicField field(PersonalHrtf hrtf) {
        return access().field(hrtf);
    }

    private static Access access() {
        if (access == null) {
            try {
                // Its static initialiser connects.
                MethodHandles.lookup().ensureInitialized(PersonalHrtf.class);
            } catch (IllegalAccessException e) {
                throw new AssertionError("a public class is accessible", e);
            }
        }
        return access;
    }
}
