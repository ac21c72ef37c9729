package io.pinna.hrtf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.InvalidValueException;
import io.pinna.hrtf.BodyMeasurement.Ear;
import io.pinna.hrtf.PhotoLandmarks.Kind;
import io.pinna.hrtf.PhotoLandmarks.Point;
import io.pinna.hrtf.PhotoLandmarks.ReferencePlace;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class PhotoMeasurementTest {
    private static final BodyMeasurement[] OF_EAR = {BodyMeasurement.CAVUM_CONCHA_HEIGHT, BodyMeasurement.CYMBA_CONCHA_HEIGHT, BodyMeasurement.CAVUM_CONCHA_WIDTH, BodyMeasurement.FOSSA_HEIGHT,
        BodyMeasurement.PINNA_HEIGHT, BodyMeasurement.PINNA_WIDTH, BodyMeasurement.INTERTRAGAL_INCISURE_WIDTH, BodyMeasurement.PINNA_ROTATION};

    private static void assertRecovered(PinholeHead head, PhotoMeasurement m, Ear ear, double tolerance) {
        assertEquals(head.width, m.value(BodyMeasurement.HEAD_WIDTH, ear).orElseThrow(), head.width * tolerance, "x1");
        assertEquals(head.height, m.value(BodyMeasurement.HEAD_HEIGHT, ear).orElseThrow(), head.height * tolerance, "x2");
        assertEquals(head.depth, m.value(BodyMeasurement.HEAD_DEPTH, ear).orElseThrow(), head.depth * tolerance, "x3");
        assertEquals(head.shoulders, m.value(BodyMeasurement.SHOULDER_WIDTH, ear).orElseThrow(), head.shoulders * tolerance, "x12");
        for (int i = 0; i < OF_EAR.length; i++) {
            assertEquals(head.ear[i], m.value(OF_EAR[i], ear).orElseThrow(), Math.max(head.ear[i] * tolerance, 1e-9), OF_EAR[i].symbol());
        }
    }

    @Test
    @Tag("analytic")
    void aKnownPersonBeforeAPinholeIsRecovered() {
        for (Kind side : new Kind[] {Kind.LEFT, Kind.RIGHT}) {
            for (double distance : new double[] {60, 150, 400}) {
                for (double roll : new double[] {0, 7, -90, 180}) {
                    for (double scale : new double[] {0.3, 1, 3}) {
                        PinholeHead head = PinholeHead.example().distance(distance).roll(roll).scale(scale);
                        PhotoMeasurement m = PhotoMeasurement.of(List.of(head.photo(Kind.FRONT), head.photo(side)));
                        Ear ear = side == Kind.LEFT ? Ear.LEFT : Ear.RIGHT;
                        assertRecovered(head, m, ear, 1e-6);
                        assertEquals(List.of(), m.missing());
                        assertTrue(m.value(BodyMeasurement.PINNA_HEIGHT, ear == Ear.LEFT ? Ear.RIGHT : Ear.LEFT).isEmpty());
                        assertEquals(12, m.measurements().count());
                    }
                }
            }
        }
    }

    @Test
    @Tag("analytic")
    void theReferenceMayBeInEitherPlace() {
        PinholeHead front = PinholeHead.example().reference(ReferencePlace.EAR);
        PinholeHead side = PinholeHead.example().reference(ReferencePlace.MIDLINE);
        assertRecovered(front, PhotoMeasurement.of(List.of(front.photo(Kind.FRONT), side.photo(Kind.LEFT))), Ear.LEFT, 1e-6);
    }

    /** Only the head's height depends on where the camera is: 6 cm off the middle of the face by 6 · (depth between chin and skull) / distance. */
    @Test
    @Tag("analytic")
    void aCameraAboveTheMiddleOfTheFaceMattersLittle() {
        for (double up : new double[] {-6, 6}) {
            PinholeHead head = PinholeHead.example().cameraUp(up);
            PhotoMeasurement m = PhotoMeasurement.of(List.of(head.photo(Kind.FRONT), head.photo(Kind.LEFT)));
            assertEquals(head.width, m.value(BodyMeasurement.HEAD_WIDTH, Ear.LEFT).orElseThrow(), 1e-9);
            double apart = 0.8 * head.depth / 2;
            assertEquals(head.height + up * apart / 158, m.value(BodyMeasurement.HEAD_HEIGHT, Ear.LEFT).orElseThrow(), 0.02);
        }
    }

    /** Uncorrected, what lies behind the reference is too small by the known factor: the correction is what makes the difference. */
    @Test
    @Tag("analytic")
    void withoutACameraDistancePerspectiveStaysAndIsNoted() {
        PinholeHead head = PinholeHead.example().withoutDistance();
        PhotoMeasurement m = PhotoMeasurement.of(List.of(head.photo(Kind.FRONT), head.photo(Kind.LEFT)));
        assertEquals(head.width / (1 + head.depth / 2 / 150), m.value(BodyMeasurement.HEAD_WIDTH, Ear.LEFT).orElseThrow(), 1e-9);
        assertEquals(head.shoulders / (1 + (head.depth / 2 + 2.8) / 150), m.value(BodyMeasurement.SHOULDER_WIDTH, Ear.LEFT).orElseThrow(), 1e-9);
        assertEquals(head.depth / (1 + head.width / 2 / 150), m.value(BodyMeasurement.HEAD_DEPTH, Ear.LEFT).orElseThrow(), 1e-9);
        assertEquals(head.ear[4], m.value(BodyMeasurement.PINNA_HEIGHT, Ear.LEFT).orElseThrow(), 1e-9, "the ear lies beside the reference");
        assertTrue(m.notes().stream().anyMatch(n -> n.contains("front photo has no camera distance")), m.notes().toString());
        assertTrue(m.notes().stream().anyMatch(n -> n.contains("left photo has no camera distance")), m.notes().toString());
    }

    /** A front photo alone takes an adult's mean depth: the error is that of the depth's share of the distance. */
    @Test
    @Tag("analytic")
    void oneTruePhotoDoesWithTheMeanOfTheOther() {
        PinholeHead head = PinholeHead.example();
        PhotoMeasurement m = PhotoMeasurement.of(List.of(head.photo(Kind.FRONT)));
        double mean = BodyModel.builtIn().mean(BodyMeasurement.HEAD_DEPTH);
        assertEquals(head.width * (1 + mean / 2 / 150) / (1 + head.depth / 2 / 150), m.value(BodyMeasurement.HEAD_WIDTH, Ear.LEFT).orElseThrow(), 1e-9);
        assertTrue(m.missing().toString().contains("no side photo"), m.missing().toString());
        assertEquals(3, m.measurements().count());
    }

    @Test
    @Tag("property")
    void aPixelOfNoiseMovesMeasurementsByAsMuch() {
        // 4000 pixels of focal length at 150 cm are 27 pixels a centimetre: half a pixel of noise at both ends is some 0.03 cm, and 0.5 % in the reference.
        double worst = 0;
        for (int trial = 0; trial < 50; trial++) {
            PinholeHead head = PinholeHead.example().noise(0.5);
            for (int skip = 0; skip < trial; skip++) {
                head.photo(Kind.LEFT);
            }
            PhotoMeasurement m = PhotoMeasurement.of(List.of(head.photo(Kind.FRONT), head.photo(Kind.LEFT)));
            double error = Math.abs(m.value(BodyMeasurement.PINNA_HEIGHT, Ear.LEFT).orElseThrow() - 6.6);
            worst = Math.max(worst, error);
            assertEquals(24, m.value(BodyMeasurement.PINNA_ROTATION, Ear.LEFT).orElseThrow(), 1.5);
            assertEquals(15.3, m.value(BodyMeasurement.HEAD_WIDTH, Ear.LEFT).orElseThrow(), 0.3);
        }
        assertTrue(worst > 0.005 && worst < 0.15, "worst error " + worst);
    }

    @Test
    @Tag("analytic")
    void withoutAMarkedVerticalThePicturesOwnCounts() {
        PinholeHead level = PinholeHead.example().withoutVertical();
        PhotoMeasurement m = PhotoMeasurement.of(List.of(level.photo(Kind.RIGHT)));
        assertEquals(24, m.value(BodyMeasurement.PINNA_ROTATION, Ear.RIGHT).orElseThrow(), 1e-9);
        assertTrue(m.notes().toString().contains("camera must have been level"), m.notes().toString());
        // Turned clockwise by 5 degrees, the top of a right ear, which leans to the left, comes up by as much.
        m = PhotoMeasurement.of(List.of(PinholeHead.example().withoutVertical().roll(5).photo(Kind.RIGHT)));
        assertEquals(19, m.value(BodyMeasurement.PINNA_ROTATION, Ear.RIGHT).orElseThrow(), 1e-9);
    }

    private static PhotoLandmarks changed(PhotoLandmarks l, Consumer<Map<PhotoLandmark, Point>> change) {
        Map<PhotoLandmark, Point> points = new EnumMap<>(l.points());
        change.accept(points);
        return new PhotoLandmarks(l.kind(), l.referenceCentimeters(), l.referencePlace(), l.cameraDistanceCentimeters(), points);
    }

    @Test
    @Tag("fault")
    void whatIsNotMarkedIsMissingAndSaidSo() {
        PinholeHead head = PinholeHead.example();
        for (PhotoLandmark l : PhotoLandmark.values()) {
            PhotoLandmarks front = head.photo(Kind.FRONT);
            PhotoLandmarks left = head.photo(Kind.LEFT);
            if (l.isIn(PhotoLandmark.View.FRONT)) {
                front = changed(front, p -> p.remove(l));
            }
            if (l.isIn(PhotoLandmark.View.SIDE)) {
                left = changed(left, p -> p.remove(l));
            }
            PhotoMeasurement m = PhotoMeasurement.of(List.of(front, left));
            String missing = m.missing().toString();
            int lost = switch (l) {
                case REFERENCE_A, REFERENCE_B -> 11;
                case VERTICAL_TOP, VERTICAL_BOTTOM -> 0;
                // Each of these ends two lengths, or a length and what hangs on its direction.
                case BOWL_RIDGE, BOWL_TOP -> 2;
                case EAR_TOP, EAR_BOTTOM -> 3;
                default -> 1;
            };
            assertEquals(lost, m.missing().size(), l + ": " + missing);
            assertEquals(12 - lost, m.measurements().count(), l.fieldName());
            assertTrue(lost == 0 || missing.contains(lost == 11 ? "the reference" : l.fieldName()), missing);
        }
        assertThrows(InvalidValueException.class, () -> PhotoMeasurement.of(List.of()).measurements());
    }

    @Test
    @Tag("fault")
    void slipsAreRefusedWithAReason() {
        PinholeHead head = PinholeHead.example();
        PhotoLandmarks left = head.photo(Kind.LEFT);
        assertRefused(List.of(changed(left, p -> p.put(PhotoLandmark.REFERENCE_B, p.get(PhotoLandmark.REFERENCE_A)))), "reference in the left photo", "0.0 pixels", "at least 20");
        assertRefused(List.of(changed(left, p -> p.put(PhotoLandmark.VERTICAL_TOP, p.get(PhotoLandmark.VERTICAL_BOTTOM)))), "vertical in the left photo");
        // A mirrored selfie: the face looks to the other side.
        assertRefused(List.of(changed(left, p -> p.replaceAll((l, at) -> new Point(3000 - at.x(), at.y())))), "left photo", "mirrored");
        assertRefused(List.of(left, left), "two photos of the kind left");
        assertThrows(InvalidValueException.class, () -> changed(left, p -> p.put(PhotoLandmark.CHIN, new Point(1, 1))));
        assertThrows(InvalidValueException.class, () -> new Point(Double.NaN, 1));
        assertThrows(InvalidValueException.class, () -> new PhotoLandmarks(Kind.FRONT, 0, ReferencePlace.EAR, OptionalDouble.empty(), Map.of()));
        assertThrows(InvalidValueException.class, () -> new PhotoLandmarks(Kind.FRONT, 8, ReferencePlace.MIDLINE, OptionalDouble.empty(), Map.of()));
        assertThrows(InvalidValueException.class, () -> new PhotoLandmarks(Kind.FRONT, 8, ReferencePlace.EAR, OptionalDouble.of(1), Map.of()));
        // The measurement is there for a person to see, and refused when it is to be used.
        PhotoMeasurement wide = PhotoMeasurement.of(List.of(changed(head.photo(Kind.FRONT), p -> p.put(PhotoLandmark.HEAD_SIDE_A, new Point(5000, 1800)))));
        assertTrue(wide.value(BodyMeasurement.HEAD_WIDTH, Ear.LEFT).orElseThrow() > 100);
        assertTrue(assertThrows(InvalidValueException.class, wide::measurements).getMessage().contains("9.5 to 19.5 cm"));
    }

    private static void assertRefused(List<PhotoLandmarks> photos, String... parts) {
        String message = assertThrows(InvalidValueException.class, () -> PhotoMeasurement.of(photos)).getMessage();
        for (String part : parts) {
            assertTrue(message.contains(part), message);
        }
    }
}
