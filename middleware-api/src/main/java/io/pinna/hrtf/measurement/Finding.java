package io.pinna.hrtf.measurement;

import io.pinna.internal.Check;

/**
 * One thing to know about a recording or a session. Immutable.
 *
 * @param severity what follows from it
 * @param problem  of which kind it is
 * @param message  a sentence for a person: what was found, what is allowed, what to do
 */
public record Finding(Severity severity, Problem problem, String message) {
    /** What follows from a finding. */
    public enum Severity {
        /** The take is used, or the fault is corrected; the result may be less exact. */
        WARNING,
        /** The take is left out; a session with such a fault gives no set. */
        ERROR
    }

    public Finding {
        Check.notNull(severity, "severity");
        Check.notNull(problem, "problem");
        Check.notBlank(message, "message");
    }

    @Override
    public String toString() {
        return (severity == Severity.ERROR ? "error" : "warning") + " " + problem + ": " + message;
    }
}
