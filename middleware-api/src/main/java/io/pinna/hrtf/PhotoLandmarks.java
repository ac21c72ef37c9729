package io.pinna.hrtf;

import io.pinna.InvalidValueException;
import io.pinna.internal.Check;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * What was marked in one photo. Pixel coordinates are those of the upright picture: x to the right, y down, from its upper left corner. Immutable; any thread.
 *
 * @param kind                      what the photo shows
 * @param referenceCentimeters      length of the reference (cm, 0.5 to 200)
 * @param referencePlace            where it was held
 * @param cameraDistanceCentimeters from the lens to the reference (cm, 20 to 2000); empty where unknown
 * @param points                    pixels by landmark; those that were not marked are absent
 */
public record PhotoLandmarks(Kind kind, double referenceCentimeters, ReferencePlace referencePlace, OptionalDouble cameraDistanceCentimeters, Map<PhotoLandmark, Point> points) {
    /** The long edge of a card of the size ID-1 of ISO/IEC 7810: bank cards, many identity cards and driving licences (cm). */
    public static final double CARD_CENTIMETERS = 8.56;

    /** What a photo shows. */
    public enum Kind {
        /** The face. */
        FRONT,
        /** The left side of the head; the face looks to the left of the picture. */
        LEFT,
        /** The right side of the head; the face looks to the right of the picture. */
        RIGHT;

        /** {@code front}, {@code left} or {@code right}. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Which landmarks it has. */
        public PhotoLandmark.View view() {
            return this == FRONT ? PhotoLandmark.View.FRONT : PhotoLandmark.View.SIDE;
        }
    }

    /** Where the reference was held, always square to the camera. */
    public enum ReferencePlace {
        /** Against the forehead. For front photos. */
        FOREHEAD,
        /** Beside the ear: in front photos next to the head, as far from the camera as the ears; in side photos on the head at the ear. */
        EAR,
        /** Over or below the middle of the head, at the distance of nose and forehead. For side photos. */
        MIDLINE;

        /** {@code forehead}, {@code ear} or {@code midline}. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Whether photos of a kind can have it there. */
        public boolean fits(Kind kind) {
            return this == EAR || (kind == Kind.FRONT) == (this == FOREHEAD);
        }
    }

    /**
     * A point of the upright picture.
     *
     * @param x pixels from the left edge (finite)
     * @param y pixels from the upper edge (finite)
     */
    public record Point(double x, double y) {
        public Point {
            Check.finite(x, "x");
            Check.finite(y, "y");
        }

        /** Pixels between two points. */
        public double distance(Point other) {
            return Math.hypot(x - other.x, y - other.y);
        }
    }

    /** @throws InvalidValueException if a value is out of its range, or a landmark does not belong to this kind of photo */
    public PhotoLandmarks {
        Check.notNull(kind, "kind");
        Check.inRange(referenceCentimeters, 0.5, 200, "length of the reference (cm)");
        Check.notNull(referencePlace, "place of the reference");
        Check.notNull(cameraDistanceCentimeters, "camera distance");
        if (cameraDistanceCentimeters.isPresent()) {
            Check.inRange(cameraDistanceCentimeters.getAsDouble(), 20, 2000, "camera distance (cm)");
        }
        if (!referencePlace.fits(kind)) {
            throw new InvalidValueException("the reference of the " + kind.word() + " photo is at the " + referencePlace.word() + "; allowed is " + (kind == Kind.FRONT ? "forehead or ear" : "ear or midline"));
        }
        Map<PhotoLandmark, Point> copy = new EnumMap<>(PhotoLandmark.class);
        for (Map.Entry<PhotoLandmark, Point> e : Check.notNull(points, "points").entrySet()) {
            if (!Check.notNull(e.getKey(), "landmark").isIn(kind.view())) {
                throw new InvalidValueException(e.getKey().fieldName() + " is no landmark of a " + kind.word() + " photo");
            }
            copy.put(e.getKey(), Check.notNull(e.getValue(), e.getKey().fieldName()));
        }
        points = Collections.unmodifiableMap(copy);
    }
}
