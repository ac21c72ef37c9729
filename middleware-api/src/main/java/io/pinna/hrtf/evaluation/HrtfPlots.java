package io.pinna.hrtf.evaluation;

import io.pinna.InvalidValueException;
import io.pinna.ResourceException;
import io.pinna.hrtf.HrtfProfile;
import io.pinna.internal.Check;
import io.pinna.internal.FileReplacement;
import io.pinna.internal.plot.Axis;
import io.pinna.internal.plot.Canvas;
import io.pinna.internal.plot.ColorScale;
import io.pinna.internal.plot.Curves;
import io.pinna.internal.plot.Hammer;
import io.pinna.internal.plot.SphereCells;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.DoubleBinaryOperator;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;

/**
 * Plots of HRTFs as images: what a listener would hear with a profile, and how far that is from a reference. No display is needed ({@code java.awt.headless=true} does). What a measured set has nothing near (10°, or the step of a
 * sparse set) is left grey, although a listener would hear something there. Any thread but the audio thread; a call takes seconds, and allocates. Images are 400 to 6000 pixels wide and high.
 */
public final class HrtfPlots {
    private static final int LEAST_PIXELS = 400;
    private static final int MOST_PIXELS = 6000;
    private static final int MOST_SPECTRA = 4;
    private static final double LOWEST_HZ = 200;
    private static final double HIGHEST_HZ = 18000;
    private static final double POLAR_STEP_DEGREES = 2.5;
    private static final double AZIMUTH_STEP_DEGREES = 2;
    /** Range of the colours of spectra: what is lower takes the darkest. */
    private static final double SPECTRUM_RANGE_DB = 50;
    private static final double DIFFERENCE_DB = 20;
    /** Colours of errors end at this part of all directions, so that a few outliers do not take the scale for themselves. */
    private static final double COLOR_QUANTILE = 0.98;
    private static final Axis FREQUENCY = new Axis("Frequency (kHz)", LOWEST_HZ, HIGHEST_HZ, true, List.of(200.0, 500.0, 1000.0, 2000.0, 5000.0, 10000.0, 18000.0),
            List.of("0.2", "0.5", "1", "2", "5", "10", "18"));
    private static final Axis POLAR = new Axis("Angle in the median plane", -90, 270, false, List.of(-90.0, -45.0, 0.0, 45.0, 90.0, 135.0, 180.0, 225.0, 270.0),
            List.of("below −90°", "−45°", "front 0°", "45°", "above 90°", "135°", "behind 180°", "225°", "below 270°"));

    private static final Axis AZIMUTH = new Axis("Azimuth, counter-clockwise from the front", -180, 180, false, List.of(-180.0, -135.0, -90.0, -45.0, 0.0, 45.0, 90.0, 135.0, 180.0),
            List.of("−180°", "−135°", "right −90°", "−45°", "front 0°", "45°", "left 90°", "135°", "180°"));

    private HrtfPlots() {
    }

    /**
     * Level over frequency (0.2 to 18 kHz) and over elevation in the median plane, from below over front, above and behind: a column for each profile, left ears above right ears. With two profiles a third column shows the
     * first less the second. Levels are those of the profiles, 0 dB being the free field of the HRTF field, and whatever a file's author chose.
     *
     * @param profiles 1 to 4
     * @throws InvalidValueException       if an argument is null or out of range
     * @throws io.pinna.ResourceException  if a profile's file cannot be used, or has no direction near the median plane
     * @throws io.pinna.InferenceException if the model cannot be used, or knows no such subject
     */
    public static BufferedImage spectra(List<HrtfProfile> profiles, int widthPixels, int heightPixels) {
        check(profiles, MOST_SPECTRA, widthPixels, heightPixels);
        List<MedianPlane> planes = new ArrayList<>();
        for (HrtfProfile p : profiles) {
            planes.add(MedianPlane.of(p));
        }
        return spectraOf(planes, widthPixels, heightPixels);
    }

