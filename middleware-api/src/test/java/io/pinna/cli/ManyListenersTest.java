package io.pinna.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pinna.hrtf.HrtfExport;
import io.pinna.hrtf.HrtfProfile;
import io.pinna.hrtf.SphericalHeadModels;
import io.pinna.internal.hrtf.HrirSet;
import io.pinna.internal.hrtf.MeasuredHrtf;
import io.pinna.internal.hrtf.PersonalHrtfSamples;
import io.pinna.internal.hrtf.SofaReader;
import io.pinna.internal.inference.HrtfFieldModel;
import io.pinna.internal.render.HrtfTable;
import io.pinna.testing.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One scene for many ears at once. */
class ManyListenersTest {
    private static final String REST = "'emitters': [ "
            + "{ 'name': 'round', 'generator': { 'kind': 'white', 'seed': 3 }, 'path': [ { 't': 0, 'position': [2, 1, 0] }, { 't': 0.1, 'position': [0, 1.7, -2] }, { 't': 0.2, 'position': [-2, 2, 0] } ] },"
            + "{ 'name': 'still', 'generator': { 'kind': 'pink', 'seed': 4 }, 'loop': true, 'path': [ { 'position': [-1, 1.2, 2] } ] },"
            + "{ 'name': 'click', 'generator': { 'kind': 'impulse' }, 'start': 0.05, 'path': [ { 'position': [0.3, 1.7, 0.2] } ] } ],"
            + "'geometry': [ { 'obj': 'GEOMETRY', 'materials': { 'brick': 'brick', 'door': 'metal_door' }, 'path': [ { 'position': [0, 0, -1] } ] } ]";

    private static String listener(int i, String hrtf) {
        return "{ 'name': 'l" + i + "', 'hrtf': " + hrtf + ", 'path': [ { 't': 0, 'position': [" + 0.1 * i + ", 1.7, " + -0.05 * i + "], 'yaw': " + 15 * i + " }, { 't': 0.2, 'position': [" + 0.1 * i
                + ", 1.7, 0.5], 'yaw': " + (15 * i + 60) + " } ] }";
    }

    private static SceneFile scene(Path folder, List<String> listeners, boolean diffraction) {
        String json = "{ 'durationSeconds': 0.2, 'listeners': [ " + String.join(", ", listeners) + " ], 'acoustics': { 'diffraction': " + diffraction + " }, " + REST.replace("GEOMETRY", "wall_with_door.obj") + " }";
        return SceneFile.parse(folder.resolve("scene.json"), json.replace('\'', '"'));
    }

    private static List<float[][]> render(SceneFile scene) {
        try (SceneRenderer renderer = new SceneRenderer(scene, l -> SceneOutput.memory(scene.frames(), 0.1), 0.1)) {
            RenderReport report = renderer.renderAll(b -> { });
            assertEquals(0, report.json().get("staleFilters").asInt());
            List<float[][]> heard = new ArrayList<>();
            renderer.outputs().forEach(o -> heard.add(new float[][] {o.left(), o.right()}));
            return heard;
        }
    }

    /** People of the model, some twice, personal profiles, a measured set and networks of both forms, together and each alone. */
    @Test
    @Tag("property")
    void aroundEdgesEachHearsWhatItHearsAloneButForRounding(@TempDir Path folder) throws IOException {
        Files.copy(Scenes.path("wall_with_door.obj"), folder.resolve("wall_with_door.obj"));
        List<String> listeners = List.of(listener(0, "{ 'generic': true }"), listener(3, "{ 'subject': 'cipic_010' }"), listener(7, "{ 'generic': true }"));
        List<float[][]> together = render(scene(folder, listeners, true));
        for (int i = 0; i < listeners.size(); i++) {
            float[][] alone = render(scene(folder, List.of(listeners.get(i)), true)).get(0);
            for (int ear = 0; ear < 2; ear++) {
                double error = 0;
                double power = 0;
                for (int n = 0; n < alone[ear].length; n++) {
                    error += Math.pow(alone[ear][n] - together.get(i)[ear][n], 2);
                    power += Math.pow(alone[ear][n], 2);
                }
                // Searches for ways share what they found of edges, and round it once for all.
                assertTrue(error <= 1e-9 * power, "listener " + i + ", ear " + ear + ": " + 10 * Math.log10(error / power) + " dB");
            }
        }
    }

