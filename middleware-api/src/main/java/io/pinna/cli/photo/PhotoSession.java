package io.pinna.cli.photo;

import io.pinna.InvalidValueException;
import io.pinna.hrtf.PhotoLandmark;
import io.pinna.hrtf.PhotoLandmarks;
import io.pinna.hrtf.PhotoLandmarks.Kind;
import io.pinna.hrtf.PhotoLandmarks.Point;
import io.pinna.hrtf.PhotoLandmarks.ReferencePlace;
import io.pinna.hrtf.PhotoMeasurement;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * What the window shows, without the window: the photos, what is marked in them, which point comes next, and how to take a step back. One thread, in the window Swing's; listeners are called there after
 * every change.
 */
final class PhotoSession {
    /** Steps that can be taken back. */
    private static final int MOST_STEPS = 1000;

    /** One photo. */
    static final class View {
        private final Kind kind;
        private final List<PhotoLandmark> landmarks;
        private Path file;
        private BufferedImage image;
        private final Map<PhotoLandmark, Point> points = new EnumMap<>(PhotoLandmark.class);
        private double referenceCm = PhotoLandmarks.CARD_CENTIMETERS;
        private ReferencePlace place;
        private OptionalDouble distanceCm = OptionalDouble.empty();
        /** The landmark that a click marks; the number of landmarks when all have been gone through. */
        private int current;

        View(Kind kind) {
            this.kind = kind;
            landmarks = PhotoLandmark.of(kind.view());
            place = kind == Kind.FRONT ? ReferencePlace.FOREHEAD : ReferencePlace.EAR;
        }

        Kind kind() {
            return kind;
        }

        Path file() {
            return file;
        }

        BufferedImage image() {
            return image;
        }

        List<PhotoLandmark> landmarks() {
            return landmarks;
        }

        Map<PhotoLandmark, Point> points() {
            return Collections.unmodifiableMap(points);
        }

        double referenceCm() {
            return referenceCm;
        }

        ReferencePlace place() {
            return place;
        }

        OptionalDouble distanceCm() {
            return distanceCm;
        }

        int currentIndex() {
            return current;
        }

        /** The landmark that a click marks, or null after the last. */
        PhotoLandmark current() {
            return current < landmarks.size() ? landmarks.get(current) : null;
        }

        /** How many of the landmarks that matter are marked. */
        int marked() {
            return (int) landmarks.stream().filter(l -> !l.isOptional() && points.containsKey(l)).count();
        }

        /** How many landmarks matter. */
        int wanted() {
            return (int) landmarks.stream().filter(l -> !l.isOptional()).count();
        }

        private PhotoLandmarks snapshot() {
            return new PhotoLandmarks(kind, referenceCm, place, distanceCm, points);
        }
    }

    /**
     * What comes out of the landmarks so far.
     *
     * @param measurement the measurements, null where they could not be taken
     * @param problem     what stands against saving them, null if nothing does
     */
    record Outcome(PhotoMeasurement measurement, String problem) {
    }

    private record Step(View view, PhotoLandmark landmark, Point before, int currentBefore) {
    }

    private final Map<Kind, View> views = new EnumMap<>(Kind.class);
    private final Deque<Step> steps = new ArrayDeque<>();
    private final List<Runnable> listeners = new ArrayList<>();
    private Kind active = Kind.FRONT;
    private boolean unsaved;

    PhotoSession() {
        for (Kind kind : Kind.values()) {
            views.put(kind, new View(kind));
        }
    }

    void listen(Runnable listener) {
        listeners.add(listener);
    }

    private void changed() {
        listeners.forEach(Runnable::run);
    }

    View view(Kind kind) {
        return views.get(kind);
    }

    View active() {
        return views.get(active);
    }

    void activate(Kind kind) {
        active = kind;
        changed();
    }

    boolean isUnsaved() {
        return unsaved;
    }

    void saved() {
        unsaved = false;
        changed();
    }

    /** Puts another picture into a view; what was marked in the old one goes. */
    void open(Kind kind, Path file, BufferedImage image) {
        View v = views.get(kind);
        v.file = file;
        v.image = image;
        v.points.clear();
        v.current = 0;
        steps.removeIf(s -> s.view == v);
        active = kind;
        changed();
    }

