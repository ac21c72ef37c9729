package io.pinna.hrtf;

import io.pinna.ResourceException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A point that a person marks in a photo, in the order in which they are asked for. Which ones a photo has depends on what it shows. Immutable; any thread. */
public enum PhotoLandmark {
    /** One end of what has a known length. */
    REFERENCE_A(View.BOTH, false, "Reference, one end", "Click one end of the edge whose length you know: a corner of the card, or a mark of the ruler. Zoom in, this point matters most."),
    /** The other end. */
    REFERENCE_B(View.BOTH, false, "Reference, other end", "Click the other end of the same edge."),
    /** One side of the head. */
    HEAD_SIDE_A(View.FRONT, false, "Head, one side", "Click the edge of the head where it is widest, just above an ear. Not the ear, not the hair."),
    /** The other side of the head. */
    HEAD_SIDE_B(View.FRONT, false, "Head, other side", "Click the other edge of the head at the same height."),
    /** The lowest point of the chin. */
    CHIN(View.FRONT, false, "Chin", "Click the lowest point of the chin."),
    /** The highest point of the skull. */
    HEAD_TOP(View.FRONT, false, "Top of the head", "Click the top of the skull, straight above the chin. Leave out the height of the hair."),
    /** The outside of one upper arm. */
    SHOULDER_A(View.FRONT, false, "Shoulder, one side", "Click the outside of one upper arm at the height of the armpit. The arms hang."),
    /** The outside of the other. */
    SHOULDER_B(View.FRONT, false, "Shoulder, other side", "Click the outside of the other upper arm at the same height."),
    /** The upper end of something vertical. */
    VERTICAL_TOP(View.SIDE, true, "Something vertical, upper end",
            "Click the upper end of something vertical in the picture, such as a door frame. Skip this if the camera was level and the head upright."),
    /** Its lower end. */
    VERTICAL_BOTTOM(View.SIDE, true, "Something vertical, lower end", "Click the lower end of the same vertical thing, far below the first."),
    /** The forehead. */
    FOREHEAD(View.SIDE, false, "Forehead", "Click the edge of the forehead just above the eyebrows."),
    /** The back of the head. */
    HEAD_BACK(View.SIDE, false, "Back of the head", "Click the back of the skull where it reaches furthest back. Leave out the thickness of the hair."),
    /** The highest point of the ear. */
    EAR_TOP(View.SIDE, false, "Ear, highest point", "Click the highest point of the ear's rim."),
    /** The lowest point of the lobe. */
    EAR_BOTTOM(View.SIDE, false, "Ear, lowest point", "Click the lowest point of the lobe."),
    /** The front of the ear. */
    EAR_FRONT(View.SIDE, false, "Ear, front edge", "Click where the upper rim of the ear joins the cheek."),
    /** The rear edge of the ear. */
    EAR_BACK(View.SIDE, false, "Ear, rear edge", "Click the rearmost edge of the ear's rim."),
    /** The bottom of the notch below the canal. */
    NOTCH_BOTTOM(View.SIDE, false, "Bottom of the notch", "Click the lowest point of the bowl, in the notch below the ear canal."),
    /** The ridge that divides the bowl. */
    BOWL_RIDGE(View.SIDE, false, "Ridge in the bowl", "Click the ridge that runs into the bowl from the front and divides it into a lower and an upper part (crus of the helix)."),
    /** The upper edge of the bowl. */
    BOWL_TOP(View.SIDE, false, "Upper edge of the bowl", "Click the upper edge of the bowl, the fold above its upper part."),
    /** The inner edge of the rim. */
    RIM_INSIDE(View.SIDE, false, "Inside of the upper rim", "Click the inner edge of the ear's rim at its top, further up in the same line."),
    /** The tragus at the bowl. */
    BOWL_FRONT(View.SIDE, false, "Front of the bowl", "Click the edge of the small flap before the ear canal (tragus), where it overhangs the bowl."),
    /** The rear edge of the bowl. */
    BOWL_BACK(View.SIDE, false, "Rear edge of the bowl", "Click the rear edge of the lower bowl, straight behind the flap."),
    /** The front edge of the notch. */
    NOTCH_FRONT(View.SIDE, false, "Front of the notch", "Click the front edge of the notch, on the flap before the ear canal (tragus)."),
    /** The rear edge of the notch. */
    NOTCH_BACK(View.SIDE, false, "Rear of the notch", "Click the rear edge of the notch, on the bump behind it (antitragus).");

    /** What a photo shows. */
    public enum View {
        /** The face, from straight ahead. */
        FRONT,
        /** One side of the head, from straight beside it. */
        SIDE,
        /** Either. */
        BOTH
    }

    private final View view;
    private final boolean optional;
    private final String title;
    private final String instruction;

    PhotoLandmark(View view, boolean optional, String title, String instruction) {
        this.view = view;
        this.optional = optional;
        this.title = title;
        this.instruction = instruction;
    }

    /** The name in files of landmarks: {@code head_side_a}. */
    public String fieldName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether photos of this view have it. */
    public boolean isIn(View wanted) {
        return view == wanted || view == View.BOTH;
    }

    /** Whether nothing is missing without it. */
    public boolean isOptional() {
        return optional;
    }

    /** A few words. */
    public String title() {
        return title;
    }

    /** What to click, in plain words. */
    public String instruction() {
        return instruction;
    }

    /** The landmarks of a view, in the order in which they are asked for. */
    public static List<PhotoLandmark> of(View view) {
        List<PhotoLandmark> list = new ArrayList<>();
        for (PhotoLandmark l : values()) {
            if (l.isIn(view)) {
                list.add(l);
            }
        }
        return List.copyOf(list);
    }

    /**
     * A drawing with this point marked. Blocks on the class path.
     *
     * @param view what the photo shows; of importance for the reference
     * @return a PNG file, a new array
     * @throws ResourceException if the artifact pinna-assets is not on the class path
     */
    public byte[] drawing(View view) {
        return BodyMeasurement.drawing("landmark_" + fieldName() + (this.view == View.BOTH ? view == View.FRONT ? "_front" : "_side" : ""));
    }
}
