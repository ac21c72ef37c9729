package io.pinna.cli;

import io.pinna.InvalidValueException;
import io.pinna.ResourceException;
import io.pinna.SignalGenerator;
import io.pinna.SoundWorldSettings;
import io.pinna.acoustics.AcousticMaterial;
import io.pinna.acoustics.AcousticMaterials;
import io.pinna.acoustics.Bands;
import io.pinna.acoustics.Directivity;
import io.pinna.acoustics.DirectivityCurve;
import io.pinna.acoustics.DistanceCurve;
import io.pinna.acoustics.DistanceModel;
import io.pinna.effect.ImpulseResponse;
import io.pinna.effect.ReverbSettings;
import io.pinna.hrtf.HrtfProfile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * A scene as {@code pinna render} reads it: JSON, checked in full before anything is loaded. Metres, seconds, dB, and, in this file only, degrees. Axes as in the engine: right-handed, y up; without
 * rotation a listener looks along −z with +x to its right; positive yaw turns to the left, positive pitch looks up, positive roll tilts to the right shoulder. Names of files are relative to the scene file.
 *
 * <p>A field that is unknown, there twice, of the wrong type, not finite or out of range, a file that does not exist, and a name that is there twice are errors: a {@link ResourceException} whose field is the
 * JSON path. Fields, with their defaults (those without one are required):
 * <pre>
 * sampleRateHz      48000 (8000 to 192000)        blockFrames  256 (64 to 1024)
 * durationSeconds   above 0, to 86400
 * limiter           true
 * geometry          []
 *   obj             file
 *   materials       {}: OBJ material to the name of a built-in one, or to { absorption, transmission: three bands each, 0 to 1; scattering 0 (0 to 1) };
 *                   a material of the OBJ that is not listed is the built-in one of the same name, and an error where there is none; "" is for faces before any usemtl
 *   path            stands at the origin
 * listeners         at least one
 *   name            "listenerN", counted from 1
 *   hrtf            { "generic": true }; or { "sofa": file }; or { "profile": file }, a personal profile (.pinna); or { "measurements": file }, body measurements (.csv);
 *                   or { "subject": name }, of the built-in HRTF field, such as "cipic_003"; or { "onnx": file }, an own model
 *   path
 * emitters          []
 *   name            "emitterN", counted from 1
 *   sound           file; or
 *   generator       { kind: impulse | sine (frequencyHz) | white (seed 0) | pink (seed 0) | sweep (fromHz, toHz, seconds) }
 *   loop            false                         start        0 (to 86400)
 *   gain            0 (−200 to 60)                pitch        1 (0.125 to 8)
 *   radius          0.2 (0 to 1000)               priority     0 (−1000 to 1000)
 *   distance        { model: inverse | linear | exponential | none, default inverse; reference 1; max 100 × reference; rolloff 1 (0 to 100) };
 *                   or { model: custom, curve: [ [ metres, dB ] … ] }: metres strictly ascending, above 0; dB −200 to 60, linear over the logarithm of the distance
 *   directivity     { dipoleWeight 0 (0 to 1), power 1 (0 to 64) }, and beside them, or alone, a factor to it:
 *                   curve: [ [ degrees, dB ] … ]: degrees from the axis strictly ascending, 0 to 180; dB −200 to 60, one number or one of each of the three bands; or
 *                   pattern: talker | loudspeaker
 *   path
 * acoustics         occlusion, transmission, diffraction, airAbsorption, doppler: true; propagationDelay, earlyReflections, lateReverb: false
 * a path            [ { t, position, yaw 0, pitch 0, roll 0 } … ]: t strictly ascending, from 0; of a single keyframe 0 by default
 * </pre>
 *
 * @param file            the scene file
 * @param sampleRateHz    frames per second
 * @param blockFrames     frames a block
 * @param durationSeconds length of the rendering
 * @param geometry        what stops sound
 * @param listeners       at least one
 * @param emitters        what sounds
 * @param acoustics       what the scene does to sound
 * @param limiter         whether each listener's mix ends in the limiter
 */
