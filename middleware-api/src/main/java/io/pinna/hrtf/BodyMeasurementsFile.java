package io.pinna.hrtf;

import io.pinna.InvalidValueException;
import io.pinna.ResourceException;
import io.pinna.hrtf.BodyMeasurement.Ear;
import io.pinna.internal.InputFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** Reads measurements from CSV: see {@link BodyMeasurements}. Used once for each file, by one thread. */
final class BodyMeasurementsFile {
    /** A table of ten thousand people has a few megabytes; what is larger is no table of measurements. */
    private static final int MOST_BYTES = 64 << 20;
    private static final Pattern NUMBER = Pattern.compile("[+-]?(\\d+([.,]\\d*)?|[.,]\\d+)([eE][+-]?\\d+)?");
    private static final int MOST_NAMED = 12;

    /** What a column gives. */
    private record Column(BodyMeasurement measurement, Ear ear, double factor) {
        /** Whether both give the same value of the same ear. */
        boolean meets(Column other) {
            return measurement == other.measurement && (ear == null || other.ear == null || ear == other.ear);
        }
    }

    /** A line of the file, which may span several where a cell holds a line break. */
    private record Row(int line, List<String> cells) {
        String cell(int i) {
            return i < cells.size() ? cells.get(i).strip() : "";
        }

        boolean isBlank() {
            return cells.stream().allMatch(String::isBlank);
        }
    }

    private final Path path;
    private final String file;
    private final List<String> notes = new ArrayList<>();

    BodyMeasurementsFile(Path path) {
        this.path = path;
        this.file = path.toString();
    }

    private ResourceException fault(String field, String reason) {
        return new ResourceException(file, field, reason);
    }

