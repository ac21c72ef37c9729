package io.pinna.hrtf;

import io.pinna.ResourceException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;

/**
 * The twelve body measurements that a personal HRTF is made from: those of the CIPIC database that a ruler, or a front and a side photo, can give. Immutable; any thread.
 *
 * <p>Definitions are CIPIC's (V. R. Algazi, R. O. Duda, D. M. Thompson, C. Avendano, "The CIPIC HRTF Database", WASPAA 2001), and so are the symbols. Each has a {@linkplain #drawing() drawing}. Lengths are
 * in centimetres, the angle in degrees. The plausible range is what lies within 5 standard deviations of the mean of CIPIC's or of HUTUBS' people (a length no less than half of the smallest one
 * there), rounded outwards: room for adults and for children from about five years, none for other units.
 */
public enum BodyMeasurement {
    /** x1: head width; see {@link #definition()}. */
    HEAD_WIDTH("x1", "head_width", "head width", "head width", false, 9.5, 19.5, "widest part of the head just above the ears, from side to side, without ears and hair"),
    /** x2: head height; see {@link #definition()}. */
    HEAD_HEIGHT("x2", "head_height", "head height", "head height", false, 14.5, 28, "from the underside of the chin straight up to the top of the skull, hair pressed flat"),
    /** x3: head depth; see {@link #definition()}. */
    HEAD_DEPTH("x3", "head_depth", "head depth", "head depth", false, 13, 26, "from the forehead just above the eyebrows straight back to the back of the head, hair pressed flat"),
    /** x12: shoulder width; see {@link #definition()}. */
    SHOULDER_WIDTH("x12", "shoulder_width", "shoulder width", "shoulder width", false, 25.5, 77.5,
            "from the outside of one upper arm to that of the other at the height of the armpits, arms hanging"),
    /** d1: cavum concha height; see {@link #definition()}. */
    CAVUM_CONCHA_HEIGHT("d1", "cavum_concha_height", "cavum concha height", "lower bowl height", true, 0.8, 2.9,
            "from the bottom of the notch below the ear canal up to the ridge that divides the ear's bowl"),
    /** d2: cymba concha height; see {@link #definition()}. */
    CYMBA_CONCHA_HEIGHT("d2", "cymba_concha_height", "cymba concha height", "upper bowl height", true, 0.1, 1.7,
            "from the ridge that divides the ear's bowl up to the upper edge of the bowl"),
    /** d3: cavum concha width; see {@link #definition()}. */
    CAVUM_CONCHA_WIDTH("d3", "cavum_concha_width", "cavum concha width", "bowl width", true, 0.5, 2.8,
            "across the lower bowl, from the small flap before the ear canal (tragus) to the bowl's rear edge"),
    /** d4: fossa height; see {@link #definition()}. */
    FOSSA_HEIGHT("d4", "fossa_height", "fossa height", "upper hollow height", true, 0.2, 3.4,
            "from the upper edge of the bowl up to the inner edge of the ear's rim"),
    /** d5: pinna height; see {@link #definition()}. */
    PINNA_HEIGHT("d5", "pinna_height", "pinna height", "ear height", true, 3.8, 9, "from the highest point of the ear to the lowest one of the lobe"),
    /** d6: pinna width; see {@link #definition()}. */
    PINNA_WIDTH("d6", "pinna_width", "pinna width", "ear width", true, 1.5, 4.4,
            "from where the ear joins the cheek to the rear edge of the rim, at a right angle to the ear's height"),
    /** d7: intertragal incisure width; see {@link #definition()}. */
    INTERTRAGAL_INCISURE_WIDTH("d7", "intertragal_incisure_width", "intertragal incisure width", "notch width", true, 0.1, 1.4,
            "width of the notch below the ear canal, between the flap before it (tragus) and the bump behind it (antitragus)"),
    /** θ1: pinna rotation angle; see {@link #definition()}. */
    PINNA_ROTATION("theta1", "pinna_rotation", "pinna rotation angle", "ear tilt", true, -15, 62,
            "angle by which the line from the lobe to the top of the ear leans back from the vertical");

    /** An ear of the person who is measured. */
    public enum Ear {
        /** The person's left ear. */
        LEFT,
        /** The person's right ear. */
        RIGHT;