public record SceneFile(Path file, int sampleRateHz, int blockFrames, double durationSeconds, List<GeometryPart> geometry, List<ListenerPart> listeners, List<EmitterPart> emitters,
                        AcousticsPart acoustics, boolean limiter) {
    private static final double MOST_SECONDS = 86400;
    private static final double MOST_METERS = 1e6;
    private static final double MOST_DEGREES = 1e6;
    private static final int MOST_LISTENERS = 256;
    private static final int MOST_PAIRS = 1 << 18;
    private static final int MOST_VOICES = 4096;

    public SceneFile {
        geometry = List.copyOf(geometry);
        listeners = List.copyOf(listeners);
        emitters = List.copyOf(emitters);
    }

    /**
     * A mesh.
     *
     * @param jsonPath  where it stands in the scene file
     * @param obj       the OBJ file
     * @param materials by the OBJ's names
     * @param path      where it is
     */
    public record GeometryPart(String jsonPath, Path obj, Map<String, AcousticMaterial> materials, MotionPath path) {
        public GeometryPart {
            materials = Map.copyOf(materials);
        }
    }

    /**
     * What a listener wears.
     *
     * @param jsonPath where it stands in the scene file
     * @param profile  the profile
     * @param file     the file it is loaded from, or null
     */
    public record HrtfPart(String jsonPath, HrtfProfile profile, Path file) {
        static final HrtfPart GENERIC = new HrtfPart("", HrtfProfile.generic(), null);

        /** Whether it is a measured set, or a model that may be one, whose filters may have any length. */
        boolean isMeasured() {
            return profile instanceof HrtfProfile.Sofa || profile instanceof HrtfProfile.Onnx;
        }

        /** Whether the HRTF field computes it. */
        boolean isField() {
            return profile instanceof HrtfProfile.Generic || profile instanceof HrtfProfile.Subject;
        }
    }

    /** A pair of ears. */
    public record ListenerPart(String jsonPath, String name, HrtfPart hrtf, ReverbPart reverb, MotionPath path) {
    }

    /**
     * A measured response that a listener reverberates by in place of the scene's geometry.
     *
     * @param file   of sound with channels of a layout, or a SOFA file
     * @param layout of the channels; null for a SOFA file
     * @param index  of the measurement in a SOFA file
     * @param gainDb over its own level
     */
    public record ReverbPart(String jsonPath, Path file, ImpulseResponse.Layout layout, int index, double gainDb) {
        /** Loads it. */
        ReverbSettings settings() {
            ImpulseResponse response = layout == null ? ImpulseResponse.loadSofa(file, index) : ImpulseResponse.load(file, layout);
            return ReverbSettings.convolution(response).withWetGainDb(gainDb);
        }
    }

    /**
     * A source of sound.
     *
     * @param sound        the file, or null
     * @param generator    the test signal, or null
     * @param startSeconds when it begins, exact to the frame
     */
    public record EmitterPart(String jsonPath, String name, Path sound, SignalGenerator generator, boolean loop, double startSeconds, double gainDb, double pitch, double radiusMeters,
                              int priority, DistanceModel distance, Directivity directivity, MotionPath path) {
    }

    /** The switches of the scene's acoustics, as asked for. */
    public record AcousticsPart(boolean occlusion, boolean transmission, boolean diffraction, boolean airAbsorption, boolean doppler, boolean propagationDelay,
                                boolean earlyReflections, boolean lateReverb) {
        static final AcousticsPart DEFAULT = new AcousticsPart(true, true, true, true, true, false, false, false);
    }

    /** Frames of the rendering: the duration, rounded. */
    public long frames() {
        return Math.round(durationSeconds * sampleRateHz);
    }

    /** Blocks that hold these frames. */
    public long blocks() {
        return (frames() + blockFrames - 1) / blockFrames;
    }

    /**
     * Reads and checks a scene file, and that the files it names are there.
     *
     * @throws ResourceException that names the file and the JSON path of what is wrong
     */
    public static SceneFile read(Path file) {
        return parse(JsonReader.read(file), file);
    }

    /**
     * Reads a scene from memory.
     *
     * @param file where it would be: other files are relative to it
     */
    public static SceneFile parse(Path file, String json) {
        return parse(JsonReader.parse(file.toString(), json.getBytes(StandardCharsets.UTF_8)), file);
    }

    private static SceneFile parse(JsonReader.Fields scene, Path file) {
        scene.only("sampleRateHz", "blockFrames", "durationSeconds", "geometry", "listeners", "emitters", "acoustics", "limiter");
        Path folder = file.toAbsolutePath().getParent();
        SoundWorldSettings defaults = SoundWorldSettings.OFFLINE;
        int rate = (int) scene.whole("sampleRateHz", 8000, 192000, defaults.sampleRateHz());
        int block = (int) scene.whole("blockFrames", 64, 1024, defaults.blockFrames());
        double duration = scene.number("durationSeconds", 0, MOST_SECONDS);
        long frames = Math.round(duration * rate);
        if (frames < 1) {
            throw scene.fault("durationSeconds", "is " + duration + "; it must be at least one frame (" + 1.0 / rate + " s)");
        }
        List<GeometryPart> geometry = new ArrayList<>();
        for (JsonReader.Fields part : scene.objects("geometry")) {
            geometry.add(geometry(part, folder));
        }
        List<ListenerPart> listeners = listeners(scene, folder);
        List<EmitterPart> emitters = emitters(scene, folder, rate);
        if ((long) listeners.size() * emitters.size() > MOST_PAIRS) {
            throw scene.fault("emitters", "has " + emitters.size() + " emitters for " + listeners.size() + " listeners; at most " + MOST_PAIRS + " pairs are allowed");
        }
        if (emitters.size() > 65536) {
            throw scene.fault("emitters", "has " + emitters.size() + " emitters; at most 65536 are allowed");
        }
        AcousticsPart acoustics = scene.has("acoustics") ? acoustics(scene.object("acoustics")) : AcousticsPart.DEFAULT;
        return new SceneFile(file, rate, block, duration, geometry, listeners, emitters, acoustics, scene.flag("limiter", true));
    }

    /** How many voices the scene needs so that none goes silent for want of one. */
    int voices() {
        return Math.max(1, Math.min(MOST_VOICES, emitters.size()));
    }

    private static GeometryPart geometry(JsonReader.Fields part, Path folder) {
        part.only("obj", "materials", "path");
        Path obj = file(part, "obj", folder);
        Map<String, AcousticMaterial> materials = new LinkedHashMap<>();
        if (part.has("materials")) {
            JsonReader.Fields given = part.object("materials");
            for (String name : given.names()) {
                materials.put(name, given.isText(name) ? named(given, name) : material(given.object(name), name));
            }
        }
        return new GeometryPart(part.path(), obj, materials, part.has("path") ? path(part) : MotionPath.ORIGIN);
    }

    private static AcousticMaterial named(JsonReader.Fields materials, String name) {
        try {
            return AcousticMaterials.named(materials.text(name));
        } catch (InvalidValueException e) {
            throw materials.fault(name, e.getMessage());
        }
    }

    private static AcousticMaterial material(JsonReader.Fields given, String name) {
        given.only("absorption", "transmission", "scattering");
        return new AcousticMaterial(name.isBlank() ? "(unnamed)" : name, Bands.of(given.numbers("absorption", Bands.COUNT, 0, 1)), Bands.of(given.numbers("transmission", Bands.COUNT, 0, 1)),
                given.number("scattering", 0, 1, 0));
    }

    private static List<ListenerPart> listeners(JsonReader.Fields scene, Path folder) {
        List<JsonReader.Fields> parts = scene.objects("listeners");
        if (parts.isEmpty()) {
            throw scene.fault("listeners", scene.has("listeners") ? "is empty; give at least one listener" : "is missing");
        }
        if (parts.size() > MOST_LISTENERS) {
            throw scene.fault("listeners", "has " + parts.size() + " listeners; at most " + MOST_LISTENERS + " are allowed");
        }
        List<ListenerPart> listeners = new ArrayList<>();
        Map<String, Integer> names = new HashMap<>();
        for (JsonReader.Fields part : parts) {
            part.only("name", "hrtf", "reverb", "path");
            String name = part.text("name", "listener" + (listeners.size() + 1));
            if (parts.size() > 1) {
                checkFileName(part, name);
            }
            // Names become file names, and some file systems do not tell upper from lower case.
            Integer other = names.put(name.toLowerCase(Locale.ROOT), listeners.size());
            if (other != null) {
                throw part.fault("name", "is \"" + name + "\", the name of listeners[" + other + "] (case aside); give each its own");
            }
            HrtfPart hrtf = part.has("hrtf") ? hrtf(part.object("hrtf"), folder) : HrtfPart.GENERIC;
            ReverbPart reverb = part.has("reverb") ? reverb(part.object("reverb"), folder) : null;
            listeners.add(new ListenerPart(part.path(), name, hrtf, reverb, requiredPath(part)));
        }
        return listeners;
    }

    private static ReverbPart reverb(JsonReader.Fields part, Path folder) {
        double gainDb = part.number("gain", -60, 24, 0);
        if (part.has("sofa")) {
            part.only("sofa", "index", "gain");
            return new ReverbPart(part.path(), file(part, "sofa", folder), null, (int) part.whole("index", 0, 1_000_000, 0), gainDb);
        }
        part.only("response", "layout", "gain");
        // The layout is said, never guessed: a file of two channels may be two ears or half a room.
        String layout = part.choice("layout", LAYOUTS.get(0), LAYOUTS);
        return new ReverbPart(part.path(), file(part, "response", folder), ImpulseResponse.Layout.values()[LAYOUTS.indexOf(layout)], 0, gainDb);
    }

    private static final List<String> LAYOUTS = Arrays.stream(ImpulseResponse.Layout.values()).map(l -> l.name().toLowerCase(Locale.ROOT).replace('_', '-')).toList();

    /** Whether some listener reverberates by a response of its own. */
    boolean hasResponses() {
        return listeners.stream().anyMatch(l -> l.reverb() != null);
    }

    private static void checkFileName(JsonReader.Fields part, String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (Character.isISOControl(c) || "/\\:*?\"<>|".indexOf(c) >= 0) {
                throw part.fault("name", "has the character " + (Character.isISOControl(c) ? "0x" + Integer.toHexString(c) : "\"" + c + "\"")
                        + ", which cannot be part of a file name; with several listeners the name becomes part of its WAV file's name");
            }
        }
        if (name.length() > 100) {
            throw part.fault("name", "has " + name.length() + " characters; with several listeners, whose names become part of file names, at most 100 are allowed");
        }
    }

    private static HrtfPart hrtf(JsonReader.Fields hrtf, Path folder) {
        List<String> kinds = List.of("generic", "subject", "sofa", "measurements", "profile", "onnx");
        hrtf.only(kinds.toArray(new String[0]));
        if (hrtf.names().size() != 1) {
            throw hrtf.fault("", "has " + hrtf.names().size() + " fields; it must have exactly one of " + String.join(", ", kinds));
        }
        String kind = hrtf.names().get(0);
        switch (kind) {
            case "generic" -> {
                if (!hrtf.flag(kind, true)) {
                    throw hrtf.fault(kind, "is false; it must be true, or another kind be given instead");
                }
                return HrtfPart.GENERIC;
            }
            case "subject" -> {
                return new HrtfPart(hrtf.path() + "." + kind, HrtfProfile.subject(hrtf.text(kind)), null);
            }
            case "onnx" -> {
                Path file = file(hrtf, kind, folder);
                return new HrtfPart(hrtf.path() + "." + kind, HrtfProfile.onnx(file), file);
            }
            case "sofa" -> {
                Path file = file(hrtf, kind, folder);
                return new HrtfPart(hrtf.path() + "." + kind, HrtfProfile.sofa(file), file);
            }
            case "profile" -> {
                Path file = file(hrtf, kind, folder);
                return new HrtfPart(hrtf.path() + "." + kind, HrtfProfile.personal(file), file);
            }
            default -> {
                Path file = file(hrtf, kind, folder);
                return new HrtfPart(hrtf.path() + "." + kind, HrtfProfile.measurements(file), file);
            }
        }
    }

    private static List<EmitterPart> emitters(JsonReader.Fields scene, Path folder, int rate) {
        List<EmitterPart> emitters = new ArrayList<>();
        Map<String, Integer> names = new HashMap<>();
        Set<Path> found = new HashSet<>();
        for (JsonReader.Fields part : scene.objects("emitters")) {
            part.only("name", "sound", "generator", "loop", "start", "gain", "pitch", "radius", "priority", "distance", "directivity", "path");
            String name = part.text("name", "emitter" + (emitters.size() + 1));
            Integer other = names.put(name, emitters.size());
            if (other != null) {
                throw part.fault("name", "is \"" + name + "\", the name of emitters[" + other + "]; give each its own");
            }
            if (part.has("sound") == part.has("generator")) {
                throw part.fault("sound", part.has("sound") ? "stands beside generator; give one of the two" : "is missing, and so is generator; give one of the two");
            }
            Path sound = part.has("sound") ? file(part, "sound", folder, found) : null;
            SignalGenerator generator = part.has("generator") ? generator(part.object("generator"), rate) : null;
            emitters.add(new EmitterPart(part.path(), name, sound, generator, part.flag("loop", false), part.number("start", 0, MOST_SECONDS, 0), part.number("gain", -200, 60, 0),
                    part.number("pitch", 0.125, 8, 1), part.number("radius", 0, 1000, 0.2), (int) part.whole("priority", -1000, 1000, 0), distance(part), directivity(part), requiredPath(part)));
        }
        return emitters;
    }

    private static SignalGenerator generator(JsonReader.Fields given, int rate) {
        String kind = given.only("kind", "frequencyHz", "seed", "fromHz", "toHz", "seconds").text("kind");
        double highest = 0.5 * rate;
        switch (given.choice("kind", kind, List.of("impulse", "sine", "white", "pink", "sweep"))) {
            case "impulse" -> {
                given.only("kind");
                return SignalGenerator.impulse();
            }
            case "sine" -> {
                given.only("kind", "frequencyHz");
                double frequency = given.number("frequencyHz", 1e-3, highest);
                if (frequency >= highest) {
                    throw given.fault("frequencyHz", "is " + frequency + "; it must be below half the sample rate (" + highest + " Hz)");
                }
                return SignalGenerator.sine(frequency);
            }
            case "sweep" -> {
                given.only("kind", "fromHz", "toHz", "seconds");
                double from = given.number("fromHz", 1e-3, highest);
                double to = given.number("toHz", 1e-3, highest);
                double seconds = given.number("seconds", 0.001, 600);
                try {
                    return SignalGenerator.sweep(from, to, seconds);
                } catch (InvalidValueException e) {
                    throw given.fault("toHz", e.getMessage());
                }
            }
            default -> {
                given.only("kind", "seed");
                // Whole numbers beyond this are not exact in JSON's usual reading as doubles.
                long seed = given.whole("seed", -(1L << 53), 1L << 53, 0);
                return kind.equals("white") ? SignalGenerator.white(seed) : SignalGenerator.pink(seed);
            }
        }
    }

    private static DistanceModel distance(JsonReader.Fields part) {
        if (!part.has("distance")) {
            return DistanceModel.inverse(1, 100);
        }
        JsonReader.Fields given = part.object("distance").only("model", "reference", "max", "rolloff", "curve");
        String model = given.choice("model", "inverse", List.of("inverse", "linear", "exponential", "none", "custom"));
        if (model.equals("custom")) {
            given.only("model", "curve");
            double[][] points = given.points("curve", DistanceCurve.MAX_POINTS, DistanceCurve.LEAST_METERS, DistanceCurve.MOST_METERS, DistanceCurve.LEAST_DB, DistanceCurve.MOST_DB, 1);
            try {
                return DistanceModel.custom(DistanceCurve.of(points));
            } catch (InvalidValueException e) {
                throw given.fault("curve", e.getMessage());
            }
        }
        if (given.has("curve")) {
            throw given.fault("curve", "stands beside the model " + model + "; only the model custom has a curve");
        }
        DistanceModel.Kind kind = DistanceModel.Kind.valueOf(model.toUpperCase(Locale.ROOT));
        double reference = given.number("reference", 1e-3, 1e6, 1);
        double max = given.number("max", 1e-3, 1e9, 100 * reference);
        double rolloff = given.number("rolloff", 0, 100, 1);
        if (max <= reference) {
            throw given.fault("max", "is " + max + "; it must be larger than reference (" + reference + ")");
        }
        return new DistanceModel(kind, reference, max, rolloff);
    }

    private static Directivity directivity(JsonReader.Fields part) {
        if (!part.has("directivity")) {
            return Directivity.OMNIDIRECTIONAL;
        }
        JsonReader.Fields given = part.object("directivity").only("dipoleWeight", "power", "curve", "pattern");
        return new Directivity(given.number("dipoleWeight", 0, 1, 0), given.number("power", 0, 64, 1), directivityCurve(given));
    }

    private static DirectivityCurve directivityCurve(JsonReader.Fields given) {
        if (given.has("pattern")) {
            if (given.has("curve")) {
                throw given.fault("pattern", "stands beside curve; give one of the two");
            }
            return given.choice("pattern", "", List.of("talker", "loudspeaker")).equals("talker") ? Directivity.talker().curve() : Directivity.loudspeaker().curve();
        }
        if (!given.has("curve")) {
            return DirectivityCurve.FLAT;
        }
        double[][] points = given.points("curve", DirectivityCurve.MAX_POINTS, 0, 180, DirectivityCurve.LEAST_DB, DirectivityCurve.MOST_DB, Bands.COUNT);
        try {
            return DirectivityCurve.of(points);
        } catch (InvalidValueException e) {
            throw given.fault("curve", e.getMessage());
        }
    }

    private static AcousticsPart acoustics(JsonReader.Fields given) {
        given.only("occlusion", "transmission", "diffraction", "airAbsorption", "doppler", "propagationDelay", "earlyReflections", "lateReverb");
        AcousticsPart d = AcousticsPart.DEFAULT;
        return new AcousticsPart(given.flag("occlusion", d.occlusion), given.flag("transmission", d.transmission), given.flag("diffraction", d.diffraction),
                given.flag("airAbsorption", d.airAbsorption), given.flag("doppler", d.doppler), given.flag("propagationDelay", d.propagationDelay),
                given.flag("earlyReflections", d.earlyReflections), given.flag("lateReverb", d.lateReverb));
    }

    private static MotionPath requiredPath(JsonReader.Fields part) {
        if (!part.has("path")) {
            throw part.fault("path", "is missing; for something that stands still give one keyframe");
        }
        return path(part);
    }

    private static MotionPath path(JsonReader.Fields part) {
        List<JsonReader.Fields> given = part.objects("path");
        if (given.isEmpty()) {
            throw part.fault("path", "is empty; give at least one keyframe");
        }
        List<MotionPath.Keyframe> keyframes = new ArrayList<>(given.size());
        for (JsonReader.Fields keyframe : given) {
            keyframe.only("t", "position", "yaw", "pitch", "roll");
            double t = given.size() == 1 ? keyframe.number("t", 0, MOST_SECONDS, 0) : keyframe.number("t", 0, MOST_SECONDS);
            if (!keyframes.isEmpty() && !(t > keyframes.get(keyframes.size() - 1).tSeconds())) {
                throw keyframe.fault("t", "is " + t + "; it must be later than that of the keyframe before (" + keyframes.get(keyframes.size() - 1).tSeconds() + ")");
            }
            double[] p = keyframe.numbers("position", 3, -MOST_METERS, MOST_METERS);
            keyframes.add(MotionPath.Keyframe.of(t, p[0], p[1], p[2], keyframe.number("yaw", -MOST_DEGREES, MOST_DEGREES, 0),
                    keyframe.number("pitch", -MOST_DEGREES, MOST_DEGREES, 0), keyframe.number("roll", -MOST_DEGREES, MOST_DEGREES, 0)));
        }
        return new MotionPath(keyframes);
    }

    private static Path file(JsonReader.Fields part, String field, Path folder) {
        return file(part, field, folder, new HashSet<>());
    }

    /** @param found files that are known to be there, so that one of many emitters is looked for once */
    private static Path file(JsonReader.Fields part, String field, Path folder, Set<Path> found) {
        String name = part.text(field);
        Path file;
        try {
            file = folder.resolve(name).normalize();
        } catch (InvalidPathException e) {
            throw part.fault(field, "is not the name of a file: " + e.getReason());
        }
        if (found.add(file) && !Files.isRegularFile(file)) {
            throw part.fault(field, Files.isDirectory(file) ? file + " is a folder; give a file" : "there is no file " + file);
        }
        return file;
    }
}
