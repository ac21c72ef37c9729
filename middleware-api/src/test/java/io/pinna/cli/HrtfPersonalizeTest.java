package io.pinna.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pinna.hrtf.BodyMeasurements;
import io.pinna.hrtf.HrtfPersonalization;
import io.pinna.hrtf.HrtfProfile;
import io.pinna.hrtf.PersonalHrtf;
import io.pinna.hrtf.PersonalHrtfKind;
import io.pinna.internal.hrtf.HrtfSource;
import io.pinna.internal.inference.HrtfSources;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HrtfPersonalizeTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    @TempDir
    private Path folder;

    private int run(Object... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        return Pinna.execute(Stream.of(arguments).map(Object::toString).toArray(String[]::new), new PrintWriter(out, true), new PrintWriter(err, true));
    }

    private Path csv(String name, String header, String row) throws IOException {
        return Files.writeString(folder.resolve(name), header + "\n" + row + "\n");
    }

    private static double largestDelayMicroseconds(Path profile) {
        return PersonalHrtf.load(profile).info().maxInterauralDelayMicroseconds();
    }

    @Test
    @Tag("integration")
    void largerHeadsHaveLongerDelays() throws IOException {
        Path small = csv("small.csv", "head_width_cm,head_depth_cm", "13.3,17.5");
        Path large = csv("large.csv", "head_width_cm,head_depth_cm", "16.2,22");
        Path a = folder.resolve("small.pinna");
        Path b = folder.resolve("large.pinna");
        assertEquals(Pinna.OK, run("hrtf", "personalize", "--measurements", small, "-o", a), err.toString());
        assertTrue(out.toString().contains("2 of 20") && out.toString().contains("imputed from the others: ") && out.toString().contains("pinna height"), out.toString());
        assertFalse(out.toString().contains("head width,"), "head width was given: " + out);
        assertEquals(Pinna.OK, run("hrtf", "personalize", "--measurements", large, "-o", b), err.toString());
        double ratio = largestDelayMicroseconds(b) / largestDelayMicroseconds(a);
        assertTrue(ratio > 1.03 && ratio < 1.25, "delays of the larger head: " + ratio);
        assertEquals(PersonalHrtfKind.MEASUREMENTS, PersonalHrtf.load(a).kind());
    }

    @Test
    @Tag("integration")
    void oneEarMayDifferFromTheOther() throws IOException {
        PersonalHrtf even = HrtfPersonalization.fromMeasurements(BodyMeasurements.read(csv("even.csv", "x1,L_d5,R_d5,L_d1,R_d1", "15,6.4,6.4,1.9,1.9")));
        PersonalHrtf uneven = HrtfPersonalization.fromMeasurements(BodyMeasurements.read(csv("uneven.csv", "x1,L_d5,R_d5,L_d1,R_d1", "15,6.4,5.6,1.9,1.6")));
        double[] evenDb = front(even);
        double[] unevenDb = front(uneven);
        assertEquals(0, evenDb[0], 1e-3, "the two ears of a symmetric head are equal straight ahead");
        assertTrue(unevenDb[0] > 0.1, "RMS difference of unequal ears " + unevenDb[0] + " dB");
    }

    /** RMS difference of the two ears' filters straight ahead, relative to their energy, in percent. */
    private static double[] front(PersonalHrtf hrtf) {
        try (HrtfSource source = HrtfSources.load(HrtfProfile.personal(hrtf), 48000).source()) {
            int nearest = 0;
            for (int i = 1; i < source.vertexCount(); i++) {
                if (source.triangulation(0).coordinate(i, 0) > source.triangulation(0).coordinate(nearest, 0)) {
                    nearest = i;
                }
            }
            double[] rms = new double[1];
            source.evaluate(new int[] {nearest}, 1, (vertex, left, right, itd) -> {
                double difference = 0;
                double energy = 0;
                for (int i = 0; i < left.length; i++) {
                    difference += (left[i] - right[i]) * (left[i] - right[i]);
                    energy += left[i] * left[i];
                }
                rms[0] = 100 * Math.sqrt(difference / energy);
            });
            return rms;
        }
    }

    @Test
    @Tag("integration")
    void aSceneTakesMeasurements() throws IOException {
        Path me = csv("me.csv", "head_width_cm", "15.1");
        Path scene = Files.writeString(folder.resolve("scene.json"), ("{ 'durationSeconds': 0.1, 'listeners': [ { 'name': 'a', 'hrtf': { 'measurements': 'me.csv' }, 'path': " + Scenes.STILL + " } ],"
                + " 'emitters': [ { 'generator': { 'kind': 'white' }, 'path': [ { 'position': [-1, 0, 0] } ] } ] }").replace('\'', '"'));
        assertEquals(HrtfProfile.measurements(me.toAbsolutePath()), SceneFile.read(scene).listeners().get(0).hrtf().profile());
        Path report = folder.resolve("report.json");
        assertEquals(Pinna.OK, run("render", scene, "-o", folder.resolve("out.wav"), "--report", report), err.toString());
        JsonNode json = new ObjectMapper().readTree(report.toFile());
        assertEquals("measurements me.csv", json.get("listeners").get(0).get("profile").asText());
        Files.writeString(me, "head_width_cm\n151\n");
        assertBadInput(run("render", scene, "-o", folder.resolve("out.wav")), "me.csv", "151", "divide by 10");
    }

    @Test
    @Tag("fault")
    void badInputIsNamedAndNothingIsWritten() throws IOException {
        Path output = folder.resolve("me.pinna");
        assertBadInput(run("hrtf", "personalize", "--measurements", csv("mm.csv", "head_width_cm", "151"), "-o", output), "mm.csv", "151", "divide by 10");
        assertBadInput(run("hrtf", "personalize", "--measurements", csv("word.csv", "head_width_cm", "wide"), "-o", output), "word.csv", "wide");
        assertBadInput(run("hrtf", "personalize", "--measurements", folder.resolve("no.csv"), "-o", output), "no.csv");
        Path good = csv("good.csv", "head_width_cm", "15.1");
        assertBadInput(run("hrtf", "personalize", "--measurements", good, "-o", folder.resolve("nowhere").resolve("me.pinna")), "folder");
        assertBadInput(run("hrtf", "personalize", "--measurements", good, "-o", output, "--model", folder.resolve("no.npz")), "no.npz", "does not exist");
        assertFalse(Files.exists(output));
    }

    private void assertBadInput(int code, String... parts) {
        assertEquals(Pinna.BAD_INPUT, code, err.toString());
        assertEquals(1, err.toString().lines().count(), err.toString());
        for (String part : parts) {
            assertTrue(err.toString().contains(part), err.toString());
        }
    }
}