    /** Levels of both ears in the median plane. */
    private record MedianPlane(String name, double[][][] levelsDb, double binHz, double usableHz) {
        static MedianPlane of(HrtfProfile profile) {
            int count = (int) Math.round((POLAR.highest() - POLAR.lowest()) / POLAR_STEP_DEGREES);
            double[] directions = new double[3 * count];
            for (int i = 0; i < count; i++) {
                double angle = Math.toRadians(POLAR.lowest() + (i + 0.5) * POLAR_STEP_DEGREES);
                directions[3 * i] = Math.cos(angle);
                directions[3 * i + 2] = Math.sin(angle);
            }
            try (HeardProfile heard = new HeardProfile(profile)) {
                double[][][] levels = heard.levelsDb(directions);
                if (Arrays.stream(levels).allMatch(ear -> Arrays.stream(ear).allMatch(Objects::isNull))) {
                    throw new ResourceException(profile.describe(), "SourcePosition", "has no direction near the median plane; its spectra over elevation cannot be drawn");
                }
                return new MedianPlane(heard.name(), levels, heard.binHz(), heard.usableHz());
            }
        }

        /** Between bins linear in decibels; NaN where there is nothing. */
        double level(int ear, double hz, double polarDegrees) {
            double[] db = levelsDb[ear][Math.min(levelsDb[ear].length - 1, (int) ((polarDegrees - POLAR.lowest()) / POLAR_STEP_DEGREES))];
            double bin = hz / binHz;
            int low = (int) bin;
            return db == null || hz > usableHz || low + 1 >= db.length ? Double.NaN : db[low] + (bin - low) * (db[low + 1] - db[low]);
        }
    }

    /** Where the panels of {@link #spectra} stand: [row][column]. */
    static Rectangle[][] spectraPanels(int columns, boolean difference, int widthPixels, int heightPixels) {
        int em = Canvas.fontSize(widthPixels, heightPixels);
        int left = 9 * em;
        int gap = 2 * em;
        int bar = 7 * em;
        int all = widthPixels - left - bar - (difference ? bar : 0) - (columns + (difference ? 1 : 0) - 1) * gap;
        int width = all / (columns + (difference ? 1 : 0));
        int top = 4 * em;
        int height = (heightPixels - top - 4 * em - 3 * em) / 2;
        Rectangle[][] panels = new Rectangle[2][columns + (difference ? 1 : 0)];
        for (int row = 0; row < 2; row++) {
            for (int c = 0; c < panels[row].length; c++) {
                panels[row][c] = new Rectangle(left + c * (width + gap) + (c == columns ? bar : 0), top + row * (height + 3 * em), width, height);
            }
        }
        return panels;
    }

    private static BufferedImage spectraOf(List<MedianPlane> planes, int widthPixels, int heightPixels) {
        boolean difference = planes.size() == 2;
        Rectangle[][] panels = spectraPanels(planes.size(), difference, widthPixels, heightPixels);
        double greatest = Double.NEGATIVE_INFINITY;
        for (MedianPlane p : planes) {
            for (int ear = 0; ear < 2; ear++) {
                for (double angle = POLAR.lowest(); angle < POLAR.highest(); angle += POLAR_STEP_DEGREES) {
                    for (double position = 0; position < 1; position += 0.01) {
                        double level = p.level(ear, FREQUENCY.value(position), angle);
                        greatest = level > greatest ? level : greatest;
                    }
                }
            }
        }
        double top = Double.isInfinite(greatest) ? 0 : 5 * Math.ceil(greatest / 5);
        ColorScale levels = ColorScale.sequential(top - SPECTRUM_RANGE_DB, top);
        ColorScale differences = ColorScale.diverging(DIFFERENCE_DB);
        try (Canvas canvas = new Canvas(widthPixels, heightPixels)) {
            heading(canvas, "Spectra in the median plane", widthPixels);
            for (int ear = 0; ear < 2; ear++) {
                int side = ear;
                String suffix = ear == 0 ? ", left ear" : ", right ear";
                for (int c = 0; c < planes.size(); c++) {
                    MedianPlane p = planes.get(c);
                    panel(canvas, panels[ear][c], p.name(), suffix, (hz, angle) -> p.level(side, hz, angle), levels, ear == 1, c == 0);
                }
                Rectangle last = panels[ear][planes.size() - 1];
                canvas.colorBar(last.x + last.width + canvas.em(), last.y, last.height, levels, "Level (dB)");
                if (difference) {
                    Rectangle r = panels[ear][2];
                    panel(canvas, r, "first − second", suffix, (hz, angle) -> planes.get(0).level(side, hz, angle) - planes.get(1).level(side, hz, angle), differences, ear == 1, false);
                    canvas.colorBar(r.x + r.width + canvas.em(), r.y, r.height, differences, "Difference (dB)");
                }
            }
            return canvas.image();
        }
    }

