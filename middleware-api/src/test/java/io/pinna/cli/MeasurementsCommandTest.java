package io.pinna.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pinna.cli.photo.LandmarkFile;
import io.pinna.hrtf.BodyMeasurement;
import io.pinna.hrtf.BodyMeasurement.Ear;
import io.pinna.hrtf.BodyMeasurements;
import io.pinna.hrtf.PhotoLandmarks.Kind;
import io.pinna.hrtf.PinholeHead;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MeasurementsCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    @TempDir
    private Path folder;

    private int run(Object... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        return Pinna.execute(Stream.of(arguments).map(Object::toString).toArray(String[]::new), new PrintWriter(out, true), new PrintWriter(err, true));
    }

    private void assertBadInput(int code, String... parts) {
        assertEquals(Pinna.BAD_INPUT, code, err.toString());
        assertEquals(1, err.toString().lines().count(), err.toString());
        assertTrue(err.toString().startsWith("pinna: "), err.toString());
        for (String part : parts) {
            assertTrue(err.toString().contains(part), err.toString());
        }
    }

    private Path landmarks(PinholeHead head, Kind... kinds) {
        Path file = folder.resolve("landmarks.json");
        new LandmarkFile(Stream.of(kinds).map(k -> new LandmarkFile.Photo(null, head.photo(k))).toList()).write(file);
        return file;
    }

    @Test
    @Tag("integration")
    void theFormIsWrittenFilledInAndCompleted() throws IOException {
        Path form = folder.resolve("me.csv");
        Path drawings = folder.resolve("drawings");
        assertEquals(Pinna.OK, run("hrtf", "measurements-template", form, "--drawings", drawings), err.toString());
        try (Stream<Path> files = Files.list(drawings)) {
            assertEquals(12, files.filter(f -> f.toString().endsWith(".png")).count());
        }
        assertBadInput(run("hrtf", "measurements-template", form), "overwritten");
        assertBadInput(run("hrtf", "measurements", form), "me.csv", "at least one");
        Files.writeString(form, Files.readString(form).replace("head_width_cm,", "head_width_cm,15.2").replace("pinna_height_cm,", "pinna_height_cm,6.7"));
        assertEquals(Pinna.OK, run("hrtf", "measurements", form), err.toString());
        assertTrue(out.toString().contains("15.20") && out.toString().contains("±") && out.toString().contains("3 values were measured; 17"), out.toString());
        assertEquals(Pinna.OK, run("hrtf", "measurements", form, "--json"), err.toString());
        JsonNode r = new ObjectMapper().readTree(out.toString());
        assertEquals(20, r.get("measurements").size());
        int imputed = 0;
        for (JsonNode m : r.get("measurements")) {
            imputed += m.get("imputed").asBoolean() ? 1 : 0;
            assertEquals(m.get("imputed").asBoolean(), m.get("standardDeviation").asDouble() > 0, m.toString());
        }
        assertEquals(17, imputed);
        for (JsonNode m : r.get("measurements")) {
            assertTrue(!m.get("name").asText().endsWith("_pinna_height_cm") || m.get("value").asDouble() == 6.7, m.toString());
        }
    }

    @Test
    @Tag("integration")
    void landmarksBecomeMeasurementsWithoutAWindow() throws IOException {
        PinholeHead head = PinholeHead.example().distance(180).roll(4).scale(0.7);
        Path csv = folder.resolve("me.csv");
        assertEquals(Pinna.OK, run("hrtf", "measure-photo", "--landmarks", landmarks(head, Kind.FRONT, Kind.LEFT, Kind.RIGHT), "-o", csv), err.toString());
        assertTrue(out.toString().contains("20 values"), out.toString());
        BodyMeasurements b = BodyMeasurements.read(csv);
        assertEquals(head.width, b.value(BodyMeasurement.HEAD_WIDTH, Ear.LEFT).orElseThrow(), 1e-4);
        assertEquals(head.ear[4], b.value(BodyMeasurement.PINNA_HEIGHT, Ear.RIGHT).orElseThrow(), 1e-4);
        assertEquals(head.ear[7], b.value(BodyMeasurement.PINNA_ROTATION, Ear.LEFT).orElseThrow(), 1e-4);
        assertEquals(Pinna.OK, run("hrtf", "measurements", csv), err.toString());
        assertTrue(out.toString().contains("All values were measured"), out.toString());

        assertEquals(Pinna.OK, run("hrtf", "measure-photo", "--landmarks", landmarks(head.withoutDistance(), Kind.RIGHT), "-o", csv), err.toString());
        assertTrue(out.toString().contains("missing: head width") && out.toString().contains("note: The right photo has no camera distance"), out.toString());
        assertTrue(BodyMeasurements.read(csv).value(BodyMeasurement.PINNA_HEIGHT, Ear.LEFT).isEmpty());
    }

    @Test
    @Tag("fault")
    void badLandmarksAreNamed() throws IOException {
        Path csv = folder.resolve("me.csv");
        Path file = landmarks(PinholeHead.example(), Kind.FRONT, Kind.LEFT);
        String valid = Files.readString(file);
        String[][] cases = {
            {"\"pinna-photo-landmarks\"", "\"something\"", "format", "pinna-photo-landmarks"},
            {"\"version\" : 1", "\"version\" : 2", "version", "newer"},
            {"\"kind\" : \"front\"", "\"kind\" : \"back\"", "photos[0].kind", "front, left, right"},
            {"\"kind\" : \"left\"", "\"kind\" : \"right\"", "right photo", "mirrored"},
            {"\"kind\" : \"left\"", "\"kind\" : \"front\"", "photos[1]", "second time"},
            {"\"kind\" : \"front\",", "", "photos[0].kind", "is missing"},
            {"\"referenceCm\" : 8.56", "\"referenceCm\" : 0", "photos[0].referenceCm", "0.5 to 200"},
            {"\"referenceCm\" : 8.56", "\"referenceCm\" : \"card\"", "photos[0].referenceCm", "number"},
            {"\"referencePlace\" : \"forehead\"", "\"referencePlace\" : \"midline\"", "photos[0].referencePlace", "forehead, ear"},
            {"\"cameraDistanceCm\" : 150.0", "\"cameraDistanceCm\" : 1.5", "cameraDistanceCm", "20 to 2000"},
            {"\"chin\"", "\"beard\"", "photos[0].landmarks.beard", "chin"},
            {"\"chin\" : [", "\"chin\" : [ 1,", "photos[0].landmarks.chin", "must have 2"},
            {"\"chin\" : [", "\"chin\" : [ NaN ], \"head_top\" : [", "photos[0].landmarks"},
            {"\"photos\" : [", "\"photos\" : [], \"other\" : [", "other"},
            {valid, "{}", "format"},
            {valid, "{\"format\":\"pinna-photo-landmarks\",\"version\":1,\"photos\":[]}", "photos", "at least one"},
            {valid, "", "empty"},
            {valid, "[1]", "must be an object"}};
        for (String[] c : cases) {
            assertTrue(valid.contains(c[0]), c[0]);
            Files.writeString(file, valid.replaceFirst(Pattern.quote(c[0]), Matcher.quoteReplacement(c[1])));
            assertBadInput(run("hrtf", "measure-photo", "--landmarks", file, "-o", csv), "landmarks.json");
            for (int i = 2; i < c.length; i++) {
                assertTrue(err.toString().contains(c[i]), c[1] + ": " + err);
            }
        }
        Files.writeString(file, valid.replaceFirst("\"reference_b\" : \\[ [^\\]]*\\]", "\"reference_b\" : [ 1, 1 ]").replaceFirst("\"reference_a\" : \\[ [^\\]]*\\]", "\"reference_a\" : [ 1, 1 ]"));
        assertBadInput(run("hrtf", "measure-photo", "--landmarks", file, "-o", csv), "front photo", "0.0 pixels apart");
        Files.writeString(file, valid.replaceFirst("\"referenceCm\" : 8.56", "\"referenceCm\" : 85.6"));
        assertBadInput(run("hrtf", "measure-photo", "--landmarks", file, "-o", csv), "head width is 15", "9.5 to 19.5 cm");
        Files.writeString(file, valid);
        assertBadInput(run("hrtf", "measure-photo", "--landmarks", folder.resolve("no.json"), "-o", csv), "no.json", "does not exist");
        assertBadInput(run("hrtf", "measure-photo", "--landmarks", file, "-o", folder.resolve("no/me.csv")), "cannot be written");
        assertBadInput(run("hrtf", "measurements", folder.resolve("no.csv")), "no.csv", "does not exist");
        assertBadInput(run("hrtf", "measurements"), "FILE");
        assertFalse(Files.exists(csv), "nothing is written of what is refused");
    }

    @Test
    @Tag("unit")
    void landmarkFilesComeBackAsTheyWere() {
        PinholeHead head = PinholeHead.example();
        LandmarkFile file = new LandmarkFile(List.of(new LandmarkFile.Photo(folder.resolve("photos/front.png"), head.photo(Kind.FRONT)), new LandmarkFile.Photo(null, head.withoutDistance().photo(Kind.RIGHT))));
        Path path = folder.resolve("l.json");
        file.write(path);
        assertEquals(file, LandmarkFile.read(path));
    }
}
