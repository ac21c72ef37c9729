package io.pinna.demo;

import com.jme3.math.Vector3f;
import com.jme3.scene.Node;
import io.pinna.EmitterSettings;
import io.pinna.ResourceException;
import io.pinna.Sound;
import io.pinna.acoustics.Directivity;
import io.pinna.acoustics.DistanceModel;
import io.pinna.jme.SoundEmitterControl;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Every emitter of the clinic: where it stands, what it plays and how loud. Gains are set for a mix in which a bare loop (−23 dBFS) two metres away comes in at about −35 dBFS straight, and
 * with what the rooms add to it at about −30 dBFS, so that a dozen of them and a slamming door leave the limiter alone. Update thread.
 */
final class ClinicSounds {
    private static final String FOLDER = "/io/pinna/assets/sounds/";
    static final int FOOTSTEPS = 4;

    /** Where it is before anything moves. */
    enum Place {
        WARD, CORRIDOR, BATHROOM, OUTSIDE, ABOVE, WITH_THE_LISTENER
    }

    /**
     * @param name    the emitter's
     * @param sound   its file in the assets, without extension
     * @param looping plays from the start, over and over; the others wait for their moment
     * @param gainDb  over the file's own level
     * @param radiusMeters size of the source
     */
    record Placement(String name, String sound, Place place, boolean looping, double gainDb, double x, double y, double z, double radiusMeters) {
    }

    static final List<Placement> PLACEMENTS = List.of(
            loop("ward lamp", "hum_fluorescent", Place.WARD, -13, 2.4, 2.86, 3.0, 0.4),
            loop("heart monitor", "heart_monitor", Place.WARD, -11, 7.24, 1.22, 4.51, 0.08),
            loop("wall clock", "clock_tick", Place.WARD, -3, 7.9, 2.15, 4.3, 0.1),
            loop("radio", "radio_voice", Place.WARD, -6, 3.1, 0.90, 0.45, 0.1),
            loop("dripping sink", "drip_sink", Place.WARD, 0, 1.2, 0.93, 5.72, 0.06),
            loop("flies", "flies_buzz", Place.WARD, -13, 6.6, 1.0, 2.0, 0.3),
            loop("glass splinters", "glass_tinkle", Place.WARD, -4, 4.1, 0.97, 5.9, 0.1),
            loop("knocking pipe", "pipe_knock", Place.WARD, -4, 0.22, 1.6, 5.75, 0.2),
            loop("rat", "rat_scurry", Place.WARD, -9, 4.6, 0.06, 5.6, 0.08),
            once("scraping bed", "metal_scrape", Place.WARD, -12, 1.2, 0.3, 1.0, 0.3),
            loop("wind in the window", "wind_window", Place.OUTSIDE, -3, 4.09, 1.32, 6.20, 0.25),
            loop("rain", "rain_outside", Place.OUTSIDE, 1, 4.3, 1.1, 7.4, 0.8),
            loop("corridor lamp", "hum_fluorescent", Place.CORRIDOR, -12, 1.2, 2.86, -1.4, 0.4),
            loop("transformer", "hum_transformer", Place.CORRIDOR, -8, 3.6, 1.5, -2.3, 0.2),
            loop("extractor fan", "fan_ventilation", Place.CORRIDOR, -6, -3.2, 2.7, -2.0, 0.3),
            loop("heavy steps", "footsteps_heavy_far", Place.CORRIDOR, 0, 11.0, 0.1, -1.4, 0.3),
            loop("wheelchair", "wheelchair_squeak", Place.CORRIDOR, -12, -2.0, 0.3, -2.1, 0.2),
            loop("whisper", "whisper", Place.CORRIDOR, -7, 7.9, 1.6, -0.75, 0.1),
            once("intercom", "pager_voice", Place.CORRIDOR, -5, 9.5, 2.6, -0.5, 0.15),
            loop("broken pipe", "drip_pipe", Place.BATHROOM, 2, -2.9, 0.68, 2.52, 0.08),
            loop("music box", "music_box", Place.BATHROOM, -5, -2.27, 0.14, 4.81, 0.06),
            loop("steps above", "footsteps_heavy_far", Place.ABOVE, 17, 4.0, ClinicLevel.UPPER_FLOOR + 0.1, 2.6, 0.3),
            loop("breathing", "breathing", Place.WITH_THE_LISTENER, -19, 6.6, 1.55, 5.6, 0.1),
            once("left foot", "footstep_1", Place.WITH_THE_LISTENER, -11, 6.6, 0.05, 4.9, 0.05),
            once("right foot", "footstep_3", Place.WITH_THE_LISTENER, -11, 6.6, 0.05, 4.9, 0.05),
            once("door hinge", "door_creak", Place.WARD, -12, 5.5, 1.2, 0.09, 0.03),
            once("door lock", "door_slam", Place.WARD, -2, 6.35, 1.1, 0.09, 0.03));

