package io.pinna.cli;

import io.pinna.InvalidValueException;
import io.pinna.ResourceException;
import io.pinna.hrtf.measurement.ReferenceRecording;
import io.pinna.hrtf.measurement.SweepSettings;
import io.pinna.hrtf.measurement.Take;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The files of a measurement: what was played, and what was recorded where. Recordings are named relative to the file that names them.
 *
 * <pre>
 *   session.json   {"takes": [{"file": "front.wav", "azimuth": 0, "elevation": 0, "distance": 1.2}, ...],
 *                   "reference": {"file": "reference.wav", "distance": 1.2}}        or {"left": "l.wav", "right": "r.wav", "distance": 1.2}; may be left out
 *   session.csv    file,azimuth,elevation,distance                                  a heading, then a line for each take; lines that start with # are comments
 * </pre>
 *
 * @param takes     in the file's order
 * @param reference or null
 */
record SessionFile(List<Take> takes, ReferenceRecording reference) {
    private static final List<String> COLUMNS = List.of("file", "azimuth", "elevation", "distance");
    private static final int MOST_TAKES = 1000;
    private static final long MOST_BYTES = 1 << 20;

    static SessionFile read(Path file) {
        SessionFile session = file.toString().toLowerCase(Locale.ROOT).endsWith(".csv") ? csv(file) : json(file);
        if (session.takes.isEmpty()) {
            throw new ResourceException(file.toString(), "takes", "there is none; name one recording for each direction");
        }
        if (session.takes.size() > MOST_TAKES) {
            throw new ResourceException(file.toString(), "takes", "has " + session.takes.size() + " elements; allowed are " + MOST_TAKES);
        }
        return session;
    }

    private static Path beside(Path file, String name, String field) {
        try {
            return file.resolveSibling(name);
        } catch (java.nio.file.InvalidPathException e) {
            throw new ResourceException(file.toString(), field, "is no file name: " + e.getReason(), e);
        }
    }

    private static SessionFile json(Path file) {
        JsonReader.Fields root = JsonReader.read(file).only("takes", "reference");
        List<Take> takes = new ArrayList<>();
        for (JsonReader.Fields t : root.objects("takes")) {
            t.only("file", "azimuth", "elevation", "distance");
            takes.add(new Take(beside(file, t.text("file"), t.path("file")), t.number("azimuth", -360, 360), t.number("elevation", -90, 90), t.number("distance", 0.5, 10)));
        }
        ReferenceRecording reference = null;
        if (root.has("reference")) {
            JsonReader.Fields r = root.object("reference").only("file", "left", "right", "distance");
            boolean one = r.has("file");
            if (one == (r.has("left") || r.has("right"))) {
                throw r.fault("file", "give either file, for both microphones, or left and right");
            }
            reference = new ReferenceRecording(beside(file, r.text(one ? "file" : "left"), r.path("file")), beside(file, r.text(one ? "file" : "right"), r.path("right")), r.number("distance", 0.3, 10));
        }
        return new SessionFile(takes, reference);
    }

    private static SessionFile csv(Path file) {
        String name = file.toString();
        List<String> lines;
        try {
            if (!Files.isRegularFile(file)) {
                throw new ResourceException(name, "file", Files.exists(file) ? "is no regular file; give a session file" : "does not exist");
            }
            if (Files.size(file) > MOST_BYTES) {
                throw new ResourceException(name, "file", "has " + Files.size(file) + " bytes; at most " + MOST_BYTES + " are read");
            }
            lines = Files.readAllLines(file, StandardCharsets.UTF_8);
        } catch (CharacterCodingException e) {
            throw new ResourceException(name, "file", "is not a text in UTF-8", e);
        } catch (IOException e) {
            throw new ResourceException(name, "file", "cannot be read: " + e.getMessage(), e);
        }
        List<String> heading = null;
        List<Take> takes = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).replace("\uFEFF", "").strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            List<String> cells = Arrays.stream(line.split(line.contains(";") && !line.contains(",") ? ";" : ",", -1)).map(String::strip).toList();
            String where = "line " + (i + 1);
            if (heading == null) {
                heading = cells.stream().map(c -> c.toLowerCase(Locale.ROOT)).toList();
                if (heading.size() != COLUMNS.size() || !heading.containsAll(COLUMNS)) {
                    throw new ResourceException(name, where, "must be the heading " + String.join(",", COLUMNS) + " (degrees counter-clockwise from the front, degrees up, metres)");
                }
                continue;
            }
            if (cells.size() != COLUMNS.size()) {
                throw new ResourceException(name, where, "has " + cells.size() + " cells; the heading has " + COLUMNS.size());
            }
            takes.add(new Take(beside(file, cells.get(heading.indexOf("file")), where + ", file"), number(name, where, "azimuth", cells, heading, -360, 360),
                    number(name, where, "elevation", cells, heading, -90, 90), number(name, where, "distance", cells, heading, 0.5, 10)));
        }
        return new SessionFile(takes, null);
    }

    private static double number(String file, String where, String column, List<String> cells, List<String> heading, double lowest, double highest) {
        String text = cells.get(heading.indexOf(column));
        double value;
        try {
            value = Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new ResourceException(file, where + ", " + column, "is \"" + text + "\"; it must be a number", e);
        }
        if (!(value >= lowest && value <= highest)) {
            throw new ResourceException(file, where + ", " + column, "is " + text + "; allowed is " + lowest + " to " + highest + (column.equals("distance") ? " metres" : " degrees"));
        }
        return value;
    }

    // ---- The sweep -------------------------------------------------------------------------------------------------------------------------------------------------------------------

    /** The description that is written beside a sweep: its name with .json instead of .wav. */
    static Path besideSweep(Path sweep) {
        String name = sweep.getFileName().toString();
        int dot = name.lastIndexOf('.');
        return sweep.resolveSibling((dot > 0 ? name.substring(0, dot) : name) + ".json");
    }

    /** @param file a sweep's WAV file, beside which its description is, or the description itself */
    static SweepSettings sweep(Path file) {
        boolean itself = file.toString().toLowerCase(Locale.ROOT).endsWith(".json");
        Path description = itself ? file : besideSweep(file);
        if (!itself && !Files.exists(description)) {
            throw new ResourceException(file.toString(), "file", "its description " + description + " does not exist; keep both files that pinna hrtf measure sweep wrote, or write them again with the same options");
        }
        JsonReader.Fields f = JsonReader.read(description).only("format", "version", "sampleRateHz", "durationSeconds", "lowestHz", "highestHz", "levelDb", "repeats", "silenceSeconds");
        if (!f.text("format").equals("pinna-sweep")) {
            throw f.fault("format", "is \"" + f.text("format") + "\"; it must be pinna-sweep");
        }
        f.whole("version", 1, 1, 1);
        try {
            return new SweepSettings((int) f.whole("sampleRateHz", 44100, 192000, 48000), f.number("durationSeconds", 1, 60), f.number("lowestHz", 20, 500), f.number("highestHz", 10000, 20000),
                    f.number("levelDb", -60, 0), (int) f.whole("repeats", 1, 16, 1), f.number("silenceSeconds", 0.5, 10));
        } catch (InvalidValueException e) {
            throw new ResourceException(description.toString(), JsonReader.ROOT, e.getMessage(), e);
        }
    }
}
