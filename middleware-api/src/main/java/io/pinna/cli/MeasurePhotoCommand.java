package io.pinna.cli;

import io.pinna.InvalidValueException;
import io.pinna.ResourceException;
import io.pinna.cli.photo.LandmarkFile;
import io.pinna.cli.photo.PhotoWindow;
import io.pinna.hrtf.BodyMeasurements;
import io.pinna.hrtf.PhotoLandmarks.Kind;
import io.pinna.hrtf.PhotoMeasurement;
import java.awt.GraphicsEnvironment;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code pinna hrtf measure-photo}: body measurements from photos, in a window or from landmarks in a file. */
@Command(name = "measure-photo", mixinStandardHelpOptions = true, versionProvider = Pinna.VersionProvider.class,
        description = {"Takes body measurements from a front and a side photo. Opens a window; with --landmarks and --output it works without one.",
            "Photos: camera level and at eye height, 1.5 m away or more; hold a bank card or a ruler square to the camera, against the forehead in the front photo and at the ear in the side photo."})
final class MeasurePhotoCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--front", paramLabel = "PHOTO", description = "Photo of the face (PNG or JPEG).")
    private Path front;

    @Option(names = "--left", paramLabel = "PHOTO", description = "Photo of the left side of the head.")
    private Path left;

    @Option(names = "--right", paramLabel = "PHOTO", description = "Photo of the right side of the head.")
    private Path right;

    @Option(names = "--landmarks", paramLabel = "FILE", description = "Pixel coordinates of landmarks (JSON, as the window saves them).")
    private Path landmarks;

    @Option(names = {"-o", "--output"}, paramLabel = "FILE", description = "Write the measurements to this CSV file.")
    private Path output;

    @Override
    public Integer call() throws InterruptedException {
        Map<Kind, Path> photos = new EnumMap<>(Kind.class);
        put(photos, Kind.FRONT, front);
        put(photos, Kind.LEFT, left);
        put(photos, Kind.RIGHT, right);
        if (landmarks != null && output != null && photos.isEmpty()) {
            return measure();
        }
        if (GraphicsEnvironment.isHeadless()) {
            throw new ParameterException(spec.commandLine(), "There is no display for the window; give --landmarks and --output, and no photos, to work without one.");
        }
        return PhotoWindow.run(photos, landmarks, output) ? Pinna.OK : Pinna.FAILURE;
    }

    private static void put(Map<Kind, Path> photos, Kind kind, Path photo) {
        if (photo != null) {
            photos.put(kind, photo);
        }
    }

    private int measure() {
        LandmarkFile file = LandmarkFile.read(landmarks);
        PhotoMeasurement measured;
        BodyMeasurements checked;
        try {
            measured = PhotoMeasurement.of(file.landmarks());
            checked = measured.measurements();
        } catch (InvalidValueException e) {
            throw new ResourceException(landmarks.toString(), "landmarks", e.getMessage(), e);
        }
        checked.write(output);
        PrintWriter out = spec.commandLine().getOut();
        out.println(output + ": " + checked.count() + " values");
        measured.missing().forEach(m -> out.println("missing: " + m));
        measured.notes().forEach(n -> out.println("note: " + n));
        return Pinna.OK;
    }
}