    private static void panel(Canvas canvas, Rectangle plot, String name, String suffix, DoubleBinaryOperator value, ColorScale scale, boolean lowest, boolean first) {
        canvas.heatMap(plot, FREQUENCY, POLAR, value, scale, lowest, first);
        int room = plot.width - canvas.graphics().getFontMetrics(canvas.graphics().getFont().deriveFont(Font.BOLD)).stringWidth(suffix);
        canvas.title(canvas.fit(name, room) + suffix, plot);
    }

    private static void heading(Canvas canvas, String text, int widthPixels) {
        Graphics2D g = canvas.graphics();
        Font before = g.getFont();
        g.setFont(before.deriveFont(Font.BOLD, 1.25f * before.getSize()));
        canvas.text(canvas.fit(text, widthPixels - 2 * canvas.em()), 0.5 * widthPixels, 0.6 * canvas.em(), 0, 1);
        g.setFont(before);
    }

    /**
     * Interaural time difference over azimuth in the horizontal plane, a curve for each profile. It is measured as for {@link HrtfComparison} and positive for sources on the left, where the sound comes to the left ear first.
     *
     * @param profiles 1 to 6
     * @throws InvalidValueException       if an argument is null or out of range
     * @throws io.pinna.ResourceException  if a profile's file cannot be used
     * @throws io.pinna.InferenceException if the model cannot be used, or knows no such subject
     */
    public static BufferedImage itd(List<HrtfProfile> profiles, int widthPixels, int heightPixels) {
        check(profiles, Curves.MOST, widthPixels, heightPixels);
        double[] azimuth = azimuths();
        List<String> names = new ArrayList<>();
        double[][] curves = new double[profiles.size()][];
        for (int i = 0; i < curves.length; i++) {
            names.add(profiles.get(i).describe());
            curves[i] = horizontalItdMicroseconds(profiles.get(i), azimuth);
        }
        double greatest = Arrays.stream(curves).flatMapToDouble(Arrays::stream).filter(v -> !Double.isNaN(v)).map(Math::abs).max().orElse(0);
        double end = Math.max(100, 100 * Math.ceil(1.02 * greatest / 100));
        Axis delay = Axis.linear("ITD (µs), positive: left ear first", -end, end, Axis.step(2 * end, 10));
        try (Canvas canvas = new Canvas(widthPixels, heightPixels)) {
            heading(canvas, "Interaural time difference in the horizontal plane", widthPixels);
            Rectangle plot = itdPanel(curves.length, widthPixels, heightPixels);
            Curves.draw(canvas, plot, AZIMUTH, delay, azimuth, curves);
            Curves.legend(canvas, plot.x, plot.y + plot.height + 4 * canvas.em(), names, plot.width);
            return canvas.image();
        }
    }

    /** Where the curves of {@link #itd} stand. */
    static Rectangle itdPanel(int curves, int widthPixels, int heightPixels) {
        int em = Canvas.fontSize(widthPixels, heightPixels);
        return new Rectangle(6 * em, 3 * em, widthPixels - 8 * em, heightPixels - 3 * em - (int) (4.5 * em) - (int) (1.5 * curves * em));
    }