    @Test
    @Tag("property")
    void eachHearsToTheBitWhatItHearsAlone(@TempDir Path folder) throws IOException {
        for (String name : new String[] {"wall_with_door.obj"}) {
            Files.copy(Scenes.path(name), folder.resolve(name));
        }
        PersonalHrtfSamples.hrtf(12, 4).save(folder.resolve("a.pinna"));
        PersonalHrtfSamples.hrtf(8, 3).save(folder.resolve("b.pinna"));
        HrtfExport.sofa(HrtfProfile.subject("cipic_010"), folder.resolve("c.sofa"), 44100);
        Files.write(folder.resolve("d.onnx"), SphericalHeadModels.spectra(-1).bytes());
        Files.write(folder.resolve("e.onnx"), SphericalHeadModels.responses(-1).bytes());
        List<String> profiles = new ArrayList<>(List.of("{ 'generic': true }", "{ 'profile': 'a.pinna' }", "{ 'profile': 'b.pinna' }", "{ 'sofa': 'c.sofa' }", "{ 'onnx': 'd.onnx' }",
                "{ 'onnx': 'e.onnx' }", "{ 'profile': 'a.pinna' }", "{ 'generic': true }"));
        List<String> ids = new ArrayList<>(HrtfFieldModel.builtIn().subjectIds());
        while (profiles.size() < 24) {
            profiles.add("{ 'subject': '" + ids.get(profiles.size() % 14) + "' }");
        }
        List<String> listeners = new ArrayList<>();
        for (int i = 0; i < profiles.size(); i++) {
            listeners.add(listener(i, profiles.get(i)));
        }
        List<float[][]> together = render(scene(folder, listeners, false));
        assertEquals(24, together.size());
        for (int i = 0; i < 24; i++) {
            float[][] alone = render(scene(folder, List.of(listeners.get(i)), false)).get(0);
            assertArrayEquals(alone[0], together.get(i)[0], "left ear of listener " + i + ", " + profiles.get(i));
            assertArrayEquals(alone[1], together.get(i)[1], "right ear of listener " + i + ", " + profiles.get(i));
            assertTrue(Scenes.rmsDb(alone[0], 2400, 9600) > -50, "it sounds");
            for (int other = 0; other < i; other++) {
                assertTrue(!java.util.Arrays.equals(together.get(other)[0], alone[0]), "each hears something else");
            }
        }
    }

    /** What is written entry by entry is what the tree says. */
    @Test
    @Tag("reference")
    void theReportIsTheSameAsTextAndAsTree() throws IOException {
        SceneFile scene = SceneFile.read(Scenes.path("full.json"));
        try (SceneRenderer renderer = new SceneRenderer(scene, l -> SceneOutput.memory(scene.frames(), 0.1), 0.1)) {
            RenderReport report = renderer.renderAll(b -> { });
            String streamed = report.text();
            JsonNode tree = report.json();
            assertEquals(11, tree.at("/emitters/4/listeners/1/series").size());
            // As texts, whose numbers have no types; without the texts in the message, which are long.
            assertTrue(tree.toString().equals(new ObjectMapper().readTree(streamed).toString()), "the tree and what was written differ");
            assertTrue(streamed.equals(report.text()), "what is written does not depend on whether the tree has been made");
            // With diffraction, sound may come from anywhere.
            assertEquals(true, tree.at("/listeners/0/filtersBaked").asBoolean());
        }
    }

    /** Without --report nothing is kept that grows with the number of pairs and time. */
    @Test
    @Tag("unit")
    void seriesAreKeptOnRequestOnly() {
        SceneFile scene = SceneFile.read(Scenes.path("two_listeners.json"));
        try (SceneRenderer renderer = new SceneRenderer(scene, l -> SceneOutput.memory(scene.frames(), 0.1), 0.1, false, io.pinna.InferenceSettings.DEFAULT)) {
            RenderReport report = renderer.renderAll(b -> { });
            assertTrue(report.json().at("/emitters/0/listeners/0/series").isMissingNode());
            assertEquals(2, report.summary().get("listeners").size());
            assertTrue(report.text().contains("\"peakDbfs\""));
        }
    }

    /** Crowds get the memory that their sets need, and no set needs more than is said without building it. */
    @ParameterizedTest
    @ValueSource(strings = {"cipic_003_v0.4", "mit_kemar_normal_v1.0", "3dti_listen_1008_1024s_96k", "thk_ku100_circ360_nf025", "pulse_v0.4", "cipic_003_itd_in_delay"})
    @Tag("reference")
    void filtersAreNotLongerThanForetold(String name) {
        Path file = SharedData.require("data/sofa/" + name + ".sofa");
        HrirSet set = SofaReader.read(file);
        for (int rate : new int[] {44100, 48000}) {
            try (HrtfTable table = new HrtfTable(MeasuredHrtf.build(set, rate), 256)) {
                int most = MeasuredHrtf.mostFilterTaps(set.taps(), set.sampleRateHz(), rate);
                assertTrue(table.filterTaps() <= most && most <= 5 * table.filterTaps() + 4096, table.filterTaps() + " taps, foretold are at most " + most);
            }
        }
    }
}
