package io.pinna.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinna.ResourceException;
import io.pinna.SignalGenerator;
import io.pinna.acoustics.Directivity;
import io.pinna.acoustics.DirectivityCurve;
import io.pinna.acoustics.DistanceCurve;
import io.pinna.acoustics.DistanceModel;
import io.pinna.hrtf.HrtfProfile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SceneFileTest {
    private static final String VALID = "{ 'durationSeconds': 1, 'listeners': [ { 'name': 'a', 'path': [ { 't': 0, 'position': [0, 0, 0] }, { 't': 1, 'position': [0, 0, 0], 'yaw': 90 } ] } ],"
            + " 'emitters': [ { 'name': 'e', 'generator': { 'kind': 'sine', 'frequencyHz': 440 }, 'distance': { 'model': 'linear' }, 'path': [ { 'position': [1, 0, 0] } ] } ],"
            + " 'geometry': [ { 'obj': 'slab.obj', 'materials': { 'slab': { 'absorption': [0, 0, 0], 'transmission': [0.1, 0.1, 0.1] } } } ], 'acoustics': { 'doppler': true } }";

    @Test
    @Tag("unit")
    void readsEveryFieldOfTheFullExample() {
        SceneFile scene = SceneFile.read(Scenes.path("full.json"));
        assertEquals(48000, scene.sampleRateHz());
        assertEquals(48000, scene.frames());
        assertEquals(188, scene.blocks());
        assertEquals(2, scene.listeners().size());
        assertEquals("player", scene.listeners().get(0).name());
        assertEquals(HrtfProfile.generic(), scene.listeners().get(0).hrtf().profile());
        assertNull(scene.listeners().get(0).hrtf().file());
        SceneFile.EmitterPart hum = scene.emitters().get(0);
        assertEquals(new SignalGenerator.Pink(7), hum.generator());
        assertTrue(hum.loop());
        assertEquals(0.1, hum.startSeconds());
        assertEquals(-6, hum.gainDb());
        assertEquals(2, hum.priority());
        assertEquals(new DistanceModel(DistanceModel.Kind.INVERSE, 1, 50, 1), hum.distance());
        assertEquals(0.3, hum.directivity().dipoleWeight());
        assertEquals(DistanceModel.Kind.EXPONENTIAL, scene.emitters().get(2).distance().kind());
        assertEquals(0.02, scene.geometry().get(0).materials().get("door").transmission().get(1));
        assertEquals(-4, scene.geometry().get(0).path().poseAt(0).position().z());
        assertTrue(scene.acoustics().diffraction());
        assertFalse(scene.acoustics().propagationDelay());
        assertTrue(scene.limiter());
    }

    @Test
    @Tag("unit")
    void defaultsAreAsDocumented() {
        SceneFile scene = Scenes.parse("{ 'durationSeconds': 0.5, 'listeners': [ { 'path': [ { 'position': [0, 0, 0] } ] } ],"
                + " 'emitters': [ { 'generator': { 'kind': 'impulse' }, 'distance': { 'reference': 2 }, 'path': [ { 'position': [0, 0, -1] } ] } ] }");
        assertEquals(48000, scene.sampleRateHz());
        assertEquals(256, scene.blockFrames());
        assertEquals("listener1", scene.listeners().get(0).name());
        assertEquals("emitter1", scene.emitters().get(0).name());
        assertEquals(new DistanceModel(DistanceModel.Kind.INVERSE, 2, 200, 1), scene.emitters().get(0).distance());
        assertEquals(0.2, scene.emitters().get(0).radiusMeters());
        assertEquals(new SceneFile.AcousticsPart(true, true, true, true, true, false, false, false), scene.acoustics());
        assertTrue(scene.limiter());
        assertTrue(scene.geometry().isEmpty());
    }

    @Test
    @Tag("unit")
    void curvesAndPatternsAreRead() {
        String emitters = "'distance': { 'model': 'linear' }";
        assertTrue(VALID.contains(emitters));
        SceneFile.EmitterPart drawn = Scenes.parse(VALID.replace(emitters, "'distance': { 'model': 'custom', 'curve': [[1, 0], [10, -12], [40, -60]] },"
                + " 'directivity': { 'dipoleWeight': 0.5, 'curve': [[0, 0], [90, [-3, -9, -15]], [180, [-6, -18, -30]]] }")).emitters().get(0);
        assertEquals(DistanceModel.custom(DistanceCurve.of(new double[][] {{1, 0}, {10, -12}, {40, -60}})), drawn.distance());
        assertEquals(new Directivity(0.5, 1, DirectivityCurve.of(new double[][] {{0, 0}, {90, -3, -9, -15}, {180, -6, -18, -30}})), drawn.directivity());
        SceneFile.EmitterPart talker = Scenes.parse(VALID.replace(emitters, "'directivity': { 'pattern': 'talker' }")).emitters().get(0);
        assertEquals(Directivity.talker(), talker.directivity());
        SceneFile.EmitterPart box = Scenes.parse(VALID.replace(emitters, "'distance': { 'model': 'exponential', 'rolloff': 1.5 }, 'directivity': { 'pattern': 'loudspeaker' }")).emitters().get(0);
        assertEquals(Directivity.loudspeaker(), box.directivity());
        assertEquals(new DistanceModel(DistanceModel.Kind.EXPONENTIAL, 1, 100, 1.5), box.distance());
        assertEquals(DistanceModel.Kind.NONE, Scenes.parse(VALID.replace("'linear'", "'none'")).emitters().get(0).distance().kind());
    }

    /** Each row: text of the valid scene, what replaces it, and the path that the error must name. */
    @ParameterizedTest
    @Tag("fault")
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
        "'durationSeconds': 1, | | durationSeconds",
        "'durationSeconds': 1 | 'durationSeconds': 0 | durationSeconds",
        "'durationSeconds': 1 | 'durationSeconds': -1 | durationSeconds",
        "'durationSeconds': 1 | 'durationSeconds': NaN | durationSeconds",
        "'durationSeconds': 1 | 'durationSeconds': 1e999 | durationSeconds",
        "'durationSeconds': 1 | 'durationSeconds': '1' | durationSeconds",
        "'durationSeconds': 1 | 'durationSeconds': null | durationSeconds",
        "'durationSeconds': 1 | 'durationSeconds': 1, 'durationSeconds': 1 | durationSeconds",
        "'durationSeconds': 1 | 'durationSeconds': 1, 'tempo': 1 | tempo",
        "'durationSeconds': 1 | 'durationSeconds': 1, 'sampleRateHz': 4000 | sampleRateHz",
        "'durationSeconds': 1 | 'durationSeconds': 1, 'sampleRateHz': 44100.5 | sampleRateHz",
        "'durationSeconds': 1 | 'durationSeconds': 1, 'blockFrames': 63 | blockFrames",
        "'durationSeconds': 1 | 'durationSeconds': 1, 'blockFrames': 2048 | blockFrames",
        "'durationSeconds': 1 | 'durationSeconds': 1, 'limiter': 0 | limiter",
        "'name': 'a' | 'name': 7 | listeners[0].name",
        "'name': 'a' | 'name': ' ' | listeners[0].name",
        "'name': 'a' | 'hrtf': {} | listeners[0].hrtf",
        "'name': 'a' | 'hrtf': 'generic' | listeners[0].hrtf",
        "'name': 'a' | 'hrtf': { 'generic': false } | listeners[0].hrtf.generic",
        "'name': 'a' | 'hrtf': { 'generic': true, 'sofa': 'a.sofa' } | listeners[0].hrtf",
        "'name': 'a' | 'hrtf': { 'sofa': 'nowhere.sofa' } | listeners[0].hrtf.sofa",
        "'name': 'a' | 'hrtf': { 'measurements': 'me.csv' } | listeners[0].hrtf.measurements",
        "'name': 'a' | 'hrtf': { 'profile': 'nowhere.pinna' } | listeners[0].hrtf.profile",
        "'name': 'a' | 'hrtf': { 'ears': 2 } | listeners[0].hrtf.ears",
        "'yaw': 90 | 'yaw': NaN | listeners[0].path[1].yaw",
        "'yaw': 90 | 'yaw': 'left' | listeners[0].path[1].yaw",
        "'yaw': 90 | 'jaw': 90 | listeners[0].path[1].jaw",
        "'t': 1, | 't': 0, | listeners[0].path[1].t",
        "'t': 1, | | listeners[0].path[1].t",
        "'t': 1, | 't': -1, | listeners[0].path[1].t",
        "[0, 0, 0], 'yaw' | [0, 0], 'yaw' | listeners[0].path[1].position",
        "[0, 0, 0], 'yaw' | [0, Infinity, 0], 'yaw' | listeners[0].path[1].position[1]",
        "[0, 0, 0], 'yaw' | [0, 0, 1e7], 'yaw' | listeners[0].path[1].position[2]",
        "[0, 0, 0], 'yaw' | 0, 'yaw' | listeners[0].path[1].position",
        "'kind': 'sine', | | emitters[0].generator.kind",
        "'kind': 'sine' | 'kind': 'square' | emitters[0].generator.kind",
        "'kind': 'sine' | 'kind': 'white' | emitters[0].generator.frequencyHz",
        "'frequencyHz': 440 | 'frequencyHz': 24000 | emitters[0].generator.frequencyHz",
        "'frequencyHz': 440 | 'frequencyHz': 0 | emitters[0].generator.frequencyHz",
        "'kind': 'sine', 'frequencyHz': 440 | 'kind': 'pink', 'seed': 0.5 | emitters[0].generator.seed",
        "'kind': 'sine', 'frequencyHz': 440 | 'kind': 'sweep', 'fromHz': 20, 'toHz': 20, 'seconds': 1 | emitters[0].generator.toHz",
        "'name': 'e' | 'sound': 'nowhere.wav' | emitters[0].sound",
        "'generator': { 'kind': 'sine', 'frequencyHz': 440 } | 'sound': 'nowhere.wav' | emitters[0].sound",
        "'generator': { 'kind': 'sine', 'frequencyHz': 440 } | 'sound': '.' | emitters[0].sound",
        "'generator': { 'kind': 'sine', 'frequencyHz': 440 }, | | emitters[0].sound",
        "'name': 'e' | 'gain': 61 | emitters[0].gain",
        "'name': 'e' | 'start': -0.1 | emitters[0].start",
        "'name': 'e' | 'radius': -1 | emitters[0].radius",
        "'name': 'e' | 'pitch': 0 | emitters[0].pitch",
        "'name': 'e' | 'priority': 1.5 | emitters[0].priority",
        "'name': 'e' | 'loop': 'yes' | emitters[0].loop",
        "'name': 'e' | 'directivity': { 'dipoleWeight': 2 } | emitters[0].directivity.dipoleWeight",
        "'model': 'linear' | 'model': 'cubic' | emitters[0].distance.model",
        "'model': 'linear' | 'reference': 0 | emitters[0].distance.reference",
        "'model': 'linear' | 'reference': 5, 'max': 5 | emitters[0].distance.max",
        "'model': 'linear' | 'model': 'custom' | emitters[0].distance.curve",
        "'model': 'linear' | 'model': 'custom', 'curve': [] | emitters[0].distance.curve",
        "'model': 'linear' | 'model': 'custom', 'curve': 7 | emitters[0].distance.curve",
        "'model': 'linear' | 'model': 'custom', 'curve': [[1, 0]], 'rolloff': 1 | emitters[0].distance.rolloff",
        "'model': 'linear' | 'model': 'linear', 'curve': [[1, 0]] | emitters[0].distance.curve",
        "'model': 'linear' | 'curve': [[1, 0]] | emitters[0].distance.curve",
        "'model': 'linear' | 'model': 'custom', 'curve': [[1, 0], 5] | emitters[0].distance.curve[1]",
        "'model': 'linear' | 'model': 'custom', 'curve': [[1, 0], [5]] | emitters[0].distance.curve[1]",
        "'model': 'linear' | 'model': 'custom', 'curve': [[1, 0], [5, 0, 0]] | emitters[0].distance.curve[1]",
        "'model': 'linear' | 'model': 'custom', 'curve': [[0, 0]] | emitters[0].distance.curve[0][0]",
        "'model': 'linear' | 'model': 'custom', 'curve': [[1, 0], [1, -6]] | emitters[0].distance.curve[1][0]",
        "'model': 'linear' | 'model': 'custom', 'curve': [[1e8, 0], [100000000.0000001, -6]] | emitters[0].distance.curve",
        "'model': 'linear' | 'model': 'custom', 'curve': [[1, 0], [2, NaN]] | emitters[0].distance.curve[1][1]",
        "'model': 'linear' | 'model': 'custom', 'curve': [[1, 0], [2, -201]] | emitters[0].distance.curve[1][1]",
        "'model': 'linear' | 'model': 'custom', 'curve': [[1, 0], [2, [0, 0, 0]]] | emitters[0].distance.curve[1][1]",
        "'name': 'e' | 'directivity': { 'curve': [[0, 0], [181, 0]] } | emitters[0].directivity.curve[1][0]",
        "'name': 'e' | 'directivity': { 'curve': [[0, 0], [0, 0]] } | emitters[0].directivity.curve[1][0]",
        "'name': 'e' | 'directivity': { 'curve': [[0, 0], [1e-9, 0]] } | emitters[0].directivity.curve",
        "'name': 'e' | 'directivity': { 'curve': [[0, 0], [90, [0, 0]]] } | emitters[0].directivity.curve[1][1]",
        "'name': 'e' | 'directivity': { 'curve': [[0, 0], [90, [0, 0, 'x']]] } | emitters[0].directivity.curve[1][1][2]",
        "'name': 'e' | 'directivity': { 'curve': [[0, 0], [90, 'x']] } | emitters[0].directivity.curve[1][1]",
        "'name': 'e' | 'directivity': { 'pattern': 'singer' } | emitters[0].directivity.pattern",
        "'name': 'e' | 'directivity': { 'pattern': 'talker', 'curve': [[0, 0]] } | emitters[0].directivity.pattern",
        "'obj': 'slab.obj' | 'obj': 'nowhere.obj' | geometry[0].obj",
        "'obj': 'slab.obj', | | geometry[0].obj",
        "[0.1, 0.1, 0.1] | [0.1, 1.1, 0.1] | geometry[0].materials.slab.transmission[1]",
        "[0.1, 0.1, 0.1] | [0.1, 0.1] | geometry[0].materials.slab.transmission",
        "'absorption': [0, 0, 0], | | geometry[0].materials.slab.absorption",
        "'doppler': true | 'doppler': 1 | acoustics.doppler",
        "'doppler': true | 'dopler': true | acoustics.dopler"
    })
    void faultsNameTheirPath(String valid, String wrong, String path) {
        assertTrue(VALID.contains(valid), "the row changes something");
        String text = VALID.replace(valid, wrong == null ? "" : wrong);
        ResourceException e = assertThrows(ResourceException.class, () -> Scenes.parse(text));
        assertEquals(path, e.field(), e.getMessage());
        assertTrue(e.resource().endsWith("test.json"), e.resource());
        assertTrue(e.reason().length() > 5, e.reason());
    }

    @Test
    @Tag("fault")
    void unknownMaterialNamesAreListed() {
        ResourceException e = assertThrows(ResourceException.class, () -> Scenes.parse(VALID.replace("{ 'absorption': [0, 0, 0], 'transmission': [0.1, 0.1, 0.1] }", "'bricks'")));
        assertEquals("geometry[0].materials.slab", e.field());
        assertTrue(e.reason().contains("brick,"), e.reason());
    }

    @Test
    @Tag("fault")
    void namesAreUniqueAndFitForFiles() {
        String two = "{ 'durationSeconds': 1, 'listeners': [ { 'name': 'A', 'path': " + Scenes.STILL + " }, { 'name': 'NAME', 'path': " + Scenes.STILL + " } ] }";
        assertEquals(2, Scenes.parse(two.replace("NAME", "b")).listeners().size());
        for (String name : List.of("a", "A", "x/y", "..\\\\z", "a:b", "c\\n")) {
            assertEquals("listeners[1].name", assertThrows(ResourceException.class, () -> Scenes.parse(two.replace("NAME", name))).field(), name);
        }
        ResourceException e = assertThrows(ResourceException.class, () -> Scenes.one(1, "'name': 'x', 'generator': { 'kind': 'impulse' }, 'path': " + Scenes.STILL + " }, { 'name': 'x',"
                + " 'generator': { 'kind': 'impulse' }, 'path': " + Scenes.STILL, "'limiter': true"));
        assertEquals("emitters[1].name", e.field());
    }

    @Test
    @Tag("fault")
    void whatIsNotAnObjectOrNotJsonIsRefused(@TempDir Path folder) throws IOException {
        for (String text : List.of("", "[]", "1", "null", "{", "{}x", "{} {}", "{'a':}", "nonsense", "\u0000\u0001", "{'listeners': [".repeat(2000))) {
            ResourceException e = assertThrows(ResourceException.class, () -> Scenes.parse(text));
            assertFalse(e.field().isBlank(), text);
        }
        ResourceException broken = assertThrows(ResourceException.class, () -> Scenes.parse("{ 'emitters': [ {}, { 'gain': oops } ] }"));
        assertEquals("emitters[1].gain", broken.field());
        assertTrue(broken.reason().contains("line 1"), broken.reason());
        assertEquals("file", assertThrows(ResourceException.class, () -> SceneFile.read(folder)).field());
        assertEquals("file", assertThrows(ResourceException.class, () -> SceneFile.read(folder.resolve("no.json"))).field());
        Path binary = folder.resolve("binary.json");
        byte[] noise = new byte[4096];
        new Random(5).nextBytes(noise);
        Files.write(binary, noise);
        assertThrows(ResourceException.class, () -> SceneFile.read(binary));
    }

    /** Whatever is done to a valid scene, it is read, or refused with the file and a path; nothing else is ever thrown. */
    @Test
    @Tag("property")
    void mutationsAreReadOrRefused() throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        Path file = Scenes.path("full.json");
        String valid = Files.readString(file);
        Random random = new Random(20261121);
        int read = 0;
        int refused = 0;
        for (int i = 0; i < 4000; i++) {
            String text;
            if (i % 2 == 0) {
                JsonNode tree = mapper.readTree(valid);
                for (int n = 1 + random.nextInt(2); n > 0; n--) {
                    mutate(tree, random);
                }
                text = tree.toString();
            } else {
                StringBuilder s = new StringBuilder(valid);
                for (int n = 1 + random.nextInt(3); n > 0; n--) {
                    int at = random.nextInt(s.length());
                    switch (random.nextInt(4)) {
                        case 0 -> s.deleteCharAt(at);
                        case 1 -> s.insert(at, "{}[],:\"-.e0 \\\u0000\uffff".charAt(random.nextInt(15)));
                        case 2 -> s.setCharAt(at, (char) random.nextInt(256));
                        default -> s.delete(at, Math.min(s.length(), at + random.nextInt(200)));
                    }
                }
                text = s.toString();
            }
            try {
                SceneFile.parse(file, text);
                read++;
            } catch (ResourceException e) {
                refused++;
                assertFalse(e.field().isBlank() || e.reason().isBlank(), text);
                assertEquals(file.toString(), e.resource());
            } catch (RuntimeException e) {
                fail("not a ResourceException for: " + text, e);
            }
        }
        assertTrue(read > 100 && refused > 1000, read + " read, " + refused + " refused");
    }

    private static void mutate(JsonNode tree, Random random) {
        List<JsonNode> inner = new ArrayList<>();
        collect(tree, inner);
        JsonNode node = inner.get(random.nextInt(inner.size()));
        JsonNode value = switch (random.nextInt(12)) {
            case 0 -> JsonNodeFactory.instance.nullNode();
            case 1 -> JsonNodeFactory.instance.numberNode(-1);
            case 2 -> JsonNodeFactory.instance.numberNode(Double.NaN);
            case 3 -> JsonNodeFactory.instance.numberNode(1e300);
            case 4 -> JsonNodeFactory.instance.textNode("\u0000/..\n");
            case 5 -> JsonNodeFactory.instance.arrayNode();
            case 6 -> JsonNodeFactory.instance.objectNode();
            case 7 -> JsonNodeFactory.instance.booleanNode(true);
            case 8 -> JsonNodeFactory.instance.numberNode(new java.math.BigInteger("9".repeat(400)));
            case 9 -> JsonNodeFactory.instance.numberNode(random.nextGaussian());
            case 10 -> tree.deepCopy();
            default -> null;
        };
        if (node instanceof ObjectNode object) {
            List<String> names = new ArrayList<>();
            object.fieldNames().forEachRemaining(names::add);
            if (names.isEmpty()) {
                return;
            }
            String name = names.get(random.nextInt(names.size()));
            if (value == null) {
                object.remove(name);
            } else {
                object.set(random.nextInt(10) == 0 ? name + "?" : name, value);
            }
        } else if (node instanceof ArrayNode array && array.size() > 0) {
            int at = random.nextInt(array.size());
            if (value == null) {
                array.remove(at);
            } else {
                array.set(at, value);
            }
        }
    }

    private static void collect(JsonNode node, List<JsonNode> inner) {
        if (node.isContainerNode()) {
            inner.add(node);
            node.forEach(child -> collect(child, inner));
        }
    }
}