    private final Node root = new Node("emitters");
    private final Map<String, SoundEmitterControl> controls = new LinkedHashMap<>();
    private final Map<String, Sound> sounds;
    private final Sound[] footsteps = new Sound[FOOTSTEPS];

    /**
     * @param wanted names of the emitters to place; the others are left out
     * @param loaded from {@link #loadAll}
     */
    ClinicSounds(Predicate<String> wanted, Map<String, Sound> loaded) {
        sounds = loaded;
        for (int i = 0; i < FOOTSTEPS; i++) {
            footsteps[i] = sounds.get("footstep_" + (i + 1));
        }
        PLACEMENTS.stream().filter(p -> wanted.test(p.name())).forEach(this::place);
    }

    /** Decodes what some of the emitters need, on all cores. By file name. Any thread. */
    static Map<String, Sound> loadAll(Predicate<String> wanted) {
        Set<String> files = PLACEMENTS.stream().filter(p -> wanted.test(p.name())).map(Placement::sound).collect(Collectors.toSet());
        for (int i = 0; i < FOOTSTEPS; i++) {
            files.add("footstep_" + (i + 1));
        }
        return files.parallelStream().collect(Collectors.toConcurrentMap(file -> file, ClinicSounds::load));
    }

    private static Placement loop(String name, String sound, Place place, double gainDb, double x, double y, double z, double radiusMeters) {
        return new Placement(name, sound, place, true, gainDb, x, y, z, radiusMeters);
    }

    private static Placement once(String name, String sound, Place place, double gainDb, double x, double y, double z, double radiusMeters) {
        return new Placement(name, sound, place, false, gainDb, x, y, z, radiusMeters);
    }

    /** @param name a file in the assets, without extension */
    static Sound load(String name) {
        String path = FOLDER + name + ".ogg";
        try (InputStream in = ClinicSounds.class.getResourceAsStream(path)) {
            if (in == null) {
                throw new ResourceException(path, "file", "is not on the class path; put the assets' jar there");
            }
            return Sound.load(name, new BufferedInputStream(in));
        } catch (IOException e) {
            throw new ResourceException(path, "file", "could not be read: " + e.getMessage(), e);
        }
    }

    private void place(Placement p) {
        Node node = new Node(p.name());
        node.setLocalTranslation((float) p.x(), (float) p.y(), (float) p.z());
        EmitterSettings settings = EmitterSettings.named(p.name()).withGainDb(p.gainDb()).withLooping(p.looping()).withRadiusMeters(p.radiusMeters())
                .withDistance(DistanceModel.inverse(0.7, 60));
        if (p.name().equals("radio") || p.name().equals("intercom")) {
            // A small loudspeaker in a case: a little softer behind it.
            settings = settings.withDirectivity(new Directivity(0.3, 1));
        }
        SoundEmitterControl control = new SoundEmitterControl(sounds.get(p.sound()), settings);
        control.setAutoPlay(p.looping());
        node.addControl(control);
        root.attachChild(node);
        controls.put(p.name(), control);
    }

    Node root() {
        return root;
    }

    Set<String> names() {
        return controls.keySet();
    }

    /** Starts one of the emitters, if it was placed. */
    void play(String name) {
        SoundEmitterControl control = controls.get(name);
        if (control != null) {
            control.play();
        }
    }

    /** Starts a foot with one of the recorded steps. */
    void step(String foot, int recording) {
        SoundEmitterControl control = controls.get(foot);
        if (control != null) {
            control.setSound(footsteps[Math.floorMod(recording, FOOTSTEPS)]);
            control.play();
        }
    }

    /** Holds everything where it is, or lets it go on from there. */
    void setHeld(boolean held) {
        controls.values().forEach(held ? SoundEmitterControl::pause : SoundEmitterControl::resume);
    }

    /** The control of an emitter, or null if it was not placed. */
    SoundEmitterControl control(String name) {
        return controls.get(name);
    }

    void move(String name, Vector3f to) {
        SoundEmitterControl control = controls.get(name);
        if (control != null) {
            control.getSpatial().setLocalTranslation(to);
        }
    }
}