    /** Marks the current landmark of the active view and goes on to the next that is not marked. */
    void place(Point at) {
        View v = active();
        PhotoLandmark l = v.current();
        if (l != null) {
            step(new Step(v, l, v.points.get(l), v.current));
            v.points.put(l, at);
            v.current = next(v, v.current + 1);
            unsaved = true;
            changed();
        }
    }

    private static int next(View v, int from) {
        int i = from;
        while (i < v.landmarks.size() && v.points.containsKey(v.landmarks.get(i))) {
            i++;
        }
        return i;
    }

    private void step(Step s) {
        steps.push(s);
        if (steps.size() > MOST_STEPS) {
            steps.removeLast();
        }
    }

    /** Before a point is dragged or nudged: the place to come back to. */
    void beginMove(PhotoLandmark l) {
        View v = active();
        step(new Step(v, l, v.points.get(l), v.current));
    }

    /** Moves a marked point of the active view; part of the step that {@link #beginMove} began. */
    void move(PhotoLandmark l, Point to) {
        if (active().points.replace(l, to) != null) {
            unsaved = true;
            changed();
        }
    }

    /** Goes on without marking the current landmark. */
    void skip() {
        View v = active();
        if (v.current() != null) {
            v.current = next(v, v.current + 1);
            changed();
        }
    }

    /** Goes back to the landmark before the current one, to mark it again. */
    void back() {
        View v = active();
        if (v.current > 0) {
            v.current--;
            changed();
        }
    }

    /** Makes a landmark of the active view the current one. */
    void choose(PhotoLandmark l) {
        View v = active();
        v.current = v.landmarks.indexOf(l);
        changed();
    }

    boolean canUndo() {
        return !steps.isEmpty();
    }

    /** Takes the last mark or move back. */
    void undo() {
        Step s = steps.poll();
        if (s == null) {
            return;
        }
        if (s.before == null) {
            s.view.points.remove(s.landmark);
        } else {
            s.view.points.put(s.landmark, s.before);
        }
        s.view.current = s.currentBefore;
        active = s.view.kind;
        unsaved = true;
        changed();
    }

    /** @throws InvalidValueException if the length or the distance is out of its range, or the place does not fit the view */
    void settings(double referenceCm, ReferencePlace place, OptionalDouble distanceCm) {
        View v = active();
        // The record checks.
        PhotoLandmarks checked = new PhotoLandmarks(v.kind, referenceCm, place, distanceCm, v.points);
        v.referenceCm = checked.referenceCentimeters();
        v.place = checked.referencePlace();
        v.distanceCm = checked.cameraDistanceCentimeters();
        unsaved |= !v.points.isEmpty();
        changed();
    }

    private List<View> used() {
        return views.values().stream().filter(v -> v.image != null || !v.points.isEmpty()).toList();
    }

    LandmarkFile file() {
        return new LandmarkFile(used().stream().map(v -> new LandmarkFile.Photo(v.file, v.snapshot())).toList());
    }

    /**
     * Takes over what a file says.
     *
     * @param images by kind, the pictures that could be read
     */
    void load(LandmarkFile file, Map<Kind, BufferedImage> images) {
        steps.clear();
        for (Kind kind : Kind.values()) {
            views.put(kind, new View(kind));
        }
        for (LandmarkFile.Photo p : file.photos()) {
            PhotoLandmarks l = p.landmarks();
            View v = views.get(l.kind());
            v.file = p.file();
            v.image = images.get(l.kind());
            v.points.putAll(l.points());
            v.referenceCm = l.referenceCentimeters();
            v.place = l.referencePlace();
            v.distanceCm = l.cameraDistanceCentimeters();
            v.current = next(v, 0);
        }
        active = file.photos().get(0).landmarks().kind();
        unsaved = false;
        changed();
    }

    Outcome measure() {
        PhotoMeasurement measurement = null;
        try {
            measurement = PhotoMeasurement.of(used().stream().map(View::snapshot).toList());
            measurement.measurements();
            return new Outcome(measurement, null);
        } catch (InvalidValueException e) {
            return new Outcome(measurement, e.getMessage());
        }
    }
}
