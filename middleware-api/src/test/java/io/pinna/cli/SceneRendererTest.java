package io.pinna.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinna.ResourceException;
import io.pinna.internal.dsp.RealFft;
import io.pinna.internal.sound.WavWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SceneRendererTest {
    /** The HRTF field's filters are centred this many frames in; half the interaural delay is at most 24 frames to either side, and a minimum-phase peak comes a few frames after its onset. */
    private static final int LATENCY = 48;

    @Test
    @Tag("analytic")
    void anImpulseArrivesAfterItsStartAndTheLatency() {
        JsonNode[] report = new JsonNode[1];
        float[][] ears = Scenes.render(SceneFile.read(Scenes.path("impulse.json")), r -> report[0] = r.json());
        assertEquals(4800, ears[0].length);
        assertEquals(LATENCY, report[0].get("latencyFrames").asInt());
        int start = 480 + LATENCY;
        int left = Scenes.peakAt(ears[0]);
        int right = Scenes.peakAt(ears[1]);
        assertTrue(left > start - 24 && left < start, "left peak at " + left);
        assertTrue(right > start && right < start + 40, "right peak at " + right);
        double itdMicros = (right - left) / 0.048;
        assertTrue(itdMicros > 450 && itdMicros < 1000, "interaural delay " + itdMicros + " µs");
        for (int i = 0; i < 480; i++) {
            // A delay of a fraction of a frame rings at half the sample rate: with this filter and half a frame, the worst, by 1.83e-5, −96.7 dB of the peak; the delay here is 0.60 frames off.
            assertEquals(0, ears[0][i], 1.9e-5, "nothing before the start");
        }
        assertTrue(Scenes.rmsDb(ears[0], 900, 4800) < -120, "the response ends");
        JsonNode entry = report[0].at("/emitters/0/listeners/0/series/0");
        assertEquals(90, entry.get("azimuthDegrees").asDouble(), 1e-6);
        assertEquals(1, entry.get("distanceMeters").asDouble(), 1e-6);
        assertEquals("PLAYING", entry.get("state").asText());
        assertTrue(entry.get("reverbTimesSeconds").isNull());
        assertTrue(report[0].get("reverbTimesReason").asText().contains("lateReverb"));
    }

    @Test
    @Tag("property")
    void theSameSceneGivesTheSameBits() {
        SceneFile scene = SceneFile.read(Scenes.path("full.json"));
        float[][] once = Scenes.render(scene);
        float[][] again = Scenes.render(scene);
        assertArrayEquals(once[0], again[0], 0f);
        assertArrayEquals(once[1], again[1], 0f);
        assertTrue(Scenes.rmsDb(once[0], 0, once[0].length) > -40, "it sounds");
    }

    /** What comes before a block border cannot depend on where the rendering ends. */
    @Test
    @Tag("property")
    void theLengthIsExactAndALongerSceneBeginsAlike() {
        String emitter = "'generator': { 'kind': 'white' }, 'path': [ { 't': 0, 'position': [-1, 0, 0] }, { 't': 1, 'position': [1, 1, 0] } ]";
        float[][] odd = Scenes.render(Scenes.one(0.0712, emitter, Scenes.DRY));
        float[][] longer = Scenes.render(Scenes.one(0.1, emitter, Scenes.DRY));
        assertEquals(3418, odd[0].length);
        assertArrayEquals(odd[0], java.util.Arrays.copyOf(longer[0], 3418), 0f);
        assertArrayEquals(odd[1], java.util.Arrays.copyOf(longer[1], 3418), 0f);
    }

    @Test
    @Tag("integration")
    void levelsFollowTheSide() {
        for (int side : new int[] {-1, 1}) {
            float[][] ears = Scenes.render(Scenes.one(0.3, "'generator': { 'kind': 'white' }, 'path': [ { 'position': [" + 2 * side + ", 0, -1] } ]", Scenes.DRY));
            double ild = side * (Scenes.rmsDb(ears[1], 1000, 14400) - Scenes.rmsDb(ears[0], 1000, 14400));
            assertTrue(ild > 6 && ild < 30, "level difference " + ild + " dB towards the emitter's side");
        }
        float[][] ahead = Scenes.render(Scenes.one(0.3, "'generator': { 'kind': 'white' }, 'path': [ { 'position': [0, 0, -2] } ]", Scenes.DRY));
        assertEquals(0, Scenes.rmsDb(ahead[1], 1000, 14400) - Scenes.rmsDb(ahead[0], 1000, 14400), 2);
        // −6 dB at twice the reference distance, whatever the direction's filters do.
        float[][] near = Scenes.render(Scenes.one(0.3, "'generator': { 'kind': 'white' }, 'path': [ { 'position': [0, 0, -1] } ]", Scenes.DRY));
        assertEquals(6.02, Scenes.rmsDb(near[0], 1000, 14400) - Scenes.rmsDb(ahead[0], 1000, 14400), 0.05);
    }

    /** A gain in dB, and a listener that looks the other way. */
    @Test
    @Tag("integration")
    void gainAndTurningDoWhatTheySay() {
        String path = "'path': [ { 'position': [-2, 0, 0] } ]";
        float[][] full = Scenes.render(Scenes.one(0.2, "'generator': { 'kind': 'white' }, " + path, Scenes.DRY));
        float[][] soft = Scenes.render(Scenes.one(0.2, "'gain': -12, 'generator': { 'kind': 'white' }, " + path, Scenes.DRY));
        assertEquals(12, Scenes.rmsDb(full[0], 1000, 9600) - Scenes.rmsDb(soft[0], 1000, 9600), 0.01);
        SceneFile two = SceneFile.read(Scenes.path("two_listeners.json"));
        try (SceneRenderer renderer = new SceneRenderer(two, l -> SceneOutput.memory(two.frames(), 0.1), 0.1)) {
            renderer.renderAll(b -> { });
            LevelMeter player = renderer.outputs().get(0).meter();
            LevelMeter turned = renderer.outputs().get(1).meter();
            assertTrue(player.rmsDb(0) - player.rmsDb(1) > 6, "left of the player");
            assertTrue(turned.rmsDb(1) - turned.rmsDb(0) > 6, "right of who looks back");
        }
    }

    /** A sine that passes at 40 m/s: f' = f·c / (c − v·cos θ) with the engine's 343 m/s, before and after. */
    @Test
    @Tag("analytic")
    void dopplerFollowsTheRadialVelocity() {
        SceneFile scene = Scenes.one(1, "'generator': { 'kind': 'sine', 'frequencyHz': 1000 }, 'distance': { 'model': 'none' },"
                + " 'path': [ { 't': 0, 'position': [-20, 0, -3] }, { 't': 1, 'position': [20, 0, -3] } ]",
                "'acoustics': { 'occlusion': false, 'transmission': false, 'airAbsorption': false, 'doppler': true, 'propagationDelay': false }, 'limiter': false");
        float[][] ears = Scenes.render(scene);
        for (double t : new double[] {0.1, 0.25, 0.5, 0.75, 0.9}) {
            double x = -20 + 40 * t;
            double towards = -40 * x / Math.hypot(x, 3);
            double expected = 1000 * 343 / (343 - towards);
            // Half the interaural delay comes and goes while the source passes the front: 0.35 ms over 0.15 s are 0.2 %.
            assertEquals(expected, frequency(ears[0], t, 0.02), expected * (t == 0.5 ? 0.01 : 0.003), "at " + t + " s");
        }
    }

    /** In front of the listener a sine passes at 30 m/s in 3 m: the pitch falls by 0.9 Hz a millisecond, and is not late by a block of 21 ms. */
    @Test
    @Tag("analytic")
    void dopplerIsNotLate() {
        String acoustics = "'blockFrames': 1024, 'acoustics': { 'occlusion': false, 'transmission': false, 'airAbsorption': false, 'doppler': true, 'propagationDelay': false }, 'limiter': false";
        float[][] ears = Scenes.render(Scenes.one(1, "'generator': { 'kind': 'sine', 'frequencyHz': 1000 }, 'distance': { 'model': 'none' },"
                + " 'path': [ { 't': 0, 'position': [-15, 0, -3] }, { 't': 1, 'position': [15, 0, -3] } ]", acoustics));
        // The mean of both ears, whose delays are opposite; a little later than the middle for the latency of 1 ms.
        double mean = 0.5 * (frequency(ears[0], 0.501, 0.02) + frequency(ears[1], 0.501, 0.02));
        assertEquals(1000, mean, 4, "at the nearest point");
    }

    /** From the first to the last upward zero crossing in a window, interpolated. */
    private static double frequency(float[] x, double atSeconds, double halfSeconds) {
        double first = -1;
        double last = -1;
        int count = -1;
        for (int i = (int) ((atSeconds - halfSeconds) * 48000); i < (atSeconds + halfSeconds) * 48000; i++) {
            if (x[i] < 0 && x[i + 1] >= 0) {
                last = i + x[i] / (double) (x[i] - x[i + 1]);
                first = first < 0 ? last : first;
                count++;
            }
        }
        return count * 48000 / (last - first);
    }

    @Test
    @Tag("analytic")
    void delayedSoundArrivesByDistanceOverTheSpeedOfSound() {
        for (double distance : new double[] {3.43, 10, 34.3}) {
            String emitter = "'generator': { 'kind': 'impulse' }, 'distance': { 'model': 'none' }, 'path': [ { 'position': [0, 0, " + -distance + "] } ]";
            float[][] now = Scenes.render(Scenes.one(0.2, emitter, Scenes.DRY));
            float[][] later = Scenes.render(Scenes.one(0.2, emitter, Scenes.DRY.replace("\"propagationDelay\": false", "\"propagationDelay\": true")));
            double expected = distance / 343 * 48000;
            assertEquals(expected, centre(later[0]) - centre(now[0]), 0.6, "from " + distance + " m");
        }
    }

    /** With delay and Doppler shift together: what is heard left the emitter τ before, from where it was then, and its pitch is that of the same formula as without delay. */
    @Test
    @Tag("analytic")
    void soundOfAMovingEmitterArrivesFromWhereItWas() {
        String path = " 'path': [ { 't': 0, 'position': [0, 0, -60] }, { 't': 1, 'position': [0, 0, -30] } ]";
        String both = Scenes.DRY.replace("\"propagationDelay\": false", "\"propagationDelay\": true").replace("\"doppler\": false", "\"doppler\": true");
        float[][] ears = Scenes.render(Scenes.one(1, "'generator': { 'kind': 'sine', 'frequencyHz': 1000 }, 'distance': { 'model': 'none' }," + path, both));
        double approaching = 1000 * 343 / (343 - 30.0);
        for (double t : new double[] {0.3, 0.6, 0.9}) {
            assertEquals(approaching, frequency(ears[0], t, 0.03), 0.001 * approaching, "at " + t + " s");
        }
        float[][] click = Scenes.render(Scenes.one(1, "'generator': { 'kind': 'impulse' }, 'start': 0.5, 'distance': { 'model': 'none' }," + path, both));
        float[][] still = Scenes.render(Scenes.one(1, "'generator': { 'kind': 'impulse' }, 'start': 0.5, 'distance': { 'model': 'none' }, 'path': [ { 'position': [0, 0, -45] } ]", Scenes.DRY));
        // 45 m away when it clicks.
        assertEquals(45.0 / 343 * 48000, centre(click[0]) - centre(still[0]), 3, "frames on the way");
    }

    /** Mean time of the energy, in frames: exact to a fraction for the same shape at two times. */
    private static double centre(float[] x) {
        double sum = 0;
        double moment = 0;
        for (int i = 0; i < x.length; i++) {
            sum += (double) x[i] * x[i];
            moment += i * (double) x[i] * x[i];
        }
        return moment / sum;
    }

    /** A closed slab between the two: each band falls by its transmission, once; the report says the same. */
    @Test
    @Tag("analytic")
    void aSlabLowersTheBandsAsItsMaterialSays() {
        double[] transmission = {0.1, 0.03, 0.004};
        String emitter = "'generator': { 'kind': 'white', 'seed': 5 }, 'distance': { 'model': 'none' }, 'path': [ { 'position': [3, 0, 0] } ]";
        String acoustics = "'acoustics': { 'occlusion': true, 'transmission': true, 'airAbsorption': false, 'doppler': false }, 'limiter': false";
        float[][] open = Scenes.render(Scenes.one(1, emitter, acoustics));
        JsonNode[] report = new JsonNode[1];
        float[][] behind = Scenes.render(Scenes.one(1, emitter, acoustics + ", 'geometry': [ { 'obj': 'slab.obj', 'materials': { 'slab': { 'absorption': [0.1, 0.1, 0.1],"
                + " 'transmission': [0.1, 0.03, 0.004] } } } ]"), r -> report[0] = r.json());
        double[][] ranges = {{80, 300}, {2000, 3500}, {13000, 18000}};
        JsonNode entry = report[0].at("/emitters/0/listeners/0/series/5");
        assertEquals(1, entry.get("occlusion").asDouble(), 1e-6);
        for (int b = 0; b < 3; b++) {
            double expected = 10 * Math.log10(transmission[b]);
            double fall = bandDb(behind[1], ranges[b]) - bandDb(open[1], ranges[b]);
            assertEquals(expected, fall, 0.5, "band " + b);
            assertEquals(transmission[b], entry.get("transmission").get(b).asDouble(), 1e-6);
            assertEquals(expected, entry.get("gainDb").get(b).asDouble(), 0.01);
        }
        assertTrue(entry.get("why").asText().contains("slab"), entry.get("why").asText());
    }

    private static double bandDb(float[] x, double[] rangeHz) {
        int n = 32768;
        RealFft fft = new RealFft(n);
        float[] windowed = new float[n];
        for (int i = 0; i < n; i++) {
            windowed[i] = (float) (x[8000 + i] * (0.5 - 0.5 * Math.cos(2 * Math.PI * i / n)));
        }
        float[] re = new float[fft.bins()];
        float[] im = new float[fft.bins()];
        fft.forward(windowed, 0, re, im, 0);
        double sum = 0;
        for (int k = (int) (rangeHz[0] / 48000 * n); k < rangeHz[1] / 48000 * n; k++) {
            sum += (double) re[k] * re[k] + (double) im[k] * im[k];
        }
        return 10 * Math.log10(sum);
    }

    @Test
    @Tag("integration")
    void theReportTellsWhatFellBackAndCoversEverything() {
        JsonNode[] report = new JsonNode[1];
        SceneFile scene = SceneFile.read(Scenes.path("full.json"));
        try (SceneRenderer renderer = new SceneRenderer(scene, l -> SceneOutput.memory(scene.frames(), 0.1), 0.1)) {
            report[0] = renderer.renderAll(b -> { }).json();
        }
        JsonNode r = report[0];
        assertEquals(0, r.get("fallbacks").size(), r.get("fallbacks").toString());
        assertTrue(r.at("/acoustics/diffraction").asBoolean());
        assertEquals(0, r.at("/acoustics/skippedTriangles").asInt());
        assertEquals(18, r.at("/acoustics/triangles").asInt());
        assertEquals(188, r.get("blocks").asInt());
        int covered = 0;
        for (JsonNode run : r.get("renderers")) {
            assertEquals(covered, run.get("firstBlock").asInt());
            covered += run.get("blocks").asInt();
        }
        assertEquals(188, covered);
        assertEquals(64, r.at("/model/sha256").asText().length());
        assertEquals(5, r.get("emitters").size());
        for (JsonNode emitter : r.get("emitters")) {
            assertEquals(2, emitter.get("listeners").size());
            for (JsonNode listener : emitter.get("listeners")) {
                assertEquals(11, listener.get("series").size());
            }
        }
        for (JsonNode listener : r.get("listeners")) {
            JsonNode level = listener.get("level");
            assertEquals(0, level.get("nonFiniteSamples").asInt());
            assertEquals(0, level.get("clippedSamples").asInt());
            assertTrue(level.get("peakDbfs").asDouble() <= -0.29 && level.get("peakDbfs").asDouble() > -20, level.toString());
            assertTrue(level.get("loudnessLufs").asDouble() < 0 && level.get("loudnessLufs").asDouble() > -40, level.toString());
        }
        assertTrue(r.at("/blockTimesMicros/p50").asDouble() > 0 && r.at("/blockTimesMicros/p50").asDouble() <= r.at("/blockTimesMicros/max").asDouble());
        assertTrue(r.get("realTimeFactor").asDouble() > 0);
        assertEquals(0, r.get("staleFilters").asInt());
        assertEquals(5, r.at("/voices/mostReal").asInt());
    }

    /** In a closed room of concrete, 8 × 3 × 6 m, with a screen of steel between listener and emitter: what the report says of ways, directions and reverberation, over time. */
    @Test
    @Tag("integration")
    void theReportTellsHowEverythingIsHeard(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("room.obj"), "o room\nv -4 0 -3\nv 4 0 -3\nv 4 0 3\nv -4 0 3\nv -4 3 -3\nv 4 3 -3\nv 4 3 3\nv -4 3 3\nusemtl concrete\n"
                + "f 1 2 3 4\nf 5 8 7 6\nf 1 5 6 2\nf 2 6 7 3\nf 3 7 8 4\nf 4 8 5 1\n"
                + "o screen\nv -4 0 0\nv 0.5 0 0\nv 0.5 3 0\nv -4 3 0\nusemtl screen\nf 9 10 11 12\n");
        String json = "{ 'durationSeconds': 0.6, 'geometry': [ { 'obj': 'room.obj', 'materials': { 'screen': { 'absorption': [0.1, 0.1, 0.1], 'transmission': [0, 0, 0] } } } ],"
                + " 'listeners': [ { 'name': 'ears', 'path': [ { 'position': [-1, 1.5, 1.5] } ] } ],"
                + " 'emitters': [ { 'name': 'radio', 'generator': { 'kind': 'pink' }, 'gain': -6, 'path': [ { 'position': [-1, 1.5, -1.5] } ] } ],"
                + " 'acoustics': { 'earlyReflections': true, 'lateReverb': true } }";
        JsonNode[] report = new JsonNode[1];
        Scenes.render(SceneFile.parse(folder.resolve("scene.json"), json.replace('\'', '"')), r -> {
            report[0] = r.json();
            try {
                assertTrue(report[0].toString().equals(new com.fasterxml.jackson.databind.ObjectMapper().readTree(r.text()).toString()), "the tree and what was written differ");
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        JsonNode r = report[0];
        assertTrue(r.at("/acoustics/earlyReflections").asBoolean() && r.at("/acoustics/lateReverb").asBoolean());
        JsonNode heard = r.at("/emitters/0/listeners/0");
        assertEquals(7, heard.get("series").size());
        JsonNode last = heard.get("series").get(6);
        assertEquals(1, last.get("occlusion").asDouble(), 1e-9);
        // Around the free edge of the screen, which is 1.5 m to the right and 1.5 m ahead: −45°, over 2 · √(1.5² + 1.5²) m.
        assertEquals(0, last.get("azimuthDegrees").asDouble(), 1e-9);
        JsonNode around = null;
        int reflections = 0;
        double loudest = Double.POSITIVE_INFINITY;
        for (JsonNode a : heard.at("/arrivals/6/arrivals")) {
            double level = Math.max(a.at("/gainDb/0").asDouble(), Math.max(a.at("/gainDb/1").asDouble(), a.at("/gainDb/2").asDouble()));
            assertTrue(level <= loudest, "the loudest first: " + a);
            loudest = level;
            reflections += a.get("kind").asText().equals("REFLECTED") ? 1 : 0;
            if (a.get("kind").asText().equals("DIFFRACTED") && a.get("what").asText().contains("screen")) {
                around = a;
            }
        }
        assertTrue(reflections > 2 && reflections <= 12, heard.at("/arrivals/6").toString());
        assertEquals(-45, around.get("azimuthDegrees").asDouble(), 1);
        assertEquals(2 * Math.hypot(1.5, 1.5), around.get("lengthMeters").asDouble(), 0.02);
        assertEquals((2 * Math.hypot(1.5, 1.5) - 3) / 343, around.get("delaySeconds").asDouble(), 1e-4);
        assertEquals("around the edge of room/screen at 2.1 m", around.get("what").asText());
        assertEquals(heard.at("/arrivals/6/arrivals/0/what").asText(), last.at("/path/what").asText());
        assertEquals(heard.at("/arrivals/6/arrivals/0/azimuthDegrees").asDouble(), last.at("/path/azimuthDegrees").asDouble());
        // Concrete absorbs a few percent: a room of 144 m³ and 180 m² rings for seconds in the low band, less high up where the air absorbs.
        assertEquals(7, r.at("/listeners/0/reverb").size());
        JsonNode times = last.get("reverbTimesSeconds");
        assertEquals(r.at("/reverbTimesSeconds/ears"), times);
        assertEquals(times, r.at("/listeners/0/reverb/6/timesSeconds"));
        assertTrue(times.get(0).asDouble() > 1 && times.get(0).asDouble() < 15, times.toString());
        assertTrue(times.get(2).asDouble() < times.get(0).asDouble(), times.toString());
        // Between two walls the mean way is 4 V / S, here 4 · 144 / 180 m, less for the screen.
        assertEquals(3.2, r.at("/listeners/0/reverb/6/meanFreePathMeters").asDouble(), 0.8);
        assertTrue(last.at("/reverbDb/0").asDouble() > -30 && last.at("/reverbDb/0").asDouble() < 6, last.toString());
        String why = last.get("why").asText();
        assertTrue(why.startsWith("occluded 100 % by room/screen (screen); 3.0 m away; heard "), why);
        assertTrue(why.contains("; RT60 "), why);
    }

    /** A file that can be played in part is played, and the answer says so: once, however many emitters play it. */
    @Test
    @Tag("fault")
    void whatASoundFileLacksIsTold(@TempDir Path folder) throws IOException {
        byte[] header = java.util.HexFormat.of().parseHex("524946462408000057415645666d74201000000001000100" + "80bb0000" + "00770100" + "02001000" + "6461746100080000");
        byte[] cut = java.util.Arrays.copyOf(header, header.length + 1000);
        Files.write(folder.resolve("cut.wav"), cut);
        String emitter = "{ 'sound': 'cut.wav', 'path': " + Scenes.STILL + " }";
        String json = "{ 'durationSeconds': 0.1, 'listeners': [ { 'name': 'a', 'path': " + Scenes.STILL + " } ], 'emitters': [ " + emitter + ", " + emitter + " ] }";
        List<String> said = new ArrayList<>();
        Scenes.render(SceneFile.parse(folder.resolve("scene.json"), json.replace('\'', '"')), report -> said.addAll(report.warnings()));
        List<String> cuts = said.stream().filter(w -> w.contains("cut.wav")).toList();
        assertEquals(1, cuts.size(), said.toString());
        assertTrue(cuts.get(0).startsWith("emitters[0].sound: ") && cuts.get(0).contains("truncated"), cuts.get(0));
    }

    /** Faults inside the scene's files name their place in the scene, and the file's own fault. */
    @Test
    @Tag("fault")
    void corruptFilesNameTheirPlaceInTheScene(@TempDir Path folder) throws IOException {
        for (String name : new String[] {"bad.wav", "bad.sofa", "bad.pinna", "bad.obj"}) {
            Files.writeString(folder.resolve(name), "v this is nothing\n");
        }
        String listener = "{ 'name': 'a', HRTF 'path': " + Scenes.STILL + " }";
        String[][] cases = {
            {"'emitters': [ { 'sound': 'bad.wav', 'path': " + Scenes.STILL + " } ]", "", "emitters[0].sound", "bad.wav"},
            {"'geometry': [ { 'obj': 'bad.obj' } ]", "", "geometry[0].obj", "line 1"},
            {"'limiter': false", "'hrtf': { 'sofa': 'bad.sofa' },", "listeners[0].hrtf.sofa", "bad.sofa"},
            {"'limiter': false", "'hrtf': { 'profile': 'bad.pinna' },", "listeners[0].hrtf.profile", "bad.pinna"}
        };
        for (String[] c : cases) {
            String json = "{ 'durationSeconds': 0.1, 'listeners': [ " + listener.replace("HRTF", c[1]) + " ], " + c[0] + " }";
            SceneFile scene = SceneFile.parse(folder.resolve("scene.json"), json.replace('\'', '"'));
            ResourceException e = assertThrows(ResourceException.class, () -> Scenes.render(scene), c[2]);
            assertEquals(c[2], e.field(), e.getMessage());
            assertTrue(e.reason().contains(c[3]), e.reason());
        }
    }

    /** More emitters than the engine takes events of in a block of real time: all begin on the same frame. */
    @Test
    @Tag("integration")
    void hundredsOfEmittersBeginOnTheirFrame() {
        StringBuilder emitters = new StringBuilder();
        for (int e = 0; e < 400; e++) {
            emitters.append(e == 0 ? "" : ", ").append("{ 'generator': { 'kind': 'impulse' }, 'start': 0.002, 'distance': { 'model': 'none' }, 'path': [ { 'position': [0, 0, -1] } ] }");
        }
        String head = "{ 'durationSeconds': 0.05, 'listeners': [ { 'path': " + Scenes.STILL + " } ], 'emitters': [ ";
        float[][] all = Scenes.render(Scenes.parse(head + emitters + " ], " + Scenes.DRY + " }"));
        float[][] one = Scenes.render(Scenes.one(0.05, "'generator': { 'kind': 'impulse' }, 'start': 0.002, 'distance': { 'model': 'none' }, 'path': [ { 'position': [0, 0, -1] } ]", Scenes.DRY));
        for (int i = 0; i < one[0].length; i++) {
            assertEquals(400 * one[0][i], all[0][i], 400 * 2e-5, "frame " + i);
        }
    }

    /** A listener's measured response, from a file beside the scene: the click is heard through it; faults name their place in the scene. */
    @Test
    @Tag("integration")
    void aListenerReverberatesByAMeasuredResponse(@TempDir Path folder) throws IOException {
        float[] left = new float[2000];
        float[] right = new float[2000];
        left[1000] = 0.5f;
        right[1500] = 0.25f;
        Path response = folder.resolve("room.wav");
        try (WavWriter out = new WavWriter(response, 2, 48000)) {
            out.write(new float[][] {left, right}, 0, left.length);
        }
        String reverb = "'reverb': { 'response': '" + response + "', 'layout': 'binaural', 'gain': -6 }, ";
        String scene = "{ 'durationSeconds': 0.2, 'listeners': [ { 'name': 'ears', REVERB'path': " + Scenes.STILL + " } ], 'emitters': [ { 'generator': { 'kind': 'impulse' }, 'path': [ { 'position': [0, 0, -1] } ] } ], "
                + Scenes.DRY + " }";
        float[][] dry = Scenes.render(Scenes.parse(scene.replace("REVERB", "")));
        float[][] wet = Scenes.render(Scenes.parse(scene.replace("REVERB", reverb)));
        double gain = Math.pow(10, -6 / 20.0);
        float[] leftOnly = difference(wet[0], dry[0]);
        float[] rightOnly = difference(wet[1], dry[1]);
        assertEquals(0.5 * gain, leftOnly[Scenes.peakAt(leftOnly)], 1e-3);
        assertEquals(0.25 * gain, rightOnly[Scenes.peakAt(rightOnly)], 1e-3);
        assertEquals(500, Scenes.peakAt(rightOnly) - Scenes.peakAt(leftOnly));
        ResourceException e = assertThrows(ResourceException.class, () -> Scenes.render(Scenes.parse(scene.replace("REVERB", reverb.replace("binaural", "mono")))));
        assertTrue(e.getMessage().contains("listeners[0].reverb") && e.getMessage().contains("1 channel"), e.getMessage());
    }

    private static float[] difference(float[] a, float[] b) {
        float[] d = new float[Math.min(a.length, b.length)];
        for (int i = 0; i < d.length; i++) {
            d[i] = a[i] - b[i];
        }
        return d;
    }
}