    BodyMeasurements read(String id) {
        List<Row> rows = rows(text());
        if (rows.isEmpty()) {
            throw fault("file", "is empty; it must name measurements, such as " + BodyMeasurement.HEAD_WIDTH.columnName() + ", and give their values");
        }
        Row header = rows.get(0);
        List<Row> data = rows.subList(1, rows.size());
        if (header.cell(0).equalsIgnoreCase("measurement") && header.cell(1).equalsIgnoreCase("value")) {
            if (id != null) {
                throw fault("row", "'" + printable(id) + "' is asked for; a file with the columns measurement and value describes one person");
            }
            List<String> names = new ArrayList<>();
            List<String> values = new ArrayList<>();
            List<Integer> lines = new ArrayList<>();
            for (Row r : data) {
                names.add(r.cell(0));
                values.add(r.cell(1));
                lines.add(r.line);
            }
            return measurements(names, values, lines, true, false);
        }
        List<String> names = new ArrayList<>();
        boolean hutubs = false;
        int idColumn = -1;
        for (int i = 0; i < header.cells.size(); i++) {
            String name = header.cell(i);
            names.add(name);
            hutubs |= name.equalsIgnoreCase("SubjectID");
            if (idColumn < 0 && (name.equalsIgnoreCase("id") || name.equalsIgnoreCase("SubjectID"))) {
                idColumn = i;
            }
        }
        Row row = choose(data, idColumn, id);
        for (int i = names.size(); i < row.cells.size(); i++) {
            if (!row.cell(i).isEmpty()) {
                throw fault("line " + row.line, "has " + row.cells.size() + " cells, the header " + names.size()
                        + "; where commas separate the columns, a number with a decimal comma must stand in quotes");
            }
        }
        List<String> values = new ArrayList<>();
        List<Integer> lines = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            values.add(row.cell(i));
            lines.add(row.line);
        }
        if (idColumn >= 0) {
            names.remove(idColumn);
            values.remove(idColumn);
            lines.remove(idColumn);
        }
        return measurements(names, values, lines, false, hutubs);
    }

    private Row choose(List<Row> data, int idColumn, String id) {
        if (data.isEmpty()) {
            throw fault("file", "has a header and no row of values");
        }
        if (id == null) {
            if (data.size() == 1) {
                return data.get(0);
            }
            throw fault("file", "has " + data.size() + " rows; say which person is meant" + (idColumn < 0 ? ": leave one row, or add a column id" : " by its id: " + ids(data, idColumn)));
        }
        if (idColumn < 0) {
            throw fault("row", "'" + printable(id) + "' is asked for, and there is no column id (or SubjectID) to find it in");
        }
        Row found = null;
        for (Row r : data) {
            if (r.cell(idColumn).equals(id.strip())) {
                if (found != null) {
                    throw fault("row", "'" + printable(id) + "' stands in lines " + found.line + " and " + r.line + "; an id must be unique");
                }
                found = r;
            }
        }
        if (found == null) {
            throw fault("row", "'" + printable(id) + "' is not there; there are " + ids(data, idColumn));
        }
        return found;
    }

    private static String ids(List<Row> data, int column) {
        StringBuilder s = new StringBuilder();
        for (int i = 0; i < data.size() && i < MOST_NAMED; i++) {
            s.append(i == 0 ? "" : ", ").append(printable(data.get(i).cell(column)));
        }
        return data.size() > MOST_NAMED ? s.append(" and ").append(data.size() - MOST_NAMED).append(" more").toString() : s.toString();
    }

    private BodyMeasurements measurements(List<String> names, List<String> values, List<Integer> lines, boolean vertical, boolean hutubs) {
        Map<String, Integer> seen = new HashMap<>();
        List<String> unknown = new ArrayList<>();
        List<Column> columns = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i);
            Column column = column(name, hutubs);
            columns.add(column);
            if (column == null) {
                if (!name.isEmpty()) {
                    unknown.add(printable(name));
                }
                continue;
            }
            if (seen.putIfAbsent(name.toLowerCase(Locale.ROOT), i) != null) {
                throw fault(place(names, lines, i, vertical), "is there twice");
            }
        }
        if (seen.isEmpty()) {
            throw fault(vertical ? "column measurement" : "header", "names no known measurement" + (unknown.isEmpty() ? "" : " (" + some(unknown) + ")") + "; known are " + knownNames());
        }
        if (!unknown.isEmpty()) {
            notes.add("Not used: " + some(unknown) + ".");
        }
        Map<BodyMeasurement, Double> head = new EnumMap<>(BodyMeasurement.class);
        Map<BodyMeasurement, Double> left = new EnumMap<>(BodyMeasurement.class);
        Map<BodyMeasurement, Double> right = new EnumMap<>(BodyMeasurement.class);
        List<ResourceException> refused = new ArrayList<>();
        List<Integer> given = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            Column column = columns.get(i);
            String text = values.get(i);
            if (column == null || text.isEmpty() || text.equalsIgnoreCase("NaN") || text.equalsIgnoreCase("NA")) {
                continue;
            }
            String place = place(names, lines, i, vertical);
            for (int j : given) {
                if (column.meets(columns.get(j))) {
                    throw fault(place, "gives the " + column.measurement.term() + " that " + printable(names.get(j)) + " gives too; keep one of them");
                }
            }
            given.add(i);
            BodyMeasurement m = column.measurement;
            double value;
            try {
                value = column.factor * number(text);
            } catch (NumberFormatException e) {
                throw fault(place, "is \"" + printable(text) + "\"; it must be a number alone, the unit belongs to the name");
            }
            String refusal = m.refusal(value);
            if (refusal != null && m.isAngle() && column.factor != 1 && m.isPlausible(value / column.factor)) {
                refusal = "is " + printable(text) + " radians, " + refusal.substring(3) + "; looks like degrees: name the column " + m.columnName();
            } else if (refusal != null && m.isAngle() && column.factor != 1) {
                refusal = "is " + printable(text) + " radians, " + refusal.substring(3);
            }
            if (refusal != null) {
                refused.add(fault(place, m.term() + " " + refusal));
                continue;
            }
            if (m.isAngle() && column.factor == 1 && !hutubs && value != 0 && Math.abs(value) < 0.8) {
                notes.add(printable(names.get(i)) + " is " + text + " degrees: hardly tilted. Should it be in radians, name it " + m.stem() + "_rad.");
            }
            if (hutubs) {
                value -= BodyModel.builtIn().hutubsMinusCipic(m);
            }
            if (!m.isOfEar()) {
                head.put(m, value);
            }
            if (m.isOfEar() && column.ear != Ear.RIGHT) {
                left.put(m, value);
            }
            if (m.isOfEar() && column.ear != Ear.LEFT) {
                right.put(m, value);
            }
        }
        refuse(refused);
        if (given.isEmpty()) {
            throw fault(vertical || lines.isEmpty() ? "file" : "line " + lines.get(0), "has no value for any measurement; give at least one");
        }
        if (hutubs) {
            notes.add("Taken for a file of HUTUBS (column SubjectID): angles are degrees, and " + BodyModel.builtIn().describeHutubs() + ", by which the sets' means differ.");
        }
        try {
            return new BodyMeasurements(head, left, right, notes);
        } catch (InvalidValueException e) {
            throw new ResourceException(file, vertical ? "file" : "line " + lines.get(0), e.getMessage(), e);
        }
    }

    /** All that is not plausible in one message, so that a file in another unit is corrected in one go. */
    private void refuse(List<ResourceException> refused) {
        if (refused.isEmpty()) {
            return;
        }
        ResourceException first = refused.get(0);
        if (refused.size() == 1) {
            throw first;
        }
        StringBuilder s = new StringBuilder(first.reason());
        for (int i = 1; i < refused.size() && i < 3; i++) {
            s.append(". ").append(refused.get(i).field()).append(": ").append(refused.get(i).reason());
        }
        if (refused.size() > 3) {
            s.append(". And ").append(refused.size() - 3).append(" more values are refused");
        }
        throw fault(first.field(), s.toString());
    }

    private static String place(List<String> names, List<Integer> lines, int i, boolean vertical) {
        return "line " + lines.get(i) + ", " + (vertical ? "" : "column ") + printable(names.get(i));
    }

    /** What a name means, or null. */
    private static Column column(String name, boolean hutubs) {
        String s = name.toLowerCase(Locale.ROOT);
        Ear ear = null;
        for (Ear e : Ear.values()) {
            for (String prefix : new String[] {e.word() + "_", e.word().charAt(0) + "_"}) {
                if (ear == null && s.startsWith(prefix)) {
                    ear = e;
                    s = s.substring(prefix.length());
                }
            }
        }
        for (BodyMeasurement m : BodyMeasurement.values()) {
            if (ear != null && !m.isOfEar()) {
                continue;
            }
            if (s.equals(m.columnName())) {
                return new Column(m, ear, 1);
            }
            if (s.equals(m.symbol())) {
                return new Column(m, ear, m.isAngle() && !hutubs ? 180 / Math.PI : 1);
            }
            if (s.equals(m.stem() + (m.isAngle() ? "_rad" : "_mm"))) {
                return new Column(m, ear, m.isAngle() ? 180 / Math.PI : 0.1);
            }
        }
        return null;
    }

    private static String knownNames() {
        StringBuilder s = new StringBuilder();
        for (BodyMeasurement m : BodyMeasurement.values()) {
            s.append(s.length() == 0 ? "" : ", ").append(m.columnName());
        }
        return s.append(" (left_ or right_ before those of an ear), and CIPIC's x1, x2, x3, x12, L_d1 to R_theta1").toString();
    }

    private static String some(List<String> names) {
        String s = String.join(", ", names.subList(0, Math.min(names.size(), MOST_NAMED)));
        return names.size() > MOST_NAMED ? s + " and " + (names.size() - MOST_NAMED) + " more" : s;
    }

    private static double number(String text) {
        if (!NUMBER.matcher(text).matches()) {
            throw new NumberFormatException(text);
        }
        return Double.parseDouble(text.replace(',', '.'));
    }

    private String text() {
        byte[] bytes = InputFile.read(path, "a CSV file", MOST_BYTES);
        if (bytes.length >= 2 && ((bytes[0] & 0xff) == 0xff && (bytes[1] & 0xff) == 0xfe || (bytes[0] & 0xff) == 0xfe && (bytes[1] & 0xff) == 0xff)) {
            throw fault("file", "is UTF-16 text; save it as CSV in UTF-8");
        }
        for (byte b : bytes) {
            if (b == 0) {
                throw fault("file", "is not text; give a CSV file (spreadsheet programs save as CSV)");
            }
        }
        String text = new String(bytes, StandardCharsets.UTF_8);
        return text.startsWith("\uFEFF") ? text.substring(1) : text;
    }

    /** The rows that are neither blank nor comments, by RFC 4180 with the separator that the first of them shows. */
    private List<Row> rows(String text) {
        List<Row> rows = new ArrayList<>();
        char separator = separator(text);
        int at = 0;
        int line = 1;
        while (at < text.length()) {
            int start = line;
            List<String> cells = new ArrayList<>();
            boolean comment = text.charAt(at) == '#';
            StringBuilder cell = new StringBuilder();
            boolean quoted = false;
            boolean wasQuoted = false;
            boolean end = false;
            while (!end) {
                char c = at < text.length() ? text.charAt(at) : '\n';
                if (at >= text.length() && quoted) {
                    throw fault("line " + start, "has a quote (\") that is never closed");
                }
                at++;
                if (c == '\r' && !quoted) {
                    if (at < text.length() && text.charAt(at) == '\n') {
                        continue;
                    }
                    // Old Mac files end their lines so.
                    c = '\n';
                }
                if (c == '\n') {
                    line++;
                }
                if (comment) {
                    end = c == '\n';
                } else if (quoted) {
                    if (c == '"' && at < text.length() && text.charAt(at) == '"') {
                        cell.append('"');
                        at++;
                    } else if (c == '"') {
                        quoted = false;
                    } else {
                        cell.append(c);
                    }
                } else if (c == '"' && !wasQuoted && cell.toString().isBlank()) {
                    quoted = true;
                    wasQuoted = true;
                    cell.setLength(0);
                } else if (c == separator || c == '\n') {
                    cells.add(cell.toString());
                    cell.setLength(0);
                    wasQuoted = false;
                    end = c == '\n';
                } else {
                    cell.append(c);
                }
            }
            Row row = new Row(start, cells);
            if (!comment && !row.isBlank()) {
                rows.add(row);
            }
        }
        return rows;
    }

    /** The one of semicolon, tab and comma that is most frequent in the header, outside of quotes. */
    private static char separator(String text) {
        char[] candidates = {',', ';', '\t'};
        int[] count = new int[candidates.length];
        boolean header = false;
        boolean quoted = false;
        for (String line : text.split("\\R")) {
            if (line.startsWith("#") || line.isBlank()) {
                continue;
            }
            for (int i = 0; i < line.length(); i++) {
                char c = line.charAt(i);
                quoted ^= c == '"';
                for (int k = 0; k < candidates.length; k++) {
                    count[k] += !quoted && c == candidates[k] ? 1 : 0;
                }
            }
            header = true;
            break;
        }
        int best = 0;
        for (int k = 1; header && k < candidates.length; k++) {
            best = count[k] > count[best] ? k : best;
        }
        return candidates[best];
    }

    /** What goes into a one-line message: no control characters, not endless. */
    private static String printable(String text) {
        StringBuilder s = new StringBuilder();
        for (int i = 0; i < text.length() && i < 40; i++) {
            s.append(Character.isISOControl(text.charAt(i)) ? '?' : text.charAt(i));
        }
        return text.length() > 40 ? s.append('…').toString() : s.toString();
    }
}
