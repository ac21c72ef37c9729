package io.pinna.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pinna.hrtf.measurement.SimulatedSession;
import io.pinna.hrtf.measurement.SweepSettings;
import io.pinna.internal.hrtf.SofaReader;
import io.pinna.internal.sound.ByteSource;
import io.pinna.internal.sound.SoundDecoder;
import io.pinna.internal.sound.SoundFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("integration")
class HrtfMeasureTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    @TempDir
    private Path folder;

    private int run(Object... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        Object[] all = Stream.concat(Stream.of("hrtf", "measure"), Stream.of(arguments)).toArray();
        return Pinna.execute(Stream.of(all).map(Object::toString).toArray(String[]::new), new PrintWriter(out, true), new PrintWriter(err, true));
    }

    private Path text(String name, String content) throws IOException {
        return Files.writeString(folder.resolve(name), content);
    }

    private void assertBadInput(String part, Object... arguments) {
        assertEquals(Pinna.BAD_INPUT, run(arguments), err.toString());
        assertTrue(err.toString().startsWith("pinna: ") && err.toString().contains(part), err.toString());
        assertEquals(1, err.toString().lines().count(), err.toString());
    }

    @Test
    void fromTheSweepToTheSet() throws IOException {
        Path sweep = folder.resolve("sweep.wav");
        assertEquals(Pinna.OK, run("sweep", "-o", sweep, "--seconds", 1, "--silence", 0.5, "--rate", 44100), err.toString());
        SweepSettings settings = new SweepSettings(44100, 1, 50, 20000, -12, 2, 0.5);
        try (SoundDecoder in = SoundFiles.open(ByteSource.open(sweep))) {
            assertEquals("WAV 16-bit PCM", in.format());
            assertEquals(1, in.channels());
            assertEquals(44100, in.sampleRateHz());
            assertEquals(Math.round(settings.totalSeconds() * 44100), in.frames());
        }
        assertEquals(settings, SessionFile.sweep(sweep));
        StringBuilder csv = new StringBuilder("# my room\nfile,azimuth,elevation,distance\n");
        double[][] places = {{0, 0}, {90, 0}, {-90, 0}, {180, 0}};
        for (int i = 0; i < places.length; i++) {
            SimulatedSession.record(settings, folder.resolve("take" + i + ".wav"), false, places[i][0], places[i][1], 1.1, i == 3);
            csv.append("take").append(i).append(".wav,").append(places[i][0]).append(',').append(places[i][1]).append(",1.1\n");
        }
        SimulatedSession.record(settings, folder.resolve("ref.wav"), true, 0, 0, 1.1, false);
        Path session = text("session.csv", csv.toString());
        Path sofa = folder.resolve("sparse.sofa");
        Path report = folder.resolve("report.json");
        assertEquals(Pinna.OK, run("analyse", "--sweep", sweep, "--session", session, "-o", sofa, "--reference", folder.resolve("ref.wav"), "--report", report), err.toString());
        assertTrue(out.toString().contains("error NOT_STEREO") && out.toString().contains("3 of 4 takes used"), out.toString());
        assertEquals(3, SofaReader.read(sofa).count());
        JsonNode json = new ObjectMapper().readTree(report.toFile());
        assertEquals(3, json.get("directions").asInt());
        assertEquals(4, json.get("takes").size());
        assertEquals("NOT_STEREO", json.get("takes").get(3).get("findings").get(0).get("problem").asText());
        assertEquals(7, json.get("takes").get(1).get("snr").size());
        assertEquals(656, json.get("takes").get(1).get("interauralDelayMicroseconds").asDouble(), 20);
        // The same session as JSON, with the reference in it; but a take less is too few.
        Path same = text("session.json", """
                {"takes": [{"file": "take0.wav", "azimuth": 0, "elevation": 0, "distance": 1.1}, {"file": "take1.wav", "azimuth": 90, "elevation": 0, "distance": 1.1},
                           {"file": "take3.wav", "azimuth": 180, "elevation": 0, "distance": 1.1}],
                 "reference": {"file": "ref.wav", "distance": 1.1}}""");
        Path none = folder.resolve("none.sofa");
        assertBadInput("2 of 3 takes can be used", "analyse", "--sweep", folder.resolve("sweep.json"), "--session", same, "-o", none);
        assertFalse(Files.exists(none));
        assertBadInput("names a reference too", "analyse", "--sweep", sweep, "--session", same, "-o", none, "--reference", folder.resolve("ref.wav"));
    }

    @Test
    void badInputIsNamed() throws IOException {
        Path sweep = folder.resolve("sweep.wav");
        Path sofa = folder.resolve("x.sofa");
        assertBadInput("--output", "sweep");
        assertBadInput("--seconds is 0.1; allowed is 1.0 to 60.0", "sweep", "-o", sweep, "--seconds", 0.1);
        assertBadInput("--to is 30000", "sweep", "-o", sweep, "--to", 30000);
        assertBadInput("--rate is 8000", "sweep", "-o", sweep, "--rate", 8000);
        assertBadInput("--from is 5.0", "sweep", "-o", sweep, "--from", 5);
        assertBadInput("its folder does not exist", "sweep", "-o", folder.resolve("no/sweep.wav"));
        assertBadInput("--output is the sound file", "sweep", "-o", folder.resolve("sweep.json"));
        assertBadInput("Name a command");
        assertEquals(Pinna.OK, run("sweep", "-o", sweep, "--seconds", 1));
        Path session = text("s.csv", "file,azimuth,elevation,distance\nno.wav,0,0,1\n");
        assertBadInput("no.wav: file: does not exist", "analyse", "--sweep", sweep, "--session", session, "-o", sofa);
        assertBadInput("sweep2.json does not exist", "analyse", "--sweep", folder.resolve("sweep2.wav"), "--session", session, "-o", sofa);
        assertBadInput("its folder does not exist", "analyse", "--sweep", sweep, "--session", session, "-o", folder.resolve("no/x.sofa"));
        assertBadInput("ref.wav", "analyse", "--sweep", sweep, "--session", session, "-o", sofa, "--reference", folder.resolve("ref.wav"));
        assertBadInput("--reference-distance needs --reference", "analyse", "--sweep", sweep, "--session", session, "-o", sofa, "--reference-distance", 1);
        assertBadInput("--rate is 22050", "analyse", "--sweep", sweep, "--session", session, "-o", sofa, "--rate", 22050);
        assertBadInput("--reference-distance is 0.1", "analyse", "--sweep", sweep, "--session", session, "-o", sofa, "--reference", sweep, "--reference-distance", 0.1);
        assertBadInput("--window is 100.0; allowed is 1.5 to 20.0 ms", "analyse", "--sweep", sweep, "--session", session, "-o", sofa, "--window", 100);
        String[][] bad = {{"", "takes: there is none"}, {"file,azimuth,elevation\n", "line 1: must be the heading"}, {"file,azimuth,elevation,distance\na.wav,0,0\n", "line 2: has 3 cells"},
            {"file,azimuth,elevation,distance\na.wav,left,0,1\n", "line 2, azimuth: is \"left\""}, {"file,azimuth,elevation,distance\na.wav,0,0,120\n", "line 2, distance: is 120; allowed is 0.5 to 10.0 metres"},
            {"file,azimuth,elevation,distance\na.wav,0,NaN,1\n", "line 2, elevation: is NaN"}};
        for (String[] b : bad) {
            assertBadInput(b[1], "analyse", "--sweep", sweep, "--session", text("bad.csv", b[0]), "-o", sofa);
        }
        String[][] json = {{"{}", "takes: there is none"}, {"{\"takes\": [{\"file\": \"a.wav\", \"azimuth\": 0, \"elevation\": 0, \"distance\": 1, \"gain\": 2}]}", "takes[0].gain"},
            {"{\"takes\": [{\"file\": \"a.wav\", \"azimuth\": 0, \"elevation\": 100, \"distance\": 1}]}", "takes[0].elevation"},
            {"{\"takes\": [], \"reference\": {\"distance\": 1}}", "reference"}};
        for (String[] b : json) {
            assertBadInput(b[1], "analyse", "--sweep", sweep, "--session", text("bad.json", b[0]), "-o", sofa);
        }
        assertBadInput("format", "analyse", "--sweep", text("other.json", "{\"format\": \"scene\"}"), "--session", session, "-o", sofa);
        assertFalse(Files.exists(sofa));
    }
}
