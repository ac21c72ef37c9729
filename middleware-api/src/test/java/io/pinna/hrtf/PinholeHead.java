package io.pinna.hrtf;

import io.pinna.hrtf.PhotoLandmarks.Kind;
import io.pinna.hrtf.PhotoLandmarks.Point;
import io.pinna.hrtf.PhotoLandmarks.ReferencePlace;
import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Random;

/**
 * A person of known measurements before a pinhole camera, for tests: every landmark is a point in space (cm; x front, y left, z up, between the ears), projected by its own depth. It knows nothing of how
 * measurements are taken from photos.
 */
public final class PinholeHead {
    public final double width;
    public final double height;
    public final double depth;
    public final double shoulders;
    /** Of the ears: d1 to d7, theta1 in degrees. */
    public final double[] ear;
    /** From the lens to the reference (cm). */
    private double distance = 150;
    private double focalPixels = 4000;
    private double rollDegrees;
    private double noisePixels;
    private double cameraUp;
    private double middleX = 1500;
    private double middleY = 2000;
    private double scale = 1;
    private ReferencePlace place;
    private boolean tellDistance = true;
    private boolean tellVertical = true;
    private final Random random = new Random(11);

    public PinholeHead(double width, double height, double depth, double shoulders, double... ear) {
        this.width = width;
        this.height = height;
        this.depth = depth;
        this.shoulders = shoulders;
        this.ear = ear;
    }

    /** Somebody who is no mean. */
    public static PinholeHead example() {
        return new PinholeHead(15.3, 22.4, 20.6, 47.5, 1.8, 0.8, 1.7, 1.6, 6.6, 3.1, 0.6, 24);
    }

    public PinholeHead distance(double cm) {
        distance = cm;
        return this;
    }

    /** Turns the picture, clockwise. */
    public PinholeHead roll(double degrees) {
        rollDegrees = degrees;
        return this;
    }

    public PinholeHead noise(double pixels) {
        noisePixels = pixels;
        return this;
    }

    /** Lifts the camera above the middle of the face (cm). */
    public PinholeHead cameraUp(double cm) {
        cameraUp = cm;
        return this;
    }

    /** Where the camera's axis meets the picture (pixels). */
    public PinholeHead middle(double x, double y) {
        middleX = x;
        middleY = y;
        return this;
    }

    /** Makes the picture larger or smaller. */
    public PinholeHead scale(double factor) {
        scale = factor;
        return this;
    }

    public PinholeHead reference(ReferencePlace where) {
        place = where;
        return this;
    }

    public PinholeHead withoutDistance() {
        tellDistance = false;
        return this;
    }

    public PinholeHead withoutVertical() {
        tellVertical = false;
        return this;
    }

    /** What a perfect hand would mark. */
    public PhotoLandmarks photo(Kind kind) {
        ReferencePlace at = place != null ? place : kind == Kind.FRONT ? ReferencePlace.FOREHEAD : ReferencePlace.EAR;
        Map<PhotoLandmark, Point> points = new EnumMap<>(PhotoLandmark.class);
        double referenceLength = PhotoLandmarks.CARD_CENTIMETERS;
        if (kind == Kind.FRONT) {
            double plane = at == ReferencePlace.FOREHEAD ? depth / 2 : 0;
            double lens = plane + distance;
            front(points, PhotoLandmark.REFERENCE_A, lens - plane, -3, 5);
            front(points, PhotoLandmark.REFERENCE_B, lens - plane, -3 + referenceLength, 5);
            front(points, PhotoLandmark.HEAD_SIDE_A, lens, width / 2, 2);
            front(points, PhotoLandmark.HEAD_SIDE_B, lens, -width / 2, 2);
            front(points, PhotoLandmark.CHIN, lens - 0.8 * depth / 2, 0, -height / 2);
            front(points, PhotoLandmark.HEAD_TOP, lens, 0, height / 2);
            front(points, PhotoLandmark.SHOULDER_A, lens + 2.8, shoulders / 2, -30);
            front(points, PhotoLandmark.SHOULDER_B, lens + 2.8, -shoulders / 2, -30);
        } else {
            // Seen from the side, the horizontal coordinate is how far back; the right side is its mirror image.
            double s = kind == Kind.LEFT ? 1 : -1;
            double plane = at == ReferencePlace.EAR ? width / 2 : 0;
            double lens = plane + distance;
            double near = lens - width / 2;
            put(points, PhotoLandmark.REFERENCE_A, lens - plane, s * 1, -9);
            put(points, PhotoLandmark.REFERENCE_B, lens - plane, s * (1 + referenceLength), -9);
            if (tellVertical) {
                put(points, PhotoLandmark.VERTICAL_TOP, lens + 80, s * 25, 40);
                put(points, PhotoLandmark.VERTICAL_BOTTOM, lens + 80, s * 25, -30);
            }
            put(points, PhotoLandmark.FOREHEAD, lens, s * -depth / 2, 3);
            put(points, PhotoLandmark.HEAD_BACK, lens, s * depth / 2, 3);
            double tilt = Math.toRadians(ear[7]);
            // Along the ear's height, and square to it towards the back.
            double ux = Math.sin(tilt);
            double uz = Math.cos(tilt);
            Placed e = (l, up, back) -> put(points, l, near, s * (up * ux + back * uz), -3 + up * uz - back * ux);
            e.put(PhotoLandmark.EAR_BOTTOM, 0, 0.3);
            e.put(PhotoLandmark.EAR_TOP, ear[4], 0.3);
            e.put(PhotoLandmark.EAR_FRONT, 4.4, -0.6);
            e.put(PhotoLandmark.EAR_BACK, 3.9, ear[5] - 0.6);
            e.put(PhotoLandmark.NOTCH_BOTTOM, 1.5, 0.3);
            e.put(PhotoLandmark.BOWL_RIDGE, 1.5 + ear[0], 0.3);
            e.put(PhotoLandmark.BOWL_TOP, 1.5 + ear[0] + ear[1], 0.3);
            e.put(PhotoLandmark.RIM_INSIDE, 1.5 + ear[0] + ear[1] + ear[3], 0.3);
            e.put(PhotoLandmark.BOWL_FRONT, 2.4, 0);
            e.put(PhotoLandmark.BOWL_BACK, 2.4, ear[2]);
            e.put(PhotoLandmark.NOTCH_FRONT, 1.9, 0);
            e.put(PhotoLandmark.NOTCH_BACK, 1.9, ear[6]);
        }
        return new PhotoLandmarks(kind, referenceLength, at, tellDistance ? OptionalDouble.of(distance) : OptionalDouble.empty(), points);
    }

    private interface Placed {
        void put(PhotoLandmark l, double up, double back);
    }

    private void front(Map<PhotoLandmark, Point> points, PhotoLandmark l, double far, double left, double up) {
        // The person's left is on the right of the picture.
        put(points, l, far, left, up);
    }

    private void put(Map<PhotoLandmark, Point> points, PhotoLandmark l, double far, double right, double up) {
        double u = focalPixels * right / far + noisePixels * random.nextGaussian();
        double v = -focalPixels * (up - cameraUp) / far + noisePixels * random.nextGaussian();
        double a = Math.toRadians(rollDegrees);
        points.put(l, new Point(middleX + scale * (u * Math.cos(a) - v * Math.sin(a)), middleY + scale * (u * Math.sin(a) + v * Math.cos(a))));
    }
}
