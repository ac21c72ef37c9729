package io.pinna.hrtf;

import io.pinna.InvalidValueException;
import io.pinna.hrtf.BodyMeasurement.Ear;
import io.pinna.hrtf.PhotoLandmarks.Kind;
import io.pinna.hrtf.PhotoLandmarks.Point;
import io.pinna.hrtf.PhotoLandmarks.ReferencePlace;
import io.pinna.internal.Check;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Body measurements from the landmarks of a front photo (head width and height, shoulder width) and of photos of one side or both (head depth, ears). Immutable; any thread.
 *
 * <p>The camera is a pinhole whose axis is square to what it shows. A reference of L cm that is p₀ pixels long in the picture, at a distance Z from the lens, makes a length of p pixels that lies Δ
 * behind the reference (see R. Hartley, A. Zisserman, "Multiple View Geometry", 2004, chapter 6)
 *
 * <pre>
 *   l = p · L/p₀ · (1 + Δ/Z).
 * </pre>
 *
 * <p>Δ follows from the head itself: seen from the front, the widest part of the head and the top of the skull lie half a head depth behind the forehead, the chin a tenth of the depth (from CIPIC's
 * drawing), shoulders 2.8 cm further back than the ears (CIPIC's mean offset of head and torso); seen from the side, forehead and back of the head lie half a head width behind the ear, whose parts lie in
 * one plane. Head height, which runs from chin to skull, is taken at the harmonic mean of their two distances: exact where the camera is at the height of the middle of the face. The depths use the head's own
 * width and depth as far as the photos give them, else an adult's mean. Without a camera distance Δ/Z is taken as 0: what lies behind the reference then comes out too small, by some 6 % for the
 * head's width at 1.5 m with the reference at the forehead, and a note says so.
 *
 * <p>Lengths do not depend on how the picture is turned. The pinna rotation angle is measured from the vertical: of the two marked ends of something vertical, else of the picture.
 */
public final class PhotoMeasurement {
    /** A reference that is shorter in the picture would turn one pixel into an error of more than 5 %. */
    private static final double LEAST_REFERENCE_PIXELS = 20;
    /** From the plane of the forehead to that of the chin's lowest point, in halves of the head's depth: read off figure 1 of CIPIC's anthropometry. */
    private static final double CHIN_BEHIND_FOREHEAD = 0.2;
    /** From the ears' plane to the shoulders': mean of CIPIC's x13 (head offset forward) over 29 people (cm). */
    private static final double SHOULDERS_BEHIND_EARS_CM = 2.8;
    /** Each round puts the error of the depths into their share of the camera distance, a tenth or less: far more than enough. */
    private static final int ROUNDS = 20;

    private final Map<BodyMeasurement, Double> head = new EnumMap<>(BodyMeasurement.class);
    private final Map<BodyMeasurement, Double> left = new EnumMap<>(BodyMeasurement.class);
    private final Map<BodyMeasurement, Double> right = new EnumMap<>(BodyMeasurement.class);
    private final List<String> missing = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    /** That of the person, or a mean one where it was not measured. */
    private double headWidthCm;

    /** A photo with its scale. */
    private final class Photo {
        private final PhotoLandmarks marks;
        /** cm for each pixel in the plane of the reference; NaN without a reference. */
        private final double scale;

        Photo(PhotoLandmarks marks) {
            this.marks = marks;
            Point a = marks.points().get(PhotoLandmark.REFERENCE_A);
            Point b = marks.points().get(PhotoLandmark.REFERENCE_B);
            if (a == null || b == null) {
                scale = Double.NaN;
                return;
            }
            double pixels = a.distance(b);
            if (pixels < LEAST_REFERENCE_PIXELS) {
                throw new InvalidValueException(String.format(Locale.ROOT, "the ends of the reference in the %s photo are %.1f pixels apart; mark both ends of an edge, at least %.0f pixels apart", kind(), pixels,
                        LEAST_REFERENCE_PIXELS));
            }
            scale = marks.referenceCentimeters() / pixels;
        }

        String kind() {
            return marks.kind().word();
        }

        Point point(PhotoLandmark l) {
            return marks.points().get(l);
        }

        boolean has(PhotoLandmark... landmarks) {
            for (PhotoLandmark l : landmarks) {
                if (point(l) == null) {
                    return false;
                }
            }
            return true;
        }

        /** A length, NaN if something for it is missing. */
        double length(PhotoLandmark a, PhotoLandmark b, double behindReferenceCm) {
            return has(a, b) ? centimeters(point(a).distance(point(b)), behindReferenceCm) : Double.NaN;
        }

        /** A length whose ends lie at two depths on either side of the camera's axis, both as far from it: the harmonic mean of their distances counts. NaN if something is missing. */
        double length(PhotoLandmark a, PhotoLandmark b, double behindReferenceA, double behindReferenceB) {
            OptionalDouble distance = marks.cameraDistanceCentimeters();
            if (distance.isEmpty()) {
                return length(a, b, 0);
            }
            double far = distance.getAsDouble() + behindReferenceA;
            double farther = distance.getAsDouble() + behindReferenceB;
            return length(a, b, 2 * far * farther / (far + farther) - distance.getAsDouble());
        }

        double centimeters(double pixels, double behindReferenceCm) {
            double distance = marks.cameraDistanceCentimeters().orElse(Double.POSITIVE_INFINITY);
            return pixels * scale * (1 + behindReferenceCm / distance);
        }

        /** Says why what was NaN is missing. */
        void missing(BodyMeasurement m, PhotoLandmark... landmarks) {
            List<String> names = new ArrayList<>();
            for (PhotoLandmark l : landmarks) {
                if (point(l) == null) {
                    names.add(l.fieldName());
                }
            }
            if (!m.isAngle() && Double.isNaN(scale)) {
                names.add("the reference");
            }
            missing.add(m.term() + ": " + String.join(" and ", names) + (names.size() == 1 ? " is" : " are") + " not marked in the " + kind() + " photo");
        }
    }

    private PhotoMeasurement(List<PhotoLandmarks> photos) {
        Map<Kind, Photo> byKind = new EnumMap<>(Kind.class);
        for (PhotoLandmarks p : photos) {
            if (byKind.put(Check.notNull(p, "photo").kind(), new Photo(p)) != null) {
                throw new InvalidValueException("there are two photos of the kind " + p.kind().word() + "; give at most one of each");
            }
        }
        Photo front = byKind.get(Kind.FRONT);
        List<Photo> sides = new ArrayList<>();
        for (Kind kind : List.of(Kind.LEFT, Kind.RIGHT)) {
            if (byKind.containsKey(kind)) {
                sides.add(byKind.get(kind));
                checkSide(byKind.get(kind));
            }
        }
        head(front, sides);
        for (Photo side : sides) {
            ear(side, side.marks.kind() == Kind.LEFT ? left : right);
        }
        for (Photo p : byKind.values()) {
            distance(p);
        }
    }

    /**
     * Measures. What lacks a landmark is missing, see {@link #missing()}; what is not plausible is there, and refused by {@link #measurements()}.
     *
     * @param photos at most one of each kind
     * @throws InvalidValueException if the ends of a reference are less than 20 pixels apart, a side photo shows the other side (or is mirrored), or there are two photos of a kind
     */
    public static PhotoMeasurement of(List<PhotoLandmarks> photos) {
        return new PhotoMeasurement(Check.notNull(photos, "photos"));
    }

    private void head(Photo front, List<Photo> sides) {
        BodyModel model = BodyModel.builtIn();
        double width = model.mean(BodyMeasurement.HEAD_WIDTH);
        double depth = model.mean(BodyMeasurement.HEAD_DEPTH);
        double height = Double.NaN;
        double shoulders = Double.NaN;
        double measuredWidth = Double.NaN;
        double measuredDepth = Double.NaN;
        // Width and depth of the head each place the planes in which the other is measured.
        for (int round = 0; round < ROUNDS; round++) {
            if (front != null) {
                double ears = depth / 2;
                double reference = front.marks.referencePlace() == ReferencePlace.FOREHEAD ? 0 : ears;
                double chin = CHIN_BEHIND_FOREHEAD * depth / 2;
                measuredWidth = front.length(PhotoLandmark.HEAD_SIDE_A, PhotoLandmark.HEAD_SIDE_B, ears - reference);
                height = front.length(PhotoLandmark.CHIN, PhotoLandmark.HEAD_TOP, chin - reference, ears - reference);
                shoulders = front.length(PhotoLandmark.SHOULDER_A, PhotoLandmark.SHOULDER_B, ears + SHOULDERS_BEHIND_EARS_CM - reference);
                width = sensible(BodyMeasurement.HEAD_WIDTH, measuredWidth, width);
            }
            double sum = 0;
            int count = 0;
            for (Photo side : sides) {
                double reference = side.marks.referencePlace() == ReferencePlace.EAR ? 0 : width / 2;
                double d = side.length(PhotoLandmark.FOREHEAD, PhotoLandmark.HEAD_BACK, width / 2 - reference);
                if (!Double.isNaN(d)) {
                    sum += d;
                    count++;
                }
            }
            measuredDepth = count == 0 ? Double.NaN : sum / count;
            depth = sensible(BodyMeasurement.HEAD_DEPTH, measuredDepth, depth);
        }
        if (front == null) {
            missing.add("head width, head height and shoulder width: there is no front photo");
        } else {
            put(head, BodyMeasurement.HEAD_WIDTH, measuredWidth, front, PhotoLandmark.HEAD_SIDE_A, PhotoLandmark.HEAD_SIDE_B);
            put(head, BodyMeasurement.HEAD_HEIGHT, height, front, PhotoLandmark.CHIN, PhotoLandmark.HEAD_TOP);
            put(head, BodyMeasurement.SHOULDER_WIDTH, shoulders, front, PhotoLandmark.SHOULDER_A, PhotoLandmark.SHOULDER_B);
        }
        if (sides.isEmpty()) {
            missing.add("head depth and the ears: there is no side photo");
        } else {
            put(head, BodyMeasurement.HEAD_DEPTH, measuredDepth, sides.get(0), PhotoLandmark.FOREHEAD, PhotoLandmark.HEAD_BACK);
        }
        headWidthCm = width;
    }

    /** Only what can be a head places planes; a slip of the mouse must not upset the other measurements. */
    private static double sensible(BodyMeasurement m, double measured, double otherwise) {
        return m.isPlausible(measured) ? measured : otherwise;
    }

    private void ear(Photo side, Map<BodyMeasurement, Double> ear) {
        double behind = side.marks.referencePlace() == ReferencePlace.EAR ? 0 : -headWidthCm / 2;
        put(ear, BodyMeasurement.CAVUM_CONCHA_HEIGHT, side, behind, PhotoLandmark.NOTCH_BOTTOM, PhotoLandmark.BOWL_RIDGE);
        put(ear, BodyMeasurement.CYMBA_CONCHA_HEIGHT, side, behind, PhotoLandmark.BOWL_RIDGE, PhotoLandmark.BOWL_TOP);
        put(ear, BodyMeasurement.CAVUM_CONCHA_WIDTH, side, behind, PhotoLandmark.BOWL_FRONT, PhotoLandmark.BOWL_BACK);
        put(ear, BodyMeasurement.FOSSA_HEIGHT, side, behind, PhotoLandmark.BOWL_TOP, PhotoLandmark.RIM_INSIDE);
        put(ear, BodyMeasurement.PINNA_HEIGHT, side, behind, PhotoLandmark.EAR_TOP, PhotoLandmark.EAR_BOTTOM);
        put(ear, BodyMeasurement.INTERTRAGAL_INCISURE_WIDTH, side, behind, PhotoLandmark.NOTCH_FRONT, PhotoLandmark.NOTCH_BACK);
        // The width is that at a right angle to the ear's height, so both ends of the height are needed.
        double width = Double.NaN;
        double rotation = Double.NaN;
        if (side.has(PhotoLandmark.EAR_TOP, PhotoLandmark.EAR_BOTTOM)) {
            Point top = side.point(PhotoLandmark.EAR_TOP);
            Point bottom = side.point(PhotoLandmark.EAR_BOTTOM);
            double ax = top.x() - bottom.x();
            double ay = top.y() - bottom.y();
            double length = Math.hypot(ax, ay);
            if (length > 0 && side.has(PhotoLandmark.EAR_FRONT, PhotoLandmark.EAR_BACK)) {
                Point f = side.point(PhotoLandmark.EAR_FRONT);
                Point b = side.point(PhotoLandmark.EAR_BACK);
                width = side.centimeters(Math.abs((b.x() - f.x()) * ay - (b.y() - f.y()) * ax) / length, behind);
            }
            double[] up = up(side);
            double back = back(side, up, ax, ay);
            rotation = length > 0 ? Math.toDegrees(Math.atan2(back, ax * up[0] + ay * up[1])) : Double.NaN;
            if (!side.has(PhotoLandmark.VERTICAL_TOP, PhotoLandmark.VERTICAL_BOTTOM)) {
                notes.add("The tilt of the " + side.kind() + " ear is measured from the picture's vertical: the camera must have been level.");
            }
        }
        put(ear, BodyMeasurement.PINNA_WIDTH, width, side, PhotoLandmark.EAR_TOP, PhotoLandmark.EAR_BOTTOM, PhotoLandmark.EAR_FRONT, PhotoLandmark.EAR_BACK);
        put(ear, BodyMeasurement.PINNA_ROTATION, rotation, side, PhotoLandmark.EAR_TOP, PhotoLandmark.EAR_BOTTOM);
    }

    /** Unit vector upwards, in pixels (y down). */
    private static double[] up(Photo side) {
        Point top = side.point(PhotoLandmark.VERTICAL_TOP);
        Point bottom = side.point(PhotoLandmark.VERTICAL_BOTTOM);
        if (top == null || bottom == null) {
            return new double[] {0, -1};
        }
        double length = top.distance(bottom);
        if (length < LEAST_REFERENCE_PIXELS) {
            throw new InvalidValueException(String.format(Locale.ROOT, "the ends of the vertical in the %s photo are %.1f pixels apart; mark two that are far from each other, at least %.0f pixels", side.kind(),
                    length, LEAST_REFERENCE_PIXELS));
        }
        return new double[] {(top.x() - bottom.x()) / length, (top.y() - bottom.y()) / length};
    }

    /** How far a vector points to the back of the head: to the right of up in a photo of the left side, to the left in one of the right side. */
    private static double back(Photo side, double[] up, double x, double y) {
        double toTheRight = -up[1] * x + up[0] * y;
        return side.marks.kind() == Kind.LEFT ? toTheRight : -toTheRight;
    }

    private static void checkSide(Photo side) {
        for (PhotoLandmark[] pair : new PhotoLandmark[][] {{PhotoLandmark.FOREHEAD, PhotoLandmark.HEAD_BACK}, {PhotoLandmark.EAR_FRONT, PhotoLandmark.EAR_BACK}}) {
            if (side.has(pair)) {
                Point a = side.point(pair[0]);
                Point b = side.point(pair[1]);
                if (back(side, up(side), b.x() - a.x(), b.y() - a.y()) < 0) {
                    String direction = side.marks.kind() == Kind.LEFT ? "left" : "right";
                    throw new InvalidValueException("in the " + side.kind() + " photo " + pair[1].fieldName() + " lies before " + pair[0].fieldName() + "; a photo of the " + direction
                            + " side has the face to the " + direction + ": is it the other side, mirrored (as selfies are), or not upright?");
                }
            }
        }
    }

    private void distance(Photo p) {
        OptionalDouble distance = p.marks.cameraDistanceCentimeters();
        if (distance.isEmpty() && !Double.isNaN(p.scale)) {
            boolean front = p.marks.kind() == Kind.FRONT;
            boolean atEar = p.marks.referencePlace() == ReferencePlace.EAR;
            notes.add("The " + p.kind() + " photo has no camera distance, so perspective is not corrected: "
                    + (front ? atEar ? "head height comes out some 3 % too large and shoulder width 2 % too small at 1.5 m." : "head width comes out some 6 %, shoulder width 8 % and head height 4 % too small at 1.5 m."
                            : atEar ? "head depth comes out some 5 % too small at 1.5 m." : "the ear comes out some 5 % too large at 1.5 m."));
        } else if (distance.isPresent() && distance.getAsDouble() < 80) {
            notes.add(String.format(Locale.ROOT, "The %s photo was taken from %.0f cm: step back to 150 cm or more and zoom in, so that perspective matters less.", p.kind(), distance.getAsDouble()));
        }
    }

    private void put(Map<BodyMeasurement, Double> to, BodyMeasurement m, Photo photo, double behindReferenceCm, PhotoLandmark a, PhotoLandmark b) {
        put(to, m, photo.length(a, b, behindReferenceCm), photo, a, b);
    }

    private void put(Map<BodyMeasurement, Double> to, BodyMeasurement m, double value, Photo photo, PhotoLandmark... landmarks) {
        if (Double.isNaN(value)) {
            photo.missing(m, landmarks);
        } else {
            to.put(m, value);
        }
    }

    /** A measurement (cm, or degrees), plausible or not; empty where a landmark for it is missing. */
    public OptionalDouble value(BodyMeasurement measurement, Ear ear) {
        Check.notNull(measurement, "measurement");
        Check.notNull(ear, "ear");
        Double v = (measurement.isOfEar() ? ear == Ear.LEFT ? left : right : head).get(measurement);
        return v == null ? OptionalDouble.empty() : OptionalDouble.of(v);
    }

    /** One sentence, without a full stop, for every measurement that is missing: what is not marked. */
    public List<String> missing() {
        return List.copyOf(missing);
    }

    /** One sentence for everything that makes measurements less exact. */
    public List<String> notes() {
        return List.copyOf(notes);
    }

    /**
     * The measurements, checked.
     *
     * @throws InvalidValueException if one is not plausible, two do not fit together, or there is none
     */
    public BodyMeasurements measurements() {
        return new BodyMeasurements(head, left, right, notes);
    }
}
