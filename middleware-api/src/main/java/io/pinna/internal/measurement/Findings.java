package io.pinna.internal.measurement;

import io.pinna.hrtf.measurement.Finding;
import io.pinna.hrtf.measurement.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Collects what is wrong with a recording or a session. */
final class Findings {
    private final List<Finding> list = new ArrayList<>();

    void error(Problem problem, String format, Object... values) {
        list.add(new Finding(Finding.Severity.ERROR, problem, String.format(Locale.ROOT, format, values)));
    }

    void warn(Problem problem, String format, Object... values) {
        list.add(new Finding(Finding.Severity.WARNING, problem, String.format(Locale.ROOT, format, values)));
    }

    boolean failed() {
        return list.stream().anyMatch(f -> f.severity() == Finding.Severity.ERROR);
    }

    List<Finding> list() {
        return List.copyOf(list);
    }
}