    /** Degrees, from right behind the listener's right to behind their left. */
    static double[] azimuths() {
        double[] azimuth = new double[(int) Math.round(360 / AZIMUTH_STEP_DEGREES) + 1];
        Arrays.setAll(azimuth, i -> -180 + i * AZIMUTH_STEP_DEGREES);
        return azimuth;
    }

    static double[] horizontalItdMicroseconds(HrtfProfile profile, double[] azimuthDegrees) {
        double[] directions = new double[3 * azimuthDegrees.length];
        for (int i = 0; i < azimuthDegrees.length; i++) {
            directions[3 * i] = Math.cos(Math.toRadians(azimuthDegrees[i]));
            directions[3 * i + 1] = Math.sin(Math.toRadians(azimuthDegrees[i]));
        }
        try (HeardProfile heard = new HeardProfile(profile)) {
            return heard.itdMicroseconds(directions);
        }
    }

    /**
     * Four maps of the sphere, areas true, the front in the middle and left on the left: log-spectral distortion, absolute ITD error, and the predicted localisation error with the reference itself and with the candidate. Each pixel
     * has the colour of the nearest of the reference's directions, of the farthest ones where it has several distances; below each map stands its mean over directions, which is that of {@link HrtfComparison} where there
     * is one distance.
     *
     * @throws InvalidValueException if an argument is null or out of range
     */
    public static BufferedImage errors(HrtfErrorMap map, int widthPixels, int heightPixels) {
        Check.notNull(map, "map");
        checkSize(widthPixels, heightPixels);
        int[] far = farthest(map);
        double[] directions = new double[3 * far.length];
        for (int i = 0; i < far.length; i++) {
            double azimuth = Math.toRadians(map.azimuthDegrees()[far[i]]);
            double elevation = Math.toRadians(map.elevationDegrees()[far[i]]);
            directions[3 * i] = Math.cos(elevation) * Math.cos(azimuth);
            directions[3 * i + 1] = Math.cos(elevation) * Math.sin(azimuth);
            directions[3 * i + 2] = Math.sin(elevation);
        }
        double[] lsd = pick(map.logSpectralDistortionDb(), far);
        double[] itd = pick(map.itdErrorMicroseconds(), far);
        Arrays.setAll(itd, i -> Math.abs(itd[i]));
        double[] own = pick(map.ownGreatCircleDegrees(), far);
        double[] worn = pick(map.candidateGreatCircleDegrees(), far);
        // The same colours for both predictions, or they could not be compared.
        ColorScale degrees = ColorScale.sequential(0, Math.max(end(worn, 1), end(own, 1)));
        try (Canvas canvas = new Canvas(widthPixels, heightPixels)) {
            HrtfComparison c = map.comparison();
            heading(canvas, c.candidate() + " against " + fileName(c.reference()), widthPixels);
            Hammer[] maps = errorMaps(widthPixels, heightPixels);
            int[] cells = maps[0].cells(new SphereCells(directions));
            sphere(canvas, maps[0], cells, lsd, ColorScale.sequential(0, end(lsd, 0.1)), "Log-spectral distortion, mean %.2f dB", "LSD (dB)");
            sphere(canvas, maps[1], cells, itd, ColorScale.sequential(0, end(itd, 1)), "Absolute ITD error, mean %.1f µs", "|ITD error| (µs)");
            sphere(canvas, maps[2], cells, own, degrees, "Predicted localisation error, own ears, mean %.1f°", "Great-circle error (°)");
            sphere(canvas, maps[3], cells, worn, degrees, "Predicted localisation error, candidate, mean %.1f°", "Great-circle error (°)");
            return canvas.image();
        }
    }

    private static String fileName(String name) {
        Path file = Path.of(name).getFileName();
        return file == null ? name : file.toString();
    }