        /** {@code left} or {@code right}. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private static final String FOLDER = "/io/pinna/assets/measurements/";

    private final String symbol;
    private final String stem;
    private final String term;
    private final String plainName;
    private final boolean ofEar;
    private final double lowest;
    private final double highest;
    private final String definition;

    BodyMeasurement(String symbol, String stem, String term, String plainName, boolean ofEar, double lowest, double highest, String definition) {
        this.symbol = symbol;
        this.stem = stem;
        this.term = term;
        this.plainName = plainName;
        this.ofEar = ofEar;
        this.lowest = lowest;
        this.highest = highest;
        this.definition = definition;
    }

    /** CIPIC's symbol, for example {@code d5}; {@code theta1} for the angle. */
    public String symbol() {
        return symbol;
    }

    /** The column of a file of measurements, with the unit: {@code head_width_cm}. One ear alone is {@code left_} or {@code right_} before it. */
    public String columnName() {
        return stem + (isAngle() ? "_deg" : "_cm");
    }

    /** {@link #columnName()} without the unit. */
    String stem() {
        return stem;
    }

    /** The anatomical term, for example "cavum concha height". */
    public String term() {
        return term;
    }

    /** A name for people who know no anatomy, for example "lower bowl height". */
    public String plainName() {
        return plainName;
    }

    /** From where to where, in plain words. */
    public String definition() {
        return definition;
    }

    /** Whether it is measured on each ear; otherwise the person has one. */
    public boolean isOfEar() {
        return ofEar;
    }

    /** Whether it is an angle, in degrees; otherwise it is a length, in centimetres. */
    public boolean isAngle() {
        return this == PINNA_ROTATION;
    }

    /** {@code cm} or {@code degrees}. */
    public String unit() {
        return isAngle() ? "degrees" : "cm";
    }

    /** The lowest plausible value (cm, or degrees). */
    public double lowest() {
        return lowest;
    }

    /** The highest plausible value (cm, or degrees). */
    public double highest() {
        return highest;
    }

    /** Whether a value (cm, or degrees) lies in the plausible range; NaN does not. */
    public boolean isPlausible(double value) {
        return value >= lowest && value <= highest;
    }

    /**
     * A drawing that shows from where to where it is measured. Blocks on the class path.
     *
     * @return a PNG file, a new array
     * @throws ResourceException if the artifact pinna-assets is not on the class path
     */
    public byte[] drawing() {
        return drawing(stem);
    }

    static byte[] drawing(String name) {
        String file = FOLDER + name + ".png";
        try (InputStream in = BodyMeasurement.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new ResourceException(file, "file", "is not on the class path; add the artifact pinna-assets");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new ResourceException(file, "file", "cannot be read: " + e.getMessage(), e);
        }
    }

    /** What a value is refused for, to follow the measurement's name ("is 144; …"); null where it is plausible. */
    String refusal(double value) {
        if (isPlausible(value)) {
            return null;
        }
        String hint;
        if (!Double.isFinite(value)) {
            return "is " + value + "; it must be a finite number";
        } else if (!isAngle() && value <= 0) {
            hint = "a length is positive";
        } else {
            hint = otherUnit(value);
        }
        return "is " + number(value) + "; plausible is " + number(lowest) + " to " + number(highest) + " " + unit() + (hint == null ? "" : "; " + hint);
    }

    private String otherUnit(double value) {
        if (isAngle()) {
            return value > 90 && value < 270 ? "measure from the vertical, positive where the top of the ear leans back" : null;
        }
        String best = null;
        double bestDistance = Double.POSITIVE_INFINITY;
        double[] centimeters = {0.1, 2.54, 100};
        String[] hints = {"looks like millimetres: divide by 10", "looks like inches: multiply by 2.54", "looks like metres: multiply by 100"};
        for (int i = 0; i < hints.length; i++) {
            // The unit that puts it nearest to the middle of the range; sizes differ by factors, so distances are ratios.
            double distance = Math.abs(Math.log(value * centimeters[i] / Math.sqrt(lowest * highest)));
            if (isPlausible(value * centimeters[i]) && distance < bestDistance) {
                bestDistance = distance;
                best = hints[i];
            }
        }
        return best;
    }

    /** At most three decimals, none where they are zero. */
    static String number(double value) {
        if (!Double.isFinite(value) || Math.abs(value) >= 1e7) {
            return Double.toString(value);
        }
        String s = String.format(Locale.ROOT, "%.3f", value == 0 ? 0.0 : value);
        int end = s.length();
        while (s.charAt(end - 1) == '0') {
            end--;
        }
        return s.substring(0, s.charAt(end - 1) == '.' ? end - 1 : end);
    }
}
