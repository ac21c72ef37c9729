package io.pinna.cli.photo;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinna.InvalidValueException;
import io.pinna.ResourceException;
import io.pinna.cli.JsonReader;
import io.pinna.hrtf.PhotoLandmark;
import io.pinna.hrtf.PhotoLandmarks;
import io.pinna.hrtf.PhotoLandmarks.Kind;
import io.pinna.hrtf.PhotoLandmarks.Point;
import io.pinna.hrtf.PhotoLandmarks.ReferencePlace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Landmarks of up to three photos in a JSON file, as the window saves them and {@code pinna hrtf measure-photo --landmarks} reads them:
 *
 * <pre>
 * {
 *   "format": "pinna-photo-landmarks",
 *   "version": 1,
 *   "photos": [
 *     {
 *       "kind": "front",                         front, left or right (side of the head)
 *       "photo": "front.jpg",                    optional; relative to this file
 *       "referenceCm": 8.56,                     length of the reference, 0.5 to 200
 *       "referencePlace": "forehead",            front: forehead or ear; left and right: ear or midline
 *       "cameraDistanceCm": 150,                 optional; lens to reference, 20 to 2000
 *       "landmarks": { "chin": [1012.5, 1640] }  pixels from the left and upper edge of the upright picture, by {@link PhotoLandmark#fieldName()}
 *     }
 *   ]
 * }
 * </pre>
 *
 * Immutable; any thread.
 *
 * @param photos what is known of each photo
 */
public record LandmarkFile(List<Photo> photos) {
    private static final String FORMAT = "pinna-photo-landmarks";
    /** No picture is larger; a coordinate beyond is a slip. */
    private static final double MOST_PIXELS = 1e6;

    /**
     * A photo and its landmarks.
     *
     * @param file      the picture, null if the landmarks came without
     * @param landmarks what was marked in it
     */
    public record Photo(Path file, PhotoLandmarks landmarks) {
    }

    public LandmarkFile {
        photos = List.copyOf(photos);
    }

    /** The landmarks of all photos. */
    public List<PhotoLandmarks> landmarks() {
        return photos.stream().map(Photo::landmarks).toList();
    }

    /** @throws ResourceException if the file cannot be read, or something in it is wrong: with the JSON path */
    public static LandmarkFile read(Path file) {
        JsonReader.Fields document = JsonReader.read(file).only("format", "version", "photos");
        choice(document, "format", List.of(FORMAT));
        if (document.number("version", 1, 1e9) > 1) {
            throw document.fault("version", "is newer than 1, which this version of Pinna reads");
        }
        List<Photo> photos = new ArrayList<>();
        for (JsonReader.Fields f : document.objects("photos")) {
            photos.add(photo(file, f, photos));
        }
        if (photos.isEmpty()) {
            throw document.fault("photos", "has no photo; give at least one");
        }
        return new LandmarkFile(photos);
    }

    /** One of some words; it must be there. */
    private static String choice(JsonReader.Fields f, String field, List<String> words) {
        return f.choice(field, f.text(field), words);
    }

    private static Photo photo(Path file, JsonReader.Fields f, List<Photo> before) {
        f.only("kind", "photo", "referenceCm", "referencePlace", "cameraDistanceCm", "landmarks");
        Kind kind = Kind.valueOf(choice(f, "kind", List.of("front", "left", "right")).toUpperCase(Locale.ROOT));
        if (before.stream().anyMatch(p -> p.landmarks.kind() == kind)) {
            throw f.fault("kind", "is " + kind.word() + " for the second time; give at most one photo of each kind");
        }
        double referenceCm = f.number("referenceCm", 0.5, 200);
        List<String> places = kind == Kind.FRONT ? List.of("forehead", "ear") : List.of("ear", "midline");
        ReferencePlace place = ReferencePlace.valueOf(f.choice("referencePlace", places.get(0), places).toUpperCase(Locale.ROOT));
        OptionalDouble distance = f.has("cameraDistanceCm") ? OptionalDouble.of(f.number("cameraDistanceCm", 20, 2000)) : OptionalDouble.empty();
        JsonReader.Fields marks = f.object("landmarks");
        Map<PhotoLandmark, Point> points = new EnumMap<>(PhotoLandmark.class);
        List<PhotoLandmark> known = PhotoLandmark.of(kind.view());
        marks.only(known.stream().map(PhotoLandmark::fieldName).toArray(String[]::new));
        for (PhotoLandmark l : known) {
            if (marks.has(l.fieldName())) {
                double[] xy = marks.numbers(l.fieldName(), 2, -MOST_PIXELS, MOST_PIXELS);
                points.put(l, new Point(xy[0], xy[1]));
            }
        }
        Path picture = null;
        if (f.has("photo")) {
            try {
                picture = file.toAbsolutePath().resolveSibling(f.text("photo")).normalize();
            } catch (InvalidPathException e) {
                throw f.fault("photo", "is no path: " + e.getReason());
            }
        }
        try {
            return new Photo(picture, new PhotoLandmarks(kind, referenceCm, place, distance, points));
        } catch (InvalidValueException e) {
            throw f.fault("", e.getMessage());
        }
    }

    /** @throws ResourceException if the file cannot be written */
    public void write(Path file) {
        ObjectMapper mapper = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
        ObjectNode document = mapper.createObjectNode().put("format", FORMAT).put("version", 1);
        ArrayNode list = document.putArray("photos");
        for (Photo p : photos) {
            PhotoLandmarks l = p.landmarks;
            ObjectNode node = list.addObject().put("kind", l.kind().word());
            if (p.file != null) {
                node.put("photo", relative(file, p.file));
            }
            node.put("referenceCm", l.referenceCentimeters()).put("referencePlace", l.referencePlace().word());
            l.cameraDistanceCentimeters().ifPresent(d -> node.put("cameraDistanceCm", d));
            ObjectNode marks = node.putObject("landmarks");
            l.points().forEach((landmark, at) -> marks.putArray(landmark.fieldName()).add(at.x()).add(at.y()));
        }
        try {
            Files.writeString(file, mapper.writeValueAsString(document) + "\n");
        } catch (IOException e) {
            throw new ResourceException(file.toString(), "file", "cannot be written: " + e, e);
        }
    }

    private static String relative(Path file, Path picture) {
        Path absolute = picture.toAbsolutePath().normalize();
        try {
            return file.toAbsolutePath().normalize().getParent().relativize(absolute).toString().replace('\\', '/');
        } catch (IllegalArgumentException e) {
            // Another drive.
            return absolute.toString();
        }
    }
}
