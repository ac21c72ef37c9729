package io.pinna.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pinna.hrtf.HrtfProfile;
import io.pinna.hrtf.SphericalHeadModels;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An .onnx file on the command line and in scenes. */
class OwnModelCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    Path folder;
    private Path model;

    @BeforeEach
    void write() throws IOException {
        model = Files.write(folder.resolve("head.onnx"), SphericalHeadModels.spectra(-1).bytes());
    }

    private int run(Object... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        return Pinna.execute(Stream.of(arguments).map(Object::toString).toArray(String[]::new), new PrintWriter(out, true), new PrintWriter(err, true));
    }

    @Test
    @Tag("integration")
    void infoSaysWhatItIs() throws IOException {
        assertEquals(Pinna.OK, run("hrtf", "info", model), err.toString());
        for (String part : new String[] {"head.onnx", "sphere", "nobody", "CC0", "48000 Hz", "65 frequencies"}) {
            assertTrue(out.toString().contains(part), out.toString());
        }
        assertEquals(Pinna.OK, run("hrtf", "info", "--json", model), err.toString());
        JsonNode json = new ObjectMapper().readTree(out.toString());
        assertEquals("spectra", json.get("form").asText());
        assertEquals(65, json.get("size").asInt());
    }

    @Test
    @Tag("integration")
    void exportEvaluateAndPlotTakeIt() throws IOException {
        Path sofa = folder.resolve("head.sofa");
        assertEquals(Pinna.OK, run("hrtf", "export", model, "--sofa", sofa), err.toString());
        assertTrue(out.toString().contains("48000 Hz"), out.toString());
        assertEquals(Pinna.OK, run("hrtf", "evaluate", "--reference", sofa, "--candidate", model, "--json"), err.toString());
        JsonNode json = new ObjectMapper().readTree(out.toString());
        assertEquals(0, json.get("logSpectralDistortionDb").asDouble(), 0.3);
        assertEquals("model head.onnx", json.get("candidate").asText());
        assertEquals(Pinna.OK, run("hrtf", "plot", model, "--kind", "itd", "-o", folder.resolve("itd.png")), err.toString());
        assertTrue(Files.size(folder.resolve("itd.png")) > 5000);
    }

    @Test
    @Tag("integration")
    void aSceneWearsIt() throws IOException {
        Path scene = Files.writeString(folder.resolve("scene.json"), ("{ 'durationSeconds': 0.1, 'listeners': [ { 'name': 'a', 'hrtf': { 'onnx': 'head.onnx' }, 'path': " + Scenes.STILL + " },"
                + " { 'name': 'b', 'hrtf': { 'subject': 'cipic_003' }, 'path': " + Scenes.STILL + " } ],"
                + " 'emitters': [ { 'generator': { 'kind': 'white' }, 'path': [ { 'position': [-1, 0, 0] } ] } ] }").replace('\'', '"'));
        SceneFile read = SceneFile.read(scene);
        assertEquals(HrtfProfile.onnx(model.toAbsolutePath()), read.listeners().get(0).hrtf().profile());
        assertEquals(HrtfProfile.subject("cipic_003"), read.listeners().get(1).hrtf().profile());
        Path report = folder.resolve("report.json");
        assertEquals(Pinna.OK, run("render", scene, "-o", folder.resolve("out.wav"), "--report", report), err.toString());
        JsonNode json = new ObjectMapper().readTree(report.toFile());
        assertTrue(json.at("/listeners/0/model").asText().contains("head.onnx"), json.at("/listeners/0/model").asText());
        double left = json.at("/listeners/0/level/rmsDbfsPerEar/0").asDouble();
        double right = json.at("/listeners/0/level/rmsDbfsPerEar/1").asDouble();
        assertTrue(left > right + 6, left + " dB left, " + right + " dB right");
    }

    @Test
    @Tag("fault")
    void whatIsWrongIsNamed() throws IOException {
        Path bad = Files.writeString(folder.resolve("bad.onnx"), "nothing");
        assertEquals(Pinna.BAD_INPUT, run("hrtf", "info", bad), err.toString());
        assertTrue(err.toString().contains("bad.onnx") && err.toString().contains("ONNX Runtime refuses"), err.toString());
        for (String[] c : new String[][] {{"'onnx': 'bad.onnx'", "listeners[0].hrtf.onnx", "bad.onnx"}, {"'subject': 'nobody'", "listeners[0].hrtf.subject", "cipic_003"}, {"'onnx': 'no.onnx'", "listeners[0].hrtf.onnx", "no.onnx"}}) {
            Path scene = Files.writeString(folder.resolve("scene.json"), ("{ 'durationSeconds': 0.1, 'listeners': [ { 'hrtf': { " + c[0] + " }, 'path': " + Scenes.STILL + " } ] }").replace('\'', '"'));
            assertEquals(Pinna.BAD_INPUT, run("render", scene, "-o", folder.resolve("out.wav")), err.toString());
            assertTrue(err.toString().contains(c[1]) && err.toString().contains(c[2]), err.toString());
        }
    }
}