    private static int[] farthest(HrtfErrorMap map) {
        double[] distance = map.distanceMeters();
        double greatest = Arrays.stream(distance).max().orElseThrow();
        return IntStream.range(0, distance.length).filter(i -> distance[i] >= HrtfEvaluation.SAME_DISTANCE * greatest).toArray();
    }

    private static double[] pick(double[] values, int[] which) {
        return Arrays.stream(which).mapToDouble(i -> values[i]).toArray();
    }

    /** Where the colours end: a round figure, at least {@code least}. */
    private static double end(double[] values, double least) {
        double[] sorted = Arrays.stream(values).filter(v -> !Double.isNaN(v)).sorted().toArray();
        double high = Math.max(least, sorted.length == 0 ? 0 : sorted[(int) Math.min(sorted.length - 1, COLOR_QUANTILE * sorted.length)]);
        double step = Axis.step(high, 8);
        return step * Math.ceil(high / step - 1e-9);
    }

    /** Where the maps of {@link #errors} stand, all of one size. */
    static Hammer[] errorMaps(int widthPixels, int heightPixels) {
        int em = Canvas.fontSize(widthPixels, heightPixels);
        int width = (widthPixels - em) / 2;
        int height = (heightPixels - 3 * em) / 2;
        Hammer[] maps = new Hammer[4];
        for (int i = 0; i < 4; i++) {
            maps[i] = new Hammer(new Rectangle(i % 2 * width + 3 * em, 3 * em + i / 2 * height + 2 * em, width - 10 * em, height - 3 * em));
        }
        return maps;
    }

    private static void sphere(Canvas canvas, Hammer map, int[] cells, double[] values, ColorScale scale, String title, String unit) {
        map.draw(canvas, cells, values, scale);
        map.labels(canvas);
        Rectangle plot = map.plot();
        double mean = Arrays.stream(values).filter(v -> !Double.isNaN(v)).average().orElse(Double.NaN);
        canvas.title(String.format(Locale.ROOT, title, mean), plot);
        canvas.colorBar(plot.x + plot.width + canvas.em(), plot.y + plot.height / 10, plot.height * 8 / 10, scale, unit);
    }

    /**
     * Writes an image as PNG. A file that is there already is replaced, as a whole or not at all.
     *
     * @param file its name ends in ".png"; its folder must exist
     * @throws InvalidValueException      if an argument is null, or the name has another ending
     * @throws io.pinna.ResourceException if the file cannot be written
     */
    public static void write(BufferedImage image, Path file) {
        Check.notNull(image, "image");
        checkFile(file);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            if (!ImageIO.write(image, "png", bytes)) {
                throw new InvalidValueException("image is of a kind that PNG does not know; give one of TYPE_INT_RGB");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        FileReplacement.write(file, bytes.toByteArray());
    }

    /**
     * What {@link #write} would say to a file, before the work.
     *
     * @throws InvalidValueException      if it is null or has another ending
     * @throws io.pinna.ResourceException if its folder does not exist, or it is a folder
     */
    public static void checkFile(Path file) {
        Check.notNull(file, "file");
        if (!file.toString().toLowerCase(Locale.ROOT).endsWith(".png")) {
            throw new InvalidValueException("file is " + file + "; plots are PNG images: give a name that ends in .png");
        }
        FileReplacement.check(file);
    }

    private static void check(List<HrtfProfile> profiles, int most, int widthPixels, int heightPixels) {
        Check.notNull(profiles, "profiles");
        Check.inRange(profiles.size(), 1, most, "number of profiles");
        profiles.forEach(p -> Check.notNull(p, "profile"));
        checkSize(widthPixels, heightPixels);
    }

    private static void checkSize(int widthPixels, int heightPixels) {
        Check.inRange(widthPixels, LEAST_PIXELS, MOST_PIXELS, "width in pixels");
        Check.inRange(heightPixels, LEAST_PIXELS, MOST_PIXELS, "height in pixels");
    }
}
